#!/usr/bin/env python3
"""A capture whose joins stand before their MP_CAPABLE handshake in the file shows the same connection as before.

The frames of a capture are written anew, those of its further subflows first, as captures of several interfaces may be.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import subprocess
import sys
import tempfile

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CAPTURE = os.path.join(os.path.dirname(TESTS), 'captures', 'dual_stack', 'server.pcapng')


def tshark(*args):
    run = subprocess.run([os.path.join(TESTS, 'run-tshark')] + list(args), stdin=subprocess.DEVNULL,
                         capture_output=True, text=True, check=True)
    return run.stdout


def without_labels(value):
    """What a report says, but for the numbers of frames and streams, which depend on the order of the file"""
    if isinstance(value, dict):
        return {k: without_labels(v) for k, v in value.items() if k not in ('tcp_stream', 'mptcp_stream') and 'frame' not in k}
    return [without_labels(v) for v in value] if isinstance(value, list) else value


def report(capture, name):
    return without_labels(json.loads(tshark('-q', '-r', capture, '-z', 'mptcp,%s,format=json' % name)))


def subflow_of_fields(capture):
    out = tshark('-2', '-r', capture, '-T', 'fields', '-e', 'frame.time_epoch', '-e', 'mptcpscope.connection', '-e',
                 'mptcpscope.subflow', '-e', 'mptcpscope.role')
    return sorted(out.splitlines())


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        joins, first, turned = (os.path.join(folder, n) for n in ('joins.pcapng', 'first.pcapng', 'turned.pcapng'))
        for path, which in ((joins, 'tcp.stream > 0'), (first, 'tcp.stream == 0')):
            subprocess.run(['tshark', '-r', CAPTURE, '-Y', which, '-w', path], check=True, capture_output=True)
        subprocess.run(['mergecap', '-a', '-w', turned, first, joins], check=True)
        straight = os.path.join(folder, 'straight.pcapng')
        os.replace(turned, straight)
        subprocess.run(['mergecap', '-a', '-w', turned, joins, first], check=True)
        for path in (turned, straight):
            os.chmod(path, 0o644)
        for name in ('summary,full', 'tcp', 'reinjections', 'events'):
            a, b = report(straight, name), report(turned, name)
            if name == 'tcp':
                a, b = (sorted(json.dumps(s, sort_keys=True) for s in r['tcp']) for r in (a, b))
            if a != b:
                failed = 1
                print('%s: the order of the file changes it:\n%s\n%s' % (name, a, b))
        if subflow_of_fields(straight) != subflow_of_fields(turned):
            failed = 1
            print('fields: the order of the file changes the ids of frames')
        if '"kind":"capable"' not in tshark('-q', '-r', turned, '-z', 'mptcp,summary,format=json').replace(' ', '').split('"kind":"join"')[0]:
            failed = 1
            print('summary: subflow 0 is not that of MP_CAPABLE')
    return failed


if __name__ == '__main__':
    sys.exit(main())
