/* stream.h - the byte stream of one connection, put together by DSN from what all its subflows carried.
 *
 *   an observer keeps payload by subflow and position        at the end, by DSN, first copy wins
 *
 *      subflow 0   [aaaa][cccc]      [cc]                       [aaaa][bb][cccc]......[dd]
 *      subflow 1       [bb]     [dd]                     ->      run   run run   gap   run
 *
 * Which connection has the id that was asked for, and where its bytes lie, is certain only at the end: ids
 * count by frame number while segments come in time order, connections are merged, mappings come late. So the
 * payload of each connection that may still turn out to be the one is kept, and placed by the engine's final
 * mappings and owners. Connections whose rank is settled are dropped after the look-back; partial ones are
 * kept, as any of them may be merged into the one.
 *
 * Where DSS checksums are in use (and verified: want_checksums), a copy with a wrong checksum counts only if
 * there is no other: the receiver discards it (RFC 8684 3.7).
 *
 * Invariant: a byte that is handed out is the first captured copy of it that counts; what the snaplen cut or
 * the capture never had is in no run.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_STREAM_H
#define MPT_STREAM_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "tap/engine/core/engine.h"

typedef struct mpt_stream mpt_stream;

/* Bytes that one frame brought. */
typedef struct mpt_stream_run {
    int64_t dsn;     /* position on the data level */
    uint32_t length; /* > 0 */
    uint32_t frame;
    int64_t time_ns;
    uint16_t owner;       /* the subflow that carried them: index in the connection */
    const uint8_t *bytes; /* the stream's */
} mpt_stream_run;

/* A direction of a connection: runs in order of DSN, and where the stream begins and ends. Bytes in [start,
 * end) that no run has are gaps. */
typedef struct mpt_stream_direction {
    GArray *runs; /* mpt_stream_run, disjoint */
    int64_t start, end;
    bool has_fin; /* the sender said (DATA_FIN, else FIN) that `end` is the end */
} mpt_stream_direction;

/* Hands an engine's payload to a stream (the observer's user pointer). The engine needs
 * want_payload and want_checksums. */
extern const mpt_observer mpt_stream_observer;

/* The stream of the connection that will have this id; of all connections. The engine is borrowed. */
mpt_stream *mpt_stream_new(const mpt_engine *engine, uint32_t id);
mpt_stream *mpt_stream_new_all(const mpt_engine *engine);
void mpt_stream_free(mpt_stream *stream);

/* Puts one direction (level[side] of c) together; clear it with mpt_stream_clear(). False, with the direction
 * empty, if payload of c was dropped: it got its id too late. */
bool mpt_stream_direction_of(const mpt_stream *stream, const mpt_connection *c, mpt_conn_side side,
                             mpt_stream_direction *direction);
void mpt_stream_clear(mpt_stream_direction *direction);

#endif
