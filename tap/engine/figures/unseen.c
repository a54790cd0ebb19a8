/* unseen.c - see unseen.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "unseen.h"

static uint64_t missing(const mpt_ranges *have, int64_t start, int64_t end)
{
    int64_t first, last;
    uint64_t covered;

    if (start >= end)
        return 0;
    covered = mpt_ranges_bounds(have, &first, &last) && start <= first && last <= end
                  ? have->size
                  : mpt_ranges_covered(have, start, end);
    return (uint64_t)(end - start) - covered;
}

mpt_unseen mpt_unseen_find(const mpt_data_level *d, bool any, int64_t first, int64_t end, bool acked_too,
                           int64_t above)
{
    bool acked_known = acked_too && d->acked_known;
    /* The data ends at the DATA_FIN, and begins behind the IDSN. */
    int64_t acked = !acked_known ? INT64_MIN : d->has_fin ? MIN(d->acked, d->fin) : d->acked;
    int64_t begin = d->relative_known ? d->idsn + 1 : any ? first : acked;
    mpt_unseen u = {0};

    if (d->before_known)
        begin = MAX(begin, d->acked_before);
    if (!any)
        first = end = begin;
    begin = MAX(begin, above);
    u.acked = missing(&d->owned, any ? MIN(MAX(first, above), begin) : begin, acked);
    first = MAX(MAX(first, above), acked);
    u.bytes = u.acked + missing(&d->owned, first, end);
    /* The number that the DATA_FIN takes is no byte: where data goes on behind it, nothing is missing there. */
    if (d->has_fin && d->fin >= first && d->fin < end)
        u.bytes -= missing(&d->owned, d->fin, d->fin + 1);
    return u;
}

uint64_t mpt_unseen_on_subflow(const mpt_half *h)
{
    int64_t top = MAX(h->next, h->acked);

    if (h->fin_seen)
        top = MIN(top, h->fin);
    return h->seen ? missing(&h->received, h->isn_known ? 1 : 0, top) : 0;
}
