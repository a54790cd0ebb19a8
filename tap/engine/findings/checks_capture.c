/* checks_capture.c - checks of the capture as a whole: one finding for each thing that it can't show.
 *
 * Invariant: if one of these is raised, the checks of connections that depend on it raise nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checks.h"
#include "tap/engine/figures/unseen.h"

struct survey {
    uint64_t partial, one_way, gap_bytes, gap_connections;
    uint64_t unsent_bytes; /* of gap_bytes: not acknowledged when the connection was aborted */
    uint64_t elsewhere_bytes, elsewhere_connections;
    const mpt_connection *first_partial, *first_gap, *first_elsewhere;
    const mpt_subflow *first_one_way;
};

/* Bytes without mapping are in the capture: a hole may be theirs. */
static uint64_t pending_bytes(const mpt_connection *c, mpt_conn_side side)
{
    uint64_t pending = 0;

    for (guint i = 0; i < c->subflows->len; i++) {
        const mpt_subflow *s = g_ptr_array_index(c->subflows, i);
        pending += s->half[mpt_subflow_side(s, side)].pending.size;
    }
    return pending;
}

static mpt_unseen unseen_of(const mpt_connection *c, mpt_conn_side side, int64_t above)
{
    const mpt_data_level *d = &c->level[side];
    bool by_tcp = c->subflows->len == 1 && mpt_connection_get_fallback(c) != MPT_FALLBACK_NONE;
    mpt_unseen u = mpt_unseen_find(d, d->unique > 0, d->counted_first, d->counted_end, !by_tcp, above);
    uint64_t pending = u.bytes ? pending_bytes(c, side) : 0;

    u.bytes -= MIN(u.bytes, pending);
    u.acked -= MIN(u.acked, pending);
    return u;
}

/* The capture has no end of this subflow, and nothing of it when the last data was acknowledged: it may have carried
 * more than is known. */
static bool breaks_off(const mpt_subflow *s, const mpt_half *h, const mpt_data_level *d)
{
    return s->state == MPT_STATE_ESTABLISHED && h->bytes.segments && !h->fin_seen && d->acked_known &&
           s->end_ns < d->acked_ns;
}

/* Of the bytes of this side that were acknowledged, and are not in the capture, those that its subflows in the capture
 * can't have carried: their sequence numbers have no room for them. */
static uint64_t bytes_elsewhere(const mpt_engine *e, const mpt_connection *c, mpt_conn_side side)
{
    const mpt_engine_counts *counts = mpt_engine_get_counts(e);
    const mpt_data_level *d = &c->level[side];
    const mpt_level_evidence *v = c->evidence ? &c->evidence->level[side] : NULL;
    uint64_t room = 0, acked;
    int64_t above = INT64_MIN;
    bool closes = false;

    if (!v || counts->cut_options || counts->lost_segments || counts->late_segments || c->infinite_mapping ||
        mpt_connection_get_fallback(c) != MPT_FALLBACK_NONE || mpt_checking_never_sent(c, side))
        return 0;
    for (guint i = 0; i < c->subflows->len; i++) {
        const mpt_subflow *s = g_ptr_array_index(c->subflows, i);
        const mpt_half *h = &s->half[mpt_subflow_side(s, side)];
        mpt_subflow_view sv = {.subflow = s};
        if (mpt_metrics_one_way(&sv) || (h->seen && !h->isn_known && !v->settled_known) ||
            breaks_off(s, h, d))
            return 0;
        /* What was in flight when the capture began is not in it. */
        if (h->seen && !h->isn_known)
            above = v->settled;
        room += mpt_unseen_on_subflow(h);
        closes |= h->fin_seen;
    }
    acked = unseen_of(c, side, above).acked;
    /* A DATA_FIN takes a number too, and may be in no segment of the capture. */
    if (!d->has_fin && (closes || acked == 1))
        room++;
    return acked > room ? acked - room : 0;
}

/* A host that aborts discards what it has not sent (RFC 8684 3.5), and may have sent what comes later. */
static bool aborted(const mpt_connection *c)
{
    bool reset = false;

    for (guint i = 0; i < c->subflows->len; i++) {
        const mpt_subflow *s = g_ptr_array_index(c->subflows, i);
        if (s->state == MPT_STATE_ESTABLISHED || s->state == MPT_STATE_CLOSED)
            return c->fastclose;
        reset |= s->state == MPT_STATE_RESET;
    }
    return c->fastclose || reset;
}

static void survey_data(struct survey *y, const mpt_engine *e, const mpt_connection *c)
{
    uint64_t gaps = 0, elsewhere = 0;

    for (mpt_conn_side side = 0; side < MPT_CONN_SIDES; side++) {
        mpt_unseen u = unseen_of(c, side, INT64_MIN);
        uint64_t n = u.acked ? bytes_elsewhere(e, c, side) : 0;
        elsewhere += n;
        /* The number of a DATA_FIN that is not in the capture is no gap. */
        gaps += u.bytes - n - (n == 0 && u.bytes == 1 && u.acked == 1 && !c->level[side].has_fin);
        y->unsent_bytes += aborted(c) ? u.bytes - u.acked : 0;
    }
    if (gaps && !y->gap_connections++)
        y->first_gap = c;
    y->gap_bytes += gaps;
    if (elsewhere && !y->elsewhere_connections++)
        y->first_elsewhere = c;
    y->elsewhere_bytes += elsewhere;
}

static void survey_connection(struct survey *y, const mpt_engine *e, const mpt_connection *c)
{
    if (c->partial && !y->partial++)
        y->first_partial = c;
    for (guint i = 0; i < c->subflows->len; i++) {
        const mpt_subflow *s = g_ptr_array_index(c->subflows, i);
        mpt_subflow_view sv = {.subflow = s};
        if (mpt_metrics_one_way(&sv) && !y->one_way++)
            y->first_one_way = s;
    }
    survey_data(y, e, c);
}

static void of_data(mpt_checking *x, const struct survey *y)
{
    mpt_finding *f;

    if (y->gap_connections) {
        f = mpt_say(mpt_found(x, MPT_FINDING_CAPTURE_GAPS, y->first_gap->start_ns, y->first_gap->first_frame,
                              y->gap_bytes),
                    MPT_PHRASE_CAPTURE_GAPS, mpt_term_of(MPT_TERM_BYTES, y->gap_bytes),
                    mpt_term_of(MPT_TERM_COUNT, y->gap_connections));
        if (y->unsent_bytes)
            mpt_say(f, MPT_PHRASE_GAPS_NOT_SENT, mpt_term_of(MPT_TERM_BYTES, y->unsent_bytes),
                    mpt_term_of(MPT_TERM_FLAG, y->unsent_bytes == y->gap_bytes));
    }
    if (y->elsewhere_connections)
        mpt_say(mpt_found(x, MPT_FINDING_CAPTURED_ONE_PATH, y->first_elsewhere->start_ns,
                          y->first_elsewhere->first_frame, y->elsewhere_bytes),
                MPT_PHRASE_CAPTURED_ONE_PATH, mpt_term_of(MPT_TERM_BYTES, y->elsewhere_bytes),
                mpt_term_of(MPT_TERM_COUNT, y->elsewhere_connections));
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
    of_data(x, y);
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

void mpt_check_clock(mpt_checking *x)
{
    const mpt_stepped *s = &mpt_engine_get_counts(x->engine)->stepped;

    if (s->steps)
        mpt_say(mpt_found(x, MPT_FINDING_CAPTURE_CLOCK_STEP, s->time_ns, s->frame, s->steps),
                MPT_PHRASE_CAPTURE_CLOCK_STEP, mpt_term_of(MPT_TERM_TIME, (uint64_t)s->back_ns),
                mpt_term_of(MPT_TERM_FRAME, s->frame), mpt_term_of(MPT_TERM_COUNT, s->steps));
}

/* How packets were seen again: the words for each way, and, for the usual one, what can be done. */
void mpt_check_twice(mpt_checking *x)
{
    static const struct {
        mpt_phrase seen, advice;
    } words[MPT_SIGHTINGS] = {
        [MPT_SIGHTING_AGAIN] = {MPT_PHRASE_TWICE_AGAIN, MPT_PHRASE_ONCE_AGAIN},
        [MPT_SIGHTING_CARRIER] = {MPT_PHRASE_TWICE_CARRIER, MPT_PHRASE_ONCE_CARRIER},
        [MPT_SIGHTING_TTL] = {MPT_PHRASE_TWICE_TTL, MPT_PHRASE_ONCE_TTL},
        [MPT_SIGHTING_INTERFACE] = {MPT_PHRASE_TWICE_INTERFACE, MPT_PHRASE_ONCE_INTERFACE},
        [MPT_SIGHTING_ADDRESSES] = {MPT_PHRASE_TWICE_ADDRESSES, MPT_PHRASE_ONCE_ADDRESSES},
    };
    const mpt_twice *t = &mpt_engine_get_counts(x->engine)->twice;
    mpt_sighting most = MPT_SIGHTING_AGAIN;
    uint64_t left = t->segments;
    mpt_finding *f;

    if (!t->segments)
        return;
    f = mpt_say(mpt_found(x, MPT_FINDING_CAPTURED_TWICE, t->time_ns, t->frame, t->segments),
                MPT_PHRASE_CAPTURED_TWICE, mpt_term_of(MPT_TERM_COUNT, t->segments),
                mpt_term_of(MPT_TERM_FRAME, t->frame), mpt_term_of(MPT_TERM_FRAME, t->of));
    for (mpt_sighting how = MPT_SIGHTING_AGAIN; how < MPT_SIGHTINGS; how++) {
        if (t->copies[how] > t->copies[most])
            most = how;
        left -= t->copies[how];
        if (t->copies[how])
            mpt_say(f, words[how].seen, mpt_term_of(MPT_TERM_COUNT, t->copies[how]),
                    mpt_term_of(MPT_TERM_FLAG, left == 0));
    }
    if (t->cut)
        mpt_say(f, MPT_PHRASE_TWICE_CUT, mpt_term_of(MPT_TERM_COUNT, t->cut));
    mpt_say(f, words[most].advice);
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
            survey_connection(&y, x->engine, c);
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
