/* findings.h - what is wrong with a connection or the capture, or worth knowing: runs the checks and
 * returns their findings.
 *
 * Invariant: findings are computed from const state, and nothing is kept. A finding states what
 * the capture shows; where a capture can't show something, one finding of the capture says so in
 * place of those of its connections. The engine hands over phrases and typed terms: words are
 * made in plugin/report/common/finding_text.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FINDINGS_H
#define MPT_FINDINGS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "findings_table.h"
#include "tap/engine/figures/metrics.h"
#include "tap/engine/paths/paths.h"
#include "tap/engine/reinjections/reinjection_log.h"
#include "tap/engine/speed/limits.h"

/* As in Wireshark's expert information, the worst first. */
typedef enum mpt_severity {
    MPT_SEVERITY_ERROR,   /* a violation of the RFC, or wrong data */
    MPT_SEVERITY_WARNING, /* something failed, or defeated the purpose of MPTCP */
    MPT_SEVERITY_NOTE,    /* unusual, or a limit of what the capture shows */
    MPT_SEVERITY_CHAT,    /* usual, but worth knowing */
    MPT_SEVERITIES
} mpt_severity;

typedef enum mpt_finding_id {
#define X(id, ...) MPT_FINDING_##id,
    MPT_FINDINGS(X)
#undef X
        MPT_FINDING_IDS
} mpt_finding_id;

/* Phrases: one for each finding, with its name, then other wordings of these, and parts of sentences. */
typedef enum mpt_phrase {
#define X(id, ...) MPT_PHRASE_##id,
    MPT_FINDINGS(X)
#undef X
#define X(id) MPT_PHRASE_##id,
        MPT_MORE_PHRASES(X)
#undef X
            MPT_PHRASES
} mpt_phrase;

/* What the count of a finding counts. */
typedef enum mpt_finding_unit {
    MPT_FINDING_OF_TIMES,
    MPT_FINDING_OF_BYTES,
    MPT_FINDING_OF_SEGMENTS,
    MPT_FINDING_OF_DATA_ACKS,
    MPT_FINDING_OF_MAPPINGS,
    MPT_FINDING_OF_CONNECTIONS,
    MPT_FINDING_OF_SUBFLOWS,
    MPT_FINDING_OF_OPTIONS,
    MPT_FINDING_UNITS
} mpt_finding_unit;

typedef struct mpt_rfc {
    uint16_t number;     /* 8684; 0: none */
    const char *section; /* "3.3.1"; static */
} mpt_rfc;

/* The type of a term in a phrase, and so its format. The value is `number` unless a comment
 * names another member. */
typedef enum mpt_term_type {
    MPT_TERM_NONE,
    MPT_TERM_COUNT, /* of things */
    MPT_TERM_BYTES,
    MPT_TERM_NUMBER, /* an identifier or a number of a protocol: address id, sequence number, segment size */
    MPT_TERM_FRAME,
    MPT_TERM_FLAG,     /* 0 or 1: selects one of two wordings */
    MPT_TERM_TIME,     /* a duration, ns */
    MPT_TERM_INSTANT,  /* ns since the earliest frame */
    MPT_TERM_ROLE,     /* mpt_role */
    MPT_TERM_SUBFLOW,  /* subflow */
    MPT_TERM_ENDPOINT, /* endpoint */
    MPT_TERM_ADDRESS,  /* endpoint, without its port */
    MPT_TERM_OPTION,   /* its subtype */
    MPT_TERM_REASON,   /* of MP_TCPRST */
    MPT_TERM_TOKEN,
    MPT_TERM_CHECKSUM,
    MPT_TERM_ICMP, /* version of IP, type and code of an error, each a byte */
    MPT_TERM_RATE, /* bit/s */
    MPT_TERM_POINT /* the number of a vantage point, as in mpt_path_hop */
} mpt_term_type;

typedef struct mpt_term {
    mpt_term_type type;
    union {
        uint64_t number;
        mpt_endpoint endpoint;
        struct {
            const mpt_subflow *subflow; /* the engine's */
            uint32_t id;                /* in the connection */
            mpt_side client;            /* side of the subflow */
        } subflow;
    };
} mpt_term;

#define MPT_CLAUSES      8 /* of a finding */
#define MPT_CLAUSE_TERMS 8
#define MPT_TERMS        16 /* of all clauses of a finding */

/* The clauses of a finding, one after the other, make its sentence. */
typedef struct mpt_clause {
    mpt_phrase phrase;
    unsigned first; /* index of its first term */
} mpt_clause;

typedef struct mpt_finding {
    mpt_finding_id id;
    mpt_rfc rfc; /* the section that applies to the connection's version; none for findings of the capture */
    mpt_severity severity;
    bool has_connection;
    uint32_t connection;
    mpt_maybe_int subflow;   /* id in the connection */
    mpt_maybe_int direction; /* mpt_direction */
    uint32_t frame;          /* first frame; 0: none */
    mpt_maybe_ns time;       /* since the earliest frame */
    uint64_t count;          /* at least 1 */
    mpt_finding_unit unit;   /* of the count */
    bool has_shares;         /* LIMITED: the shares of the time, of 1 */
    double share[MPT_LIMITS];
    unsigned clause_count, term_count;
    mpt_clause clauses[MPT_CLAUSES];
    mpt_term terms[MPT_TERMS];
} mpt_finding;

/* A subflow of a connection between two vantage points that are next to each other on its path. */
typedef struct mpt_path_hop {
    const mpt_path_flow *flow; /* one of its subflows is NULL if it was not found at that end */
    mpt_end client_end;        /* the end of the flow that is nearer to the client */
    unsigned point[MPT_ROLES]; /* number of the vantage point of that end, and of the other */
    uint32_t subflow;          /* id in the connection */
    bool reliable;             /* neither point lacks options or segments (snaplen, drops) */
} mpt_path_hop;

/* The findings of a connection, ordered by severity, then time. Elements are mpt_finding; free with
 * g_array_unref(). All checks need config.want_evidence, those of checksums also want_checksums; without
 * want_frames the times of a failover are less exact. log: of this engine; without it (NULL) nothing is said of
 * which copies of data had no need to be. */
GArray *mpt_findings_of_connection(const mpt_engine *e, const mpt_connection_view *v,
                                   const mpt_reinjection_log *log);
/* The same for a capture with several vantage points. ways: the hops of this connection (mpt_path_hop), from
 * the client's end to the server's; NULL: none. Call it after mpt_paths_finish(). */
GArray *mpt_findings_of_ways(const mpt_engine *e, const mpt_connection_view *v, const GArray *ways,
                             const mpt_reinjection_log *log);
/* Only those of what happened between the vantage points. */
GArray *mpt_findings_between(const mpt_engine *e, const mpt_connection_view *v, const GArray *ways);
/* What the capture as a whole can't show. An array as above. */
GArray *mpt_findings_of_capture(const mpt_engine *e);

/* The host near which the capture was taken, by the times of the first handshake. */
typedef enum mpt_near { MPT_NEAR_UNKNOWN, MPT_NEAR_CLIENT, MPT_NEAR_SERVER } mpt_near;
mpt_near mpt_near_of(const mpt_connection_view *v);

/* The steps of the first handshake, by their MP_CAPABLE: the SYN's, the SYN/ACK's, that of what follows (the third
 * ACK, or data). NULL: it has none, or is not in the capture. */
typedef struct mpt_capable_steps {
    const mpt_event *syn, *synack, *ack;
} mpt_capable_steps;
/* events: as mpt_metrics_events() has them. */
mpt_capable_steps mpt_capable_steps_of(const mpt_connection_view *v, const GArray *events);

/* The name of a finding in CSV and JSON: "join_refused". Static. */
const char *mpt_finding_name(mpt_finding_id id);
/* Its usual severity, and the section that applies in this version. */
mpt_severity mpt_finding_severity(mpt_finding_id id);
mpt_rfc mpt_finding_rfc(mpt_finding_id id, uint8_t version);

#endif
