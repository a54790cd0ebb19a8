/* source.c - see source.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "source.h"

#include <stdio.h>
#include <string.h>

#include "links.h"
#include "plugin/cli/interfaces.h"
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
    *error = g_strdup_printf("display filters (\"%s\") need tshark's dissectors, and this program has none: "
                             "choose connections by stream=, token=, address= or port=, or use tshark -z",
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

/* Reads once from the beginning. */
static void read_all(mpt_input *input, mpt_reader *reader)
{
    mpt_progress progress;
    mpt_input_frame next;

    memset(source.unread, 0, sizeof source.unread);
    mpt_progress_begin(&progress, input);
    while (mpt_input_next(input, &next)) {
        take(reader, &next);
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
    while (mpt_input_again(input)) {
        mpt_feed_reset(&source.feed);
        source.feed.client->reset();
        mpt_reader_free(reader);
        reader = mpt_reader_new(MPT_CLOSE_ENDS_STREAM);
        read_all(input, reader);
    }
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
