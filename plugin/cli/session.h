/* session.h - one capture, the engines that read it, and the reports that are open on it.
 *
 * Reports of the same window of time share one engine. Reports that print (tshark -z) come out in the order
 * in which they were asked for, once, when Wireshark draws.
 *
 * Invariant: engines belong to the file that is open: a reset empties them, and nothing of an
 * earlier file survives.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SESSION_H
#define MPT_SESSION_H

#include <stdbool.h>

#include "plugin/report/arguments.h"

/* Opens a report that prints. Takes over *arguments (also on failure). False, and *error (free with g_free())
 * is one sentence, where its file can't be written or its filter does not compile. */
bool mpt_session_add_report(mpt_arguments *arguments, char **error);
/* Forgets all reports: the program ends. The listener must not tell of anything after it. */
void mpt_session_close(void);

#endif
