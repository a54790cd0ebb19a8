#!/bin/sh
# merged.sh BUILD FOLDER - the captures of both ends, merged, in a real Wireshark under Xvfb with the plugin of a build: each
# packet is counted once, at the end that the box of a window says. Tables of both ends and the paths are saved and compared
# with tshark's reports; the graph of one-way delays is drawn. Leaves screenshots in FOLDER, to be looked at. Ends with 1
# where a figure differs.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

build=$(cd "$1" && pwd)
mkdir -p "$2"
shots=$(cd "$2" && pwd)
. "$(dirname "$0")/lib.sh"
command -v mergecap >/dev/null || { echo "$script: mergecap is not installed" >&2; exit 77; }
pair=$top/captures/path_blackhole
mergecap -I none -w "$work/both.pcapng" "$pair/client.pcapng" "$pair/server.pcapng"
give_away
start_display
start_wireshark "$shots/wireshark.log"
main=$(window 'Wireshark Network Analyzer')
place_main
open_file "$here/both.pcapng"

entry s 'MPTCP summary'
shot 01-summary 1
close 'MPTCP summary'
entry f 'MPTCP subflows'
place 60 420 1380 360
shot 02-subflows-at-client 1
save_as 'Save rows as' client.csv
front 'MPTCP subflows'
key alt+t Down
shot 03-subflows-at-server 1
save_as 'Save rows as' server.csv
front 'MPTCP subflows'
# From a row that is counted at the server to its packets there.
click 400 560
key alt+a
shot 04-filter-of-a-row 2
close 'MPTCP subflows'
main_window
key ctrl+slash ctrl+a Delete Return
sleep 2
entry p 'MPTCP paths'
place 60 420 1380 360
shot 05-paths 1
save_as 'Save rows as' paths.csv
close 'MPTCP paths'
entry d 'MPTCP diagnosis'
place 60 420 1300 360
shot 06-diagnosis 1
close 'MPTCP diagnosis'
entry g 'MPTCP graphs'
place 40 60 1400 760
key 1
shot 07-sequence 2
key 9
shot 08-one-way-delays 2
close 'MPTCP graphs'
quit

# columns CSV NAME...: these columns, by their names
columns() {
    file=$1
    shift
    tr -d '\r' <"$file" | awk -F, -v names="$*" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; n = split(names, name, " "); next }
        { for (i = 1; i <= n; i++) printf "%s ", $at[name[i]]; print "" }'
}

# Of each end: payload and retransmissions of the subflows.
for end in client server; do
    run_tshark -q -r "$here/both.pcapng" -z "mptcp,summary,format=csv,at=$end" 2>/dev/null >"$work/$end.tshark"
    columns "$work/$end.tshark" connection subflow direction payload_bytes retrans_bytes |
        awk '$2 ~ /^[0-9]+$/ && NF == 5 { payload[$1 " " $2 " " $3] = $4; again[$1 " " $2] += $5; key[$1 " " $2] = 1 }
            END { for (k in key) print k, payload[k " c2s"], payload[k " s2c"], again[k] }' | sort >"$work/$end.said"
    columns "$work/saved/$end.csv" connection subflow client_payload_bytes server_payload_bytes retransmitted_bytes |
        sed 's/ $//' | sort >"$work/$end.shown"
    [ -s "$work/$end.said" ] || fail "tshark says nothing of the $end's end"
    diff "$work/$end.said" "$work/$end.shown" >&2 || fail "the subflows at the $end's end are not those of tshark"
done
run_tshark -q -r "$here/both.pcapng" -z mptcp,paths,format=csv 2>/dev/null >"$work/paths.tshark"
for file in "$work/paths.tshark" "$work/saved/paths.csv"; do
    columns "$file" connection subflow owd_min_s owd_median_s owd_p95_s owd_max_s sent_bytes arrived_bytes lost_bytes \
        lost_segments held_up_bytes >"$file.columns"
done
diff "$work/paths.tshark.columns" "$work/saved/paths.csv.columns" >&2 || fail "the paths are not those of tshark"
echo "$script: screenshots are in $shots"
exit "$failed"
