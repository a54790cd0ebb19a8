/* driver.c - runs a fuzz target without libFuzzer, so that every build and CI can.
 *
 *   fuzz_engine FILE|FOLDER...             each file once
 *   fuzz_engine -runs=N [-seed=S] [FILE|FOLDER...]   and N made-up inputs: noise, and the files with changes
 *
 * Invariant: the same arguments run the same inputs. What is being run is in the file named by MPT_FUZZ_LAST,
 * where that is set, so that an input that crashes can be kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#define MADE_UP_MAX 4096

static uint64_t random_state;

/* splitmix64: the same numbers on every system. */
static uint64_t random_next(void)
{
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static size_t below(size_t n)
{
    return (size_t)(random_next() % n);
}

static void run(const uint8_t *data, size_t size)
{
    const char *last = g_getenv("MPT_FUZZ_LAST");
    /* A block of exactly this size, so that a sanitizer sees a read beyond it. */
    uint8_t *copy = g_malloc(size + !size);

    if (size)
        memcpy(copy, data, size);
    if (last)
        g_file_set_contents(last, (const char *)copy, (gssize)size, NULL);
    LLVMFuzzerTestOneInput(copy, size);
    g_free(copy);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void read_inputs(const char *path, GPtrArray *inputs)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    char *text;
    gsize size;

    if (dir) {
        GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
        const char *name;

        while ((name = g_dir_read_name(dir)))
            g_ptr_array_add(names, g_build_filename(path, name, NULL));
        g_dir_close(dir);
        g_ptr_array_sort(names, by_name);
        for (guint i = 0; i < names->len; i++)
            read_inputs(g_ptr_array_index(names, i), inputs);
        g_ptr_array_unref(names);
    } else if (g_file_get_contents(path, &text, &size, NULL)) {
        g_ptr_array_add(inputs, g_bytes_new_take(text, size));
    } else {
        fprintf(stderr, "can't read %s\n", path);
        exit(2);
    }
}

/* Noise, or one of the inputs with some bytes changed. */
static size_t make_up(const GPtrArray *inputs, uint8_t *made)
{
    size_t size = 1 + below(below(4) ? 512 : MADE_UP_MAX), i;

    if (inputs->len && below(4)) {
        gsize n;
        const uint8_t *from = g_bytes_get_data(g_ptr_array_index(inputs, below(inputs->len)), &n);

        size = MIN(n, MADE_UP_MAX);
        if (size)
            memcpy(made, from, size);
        for (i = below(16) + 1; size && i > 0; i--)
            made[below(size)] = (uint8_t)random_next();
        if (size && !below(4))
            size = 1 + below(size);
        return size;
    }
    for (i = 0; i < size; i++)
        made[i] = (uint8_t)random_next();
    return size;
}

int main(int argc, char **argv)
{
    GPtrArray *inputs = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    uint64_t runs = 0, seed = 8684, k;
    uint8_t made[MADE_UP_MAX];
    guint i;

    for (int a = 1; a < argc; a++) {
        if (g_str_has_prefix(argv[a], "-runs="))
            runs = g_ascii_strtoull(argv[a] + 6, NULL, 10);
        else if (g_str_has_prefix(argv[a], "-seed="))
            seed = g_ascii_strtoull(argv[a] + 6, NULL, 10);
        else
            read_inputs(argv[a], inputs);
    }
    for (i = 0; i < inputs->len; i++) {
        gsize size;
        const uint8_t *data = g_bytes_get_data(g_ptr_array_index(inputs, i), &size);
        run(data, size);
    }
    for (k = 0; k < runs; k++) {
        random_state = seed * UINT64_C(1000003) + k;
        run(made, make_up(inputs, made));
    }
    printf("%u files and %" G_GUINT64_FORMAT " made-up inputs (seed %" G_GUINT64_FORMAT "): no finding\n",
           inputs->len, runs, seed);
    g_ptr_array_unref(inputs);
    return 0;
}
