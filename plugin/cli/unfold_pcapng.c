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

static GArray *describe_section(uint32_t id)
{
    GArray *sections = g_array_new(FALSE, FALSE, sizeof(wtap_block_t));
    wtap_block_t block = wtap_block_create(WTAP_BLOCK_SECTION);

    wtap_block_add_string_option(block, OPT_SHB_USERAPPL, "mptcpscope " MPT_VERSION,
                                 strlen("mptcpscope " MPT_VERSION));
    wtap_block_add_string_option_format(
        block, OPT_COMMENT, "MPTCP connection %u as one TCP connection: packets are made up from its bytes",
        id);
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
static void explain(const char *name, struct writing *w, GString *sentence)
{
    g_string_append_printf(sentence, "can't write \"%s\": %s", name, wtap_strerror(w->error));
    if (w->error_text)
        g_string_append_printf(sentence, " (%s)", w->error_text);
    g_clear_pointer(&w->error_text, g_free);
}

/* Writes at `path` what is to be the file `name`. */
static void write_file(const char *path, const char *name, const mpt_connection_view *v,
                       const mpt_stream_direction direction[2], GString *sentence)
{
    wtap_dump_params params = WTAP_DUMP_PARAMS_INIT;
    struct writing w = {0};
    bool ok;

    params.encap = WTAP_ENCAP_RAW_IP;
    params.tsprec = WTAP_TSPREC_NSEC;
    params.idb_inf = describe_interface();
    params.shb_hdrs = describe_section(v->id);
    MPT_WTAP_REC_INIT(&w.rec, 2048);
    w.dumper = wtap_dump_open(path, wtap_pcapng_file_type_subtype(), WTAP_UNCOMPRESSED, &params, &w.error,
                              &w.error_text);
    ok = w.dumper && mpt_replay(v, direction, write_packet, &w);
    if (!ok)
        explain(name, &w, sentence);
    if (w.dumper && !wtap_dump_close(w.dumper, NULL, &w.error, &w.error_text) && ok)
        explain(name, &w, sentence);
    g_free(w.error_text);
    wtap_rec_cleanup(&w.rec);
    wtap_block_array_free(params.shb_hdrs);
    wtap_block_array_free(params.idb_inf->interface_data);
    g_free(params.idb_inf);
}

static bool find(const mpt_report_context *x, GString *sentence)
{
    if (mpt_report_missing(x, sentence))
        return false;
    if (x->connections->len == 0)
        g_string_append(sentence, MPT_NO_MPTCP);
    else if (x->connections->len > 1 && !mpt_arguments_has(x->arguments, MPT_ARG_STREAM))
        g_string_append_printf(sentence,
                               "mptcp,unfold writes one connection, and the capture has %u: choose one with "
                               "stream=N, as " MPT_ASK_LISTING " shows it",
                               x->connections->len);
    return sentence->len == 0;
}

/* Writes the connection to arguments->file as pcapng (see replay.h for what is in it); the sink hands that
 * file over and gets nothing. */
static void print(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    mpt_stream_direction direction[MPT_DIRECTIONS];
    uint32_t id = x->arguments->stream;
    mpt_connection_view v;
    bool complete = true;
    mpt_direction dir;

    const char *path;

    if (!find(x, sentence))
        return;
    mpt_metrics_connection(x->engine, g_ptr_array_index(x->connections, id), id, &v);
    for (dir = 0; dir < MPT_DIRECTIONS; dir++)
        complete &= mpt_stream_direction_of(x->collected, v.connection, v.side[mpt_direction_sender(dir)],
                                            &direction[dir]);
    if (!complete)
        mpt_report_not_kept(id, sentence);
    else if ((path = mpt_sink_hand_over(sink)))
        write_file(path, x->arguments->file, &v, direction, sentence);
    for (dir = 0; dir < MPT_DIRECTIONS; dir++)
        mpt_stream_clear(&direction[dir]);
    mpt_metrics_clear(&v);
}

/* In help, beside what prints data. */
#define PLACE 9

void mpt_unfold_register(void)
{
    static const mpt_report report = {
        .name = "unfold",
        .help = "a connection written as one plain TCP connection",
        .takes = MPT_BIT(MPT_ARG_STREAM) | MPT_BIT(MPT_ARG_FILE),
        .requires = MPT_BIT(MPT_ARG_FILE),
        .print = print,
        MPT_FOLLOW_COLLECTS,
    };

    mpt_registry_add(&report, PLACE);
}
