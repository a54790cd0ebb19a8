#!/usr/bin/env python3
"""-z mptcp,unfold: the file that is written is a TCP connection with the bytes, times and gaps of the MPTCP one.

  test_unfold.py [CAPTURE SHA256]

With arguments only this: the HTTP object of a capture, sent over several subflows, comes out intact.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOP = os.path.dirname(TESTS)
CAPTURES = os.path.join(TOP, 'captures')
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print('FAILED', what)


def tshark(*arguments):
    return subprocess.run([os.path.join(TESTS, 'run-tshark'), *arguments], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, errors='replace')


def unfold(capture, folder, number=None):
    out = os.path.join(folder, 'out.pcapng')
    if os.path.exists(out):
        os.unlink(out)
    stream = '' if number is None else 'stream=%d,' % number
    run = tshark('-q', '-r', capture, '-z', 'mptcp,unfold,%sfile=%s' % (stream, out))
    check(run.returncode == 0 and not run.stdout and not run.stderr, 'unfold %s: exit %d, %s%s' % (
        capture, run.returncode, run.stdout[:200], run.stderr[:200]))
    return out


def fields(capture, *names, expression='tcp'):
    arguments = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE', '-T', 'fields', '-E', 'separator=|']
    for name in names:
        arguments += ['-e', name]
    run = tshark('-r', capture, '-Y', expression, *arguments)
    return [line.split('|') for line in run.stdout.splitlines()]


def followed(capture, follower, number=0):
    streams = {'c2s': hashlib.sha256(), 's2c': hashlib.sha256()}
    for line in tshark('-q', '-r', capture, '-z', 'follow,%s,raw,%d' % (follower, number)).stdout.split('\n'):
        if re.fullmatch(r'\t?(?:[0-9a-f]{2})+', line):
            streams['s2c' if line[0] == '\t' else 'c2s'].update(bytes.fromhex(line.strip()))
    return {direction: h.hexdigest() for direction, h in streams.items()}


def try_http(capture, sha256, folder):
    report = json.loads(tshark('-q', '-r', capture, '-z', 'mptcp,list,format=json').stdout)
    carried = [s['s2c']['first_bytes'] for s in report['connections'][0]['subflows']]
    check(len(carried) == 2 and min(carried) > 1000, '%s: both subflows carry the object: %s' % (capture, carried))
    out = unfold(capture, folder)
    objects = os.path.join(folder, 'objects')
    run = tshark('-q', '-r', out, '--export-objects', 'http,' + objects)
    exported = {}
    for path in glob.glob(os.path.join(objects, '*')):
        with open(path, 'rb') as f:
            exported[os.path.basename(path)] = hashlib.sha256(f.read()).hexdigest()
    check(exported == {'object.bin': sha256}, 'exported: %s %s' % (exported, run.stderr[:200]))
    status = fields(out, 'http.response.code', 'http.content_length', expression='http.response')
    check([s[0] for s in status] == ['200'], 'one HTTP response: %s' % status)
    check(fields(out, 'frame.number', expression='tcp.analysis.flags') == [], 'a TCP stream without complaints')


def try_bytes(name, number, folder):
    """the same bytes as follow,mptcp; valid packets; each with the frame and the time of its original"""
    capture = os.path.join(CAPTURES, name)
    out = unfold(capture, folder, number)
    check(followed(out, 'tcp') == followed(capture, 'mptcp', number), '%s: bytes' % name)
    rows = fields(out, 'frame.time_epoch', 'tcp.checksum.status', 'ip.checksum.status', 'tcp.len', 'frame.comment',
                  'tcp.flags')
    check(len(rows) > 5, '%s: has packets' % name)
    check(all(row[1] == '1' and row[2] in ('1', '') for row in rows), '%s: checksums' % name)
    flags = [int(row[5], 16) & 0x17 for row in rows]
    check(flags[:3] == [0x02, 0x12, 0x10], '%s: handshake %s' % (name, flags[:3]))
    check(sum(f & 1 for f in flags) == 2, '%s: two FINs' % name)
    times = {row[0]: row[1] for row in fields(capture, 'frame.number', 'frame.time_epoch')}
    for row in rows:
        frame = re.match(r'frame (\d+), subflow \d+', row[4])
        check(bool(frame) == (row[3] != '0'), '%s: comment "%s" with %s bytes' % (name, row[4], row[3]))
        if frame:
            check(times[frame.group(1)] == row[0], '%s: time of frame %s' % (name, frame.group(1)))
    check(fields(out, 'frame.number', expression='tcp.analysis.flags') == [], '%s: no complaints' % name)
    check_numbers(name, fields(out, 'tcp.srcport', 'tcp.seq', 'tcp.ack', 'tcp.len', 'tcp.flags'))


def check_numbers(name, rows):
    """without gaps: each packet goes on where its direction is, and acknowledges all of the other one"""
    client = rows[0][0]
    sent = [0, 0]
    for number, row in enumerate(rows, 1):
        seq, ack, length, flags = int(row[1]), int(row[2] or 0), int(row[3]), int(row[4], 16)
        side = int(row[0] != client)
        check(seq == sent[side], '%s packet %d: sequence number %d, not %d' % (name, number, seq, sent[side]))
        if flags & 0x10:
            check(ack == sent[not side], '%s packet %d: acknowledges %d, not %d' % (name, number, ack, sent[not side]))
        sent[side] += length + (1 if flags & 3 else 0)


def packets(path):
    """bytes of each packet, with its time"""
    return [tuple(row) for row in fields(path, 'frame.time_epoch', 'ip.src', 'tcp.srcport', 'tcp.dstport', 'tcp.seq_raw',
                                         'tcp.ack_raw', 'tcp.len', 'tcp.checksum', 'tcp.flags')]


def try_all(folder):
    """the packets of each connection, in its order, and by time"""
    capture = os.path.join(CAPTURES, 'tfo', 'client.pcapng')
    out = os.path.join(folder, 'all.pcapng')
    run = tshark('-q', '-r', capture, '-z', 'mptcp,unfold,all,file=' + out)
    check(run.returncode == 0 and not run.stderr, 'unfold,all: %s' % run.stderr)
    together, left = packets(out), []
    for number in range(3):
        alone = packets(unfold(capture, folder, number))
        left += alone
        check([p for p in together if p in alone] == alone, 'unfold,all has connection %d in order' % number)
    check(sorted(together) == sorted(left), 'unfold,all: %d packets, not %d' % (len(together), len(left)))
    steps = sum(float(a[0]) > float(b[0]) for a, b in zip(together, together[1:]))
    check(steps <= len(left) // 10, 'unfold,all: %d steps back in time' % steps)
    run = tshark('-q', '-r', capture, '-z', 'mptcp,unfold,all,port=40001,file=' + out)
    check(packets(out) == packets(unfold(capture, folder, 1)), 'unfold,all,port= chooses')


def try_gaps(folder):
    """the snaplen cuts each payload: what it cut is missing, in both reports"""
    cut = os.path.join(folder, 'cut.pcapng')
    capture = os.path.join(CAPTURES, 'tiny', 'client.pcapng')
    subprocess.run(['editcap', '-s', '150', capture, cut], check=True)
    text = tshark('-q', '-r', cut, '-z', 'follow,mptcp,ascii,0').stdout
    missing = [int(n) for n in re.findall(r'\[(\d+) bytes missing in capture file\]', text)]
    lengths = [int(n) for n in re.findall(r'^\t?(\d+)$', text, re.M)]
    out = unfold(cut, folder)
    rows = fields(out, 'tcp.len', 'tcp.seq', 'tcp.flags')
    data = [int(row[0]) for row in rows if row[0] != '0']
    ends = [int(row[1]) for row in rows if int(row[2], 16) & 1]
    check(len(missing) == 2 and len(data) == 2, 'two gaps: %s, two pieces: %s' % (missing, data))
    check(sum(missing) + sum(data) == 420, 'what is there and what is missing are 420 bytes: %s, %s' % (missing, data))
    check(sorted(ends) == [121, 301], 'the FINs are after what is missing: %s' % ends)
    check(all(n in lengths for n in data), 'follow has the same pieces')


def try_errors(folder):
    capture = os.path.join(CAPTURES, 'tfo', 'client.pcapng')
    out = os.path.join(folder, 'error.pcapng')
    for arguments, words in (('stream=9,file=' + out, 'no connection 9'), ('file=' + out, 'stream=N'),
                             ('all,stream=1,file=' + out, 'or all'), ('port=1,file=' + out, 'unfold,all,port=N'),
                             ('stream=0', 'file=PATH'), ('stream=0,file=/nowhere/x', '/nowhere/x')):
        run = tshark('-q', '-r', capture, '-z', 'mptcp,unfold,' + arguments)
        check(run.returncode == 1 and words in run.stderr and run.stderr.count('\n') == 1,
              'unfold,%s: exit %d, %s' % (arguments, run.returncode, run.stderr[:200]))


def main():
    folder = tempfile.mkdtemp(prefix='mptcpscope.')
    os.chmod(folder, 0o777)
    try:
        if len(sys.argv) == 3:
            try_http(sys.argv[1], sys.argv[2], folder)
            return 1 if failures else 0
        try_http(os.path.join(TESTS, 'data', 'http_two_subflows.pcapng'),
                 'cb7ebf112159048564c76e6534a4cebb77cc61a5b555f111cba2352ef60b2e32', folder)
        try_bytes('path_blackhole/server.pcapng', 0, folder)
        try_bytes('dual_stack/server.pcapng', 0, folder)
        try_bytes('tfo/client.pcapng', 1, folder)
        try_bytes('strip_synack/server.pcapng', 0, folder)
        if shutil.which('editcap'):
            try_gaps(folder)
        try_all(folder)
        try_errors(folder)
    finally:
        shutil.rmtree(folder)
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
