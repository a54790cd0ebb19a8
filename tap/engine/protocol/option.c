/* option.c - MPTCP option bytes to values (RFC 8684 3, RFC 6824 3); names.
 *
 * Invariant: a reader sees exactly the option's bytes and reads a field only after the length was checked.
 * Reserved bits are ignored.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "option.h"

#include <glib.h>
#include <string.h>

#include "key.h"

enum {
    KIND_AND_LENGTH = 2,
    LENGTH_MIN = 3,  /* kind, length, subtype */
    LENGTH_MAX = 40, /* all options of a segment (RFC 9293 3.1) */
    JOIN_B = 0x01,
    DSS_A = 0x01,
    DSS_A8 = 0x02,
    DSS_M = 0x04,
    DSS_M8 = 0x08,
    DSS_F = 0x10,
    DSS_RESERVED = 0xe0,
    ADD_ADDR_E = 0x01,
    PRIO_B = 0x01,
    TCPRST_T = 0x01,
    HMAC_SHORT = 8,
    HMAC_LONG = 20,
};

/* Where to read next; `low` is the nibble beside the subtype. */
typedef struct reader {
    const uint8_t *at;
    uint8_t low;
    uint8_t length;
} reader;

static uint8_t get8(reader *r)
{
    return *r->at++;
}

static uint16_t get16(reader *r)
{
    uint16_t value;
    memcpy(&value, r->at, sizeof value);
    r->at += sizeof value;
    return GUINT16_FROM_BE(value);
}

static uint32_t get32(reader *r)
{
    uint32_t value;
    memcpy(&value, r->at, sizeof value);
    r->at += sizeof value;
    return GUINT32_FROM_BE(value);
}

static uint64_t get64(reader *r)
{
    uint64_t value;
    memcpy(&value, r->at, sizeof value);
    r->at += sizeof value;
    return GUINT64_FROM_BE(value);
}

static void get_bytes(reader *r, uint8_t *to, size_t len)
{
    memcpy(to, r->at, len);
    r->at += len;
}

/* MP_CAPABLE, RFC 8684 3.1 and RFC 6824 3.1. */

static bool capable_length_fits(uint8_t version, uint8_t length)
{
    switch (version) {
    case MPT_V0:
        return length == 12 || length == 20;
    case MPT_V1:
        return length == 4 || length == 12 || length == 20 || length == 22 || length == 24;
    default:
        return length >= 4; /* nothing is known of a later version but where its number is */
    }
}

static bool read_capable(reader *r, mpt_option *option)
{
    mpt_mp_capable *c = &option->capable;
    if (!capable_length_fits(r->low, r->length))
        return false;
    c->version = r->low;
    c->flags = get8(r);
    if (c->version > MPT_V1)
        return true;

    c->checksum_required = c->flags & MPT_CAPABLE_A;
    c->has_sender_key = r->length >= 12;
    c->has_receiver_key = r->length >= 20;
    c->has_data = r->length >= 22;
    c->has_checksum = r->length >= 24;
    if (c->has_sender_key)
        c->sender_key = get64(r);
    if (c->has_receiver_key)
        c->receiver_key = get64(r);
    if (c->has_data)
        c->data_len = get16(r);
    if (c->has_checksum)
        c->checksum = get16(r);
    return true;
}

/* MP_JOIN, RFC 8684 3.2. */

static bool read_join(reader *r, mpt_option *option)
{
    mpt_mp_join *j = &option->join;
    if (r->length == 24) {
        j->step = MPT_JOIN_ACK;
        option->reserved = r->low | get8(r);
        get_bytes(r, j->hmac, HMAC_LONG);
        return true;
    }
    if (r->length != 12 && r->length != 16)
        return false;
    j->step = r->length == 12 ? MPT_JOIN_SYN : MPT_JOIN_SYNACK;
    j->backup = r->low & JOIN_B;
    option->reserved = r->low & ~JOIN_B;
    j->address_id = get8(r);
    if (j->step == MPT_JOIN_SYN)
        j->token = get32(r);
    else
        get_bytes(r, j->hmac, HMAC_SHORT);
    j->nonce = get32(r);
    return true;
}

/* DSS, RFC 8684 3.3. */

static unsigned dss_length(const mpt_dss *d)
{
    unsigned length = 4;
    if (d->has_ack)
        length += d->ack_64bit ? 8u : 4u;
    if (d->has_mapping)
        length += (d->dsn_64bit ? 8u : 4u) + 4 + 2;
    return length;
}

static bool read_dss(reader *r, mpt_option *option)
{
    mpt_dss *d = &option->dss;
    if (r->length < 4)
        return false;
    uint8_t flags = get8(r);
    option->reserved = r->low | (flags & DSS_RESERVED);
    d->has_ack = flags & DSS_A;
    d->ack_64bit = d->has_ack && flags & DSS_A8;
    d->has_mapping = flags & DSS_M;
    d->dsn_64bit = d->has_mapping && flags & DSS_M8;
    d->data_fin = d->has_mapping && flags & DSS_F; /* it is the mapping that F says to be the last */

    unsigned length = dss_length(d);
    if (r->length != length && r->length != length + 2)
        return false; /* 2 bytes more are the checksum; without a mapping they mean nothing */
    if (d->has_ack)
        d->data_ack = d->ack_64bit ? get64(r) : get32(r);
    if (d->has_mapping) {
        d->dsn = d->dsn_64bit ? get64(r) : get32(r);
        d->ssn = get32(r);
        d->length = get16(r);
        d->has_checksum = r->length == length + 2;
        if (d->has_checksum)
            d->checksum = get16(r);
    }
    return true;
}

/* ADD_ADDR, RFC 8684 3.4.1 and RFC 6824 3.4.1. */

static bool read_add_addr(reader *r, mpt_option *option)
{
    mpt_add_addr *a = &option->add_addr;
    static const struct {
        uint8_t length, address_len;
        bool has_port, has_hmac;
    } shapes[] = {
        {8, 4, false, false},   {10, 4, true, false},  {16, 4, false, true},  {18, 4, true, true},
        {20, 16, false, false}, {22, 16, true, false}, {28, 16, false, true}, {30, 16, true, true},
    };
    size_t i = 0;
    while (i < G_N_ELEMENTS(shapes) && shapes[i].length != r->length)
        i++;
    if (i == G_N_ELEMENTS(shapes))
        return false;

    uint8_t address_len = shapes[i].address_len;
    bool ipver = r->low == 4 || r->low == 6;
    a->has_port = shapes[i].has_port;
    a->has_hmac = shapes[i].has_hmac;
    if (ipver && !a->has_hmac) { /* v0 has IPVer where v1 has E, and never an HMAC */
        if (r->low != (address_len == 4 ? 4 : 6))
            return false;
    } else {
        a->echo = r->low & ADD_ADDR_E;
        option->reserved = r->low & ~ADD_ADDR_E;
    }
    if (a->echo && a->has_hmac)
        return false;

    uint8_t address[16];
    a->address_id = get8(r);
    get_bytes(r, address, address_len);
    mpt_endpoint_set(&a->address, address, address_len, a->has_port ? get16(r) : 0);
    if (a->has_hmac)
        get_bytes(r, a->hmac, sizeof a->hmac);
    return true;
}

/* REMOVE_ADDR, RFC 8684 3.4.2. */

static bool read_remove_addr(reader *r, mpt_option *option)
{
    mpt_remove_addr *a = &option->remove_addr;
    if (r->length < LENGTH_MIN + 1)
        return false;
    a->count = (uint8_t)(r->length - LENGTH_MIN);
    option->reserved = r->low;
    get_bytes(r, a->ids, a->count);
    return true;
}

/* MP_PRIO, RFC 8684 3.3.8 and RFC 6824 3.3.8. */

static bool read_prio(reader *r, mpt_option *option)
{
    mpt_mp_prio *p = &option->prio;
    if (r->length > LENGTH_MIN + 1)
        return false;
    p->backup = r->low & PRIO_B;
    option->reserved = r->low & ~PRIO_B;
    p->has_address_id = r->length == LENGTH_MIN + 1;
    if (p->has_address_id)
        p->address_id = get8(r);
    return true;
}

/* MP_FAIL, RFC 8684 3.7. */

static bool read_fail(reader *r, mpt_option *option)
{
    mpt_mp_fail *f = &option->fail;
    if (r->length != 12)
        return false;
    option->reserved = r->low | get8(r);
    f->dsn = get64(r);
    return true;
}

/* MP_FASTCLOSE, RFC 8684 3.5. */

static bool read_fastclose(reader *r, mpt_option *option)
{
    mpt_mp_fastclose *f = &option->fastclose;
    if (r->length != 12)
        return false;
    option->reserved = r->low | get8(r);
    f->receiver_key = get64(r);
    return true;
}

/* MP_TCPRST, RFC 8684 3.6. */

static bool read_tcprst(reader *r, mpt_option *option)
{
    mpt_mp_tcprst *t = &option->tcprst;
    if (r->length != 4)
        return false;
    t->flags = r->low;
    option->reserved = r->low & ~TCPRST_T;
    t->transient = r->low & TCPRST_T;
    t->reason = get8(r);
    return true;
}

static const struct {
    const char *name;
    bool (*read)(reader *r, mpt_option *option);
} SUBTYPES[MPT_SUBTYPES] = {
    [MPT_MP_CAPABLE] = {"MP_CAPABLE", read_capable},
    [MPT_MP_JOIN] = {"MP_JOIN", read_join},
    [MPT_DSS] = {"DSS", read_dss},
    [MPT_ADD_ADDR] = {"ADD_ADDR", read_add_addr},
    [MPT_REMOVE_ADDR] = {"REMOVE_ADDR", read_remove_addr},
    [MPT_MP_PRIO] = {"MP_PRIO", read_prio},
    [MPT_MP_FAIL] = {"MP_FAIL", read_fail},
    [MPT_MP_FASTCLOSE] = {"MP_FASTCLOSE", read_fastclose},
    [MPT_MP_TCPRST] = {"MP_TCPRST", read_tcprst},
};

mpt_option_result mpt_option_parse(const uint8_t *bytes, size_t len, mpt_option *option, size_t *used)
{
    *used = len;
    if (len == 0)
        return MPT_OPTION_END;
    if (bytes[0] != MPT_OPTION_KIND)
        return MPT_OPTION_MALFORMED;
    if (len < KIND_AND_LENGTH)
        return MPT_OPTION_CUT;
    uint8_t length = bytes[1];
    if (length < KIND_AND_LENGTH)
        return MPT_OPTION_MALFORMED; /* where the next one starts can't be known */
    if (length > len)
        return MPT_OPTION_CUT;
    *used = length;
    if (length < LENGTH_MIN || length > LENGTH_MAX)
        return MPT_OPTION_MALFORMED;

    unsigned subtype = bytes[2] >> 4;
    memset(option, 0, sizeof *option);
    option->subtype = (mpt_subtype)subtype;
    option->length = length;
    if (subtype >= MPT_SUBTYPES)
        return MPT_OPTION_OTHER;
    reader r = {.at = bytes + LENGTH_MIN, .low = bytes[2] & 0x0f, .length = length};
    return SUBTYPES[subtype].read(&r, option) ? MPT_OPTION_OK : MPT_OPTION_MALFORMED;
}

bool mpt_option_show_checksums(const uint8_t *bytes, size_t len)
{
    mpt_option o;
    size_t at = 0, used;
    mpt_option_result result;

    for (; (result = mpt_option_parse(bytes + at, len - at, &o, &used)) != MPT_OPTION_END; at += used) {
        if (result != MPT_OPTION_OK)
            continue;
        if ((o.subtype == MPT_MP_CAPABLE && o.capable.checksum_required) ||
            (o.subtype == MPT_DSS && o.dss.has_checksum))
            return true;
    }
    return false;
}

const char *mpt_subtype_name(mpt_subtype subtype)
{
    if (subtype == MPT_MP_EXPERIMENTAL)
        return "MP_EXPERIMENTAL";
    return (unsigned)subtype < MPT_SUBTYPES ? SUBTYPES[subtype].name : "unknown";
}

const char *mpt_tcprst_reason_text(uint8_t reason)
{
    static const char *const texts[] = {
        [0] = "unspecified error",         [1] = "MPTCP-specific error",
        [2] = "lack of resources",         [3] = "administratively prohibited",
        [4] = "too much outstanding data", [5] = "unacceptable performance",
        [6] = "middlebox interference",
    };
    return reason < G_N_ELEMENTS(texts) ? texts[reason] : "unknown reason";
}
