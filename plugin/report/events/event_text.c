/* event_text.c - see event_text.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "event_text.h"

#include "plugin/report/common/labels.h"
#include "tap/engine/base/units.h"

/* What a sentence is made from. */
struct words {
    const mpt_connection_view *v;
    const mpt_event *e;
    const mpt_event_pairs *pairs;
    GString *out;
    const char *who, *peer;          /* "client", "server" */
    const mpt_subflow_view *subflow; /* NULL: none */
    unsigned id;                     /* of the subflow */
};

static void say(const struct words *w, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void say(const struct words *w, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_string_append_vprintf(w->out, format, args);
    va_end(args);
}

static void say_dsn(const struct words *w, mpt_maybe_int dsn)
{
    if (!dsn.known) {
        say(w, "an unknown DSN (the initial one is not in the capture)");
        return;
    }
    say(w, "DSN ");
    mpt_units_grouped_signed(w->out, dsn.value);
}

/* ", HMAC valid" */
static void say_verdict(const struct words *w, const char *what, mpt_verdict verdict)
{
    static const char *const words[] = {
        [MPT_VERDICT_NONE] = "not verifiable",
        [MPT_VERDICT_OK] = "valid",
        [MPT_VERDICT_BAD] = "WRONG",
    };

    say(w, ", %s %s", what, words[verdict]);
}

static void say_repeated(const struct words *w)
{
    if (w->e->count < 2)
        return;
    say(w, "; sent %u times in ", w->e->count);
    mpt_units_duration(w->out, w->e->last_ns - w->e->time_ns);
}

/* " after 1.23 ms (frame 20)" */
static void say_later(const struct words *w, const mpt_event *later, const mpt_event *earlier)
{
    if (later->frame == earlier->frame) {
        say(w, " at once");
        return;
    }
    say(w, " after ");
    mpt_units_duration(w->out, later->time_ns - earlier->time_ns);
    say(w, " (frame %u)", later->frame);
}

static void say_ends(const struct words *w)
{
    mpt_role opener = w->subflow->initiator.known ? (mpt_role)w->subflow->initiator.value : MPT_CLIENT;
    char from[MPT_ENDPOINT_TEXT], to[MPT_ENDPOINT_TEXT];

    say(w, "%s -> %s", mpt_endpoint_text(mpt_metrics_endpoint(w->subflow, opener), from),
        mpt_endpoint_text(mpt_metrics_endpoint(w->subflow, mpt_role_other(opener)), to));
}

static void say_announced(const struct words *w, const mpt_add_addr *a)
{
    char text[MPT_ENDPOINT_TEXT];

    say(w, "%s",
        a->has_port ? mpt_endpoint_text(&a->address, text) : mpt_endpoint_address_text(&a->address, text));
}

/* --- a function for each type --- */

/* RFC 8684 3.1. In v0 flag C is one of the algorithms (RFC 6824 3.1). */
static void say_flags(const struct words *w, const mpt_mp_capable *o)
{
    char letters[MPT_FLAG_LETTERS];

    if (o->version > 1)
        return;
    if (o->flags & MPT_CAPABLE_C && o->version != 0)
        say(w, ", accepts no joins at this address (flag C)");
    if (o->flags & MPT_CAPABLE_B)
        say(w, ", with flag B, for which the receiver must ignore it");
    if (!(o->flags & mpt_capable_algorithms(o)))
        say(w, ", without an algorithm, for which the receiver must ignore it");
    else if ((o->flags & mpt_capable_algorithms(o)) != MPT_CAPABLE_H)
        say(w, ", with algorithms other than flag H (flags %s)", mpt_capable_flags_text(o->flags, letters));
}

static void sentence_MP_CAPABLE(const struct words *w)
{
    const mpt_mp_capable *o = &w->e->capable;

    if (mpt_metrics_role(w->v, w->e->side) == MPT_SERVER)
        say(w, "MP_CAPABLE: server agrees to MPTCP v%u", o->version);
    else if (!o->has_receiver_key)
        say(w, "MP_CAPABLE: client asks for MPTCP v%u", o->version);
    else
        say(w, "MP_CAPABLE: client confirms MPTCP v%u with both keys", o->version);
    if (o->checksum_required)
        say(w, ", with DSS checksums");
    say_flags(w, o);
    if (o->has_data && o->data_len) {
        say(w, ", with the first ");
        mpt_units_things(w->out, o->data_len, "byte");
    }
}

static void sentence_MP_JOIN(const struct words *w)
{
    const mpt_mp_join *o = &w->e->join;

    switch (o->step) {
    case MPT_JOIN_SYN:
        say(w, "MP_JOIN: %s opens subflow %u, ", w->who, w->id);
        if (w->subflow)
            say_ends(w);
        say(w, ", from address id %u", o->address_id);
        if (w->pairs->cause)
            say(w, ", to the address announced in frame %u", w->pairs->cause->frame);
        break;
    case MPT_JOIN_SYNACK:
        say(w, "MP_JOIN: %s accepts subflow %u, at address id %u", w->who, w->id, o->address_id);
        break;
    case MPT_JOIN_ACK:
        say(w, "MP_JOIN: %s completes the handshake of subflow %u", w->who, w->id);
        break;
    }
    if (o->step != MPT_JOIN_ACK && o->backup)
        say(w, ", as backup");
    if (o->step != MPT_JOIN_SYN && w->subflow)
        say_verdict(w, "HMAC", mpt_metrics_join_verdict(w->subflow, o->step));
}

static void sentence_ADD_ADDR(const struct words *w)
{
    const mpt_add_addr *o = &w->e->add_addr;

    say(w, "ADD_ADDR: %s announces ", w->who);
    say_announced(w, o);
    say(w, " as address id %u", o->address_id);
    if (o->has_hmac)
        say_verdict(w, "HMAC", mpt_connection_verify_add_addr(w->v->connection, w->e->side, o));
    if (w->pairs->cause)
        say(w, ", repeated (first in frame %u)", w->pairs->cause->frame);
}

static void sentence_ADD_ADDR_ECHO(const struct words *w)
{
    say(w, "ADD_ADDR echo: %s confirms ", w->who);
    say_announced(w, &w->e->add_addr);
    say(w, " as the %s's address id %u", w->peer, w->e->add_addr.address_id);
    if (w->pairs->cause)
        say(w, " (announced in frame %u)", w->pairs->cause->frame);
    else
        say(w, " (the ADD_ADDR is not in the capture)");
}

static void sentence_REMOVE_ADDR(const struct words *w)
{
    const mpt_remove_addr *o = &w->e->remove_addr;

    say(w, "REMOVE_ADDR: %s removes its address id%s ", w->who, o->count == 1 ? "" : "s");
    for (unsigned i = 0; i < o->count; i++)
        say(w, "%s%u", i ? ", " : "", o->ids[i]);
}

static void sentence_MP_PRIO(const struct words *w)
{
    const mpt_mp_prio *o = &w->e->prio;

    say(w, "MP_PRIO: %s asks to use ", w->who);
    if (o->has_address_id)
        say(w, "the subflows of its address id %u", o->address_id);
    else
        say(w, "subflow %u", w->id);
    say(w, o->backup ? " only as backup" : " as a regular path");
}

/* The DSN is one of the other side's (RFC 8684 3.7), and as on the wire. */
static void sentence_MP_FAIL(const struct words *w)
{
    const mpt_host *sender = &w->v->connection->host[mpt_conn_side_other(w->e->side)];
    mpt_maybe_int dsn = {sender->idsn_known, (int64_t)(w->e->fail.dsn - sender->idsn)};

    say(w, "MP_FAIL: %s reports a checksum failure on subflow %u: the %s's data from ", w->who, w->id,
        w->peer);
    say_dsn(w, dsn);
    say(w, " on was altered on the path");
}

static void sentence_MP_FASTCLOSE(const struct words *w)
{
    const mpt_host *receiver = &w->v->connection->host[mpt_conn_side_other(w->e->side)];

    say(w, "MP_FASTCLOSE: %s aborts the connection", w->who);
    say_verdict(w, "key",
                !receiver->key_known                            ? MPT_VERDICT_NONE
                : receiver->key == w->e->fastclose.receiver_key ? MPT_VERDICT_OK
                                                                : MPT_VERDICT_BAD);
}

/* RFC 8684 3.6 has reason 6 for what the sender can only conclude. */
static void sentence_MP_TCPRST(const struct words *w)
{
    char letters[MPT_FLAG_LETTERS];

    say(w, "MP_TCPRST: %s resets subflow %u, %s%s (reason %u)%s", w->who, w->id,
        mpt_tcprst_reason_text(w->e->tcprst.reason), w->e->tcprst.reason == 6 ? " suspected" : "",
        w->e->tcprst.reason, w->e->tcprst.transient ? ", may be retried" : "");
    if (w->e->tcprst.flags & ~1u)
        say(w, ", flags %s", mpt_tcprst_flags_text(w->e->tcprst.flags, letters));
}

static void sentence_MP_EXPERIMENTAL(const struct words *w)
{
    say(w, "MP_EXPERIMENTAL: %s sends an experimental option (%u bytes) on subflow %u", w->who,
        w->e->other.length, w->id);
}

static void sentence_UNKNOWN_OPTION(const struct words *w)
{
    say(w, "%s sends an MPTCP option of unknown subtype %u (%u bytes) on subflow %u", w->who,
        w->e->other.subtype, w->e->other.length, w->id);
}

static void sentence_IGNORED(const struct words *w)
{
    static const char *const whys[] = {
        [MPT_IGNORED_WINDOW] = "outside the receive window, or it does not acknowledge the SYN",
        [MPT_IGNORED_NO_RST] = "the segment is not a RST",
        [MPT_IGNORED_LENGTH] = "its length belongs to the other version",
        [MPT_IGNORED_ON_JOIN] = "a joined subflow",
        [MPT_IGNORED_NOT_INFINITE] = "a mapping of length 0 without data, and other mappings follow",
    };

    say(w, "ignored: %s by the %s on subflow %u, %s", mpt_ignored_name(w->e->other.subtype), w->who, w->id,
        whys[w->e->other.why]);
    say_repeated(w);
}

static void sentence_RST(const struct words *w)
{
    say(w, "RST: %s resets subflow %u", w->who, w->id);
    say_repeated(w);
}

static void sentence_FIN(const struct words *w)
{
    say(w, "FIN: %s closes its side of subflow %u", w->who, w->id);
    say_repeated(w);
}

/* Fast Open's bytes lie before DSN 1 (RFC 8684 B.1). */
static int64_t bytes_before_first_dsn(const struct words *w)
{
    mpt_direction direction = mpt_metrics_direction(w->v, w->e->side);
    int64_t bytes = 0;

    for (uint32_t i = 0; i < w->v->subflow_count; i++) {
        const mpt_subflow_view *s = &w->v->subflows[i];
        bytes += mpt_metrics_half(s, direction)->syn_data;
    }
    return bytes;
}

static void sentence_DATA_FIN(const struct words *w)
{
    mpt_maybe_int dsn = mpt_metrics_relative(w->v->connection, w->e->side, w->e->data.dsn);

    say(w, "DATA_FIN: %s is done", w->who);
    if (dsn.known) {
        say(w, " (");
        mpt_units_things(w->out, (uint64_t)MAX(dsn.value - 1 + bytes_before_first_dsn(w), 0), "byte");
        say(w, ")");
    }
    say_repeated(w);
}

static void sentence_INFINITE_MAPPING(const struct words *w)
{
    say(w, "infinite mapping: %s continues as plain TCP on subflow %u, from ", w->who, w->id);
    say_dsn(w, mpt_metrics_relative(w->v->connection, w->e->side, w->e->data.dsn));
    say_repeated(w);
}

static void sentence_FALLBACK(const struct words *w)
{
    say(w, "fallback: the connection is plain TCP from here on (%s)",
        mpt_fallback_phrase((mpt_fallback)w->e->reason));
}

static void sentence_CHECKSUM_BAD(const struct words *w)
{
    say(w, "DSS checksum WRONG on subflow %u: the %s's data at subflow sequence number ", w->id, w->who);
    mpt_units_grouped(w->out, w->e->data.ssn);
    say(w, mpt_metrics_checksum_fault(w->v, mpt_metrics_direction(w->v, w->e->side)) == MPT_CHECKSUM_ALTERED
               ? " was altered on the path"
               : "; all checksums of this host are wrong in the same way, so the fault is its own");
}

static void sentence_HMAC_BAD(const struct words *w)
{
    static const char *const steps[] = {
        [MPT_JOIN_SYN] = "MP_JOIN of the SYN",
        [MPT_JOIN_SYNACK] = "MP_JOIN of the SYN/ACK",
        [MPT_JOIN_ACK] = "MP_JOIN of the third ACK",
        [MPT_HMAC_ADD_ADDR] = "ADD_ADDR",
    };

    say(w, "HMAC WRONG in the %s from the %s: it does not know the keys, or the option was altered",
        steps[w->e->reason], w->who);
}

static void sentence_SUBFLOW_ESTABLISHED(const struct words *w)
{
    say(w, "subflow %u established, ", w->id);
    if (w->subflow)
        say_ends(w);
}

static void sentence_SUBFLOW_CLOSED(const struct words *w)
{
    static const char *const states[] = {
        [MPT_STATE_SYN_SENT] = "still in SYN sent",
        [MPT_STATE_REFUSED] = "refused",
        [MPT_STATE_ESTABLISHED] = "established",
        [MPT_STATE_CLOSED] = "closed",
        [MPT_STATE_RESET] = "reset",
    };

    say(w, "subflow %u %s", w->id, states[w->e->reason]);
    if (!w->pairs->cause)
        return;
    say(w,
        w->pairs->cause->type == MPT_EVENT_MP_FASTCLOSE ? ", by the MP_FASTCLOSE of frame %u"
                                                        : ", its address was removed in frame %u",
        w->pairs->cause->frame);
}

/* A type without its function does not compile. */
#define SENTENCE(type) [MPT_EVENT_##type] = sentence_##type,
static void (*const SENTENCES[MPT_EVENT_TYPES])(const struct words *w) = {MPT_EVENT_TABLE(SENTENCE)};

static struct words words_of(const mpt_connection_view *v, const mpt_event *e, const mpt_event_pairs *pairs,
                             GString *out)
{
    mpt_role sender = mpt_metrics_role(v, e->side);
    const mpt_subflow_view *subflow = mpt_metrics_subflow_of(v, e->owner);

    return (struct words){.v = v,
                          .e = e,
                          .pairs = pairs,
                          .out = out,
                          .who = mpt_role_name(sender),
                          .peer = mpt_role_name(mpt_role_other(sender)),
                          .subflow = subflow,
                          .id = subflow ? subflow->id : 0};
}

void mpt_event_text(const mpt_connection_view *v, const mpt_event *e, const mpt_event_pairs *pairs,
                    GString *out)
{
    struct words w = words_of(v, e, pairs, out);

    SENTENCES[e->type](&w);
}

/* --- what became of it --- */

static void add_addr_outcome(const struct words *w)
{
    const mpt_subflow_view *s = w->pairs->subflows[0].subflow;

    /* RFC 6824 has no echo. */
    if (w->pairs->echo) {
        say(w, "; echoed");
        say_later(w, w->pairs->echo, w->e);
    } else if (w->e->add_addr.has_hmac) {
        say(w, "; never echoed");
    }
    if (!w->pairs->count) {
        say(w, "; never used");
        return;
    }
    say(w,
        s->subflow->start_ns < w->e->time_ns ? "; already in use by subflow %u"
                                             : "; used by subflow %u (frame %u)",
        s->id, s->subflow->first_frame);
}

/* "; closes subflows 1 and 2": each with how long it took. */
static void closing_outcome(const struct words *w, const char *verb, const char *nothing)
{
    if (!w->pairs->count)
        say(w, "; %s", nothing);
    for (unsigned i = 0; i < w->pairs->count; i++) {
        const mpt_event *end = w->pairs->subflows[i].end;

        say(w, i ? ", " : "; ");
        if (!end) {
            say(w, "subflow %u stays open", w->pairs->subflows[i].subflow->id);
            continue;
        }
        say(w, "%s subflow %u", verb, w->pairs->subflows[i].subflow->id);
        say_later(w, end, w->e);
    }
    if (w->pairs->count == MPT_PAIRS_SUBFLOWS)
        say(w, ", and perhaps more");
}

void mpt_event_outcome_text(const mpt_connection_view *v, const mpt_event *e, const mpt_event_pairs *pairs,
                            GString *out)
{
    struct words w = words_of(v, e, pairs, out);

    if (e->type == MPT_EVENT_ADD_ADDR)
        add_addr_outcome(&w);
    else if (e->type == MPT_EVENT_REMOVE_ADDR)
        closing_outcome(&w, "closes", "no open subflow used it");
    else if (e->type == MPT_EVENT_MP_FASTCLOSE)
        closing_outcome(&w, "resets", "no subflow was reset after it");
}
