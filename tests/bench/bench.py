#!/usr/bin/env python3
"""Measures the plugin's reports against tshark's own dissection; run.sh starts it.

Invariant: nothing is asserted about times; all commands of a capture take turns, so noise hits all alike.
SPDX-License-Identifier: GPL-2.0-or-later
"""
import argparse
import csv
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import namedtuple

import shapes

HERE = os.path.dirname(os.path.abspath(__file__))
NOBODY = 65534
SMALL = shapes.shape('probe', 100)
PEER_RUNS_ABOVE = 100000     # segments: peers run once, and with --quick always
ANALYZER_LIMIT = 300000      # segments: above, the slowest peer is left out
PLUGIN_LIMIT = 2000000       # segments: above, only the floor and the program run, once
SEGMENT_BYTES = 1000         # of a capture, about: is there room for it?
ROW = '%-18s %4s %7s %7s %7s %8s %7s %7s %7s %7s %7s %9s %8s'
COUNT = '%-18s %16s %12s %8s %14s'

# Runs a program with its output thrown away; prints what it took.
MEASURE = '''
import posix, sys, time
start = time.monotonic()
pid = posix.fork()
if pid == 0:
    null = posix.open('/dev/null', posix.O_RDWR)
    for fd in (0, 1, 2):
        posix.dup2(null, fd)
    try:
        for folder in [''] if '/' in sys.argv[1] else posix.environ[b'PATH'].decode().split(':'):
            path = folder + '/' + sys.argv[1] if folder else sys.argv[1]
            if posix.access(path, posix.X_OK):
                posix.execv(path, sys.argv[1:])
    finally:
        posix._exit(127)
_, status, used = posix.wait4(pid, 0)
print(used.ru_utime, used.ru_stime, time.monotonic() - start, used.ru_maxrss, posix.waitstatus_to_exitcode(status))
'''

Run = namedtuple('Run', 'user system wall memory')  # seconds, seconds, seconds, bytes
Capture = namedtuple('Capture', 'name path segments subflows bytes merged expected')


def fail(text):
    print('run.sh: ' + text, file=sys.stderr)
    sys.exit(1)


class Machine:
    """Where and as whom commands run."""

    def __init__(self, options):
        self.options = options
        self.folder = tempfile.mkdtemp(prefix='mptbench-', dir=options.tmp)
        self.home = os.path.join(self.folder, 'home')
        os.mkdir(self.home)
        self.prefix = []
        self.plugins = os.path.join(options.build, 'plugins')
        if os.geteuid() == 0:  # tshark ignores WIRESHARK_PLUGIN_DIR then
            if not shutil.which('setpriv'):
                fail('as root, setpriv is needed to run tshark as an ordinary user')
            for path in (self.folder, self.home):
                os.chown(path, NOBODY, NOBODY)
            self.plugins = self.copy_plugins(options.build)
            self.prefix = ['setpriv', '--reuid=%d' % NOBODY, '--regid=%d' % NOBODY, '--clear-groups']
        self.program = self.copy_program(options.build)
        self.env = dict(os.environ, HOME=self.home, XDG_CONFIG_HOME=self.home, LC_ALL='C.UTF-8')
        self.env['WIRESHARK_PLUGIN_DIR'] = self.plugins

    def copy_plugins(self, build):
        """A build folder below /root is closed to the user that tshark runs as."""
        source, copy = os.path.join(build, 'plugins'), os.path.join(self.folder, 'plugins')
        if os.path.isdir(source):
            shutil.copytree(source, copy)
        return copy

    def copy_program(self, build):
        source, copy = os.path.join(build, 'bin', 'mptcpscope'), os.path.join(self.folder, 'mptcpscope')
        if os.path.exists(source):
            shutil.copy(source, copy)
        return copy

    def close(self):
        if self.options.keep:
            print('captures kept in ' + self.folder)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def argv(self, command, capture):
        if command.arguments is None:
            return self.prefix + ['mptcptrace', '-f', capture.path, '-S']
        if command.program:
            return self.prefix + [self.program, '-r', capture.path] + command.arguments
        # Other dissectors, guessing at the payload, would take half of the time.
        decode = [] if self.options.heuristics else ['-d', 'tcp.port==%d,data' % shapes.PORT]
        arguments = [a.replace('@OUT@', self.home) for a in command.arguments]
        return self.prefix + [self.options.tshark, '-r', capture.path] + decode + arguments

    def output(self, argv):
        done = subprocess.run(argv, env=self.env, cwd=self.home, stdin=subprocess.DEVNULL,
                              capture_output=True)
        return done.returncode, done.stdout, done.stderr.decode(errors='replace')

    def measure(self, argv):
        """Linux counts the memory of whoever starts a program as the program's own, until it needs more: so it is
        started by an interpreter that has loaded nothing."""
        done = subprocess.run([sys.executable, '-I', '-S', '-c', MEASURE] + argv, env=self.env, cwd=self.home,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            fail('%s: %s' % (' '.join(argv), done.stderr.strip()))
        user, system, wall, kilobytes, status = map(float, done.stdout.split())
        if status != 0:
            fail('%s: exit status %d' % (' '.join(argv), status))
        return Run(user, system, wall, int(kilobytes) * 1024)


def find_generator(options):
    for place in ('tests/bench', 'bench', '.'):
        path = os.path.join(options.build, place, 'mptbench_generate')
        if os.access(path, os.X_OK):
            return path
    fail('no mptbench_generate in %s: build it first (cmake --build %s)' % (options.build, options.build))


def generate(machine, generator, shape):
    path = machine.path(shape.name + '.pcap')
    expected = machine.path(shape.name + '.expected.json')
    argv = [generator, '--seed', str(machine.options.seed), '--expected', expected] + shape.options
    if shape.merged:
        argv += ['--server', machine.path(shape.name + '.server.pcap')]
    done = subprocess.run(argv + [path], capture_output=True, text=True)
    if done.returncode != 0:
        fail(done.stderr.strip())
    sums = [json.loads(line) for line in done.stdout.splitlines()]
    if shape.merged:
        one, path = path, machine.path(shape.name + '.pcapng')
        subprocess.run(['mergecap', '-I', 'none', '-w', path, one, machine.path(shape.name + '.server.pcap')], check=True)
    os.chmod(path, 0o644)
    return Capture(shape.name, path, sum(s['segments'] for s in sums), sums[0]['subflows'],
                   os.path.getsize(path), shape.merged, expected)


def accepted(machine, generator, wanted):
    """The commands that work here, tried on a small capture, and why others do not."""
    probes = [generate(machine, generator, SMALL)]
    if shutil.which('mergecap'):
        probes.append(generate(machine, generator, SMALL._replace(name='probe_both', merged=True)))
    _, fields, _ = machine.output(machine.prefix + [machine.options.tshark, '-G', 'fields'])
    lines = fields.decode(errors='replace').splitlines()
    known = {line.split('\t')[2] for line in lines if line.count('\t') > 2}
    use = []
    for command in shapes.commands(known):
        if wanted and command.name not in wanted and command.name != 'floor':
            continue
        if command.arguments is None and not shutil.which('mptcptrace'):
            print('skipped %s: not installed' % command.name)
            continue
        probe = probes[-1] if command.where == 'merged' else probes[0]
        code, _, error = machine.output(machine.argv(command, probe))
        if code == 0:
            use.append(command)
        elif command.name == 'floor':
            fail('tshark does not work here: ' + error.strip())
        else:
            lines = [l for l in error.splitlines() if l.strip() and not l.startswith('Running as')]
            why = lines[0].split(';')[0].strip() if lines else 'exit status %d' % code
            print('skipped %s: %s' % (command.name, why))
    return use


def fits(command, capture):
    if command.name == 'mptcpanalyzer' and capture.segments > ANALYZER_LIMIT:
        return False
    if capture.segments > PLUGIN_LIMIT and command.name != 'floor' and not command.program:
        return False
    return command.where == 'any' or (command.where == 'merged') == capture.merged


def take_turns(machine, commands, capture, runs):
    """Runs of each command; every round runs each command once."""
    results = {c.name: [] for c in commands}
    with open(capture.path, 'rb') as f:  # into the page cache
        while f.read(1 << 24):
            pass
    for round_ in range(runs):
        for command in commands:
            once = machine.options.quick or capture.segments > PEER_RUNS_ABOVE
            if round_ > 0 and (capture.segments > PLUGIN_LIMIT or (command.peer and once)):
                continue
            results[command.name].append(machine.measure(machine.argv(command, capture)))
    return results


def figures(capture, command, results):
    """One row of the table. A ratio is the median of the ratios within each round."""
    runs, floor = results[command.name], results['floor']
    base = results.get(command.base) or floor
    mid = lambda field, of: statistics.median(getattr(r, field) for r in of)
    each = lambda field: [getattr(r, field) / max(getattr(b, field), 1e-9) for r, b in zip(runs, base)]
    ratio = lambda field: statistics.median(each(field))
    cpu = lambda run: run.user + run.system
    ratios = sorted(each('user'))
    above = mid('memory', runs) - mid('memory', floor)
    return {
        'capture': capture.name, 'segments': capture.segments, 'subflows': capture.subflows,
        'capture_bytes': capture.bytes, 'command': command.name, 'runs': len(runs),
        'user_s': mid('user', runs), 'system_s': mid('system', runs), 'wall_s': mid('wall', runs),
        'memory_bytes': int(mid('memory', runs)),
        'base': command.base if command.base in results else 'floor', 'user_ratio': ratio('user'),
        'cpu_ratio': statistics.median(cpu(r) / max(cpu(b), 1e-9) for r, b in zip(runs, base)),
        'user_ratio_min': ratios[0], 'user_ratio_max': ratios[-1], 'wall_ratio': ratio('wall'),
        'memory_ratio': ratio('memory'), 'user_us_per_segment': 1e6 * mid('user', runs) / capture.segments,
        'above_floor_bytes': int(above),
        'above_floor_per_segment': above / capture.segments,
        'above_floor_per_subflow': above / max(capture.subflows, 1),
        # 64 bytes a segment and 4 kB a subflow; the look-back comes on top of that
        'of_allowance': above / (64 * capture.segments + 4096 * capture.subflows),
    }


def show(row):
    base = '' if row['base'] == 'floor' else ' of ' + row['base']
    print(ROW % (row['command'], row['runs'], '%.2f' % row['user_s'], '%.2f' % row['wall_s'],
                 '%.2f' % row['user_us_per_segment'], '%.1f' % (row['memory_bytes'] / 1e6),
                 '%.3f' % row['user_ratio'], '%.3f' % row['cpu_ratio'], '%.3f' % row['wall_ratio'], '%.3f' % row['memory_ratio'],
                 '%.1f' % row['above_floor_per_segment'], '%.0f' % row['above_floor_per_subflow'],
                 '%.0f %%' % (100 * row['of_allowance'])) + base)


def head(machine, what):
    version = machine.output(machine.prefix + [machine.options.tshark, '--version'])[1]
    version = version.decode(errors='replace').partition('\n')[0]
    cpu = platform.processor() or platform.machine()
    try:
        with open('/proc/cpuinfo') as f:
            cpu = re.search(r'^model name\s*: (.*)$', f.read(), re.M).group(1)
    except (OSError, AttributeError):
        pass
    print('%s, seed %d. %s. %s, %d processors, Linux %s. %s' % (
        what, machine.options.seed, version.rstrip('.'), cpu, os.cpu_count(), platform.release(),
        time.strftime('%Y-%m-%d')))
    print('Payload is %s.' % ('what heuristic dissectors make of it' if machine.options.heuristics
                              else 'not dissected (-d tcp.port==%d,data)' % shapes.PORT))


def has_room(machine, shape):
    segments = int(shape.options[len(shape.options) - 1 - shape.options[::-1].index('--segments') + 1])
    return shutil.disk_usage(machine.folder).free > (3 if shape.merged else 1.2) * SEGMENT_BYTES * segments


def timed(machine, generator, chosen, commands):
    rows = []
    head(machine, 'Medians of %d interleaved runs' % machine.options.n)
    for shape in chosen:
        if shape.merged and not (shutil.which('mergecap') and any(c.where == 'merged' for c in commands)):
            print('\nskipped capture %s: no mergecap, or no mptcp,paths' % shape.name)
            continue
        if not has_room(machine, shape):
            print('\nskipped capture %s: no room for it in %s' % (shape.name, machine.folder))
            continue
        capture = generate(machine, generator, shape)
        print('\n%s: %d segments, %d subflows, %.0f MB (%s)' % (
            capture.name, capture.segments, capture.subflows, capture.bytes / 1e6, ' '.join(shape.options)))
        print(ROW % ('command', 'runs', 'user s', 'wall s', 'us/seg', 'peak MB', 'user x', 'cpu x', 'wall x', 'mem x',
                     '+B/seg', '+B/subfl', 'allowed'))
        use = [c for c in commands if fits(c, capture)]
        results = take_turns(machine, use, capture, machine.options.n)
        for command in use:
            rows.append(figures(capture, command, results))
            show(rows[-1])
        sys.stdout.flush()
        if not machine.options.keep:
            for name in os.listdir(machine.folder):
                if name.startswith(shape.name + '.'):
                    os.unlink(machine.path(name))
    linearity(rows)
    peaks(rows)
    peers(rows)
    return rows


def linearity(rows):
    """Time per segment of one long connection, by its length: without growth it is linear."""
    print('\nOne connection of growing length: microseconds of user time for each segment more')
    by_command = {}
    for row in rows:
        if row['capture'].startswith('one_'):
            point = (row['segments'], row['user_s'], row['memory_bytes'])
            by_command.setdefault(row['command'], []).append(point)
    for name, points in by_command.items():
        steps = ['%.2f (%d to %d, %.1f bytes)' % (1e6 * (b[1] - a[1]) / (b[0] - a[0]), a[0], b[0],
                                                  (b[2] - a[2]) / (b[0] - a[0]))
                 for a, b in zip(points, points[1:]) if b[0] > a[0]]
        print('  %-18s %s' % (name, '   '.join(steps)))


def peaks(rows):
    print('\nPeak memory by the length of one connection')
    by_command = {}
    for row in rows:
        if row['capture'].startswith('one_'):
            by_command.setdefault(row['command'], []).append(
                '%.1f MB (%d)' % (row['memory_bytes'] / 1e6, row['segments']))
    for name, points in by_command.items():
        print('  %-18s %s' % (name, '   '.join(points)))


def peers(rows):
    by_capture = {}
    for row in rows:
        by_capture.setdefault(row['capture'], {})[row['command']] = row['user_s']
    print('\nUser time of other ways, in times of mptcp,summary')
    for name, times in by_capture.items():
        others = [(c, times[c]) for c in ('fields', 'mptcpanalyzer', 'mptcptrace') if c in times]
        if 'summary' in times and others:
            print('  %-18s %s' % (name, '   '.join('%s %.1f' % (c, t / times['summary']) for c, t in others)))


def count_instructions(machine, command, capture):
    out = os.path.join(machine.home, 'callgrind.%s.%s' % (capture.name, re.sub(r'\W+', '_', command.name)))
    argv = machine.argv(command, capture)
    at = len(machine.prefix)
    valgrind = ['valgrind', '--tool=callgrind', '--callgrind-out-file=' + out]
    code, _, error = machine.output(argv[:at] + valgrind + argv[at:])
    if code != 0:
        fail('%s under valgrind: %s' % (command.name, error[-500:]))
    with open(out) as f:
        return int(re.search(r'^(?:summary|totals): (\d+)', f.read(), re.M).group(1))


def instructions(machine, generator, chosen, commands):
    """Counts of callgrind; per segment without tshark's start, which a capture of 100 segments shows."""
    rows = []
    if not shutil.which('valgrind'):
        fail('--instructions needs valgrind')
    start = generate(machine, generator, SMALL)
    starts = {c.name: count_instructions(machine, c, start) for c in commands}
    head(machine, 'Instructions by callgrind')
    for shape in chosen:
        capture = generate(machine, generator, shape)
        print('\n%s: %d segments, %d subflows' % (capture.name, capture.segments, capture.subflows))
        print(COUNT % ('command', 'instructions', 'per segment', 'x floor', 'x, no start-up'))
        floor = None
        for command in commands:
            count = count_instructions(machine, command, capture)
            net = (count - starts[command.name]) / (capture.segments - start.segments)
            floor = floor or (count, net)
            rows.append({'capture': capture.name, 'segments': capture.segments, 'subflows': capture.subflows,
                         'command': command.name, 'instructions': count, 'per_segment': net,
                         'ratio': count / floor[0], 'ratio_without_start': net / floor[1]})
            print(COUNT % (command.name, count, '%.0f' % net, '%.4f' % (count / floor[0]),
                           '%.4f' % (net / floor[1])))
            sys.stdout.flush()
    return rows


def check(machine, generator, chosen):
    """Reports of generated captures against what the generator counted; the number of those that differ."""
    differ = 0
    tool = os.path.join(HERE, '..', 'support', 'compare_report.py')
    for shape in chosen:
        capture = generate(machine, generator, shape)
        code, out, error = machine.output(machine.argv(
            shapes.Command('check', ['-q', '-z', 'mptcp,summary,full,format=json']), capture))
        if code != 0:
            fail('mptcp,summary,full,format=json: %s' % (error.strip().splitlines() or ['?'])[0])
        got = machine.path(shape.name + '.report.json')
        with open(got, 'wb') as f:
            f.write(out)
        done = subprocess.run([sys.executable, tool, capture.expected, got], capture_output=True, text=True)
        print('%s: %s' % (shape.name, 'as generated' if done.returncode == 0 else 'differs'))
        print(''.join((done.stdout + done.stderr).splitlines(True)[:20]), end='')
        differ += done.returncode != 0
    return differ


def parse():
    p = argparse.ArgumentParser(prog='run.sh', description='Measure the plugin against tshark and its peers.')
    p.add_argument('build', help="CMake's build folder, with the plugin and mptbench_generate")
    p.add_argument('-n', type=int, help='runs of each command (default 5; --quick: 3)')
    p.add_argument('--quick', action='store_true', help='small captures, under two minutes')
    p.add_argument('--instructions', action='store_true', help='count instructions (valgrind), not time')
    p.add_argument('--check', action='store_true', help='compare reports with what was generated; no times')
    p.add_argument('--captures', help='only these, with commas')
    p.add_argument('--commands', help='only these, by the names in the table, with commas; floor always runs')
    p.add_argument('--segments', type=int, help='that many segments in every capture')
    p.add_argument('--heuristics', action='store_true', help='let heuristic dissectors look at the payload')
    p.add_argument('--seed', type=int, default=8684, help='of the generator (default %(default)s)')
    p.add_argument('--csv', default='mptbench.csv', help='file for all figures (default %(default)s)')
    p.add_argument('--tshark', default='tshark')
    p.add_argument('--tmp', help='where captures are written: 11 GB, or 200 MB with --quick')
    p.add_argument('--keep', action='store_true', help='keep captures and callgrind files')
    options = p.parse_args()
    options.build = os.path.abspath(options.build)
    options.n = options.n or (3 if options.quick else 5)
    if not shutil.which(options.tshark):
        fail(options.tshark + ' not found')
    return options


def choose(options):
    chosen = shapes.CHECK if options.check else shapes.INSTRUCTIONS if options.instructions else \
        shapes.QUICK if options.quick else shapes.FULL
    if options.captures:
        names = options.captures.split(',')
        chosen = [s for s in chosen if s.name in names]
        if not chosen:
            fail('no capture of that name')
    if options.segments:
        chosen = [s._replace(options=s.options + ['--segments', str(options.segments)]) for s in chosen]
    return chosen


def main():
    options = parse()
    wanted = options.commands.split(',') if options.commands else None
    if not wanted and options.instructions:
        wanted = ['summary', 'all']
    elif not wanted and options.quick:
        wanted = ['list', 'summary', 'all', 'fields']
    machine = Machine(options)
    try:
        generator = find_generator(options)
        chosen = choose(options)
        if options.check:
            return 1 if check(machine, generator, chosen) else 0
        commands = accepted(machine, generator, wanted)
        measure = instructions if options.instructions else timed
        rows = measure(machine, generator, chosen, commands)
        if not rows:
            fail('nothing was measured')
        with open(options.csv, 'w', newline='') as f:
            out = csv.DictWriter(f, list(rows[0]))
            out.writeheader()
            out.writerows(rows)
        print('\nall figures: ' + options.csv)
        return 0
    finally:
        machine.close()


if __name__ == '__main__':
    sys.exit(main())
