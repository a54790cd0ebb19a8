#!/bin/sh
# live.sh BUILD FOLDER - a live capture of Linux MPTCP between two network namespaces, in a real Wireshark under Xvfb with
# the plugin of a build: tables and graphs are open while it runs, keep up, and are right at its end. Leaves a screenshot
# of each step in FOLDER, to be looked at. Ends with 1 where a figure is not that of tshark, with 77 where this machine
# can't do that (root, namespaces, MPTCP).
#
# Everything has an end: the transfer after 90 s, Wireshark with the script.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

build=$(cd "$1" && pwd)
mkdir -p "$2"
shots=$(cd "$2" && pwd)
. "$(dirname "$0")/lib.sh"
skip() {
    echo "$script: skipped: $*"
    exit 77
}
[ "$(id -u)" -eq 0 ] || skip "network namespaces and capturing need root"
ip mptcp help 2>&1 | grep -q endpoint || skip "ip has no mptcp command"

client=mptgui-c-$$
server=mptgui-s-$$
# lib.sh runs it at the end.
# shellcheck disable=SC2317
remove_namespaces() {
    ip netns del "$client" 2>/dev/null || true
    ip netns del "$server" 2>/dev/null || true
}
on_exit=remove_namespaces
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
    ip -n "$namespace" mptcp limits set subflow 4 add_addr_accepted 4
done

cat >"$work/peer.py" <<'PYTHON'
import os, socket, sys, time

IPPROTO_MPTCP = 262
role, folder = sys.argv[1:]
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP)
s.settimeout(90)
if role == "server":
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("", 5001))
    s.listen(1)
    open(folder + "/listening", "w").close()
    c, _ = s.accept()
    c.settimeout(90)
    while c.recv(65536):
        pass
    c.close()
else:
    s.connect(("192.0.2.2", 5001))
    for _ in range(900):
        s.sendall(bytes(2000))
        if os.path.exists(folder + "/stop"):
            break
        time.sleep(0.1)
    s.close()
PYTHON
give_away
user="$user --inh-caps=-all,+net_raw,+net_admin --ambient-caps=-all,+net_raw,+net_admin"
start_display
in_namespace="ip netns exec $client"
start_wireshark "$shots/wireshark.log" -k -i c0 -i c1 -w "$here/saved/live.pcapng"
in_namespace=
main=$(window 'Capturing from')
[ -n "$main" ] || fail "Wireshark does not capture"
place_main
entry f 'MPTCP subflows'
place 60 360 1300 300
shot 01-nothing-yet 1
ip netns exec "$server" python3 "$work/peer.py" server "$work" &
pids="$pids $!"
i=0
until [ -e "$work/listening" ] || [ $i -gt 50 ]; do sleep 0.1; i=$((i + 1)); done
ip netns exec "$client" python3 "$work/peer.py" client "$work" &
peer=$!
pids="$pids $peer"
front 'MPTCP subflows'
shot 02-begun 6
ip -n "$server" mptcp endpoint add 198.51.100.2 dev s1 signal
key Down
shot 03-later 5
entry g 'MPTCP graphs'
graph=$found
shot 04-graph 2
sleep 3
activate "$graph"
key F5
shot 05-graph-refreshed 2
close 'MPTCP graphs'
touch "$work/stop"
wait "$peer" || fail "the transfer failed"
# The rest comes out of the look-back when nothing new comes.
sleep 6
front 'MPTCP subflows'
shot 06-transfer-ended 1
save_as 'Save rows as' live.csv
main_window
key ctrl+e
sleep 3
front 'MPTCP subflows'
shot 07-capture-ended 1
quit

# payload_bytes of the client on each subflow
run_tshark -q -r "$here/saved/live.pcapng" -z mptcp,summary,format=csv 2>/dev/null >"$work/summary.csv"
tshark_says=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["direction"] == "c2s" && $at["subflow"] != "" { print $at["subflow"], $at["payload_bytes"] }' "$work/summary.csv")
window_says=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { print $at["subflow"], $at["client_payload_bytes"] }' "$work/saved/live.csv")
[ -n "$tshark_says" ] || fail "tshark finds no MPTCP in the capture"
[ "$window_says" = "$tshark_says" ] || fail "the table says ($window_says), tshark ($tshark_says)"
exit "$failed"
