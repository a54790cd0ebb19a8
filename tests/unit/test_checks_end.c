/* test_checks_end.c - checks of how the data ends: DATA_FINs, and what closes a connection; a near miss for each.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/support/findings_scene.h"

/* --- a DATA_FIN at several DSNs --- */

/* The client sends a DATA_FIN behind 100 bytes, and on b another one, `further` bytes from it. */
static void send_two_fins(struct scene *s, int64_t further)
{
    begin_two(s);
    flow_send_data_fin(&s->a, 0, &s->h, 0, 101);
    flow_send_data_ack(&s->a, 1, &s->h, 1, 102);
    flow_send_data_fin(&s->b, 0, &s->h, 0, 101 + further);
    flow_send_data_fin(&s->b, 0, &s->h, 0, 101 + further);
    flow_send_data_ack(&s->b, 1, &s->h, 1, 102 + further);
}

static void test_data_fin_moved__one_byte__error(void **state)
{
    struct scene s;
    struct result r;
    (void)state;
    send_two_fins(&s, 1);
    r = expect_one(&s, MPT_FINDING_DATA_FIN_MOVED, MPT_SEVERITY_ERROR);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.frame, 12);
    expect_words(r, "1 byte after its first one (frame 10; 2 times)");
}

static void test_data_fin_moved__same_on_both_subflows__none(void **state)
{
    struct scene s;
    (void)state;
    send_two_fins(&s, 0);
    expect_none(&s, MPT_FINDING_DATA_FIN_MOVED);
}

/* The events of the only connection that are DATA_FINs: their counts, up to 3. */
static guint fin_counts(const struct scene *s, uint32_t count[3])
{
    const GPtrArray *connections = mpt_engine_connections(s->w.engine);
    guint n = 0;

    for (guint k = 0; k < connections->len; k++) {
        const GArray *events = ((const mpt_connection *)g_ptr_array_index(connections, k))->events;
        for (guint i = 0; events && i < events->len; i++) {
            const mpt_event *event = &g_array_index(events, mpt_event, i);
            if (event->type == MPT_EVENT_DATA_FIN)
                count[n++] = event->count;
        }
    }
    return n;
}

static void test_data_fin__two_dsns_in_turn__an_event_each(void **state)
{
    struct scene s;
    uint32_t count[3];
    mpt_connection_view v;
    GPtrArray *all;
    (void)state;
    send_two_fins(&s, 1);
    flow_send_data_fin(&s.a, 0, &s.h, 0, 101);
    mpt_engine_flush(s.w.engine);
    assert_int_equal(fin_counts(&s, count), 2);
    assert_int_equal(count[0], 2);
    assert_int_equal(count[1], 2);
    all = mpt_metrics_connections(s.w.engine);
    mpt_metrics_connection(s.w.engine, g_ptr_array_index(all, 0), 0, &v);
    assert_int_equal(v.direction[MPT_C2S].data.data_ack_max.value, 103);
    assert_int_equal(v.direction[MPT_C2S].data.acked_bytes.value, 100);
    mpt_metrics_clear(&v);
    g_ptr_array_unref(all);
    leave(&s);
}

/* Both subflows began before the capture; what b sends is found to be of a's connection by its 64-bit DSN. */
static void test_data_fin__partial_connections_merged__one_event(void **state)
{
    struct scene s;
    uint32_t count[3];
    mpt_option o;
    (void)state;
    begin(&s);
    flow_send_data(&s.a, 0, &s.h, 0, 1, 100);
    flow_send_data_fin(&s.a, 0, &s.h, 0, 101);
    o = option_dss(&(mpt_dss){
        .has_mapping = true, .data_fin = true, .dsn = (uint32_t)dsn_of(&s.h, 0, 101), .length = 1});
    send_one(&s.b, 0, MPT_TCP_ACK, &o);
    flow_send_data(&s.b, 0, &s.h, 0, 51, 50);
    mpt_engine_flush(s.w.engine);
    assert_int_equal(fin_counts(&s, count), 1);
    assert_int_equal(count[0], 2);
    leave(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_data_fin_moved__one_byte__error),
        cmocka_unit_test(test_data_fin_moved__same_on_both_subflows__none),
        cmocka_unit_test(test_data_fin__two_dsns_in_turn__an_event_each),
        cmocka_unit_test(test_data_fin__partial_connections_merged__one_event),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
