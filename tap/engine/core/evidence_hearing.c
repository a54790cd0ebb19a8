/* evidence_hearing.c - what each side of a subflow sends and hears: times in which the path was out, and sizes
 * of segments that do not get through (see mpt_hearing).
 *
 * Only what a sender repeats without hearing anything is an outage: a path that nobody uses is not out, and a
 * capture that has missed packets for a while shows no repetitions.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core.h"

#define MIN_RTO_NS    INT64_C(200000000)  /* Linux; RFC 6298 (2.4) has a second */
#define FIRST_RTO_NS  INT64_C(1000000000) /* RFC 6298 (2.1) */
/* A path that is out for a second is silent for less: the sender probes it at the end. */
#define MIN_OUTAGE_NS INT64_C(750000000)
#define MAX_RTT_NS    INT64_C(600000000000) /* no round trip takes longer */
#define TIMEOUTS      3

/* RFC 6298 (2.2), (2.3). */
static void sample(mpt_hearing *h, int64_t rtt_ns)
{
    int64_t off;

    if (rtt_ns <= 0 || rtt_ns > MAX_RTT_NS)
        return;
    if (!h->srtt_ns) {
        h->srtt_ns = rtt_ns;
        h->rttvar_ns = rtt_ns / 2;
        return;
    }
    off = rtt_ns > h->srtt_ns ? rtt_ns - h->srtt_ns : h->srtt_ns - rtt_ns;
    h->rttvar_ns += (off - h->rttvar_ns) / 4;
    h->srtt_ns += (rtt_ns - h->srtt_ns) / 8;
}

/* A repetition that is answered at once shows a sender that took its time: what it repeats was lost, but the path was
 * there. */
static bool is_outage(const mpt_hearing *h, int64_t now_ns)
{
    int64_t rto = h->srtt_ns ? MAX(h->srtt_ns + 4 * h->rttvar_ns, MIN_RTO_NS) : FIRST_RTO_NS;

    return h->unanswered_frame && h->repeated &&
           now_ns - h->unanswered_ns > MAX(TIMEOUTS * rto, MIN_OUTAGE_NS) && now_ns - h->repeated_ns > rto;
}

bool mpt_evidence_lasting_outage(const mpt_hearing *h, int64_t now_ns, mpt_outage *outage)
{
    *outage = (mpt_outage){.start_ns = h->unanswered_ns,
                           .end_ns = INT64_MAX,
                           .in_flight = (uint64_t)(h->sent - MAX(h->acked, 0)),
                           .start_frame = h->unanswered_frame};
    return is_outage(h, now_ns);
}

static void end_outage(mpt_hearing *h, const mpt_segment *g, int64_t in_flight)
{
    if (!h->outages)
        h->outages = g_new(mpt_outage, MPT_OUTAGES);
    if (h->count < MPT_OUTAGES)
        h->outages[h->count] = (mpt_outage){.start_ns = h->unanswered_ns,
                                            .end_ns = g->time_ns,
                                            .in_flight = (uint64_t)MAX(in_flight, 0),
                                            .start_frame = h->unanswered_frame,
                                            .end_frame = g->frame};
    h->count++;
}

/* --- sizes --- */

static void size_heard(mpt_sizes *z, int64_t acked)
{
    z->stuck_heard |= z->stuck_count > 0;
    if (z->awaited && acked >= z->awaited_end) {
        z->acked = z->awaited;
        z->awaited = 0;
    }
}

static void size_said(mpt_sizes *z, const mpt_segment *g, int64_t position, int64_t acked)
{
    if (g->payload_len > z->acked && !z->awaited) {
        z->awaited = g->payload_len;
        z->awaited_end = position + g->payload_len;
    }
    if (position != acked || g->payload_len < z->stuck)
        return;
    if (g->payload_len > z->stuck || position != z->stuck_position) {
        z->stuck = g->payload_len;
        z->stuck_position = position;
        z->stuck_count = 0;
        z->stuck_heard = false;
        z->stuck_frame = g->frame;
        z->stuck_ns = g->time_ns;
    }
    z->stuck_count++;
}

/* --- a segment --- */

void mpt_evidence_heard(mpt_hearing *h, const mpt_subflow *s, const mpt_half *half, const mpt_segment *g)
{
    /* The handshake goes all the way and back. */
    if (!h->srtt_ns && s->syn_seen && s->ack_seen)
        sample(h, s->ack_ns - s->syn_ns);
    if (is_outage(h, g->time_ns))
        end_outage(h, g, h->sent - MAX(h->acked, 0));
    if (h->timed_frame && half->acked > h->timed) {
        if (!h->repeated) /* Karn's algorithm: RFC 6298, section 3 */
            sample(h, g->time_ns - h->timed_ns);
        h->timed_frame = 0;
    }
    size_heard(&h->sizes, half->acked);
    h->repeated = 0;
    h->acked = half->acked;
    h->unanswered_frame = 0;
    if (h->sent > MAX(half->acked, 0) && !(g->flags & MPT_TCP_RST)) {
        h->unanswered_frame = g->frame;
        h->unanswered_ns = g->time_ns;
    }
}

void mpt_evidence_said(mpt_hearing *h, const mpt_segment *g, int64_t position)
{
    mpt_outage *last = h->count && h->count <= MPT_OUTAGES ? &h->outages[h->count - 1] : NULL;
    int64_t end = position + g->payload_len;

    if (!g->payload_len)
        return;
    if (!h->unanswered_frame) {
        h->unanswered_frame = g->frame;
        h->unanswered_ns = g->time_ns;
    }
    size_said(&h->sizes, g, position, h->acked);
    if (end <= h->sent) {
        if (!h->repeated++)
            h->repeated_ns = g->time_ns;
        return;
    }
    h->sent = end;
    h->new_ns = g->time_ns;
    if (!h->timed_frame) {
        h->timed = position;
        h->timed_ns = g->time_ns;
        h->timed_frame = g->frame;
    }
    if (last && !last->again_frame) {
        last->again_frame = g->frame;
        last->again_ns = g->time_ns;
    }
}
