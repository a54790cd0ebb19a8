/* pcap.c - a capture file of nanosecond pcap, as one host would write it from one or two interfaces.
 *
 * Invariant: without disorder the records are in the order of their times.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "pcap.h"

#include <stdio.h>

#include <glib.h>

enum { NS = 1000000000 };

/* Version 2.4 as two 16-bit fields. */
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
#define PCAP_VERSION (4u << 16 | 2u)
#else
#define PCAP_VERSION (2u << 16 | 4u)
#endif

struct gen_pcap {
    FILE *file;
    uint32_t snaplen;
    int64_t disorder_ns, held_since;
    GByteArray *held;
};

gen_pcap *gen_pcap_new(const char *path, uint32_t snaplen, int64_t disorder_ns)
{
    const uint32_t limit = snaplen != 0 ? snaplen : 262144;
    /* nanosecond magic, version, zone, accuracy, snaplen, Ethernet; all in the order of this host */
    const uint32_t header[6] = {0xa1b23c4d, PCAP_VERSION, 0, 0, limit, 1};
    FILE *file = fopen(path, "wb");
    gen_pcap *pcap;

    if (file == NULL)
        return NULL;
    setvbuf(file, NULL, _IOFBF, 1 << 20);
    fwrite(header, sizeof header, 1, file);
    pcap = g_new0(gen_pcap, 1);
    pcap->file = file;
    pcap->snaplen = limit;
    pcap->disorder_ns = disorder_ns;
    pcap->held = g_byte_array_new();
    return pcap;
}

static void flush_held(gen_pcap *pcap)
{
    if (pcap->held->len == 0)
        return;
    fwrite(pcap->held->data, pcap->held->len, 1, pcap->file);
    g_byte_array_set_size(pcap->held, 0);
}

void gen_pcap_write(gen_pcap *pcap, unsigned interface, int64_t time_ns, const uint8_t *frame, size_t len)
{
    const uint32_t captured = MIN((uint32_t)len, pcap->snaplen);
    const uint32_t header[4] = {(uint32_t)(time_ns / NS), (uint32_t)(time_ns % NS), captured, (uint32_t)len};

    if (pcap->held->len != 0 && time_ns - pcap->held_since >= pcap->disorder_ns)
        flush_held(pcap);
    if (pcap->disorder_ns == 0 || interface == 0) {
        fwrite(header, sizeof header, 1, pcap->file);
        fwrite(frame, captured, 1, pcap->file);
        return;
    }
    if (pcap->held->len == 0)
        pcap->held_since = time_ns;
    g_byte_array_append(pcap->held, (const guint8 *)header, sizeof header);
    g_byte_array_append(pcap->held, frame, captured);
}

bool gen_pcap_close(gen_pcap *pcap)
{
    bool complete;

    flush_held(pcap);
    complete = ferror(pcap->file) == 0;
    complete = fclose(pcap->file) == 0 && complete;
    g_byte_array_unref(pcap->held);
    g_free(pcap);
    return complete;
}
