#!/usr/bin/env python3
"""Preference mptcpscope.keys: a capture that lost its MP_CAPABLE handshake, and keys from elsewhere.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOP = os.path.dirname(TESTS)
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print('FAILED', what)


def tshark(capture, *arguments):
    return subprocess.run([os.path.join(TESTS, 'run-tshark'), '-q', '-r', capture, *arguments],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)


def connection_of(capture, *arguments):
    run = tshark(capture, '-z', 'mptcp,summary,full,format=json', *arguments)
    check(run.returncode == 0 and not run.stderr, 'summary: exit %d, %s' % (run.returncode, run.stderr[:200]))
    return json.loads(run.stdout)['connections'][0]


def verdicts(connection):
    return sorted({(s['join']['synack_hmac'], s['join']['ack_hmac']) for s in connection['subflows'] if 'join' in s})


def first_join(capture):
    """the frame before the first MP_JOIN: what a capture that begins late has lost"""
    run = subprocess.run([os.path.join(TESTS, 'run-tshark'), '-r', capture, '-Y', 'tcp.options.mptcp.subtype == 1',
                          '-T', 'fields', '-e', 'frame.number'], capture_output=True, text=True)
    return int(run.stdout.split()[0]) - 1


def main():
    if not shutil.which('editcap'):
        print('skipped: editcap is not installed')
        return 77
    capture = os.path.join(TOP, 'captures', 'add_addr', 'server.pcapng')
    whole = connection_of(capture)
    check(verdicts(whole) == [('ok', 'ok')], 'the whole capture verifies: %s' % verdicts(whole))
    client, server = whole['client']['key'], whole['server']['key']
    folder = tempfile.mkdtemp(prefix='mptcpscope.')
    os.chmod(folder, 0o755)
    try:
        late = os.path.join(folder, 'late.pcapng')
        subprocess.run(['editcap', capture, late, '1-%d' % first_join(capture)], check=True)
        os.chmod(late, 0o644)
        without = connection_of(late)
        check(without['kind'] == 'mptcp_partial', 'the rest is partial: %s' % without['kind'])
        check(verdicts(without) == [(None, None)], 'nothing to verify with: %s' % verdicts(without))

        right = '%s:%s:1' % (client, server)
        for keys, expected in ((right, 'ok'), (' 0000000000000001:0000000000000002:0 ; ' + right.upper(), 'ok'),
                               ('%s:%s:1' % ('0' * 16, server), 'bad'),
                               ('%s:%s:1' % (server, client), 'ok'),  # the token shows whose is which
                               ('%s:%s:0' % (client, server), None), ('', None)):
            got = connection_of(late, '-o', 'mptcpscope.keys:' + keys)
            check(verdicts(got) == [(expected, expected)], 'keys %s: %s' % (keys, verdicts(got)))
            for end in ('client', 'server'):
                check(got[end]['key'] is None and got[end]['idsn'] is None, 'given keys are not shown')
            check(got['version'] is None, 'nor is their version')
        whole_again = connection_of(capture, '-o', 'mptcpscope.keys:%s:%s:1' % ('0' * 16, server))
        check(verdicts(whole_again) == [('ok', 'ok')], 'captured keys come before given ones')

        for keys in ('x', right[:-2], right[1:], right + ':1', client + ':' + server + ':2', right + ';x'):
            run = tshark(late, '-z', 'mptcp,list', '-o', 'mptcpscope.keys:' + keys)
            check(run.returncode == 1 and 'mptcpscope.keys' in run.stderr and run.stderr.count('\n') == 1,
                  'keys %s: exit %d, %s' % (keys, run.returncode, run.stderr))
    finally:
        shutil.rmtree(folder)
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
