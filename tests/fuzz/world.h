/* world.h - hosts that a byte string moves: mostly right MPTCP, so that deep states are reached, and all
 * that is wrong.
 *
 * Invariant: what is sent depends on the input alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FUZZ_WORLD_H
#define MPT_FUZZ_WORLD_H

#include "fuzz.h"
#include "tap/engine/core/engine.h"

enum { FUZZ_CONNECTIONS = 4, FUZZ_SUBFLOWS = 4 };

typedef struct fuzz_subflow {
    uint32_t isn[2], next[2]; /* by side: 0 client */
    uint32_t nonce[2];
    uint16_t port;
} fuzz_subflow;

typedef struct fuzz_connection {
    unsigned version;
    bool checksums;
    uint64_t key[2], idsn[2], next[2]; /* next DSN by sender */
    fuzz_subflow subflow[FUZZ_SUBFLOWS];
} fuzz_connection;

typedef struct fuzz_world {
    fuzz_input *in;
    mpt_engine *engine;
    int64_t now_ns;
    uint32_t frame;
    fuzz_connection connection[FUZZ_CONNECTIONS];
} fuzz_world;

/* Bytes of the payload that is sent: all segments show a part of it. */
#define FUZZ_PAYLOAD_MAX 8192

/* The engine's limits and what it keeps. */
void fuzz_world_configure(mpt_engine_config *config, fuzz_input *in);
void fuzz_world_init(fuzz_world *world, fuzz_input *in, mpt_engine *engine);
/* One step: usually one segment that is fed to the engine. */
void fuzz_world_step(fuzz_world *world);

#endif
