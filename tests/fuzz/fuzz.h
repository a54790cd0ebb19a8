/* fuzz.h - what the fuzz targets share: the entry point, and an input read as a stream of values.
 *
 * Invariant: an input that is at its end goes on with zeros, so that every byte string means something.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FUZZ_H
#define MPT_FUZZ_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* libFuzzer's entry point; driver.c calls it where there is no libFuzzer. Returns 0, aborts on a finding. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct fuzz_input {
    const uint8_t *data;
    size_t left;
} fuzz_input;

static inline uint8_t fuzz_u8(fuzz_input *in)
{
    if (!in->left)
        return 0;
    in->left--;
    return *in->data++;
}

static inline uint16_t fuzz_u16(fuzz_input *in)
{
    const unsigned high = fuzz_u8(in);

    return (uint16_t)(high << 8 | fuzz_u8(in));
}

static inline uint32_t fuzz_u32(fuzz_input *in)
{
    const uint32_t high = fuzz_u16(in);

    return high << 16 | fuzz_u16(in);
}

static inline uint64_t fuzz_u64(fuzz_input *in)
{
    const uint64_t high = fuzz_u32(in);

    return high << 32 | fuzz_u32(in);
}

/* abort(): g_error() traps, and libFuzzer would keep no input. */
#define FUZZ_CHECK(condition)                                                                                \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);                   \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

#endif
