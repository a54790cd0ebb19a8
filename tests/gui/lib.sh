# lib.sh - a real Wireshark under Xvfb with the plugin of a build, for the scripts beside this one; to be sourced.
#
# Before: $build, the build's folder, and $shots, the folder of screenshots. Needs wireshark, Xvfb, openbox, xdotool and
# ImageMagick (import). As root Wireshark ignores WIRESHARK_PLUGIN_DIR: uid 65534 is used then.
# MPT_GUI_TREE: the root of another Debian release whose Wireshark is run (tree.sh sets it); $build is in it then.
#
# Invariant: what is started here ends with the script, and $work is gone then. $work is the folder as this script sees
# it, $here the same folder as Wireshark sees it.
#
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What it sets and needs, the scripts that source it need and set; MPT_GUI_ENV is several words.
# shellcheck disable=SC2034,SC2154,SC2086

script=$(basename "$0")
tree=${MPT_GUI_TREE:-}
for program in Xvfb openbox xdotool import; do
    command -v "$program" >/dev/null || { echo "$script: $program is not installed" >&2; exit 77; }
done
[ -n "$tree" ] || command -v wireshark >/dev/null || { echo "$script: wireshark is not installed" >&2; exit 77; }
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d "$tree/tmp/mptcpscope-gui.XXXXXX")
here=${work#"$tree"}
pids=
on_exit=:
trap 'kill $pids 2>/dev/null || :; wait || :; $on_exit; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

failed=0
fail() {
    echo "$script: $*" >&2
    failed=1
}

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

# become COMMAND...: as that user and in the tree, in the place of this shell; in_namespace: what to put before
in_namespace=
become() {
    # shellcheck disable=SC2086
    [ -n "$tree" ] || exec $in_namespace $user "$@"
    # Mounts are seen by these processes only and end with them.
    # shellcheck disable=SC2016,SC2086
    exec $in_namespace unshare --mount sh -euc '
        tree=$1
        shift
        mount -t proc proc "$tree/proc"
        mkdir -p "$tree/tmp/.X11-unix"
        mount --bind /tmp/.X11-unix "$tree/tmp/.X11-unix"
        exec chroot "$tree" "$@"
    ' sh "$tree" $user "$@"
}

start_display() {
    Xvfb -displayfd 3 -screen 0 1500x900x24 3>"$work/display" >/dev/null 2>&1 &
    pids=$!
    until [ -s "$work/display" ]; do sleep 0.2; done
    display=:$(cat "$work/display")
    export DISPLAY="$display"
    until xdotool getdisplaygeometry >/dev/null 2>&1; do sleep 0.2; done
    openbox >/dev/null 2>&1 &
    pids="$pids $!"
    until xdotool get_num_desktops >/dev/null 2>&1; do sleep 0.2; done
}

# start_wireshark LOG ARGUMENT...: its pid is in $wireshark
start_wireshark() {
    log=$1
    shift
    become env -i PATH=/usr/bin:/bin DISPLAY="$display" HOME="$here/home" XDG_RUNTIME_DIR="$here/run" LC_ALL=C.UTF-8 \
        ${plugins:+WIRESHARK_PLUGIN_DIR="$plugins"} ${MPT_GUI_ENV:-} wireshark -C MPTCP "$@" >"$log" 2>&1 &
    wireshark=$!
    pids="$pids $wireshark"
}
plugins=$here/plugins

# start_main LOG FILE: with a capture (in $here) open, and the main window where clicks expect it
start_main() {
    start_wireshark "$1" "$2"
    main=$(main_of "$2")
    place_main
    sleep 3
}
# main_of FILE: the main window with that file; others have its name at the end of their titles
main_of() { window "^\\*?$(basename "$1")"; }
# activate WINDOW: it gets the focus. A window manager that has just begun knows of no window yet, and fails.
activate() {
    attempts=0
    until timeout 10 xdotool windowactivate --sync "$1" 2>/dev/null; do
        attempts=$((attempts + 1))
        [ $attempts -lt 20 ] || { fail "the window $1 can't be brought to the front"; return 0; }
        sleep 0.5
    done
}
place_main() {
    activate "$main"
    xdotool windowsize --sync "$main" 1500 860
    xdotool windowmove "$main" 0 0
}

alive() { kill -0 "$wireshark" 2>/dev/null; }
shot() {
    sleep "${2:-2}"
    alive || { echo "$script: Wireshark has ended before $1" >&2; exit 1; }
    import -window root "$shots/$1.png"
}
key() { xdotool key --clearmodifiers --delay 60 "$@"; }
# window NAME: its id, when it is there, or after a minute nothing, and a picture of what is there instead. A search
# fails where a window goes away during it.
window() {
    tries=0
    while [ $tries -lt 120 ]; do
        id=$(dialog "$1")
        [ -z "$id" ] || break
        tries=$((tries + 1))
        sleep 0.5
    done
    [ -n "$id" ] || import -window root "$shots/no-window.png"
    echo "$id"
}
dialogs() { xdotool search --onlyvisible --name "$1" 2>/dev/null | wc -l; }
dialog() { xdotool search --onlyvisible --name "$1" 2>/dev/null | tail -n 1; }
# write_text TEXT: into the field that has the focus, instead of what it holds
write_text() {
    key ctrl+a
    xdotool type --delay 5 "$1"
}
# open_file FILE: by File > Open; the main window is the one with its name then
open_file() {
    tries=0
    # A window that is not quite there yet takes no keys.
    until [ -n "$(dialog 'Open Capture File')" ] || [ $tries -gt 20 ]; do
        main_window
        key ctrl+o
        sleep 2
        tries=$((tries + 1))
    done
    write_text "$1"
    key Return
    sleep 5
    main=$(main_of "$1")
}
main_window() {
    activate "$main"
    sleep 0.5
}
# Statistics, and in it the last entry: MPTCP.
menu() {
    main_window
    key alt+s
    sleep 1
    key Up
    sleep 0.3
    key Right
    sleep 0.7
}
# entry LETTER NAME: the entry of Statistics > MPTCP with this letter; $found is the window of that name, in front
entry() {
    opened=0
    before=$(dialogs "$2")
    # A menu that is not quite there yet takes no keys.
    until [ "$(dialogs "$2")" -gt "$before" ] || [ $opened -ge 3 ]; do
        [ $opened -eq 0 ] || key Escape Escape Escape
        menu
        key "$1"
        tries=0
        until [ "$(dialogs "$2")" -gt "$before" ] || [ $tries -ge 20 ]; do
            sleep 0.5
            tries=$((tries + 1))
        done
        opened=$((opened + 1))
    done
    sleep 1
    front "$2"
}
# front NAME: the window of that name gets the focus
front() {
    found=$(window "$1")
    [ -n "$found" ] || { fail "there is no window $1"; return 0; }
    activate "$found"
    sleep 0.5
}
# place X Y WIDTH HEIGHT: the window $found
place() {
    xdotool windowsize "$found" "$3" "$4"
    xdotool windowmove "$found" "$1" "$2"
    sleep 0.7
}
# click X Y [BUTTON]
click() {
    xdotool mousemove "$1" "$2"
    sleep 0.4
    xdotool click "${3:-1}"
    sleep 0.6
}
# close NAME: the dialog of that name, whichever window is in front
close() {
    found=$(dialog "$1")
    [ -n "$found" ] || return 0
    activate "$found"
    key alt+F4
    sleep 1
}
# save_as TITLE NAME: in the window that has the focus; the file is $work/saved/NAME
save_as() {
    key ctrl+s
    window "$1" >/dev/null
    sleep 0.7
    saves=0
    until [ -s "$work/saved/$2" ] || [ $saves -ge 40 ]; do
        # A dialog that is not quite there yet takes no keys.
        if [ $((saves % 10)) -eq 0 ] && saving=$(dialog "$1") && [ -n "$saving" ]; then
            activate "$saving"
            write_text "$here/saved/$2"
            key Return
        fi
        sleep 0.5
        saves=$((saves + 1))
    done
    sleep 0.5
    [ -s "$work/saved/$2" ] || fail "$2 was not written"
}
# quit: by the main window, as users do; the pid has to go.
quit() {
    main_window
    key ctrl+q
    i=0
    while alive && [ $i -lt 50 ]; do
        sleep 0.2
        i=$((i + 1))
    done
    alive && fail "Wireshark does not end" && return 0
    code=0
    wait "$wireshark" || code=$?
    [ "$code" -eq 0 ] || fail "Wireshark ended with $code"
}
loaded() { grep -q mptcpscope-qt "/proc/$wireshark/maps"; }
# tshark ARGUMENT...: the one that belongs to that Wireshark, with the plugin
run_tshark() {
    (become env -i PATH=/usr/bin:/bin HOME="$here/home" LC_ALL=C.UTF-8 ${MPT_GUI_ENV:-} WIRESHARK_PLUGIN_DIR="$here/plugins" \
        tshark "$@")
}
