/* differential.c - random captures through the engine and through a naive count of bytes; every figure is equal.
 *
 *   differential [-runs=N] [-seed=S]    N captures from seed S on; exit status 1 at the first difference
 *   differential -seed=S -print         what is in the capture S
 *
 * Invariant: what differs is printed with its seed, and that seed alone shows it again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "naive.h"
#include "tap/engine/figures/metrics.h"

static unsigned differences;

static void differ(const char *where, const char *what, double expected, double got)
{
    printf("  %s %s: counted %.15g, the engine says %.15g\n", where, what, expected, got);
    differences++;
}

static void same(const char *where, const char *what, uint64_t expected, uint64_t got)
{
    if (expected != got)
        differ(where, what, (double)expected, (double)got);
}

static void same_maybe(const char *where, const char *what, int64_t expected, bool known, int64_t got)
{
    if ((expected != NAIVE_NONE) != known || (known && expected != got))
        differ(where, what, expected == NAIVE_NONE ? NAN : (double)expected, known ? (double)got : NAN);
}

static void same_rate(const char *where, const char *what, double expected, double got)
{
    if (isnan(expected) != isnan(got) || (!isnan(got) && fabs(expected - got) > 1e-9 * fabs(expected)))
        differ(where, what, expected, got);
}

static void compare_bytes(const char *where, const naive_bytes *n, const mpt_byte_figures *f)
{
    same(where, "segments", n->segments, f->segments);
    same(where, "packets", n->packets, f->packets);
    same(where, "payload_bytes", n->payload, f->payload_bytes);
    same(where, "retrans_bytes", n->retrans, f->retrans_bytes);
    same(where, "unique_bytes", n->payload - n->retrans, f->unique_bytes);
    same(where, "first_bytes", n->first, f->first_bytes);
    same(where, "reinjected_bytes", n->reinjected, f->reinjected_bytes);
    same(where, "reinjected_same_bytes", n->reinjected_same, f->reinjected_same_bytes);
    same(where, "unmapped_bytes", n->unmapped, f->unmapped_bytes);
    same(where, "fallback_bytes", 0, f->fallback_bytes);
}

static void compare_times(const char *where, const naive_bytes *n, const mpt_byte_figures *f)
{
    const bool has_data = n->first_data_ns != NAIVE_NONE;
    const int64_t data_ns = has_data ? n->last_data_ns - n->first_data_ns : NAIVE_NONE;

    same_maybe(where, "first segment", n->first_ns, f->first.known, f->first.ns);
    same_maybe(where, "last segment", n->last_ns, f->last.known, f->last.ns);
    same_maybe(where, "duration", n->first_ns == NAIVE_NONE ? NAIVE_NONE : n->last_ns - n->first_ns,
               f->duration.known, f->duration.ns);
    same_maybe(where, "data_duration", data_ns, f->data_duration.known, f->data_duration.ns);
    same_rate(where, "throughput", has_data && data_ns > 0 ? 8e9 * (double)n->payload / (double)data_ns : NAN,
              f->throughput);
}

static void compare_level(const char *where, const naive_level *n, const mpt_data_figures *f)
{
    same(where, "dsn_unique_bytes", n->unique, f->dsn_unique_bytes);
    same_maybe(where, "dsn_first", n->first, f->dsn_first.known, f->dsn_first.value);
    same_maybe(where, "dsn_end", n->end, f->dsn_end.known, f->dsn_end.value);
    same(where, "dsn_gap_bytes", n->gaps, f->dsn_gap_bytes);
    same_maybe(where, "data_fin", n->fin, f->data_fin.known, f->data_fin.value);
    same(where, "data_ack.count", n->acks, f->data_ack_count);
    same_maybe(where, "data_ack.max", n->ack_max, f->data_ack_max.known, f->data_ack_max.value);
    same_maybe(where, "acked_bytes", n->acked, f->acked_bytes.known, f->acked_bytes.value);
    same_rate(where, "goodput", n->goodput, f->goodput);
    if (n->mapped_late)
        return;
    same(where, "rtt.data.samples", n->rtts, f->rtt.samples);
    if (n->rtts > 0 && f->rtt.samples > 0) {
        same(where, "rtt.data.min", (uint64_t)n->rtt_min, (uint64_t)f->rtt.min_ns);
        same(where, "rtt.data.max", (uint64_t)n->rtt_max, (uint64_t)f->rtt.max_ns);
    }
    same(where, "out_of_order is known", 1, f->out_of_order_bytes.known);
    same(where, "out_of_order.segments", n->late_segments, (uint64_t)f->out_of_order_segments.value);
    same(where, "out_of_order.bytes", n->late_bytes, (uint64_t)f->out_of_order_bytes.value);
    same_maybe(where, "reorder_delay", n->reorder_delay, f->reorder_delay.known, f->reorder_delay.ns);
}

/* The subflow of this client's end; the reports number them by the file's order, and may take the hosts of a
 * connection that began before the capture for each other. */
static const mpt_subflow_view *subflow_of(const mpt_connection_view *v, const mpt_endpoint *client)
{
    for (uint32_t k = 0; k < v->subflow_count; k++)
        for (mpt_role role = MPT_CLIENT; role <= MPT_SERVER; role++)
            if (mpt_endpoint_equal(mpt_metrics_endpoint(&v->subflows[k], role), client))
                return &v->subflows[k];
    return NULL;
}

static void compare_connection(const traffic_capture *capture, unsigned id, const naive_connection *n,
                               const mpt_connection_view *v)
{
    static const char *const sides[] = {"c2s", "s2c"};
    char where[64];

    g_snprintf(where, sizeof where, "connection %u", id);
    same(where, "subflows", capture->subflows[id], v->subflow_count);
    same(where, "kind", MPT_KIND_MPTCP, v->kind);
    if (n->dss)
        same(where, "fallback", MPT_FALLBACK_NONE, v->fallback);
    for (unsigned side = 0; side < 2; side++) {
        for (unsigned k = 0; k < capture->subflows[id]; k++) {
            const mpt_subflow_view *s = subflow_of(v, &capture->client[id][k]);
            g_snprintf(where, sizeof where, "connection %u, subflow %u, %s", id, k, sides[side]);
            same(where, "found", 1, s != NULL);
            if (!s)
                continue;
            compare_bytes(where, &n->subflow[k][side], &s->direction[side].bytes);
            compare_times(where, &n->subflow[k][side], &s->direction[side].bytes);
        }
        g_snprintf(where, sizeof where, "connection %u, %s", id, sides[side]);
        compare_bytes(where, &n->sum[side], &v->direction[side].bytes);
        compare_level(where, &n->level[side], &v->direction[side].data);
    }
}

/* The place of the connection with this key of its client; that of no connection where there is none. */
static unsigned connection_of(const traffic_capture *capture, const mpt_connection_view *v)
{
    unsigned i = 0;

    while (i < capture->connections && capture->client_key[i] != v->host[MPT_CLIENT].key)
        i++;
    return i;
}

/* --- captures that began before the connections --- */

static uint64_t packets_of(const naive_bytes b[2])
{
    return b[0].packets + b[1].packets;
}

/* TCP's own figures of all connections between the same ends. */
static void compare_tcp(const traffic_capture *capture, const naive_figures *figures,
                        const mpt_engine *engine, const mpt_endpoint *client)
{
    const GPtrArray *flows = mpt_engine_subflows(engine);
    uint64_t packets[2] = {0}, payload[2] = {0}, retrans[2] = {0};

    for (guint i = 0; i < flows->len; i++) {
        const mpt_subflow *s = g_ptr_array_index(flows, i);
        mpt_tcp_view v;
        mpt_metrics_tcp(engine, s, &v);
        for (mpt_role role = MPT_CLIENT; role <= MPT_SERVER; role++) {
            const mpt_byte_figures *f = &v.direction[mpt_role_sends(role)];
            const bool from_client = mpt_endpoint_equal(&s->ends[v.side[role]], client);
            if (!from_client && !mpt_endpoint_equal(&s->ends[!v.side[role]], client))
                continue;
            packets[!from_client] += f->packets;
            payload[!from_client] += f->payload_bytes;
            retrans[!from_client] += f->retrans_bytes;
        }
    }
    for (unsigned i = 0; i < capture->connections; i++)
        for (unsigned k = 0; k < capture->subflows[i]; k++)
            for (unsigned side = 0; side < 2; side++) {
                const naive_bytes *n = &figures->connection[i].subflow[k][side];
                if (!mpt_endpoint_equal(&capture->client[i][k], client))
                    continue;
                packets[side] -= n->packets;
                payload[side] -= n->payload;
                retrans[side] -= n->retrans;
            }
    for (unsigned side = 0; side < 2; side++) {
        same("TCP", "packets (engine's less counted)", 0, packets[side]);
        same("TCP", "payload_bytes (engine's less counted)", 0, payload[side]);
        same("TCP", "retrans_bytes (engine's less counted)", 0, retrans[side]);
    }
}

/* The direction in which this side of the traffic sends. */
static mpt_direction direction_of(const mpt_subflow_view *s, const mpt_endpoint *client, unsigned side)
{
    const bool known = mpt_endpoint_equal(mpt_metrics_endpoint(s, MPT_CLIENT), client);

    return mpt_role_sends(known == (side == 0) ? MPT_CLIENT : MPT_SERVER);
}

/* True if these are the connection's subflows, and the engine knows as many mappings: without SYN a DSS does not
 * always tell where on its subflow it is. */
static bool is_comparable(const traffic_capture *capture, const naive_connection *n, unsigned i,
                          unsigned side, const mpt_connection_view *v)
{
    unsigned present = 0;

    for (unsigned k = 0; k < capture->subflows[i]; k++) {
        const mpt_subflow_view *s = subflow_of(v, &capture->client[i][k]);
        if (packets_of(n->subflow[k]) == 0)
            continue;
        present++;
        if (!s || s->packets != packets_of(n->subflow[k]) ||
            s->direction[direction_of(s, &capture->client[i][k], side)].bytes.unmapped_bytes !=
                n->subflow[k][side].unmapped)
            return false;
    }
    return present > 1 && present == v->subflow_count;
}

static void compare_partial(const traffic_capture *capture, const naive_figures *figures,
                            const mpt_connection_view *v)
{
    for (unsigned i = 0; i < capture->connections; i++)
        for (unsigned side = 0; side < 2; side++) {
            const naive_connection *n = &figures->connection[i];
            if (!is_comparable(capture, n, i, side, v))
                continue;
            for (unsigned k = 0; k < capture->subflows[i]; k++) {
                const mpt_subflow_view *s = subflow_of(v, &capture->client[i][k]);
                char where[64];
                if (!s)
                    continue;
                g_snprintf(where, sizeof where, "partial connection %u, subflow %u, side %u", i, k, side);
                compare_bytes(where, &n->subflow[k][side],
                              &s->direction[direction_of(s, &capture->client[i][k], side)].bytes);
            }
        }
}

static void print_frame(const traffic_frame *f)
{
    printf("%4u %.9f c%u.%u %s%s seq %u len %u ack %u", f->segment.frame,
           (double)(f->segment.time_ns % INT64_C(100000000000000)) / 1e9, f->connection, f->subflow,
           f->side ? "s2c" : "c2s", f->copy ? " copy" : "", f->position, f->segment.payload_len, f->ack);
    if (f->segment.flags & ~MPT_TCP_ACK)
        printf(" flags 0x%x", f->segment.flags);
    if (f->has_mapping)
        printf(" dsn %" G_GINT64_FORMAT " ssn %u mapped %u%s", f->dsn, f->ssn, f->mapped,
               f->data_fin ? " DATA_FIN" : "");
    if (f->has_data_ack)
        printf(" data_ack %" G_GINT64_FORMAT, f->data_ack);
    printf("\n");
}

/* False where something differs. */
static bool run(uint64_t seed, bool print, unsigned *connections)
{
    traffic_capture *capture = traffic_new(seed);
    naive_figures *figures = g_new(naive_figures, 1);
    mpt_engine_config config;
    mpt_engine *engine;
    GPtrArray *found;
    mpt_connection_view view = {.id = 0};

    differences = 0;
    mpt_engine_config_default(&config);
    config.want_rtt = true;
    /* What is kept beside the figures changes none. */
    config.want_frames = seed & 1;
    config.want_evidence = seed & 2;
    config.in_step = seed & 4;
    engine = mpt_engine_new(&config);
    for (guint i = 0; i < capture->frames->len; i++) {
        const traffic_frame *f = &g_array_index(capture->frames, traffic_frame, i);
        if (print)
            print_frame(f);
        mpt_engine_note_time(engine, f->segment.time_ns);
        mpt_engine_feed(engine, &f->segment);
    }
    mpt_engine_flush(engine);
    naive_count(capture, figures);
    found = mpt_metrics_connections(engine);
    if (!capture->began_before)
        same("capture", "connections", capture->connections, found->len);
    same("capture", "captured_twice.segments", figures->copies,
         mpt_engine_get_counts(engine)->twice.segments);
    for (unsigned i = 0; i < capture->connections; i++)
        for (unsigned k = 0; k < capture->subflows[i]; k++)
            compare_tcp(capture, figures, engine, &capture->client[i][k]);
    while (mpt_metrics_next(engine, found, &view)) {
        if (view.kind != MPT_KIND_MPTCP && capture->began_before) {
            compare_partial(capture, figures, &view);
            continue;
        }
        const unsigned id = connection_of(capture, &view);
        same("capture", "a connection that it has", 1, id < capture->connections);
        if (id < capture->connections)
            compare_connection(capture, id, &figures->connection[id], &view);
    }
    if (differences > 0)
        printf("seed %" G_GUINT64_FORMAT ": %u figures differ\n", seed, differences);
    *connections += capture->connections;
    g_ptr_array_unref(found);
    mpt_engine_free(engine);
    g_free(figures);
    traffic_free(capture);
    return differences == 0;
}

int main(int argc, char **argv)
{
    uint64_t runs = 1000, seed = 1;
    unsigned connections = 0, wrong = 0, stop = 1;
    bool print = false;

    for (int a = 1; a < argc; a++) {
        if (g_str_has_prefix(argv[a], "-runs="))
            runs = g_ascii_strtoull(argv[a] + 6, NULL, 10);
        else if (g_str_has_prefix(argv[a], "-seed="))
            seed = g_ascii_strtoull(argv[a] + 6, NULL, 10);
        else if (g_str_has_prefix(argv[a], "-stop="))
            stop = (unsigned)g_ascii_strtoull(argv[a] + 6, NULL, 10);
        else if (g_str_equal(argv[a], "-print"))
            print = true, runs = 1;
        else
            return fprintf(stderr, "differential [-runs=N] [-seed=S] [-stop=WRONG] [-print]\n"), 2;
    }
    for (uint64_t k = 0; k < runs && wrong < stop; k++)
        wrong += !run(seed + k, print, &connections);
    if (wrong > 0)
        return EXIT_FAILURE;
    printf("%u random connections (seeds %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
           "): no figure differs\n",
           connections, seed, seed + runs - 1);
    return EXIT_SUCCESS;
}
