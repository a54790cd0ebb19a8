#!/bin/sh
# run.sh - the benchmark: run.sh [OPTION]... BUILD, where BUILD is CMake's build folder. See README.md.
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu
here=$(cd "$(dirname "$0")" && pwd)
command -v python3 >/dev/null || { echo "run.sh: python3 is needed" >&2; exit 1; }
exec python3 -B "$here/bench.py" "$@"
