/* checks_signals.c - checks of what is signalled to no effect: resets and options that a receiver ignores (RFC 9293
 * 3.10.7.4, RFC 8684 3), subtypes that nobody knows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checks.h"

static void check_ignored(mpt_checking *x, const mpt_event *event)
{
    const mpt_subflow_view *sv = mpt_metrics_subflow_of(x->v, event->owner);
    mpt_term by = mpt_term_role(mpt_metrics_role(x->v, event->side));
    mpt_term option = mpt_term_of(MPT_TERM_OPTION, event->other.subtype);
    bool before =
        !sv->subflow->synack_seen || event->time_ns < sv->subflow->synack_ns; /* there is no window yet */
    mpt_finding *f;

    switch ((mpt_ignoring)event->other.why) {
    case MPT_IGNORED_WINDOW:
        f = mpt_say(mpt_found(x, MPT_FINDING_RST_IGNORED, event->time_ns, event->frame, event->count),
                    MPT_PHRASE_RST_IGNORED, mpt_term_subflow(sv), by,
                    mpt_term_of(MPT_TERM_COUNT, event->count), mpt_term_of(MPT_TERM_FLAG, before));
        if (before)
            f->rfc.section = "3.10.7.3";
        break;
    case MPT_IGNORED_NO_RST:
        f = mpt_say(mpt_found(x, MPT_FINDING_RST_IGNORED, event->time_ns, event->frame, 1),
                    MPT_PHRASE_TCPRST_IGNORED, mpt_term_subflow(sv), by);
        f->rfc = (mpt_rfc){8684, "3.6"};
        break;
    case MPT_IGNORED_LENGTH:
        f = mpt_say(mpt_found(x, MPT_FINDING_OPTION_IGNORED, event->time_ns, event->frame, 1),
                    MPT_PHRASE_OPTION_IGNORED, mpt_term_subflow(sv), by, option,
                    mpt_term_of(MPT_TERM_NUMBER, event->other.length),
                    mpt_term_of(MPT_TERM_NUMBER, (uint64_t)x->v->version.value));
        break;
    default: /* a mapping of length 0: it does no harm */
        return;
    }
    mpt_found_subflow(f, sv);
    mpt_found_direction(f, mpt_metrics_direction(x->v, event->side));
}

static void check_unknown(mpt_checking *x, const mpt_event *event)
{
    const mpt_subflow_view *sv = mpt_metrics_subflow_of(x->v, event->owner);
    mpt_finding *f = mpt_say(mpt_found(x, MPT_FINDING_OPTION_UNKNOWN, event->time_ns, event->frame, 1),
                             MPT_PHRASE_OPTION_UNKNOWN, mpt_term_subflow(sv),
                             mpt_term_role(mpt_metrics_role(x->v, event->side)),
                             mpt_term_of(MPT_TERM_NUMBER, event->other.subtype));

    mpt_found_subflow(f, sv);
    mpt_found_direction(f, mpt_metrics_direction(x->v, event->side));
}

void mpt_check_ignored(mpt_checking *x)
{
    for (guint i = 0; i < x->events->len; i++) {
        const mpt_event *event = &g_array_index(x->events, mpt_event, i);
        if (event->type == MPT_EVENT_IGNORED)
            check_ignored(x, event);
        else if (event->type == MPT_EVENT_UNKNOWN_OPTION)
            check_unknown(x, event);
    }
}
