# lib.sh - a real Wireshark under Xvfb with the plugin of a build, for the scripts beside this one; to be sourced.
#
# Before: $build, the build's folder, and $shots, the folder of screenshots. Needs wireshark, Xvfb, openbox, xdotool and
# ImageMagick (import). As root Wireshark ignores WIRESHARK_PLUGIN_DIR: uid 65534 is used then.
#
# Invariant: what is started here ends with the script, and $work is gone then.
#
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh

script=$(basename "$0")
for program in wireshark Xvfb openbox xdotool import; do
    command -v "$program" >/dev/null || { echo "$script: $program is not installed" >&2; exit 77; }
done
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d /tmp/mptcpscope-gui.XXXXXX)
pids=
trap 'kill $pids 2>/dev/null || :; wait || :; rm -rf "$work"' EXIT INT TERM

mkdir -p "$work/home/.config/wireshark/profiles" "$work/run" "$work/saved"
cp -R "$build/plugins" "$work/plugins"
[ ! -d "$build/mptcpscope" ] || cp -R "$build/mptcpscope" "$work/mptcpscope"
cp -R "$top/packaging/profile/MPTCP" "$work/home/.config/wireshark/profiles/"
user=

# Call it when everything is in $work.
give_away() {
    chmod -R a+rX "$work"
    if [ "$(id -u)" -eq 0 ]; then
        chown -R 65534:65534 "$work"
        user='setpriv --reuid=65534 --regid=65534 --clear-groups'
    fi
    chmod 700 "$work/run"
}

start_display() {
    display=:$((70 + $$ % 20))
    Xvfb "$display" -screen 0 1500x900x24 >/dev/null 2>&1 &
    pids=$!
    export DISPLAY="$display"
    until xdotool getdisplaygeometry >/dev/null 2>&1; do sleep 0.2; done
    openbox >/dev/null 2>&1 &
    pids="$pids $!"
}

# start_wireshark LOG ARGUMENT...: its pid is in $wireshark
start_wireshark() {
    log=$1
    shift
    # shellcheck disable=SC2086
    $user env HOME="$work/home" XDG_RUNTIME_DIR="$work/run" LC_ALL=C.UTF-8 WIRESHARK_PLUGIN_DIR="${plugins:-$work/plugins}" \
        ${MPT_GUI_ENV:-} wireshark -C MPTCP "$@" >"$log" 2>&1 &
    wireshark=$!
    pids="$pids $wireshark"
}

shot() {
    sleep "${2:-2}"
    kill -0 "$wireshark" 2>/dev/null || { echo "$script: Wireshark has ended before $1" >&2; exit 1; }
    import -window root "$shots/$1.png"
}
key() { xdotool key --clearmodifiers --delay 60 "$@"; }
window() { xdotool search --sync --onlyvisible --name "$1" | tail -n 1; }
dialog() { xdotool search --onlyvisible --name "$1" | tail -n 1; }
open_file() {
    key ctrl+o
    sleep 2
    xdotool type --delay 5 "$1"
    key Return
    sleep 5
}
main_window() { xdotool windowactivate --sync "$main"; sleep 0.5; }
# Statistics is the 7th menu.
menu() {
    main_window
    key alt+s
    sleep 1
}
click() {
    xdotool mousemove "$1" "$2"
    sleep 0.4
    xdotool click 1
    sleep 0.4
}
# text_window Y: the entry of Statistics > MPTCP, where it is in 4.0 with the main window at 0,0.
text_window() {
    menu
    click 342 783
    xdotool mousemove 760 "$1"
    sleep 0.4
    xdotool click 1
    sleep 2
}
# close NAME: the dialog of that name, whichever window is in front
close() {
    found=$(dialog "$1")
    [ -n "$found" ] || return 0
    xdotool windowactivate --sync "$found"
    key alt+F4
    sleep 1
}
