/* expert.c - see expert.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "expert.h"

#include <epan/expert.h>

#include "fields.h"
#include "plugin/report/common/finding_text.h"

struct mpt_expert {
    GHashTable *frames; /* frame -> GSList of struct shown */
};

struct shown {
    mpt_severity severity;
    char *sentence;
};

static expert_field ei[MPT_SEVERITIES] = {EI_INIT, EI_INIT, EI_INIT, EI_INIT};

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
}

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

static void take(mpt_expert *findings, GArray *found)
{
    guint i;

    for (i = 0; i < found->len; i++) {
        const mpt_finding *f = &g_array_index(found, mpt_finding, i);
        gpointer key = GUINT_TO_POINTER(f->frame ? f->frame : 1);
        struct shown *shown = g_new(struct shown, 1);
        GSList *list = g_hash_table_lookup(findings->frames, key);

        shown->severity = f->severity;
        shown->sentence = mpt_finding_sentence(f, NULL);
        g_hash_table_steal(findings->frames, key);
        g_hash_table_insert(findings->frames, key, g_slist_append(list, shown));
    }
    g_array_unref(found);
}

mpt_expert *mpt_expert_new(mpt_frames *frames)
{
    mpt_expert *findings = g_new0(mpt_expert, 1);
    const mpt_engine *e = mpt_frames_engine(frames);
    const GPtrArray *connections = mpt_frames_connections(frames);

    findings->frames = g_hash_table_new_full(NULL, NULL, NULL, free_list);
    for (mpt_connection_view view = {0}; mpt_metrics_next(e, connections, &view);)
        take(findings, mpt_findings_of_connection(e, &view, mpt_fields_reinjections()));
    return findings;
}

void mpt_expert_free(mpt_expert *findings)
{
    if (!findings)
        return;
    g_hash_table_destroy(findings->frames);
    g_free(findings);
}

void mpt_expert_show(const mpt_expert *findings, packet_info *pinfo, proto_item *item)
{
    GSList *l;

    for (l = g_hash_table_lookup(findings->frames, GUINT_TO_POINTER(pinfo->num)); l; l = l->next) {
        const struct shown *shown = l->data;
        expert_add_info_format(pinfo, item, &ei[shown->severity], "%s", shown->sentence);
    }
}
