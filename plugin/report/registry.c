/* registry.c - see registry.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "registry.h"

#include <string.h>

#include "plugin/report/common/check_text.h"

/* As help lists them; room for what mpt_registry_add() adds. */
static const mpt_report *reports[16] = {
    &mpt_list_report,         &mpt_summary_report, &mpt_tcp_report,      &mpt_filter_report,
    &mpt_help_report,         &mpt_events_report,  &mpt_diagnose_report, &mpt_conformance_report,
    &mpt_reinjections_report, &mpt_paths_report,   &mpt_flow_report,     &mpt_plot_report,
};

void mpt_registry_add(const mpt_report *report, unsigned place)
{
    g_assert(!reports[G_N_ELEMENTS(reports) - 2]);
    memmove(reports + place + 1, reports + place,
            (G_N_ELEMENTS(reports) - 1 - place) * sizeof(const mpt_report *));
    reports[place] = report;
}

const mpt_report *mpt_registry_at(unsigned place)
{
    return reports[place];
}

const mpt_report *mpt_registry_overview(void)
{
    return &mpt_summary_report;
}

static void print_help(const mpt_report_context *x, mpt_sink *sink, GString *sentence)
{
    GString *help = g_string_new(NULL);

    (void)sentence;
    if (mpt_arguments_has(x->arguments, MPT_ARG_CHECKS)) {
        mpt_check_text_list(sink);
    } else {
        mpt_arguments_help(help);
        mpt_sink_puts(sink, help->str);
    }
    g_string_free(help, TRUE);
}

const mpt_report mpt_help_report = {.name = "help",
                                    .help = "this help; with checks, the checks of diagnose",
                                    .takes = MPT_BIT(MPT_ARG_CHECKS),
                                    .needs_nothing = true,
                                    .print = print_help};
