/* source.c - see source.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "source.h"

#include <stdio.h>
#include <string.h>

#include "interrupt.h"
#include "links.h"
#include "plugin/cli/interfaces.h"
#include "plugin/cli/session.h"
#include "plugin/compat.h"
#include "plugin/host.h"
#include "progress.h"
#include "tap/engine/base/units.h"
#include "tap/feed.h"

#define MOST_ENCAPSULATIONS 512

static struct {
    mpt_feed feed;
    bool want_payload;
    mpt_input *input; /* that is read, or was */
    struct {
        int64_t lowest_ns; /* of the last frames */
        unsigned frames;
        bool known;
        int64_t released_ns, older_ns; /* valid where known */
    } clock;
    uint64_t unread[MOST_ENCAPSULATIONS];
} source;

/* --- what the session asks --- */

bool mpt_source_start(const mpt_source_client *client, char **error)
{
    (void)error;
    source.feed.client = client;
    return true;
}

void mpt_source_feed(mpt_vantage_engines *to)
{
    g_ptr_array_add(source.feed.engines, to);
}

void mpt_source_at_once(void)
{
    source.feed.at_once = true;
}

bool mpt_source_want_payload(char **error)
{
    (void)error;
    mpt_source_at_once(); /* payload is borrowed from its frame */
    source.want_payload = true;
    return true;
}

bool mpt_source_add_filter(const char *filter, uint32_t mark, char **error)
{
    (void)mark;
    *error = g_strdup_printf("display filters (\"%s\") need tshark's dissectors: use tshark -z, or choose "
                             "connections with stream=, token=, address= or port=",
                             filter);
    return false;
}

#define TEXT(x)  #x
#define VALUE(x) TEXT(x)

const char *mpt_source_wireshark_version(void)
{
    return VALUE(WIRESHARK_VERSION_MAJOR) "." VALUE(WIRESHARK_VERSION_MINOR) "." VALUE(
        WIRESHARK_VERSION_MICRO);
}

bool mpt_interfaces_start(char **error)
{
    (void)error;
    return true;
}

const char *mpt_interfaces_name(uint32_t interface_id)
{
    return source.input ? mpt_input_interface(source.input, interface_id) : NULL;
}

/* --- reading --- */

static void take(mpt_reader *reader, const mpt_input_frame *next)
{
    mpt_segment *segments = mpt_feed_next(&source.feed);
    mpt_icmp_error icmp;
    unsigned n;

    mpt_feed_note_time(&source.feed, next->frame.time_ns);
    if (next->frame.link == MPT_LINK_OTHER) {
        if (next->encapsulation >= 0 && next->encapsulation < MOST_ENCAPSULATIONS)
            source.unread[next->encapsulation]++;
        mpt_feed_complete(&source.feed, 0);
        return;
    }
    n = mpt_reader_read(reader, &next->frame, segments, &icmp);
    if (icmp.frame)
        mpt_feed_note_icmp(&source.feed, &icmp);
    for (unsigned i = 0; i < n && !source.want_payload; i++) {
        segments[i].payload = NULL;
        segments[i].captured_payload = 0;
    }
    mpt_feed_complete(&source.feed, n);
    if (mpt_reader_lost(reader))
        mpt_feed_note_lost(&source.feed);
}

static void say_unread(const char *name, uint64_t frames, void *user)
{
    GString *sentence = g_string_new(NULL);

    (void)user;
    mpt_units_things(sentence, frames, "frame");
    g_string_append_printf(sentence, " of %s %s not read by this program: tshark reads %s", name,
                           frames == 1 ? "is" : "are", frames == 1 ? "it" : "them");
    fprintf(stderr, "%s: %s\n", mpt_host_name(), sentence->str);
    g_string_free(sentence, TRUE);
}

/* Frames between two looks at the clock. */
#define PROGRESS_EVERY 4096

/* One frame alone may have any time: it is as late as the earliest of so many. */
#define FRAMES_OF_CLOCK  16
#define RELEASE_EVERY_NS INT64_C(5000000000)
#define MINUTE_NS        INT64_C(60000000000)

/* Lets the client print what is over, every few seconds of the capture. False: read no further. */
static bool look_at_clock(mpt_reader *reader, int64_t time_ns)
{
    int64_t now;

    if (!source.clock.frames || time_ns < source.clock.lowest_ns)
        source.clock.lowest_ns = time_ns;
    if (++source.clock.frames < FRAMES_OF_CLOCK)
        return true;
    now = source.clock.lowest_ns;
    source.clock.frames = 0;
    if (source.clock.known && now < source.clock.released_ns + RELEASE_EVERY_NS)
        return true;
    if (!source.clock.known)
        source.clock.older_ns = now;
    source.clock.known = true;
    source.clock.released_ns = now;
    if (now >= source.clock.older_ns + MINUTE_NS) {
        mpt_reader_grow_older(reader);
        source.clock.older_ns = now;
    }
    mpt_feed_flush(&source.feed);
    return source.feed.client->release(now);
}

/* Reads once from the beginning. */
static void read_all(mpt_input *input, mpt_reader *reader)
{
    bool streams = mpt_session_is_stream();
    mpt_progress progress;
    mpt_input_frame next;

    memset(source.unread, 0, sizeof source.unread);
    mpt_progress_begin(&progress, input);
    while (mpt_input_next(input, &next)) {
        take(reader, &next);
        if (mpt_interrupted())
            break;
        if (streams && !look_at_clock(reader, next.frame.time_ns))
            break;
        if (next.frame.number % PROGRESS_EVERY == 0)
            mpt_progress_show(&progress, next.frame.number);
    }
    mpt_progress_end(&progress);
}

static void explain(const mpt_input *input)
{
    GString *sentence = g_string_new(NULL);

    mpt_input_explain(input, sentence);
    if (sentence->len)
        fprintf(stderr, "%s: %s\n", mpt_host_name(), sentence->str);
    g_string_free(sentence, TRUE);
}

void mpt_program_read(mpt_input *input)
{
    mpt_reader *reader = mpt_reader_new(MPT_CLOSE_ENDS_STREAM);

    source.input = input;
    read_all(input, reader);
    while (!mpt_interrupted() && mpt_input_again(input)) {
        mpt_feed_reset(&source.feed);
        source.feed.client->reset();
        mpt_reader_free(reader);
        reader = mpt_reader_new(MPT_CLOSE_ENDS_STREAM);
        read_all(input, reader);
    }
    if (mpt_interrupted())
        mpt_input_interrupt(input);
    explain(input);
    mpt_feed_flush(&source.feed);
    source.feed.client->draw();
    for (int i = 0; i < MOST_ENCAPSULATIONS; i++)
        if (source.unread[i])
            say_unread(mpt_links_name(i), source.unread[i], NULL);
    mpt_reader_unread(reader, say_unread, NULL);
    mpt_reader_free(reader);
    mpt_feed_reset(&source.feed);
}
