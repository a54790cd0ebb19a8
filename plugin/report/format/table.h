/* table.h - the report model: typed columns and rows of typed cells, and blocks of labelled values.
 *
 * Invariant: a cell is null or holds a value of its column's type; every row has a cell for each column (null
 * until set). The table owns all text given to it. Renderers (text.h, csv.h) see this and nothing else.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_TABLE_H
#define MPT_TABLE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum mpt_column_type {
    MPT_INT,             /* int64_t */
    MPT_UINT,            /* uint64_t: a count, digits grouped in text */
    MPT_ID,              /* uint64_t: a number that names something (stream, frame, port); never grouped */
    MPT_SECONDS_NS,      /* int64_t nanoseconds; in csv exact seconds, 9 decimals */
    MPT_MILLISECONDS_NS, /* the same, in text as milliseconds with 3 decimals */
    MPT_RATE_BPS,        /* double, bit/s */
    MPT_DURATION,        /* int64_t nanoseconds; in text readable: "1.23 ms" */
    MPT_BYTES,           /* uint64_t: exact and grouped in text */
    MPT_SIZE,            /* uint64_t bytes; in text rounded: "1.44 MB" */
    MPT_PERCENT,         /* double, in percent (33.3) */
    MPT_TEXT,            /* UTF-8, owned by the table */
    MPT_HEX32,           /* uint64_t below 2^32, 8 lower-case digits */
    MPT_HEX64,           /* uint64_t, 16 lower-case digits */
    MPT_COLUMN_TYPES
} mpt_column_type;

enum {
    MPT_COLUMN_TEXT_ONLY = 1 << 0, /* not in csv */
    MPT_COLUMN_CSV_ONLY = 1 << 1,  /* not in text */
    MPT_COLUMN_OPTIONAL = 1 << 2,  /* left out of text when all its cells are null */
    MPT_COLUMN_RIGHT = 1 << 3,     /* text right-aligned (numbers always are) */
    MPT_COLUMN_LONG = 1 << 5,      /* the last one, of texts that may go beyond the end of a line */
    MPT_COLUMN_KEY = 1 << 6,       /* behind the first: comes again, with it, where columns follow below */
    MPT_COLUMN_SCALED = 1 << 4,    /* BYTES in text: the readable value beside, "1,435,648 (1.44 MB)" */
};

/* One column. The strings are borrowed and must outlive the table: constants are meant. */
typedef struct mpt_column {
    const char *name;  /* csv and JSON name, e.g. "payload_bytes"; unique in the table */
    const char *title; /* heading in text; NULL: the name */
    /* CSV suffix without the underscore, e.g. "packets"; may be NULL. The type has its own: SECONDS_NS "s",
     * RATE_BPS "bps", BYTES "bytes", PERCENT "percent". */
    const char *unit;
    mpt_column_type type;
    unsigned flags;  /* MPT_COLUMN_* */
    const char *tip; /* tooltip in windows; NULL: none */
} mpt_column;

/* Columns are written once, as a list macro with a line each, X(INDEX, type, "name"[, .member = value]...);
 * MPT_COLUMNS(TABLE, COUNT, LIST) makes of it the indices, their COUNT and the array TABLE. */
#define MPT_COLUMN_INDEX(index, ...) index,
#define MPT_COLUMN_ENTRY(index, column_type, column_name, ...)                                               \
    [index] = {.type = column_type, .name = column_name, __VA_ARGS__},
#define MPT_COLUMNS(table, count, list)                                                                      \
    enum { list(MPT_COLUMN_INDEX) count };                                                                   \
    static const mpt_column table[count] = {list(MPT_COLUMN_ENTRY)}

typedef struct mpt_cell {
    bool set;
    union {
        int64_t i;        /* INT, SECONDS_NS, MILLISECONDS_NS, DURATION */
        uint64_t u;       /* UINT, ID, BYTES, HEX32, HEX64 */
        double d;         /* RATE_BPS, PERCENT */
        const char *text; /* TEXT, the table's */
    } value;
} mpt_cell;

typedef struct mpt_table mpt_table;

/* A table without rows. `columns` (count of them, at least one) are copied. Free with mpt_table_free(). */
mpt_table *mpt_table_new(const mpt_column *columns, size_t count);
void mpt_table_free(mpt_table *table); /* NULL is allowed */

/* Begins a row; all its cells are null. The setters below set cells of this row; a column index out of range,
 * a type that is not the column's, or no row is misuse (an assertion). A cell that is never set stays null.
 */
void mpt_table_begin_row(mpt_table *table);
void mpt_table_set_int(mpt_table *table, size_t column, int64_t value); /* INT */
void mpt_table_set_uint(mpt_table *table, size_t column,
                        uint64_t value); /* UINT, ID, BYTES, SIZE, HEX32, HEX64 */
void mpt_table_set_ns(mpt_table *table, size_t column,
                      int64_t ns); /* SECONDS_NS, MILLISECONDS_NS, DURATION */
/* RATE_BPS, PERCENT. What is not finite becomes null: "unknown", never "inf". */
void mpt_table_set_double(mpt_table *table, size_t column, double value);
/* TEXT; copied. NULL makes the cell null. Bytes that are no UTF-8 become U+FFFD. */
void mpt_table_set_text(mpt_table *table, size_t column, const char *text);
/* The value as a whole; *cell has that of the column's type, which is not TEXT. */
void mpt_table_set_cell(mpt_table *table, size_t column, const mpt_cell *cell);
void mpt_table_set_textf(mpt_table *table, size_t column, const char *format, ...) G_GNUC_PRINTF(3, 4);

size_t mpt_table_columns(const mpt_table *table);
size_t mpt_table_rows(const mpt_table *table);
const mpt_column *mpt_table_column(const mpt_table *table, size_t column);
/* The cell, never NULL. Valid until the next mpt_table_begin_row(). */
const mpt_cell *mpt_table_cell(const mpt_table *table, size_t row, size_t column);

/* Appends the exact value as in CSV, without quoting: "12.000000000", "1435648", "00a1b2c3".
 * Nothing if null. */
void mpt_table_exact(const mpt_table *table, size_t row, size_t column, GString *out);
/* Appends the value as text has it: "1,435,648", "12.345678" (seconds), "19.97 Mbit/s", "33.3 %"; "-" if
 * null. Printable, without line ends. */
void mpt_table_readable(const mpt_table *table, size_t row, size_t column, GString *out);

/* The name of a column as csv has it, with its unit where the name does not say it ("duration_s",
 * "goodput_bps", "payload_bytes", "share_percent"). */
void mpt_table_csv_name(const mpt_column *column, GString *out);

/* True for types that are drawn right-aligned. */
bool mpt_column_is_number(const mpt_column *column);

#endif
