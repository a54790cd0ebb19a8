/* scan.h - reads the words of a command line, and compares them for typing errors.
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

/* A distance that means "not similar". */
#define MPT_WORD_MAX 24

/* Parses all of `text` as an unsigned decimal number. False, with *value untouched, if it is not one. */
bool mpt_scan_u32(const char *text, uint32_t *value);
/* Parses unsigned seconds with at most 9 decimals ("1", "1.5", ".5") as exact nanoseconds. False, with *ns
 * untouched, if it is malformed or beyond 2^63 ns. */
bool mpt_scan_seconds(const char *text, int64_t *ns);
/* The index of `text` in the NULL-terminated `names`. False, with *index untouched, if it is not there. */
bool mpt_scan_index(const char *text, const char *const *names, unsigned *index);

/* Edit distance, ignoring case, between the first a_len bytes of a and b: letters to insert, drop, change, or
 * swap with a neighbour. MPT_WORD_MAX if either is that long. */
unsigned mpt_scan_distance(const char *a, size_t a_len, const char *b);

#endif
