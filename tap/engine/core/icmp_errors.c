/* icmp_errors.c - see icmp_errors.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "icmp_errors.h"

/* What is kept of one; the error comes first, so that a pointer to it is one to its record. */
struct record {
    mpt_icmp_error error;
    const struct record *older; /* of the same connection */
};

struct mpt_icmp_errors {
    GPtrArray *records;
    GHashTable *newest; /* ends of the error -> record */
};

void mpt_icmp_errors_add(mpt_icmp_errors **all, const mpt_icmp_error *error)
{
    struct record *r;

    if (!*all) {
        *all = g_new(mpt_icmp_errors, 1);
        (*all)->records = g_ptr_array_new_with_free_func(g_free);
        (*all)->newest = g_hash_table_new(mpt_endpoint_pair_hash, mpt_endpoint_pair_equal);
    }
    if ((*all)->records->len == MPT_ICMP_ERRORS)
        return;
    r = g_new(struct record, 1);
    r->error = *error;
    r->older = g_hash_table_lookup((*all)->newest, error->ends);
    g_ptr_array_add((*all)->records, r);
    g_hash_table_replace((*all)->newest, r->error.ends, r);
}

void mpt_icmp_errors_free(mpt_icmp_errors *all)
{
    if (!all)
        return;
    g_hash_table_destroy(all->newest);
    g_ptr_array_free(all->records, TRUE);
    g_free(all);
}

const mpt_icmp_error *mpt_icmp_errors_newest(const mpt_icmp_errors *all, const mpt_endpoint ends[2])
{
    const struct record *r = all ? g_hash_table_lookup(all->newest, ends) : NULL;

    return r ? &r->error : NULL;
}

const mpt_icmp_error *mpt_icmp_errors_older(const mpt_icmp_error *error)
{
    const struct record *older = ((const struct record *)error)->older;

    return older ? &older->error : NULL;
}
