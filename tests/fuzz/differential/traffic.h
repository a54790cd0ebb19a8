/* traffic.h - random MPTCP connections with all that real captures have: what was sent, and what of it the
 * capture shows, in its order.
 *
 * Invariant: the same seed gives the same capture. The frames say true, unwrapped numbers beside the bytes that
 * the engine gets, so that who counts from them needs no code of the engine.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_DIFFERENTIAL_TRAFFIC_H
#define MPT_DIFFERENTIAL_TRAFFIC_H

#include <glib.h>

#include "tap/segment.h"

enum {
    TRAFFIC_CONNECTIONS = 3,
    TRAFFIC_SUBFLOWS = 4,
    TRAFFIC_BYTES = 16384, /* more than any direction sends, on a subflow or in all */
};

/* Sequence numbers of subflows are relative to the ISN, of data to the IDSN: both begin at 1. */
typedef struct traffic_frame {
    mpt_segment segment; /* without payload bytes */
    uint8_t connection, subflow;
    uint8_t side; /* of the sender: 0 is the client */
    bool copy;    /* the same packet as one before, captured again */
    bool has_data_ack, has_mapping, data_fin;
    uint32_t position, ack; /* of the first byte, or of SYN and FIN; what TCP acknowledges */
    int64_t data_ack, dsn;  /* dsn: of the mapping's first byte, or of the DATA_FIN where it has none */
    uint32_t ssn, mapped;   /* of the mapping; bytes of data in it */
} traffic_frame;

typedef struct traffic_capture {
    GArray *frames;    /* traffic_frame as the file has them */
    bool began_before; /* the first frames are missing */
    unsigned connections, subflows[TRAFFIC_CONNECTIONS];
    uint64_t client_key[TRAFFIC_CONNECTIONS];
    mpt_endpoint client[TRAFFIC_CONNECTIONS][TRAFFIC_SUBFLOWS]; /* of each subflow */
} traffic_capture;

traffic_capture *traffic_new(uint64_t seed);
void traffic_free(traffic_capture *capture);

#endif
