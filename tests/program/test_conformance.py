#!/usr/bin/env python3
"""-z mptcp,conformance: the same rows in every format, and the exit status of strict.

A capture that keeps the rules, and a copy in which one bit of an HMAC is wrong.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import csv
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / 'support'))
import alter  # noqa: E402
import wire  # noqa: E402

CAPTURE = TESTS.parent / 'captures' / 'add_addr' / 'server.pcapng'
COLUMNS = ['connection', 'verdict', 'rule', 'section', 'level', 'party', 'frame', 'reason', 'sentence']


def tshark(capture, *reports):
    arguments = [x for report in reports for x in ('-z', 'mptcp,conformance' + report)]
    return subprocess.run([TESTS / 'run-tshark', '-q', '-r', capture, *arguments], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)


def wrong_hmac(frames):
    """the last byte of the HMAC in each ADD_ADDR is another one; checksums of TCP are not looked at"""
    out = []
    for f in frames:
        s = wire.segment_of(f)
        add = [o for o in s.options if o['subtype'] == wire.ADD_ADDR and not o['echo']] if s else []
        data = bytearray(f.data)
        if add:
            at = data.index(bytes([30, 16]))
            data[at + 15] ^= 1
        out.append(wire.Frame(f.number, f.time, f.link, bytes(data), f.length))
    return out


def check(name, right, problems):
    if not right:
        problems.append(name)


def rows_of(run):
    return list(csv.DictReader(io.StringIO(run.stdout)))


def violations(rows):
    return [(r['rule'], r['party']) for r in rows if r['verdict'] == 'violated']


def main():
    problems = []
    with tempfile.TemporaryDirectory(dir='/tmp') as scratch:
        os.chmod(scratch, 0o777)
        broken = pathlib.Path(scratch) / 'broken.pcapng'
        alter.write(broken, wrong_hmac(wire.frames(CAPTURE)))
        broken.chmod(0o644)
        for capture, expected in ((CAPTURE, []), (broken, [('add_addr_hmac', 'server'), ('add_addr_hmac_ignored', 'client')])):
            status = 1 if expected else 0
            plain = tshark(capture, ',format=csv')
            check(f'{capture.name}: the status without strict', plain.returncode == 0 and not plain.stderr, problems)
            check(f'{capture.name}: violations {violations(rows_of(plain))}', violations(rows_of(plain)) == expected, problems)
            document = json.loads(tshark(capture, ',format=json').stdout)['conformance']
            check(f'{capture.name}: JSON is CSV', [{k: '' if r[k] is None else str(r[k]) for k in COLUMNS} for r in document]
                  == rows_of(plain), problems)
            for form in ('text', 'csv', 'json'):
                run = tshark(capture, f',strict,format={form}')
                check(f'{capture.name}: strict, {form}: {run.returncode}', run.returncode == status, problems)
                check(f'{capture.name}: strict, {form}: {run.stderr}', ('add_addr_hmac (connection 0)' in run.stderr)
                      == bool(expected), problems)
                check(f'{capture.name}: {form} as without strict', run.stdout == tshark(capture, f',format={form}').stdout,
                      problems)
            file = pathlib.Path(scratch) / 'out.csv'
            run = tshark(capture, f',strict,format=csv,file={file}')
            check(f'{capture.name}: the file is written', run.returncode == status and file.read_text() == plain.stdout, problems)
            file.unlink()
    print(*problems, sep='\n')
    print(f'{len(problems)} problems')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
