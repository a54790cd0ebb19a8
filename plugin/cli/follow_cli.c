/* follow_cli.c - see follow_cli.h.
 *
 *   -z follow,mptcp,{ascii|hex|raw|yaml},N[,FIRST[-LAST]]
 *
 * This is a report of the session, not a follower of tshark: followers get packet after packet and print
 * before a late mapping or an older segment of another interface can arrive. N is the id of mptcp,list; FIRST
 * and LAST choose among the printed pieces, as in tshark.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "follow_cli.h"

#include "plugin/compat.h"

#include <epan/stat_tap_ui.h>

#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "plugin/report/registry.h"
#include "session.h"

#define NAME "follow,mptcp"

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

static const char *parse(const char *text, mpt_arguments *a)
{
    text += strlen(NAME);
    if (!read_mode(&text, &a->follow_mode))
        return "-z " NAME " needs ascii, hex, raw or yaml and the connection's id, for example -z " NAME
               ",ascii,0";
    if (!read_number(&text, &a->stream) || (*text && *text != ','))
        return "-z " NAME " needs the connection's id, as -z " MPT_ASK_LISTING " shows it, after the mode";
    if (!read_chunks(text, a))
        return "after the connection's id -z " NAME " takes a range of chunks, for example 1-3";
    return NULL;
}

static mpt_stat_result init(const char *text, void *userdata _U_)
{
    mpt_arguments arguments = mpt_arguments_of(&mpt_follow_report);
    const char *wrong = parse(text, &arguments);
    char *error = NULL;
    bool ok = false;

    arguments.presence = MPT_BIT(MPT_ARG_STREAM);
    if (wrong) {
        mpt_cli_refuse(wrong);
    } else if (!(ok = mpt_session_add_report(&arguments, &error))) {
        mpt_cli_refuse(error);
        g_free(error);
    }
    (void)ok;
    MPT_STAT_RETURN(ok);
}

void mpt_follow_register(void)
{
    static stat_tap_ui ui = {
        .group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
        .title = NULL,
        .cli_string = NAME,
        .tap_init_cb = init,
    };

    register_stat_tap_ui(&ui, NULL);
}
