/* expert.c - see expert.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "expert.h"

#include <epan/expert.h>

#include "plugin/prefs.h"
#include "plugin/report/common/check_text.h"
#include "plugin/report/common/finding_text.h"
#include "plugin/report/paths/path_hops.h"
#include "plugin/report/registry.h"
#include "reading.h"

/* Frame -> GSList of struct shown, of the reading that is there; NULL: not looked for yet. */
static GHashTable *findings;

struct shown {
    mpt_finding_id id;
    mpt_severity severity;
    char *sentence;
};

/* A field has one severity: each finding has one for each, all of one name. */
static expert_field ei[MPT_FINDING_IDS][MPT_SEVERITIES];
/* Hidden: for filters and colours by severity. */
static int hf_severity[MPT_SEVERITIES] = {-1, -1, -1, -1};

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

        shown->id = f->id;
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
    take(mpt_findings_of_capture(x.engine), mpt_path_hops_names(ways));
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

void mpt_expert_show(packet_info *pinfo, tvbuff_t *tvb, proto_tree *tree, proto_item *item)
{
    mpt_frames *frames = mpt_reading_frames();
    GSList *l;

    if (!findings && frames)
        find(frames);
    for (l = findings ? g_hash_table_lookup(findings, GUINT_TO_POINTER(pinfo->num)) : NULL; l; l = l->next) {
        const struct shown *shown = l->data;

        if (!item && tree) {
            item = proto_tree_add_protocol_format(tree, mpt_prefs_protocol(), tvb, 0, 0, "MPTCP scope");
            proto_item_set_generated(item);
        }
        expert_add_info_format(pinfo, item, &ei[shown->id][shown->severity], "%s", shown->sentence);
        if (item)
            proto_item_set_hidden(proto_tree_add_item(proto_item_get_subtree(item),
                                                      hf_severity[shown->severity], tvb, 0, 0, ENC_NA));
    }
}

static void register_severities(int protocol)
{
#define FIELD(severity, name, title, blurb)                                                                  \
    {                                                                                                        \
        &hf_severity[MPT_SEVERITY_##severity],                                                               \
        {                                                                                                    \
            title, "mptcpscope.finding." name, FT_NONE, BASE_NONE, NULL, 0, blurb, HFILL                     \
        }                                                                                                    \
    }
    static hf_register_info fields[] = {
        FIELD(ERROR, "error", "Finding: error", "A finding of severity error begins at this frame."),
        FIELD(WARNING, "warning", "Finding: warning", "A finding of severity warning begins at this frame."),
        FIELD(NOTE, "note", "Finding: note", "A finding of severity note begins at this frame."),
        FIELD(CHAT, "chat", "Finding: chat",
              "A finding of severity chat begins at this frame: usual, but worth knowing."),
    };
#undef FIELD

    proto_register_field_array(protocol, fields, G_N_ELEMENTS(fields));
}

/* The fields of one check; the one of its usual severity last, as Wireshark's table of severities finds that. */
static void register_check(expert_module_t *module, mpt_finding_id id, ei_register_info *info)
{
    static const int severities[MPT_SEVERITIES] = {PI_ERROR, PI_WARN, PI_NOTE, PI_CHAT};
    const mpt_check_text *text = mpt_check_text_of(id);
    /* Wireshark uses the names as long as it runs. */
#define X(ID, name, ...) [MPT_FINDING_##ID] = "mptcpscope.finding." #name,
    static const char *const names[MPT_FINDING_IDS] = {MPT_FINDINGS(X)};
#undef X

    for (unsigned i = 0; i < MPT_SEVERITIES; i++) {
        unsigned severity = ((unsigned)mpt_finding_severity(id) + 1 + i) % MPT_SEVERITIES;

        ei[id][severity] = (expert_field)EI_INIT;
        info[i] = (ei_register_info){&ei[id][severity],
                                     {names[id], PI_PROTOCOL, severities[severity], text->title, EXPFILL}};
    }
    expert_register_field_array(module, info, MPT_SEVERITIES);
    /* Registering takes no explanation. */
    for (unsigned i = 0; i < MPT_SEVERITIES; i++)
        info[i].eiinfo.hf_info.hfinfo.blurb = text->means;
}

void mpt_expert_register(int protocol)
{
    static ei_register_info info[MPT_FINDING_IDS][MPT_SEVERITIES];
    expert_module_t *module = expert_register_protocol(protocol);

    register_severities(protocol);
    for (unsigned id = 0; id < MPT_FINDING_IDS; id++)
        register_check(module, (mpt_finding_id)id, info[id]);
    mpt_reading_on_gone(forget);
}
