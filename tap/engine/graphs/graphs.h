/* graphs.h - named series of points: what every graph draws and CSV prints.
 *
 * While a capture is read, a recorder (an observer of the engine) keeps each segment and each piece of
 * payload, in about 12 bytes each. Afterwards the points of any connection and direction are derived
 * from that record.
 *
 * engine -> mpt_recorder_observer -> recorder (packed) -> mpt_series_play -> points: csv, or
 * mpt_thinner -> graph
 *
 * Exact, unless mpt_recorder_left_out() says that something is missing: the area under `throughput` is
 * payload_bytes, the last points of `share` are the shares, the lengths of the `reinjected` points add up
 * to reinjected_bytes (FIGURES.md).
 *
 * Invariant: playing changes nothing; two plays give the same points.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_GRAPHS_H
#define MPT_GRAPHS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tap/engine/figures/metrics.h"

/* --- recording --- */

typedef struct mpt_recorder mpt_recorder;

extern const mpt_observer mpt_recorder_observer; /* its user is the mpt_recorder */

/* mappings: keep every DSS with a mapping too, for MPT_GRAPH_MAPPINGS. The engine is borrowed. */
mpt_recorder *mpt_recorder_new(const mpt_engine *e, bool mappings);
void mpt_recorder_free(mpt_recorder *r); /* NULL is allowed */
/* Pieces of payload (and mappings) left out of the record: too many for the number of segments. */
uint64_t mpt_recorder_left_out(const mpt_recorder *r);
/* Bytes of memory in use. */
size_t mpt_recorder_memory(const mpt_recorder *r);

/* --- graphs --- */

typedef enum mpt_graph_type {
    MPT_GRAPH_SEQUENCE,
    MPT_GRAPH_THROUGHPUT,
    MPT_GRAPH_GOODPUT,
    MPT_GRAPH_SHARE,
    MPT_GRAPH_BURSTS,
    MPT_GRAPH_INFLIGHT,
    MPT_GRAPH_LIMIT, /* nothing without the spans of speed.h */
    MPT_GRAPH_RTT,
    MPT_GRAPH_OWD, /* of two vantage points: mpt_series_play() has no points of it */
    MPT_GRAPH_REORDER,
    MPT_GRAPH_DEPTH,
    MPT_GRAPH_INTERARRIVAL,
    MPT_GRAPH_ACKSIZE,
    MPT_GRAPH_SUBFLOWS,
    MPT_GRAPH_TCP,
    MPT_GRAPH_MAPPINGS, /* a list: no picture */
    MPT_GRAPH_TYPES
} mpt_graph_type;

typedef enum mpt_unit {
    MPT_UNIT_DSN, /* relative DSN, FIGURES.md */
    MPT_UNIT_SSN, /* relative subflow sequence number */
    MPT_UNIT_BPS, /* bit/s */
    MPT_UNIT_BYTES,
    MPT_UNIT_SHARE,   /* of 1 */
    MPT_UNIT_NS,      /* a duration in nanoseconds */
    MPT_UNIT_SUBFLOW, /* id of a subflow */
    MPT_UNITS
} mpt_unit;

/* How a series is meant to be drawn. */
typedef enum mpt_series_style {
    MPT_STYLE_BARS, /* from value to value + length at one time */
    MPT_STYLE_STEP, /* holds until the next point */
    MPT_STYLE_DOTS,
    MPT_STYLE_LINE,
    MPT_STYLES
} mpt_series_style;

typedef struct mpt_series_point {
    int64_t time_ns;      /* since the earliest frame */
    double value;         /* exact: whole numbers are below 2^53 */
    uint32_t frame;       /* the frame it comes from; 0: none, something has left the window */
    uint32_t length;      /* bytes, where it stands for payload */
    uint32_t first_frame; /* reinjected: of the first copy, else 0 */
    uint32_t extra;       /* mappings: checksum + 1, or 0 */
    int64_t ssn;          /* mappings: SSN as on the wire */
} mpt_series_point;

/* No subflow: the sum, or the data level. */
#define MPT_NO_SUBFLOW UINT32_MAX

typedef struct mpt_series {
    const char *name; /* "data", "reinjected", ...; static */
    uint32_t subflow; /* id, or MPT_NO_SUBFLOW */
    mpt_series_style style;
    bool stacks; /* part of a sum */
    bool aside;  /* the range of values that is shown is that of the others */
    bool sum;    /* of what the subflows have: says nothing where one has all */
} mpt_series;

typedef struct mpt_graph {
    mpt_graph_type type;
    mpt_unit unit;
    mpt_series *series;
    unsigned count;
} mpt_graph;

/* "sequence", ...; static. */
const char *mpt_graph_name(mpt_graph_type type);
/* "Data sequence numbers", ...; static. */
const char *mpt_graph_title(mpt_graph_type type);
bool mpt_graph_find(const char *name, mpt_graph_type *type);

typedef struct mpt_series_request {
    const mpt_connection_view *view;
    mpt_direction direction; /* of the data; DATA_ACKs come from the other end */
    uint32_t types;          /* 1 << mpt_graph_type each */
    int64_t window_ns;       /* > 0: of the moving averages */
    uint32_t tcp_subflow;    /* id of the subflow that MPT_GRAPH_TCP shows */
} mpt_series_request;

/* A window that suits the duration of the direction: about a fiftieth of it, 1, 2 or 5 times a
 * power of ten. */
int64_t mpt_series_default_window(const mpt_connection_view *view, mpt_direction direction);

/* The graph of a type with its series, without points. Free with mpt_graph_clear(). */
void mpt_graph_init(mpt_graph *graph, mpt_graph_type type, const mpt_series_request *request);
void mpt_graph_clear(mpt_graph *graph);

/* Called for each point; `series` is the index in the graph of this type. The points of a graph come in time
 * order, except those of segments that were later than the look-back. */
typedef void (*mpt_point_func)(void *user, mpt_graph_type type, unsigned series,
                               const mpt_series_point *point);

void mpt_series_play(const mpt_recorder *r, const mpt_series_request *request, mpt_point_func func,
                     void *user);

/* --- thinning --- */

/* Points of one graph, at most `limit`. Above that, each series keeps of every slice of time its first,
 * smallest, largest and last point: extremes and gaps survive. */
typedef struct mpt_thinner mpt_thinner;

mpt_thinner *mpt_thinner_new(const mpt_graph *graph, size_t limit);
void mpt_thinner_free(mpt_thinner *t); /* NULL is allowed */
void mpt_thinner_add(mpt_thinner *t, unsigned series, const mpt_series_point *point);
/* Without the points of this series. */
void mpt_thinner_drop(mpt_thinner *t, unsigned series);
/* The points of a series in time order: call it when all are added. Borrowed. */
const mpt_series_point *mpt_thinner_points(mpt_thinner *t, unsigned series, size_t *count);
/* Points that were added, of all series; more than are kept where it was thinned. */
uint64_t mpt_thinner_total(const mpt_thinner *t);
size_t mpt_thinner_kept(mpt_thinner *t);

#endif
