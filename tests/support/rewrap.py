"""Captures as a router, a bridge or a tunnel end makes them: each packet of a plain capture at several places, in the
headers that it has there.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import struct

import wire

IN, OUT = 0, 4      # SLL, SLL2: packet types


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack('>%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def kind(ip):
    return b'\x08\x00' if ip[0] >> 4 == 4 else b'\x86\xdd'


def summed(ip):
    """with the header checksum of IPv4 made right"""
    if ip[0] >> 4 == 4:
        ip = ip[:10] + b'\x00\x00' + ip[12:]
        ip = ip[:10] + struct.pack('>H', checksum(ip[:(ip[0] & 15) * 4])) + ip[12:]
    return ip


def hop(ip, hops=1):
    """behind so many routers"""
    at = 8 if ip[0] >> 4 == 4 else 7
    return summed(ip[:at] + bytes([(ip[at] - hops) & 255]) + ip[at + 1:])


def translated(ip, inside, outside):
    """IPv4, with one address put for another; TCP checksums stay as they are"""
    return summed(ip[:12] + b''.join(outside if a == inside else a for a in (ip[12:16], ip[16:20])) + ip[20:])


def ethernet(ip, vlan=None):
    return b'\x02\0\0\0\0\2\x02\0\0\0\0\1' + (b'\x81\0' + struct.pack('>H', vlan) if vlan else b'') + kind(ip) + ip


def sll(ip, way, index=None):
    return struct.pack('>HHH8s', way, 1, 6, b'\x02\0\0\0\0\1\0\0') + kind(ip) + ip


def sll2(ip, way, index):
    return kind(ip) + struct.pack('>HIHBB8s', 0, index, 1, way, 6, b'\x02\0\0\0\0\1\0\0') + ip


def carried(protocol, payload):
    return summed(struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(payload), 7, 0, 64, protocol, 0, b'\x0a\0\0\1', b'\x0a\0\0\2') +
                  payload)


def vxlan(ip):
    inner = b'\x08\0\0\0\0\0\x07\0' + ethernet(ip)
    return ethernet(carried(17, struct.pack('>HHHH', 50000, 4789, 8 + len(inner), 0) + inner))


def gre(ip):
    return ethernet(carried(47, b'\0\0' + kind(ip) + ip))


def sightings(frames, link, places, from_client, delay):
    """The capture of a host that shows each packet at all `places`, functions of (packet, whether it comes in there),
    the client's side first; `delay` ns between two of them. from_client(packet) tells which way it goes."""
    out = []
    for f in frames:
        ip = wire.network(f)
        if not ip:
            continue
        ordered = places if from_client(ip) else places[::-1]
        for k, place in enumerate(ordered):
            data = place(ip, k == 0)
            out.append(wire.Frame(0, f.time + k * delay, link, data, len(data) + f.length - len(f.data)))
    out.sort(key=lambda f: f.time)
    for number, f in enumerate(out, 1):
        f.number = number
    return out
