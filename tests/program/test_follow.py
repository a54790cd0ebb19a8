#!/usr/bin/env python3
"""-z follow,mptcp: each direction's bytes are those that the applications sent (truth.json of each capture).

A direction of a connection is compared unless the capture itself says that it can't be: an application met an error,
or the expected file shows that not all of its bytes were captured (`dsn_unique_bytes` against `app_sent`). What was
left out is printed with its reason. The layout is compared with that of tshark's own -z follow,tcp, and the streams
with what Wireshark's Follow window gets (sharkd's `follow`, the same function).

SPDX-License-Identifier: GPL-2.0-or-later
"""
import base64
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
sys.path.insert(0, os.path.join(TESTS, 'support'))
from collection import collection

BLOCK = 65536
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print('FAILED', what)


def tshark(capture, *arguments):
    return subprocess.run([os.path.join(TESTS, 'run-tshark'), '-q', '-r', capture, *arguments],
                          stdin=subprocess.DEVNULL, capture_output=True)


def follow(capture, mode, number):
    run = tshark(capture, '-z', 'follow,mptcp,%s,%s' % (mode, number))
    check(run.returncode == 0 and not run.stderr, '%s: follow exits %d: %s' % (
        capture, run.returncode, run.stderr.decode()[:200]))
    return run.stdout.decode('latin-1')


def streams_of_raw(text):
    streams = {'c2s': b'', 's2c': b''}
    for line in text.split('\n'):
        if re.fullmatch(r'\t?(?:[0-9a-f]{2})+', line):
            streams['s2c' if line.startswith('\t') else 'c2s'] += bytes.fromhex(line.strip())
    return streams


def streams_of_yaml(text):
    streams = {'c2s': b'', 's2c': b''}
    direction = None
    for line in text.partition('packets:\n')[2].split('\n'):
        if line.startswith('    peer: '):
            direction = 's2c' if line.endswith('1') else 'c2s'
        elif line.startswith('      '):
            streams[direction] += base64.b64decode(line.strip())
    return streams


def stream_of_hex(text):
    streams = {'c2s': b'', 's2c': b''}
    for line in text.split('\n'):
        found = re.match(r'(\t?)([0-9A-F]{8})  (.{49}) ', line)
        if found:
            direction = 's2c' if found.group(1) else 'c2s'
            check(int(found.group(2), 16) == len(streams[direction]), 'offset in ' + line)
            streams[direction] += bytes.fromhex(found.group(3))
    return streams


def window_streams(capture, numbers, filter='mptcpscope.connection == %d'):
    """what the Follow window shows of each of these connections, asked for one after another"""
    ask = [('load', {'file': 'capture.pcapng'})]
    ask += [('follow', {'follow': 'MPTCP', 'filter': filter % number}) for number in numbers]
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        shutil.copyfile(capture, os.path.join(folder, 'capture.pcapng'))
        ask[0][1]['file'] = os.path.join(folder, 'capture.pcapng')
        os.chmod(ask[0][1]['file'], 0o644)
        requests = [json.dumps({'jsonrpc': '2.0', 'id': i, 'method': method, 'params': params}) + '\n'
                    for i, (method, params) in enumerate(ask, 1)]
        run = subprocess.run([os.path.join(TESTS, 'run-tshark'), '-'], input=''.join(requests).encode(),
                             capture_output=True, env=dict(os.environ, MPT_PROGRAM='sharkd'))
    answers = [json.loads(line) for line in run.stdout.split(b'\n') if line.startswith(b'{')]
    check(len(answers) == len(ask), '%s: sharkd answers %d of %d' % (capture, len(answers), len(ask)))
    for answer in answers[1:]:
        check('result' in answer, '%s: %s' % (capture, answer))
        streams = {'c2s': b'', 's2c': b''}
        for payload in answer.get('result', {}).get('payloads', []):
            streams['s2c' if payload.get('s') else 'c2s'] += base64.b64decode(payload['d'])
        yield streams


def generated(seed, length):
    """the applications' stream: SHAKE-256 of "NAME:connection:direction:block", in blocks"""
    blocks = []
    for number in range((length + BLOCK - 1) // BLOCK):
        blocks.append(hashlib.shake_256(('%s:%d' % (seed, number)).encode()).digest(BLOCK))
    return b''.join(blocks)[:length]


def reason_to_skip(truth, expected, direction, apps):
    """why this direction of a connection can't be compared, or None"""
    for app in apps:
        if app['errors']:
            return 'an application reports ' + app['errors'][0]
    sent = truth['app_sent']
    figures = expected[direction]
    # The expected file has no data level for plain TCP: there each byte of the stream is unique on the one subflow.
    captured = figures.get('dsn_unique_bytes', figures['unique_bytes'] if expected['kind'] == 'tcp' else 0)
    if captured != sent:
        return '%d of %d bytes are in the capture' % (captured, sent)
    return None


def compare(name, direction, bytes_, truth):
    sha256 = hashlib.sha256(bytes_).hexdigest()
    check(sha256 == truth['sha256_sent'], '%s %s: %d bytes, sha256 %s, sent %d, %s' % (
        name, direction, len(bytes_), sha256, truth['app_sent'], truth['sha256_sent']))
    check(bytes_ == generated(truth['seed_sent'], truth['app_sent']), '%s %s: not the generated stream' % (
        name, direction))


def matching(connections, truth):
    """(id, truth of the client, truth of the server) for each connection of the report; ports are reused in order"""
    left = list(zip(truth['app']['client']['conns'], truth['app']['server']['conns']))
    for number, connection in enumerate(connections):
        for pair in left:
            if pair[0]['local'] == [connection['client']['address'], connection['client']['port']] and \
                    (connection['kind'] == 'tcp' or pair[0]['is_mptcp']):
                left.remove(pair)
                yield number, pair
                break


def try_capture(expected_file):
    """how many directions were compared"""
    stem = expected_file[:-len('.expected.json')]
    capture = stem + '.pcapng'
    name = '/'.join(stem.split(os.sep)[-2:])
    truth_file = os.path.join(os.path.dirname(stem), 'truth.json')
    if not os.path.exists(capture) or not os.path.exists(truth_file):
        print('%-26s skipped: no truth.json' % name)
        return 0
    with open(expected_file) as f:
        expected = json.load(f)['connections']
    with open(truth_file) as f:
        truth = json.load(f)
    compared = 0
    for number, (client, server) in matching(expected, truth):
        streams = None
        for direction, sender in (('c2s', client), ('s2c', server)):
            why = reason_to_skip(sender, expected[number], direction, (client, server))
            if why:
                print('%-26s connection %d %s skipped: %s' % (name, number, direction, why))
                continue
            streams = streams or streams_of_raw(follow(capture, 'raw', number))
            compare('%s connection %d' % (name, number), direction, streams[direction], sender)
            compared += 1
    return compared


def try_layout():
    """one subflow: what is printed is what tshark prints for its TCP stream"""
    capture = os.path.join(TOP, 'captures', 'tiny', 'client.pcapng')
    for mode in ('ascii', 'hex', 'raw', 'yaml'):
        ours = follow(capture, mode, 0)
        theirs = tshark(capture, '-z', 'follow,tcp,%s,0' % mode).stdout.decode('latin-1')
        for text in (ours, theirs):
            check(text.count('\n') > 5, 'follow %s prints something' % mode)
        # The name, the filter's spelling and the last digits of tshark's floating-point times differ.
        same = [re.sub(r'follow: (mp)?tcp,|tcp\.stream (==|eq) |(\.\d{6})\d{3}$', r'\3', line, flags=re.I)
                for line in ours.split('\n')]
        check(same == [re.sub(r'follow: (mp)?tcp,|tcp\.stream (==|eq) |(\.\d{6})\d{3}$', r'\3', line, flags=re.I)
                       for line in theirs.split('\n')], 'the layout of %s is tshark\'s' % mode)


def try_modes():
    """several subflows, data in SYNs: all modes have the same bytes"""
    capture = os.path.join(TOP, 'captures', 'tfo', 'client.pcapng')
    raw = streams_of_raw(follow(capture, 'raw', 1))
    check(len(raw['c2s']) == 60000, 'tfo has 60000 bytes')
    check(streams_of_yaml(follow(capture, 'yaml', 1)) == raw, 'yaml has the bytes of raw')
    check(stream_of_hex(follow(capture, 'hex', 1)) == raw, 'hex has the bytes of raw')
    some = follow(capture, 'raw', '1,2-3').split('\n')
    check(some[6:8] == follow(capture, 'raw', 1).split('\n')[7:9] and len(some) == 10, 'a range of chunks')


def try_window():
    """the Follow window has what -z follow,mptcp has: each capture here, both ends; gaps; twice in one process"""
    compared = 0
    for capture in sorted(glob.glob(os.path.join(TOP, 'captures', '*', '*.pcapng'))):
        with open(capture[:-len('.pcapng')] + '.expected.json') as f:
            numbers = list(range(len(json.load(f)['connections'])))
        for number, streams in zip(numbers + numbers, window_streams(capture, numbers + numbers)):
            raw = streams_of_raw(follow(capture, 'raw', number)) if number < 4 else streams
            check(streams == raw, '%s connection %d: the window has %s bytes, tshark %s' % (
                capture, number, *[{k: len(v) for k, v in s.items()} for s in (streams, raw)]))
            compared += len(streams['c2s']) > 0 or len(streams['s2c']) > 0
    print('%d streams of the Follow window' % compared)
    check(compared >= 24, 'only %d streams of the Follow window' % compared)
    capture = os.path.join(TOP, 'captures', 'path_blackhole', 'client.pcapng')
    by_subflow = list(window_streams(capture, [1], 'tcp.stream == %d && tcp.len > 0'))[0]
    check(b'bytes missing in capture file]' in by_subflow['c2s'], 'what another filter leaves out is a gap')


def try_errors():
    capture = os.path.join(TOP, 'captures', 'tiny', 'client.pcapng')
    for arguments, words in (('raw,7', 'no connection 7'), ('ebcdic,0', 'ascii, hex, raw or yaml'),
                             ('raw', 'ascii, hex, raw or yaml'), ('raw,x', 'id'), ('raw,-1', 'id'),
                             ('raw,0x', 'id'), ('raw,4294967296', 'id'), ('raw,0,0', 'range'), ('raw,0,3-2', 'range'),
                             ('raw,0,1-', 'range')):
        run = tshark(capture, '-z', 'follow,mptcp,' + arguments)
        error = run.stderr.decode()
        check(run.returncode == 1, 'follow,mptcp,%s exits %d' % (arguments, run.returncode))
        check(words in error and error.count('\n') == 1, 'follow,mptcp,%s says: %s' % (arguments, error))
        check(not run.stdout, 'follow,mptcp,%s prints nothing' % arguments)


def main():
    compared = sum(try_capture(str(f)) for f in collection('*/*.expected.json'))
    print('%d directions have the bytes that were sent' % compared)
    check(compared >= 24, 'only %d directions compared' % compared)
    try_layout()
    try_modes()
    try_window()
    try_errors()
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
