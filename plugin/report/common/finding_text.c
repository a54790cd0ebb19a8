/* finding_text.c - see finding_text.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "finding_text.h"

const char *mpt_finding_unit_name(mpt_finding_unit unit)
{
    static const char *const names[MPT_FINDING_UNITS] = {
        [MPT_FINDING_OF_TIMES] = "times",       [MPT_FINDING_OF_BYTES] = "bytes",
        [MPT_FINDING_OF_SEGMENTS] = "segments", [MPT_FINDING_OF_DATA_ACKS] = "DATA_ACKs",
        [MPT_FINDING_OF_MAPPINGS] = "mappings", [MPT_FINDING_OF_CONNECTIONS] = "connections",
        [MPT_FINDING_OF_SUBFLOWS] = "subflows", [MPT_FINDING_OF_OPTIONS] = "options",
    };

    return names[unit];
}

const char *mpt_finding_rfc_text(const mpt_finding *f, char *text)
{
    if (!f->rfc.number)
        return NULL;
    g_snprintf(text, MPT_RFC_TEXT, "RFC %u %s", f->rfc.number, f->rfc.section);
    return text;
}
