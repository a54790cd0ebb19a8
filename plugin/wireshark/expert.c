/* expert.c - see expert.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "expert.h"

#include <epan/expert.h>

#include "plugin/report/common/finding_text.h"
#include "plugin/report/paths/path_hops.h"
#include "plugin/report/registry.h"
#include "reading.h"

/* Frame -> GSList of struct shown, of the reading that is there; NULL: not looked for yet. */
static GHashTable *findings;

struct shown {
    mpt_severity severity;
    char *sentence;
};

static expert_field ei[MPT_SEVERITIES] = {EI_INIT, EI_INIT, EI_INIT, EI_INIT};

static void free_list(gpointer list)
{
    GSList *l;

    for (l = list; l; l = l->next) {
        struct shown *shown = l->data;
        g_free(shown->sentence);
        g_free(shown);
    }
    g_slist_free(list);
}

static void take(GArray *found, const char *const *points)
{
    guint i;

    for (i = 0; i < found->len; i++) {
        const mpt_finding *f = &g_array_index(found, mpt_finding, i);
        gpointer key = GUINT_TO_POINTER(f->frame ? f->frame : 1);
        struct shown *shown = g_new(struct shown, 1);
        GSList *list = g_hash_table_lookup(findings, key);

        shown->severity = f->severity;
        shown->sentence = mpt_finding_sentence(f, points);
        g_hash_table_steal(findings, key);
        g_hash_table_insert(findings, key, g_slist_append(list, shown));
    }
    g_array_unref(found);
}

static void find(mpt_frames *frames)
{
    mpt_arguments arguments = mpt_arguments_of(&mpt_diagnose_report);
    mpt_report_context x;
    mpt_path_hops *ways;

    findings = g_hash_table_new_full(NULL, NULL, NULL, free_list);
    mpt_reading_context(&x, mpt_frames_point(frames), &arguments);
    ways = mpt_path_hops_new(&x);
    for (mpt_connection_view v = {0}; mpt_metrics_next(x.engine, x.connections, &v);)
        take(mpt_findings_of_ways(x.engine, &v, mpt_path_hops_of(ways, v.id), x.reinjections),
             mpt_path_hops_names(ways));
    mpt_path_hops_free(ways);
    mpt_reading_context_clear(&x);
}

static void forget(void)
{
    g_clear_pointer(&findings, g_hash_table_destroy);
}

void mpt_expert_show(packet_info *pinfo, proto_item *item)
{
    mpt_frames *frames = mpt_reading_frames();
    GSList *l;

    if (!findings && frames)
        find(frames);
    for (l = findings ? g_hash_table_lookup(findings, GUINT_TO_POINTER(pinfo->num)) : NULL; l; l = l->next) {
        const struct shown *shown = l->data;
        expert_add_info_format(pinfo, item, &ei[shown->severity], "%s", shown->sentence);
    }
}

void mpt_expert_register(int protocol)
{
    static ei_register_info info[] = {
        {&ei[MPT_SEVERITY_ERROR],
         {"mptcpscope.finding.error", PI_PROTOCOL, PI_ERROR, "MPTCP: against the RFC, or data that is wrong",
          EXPFILL}},
        {&ei[MPT_SEVERITY_WARNING],
         {"mptcpscope.finding.warning", PI_PROTOCOL, PI_WARN,
          "MPTCP: something failed or cost the connection what MPTCP promises", EXPFILL}},
        {&ei[MPT_SEVERITY_NOTE],
         {"mptcpscope.finding.note", PI_PROTOCOL, PI_NOTE, "MPTCP: unusual, or a limit of what can be said",
          EXPFILL}},
        {&ei[MPT_SEVERITY_CHAT],
         {"mptcpscope.finding.chat", PI_PROTOCOL, PI_CHAT, "MPTCP: usual, but worth knowing", EXPFILL}},
    };

    static const char *const blurbs[MPT_SEVERITIES] = {
        "A finding of the report diagnose, on the first frame that shows it: an error",
        "A finding of the report diagnose, on the first frame that shows it: a warning",
        "A finding of the report diagnose, on the first frame that shows it: a note",
        "A finding of the report diagnose, on the first frame that shows it: usual, worth knowing",
    };
    unsigned i;

    expert_register_field_array(expert_register_protocol(protocol), info, G_N_ELEMENTS(info));
    /* Registering takes no explanation. */
    for (i = 0; i < G_N_ELEMENTS(info); i++) {
        header_field_info *field = proto_registrar_get_byname(info[i].eiinfo.name);

        if (field)
            field->blurb = blurbs[i];
    }
    mpt_reading_on_gone(forget);
}
