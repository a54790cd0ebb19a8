#!/bin/sh
# test_unfold_live.sh - HTTP over two subflows of this machine's own MPTCP, unfolded: the object comes out intact.
# Skipped (77) where http_over_mptcp.py says that this machine can't do that.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d "${TMPDIR:-/tmp}/mptcpscope.XXXXXX")
trap 'rm -rf "$folder"' EXIT
status=0
sha256=$(python3 "$here/../support/http_over_mptcp.py" "$folder/http.pcapng") || status=$?
if [ "$status" -ne 0 ]; then
    echo "$sha256"
    exit "$status"
fi
python3 "$here/test_unfold.py" "$folder/http.pcapng" "$sha256"
