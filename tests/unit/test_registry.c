/* test_registry.c - every report in every format it has, of the engine and report libraries alone: that this
 * program links shows that they need nothing of Wireshark.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/report/registry.h"

#include <string.h>

#include "plugin/report/json_document.h"
#include "tests/support/story.h"
#include "tests/support/two_ends.h"

static const char *const FORMATS[] = {
    [MPT_FORMAT_TEXT] = "text", [MPT_FORMAT_CSV] = "csv", [MPT_FORMAT_JSON] = "json",
    [MPT_FORMAT_SVG] = "svg",   [MPT_FORMAT_XPL] = "xpl", [MPT_FORMAT_HTML] = "html",
};

/* Formats to print, the usual one of a report that has no choice. */
static uint32_t formats_of(const mpt_report *report)
{
    return report->formats ? report->formats : MPT_BIT(report->format);
}

static struct mpt_report_needs needs_of(const mpt_arguments *a)
{
    struct mpt_report_needs needs = {0};

    if (a->report->needs)
        a->report->needs(a, &needs);
    return needs;
}

static void begin_with_needs(story *s, const mpt_arguments *a)
{
    struct mpt_report_needs needs = needs_of(a);
    mpt_engine_config config;

    *s = (story){.count = 0};
    mpt_engine_config_default(&config);
    config.want_rtt = needs.rtt;
    config.want_hmacs = true;
    config.want_checksums = needs.checksums;
    config.want_payload = needs.payload;
    config.want_frames = needs.frames;
    config.want_evidence = needs.evidence;
    wire_open(&s->wire, &config);
}

/* As the session does: by the registry alone. To be freed with g_free(). */
static char *print(const mpt_report_context *x)
{
    mpt_sink *sink = mpt_sink_new_memory();
    GString *sentence = g_string_new(NULL);
    char *got;

    if (x->arguments->format == MPT_FORMAT_JSON) {
        mpt_json_document *document = mpt_json_document_begin(sink, x);
        mpt_json_document_add(document, x);
        mpt_json_document_end(document);
    } else {
        mpt_report_print(x, sink, sentence);
    }
    got = g_strconcat(mpt_sink_text(sink, NULL), sentence->str, NULL);
    g_string_free(sentence, TRUE);
    mpt_sink_free(sink);
    return got;
}

static char *told_and_printed(mpt_arguments *a)
{
    const mpt_report *report = a->report;
    void *collected = NULL;
    mpt_reinjection_log *log;
    char *got;
    story s;

    begin_with_needs(&s, a);
    if (report->observer) {
        collected = report->open(a, s.wire.engine, NULL, 0);
        mpt_engine_observe(s.wire.engine, report->observer, collected);
    }
    log = mpt_reinjection_log_new(s.wire.engine);
    mpt_engine_observe(s.wire.engine, &MPT_REINJECTION_OBSERVER, log);
    tell_first(&s);
    tell_others(&s);
    told(&s);
    got = print(&(mpt_report_context){.engine = s.wire.engine,
                                      .connections = s.connections,
                                      .arguments = a,
                                      .wireshark_version = "4.0.17",
                                      .collected = collected,
                                      .reinjections = log});
    mpt_reinjection_log_free(log);
    if (report->observer) {
        mpt_engine_unobserve(s.wire.engine, report->observer, collected);
        report->close(collected);
    }
    end(&s);
    return got;
}

static void watch(mpt_engine *engine, unsigned point, void *user)
{
    mpt_path_collector_watch(user, engine, point);
}

/* A kilobyte from the client, captured at both ends, which are named as with client=1,server=2. */
static char *printed_of_two_points(const mpt_arguments *a)
{
    const uint32_t ids[] = {1, 2};
    GArray *client = g_array_append_vals(g_array_new(FALSE, FALSE, sizeof ids[0]), &ids[0], 1);
    GArray *server = g_array_append_vals(g_array_new(FALSE, FALSE, sizeof ids[0]), &ids[1], 1);
    const mpt_vantage_request request = {.client = client, .server = server};
    mpt_path_collector *paths = mpt_path_collector_new(needs_of(a).paths);
    mpt_report_context x = {.arguments = a, .wireshark_version = "4.0.17", .paths = paths};
    ends e = {.now_ns = WIRE_START_NS};
    link_ l = link_of(&e, 0, 0);
    mpt_engine_config config;
    char *got;

    mpt_engine_config_default(&config);
    config.in_step = true;
    x.points = mpt_vantage_engines_new(&request, &config, watch, paths);
    for (unsigned end = 0; end < 2; end++)
        e.engine[end] = mpt_vantage_engines_at(x.points, end);
    open_capable(&l);
    send_data(&l, 0, 1, 1000);
    send_data_ack(&l, 1, 1001);
    mpt_vantage_engines_flush(x.points);
    x.engine = e.engine[mpt_vantage_engines_chosen(x.points)];
    x.connections = mpt_metrics_connections(x.engine);
    got = print(&x);
    g_ptr_array_unref(x.connections);
    mpt_path_collector_free(paths);
    mpt_vantage_engines_free(x.points);
    g_array_free(client, TRUE);
    g_array_free(server, TRUE);
    return got;
}

static void test_print__every_report_and_format__something(void **state)
{
    const mpt_report *report;
    unsigned printed = 0;

    (void)state;
    for (unsigned i = 0; (report = mpt_registry_at(i)) != NULL; i++)
        for (unsigned f = 0; f < G_N_ELEMENTS(FORMATS); f++) {
            mpt_arguments a = mpt_arguments_of(report);
            char *got;

            if (!(formats_of(report) >> f & 1u))
                continue;
            a.format = (mpt_format)f;
            a.presence = report->takes & MPT_BIT(MPT_ARG_STREAM);
            got = report == &mpt_paths_report ? printed_of_two_points(&a) : told_and_printed(&a);
            assert_lacks(got, "one vantage point only");
            if (strlen(got) < 20)
                fail_msg("mptcp,%s,format=%s prints <%s>", report->name, FORMATS[f], got);
            g_free(got);
            printed++;
        }
    assert_in_range(printed, 20, 200);
}

static void test_add__one_more_than_the_library_has__at_its_place(void **state)
{
    static const mpt_report added = {.name = "added"};
    const mpt_report *third = mpt_registry_at(3);
    unsigned before = 0, count = 0;

    (void)state;
    while (mpt_registry_at(before))
        before++;
    mpt_registry_add(&added, 3);
    assert_ptr_equal(mpt_registry_at(3), &added);
    assert_ptr_equal(mpt_registry_at(4), third);
    while (mpt_registry_at(count))
        count++;
    assert_int_equal(count, before + 1);
}

static void test_entries__all_reports__each_place_once(void **state)
{
    const mpt_report *report;
    unsigned places = 0;

    (void)state;
    for (unsigned i = 0; (report = mpt_registry_at(i)) != NULL; i++)
        for (const mpt_report_entry *e = report->entries; e && e->place; e++) {
            assert_in_range(e->place, 1, 15);
            assert_false(places >> e->place & 1u);
            places |= 1u << e->place;
            assert_non_null(e->label);
            assert_non_null(e->title);
            assert_non_null(e->tooltip);
        }
    assert_int_equal(places, 0xffe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_print__every_report_and_format__something),
        cmocka_unit_test(test_entries__all_reports__each_place_once),
        cmocka_unit_test(test_add__one_more_than_the_library_has__at_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
