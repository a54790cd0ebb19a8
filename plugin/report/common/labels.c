/* labels.c - see labels.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "labels.h"

#include <string.h>

const char *mpt_direction_name(mpt_direction direction)
{
    static const char *const names[MPT_DIRECTIONS] = {[MPT_C2S] = "c2s", [MPT_S2C] = "s2c"};

    return names[direction];
}

const char *mpt_role_name(mpt_role role)
{
    return role == MPT_CLIENT ? "client" : "server";
}

const mpt_severity_words *mpt_severity_label(mpt_severity severity)
{
    static const mpt_severity_words words[MPT_SEVERITIES] = {
        [MPT_SEVERITY_ERROR] = {"error", "errors", "Errors"},
        [MPT_SEVERITY_WARNING] = {"warning", "warnings", "Warnings"},
        [MPT_SEVERITY_NOTE] = {"note", "notes", "Notes"},
        [MPT_SEVERITY_CHAT] = {"chat", "chats", "Chat"},
    };

    return &words[severity];
}

const char *mpt_join_step_name(mpt_join_step step)
{
    static const char *const names[] = {
        [MPT_JOIN_SYN] = "syn",
        [MPT_JOIN_SYNACK] = "synack",
        [MPT_JOIN_ACK] = "ack",
    };

    return names[step];
}

const char *mpt_fallback_phrase(mpt_fallback fallback)
{
    static const char *const phrases[] = {
        [MPT_FALLBACK_NONE] = NULL,
        [MPT_FALLBACK_SYNACK] = "no MP_CAPABLE in the SYN/ACK",
        [MPT_FALLBACK_ACK] = "no MPTCP option in the third ACK",
        [MPT_FALLBACK_NO_DSS] = "data without any DSS",
        [MPT_FALLBACK_INFINITE_MAPPING] = "infinite mapping",
        [MPT_FALLBACK_MP_FAIL] = "MP_FAIL on the only subflow",
        [MPT_FALLBACK_DSS_LOST] = "DSS stopped while data continued",
    };

    return phrases[fallback];
}

const char *mpt_subflow_state_phrase(const mpt_subflow *s)
{
    if (s->state == MPT_STATE_SYN_SENT)
        return s->synack_seen || s->ack_seen || s->half[MPT_SIDE_A].bytes.segments ||
                       s->half[MPT_SIDE_B].bytes.segments
                   ? "incomplete"
                   : "SYN sent";
    return mpt_subflow_state_name((mpt_subflow_state)s->state);
}

const char *mpt_ignored_name(uint8_t subtype)
{
    return subtype == MPT_IGNORED_RST ? "RST" : mpt_subtype_name((mpt_subtype)subtype);
}

const char *mpt_ignoring_name(mpt_ignoring why)
{
    static const char *const names[] = {
        [MPT_IGNORED_WINDOW] = "outside_window",
        [MPT_IGNORED_NO_RST] = "no_rst",
        [MPT_IGNORED_LENGTH] = "length",
        [MPT_IGNORED_ON_JOIN] = "on_join",
        [MPT_IGNORED_NOT_INFINITE] = "not_infinite",
    };

    return names[why];
}

static const char *letters(unsigned flags, const char *of, char *text)
{
    size_t n = strlen(of), at = 0;

    for (size_t i = 0; i < n; i++)
        if (flags >> (n - 1 - i) & 1u)
            text[at++] = of[i];
    text[at] = '\0';
    return text;
}

const char *mpt_capable_flags_text(uint8_t flags, char *text)
{
    return letters(flags, "ABCDEFGH", text);
}

const char *mpt_tcprst_flags_text(uint8_t flags, char *text)
{
    return letters(flags, "UVWT", text);
}

const char *mpt_usefulness_name(mpt_usefulness usefulness)
{
    static const char *const names[MPT_USEFULNESSES] = {
        [MPT_UNDECIDED] = "undecided",
        [MPT_USEFUL] = "useful",
        [MPT_REDUNDANT] = "redundant",
    };

    return names[usefulness];
}

/* --- ICMP --- */

static const char *const UNREACHABLE[] = {
    [0] = "network unreachable",
    [1] = "host unreachable",
    [2] = "protocol unreachable",
    [3] = "port unreachable",
    [4] = "fragmentation needed",
    [5] = "source route failed",
    [6] = "network unknown",
    [7] = "host unknown",
    [8] = "source host isolated",
    [9] = "network administratively prohibited",
    [10] = "host administratively prohibited",
    [11] = "network unreachable for this type of service",
    [12] = "host unreachable for this type of service",
    [13] = "communication administratively prohibited",
    [14] = "host precedence violation",
    [15] = "precedence cutoff",
};

static const char *const UNREACHABLE_V6[] = {
    [0] = "no route to the destination",
    [1] = "communication administratively prohibited",
    [2] = "beyond the scope of the source address",
    [3] = "address unreachable",
    [4] = "port unreachable",
    [5] = "source address failed the policy",
    [6] = "route rejected",
};

const char *mpt_icmp_name(uint8_t version, uint8_t type, uint8_t code)
{
    bool v6 = version == MPT_FAMILY_IPV6;

    if (type == (v6 ? 1 : 3)) {
        if (v6 ? code < G_N_ELEMENTS(UNREACHABLE_V6) : code < G_N_ELEMENTS(UNREACHABLE))
            return v6 ? UNREACHABLE_V6[code] : UNREACHABLE[code];
        return "destination unreachable";
    }
    if (v6 && type == 2)
        return "packet too big";
    if (type == (v6 ? 3 : 11))
        return code ? "reassembly time exceeded" : v6 ? "hop limit exceeded" : "time to live exceeded";
    return "parameter problem";
}
