/* account.c - see account.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "account.h"

#include <math.h>
#include <string.h>

#include "finding_text.h"
#include "labels.h"
#include "overview.h"
#include "plugin/report/format/text.h"
#include "tap/engine/base/units.h"
#include "tap/engine/findings/findings.h"

/* Subflows that are named with what they carried. */
#define NAMED    3
/* Troubles that are told. */
#define TROUBLES 2

typedef struct account {
    const mpt_report_context *x;
    const mpt_connection_view *v;
    GArray *findings;
} account;

/* --- over which paths, what each carried --- */

static int64_t data_of(const mpt_subflow_view *s, mpt_direction direction)
{
    return (int64_t)s->direction[direction].bytes.first_bytes;
}

/* Those that carried data first in this direction, the most first. */
static unsigned carriers(const mpt_connection_view *v, mpt_direction direction,
                         const mpt_subflow_view *most[NAMED])
{
    unsigned count = 0;

    for (uint32_t i = 0; i < v->subflow_count; i++) {
        const mpt_subflow_view *s = &v->subflows[i];
        unsigned at = MIN(count, NAMED);
        if (data_of(s, direction) == 0)
            continue;
        count++;
        while (at > 0 && data_of(most[at - 1], direction) < data_of(s, direction)) {
            if (at < NAMED)
                most[at] = most[at - 1];
            at--;
        }
        if (at < NAMED)
            most[at] = s;
    }
    return count;
}

static void append_path(GString *out, const mpt_subflow_view *s)
{
    char client[MPT_ENDPOINT_TEXT], server[MPT_ENDPOINT_TEXT];

    g_string_append_printf(out, "subflow %u (%s - %s)", s->id,
                           mpt_endpoint_text(mpt_metrics_endpoint(s, MPT_CLIENT), client),
                           mpt_endpoint_text(mpt_metrics_endpoint(s, MPT_SERVER), server));
}

static void append_shares(GString *out, const mpt_connection_view *v, mpt_direction direction)
{
    const mpt_subflow_view *most[NAMED] = {NULL};
    unsigned count = carriers(v, direction, most);
    double rest = 1;

    if (count == 1) {
        g_string_append(out, v->subflow_count > 1 ? ", all of it over " : ", over ");
        append_path(out, most[0]);
        if (v->subflow_count > 1)
            g_string_append_printf(out, ", one of %u", v->subflow_count);
        return;
    }
    for (unsigned i = 0; i < MIN(count, NAMED); i++) {
        g_string_append(out, i == 0 ? ": " : i + 1 == count ? " and " : ", ");
        mpt_units_percent(out, 100 * most[i]->direction[direction].share);
        append_path(g_string_append(out, " over "), most[i]);
        rest -= most[i]->direction[direction].share;
    }
    if (count > NAMED) {
        mpt_units_percent(g_string_append(out, " and "), 100 * rest);
        g_string_append_printf(out, " over %u other%s", count - NAMED, count == NAMED + 1 ? "" : "s");
    }
}

static void append_sent(GString *out, const mpt_connection_view *v, mpt_direction direction)
{
    const mpt_connection_direction *d = &v->direction[direction];
    const mpt_connection_direction *back = &v->direction[mpt_direction_other(direction)];
    mpt_role sender = mpt_direction_sender(direction);

    g_string_append_printf(out, "The %s sent ", mpt_role_name(sender));
    mpt_units_things(out, d->data.dsn_unique_bytes, "byte");
    if (d->bytes.segments > 1 && d->bytes.data_duration.known)
        mpt_units_duration(g_string_append(out, " in "), d->bytes.data_duration.ns);
    append_shares(out, v, direction);
    if (back->data.dsn_unique_bytes) {
        g_string_append_printf(out, "; the %s sent ", mpt_role_name(mpt_role_other(sender)));
        mpt_units_things(out, back->data.dsn_unique_bytes, "byte");
    }
    if (d->data.dsn_gap_bytes) {
        mpt_units_things(g_string_append(out, "; "), d->data.dsn_gap_bytes, "byte");
        g_string_append(out, " more are not in the capture");
    }
    g_string_append_c(out, '.');
}

/* --- findings --- */

static bool is_one_of(mpt_finding_id id, const mpt_finding_id *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ids[i] == id)
            return true;
    return false;
}

/* Why it is plain TCP, or no connection. */
static const mpt_finding_id HOW[] = {MPT_FINDING_FALLBACK, MPT_FINDING_CAPABLE_DROPPED,
                                     MPT_FINDING_CAPABLE_UNANSWERED, MPT_FINDING_CAPABLE_REFUSED,
                                     MPT_FINDING_VERSION_MISMATCH};
/* What the other sentences say already. */
static const mpt_finding_id TOLD[] = {MPT_FINDING_SINGLE_PATH, MPT_FINDING_ABORTED,
                                      MPT_FINDING_DATA_NOT_ACKED};
/* Notes that cost something, and the reason of the speed: those that matter most first. */
static const mpt_finding_id NOTES[] = {MPT_FINDING_SUBFLOW_ABANDONED,
                                       MPT_FINDING_DATA_WAITED,
                                       MPT_FINDING_WINDOW_CLOSED,
                                       MPT_FINDING_BUFFERBLOAT,
                                       MPT_FINDING_SAME_DATA_TWICE,
                                       MPT_FINDING_SUBFLOW_IDLE,
                                       MPT_FINDING_LIMITED};
/* Warnings of the paths come before others. */
static const mpt_finding_id PATHS[] = {
    MPT_FINDING_NO_SUBFLOW, MPT_FINDING_PATH_OUTAGE, MPT_FINDING_FAILOVER,       MPT_FINDING_SUBFLOW_FLAPPING,
    MPT_FINDING_PATH_MTU,   MPT_FINDING_ICMP_ERROR,  MPT_FINDING_WINDOW_LIMITED, MPT_FINDING_RESET_FOREIGN};

/* What is right, and exact, also where the engine has kept no evidence. */
static const mpt_finding_id PLAIN[] = {
    MPT_FINDING_PATH_OUTAGE,        MPT_FINDING_NO_SUBFLOW,       MPT_FINDING_FAILOVER,
    MPT_FINDING_SUBFLOW_FLAPPING,   MPT_FINDING_ICMP_ERROR,       MPT_FINDING_RESET_FOREIGN,
    MPT_FINDING_INTERFACE_MISMATCH, MPT_FINDING_JOIN_REFUSED,     MPT_FINDING_JOIN_LIMIT,
    MPT_FINDING_JOIN_UNKNOWN_TOKEN, MPT_FINDING_JOIN_AFTER_CLOSE, MPT_FINDING_MP_FAIL,
    MPT_FINDING_SUBFLOW_RESET,      MPT_FINDING_CAPABLE_REFUSED,  MPT_FINDING_FASTCLOSE_KEY};

static bool has_evidence(const account *a)
{
    return mpt_engine_get_config(a->x->engine)->want_evidence;
}

/* The lower, the more it matters; UINT_MAX: not at all here. */
static unsigned weight(const account *a, const mpt_finding *f)
{
    if (is_one_of(f->id, HOW, G_N_ELEMENTS(HOW)) || is_one_of(f->id, TOLD, G_N_ELEMENTS(TOLD)) ||
        (f->id == MPT_FINDING_SUBFLOW_RESET &&
         (a->v->close == MPT_CLOSE_RESET || a->v->close == MPT_CLOSE_FASTCLOSE)) ||
        (!has_evidence(a) && !is_one_of(f->id, PLAIN, G_N_ELEMENTS(PLAIN))))
        return UINT_MAX;
    if (f->severity == MPT_SEVERITY_ERROR)
        return 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(PATHS); i++)
        if (PATHS[i] == f->id)
            return 1 + i;
    if (f->severity == MPT_SEVERITY_WARNING)
        return 100;
    for (unsigned i = 0; i < G_N_ELEMENTS(NOTES); i++)
        if (NOTES[i] == f->id)
            return 200 + i;
    return UINT_MAX;
}

static const mpt_finding *found_of(const account *a, const mpt_finding_id *ids, size_t count)
{
    for (guint i = 0; i < a->findings->len; i++) {
        const mpt_finding *f = &g_array_index(a->findings, mpt_finding, i);
        if (is_one_of(f->id, ids, count))
            return f;
    }
    return NULL;
}

/* What was sent; NULL: the connection was never answered, and a finding says so. */
static char *what_was_sent(const account *a)
{
    const mpt_connection_view *v = a->v;
    uint64_t c2s = v->direction[MPT_C2S].data.dsn_unique_bytes,
             s2c = v->direction[MPT_S2C].data.dsn_unique_bytes;
    uint64_t payload = v->direction[MPT_C2S].bytes.payload_bytes + v->direction[MPT_S2C].bytes.payload_bytes;
    GString *out;

    if (v->kind == MPT_KIND_UNANSWERED && has_evidence(a) && found_of(a, HOW, G_N_ELEMENTS(HOW)))
        return NULL;
    out = g_string_new(NULL);
    if (v->kind == MPT_KIND_UNANSWERED) {
        g_string_append(out, "The client's SYN with MP_CAPABLE was not answered in the capture.");
    } else if (c2s || s2c) {
        append_sent(out, v, c2s >= s2c ? MPT_C2S : MPT_S2C);
    } else if (payload) {
        mpt_units_things(out, payload, "byte");
        g_string_append(out, " of payload were sent, but no mapping gives their place in the data.");
    } else {
        g_string_append(out, "No data was sent.");
    }
    return g_string_free(out, FALSE);
}

/* "frame 55" is in it, and not of "frame 555". */
static bool names_frame(const char *sentence, uint32_t frame)
{
    char *text = g_strdup_printf("frame %u", frame);
    size_t length = strlen(text);
    bool found = false;

    for (const char *at = strstr(sentence, text); at && !found; at = strstr(at + 1, text))
        found = !g_ascii_isdigit(at[length]);
    g_free(text);
    return found;
}

/* True if this finding is of the kind of the other, or of the frame that its sentence ends with. */
static bool is_told_by(const mpt_finding *f, const mpt_finding *other)
{
    char *sentence;
    bool told;

    if (f->id == other->id)
        return true;
    sentence = mpt_finding_sentence(other, NULL);
    told = f->frame && names_frame(sentence, f->frame);
    g_free(sentence);
    return told;
}

/* The findings that matter most, each of another kind. */
static unsigned troubles(const account *a, const mpt_finding *worst[TROUBLES])
{
    unsigned count = 0;

    while (count < TROUBLES) {
        const mpt_finding *best = NULL;
        for (guint i = 0; i < a->findings->len; i++) {
            const mpt_finding *f = &g_array_index(a->findings, mpt_finding, i);
            if (weight(a, f) != UINT_MAX && (!best || weight(a, f) < weight(a, best)) &&
                (count == 0 || !is_told_by(f, worst[0])))
                best = f;
        }
        if (!best)
            break;
        worst[count++] = best;
    }
    if (count == 2 && worst[0]->time.known && worst[1]->time.known && worst[1]->time.ns < worst[0]->time.ns) {
        const mpt_finding *first = worst[1];
        worst[1] = worst[0];
        worst[0] = first;
    }
    return count;
}

/* Where the sentence ends that begins at text: behind its full stop. */
static const char *sentence_end(const char *text)
{
    for (const char *at = strstr(text, ". "); at; at = strstr(at + 1, ". "))
        if (g_ascii_isupper(at[2]) || g_ascii_isdigit(at[2]))
            return at + 1;
    return text + strlen(text);
}

/* Where it is to be seen, and how often it was found, as far as the sentence does not say it: " (frame 59,
 * 0.808806 s)". */
static void append_where(const account *a, const mpt_finding *f, GString *sentence)
{
    GString *where = g_string_new(NULL), *time = g_string_new(NULL);
    char *frame = g_strdup_printf("frame %u", f->frame);
    unsigned times = 0;

    for (guint i = 0; i < a->findings->len; i++)
        times += g_array_index(a->findings, mpt_finding, i).id == f->id;
    if (f->frame && !names_frame(sentence->str, f->frame))
        g_string_append(where, frame);
    if (f->time.known) {
        mpt_units_seconds(time, f->time.ns / 1000 * 1000, 6);
        if (!strstr(sentence->str, time->str))
            g_string_append_printf(where, "%s%s s", where->len ? ", " : "", time->str);
    }
    if (times > 1)
        g_string_append_printf(where, "%sfirst of %u", where->len ? "; " : "", times);
    if (where->len && g_str_has_suffix(sentence->str, ").")) {
        g_string_truncate(sentence, sentence->len - 2);
        g_string_append_printf(sentence, "%s%s).", names_frame(sentence->str, f->frame) ? ", " : "; ",
                               where->str);
    } else if (where->len && g_str_has_suffix(sentence->str, ".")) {
        g_string_truncate(sentence, sentence->len - 1);
        g_string_append_printf(sentence, " (%s).", where->str);
    }
    g_free(frame);
    g_string_free(time, TRUE);
    g_string_free(where, TRUE);
}

/* What limited a direction has no frame to look at, and a failover that of its second sentence. */
static bool is_moment(mpt_finding_id id)
{
    return id != MPT_FINDING_LIMITED && id != MPT_FINDING_WINDOW_LIMITED && id != MPT_FINDING_FAILOVER;
}

/* The sentences of a finding, each by itself. */
static GPtrArray *sentences_of(const account *a, const mpt_finding *f, bool where)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(g_free);
    char *text = f ? mpt_finding_sentence(f, NULL) : NULL;

    /* Without evidence the further sentences are less exact. */
    for (const char *at = text; at && *at && (all->len == 0 || !where || has_evidence(a));) {
        const char *end = sentence_end(at);
        GString *one = g_string_new_len(at, end - at);
        if (where && all->len == 0 && is_moment(f->id))
            append_where(a, f, one);
        g_ptr_array_add(all, g_string_free(one, FALSE));
        for (at = end; *at == ' '; at++)
            continue;
    }
    g_free(text);
    return all;
}

/* --- how it ended --- */

/* Sent and not acknowledged at the data level; -1: not known. */
static int64_t not_acknowledged(const mpt_connection_direction *d)
{
    if (d->data.dsn_unique_bytes == 0)
        return 0;
    if (!d->data.acked_bytes.known || !d->data.dsn_end.known)
        return -1;
    return MAX(d->data.dsn_end.value - 1 - d->data.acked_bytes.value, 0);
}

static void append_acknowledged(GString *out, const mpt_connection_view *v)
{
    const char *before = "; ";
    bool all = true, any = false;

    for (mpt_direction d = 0; d < MPT_DIRECTIONS; d++) {
        int64_t missing = not_acknowledged(&v->direction[d]);
        any |= v->direction[d].data.dsn_unique_bytes > 0;
        all &= missing == 0;
        if (missing <= 0)
            continue;
        mpt_units_things(g_string_append(out, before), (uint64_t)missing, "byte");
        g_string_append_printf(out, " from the %s %s not acknowledged",
                               mpt_role_name(mpt_direction_sender(d)), missing == 1 ? "was" : "were");
        before = " and ";
    }
    if (all && any)
        g_string_append(out, "; all data was acknowledged");
}

/* NULL: there was no connection. */
static char *how_it_ended(const account *a)
{
    static const char *const words[] = {
        [MPT_CLOSE_OPEN] = "The connection was still open when the capture ended",
        [MPT_CLOSE_DATA_FIN] = "Both hosts closed the connection",
        [MPT_CLOSE_FASTCLOSE] = "The connection was aborted with MP_FASTCLOSE",
        [MPT_CLOSE_RESET] = "The connection ended with all subflows reset"};
    const mpt_connection_view *v = a->v;
    GString *out;

    if (v->kind == MPT_KIND_UNANSWERED)
        return NULL;
    out = g_string_new(v->close == MPT_CLOSE_RESET && v->subflow_count == 1
                           ? "The connection ended with a reset"
                           : words[v->close]);
    if (v->close != MPT_CLOSE_OPEN && v->close != MPT_CLOSE_DATA_FIN && v->close_by.known)
        g_string_append_printf(out, " by the %s", mpt_role_name((mpt_role)v->close_by.value));
    if (v->close != MPT_CLOSE_OPEN && v->close_time.known) {
        mpt_units_seconds(g_string_append(out, " at "), v->close_time.ns / 1000 * 1000, 6);
        g_string_append(out, " s");
    }
    if (v->close == MPT_CLOSE_DATA_FIN && v->close_by.known)
        g_string_append_printf(out, ", the %s first", mpt_role_name((mpt_role)v->close_by.value));
    append_acknowledged(out, v);
    g_string_append_c(out, '.');
    return g_string_free(out, FALSE);
}

/* --- putting it together --- */

/* That it fell back, without a cause: SYNs that got no answer are not known. */
static GPtrArray *fallback_alone(const mpt_connection_view *v)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(all,
                    g_strdup_printf("The connection is plain TCP: %s.", mpt_fallback_phrase(v->fallback)));
    return all;
}

/* What is told of the findings: why it is plain TCP or has one path, and the troubles. Of each its first
 * sentence; the second ones as far as there is room. */
static void add_findings(const account *a, GPtrArray *out, unsigned room)
{
    static const mpt_finding_id single[] = {MPT_FINDING_SINGLE_PATH};
    const mpt_finding *f = has_evidence(a) ? found_of(a, HOW, G_N_ELEMENTS(HOW)) : NULL, *worst[TROUBLES];
    GPtrArray *parts[1 + TROUBLES];
    unsigned count = 0, taken[1 + TROUBLES] = {0}, n = troubles(a, worst);

    if (!has_evidence(a) && a->v->fallback != MPT_FALLBACK_NONE)
        parts[count++] = fallback_alone(a->v);
    else
        parts[count++] = sentences_of(a, f ? f : found_of(a, single, G_N_ELEMENTS(single)), false);
    for (unsigned i = 0; i < n; i++)
        parts[count++] = sentences_of(a, worst[i], true);
    for (unsigned round = 0; round < MPT_ACCOUNT_SENTENCES; round++)
        for (unsigned i = 0; i < count && room > 0; i++)
            if (parts[i]->len > round) {
                taken[i]++;
                room--;
            }
    for (unsigned i = 0; i < count; i++) {
        for (unsigned k = 0; k < taken[i]; k++)
            g_ptr_array_add(out, g_strdup(g_ptr_array_index(parts[i], k)));
        g_ptr_array_unref(parts[i]);
    }
}

/* Names the ends of each subflow once. */
static void shorten(const mpt_connection_view *v, GPtrArray *sentences)
{
    for (uint32_t i = 0; i < v->subflow_count; i++) {
        GString *name = g_string_new(NULL);
        bool named = false;
        append_path(name, &v->subflows[i]);
        for (guint k = 0; k < sentences->len; k++) {
            /* "Subflow" too */
            char *text = g_ptr_array_index(sentences, k), *at = strstr(text, name->str + 1);
            for (; at; at = strstr(at + 1, name->str + 1)) {
                char *ends = strchr(at, '(') - 1;
                if (named)
                    memmove(ends, at + name->len - 1, strlen(at + name->len - 1) + 1);
                named = true;
            }
        }
        g_string_free(name, TRUE);
    }
}

GPtrArray *mpt_account(const mpt_report_context *x, const mpt_connection_view *v)
{
    account a = {.x = x, .v = v};
    GPtrArray *out;
    char *sent, *end;

    if (mpt_arguments_has(x->arguments, MPT_ARG_FROM) || mpt_arguments_has(x->arguments, MPT_ARG_TO))
        return NULL;
    out = g_ptr_array_new_with_free_func(g_free);
    a.findings = mpt_findings_of_connection(x->engine, v, x->reinjections);
    sent = what_was_sent(&a);
    end = how_it_ended(&a);
    if (sent)
        g_ptr_array_add(out, sent);
    add_findings(&a, out, MPT_ACCOUNT_SENTENCES - (sent != NULL) - (end != NULL));
    if (end)
        g_ptr_array_add(out, end);
    shorten(v, out);
    g_array_unref(a.findings);
    return out;
}

bool mpt_account_of_one(const mpt_report_context *x)
{
    mpt_connection_view v = {0};
    bool one = mpt_report_next(x, &v) && !mpt_report_next(x, &v);

    mpt_metrics_clear(&v);
    return one;
}
