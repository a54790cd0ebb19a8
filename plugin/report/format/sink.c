/* sink.c - see sink.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifndef G_OS_WIN32
#include <sys/ioctl.h>
#endif

#include "tap/engine/base/units.h"

#define FLUSH_AT 65536

/* What Windows has no need of, or under another name. */
#ifndef O_CLOEXEC
#define O_CLOEXEC 0
#endif
#ifdef G_OS_WIN32
#define real_path(path)    _fullpath(NULL, (path), 0)
#define set_mode(fd, mode) 0
#else
#define O_BINARY           0
#define real_path(path)    realpath((path), NULL)
#define set_mode(fd, mode) fchmod((fd), (mode_t)(mode))
#endif

struct mpt_sink {
    GString *buffer;
    FILE *file; /* NULL: memory, or an own file that is not open now */
    bool memory;
    bool own_file;
    bool closed;
    bool stale;   /* of an own file that is written in place: what it held is still there */
    bool handed;  /* somebody else writes it */
    int error;    /* errno of the first failure, 0 without */
    char *path;   /* of an own file */
    char *target; /* what the temporary file becomes; NULL: written in place */
    char *temp;   /* NULL: not there yet */
    int mode;     /* of the target; -1: that of a new file */
    guint64 length;
    size_t width;
};

/* COLUMNS counts everywhere; what is no terminal has no limit otherwise. */
static size_t width_of(FILE *file)
{
    const char *columns = g_getenv("COLUMNS");
    guint64 set;

    if (columns && g_ascii_string_to_unsigned(columns, 10, MPT_SINK_NARROW, MPT_SINK_UNLIMITED, &set, NULL))
        return (size_t)set;
    if (!file || !isatty(fileno(file)))
        return MPT_SINK_UNLIMITED;
#ifdef TIOCGWINSZ
    struct winsize size;
    if (ioctl(fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col >= MPT_SINK_NARROW)
        return size.ws_col;
#endif
    return MPT_SINK_WIDTH;
}

static mpt_sink *sink_new(FILE *file, const char *path)
{
    mpt_sink *sink = g_new0(mpt_sink, 1);
    sink->buffer = g_string_sized_new(file || path ? FLUSH_AT + 1024 : 256);
    sink->file = file;
    sink->memory = file == NULL && path == NULL;
    sink->own_file = path != NULL;
    sink->path = g_strdup(path);
    sink->mode = -1;
    sink->width = sink->memory ? MPT_SINK_WIDTH : width_of(file);
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

/* "cannot WHAT "PATH": REASON" */
static char *sentence(const char *what, const char *path, int code)
{
    GString *text = g_string_new("cannot ");
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

static void fail(mpt_sink *sink)
{
    if (sink->error == 0)
        sink->error = errno ? errno : EIO;
}

/* --- files: written beside their place, and put there when all is written --- */

/* The file descriptor of a new file beside the target; -1, with errno. */
static int make_temp(mpt_sink *sink)
{
    char *folder = g_path_get_dirname(sink->target);
    int fd;

    sink->temp = g_build_filename(folder, ".mptcpscope-XXXXXX", NULL);
    fd = g_mkstemp_full(sink->temp, O_WRONLY | O_CLOEXEC | O_BINARY, 0666);
    if (fd >= 0 && sink->mode >= 0 && set_mode(fd, sink->mode) != 0) {
        int code = errno;
        close(fd);
        g_unlink(sink->temp);
        errno = code;
        fd = -1;
    }
    if (fd < 0)
        g_clear_pointer(&sink->temp, g_free);
    g_free(folder);
    return fd;
}

static void remove_temp(mpt_sink *sink)
{
    if (sink->temp)
        g_unlink(sink->temp);
    g_clear_pointer(&sink->temp, g_free);
}

/* Names of open files, whatever is behind them. */
static bool is_standard(const char *path)
{
    return g_str_has_prefix(path, "/dev/std") || g_str_has_prefix(path, "/dev/fd/") ||
           g_str_has_prefix(path, "/proc/");
}

/* Tries whether another file can take the place of this one, and be the same to all who know it. */
static bool can_replace(mpt_sink *sink)
{
    GStatBuf now, temp;
    bool there = g_stat(sink->path, &now) == 0, ours;
    int fd;

    if (is_standard(sink->path) || (!there && g_lstat(sink->path, &temp) == 0))
        return false;
    if (there && (!S_ISREG(now.st_mode) || now.st_nlink > 1 || g_access(sink->path, W_OK) != 0))
        return false;
    sink->target = there ? real_path(sink->path) : strdup(sink->path);
    sink->mode = there ? (int)(now.st_mode & 0777) : -1;
    fd = sink->target ? make_temp(sink) : -1;
    ours = fd >= 0 && (!there || (g_stat(sink->temp, &temp) == 0 && temp.st_uid == now.st_uid &&
                                  temp.st_gid == now.st_gid));
    if (fd >= 0)
        close(fd);
    remove_temp(sink);
    if (!ours)
        g_clear_pointer(&sink->target, free);
    return ours;
}

static bool open_in_place(mpt_sink *sink)
{
    int fd = g_open(sink->path, O_WRONLY | O_CREAT | O_CLOEXEC | O_BINARY, 0666);
    GStatBuf now;

    if (fd < 0)
        return false;
    sink->stale = g_stat(sink->path, &now) == 0 && S_ISREG(now.st_mode);
    sink->file = fdopen(fd, "wb");
    return sink->file != NULL;
}

static mpt_sink *open_file(const char *path, bool at_once, char **error)
{
    g_assert(path);
    mpt_sink *sink = sink_new(NULL, path);
    if ((!at_once && can_replace(sink)) || open_in_place(sink))
        return sink;
    int code = errno;
    if (error)
        *error = sentence("write to", path, code);
    sink->closed = true;
    mpt_sink_free(sink);
    return NULL;
}

mpt_sink *mpt_sink_open(const char *path, char **error)
{
    return open_file(path, false, error);
}

mpt_sink *mpt_sink_open_at_once(const char *path, char **error)
{
    return open_file(path, true, error);
}

const char *mpt_sink_hand_over(mpt_sink *sink)
{
    int fd;

    g_assert(sink->own_file && !sink->closed && sink->length == 0);
    sink->handed = true;
    if (!sink->target)
        return sink->path;
    errno = 0;
    fd = make_temp(sink);
    if (fd < 0)
        fail(sink);
    else
        close(fd);
    return sink->temp;
}

/* Where two names are of nothing yet. */
static bool same_new_file(const char *a, const char *b)
{
    const char *const paths[] = {a, b};
    char *names[2];
    bool same;

    for (int i = 0; i < 2; i++) {
        char *folder = g_path_get_dirname(paths[i]), *base = g_path_get_basename(paths[i]);
        char *real = real_path(folder);
        names[i] = g_build_filename(real ? real : folder, base, NULL);
        free(real);
        g_free(folder);
        g_free(base);
    }
    same = strcmp(names[0], names[1]) == 0;
    g_free(names[0]);
    g_free(names[1]);
    return same;
}

bool mpt_sink_same_file(const char *a, const char *b)
{
    GStatBuf of_a, of_b;
    bool a_there = g_stat(a, &of_a) == 0, b_there = g_stat(b, &of_b) == 0;

    /* On Windows st_ino is 0. */
    if (a_there && b_there && (of_a.st_ino || of_b.st_ino))
        return of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
    return a_there == b_there && same_new_file(a, b);
}

/* Before the first byte of an own file. */
static void begin(mpt_sink *sink)
{
    int fd;

    errno = 0;
    if (sink->stale && ftruncate(fileno(sink->file), 0) != 0)
        fail(sink);
    sink->stale = false;
    if (!sink->own_file || sink->file)
        return;
    fd = make_temp(sink);
    sink->file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!sink->file)
        fail(sink);
}

static void write_out(mpt_sink *sink)
{
    if (sink->memory || sink->closed)
        return;
    if (sink->error == 0 && sink->buffer->len > 0)
        begin(sink);
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

static void close_file(mpt_sink *sink)
{
    errno = 0;
    if (sink->own_file && sink->file && fclose(sink->file) != 0)
        fail(sink);
    if (sink->own_file)
        sink->file = NULL;
}

bool mpt_sink_close(mpt_sink *sink, char **error)
{
    if (!sink->closed) {
        mpt_sink_flush(sink);
        /* An empty report is an empty file. */
        if (sink->own_file && !sink->handed && sink->error == 0)
            begin(sink);
        close_file(sink);
        errno = 0;
        if (sink->temp && sink->error == 0 && g_rename(sink->temp, sink->target) != 0)
            fail(sink);
        if (sink->temp && sink->error == 0)
            g_clear_pointer(&sink->temp, g_free);
        remove_temp(sink);
        sink->closed = true;
    }
    if (sink->error != 0 && error)
        *error = sentence("write to", sink->path, sink->error);
    return sink->error == 0;
}

void mpt_sink_discard(mpt_sink *sink)
{
    if (!sink->own_file) {
        mpt_sink_close(sink, NULL);
        return;
    }
    g_string_truncate(sink->buffer, 0);
    close_file(sink);
    remove_temp(sink);
    sink->closed = true;
}

void mpt_sink_free(mpt_sink *sink)
{
    if (!sink)
        return;
    mpt_sink_close(sink, NULL);
    g_string_free(sink->buffer, TRUE);
    g_free(sink->path);
    free(sink->target);
    g_free(sink);
}
