/* world.h - for tests of figures: a scene with two paths, and what is known of its first connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_TEST_WORLD_H
#define MPT_TEST_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scene.h"
#include "tap/engine/figures/metrics.h"

#define MS INT64_C(1000000)

/* a is the path of the first subflow, b that of a join. */
struct world {
    struct scene w;
    struct path a, b;
};

static inline struct world new_world(void)
{
    struct world x;
    mpt_engine_config config;

    mpt_engine_config_default(&config);
    x.w = scene_of(mpt_engine_new(&config));
    x.a = path_v4("192.0.2.1", 40000, "192.0.2.2", 80);
    x.b = path_v4("198.51.100.1", 40001, "192.0.2.2", 80);
    return x;
}

/* To be handed to end_world(). */
static inline mpt_connection_view view_world(struct world *x)
{
    mpt_connection_view v;
    GPtrArray *all;

    mpt_engine_flush(x->w.wire.engine);
    all = mpt_metrics_connections(x->w.wire.engine);
    mpt_metrics_connection(x->w.wire.engine, g_ptr_array_index(all, 0), 0, &v);
    g_ptr_array_unref(all);
    return v;
}

static inline void end_world(struct world *x, mpt_connection_view *v)
{
    mpt_metrics_clear(v);
    mpt_engine_free(x->w.wire.engine);
}

#endif
