/* unfold_pcapng.h - -z mptcp,unfold: a connection written as one plain TCP connection, which any dissector can read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_UNFOLD_PCAPNG_H
#define MPT_UNFOLD_PCAPNG_H

#include "plugin/report/report.h"

/* Writes the connection arguments->stream to arguments->file as pcapng (see report/replay.h for what is in
 * it); the sink hands that file over and gets nothing. x->collected is an mpt_stream. *sentence gets what went
 * wrong. */
void mpt_unfold_print(const mpt_report_context *x, mpt_sink *sink, GString *sentence);

#endif
