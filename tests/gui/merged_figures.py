#!/usr/bin/env python3
"""What the windows of a merged capture saved, against tshark's reports of the same end (merged.sh makes both).

  merged_figures.py WINDOWS REPORTS NAME    folders of CSV files; prints a line per difference and exits 1 if there is any

SPDX-License-Identifier: GPL-2.0-or-later
"""
import collections
import csv
import filecmp
import os
import sys

failures = []
windows, reports, name = sys.argv[1:]


def fail(text, *args):
    failures.append(text % args)
    print('%s: %s' % (name, text % args))


def rows(folder, file):
    path = os.path.join(folder, file)
    if not os.path.exists(path):
        return None
    with open(path, encoding='utf-8', newline='') as text:
        return list(csv.DictReader(text))


DIRECTIONS = {'client to server': 'c2s', 'server to client': 's2c', '': ''}


def plain(value):
    """Of numbers their value, of directions their short name"""
    value = DIRECTIONS.get(value, value)
    try:
        return '%.9g' % float(value)
    except ValueError:
        return value


def compare(what, said, shown, columns):
    """columns: of the window's table to the report's"""
    for column in columns:
        if shown and column not in shown[0]:
            fail('%s: no column %s', what, column)
            return
    if shown is None:
        fail('%s: nothing was saved', what)
        return
    wanted = collections.Counter(tuple(plain(row[c]) for c in columns.values()) for row in said)
    got = collections.Counter(tuple(plain(row[c]) for c in columns) for row in shown)
    for row in sorted((wanted - got).elements()):
        fail('%s: tshark has %s', what, dict(zip(columns, row)))
    for row in sorted((got - wanted).elements()):
        fail('%s: the window has %s', what, dict(zip(columns, row)))


def same(columns, **others):
    return {**{c: c for c in columns.split()}, **others}


def both_directions(summary, key):
    """{key: {column of the window: value}} of the summary's rows of that kind, and their sums"""
    of = collections.defaultdict(collections.Counter)
    text = {}
    for row in summary:
        if bool(row['subflow']) != ('subflow' in key):
            continue
        at = tuple(row[k] for k in key)
        sender = 'client' if row['direction'] == 'c2s' else 'server'
        for column in ('payload_bytes', 'share_percent', 'dsn_unique_bytes', 'goodput_bps', 'duration_s', 'tcp_stream'):
            text[at, sender, column] = row[column]
        of[at]['retransmitted_bytes'] += int(row['retrans_bytes'])
        of[at]['reinjected_bytes'] += int(row['reinjected_bytes']) + int(row['reinjected_same_bytes'])
    made = []
    for at, sums in of.items():
        row = {k: v for k, v in zip(key, at)}
        row.update({k: str(v) for k, v in sums.items()})
        for sender in ('client', 'server'):
            for column in ('payload_bytes', 'share_percent', 'dsn_unique_bytes', 'goodput_bps', 'tcp_stream'):
                row['%s_%s' % (sender, column)] = text.get((at, sender, column), '')
        made.append(row)
    return made


def at_end(end):
    """The tables that are counted at one end"""
    summary = rows(reports, 'summary-%s.csv' % end)
    if summary is None:
        return
    listed = rows(reports, 'list-%s.csv' % end)
    if not summary:
        fail('tshark says nothing at the %s', end)
    compare('connections at the ' + end, both_directions(summary, ('connection',)),
            rows(windows, 'connections-%s.csv' % end),
            same('connection reinjected_bytes', client_data_bytes='client_dsn_unique_bytes',
                 server_data_bytes='server_dsn_unique_bytes', client_goodput_bps='client_goodput_bps',
                 server_goodput_bps='server_goodput_bps'))
    shown = rows(windows, 'subflows-%s.csv' % end)
    compare('subflows at the ' + end, both_directions(summary, ('connection', 'subflow')), shown,
            same('connection subflow client_payload_bytes server_payload_bytes reinjected_bytes retransmitted_bytes '
                 'client_share_percent server_share_percent', tcp_stream='client_tcp_stream'))
    compare('subflows at the ' + end, listed, shown, same('connection subflow tcp_stream', start_s='subflow_start_s'))
    again = rows(reports, 'reinjections-%s.csv' % end)
    for row in again:
        row['verdict'] = row['verdict'] or {'same_subflow': 'same subflow'}.get(row['kind'], '')
    shown = rows(windows, 'reinjections-%s.csv' % end) or []
    for row in shown:
        row['verdict'] = row['verdict'].partition(':')[0]
    compare('reinjections at the ' + end, again, shown,
            same('connection direction time_s frame subflow first_subflow first_frame bytes later_s segments dsn_first verdict '
                 'basis'))
    compare('events at the ' + end, rows(reports, 'events-%s.csv' % end), rows(windows, 'events-%s.csv' % end),
            same('connection time_s frame subflow direction type'))


def main():
    for end in ('client', 'server'):
        at_end(end)
    said = rows(reports, 'paths.csv')
    if said is not None:
        compare('paths', said, rows(windows, 'paths.csv'),
                same('connection subflow direction from to owd_min_s owd_median_s owd_p95_s owd_max_s jitter_rfc3550_s '
                     'sent_bytes arrived_bytes lost_bytes lost_segments reordered_segments reinjected_useful_bytes '
                     'reinjected_redundant_bytes reinjected_useless_bytes reinjected_lost_bytes reorder_queue_p95_s '
                     'held_up_bytes'))
        compare('findings', rows(reports, 'findings.csv'), rows(windows, 'findings.csv'),
                same('severity connection subflow direction time_s frame count unit times check rfc', finding='sentence'))
    for file in sorted(f for f in os.listdir(reports) if f.startswith('graph-')):
        if not filecmp.cmp(os.path.join(reports, file), os.path.join(windows, file), shallow=False):
            fail('the points of %s differ', file)
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
