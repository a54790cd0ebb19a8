#!/bin/sh
# valgrind.sh [--sample] [CAPTURE]... - reports under valgrind: nothing that the plugin allocated is lost, and no access
# is invalid.
#
# --sample: all reports and formats in one start, tshark's two passes, and sharkd that loads two captures; for one small
# capture (about a minute). Without: the same for every capture given (default: all of captures/), and each report by
# itself. Losses of Wireshark alone are none of ours: only records whose stack goes through our sources count, and not
# those of valgrind.supp.
#
#   MPT_BUILD  the build folder, as for run-tshark
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$(dirname "$here")")
command -v valgrind >/dev/null || {
    echo "valgrind.sh: skipped: valgrind is not installed"
    exit 77
}
# shellcheck source=../run-tshark.conf.in
. "${MPT_BUILD:-$top/build}/run-tshark.conf"
[ -z "$preload" ] || {
    echo "valgrind.sh: skipped: a build with sanitizers can't run under valgrind"
    exit 77
}
sample=
if [ "${1:-}" = --sample ]; then
    sample=yes
    shift
    [ $# -gt 0 ] || set -- "$top/captures/tiny/client.pcapng"
fi
[ $# -gt 0 ] || set -- "$top"/captures/*/*.pcapng

work=$(mktemp -d /tmp/mptvalgrind.XXXXXX)
trap 'rm -rf "$work"' EXIT
chmod 777 "$work"
passed=0
failed=0

# run NAME ARGUMENT...: MPT_PROGRAM under valgrind, fed with MPT_STDIN; what it lost of ours is printed.
# Pool memory has to be malloc's own for valgrind to see it; records are divided by lines with the process id alone.
run() {
    name=$1
    shift
    G_SLICE=always-malloc WIRESHARK_DEBUG_WMEM_OVERRIDE=simple \
        MPT_WRAPPER='valgrind --leak-check=full --show-leak-kinds=definite,indirect,possible --errors-for-leak-kinds=definite,indirect,possible --num-callers=40 --keep-debuginfo=yes --fullpath-after= --suppressions='"$here/valgrind.supp" \
        "$here/../run-tshark" "$@" >"$work/out" 2>"$work/log" <"${MPT_STDIN:-/dev/null}" || true
    if ! grep -q 'ERROR SUMMARY' "$work/log"; then
        echo "$name: valgrind did not run to its end:"
        tail -n 20 "$work/log"
        failed=$((failed + 1))
    elif sed 's/^==[0-9]*== \{0,1\}//' "$work/log" | awk -v RS= -v ours="$top/(plugin|tap)/" \
        '/lost in|Invalid (read|write|free)|ninitialised|overlap|Mismatched/ && $0 ~ ours { print; print ""; bad = 1 }
         END { exit !bad }'; then
        echo "$name: see above"
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
}

# Each report in each of its formats.
texts='list summary,full tcp filter,stream=0 help events diagnose conformance reinjections flow'
formats='list,format=csv summary,full,format=csv tcp,format=csv events,format=csv diagnose,format=csv
    reinjections,format=csv conformance,format=csv flow,format=csv flow,full,format=svg plot,stream=0,format=csv plot,stream=0,format=svg
    plot,stream=0,format=xpl plot,stream=0,format=html unfold,stream=0'
documents='list,format=json summary,full,format=json tcp,format=json events,format=json diagnose,format=json
    reinjections,format=json conformance,format=json flow,format=json'
# Of a merged capture, which has two vantage points: the others above would be refused, and end tshark by force.
merged='-z mptcp,paths,full -z mptcp,paths,format=csv -z mptcp,paths,full,format=json -z mptcp,summary,at=server
    -z mptcp,paths,samples,format=csv'

# collect: the -z of all of them into $all, each of $formats into a file of its own
collect() {
    all=
    n=0
    for report in $texts $documents; do
        all="$all -z mptcp,$report"
    done
    for report in $formats; do
        n=$((n + 1))
        all="$all -z mptcp,$report,file=$work/report$n"
    done
    all="$all -z follow,mptcp,hex,0 -z mptcp,events,live -z mptcp,summary,from=0.01,to=0.5 -z mptcp,summary,tcp.port!=1"
}

sharkd_requests() {
    for capture in "$@"; do
        printf '{"jsonrpc":"2.0","id":1,"method":"load","params":{"file":"%s"}}\n' "$capture"
        for method in '"frames","params":{"filter":"mptcpscope.connection","column0":"mptcpscope.data:1"}' \
            '"frame","params":{"frame":4,"proto":true}' '"tap","params":{"tap0":"nstat:mptcp_connections"}' \
            '"tap","params":{"tap0":"nstat:mptcp_subflows"}'; do
            printf '{"jsonrpc":"2.0","id":2,"method":%s}\n' "$method"
        done
    done
}

# all_covered: every report that mptcp,help names is among those above
all_covered() {
    names=$("$here/../run-tshark" -q -r "$top/captures/tiny/client.pcapng" -z mptcp,help |
        sed -n '/^options:/q; s/^  \([a-z]*\) .*/\1/p')
    [ -n "$names" ] || names='(mptcp,help prints nothing)'
    for name in $names; do
        case " $(echo "$texts $formats $documents $merged" | tr '\n' ' ')" in
            *[\ ,]"$name"[,\ ]*) ;;
            *)
                echo "mptcp,$name: not run here"
                failed=$((failed + 1))
                ;;
        esac
    done
}

collect
all_covered
previous=$top/captures/fastclose_client/client.pcapng
cp "$previous" "$work/first.pcapng"
for capture in "$@"; do
    # shellcheck disable=SC2086
    run "$capture, all reports" -q -r "$capture" $all
    both=$(dirname "$capture")/server.pcapng
    if [ "$both" != "$capture" ] && [ -e "$both" ] && command -v mergecap >/dev/null; then
        mergecap -I none -w "$work/both.pcapng" "$capture" "$both"
        # shellcheck disable=SC2086
        run "$capture and $both" -q -r "$work/both.pcapng" $merged
    fi
    run "$capture, two passes" -2 -r "$capture" -Y mptcpscope -T fields -e mptcpscope.connection -e mptcpscope.data \
        -o mptcpscope.fields:always -z mptcp,summary -z mptcp,plot,format=svg,file="$work/plot" \
        -o mptcpscope.keys:0000000000000001:0000000000000002:1
    cp "$capture" "$work/second.pcapng"
    sharkd_requests "$work/first.pcapng" "$work/second.pcapng" >"$work/requests"
    MPT_PROGRAM=sharkd MPT_STDIN=$work/requests run "$capture, sharkd" -
    [ -z "$sample" ] || continue
    # shellcheck disable=SC2086
    run "$capture, two passes, all reports" -2 -q -r "$capture" $all
    for report in $texts $formats $documents; do
        case $report in
            plot* | unfold*) run "$capture, $report" -q -r "$capture" -z "mptcp,$report,file=$work/report" ;;
            *) run "$capture, $report" -q -r "$capture" -z "mptcp,$report" ;;
        esac
    done
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
