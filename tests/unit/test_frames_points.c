/* test_frames_points.c - frames of a merged capture: each at its own vantage point, counted at one of them, with
 * the numbers of that one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tap/engine/figures/metrics.h"
#include "tap/engine/frames/frames.h"
#include "tests/support/option_write.h"
#include "tests/support/segments.h"

#define MS         INT64_C(1000000)
/* From the client (interface 0) to the server (interface 1). */
#define ON_THE_WAY (10 * MS)

static const hosts HOSTS = {.version = 1, .key = {0x1111222233334444, 0x5555666677778888}};
static const hosts OTHERS = {.version = 1, .key = {0x9999222233334444, 0xaaaa666677778888}};

typedef struct stage {
    GArray *segments; /* mpt_segment, of both points */
    int64_t now_ns;
    flow a, b, other;
    bool nat;           /* the server sees another address of the client */
    bool lost;          /* what is sent from now on does not arrive */
    bool only_arriving; /* the sender's end misses what is sent from now on */
    mpt_frames *frames;
} stage;

static void open_stage(stage *t)
{
    *t = (stage){.segments = g_array_new(FALSE, FALSE, sizeof(mpt_segment)), .now_ns = WIRE_START_NS};
    t->a = flow_between(NULL, "192.0.2.1", 40000, "192.0.2.2", 5001, 0);
    t->b = flow_between(NULL, "198.51.100.1", 40001, "192.0.2.2", 5001, 1);
    t->other = flow_between(NULL, "192.0.2.1", 40002, "192.0.2.2", 5001, 2);
}

static void close_stage(stage *t)
{
    mpt_frames_free(t->frames);
    g_array_free(t->segments, TRUE);
}

static void translate(const stage *t, mpt_endpoint *e, const mpt_endpoint *client)
{
    if (t->nat && mpt_endpoint_equal(e, client))
        *e = endpoint_of("203.0.113.9", client->port);
}

static void send_both(stage *t, flow *f, unsigned side, uint16_t flags, uint32_t next, uint32_t length,
                      const mpt_option *o)
{
    mpt_segment g = {.time_ns = t->now_ns += 15 * MS,
                     .presence = MPT_SEGMENT_INTERFACE,
                     .interface_id = side,
                     .src = f->ends[side],
                     .dst = f->ends[!side],
                     .seq = f->isn[side] + next,
                     .ack = flags & MPT_TCP_ACK ? f->isn[!side] + f->next[!side] : 0,
                     .window = 4000,
                     .payload_len = length,
                     .flags = flags};

    if (o)
        g.option_len = (uint16_t)mpt_option_write(o, g.options, sizeof g.options);
    for (unsigned end = 0; end < 2; end++) {
        mpt_segment at = g;
        at.interface_id = end ? !side : side;
        at.time_ns += end ? ON_THE_WAY : 0;
        if (at.interface_id == 1) {
            translate(t, &at.src, &f->ends[0]);
            translate(t, &at.dst, &f->ends[0]);
        }
        if (!(end ? t->lost : t->only_arriving))
            g_array_append_val(t->segments, at);
    }
    f->next[side] = MAX(f->next[side], next + length + (flags & MPT_TCP_SYN ? 1u : 0u));
}

static void data_at(stage *t, flow *f, unsigned side, int64_t dsn, uint32_t next, uint16_t length)
{
    mpt_option o = option_dss(&(mpt_dss){.has_mapping = true,
                                         .dsn_64bit = true,
                                         .dsn = dsn_of(&HOSTS, side, dsn),
                                         .ssn = next,
                                         .length = length});

    send_both(t, f, side, MPT_TCP_ACK, next, length, &o);
}

static void data(stage *t, flow *f, unsigned side, int64_t dsn, uint16_t length)
{
    data_at(t, f, side, dsn, f->next[side], length);
}

static void data_ack(stage *t, flow *f, unsigned side, int64_t dsn)
{
    mpt_option o =
        option_dss(&(mpt_dss){.has_ack = true, .ack_64bit = true, .data_ack = dsn_of(&HOSTS, !side, dsn)});

    send_both(t, f, side, MPT_TCP_ACK, f->next[side], 0, &o);
}

static void open_capable(stage *t, flow *f, const hosts *h)
{
    mpt_option o[3] = {option_capable(h, 0, 0), option_capable(h, 1, 1), option_capable(h, 0, 2)};

    send_both(t, f, 0, MPT_TCP_SYN, 0, 0, &o[0]);
    send_both(t, f, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, 0, &o[1]);
    send_both(t, f, 0, MPT_TCP_ACK, 1, 0, &o[2]);
}

static void open_join(stage *t)
{
    mpt_option syn = {
        .subtype = MPT_MP_JOIN,
        .length = 12,
        .join = {.step = MPT_JOIN_SYN, .address_id = 1, .token = mpt_key_token(HOSTS.key[1], 1), .nonce = 7}};
    mpt_option synack = {.subtype = MPT_MP_JOIN, .length = 16, .join = {.step = MPT_JOIN_SYNACK, .nonce = 8}};
    mpt_option ack = {.subtype = MPT_MP_JOIN, .length = 24, .join = {.step = MPT_JOIN_ACK}};

    send_both(t, &t->b, 0, MPT_TCP_SYN, 0, 0, &syn);
    send_both(t, &t->b, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, 0, &synack);
    send_both(t, &t->b, 0, MPT_TCP_ACK, 1, 0, &ack);
}

/* Two subflows, 1,500 bytes of the client: 500 sent on both, 100 retransmitted. */
static void transfer(stage *t)
{
    open_capable(t, &t->a, &HOSTS);
    open_join(t);
    data(t, &t->a, 0, 1, 1000);
    data(t, &t->b, 0, 1001, 500);
    data(t, &t->a, 0, 1001, 500);
    data_at(t, &t->b, 0, 1001, 1, 100);
    data_ack(t, &t->a, 1, 1501);
}

static gint by_time(gconstpointer a, gconstpointer b)
{
    const mpt_segment *x = a, *y = b;

    return x->time_ns < y->time_ns ? -1 : x->time_ns > y->time_ns;
}

static void read_all(stage *t, const mpt_vantage_request *request, bool kept)
{
    mpt_engine_config config;

    mpt_engine_config_default(&config);
    t->frames = mpt_frames_new(&config, request, kept, NULL, NULL);
    g_array_sort(t->segments, by_time);
    for (guint i = 0; i < t->segments->len; i++) {
        mpt_segment *g = &g_array_index(t->segments, mpt_segment, i);
        g->frame = i + 1;
        mpt_frames_feed(t->frames, g, true);
    }
    mpt_frames_finish(t->frames);
}

static mpt_frame_facts look(stage *t, guint i)
{
    mpt_frame_facts facts;

    assert_true(mpt_frames_look(t->frames, i + 1, 0, &facts));
    return facts;
}

/* Sums by kind of what was counted, of the interface at which it has to be. */
static void sum(stage *t, uint32_t counted_interface, uint64_t sums[5])
{
    for (guint i = 0; i < t->segments->len; i++) {
        const mpt_segment *g = &g_array_index(t->segments, mpt_segment, i);
        mpt_frame_facts facts = look(t, i);

        assert_int_equal(facts.points, 2);
        assert_int_equal(facts.counted, g->interface_id == counted_interface);
        for (unsigned k = 0; facts.counted && k < facts.pieces; k++)
            sums[facts.piece[k].kind] += facts.piece[k].length;
    }
}

static void assert_transfer(const uint64_t sums[5])
{
    assert_int_equal(sums[MPT_PIECE_FIRST], 1500);
    assert_int_equal(sums[MPT_PIECE_REINJECTION], 500);
    assert_int_equal(sums[MPT_PIECE_RETRANSMISSION], 100);
    assert_int_equal(sums[MPT_PIECE_UNMAPPED], 0);
}

static bool is_of(const mpt_segment *g, const flow *f)
{
    return g->src.port == f->ends[0].port || g->dst.port == f->ends[0].port;
}

static void test_look__both_ends__each_byte_is_counted_once(void **state)
{
    (void)state;
    for (unsigned nat = 0; nat < 2; nat++)
        for (unsigned server = 0; server < 2; server++) {
            const mpt_vantage_request request = {.has_at = server,
                                                 .at = server ? MPT_AT_SERVER : MPT_AT_CLIENT};
            uint64_t sums[5] = {0};
            stage t;

            open_stage(&t);
            t.nat = nat;
            transfer(&t);
            read_all(&t, &request, true);
            sum(&t, server, sums);
            assert_transfer(sums);
            assert_int_equal(mpt_frames_connections(t.frames)->len, 1);
            for (guint i = 0; i < t.segments->len; i++) {
                mpt_frame_facts facts = look(&t, i);
                assert_true(facts.ids_known && facts.subflow_known);
                assert_int_equal(facts.connection_id, 0);
                assert_int_equal(facts.subflow_id, is_of(&g_array_index(t.segments, mpt_segment, i), &t.b));
            }
            close_stage(&t);
        }
}

static void test_look__uncounted__facts_of_its_own_point(void **state)
{
    stage t;
    unsigned seen = 0;

    (void)state;
    open_stage(&t);
    transfer(&t);
    read_all(&t, &(mpt_vantage_request){0}, true);
    for (guint i = 0; i < t.segments->len; i++) {
        const mpt_segment *g = &g_array_index(t.segments, mpt_segment, i);
        mpt_frame_facts facts = look(&t, i);

        if (g->payload_len != 500 || !is_of(g, &t.a))
            continue;
        assert_int_equal(facts.piece[0].kind, MPT_PIECE_REINJECTION);
        assert_int_equal(facts.piece[0].relative, 1001);
        /* The first copy at this point, not at the other. */
        assert_int_equal(g_array_index(t.segments, mpt_segment, facts.piece[0].first_frame - 1).interface_id,
                         g->interface_id);
        seen++;
    }
    assert_int_equal(seen, 2);
    close_stage(&t);
}

static void test_look__connections_begin_in_another_order_there__one_number(void **state)
{
    stage t;

    (void)state;
    open_stage(&t);
    /* The server's end misses the first connection's handshake, and has the second one first. */
    t.lost = true;
    open_capable(&t, &t.a, &HOSTS);
    t.lost = false;
    open_capable(&t, &t.other, &OTHERS);
    data(&t, &t.a, 0, 1, 1000);
    data(&t, &t.a, 0, 1001, 1000);
    read_all(&t, &(mpt_vantage_request){0}, true);
    for (guint i = 0; i < t.segments->len; i++) {
        const mpt_segment *g = &g_array_index(t.segments, mpt_segment, i);
        mpt_frame_facts facts = look(&t, i);

        assert_true(facts.ids_known && facts.subflow_known);
        assert_int_equal(facts.connection_id, is_of(g, &t.other));
    }
    close_stage(&t);
}

static void test_look__subflow_that_the_counted_point_missed__connection_alone(void **state)
{
    uint64_t sums[5] = {0};
    unsigned seen = 0;
    stage t;

    (void)state;
    open_stage(&t);
    open_capable(&t, &t.a, &HOSTS);
    data(&t, &t.a, 0, 1, 1000);
    t.only_arriving = true;
    open_join(&t);
    /* What the server sends on it: its own end alone. */
    for (guint i = 0; i < t.segments->len;)
        if (is_of(&g_array_index(t.segments, mpt_segment, i), &t.b) &&
            g_array_index(t.segments, mpt_segment, i).interface_id == 0)
            g_array_remove_index(t.segments, i);
        else
            i++;
    read_all(&t, &(mpt_vantage_request){0}, true);
    sum(&t, 0, sums);
    assert_int_equal(sums[MPT_PIECE_FIRST], 1000);
    for (guint i = 0; i < t.segments->len; i++) {
        mpt_frame_facts facts = look(&t, i);

        if (!is_of(&g_array_index(t.segments, mpt_segment, i), &t.b))
            continue;
        assert_true(facts.ids_known && !facts.subflow_known);
        assert_int_equal(facts.connection_id, 0);
        seen++;
    }
    assert_int_equal(seen, 2);
    close_stage(&t);
}

static void test_ids_and_payload__uncounted__the_counted_ones_and_none(void **state)
{
    unsigned payloads = 0;
    stage t;

    (void)state;
    open_stage(&t);
    transfer(&t);
    read_all(&t, &(mpt_vantage_request){0}, true);
    for (guint i = 0; i < t.segments->len; i++) {
        const mpt_segment *g = &g_array_index(t.segments, mpt_segment, i);
        mpt_frame_payload payload;
        mpt_frame_ids ids;

        assert_true(mpt_frames_ids(t.frames, i + 1, 0, &ids));
        assert_ptr_equal(ids.connection, g_ptr_array_index(mpt_frames_connections(t.frames), 0));
        assert_true(mpt_frames_payload(t.frames, i + 1, 0, &payload));
        assert_int_equal(payload.subflow != NULL, g->interface_id == 0);
        payloads += payload.subflow && payload.length;
    }
    assert_int_equal(payloads, 4);
    close_stage(&t);
}

/* Live, each frame is looked at when it comes. */
static void test_look__live__counted_once_from_the_handshake_on(void **state)
{
    uint64_t sums[5] = {0};
    mpt_engine_config config;
    stage t;

    (void)state;
    open_stage(&t);
    transfer(&t);
    mpt_engine_config_default(&config);
    t.frames = mpt_frames_new(&config, &(mpt_vantage_request){0}, false, NULL, NULL);
    g_array_sort(t.segments, by_time);
    for (guint i = 0; i < t.segments->len; i++) {
        mpt_segment *g = &g_array_index(t.segments, mpt_segment, i);
        mpt_frame_facts facts;

        g->frame = i + 1;
        mpt_frames_feed(t.frames, g, true);
        facts = look(&t, i);
        assert_true(facts.ids_known);
        assert_int_equal(facts.connection_id, 0);
        if (g->payload_len)
            assert_int_equal(facts.counted, g->interface_id == 0);
        for (unsigned k = 0; facts.counted && k < facts.pieces; k++)
            sums[facts.piece[k].kind] += facts.piece[k].length;
    }
    assert_transfer(sums);
    close_stage(&t);
}

/* One file after the other: what is of the second end finds its twins in what came long before. */
static void test_look__appended_files__one_number(void **state)
{
    stage t;
    mpt_engine_config config;
    uint32_t frame = 0;

    (void)state;
    open_stage(&t);
    transfer(&t);
    g_array_sort(t.segments, by_time);
    mpt_engine_config_default(&config);
    t.frames = mpt_frames_new(&config, &(mpt_vantage_request){0}, true, NULL, NULL);
    for (uint32_t id = 0; id < 2; id++)
        for (guint i = 0; i < t.segments->len; i++) {
            mpt_segment g = g_array_index(t.segments, mpt_segment, i);
            if (g.interface_id != id)
                continue;
            g.frame = ++frame;
            mpt_frames_feed(t.frames, &g, true);
        }
    mpt_frames_finish(t.frames);
    for (guint i = 0; i < frame; i++) {
        mpt_frame_facts facts = look(&t, i);

        assert_int_equal(facts.points, 2);
        assert_int_equal(facts.counted, i < frame / 2);
        assert_true(facts.ids_known && facts.subflow_known);
        assert_int_equal(facts.connection_id, 0);
    }
    close_stage(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_look__both_ends__each_byte_is_counted_once),
        cmocka_unit_test(test_look__uncounted__facts_of_its_own_point),
        cmocka_unit_test(test_look__connections_begin_in_another_order_there__one_number),
        cmocka_unit_test(test_look__subflow_that_the_counted_point_missed__connection_alone),
        cmocka_unit_test(test_ids_and_payload__uncounted__the_counted_ones_and_none),
        cmocka_unit_test(test_look__live__counted_once_from_the_handshake_on),
        cmocka_unit_test(test_look__appended_files__one_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
