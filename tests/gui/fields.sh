#!/bin/sh
# fields.sh BUILD FOLDER - the fields mptcpscope.* as columns of a real Wireshark under Xvfb with the plugin of a build: every
# capture of captures/, opened one after the other, its packet list saved by File > Export Packet Dissections > As CSV, and
# the sums of what is there compared with the report of tshark (test_fields.py --columns). Then I/O Graphs with a sum for each
# field and direction, copied as CSV. Leaves screenshots in FOLDER, to be looked at. Ends with 1 where a figure differs.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

build=$(cd "$1" && pwd)
mkdir -p "$2"
shots=$(cd "$2" && pwd)
. "$(dirname "$0")/lib.sh"
for program in python3 xclip; do
    command -v "$program" >/dev/null || { echo "$script: $program is not installed" >&2; exit 77; }
done
sum='first_bytes reinjected_bytes reinjected_same_bytes retrans_bytes unmapped_bytes fallback_bytes'

# A column for each field that is compared, and a graph for each sum in each direction of connection 0.
settings=$work/home/.config/wireshark/profiles/MPTCP
{
    echo 'gui.column.format:'
    python3 "$top/tests/program/test_fields.py" --names | sed 's/.*/\t"&", "%Cus:&:0:R",/; $s/,$//'
} >"$settings/preferences"
for name in $sum; do
    for role in client server; do
        printf '"Enabled","%s %s","mptcpscope.connection == 0 && mptcpscope.role == \\x22%s\\x22","#2e7eb8","Line",' \
            "$role" "$name" "$role"
        printf '"SUM(Y Field)","mptcpscope.%s","None","1"\n' "$name"
    done
done >"$settings/io_graphs"
for capture in "$top"/captures/*/*.pcapng; do
    cp "$capture" "$work/$(basename "$(dirname "$capture")")-$(basename "$capture")"
done
give_away
start_display
start_wireshark "$shots/wireshark.log"
main=$(window 'Wireshark Network Analyzer')
place_main

for capture in "$top"/captures/*/*.pcapng; do
    name=$(basename "$(dirname "$capture")")-$(basename "$capture" .pcapng)
    open_file "$here/$name.pcapng"
    # File, and from its end: Export Packet Dissections > As CSV.
    main_window
    key alt+f
    sleep 1
    key Up Up Up Up Up Up Up Right
    sleep 0.5
    key c
    window 'Export Packet Dissections' >/dev/null
    sleep 1
    write_text "$here/saved/$name.csv"
    shot "$name" 0.5
    key Return
    sleep 2
    run_tshark -q -r "$here/$name.pcapng" -z mptcp,summary,full,format=json >"$work/report.json" 2>/dev/null
    python3 "$top/tests/program/test_fields.py" --columns "$work/saved/$name.csv" "$work/report.json" "$name" ||
        fail "$name: the columns are not what the report says"
done

# ---- Wireshark's own sums, of the last capture that is open
open_file "$here/path_blackhole-client.pcapng"
main_window
key alt+s
sleep 1
key i
sleep 3
front 'I/O Graphs'
place 50 50 1200 700
shot graphs 2
# Copy
click 926 727
sleep 1
xclip -o -selection clipboard >"$work/graphs.csv" || fail "I/O Graphs copied nothing"
close 'I/O Graphs'
quit

awk -F, 'NR == 1 { for (i = 2; i <= NF; i++) { gsub(/"/, "", $i); name[i] = $i }; next }
    { for (i = 2; i <= NF; i++) sum[i] += $i }
    END { for (i in name) print name[i], sum[i] + 0 }' "$work/graphs.csv" | sort >"$work/window_says"
run_tshark -q -r "$here/path_blackhole-client.pcapng" -z mptcp,summary,full,format=csv 2>/dev/null |
    awk -F, -v names="$sum" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; split(names, name, " "); next }
        $at["connection"] == 0 && $at["subflow"] == "" {
            role = $at["direction"] == "c2s" ? "client" : "server"
            for (i in name) print role, name[i], $at[name[i]]
        }' | sort >"$work/tshark_says"
[ "$(wc -l <"$work/tshark_says")" -eq 12 ] || fail "tshark has not the twelve sums"
diff "$work/tshark_says" "$work/window_says" >&2 || fail "I/O Graphs has other sums than tshark"
echo "$script: screenshots are in $shots"
exit "$failed"
