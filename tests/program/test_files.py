#!/usr/bin/env python3
"""test_files.py - what happens to files that reports are written to: real runs of tshark.

A file loses what it held only to a run that made the whole report; two reports never share one, unless both are JSON;
the capture that is read is never written to.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CAPTURE = os.path.join(TESTS, 'data', 'http_two_subflows.pcapng')
OLD = b'what was here before\n'
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print('FAILED:', what)


def tshark(*reports, capture=CAPTURE, stdout=subprocess.PIPE):
    arguments = [os.path.join(TESTS, 'run-tshark'), '-q']
    arguments += ['-r', capture] if capture else []
    for report in reports:
        arguments += ['-z', report]
    return subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE,
                          timeout=120)


def contents(path):
    with open(path, 'rb') as file:
        return file.read()


def old_file(path):
    with open(path, 'wb') as file:
        file.write(OLD)
    os.chmod(path, 0o666)
    if os.getuid() == 0:
        os.chown(path, 65534, 65534)


def try_failing(folder):
    """a run that fails leaves the file as it was, and nothing beside it"""
    keep = os.path.join(folder, 'keep')
    for reports in (('mptcp,list,file=%s', 'mptcp,foo'), ('mptcp,events,live,file=%s', 'mptcp,foo'),
                    ('mptcp,unfold,stream=9,file=%s',), ('mptcp,plot,type=rtt,stream=9,file=%s',),
                    ('mptcp,paths,file=%s',), ('mptcp,filter,stream=9,file=%s',),
                    ('mptcp,list,stream=9,format=json,file=%s',), ('mptcp,list,file=%s,nonsense==',)):
        old_file(keep)
        run = tshark(*[report.replace('%s', keep) for report in reports])
        check(run.returncode == 1, '%s: exit %d' % (reports, run.returncode))
        check(contents(keep) == OLD, '%s: the file is not what it was' % (reports,))
        check(os.listdir(folder) == ['keep'], '%s: left behind %s' % (reports, os.listdir(folder)))
    os.unlink(keep)


def try_writing(folder):
    """what succeeds has the whole report, and the mode of the file before or of a new one"""
    expected = tshark('mptcp,list').stdout
    new, keep = os.path.join(folder, 'new'), os.path.join(folder, 'keep')
    run = tshark('mptcp,list,file=' + new)
    check(run.returncode == 0 and contents(new) == expected, 'a new file has the report')
    mask = os.umask(0)
    os.umask(mask)
    check(os.stat(new).st_mode & 0o777 == 0o666 & ~mask, 'mode of a new file: %o' % os.stat(new).st_mode)
    old_file(keep)
    os.chmod(keep, 0o640)
    run = tshark('mptcp,list,file=' + keep)
    check(run.returncode == 0 and contents(keep) == expected, 'an old file has the report')
    check(os.stat(keep).st_mode & 0o777 == 0o640, 'mode of an old file: %o' % os.stat(keep).st_mode)
    link = os.path.join(folder, 'link')
    os.symlink('keep', link)
    run = tshark('mptcp,filter,stream=0,file=' + link)
    check(run.returncode == 0 and os.path.islink(link) and contents(keep).startswith(b'tcp.stream'), 'a link stays one')
    closed = os.path.join(folder, 'closed')
    os.mkdir(closed)
    old_file(os.path.join(closed, 'open'))
    os.chmod(closed, 0o555)
    run = tshark('mptcp,list,file=' + os.path.join(closed, 'open'))
    check(run.returncode == 0 and contents(os.path.join(closed, 'open')) == expected, 'a closed folder: %s' % run.stderr)
    run = tshark('mptcp,list,file=' + os.path.join(closed, 'none'))
    check(run.returncode == 1 and run.stderr.count(b'\n') == 1 and b'closed/none' in run.stderr,
          'a new file in a closed folder: %s' % run.stderr)
    reader, writer = os.pipe()
    if os.getuid() == 0:
        os.fchown(writer, 65534, 65534)
    run = tshark('mptcp,list,file=/dev/stdout', stdout=writer)
    os.close(writer)
    with open(reader, 'rb') as pipe:
        check(run.returncode == 0 and pipe.read() == expected, '/dev/stdout: %s' % run.stderr)
    with open(new, 'wb') as out:
        tshark('mptcp,list,file=/dev/stdout', stdout=out)
    check(contents(new) == expected, '/dev/stdout that is a file')
    if os.path.exists('/dev/full'):
        run = tshark('mptcp,list,file=/dev/full')
        check(run.returncode == 1 and b'/dev/full' in run.stderr, 'a full disk: %s' % run.stderr)
        run = tshark('mptcp,unfold,stream=0,file=/dev/full')
        check(run.returncode == 1 and b'/dev/full' in run.stderr, 'unfold on a full disk: %s' % run.stderr)
    os.chmod(closed, 0o755)
    for name in (link, new, keep, os.path.join(closed, 'open')):
        os.unlink(name)
    os.rmdir(closed)


def try_same(folder):
    """names of one file"""
    for names in (('z', './z'), ('z', 'z'), ('z', 'other')):
        paths = [os.path.join(folder, name) for name in names]
        if names[1] == 'other':
            old_file(paths[0])
            os.symlink('z', paths[1])
        run = tshark('mptcp,list,file=' + paths[0], 'mptcp,summary,full,file=' + paths[1])
        check(run.returncode == 1 and b'cannot share the file' in run.stderr, '%s: exit %d, %s' % (names, run.returncode, run.stderr))
        run = tshark('mptcp,list,format=json,file=' + paths[0], 'mptcp,diagnose,format=json,file=' + paths[1])
        check(run.returncode == 0, 'JSON, %s: exit %d, %s' % (names, run.returncode, run.stderr))
        document = json.loads(contents(paths[0])) if run.returncode == 0 else {}
        check('connections' in document and 'findings' in document, 'one document of two reports: %s' % list(document))
    run = tshark('mptcp,list,format=json,file=' + paths[0], 'mptcp,list,from=1,format=json,file=' + paths[0])
    check(run.returncode == 1 and b'same from=' in run.stderr, 'windows of time: %s' % run.stderr)
    os.unlink(paths[0])
    os.unlink(paths[1])


def try_capture(folder):
    """the capture that is read"""
    capture = os.path.join(folder, 'in.pcapng')
    shutil.copy(CAPTURE, capture)
    os.chmod(capture, 0o666)
    if os.getuid() == 0:
        os.chown(capture, 65534, 65534)
    for report in ('list', 'unfold,stream=0', 'events,live'):
        run = tshark('mptcp,%s,file=%s' % (report, capture), capture=capture)
        check(run.returncode == 1 and run.stderr.count(b'\n') == 1 and b'is the capture being read' in run.stderr,
              '%s over its capture: exit %d, %s' % (report, run.returncode, run.stderr))
        check(contents(capture) == contents(CAPTURE), '%s: the capture is not what it was' % report)
    os.unlink(capture)


def try_help():
    """tshark's own -z help needs no capture"""
    run = tshark('mptcp,help', capture=None)
    check(run.returncode == 0 and b'summary' in run.stdout and b'follow,mptcp' in run.stdout and not run.stderr,
          'mptcp,help without a capture: exit %d, %s' % (run.returncode, run.stderr))


def main():
    folder = tempfile.mkdtemp(prefix='mptcpscope.')
    os.chmod(folder, 0o777)
    try:
        try_help()
        for attempt in (try_failing, try_writing, try_same, try_capture):
            attempt(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
