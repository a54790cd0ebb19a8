#!/usr/bin/env python3
# test_reinjections.py - report `reinjections` against `summary` and against what is known of its captures.
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""For every capture: the sums of the runs are the reinjected bytes of the summary, a direction at a time, and CSV, JSON and
the histogram of copies agree with each other. Captures of captures/, and of the folder MPT_MORE_CAPTURES."""
import csv
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / 'tests/support'))
from collection import collection  # noqa: E402

HEADER = ('connection,direction,time_s,frame,subflow,segments,dsn_first,dsn_end,bytes,first_time_s,first_frame,'
          'first_subflow,later_s,kind,verdict,basis,late_original')
# What both ends of a transfer together tell (capture: connection, direction: sums that a capture of this end supports).
KNOWN = {
    # Of two segments TCP acknowledges the first copy at once, and the DATA_ACK stands at them until the second: the host
    # dropped the first.
    'v0/client_2.pcap': {(1, 'c2s'): {'reinjected_bytes': 75684, 'useful_bytes': 2856},
                         (3, 'c2s'): {'reinjected_bytes': 21420}},
    'v0/server_2.pcap': {(1, 'c2s'): {'reinjected_bytes': 75684, 'useful_bytes': 2856, 'redundant_bytes': 72828},
                         (3, 'c2s'): {'reinjected_bytes': 21420, 'useful_bytes': 2856, 'redundant_bytes': 18564}},
    # The wrong checksum of subflow 1 takes all from DSN 262,145 on with it; the DATA_ACKs show the same.
    'csum_fail_multi/client.pcapng': {(0, 'c2s'): {'reinjected_bytes': 124528, 'useful_bytes': 117280,
                                                   'redundant_bytes': 7248}},
    'csum_fail_multi/server.pcapng': {(0, 'c2s'): {'reinjected_bytes': 124528, 'useful_bytes': 117280,
                                                   'redundant_bytes': 7248}},
    'path_blackhole/client.pcapng': {(0, 'c2s'): {'reinjected_bytes': 55760, 'useful_bytes': 53136,
                                                  'redundant_bytes': 2624, 'reinjected_same_bytes': 242400}},
}
failures = []


def check(where, name, expected, got):
    if expected != got:
        failures.append('%s: %s: expected %r, got %r' % (where, name, expected, got))


def tshark(capture, *reports):
    arguments = [str(TOP / 'tests/run-tshark'), '-q', '-r', str(capture)]
    for report in reports:
        arguments += ['-z', report]
    run = subprocess.run(arguments, capture_output=True, cwd=TOP, text=True)
    if run.returncode:
        failures.append('%s: tshark failed: %s' % (capture, run.stderr.strip()))
        return None
    return run.stdout


def check_direction(where, direction, connection, rows):
    runs = direction['runs']
    figures = connection[direction['direction']]
    for kind, name in (('reinjected', 'reinjected_bytes'), ('same_subflow', 'reinjected_same_bytes')):
        check(where, name, figures[name], sum(r['bytes'] for r in runs if r['kind'] == kind))
        check(where, name + ' as told', figures[name], direction[name])
    check(where, 'unlisted bytes', 0, direction['unlisted_bytes'])
    for verdict in ('useful', 'redundant', 'undecided'):
        sums = [sum(r['bytes'] for r in runs if r['verdict'] == verdict),
                sum(p[verdict + '_bytes'] for p in direction['pairs'])]
        check(where, verdict, [direction[verdict + '_bytes']] * 2, sums)
    copies = direction['copies']
    check(where, 'bytes by copies', figures['dsn_unique_bytes'], sum(c['bytes'] for c in copies))
    if not any(c['or_more'] for c in copies):
        check(where, 'later copies', figures['reinjected_bytes'] + figures['reinjected_same_bytes'],
              sum((c['copies'] - 1) * c['bytes'] for c in copies))
    for r in runs:
        check(where, 'order of copies', True, r['later'] >= 0)
        check(where, 'subflows', r['kind'] == 'same_subflow', r['subflow'] == r['first_subflow'])
        check(where, 'basis', r['verdict'] in ('useful', 'redundant'), r['basis'] is not None)
    check(where, 'rows', [(r['frame'], r['subflow'], r['bytes'], r['first_frame'], r['verdict']) for r in runs],
          [(int(r['frame']), int(r['subflow']), int(r['bytes']), int(r['first_frame']), r['verdict'] or None)
           for r in rows])


def check_capture(capture, name):
    """the report's directions, None without a report"""
    with tempfile.NamedTemporaryFile() as file:
        os.chmod(file.name, 0o666)
        text = tshark(capture, 'mptcp,summary,format=json', 'mptcp,reinjections,format=json',
                      'mptcp,reinjections,format=csv,file=' + file.name)
        table = pathlib.Path(file.name).read_text()
    if text is None:
        return None
    check(name, 'header', HEADER, table.splitlines()[0])
    document = json.loads(text)
    rows = list(csv.DictReader(io.StringIO(table, newline='')))
    connections = {c['id']: c for c in document['connections']}
    check(name, 'directions', 2 * len(connections), len(document['reinjections']))
    for direction in document['reinjections']:
        key = (direction['connection'], direction['direction'])
        mine = [r for r in rows if (int(r['connection']), r['direction']) == key]
        where = '%s connection %d %s' % ((name,) + key)
        check_direction(where, direction, connections[key[0]], mine)
        for figure, value in KNOWN.get(name, {}).get(key, {}).items():
            check(where, figure, value, direction[figure])
    return document['reinjections']


def overlap(a, b):
    if a['dsn_first'] is None or b['dsn_first'] is None:
        return 0
    return max(0, min(a['dsn_first'] + a['bytes'], b['dsn_first'] + b['bytes']) - max(a['dsn_first'], b['dsn_first']))


def check_ends(name, reinjections):
    """What the sender's side infers to have been useful did not reach the receiver's side first as an original."""
    directions = [reinjections.get(name), reinjections.get(name.replace('/client.', '/server.'))]
    if not name.endswith('/client.pcapng') or None in directions:
        return
    for at_client, at_server in zip(*directions):
        sender, receiver = (at_client, at_server) if at_client['direction'] == 'c2s' else (at_server, at_client)
        arrived = [r for r in receiver['runs'] if r['verdict'] == 'redundant' and not r['late_original']]
        for r in sender['runs']:
            same = [a for a in arrived if (a['subflow'], a['first_subflow']) == (r['subflow'], r['first_subflow'])]
            if r['verdict'] == 'useful':
                check('%s frame %d' % (name, r['frame']), 'useful, but the original arrived first', 0,
                      sum(overlap(r, a) for a in same))


def main():
    reinjections = {}
    for capture in collection('*/*.pcap*'):
        name = '%s/%s' % (capture.parent.name, capture.name)
        reinjections[name] = check_capture(capture, name)
    for name in reinjections:
        check_ends(name, reinjections)
    for line in failures:
        print(line)
    print('%d captures' % len(reinjections))
    return 1 if failures or not reinjections else 0


if __name__ == '__main__':
    sys.exit(main())
