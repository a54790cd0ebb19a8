#!/usr/bin/env python3
"""test_decoding.py [WAY]... - the program finds the segments that tshark finds, in all link types and tunnels that it reads.

One capture has a small connection in each of the ways of support/wrap.py. Reports of the whole are compared, and where
they differ, those of each way. Where a way is read at all, all its segments have to be there.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import concurrent.futures
import csv
import io
import os
import pathlib
import re
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / 'support'))
import alter  # noqa: E402
import equal  # noqa: E402
import wrap  # noqa: E402

CAPTURE = TESTS.parent / 'captures/tiny/client.pcapng'
PORT = 40000
REPORTS = ['list', 'summary,full', 'tcp', 'events', 'diagnose', 'reinjections']


def ask(command, path):
    reports = [x for name in REPORTS for x in ('-z', f'mptcp,{name},format=json')]
    return equal.neutral(equal.run(command + ['-r', str(path), *reports])[0])


def segments(path):
    """client's port -> segments, as the program finds them"""
    out = equal.run(equal.PROGRAM + ['-r', str(path), '-z', 'mptcp,tcp,format=csv'])[0].decode()
    found = {}
    for row in csv.DictReader(io.StringIO(out)):
        for port in (row['client_port'], row['server_port']):
            found[int(port)] = found.get(int(port), 0) + int(row['packets'])
    return found


def difference(path):
    """the first lines that differ, or None"""
    theirs, ours = (ask(c, path).split(b'\n') for c in (equal.TSHARK, equal.PROGRAM))
    for i in range(max(len(theirs), len(ours))):
        pair = [side[i].decode() if i < len(side) else None for side in (theirs, ours)]
        if pair[0] != pair[1]:
            return pair
    return None


def one(folder, number, name, packets):
    path = folder / f'{number}.pcapng'
    alter.write(path, wrap.capture(packets, [name], PORT))
    path.chmod(0o644)
    return difference(path)


def compare(folder, ways, packets):
    """the number of failures"""
    failures, path = 0, folder / 'all.pcapng'
    alter.write(path, wrap.capture(packets, ways, PORT))
    path.chmod(0o644)
    found = segments(path)
    for i, way in enumerate(ways):
        count = wrap.WAYS[way][2]
        count = len(packets) if count is None else count
        if count >= 0 and found.get(wrap.FIRST_PORT + i, 0) != count:
            failures += 1
            print(f'{way}: {found.get(wrap.FIRST_PORT + i, 0)} segments of {count}')
    pair = difference(path)
    if pair:
        failures += 1
        print('tshark', pair[0], 'mptcpscope', pair[1], sep='\n  ')
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            each = pool.map(lambda job: one(folder, *job, packets), enumerate(ways))
            for way, pair in zip(ways, each):
                if pair:
                    print(f'{way}: tshark', pair[0], 'mptcpscope', pair[1], sep='\n  ')
    return failures


def unlike():
    """ways that the program is known not to read as this tshark does"""
    version = re.search(rb'(\d+)\.(\d+)\.', equal.run(equal.TSHARK + ['--version'])[0])
    # Since 4.6 an IP length that ends in the TCP header keeps no segment from Wireshark's taps.
    return ['total length in the header'] if version and tuple(map(int, version.groups())) >= (4, 6) else []


def main():
    apart = unlike()
    ways = sys.argv[1:] or [way for way in wrap.WAYS if way not in apart]
    packets, failures = list(wrap.plain(CAPTURE)), 0
    # Over Frame Relay, Wireshark counts a connection twice where it is not the first: each way by itself.
    alone = [way for way in ways if way.startswith('frame relay')]
    with tempfile.TemporaryDirectory(dir='/tmp') as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        for part in [[way for way in ways if way not in alone]] + [[way] for way in alone]:
            failures += compare(folder, part, packets) if part else 0
    print(f'{len(ways)} ways, {failures} failures')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
