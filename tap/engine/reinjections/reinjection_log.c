/* reinjection_log.c - see reinjection_log.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reinjection_log.h"

#include "reinjection_runs.h"
#include "sequence_gaps.h"
#include "tap/engine/base/compare.h"
#include "tap/engine/figures/discarded.h"

/* Runs of one direction that wait for their acknowledgement. */
#define MAX_OPEN      4096
/* Runs in all: so many, and one more for so many segments. Bytes that follow each other are one run, but a
 * scheduler that sends all on two subflows makes one of 6 to 10 segments. */
#define RUNS_FREE     20480
#define SEGMENTS_EACH 25

typedef struct direction {
    const mpt_connection *connection;
    mpt_conn_side side;
    GArray *open, *closed; /* mpt_reinjection, in order of discovery */
    mpt_ranges useful;     /* acknowledged first as a later copy */
    mpt_ranges late;       /* in a run with late_original */
    mpt_ranges missed;     /* whose first copy the receiver threw away, as DATA_ACKs show */
    mpt_ranges copies[MPT_REINJECTION_COPIES]; /* [k]: bytes with at least k + 1 copies */
    GArray *unlisted[2];                       /* mpt_reinjection_sum, as in mpt_reinjection_closing */
    mpt_standing standing;
} direction;

typedef struct entry {
    direction side[MPT_CONN_SIDES];
} entry;

typedef struct subflow_holes {
    mpt_sequence_gaps side[MPT_SIDES];
    bool refuses[MPT_SIDES];         /* it sent an MP_FAIL */
    int64_t refused_from[MPT_SIDES]; /* position */
} subflow_holes;

struct mpt_reinjection_log {
    const mpt_engine *engine;
    GHashTable *connections; /* const mpt_connection * -> entry */
    GHashTable *subflows;    /* const mpt_subflow * -> subflow_holes */
    guint runs;
    uint64_t segments;
    /* Retransmitted pieces of a segment that follow each other, not processed yet; length 0: none. */
    mpt_data_piece again;
};

static const mpt_stamp NOBODY;

/* --- state --- */

static void clear_direction(direction *d)
{
    g_clear_pointer(&d->open, g_array_unref);
    g_clear_pointer(&d->closed, g_array_unref);
    g_clear_pointer(&d->unlisted[0], g_array_unref);
    g_clear_pointer(&d->unlisted[1], g_array_unref);
    mpt_ranges_clear(&d->useful);
    mpt_ranges_clear(&d->late);
    mpt_ranges_clear(&d->missed);
    for (unsigned k = 0; k < MPT_REINJECTION_COPIES; k++)
        mpt_ranges_clear(&d->copies[k]);
}

static void free_entry(gpointer data)
{
    entry *e = data;

    clear_direction(&e->side[MPT_CONN_SIDE_A]);
    clear_direction(&e->side[MPT_CONN_SIDE_B]);
    g_free(e);
}

static void free_holes(gpointer data)
{
    subflow_holes *h = data;

    mpt_runs_clear(&h->side[MPT_SIDE_A].runs);
    mpt_runs_clear(&h->side[MPT_SIDE_B].runs);
    g_free(h);
}

mpt_reinjection_log *mpt_reinjection_log_new(const mpt_engine *engine)
{
    mpt_reinjection_log *log = g_new0(mpt_reinjection_log, 1);

    log->engine = engine;
    log->connections = g_hash_table_new_full(NULL, NULL, NULL, free_entry);
    log->subflows = g_hash_table_new_full(NULL, NULL, NULL, free_holes);
    return log;
}

void mpt_reinjection_log_free(mpt_reinjection_log *log)
{
    if (!log)
        return;
    g_hash_table_destroy(log->connections);
    g_hash_table_destroy(log->subflows);
    g_free(log);
}

static void open_direction(direction *d)
{
    if (d->open)
        return;
    d->open = g_array_new(FALSE, FALSE, sizeof(mpt_reinjection));
    d->closed = g_array_new(FALSE, FALSE, sizeof(mpt_reinjection));
    d->unlisted[0] = g_array_new(FALSE, FALSE, sizeof(mpt_reinjection_sum));
    d->unlisted[1] = g_array_new(FALSE, FALSE, sizeof(mpt_reinjection_sum));
}

static direction *watch_direction(mpt_reinjection_log *log, const mpt_connection *c, mpt_conn_side side)
{
    entry *e = g_hash_table_lookup(log->connections, c);

    if (!e) {
        e = g_new0(entry, 1);
        for (mpt_conn_side i = 0; i < MPT_CONN_SIDES; i++)
            e->side[i] = (direction){.connection = c, .side = i};
        g_hash_table_insert(log->connections, (gpointer)c, e);
    }
    return &e->side[side];
}

static direction *get_direction(mpt_reinjection_log *log, const mpt_connection *c, mpt_conn_side side)
{
    direction *d = watch_direction(log, c, side);

    open_direction(d);
    return d;
}

static direction *watched_direction(const mpt_reinjection_log *log, const mpt_connection *c,
                                    mpt_conn_side side)
{
    entry *e = g_hash_table_lookup(log->connections, c);

    return e ? &e->side[side] : NULL;
}

static direction *find_direction(const mpt_reinjection_log *log, const mpt_connection *c, mpt_conn_side side)
{
    direction *d = watched_direction(log, c, side);

    return d && d->open ? d : NULL;
}

static bool in_window(const mpt_reinjection_log *log, int64_t time_ns)
{
    const mpt_engine_config *config = mpt_engine_get_config(log->engine);
    int64_t t = time_ns - mpt_engine_get_counts(log->engine)->earliest_ns;

    return (!config->has_from || t >= config->from_ns) && (!config->has_to || t < config->to_ns);
}

static void close_run(mpt_reinjection_log *log, direction *d, const mpt_reinjection *r)
{
    mpt_reinjection_closing x = {
        .c = d->connection,
        .side = d->side,
        .runs = d->closed,
        .count = &log->runs,
        .limit = (guint)MIN(RUNS_FREE + log->segments / SEGMENTS_EACH, MPT_REINJECTION_RUNS),
        .sums = {d->unlisted[0], d->unlisted[1]},
    };

    mpt_reinjection_close(&x, &d->useful, r);
}

static int64_t acknowledged_on(const mpt_connection *c, mpt_conn_side side, uint16_t owner)
{
    const mpt_subflow *s = mpt_connection_subflow(c, owner);

    return s->half[mpt_subflow_side(s, side)].acked;
}

/* How many bytes of a run from `position` on are acknowledged. */
static int64_t covered(int64_t acked, int64_t position)
{
    return acked == INT64_MIN || position == INT64_MIN ? 0 : acked - position;
}

static bool after_reset(const mpt_connection *c, uint16_t owner, int64_t time_ns)
{
    return mpt_discarded_after_reset(mpt_connection_subflow(c, owner), time_ns);
}

/* A run that was just found: its first copy may have been acknowledged before. */
static void add_run(mpt_reinjection_log *log, direction *d, const mpt_connection *c, mpt_conn_side side,
                    const mpt_reinjection *found)
{
    mpt_reinjection r = *found, head;
    int64_t first = covered(acknowledged_on(c, side, r.first_owner), r.first_position);

    r.refused = after_reset(c, r.owner, r.time_ns);
    r.first_refused = after_reset(c, r.first_owner, r.first_ns);

    if (r.same) {
        close_run(log, d, &r);
        return;
    }
    if (first > 0) {
        head = mpt_reinjection_split(&r, MIN(first, mpt_reinjection_length(&r)));
        head.first_acked = true;
        close_run(log, d, &head);
    }
    if (r.dsn == r.end)
        return;
    if (d->open->len >= MAX_OPEN) {
        close_run(log, d, &g_array_index(d->open, mpt_reinjection, 0));
        g_array_remove_index(d->open, 0);
    }
    g_array_append_val(d->open, r);
}

/* --- how often a byte is there --- */

struct copies {
    direction *d;
    unsigned k;
};

static void copied_piece(const mpt_piece *p, void *data)
{
    const struct copies *at = data;
    struct copies next = {.d = at->d, .k = at->k + 1};

    if (!p->fresh && next.k < MPT_REINJECTION_COPIES)
        mpt_ranges_claim(&next.d->copies[next.k], p->start, p->end, &NOBODY, copied_piece, &next);
}

static void note_copy(direction *d, int64_t start, int64_t end)
{
    struct copies at = {.d = d, .k = 1};

    mpt_ranges_claim(&d->copies[1], start, end, &NOBODY, copied_piece, &at);
}

/* --- holes --- */

static subflow_holes *get_holes(mpt_reinjection_log *log, const mpt_subflow *s)
{
    subflow_holes *h = g_hash_table_lookup(log->subflows, s);

    if (!h) {
        h = g_new0(subflow_holes, 1);
        g_hash_table_insert(log->subflows, (gpointer)s, h);
    }
    return h;
}

/* --- the observer --- */

static mpt_reinjection run_of(const mpt_data_piece *p)
{
    const mpt_connection *c = p->connection;

    return (mpt_reinjection){
        .dsn = p->dsn,
        .end = p->dsn + p->length,
        .position = p->position,
        .first_position =
            mpt_reinjection_position(c, mpt_subflow_conn_side(p->subflow, p->side), p->first_owner, p->dsn),
        .time_ns = p->time_ns,
        .last_ns = p->time_ns,
        .first_ns = p->first_ns,
        .resent_ns = INT64_MIN,
        .first_resent_ns = INT64_MIN,
        .frame = p->frame,
        .last_frame = p->frame,
        .first_frame = p->first_frame,
        .segments = 1,
        .owner = p->subflow->owner,
        .first_owner = p->first_owner,
        .same = p->what == MPT_DATA_REINJECTED_SAME,
    };
}

static void copied(mpt_reinjection_log *log, const mpt_data_piece *p, int64_t hole_since)
{
    mpt_conn_side side = mpt_subflow_conn_side(p->subflow, p->side);
    const mpt_data_level *level = &p->connection->level[side];
    direction *d;
    mpt_reinjection r, head;

    if (!in_window(log, p->time_ns))
        return;
    d = get_direction(log, p->connection, side);
    r = run_of(p);
    r.late_original = !r.same && hole_since < p->first_ns && !mpt_ranges_covered(&d->late, r.dsn, r.end);
    if (r.late_original)
        mpt_ranges_claim(&d->late, r.dsn, r.end, &NOBODY, NULL, NULL);
    note_copy(d, r.dsn, r.end);
    if (level->acked_known && level->acked > r.dsn) {
        head = mpt_reinjection_split(&r, MIN(level->acked, r.end) - r.dsn);
        head.acked_before = true;
        add_run(log, d, p->connection, side, &head);
    }
    if (r.dsn == r.end)
        return;
    r.first_missed = d->standing.seen && r.first_position != INT64_MIN &&
                     mpt_discarded_by_data_ack(p->connection, side, &level->owned.runs, r.first_owner,
                                               r.first_position, d->standing.last_ns);
    add_run(log, d, p->connection, side, &r);
}

/* Runs in [dsn, end) have another first copy now. Those that were decided stay so: the acknowledgements do
 * not change. A run that is cut leaves its other parts at the end. */
static void change_first(GArray *runs, const mpt_reinjection *first)
{
    guint n = runs->len;

    for (guint i = 0; i < n; i++) {
        mpt_reinjection r = g_array_index(runs, mpt_reinjection, i), head;

        if (r.end <= first->dsn || r.dsn >= first->end)
            continue;
        if (r.dsn < first->dsn) {
            head = mpt_reinjection_split(&r, first->dsn - r.dsn);
            g_array_append_val(runs, head);
        }
        head = mpt_reinjection_split(&r, MIN(r.end, first->end) - r.dsn);
        if (r.dsn < r.end)
            g_array_append_val(runs, r);
        head.first_owner = first->owner;
        head.first_frame = first->frame;
        head.first_ns = first->time_ns;
        head.first_position = first->position + (head.dsn - first->dsn);
        head.same = head.owner == head.first_owner;
        head.late_original = head.first_missed = false;
        head.first_refused = first->refused;
        g_array_index(runs, mpt_reinjection, i) = head;
    }
}

/* A copy that turned up late is the first: the one that was first is a later copy now. */
static void taken_over(mpt_reinjection_log *log, const mpt_data_piece *p)
{
    mpt_conn_side side = mpt_subflow_conn_side(p->subflow, p->side);
    direction *d = get_direction(log, p->connection, side);
    mpt_reinjection winner = run_of(p), loser = winner;
    guint before = d->closed->len;

    winner.refused = after_reset(p->connection, winner.owner, winner.time_ns);
    change_first(d->open, &winner);
    change_first(d->closed, &winner);
    log->runs += d->closed->len - before;
    if (!in_window(log, p->first_ns))
        return;
    loser.position = winner.first_position;
    loser.first_position = winner.position;
    loser.time_ns = loser.last_ns = winner.first_ns;
    loser.first_ns = winner.time_ns;
    loser.frame = loser.last_frame = winner.first_frame;
    loser.first_frame = winner.frame;
    loser.owner = winner.first_owner;
    loser.first_owner = winner.owner;
    loser.same = loser.owner == loser.first_owner;
    note_copy(d, loser.dsn, loser.end);
    add_run(log, d, p->connection, side, &loser);
}

/* Where the bytes of a run are on a subflow; INT64_MIN: not there, or not known. */
static int64_t position_on(const mpt_reinjection *r, uint16_t owner)
{
    return owner == r->owner ? r->position : owner == r->first_owner ? r->first_position : INT64_MIN;
}

static void set_acked(mpt_reinjection *r, uint16_t owner)
{
    if (owner == r->owner)
        r->acked = true;
    else
        r->first_acked = true;
}

static bool any_acked(const direction *d, uint16_t owner, int64_t acked)
{
    for (guint i = 0; i < d->open->len; i++) {
        const mpt_reinjection *r = &g_array_index(d->open, mpt_reinjection, i);
        if (!(owner == r->owner ? r->acked : r->first_acked) && covered(acked, position_on(r, owner)) > 0)
            return true;
    }
    return false;
}

/* Bytes are sent again under the same subflow sequence numbers: their copy got through now, if ever. */
static void retransmitted(mpt_reinjection_log *log, const mpt_data_piece *p)
{
    direction *d = find_direction(log, p->connection, mpt_subflow_conn_side(p->subflow, p->side));
    uint16_t owner = p->subflow->owner;
    guint n = d ? d->open->len : 0;

    for (guint i = 0; i < n; i++) {
        mpt_reinjection r = g_array_index(d->open, mpt_reinjection, i), head;
        int64_t at = position_on(&r, owner), start, end;

        if (at == INT64_MIN || (owner == r.owner ? r.acked : r.first_acked))
            continue;
        start = MAX(p->position - at, 0);
        end = MIN(p->position + p->length - at, mpt_reinjection_length(&r));
        if (start >= end)
            continue;
        if (start > 0) {
            head = mpt_reinjection_split(&r, start);
            g_array_append_val(d->open, head);
        }
        head = mpt_reinjection_split(&r, end - start);
        if (r.dsn < r.end)
            g_array_append_val(d->open, r);
        *(owner == r.owner ? &head.resent_ns : &head.first_resent_ns) = p->time_ns;
        g_array_index(d->open, mpt_reinjection, i) = head;
    }
}

static void settle_again(mpt_reinjection_log *log)
{
    if (log->again.length > 0)
        retransmitted(log, &log->again);
    log->again.length = 0;
}

/* A segment may lie in thousands of mappings, and each piece would look at all runs. */
static void note_again(mpt_reinjection_log *log, const mpt_data_piece *p)
{
    mpt_data_piece *again = &log->again;

    if (again->length > 0 && again->connection == p->connection && again->subflow == p->subflow &&
        again->side == p->side && again->time_ns == p->time_ns &&
        again->position + again->length == p->position) {
        again->length += p->length;
        return;
    }
    settle_again(log);
    *again = *p;
}

static void note_data_ack(direction *d, const mpt_subflow *on, int64_t time_ns)
{
    const mpt_data_level *level = &d->connection->level[d->side];
    int64_t end;

    if (mpt_standing_note(&d->standing, level, time_ns) &&
        mpt_discarded_first(d->connection, d->side, &level->owned.runs, &d->standing, on, &end))
        mpt_ranges_claim(&d->missed, level->acked, end, &NOBODY, NULL, NULL);
}

static void on_segment(const mpt_connection *c, const mpt_subflow *subflow, mpt_side side,
                       const mpt_segment *segment, int64_t position, void *user)
{
    mpt_reinjection_log *log = user;
    mpt_side receiver = mpt_side_other(side);
    mpt_conn_side data_side = mpt_subflow_conn_side(subflow, receiver);
    direction *d = c && segment->flags & MPT_TCP_ACK ? watched_direction(log, c, data_side) : NULL;
    int64_t acked = subflow->half[receiver].acked;
    GArray *open;

    (void)position;
    log->segments++;
    settle_again(log);
    if (!d)
        return;
    note_data_ack(d, subflow, segment->time_ns);
    if (!d->open || !any_acked(d, subflow->owner, acked))
        return;
    open = d->open;
    d->open = g_array_sized_new(FALSE, FALSE, sizeof(mpt_reinjection), open->len);
    for (guint i = 0; i < open->len; i++) {
        mpt_reinjection r = g_array_index(open, mpt_reinjection, i), head;
        int64_t n = MIN(covered(acked, position_on(&r, subflow->owner)), mpt_reinjection_length(&r));

        if (n > 0) {
            head = mpt_reinjection_split(&r, n);
            set_acked(&head, subflow->owner);
            if (head.first_acked && (head.acked || !mpt_reinjection_original_lost(&head)))
                close_run(log, d, &head);
            else
                g_array_append_val(d->open, head);
        }
        if (r.dsn < r.end)
            g_array_append_val(d->open, r);
    }
    g_array_unref(open);
}

static void on_data(const mpt_data_piece *piece, void *user)
{
    mpt_reinjection_log *log = user;
    mpt_data_piece p = *piece;
    int64_t end = p.position + p.length;
    mpt_sequence_gaps *h;

    if (!p.connection)
        return;
    if (p.what == MPT_DATA_RETRANSMITTED) {
        note_again(log, &p);
        return;
    }
    settle_again(log);
    if (p.connection->subflows->len > 1)
        watch_direction(log, p.connection, MPT_CONN_SIDE_A);
    if (p.what == MPT_DATA_FIRST && p.first_frame)
        taken_over(log, &p);
    h = p.resolved ? NULL : &get_holes(log, p.subflow)->side[p.side];
    while (p.position < end) {
        int64_t since = INT64_MAX,
                n = h ? mpt_sequence_gaps_fill(h, p.position, end, p.time_ns, &since) : end - p.position;

        p.length = (uint32_t)n;
        if (p.what == MPT_DATA_REINJECTED || p.what == MPT_DATA_REINJECTED_SAME)
            copied(log, &p, since);
        p.position += n;
        p.dsn += n;
    }
}

/* Also what came before the MP_FAIL. */
static void on_event(const mpt_connection *c, const mpt_event *event, void *user)
{
    const mpt_subflow *s;
    subflow_holes *h;
    mpt_side side;
    int64_t from;

    if (event->type != MPT_EVENT_MP_FAIL || !mpt_discarded_from(c, event, &from))
        return;
    s = mpt_connection_subflow(c, event->owner);
    side = mpt_subflow_side(s, mpt_conn_side_other(event->side));
    h = get_holes(user, s);
    h->refused_from[side] = h->refuses[side] ? MIN(h->refused_from[side], from) : from;
    h->refuses[side] = true;
}

/* --- connections that turn out to be one --- */

struct rebuild {
    mpt_reinjection_log *log;
    direction *d;
    const mpt_connection *c;
    mpt_conn_side side;
    const mpt_copy *copy;
};

/* What was retransmitted, and when, is not known any more: a verdict needs exactly one acknowledged copy. */
static void rebuild_piece(const mpt_piece *p, void *data)
{
    struct rebuild *x = data;
    mpt_reinjection r = {
        .dsn = p->start,
        .end = p->end,
        .position = mpt_reinjection_position(x->c, x->side, x->copy->owner, p->start),
        .first_position = mpt_reinjection_position(x->c, x->side, p->was.owner, p->start),
        .time_ns = x->copy->time_ns,
        .last_ns = x->copy->time_ns,
        .first_ns = p->was.time_ns,
        .resent_ns = INT64_MIN,
        .first_resent_ns = INT64_MIN,
        .frame = x->copy->frame,
        .last_frame = x->copy->frame,
        .first_frame = p->was.frame,
        .segments = 1,
        .owner = x->copy->owner,
        .first_owner = p->was.owner,
        .same = x->copy->owner == p->was.owner,
    };
    int64_t first = covered(acknowledged_on(x->c, x->side, r.first_owner), r.first_position);
    int64_t later = covered(acknowledged_on(x->c, x->side, r.owner), r.position);

    if (p->fresh)
        return;
    r.refused = after_reset(x->c, r.owner, r.time_ns);
    r.first_refused = after_reset(x->c, r.first_owner, r.first_ns);
    note_copy(x->d, r.dsn, r.end);
    if (first > 0 && later > 0)
        close_run(x->log, x->d, &r);
    else
        add_run(x->log, x->d, x->c, x->side, &r);
}

/* The limit is of runs that are kept. */
static void give_back(mpt_reinjection_log *log, const mpt_connection *c, mpt_conn_side side)
{
    const direction *d = find_direction(log, c, side);

    log->runs -= d ? MIN(log->runs, d->closed->len) : 0;
}

static void on_merge(const mpt_connection *to, const mpt_connection *from, unsigned offset, bool flipped,
                     void *user)
{
    mpt_reinjection_log *log = user;

    (void)offset;
    (void)flipped;
    settle_again(log);
    give_back(log, from, 0);
    give_back(log, from, 1);
    g_hash_table_remove(log->connections, from);
    for (mpt_conn_side side = 0; side < MPT_CONN_SIDES; side++) {
        const mpt_data_level *level = &to->level[side];
        struct rebuild x = {.log = log, .c = to, .side = side, .d = get_direction(log, to, side)};

        give_back(log, to, side);
        clear_direction(x.d);
        open_direction(x.d);
        for (guint i = 0; level->copies && i < level->copies->len; i++) {
            x.copy = &g_array_index(level->copies, mpt_copy, i);
            if (x.copy->counted)
                mpt_ranges_look(&level->owned, x.copy->start, x.copy->end, rebuild_piece, &x);
        }
    }
}

static void on_forget(const mpt_connection *c, const mpt_subflow *s, void *user)
{
    mpt_reinjection_log *log = user;

    settle_again(log);
    g_hash_table_remove(log->subflows, s);
    if (!c)
        return;
    give_back(log, c, 0);
    give_back(log, c, 1);
    g_hash_table_remove(log->connections, c);
}

const mpt_observer MPT_REINJECTION_OBSERVER = {
    .data = on_data, .event = on_event, .segment = on_segment, .merge = on_merge, .forget = on_forget};

/* --- reading --- */

static gint by_time(gconstpointer a, gconstpointer b)
{
    const mpt_reinjection *x = *(const mpt_reinjection *const *)a, *y = *(const mpt_reinjection *const *)b;

    if (x->time_ns != y->time_ns)
        return mpt_compare(x->time_ns, y->time_ns);
    return x->frame != y->frame ? mpt_compare(x->frame, y->frame) : mpt_compare(x->dsn, y->dsn);
}

static void copy_range(const mpt_piece *p, void *data)
{
    if (!p->fresh)
        mpt_ranges_claim(data, p->start, p->end, &NOBODY, NULL, NULL);
}

/* Open runs are judged by what is known now. */
static void judge_open(const direction *d, GArray *runs)
{
    mpt_reinjection_closing x = {.c = d->connection, .side = d->side, .runs = runs};
    mpt_ranges useful = {0};

    for (guint i = 0; i < d->open->len; i++) {
        const mpt_reinjection *r = &g_array_index(d->open, mpt_reinjection, i);

        mpt_ranges_look(&d->useful, r->dsn, r->end, copy_range, &useful);
        mpt_reinjection_close(&x, &useful, r);
    }
    mpt_ranges_clear(&useful);
}

/* How many of the first bytes of a run, which is at `position` of this subflow, come before those that were
 * refused with an MP_FAIL; INT64_MAX: all. */
static int64_t before_refused(const mpt_reinjection_log *log, const direction *d, uint16_t owner,
                              int64_t position)
{
    const mpt_subflow *s = mpt_connection_subflow(d->connection, owner);
    const subflow_holes *h = g_hash_table_lookup(log->subflows, s);
    mpt_side side = mpt_subflow_side(s, d->side);

    return h && h->refuses[side] && position != INT64_MIN ? h->refused_from[side] - position : INT64_MAX;
}

struct stretch {
    int64_t length;
    bool missed;
};

/* How many of the first bytes have one answer to whether their first copy was thrown away. */
static void first_stretch(const mpt_piece *p, void *data)
{
    struct stretch *s = data;

    if (!s->length)
        s->missed = !p->fresh;
    if (s->missed == !p->fresh && s->length >= 0)
        s->length += p->end - p->start;
    else if (s->length > 0)
        s->length = -s->length;
}

/* A run without what was refused, or in parts. */
static void judge_again(const mpt_reinjection_log *log, const direction *d, mpt_reinjection_closing *x,
                        mpt_ranges *useful, const mpt_reinjection *run, bool at_receiver)
{
    mpt_reinjection r = *run;

    while (r.dsn < r.end) {
        int64_t later = before_refused(log, d, r.owner, r.position);
        int64_t first = before_refused(log, d, r.first_owner, r.first_position);
        int64_t n = mpt_reinjection_length(&r);
        struct stretch stretch = {0};
        mpt_reinjection head;

        /* Only where it can change the verdict: a run is not cut for nothing. */
        if (!r.same && !r.acked_before && !r.first_refused && !r.first_missed && first > 0 &&
            (at_receiver || r.verdict != MPT_USEFUL)) {
            mpt_ranges_look(&d->missed, r.dsn, r.end, first_stretch, &stretch);
            n = MIN(n, ABS(stretch.length));
        }
        n = later > 0 ? MIN(n, later) : n;
        n = first > 0 ? MIN(n, first) : n;
        head = mpt_reinjection_split(&r, n);
        head.refused = head.refused || later <= 0;
        head.first_refused = head.first_refused || first <= 0;
        head.first_missed = head.first_missed || stretch.missed;
        mpt_reinjection_judge_again(x, useful, &head, at_receiver);
    }
}

static void add_pointers(GPtrArray *to, GArray *runs)
{
    for (guint i = 0; i < runs->len; i++)
        g_ptr_array_add(to, &g_array_index(runs, mpt_reinjection, i));
}

/* Calls `func` for the runs that no other can be joined to any more. */
static void hand_over(GArray *runs, guint keep, mpt_reinjection_func func, void *user)
{
    guint n = runs->len - MIN(runs->len, keep);

    for (guint i = 0; i < n; i++)
        func(&g_array_index(runs, mpt_reinjection, i), user);
    g_array_remove_range(runs, 0, n);
}

void mpt_reinjection_log_runs(const mpt_reinjection_log *log, const mpt_connection *c, mpt_conn_side side,
                              bool at_receiver, mpt_reinjection_func func, void *user)
{
    const direction *d = find_direction(log, c, side);
    GArray *open = g_array_new(FALSE, FALSE, sizeof(mpt_reinjection));
    GPtrArray *all = g_ptr_array_new();
    mpt_ranges useful = {0};
    mpt_reinjection_closing x = {
        .c = c, .side = side, .runs = g_array_new(FALSE, FALSE, sizeof(mpt_reinjection))};

    if (d) {
        judge_open(d, open);
        add_pointers(all, d->closed);
        add_pointers(all, open);
    }
    g_ptr_array_sort(all, by_time);
    for (guint i = 0; i < all->len && !at_receiver; i++) {
        const mpt_reinjection *r = g_ptr_array_index(all, i);
        if (r->verdict == MPT_USEFUL)
            mpt_ranges_claim(&useful, r->dsn, r->end, &NOBODY, NULL, NULL);
    }
    for (guint i = 0; i < all->len; i++) {
        judge_again(log, d, &x, &useful, g_ptr_array_index(all, i), at_receiver);
        if (x.runs->len >= 1024)
            hand_over(x.runs, MPT_REINJECTION_NEIGHBOURS, func, user);
    }
    hand_over(x.runs, 0, func, user);
    mpt_ranges_clear(&useful);
    g_ptr_array_unref(all);
    g_array_unref(open);
    g_array_unref(x.runs);
}

static bool refuses(const mpt_reinjection_log *log, const direction *d, uint16_t owner)
{
    return before_refused(log, d, owner, 0) != INT64_MAX;
}

GArray *mpt_reinjection_log_unlisted(const mpt_reinjection_log *log, const mpt_connection *c,
                                     mpt_conn_side side, bool at_receiver)
{
    const direction *d = find_direction(log, c, side);
    GArray *sums = g_array_new(FALSE, FALSE, sizeof(mpt_reinjection_sum));

    if (d)
        g_array_append_vals(sums, d->unlisted[at_receiver]->data, d->unlisted[at_receiver]->len);
    /* Where an MP_FAIL came, it is not known any more which of these bytes it refused. */
    for (guint i = 0; i < sums->len; i++) {
        mpt_reinjection_sum *s = &g_array_index(sums, mpt_reinjection_sum, i);
        if (i < MPT_REINJECTION_SUMS && !refuses(log, d, s->owner) && !refuses(log, d, s->first_owner))
            continue;
        s->bytes[MPT_UNDECIDED] += s->bytes[MPT_USEFUL] + s->bytes[MPT_REDUNDANT];
        s->bytes[MPT_USEFUL] = s->bytes[MPT_REDUNDANT] = s->late_original = 0;
    }
    return sums;
}

void mpt_reinjection_log_copies(const mpt_reinjection_log *log, const mpt_connection *c, mpt_conn_side side,
                                uint64_t copies[MPT_REINJECTION_COPIES])
{
    const direction *d = find_direction(log, c, side);

    for (unsigned k = 1; k < MPT_REINJECTION_COPIES; k++)
        copies[k] = d ? d->copies[k].size : 0;
}
