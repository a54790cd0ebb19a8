#!/bin/sh
# valgrind.sh [CAPTURE] - every report under valgrind: nothing that the plugin allocated is lost, no invalid access.
#
# Wireshark's own losses are none of ours: only records whose stack goes through mptcpscope.so count.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

here=$(cd "$(dirname "$0")" && pwd)
capture=${1:-$here/../captures/csum_fail_multi/client.pcapng}
command -v valgrind >/dev/null || {
    echo "valgrind.sh: valgrind is not installed" >&2
    exit 77
}
passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for report in list summary,full summary,full,format=json tcp,format=csv filter,stream=0 events diagnose reinjections; do
    G_SLICE=always-malloc WIRESHARK_DEBUG_WMEM_OVERRIDE=simple \
        MPT_WRAPPER='valgrind --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite --num-callers=40 --keep-debuginfo=yes' \
        "$here/run-tshark" -q -r "$capture" -z "mptcp,$report" >/dev/null 2>"$log" || true
    if ! grep -q 'ERROR SUMMARY' "$log"; then
        echo "$report: valgrind did not run:"
        tail -n 5 "$log"
        failed=$((failed + 1))
    # Records are divided by lines that hold the process id alone.
    elif sed 's/^==[0-9]*== \{0,1\}//' "$log" | awk -v RS= '/definitely lost in|Invalid (read|write)|uninitialised|Invalid free/ && /mpt_|mptcpscope/ { print; print ""; bad = 1 } END { exit !bad }'; then
        echo "$report: see above"
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
