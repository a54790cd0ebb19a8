/* stream_numbers.c - prints the number that tap/reader gives the TCP connection of each frame of a pcap file of raw IP.
 *
 *   stream_numbers CLOSE_ENDS <FILE      CLOSE_ENDS: 1 as Wireshark 4.4 and later, 0 as 4.0
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "tap/reader/reader.h"

int main(int argc, char **argv)
{
    mpt_reader *reader = mpt_reader_new(argc > 1 && argv[1][0] == '1');
    static uint8_t bytes[65536];
    uint32_t header[6], record[4];
    mpt_segment segments[MPT_READER_SEGMENTS];
    mpt_icmp_error icmp;

    if (fread(header, sizeof header, 1, stdin) != 1)
        return 1;
    for (uint32_t number = 1; fread(record, sizeof record, 1, stdin) == 1; number++) {
        mpt_frame frame = {.number = number, .bytes = bytes, .link = MPT_LINK_IP};

        if (record[2] > sizeof bytes || fread(bytes, 1, record[2], stdin) != record[2])
            return 1;
        frame.captured = frame.length = record[2];
        printf("%d\n", mpt_reader_read(reader, &frame, segments, &icmp) ? (int)segments[0].tcp_stream : -1);
    }
    mpt_reader_free(reader);
    return 0;
}
