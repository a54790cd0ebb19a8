#!/bin/sh
# tidy.sh BUILD [FILE]... - clang-tidy, as .clang-tidy asks, has nothing to say about tap/ and plugin/ (default), or FILE.
#
# BUILD has CMake's compile_commands.json. All processors are used: about a minute and a half of two.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu
[ $# -gt 0 ] || {
    echo "usage: tidy.sh BUILD [FILE]..." >&2
    exit 2
}
build=$(cd "$1" && pwd)
shift
cd "$(dirname "$0")/../.."
command -v clang-tidy >/dev/null || {
    echo "tidy.sh: skipped: clang-tidy is not installed"
    exit 77
}
if [ $# -gt 0 ]; then
    printf '%s\0' "$@"
else
    find tap plugin -name '*.c' -print0
fi | xargs -0 -n 4 -P "$(nproc)" clang-tidy --quiet -p "$build" 2>/dev/null
