#!/usr/bin/env python3
# tables.py - what has a row in one place has its pair in the others, which no compiler asks for (CONTRIBUTING.md, "How to
# add"): words and a test of a finding, a line of FIGURES.md for an event, series of a graph, the registration of a field.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
FINDINGS = "tap/engine/findings/findings_table.h"
WORDS = "plugin/report/common/finding_text.c"
CHECKS = "plugin/report/common/check_text.c"
TIMELINE = "tap/engine/state/timeline.h"
FIGURES = "tap/engine/FIGURES.md"
GRAPHS = "tap/engine/graphs/graphs"
PLOT = "plugin/report/plot/plot.c"
FIELDS = "plugin/wireshark/fields.c"


def text(path):
    return (TOP / path).read_text(encoding="utf-8")


def texts(folder, pattern):
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((TOP / folder).glob(pattern)))


def macro(path, name):
    """What stands behind #define NAME(X), to the line that does not go on."""
    return re.search(rf"#define {name}\(X\) \\\n(.*?[^\\])\n", text(path), re.S).group(1)


def enum(path, prefix, last):
    """The names of an enum without its prefix, but for the one that counts them."""
    return [name for name in re.findall(rf"^    {prefix}(\w+)\b", text(path), re.M) if name != last]


def lacking(names, where, pattern):
    """Those of which `where` has nothing; {} in the pattern is the name."""
    return [name for name in names if not re.search(pattern.replace("{}", name), where, re.M)]


def main():
    findings = re.findall(r"\bX\((\w+),", macro(FINDINGS, "MPT_FINDINGS"))
    phrases = findings + re.findall(r"\bX\((\w+)\)", macro(FINDINGS, "MPT_MORE_PHRASES"))
    events = re.findall(r"\bX\((\w+)\)", macro(TIMELINE, "MPT_EVENT_TABLE"))
    graphs = enum(GRAPHS + ".h", "MPT_GRAPH_", "TYPES")
    units = enum(GRAPHS + ".h", "MPT_UNIT_", "S")
    fields = re.findall(r"\b(hf_\w+)(?:\[[^]]*\])? = ", "\n".join(re.findall(r"^static int hf_.*?;", text(FIELDS), re.M | re.S)))
    asked = [
        ("finding", findings, "is raised nowhere", texts("tap/engine/findings", "checks_*.c"), r"\bMPT_FINDING_{}\b"),
        ("finding", findings, "has no case in tests/unit", texts("tests/unit", "*.c"), r"\bMPT_FINDING_{}\b"),
        ("finding", findings, f"has no text in {CHECKS}", text(CHECKS), r"\[MPT_FINDING_{}\] ="),
        ("phrase", phrases, f"has no words in {WORDS}", text(WORDS), r"\[MPT_PHRASE_{}\] ="),
        ("event", events, f"has no line in {FIGURES}", text(FIGURES), r"^\| [^|]*`{}`"),
        ("event", events, "is signalled nowhere", texts("tap/engine", "[cf]*/*.c"), r"\bMPT_EVENT_{}\b"),
        ("graph", graphs, f"has no row in GRAPHS of {GRAPHS}.c", text(GRAPHS + ".c"), r"\[MPT_GRAPH_{}\] ="),
        ("graph", graphs, f"has no row in SERIES of {GRAPHS}.c", text(GRAPHS + ".c"), r"^    \{MPT_GRAPH_{},"),
        ("unit", units, f"has no name in {PLOT}", text(PLOT), r"\[MPT_UNIT_{}\] ="),
        ("field", fields, f"is not in the array of {FIELDS}", text(FIELDS), r"FIELD\(\s*{}\b"),
    ]
    missing = [f"{kind} {name} {what}" for kind, names, what, where, pattern in asked
               for name in lacking(names, where, pattern)]
    # Each kind must be found, or this test finds nothing any more.
    missing += [f"no {kind} was found at all" for kind, names, *_ in asked if not names]
    print("\n".join(missing + [f"{sum(len(names) for _, names, *_ in asked)} pairs, {len(missing)} missing"]))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
