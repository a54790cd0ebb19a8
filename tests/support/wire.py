"""TCP segments and their MPTCP options from the bytes of a pcap or pcapng file: the standard library alone.

Nothing here comes from Wireshark or from the plugin: the oracle (oracle.py) rests on it. No reassembly of fragments and
no tunnels.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import struct

FIN, SYN, RST, ACK = 1, 2, 4, 16
MP_CAPABLE, MP_JOIN, DSS, ADD_ADDR, REMOVE_ADDR, MP_PRIO, MP_FAIL, MP_FASTCLOSE, MP_TCPRST = range(9)
NULL, ETHERNET, RAW_BSD, RAW, LOOP, SLL, IPV4, IPV6, SLL2 = 0, 1, 12, 101, 108, 113, 228, 229, 276


class Frame:
    """number from 1, time in ns, link type, the captured bytes and the length on the wire"""

    def __init__(self, number, time, link, data, length):
        self.number, self.time, self.link, self.data, self.length = number, time, link, data, length


class Segment:
    """One TCP segment. `payload`: its length by the IP header; `data`: what of it was captured. `options`: MPTCP options."""
    __slots__ = ('frame', 'time', 'source', 'target', 'seq', 'ack', 'flags', 'window', 'payload', 'data', 'options',
                 'window_scale', 'cut')


def read_pcap(data):
    magic = data[:4]
    order = '<' if magic in (b'\xd4\xc3\xb2\xa1', b'\x4d\x3c\xb2\xa1') else '>'
    scale = 1 if magic in (b'\x4d\x3c\xb2\xa1', b'\xa1\xb2\x3c\x4d') else 1000
    link = struct.unpack_from(order + 'I', data, 20)[0] & 0xffff
    at, number = 24, 0
    while at + 16 <= len(data):
        seconds, part, captured, length = struct.unpack_from(order + '4I', data, at)
        number += 1
        yield Frame(number, seconds * 10**9 + part * scale, link, data[at + 16:at + 16 + captured], length)
        at += 16 + captured


def interface_clock(order, options):
    """(units per second, offset in seconds) of an interface description's options"""
    units, offset, at = 10**6, 0, 0
    while at + 4 <= len(options):
        code, length = struct.unpack_from(order + 'HH', options, at)
        if code == 9:
            v = options[at + 4]
            units = 2**(v & 127) if v & 128 else 10**v
        elif code == 14:
            offset = struct.unpack_from(order + 'q', options, at + 4)[0]
        elif code == 0:
            break
        at += 4 + (length + 3) // 4 * 4
    return units, offset


def read_pcapng(data):
    at, number, order, interfaces = 0, 0, '<', []
    while at + 12 <= len(data):
        if data[at:at + 4] == b'\x0a\x0d\x0d\x0a':
            order = '<' if data[at + 8:at + 12] == b'\x4d\x3c\x2b\x1a' else '>'
            interfaces = []
        kind, size = struct.unpack_from(order + 'II', data, at)
        body = data[at + 8:at + size - 4]
        if kind == 1:
            interfaces.append((struct.unpack_from(order + 'H', body)[0],) + interface_clock(order, body[8:]))
        elif kind == 6:
            interface, high, low, captured, length = struct.unpack_from(order + '5I', body)
            link, units, offset = interfaces[interface]
            number += 1
            yield Frame(number, (high << 32 | low) * 10**9 // units + offset * 10**9, link, body[20:20 + captured], length)
        at += size


def frames(path):
    with open(path, 'rb') as f:
        data = f.read()
    return list((read_pcapng if data[:4] == b'\x0a\x0d\x0d\x0a' else read_pcap)(data))


def network(frame):
    """the bytes from the IP header on, or None"""
    data, link = frame.data, frame.link
    if link in (ETHERNET, SLL, SLL2):
        at = {ETHERNET: 12, SLL: 14, SLL2: 0}[link]
        kind = data[at:at + 2]
        at = {ETHERNET: 14, SLL: 16, SLL2: 20}[link]
        while kind in (b'\x81\x00', b'\x88\xa8'):
            kind, at = data[at + 2:at + 4], at + 4
        return data[at:] if kind in (b'\x08\x00', b'\x86\xdd') else None
    if link in (NULL, LOOP):
        return data[4:]
    return data if link in (RAW_BSD, RAW, IPV4, IPV6) else None


def transport(ip):
    """(source, target, captured TCP bytes, TCP length on the wire), or None where it is no TCP or a later fragment"""
    version = ip[0] >> 4 if ip else 0
    if version == 4 and len(ip) >= 20:
        header, total, fragment = (ip[0] & 15) * 4, struct.unpack_from('>H', ip, 2)[0], struct.unpack_from('>H', ip, 6)[0]
        total = total or len(ip)
        if ip[9] != 6 or fragment & 0x1fff:
            return None
        return ip[12:16], ip[16:20], ip[header:total], total - header
    if version == 6 and len(ip) >= 40:
        total, kind, at = 40 + struct.unpack_from('>H', ip, 4)[0], ip[6], 40
        total = total if total > 40 else len(ip)
        while kind in (0, 43, 60) and at + 2 <= len(ip):
            kind, at = ip[at], at + 8 + 8 * ip[at + 1]
        return (ip[8:24], ip[24:40], ip[at:total], total - at) if kind == 6 else None
    return None


def parse_dss(o):
    flags, at = o[3], 4
    found = {'subtype': DSS, 'fin': bool(flags & 16), 'ack': None, 'dsn': None}
    if flags & 1:
        size = 8 if flags & 2 else 4
        found['ack'], found['ack_bits'] = int.from_bytes(o[at:at + size], 'big'), 8 * size
        at += size
    if flags & 4:
        size = 8 if flags & 8 else 4
        if len(o) < at + size + 6:
            return None
        found['dsn'], found['dsn_bits'] = int.from_bytes(o[at:at + size], 'big'), 8 * size
        found['ssn'], found['length'] = struct.unpack_from('>IH', o, at + size)
        found['checksum'] = o[at + size + 6:at + size + 8] or None
        at += size + 6
    return found if len(o) >= at else None


def parse_capable(o):
    found = {'subtype': MP_CAPABLE, 'version': o[2] & 15, 'flags': o[3], 'keys': [o[at:at + 8] for at in (4, 12)
                                                                                if len(o) >= at + 8]}
    found['length'] = struct.unpack_from('>H', o, 20)[0] if len(o) >= 22 else None
    found['checksum'] = o[22:24] or None
    return found


def parse_join(o):
    found = {'subtype': MP_JOIN, 'step': {12: 'syn', 16: 'synack', 24: 'ack'}.get(len(o)), 'backup': bool(o[2] & 1),
             'id': o[3]}
    if found['step'] == 'syn':
        found['token'], found['nonce'] = o[4:8], o[8:12]
    elif found['step'] == 'synack':
        found['hmac'], found['nonce'] = o[4:12], o[12:16]
    elif found['step'] == 'ack':
        found['hmac'] = o[4:24]
    return found if found['step'] else None


def parse_add_addr(o):
    """v1: the echo flag in the low nibble; v0: the IP version there. An HMAC is there in v1 but for the echo."""
    low, size = o[2] & 15, len(o)
    address = 16 if size >= 20 else 4
    rest = size - 4 - address
    echo = low == 1
    return {'subtype': ADD_ADDR, 'echo': echo, 'id': o[3], 'address': o[4:4 + address],
            'port': struct.unpack_from('>H', o, 4 + address)[0] if rest in (2, 10) else None,
            'hmac': o[-8:] if rest >= 8 else None}


def parse_option(o):
    subtype = o[2] >> 4 if len(o) >= 3 else None
    if subtype == MP_CAPABLE and len(o) >= 4:
        return parse_capable(o)
    if subtype == MP_JOIN and len(o) >= 4:
        return parse_join(o)
    if subtype == DSS and len(o) >= 4:
        return parse_dss(o)
    if subtype == ADD_ADDR and len(o) >= 8:
        return parse_add_addr(o)
    if subtype == REMOVE_ADDR and len(o) >= 4:
        return {'subtype': REMOVE_ADDR, 'ids': list(o[3:])}
    if subtype == MP_PRIO:
        return {'subtype': MP_PRIO, 'backup': bool(o[2] & 1), 'id': o[3] if len(o) == 4 else None}
    if subtype == MP_FAIL and len(o) == 12:
        return {'subtype': MP_FAIL, 'dsn': int.from_bytes(o[4:12], 'big')}
    if subtype == MP_FASTCLOSE and len(o) == 12:
        return {'subtype': MP_FASTCLOSE, 'key': o[4:12]}
    if subtype == MP_TCPRST and len(o) == 4:
        return {'subtype': MP_TCPRST, 'transient': bool(o[2] & 1), 'reason': o[3]}
    return None


def parse_options(segment, options):
    at = 0
    while at < len(options) and options[at] != 0:
        if options[at] == 1:
            at += 1
            continue
        size = options[at + 1] if at + 1 < len(options) else 0
        if size < 2:
            break
        o = options[at:at + size]
        if len(o) < size:
            segment.cut = True
        elif o[0] == 3 and size == 3:
            segment.window_scale = o[2]
        elif o[0] == 30:
            found = parse_option(o)
            if found:
                segment.options.append(found)
        at += size


def segment_of(frame):
    ip = network(frame)
    found = transport(ip) if ip else None
    if not found or len(found[2]) < 20:
        return None
    source, target, tcp, length = found
    s = Segment()
    s.frame, s.time = frame.number, frame.time
    ports = struct.unpack_from('>HH', tcp)
    s.source, s.target = (source, ports[0]), (target, ports[1])
    s.seq, s.ack, offset, s.flags, s.window = struct.unpack_from('>IIBBH', tcp, 4)
    header = (offset >> 4) * 4
    s.payload, s.data = max(0, length - header), tcp[header:length]
    s.options, s.window_scale, s.cut = [], None, len(tcp) < header
    parse_options(s, tcp[20:header])
    return s


def segments(frames_):
    """all TCP segments, in the order of their times; ties in the order of the file"""
    found = [s for s in map(segment_of, frames_) if s]
    return sorted(found, key=lambda s: (s.time, s.frame))
