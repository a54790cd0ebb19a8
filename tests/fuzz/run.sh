#!/bin/sh
# run.sh [SECONDS] [TARGET]... - libFuzzer with AddressSanitizer and UBSan, an hour each by default.
#
# Builds into build-fuzz/ with clang. What was found lies in build-fuzz/found/: put it into tests/fuzz/crashes/<target>/
# and it is a test of every build.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
seconds=${1:-3600}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- option arguments engine reader summary events diagnose reinjections plot
command -v clang >/dev/null || {
    echo "run.sh: clang is not installed (Debian: apt-get install clang libclang-rt-dev)" >&2
    exit 1
}
cmake -S "$top" -B "$top/build-fuzz" -DCMAKE_C_COMPILER=clang -DMPT_ENGINE_ONLY=ON -DMPT_FUZZER=ON
for target in "$@"; do
    cmake --build "$top/build-fuzz" --parallel "$(nproc)" --target "fuzz_$target"
    mkdir -p "$top/build-fuzz/corpus/$target" "$top/build-fuzz/found"
    set --
    case $target in
    option | arguments | reader) inputs=$target ;;
    *) inputs=engine ;;
    esac
    for folder in seeds crashes; do
        [ ! -d "$top/tests/fuzz/$folder/$inputs" ] || set -- "$@" "$top/tests/fuzz/$folder/$inputs"
    done
    "$top/build-fuzz/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=60 -rss_limit_mb=1024 -max_len=1024 \
        -artifact_prefix="$top/build-fuzz/found/$target-" "$top/build-fuzz/corpus/$target" "$@"
done
