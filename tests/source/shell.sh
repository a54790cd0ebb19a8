#!/bin/sh
# shell.sh - shellcheck has nothing to say about any script.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu
cd "$(dirname "$0")/../.."
command -v shellcheck >/dev/null || {
    echo "shell.sh: skipped: shellcheck is not installed"
    exit 77
}
find .ci packaging tests -type f -exec grep -qE '^#!/bin/(ba)?sh|^# shellcheck shell=' {} \; -exec shellcheck {} +
