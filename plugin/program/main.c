/* main.c - the program mptcpscope: the reports of `tshark -z mptcp,...` without tshark's dissection.
 *
 * Invariant: errors are one sentence on stderr. Exit status: 1 what was asked for is wrong, or is not there; 2 a
 * file can't be read, or not to its end: the same as tshark's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/compat.h"

#include <wiretap/wtap.h>
#include <wsutil/filesystem.h>
#include <wsutil/privileges.h>
#include <wsutil/wslog.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interrupt.h"
#include "plugin/cli/ask.h"
#include "plugin/cli/session.h"
#include "plugin/cli/unfold_pcapng.h"
#include "plugin/host.h"
#include "plugin/report/registry.h"
#include "plugin/settings.h"
#include "source.h"
#include "tap/source.h"

enum { ASKED_WRONG = 1, UNREADABLE = 2 };
/* Options without a letter. */
enum { PIECES = 256, POINTS, STREAM, THREADS };

typedef struct asked {
    GPtrArray *files, *reports; /* borrowed text */
    mpt_files several;
    bool stream;
    mpt_threads threads;
} asked;

static void complain(const char *sentence)
{
    fprintf(stderr, "%s: %s\n", mpt_host_name(), sentence);
}

static void complain_setting(const char *setting, const char *error)
{
    fprintf(stderr, "%s: %s: %s\n", mpt_host_name(), setting, error);
    mpt_host_fail_at_exit();
}

static void print_help(void)
{
    GString *help = g_string_new(NULL);

    mpt_arguments_help(help);
    printf("mptcpscope " MPT_VERSION ": Multipath TCP in capture files\n"
           "mptcpscope -r FILE [-r FILE]... [-z mptcp,REPORT[,OPTION]...]... [-o mptcpscope.NAME:VALUE]...\n"
           "  -r FILE                 a capture that Wireshark reads; - is standard input\n"
           "  --pieces, --points      several files are pieces of one capture, or each a vantage\n"
           "                          point; by default interfaces and times decide\n"
           "  --stream                a line of JSON as each connection ends, which is then forgotten:\n"
           "                          for endless captures; -z mptcp,REPORT,format=ndjson\n"
           "                          or mptcp,unfold,all,file=FILE\n"
           "  --threads N             1, or 2: one reads ahead of the other; by default 2 above 100 MB\n"
           "  -z REPORT               as tshark's; without it mptcp,list and mptcp,summary\n"
           "  -o mptcpscope.NAME:VALUE  a preference of the plugin, such as keys or lookback_ms\n"
           "  -q                      ignored, for tshark's sake\n"
           "  -h, --help              this help\n"
           "  -v, --version           the version\n"
           "%s",
           help->str);
    g_string_free(help, TRUE);
}

static void print_version(void)
{
    printf("mptcpscope " MPT_VERSION " (with libwiretap of Wireshark %s)\n", mpt_source_wireshark_version());
}

/* -o mptcpscope.NAME:VALUE; `text` is changed. */
static bool set(char *text)
{
    char *value = strchr(text, ':');
    bool wrong;

    if (!value || strncmp(text, "mptcpscope.", 11) != 0) {
        fprintf(stderr, "%s: -o takes mptcpscope.NAME:VALUE, for example mptcpscope.lookback_ms:5000\n",
                mpt_host_name());
        return false;
    }
    *value++ = '\0';
    if (mpt_settings_set(text + 11, value, &wrong))
        return true;
    if (wrong)
        fprintf(stderr, "%s: -o %s needs a number, not \"%s\"\n", mpt_host_name(), text, value);
    else
        fprintf(stderr, "%s: there is no %s\n", mpt_host_name(), text);
    return false;
}

static bool set_threads(asked *a, const char *number)
{
    bool one = strcmp(number, "1") == 0, two = strcmp(number, "2") == 0;

    if (!one && !two)
        fprintf(stderr, "%s: --threads takes 1 or 2, not \"%s\"\n", mpt_host_name(), number);
    a->threads = two ? MPT_THREADS_TWO : MPT_THREADS_ONE;
    return one || two;
}

/* True to go on; else *status is the exit status. */
static bool take_option(int option, asked *a, int *status)
{
    switch (option) {
    case 'r':
        g_ptr_array_add(a->files, optarg);
        return true;
    case 'z':
        g_ptr_array_add(a->reports, optarg);
        return true;
    case 'o':
        *status = ASKED_WRONG;
        return set(optarg);
    case PIECES:
        a->several = MPT_FILES_PIECES;
        return true;
    case POINTS:
        a->several = MPT_FILES_POINTS;
        return true;
    case STREAM:
        a->stream = true;
        return true;
    case THREADS:
        *status = ASKED_WRONG;
        return set_threads(a, optarg);
    case 'q':
    case 'n':
        return true;
    case 'h':
        print_help();
        return false;
    case 'v':
        print_version();
        return false;
    default:
        *status = ASKED_WRONG;
        return false;
    }
}

/* What others of Wireshark's programs have, and how it is done here. */
static const char *instead_of(int letter)
{
    switch (letter) {
    case 'i':
        return "this program reads files and pipes: dumpcap -i INTERFACE -w - | mptcpscope -r -";
    case 'Y':
    case 'R':
        return "display filters need tshark: choose connections by stream=, token=, address= or port=, or use "
               "tshark -z";
    case 'w':
        return "this program writes no captures, but -z mptcp,unfold,all,file=FILE writes connections as plain TCP";
    default:
        return NULL;
    }
}

static void complain_option(int option, const char *word)
{
    char letter[] = {'-', (char)optopt, '\0'};

    if (option == '?' && word[1] != '-' && instead_of(optopt)) {
        fprintf(stderr, "%s: there is no option \"%s\"; %s\n", mpt_host_name(), letter, instead_of(optopt));
        return;
    }

    fprintf(stderr, "%s: %s \"%s\"; see mptcpscope --help\n", mpt_host_name(),
            option == ':' ? "missing value after" : "unknown option", optopt ? letter : word);
}

static bool read_options(int argc, char **argv, asked *a, int *status)
{
    static const struct option names[] = {
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},
        {"pieces", no_argument, NULL, PIECES},
        {"points", no_argument, NULL, POINTS},
        {"stream", no_argument, NULL, STREAM},
        {"threads", required_argument, NULL, THREADS},
        {NULL, 0, NULL, 0},
    };
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, ":r:z:o:qnhv", names, NULL)) != -1)
        if (!take_option(option, a, status)) {
            if (option == '?' || option == ':')
                complain_option(option, argv[optind - 1]);
            return false;
        }
    /* A file without -r is meant to be read. */
    for (; optind < argc; optind++)
        g_ptr_array_add(a->files, argv[optind]);
    mpt_settings_changed(complain_setting);
    return true;
}

/* Opens a report. False: *status is the exit status. */
static bool ask(const char *text, int *status)
{
    char *error = NULL;
    mpt_ask_result result;
    bool ours = g_str_has_prefix(text, "mptcp") || g_str_has_prefix(text, MPT_ASK_FOLLOW);

    if (!strcmp(text, "help")) /* tshark's too lists what -z takes */
        return ask("mptcp,help", status);
    if (!ours) {
        fprintf(stderr,
                "%s: \"-z %s\" is none of this program's: it has -z mptcp,... and -z " MPT_ASK_FOLLOW
                ",...\n",
                mpt_host_name(), text);
        *status = ASKED_WRONG;
        return false;
    }
    result = mpt_ask(text, &error);
    if (error)
        complain(error);
    g_free(error);
    *status = result == MPT_ASK_PRINTED ? 0 : ASKED_WRONG;
    return result == MPT_ASK_OPENED;
}

static bool open_reports(const asked *a, int *status)
{
    if (a->stream)
        mpt_session_stream();
    if (a->reports->len == 0 && a->stream)
        return ask(MPT_ASK_OVERVIEW ",format=ndjson", status);
    if (a->reports->len == 0)
        return ask(MPT_ASK_LISTING, status) && ask(MPT_ASK_OVERVIEW, status);
    for (guint i = 0; i < a->reports->len; i++)
        if (!ask(g_ptr_array_index(a->reports, i), status))
            return false;
    return true;
}

static int run(const asked *a)
{
    char *error = NULL;
    mpt_input *input = NULL;
    int status = ASKED_WRONG;

    if (a->files->len) {
        input = mpt_input_open((char **)a->files->pdata, a->files->len, a->several, &error);
        if (!input) {
            complain(error);
            g_free(error);
            return UNREADABLE;
        }
    }
    if (open_reports(a, &status)) {
        if (input && mpt_input_guesses(input) && mpt_session_is_live()) {
            complain("\"live\" with several files needs --pieces or --points");
            mpt_session_close();
            mpt_input_close(input);
            return ASKED_WRONG;
        }
        if (!input) {
            complain("no capture given: use -r FILE, or -r - for standard input");
            mpt_session_close();
            return ASKED_WRONG;
        }
        mpt_interrupt_catch(mpt_input_is_pipe(input));
        mpt_program_read(input, a->threads);
        status = mpt_input_error(input) ? UNREADABLE : 0;
        if (status)
            complain(mpt_input_error(input));
    }
    mpt_session_leave();
    mpt_input_close(input);
    return status;
}

int main(int argc, char **argv)
{
    asked a = {g_ptr_array_new(), g_ptr_array_new(), MPT_FILES_GUESS, false, MPT_THREADS_AUTO};
    int status = 0;

    g_set_prgname("mptcpscope");
    MPT_LOG_INIT("mptcpscope");
    init_process_policies();
    g_free(MPT_CONFIGURATION_INIT(argv[0]));
    wtap_init(false);
    mpt_settings_init();
    mpt_unfold_register();
    if (read_options(argc, argv, &a, &status))
        status = run(&a);
    g_ptr_array_free(a.files, TRUE);
    g_ptr_array_free(a.reports, TRUE);
    mpt_settings_forget();
    wtap_cleanup();
    return status;
}
