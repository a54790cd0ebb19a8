/* test_eviction.c - who is forgotten when memory for connections without payload is short, and who never is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tap/engine/figures/metrics.h"
#include "tests/support/scene.h"

/* Room for a dozen connections without payload. */
#define ROOM 40000

static mpt_engine *small_engine(void)
{
    mpt_engine_config config;

    mpt_engine_config_default(&config);
    config.max_idle = ROOM;
    config.want_evidence = true;
    return mpt_engine_new(&config);
}

static struct path path_number(unsigned n)
{
    struct path p = path_v4("192.0.2.1", (uint16_t)(10000 + n), "198.51.100.1", 80);

    p.flow.isn[0] = n * 7919;
    return p;
}

static struct path open_number(struct scene *w, unsigned n)
{
    struct path p = path_number(n);

    open_capable(w, &p, 2 * n + 1, 2 * n + 2);
    return p;
}

/* Connections that the reports show. */
static guint shown(mpt_engine *e)
{
    GPtrArray *all;
    guint n;

    mpt_engine_flush(e);
    all = mpt_metrics_connections(e);
    n = all->len;
    g_ptr_array_unref(all);
    return n;
}

static void test_idle__flood_of_handshakes__oldest_forgotten_and_counted(void **state)
{
    mpt_engine *e = small_engine();
    struct scene w = scene_of(e);
    const mpt_engine_counts *c = mpt_engine_get_counts(e);
    guint left;

    (void)state;
    for (unsigned n = 0; n < 1000; n++)
        open_number(&w, n);
    left = shown(e);
    assert_in_range(left, 3, 40);
    assert_int_equal(left + c->connections_dropped, 1000);
    assert_int_equal(c->segments_dropped, 3 * c->connections_dropped);
    assert_int_equal(c->segments, 3000);
    mpt_engine_free(e);
}

static void test_idle__connections_with_payload__all_kept(void **state)
{
    mpt_engine *e = small_engine();
    struct scene w = scene_of(e);

    (void)state;
    for (unsigned n = 0; n < 300; n++) {
        struct path p = open_number(&w, n);
        send_data(&w, &p, 0, 1, 100, dss(1, 1, 100));
    }
    assert_int_equal(shown(e), 300);
    assert_int_equal(mpt_engine_get_counts(e)->connections_dropped, 0);
    assert_int_equal(mpt_engine_get_counts(e)->segments_dropped, 0);
    mpt_engine_free(e);
}

static void test_idle__payload_then_flood__the_one_with_payload_kept_with_its_idle_subflow(void **state)
{
    mpt_engine *e = small_engine();
    struct scene w = scene_of(e), flood = scene_of(e);
    struct path a = open_number(&w, 0), b = path_v4("203.0.113.1", 40001, "198.51.100.1", 80);
    mpt_connection_view v;
    GPtrArray *all;

    (void)state;
    open_join(&w, &b, 1);
    send_data(&w, &a, 0, 1, 100, dss(1, 1, 100));
    flood.wire.now_ns = w.wire.now_ns;
    for (unsigned n = 1; n < 500; n++)
        open_number(&flood, n);
    mpt_engine_flush(e);
    all = mpt_metrics_connections(e);
    mpt_metrics_connection(e, g_ptr_array_index(all, 0), 0, &v);
    assert_int_equal(v.subflow_count, 2);
    assert_int_equal(v.direction[0].bytes.first_bytes, 100);
    mpt_metrics_clear(&v);
    g_ptr_array_unref(all);
    mpt_engine_free(e);
}

static void test_idle__forgotten_token__join_finds_nothing_of_it(void **state)
{
    mpt_engine *e = small_engine();
    struct scene w = scene_of(e), flood = scene_of(e);
    struct path b = path_v4("203.0.113.1", 40001, "198.51.100.1", 80);
    GPtrArray *all;

    (void)state;
    open_number(&w, 0);
    flood.wire.now_ns = w.wire.now_ns;
    for (unsigned n = 1; n < 500; n++)
        open_number(&flood, n);
    w.wire = flood.wire;
    open_join(&w, &b, 1);
    mpt_engine_flush(e);
    all = mpt_metrics_connections(e);
    assert_true(((mpt_connection *)g_ptr_array_index(all, all->len - 1))->partial);
    g_ptr_array_unref(all);
    mpt_engine_free(e);
}

/* One 4-tuple again and again: the chain of older flows is cut at its end. */
static void test_idle__port_reused_often__oldest_forgotten(void **state)
{
    mpt_engine *e = small_engine();
    struct scene w = scene_of(e);

    (void)state;
    for (unsigned n = 0; n < 500; n++) {
        struct path p = path_number(0);
        p.flow.isn[0] = n * 1000003;
        p.flow.isn[1] = n * 7000003;
        open_capable(&w, &p, 2 * n + 1, 2 * n + 2);
    }
    assert_in_range(shown(e), 3, 40);
    mpt_engine_free(e);
}

static void test_idle__subflows_of_one_connection__newcomers_left_out(void **state)
{
    mpt_engine *e = small_engine();
    struct scene w = scene_of(e);

    (void)state;
    open_number(&w, 0);
    for (unsigned n = 1; n < 300; n++) {
        struct path p = path_number(n);
        open_join(&w, &p, 1);
    }
    assert_int_equal(shown(e), 1);
    assert_int_equal(mpt_engine_get_counts(e)->connections_dropped, 0);
    assert_true(mpt_engine_get_counts(e)->segments_dropped > 0);
    mpt_engine_free(e);
}

struct seen {
    GHashTable *subflows;
    unsigned forgotten;
};

static void on_segment(const mpt_connection *connection, const mpt_subflow *subflow, unsigned side,
                       const mpt_segment *segment, int64_t position, void *user)
{
    struct seen *seen = user;

    (void)connection, (void)side, (void)segment, (void)position;
    g_hash_table_add(seen->subflows, (gpointer)subflow);
}

static void on_forget(const mpt_connection *connection, const mpt_subflow *subflow, void *user)
{
    struct seen *seen = user;

    assert_non_null(connection);
    assert_true(g_hash_table_remove(seen->subflows, subflow));
    seen->forgotten++;
}

static void test_idle__observer__told_of_each_flow_once_before_it_is_freed(void **state)
{
    static const mpt_observer observer = {.segment = on_segment, .forget = on_forget};
    struct seen seen = {.subflows = g_hash_table_new(NULL, NULL)};
    mpt_engine *e = small_engine();
    struct scene w = scene_of(e);
    guint left;

    (void)state;
    mpt_engine_observe(e, &observer, &seen);
    for (unsigned n = 0; n < 200; n++)
        open_number(&w, n);
    left = shown(e);
    assert_int_equal(left, g_hash_table_size(seen.subflows));
    assert_int_equal(seen.forgotten, mpt_engine_get_counts(e)->connections_dropped);
    g_hash_table_destroy(seen.subflows);
    mpt_engine_free(e);
}

/* --- what is over --- */

#define SECOND INT64_C(1000000000)

struct told {
    uint32_t ids[8];
    unsigned n;
};

static void note_over(const mpt_connection *connection, uint32_t id, void *user)
{
    struct told *told = user;

    assert_true(connection->subflows->len > 0);
    assert_in_range(told->n, 0, G_N_ELEMENTS(told->ids) - 1);
    told->ids[told->n++] = id;
}

static void close_path(struct scene *w, struct path *p)
{
    for (unsigned side = 0; side < 2; side++)
        put(w, p, side, MPT_TCP_RST, 1, 0, 0, no_option());
}

static struct told release_after(mpt_engine *e, const struct scene *w, int64_t seconds)
{
    struct told told = {.n = 0};

    mpt_engine_release(e, w->wire.now_ns + seconds * SECOND, note_over, &told);
    return told;
}

static void test_release__ended__told_once_a_minute_later_and_forgotten(void **state)
{
    mpt_engine *e = small_engine();
    struct scene w = scene_of(e);
    struct path a = open_number(&w, 0), b = open_number(&w, 1), c;
    struct told told;

    (void)state;
    close_path(&w, &b);
    mpt_engine_flush(e);
    assert_int_equal(release_after(e, &w, 59).n, 0);
    told = release_after(e, &w, 61);
    assert_int_equal(told.n, 1);
    assert_int_equal(told.ids[0], 1);
    assert_int_equal(shown(e), 1);
    assert_int_equal(release_after(e, &w, 62).n, 0);
    /* Its place is used again, and ids go on. */
    c = open_number(&w, 2);
    close_path(&w, &a);
    close_path(&w, &c);
    mpt_engine_flush(e);
    assert_int_equal(mpt_engine_connections(e)->len, 2);
    told = release_after(e, &w, 61);
    assert_int_equal(told.n, 2);
    assert_int_equal(told.ids[0], 0);
    assert_int_equal(told.ids[1], 2);
    assert_int_equal(shown(e), 0);
    assert_int_equal(mpt_engine_get_counts(e)->connections_dropped, 0);
    assert_int_equal(mpt_engine_get_counts(e)->segments_dropped, 0);
    mpt_engine_free(e);
}

static void test_release__still_open__told_after_hours_or_at_the_end(void **state)
{
    mpt_engine *e = small_engine();
    struct scene w = scene_of(e);
    struct told told = {.n = 0};

    (void)state;
    open_number(&w, 0);
    mpt_engine_flush(e);
    assert_int_equal(release_after(e, &w, 14399).n, 0);
    assert_int_equal(release_after(e, &w, 14401).n, 1);
    open_number(&w, 1);
    mpt_engine_flush(e);
    mpt_engine_release(e, INT64_MAX, note_over, &told);
    assert_int_equal(told.n, 1);
    assert_int_equal(told.ids[0], 1);
    mpt_engine_free(e);
}

static void test_release__plain_tcp__forgotten_without_a_word_and_counted(void **state)
{
    mpt_engine *e = small_engine();
    struct scene w = scene_of(e);
    struct path p = path_number(0);

    (void)state;
    send_syn(&w, &p, 0, no_option());
    send_synack(&w, &p, 1, no_option());
    close_path(&w, &p);
    mpt_engine_flush(e);
    assert_int_equal(mpt_metrics_plain_tcp(e), 1);
    assert_int_equal(release_after(e, &w, 61).n, 0);
    assert_true(mpt_engine_forgot(g_ptr_array_index(mpt_engine_subflows(e), 0)));
    assert_int_equal(mpt_metrics_plain_tcp(e), 1);
    mpt_engine_free(e);
}

static void test_release__same_ports_afterwards__a_connection_of_its_own(void **state)
{
    mpt_engine *e = small_engine();
    struct scene w = scene_of(e);
    struct path p = open_number(&w, 0);

    (void)state;
    close_path(&w, &p);
    mpt_engine_flush(e);
    assert_int_equal(release_after(e, &w, 61).n, 1);
    w.wire.now_ns += 100 * SECOND;
    p = open_number(&w, 0); /* with the same sequence numbers and keys, too */
    send_data(&w, &p, 0, 1, 100, dss(1, 1, 100));
    assert_int_equal(shown(e), 1);
    assert_int_equal(mpt_engine_get_counts(e)->late_segments, 0);
    mpt_engine_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_idle__flood_of_handshakes__oldest_forgotten_and_counted),
        cmocka_unit_test(test_idle__connections_with_payload__all_kept),
        cmocka_unit_test(test_idle__payload_then_flood__the_one_with_payload_kept_with_its_idle_subflow),
        cmocka_unit_test(test_idle__forgotten_token__join_finds_nothing_of_it),
        cmocka_unit_test(test_idle__port_reused_often__oldest_forgotten),
        cmocka_unit_test(test_idle__subflows_of_one_connection__newcomers_left_out),
        cmocka_unit_test(test_idle__observer__told_of_each_flow_once_before_it_is_freed),
        cmocka_unit_test(test_release__ended__told_once_a_minute_later_and_forgotten),
        cmocka_unit_test(test_release__still_open__told_after_hours_or_at_the_end),
        cmocka_unit_test(test_release__plain_tcp__forgotten_without_a_word_and_counted),
        cmocka_unit_test(test_release__same_ports_afterwards__a_connection_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
