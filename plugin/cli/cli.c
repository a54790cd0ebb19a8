/* cli.c - see cli.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli.h"

#include "plugin/compat.h"

#include <epan/stat_tap_ui.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/host.h"
#include "plugin/report/registry.h"
#include "session.h"

void mpt_cli_refuse(const char *message)
{
    fprintf(stderr, "%s: %s\n", mpt_host_name(), message);
    if (!MPT_STAT_CAN_FAIL && !mpt_host_is_gui())
        exit(1);
}

/* tshark's own -z help needs no capture, and ends it. */
static void print_and_exit(const mpt_arguments *arguments)
{
    mpt_report_context x = {.arguments = arguments};
    GString *sentence = g_string_new(NULL);
    mpt_sink *sink = mpt_sink_new_stream(stdout);
    char *error = NULL;

    arguments->report->print(&x, sink, sentence);
    exit(mpt_sink_close(sink, &error) ? 0 : 1);
}

static void print_help(void)
{
    GString *help = g_string_new(NULL);

    mpt_arguments_help(help);
    fputs(help->str, stderr);
    g_string_free(help, TRUE);
}

static bool open_report(const char *text)
{
    mpt_arguments arguments;
    char *error = NULL;
    bool ok = false;

    switch (mpt_arguments_parse(text, &arguments, &error)) {
    case MPT_ARGUMENTS_NO_REPORT:
        print_help();
        mpt_cli_refuse("-z mptcp needs the name of a report, for example -z " MPT_ASK_OVERVIEW);
        return false;
    case MPT_ARGUMENTS_ERROR:
        break;
    case MPT_ARGUMENTS_OK:
        if (arguments.report->needs_nothing && !mpt_host_is_gui())
            print_and_exit(&arguments);
        ok = mpt_session_add_report(&arguments, &error);
        break;
    }
    if (!ok) {
        mpt_cli_refuse(error);
        g_free(error);
    }
    return ok;
}

static mpt_stat_result init(const char *text, void *userdata _U_)
{
    bool ok = open_report(text);

    (void)ok;
    MPT_STAT_RETURN(ok);
}

void mpt_cli_register(void)
{
    static stat_tap_ui ui = {
        .group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
        .title = NULL,
        .cli_string = "mptcp",
        .tap_init_cb = init,
    };

    register_stat_tap_ui(&ui, NULL);
}
