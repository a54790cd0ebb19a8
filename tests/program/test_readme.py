#!/usr/bin/python3
"""Each command of README.md that begins with "$ " prints what stands below it; README.md is short.

They run in a folder with client.pcapng and server.pcapng, of captures/path_blackhole, at a width of 100 columns. A line "..." stands
for what was left out. `--update` writes what is printed where nothing was left out.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get('MPT_BUILD', TOP / 'build'))
README = TOP / 'README.md'
LONGEST = 250
BLOCK = re.compile(r'(?m)^```\n((?:\$ [^\n]*\n)+)(.*?)^```\n', re.DOTALL)


def run(command, folder):
    """stdout, of tshark with this build's plugin"""
    words = command.split()
    words[0] = {'tshark': str(TOP / 'tests/run-tshark'), 'mptcpscope': str(BUILD / 'bin/mptcpscope')}.get(words[0], words[0])
    done = subprocess.run(words, cwd=folder, env=dict(os.environ, COLUMNS='100', TZ='UTC', MPT_BUILD=str(BUILD)), text=True,
                          capture_output=True)
    return done.stdout if done.returncode == 0 else '%s: exit status %d: %s' % (command, done.returncode, done.stderr)


def matches(expected, printed):
    parts = re.split(r'(?m)^\.\.\.\n', expected)
    return re.fullmatch('(?:.*\n)*'.join(map(re.escape, parts)), printed) is not None


def main():
    update, failed = sys.argv[1:] == ['--update'], []
    if not shutil.which('mergecap'):
        print('skipped: mergecap is not installed')
        return 77
    text = README.read_text()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        for end in ('client', 'server'):
            shutil.copy(TOP / 'captures/path_blackhole' / (end + '.pcapng'), folder)

        def check(block):
            printed = ''.join(run(line[2:], folder) for line in block.group(1).splitlines())
            if update and '\n...\n' not in '\n' + block.group(2):
                return '```\n%s%s```\n' % (block.group(1), printed)
            if not matches(block.group(2), printed):
                failed.append('%s prints:\n%s' % (block.group(1), printed))
            return block.group(0)

        text, blocks = BLOCK.subn(check, text)
    if update:
        README.write_text(text)
        return 0
    if text.count('\n') > LONGEST:
        failed.append('README.md has %d lines, more than %d' % (text.count('\n'), LONGEST))
    if not blocks:
        failed.append('README.md has no command that is run')
    print(*failed, sep='\n')
    print('%d blocks, %d wrong' % (blocks, len(failed)))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
