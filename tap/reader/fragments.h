/* fragments.h - puts datagrams together whose fragments come in any order, as Wireshark does: the frame that brings
 * the last missing byte has the datagram, and where fragments overlap, the bytes of the earlier one (by offset, then
 * by arrival) count.
 *
 * Invariant: what waits is bounded in bytes and in datagrams; the one that began first gives way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FRAGMENTS_H
#define MPT_FRAGMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "tap/engine/base/endpoint.h"

typedef struct mpt_fragments mpt_fragments;

/* Bytes that wait for the rest of their datagram, at most. */
#define MPT_FRAGMENTS_BYTES (8u << 20)

/* Whose fragment it is, and where it belongs. */
typedef struct mpt_fragment {
    mpt_endpoint src, dst; /* without ports */
    uint32_t id;
    uint32_t offset, length;
    bool more; /* not the last one */
    const uint8_t *bytes;
} mpt_fragment;

mpt_fragments *mpt_fragments_new(void);
void mpt_fragments_free(mpt_fragments *fragments);

/* The datagram, if this fragment completes it: its bytes, which stay until the fifth call from here, and *length.
 * Else NULL. *forgotten counts datagrams that gave way. */
const uint8_t *mpt_fragments_add(mpt_fragments *fragments, const mpt_fragment *fragment, uint32_t *length,
                                 unsigned *forgotten);

#endif
