/* lookback.c - a bounded look-back that hands segments on in time order.
 *
 *     push ---- not before the line's tail ----> line (ring)  \
 *          \--- before it ---------------------> heap          > the smaller of both heads leaves
 *
 * Invariant: the line is sorted by (time, frame), the heap has its smallest key on top, nothing held is
 * smaller than what has left. The first `due` of the line have left, but for being handed on: nothing is
 * handed on before them. Every held segment has a slot of its own; a slab is freed once none is in use.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "lookback.h"

#include <glib.h>
#include <string.h>

#include "prefetch.h"

#define SLAB_SLOTS 128
#define RING_FIRST 256 /* a power of two, as every size of a ring */
#define HEAP_FIRST 64
#define SLOT_AHEAD 8 /* its memory is fetched before its announcement, MPT_LOOKBACK_FAR, reads it */

typedef struct key {
    int64_t time_ns;
    uint32_t frame;
} key;

typedef struct slot {
    mpt_segment segment;
    struct slab *slab;
    struct slot *next_free;
} slot;

/* Slabs with a free slot are in a list, so that memory goes back when a burst is over. */
typedef struct slab {
    struct slab *prev, *next;
    slot *free;
    unsigned in_use;
    slot slots[SLAB_SLOTS];
} slab;

/* The key is here too, as comparing would otherwise touch the slot, which nobody has used for long. */
typedef struct entry {
    key key;
    slot *slot;
} entry;

struct mpt_lookback {
    int64_t horizon_ns;
    size_t capacity;
    mpt_lookback_release release;
    void *data;

    size_t batch;
    mpt_lookback_announce announce;

    entry *ring;
    size_t ring_size, line_head, line_len;
    size_t due;
    entry *heap;
    size_t heap_size, heap_len;

    slab *open;  /* slabs with a free slot, some of them used */
    slab *spare; /* one that is wholly free, or NULL, so that a count around a slab's edge costs nothing */

    int64_t newest_ns; /* of all that was pushed; only with any_pushed */
    key left;          /* of the last that left in order; only with any_left */
    bool any_pushed, any_left;
};

static key key_of(const mpt_segment *segment)
{
    return (key){.time_ns = segment->time_ns, .frame = segment->frame};
}

static bool is_before(key a, key b)
{
    return a.time_ns != b.time_ns ? a.time_ns < b.time_ns : a.frame < b.frame;
}

/* Slots */

static void open_slab(mpt_lookback *t, slab *s)
{
    s->prev = NULL;
    s->next = t->open;
    if (t->open)
        t->open->prev = s;
    t->open = s;
}

static void close_slab(mpt_lookback *t, slab *s)
{
    if (s->prev)
        s->prev->next = s->next;
    else
        t->open = s->next;
    if (s->next)
        s->next->prev = s->prev;
}

static slab *new_slab(void)
{
    slab *s = g_new(slab, 1);
    s->in_use = 0;
    s->free = NULL;
    for (unsigned i = SLAB_SLOTS; i-- > 0;) {
        s->slots[i].slab = s;
        s->slots[i].next_free = s->free;
        s->free = &s->slots[i];
    }
    return s;
}

static slot *take_slot(mpt_lookback *t)
{
    if (!t->open) {
        open_slab(t, t->spare ? t->spare : new_slab());
        t->spare = NULL;
    }
    slab *s = t->open;
    slot *taken = s->free;
    s->free = taken->next_free;
    if (s->free)
        mpt_prefetch(s->free, sizeof *s->free); /* for the next segment */
    if (++s->in_use == SLAB_SLOTS)
        close_slab(t, s);
    return taken;
}

static void give_slot(mpt_lookback *t, slot *given)
{
    slab *s = given->slab;
    given->next_free = s->free;
    s->free = given;
    if (s->in_use-- == SLAB_SLOTS)
        open_slab(t, s);
    if (s->in_use > 0)
        return;
    close_slab(t, s);
    if (t->spare)
        g_free(s);
    else
        t->spare = s;
}

static slot *hold(mpt_lookback *t, const mpt_segment *segment)
{
    slot *held = take_slot(t);
    held->segment = *segment;
    held->segment.payload = NULL;
    if (segment->payload && segment->captured_payload > 0)
        held->segment.payload = g_memdup2(segment->payload, segment->captured_payload);
    return held;
}

static void drop(mpt_lookback *t, slot *held)
{
    g_free((void *)held->segment.payload);
    give_slot(t, held);
}

/* The line */

static entry *line_at(const mpt_lookback *t, size_t index)
{
    return &t->ring[(t->line_head + index) & (t->ring_size - 1)];
}

static void line_grow(mpt_lookback *t)
{
    size_t size = t->ring_size ? t->ring_size * 2 : RING_FIRST;
    entry *ring = g_new(entry, size);
    for (size_t i = 0; i < t->line_len; i++)
        ring[i] = *line_at(t, i);
    g_free(t->ring);
    t->ring = ring;
    t->ring_size = size;
    t->line_head = 0;
}

static void line_push(mpt_lookback *t, entry e)
{
    if (t->line_len == t->ring_size)
        line_grow(t);
    *line_at(t, t->line_len++) = e;
}

static slot *line_pop(mpt_lookback *t)
{
    slot *first = line_at(t, 0)->slot;
    t->line_head = (t->line_head + 1) & (t->ring_size - 1);
    t->line_len--;
    return first;
}

/* The heap */

static void heap_push(mpt_lookback *t, entry e)
{
    if (t->heap_len == t->heap_size) {
        t->heap_size = t->heap_size ? t->heap_size * 2 : HEAP_FIRST;
        t->heap = g_renew(entry, t->heap, t->heap_size);
    }
    size_t at = t->heap_len++;
    while (at > 0 && is_before(e.key, t->heap[(at - 1) / 2].key)) {
        t->heap[at] = t->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    t->heap[at] = e;
}

static slot *heap_pop(mpt_lookback *t)
{
    slot *first = t->heap[0].slot;
    entry moved = t->heap[--t->heap_len];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= t->heap_len)
            break;
        if (child + 1 < t->heap_len && is_before(t->heap[child + 1].key, t->heap[child].key))
            child++;
        if (!is_before(t->heap[child].key, moved.key))
            break;
        t->heap[at] = t->heap[child];
        at = child;
    }
    t->heap[at] = moved;
    return first;
}

/* Both */

static bool heap_is_next(const mpt_lookback *t)
{
    if (t->heap_len == 0 || t->line_len == t->due)
        return t->line_len == t->due;
    return is_before(t->heap[0].key, line_at(t, t->due)->key);
}

static key next_key(const mpt_lookback *t)
{
    return heap_is_next(t) ? t->heap[0].key : line_at(t, t->due)->key;
}

static void hand_on(mpt_lookback *t, slot *next)
{
    t->release(&next->segment, false, t->data);
    drop(t, next);
}

static void hand_on_due(mpt_lookback *t)
{
    while (t->due > 0) {
        if (t->due > SLOT_AHEAD)
            mpt_prefetch(line_at(t, SLOT_AHEAD)->slot, sizeof(slot));
        if (t->announce && t->due > MPT_LOOKBACK_FAR)
            t->announce(&line_at(t, MPT_LOOKBACK_FAR)->slot->segment, MPT_LOOKBACK_FAR, t->data);
        if (t->announce && t->due > MPT_LOOKBACK_NEAR)
            t->announce(&line_at(t, MPT_LOOKBACK_NEAR)->slot->segment, MPT_LOOKBACK_NEAR, t->data);
        t->due--;
        hand_on(t, line_pop(t));
    }
}

static void leave_next(mpt_lookback *t)
{
    t->left = next_key(t);
    t->any_left = true;
    if (heap_is_next(t)) {
        hand_on_due(t);
        hand_on(t, heap_pop(t));
    } else if (++t->due >= t->batch) {
        hand_on_due(t);
    }
}

static bool may_leave(const mpt_lookback *t)
{
    size_t held = mpt_lookback_held(t);
    if (held == 0 || held > t->capacity)
        return held > 0;
    /* newest_ns is never the smaller one, and their distance may take all 64 bits. */
    return (uint64_t)t->newest_ns - (uint64_t)next_key(t).time_ns > (uint64_t)t->horizon_ns;
}

mpt_lookback *mpt_lookback_new(int64_t horizon_ns, size_t capacity, mpt_lookback_release release, void *data)
{
    g_assert(horizon_ns >= 0 && release);
    mpt_lookback *t = g_new0(mpt_lookback, 1);
    t->horizon_ns = horizon_ns;
    t->capacity = capacity;
    t->batch = 1;
    t->release = release;
    t->data = data;
    return t;
}

void mpt_lookback_set_batch(mpt_lookback *t, size_t batch, mpt_lookback_announce announce)
{
    g_assert(batch > 0 && !t->any_pushed);
    t->batch = batch;
    t->announce = announce;
}

void mpt_lookback_free(mpt_lookback *t)
{
    if (!t)
        return;
    while (t->line_len > 0)
        drop(t, line_pop(t));
    while (t->heap_len > 0)
        drop(t, t->heap[--t->heap_len].slot);
    g_free(t->spare);
    g_free(t->ring);
    g_free(t->heap);
    g_free(t);
}

void mpt_lookback_push(mpt_lookback *t, const mpt_segment *segment)
{
    entry e = {.key = key_of(segment)};
    if (t->any_left && is_before(e.key, t->left)) {
        hand_on_due(t);
        t->release(segment, true, t->data);
        return;
    }
    if (!t->any_pushed || e.key.time_ns > t->newest_ns)
        t->newest_ns = e.key.time_ns;
    t->any_pushed = true;

    e.slot = hold(t, segment);
    if (t->line_len == t->due || !is_before(e.key, line_at(t, t->line_len - 1)->key))
        line_push(t, e);
    else
        heap_push(t, e);
    while (may_leave(t))
        leave_next(t);
}

void mpt_lookback_hand_on(mpt_lookback *t)
{
    hand_on_due(t);
}

void mpt_lookback_flush(mpt_lookback *t)
{
    while (mpt_lookback_held(t) > 0)
        leave_next(t);
    hand_on_due(t);
}

size_t mpt_lookback_held(const mpt_lookback *t)
{
    return t->line_len - t->due + t->heap_len;
}
