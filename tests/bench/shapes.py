"""The captures and the commands that the benchmark measures.

Invariant: a command that others are compared with (a base) comes before them.
SPDX-License-Identifier: GPL-2.0-or-later
"""
from collections import namedtuple

PORT = 40404  # of the generator's servers

# options: of mptbench_generate; merged: the captures of both ends in one file
Shape = namedtuple('Shape', 'name options merged', defaults=(False,))
# base: what its ratio is against; peer: slow, another tool's way; where: 'merged' captures, or 'plain' ones
# program: of mptcpscope, without tshark
Command = namedtuple('Command', 'name arguments base peer where program', defaults=('floor', False, 'plain', False))


def shape(name, segments, options='', merged=False):
    return Shape(name, ['--segments', str(segments)] + options.split(), merged)


FULL = [
    shape('one_100k', 100000),
    shape('one_300k', 300000),
    shape('one_1m', 1000000),
    shape('one_10m', 10000000),
    shape('many_340', 300000, '--connections 340'),
    shape('many_10000', 1000000, '--connections 10000'),
    shape('switch_1', 300000, '--switch 1'),
    shape('redundant', 300000, '--redundant'),
    shape('disorder', 300000, '--disorder 100'),
    shape('snaplen_128', 1000000, '--snaplen 128'),
    shape('both_ends', 1000000, '--snaplen 128', merged=True),
]
QUICK = [
    shape('one_20k', 20000),
    shape('one_50k', 50000),
    shape('many_340', 30000, '--connections 340'),
    shape('many_1000', 40000, '--connections 1000'),
    shape('switch_1', 20000, '--switch 1'),
    shape('snaplen_128', 20000, '--snaplen 128'),
]
INSTRUCTIONS = [
    shape('one_100k', 100000),
    shape('many_1000', 100000, '--connections 1000'),
    shape('switch_1', 100000, '--switch 1'),
]
# Small ones of every kind, for what is right rather than fast.
CHECK = [
    shape('one', 20000),
    shape('one_subflow', 5000, '--subflows 1'),
    shape('many', 20000, '--connections 100 --subflows 3 --plain 20'),
    shape('switch_1', 20000, '--switch 1 --loss 1'),
    shape('redundant', 20000, '--redundant --subflows 3 --loss 1'),
    shape('lossy', 20000, '--loss 3 --reinject 20'),
    shape('disorder', 20000, '--disorder 100 --redundant'),
    shape('snaplen_128', 20000, '--snaplen 128 --loss 1 --reinject 5'),
]

# What mptcpanalyzer (Tshark.Fields) asks of tshark. Its _ws.col.* are the addresses; ip.* gives the same.
FIELDS = '''frame.number frame.interface_name frame.time_epoch frame.time_relative ip.src ip.dst ip.src_host
    ip.dst_host tcp.stream tcp.srcport tcp.dstport tcp.window_size tcp.flags tcp.option_kind tcp.seq tcp.len
    tcp.ack tcp.options.timestamp.tsval tcp.options.timestamp.tsecr mptcp.expected_token mptcp.stream
    tcp.options.mptcp.sendkey tcp.options.mptcp.recvkey tcp.options.mptcp.recvtok
    tcp.options.mptcp.datafin.flag tcp.options.mptcp.version mptcp.ack mptcp.dsn mptcp.related_mapping
    mptcp.reinjection_of'''.split()
# The preferences and the read filter that it sets.
ANALYZER = ['-2', '-R', 'mptcp or tcp and not icmp', '-o', 'tcp.analyze_sequence_numbers:TRUE',
            '-o', 'mptcp.analyze_mappings:TRUE', '-o', 'mptcp.relative_sequence_numbers:TRUE',
            '-o', 'mptcp.intersubflows_retransmission:TRUE', '-o', 'mptcp.analyze_mptcp:TRUE']


def report(name, *rest, **more):
    arguments = [a for r in (name,) + rest for a in ('-z', 'mptcp,' + r)]
    return Command(name.replace(',', ' '), ['-q'] + arguments, **more)


def commands(known_fields):
    """All commands; only fields that this tshark knows are asked for."""
    fields = ['-T', 'fields'] + [a for f in FIELDS if f in known_fields for a in ('-e', f)]
    return [
        Command('floor', ['-q', '-z', 'conv,mptcp'], where='any'),
        report('list'),
        report('summary', where='any'),
        report('summary,full'),
        report('events'),
        report('reinjections'),
        report('diagnose'),
        report('list', 'summary,full', 'events', 'reinjections')._replace(name='all'),
        Command('plot', ['-q', '-z', 'mptcp,plot,file=@OUT@/plot.html'], base='summary'),
        report('paths', base='summary', where='merged'),
        *(r._replace(name='program: ' + r.name, program=True) for r in (
            report('summary', where='any'), report('list', 'summary,full', 'events', 'reinjections')._replace(name='all'))),
        Command('-e tcp.seq', ['-T', 'fields', '-e', 'tcp.seq']),
        Command('-e mptcpscope.dsn', ['-T', 'fields', '-e', 'mptcpscope.dsn'], base='-e tcp.seq'),
        Command('fields', fields, peer=True),
        Command('mptcpanalyzer', ANALYZER + fields, peer=True),
        Command('mptcptrace', None, peer=True),
    ]
