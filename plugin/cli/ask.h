/* ask.h - what was asked for with -z: "mptcp,..." and "follow,mptcp,...", of tshark and of the program mptcpscope.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_ASK_H
#define MPT_ASK_H

#define MPT_ASK_FOLLOW "follow,mptcp"

typedef enum mpt_ask_result {
    MPT_ASK_OPENED,  /* the report is open: it is printed when the capture has been read */
    MPT_ASK_PRINTED, /* it needed no capture, and is printed */
    MPT_ASK_FAILED,  /* it needed no capture, and can't be written */
    MPT_ASK_WRONG    /* *error is one sentence, to be freed with g_free() */
} mpt_ask_result;

/* Opens the report that `text` asks for, all of what stands behind -z. */
mpt_ask_result mpt_ask(const char *text, char **error);

#endif
