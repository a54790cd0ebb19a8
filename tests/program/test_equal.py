#!/usr/bin/env python3
"""test_equal.py - the program mptcpscope prints what tshark prints: every report of every capture that the tests know.

Captures of both ends are compared twice: merged by mergecap, and as two files that the program merges itself. Some
are split by editcap, as a capture with rotated files is.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / 'support'))
import equal  # noqa: E402


SPLIT = ['path_blackhole', 'tfo']


def captures():
    own = sorted((TESTS.parent / 'captures').glob('*/*.pcap*')) + sorted((TESTS / 'data').glob('*.pcap*'))
    more = os.environ.get('MPT_MORE_CAPTURES')
    known = {(c.parent.name, c.name) for c in own}
    return own + [c for c in sorted(pathlib.Path(more).glob('*/*.pcap*')) if (c.parent.name, c.name) not in known] \
        if more else own


def merged(folder, ends):
    path = folder / f'{ends[0].parent.name}.pcapng'
    subprocess.run(['mergecap', '-I', 'none', '-w', str(path), *map(str, ends)], check=True)
    path.chmod(0o644)
    return path


def split(folder, capture):
    """the pieces of a capture"""
    into = folder / f'split_{capture.parent.name}'
    into.mkdir()
    into.chmod(0o755)
    subprocess.run(['editcap', '-c', '100', str(capture), str(into / 'piece.pcapng')], check=True)
    return sorted(into.glob('*'))


def main():
    wanted = sys.argv[1:]
    jobs, failures = [], 0
    with tempfile.TemporaryDirectory(dir='/tmp') as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        all_of_them = [c for c in captures() if not wanted or c.parent.name in wanted]
        for capture in all_of_them:
            jobs.append((capture, None, False))
            if capture.parent.name in SPLIT and capture.stem == 'client':
                jobs.append((capture, split(folder, capture), False, '--pieces'))
            server = capture.parent / 'server.pcapng'
            if capture.name == 'client.pcapng' and server in all_of_them:
                both = merged(folder, [capture, server])
                jobs.append((both, None, True))
                jobs.append((both, [capture, server], True, '--points'))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for job, found in zip(jobs, pool.map(lambda job: equal.differences(*job), jobs)):
                if found:
                    failures += 1
                    print(job[0], f'as {len(job[1])} files' if job[1] else '', *found, sep='\n  ')
    print(f'{len(jobs)} captures, {failures} differ')
    return 1 if failures or not jobs else 0


if __name__ == '__main__':
    sys.exit(main())
