#!/usr/bin/env python3
# test_places.py - captures that have each packet several times, in real link headers: of any interface of a router or a
# bridge (SLL, SLL2), before and after a router, a translation, a tunnel (GRE, VXLAN) or a VLAN.
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every report counts each packet once, as the capture without copies does, and `paths` compares the places: nothing is
lost between them, and each delay is the one that the capture was made with."""
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / 'tests/support'))
import alter  # noqa: E402
import rewrap  # noqa: E402
import wire  # noqa: E402
from rewrap import IN, OUT  # noqa: E402

CAPTURES = ('tiny/client', 'dual_stack/server', 'port_reuse/server', 'path_blackhole/client', 'midstream_join/client')
DELAY = 20000
# What differs where each packet is in a capture several times: numbers of frames, sentences with these, interfaces.
LEFT_OUT = {'frame', 'echo_frame', 'first_frame', 'frames', 'capture', 'tcp_stream', 'captured_twice', 'account', 'interface'}
failures = []


def check(where, ok, got=''):
    if not ok:
        failures.append('%s: %s' % (where, str(got)[:600]))


def tshark(capture, *reports, fails=False):
    asked = [x for r in reports for x in ('-z', 'mptcp,%s,format=json' % r)]
    done = subprocess.run([str(TOP / 'tests/run-tshark'), '-q', '-r', str(capture), *asked], capture_output=True,
                          cwd=TOP, text=True)
    if (done.returncode != 0) != fails:
        failures.append('%s: %s: exit status %d: %s' % (capture, reports, done.returncode, done.stderr[:300]))
    return done.stderr if fails else json.loads(done.stdout)


def flat(value, name=''):
    if isinstance(value, dict):
        for key, v in value.items():
            if key not in LEFT_OUT:
                yield from flat(v, name + '.' + key)
    elif isinstance(value, list):
        for k, v in enumerate(value):
            yield from flat(v, '%s[%d]' % (name, k))
    else:
        yield name, value


def differences(plain, got):
    """Times may differ by what the packets took between the places."""
    a, b = dict(flat(plain)), dict(flat(got))
    for name in sorted(a.keys() | b.keys()):
        x, y = a.get(name), b.get(name)
        if isinstance(x, float) and isinstance(y, float) and abs(x - y) <= max(4e-3 * abs(x), 2e-4):
            continue
        if x != y:
            yield '%s: %s -> %s' % (name, x, y)


def plain(ip, _):
    return rewrap.ethernet(ip)


def routed(ip, _):
    return rewrap.ethernet(rewrap.hop(ip))


def way(comes_in):
    return IN if comes_in else OUT


# name: (link type, the places from the client's side on, what the reports call them)
HOSTS = {
    'SLL2, routed': (wire.SLL2, [lambda ip, i: rewrap.sll2(ip if i else rewrap.hop(ip), way(i), 2),
                                 lambda ip, i: rewrap.sll2(ip if i else rewrap.hop(ip), way(i), 7)], ('index 2', 'index 7')),
    'SLL2, bridged': (wire.SLL2, [lambda ip, i: rewrap.sll2(ip, way(i), 9), lambda ip, i: rewrap.sll2(ip, way(i), 3)],
                      ('index 9', 'index 3')),
    'SLL, routed': (wire.SLL, [lambda ip, i: rewrap.sll(ip if i else rewrap.hop(ip), way(i))] * 2,
                    ('the client\'s side of the capturing host', 'the server\'s side of the capturing host')),
    'SLL, bridged': (wire.SLL, [lambda ip, i: rewrap.sll(ip, way(i))] * 2,
                     ('the client\'s side of the capturing host', 'the server\'s side of the capturing host')),
    'router': (wire.ETHERNET, [lambda ip, i: rewrap.ethernet(ip if i else rewrap.hop(ip))] * 2,
               ('the client\'s side of the router', 'the server\'s side of the router')),
    'VLAN': (wire.ETHERNET, [plain, lambda ip, i: rewrap.ethernet(ip, 7)],
             ('the client\'s side where the tunnel or VLAN begins', 'the server\'s side where the tunnel or VLAN begins')),
    'VXLAN': (wire.ETHERNET, [lambda ip, i: rewrap.vxlan(ip), plain],
              ('the client\'s side where the tunnel or VLAN begins', 'the server\'s side where the tunnel or VLAN begins')),
    'GRE': (wire.ETHERNET, [lambda ip, i: rewrap.ethernet(ip), lambda ip, i: rewrap.gre(ip)],
            ('the client\'s side where the tunnel or VLAN begins', 'the server\'s side where the tunnel or VLAN begins')),
}


def senders(frames):
    """from_client(packet): by who opened the connection, else by the lower port"""
    services = set()
    for f in frames:
        s = wire.segment_of(f)
        if s and s.flags & (wire.SYN | wire.ACK) == wire.SYN:
            services.add(s.target[1])

    def from_client(ip):
        source, target = (int.from_bytes(wire.transport(ip)[2][k:k + 2], 'big') for k in (0, 2))
        return target in services if services else target < source
    return from_client


def frames_of(name):
    frames = [f for f in wire.frames(str(TOP / 'captures' / name) + '.pcapng') if wire.segment_of(f)]
    return sorted(frames, key=lambda f: f.time)


def check_paths(where, got, names):
    points = [p['place'] for p in got['points']]
    check(where + ': places', tuple(points) == names, points)
    check(where + ': none is alone', not got['paths_unmatched'], got['paths_unmatched'])
    for row in got['paths']:
        at = '%s: paths of %s/%s %s' % (where, row['connection'], row['subflow'], row['direction'])
        check(at, row['bytes']['sent'] == row['bytes']['arrived'] and not row['bytes']['lost'] and
              not row['segments']['reordered'] and not sum(row['not_captured'].values()), row)
        delays = row['owd']
        check(at + ': delays', all(delays[k] is None or abs(delays[k] - DELAY / 1e9) < 1e-12
                                   for k in ('min', 'median', 'p95', 'max')), delays)
    pairs = {(r['connection'], r['subflow']) for r in got['paths']}
    check(where + ': subflows', pairs == {(c['id'], s['id']) for c in got['connections'] for s in c['subflows']}, pairs)


def check_host(where, capture, expected, copies, names):
    got = tshark(capture, 'summary,full', 'paths', 'diagnose')
    if not got:
        return
    check(where + ': figures', not list(differences(expected['connections'], got['connections'])),
          list(differences(expected['connections'], got['connections'])))
    check(where + ': captured twice', got['capture']['captured_twice'] == copies, (got['capture']['captured_twice'], copies))
    check_paths(where, got, names)
    before, after = ({f['check'] for f in x['findings'] if f['severity'] != 'note'} for x in (expected, got))
    check(where + ': findings', after == before | {'captured_twice'}, after ^ before)


def check_translation(place):
    """One address for another on the way: the places have connections of their own addresses."""
    frames = [f for f in frames_of('tiny/client')]
    client = next(wire.segment_of(f) for f in frames if wire.segment_of(f).flags & wire.SYN).source[0]
    outside = b'\xc0\0\x02\xfe'

    def beyond(ip):
        return rewrap.translated(ip, client, outside)
    for name, link, places in (
            ('SLL', wire.SLL, [lambda ip, i: rewrap.sll(ip, way(i)), lambda ip, i: rewrap.sll(beyond(ip), way(i))]),
            ('Ethernet', wire.ETHERNET, [plain, lambda ip, i: rewrap.ethernet(beyond(ip))])):
        capture = os.path.join(place, 'nat.pcapng')
        alter.write(capture, rewrap.sightings(frames, link, places, senders(frames), DELAY))
        got = tshark(capture, 'summary', 'paths', 'diagnose')
        where = 'translation, ' + name
        check(where, len(got['connections']) == 1 and got['capture']['captured_twice'] == len(frames), got['capture'])
        check(where, 'addresses_changed' in {f['check'] for f in got['findings']}, [f['check'] for f in got['findings']])
        check_paths(where, got, tuple(p['place'] for p in got['points']))
        for at, address in (('client', socket.inet_ntoa(client)), ('server', '192.0.2.254')):
            c = tshark(capture, 'summary,at=' + at)['connections'][0]
            check(where + ': at=' + at, c['client']['address'] == address, c['client'])


def check_none(place):
    """A host of its own with two interfaces: no packet is there twice, and there is one place."""
    frames = frames_of('dual_stack/server')
    capture = os.path.join(place, 'host.pcapng')
    from_client = senders(frames)
    out = [wire.Frame(f.number, f.time, wire.SLL2, rewrap.sll2(ip, IN if from_client(ip) else OUT, 2 + (ip[0] >> 4 == 6)), f.length)
           for f in frames for ip in [wire.network(f)]]
    alter.write(capture, out)
    check('a host', 'one vantage point' in tshark(capture, 'paths', fails=True))
    check('a host', 'one vantage point' in tshark(capture, 'summary,at=server', fails=True))


def main():
    with tempfile.TemporaryDirectory(dir='/tmp') as place:
        os.chmod(place, 0o755)
        for name in CAPTURES:
            frames = frames_of(name)
            capture = os.path.join(place, 'plain.pcapng')
            alter.write(capture, frames)
            expected = tshark(capture, 'summary,full', 'diagnose')
            for host, (link, places, names) in HOSTS.items():
                copied = rewrap.sightings(frames, link, places, senders(frames), DELAY)
                capture = os.path.join(place, 'copies.pcapng')
                alter.write(capture, copied)
                check_host('%s, %s' % (name, host), capture, expected, len(copied) - len(frames), names)
        check_translation(place)
        check_none(place)
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
