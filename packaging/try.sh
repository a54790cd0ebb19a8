#!/bin/sh
# try.sh [CAPTURE] [REPORT] - from a fresh checkout to a report.
#
# Installs what is missing (Debian and Ubuntu: apt, with sudo where not root), builds into build/, and prints
# `mptcp,list` and `mptcp,summary` of CAPTURE (default: one in captures/), or REPORT, for instance "summary,full": by
# tshark with the plugin, and says how the program mptcpscope prints the same.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu
. "$(dirname "$0")/lib.sh"

capture=${1:-$top/captures/path_blackhole/client.pcapng}
case $capture in
    -*)
        echo "usage: packaging/try.sh [CAPTURE] [REPORT]"
        exit 2
        ;;
esac
[ -r "$capture" ] || die "can't read the capture $capture"
[ $# -le 2 ] || die "usage: packaging/try.sh [CAPTURE] [REPORT]"

# shellcheck disable=SC2086
install_missing $build_packages
build "$top/build" "mptcpscope mptcpscope-program"

export MPT_BUILD="$top/build"
if [ $# -eq 2 ]; then
    set -- -r "$capture" -z "mptcp,${2#mptcp,}"
else
    set -- -r "$capture" -z mptcp,list -z mptcp,summary
fi
"$top/tests/run-tshark" -q "$@"
"$top/build/bin/mptcpscope" "$@" >/dev/null || die "the program mptcpscope failed"
say "the same without tshark's dissection: $top/build/bin/mptcpscope $*"
