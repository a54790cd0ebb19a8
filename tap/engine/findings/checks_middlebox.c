/* checks_middlebox.c - checks of what happens between two vantage points: options, addresses and sequence
 * numbers that change on the path (RFC 8684 6), and SYNs that do not arrive.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "checks.h"

/* One thing that is looked at on a way. */
struct look {
    mpt_checking *x;
    const mpt_path_hop *way;
    const mpt_path_flow *flow;
    mpt_term name; /* the subflow */
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

static mpt_term point_at(const mpt_path_hop *way, unsigned end)
{
    return mpt_term_of(MPT_TERM_POINT, way->point[end == way->client_end ? 0 : 1]);
}

static mpt_term subflow_at(const struct look *l, const mpt_subflow *s, unsigned client_side)
{
    return (mpt_term){.type = MPT_TERM_SUBFLOW, .subflow = {s, l->way->subflow, client_side}};
}

static void finish(const struct look *l, mpt_finding *f, unsigned host, const mpt_rfcs *rfcs)
{
    f->subflow = (mpt_maybe_int){.known = true, .value = l->way->subflow};
    mpt_found_direction(f, host);
    if (rfcs && rfcs->v1.number)
        f->rfc = mpt_found_rfc(l->x, rfcs);
}

/* --- options --- */

/* What carries them: the SYN, 12 segments. */
static mpt_phrase carrier_of(const mpt_option_change *c, unsigned from)
{
    const mpt_option *o = &c->option[c->ends >> from & 1u ? from : !from];

    if (c->flags & MPT_TCP_SYN)
        return c->flags & MPT_TCP_ACK ? MPT_PHRASE_CARRIER_SYNACK : MPT_PHRASE_CARRIER_SYN;
    if (o->subtype == MPT_MP_JOIN || (o->subtype == MPT_MP_CAPABLE && !o->capable.has_data))
        return MPT_PHRASE_CARRIER_ACK;
    return o->subtype == MPT_MP_CAPABLE ? MPT_PHRASE_CARRIER_DATA : MPT_PHRASE_CARRIER_SEGMENTS;
}

static mpt_finding *option_found(struct look *l, const mpt_option_change *c, unsigned from, mpt_finding_id id,
                                 mpt_phrase phrase)
{
    mpt_finding *f = mpt_found(l->x, id, c->time_ns[from], c->frame[from], c->segments);
    mpt_phrase carrier = carrier_of(c, from);
    mpt_term segments = mpt_term_of(MPT_TERM_COUNT, c->segments);

    if (carrier == MPT_PHRASE_CARRIER_SEGMENTS)
        mpt_say(f, carrier, segments);
    else
        mpt_say(f, carrier);
    mpt_say(f, phrase, l->name,
            mpt_term_of(MPT_TERM_FLAG, carrier != MPT_PHRASE_CARRIER_SEGMENTS || c->segments == 1),
            point_at(l->way, from), mpt_term_of(MPT_TERM_OPTION, c->subtype), point_at(l->way, !from),
            segments, mpt_term_of(MPT_TERM_FRAME, c->frame[!from]));
    finish(l, f, sender(l->flow, c->side), &SECTIONS[c->subtype]);
    return f;
}

/* What one end has there. */
static void say_content(mpt_finding *f, const mpt_option_change *c, unsigned end)
{
    const mpt_add_addr *a = &c->option[end].add_addr;
    const mpt_dss *d = &c->option[end].dss;

    if (c->part == MPT_OPTION_CHANGE_ADDRESS)
        mpt_say(f, MPT_PHRASE_SAYS_ADDRESS,
                mpt_term_endpoint(a->has_port ? MPT_TERM_ENDPOINT : MPT_TERM_ADDRESS, &a->address),
                mpt_term_of(MPT_TERM_NUMBER, a->address_id));
    else if (c->part == MPT_OPTION_CHANGE_MAPPING && d->has_mapping)
        mpt_say(f, MPT_PHRASE_SAYS_MAPPING, mpt_term_of(MPT_TERM_NUMBER, d->dsn),
                mpt_term_of(MPT_TERM_NUMBER, d->ssn), mpt_term_of(MPT_TERM_NUMBER, d->length),
                mpt_term_of(MPT_TERM_FLAG, d->data_fin));
    else if (c->part == MPT_OPTION_CHANGE_MAPPING)
        mpt_say(f, MPT_PHRASE_SAYS_NO_MAPPING);
    else if (c->part == MPT_OPTION_CHANGE_CHECKSUM && d->has_checksum)
        mpt_say(f, MPT_PHRASE_SAYS_CHECKSUM, mpt_term_of(MPT_TERM_CHECKSUM, d->checksum));
    else if (c->part == MPT_OPTION_CHANGE_CHECKSUM)
        mpt_say(f, MPT_PHRASE_SAYS_NO_CHECKSUM);
    else if (d->has_ack)
        mpt_say(f, MPT_PHRASE_SAYS_DATA_ACK, mpt_term_of(MPT_TERM_NUMBER, d->data_ack));
    else
        mpt_say(f, MPT_PHRASE_SAYS_NO_DATA_ACK);
}

static void content(struct look *l, const mpt_option_change *c, unsigned from)
{
    const mpt_add_addr *a = &c->option[from].add_addr, *b = &c->option[!from].add_addr;
    mpt_finding *f = option_found(l, c, from, MPT_FINDING_OPTION_CHANGED, MPT_PHRASE_OPTION_CHANGED);

    if (c->part == MPT_OPTION_CHANGE_CONTENT) {
        mpt_say(f, MPT_PHRASE_OTHER_CONTENT);
    } else if (c->part == MPT_OPTION_CHANGE_KEYS) {
        mpt_say(f,
                c->option[from].subtype == MPT_MP_CAPABLE ? MPT_PHRASE_OTHER_KEYS : MPT_PHRASE_OTHER_TOKEN);
    } else {
        say_content(f, c, !from);
        mpt_say(f, MPT_PHRASE_INSTEAD_OF);
        say_content(f, c, from);
    }
    mpt_say(f, MPT_PHRASE_REWRITTEN);
    if (c->part == MPT_OPTION_CHANGE_ADDRESS && a->has_hmac && b->has_hmac &&
        !memcmp(a->hmac, b->hmac, sizeof a->hmac))
        mpt_say(f, MPT_PHRASE_REWRITTEN_HMAC);
}

static void check_options(struct look *l)
{
    const GArray *changes = l->flow->changes;

    for (guint i = 0; changes && i < changes->len; i++) {
        const mpt_option_change *c = &g_array_index(changes, mpt_option_change, i);
        unsigned from = end_at(l->way, sender(l->flow, c->side));
        if (c->part != MPT_OPTION_CHANGE_PRESENCE)
            content(l, c, from);
        else if (c->ends >> from & 1u)
            option_found(l, c, from, MPT_FINDING_OPTION_REMOVED, MPT_PHRASE_OPTION_REMOVED);
        else
            option_found(l, c, from, MPT_FINDING_OPTION_ADDED, MPT_PHRASE_OPTION_ADDED);
    }
}

/* --- the subflow's own --- */

static void check_addresses(struct look *l)
{
    const mpt_path_flow *f = l->flow;
    const mpt_subflow *a = f->subflow[l->way->client_end], *b = f->subflow[!l->way->client_end];
    unsigned side = mpt_subflow_side(a, mpt_connection_client_side(a->connection)); /* the client's, of a */
    unsigned other = side ^ f->flip[0] ^ f->flip[1];

    if (!f->addresses_changed)
        return;
    finish(l,
           mpt_say(mpt_found(l->x, MPT_FINDING_ADDRESSES_CHANGED, a->start_ns, a->first_frame, 1),
                   MPT_PHRASE_ADDRESSES_CHANGED, subflow_at(l, a, side),
                   mpt_term_of(MPT_TERM_POINT, l->way->point[0]), subflow_at(l, b, other),
                   mpt_term_of(MPT_TERM_POINT, l->way->point[1])),
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
               mpt_say(mpt_found(l->x, MPT_FINDING_SEQUENCE_CHANGED, s->start_ns, s->first_frame, 1),
                       MPT_PHRASE_SEQUENCE_CHANGED, l->name, mpt_term_of(MPT_TERM_ROLE, sender(f, side)),
                       point_at(l->way, !from), mpt_term_of(MPT_TERM_NUMBER, (from ? x : y)->origin),
                       point_at(l->way, from), mpt_term_of(MPT_TERM_NUMBER, (from ? y : x)->origin)),
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
               mpt_say(mpt_found(l->x, MPT_FINDING_MSS_CHANGED, opens ? s->syn_ns : s->synack_ns,
                                 opens ? s->first_frame : s->synack_frame, 1),
                       MPT_PHRASE_MSS_CHANGED, mpt_term_of(MPT_TERM_FLAG, opens), l->name,
                       point_at(l->way, from), mpt_term_of(MPT_TERM_NUMBER, f->mss[from][side]),
                       point_at(l->way, !from), mpt_term_of(MPT_TERM_NUMBER, f->mss[!from][side])),
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
    bool join = s->kind == MPT_SUBFLOW_JOIN;
    mpt_subtype subtype = join ? MPT_MP_JOIN : MPT_MP_CAPABLE;
    mpt_term option = mpt_term_of(MPT_TERM_OPTION, subtype), from = point_at(l->way, end),
             to = point_at(l->way, !end);
    uint64_t syns = optioned_syns(s);
    mpt_finding *found;

    if (!s->syn_seen || !s->initiator_known || (s->kind != MPT_SUBFLOW_CAPABLE && !join))
        return;
    host = sender(f, s->initiator ^ f->flip[end]);
    /* Only of the end that the SYN comes from. */
    if (end != end_at(l->way, host) || (plain && plain->options_cut))
        return;
    if (plain && plain->syn_seen && !all_blocked(s, plain)) {
        found = mpt_found(l->x, MPT_FINDING_OPTION_REMOVED, s->syn_ns, s->first_frame, syns);
        mpt_say(found, MPT_PHRASE_CARRIER_SYN);
        mpt_say(found, MPT_PHRASE_OPTION_REMOVED, l->name, mpt_term_of(MPT_TERM_FLAG, 1), from, option, to,
                mpt_term_of(MPT_TERM_COUNT, 1), mpt_term_of(MPT_TERM_FRAME, plain->first_frame));
        finish(l, found, host, &SECTIONS[subtype]);
    } else if ((plain && plain->syn_seen) || (!plain && !f->outside && !s->synack_seen)) {
        found = mpt_found(l->x, MPT_FINDING_SYN_BLOCKED, s->syn_ns, s->first_frame, syns);
        mpt_say(found, MPT_PHRASE_SYN_BLOCKED, option, l->name, from, mpt_term_of(MPT_TERM_COUNT, syns), to,
                mpt_term_of(MPT_TERM_FLAG, plain != NULL), mpt_term_of(MPT_TERM_FLAG, syns == 1 && !plain));
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

        l.name = subflow_at(&l, s, side);
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

/* The first subflow as it is at the vantage point of the client (0) or of the server (1); NULL:
 * not captured there. */
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

bool mpt_path_hop_culprit(const mpt_checking *x, mpt_finding *f)
{
    uint32_t frame[2];
    const mpt_path_hop *way = loses_option(x, frame);
    const mpt_subflow *s;

    if (way)
        mpt_say(f, MPT_PHRASE_CULPRIT_BETWEEN, mpt_term_of(MPT_TERM_FRAME, frame[0]),
                mpt_term_of(MPT_TERM_FRAME, frame[1]), mpt_term_of(MPT_TERM_POINT, way->point[0]),
                mpt_term_of(MPT_TERM_POINT, way->point[1]));
    else if (x->v->fallback == MPT_FALLBACK_SYNACK && (s = seen_at(x, 1, &way)) && s->syn_capable &&
             s->synack_seen && !s->synack_capable && !s->synack_cut)
        mpt_say(f, MPT_PHRASE_CULPRIT_SERVER, mpt_term_of(MPT_TERM_POINT, way->point[1]),
                mpt_term_of(MPT_TERM_FRAME, s->first_frame), mpt_term_of(MPT_TERM_FRAME, s->synack_frame));
    else if (x->v->fallback == MPT_FALLBACK_ACK && (s = seen_at(x, 0, &way)) && s->synack_capable &&
             s->ack_without_mptcp)
        mpt_say(f, MPT_PHRASE_CULPRIT_CLIENT, mpt_term_of(MPT_TERM_POINT, way->point[0]),
                mpt_term_of(MPT_TERM_FRAME, s->synack_frame), mpt_term_of(MPT_TERM_FRAME, s->ack_frame));
    else
        return false;
    return true;
}
