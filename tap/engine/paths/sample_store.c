/* sample_store.c - see sample_store.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "sample_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Samples are put in order within this many. */
#define WINDOW 65536

struct mpt_path_store {
    FILE *file;
    bool failed;
    uint64_t count;
    int64_t shift_ns; /* clock of end 1 against end 0, roughly: of the first sample */
};

typedef struct keyed {
    int64_t key;
    mpt_path_sample sample;
} keyed;

mpt_path_store *mpt_path_store_new(void)
{
    return g_new0(mpt_path_store, 1);
}

void mpt_path_store_free(mpt_path_store *s)
{
    if (!s)
        return;
    if (s->file)
        fclose(s->file);
    g_free(s);
}

void mpt_path_store_add(const mpt_path_sample *sample, void *user)
{
    mpt_path_store *s = user;

    if (!s->file && !s->failed) {
        s->file = tmpfile();
        s->failed = s->file == NULL;
    }
    if (s->failed)
        return;
    if (s->count++ == 0)
        s->shift_ns = sample->time_ns[1] - sample->time_ns[0];
    s->failed = fwrite(sample, sizeof *sample, 1, s->file) != 1;
}

uint64_t mpt_path_store_count(const mpt_path_store *s)
{
    return s->count;
}

bool mpt_path_store_ok(const mpt_path_store *s)
{
    return !s->failed;
}

static int by_key(const void *a, const void *b)
{
    const keyed *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->sample.frame[0] < y->sample.frame[0] ? -1 : x->sample.frame[0] > y->sample.frame[0];
}

/* Fills up to `room` and sorts. Returns how many there are. */
static size_t fill(mpt_path_store *s, keyed *window, size_t held, mpt_path_receiver receiver, void *user)
{
    mpt_path_sample sample;
    size_t n = held;

    while (n < WINDOW && fread(&sample, sizeof sample, 1, s->file) == 1) {
        unsigned end = receiver(&sample, user);
        window[n++] = (keyed){sample.time_ns[end] - (end ? s->shift_ns : 0), sample};
    }
    if (n > held)
        qsort(window, n, sizeof *window, by_key);
    return n;
}

void mpt_path_store_read(mpt_path_store *s, mpt_path_receiver receiver, mpt_path_each each, void *user)
{
    keyed *window;
    size_t n = 0, i, out;

    if (!s->file && !s->failed)
        return;
    if (s->failed || fflush(s->file) != 0 || fseek(s->file, 0, SEEK_SET) != 0) {
        s->failed = true;
        return;
    }
    window = g_new(keyed, WINDOW);
    while ((n = fill(s, window, n, receiver, user)) > 0) {
        out = n < WINDOW ? n : n / 2;
        for (i = 0; i < out; i++)
            each(&window[i].sample, user);
        n -= out;
        memmove(window, window + out, n * sizeof *window);
    }
    g_free(window);
    s->failed = ferror(s->file) != 0 || fseek(s->file, 0, SEEK_END) != 0;
}
