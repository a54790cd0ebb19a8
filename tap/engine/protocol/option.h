/* option.h - MPTCP option bytes to values (RFC 8684 3, RFC 6824 3); names.
 *
 * Invariant: a parsed option holds only what its length had room for; an absent field is zero, with its
 * presence bit cleared.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_OPTION_H
#define MPT_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tap/engine/base/endpoint.h"

#define MPT_OPTION_KIND 30

/* Subtypes (RFC 8684 7.2). */
typedef enum mpt_subtype {
    MPT_MP_CAPABLE = 0,
    MPT_MP_JOIN = 1,
    MPT_DSS = 2,
    MPT_ADD_ADDR = 3,
    MPT_REMOVE_ADDR = 4,
    MPT_MP_PRIO = 5,
    MPT_MP_FAIL = 6,
    MPT_MP_FASTCLOSE = 7,
    MPT_MP_TCPRST = 8,
    MPT_SUBTYPES,
    MPT_MP_EXPERIMENTAL = 15
} mpt_subtype;

/* MP_CAPABLE, RFC 8684 3.1. Lengths: 4 (v1 SYN), 12 (v1 SYN/ACK, v0 SYN and SYN/ACK), 20 (third ACK), 22 (v1
 * with data), 24 (v1 with data and checksum). */
typedef struct mpt_mp_capable {
    uint8_t version;
    bool checksum_required; /* flag A */
    uint8_t flags;          /* A to H as on the wire */
    bool has_sender_key, has_receiver_key, has_data, has_checksum;
    uint64_t sender_key, receiver_key;
    uint16_t data_len; /* v1: the mapping DSN = IDSN + 1, SSN = 1, of this length */
    uint16_t checksum;
} mpt_mp_capable;

/* Flags of MP_CAPABLE (RFC 8684 3.1). In v0 flag C is one of the algorithms (RFC 6824 3.1). */
enum {
    MPT_CAPABLE_A = 0x80, /* checksums */
    MPT_CAPABLE_B = 0x40, /* for extensions: the receiver ignores the option */
    MPT_CAPABLE_C = 0x20, /* no joins to this address */
    MPT_CAPABLE_H = 0x01, /* HMAC-SHA256; in v0 HMAC-SHA1 */
};

/* The flags of the algorithms. */
static inline uint8_t mpt_capable_algorithms(const mpt_mp_capable *o)
{
    return o->version == 0 ? 0x3f : 0x1f;
}

/* MP_JOIN, RFC 8684 3.2: the length shows which step it is. */
typedef enum mpt_join_step {
    MPT_JOIN_SYN = 0,    /* length 12 */
    MPT_JOIN_SYNACK = 1, /* length 16 */
    MPT_JOIN_ACK = 2     /* length 24 */
} mpt_join_step;

typedef struct mpt_mp_join {
    mpt_join_step step;
    bool backup;        /* flag B (SYN, SYN/ACK) */
    uint8_t address_id; /* SYN, SYN/ACK */
    uint32_t token;     /* SYN */
    uint32_t nonce;     /* SYN, SYN/ACK */
    uint8_t hmac[20];   /* SYN/ACK: the first 8 bytes; ACK: all */
} mpt_mp_join;

/* DSS, RFC 8684 3.3. */
typedef struct mpt_dss {
    bool has_ack, ack_64bit, has_mapping, dsn_64bit, data_fin, has_checksum;
    uint64_t data_ack; /* 32 or 64 significant bits */
    uint64_t dsn;      /* 32 or 64 significant bits */
    uint32_t ssn;      /* relative to the subflow's initial sequence number */
    uint16_t length;   /* data-level length, with the DATA_FIN; 0: infinite mapping (3.7) */
    uint16_t checksum;
} mpt_dss;

/* ADD_ADDR, RFC 8684 3.4.1: v1 has the echo flag and (without echo) an HMAC, v0 (RFC 6824 3.4.1) IPVer. */
typedef struct mpt_add_addr {
    bool echo, has_port, has_hmac;
    uint8_t address_id;
    mpt_endpoint address; /* port 0 where it has none */
    uint8_t hmac[8];
} mpt_add_addr;

/* REMOVE_ADDR, RFC 8684 3.4.2. At most 37 ids fit. */
typedef struct mpt_remove_addr {
    uint8_t count;
    uint8_t ids[37];
} mpt_remove_addr;

/* MP_PRIO, RFC 8684 3.3.8. v0 may carry the address id of another subflow (RFC 6824 3.3.8). */
typedef struct mpt_mp_prio {
    bool backup, has_address_id;
    uint8_t address_id;
} mpt_mp_prio;

typedef struct mpt_mp_fail { /* RFC 8684 3.7 */
    uint64_t dsn;
} mpt_mp_fail;

typedef struct mpt_mp_fastclose { /* RFC 8684 3.5 */
    uint64_t receiver_key;
} mpt_mp_fastclose;

typedef struct mpt_mp_tcprst { /* RFC 8684 3.6 */
    uint8_t flags;             /* U V W T */
    bool transient;            /* flag T */
    uint8_t reason;
} mpt_mp_tcprst;

typedef struct mpt_option {
    mpt_subtype subtype;
    uint8_t length; /* as on the wire */
    bool reserved;  /* a bit is set that the RFC reserves (all but MP_CAPABLE, whose flags are all told) */
    union {
        mpt_mp_capable capable;
        mpt_mp_join join;
        mpt_dss dss;
        mpt_add_addr add_addr;
        mpt_remove_addr remove_addr;
        mpt_mp_prio prio;
        mpt_mp_fail fail;
        mpt_mp_fastclose fastclose;
        mpt_mp_tcprst tcprst;
    };
} mpt_option;

typedef enum mpt_option_result {
    MPT_OPTION_OK,        /* *option is set, *used bytes are consumed */
    MPT_OPTION_END,       /* nothing left */
    MPT_OPTION_OTHER,     /* subtype and length are set: MP_EXPERIMENTAL, or a subtype without a name */
    MPT_OPTION_MALFORMED, /* a length its subtype cannot have; *used are skipped */
    MPT_OPTION_CUT        /* the bytes end before the option does; *used is all that is left */
} mpt_option_result;

/* Reads the option of kind 30 at bytes[0..len). Never reads beyond, never loops: *used > 0 unless END. Extra
 * bytes after a complete option of a known subtype are MALFORMED (RFC 8684 3: lengths are exact). A DSS that
 * is 2 bytes longer than its flags ask for has a checksum; without a mapping these 2 bytes are skipped. Of an
 * MP_CAPABLE of version 2 or above only version and flags are read. An option whose kind byte is not 30 is
 * MALFORMED and uses all that is left, as does a length below 2. */
mpt_option_result mpt_option_parse(const uint8_t *bytes, size_t len, mpt_option *option, size_t *used);

/* True if one of these options shows that checksums are in use (RFC 8684 3.1 flag A, 3.3). */
bool mpt_option_show_checksums(const uint8_t *bytes, size_t len);

/* "MP_CAPABLE", ...; "unknown" beyond the table. Static. */
const char *mpt_subtype_name(mpt_subtype subtype);
/* RFC 8684 3.6: "middlebox interference", ...; "unknown reason" beyond. Static. */
const char *mpt_tcprst_reason_text(uint8_t reason);

#endif
