/* findings.c - see findings.h: runs the check functions; what they share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "findings.h"

#include <string.h>

#include "checks.h"

typedef enum mpt_checked { OF_CONNECTION, OF_WAY, OF_CAPTURE } mpt_checked;

static const struct {
    const char *name;
    mpt_checked of;
    mpt_severity severity;
    mpt_rfcs rfcs;
    mpt_finding_unit unit;
    void (*run)(mpt_checking *x);
} CHECKS[MPT_FINDING_IDS] = {
#define X(id, name, of, severity, rfcs, unit, run)                                                           \
    {#name, OF_##of, MPT_SEVERITY_##severity, MPT_RFC_##rfcs, MPT_FINDING_OF_##unit, run},
    MPT_FINDINGS(X)
#undef X
};

const char *mpt_finding_name(mpt_finding_id id)
{
    return CHECKS[id].name;
}

mpt_severity mpt_finding_severity(mpt_finding_id id)
{
    return CHECKS[id].severity;
}

mpt_rfc mpt_finding_rfc(mpt_finding_id id, uint8_t version)
{
    return version == 0 ? CHECKS[id].rfcs.v0 : CHECKS[id].rfcs.v1;
}

mpt_rfc mpt_found_rfc(const mpt_checking *x, const mpt_rfcs *rfcs)
{
    return x->v && x->v->version.known && x->v->version.value == 0 ? rfcs->v0 : rfcs->v1;
}

mpt_finding *mpt_found(mpt_checking *x, mpt_finding_id id, int64_t time_ns, uint32_t frame, uint64_t count)
{
    int64_t epoch = mpt_engine_get_counts(x->engine)->earliest_ns;
    mpt_finding f = {.id = id,
                     .rfc = mpt_found_rfc(x, &CHECKS[id].rfcs),
                     .severity = CHECKS[id].severity,
                     .has_connection = x->v != NULL,
                     .connection = x->v ? x->v->id : 0,
                     .frame = frame,
                     .count = MAX(count, 1),
                     .unit = CHECKS[id].unit};

    if (time_ns != INT64_MIN)
        f.time = (mpt_maybe_ns){.known = true, .ns = time_ns - epoch};
    g_array_append_val(x->found, f);
    return &g_array_index(x->found, mpt_finding, x->found->len - 1);
}

mpt_finding *mpt_found_clause(mpt_finding *f, const mpt_saying *saying)
{
    unsigned count = MPT_CLAUSE_TERMS;

    while (count > 0 && saying->terms[count - 1].type == MPT_TERM_NONE)
        count--;
    g_assert(f->clause_count < MPT_CLAUSES && f->term_count + count <= MPT_TERMS);
    f->clauses[f->clause_count++] = (mpt_clause){.phrase = saying->phrase, .first = f->term_count};
    for (unsigned i = 0; i < count; i++)
        f->terms[f->term_count++] = saying->terms[i];
    return f;
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
    return strcmp(CHECKS[x->id].name, CHECKS[y->id].name);
}

static GArray *run_checks(mpt_checking *x, mpt_checked from, mpt_checked to)
{
    x->found = g_array_new(FALSE, TRUE, sizeof(mpt_finding));
    for (unsigned id = 0; id < MPT_FINDING_IDS; id++)
        if (CHECKS[id].run && CHECKS[id].of >= from && CHECKS[id].of <= to)
            CHECKS[id].run(x);
    g_array_sort(x->found, by_severity);
    return x->found;
}

/* --- what the checks share --- */

/* The answer to what was sent from here takes the whole way, an answer from here takes none. */
mpt_near mpt_near_of(const mpt_connection_view *v)
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

    return MIN(fin ? fin->time_ns : INT64_MAX, x->c->fastclose ? x->c->fastclose_ns : INT64_MAX);
}

static GArray *of_connection(const mpt_engine *e, const mpt_connection_view *v, const GArray *ways,
                             const mpt_reinjection_log *log, mpt_checked from)
{
    const mpt_engine_counts *counts = mpt_engine_get_counts(e);
    mpt_checking x = {.engine = e,
                      .v = v,
                      .c = v->connection,
                      .ways = ways,
                      .log = log,
                      .events = mpt_metrics_events(v->connection),
                      .near = mpt_near_of(v),
                      .whole = v->kind == MPT_KIND_MPTCP && v->subflow_count > 0 &&
                               v->subflows[0].subflow->syn_seen,
                      .reliable = !counts->cut_options && !counts->lost_segments && !counts->late_segments};

    x.of_subflow = index_events(&x);
    x.closing_ns = closing(&x);
    run_checks(&x, from, OF_WAY);
    clear_index(&x);
    g_array_unref(x.events);
    return x.found;
}

GArray *mpt_findings_of_connection(const mpt_engine *e, const mpt_connection_view *v,
                                   const mpt_reinjection_log *log)
{
    return of_connection(e, v, NULL, log, OF_CONNECTION);
}

GArray *mpt_findings_of_ways(const mpt_engine *e, const mpt_connection_view *v, const GArray *ways,
                             const mpt_reinjection_log *log)
{
    return of_connection(e, v, ways, log, OF_CONNECTION);
}

GArray *mpt_findings_between(const mpt_engine *e, const mpt_connection_view *v, const GArray *ways)
{
    return of_connection(e, v, ways, NULL, OF_WAY);
}

GArray *mpt_findings_of_capture(const mpt_engine *e)
{
    mpt_checking x = {.engine = e};

    return run_checks(&x, OF_CAPTURE, OF_CAPTURE);
}

const mpt_event *mpt_checking_event(const mpt_checking *x, mpt_event_type type, int owner, int role,
                                    int64_t from_ns)
{
    const GArray *some = owner < 0 ? NULL : x->of_subflow[owner];
    guint n = owner < 0 ? x->events->len : some ? some->len : 0;

    for (guint i = 0; i < n; i++) {
        guint at = some ? g_array_index(some, guint, i) : i;
        const mpt_event *event = &g_array_index(x->events, mpt_event, at);
        if (event->type == type && event->time_ns >= from_ns &&
            (role < 0 || mpt_metrics_role(x->v, event->side) == (mpt_role)role))
            return event;
    }
    return NULL;
}

bool mpt_checking_found(const mpt_checking *x, mpt_finding_id id, uint32_t subflow)
{
    for (guint i = 0; i < x->found->len; i++) {
        const mpt_finding *f = &g_array_index(x->found, mpt_finding, i);
        if (f->id == id && f->subflow.known && f->subflow.value == subflow)
            return true;
    }
    return false;
}

uint64_t mpt_checking_sent_since(const mpt_checking *x, mpt_direction direction, int64_t from_ns)
{
    mpt_runs runs = mpt_metrics_level(x->v, direction)->owned.runs;
    uint64_t bytes = 0;
    mpt_runs_at at;

    for (const mpt_run *r = mpt_runs_first(&runs, &at); r; r = mpt_runs_next(&runs, &at))
        if (r->value >= from_ns)
            bytes += r->length;
    return bytes;
}
