#!/usr/bin/env python3
"""Loads a capture again and again in one sharkd, reads its fields and tables, and compares the memory in use with that
of a sharkd without the plugin, which grows with each load by itself (4.0).

  sharkd_memory.py BUILD CAPTURE [TIMES]

Exits 1 if the plugin adds more than 2 % and 2 MB to the growth. As root sharkd ignores WIRESHARK_PLUGIN_DIR: uid 65534
is used then, and has to be able to read both.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import subprocess
import sys


def growth(plugins, capture, times):
    """kB that the loads after the first tenth add"""
    user = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] if os.getuid() == 0 else []
    sharkd = subprocess.Popen(user + ['env', 'HOME=/nonexistent', 'WIRESHARK_PLUGIN_DIR=' + (plugins or '/nonexistent'),
                                      'sharkd', '-'],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def ask(method, **params):
        sharkd.stdin.write(json.dumps({'jsonrpc': '2.0', 'id': 1, 'method': method, 'params': params}) + '\n')
        sharkd.stdin.flush()
        answer = ''
        while not answer.startswith('{'):
            answer = sharkd.stdout.readline()
            if not answer:
                sys.exit('sharkd has ended')
        answer = json.loads(answer)
        if 'error' in answer:
            sys.exit('%s: %s' % (method, answer['error']))

    def resident():
        with open('/proc/%d/status' % sharkd.pid) as f:
            return next(int(line.split()[1]) for line in f if line.startswith('VmRSS'))

    first = 0
    for i in range(times):
        ask('load', file=capture)
        ask('frames', filter='mptcpscope.connection' if plugins else 'tcp', limit=1)
        if plugins:
            ask('tap', tap0='nstat:mptcp_connections', tap1='nstat:mptcp_subflows')
        else:
            ask('tap', tap0='nstat:dhcp,stat', tap1='nstat:dhcp,stat')
        first = first if i > times // 10 else resident()
    last = resident()
    sharkd.stdin.close()
    sharkd.wait()
    return last - first


def main():
    build, capture = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    times = int(sys.argv[3]) if len(sys.argv) > 3 else 100
    without, with_plugin = growth(None, capture, times), growth(build + '/plugins', capture, times)
    print('%d loads: %d kB more without the plugin, %d kB more with it' % (times, without, with_plugin))
    return 1 if with_plugin > without * 1.02 + 2048 else 0


if __name__ == '__main__':
    sys.exit(main())
