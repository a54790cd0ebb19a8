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

/* The end of the flow that is nearer to this host. */
static mpt_end end_at(const mpt_path_hop *way, mpt_role host)
{
    return host == MPT_CLIENT ? way->client_end : mpt_end_other(way->client_end);
}

static bool at_both_ends(const mpt_path_flow *f)
{
    return f->subflow[MPT_END_A] && f->subflow[MPT_END_B];
}

static mpt_term point_of(const mpt_path_hop *way, mpt_role host)
{
    return mpt_term_of(MPT_TERM_POINT, way->point[host]);
}

static mpt_term point_at(const mpt_path_hop *way, mpt_end end)
{
    return point_of(way, end == way->client_end ? MPT_CLIENT : MPT_SERVER);
}

static mpt_term subflow_at(const struct look *l, const mpt_subflow *s, mpt_side client_side)
{
    return (mpt_term){.type = MPT_TERM_SUBFLOW, .subflow = {s, l->way->subflow, client_side}};
}

static void finish(const struct look *l, mpt_finding *f, mpt_role host, const mpt_rfcs *rfcs)
{
    f->subflow = (mpt_maybe_int){.known = true, .value = l->way->subflow};
    mpt_found_direction(f, mpt_role_sends(host));
    if (rfcs && rfcs->v1.number)
        f->rfc = mpt_found_rfc(l->x, rfcs);
}

/* --- options --- */

/* What carries them: the SYN, 12 segments. */
static mpt_phrase carrier_of(const mpt_option_change *c, mpt_end from)
{
    const mpt_option *o = &c->option[c->ends >> from & 1u ? from : mpt_end_other(from)];

    if (c->flags & MPT_TCP_SYN)
        return c->flags & MPT_TCP_ACK ? MPT_PHRASE_CARRIER_SYNACK : MPT_PHRASE_CARRIER_SYN;
    if (o->subtype == MPT_MP_JOIN || (o->subtype == MPT_MP_CAPABLE && !o->capable.has_data))
        return MPT_PHRASE_CARRIER_ACK;
    return o->subtype == MPT_MP_CAPABLE ? MPT_PHRASE_CARRIER_DATA : MPT_PHRASE_CARRIER_SEGMENTS;
}

static mpt_finding *option_found(struct look *l, const mpt_option_change *c, mpt_end from, mpt_finding_id id,
                                 mpt_phrase phrase)
{
    mpt_finding *f = mpt_found(l->x, id, c->time_ns[from], c->frame[from], c->segments);
    mpt_phrase carrier = carrier_of(c, from);
    mpt_term segments = mpt_term_of(MPT_TERM_COUNT, c->segments);
    mpt_end to = mpt_end_other(from);

    if (carrier == MPT_PHRASE_CARRIER_SEGMENTS)
        mpt_say(f, carrier, segments);
    else
        mpt_say(f, carrier);
    mpt_say(f, phrase, l->name,
            mpt_term_of(MPT_TERM_FLAG, carrier != MPT_PHRASE_CARRIER_SEGMENTS || c->segments == 1),
            point_at(l->way, from), mpt_term_of(MPT_TERM_OPTION, c->subtype), point_at(l->way, to), segments,
            mpt_term_of(MPT_TERM_FRAME, c->frame[to]));
    finish(l, f, mpt_path_sender(l->flow, c->side), &SECTIONS[c->subtype]);
    return f;
}

/* What one end has there. */
static void say_content(mpt_finding *f, const mpt_option_change *c, mpt_end end)
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

static void content(struct look *l, const mpt_option_change *c, mpt_end from)
{
    mpt_end to = mpt_end_other(from);
    const mpt_add_addr *a = &c->option[from].add_addr, *b = &c->option[to].add_addr;
    mpt_finding *f = option_found(l, c, from, MPT_FINDING_OPTION_CHANGED, MPT_PHRASE_OPTION_CHANGED);

    if (c->part == MPT_OPTION_CHANGE_CONTENT) {
        mpt_say(f, MPT_PHRASE_OTHER_CONTENT);
    } else if (c->part == MPT_OPTION_CHANGE_KEYS) {
        mpt_say(f,
                c->option[from].subtype == MPT_MP_CAPABLE ? MPT_PHRASE_OTHER_KEYS : MPT_PHRASE_OTHER_TOKEN);
    } else {
        say_content(f, c, to);
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
        mpt_end from = end_at(l->way, mpt_path_sender(l->flow, c->side));
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
    mpt_end near = end_at(l->way, MPT_CLIENT), far = end_at(l->way, MPT_SERVER);
    const mpt_subflow *a = f->subflow[near], *b = f->subflow[far];
    mpt_side side = mpt_subflow_side(a, mpt_connection_client_side(a->connection)); /* the client's, of a */
    mpt_side other = mpt_path_side(f, far, mpt_path_side(f, near, side));

    if (!f->addresses_changed)
        return;
    finish(l,
           mpt_say(mpt_found(l->x, MPT_FINDING_ADDRESSES_CHANGED, a->start_ns, a->first_frame, 1),
                   MPT_PHRASE_ADDRESSES_CHANGED, subflow_at(l, a, side), point_of(l->way, MPT_CLIENT),
                   subflow_at(l, b, other), point_of(l->way, MPT_SERVER)),
           MPT_CLIENT, NULL);
}

static void check_sequence(struct look *l)
{
    const mpt_path_flow *f = l->flow;

    for (mpt_side side = 0; side < MPT_SIDES; side++) {
        mpt_role host = mpt_path_sender(f, side);
        mpt_end from = end_at(l->way, host), to = mpt_end_other(from);
        const mpt_subflow *s = f->subflow[from];
        const mpt_half *sent = &s->half[mpt_path_side(f, from, side)];
        const mpt_half *arrived = &f->subflow[to]->half[mpt_path_side(f, to, side)];
        if (!sent->isn_known || !arrived->isn_known || sent->origin == arrived->origin)
            continue;
        finish(l,
               mpt_say(mpt_found(l->x, MPT_FINDING_SEQUENCE_CHANGED, s->start_ns, s->first_frame, 1),
                       MPT_PHRASE_SEQUENCE_CHANGED, l->name, mpt_term_role(host), point_at(l->way, to),
                       mpt_term_of(MPT_TERM_NUMBER, arrived->origin), point_at(l->way, from),
                       mpt_term_of(MPT_TERM_NUMBER, sent->origin)),
               host, NULL);
    }
}

static void check_mss(struct look *l)
{
    const mpt_path_flow *f = l->flow;

    for (mpt_side side = 0; side < MPT_SIDES; side++) {
        mpt_role host = mpt_path_sender(f, side);
        mpt_end from = end_at(l->way, host), to = mpt_end_other(from);
        uint16_t sent = f->mss[from][side], arrived = f->mss[to][side];
        const mpt_subflow *s = f->subflow[from];
        bool opens = s->initiator_known && s->initiator == mpt_path_side(f, from, side);
        if (!sent || !arrived || sent == arrived)
            continue;
        finish(l,
               mpt_say(mpt_found(l->x, MPT_FINDING_MSS_CHANGED, opens ? s->syn_ns : s->synack_ns,
                                 opens ? s->first_frame : s->synack_frame, 1),
                       MPT_PHRASE_MSS_CHANGED, mpt_term_of(MPT_TERM_FLAG, opens), l->name,
                       point_at(l->way, from), mpt_term_of(MPT_TERM_NUMBER, sent), point_at(l->way, to),
                       mpt_term_of(MPT_TERM_NUMBER, arrived)),
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
    const mpt_subflow *s = mpt_path_subflow(f), *plain = f->plain;
    mpt_end end = mpt_path_found_at(f);
    mpt_role host;
    bool join = s->kind == MPT_SUBFLOW_JOIN;
    mpt_subtype subtype = join ? MPT_MP_JOIN : MPT_MP_CAPABLE;
    mpt_term option = mpt_term_of(MPT_TERM_OPTION, subtype), from = point_at(l->way, end),
             to = point_at(l->way, mpt_end_other(end));
    uint64_t syns = optioned_syns(s);
    mpt_finding *found;

    if (!s->syn_seen || !s->initiator_known || (s->kind != MPT_SUBFLOW_CAPABLE && !join))
        return;
    host = mpt_path_sender(f, mpt_path_side(f, end, s->initiator));
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
        const mpt_subflow *s = mpt_path_subflow(l.flow);
        mpt_side side = mpt_subflow_side(s, mpt_connection_client_side(s->connection));

        l.name = subflow_at(&l, s, side);
        if (!at_both_ends(l.flow)) {
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
        if (f->plain && mpt_path_subflow(f)->syn_seen && f->plain->syn_seen &&
            !all_blocked(mpt_path_subflow(f), f->plain)) {
            frame[0] = mpt_path_subflow(f)->first_frame;
            frame[1] = f->plain->first_frame;
            return way;
        }
        for (guint k = 0; f->changes && k < f->changes->len; k++) {
            const mpt_option_change *c = &g_array_index(f->changes, mpt_option_change, k);
            mpt_end from = end_at(way, mpt_path_sender(f, c->side));
            if (c->part != MPT_OPTION_CHANGE_PRESENCE || !(c->ends >> from & 1u) ||
                (c->subtype != MPT_MP_CAPABLE && c->subtype != MPT_DSS))
                continue;
            frame[0] = c->frame[from];
            frame[1] = c->frame[mpt_end_other(from)];
            return way;
        }
    }
    return NULL;
}

/* The first subflow as it is at the vantage point nearest to this host; NULL: not captured there. */
static const mpt_subflow *seen_at(const mpt_checking *x, mpt_role host, const mpt_path_hop **way)
{
    const mpt_subflow *found = NULL;

    for (guint i = 0; x->ways && i < x->ways->len; i++) {
        const mpt_path_hop *w = &g_array_index(x->ways, mpt_path_hop, i);
        const mpt_subflow *s = w->flow->subflow[end_at(w, host)];
        if (w->subflow != 0 || !w->reliable || !at_both_ends(w->flow))
            continue;
        if (found && host == MPT_CLIENT)
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
                mpt_term_of(MPT_TERM_FRAME, frame[1]), point_of(way, MPT_CLIENT), point_of(way, MPT_SERVER));
    else if (x->v->fallback == MPT_FALLBACK_SYNACK && (s = seen_at(x, MPT_SERVER, &way)) && s->syn_capable &&
             s->synack_seen && !s->synack_capable && !s->synack_cut)
        mpt_say(f, MPT_PHRASE_CULPRIT_SERVER, point_of(way, MPT_SERVER),
                mpt_term_of(MPT_TERM_FRAME, s->first_frame), mpt_term_of(MPT_TERM_FRAME, s->synack_frame));
    else if (x->v->fallback == MPT_FALLBACK_ACK && (s = seen_at(x, MPT_CLIENT, &way)) && s->synack_capable &&
             s->ack_without_mptcp)
        mpt_say(f, MPT_PHRASE_CULPRIT_CLIENT, point_of(way, MPT_CLIENT),
                mpt_term_of(MPT_TERM_FRAME, s->synack_frame), mpt_term_of(MPT_TERM_FRAME, s->ack_frame));
    else
        return false;
    return true;
}
