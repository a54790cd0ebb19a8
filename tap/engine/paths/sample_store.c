/* sample_store.c - see sample_store.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "sample_store.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap/engine/base/compare.h"

/* Samples are put in order within this many. */
#define WINDOW 65536
/* Samples that are written, or read, together. */
#define BUFFER 256

struct mpt_path_store {
    int fd;     /* below 0: none yet */
    char *name; /* of the file; NULL: it has none */
    bool failed;
    uint64_t count;
    int64_t shift_ns; /* clock of end B against end A, roughly: of the first sample */
    mpt_path_sample buffer[BUFFER];
    size_t held, next; /* samples in it; while reading, the next one of them */
};

typedef struct keyed {
    int64_t key;
    mpt_path_sample sample;
} keyed;

mpt_path_store *mpt_path_store_new(void)
{
    mpt_path_store *s = g_new0(mpt_path_store, 1);

    s->fd = -1;
    return s;
}

void mpt_path_store_free(mpt_path_store *s)
{
    if (!s)
        return;
    if (s->fd >= 0)
        close(s->fd);
    if (s->name)
        g_unlink(s->name);
    g_free(s->name);
    g_free(s);
}

/* The file has no name from the start: nothing is left of it whatever ends the program. Where open files can't be
 * removed (Windows) it has one as long as it is used. */
static void open_file(mpt_path_store *s)
{
    s->fd = g_file_open_tmp("mptcpscope.XXXXXX", &s->name, NULL);
    if (s->fd < 0 || g_unlink(s->name) == 0)
        g_clear_pointer(&s->name, g_free);
}

static void write_held(mpt_path_store *s)
{
    const char *from = (const char *)s->buffer;
    size_t left = s->held * sizeof *s->buffer;

    while (left > 0 && !s->failed) {
        ssize_t n = write(s->fd, from, left);
        s->failed = n == 0 || (n < 0 && errno != EINTR);
        from += MAX(n, 0);
        left -= (size_t)MAX(n, 0);
    }
    s->held = 0;
}

void mpt_path_store_add(const mpt_path_sample *sample, void *user)
{
    mpt_path_store *s = user;

    if (s->fd < 0 && !s->failed) {
        open_file(s);
        s->failed = s->fd < 0;
    }
    if (s->failed)
        return;
    if (s->count++ == 0)
        s->shift_ns = sample->time_ns[MPT_END_B] - sample->time_ns[MPT_END_A];
    s->buffer[s->held++] = *sample;
    if (s->held == BUFFER)
        write_held(s);
}

bool mpt_path_store_ok(const mpt_path_store *s)
{
    return !s->failed;
}

static int by_key(const void *a, const void *b)
{
    const keyed *x = a, *y = b;

    return x->key != y->key ? mpt_compare(x->key, y->key)
                            : mpt_compare(x->sample.frame[0], y->sample.frame[0]);
}

/* False at the end of the file. */
static bool read_some(mpt_path_store *s)
{
    size_t have = 0;
    ssize_t n;

    do {
        n = read(s->fd, (char *)s->buffer + have, sizeof s->buffer - have);
        have += (size_t)MAX(n, 0);
    } while ((n > 0 && have < sizeof s->buffer) || (n < 0 && errno == EINTR));
    s->failed |= n < 0;
    s->held = have / sizeof *s->buffer;
    s->next = 0;
    return s->held > 0;
}

/* Fills up to WINDOW and sorts. Returns how many there are. */
static size_t fill(mpt_path_store *s, keyed *window, size_t held, mpt_path_receiver receiver, void *user)
{
    size_t n = held;

    while (n < WINDOW && (s->next < s->held || read_some(s))) {
        const mpt_path_sample *sample = &s->buffer[s->next++];
        mpt_end end = receiver(sample, user);
        window[n++] = (keyed){sample->time_ns[end] - (end == MPT_END_B ? s->shift_ns : 0), *sample};
    }
    if (n > held)
        qsort(window, n, sizeof *window, by_key);
    return n;
}

void mpt_path_store_read(mpt_path_store *s, mpt_path_receiver receiver, mpt_path_each each, void *user)
{
    keyed *window;
    size_t n = 0, i, out;

    if (s->fd < 0 || s->failed)
        return;
    write_held(s);
    s->next = 0;
    s->failed |= lseek(s->fd, 0, SEEK_SET) != 0;
    if (s->failed)
        return;
    window = g_new(keyed, WINDOW);
    while ((n = fill(s, window, n, receiver, user)) > 0) {
        out = n < WINDOW ? n : n / 2;
        for (i = 0; i < out; i++)
            each(&window[i].sample, user);
        n -= out;
        memmove(window, window + out, n * sizeof *window);
    }
    g_free(window);
    s->held = 0;
    s->failed |= lseek(s->fd, 0, SEEK_END) < 0;
}
