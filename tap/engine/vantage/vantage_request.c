/* vantage_request.c - see vantage_request.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "vantage_request.h"

#include <string.h>

static bool same_ids(const GArray *a, const GArray *b)
{
    if (!a || !b)
        return a == b;
    return a->len == b->len && !memcmp(a->data, b->data, a->len * sizeof(uint32_t));
}

bool mpt_vantage_request_same(const mpt_vantage_request *a, const mpt_vantage_request *b)
{
    return same_ids(a->client, b->client) && same_ids(a->server, b->server) && a->has_at == b->has_at &&
           (!a->has_at ||
            (a->at == b->at && (a->at != MPT_AT_INTERFACE || a->at_interface == b->at_interface)));
}

bool mpt_vantage_request_overlaps(const mpt_vantage_request *r)
{
    GHashTable *seen = g_hash_table_new(NULL, NULL);
    const GArray *lists[] = {r->client, r->server};
    bool twice = false;

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        for (guint j = 0; lists[i] && j < lists[i]->len; j++)
            twice |= !g_hash_table_add(seen, GUINT_TO_POINTER(g_array_index(lists[i], uint32_t, j)));
    g_hash_table_destroy(seen);
    return twice;
}

/* --- from text --- */

static bool read_number(const char *text, uint32_t *number)
{
    guint64 value;

    if (!g_ascii_string_to_unsigned(text, 10, 0, UINT32_MAX, &value, NULL))
        return false;
    *number = (uint32_t)value;
    return true;
}

static bool read_at(mpt_vantage_request *r, const char *text)
{
    char *word = g_strstrip(g_strdup(text));
    bool ok = true;

    r->has_at = *word != '\0';
    if (!strcmp(word, "server"))
        r->at = MPT_AT_SERVER;
    else if (!*word || !strcmp(word, "client"))
        r->at = MPT_AT_CLIENT;
    else if ((ok = read_number(word, &r->at_interface)))
        r->at = MPT_AT_INTERFACE;
    g_free(word);
    return ok;
}

static bool read_list(GArray **list, const char *text)
{
    char **words = g_strsplit(text, ",", -1);
    bool empty = !words[0] || (!words[1] && !*g_strstrip(words[0])), ok = true;
    uint32_t number;

    *list = empty ? NULL : g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (char **w = words; !empty && ok && *w; w++)
        if ((ok = read_number(g_strstrip(*w), &number)))
            g_array_append_val(*list, number);
    g_strfreev(words);
    return ok;
}

bool mpt_vantage_request_parse(mpt_vantage_request *r, const char *at, const char *client, const char *server,
                               char **error)
{
    *r = (mpt_vantage_request){0};
    *error = NULL;
    if (!read_at(r, at))
        *error = g_strdup_printf("\"%s\" is neither client nor server nor the number of an interface", at);
    else if (!read_list(&r->client, client) || !read_list(&r->server, server))
        *error = g_strdup("interfaces are numbers with commas between: 0,1");
    else if (mpt_vantage_request_overlaps(r))
        *error = g_strdup("an interface is of one end, and named once");
    if (*error)
        mpt_vantage_request_clear(r);
    return !*error;
}

void mpt_vantage_request_clear(mpt_vantage_request *r)
{
    if (r->client)
        g_array_unref(r->client);
    if (r->server)
        g_array_unref(r->server);
    *r = (mpt_vantage_request){0};
}
