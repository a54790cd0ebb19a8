#!/bin/sh
# format.sh [--fix] [FILE]... - clang-format would change nothing (default: in all C and C++ files); --fix changes it.
#
# Versions of clang-format differ in details: only the one that the sources are formatted with is asked.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu
cd "$(dirname "$0")/../.."
version=14
for format in clang-format-$version clang-format ''; do
    case $("${format:-:}" --version 2>/dev/null) in
        *" version $version."*) break ;;
    esac
done
[ -n "$format" ] || {
    echo "format.sh: skipped: clang-format $version is not installed"
    exit 77
}
how=--dry-run
if [ "${1:-}" = --fix ]; then
    how=-i
    shift
fi
if [ $# -gt 0 ]; then
    printf '%s\0' "$@"
else
    find tap plugin tests -regex '.*\.\(c\|h\|cpp\)' -print0
fi | xargs -0 "$format" -Werror "$how"
