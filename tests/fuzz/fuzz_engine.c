/* fuzz_engine.c - the engine under any sequence of segments: no crash, bounded, and figures that agree.
 *
 * Beside the figures' own sums an observer adds up what it is told: of each side of a subflow that is as much
 * as the figures say was mapped.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fuzz.h"

#include "invariants.h"
#include "world.h"

struct told {
    GHashTable *mapped; /* &subflow->half[side] -> uint64_t, bytes */
};

static void on_data(const mpt_data_piece *p, void *user)
{
    struct told *told = user;
    uint64_t *n;

    FUZZ_CHECK(p->length > 0 && p->captured <= p->length && (p->captured == 0 || p->payload));
    FUZZ_CHECK(!p->connection || p->subflow->connection == p->connection);
    if (p->what == MPT_DATA_RETRANSMITTED || p->what == MPT_DATA_UNMAPPED)
        return;
    FUZZ_CHECK(p->connection && p->mapped);
    n = g_hash_table_lookup(told->mapped, &p->subflow->half[p->side]);
    if (!n)
        g_hash_table_insert(told->mapped, (gpointer)&p->subflow->half[p->side], n = g_new0(uint64_t, 1));
    *n += p->length;
}

static void on_event(const mpt_connection *c, const mpt_event *event, void *user)
{
    (void)user;
    FUZZ_CHECK(c && event->owner < c->subflows->len);
}

static void on_segment(const mpt_connection *c, const mpt_subflow *s, unsigned side, const mpt_segment *g,
                       int64_t position, void *user)
{
    (void)position;
    (void)user;
    FUZZ_CHECK(s->connection == c && side < 2 && g->frame);
}

static void on_merge(const mpt_connection *to, const mpt_connection *from, unsigned offset, bool flipped,
                     void *user)
{
    (void)flipped;
    (void)user;
    FUZZ_CHECK(to != from && offset <= to->subflows->len);
}

static void check_told(const mpt_engine *engine, const struct told *told)
{
    const GPtrArray *subflows = mpt_engine_subflows(engine);

    for (guint i = 0; i < subflows->len; i++) {
        const mpt_subflow *s = g_ptr_array_index(subflows, i);
        for (unsigned side = 0; side < 2; side++) {
            const mpt_bytes *b = &s->half[side].bytes;
            const uint64_t *n = g_hash_table_lookup(told->mapped, &s->half[side]);
            FUZZ_CHECK(b->first + b->reinjected + b->reinjected_same == (n ? *n : 0));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const mpt_observer observer = {
        .data = on_data, .event = on_event, .segment = on_segment, .merge = on_merge};
    fuzz_input in = {data, size};
    mpt_engine_config config;
    struct told told = {g_hash_table_new_full(NULL, NULL, NULL, g_free)};
    fuzz_world world;
    mpt_engine *engine;

    (void)fuzz_u8(&in); /* which report, for fuzz_reports.c: the same bytes are the same segments */
    fuzz_world_configure(&config, &in);
    engine = mpt_engine_new(&config);
    mpt_engine_observe(engine, &observer, &told);
    fuzz_world_init(&world, &in, engine);
    for (unsigned step = 1; in.left && step < 5000; step++) {
        fuzz_world_step(&world);
        if (step % 512 == 0)
            fuzz_check_engine(engine);
    }
    mpt_engine_flush(engine);
    fuzz_check_engine(engine);
    if (!config.has_from && !config.has_to)
        check_told(engine, &told);
    mpt_engine_free(engine);
    g_hash_table_destroy(told.mapped);
    return 0;
}
