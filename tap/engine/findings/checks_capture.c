/* checks_capture.c - checks of the capture as a whole: what it can't show is said here, once.
 *
 * Invariant: where one of these is raised, the checks of connections that depend on it stay silent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checks.h"

struct survey {
    uint64_t partial, one_way, gap_bytes, gap_connections;
    const mpt_connection *first_partial, *first_gap;
    const mpt_subflow *first_one_way;
};

/* Bytes without mapping are in the capture: a hole may be theirs. */
static uint64_t gap_bytes(const mpt_connection *c, unsigned side)
{
    const mpt_data_level *d = &c->level[side];
    uint64_t gap = d->unique ? (uint64_t)(d->counted_end - d->counted_first) - d->unique : 0, pending = 0;

    for (guint i = 0; i < c->subflows->len; i++) {
        const mpt_subflow *s = g_ptr_array_index(c->subflows, i);
        pending += s->half[mpt_subflow_side(s, side)].pending.size;
    }
    return gap - MIN(gap, pending);
}

static void survey_connection(struct survey *y, const mpt_connection *c)
{
    uint64_t gaps = gap_bytes(c, 0) + gap_bytes(c, 1);

    if (c->partial && !y->partial++)
        y->first_partial = c;
    for (guint i = 0; i < c->subflows->len; i++) {
        const mpt_subflow *s = g_ptr_array_index(c->subflows, i);
        mpt_subflow_view sv = {.subflow = s};
        if (mpt_checking_one_way(&sv) && !y->one_way++)
            y->first_one_way = s;
    }
    if (gaps && !y->gap_connections++)
        y->first_gap = c;
    y->gap_bytes += gaps;
}

static void of_connections(mpt_checking *x, const struct survey *y)
{
    char n[MPT_WORD];

    if (y->partial)
        mpt_found(
            x, MPT_FINDING_CAPTURE_PARTIAL, y->first_partial->start_ns, y->first_partial->first_frame,
            y->partial,
            "%s connection%s began before the capture: %s keys, limits and first data are not known, and "
            "what needs these was not checked.",
            mpt_word_count(y->partial, n), y->partial == 1 ? "" : "s", y->partial == 1 ? "its" : "their");
    if (y->one_way)
        mpt_found(x, MPT_FINDING_CAPTURE_ONE_WAY, y->first_one_way->start_ns, y->first_one_way->first_frame,
                  y->one_way,
                  "Of %s subflow%s the capture has one direction only: what depends on answers was not "
                  "checked there.",
                  mpt_word_count(y->one_way, n), y->one_way == 1 ? "" : "s");
    if (y->gap_connections)
        mpt_found(
            x, MPT_FINDING_CAPTURE_GAPS, y->first_gap->start_ns, y->first_gap->first_frame, y->gap_bytes,
            "%s of the data of %u connection%s are not in the capture, though data after them is: they were "
            "lost before this point, or by the capture.",
            mpt_word_bytes(y->gap_bytes, n), (unsigned)y->gap_connections,
            y->gap_connections == 1 ? "" : "s");
}

void mpt_check_capture(mpt_checking *x)
{
    const mpt_engine_counts *counts = mpt_engine_get_counts(x->engine);
    const GPtrArray *connections = mpt_engine_connections(x->engine);
    struct survey y = {0};
    char n[MPT_WORD];

    for (guint i = 0; i < connections->len; i++) {
        const mpt_connection *c = g_ptr_array_index(connections, i);
        /* Those that became part of another have no subflow any more. */
        if (c->subflows->len)
            survey_connection(&y, c);
    }
    of_connections(x, &y);
    if (counts->cut_options)
        mpt_found(x, MPT_FINDING_CAPTURE_OPTIONS_CUT, INT64_MIN, 0, counts->cut_options,
                  "The snaplen cut the TCP options of %s segment%s: what was signalled there is not known, "
                  "and missing "
                  "options, mappings and echoes are not reported.",
                  mpt_word_count(counts->cut_options, n), counts->cut_options == 1 ? "" : "s");
    if (counts->lost_segments)
        mpt_found(x, MPT_FINDING_CAPTURE_SEGMENTS_LOST, INT64_MIN, 0, counts->lost_segments,
                  "%s segment%s could not be read: missing options, mappings and echoes are not reported.",
                  mpt_word_count(counts->lost_segments, n), counts->lost_segments == 1 ? "" : "s");
    if (counts->late_segments)
        mpt_found(
            x, MPT_FINDING_CAPTURE_LATE, INT64_MIN, 0, counts->late_segments,
            "%s segment%s came out of time order by more than the look-back: what depends on the order of "
            "segments was not checked. A longer look-back (preferences) helps.",
            mpt_word_count(counts->late_segments, n), counts->late_segments == 1 ? "" : "s");
    if (counts->malformed_options)
        mpt_found(x, MPT_FINDING_OPTIONS_MALFORMED, INT64_MIN, 0, counts->malformed_options,
                  "%s MPTCP option%s malformed or of an unknown subtype, and ignored.",
                  mpt_word_count(counts->malformed_options, n),
                  counts->malformed_options == 1 ? " is" : "s are");
}
