"""Altered captures: what people make of one by accident. Each function takes frames (wire.py) and gives frames.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import hashlib
import hmac
import random
import struct

import wire
from wire import ADD_ADDR, DSS, MP_CAPABLE, MP_FAIL, MP_FASTCLOSE, MP_JOIN


def write(path, frames):
    """a pcapng file with an interface a link type, in nanoseconds"""
    links = sorted({f.link for f in frames}) or [wire.ETHERNET]

    def block(kind, body):
        body += bytes(-len(body) % 4)
        return struct.pack('<II', kind, len(body) + 12) + body + struct.pack('<I', len(body) + 12)
    out = [block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1))]
    for link in links:
        out.append(block(1, struct.pack('<HHI', link, 0, 0) + struct.pack('<HHB3xHH', 9, 1, 9, 0, 0)))
    for f in frames:
        out.append(block(6, struct.pack('<IIIII', links.index(f.link), f.time >> 32, f.time & 0xffffffff, len(f.data),
                                        f.length) + f.data))
    with open(path, 'wb') as file:
        file.write(b''.join(out))


def numbered(frames):
    """the same in this order, with the numbers that a file gives them"""
    return [wire.Frame(n + 1, f.time, f.link, f.data, f.length) for n, f in enumerate(frames)]


# ---- what the capture lacks
def lost(frames, part, seed):
    """single frames, each by chance"""
    dice = random.Random(seed)
    return [f for f in frames if dice.random() >= part]


def lost_in_a_row(frames, runs, length, seed):
    dice = random.Random(seed)
    gone = {k + n for k in (dice.randrange(len(frames)) for _ in range(runs)) for n in range(length)}
    return [f for k, f in enumerate(frames) if k not in gone]


def one_way(frames, client):
    """only what the hosts sent that opened a connection (or joined one), or only what the others did"""
    openers, kept = set(), []
    for f in frames:
        s = wire.segment_of(f)
        if s and s.flags & wire.SYN:
            openers.add((s.target, s.source) if s.flags & wire.ACK else (s.source, s.target))
    for f in frames:
        s = wire.segment_of(f)
        if not s or ((s.source, s.target) in openers) == client:
            kept.append(f)
    return kept


def late(frames, part):
    """begun when this part of the time had passed"""
    first, last = min(f.time for f in frames), max(f.time for f in frames)
    return [f for f in frames if f.time >= first + (last - first) * part]


def early(frames, part):
    first, last = min(f.time for f in frames), max(f.time for f in frames)
    return [f for f in frames if f.time < first + (last - first) * part]


def cut(frames, size):
    return [wire.Frame(f.number, f.time, f.link, f.data[:size], f.length) for f in frames]


# ---- order and clock
def reversed_(frames):
    return frames[::-1]


def rotated(frames, part):
    k = int(len(frames) * part)
    return frames[k:] + frames[:k]


def shuffled(frames, seed):
    """within 64 frames"""
    dice = random.Random(seed)
    keys = {id(f): k + dice.randrange(64) for k, f in enumerate(frames)}
    return sorted(frames, key=lambda f: keys[id(f)])


def coarse(frames, step):
    """a clock that ticks every `step` ns: many frames at the same time"""
    return [wire.Frame(f.number, f.time // step * step, f.link, f.data, f.length) for f in frames]


# ---- link layers
def linked(frames, link):
    heads = {wire.RAW: b'', wire.SLL: bytes(14), wire.SLL2: None, wire.NULL: None, wire.ETHERNET: bytes(12)}
    out = []
    for f in frames:
        ip = wire.network(f)
        if not ip:
            continue
        four = ip[0] >> 4 == 4
        kind = b'\x08\x00' if four else b'\x86\xdd'
        head = heads[link]
        if link == wire.SLL:
            head = struct.pack('>HHH8s', 0, 1, 6, bytes(8)) + kind
        elif link == wire.SLL2:
            head = kind + struct.pack('>HIHBB8s', 0, 1, 1, 0, 6, bytes(8))
        elif link == wire.NULL:
            head = struct.pack('<I', 2 if four else 30)
        elif link == wire.ETHERNET:     # with a VLAN tag
            head = bytes(12) + b'\x81\x00\x00\x07' + kind
        out.append(wire.Frame(f.number, f.time, link, head + ip, len(head) + f.length - (len(f.data) - len(ip))))
    return out


# ---- numbers
def tcp_of(frame):
    """(offset of the TCP header, offset of its options, end of them) in the frame's bytes, or None"""
    ip = wire.network(frame)
    found = wire.transport(ip) if ip else None
    if not found or len(found[2]) < 20:
        return None
    tcp = found[2]
    at = len(frame.data) - len(ip) + ip.find(tcp, 20)
    return at, at + 20, at + (tcp[12] >> 4) * 4


def sequence_moved(frames, to):
    """Each SYN's sequence number becomes 2^32 - `to`, so that numbers wrap behind as many bytes."""
    moves, out = {}, []
    for f in sorted(frames, key=lambda f: (f.time, f.number)):
        s = wire.segment_of(f)
        if s and s.flags & wire.SYN:
            moves[s.source, s.target] = (-to - s.seq) % 2**32
    for f in frames:
        s, where = wire.segment_of(f), tcp_of(f)
        if not s or not where:
            out.append(f)
            continue
        data = bytearray(f.data)
        struct.pack_into('>I', data, where[0] + 4, (s.seq + moves.get((s.source, s.target), 0)) % 2**32)
        if s.flags & wire.ACK:
            struct.pack_into('>I', data, where[0] + 8, (s.ack + moves.get((s.target, s.source), 0)) % 2**32)
        out.append(wire.Frame(f.number, f.time, f.link, bytes(data), f.length))
    return out


class Rekeyed:
    """All keys of a version 1 capture become others whose IDSN ends `before` bytes below 2^32: tokens, HMACs, DSNs and
    DATA_ACKs follow. 32-bit numbers wrap behind as many bytes."""

    def __init__(self, frames, before):
        self.keys, self.moves, self.tokens, self.nonces = {}, {}, {}, {}
        self.pairs, self.of_stream = [], {}
        ordered = sorted(frames, key=lambda f: (f.time, f.number))
        for f in ordered:
            self.learn(wire.segment_of(f), before)
        self.out = {id(f): self.rewrite(f) for f in ordered}

    def learn(self, s, before):
        o = s and next((o for o in s.options if o['subtype'] == MP_CAPABLE and len(o['keys']) == 2), None)
        if not o or tuple(o['keys']) in self.pairs:
            return
        self.pairs.append(tuple(o['keys']))
        for key in o['keys']:
            old, seed = hashlib.sha256(key).digest(), int.from_bytes(key, 'big')
            while True:
                seed = (seed + 1) % 2**64
                new = hashlib.sha256(seed.to_bytes(8, 'big')).digest()
                if (-before // 2) % 2**32 >= int.from_bytes(new[-4:], 'big') >= 2**32 - before:
                    break
            self.keys[key] = seed.to_bytes(8, 'big')
            self.tokens[old[:4]] = key
            self.moves[key] = int.from_bytes(new[-8:], 'big') - int.from_bytes(old[-8:], 'big')

    def stream(self, s):
        """(key of the sender, key of the receiver) as they were"""
        return self.of_stream.get((s.source, s.target))

    def meet(self, s):
        for o in s.options:
            if o['subtype'] == MP_CAPABLE and o['keys']:
                for pair in self.pairs:
                    if o['keys'] == list(pair) or s.flags & wire.SYN and o['keys'][0] == pair[1]:
                        mine = pair if len(o['keys']) == 2 else pair[::-1]
                        self.of_stream[s.source, s.target], self.of_stream[s.target, s.source] = mine, mine[::-1]
            elif o['subtype'] == MP_JOIN and o['step'] == 'syn' and o['token'] in self.tokens:
                key = self.tokens[o['token']]
                other = next(b if a == key else a for a, b in self.pairs if key in (a, b))
                self.of_stream[s.source, s.target], self.of_stream[s.target, s.source] = (other, key), (key, other)
            if o['subtype'] == MP_JOIN and 'nonce' in o:
                self.nonces[s.source, s.target] = o['nonce']

    def mac(self, s, size):
        mine, theirs = self.stream(s)
        message = self.nonces.get((s.source, s.target), b'') + self.nonces.get((s.target, s.source), b'')
        return hmac.new(self.keys[mine] + self.keys[theirs], message, hashlib.sha256).digest()[:size]

    def rewrite(self, f):
        s, where = wire.segment_of(f), tcp_of(f)
        if not s or not where:
            return f
        self.meet(s)
        data, at = bytearray(f.data), where[1]
        while at < where[2] and data[at] != 0:
            size = 1 if data[at] == 1 else data[at + 1]
            if data[at] == 30:
                data[at:at + size] = self.option(s, bytes(data[at:at + size]))
            at += max(size, 1)
        return wire.Frame(f.number, f.time, f.link, bytes(data), f.length)

    def option(self, s, o):
        parsed, keys = wire.parse_option(o), self.stream(s)
        if not parsed or not keys:
            return o
        kind = parsed['subtype']
        if kind == MP_CAPABLE:
            return o[:4] + b''.join(self.keys[k] for k in parsed['keys']) + o[4 + 8 * len(parsed['keys']):]
        if kind == MP_JOIN:
            if parsed['step'] == 'syn':
                return o[:4] + hashlib.sha256(self.keys[keys[1]]).digest()[:4] + o[8:]
            size = len(parsed['hmac'])
            return o[:4] + self.mac(s, size) + o[4 + size:]
        if kind == ADD_ADDR and parsed['hmac']:
            message = bytes([parsed['id']]) + parsed['address'] + (parsed['port'] or 0).to_bytes(2, 'big')
            return o[:-8] + hmac.new(self.keys[keys[0]] + self.keys[keys[1]], message, hashlib.sha256).digest()[-8:]
        if kind == MP_FASTCLOSE:
            return o[:4] + self.keys.get(o[4:12], o[4:12])
        if kind == MP_FAIL:
            return o[:4] + ((parsed['dsn'] + self.moves[keys[1]]) % 2**64).to_bytes(8, 'big')
        if kind == DSS:
            return self.dss(o, keys)
        return o

    def dss(self, o, keys):
        out, at = bytearray(o), 4
        for flag, wide, key in ((1, 2, keys[1]), (4, 8, keys[0])):
            if o[3] & flag:
                size = 8 if o[3] & wide else 4
                value = int.from_bytes(o[at:at + size], 'big') + self.moves[key]
                out[at:at + size] = (value % (1 << 8 * size)).to_bytes(size, 'big')
                at += size
        return bytes(out)


def rekeyed(frames, before):
    out = Rekeyed(frames, before).out
    return [out[id(f)] for f in frames]
