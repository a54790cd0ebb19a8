/* checks_handshake.c - checks of handshakes: MP_CAPABLE, fallback (RFC 8684 3.1, 3.7), MP_JOIN (3.2), resets (3.6).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "checks.h"

/* An answer that is not there after this long does not come any more. */
#define ANSWER_NS     INT64_C(1000000000)
/* Connections looked through for one that shows what the server can do. */
#define MAX_WITNESSES 4096

/* --- fallback --- */

/* Another connection of the capture to the same server that uses MPTCP, or NULL. */
static const mpt_subflow *witness(const mpt_checking *x)
{
    const GPtrArray *all = mpt_engine_connections(x->engine);

    for (guint i = 0; i < MIN(all->len, MAX_WITNESSES); i++) {
        const mpt_connection *c = g_ptr_array_index(all, i);
        const mpt_subflow *s;
        if (c == x->c || c->partial || !c->subflows->len)
            continue;
        s = mpt_connection_capable(c);
        if (s->initiator_known && mpt_endpoint_equal(&s->ends[!s->initiator], &x->v->end[1]) &&
            s->synack_capable && mpt_connection_get_fallback(c) == MPT_FALLBACK_NONE)
            return s;
    }
    return NULL;
}

static void synack_culprit(const mpt_checking *x, GString *out)
{
    const mpt_subflow *other;

    if (mpt_path_hop_culprit(x, out))
        return;
    if ((other = witness(x)))
        g_string_append_printf(
            out,
            "The same server accepts MPTCP elsewhere in this capture (frame %u), so a middlebox "
            "on the way or another host behind this address is likely.",
            other->synack_frame);
    else if (x->near == MPT_NEAR_SERVER)
        g_string_append(
            out, "The capture is near the server, so the server itself is likely: it has no MPTCP, or it is "
                 "switched off.");
    else
        g_string_append(
            out, "The server has no MPTCP, or a middlebox removed the option from the SYN or the SYN/ACK; "
                 "a capture at the server tells which.");
}

static void ack_culprit(const mpt_checking *x, GString *out)
{
    if (mpt_path_hop_culprit(x, out))
        return;
    if (x->near == MPT_NEAR_CLIENT)
        g_string_append(
            out, "The capture is near the client, which got the option: the client itself is likely to have "
                 "fallen back.");
    else
        g_string_append(
            out, "A middlebox between this point and the client is likely: it removed the option from the "
                 "SYN/ACK, or from what the client sends.");
}

static void explain(const mpt_checking *x, GString *out)
{
    switch (x->v->fallback) {
    case MPT_FALLBACK_NONE:
        break;
    case MPT_FALLBACK_SYNACK:
        g_string_append(out, "The SYN has MP_CAPABLE, the SYN/ACK has not: plain TCP from the start. ");
        synack_culprit(x, out);
        break;
    case MPT_FALLBACK_ACK:
        if (!x->v->subflows[0].subflow->synack_seen) {
            g_string_append(out, "The third ACK and the data have no MPTCP option (the SYN/ACK is not in the "
                                 "capture): plain TCP. ");
            break;
        }
        g_string_append(
            out,
            "The SYN/ACK has MP_CAPABLE, but the third ACK and the data have no MPTCP option: plain TCP. ");
        ack_culprit(x, out);
        break;
    case MPT_FALLBACK_NO_DSS:
        g_string_append(out, "The handshake has MP_CAPABLE, but no data ever has a DSS: plain TCP. ");
        if (!mpt_path_hop_culprit(x, out))
            g_string_append(out, "A middlebox that lets the option pass on SYNs only is likely.");
        break;
    case MPT_FALLBACK_INFINITE_MAPPING:
        g_string_append_printf(
            out, "An infinite mapping ends MPTCP: plain TCP from there on. %s",
            x->c->mp_fail
                ? "It follows an MP_FAIL: something on the way alters the payload."
                : "Its sender found that options do not get through, or had no mapping acknowledged.");
        break;
    case MPT_FALLBACK_MP_FAIL:
        g_string_append(
            out,
            "MP_FAIL on the only subflow: plain TCP from there on. Something on the way alters the payload.");
        break;
    case MPT_FALLBACK_DSS_LOST:
        g_string_append(out, "The DSS options stopped while data went on: plain TCP from there on. ");
        if (!mpt_path_hop_culprit(x, out))
            g_string_append(out, "A change of the path to one that removes options is likely.");
        break;
    }
}

static uint64_t plain_syns(const mpt_checking *x)
{
    const mpt_subflow *s = x->v->subflows[0].subflow;

    return s->evidence ? s->evidence->plain_syn.count : 0;
}

void mpt_check_fallback(mpt_checking *x)
{
    const mpt_event *event = mpt_checking_event(x, MPT_EVENT_FALLBACK, -1, -1, INT64_MIN);
    mpt_finding *f;
    GString *text;

    if (!event || (x->v->fallback == MPT_FALLBACK_SYNACK && plain_syns(x)))
        return;
    if (!x->reliable && x->v->fallback != MPT_FALLBACK_INFINITE_MAPPING &&
        x->v->fallback != MPT_FALLBACK_MP_FAIL)
        return;
    text = g_string_new(NULL);
    explain(x, text);
    f = mpt_found(x, MPT_FINDING_FALLBACK, event->time_ns, event->frame, 1, "%s", text->str);
    mpt_found_subflow(f, &x->v->subflows[0]);
    g_string_free(text, TRUE);
}

/* A later plain TCP connection between the same hosts, to the same port, that was accepted; NULL: none. */
static const mpt_subflow *plain_success(const mpt_checking *x)
{
    const GPtrArray *all = mpt_engine_subflows(x->engine);
    const mpt_subflow *own = x->v->subflows[0].subflow;

    for (guint i = own->index; i < all->len; i++) {
        const mpt_subflow *s = g_ptr_array_index(all, i);
        if (!s->connection && s->syn_seen && s->synack_seen && s->start_ns > own->start_ns &&
            mpt_endpoint_same_address(&s->ends[s->initiator], &x->v->end[0]) &&
            mpt_endpoint_equal(&s->ends[!s->initiator], &x->v->end[1]))
            return s;
    }
    return NULL;
}

static void check_unanswered(mpt_checking *x, const mpt_subflow *s)
{
    const mpt_subflow *plain = plain_success(x);
    uint32_t syns = s->evidence ? s->evidence->syns : 1;
    char server[MPT_ENDPOINT_TEXT];

    if (mpt_checking_one_way(&x->v->subflows[0]))
        return;
    mpt_endpoint_text(&x->v->end[1], server);
    if (plain)
        mpt_found(x, MPT_FINDING_CAPABLE_DROPPED, s->start_ns, s->first_frame, syns,
                  "%s never answers the SYN with MP_CAPABLE (sent %u time%s), but answers one without it in "
                  "frame %u: "
                  "something on the way drops SYNs with MP_CAPABLE.",
                  server, syns, syns == 1 ? "" : "s", plain->synack_frame);
    else if (syns > 1)
        mpt_found(x, MPT_FINDING_CAPABLE_UNANSWERED, s->start_ns, s->first_frame, syns,
                  "%s never answers the SYN with MP_CAPABLE (sent %u times); the capture has no SYN without "
                  "it to compare.",
                  server, syns);
}

void mpt_check_capable(mpt_checking *x)
{
    const mpt_subflow *s = x->v->subflows[0].subflow;
    char server[MPT_ENDPOINT_TEXT];

    if (s->kind != MPT_SUBFLOW_CAPABLE || !s->syn_seen)
        return;
    mpt_endpoint_text(&x->v->end[1], server);
    if (x->v->kind == MPT_KIND_UNANSWERED) {
        check_unanswered(x, s);
    } else if (x->v->kind == MPT_KIND_TCP && s->synack_seen && plain_syns(x)) {
        const mpt_seen *plain = &s->evidence->plain_syn;
        mpt_found(x, MPT_FINDING_CAPABLE_DROPPED, plain->time_ns, plain->frame,
                  s->evidence->syns - plain->count,
                  "%s did not answer the SYN with MP_CAPABLE (sent %u times), but answers the one without "
                  "it: plain TCP. "
                  "Something on the way drops SYNs with MP_CAPABLE, or the first SYNs were lost.",
                  server, (unsigned)(s->evidence->syns - plain->count));
    } else if (x->v->kind == MPT_KIND_TCP && s->state == MPT_STATE_REFUSED && !s->synack_seen) {
        mpt_found(x, MPT_FINDING_CAPABLE_REFUSED, s->refused_ns, s->last_frame, 1,
                  "%s refuses the connection with a RST: nothing listens there, or something on the way "
                  "rejects it.",
                  server);
    }
}

/* --- joins --- */

/* A join, and what became of it. */
struct join {
    mpt_checking *x;
    const mpt_subflow_view *sv;
    const mpt_subflow *s;
    const mpt_join *j;
    unsigned initiator; /* end */
    char name[MPT_SUBFLOW_WORDS];
};

static mpt_finding *join_found(struct join *k, mpt_finding_id id, int64_t time_ns, uint32_t frame,
                               const char *text)
{
    mpt_finding *f = mpt_found(k->x, id, time_ns, frame, 1, "The join of %s by the %s %s", k->name,
                               mpt_word_end(k->initiator), text);

    mpt_found_subflow(f, k->sv);
    return f;
}

/* The reason that an end gave with a RST, as words: " (reason 3: ...)", or "". */
static int reset_reason(const mpt_checking *x, const mpt_subflow *s, int end, char *words, size_t size)
{
    const mpt_event *event = mpt_checking_event(x, MPT_EVENT_MP_TCPRST, s->owner, end, INT64_MIN);

    *words = '\0';
    if (!event)
        return -1;
    g_snprintf(words, (gulong)size, " (reason %u: %s%s)", event->tcprst.reason,
               mpt_tcprst_reason_text(event->tcprst.reason), event->tcprst.transient ? ", for now" : "");
    return event->tcprst.reason;
}

/* No other subflow of this connection ever worked, and nobody's key gives this token. */
static bool token_unknown(const mpt_checking *x)
{
    if (!x->c->partial || x->c->dss_seen)
        return false;
    for (uint32_t i = 0; i < x->v->subflow_count; i++)
        if (x->v->subflows[i].subflow->state != MPT_STATE_REFUSED)
            return false;
    return true;
}

static void refused_by_responder(struct join *k, const mpt_event *rst)
{
    mpt_checking *x = k->x;
    char reason[96];
    int why = reset_reason(x, k->s, (int)!k->initiator, reason, sizeof reason);
    GString *text = g_string_new(NULL);

    if (token_unknown(x)) {
        g_string_printf(
            text,
            "is refused%s, and its token %08x belongs to no connection in the capture: the %s is likely "
            "not to know it either (another host behind the address, or a connection long closed).",
            reason, k->j->token, mpt_word_end(!k->initiator));
        join_found(k, MPT_FINDING_JOIN_UNKNOWN_TOKEN, rst->time_ns, rst->frame, text->str);
    } else if (x->closing_ns <= rst->time_ns) {
        g_string_printf(text, "is refused%s: the connection is being closed already.", reason);
        join_found(k, MPT_FINDING_JOIN_REFUSED, rst->time_ns, rst->frame, text->str)->severity =
            MPT_SEVERITY_CHAT;
    } else if (why == 3) {
        g_string_printf(text, "is refused%s: the %s takes no more subflows, or none at this address.", reason,
                        mpt_word_end(!k->initiator));
        join_found(k, MPT_FINDING_JOIN_LIMIT, rst->time_ns, rst->frame, text->str);
    } else {
        g_string_printf(text, "is refused by the %s%s.", mpt_word_end(!k->initiator),
                        *reason ? reason : " with a RST that gives no reason");
        join_found(k, MPT_FINDING_JOIN_REFUSED, rst->time_ns, rst->frame, text->str);
    }
    g_string_free(text, TRUE);
}

static void refused(struct join *k)
{
    int64_t refused_ns = k->s->refused_ns;
    const mpt_event *by_other =
        mpt_checking_event(k->x, MPT_EVENT_RST, k->s->owner, (int)!k->initiator, INT64_MIN);
    const mpt_event *by_self =
        mpt_checking_event(k->x, MPT_EVENT_RST, k->s->owner, (int)k->initiator, INT64_MIN);
    char reason[96], text[256];

    if (by_other && (!by_self || by_other->time_ns <= by_self->time_ns)) {
        refused_by_responder(k, by_other);
        return;
    }
    if (k->s->synack_seen && !k->j->synack_seen && k->x->reliable) {
        join_found(
            k, MPT_FINDING_JOIN_UNFINISHED, refused_ns, k->s->synack_frame,
            "is given up: the SYN/ACK has no MP_JOIN. The other address is not that of the same host, or a "
            "middlebox removed the option.");
        return;
    }
    if (k->x->closing_ns <= refused_ns)
        return;
    reset_reason(k->x, k->s, (int)k->initiator, reason, sizeof reason);
    g_snprintf(text, sizeof text, "is given up by the %s itself%s.", mpt_word_end(k->initiator), reason);
    join_found(k, MPT_FINDING_JOIN_REFUSED, refused_ns, by_self ? by_self->frame : k->s->last_frame, text);
}

static void no_answer(struct join *k)
{
    const mpt_subflow *s = k->s;
    uint32_t syns = s->evidence ? s->evidence->syns : 1;
    char text[160];

    if (mpt_checking_one_way(k->sv) || (syns < 2 && k->x->c->end_ns - s->start_ns < ANSWER_NS))
        return;
    g_snprintf(text, sizeof text,
               "has no answer (SYN sent %u time%s): the path, or a firewall on it, drops it.", syns,
               syns == 1 ? "" : "s");
    join_found(k, MPT_FINDING_JOIN_UNANSWERED, s->start_ns, s->first_frame, text);
}

static void unfinished(struct join *k)
{
    const mpt_subflow *s = k->s;

    if (mpt_checking_one_way(k->sv) || k->x->c->end_ns - s->synack_ns < ANSWER_NS ||
        k->x->closing_ns < s->synack_ns + ANSWER_NS || !k->x->reliable)
        return;
    join_found(k, MPT_FINDING_JOIN_UNFINISHED, s->synack_ns, s->synack_frame,
               !k->j->synack_seen ? "is not finished: the SYN/ACK has no MP_JOIN."
               : k->j->ack_seen   ? "is not finished: its third ACK is never confirmed by the other side."
                                  : "is not finished: the third ACK with its HMAC is missing.");
}

static void check_join(struct join *k)
{
    if (mpt_metrics_join_verdict(k->sv, MPT_JOIN_SYNACK) == MPT_VERDICT_BAD)
        join_found(k, MPT_FINDING_JOIN_HMAC, k->j->synack_ns, k->j->synack_frame,
                   "has a wrong HMAC in the SYN/ACK: its sender does not have the keys of this connection.");
    else if (mpt_metrics_join_verdict(k->sv, MPT_JOIN_ACK) == MPT_VERDICT_BAD)
        join_found(
            k, MPT_FINDING_JOIN_HMAC, k->j->ack_ns, k->j->ack_frame,
            "has a wrong HMAC in the third ACK: its sender does not have the keys of this connection.");
    else if (k->s->state == MPT_STATE_REFUSED)
        refused(k);
    else if (k->s->state == MPT_STATE_SYN_SENT && !k->s->synack_seen)
        no_answer(k);
    else if (k->s->state == MPT_STATE_SYN_SENT)
        unfinished(k);
}

void mpt_check_joins(mpt_checking *x)
{
    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        struct join k = {.x = x, .sv = &x->v->subflows[i], .s = x->v->subflows[i].subflow};
        if (k.s->kind != MPT_SUBFLOW_JOIN || !k.s->syn_seen)
            continue;
        k.j = k.s->join;
        k.initiator = (unsigned)k.sv->initiator.value;
        mpt_labels_subflow(k.sv, k.name);
        check_join(&k);
    }
}

static bool announced(const mpt_checking *x, unsigned end, const mpt_endpoint *address, int64_t before_ns)
{
    for (guint i = 0; i < x->events->len; i++) {
        const mpt_event *event = &g_array_index(x->events, mpt_event, i);
        if (event->type == MPT_EVENT_ADD_ADDR && event->time_ns <= before_ns &&
            mpt_checking_end(x, event->side) == end &&
            mpt_endpoint_same_address(&event->add_addr.address, address))
            return true;
    }
    return false;
}

void mpt_check_join_address(mpt_checking *x)
{
    char name[MPT_SUBFLOW_WORDS], address[MPT_ADDRESS_TEXT];

    if (!x->whole || !x->reliable)
        return;
    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        const mpt_subflow *s = sv->subflow;
        unsigned responder = !(unsigned)sv->initiator.value;
        const mpt_endpoint *to = &s->ends[sv->side[responder]];

        if (s->kind != MPT_SUBFLOW_JOIN || !sv->initiator.known ||
            mpt_endpoint_same_address(to, &x->v->end[responder]) || announced(x, responder, to, s->start_ns))
            continue;
        mpt_found_subflow(mpt_found(x, MPT_FINDING_JOIN_ADDRESS, s->start_ns, s->first_frame, 1,
                                    "The join of %s by the %s goes to %s, which the %s never announced.",
                                    mpt_labels_subflow(sv, name), mpt_word_end(!responder),
                                    mpt_endpoint_address_text(to, address), mpt_word_end(responder)),
                          sv);
    }
}

void mpt_check_join_slow(mpt_checking *x)
{
    const mpt_maybe_ns *first = &x->v->subflows[0].syn_to_synack;
    char name[MPT_SUBFLOW_WORDS], took[MPT_WORD], usual[MPT_WORD];

    if (!x->whole || !first->known)
        return;
    for (uint32_t i = 1; i < x->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        const mpt_subflow *s = sv->subflow;
        uint32_t syns = s->evidence ? s->evidence->syns : 1;

        /* Seen from the server, the SYN/ACK follows the SYN at once, on any path. */
        if (s->kind != MPT_SUBFLOW_JOIN || !sv->syn_to_synack.known || sv->syn_to_synack.ns < 3 * first->ns ||
            sv->syn_to_synack.ns - first->ns < 100 * INT64_C(1000000))
            continue;
        mpt_found_subflow(mpt_found(x, MPT_FINDING_JOIN_SLOW, s->start_ns, s->first_frame, syns,
                                    "The SYN/ACK of %s took %s (%u SYN%s), that of the first subflow %s.",
                                    mpt_labels_subflow(sv, name), mpt_word_time(sv->syn_to_synack.ns, took),
                                    syns, syns == 1 ? "" : "s", mpt_word_time(first->ns, usual)),
                          sv);
    }
}

/* --- resets --- */

static bool address_removed(const mpt_checking *x, const mpt_subflow_view *sv, int64_t before_ns)
{
    for (guint i = 0; i < x->events->len; i++) {
        const mpt_event *event = &g_array_index(x->events, mpt_event, i);
        const mpt_maybe_int *id;
        if (event->type != MPT_EVENT_REMOVE_ADDR || event->time_ns > before_ns)
            continue;
        id = &sv->address_id[mpt_checking_end(x, event->side)];
        for (unsigned k = 0; id->known && k < event->remove_addr.count; k++)
            if (event->remove_addr.ids[k] == id->value)
                return true;
    }
    return false;
}

void mpt_check_resets(mpt_checking *x)
{
    char name[MPT_SUBFLOW_WORDS], reason[96];

    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        const mpt_subflow *s = sv->subflow;
        const mpt_event *rst = mpt_checking_event(x, MPT_EVENT_RST, s->owner, -1, s->closed_ns);
        mpt_finding *f;
        unsigned end;
        int why;

        if (s->state != MPT_STATE_RESET || !rst || x->closing_ns <= s->closed_ns ||
            address_removed(x, sv, s->closed_ns))
            continue;
        end = mpt_checking_end(x, rst->side);
        why = reset_reason(x, s, (int)end, reason, sizeof reason);
        f = mpt_found(x, MPT_FINDING_SUBFLOW_RESET, rst->time_ns, rst->frame, 1, "The %s resets %s%s.",
                      mpt_word_end(end), mpt_labels_subflow(sv, name),
                      why >= 0 ? reason : " without a reason");
        mpt_found_subflow(f, sv);
        /* What TCP or the application may have had of its own. */
        if (why <= 0)
            f->severity = MPT_SEVERITY_NOTE;
    }
}
