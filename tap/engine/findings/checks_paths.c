/* checks_paths.c - checks of the paths in time: outages, subflows that are given up or come and go, times
 * without any.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checks.h"

#include "tap/engine/base/compare.h"
#include "tap/engine/speed/speed.h"

#define SECOND_NS       INT64_C(1000000000)
/* Without a subflow, or without data of one that others go on sending: shorter is usual. */
#define PAUSE_NS        SECOND_NS
/* Round trips that differ by less are those of the hosts. */
#define ALIKE_NS        (SECOND_NS / 1000)
#define ABANDONED_SHARE 0.25
/* This much went elsewhere, while the application was not what limited it. */
#define MISSED_BYTES    UINT64_C(100000)
/* Subflows that live shorter than this, each begun at most so long after the one before. */
#define FLAP_LIFE_NS    (5 * SECOND_NS)
#define FLAP_PAUSE_NS   (10 * SECOND_NS)
#define FLAPS           3

/* --- outages --- */

/* Does any subflow but this one carry data in that time? */
static bool goes_on_elsewhere(const mpt_checking *x, uint16_t owner, int64_t from_ns, int64_t to_ns)
{
    for (mpt_conn_side side = 0; side < MPT_CONN_SIDES; side++) {
        const mpt_data_level *d = &x->c->level[side];
        mpt_runs runs = d->owned.runs;
        mpt_runs_at at;

        for (const mpt_run *r = mpt_runs_first(&runs, &at); r; r = mpt_runs_next(&runs, &at))
            if (r->owner != owner && r->value > from_ns && r->value < to_ns)
                return true;
    }
    return false;
}

static void say_outage(mpt_checking *x, const mpt_subflow_view *sv, mpt_direction direction,
                       const mpt_outage *o)
{
    int64_t end_ns = MIN(o->end_ns, x->c->end_ns);
    mpt_finding *f;

    /* The path is there, but not for segments of that size: `path_mtu` or `icmp_error` says so. */
    if (mpt_checking_too_big(x, sv, direction, o->start_ns, end_ns))
        return;
    f = mpt_found(x, MPT_FINDING_PATH_OUTAGE, o->start_ns, o->start_frame, 1);
    mpt_say(f, MPT_PHRASE_PATH_OUTAGE, mpt_term_subflow(sv), mpt_term_sender(direction),
            mpt_term_of(MPT_TERM_BYTES, o->in_flight),
            mpt_term_of(MPT_TERM_INSTANT, (uint64_t)(o->start_ns - x->v->epoch_ns)),
            mpt_term_of(MPT_TERM_INSTANT, (uint64_t)(end_ns - x->v->epoch_ns)),
            mpt_term_of(MPT_TERM_TIME, (uint64_t)(end_ns - o->start_ns)),
            mpt_term_of(MPT_TERM_FLAG, goes_on_elsewhere(x, sv->subflow->owner, o->start_ns, end_ns)));
    if (o->end_ns == INT64_MAX)
        mpt_say(f, MPT_PHRASE_OUTAGE_LASTS);
    else if (o->again_frame)
        mpt_say(f, MPT_PHRASE_OUTAGE_USED_AGAIN, mpt_term_of(MPT_TERM_FRAME, o->end_frame),
                mpt_term_of(MPT_TERM_FRAME, o->again_frame));
    else
        mpt_say(f, MPT_PHRASE_OUTAGE_UNUSED, mpt_term_of(MPT_TERM_FRAME, o->end_frame));
    mpt_found_subflow(f, sv);
    mpt_found_direction(f, direction);
}

static mpt_maybe_ns round_trip(const mpt_subflow_view *sv)
{
    return (mpt_maybe_ns){.known = sv->syn_to_synack.known && sv->synack_to_ack.known,
                          .ns = sv->syn_to_synack.ns + sv->synack_to_ack.ns};
}

/* True if this host closed another subflow, and that took so long that its FIN would have come on this one too. */
static bool closed_another(const mpt_checking *x, const mpt_subflow_view *sv, mpt_role role, int64_t after_ns)
{
    mpt_maybe_ns own = round_trip(sv);

    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        const mpt_subflow_view *other = &x->v->subflows[i];
        const mpt_half *h = &other->subflow->half[other->side[role]];
        mpt_maybe_ns theirs = round_trip(other);
        if (other == sv || other->subflow->state != MPT_STATE_CLOSED || !h->fin_seen || h->fin_ns < after_ns)
            continue;
        if (own.known && theirs.known && own.ns <= 2 * theirs.ns + ALIKE_NS)
            return true;
        if (x->c->end_ns - h->fin_ns > (own.known ? 2 * own.ns : SECOND_NS))
            return true;
    }
    return false;
}

/* True if nothing more came from this host on a subflow that carried data, while the connection went on, and at
 * its end the host closed the others. */
static bool is_silent(const mpt_checking *x, const mpt_subflow_view *sv, mpt_role role)
{
    const mpt_half *h = &sv->subflow->half[sv->side[role]];

    return !h->fin_seen && x->c->end_ns - h->last_ns > PAUSE_NS &&
           closed_another(x, sv, role, h->last_ns + PAUSE_NS);
}

/* The longest time that data waited, from then on, for bytes that came on another subflow in the end. */
static bool longest_wait(const mpt_checking *x, mpt_direction direction, uint16_t owner, int64_t from_ns,
                         mpt_wait *longest)
{
    const mpt_conn_side side = x->v->side[mpt_direction_sender(direction)];
    mpt_wait waits[MPT_WAITS];
    unsigned count = x->c->evidence ? mpt_evidence_longest_waits(&x->c->evidence->level[side], waits) : 0;

    for (unsigned i = 0; i < count; i++) {
        /* The gap shows when the next data comes elsewhere. */
        if (waits[i].end_ns <= from_ns || waits[i].start_ns > from_ns + PAUSE_NS ||
            (!waits[i].by_ack && waits[i].owner == owner))
            continue;
        *longest = waits[i];
        return true;
    }
    return false;
}

/* Data that subflows but this one carried first from then on. */
static uint64_t sent_elsewhere(const mpt_checking *x, mpt_direction direction, uint16_t owner,
                               int64_t from_ns)
{
    mpt_runs runs = mpt_metrics_level(x->v, direction)->owned.runs;
    uint64_t bytes = 0;
    mpt_runs_at at;

    for (const mpt_run *r = mpt_runs_first(&runs, &at); r; r = mpt_runs_next(&runs, &at))
        if (r->owner != owner && r->value > from_ns)
            bytes += r->length;
    return bytes;
}

static void say_cost(mpt_checking *x, mpt_finding *f, const mpt_subflow_view *sv, int64_t from_ns)
{
    uint64_t most = 0;
    mpt_direction moved = MPT_C2S;

    for (mpt_direction direction = 0; direction < MPT_DIRECTIONS; direction++) {
        uint64_t since = sent_elsewhere(x, direction, sv->subflow->owner, from_ns);
        mpt_wait wait;
        if (longest_wait(x, direction, sv->subflow->owner, from_ns, &wait))
            mpt_say(f, MPT_PHRASE_SILENT_WAIT, mpt_term_sender(direction),
                    mpt_term_of(MPT_TERM_TIME, (uint64_t)(wait.end_ns - wait.start_ns)));
        if (since > most) {
            most = since;
            moved = direction;
        }
    }
    if (most)
        mpt_say(f, MPT_PHRASE_SILENT_MOVED, mpt_term_of(MPT_TERM_BYTES, most), mpt_term_sender(moved),
                mpt_term_of(MPT_TERM_BYTES, x->v->direction[moved].data.dsn_unique_bytes));
}

/* A path that is out to the end: true if this one is. */
static bool check_silent(mpt_checking *x, const mpt_subflow_view *sv)
{
    const mpt_subflow *s = sv->subflow;
    bool silent[MPT_ROLES];
    int64_t last[MPT_ROLES], from_ns;
    mpt_role one;
    mpt_finding *f;

    if (s->state != MPT_STATE_ESTABLISHED ||
        (!s->half[MPT_SIDE_A].bytes.segments && !s->half[MPT_SIDE_B].bytes.segments))
        return false;
    for (mpt_role role = 0; role < MPT_ROLES; role++) {
        silent[role] = is_silent(x, sv, role);
        last[role] = s->half[sv->side[role]].last_ns;
    }
    if (!silent[MPT_CLIENT] && !silent[MPT_SERVER])
        return false;
    one = silent[MPT_CLIENT] && (!silent[MPT_SERVER] || last[MPT_CLIENT] <= last[MPT_SERVER]) ? MPT_CLIENT
                                                                                              : MPT_SERVER;
    from_ns = last[one];
    f = mpt_say(mpt_found(x, MPT_FINDING_PATH_OUTAGE, from_ns, s->half[sv->side[one]].last_frame, 1),
                MPT_PHRASE_OUTAGE_SILENT, mpt_term_subflow(sv),
                mpt_term_of(MPT_TERM_INSTANT, (uint64_t)(from_ns - x->v->epoch_ns)),
                mpt_term_of(MPT_TERM_TIME, (uint64_t)(x->c->end_ns - from_ns)), mpt_term_role(one),
                mpt_term_of(MPT_TERM_FLAG, silent[MPT_CLIENT] && silent[MPT_SERVER]));
    say_cost(x, f, sv, from_ns);
    mpt_found_subflow(f, sv);
    return true;
}

static void check_outages(mpt_checking *x, const mpt_subflow_view *sv, mpt_direction direction, bool silent)
{
    const mpt_hearing *h = &sv->subflow->evidence->half[sv->side[mpt_direction_sender(direction)]].hearing;
    mpt_outage lasting;

    for (uint32_t i = 0; i < MIN(h->count, MPT_OUTAGES); i++)
        say_outage(x, sv, direction, &h->outages[i]);
    /* One that ends the use of the path is `failover` where the data went on elsewhere. */
    if (!silent && mpt_evidence_lasting_outage(h, x->c->end_ns, &lasting) &&
        !mpt_checking_found(x, MPT_FINDING_FAILOVER, sv->id))
        say_outage(x, sv, direction, &lasting);
}

void mpt_check_outages(mpt_checking *x)
{
    for (uint32_t i = 0; i < x->v->subflow_count && x->reliable; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        bool silent;
        if (mpt_metrics_one_way(sv))
            continue;
        silent = !mpt_checking_found(x, MPT_FINDING_FAILOVER, sv->id) && check_silent(x, sv);
        for (mpt_direction direction = 0; direction < MPT_DIRECTIONS && sv->subflow->evidence; direction++)
            check_outages(x, sv, direction, silent);
    }
}

/* --- subflows that carry nothing any more --- */

/* Still there when the connection was closed: nothing is known of it then, or it was closed too. */
static bool stayed_up(const mpt_checking *x, const mpt_subflow *s)
{
    bool fin = s->half[MPT_SIDE_A].fin_seen || s->half[MPT_SIDE_B].fin_seen;

    if (s->backup[MPT_SIDE_A] || s->backup[MPT_SIDE_B])
        return false;
    for (mpt_side side = 0; side < MPT_SIDES; side++)
        if (s->half[side].fin_seen && s->half[side].fin_ns < x->closing_ns)
            return false;
    if (s->state == MPT_STATE_ESTABLISHED)
        return !fin || x->closing_ns < INT64_MAX;
    return (s->state == MPT_STATE_CLOSED || s->state == MPT_STATE_RESET) && s->closed_ns >= x->closing_ns;
}

/* A subflow that answered to the end may have been left out on purpose: there was too little to send. */
static bool was_missed(const mpt_checking *x, const mpt_subflow *s, mpt_direction direction, uint64_t since)
{
    const mpt_speed *speed = mpt_speed_of(x->engine);
    mpt_speed_direction d;

    if (s->state == MPT_STATE_ESTABLISHED && s->end_ns <= x->closing_ns)
        return true;
    return since >= MISSED_BYTES && speed &&
           mpt_speed_get(speed, x->c, x->v->side[mpt_direction_sender(direction)], &d) &&
           d.unknown == MPT_SPEED_KNOWN && 2 * d.ns[MPT_LIMIT_APPLICATION] <= d.duration_ns;
}

static void check_abandoned(mpt_checking *x, const mpt_subflow_view *sv, mpt_direction direction)
{
    const mpt_half *h = mpt_metrics_half(sv, direction);
    uint64_t all = x->v->direction[direction].data.dsn_unique_bytes, since;
    mpt_finding *f;

    if (!h->bytes.segments || !stayed_up(x, sv->subflow) ||
        x->v->direction[direction].bytes.payload_bytes == 0 ||
        MIN(x->closing_ns, x->c->end_ns) - h->last_data_ns < PAUSE_NS ||
        mpt_checking_found(x, MPT_FINDING_FAILOVER, sv->id) ||
        mpt_checking_found(x, MPT_FINDING_PATH_OUTAGE, sv->id))
        return;
    since = mpt_checking_sent_since(x, direction, h->last_data_ns + 1);
    if ((double)since <= ABANDONED_SHARE * (double)all || !was_missed(x, sv->subflow, direction, since))
        return;
    f = mpt_say(mpt_found(x, MPT_FINDING_SUBFLOW_ABANDONED, h->last_data_ns, sv->subflow->first_frame, since),
                MPT_PHRASE_SUBFLOW_ABANDONED, mpt_term_subflow(sv), mpt_term_sender(direction),
                mpt_term_of(MPT_TERM_INSTANT, (uint64_t)(h->last_data_ns - x->v->epoch_ns)),
                mpt_term_of(MPT_TERM_BYTES, since), mpt_term_of(MPT_TERM_BYTES, all));
    mpt_found_subflow(f, sv);
    mpt_found_direction(f, direction);
}

void mpt_check_abandoned(mpt_checking *x)
{
    for (uint32_t i = 0; i < x->v->subflow_count && x->v->subflow_count > 1 && x->reliable; i++)
        for (mpt_direction direction = 0; direction < MPT_DIRECTIONS; direction++)
            if (!mpt_metrics_one_way(&x->v->subflows[i]))
                check_abandoned(x, &x->v->subflows[i], direction);
}

/* --- times without a subflow --- */

static bool ever_up(const mpt_subflow *s)
{
    return s->state != MPT_STATE_SYN_SENT && s->state != MPT_STATE_REFUSED;
}

/* When it was up no more; INT64_MAX: to the end. */
static int64_t up_to(const mpt_subflow *s)
{
    return s->state == MPT_STATE_CLOSED || s->state == MPT_STATE_RESET ? s->closed_ns : INT64_MAX;
}

static int by_time(gconstpointer left, gconstpointer right)
{
    const mpt_subflow_view *a = *(const mpt_subflow_view *const *)left,
                           *b = *(const mpt_subflow_view *const *)right;

    return mpt_compare(mpt_checking_established_ns(a->subflow), mpt_checking_established_ns(b->subflow));
}

static void say_no_subflow(mpt_checking *x, const mpt_subflow_view *last, const mpt_subflow_view *next)
{
    int64_t from = up_to(last->subflow), to = mpt_checking_established_ns(next->subflow);

    mpt_found_subflow(
        mpt_say(mpt_found(x, MPT_FINDING_NO_SUBFLOW, from, next->subflow->first_frame, 1),
                MPT_PHRASE_NO_SUBFLOW, mpt_term_of(MPT_TERM_INSTANT, (uint64_t)(from - x->v->epoch_ns)),
                mpt_term_of(MPT_TERM_TIME, (uint64_t)(to - from)), mpt_term_subflow(last),
                mpt_term_of(MPT_TERM_FLAG, last->subflow->state == MPT_STATE_RESET), mpt_term_subflow(next)),
        next);
}

void mpt_check_no_subflow(mpt_checking *x)
{
    GPtrArray *order = g_ptr_array_new();
    const mpt_subflow_view *last = NULL;

    for (uint32_t i = 0; i < x->v->subflow_count && x->reliable; i++)
        if (ever_up(x->v->subflows[i].subflow))
            g_ptr_array_add(order, &x->v->subflows[i]);
    g_ptr_array_sort(order, by_time);
    for (guint i = 0; i < order->len; i++) {
        const mpt_subflow_view *next = g_ptr_array_index(order, i);
        if (last && up_to(last->subflow) < x->closing_ns && next->subflow->kind == MPT_SUBFLOW_JOIN &&
            up_to(last->subflow) != INT64_MAX &&
            mpt_checking_established_ns(next->subflow) - up_to(last->subflow) > PAUSE_NS)
            say_no_subflow(x, last, next);
        if (!last || up_to(next->subflow) > up_to(last->subflow))
            last = next;
    }
    g_ptr_array_free(order, TRUE);
}

/* --- subflows that come and go --- */

/* Subflows between the same two addresses, one soon after the other, that lived shortly and carried nothing. */
struct flapping {
    const mpt_subflow_view *first, *last;
    uint32_t count, by[MPT_ROLES]; /* closed first by */
    int64_t longest_ns;
};

static bool carried_nothing(const mpt_subflow *s)
{
    return !s->half[MPT_SIDE_A].bytes.segments && !s->half[MPT_SIDE_B].bytes.segments;
}

static bool is_flap(const mpt_subflow *s)
{
    return s->kind == MPT_SUBFLOW_JOIN && ever_up(s) && up_to(s) != INT64_MAX && carried_nothing(s) &&
           up_to(s) - s->start_ns < FLAP_LIFE_NS;
}

static bool same_hosts(const mpt_subflow_view *a, const mpt_subflow_view *b)
{
    return mpt_endpoint_same_address(mpt_metrics_endpoint(a, MPT_CLIENT),
                                     mpt_metrics_endpoint(b, MPT_CLIENT)) &&
           mpt_endpoint_same_address(mpt_metrics_endpoint(a, MPT_SERVER),
                                     mpt_metrics_endpoint(b, MPT_SERVER));
}

/* Who ended it: the first RST, or else the first FIN; MPT_ROLES: not known. */
static mpt_role closed_by(const mpt_subflow_view *sv)
{
    const mpt_half *client = mpt_metrics_half(sv, MPT_C2S), *server = mpt_metrics_half(sv, MPT_S2C);

    if (client->rst_seen != server->rst_seen)
        return client->rst_seen ? MPT_CLIENT : MPT_SERVER;
    if (client->fin_seen && server->fin_seen)
        return client->fin_ns <= server->fin_ns ? MPT_CLIENT : MPT_SERVER;
    return client->fin_seen ? MPT_CLIENT : server->fin_seen ? MPT_SERVER : MPT_ROLES;
}

static void say_flapping(mpt_checking *x, const struct flapping *p)
{
    mpt_finding *f;

    if (p->count < FLAPS)
        return;
    f = mpt_say(mpt_found(x, MPT_FINDING_SUBFLOW_FLAPPING, p->first->subflow->start_ns,
                          p->first->subflow->first_frame, p->count),
                MPT_PHRASE_SUBFLOW_FLAPPING, mpt_term_of(MPT_TERM_COUNT, p->count),
                mpt_term_endpoint(MPT_TERM_ADDRESS, mpt_metrics_endpoint(p->first, MPT_CLIENT)),
                mpt_term_endpoint(MPT_TERM_ADDRESS, mpt_metrics_endpoint(p->first, MPT_SERVER)),
                mpt_term_of(MPT_TERM_TIME, (uint64_t)p->longest_ns),
                mpt_term_of(MPT_TERM_INSTANT, (uint64_t)(p->last->subflow->start_ns - x->v->epoch_ns)));
    if (p->by[MPT_CLIENT] == p->count || p->by[MPT_SERVER] == p->count)
        mpt_say(f, MPT_PHRASE_FLAPPING_BY_ONE, mpt_term_role(p->by[MPT_CLIENT] ? MPT_CLIENT : MPT_SERVER));
    else
        mpt_say(f, MPT_PHRASE_FLAPPING_BY_BOTH, mpt_term_of(MPT_TERM_COUNT, p->by[MPT_CLIENT]),
                mpt_term_of(MPT_TERM_COUNT, p->by[MPT_SERVER]));
}

/* The one that this subflow goes on with. */
static struct flapping *flapping_of(GArray *all, const mpt_subflow_view *sv)
{
    for (guint i = all->len; i-- > 0;) {
        struct flapping *p = &g_array_index(all, struct flapping, i);
        if (same_hosts(p->first, sv) && sv->subflow->start_ns - p->last->subflow->start_ns < FLAP_PAUSE_NS)
            return p;
    }
    g_array_set_size(all, all->len + 1);
    g_array_index(all, struct flapping, all->len - 1) = (struct flapping){.first = sv};
    return &g_array_index(all, struct flapping, all->len - 1);
}

/* A flood from many addresses is no flapping: so many pairs of addresses are looked at. */
#define MAX_PAIRS 64

void mpt_check_flapping(mpt_checking *x)
{
    GArray *all = g_array_new(FALSE, TRUE, sizeof(struct flapping));

    for (uint32_t i = 0; i < x->v->subflow_count && x->reliable && all->len < MAX_PAIRS; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        struct flapping *p;
        mpt_role by;
        if (!is_flap(sv->subflow) || sv->subflow->start_ns >= x->closing_ns)
            continue;
        p = flapping_of(all, sv);
        p->last = sv;
        p->count++;
        p->longest_ns = MAX(p->longest_ns, up_to(sv->subflow) - sv->subflow->start_ns);
        by = closed_by(sv);
        if (by != MPT_ROLES)
            p->by[by]++;
    }
    for (guint i = 0; i < all->len; i++)
        say_flapping(x, &g_array_index(all, struct flapping, i));
    g_array_free(all, TRUE);
}
