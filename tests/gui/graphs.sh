#!/bin/sh
# graphs.sh BUILD FOLDER - drives the graph window of a real Wireshark under Xvfb, with the plugin and the module of a
# build. Leaves a screenshot of each step in FOLDER, to be looked at, and checks what a program can check: that tshark
# loads no module and Wireshark does on first use; that pictures and CSV are written, and the CSV is that of tshark; that
# Wireshark survives a reloaded and a closed capture under open windows, and ends with windows open; that without the
# module the HTML report is written. Ends with 1 where one of these fails, with 77 where a program is not installed.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

build=$(cd "$1" && pwd)
mkdir -p "$2"
shots=$(cd "$2" && pwd)
. "$(dirname "$0")/lib.sh"
ls "$build"/mptcpscope/mptcpscope-qt*.so >/dev/null 2>&1 || { echo "$script: $build has no graph window" >&2; exit 77; }

cp "$top/captures/path_blackhole/client.pcapng" "$work/one.pcapng"
cp "$top/captures/csum_fail_multi/client.pcapng" "$work/two.pcapng"
# Wireshark asks xdg-open to show a page.
mkdir "$work/bin"
# shellcheck disable=SC2016
printf '#!/bin/sh\necho "$1" >%s/saved/opened\n' "$here" >"$work/bin/xdg-open"
chmod 755 "$work/bin/xdg-open"
give_away
open_graphs() {
    entry g 'MPTCP graphs'
    graph=$found
    xdotool windowmove --sync "$graph" 100 40
    xdotool windowfocus --sync "$graph"
    sleep 1
}

# ---- tshark
MPT_GUI_ENV=LD_DEBUG=files run_tshark -q -r "$here/one.pcapng" \
    -z mptcp,plot,type=sequence,format=csv,file="$here/saved/tshark.csv" 2>"$work/files"
grep -q mptcpscope.so "$work/files" || fail "tshark did not load the plugin"
! grep -qE 'mptcpscope-qt|libQCustomPlot|libQt.Widgets' "$work/files" || fail "tshark loaded the module of windows"

# ---- the window
start_display
start_main "$shots/wireshark.log" "$here/one.pcapng"
! loaded || fail "the module is loaded before it is used"
open_graphs
loaded || fail "the module is not loaded"
shot 01-sequence 1
for type in 2 3 4 5 6 7 8 9; do
    key $type
    shot 02-type-$type 1
done
key 1
key plus plus Right Right t
shot 03-zoomed 1
key Home t period period period g
shot 04-packet 2
activate "$graph"
key z
xdotool mousemove 560 420 mousedown 1 mousemove 620 480 mousemove 760 620
shot 05-rubber-band 1
xdotool mouseup 1
shot 06-zoomed 1
key z Home space
xdotool mousemove 500 500
sleep 0.5
xdotool mousemove 480 492
shot 07-crosshair 1
key space
save_as 'Save graph as' graph.png
save_as 'Save graph as' graph.pdf
save_as 'Save graph as' graph.csv
diff "$work/saved/graph.csv" "$work/saved/tshark.csv" >"$shots/csv.diff" || fail "the CSV is not that of tshark"
[ "$(head -c 4 "$work/saved/graph.pdf")" = %PDF ] || fail "graph.pdf is no PDF"
cp "$work/saved/graph.png" "$shots/08-saved.png"
cp "$work/saved/graph.pdf" "$shots/08-saved.pdf"
key d
shot 09-other-direction 1

# ---- the capture goes, under two windows
first=$graph
open_graphs
xdotool windowmove --sync "$first" 300 140
main_window
key ctrl+r
sleep 3
activate "$first"
shot 10-reloaded 1
key F5
shot 11-refreshed 1
open_file "$here/two.pcapng"
activate "$first"
key F5
shot 12-other-capture 1
main_window
key ctrl+w
sleep 2
main=$(window 'Wireshark Network Analyzer')
activate "$first"
key period g F5 2
shot 13-closed 1
quit

# ---- as installed: L/wireshark/plugins and L/mptcpscope
mkdir -p "$work/lib/wireshark"
mv "$work/plugins" "$work/lib/wireshark/"
plugins=$here/lib/wireshark/plugins
mv "$work/mptcpscope" "$work/lib/"
start_main "$shots/installed.log" "$here/one.pcapng"
open_graphs
loaded || fail "the module is not found where it is installed"
quit

# ---- without the module
rm -r "$work/lib/mptcpscope"
MPT_GUI_ENV="TMPDIR=$here/saved PATH=$here/bin:/usr/bin:/bin"
start_main "$shots/without.log" "$here/one.pcapng"
menu
key g
shot 14-without 3
close 'MPTCP graphs'
report=$(sed 's/^file:\/\///' "$work/saved/opened" 2>/dev/null || true)
# Without dygraphs there are no pages, and the window of text says so.
grep -q '^MPT_DYGRAPHS:PATH=.*NOTFOUND' "$build/CMakeCache.txt" ||
    grep -q '<h2>Graphs</h2>' "$tree$report" 2>/dev/null || fail "no report was opened where the module is not there"
menu
key r
shot 15-reinjections-without 2
quit
exit "$failed"
