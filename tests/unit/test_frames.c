/* test_frames.c - what is told of each frame, and that its sums are what the reports count.
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
#include "tests/support/seeded.h"
#include "tests/support/segments.h"

#define MS INT64_C(1000000)

static const hosts HOSTS = {.version = 1, .key = {0x1111222233334444, 0x5555666677778888}};

/* A connection of two subflows, both opened by the client. */
typedef struct stage {
    mpt_frames *frames;
    flow a, b;
    int64_t now_ns;
    uint32_t frame;
} stage;

/* A segment at any place of side's sequence numbers; returns its frame. */
static uint32_t send_at(stage *t, flow *f, unsigned side, uint16_t flags, uint32_t next, uint32_t length,
                        const mpt_option *o)
{
    mpt_segment g = {.time_ns = t->now_ns += MS,
                     .frame = ++t->frame,
                     .src = f->ends[side],
                     .dst = f->ends[!side],
                     .seq = f->isn[side] + next,
                     .ack = flags & MPT_TCP_ACK ? f->isn[!side] + f->next[!side] : 0,
                     .window = 4000,
                     .payload_len = length,
                     .flags = flags};

    if (o)
        g.option_len = (uint16_t)mpt_option_write(o, g.options, sizeof g.options);
    mpt_frames_feed(t->frames, &g, true);
    f->next[side] = MAX(f->next[side], next + length + (flags & MPT_TCP_SYN ? 1u : 0u));
    return t->frame;
}

/* `length` bytes of `side` with DSN `dsn` (relative), at `next` of the subflow. */
static uint32_t data_at(stage *t, flow *f, unsigned side, int64_t dsn, uint32_t next, uint16_t length)
{
    mpt_option o = option_dss(&(mpt_dss){.has_mapping = true,
                                         .dsn_64bit = true,
                                         .dsn = dsn_of(&HOSTS, side, dsn),
                                         .ssn = next,
                                         .length = length});

    return send_at(t, f, side, MPT_TCP_ACK, next, length, &o);
}

static uint32_t data(stage *t, flow *f, unsigned side, int64_t dsn, uint16_t length)
{
    return data_at(t, f, side, dsn, f->next[side], length);
}

static uint32_t data_ack(stage *t, flow *f, unsigned side, int64_t dsn)
{
    mpt_option o =
        option_dss(&(mpt_dss){.has_ack = true, .ack_64bit = true, .data_ack = dsn_of(&HOSTS, !side, dsn)});

    return send_at(t, f, side, MPT_TCP_ACK, f->next[side], 0, &o);
}

/* With room for so many flows of one side. */
static void open_small_stage(stage *t, bool kept, uint32_t one_sided)
{
    mpt_engine_config config;

    mpt_engine_config_default(&config);
    config.max_one_sided = one_sided;
    *t = (stage){.frames = mpt_frames_new(&config, &(mpt_vantage_request){0}, kept, NULL, NULL),
                 .now_ns = WIRE_START_NS};
    t->a = flow_between(NULL, "192.0.2.1", 40000, "192.0.2.2", 5001, 0);
    t->b = flow_between(NULL, "198.51.100.1", 40001, "192.0.2.2", 5001, 1);
}

static void open_stage(stage *t, bool kept)
{
    open_small_stage(t, kept, 1000);
}

/* Frames 1 to 3. */
static void open_capable(stage *t)
{
    mpt_option o[3] = {option_capable(&HOSTS, 0, 0), option_capable(&HOSTS, 1, 1),
                       option_capable(&HOSTS, 0, 2)};

    send_at(t, &t->a, 0, MPT_TCP_SYN, 0, 0, &o[0]);
    send_at(t, &t->a, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, 0, &o[1]);
    send_at(t, &t->a, 0, MPT_TCP_ACK, 1, 0, &o[2]);
}

/* Frames 1 to 6. */
static void open_both(stage *t)
{
    mpt_option syn = {.subtype = MPT_MP_JOIN,
                      .length = 12,
                      .join = {.step = MPT_JOIN_SYN,
                               .address_id = 1,
                               .backup = true,
                               .token = mpt_key_token(HOSTS.key[1], 1),
                               .nonce = 7}};
    mpt_option synack = {.subtype = MPT_MP_JOIN, .length = 16, .join = {.step = MPT_JOIN_SYNACK, .nonce = 8}};
    mpt_option ack = {.subtype = MPT_MP_JOIN, .length = 24, .join = {.step = MPT_JOIN_ACK}};

    open_capable(t);
    send_at(t, &t->b, 0, MPT_TCP_SYN, 0, 0, &syn);
    send_at(t, &t->b, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, 0, &synack);
    send_at(t, &t->b, 0, MPT_TCP_ACK, 1, 0, &ack);
}

static mpt_frame_facts look(stage *t, uint32_t frame)
{
    mpt_frame_facts facts;

    assert_true(mpt_frames_look(t->frames, frame, 0, &facts));
    return facts;
}

static void assert_part(const mpt_frame_piece *p, mpt_piece_kind kind, int64_t relative, uint32_t length,
                        uint32_t first_frame)
{
    assert_int_equal(p->kind, kind);
    assert_true(p->mapped && p->relative_known);
    assert_int_equal(p->relative, relative);
    assert_int_equal(p->length, length);
    assert_int_equal(p->first_frame, first_frame);
}

static void test_look__first_data__whose_it_is_and_where(void **state)
{
    (void)state;
    for (unsigned kept = 0; kept < 2; kept++) {
        mpt_frame_facts facts;
        stage t;
        open_stage(&t, kept);
        open_both(&t);
        data(&t, &t.a, 0, 1, 100);
        if (kept)
            mpt_frames_finish(t.frames);
        facts = look(&t, 7);
        assert_int_equal(facts.pieces, 1);
        assert_part(&facts.piece[0], MPT_PIECE_FIRST, 1, 100, 0);
        assert_int_equal(facts.piece[0].mapped_by, 7);
        assert_true(facts.piece[0].dsn_known && facts.piece[0].dsn == dsn_of(&HOSTS, 0, 1));
        assert_false(facts.piece[0].implied);
        assert_true(facts.ids_known);
        assert_int_equal(facts.connection_id, 0);
        assert_int_equal(facts.subflow_id, 0);
        assert_int_equal(facts.role, 0);
        assert_int_equal(facts.final, kept);
        assert_false(facts.has_data_ack);
        mpt_frames_free(t.frames);
    }
}

static void test_look__only_the_newest_frame_live__all_when_kept(void **state)
{
    (void)state;
    for (unsigned kept = 0; kept < 2; kept++) {
        mpt_frame_facts facts;
        stage t;
        open_stage(&t, kept);
        open_both(&t);
        if (kept)
            mpt_frames_finish(t.frames);
        assert_int_equal(mpt_frames_look(t.frames, 5, 0, &facts), kept);
        assert_true(mpt_frames_look(t.frames, 6, 0, &facts));
        assert_false(mpt_frames_look(t.frames, 6, 1, &facts));
        assert_false(mpt_frames_look(t.frames, 7, 0, &facts));
        assert_false(mpt_frames_look(t.frames, 0, 0, &facts));
        mpt_frames_free(t.frames);
    }
}

static void test_look__still_in_the_look_back__no_subflow_yet(void **state)
{
    mpt_frame_facts facts;
    stage t;

    (void)state;
    open_stage(&t, true);
    open_both(&t);
    facts = look(&t, 6);
    assert_null(facts.subflow);
    assert_null(facts.connection);
    mpt_frames_finish(t.frames);
    facts = look(&t, 6);
    assert_non_null(facts.connection);
    assert_int_equal(facts.subflow_id, 1);
    assert_true(facts.backup_known && facts.backup);
    facts = look(&t, 3);
    assert_true(facts.backup_known && !facts.backup);
    mpt_frames_free(t.frames);
}

static void test_look__second_copies__each_kind_with_the_frame_of_the_first(void **state)
{
    uint32_t first, again, other, same;
    mpt_frame_facts facts;
    stage t;

    (void)state;
    open_stage(&t, true);
    open_both(&t);
    first = data(&t, &t.a, 0, 1, 100);
    again = data_at(&t, &t.a, 0, 1, 1, 150); /* 100 bytes again, 50 new ones */
    other = data(&t, &t.b, 0, 51, 200);      /* 100 bytes of the other subflow, 100 new ones */
    same = data(&t, &t.b, 0, 151, 100);      /* its own new ones, under other numbers */
    mpt_frames_finish(t.frames);
    facts = look(&t, first);
    assert_int_equal(facts.pieces, 1);
    facts = look(&t, again);
    assert_int_equal(facts.pieces, 2);
    assert_part(&facts.piece[0], MPT_PIECE_RETRANSMISSION, 1, 100, first);
    assert_part(&facts.piece[1], MPT_PIECE_FIRST, 101, 50, 0);
    facts = look(&t, other);
    assert_int_equal(facts.pieces, 3);
    assert_part(&facts.piece[0], MPT_PIECE_REINJECTION, 51, 50, first);
    assert_part(&facts.piece[1], MPT_PIECE_REINJECTION, 101, 50, again);
    assert_part(&facts.piece[2], MPT_PIECE_FIRST, 151, 100, 0);
    facts = look(&t, same);
    assert_int_equal(facts.pieces, 1);
    assert_part(&facts.piece[0], MPT_PIECE_REINJECTION_SAME, 151, 100, other);
    mpt_frames_free(t.frames);
}

/* Two stretches of a segment were there before, and what lies between was not. */
static void test_look__retransmitted_in_two_places__four_parts(void **state)
{
    mpt_frame_facts facts;
    uint32_t all;
    stage t;

    (void)state;
    open_stage(&t, true);
    open_both(&t);
    data_at(&t, &t.a, 0, 1, 1, 10);
    data_at(&t, &t.a, 0, 21, 21, 10);
    all = data_at(&t, &t.a, 0, 1, 1, 40);
    mpt_frames_finish(t.frames);
    facts = look(&t, all);
    assert_int_equal(facts.pieces, 4);
    assert_part(&facts.piece[0], MPT_PIECE_RETRANSMISSION, 1, 10, 7);
    assert_part(&facts.piece[1], MPT_PIECE_FIRST, 11, 10, 0);
    assert_part(&facts.piece[2], MPT_PIECE_RETRANSMISSION, 21, 10, 8);
    assert_part(&facts.piece[3], MPT_PIECE_FIRST, 31, 10, 0);
    mpt_frames_free(t.frames);
}

/* A mapping on the second segment that covers the first: only the whole capture shows it. */
static void test_look__mapping_comes_later__unmapped_live_first_when_kept(void **state)
{
    (void)state;
    for (unsigned kept = 0; kept < 2; kept++) {
        mpt_option o = option_dss(&(mpt_dss){
            .has_mapping = true, .dsn_64bit = true, .dsn = dsn_of(&HOSTS, 0, 1), .ssn = 1, .length = 200});
        mpt_frame_facts facts;
        uint32_t bare;
        stage t;
        open_stage(&t, kept);
        open_both(&t);
        bare = send_at(&t, &t.a, 0, MPT_TCP_ACK, 1, 100, NULL);
        if (!kept) {
            facts = look(&t, bare);
            assert_int_equal(facts.pieces, 1);
            assert_int_equal(facts.piece[0].kind, MPT_PIECE_UNMAPPED);
            assert_false(facts.piece[0].mapped);
            assert_int_equal(facts.piece[0].length, 100);
        } else {
            uint32_t mapping = send_at(&t, &t.a, 0, MPT_TCP_ACK, 101, 100, &o);
            mpt_frames_finish(t.frames);
            facts = look(&t, bare);
            assert_int_equal(facts.pieces, 1);
            assert_part(&facts.piece[0], MPT_PIECE_FIRST, 1, 100, 0);
            assert_int_equal(facts.piece[0].mapped_by, mapping);
        }
        mpt_frames_free(t.frames);
    }
}

static void test_look__data_ack__relative_time_and_frame_once(void **state)
{
    mpt_frame_facts facts;
    uint32_t sent, ack, repeated;
    stage t;

    (void)state;
    open_stage(&t, true);
    open_both(&t);
    data(&t, &t.a, 0, 1, 100);
    sent = data(&t, &t.b, 0, 101, 100);
    t.now_ns += 19 * MS;
    ack = data_ack(&t, &t.a, 1, 201);
    repeated = data_ack(&t, &t.a, 1, 201);
    mpt_frames_finish(t.frames);
    facts = look(&t, ack);
    assert_true(facts.has_data_ack && facts.data_ack_relative_known);
    assert_int_equal(facts.data_ack, 201);
    assert_true(facts.has_data_ack_rtt);
    assert_int_equal(facts.data_ack_rtt_ns, 20 * MS);
    assert_int_equal(facts.data_ack_of, sent);
    assert_int_equal(facts.role, 1);
    assert_true(facts.has_window);
    assert_int_equal(facts.window, 4000);
    facts = look(&t, repeated);
    assert_true(facts.has_data_ack);
    assert_false(facts.has_data_ack_rtt);
    mpt_frames_free(t.frames);
}

static void test_look__in_flight__at_both_levels(void **state)
{
    mpt_frame_facts facts;
    uint32_t one, two, three;
    stage t;

    (void)state;
    open_stage(&t, true);
    open_both(&t);
    one = data(&t, &t.a, 0, 1, 100);
    two = data(&t, &t.b, 0, 101, 300);
    data_ack(&t, &t.a, 1, 101); /* acknowledges the 100 bytes of subflow 0, too */
    three = data(&t, &t.a, 0, 401, 50);
    mpt_frames_finish(t.frames);
    facts = look(&t, one);
    assert_true(facts.has_inflight && facts.has_subflow_inflight);
    assert_false(facts.has_peer_window); /* none was announced with a DATA_ACK */
    assert_int_equal(facts.inflight, 100);
    assert_int_equal(facts.subflow_inflight, 100);
    facts = look(&t, two);
    assert_int_equal(facts.inflight, 400);
    assert_int_equal(facts.subflow_inflight, 300);
    facts = look(&t, three);
    assert_int_equal(facts.inflight, 350);
    assert_true(facts.has_peer_window);
    assert_int_equal(facts.peer_window, 4000);
    assert_int_equal(facts.subflow_inflight, 50);
    facts = look(&t, 6);
    assert_false(facts.has_inflight); /* it carries nothing */
    mpt_frames_free(t.frames);
}

static void test_look__plain_tcp_out_of_order__told(void **state)
{
    mpt_frame_facts facts;
    uint32_t mapped, high, low, second;
    stage t;

    (void)state;
    open_stage(&t, true);
    open_capable(&t);
    data_at(&t, &t.a, 0, 101, 101, 100);
    mapped = data_at(&t, &t.a, 0, 1, 1, 100);
    high = send_at(&t, &t.a, 0, MPT_TCP_ACK, 401, 100, NULL);
    low = send_at(&t, &t.a, 0, MPT_TCP_ACK, 301, 100, NULL);
    second = send_at(&t, &t.a, 0, MPT_TCP_ACK, 201, 100, NULL);
    mpt_frames_finish(t.frames);
    facts = look(&t, mapped);
    assert_true(facts.out_of_order_known);
    assert_int_equal(facts.out_of_order, 100);
    facts = look(&t, high);
    assert_int_equal(facts.out_of_order, 0);
    facts = look(&t, low);
    assert_int_equal(facts.out_of_order, 100);
    facts = look(&t, second);
    assert_int_equal(facts.out_of_order, 100);
    mpt_frames_free(t.frames);
}

static void test_look__order_not_known__not_told(void **state)
{
    uint32_t between, join;
    mpt_option mapping = option_dss(&(mpt_dss){
        .has_mapping = true, .dsn_64bit = true, .dsn = dsn_of(&HOSTS, 0, 101), .ssn = 101, .length = 100});
    stage t;

    (void)state;
    open_stage(&t, true);
    open_both(&t);
    data_at(&t, &t.a, 0, 1, 1, 50);
    send_at(&t, &t.a, 0, MPT_TCP_ACK, 101, 100, NULL);
    between = data_at(&t, &t.b, 0, 51, 1, 50); /* below what came, but nobody knew */
    join = send_at(&t, &t.a, 0, MPT_TCP_ACK, 201, 0, &mapping);
    mpt_frames_finish(t.frames);
    assert_false(look(&t, between).out_of_order_known);
    assert_false(look(&t, join).out_of_order_known);
    mpt_frames_free(t.frames);
}

static void test_look__acknowledged_before_and_out_of_order__told(void **state)
{
    mpt_frame_facts facts;
    uint32_t high, low, useless, half;
    stage t;

    (void)state;
    open_stage(&t, true);
    open_both(&t);
    high = data(&t, &t.a, 0, 101, 100);
    low = data(&t, &t.b, 0, 1, 100);
    data_ack(&t, &t.a, 1, 151);
    useless = data(&t, &t.b, 0, 101, 50);
    half = data(&t, &t.b, 0, 101, 100);
    mpt_frames_finish(t.frames);
    facts = look(&t, high);
    assert_int_equal(facts.out_of_order, 0);
    assert_false(facts.duplicate);
    facts = look(&t, low);
    assert_int_equal(facts.out_of_order, 100);
    facts = look(&t, useless);
    assert_true(facts.duplicate);
    assert_int_equal(facts.out_of_order, 0);
    facts = look(&t, half);
    assert_false(facts.duplicate);
    mpt_frames_free(t.frames);
}

static void test_look__plain_tcp__no_connection(void **state)
{
    mpt_frame_ids ids;
    mpt_frame_facts facts;
    stage t;

    (void)state;
    open_stage(&t, true);
    send_at(&t, &t.a, 0, MPT_TCP_SYN, 0, 0, NULL);
    send_at(&t, &t.a, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, 0, NULL);
    mpt_frames_finish(t.frames);
    facts = look(&t, 2);
    assert_non_null(facts.subflow);
    assert_null(facts.connection);
    assert_true(mpt_frames_ids(t.frames, 2, 0, &ids));
    assert_null(ids.connection);
    assert_false(mpt_frames_ids(t.frames, 3, 0, &ids));
    assert_int_equal(mpt_frames_connections(t.frames)->len, 0);
    mpt_frames_free(t.frames);
}

/* Tunnels: two segments of one frame. */
static void test_look__two_segments_in_a_frame__by_index(void **state)
{
    mpt_frame_facts facts;
    stage t;

    (void)state;
    open_stage(&t, true);
    open_both(&t);
    data(&t, &t.a, 0, 1, 100);
    t.frame--;
    data(&t, &t.b, 0, 101, 30);
    mpt_frames_finish(t.frames);
    assert_true(mpt_frames_look(t.frames, 7, 0, &facts));
    assert_int_equal(facts.subflow_id, 0);
    assert_int_equal(facts.piece[0].length, 100);
    assert_true(facts.more);
    assert_true(mpt_frames_look(t.frames, 7, 1, &facts));
    assert_false(facts.more);
    assert_int_equal(facts.subflow_id, 1);
    assert_int_equal(facts.piece[0].length, 30);
    assert_false(mpt_frames_look(t.frames, 7, 2, &facts));
    mpt_frames_free(t.frames);
}

/* Ids count by frame number, also where a later frame is earlier in time. */
static void test_ids__frames_out_of_time_order__by_first_frame(void **state)
{
    mpt_option syn = option_capable(&HOSTS, 0, 0);
    hosts other = {1, {1, 2}};
    mpt_option synack[2] = {option_capable(&HOSTS, 1, 1), option_capable(&other, 1, 1)};
    mpt_frame_ids ids;
    stage t;

    (void)state;
    open_stage(&t, true);
    t.now_ns += 500 * MS;
    send_at(&t, &t.a, 0, MPT_TCP_SYN, 0, 0, &syn);
    send_at(&t, &t.a, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, 0, &synack[0]);
    t.now_ns -= 400 * MS;
    send_at(&t, &t.b, 0, MPT_TCP_SYN, 0, 0, &syn);
    send_at(&t, &t.b, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, 0, &synack[1]);
    mpt_frames_finish(t.frames);
    assert_true(mpt_frames_ids(t.frames, 1, 0, &ids));
    assert_int_equal(ids.connection_id, 0);
    assert_true(mpt_frames_ids(t.frames, 3, 0, &ids));
    assert_int_equal(ids.connection_id, 1);
    assert_int_equal(mpt_frames_connections(t.frames)->len, 2);
    mpt_frames_free(t.frames);
}

static void expect_ids(stage *t, uint32_t frame, uint32_t connection, uint32_t subflow)
{
    mpt_frame_ids ids;

    assert_true(mpt_frames_ids(t->frames, frame, 0, &ids));
    assert_non_null(ids.connection);
    assert_int_equal(ids.connection_id, connection);
    assert_int_equal(ids.subflow_id, subflow);
}

static void test_ids__live_and_the_join_comes_first__as_known_at_the_frame(void **state)
{
    mpt_option join = {.subtype = MPT_MP_JOIN,
                       .length = 12,
                       .join = {.step = MPT_JOIN_SYN, .token = mpt_key_token(HOSTS.key[1], 1)}};
    mpt_option syn = option_capable(&HOSTS, 0, 0), synack = option_capable(&HOSTS, 1, 1);
    mpt_frame_ids ids;
    stage t;

    (void)state;
    open_stage(&t, false);
    assert_true(mpt_frames_ids(t.frames, send_at(&t, &t.b, 0, MPT_TCP_SYN, 0, 0, &join), 0, &ids));
    assert_null(ids.connection); /* it may be of any connection */
    expect_ids(&t, data(&t, &t.b, 0, 1, 10), 0, 0);
    assert_true(mpt_frames_ids(t.frames, send_at(&t, &t.a, 0, MPT_TCP_SYN, 0, 0, &syn), 0, &ids));
    assert_null(ids.connection); /* no key: it may be of that one */
    expect_ids(&t, send_at(&t, &t.a, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, 0, &synack), 0, 0);
    expect_ids(&t, data(&t, &t.b, 0, 11, 10), 0, 1);
    mpt_frames_free(t.frames);
}

/* --- bytes without a mapping (figures/implied_mapping.h) --- */

static void assert_implied(const mpt_frame_facts *facts, mpt_piece_kind kind, int64_t relative)
{
    assert_int_equal(facts->pieces, 1);
    assert_int_equal(facts->piece[0].kind, kind);
    assert_true(facts->piece[0].mapped && facts->piece[0].implied && facts->piece[0].relative_known);
    assert_int_equal(facts->piece[0].relative, relative);
    assert_int_equal(facts->piece[0].length, 100);
    assert_int_equal(facts->piece[0].mapped_by, 0);
}

/* The server's SYN/ACK has no MP_CAPABLE: there is no data level, and DSNs are the subflow's own numbers. */
static void test_look__fallback_in_the_handshake__numbers_of_the_subflow(void **state)
{
    mpt_option syn = option_capable(&HOSTS, 0, 0);
    mpt_frame_facts facts;
    uint32_t sent[3];
    stage t;

    (void)state;
    open_stage(&t, true);
    send_at(&t, &t.a, 0, MPT_TCP_SYN, 0, 0, &syn);
    send_at(&t, &t.a, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, 0, NULL);
    send_at(&t, &t.a, 0, MPT_TCP_ACK, 1, 0, NULL);
    sent[0] = send_at(&t, &t.a, 0, MPT_TCP_ACK, 1, 100, NULL);
    sent[1] = send_at(&t, &t.a, 0, MPT_TCP_ACK, 101, 100, NULL);
    sent[2] = send_at(&t, &t.a, 0, MPT_TCP_ACK, 1, 100, NULL);
    mpt_frames_finish(t.frames);
    facts = look(&t, sent[0]);
    assert_implied(&facts, MPT_PIECE_FIRST, 1);
    assert_false(facts.piece[0].dsn_known);
    facts = look(&t, sent[1]);
    assert_implied(&facts, MPT_PIECE_FIRST, 101);
    facts = look(&t, sent[2]);
    assert_implied(&facts, MPT_PIECE_RETRANSMISSION, 1);
    mpt_frames_free(t.frames);
}

/* RFC 8684 3.7: on the only subflow the data level goes on with the subflow's sequence numbers. */
static void test_look__mappings_end__dsn_goes_on(void **state)
{
    mpt_option o[3] = {option_capable(&HOSTS, 0, 0), option_capable(&HOSTS, 1, 1),
                       option_capable(&HOSTS, 0, 2)};
    mpt_frame_facts facts;
    uint32_t sent[3];
    stage t;

    (void)state;
    open_stage(&t, true);
    send_at(&t, &t.a, 0, MPT_TCP_SYN, 0, 0, &o[0]);
    send_at(&t, &t.a, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, 0, &o[1]);
    send_at(&t, &t.a, 0, MPT_TCP_ACK, 1, 0, &o[2]);
    sent[0] = data(&t, &t.a, 0, 1, 100);
    sent[1] = send_at(&t, &t.a, 0, MPT_TCP_ACK, 101, 100, NULL);
    sent[2] = send_at(&t, &t.a, 0, MPT_TCP_ACK, 101, 100, NULL);
    mpt_frames_finish(t.frames);
    facts = look(&t, sent[0]);
    assert_part(&facts.piece[0], MPT_PIECE_FIRST, 1, 100, 0);
    assert_false(facts.piece[0].implied);
    facts = look(&t, sent[1]);
    assert_implied(&facts, MPT_PIECE_FIRST, 101);
    assert_true(facts.piece[0].dsn_known);
    assert_int_equal(facts.piece[0].dsn, dsn_of(&HOSTS, 0, 101));
    facts = look(&t, sent[2]);
    assert_implied(&facts, MPT_PIECE_RETRANSMISSION, 101);
    mpt_frames_free(t.frames);
}

/* --- one segment after another --- */

static void test_payload__by_index__where_it_lies(void **state)
{
    mpt_frame_payload first, second;
    uint32_t frame;
    stage t;

    (void)state;
    for (unsigned kept = 0; kept < 2; kept++) {
        open_stage(&t, kept);
        assert_int_equal(mpt_frames_last(t.frames), 0);
        open_both(&t);
        frame = data(&t, &t.a, 0, 1, 100);
        t.frame--;
        assert_int_equal(data(&t, &t.b, 0, 101, 30), frame);
        mpt_frames_finish(t.frames);
        assert_int_equal(mpt_frames_last(t.frames), frame);
        assert_true(mpt_frames_payload(t.frames, frame, 0, &first));
        assert_true(mpt_frames_payload(t.frames, frame, 1, &second));
        assert_int_equal(first.length, 100);
        assert_int_equal(second.length, 30);
        assert_int_equal(first.side, MPT_SIDE_A);
        assert_ptr_not_equal(first.subflow, second.subflow);
        assert_int_equal(first.position, first.subflow->half[0].ssn_shift + 1);
        assert_false(mpt_frames_payload(t.frames, frame, 2, &first));
        assert_null(first.subflow);
        assert_false(mpt_frames_payload(t.frames, frame + 1, 0, &first));
        mpt_frames_free(t.frames);
    }
}

/* --- who is forgotten (core/eviction.c) --- */

/* An MP_CAPABLE SYN that nobody answers. */
static uint32_t lone_syn(stage *t, uint16_t port)
{
    flow f = flow_between(NULL, "192.0.2.1", port, "192.0.2.2", 5001, port);
    mpt_option syn = option_capable(&HOSTS, 0, 0);

    return send_at(t, &f, 0, MPT_TCP_SYN, 0, 0, &syn);
}

/* Where there is room for eight, the oldest goes before the ninth comes. */
static void test_look__flood_of_syns__the_forgotten_have_no_connection(void **state)
{
    mpt_frame_payload payload;
    mpt_frame_facts facts;
    mpt_frame_ids ids;
    stage t;

    (void)state;
    open_small_stage(&t, true, 8);
    for (uint16_t port = 1; port <= 100; port++)
        lone_syn(&t, port);
    mpt_frames_finish(t.frames);
    assert_int_equal(mpt_frames_connections(t.frames)->len, 8);
    for (uint32_t frame = 1; frame <= 92; frame++) {
        facts = look(&t, frame);
        assert_null(facts.subflow);
        assert_null(facts.connection);
        assert_true(mpt_frames_ids(t.frames, frame, 0, &ids));
        assert_null(ids.subflow);
        assert_true(mpt_frames_payload(t.frames, frame, 0, &payload));
        assert_null(payload.subflow);
    }
    for (uint32_t frame = 93; frame <= 100; frame++) {
        facts = look(&t, frame);
        assert_non_null(facts.subflow);
        expect_ids(&t, frame, frame - 93, 0);
        assert_true(mpt_frames_payload(t.frames, frame, 0, &payload));
        assert_ptr_equal(payload.subflow, facts.subflow);
    }
    mpt_frames_free(t.frames);
}

static void test_ids__live_and_forgotten_within_the_frame__no_connection(void **state)
{
    mpt_frame_ids ids;
    stage t;

    (void)state;
    open_small_stage(&t, false, 8);
    for (uint16_t port = 1; port <= 7; port++)
        lone_syn(&t, port);
    for (uint16_t port = 7; port <= 9; port++) {
        t.frame = 7;
        lone_syn(&t, port == 7 ? 1 : port);
        assert_true(mpt_frames_ids(t.frames, 8, 0, &ids));
        assert_true(port < 9 ? ids.connection != NULL : !ids.subflow && !ids.connection);
    }
    assert_true(mpt_frames_ids(t.frames, 8, 2, &ids));
    assert_non_null(ids.connection);
    mpt_frames_free(t.frames);
}

/* A SYN without a key waits for its answer only while there is a partial connection it may belong to. */
static void test_ids__live_and_the_partial_connection_forgotten__known_at_the_syn(void **state)
{
    mpt_option join = {.subtype = MPT_MP_JOIN, .length = 12, .join = {.step = MPT_JOIN_SYN, .token = 1}};
    mpt_frame_ids ids;
    stage t;

    (void)state;
    open_small_stage(&t, false, 2);
    send_at(&t, &t.b, 0, MPT_TCP_SYN, 0, 0, &join);
    expect_ids(&t, data_ack(&t, &t.b, 0, 1), 0, 0);
    assert_true(mpt_frames_ids(t.frames, lone_syn(&t, 1), 0, &ids));
    assert_null(ids.connection);
    expect_ids(&t, lone_syn(&t, 2), 2, 0);
    mpt_frames_free(t.frames);
}

/* Every second byte is known: more parts than are told of. */
static void test_look__more_parts_than_told_of__the_last_has_the_rest(void **state)
{
    mpt_frame_facts facts;
    uint32_t all, sum = 0;
    stage t;

    (void)state;
    open_stage(&t, true);
    open_both(&t);
    for (int64_t dsn = 1; dsn < 100; dsn += 2)
        data(&t, &t.a, 0, dsn, 1);
    all = data(&t, &t.b, 0, 1, 100);
    mpt_frames_finish(t.frames);
    facts = look(&t, all);
    assert_int_equal(facts.pieces, MPT_FRAME_PIECES);
    for (unsigned i = 0; i < facts.pieces; i++)
        sum += facts.piece[i].length;
    assert_int_equal(sum, 100);
    assert_part(&facts.piece[0], MPT_PIECE_REINJECTION, 1, 1, 7);
    assert_part(&facts.piece[1], MPT_PIECE_FIRST, 2, 1, 0);
    mpt_frames_free(t.frames);
}

/* --- all frames together are what the reports count --- */

static void random_segments(stage *t, GRand *rand, unsigned count)
{
    int64_t high[2] = {1, 1};

    for (unsigned i = 0; i < count; i++) {
        flow *f = below(rand, 2) ? &t->a : &t->b;
        unsigned side = below(rand, 2);
        uint16_t length = (uint16_t)(1 + below(rand, 60));
        switch (below(rand, 6)) {
        case 0: /* of another subflow, or its own, under new numbers */
            data(t, f, side, 1 + below(rand, (guint32)high[side]), length);
            break;
        case 1: /* without mapping */
            send_at(t, f, side, MPT_TCP_ACK, f->next[side], length, NULL);
            break;
        case 2: /* what the subflow has sent, and more */
            send_at(t, f, side, MPT_TCP_ACK, 1 + below(rand, f->next[side]), length, NULL);
            break;
        case 3: /* a gap in the data */
            high[side] += below(rand, 50);
            /* fall through */
        default:
            data(t, f, side, high[side], length);
            high[side] += length;
        }
        t->now_ns += (int64_t)below(rand, 3) * MS;
    }
}

static void add_facts(const mpt_frame_facts *facts, uint64_t sums[2][2][5])
{
    for (unsigned i = 0; i < facts->pieces; i++)
        sums[facts->subflow_id][facts->role][facts->piece[i].kind] += facts->piece[i].length;
}

static void test_look__random__sums_are_the_reports(void **state)
{
    GRand *rand = seeded();

    (void)state;
    for (unsigned round = 0; round < 100; round++) {
        uint64_t sums[2][2][5] = {0};
        mpt_connection_view v;
        stage t;
        open_stage(&t, true);
        open_both(&t);
        random_segments(&t, rand, 150);
        mpt_frames_finish(t.frames);
        for (uint32_t frame = 1; frame <= t.frame; frame++) {
            mpt_frame_facts facts = look(&t, frame);
            add_facts(&facts, sums);
        }
        const GPtrArray *connections = mpt_frames_connections(t.frames);
        assert_int_equal(connections->len, 1);
        mpt_metrics_connection(mpt_frames_engine(t.frames), g_ptr_array_index(connections, 0), 0, &v);
        for (uint32_t s = 0; s < 2; s++)
            for (unsigned d = 0; d < 2; d++) {
                const mpt_byte_figures *b = &v.subflows[s].direction[d].bytes;
                assert_int_equal(sums[s][d][MPT_PIECE_FIRST], b->first_bytes);
                assert_int_equal(sums[s][d][MPT_PIECE_REINJECTION], b->reinjected_bytes);
                assert_int_equal(sums[s][d][MPT_PIECE_REINJECTION_SAME], b->reinjected_same_bytes);
                assert_int_equal(sums[s][d][MPT_PIECE_RETRANSMISSION], b->retrans_bytes);
                assert_int_equal(sums[s][d][MPT_PIECE_UNMAPPED], b->unmapped_bytes);
            }
        mpt_metrics_clear(&v);
        mpt_frames_free(t.frames);
    }
    g_rand_free(rand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_look__first_data__whose_it_is_and_where),
        cmocka_unit_test(test_look__only_the_newest_frame_live__all_when_kept),
        cmocka_unit_test(test_look__still_in_the_look_back__no_subflow_yet),
        cmocka_unit_test(test_look__second_copies__each_kind_with_the_frame_of_the_first),
        cmocka_unit_test(test_look__retransmitted_in_two_places__four_parts),
        cmocka_unit_test(test_look__mapping_comes_later__unmapped_live_first_when_kept),
        cmocka_unit_test(test_look__data_ack__relative_time_and_frame_once),
        cmocka_unit_test(test_look__in_flight__at_both_levels),
        cmocka_unit_test(test_look__plain_tcp_out_of_order__told),
        cmocka_unit_test(test_look__order_not_known__not_told),
        cmocka_unit_test(test_look__acknowledged_before_and_out_of_order__told),
        cmocka_unit_test(test_look__plain_tcp__no_connection),
        cmocka_unit_test(test_look__two_segments_in_a_frame__by_index),
        cmocka_unit_test(test_ids__frames_out_of_time_order__by_first_frame),
        cmocka_unit_test(test_ids__live_and_the_join_comes_first__as_known_at_the_frame),
        cmocka_unit_test(test_look__fallback_in_the_handshake__numbers_of_the_subflow),
        cmocka_unit_test(test_look__mappings_end__dsn_goes_on),
        cmocka_unit_test(test_payload__by_index__where_it_lies),
        cmocka_unit_test(test_look__flood_of_syns__the_forgotten_have_no_connection),
        cmocka_unit_test(test_ids__live_and_forgotten_within_the_frame__no_connection),
        cmocka_unit_test(test_ids__live_and_the_partial_connection_forgotten__known_at_the_syn),
        cmocka_unit_test(test_look__more_parts_than_told_of__the_last_has_the_rest),
        cmocka_unit_test(test_look__random__sums_are_the_reports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
