/* arguments_table.h - which reports and options there are, and which report takes which option.
 *
 * Invariant: only arguments.c includes this; a new report or option is a row here and a value in arguments.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_ARGUMENTS_TABLE_H
#define MPT_ARGUMENTS_TABLE_H

#define BIT(arg)     (1u << (arg))
#define ONE_OF_MPTCP (BIT(MPT_ARG_STREAM) | BIT(MPT_ARG_TOKEN))
#define SELECTION    (ONE_OF_MPTCP | BIT(MPT_ARG_ADDRESS))
#define OUTPUT       (BIT(MPT_ARG_FORMAT) | BIT(MPT_ARG_FILE))
#define VANTAGE      (BIT(MPT_ARG_AT) | BIT(MPT_ARG_CLIENT) | BIT(MPT_ARG_SERVER))
#define FIGURES      (SELECTION | OUTPUT | BIT(MPT_ARG_FROM) | BIT(MPT_ARG_TO) | BIT(MPT_ARG_DIRECTION) | VANTAGE)
#define PLAIN        (BIT(MPT_FORMAT_TEXT) | BIT(MPT_FORMAT_CSV) | BIT(MPT_FORMAT_JSON))
#define PICTURE      (BIT(MPT_FORMAT_SVG) | BIT(MPT_FORMAT_XPL) | BIT(MPT_FORMAT_HTML))

static const struct report_row {
    const char *name;
    bool available;
    uint32_t takes, needs; /* options */
    uint32_t formats;
    const char *help;
} REPORT_TABLE[MPT_REPORTS] = {
    [MPT_REPORT_LIST] = {.name = "list",
                         .available = true,
                         .takes = FIGURES,
                         .formats = PLAIN,
                         .help = "the connections with their subflows, keys and tokens"},
    [MPT_REPORT_SUMMARY] = {.name = "summary",
                            .available = true,
                            .takes = FIGURES | BIT(MPT_ARG_FULL),
                            .formats = PLAIN,
                            .help = "what each connection and subflow carried, how fast"},
    [MPT_REPORT_TCP] = {.name = "tcp",
                        .available = true,
                        .takes = FIGURES & ~ONE_OF_MPTCP,
                        .formats = PLAIN,
                        .help = "every TCP stream: MPTCP, fallen back, or never asked"},
    [MPT_REPORT_FILTER] = {.name = "filter",
                           .available = true,
                           .takes = SELECTION | BIT(MPT_ARG_FILE),
                           .help = "a display filter for all packets of a connection"},
    [MPT_REPORT_HELP] = {.name = "help", .available = true, .help = "these lines"},
    [MPT_REPORT_EVENTS] = {.name = "events",
                           .available = true,
                           .takes = FIGURES | BIT(MPT_ARG_LIVE),
                           .formats = PLAIN,
                           .help = "what was signalled, in time order"},
    [MPT_REPORT_DIAGNOSE] = {.name = "diagnose",
                             .available = true,
                             .takes = SELECTION | OUTPUT | VANTAGE,
                             .formats = PLAIN,
                             .help = "what went wrong, and why"},
    [MPT_REPORT_REINJECTIONS] = {.name = "reinjections",
                                 .available = true,
                                 .takes = FIGURES,
                                 .formats = PLAIN,
                                 .help = "data sent twice, and whether that helped"},
    [MPT_REPORT_UNFOLD] = {.name = "unfold",
                           .available = true,
                           .needs = BIT(MPT_ARG_FILE),
                           .takes = BIT(MPT_ARG_STREAM) | BIT(MPT_ARG_FILE),
                           .help = "a connection written as one plain TCP connection"},
    [MPT_REPORT_PATHS] = {.name = "paths",
                          .available = true,
                          .formats = PLAIN,
                          .takes = (FIGURES & ~(BIT(MPT_ARG_AT) | BIT(MPT_ARG_FROM) | BIT(MPT_ARG_TO))) |
                                   BIT(MPT_ARG_FULL) | BIT(MPT_ARG_CLOCK) | BIT(MPT_ARG_SAMPLES),
                          .help = "delay, loss, changes per path, of a merged capture"},
    [MPT_REPORT_PLOT] = {.name = "plot",
                         .available = true,
                         .takes = FIGURES | BIT(MPT_ARG_TYPE) | BIT(MPT_ARG_WINDOW) | BIT(MPT_ARG_CLOCK),
                         .formats = BIT(MPT_FORMAT_CSV) | PICTURE,
                         .help = "graphs: html unless format=svg, xpl or csv"},
};

#define SECONDS_EXPECTED "seconds since the earliest frame, such as 1.5, with at most 9 decimals"

static const struct arg_row {
    const char *name;
    const char *value;   /* as help shows it; NULL: the option is a word alone */
    const char *expects; /* what ends 'option "..." needs '; NULL: the reader says it */
    value_reader read;
    bool available;
    const char *help; /* NULL: shown on the line of the row before */
} ARG_TABLE[MPT_ARGS] = {
    [MPT_ARG_STREAM] = {.name = "stream",
                        .value = "N",
                        .read = read_stream,
                        .available = true,
                        .expects = "a connection id from 0 to 4294967295, as mptcp,list shows it",
                        .help = "the connection with this id in list"},
    [MPT_ARG_TOKEN] = {.name = "token",
                       .value = "HEX",
                       .read = read_token,
                       .available = true,
                       .expects = "1 to 8 hex digits, such as token=7c3ad10f",
                       .help = "connections with this token"},
    [MPT_ARG_ADDRESS] = {.name = "address",
                         .value = "ADDR",
                         .read = read_address,
                         .available = true,
                         .expects = "an IPv4 or IPv6 address without a port",
                         .help = "connections that use this address"},
    [MPT_ARG_FULL] = {.name = "full", .available = true, .help = "all figures"},
    [MPT_ARG_FORMAT] = {.name = "format",
                        .value = "FORMAT",
                        .read = read_format,
                        .available = true,
                        .help = "text (default), csv or json"},
    [MPT_ARG_FILE] = {.name = "file",
                      .value = "PATH",
                      .read = read_file,
                      .available = true,
                      .expects = "a path, with \\, for a comma in it",
                      .help = "write there, not to stdout; \\, for a comma in it"},
    [MPT_ARG_FROM] = {.name = "from",
                      .value = "S",
                      .read = read_from,
                      .available = true,
                      .expects = SECONDS_EXPECTED,
                      .help = "only segments in between, since the earliest frame"},
    [MPT_ARG_TO] =
        {.name = "to", .value = "S", .read = read_to, .available = true, .expects = SECONDS_EXPECTED},
    [MPT_ARG_DIRECTION] = {.name = "direction",
                           .value = "c2s|s2c",
                           .read = read_direction,
                           .available = true,
                           .expects = "c2s (client to server) or s2c",
                           .help = "client to server, or back"},
    [MPT_ARG_LIVE] = {.name = "live", .available = true, .help = "each line as it happens"},
    [MPT_ARG_AT] = {.name = "at",
                    .value = "client|server|I",
                    .read = read_at,
                    .available = true,
                    .expects = "client, server or the number of an interface",
                    .help = "merged capture: count packets there"},
    [MPT_ARG_CLIENT] = {.name = "client",
                        .value = "I,I",
                        .read = read_client,
                        .available = true,
                        .expects = "interface numbers, such as client=0,1",
                        .help = "the interfaces of each end"},
    [MPT_ARG_SERVER] = {.name = "server",
                        .value = "I,I",
                        .read = read_server,
                        .available = true,
                        .expects = "interface numbers, such as server=2,3"},
    [MPT_ARG_CLOCK] = {.name = "clock",
                       .value = "raw|offset|drift",
                       .read = read_clock,
                       .available = true,
                       .expects = "raw, offset or drift",
                       .help = "what is corrected in the server's clock"},
    [MPT_ARG_SAMPLES] = {.name = "samples", .available = true, .help = "every sample"},
    [MPT_ARG_TYPE] = {.name = "type",
                      .value = "NAME",
                      .read = read_type,
                      .available = true,
                      .expects = "the name of a graph, such as type=sequence",
                      .help = "the graph"},
    [MPT_ARG_WINDOW] = {.name = "window",
                        .value = "S",
                        .read = read_window,
                        .available = true,
                        .expects = "seconds above 0, such as 0.5, with at most 9 decimals",
                        .help = "moving average over these seconds"},
};

static const char *const FORMAT_NAMES[] = {
    [MPT_FORMAT_TEXT] = "text", [MPT_FORMAT_CSV] = "csv", [MPT_FORMAT_JSON] = "json",
    [MPT_FORMAT_SVG] = "svg",   [MPT_FORMAT_XPL] = "xpl", [MPT_FORMAT_HTML] = "html",
};

#endif
