/* source.h - whoever brings segments to the reports: tap/listener.c in tshark and Wireshark, which listens to
 * their dissectors; plugin/program/source.c in the program mptcpscope, which reads files itself. One of them is
 * linked.
 *
 * Invariant: the engines get each segment once, in the order of the file, before the client draws.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_SOURCE_H
#define MPT_SOURCE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "tap/engine/vantage/vantage_engines.h"

/* Who asked for segments; not called for single ones. */
typedef struct mpt_source_client {
    /* A reading begins: pass the engines that are to have it to mpt_source_feed(). */
    void (*open)(void);
    /* A file begins, or is read again: what was fed is void, and no engine gets any more. */
    void (*reset)(void);
    /* Everything read so far has been fed. */
    void (*draw)(void);
    /* A capture without end has come to this time; false: read no further. Of the program alone. */
    bool (*release)(int64_t now_ns);
} mpt_source_client;

/* Starts for one client at a time. False if that can't be; *error (free with g_free()) is then the reason, here
 * and below. */
bool mpt_source_start(const mpt_source_client *client, char **error);
/* Feeds these engines until the next reset; they are borrowed. Call it from the client's `open` only. */
void mpt_source_feed(mpt_vantage_engines *to);
/* From now on each segment is handed on when its frame is complete, without batches. */
void mpt_source_at_once(void);
/* From now on segments have their payload. for_checksums: it may be left out where no option has shown so far that
 * checksums are in use. */
bool mpt_source_want_payload(bool for_checksums, char **error);
/* Sets the bit `mark` in segments that match the display filter. False, with *error, where it does not compile,
 * or where there are no filters. Call it after mpt_source_start(). */
bool mpt_source_add_filter(const char *filter, uint32_t mark, char **error);
/* The version of Wireshark: "4.0.17". Static. */
const char *mpt_source_wireshark_version(void);

#endif
