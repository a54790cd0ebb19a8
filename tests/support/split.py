"""split.py - an MPTCP connection whose client sends each part of a request on another subflow than the one before.

Keys, tokens, HMACs, DSNs and checksums of IP and TCP are right (RFC 8684 3.1 to 3.3), so that any stack or intrusion
detection system takes the packets for what they are.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import hashlib
import hmac
import struct

import wire
from rewrap import checksum, summed

KEYS = (b'\x11' * 8, b'\x22' * 8)  # client, server
NONCES = (b'\x0a\x0b\x0c\x0d', b'\x01\x02\x03\x04')
CLIENTS = (b'\xc0\0\x02\x01', b'\xcb\0\x71\x01')  # 192.0.2.1, 203.0.113.1
SERVER, PORT = b'\xc6\x33\x64\x01', 80  # 198.51.100.1
MS = 10**6


def token(key):
    return hashlib.sha256(key).digest()[:4]


def idsn(key):
    return int.from_bytes(hashlib.sha256(key).digest()[-8:], 'big')


def proof(key, other, nonce, nonce_of_other):
    return hmac.new(key + other, nonce + nonce_of_other, hashlib.sha256).digest()


class Subflow:
    def __init__(self, trace, number):
        self.trace, self.number = trace, number
        self.ends = (CLIENTS[number], SERVER)
        self.ports = (40000 + number, PORT)
        self.next = [1000 * (number + 1), 5000 * (number + 1)]
        self.isn = tuple(self.next)

    def send(self, side, flags, options=b'', payload=b''):
        options += b'\1' * (-len(options) % 4)
        tcp = struct.pack('>HHIIBBHHH', self.ports[side], self.ports[not side], self.next[side],
                          self.next[not side] if flags & wire.ACK else 0, (20 + len(options)) // 4 << 4, flags, 65535, 0, 0)
        pseudo = self.ends[side] + self.ends[not side] + struct.pack('>HH', 6, len(tcp + options + payload))
        tcp = tcp[:16] + struct.pack('>H', checksum(pseudo + tcp + options + payload)) + tcp[18:]
        ip = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(tcp + options + payload), len(self.trace.frames), 0x4000, 64, 6, 0)
        ip = summed(ip + self.ends[side] + self.ends[not side])
        self.next[side] += len(payload) + bool(flags & (wire.SYN | wire.FIN))
        self.trace.add(ip + tcp + options + payload)


class Trace:
    """`parts`: what the client sends, each in a packet; `answer`: of the server, on the first subflow"""

    def __init__(self, parts, answer, start=1_700_000_000):
        self.frames, self.now = [], start * 10**9
        self.dsn = [idsn(key) + 1 for key in KEYS]
        self.subflows = [Subflow(self, 0), Subflow(self, 1)]
        self.open()
        for i, part in enumerate(parts):
            self.data(self.subflows[i % 2], 0, part)
        self.data(self.subflows[0], 1, answer)
        self.close()

    def add(self, ip):
        self.now += MS
        self.frames.append(wire.Frame(len(self.frames) + 1, self.now, wire.RAW, ip, len(ip)))

    def open(self):
        first, second = self.subflows
        first.send(0, wire.SYN, b'\x1e\x04\x01\x01')
        first.send(1, wire.SYN | wire.ACK, b'\x1e\x0c\x01\x01' + KEYS[1])
        first.send(0, wire.ACK, b'\x1e\x14\x01\x01' + KEYS[0] + KEYS[1])
        first.send(1, wire.ACK, self.dss(1))
        second.send(0, wire.SYN, b'\x1e\x0c\x10\x01' + token(KEYS[1]) + NONCES[0])
        second.send(1, wire.SYN | wire.ACK, b'\x1e\x10\x10\0' + proof(KEYS[1], KEYS[0], NONCES[1], NONCES[0])[:8] + NONCES[1])
        second.send(0, wire.ACK, b'\x1e\x18\x10\0' + proof(KEYS[0], KEYS[1], NONCES[0], NONCES[1])[:20])
        second.send(1, wire.ACK, self.dss(1))

    def dss(self, side, ssn=0, length=0, fin=False):
        """the DATA_ACK of this side, and its mapping of `length`"""
        mod = 2**64
        option = struct.pack('>Q', self.dsn[not side] % mod)
        if length:
            option += struct.pack('>QIH', self.dsn[side] % mod, ssn, length)
        return struct.pack('>BBBB', 0x1e, 4 + len(option), 0x20, 0x03 | (0x0c if length else 0) | (0x10 if fin else 0)) + option

    def data(self, subflow, side, payload):
        option = self.dss(side, subflow.next[side] - subflow.isn[side], len(payload))
        self.dsn[side] += len(payload)
        subflow.send(side, wire.ACK | 8, option, payload)
        subflow.send(not side, wire.ACK, self.dss(not side))

    def close(self):
        for side in (0, 1):
            option = self.dss(side, 0, 1, True)
            self.dsn[side] += 1
            self.subflows[0].send(side, wire.ACK, option)
            self.subflows[0].send(not side, wire.ACK, self.dss(not side))
        for subflow in self.subflows:
            subflow.send(0, wire.FIN | wire.ACK)
            subflow.send(1, wire.FIN | wire.ACK)
            subflow.send(0, wire.ACK)
