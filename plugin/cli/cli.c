/* cli.c - see cli.h.
 *
 * follow,mptcp is a report of the session, not a follower of tshark: followers get packet after packet and print
 * before a late mapping or an older segment of another interface can arrive.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli.h"

#include "plugin/compat.h"

#include <epan/stat_tap_ui.h>

#include <stdio.h>
#include <stdlib.h>

#include "ask.h"
#include "plugin/host.h"

/* tshark ends with exit status 1, here or when the callback returns false (4.6); Wireshark goes on. */
static void refuse(const char *message)
{
    fprintf(stderr, "%s: %s\n", mpt_host_name(), message);
    if (!MPT_STAT_CAN_FAIL && !mpt_host_is_gui())
        exit(1);
}

static mpt_stat_result init(const char *text, void *userdata _U_)
{
    char *error = NULL;
    mpt_ask_result result = mpt_ask(text, &error);

    if (result == MPT_ASK_PRINTED || result == MPT_ASK_FAILED)
        exit(result == MPT_ASK_FAILED);
    if (result == MPT_ASK_WRONG)
        refuse(error);
    g_free(error);
    MPT_STAT_RETURN(result == MPT_ASK_OPENED);
}

void mpt_cli_register(void)
{
    /* tshark keeps the first -z option of a name, and registers those of its own followers later. */
    static stat_tap_ui uis[] = {
        {REGISTER_PACKET_STAT_GROUP_UNSORTED, NULL, "mptcp", init, 0, NULL},
        {REGISTER_PACKET_STAT_GROUP_UNSORTED, NULL, MPT_ASK_FOLLOW, init, 0, NULL},
    };

    for (stat_tap_ui *ui = uis; ui < uis + G_N_ELEMENTS(uis); ui++)
        register_stat_tap_ui(ui, NULL);
}
