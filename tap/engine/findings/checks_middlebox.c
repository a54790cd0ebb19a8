/* checks_middlebox.c - checks of what happens between two vantage points: options, addresses and sequence numbers
 * changed on the way (RFC 8684 6), and SYNs that do not arrive.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <inttypes.h>
#include <string.h>

#include "checks.h"

/* One thing that is looked at on a way. */
struct look {
    mpt_checking *x;
    const mpt_path_hop *way;
    const mpt_path_flow *flow;
    char name[MPT_SUBFLOW_WORDS];
};

static const mpt_rfcs SECTIONS[MPT_SUBTYPES] = {
    [MPT_MP_CAPABLE] = MPT_RFC_SAME("3.1"),
    [MPT_MP_JOIN] = MPT_RFC_SAME("3.2"),
    [MPT_DSS] = MPT_RFC_SAME("3.3"),
    [MPT_ADD_ADDR] = MPT_RFC_SAME("3.4.1"),
    [MPT_REMOVE_ADDR] = MPT_RFC_SAME("3.4.2"),
    [MPT_MP_PRIO] = MPT_RFC_SAME("3.3.8"),
    [MPT_MP_FAIL] = MPT_RFC_BOTH("3.7", "3.6"),
    [MPT_MP_FASTCLOSE] = MPT_RFC_SAME("3.5"),
    [MPT_MP_TCPRST] = {{8684, "3.6"}, {8684, "3.6"}},
};
static const mpt_rfcs SYN_BLOCKED = MPT_RFC_BOTH("3.7", "3.6");

static const mpt_subflow *any_subflow(const mpt_path_flow *f)
{
    return f->subflow[0] ? f->subflow[0] : f->subflow[1];
}

/* Who sends what a side of the flow sends: 0 client, 1 server. */
static unsigned sender(const mpt_path_flow *f, unsigned side)
{
    unsigned end = f->subflow[0] ? 0 : 1;
    const mpt_subflow *s = f->subflow[end];

    return (side ^ f->flip[end]) != mpt_subflow_side(s, mpt_connection_client_side(s->connection));
}

/* The end of the flow that is nearer to the client (0) or to the server (1). */
static unsigned end_at(const mpt_path_hop *way, unsigned host)
{
    return way->client_end ^ host;
}

static const char *name_at(const mpt_path_hop *way, unsigned end)
{
    return way->name[end == way->client_end ? 0 : 1];
}

static void finish(const struct look *l, mpt_finding *f, unsigned host, const mpt_rfcs *rfcs)
{
    f->subflow = (mpt_maybe_int){.known = true, .value = l->way->subflow};
    mpt_found_direction(f, host);
    if (rfcs && rfcs->v1.number)
        f->rfc = mpt_found_rfc(l->x, rfcs);
}

/* --- options --- */

/* "the SYN", "12 segments": what carries them. */
static void append_carrier(GString *out, const mpt_option_change *c, unsigned from)
{
    const mpt_option *o = &c->option[c->ends >> from & 1u ? from : !from];
    const char *one = NULL;
    char word[MPT_WORD];

    if (c->flags & MPT_TCP_SYN)
        one = c->flags & MPT_TCP_ACK ? "SYN/ACK" : "SYN";
    else if (o->subtype == MPT_MP_JOIN || (o->subtype == MPT_MP_CAPABLE && !o->capable.has_data))
        one = "third ACK";
    else if (o->subtype == MPT_MP_CAPABLE)
        one = "first data segment";
    if (one)
        g_string_append_printf(out, "The %s", one);
    else if (c->segments == 1)
        g_string_append(out, "A segment");
    else
        g_string_append_printf(out, "%s segments", mpt_word_count(c->segments, word));
}

static void append_way(GString *out, const struct look *l, const mpt_option_change *c, unsigned from)
{
    bool one = g_str_has_prefix(out->str, "The ") || c->segments == 1;

    g_string_append_printf(out, " of %s leave%s %s ", l->name, one ? "s" : "", name_at(l->way, from));
}

static const char *arrive(const GString *out, const mpt_option_change *c)
{
    return g_str_has_prefix(out->str, "The ") || c->segments == 1 ? "arrives" : "arrive";
}

static void presence(struct look *l, const mpt_option_change *c, unsigned from)
{
    bool removed = c->ends >> from & 1u;
    const char *option = mpt_subtype_name(c->subtype);
    GString *text = g_string_new(NULL);
    mpt_finding *f;

    append_carrier(text, c, from);
    append_way(text, l, c, from);
    g_string_append_printf(text, "%s %s and %s at %s %s it%s (frame %u there): something between them %s.",
                           removed ? "with" : "without", option, arrive(text, c), name_at(l->way, !from),
                           removed ? "without" : "with", c->segments > 1 ? ", the first" : "",
                           c->frame[!from], removed ? "removes the option" : "adds the option");
    f = mpt_found(l->x, removed ? MPT_FINDING_OPTION_REMOVED : MPT_FINDING_OPTION_ADDED, c->time_ns[from],
                  c->frame[from], c->segments, "%s", text->str);
    finish(l, f, sender(l->flow, c->side), &SECTIONS[c->subtype]);
    g_string_free(text, TRUE);
}

static void append_address(GString *out, const mpt_add_addr *a)
{
    char text[MPT_ENDPOINT_TEXT];

    g_string_append(out, a->has_port ? mpt_endpoint_text(&a->address, text)
                                     : mpt_endpoint_address_text(&a->address, text));
    g_string_append_printf(out, " (id %u)", a->address_id);
}

static void append_mapping(GString *out, const mpt_dss *d)
{
    if (d->has_mapping)
        g_string_append_printf(out, "DSN %" PRIu64 ", SSN %u, length %u%s", d->dsn, d->ssn, d->length,
                               d->data_fin ? ", DATA_FIN" : "");
    else
        g_string_append(out, "no mapping");
}

/* What one end says, as far as it helps. */
static void append_content(GString *out, const mpt_option_change *c, unsigned end)
{
    const mpt_option *o = &c->option[end];

    switch (c->part) {
    case MPT_OPTION_CHANGE_ADDRESS:
        append_address(out, &o->add_addr);
        break;
    case MPT_OPTION_CHANGE_MAPPING:
        append_mapping(out, &o->dss);
        break;
    case MPT_OPTION_CHANGE_CHECKSUM:
        if (o->dss.has_checksum)
            g_string_append_printf(out, "checksum 0x%04x", o->dss.checksum);
        else
            g_string_append(out, "no checksum");
        break;
    case MPT_OPTION_CHANGE_DATA_ACK:
        if (o->dss.has_ack)
            g_string_append_printf(out, "DATA_ACK %" PRIu64, o->dss.data_ack);
        else
            g_string_append(out, "no DATA_ACK");
        break;
    case MPT_OPTION_CHANGE_KEYS:
        g_string_append(out, o->subtype == MPT_MP_CAPABLE ? "keys" : "token, nonce or HMAC");
        break;
    default:
        g_string_append(out, "content");
    }
}

static void append_difference(GString *out, const mpt_option_change *c, unsigned from)
{
    if (c->part == MPT_OPTION_CHANGE_KEYS || c->part == MPT_OPTION_CHANGE_CONTENT) {
        g_string_append(out, "other ");
        append_content(out, c, from);
        return;
    }
    append_content(out, c, !from);
    g_string_append(out, " instead of ");
    append_content(out, c, from);
}

static void content(struct look *l, const mpt_option_change *c, unsigned from)
{
    const mpt_add_addr *a = &c->option[from].add_addr, *b = &c->option[!from].add_addr;
    GString *text = g_string_new(NULL);
    mpt_finding *f;

    append_carrier(text, c, from);
    append_way(text, l, c, from);
    g_string_append_printf(
        text, "with one %s and %s at %s with another (frame %u there%s): ", mpt_subtype_name(c->subtype),
        arrive(text, c), name_at(l->way, !from), c->frame[!from], c->segments > 1 ? ", the first" : "");
    append_difference(text, c, from);
    g_string_append(text, ". Something between them rewrites the option.");
    if (c->part == MPT_OPTION_CHANGE_ADDRESS && a->has_hmac && b->has_hmac &&
        !memcmp(a->hmac, b->hmac, sizeof a->hmac))
        g_string_append(text, " Its HMAC is still that of the first address, so the receiver ignores it.");
    f = mpt_found(l->x, MPT_FINDING_OPTION_CHANGED, c->time_ns[from], c->frame[from], c->segments, "%s",
                  text->str);
    finish(l, f, sender(l->flow, c->side), &SECTIONS[c->subtype]);
    g_string_free(text, TRUE);
}

static void check_options(struct look *l)
{
    const GArray *changes = l->flow->changes;

    for (guint i = 0; changes && i < changes->len; i++) {
        const mpt_option_change *c = &g_array_index(changes, mpt_option_change, i);
        unsigned from = end_at(l->way, sender(l->flow, c->side));
        if (c->part == MPT_OPTION_CHANGE_PRESENCE)
            presence(l, c, from);
        else
            content(l, c, from);
    }
}

/* --- the subflow's own --- */

static void check_addresses(struct look *l)
{
    const mpt_path_flow *f = l->flow;
    const mpt_subflow *a = f->subflow[l->way->client_end], *b = f->subflow[!l->way->client_end];
    unsigned side = mpt_subflow_side(a, mpt_connection_client_side(a->connection)); /* the client's, of a */
    unsigned other = side ^ f->flip[0] ^ f->flip[1];
    char from[MPT_ENDPOINT_TEXT], to[MPT_ENDPOINT_TEXT], from2[MPT_ENDPOINT_TEXT], to2[MPT_ENDPOINT_TEXT];

    if (!f->addresses_changed)
        return;
    finish(l,
           mpt_found(l->x, MPT_FINDING_ADDRESSES_CHANGED, a->start_ns, a->first_frame, 1,
                     "Subflow %u has other addresses or ports at each vantage point: %s - %s at %s, %s - %s "
                     "at %s: address "
                     "translation (NAT) between them.",
                     l->way->subflow, mpt_endpoint_text(&a->ends[side], from),
                     mpt_endpoint_text(&a->ends[!side], to), l->way->name[0],
                     mpt_endpoint_text(&b->ends[other], from2), mpt_endpoint_text(&b->ends[!other], to2),
                     l->way->name[1]),
           MPT_C2S, NULL);
}

static void check_sequence(struct look *l)
{
    const mpt_path_flow *f = l->flow;
    const mpt_subflow *a = f->subflow[0], *b = f->subflow[1];

    for (unsigned side = 0; side < 2; side++) {
        const mpt_half *x = &a->half[side ^ f->flip[0]], *y = &b->half[side ^ f->flip[1]];
        const mpt_subflow *s;
        unsigned from = end_at(l->way, sender(f, side));
        if (!x->isn_known || !y->isn_known || x->origin == y->origin)
            continue;
        s = f->subflow[from];
        finish(l,
               mpt_found(
                   l->x, MPT_FINDING_SEQUENCE_CHANGED, s->start_ns, s->first_frame, 1,
                   "%s: what the %s sends has other sequence numbers at %s (from %u) than at %s (from %u): "
                   "something between them writes its own.",
                   l->name, mpt_word_end(sender(f, side)), name_at(l->way, !from), (from ? x : y)->origin,
                   name_at(l->way, from), (from ? y : x)->origin),
               sender(f, side), NULL);
    }
}

static void check_mss(struct look *l)
{
    const mpt_path_flow *f = l->flow;

    for (unsigned side = 0; side < 2; side++) {
        unsigned host = sender(f, side), from = end_at(l->way, host);
        const mpt_subflow *s = f->subflow[from];
        bool opens = s->initiator_known && s->initiator == (side ^ f->flip[from]);
        if (!f->mss[0][side] || !f->mss[1][side] || f->mss[0][side] == f->mss[1][side])
            continue;
        finish(l,
               mpt_found(l->x, MPT_FINDING_MSS_CHANGED, opens ? s->syn_ns : s->synack_ns,
                         opens ? s->first_frame : s->synack_frame, 1,
                         "The %s of %s leaves %s with a maximum segment size of %u and arrives at %s with "
                         "%u: something "
                         "between them clamps it.",
                         opens ? "SYN" : "SYN/ACK", l->name, name_at(l->way, from), f->mss[from][side],
                         name_at(l->way, !from), f->mss[!from][side]),
               host, NULL);
    }
}

/* --- what does not arrive as MPTCP --- */

/* SYNs with an option, and those of them that came through: the plain ones that follow are counted apart. */
static uint64_t optioned_syns(const mpt_subflow *s)
{
    return s->evidence ? s->evidence->syns - s->evidence->plain_syn.count : 1;
}

static bool all_blocked(const mpt_subflow *s, const mpt_subflow *plain)
{
    return s->evidence && plain->evidence && s->evidence->plain_syn.count > 0 &&
           plain->evidence->syns <= s->evidence->plain_syn.count;
}

static void check_missing(struct look *l)
{
    const mpt_path_flow *f = l->flow;
    const mpt_subflow *s = any_subflow(f), *plain = f->plain;
    unsigned end = f->subflow[0] ? 0 : 1, host;
    const char *option = s->kind == MPT_SUBFLOW_JOIN ? "MP_JOIN" : "MP_CAPABLE";
    bool join = s->kind == MPT_SUBFLOW_JOIN;
    uint64_t syns = optioned_syns(s);
    mpt_finding *found;

    if (!s->syn_seen || !s->initiator_known || (s->kind != MPT_SUBFLOW_CAPABLE && !join))
        return;
    host = sender(f, s->initiator ^ f->flip[end]);
    /* Only of the end that the SYN comes from. */
    if (end != end_at(l->way, host) || (plain && plain->options_cut))
        return;
    if (plain && plain->syn_seen && !all_blocked(s, plain)) {
        found = mpt_found(
            l->x, MPT_FINDING_OPTION_REMOVED, s->syn_ns, s->first_frame, syns,
            "The SYN of %s leaves %s with %s and arrives at %s without it (frame %u there): something "
            "between them removes the option.",
            l->name, name_at(l->way, end), option, name_at(l->way, !end), plain->first_frame);
        finish(l, found, host, &SECTIONS[join ? MPT_MP_JOIN : MPT_MP_CAPABLE]);
    } else if ((plain && plain->syn_seen) || (!plain && !f->outside && !s->synack_seen)) {
        found =
            mpt_found(l->x, MPT_FINDING_SYN_BLOCKED, s->syn_ns, s->first_frame, syns,
                      "The SYN with %s of %s leaves %s (%u time%s) and does not arrive at %s%s: %ssomething "
                      "between them drops it.",
                      option, l->name, name_at(l->way, end), (unsigned)syns, syns == 1 ? "" : "s",
                      name_at(l->way, !end), plain ? ", one without the option does" : "",
                      syns == 1 && !plain ? "it was lost, or " : "");
        finish(l, found, host, join ? &SECTIONS[MPT_MP_JOIN] : &SYN_BLOCKED);
    }
}

void mpt_check_ways(mpt_checking *x)
{
    for (guint i = 0; x->ways && i < x->ways->len; i++) {
        const mpt_path_hop *way = &g_array_index(x->ways, mpt_path_hop, i);
        struct look l = {.x = x, .way = way, .flow = way->flow};
        const mpt_subflow *s = any_subflow(l.flow);
        unsigned side = mpt_subflow_side(s, mpt_connection_client_side(s->connection));
        char a[MPT_ENDPOINT_TEXT], b[MPT_ENDPOINT_TEXT];

        g_snprintf(l.name, sizeof l.name, "subflow %u (%s - %s)", way->subflow,
                   mpt_endpoint_text(&s->ends[side], a), mpt_endpoint_text(&s->ends[!side], b));
        if (!l.flow->subflow[0] || !l.flow->subflow[1]) {
            if (way->reliable)
                check_missing(&l);
            continue;
        }
        if (way->reliable)
            check_options(&l);
        check_addresses(&l);
        check_sequence(&l);
        check_mss(&l);
    }
}

/* --- who made it plain TCP --- */

/* The place on the first subflow's way where an option is lost; NULL: none is. */
static const mpt_path_hop *loses_option(const mpt_checking *x, uint32_t frame[2])
{
    for (guint i = 0; x->ways && i < x->ways->len; i++) {
        const mpt_path_hop *way = &g_array_index(x->ways, mpt_path_hop, i);
        const mpt_path_flow *f = way->flow;
        if (way->subflow != 0 || !way->reliable)
            continue;
        if (f->plain && any_subflow(f)->syn_seen && f->plain->syn_seen &&
            !all_blocked(any_subflow(f), f->plain)) {
            frame[0] = any_subflow(f)->first_frame;
            frame[1] = f->plain->first_frame;
            return way;
        }
        for (guint k = 0; f->changes && k < f->changes->len; k++) {
            const mpt_option_change *c = &g_array_index(f->changes, mpt_option_change, k);
            unsigned from = end_at(way, sender(f, c->side));
            if (c->part != MPT_OPTION_CHANGE_PRESENCE || !(c->ends >> from & 1u) ||
                (c->subtype != MPT_MP_CAPABLE && c->subtype != MPT_DSS))
                continue;
            frame[0] = c->frame[from];
            frame[1] = c->frame[!from];
            return way;
        }
    }
    return NULL;
}

/* The first subflow as it is at the vantage point of the client (0) or of the server (1); NULL: not captured
 * there. */
static const mpt_subflow *seen_at(const mpt_checking *x, unsigned host, const mpt_path_hop **way)
{
    const mpt_subflow *found = NULL;

    for (guint i = 0; x->ways && i < x->ways->len; i++) {
        const mpt_path_hop *w = &g_array_index(x->ways, mpt_path_hop, i);
        const mpt_subflow *s = w->flow->subflow[end_at(w, host)];
        if (w->subflow != 0 || !w->reliable || !w->flow->subflow[0] || !w->flow->subflow[1])
            continue;
        if (found && host == 0)
            break;
        found = s;
        *way = w;
    }
    return found;
}

bool mpt_path_hop_culprit(const mpt_checking *x, GString *out)
{
    uint32_t frame[2];
    const mpt_path_hop *way = loses_option(x, frame);
    const mpt_subflow *s;

    if (way) {
        g_string_append_printf(
            out,
            "Both vantage points show where: the option is there in frame %u and missing in frame "
            "%u, so something between %s and %s removes it.",
            frame[0], frame[1], way->name[0], way->name[1]);
        return true;
    }
    if (x->v->fallback == MPT_FALLBACK_SYNACK && (s = seen_at(x, 1, &way)) && s->syn_capable &&
        s->synack_seen && !s->synack_capable && !s->synack_cut) {
        g_string_append_printf(
            out,
            "The SYN arrives at %s with MP_CAPABLE (frame %u), and is answered without it there "
            "(frame %u): the server itself, or what is beyond that point, has no MPTCP or has it "
            "switched off.",
            way->name[1], s->first_frame, s->synack_frame);
        return true;
    }
    if (x->v->fallback == MPT_FALLBACK_ACK && (s = seen_at(x, 0, &way)) && s->synack_capable &&
        s->ack_without_mptcp) {
        g_string_append_printf(
            out,
            "The SYN/ACK arrives at %s with MP_CAPABLE (frame %u), and the third ACK leaves it "
            "without (frame %u): the client itself has fallen back.",
            way->name[0], s->synack_frame, s->ack_frame);
        return true;
    }
    return false;
}
