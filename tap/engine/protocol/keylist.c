/* keylist.c - see keylist.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "keylist.h"

#include <string.h>

#include "key.h"

#define KEY_DIGITS 16

static bool read_key(const char *text, uint64_t *key)
{
    size_t i;

    *key = 0;
    for (i = 0; g_ascii_isxdigit(text[i]); i++)
        *key = *key << 4 | (uint64_t)g_ascii_xdigit_value(text[i]);
    return i == KEY_DIGITS && !text[i];
}

static bool read_pair(const char *text, mpt_key_pair *pair)
{
    char **parts = g_strsplit(text, ":", -1);
    bool ok = g_strv_length(parts) == 3;
    unsigned i;

    for (i = 0; ok && i < 3; i++)
        g_strstrip(parts[i]);
    ok = ok && read_key(parts[0], &pair->key[0]) && read_key(parts[1], &pair->key[1]) &&
         (!strcmp(parts[2], "0") || !strcmp(parts[2], "1"));
    if (ok) {
        pair->version = parts[2][0] == '1' ? MPT_V1 : MPT_V0;
        for (i = 0; i < 2; i++)
            pair->token[i] = mpt_key_token(pair->key[i], pair->version);
    }
    g_strfreev(parts);
    return ok;
}

GArray *mpt_keylist_parse(const char *text, char **error)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(mpt_key_pair));
    char **entries = g_strsplit(text, ";", -1);
    unsigned i;

    for (i = 0; entries[i]; i++) {
        mpt_key_pair pair;

        if (!*g_strstrip(entries[i]))
            continue;
        if (!read_pair(entries[i], &pair)) {
            *error = g_strdup_printf(
                "entry %u of the MPTCP keys is not CLIENTKEY:SERVERKEY:VERSION, keys of 16 hex "
                "digits and version 0 or 1",
                i + 1);
            g_clear_pointer(&list, g_array_unref);
            break;
        }
        g_array_append_val(list, pair);
    }
    g_strfreev(entries);
    return list;
}

const mpt_key_pair *mpt_keylist_find(const GArray *list, uint32_t token, mpt_role *whose)
{
    guint i;

    for (i = 0; list && i < list->len; i++) {
        const mpt_key_pair *pair = &g_array_index(list, mpt_key_pair, i);
        for (*whose = 0; *whose < MPT_ROLES; ++*whose)
            if (pair->token[*whose] == token)
                return pair;
    }
    return NULL;
}
