/* thinning.c - fewer points that look the same, see graphs.h.
 *
 * Slices of time have the same width in all series of a graph, a power of two nanoseconds. When twice the
 * limit is in memory, all is thinned, with wider slices until half of it is gone: what a wide slice keeps,
 * its halves kept.
 *
 * Invariant: the first, smallest, largest and last point of each slice are kept; not more than twice the
 * limit, and four points a series, are ever in memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "graphs.h"
#include "tap/engine/base/compare.h"

struct kept {
    GArray *points; /* mpt_series_point */
    uint64_t total;
    bool unsorted;
};

struct mpt_thinner {
    unsigned count;
    struct kept *series;
    size_t limit, kept;
    uint64_t total;
    unsigned width; /* log2 of a slice in nanoseconds */
};

mpt_thinner *mpt_thinner_new(const mpt_graph *graph, size_t limit)
{
    mpt_thinner *t = g_new0(mpt_thinner, 1);

    t->count = graph->count;
    t->limit = limit;
    t->series = g_new0(struct kept, MAX(t->count, 1));
    for (unsigned i = 0; i < t->count; i++)
        t->series[i].points = g_array_new(FALSE, FALSE, sizeof(mpt_series_point));
    return t;
}

void mpt_thinner_free(mpt_thinner *t)
{
    if (!t)
        return;
    for (unsigned i = 0; i < t->count; i++)
        g_array_free(t->series[i].points, TRUE);
    g_free(t->series);
    g_free(t);
}

static int by_time(gconstpointer a, gconstpointer b)
{
    const mpt_series_point *x = a, *y = b;

    return mpt_compare(x->time_ns, y->time_ns);
}

static void sort(struct kept *k)
{
    if (k->unsorted)
        g_array_sort(k->points, by_time); /* is stable */
    k->unsorted = false;
}

/* Keeps four of the points [from, to) of one slice, in their order; returns how many, written at `at`. */
static guint keep_slice(GArray *points, guint from, guint to, guint at)
{
    const mpt_series_point *p = &g_array_index(points, mpt_series_point, 0);
    mpt_series_point chosen[4];
    guint low = from, high = from, n = 0;

    for (guint i = from; i < to; i++) {
        low = p[i].value < p[low].value ? i : low;
        high = p[i].value > p[high].value ? i : high;
    }
    const guint picks[] = {from, MIN(low, high), MAX(low, high), to - 1};
    for (guint i = 0; i < G_N_ELEMENTS(picks); i++)
        if (i == 0 || picks[i] != picks[i - 1])
            chosen[n++] = p[picks[i]];
    for (guint i = 0; i < n; i++)
        g_array_index(points, mpt_series_point, at + i) = chosen[i];
    return n;
}

static void thin(struct kept *k, unsigned width)
{
    guint at = 0, from = 0;

    sort(k);
    while (from < k->points->len) {
        int64_t slice = g_array_index(k->points, mpt_series_point, from).time_ns >> width;
        guint to = from + 1;

        while (to < k->points->len &&
               g_array_index(k->points, mpt_series_point, to).time_ns >> width == slice)
            to++;
        at += keep_slice(k->points, from, to, at);
        from = to;
    }
    g_array_set_size(k->points, at);
}

static void thin_all(mpt_thinner *t)
{
    t->kept = 0;
    for (unsigned i = 0; i < t->count; i++) {
        thin(&t->series[i], t->width);
        t->kept += t->series[i].points->len;
    }
}

/* What came since the last time may fit with slices as they are. */
static void shrink(mpt_thinner *t, size_t limit)
{
    thin_all(t);
    while (t->kept > limit && t->width < 62) {
        t->width++;
        thin_all(t);
    }
}

void mpt_thinner_add(mpt_thinner *t, unsigned series, const mpt_series_point *point)
{
    struct kept *k = &t->series[series];

    k->total++;
    t->total++;
    t->kept++;
    if (k->points->len &&
        g_array_index(k->points, mpt_series_point, k->points->len - 1).time_ns > point->time_ns)
        k->unsorted = true;
    g_array_append_val(k->points, *point);
    if (t->kept > 2 * t->limit)
        shrink(t, t->limit);
}

void mpt_thinner_drop(mpt_thinner *t, unsigned series)
{
    struct kept *k = &t->series[series];

    t->total -= k->total;
    t->kept -= k->points->len;
    k->total = 0;
    g_array_set_size(k->points, 0);
}

static void finish(mpt_thinner *t)
{
    if (t->kept > t->limit)
        shrink(t, t->limit);
}

const mpt_series_point *mpt_thinner_points(mpt_thinner *t, unsigned series, size_t *count)
{
    struct kept *k = &t->series[series];

    finish(t);
    sort(k);
    *count = k->points->len;
    return (const mpt_series_point *)(const void *)k->points->data;
}

uint64_t mpt_thinner_total(const mpt_thinner *t)
{
    return t->total;
}

size_t mpt_thinner_kept(mpt_thinner *t)
{
    finish(t);
    return t->kept;
}
