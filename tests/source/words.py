#!/usr/bin/python3
"""words.py [--all] [FILE]... - every text that a user can meet, one a line, for a person to read.

From the sources of the plugin and the program: each literal with a blank in it, adjacent ones joined, as FILE:LINE: TEXT; --all
adds single words (names of columns, members and fields). Of the manual pages the text without its macros. Without FILE:
plugin/, packaging/*.[0-9] and what tap/ says itself.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import argparse
import pathlib
import re

TOP = pathlib.Path(__file__).resolve().parents[2]
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|\'(?:[^\'\\\n]|\\.)*\'|"((?:[^"\\\n]|\\.)*)"', re.DOTALL)
# What may stand between two literals of one text: blanks and names of macros.
BETWEEN = re.compile(r'\s*(?:[A-Z][A-Z0-9_]*(?:\("[^"]*"\))?\s*)?')


def literals(source):
    """(line, text) of each literal; those of one text are one."""
    start = end = None
    text = ''
    for found in TOKEN.finditer(source):
        if found.group(1) is None:
            if not found.group(0).startswith("'"):
                continue
            piece = found.group(0)[1:-1]
            if len(piece) < 4:
                continue
        else:
            piece = found.group(1)
        line = source.rfind('\n', 0, found.start()) + 1
        if source[line:found.start()].lstrip().startswith('#include'):
            continue
        if end is not None and BETWEEN.fullmatch(source, end, found.start()):
            text += re.sub(r'\s+', ' ', source[end:found.start()]).strip() and '...'
            text += piece
        else:
            if text:
                yield start, text
            start, text = source.count('\n', 0, found.start()) + 1, piece
        end = found.end()
    if text:
        yield start, text


def manual(source):
    """(line, text) of each paragraph."""
    start, words = 0, []
    for number, line in enumerate(source.splitlines() + ['.PP'], 1):
        if re.match(r'\.(\\"|SH|SS|PP|TP|RE|RS|EX|EE|IP|TH)', line):
            if words:
                yield start, ' '.join(words)
            start, words = number + 1, []
            if line.startswith(('.SH', '.SS')):
                yield number, line
        else:
            words.append(re.sub(r'\\f.|\\&|^\.[BIR]+ ', '', line).replace(r'\-', '-'))


def files():
    for pattern in ('plugin/**/*.[ch]', 'plugin/**/*.cpp', 'plugin/**/*.js', 'plugin/**/*.html', 'tap/**/*.c', 'packaging/*.[0-9]'):
        yield from sorted(TOP.glob(pattern))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--all', action='store_true')
    parser.add_argument('files', nargs='*', type=pathlib.Path)
    asked = parser.parse_args()
    for path in asked.files or files():
        source = path.read_text(errors='replace')
        name = path.resolve().relative_to(TOP) if path.resolve().is_relative_to(TOP) else path
        for line, text in (manual if path.suffix[1:].isdigit() else literals)(source):
            if asked.all or ' ' in text.strip():
                print('%s:%d: %s' % (name, line, text))


if __name__ == '__main__':
    main()
