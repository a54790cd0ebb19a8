/* rule_scenes.h - captures that keep a rule of the RFC, and captures that violate it: a function each, for both versions.
 *
 * Each goes on from begin(), with s->h.version set.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_TEST_RULE_SCENES_H
#define MPT_TEST_RULE_SCENES_H

#include "findings_scene.h"

/* --- the first subflow --- */

/* The three steps of MP_CAPABLE, as they are right. */
struct steps {
    mpt_option syn, synack, ack;
};

static inline struct steps steps_of(const struct scene *s)
{
    return (struct steps){option_capable(&s->h, 0, s->h.version == MPT_V0 ? 1 : 0),
                          option_capable(&s->h, 1, 1), option_capable(&s->h, 0, 2)};
}

static inline void shake(struct scene *s, const struct steps *k)
{
    send_one(&s->a, 0, MPT_TCP_SYN, &k->syn);
    send_one(&s->a, 1, MPT_TCP_SYN | MPT_TCP_ACK, &k->synack);
    send_one(&s->a, 0, MPT_TCP_ACK, &k->ack);
}

static inline void exchange(struct scene *s)
{
    flow_send_data(&s->a, 0, &s->h, 0, 1, 100);
    flow_send_data_ack(&s->a, 1, &s->h, 1, 101);
}

static inline void opened(struct scene *s)
{
    flow_open_capable(&s->a, &s->h);
    exchange(s);
}

/* The other host's step of the handshake comes late, this one's at once. */
static inline void opened_near(struct scene *s, unsigned side)
{
    struct steps k = steps_of(s);

    send_one(&s->a, 0, MPT_TCP_SYN, &k.syn);
    later(s, side == 0 ? 20 : 0);
    send_one(&s->a, 1, MPT_TCP_SYN | MPT_TCP_ACK, &k.synack);
    later(s, side == 1 ? 20 : 0);
    send_one(&s->a, 0, MPT_TCP_ACK, &k.ack);
}

static inline void two_subflows(struct scene *s)
{
    opened(s);
    join_b(s, false);
}

static inline void shaken(struct scene *s, const struct steps *k)
{
    shake(s, k);
    exchange(s);
}

static inline void version_above(struct scene *s)
{
    struct steps k = steps_of(s);

    k.synack.capable.version++;
    shaken(s, &k);
}

static inline void flag_b_sent(struct scene *s)
{
    struct steps k = steps_of(s);

    k.syn.capable.flags |= MPT_CAPABLE_B;
    shaken(s, &k);
}

/* The SYN's option is as if it were not there. */
static inline void answered_plainly(struct scene *s, const mpt_option *syn)
{
    send_one(&s->a, 0, MPT_TCP_SYN, syn);
    flow_send(&s->a, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, NULL, 0);
    flow_send(&s->a, 0, MPT_TCP_ACK, 0, NULL, 0);
    flow_send(&s->a, 0, MPT_TCP_ACK, 100, NULL, 0);
    flow_send(&s->a, 1, MPT_TCP_ACK, 0, NULL, 0);
}

static inline void flag_b_ignored(struct scene *s)
{
    struct steps k = steps_of(s);

    k.syn.capable.flags |= MPT_CAPABLE_B;
    answered_plainly(s, &k.syn);
}

static inline void no_algorithm_sent(struct scene *s)
{
    struct steps k = steps_of(s);

    k.syn.capable.flags = 0;
    shaken(s, &k);
}

static inline void no_algorithm_ignored(struct scene *s)
{
    struct steps k = steps_of(s);

    k.syn.capable.flags = 0;
    answered_plainly(s, &k.syn);
}

static inline void algorithm_not_offered(struct scene *s)
{
    struct steps k = steps_of(s);

    k.synack.capable.flags |= 0x02;
    shaken(s, &k);
}

static inline void denied(struct scene *s)
{
    struct steps k = steps_of(s);

    k.synack.capable.flags |= MPT_CAPABLE_C;
    shaken(s, &k);
}

static inline void denied_and_joined(struct scene *s)
{
    denied(s);
    join_b(s, false);
}

static inline void second_connection(struct scene *s, uint64_t server_key)
{
    flow c = flow_between(&s->w, "198.51.100.1", 40007, "192.0.2.2", 5001, 3);
    hosts h = {.version = s->h.version, .key = {0x99, server_key}};

    opened(s);
    flow_open_capable(&c, &h);
    flow_send_data(&c, 0, &h, 0, 1, 100);
    flow_send_data_ack(&c, 1, &h, 1, 101);
    flow_send_data(&s->a, 0, &s->h, 0, 101, 100);
}

static inline void other_key(struct scene *s)
{
    second_connection(s, 0x77);
}

static inline void same_key(struct scene *s)
{
    second_connection(s, s->h.key[1]);
}

static inline void keys_change(struct scene *s)
{
    struct steps k = steps_of(s);

    k.ack.capable.receiver_key++;
    shaken(s, &k);
}

static inline void keys_left_out(struct scene *s)
{
    struct steps k = steps_of(s);

    send_one(&s->a, 0, MPT_TCP_SYN, &k.syn);
    send_one(&s->a, 1, MPT_TCP_SYN | MPT_TCP_ACK, &k.synack);
    flow_send(&s->a, 0, MPT_TCP_ACK, 0, NULL, 0);
    exchange(s);
}

static inline void idsn_of_another_key(struct scene *s)
{
    const int64_t off = -(int64_t)dsn_of(&s->h, 0, 201);

    flow_open_capable(&s->a, &s->h);
    for (int64_t n = 1; n < 600; n += 100)
        flow_send_data(&s->a, 0, &s->h, 0, off + n, 100);
    flow_send(&s->a, 1, MPT_TCP_ACK, 0, NULL, 0);
}

static inline void refused(struct scene *s)
{
    struct steps k = steps_of(s);

    answered_plainly(s, &k.syn);
}

static inline void refused_and_goes_on(struct scene *s)
{
    flow_open_refused_capable(&s->a, &s->h);
    exchange(s);
}

static inline void asked_plainly(struct scene *s)
{
    struct steps k = steps_of(s);

    send_one(&s->a, 0, MPT_TCP_SYN, &k.syn);
    later(s, 3000);
    s->a.next[0] = 0;
    flow_send(&s->a, 0, MPT_TCP_SYN, 0, NULL, 0);
    flow_send(&s->a, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, NULL, 0);
    flow_send(&s->a, 0, MPT_TCP_ACK, 0, NULL, 0);
}

static inline void answered_uninvited(struct scene *s)
{
    struct steps k = steps_of(s);

    flow_send(&s->a, 0, MPT_TCP_SYN, 0, NULL, 0);
    send_one(&s->a, 1, MPT_TCP_SYN | MPT_TCP_ACK, &k.synack);
    flow_send(&s->a, 0, MPT_TCP_ACK, 0, NULL, 0);
}

/* --- joins --- */

static inline void joined_early(struct scene *s)
{
    flow_open_capable(&s->a, &s->h);
    join_b(s, false);
    exchange(s);
}

static inline void capable_on_join(struct scene *s)
{
    mpt_option o = option_capable(&s->h, 0, 2);

    two_subflows(s);
    send_one(&s->b, 0, MPT_TCP_ACK, &o);
}

/* The HMAC of the SYN/ACK is wrong. */
static inline void wrong_join(struct scene *s)
{
    mpt_option syn = option_join_syn(&s->h, 0);
    mpt_option synack = {.subtype = MPT_MP_JOIN, .length = 16, .join = {.step = MPT_JOIN_SYNACK, .nonce = 8}};

    opened(s);
    syn.join.nonce = 7;
    send_one(&s->b, 0, MPT_TCP_SYN, &syn);
    send_one(&s->b, 1, MPT_TCP_SYN | MPT_TCP_ACK, &synack);
}

static inline void wrong_join_refused(struct scene *s)
{
    wrong_join(s);
    flow_send(&s->b, 0, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
}

static inline void wrong_join_accepted(struct scene *s)
{
    mpt_option ack = {.subtype = MPT_MP_JOIN, .length = 24, .join = {.step = MPT_JOIN_ACK}};

    wrong_join(s);
    mpt_key_join_hmac(s->h.version, s->h.key[0], s->h.key[1], 7, 8, ack.join.hmac);
    send_one(&s->b, 0, MPT_TCP_ACK, &ack);
    flow_send(&s->b, 1, MPT_TCP_ACK, 0, NULL, 0);
}

static inline void unknown_token(struct scene *s)
{
    mpt_option syn = option_join_syn(&s->h, 0);

    send_one(&s->b, 0, MPT_TCP_SYN, &syn);
    flow_send(&s->b, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
}

static inline void data_on_join(struct scene *s)
{
    two_subflows(s);
    flow_send_data(&s->b, 0, &s->h, 0, 101, 50);
}

static inline void data_too_early(struct scene *s)
{
    uint32_t sent;

    opened(s);
    flow_open_join(&s->b, &s->h, 0, IDS, false);
    flow_send_data(&s->b, 0, &s->h, 0, 101, 50);
    sent = s->b.next[0];
    s->b.next[0] = 1;
    flow_send(&s->b, 1, MPT_TCP_ACK, 0, NULL, 0);
    s->b.next[0] = sent;
}

static inline void plain_join(struct scene *s)
{
    mpt_option syn = option_join_syn(&s->h, 0);

    opened(s);
    send_one(&s->b, 0, MPT_TCP_SYN, &syn);
    flow_send(&s->b, 1, MPT_TCP_SYN | MPT_TCP_ACK, 0, NULL, 0);
}

static inline void plain_join_reset(struct scene *s)
{
    plain_join(s);
    flow_send(&s->b, 0, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
}

static inline void plain_join_used(struct scene *s)
{
    plain_join(s);
    flow_send(&s->b, 0, MPT_TCP_ACK, 0, NULL, 0);
    flow_send_data(&s->b, 0, &s->h, 0, 101, 50);
}

/* --- data --- */

static inline void reserved_bit(struct scene *s)
{
    static const uint8_t prio[] = {30, 3, 0x53};
    mpt_segment g = {.time_ns = s->w.now_ns,
                     .src = s->a.ends[0],
                     .dst = s->a.ends[1],
                     .window = 65535,
                     .option_len = sizeof prio,
                     .flags = MPT_TCP_ACK};

    opened(s);
    g.time_ns = s->w.now_ns;
    g.frame = ++s->w.frame;
    g.seq = s->a.isn[0] + s->a.next[0];
    g.ack = s->a.isn[1] + s->a.next[1];
    memcpy(g.options, prio, sizeof prio);
    mpt_engine_feed(s->w.engine, &g);
}

/* A mapping with a checksum or without, and what was agreed. */
static inline void checksums(struct scene *s, bool negotiated, bool sent)
{
    struct steps k = steps_of(s);
    mpt_option o;

    k.syn.capable.flags = k.synack.capable.flags = k.ack.capable.flags = negotiated ? 0x81 : 0x01;
    shake(s, &k);
    o = option_dss(&(mpt_dss){.has_mapping = true,
                              .dsn_64bit = true,
                              .has_checksum = sent,
                              .dsn = dsn_of(&s->h, 0, 1),
                              .ssn = 1,
                              .length = 100});
    flow_send(&s->a, 0, MPT_TCP_ACK, 100, &o, 1);
}

/* Its handshake took 2 ms. */
static inline void server_goes_on_for(struct scene *s, int64_t ms)
{
    flow_send_data_ack(&s->a, 1, &s->h, 1, 101);
    later(s, ms);
    flow_send_data_ack(&s->a, 1, &s->h, 1, 101);
}

static inline void server_goes_on(struct scene *s)
{
    server_goes_on_for(s, 30);
}

static inline void server_resets(struct scene *s)
{
    flow_send(&s->a, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
}

static inline void checksum_sent(struct scene *s)
{
    checksums(s, true, true);
}

static inline void checksum_left_out(struct scene *s)
{
    checksums(s, true, false);
    server_goes_on(s);
}

static inline void checksum_left_out_reset(struct scene *s)
{
    checksums(s, true, false);
    server_resets(s);
}

static inline void checksum_uninvited(struct scene *s)
{
    checksums(s, false, true);
    server_goes_on(s);
}

/* The RST may still be under way. */
static inline void checksum_uninvited_just_now(struct scene *s)
{
    checksums(s, false, true);
    server_goes_on_for(s, 10);
}

static inline void checksum_uninvited_reset(struct scene *s)
{
    checksums(s, false, true);
    server_resets(s);
}

static inline void checksum_uninvited_reset_why(struct scene *s)
{
    checksums(s, false, true);
    send_reset(&s->a, 1, 1);
}

static inline void checksum_denied(struct scene *s)
{
    struct steps k = steps_of(s);

    k.synack.capable.flags |= MPT_CAPABLE_A;
    shaken(s, &k);
}

/* 4 bytes whose checksum is wrong. */
static inline void wrong_checksum(struct scene *s)
{
    static const uint8_t payload[4] = {1, 2, 3, 4};
    struct steps k = steps_of(s);
    mpt_option o;

    k.syn.capable.flags = k.synack.capable.flags = k.ack.capable.flags = 0x81;
    shake(s, &k);
    o = option_dss(&(mpt_dss){.has_mapping = true,
                              .dsn_64bit = true,
                              .has_checksum = true,
                              .dsn = dsn_of(&s->h, 0, 1),
                              .ssn = 1,
                              .length = 4,
                              .checksum = 0x1234});
    send_extra(&s->a, 0, MPT_TCP_ACK, 4, &o, (struct extra){.window = 65535, .payload = payload});
}

static inline void wrong_checksum_told(struct scene *s)
{
    mpt_option o = {.subtype = MPT_MP_FAIL, .length = 12};

    wrong_checksum(s);
    o.fail.dsn = dsn_of(&s->h, 0, 1);
    send_one(&s->a, 1, MPT_TCP_ACK, &o);
}

static inline void wrong_checksum_taken(struct scene *s)
{
    wrong_checksum(s);
    flow_send_data_ack(&s->a, 1, &s->h, 1, 5);
    later(s, 2000);
    flow_send_data_ack(&s->a, 1, &s->h, 1, 5);
}

static inline void unmapped(struct scene *s)
{
    two_subflows(s);
    flow_send(&s->a, 0, MPT_TCP_ACK, 50, NULL, 0);
    flow_send_data(&s->a, 0, &s->h, 0, 101, 100);
    flow_send_data_ack(&s->a, 1, &s->h, 1, 101);
}

/* One mapping for two segments, before the first DATA_ACK or after it. */
static inline void mapped_together(struct scene *s, bool early)
{
    mpt_option o;

    if (early)
        flow_open_capable(&s->a, &s->h);
    else
        opened(s);
    o = option_dss(&(mpt_dss){.has_mapping = true,
                              .dsn_64bit = true,
                              .dsn = dsn_of(&s->h, 0, early ? 1 : 101),
                              .ssn = s->a.next[0],
                              .length = 200});
    flow_send(&s->a, 0, MPT_TCP_ACK, 100, &o, 1);
    flow_send(&s->a, 0, MPT_TCP_ACK, 100, NULL, 0);
    flow_send_data_ack(&s->a, 1, &s->h, 1, early ? 201 : 301);
}

static inline void mapped_together_early(struct scene *s)
{
    mapped_together(s, true);
}

static inline void mapped_together_late(struct scene *s)
{
    mapped_together(s, false);
}

/* SSNs as in the TCP header. */
static inline void misplaced(struct scene *s)
{
    opened(s);
    for (unsigned i = 0; i < 3; i++) {
        mpt_option o = option_dss(&(mpt_dss){.has_mapping = true,
                                             .dsn_64bit = true,
                                             .dsn = dsn_of(&s->h, 0, 101 + 100 * i),
                                             .ssn = s->a.isn[0] + s->a.next[0],
                                             .length = 100});
        flow_send(&s->a, 0, MPT_TCP_ACK, 100, &o, 1);
    }
}

static inline void mapped_twice(struct scene *s)
{
    two_subflows(s);
    flow_send_data(&s->a, 0, &s->h, 0, 101, 100);
    s->a.next[0] -= 100;
    flow_send_data(&s->a, 0, &s->h, 0, 301, 100);
}

static inline void no_data_acks_near(struct scene *s, unsigned side)
{
    opened_near(s, side);
    for (int i = 0; i < 10; i++) {
        flow_send_data(&s->a, 0, &s->h, 0, 1 + 100 * i, 100);
        flow_send(&s->a, 1, MPT_TCP_ACK, 0, NULL, 0);
    }
}

static inline void no_data_acks(struct scene *s)
{
    no_data_acks_near(s, 1);
}

/* Something on the way may remove them. */
static inline void no_data_acks_elsewhere(struct scene *s)
{
    no_data_acks_near(s, 0);
}

/* The segment has 10 bytes more than its mapping, and later ones are shifted by them. */
static inline void data_inserted(struct scene *s)
{
    mpt_option o = option_dss(&(mpt_dss){
        .has_mapping = true, .dsn_64bit = true, .dsn = dsn_of(&s->h, 0, 101), .ssn = 101, .length = 100});

    opened(s);
    flow_send(&s->a, 0, MPT_TCP_ACK, 110, &o, 1);
    for (unsigned i = 0; i < 4; i++) {
        o = option_dss(&(mpt_dss){.has_mapping = true,
                                  .dsn_64bit = true,
                                  .dsn = dsn_of(&s->h, 0, 201 + 100 * i),
                                  .ssn = 201 + 100 * i,
                                  .length = 100});
        flow_send(&s->a, 0, MPT_TCP_ACK, 100, &o, 1);
    }
}

static inline void acked_too_much(struct scene *s)
{
    two_subflows(s);
    flow_send_data_ack(&s->a, 1, &s->h, 1, 103);
    flow_send_data_ack(&s->a, 1, &s->h, 1, 101);
}

static inline void acked_narrowly(struct scene *s)
{
    mpt_option o = option_dss(&(mpt_dss){.has_ack = true, .data_ack = (uint32_t)dsn_of(&s->h, 0, 101)});

    opened(s);
    send_one(&s->a, 1, MPT_TCP_ACK, &o);
}

static inline void acks_go_back(struct scene *s)
{
    two_subflows(s);
    flow_send_data_ack(&s->a, 1, &s->h, 1, 51);
}

static inline void beyond_window(struct scene *s)
{
    two_subflows(s);
    flow_send_data(&s->a, 0, &s->h, 0, 101, 60000);
    flow_send_data(&s->a, 0, &s->h, 0, 60101, 5536);
}

static inline void reinjected(struct scene *s)
{
    two_subflows(s);
    flow_send_data(&s->a, 0, &s->h, 0, 101, 100);
    flow_send_data(&s->b, 0, &s->h, 0, 101, 100);
    flow_send_data_ack(&s->b, 1, &s->h, 1, 201);
    flow_send_data_ack(&s->a, 1, &s->h, 1, 201);
}

/* The server asks for b to be backup. */
static inline void backup_asked(struct scene *s, flow *used)
{
    mpt_option prio = {.subtype = MPT_MP_PRIO, .length = 3, .prio = {.backup = true}};

    two_subflows(s);
    send_one(&s->b, 1, MPT_TCP_ACK, &prio);
    later(s, 1000);
    flow_send_data(used, 0, &s->h, 0, 101, 100);
}

static inline void backup_spared(struct scene *s)
{
    backup_asked(s, &s->a);
}

static inline void backup_used(struct scene *s)
{
    backup_asked(s, &s->b);
}

/* --- the end --- */

static inline void data_fins(struct scene *s)
{
    two_subflows(s);
    flow_send_data_fin(&s->a, 0, &s->h, 0, 101);
    flow_send_data_ack(&s->a, 1, &s->h, 1, 102);
    flow_send_data_fin(&s->a, 1, &s->h, 1, 1);
    flow_send_data_ack(&s->a, 0, &s->h, 0, 2);
}

static inline void closed(struct scene *s)
{
    data_fins(s);
    flow_close(&s->a);
    flow_close(&s->b);
}

static inline void never_closed(struct scene *s)
{
    data_fins(s);
    flow_close(&s->a);
    for (unsigned i = 0; i < 3; i++) {
        later(s, 31000);
        flow_send(&s->b, 0, MPT_TCP_ACK, 0, NULL, 0);
        flow_send(&s->b, 1, MPT_TCP_ACK, 0, NULL, 0);
    }
}

static inline void data_fin_with_ssn(struct scene *s)
{
    mpt_option o = option_dss(&(mpt_dss){.has_mapping = true,
                                         .dsn_64bit = true,
                                         .data_fin = true,
                                         .dsn = dsn_of(&s->h, 0, 101),
                                         .ssn = 101,
                                         .length = 1});

    opened(s);
    send_one(&s->a, 0, MPT_TCP_ACK, &o);
}

static inline void data_after_fin(struct scene *s)
{
    opened(s);
    flow_send_data_fin(&s->a, 0, &s->h, 0, 101);
    flow_send_data(&s->a, 0, &s->h, 0, 102, 100);
}

static inline void data_fin_moved(struct scene *s)
{
    opened(s);
    flow_send_data_fin(&s->a, 0, &s->h, 0, 101);
    flow_send_data_fin(&s->a, 0, &s->h, 0, 102);
}

static inline void no_data_fin(struct scene *s)
{
    two_subflows(s);
    flow_close(&s->b);
    flow_close(&s->a);
}

/* TCP acknowledges the last 100 bytes, the data level never does. */
static inline void closed_with_data(struct scene *s)
{
    opened(s);
    flow_send_data(&s->a, 0, &s->h, 0, 101, 100);
    flow_close(&s->a);
}

static inline void fastclose(struct scene *s, uint64_t key)
{
    mpt_option o = {.subtype = MPT_MP_FASTCLOSE, .length = 12, .fastclose = {.receiver_key = key}};

    opened(s);
    send_one(&s->a, 0, MPT_TCP_ACK, &o);
}

static inline void fastclose_right(struct scene *s)
{
    fastclose(s, s->h.key[1]);
    flow_send(&s->a, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
}

static inline void fastclose_wrong(struct scene *s)
{
    fastclose(s, 1);
}

static inline void fastclose_unheard(struct scene *s)
{
    fastclose(s, s->h.key[1]);
    later(s, 1000);
    flow_send_data(&s->a, 1, &s->h, 1, 1, 100);
}

static inline void reset_with_reason(struct scene *s)
{
    two_subflows(s);
    send_reset(&s->b, 1, 6);
}

static inline void joined_after_reset(struct scene *s, bool transient)
{
    mpt_option o = reset_reason(6);
    flow f = flow_between(&s->w, "198.51.100.1", 40009, "192.0.2.2", 5001, 9);

    two_subflows(s);
    o.tcprst.flags = transient;
    send_one(&s->b, 1, MPT_TCP_RST | MPT_TCP_ACK, &o);
    later(s, 1000);
    flow_open_join(&f, &s->h, 0, IDS, false);
}

static inline void joined_after_permanent(struct scene *s)
{
    joined_after_reset(s, false);
}

static inline void joined_after_transient(struct scene *s)
{
    joined_after_reset(s, true);
}

static inline void reason_without_reset(struct scene *s)
{
    mpt_option o = reset_reason(6);

    two_subflows(s);
    send_one(&s->b, 1, MPT_TCP_ACK, &o);
}

/* The third ACK has no option, nor have the segments after it. */
static inline void fell_back(struct scene *s)
{
    struct steps k = steps_of(s);

    send_one(&s->a, 0, MPT_TCP_SYN, &k.syn);
    send_one(&s->a, 1, MPT_TCP_SYN | MPT_TCP_ACK, &k.synack);
    flow_send(&s->a, 0, MPT_TCP_ACK, 0, NULL, 0);
    flow_send(&s->a, 0, MPT_TCP_ACK, 100, NULL, 0);
    flow_send(&s->a, 1, MPT_TCP_ACK, 0, NULL, 0);
}

static inline void fell_back_and_joined(struct scene *s)
{
    fell_back(s);
    later(s, 100);
    join_b(s, false);
}

/* --- addresses --- */

/* The server's ADD_ADDR: v0 has neither HMAC nor echo. */
static inline mpt_option address_option(const struct scene *s, uint8_t id, const char *address)
{
    mpt_option o = option_add_addr(&s->h, 1, id, address);

    if (s->h.version == MPT_V0) {
        o.add_addr.has_hmac = false;
        o.length = 8;
    }
    return o;
}

static inline void announce(struct scene *s, uint8_t id, const char *address, uint8_t flip)
{
    mpt_option o = address_option(s, id, address);

    o.add_addr.hmac[0] ^= flip;
    send_one(&s->a, 1, MPT_TCP_ACK, &o);
}

static inline void echo(struct scene *s, uint8_t id, const char *address)
{
    mpt_option o = option_add_addr(&s->h, 1, id, address);

    o.add_addr.echo = true;
    o.add_addr.has_hmac = false;
    o.length = 8;
    send_one(&s->a, 0, MPT_TCP_ACK, &o);
}

static inline void announced(struct scene *s)
{
    opened(s);
    announce(s, 2, "198.51.100.2", 0);
    if (s->h.version == MPT_V1)
        echo(s, 2, "198.51.100.2");
}

static inline void announced_as_zero(struct scene *s)
{
    opened(s);
    announce(s, 0, "198.51.100.2", 0);
}

static inline void id_of_two(struct scene *s)
{
    announced(s);
    announce(s, 2, "198.51.100.3", 0);
}

static inline void announced_wrongly(struct scene *s)
{
    opened(s);
    announce(s, 2, "198.51.100.2", 1);
    flow_send_data(&s->a, 0, &s->h, 0, 101, 100);
}

static inline void wrong_address_echoed(struct scene *s)
{
    announced_wrongly(s);
    echo(s, 2, "198.51.100.2");
}

static inline void never_echoed(struct scene *s)
{
    announce(s, 2, "198.51.100.2", 0);
    later(s, 3000);
    flow_send_data(&s->a, 0, &s->h, 0, 101, 100);
}

static inline void never_echoed_here(struct scene *s)
{
    opened_near(s, 0);
    exchange(s);
    never_echoed(s);
}

/* The ADD_ADDR may not have arrived. */
static inline void never_echoed_elsewhere(struct scene *s)
{
    opened(s);
    never_echoed(s);
}

static inline void echoed_otherwise(struct scene *s)
{
    opened(s);
    announce(s, 2, "198.51.100.2", 0);
    echo(s, 2, "198.51.100.3");
}

static inline void joined_at_another_port(struct scene *s)
{
    opened(s);
    s->b = flow_between(&s->w, "198.51.100.1", 40001, "192.0.2.2", 5002, 1);
    join_b(s, false);
}

/* The port is that of the subflow with the ADD_ADDR. */
static inline void joined_at_port_of_address(struct scene *s)
{
    mpt_option o = address_option(s, 3, "203.0.113.2");
    flow f = flow_between(&s->w, "198.51.100.1", 40001, "198.51.100.2", 5002, 1);
    flow g = flow_between(&s->w, "198.51.100.1", 40002, "203.0.113.2", 5002, 2);
    mpt_option first = address_option(s, 2, "198.51.100.2");

    first.add_addr.has_port = true;
    first.add_addr.address.port = 5002;
    first.length += 2;
    if (first.add_addr.has_hmac)
        mpt_key_add_addr_hmac(s->h.key[1], s->h.key[0], 2, &first.add_addr.address, first.add_addr.hmac);
    opened(s);
    send_one(&s->a, 1, MPT_TCP_ACK, &first);
    flow_open_join(&f, &s->h, 0, IDS, false);
    flow_send(&f, 1, MPT_TCP_ACK, 0, NULL, 0);
    send_one(&f, 1, MPT_TCP_ACK, &o);
    flow_open_join(&g, &s->h, 0, IDS, false);
    flow_send(&g, 1, MPT_TCP_ACK, 0, NULL, 0);
}

static inline void join_fails(struct scene *s, uint16_t port)
{
    mpt_option syn = option_join_syn(&s->h, 0);
    flow f = flow_between(&s->w, "198.51.100.1", port, "198.51.100.2", 5001, port);

    send_one(&f, 0, MPT_TCP_SYN, &syn);
    flow_send(&f, 1, MPT_TCP_RST | MPT_TCP_ACK, 0, NULL, 0);
}

static inline void join_fails_once(struct scene *s)
{
    announced(s);
    join_fails(s, 41001);
    flow_send_data(&s->a, 0, &s->h, 0, 101, 100);
}

static inline void join_fails_again(struct scene *s)
{
    join_fails_once(s);
    later(s, 1000);
    join_fails(s, 41002);
}

static inline void join_fails_announced_again(struct scene *s)
{
    join_fails_once(s);
    announce(s, 2, "198.51.100.2", 0);
    join_fails(s, 41002);
}

static inline void removed(struct scene *s)
{
    mpt_option o = {.subtype = MPT_REMOVE_ADDR, .length = 4, .remove_addr = {.count = 1, .ids = {1}}};

    two_subflows(s);
    send_one(&s->a, 0, MPT_TCP_ACK, &o);
}

static inline void removed_and_closed(struct scene *s)
{
    removed(s);
    flow_close(&s->b);
}

/* The client removes it: the server may not join it any more. */
static inline void joined_by_server(struct scene *s, int64_t after_ms)
{
    static const uint8_t ids[2] = {0, 1};
    flow f = flow_between(&s->w, "192.0.2.2", 5001, "198.51.100.1", 40000, 5);

    removed(s);
    flow_close(&s->b);
    later(s, after_ms);
    flow_open_join(&f, &s->h, 1, ids, false);
}

static inline void removed_and_joined(struct scene *s)
{
    joined_by_server(s, 1000);
}

/* That SYN and the REMOVE_ADDR may have crossed. */
static inline void removed_and_joined_at_once(struct scene *s)
{
    joined_by_server(s, 0);
}

static inline void removed_and_used(struct scene *s)
{
    removed(s);
    later(s, 2000);
    flow_send_data(&s->b, 0, &s->h, 0, 101, 100);
}

#endif
