/* figures.h - the figures that JSON and CSV show: one row each.
 *
 * Invariant: a figure's name, unit and member are in these tables and nowhere else, so that JSON
 * and CSV agree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FIGURES_H
#define MPT_FIGURES_H

#include <stddef.h>
#include <stdint.h>

#include "plugin/report/format/json.h"
#include "plugin/report/format/table.h"
#include "tap/engine/figures/metrics.h"

typedef enum mpt_figure_type {
    MPT_FIGURE_COUNT,        /* uint64_t */
    MPT_FIGURE_BYTES,        /* uint64_t */
    MPT_FIGURE_NUMBER,       /* mpt_maybe_int */
    MPT_FIGURE_SECONDS,      /* mpt_maybe_ns */
    MPT_FIGURE_MILLISECONDS, /* mpt_maybe_ns, in text only */
    MPT_FIGURE_RATE,         /* double, bit/s */
    MPT_FIGURE_PERCENT,      /* double */
    MPT_FIGURE_TYPES
} mpt_figure_type;

typedef struct mpt_figure {
    const char *group; /* JSON: the object that it is in, with its neighbours of the same group; NULL: none */
    const char *name;
    const char *column; /* csv; NULL: not there */
    mpt_figure_type type;
    size_t offset;
} mpt_figure;

typedef struct mpt_figures {
    const mpt_figure *rows;
    size_t count;
} mpt_figures;

extern const mpt_figures MPT_BYTE_FIGURES;     /* of mpt_byte_figures */
extern const mpt_figures MPT_TCP_FIGURES;      /* of mpt_byte_figures: those that need no data level */
extern const mpt_figures MPT_DATA_FIGURES;     /* of mpt_data_figures */
extern const mpt_figures MPT_CHECKSUM_FIGURES; /* of mpt_checksum_figures */
extern const mpt_figures MPT_RTT_FIGURES;      /* of mpt_distribution */
extern const mpt_figures MPT_COUNT_FIGURES;    /* of mpt_engine_counts: members of `capture` */

/* Durations; the mean is not in MPT_RTT_FIGURES. */
typedef struct mpt_distribution {
    mpt_maybe_ns min, median, p95, max, mean;
    uint64_t samples;
} mpt_distribution;
/* Without the mean. */
mpt_distribution mpt_figures_rtt(const mpt_rtt_figures *rtt);

/* Writes the figures as members of the open object. `base` is the struct that the table's comment names. */
void mpt_figures_json(mpt_json *json, const mpt_figures *figures, const void *base);
/* Writes the cells of a row from `first` to before `end` as members with the names of their columns; HEX32 and
 * HEX64 are none. */
void mpt_figures_json_cells(mpt_json *json, const mpt_table *table, size_t row, size_t first, size_t end);
/* A number, as a string if a double can't hold it exactly; null if it is not known. */
void mpt_figures_json_number(mpt_json *json, const char *key, mpt_maybe_int number);
void mpt_figures_json_bool(mpt_json *json, const char *key, mpt_maybe_int value);
void mpt_figures_json_seconds(mpt_json *json, const char *key, mpt_maybe_ns seconds);

/* A table of `own` columns, and then those of the figures of each group. Free with mpt_table_free(). */
mpt_table *mpt_figures_table(const mpt_column *own, size_t count, const mpt_figures *const groups[],
                             size_t group_count);
/* Sets the cells of the last row from `first` on. */
void mpt_figures_cells(mpt_table *table, size_t first, const mpt_figures *figures, const void *base);

#endif
