/* flow_model.h - one connection as a ladder: lanes (its subflows), arrows between client and server, signals by name, and,
 * where both ends were captured, what became of each arrow at the other end.
 *
 * Invariant: once made it needs neither the engine nor the recorder.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FLOW_MODEL_H
#define MPT_FLOW_MODEL_H

#include "plugin/report/report.h"
#include "tap/engine/graphs/arrows.h"

typedef struct mpt_flow_lane {
    char *title;           /* "subflow 1, backup" */
    char *ends[MPT_ROLES]; /* "192.0.2.1:40000" */
} mpt_flow_lane;

/* What is signalled by one packet. */
typedef struct mpt_flow_signal {
    uint32_t frame;
    uint16_t subflow;
    mpt_direction direction;
    char *name; /* "MP_JOIN SYN, backup", "ADD_ADDR 2 192.0.2.7" */
    char *text; /* the same in sentences; NULL: none were asked for */
} mpt_flow_signal;

/* What the other end has of an arrow. */
typedef struct mpt_flow_far {
    int64_t delay_ns; /* until the first byte arrived, corrected as the option `clock` asks */
    uint32_t frame;
} mpt_flow_far;

/* Makes sentences of a signal: mpt_event_text() where windows are; NULL: names alone. */
typedef void (*mpt_flow_sentence)(const mpt_connection_view *v, const GArray *events, guint event,
                                  GString *out);

typedef struct mpt_flow {
    uint32_t connection;
    char *title; /* "Connection 0: 192.0.2.1:40000 -> 192.0.2.2:443" */
    mpt_flow_lane *lanes;
    uint32_t lane_count;
    GArray *
        arrows; /* mpt_arrow; times are when they were sent, by the clock where reports count; where only one end was
                        captured, when they were captured */
    GArray *far;     /* mpt_flow_far; arrow->far - 1 */
    GArray *signals; /* mpt_flow_signal, by frame */
    bool both_ends;
    bool numbered[MPT_DIRECTIONS]; /* numbers of what this direction sends are relative DSNs */
    int64_t slowest_ns;            /* the longest delay */
    mpt_flow_sentence sentence;    /* while it is made */
} mpt_flow;

/* x: collected is the recorder of its point. */
mpt_flow *mpt_flow_new(const mpt_report_context *x, const mpt_connection_view *v, mpt_flow_sentence sentence);
void mpt_flow_free(mpt_flow *f); /* NULL is allowed */

/* NULL: it signals nothing. */
const mpt_flow_signal *mpt_flow_signal_of(const mpt_flow *f, const mpt_arrow *a);
/* NULL: nothing is known of it at the other end. */
static inline const mpt_flow_far *mpt_flow_far_of(const mpt_flow *f, const mpt_arrow *a)
{
    return a->far ? &g_array_index(f->far, mpt_flow_far, a->far - 1) : NULL;
}
size_t mpt_flow_memory(const mpt_flow *f);

/* True if what this direction of a subflow signals is to be taken from these events. */
typedef bool (*mpt_flow_takes)(uint32_t subflow, mpt_direction direction, void *user);
/* Adds the signals of a connection's events. numbers: the lanes of its subflows, UINT32_MAX: none; NULL: their ids.
 * takes NULL: all. */
void mpt_flow_add_signals(mpt_flow *f, const mpt_connection_view *v, const uint32_t *numbers,
                          mpt_flow_takes takes, void *user);

/* flow_ends.c: of a capture of both ends, gives what each end has sent. False, and changes nothing, if this connection
 * was not captured at two. */
bool mpt_flow_join_ends(mpt_flow *f, const mpt_report_context *x, const mpt_connection_view *v);

#endif
