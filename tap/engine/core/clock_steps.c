/* clock_steps.c - see clock_steps.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "clock_steps.h"

#include <string.h>

#define MAX_HELD 64u
#define ENOUGH   3u /* and at least 2 where no more come */
/* Segments on both sides of a step follow each other at least so fast where another interface shows its size. */
#define GAP_NS   INT64_C(1000000000)
/* Ten years: nothing that a clock does. */
#define FAR_NS   INT64_C(300000000000000000)

struct mpt_stepping_clock {
    uint32_t interface_id;
    bool out_of_order; /* the file's parts are: nothing is held until its times go on */
    int64_t newest_ns, shift_ns;
};

void mpt_clock_steps_clear(mpt_clock_steps *c)
{
    for (guint i = 0; c->held && i < c->held->len; i++)
        g_free((gpointer)g_array_index(c->held, mpt_segment, i).payload);
    if (c->held)
        g_array_free(c->held, TRUE);
    g_free(c->clocks);
    c->held = NULL;
    c->clocks = NULL;
}

/* What an interface that begins now has to be shifted by: as another one that was set back, if only then it begins
 * near to what that one has come to. */
static int64_t shift_of_new(const mpt_clock_steps *c, const mpt_segment *g)
{
    for (unsigned i = 0; i < c->count; i++) {
        int64_t late = c->clocks[i].newest_ns - g->time_ns;
        if (c->clocks[i].shift_ns && late > c->horizon_ns && late < FAR_NS &&
            ABS(late - c->clocks[i].shift_ns) <= c->horizon_ns)
            return c->clocks[i].shift_ns;
    }
    return 0;
}

/* The place of this interface's clock; count: there is no room for it. */
static unsigned clock_of(mpt_clock_steps *c, const mpt_segment *g)
{
    if (c->last < c->count && c->clocks[c->last].interface_id == g->interface_id)
        return c->last;
    for (unsigned i = 0; i < c->count; i++)
        if (c->clocks[i].interface_id == g->interface_id)
            return i;
    if (c->count == MPT_CLOCKS)
        return c->count;
    int64_t shift = shift_of_new(c, g);
    c->clocks = g_renew(struct mpt_stepping_clock, c->clocks, c->count + 1);
    c->clocks[c->count] = (struct mpt_stepping_clock){
        .interface_id = g->interface_id, .newest_ns = g->time_ns + shift, .shift_ns = shift};
    return c->count++;
}

static void deliver(mpt_clock_steps *c, struct mpt_stepping_clock *clock, const mpt_segment *g)
{
    mpt_segment shifted;

    if (!clock->shift_ns) {
        clock->newest_ns = MAX(clock->newest_ns, g->time_ns);
        c->deliver(g, c->user);
        return;
    }
    shifted = *g;
    shifted.time_ns += clock->shift_ns;
    clock->newest_ns = MAX(clock->newest_ns, shifted.time_ns);
    c->deliver(&shifted, c->user);
}

/* The time that passed at the step is not known: as little as may be, or what another interface showed, whose
 * host and clock are likely the same. */
static void step(mpt_clock_steps *c, struct mpt_stepping_clock *clock, const mpt_segment *first)
{
    int64_t least = clock->newest_ns + 1000 - first->time_ns, shift = least;

    for (unsigned i = 0; i < c->count; i++)
        if (&c->clocks[i] != clock && c->clocks[i].shift_ns >= least &&
            c->clocks[i].shift_ns - least < GAP_NS)
            shift = c->clocks[i].shift_ns;
    if (!c->steps++) {
        c->frame = first->frame;
        c->time_ns = first->time_ns + shift;
        c->back_ns = shift - clock->shift_ns;
    }
    clock->shift_ns = shift;
}

static bool may_step(const struct mpt_stepping_clock *clock, const mpt_segment *first)
{
    return clock->newest_ns - first->time_ns < FAR_NS;
}

static void decide(mpt_clock_steps *c)
{
    GArray *held = c->held;
    unsigned doubted = c->doubted;

    if (c->ahead > 1 && c->ahead > c->behind &&
        may_step(&c->clocks[doubted], &g_array_index(held, mpt_segment, 0)))
        step(c, &c->clocks[doubted], &g_array_index(held, mpt_segment, 0));
    else
        c->clocks[doubted].out_of_order = true;
    c->held = NULL;
    for (guint i = 0; i < held->len; i++) {
        mpt_segment *g = &g_array_index(held, mpt_segment, i);
        mpt_clock_steps_feed(c, g);
        g_free((gpointer)g->payload);
    }
    g_array_free(held, TRUE);
}

static void hold(mpt_clock_steps *c, unsigned clock, const mpt_segment *g)
{
    mpt_segment copy = *g;

    if (!c->held) {
        c->held = g_array_new(FALSE, FALSE, sizeof(mpt_segment));
        c->doubted = clock;
        c->ahead = c->behind = 0;
    }
    if (g->payload)
        copy.payload = g_memdup2(g->payload, g->captured_payload);
    g_array_append_val(c->held, copy);
    if (clock == c->doubted) {
        int where = c->compare(g, c->user);
        c->ahead += where > 0;
        c->behind += where < 0;
    }
    if (c->ahead >= ENOUGH || c->behind >= ENOUGH || c->held->len >= MAX_HELD)
        decide(c);
}

void mpt_clock_steps_feed(mpt_clock_steps *c, const mpt_segment *g)
{
    unsigned at = clock_of(c, g);
    struct mpt_stepping_clock *clock;
    bool back;

    if (at == MPT_CLOCKS) {
        c->deliver(g, c->user);
        return;
    }
    c->last = at;
    clock = &c->clocks[at];
    if (G_UNLIKELY(c->held)) {
        hold(c, at, g);
        return;
    }
    back = g->time_ns + clock->shift_ns < clock->newest_ns - c->horizon_ns;
    if (G_UNLIKELY(back && !clock->out_of_order)) {
        hold(c, at, g);
        return;
    }
    clock->out_of_order &= back;
    deliver(c, clock, g);
}

void mpt_clock_steps_flush(mpt_clock_steps *c)
{
    /* What was held may have a step in it. */
    while (c->held)
        decide(c);
}
