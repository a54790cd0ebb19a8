/* gui_rows_rules.c - see gui_rows.h: the rules of the RFC, and which of them each connection kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "gui_rows.h"

#include <inttypes.h>

#include "plugin/report/common/rule_text.h"
#include "tap/engine/conformance/conformance.h"

/* Of more connections only what they violate is a row. */
#define MOST_IN_FULL 100

#define RULE_TABLE_LIST(X)                                                                                   \
    X(RULE_VERDICT, MPT_TEXT, "verdict", .title = "Verdict",                                                 \
      .tip = "Not exercised: nothing called for it. Not visible: the capture cannot show it")                \
    X(RULE_CONNECTION, MPT_ID, "connection", .title = "Conn")                                                \
    X(RULE_PARTY, MPT_TEXT, "party", .title = "By", .tip = "The host that kept or violated it")              \
    X(RULE_FRAME, MPT_ID, "frame", .title = "Frame", .tip = "The first frame that shows it")                 \
    X(RULE_LEVEL, MPT_TEXT, "level", .title = "Level", .tip = "MUST, SHOULD, or stated without either word") \
    X(RULE_SECTION, MPT_TEXT, "section", .title = "RFC")                                                     \
    X(RULE_TEXT, MPT_TEXT, "sentence", .title = "Rule")                                                      \
    X(RULE_WHY, MPT_TEXT, "why", .title = "Why not visible")                                                 \
    X(RULE_NAME, MPT_TEXT, "rule", .title = "Name", .tip = "As in -z mptcp,conformance")
MPT_COLUMNS(RULE_TABLE, RULE_COLUMNS, RULE_TABLE_LIST);

const mpt_gui_layout MPT_GUI_RULE_LAYOUT = {
    .columns = RULE_TABLE, .count = RULE_COLUMNS, .sentence = RULE_TEXT, .empty = "No rule is violated."};

static mpt_gui_severity severity_of(const mpt_ruling *r)
{
    if (r->verdict != MPT_RULE_VIOLATED)
        return MPT_GUI_PLAIN;
    return mpt_ruling_fails(r) ? MPT_GUI_ERROR : MPT_GUI_WARNING;
}

static void rule_row(mpt_gui_rows *to, const mpt_connection_view *v, const mpt_ruling *r)
{
    mpt_table *t = to->table;

    mpt_gui_rows_begin(to, &(mpt_gui_row){.connection = v->id,
                                          .subflow = MPT_GUI_NO_SUBFLOW,
                                          .frame = r->frame,
                                          .direction = MPT_DIRECTIONS,
                                          .severity = severity_of(r)});
    mpt_table_set_text(t, RULE_VERDICT, mpt_rule_verdict_name(r->verdict));
    mpt_table_set_uint(t, RULE_CONNECTION, v->id);
    mpt_table_set_text(t, RULE_PARTY, mpt_rule_party_name(r));
    if (r->frame)
        mpt_table_set_uint(t, RULE_FRAME, r->frame);
    mpt_table_set_text(t, RULE_LEVEL, mpt_rule_level_name(r->level));
    mpt_table_set_textf(t, RULE_SECTION, "RFC %u %s", r->rfc.number, r->rfc.section);
    mpt_table_set_text(t, RULE_TEXT, mpt_rule_text(r->rule));
    mpt_table_set_text(t, RULE_WHY, mpt_rule_reason_text(r->reason));
    mpt_table_set_text(t, RULE_NAME, mpt_rule_name(r->rule));
}

/* The rows of one verdict, connection after connection. */
static uint64_t add_rows(mpt_gui_rows *to, const GPtrArray *all, mpt_rule_verdict verdict)
{
    const mpt_report_context *x = to->context;
    uint64_t n = 0;
    guint at = 0;

    for (mpt_connection_view v = {0}; mpt_metrics_next(x->engine, x->connections, &v);) {
        const GArray *rulings = g_ptr_array_index(all, at++);
        for (guint i = 0; i < rulings->len; i++) {
            const mpt_ruling *r = &g_array_index(rulings, mpt_ruling, i);
            if (r->verdict == verdict)
                rule_row(to, &v, r);
            n += r->verdict == verdict;
        }
    }
    return n;
}

/* What is violated first: it is what most people look for. */
void mpt_gui_rows_rules(mpt_gui_rows *to)
{
    static const mpt_rule_verdict order[] = {MPT_RULE_VIOLATED, MPT_RULE_KEPT, MPT_RULE_NOT_EXERCISED,
                                             MPT_RULE_NOT_VISIBLE};
    const mpt_report_context *x = to->context;
    bool in_full = x->connections->len <= MOST_IN_FULL;
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);

    for (mpt_connection_view v = {0}; mpt_metrics_next(x->engine, x->connections, &v);)
        g_ptr_array_add(all, mpt_conformance_of(x->engine, &v));
    for (unsigned i = 0; i < (in_full ? G_N_ELEMENTS(order) : 1); i++) {
        uint64_t n = add_rows(to, all, order[i]);
        g_string_append_printf(to->summary, "%s%" PRIu64 " %s", i ? ", " : "Rules: ", n,
                               mpt_rule_verdict_name(order[i]));
    }
    if (all->len)
        g_string_append(to->summary, in_full ? ".\n" : "; of so many connections only these are shown.\n");
    g_ptr_array_free(all, TRUE);
}
