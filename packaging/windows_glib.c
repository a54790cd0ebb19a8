/* windows_glib.c - for packaging/windows.sh: what the GLib that it links with lacks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

struct _GStringChunk {
    GPtrArray *strings;
};

static GStringChunk *chunk_new(gsize size)
{
    GStringChunk *chunk = g_new(GStringChunk, 1);

    (void)size;
    chunk->strings = g_ptr_array_new_with_free_func(g_free);
    return chunk;
}

static char *chunk_insert(GStringChunk *chunk, const char *text)
{
    char *copy = g_strdup(text);

    g_ptr_array_add(chunk->strings, copy);
    return copy;
}

static void chunk_free(GStringChunk *chunk)
{
    g_ptr_array_unref(chunk->strings);
    g_free(chunk);
}

/* What functions of a DLL are called through. */
extern GStringChunk *(*__imp_g_string_chunk_new)(gsize);
extern char *(*__imp_g_string_chunk_insert)(GStringChunk *, const char *);
extern void (*__imp_g_string_chunk_free)(GStringChunk *);

GStringChunk *(*__imp_g_string_chunk_new)(gsize) = chunk_new;
char *(*__imp_g_string_chunk_insert)(GStringChunk *, const char *) = chunk_insert;
void (*__imp_g_string_chunk_free)(GStringChunk *) = chunk_free;
