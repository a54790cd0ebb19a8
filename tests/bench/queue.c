/* queue.c - what happens when: a binary heap of events.
 *
 * Invariant: no event is earlier than its parent, at half its index.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "queue.h"

#include <glib.h>

struct gen_queue {
    GArray *heap;
    uint64_t order;
};

gen_queue *gen_queue_new(void)
{
    gen_queue *queue = g_new0(gen_queue, 1);

    queue->heap = g_array_new(FALSE, FALSE, sizeof(gen_event));
    return queue;
}

static bool earlier(const gen_event *a, const gen_event *b)
{
    return a->time_ns != b->time_ns ? a->time_ns < b->time_ns : a->order < b->order;
}

void gen_queue_put(gen_queue *queue, gen_event event)
{
    unsigned at = queue->heap->len;
    gen_event *heap;

    event.order = queue->order++;
    g_array_append_val(queue->heap, event);
    heap = (gen_event *)queue->heap->data;
    for (; at > 0 && earlier(&event, &heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = event;
}

bool gen_queue_take(gen_queue *queue, gen_event *event)
{
    gen_event *heap = (gen_event *)queue->heap->data;
    const unsigned len = queue->heap->len;
    gen_event last;
    unsigned at = 0;

    if (len == 0)
        return false;
    *event = heap[0];
    last = heap[len - 1];
    for (unsigned child = 1; child < len; child = 2 * at + 1) {
        if (child + 1 < len && earlier(&heap[child + 1], &heap[child]))
            child++;
        if (!earlier(&heap[child], &last))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    g_array_set_size(queue->heap, len - 1);
    return true;
}

void gen_queue_free(gen_queue *queue)
{
    g_array_unref(queue->heap);
    g_free(queue);
}
