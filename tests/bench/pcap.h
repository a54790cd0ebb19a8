/* pcap.h - a capture file of nanosecond pcap, as one host would write it from one or two interfaces.
 *
 * Invariant: without disorder the records are in the order of their times.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GEN_PCAP_H
#define GEN_PCAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct gen_pcap gen_pcap;

/* NULL with errno set where the file can't be opened. snaplen 0: all bytes. disorder_ns: how long records of
 * interface 1 are held back before they reach the file (0: not at all). */
gen_pcap *gen_pcap_new(const char *path, uint32_t snaplen, int64_t disorder_ns);
void gen_pcap_write(gen_pcap *pcap, unsigned interface, int64_t time_ns, const uint8_t *frame, size_t len);
/* Writes what is held back, closes and frees; false where the file is not complete. */
bool gen_pcap_close(gen_pcap *pcap);

#endif
