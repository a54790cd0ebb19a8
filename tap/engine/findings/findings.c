/* findings.c - see findings.h: the table of checks, and what their functions share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "findings.h"

#include <stdarg.h>
#include <string.h>

#include "checks.h"

/* --- the table --- */

#define E MPT_SEVERITY_ERROR
#define W MPT_SEVERITY_WARNING
#define N MPT_SEVERITY_NOTE
#define C MPT_SEVERITY_CHAT

/* Of a connection. Where a function raises several ids, the rows after its own have none. */
static const mpt_check CHECKS[] = {
    {"fallback", W, "RFC 8684 3.7", "RFC 6824 3.6", "fell back to TCP", mpt_check_fallback},
    {"capable_dropped", W, "RFC 8684 3.7", "RFC 6824 3.6",
     "SYN with MP_CAPABLE not answered, one without it was", mpt_check_capable},
    {"capable_unanswered", W, "RFC 8684 3.1", NULL, "MP_CAPABLE without answer", NULL},
    {"capable_refused", N, "RFC 8684 3.1", NULL, "connection refused", NULL},
    {"join_hmac", E, "RFC 8684 3.2", NULL, "wrong HMAC in MP_JOIN", mpt_check_joins},
    {"join_unknown_token", W, "RFC 8684 3.2", NULL, "join with an unknown token", NULL},
    {"join_limit", W, "RFC 8684 3.6", "RFC 6824 3.2", "join beyond the limit of subflows", NULL},
    {"join_refused", W, "RFC 8684 3.2", NULL, "join refused", NULL},
    {"join_unanswered", W, "RFC 8684 3.2", NULL, "join without answer", NULL},
    {"join_unfinished", W, "RFC 8684 3.2", NULL, "join not finished", NULL},
    {"join_address", N, "RFC 8684 3.4.1", NULL, "join to an address that was never announced",
     mpt_check_join_address},
    {"join_slow", N, "RFC 8684 3.2", NULL, "join much slower than the first handshake", mpt_check_join_slow},
    {"subflow_reset", W, "RFC 8684 3.6", "RFC 6824 3.3.3", "subflow reset", mpt_check_resets},
    {"add_addr_no_echo", W, "RFC 8684 3.4.1", NULL, "ADD_ADDR without echo", mpt_check_add_addr},
    {"add_addr_repeated", N, "RFC 8684 3.4.1", NULL, "ADD_ADDR repeated", NULL},
    {"add_addr_unused", N, "RFC 8684 3.4.1", NULL, "announced address never used", NULL},
    {"add_addr_hmac", E, "RFC 8684 3.4.1", NULL, "wrong HMAC in ADD_ADDR", mpt_check_add_addr_hmac},
    {"remove_addr_nothing", N, "RFC 8684 3.4.2", NULL, "REMOVE_ADDR that closes nothing",
     mpt_check_remove_addr},
    {"address_outlived", W, "RFC 8684 3.4.2", NULL, "subflow outlives its address", NULL},
    {"data_unmapped", W, "RFC 8684 3.3.1", NULL, "data without mapping", mpt_check_unmapped},
    {"mapping_conflict", E, "RFC 8684 3.3.1", NULL, "conflicting mappings", mpt_check_conflicts},
    {"dsn_far", E, "RFC 8684 3.3.1", NULL, "data sequence number out of reach", mpt_check_far},
    {"dsn_beyond_window", W, "RFC 8684 3.3.4", NULL, "data beyond the receive window",
     mpt_check_beyond_window},
    {"data_ack_beyond", E, "RFC 8684 3.3.2", NULL, "DATA_ACK beyond what was sent", mpt_check_data_acks},
    {"data_ack_back", W, "RFC 8684 3.3.2", NULL, "DATA_ACK goes back", NULL},
    {"data_after_fin", E, "RFC 8684 3.3.3", NULL, "data after the DATA_FIN", mpt_check_after_fin},
    {"data_not_acked", W, "RFC 8684 3.3.2", NULL, "acknowledged by TCP but not at the data level",
     mpt_check_not_delivered},
    {"checksum_bad", E, "RFC 8684 3.3", NULL, "DSS checksum wrong", mpt_check_checksums},
    {"checksum_unverified", N, "RFC 8684 3.3", NULL, "DSS checksum not verifiable", NULL},
    {"mp_fail", W, "RFC 8684 3.7", "RFC 6824 3.6", "MP_FAIL", mpt_check_mp_fail},
    {"backup_used", W, "RFC 8684 3.3.8", NULL, "backup subflow used although a regular one is up",
     mpt_check_backup},
    {"subflow_idle", N, "RFC 8684 3.3.8", NULL, "regular subflow that carries nothing", mpt_check_idle},
    {"failover", W, "RFC 8684 3.3.6", NULL, "path stops making progress", mpt_check_failover},
    {"data_waited", N, "RFC 8684 3.3.4", NULL, "data waited for late bytes", mpt_check_waits},
    {"window_closed", N, "RFC 8684 3.3.4", NULL, "receive window closed", mpt_check_window_closed},
    {"same_data_twice", N, "RFC 8684 3.3.6", NULL, "the same data on two subflows all along",
     mpt_check_reinjections},
    {"reinjections", N, "RFC 8684 3.3.6", NULL, "much data sent again on another subflow", NULL},
    {"reinjections_redundant", N, "RFC 8684 3.3.6", NULL, "data sent again without need", NULL},
};

/* Of a connection between two vantage points. */
static const mpt_check WAY_CHECKS[] = {
    {"option_removed", W, "RFC 8684 6", NULL, "MPTCP option removed on the way", mpt_check_ways},
    {"option_changed", W, "RFC 8684 6", NULL, "MPTCP option rewritten on the way", NULL},
    {"option_added", W, "RFC 8684 6", NULL, "MPTCP option added on the way", NULL},
    {"syn_blocked", W, "RFC 8684 6", NULL, "SYN with an MPTCP option does not arrive", NULL},
    {"addresses_changed", N, "RFC 8684 6", NULL, "addresses translated on the way", NULL},
    {"sequence_changed", N, "RFC 8684 6", NULL, "sequence numbers rewritten on the way", NULL},
    {"mss_changed", N, "RFC 9293 3.7.1", "RFC 9293 3.7.1", "maximum segment size clamped on the way", NULL},
};

/* Of the capture, whatever the versions in it. */
static const mpt_check CAPTURE_CHECKS[] = {
    {"capture_partial", N, NULL, NULL, "no handshake in the capture", mpt_check_capture},
    {"capture_one_way", N, NULL, NULL, "one direction missing in the capture", NULL},
    {"capture_options_cut", N, NULL, NULL, "options cut by the snaplen", NULL},
    {"capture_segments_lost", N, NULL, NULL, "segments that could not be read", NULL},
    {"capture_late", N, NULL, NULL, "segments out of time order", NULL},
    {"capture_gaps", N, NULL, NULL, "data that the capture never shows", NULL},
    {"options_malformed", W, NULL, NULL, "malformed options", NULL},
};

/* What the count of a check's findings is of; of all others it is "times". */
static const struct {
    const char *unit, *checks[16];
} UNITS[] = {
    {"bytes",
     {"data_unmapped", "mapping_conflict", "dsn_beyond_window", "data_after_fin", "data_not_acked",
      "backup_used", "subflow_idle", "failover", "same_data_twice", "reinjections", "reinjections_redundant",
      "capture_gaps"}},
    {"segments",
     {"capable_dropped", "capable_unanswered", "join_slow", "option_removed", "option_changed",
      "option_added", "syn_blocked", "capture_options_cut", "capture_segments_lost", "capture_late"}},
    {"DATA_ACKs", {"data_ack_beyond", "data_ack_back"}},
    {"mappings", {"checksum_bad", "checksum_unverified"}},
    {"connections", {"capture_partial"}},
    {"subflows", {"capture_one_way"}},
    {"options", {"options_malformed"}},
};

#undef E
#undef W
#undef N
#undef C

static const mpt_check *find_check(const char *id)
{
    for (size_t i = 0; i < G_N_ELEMENTS(CHECKS); i++)
        if (!strcmp(CHECKS[i].id, id))
            return &CHECKS[i];
    for (size_t i = 0; i < G_N_ELEMENTS(CAPTURE_CHECKS); i++)
        if (!strcmp(CAPTURE_CHECKS[i].id, id))
            return &CAPTURE_CHECKS[i];
    for (size_t i = 0; i < G_N_ELEMENTS(WAY_CHECKS); i++)
        if (!strcmp(WAY_CHECKS[i].id, id))
            return &WAY_CHECKS[i];
    g_assert_not_reached();
}

static const char *unit_of(const char *check)
{
    for (size_t i = 0; i < G_N_ELEMENTS(UNITS); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(UNITS[i].checks) && UNITS[i].checks[k]; k++)
            if (!strcmp(UNITS[i].checks[k], check))
                return UNITS[i].unit;
    return "times";
}

/* RFC 6824 has most things in sections of the same number. */
static const char *rfc_of(const char *rfc, const char *rfc_v0, const mpt_connection_view *v)
{
    static const char *const same[][2] = {
        {"RFC 8684 3.1", "RFC 6824 3.1"},     {"RFC 8684 3.2", "RFC 6824 3.2"},
        {"RFC 8684 3.3", "RFC 6824 3.3"},     {"RFC 8684 3.3.1", "RFC 6824 3.3.1"},
        {"RFC 8684 3.3.2", "RFC 6824 3.3.2"}, {"RFC 8684 3.3.3", "RFC 6824 3.3.3"},
        {"RFC 8684 3.3.4", "RFC 6824 3.3.4"}, {"RFC 8684 3.3.6", "RFC 6824 3.3.6"},
        {"RFC 8684 3.3.8", "RFC 6824 3.3.8"}, {"RFC 8684 3.4.1", "RFC 6824 3.4.1"},
        {"RFC 8684 3.4.2", "RFC 6824 3.4.2"}, {"RFC 8684 3.5", "RFC 6824 3.5"},
        {"RFC 8684 6", "RFC 6824 6"},
    };

    if (!v || !v->version.known || v->version.value != 0)
        return rfc;
    if (rfc_v0)
        return rfc_v0;
    for (size_t i = 0; i < G_N_ELEMENTS(same); i++)
        if (!strcmp(same[i][0], rfc))
            return same[i][1];
    return rfc;
}

const char *mpt_found_rfc(const mpt_checking *x, const char *rfc, const char *rfc_v0)
{
    return rfc_of(rfc, rfc_v0, x->v);
}

mpt_finding *mpt_found(mpt_checking *x, const char *id, int64_t time_ns, uint32_t frame, uint64_t count,
                       const char *format, ...)
{
    const mpt_check *check = id ? find_check(id) : x->check;
    int64_t epoch = mpt_engine_get_counts(x->engine)->earliest_ns;
    mpt_finding f = {.check = check->id,
                     .title = check->title,
                     .rfc = rfc_of(check->rfc, check->rfc_v0, x->v),
                     .severity = check->severity,
                     .has_connection = x->v != NULL,
                     .connection = x->v ? x->v->id : 0,
                     .frame = frame,
                     .count = MAX(count, 1),
                     .unit = unit_of(check->id)};
    va_list arguments;

    if (time_ns != INT64_MIN)
        f.time = (mpt_maybe_ns){.known = true, .ns = time_ns - epoch};
    va_start(arguments, format);
    f.sentence = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_array_append_val(x->found, f);
    return &g_array_index(x->found, mpt_finding, x->found->len - 1);
}

static void clear_finding(gpointer finding)
{
    g_free(((mpt_finding *)finding)->sentence);
}

static gint by_severity(gconstpointer a, gconstpointer b)
{
    const mpt_finding *x = a, *y = b;

    if (x->severity != y->severity)
        return x->severity < y->severity ? -1 : 1;
    if (x->time.known != y->time.known)
        return x->time.known ? -1 : 1;
    if (x->time.ns != y->time.ns)
        return x->time.ns < y->time.ns ? -1 : 1;
    if (x->frame != y->frame)
        return x->frame < y->frame ? -1 : 1;
    if (x->subflow.value != y->subflow.value)
        return x->subflow.value < y->subflow.value ? -1 : 1;
    return strcmp(x->check, y->check);
}

static GArray *run_checks(mpt_checking *x, const mpt_check *checks, size_t count)
{
    if (!x->found) {
        x->found = g_array_new(FALSE, TRUE, sizeof(mpt_finding));
        g_array_set_clear_func(x->found, clear_finding);
    }
    for (size_t i = 0; i < count; i++) {
        x->check = &checks[i];
        if (x->check->run)
            x->check->run(x);
    }
    g_array_sort(x->found, by_severity);
    return x->found;
}

/* --- what the checks share --- */

/* The answer to what was sent from here takes the whole way, an answer from here takes none. */
static mpt_near near_of(const mpt_connection_view *v)
{
    const mpt_subflow_view *first = v->subflows;

    if (!v->subflow_count || !first->syn_to_synack.known || !first->synack_to_ack.known ||
        first->subflow->kind != MPT_SUBFLOW_CAPABLE)
        return MPT_NEAR_UNKNOWN;
    if (first->synack_to_ack.ns < first->syn_to_synack.ns / 4)
        return MPT_NEAR_CLIENT;
    if (first->syn_to_synack.ns < first->synack_to_ack.ns / 4)
        return MPT_NEAR_SERVER;
    return MPT_NEAR_UNKNOWN;
}

/* Many subflows with many events each: no check may look through all events for each subflow. */
static GArray **index_events(const mpt_checking *x)
{
    GArray **index = g_new0(GArray *, x->v->subflow_count);

    for (guint i = 0; i < x->events->len; i++) {
        uint16_t owner = g_array_index(x->events, mpt_event, i).owner;
        if (owner >= x->v->subflow_count)
            continue;
        if (!index[owner])
            index[owner] = g_array_new(FALSE, FALSE, sizeof(guint));
        g_array_append_val(index[owner], i);
    }
    return index;
}

static void clear_index(const mpt_checking *x)
{
    for (uint32_t i = 0; i < x->v->subflow_count; i++)
        if (x->of_subflow[i])
            g_array_free(x->of_subflow[i], TRUE);
    g_free(x->of_subflow);
}

/* When the connection began to close: the first DATA_FIN or MP_FASTCLOSE; INT64_MAX: it did not. */
static int64_t closing(const mpt_checking *x)
{
    const mpt_event *fin = mpt_checking_event(x, MPT_EVENT_DATA_FIN, -1, -1, INT64_MIN);
    const mpt_event *fast = mpt_checking_event(x, MPT_EVENT_MP_FASTCLOSE, -1, -1, INT64_MIN);

    return MIN(fin ? fin->time_ns : INT64_MAX, fast ? fast->time_ns : INT64_MAX);
}

static GArray *of_connection(const mpt_engine *e, const mpt_connection_view *v, const GArray *ways, bool all)
{
    const mpt_engine_counts *counts = mpt_engine_get_counts(e);
    mpt_checking x = {.engine = e,
                      .v = v,
                      .c = v->connection,
                      .ways = ways,
                      .events = mpt_metrics_events(v->connection),
                      .near = near_of(v),
                      .whole = v->kind == MPT_KIND_MPTCP && v->subflow_count > 0 &&
                               v->subflows[0].subflow->syn_seen,
                      .reliable = !counts->cut_options && !counts->lost_segments && !counts->late_segments};

    x.of_subflow = index_events(&x);
    x.closing_ns = closing(&x);
    if (all)
        run_checks(&x, CHECKS, G_N_ELEMENTS(CHECKS));
    run_checks(&x, WAY_CHECKS, G_N_ELEMENTS(WAY_CHECKS));
    clear_index(&x);
    g_array_unref(x.events);
    return x.found;
}

GArray *mpt_findings_of_connection(const mpt_engine *e, const mpt_connection_view *v)
{
    return of_connection(e, v, NULL, true);
}

GArray *mpt_findings_of_ways(const mpt_engine *e, const mpt_connection_view *v, const GArray *ways)
{
    return of_connection(e, v, ways, true);
}

GArray *mpt_findings_between(const mpt_engine *e, const mpt_connection_view *v, const GArray *ways)
{
    return of_connection(e, v, ways, false);
}

GArray *mpt_findings_of_capture(const mpt_engine *e)
{
    mpt_checking x = {.engine = e};

    return run_checks(&x, CAPTURE_CHECKS, G_N_ELEMENTS(CAPTURE_CHECKS));
}

const mpt_subflow_view *mpt_checking_subflow(const mpt_checking *x, uint16_t owner)
{
    const mpt_subflow_view *s = mpt_metrics_subflow_of(x->v, owner);

    return s ? s : &x->v->subflows[0];
}

const mpt_event *mpt_checking_event(const mpt_checking *x, mpt_event_type type, int owner, int end,
                                    int64_t from_ns)
{
    const GArray *some = owner < 0 ? NULL : x->of_subflow[owner];
    guint n = owner < 0 ? x->events->len : some ? some->len : 0;

    for (guint i = 0; i < n; i++) {
        guint at = some ? g_array_index(some, guint, i) : i;
        const mpt_event *event = &g_array_index(x->events, mpt_event, at);
        if (event->type == type && event->time_ns >= from_ns &&
            (end < 0 || mpt_checking_end(x, event->side) == (unsigned)end))
            return event;
    }
    return NULL;
}

bool mpt_checking_one_way(const mpt_subflow_view *sv)
{
    const mpt_subflow *s = sv->subflow;

    for (unsigned side = 0; side < 2; side++)
        /* The side that is not in the capture has answered: the other acknowledges more than nothing. */
        if (!s->half[side].seen && s->half[!side].seen &&
            (s->ack_seen || s->synack_seen || s->half[!side].bytes.segments > 0))
            return true;
    return false;
}

/* --- words --- */

const char *mpt_word_end(unsigned end)
{
    return end ? "server" : "client";
}

const char *mpt_word_count(uint64_t n, char *text)
{
    char digits[24];
    int len = g_snprintf(digits, sizeof digits, "%" G_GUINT64_FORMAT, n), at = 0;

    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = '\0';
    return text;
}

const char *mpt_word_bytes(uint64_t bytes, char *text)
{
    mpt_word_count(bytes, text);
    g_strlcat(text, bytes == 1 ? " byte" : " bytes", MPT_WORD);
    return text;
}

const char *mpt_word_time(int64_t ns, char *text)
{
    uint64_t us = ((uint64_t)MAX(ns, 0) + 500) / 1000;

    if (us < 10000)
        g_snprintf(text, MPT_WORD, "%d.%02d ms", (int)(us / 1000), (int)(us % 1000 / 10));
    else if (us < 1000000)
        g_snprintf(text, MPT_WORD, "%d.%d ms", (int)(us / 1000), (int)(us % 1000 / 100));
    else
        g_snprintf(text, MPT_WORD, "%" G_GUINT64_FORMAT ".%03d s", us / 1000000, (int)(us % 1000000 / 1000));
    return text;
}

const char *mpt_word_seconds(int64_t ns, char *text)
{
    int64_t us = MAX(ns, 0) / 1000;

    g_snprintf(text, MPT_WORD, "%" G_GINT64_FORMAT ".%06d", us / 1000000, (int)(us % 1000000));
    return text;
}

const char *mpt_word_percent(uint64_t part, uint64_t all, char *text)
{
    unsigned tenths = all ? (unsigned)((double)part / (double)all * 1000.0 + 0.5) : 0;

    g_snprintf(text, MPT_WORD, "%u.%u %%", tenths / 10, tenths % 10);
    return text;
}

const char *mpt_labels_subflow(const mpt_subflow_view *sv, char *text)
{
    char client[MPT_ENDPOINT_TEXT], server[MPT_ENDPOINT_TEXT];

    g_snprintf(text, MPT_SUBFLOW_WORDS, "subflow %u (%s - %s)", sv->id,
               mpt_endpoint_text(&sv->subflow->ends[sv->side[0]], client),
               mpt_endpoint_text(&sv->subflow->ends[sv->side[1]], server));
    return text;
}

const char *mpt_severity_name(mpt_severity severity)
{
    static const char *const names[MPT_SEVERITIES] = {
        [MPT_SEVERITY_ERROR] = "error",
        [MPT_SEVERITY_WARNING] = "warning",
        [MPT_SEVERITY_NOTE] = "note",
        [MPT_SEVERITY_CHAT] = "chat",
    };

    return names[severity];
}
