#!/bin/sh
# tree.sh TREE FOLDER [SCRIPT]... - builds the plugin and its module in the root of another Debian release, and drives the
# Wireshark of that release with the scripts beside this one (run.sh graphs.sh fields.sh), each of them with what stands behind
# its name: "merged.sh PAIR PAIR". Screenshots go to FOLDER/SCRIPT.
# Xvfb, openbox, xdotool and import are those of this machine. Needs root. A tree for Wireshark 4.4 (4.6: sid):
#
#     mmdebstrap --variant=apt --include=wireshark,tshark,wireshark-dev,cmake,gcc,g++,make,pkg-config,\
#     qt6-base-dev,libqcustomplot-dev,libjs-dygraphs trixie TREE
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

[ $# -ge 2 ] || { echo "tree.sh TREE FOLDER [SCRIPT]..." >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || { echo "tree.sh: needs root, for chroot and mount" >&2; exit 77; }
tree=$(cd "$1" && pwd)
mkdir -p "$2"
folder=$(cd "$2" && pwd)
shift 2
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# It stays, so that the next build is short.
place=$tree/var/tmp/mptcpscope-gui
rm -rf "$place/main"
mkdir -p "$place/main"
tar -C "$top" --exclude=./.git --exclude=./build --exclude='./build-*' -cf - . | tar -C "$place/main" -xf -
chown -R 65534:65534 "$place"
# shellcheck disable=SC2016
unshare --mount sh -euc '
    tree=$1
    shift
    mount -t proc proc "$tree/proc"
    exec chroot --userspec=65534:65534 --groups= "$tree" "$@"
' sh "$tree" env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 HOME="${place#"$tree"}" sh -euc '
    cd "$1"
    cmake -S main -B build -DMPT_WERROR=ON -DBUILD_TESTING=OFF
    cmake --build build --parallel "$(nproc)"
' sh "${place#"$tree"}" >"$folder/build.log" 2>&1 || { tail -n 40 "$folder/build.log" >&2; exit 1; }
ls "$place"/build/mptcpscope/mptcpscope-qt*.so >/dev/null || { echo "tree.sh: there is no module of windows" >&2; exit 1; }

[ $# -gt 0 ] || set -- run.sh graphs.sh fields.sh
failed=0
for words in "$@"; do
    script=${words%% *}
    # shellcheck disable=SC2086
    MPT_GUI_TREE="$tree" sh "$here/$script" "$place/build" "$folder/${script%.sh}" ${words#"$script"} || failed=$?
done
exit "$failed"
