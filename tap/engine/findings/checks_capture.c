/* checks_capture.c - checks of the capture as a whole: one finding for each thing that it can't show.
 *
 * Invariant: if one of these is raised, the checks of connections that depend on it raise nothing.
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
static uint64_t gap_bytes(const mpt_connection *c, mpt_conn_side side)
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
    uint64_t gaps = gap_bytes(c, MPT_CONN_SIDE_A) + gap_bytes(c, MPT_CONN_SIDE_B);

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
    if (y->partial)
        mpt_say(mpt_found(x, MPT_FINDING_CAPTURE_PARTIAL, y->first_partial->start_ns,
                          y->first_partial->first_frame, y->partial),
                MPT_PHRASE_CAPTURE_PARTIAL, mpt_term_of(MPT_TERM_COUNT, y->partial));
    if (y->one_way)
        mpt_say(mpt_found(x, MPT_FINDING_CAPTURE_ONE_WAY, y->first_one_way->start_ns,
                          y->first_one_way->first_frame, y->one_way),
                MPT_PHRASE_CAPTURE_ONE_WAY, mpt_term_of(MPT_TERM_COUNT, y->one_way));
    if (y->gap_connections)
        mpt_say(mpt_found(x, MPT_FINDING_CAPTURE_GAPS, y->first_gap->start_ns, y->first_gap->first_frame,
                          y->gap_bytes),
                MPT_PHRASE_CAPTURE_GAPS, mpt_term_of(MPT_TERM_BYTES, y->gap_bytes),
                mpt_term_of(MPT_TERM_COUNT, y->gap_connections));
}

/* Names the connection and the subflow of the first. */
static void locate(const mpt_checking *x, mpt_finding *f, const mpt_subflow *s)
{
    GPtrArray *connections = mpt_metrics_connections(x->engine);
    mpt_connection_view v;
    guint id;

    if (s->connection && g_ptr_array_find(connections, s->connection, &id)) {
        mpt_metrics_connection(x->engine, s->connection, id, &v);
        const mpt_subflow_view *sv = mpt_metrics_subflow_of(&v, s->owner);
        f->has_connection = true;
        f->connection = id;
        mpt_found_subflow(f, sv);
        mpt_say(f, MPT_PHRASE_MALFORMED_FIRST, mpt_term_subflow(sv));
        mpt_metrics_clear(&v);
    }
    g_ptr_array_unref(connections);
}

static void check_malformed(mpt_checking *x, const mpt_engine_counts *counts)
{
    const GPtrArray *flows = mpt_engine_subflows(x->engine);
    mpt_finding *f =
        mpt_say(mpt_found(x, MPT_FINDING_OPTIONS_MALFORMED, counts->malformed_ns, counts->malformed_frame,
                          counts->malformed_options),
                MPT_PHRASE_OPTIONS_MALFORMED, mpt_term_of(MPT_TERM_COUNT, counts->malformed_options));

    if (counts->malformed_flow < flows->len)
        locate(x, f, g_ptr_array_index(flows, counts->malformed_flow));
}

void mpt_check_capture(mpt_checking *x)
{
    const mpt_engine_counts *counts = mpt_engine_get_counts(x->engine);
    const GPtrArray *connections = mpt_engine_connections(x->engine);
    struct survey y = {0};

    for (guint i = 0; i < connections->len; i++) {
        const mpt_connection *c = g_ptr_array_index(connections, i);
        /* Those that became part of another have no subflow any more. */
        if (c->subflows->len)
            survey_connection(&y, c);
    }
    of_connections(x, &y);
    if (counts->cut_options)
        mpt_say(mpt_found(x, MPT_FINDING_CAPTURE_OPTIONS_CUT, INT64_MIN, 0, counts->cut_options),
                MPT_PHRASE_CAPTURE_OPTIONS_CUT, mpt_term_of(MPT_TERM_COUNT, counts->cut_options));
    if (counts->lost_segments)
        mpt_say(mpt_found(x, MPT_FINDING_CAPTURE_SEGMENTS_LOST, INT64_MIN, 0, counts->lost_segments),
                MPT_PHRASE_CAPTURE_SEGMENTS_LOST, mpt_term_of(MPT_TERM_COUNT, counts->lost_segments));
    if (counts->late_segments)
        mpt_say(mpt_found(x, MPT_FINDING_CAPTURE_LATE, INT64_MIN, 0, counts->late_segments),
                MPT_PHRASE_CAPTURE_LATE, mpt_term_of(MPT_TERM_COUNT, counts->late_segments));
    if (counts->malformed_options)
        check_malformed(x, counts);
}
