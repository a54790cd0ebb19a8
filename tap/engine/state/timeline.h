/* timeline.h - what was signalled on a connection: one record per event.
 *
 * Invariant: a record is complete when it is appended, except `count` and `last_ns`, which grow where
 * FIGURES.md counts repetitions as one event (RST, an ignored one, FIN, INFINITE_MAPPING, DATA_FIN); an
 * INFINITE_MAPPING becomes IGNORED where it turns out to be none, and so does a RST before a SYN that goes on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_TIMELINE_H
#define MPT_TIMELINE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "tap/engine/base/axes.h"
#include "tap/engine/base/endpoint.h"
#include "tap/engine/protocol/option.h"

/* All types of events; their names in reports are these. */
/* clang-format off */
#define MPT_EVENT_TABLE(X) \
    X(MP_CAPABLE) X(MP_JOIN) X(ADD_ADDR) X(ADD_ADDR_ECHO) X(REMOVE_ADDR) X(MP_PRIO) X(MP_FAIL) X(MP_FASTCLOSE) \
    X(MP_TCPRST) X(MP_EXPERIMENTAL) X(UNKNOWN_OPTION) X(IGNORED) X(RST) X(FIN) X(DATA_FIN) X(INFINITE_MAPPING) X(FALLBACK) X(CHECKSUM_BAD) X(HMAC_BAD) \
    X(SUBFLOW_ESTABLISHED) X(SUBFLOW_CLOSED)
/* clang-format on */

typedef enum mpt_event_type {
#define X(name) MPT_EVENT_##name,
    MPT_EVENT_TABLE(X)
#undef X
        MPT_EVENT_TYPES
} mpt_event_type;

/* HMAC_BAD: which one, beside the steps of mpt_join_step. */
enum { MPT_HMAC_ADD_ADDR = 3 };

/* IGNORED: why a receiver ignores what a segment signals. */
typedef enum mpt_ignoring {
    MPT_IGNORED_WINDOW,      /* a RST outside its receive window (RFC 5961 3.2) */
    MPT_IGNORED_NO_RST,      /* MP_TCPRST on another segment (RFC 8684 3.6) */
    MPT_IGNORED_LENGTH,      /* a length that the connection's version does not have */
    MPT_IGNORED_ON_JOIN,     /* MP_CAPABLE on a joined subflow (RFC 8684 3.1) */
    MPT_IGNORED_NOT_INFINITE /* a mapping of length 0 without data, before others (RFC 8684 3.7) */
} mpt_ignoring;

/* IGNORED: the subtype where it is no option. */
enum { MPT_IGNORED_RST = 0xff };

/* The result of a verification. */
typedef enum mpt_verdict {
    MPT_VERDICT_NONE = 0, /* not verifiable: something is not in the capture */
    MPT_VERDICT_OK,
    MPT_VERDICT_BAD
} mpt_verdict;

typedef struct mpt_event {
    int64_t time_ns;
    int64_t last_ns; /* of the last repetition */
    uint32_t frame;
    uint32_t count;
    mpt_event_type type;
    uint16_t owner;         /* mpt_connection_subflow() */
    mpt_conn_side side : 8; /* sender */
    union {
        mpt_mp_capable capable;
        mpt_mp_join join;
        mpt_add_addr add_addr;
        mpt_remove_addr remove_addr;
        mpt_mp_prio prio;
        mpt_mp_fail fail;
        mpt_mp_fastclose fastclose;
        mpt_mp_tcprst tcprst;
        struct {
            int64_t dsn;  /* position on the data level: DATA_FIN, INFINITE_MAPPING, CHECKSUM_BAD */
            uint32_t ssn; /* this and the next as on the wire */
            uint16_t length;
        } data;
        struct {
            uint8_t subtype, length; /* MP_EXPERIMENTAL, UNKNOWN_OPTION, IGNORED; length of the option */
            uint8_t why;             /* mpt_ignoring */
        } other;
        /* FALLBACK: mpt_fallback; SUBFLOW_CLOSED: mpt_subflow_state; HMAC_BAD:
         * mpt_join_step or MPT_HMAC_ADD_ADDR. */
        int reason;
    };
} mpt_event;

/* The name of its type in reports: "MP_CAPABLE", ...; an ignored RST is "RST" all the same. Static. */
const char *mpt_event_name(const mpt_event *event);

#endif
