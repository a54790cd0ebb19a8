/* answers.h - which of two interfaces is nearer to the client: the one that waits longer for the answer to a SYN.
 *
 *      client --|i|---------- path ----------|j|-- server     from SYN to SYN/ACK i waits for the way from i to the
 *                                                             server and back, j for less: no clock has to be right
 *
 * Who is the client is what MPTCP says: it sent MP_CAPABLE, or joins with the token of a server's key (RFC 8684 3.1,
 * 3.2). Handshakes of plain TCP, and joins of an unknown connection, are weak: their initiator may be either.
 *
 * Invariant: memory is bounded; old handshakes are forgotten where there is no room.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_ANSWERS_H
#define MPT_ANSWERS_H

#include <stdint.h>

#include "../segment.h"
#include "arrange.h"
#include "sightings.h"

/* A zeroed one is empty. */
typedef struct mpt_answers {
    struct mpt_answer *slots;
    mpt_sightings tokens;
} mpt_answers;

void mpt_answers_clear(mpt_answers *a);

/* The key that a host tells in MP_CAPABLE: its token shows later who joins. */
void mpt_answers_note_keys(mpt_answers *a, const mpt_segment *g);
/* A SYN at interface `self`. */
void mpt_answers_syn(mpt_answers *a, unsigned self, const mpt_segment *g);
/* A SYN/ACK at interface `self`, with its two signatures (0: it has none), each with the bits of the interfaces that
 * showed it before. What it tells is added to `before` of these interfaces. */
void mpt_answers_synack(mpt_answers *a, mpt_arranged *all, unsigned self, const mpt_segment *g,
                        const uint64_t signatures[2], const uint64_t masks[2]);

#endif
