/* flow_rows.c - see flow_rows.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow_rows.h"

#include <string.h>

/* A longer pause ends the runs of level 1; further up the pauses are longer, too. */
#define PAUSE_NS INT64_C(20000000)
/* No level is made of one that has no more rows. */
#define FEW      48

/* Packets of one kind are in different runs by what became of them. */
#define STATES 5
#define KEYS   (MPT_ARROW_KINDS * STATES)

struct mpt_flow_rows {
    const mpt_flow *flow;
    uint32_t *shown; /* level 0: arrows; NULL: all */
    uint32_t count;
    GArray *runs[MPT_FLOW_LEVELS]; /* mpt_flow_row; of levels above 0 */
    unsigned levels;
};

/* What one side of a subflow sends: runs that may go on. */
struct sender {
    uint32_t packets;
    int64_t last_ns;
    uint32_t open[KEYS]; /* 1 + index of the row; 0: none */
};

static unsigned key_of(const mpt_flow_row *row)
{
    unsigned state = row->flags & MPT_ARROW_LOST           ? 1
                     : row->flags & MPT_ARROW_UNCAPTURED   ? 2
                     : row->flags & MPT_ARROW_OUT_OF_ORDER ? 3
                                                           : 0;

    return row->kind * STATES + (row->flags & MPT_ARROW_NUMBERED ? state : 4);
}

/* --- rows --- */

static void row_of(const mpt_flow *f, uint32_t arrow, mpt_flow_row *row)
{
    const mpt_arrow *a = &g_array_index(f->arrows, mpt_arrow, arrow);
    const mpt_flow_far *far = mpt_flow_far_of(f, a);

    *row = (mpt_flow_row){
        .time_ns = a->time_ns,
        .last_ns = a->time_ns,
        .low = a->number,
        .high = a->number + a->length,
        .bytes = a->length,
        .first = arrow,
        .last = arrow,
        .packets = 1,
        .subflow = a->subflow,
        .kind = a->kind,
        .direction = a->direction,
        .flags = a->flags,
    };
    if (far)
        row->delay_low = row->delay_high = far->delay_ns, row->delays = 1;
}

/* A packet counts once, however many of its pieces are of this kind. */
static void join(const mpt_flow *f, mpt_flow_row *to, const mpt_flow_row *more)
{
    const mpt_arrow *last = &g_array_index(f->arrows, mpt_arrow, to->last),
                    *first = &g_array_index(f->arrows, mpt_arrow, more->first);

    to->packets -= last->frame == first->frame;
    to->last_ns = MAX(to->last_ns, more->last_ns);
    to->low = MIN(to->low, more->low);
    to->high = MAX(to->high, more->high);
    to->bytes += more->bytes;
    to->last = MAX(to->last, more->last);
    to->packets += more->packets;
    if (more->delays) {
        to->delay_low = to->delays ? MIN(to->delay_low, more->delay_low) : more->delay_low;
        to->delay_high = to->delays ? MAX(to->delay_high, more->delay_high) : more->delay_high;
        to->delays += more->delays;
    }
}

void mpt_flow_rows_at(const mpt_flow_rows *r, unsigned level, uint32_t index, mpt_flow_row *row)
{
    if (level)
        *row = g_array_index(r->runs[level], mpt_flow_row, index);
    else
        row_of(r->flow, r->shown ? r->shown[index] : index, row);
}

uint32_t mpt_flow_rows_count(const mpt_flow_rows *r, unsigned level)
{
    return level ? r->runs[level]->len : r->count;
}

unsigned mpt_flow_rows_looks(const mpt_flow_rows *r)
{
    unsigned looks = 0;

    for (uint32_t i = 0; i < r->count; i++) {
        mpt_flow_row row;

        mpt_flow_rows_at(r, 0, i, &row);
        looks |= 1u << mpt_flow_look_of(&row);
    }
    return looks;
}

/* --- levels --- */

static void end_runs(struct sender *s)
{
    memset(s->open, 0, sizeof s->open);
    s->packets = 0;
}

static void add_row(const mpt_flow *f, GArray *runs, struct sender *senders, const mpt_flow_row *row,
                    unsigned level)
{
    struct sender *s = &senders[row->subflow * MPT_DIRECTIONS + row->direction];
    uint32_t limit = 1u << (3 * level), *open = &s->open[key_of(row)];
    int64_t pause = PAUSE_NS << (3 * (level - 1));

    if (mpt_flow_is_signal(row)) {
        for (mpt_direction d = 0; d < MPT_DIRECTIONS; d++)
            end_runs(&senders[row->subflow * MPT_DIRECTIONS + d]);
        g_array_append_vals(runs, row, 1);
        return;
    }
    if (s->packets >= limit || row->time_ns - s->last_ns > pause)
        end_runs(s);
    s->packets += row->packets;
    s->last_ns = s->packets == row->packets ? row->last_ns : MAX(s->last_ns, row->last_ns);
    if (*open) {
        join(f, &g_array_index(runs, mpt_flow_row, *open - 1), row);
        return;
    }
    g_array_append_vals(runs, row, 1);
    *open = runs->len;
}

/* False: it would hardly have fewer rows than the one below it. */
static bool add_level(mpt_flow_rows *r)
{
    unsigned level = r->levels;
    uint32_t count = mpt_flow_rows_count(r, level - 1);
    struct sender *senders = g_new0(struct sender, (gsize)r->flow->lane_count * MPT_DIRECTIONS + 1);
    GArray *runs = g_array_new(FALSE, FALSE, sizeof(mpt_flow_row));

    for (uint32_t i = 0; i < count; i++) {
        mpt_flow_row row;

        mpt_flow_rows_at(r, level - 1, i, &row);
        add_row(r->flow, runs, senders, &row, level);
    }
    g_free(senders);
    if (runs->len > count - count / 8) {
        g_array_unref(runs);
        return false;
    }
    r->runs[level] = runs;
    r->levels++;
    return true;
}

static bool passes(const mpt_flow_filter *filter, const mpt_arrow *a)
{
    unsigned what = a->flags & (MPT_ARROW_SIGNALS | MPT_ARROW_SYN | MPT_ARROW_RST) ? MPT_FLOW_SHOW_SIGNALS
                    : mpt_arrow_has_data(a)                                        ? 0
                                                                                   : MPT_FLOW_SHOW_ACKS;

    if (mpt_arrow_has_data(a))
        what |= MPT_FLOW_SHOW_DATA;
    return filter->directions >> a->direction & 1u && filter->show & what &&
           (filter->subflow == MPT_FLOW_ANY_SUBFLOW || filter->subflow == a->subflow) &&
           a->time_ns >= filter->from_ns && a->time_ns < filter->to_ns;
}

static void select_arrows(mpt_flow_rows *r, const mpt_flow_filter *filter)
{
    const GArray *arrows = r->flow->arrows;

    r->shown = g_new(uint32_t, MAX(arrows->len, 1));
    for (guint i = 0; i < arrows->len; i++)
        if (passes(filter, &g_array_index(arrows, mpt_arrow, i)))
            r->shown[r->count++] = i;
    if (r->count == arrows->len)
        g_clear_pointer(&r->shown, g_free);
    else
        r->shown = g_renew(uint32_t, r->shown, MAX(r->count, 1));
}

mpt_flow_rows *mpt_flow_rows_new(const mpt_flow *f, const mpt_flow_filter *filter)
{
    mpt_flow_rows *r = g_new0(mpt_flow_rows, 1);

    r->flow = f;
    r->levels = 1;
    select_arrows(r, filter);
    while (r->levels < MPT_FLOW_LEVELS && mpt_flow_rows_count(r, r->levels - 1) > FEW && add_level(r))
        continue;
    return r;
}

void mpt_flow_rows_free(mpt_flow_rows *r)
{
    if (!r)
        return;
    for (unsigned level = 1; level < r->levels; level++)
        g_array_unref(r->runs[level]);
    g_free(r->shown);
    g_free(r);
}

unsigned mpt_flow_rows_levels(const mpt_flow_rows *r)
{
    return r->levels;
}

unsigned mpt_flow_rows_level_for(const mpt_flow_rows *r, uint32_t rows)
{
    unsigned level = 0;

    while (level + 1 < r->levels && mpt_flow_rows_count(r, level) > rows)
        level++;
    return level;
}

size_t mpt_flow_rows_memory(const mpt_flow_rows *r)
{
    size_t bytes = r->shown ? r->count * sizeof *r->shown : 0;

    for (unsigned level = 1; level < r->levels; level++)
        bytes += r->runs[level]->len * sizeof(mpt_flow_row);
    return bytes;
}

/* --- finding --- */

uint32_t mpt_flow_rows_after(const mpt_flow_rows *r, unsigned level, int64_t time_ns)
{
    uint32_t low = 0, high = mpt_flow_rows_count(r, level);

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        mpt_flow_row row;

        mpt_flow_rows_at(r, level, middle, &row);
        if (row.time_ns < time_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool has_arrow(const mpt_flow *f, const mpt_flow_row *row, uint32_t i)
{
    const mpt_arrow *a = &g_array_index(f->arrows, mpt_arrow, i);
    mpt_flow_row one;

    if (i < row->first || i > row->last || a->subflow != row->subflow || a->direction != row->direction)
        return false;
    row_of(f, i, &one);
    return i == row->first || (key_of(&one) == key_of(row) && !mpt_flow_is_signal(&one));
}

bool mpt_flow_rows_find(const mpt_flow_rows *r, unsigned level, uint32_t frame, uint32_t *index)
{
    const mpt_flow *f = r->flow;
    const mpt_arrow *a = NULL;
    uint32_t i;

    for (i = 0; i < f->arrows->len && frame; i++) {
        const mpt_flow_far *far;

        a = &g_array_index(f->arrows, mpt_arrow, i);
        far = mpt_flow_far_of(f, a);
        if (a->frame == frame || (far && far->frame == frame))
            break;
    }
    if (!frame || i == f->arrows->len)
        return false;
    /* A run begins no later than what it holds. */
    for (uint32_t k = mpt_flow_rows_after(r, level, a->time_ns + 1); k > 0; k--) {
        mpt_flow_row row;

        mpt_flow_rows_at(r, level, k - 1, &row);
        if (has_arrow(f, &row, i)) {
            *index = k - 1;
            return true;
        }
        if (level == 0 && row.time_ns < a->time_ns)
            return false;
    }
    return false;
}
