/* streams.h - what Wireshark knows of a TCP connection and the engine takes from it: the connection's number
 * (tcp.stream), and windows scaled where both SYNs said so.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_STREAMS_H
#define MPT_STREAMS_H

#include <stdbool.h>

#include "tap/segment.h"

typedef struct mpt_streams mpt_streams;

/* close_ends: a SYN after a FIN or RST begins another connection, as since Wireshark 4.4. */
mpt_streams *mpt_streams_new(bool close_ends);
void mpt_streams_free(mpt_streams *streams);
/* Sets tcp_stream, and scales the window. Segments come in the order of the file. */
void mpt_streams_label(mpt_streams *streams, mpt_segment *segment);
/* A segment that an ICMP error quotes: Wireshark numbers its connection too. Reads ends, seq and flags. */
void mpt_streams_note_quoted(mpt_streams *streams, mpt_segment *segment);
/* Call once a minute of a capture without end: forgets connections that closed a minute or two ago, and those
 * that were silent for four hours. */
void mpt_streams_grow_older(mpt_streams *streams);

#endif
