#!/usr/bin/env python3
"""mptcp,plot: the points of graphs against the figures of the report, for every connection and direction of every
capture; every format; text from the capture that would be markup.

MPT_BUILD names the build folder (default: build/).

SPDX-License-Identifier: GPL-2.0-or-later
"""
import csv
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

from compare_captures import TESTS, TOP, capture_of, collection

problems = []
DIRECTIONS = ('c2s', 's2c')


def check(name, what, ok):
    if not ok:
        problems.append('%s: %s' % (name, what))


def close(a, b, part=1e-9, absolute=0.5):
    return abs(a - b) <= max(absolute, part * abs(b))


def tshark(capture, *reports):
    command = [os.path.join(TESTS, 'run-tshark'), '-q', '-r', capture]
    for r in reports:
        command += ['-z', r]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors='replace')


def pictures():
    """The graphs of one vantage point that can be drawn: what type= may be, as its refusal says."""
    refused = tshark(os.path.join(TOP, 'captures', 'tiny', 'client.pcapng'), 'mptcp,plot,type=nothing').stderr
    names = re.findall(r'\w+', refused.partition('type= is ')[2])
    return [name for name in names if name not in ('or', 'owd', 'mappings')]


def points_of(path):
    """{(graph, series, subflow or None): rows}"""
    points = {}
    with open(path, newline='') as f:
        for row in csv.DictReader(f):
            subflow = int(row['subflow']) if row['subflow'] else None
            points.setdefault((row['graph'], row['series'], subflow), []).append(row)
    return points


def area(rows):
    """of a curve of steps in bit/s, in bytes"""
    total = 0
    for a, b in zip(rows, rows[1:]):
        total += float(a['value']) * (float(b['time_s']) - float(a['time_s'])) / 8
    return total


def lengths(rows):
    return sum(int(r['length_bytes']) for r in rows)


def check_limits(name, points, entry):
    """the areas of the graph are the shares that diagnose says"""
    shares = entry['shares'] if entry else None
    total = 0
    for limit in ('window', 'application', 'recovery', 'congestion'):
        rows = points.get(('limit', limit, None), [])
        time = area(rows) * 8
        total += time
        if shares is None:
            check(name, 'limit %s has points, and diagnose says nothing' % limit, not rows)
        else:
            expected = shares[limit] * float(entry['duration'])
            check(name, 'limit %s lasts %r, not %r' % (limit, time, expected), abs(time - expected) < 1e-6)
    if shares:
        check(name, 'limits last %r, not %r' % (total, entry['duration']), abs(total - float(entry['duration'])) < 1e-6)
        check(name, 'shares %r' % shares, abs(sum(shares.values()) - 1) < 1e-9)


def check_subflow(name, points, i, figures):
    name += ' subflow %d' % i
    check(name, 'throughput covers %r of %r bytes' % (area(points.get(('throughput', 'throughput', i), [])),
                                                      figures['payload_bytes']),
          close(area(points.get(('throughput', 'throughput', i), [])), figures['payload_bytes'], 1e-6, 2))
    share = points.get(('share', 'share', i), [])
    last = float(share[-1]['value']) if share else 0
    check(name, 'share ends at %r, not %r' % (last, figures['share']),
          abs(last - (figures['share'] or 0)) < 1e-9)
    again = lengths(points.get(('sequence', 'reinjected', i), []))
    check(name, 'reinjected points cover %d of %d bytes' % (again, figures['reinjected_bytes']),
          again == figures['reinjected_bytes'])
    rtt = points.get(('rtt', 'tcp', i), [])
    check(name, '%d RTT samples, not %r' % (len(rtt), figures['rtt']['samples']),
          len(rtt) == figures['rtt']['samples'])
    if rtt:
        values = [float(r['value']) for r in rtt]
        check(name, 'RTT from %r to %r, not %r' % (min(values), max(values), figures['rtt']),
              close(min(values), figures['rtt']['min'], 0, 2e-9) and close(max(values), figures['rtt']['max'], 0, 2e-9))


def check_direction(name, points, connection, direction):
    figures = connection[direction]
    total = area(points.get(('throughput', 'sum', None), []))
    check(name, 'throughput covers %r of %r bytes' % (total, figures['payload_bytes']),
          close(total, figures['payload_bytes'], 1e-6, 2))
    acked = figures['acked_bytes']
    total = area(points.get(('goodput', 'sum', None), []))
    if acked is not None and connection['kind'] != 'mptcp_partial':
        check(name, 'goodput covers %r of %r bytes' % (total, acked), close(total, max(int(acked), 0), 1e-6, 2))
    samples = len(points.get(('rtt', 'data_ack', None), []))
    check(name, '%d DATA_ACK delays, not %r' % (samples, figures['rtt']['samples']),
          samples == figures['rtt']['samples'])
    waits = [float(r['value']) for key, rows in points.items() if key[0] == 'reorder' for r in rows]
    longest = figures['out_of_order']['reorder_delay']
    check(name, 'longest wait %r, not %r' % (max(waits, default=None), longest),
          figures['out_of_order']['bytes'] is None or longest is None and not waits or waits and longest is not None and abs(max(waits) - longest) < 2e-9)
    for key, rows in points.items():
        # Sequence numbers of what came before the capture are below its first one.
        check(name, '%s goes below 0' % (key,),
              key[0] in ('sequence', 'tcp') or all(float(r['value']) >= 0 for r in rows))
    for i, s in enumerate(connection['subflows']):
        check_subflow(name, points, i, s[direction])


def rtt_of(figures):
    return figures['rtt']['data'] if 'data' in figures['rtt'] else figures['rtt']


def flatten(report):
    """the names that the checks above use"""
    for c in report['connections']:
        for d in DIRECTIONS:
            for s in c['subflows']:
                s[d]['rtt'] = s[d]['rtt'].get('tcp', s[d]['rtt'])
            c[d]['rtt'] = rtt_of(c[d])
    return report['connections']


def check_capture(name, expected, folder):
    with open(expected) as f:
        count = len(json.load(f)['connections'])
    files = {(i, d): os.path.join(folder, '%d.%s.csv' % (i, d)) for i in range(count) for d in DIRECTIONS}
    run = tshark(capture_of(expected), 'mptcp,summary,full,format=json', 'mptcp,diagnose,format=json',
                 *['mptcp,plot,stream=%d,direction=%s,format=csv,file=%s' % (i, d, path)
                   for (i, d), path in files.items()])
    try:
        report = json.loads(run.stdout)
        connections = flatten(report)
        limits = {(l['connection'], l['direction']): l for l in report['limits']}
    except (ValueError, KeyError) as e:
        problems.append('%s: no report: %r %s' % (name, e, run.stderr))
        return
    check(name, '%d connections, not %d' % (len(connections), count), len(connections) == count)
    check(name, 'tshark: %d %s' % (run.returncode, run.stderr), run.returncode == 0)
    for (i, d), path in files.items():
        points = points_of(path)
        check_direction('%s connection %d %s' % (name, i, d), points, connections[i], d)
        check_limits('%s connection %d %s' % (name, i, d), points, limits.get((i, d)))
        os.unlink(path)


def data_of(page):
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    return json.loads(found.group(1))


def check_html(name, page):
    data = data_of(page)
    check(name, 'no graph in the page', data['graphs'])
    for graph in data['graphs']:
        kept = sum(len(s['t']) for s in graph['series'])
        check(name, '%s has %d points, not %d' % (graph['type'], kept, graph['kept']), kept == graph['kept'])
        check(name, '%s has series of unlike lengths' % graph['type'],
              all(len(s['t']) == len(s['v']) == len(s['f']) for s in graph['series']))
    text = re.sub(r'<script.*?</script>|<style.*?</style>', '', page, flags=re.S)
    check(name, 'outside reference', not re.search(r'\b(src|href|srcset|action|data)\s*=|url\(|@import', text))
    check(name, 'source map', 'sourceMappingURL' not in page)


def check_formats(folder):
    capture = os.path.join(TOP, 'captures', 'path_blackhole', 'client.pcapng')
    kinds = pictures()
    check('pictures', 'only %d graphs' % len(kinds), len(kinds) > 10)
    asked = [(kind, suffix) for kind in kinds for suffix in ('svg', 'xpl')]
    run = tshark(capture, *['mptcp,plot,type=%s,format=%s,file=%s/%s.%s' % (kind, suffix, folder, kind, suffix)
                            for kind, suffix in asked])
    check('pictures', 'tshark: %d %s' % (run.returncode, run.stderr),
          run.returncode == 0 and run.stderr.count('which has the most data') == len(asked))
    for kind in kinds:
        svg, xpl = (os.path.join(folder, kind + suffix) for suffix in ('.svg', '.xpl'))
        root = xml.etree.ElementTree.parse(svg).getroot()
        check(kind, 'no curve in the SVG', len(root.findall('{http://www.w3.org/2000/svg}path')) > 2)
        with open(xpl) as f:
            lines = f.read().splitlines()
        check(kind, 'no xplot file', lines[0] == 'timeval double' and lines[-1] == 'go' and len(lines) > 20)
    mappings = os.path.join(folder, 'mappings.csv')
    run = tshark(capture, 'mptcp,plot,type=mappings,format=csv,file=' + mappings)
    with open(mappings, newline='') as f:
        rows = list(csv.DictReader(f))
    check('mappings', '%d mappings' % len(rows), run.returncode == 0 and len(rows) > 10)
    check('mappings', 'lengths', all(int(r['length_bytes']) > 0 or r['dsn'] for r in rows))


def check_looks(folder):
    """Window, page and SVG: the same colours; a symbol says what happened to the bytes, on every subflow"""
    with open(os.path.join(TOP, 'plugin', 'qt', 'series_look.h'), encoding='utf-8') as text:
        header = text.read()
    with open(os.path.join(TOP, 'plugin', 'report', 'plot', 'page', 'page.css'), encoding='utf-8') as text:
        css = re.findall(r'--s[0-5]: (#[0-9a-f]{6})', text.read())
    light, dark = (re.findall('#[0-9a-f]{6}', header.split('MPT_LOOK_%s[' % name)[1].split(';')[0]) for name in ('LIGHT', 'DARK'))
    check('looks', 'colours of the page', css == light + dark + light)
    path = os.path.join(folder, 'looks.svg')
    tshark(os.path.join(TOP, 'captures', 'path_blackhole', 'client.pcapng'), 'mptcp,plot,type=sequence,format=svg,file=' + path)
    with open(path, encoding='utf-8') as text:
        legend = re.findall(r'stroke="(#\w+)" stroke-width="2" stroke-dasharray="[^"]*" d="M\d+ \d+([^"]*)"/><text[^>]*>([^<]*)<',
                            text.read())
    of = {title: (colour, shape) for colour, shape, title in legend if title.startswith('subflow')}
    shapes = {}
    for title, (colour, shape) in of.items():
        subflow, what = title[len('subflow '):].split(': ')
        check('looks', title + ' has the colour of its subflow', colour == light[int(subflow)])
        check('looks', title + ' has the symbol of its kind', shapes.setdefault(what, shape) == shape)
    path = os.path.join(folder, 'looks.html')
    tshark(os.path.join(TOP, 'captures', 'path_blackhole', 'client.pcapng'), 'mptcp,plot,type=sequence,format=html,file=' + path)
    with open(path, encoding='utf-8') as text:
        series = data_of(text.read())['graphs'][0]['series']
    kinds = {(s['name'], s['kind']) for s in series if s['subflow'] is not None}
    check('looks', 'kinds of the page %r' % kinds, len(dict(kinds)) == len(kinds) == 4)
    check('looks', 'the window is aside', [s['name'] for s in series if s['aside']] == ['receive_window'])
    check('looks', 'kinds have symbols of their own', len(shapes) > 2 and len(set(shapes.values())) == len(shapes))


def check_refusals():
    capture = os.path.join(TOP, 'captures', 'tiny', 'client.pcapng')
    for arguments, part in (('type=nonsense', 'sequence'), ('type=mappings,format=svg', 'csv'),
                            ('type=mappings', 'csv'), ('window=0', 'window'), ('stream=7,format=csv', '7')):
        run = tshark(capture, 'mptcp,plot,' + arguments)
        check(arguments, 'not refused: %d %r' % (run.returncode, run.stderr),
              run.returncode != 0 and part in run.stderr and len(run.stderr.strip().splitlines()) == 1)


# --- text from the capture that would be markup ---

EVIL = '<script>document.title="evil"</script>"\'&lt;</script><img src=x onerror=alert(1)>'


def option(code, value):
    return struct.pack('<HH', code, len(value)) + value + bytes(-len(value) % 4)


def block(kind, body):
    length = 12 + len(body)
    return struct.pack('<II', kind, length) + body + struct.pack('<I', length)


def evil_capture(source, target):
    """the capture with markup as comment of the file, of each frame, and as name and description of each interface"""
    evil = EVIL.encode()
    out = bytearray()
    with open(source, 'rb') as f:
        raw = f.read()
    at = 0
    while at < len(raw):
        kind, length = struct.unpack_from('<II', raw, at)
        body = raw[at + 8:at + length - 4]
        at += length
        if kind == 0x0A0D0D0A:
            body = body[:16] + option(1, evil) + option(2, evil) + option(4, evil) + option(0, b'')
        elif kind == 1:
            body = body[:8] + option(2, evil) + option(3, evil) + option(9, b'\x09') + option(0, b'')
        elif kind == 6:
            captured = struct.unpack_from('<I', body, 12)[0]
            end = 20 + captured + (-captured % 4)
            body = body[:end] + option(1, evil) + option(0, b'')
        out += block(kind, body)
    with open(target, 'wb') as f:
        f.write(out)


def check_markup(folder):
    name = os.path.join(folder, '<script>alert(1)<!-- "&.pcapng')
    evil_capture(os.path.join(TOP, 'captures', 'tiny', 'client.pcapng'), name)
    page = os.path.join(folder, 'page.html')
    run = tshark(name, 'mptcp,plot,file=%s' % page, 'mptcp,plot,format=svg,file=%s/page.svg' % folder)
    check('markup', 'tshark: %d %s' % (run.returncode, run.stderr), run.returncode == 0)
    with open(page) as f:
        text = f.read()
    check('markup', 'markup of the capture is in the page', 'evil' not in text and 'onerror=' not in text)
    check('markup', 'scripts', len(re.findall(r'<script\b', text)) == 3 == len(re.findall(r'</script', text)))
    check_html('markup', text)
    xml.etree.ElementTree.parse(os.path.join(folder, 'page.svg'))


def has_html(folder):
    run = tshark(os.path.join(TOP, 'captures', 'tiny', 'client.pcapng'), 'mptcp,plot,file=%s/tiny.html' % folder)
    return 'dygraphs' not in run.stderr


def main():
    with tempfile.TemporaryDirectory(dir='/tmp') as folder:
        os.chmod(folder, 0o777)
        for expected in sys.argv[1:] or collection():
            check_capture('/'.join(expected.split(os.sep)[-2:]).removesuffix('.expected.json'), expected, folder)
        check_formats(folder)
        check_looks(folder)
        check_refusals()
        if has_html(folder):
            check_markup(folder)
    for line in problems:
        print(line)
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
