/* arguments_table.h - all options, one row each; which report takes which is in the
 * reports' rows (registry.h).
 *
 * Invariant: a new option is a row here and a reader in arguments.c. The parser, the help and the error
 * messages know no option by name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_ARGUMENTS_TABLE_H
#define MPT_ARGUMENTS_TABLE_H

/* X(MPT_ARG_..., name, value as help shows it (NULL: the option is a word alone), what ends 'option "..."
 * needs ' (NULL: the reader says it), reader, help (NULL: shown on the line of the row before)) */
#define MPT_OPTIONS(X)                                                                                       \
    X(STREAM, "stream", "N", "a connection id from 0 to 4294967295, as listed by " MPT_ASK_LISTING,          \
      read_stream, "only the connection with this id in list; all: unfold")                                  \
    X(ALL, "all", NULL, NULL, NULL, NULL)                                                                    \
    X(TOKEN, "token", "HEX", "1 to 8 hex digits, such as token=7c3ad10f", read_token,                        \
      "connections with this token, address or port")                                                        \
    X(ADDRESS, "address", "ADDR", "an IPv4 or IPv6 address without a port", read_address, NULL)              \
    X(PORT, "port", "N", "a TCP port from 0 to 65535", read_port, NULL)                                      \
    X(FULL, "full", NULL, NULL, NULL, "all figures; conformance: fail if a MUST is violated")                \
    X(STRICT, "strict", NULL, NULL, NULL, NULL)                                                              \
    X(FORMAT, "format", "FORMAT", NULL, read_format, "text (default), csv, json, ndjson (by line)")          \
    X(FILE, "file", "PATH", "a path; write a comma in it as \\,", read_file,                                 \
      "write to this file, - is stdout (\\, is a comma)")                                                    \
    X(FROM, "from", "S", SECONDS_EXPECTED, read_from, "only segments in this time, from the earliest frame") \
    X(TO, "to", "S", SECONDS_EXPECTED, read_to, NULL)                                                        \
    X(DIRECTION, "direction", "c2s|s2c", "c2s (client to server) or s2c", read_direction,                    \
      "client to server, or server to client")                                                               \
    X(LIVE, "live", NULL, NULL, NULL, "each line as it happens")                                             \
    X(AT, "at", "client|server|I", "client, server or an interface number", read_at,                         \
      "merged capture: where packets are counted")                                                           \
    X(CLIENT, "client", "I,I", "interface numbers, such as client=0,1", read_client,                         \
      "the interfaces of each end")                                                                          \
    X(SERVER, "server", "I,I", "interface numbers, such as server=2,3", read_server, NULL)                   \
    X(CLOCK, "clock", "raw|offset|drift", "raw, offset or drift", read_clock,                                \
      "how the server's clock is corrected")                                                                 \
    X(SAMPLES, "samples", NULL, NULL, NULL, "every single delay")                                            \
    X(TYPE, "type", "NAME", "the name of a graph, such as type=sequence", read_type,                         \
      "which graph; moving average over S seconds")                                                          \
    X(WINDOW, "window", "S", "seconds above 0, such as 0.5, with at most 9 decimals", read_window, NULL)     \
    X(CHECKS, "checks", NULL, NULL, NULL, "explains each check of diagnose")

#endif
