/* checks_end.c - checks of what is acknowledged at the data level, and of how a connection ends (RFC 8684 3.3.2, 3.3.3,
 * 3.5).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checks.h"

/* Less than this is no standstill; nor is what a few round trips explain. */
#define STILL_NS           INT64_C(1000000000)
#define ROUND_TRIPS        9
/* A receiver that acknowledges this often without a DATA_ACK sends none. */
#define SILENT_ACKS        4
/* What was in flight when MP_FASTCLOSE came has arrived by then: some round trips later, or, if none is known, so much. */
#define IN_FLIGHT_TRIPS    4
#define IN_FLIGHT_LEAST_NS INT64_C(20000000)
#define IN_FLIGHT_NS       INT64_C(500000000)

static int64_t round_trip(const mpt_subflow *s)
{
    return s->syn_seen && s->ack_seen ? s->ack_ns - s->syn_ns : 0;
}

static const mpt_level_evidence *level_evidence(const mpt_checking *x, mpt_direction direction)
{
    return x->c->evidence ? &x->c->evidence->level[x->v->side[mpt_direction_sender(direction)]] : NULL;
}

/* --- DATA_ACKs that are missing --- */

/* Payload with a mapping that TCP acknowledges, on subflows of which both directions are there. */
static uint64_t acked_by_tcp(const mpt_checking *x, mpt_direction direction)
{
    uint64_t bytes = 0;

    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        const mpt_half *h = mpt_metrics_half(sv, direction);
        const mpt_half *receiver = mpt_metrics_half(sv, mpt_direction_other(direction));
        if (mpt_metrics_one_way(sv) || !h->isn_known || h->pending.size || h->acked <= 1 ||
            receiver->bytes.packets < SILENT_ACKS)
            continue;
        bytes += mpt_ranges_covered(&h->received, 1, h->acked);
    }
    return bytes;
}

void mpt_check_no_data_acks(mpt_checking *x)
{
    if (!x->whole || !x->reliable || x->v->fallback != MPT_FALLBACK_NONE || !x->c->dss_seen)
        return;
    for (mpt_direction direction = 0; direction < MPT_DIRECTIONS; direction++) {
        const mpt_data_level *d = mpt_metrics_level(x->v, direction);
        mpt_runs runs = d->owned.runs;
        mpt_runs_at at;
        const mpt_run *first = mpt_runs_first(&runs, &at);
        uint64_t bytes = d->acks || d->before_known || !first ? 0 : acked_by_tcp(x, direction);
        if (!bytes)
            continue;
        mpt_found_direction(mpt_say(mpt_found(x, MPT_FINDING_NO_DATA_ACKS, first->value, first->frame, bytes),
                                    MPT_PHRASE_NO_DATA_ACKS, mpt_term_of(MPT_TERM_BYTES, bytes),
                                    mpt_term_sender(direction)),
                            direction);
    }
}

/* The longest standstill, which may last to the end of the capture. */
static mpt_still longest(const mpt_level_evidence *v)
{
    const mpt_still *s = &v->still, *longest = &v->longest_still;

    return s->since_ns && s->last_ns - s->since_ns > longest->last_ns - longest->since_ns ? *s : *longest;
}

void mpt_check_stalled(mpt_checking *x)
{
    for (mpt_direction direction = 0; direction < MPT_DIRECTIONS && x->reliable; direction++) {
        const mpt_level_evidence *v = level_evidence(x, direction);
        mpt_still s = v ? longest(v) : (mpt_still){0};
        const mpt_subflow_view *sv = v ? mpt_metrics_subflow_of(x->v, s.owner) : NULL;
        mpt_finding *f;
        if (!s.since_ns || !sv || x->v->fallback != MPT_FALLBACK_NONE ||
            s.last_ns - s.since_ns < MAX(STILL_NS, ROUND_TRIPS * round_trip(sv->subflow)))
            continue;
        f = mpt_say(mpt_found(x, MPT_FINDING_DATA_ACK_STALLED, s.since_ns, s.frame, 1),
                    MPT_PHRASE_DATA_ACK_STALLED, mpt_term_sender(mpt_direction_other(direction)),
                    mpt_term_of(MPT_TERM_TIME, (uint64_t)(s.last_ns - s.since_ns)), mpt_term_subflow(sv),
                    mpt_term_of(MPT_TERM_FLAG, v->still.since_ns == s.since_ns));
        mpt_found_subflow(f, sv);
        mpt_found_direction(f, direction);
    }
}

void mpt_check_narrow(mpt_checking *x)
{
    for (mpt_direction direction = 0; direction < MPT_DIRECTIONS; direction++) {
        const mpt_level_evidence *v = level_evidence(x, direction);
        const mpt_seen *seen = v ? &v->narrow_acks : NULL;
        if (!seen || !seen->count)
            continue;
        mpt_found_direction(
            mpt_say(mpt_found(x, MPT_FINDING_DATA_ACK_NARROW, seen->time_ns, seen->frame, seen->count),
                    MPT_PHRASE_DATA_ACK_NARROW, mpt_term_of(MPT_TERM_COUNT, seen->count),
                    mpt_term_sender(mpt_direction_other(direction)), mpt_term_sender(direction)),
            direction);
    }
}

/* --- checksums that are missing, or not asked for --- */

void mpt_check_checksum_use(mpt_checking *x)
{
    bool required = x->v->checksum_required.value;
    /* RFC 6824 3.3: it MUST be ignored; RFC 8684 3.3: the receiver MUST reset the subflow. */
    bool ignored = !required && x->v->version.known && x->v->version.value == 0;
    mpt_finding_id id = required ? MPT_FINDING_CHECKSUM_MISSING : MPT_FINDING_CHECKSUM_UNINVITED;

    if (!x->v->checksum_required.known || !x->whole || x->v->kind != MPT_KIND_MPTCP)
        return;
    for (mpt_direction direction = 0; direction < MPT_DIRECTIONS; direction++) {
        const mpt_level_evidence *v = level_evidence(x, direction);
        const mpt_seen *seen = !v ? NULL : required ? &v->without_checksum : &v->with_checksum;
        const mpt_event *rst;
        mpt_finding *f;
        if (!seen || !seen->count)
            continue;
        rst = mpt_checking_event(x, MPT_EVENT_RST, seen->owner,
                                 (int)mpt_role_other(mpt_direction_sender(direction)), seen->time_ns);
        f = mpt_say(mpt_found(x, id, seen->time_ns, seen->frame, seen->count),
                    required  ? MPT_PHRASE_CHECKSUM_MISSING
                    : ignored ? MPT_PHRASE_CHECKSUM_IGNORED
                              : MPT_PHRASE_CHECKSUM_UNINVITED,
                    mpt_term_of(MPT_TERM_COUNT, seen->count), mpt_term_sender(direction),
                    mpt_term_of(MPT_TERM_FLAG, rst != NULL),
                    mpt_term_of(MPT_TERM_FRAME, rst ? rst->frame : 0));
        mpt_found_subflow(f, mpt_metrics_subflow_of(x->v, seen->owner));
        mpt_found_direction(f, direction);
        if (ignored)
            f->severity = MPT_SEVERITY_NOTE;
    }
}

/* --- the end --- */

/* The subflow that closed last, if all are closed or never came up; NULL: one is open, or was reset last. */
static const mpt_subflow_view *closed_last(const mpt_checking *x)
{
    const mpt_subflow_view *last = NULL;

    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        if (sv->subflow->state == MPT_STATE_REFUSED)
            continue;
        if (sv->subflow->state != MPT_STATE_CLOSED && sv->subflow->state != MPT_STATE_RESET)
            return NULL;
        if (!last || sv->subflow->closed_ns > last->subflow->closed_ns)
            last = sv;
    }
    return last && last->subflow->state == MPT_STATE_CLOSED ? last : NULL;
}

static bool lacks_data_fin(const mpt_checking *x, mpt_direction direction)
{
    const mpt_data_level *d = mpt_metrics_level(x->v, direction);

    return !d->has_fin && x->v->direction[direction].data.dsn_gap_bytes == 0;
}

void mpt_check_fin_alone(mpt_checking *x)
{
    const mpt_subflow_view *last = closed_last(x);
    bool c2s = lacks_data_fin(x, MPT_C2S), s2c = lacks_data_fin(x, MPT_S2C);
    const mpt_half *h;

    if (!last || !x->whole || !x->reliable || x->v->fallback != MPT_FALLBACK_NONE || x->c->fastclose ||
        !x->c->dss_seen || !c2s || !s2c)
        return;
    h = mpt_metrics_half(last, MPT_C2S);
    mpt_found_subflow(
        mpt_say(mpt_found(x, MPT_FINDING_FIN_WITHOUT_DATA_FIN, h->fin_ns, last->subflow->last_frame, 1),
                MPT_PHRASE_FIN_WITHOUT_DATA_FIN, mpt_term_subflow(last)),
        last);
}

/* The longest time that a packet sent before `event` can still take to get here, on any subflow. */
static int64_t in_flight_ns(const mpt_checking *x)
{
    int64_t longest = 0;

    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        const mpt_subflow *s = x->v->subflows[i].subflow;
        if (s->state != MPT_STATE_SYN_SENT && s->state != MPT_STATE_REFUSED && !round_trip(s))
            return IN_FLIGHT_NS;
        longest = MAX(longest, round_trip(s));
    }
    return MAX(IN_FLIGHT_TRIPS * longest, IN_FLIGHT_LEAST_NS);
}

/* New data of either host, so long after an MP_FASTCLOSE that it can't have been in flight. */
static void check_ignored(mpt_checking *x, const mpt_event *event)
{
    int64_t from = event->time_ns + in_flight_ns(x);

    for (mpt_direction direction = 0; direction < MPT_DIRECTIONS; direction++) {
        const mpt_data_level *d = mpt_metrics_level(x->v, direction);
        mpt_runs runs = d->owned.runs;
        mpt_runs_at at;
        uint64_t bytes = 0;
        mpt_run first = {0};
        for (const mpt_run *r = mpt_runs_first(&runs, &at); r; r = mpt_runs_next(&runs, &at)) {
            if (r->value < from)
                continue;
            if (!bytes || r->value < first.value)
                first = *r;
            bytes += r->length;
        }
        if (!bytes)
            continue;
        mpt_found_direction(
            mpt_say(mpt_found(x, MPT_FINDING_FASTCLOSE_IGNORED, first.value, first.frame, bytes),
                    MPT_PHRASE_FASTCLOSE_IGNORED, mpt_term_sender(direction),
                    mpt_term_of(MPT_TERM_BYTES, bytes), mpt_term_role(mpt_metrics_role(x->v, event->side)),
                    mpt_term_of(MPT_TERM_FRAME, event->frame)),
            direction);
    }
}

void mpt_check_fastclose(mpt_checking *x)
{
    bool checked = false;

    for (guint i = 0; i < x->events->len; i++) {
        const mpt_event *event = &g_array_index(x->events, mpt_event, i);
        const mpt_host *receiver;
        if (event->type != MPT_EVENT_MP_FASTCLOSE)
            continue;
        receiver = &x->c->host[mpt_conn_side_other(event->side)];
        if (receiver->key_known && receiver->key != event->fastclose.receiver_key) {
            mpt_found_subflow(
                mpt_say(mpt_found(x, MPT_FINDING_FASTCLOSE_KEY, event->time_ns, event->frame, 1),
                        MPT_PHRASE_FASTCLOSE_KEY, mpt_term_role(mpt_metrics_role(x->v, event->side))),
                mpt_metrics_subflow_of(x->v, event->owner));
        } else if (receiver->key_known && !checked) {
            checked = true;
            check_ignored(x, event);
        }
    }
}
