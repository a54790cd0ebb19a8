/* host.c - see host.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "host.h"

#include <glib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *mpt_host_name(void)
{
    const char *name = g_get_prgname();

    return name ? name : "tshark";
}

bool mpt_host_is_gui(void)
{
    const char *name = mpt_host_name(), *slash = strrchr(name, '/');

    return strncmp(slash ? slash + 1 : name, "wireshark", 9) == 0 || strncmp(slash ? slash + 1 : name, "sharkd", 6) == 0;
}

static void fail(void)
{
    fflush(NULL);
    _exit(1);
}

void mpt_host_fail_at_exit(void)
{
    static bool registered;

    if (!registered && !mpt_host_is_gui())
        registered = atexit(fail) == 0;
}
