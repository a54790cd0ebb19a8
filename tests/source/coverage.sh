#!/bin/sh
# coverage.sh BUILD - runs the tests of a build with -DMPT_COVERAGE=ON, and says how many lines of each file they reach:
# the target `coverage`.
#
# Tests may run as another user (tests/run-tshark), who has to be able to write counts into the build.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu
[ $# -eq 1 ] || {
    echo "usage: coverage.sh BUILD" >&2
    exit 2
}
build=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
find "$build" -name '*.gcda' -delete
find "$build" -type d -exec chmod a+rwx {} +
umask 0
ctest --test-dir "$build" --parallel "$(nproc)" --label-exclude 'source|tidy' --exclude-regex valgrind --quiet ||
    echo "coverage.sh: tests failed: see $build/Testing/Temporary/LastTestsFailed.log; what they reach counts all the same" >&2
# Of this build alone: another one may lie beside it.
gcovr --root . --filter tap/ --filter plugin/ --exclude-throw-branches --sort-percentage "$build"
gcovr --root . --filter tap/engine/ --exclude-throw-branches "$build" | sed -n 's/^TOTAL/tap\/engine/p'
