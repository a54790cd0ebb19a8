/* reader.c - see reader.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reader_internal.h"

mpt_reader *mpt_reader_new(bool close_ends)
{
    mpt_reader *reader = g_new0(mpt_reader, 1);

    reader->streams = mpt_streams_new(close_ends);
    reader->taps_lose = !close_ends;
    reader->fragments = mpt_fragments_new();
    reader->unread = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    return reader;
}

void mpt_reader_grow_older(mpt_reader *reader)
{
    mpt_streams_grow_older(reader->streams);
}

void mpt_reader_free(mpt_reader *reader)
{
    if (!reader)
        return;
    mpt_streams_free(reader->streams);
    mpt_fragments_free(reader->fragments);
    g_hash_table_destroy(reader->unread);
    g_free(reader);
}

unsigned mpt_reader_read(mpt_reader *reader, const mpt_frame *frame, mpt_segment *segments,
                         mpt_icmp_error *icmp)
{
    static const uint8_t nothing; /* a frame without bytes may have no address */
    mpt_walk w = {.reader = reader, .frame = frame, .segments = segments, .icmp = icmp};

    icmp->frame = 0;
    mpt_reader_link(&w, (mpt_span){frame->bytes ? frame->bytes : &nothing,
                                   MIN(frame->captured, frame->length), frame->length});
    reader->lost = w.lost && !w.n && !w.had_icmp;
    return w.n;
}

bool mpt_reader_lost(const mpt_reader *reader)
{
    return reader->lost;
}

bool mpt_reader_next(mpt_walk *w, const mpt_next *table, size_t rows, unsigned number, mpt_span s)
{
    for (const mpt_next *row = table; row < table + rows; row++) {
        if (row->number != number)
            continue;
        if (!row->step)
            mpt_reader_count_unread(w, row->unread);
        else if (++w->depth <= MPT_READER_DEPTH)
            row->step(w, s);
        return true;
    }
    return false;
}

void mpt_reader_count_unread(mpt_walk *w, const char *name)
{
    uint64_t *n = g_hash_table_lookup(w->reader->unread, name);

    if (!n)
        g_hash_table_insert(w->reader->unread, (gpointer)name, n = g_new0(uint64_t, 1));
    ++*n;
}

void mpt_reader_unread(const mpt_reader *reader, void (*each)(const char *name, uint64_t frames, void *user),
                       void *user)
{
    GHashTableIter i;
    gpointer name, n;

    g_hash_table_iter_init(&i, reader->unread);
    while (g_hash_table_iter_next(&i, &name, &n))
        each(name, *(const uint64_t *)n, user);
}
