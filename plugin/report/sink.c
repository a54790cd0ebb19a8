/* sink.c - see sink.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "sink.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdarg.h>
#include <string.h>

#include "units.h"

#define FLUSH_AT (64 * 1024)

struct mpt_sink {
    GString *buffer;
    FILE *file; /* NULL: memory, or an own file that is closed */
    bool memory;
    bool own_file;
    bool closed;
    int error;  /* errno of the first failure, 0 without */
    char *path; /* of an own file */
    guint64 length;
    size_t width;
};

static mpt_sink *sink_new(FILE *file, const char *path)
{
    mpt_sink *sink = g_new0(mpt_sink, 1);
    sink->buffer = g_string_sized_new(file ? FLUSH_AT + 1024 : 256);
    sink->file = file;
    sink->memory = file == NULL;
    sink->own_file = path != NULL;
    sink->path = g_strdup(path);
    sink->width = MPT_SINK_WIDTH;
    return sink;
}

mpt_sink *mpt_sink_new_memory(void)
{
    return sink_new(NULL, NULL);
}

mpt_sink *mpt_sink_new_stream(FILE *stream)
{
    g_assert(stream);
    return sink_new(stream, NULL);
}

void mpt_sink_set_width(mpt_sink *sink, size_t columns)
{
    sink->width = columns;
}

size_t mpt_sink_width(const mpt_sink *sink)
{
    return sink->width;
}

/* "can't WHAT "PATH": REASON" */
static char *sentence(const char *what, const char *path, int code)
{
    GString *text = g_string_new("can't ");
    g_string_append(text, what);
    if (path) {
        g_string_append(text, " \"");
        mpt_units_printable(text, path);
        g_string_append_c(text, '"');
    } else
        g_string_append(text, " standard output");
    g_string_append_printf(text, ": %s", g_strerror(code));
    return g_string_free(text, FALSE);
}

mpt_sink *mpt_sink_open(const char *path, char **error)
{
    g_assert(path);
    FILE *file = g_fopen(path, "wb");
    if (file)
        return sink_new(file, path);
    int code = errno;
    if (error)
        *error = sentence("write to", path, code);
    return NULL;
}

static void fail(mpt_sink *sink)
{
    if (sink->error == 0)
        sink->error = errno ? errno : EIO;
}

static void write_out(mpt_sink *sink)
{
    if (sink->memory || !sink->file)
        return;
    errno = 0;
    if (sink->error == 0 && sink->buffer->len > 0 &&
        fwrite(sink->buffer->str, 1, sink->buffer->len, sink->file) != sink->buffer->len)
        fail(sink);
    g_string_truncate(sink->buffer, 0);
}

static void appended(mpt_sink *sink, size_t len)
{
    sink->length += len;
    if (!sink->memory && sink->buffer->len >= FLUSH_AT)
        write_out(sink);
}

void mpt_sink_append(mpt_sink *sink, const char *bytes, size_t len)
{
    GString *buffer = sink->buffer;

    g_assert(!sink->closed);
    if (G_LIKELY(buffer->len + len <
                 buffer->allocated_len)) { /* what g_string_append_len() does, without its checks */
        memcpy(buffer->str + buffer->len, bytes, len);
        buffer->len += len;
        buffer->str[buffer->len] = '\0';
    } else {
        g_string_append_len(buffer, bytes, (gssize)len);
    }
    appended(sink, len);
}

char *mpt_sink_room(mpt_sink *sink, size_t len)
{
    GString *buffer = sink->buffer;
    size_t before = buffer->len;

    g_assert(!sink->closed);
    if (G_UNLIKELY(before + len >= buffer->allocated_len)) {
        g_string_set_size(buffer, before + len);
        g_string_truncate(buffer, before);
    }
    return buffer->str + before;
}

void mpt_sink_filled(mpt_sink *sink, size_t len)
{
    sink->buffer->len += len;
    sink->buffer->str[sink->buffer->len] = '\0';
    appended(sink, len);
}

void mpt_sink_puts(mpt_sink *sink, const char *text)
{
    mpt_sink_append(sink, text, strlen(text));
}

void mpt_sink_putc(mpt_sink *sink, char c)
{
    mpt_sink_append(sink, &c, 1);
}

void mpt_sink_pad(mpt_sink *sink, char c, size_t count)
{
    static const char spaces[] = "                                ";
    const size_t most = sizeof spaces - 1;

    for (; c == ' ' && count > most; count -= most)
        mpt_sink_append(sink, spaces, most);
    if (c == ' ') {
        mpt_sink_append(sink, spaces, count);
        return;
    }
    while (count-- > 0)
        mpt_sink_putc(sink, c);
}

void mpt_sink_printf(mpt_sink *sink, const char *format, ...)
{
    g_assert(!sink->closed);
    size_t before = sink->buffer->len;
    va_list args;
    va_start(args, format);
    g_string_append_vprintf(sink->buffer, format, args);
    va_end(args);
    appended(sink, sink->buffer->len - before);
}

bool mpt_sink_flush(mpt_sink *sink)
{
    write_out(sink);
    errno = 0;
    if (sink->file && sink->error == 0 && fflush(sink->file) != 0)
        fail(sink);
    return sink->error == 0;
}

guint64 mpt_sink_length(const mpt_sink *sink)
{
    return sink->length;
}

const char *mpt_sink_text(const mpt_sink *sink, size_t *len)
{
    g_assert(sink->memory);
    if (len)
        *len = sink->buffer->len;
    return sink->buffer->str;
}

bool mpt_sink_close(mpt_sink *sink, char **error)
{
    if (!sink->closed) {
        mpt_sink_flush(sink);
        errno = 0;
        if (sink->own_file && fclose(sink->file) != 0)
            fail(sink);
        if (sink->own_file)
            sink->file = NULL;
        sink->closed = true;
    }
    if (sink->error != 0 && error)
        *error = sentence("write to", sink->path, sink->error);
    return sink->error == 0;
}

void mpt_sink_free(mpt_sink *sink)
{
    if (!sink)
        return;
    mpt_sink_close(sink, NULL);
    g_string_free(sink->buffer, TRUE);
    g_free(sink->path);
    g_free(sink);
}
