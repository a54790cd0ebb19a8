#!/usr/bin/env python3
"""packaging/profile/MPTCP: tshark takes every filter and field in it, and the columns come out filled.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import csv
import os
import subprocess
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOP = os.path.dirname(TESTS)
PROFILE = os.path.join(TOP, 'packaging', 'profile', 'MPTCP')
CAPTURE = os.path.join(TOP, 'captures', 'path_blackhole', 'client.pcapng')

failures = []


def tshark(*args, **environment):
    run = subprocess.run([os.path.join(TESTS, 'run-tshark'), '-r', CAPTURE] + list(args), stdin=subprocess.DEVNULL,
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


def main():
    filters = {line.split('@')[1]: line.split('@')[2] for line in lines('colorfilters')}
    filters.update(('button ' + row[1], row[2]) for row in rows('dfilter_buttons'))
    filters.update(('graph ' + row[1], row[2]) for row in rows('io_graphs'))
    for text in filters.values():
        tshark('-c', '1', '-Y', text)
    for row in rows('io_graphs'):
        tshark('-c', '1', '-T', 'fields', '-e', row[6])
    out = tshark('-2', '-Y', 'frame.number == 662', MPT_CONFIG=PROFILE)
    for word in ('client', 'reinjection', '280521', '559'):
        if word not in out.split():
            failures.append('the columns of frame 662 have no %s: %s' % (word, out.strip()))
    reinjected = tshark('-2', '-Y', filters['button Reinjections']).count('\n')
    if reinjected != 220:
        failures.append('the button Reinjections shows %d packets, not 220' % reinjected)
    print('\n'.join(failures))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
