/* test_places.c - the places of one host that show each packet several times.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/vantage/places.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/segments.h"

#define US     INT64_C(1000)
#define MS     (1000 * US)
#define HOLD   (10 * MS)
#define LIMIT  8
#define MANY   20000
#define CLIENT "192.0.2.1"
#define SERVER "198.51.100.1"

typedef struct scene {
    mpt_places *places;
    unsigned delivered[LIMIT]; /* by place */
    unsigned of_client[LIMIT]; /* what the client sent */
    uint32_t frame, seq;
    int64_t now_ns;
} scene;

static void deliver(const mpt_segment *g, unsigned place, void *user)
{
    scene *s = user;

    assert_true(place < LIMIT);
    assert_int_equal(g->sighting.how, MPT_SIGHTING_NONE);
    assert_int_equal(g->interface_id, 0);
    s->delivered[place]++;
    s->of_client[place] += g->src.port == 40000;
}

static void begin(scene *s)
{
    *s = (scene){.now_ns = WIRE_START_NS};
    s->places = mpt_places_new(HOLD, deliver, s);
}

/* A packet of a client, or to it; both ways in turn. */
static mpt_segment packet(scene *s)
{
    unsigned side = s->seq % 2;
    mpt_endpoint ends[2] = {endpoint_of(CLIENT, 40000), endpoint_of(SERVER, 80)};

    s->seq++;
    s->now_ns += MS;
    return (mpt_segment){.src = ends[side],
                         .dst = ends[!side],
                         .seq = s->seq * 100,
                         .ack = 7 + s->seq,
                         .payload_len = 100,
                         .flags = MPT_TCP_ACK,
                         .presence = MPT_SEGMENT_TTL | MPT_SEGMENT_IP_ID,
                         .ip_id = (uint16_t)s->seq,
                         .ttl = 64,
                         .around = 34};
}

static void show(scene *s, mpt_segment g, int64_t later_ns)
{
    g.frame = ++s->frame;
    g.time_ns = s->now_ns + later_ns;
    mpt_places_feed(s->places, &g);
}

static void expect(scene *s, mpt_places_by by, unsigned client, unsigned server)
{
    mpt_places_flush(s->places);
    assert_int_equal(mpt_places_known_by(s->places), by);
    assert_int_equal(s->delivered[0], client);
    assert_int_equal(s->delivered[1], server);
    mpt_places_free(s->places);
}

static void test_feed__ways__sides_of_the_host(void **state)
{
    scene s;

    (void)state;
    begin(&s);
    for (unsigned k = 0; k < 100; k++) {
        mpt_segment g = packet(&s);
        g.way = MPT_WAY_IN;
        show(&s, g, 0);
        g.way = MPT_WAY_OUT;
        if (k != 50)
            show(&s, g, 20 * US);
    }
    /* The 51st is the client's, and was dropped by the host. */
    expect(&s, MPT_PLACES_WAY, 100, 99);
    assert_int_equal(s.of_client[0], 50);
    assert_int_equal(s.of_client[1], 49);
}

static void test_feed__links__each_is_an_interface(void **state)
{
    scene s;
    uint32_t index;

    (void)state;
    begin(&s);
    for (unsigned k = 0; k < 100; k++) {
        mpt_segment g = packet(&s);
        bool from_client = g.src.port == 40000;
        g.presence |= MPT_SEGMENT_LINK;
        g.link_index = from_client ? 9 : 4;
        show(&s, g, 0);
        g.link_index = from_client ? 4 : 9;
        show(&s, g, 20 * US);
    }
    mpt_places_flush(s.places);
    assert_int_equal(mpt_places_how(s.places), MPT_SIGHTING_INTERFACE);
    assert_true(mpt_places_link(s.places, 0, 0, &index));
    assert_int_equal(index, 9);
    assert_false(mpt_places_link(s.places, 0, 1, &index));
    assert_true(mpt_places_link(s.places, 1, 0, &index));
    assert_int_equal(index, 4);
    expect(&s, MPT_PLACES_LINK, 100, 100);
}

/* The capture missed some sightings, the first or the second one: what is left is where it was seen. */
static void test_feed__router__the_first_sighting_is_the_senders(void **state)
{
    scene s;

    (void)state;
    begin(&s);
    for (unsigned k = 0; k < 200; k++) {
        mpt_segment g = packet(&s);
        if (k % 20 != 11)
            show(&s, g, 0);
        g.ttl--;
        if (k % 20 != 14)
            show(&s, g, 20 * US);
    }
    /* The 12th of each 20 is the server's, without its first sighting; the 15th the client's, without its second. */
    expect(&s, MPT_PLACES_ORDER, 200, 180);
    assert_int_equal(s.of_client[0], 100);
    assert_int_equal(s.of_client[1], 90);
}

static void test_feed__no_copies__given_up(void **state)
{
    scene s;

    (void)state;
    begin(&s);
    for (unsigned k = 0; k < MANY; k++)
        show(&s, packet(&s), 0);
    expect(&s, MPT_PLACES_NONE, 0, 0);
}

/* Equal in everything: nothing tells where each was seen. */
static void test_feed__mirrored_twice__undecided(void **state)
{
    scene s;

    (void)state;
    begin(&s);
    for (unsigned k = 0; k < 100; k++) {
        mpt_segment g = packet(&s);
        show(&s, g, 0);
        show(&s, g, US);
    }
    expect(&s, MPT_PLACES_UNDECIDED, 0, 0);
}

/* A server that opens a subflow is on its side all the same. */
static void test_feed__server_opens__its_side(void **state)
{
    scene s;
    mpt_segment g;

    (void)state;
    begin(&s);
    for (unsigned k = 0; k < 20; k++) {
        g = packet(&s);
        g.flags = (uint16_t)(k == 0 ? MPT_TCP_SYN : k == 1 ? MPT_TCP_SYN | MPT_TCP_ACK : MPT_TCP_ACK);
        show(&s, g, 0);
        g.ttl--;
        show(&s, g, 20 * US);
    }
    g = packet(&s);
    g.src = endpoint_of(SERVER, 50000);
    g.dst = endpoint_of(CLIENT, 40001);
    g.flags = MPT_TCP_SYN;
    show(&s, g, 0);
    expect(&s, MPT_PLACES_ORDER, 20, 21);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_feed__ways__sides_of_the_host),
        cmocka_unit_test(test_feed__links__each_is_an_interface),
        cmocka_unit_test(test_feed__router__the_first_sighting_is_the_senders),
        cmocka_unit_test(test_feed__no_copies__given_up),
        cmocka_unit_test(test_feed__mirrored_twice__undecided),
        cmocka_unit_test(test_feed__server_opens__its_side),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
