"""equal.py - the reports of the program mptcpscope against tshark's, byte by byte.

What may differ: who made the report (JSON's generator), and Wireshark's label mptcp_stream, which the program does not
have. Everything else is a failure: other bytes on stdout, in a file, on stderr, another exit status.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import csv
import io
import os
import pathlib
import re
import subprocess
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get('MPT_BUILD', TESTS.parent / 'build'))
PROGRAM = [str(BUILD / 'bin' / 'mptcpscope')]
TSHARK = [str(TESTS / 'run-tshark'), '-q']
OF_EACH = ['list', 'list,format=csv', 'summary', 'summary,full', 'summary,format=csv', 'summary,full,format=csv', 'tcp',
           'tcp,format=csv', 'filter,stream=0', 'events', 'events,format=csv', 'diagnose', 'diagnose,format=csv',
           'reinjections', 'reinjections,format=csv', 'plot,stream=0,format=csv', 'plot,stream=0,format=svg',
           'plot,stream=0,format=xpl', 'unfold,stream=0', 'unfold,all']
OF_MERGED = ['paths', 'paths,full', 'paths,samples,format=csv', 'summary,full,at=server',
             'plot,stream=0,type=owd,format=csv']
DOCUMENT = ['list', 'summary,full', 'tcp', 'events', 'diagnose', 'reinjections']
ALONE = ['mptcp,events,live', 'follow,mptcp,hex,0']


def run(command, stdin=subprocess.DEVNULL):
    """stdout; stderr without the program's name, and the exit status"""
    done = subprocess.run(command, stdin=stdin, capture_output=True, timeout=300,
                          env=dict(os.environ, LC_ALL='C.UTF-8', TZ='UTC'))
    said = re.sub(rb'^(tshark|mptcpscope):', b':', done.stderr, flags=re.M)
    return done.stdout, said + b'exit status %d\n' % done.returncode


def neutral(data):
    data = re.sub(rb'"mptcp_stream": (\d+|null)', b'"mptcp_stream": ', data)
    first = data.split(b'\n', 1)[0].split(b',')
    if b'mptcp_stream' not in first:
        return data
    rows = list(csv.reader(io.StringIO(data.decode())))
    at = rows[0].index('mptcp_stream')
    return '\n'.join(','.join(cell for i, cell in enumerate(row) if i != at) for row in rows).encode()


def reports(command, captures, merged, together=True):
    """what a program makes of a capture: report -> bytes"""
    names = OF_EACH + (OF_MERGED if merged else [])
    read = [argument for capture in captures for argument in ('-r', str(capture))]
    made = {}
    with tempfile.TemporaryDirectory(dir='/tmp') as folder:
        scratch = pathlib.Path(folder)
        scratch.chmod(0o777)  # run-tshark may be another user there
        arguments = list(read)
        for i, name in enumerate(names):
            arguments += ['-z', f'mptcp,{name},file={scratch}/{i}']
        for name in DOCUMENT + (['paths,full'] if merged else []):
            arguments += ['-z', f'mptcp,{name},format=json']
        out, said = run(command + arguments)
        made['json'], made['stderr'] = neutral(out), said.replace(folder.encode(), b'')
        for i, name in enumerate(names):
            path = scratch / str(i)
            made[name] = neutral(path.read_bytes()) if path.exists() else None
    for name in ALONE if together else []:
        made[name] = b''.join(run(command + read + ['-z', name]))
    return made


def differences(capture, files=None, merged=False, how=None, alone=True):
    """sentences on what differs; `files`: what the program gets for tshark's one, `how`: what it is told they are"""
    theirs = reports(TSHARK, [capture], merged, alone)
    mine = PROGRAM + ([how] if how else [])
    ours = reports(mine + ['--threads', '1'], files or [capture], merged, alone)
    ahead = reports(mine + ['--threads', '2'], files or [capture], merged, alone)
    found = [f'{name}: two threads make another' for name in ours if ahead[name] != ours[name]]
    for name, expected in theirs.items():
        if ours[name] == expected:
            continue
        found.append(f'{name}: differs from tshark')
        if expected is None or ours[name] is None:
            continue
        lines, got = expected.split(b'\n'), ours[name].split(b'\n')
        for i in range(max(len(lines), len(got))):
            pair = [side[i] if i < len(side) else None for side in (lines, got)]
            if pair[0] != pair[1]:
                found += [f'  tshark     {pair[0]!r:.300}', f'  mptcpscope {pair[1]!r:.300}']
                break
    return found
