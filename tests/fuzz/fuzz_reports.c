/* fuzz_reports.c - the reports of one family (FUZZ_FAMILY) on an engine after any sequence of segments: no crash, and text
 * that is UTF-8.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fuzz.h"

#include "invariants.h"
#include "world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input in = {data, size};
    const uint8_t which = fuzz_u8(&in);
    mpt_engine_config config;
    fuzz_reports reports;
    fuzz_world world;
    mpt_engine *engine;

    fuzz_world_configure(&config, &in);
    fuzz_reports_choose(&reports, FUZZ_FAMILY, which, &config);
    engine = mpt_engine_new(&config);
    fuzz_reports_open(&reports, engine);
    fuzz_world_init(&world, &in, engine);
    for (unsigned step = 1; in.left && step < 5000; step++)
        fuzz_world_step(&world);
    mpt_engine_flush(engine);
    fuzz_reports_print(&reports);
    fuzz_reports_close(&reports);
    mpt_engine_free(engine);
    return 0;
}
