/* units.h - numbers as people read them.
 *
 * Invariant: the same text in every locale; "." is the decimal point and "," groups thousands. Each
 * function appends to `out`; rounding is half up in the last digit, and carries into the prefix: 999.6 kB
 * is "1.00 MB".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_UNITS_H
#define MPT_UNITS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* "999 bytes", "1 byte", "1.44 MB": decimal prefixes (kB = 1000 bytes), 3 significant digits. */
void mpt_units_bytes(GString *out, uint64_t bytes);
/* "1 byte", "1,435,648 bytes": things that take an s. */
void mpt_units_things(GString *out, uint64_t n, const char *thing);
/* "950 bit/s", "19.97 Mbit/s"; 4 significant digits; "-" where not finite or negative. */
void mpt_units_rate(GString *out, double bps);
/* A duration: "0 s", "950 ns", "12.3 us", "1.23 ms", "1.234 s", "59.999 s", "2 min 03 s", "2 h 03 min",
 * "3 d 04 h". Negative ones start with "-". */
void mpt_units_duration(GString *out, int64_t ns);
/* A duration of a sentence, cut: "12.34 ms", "123.4 ms", "1.234 s"; 0 where negative. */
void mpt_units_time(GString *out, int64_t ns);
/* A percentage with one decimal: "33.3 %"; "0.0 %" and "100.0 %" only if exact, else "<0.1 %", ">99.9 %"; "-"
 * if not finite. */
void mpt_units_percent(GString *out, double percent);
/* "1435648" */
void mpt_units_plain(GString *out, uint64_t value);
/* "1,435,648", "-12,345". */
void mpt_units_grouped(GString *out, uint64_t value);
void mpt_units_grouped_signed(GString *out, int64_t value);

/* ns as seconds with `decimals` digits, 0 to 9, half rounded away from zero: "1.000000001",
 * "-0.5". No unit. */
void mpt_units_seconds(GString *out, int64_t ns, int decimals);
/* `value` with `decimals` digits after ".", 0 to 17; "-" where not finite. No "-0". */
void mpt_units_double(GString *out, double value, int decimals);

/* `text` as one line that is safe on a terminal: invalid UTF-8 and what is not printable (control characters,
 * line ends, changes of writing direction) becomes U+FFFD. For text that comes from a capture or a command
 * line. True if it is all ASCII: as many columns as bytes. */
bool mpt_units_printable(GString *out, const char *text);

#endif
