/* loss.c - see loss.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "loss.h"

/* One part of the handshake takes so much longer than the other where the capture is at one end. */
#define NEAR 4

/* The answer to what was sent from here takes the whole way, an answer from here none. False: not known. */
static bool captured_at(const mpt_subflow_view *sv, mpt_role *end)
{
    mpt_role initiator = (mpt_role)sv->initiator.value;

    if (!sv->initiator.known || !sv->syn_to_synack.known || !sv->synack_to_ack.known)
        return false;
    *end = sv->syn_to_synack.ns > sv->synack_to_ack.ns ? initiator : mpt_role_other(initiator);
    return MAX(sv->syn_to_synack.ns, sv->synack_to_ack.ns) >
           NEAR * MIN(sv->syn_to_synack.ns, sv->synack_to_ack.ns);
}

mpt_loss_figures mpt_loss_of(const mpt_subflow_view *sv, mpt_direction direction)
{
    const mpt_half *h = mpt_metrics_half(sv, direction);
    uint64_t again = sv->direction[direction].bytes.retrans_bytes, spurious = MIN(h->duplicates, again);
    mpt_role end;

    if (!sv->direction[direction].bytes.segments)
        return (mpt_loss_figures){.unknown = MPT_LOSS_NO_DATA};
    if (!captured_at(sv, &end))
        return (mpt_loss_figures){.unknown = MPT_LOSS_ELSEWHERE};
    if (end != mpt_direction_sender(direction))
        return (mpt_loss_figures){.unknown = MPT_LOSS_RECEIVER};
    if (again && !h->sacked)
        return (mpt_loss_figures){.unknown = MPT_LOSS_NO_SACK};
    return (mpt_loss_figures){.spurious_bytes = {true, (int64_t)spurious},
                              .lost_bytes = {true, (int64_t)(again - spurious)}};
}

const char *mpt_loss_unknown_name(mpt_loss_unknown unknown)
{
    static const char *const names[] = {
        [MPT_LOSS_KNOWN] = NULL,          [MPT_LOSS_NO_DATA] = "no_data",
        [MPT_LOSS_RECEIVER] = "receiver", [MPT_LOSS_ELSEWHERE] = "elsewhere",
        [MPT_LOSS_NO_SACK] = "no_sack",
    };

    return names[unknown];
}
