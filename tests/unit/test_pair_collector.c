/* test_pair_collector.c - vantage points compared while they are read: which pairs there are, and what each is told.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/paths/pair_collector.h"

#include "tests/support/two_ends.h"

/* Two ends that were named, or as many points as the capture shows. */
typedef struct collection {
    mpt_path_collector *paths;
    mpt_vantage_engines *engines;
    GArray *client, *server; /* interface ids */
    ends ends; /* feeds the engines of the two ends; its `paths` are the pair's, once it is asked for */
} collection;

static void watch(mpt_engine *engine, unsigned point, void *user)
{
    collection *c = user;

    mpt_path_collector_watch(c->paths, engine, point);
}

static void begin(collection *c, unsigned wants, bool named, uint32_t one_sided)
{
    mpt_vantage_request request = {.client = NULL};
    mpt_engine_config config;
    uint32_t id = 1;

    mpt_engine_config_default(&config);
    config.want_evidence = true;
    config.max_one_sided = one_sided;
    *c = (collection){.paths = mpt_path_collector_new(wants), .ends.now_ns = WIRE_START_NS};
    if (named) {
        request.client = c->client = g_array_new(FALSE, FALSE, sizeof id);
        request.server = c->server = g_array_new(FALSE, FALSE, sizeof id);
        g_array_append_val(c->client, id);
        id++;
        g_array_append_val(c->server, id);
    }
    c->engines = mpt_vantage_engines_new(&request, &config, watch, c);
    for (unsigned end = 0; named && end < 2; end++)
        c->ends.engine[end] = mpt_vantage_engines_at(c->engines, end);
}

static void begin_two_ends(collection *c, unsigned wants)
{
    begin(c, wants, true, 1000);
}

static mpt_path_pair *finish(collection *c, unsigned from, unsigned to)
{
    mpt_path_pair *pair;

    mpt_vantage_engines_flush(c->engines);
    pair = mpt_path_collector_pair(c->paths, c->engines, from, to);
    c->ends.paths = pair ? pair->paths : NULL;
    return pair;
}

static unsigned receiver(const mpt_path_sample *sample, void *user)
{
    (void)user;
    return !sample->side;
}

static void count(const mpt_path_sample *sample, void *user)
{
    (void)sample;
    ++*(unsigned *)user;
}

static unsigned samples_of(const mpt_path_pair *pair)
{
    unsigned n = 0;

    mpt_path_store_read(pair->store, receiver, count, &n);
    return n;
}

static void end(collection *c)
{
    mpt_path_collector_free(c->paths);
    mpt_vantage_engines_free(c->engines);
    if (c->client)
        g_array_unref(c->client);
    if (c->server)
        g_array_unref(c->server);
}

static bool drop_first_data(ends *e, mpt_segment *g, unsigned side)
{
    return !(side == 0 && g->payload_len && e->count++ == 0);
}

static void test_pair__samples_wanted__one_for_each_segment_of_both(void **state)
{
    mpt_path_pair *pair;
    collection c;
    link_ a;

    (void)state;
    begin_two_ends(&c, MPT_PATHS_FLOWS | MPT_PATHS_SAMPLES);
    c.ends.path = drop_first_data;
    a = link_of(&c.ends, 0, 0);
    open_capable(&a);
    for (int i = 0; i < 5; i++)
        send_data(&a, 0, 1 + 1000 * i, 1000); /* the first is lost */
    pair = finish(&c, 0, 1);
    assert_int_equal(samples_of(pair), 3 + 4);
    assert_int_equal(flow_at(&c.ends, 0)->lane[0][0]->alone.bytes, 1000);
    assert_null(flow_at(&c.ends, 1));
    end(&c);
}

/* `from` is nearer to the client; of `paths` end 0 is always the point with the lower number. */
static void test_pair__asked_for_both_ways__the_same_with_its_client_end(void **state)
{
    mpt_path_pair *pair, *back;
    collection c;
    link_ a;

    (void)state;
    begin_two_ends(&c, MPT_PATHS_FLOWS);
    a = link_of(&c.ends, 0, 0);
    open_capable(&a);
    pair = finish(&c, 0, 1);
    assert_int_equal(pair->from, 0);
    assert_int_equal(pair->to, 1);
    assert_int_equal(pair->client_end, 0);
    assert_null(pair->store);
    assert_non_null(flow_at(&c.ends, 0)->subflow[0]);
    assert_non_null(flow_at(&c.ends, 0)->subflow[1]);
    back = finish(&c, 1, 0);
    assert_ptr_equal(back, pair);
    assert_int_equal(back->from, 1);
    assert_int_equal(back->to, 0);
    assert_int_equal(back->client_end, 1);
    end(&c);
}

static void test_pair__point_that_never_came__none(void **state)
{
    collection c;

    (void)state;
    begin_two_ends(&c, MPT_PATHS_FLOWS);
    assert_non_null(finish(&c, 0, 1));
    assert_null(finish(&c, 1, 2));
    assert_null(finish(&c, 0, MPT_PATH_POINTS));
    assert_null(mpt_path_collector_pair(NULL, c.engines, 0, 1));
    assert_int_equal(mpt_path_collector_forgotten(NULL), 0);
    end(&c);
    mpt_path_collector_free(NULL);
}

/* The same handshake and data at three interfaces, a second apart. */
static void test_pair__three_points__each_with_each(void **state)
{
    static const unsigned pairs[][2] = {{0, 1}, {0, 2}, {1, 2}};
    mpt_option o[3] = {option_capable(&HOSTS, 0, 0), option_capable(&HOSTS, 1, 1),
                       option_capable(&HOSTS, 0, 2)};
    static const uint16_t flags[] = {MPT_TCP_SYN, MPT_TCP_SYN | MPT_TCP_ACK, MPT_TCP_ACK};
    collection c;
    link_ a;

    (void)state;
    begin(&c, MPT_PATHS_FLOWS | MPT_PATHS_SAMPLES, false, 1000);
    a = link_of(&c.ends, 0, 0);
    for (unsigned i = 0; i < 3; i++) {
        unsigned side = i == 1;
        mpt_segment g = {.presence = MPT_SEGMENT_INTERFACE,
                         .src = a.end[side],
                         .dst = a.end[!side],
                         .seq = a.isn[side] + (i == 2),
                         .ack = i ? a.isn[!side] + 1 : 0,
                         .flags = flags[i]};
        g.option_len = (uint16_t)mpt_option_write(&o[i], g.options, sizeof g.options);
        for (unsigned point = 0; point < 3; point++) {
            g.interface_id = point;
            g.frame = ++c.ends.frame;
            g.time_ns = c.ends.now_ns += MS;
            mpt_vantage_engines_feed(c.engines, &g, 1);
        }
    }
    mpt_vantage_engines_flush(c.engines);
    assert_int_equal(mpt_vantage_engines_count(c.engines), 3);
    for (unsigned k = 0; k < G_N_ELEMENTS(pairs); k++) {
        mpt_path_pair *pair = finish(&c, pairs[k][0], pairs[k][1]);
        assert_int_equal(samples_of(pair), 3);
        assert_non_null(flow_at(&c.ends, 0)->subflow[0]);
        assert_non_null(flow_at(&c.ends, 0)->subflow[1]);
    }
    end(&c);
}

/* --- what the observers are told --- */

/* What is lost on one subflow and sent again on another, which showed first, as a connection of its own. */
static mpt_path_reinjected lost_and_sent_again(unsigned wants)
{
    mpt_path_reinjected r;
    collection c;
    link_ a, b;

    begin_two_ends(&c, wants);
    c.ends.path = drop_first_data;
    a = link_of(&c.ends, 0, 0);
    b = link_of(&c.ends, 1, 0);
    open_join(&b);
    open_capable(&a);
    send_data(&a, 0, 1, 1000);
    send_data(&b, 0, 1, 1000);
    finish(&c, 0, 1);
    r = mpt_paths_reinjected(flow_at(&c.ends, 0), 0, 0);
    end(&c);
    return r;
}

static void test_pair__data_level_wanted__reinjections_judged(void **state)
{
    mpt_path_reinjected r = lost_and_sent_again(MPT_PATHS_FLOWS | MPT_PATHS_DATA);

    (void)state;
    assert_int_equal(r.useful, 1000);
    assert_int_equal(r.redundant + r.useless + r.lost, 0);
    r = lost_and_sent_again(MPT_PATHS_FLOWS);
    assert_int_equal(r.useful + r.redundant + r.useless + r.lost, 0);
}

/* The receiver threw away the first copy, so that the second, which is no use otherwise, is useful. */
static void test_pair__data_level_wanted_and_mp_fail__heard_of(void **state)
{
    mpt_option fail = {.subtype = MPT_MP_FAIL, .length = 12, .fail = {.dsn = dsn_of(&HOSTS, 0, 1)}};
    mpt_path_reinjected r;
    collection c;
    link_ a, b;

    (void)state;
    begin_two_ends(&c, MPT_PATHS_FLOWS | MPT_PATHS_DATA);
    a = link_of(&c.ends, 0, 0);
    b = link_of(&c.ends, 1, 0);
    open_capable(&a);
    open_join(&b);
    send_data(&b, 0, 1, 1000);
    send_segment(&b, 1, MPT_TCP_ACK, 0, &fail, 1);
    send_data(&a, 0, 1, 1000);
    finish(&c, 0, 1);
    r = mpt_paths_reinjected(flow_at(&c.ends, 0), 0, 0);
    assert_int_equal(r.useful, 1000);
    assert_int_equal(r.redundant + r.useless + r.lost, 0);
    end(&c);
}

/* With room for eight flows of one side: what the engine of an end forgets, no pair holds. */
static void test_pair__flows_forgotten__gone_from_it(void **state)
{
    guint n = 0;
    collection c;

    (void)state;
    begin(&c, MPT_PATHS_FLOWS, true, 8);
    c.ends.deaf[1] = true;
    for (unsigned i = 0; i < 100; i++) {
        mpt_option syn = option_capable(&HOSTS, 0, 0);
        link_ a = link_of(&c.ends, i, 0);
        send_segment(&a, 0, MPT_TCP_SYN, 0, &syn, 1);
    }
    finish(&c, 0, 1);
    for (const mpt_path_flow *f; (f = flow_at(&c.ends, n)); n++)
        assert_non_null(f->subflow[0]);
    assert_int_equal(n, 8);
    end(&c);
}

/* --- how many may wait --- */

/* At the client's end 100,000 segments may wait for their partner, and as many as there are if all are wanted. */
static void test_pair__many_segments_of_one_end__given_up_unless_all_are_wanted(void **state)
{
    (void)state;
    for (unsigned all = 0; all < 2; all++) {
        collection c;
        link_ a;
        begin_two_ends(&c, MPT_PATHS_FLOWS | (all ? MPT_PATHS_ALL : 0));
        a = link_of(&c.ends, 0, 0);
        open_capable(&a);
        c.ends.deaf[1] = true;
        for (unsigned i = 0; i < 99000; i++)
            send_segment(&a, 0, MPT_TCP_ACK, 10, NULL, 0);
        mpt_vantage_engines_flush(c.engines);
        assert_int_equal(mpt_path_collector_forgotten(c.paths), 0);
        for (unsigned i = 0; i < 2000; i++)
            send_segment(&a, 0, MPT_TCP_ACK, 10, NULL, 0);
        mpt_vantage_engines_flush(c.engines);
        if (all)
            assert_int_equal(mpt_path_collector_forgotten(c.paths), 0);
        else
            assert_true(mpt_path_collector_forgotten(c.paths) >= 1000);
        end(&c);
    }
}

/* A capture that knows no interfaces has one point only: nothing waits for another. */
static void test_pair__no_interfaces__nothing_collected(void **state)
{
    collection c;
    link_ a;

    (void)state;
    begin(&c, MPT_PATHS_FLOWS, false, 1000);
    c.ends.engine[0] = mpt_vantage_engines_at(c.engines, 0);
    c.ends.deaf[1] = true;
    a = link_of(&c.ends, 0, 0);
    open_capable(&a);
    send_data(&a, 0, 1, 1000);
    assert_null(finish(&c, 0, 1));
    assert_int_equal(mpt_path_collector_forgotten(c.paths), 0);
    end(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pair__samples_wanted__one_for_each_segment_of_both),
        cmocka_unit_test(test_pair__asked_for_both_ways__the_same_with_its_client_end),
        cmocka_unit_test(test_pair__point_that_never_came__none),
        cmocka_unit_test(test_pair__three_points__each_with_each),
        cmocka_unit_test(test_pair__data_level_wanted__reinjections_judged),
        cmocka_unit_test(test_pair__data_level_wanted_and_mp_fail__heard_of),
        cmocka_unit_test(test_pair__flows_forgotten__gone_from_it),
        cmocka_unit_test(test_pair__many_segments_of_one_end__given_up_unless_all_are_wanted),
        cmocka_unit_test(test_pair__no_interfaces__nothing_collected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
