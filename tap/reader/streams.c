/* streams.c - see streams.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "streams.h"

#include <glib.h>

struct mpt_streams {
    uint32_t next;
};

mpt_streams *mpt_streams_new(void)
{
    return g_new0(mpt_streams, 1);
}

void mpt_streams_free(mpt_streams *streams)
{
    g_free(streams);
}

void mpt_streams_label(mpt_streams *streams, mpt_segment *segment)
{
    (void)streams;
    (void)segment;
}
