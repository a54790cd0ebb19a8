#!/usr/bin/env python3
"""packaging/profile/MPTCP: tshark takes every filter and field in it, and the columns come out filled.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import collections
import csv
import os
import subprocess
import sys
import tempfile

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOP = os.path.dirname(TESTS)
PROFILE = os.path.join(TOP, 'packaging', 'profile', 'MPTCP')
CAPTURE = os.path.join(TOP, 'captures', 'path_blackhole', 'client.pcapng')

failures = []


def tshark(*args, capture=CAPTURE, **environment):
    run = subprocess.run([os.path.join(TESTS, 'run-tshark'), '-r', capture] + list(args), stdin=subprocess.DEVNULL,
                         capture_output=True, text=True, env=dict(os.environ, **environment))
    if run.returncode or run.stderr.strip():
        failures.append('%s: %d %s' % (args, run.returncode, run.stderr.strip()))
    return run.stdout


def lines(name):
    with open(os.path.join(PROFILE, name)) as f:
        return [line.rstrip('\n') for line in f if line.strip() and not line.startswith('#')]


def rows(name):
    for row in csv.reader(lines(name)):
        yield [cell.replace('\\x22', '"') for cell in row]


def merged(folder, filters):
    """Of a merged capture throughput is that of one end"""
    both = os.path.join(folder, 'both.pcapng')
    subprocess.run(['mergecap', '-I', 'none', '-w', both, CAPTURE, CAPTURE.replace('client', 'server')], check=True)
    os.chmod(both, 0o644)
    summary = csv.DictReader(tshark('-q', '-z', 'mptcp,summary,format=csv', capture=both).splitlines())
    expected = collections.Counter()
    for row in summary:
        if row['subflow']:
            expected[int(row['subflow'])] += int(row['payload_bytes'])
    for subflow in (0, 1):
        text = filters['graph Throughput of subflow %d, all connections' % subflow]
        got = sum(int(n) for n in tshark('-2', '-Y', text, '-T', 'fields', '-e', 'tcp.len', capture=both).split())
        if got != expected[subflow]:
            failures.append('throughput of subflow %d has %d of %d bytes' % (subflow, got, expected[subflow]))


def main():
    filters = {line.split('@')[1]: line.split('@')[2] for line in lines('colorfilters')}
    filters.update(('button ' + row[1], row[2]) for row in rows('dfilter_buttons'))
    filters.update(('graph ' + row[1], row[2]) for row in rows('io_graphs'))
    for text in filters.values():
        tshark('-c', '1', '-Y', text)
    for row in rows('io_graphs'):
        tshark('-c', '1', '-T', 'fields', '-e', row[6])
    out = tshark('-2', '-Y', 'frame.number == 662', MPT_CONFIG=PROFILE)
    for word in ('client', 'reinjected', '280521', '559'):
        if word not in out.split():
            failures.append('the columns of frame 662 have no %s: %s' % (word, out.strip()))
    reinjected = tshark('-2', '-Y', filters['button Reinjections']).count('\n')
    if reinjected != 220:
        failures.append('the button Reinjections shows %d packets, not 220' % reinjected)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        merged(folder, filters)
    print('\n'.join(failures))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
