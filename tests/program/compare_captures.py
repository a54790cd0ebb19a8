#!/usr/bin/env python3
"""Compare the plugin's report of captures with their expected files.

  compare_captures.py [--only core|data|control]... [EXPECTED.json]...

EXPECTED.json is <end>.expected.json beside <end>.pcapng or <end>.pcap; without one, all of captures/ and of the
larger collection beside the checkout, where it is there. Prints a line per difference, by part, and exits 1 if there
is any. MPT_BUILD names the build folder (default: build/).

SPDX-License-Identifier: GPL-2.0-or-later
"""
import argparse
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'support'))
import collection as captures
from compare_report import Compare

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOP = os.path.dirname(TESTS)
PARTS = ('core', 'data', 'control')
REPORT = 'mptcp,summary,full,format=json'


def capture_of(expected):
    stem = expected[:-len('.expected.json')]
    for suffix in ('.pcapng', '.pcap'):
        if os.path.exists(stem + suffix):
            return stem + suffix
    raise FileNotFoundError('no capture beside ' + expected)


def report_of(capture):
    """the report, and what is wrong with the run itself"""
    run = subprocess.run([os.path.join(TESTS, 'run-tshark'), '-q', '-r', capture, '-z', REPORT],
                         stdin=subprocess.DEVNULL, capture_output=True, text=True, errors='replace')
    wrong = []
    if run.returncode:
        wrong.append('exit status %d' % run.returncode)
    if run.stderr:
        wrong.append('stderr: ' + run.stderr.rstrip())
    try:
        return json.loads(run.stdout), wrong
    except ValueError as e:
        return None, wrong + ['stdout is no JSON document: %s\n%s' % (e, run.stdout[:400])]


def differences(expected_file, parts):
    report, lines = report_of(capture_of(expected_file))
    if report is None:
        return lines
    with open(expected_file) as f:
        expected = json.load(f)
    seen = set()
    for part in parts:
        compare = Compare(part)
        compare.report(expected, report)
        # What is missing altogether shows in every part.
        lines += [part + ': ' + line for line in compare.lines if line not in seen]
        seen.update(compare.lines)
    return lines


def collection():
    return [str(path) for path in captures.collection('*/*.expected.json')]


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--only', action='append', choices=PARTS)
    a.add_argument('expected', nargs='*')
    a = a.parse_args()
    failed = 0
    files = a.expected or collection()
    for expected in files:
        name = '/'.join(expected.split(os.sep)[-2:]).removesuffix('.expected.json')
        lines = differences(expected, a.only or PARTS)
        failed += bool(lines)
        for line in lines:
            print(name, line)
    print('%d of %d captures differ' % (failed, len(files)))
    return 1 if failed or not files else 0


if __name__ == '__main__':
    sys.exit(main())
