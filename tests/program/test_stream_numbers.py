#!/usr/bin/env python3
"""test_stream_numbers.py - the program numbers TCP connections (tcp_stream) as the tshark that it was built for.

Ports that are used again, by connections as hosts make them (cut short, reset, repeated, in disorder, opened by both
sides) and by segments drawn by lot: each frame's number is that of tshark.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get('MPT_BUILD', TESTS.parent / 'build'))
FIN, SYN, RST, ACK = 1, 2, 4, 16
HISTORIES = 400  # of each kind
START = 1_600_000_000


def packet(dice, client, side, flags, seq, ack, length):
    ends = (client, 1000), (b'\x0a\0\0\2', 80)
    source, target = ends[side], ends[not side]
    options = b'\3\3\2\1' if flags & SYN and dice.random() < .3 else b''
    tcp = struct.pack('>HHIIBBHHH', source[1], target[1], seq, ack if flags & ACK else 0, (20 + len(options)) // 4 << 4, flags,
                      1000, 0, 0) + options + bytes(length)
    return struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(tcp), 0, 0x4000, 64, 6, 0) + source[0] + target[0] + tcp


def by_lot(dice):
    """(pause, side, flags, seq, ack, length) of each segment"""
    numbers = [[1000, 1000, 2000, 1001, 1010], [5000, 5000, 6000, 5001, 5010]]
    for _ in range(dice.randint(3, 14)):
        side = dice.randrange(2)
        flags = dice.choice([SYN, SYN, SYN | ACK, SYN | ACK, ACK, ACK, ACK, FIN | ACK, RST, RST | ACK])
        length = 0 if flags & (SYN | RST) else dice.choice([0, 0, 10])
        yield (dice.choice([.001, 1, 200, 4000]), side, flags, dice.choice(numbers[side]),
               dice.choice(numbers[not side]) + dice.choice([0, 1]), length)


def connection(dice, c, s):
    steps = [(0, SYN, c, 0, 0), (1, SYN | ACK, s, c + 1, 0), (0, ACK, c + 1, s + 1, 0), (0, ACK, c + 1, s + 1, 10),
             (1, ACK, s + 1, c + 11, 0), (0, FIN | ACK, c + 11, s + 1, 0), (1, FIN | ACK, s + 1, c + 12, 0),
             (0, ACK, c + 12, s + 2, 0)]
    first, second = dice.randrange(len(steps)), dice.randrange(len(steps))
    swapped = list(steps)
    swapped[first], swapped[second] = steps[second], steps[first]
    return dice.choice([
        steps, steps, steps[:dice.randint(1, 7)], steps[1:], steps[1:] + steps[:1], swapped,
        steps[:5] + [(dice.randrange(2), RST, c + 11, 0, 0)], steps[:1] + steps[:2] + steps[1:],
        [(1, SYN, s, 0, 0), (0, SYN, c, 0, 0), (1, SYN | ACK, s, c + 1, 0), (0, SYN | ACK, c, s + 1, 0)] + steps[3:]])


def in_turn(dice):
    c, s = 1000, 5000
    for _ in range(dice.randint(2, 5)):
        pause = dice.choice([0, 1, 100, 5000])
        for step in connection(dice, c, s):
            yield (pause + dice.choice([.001, .2]),) + step
            pause = 0
        more = dice.choice([0, 0, 5000, 100000])
        c, s = c + more, s + dice.choice([more, 0, 7777])


def write(path):
    dice, now, out = random.Random(8684), START, [struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101)]
    for i in range(2 * HISTORIES):
        client = bytes((10, 1, i >> 8, i & 255))
        for pause, side, flags, seq, ack, length in (by_lot if i % 2 else in_turn)(dice):
            now += pause
            data = packet(dice, client, side, flags, seq, ack, length)
            out.append(struct.pack('<IIII', int(now), int(now % 1 * 1e6), len(data), len(data)) + data)
    path.write_bytes(b''.join(out))


def main():
    with tempfile.TemporaryDirectory(dir='/tmp') as name:
        path = pathlib.Path(name) / 'reused.pcap'
        path.parent.chmod(0o755)
        write(path)
        tshark = str(TESTS / 'run-tshark')
        version = tuple(map(int, re.search(r'\) (\d+)\.(\d+)', subprocess.run([tshark, '-v'], capture_output=True, text=True,
                                                                              check=True).stdout).groups()))
        theirs = subprocess.run([tshark, '-r', str(path), '-T', 'fields', '-e', 'tcp.stream'], stdin=subprocess.DEVNULL,
                                capture_output=True, text=True, check=True).stdout.split()
        with open(path, 'rb') as file:
            ours = subprocess.run([str(BUILD / 'tests' / 'stream_numbers'), '1' if version >= (4, 4) else '0'], stdin=file,
                                  capture_output=True, text=True, check=True).stdout.split()
        other = [i for i, pair in enumerate(zip(theirs, ours)) if pair[0] != pair[1]]
        print(f'{len(theirs)} frames, {len(set(theirs))} connections, {len(other)} frames with another number',
              f'the first is {other[0] + 1}' if other else '')
    return 1 if other or len(theirs) != len(ours) or len(set(ours)) < HISTORIES else 0


if __name__ == '__main__':
    sys.exit(main())
