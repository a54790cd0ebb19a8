/* account.h - what happened to one connection, in at most five sentences.
 *
 * Invariant: made from the figures and findings that the other reports show, so that it says nothing which they
 * do not. Where there is nothing to say, there is no sentence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_ACCOUNT_H
#define MPT_ACCOUNT_H

#include "plugin/report/report.h"

#define MPT_ACCOUNT_SENTENCES 5

/* The sentences (char *): over which paths how much went, why there is one only, what went wrong, how it ended.
 * NULL where figures are those of a part of the time (from=, to=). An engine without evidence shows less of what
 * went wrong. Free with g_ptr_array_unref(). */
GPtrArray *mpt_account(const mpt_report_context *x, const mpt_connection_view *v);
/* True if the report selects one connection alone: that is when its account is told. */
bool mpt_account_of_one(const mpt_report_context *x);

#endif
