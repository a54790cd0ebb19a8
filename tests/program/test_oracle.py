#!/usr/bin/env python3
# test_oracle.py - reports against figures computed a second time from the bytes of the captures (support/oracle.py).
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""test_oracle.py [--all SEEDS | CAPTURE...]

Compares summary,full of all captures of captures/ and of MPT_MORE_CAPTURES, and of altered ones, with the oracle: each figure,
each state, and each event with its time. Prints what differs, and exits 1 then. --all alters each capture in each way, with so
many seeds (for a capture of 1,000 frames half a second each). CAPTUREs are compared as they are."""
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / 'tests/support'))
import alter  # noqa: E402
import oracle  # noqa: E402
import wire  # noqa: E402
from collection import collection  # noqa: E402
from compare_report import Compare  # noqa: E402

# name: frames and seed -> frames. The look-back covers 2 s: what is longer is not read backwards.
WAYS = {
    'lost': lambda f, n: alter.lost(f, .05, n),
    'lost, much': lambda f, n: alter.lost(f, .2, n),
    'lost in a row': lambda f, n: alter.lost_in_a_row(f, 3, 25, n),
    'one way': lambda f, n: alter.one_way(f, n % 2 == 0),
    'one way, lost': lambda f, n: alter.lost(alter.one_way(f, n % 2 == 0), .1, n),
    'begun late': lambda f, n: alter.late(f, random.Random(n).uniform(.05, .7)),
    'begun late, lost': lambda f, n: alter.lost(alter.late(f, .2), .1, n),
    'ended early': lambda f, n: alter.early(f, random.Random(n).uniform(.1, .9)),
    'cut': lambda f, n: alter.cut(f, 128),
    'backwards': lambda f, n: alter.reversed_(f),
    'rotated': lambda f, n: alter.rotated(f, random.Random(n).random()),
    'rotated, lost': lambda f, n: alter.rotated(alter.lost(f, .1, n), .5),
    'shuffled': alter.shuffled,
    'in microseconds': lambda f, n: alter.coarse(f, 1000),
    'in milliseconds': lambda f, n: alter.coarse(f, 1000000),
    'raw': lambda f, n: alter.linked(f, wire.RAW),
    'cooked': lambda f, n: alter.linked(f, wire.SLL),
    'cooked 2': lambda f, n: alter.linked(f, wire.SLL2),
    'loopback': lambda f, n: alter.linked(f, wire.NULL),
    'tagged': lambda f, n: alter.linked(f, wire.ETHERNET),
    'sequence numbers wrap': lambda f, n: alter.sequence_moved(f, random.Random(n).choice((1, 1000, 20000))),
    'sequence numbers wrap, lost': lambda f, n: alter.lost(alter.sequence_moved(f, 20000), .1, n),
    'data numbers wrap': lambda f, n: alter.rekeyed(f, 40000),
    'data numbers wrap, lost': lambda f, n: alter.lost(alter.rekeyed(f, 40000), .1, n),
}
LONGEST = 1.9e9
A_SAMPLE = 2
# What once was wrong: MP_CAPABLE with data before its SYN in the file, ...
ALWAYS = (('csum/client.pcapng', 'shuffled', 18), ('csum_fail_multi/client.pcapng', 'shuffled', 3),
          ('ipv6/server.pcapng', 'one way, lost', 26), ('lossy3/client.pcapng', 'begun late, lost', 27),
          ('v0/server_2.pcap', 'begun late, lost', 39))


def tshark(capture):
    run = subprocess.run([str(TOP / 'tests/run-tshark'), '-q', '-r', str(capture), '-z', 'mptcp,summary,full,format=json'],
                         capture_output=True, cwd=TOP, text=True)
    if run.returncode:
        raise RuntimeError('exit status %d: %s' % (run.returncode, run.stderr.strip()[:300]))
    return json.loads(run.stdout)


def differences(capture):
    compare = Compare(None)
    compare.report(oracle.analyse(capture), tshark(capture))
    return compare.lines


def altered(capture, way, seed):
    """None where this way is not for this capture"""
    frames = wire.frames(capture)
    times = [f.time for f in frames]
    if way in ('backwards', 'shuffled', 'rotated', 'rotated, lost') and max(times) - min(times) > LONGEST:
        return None
    if way.startswith('data') and any(o['subtype'] == wire.MP_CAPABLE and o['version'] == 0
                                      for s in wire.segments(frames) for o in s.options):
        return None
    with tempfile.NamedTemporaryFile(suffix='.pcapng', dir='/tmp') as file:
        alter.write(file.name, WAYS[way](frames, seed))
        os.chmod(file.name, 0o644)
        return differences(file.name)


def sample(captures):
    """each capture in some ways, all ways together more than once"""
    ways = list(WAYS)
    for n, capture in enumerate(captures):
        for k in range(A_SAMPLE):
            yield capture, ways[(n * A_SAMPLE + k) % len(ways)], n + k


def run(job):
    capture, way, seed = job
    name = '%s/%s' % (pathlib.Path(capture).parent.name, pathlib.Path(capture).name)
    name += ', %s (%d)' % (way, seed) if way else ''
    try:
        lines = altered(capture, way, seed) if way else differences(capture)
    except (RuntimeError, ValueError) as e:
        lines = [str(e)]
    return lines is not None, ['%s: %s' % (name, line) for line in lines or []]


def main(arguments):
    captures = [c for c in collection('*/*.pcap*') if c.parent.name != 'field']
    jobs = [(c, None, 0) for c in captures]
    if arguments[:1] == ['--all']:
        jobs += [(c, way, seed) for way in WAYS for c in captures for seed in range(int(arguments[1]))]
    elif arguments:
        jobs = [(c, None, 0) for c in arguments]
    else:
        jobs += sample(captures)
        jobs += [job for job in ((c, way, seed) for name, way, seed in ALWAYS for c in collection(name)) if job not in jobs]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(run, jobs))
    lines = [line for _, more in found for line in more]
    for line in lines:
        print(line)
    print('%d captures and alterations, %d of them differ' % (sum(ran for ran, _ in found), sum(bool(m) for _, m in found)))
    return 1 if lines else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
