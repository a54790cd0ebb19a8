"""Which TCP connection a segment belongs to, and which MPTCP connection that one: with the whole file known.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import hashlib
import hmac

from wire import ACK, DSS, FIN, MP_CAPABLE, MP_JOIN, RST, SYN

CLIENT, SERVER = 0, 1
FAR = 1 << 22


def near(raw, expected, bits):
    """the number that is `raw` in its lower bits and lies nearest to `expected`"""
    step = 1 << bits
    return expected + (raw - expected + step // 2) % step - step // 2


def option(segment, subtype):
    return next((o for o in segment.options if o['subtype'] == subtype), None)


def control(segment, flags):
    return segment.flags & (SYN | ACK) == flags


class Side:
    """One end of a stream. Position 0 is its SYN, 1 its first byte; without a known ISN its first segment is at 0."""

    def __init__(self):
        self.isn = None     # raw
        self.base = None    # the sequence number of position 0
        self.shift = 0      # position = SSN + shift; None: not known
        self.top = 0
        self.own_syn = False
        self.syn_data = 0   # bytes of the SYN that were acknowledged

    def position(self, seq):
        return near(seq - self.base, self.top, 32)


class Stream:
    """One TCP connection. Side 0 is the end that sent the first segment; `sent` has (segment, side) by time."""

    def __init__(self, segment):
        self.ends, self.sides, self.sent = (segment.source, segment.target), (Side(), Side()), []
        self.initiator = None
        self.role = None        # of side 0 in its connection
        self.kind = 'unknown'
        self.ended, self.span = [False, False], [None, None]    # first number of each side, and how far from it

    def add(self, segment):
        side = 0 if segment.source == self.ends[0] else 1
        self.sent.append((segment, side))
        first, far = self.span[side] or (segment.seq, 0)
        self.span[side] = (first, max(far, near(segment.seq - first, far, 32) + segment.payload))
        if segment.flags & RST:
            self.ended = [True, True]
        self.ended[side] |= bool(segment.flags & FIN)
        if segment.flags & SYN and not segment.flags & RST:
            self.initiator = 1 - side if segment.flags & ACK else side
            self.sides[side].isn, self.sides[side].own_syn = segment.seq, True
            if segment.flags & ACK and self.sides[1 - side].isn is None:
                self.sides[1 - side].isn = (segment.ack - 1) % 2**32

    def begins_another(self, segment):
        """a SYN with another initial sequence number than the one before, or what can't be of a connection that has ended"""
        side = 0 if segment.source == self.ends[0] else 1
        if not segment.flags & (SYN | RST) and all(self.ended):
            return (segment.payload or segment.options) and self.beyond(side, segment.seq) and \
                self.beyond(1 - side, segment.ack)
        if not control(segment, SYN) or segment.flags & RST:
            return False
        isn = self.sides[side].isn
        if isn is not None:
            return isn != segment.seq
        return not any(x == side and near(s.seq - segment.seq, 0, 32) in (0, 1) for s, x in self.sent[:1])

    def beyond(self, side, number):
        """far from all that this side has sent; a connection that has ended sends nothing there"""
        if not self.span[side]:
            return True
        first, far = self.span[side]
        return not -FAR <= near(number - first, far, 32) <= far + FAR

    def place(self):
        """Positions, once all segments are known."""
        for segment, side in self.sent:
            third = [o for o in segment.options if o['subtype'] == MP_JOIN and o['step'] == 'ack' or
                     o['subtype'] == MP_CAPABLE and len(o['keys']) == 2 and not segment.payload]
            if third and not segment.flags & SYN:
                for x, raw in ((side, segment.seq), (1 - side, segment.ack)):
                    if self.sides[x].isn is None:
                        self.sides[x].isn = (raw - 1) % 2**32
        for x, side in enumerate(self.sides):
            first = next((s for s, y in self.sent if y == x), None)
            side.base = side.isn
            if side.base is None and first:
                side.base = first.seq
            elif side.base is None:
                side.base = next((s.ack for s, y in self.sent if s.flags & ACK), 0)
        self.place_syn_data()
        for x, side in enumerate(self.sides):
            if side.isn is None:
                side.shift = self.infer_shift(x)

    def place_syn_data(self):
        for segment, x in self.sent:
            if control(segment, SYN) and segment.payload:
                answer = next((s for s, y in self.sent if y != x and control(s, SYN | ACK)), None)
                if answer:
                    side = self.sides[x]
                    side.syn_data = max(0, min(segment.payload, (answer.ack - segment.seq - 1) % 2**32))
                    side.shift = side.syn_data

    def infer_shift(self, x):
        """Each DSS holds the payload that it is on: what all of them leave for the place of SSN 0."""
        low, high, top = None, None, 0
        for segment, y in self.sent:
            dss = option(segment, DSS)
            if y != x or not dss or dss['dsn'] is None or not segment.payload or not dss['length']:
                continue
            at = near(segment.seq - self.sides[x].base, top, 32)
            top = max(top, at)
            length = dss['length'] - dss['fin']
            here = at - near(dss['ssn'], 0 if high is None else at - high, 32)
            least = here + segment.payload - length
            if high is None or (least <= high and here >= low):
                low, high = (least, here) if high is None else (max(low, least), min(high, here))
        return high if low == high else None

    def mptcp(self):
        return any(s.options for s, _ in self.sent)


def streams(segments):
    found = {}
    for segment in segments:
        mine = found.setdefault(frozenset((segment.source, segment.target)), [])
        if not mine or mine[-1].begins_another(segment):
            mine.append(Stream(segment))
        mine[-1].add(segment)
    everything = sorted((s for l in found.values() for s in l), key=lambda s: min(x.frame for x, _ in s.sent))
    for stream in everything:
        stream.place()
    return everything


class Connection:
    def __init__(self):
        self.streams = []
        self.kind, self.version, self.required = 'mptcp_partial', None, None
        self.keys, self.idsn, self.tokens = [None, None], [None, None], [None, None]
        self.refs = [None, None]    # a 64-bit DSN of each role

    def learn_keys(self):
        if self.version is None:
            return
        for role, key in enumerate(self.keys):
            if key is not None:
                digest = (hashlib.sha256 if self.version else hashlib.sha1)(key).digest()
                self.tokens[role] = digest[:4]
                self.idsn[role] = self.refs[role] = int.from_bytes(digest[-8:], 'big')

    def mac(self, sender, message, size):
        """None: the keys are not in the capture"""
        if None in self.keys or self.version is None:
            return None
        key = self.keys[sender] + self.keys[1 - sender]
        return hmac.new(key, message, hashlib.sha256 if self.version else hashlib.sha1).digest()[:size]

    def add(self, stream, role_of_side_0):
        stream.role = role_of_side_0
        self.streams.append(stream)
        for role, number in enumerate(numbers(stream)):
            role ^= role_of_side_0
            if self.refs[role] is None:
                self.refs[role] = number


def numbers(stream):
    """a 64-bit data sequence number of what each side sends, from its DSNs and the other's DATA_ACKs"""
    found = [None, None]
    for segment, side in stream.sent:
        dss = option(segment, DSS)
        if dss and dss['dsn'] is not None and dss['dsn_bits'] == 64 and found[side] is None:
            found[side] = dss['dsn']
        if dss and dss['ack'] is not None and dss['ack_bits'] == 64 and found[1 - side] is None:
            found[1 - side] = dss['ack']
    return found


def capable(stream):
    """the connection that a stream with MP_CAPABLE begins"""
    steps = {}
    for segment, side in stream.sent:
        o = option(segment, MP_CAPABLE)
        if o:
            name = {SYN: 'syn', SYN | ACK: 'synack'}.get(segment.flags & (SYN | ACK), 'ack')
            steps.setdefault(name, (o, side))
    c = Connection()
    client = stream.initiator
    if client is None:
        both = next((side for s, side in stream.sent for o in s.options if o['subtype'] == MP_CAPABLE and len(o['keys']) == 2), None)
        client = stream.initiator = both
    if client is None:
        client = steps['ack'][1] if 'ack' in steps else 0
    for name in ('synack', 'ack', 'syn'):
        if name in steps and c.version is None:
            c.version = steps[name][0]['version']
    if 'synack' in steps and 'syn' in steps and 'ack' not in steps and steps['synack'][0]['version'] > steps['syn'][0]['version']:
        c.version = steps['synack'][0]['version']
    if 'syn' in steps and steps['syn'][0]['keys']:
        c.keys[CLIENT] = steps['syn'][0]['keys'][0]
    if 'synack' in steps and steps['synack'][0]['keys']:
        c.keys[SERVER] = steps['synack'][0]['keys'][0]
    if 'ack' in steps and len(steps['ack'][0]['keys']) == 2:
        for role, key in enumerate(steps['ack'][0]['keys']):
            c.keys[role] = c.keys[role] or key
    told = [n for n in ('syn', 'synack') if n in steps]
    c.required = any(steps[n][0]['flags'] & 128 for n in told or steps)
    if not told and not c.required:
        c.required = None
    answers = [s for s, side in stream.sent if side != client]
    if 'synack' in steps or 'ack' in steps or any(option(s, DSS) for s, _ in stream.sent):
        c.kind = 'mptcp'
    else:
        c.kind = 'tcp' if answers else 'unanswered'
    if c.kind == 'tcp':
        c.keys = [None, None]
    c.learn_keys()
    c.add(stream, CLIENT if client == 0 else SERVER)
    stream.kind = 'capable'
    return c


def join_syn(stream):
    for segment, side in stream.sent:
        o = option(segment, MP_JOIN)
        if o and control(segment, SYN):
            return o, side
    return None


def fits(connection, stream, role):
    """The data sequence numbers of the two are less than 2^32 apart."""
    one = False
    for side, number in enumerate(numbers(stream)):
        ref = connection.refs[role ^ side]
        if number is not None and ref is not None:
            if abs(near(number, ref, 64) - ref) >= 2**32:
                return False
            one = True
    return one


def first_time(stream):
    return stream.sent[0][0].time


def group(everything):
    """The MPTCP connections of all streams, in the order of their first frames; and the number of plain streams."""
    found, plain, left = [], 0, []
    for stream in everything:
        if not stream.mptcp():
            plain += 1
        elif not join_syn(stream) and any(option(s, MP_CAPABLE) for s, _ in stream.sent):
            found.append(capable(stream))
        else:
            left.append(stream)
    whole = list(found)
    for stream in [s for s in left if join_syn(s)]:
        syn, side = join_syn(stream)
        stream.kind = 'join'
        hits = [(c, role) for c in found for role in (SERVER, CLIENT) if c.tokens[role] == syn['token']]
        before = [h for h in hits if first_time(h[0].streams[0]) <= first_time(stream)] or hits
        if not before:
            c = Connection()
            c.tokens[SERVER] = syn['token']
            found.append(c)
            before = [(c, SERVER)]
        c, role = before[-1]
        c.add(stream, 1 - role if side == 0 else role)
    for stream in [s for s in left if not join_syn(s)]:
        hit = next(((c, role) for c in found for role in (CLIENT, SERVER) if fits(c, stream, role)), None)
        if not hit:
            c = Connection()
            client = stream.initiator
            if client is None:
                client = 0 if stream.ends[0][1] > stream.ends[1][1] else 1
            hit = (c, CLIENT if client == 0 else SERVER)
            found.append(c)
        hit[0].add(stream, hit[1])
    for c in found:
        ahead, rest = (c.streams[:1], c.streams[1:]) if c in whole else ([], c.streams)
        c.streams = ahead + sorted(rest, key=lambda s: min(x.frame for x, _ in s.sent))
    found.sort(key=lambda c: min(x.frame for s in c.streams for x, _ in s.sent))
    return found, plain
