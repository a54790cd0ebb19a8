#!/usr/bin/env python3
# axes.py - an axis is not turned by an operator: what the compiler can't see of tap/engine/base/axes.h.
#
# !side, side ^ flip and 1 - end are plain numbers, which pass for any axis; mpt_side_other(), mpt_subflow_side() and the
# other functions keep the type. Nor is a side, a role or a direction a plain unsigned, or an array of hosts indexed by
# direction. The files that define these functions are left out, and plugin/qt, which knows none of the types.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import os
import re
import sys

AXIS = r"(?:side|conn_side|direction|dir|role|initiator|sender|receiver)"
PATH = r"(?:\w+(?:->|\.))*"
BARE = {
    "turned with !": rf"!\(?(?:unsigned\)?)?{PATH}{AXIS}\b(?!\s*(?:->|[.\[(]))",
    "an index turned with !": rf"\[!{PATH}\w*(?:end|from|to|other)\]",
    "turned with ^": rf"\^ (?:\w+(?:->|\.|\[\w+\]))*\w*(?:flip|flipped)\b|\b(?:{AXIS}|end)\b\)? \^",
    "turned with 1 -": rf"\b1u? - {PATH}(?:{AXIS}|end)\b",
    "a bare 0 or 1": r"\? 0 : 1\]|\? 1 : 0\]",
    "not by this axis": rf"\b(?:end|ends|side|host|half|level|backup|address_id)\[{PATH}(?:dir|direction|d)\]",
    "an unsigned": r"\bunsigned (?:side|direction|role)\b",
}
DEFINED_IN = {"tap/engine/base/axes.h", "tap/engine/state/subflow.h"}
SHOWN = {  # each must be found, or this test finds nothing any more
    "s->half[!side]": "turned with !",
    "&c->level[!event->side]": "turned with !",
    "c->frame[!from]": "an index turned with !",
    "side ^ f->flip[end]": "turned with ^",
    "p->side ^ p->subflow->flip": "turned with ^",
    "views[1 - end]": "turned with 1 -",
    "ids[e->side == v->side[0] ? 0 : 1]": "a bare 0 or 1",
    "ends[s->side[direction]]": "not by this axis",
    "unsigned side = 0;": "an unsigned",
}


def wrong(code):
    return [what for what, pattern in BARE.items() if re.search(pattern, code)]


def main():
    top = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    found = [f"{code}: not found to be {what}" for code, what in SHOWN.items() if what not in wrong(code)]
    files = 0
    os.chdir(top)
    for base in ("tap", "plugin"):
        for folder, _, names in os.walk(base):
            for path in (os.path.join(folder, name) for name in sorted(names) if name.endswith((".c", ".h"))):
                if path in DEFINED_IN or folder == "plugin/qt":
                    continue
                files += 1
                for number, line in enumerate(open(path, encoding="utf-8"), 1):
                    found += [f"{path}:{number}: {what}: {line.strip()}" for what in wrong(line)]
    print("\n".join(found + [f"{files} files, {len(found)} bare axes"]))
    return 1 if found or not files else 0


if __name__ == "__main__":
    sys.exit(main())
