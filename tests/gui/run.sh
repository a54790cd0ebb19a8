#!/bin/sh
# run.sh BUILD FOLDER - drives a real Wireshark under Xvfb with the plugin of a build, as a user would: every entry of
# Statistics > MPTCP but Graphs (graphs.sh), sorting, filtering, copying, saving, packets and filters from rows; a capture
# that is reloaded, dissected again, replaced and closed under open windows. Leaves a screenshot of each step in FOLDER,
# to be looked at. Ends with 1 where Wireshark has gone away on the way, or what is saved is not what tshark says.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

build=$(cd "$1" && pwd)
mkdir -p "$2"
shots=$(cd "$2" && pwd)
. "$(dirname "$0")/lib.sh"
cp "$top/captures/path_blackhole/client.pcapng" "$work/one.pcapng"
cp "$top/captures/csum_fail_multi/client.pcapng" "$work/two.pcapng"
# A file without any TCP: the first two frames.
give_away
run_tshark -r "$here/one.pcapng" -Y arp -w "$here/saved/none.pcapng" 2>/dev/null
start_display
start_wireshark "$shots/wireshark.log"
main=$(window 'Wireshark Network Analyzer')
place_main

# ---- nothing is open
shot 01-no-capture 3
menu
shot 02-menu 1
key Escape Escape Escape
entry c 'MPTCP connections'
place 100 100 1200 400
shot 03-connections-without-capture 1
close 'MPTCP connections'
entry s 'MPTCP summary'
shot 04-summary-without-capture 1
close 'MPTCP summary'

# ---- a capture; each entry
open_file "$here/one.pcapng"
shot 05-capture 1
entry c 'MPTCP connections'
place 60 420 1380 360
shot 06-connections 1
close 'MPTCP connections'
entry f 'MPTCP subflows'
place 60 420 1380 360
shot 07-subflows 1
# A row, and what can be done with it.
key Down
key Down
shot 08-row-chosen 1
key alt+a
shot 09-filter-applied 2
key alt+g
shot 10-graph-of-row 2
close 'MPTCP graphs'
front 'MPTCP subflows'
save_as 'Save rows as' subflows.csv
close 'MPTCP subflows'
main_window
key ctrl+slash ctrl+a Delete Return
sleep 2

entry r 'MPTCP reinjections'
place 60 360 1380 420
shot 11-reinjections 1
# The header of a column of numbers, twice: the largest first.
click 375 447
click 375 447
shot 12-sorted 1
key ctrl+f
write_text 'useful 2,624'
shot 13-rows-with-words 1
key Escape
sleep 0.5
key Tab Down
key Return
shot 14-at-packet 2
front 'MPTCP reinjections'
click 300 520 3
shot 15-context-menu 1
key Escape
key ctrl+c
save_as 'Save rows as' reinjections.csv
close 'MPTCP reinjections'
entry e 'MPTCP events'
place 60 300 1300 480
shot 16-events 1
close 'MPTCP events'
entry d 'MPTCP diagnosis'
place 60 420 1300 360
shot 17-diagnosis 1
key Down Return
shot 18-at-packet-of-finding 2
front 'MPTCP diagnosis'
save_as 'Save rows as' findings.csv
close 'MPTCP diagnosis'
entry s 'MPTCP summary'
shot 19-summary 1
close 'MPTCP summary'
entry k 'MPTCP keys and addresses'
shot 20-keys 1
close 'MPTCP keys and addresses'

# ---- the capture changes under open windows
entry f 'MPTCP subflows'
place 60 300 1300 240
entry d 'MPTCP diagnosis'
place 60 580 1300 260
main_window
key ctrl+r
sleep 3
front 'MPTCP subflows'
front 'MPTCP diagnosis'
shot 21-reloaded 1
key F5
shot 22-refreshed 1
# Dissected again, as after a preference was changed: Analyze > Reload Lua Plugins does the same.
main_window
key ctrl+shift+l
sleep 4
front 'MPTCP subflows'
front 'MPTCP diagnosis'
shot 23-dissected-again 1
key F5
open_file "$here/two.pcapng"
front 'MPTCP subflows'
key F5
front 'MPTCP diagnosis'
shot 24-other-capture 1
key F5
shot 25-other-capture-refreshed 1
open_file "$here/saved/none.pcapng"
front 'MPTCP subflows'
key F5
front 'MPTCP diagnosis'
key F5
shot 26-without-mptcp 1
main_window
key ctrl+w
sleep 2
main=$(window 'Wireshark Network Analyzer')
front 'MPTCP subflows'
key Down Return alt+a alt+g F5
front 'MPTCP diagnosis'
key Down Return alt+a alt+g
shot 27-closed 1
open_file "$here/one.pcapng"
front 'MPTCP subflows'
key F5
front 'MPTCP diagnosis'
key F5
shot 28-open-again 1
# With windows open.
quit

# ---- what was saved is what tshark says
report() { run_tshark -q -r "$here/one.pcapng" -z "mptcp,$1,format=csv" 2>/dev/null; }
rows() { sed 1d "$1" | wc -l; }
report reinjections >"$work/again.csv"
report diagnose >"$work/diagnose.csv"
# Column NAME of FILE, sorted.
column() {
    awk -F, -v name="$2" 'NR == 1 { sub(/\r$/, ""); for (i = 1; i <= NF; i++) if ($i == name) k = i; next }
        k { print $k }' "$1" | sort
}
for name in frame bytes first_frame later_s; do
    column "$work/saved/reinjections.csv" $name >"$work/a"
    column "$work/again.csv" $name >"$work/b"
    if [ ! -s "$work/a" ] || ! cmp -s "$work/a" "$work/b"; then
        fail "the column $name of reinjections.csv is not that of tshark"
    fi
done
[ "$(rows "$work/saved/subflows.csv")" -eq 2 ] || fail "subflows.csv has not two rows"
[ "$(column "$work/saved/subflows.csv" tcp_stream | tr '\n' ' ')" = "0 1 " ] || fail "subflows.csv has other streams"
[ "$(rows "$work/saved/findings.csv")" -eq "$(rows "$work/diagnose.csv")" ] || fail "findings.csv is not that of tshark"
echo "$script: screenshots are in $shots"
exit "$failed"
