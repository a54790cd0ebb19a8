/* host.c - see host.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "host.h"

#include <glib/gstdio.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *mpt_host_name(void)
{
    const char *name = g_get_prgname();

    return name ? name : "tshark";
}

static bool is_called(const char *begin)
{
    const char *name = mpt_host_name(), *slash = strrchr(name, '/');

    return g_str_has_prefix(slash ? slash + 1 : name, begin);
}

bool mpt_host_has_windows(void)
{
    return is_called("wireshark");
}

bool mpt_host_is_gui(void)
{
    return mpt_host_has_windows() || is_called("sharkd");
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

/* A capture is among the first files that are opened. */
#define MOST_FILES 256

bool mpt_host_reads(const char *path)
{
#ifdef G_OS_WIN32
    (void)path; /* files that are open for reading can't be replaced there */
#else
    struct stat wanted, of_fd;

    if (stat(path, &wanted) != 0 || !S_ISREG(wanted.st_mode))
        return false;
    for (int fd = 0; fd < MOST_FILES; fd++)
        if (fstat(fd, &of_fd) == 0 && of_fd.st_dev == wanted.st_dev && of_fd.st_ino == wanted.st_ino &&
            (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY)
            return true;
#endif
    return false;
}
