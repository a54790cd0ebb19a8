"""Events, states and ends of a connection, by the definitions of tap/engine/FIGURES.md.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import ipaddress

from oracle_streams import CLIENT, SERVER, control, option
from wire import (ACK, ADD_ADDR, DSS, FIN, MP_CAPABLE, MP_FAIL, MP_FASTCLOSE, MP_JOIN, MP_PRIO, MP_TCPRST, REMOVE_ADDR,
                  RST, SYN)

DIRECTIONS = ('c2s', 's2c')
ROLES = ('client', 'server')
LARGEST = 14    # scale of a window (RFC 7323 2.3)


class Life:
    """What is known of one subflow."""

    def __init__(self):
        self.steps = {}             # of the handshake: name -> (segment, role)
        self.joins = {}             # of MP_JOIN: step -> option
        self.macs = {'synack': None, 'ack': None}
        self.third = None           # time of the ACK with MP_JOIN
        self.ends = [None, None]    # FIN of each role: segment
        self.resets = [None, None]
        self.state = 'established'
        self.ids, self.backup = [None, None], [None, None]
        self.window = [None, None]  # what each role takes: first position, end
        self.scale = [LARGEST, LARGEST]     # told by the SYNs of both


class Story:
    def __init__(self, analysis):
        self.a, self.c = analysis, analysis.c
        self.rows, self.counted = [], {}
        self.lives = {s: Life() for s in self.c.streams}
        self.key_ok = []
        self.fastclose = None
        for stream, life in self.lives.items():
            self.begin(stream, life)
        for segment, role, stream in analysis.segments:
            self.read(segment, role, stream, self.lives[stream])
        if analysis.fallback:
            segment, role, stream = analysis.fallback_at
            self.event(segment, role, stream, 'FALLBACK', reason=analysis.fallback)

    def begin(self, stream, life):
        if stream.kind == 'capable':
            life.ids, life.backup = [0, 0], [False, False]
        if any(segment.flags & SYN for segment, _ in stream.sent):
            life.state = 'syn_sent'
        scales = [next((s.window_scale or 0 for s, x in stream.sent if x == side and s.flags & SYN), None) for side in range(2)]
        if None not in scales:
            life.scale = [scales[role ^ stream.role] for role in (CLIENT, SERVER)]

    def event(self, segment, role, stream, kind, **details):
        row = dict(details, time=self.a.seconds(segment.time), frame=segment.frame, type=kind, direction=DIRECTIONS[role],
                   subflow=self.c.streams.index(stream))
        self.rows.append((segment.time, segment.frame, len(self.rows), row))
        return row

    def once(self, segment, role, stream, kind, where, **details):
        """One event for all; its count goes up."""
        row = self.counted.get((kind, role, where))
        if row is None:
            row = self.counted[kind, role, where] = self.event(segment, role, stream, kind, count=0, **details)
        row['count'] += 1

    def sorted(self):
        return [row for _, _, _, row in sorted(self.rows, key=lambda r: r[:3])]

    # ---- one segment
    def read(self, segment, role, stream, life):
        initiator = None if stream.initiator is None else stream.initiator ^ stream.role
        step = self.step(segment, role, stream, life, initiator)
        for o in segment.options:
            self.read_option(segment, role, stream, life, o, step)
        if segment.flags & RST:
            valid = self.resets(segment, role, stream, life)
            self.once(segment, role, stream, 'RST', (stream, valid), ignored=None if valid else 'outside_window')
        elif segment.flags & FIN:
            self.once(segment, role, stream, 'FIN', stream)
        self.move(segment, role, stream, life, initiator)
        if segment.flags & ACK and not segment.flags & RST:
            self.open_window(segment, role, stream, life)

    @staticmethod
    def open_window(segment, role, stream, life):
        at = stream.sides[1 - role ^ stream.role].position(segment.ack)
        size = segment.window << (0 if segment.flags & SYN else life.scale[role])
        old = life.window[role] or (at, at)
        life.window[role] = (max(old[0], at), max(old[1], at + size))

    @staticmethod
    def resets(segment, role, stream, life):
        """RFC 9293 3.10.7.3: in SYN-SENT a RST has to acknowledge the SYN; later it has to lie in the window (RFC 5961 3)"""
        syn = next((s for s, _ in stream.sent if control(s, SYN)), None)
        if syn and stream.initiator is not None and stream.initiator != role ^ stream.role and \
                'synack' not in life.steps and 'ack' not in life.steps:
            side = stream.sides[1 - role ^ stream.role]
            return bool(segment.flags & ACK) and 0 < side.position(segment.ack) <= 1 + syn.payload
        at, window = stream.sides[role ^ stream.role].position(segment.seq), life.window[1 - role]
        # hosts take one at the place of the FIN before it too
        return window is None or window[0] - bool(life.ends[role]) <= at <= window[1]

    @staticmethod
    def step(segment, role, stream, life, initiator):
        """An old Linux sends ACKs before its SYN is answered: they lie at the SYN's own number."""
        name = {SYN: 'syn', SYN | ACK: 'synack'}.get(segment.flags & (SYN | ACK))
        if segment.flags & RST:
            return None
        if name is None and role == initiator and segment.flags & ACK and \
                stream.sides[role ^ stream.role].position(segment.seq) >= 1:
            name = 'ack'
        if name and name not in life.steps:
            life.steps[name] = (segment, role)
        return name

    def read_option(self, segment, role, stream, life, o, step):
        kind = o['subtype']
        if kind == MP_CAPABLE and stream.kind == 'capable':
            name = {SYN: 'syn', SYN | ACK: 'synack'}.get(segment.flags & (SYN | ACK), 'ack')
            if ('capable', stream, name) not in self.counted:
                self.counted['capable', stream, name] = True
                self.event(segment, role, stream, 'MP_CAPABLE', version=o['version'], checksum_required=bool(o['flags'] & 128))
        elif kind == MP_JOIN:
            self.read_join(segment, role, stream, life, o)
        elif kind == DSS:
            self.read_dss(segment, role, stream, o)
        elif kind == ADD_ADDR:
            self.read_add_addr(segment, role, stream, o)
        elif kind == REMOVE_ADDR:
            self.event(segment, role, stream, 'REMOVE_ADDR', ids=o['ids'])
        elif kind == MP_PRIO:
            self.event(segment, role, stream, 'MP_PRIO', backup=o['backup'], id=o['id'])
            self.prio(role, stream, o)
        elif kind == MP_FAIL:
            level = self.a.levels[1 - role]
            level.expected = level.ack_max or 1
            self.event(segment, role, stream, 'MP_FAIL', dsn=level.relative(o['dsn'], 64) if level.known else None)
        elif kind == MP_FASTCLOSE:
            key = self.c.keys[1 - role]
            ok = None if key is None else key == o['key']
            self.event(segment, role, stream, 'MP_FASTCLOSE', key_ok=ok)
            if ok is not False and not self.fastclose:
                self.fastclose = (segment, role)
        elif kind == MP_TCPRST:
            self.event(segment, role, stream, 'MP_TCPRST', reason=o['reason'], transient=o['transient'])

    def prio(self, role, stream, o):
        if o['id'] is None:
            self.lives[stream].backup[role] = o['backup']
            return
        for life in self.lives.values():
            if life.ids[role] == o['id']:
                life.backup[role] = o['backup']

    def read_add_addr(self, segment, role, stream, o):
        echo = o['echo'] and self.c.version != 0
        details = {'id': o['id'], 'address': str(ipaddress.ip_address(o['address'])), 'port': o['port']}
        if not echo and o['hmac']:
            message = bytes([o['id']]) + o['address'] + (o['port'] or 0).to_bytes(2, 'big')
            mac = self.c.mac(role, message, 32)
            details['hmac'] = None if mac is None else 'ok' if mac[-8:] == o['hmac'] else 'bad'
        self.event(segment, role, stream, 'ADD_ADDR_ECHO' if echo else 'ADD_ADDR', **details)
        if details.get('hmac') == 'bad':
            self.event(segment, role, stream, 'HMAC_BAD', of='ADD_ADDR')

    def read_dss(self, segment, role, stream, o):
        if o['dsn'] is not None and o['length'] == 0:
            self.once(segment, role, stream, 'INFINITE_MAPPING', stream)
        elif o['fin'] and o['dsn'] is not None:
            level = self.a.levels[role]
            self.once(segment, role, stream, 'DATA_FIN', None, dsn=level.fin if level.known else None)

    def read_join(self, segment, role, stream, life, o):
        step = o['step']
        if step in life.joins:
            return
        life.joins[step] = o
        if step == 'ack':
            life.third = segment.time
        details = {'step': step}
        if step == 'syn':
            details['token'] = o['token'].hex()
        if step != 'ack':
            life.ids[role], life.backup[role] = o['id'], o['backup']
            details.update(address_id=o['id'], backup=o['backup'])
        if step != 'syn':
            details['hmac'] = life.macs[step] = self.check(role, life, o)
        self.event(segment, role, stream, 'MP_JOIN', **details)
        if life.macs.get(step) == 'bad':
            self.event(segment, role, stream, 'HMAC_BAD', of='MP_JOIN', step=step)

    def check(self, role, life, o):
        """RFC 8684 3.2: HMAC(Key-A+Key-B, R-A+R-B) of A, 64 bits in the SYN/ACK and 160 in the third ACK"""
        step = o['step']
        mine, theirs = (o, life.joins.get('syn')) if step == 'synack' else (life.joins.get('syn'), life.joins.get('synack'))
        if not mine or not theirs:
            return None
        mac = self.c.mac(role, mine['nonce'] + theirs['nonce'], len(o['hmac']))
        return None if mac is None else 'ok' if mac == o['hmac'] else 'bad'

    # ---- states
    def move(self, segment, role, stream, life, initiator):
        if life.state in ('closed', 'reset', 'refused'):
            return
        if segment.flags & RST:
            if not self.resets(segment, role, stream, life):
                return
            life.resets[role] = segment
            life.state = 'refused' if life.state == 'syn_sent' else 'reset'
            self.event(segment, role, stream, 'SUBFLOW_CLOSED', state=life.state)
            return
        if life.state == 'syn_sent' and self.confirms(segment, role, stream, life, initiator):
            life.state = 'established'
            self.event(segment, role, stream, 'SUBFLOW_ESTABLISHED')
        if segment.flags & FIN and not life.ends[role]:
            life.ends[role] = segment
            if all(life.ends):
                life.state = 'closed'
                self.event(segment, role, stream, 'SUBFLOW_CLOSED', state='closed')

    @staticmethod
    def confirms(segment, role, stream, life, initiator):
        if segment.flags & SYN or not segment.flags & ACK:
            return False
        if role == initiator and life.joins and len({x for _, x in stream.sent}) == 1:
            return life.third is not None and segment.payload > 0
        return role != initiator or not life.joins and 'ack' in life.steps

    # ---- figures
    def fin_at(self, stream, x):
        """position of the FIN of a side"""
        fin = self.lives[stream].ends[x ^ stream.role]
        if not fin:
            return None
        side = stream.sides[x]
        return side.position(fin.seq) + fin.payload

    def subflow(self, stream):
        life = self.lives[stream]
        found = {'address_ids': dict(zip(ROLES, life.ids)), 'backup': dict(zip(ROLES, life.backup)), 'state': life.state,
                 'rtt': {'handshake': self.handshake(life)}}
        if stream.kind == 'join':
            syn, ack = life.steps['syn'][0].time, life.third
            found['join'] = {'token': life.joins['syn']['token'].hex(), 'synack_hmac': life.macs['synack'],
                             'ack_hmac': life.macs['ack'], 'established': 'synack' in life.joins and 'ack' in life.joins,
                             'latency': (ack - syn) / 1e9 if ack else None}
        return found

    @staticmethod
    def handshake(life):
        steps = [life.steps.get(n) for n in ('syn', 'synack', 'ack')]
        return {name: (b[0].time - a[0].time) / 1e9 if a and b and b[0].time >= a[0].time else None
                for name, a, b in (('syn_to_synack', steps[0], steps[1]), ('synack_to_ack', steps[1], steps[2]))}

    def close(self):
        levels = self.a.levels
        if all(v.fin is not None and v.ack_max is not None and v.ack_max > v.fin for v in levels):
            first = min((row['time'], row['frame'], role) for (kind, role, _), row in self.data_fins())
            when = max(next(t for n, t in v.acks if n > v.fin) for v in levels)
            return {'how': 'data_fin', 'by': ROLES[first[2]], 'time': self.a.seconds(when)}
        if self.fastclose:
            segment, role = self.fastclose
            return {'how': 'fastclose', 'by': ROLES[role], 'time': self.a.seconds(segment.time)}
        life = self.lives[self.c.streams[0]]
        if self.a.fallback and self.a.single and all(life.ends):
            return self.close_plain(life)
        ends = [v.resets[0] or v.resets[1] for v in self.lives.values()]
        if all(ends):
            return self.close_reset()
        return {'how': 'open', 'by': None, 'time': None}

    def data_fins(self):
        return [(k, row) for k, row in self.counted.items() if k[0] == 'DATA_FIN']

    def close_plain(self, life):
        stream = self.c.streams[0]
        by = min(range(2), key=lambda r: (life.ends[r].time, life.ends[r].frame))
        times = []
        for role in (CLIENT, SERVER):
            at = self.fin_at(stream, role ^ stream.role)
            times.append(next((t for n, t in self.a.levels[role].tcp_acks if n > at), None))
        when = None if None in times else max(times)
        return {'how': 'data_fin', 'by': ROLES[by], 'time': self.a.seconds(when)}

    def close_reset(self):
        last = max((s.time, s.frame, r) for v in self.lives.values() for r, s in enumerate(v.resets) if s)
        both = all(any(v.resets[r] for v in self.lives.values()) for r in (CLIENT, SERVER))
        return {'how': 'reset', 'by': None if both else ROLES[last[2]], 'time': self.a.seconds(last[0])}
