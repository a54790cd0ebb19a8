/* interfaces.c - see interfaces.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "interfaces.h"

#include <string.h>

#include "labels.h"

char *mpt_interfaces_of(const mpt_half *sender, mpt_interface_namer name)
{
    const mpt_seen_at *at = &sender->seen_at;
    const char *others = at->moved ? " and others" : "";
    const char *known;

    /* The one interface of such a capture is "any". */
    if (at->presence & MPT_SEEN_LINK)
        return g_strdup_printf("index %u%s", at->link_index, others);
    known = name && at->presence & MPT_SEEN_INTERFACE ? name(at->interface_id) : NULL;
    return known ? g_strconcat(known, others, NULL) : NULL;
}

char *mpt_interfaces_of_both(const mpt_subflow_view *s, mpt_interface_namer name)
{
    char *of[MPT_ROLES], *text = NULL;
    mpt_role one;

    for (mpt_role role = 0; role < MPT_ROLES; role++)
        of[role] = mpt_interfaces_of(mpt_metrics_half(s, mpt_role_sends(role)), name);
    one = of[MPT_CLIENT] ? MPT_CLIENT : MPT_SERVER;
    if (of[MPT_CLIENT] && of[MPT_SERVER] && strcmp(of[MPT_CLIENT], of[MPT_SERVER]) != 0)
        text = g_strdup_printf("%s %s, %s %s", mpt_role_name(MPT_CLIENT), of[MPT_CLIENT],
                               mpt_role_name(MPT_SERVER), of[MPT_SERVER]);
    else
        text = g_strdup(of[one]);
    g_free(of[MPT_CLIENT]);
    g_free(of[MPT_SERVER]);
    return text;
}
