#!/usr/bin/env python3
"""The fields mptcpscope.* against the reports: sums with two passes, ids with one, and what tshark does with fields.

For every capture in captures/ (and in the larger collection beside the checkout, where it is there), and for both ends of
each transfer merged into one file, where each packet is to count once. Prints a line per difference and exits 1 if there
is any.

  test_fields.py [CAPTURE]...
  test_fields.py --merged [FOLDER]...        only the merged ones: of these folders with a client.pcapng and a server.pcapng
  test_fields.py --columns CSV REPORT NAME   sums of columns that Wireshark saved, against a report in JSON
  test_fields.py --names                     the fields that these columns have to be, a line each

SPDX-License-Identifier: GPL-2.0-or-later
"""
import collections
import csv
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TESTS, 'support'))
from collection import collection

TOP = os.path.dirname(TESTS)
TINY = os.path.join(TOP, 'captures', 'tiny', 'client.pcapng')

SUMS = ('first_bytes', 'reinjected_bytes', 'reinjected_same_bytes', 'retrans_bytes', 'unmapped_bytes', 'fallback_bytes')
# Of a merged capture the amounts are there where reports count; all else at both ends.
AMOUNTS = SUMS + ('out_of_order_bytes', 'dsn_length', 'data_ack_rtt', 'inflight', 'subflow_inflight', 'window', 'peer_window')
FIELDS = ('frame.number', 'mptcpscope.point', 'mptcpscope.connection', 'mptcpscope.subflow', 'mptcpscope.role', 'tcp.len',
          'mptcpscope.data_ack', 'mptcpscope.dsn', 'mptcpscope.dsn_end', 'mptcpscope.out_of_order_bytes',
          'mptcpscope.data', 'mptcpscope.first_copy', 'tcp.options.mptcp.subtype', 'frame.interface_id', 'tcp.stream') + tuple(
              'mptcpscope.' + s for s in SUMS)

failures = []


def fail(text, *args):
    failures.append(text % args)
    print(text % args)


def tshark(*args):
    run = subprocess.run([os.path.join(TESTS, 'run-tshark')] + list(args), stdin=subprocess.DEVNULL,
                         capture_output=True, text=True, errors='replace')
    if run.returncode or run.stderr:
        fail('tshark %s: status %d, %s', ' '.join(args), run.returncode, run.stderr.strip())
    return run.stdout


@functools.lru_cache(maxsize=4)  # of the one capture, once and twice
def packets(capture, passes, *options, more=()):
    args = list(options) + (['-2'] if passes == 2 else [])
    for name in FIELDS + more:
        args += ['-e', name]
    out = tshark('-r', capture, '-T', 'fields', '-E', 'occurrence=a', *args)
    return [dict(zip(FIELDS + more, line.split('\t'))) for line in out.splitlines()]


def numbers(text):
    return [int(n) for n in text.split(',')] if text else []


class Direction:
    def __init__(self):
        self.count = collections.Counter()
        self.acks = []
        self.first, self.end = [], []

    def take(self, p):
        self.count['packets'] += 1
        for name in SUMS:
            self.count[name] += sum(numbers(p['mptcpscope.' + name]))
        self.count['payload_bytes'] += sum(numbers(p['tcp.len']))
        self.count['out_of_order'] += sum(numbers(p['mptcpscope.out_of_order_bytes']))
        self.first += numbers(p['mptcpscope.dsn'])
        self.end += numbers(p['mptcpscope.dsn_end'])


def compare(where, expected, got):
    if expected != got:
        fail('%s: the report has %s, the fields have %s', where, expected, got)


def sums(capture, report, rows):
    """rows: what packets() gives with two passes"""
    connections = collections.defaultdict(lambda: [Direction(), Direction()])
    subflows = collections.defaultdict(lambda: [Direction(), Direction()])
    for p in rows:
        if not p['mptcpscope.connection']:
            continue
        c, s, side = int(p['mptcpscope.connection']), int(p['mptcpscope.subflow']), p['mptcpscope.role'] == 'server'
        connections[c][side].take(p)
        subflows[c, s][side].take(p)
        connections[c][not side].acks += numbers(p['mptcpscope.data_ack'])
    compare(capture + ': connections', [c['id'] for c in report['connections']], sorted(connections))
    for c in report['connections']:
        for side, name in enumerate(('c2s', 's2c')):
            where = '%s: connection %d %s ' % (capture, c['id'], name)
            d = connections[c['id']][side]
            for figure in SUMS + ('packets', 'payload_bytes'):
                compare(where + figure, c[name][figure], d.count[figure])
            compare(where + 'dsn_first', c[name]['dsn_first'], min(d.first, default=None))
            compare(where + 'dsn_end', c[name]['dsn_end'], max(d.end, default=None))
            if c[name]['out_of_order']['bytes'] is not None:
                compare(where + 'out_of_order', c[name]['out_of_order']['bytes'], d.count['out_of_order'])
            # The relative number of a DATA_ACK needs the key of whose data it acknowledges.
            if c['kind'] == 'mptcp' and c[('client', 'server')[side]]['idsn'] is not None:
                compare(where + 'data_ack.count', c[name]['data_ack']['count'], len(d.acks))
                compare(where + 'data_ack.max', c[name]['data_ack']['max'], max(d.acks, default=None))
            for s in c['subflows']:
                for figure in SUMS + ('packets', 'payload_bytes'):
                    compare('%ssubflow %d %s' % (where, s['id'], figure), s[name][figure],
                            subflows[c['id'], s['id']][side].count[figure])


def ids(capture):
    """One pass: the ids of two, wherever the connection is known by then. Before the frames of its MP_CAPABLE handshake a
    connection counts its subflows without that one. One that only later turns out to be part of another keeps its number:
    those after it have higher ones than in two passes."""
    missing = known = 0
    number_of, lowest = {}, {}
    whole = set()
    ones, twos = list(packets(capture, 1)), list(packets(capture, 2))
    first = {}
    for two in twos:
        first.setdefault(two['mptcpscope.connection'], two['mptcpscope.subflow'])
    for one, two in zip(ones, twos):
        if not two['mptcpscope.connection']:
            compare('%s: frame %s, one pass' % (capture, two['frame.number']), '', one['mptcpscope.connection'])
            continue
        if not one['mptcpscope.connection']:
            missing += 1
            continue
        known += 1
        expected = dict(two)
        if two['mptcpscope.subflow'] == '0' or first[two['mptcpscope.connection']] == '0':
            whole.add(two['mptcpscope.connection'])
        if two['mptcpscope.connection'] not in whole:
            expected['mptcpscope.subflow'] = str(int(two['mptcpscope.subflow']) - 1)
        if int(one['mptcpscope.connection']) > int(two['mptcpscope.connection']):
            expected['mptcpscope.connection'] = one['mptcpscope.connection']
            compare('%s: frame %s, the connection that one pass calls %s' % (capture, one['frame.number'], one['mptcpscope.connection']),
                    number_of.setdefault(one['mptcpscope.connection'], two['mptcpscope.connection']), two['mptcpscope.connection'])
        number = int(one['mptcpscope.connection'])
        if number > lowest.setdefault(two['mptcpscope.connection'], number):
            continue  # not known yet to be a part of it: its subflows count by themselves
        for name in ('mptcpscope.connection', 'mptcpscope.subflow'):
            # At another vantage point: not before the one that counts has shown that subflow.
            if name == 'mptcpscope.subflow' and one['mptcpscope.point'] and not one[name]:
                continue
            compare('%s: frame %s %s, one pass' % (capture, one['frame.number'], name), expected[name], one[name])
    if missing > known:
        fail('%s: one pass knows the connection of %d segments, and of %d it does not', capture, known, missing)


def documented():
    for line in tshark('-G', 'fields').splitlines():
        f = line.split('\t')
        if f[0] == 'F' and f[2].startswith('mptcpscope.') and '.finding' not in f[2] and len(f[7:8]) and not f[7].strip():
            fail('field %s has no blurb', f[2])
    out = tshark('-G', 'fields')
    names = [line.split('\t')[2] for line in out.splitlines() if line.startswith('F\t') and '\tmptcpscope.' in line]
    if len(names) < 25:
        fail('tshark -G fields names %d fields', len(names))


def used():
    two = list(packets(TINY, 2))
    mine = [p for p in two if p['mptcpscope.connection'] == '0']
    without_option = [p for p in mine if not p['tcp.options.mptcp.subtype']]
    for args in ([], ['-2']):
        out = tshark('-r', TINY, *args, '-Y', 'mptcpscope.connection == 0', '-T', 'fields', '-e', 'frame.number').split()
        compare('%s: -Y mptcpscope.connection == 0' % args, [p['frame.number'] for p in mine], out)
    out = tshark('-q', '-2', '-r', TINY, '-z', 'io,stat,0,SUM(mptcpscope.first_bytes)mptcpscope.first_bytes')
    total = sum(sum(numbers(p['mptcpscope.first_bytes'])) for p in two)
    if ' %d ' % total not in out:
        fail('io,stat does not say %d:\n%s', total, out)
    out = tshark('-r', TINY, '-o', 'mptcpscope.fields:off', '-T', 'fields', '-e', 'mptcpscope.connection')
    compare('fields off', '', out.strip())
    out = tshark('-r', TINY, '-o', 'gui.column.format:"C","%Cus:mptcpscope.subflow:0:R"')
    compare('column', [p['mptcpscope.subflow'] for p in two], [line.strip() for line in out.split('\n')[:len(two)]])
    out = tshark('-r', TINY, '-V')
    if 'MPTCP scope, connection 0' not in out:
        fail('-V has no subtree')
    return without_option


def unusual(capture):
    """Says something of a segment that is not simply new data, and nothing of others; in the tree, a range each"""
    words = {'reinjection': 'reinjected', 'reinjection_same': 'remapped',
             'retransmission': 'retransmitted', 'unmapped': 'no mapping known'}
    more = ('mptcpscope.out_of_order', 'mptcpscope.duplicate', 'mptcpscope.unusual')
    several = None
    for p in packets(capture, 2, more=more):
        kinds = p['mptcpscope.data'].split(',') if p['mptcpscope.data'] else []
        expected = {words[kind] for kind in kinds if kind in words}
        for name, said in (('out_of_order', 'out of order'), ('duplicate', 'acknowledged before')):
            if p['mptcpscope.' + name] in ('1', 'True'):
                expected.add(said)
        got = p['mptcpscope.unusual'].split(',') if p['mptcpscope.unusual'] else []
        compare('%s: frame %s, unusual' % (capture, p['frame.number']), expected, set(got))
        if len(set(kinds)) > 1:
            several = several or p['frame.number']
    if several:
        tree = tshark('-2', '-r', capture, '-Y', 'frame.number == ' + several, '-V').split('MPTCP scope, ')[1].splitlines()
        ranges = [i for i, line in enumerate(tree) if line.startswith('    [Data: ') and ' byte' in line]
        if len(ranges) < 2 or not all(tree[i + 1].startswith('        [') for i in ranges):
            fail('%s: frame %s has not a tree for each range:\n%s', capture, several, '\n'.join(tree))
    return several


def in_sharkd(capture):
    """sharkd, which reads as Wireshark's windows do, has for each packet what two passes of tshark have"""
    names = ('mptcpscope.point', 'mptcpscope.connection', 'mptcpscope.subflow', 'mptcpscope.out_of_order_bytes') + \
        tuple('mptcpscope.' + s for s in SUMS)
    columns = {'column%d' % i: name + ':0' for i, name in enumerate(names)}
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, os.path.basename(capture))
        shutil.copyfile(capture, copy)
        os.chmod(folder, 0o755)
        os.chmod(copy, 0o644)
        asked = [json.dumps({'jsonrpc': '2.0', 'id': i, 'method': method, 'params': params}) + '\n' for i, (method, params)
                 in enumerate([('load', {'file': copy}), ('frames', columns)], 1)]
        run = subprocess.run([os.path.join(TESTS, 'run-tshark'), '-'], input=''.join(asked), text=True,
                             capture_output=True, env=dict(os.environ, MPT_PROGRAM='sharkd'), check=False)
    rows = [json.loads(line).get('result') for line in run.stdout.splitlines() if line.startswith('{')][-1]
    compare(capture + ': in sharkd', [[p[name] for name in names] for p in packets(capture, 2)], [r['c'] for r in rows])


# --- both ends in one file

def counted_once(where, capture, report, *options):
    """Two passes: the amounts are those of the report's point, and only there"""
    more = tuple('mptcpscope.' + name for name in AMOUNTS)
    rows = packets(capture, 2, *options, more=more)
    points = [p['name'] for p in report['points']]
    counted = next(p['name'] for p in report['points'] if p['counted'])
    for p in rows:
        if not p['mptcpscope.connection']:
            continue
        at = [q['name'] for q in report['points'] if int(p['frame.interface_id']) in q['interfaces']]
        compare('%s: frame %s, mptcpscope.point' % (where, p['frame.number']), at, [p['mptcpscope.point']])
        if p['mptcpscope.point'] != counted:
            compare('%s: frame %s, amounts where nothing is counted' % (where, p['frame.number']), [],
                    [name for name in more if p[name]])
    compare(where + ': points of the frames', set(points), {p['mptcpscope.point'] for p in rows if p['mptcpscope.point']})
    sums(where, report, [p for p in rows if p['mptcpscope.point'] == counted])
    return rows


def one_number(where, report, rows):
    """A packet has the same connection and subflow at both ends: told by its 4-tuple's stream where nothing translates"""
    numbers_of = collections.defaultdict(set)
    streams = {s['tcp_stream']: (str(c['id']), str(s['id'])) for c in report['connections'] for s in c['subflows']}
    for p in rows:
        stream = int(p['tcp.stream']) if p['tcp.stream'] else None
        if p['mptcpscope.connection'] and stream in streams:
            numbers_of[stream].add((p['mptcpscope.connection'], p['mptcpscope.subflow']))
    for stream, numbers in numbers_of.items():
        compare('%s: connection and subflow of tcp.stream %d' % (where, stream), {streams[stream]}, numbers)


def one_pass(where, capture):
    """From where both ends are known on, what is counted is counted at one. Before, it is at the end that comes first."""
    for p in packets(capture, 1):
        if p['mptcpscope.point'] not in ('', 'client') and not p['mptcpscope.point'].startswith('point'):
            compare('%s: frame %s, amounts where nothing is counted, one pass' % (where, p['frame.number']), [],
                    [name for name in SUMS if p['mptcpscope.' + name]])


def expert(where, capture):
    """Expert Information has the findings of diagnose, of the capture and between the two ends too, each under its field"""
    report = json.loads(tshark('-q', '-r', capture, '-z', 'mptcp,diagnose,format=json'))
    shown = collections.defaultdict(set)
    out = tshark('-2', '-r', capture, '-Y', ' || '.join('mptcpscope.finding.' + s for s in ('error', 'warning', 'note', 'chat')), '-T', 'fields', '-E', 'separator=|', '-E', 'occurrence=a',
                 '-E', 'aggregator=#', '-e', 'frame.number', '-e', '_ws.expert.message')
    for line in out.splitlines():
        number, messages = line.split('|', 1)
        shown[int(number)].update(messages.split('#'))
    for name, severity in sorted({(f['check'], f['severity']) for f in report['findings']}):
        asked = 'mptcpscope.finding.%s && mptcpscope.finding.%s' % (name, severity)
        got = {int(n) for n in tshark('-2', '-r', capture, '-Y', asked, '-T', 'fields', '-e', 'frame.number').split()}
        wanted = {f['frame'] or 1 for f in report['findings'] if (f['check'], f['severity']) == (name, severity)}
        compare('%s: frames of %s' % (where, asked), set(), wanted - got)
    for f in report['findings']:
        # Wireshark cuts a long one.
        if not any(f['sentence'].startswith(s) and len(s) > min(200, len(f['sentence']) - 1)
                                                   for s in shown[f['frame'] or 1]):
            fail('%s: expert information of frame %s lacks "%s"', where, f['frame'], f['sentence'])


def merged(client, server):
    name = os.path.basename(os.path.dirname(client)) + ': both ends'
    with tempfile.TemporaryDirectory() as work:
        os.chmod(work, 0o755)
        both = os.path.join(work, 'both.pcapng')
        subprocess.run(['mergecap', '-I', 'none', '-w', both, client, server], check=True)
        os.chmod(both, 0o644)
        for at in ('client', 'server'):
            where = '%s, at=%s' % (name, at)
            report = json.loads(tshark('-q', '-r', both, '-z', 'mptcp,summary,full,format=json,at=' + at))
            report['points'] = json.loads(tshark('-q', '-r', both, '-z', 'mptcp,paths,format=json'))['points']
            for point in report['points']:
                point['counted'] = point['name'] == at
            rows = counted_once(where, both, report, '-o', 'mptcpscope.at:' + at)
            one_number(where, report, rows)
        one_pass(name, both)
        ids(both)
        in_sharkd(both)
        expert(name, both)
        expert(name + ', client alone', client)


def pairs():
    servers = {c.parent.name: str(c) for c in collection('*/server.pcapng')}
    return [(str(c), servers[c.parent.name]) for c in collection('*/client.pcapng') if c.parent.name in servers]


def main():
    if sys.argv[1:2] == ['--names']:
        print('\n'.join(FIELDS))
        return 0
    if sys.argv[1:2] == ['--columns']:
        columns, report, name = sys.argv[2:]
        with open(columns, encoding='utf-8', newline='') as rows, open(report, encoding='utf-8') as text:
            sums(name, json.load(text), list(csv.DictReader(rows)))
        return 1 if failures else 0
    if sys.argv[1:2] == ['--merged']:
        for folder in sys.argv[2:]:
            merged(os.path.join(folder, 'client.pcapng'), os.path.join(folder, 'server.pcapng'))
        for client, server in pairs() if not sys.argv[2:] else ():
            merged(client, server)
        return 1 if failures else 0
    # Of field/ the fields are not what the reports say yet.
    captures = [str(c) for c in collection('*/*.pcap*') if c.parent.name != 'field']
    for capture in sys.argv[1:] or captures:
        sums(capture, json.loads(tshark('-q', '-r', capture, '-z', 'mptcp,summary,full,format=json')), packets(capture, 2))
        ids(capture)
        if os.path.dirname(os.path.dirname(capture)) == os.path.join(TOP, 'captures'):
            in_sharkd(capture)
    if not sys.argv[1:]:
        for client, server in pairs():
            merged(client, server)
        documented()
        used()
        if not [capture for capture in captures if unusual(capture)]:
            fail('no capture has a segment of several ranges')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
