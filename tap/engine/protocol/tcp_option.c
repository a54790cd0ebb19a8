/* tcp_option.c - see tcp_option.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tcp_option.h"

#include <string.h>

#include "option.h"
#include "tap/engine/base/bytes.h"

enum { MSS_LENGTH = 4, WINDOW_SCALE_LENGTH = 3, TIMESTAMPS_LENGTH = 10 };

#define SACK_BLOCK          8u
#define SACK_LENGTH(blocks) (2u + SACK_BLOCK * (blocks))

#define WINDOW_SCALE_MAX 14

/* Is the sequence number a at or before b? */
static bool not_after(uint32_t a, uint32_t b)
{
    return (int32_t)(b - a) >= 0;
}

static void take_sack(mpt_segment *g, const uint8_t *option, unsigned captured)
{
    if (captured < SACK_LENGTH(1) || option[1] < SACK_LENGTH(1) || (option[1] - 2u) % SACK_BLOCK)
        return;
    g->sack_left = mpt_be32(option + 2);
    g->sack_right = mpt_be32(option + 6);
    g->presence |= MPT_SEGMENT_SACK;
    if (captured >= SACK_LENGTH(2) && option[1] >= SACK_LENGTH(2) &&
        not_after(mpt_be32(option + 10), g->sack_left) && not_after(g->sack_right, mpt_be32(option + 14)))
        g->presence |= MPT_SEGMENT_SACK_INSIDE;
}

static void take_mptcp(mpt_segment *g, const uint8_t *option, unsigned captured)
{
    if (g->option_len + captured > sizeof g->options)
        return;
    memcpy(g->options + g->option_len, option, captured);
    g->option_len = (uint16_t)(g->option_len + captured);
}

static void take(mpt_segment *g, const uint8_t *option, unsigned captured)
{
    if (option[0] == MPT_TCP_OPTION_MSS && captured >= MSS_LENGTH && option[1] == MSS_LENGTH) {
        g->mss = mpt_be16(option + 2);
        g->presence |= MPT_SEGMENT_MSS;
    } else if (option[0] == MPT_TCP_OPTION_WINDOW_SCALE && captured >= WINDOW_SCALE_LENGTH &&
               option[1] == WINDOW_SCALE_LENGTH) {
        g->window_scale = option[2] < WINDOW_SCALE_MAX ? option[2] : WINDOW_SCALE_MAX;
        g->presence |= MPT_SEGMENT_WINDOW_SCALE;
    } else if (option[0] == MPT_TCP_OPTION_TIMESTAMPS && captured >= TIMESTAMPS_LENGTH &&
               option[1] == TIMESTAMPS_LENGTH) {
        g->tsval = mpt_be32(option + 2);
        g->tsecr = mpt_be32(option + 6);
        g->presence |= MPT_SEGMENT_TIMESTAMPS;
    } else if (option[0] == MPT_TCP_OPTION_SACK) {
        take_sack(g, option, captured);
    }
}

bool mpt_tcp_option_take_all(mpt_segment *g, const uint8_t *options, unsigned length, unsigned captured,
                             bool mptcp)
{
    unsigned at = 0, n;

    captured = captured < length ? captured : length;
    while (at < captured && options[at] != MPT_TCP_OPTION_END) {
        if (options[at] == MPT_TCP_OPTION_NOP) {
            at++;
            continue;
        }
        if (at + 1 >= captured)
            return false;
        n = options[at + 1];
        if (n < 2 || n > length - at)
            return true;
        n = n < captured - at ? n : captured - at;
        if (options[at] != MPT_OPTION_KIND)
            take(g, options + at, n);
        else if (mptcp)
            take_mptcp(g, options + at, n);
        at += n;
    }
    return at < captured;
}
