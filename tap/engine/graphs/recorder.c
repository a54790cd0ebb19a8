/* recorder.c - the packed record of a capture, see graphs.h.
 *
 * A record is a byte for its kind and flags and then numbers as differences to what is likely, 7 bits a byte,
 * the low ones first:
 *
 *     segment  [kind|flags] time frame subflow connection window position [length] [ack] [data_ack]
 *
 * Invariant: writer and reader keep the same state (`struct last`), so that each difference is undone
 * exactly; a record never crosses a chunk.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "graphs_internal.h"
#include "tap/engine/base/seq.h"

#define CHUNK       65536
/* No record is longer: 12 numbers of at most 10 bytes. */
#define RECORD_MAX  128
/* Bytes of pieces and mappings, in all and for each segment. Few captures have more than 20 for each;
 * mappings that overlap without end would have thousands. */
#define PIECES_FREE (1024 * 1024)
#define PIECES_EACH 48

enum { HAS_ACK = 4, HAS_DATA_ACK = 8, HAS_PAYLOAD = 16, IS_SYN = 32, IS_RST = 64, SIDE = 128 };
enum { HAS_FIRST = 32, IS_RESOLVED = 64, CLASS_SHIFT = 2 };

/* What is likely for the next record of a subflow, per side. */
struct last {
    int64_t next, ack, data_ack, dsn;
    uint32_t window;
};

struct state {
    int64_t time_ns;
    uint32_t frame;
    GPtrArray *subflows; /* struct last[MPT_SIDES] each; NULL: not seen, or forgotten */
};

struct chunk {
    uint32_t used;
    uint8_t bytes[CHUNK];
};

struct merge {
    uint32_t from, to;
    bool flipped;
    int64_t shift[MPT_CONN_SIDES]; /* of `to` */
};

struct mpt_recorder {
    const mpt_engine *engine;
    bool mappings;
    GPtrArray *chunks;
    GArray *merges;
    struct state state;
    uint64_t segments;
    uint64_t piece_bytes; /* of pieces and mappings */
    uint64_t left_out;    /* pieces and mappings, for want of room */
};

/* What a connection that is empty now became part of, in the end. */
struct moved {
    bool flipped;
    int64_t shift[MPT_CONN_SIDES]; /* of the connection in the end */
};

struct mpt_record_reader {
    const mpt_recorder *recorder;
    GHashTable *moved; /* index of a connection -> struct moved; NULL: none */
    struct state state;
    struct last forgotten;
    guint chunk;
    uint32_t at;
};

static void state_init(struct state *s)
{
    memset(s, 0, sizeof *s);
    s->subflows = g_ptr_array_new_with_free_func(g_free);
}

static struct last *last_of(struct state *s, uint32_t subflow, mpt_side side)
{
    struct last *both;

    if (subflow >= s->subflows->len)
        g_ptr_array_set_size(s->subflows, (gint)subflow + 1);
    both = s->subflows->pdata[subflow];
    if (!both)
        s->subflows->pdata[subflow] = both = g_new0(struct last, MPT_SIDES);
    return &both[side];
}

/* --- numbers and records, written and read by the same functions --- */

struct coder {
    uint8_t *at;
    bool writes;
};

static inline void code(struct coder *c, uint64_t *value)
{
    unsigned shift = 0;
    uint64_t left = *value;

    if (c->writes) {
        for (; left > 0x7f; left >>= 7)
            *c->at++ = (uint8_t)(left | 0x80);
        *c->at++ = (uint8_t)left;
        return;
    }
    *value = 0;
    for (; *c->at & 0x80; shift += 7)
        *value |= (uint64_t)(*c->at++ & 0x7f) << shift;
    *value |= (uint64_t)*c->at++ << shift;
}

static inline void code_u32(struct coder *c, uint32_t *value)
{
    uint64_t v = *value;

    code(c, &v);
    *value = (uint32_t)v;
}

/* As the difference to what is likely: small numbers of either sign are short. */
static inline void code_difference(struct coder *c, int64_t *value, int64_t likely)
{
    int64_t d = (int64_t)((uint64_t)*value - (uint64_t)likely);
    uint64_t v = ((uint64_t)d << 1) ^ (uint64_t)(d >> 63);

    code(c, &v);
    *value = (int64_t)((uint64_t)likely + ((v >> 1) ^ (0 - (v & 1))));
}

static inline void code_difference_u32(struct coder *c, uint32_t *value, int64_t likely)
{
    int64_t v = *value;

    code_difference(c, &v, likely);
    *value = (uint32_t)v;
}

/* The same, and this value is the next one's likely value. */
static inline void code_change(struct coder *c, int64_t *value, int64_t *last)
{
    code_difference(c, value, *last);
    *last = *value;
}

static inline void code_change_u32(struct coder *c, uint32_t *value, uint32_t *last)
{
    code_difference_u32(c, value, *last);
    *last = *value;
}

static inline void code_head(struct coder *c, struct state *s, mpt_record *g)
{
    code_change(c, &g->time_ns, &s->time_ns);
    code_change_u32(c, &g->frame, &s->frame);
    code_u32(c, &g->subflow);
    code_u32(c, &g->connection);
}

static inline void code_segment(struct coder *c, struct last *own, mpt_record *g, unsigned head)
{
    code_change_u32(c, &g->window, &own->window);
    code_difference(c, &g->position, own->next);
    if (head & HAS_PAYLOAD)
        code_u32(c, &g->length);
    own->next = g->position + g->length;
    if (g->has_ack)
        code_change(c, &g->ack, &own->ack);
    if (g->has_data_ack)
        code_change(c, &g->data_ack, &own->data_ack);
}

static inline void code_piece(struct coder *c, struct last *own, mpt_record *g, unsigned head)
{
    code_difference(c, &g->dsn, own->dsn);
    code_u32(c, &g->length);
    own->dsn = g->dsn + g->length;
    if (!(head & HAS_FIRST))
        return;
    code_difference_u32(c, &g->first_frame, g->frame);
    code_u32(c, &g->first_subflow);
    code_difference(c, &g->first_ns, g->time_ns);
}

/* In line, so that a writer and a reader are made of it, which ask no number which of them they are. */
static inline __attribute__((always_inline)) void code_record(struct coder *c, struct last *own,
                                                              mpt_record *g, unsigned head)
{
    if (g->kind == MPT_RECORD_SEGMENT) {
        code_segment(c, own, g, head);
    } else if (g->kind == MPT_RECORD_PIECE) {
        code_piece(c, own, g, head);
    } else {
        code_difference(c, &g->dsn, own->dsn);
        code_u32(c, &g->length);
        code_u32(c, &g->ssn);
        code_u32(c, &g->checksum);
    }
}

/* --- writing --- */

/* Room for one record, at the end of the last chunk. */
static struct chunk *begin(mpt_recorder *r)
{
    struct chunk *c = r->chunks->len ? g_ptr_array_index(r->chunks, r->chunks->len - 1) : NULL;

    if (!c || c->used + RECORD_MAX > CHUNK) {
        c = g_malloc(sizeof *c);
        c->used = 0;
        g_ptr_array_add(r->chunks, c);
    }
    return c;
}

/* Is there room for one more piece or mapping? What is left out changes no state. */
static bool has_room(mpt_recorder *r)
{
    bool room = r->piece_bytes < (uint64_t)PIECES_FREE + (uint64_t)PIECES_EACH * r->segments;

    r->left_out += !room;
    return room;
}

static unsigned head_of(const mpt_record *g)
{
    unsigned head = g->kind | (g->side == MPT_SIDE_B ? SIDE : 0);

    if (g->kind == MPT_RECORD_SEGMENT)
        head |= (g->has_ack ? HAS_ACK : 0) | (g->has_data_ack ? HAS_DATA_ACK : 0) |
                (g->length ? HAS_PAYLOAD : 0) | (g->syn ? IS_SYN : 0) | (g->rst ? IS_RST : 0);
    else if (g->kind == MPT_RECORD_PIECE)
        head |= (unsigned)g->what << CLASS_SHIFT | (g->first_frame ? HAS_FIRST : 0) |
                (g->resolved ? IS_RESOLVED : 0);
    return head;
}

static void write_record(mpt_recorder *r, mpt_record *g)
{
    struct chunk *chunk = begin(r);
    struct coder c = {.at = chunk->bytes + chunk->used, .writes = true};
    unsigned head = head_of(g);
    uint32_t length;

    *c.at++ = (uint8_t)head;
    code_head(&c, &r->state, g);
    code_record(&c, last_of(&r->state, g->subflow, g->side), g, head);
    length = (uint32_t)(c.at - chunk->bytes) - chunk->used;
    chunk->used += length;
    if (g->kind == MPT_RECORD_SEGMENT)
        r->segments++;
    else
        r->piece_bytes += length;
}

/* --- reading --- */

static void set_flags(mpt_record *g, unsigned head)
{
    g->kind = (mpt_record_kind)(head & 3);
    g->side = head & SIDE ? MPT_SIDE_B : MPT_SIDE_A;
    if (g->kind == MPT_RECORD_SEGMENT) {
        g->has_ack = head & HAS_ACK;
        g->has_data_ack = head & HAS_DATA_ACK;
        g->syn = head & IS_SYN;
        g->rst = head & IS_RST;
    } else if (g->kind == MPT_RECORD_PIECE) {
        g->what = (mpt_data_class)(head >> CLASS_SHIFT & 7);
        g->resolved = head & IS_RESOLVED;
    }
}

/* From the last merge to the first, so that what `to` became part of is known. */
static GHashTable *all_moved(const GArray *merges)
{
    GHashTable *all;
    guint i;

    if (!merges->len)
        return NULL;
    all = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    for (i = merges->len; i > 0; i--) {
        const struct merge *m = &g_array_index(merges, struct merge, i - 1);
        const struct moved *later = g_hash_table_lookup(all, GUINT_TO_POINTER(m->to));
        struct moved *moved = g_new0(struct moved, 1);

        for (mpt_conn_side side = 0; side < MPT_CONN_SIDES; side++)
            moved->shift[side] = later
                                     ? later->shift[side] + m->shift[mpt_conn_side_flip(side, later->flipped)]
                                     : m->shift[side];
        moved->flipped = m->flipped ^ (later && later->flipped);
        g_hash_table_insert(all, GUINT_TO_POINTER(m->from), moved);
    }
    return all;
}

/* Positions become those of the connection that the record's connection became part of. */
static void move(const mpt_record_reader *reader, mpt_record *g)
{
    const mpt_subflow *s = g_ptr_array_index(mpt_engine_subflows(reader->recorder->engine), g->subflow);
    const struct moved *moved;

    if (!reader->moved || !g->connection || (g->kind == MPT_RECORD_PIECE && g->what == MPT_DATA_UNMAPPED))
        return;
    moved = g_hash_table_lookup(reader->moved, GUINT_TO_POINTER(g->connection - 1));
    if (!moved)
        return;
    g->dsn += moved->shift[mpt_subflow_conn_side(s, g->side)];
    g->data_ack += moved->shift[mpt_subflow_conn_side(s, mpt_side_other(g->side))];
}

mpt_record_reader *mpt_record_reader_new(const mpt_recorder *r)
{
    mpt_record_reader *reader = g_new0(mpt_record_reader, 1);

    reader->recorder = r;
    reader->moved = all_moved(r->merges);
    state_init(&reader->state);
    return reader;
}

void mpt_record_reader_free(mpt_record_reader *reader)
{
    g_ptr_array_free(reader->state.subflows, TRUE);
    if (reader->moved)
        g_hash_table_destroy(reader->moved);
    g_free(reader);
}

bool mpt_record_next(mpt_record_reader *reader, mpt_record *g)
{
    const GPtrArray *chunks = reader->recorder->chunks;
    struct chunk *chunk = NULL;
    struct coder c = {.writes = false};
    struct last *own;
    unsigned head;

    for (; reader->chunk < chunks->len; reader->chunk++, reader->at = 0) {
        chunk = g_ptr_array_index(chunks, reader->chunk);
        if (reader->at < chunk->used)
            break;
    }
    if (!chunk || reader->chunk >= chunks->len)
        return false;
    c.at = chunk->bytes + reader->at;
    head = *c.at++;
    *g = (mpt_record){0};
    set_flags(g, head);
    code_head(&c, &reader->state, g);
    /* Nobody asks what was recorded of a flow that is forgotten: it needs no state of its own. */
    own = mpt_engine_forgot(g_ptr_array_index(mpt_engine_subflows(reader->recorder->engine), g->subflow))
              ? &reader->forgotten
              : last_of(&reader->state, g->subflow, g->side);
    code_record(&c, own, g, head);
    reader->at = (uint32_t)(c.at - chunk->bytes);
    move(reader, g);
    return true;
}

/* --- the observer --- */

static uint32_t connection_index(const mpt_connection *c)
{
    return c ? c->index + 1 : 0;
}

static void on_data(const mpt_data_piece *piece, void *user)
{
    mpt_record g = {
        .kind = MPT_RECORD_PIECE,
        .what = piece->what,
        .side = piece->side,
        .subflow = piece->subflow->index,
        .connection = connection_index(piece->connection),
        .frame = piece->frame,
        .time_ns = piece->time_ns,
        .length = piece->length,
        .dsn = piece->mapped ? piece->dsn : piece->position,
        .resolved = piece->resolved,
    };

    if (!piece->connection || (!piece->mapped && piece->what != MPT_DATA_UNMAPPED))
        return;
    if (piece->first_frame) {
        g.first_frame = piece->first_frame;
        g.first_subflow = mpt_connection_subflow(piece->connection, piece->first_owner)->index;
        g.first_ns = piece->first_ns;
    }
    if (has_room(user))
        write_record(user, &g);
}

/* Positions are where the engine put them: nearest to what it expected then and keeps now. */
static int64_t dsn_position(const mpt_data_level *d, uint64_t dsn, bool is_64bit, int64_t near)
{
    if (!is_64bit && d->stray)
        return MPT_DATA_LEVEL_REACH;
    if (!is_64bit)
        dsn = mpt_seq_widen((uint32_t)dsn, mpt_data_level_dsn(d, near));
    return mpt_seq64_diff(dsn, d->base);
}

static bool in_reach(int64_t position)
{
    return position > -MPT_DATA_LEVEL_REACH && position < MPT_DATA_LEVEL_REACH;
}

static void record_mapping(mpt_recorder *r, const mpt_data_level *d, const mpt_dss *o, mpt_record g)
{
    g.kind = MPT_RECORD_MAPPING;
    g.dsn = dsn_position(d, o->dsn, o->dsn_64bit, d->expected);
    g.length = o->length;
    g.ssn = o->ssn;
    g.checksum = o->has_checksum ? o->checksum + 1u : 0;
    if (in_reach(g.dsn) && has_room(r))
        write_record(r, &g);
}

static void take_dss(mpt_recorder *r, const mpt_connection *c, const mpt_subflow *s, const mpt_dss *o,
                     mpt_record *g)
{
    mpt_conn_side sender = mpt_subflow_conn_side(s, g->side);
    const mpt_data_level *to = &c->level[sender], *from = &c->level[mpt_conn_side_other(sender)];

    if (o->has_mapping && r->mappings)
        record_mapping(r, to, o, *g);
    if (!o->has_ack || !from->ack_expected_known)
        return;
    g->data_ack = dsn_position(from, o->data_ack, o->ack_64bit, from->ack_expected);
    g->has_data_ack = in_reach(g->data_ack);
}

static void on_segment(const mpt_connection *c, const mpt_subflow *s, mpt_side side,
                       const mpt_segment *segment, int64_t position, void *user)
{
    const mpt_half *other = &s->half[mpt_side_other(side)];
    mpt_record g = {
        .kind = MPT_RECORD_SEGMENT,
        .side = side,
        .subflow = s->index,
        .connection = connection_index(c),
        .frame = segment->frame,
        .time_ns = segment->time_ns,
        .length = segment->payload_len,
        .position = position,
        .window = segment->window,
        .syn = segment->flags & MPT_TCP_SYN,
        .rst = segment->flags & MPT_TCP_RST,
    };
    mpt_option o;
    size_t at = 0, used;
    mpt_option_result result;

    if (segment->flags & MPT_TCP_ACK && other->seen && !g.rst) {
        g.has_ack = true;
        g.ack = other->next + mpt_seq32_diff(segment->ack, other->origin + (uint32_t)other->next);
    }
    while (c && (result = mpt_option_parse(segment->options + at, segment->option_len - at, &o, &used)) !=
                    MPT_OPTION_END) {
        if (result == MPT_OPTION_OK && o.subtype == MPT_DSS)
            take_dss(user, c, s, &o.dss, &g);
        at += used;
    }
    write_record(user, &g);
}

static void on_merge(const mpt_connection *to, const mpt_connection *from, unsigned offset, bool flipped,
                     void *user)
{
    mpt_recorder *r = user;
    struct merge m = {.from = from->index, .to = to->index, .flipped = flipped};

    (void)offset;
    for (mpt_conn_side side = 0; side < MPT_CONN_SIDES; side++) {
        const mpt_data_level *f = &from->level[mpt_conn_side_flip(side, flipped)];
        if (f->based)
            m.shift[side] = mpt_seq64_diff(f->base, to->level[side].base);
    }
    g_array_append_val(r->merges, m);
}

static void on_forget(const mpt_connection *c, const mpt_subflow *s, void *user)
{
    mpt_recorder *r = user;

    (void)c;
    if (s->index < r->state.subflows->len)
        g_clear_pointer(&r->state.subflows->pdata[s->index], g_free);
}

const mpt_observer mpt_recorder_observer = {
    .data = on_data, .segment = on_segment, .merge = on_merge, .forget = on_forget};

const mpt_engine *mpt_recorder_engine(const mpt_recorder *r)
{
    return r->engine;
}

mpt_recorder *mpt_recorder_new(const mpt_engine *e, bool mappings)
{
    mpt_recorder *r = g_new0(mpt_recorder, 1);

    r->engine = e;
    r->mappings = mappings;
    r->chunks = g_ptr_array_new_with_free_func(g_free);
    r->merges = g_array_new(FALSE, FALSE, sizeof(struct merge));
    state_init(&r->state);
    return r;
}

void mpt_recorder_free(mpt_recorder *r)
{
    if (!r)
        return;
    g_ptr_array_free(r->chunks, TRUE);
    g_array_free(r->merges, TRUE);
    g_ptr_array_free(r->state.subflows, TRUE);
    g_free(r);
}

uint64_t mpt_recorder_left_out(const mpt_recorder *r)
{
    return r->left_out;
}

size_t mpt_recorder_memory(const mpt_recorder *r)
{
    return r->chunks->len * sizeof(struct chunk) + r->merges->len * sizeof(struct merge) +
           r->state.subflows->len * (sizeof(struct last) * MPT_SIDES);
}
