"""DSS checksums (RFC 8684 3.3): ok, bad, incomplete; and the events of bad ones.

SPDX-License-Identifier: GPL-2.0-or-later
"""
from oracle_streams import near, option
from wire import DSS, MP_CAPABLE, SYN


def fits(dsn, ssn, length, checksum, data):
    """ones' complement sum of pseudo-header, payload and the checksum itself"""
    whole = (dsn % 2**64).to_bytes(8, 'big') + ssn.to_bytes(4, 'big') + length.to_bytes(2, 'big') + checksum + data
    total = int.from_bytes(whole + bytes(len(whole) % 2), 'big')
    # 2^16 is 1 modulo 2^16 - 1: the sum of all 16-bit words
    return total % 0xffff == 0


def mappings(analysis, stream, x):
    """{first position: (DSN, SSN, length, checksum, bytes of data)}, each as it came first"""
    found, level, side = {}, analysis.levels[x ^ stream.role], stream.sides[x]
    for segment, y in stream.sent:
        if y != x or side.shift is None:
            continue
        dss, first = option(segment, DSS), option(segment, MP_CAPABLE)
        at = side.position(segment.seq)
        if first and first['length'] and first['checksum'] and not segment.flags & SYN:
            found.setdefault(1 + side.shift, (level.base + 1, 1, first['length'], first['checksum'], first['length']))
        elif dss and dss['dsn'] is not None and dss['length'] > dss['fin']:
            dsn = level.base + level.relative(dss['dsn'], dss['dsn_bits'])
            found.setdefault(near(dss['ssn'] + side.shift, at, 32),
                             (dsn, dss['ssn'], dss['length'], dss['checksum'], dss['length'] - dss['fin']))
    return found


def verify(analysis, stream, x):
    level, role = analysis.levels[x ^ stream.role], x ^ stream.role
    level.expected = 1
    sums = {'ok': 0, 'bad': 0, 'incomplete': 0}
    sent = [(s, stream.sides[x].position(s.seq)) for s, y in stream.sent if y == x and s.payload and not s.flags & SYN]
    bad = {}
    for start, (dsn, ssn, length, checksum, size) in sorted(mappings(analysis, stream, x).items()):
        near_ = [(s, at) for s, at in sent if at < start + size and at + s.payload > start]
        if not near_ or checksum is None:
            continue
        data, have, last = bytearray(size), bytearray(size), None
        for s, at in near_:
            for k, byte in enumerate(s.data, at - start):
                if 0 <= k < size and not have[k]:
                    data[k], have[k], last = byte, 1, s
        if not all(have):
            sums['incomplete'] += 1
        elif fits(dsn, ssn, length, checksum, bytes(data)):
            sums['ok'] += 1
        else:
            sums['bad'] += 1
            bad.setdefault(last.frame, (last, ssn))
    for segment, ssn in bad.values():
        analysis.story.event(segment, role, stream, 'CHECKSUM_BAD', ssn=ssn)
    return sums
