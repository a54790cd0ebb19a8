/* test_stream.c - the byte stream of one connection, put together by DSN.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tap/engine/figures/metrics.h"
#include "tap/engine/stream/stream.h"
#include "tests/support/option_write.h"
#include "tests/support/segments.h"

static const hosts FIRST = {MPT_V1, {0x4fd46b20d8d89131, 0x362e10e4c893a368}};
static const hosts SECOND = {MPT_V1, {0x1111111111111111, 0x2222222222222222}};

typedef struct scene {
    wire wire;
    mpt_stream *stream;
} scene;

static void begin(scene *s, uint32_t id)
{
    mpt_engine_config config;

    mpt_engine_config_default(&config);
    config.want_payload = config.want_checksums = true;
    wire_open(&s->wire, &config);
    s->stream = mpt_stream_new(s->wire.engine, id);
    mpt_engine_observe(s->wire.engine, &mpt_stream_observer, s->stream);
}

static void end(scene *s)
{
    mpt_stream_free(s->stream);
    mpt_engine_free(s->wire.engine);
}

/* Each byte tells its relative DSN and the copy that it is of. */
static uint8_t byte_of(int64_t dsn, unsigned copy)
{
    return (uint8_t)(dsn * 5 + 100 * copy);
}

/* `len` bytes of the client, from relative DSN `dsn` on, of which `captured` are in the capture. */
static void send_bytes(flow *f, const hosts *h, int64_t dsn, uint16_t len, uint32_t captured, unsigned copy,
                       bool mapped)
{
    uint8_t bytes[2000];
    mpt_option o = option_dss(&(mpt_dss){
        .has_mapping = true, .dsn_64bit = true, .dsn = dsn_of(h, 0, dsn), .ssn = f->next[0], .length = len});
    mpt_segment g = {
        .time_ns = f->wire->now_ns,
        .frame = ++f->wire->frame,
        .src = f->ends[0],
        .dst = f->ends[1],
        .seq = f->isn[0] + f->next[0],
        .ack = f->isn[1] + f->next[1],
        .payload_len = len,
        .flags = MPT_TCP_ACK,
        .payload = bytes,
        .captured_payload = captured,
    };
    unsigned i;

    assert_true(len <= sizeof bytes);
    for (i = 0; i < len; i++)
        bytes[i] = byte_of(dsn + i, copy);
    if (mapped)
        g.option_len = (uint16_t)mpt_option_write(&o, g.options, sizeof g.options);
    mpt_engine_feed(f->wire->engine, &g);
    f->next[0] += len;
    f->wire->now_ns += 1000000;
}

static const mpt_connection *connection(scene *s, uint32_t id)
{
    GPtrArray *all = mpt_metrics_connections(s->wire.engine);
    const mpt_connection *c = g_ptr_array_index(all, id);

    g_ptr_array_unref(all);
    return c;
}

static mpt_stream_direction direction_of(scene *s, uint32_t id)
{
    mpt_stream_direction d;

    mpt_engine_flush(s->wire.engine);
    assert_true(mpt_stream_direction_of(s->stream, connection(s, id), 0, &d));
    return d;
}

/* Run `index` is [dsn, dsn + length) of this subflow and copy, in this frame. */
static void assert_run(const mpt_stream_direction *d, guint index, int64_t dsn, uint32_t length,
                       uint16_t owner, unsigned copy, uint32_t frame)
{
    const mpt_stream_run *run = &g_array_index(d->runs, mpt_stream_run, index);
    uint32_t i;

    assert_true(index < d->runs->len);
    assert_int_equal(run->dsn - d->start + 1, dsn);
    assert_int_equal(run->length, length);
    assert_int_equal(run->owner, owner);
    assert_int_equal(run->frame, frame);
    for (i = 0; i < length; i++)
        assert_int_equal(run->bytes[i], byte_of(dsn + i, copy));
}

static void open_two(scene *s, flow *f, flow *g)
{
    *f = flow_between(&s->wire, "192.0.2.1", 40000, "192.0.2.2", 5001, 0);
    *g = flow_between(&s->wire, "198.51.100.1", 41000, "192.0.2.2", 5001, 1);
    flow_open_capable(f, &FIRST);                                 /* frames 1 to 3 */
    flow_open_join(g, &FIRST, 0, (const uint8_t[]){1, 0}, false); /* 4 to 6 */
}

static void test_direction__two_subflows__in_order_of_dsn(void **state)
{
    mpt_stream_direction d;
    flow f, g;
    scene s;

    (void)state;
    begin(&s, 0);
    open_two(&s, &f, &g);
    send_bytes(&f, &FIRST, 1, 100, 100, 1, true);   /* frame 7 */
    send_bytes(&g, &FIRST, 301, 100, 100, 1, true); /* 8 */
    send_bytes(&f, &FIRST, 101, 200, 200, 1, true); /* 9 */
    flow_send_data_fin(&f, 0, &FIRST, 0, 451);
    d = direction_of(&s, 0);
    assert_int_equal(d.runs->len, 3);
    assert_run(&d, 0, 1, 100, 0, 1, 7);
    assert_run(&d, 1, 101, 200, 0, 1, 9);
    assert_run(&d, 2, 301, 100, 1, 1, 8);
    assert_true(d.has_fin);
    assert_int_equal(d.end - d.start, 450); /* 50 bytes before the DATA_FIN are missing */
    mpt_stream_clear(&d);
    end(&s);
}

static void test_direction__reinjected__first_copy_wins_by_byte(void **state)
{
    mpt_stream_direction d;
    flow f, g;
    scene s;

    (void)state;
    begin(&s, 0);
    open_two(&s, &f, &g);
    send_bytes(&f, &FIRST, 101, 100, 100, 1, true); /* frame 7 */
    send_bytes(&g, &FIRST, 1, 300, 300, 2, true);   /* 8 */
    d = direction_of(&s, 0);
    assert_int_equal(d.runs->len, 3);
    assert_run(&d, 0, 1, 100, 1, 2, 8);
    assert_run(&d, 1, 101, 100, 0, 1, 7);
    assert_run(&d, 2, 201, 100, 1, 2, 8);
    mpt_stream_clear(&d);
    end(&s);
}

static void test_direction__mapping_comes_late__bytes_with_their_own_frame(void **state)
{
    mpt_stream_direction d;
    mpt_option o;
    flow f, g;
    scene s;

    (void)state;
    begin(&s, 0);
    open_two(&s, &f, &g);
    o = option_dss(&(mpt_dss){
        .has_mapping = true, .dsn_64bit = true, .dsn = dsn_of(&FIRST, 0, 1), .ssn = 1, .length = 200});
    send_bytes(&f, &FIRST, 1, 100, 100, 1, false);   /* frame 7 */
    send_bytes(&f, &FIRST, 101, 100, 100, 1, false); /* 8 */
    send_bytes(&g, &FIRST, 51, 100, 100, 2, true);   /* 9: a later copy, mapped earlier */
    flow_send(&f, 0, MPT_TCP_ACK, 0, &o, 1);
    d = direction_of(&s, 0);
    assert_int_equal(d.runs->len, 2);
    assert_run(&d, 0, 1, 100, 0, 1, 7);
    assert_run(&d, 1, 101, 100, 0, 1, 8);
    mpt_stream_clear(&d);
    end(&s);
}

static void test_direction__never_mapped__not_there(void **state)
{
    mpt_stream_direction d;
    flow f, g;
    scene s;

    (void)state;
    begin(&s, 0);
    open_two(&s, &f, &g);
    send_bytes(&f, &FIRST, 1, 100, 100, 1, true);
    send_bytes(&f, &FIRST, 101, 100, 100, 1, false);
    d = direction_of(&s, 0);
    assert_int_equal(d.runs->len, 1);
    assert_int_equal(d.end - d.start, 100);
    assert_false(d.has_fin);
    mpt_stream_clear(&d);
    end(&s);
}

static void test_direction__cut_by_the_snaplen__a_gap(void **state)
{
    mpt_stream_direction d;
    flow f, g;
    scene s;

    (void)state;
    begin(&s, 0);
    open_two(&s, &f, &g);
    send_bytes(&f, &FIRST, 1, 100, 60, 1, true);
    send_bytes(&f, &FIRST, 101, 100, 0, 1, true);
    d = direction_of(&s, 0);
    assert_int_equal(d.runs->len, 1);
    assert_run(&d, 0, 1, 60, 0, 1, 7);
    assert_int_equal(d.end - d.start, 200);
    mpt_stream_clear(&d);
    end(&s);
}

static void test_direction__tcp_after_refusal__its_bytes_and_fin(void **state)
{
    mpt_stream_direction d;
    scene s;
    flow f;

    (void)state;
    begin(&s, 0);
    f = flow_between(&s.wire, "192.0.2.1", 40000, "192.0.2.2", 5001, 0);
    flow_open_refused_capable(&f, &FIRST);
    send_bytes(&f, &FIRST, 1, 100, 100, 1, false); /* frame 4 */
    flow_close(&f);
    d = direction_of(&s, 0);
    assert_int_equal(d.runs->len, 1);
    assert_run(&d, 0, 1, 100, 0, 1, 4);
    assert_true(d.has_fin);
    assert_int_equal(d.end - d.start, 100);
    mpt_stream_clear(&d);
    end(&s);
}

/* What is asked for is kept, whatever its number; another one's bytes are let go after the look-back. */
static void asked_for(uint32_t id)
{
    flow f[2];
    scene s;
    unsigned i;

    begin(&s, id);
    for (i = 0; i < 2; i++) {
        f[i] = flow_between(&s.wire, "192.0.2.1", (uint16_t)(40000 + i), "192.0.2.2", 5001, i);
        flow_open_capable(&f[i], i ? &SECOND : &FIRST);
        send_bytes(&f[i], i ? &SECOND : &FIRST, 1, 100, 100, i, true);
    }
    s.wire.now_ns += INT64_C(10000000000);
    for (i = 0; i < 2; i++)
        send_bytes(&f[i], i ? &SECOND : &FIRST, 101, 100, 100, i, true);
    f[0] = flow_between(&s.wire, "192.0.2.1", 40002, "192.0.2.2", 5001, 2);
    flow_open_capable(&f[0], &(hosts){MPT_V1, {3, 4}});
    send_bytes(&f[0], &(hosts){MPT_V1, {3, 4}}, 1, 100, 100, 2, true);
    mpt_engine_flush(s.wire.engine);
    for (i = 0; i < 2; i++) {
        mpt_stream_direction d;
        assert_int_equal(mpt_stream_direction_of(s.stream, connection(&s, i), 0, &d), i == id);
        assert_int_equal(d.runs->len, i == id ? 2 : 0);
        mpt_stream_clear(&d);
    }
    end(&s);
}

static void test_direction__of_two_connections__only_the_one_asked_for(void **state)
{
    (void)state;
    asked_for(0);
    asked_for(1);
}

/* The file has a later frame of the second connection in front of all others: it is number 0. */
static void test_direction__earlier_frame_comes_later__kept(void **state)
{
    mpt_stream_direction d;
    scene s;
    flow f[2];

    (void)state;
    begin(&s, 0);
    for (unsigned i = 0; i < 2; i++) {
        s.wire.frame = 100 * (i + 1);
        f[i] = flow_between(&s.wire, "192.0.2.1", (uint16_t)(40000 + i), "192.0.2.2", 5001, i);
        flow_open_capable(&f[i], i ? &SECOND : &FIRST);
        send_bytes(&f[i], i ? &SECOND : &FIRST, 1, 100, 100, i, true);
    }
    s.wire.frame = 0;
    flow_send(&f[1], 1, MPT_TCP_ACK, 0, NULL, 0);
    mpt_engine_flush(s.wire.engine);
    assert_true(mpt_stream_direction_of(s.stream, connection(&s, 1), 0, &d));
    assert_int_equal(d.runs->len, 1);
    mpt_stream_clear(&d);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_direction__two_subflows__in_order_of_dsn),
        cmocka_unit_test(test_direction__reinjected__first_copy_wins_by_byte),
        cmocka_unit_test(test_direction__mapping_comes_late__bytes_with_their_own_frame),
        cmocka_unit_test(test_direction__never_mapped__not_there),
        cmocka_unit_test(test_direction__cut_by_the_snaplen__a_gap),
        cmocka_unit_test(test_direction__tcp_after_refusal__its_bytes_and_fin),
        cmocka_unit_test(test_direction__of_two_connections__only_the_one_asked_for),
        cmocka_unit_test(test_direction__earlier_frame_comes_later__kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
