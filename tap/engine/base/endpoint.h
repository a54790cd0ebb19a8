/* endpoint.h - a binary IP address with a port.
 *
 * Invariant: bytes beyond the address are zero, so two endpoints are equal when their bytes are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_ENDPOINT_H
#define MPT_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef enum mpt_family {
    MPT_FAMILY_NONE = 0,
    MPT_FAMILY_IPV4 = 4,
    MPT_FAMILY_IPV6 = 6,
} mpt_family;

typedef struct mpt_endpoint {
    uint8_t address[16]; /* network order; the first 4 bytes of IPv4 */
    uint16_t port;       /* host order */
    uint8_t family;      /* mpt_family */
    uint8_t zero;
} mpt_endpoint;

/* Room for any text that mpt_endpoint_format() writes, with its NUL. */
#define MPT_ENDPOINT_TEXT 56
#define MPT_ADDRESS_TEXT  46

/* Sets *e from `len` address bytes (4 or 16, else MPT_FAMILY_NONE) and a port in host order. */
void mpt_endpoint_set(mpt_endpoint *e, const uint8_t *address, size_t len, uint16_t port);

static inline size_t mpt_endpoint_address_len(const mpt_endpoint *e)
{
    return e->family == MPT_FAMILY_IPV4 ? 4 : e->family == MPT_FAMILY_IPV6 ? 16 : 0;
}

static inline bool mpt_endpoint_equal(const mpt_endpoint *a, const mpt_endpoint *b)
{
    uint64_t x[2], y[2];
    uint32_t p, q; /* port, family */

    memcpy(x, a->address, sizeof x);
    memcpy(y, b->address, sizeof y);
    memcpy(&p, &a->port, sizeof p);
    memcpy(&q, &b->port, sizeof q);
    return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (p ^ q));
}

/* The same address, whatever the ports. */
bool mpt_endpoint_same_address(const mpt_endpoint *a, const mpt_endpoint *b);
uint32_t mpt_endpoint_hash(const mpt_endpoint *e);
/* For hash tables whose keys are two endpoints, in either order. */
unsigned mpt_endpoint_pair_hash(const void *ends);
int mpt_endpoint_pair_equal(const void *a, const void *b);

/* "192.0.2.1", "2001:db8::1" (RFC 5952), "" for no family. text has MPT_ADDRESS_TEXT bytes. Returns text. */
const char *mpt_endpoint_address_text(const mpt_endpoint *e, char *text);
/* "192.0.2.1:80", "[2001:db8::1]:80". text has MPT_ENDPOINT_TEXT bytes. Returns text. */
const char *mpt_endpoint_text(const mpt_endpoint *e, char *text);
/* Reads an address without a port ("192.0.2.1", "2001:db8::1"). False, and *e untouched, where it is none. */
bool mpt_endpoint_parse_address(const char *text, mpt_endpoint *e);

#endif
