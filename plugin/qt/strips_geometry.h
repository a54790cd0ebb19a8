/* strips_geometry.h - where the parts of "paths over time" lie: a strip for each subflow, one below the other, with time
 * to the right and throughput as height. Plain C, for SVG and windows alike.
 *
 * Invariant: nothing lies outside the area; a strip never reaches into another.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_STRIPS_GEOMETRY_H
#define MPT_STRIPS_GEOMETRY_H

#include "interface.h"

typedef struct mpt_strips_area {
    double left, right, top, bottom; /* pixels, y downwards */
    double from, to;                 /* ns at left and right; from < to */
    unsigned count;                  /* of strips, at least 1 */
    double highest;                  /* the rate that is as high as a strip; above 0 */
} mpt_strips_area;

typedef struct mpt_strips_point {
    double x, y;
} mpt_strips_point;

/* The part of a strip's share of the height that it takes; the rest keeps it apart from the next. */
#define MPT_STRIPS_FILL  0.78
/* What is shorter is drawn so wide, to be seen at all: pixels. */
#define MPT_STRIPS_LEAST 2.0

static inline double mpt_strips_clip(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

static inline double mpt_strips_x(const mpt_strips_area *a, double ns)
{
    double x = a->left + (ns - a->from) / (a->to - a->from) * (a->right - a->left);

    return mpt_strips_clip(x, a->left, a->right);
}

/* The lower edge of the i-th strip, and the upper one. */
static inline double mpt_strips_base(const mpt_strips_area *a, unsigned i)
{
    return a->top + (a->bottom - a->top) / a->count * (i + (1 + MPT_STRIPS_FILL) / 2);
}

static inline double mpt_strips_top(const mpt_strips_area *a, unsigned i)
{
    return a->top + (a->bottom - a->top) / a->count * (i + (1 - MPT_STRIPS_FILL) / 2);
}

static inline double mpt_strips_y(const mpt_strips_area *a, unsigned i, double bps)
{
    double base = mpt_strips_base(a, i), height = base - mpt_strips_top(a, i);

    return base - mpt_strips_clip(bps / a->highest, 0, 1) * height;
}

/* The strip at this height; count: none. */
static inline unsigned mpt_strips_at(const mpt_strips_area *a, double y)
{
    for (unsigned i = 0; i < a->count; i++)
        if (y >= mpt_strips_top(a, i) && y <= mpt_strips_base(a, i))
            return i;
    return a->count;
}

/* From which x to which a span reaches. False: it is not in the area. */
static inline bool mpt_strips_span(const mpt_strips_area *a, const mpt_gui_span *span, double *left,
                                   double *right)
{
    if ((double)span->to_ns < a->from || (double)span->from_ns > a->to)
        return false;
    *left = mpt_strips_x(a, (double)span->from_ns);
    *right = mpt_strips_x(a, (double)span->to_ns);
    if (*right - *left < MPT_STRIPS_LEAST)
        *right = mpt_strips_clip(*left + MPT_STRIPS_LEAST, a->left, a->right);
    return true;
}

/* The corners of the i-th strip's throughput, which holds from one point to the next: a line from its base to
 * its base. points: room for 2 * rate_count + 2. Steps narrower than half a pixel are one, as high as the highest.
 * Returns how many there are; 0: nothing is in the area. */
static inline size_t mpt_strips_outline(const mpt_strips_area *a, unsigned i, const mpt_gui_strip *strip,
                                        mpt_strips_point *points)
{
    double base = mpt_strips_base(a, i), last = base, begun = 0, narrow = 0;
    bool any = false;
    size_t n = 0;

    for (size_t k = 0; k < strip->rate_count; k++) {
        const mpt_gui_rate *r = &strip->rates[k];
        double until = k + 1 < strip->rate_count ? (double)r[1].time_ns : (double)strip->to_ns, x, y;
        if (until < a->from || (double)r->time_ns > a->to)
            continue;
        x = mpt_strips_x(a, (double)r->time_ns);
        y = mpt_strips_y(a, i, r->bps);
        if (!any) {
            points[n++] = (mpt_strips_point){x, base};
            begun = x;
        } else if (x - begun < 0.5) {
            /* y grows downwards. */
            narrow = y < narrow ? y : narrow;
            points[n - 1].y = narrow;
            last = narrow;
            any = true;
            continue;
        } else {
            points[n++] = (mpt_strips_point){x, last};
            begun = x;
        }
        points[n++] = (mpt_strips_point){x, y};
        last = narrow = y;
        any = true;
    }
    if (!any)
        return 0;
    begun = mpt_strips_x(a, (double)strip->to_ns);
    points[n++] = (mpt_strips_point){begun > points[n - 1].x ? begun : points[n - 1].x, last};
    points[n] = (mpt_strips_point){points[n - 1].x, base};
    return n + 1;
}

#endif
