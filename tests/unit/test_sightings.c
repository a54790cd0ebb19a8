/* test_sightings.c - packets that were captured more than once, against those that were sent again.
 *
 * Invariant: each test says how many segments were sent; an engine must count so many, whatever it was shown.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/core/sightings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/segments.h"

#define US INT64_C(1000)
#define MS (1000 * US)

/* What tells the packets of a host apart beside TCP's header. */
typedef enum stamping {
    COUNTED, /* the IP identification goes up with each packet, from 1 on */
    ZERO,    /* it is always 0, and there are timestamps */
    ONE,     /* it is always 1, and there are no timestamps */
    NO_ID,   /* IPv6 */
    STAMPINGS
} stamping;

typedef struct scene {
    mpt_engine *engine;
    stamping stamping;
    int64_t now_ns;
    uint32_t frame, sent;
    uint32_t next[2];
    uint16_t id[2], port;
    mpt_segment last;
} scene;

static scene begin(stamping how)
{
    mpt_engine_config config;

    mpt_engine_config_default(&config);
    return (scene){.engine = mpt_engine_new(&config),
                   .stamping = how,
                   .now_ns = WIRE_START_NS,
                   .next = {UINT32_MAX - 3000, 77},
                   .port = 40000};
}

/* Shows the last segment to the engine, as it is now. */
static void show(scene *s, int64_t later_ns)
{
    s->last.time_ns += later_ns;
    s->last.frame = ++s->frame;
    mpt_engine_feed(s->engine, &s->last);
}

/* Stamps the last segment as a packet of its own, and shows it. */
static void stamp(scene *s, unsigned side)
{
    mpt_segment *g = &s->last;

    s->sent++;
    g->time_ns = s->now_ns;
    g->ttl = 64;
    g->around = 34;
    g->link_index = 2;
    g->way = MPT_WAY_IN;
    g->presence = MPT_SEGMENT_TTL | MPT_SEGMENT_LINK | (s->stamping == NO_ID ? 0 : MPT_SEGMENT_IP_ID) |
                  (s->stamping == ONE ? 0 : MPT_SEGMENT_TIMESTAMPS);
    g->ip_id = s->stamping == COUNTED ? ++s->id[side] : s->stamping == ONE;
    g->tsval = (uint32_t)(s->now_ns / MS);
    g->tsecr = g->tsval - 5;
    if (g->flags & MPT_TCP_RST) { /* as Linux answers where no socket is */
        g->ip_id = 0;
        g->presence &= ~(uint32_t)MPT_SEGMENT_TIMESTAMPS;
    }
    show(s, 0);
}

static void send_flags(scene *s, unsigned side, uint16_t flags, uint32_t length)
{
    bool v6 = s->stamping == NO_ID;
    mpt_endpoint ends[2] = {endpoint_of(v6 ? "2001:db8::1" : "192.0.2.1", s->port),
                            endpoint_of(v6 ? "2001:db8::2" : "198.51.100.1", 80)};

    s->last = (mpt_segment){.src = ends[side],
                            .dst = ends[!side],
                            .seq = s->next[side],
                            .ack = flags & MPT_TCP_ACK ? s->next[!side] : 0,
                            .window = 65535,
                            .payload_len = length,
                            .flags = flags};
    s->next[side] += length + (flags & MPT_TCP_SYN ? 1 : 0);
    stamp(s, side);
}

/* The k-th packet of a connection: a handshake, then data and acknowledgements in turn. */
static void send_packet(scene *s, unsigned k)
{
    if (k == 0)
        send_flags(s, 0, MPT_TCP_SYN, 0);
    else if (k == 1)
        send_flags(s, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0);
    else if (k % 2 == 0)
        send_flags(s, 0, MPT_TCP_ACK, k == 2 ? 0 : 100);
    else
        send_flags(s, 1, MPT_TCP_ACK, 0);
}

/* The last packet is sent again, after that time. */
static void send_again(scene *s, int64_t later_ns)
{
    unsigned side = s->last.src.port == 80;

    s->now_ns += later_ns;
    stamp(s, side);
}

static void end(scene *s, uint64_t copies)
{
    const mpt_engine_counts *counts = mpt_engine_get_counts(s->engine);

    mpt_engine_flush(s->engine);
    assert_int_equal(counts->segments, s->sent);
    assert_int_equal(counts->twice.segments, copies);
    assert_int_equal(mpt_engine_subflows(s->engine)->len, 1);
    mpt_engine_free(s->engine);
}

/* --- copies --- */

static void forward(mpt_segment *g)
{
    g->ttl--;
}

static void tunnel(mpt_segment *g)
{
    g->around = (uint16_t)(g->around + 50);
}

static void leave(mpt_segment *g)
{
    g->way = MPT_WAY_OUT;
}

static void other_interface(mpt_segment *g)
{
    g->link_index++;
}

static void nothing(mpt_segment *g)
{
    (void)g;
}

/* NAT of address and port, as on a router. */
static void translate(mpt_segment *g)
{
    mpt_endpoint *inside = g->src.port == 80 ? &g->dst : &g->src;

    *inside = endpoint_of("203.0.113.254", 61000);
    g->ttl--;
}

/* A connection of 300 packets, each of which is seen so often again, a little later. */
static void test_feed__all_seen_again__counted_once(void **state)
{
    static const struct {
        void (*seen)(mpt_segment *g);
        mpt_sighting how;
    } kinds[] = {{forward, MPT_SIGHTING_TTL},
                 {tunnel, MPT_SIGHTING_CARRIER},
                 {other_interface, MPT_SIGHTING_INTERFACE},
                 {leave, MPT_SIGHTING_INTERFACE},
                 {translate, MPT_SIGHTING_ADDRESSES},
                 {nothing, MPT_SIGHTING_AGAIN}};

    (void)state;
    for (unsigned kind = 0; kind < G_N_ELEMENTS(kinds); kind++)
        for (stamping how = 0; how < STAMPINGS; how++)
            for (unsigned times = 1; times <= (kinds[kind].seen == translate ? 1 : 2); times++) {
                scene s = begin(how);
                const mpt_twice *twice = &mpt_engine_get_counts(s.engine)->twice;
                for (unsigned k = 0; k < 300; k++, s.now_ns += 3 * MS) {
                    send_packet(&s, k);
                    for (unsigned t = 0; t < times; t++) {
                        kinds[kind].seen(&s.last);
                        show(&s, 10 * US);
                    }
                }
                mpt_engine_flush(s.engine);
                assert_int_equal(twice->copies[kinds[kind].how], 300 * times);
                assert_int_equal(twice->frame, 2);
                assert_int_equal(twice->of, 1);
                end(&s, (uint64_t)300 * times);
            }
}

/* A mirror port of both sides of a bridge, and of the router behind it. */
static void test_feed__seen_again_and_behind_a_router__counted_once(void **state)
{
    (void)state;
    for (stamping how = 0; how < STAMPINGS; how++) {
        scene s = begin(how);
        for (unsigned k = 0; k < 300; k++, s.now_ns += 3 * MS) {
            send_packet(&s, k);
            nothing(&s.last);
            show(&s, 15 * US);
            forward(&s.last);
            show(&s, 15 * US);
        }
        mpt_engine_flush(s.engine);
        end(&s, 600);
    }
}

/* As where the acknowledgements come in by the side that a mirror port copies. */
static void test_feed__one_direction_seen_again__counted_once(void **state)
{
    (void)state;
    for (stamping how = 0; how < STAMPINGS; how++) {
        scene s = begin(how);
        for (unsigned k = 0; k < 300; k++, s.now_ns += 3 * MS) {
            send_packet(&s, k);
            if (k % 2)
                show(&s, 10 * US);
        }
        end(&s, 150);
    }
}

/* Each packet is seen twice, one of ten is sent again, and that is seen twice too. */
static void test_feed__sent_again_and_all_seen_twice__each_sending_counted(void **state)
{
    void (*const kinds[])(mpt_segment * g) = {forward, nothing, other_interface};

    (void)state;
    for (unsigned kind = 0; kind < G_N_ELEMENTS(kinds); kind++)
        for (stamping how = 0; how < STAMPINGS; how++) {
            scene s = begin(how);
            uint64_t copies = 0;
            for (unsigned k = 0; k < 400; k++, s.now_ns += 3 * MS) {
                send_packet(&s, k);
                mpt_segment sent = s.last;
                for (unsigned again = 0; again <= (k > 20 && k % 10 == 0); again++) {
                    if (again) {
                        s.last = sent;
                        send_again(&s, 40 * MS);
                    }
                    kinds[kind](&s.last);
                    show(&s, 10 * US);
                    copies++;
                }
            }
            end(&s, copies);
        }
}

/* --- sent again --- */

/* One of three segments is sent again after half a millisecond. */
static void test_feed__many_sent_again__all_counted(void **state)
{
    (void)state;
    for (stamping how = 0; how < STAMPINGS; how++) {
        scene s = begin(how);
        for (unsigned k = 0; k < 300; k++, s.now_ns += 3 * MS) {
            send_packet(&s, k);
            if (k % 3 == 0)
                send_again(&s, 500 * US);
        }
        end(&s, 0);
    }
}

/* Nothing but numbers tells that: a host that counts its packets sends each of them twice. */
static void test_feed__all_sent_again_with_new_id__all_counted(void **state)
{
    scene s = begin(COUNTED);

    (void)state;
    for (unsigned k = 0; k < 300; k++, s.now_ns += 3 * MS) {
        send_packet(&s, k);
        send_again(&s, 20 * US);
    }
    end(&s, 0);
}

/* Duplicate ACKs as after a loss, keep-alives, probes of a closed window, SYNs without an answer: all alike. */
static void test_feed__alike_by_nature__all_counted(void **state)
{
    static const struct {
        unsigned before;
        int64_t apart_ns;
    } kinds[] = {{40, 20 * US}, {40, 1000 * MS}, {40, 200 * MS}, {1, 1000 * MS}, {3, 20 * US}};

    (void)state;
    for (unsigned kind = 0; kind < G_N_ELEMENTS(kinds); kind++)
        for (stamping how = 0; how < STAMPINGS; how++) {
            scene s = begin(how);
            for (unsigned k = 0; k < kinds[kind].before; k++, s.now_ns += 3 * MS)
                send_packet(&s, k);
            for (unsigned k = 0; k < 30; k++)
                send_again(&s, kinds[kind].apart_ns);
            for (unsigned k = 40; kinds[kind].before >= 40 && k < 80; k++, s.now_ns += 3 * MS)
                send_packet(&s, k);
            end(&s, 0);
        }
}

/* A capture of a few packets without payload, one of which is sent again. */
static void test_feed__a_few_packets__all_counted(void **state)
{
    (void)state;
    for (stamping how = 0; how < STAMPINGS; how++)
        for (unsigned which = 0; which < 5; which++) {
            scene s = begin(how);
            for (unsigned k = 0; k < 5; k++, s.now_ns += MS) {
                send_packet(&s, k);
                if (k == which)
                    send_again(&s, 100 * MS);
            }
            end(&s, 0);
        }
}

/* The network delivers one of fifty packets twice: that is what the hosts saw. */
static void test_feed__duplicated_by_the_network__counted(void **state)
{
    (void)state;
    for (stamping how = 0; how < STAMPINGS; how++) {
        scene s = begin(how);
        for (unsigned k = 0; k < 300; k++, s.now_ns += 3 * MS) {
            send_packet(&s, k);
            if (k % 50 == 20) {
                show(&s, 30 * US);
                s.sent++;
            }
        }
        end(&s, 0);
    }
}

/* Connections of a builder: the same numbers from one client after another, a millisecond apart. */
static void test_feed__alike_connections__none_is_another(void **state)
{
    (void)state;
    for (stamping how = 0; how < STAMPINGS; how++) {
        scene s = begin(how), one;
        uint32_t sent = 0;
        for (unsigned client = 0; client < 10; client++) {
            one = s;
            one.port = (uint16_t)(40000 + client);
            one.now_ns += client * MS;
            one.frame = one.sent = sent;
            for (unsigned k = 0; k < 10; k++, one.now_ns += MS)
                send_packet(&one, k);
            sent = one.sent;
        }
        mpt_engine_flush(s.engine);
        assert_int_equal(mpt_engine_get_counts(s.engine)->segments, sent);
        assert_int_equal(mpt_engine_subflows(s.engine)->len, 10);
        mpt_engine_free(s.engine);
    }
}

/* Shows a segment that was sent before, that much later than then. */
static void show_copy(scene *s, const mpt_segment *sent, int64_t later_ns)
{
    s->last = *sent;
    show(s, later_ns);
}

/* Duplicate ACKs of one millisecond, each of which another capture has 400 us later: eight others come first. */
static void test_feed__alike_acks_and_copies_in_turn__counted_once(void **state)
{
    scene s = begin(COUNTED);
    mpt_segment sent[100];

    (void)state;
    for (unsigned k = 0; k < G_N_ELEMENTS(sent); k++, s.now_ns += 50 * US) {
        if (k < 20) {
            send_packet(&s, k);
        } else {
            send_flags(&s, 1, MPT_TCP_ACK, 0);
        }
        sent[k] = s.last;
        if (k >= 8)
            show_copy(&s, &sent[k - 8], 400 * US);
    }
    for (unsigned k = G_N_ELEMENTS(sent) - 8; k < G_N_ELEMENTS(sent); k++)
        show_copy(&s, &sent[k], 400 * US);
    end(&s, G_N_ELEMENTS(sent));
}

/* The files of both ends, one behind the other: the second goes back by a second. */
static void test_feed__one_file_behind_the_other__counted_once(void **state)
{
    scene s = begin(COUNTED);
    mpt_segment sent[60];

    (void)state;
    for (unsigned k = 0; k < G_N_ELEMENTS(sent); k++, s.now_ns += 40 * MS) {
        send_packet(&s, k);
        sent[k] = s.last;
    }
    for (unsigned k = 0; k < G_N_ELEMENTS(sent); k++)
        show_copy(&s, &sent[k], 3 * MS);
    end(&s, G_N_ELEMENTS(sent));
}

/* The packets of a connection, then RSTs that are alike in all: more come before the first
 * is seen at the other end, 5 ms later. */
static unsigned send_and_reset(scene *s, mpt_segment *sent, unsigned before, unsigned resets)
{
    for (unsigned k = 0; k < before; k++, s->now_ns += 6 * MS) {
        send_packet(s, k);
        sent[k] = s->last;
    }
    for (unsigned k = 0; k < resets; k++, s->now_ns += 600 * US) {
        send_flags(s, 1, MPT_TCP_RST, 0);
        sent[before + k] = s->last;
    }
    return before + resets;
}

static int by_time(const void *a, const void *b)
{
    const mpt_segment *x = a, *y = b;

    return x->time_ns < y->time_ns ? -1 : x->time_ns > y->time_ns;
}

/* What both ends saw, in one interface: in order of time, or one file behind the other. */
static void test_feed__alike_resets_at_both_ends__each_counted_once(void **state)
{
    enum { BEFORE = 40 };
    (void)state;
    for (stamping how = 0; how < STAMPINGS; how++)
        for (unsigned resets = 1; resets <= 51; resets += 10)
            for (unsigned in_order = 0; in_order < 2; in_order++) {
                scene first = begin(how), s = begin(how);
                mpt_segment seen[2 * (BEFORE + 51)];
                unsigned n = send_and_reset(&first, seen, BEFORE, resets);
                for (unsigned k = 0; k < n; k++) {
                    seen[n + k] = seen[k];
                    seen[n + k].time_ns += 5 * MS;
                }
                if (in_order)
                    qsort(seen, (size_t)2 * n, sizeof *seen, by_time);
                for (unsigned k = 0; k < 2 * n; k++)
                    show_copy(&s, &seen[k], 0);
                s.sent = n;
                end(&s, n);
                mpt_engine_free(first.engine);
            }
}

/* The same, each seen at three places. */
static void test_feed__alike_resets_at_three_places__each_counted_once(void **state)
{
    scene s = begin(NO_ID);

    (void)state;
    for (unsigned k = 0; k < 40; k++, s.now_ns += 3 * MS) {
        if (k < 37)
            send_packet(&s, k);
        else
            send_flags(&s, 1, MPT_TCP_RST, 0);
        show(&s, 10 * US);
        show(&s, 10 * US);
    }
    end(&s, 80);
}

/* --- cut into other segments --- */

enum { HALF = 1400, RECORDED = 400 };

/* What a host sent, and which of it has the second half of the one before. */
typedef struct record {
    mpt_segment sent[RECORDED];
    bool joined[RECORDED];
    unsigned count;
} record;

static void keep(record *r, const scene *s, bool joined)
{
    r->sent[r->count] = s->last;
    r->joined[r->count++] = joined;
}

/* A connection of n packets, where data goes in two halves of one time. */
static void record_halves(record *r, scene *s, unsigned n)
{
    for (unsigned k = 0; k < n; k++, s->now_ns += 3 * MS) {
        if (k < 3 || k % 2) {
            send_packet(s, k);
            keep(r, s, false);
            continue;
        }
        for (unsigned half = 0; half < 2; half++) {
            send_flags(s, 0, MPT_TCP_ACK, HALF);
            keep(r, s, half);
        }
    }
}

static void show_as(scene *s, const mpt_segment *g, void (*seen)(mpt_segment *), int64_t later_ns)
{
    s->last = *g;
    seen(&s->last);
    show(s, later_ns);
}

/* Shows n packets from k on at a place: each, or those that are joined in one. Returns how many it shows. */
static unsigned show_place(scene *s, const record *r, unsigned k, unsigned n, bool whole,
                           void (*seen)(mpt_segment *), int64_t later_ns)
{
    unsigned shown = 0;

    for (unsigned i = k; i < k + n; i++) {
        mpt_segment g = r->sent[i];
        if (whole && r->joined[i])
            continue;
        if (whole && i + 1 < r->count && r->joined[i + 1])
            g.payload_len += r->sent[i + 1].payload_len;
        show_as(s, &g, seen, later_ns);
        shown++;
    }
    return shown;
}

/* The same at two places, one 10 us after the other: large segments before they are cut (TSO), or after they were put
 * together (GRO). */
static void test_feed__cut_otherwise_at_another_place__counted_once(void **state)
{
    void (*const kinds[])(mpt_segment * g) = {forward, nothing, other_interface, translate};

    (void)state;
    for (unsigned kind = 0; kind < G_N_ELEMENTS(kinds); kind++)
        for (stamping how = 0; how < STAMPINGS; how++)
            for (unsigned whole_first = 0; whole_first < 2; whole_first++) {
                /* Without timestamps and numbers nothing tells it from what was sent again. */
                if (kinds[kind] == nothing && how == ONE)
                    continue;
                scene first = begin(how), s = begin(how);
                record r = {.count = 0};
                unsigned copies = 0, pairs = 0;
                record_halves(&r, &first, 200);
                for (unsigned k = 0, n; k < r.count; k += n) {
                    n = k + 1 < r.count && r.joined[k + 1] ? 2 : 1;
                    pairs += n == 2;
                    s.sent += show_place(&s, &r, k, n, whole_first, nothing, 0);
                    copies += show_place(&s, &r, k, n, !whole_first, kinds[kind], 10 * US);
                }
                mpt_engine_flush(s.engine);
                assert_int_equal(mpt_engine_get_counts(s.engine)->twice.cut, pairs * (1 + whole_first));
                end(&s, copies);
                mpt_engine_free(first.engine);
            }
}

/* What is sent again of a segment, and when. */
struct part {
    unsigned from, length;
    int64_t later_ns;
};

static mpt_segment part_again(const mpt_segment *whole, const struct part *what, uint16_t id_later)
{
    mpt_segment g = *whole;

    g.time_ns += what->later_ns;
    g.seq += what->from;
    g.payload_len = what->length;
    g.tsval += (uint32_t)(what->later_ns / MS);
    g.ip_id = (uint16_t)(g.ip_id + id_later);
    return g;
}

/* Large segments at one place, halves at the other; of one in ten a part is sent again. */
static void expect_part_counted(stamping how, void (*seen)(mpt_segment *), const struct part *what)
{
    scene first = begin(how), s = begin(how);
    record r = {.count = 0};
    unsigned copies = 0, nth = 0;
    int64_t waited = 0;

    record_halves(&r, &first, 200);
    for (unsigned k = 0, n; k < r.count; k += n) {
        n = k + 1 < r.count && r.joined[k + 1] ? 2 : 1;
        for (unsigned i = k; i < k + n; i++)
            r.sent[i].time_ns += waited;
        s.sent += show_place(&s, &r, k, n, true, nothing, 0);
        copies += show_place(&s, &r, k, n, false, seen, 10 * US);
        if (n == 1 || ++nth % 10)
            continue;
        mpt_segment g = part_again(&r.sent[k], what, how == COUNTED ? (uint16_t)(1000 + nth) : 0);
        show_as(&s, &g, nothing, 0);
        show_as(&s, &g, seen, 10 * US);
        waited += what->later_ns;
        s.sent++;
        copies++;
    }
    end(&s, copies);
    mpt_engine_free(first.engine);
}

/* One of the halves of a large segment, or one byte, as keep-alives and probes of a closed window have it. */
static void test_feed__part_sent_again_where_copies_are_cut__counted(void **state)
{
    void (*const kinds[])(mpt_segment * g) = {forward, nothing, other_interface};
    static const struct part again[] = {{0, HALF, 2 * MS},
                                        {HALF, HALF, 2 * MS},
                                        {HALF, HALF, 200 * MS},
                                        {2 * HALF - 1, 1, 200 * MS},
                                        {2 * HALF - 1, 1, 5000 * MS}};

    (void)state;
    for (unsigned kind = 0; kind < G_N_ELEMENTS(kinds); kind++)
        for (stamping how = 0; how < STAMPINGS; how++)
            for (unsigned what = 0; what < G_N_ELEMENTS(again); what++)
                if (kinds[kind] != nothing || how != ONE)
                    expect_part_counted(how, kinds[kind], &again[what]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_feed__all_seen_again__counted_once),
        cmocka_unit_test(test_feed__seen_again_and_behind_a_router__counted_once),
        cmocka_unit_test(test_feed__one_direction_seen_again__counted_once),
        cmocka_unit_test(test_feed__sent_again_and_all_seen_twice__each_sending_counted),
        cmocka_unit_test(test_feed__many_sent_again__all_counted),
        cmocka_unit_test(test_feed__all_sent_again_with_new_id__all_counted),
        cmocka_unit_test(test_feed__alike_by_nature__all_counted),
        cmocka_unit_test(test_feed__a_few_packets__all_counted),
        cmocka_unit_test(test_feed__duplicated_by_the_network__counted),
        cmocka_unit_test(test_feed__alike_connections__none_is_another),
        cmocka_unit_test(test_feed__alike_acks_and_copies_in_turn__counted_once),
        cmocka_unit_test(test_feed__one_file_behind_the_other__counted_once),
        cmocka_unit_test(test_feed__alike_resets_at_both_ends__each_counted_once),
        cmocka_unit_test(test_feed__alike_resets_at_three_places__each_counted_once),
        cmocka_unit_test(test_feed__cut_otherwise_at_another_place__counted_once),
        cmocka_unit_test(test_feed__part_sent_again_where_copies_are_cut__counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
