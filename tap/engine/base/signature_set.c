/* signature_set.c - see signature_set.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "signature_set.h"

#include <glib.h>

#define FIRST_ROOM 64

/* mask 0: the slot is free. */
struct mpt_signature {
    uint64_t signature, mask;
};

void mpt_signature_set_clear(mpt_signature_set *s)
{
    g_free(s->slots);
    *s = (mpt_signature_set){0};
}

static struct mpt_signature *slot_of(const mpt_signature_set *s, uint64_t signature)
{
    uint32_t at = (uint32_t)signature & (s->room - 1);

    while (s->slots[at].mask && s->slots[at].signature != signature)
        at = (at + 1) & (s->room - 1);
    return &s->slots[at];
}

static void grow(mpt_signature_set *s)
{
    mpt_signature_set bigger = {.used = s->used, .room = s->room ? 2 * s->room : FIRST_ROOM};

    bigger.slots = g_new0(struct mpt_signature, bigger.room);
    for (uint32_t i = 0; i < s->room; i++)
        if (s->slots[i].mask)
            *slot_of(&bigger, s->slots[i].signature) = s->slots[i];
    g_free(s->slots);
    *s = bigger;
}

uint64_t mpt_signature_set_add(mpt_signature_set *s, uint64_t signature, unsigned bit, uint32_t bound)
{
    struct mpt_signature *slot;
    uint64_t before;

    if (s->used >= s->room / 2 && s->used < bound)
        grow(s);
    slot = slot_of(s, signature);
    before = slot->mask;
    if (!before) {
        if (s->used >= bound)
            return 0;
        slot->signature = signature;
        s->used++;
    }
    slot->mask |= UINT64_C(1) << bit;
    return before;
}
