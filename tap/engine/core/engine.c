/* engine.c - see engine.h: the look-back, the table of flows, the steps that each segment takes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core.h"
#include "tap/engine/base/prefetch.h"

/* Memory of a run with its share of half-full chunks, and of a mapping under verification, roughly. */
#define STATE_RUN     48
#define STATE_OPEN    160
/* What one segment adds of it at most: two DSSs fit in its options, each with a mapping, and claims
 * that split others. */
#define STATE_SEGMENT 1024
/* The least number of segments between two measurements of the memory in use. */
#define LOOK_EVERY    16384u
/* Segments that leave the look-back together. */
#define BATCH         256
/* How many subflows with one 4-tuple are searched for an old segment's. */
#define MAX_OLDER     32
#define BEYOND        (1 << 22) /* bytes */
/* So many subflows stay in the processor's cache. */
#define IN_CACHE      64

void mpt_engine_config_default(mpt_engine_config *config)
{
    *config = (mpt_engine_config){
        .horizon_ns = INT64_C(2000000000),
        .horizon_segments = 50000,
        .to_ns = INT64_MAX,
        .want_hmacs = true,
        .max_connections = 65536,
        .max_flows = 131072,
        .max_one_sided = 16384,
        .max_idle = 20000000,
        .max_state = 100000000,
        .max_subflows = 16384,
        .max_events = 500000,
    };
}

/* --- the table of flows: one entry for a 4-tuple, whichever way round --- */

static mpt_side side_of(const mpt_subflow *s, const mpt_segment *g)
{
    /* Both ends may be the same endpoint: then all is side A. */
    return mpt_endpoint_equal(&s->ends[MPT_SIDE_A], &g->src) ? MPT_SIDE_A : MPT_SIDE_B;
}

/* The newest subflow with this tcp.stream; NULL: none is known. A guess, to be checked. */
static mpt_subflow *guess_subflow(const mpt_engine *e, const mpt_segment *g)
{
    uint32_t place;

    if (!(g->presence & MPT_SEGMENT_STREAM) || g->tcp_stream >= e->streams->len)
        return NULL;
    place = g_array_index(e->streams, uint32_t, g->tcp_stream);
    return place && e->subflows->pdata[place - 1] != e->idle.nobody ? e->subflows->pdata[place - 1] : NULL;
}

/* Wireshark's numbers grow as our count of subflows does: much higher ones are not worth their memory. */
static void note_stream(mpt_engine *e, const mpt_segment *g, const mpt_subflow *s)
{
    if (!(g->presence & MPT_SEGMENT_STREAM) || g->tcp_stream / 4 > e->subflows->len)
        return;
    if (g->tcp_stream >= e->streams->len)
        g_array_set_size(e->streams, g->tcp_stream + 1);
    g_array_index(e->streams, uint32_t, g->tcp_stream) = s->index + 1;
}

static mpt_subflow *newest_subflow(mpt_engine *e, const mpt_segment *g)
{
    mpt_endpoint ends[2] = {g->src, g->dst};
    mpt_subflow *s = guess_subflow(e, g);

    if (s && !s->newer && mpt_endpoint_pair_equal(s->ends, ends))
        return s;
    s = g_hash_table_lookup(e->flows, ends);
    if (s)
        note_stream(e, g, s);
    return s;
}

static mpt_subflow *add_subflow(mpt_engine *e, const mpt_segment *g, mpt_subflow *older)
{
    mpt_subflow *s;

    if (e->subflows->len - e->idle.flows_gone >= e->config.max_flows ||
        e->one_sided >= e->config.max_one_sided || mpt_eviction_full(e))
        return NULL;
    s = mpt_subflow_new(g);
    s->one_sided = true;
    e->one_sided++;
    s->older = older;
    if (older)
        older->newer = s;
    s->index = mpt_eviction_place(e->subflows, e->idle.free_flows, &e->idle.flows_gone, s);
    g_hash_table_replace(e->flows, s->ends, s);
    mpt_eviction_flow(e, s);
    return s;
}

static uint32_t raw_isn(const mpt_half *h)
{
    /* ssn_shift has the bytes accepted by Fast Open in it. */
    return h->origin + (uint32_t)(h->ssn_shift - h->syn_data);
}

/* True if the SYN belongs to this subflow: repeated, or older than what was seen of it. */
static bool syn_fits(const mpt_subflow *s, mpt_side side, const mpt_segment *g)
{
    const mpt_half *h = &s->half[side], *other = &s->half[mpt_side_other(side)];

    if (h->isn_known)
        return raw_isn(h) == g->seq;
    if (h->seen)
        return !s->syn_seen && mpt_subflow_distance(s, side, g) < 65536;
    return !s->syn_seen && other->seen && s->synack_seen;
}

/* A SYN/ACK answers the SYN with this subflow's initial sequence number (RFC 9293 3.5). */
static bool synack_fits(const mpt_subflow *s, mpt_side side, const mpt_segment *g)
{
    const mpt_half *h = &s->half[side], *other = &s->half[mpt_side_other(side)];

    if (other->isn_known)
        return g->ack - (raw_isn(other) + 1) <= UINT16_MAX;
    if (h->isn_known)
        return raw_isn(h) == g->seq;
    return mpt_subflow_distance(s, side, g) < 65536;
}

/* True if this is far from all that the subflow can have sent before its end: another connection has its ports
 * then, whose SYN is not in the capture. */
static bool is_beyond(const mpt_subflow *s, const mpt_segment *g)
{
    int64_t sent = MAX(s->half[MPT_SIDE_A].next, s->half[MPT_SIDE_B].next);
    bool ended = s->state == MPT_STATE_CLOSED || s->state == MPT_STATE_RESET;

    return ended && (g->payload_len || g->option_len) && !(g->flags & MPT_TCP_RST) &&
           mpt_subflow_distance(s, side_of(s, g), g) > sent + BEYOND;
}

/* Port numbers are reused: a handshake belongs to the subflow with its initial sequence numbers, another
 * segment to the one whose numbers are nearest. NULL: above a limit. */
static mpt_subflow *find_subflow(mpt_engine *e, const mpt_segment *g)
{
    mpt_subflow *newest = newest_subflow(e, g), *s, *best = newest;
    uint32_t best_distance = UINT32_MAX, d;
    bool syn = g->flags & MPT_TCP_SYN, ack = g->flags & MPT_TCP_ACK;
    unsigned i;

    if (!newest)
        return add_subflow(e, g, NULL);
    if (syn) {
        for (s = newest, i = 0; s && i < MAX_OLDER; s = s->older, i++)
            if (ack ? synack_fits(s, side_of(s, g), g) : syn_fits(s, side_of(s, g), g))
                return s;
        return add_subflow(e, g, newest);
    }
    for (s = newest, i = 0; newest->older && s && i < MAX_OLDER; s = s->older, i++) {
        d = mpt_subflow_distance(s, side_of(s, g), g);
        if (d < best_distance) {
            best = s;
            best_distance = d;
        }
    }
    return is_beyond(best, g) ? add_subflow(e, g, newest) : best;
}

/* --- the steps of one segment --- */

static bool in_window(const mpt_engine *e, int64_t time_ns)
{
    int64_t t = time_ns - e->counts.earliest_ns;

    return (!e->config.has_from || t >= e->config.from_ns) && (!e->config.has_to || t < e->config.to_ns);
}

static void note_labels(mpt_subflow *s, const mpt_segment *g)
{
    mpt_connection *c = s->connection;

    if (!s->has_stream && g->presence & MPT_SEGMENT_STREAM) {
        s->has_stream = true;
        s->tcp_stream = g->tcp_stream;
    }
    if (c && !c->has_stream && g->presence & MPT_SEGMENT_MPTCP_STREAM) {
        c->has_stream = true;
        c->mptcp_stream = g->mptcp_stream;
    }
}

static void take_payload(mpt_engine *e, mpt_subflow *s, mpt_side side, const mpt_segment *g, int64_t position)
{
    if (G_UNLIKELY(s->half[side].infinite))
        mpt_signal_infinite(e, s, side, position + g->payload_len);
    mpt_account_payload(e, s, side, g, position);
    if (e->config.want_checksums && s->connection)
        mpt_checksums_take_payload(e, s, side, g, position);
}

/* --- limits --- */

static size_t half_state(const mpt_half *h)
{
    size_t runs =
        h->received.runs.count + h->pending.runs.count + h->mapping.runs.count + h->checksums.done.runs.count;
    size_t opened = h->checksums.open ? (size_t)g_tree_nnodes(h->checksums.open) : 0;

    return runs * STATE_RUN + opened * STATE_OPEN +
           (h->waiting ? h->waiting->len * sizeof(mpt_waiting_mapping) : 0) +
           (h->unacked ? h->unacked->len * sizeof(mpt_unacked) : 0);
}

static size_t level_state(const mpt_data_level *d)
{
    return (d->owned.runs.count + d->order.gaps.count + d->unacked.count) * STATE_RUN +
           (d->copies ? d->copies->len * sizeof(mpt_copy) : 0) +
           (d->marks ? d->marks->len * sizeof(mpt_ack_mark) : 0);
}

/* Measures what is kept of payload and mappings. That goes through memory outside the cache, so it is done
 * again only when the limit could be reached, and not before as many segments as there are flows. */
static void look_at_state(mpt_engine *e)
{
    size_t state = 0, left;
    guint i;

    for (i = 0; i < e->subflows->len; i++) {
        const mpt_subflow *s = g_ptr_array_index(e->subflows, i);
        state += half_state(&s->half[MPT_SIDE_A]) + half_state(&s->half[MPT_SIDE_B]);
    }
    for (i = 0; i < e->connections->len; i++) {
        const mpt_connection *c = g_ptr_array_index(e->connections, i);
        state += level_state(&c->level[MPT_CONN_SIDE_A]) + level_state(&c->level[MPT_CONN_SIDE_B]);
    }
    e->full = state > e->config.max_state;
    left = e->full ? 0 : (e->config.max_state - state) / STATE_SEGMENT;
    e->next_look = e->counts.segments + MAX(MAX(LOOK_EVERY, e->subflows->len), left);
}

static void note_copy(mpt_twice *t, const mpt_segment *g)
{
    if (!t->segments++) {
        t->frame = g->frame;
        t->of = g->sighting.of;
        t->time_ns = g->time_ns;
    }
    t->copies[g->sighting.how]++;
    t->cut += g->sighting.cut;
}

static void take(mpt_engine *e, const mpt_segment *g, bool late)
{
    mpt_subflow *s;
    mpt_subflow_state before;
    uint32_t accepted;
    int64_t position;
    mpt_side side;
    guint i;

    if (++e->counts.segments >= e->next_look)
        look_at_state(e);
    if (G_UNLIKELY(mpt_eviction_crowded(e)))
        mpt_eviction_make_room(e);
    s = find_subflow(e, g);
    if (!s) {
        e->counts.segments_dropped++;
        return;
    }
    side = side_of(s, g);
    before = s->state;
    accepted = s->half[MPT_SIDE_A].syn_data + s->half[MPT_SIDE_B].syn_data;
    if (side == MPT_SIDE_B && s->one_sided) {
        s->one_sided = false;
        e->one_sided--;
    }
    e->segment = g;
    e->counted = in_window(e, g->time_ns);
    e->counts.late_segments += late;
    e->counts.cut_options += (g->presence & MPT_SEGMENT_CUT_OPTIONS) != 0;
    position = mpt_subflow_segment(s, side, g, e->counted, e->config.want_rtt);
    if (g->option_len && !s->rst_ignored)
        mpt_signal_options(e, s, side, g, position);
    if (s->half[MPT_SIDE_A].syn_data + s->half[MPT_SIDE_B].syn_data != accepted)
        mpt_account_syn_data(e, s, mpt_side_other(side));
    note_labels(s, g);
    if (g->payload_len) {
        if (s->idle || (s->connection && !s->connection->carried))
            mpt_eviction_carries(e, s);
        take_payload(e, s, side, g, position);
    }
    if (e->config.want_evidence)
        mpt_evidence_segment(s, side, g, position);
    if (s->connection) {
        s->connection->end_ns = MAX(s->connection->end_ns, g->time_ns);
        s->connection->first_frame = MIN(s->connection->first_frame, g->frame);
        mpt_signal_flags(e, s, side, g, before);
    }
    for (i = 0; i < e->observers->len; i++) {
        const mpt_observed *o = &g_array_index(e->observers, mpt_observed, i);
        if (o->observer->segment)
            o->observer->segment(s->connection, s, side, g, position, o->user);
    }
    e->segment = NULL;
}

/* The first sighting alone is counted, with the addresses that its connection had first. */
static void take_once(const mpt_segment *g, bool late, void *data)
{
    mpt_engine *e = data;

    if (g->sighting.how && mpt_sightings_is_copy(&e->sightings, g, &g->sighting)) {
        note_copy(&e->counts.twice, g);
    } else if (G_UNLIKELY(e->sightings.translated)) {
        mpt_segment as = *g;
        if (mpt_sightings_translate(&e->sightings, g, &as.src, &as.dst))
            as.presence &= ~(uint32_t)(MPT_SEGMENT_STREAM | MPT_SEGMENT_MPTCP_STREAM);
        take(e, &as, late);
    } else {
        take(e, g, late);
    }
}

static void announce(const mpt_segment *g, unsigned places, void *data)
{
    const mpt_engine *e = data;
    const mpt_subflow *s = e->subflows->len > IN_CACHE ? guess_subflow(e, g) : NULL;

    if (!s)
        return;
    if (places == MPT_LOOKBACK_FAR) {
        mpt_prefetch(s, offsetof(mpt_subflow, half[MPT_SIDE_A].checksums));
        mpt_prefetch(&s->half[MPT_SIDE_B], offsetof(mpt_half, checksums));
        mpt_prefetch(&s->connection, sizeof *s - offsetof(mpt_subflow, connection));
    } else if (s->connection) {
        mpt_prefetch(s->connection, sizeof *s->connection);
    }
}

/* --- public --- */

static void feed_in_time(const mpt_segment *segment, void *user);
static int compare_with_before(const mpt_segment *segment, void *user);

mpt_engine *mpt_engine_new(const mpt_engine_config *config)
{
    mpt_engine *e = g_new0(mpt_engine, 1);

    e->config = *config;
    if (e->config.keys)
        g_array_ref(e->config.keys);
    e->timeorder = mpt_lookback_new(config->horizon_ns, config->horizon_segments, take_once, e);
    if (config->horizon_segments / 4 >= BATCH && !config->in_step)
        mpt_lookback_set_batch(e->timeorder, BATCH, announce);
    e->delivered_ns = INT64_MAX;
    e->clocks = (mpt_clock_steps){
        .horizon_ns = config->horizon_ns, .compare = compare_with_before, .deliver = feed_in_time, .user = e};
    e->streams = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    e->subflows = g_ptr_array_new();
    e->connections = g_ptr_array_new();
    mpt_eviction_init(e);
    e->flows = g_hash_table_new(mpt_endpoint_pair_hash, mpt_endpoint_pair_equal);
    e->observers = g_array_new(FALSE, FALSE, sizeof(mpt_observed));
    return e;
}

void mpt_engine_free(mpt_engine *e)
{
    if (!e)
        return;
    for (guint i = 0; i < e->observers->len; i++) {
        const mpt_observed *o = &g_array_index(e->observers, mpt_observed, i);
        if (o->observer->gone)
            o->observer->gone(o->user);
    }
    mpt_lookback_free(e->timeorder);
    mpt_sightings_clear(&e->sightings);
    mpt_clock_steps_clear(&e->clocks);
    g_array_free(e->streams, TRUE);
    mpt_identity_free(e);
    mpt_icmp_errors_free(e->icmp);
    if (e->config.keys)
        g_array_unref(e->config.keys);
    g_hash_table_destroy(e->flows);
    for (guint i = 0; i < e->connections->len; i++)
        if (e->connections->pdata[i] != e->idle.nothing)
            mpt_connection_free(e->connections->pdata[i]);
    for (guint i = 0; i < e->subflows->len; i++)
        if (e->subflows->pdata[i] != e->idle.nobody)
            mpt_subflow_free(e->subflows->pdata[i]);
    mpt_eviction_clear(e);
    g_ptr_array_free(e->connections, TRUE);
    g_ptr_array_free(e->subflows, TRUE);
    g_array_free(e->observers, TRUE);
    g_free(e);
}

void mpt_engine_observe(mpt_engine *e, const mpt_observer *observer, void *user)
{
    mpt_observed o = {.observer = observer, .user = user};

    g_array_append_val(e->observers, o);
}

void mpt_engine_unobserve(mpt_engine *e, const mpt_observer *observer, void *user)
{
    guint i;

    for (i = 0; i < e->observers->len; i++) {
        const mpt_observed *o = &g_array_index(e->observers, mpt_observed, i);
        if (o->observer == observer && o->user == user) {
            g_array_remove_index(e->observers, i);
            return;
        }
    }
}

void *mpt_engine_observing(const mpt_engine *e, const mpt_observer *observer)
{
    for (guint i = 0; i < e->observers->len; i++) {
        const mpt_observed *o = &g_array_index(e->observers, mpt_observed, i);
        if (o->observer == observer)
            return o->user;
    }
    return NULL;
}

/* A step of the clock shows so many segments after the first time that is behind it, at most: those of a batch
 * come after their times, and some are held. */
#define DOUBTED 256u

/* The difference of any two times within +-TIME_REACH fits in 64 bits: years 1843 to 2096. */
#define TIME_REACH INT64_C(4000000000000000000)

void mpt_engine_note_time(mpt_engine *e, int64_t time_ns)
{
    bool lower = e->fed && time_ns < e->counts.earliest_ns;

    time_ns = CLAMP(time_ns, -TIME_REACH, TIME_REACH);
    /* After a step back of the clock no time is the earliest. */
    if (e->counts.stepped.steps && lower)
        return;
    if (lower) {
        e->undoubted_ns = e->doubted ? e->undoubted_ns : e->counts.earliest_ns;
        e->doubted = DOUBTED;
    }
    if (!e->counts.has_earliest || time_ns < e->counts.earliest_ns) {
        e->counts.has_earliest = true;
        e->counts.earliest_ns = time_ns;
    }
}

/* The look-back holds payload only if it is wanted. */
static bool needs_payload(mpt_engine *e, const mpt_segment *g)
{
    if (e->config.want_payload)
        return true;
    if (!e->config.want_checksums)
        return false;
    if (!e->checksums_seen && g->option_len)
        e->checksums_seen = mpt_option_show_checksums(g->options, g->option_len);
    return e->checksums_seen;
}

/* The second half of mpt_engine_feed(), once the segment's time is right. */
static void feed_in_time(const mpt_segment *segment, void *user)
{
    mpt_engine *e = user;
    mpt_sighting_mark mark = mpt_sightings_meet(&e->sightings, segment);
    bool without_payload = segment->payload && !needs_payload(e, segment);

    if (G_UNLIKELY(segment->time_ns < e->delivered_ns)) {
        e->delivered_ns = segment->time_ns;
        e->counts.earliest_ns = MIN(e->counts.earliest_ns, segment->time_ns);
    }
    if (mark.how || without_payload) {
        mpt_segment changed = *segment;
        changed.sighting = mark;
        if (without_payload) {
            changed.payload = NULL;
            changed.captured_payload = 0;
        }
        mpt_lookback_push(e->timeorder, &changed);
    } else {
        mpt_lookback_push(e->timeorder, segment);
    }
}

static int compare_with_before(const mpt_segment *segment, void *user)
{
    const mpt_engine *e = user;

    return mpt_sightings_newer(&e->sightings, segment);
}

static void note_steps(mpt_engine *e)
{
    if (G_LIKELY(e->clocks.steps == e->counts.stepped.steps))
        return;
    e->counts.stepped = (mpt_stepped){e->clocks.steps, e->clocks.frame, e->clocks.time_ns, e->clocks.back_ns};
    if (e->doubted)
        e->counts.earliest_ns = MIN(e->undoubted_ns, e->delivered_ns);
    e->doubted = 0;
}

void mpt_engine_feed(mpt_engine *e, const mpt_segment *segment)
{
    if (G_UNLIKELY(segment->time_ns < -TIME_REACH || segment->time_ns > TIME_REACH)) {
        mpt_segment moved = *segment;
        moved.time_ns = CLAMP(segment->time_ns, -TIME_REACH, TIME_REACH);
        mpt_engine_feed(e, &moved);
        return;
    }
    mpt_engine_note_time(e, segment->time_ns);
    e->fed = true;
    e->doubted -= e->doubted > 0;
    /* Without a look-back the order of arrival is that of time. */
    if (e->config.horizon_segments)
        mpt_clock_steps_feed(&e->clocks, segment);
    else
        feed_in_time(segment, e);
    note_steps(e);
}

void mpt_engine_note_lost(mpt_engine *e)
{
    e->counts.lost_segments++;
}

void mpt_engine_note_icmp(mpt_engine *e, const mpt_icmp_error *error)
{
    if (e->config.want_evidence)
        mpt_icmp_errors_add(&e->icmp, error);
}

const mpt_icmp_error *mpt_engine_icmp(const mpt_engine *e, const mpt_endpoint ends[2])
{
    return mpt_icmp_errors_newest(e->icmp, ends);
}

const mpt_icmp_error *mpt_engine_older_icmp(const mpt_icmp_error *error)
{
    return mpt_icmp_errors_older(error);
}

void mpt_engine_flush(mpt_engine *e)
{
    mpt_clock_steps_flush(&e->clocks);
    note_steps(e);
    mpt_lookback_flush(e->timeorder);
}

const mpt_engine_config *mpt_engine_get_config(const mpt_engine *e)
{
    return &e->config;
}

const mpt_engine_counts *mpt_engine_get_counts(const mpt_engine *e)
{
    return &e->counts;
}

const GPtrArray *mpt_engine_subflows(const mpt_engine *e)
{
    return e->subflows;
}

const GPtrArray *mpt_engine_connections(const mpt_engine *e)
{
    return e->connections;
}
