#!/usr/bin/env python3
"""Make a capture of one HTTP transfer over two subflows of Linux MPTCP.

  http_over_mptcp.py CAPTURE.pcapng [BYTES]

Two network namespaces of its own, joined by two links of 8 Mbit/s; http.server and a client on IPPROTO_MPTCP sockets;
dumpcap on the server's side. Prints the sha256 of the object, /object.bin. Exit status 77, and the reason, where this
machine can't do that (not root, no namespaces, no MPTCP, no dumpcap). Whatever it made is gone afterwards.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import hashlib
import http.server
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

IPPROTO_MPTCP = 262
LINKS = (('192.0.2', 'path0'), ('198.51.100', 'path1'))
PORT = 80


class Impossible(Exception):
    pass


def content(length):
    return hashlib.shake_256(b'http over two subflows').digest(length)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    length = 0

    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Type', 'application/octet-stream')
        self.send_header('Content-Length', str(self.length))
        self.send_header('Connection', 'close')
        self.end_headers()
        self.wfile.write(content(self.length))
        self.close_connection = True

    def log_message(self, *arguments):
        pass


def serve(length):
    Handler.length = length
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(('', PORT))  # joins come to either address
    listener.listen()
    print('ready', flush=True)
    connection, address = listener.accept()
    Handler(connection, address, None)
    connection.shutdown(socket.SHUT_WR)
    connection.recv(1)
    connection.close()


def fetch(length):
    """The second subflow joins while the client waits."""
    client = socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP)
    client.settimeout(30)
    client.bind((LINKS[0][0] + '.1', 40000))
    client.connect((LINKS[0][0] + '.2', PORT))
    client.sendall(b'GET /object.bin HTTP/1.1\r\n')
    time.sleep(0.3)
    client.sendall(b'Host: www.example.net\r\n\r\n')
    got = b''
    while True:
        more = client.recv(65536)
        if not more:
            break
        got += more
    client.close()
    if not got.endswith(content(length)):
        sys.exit('the client got %d bytes, not the object' % len(got))


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
    if done.returncode:
        raise Impossible('%s: %s' % (' '.join(command), done.stderr.strip() or done.stdout.strip()))


def join_namespaces(names):
    client, server = names
    for name in names:
        run('ip', 'netns', 'add', name)
        run('ip', 'netns', 'exec', name, 'sysctl', '-qw', 'net.mptcp.enabled=1')
        run('ip', '-n', name, 'link', 'set', 'lo', 'up')
        run('ip', '-n', name, 'mptcp', 'limits', 'set', 'subflow', '2', 'add_addr_accepted', '2')
    for network, link in LINKS:
        run('ip', 'link', 'add', link, 'netns', client, 'type', 'veth', 'peer', 'name', link, 'netns', server)
        for name, host in ((client, '.1'), (server, '.2')):
            run('ip', '-n', name, 'address', 'add', network + host + '/24', 'dev', link)
            run('ip', '-n', name, 'link', 'set', link, 'up')
            run('tc', '-n', name, 'qdisc', 'add', 'dev', link, 'root', 'tbf', 'rate', '8mbit', 'burst', '4000',
                'latency', '200ms')
    # The client joins from its second address to the server's, which is announced.
    run('ip', '-n', server, 'mptcp', 'endpoint', 'add', LINKS[1][0] + '.2', 'dev', LINKS[1][1], 'signal')


def in_namespace(name, *arguments, **options):
    command = ['ip', 'netns', 'exec', name, sys.executable, os.path.abspath(__file__), *arguments]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)


def start_dumpcap(name, capture):
    command = ['ip', 'netns', 'exec', name, 'dumpcap', '-q', '-w', capture]
    for _, link in LINKS:
        command += ['-i', link, '-f', 'tcp']
    dumpcap = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    # It is capturing once it has named the file.
    for line in dumpcap.stderr:
        if line.startswith('File:'):
            return dumpcap
    raise Impossible('dumpcap does not capture here')


def transfer(names, capture, length):
    dumpcap = start_dumpcap(names[1], capture)
    server = None
    try:
        server = in_namespace(names[1], '--serve', str(length), stdout=subprocess.PIPE, text=True)
        if server.stdout.readline() != 'ready\n':
            raise Impossible('no MPTCP sockets')
        client = in_namespace(names[0], '--fetch', str(length))
        if client.wait(timeout=60) or server.wait(timeout=60):
            raise Impossible('the transfer failed')
        time.sleep(0.5)
    finally:
        if server and server.poll() is None:
            server.kill()
        dumpcap.send_signal(signal.SIGINT)
        dumpcap.communicate(timeout=30)


def make(capture, length):
    if os.getuid() != 0:
        raise Impossible('only root can make network namespaces')
    for tool in ('ip', 'tc', 'sysctl', 'dumpcap'):
        if not shutil.which(tool):
            raise Impossible(tool + ' is not installed')
    names = ['mpt%d%s' % (os.getpid(), end) for end in 'cs']
    try:
        join_namespaces(names)
        transfer(names, capture, length)
    finally:
        for name in names:
            subprocess.run(['ip', 'netns', 'delete', name], stderr=subprocess.DEVNULL)
    print(hashlib.sha256(content(length)).hexdigest())


def main():
    if len(sys.argv) == 3 and sys.argv[1] in ('--serve', '--fetch'):
        (serve if sys.argv[1] == '--serve' else fetch)(int(sys.argv[2]))
        return 0
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    try:
        make(os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else 150000)
    except Impossible as why:
        print('skipped: %s' % why)
        return 77
    return 0


if __name__ == '__main__':
    sys.exit(main())
