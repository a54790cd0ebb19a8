/* ask.c - see ask.h.
 *
 *   -z follow,mptcp,{ascii|hex|raw|yaml},N[,FIRST[-LAST]]
 *
 * N is the id of mptcp,list; FIRST and LAST choose among the printed pieces, as in tshark.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ask.h"

#include <stdio.h>
#include <string.h>

#include "plugin/host.h"
#include "plugin/report/registry.h"
#include "session.h"

static bool read_number(const char **text, uint32_t *number)
{
    char *end;
    guint64 value;

    if (!g_ascii_isdigit(**text))
        return false;
    value = g_ascii_strtoull(*text, &end, 10);
    if (value > UINT32_MAX)
        return false;
    *text = end;
    *number = (uint32_t)value;
    return true;
}

static bool read_mode(const char **text, mpt_follow_mode *mode)
{
    static const char *const names[] = {
        [MPT_FOLLOW_ASCII] = ",ascii,",
        [MPT_FOLLOW_HEX] = ",hex,",
        [MPT_FOLLOW_RAW] = ",raw,",
        [MPT_FOLLOW_YAML] = ",yaml,",
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_str_has_prefix(*text, names[i])) {
            *text += strlen(names[i]);
            *mode = (mpt_follow_mode)i;
            return true;
        }
    }
    return false;
}

static bool read_chunks(const char *text, mpt_arguments *a)
{
    a->first_chunk = 1;
    a->last_chunk = UINT32_MAX;
    if (!*text)
        return true;
    if (*text++ != ',' || !read_number(&text, &a->first_chunk))
        return false;
    a->last_chunk = a->first_chunk;
    if (*text == '-') {
        text++;
        if (!read_number(&text, &a->last_chunk))
            return false;
    }
    return !*text && a->first_chunk >= 1 && a->first_chunk <= a->last_chunk;
}

static const char *parse_follow(const char *text, mpt_arguments *a)
{
    text += strlen(MPT_ASK_FOLLOW);
    if (!read_mode(&text, &a->follow_mode))
        return "-z " MPT_ASK_FOLLOW
               " needs ascii, hex, raw or yaml and the connection's id, for example -z " MPT_ASK_FOLLOW
               ",ascii,0";
    if (!read_number(&text, &a->stream) || (*text && *text != ','))
        return "-z " MPT_ASK_FOLLOW " needs the connection's id, as -z " MPT_ASK_LISTING
               " shows it, after the mode";
    if (!read_chunks(text, a))
        return "after the connection's id -z " MPT_ASK_FOLLOW " takes a range of chunks, for example 1-3";
    return NULL;
}

static mpt_ask_result ask_follow(const char *text, char **error)
{
    mpt_arguments arguments = mpt_arguments_of(&mpt_follow_report);
    const char *wrong = parse_follow(text, &arguments);

    arguments.presence = MPT_BIT(MPT_ARG_STREAM);
    if (wrong)
        *error = g_strdup(wrong);
    return !wrong && mpt_session_add_report(&arguments, error) ? MPT_ASK_OPENED : MPT_ASK_WRONG;
}

static mpt_ask_result print(const mpt_arguments *arguments)
{
    mpt_report_context x = {.arguments = arguments};
    GString *sentence = g_string_new(NULL);
    mpt_sink *sink = mpt_sink_new_stream(stdout);
    char *error = NULL;
    bool ok;

    arguments->report->print(&x, sink, sentence);
    ok = mpt_sink_close(sink, &error);
    mpt_sink_free(sink);
    g_string_free(sentence, TRUE);
    g_free(error);
    return ok ? MPT_ASK_PRINTED : MPT_ASK_FAILED;
}

static void print_help(void)
{
    GString *help = g_string_new(NULL);

    mpt_arguments_help(help);
    fputs(help->str, stderr);
    g_string_free(help, TRUE);
}

mpt_ask_result mpt_ask(const char *text, char **error)
{
    mpt_arguments arguments;
    mpt_ask_result result = MPT_ASK_WRONG;

    if (g_str_has_prefix(text, MPT_ASK_FOLLOW))
        return ask_follow(text, error);
    switch (mpt_arguments_parse(text, &arguments, error)) {
    case MPT_ARGUMENTS_NO_REPORT:
        print_help();
        *error = g_strdup("-z mptcp needs the name of a report, for example -z " MPT_ASK_OVERVIEW);
        break;
    case MPT_ARGUMENTS_ERROR:
        break;
    case MPT_ARGUMENTS_OK:
        /* tshark's own -z help needs no capture either. */
        if (arguments.report->needs_nothing && !mpt_host_is_gui()) {
            result = print(&arguments);
            mpt_arguments_clear(&arguments);
        } else if (mpt_session_add_report(&arguments, error)) {
            result = MPT_ASK_OPENED;
        }
        break;
    }
    return result;
}
