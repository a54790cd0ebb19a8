#!/usr/bin/env python3
"""ICMP and ICMPv6 errors about segments of a capture: who sent them, what they say, which subflow they are about.

An error that quotes a data segment is put into a copy of a capture, over Ethernet, in a VLAN, and over IP alone, IPv4 and
IPv6; a quoted segment of no connection, a cut one, and an echo request must find nothing.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / 'support'))
import wire  # noqa: E402

CAPTURES = TESTS.parent / 'captures'
ROUTER = {4: bytes([203, 0, 113, 254]), 6: bytes.fromhex('20010db8ffff00000000000000000001')}
ETHERNET, RAW = 1, 101


def checksum(data):
    data += b'\0' * (len(data) % 2)
    total = sum(struct.unpack('>%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ip(version, protocol, source, target, body):
    if version == 6:
        return struct.pack('>IHBB', 6 << 28, len(body), protocol, 64) + source + target + body
    head = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(body), 7, 0, 64, protocol, 0) + source + target
    return head[:10] + struct.pack('>H', checksum(head)) + head[12:] + body


def icmp(packet, kind, code, rest=0, quoted=64):
    """the IP packet with an ICMP message that quotes this one, from ROUTER to its sender"""
    version = packet[0] >> 4
    sender = packet[12:16] if version == 4 else packet[8:24]
    body = struct.pack('>BBHI', kind, code, 0, rest) + packet[:quoted]
    return ip(version, 1 if version == 4 else 58, ROUTER[version], sender, body)


def link(how, packet):
    kind = b'\x08\x00' if packet[0] >> 4 == 4 else b'\x86\xdd'
    return {'ethernet': b'\2' * 12 + kind, 'vlan': b'\2' * 12 + b'\x81\0\0\5' + kind, 'raw': b''}[how] + packet


def write(path, how, packets):
    """packets: (time in ns, bytes of the IP packet)"""
    with open(path, 'wb') as f:
        f.write(struct.pack('<IHHiIII', 0xa1b23c4d, 2, 4, 0, 0, 262144, RAW if how == 'raw' else ETHERNET))
        for time, packet in packets:
            data = link(how, packet)
            f.write(struct.pack('<4I', time // 10**9, time % 10**9, len(data), len(data)) + data)
    os.chmod(path, 0o644)


def findings(path):
    run = subprocess.run([TESTS / 'run-tshark', '-q', '-r', path, '-z', 'mptcp,diagnose,format=json'],
                         stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    return [f for f in json.loads(run.stdout)['findings'] if f['check'] == 'icmp_error']


def in_expert(path):
    """what Expert Information says of ICMP, in two passes"""
    run = subprocess.run([TESTS / 'run-tshark', '-2', '-q', '-o', 'mptcpscope.fields:always', '-r', path, '-z', 'expert'],
                         stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    return [line for line in run.stdout.splitlines() if ' with ICMP' in line]


def data_packets(capture, version):
    """(time, IP packet) of all, and the place of the first data segment of the second subflow of this IP version"""
    packets, ports = [], []
    for frame in wire.frames(capture):
        packet = wire.network(frame)
        if packet is not None:
            packets.append((frame.time, packet))
    for i, (_, packet) in enumerate(packets):
        parts = wire.transport(packet)
        if packet[0] >> 4 != version or parts is None:
            continue
        header = (parts[2][12] >> 4) * 4
        if parts[3] > header:
            return packets, i
    raise SystemExit('no data of IPv%d in %s' % (version, capture))


CASES = (
    # capture, version, type, code, rest of the header, words
    ('tiny/client.pcapng', 4, 3, 13, 0, 'ICMP communication administratively prohibited (type 3, code 13)'),
    ('tiny/client.pcapng', 4, 11, 0, 0, 'ICMP time to live exceeded (type 11, code 0)'),
    ('tiny/client.pcapng', 4, 3, 4, 1280, 'which takes 1280 bytes'),
    ('dual_stack/server.pcapng', 6, 1, 1, 0, 'ICMPv6 communication administratively prohibited (type 1, code 1)'),
    ('dual_stack/server.pcapng', 6, 2, 0, 1300, 'which takes 1300 bytes'),
    ('dual_stack/server.pcapng', 6, 3, 0, 0, 'ICMPv6 hop limit exceeded (type 3, code 0)'),
)


def main():
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        path = os.path.join(folder, 'c.pcap')

        def expect(name, how, packets, at, message, words):
            write(path, how, packets[:at + 1] + [(packets[at][0] + 1000, message)] + packets[at + 1:])
            found = findings(path)
            if words is None and found:
                failed.append('%s, %s: found %s' % (name, how, found[0]['sentence']))
            elif words is not None and (len(found) != 1 or words not in found[0]['sentence'] or
                                        found[0]['frame'] != at + 2):
                failed.append('%s, %s: %r in frame %d, not in %s' % (name, how, words, at + 2, found))
            if len(in_expert(path)) != (words is not None):
                failed.append('%s, %s: Expert Information has %s' % (name, how, in_expert(path)))

        for capture, version, kind, code, rest, words in CASES:
            packets, at = data_packets(CAPTURES / capture, version)
            for how in ('ethernet', 'vlan', 'raw'):
                expect('%s type %d' % (capture, kind), how, packets, at, icmp(packets[at][1], kind, code, rest), words)
        packets, at = data_packets(CAPTURES / 'tiny/client.pcapng', 4)
        packet = packets[at][1]
        other = packet[:20] + b'\x12\x34' + packet[22:]
        fragment = packet[:6] + b'\0\1' + packet[8:]
        expect('echo', 'ethernet', packets, at, icmp(packet, 8, 0), None)
        expect('another connection', 'ethernet', packets, at, icmp(other, 3, 13), None)
        expect('a later fragment', 'ethernet', packets, at, icmp(fragment, 3, 13), None)
        expect('ports cut off', 'ethernet', packets, at, icmp(packet, 3, 13, quoted=22), None)
        expect('as RFC 792 has it', 'ethernet', packets, at, icmp(packet, 3, 1, quoted=28), 'host unreachable')
    print('\n'.join(failed) or 'all as expected')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
