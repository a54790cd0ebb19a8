/* finding_text.c - see finding_text.h.
 *
 * In a phrase {1} is the first term as its type is written, {1:plain} another way to write it ({1:Subflow}
 * begins a sentence), {1/2} the first as a percentage of the second. {1?one|other} is the first wording where
 * the argument is 1, or a reason that was given, and else the second; a wording may have terms in it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "finding_text.h"

#include <string.h>

#include "labels.h"
#include "plugin/report/format/text.h"
#include "tap/engine/base/units.h"

#define THE_JOIN          "The {2}'s MP_JOIN for {1} "
#define REASON_OR(other)  "{3? (reason {3}: {3:words}{4?, for now|})|" other "}"
#define THE_ANNOUNCEMENT  "The {1} announced {2} as address id {3}"
#define THE_FAIL          "The {1} reported a checksum failure (MP_FAIL) on {2}; "
#define THE_BACKUP        "The {1} sent {2} on {3}, a backup, although subflow {4:id} was regular and up; "
#define OF_MAPPINGS       "On {4}, {2?the {3}'s only DSS checksum|{1} of the {3}'s {2} DSS checksums} "
#define THE_CAPABLE       "The MP_CAPABLE in the {2?SYN|{3?SYN/ACK|third ACK}} (frame {4}) "
#define NOT_THE_PATH      " (caused by the {1}, not by the path)."
#define LEAVES            " of {1} left {3} "
#define ARRIVES           " and arrived at {5} "
#define NOT_CHECKED_THERE "missing options, mappings and echoes are not reported."

#define SEEN_LAST    "{2?.|,}"
#define COUNTED_ONCE " Each packet is counted once, at its first sighting. "

static const char *const PHRASES[MPT_PHRASES] = {
    [MPT_PHRASE_FALLBACK] = "The SYN has MP_CAPABLE but the SYN/ACK does not: plain TCP from the start. ",
    [MPT_PHRASE_FALLBACK_ACK_UNSURE] =
        "Neither the third ACK nor the data has an MPTCP option (the SYN/ACK is not in the capture): plain "
        "TCP.",
    [MPT_PHRASE_FALLBACK_ACK] =
        "The SYN/ACK has MP_CAPABLE, but neither the third ACK nor the data has an MPTCP option: plain TCP. ",
    [MPT_PHRASE_FALLBACK_NO_DSS] = "The handshake has MP_CAPABLE, but no data has a DSS: plain TCP. ",
    [MPT_PHRASE_FALLBACK_INFINITE] =
        "An infinite mapping ends MPTCP: plain TCP from there on. {1?It follows an MP_FAIL: something on "
        "the path alters the payload.|Its sender found that options do not get through, or that no mapping "
        "was acknowledged.}",
    [MPT_PHRASE_FALLBACK_MP_FAIL] =
        "MP_FAIL on the only subflow: plain TCP from there on. Something on the path alters the payload.",
    [MPT_PHRASE_FALLBACK_DSS_LOST] =
        "The DSS options stopped while data continued: plain TCP from there on. ",
    [MPT_PHRASE_LIKELY_OTHER_HOST] =
        "The same server accepts MPTCP elsewhere in this capture (frame {1}), so the cause is probably a "
        "middlebox on the path, or another host behind this address.",
    [MPT_PHRASE_LIKELY_SERVER] =
        "The capture was taken near the server, so the cause is probably the server itself: it has no "
        "MPTCP, speaks another version than v{1}, or has MPTCP switched off.",
    [MPT_PHRASE_LIKELY_SERVER_OR_MIDDLEBOX] =
        "Either the server has no MPTCP or speaks another version than v{1}, or a middlebox removed the "
        "option from the SYN or the SYN/ACK; a capture at the server would tell which.",
    [MPT_PHRASE_LIKELY_CLIENT] =
        "The capture was taken near the client, which received the option: the client itself probably fell "
        "back.",
    [MPT_PHRASE_LIKELY_MIDDLEBOX] =
        "The cause is probably a middlebox between this point and the client, which removed the option "
        "from the SYN/ACK or from the client's segments.",
    [MPT_PHRASE_LIKELY_SYN_ONLY] =
        "The cause is probably a middlebox that lets the option pass on SYNs only.",
    [MPT_PHRASE_LIKELY_DATA_SEGMENTS] =
        "The handshake got through, so either a middlebox removes the option from data segments, or one of "
        "the hosts fell back by itself.",
    [MPT_PHRASE_LIKELY_VERSION] =
        "The same server accepts MPTCP v{2} elsewhere in this capture (frame {1}), so it probably does not "
        "speak v{3}.",
    [MPT_PHRASE_INVALID_FLAG_B] =
        THE_CAPABLE "has flag B set, for which the {1:peer} has to ignore it" NOT_THE_PATH,
    [MPT_PHRASE_INVALID_NO_ALGORITHM] = THE_CAPABLE
    "names no algorithm (flags {5?D|C} to H are 0), so the {1:peer} has to ignore it" NOT_THE_PATH,
    [MPT_PHRASE_INVALID_VERSION] = THE_CAPABLE
    "has version {5}, which was not {3?asked for|agreed on}: the {1:peer} has to ignore it" NOT_THE_PATH,
    [MPT_PHRASE_INVALID_LENGTH] = THE_CAPABLE
    "has keys that do not belong in this step of v{5}: the {1:peer} has to ignore it" NOT_THE_PATH,
    [MPT_PHRASE_LIKELY_PATH_CHANGE] =
        "Either the path changed to one that removes options, or the sender fell back by itself.",
    [MPT_PHRASE_CULPRIT_BETWEEN] =
        "Both vantage points show where: the option is present in frame {1} and missing in frame {2}, so "
        "something between {3} and {4} removes it.",
    [MPT_PHRASE_CULPRIT_SERVER] =
        "The SYN arrived at {1} with MP_CAPABLE (frame {2}) and was answered without it there (frame {3}): "
        "the server itself, or whatever is beyond that point, has no MPTCP or has it switched off.",
    [MPT_PHRASE_CULPRIT_CLIENT] =
        "The SYN/ACK arrived at {1} with MP_CAPABLE (frame {2}), and the third ACK left without it (frame "
        "{3}): the client itself fell back.",
    [MPT_PHRASE_CAPABLE_DROPPED] =
        "{1} never answered the SYN with MP_CAPABLE (sent {2:plain} time{2?|s}), but answered one without "
        "it in frame {3}: something on the path drops SYNs with MP_CAPABLE.",
    [MPT_PHRASE_CAPABLE_DROPPED_HERE] =
        "{1} did not answer the SYN with MP_CAPABLE (sent {2:plain} times), but answered the one without "
        "it: plain TCP. Either something on the path drops SYNs with MP_CAPABLE, or the first SYNs were "
        "lost.",
    [MPT_PHRASE_CAPABLE_UNANSWERED] =
        "{1} never answered the SYN with MP_CAPABLE (sent {2:plain} times); the capture has no SYN without "
        "the option to compare.",
    [MPT_PHRASE_CAPABLE_REFUSED] =
        "{1} refused the connection with a RST: nothing listens there, or something on the path rejects it.",
    [MPT_PHRASE_BLACKHOLED] =
        "After its SYNs with MP_CAPABLE were dropped, {2} asked {3} for plain TCP in {1} further "
        "connection{1?|s}: the host has probably disabled MPTCP for a while (Linux: "
        "net.mptcp.blackhole_timeout).",
    [MPT_PHRASE_VERSION_MISMATCH] =
        "The client asked for v{1} and the server answered with v{2}: a server may only answer with that "
        "version or a lower one.",
    [MPT_PHRASE_VERSION_DROPPED] =
        "The client asked for v{1}, the server answered with v{2}, and the client continued without MPTCP: "
        "it does not speak that version.",
    [MPT_PHRASE_CAPABLE_FLAGS] =
        "The server chose an algorithm that the client did not offer (flags of MP_CAPABLE).",
    [MPT_PHRASE_ALGORITHM_UNKNOWN] =
        "The server chose an algorithm that no RFC defines instead of HMAC (flag H of MP_CAPABLE): the two "
        "hosts cannot agree on keys and tokens with it.",
    [MPT_PHRASE_FLAGS_ACCEPTED] = " The {1} accepted it all the same.",
    [MPT_PHRASE_KEY_CHANGED] =
        "The {1}'s MP_CAPABLE has different keys from those exchanged before: the two hosts will compute "
        "different tokens and HMACs.",
    [MPT_PHRASE_KEY_REUSED] =
        "The {1} uses the key or token ({2}) of this connection in another one, which began in frame {3} "
        "and is still open: a join could belong to either.",
    [MPT_PHRASE_KEYS_MISSING] =
        "The client never sent MP_CAPABLE with the keys, neither in the third ACK nor with its first data, "
        "but continued with DSS: the server cannot know its key.",
    [MPT_PHRASE_JOINS_DENIED] =
        "The {1} accepts no joins at {2} (flag C of MP_CAPABLE): further subflows must go to another "
        "address of the {1}, or be opened by it.",
    [MPT_PHRASE_RESERVED_BITS] =
        "{2} of the {1}'s options {2?has|have} reserved bits set (the first: {3}); receivers ignore them.",
    [MPT_PHRASE_JOIN_DENIED_ADDRESS] =
        THE_JOIN "went to the address at which the {2:peer} accepts no joins (flag C in frame {3}).",
    [MPT_PHRASE_JOIN_EARLY] =
        THE_JOIN "was sent before a DSS from the {2:peer} had shown that MPTCP works on the first subflow.",
    [MPT_PHRASE_JOIN_DATA_EARLY] =
        "The {2} sent {3} on {1} before the {2:peer} confirmed the third ACK of the join{4?|, as far as "
        "the capture shows}.",
    [MPT_PHRASE_JOIN_AFTER_CLOSE] = THE_JOIN
    "came after the {3?MP_FASTCLOSE|DATA_FIN} of frame {4}, when the connection was already closing; it "
    "was {5?refused|{6?not answered|accepted all the same}}.",
    [MPT_PHRASE_JOIN_FLOOD] =
        "{1} joins with token {2} from {3}{5? or more|} address{3?|es} led nowhere ({4} refused, the "
        "others unanswered or not completed): a flood of joins, or a server that does not answer them.",
    [MPT_PHRASE_TOKEN_SCAN] =
        "{1} joins with as many different tokens, none of a connection in the capture, came from {2} "
        "address{2?|es} and led nowhere: somebody is guessing tokens.",
    [MPT_PHRASE_SYN_FLOOD] =
        "{1} connections to {2} from {3}{4? or more|} address{3?|es} never got beyond their only SYN with MP_CAPABLE "
        "({5} answered with a SYN/ACK): a flood of SYNs{6?|, or a server that does not answer them}.",
    [MPT_PHRASE_SUBTYPE_ON_JOIN] =
        "The {2} sent MP_CAPABLE on {1}, a joined subflow: it belongs on the first subflow only, and is "
        "ignored.",
    [MPT_PHRASE_PRIO_FLAPPING] = "The {1} changed the priority of {2} back and forth {3:plain} times in {4}.",
    [MPT_PHRASE_ALL_BACKUP] = "{1?The only subflow is|All {1} subflows are} backup: the flag has no effect.",
    [MPT_PHRASE_ADDRESS_ID_REUSED] =
        "The {1} used address id {2} for {4} although it still belongs to {3} (frame {5}), which was not "
        "removed.",
    [MPT_PHRASE_ID_OF_JOIN] =
        "Subflows of the {1} from {3} and {4} are open at the same time with the same address id, {2} "
        "(unless a NAT gives one address two).",
    [MPT_PHRASE_ADD_ADDR_ID_ZERO] =
        "The {1} announced {2} as address id 0, which is the first subflow's ({3}).",
    [MPT_PHRASE_ADD_ADDR_ECHO_WRONG] =
        "The {1} confirmed {2} as address id {3}, but {4} was announced with that id (frame {5}): an echo "
        "must repeat what it confirms.",
    [MPT_PHRASE_ECHO_OF_NOTHING] = "The {1} confirmed {2} as address id {3}, which was never announced.",
    [MPT_PHRASE_JOIN_UNREACHABLE] =
        "{3?The {1} announced {2}|The MP_JOIN for {4} went to {2} and was not answered}: ",
    [MPT_PHRASE_UNREACHABLE_LOOPBACK] =
        "this is a loopback address, which the {1} cannot reach from where it is.",
    [MPT_PHRASE_UNREACHABLE_MULTICAST] = "this is a multicast address, to which TCP cannot connect.",
    [MPT_PHRASE_UNREACHABLE_LINK_LOCAL] =
        "this is a link-local address, which the {1} cannot reach from where it is.",
    [MPT_PHRASE_UNREACHABLE_PRIVATE] =
        "this is a private address, which the {1} cannot reach from its public one.",
    [MPT_PHRASE_JOIN_HMAC_USED] = " The subflow was used all the same: it carried {1}.",
    [MPT_PHRASE_ADD_ADDR_HMAC_LEFT] =
        "The {1}'s ADD_ADDR has the leftmost 64 bits of the right HMAC instead of the rightmost ({2:plain} "
        "time{2?|s}): a bug of the sender, and to be ignored by the receiver.",
    [MPT_PHRASE_JOIN_HMAC] = THE_JOIN
    "has a wrong HMAC in the {3?SYN/ACK|third ACK}: its sender does not have the keys of this connection.",
    [MPT_PHRASE_JOIN_UNKNOWN_TOKEN] = THE_JOIN "was refused" REASON_OR(
        "") ", and its token {5} belongs to no connection in the capture: the {2:peer} probably does not "
            "know it either (another host behind the address, or a connection closed long ago).",
    [MPT_PHRASE_JOIN_CLOSING] = THE_JOIN "was refused" REASON_OR("") ": the connection was already closing.",
    [MPT_PHRASE_JOIN_LIMIT] = THE_JOIN "was refused" REASON_OR(
        "") ": the {2:peer} accepts no more subflows (its limit may be 0), or none at this address.",
    [MPT_PHRASE_JOIN_REFUSED] =
        THE_JOIN "was refused by the {2:peer}" REASON_OR(" with a RST that gives no reason") ".",
    [MPT_PHRASE_JOIN_NO_LISTENER] = THE_JOIN
    "was refused by the {2:peer} with a RST that gives no reason: nothing listens at {3}, a firewall "
    "rejects it, or the {2:peer}'s stack never gives reasons.",
    [MPT_PHRASE_JOIN_GIVEN_UP] = THE_JOIN "was given up by the {2} itself" REASON_OR("") ".",
    [MPT_PHRASE_JOIN_PLAIN_ANSWER] = THE_JOIN
    "was given up: the SYN/ACK has no MP_JOIN. Either the other address belongs to another host, or a "
    "middlebox removed the option.",
    [MPT_PHRASE_JOIN_UNANSWERED] =
        THE_JOIN "was not answered (SYN sent {3:plain} time{3?|s}): the path, or a firewall on it, drops it.",
    [MPT_PHRASE_JOIN_UNFINISHED] = THE_JOIN "was not completed: the SYN/ACK has no MP_JOIN.",
    [MPT_PHRASE_JOIN_UNCONFIRMED] =
        THE_JOIN "was not completed: its third ACK was never confirmed by the other side.",
    [MPT_PHRASE_JOIN_NO_THIRD_ACK] = THE_JOIN "was not completed: the third ACK with its HMAC is missing.",
    [MPT_PHRASE_JOIN_ADDRESS] = THE_JOIN "went to {3}, which the {2:peer} never announced.",
    [MPT_PHRASE_JOIN_SLOW] =
        "The SYN/ACK of {1} took {2} ({3:plain} SYN{3?|s}); that of the first subflow took {4}.",
    [MPT_PHRASE_RST_IGNORED] =
        "{3?A RST|{3} RSTs} of the {2} on {1} {4?{3?does|do} not acknowledge the {2:peer}'s SYN|{3?is|are} outside "
        "the {2:peer}'s receive window}. The {2:peer} ignores {3?it|them}: the subflow stays as it was.",
    [MPT_PHRASE_TCPRST_IGNORED] =
        "The {2} sent MP_TCPRST on {1} in a segment that is not a RST: it resets nothing.",
    [MPT_PHRASE_OPTION_IGNORED] =
        "{3} of the {2} on {1} has {4} bytes, a length that v{5} does not have: the {2:peer} ignores it.",
    [MPT_PHRASE_OPTION_UNKNOWN] =
        "The {2} sent an MPTCP option of subtype {3} on {1}, which the RFC does not assign: the {2:peer} "
        "ignores it.",
    [MPT_PHRASE_SUBFLOW_RESET] = "The {1} reset {2}" REASON_OR(" without giving a reason") ".",
    [MPT_PHRASE_ADD_ADDR_NO_ECHO] = THE_ANNOUNCEMENT
    " ({4:plain} time{4?|s}), and no echo ever came: the other host, or a middlebox, drops it.",
    [MPT_PHRASE_ADD_ADDR_REPEATED] =
        THE_ANNOUNCEMENT " {4:plain} times; the echo is in frame {5}, and {6:plain} of them came after it.",
    [MPT_PHRASE_ADD_ADDR_UNUSED] = THE_ANNOUNCEMENT ", and no subflow ever used this address.",
    [MPT_PHRASE_ADD_ADDR_HMAC] =
        "The {1}'s ADD_ADDR has a wrong HMAC ({2:plain} time{2?|s}): it is forged, or was altered on the "
        "path, for example by address translation. Receivers must ignore it.",
    [MPT_PHRASE_REMOVE_ADDR_NOTHING] =
        "The {1} removed address id {2}, which closed nothing: {3?its subflows were closed already|{4?it "
        "was announced, but no subflow ever used it|it was neither announced nor used}}.",
    [MPT_PHRASE_SUBFLOW_MOVED] =
        "{1:Subflow} continued the sequence numbers of {2}, without a SYN: the {3}'s address or port "
        "changed in mid-connection, as behind a NAT that forgot the old one.",
    [MPT_PHRASE_ADDRESS_OUTLIVED] =
        "The {1} removed address id {2}, but {3}, which uses it, {4?still carried data|was still open} {5} "
        "later.",
    [MPT_PHRASE_MAPPING_MISPLACED] =
        "No mapping covers {3} of the {2} on {1} although the segments have one: it maps other subflow "
        "sequence numbers. ",
    [MPT_PHRASE_MISPLACED_ABSOLUTE] =
        "The sender gives the sequence numbers of the TCP header instead of those that count from its SYN.",
    [MPT_PHRASE_MISPLACED_OFF_BY_ONE] = "It is off by one: the first byte after the SYN has number 1.",
    [MPT_PHRASE_MISPLACED_LENGTH] =
        "Something on the path changed the length of the data, or the sender miscounts.",
    [MPT_PHRASE_DATA_UNMAPPED] =
        "No mapping covers {1} that the {2} sent on {3}, so their place in the data is unknown.",
    [MPT_PHRASE_MAPPING_CONFLICT] =
        "{1} of the {2} {1?was|were} mapped twice, to different data sequence numbers; the first mapping "
        "was kept.",
    [MPT_PHRASE_DSN_FAR] =
        "{1} data sequence number{1?|s} or DATA_ACK{1? is|s are} so far from the others that no transfer "
        "can have reached {1?it|them}. They were ignored.",
    [MPT_PHRASE_DSN_NOT_OF_KEY] =
        "{1} data sequence number{1?|s} or DATA_ACK{1? does|s do} not begin where the key in MP_CAPABLE "
        "says: the keys and the numbers cannot both be what the hosts sent. They were ignored.",
    [MPT_PHRASE_DSN_BEYOND_WINDOW] =
        "The {1} sent {2} beyond the {1:peer}'s DATA_ACKs plus the largest receive window that it had "
        "advertised.",
    [MPT_PHRASE_DATA_ACK_BEYOND] =
        "{1} of the {2}'s DATA_ACKs acknowledge{1?s|} more than the {2:peer} had sent.",
    [MPT_PHRASE_DATA_ACK_BACK] =
        "{1} of the {2}'s DATA_ACKs {1?is|are} below an earlier one on the same subflow, in segments that "
        "were not late themselves.",
    [MPT_PHRASE_DATA_AFTER_FIN] =
        "The {1} sent {2} with data sequence numbers at or beyond its DATA_FIN (frame {3}).",
    [MPT_PHRASE_DATA_FIN_MOVED] =
        "The {1} sent a DATA_FIN {3} {2?after|before} its first one (frame {4}; {5:plain} time{5?|s}): the "
        "end of the data cannot move. Data is counted up to the first.",
    [MPT_PHRASE_NO_DATA_ACKS] =
        "TCP acknowledged {1} of the {2}, but no DATA_ACK ever came: the {2:peer} sends none, or something "
        "on the path removes them.",
    [MPT_PHRASE_DATA_ACK_STALLED] =
        "The {1}'s DATA_ACK stood still for {2} although TCP had acknowledged the byte that it waits for, "
        "on {3}{4?, and never moved again|}: the data level of the {1} hangs, or discarded these bytes.",
    [MPT_PHRASE_DATA_ACK_NARROW] =
        "{1} of the {2}'s DATA_ACKs {1?has|have} 4 bytes although the {3} uses 8-byte data sequence numbers.",
    [MPT_PHRASE_CHECKSUM_MISSING] =
        "{1} of the {2}'s mappings {1?has|have} no checksum although checksums were negotiated{3?; the "
        "receiver reset the subflow in frame {4}|; no reset followed}.",
    [MPT_PHRASE_CHECKSUM_UNINVITED] =
        "{1} of the {2}'s mappings {1?has|have} a checksum although none was negotiated{3?; the receiver "
        "reset the subflow in frame {4}|; no reset followed}.",
    [MPT_PHRASE_CHECKSUM_IGNORED] =
        "{1} of the {2}'s mappings {1?has|have} a checksum although none was negotiated{3?; the receiver "
        "reset the subflow in frame {4}, which v0 does not ask for|: in v0 the receiver ignores it}.",
    [MPT_PHRASE_FIN_WITHOUT_DATA_FIN] =
        "The last subflow, {1}, was closed by FINs, and neither host sent a DATA_FIN: the connection stays "
        "open until it times out.",
    [MPT_PHRASE_FASTCLOSE_KEY] =
        "The {1} sent MP_FASTCLOSE with a key that is not the {1:peer}'s: it closes nothing.",
    [MPT_PHRASE_FASTCLOSE_IGNORED] =
        "The {1} sent {2} of new data after the {3}'s MP_FASTCLOSE (frame {4}), too late to have been in "
        "flight.",
    [MPT_PHRASE_DATA_NOT_ACKED] =
        "When the connection ended, {1} of the {2} had been acknowledged by TCP but not at the data level: "
        "the other side may never have received them.",
    [MPT_PHRASE_CHECKSUM_BAD] =
        OF_MAPPINGS "{1?does|do} not match the payload: something on the path alters it.",
    [MPT_PHRASE_CHECKSUM_SWAPPED] = OF_MAPPINGS
    "match{1?es|} with the two bytes swapped, as do all that the {3} sends: it writes them in the wrong "
    "order. Nothing on the path alters the data.",
    [MPT_PHRASE_CHECKSUM_OFF] = OF_MAPPINGS
    "{1?is|are} off by the same number, as are all that the {3} sends: it computes them differently. "
    "Nothing on the path alters the data.",
    [MPT_PHRASE_CHECKSUM_UNVERIFIED] =
        OF_MAPPINGS "cannot be verified: the capture does not have all of the payload.",
    [MPT_PHRASE_MP_FAIL] = THE_FAIL "neither a reset nor an infinite mapping followed.",
    [MPT_PHRASE_MP_FAIL_INFINITE] = THE_FAIL "an infinite mapping followed in frame {3}.",
    [MPT_PHRASE_MP_FAIL_RESET] = THE_FAIL "the subflow was reset in frame {3}.",
    [MPT_PHRASE_BACKUP_USED] = THE_BACKUP "{5} of them are new data.",
    [MPT_PHRASE_BACKUP_REINJECTED] = THE_BACKUP "none of them is new data.",
    [MPT_PHRASE_SUBFLOW_IDLE] =
        "No data ever went over {1}, a regular subflow, while the others carried {2}.",
    [MPT_PHRASE_FAILOVER] =
        "{1:Subflow} stalled for the {2}'s data at {3} s: {4} sent on it were never acknowledged, and {5} "
        "were reinjected on other subflows. New data continued on subflow {7:id} after {6} (frame {8}).",
    [MPT_PHRASE_DATA_WAITED] =
        "Head-of-line blocking: the {1}'s data waited {2} for earlier bytes {4?sent|that came} late on "
        "{3}{4?, as seen at the sender|}.",
    [MPT_PHRASE_PATH_OUTAGE] =
        "The path of {1} was out for {6}, from {4} s to {5} s: the {2} had {3} in flight there, "
        "retransmitted and heard nothing from the {2:peer}. Meanwhile {7?the connection continued on other "
        "subflows|no other subflow carried data}. ",
    [MPT_PHRASE_OUTAGE_USED_AGAIN] =
        "The path answered again in frame {1}, and carried new data again from frame {2} on.",
    [MPT_PHRASE_OUTAGE_UNUSED] = "The path answered again in frame {1}, but carried no new data.",
    [MPT_PHRASE_OUTAGE_SILENT] =
        "The path of {1} was out from {2} s to the end, {3} later: nothing {5?passed over it any more, not "
        "even FINs when the other subflows were closed|came over it from the {4} any more, not even a FIN "
        "when the {4} closed the other subflows}.",
    [MPT_PHRASE_SILENT_WAIT] = " The {1}'s data waited {2} for bytes that finally came on another subflow.",
    [MPT_PHRASE_SILENT_MOVED] = " From then on, {1} ({1/3} of the {2}'s data) went over the others.",
    [MPT_PHRASE_OUTAGE_LASTS] = "It did not answer again.",
    [MPT_PHRASE_RESET_FOREIGN] =
        "The RST that ended {1} in the {2}'s name arrived with a TTL of {3}, all other packets of the {2} "
        "on it with {6?{4}|{4} to {5}}: something in between sent it.",
    [MPT_PHRASE_INTERFACE_MISMATCH] =
        "On {1} the client's packets pass through interface {2} of the {4?host|capture} and the server's "
        "through interface {3}: the usual sign of missing source routing, or of a filter on the way back.",
    [MPT_PHRASE_ICMP_ERROR] = "{1} answered the {2}'s segments on {3} with {4}{5?|, {5:plain} times}. ",
    [MPT_PHRASE_ICMP_MTU] =
        "Segments are too large for the link behind it{1?|, which takes {1} bytes}: where this message "
        "does not get back to the sender, they are lost for good.",
    [MPT_PHRASE_ICMP_NO_JOIN] = "The join failed for this reason.",
    [MPT_PHRASE_ICMP_NO_CONNECTION] = "The connection failed for this reason.",
    [MPT_PHRASE_ICMP_PATH_GONE] = "Nothing was acknowledged on this subflow any more: its path is gone.",
    [MPT_PHRASE_ICMP_GOES_ON] = "The subflow continued.",
    [MPT_PHRASE_PATH_MTU] =
        "No segment of {1} that the {2} sent on {3} was acknowledged (the first was sent {4:plain} times), "
        "while those of up to {5} were: the path does not take packets of that size{6?|, and no ICMP "
        "message tells the sender}.",
    [MPT_PHRASE_SUBFLOW_ABANDONED] =
        "The {2} sent nothing over {1} after {3} s, although it was up; from then on, {4} ({4/5} of all "
        "its data) went over the others.",
    [MPT_PHRASE_SUBFLOW_FLAPPING] =
        "{1} subflows between {2} and {3} were opened and closed again within {4} at the longest, the last "
        "at {5} s, and none carried data. ",
    [MPT_PHRASE_FLAPPING_BY_ONE] = "The {1} closed them.",
    [MPT_PHRASE_FLAPPING_BY_BOTH] = "The client closed {1} of them first, the server {2}.",
    [MPT_PHRASE_NO_SUBFLOW] =
        "From {1} s on the connection had no subflow for {2}: {3}, the last one, was {4?reset|closed}, and "
        "{5} joined only then. No data could pass in between.",
    [MPT_PHRASE_SINGLE_PATH] = "Only one subflow worked",
    [MPT_PHRASE_SINGLE_TRIED] = ": {1} join{1? was|s were} tried (",
    [MPT_PHRASE_SINGLE_REFUSED] = "{1} refused",
    [MPT_PHRASE_SINGLE_UNANSWERED] = "{1?, |}{2} not answered",
    [MPT_PHRASE_SINGLE_ICMP] = "{1?, |}{2} refused by ICMP",
    [MPT_PHRASE_SINGLE_BLACKHOLED] =
        " Another SYN from {1} to {2} was answered (frame {3}), those with MP_JOIN were not: something on "
        "the path drops them.",
    [MPT_PHRASE_SINGLE_UNFINISHED] = "{1?, |}{2} answered but not completed",
    [MPT_PHRASE_SINGLE_NONE_WORKED] = ").",
    [MPT_PHRASE_SINGLE_DENIED] = ". The {1} accepts no joins at the address of the first subflow (flag C)",
    [MPT_PHRASE_SINGLE_NOTHING] = ": no address was announced, and no join was tried.",
    [MPT_PHRASE_SINGLE_ANNOUNCED] =
        ": the {1} announced {2?an address|addresses ({2:plain} times)}, but no join was tried.",
    [MPT_PHRASE_ABORTED] =
        "The connection was aborted: {2?its only subflow was reset|all its subflows were reset, the last "
        "one} by the {1}.",
    [MPT_PHRASE_ABORTED_FASTCLOSE] = "The {1} aborted the connection with MP_FASTCLOSE.",
    [MPT_PHRASE_ABORTED_LOST] = " {1} of the {2} were not acknowledged at the data level.",
    [MPT_PHRASE_ABORTED_UNKNOWN] = " How much of the {1}'s data arrived is not known.",
    [MPT_PHRASE_WAITED_FIRST_SENT] =
        "Head-of-line blocking: the {1}'s data waited {2} for earlier bytes that were first sent on {3} "
        "and did not arrive in time{4?; they finally came on subflow {5:id}|}.",
    [MPT_PHRASE_WAITED_UNKNOWN] =
        "Head-of-line blocking: the {1}'s data waited {2} for earlier bytes that finally came on {3}; they "
        "were first sent on another subflow (which one is not in the capture).",
    [MPT_PHRASE_WINDOW_CLOSED] =
        "The {1}'s receive window closed {2:plain} time{2?|s}, for at most {3} (on subflow {4:id}){5?, and "
        "did not open again|}: its application does not read fast enough.",
    [MPT_PHRASE_LIMITED] =
        "The paths limited the {1}'s data for {5/6} of {6} (receive window {2/6}, loss recovery {4/6}, "
        "application {3/6}).",
    [MPT_PHRASE_LIMITED_WINDOW] =
        "The {1:peer}'s receive window limited the {1}'s data for {2/6} of {6} (paths {5/6}, loss recovery "
        "{4/6}, application {3/6}).",
    [MPT_PHRASE_LIMITED_APPLICATION] =
        "The {1}'s application had nothing to send for {3/6} of {6} (paths {5/6}, receive window {2/6}, "
        "loss recovery {4/6}).",
    [MPT_PHRASE_LIMITED_RECOVERY] =
        "Loss recovery held up the {1}'s data for {4/6} of {6} (paths {5/6}, receive window {2/6}, "
        "application {3/6}).",
    [MPT_PHRASE_LIMITED_BY_SEVERAL] =
        "No single cause limited the {1}'s data over {6}: paths {5/6}, receive window {2/6}, loss recovery "
        "{4/6}, application {3/6}.",
    [MPT_PHRASE_WINDOW_LIMITED] =
        "The {1:peer}'s receive window is too small: at most {2}, and full for {3/4} of the time. At a "
        "round-trip time of {5} ({6}) it allows {7}. ",
    [MPT_PHRASE_WINDOW_NEEDED] = "The best rates seen on the paths ({1} in total) need at least {2}.",
    [MPT_PHRASE_WINDOW_NEEDED_UNKNOWN] =
        "The capture does not show how fast the paths are; twice the rate needs twice the window.",
    [MPT_PHRASE_WINDOW_UNREAD] =
        "The {1:peer}'s receive window held up the {1}'s data for {3/4} of the time: mostly less than half "
        "of its {2} were free. The {1:peer}'s application does not read fast enough.",
    [MPT_PHRASE_WINDOW_SHRUNK] =
        "The {1} took back receive window that it had advertised: the right edge moved back by {3?|up to "
        "}{2}{3?| ({3:plain} times)}, first on {4}. Data in flight may be dropped.",
    [MPT_PHRASE_WINDOW_TINY] =
        "The {1}'s receive window stayed below one segment for {2} (down to {3}): its application does not "
        "read fast enough.",
    [MPT_PHRASE_BUFFERBLOAT] =
        "The round-trip time of {1} rose from {3} to {4} and more under the {2}'s load: a queue on the "
        "path fills up.",
    [MPT_PHRASE_SAME_DATA_TWICE] =
        "The {1} sent nearly all data on more than one subflow ({2}, {2/3} of the data, sent again): a "
        "redundant scheduler. This adds no throughput.",
    [MPT_PHRASE_REINJECTIONS] = "The {1} reinjected {2} on another subflow, {2/3} of its data.",
    [MPT_PHRASE_REINJECTIONS_REDUNDANT] =
        "{2} ({2/3}) of what the {1} reinjected were unnecessary: the original had been acknowledged on "
        "its subflow (inferred).",
    [MPT_PHRASE_REDUNDANT_ARRIVED] =
        "{2} of the {1} arrived twice, on two subflows: one copy was not needed.",
    [MPT_PHRASE_CARRIER_SYN] = "The SYN",
    [MPT_PHRASE_CARRIER_SYNACK] = "The SYN/ACK",
    [MPT_PHRASE_CARRIER_ACK] = "The third ACK",
    [MPT_PHRASE_CARRIER_DATA] = "The first data segment",
    [MPT_PHRASE_CARRIER_SEGMENTS] = "{1?A segment|{1} segments}",
    [MPT_PHRASE_OPTION_REMOVED] =
        LEAVES "with {4}" ARRIVES
               "without it{6?|, the first} (frame {7} there): something between them removes the option.",
    [MPT_PHRASE_OPTION_ADDED] =
        LEAVES "without {4}" ARRIVES
               "with it{6?|, the first} (frame {7} there): something between them adds the option.",
    [MPT_PHRASE_OPTION_CHANGED] =
        LEAVES "with one {4}" ARRIVES "with another (frame {7} there{6?|, the first}): ",
    [MPT_PHRASE_OTHER_CONTENT] = "other content",
    [MPT_PHRASE_OTHER_KEYS] = "other keys",
    [MPT_PHRASE_OTHER_TOKEN] = "other token, nonce or HMAC",
    [MPT_PHRASE_INSTEAD_OF] = " instead of ",
    [MPT_PHRASE_REWRITTEN] = ". Something between them rewrites the option.",
    [MPT_PHRASE_REWRITTEN_HMAC] =
        " Its HMAC is still that of the original address, so the receiver ignores it.",
    [MPT_PHRASE_SAYS_ADDRESS] = "{1} (id {2})",
    [MPT_PHRASE_SAYS_MAPPING] = "DSN {1}, SSN {2}, length {3}{4?, DATA_FIN|}",
    [MPT_PHRASE_SAYS_NO_MAPPING] = "no mapping",
    [MPT_PHRASE_SAYS_CHECKSUM] = "checksum {1}",
    [MPT_PHRASE_SAYS_NO_CHECKSUM] = "no checksum",
    [MPT_PHRASE_SAYS_DATA_ACK] = "DATA_ACK {1}",
    [MPT_PHRASE_SAYS_NO_DATA_ACK] = "no DATA_ACK",
    [MPT_PHRASE_SYN_BLOCKED] =
        "The SYN with {1} of {2} left {3} ({4:plain} time{4?|s}) and did not arrive at {5}{6?, where one "
        "without the option did|}: {7?it was lost, or |}something between them drops it.",
    [MPT_PHRASE_ADDRESSES_CHANGED] =
        "Subflow {1:id} has other addresses or ports at each vantage point: {1:ends} at {2}, {3:ends} at "
        "{4}: there is address translation (NAT) between them.",
    [MPT_PHRASE_SEQUENCE_CHANGED] =
        "{1:Subflow}: the {2}'s segments have other sequence numbers at {3} (from {4}) than at {5} (from "
        "{6}): something between them rewrites them.",
    [MPT_PHRASE_MSS_CHANGED] =
        "The {1?SYN|SYN/ACK} of {2} left {3} with a maximum segment size of {4} and arrived at {5} with "
        "{6}: something between them clamps it.",
    [MPT_PHRASE_CAPTURE_CLOCK_STEP] =
        "The capturing host's clock was set back by about {1} at frame {2}{3?|, and again later}, while "
        "connections were open. Later times are shifted so that they continue; the true gap at the step is "
        "not known.",
    [MPT_PHRASE_CAPTURED_TWICE] =
        "{1} segment{1? is a copy of a packet|s are copies of packets} already captured; the first is "
        "frame {2}, a copy of frame {3}. By kind:",
    [MPT_PHRASE_TWICE_CUT] =
        " Of these {1} {1?is|are} cut into other segments than at the first sighting, as network "
        "interfaces do (TSO, GRO).",
    [MPT_PHRASE_TWICE_AGAIN] = " {1} identical" SEEN_LAST,
    [MPT_PHRASE_TWICE_CARRIER] = " {1} inside other headers (a tunnel, a VLAN)" SEEN_LAST,
    [MPT_PHRASE_TWICE_TTL] = " {1} with another TTL (the other side of a router)" SEEN_LAST,
    [MPT_PHRASE_TWICE_INTERFACE] = " {1} at another interface, or leaving the host again" SEEN_LAST,
    [MPT_PHRASE_TWICE_ADDRESSES] = " {1} with translated addresses" SEEN_LAST,
    [MPT_PHRASE_ONCE_AGAIN] = COUNTED_ONCE
    "A mirror port that copies packets both as they enter and as they leave does this, and so do captures "
    "of both ends in one interface: mirror one direction, or merge with mergecap -I none.",
    [MPT_PHRASE_ONCE_CARRIER] =
        COUNTED_ONCE "mptcp,paths compares both sides of the point where the tunnel or VLAN begins.",
    [MPT_PHRASE_ONCE_TTL] = COUNTED_ONCE "mptcp,paths compares both sides of the router.",
    [MPT_PHRASE_ONCE_INTERFACE] = COUNTED_ONCE
    "This is usual for a capture of all interfaces of a router or a bridge (-i any); mptcp,paths compares "
    "them.",
    [MPT_PHRASE_ONCE_ADDRESSES] =
        COUNTED_ONCE "Connections have the addresses that were seen first; mptcp,paths compares both sides.",
    [MPT_PHRASE_CAPTURE_PARTIAL] =
        "The MP_CAPABLE handshake of {1} connection{1?|s} is not in the capture (it came earlier, or went "
        "elsewhere): {1?its|their} keys, limits and first data are not known, and what needs them was not "
        "checked.",
    [MPT_PHRASE_CAPTURE_ONE_WAY] =
        "The capture has only one direction of {1} subflow{1?|s}: what depends on answers was not checked "
        "there.",
    [MPT_PHRASE_CAPTURE_GAPS] =
        "{1} of the data of {2:plain} connection{2?|s} are not in the capture, although later data or "
        "their acknowledgement is: they were lost before this point, dropped by the capture, or went "
        "elsewhere.",
    [MPT_PHRASE_GAPS_NOT_SENT] =
        " {2?None of them was|{1} of them were never} acknowledged before the connection was aborted: they "
        "may never have been sent.",
    [MPT_PHRASE_CAPTURED_ONE_PATH] =
        "{1} of the data of {2:plain} connection{2?|s} were acknowledged but never captured, and the "
        "captured subflows have no room for them: another subflow goes elsewhere, unless a host "
        "acknowledges what was never sent.",
    [MPT_PHRASE_CAPTURE_OPTIONS_CUT] =
        "The snaplen cut the TCP options of {1} segment{1?|s}: what was signalled there is not known, "
        "and " NOT_CHECKED_THERE,
    [MPT_PHRASE_CAPTURE_SEGMENTS_LOST] = "{1} segment{1?|s} could not be read: " NOT_CHECKED_THERE,
    [MPT_PHRASE_CAPTURE_LATE] =
        "{1} segment{1? was|s were} out of time order by more than the look-back: what depends on the "
        "order of segments was not checked. A longer look-back (preferences) helps.",
    [MPT_PHRASE_OPTIONS_MALFORMED] =
        "{1} MPTCP option{1? is|s are} malformed (a length that the subtype does not have), and ignored.",
    [MPT_PHRASE_MALFORMED_FIRST] = " The first is on {1}.",
};

/* A clause that is being written. */
struct writing {
    const mpt_term *terms;
    unsigned count;
    const char *const *points;
    GString *out;
};

static void put_subflow(GString *out, const mpt_term *a, char way)
{
    const mpt_endpoint *ends = a->subflow.subflow->ends;
    char client[MPT_ENDPOINT_TEXT], server[MPT_ENDPOINT_TEXT];

    mpt_endpoint_text(&ends[a->subflow.client], client);
    mpt_endpoint_text(&ends[mpt_side_other(a->subflow.client)], server);
    if (way == 'i')
        g_string_append_printf(out, "%u", a->subflow.id);
    else if (way == 'e')
        g_string_append_printf(out, "%s - %s", client, server);
    else
        g_string_append_printf(out, "%cubflow %u (%s - %s)", way == 'S' ? 'S' : 's', a->subflow.id, client,
                               server);
}

/* "ICMP host unreachable (type 3, code 1)" */
static void put_icmp(GString *out, uint64_t number)
{
    uint8_t version = (uint8_t)(number >> 16), type = (uint8_t)(number >> 8), code = (uint8_t)number;

    g_string_append_printf(out, "%s %s (type %u, code %u)", version == MPT_FAMILY_IPV6 ? "ICMPv6" : "ICMP",
                           mpt_icmp_name(version, type, code), type, code);
}

/* way: the first letter of what stands behind the colon. */
static void put_term(const struct writing *w, const mpt_term *a, char way)
{
    char text[MPT_ENDPOINT_TEXT];

    switch (a->type) {
    case MPT_TERM_NONE:
    case MPT_TERM_FLAG:
        break;
    case MPT_TERM_COUNT:
        if (way != 'p') {
            mpt_units_grouped(w->out, a->number);
            break;
        } /* fall through */
    case MPT_TERM_NUMBER:
    case MPT_TERM_FRAME:
        mpt_units_plain(w->out, a->number);
        break;
    case MPT_TERM_BYTES:
        mpt_units_things(w->out, a->number, "byte");
        break;
    case MPT_TERM_RATE:
        mpt_units_rate(w->out, (double)a->number);
        break;
    case MPT_TERM_TIME:
        mpt_units_time(w->out, (int64_t)a->number);
        break;
    case MPT_TERM_INSTANT: /* cut, not rounded, to what captures have */
        mpt_units_seconds(w->out, MAX((int64_t)a->number, 0) / 1000 * 1000, 6);
        break;
    case MPT_TERM_ROLE:
        g_string_append(
            w->out, mpt_role_name(way == 'p' ? mpt_role_other((mpt_role)a->number) : (mpt_role)a->number));
        break;
    case MPT_TERM_SUBFLOW:
        put_subflow(w->out, a, way);
        break;
    case MPT_TERM_ENDPOINT:
        g_string_append(w->out, mpt_endpoint_text(&a->endpoint, text));
        break;
    case MPT_TERM_ADDRESS:
        g_string_append(w->out, mpt_endpoint_address_text(&a->endpoint, text));
        break;
    case MPT_TERM_OPTION:
        g_string_append(w->out, mpt_subtype_name((uint8_t)a->number));
        break;
    case MPT_TERM_REASON:
        if (way == 'w')
            g_string_append(w->out, mpt_tcprst_reason_text((uint8_t)a->number));
        else
            mpt_units_plain(w->out, a->number);
        break;
    case MPT_TERM_TOKEN:
        g_string_append_printf(w->out, "%08x", (unsigned)a->number);
        break;
    case MPT_TERM_CHECKSUM:
        g_string_append_printf(w->out, "0x%04x", (unsigned)a->number);
        break;
    case MPT_TERM_ICMP:
        put_icmp(w->out, a->number);
        break;
    case MPT_TERM_POINT:
        g_string_append(w->out, w->points[a->number]);
        break;
    }
}

static const mpt_term *term(const struct writing *w, char digit)
{
    static const mpt_term none = {.type = MPT_TERM_NONE};
    unsigned index = (unsigned)(digit - '1');

    return index < w->count ? &w->terms[index] : &none;
}

/* The first `mark` from `at` on that is in no inner pair of braces. */
static const char *find_mark(const char *at, char mark)
{
    for (unsigned depth = 0; depth > 0 || *at != mark; at++)
        depth += *at == '{' ? 1u : *at == '}' ? -1u : 0u;
    return at;
}

static void put_phrase(const struct writing *w, const char *at, const char *end)
{
    while (at < end) {
        const char *brace = memchr(at, '{', (size_t)(end - at)), *close, *bar;
        const mpt_term *a;
        g_string_append_len(w->out, at, (brace ? brace : end) - at);
        if (!brace)
            return;
        a = term(w, brace[1]);
        close = find_mark(brace + 2, '}');
        if (brace[2] == '?') {
            bar = find_mark(brace + 3, '|');
            if (a->type == MPT_TERM_REASON || (a->type != MPT_TERM_NONE && a->number == 1))
                put_phrase(w, brace + 3, bar);
            else
                put_phrase(w, bar + 1, close);
        } else if (brace[2] == '/') {
            const mpt_term *all = term(w, brace[3]);
            mpt_units_percent(w->out, all->number ? 100.0 * (double)a->number / (double)all->number : 0);
        } else {
            put_term(w, a, (char)(brace[2] == ':' ? brace[3] : '\0'));
        }
        at = close + 1;
    }
}

char *mpt_finding_sentence(const mpt_finding *f, const char *const *points)
{
    GString *out = g_string_new(NULL);

    for (unsigned i = 0; i < f->clause_count; i++) {
        const mpt_clause *c = &f->clauses[i];
        const char *phrase = PHRASES[c->phrase];
        unsigned end = i + 1 < f->clause_count ? c[1].first : f->term_count;
        struct writing w = {&f->terms[c->first], end - c->first, points, out};
        put_phrase(&w, phrase, phrase + strlen(phrase));
    }
    return g_string_free(out, FALSE);
}

/* "Connection 0, frame 4231, 12.345678 s: The path of subflow 1 ... (failover, RFC 8684 3.3.6)" */
void mpt_finding_paragraph(const mpt_finding *f, const char *const *points, mpt_sink *sink)
{
    GString *line = g_string_new(NULL);
    char *sentence = mpt_finding_sentence(f, points), text[MPT_RFC_TEXT];
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
    g_string_append_printf(line, ": %s (%s%s%s)", sentence, mpt_finding_name(f->id), rfc ? ", " : "",
                           rfc ? rfc : "");
    mpt_text_paragraph(sink, 2, 2, line->str);
    g_string_free(line, TRUE);
    g_free(sentence);
}

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
