/* text.h - reports for people: headings, paragraphs, labelled values and aligned tables.
 *
 * Invariant: no line ends in a space, and no line is longer than mpt_sink_width() columns unless one table
 * row or one word alone needs more. Widths are counted in terminal cells, not bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_TEXT_H
#define MPT_TEXT_H

#include <glib.h>
#include <stddef.h>

#include "sink.h"
#include "table.h"

/* The usual width. */
#define MPT_TEXT_WIDTH MPT_SINK_WIDTH

/* A heading: the text, and under it a line of '=' (level 1) or '-' (level 2); level 3 is the text alone. An
 * empty line comes before it unless it is the first thing in the sink. */
void mpt_text_heading(mpt_sink *sink, int level, const char *text);

/* Words wrapped at mpt_sink_width(), each line indented by `indent` columns, and lines after the first by
 * `hanging` more. A '\n' in the text starts a new line; none ends between a number and its unit. */
void mpt_text_paragraph(mpt_sink *sink, int indent, int hanging, const char *text);

/* The table with its titles, each line indented by `indent`: two spaces between columns, numbers
 * right-aligned, "-" for null. Without rows only the titles. Titles may hold one '\n' for a heading
 * of two lines. Columns that have no room follow below, behind the first column (and those marked KEY) once more. */
void mpt_text_table(mpt_sink *sink, const mpt_table *table, int indent);

/* A block of labelled values, aligned: "Goodput  19.97 Mbit/s (19,971,234)". Collects until it is drawn. */
typedef struct mpt_block mpt_block;

mpt_block *mpt_block_new(void);
/* Empties it, for the next block. */
void mpt_block_clear(mpt_block *block);
void mpt_block_free(mpt_block *block); /* NULL is allowed */
/* Adds a line; both strings are copied. A value that is too long is wrapped under itself. NULL is drawn "-".
 */
void mpt_block_add(mpt_block *block, const char *label, const char *value);
/* Draws all lines, indented by `indent`. */
void mpt_text_block(mpt_sink *sink, const mpt_block *block, int indent);

/* Terminal columns that UTF-8 `text` takes (wide characters two, combining marks none). */
size_t mpt_text_width(const char *text);

/* The first `len` bytes of untrusted text, fit for a sentence: printable, and cut after 60 characters.
 * Free with g_free(). */
char *mpt_text_shown(const char *text, size_t len);

/* Appends a name to "a, b and c" (`last` is " and "); `left` names are still to come after it. */
void mpt_text_join(GString *out, const char *name, unsigned left, const char *last);

#endif
