#!/bin/sh
# run.sh BUILD FOLDER - drives a real Wireshark under Xvfb with the plugin of a build, and leaves a screenshot of each
# step in FOLDER, to be looked at. Ends with 1 where Wireshark has gone away on the way.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

build=$(cd "$1" && pwd)
mkdir -p "$2"
shots=$(cd "$2" && pwd)
. "$(dirname "$0")/lib.sh"
cp "$top/captures/path_blackhole/client.pcapng" "$work/one.pcapng"
cp "$top/captures/csum_fail_multi/client.pcapng" "$work/two.pcapng"
give_away
start_display
start_wireshark "$shots/wireshark.log"

filter() {
    main_window
    key ctrl+slash
    key ctrl+a
    xdotool type --delay 5 "$1"
    key Return
    sleep 2
}

main=$(window 'Wireshark Network Analyzer')
xdotool windowactivate --sync "$main"
xdotool windowsize --sync "$main" 1500 860
xdotool windowmove "$main" 0 0
shot 01-no-capture 3
menu
shot 02-menu 1
key Escape Escape
open_file "$work/one.pcapng"
main=$(window 'one.pcapng')
shot 03-capture 3
filter 'mptcpscope.data contains "reinjection"'
shot 04-filter 1
main_window
key ctrl+slash ctrl+a Delete Return
sleep 2

# Where the entries of the Statistics menu of 4.0 are with the main window at 0,0.
table() {
    menu
    click 385 "$1"
    sleep 2
}
resize() {
    found=$(dialog "$1")
    xdotool windowsize "$found" "$2" "$3"
    xdotool windowmove "$found" 20 500
    sleep 0.5
}

menu
click 342 783
shot 05-submenu 1
key Escape Escape Escape
table 281
resize 'MPTCP Connections' 1450 220
shot 06-connections 1
close 'MPTCP Connections'
table 306
resize 'MPTCP Subflows' 1450 240
shot 07-subflows 1
# Reload the capture, then close it, under the open dialog.
main_window
key ctrl+r
shot 08-reloaded 3
close 'MPTCP Subflows'
text_window 783
shot 09-summary 1
close 'MPTCP summary'
text_window 807
shot 10-events 1
close 'MPTCP events'
text_window 831
shot 11-diagnosis 1
close 'MPTCP diagnosis'
main_window
open_file "$work/two.pcapng"
main=$(window 'two.pcapng')
text_window 831
shot 12-another-capture 1
close 'MPTCP diagnosis'
main_window
key ctrl+w
sleep 2
main=$(window 'Wireshark Network Analyzer')
shot 13-closed 1
text_window 783
shot 14-nothing-open 1
close 'MPTCP summary'
main_window
open_file "$work/one.pcapng"
main=$(window 'one.pcapng')
key ctrl+g
sleep 1
xdotool type 662
key Return
shot 15-frame 1
key ctrl+q
sleep 3
cp "$work/home/.config/wireshark/profiles/MPTCP/recent" "$shots/recent" 2>/dev/null || true
echo "run.sh: screenshots are in $shots"
