/* option_write.h - MPTCP options to bytes, for tests and for building captures: the inverse of mpt_option_parse().
 *
 * Invariant: at most 40 bytes are needed, whatever the option says; reserved bits are zero.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_OPTION_WRITE_H
#define MPT_OPTION_WRITE_H

#include <glib.h>
#include <string.h>

#include "tap/engine/protocol/option.h"

enum {
    OPTION_WRITE_MIN = 3,
    OPTION_WRITE_MAX = 40,
    OPTION_B = 0x01, /* MP_JOIN, MP_PRIO */
    OPTION_E = 0x01, /* ADD_ADDR */
    OPTION_DSS_A = 0x01,
    OPTION_DSS_A8 = 0x02,
    OPTION_DSS_M = 0x04,
    OPTION_DSS_M8 = 0x08,
    OPTION_DSS_F = 0x10,
    OPTION_HMAC_SHORT = 8,
    OPTION_HMAC_LONG = 20,
};

typedef struct option_writer {
    uint8_t *at;
    uint8_t low;
} option_writer;

static inline void option_put8(option_writer *w, uint8_t value)
{
    *w->at++ = value;
}

static inline void option_put16(option_writer *w, uint16_t value)
{
    value = GUINT16_TO_BE(value);
    memcpy(w->at, &value, sizeof value);
    w->at += sizeof value;
}

static inline void option_put32(option_writer *w, uint32_t value)
{
    value = GUINT32_TO_BE(value);
    memcpy(w->at, &value, sizeof value);
    w->at += sizeof value;
}

static inline void option_put64(option_writer *w, uint64_t value)
{
    value = GUINT64_TO_BE(value);
    memcpy(w->at, &value, sizeof value);
    w->at += sizeof value;
}

static inline void option_put_bytes(option_writer *w, const uint8_t *from, size_t len)
{
    memcpy(w->at, from, len);
    w->at += len;
}

static inline void option_write_capable(option_writer *w, const mpt_option *option)
{
    const mpt_mp_capable *c = &option->capable;
    w->low = c->version;
    option_put8(w, c->flags);
    if (c->has_sender_key)
        option_put64(w, c->sender_key);
    if (c->has_receiver_key)
        option_put64(w, c->receiver_key);
    if (c->has_data)
        option_put16(w, c->data_len);
    if (c->has_checksum)
        option_put16(w, c->checksum);
}

static inline void option_write_join(option_writer *w, const mpt_option *option)
{
    const mpt_mp_join *j = &option->join;
    w->low = j->backup ? OPTION_B : 0;
    option_put8(w, j->address_id);
    if (j->step == MPT_JOIN_ACK) {
        option_put_bytes(w, j->hmac, OPTION_HMAC_LONG);
        return;
    }
    if (j->step == MPT_JOIN_SYN)
        option_put32(w, j->token);
    else
        option_put_bytes(w, j->hmac, OPTION_HMAC_SHORT);
    option_put32(w, j->nonce);
}

static inline void option_write_dss(option_writer *w, const mpt_option *option)
{
    const mpt_dss *d = &option->dss;
    option_put8(w, (uint8_t)((d->has_ack ? OPTION_DSS_A : 0) | (d->ack_64bit ? OPTION_DSS_A8 : 0) |
                             (d->has_mapping ? OPTION_DSS_M : 0) | (d->dsn_64bit ? OPTION_DSS_M8 : 0) |
                             (d->data_fin ? OPTION_DSS_F : 0)));
    if (d->has_ack && d->ack_64bit)
        option_put64(w, d->data_ack);
    else if (d->has_ack)
        option_put32(w, (uint32_t)d->data_ack);
    if (!d->has_mapping)
        return;
    if (d->dsn_64bit)
        option_put64(w, d->dsn);
    else
        option_put32(w, (uint32_t)d->dsn);
    option_put32(w, d->ssn);
    option_put16(w, d->length);
    if (d->has_checksum)
        option_put16(w, d->checksum);
}

static inline void option_write_add_addr(option_writer *w, const mpt_option *option)
{
    const mpt_add_addr *a = &option->add_addr;
    if (a->echo)
        w->low = OPTION_E;
    else if (!a->has_hmac)
        w->low = a->address.family; /* IPVer: what has neither echo nor HMAC is v0 */
    option_put8(w, a->address_id);
    option_put_bytes(w, a->address.address, mpt_endpoint_address_len(&a->address));
    if (a->has_port)
        option_put16(w, a->address.port);
    if (a->has_hmac)
        option_put_bytes(w, a->hmac, sizeof a->hmac);
}

static inline void option_write_remove_addr(option_writer *w, const mpt_option *option)
{
    const mpt_remove_addr *a = &option->remove_addr;
    option_put_bytes(w, a->ids, MIN(a->count, sizeof a->ids));
}

static inline void option_write_prio(option_writer *w, const mpt_option *option)
{
    const mpt_mp_prio *p = &option->prio;
    w->low = p->backup ? OPTION_B : 0;
    if (p->has_address_id)
        option_put8(w, p->address_id);
}

static inline void option_write_fail(option_writer *w, const mpt_option *option)
{
    const mpt_mp_fail *f = &option->fail;
    w->at++;
    option_put64(w, f->dsn);
}

static inline void option_write_fastclose(option_writer *w, const mpt_option *option)
{
    const mpt_mp_fastclose *f = &option->fastclose;
    w->at++;
    option_put64(w, f->receiver_key);
}

static inline void option_write_tcprst(option_writer *w, const mpt_option *option)
{
    const mpt_mp_tcprst *t = &option->tcprst;
    w->low = t->flags;
    option_put8(w, t->reason);
}

/* Returns the number of bytes written, which is option->length, 0 where that is above size or too small for
 * what the option holds. */
static inline size_t mpt_option_write(const mpt_option *option, uint8_t *bytes, size_t size)
{
    size_t length = option->length;
    if (length < OPTION_WRITE_MIN || length > MIN(size, OPTION_WRITE_MAX) ||
        (unsigned)option->subtype >= MPT_SUBTYPES)
        return 0;

    uint8_t all[OPTION_WRITE_MAX] = {MPT_OPTION_KIND, option->length};
    option_writer w = {.at = all + OPTION_WRITE_MIN};
    static void (*const write[MPT_SUBTYPES])(option_writer *, const mpt_option *) = {
        [MPT_MP_CAPABLE] = option_write_capable,
        [MPT_MP_JOIN] = option_write_join,
        [MPT_DSS] = option_write_dss,
        [MPT_ADD_ADDR] = option_write_add_addr,
        [MPT_REMOVE_ADDR] = option_write_remove_addr,
        [MPT_MP_PRIO] = option_write_prio,
        [MPT_MP_FAIL] = option_write_fail,
        [MPT_MP_FASTCLOSE] = option_write_fastclose,
        [MPT_MP_TCPRST] = option_write_tcprst,
    };
    write[option->subtype](&w, option);
    if ((size_t)(w.at - all) > length)
        return 0;
    all[2] = (uint8_t)((unsigned)option->subtype << 4 | w.low);
    memcpy(bytes, all, length);
    return length;
}

#endif
