/* unfold_pcapng.c - see unfold_pcapng.h. The only file that writes with libwiretap.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "unfold_pcapng.h"

#include "plugin/compat.h"

#include <wiretap/wtap.h>
#include <wsutil/buffer.h>

#include <string.h>

#include "plugin/report/follow/follow.h"
#include "plugin/report/follow/replay.h"

struct writing {
    wtap_dumper *dumper;
    wtap_dump_params params;
    wtap_rec rec;
    int error;
    char *error_text;
};

static wtapng_iface_descriptions_t *describe_interface(void)
{
    wtapng_iface_descriptions_t *interfaces = g_new0(wtapng_iface_descriptions_t, 1);
    wtap_block_t block = wtap_block_create(WTAP_BLOCK_IF_ID_AND_INFO);
    wtapng_if_descr_mandatory_t *mandatory = wtap_block_get_mandatory_data(block);

    mandatory->wtap_encap = WTAP_ENCAP_RAW_IP;
    mandatory->time_units_per_second = 1000000000;
    mandatory->tsprecision = WTAP_TSPREC_NSEC;
    wtap_block_add_uint8_option(block, OPT_IDB_TSRESOL, 9);
    wtap_block_add_string_option(block, OPT_IDB_NAME, "mptcp", strlen("mptcp"));
    interfaces->interface_data = g_array_new(FALSE, FALSE, sizeof(wtap_block_t));
    g_array_append_val(interfaces->interface_data, block);
    return interfaces;
}

static GArray *describe_section(const mpt_arguments *a)
{
    GArray *sections = g_array_new(FALSE, FALSE, sizeof(wtap_block_t));
    wtap_block_t block = wtap_block_create(WTAP_BLOCK_SECTION);

    wtap_block_add_string_option(block, OPT_SHB_USERAPPL, "mptcpscope " MPT_VERSION,
                                 strlen("mptcpscope " MPT_VERSION));
    if (mpt_arguments_has(a, MPT_ARG_ALL))
        wtap_block_add_string_option_format(
            block, OPT_COMMENT,
            "MPTCP connections, each as one TCP connection: packets are made up from their bytes");
    else
        wtap_block_add_string_option_format(
            block, OPT_COMMENT,
            "MPTCP connection %u as one TCP connection: packets are made up from its bytes", a->stream);
    g_array_append_val(sections, block);
    return sections;
}

static bool write_packet(const mpt_replay_packet *p, void *user)
{
    struct writing *w = user;
    wtap_rec *rec = &w->rec;

    rec->rec_type = REC_TYPE_PACKET;
    rec->presence_flags = WTAP_HAS_TS | WTAP_HAS_CAP_LEN;
    rec->ts.secs = (time_t)(p->time_ns / 1000000000);
    rec->ts.nsecs = (int)(p->time_ns % 1000000000);
    rec->tsprec = WTAP_TSPREC_NSEC;
    rec->rec_header.packet_header.caplen = rec->rec_header.packet_header.len = p->length;
    rec->rec_header.packet_header.pkt_encap = WTAP_ENCAP_RAW_IP;
    rec->block = wtap_block_create(WTAP_BLOCK_PACKET);
    rec->block_was_modified = true;
    wtap_block_add_string_option(rec->block, OPT_COMMENT, p->comment, strlen(p->comment));
    bool ok = MPT_WTAP_DUMP(w->dumper, rec, p->bytes, p->length, &w->error, &w->error_text);
    wtap_block_unref(rec->block);
    rec->block = NULL;
    return ok;
}

/* Appends why writing failed; frees libwiretap's own message. */
static void explain(const mpt_report_context *x, struct writing *w, GString *sentence)
{
    if (x->arguments->file)
        g_string_append_printf(sentence, "cannot write \"%s\": %s", x->arguments->file,
                               wtap_strerror(w->error));
    else
        g_string_append_printf(sentence, "cannot write to standard output: %s", wtap_strerror(w->error));
    if (w->error_text)
        g_string_append_printf(sentence, " (%s)", w->error_text);
    g_clear_pointer(&w->error_text, g_free);
}

static void free_writing(struct writing *w)
{
    g_free(w->error_text);
    wtap_rec_cleanup(&w->rec);
    wtap_block_array_free(w->params.shb_hdrs);
    wtap_block_array_free(w->params.idb_inf->interface_data);
    g_free((void *)w->params.idb_inf);
    g_free(w);
}

/* --- several connections, by time --- */

/* A packet that waits for those before it. */
struct waiting {
    int64_t due_ns; /* its time, or that of the one before it on its connection, where that is later */
    uint64_t order;
    mpt_replay_packet packet;
    char *comment;
    uint8_t *bytes;
};

struct gathering {
    GArray *packets; /* struct waiting */
    int64_t due_ns;  /* of the connection so far */
};

static bool gather(const mpt_replay_packet *p, void *user)
{
    struct gathering *g = user;
    struct waiting w = {.packet = *p, .order = g->packets->len};

    g->due_ns = w.due_ns = MAX(g->due_ns, p->time_ns);
    w.packet.comment = w.comment = g_strdup(p->comment);
    w.packet.bytes = w.bytes = g_memdup2(p->bytes, p->length);
    g_array_append_val(g->packets, w);
    return true;
}

static gint by_time(gconstpointer a, gconstpointer b)
{
    const struct waiting *x = a, *y = b;

    if (x->due_ns != y->due_ns)
        return x->due_ns < y->due_ns ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static void free_waiting(gpointer data)
{
    struct waiting *w = data;

    g_free(w->comment);
    g_free(w->bytes);
}

/* Calls `func` for the packets of a connection. False if it returned false, or with a sentence if its bytes were
 * not kept. */
static bool replay_one(const mpt_report_context *x, const mpt_connection_view *v, mpt_replay_func func,
                       void *user, GString *sentence)
{
    mpt_stream_direction direction[MPT_DIRECTIONS];
    bool complete = true, ok = false;
    mpt_direction dir;

    for (dir = 0; dir < MPT_DIRECTIONS; dir++)
        complete &= mpt_stream_direction_of(x->collected, v->connection, v->side[mpt_direction_sender(dir)],
                                            &direction[dir]);
    if (complete)
        ok = mpt_replay(v, direction, func, user);
    else
        mpt_report_not_kept(v->id, sentence);
    for (dir = 0; dir < MPT_DIRECTIONS; dir++)
        mpt_stream_clear(&direction[dir]);
    return ok;
}

static bool replay_all(const mpt_report_context *x, struct writing *w, GString *sentence)
{
    struct gathering g = {.packets = g_array_new(FALSE, FALSE, sizeof(struct waiting))};
    mpt_connection_view v = {0};
    bool ok = true;

    g_array_set_clear_func(g.packets, free_waiting);
    while (ok && mpt_report_next(x, &v)) {
        g.due_ns = INT64_MIN;
        ok = replay_one(x, &v, gather, &g, sentence);
    }
    mpt_metrics_clear(&v);
    g_array_sort(g.packets, by_time);
    for (guint i = 0; ok && i < g.packets->len; i++)
        ok = write_packet(&g_array_index(g.packets, struct waiting, i).packet, w);
    g_array_unref(g.packets);
    return ok;
}

static bool replay(const mpt_report_context *x, struct writing *w, GString *sentence)
{
    uint32_t id = x->arguments->stream;
    mpt_connection_view v;
    bool ok;

    if (mpt_arguments_has(x->arguments, MPT_ARG_ALL))
        return replay_all(x, w, sentence);
    mpt_metrics_connection(x->engine, g_ptr_array_index(x->connections, id), id, &v);
    ok = replay_one(x, &v, write_packet, w, sentence);
    mpt_metrics_clear(&v);
    return ok;
}

/* Opens arguments->file, which the sink hands over, or stdout. NULL: it can't be; *sentence is why, or the sink knows. */
static struct writing *open_writing(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    struct writing *w = g_new0(struct writing, 1);
    wtap_dump_params none = WTAP_DUMP_PARAMS_INIT;
    int type = wtap_pcapng_file_type_subtype();
    const char *path = NULL;

    w->params = none;
    w->params.encap = WTAP_ENCAP_RAW_IP;
    w->params.tsprec = WTAP_TSPREC_NSEC;
    w->params.idb_inf = describe_interface();
    w->params.shb_hdrs = describe_section(x->arguments);
    MPT_WTAP_REC_INIT(&w->rec, 2048);
    if (!x->arguments->file)
        w->dumper = wtap_dump_open_stdout(type, WTAP_UNCOMPRESSED, &w->params, &w->error, &w->error_text);
    else if ((path = mpt_sink_hand_over(sink)) != NULL)
        w->dumper = wtap_dump_open(path, type, WTAP_UNCOMPRESSED, &w->params, &w->error, &w->error_text);
    if (w->dumper)
        return w;
    if (path || !x->arguments->file)
        explain(x, w, sentence);
    free_writing(w);
    return NULL;
}

/* ok: nothing went wrong so far. */
static void close_writing(const mpt_report_context *x, struct writing *w, bool ok, GString *sentence)
{
    if (!wtap_dump_close(w->dumper, NULL, &w->error, &w->error_text) && ok)
        explain(x, w, sentence);
    free_writing(w);
}

static bool find(const mpt_report_context *x, GString *sentence)
{
    if (mpt_report_missing(x, sentence))
        return false;
    if (x->connections->len == 0)
        g_string_append(sentence, MPT_NO_MPTCP);
    else if (x->connections->len > 1 && !mpt_arguments_has(x->arguments, MPT_ARG_STREAM) &&
             !mpt_arguments_has(x->arguments, MPT_ARG_ALL))
        g_string_append_printf(sentence,
                               "mptcp,unfold writes one connection, and the capture has %u: choose one with "
                               "stream=N, as " MPT_ASK_LISTING " shows it, or write all with \"all\"",
                               x->connections->len);
    return sentence->len == 0;
}

/* The connections as pcapng (see replay.h for what is in it); the sink hands its file over and gets nothing. */
static void print(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    struct writing *w = *x->state;
    bool ok;

    /* All were written when they were over. */
    if (w)
        close_writing(x, w, true, sentence);
    *x->state = NULL;
    if (w || !find(x, sentence) || !(w = open_writing(x, sink, sentence)))
        return;
    ok = replay(x, w, sentence);
    if (!ok && !sentence->len)
        explain(x, w, sentence);
    close_writing(x, w, ok, sentence);
}

static bool over(const mpt_report_context *x, const mpt_connection_view *v, mpt_sink *sink, GString *sentence)
{
    struct writing *w = *x->state;
    bool ok;

    if (!w && !(w = *x->state = open_writing(x, sink, sentence)))
        return false;
    ok = replay_one(x, v, write_packet, w, sentence) && wtap_dump_flush(w->dumper, &w->error);
    if (!ok && !sentence->len)
        explain(x, w, sentence);
    if (!ok)
        close_writing(x, w, false, sentence);
    if (!ok)
        *x->state = NULL;
    return ok;
}

static char *refuse(const mpt_arguments *a)
{
    uint32_t chosen = MPT_TAKES_SELECTION & ~MPT_BIT(MPT_ARG_STREAM);

    if (mpt_arguments_has(a, MPT_ARG_ALL) && mpt_arguments_has(a, MPT_ARG_STREAM))
        return g_strdup("mptcp,unfold takes one connection (stream=N), or all");
    if (!mpt_arguments_has(a, MPT_ARG_ALL) && a->presence & chosen)
        return g_strdup("token=, address= and port= choose among all: mptcp,unfold,all,port=N");
    return NULL;
}

/* In help, beside what prints data. */
#define PLACE 9

void mpt_unfold_register(void)
{
    static const mpt_report report = {
        .name = "unfold",
        .help = "a connection, or all, as plain TCP connections",
        .takes = MPT_TAKES_SELECTION | MPT_BIT(MPT_ARG_FILE) | MPT_BIT(MPT_ARG_ALL),
        .requires = MPT_BIT(MPT_ARG_FILE),
        .refuse = refuse,
        .packets = true,
        .print = print,
        .over = over,
        MPT_FOLLOW_COLLECTS,
    };

    mpt_registry_add(&report, PLACE);
}
