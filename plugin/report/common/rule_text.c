/* rule_text.c - see rule_text.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rule_text.h"

#include "labels.h"

/* clang-format off */
static const char *const TEXTS[MPT_RULE_IDS] = {
    [MPT_RULE_VERSION_ANSWER] = "The version in the SYN/ACK is at most the one that the SYN asks for.",
    [MPT_RULE_VERSION_HIGHEST] = "The SYN asks for the highest version that its sender speaks.",
    [MPT_RULE_FLAG_B] = "Flag B of MP_CAPABLE is 0.",
    [MPT_RULE_FLAG_B_IGNORED] = "An MP_CAPABLE with flag B is ignored: the connection is plain TCP.",
    [MPT_RULE_FLAG_C] = "After flag C no subflow is opened to the address and port that sent it.",
    [MPT_RULE_ALGORITHM] = "MP_CAPABLE names an algorithm.",
    [MPT_RULE_ALGORITHM_IGNORED] = "An MP_CAPABLE without an algorithm is ignored: the connection is plain TCP.",
    [MPT_RULE_ALGORITHM_OFFERED] = "The SYN/ACK chooses an algorithm that the SYN offers.",
    [MPT_RULE_KEY_RANDOM] = "Keys are hard to guess.",
    [MPT_RULE_TOKEN_CHECKED] = "A host looks for a token that it has already before it sends its key.",
    [MPT_RULE_TOKEN] = "The token in MP_JOIN is the hash of the receiver's key.",
    [MPT_RULE_KEY_UNIQUE] = "A host's keys are different in all its connections at a time.",
    [MPT_RULE_KEY_CHANGED] = "MP_CAPABLE after the SYN/ACK repeats the keys that were exchanged.",
    [MPT_RULE_KEYS_IN_ACK] = "The client's third ACK, or its first data, carries MP_CAPABLE with the keys.",
    [MPT_RULE_IDSN] = "Data sequence numbers begin where the sender's key says.",
    [MPT_RULE_CHECKSUM_ASKED] = "A host asks for checksums unless its administrator decided otherwise.",
    [MPT_RULE_CHECKSUM_USED] = "Mappings have a checksum if either host asked for checksums.",
    [MPT_RULE_CHECKSUM_CONFIRMED] = "Flag A of the third ACK says whether either host asked for checksums.",
    [MPT_RULE_PLAIN_ANSWER] = "After a SYN/ACK without MP_CAPABLE the client sends no MPTCP options: the connection is plain TCP.",
    [MPT_RULE_UNINVITED] = "A SYN without MP_CAPABLE is answered without it.",
    [MPT_RULE_JOIN_EARLY] = "No subflow is opened before a DSS has come from the other host.",
    [MPT_RULE_ON_JOIN] = "MP_CAPABLE is not sent on a subflow that was joined.",
    [MPT_RULE_JOIN_HMAC] = "The HMAC in MP_JOIN is right.",
    [MPT_RULE_TOKEN_REFUSED] = "A join with a token that is not known is answered with a RST.",
    [MPT_RULE_JOIN_DATA_EARLY] = "Who opened a subflow sends no data there before the other host has acknowledged the third ACK.",
    [MPT_RULE_FOURTH_ACK] = "The third ACK of a join is acknowledged.",
    [MPT_RULE_ADDRESS_ID_ZERO] = "Address id 0 stands for the address of the first subflow alone.",
    [MPT_RULE_IDS_STORED] = "A host keeps which address has which id.",
    [MPT_RULE_DEMULTIPLEXING] = "A join is told by its token, not by the port that it goes to.",
    [MPT_RULE_HMAC_ACK_AGAIN] = "The third ACK of a join is sent again until it is acknowledged.",
    [MPT_RULE_RESERVED_BITS] = "Reserved bits are 0.",
    [MPT_RULE_CHECKSUM_RESET] = "A mapping whose checksum is missing is answered with a RST.",
    [MPT_RULE_CHECKSUM_UNINVITED] = "Mappings have no checksum if no host asked for checksums.",
    [MPT_RULE_UNINVITED_RESET] = "A mapping with a checksum that nobody asked for is answered with a RST.",
    [MPT_RULE_RESET_REASON] = "A RST because of the use of checksums has MP_TCPRST.",
    [MPT_RULE_MAPPED] = "All data has a mapping.",
    [MPT_RULE_MAPPING_PLACE] = "A mapping is of the bytes that it comes with: its SSN counts from the SYN of the subflow.",
    [MPT_RULE_MAPPING_FIXED] = "A byte of a subflow is mapped to one data sequence number.",
    [MPT_RULE_FIRST_COPY] = "A receiver delivers the first copy of data and ignores later ones.",
    [MPT_RULE_DSN_WIDE] = "Data sequence numbers of 8 bytes are sent where those of 4 bytes could wrap too soon.",
    [MPT_RULE_ACKS_SENT] = "Data is acknowledged at the data level.",
    [MPT_RULE_ACK_RECEIVED] = "A DATA_ACK covers only what was sent.",
    [MPT_RULE_ACK_CUMULATIVE] = "A DATA_ACK never goes back.",
    [MPT_RULE_ACK_WIDE] = "Data sequence numbers of 8 bytes are acknowledged with 8 bytes.",
    [MPT_RULE_KEPT_UNTIL_ACKED] = "A sender keeps data until both the subflow and the data level have acknowledged it.",
    [MPT_RULE_DATA_FIN_MAPPING] = "A DATA_FIN without data has SSN 0 and length 1.",
    [MPT_RULE_DATA_AFTER_FIN] = "A host sends no data after its DATA_FIN.",
    [MPT_RULE_DATA_FIN_MOVED] = "A DATA_FIN that is sent again has the same data sequence number.",
    [MPT_RULE_DATA_FIN_SENT] = "A connection is closed with a DATA_FIN, not by the FINs of its subflows alone.",
    [MPT_RULE_CLOSED_EARLY] = "A host does not close its last subflow while data waits for its DATA_ACK.",
    [MPT_RULE_SUBFLOWS_CLOSED] = "After the DATA_FINs are acknowledged, all subflows are closed with FINs.",
    [MPT_RULE_DATA_FIN_DELIVERED] = "The application hears of a DATA_FIN after all data has come.",
    [MPT_RULE_RECEIVE_WINDOW] = "No data lies beyond the receive window, which counts from the highest DATA_ACK.",
    [MPT_RULE_BUFFER_SHARED] = "One receive buffer serves all subflows.",
    [MPT_RULE_RETRANSMITTED] = "Data that is sent again on another subflow also reaches the other end on its own.",
    [MPT_RULE_CONGESTION] = "The subflows' congestion control is coupled.",
    [MPT_RULE_BACKUP] = "A subflow that the receiver calls backup carries data only where no other one can.",
    [MPT_RULE_ADDRESS_ID] = "An address id stands for one address.",
    [MPT_RULE_ADD_ADDR_HMAC] = "The HMAC in ADD_ADDR is right.",
    [MPT_RULE_ADD_ADDR_IGNORED] = "An ADD_ADDR with a wrong HMAC is ignored.",
    [MPT_RULE_ADD_ADDR_ECHO] = "An ADD_ADDR is echoed.",
    [MPT_RULE_ECHO_SAME] = "The echo has the address, port and id of the ADD_ADDR.",
    [MPT_RULE_SOFT_STATE] = "Addresses that are announced may be forgotten and announced again.",
    [MPT_RULE_SIGNALS_PACED] = "Where their order matters, one ADD_ADDR or REMOVE_ADDR is sent in a round trip.",
    [MPT_RULE_JOIN_AGAIN] = "An address and port to which a join failed is not tried again unless it is announced again.",
    [MPT_RULE_REMOVED_CLOSED] = "Who sends REMOVE_ADDR closes the subflows of that address.",
    [MPT_RULE_REMOVED_UNUSED] = "Who gets REMOVE_ADDR opens no subflow to that address.",
    [MPT_RULE_KEEPALIVE] = "Who gets REMOVE_ADDR makes sure with a keepalive that the path is no longer in use.",
    [MPT_RULE_REMOVAL_TOLD] = "A host says with REMOVE_ADDR that an announced address is gone.",
    [MPT_RULE_REMOVAL_TESTED] = "TCP's tests of validity apply to the segment with REMOVE_ADDR.",
    [MPT_RULE_REMOVAL_RESET] = "REMOVE_ADDR makes both hosts send a RST on the subflows of that address.",
    [MPT_RULE_FIN_NOT_REMOVAL] = "A subflow that still works is closed with FINs, not with REMOVE_ADDR.",
    [MPT_RULE_FASTCLOSE_KEY] = "MP_FASTCLOSE carries the receiver's key.",
    [MPT_RULE_FASTCLOSE_ANSWERED] = "An MP_FASTCLOSE is answered with a RST, and no more data is sent.",
    [MPT_RULE_FASTCLOSE_AGAIN] = "An MP_FASTCLOSE that is not answered is sent again, a few times.",
    [MPT_RULE_TCPRST_ON_RST] = "MP_TCPRST is sent on a RST.",
    [MPT_RULE_PERMANENT] = "After MP_TCPRST without flag T its receiver opens no subflow on that path.",
    [MPT_RULE_RETRY_DELAY] = "When a subflow is tried again depends on the reason in MP_TCPRST.",
    [MPT_RULE_DSS_UNTIL_ACKED] = "Every segment with data has a mapping until the first DATA_ACK.",
    [MPT_RULE_CHECKSUM_FAILED] = "A wrong checksum is answered with MP_FAIL.",
    [MPT_RULE_FELL_BACK] = "After a fallback the connection stays plain TCP.",
    [MPT_RULE_UNACKED_ENDS] = "Data that is acknowledged without a DATA_ACK ends MPTCP there: RST on a joined subflow, else fallback.",
    [MPT_RULE_INFINITE_ACKS] = "After an infinite mapping only TCP's acknowledgements free data.",
    [MPT_RULE_BROKEN_RESET] = "A subflow whose mappings do not arrive is closed with a RST.",
    [MPT_RULE_HMAC_REFUSED] = "A wrong HMAC in MP_JOIN is answered with a RST.",
    [MPT_RULE_PLAIN_JOIN_RESET] = "A SYN/ACK without MP_JOIN is answered with a RST.",
    [MPT_RULE_JOIN_PORT] = "A join goes to the port of the first subflow, unless another one is announced.",
    [MPT_RULE_LOCAL_PORT] = "A join comes from the local port of the first subflow.",
    [MPT_RULE_PORTS_RESERVED] = "A host reserves the port on all its addresses.",
    [MPT_RULE_SUBFLOW_DELAYED] = "Two hosts that both may open a subflow between two addresses wait for a random time.",
    [MPT_RULE_SYN_FALLBACK] = "After SYNs with MP_CAPABLE that fail, a host tries plain TCP.",
};

static const char *const REASONS[MPT_RULE_REASON_IDS] = {
    [MPT_RULE_REASON_INSIDE] = "it happens inside the host",
    [MPT_RULE_REASON_FEASIBLE] = "the RFC allows exceptions that no capture shows",
    [MPT_RULE_REASON_LOSS] = "a packet that is not in the capture may have been lost",
    [MPT_RULE_REASON_BEGAN_BEFORE] = "the connection began before the capture",
    [MPT_RULE_REASON_ENDS_EARLY] = "the capture, or the connection, ends too early",
    [MPT_RULE_REASON_OPTIONS_CUT] = "options are cut off",
    [MPT_RULE_REASON_SEGMENTS_MISSING] = "segments are missing in the capture",
    [MPT_RULE_REASON_ONE_WAY] = "one direction of a subflow is not in the capture",
    [MPT_RULE_REASON_KEYS_UNKNOWN] = "the keys are not known",
    [MPT_RULE_REASON_ON_THE_WAY] = "something on the way may have changed it",
    [MPT_RULE_REASON_UNPROVEN] = "the capture does not prove it",
};
/* clang-format on */

const char *mpt_rule_text(mpt_rule_id id)
{
    return TEXTS[id];
}

const char *mpt_rule_reason_text(mpt_rule_reason reason)
{
    return REASONS[reason];
}

const char *mpt_rule_party_name(const mpt_ruling *r)
{
    if (r->party[MPT_CLIENT] && r->party[MPT_SERVER])
        return "both";
    if (r->party[MPT_CLIENT] || r->party[MPT_SERVER])
        return mpt_role_name(r->party[MPT_CLIENT] ? MPT_CLIENT : MPT_SERVER);
    return NULL;
}
