#!/usr/bin/env python3
# borders.py - which folder may include which: one line a folder, from the ground up.
#
# A file may include its own folder and what its folder's line names. Private headers (core.h, *_internal.h, checks.h)
# stay in their folder. Paths are from the top of the checkout. Wireshark's headers stand only where WIRESHARK says,
# stdio never in tap/engine, and #if on Wireshark's version only in plugin/compat.h.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import os
import re
import sys

E, R = "tap/engine/", "plugin/report/"
ENGINE = {E + name for name in ("base", "protocol", "state", "core", "figures", "vantage", "paths", "reinjections",
                                "findings", "graphs", "frames", "stream", "speed", "conformance")}


def engine(*names):
    return {E + name for name in names}


STATE = engine("base", "protocol", "state", "core")
ALLOWED = {
    E + "base": {"tap"},  # segment.h: the border itself
    E + "protocol": engine("base") | {"tap"},
    E + "state": engine("base", "protocol") | {"tap"},
    E + "core": engine("base", "protocol", "state") | {"tap"},
    E + "figures": STATE,
    E + "vantage": STATE | engine("figures") | {"tap"},
    E + "paths": STATE | engine("figures", "vantage"),
    E + "speed": STATE,
    E + "graphs": STATE | engine("figures", "speed"),
    E + "frames": STATE | engine("figures", "paths", "speed", "vantage"),
    E + "stream": STATE | engine("figures"),
    E + "reinjections": STATE | engine("figures"),
    E + "findings": STATE | engine("figures", "paths", "reinjections", "vantage", "speed"),
    E + "conformance": STATE | engine("figures", "findings"),
    "tap": engine("base", "protocol", "vantage", "frames") | {"tap/reader"},
    "tap/reader": engine("base", "protocol") | {"tap"},  # segment.h, icmp_error.h
    R + "format": engine("base"),
    "plugin/report": ENGINE | {R + "format", R + "common", "plugin/qt"},
    R + "common": ENGINE | {"plugin/report", R + "format"},
}
GROUND = ENGINE | {"plugin/report", R + "format", R + "common"}
for report in ("list", "summary", "events", "diagnose", "conformance", "reinjections", "paths", "flow", "plot", "follow"):
    ALLOWED[R + report] = set(GROUND)
ALLOWED[R + "diagnose"] |= {R + "paths"}
ALLOWED[R + "plot"] |= {R + "paths", R + "events", "plugin/qt"}
ALLOWED[R + "flow"] |= {R + "paths", "plugin/qt"}
ALLOWED[R + "follow"] |= {"tap"}  # segment.h: TCP flags of the packets it writes
ALLOWED[R + "gui"] = GROUND | {R + "events", R + "flow", R + "paths", R + "plot", R + "reinjections", "plugin/qt"}
ALLOWED["plugin/cli"] = GROUND | {R + "paths", R + "follow", "plugin", "tap"}
ALLOWED["plugin/program"] = GROUND | {"plugin", "plugin/cli", "tap", "tap/reader"}
ALLOWED["plugin/wireshark"] = GROUND | {R + "gui", R + "paths", R + "plot", R + "follow", "plugin/cli", "plugin", "tap", "plugin/qt"}
ALLOWED["plugin"] = {"plugin/cli", "plugin/wireshark", "tap", E + "core", E + "protocol", E + "vantage"}
ALLOWED["plugin/qt"] = set()

WIRESHARK = {"plugin", "plugin/cli", "plugin/program", "plugin/wireshark"}
WIRESHARK_FILES = {"tap/" + name for name in ("listener.c", "dissection.c", "epan_values.c", "epan_values.h", "icmp.c", "options.c")}
WIRESHARK_HEADER = re.compile(r"(wireshark|epan|wsutil|wiretap|ui)/|(ws_|config\.h)")
INCLUDE = re.compile(r'\s*#\s*include\s+([<"])([^>"]+)')


def crossings(path):
    """What this file includes, or asks, that it may not: a sentence each."""
    folder = os.path.dirname(path)
    for line in open(path, encoding="utf-8"):
        if re.match(r"\s*#.*WIRESHARK_VERSION_", line) and path != "plugin/compat.h":
            yield "#if on the Wireshark version stands in plugin/compat.h"
        found = INCLUDE.match(line)
        if not found:
            continue
        quote, name = found.groups()
        if quote == "<":
            if WIRESHARK_HEADER.match(name) and folder not in WIRESHARK and path not in WIRESHARK_FILES:
                yield f"{name}: may not know Wireshark"
            if name == "stdio.h" and folder in ENGINE:
                yield f"{name}: the engine does not print"
            if name.startswith("g") and re.match(r"g(lib|io|module)", name) and folder == "plugin/qt":
                yield f"{name}: plugin/qt does not know GLib"
            continue
        to = os.path.dirname(name) or folder
        if name.startswith(".."):
            yield f"{name}: paths are from the top of the checkout"
        elif "/" in name and to == folder:
            yield f"{name}: its own folder's headers have no path"
        elif to == folder:
            continue
        elif re.search(r"(_internal|/core|/checks)\.h$", name):
            yield f"{name} is private to its folder"
        elif to not in ALLOWED.get(folder, set()):
            yield f"may not include {to}/ ({os.path.basename(name)})"


def main():
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    count = 0
    for top in ("tap", "plugin"):
        for folder, _, files in sorted(os.walk(top)):
            if any(name.endswith(".c") for name in files) and folder not in ALLOWED:
                print(f"{folder}: has no line here")
                count += 1
            for name in sorted(files):
                if not name.endswith((".c", ".h", ".cpp")):
                    continue
                path = f"{folder}/{name}"
                for what in crossings(path):
                    print(f"{path}: {what}")
                    count += 1
    print(f"{count} borders crossed")
    return count > 0


if __name__ == "__main__":
    sys.exit(main())
