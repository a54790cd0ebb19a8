/* test_reinjection_figures.c - what a direction of a connection sent again, where it is more than
 * the log keeps.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tap/engine/reinjections/reinjection_figures.h"
#include "tests/support/segments.h"

#define CHUNK 10

static const hosts HOSTS = {.version = MPT_V1, .key = {0x0102030405060708, 0x1112131415161718}};

/* A scheduler that sends each chunk on two subflows, in turn first on one and on the other, and on a third
 * one each 100th chunk again: a run for each copy. */
static void send_all_twice(wire *w, unsigned chunks, bool third)
{
    flow f[3];

    f[0] = flow_between(w, "192.0.2.1", 40000, "192.0.2.2", 443, 0);
    flow_open_capable(&f[0], &HOSTS);
    for (unsigned i = 1; i < 3; i++) {
        f[i] = flow_between(w, "192.0.2.1", (uint16_t)(40000 + i), "192.0.2.2", 443, i);
        flow_open_join(&f[i], &HOSTS, 0, (const uint8_t[]){(uint8_t)i, 0}, false);
    }
    for (unsigned i = 0; i < chunks; i++) {
        int64_t dsn = 1 + (int64_t)i * CHUNK;

        flow_send_data(&f[i % 2], 0, &HOSTS, 0, dsn, CHUNK);
        flow_send_data(&f[!(i % 2)], 0, &HOSTS, 0, dsn, CHUNK);
        if (third && i % 100 == 0)
            flow_send_data(&f[2], 0, &HOSTS, 0, dsn, CHUNK);
        if (i % 50 == 49)
            for (unsigned k = 0; k < 3; k++)
                flow_send_data_ack(&f[k], 1, &HOSTS, 1, dsn + CHUNK);
    }
}

struct sums {
    uint64_t listed, pairs, pair_count, all;
};

static struct sums sums_of(const mpt_reinjection_figures *r)
{
    struct sums s = {.pair_count = r->pairs->len, .all = mpt_reinjection_bytes(r)};

    for (guint i = 0; i < r->runs->len; i++)
        s.listed += g_array_index(r->runs, mpt_reinjection_sum_run, i).bytes;
    for (guint i = 0; i < r->pairs->len; i++)
        for (unsigned k = 0; k < MPT_USEFULNESSES; k++)
            s.pairs += g_array_index(r->pairs, mpt_reinjection_pair, i).bytes[k];
    return s;
}

static void check(unsigned chunks, bool third, bool at_receiver, mpt_reinjection_figures *r)
{
    mpt_engine_config config;
    mpt_connection_view view;
    mpt_reinjection_log *log;
    GPtrArray *connections;
    wire w;

    memset(&w, 0, sizeof w);
    mpt_engine_config_default(&config);
    config.want_frames = true;
    wire_open(&w, &config);
    log = mpt_reinjection_log_new(w.engine);
    mpt_engine_observe(w.engine, &MPT_REINJECTION_OBSERVER, log);
    send_all_twice(&w, chunks, third);
    mpt_engine_flush(w.engine);
    connections = mpt_metrics_connections(w.engine);
    assert_int_equal(connections->len, 1);
    mpt_metrics_connection(w.engine, g_ptr_array_index(connections, 0), 0, &view);
    mpt_reinjection_figures_init(r, w.engine, log, &view, MPT_C2S, (mpt_maybe_int){true, at_receiver});
    assert_int_equal(mpt_reinjection_figures_certain(r), at_receiver);
    assert_int_equal(mpt_reinjection_bytes(r), view.direction[MPT_C2S].bytes.reinjected_bytes);
    mpt_metrics_clear(&view);
    g_ptr_array_unref(connections);
    mpt_engine_unobserve(w.engine, &MPT_REINJECTION_OBSERVER, log);
    mpt_reinjection_log_free(log);
    mpt_engine_free(w.engine);
}

static void test_resent__few_runs__all_listed(void **state)
{
    mpt_reinjection_figures r;
    (void)state;
    check(1000, true, true, &r);
    struct sums s = sums_of(&r);
    assert_int_equal(s.all, 1010 * CHUNK);
    assert_int_equal(s.listed, s.all);
    assert_int_equal(s.pairs, s.all);
    assert_int_equal(r.unlisted_bytes, 0);
    mpt_reinjection_figures_clear(&r);
}

static void test_resent__more_runs_than_are_kept__counted_with_verdicts(void **state)
{
    const unsigned chunks = 40000, again = chunks + chunks / 100;
    mpt_reinjection_figures r;

    (void)state;
    check(chunks, true, true, &r);
    struct sums s = sums_of(&r);
    assert_int_equal(s.all, again * CHUNK);
    assert_int_equal(r.bytes[MPT_REDUNDANT], s.all); /* what arrived later */
    assert_true(s.listed < s.all);
    assert_int_equal(s.listed + r.unlisted_bytes, s.all);
    assert_int_equal(s.pairs, s.all);
    assert_int_equal(s.pair_count, 3); /* 0 and 1 both ways; each 100th chunk is first on 0 */
    mpt_reinjection_figures_clear(&r);
}

static void test_resent__more_runs_than_are_kept_at_the_sender__judged_by_acknowledgements(void **state)
{
    mpt_reinjection_figures few, many;

    (void)state;
    check(1000, false, false, &few);
    check(40000, false, false, &many);
    assert_true(many.unlisted_bytes > 0);
    assert_int_equal(mpt_reinjection_bytes(&many), 40000 * CHUNK);
    for (unsigned k = 0; k < MPT_USEFULNESSES; k++)
        assert_int_equal(many.bytes[k], few.bytes[k] * 40);
    mpt_reinjection_figures_clear(&few);
    mpt_reinjection_figures_clear(&many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resent__few_runs__all_listed),
        cmocka_unit_test(test_resent__more_runs_than_are_kept__counted_with_verdicts),
        cmocka_unit_test(test_resent__more_runs_than_are_kept_at_the_sender__judged_by_acknowledgements),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
