/* runs.h - an ordered store of disjoint runs on a line of 64-bit positions, on which ranges and
 * mapping are built.
 *
 *      chunk 0              chunk 1                    chunk 2
 *    [ aaaa bb  ccccc ]  [ dd e   ffffff ]  ...      [ yyyy zz ]        each chunk: up to 64 runs, sorted
 *      ^start   ^end = start + length
 *
 * Invariant: runs are sorted by start, none is empty, none overlaps another. Finding is a binary search over
 * chunks, then in a chunk; appending and working at the place last touched cost O(1).
 *
 * Positions lie within MPT_RUNS_LIMIT of zero, so that no sum or difference of two overflows. ranges and
 * mapping keep other positions out of the store; mpt_runs_find may be asked for any.
 *
 * Words for bytes in a row, here and everywhere:
 *   range   two numbers, [start, end)
 *   run     what is kept of a range whose bytes are all alike; runs are in order and disjoint (mpt_run,
 *           mpt_stream_run)
 *   piece   the part of a range, or of a segment's payload, that has one answer: handed to a callback and not
 *           kept (mpt_piece, mpt_mapped_piece, mpt_data_piece, mpt_frame_piece)
 *   copy    bytes that another subflow, or the same one under other numbers, had before (mpt_copy)
 *   stamp   who had bytes, and when (mpt_stamp); to claim a range is to stamp what nobody had earlier
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_RUNS_H
#define MPT_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* start >= -MPT_RUNS_LIMIT, start + length <= MPT_RUNS_LIMIT: about 2^62. */
#define MPT_RUNS_LIMIT (INT64_MAX / 2)

/* 32 bytes. The store reads start and length only; the other fields are its user's. */
typedef struct mpt_run {
    int64_t start;
    int64_t value;   /* ranges: time of the first copy in ns; mapping: DSN of `start` */
    uint32_t length; /* bytes, > 0 */
    uint32_t frame;  /* frame of the first copy, or of the mapping */
    uint32_t epoch;  /* runs of different epochs are never merged */
    uint16_t owner;  /* subflow */
    uint16_t flags;
} mpt_run;

static inline int64_t mpt_run_end(const mpt_run *r)
{
    return r->start + r->length;
}

/* Private to runs.c; visible for mpt_runs_last(), which every segment calls. */
struct mpt_runs_chunk {
    uint32_t n, room;
    mpt_run run[];
};

typedef struct mpt_runs {
    union { /* private: mpt_runs_chunk() reads it */
        struct mpt_runs_chunk *one;
        struct mpt_runs_chunk **many;
    };
    uint32_t n_chunks, room;       /* room of `many`; 0: it is `one`, or NULL where there is no chunk */
    uint32_t finger, finger_index; /* chunk last touched, always one that exists; run in it, perhaps gone */
    size_t count;                  /* runs */
} mpt_runs;

static inline struct mpt_runs_chunk *mpt_runs_chunk(const mpt_runs *runs, uint32_t index)
{
    return runs->room ? runs->many[index] : runs->one;
}

/* A place in the store; valid until the store changes. */
typedef struct mpt_runs_at {
    uint32_t chunk, index;
} mpt_runs_at;

/* A zeroed mpt_runs is empty; an empty one holds no memory. Clear frees all and empties. */
void mpt_runs_clear(mpt_runs *runs);

/* The first run whose end is above `position` (so it holds the position or lies after it); NULL if there
 * is none. *at is set for the functions below, also when NULL (then it is the place at the end). */
mpt_run *mpt_runs_find(mpt_runs *runs, int64_t position, mpt_runs_at *at);
/* The run after / before *at, moving *at; NULL at the end (the beginning), *at then being unspecified. */
mpt_run *mpt_runs_next(mpt_runs *runs, mpt_runs_at *at);
mpt_run *mpt_runs_prev(mpt_runs *runs, mpt_runs_at *at);
/* First and last run, NULL when empty. *at is set as by mpt_runs_find. */
mpt_run *mpt_runs_first(mpt_runs *runs, mpt_runs_at *at);
static inline mpt_run *mpt_runs_last(const mpt_runs *runs)
{
    if (runs->n_chunks == 0)
        return NULL;
    struct mpt_runs_chunk *c = mpt_runs_chunk(runs, runs->n_chunks - 1);
    return &c->run[c->n - 1];
}

/* Inserts a run that overlaps none, before *at (as mpt_runs_find(run->start) set it). *at is the new run. */
void mpt_runs_insert(mpt_runs *runs, mpt_runs_at *at, const mpt_run *run);
/* The same where its place is not known. */
static inline void mpt_runs_add(mpt_runs *runs, const mpt_run *run)
{
    mpt_runs_at at;

    mpt_runs_find(runs, run->start, &at);
    mpt_runs_insert(runs, &at, run);
}
/* Removes the run at *at; *at is then the place of the one after it. */
void mpt_runs_remove(mpt_runs *runs, mpt_runs_at *at);

#endif
