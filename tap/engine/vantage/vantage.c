/* vantage.c - see vantage.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "vantage.h"

#include <glib.h>
#include <string.h>

#include "assignment.h"
#include "handshake_order.h"
#include "tap/engine/base/signature_set.h"
#include "tap/engine/protocol/option.h"

/* Bounds of what is held, and of what is remembered of handshakes (two a subflow). */
#define MAX_HELD       10000
#define MAX_HANDSHAKES (1u << 18)
/* Segments other than of a handshake that two interfaces must share: a few may be alike by chance. */
#define ENOUGH         3

/* What is known of an interface beside where it is. */
typedef struct about {
    bool weak;                             /* decided without evidence */
    bool delivered;                        /* some of its segments are gone to its point */
    bool moved;                            /* to another point, after that */
    bool multipath;                        /* it showed an MPTCP option, as far as was looked */
    uint8_t alike[MPT_VANTAGE_INTERFACES]; /* segments outside handshakes that each other one showed too */
} about;

struct mpt_vantage {
    mpt_vantage_deliver deliver;
    void *user;
    int64_t hold_ns;
    mpt_assignment interfaces[MPT_VANTAGE_INTERFACES];
    about about[MPT_VANTAGE_INTERFACES];
    unsigned count, points;
    bool named;
    int rest;
    uint64_t dropped;
    /* The last segment's interface: most segments follow one of their own. */
    uint32_t last_id;
    int last_point; /* below 0: look it up */
    mpt_signature_set handshakes, recent;
    mpt_handshake_order answers;
    GArray *held; /* mpt_segment, payload owned; NULL: nothing is held */
    int64_t held_since_ns;
};

mpt_vantage *mpt_vantage_new(int64_t hold_ns, mpt_vantage_deliver deliver, void *user)
{
    mpt_vantage *v = g_new0(mpt_vantage, 1);

    v->hold_ns = hold_ns;
    v->deliver = deliver;
    v->user = user;
    v->last_point = -1;
    v->rest = -1;
    return v;
}

static void drop_held(mpt_vantage *v)
{
    for (guint i = 0; v->held && i < v->held->len; i++)
        g_free((gpointer)g_array_index(v->held, mpt_segment, i).payload);
    if (v->held)
        g_array_free(v->held, TRUE);
    v->held = NULL;
    mpt_signature_set_clear(&v->recent);
}

void mpt_vantage_free(mpt_vantage *v)
{
    if (!v)
        return;
    drop_held(v);
    mpt_signature_set_clear(&v->handshakes);
    mpt_handshake_order_clear(&v->answers);
    g_free(v);
}

typedef mpt_assignment interface;

static interface *find(const mpt_vantage *v, uint32_t id)
{
    for (unsigned i = 0; i < v->count; i++)
        if (v->interfaces[i].id == id)
            return (interface *)&v->interfaces[i];
    return NULL;
}

static interface *add(mpt_vantage *v, uint32_t id)
{
    if (v->count == MPT_VANTAGE_INTERFACES)
        return NULL;
    interface *f = &v->interfaces[v->count++];
    *f = (interface){.id = id, .point = -1};
    return f;
}

void mpt_vantage_name(mpt_vantage *v, uint32_t interface_id, unsigned point)
{
    interface *f = find(v, interface_id);

    g_return_if_fail(point < MPT_VANTAGE_POINTS);
    v->named = true;
    if (!f)
        f = add(v, interface_id);
    if (!f)
        return;
    f->point = (int)point;
    v->points = MAX(v->points, point + 1);
}

void mpt_vantage_rest(mpt_vantage *v, int point)
{
    g_return_if_fail(point < MPT_VANTAGE_POINTS);
    v->rest = point;
    v->points = MAX(v->points, (unsigned)(point + 1));
}

/* --- evidence --- */

/* What identifies a segment wherever it is seen: no address, for NAT changes it. */
static uint64_t signature(const mpt_segment *g)
{
    bool ack = g->flags & MPT_TCP_ACK;

    return mpt_signature_set_mix((uint64_t)g->seq << 32 | (ack ? g->ack : 0),
                                 (uint64_t)g->payload_len << 16 | (g->flags & ~MPT_TCP_PSH));
}

/* The keys of MP_CAPABLE and the nonces of MP_JOIN outlive a middlebox that writes its
 * own sequence numbers. */
static uint64_t option_signature(const mpt_segment *g)
{
    mpt_option o;
    size_t used;

    if (mpt_option_parse(g->options, g->option_len, &o, &used) != MPT_OPTION_OK)
        return 0;
    if (o.subtype != MPT_MP_JOIN && (o.subtype != MPT_MP_CAPABLE || used < 12))
        return 0;
    uint64_t sum = used;
    for (size_t i = 0; i < used; i++)
        sum = mpt_signature_set_mix(sum, g->options[i]);
    return sum;
}

/* Interfaces of `mask` and this one are different points. */
static void conflict(mpt_vantage *v, interface *f, uint64_t mask)
{
    unsigned self = (unsigned)(f - v->interfaces);

    mask &= ~(UINT64_C(1) << self);
    f->conflicts |= mask;
    for (unsigned i = 0; i < v->count; i++)
        if (mask >> i & 1u)
            v->interfaces[i].conflicts |= UINT64_C(1) << self;
}

static void note_handshake(mpt_vantage *v, interface *f, const mpt_segment *g)
{
    unsigned self = (unsigned)(f - v->interfaces);
    uint64_t signatures[2] = {signature(g), g->option_len ? option_signature(g) : 0}, masks[2] = {0, 0};

    for (unsigned k = 0; k < 2; k++)
        if (signatures[k])
            masks[k] = mpt_signature_set_add(&v->handshakes, signatures[k], self, MAX_HANDSHAKES);
    conflict(v, f, masks[0] | masks[1]);
    v->about[self].multipath |= g->option_len > 0;
    if (v->count > 1)
        mpt_handshake_order_note_keys(&v->answers, g);
    if (g->flags & MPT_TCP_ACK)
        mpt_handshake_order_synack(&v->answers, v->interfaces, self, g, signatures, masks);
    else
        mpt_handshake_order_syn(&v->answers, self, g);
}

static void note_recent(mpt_vantage *v, interface *f, const mpt_segment *g)
{
    unsigned self = (unsigned)(f - v->interfaces);
    uint64_t mask = mpt_signature_set_add(&v->recent, signature(g), self, 2 * MAX_HELD);

    v->about[self].multipath |= g->option_len > 0;
    mpt_handshake_order_note_keys(&v->answers, g);
    for (unsigned i = 0; i < v->count; i++) {
        if (i == self || !(mask >> i & 1u))
            continue;
        if (++v->about[self].alike[i] >= ENOUGH) {
            v->about[self].alike[i] = ENOUGH;
            conflict(v, f, UINT64_C(1) << i);
        }
    }
}

/* --- deciding --- */

/* True where what was decided before is at odds with what the interface has shown since. */
static bool is_doubtful(const mpt_vantage *v, unsigned i)
{
    const interface *f = &v->interfaces[i];

    if (f->point < 0 || !f->conflicts)
        return false;
    if (v->about[i].weak)
        return true;
    for (unsigned k = 0; k < i; k++)
        if (f->conflicts >> k & 1u && v->interfaces[k].point == f->point)
            /* Where there is no other point to go to, every handshake would come here. */
            return v->points < MPT_VANTAGE_POINTS;
    return false;
}

static void decide(mpt_vantage *v)
{
    int before[MPT_VANTAGE_INTERFACES] = {0};

    for (unsigned i = 0; i < v->count; i++)
        before[i] = v->interfaces[i].point;
    for (unsigned i = 0; i < v->count; i++)
        if (is_doubtful(v, i))
            v->interfaces[i].point = -1;
    for (unsigned i = 0; i < v->count; i++)
        if (v->interfaces[i].point < 0)
            v->about[i].weak = v->interfaces[i].conflicts == 0;
    v->points = mpt_assignment_decide(v->interfaces, v->count, v->points);
    for (unsigned i = 0; i < v->count; i++)
        v->about[i].moved |= v->about[i].delivered && before[i] != v->interfaces[i].point;
    v->last_point = -1;
}

static bool any_doubtful(const mpt_vantage *v, const interface *f)
{
    for (unsigned i = 0; i < v->count; i++)
        if ((&v->interfaces[i] == f || f->conflicts >> i & 1u) && is_doubtful(v, i))
            return true;
    return false;
}

/* --- holding --- */

static void hold(mpt_vantage *v, const mpt_segment *g)
{
    mpt_segment copy = *g;

    if (g->payload)
        copy.payload = g_memdup2(g->payload, g->captured_payload);
    g_array_append_val(v->held, copy);
}

static void hand_on(mpt_vantage *v, const mpt_segment *g)
{
    const interface *f = find(v, g->interface_id);

    v->last_id = g->interface_id;
    v->last_point = f ? f->point : (int)mpt_assignment_nearest(v->interfaces, v->count, g->interface_id);
    if (f)
        v->about[f - v->interfaces].delivered = true;
    v->deliver(g, (unsigned)v->last_point, v->user);
}

static void release(mpt_vantage *v)
{
    GArray *held = v->held;

    v->held = NULL;
    for (guint i = 0; i < held->len; i++) {
        mpt_segment *g = &g_array_index(held, mpt_segment, i);
        hand_on(v, g);
        g_free((gpointer)g->payload);
    }
    g_array_free(held, TRUE);
    mpt_signature_set_clear(&v->recent);
}

void mpt_vantage_flush(mpt_vantage *v)
{
    if (!v->held)
        return;
    decide(v);
    release(v);
}

/* Also where segments are held already: a new interface gets its time to show something. */
static void begin_holding(mpt_vantage *v, const mpt_segment *g)
{
    if (!v->held)
        v->held = g_array_new(FALSE, FALSE, sizeof(mpt_segment));
    v->held_since_ns = g->time_ns;
}

static bool held_enough(const mpt_vantage *v, const mpt_segment *g)
{
    return v->hold_ns == 0 || v->held->len >= MAX_HELD || g->time_ns - v->held_since_ns > v->hold_ns;
}

static void feed_named(mpt_vantage *v, const mpt_segment *g)
{
    interface *f = find(v, g->interface_id);

    if (!f && (f = add(v, g->interface_id)) != NULL)
        f->point = v->rest;
    int point = f ? f->point : v->rest;
    if (f)
        v->about[f - v->interfaces].delivered = true;
    if (point >= 0)
        v->deliver(g, (unsigned)point, v->user);
    else
        v->dropped++;
}

static void feed_slowly(mpt_vantage *v, const mpt_segment *g)
{
    interface *f = find(v, g->interface_id);

    if (!f && (f = add(v, g->interface_id)) != NULL) {
        if (v->count == 1)
            f->point = 0, v->points = 1;
        else
            begin_holding(v, g);
    }
    if (f && g->flags & MPT_TCP_SYN)
        note_handshake(v, f, g);
    else if (f && v->held)
        note_recent(v, f, g);
    /* The rest of the handshake tells where it belongs. */
    if (f && !v->held && f->conflicts && any_doubtful(v, f))
        begin_holding(v, g);
    if (!v->held) {
        hand_on(v, g);
        return;
    }
    hold(v, g);
    if (held_enough(v, g)) {
        decide(v);
        release(v);
    }
}

void mpt_vantage_feed(mpt_vantage *v, const mpt_segment *segment)
{
    if (v->last_point >= 0 && segment->interface_id == v->last_id && !v->held &&
        !(segment->flags & MPT_TCP_SYN))
        v->deliver(segment, (unsigned)v->last_point, v->user);
    else if (v->named)
        feed_named(v, segment);
    else
        feed_slowly(v, segment);
}

/* --- reading --- */

unsigned mpt_vantage_points(const mpt_vantage *v)
{
    return v->points;
}

bool mpt_vantage_point_of(const mpt_vantage *v, uint32_t interface_id, unsigned *point)
{
    const interface *f = find(v, interface_id);

    if (!f || f->point < 0)
        return false;
    *point = (unsigned)f->point;
    return true;
}

/* The k-th by number of those at this point, or, where it is NULL, of all that had segments. */
static bool kth(const mpt_vantage *v, const unsigned *point, unsigned k, uint32_t *interface_id)
{
    bool first = true;
    uint32_t last = 0;

    for (unsigned round = 0; round <= k; round++) {
        const interface *next = NULL;
        for (unsigned i = 0; i < v->count; i++) {
            const interface *f = &v->interfaces[i];
            bool here = point ? f->point == (int)*point : !v->named || v->about[i].delivered;
            if (here && (first || f->id > last) && (!next || f->id < next->id))
                next = f;
        }
        if (!next)
            return false;
        last = next->id;
        first = false;
    }
    *interface_id = last;
    return true;
}

bool mpt_vantage_interface(const mpt_vantage *v, unsigned point, unsigned k, uint32_t *interface_id)
{
    return kth(v, &point, k, interface_id);
}

bool mpt_vantage_seen(const mpt_vantage *v, unsigned k, uint32_t *interface_id)
{
    return kth(v, NULL, k, interface_id);
}

uint64_t mpt_vantage_dropped(const mpt_vantage *v)
{
    return v->dropped;
}

bool mpt_vantage_is_uncertain(const mpt_vantage *v, uint32_t interface_id)
{
    const interface *f = find(v, interface_id);

    return f && v->points > 1 && !v->named && f->by_number && v->about[f - v->interfaces].multipath;
}

bool mpt_vantage_has_moved(const mpt_vantage *v, uint32_t interface_id)
{
    const interface *f = find(v, interface_id);

    return f && v->about[f - v->interfaces].moved;
}
