#!/usr/bin/env python3
"""test_program.py - the program mptcpscope by itself: what it says to wrong arguments, pipes, cut and altered files.

What it prints of good captures is in test_equal.py. Each wrong argument is one sentence and exit status 1, each file that
can't be read one and 2; no file makes it crash.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / 'support'))
import alter  # noqa: E402
import wire  # noqa: E402

BUILD = pathlib.Path(os.environ.get('MPT_BUILD', TESTS.parent / 'build'))
PROGRAM = str(BUILD / 'bin' / 'mptcpscope')
CAPTURES = TESTS.parent / 'captures'
TINY = CAPTURES / 'tiny' / 'client.pcapng'
ALTERED = int(os.environ.get('MPT_ALTERED_FILES', '500'))
CRASHED = 99  # a sanitizer's finding
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print('FAILED:', what)


def run(*arguments, **more):
    more.setdefault('stdin', subprocess.DEVNULL)
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, timeout=120, **more)


def says(status, pattern, *arguments, **more):
    """one sentence on stderr and this exit status"""
    done = run(*arguments, **more)
    said = done.stderr.decode(errors='replace')
    check(done.returncode == status, f'{arguments}: exit status {done.returncode}, not {status}')
    check(re.fullmatch(r'mptcpscope: .*\n', said) and re.search(pattern, said), f'{arguments}: says {said!r}')
    return done.stdout


def wrong_arguments(folder):
    says(1, 'no capture given', '-z', 'mptcp,list')
    says(1, 'no capture given')
    says(1, 'unknown report "lst"', '-r', TINY, '-z', 'mptcp,lst')
    says(1, 'io,stat', '-r', TINY, '-z', 'io,stat')
    says(1, 'dumpcap -i INTERFACE', '-i', 'eth0')
    says(1, 'tshark -z', '-r', TINY, '-Y', 'tcp')
    says(1, 'unfold', '-r', TINY, '-w', folder / 'out')
    says(2, 'only once', '-r', '-', '-r', '-', stdin=None, input=TINY.read_bytes())
    says(2, 'directory', '-r', folder)
    with open('/dev/full', 'w') as full:  # two reports, and one sentence
        done = subprocess.run([PROGRAM, '-r', TINY], stdout=full, stderr=subprocess.PIPE)
    check(done.returncode == 1 and done.stderr.count(b'\n') == 1, f'a full disk: {done}')
    says(1, '"-Y"', '-r', TINY, '-Y', 'tcp')
    says(1, '"--nothing"', '--nothing')
    says(1, 'missing value.*"-r"', '-r')
    says(1, 'display filter', '-r', TINY, '-z', 'mptcp,list,tcp.port==5001')
    says(1, 'needs a number', '-r', TINY, '-o', 'mptcpscope.lookback_ms:soon')
    says(1, 'there is no mptcpscope.nothing', '-r', TINY, '-o', 'mptcpscope.nothing:1')
    says(1, '-o takes', '-r', TINY, '-o', 'tcp.desegment_tcp_streams:FALSE')
    says(1, 'the connection\'s id', '-r', TINY, '-z', 'follow,mptcp,hex')
    says(1, 'no connection 7', '-r', TINY, '-z', 'mptcp,summary,stream=7')
    says(1, 'mptcpscope.keys', '-r', TINY, '-o', 'mptcpscope.keys:x')
    says(1, '--threads takes 1 or 2', '-r', TINY, '--threads', '3')
    says(2, 'No such file', '-r', folder / 'nothing.pcap')
    (folder / 'text').write_text('no capture\n')
    says(2, 'cannot read', '-r', folder / 'text')
    (folder / 'empty').write_bytes(b'')
    check(run('-r', folder / 'empty').returncode in (0, 2), 'an empty file')


def right_arguments():
    usual = run('-r', TINY, '-z', 'mptcp,list', '-z', 'mptcp,summary').stdout
    check(usual.startswith(b'1 MPTCP connection'), 'list and summary')
    check(run('-r', TINY).stdout == usual, 'without -z: list and summary')
    check(run(TINY).stdout == usual, 'a file without -r')
    check(run('-qr', TINY).stdout == usual, '-qr')
    for number in '12':
        check(run('-r', TINY, '--threads', number).stdout == usual, f'--threads {number}')
    with open(TINY, 'rb') as file:
        check(run('-r', '-', stdin=file).stdout == usual, 'standard input: a file')
    done = run('-r', '-', stdin=None, input=TINY.read_bytes())
    check(done.stdout == usual and not done.stderr, 'standard input: a pipe')
    done = run('-r', '-', stdin=None, input=TINY.read_bytes()[:-30])
    check(done.returncode == 2 and done.stdout and done.stderr.startswith(b'mptcpscope: standard input is cut short'),
          f'standard input, cut: {done.stderr!r}')
    check(b'-r FILE' in run('--help').stdout and run('--help').returncode == 0, '--help')
    check(run('--version').stdout.startswith(b'mptcpscope '), '--version')
    check(run('-z', 'help').stdout == run('-z', 'mptcp,help').stdout and run('-z', 'help').returncode == 0, '-z help')
    check(b'plot' in run('-z', 'mptcp,help,plot').stdout, 'help needs no capture')
    check(run('-r', TINY, '-z', 'mptcp,list,port=40000').stdout == run('-r', TINY, '-z', 'mptcp,list').stdout, 'port=')
    says(1, 'port=1', '-r', TINY, '-z', 'mptcp,summary,port=1')
    says(1, 'port=1', '-r', TINY, '-z', 'mptcp,tcp,port=1')
    check(run('-r', TINY, '-o', 'mptcpscope.limit_events:1', '-z', 'mptcp,events').stdout !=
          run('-r', TINY, '-z', 'mptcp,events').stdout, 'a limit')


def unread_link(folder):
    path = folder / 'bluetooth.pcap'
    path.write_bytes(b'\xd4\xc3\xb2\xa1\2\0\4\0' + bytes(8) + b'\xff\xff\0\0' + (187).to_bytes(4, 'little') +
                     2 * (bytes(8) + b'\4\0\0\0\4\0\0\0' + b'\4\1\0\0'))
    says(0, '2 frames of Bluetooth.* are not read', '-r', path)


def each_cut(folder):
    """every length of a small file: one sentence, or the report of what is there"""
    whole, path = TINY.read_bytes(), folder / 'cut.pcapng'
    statuses = set()
    for length in range(0, len(whole), 1 if len(whole) < 4000 else 7):
        path.write_bytes(whole[:length])
        done = run('-r', path, '-z', 'mptcp,list', '-z', 'mptcp,diagnose')
        statuses.add(done.returncode)
        check(done.returncode in (0, 2) and done.stderr.count(b'\n') <= 1,
              f'cut after {length} bytes: {done.returncode}, {done.stderr[-300:]!r}')
    check(statuses == {0, 2}, f'cut files: exit statuses {statuses}')


def altered(folder):
    dice, path = random.Random(1), folder / 'altered.pcapng'
    wholes = [TINY.read_bytes(), (CAPTURES / 'tfo' / 'client.pcapng').read_bytes()[:60000]]
    for i in range(ALTERED):
        data = bytearray(wholes[i % 2])
        for _ in range(dice.randint(1, 20)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        path.write_bytes(data)
        done = run('-r', path, '-z', 'mptcp,summary,full', '-z', 'mptcp,diagnose', '-z', 'mptcp,events')
        check(0 <= done.returncode <= 2, f'altered file {i}: {done.returncode}, {done.stderr[-500:]!r}')


def mixed_up(folder):
    """bytes within the frames changed, the file itself is well"""
    dice, path = random.Random(2), folder / 'mixed.pcapng'
    frames = list(wire.frames(TINY))
    for i in range(ALTERED):
        worse = []
        for f in frames:
            data = bytearray(f.data)
            for _ in range(dice.randint(0, 4)):
                data[dice.randrange(len(data))] = dice.randrange(256)
            worse.append(wire.Frame(f.number, f.time, f.link, bytes(data), f.length))
        alter.write(path, worse)
        done = run('-r', path, '-z', 'mptcp,summary,full')
        check(done.returncode == 0, f'altered frames {i}: {done.returncode}, {done.stderr[-500:]!r}')


def later(capture, path, seconds):
    alter.write(path, [wire.Frame(f.number, f.time + seconds * 10**9, f.link, f.data, f.length)
                       for f in wire.frames(capture)])
    return path


def several_files(folder):
    """pieces of one capture, or vantage points: told from interfaces and times, said, and chosen by options"""
    ends = [CAPTURES / 'path_blackhole' / name for name in ('client.pcapng', 'server.pcapng')]
    first, second = later(TINY, folder / 'a.pcapng', 0), later(ends[0], folder / 'b.pcapng', 3600)
    client, server = (later(end, folder / end.name, 0) for end in ends)  # without names of interfaces

    def capture(said, *arguments):
        done = run(*arguments, '-z', 'mptcp,summary,format=json')
        check(re.search(said, done.stderr.decode()) if said else not done.stderr, f'{arguments}: says {done.stderr!r}')
        return json.loads(done.stdout)['capture']
    one = capture('2 files are read as pieces of one capture', first, second)
    check('points' not in str(one.get('vantage')), f'pieces: {one}')
    check(capture('pieces of one capture', second, first) == one, 'pieces in another order')
    check(capture('', '--pieces', first, second) == one, '--pieces')
    both = capture('2 files are read as 2 vantage points', client, server)
    check(both == capture('', '--points', client, server), '--points')
    check(both != capture('', '--pieces', client, server), '--pieces of two ends')
    check(run(*ends).stderr == b'', 'other interfaces: vantage points, without a word')
    says(1, '--pieces or --points', first, second, '-z', 'mptcp,events,live')


def main():
    with tempfile.TemporaryDirectory(dir='/tmp') as name:
        folder = pathlib.Path(name)
        wrong_arguments(folder)
        right_arguments()
        unread_link(folder)
        several_files(folder)
        each_cut(folder)
        altered(folder)
        mixed_up(folder)
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
