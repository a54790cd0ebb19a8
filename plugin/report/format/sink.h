/* sink.h - where rendered reports go: stdout, a file of its own, or memory.
 *
 * Invariant: bytes leave in the order they were appended; the first error is kept, and after it nothing is
 * written any more (appending stays allowed and does nothing), so renderers need not check each step.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SINK_H
#define MPT_SINK_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct mpt_sink mpt_sink;

/* A sink that keeps all in memory (windows, tests). Never fails. Free with mpt_sink_free(). */
mpt_sink *mpt_sink_new_memory(void);

/* A sink that writes to `stream` (usually stdout), which stays the caller's: it is flushed, never closed. */
mpt_sink *mpt_sink_new_stream(FILE *stream);

/* A sink for the file at `path` (a UTF-8 or locale path as GLib takes it). An existing file stays as it is
 * until mpt_sink_close(): a temporary file beside it is written, and replaces it then, with the same mode.
 * Pipes, devices, files with several hard links or of another owner, and those in folders that can't be
 * written to are written in place: such a file loses its content with the first bytes that go out. NULL if it
 * can't be written: *error (if error is given) is then one sentence with the system's reason, without
 * newline, to be freed with g_free(). */
mpt_sink *mpt_sink_open(const char *path, char **error);
/* The same, always in place: what has been flushed can be read there. */
mpt_sink *mpt_sink_open_at_once(const char *path, char **error);
/* For a file sink to which nothing was appended: the path that someone else writes before mpt_sink_close();
 * borrowed. NULL: it can't be made; mpt_sink_close() then fails and says why. */
const char *mpt_sink_hand_over(mpt_sink *sink);
/* True if the paths are names of one file, whether it is there or not. */
bool mpt_sink_same_file(const char *a, const char *b);

/* Width of the display in columns: renderers wrap lines there. Of memory MPT_SINK_WIDTH; of a stream or file what
 * the environment variable COLUMNS says, else that of the terminal, and unlimited where there is none. */
#define MPT_SINK_WIDTH     100
#define MPT_SINK_NARROW    40
#define MPT_SINK_UNLIMITED 1000000
void mpt_sink_set_width(mpt_sink *sink, size_t columns);
size_t mpt_sink_width(const mpt_sink *sink);

/* Appends `len` bytes. What is buffered goes out at 64 kB. */
void mpt_sink_append(mpt_sink *sink, const char *bytes, size_t len);
/* Room for `len` bytes behind what was appended, for the caller to fill; mpt_sink_filled() then says how many
 * of them count. Nothing may be appended in between. */
char *mpt_sink_room(mpt_sink *sink, size_t len);
void mpt_sink_filled(mpt_sink *sink, size_t len);
void mpt_sink_puts(mpt_sink *sink, const char *text);
void mpt_sink_putc(mpt_sink *sink, char c);
void mpt_sink_pad(mpt_sink *sink, char c, size_t count);
/* printf in the C library's locale: no floating point here (see units.h). */
void mpt_sink_printf(mpt_sink *sink, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Writes everything buffered now (`live`). True if nothing has failed so far. No effect on a memory sink. */
bool mpt_sink_flush(mpt_sink *sink);

/* Bytes appended so far, whether written or not. */
guint64 mpt_sink_length(const mpt_sink *sink);

/* What a memory sink holds, NUL-terminated; valid until the next append. `len` may be NULL. Misuse (an
 * assertion) with another kind of sink. */
const char *mpt_sink_text(const mpt_sink *sink, size_t *len);

/* Flushes and closes. True if every byte was written; else false and *error (if error is given) is one
 * sentence, to be freed with g_free(). May be called again: it returns the same and does nothing more. A
 * memory sink keeps its text. Appending after it is misuse. */
bool mpt_sink_close(mpt_sink *sink, char **error);

/* Closes and drops what was appended: the file stays as it was, unless it was written in place. The same as
 * mpt_sink_close() for a stream or memory. */
void mpt_sink_discard(mpt_sink *sink);

/* Closes, if that was not done, and frees. NULL is allowed. */
void mpt_sink_free(mpt_sink *sink);

#endif
