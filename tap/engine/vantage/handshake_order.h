/* handshake_order.h - which of two interfaces is nearer to the client: the one that waits longer for the
 * answer to a SYN.
 *
 *      client --|i|---------- path ----------|j|-- server
 *
 * From SYN to SYN/ACK packets travel from i to the server and back, a longer way than from j: this needs
 * no synchronised clock.
 *
 * MPTCP shows who the client is: it sent MP_CAPABLE, or joins with the token of a server's key (RFC 8684
 * 3.1, 3.2). Handshakes of plain TCP, and joins of an unknown connection, are weak evidence: either host may
 * have opened them.
 *
 * Invariant: memory is bounded; old handshakes give way to new ones.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_HANDSHAKE_ORDER_H
#define MPT_HANDSHAKE_ORDER_H

#include <stdint.h>

#include "assignment.h"
#include "tap/engine/base/signature_set.h"
#include "tap/segment.h"

/* A zeroed one is empty. */
typedef struct mpt_handshake_order {
    struct mpt_pending_handshake *slots;
    mpt_signature_set tokens;
} mpt_handshake_order;

void mpt_handshake_order_clear(mpt_handshake_order *a);

/* Notes the key that a host sends in MP_CAPABLE: its token shows later who joins. */
void mpt_handshake_order_note_keys(mpt_handshake_order *a, const mpt_segment *g);
/* Call for each SYN at interface `self`. */
void mpt_handshake_order_syn(mpt_handshake_order *a, unsigned self, const mpt_segment *g);
/* Call for each SYN/ACK at interface `self`. signatures: its two, 0: it has none; masks: bits of the
 * interfaces that showed them before. Updates `before` of all these interfaces. */
void mpt_handshake_order_synack(mpt_handshake_order *a, mpt_assignment *all, unsigned self,
                                const mpt_segment *g, const uint64_t signatures[2], const uint64_t masks[2]);

#endif
