/* totals.h - what a generated capture holds, counted as it is written, by an oracle of its own.
 *
 * Invariant: everything is counted per vantage point, in time order, from what that capture shows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GEN_TOTALS_H
#define GEN_TOTALS_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/* One direction of one subflow. */
typedef struct gen_bytes {
    uint64_t packets, payload, retrans, first, reinjected, reinjected_same;
    GArray *ssn_seen; /* gen_run */
} gen_bytes;

/* One direction of one connection. */
typedef struct gen_data_level {
    uint64_t ack_count, ack_max;
    GArray *dsn_seen; /* gen_run, the owner is the subflow */
} gen_data_level;

typedef struct gen_run {
    uint64_t start, end; /* end is one past the last */
    unsigned owner;
} gen_run;

/* New, and already there with the same or with another owner, in bytes. */
typedef struct gen_added {
    uint64_t fresh, same, other;
} gen_added;

/* Adds [start, end) to sorted, disjoint runs; bytes that are there keep their owner. */
gen_added gen_runs_add(GArray *runs, uint64_t start, uint64_t end, unsigned owner);

void gen_bytes_init(gen_bytes *bytes);
void gen_bytes_clear(gen_bytes *bytes);
void gen_data_level_init(gen_data_level *level);
void gen_data_level_clear(gen_data_level *level);

/* Counts a segment with payload: SSN offset and relative DSN of its first byte. mapped: it has a DSN. */
void gen_count_payload(gen_bytes *bytes, gen_data_level *level, unsigned subflow, uint64_t ssn, uint64_t dsn,
                       uint32_t len, bool mapped);
/* Adds the counts of one direction to a sum. */
void gen_bytes_add(gen_bytes *sum, const gen_bytes *bytes);

#endif
