/* options.c - see options.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "options.h"

#include <wireshark.h>

#include <epan/packet.h>
#include <epan/proto.h>
#include <epan/tvbuff.h>

#include <string.h>

#include "tap/engine/protocol/option.h"

/* Those of one TCP header. */
struct gathered {
    const struct tcpheader *header;
    unsigned last; /* offset of the last one: they come in the order of the header */
    uint8_t length, bytes[MPT_SEGMENT_OPTION_BYTES];
};

static struct {
    uint32_t frame;
    unsigned used; /* the oldest give way */
    struct gathered headers[8];
    const struct tcpheader *last;
} newest;

static dissector_handle_t wrapper, original;

static struct gathered *find(const struct tcpheader *header)
{
    for (unsigned i = newest.used; i-- > 0 && newest.used - i <= G_N_ELEMENTS(newest.headers);) {
        struct gathered *h = &newest.headers[i % G_N_ELEMENTS(newest.headers)];
        if (h->header == header)
            return h;
    }
    return NULL;
}

static void begin(struct gathered *h, const struct tcpheader *header)
{
    h->header = header;
    h->length = 0;
    memset(h->bytes, 0, sizeof h->bytes);
}

/* The options of this header so far. A frame may be dissected again, with its header at the same address. */
static struct gathered *gathered_of(const packet_info *pinfo, const struct tcpheader *header, unsigned offset)
{
    struct gathered *h;

    if (newest.frame != pinfo->num) {
        newest.frame = pinfo->num;
        newest.used = 0;
        newest.last = NULL;
    }
    h = find(header);
    if (!h)
        begin(h = &newest.headers[newest.used++ % G_N_ELEMENTS(newest.headers)], header);
    else if (offset <= h->last)
        begin(h, header);
    h->last = offset;
    return h;
}

static int dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    unsigned captured = tvb_captured_length(tvb);

    if (data && captured && !pinfo->flags.in_error_pkt) {
        struct gathered *h = gathered_of(pinfo, data, (unsigned)tvb_raw_offset(tvb));

        if (captured <= sizeof h->bytes - h->length) {
            memcpy(h->bytes + h->length, tvb_get_ptr(tvb, 0, (int)captured), captured);
            h->length = (uint8_t)(h->length + captured);
        }
        newest.last = data;
    }
    return original ? call_dissector_only(original, tvb, pinfo, tree, data) : (int)captured;
}

void mpt_options_fill(mpt_segment *g, const struct tcpheader *header)
{
    const struct gathered *h = &newest.headers[0];

    if (newest.frame != g->frame || !newest.used)
        return;
    if (G_UNLIKELY(newest.used > 1 || h->header != header))
        h = find(header);
    if (!h)
        return;
    g->option_len = h->length;
    memcpy(g->options, h->bytes, sizeof g->options);
}

const struct tcpheader *mpt_options_last(uint32_t frame)
{
    return newest.frame == frame ? newest.last : NULL;
}

void mpt_options_register(void)
{
    /* A name of its own for MPTCP's protocol: no layer of its own, and `Enabled Protocols` still rules it. */
    wrapper = create_dissector_handle(
        dissect,
        proto_register_protocol_in_name_only("MPTCP option, for mptcpscope", "MPTCP", "mptcpscope.option",
                                             proto_get_id_by_filter_name("mptcp"), FT_BYTES));
}

void mpt_options_start(void)
{
    dissector_table_t table = find_dissector_table("tcp.option");

    newest.frame = 0;
    if (!table || original)
        return;
    original = dissector_get_uint_handle(table, MPT_OPTION_KIND);
    dissector_add_uint("tcp.option", MPT_OPTION_KIND, wrapper);
}

void mpt_options_stop(void)
{
    if (original)
        dissector_add_uint("tcp.option", MPT_OPTION_KIND, original);
    original = NULL;
}
