/* input.c - see input.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <string.h>

#include "input_internal.h"
#include "links.h"

/* --- opening --- */

/* As sentences have it; free with g_free(). */
static char *name_of(const char *path)
{
    return strcmp(path, "-") ? g_strdup_printf("\"%s\"", path) : g_strdup("standard input");
}

static char *why(const char *what, const char *path, int err, char *info)
{
    char *name = name_of(path);
    char *text =
        g_strdup_printf("%s %s: %s%s%s%s", what, name, err < 0 ? wtap_strerror(err) : g_strerror(err),
                        info ? " (" : "", info ? info : "", info ? ")" : "");

    g_free(name);
    g_free(info);
    return text;
}

static bool open_piece(mpt_piece *p, const char *path, char **error)
{
    char *info = NULL;
    int err = 0;

    p->path = path;
    p->file = wtap_open_offline(path, WTAP_TYPE_AUTO, &err, &info, false);
    if (!p->file) {
        *error = why("cannot read", path, err, info);
        return false;
    }
    MPT_WTAP_REC_INIT(&p->rec, 2048);
    ws_buffer_init(&p->buffer, 2048);
    return true;
}

/* --- reading --- */

static void end_piece(mpt_input *input, mpt_piece *p, int err, char *info)
{
    p->ended = true;
    if (err == 0 || err == EINTR || input->error) {
        g_free(info);
    } else if (err == WTAP_ERR_SHORT_READ) {
        char *name = name_of(p->path);

        input->error = g_strdup_printf(
            "%s is cut short in the middle of a packet: the reports are of what comes before", name);
        g_free(name);
        g_free(info);
    } else {
        input->error = why("cannot read on in", p->path, err, info);
    }
}

/* Fetches the next record of a file. */
static bool fetch(mpt_input *input, mpt_piece *p)
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

static int64_t time_of(const wtap_rec *rec)
{
    const int64_t limit = INT64_MAX / 1000000000 - 1;

    return CLAMP((int64_t)rec->ts.secs, -limit, limit) * 1000000000 + rec->ts.nsecs;
}

/* The piece of this capture whose record comes next; NULL at the end. */
static mpt_piece *current(mpt_input *input, mpt_chain *c)
{
    while (!fetch(input, c->now)) {
        if (c->now->beyond * MPT_BEYOND_PART > c->now->frames)
            input->mistaken = true;
        if (!c->now->next)
            return NULL;
        c->now = c->now->next;
    }
    return c->now;
}

/* The capture whose record comes next: what has no time at once, else the earliest; NULL at the end. */
static mpt_chain *earliest(mpt_input *input)
{
    mpt_chain *best = NULL;

    for (unsigned i = 0; i < input->chain_count; i++) {
        mpt_chain *c = &input->chains[i];
        const mpt_piece *p = current(input, c);

        if (!p)
            continue;
        if (!(p->rec.presence_flags & WTAP_HAS_TS))
            return c;
        if (!best || nstime_cmp(&p->rec.ts, &best->now->rec.ts) <= 0)
            best = c;
    }
    return best;
}

static void fill(const mpt_input *input, const mpt_chain *c, mpt_input_frame *next)
{
    const wtap_rec *rec = &c->now->rec;

    next->frame = (mpt_frame){
        .time_ns = time_of(rec),
        .bytes = MPT_WTAP_BYTES(&c->now->rec, &c->now->buffer),
        .number = input->frames,
    };
    next->encapsulation = WTAP_ENCAP_UNKNOWN;
    if (rec->rec_type != REC_TYPE_PACKET)
        return;
    next->frame.captured = rec->rec_header.packet_header.caplen;
    next->frame.length = rec->rec_header.packet_header.len;
    next->encapsulation = rec->rec_header.packet_header.pkt_encap;
    next->frame.link = (uint8_t)mpt_links_of(next->encapsulation);
    if (rec->presence_flags & WTAP_HAS_INTERFACE_ID || input->chain_count > 1) {
        next->frame.has_interface = true;
        next->frame.interface_id = c->first_id;
        if (rec->presence_flags & WTAP_HAS_INTERFACE_ID)
            next->frame.interface_id += rec->rec_header.packet_header.interface_id;
    }
}

bool mpt_input_next(mpt_input *input, mpt_input_frame *next)
{
    mpt_chain *c = input->count == 1 ? input->chains : earliest(input);

    if (!c || input->mistaken || !fetch(input, c->now))
        return false;
    c->now->waiting = false;
    input->frames++;
    fill(input, c, next);
    if (c->now->next)
        mpt_chains_note(input, c->now, next->frame.time_ns);
    return true;
}

/* --- all files --- */

static bool open_all(mpt_input *input, char **paths, unsigned count, char **error)
{
    for (unsigned i = 0; i < count; i++) {
        mpt_piece *p = &input->pieces[i];
        int err = 0;

        if (!strcmp(paths[i], "-") && mpt_input_is_pipe(input)) {
            *error = g_strdup("standard input can be read only once");
            return false;
        }
        if (!open_piece(p, paths[i], error))
            return false;
        input->count++;
        input->size += strcmp(paths[i], "-") ? (uint64_t)MAX(wtap_file_size(p->file, &err), 0) : 0;
    }
    return true;
}

/* When each begins, which takes its first record. */
static void begin(mpt_input *input)
{
    for (unsigned i = 0; i < input->count && input->count > 1; i++) {
        mpt_piece *p = &input->pieces[i];

        p->first_ns = fetch(input, p) ? time_of(&p->rec) : INT64_MAX;
    }
    mpt_chains_make(input);
}

static void close_all(mpt_input *input)
{
    for (unsigned i = 0; i < input->count; i++) {
        mpt_piece *p = &input->pieces[i];

        wtap_rec_cleanup(&p->rec);
        ws_buffer_free(&p->buffer);
        wtap_close(p->file);
        g_free(p->likeness);
        *p = (mpt_piece){.path = p->path};
    }
    input->count = 0;
    input->size = 0;
    g_clear_pointer(&input->error, g_free);
    g_ptr_array_set_size(input->names, 0);
}

mpt_input *mpt_input_open(char **paths, unsigned count, mpt_files files, char **error)
{
    mpt_input *input = g_new0(mpt_input, 1);

    input->files = files;
    input->pieces = g_new0(mpt_piece, count);
    input->names = g_ptr_array_new_with_free_func(g_free);
    if (!open_all(input, paths, count, error)) {
        mpt_input_close(input);
        return NULL;
    }
    begin(input);
    return input;
}

bool mpt_input_again(mpt_input *input)
{
    unsigned count = input->count;
    char *error = NULL, **paths;
    bool ok;

    if (!input->mistaken)
        return false;
    paths = g_new(char *, count);
    for (unsigned i = 0; i < count; i++)
        paths[i] = (char *)input->pieces[i].path;
    close_all(input);
    input->mistaken = false;
    input->frames = 0;
    input->likeness++;
    ok = open_all(input, paths, count, &error);
    g_free(paths);
    if (ok) {
        begin(input);
    } else {
        input->chain_count = 0;
        input->error = error;
    }
    return ok;
}

void mpt_input_close(mpt_input *input)
{
    if (!input)
        return;
    close_all(input);
    g_ptr_array_free(input->names, TRUE);
    g_free(input->chains);
    g_free(input->pieces);
    g_free(input);
}

bool mpt_input_is_pipe(const mpt_input *input)
{
    bool pipe = false;

    for (unsigned i = 0; i < input->count; i++)
        pipe |= !strcmp(input->pieces[i].path, "-");
    return pipe;
}

void mpt_input_interrupt(mpt_input *input)
{
    /* That is how a capture on a pipe ends. */
    if (!mpt_input_is_pipe(input) && !input->error)
        input->error = g_strdup("interrupted: the reports are of what was read so far");
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
    unsigned i = input->chain_count;

    if (id >= 1024 || !i--)
        return NULL;
    if (id >= input->names->len)
        g_ptr_array_set_size(input->names, (int)id + 1);
    while (i > 0 && input->chains[i].first_id > id)
        i--;
    name = g_ptr_array_index(input->names, id);
    if (!name)
        name = g_ptr_array_index(input->names, id) =
            name_in(input->chains[i].first->file, id - input->chains[i].first_id);
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
