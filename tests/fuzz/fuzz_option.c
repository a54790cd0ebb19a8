/* fuzz_option.c - the option parser with any bytes: it ends, stays within them, and what it read
 * can be written.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fuzz.h"

#include "tap/engine/protocol/option.h"
#include "tests/support/option_write.h"

/* What was written is read again as the same option. */
static void check_again(const mpt_option *option)
{
    uint8_t bytes[256], again_bytes[256];
    mpt_option again;
    size_t used = 0, n = mpt_option_write(option, bytes, sizeof bytes);

    if (!n) /* e.g. an MP_CAPABLE of a later version, of which only the head is read */
        return;
    FUZZ_CHECK(n == option->length);
    FUZZ_CHECK(mpt_option_parse(bytes, n, &again, &used) == MPT_OPTION_OK);
    FUZZ_CHECK(used == n && again.subtype == option->subtype && again.length == option->length);
    FUZZ_CHECK(mpt_option_write(&again, again_bytes, sizeof again_bytes) == n);
    FUZZ_CHECK(!memcmp(bytes, again_bytes, n));
    FUZZ_CHECK(mpt_option_write(option, bytes, n - 1) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mpt_option option;
    size_t at = 0, used = 0;
    mpt_option_result result;

    while ((result = mpt_option_parse(data + at, size - at, &option, &used)) != MPT_OPTION_END) {
        FUZZ_CHECK(used > 0 && used <= size - at);
        FUZZ_CHECK(result != MPT_OPTION_CUT || used == size - at);
        if (result == MPT_OPTION_OK) {
            FUZZ_CHECK(option.subtype < MPT_SUBTYPES && option.length == used);
            FUZZ_CHECK(mpt_subtype_name(option.subtype) != NULL);
            check_again(&option);
        }
        at += used;
    }
    FUZZ_CHECK(at == size);
    return 0;
}
