/* session.h - the reports that are open on a capture, and the engines that read it for them.
 *
 * Reports of the same window of time and vantage points share their engines. Reports are printed once, when
 * Wireshark draws, in the order in which they were asked for.
 *
 * Invariant: engines belong to the file that is open; a reset frees them, and nothing of an
 * earlier file survives.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SESSION_H
#define MPT_SESSION_H

#include <stdbool.h>

#include "plugin/report/arguments.h"

/* Opens a report. Takes over *arguments, also on failure. False if its file can't be written or its filter
 * does not compile; *error (free with g_free()) is then one sentence. */
bool mpt_session_add_report(mpt_arguments *arguments, char **error);
/* True if a report prints while the capture is read. */
bool mpt_session_is_live(void);
bool mpt_session_is_stream(void);
/* From now on connections are printed as they end, and forgotten: all reports that are opened must have
 * format=ndjson, and count at the first vantage point. Call it before any is. */
void mpt_session_stream(void);
/* Frees all reports, at the end of the program. The listener must not call the session afterwards. */
void mpt_session_close(void);
/* The same without freeing what the system takes back at once: no session may be used afterwards. */
void mpt_session_leave(void);

#endif
