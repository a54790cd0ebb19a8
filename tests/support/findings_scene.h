/* findings_scene.h - for tests of findings: a connection to start from, and what was found in it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_TEST_FINDINGS_SCENE_H
#define MPT_TEST_FINDINGS_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plugin/report/common/finding_text.h"
#include "segments.h"
#include "tap/engine/speed/speed.h"
#include "tests/support/option_write.h"

#define MS INT64_C(1000000)

static const hosts HOSTS = {.version = 1, .key = {0x1111222233334444, 0x5555666677778888}};

/* A capture of one connection between 192.0.2.1 and 192.0.2.2; b goes from 198.51.100.1. */
struct scene {
    wire w;
    mpt_reinjection_log *log;
    hosts h;
    flow a, b;
};

static inline void begin(struct scene *s)
{
    mpt_engine_config config;

    mpt_engine_config_default(&config);
    config.want_checksums = config.want_frames = config.want_evidence = true;
    wire_open(&s->w, &config);
    s->log = mpt_reinjection_log_new(s->w.engine);
    mpt_engine_observe(s->w.engine, &MPT_REINJECTION_OBSERVER, s->log);
    mpt_speed_open(s->w.engine, false);
    s->h = HOSTS;
    s->a = flow_between(&s->w, "192.0.2.1", 40000, "192.0.2.2", 5001, 0);
    s->b = flow_between(&s->w, "198.51.100.1", 40001, "192.0.2.2", 5001, 1);
}

static inline void begin_open(struct scene *s)
{
    begin(s);
    flow_open_capable(&s->a, &s->h);
    flow_send_data(&s->a, 0, &s->h, 0, 1, 100);
    flow_send_data_ack(&s->a, 1, &s->h, 1, 101);
}

static const uint8_t IDS[2] = {1, 0};

/* The join of b, with the fourth ACK. */
static inline void join_b(struct scene *s, bool backup)
{
    flow_open_join(&s->b, &s->h, 0, IDS, backup);
    flow_send(&s->b, 1, MPT_TCP_ACK, 0, NULL, 0);
}

static inline void begin_two(struct scene *s)
{
    begin_open(s);
    join_b(s, false);
}

static inline void later(struct scene *s, int64_t ms)
{
    s->w.now_ns += ms * MS;
}

static inline mpt_option reset_reason(uint8_t reason)
{
    return (mpt_option){.subtype = MPT_MP_TCPRST, .length = 4, .tcprst = {.reason = reason}};
}

static inline void send_reset(flow *f, unsigned side, uint8_t reason)
{
    mpt_option o = reset_reason(reason);

    flow_send(f, side, MPT_TCP_RST | MPT_TCP_ACK, 0, &o, 1);
}

static inline void send_one(flow *f, unsigned side, uint16_t flags, const mpt_option *o)
{
    flow_send(f, side, flags, 0, o, 1);
}

/* What flow_send() can't set: a window, payload bytes, presence bits. */
struct extra {
    uint32_t window, presence, tsval;
    const uint8_t *payload;
};

static inline void send_extra(flow *f, unsigned side, uint16_t flags, uint32_t len, const mpt_option *o,
                              struct extra extra)
{
    mpt_segment g = {.time_ns = f->wire->now_ns,
                     .frame = ++f->wire->frame,
                     .presence = extra.presence,
                     .src = f->ends[side],
                     .dst = f->ends[!side],
                     .seq = f->isn[side] + f->next[side],
                     .ack = f->isn[!side] + f->next[!side],
                     .window = extra.window,
                     .payload_len = len,
                     .tsval = extra.tsval,
                     .payload = extra.payload,
                     .captured_payload = extra.payload ? len : 0,
                     .flags = flags};

    if (o)
        g.option_len = (uint16_t)mpt_option_write(o, g.options, sizeof g.options);
    mpt_engine_feed(f->wire->engine, &g);
    f->next[side] += len;
    f->wire->now_ns += MS;
}

/* --- what was found --- */

struct result {
    unsigned count;
    mpt_severity severity;
    uint64_t n;
    uint32_t frame;
    mpt_maybe_ns time;
    mpt_maybe_int subflow;
    mpt_finding_unit unit;
    uint16_t rfc;
    const char *section;
    char sentence[400];
};

static inline void look(const GArray *findings, mpt_finding_id id, struct result *r)
{
    for (guint i = 0; i < findings->len; i++) {
        const mpt_finding *f = &g_array_index(findings, mpt_finding, i);
        char *sentence = mpt_finding_sentence(f, NULL);
        assert_true(sentence[strlen(sentence) - 1] == '.');
        if (f->id == id)
            g_strlcpy(r->sentence, sentence, sizeof r->sentence);
        g_free(sentence);
        if (f->id != id)
            continue;
        r->count++;
        r->severity = f->severity;
        r->n = f->count;
        r->frame = f->frame;
        r->time = f->time;
        r->subflow = f->subflow;
        r->unit = f->unit;
        r->rfc = f->rfc.number;
        r->section = f->rfc.section;
    }
}

/* finish() does it too. */
static inline void leave(struct scene *s)
{
    mpt_reinjection_log_free(s->log);
    mpt_engine_free(s->w.engine);
}

/* Ends the capture and counts the findings of this check, in all connections and of the capture. */
static inline struct result finish(struct scene *s, mpt_finding_id id)
{
    struct result r = {0};
    GPtrArray *connections;
    GArray *findings;

    mpt_engine_flush(s->w.engine);
    connections = mpt_metrics_connections(s->w.engine);
    for (guint k = 0; k < connections->len; k++) {
        mpt_connection_view v;
        mpt_metrics_connection(s->w.engine, g_ptr_array_index(connections, k), k, &v);
        findings = mpt_findings_of_connection(s->w.engine, &v, s->log);
        look(findings, id, &r);
        g_array_unref(findings);
        mpt_metrics_clear(&v);
    }
    findings = mpt_findings_of_capture(s->w.engine);
    look(findings, id, &r);
    g_array_unref(findings);
    g_ptr_array_unref(connections);
    leave(s);
    return r;
}

static inline void expect_none(struct scene *s, mpt_finding_id id)
{
    struct result r = finish(s, id);

    if (r.count)
        print_error("%s: %s\n", mpt_finding_name(id), r.sentence);
    assert_int_equal(r.count, 0);
}

static inline struct result expect_one(struct scene *s, mpt_finding_id id, mpt_severity severity)
{
    struct result r = finish(s, id);

    if (r.count != 1)
        print_error("%s: %u findings\n", mpt_finding_name(id), r.count);
    assert_int_equal(r.count, 1);
    assert_int_equal(r.severity, severity);
    return r;
}

static inline void expect_words(struct result r, const char *words)
{
    if (!strstr(r.sentence, words))
        print_error("\"%s\" is not in: %s\n", words, r.sentence);
    assert_non_null(strstr(r.sentence, words));
}

#endif
