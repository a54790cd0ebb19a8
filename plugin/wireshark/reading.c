/* reading.c - see reading.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reading.h"

#include "plugin/compat.h"

#include <epan/epan.h>
#include <epan/packet.h>
#include <epan/tap.h>

#include "plugin/host.h"
#include "plugin/prefs.h"
#include "plugin/report/common/vantage_words.h"
#include "plugin/report/registry.h"
#include "plugin/settings.h"
#include "tap/dissection.h"
#include "tap/listener.h"

/* Who wants to know that a reading is gone. */
#define LISTENERS 2

static struct {
    mpt_frames *live, *kept; /* NULL: not wanted */
    mpt_vantage_request request;
    /* Of the kept one: */
    mpt_path_collector *paths;
    mpt_recorder *recorders[MPT_VANTAGE_ENGINES]; /* for graphs; NULL: no windows */
    mpt_reinjection_log *logs[MPT_VANTAGE_ENGINES];
    bool started;         /* the first frame was seen: it is known what is wanted */
    bool listening;       /* until then: to a tap of our own */
    uint64_t number, fed; /* segments, in the look-back or not */
    void (*on_gone[LISTENERS])(void);
} reading = {.number = 1};

static int reading_tap = -1;

static void stop_listening(void)
{
    if (reading.listening)
        remove_tap_listener(&reading);
    reading.listening = false;
}

static void clean_up(void)
{
    stop_listening();
    mpt_dissection_stop();
    g_clear_pointer(&reading.live, mpt_frames_free);
    for (unsigned i = 0; i < MPT_VANTAGE_ENGINES; i++) {
        g_clear_pointer(&reading.recorders[i], mpt_recorder_free);
        g_clear_pointer(&reading.logs[i], mpt_reinjection_log_free);
    }
    g_clear_pointer(&reading.paths, mpt_path_collector_free);
    g_clear_pointer(&reading.kept, mpt_frames_free);
    mpt_vantage_request_clear(&reading.request);
    reading.started = false;
    reading.fed = 0;
    reading.number++;
    for (unsigned i = 0; i < LISTENERS; i++)
        if (reading.on_gone[i])
            reading.on_gone[i]();
}

static void initialise(void)
{
    GString *refused;

    clean_up();
    if (mpt_prefs_fields() == MPT_FIELDS_OFF)
        return;
    mpt_dissection_start();
    refused = register_tap_listener("mptcpscope.reading", &reading, NULL, TL_IS_DISSECTOR_HELPER, NULL, NULL,
                                    NULL, NULL);
    if (refused)
        g_string_free(refused, TRUE);
    reading.listening = !refused;
}

/* Does Wireshark come back to its frames? Windows do; elsewhere taps are run in the last pass alone, so that
 * frames whose taps are not run are read again. */
static bool frames_are_kept(packet_info *pinfo)
{
    if (mpt_host_is_gui() || !reading.listening)
        return true;
    tap_queue_packet(reading_tap, pinfo, &reading);
    return !fetch_tapped_data(reading_tap, 0);
}

/* Windows are drawn without reading the capture again, for a few bytes a segment beside what mpt_frames
 * keeps. */
static void open_point(mpt_engine *engine, unsigned point, void *user _U_)
{
    mpt_path_collector_watch(reading.paths, engine, point);
    /* Fields count at points alone. */
    if (mpt_vantage_is_place(point) && !mpt_host_has_windows())
        return;
    reading.logs[point] = mpt_reinjection_log_new(engine);
    mpt_engine_observe(engine, &MPT_REINJECTION_OBSERVER, reading.logs[point]);
    if (!mpt_host_has_windows())
        return;
    reading.recorders[point] = mpt_recorder_new(engine, true);
    mpt_engine_observe(engine, &mpt_recorder_observer, reading.recorders[point]);
}

static void start(packet_info *pinfo, bool used)
{
    mpt_engine_config config;

    reading.started = true;
    mpt_prefs_vantage(&reading.request);
    mpt_settings_engine_config(&config);
    if (frames_are_kept(pinfo)) {
        mpt_engine_config kept = config;

        kept.want_evidence = kept.want_checksums = kept.want_hmacs = kept.in_step = true;
        reading.paths = mpt_path_collector_new(mpt_host_has_windows() ? MPT_PATHS_FLOWS | MPT_PATHS_SAMPLES |
                                                                            MPT_PATHS_DATA | MPT_PATHS_ALONE
                                                                      : MPT_PATHS_FLOWS);
        reading.kept = mpt_frames_new(&kept, &reading.request, true, open_point, NULL);
    }
    if (used)
        reading.live = mpt_frames_new(&config, &reading.request, false, NULL, NULL);
    stop_listening();
    if (!reading.kept && !reading.live)
        mpt_dissection_stop();
}

mpt_frames *mpt_reading_take(packet_info *pinfo, bool used)
{
    bool again = pinfo->fd->visited;

    if (mpt_prefs_fields() == MPT_FIELDS_OFF || (reading.started && !reading.live && !reading.kept))
        return NULL;
    if (!again && !reading.started)
        start(pinfo, used);
    if (!again)
        reading.fed += mpt_dissection_feed(pinfo, reading.live, reading.kept);
    if (!again && reading.live)
        return reading.live;
    return again ? mpt_reading_frames() : reading.kept;
}

mpt_frames *mpt_reading_frames(void)
{
    if (reading.kept)
        mpt_frames_finish(reading.kept);
    return reading.kept;
}

mpt_frames *mpt_reading_unfinished(void)
{
    return reading.kept;
}

uint64_t mpt_reading_segments(void)
{
    return reading.fed;
}

const mpt_recorder *mpt_reading_recorder(unsigned point)
{
    return reading.recorders[point];
}

void mpt_reading_context(mpt_report_context *x, unsigned point, const mpt_arguments *arguments)
{
    mpt_vantage_engines *points = mpt_frames_engines(reading.kept);
    GString *notes = g_string_new(NULL);

    mpt_vantage_note(points, point, notes);
    *x = (mpt_report_context){
        .engine = mpt_vantage_engines_at(points, point),
        .arguments = arguments,
        .wireshark_version = mpt_source_wireshark_version(),
        .collected = arguments->report->observer == &mpt_recorder_observer ? reading.recorders[point] : NULL,
        .points = points,
        .point = point,
        .paths = reading.paths,
        .reinjections = reading.logs[point],
        .capture_notes = notes->len ? notes->str : NULL,
    };
    x->connections = mpt_metrics_connections(x->engine);
    g_string_free(notes, !notes->len);
}

void mpt_reading_context_clear(mpt_report_context *x)
{
    g_ptr_array_unref(x->connections);
    g_free((char *)x->capture_notes);
}

uint64_t mpt_reading_number(void)
{
    return reading.number;
}

void mpt_reading_on_gone(void (*func)(void))
{
    unsigned i = 0;

    while (i < LISTENERS && reading.on_gone[i] && reading.on_gone[i] != func)
        i++;
    g_return_if_fail(i < LISTENERS);
    reading.on_gone[i] = func;
}

void mpt_reading_register(void)
{
    mpt_dissection_register();
    reading_tap = register_tap("mptcpscope.reading");
    register_init_routine(initialise);
    register_cleanup_routine(clean_up);
}
