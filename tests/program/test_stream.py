#!/usr/bin/env python3
"""test_stream.py - mptcpscope --stream: a line as each connection ends, in memory that does not grow.

The lines are those of format=ndjson at the end of the capture. A long capture is made of copies of a small one, one
after the other, each with addresses of its own.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / 'support'))
import alter  # noqa: E402
import wire  # noqa: E402

BUILD = pathlib.Path(os.environ.get('MPT_BUILD', TESTS.parent / 'build'))
PROGRAM = str(BUILD / 'bin' / 'mptcpscope')
CAPTURES = TESTS.parent / 'captures'
TINY = CAPTURES / 'tiny' / 'client.pcapng'
APART = 100  # seconds between two copies
EACH = ['-z', 'mptcp,list,format=ndjson']
ALL = ['-z', 'mptcp,summary,full,format=ndjson', '-z', 'mptcp,events,format=ndjson', '-z', 'mptcp,diagnose,format=ndjson',
       '-z', 'mptcp,conformance,format=ndjson']
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print('FAILED:', what)


def run(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, timeout=300)


def lines(data):
    """the lines; of the capture's own without what is known of the whole capture alone"""
    return re.sub(rb'("type": "capture".*"findings": ).*', rb'\1', data).splitlines()


def copies(path, count, seconds=APART):
    """tiny, `count` times: the capture, and its frames"""
    frames = list(wire.frames(TINY))
    made = []
    for i in range(count):
        address = bytes((10, i >> 16 & 255, i >> 8 & 255, i & 255))
        for f in frames:
            data = bytearray(f.data)
            ip = 14  # Ethernet; the client's is 192.0.2.1
            for at in (ip + 12, ip + 16):
                if data[at + 3] == 1:
                    data[at:at + 4] = address
            made.append(wire.Frame(len(made) + 1, f.time + i * int(seconds * 1e9), f.link, bytes(data), f.length))
    alter.write(path, made)
    return made


def same_lines(folder):
    more = os.environ.get('MPT_MORE_CAPTURES')
    captures = sorted(CAPTURES.glob('*/*.pcap*')) + (sorted(pathlib.Path(more).glob('*/*.pcap*')) if more else [])
    for capture in captures:
        whole, streamed = run('-r', capture, *ALL), run('-r', capture, *ALL, '--stream')
        check(whole.returncode == streamed.returncode == 0, f'{capture}: {streamed.stderr!r}')
        check(lines(whole.stdout) == lines(streamed.stdout), f'{capture}: other lines with --stream')


def long_capture(folder):
    path = folder / 'long.pcapng'
    copies(path, 50)
    whole, streamed = run('-r', path, *EACH), run('-r', path, *EACH, '--stream')
    check(lines(whole.stdout) == lines(streamed.stdout), 'a long capture: other lines with --stream')
    found = [json.loads(line) for line in streamed.stdout.splitlines()]
    check([line.get('id') for line in found] == [*range(50), None], 'ids go on')
    check(found[-1]['capture']['tcp_segments'] == 50 * 16, 'all segments are counted')
    check(run('-r', path, *EACH, '--stream', '-z', 'mptcp,list,format=ndjson,stream=7').returncode == 0, 'stream=7')
    alone = run('-r', path, '--stream', '-z', 'mptcp,list,format=ndjson,stream=7').stdout.splitlines()
    check([json.loads(line).get('id') for line in alone] == [7, None], 'stream=7 alone')
    done = run('-r', path, '--stream', *EACH, '-z', 'mptcp,list,format=ndjson,stream=77')
    check(done.returncode == 1 and done.stderr.count(b'\n') == 1, f'stream=77: {done.stderr!r}')


def peak(path, *arguments):
    """kB of memory at most"""
    code = ('import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); '
            'print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)')
    return int(subprocess.run([sys.executable, '-c', code, PROGRAM, '-r', str(path), *arguments], capture_output=True,
                              check=True, timeout=600).stdout)


def memory(folder):
    if 'ASAN_OPTIONS' in os.environ:  # whose own memory is more
        return
    few, many = folder / 'few.pcapng', folder / 'many.pcapng'
    copies(few, 5000, 1)  # by then what is kept of the last packets is full
    copies(many, 20000, 1)
    small, large, whole = peak(few, '--stream'), peak(many, '--stream'), peak(many, *EACH)
    print(f'5,000 connections {small} kB, 20,000 {large} kB, without --stream {whole} kB')
    check(large < small + 4000, f'memory grows: {small} kB, {large} kB')
    packets = ['--stream', '-z', f'mptcp,unfold,all,file={folder / "unfolded"}']
    small, large = peak(few, *packets), peak(many, *packets)
    check(large < small + 4000, f'memory of unfold grows: {small} kB, {large} kB')
    check(whole > large + 20000, 'the capture is too small for this test')


def while_reading(folder):
    """lines come before the pipe ends, and on SIGINT what there is"""
    path = folder / 'pipe.pcapng'
    copies(path, 10)
    data = path.read_bytes()
    for end in ('end of the pipe', 'SIGINT'):
        program = subprocess.Popen([PROGRAM, '-r', '-', '--stream'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        watch = threading.Timer(60, program.kill)
        watch.start()
        program.stdin.write(data)
        program.stdin.flush()
        before = [json.loads(program.stdout.readline()).get('id') for _ in range(8)]
        check(before == [*range(8)], f'before the {end}: {before}')
        if end == 'SIGINT':
            program.send_signal(signal.SIGINT)
            rest = program.stdout.read().splitlines()
            program.stdin.close()
        else:
            program.stdin.close()
            rest = program.stdout.read().splitlines()
        check([json.loads(line).get('id') for line in rest] == [8, 9, None], f'{end}: {rest}')
        check(program.wait() == 0, f'{end}: exit status {program.returncode}')
        watch.cancel()


def refused(folder):
    for argument, said in (('mptcp,list', 'say mptcp,list,format=ndjson'), ('mptcp,list,format=csv', 'format=ndjson'),
                           ('mptcp,tcp', 'mptcp,tcp needs the whole'), ('mptcp,paths,format=csv', 'needs the whole'),
                           ('follow,mptcp,hex,0', 'follow,mptcp needs the whole'),
                           ('mptcp,list,format=ndjson,at=server', '"at" needs the whole')):
        done = run('-r', TINY, '--stream', '-z', argument)
        check(done.returncode == 1 and said in done.stderr.decode() and done.stderr.count(b'\n') == 1,
              f'{argument}: {done.returncode}, {done.stderr!r}')


def unfolded(folder):
    """packets of each connection as it ends, in memory that does not grow"""
    few, whole, streamed = folder / 'ten.pcapng', folder / 'whole.pcapng', folder / 'streamed.pcapng'
    copies(few, 10)
    check(run('-r', few, '-z', f'mptcp,unfold,all,file={whole}').returncode == 0, 'unfold,all')
    done = run('-r', few, '--stream', '-z', f'mptcp,unfold,all,file={streamed}', '-z', 'mptcp,list,format=ndjson')
    check(len(done.stdout.splitlines()) == 11, 'lines beside packets')
    check(streamed.read_bytes() == whole.read_bytes(), 'the same packets with --stream')
    check(run('-r', few, '--stream', '-z', 'mptcp,unfold,all,file=-').stdout == whole.read_bytes(), 'packets on stdout')
    check(run('-r', few, '-z', 'mptcp,unfold,all,file=-').stdout == whole.read_bytes(), 'packets on stdout, at the end')
    for arguments in (['-z', 'mptcp,unfold,all,file=-', '-z', 'mptcp,list'], ['-z', 'mptcp,list', '-z', 'mptcp,unfold,all,file=-']):
        done = run('-r', few, *arguments)
        check(done.returncode == 1 and not done.stdout and b'stand there alone' in done.stderr, f'{arguments}: {done}')
    done = run('-r', few, '--stream', '-z', f'mptcp,unfold,stream=0,file={folder / "none"}')
    check(done.returncode == 1 and b'needs the whole' in done.stderr and not (folder / 'none').exists(), f'stream=0: {done}')
    done = run('-r', few, '--stream', '-z', 'mptcp,unfold,all,port=7,file=-')
    check(done.returncode == 1 and done.stderr.count(b'\n') == 1, f'none is selected: {done}')
    with open('/dev/full', 'w') as full:
        done = subprocess.run([PROGRAM, '-r', few, '--stream', '-z', 'mptcp,unfold,all,file=-'], stdout=full, stderr=subprocess.PIPE)
    check(done.returncode == 1 and done.stderr.count(b'\n') == 1, f'packets, a full disk: {done}')


def no_room(folder):
    """what can't be written ends the reading"""
    path = folder / 'forever.pcapng'
    copies(path, 10)
    with open('/dev/full', 'w') as full:
        program = subprocess.Popen([PROGRAM, '-r', '-', '--stream'], stdin=subprocess.PIPE, stdout=full,
                                   stderr=subprocess.PIPE)
        program.stdin.write(path.read_bytes())
        program.stdin.flush()
        check(program.wait(timeout=60) == 1, 'a full disk ends it')
        check(program.stderr.read().count(b'\n') == 1, 'a full disk: one sentence')
        program.stdin.close()


def main():
    with tempfile.TemporaryDirectory(dir='/tmp') as name:
        for test in (same_lines, long_capture, memory, while_reading, refused, unfolded, no_room):
            test(pathlib.Path(name))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
