/* story.h - the capture that most tests of reports use, and reports asked for as with -z.
 *
 * Connection 0 sends 1000 bytes on subflow 0 and 500 on subflow 1, which then reinjects 200 of the first;
 * stream 2 is plain TCP; connection 1 is stream 3, whose MP_CAPABLE was answered by a plain SYN/ACK.
 *
 * Invariant: 36 segments, a millisecond apart.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_TEST_STORY_H
#define MPT_TEST_STORY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plugin/report/report.h"
#include "segments.h"

static const hosts FIRST = {MPT_V1, {0x4fd46b20d8d89131, 0x362e10e4c893a368}};
static const hosts SECOND = {MPT_V1, {0x1111111111111111, 0x2222222222222222}};

typedef struct story {
    wire wire;
    GPtrArray *connections;
    mpt_arguments arguments[4];
    mpt_report_context contexts[4];
    unsigned count;
} story;

static inline void begin(story *s)
{
    mpt_engine_config config;

    *s = (story){.count = 0};
    mpt_engine_config_default(&config);
    config.want_rtt = true;
    wire_open(&s->wire, &config);
}

static inline void end(story *s)
{
    for (unsigned i = 0; i < s->count; i++)
        mpt_arguments_clear(&s->arguments[i]);
    if (s->connections)
        g_ptr_array_unref(s->connections);
    mpt_engine_free(s->wire.engine);
}

static inline void tell_first(story *s)
{
    flow f = flow_between(&s->wire, "192.0.2.1", 40000, "192.0.2.2", 5001, 0);
    flow g = flow_between(&s->wire, "198.51.100.1", 41000, "192.0.2.2", 5001, 1);

    flow_open_capable(&f, &FIRST);
    flow_open_join(&g, &FIRST, 0, (const uint8_t[]){7, 0}, true);
    flow_send_data(&f, 0, &FIRST, 0, 1, 1000);
    flow_send_data_ack(&f, 1, &FIRST, 1, 1001);
    flow_send_data(&g, 0, &FIRST, 0, 1001, 500);
    flow_send_data(&g, 0, &FIRST, 0, 1, 200);
    flow_send_data_ack(&g, 1, &FIRST, 1, 1501);
    flow_send_data_fin(&f, 0, &FIRST, 0, 1501);
    flow_send_data_ack(&f, 1, &FIRST, 1, 1502);
    flow_send_data_fin(&f, 1, &FIRST, 1, 1);
    flow_send_data_ack(&f, 0, &FIRST, 0, 2);
    flow_close(&f);
    flow_close(&g);
}

static inline void tell_others(story *s)
{
    flow plain = flow_between(&s->wire, "192.0.2.9", 50000, "192.0.2.2", 22, 2);
    flow fallback = flow_between(&s->wire, "203.0.113.5", 42000, "192.0.2.2", 5001, 3);

    flow_open_plain(&plain);
    flow_send(&plain, 1, MPT_TCP_ACK, 77, NULL, 0);
    flow_close(&plain);
    flow_open_refused_capable(&fallback, &SECOND);
    flow_send(&fallback, 0, MPT_TCP_ACK, 300, NULL, 0);
    flow_send(&fallback, 1, MPT_TCP_ACK, 0, NULL, 0);
    flow_close(&fallback);
}

static inline void told(story *s)
{
    mpt_engine_flush(s->wire.engine);
    s->connections = mpt_metrics_connections(s->wire.engine);
}

static inline void begin_whole(story *s)
{
    begin(s);
    tell_first(s);
    tell_others(s);
    told(s);
}

/* The context of a report as it is asked for with -z. */
static inline const mpt_report_context *ask(story *s, const char *text)
{
    mpt_arguments *a = &s->arguments[s->count];
    mpt_report_context *x = &s->contexts[s->count];
    char *error = NULL;

    assert_true(s->count < G_N_ELEMENTS(s->arguments));
    assert_int_equal(mpt_arguments_parse(text, a, &error), MPT_ARGUMENTS_OK);
    *x = (mpt_report_context){.engine = s->wire.engine,
                              .connections = s->connections,
                              .arguments = a,
                              .mark = a->filter ? 1u : 0u,
                              .wireshark_version = "4.0.17"};
    s->count++;
    return x;
}

static inline void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("there is no <%s> in:\n%s", part, text);
}

static inline void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("there is <%s> in:\n%s", part, text);
}

#endif
