/* finding_text.c - see finding_text.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "finding_text.h"

#include "plugin/report/format/text.h"
#include "tap/engine/base/units.h"

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

/* "Connection 0, frame 4231, 12.345678 s: The path of subflow 1 ... (RFC 8684 3.3.6; failover)" */
void mpt_finding_text(const mpt_finding *f, mpt_sink *sink)
{
    GString *line = g_string_new(NULL);
    char text[MPT_RFC_TEXT];
    const char *rfc = mpt_finding_rfc_text(f, text);

    if (f->has_connection)
        g_string_append_printf(line, "Connection %u", f->connection);
    else
        g_string_append(line, "Capture");
    if (f->frame)
        g_string_append_printf(line, ", frame %u", f->frame);
    if (f->time.known) {
        g_string_append(line, ", ");
        mpt_units_seconds(line, f->time.ns, 6);
        g_string_append(line, " s");
    }
    g_string_append_printf(line, ": %s (%s%s%s)", f->sentence, mpt_finding_name(f->id), rfc ? ", " : "",
                           rfc ? rfc : "");
    mpt_text_paragraph(sink, 2, 2, line->str);
    g_string_free(line, TRUE);
}
