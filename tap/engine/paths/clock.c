/* clock.c - see clock.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "clock.h"

#include <math.h>

/* A drift is known if the samples span this much, and the directions agree within this. */
#define MIN_SPAN_NS     10e9
#define MAX_DRIFT_ERROR 20e-6

typedef struct point {
    int64_t x, y;
} point;

static const point *at(const mpt_hull *h, guint i)
{
    return &g_array_index(h->points, point, i);
}

void mpt_hull_clear(mpt_hull *h)
{
    if (h->points)
        g_array_free(h->points, TRUE);
    *h = (mpt_hull){0};
}

/* Does b lie on or above the line from a to c? */
static bool is_above(const point *a, const point *b, const point *c)
{
    return ((double)b->y - (double)a->y) * (double)(c->x - a->x) >=
           ((double)c->y - (double)a->y) * (double)(b->x - a->x);
}

void mpt_hull_add(mpt_hull *h, int64_t x, int64_t y)
{
    point p = {x, y};

    if (!h->points) {
        h->points = g_array_new(FALSE, FALSE, sizeof(point));
        h->first = h->last = x;
    }
    p.x = h->last = MAX(h->last, x);
    h->samples++;
    h->sum_x += (double)(p.x - h->first);
    if (h->points->len && at(h, h->points->len - 1)->x == p.x) {
        if (at(h, h->points->len - 1)->y <= p.y)
            return;
        g_array_set_size(h->points, h->points->len - 1);
    }
    while (h->points->len >= 2 && is_above(at(h, h->points->len - 2), at(h, h->points->len - 1), &p))
        g_array_set_size(h->points, h->points->len - 1);
    g_array_append_val(h->points, p);
}

bool mpt_hull_slope(const mpt_hull *h, double *slope)
{
    double middle;
    guint i = 1;

    if (!h->points || h->points->len < 2)
        return false;
    middle = h->sum_x / (double)h->samples;
    while (i + 1 < h->points->len && (double)(at(h, i)->x - h->first) < middle)
        i++;
    *slope = (double)(at(h, i)->y - at(h, i - 1)->y) / (double)(at(h, i)->x - at(h, i - 1)->x);
    return true;
}

double mpt_hull_least(const mpt_hull *h, double slope, int64_t x0)
{
    double least = INFINITY;

    for (guint i = 0; i < h->points->len; i++)
        least = MIN(least, (double)at(h, i)->y - slope * (double)(at(h, i)->x - x0));
    return least;
}

static bool both_ways(const mpt_clock_evidence *e)
{
    return e->there.samples > 0 && e->back.samples > 0;
}

static double span(const mpt_clock_evidence *e)
{
    return MIN((double)(e->there.last - e->there.first), (double)(e->back.last - e->back.first));
}

/* The mean of all subflows, each by the square of its span: an edge that is twice as long is
 * twice as exact. */
static void estimate_drift(const mpt_clock_evidence *evidence, size_t count, mpt_clock_estimate *c)
{
    double weights = 0, sum = 0, error = 0;

    for (size_t i = 0; i < count; i++) {
        double there, back, weight;
        if (!both_ways(&evidence[i]) || span(&evidence[i]) < MIN_SPAN_NS ||
            !mpt_hull_slope(&evidence[i].there, &there) || !mpt_hull_slope(&evidence[i].back, &back))
            continue;
        weight = span(&evidence[i]) * span(&evidence[i]);
        weights += weight;
        sum += weight * (there - back) / 2;
        error += weight * fabs(there + back) / 2;
    }
    if (weights == 0)
        return;
    c->drift = sum / weights;
    c->drift_error = error / weights;
    c->drift_known = c->drift_error <= MAX_DRIFT_ERROR;
}

void mpt_clock_estimate_from(const mpt_clock_evidence *evidence, size_t count, bool want_drift,
                             mpt_clock_estimate *c)
{
    *c = (mpt_clock_estimate){0};
    for (size_t i = 0; i < count; i++) {
        if (!both_ways(&evidence[i]))
            continue;
        int64_t first = MIN(evidence[i].there.first, evidence[i].back.first);
        c->reference_ns = c->subflows ? MIN(c->reference_ns, first) : first;
        c->samples += evidence[i].there.samples + evidence[i].back.samples;
        c->subflows++;
    }
    if (want_drift)
        estimate_drift(evidence, count, c);
    for (size_t i = 0; i < count; i++) {
        double there, back, drift = c->drift_known ? c->drift : 0;
        if (!both_ways(&evidence[i]))
            continue;
        there = mpt_hull_least(&evidence[i].there, drift, c->reference_ns);
        back = mpt_hull_least(&evidence[i].back, -drift, c->reference_ns);
        if (c->offset_known && there + back >= c->least_rtt_ns)
            continue;
        c->offset_known = true;
        c->least_rtt_ns = there + back;
        c->offset_ns = (there - back) / 2;
    }
}
