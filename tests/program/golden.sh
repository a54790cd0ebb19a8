#!/bin/sh
# golden.sh [--update] [FOLDER]... - compare what tshark prints with what it should print.
#
# A case is a folder of tests/golden/ (default: all), named after what it states:
#   capture             the file to read, from the top of the checkout
#   args                arguments of tshark behind `-q -r CAPTURE`, one a line; lines that begin with # are skipped
#   expected.txt        stdout; the number of the Wireshark release stands there as @WIRESHARK@
#   expected.stderr     stderr (no such file: stderr is empty)
#   status              exit status (no such file: 0)
#   config/             Wireshark settings (no such folder: Wireshark's own)
# --update writes what was printed; read the difference before you commit it. It is refused where CI is set.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$top"
update=
if [ "${1:-}" = --update ]; then
    if [ -n "${CI:-}" ]; then
        echo "golden.sh: --update is refused in CI: expected output is read by a person before it is committed" >&2
        exit 2
    fi
    update=yes
    shift
fi
[ $# -gt 0 ] || set -- "$top"/tests/golden/*/

# shellcheck source=../run-tshark.conf.in
. "${MPT_BUILD:-$top/build}/run-tshark.conf"
version=$(printf %s "$wireshark_version" | sed 's/\./\\./g')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8 TZ=UTC COLUMNS=100

# run FOLDER: leaves stdout, stderr and status in $work
run() {
    set -- "$1" -q -r "$(cat "$1/capture")"
    folder=$1
    shift
    while IFS= read -r argument || [ -n "$argument" ]; do
        case $argument in
            '#'* | '') ;;
            *) set -- "$@" "$argument" ;;
        esac
    done <"$folder/args"
    MPT_CONFIG=
    [ ! -d "$folder/config" ] || MPT_CONFIG=$folder/config
    export MPT_CONFIG
    got=0
    tests/run-tshark "$@" >"$work/out.raw" 2>"$work/err.raw" </dev/null || got=$?
    # A version is not part of a longer number.
    for stream in out err; do
        sed "s/\(^\|[^0-9.]\)$version\(\$\|[^0-9.]\|\.\$\)/\1@WIRESHARK@\2/g" "$work/$stream.raw" >"$work/$stream"
    done
    echo "$got" >"$work/status"
}

# keep FOLDER: what was printed becomes what is expected
keep() {
    cp "$work/out" "$1/expected.txt"
    rm -f "$1/expected.stderr" "$1/status"
    [ ! -s "$work/err" ] || cp "$work/err" "$1/expected.stderr"
    [ "$got" -eq 0 ] || cp "$work/status" "$1/status"
}

# differs EXPECTED GOT LABEL: an absent EXPECTED is an empty one
differs() {
    expected=$1
    [ -e "$expected" ] || expected=$4
    ! diff -u --label "expected $3" --label "got $3" "$expected" "$2"
}

failed=0
: >"$work/empty"
echo 0 >"$work/zero"
for folder in "$@"; do
    folder=${folder%/}
    run "$folder"
    if [ -n "$update" ]; then
        keep "$folder"
        continue
    fi
    name=$(basename "$folder")
    if [ ! -e "$folder/expected.txt" ]; then
        echo "$name: there is no expected.txt; tests/program/golden.sh --update $folder writes it"
        failed=1
    fi
    ! differs "$folder/expected.txt" "$work/out" "$name stdout" "$work/empty" || failed=1
    ! differs "$folder/expected.stderr" "$work/err" "$name stderr" "$work/empty" || failed=1
    ! differs "$folder/status" "$work/status" "$name exit status" "$work/zero" || failed=1
done
exit "$failed"
