"""The figures of tap/engine/FIGURES.md, computed a second time, from the bytes of a capture and with all of it in memory.

Written from the definitions alone: no code, no constant and no output of the plugin or of Wireshark. It has none of their limits
either, no look-back, one pass after the other, so it is slow, and short. `analyse(path)` gives a document with the names of
`mptcp,summary,full,format=json`; compare_report.py compares the two.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import bisect
import ipaddress

import wire
from oracle_streams import CLIENT, SERVER, control, group, near, option, streams
from oracle_checksums import verify
from oracle_events import Story
from wire import ACK, DSS, MP_CAPABLE, MP_FAIL, RST, SYN

DIRECTIONS = ('c2s', 's2c')
ROLES = ('client', 'server')


class Ranges:
    """Ranges of numbers [start, end) with a value each; what is there stays."""

    def __init__(self):
        self.starts, self.items = [], []

    def parts(self, start, end):
        """[(start, end, value)] that cover [start, end); value None: nothing is there"""
        found, at = [], start
        i = max(0, bisect.bisect_right(self.starts, start) - 1)
        while at < end and i < len(self.items):
            a, b, value = self.items[i]
            i += 1
            if b <= at:
                continue
            if a >= end:
                break
            if a > at:
                found.append((at, a, None))
                at = a
            found.append((at, min(b, end), value))
            at = min(b, end)
        if at < end:
            found.append((at, end, None))
        return found

    def claim(self, start, end, value):
        """parts() as it was before; what was empty gets the value"""
        found = self.parts(start, end)
        for a, b, old in found:
            if old is None:
                i = bisect.bisect_left(self.starts, a)
                self.starts.insert(i, a)
                self.items.insert(i, (a, b, value))
        return found

    def size(self):
        return sum(b - a for a, b, _ in self.items)


class Pieces:
    """Bytes in flight: each new piece gives one sample when it is acknowledged up to its end."""

    def __init__(self):
        self.flying, self.samples, self.acked = [], [], None

    def send(self, start, end, time):
        if self.acked is None or end > self.acked:
            self.flying.append((start, end, time))

    def again(self, start, end):
        """Karn's algorithm: a segment that was retransmitted, be it in part, gives no sample."""
        self.flying = [p for p in self.flying if p[1] <= start or p[0] >= end]

    def acknowledge(self, upto, time):
        if self.acked is not None and upto <= self.acked:
            return
        self.acked = upto
        self.samples += [time - t for _, b, t in self.flying if b <= upto]
        self.flying = [p for p in self.flying if p[1] > upto]

    def figures(self):
        s = sorted(self.samples)
        return {'samples': len(s), 'sorted': [x / 1e9 for x in s], 'min': s[0] / 1e9 if s else None,
                'max': s[-1] / 1e9 if s else None}


class Bytes:
    """What one direction of a subflow or a connection carried."""
    NAMES = ('payload_bytes', 'retrans_bytes', 'unique_bytes', 'first_bytes', 'reinjected_bytes', 'reinjected_same_bytes',
             'unmapped_bytes', 'fallback_bytes', 'segments', 'packets')

    def __init__(self):
        self.sums = dict.fromkeys(self.NAMES, 0)
        self.first = self.last = self.first_data = self.last_data = None

    def see(self, segment):
        self.sums['packets'] += 1
        self.first, self.last = self.first or segment.time, segment.time
        if segment.payload:
            self.sums['segments'] += 1
            self.sums['payload_bytes'] += segment.payload
            self.first_data, self.last_data = self.first_data or segment.time, segment.time

    def figures(self):
        found = dict(self.sums)
        found['duration'] = None if self.first is None else (self.last - self.first) / 1e9
        span = None if self.first_data is None else self.last_data - self.first_data
        found['data_duration'] = None if span is None else span / 1e9
        found['throughput'] = 8e9 * self.sums['payload_bytes'] / span if span else None
        return found


class Level:
    """The data level of one direction. Numbers are relative to the IDSN, or to the first one seen."""

    def __init__(self, base, known, plain=False):
        self.base, self.known, self.plain = base, known, plain
        self.owned, self.top, self.expected = Ranges(), None, 1
        self.ack_max, self.ack_count, self.fin = None, 0, None
        self.pieces, self.climbs = Pieces(), []
        self.acks, self.tcp_acks = [], []   # (number, time), each above the one before
        self.disorder, self.delay = [0, 0], None
        self.late = False   # a place of bytes became known behind them

    def relative(self, raw, bits):
        value = near(raw - self.base, self.expected, bits)
        self.expected = max(self.expected, value)
        return value

    def arrive(self, parts, time, samples):
        """the first copies of bytes that one segment brings"""
        below = 0
        for start, end in parts:
            if samples:
                self.pieces.send(start, end, time)
            if self.top is not None and start < self.top:
                below += min(end, self.top) - start
                # the gap that these bytes fill appeared with the first byte above them
                since = min(t for upto, t in self.climbs if upto > start)
                self.delay = max(self.delay or 0, time - since)
        for start, end in parts:
            if self.top is None or end > self.top:
                self.top = end
                self.climbs.append((end, time))
        if below:
            self.disorder[0] += 1
            self.disorder[1] += below

    def acknowledge(self, number, time):
        if self.ack_max is None or number > self.ack_max:
            self.ack_max = number
            self.acks.append((number, time))
        self.pieces.acknowledge(number, time)


class Analysis:
    """One connection."""

    def __init__(self, c, start):
        self.c, self.start = c, start
        self.single = len(c.streams) == 1
        self.segments = sorted(((s, x ^ stream.role, stream) for stream in c.streams for s, x in stream.sent),
                               key=lambda v: (v[0].time, v[0].frame))
        self.events = []
        self.fallback, self.fallback_at = self.find_fallback()
        self.levels = [self.make_level(role) for role in (CLIENT, SERVER)]
        for stream in c.streams:
            stream.maps, stream.seen = (Ranges(), Ranges()), (Ranges(), Ranges())
            stream.bytes, stream.pieces = (Bytes(), Bytes()), (Pieces(), Pieces())
            stream.acked, stream.endless = [None, None], [None, None]
            for side in stream.sides:
                side.top = 0
        self.bytes = (Bytes(), Bytes())
        self.learn_mappings()
        for stream in c.streams:
            for side in stream.sides:
                side.top = 0
        for segment, role, stream in self.segments:
            self.account(segment, role, stream)

    def make_level(self, role):
        plain = self.c.kind == 'tcp' or (self.fallback == 'ack' and self.c.idsn[role] is None)
        base = self.c.idsn[role]
        if base is None and not plain:
            base = self.c.refs[role]
        if base is None and not plain:
            for segment, sender, _ in self.segments:
                dss = option(segment, DSS)
                if dss and sender == role and dss['dsn'] is not None:
                    base = dss['dsn']
                    break
                if dss and sender != role and dss['ack'] is not None:
                    base = dss['ack']
                    break
        return Level(base or 0, plain or self.c.idsn[role] is not None, plain)

    # ---- fallback
    def find_fallback(self):
        """(reason, segment that shows it with role and stream)"""
        if self.c.kind == 'tcp':
            for v in self.segments:
                if v[1] == SERVER:
                    return 'synack', v
        if self.c.kind != 'mptcp':
            return None, None
        first = self.c.streams[0]
        opening = [v for v in self.segments if v[2] is first]
        acks = [v for v in opening if v[1] == CLIENT and not v[0].flags & (SYN | RST) and v[0].flags & ACK]
        synack = any(control(v[0], SYN | ACK) for v in opening)
        data = [v for v in self.segments if v[0].payload and not v[0].flags & SYN]
        mapped = [v for v in data if self.maps(v[0])]
        if synack and acks and not option(acks[0][0], MP_CAPABLE) and not option(acks[0][0], DSS) and not mapped and \
                not any(option(v[0], MP_CAPABLE) for v in acks) and self.single:
            return 'ack', acks[0]
        if self.single and data and not any(option(v[0], DSS) or self.maps(v[0]) for v in self.segments):
            return 'no_dss', data[0]
        for v in self.segments:
            dss = option(v[0], DSS)
            if dss and dss['dsn'] is not None and dss['length'] == 0:
                return 'infinite_mapping', v
        if self.single:
            for v in self.segments:
                if option(v[0], MP_FAIL):
                    return 'mp_fail', v
            lost = next((v for v in data if self.lost(v)), None)
            if lost:
                return 'dss_lost', lost
        return None, None

    def lost(self, v):
        """data without any mapping, after DSS was in use in this direction"""
        segment, role, stream = v
        at, seen = segment.seq, False
        for s, x in stream.sent:
            dss = option(s, DSS)
            if x ^ stream.role != role or not dss or dss['dsn'] is None:
                continue
            seen = seen or (s.time, s.frame) <= (segment.time, segment.frame)
            side = stream.sides[x]
            start = dss['ssn'] + (side.shift or 0) + side.base
            if near(start - at, 0, 32) <= 0 < near(start + dss['length'] - at, 0, 32):
                return False
        return seen and not self.maps(segment)

    @staticmethod
    def maps(segment):
        dss, o = option(segment, DSS), option(segment, MP_CAPABLE)
        return bool(dss and dss['dsn'] is not None or o and segment.payload and o['length'])

    # ---- mappings
    def learn_mappings(self):
        for segment, role, stream in self.segments:
            x = role ^ stream.role
            side, level = stream.sides[x], self.levels[role]
            at = side.position(segment.seq)
            side.top = max(side.top, at)
            o = option(segment, MP_CAPABLE)
            if o and o['length'] and stream.kind == 'capable' and not segment.flags & SYN:
                stream.maps[x].claim(1 + side.shift, 1 + side.shift + o['length'],
                                     (1, 1 + side.shift, False, segment.time))
            dss = option(segment, DSS)
            if not dss or dss['dsn'] is None:
                continue
            dsn = level.relative(dss['dsn'], dss['dsn_bits'])
            length = dss['length'] - dss['fin']
            if dss['fin'] and level.fin is None:
                level.fin = dsn + length
            if side.shift is None:
                continue
            start = near(dss['ssn'] + side.shift, at, 32)
            if dss['length'] == 0:
                if stream.endless[x] is None:
                    stream.endless[x] = (start, dsn)
                continue
            if length:
                stream.maps[x].claim(start, start + length, (dsn, start, False, segment.time))
        for stream in self.c.streams:
            for x, side in enumerate(stream.sides):
                if side.syn_data:
                    stream.maps[x].claim(1, 1 + side.syn_data, (1 - side.syn_data, 1, False, 0))
                self.imply(stream, x)
        for level in self.levels:
            level.expected = 1

    def imply(self, stream, x):
        """Infinite mappings; and with one subflow what has no mapping continues the one before it."""
        role, last = x ^ stream.role, 1 << 62
        if stream.endless[x]:
            start, dsn = stream.endless[x]
            stream.maps[x].claim(start, last, (dsn, start, True, 0))
        if not self.single or self.c.kind == 'unanswered':
            return
        if self.c.kind == 'mptcp_partial' or self.c.kind == 'mptcp' and self.c.idsn[role] is None and \
                not self.levels[role].plain:
            before = None
        else:
            before = (1 - stream.sides[x].syn_data, 1, True, 0)
        for a, b, value in stream.maps[x].parts(-(1 << 40), last):
            if value is None and before:
                stream.maps[x].claim(a, b, before[:2] + (True, 0))
            before = value or before

    # ---- bytes
    def account(self, segment, role, stream):
        x = role ^ stream.role
        side, level = stream.sides[x], self.levels[role]
        at = side.position(segment.seq)
        side.top = max(side.top, at)
        stream.bytes[x].see(segment)
        self.bytes[role].see(segment)
        self.acknowledge(segment, role, stream)
        if not segment.payload:
            return
        at += bool(segment.flags & SYN)
        fresh = []
        for a, b, old in stream.seen[x].claim(at, at + segment.payload, True):
            if old:
                self.count(role, stream, 'retrans_bytes', b - a)
                stream.pieces[x].again(a, b)
                continue
            self.count(role, stream, 'unique_bytes', b - a)
            if not segment.flags & SYN:
                stream.pieces[x].send(a, b, segment.time)
            fresh += self.own(segment, role, stream, a, b)
        level.arrive(fresh, segment.time, not segment.flags & SYN)

    def own(self, segment, role, stream, start, end):
        x, fresh = role ^ stream.role, []
        for a, b, mapping in stream.maps[x].parts(start, end):
            if not mapping:
                self.count(role, stream, 'unmapped_bytes', b - a)
                continue
            if mapping[2]:
                self.count(role, stream, 'fallback_bytes', b - a)
            dsn = mapping[0] + a - mapping[1]
            self.levels[role].late |= mapping[3] > segment.time
            for p, q, owner in self.levels[role].owned.claim(dsn, dsn + b - a, stream):
                name = 'first_bytes' if owner is None else \
                    'reinjected_same_bytes' if owner is stream else 'reinjected_bytes'
                self.count(role, stream, name, q - p)
                if owner is None:
                    fresh.append((p, q))
        return fresh

    def count(self, role, stream, name, n):
        stream.bytes[role ^ stream.role].sums[name] += n
        self.bytes[role].sums[name] += n

    def acknowledge(self, segment, role, stream):
        other = 1 - role
        y = other ^ stream.role
        dss = option(segment, DSS)
        if dss and dss['ack'] is not None:
            level = self.levels[other]
            level.ack_count += 1
            level.acknowledge(level.relative(dss['ack'], dss['ack_bits']), segment.time)
        if not segment.flags & ACK or segment.flags & RST:
            return
        side = stream.sides[y]
        upto = near(segment.ack - side.base, max(side.top, stream.acked[y] or 0), 32)
        if stream.acked[y] is None or upto > stream.acked[y]:
            stream.acked[y] = upto
            self.levels[other].tcp_acks.append((upto, segment.time))
        stream.pieces[y].acknowledge(upto, segment.time)

    # ---- the document
    def acknowledged(self, role):
        """(acked_bytes, time of the acknowledgement that reached it), None where not known"""
        level, stream = self.levels[role], self.c.streams[0]
        x = role ^ stream.role
        side = stream.sides[x]
        if self.fallback and self.single:
            if not level.tcp_acks:
                return None, None
            last = next((p for p in [self.story.fin_at(stream, x)] if p is not None), 1 << 62)
            bytes_ = min(level.tcp_acks[-1][0], last) - 1
            return bytes_, next(t for n, t in level.tcp_acks if n - 1 >= bytes_)
        if level.ack_max is None or not level.known:
            return None, None
        target = min(level.ack_max, level.fin if level.fin is not None else level.ack_max)
        return target - 1 + side.syn_data, next(t for n, t in level.acks if n >= target)

    def direction(self, role):
        level, found = self.levels[role], self.bytes[role].figures()
        known = level.known
        unseen = self.unseen(level)
        first = level.owned.items[0][0] if level.owned.items else None
        end = level.owned.items[-1][1] if level.owned.items else None
        size = level.owned.size()
        found.update(dsn_unique_bytes=size, dsn_first=first if known else None, dsn_end=end if known else None,
                     dsn_gap_bytes=(end - first - size if size else 0) + unseen, data_fin=level.fin if known else None,
                     data_ack={'count': level.ack_count, 'max': level.ack_max if known else None})
        acked, when = self.acknowledged(role)
        start = self.bytes[role].first_data
        found['acked_bytes'] = acked
        found['goodput'] = 8e9 * acked / (when - start) if acked and start is not None and when > start else None
        found['out_of_order'] = {'segments': level.disorder[0], 'bytes': level.disorder[1],
                                 'reorder_delay': None if level.delay is None else level.delay / 1e9}
        found['known_late'] = level.late or self.joined_late()
        found['rtt'] = {'data': level.pieces.figures()}
        if self.c.required:
            parts = [self.verified[s][role ^ s.role] for s in self.c.streams]
            found['checksums'] = {k: sum(p[k] for p in parts) for k in parts[0]}
        return found

    def unseen(self, level):
        """acknowledged bytes before the first or behind the last that the capture has"""
        if level.ack_max is None or self.fallback and self.single:
            return 0
        end = min(level.ack_max, level.fin if level.fin is not None else level.ack_max)
        if not level.owned.items:
            return max(0, end - 1) if level.known else 0
        before = max(0, min(end, level.owned.items[0][0]) - 1) if level.known else 0
        return before + max(0, end - level.owned.items[-1][1])

    def joined_late(self):
        """Whose bytes these are, or where, was told behind some of them in the file."""
        first = [min(s.frame for s, _ in stream.sent) for stream in self.c.streams]
        return first[0] > min(first) or any(not side.own_syn for s in self.c.streams for side in s.sides) or \
            any(not s.sent[0][0].flags & SYN for s in self.c.streams)

    def seconds(self, time):
        return None if time is None else (time - self.start) / 1e9

    def subflow(self, stream):
        found = {'kind': stream.kind, 'initiator': None if stream.initiator is None else
                 ROLES[stream.initiator ^ stream.role], 'packets': len(stream.sent),
                 'start': self.seconds(stream.sent[0][0].time), 'end': self.seconds(stream.sent[-1][0].time)}
        for role, name in enumerate(ROLES):
            address, port = stream.ends[role ^ stream.role]
            found[name] = {'address': str(ipaddress.ip_address(address)), 'port': port}
        for role, name in enumerate(DIRECTIONS):
            x = role ^ stream.role
            found[name] = stream.bytes[x].figures()
            size = self.levels[role].owned.size()
            found[name]['share'] = stream.bytes[x].sums['first_bytes'] / size if size else None
            found[name]['rtt'] = {'tcp': stream.pieces[x].figures()}
            if self.c.required:
                found[name]['checksums'] = self.verified[stream][x]
        found.update(self.story.subflow(stream))
        return found

    def document(self):
        self.story = Story(self)
        c = self.c
        if c.required:
            self.verified = {s: tuple(verify(self, s, x) for x in range(2)) for s in c.streams}
        found = {'kind': c.kind, 'version': c.version, 'fallback': self.fallback, 'checksum_required': c.required,
                 'start': self.seconds(self.segments[0][0].time), 'end': self.seconds(self.segments[-1][0].time)}
        first = self.subflow(c.streams[0])
        for role, name in enumerate(ROLES):
            key, token, idsn = c.keys[role], c.tokens[role], c.idsn[role]
            found[name] = dict(first[name], key=key and key.hex(), token=token and token.hex(),
                               idsn=None if idsn is None else str(idsn))
            found[DIRECTIONS[role]] = self.direction(role)
        found['subflows'] = [self.subflow(s) for s in c.streams]
        found['close'] = self.story.close()
        found['events'] = self.story.sorted()
        return found


def analyse_segments(segments, start):
    connections, plain = group(streams(segments))
    return {'tcp_without_mptcp': plain, 'connections': [Analysis(c, start).document() for c in connections]}


def analyse(path):
    frames = wire.frames(path)
    return analyse_segments(wire.segments(frames), min((f.time for f in frames), default=0))
