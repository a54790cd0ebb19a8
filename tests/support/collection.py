"""The captures that tests read: those of captures/, and of the folder MPT_MORE_CAPTURES those that captures/ has not.

MPT_MORE_CAPTURES is empty where captures/ has to do; unset it is the larger collection beside the checkout.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import pathlib

TESTS = pathlib.Path(__file__).resolve().parent.parent
TOP = TESTS.parent
CAPTURES = TOP / 'captures'
MORE = os.environ.get('MPT_MORE_CAPTURES', str(TOP.parent / 'shared' / 'captures'))
FOLDERS = [CAPTURES] + ([pathlib.Path(MORE)] if MORE else [])


def collection(pattern):
    """Paths of the files with these names, such as */*.pcapng, in order; one of the same name is the same file."""
    found = {}
    for folder in FOLDERS:
        for path in sorted(folder.glob(pattern)):
            found.setdefault(path.relative_to(folder), path)
    return list(found.values())
