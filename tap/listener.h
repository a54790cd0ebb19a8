/* listener.h - door 1: turns what Wireshark's taps deliver into segments and feeds them to the engines.
 *
 * Several taps bring parts of one segment: our own one, fed by a wrapper around the dissector of TCP
 * option kind 30 (raw bytes), "tcp" (the header), "ip" and "ipv6", and, on request, "tcp_follow" (the
 * payload). Wrappers around the dissectors of TCP's own options bring those that help to tell packets apart.
 * All taps of a frame run one after another; "frame" comes last and completes it.
 * Segments are handed on in batches, because Wireshark leaves nothing of the engine in the processor's
 * cache between two packets.
 *
 * Invariant: the engines get each segment once, in the order of the file, after all its taps have run and
 * before the client draws. No tap callback throws: nothing here reads a tvbuff beyond what was captured.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_LISTENER_H
#define MPT_LISTENER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "source.h"

/* What tap "tcp_follow" hands on: the layout of packet-tcp.c's private tcp_follow_tap_data_t, the same in
 * 4.0, 4.4 and 4.6. The tvbuff_t is the payload. */
typedef struct mpt_tcp_follow_record {
    struct tvbuff *tvb;
    struct tcpheader *tcph;
    struct tcp_analysis *tcpd;
} mpt_tcp_follow_record;

/* Removes all tap listeners and filters, and restores the dissectors. */
void mpt_listener_stop(void);
/* The same at the end of the program, when Wireshark frees its listeners itself and its tables are gone. */
void mpt_listener_forget(void);

#endif
