/* arguments_table.h - all options, one row each; which report takes which is in the
 * reports' rows (registry.h).
 *
 * Invariant: only arguments.c includes this. A new option is a row here, a reader there and a
 * value in arguments.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_ARGUMENTS_TABLE_H
#define MPT_ARGUMENTS_TABLE_H

#define SECONDS_EXPECTED "seconds since the earliest frame, such as 1.5, with at most 9 decimals"

static const struct arg_row {
    const char *name;
    const char *value;   /* as help shows it; NULL: the option is a word alone */
    const char *expects; /* the end of 'option "..." needs '; NULL: the reader sets the error */
    value_reader read;
    const char *help; /* NULL: shown on the line of the row before */
} ARG_TABLE[MPT_ARGS] = {
    [MPT_ARG_STREAM] = {.name = "stream",
                        .value = "N",
                        .read = read_stream,
                        .expects = "a connection id from 0 to 4294967295, as " MPT_ASK_LISTING " shows it",
                        .help = "the connection with this id in list"},
    [MPT_ARG_TOKEN] = {.name = "token",
                       .value = "HEX",
                       .read = read_token,
                       .expects = "1 to 8 hex digits, such as token=7c3ad10f",
                       .help = "connections with this token"},
    [MPT_ARG_ADDRESS] = {.name = "address",
                         .value = "ADDR",
                         .read = read_address,
                         .expects = "an IPv4 or IPv6 address without a port",
                         .help = "connections that use this address"},
    [MPT_ARG_FULL] = {.name = "full", .help = "all figures"},
    [MPT_ARG_FORMAT] = {.name = "format",
                        .value = "FORMAT",
                        .read = read_format,
                        .help = "text (default), csv or json"},
    [MPT_ARG_FILE] = {.name = "file",
                      .value = "PATH",
                      .read = read_file,
                      .expects = "a path, with \\, for a comma in it",
                      .help = "write there, not to stdout; \\, for a comma in it"},
    [MPT_ARG_FROM] = {.name = "from",
                      .value = "S",
                      .read = read_from,
                      .expects = SECONDS_EXPECTED,
                      .help = "only segments in between, since the earliest frame"},
    [MPT_ARG_TO] = {.name = "to", .value = "S", .read = read_to, .expects = SECONDS_EXPECTED},
    [MPT_ARG_DIRECTION] = {.name = "direction",
                           .value = "c2s|s2c",
                           .read = read_direction,
                           .expects = "c2s (client to server) or s2c",
                           .help = "client to server, or back"},
    [MPT_ARG_LIVE] = {.name = "live", .help = "each line as it happens"},
    [MPT_ARG_AT] = {.name = "at",
                    .value = "client|server|I",
                    .read = read_at,
                    .expects = "client, server or the number of an interface",
                    .help = "merged capture: count packets there"},
    [MPT_ARG_CLIENT] = {.name = "client",
                        .value = "I,I",
                        .read = read_client,
                        .expects = "interface numbers, such as client=0,1",
                        .help = "the interfaces of each end"},
    [MPT_ARG_SERVER] = {.name = "server",
                        .value = "I,I",
                        .read = read_server,
                        .expects = "interface numbers, such as server=2,3"},
    [MPT_ARG_CLOCK] = {.name = "clock",
                       .value = "raw|offset|drift",
                       .read = read_clock,
                       .expects = "raw, offset or drift",
                       .help = "what is corrected in the server's clock"},
    [MPT_ARG_SAMPLES] = {.name = "samples", .help = "every sample"},
    [MPT_ARG_TYPE] = {.name = "type",
                      .value = "NAME",
                      .read = read_type,
                      .expects = "the name of a graph, such as type=sequence",
                      .help = "the graph"},
    [MPT_ARG_WINDOW] = {.name = "window",
                        .value = "S",
                        .read = read_window,
                        .expects = "seconds above 0, such as 0.5, with at most 9 decimals",
                        .help = "moving average over these seconds"},
};

static const char *const FORMAT_NAMES[] = {
    [MPT_FORMAT_TEXT] = "text", [MPT_FORMAT_CSV] = "csv", [MPT_FORMAT_JSON] = "json",
    [MPT_FORMAT_SVG] = "svg",   [MPT_FORMAT_XPL] = "xpl", [MPT_FORMAT_HTML] = "html",
};

#endif
