#!/usr/bin/env python3
# test_figures.py - tap/engine/FIGURES.md names every member of the JSON document and every column of CSV.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
TOP = TESTS.parent
CAPTURES = TOP / "captures"
REPORTS = ["list", "summary,full", "tcp", "events", "diagnose", "conformance", "reinjections", "flow"]
MERGED = ["paths,full", "flow,full"]
CSV_ONLY = ["paths,samples", "plot,stream=0", "plot,stream=0,type=mappings"]
UNITS = r"_(s|bps|bytes|percent)$"


def tshark(capture, reports, form):
    arguments = [x for report in reports for x in ("-z", f"mptcp,{report},format={form}")]
    run = subprocess.run([str(TESTS / "run-tshark"), "-q", "-r", str(capture), *arguments],
                         stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if run.returncode:
        print(f"{capture.name}: {reports}: {run.stderr}")
    return run.stdout


def unlisted():
    """Reports with formats, as a refusal names them, that stand in no list above."""
    refused = subprocess.run([str(TESTS / "run-tshark"), "-q", "-r", str(CAPTURES / "tiny/client.pcapng"), "-z",
                              "mptcp,help,format=csv"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    reports = set(re.findall(r"\w+", refused.stderr.partition("it belongs to ")[2])) - {"and"}
    listed = {report.split(",")[0] for report in REPORTS + MERGED + CSV_ONLY}
    return sorted(reports - listed) if reports else ["(none was found at all)"]


def members(value):
    if isinstance(value, dict):
        return set(value).union(*map(members, value.values()))
    return set().union(*map(members, value)) if isinstance(value, list) else set()


def named(page):
    """Words in code: `a, b`, and those of the drawing of the document."""
    return set(re.findall(r"\w+", " ".join(re.findall(r"```.*?```|`[^`]+`", page, re.S))))


def known(column, names):
    """A column may be a group and a member of it: client_key, sent_segments."""
    for name in (column, re.sub(UNITS, "", column)):
        parts = name.split("_")
        if name in names or any("_".join(parts[:i]) in names and "_".join(parts[i:]) in names
                                for i in range(1, len(parts))):
            return True
    return False


def main():
    names = named((TOP / "tap" / "engine" / "FIGURES.md").read_text())
    found, columns = set(), set()
    with tempfile.TemporaryDirectory(dir="/tmp") as scratch:
        both = pathlib.Path(scratch) / "both.pcapng"
        os.chmod(scratch, 0o755)
        subprocess.run(["mergecap", "-I", "none", "-w", str(both), str(CAPTURES / "path_blackhole/client.pcapng"),
                        str(CAPTURES / "path_blackhole/server.pcapng")], check=True)
        both.chmod(0o644)
        singles = [c for f in ("csum_fail_multi", "add_addr", "mp_prio", "fastclose_client", "remove_addr_client",
                               "strip_synack") for c in (CAPTURES / f).glob("*.pcapng")]
        for capture, reports in [(both, REPORTS + MERGED), *((c, REPORTS) for c in singles)]:
            found |= members(json.loads(tshark(capture, reports, "json")))
        for report in REPORTS + MERGED + CSV_ONLY:
            columns |= set(tshark(both, [report], "csv").splitlines()[0].split(","))
    missing = sorted(f"member {m}" for m in found - names) + \
        sorted(f"column {c}" for c in columns if not known(c, names)) + [f"report {r}, in a list of this test" for r in unlisted()]
    print(*missing, sep="\n")
    print(f"{len(found)} members, {len(columns)} columns, {len(missing)} missing")
    return 1 if missing or not found or not columns else 0


if __name__ == "__main__":
    sys.exit(main())
