#!/usr/bin/env python3
# test_releases.py [--write FOLDER] - all reports of all captures are what another release of Wireshark gives.
#
# --write puts the reports into FOLDER; without it they are compared, byte by byte, with those that
# MPT_REPORTS holds: packaging/check.sh writes them with the system's Wireshark and compares in the trees of
# the others. Left out is what names the release itself: generator.wireshark in JSON, and the header that
# Wireshark writes into a pcapng file.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import concurrent.futures
import difflib
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
CAPTURES = TESTS.parent / "captures"
OF_EACH = ["list", "list,format=csv", "summary", "summary,full", "summary,format=csv",
           "summary,full,format=csv", "tcp", "tcp,format=csv", "filter,stream=0", "events",
           "events,format=csv", "diagnose", "diagnose,format=csv", "reinjections", "reinjections,format=csv",
           "plot,stream=0,format=csv", "plot,stream=0,format=svg", "plot,stream=0,format=xpl",
           "unfold,stream=0"]
OF_MERGED = ["paths", "paths,full", "paths,samples,format=csv", "summary,full,at=server",
             "plot,stream=0,type=owd,format=csv"]
DOCUMENT = ["list", "summary,full", "tcp", "events", "diagnose", "reinjections"]
SECTION_HEADER = 0x0A0D0D0A


def tshark(arguments):
    """stdout, and stderr with the exit status behind it; a report that has to refuse is one too."""
    done = subprocess.run([str(TESTS / "run-tshark"), *arguments], stdin=subprocess.DEVNULL,
                          capture_output=True, env=dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC"))
    return done.stdout, done.stderr + b"exit status %d\n" % done.returncode


def without_header(pcapng):
    """The blocks of a pcapng file as hex, without the section header: it names the program that wrote it."""
    at, lines = 0, []
    while at + 12 <= len(pcapng):
        kind, size = struct.unpack_from("<II", pcapng, at)
        if kind != SECTION_HEADER:
            lines.append(pcapng[at:at + size].hex())
        at += size
    return "\n".join(lines).encode()


def neutral(name, data):
    if name.startswith("unfold"):
        return without_header(data)
    if name == "fields":
        # -T fields writes booleans as 1 and 0 in 4.0, as True and False since.
        return re.sub(rb"\bTrue\b", b"1", re.sub(rb"\bFalse\b", b"0", data))
    return re.sub(rb'"wireshark": "[0-9.]+"', b'"wireshark": ""', data)


def fields():
    listed, _ = tshark(["-G", "fields"])
    rows = [line.split("\t") for line in listed.decode().splitlines() if line.startswith("F\t")]
    return sorted({row[2] for row in rows if row[2].startswith("mptcpscope.")})


def write_reports(capture, merged, folder, scratch):
    """A file in `folder` for each report of a capture."""
    folder.mkdir(parents=True)
    # One that is refused may end tshark by force, so those of merged captures are asked for of merged ones
    # only.
    reports = OF_EACH + (OF_MERGED if merged else [])
    arguments = ["-q", "-r", str(capture)]
    for i, report in enumerate(reports):
        arguments += ["-z", f"mptcp,{report},file={scratch}/{i}"]
    for report in DOCUMENT + (["paths,full"] if merged else []):
        arguments += ["-z", f"mptcp,{report},format=json"]
    out, err = tshark(arguments)
    (folder / "json").write_bytes(neutral("json", out))
    (folder / "errors").write_bytes(err.replace(str(scratch).encode(), b""))
    for i, report in enumerate(reports):
        path = scratch / str(i)
        if path.exists():
            (folder / report).write_bytes(neutral(report, path.read_bytes()))
            path.unlink()
    for name, arguments in (("live", ["-q", "-z", "mptcp,events,live"]),
                            ("follow", ["-q", "-z", "follow,mptcp,hex,0"]),
                            ("fields", ["-2", "-T", "fields", *(x for f in FIELDS for x in ("-e", f))])):
        (folder / name).write_bytes(neutral(name, b"".join(tshark([*arguments, "-r", str(capture)]))))


def write_one(folder, ends):
    """Reports of a capture, or of both ends merged."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        scratch = pathlib.Path(name)
        # run-tshark may be another user there.
        scratch.chmod(0o777)
        if len(ends) == 1:
            write_reports(ends[0], False, folder / f"{ends[0].parent.name}.{ends[0].stem}", scratch)
            return
        both = scratch / "both.pcapng"
        subprocess.run(["mergecap", "-I", "none", "-w", str(both), *map(str, ends)], check=True)
        both.chmod(0o644)
        write_reports(both, True, folder / f"{ends[0].parent.name}.both", scratch)


def write_all(folder, at_once):
    """Reports of all captures, and of both ends merged; the number of captures."""
    captures = sorted(CAPTURES.glob("*/*.pcapng"))
    pairs = [(c, c.parent / "server.pcapng") for c in captures
             if c.stem == "client" and (c.parent / "server.pcapng") in captures]
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        return len(list(pool.map(lambda ends: write_one(folder, ends), [(c,) for c in captures] + pairs)))


def compare(expected, got):
    """Names of the reports that differ; the first lines that do are printed."""
    names = {p.relative_to(root) for root in (expected, got) for p in root.rglob("*") if p.is_file()}
    different = []
    for name in sorted(names):
        sides = [(root / name).read_bytes() if (root / name).exists() else None for root in (expected, got)]
        if sides[0] == sides[1]:
            continue
        different.append(name)
        if None in sides:
            print(f"{name}: only in {'this release' if sides[0] is None else 'the other release'}")
            continue
        lines = [side.decode(errors="replace").splitlines() for side in sides]
        for line in list(difflib.unified_diff(*lines, "other release", str(name), n=0, lineterm=""))[:12]:
            print(line[:300])
    return names, different


def main():
    if sys.argv[1:2] == ["--write"]:
        folder = pathlib.Path(sys.argv[2])
        shutil.rmtree(folder, ignore_errors=True)
        print(f"the reports of {write_all(folder, os.cpu_count())} captures")
        return 0
    expected = os.environ.get("MPT_REPORTS", "")
    if not pathlib.Path(expected, "tiny.client").is_dir():
        print("skipped: MPT_REPORTS names no reports of another release; packaging/check.sh --wireshark does")
        return 77
    with tempfile.TemporaryDirectory(dir="/tmp") as got:
        write_all(pathlib.Path(got), 1)
        names, different = compare(pathlib.Path(expected), pathlib.Path(got))
    print(f"{len(names)} files, {len(different)} differ")
    return 1 if different or not names else 0


if __name__ == "__main__":
    # What is registered can be told by this release alone: a field that one release lacks is a difference.
    FIELDS = fields()
    sys.exit(main())
