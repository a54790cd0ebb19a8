#!/usr/bin/env python3
# tests_in_tree.py COMMAND... - ctest's file for tests of a build elsewhere, each started through COMMAND.
#
# stdin is what `ctest --show-only=json-v1` prints there. Prefix, limit, labels, cost and exit status of a skipped
# test stay.
#
# SPDX-License-Identifier: GPL-2.0-or-later
import json
import sys

KEPT = ("TIMEOUT", "SKIP_RETURN_CODE", "LABELS", "COST")


def quoted(text):
    """An argument that CMake takes as it is."""
    return f"[==[{text}]==]"


for test in json.load(sys.stdin)["tests"]:
    properties = {p["name"]: p["value"] for p in test["properties"]}
    command = ["env", *(["-C", properties["WORKING_DIRECTORY"]] if "WORKING_DIRECTORY" in properties else []),
               *properties.get("ENVIRONMENT", []), *test["command"]]
    print(f"add_test({quoted(test['name'])} {' '.join(map(quoted, sys.argv[1:] + command))})")
    for name in KEPT:
        value = properties.get(name)
        if value is not None:
            text = ";".join(value) if isinstance(value, list) else str(value).removesuffix(".0")
            print(f"set_tests_properties({quoted(test['name'])} PROPERTIES {name} {quoted(text)})")
