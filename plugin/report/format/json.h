/* json.h - a streaming JSON writer (RFC 8259).
 *
 * Invariant: what was written so far is a prefix of one valid JSON text in UTF-8; a key without value, a
 * value without key in an object, or an end that does not fit its begin is misuse (an assertion).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_JSON_H
#define MPT_JSON_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sink.h"

typedef struct mpt_json mpt_json;

/* A writer of one document into `sink`, which stays the caller's and must outlive the writer. */
mpt_json *mpt_json_new(mpt_sink *sink);
/* The same for a script element of HTML: without spaces, in one line but for mpt_json_break_line(), and no
 * `<` in it. */
mpt_json *mpt_json_new_in_script(mpt_sink *sink);
/* The next member or end begins a line. */
void mpt_json_break_line(mpt_json *json);
/* Ends the document with a newline (in a script without); everything must be closed and one value
 * written (misuse otherwise). */
void mpt_json_finish(mpt_json *json);
/* Frees the writer, finished or not. NULL is allowed. */
void mpt_json_free(mpt_json *json);

/* Objects and arrays: two-space indentation, one member a line. The inline form, and everything in it, stays
 * on one line: "{ "id": 1, "ok": true }", "[1, 2]". */
void mpt_json_begin_object(mpt_json *json);
void mpt_json_begin_object_inline(mpt_json *json);
void mpt_json_end_object(mpt_json *json);
void mpt_json_begin_array(mpt_json *json);
void mpt_json_begin_array_inline(mpt_json *json);
void mpt_json_end_array(mpt_json *json);

/* The key of the next value; only in objects. A constant of the program: ASCII, with nothing to escape. */
void mpt_json_key(mpt_json *json, const char *key);

void mpt_json_null(mpt_json *json);
void mpt_json_bool(mpt_json *json, bool value);
/* Numbers, always exact in the text. Where a magnitude beyond 2^53-1 is possible (keys, IDSNs, DSNs), use the
 * string form: many readers hold numbers as doubles. */
void mpt_json_int(mpt_json *json, int64_t value);
void mpt_json_uint(mpt_json *json, uint64_t value);
void mpt_json_uint_string(mpt_json *json, uint64_t value); /* "18446744073709551615" */
/* Nanoseconds as seconds with exactly 9 decimals: 1.000000001. */
void mpt_json_seconds(mpt_json *json, int64_t ns);
void mpt_json_seconds_string(mpt_json *json, int64_t ns); /* the same in quotes (epoch times) */
/* `decimals` (0 to 17) digits after the point; null where the value is not finite. */
void mpt_json_double(mpt_json *json, double value, int decimals);
/* A string; invalid UTF-8 becomes U+FFFD, NULL becomes null. */
void mpt_json_string(mpt_json *json, const char *value);
void mpt_json_stringf(mpt_json *json, const char *format, ...) G_GNUC_PRINTF(2, 3);
void mpt_json_hex32(mpt_json *json, uint32_t value); /* "00a1b2c3" */
void mpt_json_hex64(mpt_json *json, uint64_t value);

/* The same with the key in front. */
void mpt_json_member_object(mpt_json *json, const char *key);
void mpt_json_member_object_inline(mpt_json *json, const char *key);
void mpt_json_member_array(mpt_json *json, const char *key);
void mpt_json_member_array_inline(mpt_json *json, const char *key);
void mpt_json_member_null(mpt_json *json, const char *key);
void mpt_json_member_bool(mpt_json *json, const char *key, bool value);
void mpt_json_member_int(mpt_json *json, const char *key, int64_t value);
void mpt_json_member_uint(mpt_json *json, const char *key, uint64_t value);
void mpt_json_member_seconds(mpt_json *json, const char *key, int64_t ns);
void mpt_json_member_double(mpt_json *json, const char *key, double value, int decimals);
void mpt_json_member_string(mpt_json *json, const char *key, const char *value);
void mpt_json_member_hex32(mpt_json *json, const char *key, uint32_t value);

#endif
