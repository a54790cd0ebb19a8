/* runs.c - chunks of sorted runs behind an array of pointers, which a store with one chunk does without.
 *
 * Invariant: no chunk is empty; n <= room <= CHUNK_FULL. A store without runs has no chunk and no array. A
 * chunk has room for at most four times what it holds, so that many small stores stay small and a large one
 * that shrinks gives its memory back.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "runs.h"

#include <glib.h>
#include <string.h>

enum { CHUNK_SMALLEST = 2, CHUNK_LATER = 4, CHUNK_FULL = 64 }; /* a later one is likely to fill */
enum { MANY_FIRST = 4 };

static size_t chunk_size(uint32_t room)
{
    return sizeof(struct mpt_runs_chunk) + room * sizeof(mpt_run);
}

static mpt_run *chunk_last(struct mpt_runs_chunk *c)
{
    return &c->run[c->n - 1];
}

static struct mpt_runs_chunk **chunk_place(mpt_runs *runs, uint32_t index)
{
    return runs->room ? &runs->many[index] : &runs->one;
}

static struct mpt_runs_chunk *chunk_resize(mpt_runs *runs, uint32_t index, uint32_t room)
{
    struct mpt_runs_chunk **place = chunk_place(runs, index);
    *place = g_realloc(*place, chunk_size(room));
    (*place)->room = room;
    return *place;
}

static void array_grow(mpt_runs *runs)
{
    uint32_t room = runs->room ? runs->room * 2 : MANY_FIRST;
    struct mpt_runs_chunk **many = g_renew(struct mpt_runs_chunk *, runs->room ? runs->many : NULL, room);
    if (!runs->room)
        many[0] = runs->one;
    runs->many = many;
    runs->room = room;
}

static void array_shrink(mpt_runs *runs)
{
    struct mpt_runs_chunk *first = runs->many[0];
    if (runs->n_chunks > 1) {
        runs->room /= 2;
        runs->many = g_renew(struct mpt_runs_chunk *, runs->many, runs->room);
        return;
    }
    g_free(runs->many);
    runs->room = 0;
    runs->one = first;
}

/* A new chunk, still empty, before chunk `index`. */
static struct mpt_runs_chunk *chunk_add(mpt_runs *runs, uint32_t index, uint32_t room)
{
    if (runs->n_chunks == (runs->room ? runs->room : 1))
        array_grow(runs);
    struct mpt_runs_chunk **place = chunk_place(runs, index);
    memmove(place + 1, place, (runs->n_chunks - index) * sizeof *place);
    runs->n_chunks++;
    *place = g_malloc(chunk_size(room));
    (*place)->n = 0;
    (*place)->room = room;
    return *place;
}

static void chunk_drop(mpt_runs *runs, uint32_t index)
{
    struct mpt_runs_chunk **place = chunk_place(runs, index);
    g_free(*place);
    runs->n_chunks--;
    if (!runs->room) {
        runs->one = NULL;
        return;
    }
    memmove(place, place + 1, (runs->n_chunks - index) * sizeof *place);
    if (runs->n_chunks <= runs->room / 4)
        array_shrink(runs);
}

void mpt_runs_clear(mpt_runs *runs)
{
    for (uint32_t i = 0; runs->room && i < runs->n_chunks; i++)
        g_free(runs->many[i]);
    /* Or `many`: one union. */
    g_free(runs->one);
    *runs = (mpt_runs){0};
}

static mpt_runs_at end_place(const mpt_runs *runs)
{
    if (runs->n_chunks == 0)
        return (mpt_runs_at){0};
    return (mpt_runs_at){runs->n_chunks - 1, mpt_runs_chunk(runs, runs->n_chunks - 1)->n};
}

/* The first chunk whose end is above position; there is one. */
static uint32_t find_chunk(const mpt_runs *runs, int64_t position)
{
    struct mpt_runs_chunk *finger = mpt_runs_chunk(runs, runs->finger);
    if (finger->run[0].start <= position && position < mpt_run_end(chunk_last(finger)))
        return runs->finger;

    uint32_t low = 0, high = runs->n_chunks - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (mpt_run_end(chunk_last(mpt_runs_chunk(runs, middle))) > position)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static uint32_t find_in_chunk(const struct mpt_runs_chunk *c, int64_t position)
{
    uint32_t low = 0, high = c->n - 1;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (mpt_run_end(&c->run[middle]) > position)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

mpt_run *mpt_runs_find(mpt_runs *runs, int64_t position, mpt_runs_at *at)
{
    if (runs->n_chunks == 0) {
        *at = (mpt_runs_at){0};
        return NULL;
    }
    struct mpt_runs_chunk *c = mpt_runs_chunk(runs, runs->finger);
    if (runs->finger_index < c->n) {
        mpt_run *r = &c->run[runs->finger_index];
        if (r->start <= position && position < mpt_run_end(r)) {
            *at = (mpt_runs_at){runs->finger, runs->finger_index};
            return r;
        }
    }
    if (position >= mpt_run_end(mpt_runs_last(runs))) {
        *at = end_place(runs);
        return NULL;
    }
    runs->finger = find_chunk(runs, position);
    c = mpt_runs_chunk(runs, runs->finger);
    runs->finger_index = find_in_chunk(c, position);
    *at = (mpt_runs_at){runs->finger, runs->finger_index};
    return &c->run[runs->finger_index];
}

mpt_run *mpt_runs_next(mpt_runs *runs, mpt_runs_at *at)
{
    if (at->chunk >= runs->n_chunks)
        return NULL;
    if (++at->index >= mpt_runs_chunk(runs, at->chunk)->n) {
        if (++at->chunk >= runs->n_chunks)
            return NULL;
        at->index = 0;
    }
    return &mpt_runs_chunk(runs, at->chunk)->run[at->index];
}

mpt_run *mpt_runs_prev(mpt_runs *runs, mpt_runs_at *at)
{
    if (at->index == 0) {
        if (at->chunk == 0)
            return NULL;
        at->index = mpt_runs_chunk(runs, --at->chunk)->n;
    }
    return &mpt_runs_chunk(runs, at->chunk)->run[--at->index];
}

mpt_run *mpt_runs_first(mpt_runs *runs, mpt_runs_at *at)
{
    *at = (mpt_runs_at){0};
    return runs->n_chunks ? mpt_runs_chunk(runs, 0)->run : NULL;
}

/* Makes room for a run before *at where the chunk is full; *at moves with it. */
static void insert_room(mpt_runs *runs, mpt_runs_at *at)
{
    struct mpt_runs_chunk *c = mpt_runs_chunk(runs, at->chunk);
    if (at->index == c->n) {
        /* Not a split: appending would leave every chunk half empty. The same at the front, where the chunk
         * before may have room. */
        chunk_add(runs, ++at->chunk, CHUNK_LATER);
        at->index = 0;
    } else if (at->index == 0) {
        if (at->chunk > 0 && mpt_runs_chunk(runs, at->chunk - 1)->n < CHUNK_FULL)
            at->index = mpt_runs_chunk(runs, --at->chunk)->n;
        else
            chunk_add(runs, at->chunk, CHUNK_LATER);
    } else {
        const uint32_t half = CHUNK_FULL / 2;
        struct mpt_runs_chunk *upper = chunk_add(runs, at->chunk + 1, half);
        memcpy(upper->run, c->run + half, half * sizeof *c->run);
        c->n = upper->n = half;
        chunk_resize(runs, at->chunk, half);
        if (at->index > half) {
            at->chunk++;
            at->index -= half;
        }
    }
}

void mpt_runs_insert(mpt_runs *runs, mpt_runs_at *at, const mpt_run *run)
{
    g_assert(run->length > 0);
    const mpt_run copy = *run; /* it may lie in a chunk that moves */

    if (runs->n_chunks == 0)
        chunk_add(runs, 0, CHUNK_SMALLEST);
    else if (mpt_runs_chunk(runs, at->chunk)->n == CHUNK_FULL)
        insert_room(runs, at);
    struct mpt_runs_chunk *c = mpt_runs_chunk(runs, at->chunk);
    if (c->n == c->room)
        c = chunk_resize(runs, at->chunk, c->room * 2);

    mpt_run *place = c->run + at->index;
    memmove(place + 1, place, (c->n - at->index) * sizeof *place);
    *place = copy;
    c->n++;
    runs->count++;
    runs->finger = at->chunk;
    runs->finger_index = at->index;
}

void mpt_runs_remove(mpt_runs *runs, mpt_runs_at *at)
{
    struct mpt_runs_chunk *c = mpt_runs_chunk(runs, at->chunk);
    mpt_run *place = c->run + at->index;
    c->n--;
    runs->count--;
    memmove(place, place + 1, (c->n - at->index) * sizeof *place);
    if (c->n == 0) {
        chunk_drop(runs, at->chunk);
        if (at->chunk == runs->n_chunks)
            *at = end_place(runs);
    } else {
        if (c->n <= c->room / 4 && c->room > CHUNK_SMALLEST)
            c = chunk_resize(runs, at->chunk, c->room / 2);
        if (at->index == c->n && at->chunk + 1 < runs->n_chunks)
            *at = (mpt_runs_at){at->chunk + 1, 0};
    }
    runs->finger = at->chunk;
    runs->finger_index = at->index;
}
