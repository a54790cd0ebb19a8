#!/bin/sh
# test_points.sh - mptcp,paths on real traffic captured at three places: a client, a router and a server, each a network
# namespace, with two paths between them and Linux MPTCP over both.
#
# All traffic stays in the namespaces; every wait has an end. Needs root and a kernel with MPTCP, else it is skipped (77).
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

skip() {
    echo "test_points.sh: skipped: $*"
    exit 77
}

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../run-tshark.conf.in
. "${MPT_BUILD:-$here/../../build}/run-tshark.conf"
[ "$(id -u)" -eq 0 ] || skip "network namespaces and capturing need root"
for tool in ip python3 dumpcap mergecap; do
    command -v "$tool" >/dev/null || skip "there is no $tool"
done
ip mptcp help 2>&1 | grep -q endpoint || skip "ip has no mptcp command"

client=mptpoint-c-$$
router=mptpoint-r-$$
server=mptpoint-s-$$
work=$(mktemp -d /tmp/mptpoint.XXXXXX)
chmod 755 "$work"
pids=
cleanup() {
    for pid in $pids; do
        kill "$pid" 2>/dev/null || true
    done
    for namespace in "$client" "$router" "$server"; do
        ip netns del "$namespace" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

fail() {
    echo "test_points.sh: $*"
    cat "$work"/*.log 2>/dev/null || true
    exit 1
}

# wait_for WHAT COMMAND...: up to 2 minutes
wait_for() {
    what=$1
    shift
    tries=1200
    until "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || fail "waited in vain for $what"
        sleep 0.1
    done
}

# link NAMESPACE DEVICE ADDRESS NAMESPACE DEVICE ADDRESS
link() {
    ip link add "$2" netns "$1" type veth peer name "$5" netns "$4"
    ip -n "$1" addr add "$3/24" dev "$2"
    ip -n "$4" addr add "$6/24" dev "$5"
    ip -n "$1" link set "$2" up
    ip -n "$4" link set "$5" up
}

ip netns add "$client" 2>/dev/null || skip "network namespaces can't be made here"
ip netns add "$router"
ip netns add "$server"
link "$client" c0 192.0.2.1 "$router" r0 192.0.2.254 2>/dev/null || skip "there are no veth pairs"
link "$client" c1 198.51.100.1 "$router" r1 198.51.100.254
link "$router" r2 203.0.113.254 "$server" s0 203.0.113.1
link "$router" r3 10.99.0.254 "$server" s1 10.99.0.1
ip netns exec "$router" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
ip -n "$client" route add 203.0.113.0/24 via 192.0.2.254
ip -n "$client" route add 10.99.0.0/24 via 198.51.100.254
ip -n "$server" route add 192.0.2.0/24 via 203.0.113.254
ip -n "$server" route add 198.51.100.0/24 via 10.99.0.254
for namespace in "$client" "$server"; do
    ip netns exec "$namespace" sh -c 'echo 1 >/proc/sys/net/mptcp/enabled' 2>/dev/null || skip "the kernel has no MPTCP"
    ip -n "$namespace" mptcp limits set subflow 4 add_addr_accepted 4 || skip "ip can't set MPTCP limits"
done
ip -n "$server" mptcp endpoint add 10.99.0.1 dev s1 signal

# capture NAMESPACE NAME DEVICE DEVICE
capture() {
    ip netns exec "$1" dumpcap -q -i "$3" -i "$4" -f tcp -a duration:100 -w "$work/$2.pcapng" >"$work/$2.log" 2>&1 &
    pids="$pids $!"
}
capture "$client" client c0 c1
capture "$router" router r2 r3
capture "$server" server s0 s1
capturing() {
    for namespace in "$client" "$router" "$server"; do
        [ "$(ip netns exec "$namespace" cat /proc/net/packet | wc -l)" -ge 3 ] || return 1
    done
}
wait_for "the captures to begin" capturing

cat >"$work/peer.py" <<'PYTHON'
import socket, sys, time

try:
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
except OSError as e:
    sys.exit("no MPTCP socket: %s" % e)
s.settimeout(60)
if sys.argv[1] == "server":
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("", 5001))
    s.listen(1)
    print("listening", flush=True)
    c, _ = s.accept()
    c.settimeout(60)
    total = 0
    while True:
        data = c.recv(65536)
        if not data:
            break
        total += len(data)
    c.close()
    print("received", total, flush=True)
else:
    s.connect(("203.0.113.1", 5001))
    for _ in range(20):
        s.sendall(bytes(100000))
        time.sleep(0.05)
    s.close()
PYTHON
ip netns exec "$server" python3 "$work/peer.py" server >"$work/transfer.log" 2>&1 &
pids="$pids $!"
wait_for "the server" grep -q 'listening\|no MPTCP socket' "$work/transfer.log"
! grep -q 'no MPTCP socket' "$work/transfer.log" || skip "$(cat "$work/transfer.log")"
ip netns exec "$client" python3 "$work/peer.py" client >>"$work/transfer.log" 2>&1 || fail "the transfer failed"
wait_for "the end of the transfer" grep -q 'received 2000000' "$work/transfer.log"
sleep 1
for pid in $pids; do
    kill -INT "$pid" 2>/dev/null || true
done
ended() {
    for pid in $pids; do
        ! kill -0 "$pid" 2>/dev/null || return 1
    done
}
wait_for "the captures to end" ended
pids=

# The order of the files says nothing of the order of the points.
mergecap -I none -w "$work/all.pcapng" "$work/router.pcapng" "$work/server.pcapng" "$work/client.pcapng"
chmod 644 "$work/all.pcapng"
"$here/../run-tshark" -q -r "$work/all.pcapng" -z mptcp,paths,format=json -z mptcp,diagnose,format=json >"$work/report.json" ||
    fail "no report"
python3 - "$work/report.json" <<'PYTHON' || fail "the report is wrong"
import json, sys

got = json.load(open(sys.argv[1]))
problems = []


def check(what, ok, value):
    if not ok:
        problems.append("%s: %s" % (what, value))


points = [(p["name"], p["interface_names"]) for p in got["points"]]
check("points", points == [("client", ["c0", "c1"]), ("middle", ["r2", "r3"]), ("server", ["s0", "s1"])], points)
rows = {(r["subflow"], r["direction"], r["from"], r["to"]): r for r in got["paths"]}
ways = [("c2s", "client", "middle"), ("c2s", "middle", "server"), ("s2c", "server", "middle"), ("s2c", "middle", "client")]
wanted = sorted((s,) + w for s in (0, 1) for w in ways)
check("two subflows, two parts of the way", sorted(rows) == wanted, sorted(rows))
for key, row in rows.items():
    if key[1] == "c2s":
        check("%s: bytes" % (key,), row["bytes"]["sent"] == row["bytes"]["arrived"] > 0 == row["bytes"]["lost"], row["bytes"])
    check("%s: samples" % (key,), row["owd"]["samples"] > 0, row["owd"])
    check("%s: nothing changed" % (key,), not row["changed_options"], row["changed_options"])
check("payload", sum(r["bytes"]["sent"] for k, r in rows.items() if k[1:] == ways[0]) >= 2000000, "")
check("clocks are one", all(abs(c["offset"]) < 1e-3 for c in got["clocks"]), got["clocks"])
changes = ("option_removed", "option_changed", "option_added", "syn_blocked", "addresses_changed", "sequence_changed", "mss_changed")
check("nothing changed", not [f for f in got["findings"] if f["check"] in changes], got["findings"])
print("\n".join(problems))
sys.exit(1 if problems else 0)
PYTHON
echo "test_points.sh: three vantage points, two paths: as it was"
