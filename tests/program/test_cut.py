#!/usr/bin/env python3
"""test_cut.py - frames of which bytes are missing: what is cut off in front, and what the snaplen cut.

A link header that editcap cut off takes no option away; a snaplen in the TCP header does.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CAPTURE = os.path.join(TESTS, 'data', 'http_two_subflows.pcapng')
failures = []


def document(capture):
    run = subprocess.run([os.path.join(TESTS, 'run-tshark'), '-q', '-r', capture, '-z', 'mptcp,summary,format=json'],
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=120, check=True)
    return json.loads(run.stdout)


def altered(folder, *arguments):
    path = os.path.join(folder, 'cut.pcap')
    subprocess.run(['editcap', '-F', 'pcap', *arguments, CAPTURE, path], check=True, stdout=subprocess.DEVNULL)
    os.chmod(path, 0o644)
    return document(path)


def expect(ok, what):
    if not ok:
        failures.append(what)
        print('FAILED:', what)


def main():
    folder = tempfile.mkdtemp(prefix='mptcpscope.')
    os.chmod(folder, 0o755)
    try:
        whole = document(CAPTURE)
        raw = altered(folder, '-T', 'rawip', '-C', '14')
        expect(raw['capture']['cut_options'] == 0, 'link header cut off: %d options cut' % raw['capture']['cut_options'])
        expect([c['c2s']['first_bytes'] for c in raw['connections']] ==
               [c['c2s']['first_bytes'] for c in whole['connections']], 'link header cut off: other figures')
        # 20 bytes of IP, 20 of TCP, and 20 of its options
        snap = altered(folder, '-T', 'rawip', '-C', '14', '-s', '74')
        expect(snap['capture']['cut_options'] > 0, 'snaplen in the options: none cut')
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
