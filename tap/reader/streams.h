/* streams.h - what Wireshark knows of a TCP connection and the engine takes from it: the connection's number
 * (tcp.stream), and windows scaled where both SYNs said so.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_STREAMS_H
#define MPT_STREAMS_H

#include "tap/segment.h"

typedef struct mpt_streams mpt_streams;

mpt_streams *mpt_streams_new(void);
void mpt_streams_free(mpt_streams *streams);
/* Sets tcp_stream, and scales the window. Segments come in the order of the file. */
void mpt_streams_label(mpt_streams *streams, mpt_segment *segment);

#endif
