/* input.c - see input.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "input.h"

#include "plugin/compat.h"

#include <wiretap/wtap.h>
#include <wsutil/buffer.h>

#include <string.h>

#include "links.h"

/* A file that is open, with the record that comes next. */
struct piece {
    const char *path;
    wtap *file;
    wtap_rec rec;
    Buffer buffer;
    bool waiting, ended; /* a record is there; none comes any more */
    uint32_t first_id;   /* of its interfaces */
};

struct mpt_input {
    struct piece *pieces;
    unsigned count;
    uint32_t frames;
    uint64_t size;
    char *error;
    GPtrArray *names; /* of interfaces, as far as they were asked for; "": none */
};

/* --- opening --- */

static char *why(const char *what, const char *path, int err, char *info)
{
    char *text =
        g_strdup_printf("%s \"%s\": %s%s%s%s", what, path, err < 0 ? wtap_strerror(err) : g_strerror(err),
                        info ? " (" : "", info ? info : "", info ? ")" : "");

    g_free(info);
    return text;
}

static unsigned interfaces_of(const struct piece *p)
{
    wtapng_iface_descriptions_t *all = wtap_file_get_idb_info(p->file);
    unsigned n = all->interface_data->len;

    g_free(all);
    return n;
}

static bool open_piece(struct piece *p, const char *path, char **error)
{
    char *info = NULL;
    int err = 0;

    p->path = path;
    p->file = wtap_open_offline(path, WTAP_TYPE_AUTO, &err, &info, false);
    if (!p->file) {
        *error = why("can't read", path, err, info);
        return false;
    }
    MPT_WTAP_REC_INIT(&p->rec, 2048);
    ws_buffer_init(&p->buffer, 2048);
    return true;
}

mpt_input *mpt_input_open(char **paths, unsigned count, char **error)
{
    mpt_input *input = g_new0(mpt_input, 1);
    uint32_t id = 0;

    input->pieces = g_new0(struct piece, count);
    input->names = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; i < count; i++) {
        struct piece *p = &input->pieces[i];
        int err = 0;

        if (!open_piece(p, paths[i], error)) {
            mpt_input_close(input);
            return NULL;
        }
        input->count++;
        p->first_id = id;
        id += interfaces_of(p);
        input->size += strcmp(paths[i], "-") ? (uint64_t)MAX(wtap_file_size(p->file, &err), 0) : 0;
    }
    return input;
}

void mpt_input_close(mpt_input *input)
{
    if (!input)
        return;
    for (unsigned i = 0; i < input->count; i++) {
        wtap_rec_cleanup(&input->pieces[i].rec);
        ws_buffer_free(&input->pieces[i].buffer);
        wtap_close(input->pieces[i].file);
    }
    g_ptr_array_free(input->names, TRUE);
    g_free(input->pieces);
    g_free(input->error);
    g_free(input);
}

/* --- reading --- */

static void end_piece(mpt_input *input, struct piece *p, int err, char *info)
{
    p->ended = true;
    if (err == 0 || input->error) {
        g_free(info);
    } else if (err == WTAP_ERR_SHORT_READ) {
        input->error =
            g_strdup_printf("\"%s\" is cut short in the middle of a packet: the reports are of what "
                            "comes before",
                            p->path);
        g_free(info);
    } else {
        input->error = why("can't read further in", p->path, err, info);
    }
}

/* Fetches the next record of a file. */
static bool fetch(mpt_input *input, struct piece *p)
{
    char *info = NULL;
    int err = 0;
    int64_t at;

    if (p->waiting || p->ended)
        return p->waiting;
    wtap_rec_reset(&p->rec);
    p->waiting = MPT_WTAP_READ(p->file, &p->rec, &p->buffer, &err, &info, &at);
    if (!p->waiting)
        end_piece(input, p, err, info);
    return p->waiting;
}

static bool is_later(const wtap_rec *a, const wtap_rec *b)
{
    return a->ts.secs != b->ts.secs ? a->ts.secs > b->ts.secs : a->ts.nsecs > b->ts.nsecs;
}

/* The file whose record comes next: what has no time at once, else the earliest; NULL at the end. */
static struct piece *earliest(mpt_input *input)
{
    struct piece *best = NULL;

    for (unsigned i = 0; i < input->count; i++) {
        struct piece *p = &input->pieces[i];

        if (!fetch(input, p))
            continue;
        if (!(p->rec.presence_flags & WTAP_HAS_TS))
            return p;
        if (!best || !is_later(&p->rec, &best->rec))
            best = p;
    }
    return best;
}

static int64_t time_of(const wtap_rec *rec)
{
    const int64_t limit = INT64_MAX / 1000000000 - 1;

    return CLAMP((int64_t)rec->ts.secs, -limit, limit) * 1000000000 + rec->ts.nsecs;
}

static void fill(const mpt_input *input, struct piece *p, mpt_input_frame *next)
{
    const wtap_rec *rec = &p->rec;

    next->frame = (mpt_frame){
        .time_ns = time_of(rec),
        .bytes = MPT_WTAP_BYTES(&p->rec, &p->buffer),
        .number = input->frames,
    };
    next->encapsulation = WTAP_ENCAP_UNKNOWN;
    if (rec->rec_type != REC_TYPE_PACKET)
        return;
    next->frame.captured = rec->rec_header.packet_header.caplen;
    next->frame.length = rec->rec_header.packet_header.len;
    next->encapsulation = rec->rec_header.packet_header.pkt_encap;
    next->frame.link = (uint8_t)mpt_links_of(next->encapsulation);
    if (rec->presence_flags & WTAP_HAS_INTERFACE_ID || input->count > 1) {
        next->frame.has_interface = true;
        next->frame.interface_id = p->first_id;
        if (rec->presence_flags & WTAP_HAS_INTERFACE_ID)
            next->frame.interface_id += rec->rec_header.packet_header.interface_id;
    }
}

bool mpt_input_next(mpt_input *input, mpt_input_frame *next)
{
    struct piece *p = input->count == 1 ? input->pieces : earliest(input);

    if (!p || !fetch(input, p))
        return false;
    p->waiting = false;
    input->frames++;
    fill(input, p, next);
    return true;
}

const char *mpt_input_error(const mpt_input *input)
{
    return input->error;
}

/* --- interfaces --- */

static char *name_in(wtap *file, uint32_t id)
{
    static const unsigned options[] = {OPT_IDB_NAME, OPT_IDB_DESCRIPTION, OPT_IDB_HARDWARE};
    wtapng_iface_descriptions_t *all = wtap_file_get_idb_info(file);
    char *name = NULL, *found = NULL;

    if (id < all->interface_data->len)
        for (unsigned i = 0; i < G_N_ELEMENTS(options) && !found; i++)
            if (wtap_block_get_string_option_value(g_array_index(all->interface_data, wtap_block_t, id),
                                                   options[i], &name) == WTAP_OPTTYPE_SUCCESS)
                found = g_strdup(name);
    g_free(all);
    return found;
}

const char *mpt_input_interface(mpt_input *input, uint32_t id)
{
    const char *name;
    unsigned i = input->count - 1;

    if (id >= 1024)
        return NULL;
    if (id >= input->names->len)
        g_ptr_array_set_size(input->names, (int)id + 1);
    while (i > 0 && input->pieces[i].first_id > id)
        i--;
    name = g_ptr_array_index(input->names, id);
    if (!name)
        name = g_ptr_array_index(input->names, id) =
            name_in(input->pieces[i].file, id - input->pieces[i].first_id);
    return name;
}

/* --- progress --- */

uint64_t mpt_input_read(const mpt_input *input)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < input->count; i++)
        sum += (uint64_t)wtap_read_so_far(input->pieces[i].file);
    return sum;
}

uint64_t mpt_input_size(const mpt_input *input)
{
    return input->size;
}
