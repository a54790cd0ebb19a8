#!/bin/sh
# times with many connections
set -eu
build=/var/tmp/w/gui/build
shots=/tmp/gui-many; mkdir -p $shots
. /var/tmp/w/gui/main/tests/gui/lib.sh
cp /tmp/gui-many.pcap "$work/many.pcap"
give_away
start_display
start_wireshark "$shots/wireshark.log" "$here/many.pcap"
sleep 2
t0=$(date +%s); until [ -n "$(dialog ^many.pcap)" ] || [ $(( $(date +%s) - t0 )) -gt 280 ]; do sleep 2; done; echo loaded after $(( $(date +%s) - t0 )) s, cpu $(ps -o time= -p $wireshark)
main=$(window "^many.pcap")
place_main
shot loaded 2
for pair in "c:MPTCP connections" "f:MPTCP subflows" "r:MPTCP reinjections" "e:MPTCP events" "d:MPTCP diagnosis" "s:MPTCP summary" "g:MPTCP graphs"; do
menu
a=$(awk '{print $14+$15}' /proc/$wireshark/stat); t=$(date +%s%N)
key ${pair%%:*}
found=$(window "${pair#*:}")
u=$(date +%s%N); b=$(awk '{print $14+$15}' /proc/$wireshark/stat)
sleep 3
d=$(awk '{print $14+$15}' /proc/$wireshark/stat)
echo "${pair#*:}: window after $(( (u-t)/1000000 )) ms, cpu $((b-a))0 ms, after 3 s more cpu $((d-b))0 ms"
shot "${pair%%:*}" 1
xdotool windowactivate --sync "$found"; key alt+F4
sleep 2
done
