/* checksums.c - DSS checksums (RFC 8684 3.3): which mappings can be verified, and what becomes of the bad ones.
 *
 * The pseudo-header has a 64-bit DSN also where the DSS carries 32 bits of it: before the other 32 are known
 * nothing can be verified. Where the SYN is not in the capture, payload waits until it is known where its
 * mapping begins.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core.h"

/* Bytes of payload that wait, of a side of a subflow and of all: a mapping has 64 kB at most. */
#define MAX_WAITING     131072
#define MAX_WAITING_ALL 8000000

/* Payload whose mapping is not placed yet. */
struct waiting {
    int64_t position;
    uint32_t length, captured;
    uint8_t payload[];
};

static void verify(mpt_engine *e, mpt_subflow *s, mpt_side side, int64_t position, const uint8_t *payload,
                   uint32_t length, uint32_t captured)
{
    const mpt_data_level *d = &s->connection->level[mpt_subflow_conn_side(s, side)];
    mpt_checksummed first;
    unsigned bad =
        mpt_checksums_payload(&s->half[side].checksums, position, payload, length, captured, &first);

    if (bad)
        mpt_signal_event(e, s, side,
                         &(mpt_event){.type = MPT_EVENT_CHECKSUM_BAD,
                                      .count = bad,
                                      .data = {.dsn = (int64_t)(first.dsn - d->base),
                                               .ssn = first.ssn,
                                               .length = first.dss_length}});
}

static void wait(mpt_engine *e, mpt_half *h, const mpt_segment *g, int64_t position)
{
    struct waiting *w;

    if (h->waiting_bytes + g->captured_payload > MAX_WAITING ||
        e->waiting_bytes + g->captured_payload > MAX_WAITING_ALL)
        return;
    w = g_malloc(sizeof *w + g->captured_payload);
    *w = (struct waiting){
        .position = position, .length = g->payload_len, .captured = g->payload ? g->captured_payload : 0};
    if (w->captured)
        memcpy(w->payload, g->payload, w->captured);
    if (!h->waiting_payload)
        h->waiting_payload = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(h->waiting_payload, w);
    h->waiting_bytes += g->captured_payload;
    e->waiting_bytes += g->captured_payload;
}

void mpt_checksums_take_payload(mpt_engine *e, mpt_subflow *s, mpt_side side, const mpt_segment *g,
                                int64_t position)
{
    mpt_half *h = &s->half[side];

    if (!h->shift_known && h->waiting)
        wait(e, h, g, position);
    else
        verify(e, s, side, position, g->payload, g->payload_len, g->captured_payload);
}

void mpt_checksums_take_mapping(mpt_engine *e, mpt_subflow *s, mpt_side side, const mpt_checksummed *mapping)
{
    if (e->config.want_checksums && s->connection->level[mpt_subflow_conn_side(s, side)].anchored)
        mpt_checksums_open(&s->half[side].checksums, mapping);
}

void mpt_checksums_placed(mpt_engine *e, mpt_subflow *s, mpt_side side)
{
    mpt_half *h = &s->half[side];
    GPtrArray *waiting = h->waiting_payload;

    if (!waiting)
        return;
    h->waiting_payload = NULL;
    e->waiting_bytes -= h->waiting_bytes;
    h->waiting_bytes = 0;
    for (guint i = 0; i < waiting->len; i++) {
        const struct waiting *w = g_ptr_array_index(waiting, i);
        verify(e, s, side, w->position, w->captured ? w->payload : NULL, w->length, w->captured);
    }
    g_ptr_array_unref(waiting);
}
