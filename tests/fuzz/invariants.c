/* invariants.c - see invariants.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "invariants.h"

#include <math.h>

#include "fuzz.h"
#include "plugin/report/json_document.h"
#include "plugin/report/registry.h"
#include "tap/engine/speed/speed.h"

struct fuzz_report {
    mpt_arguments arguments;
    mpt_sink *live; /* NULL without `live` */
    void *collected;
};

/* --- the reports --- */

static const char *const options[] = {"",
                                      ",full",
                                      ",format=csv",
                                      ",full,format=csv",
                                      ",format=json",
                                      ",full,format=json",
                                      ",stream=0",
                                      ",stream=0,direction=s2c",
                                      ",type=data",
                                      ",stream=0,format=svg",
                                      ",stream=0,format=xpl",
                                      ",direction=c2s,format=csv",
                                      ",live"};

/* "mptcp,<report><options>", of all that the reports of the family take. */
static GPtrArray *all_of(const char *family)
{
    char **names = g_strsplit(family, ",", -1);
    GPtrArray *texts = g_ptr_array_new();
    const mpt_report *report;

    for (unsigned k = 0; (report = mpt_registry_at(k)) != NULL; k++) {
        /* `paths` compares engines of several points, of which there is one here. */
        if (report == &mpt_paths_report || !g_strv_contains((const char *const *)names, report->name))
            continue;
        for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
            char *text = g_strconcat("mptcp,", report->name, options[i], NULL), *error = NULL;
            mpt_arguments a;

            if (mpt_arguments_parse(text, &a, &error) == MPT_ARGUMENTS_OK) {
                mpt_arguments_clear(&a);
                g_ptr_array_add(texts, g_steal_pointer(&text));
            }
            g_free(error);
            g_free(text);
        }
    }
    FUZZ_CHECK(texts->len > 0);
    g_strfreev(names);
    return texts;
}

static void choose(fuzz_reports *reports, const char *text, mpt_engine_config *config)
{
    struct fuzz_report *r = g_new0(struct fuzz_report, 1);
    struct mpt_report_needs needs = {0};
    char *error = NULL;

    FUZZ_CHECK(mpt_arguments_parse(text, &r->arguments, &error) == MPT_ARGUMENTS_OK);
    if (r->arguments.report->needs)
        r->arguments.report->needs(&r->arguments, &needs);
    config->want_rtt |= needs.rtt;
    config->want_checksums |= needs.checksums;
    config->want_payload |= needs.payload;
    config->want_frames |= needs.frames;
    config->want_hmacs |= needs.hmacs;
    config->want_evidence |= needs.evidence;
    g_ptr_array_add(reports->open, r);
}

void fuzz_reports_choose(fuzz_reports *reports, const char *family, uint8_t which, mpt_engine_config *config)
{
    static GPtrArray *texts;

    if (!texts)
        texts = all_of(family);
    reports->open = g_ptr_array_new();
    for (guint i = 0; i < texts->len; i++)
        if (which == 0 || (which - 1u) % texts->len == i)
            choose(reports, g_ptr_array_index(texts, i), config);
}

static void open_report(struct fuzz_report *r, mpt_engine *engine)
{
    const mpt_report *report = r->arguments.report;

    if (!report->observer)
        return;
    r->live = mpt_arguments_has(&r->arguments, MPT_ARG_LIVE) ? mpt_sink_new_memory() : NULL;
    r->collected = report->open(&r->arguments, engine, r->live, 0);
    mpt_engine_observe(engine, report->observer, r->collected);
}

void fuzz_reports_open(fuzz_reports *reports, mpt_engine *engine)
{
    reports->engine = engine;
    reports->paths = mpt_path_collector_new(MPT_PATHS_FLOWS | MPT_PATHS_SAMPLES | MPT_PATHS_DATA);
    mpt_path_collector_watch(reports->paths, engine, 0);
    mpt_speed_open(engine, true);
    reports->reinjections = mpt_reinjection_log_new(engine);
    mpt_engine_observe(engine, &MPT_REINJECTION_OBSERVER, reports->reinjections);
    for (guint i = 0; i < reports->open->len; i++)
        open_report(g_ptr_array_index(reports->open, i), engine);
}

static void print(const mpt_report_context *x)
{
    mpt_sink *sink = mpt_sink_new_memory();
    GString *sentence = g_string_new(NULL);
    size_t length;

    if (x->arguments->format == MPT_FORMAT_JSON) {
        mpt_json_document *document = mpt_json_document_begin(sink, x);
        mpt_json_document_add(document, x);
        mpt_json_document_end(document);
    } else {
        mpt_report_print(x, sink, sentence);
    }
    FUZZ_CHECK(g_utf8_validate(mpt_sink_text(sink, &length), -1, NULL));
    FUZZ_CHECK(g_utf8_validate(sentence->str, -1, NULL));
    g_string_free(sentence, TRUE);
    mpt_sink_free(sink);
}

void fuzz_reports_print(const fuzz_reports *reports)
{
    GPtrArray *connections = mpt_metrics_connections(reports->engine);

    for (guint i = 0; i < reports->open->len; i++) {
        const struct fuzz_report *r = g_ptr_array_index(reports->open, i);
        const mpt_report_context x = {.engine = reports->engine,
                                      .connections = connections,
                                      .arguments = &r->arguments,
                                      .wireshark_version = "4.0.17",
                                      .collected = r->collected,
                                      .reinjections = reports->reinjections,
                                      .paths = reports->paths};
        print(&x);
    }
    g_ptr_array_unref(connections);
}

void fuzz_reports_close(fuzz_reports *reports)
{
    for (guint i = 0; i < reports->open->len; i++) {
        struct fuzz_report *r = g_ptr_array_index(reports->open, i);
        const mpt_report *report = r->arguments.report;

        if (report->observer) {
            mpt_engine_unobserve(reports->engine, report->observer, r->collected);
            report->close(r->collected);
        }
        mpt_sink_free(r->live);
        mpt_arguments_clear(&r->arguments);
        g_free(r);
    }
    mpt_engine_unobserve(reports->engine, &MPT_REINJECTION_OBSERVER, reports->reinjections);
    mpt_reinjection_log_free(reports->reinjections);
    g_ptr_array_free(reports->open, TRUE);
    mpt_path_collector_free(reports->paths);
}

/* --- the figures --- */

#define check_time(t) FUZZ_CHECK(!(t).known || (t).ns >= 0)

static void check_rtt(const mpt_rtt_figures *r)
{
    if (!r->samples)
        return;
    FUZZ_CHECK(0 <= r->min_ns && r->min_ns <= r->median_ns && r->median_ns <= r->p95_ns &&
               r->p95_ns <= r->max_ns);
}

static void check_bytes(const mpt_byte_figures *f)
{
    FUZZ_CHECK(f->segments <= f->packets);
    FUZZ_CHECK(f->retrans_bytes <= f->payload_bytes);
    FUZZ_CHECK(f->unique_bytes == f->payload_bytes - f->retrans_bytes);
    FUZZ_CHECK(f->first_bytes <= f->unique_bytes && f->reinjected_bytes <= f->unique_bytes);
    FUZZ_CHECK(f->reinjected_same_bytes <= f->unique_bytes && f->unmapped_bytes <= f->unique_bytes);
    FUZZ_CHECK(f->unique_bytes ==
               f->first_bytes + f->reinjected_bytes + f->reinjected_same_bytes + f->unmapped_bytes);
    FUZZ_CHECK(f->fallback_bytes <= f->unique_bytes - f->unmapped_bytes);
    check_time(f->first);
    check_time(f->last);
    check_time(f->duration);
    check_time(f->data_duration);
    FUZZ_CHECK(isnan(f->throughput) || f->throughput >= 0);
}

static void add(mpt_byte_figures *sum, const mpt_byte_figures *f)
{
    sum->segments += f->segments;
    sum->packets += f->packets;
    sum->payload_bytes += f->payload_bytes;
    sum->retrans_bytes += f->retrans_bytes;
    sum->first_bytes += f->first_bytes;
    sum->reinjected_bytes += f->reinjected_bytes;
    sum->reinjected_same_bytes += f->reinjected_same_bytes;
    sum->unmapped_bytes += f->unmapped_bytes;
    sum->fallback_bytes += f->fallback_bytes;
}

/* all: no window of time, of whose data a part may lie outside it. */
static void check_direction(const mpt_connection_view *v, unsigned dir, bool all)
{
    const mpt_connection_direction *d = &v->direction[dir];
    mpt_byte_figures sum = {0};
    double share = 0;

    check_bytes(&d->bytes);
    for (uint32_t i = 0; i < v->subflow_count; i++) {
        const mpt_subflow_direction *sd = &v->subflows[i].direction[dir];
        check_bytes(&sd->bytes);
        check_rtt(&sd->rtt);
        add(&sum, &sd->bytes);
        share += sd->share;
    }
    FUZZ_CHECK(sum.segments == d->bytes.segments && sum.packets == d->bytes.packets);
    FUZZ_CHECK(sum.payload_bytes == d->bytes.payload_bytes && sum.retrans_bytes == d->bytes.retrans_bytes);
    FUZZ_CHECK(sum.first_bytes == d->bytes.first_bytes && sum.reinjected_bytes == d->bytes.reinjected_bytes);
    FUZZ_CHECK(sum.reinjected_same_bytes == d->bytes.reinjected_same_bytes);
    FUZZ_CHECK(sum.unmapped_bytes == d->bytes.unmapped_bytes &&
               sum.fallback_bytes == d->bytes.fallback_bytes);
    FUZZ_CHECK(d->data.dsn_unique_bytes == sum.first_bytes);
    FUZZ_CHECK(!d->data.dsn_unique_bytes || fabs(share - 1) < 1e-9);
    FUZZ_CHECK(d->data.dsn_first.known == d->data.dsn_end.known);
    if (d->data.dsn_first.known) {
        uint64_t span = (uint64_t)(d->data.dsn_end.value - d->data.dsn_first.value);
        uint64_t sum_of = d->data.dsn_unique_bytes + d->data.dsn_gap_bytes;
        /* Acknowledged bytes around it are gaps too; the number of the DATA_FIN is none. */
        FUZZ_CHECK(!all || span <= sum_of + v->connection->level[v->side[mpt_direction_sender(dir)]].has_fin);
    }
    FUZZ_CHECK(d->data.dsn_gap_bytes < UINT64_MAX / 2);
    FUZZ_CHECK(!d->data.out_of_order_bytes.known ||
               (uint64_t)d->data.out_of_order_bytes.value <=
                   d->data.dsn_unique_bytes + d->bytes.reinjected_bytes + d->bytes.reinjected_same_bytes +
                       d->bytes.unmapped_bytes); /* of plain TCP, after a fallback */
    check_time(d->data.reorder_delay);
    check_rtt(&d->data.rtt);
    FUZZ_CHECK(!d->data.acked_bytes.known || d->data.acked_bytes.value >= 0);
    FUZZ_CHECK(isnan(d->data.goodput) || d->data.goodput >= 0);
}

static void check_connection(const mpt_engine *engine, const mpt_connection *c, uint32_t id)
{
    const mpt_engine_config *config;
    mpt_connection_view v;
    int64_t before = INT64_MIN;

    mpt_metrics_connection(engine, c, id, &v);
    FUZZ_CHECK(v.subflow_count > 0 && v.start_ns >= 0 && v.end_ns >= v.start_ns);
    check_time(v.close_time);
    for (uint32_t i = 0; i < v.subflow_count; i++) {
        const mpt_subflow_view *s = &v.subflows[i];
        FUZZ_CHECK(s->subflow->connection == c && s->id == i);
        FUZZ_CHECK(g_ptr_array_index(c->subflows, s->subflow->owner) == s->subflow);
        FUZZ_CHECK(s->start_ns >= 0 && s->end_ns >= s->start_ns);
        check_time(s->syn_to_synack);
        check_time(s->synack_to_ack);
        check_time(s->join_latency);
        FUZZ_CHECK(s->packets == s->direction[0].bytes.packets + s->direction[1].bytes.packets);
    }
    config = mpt_engine_get_config(engine);
    check_direction(&v, MPT_C2S, !config->has_from && !config->has_to);
    check_direction(&v, MPT_S2C, !config->has_from && !config->has_to);
    mpt_metrics_clear(&v);
    GArray *events = mpt_metrics_events(c);
    for (guint i = 0; i < events->len; i++) {
        const mpt_event *event = &g_array_index(events, mpt_event, i);
        FUZZ_CHECK(event->time_ns >= before && event->last_ns >= event->time_ns && event->count > 0);
        FUZZ_CHECK(event->owner < c->subflows->len && event->side < 2 && event->type < MPT_EVENT_TYPES);
        before = event->time_ns;
    }
    g_array_unref(events);
}

void fuzz_check_engine(const mpt_engine *engine)
{
    GPtrArray *connections = mpt_metrics_connections(engine);
    const GPtrArray *subflows = mpt_engine_subflows(engine);
    const mpt_engine_config *config = mpt_engine_get_config(engine);

    FUZZ_CHECK(connections->len <= config->max_connections);
    for (guint id = 0; id < connections->len; id++)
        check_connection(engine, g_ptr_array_index(connections, id), id);
    for (guint i = 0; i < subflows->len; i++) {
        mpt_tcp_view v;
        mpt_metrics_tcp(engine, g_ptr_array_index(subflows, i), &v);
        for (unsigned dir = 0; dir < 2; dir++) {
            FUZZ_CHECK(v.direction[dir].retrans_bytes <= v.direction[dir].payload_bytes);
            check_time(v.direction[dir].duration);
            check_rtt(&v.rtt[dir]);
        }
    }
    g_ptr_array_unref(connections);
}
