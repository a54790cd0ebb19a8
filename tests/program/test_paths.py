#!/usr/bin/env python3
# test_paths.py - report `paths`, and all reports on merged captures, on pairs of real and of derived captures.
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Both ends of each capture are merged when the test runs: mergecap, editcap. Captures of captures/, and of the folder
MPT_MORE_CAPTURES. Derived captures are written from real ones: another clock, NAT, split and joined segments, drops."""
import csv
import io
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / 'tests/support'))
from collection import FOLDERS, collection  # noqa: E402

BUILD = pathlib.Path(os.environ.get('MPT_BUILD', TOP / 'build'))
PPM = 1e-6
CHANGES = ('option_removed', 'option_changed', 'option_added', 'syn_blocked', 'addresses_changed', 'sequence_changed',
           'mss_changed')
failures = []
checks = 0


def check(where, name, ok, got=''):
    global checks
    checks += 1
    if not ok:
        failures.append('%s: %s: %s' % (where, name, got))


def run(*command):
    return subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True)


def merge(target, *files):
    run('mergecap', '-I', 'none', '-w', target, *files)
    os.chmod(target, 0o644)
    return target


def tshark(capture, report, fails=False):
    done = subprocess.run([str(TOP / 'tests/run-tshark'), '-q', '-r', str(capture), '-z', report],
                          capture_output=True, cwd=TOP, text=True)
    if (done.returncode != 0) != fails:
        failures.append('%s: %s: exit status %d: %s' % (capture, report, done.returncode, done.stderr.strip()[:300]))
        return None
    return done.stderr if fails else done.stdout


def at_once(capture, *reports):
    """What each of the reports prints, of one start of tshark; None if it failed."""
    with tempfile.TemporaryDirectory(dir='/tmp') as place:
        os.chmod(place, 0o777)
        asked = [x for k, report in enumerate(reports) for x in ('-z', '%s,file=%s/%d' % (report, place, k))]
        done = subprocess.run([str(TOP / 'tests/run-tshark'), '-q', '-r', str(capture), *asked], capture_output=True,
                              cwd=TOP, text=True)
        if done.returncode:
            failures.append('%s: %s: exit status %d: %s' % (capture, reports, done.returncode, done.stderr[:300]))
            return None
        return [(pathlib.Path(place) / str(k)).read_text() for k in range(len(reports))]


def document(capture, report):
    text = tshark(capture, report + ',format=json')
    return json.loads(text) if text else None


def pairs():
    for client in collection('*/client.pcapng'):
        found = [folder / client.parent.name for folder in FOLDERS]
        folder = next((f for f in found if (f / 'client.pcapng').exists() and (f / 'server.pcapng').exists()), None)
        if folder:
            yield folder.name, folder / 'client.pcapng', folder / 'server.pcapng'


# --- pairs of real captures ---

BYTES = ('payload_bytes', 'retrans_bytes', 'unique_bytes')


def check_counted_once(name, got, end, expected):
    """What a report counts at one end of a merged capture is what the capture of that end says alone."""
    check(name, 'connections at ' + end, len(got['connections']) == len(expected['connections']))
    for have, want in zip(got['connections'], expected['connections']):
        for direction in ('c2s', 's2c'):
            for figure in BYTES:
                check(name, '%s %s at %s' % (direction, figure, end),
                      have[direction][figure] == want[direction][figure],
                      (have[direction][figure], want[direction][figure]))


def subflow_figures(expected, c, s, direction):
    return expected['connections'][c]['subflows'][s][direction]


def check_row(name, row, client, server):
    where = '%s connection %s subflow %s %s' % (name, row['connection'], row['subflow'], row['direction'])
    sender, receiver = (client, server) if row['direction'] == 'c2s' else (server, client)
    b, missed = row['bytes'], row['not_captured']
    check(where, 'bytes', b['sent'] + missed['sender'] == b['arrived'] + b['lost'] + missed['receiver'], (b, missed))
    check(where, 'no negative delay', row['owd_negative'] == 0, row['owd_negative'])
    if len(client['connections']) != len(server['connections']):
        return
    places = (row['connection'], row['subflow'])
    if max(len(client['connections'][places[0]]['subflows']),
           len(server['connections'][places[0]]['subflows'])) > places[1] and \
            len(client['connections'][places[0]]['subflows']) == len(server['connections'][places[0]]['subflows']):
        sent, arrived = (subflow_figures(f, *places, row['direction']) for f in (client, server)[::1 if sender is client else -1])
        check(where, 'sent', b['sent'] == sent['payload_bytes'], (b['sent'], sent['payload_bytes']))
        check(where, 'lost', b['lost'] + missed['receiver'] - missed['sender'] ==
              sent['payload_bytes'] - arrived['payload_bytes'], (row, sent, arrived))
        check(where, 'duplicated', b['duplicated'] == arrived['retrans_bytes'], (b, arrived))


def path_of(text):
    values = dict(part.split('=') for part in text.split(',') if '=' in part)
    return float(values['delay']) / 1e6, float(values['rate']), float(values['qlimit'])


# What the captures of both ends tell: bytes sent again on another subflow.
FATES = {('path_blackhole', 'c2s'): {'useful': 53136, 'redundant': 0, 'useless': 2624, 'lost': 0},
         ('csum_fail_multi', 'c2s'): {'useful': 117280, 'redundant': 0, 'useless': 7248, 'lost': 0}}


def check_reinjected(name, rows, client, server):
    """Every byte that its sender reinjects has one fate."""
    for direction, sender in (('c2s', client), ('s2c', server)):
        fates = [r['reinjected'] for r in rows if r['direction'] == direction]
        want = sum(c[direction]['reinjected_bytes'] for c in sender['connections'])
        got = {fate: sum(f[fate] for f in fates) for fate in ('useful', 'redundant', 'useless', 'lost')}
        check(name, direction + ' fates of reinjected bytes', sum(got.values()) == want, (got, want))
        known = FATES.get((name, direction))
        check(name, direction + ' fates', known in (None, got), (got, known))


def check_delay(name, row, paths):
    if not row['owd']['samples']:
        return
    owd = row['owd']
    fits = [(delay, rate, limit) for delay, rate, limit in paths if delay - 100e-6 <= owd['min'] <= delay + 1.5e-3]
    check(name, 'least delay is that of a path', fits, owd['min'])
    for delay, rate, limit in fits[-1:]:
        check(name, 'median within the queue', owd['median'] <= delay + 8 * limit / rate + 2e-3, owd)


def check_pair(name, client, server, folder):
    merged = merge(folder / (name + '.pcapng'), client, server)
    expected = [json.loads((f.parent / f.name.replace('.pcapng', '.expected.json')).read_text())
                for f in (client, server)]
    texts = at_once(merged, 'mptcp,paths,full,format=json', 'mptcp,diagnose,format=csv',
                    'mptcp,summary,full,at=client,format=json')
    server_alone = document(merged, 'mptcp,summary,full,at=server')
    if not texts or not server_alone:
        return
    got = json.loads(texts[0])
    paths = [path_of(p['imp']) for p in json.loads((client.parent / 'truth.json').read_text())['paths']]
    check(name, 'offset', abs(got['clock']['offset']) < 100e-6, got['clock'])
    check(name, 'there are paths', got['paths'])
    rows = csv.DictReader(io.StringIO(texts[1]))
    wrong = [r for r in rows if r['check'] in CHANGES]
    check(name, 'changed on the way', [r['check'] for r in wrong] == (['option_removed'] if name == 'strip_synack' else []),
          wrong)
    for row in got['paths']:
        check_row(name, row, *expected)
        check_delay(name, row, paths)
    check_reinjected(name, got['paths'], *expected)
    check_counted_once(name, json.loads(texts[2]), 'client', expected[0])
    check_counted_once(name, server_alone, 'server', expected[1])


def check_refused(capture, report, said):
    """One sentence, in one line on stderr, and nothing else."""
    done = subprocess.run([str(TOP / 'tests/run-tshark'), '-q', '-r', str(capture), '-z', report], capture_output=True,
                          cwd=TOP, text=True)
    lines = [line for line in done.stderr.splitlines() if not line.startswith('Running as user')]
    check(capture.name, report, done.returncode == 1 and done.stdout == '' and lines == ['tshark: ' + said],
          (done.returncode, done.stdout[:200], lines))


def interfaces_text(capture):
    ids = sorted({int(i) for i in run('tshark', '-r', capture, '-Y', 'tcp', '-T', 'fields', '-e', 'frame.interface_id')
                  .stdout.split()})
    return 'interface %d only' % ids[0] if len(ids) == 1 else \
        'interfaces %s and %d' % (', '.join(map(str, ids[:-1])), ids[-1])


def check_one_end(name, capture):
    got = interfaces_text(capture)
    for at, said in (('server', 'at=server needs captures from both ends; this one has only one vantage point'),
                     ('client', 'at=client needs captures from both ends; this one has only one vantage point'),
                     ('7', 'at= names interface 7')):
        for report in ('mptcp,list,at=', 'mptcp,summary,format=json,at='):
            check_refused(capture, report + at, said + ': this capture has TCP on ' + got)
    for report in ('mptcp,paths', 'mptcp,plot,type=owd'):
        check_refused(capture, report, 'this needs captures from both ends; this one has only one vantage point. Merge them '
                      'first: mergecap -I none -w both.pcapng client.pcapng server.pcapng')
    check(name, 'no delays in the page of one end', '"type":"owd"' not in (tshark(capture, 'mptcp,plot') or 'owd'))
    for report in ('mptcp,paths', 'mptcp,paths,format=json', 'mptcp,paths,samples,format=csv', 'mptcp,plot,type=owd',
                   'mptcp,plot,type=owd,format=csv'):
        check(name, report + ' refused for one vantage point', 'mergecap -I none' in (tshark(capture, report, True) or ''))


def check_merged_to_one(name, client, server, folder):
    """mergecap takes the interfaces of two plain files for one, unless it is told not to."""
    files = [Pcap(f, folder).write(folder / (n + '.pcap')) for n, f in (('a', client), ('b', server))]
    one = folder / 'one.pcapng'
    run('mergecap', '-I', 'all', '-w', one, *files)
    os.chmod(one, 0o644)
    said = ' '.join((tshark(one, 'mptcp,paths', True) or '').split())
    check(name, 'twice on one interface', 'twice, on one interface' in said and 'mergecap -I none' in said, said)


def check_at_once(name, client, server, folder):
    """reports share what they collect, and say the same in one start as each alone"""
    merged = merge(folder / 'at_once.pcapng', client, server)
    asked = ['paths', 'diagnose', 'plot,type=owd,format=csv', 'plot,type=sequence,format=csv', 'reinjections',
             'reinjections,format=csv', 'paths,format=csv', 'summary,full']
    with tempfile.TemporaryDirectory(dir='/tmp') as place:
        os.chmod(place, 0o777)
        command = [str(TOP / 'tests/run-tshark'), '-q', '-r', str(merged)]
        for k, report in enumerate(asked):
            command += ['-z', 'mptcp,%s,file=%s/%d' % (report, place, k)]
        done = subprocess.run(command, capture_output=True, cwd=TOP, text=True)
        check(name, 'all at once', done.returncode == 0, done.stderr)
        if done.returncode:
            return
        for k, report in enumerate(asked):
            with open('%s/%d' % (place, k), encoding='utf-8', newline='') as file:
                together = file.read()
            alone = subprocess.run([str(TOP / 'tests/run-tshark'), '-q', '-r', str(merged), '-z', 'mptcp,' + report],
                                   capture_output=True, cwd=TOP, check=False).stdout.decode()
            check(name, report + ' at once', together and together == alone, '%d and %d' % (len(together), len(alone)))


# --- another clock ---

def least(got):
    return {(r['connection'], r['subflow'], r['direction']): r['owd'] for r in got['paths']}


def check_shift(name, client, server, folder):
    before = document(folder / (name + '.pcapng'), 'mptcp,paths')
    for shift in ('0.75', '-3', '120.5'):
        moved = folder / 'moved.pcapng'
        run('editcap', '-t', shift, server, moved)
        got = document(merge(folder / 'shifted.pcapng', client, moved), 'mptcp,paths')
        if not got or not before:
            return
        where = '%s shifted by %s' % (name, shift)
        check(where, 'offset', abs(got['clock']['offset'] - before['clock']['offset'] - float(shift)) < 100e-6,
              got['clock'])
        for key, owd in least(before).items():
            other = least(got).get(key)
            if not owd['samples']:
                continue
            check(where, 'delay of %s %s %s' % key, other and abs(owd['min'] - other['min']) < 100e-6 and
                  abs(owd['median'] - other['median']) < 100e-6, (owd, other))
        raw = document(folder / 'shifted.pcapng', 'mptcp,paths,clock=raw')
        check(where, 'raw delays below 0 are counted', sum(r['owd_negative'] for r in raw['paths']) > 0)
        check(where, 'raw delays below 0 are said',
              'delays are negative' in ' '.join((tshark(folder / 'shifted.pcapng', 'mptcp,paths,clock=raw') or '').split()))


class Pcap:
    """A capture as classic pcap with nanoseconds: [time in ns, frame]."""

    def __init__(self, source, folder):
        path = folder / 'plain.pcap'
        run('editcap', '-F', 'nsecpcap', source, path)
        data = path.read_bytes()
        self.header = data[:24]
        self.packets = []
        at = 24
        while at < len(data):
            sec, nsec, length, _ = struct.unpack('<IIII', data[at:at + 16])
            self.packets.append([sec * 10**9 + nsec, bytearray(data[at + 16:at + 16 + length])])
            at += 16 + length
        self.ip_at = 14 if struct.unpack('<I', self.header[20:24])[0] == 1 else 16

    def write(self, path):
        with open(path, 'wb') as out:
            out.write(self.header)
            for time, frame in self.packets:
                out.write(struct.pack('<IIII', time // 10**9, time % 10**9, len(frame), len(frame)) + bytes(frame))
        return path

    def tcp(self, frame):
        """(offset of TCP, offset of its payload, end) of an IPv4 segment; None for what is none."""
        ip = self.ip_at
        if len(frame) < ip + 40 or frame[ip] >> 4 != 4 or frame[ip + 9] != 6:
            return None
        tcp = ip + (frame[ip] & 15) * 4
        return tcp, tcp + (frame[tcp + 12] >> 4) * 4, ip + struct.unpack('>H', frame[ip + 2:ip + 4])[0]


def set_length(pcap, frame):
    ip = pcap.ip_at
    frame[ip + 2:ip + 4] = struct.pack('>H', len(frame) - ip)


def check_drift(name, client, server, folder, stretch=1):
    ends = [Pcap(f, folder) for f in (client, server)]
    start = min(p[0][0] for p in (e.packets for e in ends))
    for factor, end in zip((0, 50 * PPM), ends):
        for packet in end.packets:
            t = (packet[0] - start) * stretch
            packet[0] = start + t + int(t * factor)
    files = [e.write(folder / (n + '.pcap')) for n, e in zip('ab', ends)]
    got = document(merge(folder / 'drift.pcapng', *files), 'mptcp,paths')
    if got:
        check(name, 'drift of 50 ppm', got['clock']['drift'] is not None and
              abs(got['clock']['drift'] - 50 * PPM) < 5 * PPM, got['clock'])
        check(name, 'no delay below 0 with drift', sum(r['owd_negative'] for r in got['paths']) <= 2,
              [r['owd_negative'] for r in got['paths']])


def check_long_drift(folder):
    generator = BUILD / 'tests/bench/mptbench_generate'
    if not generator.exists():
        return
    a, b = folder / 'long_a.pcap', folder / 'long_b.pcap'
    run(generator, '--segments', '20000', '--subflows', '2', '--server', b, a)
    ends = [Pcap(f, folder) for f in (a, b)]
    length = max(p[0] for p in ends[0].packets) - ends[0].packets[0][0]
    check_drift('10 minutes', a, b, folder, stretch=max(1, 600 * 10**9 // length))


# --- the public v0 pair ---

# TCP acknowledges the first copy of two segments at once, and the DATA_ACK stands at them until the second
# (test_reinjections.py has the same).
THROWN = {(1, 'c2s'): 2856, (3, 'c2s'): 2856}


def check_v0(folder):
    client, server = (FOLDERS[-1] / 'v0' / f for f in ('client_2.pcap', 'server_2.pcap'))
    if not client.exists():
        return
    merged = merge(folder / 'v0.pcapng', client, server)
    truth = json.loads((FOLDERS[-1] / 'v0/client_2-server_2.pair.truth.json').read_text())
    got = document(merged, 'mptcp,paths')
    for connection in truth['connections']:
        rows = [r for r in got['paths'] if r['connection'] == connection['client_index']]
        paired = [s for s in connection['subflows'] if s['server_subflow'] is not None]
        check('v0', 'subflows of %d' % connection['client_index'], len(rows) == 2 * len(paired), len(rows))
        for direction, known in connection['directions'].items():
            mine = [r for r in rows if r['direction'] == direction]
            where = 'v0 connection %d %s' % (connection['client_index'], direction)
            check(where, 'least delay', abs(min(r['owd']['min'] for r in mine) - known['owd_raw']['min']) < 100e-6)
            if connection['client_index'] < 2:
                check(where, '20.0 ms', abs(min(r['owd']['min'] for r in mine) - 0.020) < 100e-6)
            verdict, sums = known['reinjected_bytes_verdict'], {}
            for kind in ('useful', 'redundant', 'useless', 'lost'):
                sums[kind] = sum(r['reinjected'][kind] for r in mine)
            check(where, 'reinjected', sum(sums.values()) == known['reinjected_bytes'], sums)
            # The truth was made without DATA_ACKs: what it has as redundant may be useless, or useful as the host threw
            # the first copy away.
            thrown = THROWN.get((connection['client_index'], direction), 0)
            check(where, 'useful', sums['useful'] == verdict['useful'] + thrown, (sums, verdict))
            check(where, 'redundant',
                  sums['redundant'] + sums['useless'] + sums['lost'] == verdict['redundant'] - thrown, sums)
            check(where, 'samples', sum(r['owd']['samples'] for r in mine) <= known['owd_raw']['n'])
    # The four stray packets of 11.0.0.1:60453 at the start of the server's file would be samples of connection 0.
    strays = [r for r in got['paths'] if (r['connection'], r['subflow']) == (0, 1)]
    check('v0', 'strays of 11.0.0.1:60453', [r['owd']['samples'] for r in strays] == [4, 5] and
          all(max(r['not_captured'].values()) == 0 for r in strays), strays)
    check('v0', 'offset', abs(got['clock']['offset']) < 100e-6, got['clock'])
    check_drift('v0', client, server, folder)


# --- derived from a real pair ---

def derive(folder, client, server, change_client=None, change_server=None):
    files = []
    for end, change, name in ((client, change_client, 'x'), (server, change_server, 'y')):
        pcap = Pcap(end, folder)
        if change:
            change(pcap)
        files.append(pcap.write(folder / (name + '.pcap')))
    return document(merge(folder / 'derived.pcapng', *files), 'mptcp,paths,full')


def nat(pcap):
    for _, frame in pcap.packets:
        place = pcap.tcp(frame)
        if not place:
            continue
        ip, tcp = pcap.ip_at, place[0]
        for address, port in ((ip + 12, tcp), (ip + 16, tcp + 2)):
            if frame[address + 3] == 1:  # the client's
                frame[address] ^= 0x40
                frame[port] ^= 0x10


def split(pcap):
    packets = []
    for time, frame in pcap.packets:
        place = pcap.tcp(frame)
        if not place or place[2] - place[1] < 1000:
            packets.append([time, frame])
            continue
        tcp, data, end = place
        middle = data + 500
        first, second = bytearray(frame[:middle]), bytearray(frame[:data] + frame[middle:end])
        seq = struct.unpack('>I', frame[tcp + 4:tcp + 8])[0]
        second[tcp + 4:tcp + 8] = struct.pack('>I', (seq + 500) & 0xffffffff)
        for part in (first, second):
            set_length(pcap, part)
        packets += [[time, first], [time + 1000, second]]
    pcap.packets = packets


def join(pcap):
    """Neighbours of one subflow with the same options become one segment, as GRO and TSO have them."""
    packets = []
    for time, frame in pcap.packets:
        place = pcap.tcp(frame)
        before = pcap.tcp(packets[-1][1]) if packets else None
        if place and before and place[2] > place[1] and before[2] > before[1] and before[2] - before[1] < 20000:
            last = packets[-1][1]
            seq = struct.unpack('>I', last[before[0] + 4:before[0] + 8])[0] + before[2] - before[1]
            same = last[pcap.ip_at + 12:before[0] + 4] == frame[pcap.ip_at + 12:place[0] + 4] and \
                last[before[0] + 20:before[1]] == frame[place[0] + 20:place[1]]
            if same and struct.pack('>I', seq & 0xffffffff) == bytes(frame[place[0] + 4:place[0] + 8]):
                packets[-1][1] = last[:before[2]] + frame[place[1]:place[2]]
                set_length(pcap, packets[-1][1])
                continue
        packets.append([time, frame])
    pcap.packets = packets


def drop(pcap):
    count, kept = 0, []
    for packet in pcap.packets:
        place = pcap.tcp(packet[1])
        if place and place[2] > place[1]:
            count += 1
            if count % 20 == 0:
                continue
        kept.append(packet)
    pcap.packets = kept


def start_late(pcap):
    pcap.packets = pcap.packets[len(pcap.packets) // 4:]


def sums(got, direction='c2s'):
    rows = [r for r in got['paths'] if r['direction'] == direction]
    return {k: sum(r['bytes'][k] for r in rows) for k in ('sent', 'arrived', 'lost', 'duplicated')}, rows


def check_derived(folder):
    found = {name: (client, server) for name, client, server in pairs()}
    name = next((n for n in ('two_subflows', 'remove_addr_client', 'mp_prio') if n in found), None)
    if not name:
        return
    client, server = found[name]
    plain, plain_rows = sums(derive(folder, client, server))
    for what, change in (('NAT', (None, nat)), ('split', (None, split)), ('joined at the receiver', (None, join)),
                         ('joined at the sender', (join, None)), ('joined and split', (join, split))):
        got = derive(folder, client, server, *change)
        if not got:
            continue
        now, rows = sums(got)
        where = '%s, %s' % (name, what)
        check(where, 'bytes', now == plain, (now, plain))
        check(where, 'subflows', len(rows) == len(plain_rows), len(rows))
        for row, before in zip(rows, plain_rows):
            check(where, 'least delay', abs(row['owd']['min'] - before['owd']['min']) < 2e-3,
                  (row['owd'], before['owd']))
            check(where, 'addresses', row['match']['addresses_changed'] == (what == 'NAT'))
    now, rows = sums(derive(folder, client, server, None, drop))
    check(name + ', drops', 'not lost', now['lost'] == plain['lost'], now)
    check(name + ', drops', 'not captured', sum(r['not_captured']['receiver'] for r in rows) ==
          plain['arrived'] - now['arrived'] > 0, (now, rows))
    got = derive(folder, client, server, None, start_late)
    now, rows = sums(got)
    check(name + ', late', 'mapped', len(rows) >= 1 and now['lost'] == plain['lost'], (now, rows))


# --- changed on the way ---

def tcp_options(frame, place):
    """(kind, offset, length) of each."""
    at, end = place[0] + 20, place[1]
    while at < end and frame[at] != 0:
        length = 1 if frame[at] == 1 else frame[at + 1]
        yield frame[at], at, length
        at += max(length, 1)


def change_options(pcap, wanted, change):
    """change(frame, offset, length) of each option of kind and, with kind 30, subtype `wanted`, where flags match."""
    for _, frame in pcap.packets:
        place = pcap.tcp(frame)
        for kind, at, length in tcp_options(frame, place) if place else ():
            if kind == wanted[0] and (kind != 30 or frame[at + 2] >> 4 == wanted[1]) and \
                    frame[place[0] + 13] & wanted[2] == wanted[3]:
                change(frame, at, length)


def remove(frame, at, length):
    frame[at:at + length] = b'\x01' * length


def clamp(frame, at, length):
    frame[at + 2:at + 4] = struct.pack('>H', 1200)


def readdress(frame, at, length):
    frame[at + 4] = 10


SYN, SYN_ACK = (0x12, 0x02), (0x12, 0x12)
# capture, the end whose file is changed, what, how; the finding, its RFC, words of its sentence
ON_THE_WAY = (
    ('two_subflows', 'server', (30, 1) + SYN, remove, 'option_removed', 'RFC 8684 3.2', 'with MP_JOIN and arrived'),
    ('two_subflows', 'client', (30, 0) + SYN_ACK, remove, 'option_removed', 'RFC 8684 3.1', 'The SYN/ACK of subflow 0'),
    ('two_subflows', 'server', (2, 0) + SYN, clamp, 'mss_changed', 'RFC 9293 3.7.1', 'and arrived at the server'),
    ('add_addr', 'client', (30, 3, 0, 0), readdress, 'option_changed', 'RFC 8684 3.4.1', 'instead of'),
)


def keep_join_syn(pcap):
    """Of subflows that join, only the SYN."""
    joins = set()
    for _, frame in pcap.packets:
        place = pcap.tcp(frame)
        if place and frame[place[0] + 13] & 0x12 == 0x02 and \
                any(kind == 30 and frame[at + 2] >> 4 == 1 for kind, at, _ in tcp_options(frame, place)):
            joins.add(bytes(frame[pcap.ip_at + 12:pcap.ip_at + 16]))
    pcap.packets = [p for p in pcap.packets if not pcap.tcp(p[1]) or p[1][pcap.tcp(p[1])[0] + 13] & 0x12 == 0x02 or
                    not {bytes(p[1][pcap.ip_at + at:pcap.ip_at + at + 4]) for at in (12, 16)} & joins]


def check_changes(folder, found):
    for name, end, wanted, change, finding, rfc, words in ON_THE_WAY:
        if name not in found:
            continue
        files = [Pcap(f, folder) for f in found[name]]
        if finding == 'option_removed' and wanted[1] == 1:  # a host that gets a plain SYN does not answer with MP_JOIN
            for f in files:
                keep_join_syn(f)
        change_options(files[end == 'server'], wanted, change)
        paths = [f.write(folder / (n + '.pcap')) for n, f in zip('xy', files)]
        merged = merge(folder / 'changed.pcapng', *paths)
        where = '%s, %s at the %s' % (name, finding, end)
        texts = at_once(merged, 'mptcp,diagnose,format=csv', 'mptcp,paths') or ('', '')
        rows = list(csv.DictReader(io.StringIO(texts[0])))
        mine = [r for r in rows if r['check'] == finding]
        check(where, 'found', mine and all(r['rfc'] == rfc for r in mine) and
              any(words in r['sentence'] for r in mine), rows)
        check(where, 'frame', all(int(r['frame']) > 0 for r in mine), mine)
        check(where, 'nothing else', not [r for r in rows if r['check'] in CHANGES and r['check'] != finding], rows)
        check(where, 'in paths', finding in texts[1])


# --- more than two vantage points ---

def is_from_client(pcap, frame, clients):
    """Who sent it: clients holds the addresses of the client's end."""
    ip = pcap.ip_at
    return bytes(frame[ip + 12:ip + 16]) in clients


def client_addresses(pcap):
    """Those that send SYNs, and no SYN/ACKs."""
    found = set()
    for _, frame in pcap.packets:
        place = pcap.tcp(frame)
        if place and frame[place[0] + 13] & 0x12 == 0x02:
            found.add(bytes(frame[pcap.ip_at + 12:pcap.ip_at + 16]))
    return found


def middle_of(end, folder, away, near_client, clock=0):
    """What a middlebox captures that is `away` ns from an end: all that the end sends later, all that it gets earlier."""
    pcap = Pcap(end, folder)
    clients = client_addresses(pcap)
    for packet in pcap.packets:
        leaves = is_from_client(pcap, packet[1], clients) == near_client
        packet[0] += (away if leaves else -away) + clock
    pcap.packets.sort(key=lambda p: p[0])
    return pcap


def check_points(name, client, server, folder):
    ms = 1000000
    files = [Pcap(client, folder).write(folder / 'p0.pcap'),
             middle_of(client, folder, ms, True).write(folder / 'p1.pcap'),
             middle_of(server, folder, ms // 2, False, clock=400 * ms).write(folder / 'p2.pcap'),
             Pcap(server, folder).write(folder / 'p3.pcap')]
    whole = document(merge(folder / 'points.pcapng', files[0], files[3]), 'mptcp,paths')
    before = {(r['connection'], r['subflow'], r['direction']): r for r in whole['paths']}
    # The order of the files in the merged one tells nothing: it is found from the traffic.
    for order in ((0, 1, 3), (3, 1, 0), (2, 0, 3, 1)):
        where = '%s, points %s' % (name, order)
        merged = merge(folder / 'points.pcapng', *(files[i] for i in order))
        got = document(merged, 'mptcp,paths')
        if not got:
            continue
        names = ['client', 'middle 1', 'middle 2', 'server'] if len(order) == 4 else ['client', 'middle', 'server']
        check(where, 'points', [p['name'] for p in got['points']] == names, got['points'])
        check(where, 'interfaces', [p['interfaces'] for p in got['points']] ==
              [[order.index(i)] for i in sorted(order)], got['points'])
        check(where, 'counted', [p['counted'] for p in got['points']] == [True] + [False] * (len(order) - 1))
        check(where, 'clocks', [(c['against'], c['of']) for c in got['clocks']] == list(zip(names, names[1:])),
              got['clocks'])
        check(where, 'rows', len(got['paths']) == len(before) * (len(order) - 1), len(got['paths']))
        for key, row in before.items():
            rows = [r for r in got['paths'] if (r['connection'], r['subflow'], r['direction']) == key]
            ways = list(zip(names, names[1:]))
            wanted = ways if key[2] == 'c2s' else [(b, a) for a, b in ways]
            check(where, 'from, to of %s %s %s' % key, sorted((r['from'], r['to']) for r in rows) == sorted(wanted),
                  [(r['from'], r['to']) for r in rows])
            if not row['owd']['samples']:
                continue
            first = next(r for r in rows if 'client' in (r['from'], r['to']))
            check(where, 'the first millisecond of %s %s %s' % key, abs(first['owd']['min'] - 1e-3) < 100e-6 and
                  abs(first['owd']['max'] - 1e-3) < 100e-6, first['owd'])
            check(where, 'delays of %s %s %s add up' % key, abs(sum(r['owd']['min'] for r in rows) -
                  row['owd']['min']) < 200e-6, ([r['owd']['min'] for r in rows], row['owd']))
            check(where, 'losses of %s %s %s add up' % key, sum(r['bytes']['lost'] for r in rows) ==
                  row['bytes']['lost'], [r['bytes'] for r in rows])
        offsets = [c['offset'] for c in got['clocks']]
        wanted = [0, 0.4, -0.4] if len(order) == 4 else [0, 0]
        check(where, 'offsets', all(abs(a - b) < 100e-6 for a, b in zip(offsets, wanted)), offsets)
        text = tshark(merged, 'mptcp,paths')
        check(where, 'text', 'Connections that were not captured' not in text and 'from the client to the middle' in
              ' '.join(text.split()), text[:400])
        # Every point in between can be chosen, and counts once.
        for i in order if len(order) == 4 else ():
            alone = document(files[i], 'mptcp,summary')
            here = document(merged, 'mptcp,summary,at=%d' % order.index(i))
            check(where, 'at=%d' % order.index(i), [c['c2s']['payload_bytes'] for c in here['connections']] ==
                  [c['c2s']['payload_bytes'] for c in alone['connections']])
    found = list(csv.DictReader(io.StringIO(tshark(merged, 'mptcp,diagnose,format=csv'))))
    check(name, 'nothing changed on the way', not [f for f in found if f['check'] in CHANGES], found)


def check_stripped_between(client, server, folder):
    """Where on the way an option is lost shows between which points it is."""
    files = [Pcap(client, folder).write(folder / 'p0.pcap'),
             middle_of(server, folder, 1000000, False).write(folder / 'p1.pcap'),
             Pcap(server, folder).write(folder / 'p3.pcap')]
    merged = merge(folder / 'points.pcapng', *files)
    found = list(csv.DictReader(io.StringIO(tshark(merged, 'mptcp,diagnose,format=csv'))))
    removed = [f for f in found if f['check'] == 'option_removed']
    check('strip_synack, 3 points', 'removed once', len(removed) == 1, removed)
    check('strip_synack, 3 points', 'between the client and the middle', removed and
          'left the middle (interface 1) with MP_CAPABLE and arrived at the client (interface 0)'
          in removed[0]['sentence'], removed)
    fallback = [f['sentence'] for f in found if f['check'] == 'fallback']
    check('strip_synack, 3 points', 'the culprit', len(fallback) == 1 and
          'between the client (interface 0) and the middle (interface 1) removes it' in fallback[0], fallback)


def interface_count(capture):
    return run('capinfos', '-I', capture).stdout.count('Interface #')


def check_many(folder, found):
    """Both ends of several transfers in one file, in any order of the files: the clients together, the servers too."""
    sets = [('mp_prio', 'two_subflows'), ('tiny', 'strip_synack', 'lossy3'), ('single', 'add_addr', 'ipv6')]
    for names in [s for s in sets if all(n in found for n in s)]:
        for servers_first in range(2 ** len(names)):
            files, ends, at = [], ([], []), 0
            for k, name in enumerate(names):
                swapped = servers_first >> k & 1
                for end in (1, 0) if swapped else (0, 1):
                    files.append(found[name][end])
                    ends[end].extend(range(at, at + interface_count(files[-1])))
                    at = ends[end][-1] + 1
            merged = merge(folder / 'many.pcapng', *files)
            where = 'both ends of %s, servers first in %d' % (' and '.join(names), servers_first)
            texts = at_once(merged, 'mptcp,paths,format=json', 'mptcp,diagnose,format=csv', 'mptcp,list')
            if not texts:
                continue
            got = json.loads(texts[0])
            check(where, 'points', [(p['name'], p['interfaces']) for p in got['points']] ==
                  [('client', ends[0]), ('server', ends[1])], got['points'])
            check(where, 'directions', all((r['from'] == 'client') == (r['direction'] == 'c2s') for r in got['paths']))
            rows = list(csv.DictReader(io.StringIO(texts[1])))
            wrong = [r['check'] for r in rows if r['check'] in CHANGES]
            check(where, 'changed on the way', wrong == (['option_removed'] if 'strip_synack' in names else []), rows)
            text = ' '.join(texts[2].split())
            check(where, 'nothing is uncertain', 'at first' not in text and 'number alone' not in text, text[:400])


def check_series(name, folder):
    """The points of the graph owd are the samples of the report."""
    merged = folder / (name + '.pcapng')
    samples = list(csv.DictReader(io.StringIO(tshark(merged, 'mptcp,paths,samples,format=csv'))))
    for at in ('client', 'server'):
        for direction in ('c2s', 's2c'):
            where = '%s, owd at the %s, %s' % (name, at, direction)
            text = tshark(merged, 'mptcp,plot,type=owd,format=csv,stream=0,at=%s,direction=%s' % (at, direction))
            points = list(csv.DictReader(io.StringIO(text)))
            frame = 'from' if (at, direction) in (('client', 'c2s'), ('server', 's2c')) else 'to'
            time = 'sent_s' if frame == 'from' else 'arrived_s'
            wanted = sorted((r['subflow'], r[frame + '_frame'], r[time], r['owd_s'], r['payload_bytes']) for r in samples
                            if r['direction'] == direction and r['connection'] == '0')
            have = sorted((p['subflow'], p['frame'], p['time_s'], p['value'], p['length_bytes'] or '0') for p in points)
            check(where, 'points are the samples', have == wanted and have, (len(have), len(wanted), have[:2], wanted[:2]))
            times = [float(p['time_s']) for p in points]
            check(where, 'in order of time', times == sorted(times))
    html = tshark(merged, 'mptcp,plot')
    check(name, 'owd in the page', '"type":"owd"' in html)
    every = tshark(merged, 'mptcp,plot,format=csv')
    check(name, 'owd among all graphs', '\nowd,delay,0,' in every)
    raw = tshark(merged, 'mptcp,plot,type=owd,format=svg')
    check(name, 'owd as a picture', '</svg>' in raw)


def check_options(name, folder):
    merged = folder / (name + '.pcapng')
    by_number = document(merged, 'mptcp,summary,client=0,1,server=2,3,at=server')
    by_itself = document(merged, 'mptcp,summary,at=server')
    check(name, 'named interfaces', by_number['connections'] == by_itself['connections'])
    check(name, 'at=2', document(merged, 'mptcp,summary,at=2')['connections'] == by_itself['connections'])
    there_is = ': this capture has TCP on interfaces 0, 1, 2 and 3'
    for options, said in (('at=9', 'at= names interface 9' + there_is),
                          ('client=7,server=2,3', 'client= names interface 7' + there_is),
                          ('client=0,server=2,3,8', 'server= names interface 8' + there_is),
                          ('client=0,1,2,3', 'client= names all interfaces, leaving none for the other end' + there_is),
                          ('client=0,server=2,at=1', 'at= names interface 1, which is neither in client= nor in server=')):
        for report in ('mptcp,list,', 'mptcp,summary,format=csv,', 'mptcp,summary,format=json,') + \
                (() if 'at=' in options else ('mptcp,paths,',)):
            check_refused(merged, report + options, said)
    ends = '(interfaces 0 and 1), not at the server (interfaces 2 and 3)'
    for options, said in (('client=0,1', 'Counted at the client ' + ends),
                          ('client=0,1', 'interfaces 2 and 3 are not in client=, so they count as the server\'s.'),
                          ('server=2,3,at=client', 'Counted at the client ' + ends),
                          ('server=2,3', 'interfaces 0 and 1 are not in server=, so they count as the client\'s.'),
                          ('client=0', 'interfaces 1, 2 and 3 are not in client=, so they count as the server\'s.'),
                          ('client=0,server=2', 'segments of other interfaces are left out.')):
        text = ' '.join((tshark(merged, 'mptcp,list,' + options) or '').split())
        check(name, options, said in text, text[:400])
    text = ' '.join((tshark(merged, 'mptcp,paths,client=0,1') or '').split())
    check(name, 'paths,client=0,1', 'clock of the server (interfaces 2 and 3) is ' in text and
          ' that of the client (interfaces 0 and 1)' in text, text[:400])
    check(name, 'the default is said', 'Counted at the client' in tshark(merged, 'mptcp,summary'))
    rows = list(csv.DictReader(io.StringIO(tshark(merged, 'mptcp,paths,samples,format=csv'))))
    got = document(merged, 'mptcp,paths')
    check(name, 'a line a sample', len(rows) == sum(r['owd']['samples'] for r in got['paths']), len(rows))
    delays = [float(r['owd_s']) for r in rows if r['subflow'] == '0' and r['direction'] == 'c2s']
    for row in got['paths']:
        key = [str(row[k]) for k in ('connection', 'subflow', 'direction')]
        mine = sorted(float(r['owd_s']) for r in rows if [r['connection'], r['subflow'], r['direction']] == key)
        for figure, part in (('median', 0.5), ('p95', 0.95)):
            exact = mine[max(0, -int(-part * len(mine) // 1) - 1)] if mine else None
            check(name, figure + ' within 0.05 %', not mine or abs(row['owd'][figure] - exact) <= exact / 2000 + 1e-9,
                  (key, row['owd'], exact))
    check(name, 'samples are the delays', min(delays) == got['paths'][0]['owd']['min'], min(delays))
    check(name, 'points', [(p['name'], p['counted'], p['interfaces']) for p in got['points']] ==
          [('client', True, [0, 1]), ('server', False, [2, 3])], got['points'])
    check(name, 'named interfaces, as the file has them', [p['interface_names'] for p in got['points']] ==
          [['c1', 'c2'], ['s1', 's2']], got['points'])
    table = list(csv.DictReader(io.StringIO(tshark(merged, 'mptcp,paths,format=csv'))))
    check(name, 'csv', [r['sent_bytes'] for r in table] == [str(r['bytes']['sent']) for r in got['paths']])


def main():
    if not all(shutil.which(tool) for tool in ('mergecap', 'editcap', 'capinfos')):
        print('mergecap, editcap and capinfos are not installed')
        return 77
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        os.chmod(folder, 0o755)
        all_pairs = list(pairs())
        for pair in all_pairs:
            check_pair(*pair, folder)
        for pair in all_pairs[:3]:
            check_shift(*pair, folder)
        if all_pairs:
            check_one_end(all_pairs[0][0], all_pairs[0][1])
            check_merged_to_one(*all_pairs[0], folder)
            check_at_once(*all_pairs[0], folder)
            two = [p[0] for p in all_pairs if p[0] in ('two_subflows', 'mp_prio')]
            for pair in two[:1]:
                check_options(pair, folder)
                check_series(pair, folder)
        check_v0(folder)
        check_long_drift(folder)
        check_derived(folder)
        found = {pair[0]: pair[1:] for pair in all_pairs}
        for pair in ('tiny', 'two_subflows', 'lossy3'):
            if pair in found:
                check_points(pair, *found[pair], folder)
        check_changes(folder, found)
        check_many(folder, found)
        if 'strip_synack' in found:
            check_stripped_between(*found['strip_synack'], folder)
    for failure in failures:
        print(failure)
    print('%d checks, %d failures' % (checks, len(failures)))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
