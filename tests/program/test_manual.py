#!/usr/bin/env python3
# test_manual.py - the man page names every report, option, graph, field and preference that this build has, and explains
# every check as -z mptcp,help,checks does; the README names every report.
#
#   test_manual.py --update   writes the man page's section CHECKS
#
# SPDX-License-Identifier: GPL-2.0-or-later
import pathlib
import re
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
TOP = TESTS.parent
CAPTURE = TOP / "captures" / "tiny" / "client.pcapng"


def tshark(*arguments):
    return subprocess.run([str(TESTS / "run-tshark"), *arguments], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)


def plain(troff):
    """Words of a man page: fonts, quotes and escapes are taken out, so that type=NAME is one word."""
    lines = []
    for line in troff.splitlines():
        request = re.match(r"\.(\w+)\s*(.*)", line)
        text = request.group(2) if request else line
        if request and request.group(1) in ("BI", "BR", "RB", "IR"):
            # Arguments of these are put together without spaces.
            text = "".join(quoted or bare for quoted, bare in re.findall(r'"([^"]*)"|(\S+)', text))
        lines.append(re.sub(r"\\f.", "", text).replace("\\-", "-").replace("\\e", "\\"))
    return "\n".join(lines)


def between(text, before, behind):
    return text.partition(before)[2].partition(behind)[0]


def help_names():
    """(reports, options) as -z mptcp,help prints them"""
    reports, _, options = tshark("-q", "-r", str(CAPTURE), "-z", "mptcp,help").stdout.partition("options:\n")
    return re.findall(r"^  (\w+) ", reports, re.M), \
        [name for line in re.findall(r"^  (.{23})", options, re.M)
         for name in re.findall(r"(?:^|\s)(\w+=?)", line)]


def graphs():
    refused = tshark("-q", "-r", str(CAPTURE), "-z", "mptcp,plot,type=nothing").stderr
    return [name for name in re.findall(r"\w+", refused.partition("type= is ")[2]) if name != "or"]


def rows(kind, column):
    listed = tshark("-G", kind).stdout.splitlines()
    return [cells[column] for cells in (line.split("\t") for line in listed)
            if cells[0] == "F" and cells[column].startswith("mptcpscope.")]


def preferences():
    return re.findall(r"^#?mptcpscope\.(\w+):", tshark("-G", "currentprefs").stdout, re.M)


def checks():
    """The section CHECKS and the names of the checks, from what the build prints."""
    section, names = [], []
    for line in filter(None, tshark("-q", "-z", "mptcp,help,checks").stdout.splitlines()):
        text = line.strip().replace("-", "\\-")
        if re.match(r"  \w", line):
            name, _, title = text.partition(": ")
            names.append(name)
            section += [".TP", f".B {name}", f"{title}."]
        elif re.match(r"\w+$", line):
            section.append(f".SS {text}")
        else:
            section += [".br", text] if text.startswith("To do:") else [text]
    return "".join(f"{line}\n" for line in section), names


def in_manual(troff):
    return between(troff, ".SH CHECKS\n", ".SH ")


def update():
    page = TOP / "packaging" / "mptcpscope.7"
    troff = page.read_text()
    page.write_text(troff.replace(".SH CHECKS\n" + in_manual(troff), ".SH CHECKS\n" + checks()[0]))


def main():
    if sys.argv[1:] == ["--update"]:
        update()
        return 0
    troff, readme = (TOP / "packaging" / "mptcpscope.7").read_text(), (TOP / "README.md").read_text()
    manual = plain(troff)
    section, found = checks()
    reports, options = help_names()
    of_checks = {f"mptcpscope.finding.{name}" for name in found}
    fields = rows("fields", 2)
    asked = {"report": reports, "option": options, "graph": graphs(), "preference": preferences(),
             "field": [name for name in fields if name not in of_checks]}
    missing = [f"no field {name}" for name in sorted(of_checks.difference(fields))]
    if not found or in_manual(troff) != section:
        missing.append("man page: CHECKS is not what -z mptcp,help,checks prints; see test_manual.py --update")
    for what, names in asked.items():
        if not names:
            missing.append(f"no {what} was found at all")
        for name in names:
            # An option with a value has its sign in help; a report has a line of its own in the manual.
            behind = "" if name.endswith("=") else r"(?!\w|\.\w)"
            whole = re.compile(rf"(?<![\w.]){re.escape(name)}{behind}")
            where = between(manual, "\ntype=NAME\n", "\n\n") if what == "graph" else manual
            if not (f"\n{name}\n" in manual if what == "report" else whole.search(where)):
                missing.append(f"man page: {what} {name}")
            if what == "report" and name != "help" and f"\n| `{name}` |" not in readme:
                missing.append(f"README: {what} {name}")
    print(*missing, sep="\n")
    print(f"{sum(map(len, asked.values()))} names, {len(missing)} missing")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
