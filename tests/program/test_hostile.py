#!/usr/bin/env python3
# test_hostile.py [--all|--third|--unaltered] [--part I/N] - captures that are cut, altered and mixed, through tshark with every report
# in one start.
#
# Asked of each variant: no crash, no sanitizer's finding, no hang (a minute each), and a JSON report whose sums hold
# (FIGURES.md: unique = first + reinjected + reinjected_same + unmapped, and so on). The floods of tests/fuzz/hostile.c are
# read too: SYNs that lead nowhere, a connection with 10,000 subflows, tokens that collide, mappings that overlap.
# --unaltered: every capture as it is, MPT_MORE_CAPTURES too, and no floods: all code that reports of them run, once.
# --third: every kind of variant, of every third capture. Without --all a fixed sample. --part 1/4: the first quarter, so
# that all of it can be run a piece at a time.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import json
import os
import pathlib
import random
import resource
import signal
import struct
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "support"))
from collection import collection  # noqa: E402

CAPTURES = TESTS.parent / "captures"
REPORTS = ["list", "summary,full", "tcp", "events", "diagnose", "conformance", "reinjections", "paths", "list,format=csv",
           "summary,full,format=csv", "summary,full,format=json", "reinjections,format=json"]
FILES = ["plot,format=html", "plot,format=csv", "unfold,stream=0", "events,format=csv", "diagnose,format=csv"]
BUILD = pathlib.Path(os.environ.get("MPT_BUILD", TESTS.parent / "build"))
KIND = 30
MINUTE = 60


class Packet:
    """Link-layer bytes with their time and true length; linktype is that of the file."""

    def __init__(self, ns, data, length):
        self.ns, self.data, self.length = ns, data, length

    def but(self, **changes):
        new = Packet(self.ns, self.data, self.length)
        new.__dict__.update(changes)
        return new


def read_pcapng(path):
    """(linktype, packets) of a little-endian pcapng file whose interfaces have one link type."""
    raw, at, link, scale, packets = path.read_bytes(), 0, None, [], []
    while at + 12 <= len(raw):
        kind, size = struct.unpack_from("<II", raw, at)
        if kind == 1:
            link = struct.unpack_from("<H", raw, at + 8)[0]
            scale.append(1000)
            option = at + 16
            while option < at + size - 4:
                code, length = struct.unpack_from("<HH", raw, option)
                if code == 9:
                    scale[-1] = 10 ** (9 - raw[option + 4])
                if code == 0:
                    break
                option += 4 + (length + 3) // 4 * 4
        elif kind == 6:
            interface, high, low, captured, length = struct.unpack_from("<IIIII", raw, at + 8)
            packets.append(Packet((high << 32 | low) * scale[interface], raw[at + 28:at + 28 + captured], length))
        at += size
    return link, packets


def write_pcap(path, link, packets):
    """A pcap file with nanoseconds."""
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, link))
        for p in packets:
            seconds, ns = divmod(p.ns, 10 ** 9)
            out.write(struct.pack("<IIII", seconds & 0xFFFFFFFF, ns, len(p.data), max(p.length, len(p.data))))
            out.write(p.data)


def option_area(data):
    """(start, end) of the TCP options, or None; any link layer: IP is looked for behind its usual lengths."""
    for at in (14, 16, 20, 4, 0):
        if len(data) > at + 40 and data[at] >> 4 == 4 and data[at + 9] == 6:
            tcp = at + (data[at] & 15) * 4
        elif len(data) > at + 60 and data[at] >> 4 == 6 and data[at + 6] == 6:
            tcp = at + 40
        else:
            continue
        end = tcp + (data[tcp + 12] >> 4) * 4 if tcp + 12 < len(data) else 0
        return (tcp + 20, end) if tcp + 20 < end <= len(data) else None
    return None


def with_options(packets, change):
    """The packets, change(bytes, offsets of MPTCP options, end of options) done to those that have such options."""
    result = []
    for p in packets:
        area, data, found = option_area(p.data), bytearray(p.data), []
        at = area[0] if area else 0
        while area and at < area[1] and data[at] != 0:
            if data[at] == 1:
                at += 1
                continue
            if at + 1 >= area[1] or data[at + 1] < 2:
                break
            if data[at] == KIND:
                found.append(at)
            at += data[at + 1]
        if found:
            change(data, found, area[1])
        result.append(p.but(data=bytes(data)))
    return result


def fuzzed(packets, seed):
    rand = random.Random(seed)

    def change(data, found, end):
        for at in found:
            if rand.random() < 0.2:
                data[rand.randrange(at + 2, end)] = rand.randrange(256)

    return with_options(packets, change)


def lengths(packets, value, seed):
    rand = random.Random(seed)

    def change(data, found, end):
        if rand.random() < 0.2:
            data[found[0] + 1] = value

    return with_options(packets, change)


def padded(packets):
    def change(data, found, end):
        data[found[-1]:end] = bytes(end - found[-1])

    return with_options(packets, change)


def variants(packets, other):
    """(name, packets); `other` is a second capture of the same link type."""
    for i in range(200):
        yield f"cut{i}", packets[:len(packets) * i // 200 + 1]
    for seed in range(20):
        yield f"fuzzed{seed}", fuzzed(packets, seed)
    yield "length0", lengths(packets, 0, 1)
    yield "length255", lengths(packets, 255, 2)
    yield "eol", padded(packets)
    yield "doubled", [p for p in packets for _ in range(2)]
    yield "reversed", [p.but(ns=q.ns) for p, q in zip(reversed(packets), packets)]
    yield "backwards", packets[::-1]
    yield "same_time", [p.but(ns=packets[0].ns) for p in packets]
    yield "to_1970", [p.but(ns=i * 1000) if i % 3 == 0 else p for i, p in enumerate(packets)]
    for length in (54, 60, 66, 70, 74, 78, 82, 86, 90, 94, 98, 102, 110, 120):
        yield f"snaplen{length}", [p.but(data=p.data[:length]) for p in packets]
    if other:
        shift = packets[0].ns - other[0].ns
        yield "interleaved", sorted(packets + [p.but(ns=p.ns + shift) for p in other], key=lambda p: p.ns)


FLOODS = {"subflows": 30003, "syn_capable": 20000, "handshakes": 20000, "joins_of_many": 20000, "events": 20000,
          "addresses": 20000, "colliding": 20000, "overlaps": 3000, "gaps": 20000, "reinjected": 20000, "fragments": 20000,
          "splinters": 5000, "backwards": 5000, "jumps": 10000, "checksums": 5000, "short": 10000, "plain": 10000}
FLOODS_SAMPLE = ["subflows", "overlaps"]


def third(variant):
    """One of each kind, and some more of those with a number."""
    number = variant.lstrip("abcdefghijklmnopqrstuvwxyz_")
    if variant.startswith("cut"):
        return int(number) % 20 == 7
    return not variant.startswith("fuzzed") or int(number) < 5


SAMPLE = {"cut37", "cut120", "fuzzed0", "fuzzed1", "length0", "length255", "eol", "doubled", "backwards", "same_time",
          "to_1970", "snaplen54", "snaplen78", "snaplen90", "interleaved"}
SAMPLE_CAPTURES = ["tiny/client", "csum_fail_multi/client"]


def check_direction(where, d, problems):
    parts = d["first_bytes"] + d["reinjected_bytes"] + d["reinjected_same_bytes"] + d["unmapped_bytes"]
    if d["unique_bytes"] != parts:
        problems.append(f"{where}: unique_bytes {d['unique_bytes']} != {parts}")
    if d["unique_bytes"] != d["payload_bytes"] - d["retrans_bytes"]:
        problems.append(f"{where}: unique_bytes is not payload less retransmitted")
    if min(v for k, v in d.items() if k.endswith("_bytes") and isinstance(v, (int, float))) < 0:
        problems.append(f"{where}: negative bytes")


def check_document(document):
    problems = []
    for c in document["connections"]:
        for way in ("c2s", "s2c"):
            where, whole = f"connection {c['id']} {way}", c[way]
            check_direction(where, whole, problems)
            share = 0
            for s in c["subflows"]:
                check_direction(f"{where} subflow {s['id']}", s[way], problems)
                share += s[way]["share"] or 0
            for name in ("segments", "packets", "payload_bytes", "retrans_bytes", "first_bytes", "reinjected_bytes",
                         "reinjected_same_bytes", "unmapped_bytes", "fallback_bytes"):
                if whole[name] != sum(s[way][name] for s in c["subflows"]):
                    problems.append(f"{where}: {name} is not the sum of its subflows")
            if whole["dsn_unique_bytes"] != whole["first_bytes"]:
                problems.append(f"{where}: dsn_unique_bytes != first_bytes")
            if whole["dsn_unique_bytes"] and abs(share - 1) > 1e-6:
                problems.append(f"{where}: the shares add up to {share}")
            if whole["dsn_first"] is not None and \
                    int(whole["dsn_end"]) - int(whole["dsn_first"]) > int(whole["dsn_unique_bytes"]) + int(whole["dsn_gap_bytes"]):
                problems.append(f"{where}: dsn_end - dsn_first > dsn_unique_bytes + dsn_gap_bytes")
    connections = {c["id"]: c for c in document["connections"]}
    for again in document.get("reinjections", []):
        where = f"reinjections {again['connection']} {again['direction']}"
        whole = connections[again["connection"]][again["direction"]]
        for name in ("reinjected_bytes", "reinjected_same_bytes"):
            if again[name] != whole[name]:
                problems.append(f"{where}: {name} {again[name]}, of the connection {whole[name]}")
        if again["reinjected_bytes"] != again["useful_bytes"] + again["redundant_bytes"] + again["undecided_bytes"]:
            problems.append(f"{where}: the verdicts do not add up")
        if sum(r["bytes"] for r in again["runs"]) + again["unlisted_bytes"] != \
                again["reinjected_bytes"] + again["reinjected_same_bytes"]:
            problems.append(f"{where}: the runs do not add up")
    return problems


def limit_time():
    """A minute of the processor's: how many others it serves beside does not matter."""
    limit = 5 * MINUTE if os.environ.get("MPT_WRAPPER") else MINUTE
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))


def run(path, folder, more=()):
    """What is wrong with the reports of this capture: a list of sentences."""
    arguments = [str(TESTS / "run-tshark"), "-q", "-r", str(path)]
    for report in REPORTS:
        arguments += ["-z", "mptcp," + report]
    for i, report in enumerate(FILES):
        arguments += ["-z", f"mptcp,{report},file={folder}/report{i}"]
    arguments += ["-z", "follow,mptcp,hex,0", "-o", "mptcpscope.fields:always", "-Y", "mptcpscope.data", *more]
    # A session of its own: what hangs is ended with the shell that started it.
    done = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
                            preexec_fn=limit_time)
    try:
        out, err = done.communicate(timeout=10 * MINUTE)
    except subprocess.TimeoutExpired:
        os.killpg(done.pid, signal.SIGKILL)
        done.communicate()
        return ["it hangs"]
    if done.returncode in (-signal.SIGXCPU, 128 + signal.SIGXCPU):
        return ["it takes more than a minute"]
    # A report may have something to refuse (1); tshark itself says 2 where the file is cut short.
    if done.returncode not in (0, 1, 2):
        return [f"exit status {done.returncode}: {err.decode(errors='replace')[-3000:]}"]
    text = out.decode()
    at = text.find('{\n  "schema"')
    if at < 0:
        return ["there is no JSON report: " + err.decode(errors="replace")[-1000:]]
    # Another report may follow on stdout.
    return check_document(json.JSONDecoder().raw_decode(text, at)[0])


# Wireshark's own analysis takes a time that is quadratic in the subflows of a connection.
NO_ANALYSIS = ["-o", "mptcp.analyze_mptcp:FALSE"]


def flood(name, segments, folder):
    """Problems with the reports of a flood."""
    path = pathlib.Path(folder) / f"{name}.pcap"
    subprocess.run([str(BUILD / "tests/fuzz/hostile"), name, str(segments), str(path)], check=True)
    problems = run(path, folder, NO_ANALYSIS)
    path.unlink()
    return problems


def captures_and_variants(everything, a_third):
    """(name, variant, linktype, packets)"""
    names = SAMPLE_CAPTURES
    if everything or a_third:
        names = sorted(f"{p.parent.name}/{p.stem}" for p in CAPTURES.glob("*/*.pcapng"))
    for index, name in enumerate(names):
        if a_third and index % 3:
            continue
        link, packets = read_pcapng(CAPTURES / f"{name}.pcapng")
        other_link, other = read_pcapng(CAPTURES / f"{names[(index + 1) % len(names)]}.pcapng")
        for variant, changed in variants(packets, other if other_link == link else None):
            if everything or (third(variant) if a_third else variant in SAMPLE):
                yield name, variant, link, changed


def part_of(items, arguments):
    """Every Nth item from the Ith on, with --part I/N."""
    if "--part" not in arguments:
        return items
    part, parts = map(int, arguments[arguments.index("--part") + 1].split("/"))
    return (item for number, item in enumerate(items) if number % parts == part - 1)


def main():
    unaltered = "--unaltered" in sys.argv[1:]
    everything, a_third = "--all" in sys.argv[1:], "--third" in sys.argv[1:]
    results = []

    def note(what, problems):
        results.append(not problems)
        if problems:
            print(f"{what}:", *problems[:5], sep="\n  ", flush=True)

    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o777)
        for capture in part_of(collection("*/*.pcap*"), sys.argv) if unaltered else ():
            note(f"{capture.parent.name}/{capture.name}", run(capture, folder))
        for name, segments in part_of(FLOODS.items(), sys.argv) if not unaltered else ():
            if everything or a_third or name in FLOODS_SAMPLE:
                note(f"flood {name}", flood(name, segments, folder))
        for name, variant, link, packets in part_of(() if unaltered else captures_and_variants(everything, a_third),
                                                         sys.argv):
            path = pathlib.Path(folder) / f"{name.replace('/', '_')}_{variant}.pcap"
            write_pcap(path, link, packets)
            note(f"{name} {variant}", run(path, folder))
            path.unlink()
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
