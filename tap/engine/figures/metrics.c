/* metrics.c - see metrics.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "metrics.h"

#include <math.h>

#include "implied_mapping.h"
#include "loss.h"
#include "tap/engine/base/compare.h"
#include "tap/engine/base/prefetch.h"
#include "unseen.h"

static int64_t since_start(const mpt_engine *e, int64_t time_ns)
{
    return time_ns - mpt_engine_get_counts(e)->earliest_ns;
}

static mpt_maybe_int maybe_int(bool known, int64_t value)
{
    return (mpt_maybe_int){.known = known, .value = known ? value : 0};
}

static mpt_maybe_ns maybe_ns(bool known, int64_t ns)
{
    return (mpt_maybe_ns){.known = known, .ns = known ? ns : 0};
}

/* A duration; null where a late segment turned it round. */
static mpt_maybe_ns span(bool known, int64_t from_ns, int64_t to_ns)
{
    return maybe_ns(known && to_ns >= from_ns, to_ns - from_ns);
}

/* 8 * bytes / time; null where no time passed. */
static double rate(uint64_t bytes, int64_t ns)
{
    return ns > 0 ? 8e9 * (double)bytes / (double)ns : NAN;
}

static mpt_rtt_figures rtt_figures(const mpt_histogram *d)
{
    mpt_rtt_figures f = {.samples = d->samples};

    if (!d->samples)
        return f;
    f.min_ns = d->min;
    f.max_ns = d->max;
    f.mean_ns = d->sum / (double)d->samples;
    mpt_histogram_quantile(d, 0.5, &f.median_ns);
    mpt_histogram_quantile(d, 0.95, &f.p95_ns);
    return f;
}

/* --- bytes --- */

static mpt_byte_figures half_figures(const mpt_engine *e, const mpt_half *h)
{
    const mpt_bytes *b = &h->bytes;

    return (mpt_byte_figures){
        .segments = b->segments,
        .packets = b->packets,
        .payload_bytes = b->payload,
        .retrans_bytes = b->retrans,
        .first_bytes = b->first,
        .reinjected_bytes = b->reinjected,
        .reinjected_same_bytes = b->reinjected_same,
        .fallback_bytes = b->fallback,
        .first = maybe_ns(b->packets > 0, since_start(e, h->first_ns)),
        .last = maybe_ns(b->packets > 0, since_start(e, h->last_ns)),
        .first_data = maybe_ns(b->segments > 0, since_start(e, h->first_data_ns)),
        .last_data = maybe_ns(b->segments > 0, since_start(e, h->last_data_ns)),
    };
}

static void derive(mpt_byte_figures *f)
{
    f->unique_bytes = f->payload_bytes - f->retrans_bytes;
    f->unmapped_bytes = f->unique_bytes - f->first_bytes - f->reinjected_bytes - f->reinjected_same_bytes;
    f->duration = maybe_ns(f->first.known, f->last.ns - f->first.ns);
    f->data_duration = maybe_ns(f->first_data.known, f->last_data.ns - f->first_data.ns);
    f->throughput = f->data_duration.known ? rate(f->payload_bytes, f->data_duration.ns) : NAN;
}

static void widen_to(mpt_maybe_ns *to, mpt_maybe_ns value, bool earliest)
{
    if (value.known && (!to->known || (earliest ? value.ns < to->ns : value.ns > to->ns)))
        *to = value;
}

static void add_figures(mpt_byte_figures *to, const mpt_byte_figures *f)
{
    to->segments += f->segments;
    to->packets += f->packets;
    to->payload_bytes += f->payload_bytes;
    to->retrans_bytes += f->retrans_bytes;
    to->first_bytes += f->first_bytes;
    to->reinjected_bytes += f->reinjected_bytes;
    to->reinjected_same_bytes += f->reinjected_same_bytes;
    to->fallback_bytes += f->fallback_bytes;
    widen_to(&to->first, f->first, true);
    widen_to(&to->last, f->last, false);
    widen_to(&to->first_data, f->first_data, true);
    widen_to(&to->last_data, f->last_data, false);
}

static void add_checksums(mpt_checksum_figures *to, const mpt_checksum_figures *f)
{
    to->known |= f->known;
    to->ok += f->ok;
    to->bad += f->bad;
    to->incomplete += f->incomplete;
}

/* --- the data level --- */

static int64_t tcp_acked_bytes(const mpt_half *h, bool *known)
{
    int64_t first = h->ssn_shift - h->syn_data + 1, acked = h->acked;

    *known = h->isn_known && h->acked >= first;
    if (h->fin_seen && acked > h->fin)
        acked = h->fin;
    return *known ? acked - first : 0;
}

/* After a fallback with one subflow TCP alone acknowledges. */
static bool by_tcp(const mpt_connection_view *v)
{
    return v->fallback != MPT_FALLBACK_NONE && v->subflow_count == 1;
}

/* What was acknowledged, and when: at the data level; by TCP on the only subflow after a fallback. */
static void acked_figures(const mpt_connection_view *v, mpt_direction dir, mpt_data_figures *f,
                          uint32_t syn_data)
{
    const mpt_data_level *d = mpt_metrics_level(v, dir);
    const mpt_byte_figures *bytes = &v->direction[dir].bytes;
    int64_t when = d->acked_ns, acked = 0;
    bool known = false;

    if (by_tcp(v)) {
        const mpt_half *h = mpt_metrics_half(&v->subflows[0], dir);
        acked = tcp_acked_bytes(h, &known);
        when = h->acked_ns;
    } else if (f->data_ack_max.known) {
        known = true;
        /* Behind the first DATA_FIN there is no data. */
        acked = (f->data_fin.known ? MIN(f->data_ack_max.value, f->data_fin.value) : f->data_ack_max.value) -
                1 + syn_data;
        if (d->before_known) /* in a window of time: what was acknowledged in it */
            acked -= MIN(acked, d->acked_before - d->idsn - 1 + syn_data);
    }
    f->goodput = NAN;
    if (!known || acked < 0) /* a DATA_ACK below the IDSN acknowledges nothing that is known */
        return;
    f->acked_bytes = maybe_int(true, acked);
    if (acked > 0 && bytes->first_data.known) {
        f->goodput_duration = span(true, bytes->first_data.ns + v->epoch_ns, when);
        f->goodput = rate((uint64_t)acked, when - bytes->first_data.ns - v->epoch_ns);
    }
}

static void data_figures(const mpt_connection_view *v, mpt_direction dir, const mpt_implied_mapping *implied,
                         mpt_data_figures *f)
{
    const mpt_data_level *d = mpt_metrics_level(v, dir);
    const mpt_order *order = mpt_implied_mapping_order(v->connection, v->subflows[0].subflow,
                                                       v->subflows[0].side[mpt_direction_sender(dir)]);
    uint32_t syn_data = 0, i;
    int64_t first = d->counted_first, end = d->counted_end;
    bool any = d->unique > 0, relative = d->relative_known || implied->own_numbers;

    for (i = 0; i < v->subflow_count; i++)
        syn_data += mpt_metrics_half(&v->subflows[i], dir)->syn_data;
    if (implied->fresh) {
        first = any ? MIN(first, implied->first) : implied->first;
        end = any ? MAX(end, implied->end) : implied->end;
        any = true;
    }
    f->dsn_unique_bytes = d->unique + implied->fresh;
    f->dsn_gap_bytes = mpt_unseen_find(d, any, first, end, !by_tcp(v), INT64_MIN).bytes;
    f->dsn_gap_bytes -= MIN(f->dsn_gap_bytes, implied->fresh);
    f->dsn_first = maybe_int(any && relative, first - (implied->own_numbers ? 0 : d->idsn));
    f->dsn_end = maybe_int(any && relative, end - (implied->own_numbers ? 0 : d->idsn));
    f->data_fin = maybe_int(d->has_fin && d->relative_known, d->fin - d->idsn);
    f->data_ack_count = d->acks;
    f->data_ack_max = maybe_int(d->acked_known && d->relative_known, d->acked - d->idsn);
    f->out_of_order_segments = maybe_int(!order->unknown, (int64_t)order->segments);
    f->out_of_order_bytes = maybe_int(!order->unknown, (int64_t)order->bytes);
    f->reorder_delay = maybe_ns(order->frame != 0 && !order->unknown, order->delay_ns);
    f->rtt = rtt_figures(&d->rtt);
    acked_figures(v, dir, f, syn_data);
}

mpt_maybe_int mpt_metrics_relative(const mpt_connection *c, mpt_conn_side side, int64_t position)
{
    int64_t relative = 0;
    bool known = mpt_data_level_relative(&c->level[side], position, &relative);

    return maybe_int(known, relative);
}

/* --- subflows --- */

static void subflow_identity(const mpt_connection_view *v, mpt_subflow_view *sv)
{
    const mpt_subflow *s = sv->subflow;

    for (mpt_role role = 0; role < MPT_ROLES; role++) {
        mpt_side side = sv->side[role] = mpt_subflow_side(s, v->side[role]);
        sv->address_id[role] = s->kind == MPT_SUBFLOW_CAPABLE
                                   ? maybe_int(true, 0)
                                   : maybe_int(s->address_id_known[side], s->address_id[side]);
        sv->backup[role] =
            maybe_int(s->kind == MPT_SUBFLOW_CAPABLE || s->backup_known[side], s->backup[side]);
    }
    sv->initiator =
        maybe_int(s->initiator_known, s->initiator == sv->side[MPT_CLIENT] ? MPT_CLIENT : MPT_SERVER);
}

static void subflow_times(const mpt_engine *e, mpt_subflow_view *sv)
{
    const mpt_subflow *s = sv->subflow;
    const mpt_join *j = s->join;

    sv->start_ns = since_start(e, s->start_ns);
    sv->end_ns = since_start(e, s->end_ns);
    sv->syn_to_synack = span(s->syn_seen && s->synack_seen, s->syn_ns, s->synack_ns);
    sv->synack_to_ack = span(s->synack_seen && s->third_seen, s->synack_ns, s->ack_ns);
    if (s->kind != MPT_SUBFLOW_JOIN)
        return;
    sv->join_established = j->synack_seen && j->ack_seen;
    sv->join_latency = span(j->ack_is_third && s->syn_seen, s->syn_ns, j->ack_ns);
}

static void fill_subflow(const mpt_engine *e, const mpt_connection_view *v, mpt_subflow_view *sv)
{

    subflow_identity(v, sv);
    subflow_times(e, sv);
    for (mpt_direction dir = 0; dir < MPT_DIRECTIONS; dir++) {
        const mpt_half *h = mpt_metrics_half(sv, dir);
        mpt_subflow_direction *d = &sv->direction[dir];

        d->bytes = half_figures(e, h);
        d->rtt = rtt_figures(&h->rtt);
        d->checksums.known = v->checksum_required.known && v->checksum_required.value &&
                             mpt_engine_get_config(e)->want_checksums;
        d->checksums.ok = h->checksums.ok;
        d->checksums.bad = h->checksums.bad;
        d->checksums.incomplete = mpt_checksums_incomplete(&h->checksums);
        sv->packets += d->bytes.packets;
    }
}

/* --- the connection --- */

static mpt_host shown_host(const mpt_connection_view *v, mpt_role role)
{
    mpt_host h = v->connection->host[v->side[role]];

    if (v->kind == MPT_KIND_TCP)
        return (mpt_host){0};
    return h;
}

static bool data_fin_acked(const mpt_data_level *d)
{
    return d->has_fin && d->fin_acked;
}

static void close_by_fin(const mpt_engine *e, mpt_connection_view *v)
{
    const mpt_half *a = mpt_metrics_half(&v->subflows[0], MPT_C2S);
    const mpt_half *b = mpt_metrics_half(&v->subflows[0], MPT_S2C);

    v->close = MPT_CLOSE_DATA_FIN;
    v->close_by = maybe_int(true, a->fin_ns <= b->fin_ns ? MPT_CLIENT : MPT_SERVER);
    v->close_time =
        maybe_ns(a->fin_acked && b->fin_acked, since_start(e, MAX(a->fin_acked_ns, b->fin_acked_ns)));
}

static void close_by_data_fin(const mpt_engine *e, mpt_connection_view *v)
{
    const mpt_connection *c = v->connection;
    int64_t when = INT64_MAX;
    guint i;

    v->close = MPT_CLOSE_DATA_FIN;
    for (i = 0; c->events && i < c->events->len; i++) {
        const mpt_event *event = &g_array_index(c->events, mpt_event, i);
        if (event->type == MPT_EVENT_DATA_FIN && event->time_ns < when) {
            when = event->time_ns;
            v->close_by = maybe_int(true, mpt_metrics_role(v, event->side));
        }
    }
    when = MAX(c->level[MPT_CONN_SIDE_A].fin_acked_ns, c->level[MPT_CONN_SIDE_B].fin_acked_ns);
    v->close_time = maybe_ns(true, since_start(e, when));
}

static void close_by_reset(const mpt_engine *e, mpt_connection_view *v)
{
    int64_t when = INT64_MIN;
    uint32_t i;

    for (i = 0; i < v->subflow_count; i++) {
        const mpt_subflow *s = v->subflows[i].subflow;
        if (s->state != MPT_STATE_RESET && s->state != MPT_STATE_REFUSED)
            return;
        if (s->state == MPT_STATE_RESET ? s->closed_ns > when : s->refused_ns > when) {
            when = s->state == MPT_STATE_RESET ? s->closed_ns : s->refused_ns;
            v->close_by =
                maybe_int(s->half[MPT_SIDE_A].rst_seen != s->half[MPT_SIDE_B].rst_seen,
                          mpt_metrics_half(&v->subflows[i], MPT_C2S)->rst_seen ? MPT_CLIENT : MPT_SERVER);
        }
    }
    v->close = MPT_CLOSE_RESET;
    v->close_time = maybe_ns(true, since_start(e, when));
}

static void fill_close(const mpt_engine *e, mpt_connection_view *v)
{
    const mpt_connection *c = v->connection;
    bool plain = by_tcp(v);

    if (data_fin_acked(&c->level[MPT_CONN_SIDE_A]) && data_fin_acked(&c->level[MPT_CONN_SIDE_B])) {
        close_by_data_fin(e, v);
    } else if (c->fastclose) {
        v->close = MPT_CLOSE_FASTCLOSE;
        v->close_by = maybe_int(true, mpt_metrics_role(v, c->fastclose_side));
        v->close_time = maybe_ns(true, since_start(e, c->fastclose_ns));
    } else if (plain && v->subflows[0].subflow->state == MPT_STATE_CLOSED) {
        close_by_fin(e, v);
    } else {
        close_by_reset(e, v);
    }
}

static void fill_directions(const mpt_engine *e, mpt_connection_view *v)
{
    uint32_t i;

    for (mpt_direction dir = 0; dir < MPT_DIRECTIONS; dir++) {
        mpt_connection_direction *cd = &v->direction[dir];
        mpt_implied_mapping implied = {0};

        if (v->subflow_count == 1) {
            mpt_byte_figures *b = &v->subflows[0].direction[dir].bytes;
            mpt_implied_mapping_find(v->connection, v->subflows[0].subflow,
                                     v->subflows[0].side[mpt_direction_sender(dir)], v->kind, v->fallback,
                                     &implied);
            b->first_bytes += implied.fresh;
            b->reinjected_same_bytes += implied.again;
            b->fallback_bytes += implied.fresh + implied.again;
        }
        for (i = 0; i < v->subflow_count; i++) {
            add_figures(&cd->bytes, &v->subflows[i].direction[dir].bytes);
            add_checksums(&cd->checksums, &v->subflows[i].direction[dir].checksums);
            derive(&v->subflows[i].direction[dir].bytes);
        }
        derive(&cd->bytes);
        v->epoch_ns = mpt_engine_get_counts(e)->earliest_ns;
        data_figures(v, dir, &implied, &cd->data);
        for (i = 0; i < v->subflow_count; i++) {
            mpt_subflow_direction *d = &v->subflows[i].direction[dir];
            d->share = cd->data.dsn_unique_bytes
                           ? (double)d->bytes.first_bytes / (double)cd->data.dsn_unique_bytes
                           : NAN;
            d->loss = mpt_loss_of(&v->subflows[i], dir);
        }
    }
}

void mpt_metrics_connection(const mpt_engine *e, const mpt_connection *c, uint32_t id, mpt_connection_view *v)
{
    GPtrArray *subflows = mpt_connection_subflows_by_id(c);
    uint32_t i;

    *v = (mpt_connection_view){.connection = c, .id = id, .subflow_count = c->subflows->len};
    v->side[MPT_CLIENT] = mpt_connection_client_side(c);
    v->side[MPT_SERVER] = mpt_conn_side_other(v->side[MPT_CLIENT]);
    v->kind = mpt_connection_get_kind(c);
    v->fallback = mpt_connection_get_fallback(c);
    v->version = maybe_int(!c->partial && mpt_connection_version(c) >= 0, mpt_connection_version(c));
    v->checksum_required = maybe_int(!c->partial && c->checksum_told, c->checksum_required);
    v->start_ns = since_start(e, c->start_ns);
    v->end_ns = since_start(e, c->end_ns);
    v->subflows = g_new0(mpt_subflow_view, v->subflow_count);
    for (i = 0; i < v->subflow_count; i++) {
        v->subflows[i].id = i;
        v->subflows[i].subflow = g_ptr_array_index(subflows, i);
        fill_subflow(e, v, &v->subflows[i]);
    }
    g_ptr_array_unref(subflows);
    for (mpt_role role = 0; role < MPT_ROLES; role++) {
        v->host[role] = shown_host(v, role);
        v->end[role] = v->subflows[0].subflow->ends[v->subflows[0].side[role]];
    }
    fill_directions(e, v);
    fill_close(e, v);
}

void mpt_metrics_clear(mpt_connection_view *v)
{
    g_clear_pointer(&v->subflows, g_free);
    v->subflow_count = 0;
}

/* Of many connections none is in the processor's cache. What one needs is fetched while those before it are
 * computed, each step once the pointer that it follows has come. */
static void announce(const GPtrArray *connections, uint32_t id)
{
    enum { CONNECTION = 8, LIST = 6, PLACES = 4, SUBFLOWS = 2, FEW = 4 };
    const mpt_connection *c;

    if (connections->len - id <= CONNECTION)
        return;
    mpt_prefetch(g_ptr_array_index(connections, id + CONNECTION), sizeof *c);
    c = g_ptr_array_index(connections, id + LIST);
    mpt_prefetch(c->subflows, sizeof *c->subflows);
    c = g_ptr_array_index(connections, id + PLACES);
    mpt_prefetch(c->subflows->pdata, sizeof(mpt_subflow *));
    c = g_ptr_array_index(connections, id + SUBFLOWS);
    for (guint i = 0; i < MIN(c->subflows->len, FEW); i++)
        mpt_prefetch(c->subflows->pdata[i], sizeof(mpt_subflow));
}

bool mpt_metrics_next(const mpt_engine *e, const GPtrArray *connections, mpt_connection_view *v)
{
    uint32_t id = v->connection ? v->id + 1 : 0;

    if (id < connections->len)
        announce(connections, id);
    mpt_metrics_clear(v);
    if (id < connections->len)
        mpt_metrics_connection(e, g_ptr_array_index(connections, id), id, v);
    return id < connections->len;
}

/* --- the capture --- */

static gint by_id(gconstpointer a, gconstpointer b)
{
    return mpt_connection_order(*(mpt_connection *const *)a, *(mpt_connection *const *)b);
}

GPtrArray *mpt_metrics_connections(const mpt_engine *e)
{
    const GPtrArray *all = mpt_engine_connections(e);
    GPtrArray *found = g_ptr_array_new();
    guint i;

    for (i = 0; i < all->len; i++) {
        mpt_connection *c = g_ptr_array_index(all, i);
        if (c->subflows->len)
            g_ptr_array_add(found, c);
    }
    g_ptr_array_sort(found, by_id);
    return found;
}

uint64_t mpt_metrics_plain_tcp(const mpt_engine *e)
{
    const GPtrArray *all = mpt_engine_subflows(e);
    uint64_t n = mpt_engine_get_counts(e)->plain_released;
    guint i;

    for (i = 0; i < all->len; i++) {
        const mpt_subflow *s = g_ptr_array_index(all, i);
        n += !s->connection && !s->left_out;
    }
    return n;
}

void mpt_metrics_tcp(const mpt_engine *e, const mpt_subflow *s, mpt_tcp_view *v)
{

    *v = (mpt_tcp_view){.start_ns = since_start(e, s->start_ns), .end_ns = since_start(e, s->end_ns)};
    v->side[MPT_CLIENT] = s->initiator_known                                     ? s->initiator
                          : s->ends[MPT_SIDE_A].port >= s->ends[MPT_SIDE_B].port ? MPT_SIDE_A
                                                                                 : MPT_SIDE_B;
    v->side[MPT_SERVER] = mpt_side_other(v->side[MPT_CLIENT]);
    for (mpt_direction dir = 0; dir < MPT_DIRECTIONS; dir++) {
        const mpt_half *h = &s->half[v->side[mpt_direction_sender(dir)]];
        v->direction[dir] = half_figures(e, h);
        derive(&v->direction[dir]);
        v->rtt[dir] = rtt_figures(&h->rtt);
    }
}

/* --- events --- */

static gint by_time(gconstpointer a, gconstpointer b)
{
    const mpt_event *x = a, *y = b;

    return x->time_ns != y->time_ns ? mpt_compare(x->time_ns, y->time_ns) : mpt_compare(x->frame, y->frame);
}

/* Payload from here on has no mapping: places `event` there. */
static void place_at_unmapped(const mpt_subflow *s, mpt_event *event)
{
    event->time_ns = s->end_ns;
    event->frame = s->last_frame;
    for (mpt_side side = 0; side < MPT_SIDES; side++) {
        const mpt_half *h = &s->half[side];
        if (h->data_without_dss_last && h->pending.size && h->without_dss_ns < event->time_ns) {
            event->time_ns = h->without_dss_ns;
            event->frame = h->without_dss_frame;
            event->side = mpt_subflow_conn_side(s, side);
        }
    }
}

/* Where a fallback showed: the first segment after which the connection was plain TCP. */
static void conclude_fallback(const mpt_connection *c, GArray *events)
{
    mpt_fallback why = mpt_connection_get_fallback(c);
    mpt_event event = {.type = MPT_EVENT_FALLBACK, .count = 1};
    const mpt_subflow *s;
    guint i;

    if (why == MPT_FALLBACK_NONE)
        return;
    s = mpt_connection_capable(c);
    event.side =
        mpt_subflow_conn_side(s, why == MPT_FALLBACK_SYNACK ? mpt_side_other(s->initiator) : s->initiator);
    if (why == MPT_FALLBACK_SYNACK) {
        event.time_ns = s->synack_ns;
        event.frame = s->synack_frame;
    } else if (why == MPT_FALLBACK_ACK) {
        event.time_ns = s->ack_ns;
        event.frame = s->ack_frame;
    } else {
        place_at_unmapped(s, &event);
    }
    event.reason = why;
    for (i = 0; i < events->len; i++) {
        const mpt_event *cause = &g_array_index(events, mpt_event, i);
        if ((why == MPT_FALLBACK_INFINITE_MAPPING && cause->type == MPT_EVENT_INFINITE_MAPPING) ||
            (why == MPT_FALLBACK_MP_FAIL && cause->type == MPT_EVENT_MP_FAIL)) {
            event.time_ns = cause->time_ns;
            event.frame = cause->frame;
            event.side = cause->side;
            break;
        }
    }
    event.last_ns = event.time_ns;
    g_array_append_val(events, event);
}

static bool in_order(const GArray *events)
{
    guint i;

    for (i = 1; i < events->len; i++)
        if (by_time(&g_array_index(events, mpt_event, i - 1), &g_array_index(events, mpt_event, i)) > 0)
            return false;
    return true;
}

GArray *mpt_metrics_events(const mpt_connection *c)
{
    GArray *events;

    /* There may be very many. */
    if (c->events && mpt_connection_get_fallback(c) == MPT_FALLBACK_NONE && in_order(c->events))
        return g_array_ref(c->events);
    events = g_array_new(FALSE, TRUE, sizeof(mpt_event));

    if (c->events)
        g_array_append_vals(events, c->events->data, c->events->len);
    conclude_fallback(c, events);
    g_array_sort(events, by_time);
    return events;
}

/* --- checksums --- */

/* Chance, or a box that rewrites an address in the payload, may do the same once or twice. */
#define SAME_FAULTS      3
/* One checksum in 256 is the same with its bytes swapped. */
#define EQUAL_BYTES(bad) (1 + (bad) / 64)

mpt_checksum_fault mpt_metrics_checksum_fault(const mpt_connection_view *v, mpt_direction direction)
{
    uint64_t ok = 0, bad = 0, swapped = 0;
    const mpt_checksum_faults *first = NULL;
    bool same = true;

    for (uint32_t i = 0; i < v->subflow_count; i++) {
        const mpt_checksums *k = &mpt_metrics_half(&v->subflows[i], direction)->checksums;
        ok += k->ok;
        if (!k->bad)
            continue;
        first = first ? first : &k->faults;
        bad += k->bad;
        swapped += k->faults.swapped;
        same = same && !k->faults.differ && k->faults.residue == first->residue;
    }
    if (bad >= SAME_FAULTS && swapped == bad && ok <= EQUAL_BYTES(bad))
        return MPT_CHECKSUM_SWAPPED;
    return bad >= SAME_FAULTS && same && !ok ? MPT_CHECKSUM_OFF : MPT_CHECKSUM_ALTERED;
}

/* --- names --- */

const char *mpt_close_name(mpt_close close)
{
    static const char *const names[] = {
        [MPT_CLOSE_OPEN] = "open",
        [MPT_CLOSE_DATA_FIN] = "data_fin",
        [MPT_CLOSE_FASTCLOSE] = "fastclose",
        [MPT_CLOSE_RESET] = "reset",
    };

    return names[close];
}

const char *mpt_subflow_kind_name(mpt_subflow_kind kind)
{
    static const char *const names[] = {
        [MPT_SUBFLOW_TCP] = "tcp",
        [MPT_SUBFLOW_CAPABLE] = "capable",
        [MPT_SUBFLOW_JOIN] = "join",
        [MPT_SUBFLOW_UNKNOWN] = "unknown",
    };

    return names[kind];
}

const char *mpt_subflow_state_name(mpt_subflow_state state)
{
    static const char *const names[] = {
        [MPT_STATE_SYN_SENT] = "syn_sent",
        [MPT_STATE_REFUSED] = "refused",
        [MPT_STATE_ESTABLISHED] = "established",
        [MPT_STATE_CLOSED] = "closed",
        [MPT_STATE_RESET] = "reset",
    };

    return names[state];
}

bool mpt_metrics_one_way(const mpt_subflow_view *sv)
{
    const mpt_subflow *s = sv->subflow;

    for (mpt_side side = 0; side < MPT_SIDES; side++) {
        const mpt_half *other = &s->half[mpt_side_other(side)];
        /* The side that is not in the capture has answered: the other acknowledges more than nothing. */
        if (!s->half[side].seen && other->seen &&
            (s->ack_seen || s->synack_seen || other->bytes.segments > 0))
            return true;
    }
    return false;
}

mpt_verdict mpt_metrics_join_verdict(const mpt_subflow_view *s, mpt_join_step step)
{
    return s->subflow->kind == MPT_SUBFLOW_JOIN
               ? mpt_connection_verify_join(s->subflow->connection, s->subflow, step)
               : MPT_VERDICT_NONE;
}

const char *mpt_verdict_name(mpt_verdict verdict)
{
    static const char *const names[] = {
        [MPT_VERDICT_NONE] = NULL,
        [MPT_VERDICT_OK] = "ok",
        [MPT_VERDICT_BAD] = "bad",
    };

    return names[verdict];
}
