/* endpoint.c - a binary IP address with a port.
 *
 * Invariant: every function that sets an endpoint zeroes all of it first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "endpoint.h"

#include <glib.h>
#include <string.h>
#ifdef G_OS_WIN32
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#endif

/* Bytes are compared and hashed as a whole: there must be no padding. */
G_STATIC_ASSERT(sizeof(mpt_endpoint) == 20);
/* The longest IPv6 address; Windows' INET6_ADDRSTRLEN has room for a scope and a port. */
G_STATIC_ASSERT(MPT_ADDRESS_TEXT >= sizeof "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255");
G_STATIC_ASSERT(MPT_ENDPOINT_TEXT >= MPT_ADDRESS_TEXT + sizeof "[]:65535" - 1);

void mpt_endpoint_set(mpt_endpoint *e, const uint8_t *address, size_t len, uint16_t port)
{
    memset(e, 0, sizeof *e);
    e->port = port;
    if (len == 4) {
        memcpy(e->address, address, 4);
        e->family = MPT_FAMILY_IPV4;
    } else if (len == 16) {
        memcpy(e->address, address, 16);
        e->family = MPT_FAMILY_IPV6;
    }
}

bool mpt_endpoint_same_address(const mpt_endpoint *a, const mpt_endpoint *b)
{
    return a->family == b->family && memcmp(a->address, b->address, sizeof a->address) == 0;
}

uint32_t mpt_endpoint_hash(const mpt_endpoint *e)
{
    uint64_t high, low;
    memcpy(&high, e->address, sizeof high);
    memcpy(&low, e->address + sizeof high, sizeof low);

    /* An odd multiplier (2^64 / golden ratio) spreads every bit upwards; the shifts bring them down again. */
    const uint64_t spread = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t h = (high ^ ((uint64_t)e->family << 16 | e->port)) * spread;
    h = (h ^ h >> 32 ^ low) * spread;
    h = (h ^ h >> 29) * spread;
    return (uint32_t)(h >> 32);
}

unsigned mpt_endpoint_pair_hash(const void *ends)
{
    const mpt_endpoint *e = ends;

    return mpt_endpoint_hash(&e[0]) ^ mpt_endpoint_hash(&e[1]);
}

int mpt_endpoint_pair_equal(const void *a, const void *b)
{
    const mpt_endpoint *x = a, *y = b;

    return (mpt_endpoint_equal(&x[0], &y[0]) && mpt_endpoint_equal(&x[1], &y[1])) ||
           (mpt_endpoint_equal(&x[0], &y[1]) && mpt_endpoint_equal(&x[1], &y[0]));
}

const char *mpt_endpoint_address_text(const mpt_endpoint *e, char *text)
{
    int family = e->family == MPT_FAMILY_IPV4 ? AF_INET : AF_INET6;
    if (mpt_endpoint_address_len(e) == 0 || !inet_ntop(family, e->address, text, MPT_ADDRESS_TEXT))
        text[0] = '\0';
    return text;
}

/* Decimal digits, without the NUL. Returns where they end. */
static char *put_number(char *to, unsigned value)
{
    char digits[5], *c = digits + sizeof digits;

    do {
        *--c = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    memcpy(to, c, (size_t)(digits + sizeof digits - c));
    return to + (digits + sizeof digits - c);
}

/* A report writes many of these, nearly all of them IPv4: inet_ntop() goes through printf. */
const char *mpt_endpoint_text(const mpt_endpoint *e, char *text)
{
    char *end = text;

    if (e->family == MPT_FAMILY_IPV6) {
        *end++ = '[';
        mpt_endpoint_address_text(e, end);
        end += strlen(end);
        *end++ = ']';
    } else if (e->family == MPT_FAMILY_IPV4) {
        for (unsigned i = 0; i < 4; i++) {
            if (i > 0)
                *end++ = '.';
            end = put_number(end, e->address[i]);
        }
    }
    if (end > text) {
        *end++ = ':';
        end = put_number(end, e->port);
    }
    *end = '\0';
    return text;
}

bool mpt_endpoint_parse_address(const char *text, mpt_endpoint *e)
{
    uint8_t address[16];
    if (inet_pton(AF_INET, text, address) == 1)
        mpt_endpoint_set(e, address, 4, 0);
    else if (inet_pton(AF_INET6, text, address) == 1)
        mpt_endpoint_set(e, address, 16, 0);
    else
        return false;
    return true;
}
