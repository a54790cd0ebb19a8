#!/usr/bin/env python3
"""test_ids.py - an attack split over two subflows: no TCP stream of the capture has it, that of unfold,all does.

With Suricata (MPT_SURICATA, else where PATH has it) also its alerts: none on the capture, one on the unfolded stream, from a
file and from a pipe.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import collections
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / 'support'))
import alter  # noqa: E402
import split  # noqa: E402
import wire  # noqa: E402

BUILD = pathlib.Path(os.environ.get('MPT_BUILD', TESTS.parent / 'build'))
PROGRAM = str(BUILD / 'bin' / 'mptcpscope')
SURICATA = os.environ.get('MPT_SURICATA') or shutil.which('suricata')
ATTACK = b'/cgi-bin/..%2f..%2fetc/passwd'
PARTS = [b'GET /cgi-bin/..%2', b'f..%2fetc/pas', b'swd HTTP/1.1\r\nHost: victim', b'.example\r\nUser-Agent: t\r\n\r\n']
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nroot:'
RULE = 'alert tcp any any -> any 80 (msg:"split"; flow:established,to_server; content:"%s"; sid:1; rev:1;)\n' % ATTACK.decode()
SETTINGS = """%YAML 1.1
---
outputs:
  - fast:
      enabled: yes
      filename: fast.log
stream:
  midstream: false
logging:
  default-log-level: error
"""
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print('FAILED:', what)


def streams(capture):
    """the payload of each direction of each TCP connection, in order of sequence number"""
    found = collections.defaultdict(dict)
    for s in wire.segments(wire.frames(capture)):
        if s.payload:
            found[s.source, s.target].setdefault(s.seq, s.data)
    return [b''.join(data for _, data in sorted(one.items())) for one in found.values()]


def alerts(capture, folder):
    logs = folder / (capture.stem + '.logs')
    logs.mkdir()
    done = subprocess.run([SURICATA, '-c', str(folder / 'suricata.yaml'), '-S', str(folder / 'rules'), '-r', str(capture), '-l',
                           str(logs), '--runmode', 'single'], capture_output=True, timeout=120)
    check(done.returncode == 0, f'suricata: {done.returncode} {done.stderr[-500:]!r}')
    log = logs / 'fast.log'
    return log.read_text().count('[1:1:1] split') if log.exists() else 0


def main():
    with tempfile.TemporaryDirectory(dir='/tmp') as name:
        folder = pathlib.Path(name)
        capture, unfolded, piped = (folder / f'{n}.pcapng' for n in ('capture', 'unfolded', 'piped'))
        alter.write(capture, split.Trace(PARTS, ANSWER).frames)
        done = subprocess.run([PROGRAM, '-r', capture, '-z', f'mptcp,unfold,all,file={unfolded}', '-z', 'mptcp,conformance,strict'],
                              capture_output=True)
        check(done.returncode == 0, f'unfold: {done.stderr!r}')
        with open(piped, 'wb') as out:
            with open(capture, 'rb') as file:
                done = subprocess.run([PROGRAM, '-r', '-', '--stream', '-z', 'mptcp,unfold,all,file=-'], stdin=file, stdout=out)
        check(done.returncode == 0, 'unfold to a pipe')
        check(piped.read_bytes() == unfolded.read_bytes(), 'the same packets, in a file and in a pipe')
        check(not any(ATTACK in s for s in streams(capture)), 'the capture has the attack in one stream: no test')
        check(sorted(streams(unfolded)) == sorted([b''.join(PARTS), ANSWER]), f'unfolded: {streams(unfolded)}')
        if SURICATA:
            (folder / 'rules').write_text(RULE)
            (folder / 'suricata.yaml').write_text(SETTINGS)
            found = [alerts(c, folder) for c in (capture, unfolded, piped)]
            print('alerts on the capture, unfolded, unfolded into a pipe:', *found)
            check(found == [0, 1, 1], f'Suricata: {found} alerts')
        else:
            print('Suricata is not installed: its alerts are not tried')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
