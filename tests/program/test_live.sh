#!/bin/sh
# test_live.sh - mptcp,events,live on real traffic: Linux MPTCP between two network namespaces that two veth
# pairs join.
#
# The client stops in mid-transfer until the script has seen what it waits for in tshark's output, so that
# lines which appear were printed while the transfer ran. All traffic stays in the two namespaces; every wait
# has an end. Needs root and a kernel with MPTCP, else it is skipped (77).
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

skip() {
    echo "test_live.sh: skipped: $*"
    exit 77
}

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../run-tshark.conf.in
. "${MPT_BUILD:-$here/../../build}/run-tshark.conf"
[ "$(id -u)" -eq 0 ] || skip "network namespaces and capturing need root"
[ -z "$preload" ] || skip "a build with sanitizers can't be preloaded into a program with capabilities"
for tool in ip python3 setpriv; do
    command -v "$tool" >/dev/null || skip "there is no $tool"
done
ip mptcp help 2>&1 | grep -q endpoint || skip "ip has no mptcp command"

client=mptlive-c-$$
server=mptlive-s-$$
work=$(mktemp -d /tmp/mptlive.XXXXXX)
pids=
cleanup() {
    for pid in $pids; do
        kill "$pid" 2>/dev/null || true
    done
    ip netns del "$client" 2>/dev/null || true
    ip netns del "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

ip netns add "$client" 2>/dev/null || skip "network namespaces can't be made here"
ip netns add "$server"
ip link add c0 netns "$client" type veth peer name s0 netns "$server" || skip "there are no veth pairs"
ip link add c1 netns "$client" type veth peer name s1 netns "$server"
for n in 0 1; do
    [ $n = 0 ] && net=192.0.2 || net=198.51.100
    ip -n "$client" addr add "$net.1/24" dev c$n
    ip -n "$server" addr add "$net.2/24" dev s$n
    ip -n "$client" link set c$n up
    ip -n "$server" link set s$n up
done
for namespace in "$client" "$server"; do
    ip netns exec "$namespace" sh -c 'echo 1 >/proc/sys/net/mptcp/enabled' 2>/dev/null || skip "the kernel has no MPTCP"
    ip -n "$namespace" mptcp limits set subflow 4 add_addr_accepted 4 || skip "ip can't set MPTCP limits"
done

# fail SENTENCE: with all that was printed
fail() {
    echo "test_live.sh: $*"
    for file in live errors transfer; do
        echo "--- $file"
        cat "$work/$file" 2>/dev/null || true
    done
    exit 1
}

# wait_for WHAT COMMAND...: up to 2 minutes, for a machine that has others to serve
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

# tshark, as an ordinary user who may capture: Wireshark takes no plugins from WIRESHARK_PLUGIN_DIR for root
mkdir -p "$work/config" "$work/plugins/$release/epan"
cp "$plugins/$release/epan/mptcpscope.so" "$work/plugins/$release/epan"
: >"$work/live"
: >"$work/errors"
chmod -R a+rX "$work"
chown -R 65534:65534 "$work/config"
ip netns exec "$client" setpriv --reuid=65534 --regid=65534 --clear-groups \
    --inh-caps=-all,+net_raw,+net_admin --ambient-caps=-all,+net_raw,+net_admin \
    env HOME="$work/config" WIRESHARK_CONFIG_DIR="$work/config" WIRESHARK_PLUGIN_DIR="$work/plugins" \
    "$tshark" -n -q -i c0 -i c1 -a duration:500 -z mptcp,events,live >"$work/live" 2>"$work/errors" &
tshark_pid=$!
pids="$pids $tshark_pid"
capturing() {
    ! kill -0 "$tshark_pid" 2>/dev/null || [ "$(ip netns exec "$client" cat /proc/net/packet | wc -l)" -ge 3 ]
}
wait_for "tshark to open both interfaces" capturing
kill -0 "$tshark_pid" 2>/dev/null || {
    ! grep -qi 'permission\|not permitted' "$work/errors" || skip "an ordinary user can't be given the right to capture"
    fail "tshark ended"
}

cat >"$work/peer.py" <<'PYTHON'
import os, socket, sys, time

IPPROTO_MPTCP = 262
role, folder = sys.argv[1:]
try:
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP)
except OSError as e:
    sys.exit("no MPTCP socket: %s" % e)
s.settimeout(400)
if role == "server":
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("", 5001))
    s.listen(1)
    print("listening", flush=True)
    c, _ = s.accept()
    c.settimeout(400)
    total = 0
    while True:
        data = c.recv(65536)
        if not data:
            break
        total += len(data)
    c.close()
    print("received", total, flush=True)
else:
    s.connect(("192.0.2.2", 5001))
    s.sendall(bytes(100000))
    for _ in range(4000):
        if os.path.exists(folder + "/continue"):
            break
        time.sleep(0.1)
    else:
        sys.exit("nobody said to continue")
    s.sendall(bytes(100000))
    s.close()
PYTHON
ip netns exec "$server" python3 "$work/peer.py" server "$work" >"$work/transfer" 2>&1 &
server_pid=$!
pids="$pids $server_pid"
listening() {
    grep -q listening "$work/transfer" || ! kill -0 "$server_pid" 2>/dev/null
}
wait_for "the server" listening
! grep -q 'no MPTCP socket' "$work/transfer" || skip "$(cat "$work/transfer")"
ip netns exec "$client" python3 "$work/peer.py" client "$work" >>"$work/transfer" 2>&1 &
client_pid=$!
pids="$pids $client_pid"

# The client waits for the file, so these lines came while the transfer ran.
wait_for "the first connection's line" grep -q 'client asks for MPTCP v1' "$work/live"
# Only now, so that the join can't be written to the file before the handshake that explains it: the interfaces' frames
# come in blocks. The second address has no host: it is announced, confirmed, and never used.
ip -n "$server" mptcp endpoint add 198.51.100.2 dev s1 signal
ip -n "$server" mptcp endpoint add 203.0.113.9 signal
wait_for "the announcement" grep -q 'server announces 198.51.100.2 as address id [0-9]*, HMAC valid' "$work/live"
wait_for "the join" grep -q 'client completes the handshake of subflow 1, HMAC valid' "$work/live"
kill -0 "$client_pid" || fail "the transfer ended before it should"
! grep -q 'DATA_FIN: client is done' "$work/live" || fail "the transfer ended before it should"
touch "$work/continue"
wait_for "the end of the transfer" grep -q 'received 200000' "$work/transfer"
wait_for "the close" grep -q 'DATA_FIN: client is done (200,000 bytes' "$work/live"
! grep -q 'Still open at the end' "$work/live" || fail "the end came before the end of the capture"

kill -INT "$tshark_pid"
stopped() {
    ! kill -0 "$tshark_pid" 2>/dev/null
}
wait_for "tshark to end" stopped
wait "$tshark_pid" || fail "tshark failed"

# In order of arrival, each line once; what was never used at the end.
before_end=$(sed '/^Still open at the end:/,$d' "$work/live")
echo "$before_end" | sed 1d | awk '{ if ($2 < last) exit 1; last = $2 }' || fail "frames are not in order of arrival"
[ "$(echo "$before_end" | sort | uniq -d | wc -l)" -eq 0 ] || fail "a line was printed twice"
sed '1,/^Still open at the end:/d' "$work/live" |
    grep -q 'server announces 203.0.113.9 as address id [0-9]*, HMAC valid; echoed.*; never used' ||
    fail "the address that nobody used is not named at the end"
! sed '1,/^Still open at the end:/d' "$work/live" | grep -q '198.51.100.2 as address id' ||
    fail "an address in use is named at the end"
[ -z "${MPT_SHOW:-}" ] || cat "$work/live"
