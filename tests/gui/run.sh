#!/bin/sh
# run.sh BUILD FOLDER - drives a real Wireshark under Xvfb with the plugin of a build, and leaves a screenshot of each
# step in FOLDER, to be looked at. Ends with 1 where Wireshark has gone away on the way.
#
# Needs wireshark, Xvfb, openbox, xdotool and ImageMagick (import). As root Wireshark ignores WIRESHARK_PLUGIN_DIR: uid
# 65534 is used then.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

for program in wireshark Xvfb openbox xdotool import; do
    command -v "$program" >/dev/null || { echo "run.sh: $program is not installed" >&2; exit 77; }
done
top=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$1" && pwd)
mkdir -p "$2"
shots=$(cd "$2" && pwd)
capture=$top/captures/path_blackhole/client.pcapng
other=$top/captures/csum_fail_multi/client.pcapng
work=$(mktemp -d /tmp/mptcpscope-gui.XXXXXX)
pids=
trap 'kill $pids 2>/dev/null || :; wait || :; rm -rf "$work"' EXIT INT TERM

mkdir -p "$work/home/.config/wireshark/profiles" "$work/run"
cp -R "$build/plugins" "$work/plugins"
cp -R "$top/packaging/profile/MPTCP" "$work/home/.config/wireshark/profiles/"
cp "$capture" "$work/one.pcapng"
cp "$other" "$work/two.pcapng"
chmod -R a+rX "$work"
user=
if [ "$(id -u)" -eq 0 ]; then
    chown -R 65534:65534 "$work"
    user='setpriv --reuid=65534 --regid=65534 --clear-groups'
fi
chmod 700 "$work/run"

display=:$((70 + $$ % 20))
Xvfb "$display" -screen 0 1500x900x24 >/dev/null 2>&1 &
pids=$!
export DISPLAY="$display"
until xdotool getdisplaygeometry >/dev/null 2>&1; do sleep 0.2; done
openbox >/dev/null 2>&1 &
pids="$pids $!"
# shellcheck disable=SC2086
$user env HOME="$work/home" XDG_RUNTIME_DIR="$work/run" LC_ALL=C.UTF-8 WIRESHARK_PLUGIN_DIR="$work/plugins" \
    wireshark -C MPTCP >"$shots/wireshark.log" 2>&1 &
wireshark=$!
pids="$pids $wireshark"

shot() {
    sleep "${2:-2}"
    kill -0 "$wireshark" 2>/dev/null || { echo "run.sh: Wireshark has ended before $1" >&2; exit 1; }
    import -window root "$shots/$1.png"
}
key() { xdotool key --clearmodifiers --delay 60 "$@"; }
window() { xdotool search --sync --onlyvisible --name "$1" | tail -n 1; }
open_file() {
    key ctrl+o
    sleep 2
    xdotool type --delay 5 "$1"
    key Return
    sleep 5
}
main_window() { xdotool windowactivate --sync "$main"; sleep 0.5; }
# Statistics is the 7th menu; an entry is found by what it begins with.
menu() {
    main_window
    key alt+s
    sleep 1
}
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

click() {
    xdotool mousemove "$1" "$2"
    sleep 0.4
    xdotool click 1
    sleep 0.4
}
# Where the entries of the Statistics menu of 4.0 are with the main window at 0,0.
table() {
    menu
    click 385 "$1"
    sleep 2
}
text_window() {
    menu
    click 342 783
    xdotool mousemove 760 "$1"
    sleep 0.4
    xdotool click 1
    sleep 2
}
dialog() { xdotool search --onlyvisible --name "$1" | tail -n 1; }
# close NAME: the dialog of that name, whichever window is in front
close() {
    found=$(dialog "$1")
    [ -n "$found" ] || return 0
    xdotool windowactivate --sync "$found"
    key alt+F4
    sleep 1
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
