/* checks.h - what the check functions share; nobody outside findings*.c includes it.
 *
 *   findings.c            the table of checks, the order of findings, words and numbers
 *   findings_capture.c    what a capture can't show
 *   findings_handshake.c  MP_CAPABLE, fallback, MP_JOIN
 *   findings_address.c    ADD_ADDR, REMOVE_ADDR
 *   findings_data.c       mappings, DATA_ACKs, checksums
 *   findings_path.c       backup, failover, waiting, reinjections
 *   findings_way.c        what happens between two vantage points
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_CHECKS_H
#define MPT_CHECKS_H

#include "findings.h"
#include "tap/engine/core/engine.h"

struct mpt_check;

/* Where the capture was taken, by the times of the first handshake. */
typedef enum mpt_near { MPT_NEAR_UNKNOWN, MPT_NEAR_CLIENT, MPT_NEAR_SERVER } mpt_near;

/* What a check function reads, and where its findings go. */
typedef struct mpt_checking {
    const mpt_engine *engine;
    const mpt_connection_view *v; /* NULL: of the capture */
    const mpt_connection *c;
    GArray *events;      /* mpt_event in time order */
    GArray **of_subflow; /* per owner: indices in events (guint), in order; NULL: none */
    const GArray *ways;  /* mpt_path_hop; NULL: one vantage point */
    int64_t closing_ns;  /* the first DATA_FIN or MP_FASTCLOSE; INT64_MAX: none */
    mpt_near near;
    bool whole;    /* the handshake of the first subflow is in the capture */
    bool reliable; /* no options cut, no segment lost or late */
    const struct mpt_check *check;
    GArray *found;
} mpt_checking;

typedef void (*mpt_check_func)(mpt_checking *x);

typedef struct mpt_check {
    const char *id;
    mpt_severity severity; /* unless the function says otherwise */
    const char *rfc;       /* RFC 8684; NULL: of the capture */
    const char *rfc_v0;    /* RFC 6824, where the section differs; NULL: the same number */
    const char *title;
    mpt_check_func run; /* NULL: raised by the function of the row above */
} mpt_check;

/* A finding of check `id` (NULL: of the row that runs). time_ns: of the capture, INT64_MIN: none. The result is valid
 * until the next finding; the caller may set subflow, direction, severity. */
mpt_finding *mpt_found(mpt_checking *x, const char *id, int64_t time_ns, uint32_t frame, uint64_t count,
                       const char *format, ...) G_GNUC_PRINTF(6, 7);

/* The section of the connection's version: RFC 8684 `rfc`, or rfc_v0 (NULL: the same number in RFC 6824). Static. */
const char *mpt_found_rfc(const mpt_checking *x, const char *rfc, const char *rfc_v0);

static inline void mpt_found_subflow(mpt_finding *f, const mpt_subflow_view *sv)
{
    f->subflow = (mpt_maybe_int){.known = true, .value = sv->id};
}

static inline void mpt_found_direction(mpt_finding *f, unsigned direction)
{
    f->direction = (mpt_maybe_int){.known = true, .value = direction};
}

/* --- the capture --- */

/* The end (0 client, 1 server) of a side of the connection. */
static inline unsigned mpt_checking_end(const mpt_checking *x, unsigned side)
{
    return side == x->v->side[0] ? 0 : 1;
}
/* The subflow whose owner number this is. */
const mpt_subflow_view *mpt_checking_subflow(const mpt_checking *x, uint16_t owner);
/* The first event of this type, at or after from_ns; owner, end: -1 for any. NULL: none. */
const mpt_event *mpt_checking_event(const mpt_checking *x, mpt_event_type type, int owner, int end,
                                    int64_t from_ns);
/* Only one direction of the subflow is in the capture. */
bool mpt_checking_one_way(const mpt_subflow_view *sv);
/* Appends who made the connection plain TCP, where vantage points show it; false, and nothing, where they don't. */
bool mpt_path_hop_culprit(const mpt_checking *x, GString *out);

/* --- words; each writes to `text` and returns it --- */

#define MPT_WORD          48
#define MPT_SUBFLOW_WORDS 160

const char *mpt_word_end(unsigned end);                                /* "client", "server" */
const char *mpt_word_count(uint64_t n, char *text);                    /* "1,435,648" */
const char *mpt_word_bytes(uint64_t bytes, char *text);                /* "1,435,648 bytes", "1 byte" */
const char *mpt_word_time(int64_t ns, char *text);                     /* "12.3 ms", "1.234 s" */
const char *mpt_word_seconds(int64_t ns, char *text);                  /* "12.345678" */
const char *mpt_word_percent(uint64_t part, uint64_t all, char *text); /* "12.3 %" */
/* "subflow 1 (192.0.2.1:4000 - 192.0.2.2:80)". text has MPT_SUBFLOW_WORDS bytes. */
const char *mpt_labels_subflow(const mpt_subflow_view *sv, char *text);

/* --- the check functions: a row each in findings.c --- */

void mpt_check_fallback(mpt_checking *x);
void mpt_check_capable(mpt_checking *x);
void mpt_check_joins(mpt_checking *x);
void mpt_check_join_address(mpt_checking *x);
void mpt_check_join_slow(mpt_checking *x);
void mpt_check_resets(mpt_checking *x);
void mpt_check_add_addr(mpt_checking *x);
void mpt_check_add_addr_hmac(mpt_checking *x);
void mpt_check_remove_addr(mpt_checking *x);
void mpt_check_unmapped(mpt_checking *x);
void mpt_check_conflicts(mpt_checking *x);
void mpt_check_far(mpt_checking *x);
void mpt_check_beyond_window(mpt_checking *x);
void mpt_check_data_acks(mpt_checking *x);
void mpt_check_after_fin(mpt_checking *x);
void mpt_check_not_delivered(mpt_checking *x);
void mpt_check_checksums(mpt_checking *x);
void mpt_check_mp_fail(mpt_checking *x);
void mpt_check_backup(mpt_checking *x);
void mpt_check_idle(mpt_checking *x);
void mpt_check_failover(mpt_checking *x);
void mpt_check_waits(mpt_checking *x);
void mpt_check_window_closed(mpt_checking *x);
void mpt_check_reinjections(mpt_checking *x);
void mpt_check_capture(mpt_checking *x);
void mpt_check_ways(mpt_checking *x);

#endif
