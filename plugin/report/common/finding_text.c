/* finding_text.c - see finding_text.h.
 *
 * In a phrase {1} is the first term as its type is written, {1:plain} another way to write it, {1/2} the
 * first as a percentage of the second. {1?one|other} is the first wording where the argument is 1, or a
 * reason that was given, and else the second; a wording may have terms in it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "finding_text.h"

#include <string.h>

#include "labels.h"
#include "plugin/report/format/text.h"
#include "tap/engine/base/units.h"

#define THE_JOIN          "The join of {1} by the {2} "
#define REASON_OR(other)  "{3? (reason {3}: {3:words}{4?, for now|})|" other "}"
#define THE_ANNOUNCEMENT  "The {1} announces {2} as id {3}"
#define THE_FAIL          "The {1} reports a wrong checksum on {2}; "
#define THE_BACKUP        "The {1} sends {2} on {3}, a backup, although subflow {4:id} is regular and up; "
#define OF_MAPPINGS       "The checksum of {1} of {2} mappings of the {3} on {4} "
#define THE_CAPABLE       "The MP_CAPABLE in the {2?SYN|{3?SYN/ACK|third ACK}} (frame {4}) "
#define NOT_THE_PATH      " (the {1}'s doing, not the path's)."
#define LEAVES            " of {1} leave{2?s|} {3} "
#define ARRIVES           " and arrive{2?s|} at {5} "
#define NOT_CHECKED_THERE "missing options, mappings and echoes are not reported."

#define SEEN_LAST    "{2?.|,}"
#define COUNTED_ONCE " Each packet is counted once, at its first sighting. "

static const char *const PHRASES[MPT_PHRASES] = {
    [MPT_PHRASE_FALLBACK] = "The SYN has MP_CAPABLE, the SYN/ACK has not: plain TCP from the start. ",
    [MPT_PHRASE_FALLBACK_ACK_UNSURE] =
        "The third ACK and the data have no MPTCP option (the SYN/ACK is not in the capture): plain TCP.",
    [MPT_PHRASE_FALLBACK_ACK] =
        "The SYN/ACK has MP_CAPABLE, but the third ACK and the data have no MPTCP option: plain TCP. ",
    [MPT_PHRASE_FALLBACK_NO_DSS] = "The handshake has MP_CAPABLE, but no data ever has a DSS: plain TCP. ",
    [MPT_PHRASE_FALLBACK_INFINITE] =
        "An infinite mapping ends MPTCP: plain TCP from there on. {1?It follows an MP_FAIL: something on "
        "the way alters the payload.|Its sender found that options do not get through, or had no mapping "
        "acknowledged.}",
    [MPT_PHRASE_FALLBACK_MP_FAIL] =
        "MP_FAIL on the only subflow: plain TCP from there on. Something on the way alters the payload.",
    [MPT_PHRASE_FALLBACK_DSS_LOST] = "The DSS options stopped while data went on: plain TCP from there on. ",
    [MPT_PHRASE_LIKELY_OTHER_HOST] =
        "The same server accepts MPTCP elsewhere in this capture (frame {1}), so a middlebox on the way or "
        "another host behind this address is likely.",
    [MPT_PHRASE_LIKELY_SERVER] =
        "The capture is near the server, so the server itself is likely: it has no MPTCP, speaks another version "
        "than v{1}, or has it switched off.",
    [MPT_PHRASE_LIKELY_SERVER_OR_MIDDLEBOX] =
        "The server has no MPTCP or speaks another version than v{1}, or a middlebox removed the option from the "
        "SYN or the SYN/ACK; a capture at the server tells which.",
    [MPT_PHRASE_LIKELY_CLIENT] =
        "The capture is near the client, which got the option: the client itself is likely to have fallen "
        "back.",
    [MPT_PHRASE_LIKELY_MIDDLEBOX] =
        "A middlebox between this point and the client is likely: it removed the option from the SYN/ACK, "
        "or from what the client sends.",
    [MPT_PHRASE_LIKELY_SYN_ONLY] = "A middlebox that lets the option pass on SYNs only is likely.",
    [MPT_PHRASE_LIKELY_DATA_SEGMENTS] =
        "The handshake got through, so either a middlebox removes the option from segments with data, or one of "
        "the hosts fell back by itself.",
    [MPT_PHRASE_LIKELY_VERSION] =
        "The same server accepts MPTCP v{2} elsewhere in this capture (frame {1}), so it is likely not to speak "
        "v{3}.",
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
        "Both vantage points show where: the option is there in frame {1} and missing in frame {2}, so "
        "something between {3} and {4} removes it.",
    [MPT_PHRASE_CULPRIT_SERVER] =
        "The SYN arrives at {1} with MP_CAPABLE (frame {2}), and is answered without it there (frame {3}): "
        "the server itself, or what is beyond that point, has no MPTCP or has it switched off.",
    [MPT_PHRASE_CULPRIT_CLIENT] =
        "The SYN/ACK arrives at {1} with MP_CAPABLE (frame {2}), and the third ACK leaves it without (frame "
        "{3}): the client itself has fallen back.",
    [MPT_PHRASE_CAPABLE_DROPPED] =
        "{1} never answers the SYN with MP_CAPABLE (sent {2:plain} time{2?|s}), but answers one without it "
        "in frame {3}: something on the way drops SYNs with MP_CAPABLE.",
    [MPT_PHRASE_CAPABLE_DROPPED_HERE] =
        "{1} did not answer the SYN with MP_CAPABLE (sent {2:plain} times), but answers the one without it: "
        "plain TCP. Something on the way drops SYNs with MP_CAPABLE, or the first SYNs were lost.",
    [MPT_PHRASE_CAPABLE_UNANSWERED] =
        "{1} never answers the SYN with MP_CAPABLE (sent {2:plain} times); the capture has no SYN without "
        "it to compare.",
    [MPT_PHRASE_CAPABLE_REFUSED] =
        "{1} refuses the connection with a RST: nothing listens there, or something on the way rejects it.",
    [MPT_PHRASE_BLACKHOLED] =
        "After its SYNs with MP_CAPABLE were dropped, {2} asks {3} for plain TCP in {1} further connection{1?|s}: the "
        "host is likely to have switched MPTCP off for a while (Linux: net.mptcp.blackhole_timeout).",
    [MPT_PHRASE_VERSION_MISMATCH] =
        "The client asks for v{1} and the server answers with v{2}: an answer may have that version or a lower one.",
    [MPT_PHRASE_VERSION_DROPPED] =
        "The client asks for v{1}, the server answers with v{2}, and the client goes on without MPTCP: it does not "
        "speak that version.",
    [MPT_PHRASE_CAPABLE_FLAGS] =
        "The server chooses an algorithm that the client did not offer (flags of MP_CAPABLE).",
    [MPT_PHRASE_ALGORITHM_UNKNOWN] =
        "The server chooses an algorithm that no RFC defines, and not HMAC (flag H of MP_CAPABLE): the two hosts can't "
        "agree on keys and tokens by it.",
    [MPT_PHRASE_FLAGS_ACCEPTED] = " The {1} accepts it all the same.",
    [MPT_PHRASE_KEY_CHANGED] =
        "MP_CAPABLE of the {1} has other keys than those that were exchanged before: the two hosts compute other "
        "tokens and HMACs from it.",
    [MPT_PHRASE_KEY_REUSED] =
        "The {1} has the key or token ({2}) of this connection in another one, which began in frame {3} and is still "
        "there: a join could belong to either.",
    [MPT_PHRASE_KEYS_MISSING] =
        "The client never sends MP_CAPABLE with the keys, neither in the third ACK nor with its first data, but goes "
        "on with DSS: the server cannot know its key.",
    [MPT_PHRASE_JOINS_DENIED] =
        "The {1} takes no joins at {2} (flag C of MP_CAPABLE): further subflows have to go to another address of "
        "the {1}, or be opened by it.",
    [MPT_PHRASE_RESERVED_BITS] =
        "{2} option{2?|s} of the {1} {2?has|have} reserved bits set (the first: {3}); receivers ignore them.",
    [MPT_PHRASE_JOIN_DENIED_ADDRESS] =
        THE_JOIN "goes to the address at which the {2:peer} takes no joins (flag C in frame {3}).",
    [MPT_PHRASE_JOIN_EARLY] =
        THE_JOIN "comes before a DSS of the {2:peer} has shown that MPTCP works on the first subflow.",
    [MPT_PHRASE_JOIN_DATA_EARLY] =
        "The {2} sends {3} on {1} before the {2:peer} has confirmed the third ACK of the join{4?|, as far as the "
        "capture shows}.",
    [MPT_PHRASE_JOIN_AFTER_CLOSE] = THE_JOIN
    "comes after the {3?MP_FASTCLOSE|DATA_FIN} of frame {4}, when the connection was being closed: it is "
    "{5?refused|{6?not answered|accepted all the same}}.",
    [MPT_PHRASE_JOIN_FLOOD] =
        "{1} joins with the token {2} from {3}{5? or more|} address{3?|es} get nowhere ({4} refused, the others not "
        "answered or not completed): a flood of joins, or a server that does not answer them.",
    [MPT_PHRASE_TOKEN_SCAN] =
        "{1} joins with as many different tokens, of no connection in the capture, come from {2} address{2?|es} and "
        "get nowhere: somebody guesses tokens.",
    [MPT_PHRASE_SUBTYPE_ON_JOIN] =
        "The {2} sends MP_CAPABLE on {1}, a joined subflow: it belongs to the first one alone, and is ignored.",
    [MPT_PHRASE_PRIO_FLAPPING] = "The {1} changes the priority of {2} {3:plain} times to and fro in {4}.",
    [MPT_PHRASE_ALL_BACKUP] = "{1?The only subflow is|All {1} subflows are} backup: the flag has no effect.",
    [MPT_PHRASE_ADDRESS_ID_REUSED] =
        "The {1} uses address id {2} for {4} although it is that of {3} (frame {5}), which was not removed.",
    [MPT_PHRASE_ID_OF_JOIN] =
        "Subflows of the {1} from {3} and {4} are up at the same time with one address id, {2} (unless a NAT on the "
        "way gives one address two).",
    [MPT_PHRASE_ADD_ADDR_ID_ZERO] =
        "The {1} announces {2} as id 0, which is that of the first subflow ({3}).",
    [MPT_PHRASE_ADD_ADDR_ECHO_WRONG] =
        "The {1} confirms {2} as id {3}, but {4} was announced with that id (frame {5}): an echo repeats what it "
        "confirms.",
    [MPT_PHRASE_ECHO_OF_NOTHING] = "The {1} confirms {2} as id {3}, which was never announced.",
    [MPT_PHRASE_JOIN_UNREACHABLE] =
        "{3?The {1} announces {2}|The join of {4} goes to {2} and has no answer}: ",
    [MPT_PHRASE_UNREACHABLE_LOOPBACK] =
        "this is a loopback address, which the {1} cannot reach from where it is.",
    [MPT_PHRASE_UNREACHABLE_MULTICAST] = "this is a multicast address, which TCP cannot connect to.",
    [MPT_PHRASE_UNREACHABLE_LINK_LOCAL] =
        "this is a link-local address, which the {1} cannot reach from where it is.",
    [MPT_PHRASE_UNREACHABLE_PRIVATE] =
        "this is a private address, which the {1} cannot reach from its public one.",
    [MPT_PHRASE_JOIN_HMAC_USED] = " The subflow is used all the same: it carries {1}.",
    [MPT_PHRASE_ADD_ADDR_HMAC_LEFT] =
        "ADD_ADDR of the {1} has the leftmost 64 bits of the right HMAC, not the rightmost ({2:plain} time{2?|s}): a "
        "fault of the sender, and to be ignored.",
    [MPT_PHRASE_JOIN_HMAC] =
        THE_JOIN "has a wrong HMAC in the {3?SYN/ACK|third ACK}: its sender does not have the keys of this "
                 "connection.",
    [MPT_PHRASE_JOIN_UNKNOWN_TOKEN] = THE_JOIN "is refused" REASON_OR(
        "") ", and its token {5} belongs to no connection in the capture: "
            "the {2:peer} is likely not to know it either (another host behind the address, or a connection "
            "long closed).",
    [MPT_PHRASE_JOIN_CLOSING] =
        THE_JOIN "is refused" REASON_OR("") ": the connection is being closed already.",
    [MPT_PHRASE_JOIN_LIMIT] = THE_JOIN
    "is refused" REASON_OR("") ": the {2:peer} takes no more subflows (its limit may be 0), or none at this "
                               "address.",
    [MPT_PHRASE_JOIN_REFUSED] =
        THE_JOIN "is refused by the {2:peer}" REASON_OR(" with a RST that gives no reason") ".",
    [MPT_PHRASE_JOIN_GIVEN_UP] = THE_JOIN "is given up by the {2} itself" REASON_OR("") ".",
    [MPT_PHRASE_JOIN_PLAIN_ANSWER] =
        THE_JOIN "is given up: the SYN/ACK has no MP_JOIN. The other address is not that of the same host, "
                 "or a middlebox removed the option.",
    [MPT_PHRASE_JOIN_UNANSWERED] =
        THE_JOIN "has no answer (SYN sent {3:plain} time{3?|s}): the path, or a firewall on it, drops it.",
    [MPT_PHRASE_JOIN_UNFINISHED] = THE_JOIN "is not finished: the SYN/ACK has no MP_JOIN.",
    [MPT_PHRASE_JOIN_UNCONFIRMED] =
        THE_JOIN "is not finished: its third ACK is never confirmed by the other side.",
    [MPT_PHRASE_JOIN_NO_THIRD_ACK] = THE_JOIN "is not finished: the third ACK with its HMAC is missing.",
    [MPT_PHRASE_JOIN_ADDRESS] = THE_JOIN "goes to {3}, which the {2:peer} never announced.",
    [MPT_PHRASE_JOIN_SLOW] =
        "The SYN/ACK of {1} took {2} ({3:plain} SYN{3?|s}), that of the first subflow {4}.",
    [MPT_PHRASE_RST_IGNORED] =
        "{3?A RST|{3} RSTs} of the {2} on {1} {3?is|are} outside the receive window of the {2:peer}, or {3?does|do} not "
        "acknowledge its SYN. The {2:peer} ignores {3?it|them}: the subflow stays as it was.",
    [MPT_PHRASE_TCPRST_IGNORED] =
        "The {2} sends MP_TCPRST on {1} in a segment that is no RST: it resets nothing.",
    [MPT_PHRASE_OPTION_IGNORED] =
        "{3} of the {2} on {1} has {4} bytes, a length that v{5} does not have: the {2:peer} ignores it.",
    [MPT_PHRASE_OPTION_UNKNOWN] =
        "The {2} sends an MPTCP option of subtype {3} on {1}, which the RFC does not assign: the {2:peer} "
        "ignores it.",
    [MPT_PHRASE_SUBFLOW_RESET] = "The {1} resets {2}" REASON_OR(" without a reason") ".",
    [MPT_PHRASE_ADD_ADDR_NO_ECHO] =
        THE_ANNOUNCEMENT " ({4:plain} time{4?|s}), and no echo ever comes: the other host, or a middlebox, "
                         "drops it.",
    [MPT_PHRASE_ADD_ADDR_REPEATED] =
        THE_ANNOUNCEMENT " {4:plain} times; the echo is in frame {5}, {6:plain} of them come after it.",
    [MPT_PHRASE_ADD_ADDR_UNUSED] = THE_ANNOUNCEMENT ", and no subflow ever uses this address.",
    [MPT_PHRASE_ADD_ADDR_HMAC] =
        "ADD_ADDR of the {1} has a wrong HMAC ({2:plain} time{2?|s}): forged, or altered on the way, as by "
        "address translation. It is to be ignored.",
    [MPT_PHRASE_REMOVE_ADDR_NOTHING] =
        "The {1} removes address id {2}, which closes nothing: {3?its subflows are closed already|{4?it was "
        "announced, but no subflow ever used it|it was neither announced nor used}}.",
    [MPT_PHRASE_SUBFLOW_MOVED] =
        "{1} goes on with the sequence numbers of {2}, without a SYN: the address or port of the {3} changed in "
        "mid-connection, as behind a NAT that forgot the old one.",
    [MPT_PHRASE_ADDRESS_OUTLIVED] =
        "The {1} removes address id {2}, but {3}, which uses it, {4?still carries data until|is still open} "
        "{5} later.",
    [MPT_PHRASE_MAPPING_MISPLACED] =
        "No mapping covers {3} of the {2} on {1} although the segments have one: it maps other subflow sequence "
        "numbers. ",
    [MPT_PHRASE_MISPLACED_ABSOLUTE] =
        "The sender gives the sequence numbers of the TCP header instead of those that count from its SYN.",
    [MPT_PHRASE_MISPLACED_OFF_BY_ONE] = "It is off by one: the first byte after the SYN has number 1.",
    [MPT_PHRASE_MISPLACED_LENGTH] =
        "Something on the way changed the length of the data, or the sender counts wrongly.",
    [MPT_PHRASE_DATA_UNMAPPED] =
        "No mapping covers {1} that the {2} sends on {3}, so where they belong in the data is not known.",
    [MPT_PHRASE_MAPPING_CONFLICT] =
        "The {2} maps {1} a second time to other data sequence numbers, against an earlier DSS. The first mapping "
        "is kept.",
    [MPT_PHRASE_DSN_FAR] =
        "{1} data sequence number{1?|s} or DATA_ACK{1? is|s are} so far from the others that no transfer "
        "can have reached {1?it|them}. They were ignored.",
    [MPT_PHRASE_DSN_NOT_OF_KEY] =
        "{1} data sequence number{1?|s} or DATA_ACK{1? does|s do} not begin where the key in MP_CAPABLE says: "
        "the keys and the numbers cannot both be what the hosts sent. They were ignored.",
    [MPT_PHRASE_DSN_BEYOND_WINDOW] =
        "The {1} sends {2} beyond the DATA_ACKs of the {1:peer} and the largest receive window that it had "
        "told.",
    [MPT_PHRASE_DATA_ACK_BEYOND] =
        "{1} DATA_ACK{1?|s} of the {2} acknowledge{1?s|} more than the {2:peer} had sent.",
    [MPT_PHRASE_DATA_ACK_BACK] =
        "{1} DATA_ACK{1?|s} of the {2} {1?is|are} below an earlier one on the same subflow, in segments "
        "that were not late themselves.",
    [MPT_PHRASE_DATA_AFTER_FIN] =
        "The {1} sends {2} with data sequence numbers at or beyond its DATA_FIN (frame {3}).",
    [MPT_PHRASE_DATA_FIN_MOVED] =
        "The {1} sends a DATA_FIN {3} {2?after|before} its first one (frame {4}; {5:plain} time{5?|s}): the end "
        "of the data can't move. Data is counted up to the first.",
    [MPT_PHRASE_NO_DATA_ACKS] =
        "TCP acknowledges {1} of the {2}, and no DATA_ACK ever comes: the {2:peer} sends none, or something on the "
        "way removes them.",
    [MPT_PHRASE_DATA_ACK_STALLED] =
        "The DATA_ACK of the {1} stands still for {2} though TCP acknowledges the byte that it waits for, on {3}"
        "{4?, and never moves again|}: the data level of the {1} hangs, or has thrown these bytes away.",
    [MPT_PHRASE_DATA_ACK_NARROW] =
        "{1} DATA_ACK{1?|s} of the {2} {1?has|have} 4 bytes although the {3} uses 8-byte data sequence numbers.",
    [MPT_PHRASE_CHECKSUM_MISSING] =
        "{1} mapping{1?|s} of the {2} {1?has|have} no checksum although checksums were negotiated{3?; the receiver "
        "resets the subflow in frame {4}|; no reset follows}.",
    [MPT_PHRASE_CHECKSUM_UNINVITED] =
        "{1} mapping{1?|s} of the {2} {1?has|have} a checksum although none was negotiated{3?; the receiver resets "
        "the subflow in frame {4}|; no reset follows}.",
    [MPT_PHRASE_CHECKSUM_IGNORED] =
        "{1} mapping{1?|s} of the {2} {1?has|have} a checksum although none was negotiated{3?; the receiver resets "
        "the subflow in frame {4}, which v0 does not ask for|: in v0 the receiver ignores it}.",
    [MPT_PHRASE_FIN_WITHOUT_DATA_FIN] =
        "The last subflow, {1}, is closed by FINs, and neither host has sent a DATA_FIN: the connection is left open "
        "until it times out.",
    [MPT_PHRASE_FASTCLOSE_KEY] =
        "The {1} sends MP_FASTCLOSE with a key that is not the {1:peer}'s: it closes nothing.",
    [MPT_PHRASE_FASTCLOSE_IGNORED] =
        "The {1} sends {2} of new data after the MP_FASTCLOSE of the {3} (frame {4}), too late to have been in flight.",
    [MPT_PHRASE_DATA_NOT_ACKED] =
        "When the connection ends, {1} of the {2} are acknowledged by TCP but not at the data level: the "
        "other side may never have got them.",
    [MPT_PHRASE_CHECKSUM_BAD] = OF_MAPPINGS "does not fit the payload: something on the way alters it.",
    [MPT_PHRASE_CHECKSUM_SWAPPED] =
        OF_MAPPINGS "fits with its two bytes swapped, as all that the {3} sends: it writes them in the wrong "
                    "order. Nothing on the way alters the data.",
    [MPT_PHRASE_CHECKSUM_OFF] =
        OF_MAPPINGS "is off by the same number, as all that the {3} sends: it computes them in another way. "
                    "Nothing on the way alters the data.",
    [MPT_PHRASE_CHECKSUM_UNVERIFIED] =
        OF_MAPPINGS "can't be verified: the capture does not have all of their payload.",
    [MPT_PHRASE_MP_FAIL] = THE_FAIL "neither a reset nor an infinite mapping follows.",
    [MPT_PHRASE_MP_FAIL_INFINITE] = THE_FAIL "an infinite mapping follows in frame {3}.",
    [MPT_PHRASE_MP_FAIL_RESET] = THE_FAIL "the subflow is reset in frame {3}.",
    [MPT_PHRASE_BACKUP_USED] = THE_BACKUP "{5} of them are new data.",
    [MPT_PHRASE_BACKUP_REINJECTED] = THE_BACKUP "none of them is new data.",
    [MPT_PHRASE_SUBFLOW_IDLE] = "No data ever goes over {1}, a regular subflow, while the others carry {2}.",
    [MPT_PHRASE_FAILOVER] =
        "The path of {1} makes no more progress for data of the {2} from {3} s on: {4} sent there, "
        "before that or after, are never acknowledged, and {5} go again elsewhere. The first new data elsewhere is {6} "
        "later, on subflow {7:id} (frame {8}).",
    [MPT_PHRASE_DATA_WAITED] =
        "Data of the {1} waited {2} for bytes before it, which came late on {3}{4?; this is the order in "
        "which they were sent|}.",
    [MPT_PHRASE_PATH_OUTAGE] =
        "The path of {1} is out for {6}, from {4} s to {5} s: the {2} has {3} in flight there, repeats them and "
        "hears nothing from the {2:peer}. Meanwhile {7?the connection goes on elsewhere|no other subflow "
        "carries data}. ",
    [MPT_PHRASE_OUTAGE_USED_AGAIN] =
        "The path answers again in frame {1}, and new data goes over it from frame {2} on.",
    [MPT_PHRASE_OUTAGE_UNUSED] = "The path answers again in frame {1}, but no new data goes over it.",
    [MPT_PHRASE_OUTAGE_SILENT] =
        "The path of {1} is out from {2} s to the end, {3} later: nothing {5?passes over it any more, not even FINs "
        "when the other subflows are closed|comes over it from the {4} any more, not even a FIN when the {4} closes "
        "the other subflows}.",
    [MPT_PHRASE_SILENT_WAIT] =
        " Data of the {1} waited {2} for bytes that came on another subflow in the end.",
    [MPT_PHRASE_SILENT_MOVED] = " {1} ({1/3} of the {2}'s data) go over the others since.",
    [MPT_PHRASE_OUTAGE_LASTS] = "It does not answer again.",
    [MPT_PHRASE_RESET_FOREIGN] =
        "The RST that ends {1} in the name of the {2} arrives with a TTL of {3}, all other packets of the {2} on it "
        "with {6?{4}|{4} to {5}}: something in between sent it.",
    [MPT_PHRASE_INTERFACE_MISMATCH] =
        "On {1} the client's packets pass by interface {2} of the {4?host|capture} and the server's by interface {3}: "
        "the usual sign of missing source routing, or of a filter on the way back.",
    [MPT_PHRASE_ICMP_ERROR] = "{1} answers what the {2} sends on {3} with {4}{5?|, {5:plain} times}. ",
    [MPT_PHRASE_ICMP_MTU] =
        "Segments are too large for the way behind it{1?|, which takes {1} bytes}: where this message does not "
        "get back to the sender, they are lost for good.",
    [MPT_PHRASE_ICMP_NO_JOIN] = "The join fails for this reason.",
    [MPT_PHRASE_ICMP_NO_CONNECTION] = "The connection fails for this reason.",
    [MPT_PHRASE_ICMP_PATH_GONE] = "Nothing is acknowledged on this subflow any more: its path is gone.",
    [MPT_PHRASE_ICMP_GOES_ON] = "The subflow goes on.",
    [MPT_PHRASE_PATH_MTU] =
        "No segment of {1} that the {2} sends on {3} is acknowledged (the first was sent {4:plain} times), while "
        "those of up to {5} are: the path does not take packets of that size{6?|, and no ICMP message tells the "
        "sender}.",
    [MPT_PHRASE_SUBFLOW_ABANDONED] =
        "The {2} sends nothing over {1} after {3} s, although it is up; {4} ({4/5} of all its data) go over "
        "the others since.",
    [MPT_PHRASE_SUBFLOW_FLAPPING] =
        "{1} subflows between {2} and {3} are opened and closed again within {4} at the longest, the last at "
        "{5} s, and none carries data. ",
    [MPT_PHRASE_FLAPPING_BY_ONE] = "The {1} closes them.",
    [MPT_PHRASE_FLAPPING_BY_BOTH] = "The client closes {1} of them first, the server {2}.",
    [MPT_PHRASE_NO_SUBFLOW] =
        "From {1} s on the connection has no subflow for {2}: {3}, the last one, is {4?reset|closed}, and {5} "
        "joins only then. No data can pass in between.",
    [MPT_PHRASE_SINGLE_PATH] = "The capture shows one working subflow only",
    [MPT_PHRASE_SINGLE_TRIED] = ": {1} join{1? is|s are} tried (",
    [MPT_PHRASE_SINGLE_REFUSED] = "{1} refused",
    [MPT_PHRASE_SINGLE_UNANSWERED] = "{1?, |}{2} without an answer",
    [MPT_PHRASE_SINGLE_ICMP] = "{1?, |}{2} refused by ICMP",
    [MPT_PHRASE_SINGLE_BLACKHOLED] =
        " Another SYN from {1} to {2} is answered (frame {3}), those with MP_JOIN are not: something on the way "
        "swallows them.",
    [MPT_PHRASE_SINGLE_UNFINISHED] = "{1?, |}{2} answered but not completed",
    [MPT_PHRASE_SINGLE_NONE_WORKED] = ").",
    [MPT_PHRASE_SINGLE_DENIED] = ". The {1} takes no joins at the address of the first subflow (flag C)",
    [MPT_PHRASE_SINGLE_NOTHING] = ": no address is announced, and no join is tried.",
    [MPT_PHRASE_SINGLE_ANNOUNCED] =
        ": the {1} announces {2?an address|addresses ({2:plain} times)}, but no join is tried.",
    [MPT_PHRASE_ABORTED] =
        "The connection is aborted: {2?its only subflow is reset|all its subflows are reset, the last one} by the {1}.",
    [MPT_PHRASE_ABORTED_FASTCLOSE] = "The {1} aborts the connection with MP_FASTCLOSE.",
    [MPT_PHRASE_ABORTED_LOST] = " {1} of the {2} are not acknowledged at the data level.",
    [MPT_PHRASE_ABORTED_UNKNOWN] = " How much of the {1}'s data arrived is not known.",
    [MPT_PHRASE_WAITED_FIRST_SENT] =
        "Data of the {1} waited {2} for bytes before it: they had been given to {3} first, where they did not "
        "arrive in time{4?, and came at last on subflow {5:id}|}.",
    [MPT_PHRASE_WAITED_UNKNOWN] =
        "Data of the {1} waited {2} for bytes before it, which came at last on {3}; they had been given to "
        "another subflow first, which of them is not in the capture.",
    [MPT_PHRASE_WINDOW_CLOSED] =
        "The receive window of the {1} closed {2:plain} time{2?|s}, at most {3} (on subflow {4:id}){5?, and "
        "did not open again|}: its application does not read fast enough.",
    [MPT_PHRASE_LIMITED] =
        "The paths limited the {1}'s data for {5/6} of {6} (receive window {2/6}, loss recovery {4/6}, "
        "application {3/6}).",
    [MPT_PHRASE_LIMITED_WINDOW] =
        "The {1:peer}'s receive window limited the {1}'s data for {2/6} of {6} (paths {5/6}, loss recovery "
        "{4/6}, application {3/6}).",
    [MPT_PHRASE_LIMITED_APPLICATION] =
        "The {1}'s application had nothing to send for {3/6} of {6} (paths {5/6}, receive window {2/6}, loss "
        "recovery {4/6}).",
    [MPT_PHRASE_LIMITED_RECOVERY] =
        "Loss recovery held up the {1}'s data for {4/6} of {6} (paths {5/6}, receive window {2/6}, "
        "application {3/6}).",
    [MPT_PHRASE_LIMITED_BY_SEVERAL] =
        "No single cause limited the {1}'s data over {6}: paths {5/6}, receive window {2/6}, loss recovery "
        "{4/6}, application {3/6}.",
    [MPT_PHRASE_WINDOW_LIMITED] =
        "The {1:peer}'s receive window is too small: at most {2}, full for {3/4} of the time. At a round-trip "
        "time of {5} ({6}) it allows {7}. ",
    [MPT_PHRASE_WINDOW_NEEDED] = "The best rates seen on the paths ({1} in sum) need at least {2}.",
    [MPT_PHRASE_WINDOW_NEEDED_UNKNOWN] =
        "The capture does not show how fast the paths are; twice the rate needs twice the window.",
    [MPT_PHRASE_WINDOW_UNREAD] =
        "The {1:peer}'s receive window holds up the {1}'s data for {3/4} of the time: mostly less than half of "
        "its {2} are free. The {1:peer}'s application does not read fast enough.",
    [MPT_PHRASE_WINDOW_SHRUNK] =
        "The {1} takes back receive window that it had announced: the right edge moves back by {3?|up to }{2}"
        "{3?| ({3:plain} times)}, first on {4}. Data that is on its way may be dropped.",
    [MPT_PHRASE_WINDOW_TINY] =
        "The {1}'s receive window stays below a segment for {2} (down to {3}): its application does not "
        "read fast enough.",
    [MPT_PHRASE_BUFFERBLOAT] =
        "The round-trip time of {1} rises from {3} to {4} and above under the {2}'s load: a queue on "
        "the path fills up.",
    [MPT_PHRASE_SAME_DATA_TWICE] =
        "The {1} sends nearly all data on more than one subflow ({2}, {2/3} of the data, again): a "
        "redundant scheduler. This adds no throughput.",
    [MPT_PHRASE_REINJECTIONS] = "The {1} sends {2} again on another subflow, {2/3} of its data.",
    [MPT_PHRASE_REINJECTIONS_REDUNDANT] =
        "Of what the {1} sends again on another subflow, {2} ({2/3}) had no need to be: the first copy was "
        "acknowledged on its subflow (inferred).",
    [MPT_PHRASE_REDUNDANT_ARRIVED] = "{2} of the {1} arrive twice, on two subflows: one copy was not needed.",
    [MPT_PHRASE_CARRIER_SYN] = "The SYN",
    [MPT_PHRASE_CARRIER_SYNACK] = "The SYN/ACK",
    [MPT_PHRASE_CARRIER_ACK] = "The third ACK",
    [MPT_PHRASE_CARRIER_DATA] = "The first data segment",
    [MPT_PHRASE_CARRIER_SEGMENTS] = "{1?A segment|{1} segments}",
    [MPT_PHRASE_OPTION_REMOVED] =
        LEAVES "with {4}" ARRIVES "without it{6?|, the first} (frame {7} there): something between them "
               "removes the option.",
    [MPT_PHRASE_OPTION_ADDED] =
        LEAVES "without {4}" ARRIVES "with it{6?|, the first} (frame {7} there): something between them "
               "adds the option.",
    [MPT_PHRASE_OPTION_CHANGED] =
        LEAVES "with one {4}" ARRIVES "with another (frame {7} there{6?|, the first}): ",
    [MPT_PHRASE_OTHER_CONTENT] = "other content",
    [MPT_PHRASE_OTHER_KEYS] = "other keys",
    [MPT_PHRASE_OTHER_TOKEN] = "other token, nonce or HMAC",
    [MPT_PHRASE_INSTEAD_OF] = " instead of ",
    [MPT_PHRASE_REWRITTEN] = ". Something between them rewrites the option.",
    [MPT_PHRASE_REWRITTEN_HMAC] = " Its HMAC is still that of the first address, so the receiver ignores it.",
    [MPT_PHRASE_SAYS_ADDRESS] = "{1} (id {2})",
    [MPT_PHRASE_SAYS_MAPPING] = "DSN {1}, SSN {2}, length {3}{4?, DATA_FIN|}",
    [MPT_PHRASE_SAYS_NO_MAPPING] = "no mapping",
    [MPT_PHRASE_SAYS_CHECKSUM] = "checksum {1}",
    [MPT_PHRASE_SAYS_NO_CHECKSUM] = "no checksum",
    [MPT_PHRASE_SAYS_DATA_ACK] = "DATA_ACK {1}",
    [MPT_PHRASE_SAYS_NO_DATA_ACK] = "no DATA_ACK",
    [MPT_PHRASE_SYN_BLOCKED] =
        "The SYN with {1} of {2} leaves {3} ({4:plain} time{4?|s}) and does not arrive at {5}{6?, one "
        "without the option does|}: {7?it was lost, or |}something between them drops it.",
    [MPT_PHRASE_ADDRESSES_CHANGED] =
        "Subflow {1:id} has other addresses or ports at each vantage point: {1:ends} at {2}, {3:ends} at "
        "{4}: address translation (NAT) between them.",
    [MPT_PHRASE_SEQUENCE_CHANGED] =
        "{1}: what the {2} sends has other sequence numbers at {3} (from {4}) than at {5} (from {6}): "
        "something between them writes its own.",
    [MPT_PHRASE_MSS_CHANGED] =
        "The {1?SYN|SYN/ACK} of {2} leaves {3} with a maximum segment size of {4} and arrives at {5} with "
        "{6}: something between them clamps it.",
    [MPT_PHRASE_CAPTURE_CLOCK_STEP] =
        "The capturing host's clock was set back by about {1} at frame {2}{3?|, and again later}, while connections "
        "went on. Times from there on are shifted so that they go on; the true gap at the step is not known.",
    [MPT_PHRASE_CAPTURED_TWICE] =
        "{1} segment{1? is a packet|s are packets} that had been captured before; the first is in frame {2}, which "
        "is the packet of frame {3} again. Seen",
    [MPT_PHRASE_TWICE_AGAIN] = " {1} the same in everything" SEEN_LAST,
    [MPT_PHRASE_TWICE_CARRIER] = " {1} inside other headers (a tunnel, a VLAN)" SEEN_LAST,
    [MPT_PHRASE_TWICE_TTL] = " {1} with another TTL, as on the other side of a router" SEEN_LAST,
    [MPT_PHRASE_TWICE_INTERFACE] = " {1} at another interface, or leaving the host again" SEEN_LAST,
    [MPT_PHRASE_TWICE_ADDRESSES] = " {1} with translated addresses" SEEN_LAST,
    [MPT_PHRASE_ONCE_AGAIN] = COUNTED_ONCE
    "A mirror port that copies a packet as it comes in and as it goes out does this, and files "
    "of both ends in one interface: mirror one direction, or merge with mergecap -I none.",
    [MPT_PHRASE_ONCE_CARRIER] =
        COUNTED_ONCE "mptcp,paths compares both sides of where the tunnel or VLAN begins.",
    [MPT_PHRASE_ONCE_TTL] = COUNTED_ONCE "mptcp,paths compares both sides of the router.",
    [MPT_PHRASE_ONCE_INTERFACE] = COUNTED_ONCE
    "This is usual for a capture of all interfaces of a router or a bridge (-i any); mptcp,paths "
    "compares them.",
    [MPT_PHRASE_ONCE_ADDRESSES] =
        COUNTED_ONCE "Connections have the addresses that were seen first; mptcp,paths compares both sides.",
    [MPT_PHRASE_CAPTURE_PARTIAL] =
        "Of {1} connection{1?|s} the handshake with MP_CAPABLE is not in the capture (it began before, or passed "
        "elsewhere): {1?its|their} keys, limits and first data are not "
        "known, and what needs these was not checked.",
    [MPT_PHRASE_CAPTURE_ONE_WAY] =
        "Of {1} subflow{1?|s} the capture has one direction only: what depends on answers was not checked "
        "there.",
    [MPT_PHRASE_CAPTURE_GAPS] =
        "{1} of the data of {2:plain} connection{2?|s} are not in the capture, though data after them, or "
        "their acknowledgement, is: they were lost before this point, or by the capture, or passed elsewhere.",
    [MPT_PHRASE_GAPS_NOT_SENT] =
        " {2?None of them was|{1} of them were never} acknowledged before the connection was aborted: they may "
        "never have been sent.",
    [MPT_PHRASE_CAPTURED_ONE_PATH] =
        "{1} of the data of {2:plain} connection{2?|s} are acknowledged and never in the capture, and the "
        "subflows that are in it have no room for them: another subflow passes elsewhere, unless a host "
        "acknowledges what was never sent.",
    [MPT_PHRASE_CAPTURE_OPTIONS_CUT] =
        "The snaplen cut the TCP options of {1} segment{1?|s}: what was signalled there is not known, and " NOT_CHECKED_THERE,
    [MPT_PHRASE_CAPTURE_SEGMENTS_LOST] = "{1} segment{1?|s} could not be read: " NOT_CHECKED_THERE,
    [MPT_PHRASE_CAPTURE_LATE] =
        "{1} segment{1?|s} came out of time order by more than the look-back: what depends on the order of "
        "segments was not checked. A longer look-back (preferences) helps.",
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
        g_string_append_printf(out, "subflow %u (%s - %s)", a->subflow.id, client, server);
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
