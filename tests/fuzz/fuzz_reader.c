/* fuzz_reader.c - frames of any bytes and any link type: the reader ends, and what it gives lies within them.
 *
 * The input: for each frame its link type, its length in two bytes, how many bytes more it had on the wire, and it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fuzz.h"

#include "tap/reader/reader.h"

static void check(const mpt_frame *frame, const mpt_segment *g)
{
    uint8_t sum = 0;

    FUZZ_CHECK(g->frame == frame->number && g->option_len <= sizeof g->options);
    FUZZ_CHECK(g->presence & MPT_SEGMENT_STREAM && g->window_scale <= 14);
    FUZZ_CHECK(g->captured_payload <= g->payload_len && (!g->captured_payload || g->payload));
    for (uint32_t i = 0; i < g->captured_payload; i++)
        sum = (uint8_t)(sum + g->payload[i]);
    FUZZ_CHECK(g->payload_len || !sum);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input in = {data, size};
    mpt_reader *reader = mpt_reader_new(size & 1);
    mpt_segment segments[MPT_READER_SEGMENTS];
    mpt_icmp_error icmp;

    for (uint32_t number = 1; in.left; number++) {
        mpt_frame frame = {.number = number, .link = (uint8_t)(fuzz_u8(&in) % (MPT_LINK_COUNT + 1))};
        uint32_t length = fuzz_u16(&in), more = fuzz_u8(&in);

        frame.captured = (uint32_t)MIN(length, in.left);
        frame.length = frame.captured + more;
        /* A block of its own, so that a sanitizer sees a read beyond it. */
        uint8_t *bytes = g_memdup2(in.data, frame.captured);
        frame.bytes = bytes;
        in.data += frame.captured;
        in.left -= frame.captured;
        unsigned n = mpt_reader_read(reader, &frame, segments, &icmp);
        FUZZ_CHECK(n <= MPT_READER_SEGMENTS && (!icmp.frame || icmp.frame == number));
        for (unsigned i = 0; i < n; i++)
            check(&frame, &segments[i]);
        g_free(bytes);
    }
    mpt_reader_free(reader);
    return 0;
}
