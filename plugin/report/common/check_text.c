/* check_text.c - see check_text.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "check_text.h"

#include <string.h>

#include "labels.h"
#include "plugin/report/format/text.h"

/* clang-format off */
static const mpt_check_text TEXTS[MPT_FINDING_IDS] = {
    [MPT_FINDING_FALLBACK] =
        {"Fallback to TCP",
         "MPTCP was asked for, or was in use, and the connection continues as plain TCP. The "
         "sentence says at which step, and what probably caused it.",
         "Follow the sentence to the host or middlebox that it names; a capture at the other end "
         "tells which of them removed the option."},
    [MPT_FINDING_CAPABLE_DROPPED] =
        {"SYN with MP_CAPABLE dropped",
         "SYNs with MP_CAPABLE have no answer, and a SYN without it has: the connection is plain "
         "TCP, and started late.",
         "Look for a firewall on the path that drops SYNs with options it does not know."},
    [MPT_FINDING_CAPABLE_UNANSWERED] =
        {"SYN with MP_CAPABLE unanswered",
         "The server never answers the SYN with MP_CAPABLE, and there is no SYN without the "
         "option to compare.",
         "Try the same server with plain TCP: if it answers, something drops SYNs with "
         "MP_CAPABLE."},
    [MPT_FINDING_CAPABLE_REFUSED] =
        {"Connection refused",
         "The SYN with MP_CAPABLE is answered with a RST.",
         "Check that the server listens on this port, and whether a firewall rejects the "
         "connection."},
    [MPT_FINDING_BLACKHOLED] =
        {"MPTCP switched off after drops",
         "After SYNs with MP_CAPABLE were dropped, the host asks the same server for plain TCP: it "
         "has likely switched MPTCP off for a while.",
         "Find what drops the SYNs. Until then, on Linux, net.mptcp.blackhole_timeout says how long "
         "MPTCP stays off."},
    [MPT_FINDING_VERSION_MISMATCH] =
        {"Versions do not match",
         "The server answers with an MPTCP version above the one asked for, or with one that the "
         "client does not speak.",
         "Make both hosts speak the same version: v1 and v0 do not work together."},
    [MPT_FINDING_CAPABLE_FLAGS] =
        {"Invalid flags in MP_CAPABLE",
         "MP_CAPABLE chooses an algorithm that was not offered, or has flags for which the "
         "receiver should have ignored it, and is accepted all the same.",
         "Report it to the developers of the stack that the sentence names."},
    [MPT_FINDING_KEY_CHANGED] =
        {"Keys changed in the handshake",
         "A later MP_CAPABLE carries other keys than those exchanged before, so the hosts do not "
         "compute the same tokens and HMACs.",
         "Look for a proxy or middlebox that rewrites options, or report it to the developers of the "
         "stack."},
    [MPT_FINDING_KEY_REUSED] =
        {"Key used by two connections",
         "One host has the same key or token in two connections at a time: a join could belong to "
         "either.",
         "Report it to the developers of the stack: keys are to be random, and tokens unique in a "
         "host."},
    [MPT_FINDING_KEYS_MISSING] =
        {"Keys missing in v1 handshake",
         "Neither the third ACK nor the client's first data carries MP_CAPABLE with the keys, "
         "though DSS options follow: the server cannot know the client's key.",
         "Check whether something on the path removes MP_CAPABLE from these segments; if not, it "
         "is the client's stack."},
    [MPT_FINDING_JOINS_DENIED] =
        {"No joins at this address (flag C)",
         "A host sets flag C of MP_CAPABLE: it takes no further subflows at the address and port "
         "of this connection, as is usual behind a load balancer.",
         "If more paths are wanted, have that host announce another address, or change the "
         "setting that sets the flag."},
    [MPT_FINDING_RESERVED_BITS] =
        {"Reserved bits set",
         "Options have bits set that the RFC reserves. Receivers ignore them.",
         "Nothing, unless you develop the stack: reserved bits are to be zero."},
    [MPT_FINDING_JOIN_DENIED_ADDRESS] =
        {"Join to a denied address",
         "A host joins at an address at which the other host accepts no joins (flag C).",
         "Report it to the developers of the joining host's stack."},
    [MPT_FINDING_JOIN_EARLY] =
        {"Join before connection is established",
         "A join is sent before a DSS or an ADD_ADDR of the other host has shown that MPTCP works on "
         "the first subflow; that host may not know the connection yet.",
         "If the join fails, have the path manager wait until the connection is established."},
    [MPT_FINDING_JOIN_DATA_EARLY] =
        {"Data before fourth ACK of a join",
         "The host that opens a subflow sends data before the other one has confirmed the third "
         "ACK of the join.",
         "Report it to the developers of the stack, if the capture has all packets of the handshake."},
    [MPT_FINDING_JOIN_AFTER_CLOSE] =
        {"Join after the end of data",
         "A join comes when the connection is already being closed by DATA_FIN or MP_FASTCLOSE.",
         "Nothing, if it is rare; else see why the path manager opens subflows so late."},
    [MPT_FINDING_JOIN_FLOOD] =
        {"Flood of joins",
         "Many joins with one token get nowhere: an attack, a path manager that does not give up, "
         "or a server that does not answer.",
         "See where the joins come from, and limit or block them if they are not your clients."},
    [MPT_FINDING_TOKEN_SCAN] =
        {"Scan for tokens",
         "Many joins with different tokens of no known connection: somebody guesses tokens.",
         "Block the sources, or limit the rate of joins to the server."},
    [MPT_FINDING_SYN_FLOOD] =
        {"Flood of SYNs",
         "Many SYNs with MP_CAPABLE to one server are sent once each and never become a connection: an attack, "
         "or a load test of a server that does not answer.",
         "See where the SYNs come from. If they are not your clients, limit them, and see that SYN cookies are on."},
    [MPT_FINDING_SUBTYPE_ON_JOIN] =
        {"MP_CAPABLE on a joined subflow",
         "A host sends MP_CAPABLE on a subflow that was joined; it belongs to the first subflow "
         "alone, and is ignored.",
         "Report it to the developers of the stack."},
    [MPT_FINDING_PRIO_FLAPPING] =
        {"Backup priority changes often",
         "MP_PRIO makes a subflow backup and regular again more than four times.",
         "See what the path manager reacts to: often a link whose quality changes quickly."},
    [MPT_FINDING_ALL_BACKUP] =
        {"All subflows are backup",
         "Every subflow has the backup flag, so the flag makes no difference.",
         "Leave the flag off the endpoint that is to carry data."},
    [MPT_FINDING_ADDRESS_ID_REUSED] =
        {"Address id used twice",
         "One address id stands for two addresses of a host at a time, without a REMOVE_ADDR in "
         "between.",
         "Check the endpoint ids of the path manager; a NAT on the path can look like this for "
         "joins."},
    [MPT_FINDING_ADD_ADDR_ID_ZERO] =
        {"ADD_ADDR with id 0",
         "An address is announced as id 0, which belongs to the address of the first subflow.",
         "Give the endpoint another id, or report it to the developers of the stack."},
    [MPT_FINDING_ADD_ADDR_ECHO_WRONG] =
        {"Wrong echo of ADD_ADDR",
         "The echo of an announcement has another address, port or id than what was announced, or "
         "nothing was announced.",
         "Look for address translation that rewrites one of the two options."},
    [MPT_FINDING_JOIN_UNREACHABLE] =
        {"Unreachable address",
         "A join goes to, or a host announces, an address that cannot be reached from the other "
         "host: loopback, multicast, link-local or private.",
         "Take the address out of the endpoints that the host announces."},
    [MPT_FINDING_JOIN_HMAC] =
        {"Wrong HMAC in join",
         "The HMAC of a join does not match the keys of the connection: its sender does not have "
         "them, or something rewrote the option.",
         "Compare captures of both ends; if both show the same option, one of the stacks, or an "
         "attacker, sends it."},
    [MPT_FINDING_JOIN_UNKNOWN_TOKEN] =
        {"Join with unknown token",
         "A refused join has a token of no connection in the capture: likely another host behind "
         "the address, or a connection long closed.",
         "Check that all servers behind a load balancer see the joins of their own connections."},
    [MPT_FINDING_JOIN_LIMIT] =
        {"Join refused: limit reached",
         "A join is refused with the reason that there are too many subflows, or that none is "
         "taken at this address.",
         "Raise the limits of the host that refuses (Linux: ip mptcp limits set subflows N "
         "add_addr_accepted N)."},
    [MPT_FINDING_JOIN_REFUSED] =
        {"Join refused",
         "A join is answered by a RST, or given up by the host that sent it. The reason is in the "
         "sentence if MP_TCPRST gives one.",
         "Look at the host that sent the RST: its limits, its firewall, and whether it still "
         "knows the connection."},
    [MPT_FINDING_JOIN_UNANSWERED] =
        {"Join unanswered",
         "The SYNs of a join have no answer: the path, or a firewall on it, drops them.",
         "Check routing and firewalls between the two addresses, and the source routing of the "
         "joining host."},
    [MPT_FINDING_JOIN_UNFINISHED] =
        {"Join not completed",
         "A join is answered, but its handshake is not completed: MP_JOIN is missing in the "
         "SYN/ACK, or the third ACK is missing or never confirmed.",
         "Capture at the other end to see where the missing option or segment gets lost."},
    [MPT_FINDING_JOIN_ADDRESS] =
        {"Join to an unannounced address",
         "A join goes to an address that the other host never announced and that is not that of "
         "the first subflow.",
         "Nothing, if the client was configured with it; otherwise find out who gave it this "
         "address."},
    [MPT_FINDING_JOIN_SLOW] =
        {"Slow join",
         "The handshake of a join took far longer than that of the first subflow, or needed "
         "several SYNs.",
         "Check loss and delay of this path, and whether a radio link had to wake up."},
    [MPT_FINDING_RST_IGNORED] =
        {"RST ignored",
         "A RST is outside the receive window or does not acknowledge the SYN, or MP_TCPRST is on a "
         "segment that is no RST: the receiver ignores it and the subflow goes on.",
         "Nothing, if it is a late RST of an old connection; many of them may be an attempt to "
         "break the connection."},
    [MPT_FINDING_OPTION_IGNORED] =
        {"Option of another version ignored",
         "An MPTCP option has a length that the connection's version does not have, so its "
         "receiver ignores it.",
         "Report it to the developers of the sending stack."},
    [MPT_FINDING_OPTION_UNKNOWN] =
        {"Unknown option subtype",
         "An MPTCP option has a subtype that the RFC does not assign; its receiver ignores it.",
         "Nothing, unless you develop the stack or a middlebox changed the option."},
    [MPT_FINDING_SUBFLOW_RESET] =
        {"Subflow reset",
         "A subflow is ended by a RST. The reason is in the sentence if MP_TCPRST gives one.",
         "Look at the host that sent the RST, and at what happened on this path just before."},
    [MPT_FINDING_ADD_ADDR_NO_ECHO] =
        {"ADD_ADDR without echo",
         "An address is announced and the other host never confirms it: the host, or a middlebox, "
         "drops the option.",
         "Capture at the other host to see whether the ADD_ADDR arrives."},
    [MPT_FINDING_ADD_ADDR_REPEATED] =
        {"ADD_ADDR repeated after echo",
         "An address is announced again although the other host has confirmed it already.",
         "Check whether the echo is lost on its way back; else it is the announcing stack."},
    [MPT_FINDING_ADD_ADDR_UNUSED] =
        {"Announced address not used",
         "An address is announced and no subflow ever uses it.",
         "Check that the other host accepts announced addresses (Linux: ip mptcp limits set "
         "add_addr_accepted N) and can reach this one."},
    [MPT_FINDING_ADD_ADDR_HMAC] =
        {"Wrong HMAC in ADD_ADDR",
         "The HMAC of an announcement does not match the keys: forged, altered on the path (NAT), "
         "or, if the sentence says so, an error of the sender. It is ignored.",
         "Look for address translation that rewrites the address in the option; old Linux kernels "
         "send the wrong half of the HMAC."},
    [MPT_FINDING_REMOVE_ADDR_NOTHING] =
        {"REMOVE_ADDR closes nothing",
         "An address id is removed that no open subflow uses.",
         "Nothing, usually."},
    [MPT_FINDING_SUBFLOW_MOVED] =
        {"Subflow changed its address",
         "A subflow goes on from another address or port without a handshake, as behind a NAT "
         "that forgot its entry.",
         "Raise the NAT's time-out for TCP, or send keepalives on idle subflows."},
    [MPT_FINDING_ADDRESS_OUTLIVED] =
        {"Subflow outlives removed address",
         "A host removes an address, and a subflow that uses it stays open or carries data.",
         "Check that REMOVE_ADDR reaches the other host; if it does, that host should close the "
         "subflow."},
    [MPT_FINDING_MAPPING_MISPLACED] =
        {"Mapping misses its payload",
         "The DSS of a segment maps other subflow sequence numbers than those of its payload: the "
         "receiver cannot place the data.",
         "Look for a proxy that changes the length of the data, else report it to the developers of "
         "the sending stack."},
    [MPT_FINDING_SINGLE_PATH] =
        {"One working subflow only",
         "The connection never has a second working subflow. The sentence says what the capture "
         "shows of the reason: none announced, none tried, refused or unanswered.",
         "If more paths are wanted, check endpoints and limits on both hosts (Linux: ip mptcp "
         "endpoint, ip mptcp limits)."},
    [MPT_FINDING_ABORTED] =
        {"Connection aborted",
         "The connection is ended by MP_FASTCLOSE, or by resets of all its subflows, not by "
         "DATA_FIN. The sentence says how much was not acknowledged.",
         "Look at the application or host that aborts: it may have crashed, timed out, or closed "
         "with unread data."},
    [MPT_FINDING_DATA_UNMAPPED] =
        {"Data without mapping",
         "Payload on a subflow has no mapping, so its place in the data is not known.",
         "Check whether something on the path removes DSS options or splits segments."},
    [MPT_FINDING_MAPPING_CONFLICT] =
        {"Conflicting mappings",
         "Bytes of a subflow are mapped a second time, to other data sequence numbers. The first "
         "mapping counts.",
         "Report it to the developers of the sending stack, unless something on the path rewrites "
         "options."},
    [MPT_FINDING_DSN_FAR] =
        {"Impossible data sequence number",
         "Data sequence numbers or DATA_ACKs are so far from the others that no transfer can have "
         "reached them. They are ignored.",
         "Check the frame for a damaged or forged option. Where not one number fits the key, check "
         "whether keys or numbers of the capture were rewritten."},
    [MPT_FINDING_DSN_BEYOND_WINDOW] =
        {"Data beyond the receive window",
         "A sender has sent more than the other host's data-level receive window allows.",
         "Check whether segments that announce a larger window are missing in the capture; else "
         "report it to the developers of the stack."},
    [MPT_FINDING_DATA_ACK_BEYOND] =
        {"DATA_ACK of data never sent",
         "A DATA_ACK acknowledges more data than the other host had sent.",
         "Check whether the capture has all paths of the connection; if it has, the acknowledging "
         "stack is wrong."},
    [MPT_FINDING_DATA_ACK_BACK] =
        {"DATA_ACK goes back",
         "A DATA_ACK is below an earlier one of the same subflow, in a segment that was not late "
         "itself.",
         "Report it to the developers of the stack; transfers usually survive it."},
    [MPT_FINDING_DATA_AFTER_FIN] =
        {"Data after DATA_FIN",
         "A host sends data at or beyond the end that its DATA_FIN had announced.",
         "Report it to the developers of the sending stack."},
    [MPT_FINDING_DATA_FIN_MOVED] =
        {"DATA_FIN at another place",
         "A host sends DATA_FINs at more than one data sequence number, though the end of the "
         "data cannot move.",
         "Report it to the developers of the sending stack."},
    [MPT_FINDING_NO_DATA_ACKS] =
        {"No DATA_ACKs",
         "TCP acknowledges the payload and no DATA_ACK ever comes: the other host sends none, or "
         "they are removed on the path.",
         "Capture at the other host to see whether its DATA_ACKs leave it."},
    [MPT_FINDING_DATA_ACK_STALLED] =
        {"DATA_ACK stalls",
         "TCP goes on acknowledging on the subflows while the DATA_ACK stands still: the data "
         "level of the receiver hangs or has lost data.",
         "Look at the receiving host and its application at this time; the frame shows the byte "
         "that it waits for."},
    [MPT_FINDING_DATA_ACK_NARROW] =
        {"DATA_ACK of 4 bytes",
         "A host acknowledges with 4 bytes although the other one sends data sequence numbers of "
         "8 bytes.",
         "Usually harmless; report it to the developers of the acknowledging stack."},
    [MPT_FINDING_CHECKSUM_MISSING] =
        {"Checksum missing",
         "Mappings have no checksum although the handshake negotiated checksums.",
         "Report it to the developers of the sending stack; the receiver has to reset the subflow."},
    [MPT_FINDING_CHECKSUM_UNINVITED] =
        {"Checksum not negotiated",
         "Mappings have a checksum although the handshake negotiated none. In v1 the receiver has "
         "to reset the subflow, in v0 it ignores the checksum.",
         "Report it to the developers of the sending stack."},
    [MPT_FINDING_FIN_WITHOUT_DATA_FIN] =
        {"FIN without DATA_FIN",
         "The last subflow is closed by FINs and no DATA_FIN was sent: at the data level the "
         "connection stays open until it times out.",
         "Look for a middlebox that closes or removes options, else at the stack that sends the "
         "first FIN."},
    [MPT_FINDING_FASTCLOSE_KEY] =
        {"MP_FASTCLOSE with wrong key",
         "MP_FASTCLOSE carries a key that is not the receiver's: it closes nothing.",
         "Treat it as forged, or report it to the developers of the sending stack."},
    [MPT_FINDING_FASTCLOSE_IGNORED] =
        {"MP_FASTCLOSE ignored",
         "New data goes on after a valid MP_FASTCLOSE of the other host, too late to have been in "
         "flight.",
         "Check whether the MP_FASTCLOSE arrives at the host that goes on."},
    [MPT_FINDING_DATA_NOT_ACKED] =
        {"Data not acknowledged at the end",
         "When the connection ends, data is acknowledged by TCP but not at the data level: the "
         "application may never have got it.",
         "Check what the receiving application got, and why the connection ended so early."},
    [MPT_FINDING_CHECKSUM_BAD] =
        {"Wrong DSS checksum",
         "The checksum of a mapping does not match its payload: something alters the data on the "
         "way, or, if the sentence says so, the sender computes it wrongly.",
         "Look for a middlebox that rewrites payload (application-level gateway, proxy) on this "
         "path."},
    [MPT_FINDING_CHECKSUM_UNVERIFIED] =
        {"DSS checksum not verified",
         "Checksums could not be verified, as the capture lacks a part of the payload.",
         "Capture with a larger snaplen, or without drops."},
    [MPT_FINDING_MP_FAIL] =
        {"MP_FAIL",
         "A host reports a wrong checksum with MP_FAIL. The sentence says what followed: a reset, "
         "an infinite mapping, or nothing.",
         "Look for a middlebox that alters the payload on this path."},
    [MPT_FINDING_BACKUP_USED] =
        {"Backup used beside a regular subflow",
         "Data goes over a backup subflow although a regular one is up.",
         "Check whether the regular path was stuck at that time; else look at the scheduler of "
         "the sender."},
    [MPT_FINDING_SUBFLOW_IDLE] =
        {"Subflow carries no data",
         "A regular subflow is up and never carries data while others do.",
         "Check its round-trip time and window against the others, and the scheduler of the "
         "sender."},
    [MPT_FINDING_FAILOVER] =
        {"Failover to another path",
         "A subflow stops making progress and its data is sent again on other subflows, which "
         "take over.",
         "See what happened to that path at this time (link, radio, route), and whether the delay "
         "is acceptable."},
    [MPT_FINDING_PATH_OUTAGE] =
        {"Path outage",
         "A subflow with data in flight hears nothing from the other host for a while, or nothing "
         "comes over it any more to the end, when the other subflows are closed. The sentence says "
         "how long, and whether the path was used again.",
         "See what happened to that path at this time: link, radio, route or firewall."},
    [MPT_FINDING_RESET_FOREIGN] =
        {"RST from something in between",
         "The RST that ends a subflow has another TTL than all other packets of the host that it "
         "claims to be from.",
         "Look for a firewall or an intrusion prevention system on this path."},
    [MPT_FINDING_INTERFACE_MISMATCH] =
        {"Packets and answers use other interfaces",
         "The packets of a subflow leave by one interface and the answers come in by another: the "
         "usual sign of missing source routing.",
         "Set up source routing (ip rule, ip route) for each address of the host."},
    [MPT_FINDING_ICMP_ERROR] =
        {"ICMP error",
         "A router or host answers segments of the connection with an ICMP error. The sentence "
         "says which error, from where, and what came of it.",
         "Look at the router that the sentence names: its routes, its filters, or the MTU behind "
         "it."},
    [MPT_FINDING_PATH_MTU] =
        {"Large segments do not get through",
         "Segments above a size are never acknowledged on a subflow while smaller ones are: the "
         "path does not take packets of that size.",
         "Lower the MTU or clamp the MSS on this path, and let the ICMP messages of path MTU "
         "discovery pass."},
    [MPT_FINDING_SUBFLOW_ABANDONED] =
        {"Subflow no longer used",
         "A subflow carried data and is still up, but the sender sends everything over the "
         "others.",
         "Check loss, delay and priority of that path from the given time on."},
    [MPT_FINDING_SUBFLOW_FLAPPING] =
        {"Subflows come and go",
         "Subflows between the same hosts are opened and closed again within seconds, without "
         "data.",
         "Look at the path manager of the host that closes them, and at the link they use."},
    [MPT_FINDING_NO_SUBFLOW] =
        {"No subflow for a time",
         "The connection had no subflow at all for a while, until a join revived it: no data "
         "could pass.",
         "See why the last subflow ended and why the next join came so late."},
    [MPT_FINDING_DATA_WAITED] =
        {"Head-of-line blocking",
         "Data that had arrived waited for earlier data, which came late on another subflow or in "
         "the order in which it was sent.",
         "Check the named subflow for loss and delay; paths of very different delay need a "
         "suitable scheduler and larger buffers."},
    [MPT_FINDING_WINDOW_CLOSED] =
        {"Receive window closed",
         "The data-level receive window was zero for a time: the receiving application does not "
         "read fast enough.",
         "Look at the receiving application; a larger buffer only delays this."},
    [MPT_FINDING_LIMITED] =
        {"What limited the transfer",
         "How much of the time the paths, the receive window, loss recovery and the application "
         "limited the data of a direction.",
         "Begin with the largest share: it is what to improve first."},
    [MPT_FINDING_WINDOW_LIMITED] =
        {"Limited by the receive window",
         "The data-level receive window limits the transfer for most of the time: it is too small "
         "for these paths, or the application does not read fast enough.",
         "Give the receiver a larger buffer (Linux: net.ipv4.tcp_rmem), or make its application "
         "read faster, as the sentence says."},
    [MPT_FINDING_WINDOW_SHRUNK] =
        {"Receive window taken back",
         "A host takes back receive window that it had announced; data on its way may be dropped.",
         "Look for memory pressure on that host, or report it to the developers of the stack."},
    [MPT_FINDING_WINDOW_TINY] =
        {"Tiny receive window",
         "The receive window stays below one segment for more than a second: the receiving "
         "application hardly reads.",
         "Look at the receiving application."},
    [MPT_FINDING_BUFFERBLOAT] =
        {"Queue on the path (bufferbloat)",
         "The round-trip time of a subflow rises far above its minimum under load: a queue on the "
         "path fills up.",
         "Use a smaller queue or active queue management (fq_codel, CAKE) at the bottleneck, or "
         "another congestion control."},
    [MPT_FINDING_SAME_DATA_TWICE] =
        {"Same data on several subflows",
         "Nearly all data goes over more than one subflow, as a redundant scheduler sends it. It "
         "may lower delay, but adds no throughput.",
         "Nothing, if this is wanted; else choose another scheduler."},
    [MPT_FINDING_REINJECTIONS] =
        {"Many reinjections",
         "A large part of the data is sent again on another subflow.",
         "Look at the report reinjections: which path the copies were meant to replace, and "
         "whether they helped."},
    [MPT_FINDING_REINJECTIONS_REDUNDANT] =
        {"Unnecessary reinjections",
         "Data was sent again on another subflow although the first copy got there.",
         "Nothing, if it is little; else check the delays of the paths, which make the sender "
         "reinject too early."},
    [MPT_FINDING_OPTION_REMOVED] =
        {"Option removed on the path",
         "A segment leaves one vantage point with an MPTCP option and arrives at the next without "
         "it.",
         "Find the middlebox between the two vantage points that removes the option."},
    [MPT_FINDING_OPTION_CHANGED] =
        {"Option changed on the path",
         "A segment leaves one vantage point with an MPTCP option and arrives at the next with "
         "another content.",
         "Find the middlebox between the two vantage points that rewrites the option."},
    [MPT_FINDING_OPTION_ADDED] =
        {"Option added on the path",
         "A segment leaves one vantage point without an MPTCP option and arrives at the next with "
         "it.",
         "Find the middlebox between the two vantage points, such as a proxy that speaks MPTCP."},
    [MPT_FINDING_SYN_BLOCKED] =
        {"SYN blocked on the path",
         "A SYN with an MPTCP option leaves one vantage point and never arrives at the next.",
         "Find the firewall between the two vantage points that drops it."},
    [MPT_FINDING_ADDRESSES_CHANGED] =
        {"Addresses translated (NAT)",
         "A subflow has other addresses or ports at the next vantage point: there is a NAT "
         "between them.",
         "Nothing: MPTCP works through NAT, except that announced addresses may not be reachable."},
    [MPT_FINDING_SEQUENCE_CHANGED] =
        {"Sequence numbers rewritten",
         "A subflow has other TCP sequence numbers at the next vantage point: something between "
         "them writes its own.",
         "Nothing: mappings are relative, so MPTCP works with it."},
    [MPT_FINDING_MSS_CHANGED] =
        {"MSS clamped",
         "The maximum segment size of a SYN is another one at the next vantage point.",
         "Nothing: this is usual for tunnels and DSL."},
    [MPT_FINDING_CAPTURED_TWICE] =
        {"Packets captured twice",
         "Packets are in the capture more than once, as on all interfaces of a router, at a "
         "mirror port or in a tunnel and around it. Each is counted once.",
         "Nothing for the figures; mptcp,paths compares the places, where these can be told apart."},
    [MPT_FINDING_CAPTURE_CLOCK_STEP] =
        {"Clock of the capture was set back",
         "The capturing host's clock was set back while connections went on. Times from there on "
         "are shifted so that they go on.",
         "Keep the clock in step before you capture (NTP, chrony); the time at the step is not "
         "known."},
    [MPT_FINDING_CAPTURE_PARTIAL] =
        {"Handshake not in the capture",
         "The handshake of connections with MP_CAPABLE is not in the capture, so that keys, "
         "limits and first data are not known.",
         "Start the capture before the connections, and on all interfaces that they use."},
    [MPT_FINDING_CAPTURE_ONE_WAY] =
        {"One direction captured",
         "Of some subflows the capture has one direction only, so what depends on answers is not "
         "checked.",
         "Capture where both directions pass, or merge captures of both."},
    [MPT_FINDING_CAPTURE_OPTIONS_CUT] =
        {"TCP options cut off",
         "The snaplen cut off TCP options: what was signalled there is not known.",
         "Capture with a snaplen of at least 150 bytes."},
    [MPT_FINDING_CAPTURE_SEGMENTS_LOST] =
        {"Segments could not be read",
         "Segments could not be read, so what depends on all of them is not checked.",
         "Check whether the snaplen cuts into headers, or whether the file is damaged."},
    [MPT_FINDING_CAPTURE_LATE] =
        {"Packets out of time order",
         "Packets are out of time order by more than the look-back, so what depends on their "
         "order is not checked.",
         "Sort the file with reordercap, or set a longer look-back in the preferences."},
    [MPT_FINDING_CAPTURE_GAPS] =
        {"Data missing in the capture",
         "Data is not in the capture though later data or its acknowledgement is: it was lost "
         "before this point, dropped by the capture, or passed elsewhere.",
         "Check the capture for drops, and that it has all interfaces."},
    [MPT_FINDING_CAPTURED_ONE_PATH] =
        {"A path is not in the capture",
         "Data is acknowledged that the capture never shows, and its subflows have no room for: "
         "another subflow passes elsewhere.",
         "Capture on all interfaces that the connection uses."},
    [MPT_FINDING_OPTIONS_MALFORMED] =
        {"Malformed MPTCP options",
         "MPTCP options have a length that their subtype does not have. They are ignored.",
         "Look at the first of them; a middlebox or a test tool is more likely than a stack."},
};
/* clang-format on */

const mpt_check_text *mpt_check_text_of(mpt_finding_id id)
{
    return &TEXTS[id];
}

/* "RFC 8684 3.7, RFC 6824 3.6"; the second one only where its number differs. */
static void put_section(GString *out, mpt_finding_id id)
{
    mpt_rfc v1 = mpt_finding_rfc(id, 1), v0 = mpt_finding_rfc(id, 0);

    if (!v1.number)
        return;
    g_string_append_printf(out, ", RFC %u %s", v1.number, v1.section);
    if (strcmp(v1.section, v0.section) != 0)
        g_string_append_printf(out, ", RFC %u %s", v0.number, v0.section);
}

static void list_check(mpt_sink *sink, mpt_finding_id id)
{
    const mpt_check_text *text = &TEXTS[id];
    GString *line = g_string_new(NULL);

    g_string_append_printf(line, "%s: %s", mpt_finding_name(id), text->title);
    put_section(line, id);
    mpt_text_paragraph(sink, 2, 2, line->str);
    mpt_text_paragraph(sink, 6, 0, text->means);
    g_string_printf(line, "To do: %s", text->to_do);
    mpt_text_paragraph(sink, 6, 2, line->str);
    g_string_free(line, TRUE);
}

void mpt_check_text_list(mpt_sink *sink)
{
    mpt_text_paragraph(
        sink, 0, 0,
        "The checks of -z mptcp,diagnose by their usual severity; a finding may have another one. RFC "
        "6824 has the same section unless it is given.");
    for (mpt_severity severity = 0; severity < MPT_SEVERITIES; severity++) {
        mpt_text_heading(sink, 3, mpt_severity_label(severity)->heading);
        for (unsigned id = 0; id < MPT_FINDING_IDS; id++)
            if (mpt_finding_severity((mpt_finding_id)id) == severity)
                list_check(sink, (mpt_finding_id)id);
    }
}
