#!/usr/bin/env python3
# hostile_memory.py [--segments N] [--each] [SHAPE]... - memory of tshark under attack: floods of tests/fuzz/hostile.c.
#
# For each shape (default: all) 300,000 segments are read with all reports in one start, and, for what tshark needs
# itself, with conv,mptcp alone. Fails where the difference of the peaks is above 64 MB (but see NO_LIMIT), or where
# not all segments are counted. --each tells what every report adds by itself; so does a failure.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import json
import os
import pathlib
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("MPT_BUILD", TESTS.parent / "build"))
LIMIT_MB = 64
# Wireshark itself takes a time that is quadratic in the subflows of one connection: minutes with more.
FEWER = {"joins_of_one": 30000, "subflows": 30000}
# Connections that carry data, a byte each, are what is to be reported: only their number is limited.
NO_LIMIT = {"plain", "short", "jumps"}
JSON = ["summary,full", "list", "tcp", "events", "diagnose", "conformance", "reinjections", "paths"]
FILES = ["list", "summary,full", "tcp", "events", "diagnose", "conformance", "reinjections", "list,format=csv", "events,format=csv",
         "plot,format=csv"]


class Meter:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def run(self, capture, statistics):
        """(peak in MB, start of stdout)"""
        # Wireshark's own analysis takes a time that is quadratic in the subflows of a connection.
        arguments = [str(TESTS / "run-tshark"), "-q", "-r", str(capture), "-o", "mptcp.analyze_mptcp:FALSE"]
        for statistic in statistics:
            arguments += ["-z", statistic]
        with open(self.folder / "out", "w+b") as out, open(self.folder / "err", "w+b") as err:
            child = subprocess.Popen(arguments, stdout=out, stderr=err, env=dict(os.environ, MPT_BUILD=str(BUILD)))
            # The peak of a process and of those that it waited for.
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        # A report may have something to refuse (1).
        if child.returncode not in (0, 1):
            raise RuntimeError(f"exit status {child.returncode}: {(self.folder / 'err').read_text()[-1000:]}")
        # A program starts with the memory of the one that starts it: this one must stay small.
        with open(self.folder / "out") as out:
            return usage.ru_maxrss / 1024, out.read(4096)

    def reports(self):
        return [f"mptcp,{r},format=json" for r in JSON] + \
            [f"mptcp,{r},file={self.folder}/report{i}" for i, r in enumerate(FILES)] + \
            [f"mptcp,unfold,stream=0,file={self.folder}/unfolded"]


def check(meter, shape, segments, each):
    """What is wrong, or None."""
    segments = min(segments, FEWER.get(shape, segments))
    flood = meter.folder / "flood.pcap"
    subprocess.run([str(BUILD / "tests/fuzz/hostile"), shape, str(segments), str(flood)], check=True)
    own, _ = meter.run(flood, ["conv,mptcp"])
    peak, text = meter.run(flood, meter.reports())
    capture = json.JSONDecoder().raw_decode(text, text.index('"capture": ') + len('"capture": '))[0]
    dropped = capture.get("dropped", {})
    left_out = ", ".join(f"{v} {k}" for k, v in dropped.items() if v) or "nothing"
    print(f"{shape:14} {segments} segments: tshark's own {own:6.0f} MB, with all reports {peak - own:+6.1f} MB; left out: {left_out}", flush=True)
    too_much = peak - own > LIMIT_MB and shape not in NO_LIMIT
    for report in meter.reports() if each or too_much else []:
        alone = meter.run(flood, [report])[0] - own
        print(f"    {report.replace(str(meter.folder), ''):50} {alone:+6.1f} MB", flush=True)
    if capture["tcp_segments"] != segments:
        return f"{capture['tcp_segments']} of {segments} segments"
    return f"more than {LIMIT_MB} MB" if too_much else None


def main():
    arguments, segments, each, shapes = sys.argv[1:], 300000, False, []
    while arguments:
        argument = arguments.pop(0)
        if argument == "--segments":
            segments = int(arguments.pop(0))
        elif argument == "--each":
            each = True
        else:
            shapes.append(argument)
    if not shapes:
        shapes = subprocess.run([str(BUILD / "tests/fuzz/hostile"), "shapes"], check=True, capture_output=True,
                                text=True).stdout.split()
    failed = 0
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o777)
        for shape in shapes:
            wrong = check(Meter(folder), shape, segments, each)
            if wrong:
                failed += 1
                print(f"{shape}: {wrong}", flush=True)
    print(f"{len(shapes) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
