#!/usr/bin/env python3
"""licences.py - packaging/debian/copyright says of each source what its SPDX line says.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import fnmatch
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
NAMES = {'GPL-2.0-or-later': 'GPL-2+', 'GPL-3.0-or-later': 'GPL-3+'}
SOURCES = [p for folder in ('plugin', 'tap', 'tests') for p in sorted((TOP / folder).rglob('*')) if
           p.suffix in ('.c', '.h', '.cpp', '.py', '.sh')]


def stanzas():
    """(patterns, licence) of each, in order: the last one that fits counts"""
    text = (TOP / 'packaging/debian/copyright').read_text()
    for part in text.split('\n\n'):
        found = re.match(r'Files: (.*)\n(?:.*\n)*?License: (\S+)', part)
        if found:
            yield found[1].split(), found[2]


def main():
    wrong, used, said = [], set(), list(stanzas())
    for path in SOURCES:
        spdx = re.search(r'SPDX-License-Identifier: (\S+)', path.read_text(errors='replace'))
        name, licence = str(path.relative_to(TOP)), None
        for patterns, its in said:
            fitting = [p for p in patterns if fnmatch.fnmatch(name, p)]
            used.update(fitting)
            licence = its if fitting else licence
        if not spdx or NAMES.get(spdx[1]) != licence:
            wrong.append(f'{name}: {spdx[1] if spdx else "no SPDX line"}, and {licence} in debian/copyright')
    wrong += [f'{p}: no source' for patterns, _ in said for p in patterns if p not in used]
    print(*wrong, sep='\n')
    print(f'{len(SOURCES)} sources, {len(wrong)} wrong')
    return 1 if wrong or len(said) < 2 else 0


if __name__ == '__main__':
    sys.exit(main())
