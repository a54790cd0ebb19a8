/* follow.c - see follow.h. The layout of each mode is that of tshark's -z follow,tcp.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "follow.h"

#include <inttypes.h>
#include <string.h>

#include "tap/engine/base/compare.h"

#define SEPARATOR "===================================================================\n"

/* --- order of delivery --- */

struct lane {
    const mpt_stream_direction *direction;
    GArray *order; /* guint: indexes of runs, by time */
    bool *arrived; /* per run */
    guint next;    /* in `order` */
    guint delivered;
    int64_t expected;
};

static const mpt_stream_run *run_at(const struct lane *lane, guint i)
{
    return &g_array_index(lane->direction->runs, mpt_stream_run, i);
}

static int by_time(gconstpointer a, gconstpointer b, gpointer user)
{
    const struct lane *lane = user;
    const mpt_stream_run *x = run_at(lane, *(const guint *)a), *y = run_at(lane, *(const guint *)b);

    if (x->time_ns != y->time_ns)
        return mpt_compare(x->time_ns, y->time_ns);
    return x->frame != y->frame ? mpt_compare(x->frame, y->frame) : mpt_compare(x->dsn, y->dsn);
}

static void lane_init(struct lane *lane, const mpt_stream_direction *direction)
{
    guint i, n = direction->runs->len;

    *lane = (struct lane){.direction = direction, .expected = direction->start};
    lane->order = g_array_sized_new(FALSE, FALSE, sizeof(guint), n);
    lane->arrived = g_new0(bool, MAX(n, 1));
    for (i = 0; i < n; i++)
        g_array_append_val(lane->order, i);
    g_array_sort_with_data(lane->order, by_time, lane);
}

static void deliver_gap(struct lane *lane, mpt_direction dir, int64_t to, const mpt_stream_run *after,
                        int64_t now, GArray *out)
{
    mpt_delivery d = {.direction = dir, .missing = (uint64_t)(to - lane->expected), .delivered_ns = now};

    if (to <= lane->expected)
        return;
    d.frame = after ? after->frame : 0;
    d.time_ns = after ? after->time_ns : now;
    g_array_append_val(out, d);
}

/* The next run by time has arrived, and with it perhaps others that waited for it. */
static void deliver(struct lane *lane, mpt_direction dir, GArray *out)
{
    guint index = g_array_index(lane->order, guint, lane->next++);
    int64_t now = run_at(lane, index)->time_ns;

    lane->arrived[index] = true;
    while (lane->delivered < lane->direction->runs->len && lane->arrived[lane->delivered]) {
        const mpt_stream_run *run = run_at(lane, lane->delivered++);
        mpt_delivery d = {
            .direction = dir, .run = run, .frame = run->frame, .time_ns = run->time_ns, .delivered_ns = now};

        deliver_gap(lane, dir, run->dsn, run, now, out);
        g_array_append_val(out, d);
        lane->expected = run->dsn + run->length;
    }
}

static const mpt_stream_run *upcoming(const struct lane *lane)
{
    return lane->next < lane->order->len ? run_at(lane, g_array_index(lane->order, guint, lane->next)) : NULL;
}

GArray *mpt_follow_deliveries(const mpt_stream_direction direction[MPT_DIRECTIONS])
{
    GArray *out = g_array_new(FALSE, FALSE, sizeof(mpt_delivery));
    struct lane lanes[MPT_DIRECTIONS];
    mpt_direction dir;

    for (dir = 0; dir < MPT_DIRECTIONS; dir++)
        lane_init(&lanes[dir], &direction[dir]);
    for (;;) {
        const mpt_stream_run *c2s = upcoming(&lanes[MPT_C2S]), *s2c = upcoming(&lanes[MPT_S2C]);

        if (!c2s && !s2c)
            break;
        if (!c2s || (s2c && (s2c->time_ns < c2s->time_ns ||
                             (s2c->time_ns == c2s->time_ns && s2c->frame < c2s->frame))))
            deliver(&lanes[MPT_S2C], MPT_S2C, out);
        else
            deliver(&lanes[MPT_C2S], MPT_C2S, out);
    }
    for (dir = 0; dir < MPT_DIRECTIONS; dir++) {
        deliver_gap(&lanes[dir], dir, direction[dir].end, NULL,
                    out->len ? g_array_index(out, mpt_delivery, out->len - 1).delivered_ns : 0, out);
        g_array_free(lanes[dir].order, TRUE);
        g_free(lanes[dir].arrived);
    }
    return out;
}

/* --- printing --- */

struct printing {
    mpt_sink *sink;
    mpt_follow_mode mode;
    uint32_t offset[MPT_DIRECTIONS]; /* in the stream; wraps, as tshark's */
};

static const char *const MODE_NAMES[] = {
    [MPT_FOLLOW_ASCII] = "ascii",
    [MPT_FOLLOW_HEX] = "hex",
    [MPT_FOLLOW_RAW] = "raw",
    [MPT_FOLLOW_YAML] = "yaml",
};

static void print_hex_line(struct printing *x, mpt_direction dir, uint32_t offset, const uint8_t *bytes,
                           guint n)
{
    guint i;

    mpt_sink_printf(x->sink, "%s%08X  ", dir == MPT_S2C ? "\t" : "", offset);
    for (i = 0; i < 16; i++) {
        if (i < n)
            mpt_sink_printf(x->sink, "%02x ", bytes[i]);
        else
            mpt_sink_pad(x->sink, ' ', 3);
        if (i == 7)
            mpt_sink_putc(x->sink, ' ');
    }
    mpt_sink_putc(x->sink, ' ');
    for (i = 0; i < n; i++) {
        mpt_sink_putc(x->sink, (char)(bytes[i] >= ' ' && bytes[i] < 0x7f ? bytes[i] : '.'));
        if (i == 7 && n > 8)
            mpt_sink_putc(x->sink, ' ');
    }
    mpt_sink_putc(x->sink, '\n');
}

static void print_hex(struct printing *x, mpt_direction dir, const uint8_t *bytes, guint n)
{
    guint i;

    for (i = 0; i < n; i += 16)
        print_hex_line(x, dir, x->offset[dir] + i, bytes + i, MIN(16, n - i));
}

static void print_ascii(struct printing *x, mpt_direction dir, const uint8_t *bytes, guint n)
{
    guint i;

    mpt_sink_printf(x->sink, "%s%u\n", dir == MPT_S2C ? "\t" : "", n);
    for (i = 0; i < n; i++) {
        bool shown = bytes[i] == '\r' || bytes[i] == '\n' || g_ascii_isprint(bytes[i]);
        mpt_sink_putc(x->sink, (char)(shown ? bytes[i] : '.'));
    }
    mpt_sink_putc(x->sink, '\n');
}

static void print_raw(struct printing *x, mpt_direction dir, const uint8_t *bytes, guint n)
{
    static const char digits[] = "0123456789abcdef";
    guint i;

    if (dir == MPT_S2C)
        mpt_sink_putc(x->sink, '\t');
    for (i = 0; i < n; i++) {
        mpt_sink_putc(x->sink, digits[bytes[i] >> 4]);
        mpt_sink_putc(x->sink, digits[bytes[i] & 15]);
    }
    mpt_sink_putc(x->sink, '\n');
}

/* Lines of 76 characters, as in RFC 2045. */
static void print_yaml(struct printing *x, const mpt_delivery *d, const uint8_t *bytes, guint n)
{
    guint i;

    mpt_sink_printf(x->sink, "  - packet: %u\n    peer: %d\n    timestamp: %" PRId64 ".%09" PRId64 "\n",
                    d->frame, d->direction == MPT_S2C, d->time_ns / 1000000000, d->time_ns % 1000000000);
    mpt_sink_puts(x->sink, "    data: !!binary |\n");
    for (i = 0; i < n; i += 57) {
        char *line = g_base64_encode(bytes + i, MIN(57, n - i));
        mpt_sink_printf(x->sink, "      %s\n", line);
        g_free(line);
    }
}

static void print_delivery(struct printing *x, const mpt_delivery *d, bool shown)
{
    mpt_direction dir = d->direction;
    /* tshark's words for a gap in -z follow,tcp. */
    char *gap = d->run ? NULL : g_strdup_printf("[%" PRIu64 " bytes missing in capture file]", d->missing);
    const uint8_t *bytes = d->run ? d->run->bytes : (const uint8_t *)gap;
    guint n = d->run ? d->run->length : (guint)strlen(gap);

    if (shown && x->mode == MPT_FOLLOW_HEX)
        print_hex(x, dir, bytes, n);
    else if (shown && x->mode == MPT_FOLLOW_ASCII)
        print_ascii(x, dir, bytes, n);
    else if (shown && x->mode == MPT_FOLLOW_RAW)
        print_raw(x, dir, bytes, n);
    else if (shown)
        print_yaml(x, d, bytes, n);
    x->offset[dir] += n;
    g_free(gap);
}

static void print_ends(struct printing *x, const mpt_connection_view *v)
{
    char text[MPT_ENDPOINT_TEXT];
    mpt_role role;

    if (x->mode == MPT_FOLLOW_YAML) {
        mpt_sink_puts(x->sink, "peers:\n");
        for (role = 0; role < MPT_ROLES; role++)
            mpt_sink_printf(x->sink, "  - peer: %u\n    host: %s\n    port: %u\n", role,
                            mpt_endpoint_address_text(&v->end[role], text), v->end[role].port);
        mpt_sink_puts(x->sink, "packets:\n");
        return;
    }
    mpt_sink_printf(x->sink, "\n" SEPARATOR "Follow: mptcp,%s\n", MODE_NAMES[x->mode]);
    mpt_sink_puts(x->sink, "Filter: ");
    if (!mpt_report_write_filter(v, x->sink))
        mpt_sink_putc(x->sink, '\n');
    for (role = 0; role < MPT_ROLES; role++)
        mpt_sink_printf(x->sink, "Node %u: %s\n", role, mpt_endpoint_text(&v->end[role], text));
}

void mpt_report_not_kept(uint32_t id, GString *sentence)
{
    g_string_append_printf(
        sentence,
        "the bytes of connection %u were not kept: the capture's frames are too far out of "
        "order to know its number in time (preference mptcpscope.lookback_ms)",
        id);
}

static void print_connection(const mpt_report_context *x, const mpt_connection_view *v, mpt_sink *sink,
                             GString *sentence)
{
    mpt_stream_direction direction[MPT_DIRECTIONS];
    struct printing printing = {.sink = sink, .mode = x->arguments->follow_mode};
    bool complete = true;
    mpt_direction dir;
    GArray *all;
    guint i;

    for (dir = 0; dir < MPT_DIRECTIONS; dir++)
        complete &= mpt_stream_direction_of(x->collected, v->connection, v->side[mpt_direction_sender(dir)],
                                            &direction[dir]);
    if (!complete) {
        mpt_report_not_kept(v->id, sentence);
    } else {
        print_ends(&printing, v);
        all = mpt_follow_deliveries((const mpt_stream_direction *)direction);
        for (i = 0; i < all->len; i++)
            print_delivery(&printing, &g_array_index(all, mpt_delivery, i),
                           i + 1 >= x->arguments->first_chunk && i + 1 <= x->arguments->last_chunk);
        g_array_unref(all);
        if (printing.mode != MPT_FOLLOW_YAML)
            mpt_sink_puts(sink, SEPARATOR);
    }
    for (dir = 0; dir < MPT_DIRECTIONS; dir++)
        mpt_stream_clear(&direction[dir]);
}

static void print(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    uint32_t id = x->arguments->stream;
    mpt_connection_view v;

    if (mpt_report_missing(x, sentence))
        return;
    mpt_metrics_connection(x->engine, g_ptr_array_index(x->connections, id), id, &v);
    print_connection(x, &v, sink, sentence);
    mpt_metrics_clear(&v);
}

void mpt_follow_needs(const mpt_arguments *arguments, struct mpt_report_needs *needs)
{
    (void)arguments;
    needs->payload = needs->checksums = true;
}

void *mpt_follow_open(const mpt_arguments *arguments, const mpt_engine *engine, mpt_sink *live, uint32_t mark)
{
    (void)live;
    (void)mark;
    return mpt_arguments_has(arguments, MPT_ARG_ALL) ? mpt_stream_new_all(engine)
                                                     : mpt_stream_new(engine, arguments->stream);
}

void mpt_follow_close(void *collected)
{
    mpt_stream_free(collected);
}

const mpt_report mpt_follow_report = {.print = print, MPT_FOLLOW_COLLECTS};
