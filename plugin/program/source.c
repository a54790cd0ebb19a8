/* source.c - see source.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "source.h"

#include <stdio.h>
#include <string.h>

#include "ahead.h"
#include "interrupt.h"
#include "links.h"
#include "plugin/cli/interfaces.h"
#include "plugin/cli/session.h"
#include "plugin/compat.h"
#include "plugin/host.h"
#include "progress.h"
#include "tap/engine/base/units.h"
#include "tap/engine/protocol/option.h"

#define MOST_ENCAPSULATIONS 512

static struct {
    mpt_feed feed;
    enum { NO_PAYLOAD, FOR_CHECKSUMS, ALL_PAYLOAD } payload; /* what is wanted */
    bool checksums;                                          /* some option showed them */
    bool ahead;                                              /* a thread of its own fills the batches */
    mpt_input *input;                                        /* that is read, or was */
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

bool mpt_source_want_payload(bool for_checksums, char **error)
{
    (void)error;
    source.payload = MAX(source.payload, for_checksums ? FOR_CHECKSUMS : ALL_PAYLOAD);
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

/* True where the payload of this segment is wanted. */
static bool wants_payload(const mpt_segment *g)
{
    if (source.payload == FOR_CHECKSUMS && !source.checksums && g->option_len)
        source.checksums = mpt_option_show_checksums(g->options, g->option_len);
    return g->payload && (source.payload == ALL_PAYLOAD || source.checksums);
}

/* Leaves out payload that nobody wants. True where there is some left that is borrowed from its frame. */
static bool choose_payload(mpt_segment *segments, unsigned n)
{
    bool borrowed = false;

    for (mpt_segment *g = segments; g < segments + n; g++) {
        if (source.payload == NO_PAYLOAD || !wants_payload(g)) {
            g->payload = NULL;
            g->captured_payload = 0;
        } else if (source.ahead) {
            g->payload = g_memdup2(g->payload, g->captured_payload);
        } else {
            borrowed = true;
        }
    }
    return borrowed;
}

/* Puts a frame into the batch. True where the batch is to be handed on at once. */
static bool take(mpt_reader *reader, const mpt_input_frame *next, mpt_feed_batch *batch)
{
    mpt_segment *segments = mpt_feed_batch_next(batch);
    mpt_icmp_error icmp;
    bool borrowed;
    unsigned n;

    mpt_feed_batch_note_time(batch, next->frame.time_ns);
    if (next->frame.link == MPT_LINK_OTHER) {
        if (next->encapsulation >= 0 && next->encapsulation < MOST_ENCAPSULATIONS)
            source.unread[next->encapsulation]++;
        return source.feed.at_once;
    }
    n = mpt_reader_read(reader, &next->frame, segments, &icmp);
    if (icmp.frame)
        mpt_feed_batch_note_icmp(batch, &icmp);
    borrowed = choose_payload(segments, n);
    batch->complete += n;
    batch->lost += mpt_reader_lost(reader);
    return borrowed || source.feed.at_once || mpt_feed_batch_is_full(batch);
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

/* What reads, in whichever thread. */
typedef struct reading {
    mpt_input *input;
    mpt_reader *reader;
    mpt_progress progress;
} reading;

/* The next frame, unless the user has enough. */
static bool next_frame(reading *r, mpt_input_frame *next)
{
    if (mpt_interrupted() || !mpt_input_next(r->input, next))
        return false;
    if (next->frame.number % PROGRESS_EVERY == 0)
        mpt_progress_show(&r->progress, next->frame.number);
    return true;
}

static void read_here(reading *r)
{
    bool streams = mpt_session_is_stream();
    mpt_input_frame next;

    while (next_frame(r, &next)) {
        if (take(r->reader, &next, &source.feed.batch))
            mpt_feed_flush(&source.feed);
        if (streams && !look_at_clock(r->reader, next.frame.time_ns))
            break;
    }
}

static void fill_ahead(mpt_ahead *ahead, mpt_feed_batch *batch, void *user)
{
    reading *r = user;
    mpt_input_frame next;

    while (next_frame(r, &next))
        if (take(r->reader, &next, batch))
            batch = mpt_ahead_filled(ahead);
}

static void read_ahead(reading *r)
{
    mpt_ahead *ahead = mpt_ahead_start(fill_ahead, r);
    mpt_feed_batch *batch;

    while ((batch = mpt_ahead_next(ahead)) != NULL) {
        unsigned n = source.payload == NO_PAYLOAD ? 0 : batch->complete;

        mpt_feed_hand_on(&source.feed, batch);
        for (unsigned i = 0; i < n; i++)
            g_free((gpointer)batch->segments[i].payload);
    }
    mpt_ahead_end(ahead);
}

/* Below this a second thread is not worth its start. */
#define AHEAD_FROM UINT64_C(100000000)

static bool is_ahead_worth_it(const mpt_input *input, mpt_threads threads)
{
    if (source.feed.at_once || mpt_session_is_stream() || threads == MPT_THREADS_ONE)
        return false;
    return threads == MPT_THREADS_TWO || (mpt_input_size(input) >= AHEAD_FROM && g_get_num_processors() > 1);
}

/* Reads once from the beginning. */
static void read_all(mpt_input *input, mpt_reader *reader)
{
    reading r = {.input = input, .reader = reader};

    memset(source.unread, 0, sizeof source.unread);
    source.checksums = false;
    mpt_progress_begin(&r.progress, input);
    (source.ahead ? read_ahead : read_here)(&r);
    mpt_progress_end(&r.progress);
}

static void explain(const mpt_input *input)
{
    GString *sentence = g_string_new(NULL);

    mpt_input_explain(input, sentence);
    if (sentence->len)
        fprintf(stderr, "%s: %s\n", mpt_host_name(), sentence->str);
    g_string_free(sentence, TRUE);
}

void mpt_program_read(mpt_input *input, mpt_threads threads)
{
    mpt_reader *reader = mpt_reader_new(MPT_CLOSE_ENDS_STREAM);

    source.input = input;
    source.ahead = is_ahead_worth_it(input, threads);
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
