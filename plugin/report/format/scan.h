/* scan.h - the words of a command line: read, quoted, listed, and compared for typing errors.
 *
 * Invariant: nothing here knows an option or a report.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SCAN_H
#define MPT_SCAN_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A distance that stands for "not alike". */
#define MPT_WORD_MAX 24

/* Reads a decimal number without sign, all of `text`. False, and *value untouched, where it is none. */
bool mpt_scan_u32(const char *text, uint32_t *value);
/* Reads seconds without sign and with at most 9 decimals ("1", "1.5", ".5"), exactly, as nanoseconds. False,
 * and *ns untouched, where it is none or beyond 2^63 ns. */
bool mpt_scan_seconds(const char *text, int64_t *ns);
/* The index of `text` in the NULL-terminated `names`. False, and *index untouched, where it is none of them.
 */
bool mpt_scan_index(const char *text, const char *const *names, unsigned *index);

/* The first `len` bytes of foreign text as a sentence may show them: printable, and cut after 60 characters.
 * To be freed with g_free(). */
char *mpt_scan_shown(const char *text, size_t len);

/* Appends a name to "a, b and c" (`last` is " and "); `left` names are still to come after it. */
void mpt_scan_join(GString *out, const char *name, unsigned left, const char *last);

/* Letters to insert, drop, change or swap with a neighbour to make b of the first a_len bytes of a, in either
 * case; MPT_WORD_MAX where one is as long as that. */
unsigned mpt_scan_distance(const char *a, size_t a_len, const char *b);

#endif
