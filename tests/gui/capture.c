/* capture.c - see capture.h. A request for a reading that is gone ends the program: no window may make one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "capture.h"

#include "plugin/report/gui_graph.h"
#include "segments.h"

static struct {
    wire wire;
    mpt_recorder *recorder;
    uint64_t reading;
    bool open;
    uint32_t frame;
    unsigned graphs;
} test;

static const hosts HOSTS = {.version = MPT_V1, .key = {0x0102030405060708, 0x1112131415161718}};
static const hosts OTHERS = {.version = MPT_V1, .key = {0x2122232425262728, 0x3132333435363738}};

static void make_capture(void)
{
    mpt_engine_config config;

    mpt_engine_config_default(&config);
    config.want_frames = true;
    wire_open(&test.wire, &config);
    test.recorder = mpt_recorder_new(test.wire.engine, true);
    mpt_engine_observe(test.wire.engine, &mpt_recorder_observer, test.recorder);

    flow other = flow_between(&test.wire, "192.0.2.1", 40002, "192.0.2.3", 443, 2);
    flow first = flow_between(&test.wire, "192.0.2.1", 40000, "192.0.2.2", 443, 0);
    flow second = flow_between(&test.wire, "198.51.100.1", 40001, "192.0.2.2", 443, 1);
    flow_open_capable(&other, &OTHERS);
    flow_send_data(&other, 1, &OTHERS, 1, 1, 3000);
    flow_open_capable(&first, &HOSTS);
    flow_open_join(&second, &HOSTS, 0, (const uint8_t[]){1, 0}, false);
    for (unsigned i = 0; i < 800; i++) {
        flow_send_data(i % 3 ? &first : &second, 0, &HOSTS, 0, 1 + 1000 * (int64_t)i, 1000);
        if (i % 50 == 49)
            flow_send_data(&second, 0, &HOSTS, 0, 1 + 1000 * (int64_t)i, 1000);
        flow_send_data_ack(&first, 1, &HOSTS, 1, 1001 + 1000 * (int64_t)i);
    }
    mpt_engine_flush(test.wire.engine);
    test.reading = 1;
    test.open = true;
}

static mpt_gui_capture *capture(const char **why)
{
    *why = "no capture is open";
    return test.open ? mpt_gui_capture_new(test.wire.engine, test.reading, "/captures/made-up.pcapng") : NULL;
}

static void check(uint64_t reading)
{
    if (!test.open || reading != test.reading)
        g_error("a window asked for a reading that is gone");
}

static mpt_gui_graph *graph(const mpt_gui_request *request)
{
    check(request->reading);
    test.graphs++;
    return mpt_gui_graph_new(test.wire.engine, test.recorder, request);
}

static bool save_csv(const mpt_gui_request *request, const char *path, char **why)
{
    check(request->reading);
    return mpt_gui_save_csv(test.wire.engine, test.recorder, request, path, why);
}

static void free_text(char *text)
{
    g_free(text);
}

static void go_to_frame(uint64_t reading, uint32_t frame)
{
    check(reading);
    test.frame = frame;
}

const mpt_gui_plugin *test_plugin(void)
{
    static mpt_gui_plugin plugin = {.capture = capture,
                                    .capture_free = mpt_gui_capture_free,
                                    .graph = graph,
                                    .graph_free = mpt_gui_graph_free,
                                    .describe = mpt_gui_describe,
                                    .save_csv = save_csv,
                                    .text_free = free_text,
                                    .go_to_frame = go_to_frame};

    if (!test.recorder)
        make_capture();
    plugin.types = mpt_gui_types(&plugin.type_count);
    return &plugin;
}

void test_close(bool another)
{
    test.reading++;
    test.open = another;
}

void test_free(void)
{
    mpt_recorder_free(test.recorder);
    mpt_engine_free(test.wire.engine);
}

uint32_t test_frame(void)
{
    uint32_t frame = test.frame;

    test.frame = 0;
    return frame;
}

unsigned test_graphs(void)
{
    unsigned graphs = test.graphs;

    test.graphs = 0;
    return graphs;
}
