#!/bin/sh
# merged.sh BUILD FOLDER [PAIR]... - captures of both ends, merged, in a real Wireshark under Xvfb with the plugin of a build:
# each packet is counted once, at the end that the box of a window says. Of each pair the tables of both ends, the paths and
# points of graphs are saved and compared with tshark's reports (merged_figures.py). A PAIR is a folder with client.pcapng and
# server.pcapng, or two files as ONE:OTHER; without any all of captures/. Of path_blackhole, or else the first, screenshots are
# left in FOLDER, to be looked at. Ends with 1 where a figure differs.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

build=$(cd "$1" && pwd)
mkdir -p "$2"
shots=$(cd "$2" && pwd)
shift 2
. "$(dirname "$0")/lib.sh"
for program in mergecap python3; do
    command -v "$program" >/dev/null || { echo "$script: $program is not installed" >&2; exit 77; }
done
[ $# -gt 0 ] || set -- "$top"/captures/*/
names=
shown=
for pair in "$@"; do
    case $pair in
        *:*) client=${pair%%:*} server=${pair#*:} ;;
        *) client=${pair%/}/client.pcapng server=${pair%/}/server.pcapng ;;
    esac
    if ! [ -f "$client" ] || ! [ -f "$server" ]; then continue; fi
    name=$(basename "$(dirname "$client")")
    mergecap -I none -w "$work/$name.pcapng" "$client" "$server"
    names="$names $name"
    [ -n "$shown" ] && [ "$name" != path_blackhole ] || shown=$name
done
give_away

# picture NAME [SECONDS]: of one pair; of the others it waits a little.
picture() {
    if [ "$name" = "$shown" ]; then shot "$@"; else sleep 0.3; fi
}
# save NAME: of the window in front, below the pair's folder
save() { save_as "$1" "$name/$2"; }
# table LETTER TITLE NAME: that table at both ends, the second chosen with the box (where there is one)
table() {
    entry "$1" "$2"
    place 60 420 1380 360
    picture "$3-at-client" 1
    save 'Save rows as' "$3-client.csv"
    [ "$points" -gt 1 ] || { close "$2"; return 0; }
    front "$2"
    key alt+t Down
    picture "$3-at-server" 1
    save 'Save rows as' "$3-server.csv"
    front "$2"
}
# graph NUMBER NAME END: the points of that graph
graph() {
    front 'MPTCP graphs'
    key "$1"
    picture "graph-$2-at-$3" 2
    save 'Save graph as' "graph-$2-$3.csv"
}
# one: the pair $name
one() {
    open_file "$here/$name.pcapng"
    entry s 'MPTCP summary'
    picture summary 1
    close 'MPTCP summary'
    table c 'MPTCP connections' connections
    close 'MPTCP connections'
    table f 'MPTCP subflows' subflows
    if [ "$name" = "$shown" ]; then
        # From a row that is counted at the server to its packets there.
        click 400 560
        key alt+a
        shot filter-of-a-row 2
        front 'MPTCP subflows'
    fi
    close 'MPTCP subflows'
    if [ "$name" = "$shown" ]; then
        main_window
        key ctrl+slash ctrl+a Delete Return
        sleep 2
    fi
    table r 'MPTCP reinjections' reinjections
    close 'MPTCP reinjections'
    table e 'MPTCP events' events
    close 'MPTCP events'
    entry p 'MPTCP paths'
    place 60 420 1380 360
    picture paths 1
    [ "$points" -eq 1 ] || save 'Save rows as' paths.csv
    close 'MPTCP paths'
    entry d 'MPTCP diagnosis'
    place 60 420 1300 360
    picture diagnosis 1
    [ "$points" -eq 1 ] || save 'Save rows as' findings.csv
    close 'MPTCP diagnosis'
    entry g 'MPTCP graphs'
    place 40 60 1400 760
    graph 1 sequence client
    graph 2 throughput client
    [ "$points" -eq 1 ] || {
        graph 9 owd client
        front 'MPTCP graphs'
        key alt+t Down
        sleep 1
        graph 1 sequence server
        graph 2 throughput server
    }
    close 'MPTCP graphs'
}
# What tshark says of the pair $name, into $work/tshark/NAME.
say() { run_tshark -q -r "$here/$name.pcapng" -z "mptcp,$1" 2>/dev/null >"$work/tshark/$name/$2"; }
tshark_says() {
    mkdir -p "$work/tshark/$name"
    say paths,format=json points.json
    points=$(python3 -c 'import json, sys; print(len(json.load(open(sys.argv[1]))["points"]))' \
        "$work/tshark/$name/points.json" 2>/dev/null || echo 1)
    for end in client server; do
        [ "$points" -gt 1 ] && at=,at=$end || at=
        for report in list summary reinjections events; do
            say "$report,format=csv$at" "$report-$end.csv"
        done
        for type in sequence throughput; do
            say "plot,type=$type,format=csv$at" "graph-$type-$end.csv"
        done
    done
    [ "$points" -gt 1 ] || { rm "$work/tshark/$name"/*-server.csv; return 0; }
    say paths,format=csv paths.csv
    say diagnose,format=csv findings.csv
    say plot,type=owd,format=csv graph-owd-client.csv
}

start_display
start_wireshark "$shots/wireshark.log"
main=$(window 'Wireshark Network Analyzer')
place_main
for name in $names; do
    mkdir -m 777 "$work/saved/$name"
    tshark_says
    one
    python3 "$top/tests/gui/merged_figures.py" "$work/saved/$name" "$work/tshark/$name" "$name" || failed=1
done
quit
echo "$script: screenshots are in $shots"
exit "$failed"
