#!/usr/bin/env python3
"""test_nothing.py - reports on a capture without MPTCP: what is said, where, and the exit status.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import struct
import subprocess
import sys
import tempfile

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SENTENCE = 'this capture has no Multipath TCP'
TEXT = 'No MPTCP in this capture; 0 TCP segments.\n'
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print('FAILED:', what)


def tshark(capture, report):
    return subprocess.run([os.path.join(TESTS, 'run-tshark'), '-q', '-r', capture, '-z', 'mptcp,' + report],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)


def try_all(capture):
    for report in ('list', 'summary', 'events', 'diagnose', 'reinjections', 'tcp'):
        run = tshark(capture, report)
        check(run.returncode == 0 and run.stdout.startswith(TEXT) and not run.stderr, '%s: exit %d, %s%s' % (report, run.returncode, run.stdout[:200], run.stderr))
    for report in ('list', 'summary', 'events', 'diagnose', 'reinjections'):
        run = tshark(capture, report + ',format=csv')
        check(run.returncode == 0 and run.stdout.count('\n') == 1, '%s: a header: %s' % (report, run.stdout))
        check(run.stderr.count('\n') == 1 and SENTENCE in run.stderr, '%s: a sentence: %s' % (report, run.stderr))
    run = tshark(capture, 'list,format=json')
    check(run.returncode == 0 and json.loads(run.stdout)['connections'] == [] and SENTENCE in run.stderr, 'JSON')
    run = tshark(capture, 'list,stream=0,format=json')
    check(run.returncode == 1 and run.stderr.count('\n') == 1, 'JSON, stream=0: %s' % run.stderr)
    for report in ('filter', 'plot,format=svg', 'unfold,file=/dev/null', 'paths'):
        run = tshark(capture, report)
        check(run.returncode == 1 and run.stderr.count('\n') == 1 and not run.stdout, '%s: exit %d, %s%s' % (report, run.returncode, run.stdout[:200], run.stderr))


def try_selection():
    run = tshark(os.path.join(TESTS, 'data', 'http_two_subflows.pcapng'), 'diagnose,stream=4')
    check(run.returncode == 1 and 'nothing found' not in run.stdout and 'connection 4' in run.stderr,
          'diagnose of a connection that is not there: %s%s' % (run.stdout, run.stderr))


def main():
    with tempfile.NamedTemporaryFile(suffix='.pcap') as file:
        file.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        file.flush()
        os.chmod(file.name, 0o644)
        try_all(file.name)
    try_selection()
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
