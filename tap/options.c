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

/* Those of one TCP header, where they may not be found in the frame. */
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
    bool elsewhere; /* headers may be in no source of data */
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

static struct gathered *get(const struct tcpheader *header)
{
    struct gathered *h = find(header);

    if (!h) {
        h = &newest.headers[newest.used++ % G_N_ELEMENTS(newest.headers)];
        h->header = header;
        h->length = 0;
    }
    return h;
}

/* A frame may be dissected again, with its header at the same address. */
static void gather(const struct tcpheader *header, tvbuff_t *tvb, unsigned captured)
{
    struct gathered *h = get(header);
    unsigned offset = (unsigned)tvb_raw_offset(tvb);

    if (offset <= h->last)
        h->length = 0;
    h->last = offset;
    if (captured <= sizeof h->bytes - h->length) {
        memcpy(h->bytes + h->length, tvb_get_ptr(tvb, 0, (int)captured), captured);
        h->length = (uint8_t)(h->length + captured);
    }
}

/* A header in a source of data of its own, as one put together from fragments or decrypted, may have others before
 * it in the list, or be in none. */
static bool in_frame(const packet_info *pinfo)
{
    return pinfo->data_src && !pinfo->data_src->next && !newest.elsewhere;
}

static int dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    unsigned captured = tvb_captured_length(tvb);

    if (data && captured && !pinfo->flags.in_error_pkt) {
        if (newest.frame != pinfo->num) {
            newest.frame = pinfo->num;
            newest.used = 0;
        }
        newest.last = data;
        if (G_UNLIKELY(!in_frame(pinfo)))
            gather(data, tvb, captured);
        else if (newest.used == 0 || newest.headers[0].header != data)
            get(data);
    }
    return original ? call_dissector_only(original, tvb, pinfo, tree, data) : (int)captured;
}

mpt_options_where mpt_options_fill(mpt_segment *g, const struct tcpheader *header)
{
    const struct gathered *h = &newest.headers[0];

    if (newest.frame != g->frame || !newest.used)
        return MPT_OPTIONS_NONE;
    if (G_UNLIKELY(newest.used > 1 || h->header != header))
        h = find(header);
    if (!h)
        return MPT_OPTIONS_NONE;
    if (G_LIKELY(h->length == 0))
        return MPT_OPTIONS_IN_FRAME;
    g->option_len = h->length;
    memcpy(g->options, h->bytes, h->length);
    return MPT_OPTIONS_FILLED;
}

void mpt_options_not_in_frame(void)
{
    newest.elsewhere = true;
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
    newest.elsewhere = false;
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
