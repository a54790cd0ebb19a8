/* test_paths.c - the same traffic at two vantage points: subflows and segments matched, against an oracle
 * that knows where each byte went.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/support/two_ends.h"

#include "tests/support/option_write.h"
#include "tests/support/seeded.h"

/* --- by example --- */

static const mpt_path_alone *alone(const ends *e, guint k, unsigned end, unsigned side)
{
    return &flow_at(e, k)->lane[end][side]->alone;
}

static bool drop_first_data(ends *e, mpt_segment *g, unsigned side)
{
    return !(side == 0 && g->payload_len && e->count++ == 0);
}

static void test_paths__two_subflows__both_found_by_keys_and_nonces(void **state)
{
    link_ a, b;
    ends e;

    (void)state;
    open_ends(&e);
    a = link_of(&e, 0, 0);
    b = link_of(&e, 1, 1); /* the server opens it */
    open_capable(&a);
    send_data(&a, 0, 1, 1000);
    open_join(&b);
    send_data(&b, 1, 1, 500);
    finish_ends(&e);
    assert_int_equal(e.samples->len, e.frame / 2);
    for (guint i = 0; i < e.samples->len; i++) {
        const mpt_path_sample *s = &g_array_index(e.samples, mpt_path_sample, i);
        int64_t delay = s->time_ns[1] - s->time_ns[0];
        assert_true(delay == DELAY || delay == -DELAY);
        assert_int_equal(MAX(s->frame[0], s->frame[1]) - MIN(s->frame[0], s->frame[1]), 1);
    }
    for (guint k = 0; k < 2; k++) {
        const mpt_path_flow *f = flow_at(&e, k);
        assert_non_null(f->subflow[0]);
        assert_non_null(f->subflow[1]);
        assert_false(f->addresses_changed);
        assert_true(f->reasons & (k ? MPT_PATH_NONCE : MPT_PATH_KEY));
        assert_true(f->reasons & MPT_PATH_ISN && f->reasons & MPT_PATH_PEER_ISN &&
                    f->reasons & MPT_PATH_TUPLE);
        assert_int_equal(f->score, 50 + 30 + 30 + 20);
        for (unsigned end = 0; end < 2; end++)
            for (unsigned side = 0; side < 2; side++)
                assert_int_equal(alone(&e, k, end, side)->packets, 0);
    }
    assert_null(flow_at(&e, 2));
    close_ends(&e);
}

static void test_paths__as_drawn_in_the_header__samples_and_a_loss(void **state)
{
    link_ a;
    ends e;

    (void)state;
    open_ends(&e);
    e.path = drop_first_data;
    a = link_of(&e, 0, 0);
    open_capable(&a);
    send_data(&a, 0, 1, 1000); /* lost */
    send_data(&a, 0, 1001, 1000);
    a.next[0] = 1;
    send_data(&a, 0, 1, 1000); /* again, with another timestamp */
    finish_ends(&e);
    assert_int_equal(e.samples->len, 3 + 2);
    assert_int_equal(alone(&e, 0, 0, 0)->bytes, 1000);
    assert_int_equal(alone(&e, 0, 0, 0)->segments, 1);
    assert_int_equal(alone(&e, 0, 0, 0)->uncaptured_bytes, 0);
    const mpt_path_sample *last = &g_array_index(e.samples, mpt_path_sample, 4);
    assert_int_equal(last->frame[0], 11); /* of the copy that came, not of the one that was lost */
    assert_int_equal(last->length, 1000);
    close_ends(&e);
}

/* The receiver acknowledges what its end never showed: its capture dropped it. */
static void test_paths__acknowledged_but_not_captured__not_lost(void **state)
{
    link_ a;
    ends e;

    (void)state;
    open_ends(&e);
    e.path = drop_first_data;
    a = link_of(&e, 0, 0);
    open_capable(&a);
    send_data(&a, 0, 1, 1000);
    send_data_ack(&a, 1, 1001);
    finish_ends(&e);
    assert_int_equal(alone(&e, 0, 0, 0)->bytes, 1000);
    assert_int_equal(alone(&e, 0, 0, 0)->uncaptured_bytes, 1000);
    assert_int_equal(alone(&e, 0, 0, 0)->uncaptured_segments, 1);
    close_ends(&e);
}

/* Another copy was acknowledged: the first one is lost all the same. */
static void test_paths__lost_sent_again_acknowledged__lost(void **state)
{
    link_ a;
    ends e;

    (void)state;
    open_ends(&e);
    e.path = drop_first_data;
    a = link_of(&e, 0, 0);
    open_capable(&a);
    send_data(&a, 0, 1, 1000);
    a.next[0] = 1;
    send_data(&a, 0, 1, 1000);
    send_data_ack(&a, 1, 1001);
    finish_ends(&e);
    assert_int_equal(alone(&e, 0, 0, 0)->bytes, 1000);
    assert_int_equal(alone(&e, 0, 0, 0)->uncaptured_bytes, 0);
    close_ends(&e);
}

/* --- acknowledgements --- */

static void send_ack(link_ *l, unsigned side, int64_t data_ack)
{
    l->e->tsval--; /* within one tick */
    send_data_ack(l, side, data_ack);
}

static void test_paths__acks_alike_but_for_their_options__told_apart(void **state)
{
    link_ a;
    ends e;

    (void)state;
    open_ends(&e);
    e.path = drop_first_data;
    a = link_of(&e, 0, 0);
    open_capable(&a);
    send_data_ack(&a, 1, 1);
    for (int i = 2; i < 10; i++)
        send_ack(&a, 1, i);
    finish_ends(&e);
    assert_int_equal(mpt_paths_ambiguous(e.paths), 0);
    assert_int_equal(e.samples->len, e.frame / 2);
    close_ends(&e);
}

/* All of one end is fed before the other: then what waits is alike. */
static void feed_apart(ends *e, GArray *segments[2], unsigned first)
{
    for (unsigned k = 0; k < 2; k++) {
        unsigned end = first ^ k;
        for (guint i = 0; i < segments[end]->len; i++)
            mpt_engine_feed(e->engine[end], &g_array_index(segments[end], mpt_segment, i));
    }
}

static void test_paths__acks_alike_in_everything__ambiguous_left_out_counted(void **state)
{
    GArray *segments[2] = {g_array_new(FALSE, FALSE, sizeof(mpt_segment)),
                           g_array_new(FALSE, FALSE, sizeof(mpt_segment))};
    mpt_option o[3] = {option_capable(&HOSTS, 0, 0), option_capable(&HOSTS, 1, 1),
                       option_capable(&HOSTS, 0, 2)};
    static const uint16_t flags[] = {
        MPT_TCP_SYN, MPT_TCP_SYN | MPT_TCP_ACK, MPT_TCP_ACK, MPT_TCP_ACK, MPT_TCP_ACK, MPT_TCP_ACK};
    link_ a;
    ends e;

    (void)state;
    open_ends(&e);
    a = link_of(&e, 0, 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(flags); i++) {
        unsigned side = i == 1;
        mpt_segment g = {.presence = MPT_SEGMENT_TIMESTAMPS,
                         .seq = a.isn[side] + (i > 1),
                         .flags = flags[i],
                         .src = a.end[side],
                         .dst = a.end[!side],
                         .tsval = 7};
        if (i >= 1)
            g.ack = a.isn[!side] + 1;
        if (i < 3)
            g.option_len = (uint16_t)mpt_option_write(&o[i], g.options, sizeof g.options);
        for (unsigned end = 0; end < 2; end++) {
            g.frame = ++e.frame;
            g.time_ns = WIRE_START_NS + (int64_t)i * MS + (end ? DELAY : 0);
            g_array_append_val(segments[end], g);
        }
    }
    feed_apart(&e, segments, 0);
    finish_ends(&e);
    /* Three are alike: the last of them that is left is no more ambiguous than any other single one. */
    assert_int_equal(mpt_paths_ambiguous(e.paths), 2);
    assert_int_equal(e.samples->len, 4);
    for (unsigned end = 0; end < 2; end++)
        g_array_free(segments[end], TRUE);
    close_ends(&e);
}

/* --- subflows --- */

static bool translate(ends *e, mpt_segment *g, unsigned side)
{
    (void)e;
    if (side == 0)
        g->src = endpoint_of("203.0.113.99", 7);
    else
        g->dst = endpoint_of("192.0.2.1", 40000);
    return true;
}

static void test_paths__addresses_translated__found_by_key_and_numbers(void **state)
{
    link_ a;
    ends e;

    (void)state;
    open_ends(&e);
    e.path = translate;
    a = link_of(&e, 0, 0);
    mpt_option syn = option_capable(&HOSTS, 0, 0), synack = option_capable(&HOSTS, 1, 1);
    send_segment(&a, 0, MPT_TCP_SYN, 0, &syn, 1);
    a.end[0] = endpoint_of("203.0.113.99", 7); /* whom the server answers */
    send_segment(&a, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, &synack, 1);
    finish_ends(&e);
    const mpt_path_flow *f = flow_at(&e, 0);
    assert_true(f->subflow[0] && f->subflow[1]);
    assert_true(f->addresses_changed);
    assert_true(f->reasons & MPT_PATH_KEY);
    assert_false(f->reasons & MPT_PATH_TUPLE);
    assert_null(flow_at(&e, 1));
    close_ends(&e);
}

/* No handshake at one end. */
static void test_paths__one_end_started_later__found_by_tuple_and_numbers(void **state)
{
    link_ a;
    ends e;

    (void)state;
    open_ends(&e);
    a = link_of(&e, 0, 0);
    e.deaf[1] = true;
    open_capable(&a);
    e.deaf[1] = false;
    for (int i = 0; i < 5; i++)
        send_data(&a, 0, 1 + 1000 * i, 1000);
    finish_ends(&e);
    const mpt_path_flow *f = flow_at(&e, 0);
    assert_true(f->subflow[0] && f->subflow[1]);
    assert_true(f->reasons & MPT_PATH_SEQUENCE && f->reasons & MPT_PATH_TUPLE);
    assert_int_equal(f->score, 50);
    assert_int_equal(e.samples->len, 5);
    assert_int_equal(alone(&e, 0, 0, 0)->bytes, 0);
    close_ends(&e);
}

/* The first segment that an end sees is the answer: its sides are the other way round. */
static void test_paths__syn_missing_at_one_end__sides_turned(void **state)
{
    mpt_option syn = option_capable(&HOSTS, 0, 0), synack = option_capable(&HOSTS, 1, 1),
               ack = option_capable(&HOSTS, 0, 2);
    const mpt_path_flow *f;
    link_ a;
    ends e;

    (void)state;
    open_ends(&e);
    a = link_of(&e, 0, 0);
    e.deaf[1] = true;
    send_segment(&a, 0, MPT_TCP_SYN, 0, &syn, 1);
    e.deaf[1] = false;
    send_segment(&a, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, &synack, 1);
    send_segment(&a, 0, MPT_TCP_ACK, 0, &ack, 1);
    send_data(&a, 0, 1, 1000);
    send_data(&a, 1, 1, 300);
    finish_ends(&e);
    f = flow_at(&e, 0);
    assert_true(f->subflow[0] && f->subflow[1]);
    assert_true(f->flip[0] != f->flip[1]);
    assert_int_equal(e.samples->len, 4);
    for (guint i = 0; i < 4; i++) {
        const mpt_path_sample *s = &g_array_index(e.samples, mpt_path_sample, i);
        bool from_client = s->time_ns[0] < s->time_ns[1];
        /* Side 0 of the flow is the client, who is seen first at end 0. */
        assert_int_equal(s->side ^ f->flip[0], from_client ? 0 : 1);
    }
    close_ends(&e);
}

/* Later, the same ports: other sequence numbers. */
static void test_paths__ports_reused__each_with_its_own(void **state)
{
    link_ a, b;
    ends e;

    (void)state;
    open_ends(&e);
    a = link_of(&e, 0, 0);
    b = link_of(&e, 0, 0);
    b.isn[0] = 77777777;
    b.isn[1] = 99;
    open_capable(&a);
    send_data(&a, 0, 1, 1000);
    send_segment(&a, 0, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
    flow_at(&e, 0);
    mpt_option syn = {.subtype = MPT_MP_CAPABLE, .length = 4, .capable = {.version = 1, .flags = 1}};
    hosts other = {1, {HOSTS.key[0] + 1, HOSTS.key[1] + 1}};
    mpt_option synack = option_capable(&other, 1, 1), ack = option_capable(&other, 0, 2);
    send_segment(&b, 0, MPT_TCP_SYN, 0, &syn, 1);
    send_segment(&b, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, &synack, 1);
    send_segment(&b, 0, MPT_TCP_ACK, 0, &ack, 1);
    finish_ends(&e);
    for (guint k = 0; k < 2; k++) {
        const mpt_path_flow *f = flow_at(&e, k);
        assert_true(f->subflow[0] && f->subflow[1]);
        assert_int_equal(f->subflow[0]->half[0].origin, f->subflow[1]->half[0].origin);
    }
    assert_null(flow_at(&e, 2));
    assert_int_equal(e.samples->len, e.frame / 2);
    close_ends(&e);
}

static void test_paths__too_many_wait__forgotten_and_counted(void **state)
{
    mpt_option o;
    link_ a;
    ends e;

    (void)state;
    open_ends(&e);
    mpt_paths_set_limit(e.paths, 10);
    a = link_of(&e, 0, 0);
    o = option_capable(&HOSTS, 0, 0);
    send_segment(&a, 0, MPT_TCP_SYN, 0, &o, 1);
    e.path = drop_first_data;
    for (int i = 0; i < 50; i++) {
        e.count = 0; /* all are lost */
        send_data(&a, 0, 1 + i, 1);
    }
    assert_true(mpt_paths_forgotten(e.paths) >= 39);
    finish_ends(&e);
    close_ends(&e);
}

/* --- the data level --- */

static bool slow_subflow(ends *e, mpt_segment *g, unsigned side)
{
    (void)e;
    if (side == 0 && g->payload_len && g->src.port == 40001)
        g->time_ns += 1000 * MS;
    return true;
}

/* Subflow 0 sends DSN 1 to 1001, subflow 1 the same again: which copy was first is the receiver's to say. */
static mpt_path_reinjected reinject(path_func path, unsigned drop_first, bool acked_before, int64_t wait_ms)
{
    mpt_path_reinjected r;
    link_ a, b;
    ends e;

    open_ends(&e);
    a = link_of(&e, 0, 0);
    b = link_of(&e, 1, 0);
    open_capable(&a);
    open_join(&b);
    e.path = path;
    e.count = drop_first;
    send_data(&a, 0, 1, 1000);
    if (acked_before)
        send_data_ack(&a, 1, 1001);
    e.now_ns += wait_ms * MS;
    send_data(&b, 0, 1, 1000);
    finish_ends(&e);
    const mpt_path_flow *f = flow_at(&e, 1);
    assert_int_equal(f->subflow[0]->ends[0].port, 40001);
    r = mpt_paths_reinjected(f, 0, 0);
    close_ends(&e);
    return r;
}

static bool drop_all_of_b(ends *e, mpt_segment *g, unsigned side)
{
    (void)e;
    return !(side == 0 && g->payload_len && g->src.port == 40001);
}

static void test_reinjected__each_fate__told(void **state)
{
    mpt_path_reinjected r;

    (void)state;
    r = reinject(drop_first_data, 0, false, 0);
    assert_int_equal(r.useful, 1000);
    assert_int_equal(r.redundant + r.useless + r.lost, 0);
    r = reinject(NULL, 0, false, 0);
    assert_int_equal(r.redundant, 1000);
    assert_int_equal(r.useful + r.useless + r.lost, 0);
    r = reinject(NULL, 0, true, 0);
    assert_int_equal(r.useless, 1000);
    assert_int_equal(r.useful + r.redundant + r.lost, 0);
    r = reinject(drop_all_of_b, 0, false, 0);
    assert_int_equal(r.lost, 1000);
    assert_int_equal(r.useful + r.redundant + r.useless, 0);
}

/* One segment, of which a DATA_ACK has the first 600 bytes. */
static void test_reinjected__partly_acknowledged_before__each_byte_its_own(void **state)
{
    mpt_path_reinjected r;
    link_ a, b;
    ends e;

    (void)state;
    open_ends(&e);
    a = link_of(&e, 0, 0);
    b = link_of(&e, 1, 0);
    open_capable(&a);
    open_join(&b);
    send_data(&a, 0, 1, 1000);
    send_data_ack(&a, 1, 601);
    send_data(&b, 0, 1, 1000);
    finish_ends(&e);
    r = mpt_paths_reinjected(flow_at(&e, 1), 0, 0);
    assert_int_equal(r.useless, 600);
    assert_int_equal(r.redundant, 400);
    assert_int_equal(r.useful + r.lost, 0);
    close_ends(&e);
}

/* What subflow 0 had first goes on subflow 1 twice, under new subflow sequence numbers. */
static void test_reinjected__twice_on_one_subflow__each_counts(void **state)
{
    mpt_path_reinjected r;
    link_ a, b;
    ends e;

    (void)state;
    open_ends(&e);
    a = link_of(&e, 0, 0);
    b = link_of(&e, 1, 0);
    open_capable(&a);
    open_join(&b);
    e.path = drop_first_data;
    e.count = 0;
    send_data(&a, 0, 1, 1000);
    send_data(&b, 0, 1, 1000);
    send_data_ack(&b, 1, 1001);
    send_data(&b, 0, 1, 1000);
    finish_ends(&e);
    r = mpt_paths_reinjected(flow_at(&e, 1), 0, 0);
    assert_int_equal(r.useful, 1000);
    assert_int_equal(r.useless, 1000);
    assert_int_equal(r.redundant + r.lost, 0);
    close_ends(&e);
}

static void send_mp_fail(link_ *l, unsigned from, int64_t dsn)
{
    mpt_option o = {.subtype = MPT_MP_FAIL, .length = 12, .fail = {.dsn = dsn_of(&HOSTS, !from, dsn)}};

    send_segment(l, from ^ l->opener, MPT_TCP_ACK, 0, &o, 1);
}

/* The server throws away what subflow 1 carries from DSN 1001 on: the first copy on subflow 0 counts. */
static void test_reinjected__first_copy_failed_its_checksum__useful(void **state)
{
    mpt_path_reinjected r;
    link_ a, b;
    ends e;

    (void)state;
    open_ends(&e);
    a = link_of(&e, 0, 0);
    b = link_of(&e, 1, 0);
    open_capable(&a);
    open_join(&b);
    send_data(&b, 0, 1, 1000);
    send_data(&b, 0, 1001, 1000);
    send_mp_fail(&b, 1, 1001);
    send_data(&b, 0, 2001, 1000);
    send_data(&a, 0, 501, 1000);
    send_data(&a, 0, 1501, 1000);
    send_data(&a, 0, 2501, 500);
    send_data(&a, 0, 1001, 1000);
    finish_ends(&e);
    r = mpt_paths_reinjected(flow_at(&e, 0), 0, 0);
    assert_int_equal(r.useful, 2000);
    assert_int_equal(r.redundant, 1500);
    assert_int_equal(r.useless + r.lost, 0);
    close_ends(&e);
}

static void test_reinjected__first_copy_came_after_a_reset__useful(void **state)
{
    mpt_path_reinjected r;
    link_ a, b;
    ends e;

    (void)state;
    open_ends(&e);
    a = link_of(&e, 0, 0);
    b = link_of(&e, 1, 0);
    open_capable(&a);
    open_join(&b);
    send_data(&b, 0, 1, 1000);
    send_segment(&b, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
    send_data(&b, 0, 1001, 1000);
    send_data(&a, 0, 1, 2000);
    finish_ends(&e);
    r = mpt_paths_reinjected(flow_at(&e, 0), 0, 0);
    assert_int_equal(r.useful, 1000);
    assert_int_equal(r.redundant, 1000);
    assert_int_equal(r.useless + r.lost, 0);
    close_ends(&e);
}

/* The copy sent again comes on a subflow that was reset: nobody has it. */
static void test_reinjected__later_copy_came_after_a_reset__lost(void **state)
{
    mpt_path_reinjected r;
    link_ a, b;
    ends e;

    (void)state;
    open_ends(&e);
    a = link_of(&e, 0, 0);
    b = link_of(&e, 1, 0);
    open_capable(&a);
    open_join(&b);
    send_data(&a, 0, 1, 1000);
    send_segment(&b, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
    send_data(&b, 0, 1, 1000);
    finish_ends(&e);
    r = mpt_paths_reinjected(flow_at(&e, 1), 0, 0);
    assert_int_equal(r.lost, 1000);
    assert_int_equal(r.useful + r.redundant + r.useless, 0);
    close_ends(&e);
}

/* Subflow 1 has the first bytes and is a second slower: those of subflow 0 wait for it. */
static void test_queue__bytes_of_a_slow_subflow__the_others_wait(void **state)
{
    const mpt_path_lane *slow, *fast;
    link_ a, b;
    ends e;

    (void)state;
    open_ends(&e);
    a = link_of(&e, 0, 0);
    b = link_of(&e, 1, 0);
    open_capable(&a);
    open_join(&b);
    e.path = slow_subflow;
    send_data(&a, 0, 1001, 1000);
    send_data(&a, 0, 2001, 500);
    send_data(&b, 0, 1, 1000);
    finish_ends(&e);
    fast = flow_at(&e, 0)->lane[1][0];
    slow = flow_at(&e, 1)->lane[1][0];
    assert_int_equal(fast->queued.samples, 2);
    assert_int_equal(slow->queued.samples, 1);
    assert_int_equal(slow->queued.max, 0);
    assert_int_equal(fast->queued.max, 1000 * MS + 2 * 2 * DELAY);
    assert_int_equal(fast->queued.min, 1000 * MS + 2 * DELAY);
    assert_int_equal(slow->waited_bytes, 1500);
    assert_int_equal(slow->waited_ns, fast->queued.max);
    assert_int_equal(fast->waited_bytes, 0);
    close_ends(&e);
}

/* --- against the oracle --- */

enum { LINKS = 2, MAX_SENT = 300 };

/* A segment that was sent. */
typedef struct sent {
    unsigned link, side;
    uint32_t start, length, tsval, frame;
    int64_t time_ns;
} sent;

/* A sample that there has to be. */
typedef struct expected {
    uint32_t frame[2], length;
} expected;

typedef struct trial {
    GRand *rand;
    ends e;
    link_ link[LINKS];
    GArray *at[2];                            /* mpt_segment, of each end */
    GArray *expected;                         /* expected; frames are indices in at[] until they are sorted */
    uint64_t lost[LINKS][2], extra[LINKS][2]; /* bytes */
    uint64_t lost_segments[LINKS][2], extra_segments[LINKS][2];
} trial;

static mpt_segment segment_of(const trial *t, const sent *s)
{
    const link_ *l = &t->link[s->link];

    return (mpt_segment){.presence = MPT_SEGMENT_TIMESTAMPS,
                         .src = l->end[s->side],
                         .dst = l->end[!s->side],
                         .seq = l->isn[s->side] + s->start,
                         .ack = l->isn[!s->side] + 1,
                         .flags = MPT_TCP_ACK,
                         .payload_len = s->length,
                         .tsval = s->tsval,
                         .time_ns = s->time_ns,
                         .frame = s->frame};
}

static void arrive(trial *t, const sent *s, uint32_t start, uint32_t length, int64_t time_ns, uint32_t frame)
{
    sent part = *s;
    mpt_segment g;

    part.start = start;
    part.length = length;
    part.time_ns = time_ns;
    part.frame = frame;
    g = segment_of(t, &part);
    g_array_append_val(t->at[!(s->side ^ t->link[s->link].opener)], g);
}

static void expect_sample(trial *t, const sent *s, uint32_t frame, uint32_t length)
{
    unsigned end = s->side ^ t->link[s->link].opener;
    expected x = {.length = length};

    x.frame[end] = s->frame;
    x.frame[!end] = frame;
    g_array_append_val(t->expected, x);
}

/* The path: lost, as it is, twice, or in parts. */
static void carry(trial *t, const sent *s, bool copies)
{
    int64_t time_ns = s->time_ns + DELAY + (int64_t)below(t->rand, 3) * 7 * MS;
    uint32_t at = s->start, end = s->start + s->length, what = below(t->rand, 10);

    if (what == 0) {
        t->lost[s->link][s->side] += s->length;
        t->lost_segments[s->link][s->side]++;
        return;
    }
    while (at < end) {
        uint32_t n = what < 4 ? 1 + below(t->rand, end - at) : end - at, frame = ++t->e.frame;
        arrive(t, s, at, n, time_ns + (int64_t)below(t->rand, 5) * MS, frame);
        expect_sample(t, s, frame, n);
        at += n;
    }
    if (what == 9 && copies) { /* a copy made on the way: nobody sent it */
        arrive(t, s, s->start, s->length, time_ns + 50 * MS, ++t->e.frame);
        t->extra[s->link][s->side] += s->length;
        t->extra_segments[s->link][s->side]++;
    }
}

/* Two that were sent at once come as one. */
static void carry_joined(trial *t, const sent *a, const sent *b)
{
    uint32_t frame = ++t->e.frame;

    arrive(t, a, a->start, a->length + b->length, b->time_ns + DELAY, frame);
    expect_sample(t, a, frame, a->length);
    expect_sample(t, b, frame, b->length);
}

static void leave(trial *t, sent *s, uint32_t *next)
{
    mpt_segment g;

    s->frame = ++t->e.frame;
    g = segment_of(t, s);
    g_array_append_val(t->at[s->side ^ t->link[s->link].opener], g);
    *next = MAX(*next, s->start + s->length);
}

static void traffic(trial *t, bool copies)
{
    uint32_t next[LINKS][2] = {{1, 1}, {1, 1}};

    for (unsigned i = 0; i < MAX_SENT; i++) {
        sent s = {.link = below(t->rand, LINKS),
                  .side = below(t->rand, 2),
                  .tsval = ++t->e.tsval,
                  .length = 1 + below(t->rand, 3000),
                  .time_ns = t->e.now_ns += 3 * MS};
        uint32_t *end = &next[s.link][s.side];
        s.start = *end;
        if (below(t->rand, 4) == 0 && *end > 1) { /* again, with other boundaries */
            s.start = 1 + below(t->rand, *end - 1);
            s.length = MIN(s.length, *end - s.start);
        }
        leave(t, &s, end);
        if (s.start + s.length == *end && below(t->rand, 5) == 0) {
            sent after = s;
            after.start += s.length;
            after.length = 1 + below(t->rand, 1000);
            leave(t, &after, end);
            carry_joined(t, &s, &after);
        } else {
            carry(t, &s, copies);
        }
    }
}

static gint by_time(gconstpointer a, gconstpointer b)
{
    const mpt_segment *x = a, *y = b;

    if (x->time_ns != y->time_ns)
        return x->time_ns < y->time_ns ? -1 : 1;
    return x->frame < y->frame ? -1 : x->frame > y->frame;
}

static gint by_frames(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(expected));
}

/* Both ends at once, or one after the other, as clocks that differ by much would have it. */
static void feed(trial *t, unsigned order)
{
    guint i[2] = {0, 0};

    for (unsigned end = 0; end < 2; end++)
        g_array_sort(t->at[end], by_time);
    if (order < 2) {
        feed_apart(&t->e, t->at, order);
        return;
    }
    while (i[0] < t->at[0]->len || i[1] < t->at[1]->len) {
        unsigned end = i[0] == t->at[0]->len ||
                       (i[1] < t->at[1]->len && by_time(&g_array_index(t->at[1], mpt_segment, i[1]),
                                                        &g_array_index(t->at[0], mpt_segment, i[0])) < 0);
        mpt_engine_feed(t->e.engine[end], &g_array_index(t->at[end], mpt_segment, i[end]++));
    }
}

static void compare(trial *t)
{
    GArray *got = g_array_new(FALSE, FALSE, sizeof(expected));

    for (guint i = 0; i < t->e.samples->len; i++) {
        const mpt_path_sample *s = &g_array_index(t->e.samples, mpt_path_sample, i);
        expected x = {.length = s->length};
        memcpy(x.frame, s->frame, sizeof x.frame);
        if (s->length)
            g_array_append_val(got, x);
    }
    g_array_sort(got, by_frames);
    g_array_sort(t->expected, by_frames);
    assert_int_equal(got->len, t->expected->len);
    assert_memory_equal(got->data, t->expected->data, got->len * sizeof(expected));
    assert_int_equal(mpt_paths_ambiguous(t->e.paths), 0);
    g_array_free(got, TRUE);
    for (guint k = 0; k < LINKS; k++)
        for (unsigned side = 0; side < 2; side++) {
            unsigned link = flow_at(&t->e, k)->subflow[0]->join ? 1 : 0, end = side ^ t->link[link].opener;
            /* Side 0 of a flow is who opened it: the handshake came first at both ends. */
            assert_int_equal(alone(&t->e, k, end, side)->bytes, t->lost[link][side]);
            assert_int_equal(alone(&t->e, k, !end, side)->bytes, t->extra[link][side]);
            assert_int_equal(alone(&t->e, k, end, side)->segments, t->lost_segments[link][side]);
            assert_int_equal(alone(&t->e, k, !end, side)->segments, t->extra_segments[link][side]);
        }
}

static void test_match__random_splits_merges_losses_duplicates__as_the_oracle(void **state)
{
    GRand *rand = seeded();

    (void)state;
    for (unsigned round = 0; round < 60; round++) {
        trial t = {.rand = rand};
        open_ends(&t.e);
        t.link[0] = link_of(&t.e, 0, 0);
        t.link[1] = link_of(&t.e, 1, round & 1);
        for (unsigned end = 0; end < 2; end++)
            t.at[end] = g_array_new(FALSE, FALSE, sizeof(mpt_segment));
        t.expected = g_array_new(FALSE, FALSE, sizeof(expected));
        open_capable(&t.link[0]);
        open_join(&t.link[1]);
        /* Where all of the receiver is known first, copies are ambiguous. */
        traffic(&t, round % 3 == 2);
        feed(&t, round % 3);
        finish_ends(&t.e);
        compare(&t);
        for (unsigned end = 0; end < 2; end++)
            g_array_free(t.at[end], TRUE);
        g_array_free(t.expected, TRUE);
        close_ends(&t.e);
    }
    g_rand_free(rand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths__two_subflows__both_found_by_keys_and_nonces),
        cmocka_unit_test(test_paths__as_drawn_in_the_header__samples_and_a_loss),
        cmocka_unit_test(test_paths__acknowledged_but_not_captured__not_lost),
        cmocka_unit_test(test_paths__lost_sent_again_acknowledged__lost),
        cmocka_unit_test(test_paths__syn_missing_at_one_end__sides_turned),
        cmocka_unit_test(test_paths__acks_alike_but_for_their_options__told_apart),
        cmocka_unit_test(test_paths__acks_alike_in_everything__ambiguous_left_out_counted),
        cmocka_unit_test(test_paths__addresses_translated__found_by_key_and_numbers),
        cmocka_unit_test(test_paths__one_end_started_later__found_by_tuple_and_numbers),
        cmocka_unit_test(test_paths__ports_reused__each_with_its_own),
        cmocka_unit_test(test_paths__too_many_wait__forgotten_and_counted),
        cmocka_unit_test(test_reinjected__each_fate__told),
        cmocka_unit_test(test_reinjected__partly_acknowledged_before__each_byte_its_own),
        cmocka_unit_test(test_reinjected__twice_on_one_subflow__each_counts),
        cmocka_unit_test(test_reinjected__first_copy_failed_its_checksum__useful),
        cmocka_unit_test(test_reinjected__first_copy_came_after_a_reset__useful),
        cmocka_unit_test(test_reinjected__later_copy_came_after_a_reset__lost),
        cmocka_unit_test(test_queue__bytes_of_a_slow_subflow__the_others_wait),
        cmocka_unit_test(test_match__random_splits_merges_losses_duplicates__as_the_oracle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
