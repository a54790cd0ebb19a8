/* finding_groups.c - see finding_groups.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "finding_groups.h"

#include "finding_text.h"
#include "plugin/report/format/text.h"
#include "tap/engine/base/units.h"

/* So few are named one by one. */
#define FEW 4

struct mpt_finding_groups {
    const char *const *points;
    bool sentences;
    GHashTable *alike;                 /* a set of mpt_finding_group, by its first finding */
    GPtrArray *groups[MPT_SEVERITIES]; /* mpt_finding_group */
};

/* --- what is equal --- */

/* Terms that say why, or who: the others say where and how much. */
static bool is_cause(const mpt_term *t)
{
    return t->type == MPT_TERM_ROLE || t->type == MPT_TERM_FLAG || t->type == MPT_TERM_REASON ||
           t->type == MPT_TERM_OPTION || t->type == MPT_TERM_POINT;
}

static guint finding_hash(gconstpointer key)
{
    const mpt_finding *f = key;
    guint sum = (guint)f->id * 31u + (guint)(f->direction.known ? f->direction.value + 1 : 0);

    for (unsigned i = 0; i < f->clause_count; i++)
        sum = sum * 31u + (guint)f->clauses[i].phrase;
    for (unsigned i = 0; i < f->term_count; i++)
        if (is_cause(&f->terms[i]))
            sum = sum * 31u + (guint)f->terms[i].number;
    return sum;
}

static gboolean finding_equal(gconstpointer left, gconstpointer right)
{
    const mpt_finding *a = left, *b = right;

    if (a->id != b->id || a->severity != b->severity || a->rfc.number != b->rfc.number ||
        a->has_connection != b->has_connection || a->direction.known != b->direction.known ||
        a->direction.value != b->direction.value || a->clause_count != b->clause_count ||
        a->term_count != b->term_count)
        return FALSE;
    for (unsigned i = 0; i < a->clause_count; i++)
        if (a->clauses[i].phrase != b->clauses[i].phrase || a->clauses[i].first != b->clauses[i].first)
            return FALSE;
    for (unsigned i = 0; i < a->term_count; i++)
        if (a->terms[i].type != b->terms[i].type ||
            (is_cause(&a->terms[i]) && a->terms[i].number != b->terms[i].number))
            return FALSE;
    return TRUE;
}

/* --- collecting --- */

static void clear_occurrence(gpointer data)
{
    g_free(((mpt_finding_occurrence *)data)->sentence);
}

static void free_group(gpointer data)
{
    mpt_finding_group *group = data;

    g_array_unref(group->occurrences);
    if (group->seen)
        g_hash_table_destroy(group->seen);
    g_free(group);
}

mpt_finding_groups *mpt_finding_groups_new(const char *const *points, bool sentences)
{
    mpt_finding_groups *g = g_new0(mpt_finding_groups, 1);

    g->points = points;
    g->sentences = sentences;
    g->alike = g_hash_table_new(finding_hash, finding_equal);
    for (unsigned s = 0; s < MPT_SEVERITIES; s++)
        g->groups[s] = g_ptr_array_new_with_free_func(free_group);
    return g;
}

void mpt_finding_groups_free(mpt_finding_groups *g)
{
    if (!g)
        return;
    g_hash_table_destroy(g->alike);
    for (unsigned s = 0; s < MPT_SEVERITIES; s++)
        g_ptr_array_free(g->groups[s], TRUE);
    g_free(g);
}

/* The key of the table is its member `first`: g_hash_table_lookup() gives the group. */
G_STATIC_ASSERT(G_STRUCT_OFFSET(mpt_finding_group, first) == 0);

static mpt_finding_group *group_of(mpt_finding_groups *g, const mpt_finding *f)
{
    mpt_finding_group *group = g_hash_table_lookup(g->alike, f);

    if (group)
        return group;
    group = g_new0(mpt_finding_group, 1);
    group->first = *f;
    group->occurrences = g_array_new(FALSE, FALSE, sizeof(mpt_finding_occurrence));
    g_array_set_clear_func(group->occurrences, clear_occurrence);
    g_hash_table_add(g->alike, group);
    g_ptr_array_add(g->groups[f->severity], group);
    return group;
}

/* Who opened the subflow that it is about, or the connection. */
static const mpt_endpoint *opener(const mpt_finding *f, const mpt_connection_view *v)
{
    const mpt_subflow_view *s = NULL;

    if (f->subflow.known && (uint64_t)f->subflow.value < v->subflow_count)
        s = &v->subflows[f->subflow.value];
    if (!s)
        return &v->end[MPT_CLIENT];
    return mpt_metrics_endpoint(s, s->initiator.known ? (mpt_role)s->initiator.value : MPT_CLIENT);
}

static void note_address(mpt_finding_group *group, const mpt_endpoint *e)
{
    char text[MPT_ADDRESS_TEXT];

    if (!group->seen)
        group->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_add(group->seen, g_strdup(mpt_endpoint_address_text(e, text)));
    group->addresses = g_hash_table_size(group->seen);
}

static bool is_earlier(const mpt_finding *a, const mpt_finding *b)
{
    return a->time.known && (!b->time.known || a->time.ns < b->time.ns);
}

static void add(mpt_finding_groups *g, const mpt_finding *f, const mpt_connection_view *v)
{
    mpt_finding_group *group = group_of(g, f);
    mpt_finding_occurrence o = {.connection = f->connection,
                                .frame = f->frame,
                                .subflow = f->subflow,
                                .time = f->time,
                                .count = f->count};

    if (group->times++ == 0 || group->last_connection != f->connection)
        group->connections += f->has_connection;
    group->last_connection = f->connection;
    group->count += f->count;
    if (v)
        note_address(group, opener(f, v));
    if (is_earlier(f, &group->first))
        group->first = *f; /* equal to what it replaces, so it stays the key */
    if (f->time.known && (!group->last_time.known || f->time.ns > group->last_time.ns))
        group->last_time = f->time;
    if (group->occurrences->len == MPT_OCCURRENCES)
        return;
    if (g->sentences)
        o.sentence = mpt_finding_sentence(f, g->points);
    g_array_append_val(group->occurrences, o);
}

void mpt_finding_groups_add(mpt_finding_groups *g, GArray *findings, const mpt_connection_view *v)
{
    for (guint i = 0; i < findings->len; i++)
        add(g, &g_array_index(findings, mpt_finding, i), v);
    g_array_unref(findings);
}

const GPtrArray *mpt_finding_groups_of(const mpt_finding_groups *g, mpt_severity severity)
{
    return g->groups[severity];
}

/* --- in words --- */

static void put_instant(GString *out, int64_t ns)
{
    mpt_units_seconds(out, ns / 1000 * 1000, 6);
    g_string_append(out, " s");
}

static bool is_first(const mpt_finding_group *group, const mpt_finding_occurrence *o)
{
    const mpt_finding *f = &group->first;

    return o->connection == f->connection && o->frame == f->frame && o->subflow.known == f->subflow.known &&
           o->subflow.value == f->subflow.value && o->count == f->count;
}

static void put_place(const mpt_finding_group *group, const mpt_finding_occurrence *o, GString *out)
{
    const char *before = "";

    if (group->connections > 1)
        g_string_append_printf(out, "connection %u", o->connection), before = ", ";
    if (o->subflow.known)
        g_string_append_printf(out, "%ssubflow %u", before, (unsigned)o->subflow.value), before = ", ";
    if (o->frame)
        g_string_append_printf(out, "%sframe %u", before, o->frame), before = ", ";
    if (o->time.known) {
        g_string_append(out, before);
        put_instant(out, o->time.ns);
    }
    if (group->first.unit != MPT_FINDING_OF_TIMES) {
        g_string_append(out, " (");
        mpt_units_grouped(out, o->count);
        g_string_append_printf(out, " %s)", mpt_finding_unit_name(group->first.unit));
    }
}

/* "Also: subflow 2, frame 40, 5.100000 s; subflow 3, frame 71, 6.000000 s." */
static void put_each(const mpt_finding_group *group, GString *out)
{
    const char *before = "Also: ";
    bool skipped = false;

    for (guint i = 0; i < group->occurrences->len; i++) {
        const mpt_finding_occurrence *o = &g_array_index(group->occurrences, mpt_finding_occurrence, i);
        if (!skipped && is_first(group, o)) {
            skipped = true;
            continue;
        }
        g_string_append(out, before);
        put_place(group, o, out);
        before = "; ";
    }
    g_string_append_c(out, '.');
}

static void put_extent(const mpt_finding_group *group, GString *out)
{
    mpt_units_grouped(out, group->times);
    g_string_append(out, " times in ");
    mpt_units_things(out, group->connections, "connection");
    g_string_append(out, ", from ");
    if (group->addresses == 1)
        g_string_append(out, "1 address");
    else
        mpt_units_grouped(out, group->addresses), g_string_append(out, " addresses");
    if (group->first.unit != MPT_FINDING_OF_TIMES) {
        g_string_append(out, ", ");
        mpt_units_grouped(out, group->count);
        g_string_append_printf(out, " %s in all", mpt_finding_unit_name(group->first.unit));
    }
    if (group->last_time.known) {
        g_string_append(out, "; the last at ");
        put_instant(out, group->last_time.ns);
    }
    g_string_append_c(out, '.');
}

void mpt_finding_group_extent(const mpt_finding_group *group, GString *out)
{
    if (group->times < 2)
        return;
    if (group->times <= FEW)
        put_each(group, out);
    else
        put_extent(group, out);
}

void mpt_finding_group_paragraph(const mpt_finding_groups *g, const mpt_finding_group *group, mpt_sink *sink)
{
    GString *extent = g_string_new(NULL);

    mpt_finding_paragraph(&group->first, g->points, sink);
    mpt_finding_group_extent(group, extent);
    if (extent->len)
        mpt_text_paragraph(sink, 4, 2, extent->str);
    g_string_free(extent, TRUE);
}
