/* listener.h - the door: what Wireshark's dissectors put out becomes segments. The only file of
 * tap/ with epan.
 *
 * Three taps say something of one segment: our own one, fed by a wrapper around the dissector of TCP option
 * kind 30 (raw bytes), tap "tcp" (the header), and tap "tcp_follow" (the payload, only where it is wanted).
 * They come one after another while one frame's taps are run; tap "frame" comes last and ends it. Segments
 * are handed on some at a time, as the client's code and data would otherwise come from memory anew for each.
 *
 * Invariant: a client is told of each segment once, in order, when all taps have spoken and at the latest
 * before it draws. No tap callback throws: nothing here reads a tvbuff beyond what is captured.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_LISTENER_H
#define MPT_LISTENER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "tap/engine/vantage/vantage_engines.h"

/* What is asked of who started the listener; never for each segment. */
typedef struct mpt_listener_client {
    void (*open)(void); /* a reading begins: the engines that are to have it go to mpt_listener_feed() */
    void (*reset)(
        void); /* what was fed is void and no engine gets any more: a file begins, or is read again */
    void (*draw)(void);
} mpt_listener_client;

/* What tap "tcp_follow" hands on: the layout of packet-tcp.c's private tcp_follow_tap_data_t, the same in
 * 4.0, 4.4 and 4.6. The tvbuff_t is the payload. */
typedef struct mpt_tcp_follow_record {
    struct tvbuff *tvb;
    struct tcpheader *tcph;
    struct tcp_analysis *tcpd;
} mpt_tcp_follow_record;

/* Once, while protocols are registered. */
void mpt_listener_register(void);

/* Starts to listen; for one client at a time. False, and *error (free with g_free()) says why,
 * where Wireshark refuses. */
bool mpt_listener_start(const mpt_listener_client *client, char **error);
/* Feeds these engines until the next reset; they are borrowed. Only while the client is asked to open. */
void mpt_listener_feed(mpt_vantage_engines *to);
/* From now on a segment is told of when its packet is through, not some later. */
void mpt_listener_at_once(void);
/* From now on segments have their payload. */
bool mpt_listener_want_payload(char **error);
/* From now on segments have TCP's own options that tell them apart: timestamps (RFC 7323), MSS of a SYN. */
bool mpt_listener_want_tcp_options(char **error);
/* Stops telling, also of filters. */
void mpt_listener_stop(void);
/* The same at the end of the program, when Wireshark's tables are gone and it frees its listeners itself. */
void mpt_listener_forget(void);

/* Sets bit `mark` (one bit) in segments that match the display filter. False, with *error, where it does not
 * compile. Only after mpt_listener_start(). */
bool mpt_listener_add_filter(const char *filter, uint32_t mark, char **error);

/* "4.0.17": the version of the Wireshark that runs. Static. */
const char *mpt_listener_wireshark_version(void);

#endif
