#!/bin/sh
# flow.sh BUILD FOLDER [CAPTURE] - drives the window of Statistics > MPTCP > Flow in a real Wireshark under Xvfb, with the plugin
# and the module of a build: of CAPTURE, or of path_blackhole merged from both ends. Leaves a screenshot of each step in FOLDER,
# to be looked at, and checks that the window opens, how soon, that its picture is the one that the report writes, that a click
# selects the packet, and that Wireshark survives a capture that is read again and closed under the window. Ends with 1 where
# one of these fails, with 77 where a program is not installed.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

build=$(cd "$1" && pwd)
mkdir -p "$2"
shots=$(cd "$2" && pwd)
given=${3:-}
. "$(dirname "$0")/lib.sh"
ls "$build"/mptcpscope/mptcpscope-qt*.so >/dev/null 2>&1 || { echo "$script: $build has no windows" >&2; exit 77; }

if [ -n "$given" ]; then
    cp "$given" "$work/one.pcapng"
else
    mergecap -I none -w "$work/one.pcapng" "$top"/captures/path_blackhole/client.pcapng \
        "$top"/captures/path_blackhole/server.pcapng
fi
cp "$top/captures/fastclose_client/client.pcapng" "$work/two.pcapng"
give_away

start_display
start_main "$shots/wireshark.log" "$here/one.pcapng"
begun=$(date +%s%N)
entry l 'MPTCP Flow'
echo "open after $((($(date +%s%N) - begun) / 1000000)) ms, most of which are the script's own pauses"
flow=$found
place 100 20 1200 860
shot 01-opened 1
xdotool mousemove 500 400
shot 02-hover 2
click 500 400
shot 03-clicked 1
activate "$flow"
key plus
shot 04-more-detail 1
key Home
key plus plus plus plus
shot 05-each-packet 2
key End
shot 06-end 1
key minus minus
save_as 'Save flow as' shown.svg
[ -s "$work/saved/shown.svg" ] || fail "no picture was saved"
front 'MPTCP Flow'
key alt+w Down Down
key Return
shot 07-data 1
front 'MPTCP Flow'
key alt+u Down Down Return
shot 08-one-subflow 1
main_window
key ctrl+r
sleep 5
shot 09-read-again 1
open_file "$here/two.pcapng"
front 'MPTCP Flow'
key F5
shot 10-another-file 2
alive || fail "Wireshark has ended"
key F1
shot 11-help 1
exit $failed
