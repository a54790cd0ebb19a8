/* queue.h - what happens when: events in order of time.
 *
 * Invariant: events at the same time come out in the order in which they were put in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GEN_QUEUE_H
#define GEN_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct gen_event {
    int64_t time_ns;
    uint64_t order; /* set by gen_queue_put */
    int kind, host;
    unsigned subflow, serial;
    void *subject;
} gen_event;

typedef struct gen_queue gen_queue;

gen_queue *gen_queue_new(void);
void gen_queue_put(gen_queue *queue, gen_event event);
/* The earliest event; false where there is none. */
bool gen_queue_take(gen_queue *queue, gen_event *event);
void gen_queue_free(gen_queue *queue);

#endif
