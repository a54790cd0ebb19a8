"""The packets of a plain connection in the headers of many link types and tunnels, whole, in fragments, cut and with wrong
lengths: one capture of all of them, in which each way has a connection of its own, told by the client's port.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import struct

import wire
from rewrap import checksum, kind, summed

NULL, ETHERNET, PPP, PPP_HDLC, RAW, CISCO, WIFI, FRAME_RELAY, LOOP, SLL, PRISM = 0, 1, 9, 50, 101, 104, 105, 107, 108, 113, 119
RADIOTAP, AVS, IPV4, IPV6, NFLOG, PKTAP, SLL2 = 127, 163, 228, 229, 239, 258, 276
PPPOE = 51
FIRST_PORT = 41000
V6 = bytes.fromhex('20010db8000000010000000000000001'), bytes.fromhex('20010db8000000020000000000000002')
MAC = b'\x02\0\0\0\0\2\x02\0\0\0\0\1'


def u16(n):
    return struct.pack('>H', n)


def ip4(protocol, payload, source=b'\x0a\0\0\1', target=b'\x0a\0\0\2', number=7, where=0, options=b'', total=None):
    header = 20 + len(options)
    return summed(struct.pack('>BBHHHBBH4s4s', 0x40 | header // 4, 0, header + len(payload) if total is None else total, number,
                              where, 64, protocol, 0, source, target) + options + payload)


def ip6(protocol, payload, source=V6[0], target=V6[1], length=None):
    return struct.pack('>IHBB', 6 << 28, len(payload) if length is None else length, protocol, 60) + source + target + payload


def parts(ip):
    """source, target, bytes of TCP"""
    return (ip[12:16], ip[16:20], ip[20:]) if ip[0] >> 4 == 4 else (ip[8:24], ip[24:40], ip[40:])


def again(ip, **changes):
    """the same segment behind an IPv4 header with changes"""
    source, target, tcp = parts(ip)
    return ip4(6, tcp, source, target, **changes)


def eth(ip, kinds=b''):
    return MAC + kinds + kind(ip) + ip


def snap(ip):
    return b'\xaa\xaa\x03\0\0\0' + kind(ip) + ip


def ethernet_length(ip):
    return MAC + u16(len(snap(ip))) + snap(ip)


def udp(port, payload, source=50000):
    return struct.pack('>HHHH', source, port, 8 + len(payload), 0) + payload


def over_udp(port, payload):
    return eth(ip4(17, udp(port, payload)))


def gre(flags, kind_, rest, payload):
    return eth(ip4(47, u16(flags) + kind_ + rest + payload))


def ppp(ip):
    return (b'\0\x21' if ip[0] >> 4 == 4 else b'\0\x57') + ip


def labels(*numbers):
    return b''.join(struct.pack('>I', n << 12 | (i == len(numbers) - 1) << 8 | 64) for i, n in enumerate(numbers))


def wifi(ip, flags=1, qos=None, body=None, addresses=3, subtype=None):
    subtype = (8 if qos is not None else 0) if subtype is None else subtype
    head = bytes([subtype << 4 | 8, flags]) + b'\0\0' + MAC + b'\x02\0\0\0\0\3' + b'\x10\0'
    return head + (b'\x02\0\0\0\0\4' if addresses == 4 else b'') + (qos or b'') + (snap(ip) if body is None else body)


def amsdu(ip):
    """two subframes: ARP, and this"""
    out = b''
    for body in (b'\xaa\xaa\x03\0\0\0\x08\x06' + bytes(28), snap(ip)):
        out += bytes(-len(out) % 4) + MAC + u16(len(body)) + body
    return wifi(ip, qos=b'\x80\0', body=out)


def radiotap(frame, flags=0, time=True):
    present = (1 if time else 0) | 2
    fields = (bytes(8) if time else b'') + bytes([flags])
    return b'\0\0' + struct.pack('<HI', 8 + len(fields), present) + fields + frame


def nflog(ip, order='<'):
    def attribute(number, body):
        return struct.pack(order + 'HH', 4 + len(body), number) + body + bytes(-len(body) % 4)
    family = 2 if ip[0] >> 4 == 4 else 10
    return bytes([family, 0, 0, 5]) + attribute(1, b'\x08\0\1\0') + attribute(10, b'out\0') + attribute(9, ip)


def pktap(link, frame):
    return struct.pack('<III24sIII', 108, 1, link, b'en0', 1, 2, 14) + bytes(108 - 48) + frame


def fragments4(ip, size=16, order=None, **changes):
    source, target, tcp = parts(ip)
    pieces = [(at, tcp[at:at + size]) for at in range(0, len(tcp), size)]
    number = checksum(tcp) or 1
    made = [ip4(6, body, source, target, number, (at // 8) | (0x2000 if at + size < len(tcp) else 0), **changes)
            for at, body in pieces]
    return [eth(made[i]) for i in (order(range(len(made))) if order else range(len(made)))]


def overlapping(ip):
    source, target, tcp = parts(ip)
    number = checksum(tcp) or 1
    first, rest = tcp[:24], tcp[16:]
    return [eth(ip4(6, bytes(8) + rest[8:], source, target, number, 2)), eth(ip4(6, first, source, target, number, 0x2000))]


def fragments6(ip, size=16):
    _, _, tcp = parts(ip)
    number = checksum(tcp)
    return [eth(ip6(44, struct.pack('>BBHI', 6, 0, at | (at + size < len(tcp)), number) + tcp[at:at + size], *ends6(ip)))
            for at in range(0, len(tcp), size)]


def ends6(ip):
    """the IPv6 addresses of an IPv4 packet's sender and receiver"""
    return V6 if ip[15] < ip[19] else V6[::-1]


def v6(ip):
    return ip6(6, parts(ip)[2], *ends6(ip))


def extended(first, *headers):
    """IPv6 with extension headers: (number, body without the number that comes next)"""
    def make(ip):
        body, next_ = parts(ip)[2], 6
        for number, header in reversed(headers):
            body, next_ = bytes([next_]) + header + body, number
        return eth(ip6(first, body, *ends6(ip)))
    return make


def one(link, make, count=None):
    """count: of segments that must be found; None: all"""
    return link, make, count


PAD = b'\0\1\4\0\0\0\0'   # an extension header of 8 bytes: its length, PadN
ROUTE = b'\2\0\1\0\0\0\0' + V6[1]
AH = b'\4' + bytes(22)
WAYS = {
    'ethernet': one(ETHERNET, eth),
    'ethernet, IPv6': one(ETHERNET, lambda ip: eth(v6(ip))),
    'padding': one(ETHERNET, lambda ip: eth(ip) + bytes(20)),
    'vlan': one(ETHERNET, lambda ip: eth(ip, b'\x81\0\0\5')),
    'vlan, IPv6': one(ETHERNET, lambda ip: eth(v6(ip), b'\x81\0\0\5')),
    'qinq': one(ETHERNET, lambda ip: eth(ip, b'\x88\xa8\0\1\x81\0\0\5')),
    'qinq 0x9100': one(ETHERNET, lambda ip: eth(ip, b'\x91\0\0\1\x81\0\0\5')),
    'three vlans': one(ETHERNET, lambda ip: eth(ip, b'\x81\0\0\1\x81\0\0\5\x81\0\0\6')),
    'vlan with a length': one(ETHERNET, lambda ip: MAC + b'\x81\0\0\5' + u16(len(snap(ip))) + snap(ip)),
    'length and SNAP': one(ETHERNET, ethernet_length),
    '802.1ah': one(ETHERNET, lambda ip: MAC + b'\x88\xe7\0\0\0\1' + eth(ip)),
    'R-TAG': one(ETHERNET, lambda ip: MAC + b'\xf1\xc1\0\0\0\1' + kind(ip) + ip),
    'HSR': one(ETHERNET, lambda ip: MAC + b'\x89\x2f' + u16(len(ip) + 6) + b'\0\1' + kind(ip) + ip),
    'sll': one(SLL, lambda ip: struct.pack('>HHH8s', 0, 1, 6, b'\x02\0\0\0\0\1') + kind(ip) + ip),
    'sll out': one(SLL, lambda ip: struct.pack('>HHH8s', 4, 1, 6, b'\x02\0\0\0\0\1') + kind(ip) + ip),
    'sll, vlan': one(SLL, lambda ip: struct.pack('>HHH8s', 4, 1, 6, b'\x02\0\0\0\0\1') + b'\x81\0\0\5' + kind(ip) + ip),
    'sll, LLC': one(SLL, lambda ip: struct.pack('>HHH8s', 4, 1, 6, b'\x02\0\0\0\0\1') + b'\0\4' + snap(ip)),
    'sll, tunnel device': one(SLL, lambda ip: struct.pack('>HHH8s', 0, 65534, 0, b'') + kind(ip) + ip),
    'sll, GRE device': one(SLL, lambda ip: struct.pack('>HHH8s', 0, 778, 0, b'') + kind(ip) + ip),
    'sll2': one(SLL2, lambda ip: kind(ip) + struct.pack('>HIHBB8s', 0, 3, 1, 0, 6, b'\x02\0\0\0\0\1') + ip),
    'sll2, IPv6, out': one(SLL2, lambda ip: b'\x86\xdd' + struct.pack('>HIHBB8s', 0, 3, 1, 4, 6, b'\x02\0\0\0\0\1') + v6(ip)),
    'null': one(NULL, lambda ip: b'\2\0\0\0' + ip),
    'null, the other order': one(NULL, lambda ip: b'\0\0\0\2' + ip),
    'null, IPv6 24': one(NULL, lambda ip: b'\x18\0\0\0' + v6(ip)),
    'null, IPv6 28': one(NULL, lambda ip: b'\0\0\0\x1c' + v6(ip)),
    'null, IPv6 30': one(NULL, lambda ip: b'\x1e\0\0\0' + v6(ip)),
    'null of Linux': one(NULL, lambda ip: b'\0\0' + kind(ip) + ip),
    'null of IRIX': one(NULL, lambda ip: b'\0\2\0\0' + ip),
    'null, PPP': one(NULL, lambda ip: b'\xff\3' + ppp(ip)),
    'loop': one(LOOP, lambda ip: b'\0\0\0\2' + ip),
    'loop, IPv6': one(LOOP, lambda ip: b'\0\0\0\x1e' + v6(ip)),
    'raw': one(RAW, lambda ip: ip),
    'raw, IPv6': one(RAW, v6),
    'raw, PPP': one(RAW, lambda ip: b'\xff\3' + ppp(ip)),
    'raw, ISDN': one(RAW, lambda ip: b'\0' * 6 + b'\xff\3' + ppp(ip)),
    'raw, zeros': one(RAW, lambda ip: bytes(10) + ip),
    'IPv4': one(IPV4, lambda ip: ip),
    'IPv6': one(IPV6, v6),
    'IPv6 as IPv4': one(IPV4, v6, -1),
    'IPv4 as IPv6': one(IPV6, lambda ip: ip, -1),
    'IPv6 with the type of IPv4': one(ETHERNET, lambda ip: MAC + b'\x08\0' + v6(ip), -1),
    'IPv6 with the protocol of IPv4': one(ETHERNET, lambda ip: eth(ip4(4, v6(ip))), -1),
    'IPv4 in GRE of IPv6': one(ETHERNET, lambda ip: gre(0, b'\x86\xdd', b'', ip), -1),
    'IPv6 in GRE of IPv4': one(ETHERNET, lambda ip: gre(0, b'\x08\0', b'', v6(ip)), -1),
    'IPv6 in PPP of IPv4': one(PPP, lambda ip: b'\0\x21' + v6(ip), -1),
    'ppp': one(PPP, ppp),
    'ppp with address': one(PPP, lambda ip: b'\xff\3' + ppp(ip)),
    'ppp, one byte': one(PPP, lambda ip: b'\x21' + ip),
    'ppp, IPv6': one(PPP, lambda ip: b'\xff\3' + ppp(v6(ip))),
    'ppp, MPLS': one(PPP, lambda ip: b'\xff\3\x02\x81' + labels(16) + ip),
    'ppp hdlc': one(PPP_HDLC, lambda ip: b'\xff\3' + ppp(ip)),
    'ppp hdlc, Cisco': one(PPP_HDLC, lambda ip: b'\x0f\0' + kind(ip) + ip),
    'cisco': one(CISCO, lambda ip: b'\x0f\0' + kind(ip) + ip),
    'cisco, MPLS': one(CISCO, lambda ip: b'\x0f\0\x88\x47' + labels(16) + ip),
    'pppoe': one(ETHERNET, lambda ip: MAC + b'\x88\x64\x11\0\0\1' + u16(len(ip) + 2) + ppp(ip)),
    'pppoe, IPv6': one(ETHERNET, lambda ip: MAC + b'\x88\x64\x11\0\0\1' + u16(len(v6(ip)) + 2) + ppp(v6(ip))),
    'pppoe in a vlan': one(ETHERNET, lambda ip: MAC + b'\x81\0\0\7\x88\x64\x11\0\0\1' + u16(len(ip) + 2) + ppp(ip)),
    'pppoe link': one(PPPOE, lambda ip: b'\x11\0\0\1' + u16(len(ip) + 2) + ppp(ip)),
    'frame relay': one(FRAME_RELAY, lambda ip: b'\x18\x41\3\xcc' + ip),
    'frame relay, SNAP': one(FRAME_RELAY, lambda ip: b'\x18\x51\3\0\x80\0\0\0' + kind(ip) + ip),
    'frame relay, Cisco': one(FRAME_RELAY, lambda ip: b'\x18\x61' + kind(ip) + ip),
    'mpls': one(ETHERNET, lambda ip: MAC + b'\x88\x47' + labels(16) + ip),
    'mpls, three labels': one(ETHERNET, lambda ip: MAC + b'\x88\x47' + labels(16, 17, 18) + ip),
    'mpls, explicit null': one(ETHERNET, lambda ip: MAC + b'\x88\x47' + labels(0) + ip),
    'mpls, padding': one(ETHERNET, lambda ip: MAC + b'\x88\x47' + labels(16) + ip + bytes(4)),
    'mpls, more padding': one(ETHERNET, lambda ip: MAC + b'\x88\x47' + labels(16) + ip + bytes(9), -1),
    'mpls, longer than there is': one(ETHERNET, lambda ip: MAC + b'\x88\x47' + labels(16) + again(ip, total=len(ip) + 9), -1),
    'mpls, cut': one(ETHERNET, lambda ip: [((MAC + b'\x88\x47' + labels(16) + ip)[:90], len(ip) + 18)], -1),
    'mpls, IPv6 and padding': one(ETHERNET, lambda ip: MAC + b'\x88\x47' + labels(16) + v6(ip) + bytes(9), -1),
    'mpls, IPv6 longer than there is': one(ETHERNET, lambda ip: MAC + b'\x88\x47' + labels(16) +
                                           ip6(6, parts(ip)[2], *ends6(ip), length=len(ip)), -1),
    'mpls, IPv6': one(ETHERNET, lambda ip: MAC + b'\x88\x47' + labels(16) + v6(ip), -1),
    'mpls, IPv6 explicit null': one(ETHERNET, lambda ip: MAC + b'\x88\x47' + labels(2) + v6(ip), -1),
    # Wireshark asks its list of vendors whether a control word is there: these have one that it knows.
    'mpls, ethernet': one(ETHERNET, lambda ip: MAC + b'\x88\x47' + labels(16) + b'\0\x50\x56\0\0\1\0\x50\x56\0\0\2\x08\0' + ip),
    'mpls, control word': one(ETHERNET, lambda ip: MAC + b'\x88\x47' + labels(16) + b'\0\0\0\1' +
                              b'\0\x50\x56\0\0\1\0\x50\x56\0\0\2\x08\0' + ip),
    'nflog': one(NFLOG, nflog),
    'nflog, IPv6': one(NFLOG, lambda ip: nflog(v6(ip))),
    'pktap, ethernet': one(PKTAP, lambda ip: pktap(1, eth(ip))),
    'pktap, raw': one(PKTAP, lambda ip: pktap(12, ip)),
    'pktap, null': one(PKTAP, lambda ip: pktap(0, b'\2\0\0\0' + ip)),
    'wifi': one(WIFI, wifi),
    'wifi, from DS': one(WIFI, lambda ip: wifi(ip, 2)),
    'wifi, IPv6': one(WIFI, lambda ip: wifi(v6(ip))),
    'wifi, ad hoc': one(WIFI, lambda ip: wifi(ip, 0)),
    'wifi, four addresses': one(WIFI, lambda ip: wifi(ip, 3, addresses=4)),
    'wifi, QoS': one(WIFI, lambda ip: wifi(ip, qos=b'\0\0')),
    'wifi, QoS, HT': one(WIFI, lambda ip: wifi(ip, 0x81, qos=b'\0\0\0\0\0\0')),
    'wifi, retry': one(WIFI, lambda ip: wifi(ip, 9)),
    'wifi, A-MSDU': one(WIFI, amsdu),
    'wifi, protected': one(WIFI, lambda ip: wifi(ip, 0x41), 0),
    'wifi, no data': one(WIFI, lambda ip: wifi(ip, 1, subtype=4), 0),
    'wifi, ethernet inside': one(WIFI, lambda ip: wifi(ip, 2, body=MAC[:6] + b'\x02\0\0\0\0\3' + kind(ip) + ip)),
    'wifi, mesh': one(WIFI, lambda ip: wifi(ip, 3, qos=b'\0\1', addresses=4, body=b'\0\x1f\0\0\0\1' + snap(ip))),
    'radiotap': one(RADIOTAP, lambda ip: radiotap(wifi(ip))),
    'radiotap, FCS': one(RADIOTAP, lambda ip: radiotap(wifi(ip) + b'\1\2\3\4', 0x10)),
    'radiotap, padded': one(RADIOTAP, lambda ip: radiotap(wifi(ip, qos=b'\0\0\0\0'), 0x20)),
    'radiotap without time': one(RADIOTAP, lambda ip: radiotap(wifi(ip, qos=b'\0\0\0\0'), 0x20, False)),
    'prism': one(PRISM, lambda ip: struct.pack('<II', 0x44, 144) + bytes(136) + wifi(ip)),
    'avs': one(AVS, lambda ip: struct.pack('>II', 0x80211001, 64) + bytes(56) + wifi(ip)),
    'avs as prism': one(PRISM, lambda ip: struct.pack('>II', 0x80211001, 64) + bytes(56) + wifi(ip)),
    'IP in IP': one(ETHERNET, lambda ip: eth(ip4(4, ip))),
    'IPv6 in IP': one(ETHERNET, lambda ip: eth(ip4(41, v6(ip)))),
    'IP in IPv6': one(ETHERNET, lambda ip: eth(ip6(4, ip))),
    'IPv6 in IPv6': one(ETHERNET, lambda ip: eth(ip6(41, v6(ip)))),
    'eight times IP': one(ETHERNET, lambda ip: eth(ip4(4, ip4(4, ip4(4, ip4(4, ip4(4, ip4(4, ip4(4, ip))))))))),
    'MPLS in IP': one(ETHERNET, lambda ip: eth(ip4(137, labels(16) + ip))),
    'EtherIP': one(ETHERNET, lambda ip: eth(ip4(97, b'\x30\0' + eth(ip)))),
    'ethernet in IPv6': one(ETHERNET, lambda ip: eth(ip6(143, eth(ip)))),
    'AH': one(ETHERNET, lambda ip: eth(ip4(51, b'\6' + AH + ip[20:], ip[12:16], ip[16:20]))),
    'ESP': one(ETHERNET, lambda ip: eth(ip4(50, bytes(8) + ip[20:])), 0),
    'gre': one(ETHERNET, lambda ip: gre(0, kind(ip), b'', ip)),
    'gre, IPv6': one(ETHERNET, lambda ip: gre(0, b'\x86\xdd', b'', v6(ip))),
    'gre, key': one(ETHERNET, lambda ip: gre(0x2000, kind(ip), b'\0\0\0\5', ip)),
    'gre, all': one(ETHERNET, lambda ip: gre(0xb000, kind(ip), bytes(12), ip)),
    'gre, route': one(ETHERNET, lambda ip: gre(0x4000, kind(ip), bytes(4) + b'\x08\0\0\4\x0a\0\0\x09' + bytes(4), ip)),
    'gre, ethernet': one(ETHERNET, lambda ip: gre(0x2000, b'\x65\x58', b'\0\0\0\5', eth(ip))),
    'gre, pptp': one(ETHERNET, lambda ip: gre(0x3081, b'\x88\x0b', u16(len(ip) + 4) + b'\0\5' + bytes(8), b'\xff\3' + ppp(ip))),
    'gre, mpls': one(ETHERNET, lambda ip: gre(0, b'\x88\x47', b'', labels(16) + ip)),
    'gre, wccp': one(ETHERNET, lambda ip: gre(0, b'\x88\x3e', b'', ip)),
    'gre, wccp redirect': one(ETHERNET, lambda ip: gre(0, b'\x88\x3e', b'\0\0\0\0', ip)),
    'gre, ERSPAN I': one(ETHERNET, lambda ip: gre(0, b'\x88\xbe', b'', eth(ip))),
    'gre, ERSPAN II': one(ETHERNET, lambda ip: gre(0x1000, b'\x88\xbe', b'\0\0\0\1' + b'\x10\0\0\1\0\0\0\0', eth(ip))),
    'vxlan': one(ETHERNET, lambda ip: over_udp(4789, b'\x08\0\0\0\0\0\7\0' + eth(ip))),
    'vxlan, vlan, IPv6': one(ETHERNET, lambda ip: over_udp(4789, b'\x08\0\0\0\0\0\7\0' + eth(v6(ip), b'\x81\0\0\5'))),
    'vxlan over IPv6': one(ETHERNET, lambda ip: eth(ip6(17, udp(4789, b'\x08\0\0\0\0\0\7\0' + eth(ip))))),
    'vxlan to a high port': one(ETHERNET, lambda ip: eth(ip4(17, udp(50000, b'\x08\0\0\0\0\0\7\0' + eth(ip), 4789)))),
    'vxlan gpe': one(ETHERNET, lambda ip: over_udp(4790, b'\x0c\0\0\1\0\0\7\0' + ip)),
    'vxlan gpe, ethernet': one(ETHERNET, lambda ip: over_udp(4790, b'\x0c\0\0\3\0\0\7\0' + eth(ip))),
    'geneve': one(ETHERNET, lambda ip: over_udp(6081, b'\0\0\x65\x58\0\0\7\0' + eth(ip))),
    'geneve, options': one(ETHERNET, lambda ip: over_udp(6081, b'\2\0\x65\x58\0\0\7\0\0\1\1\1\1\2\3\4' + eth(ip))),
    'geneve, IP': one(ETHERNET, lambda ip: over_udp(6081, b'\0\0\x08\0\0\0\7\0' + ip)),
    'gtp': one(ETHERNET, lambda ip: over_udp(2152, b'\x30\xff' + u16(len(ip)) + b'\0\0\0\1' + ip)),
    'gtp, IPv6': one(ETHERNET, lambda ip: over_udp(2152, b'\x30\xff' + u16(len(v6(ip))) + b'\0\0\0\1' + v6(ip))),
    'gtp, number': one(ETHERNET, lambda ip: over_udp(2152, b'\x32\xff' + u16(len(ip) + 4) + b'\0\0\0\1\0\1\0\0' + ip)),
    'gtp, 5G container': one(ETHERNET, lambda ip: over_udp(2152, b'\x34\xff' + u16(len(ip) + 8) + b'\0\0\0\1\0\0\0\x85\1\x10\1\0' + ip)),
    'gtp between its ports': one(ETHERNET, lambda ip: eth(ip4(17, udp(2152, b'\x30\xff' + u16(len(ip)) + b'\0\0\0\1' + ip, 2152)))),
    'gtp, ppp': one(ETHERNET, lambda ip: over_udp(2152, b'\x30\xff' + u16(len(ip) + 4) + b'\0\0\0\1\xff\3' + ppp(ip)), 0),
    'gtp, ethernet': one(ETHERNET, lambda ip: over_udp(2152, b'\x30\xff' + u16(len(ip) + 14) + b'\0\0\0\1' + eth(ip)), -1),
    'gtp, echo': one(ETHERNET, lambda ip: over_udp(2152, b'\x32\1\0\4\0\0\0\0\0\1\0\0'), 0),
    'gtp version 0': one(ETHERNET, lambda ip: over_udp(3386, b'\x1e\xff' + u16(len(ip)) + bytes(16) + ip), -1),
    'mpls over UDP': one(ETHERNET, lambda ip: over_udp(6635, labels(16) + ip)),
    'gre over UDP': one(ETHERNET, lambda ip: over_udp(4754, b'\0\0' + kind(ip) + ip)),
    'lisp': one(ETHERNET, lambda ip: over_udp(4341, bytes(8) + ip)),
    'another port of UDP': one(ETHERNET, lambda ip: over_udp(47890, b'\x08\0\0\0\0\0\7\0' + eth(ip)), 0),
    'hop options': one(ETHERNET, extended(0, (0, PAD))),
    'all extension headers': one(ETHERNET, extended(0, (0, PAD), (60, PAD), (43, b'\0\0\0\0\0\0\0'), (60, PAD))),
    'route of type 0': one(ETHERNET, extended(43, (43, b'\2\0\1\0\0\0\0' + bytes.fromhex('20010db8000000090000000000000009'))), -1),
    'route of type 0 at its end': one(ETHERNET, extended(43, (43, b'\2\0\0\0\0\0\0' + V6[0]))),
    'route over two': one(ETHERNET, extended(43, (43, b'\4\0\1\0\0\0\0' + V6[0] + V6[1])), -1),
    'segments over two': one(ETHERNET, extended(43, (43, b'\4\4\1\1\0\0\0' + V6[1] + V6[0])), -1),
    'route of type 2': one(ETHERNET, extended(43, (43, b'\2\2\1\0\0\0\0' + bytes.fromhex('20010db8000000090000000000000009'))), -1),
    'segment routing': one(ETHERNET, extended(43, (43, b'\2\4\1\0\0\0\0' + bytes.fromhex('20010db8000000090000000000000009'))), -1),
    'AH in IPv6': one(ETHERNET, extended(51, (51, AH))),
    'shim6': one(ETHERNET, extended(140, (140, b'\0\x80' + bytes(5))), -1),
    'atomic fragment': one(ETHERNET, extended(44, (44, b'\0\0\0\0\0\0\7'))),
    'fragments': one(ETHERNET, fragments4),
    'fragments backwards': one(ETHERNET, lambda ip: fragments4(ip, order=lambda r: list(r)[::-1])),
    'fragments twice': one(ETHERNET, lambda ip: fragments4(ip, order=lambda r: [i for i in list(r)[:-1] for _ in (0, 1)] + [len(r) - 1])),
    'fragments with padding': one(ETHERNET, lambda ip: [f + bytes(12) for f in fragments4(ip)]),
    'fragments that overlap': one(ETHERNET, overlapping),
    'fragments without the last': one(ETHERNET, lambda ip: fragments4(ip)[:-1], 0),
    'fragments, cut': one(ETHERNET, lambda ip: [(f[:66], len(f)) for f in fragments4(ip, 40)], -1),
    'fragments of IPv6': one(ETHERNET, fragments6),
    'fragments in a vlan': one(ETHERNET, lambda ip: [MAC + b'\x81\0\0\5' + f[12:] for f in fragments4(ip)]),
    'fragments of a tunnel': one(ETHERNET, lambda ip: fragments4(ip4(4, ip)[:9] + b'\6' + ip4(4, ip)[10:], 24), -1),
    'fragments of vxlan': one(ETHERNET, lambda ip: [
        eth(ip4(17, udp(4789, b'\x08\0\0\0\0\0\7\0' + eth(ip))[at:at + 40], number=checksum(ip) or 1,
                where=at // 8 | (0x2000 if at + 40 < len(ip) + 30 else 0))) for at in range(0, len(ip) + 30, 40)]),
    'options of IPv4': one(ETHERNET, lambda ip: eth(again(ip, options=b'\x94\4\0\0'))),
    'source route': one(ETHERNET, lambda ip: eth(again(ip, options=b'\x83\7\4\xc0\0\2\x63\0')), -1),
    'source route at its end': one(ETHERNET, lambda ip: eth(again(ip, options=b'\x83\7\x08\xc0\0\2\x63\0')), -1),
    'total length 0': one(ETHERNET, lambda ip: eth(again(ip, total=0))),
    'total length 0, padding': one(ETHERNET, lambda ip: eth(again(ip, total=0)) + bytes(6)),
    'total length too large': one(ETHERNET, lambda ip: eth(again(ip, total=len(ip) + 100)), -1),
    'total length too small': one(ETHERNET, lambda ip: eth(again(ip, total=10)), -1),
    'total length in the options': one(ETHERNET, lambda ip: eth(again(ip, total=46)), -1),
    'total length in the header': one(ETHERNET, lambda ip: eth(again(ip, total=34)), -1),
    'payload length 0': one(ETHERNET, lambda ip: eth(ip6(6, parts(ip)[2], *ends6(ip), length=0)), -1),
    'payload length too large': one(ETHERNET, lambda ip: eth(ip6(6, parts(ip)[2], *ends6(ip), length=len(ip) + 80)), -1),
    'version 5': one(ETHERNET, lambda ip: eth(b'\x55' + ip[1:])[:12] + b'\x08\0' + b'\x55' + ip[1:], -1),
    'version 4 as IPv6': one(ETHERNET, lambda ip: MAC + b'\x86\xdd' + ip, -1),
    'header of 16 bytes': one(ETHERNET, lambda ip: MAC + b'\x08\0\x44' + ip[1:], -1),
    'TCP header of 16 bytes': one(ETHERNET, lambda ip: eth(ip[:32] + b'\x40' + ip[33:]), -1),
    'TCP header beyond the segment': one(ETHERNET, lambda ip: eth(again(ip[:60])), -1),
    'cut in the payload': one(ETHERNET, lambda ip: [(eth(ip)[:100], len(ip) + 14)], -1),
    'cut in the options': one(ETHERNET, lambda ip: [(eth(ip)[:64], len(ip) + 14)], -1),
    'cut in the header': one(ETHERNET, lambda ip: [(eth(ip)[:52], len(ip) + 14)], -1),
    'cut behind the window': one(ETHERNET, lambda ip: [(eth(ip)[:50], len(ip) + 14)], -1),
    'cut in a tunnel': one(ETHERNET, lambda ip: [(over_udp(4789, b'\x08\0\0\0\0\0\7\0' + eth(ip))[:118], len(ip) + 64)], -1),
}


def plain(path):
    """(time, IPv4 packet) of the TCP segments of a capture"""
    for f in wire.frames(path):
        ip = wire.network(f)
        if ip and ip[0] == 0x45 and ip[9] == 6:
            yield f.time, ip


def moved(ip, port, i):
    """the segment of another connection: another port of the client, other keys and sequence numbers"""
    at = 20 if ip[20:22] == u16(port) else 22
    seq, ack = struct.unpack_from('>II', ip, 24)
    step = i * 0x100000
    ip = ip[:at] + u16(FIRST_PORT + i) + ip[at + 2:]
    ip = ip[:24] + struct.pack('>II', (seq + step) % 2**32, (ack + step) % 2**32 if ip[33] & wire.ACK else ack) + ip[32:]
    end, at = 20 + (ip[32] >> 4) * 4, 40
    while at < end and ip[at]:
        if ip[at] == 30 and ip[at + 2] >> 4 == wire.MP_CAPABLE:
            for key in range(at + 4, min(at + ip[at + 1], at + 20) - 7, 8):
                ip = ip[:key] + u16(i) + ip[key + 2:]
        at += 1 if ip[at] == 1 else ip[at + 1]
    return ip


def capture(packets, ways, port):
    """frames of these packets in each of the ways, whose client has the port FIRST_PORT + index"""
    out = []
    for i, name in enumerate(ways):
        link, make, _ = WAYS[name]
        for time, ip in packets:
            made = make(moved(ip, port, i))
            for data in made if isinstance(made, list) else [made]:
                data, length = data if isinstance(data, tuple) else (data, len(data))
                out.append(wire.Frame(len(out) + 1, time + i * 10**9, link, data, length))
    return out
