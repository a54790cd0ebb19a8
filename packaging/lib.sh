# lib.sh - what the scripts of packaging/ share; to be sourced.
#
# Invariant: what is installed already is never touched, and a log is shown only when something failed.
#
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh

program=$(basename "$0")
top=$(cd "$(dirname "$0")/.." && pwd)

# shellcheck disable=SC2034
build_packages='cmake gcc libc6-dev make pkg-config wireshark-dev tshark'
# shellcheck disable=SC2034
test_packages='libcmocka-dev python3 wireshark-common'
# For the tests source.*, which read the sources; ccache and Ninja save time. The tests do without them.
# shellcheck disable=SC2034
source_packages='clang-format clang-tidy shellcheck ccache ninja-build'
# For the graph window, and the pages of mptcp,plot: the plugin does without them.
# shellcheck disable=SC2034
optional_packages='g++ libqcustomplot-dev libjs-dygraphs'
# Only for the scripts of tests/gui, which nothing else starts.
# shellcheck disable=SC2034
gui_packages='wireshark xvfb openbox xdotool xclip imagemagick'

say() {
    echo "$program: $*" >&2
}

die() {
    say "$*"
    exit 1
}

have() {
    command -v "$1" >/dev/null 2>&1
}

# quietly WHAT COMMAND...: the output of COMMAND only if it fails; 1 then
quietly() {
    what=$1
    shift
    log=$(mktemp)
    if "$@" >"$log" 2>&1 </dev/null; then
        rm -f "$log"
        return 0
    fi
    say "$what failed; the last lines of $* were:"
    tail -n 60 "$log" >&2
    rm -f "$log"
    return 1
}

# is_there PACKAGE: installed, or its program is there from elsewhere
is_there() {
    case $1 in
        gcc) have cc && return 0 ;;
        cmake | make | pkg-config | tshark | python3 | mmdebstrap) have "$1" && return 0 ;;
    esac
    # Where there is no dpkg CMake says what it misses.
    have dpkg-query || return 0
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# as_root COMMAND...
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# install_missing PACKAGE...
install_missing() {
    missing=
    for package in "$@"; do
        is_there "$package" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    have apt-get || die "install these packages of your system, then start again:$missing"
    if [ "$(id -u)" -ne 0 ] && ! have sudo; then
        die "there is no sudo here: install as root, then start again: apt-get install$missing"
    fi
    say "installing$missing"
    quietly "apt-get update" as_root apt-get -q update ||
        say "going on with the package lists that are there"
    # shellcheck disable=SC2086
    quietly "the installation" as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends install $missing ||
        die "install by hand, then start again: apt-get install$missing"
}

# install_known PACKAGE...: those of them that apt knows
install_known() {
    known=
    for package in "$@"; do
        if is_there "$package" || apt-cache show "$package" >/dev/null 2>&1; then
            known="$known $package"
        else
            say "$package is not to be had: what needs it is left out"
        fi
    done
    # shellcheck disable=SC2086
    install_missing $known
}

# build FOLDER TARGET CMAKE-OPTION...
build() {
    folder=$1
    target=$2
    shift 2
    say "building in $folder"
    quietly "the configuration" cmake -S "$top" -B "$folder" "$@" || exit 1
    # shellcheck disable=SC2086 # it may be several
    quietly "the build" cmake --build "$folder" --target $target --parallel "$(nproc)" || exit 1
}

# apt_settings: options for mmdebstrap with what this machine's apt is told about reaching its mirror
apt_settings() {
    for name in Acquire::Check-Valid-Until Acquire::Check-Date Acquire::http::Proxy Acquire::https::Proxy; do
        value=
        eval "$(apt-config shell value "$name" 2>/dev/null)"
        [ -z "$value" ] || printf -- '--aptopt=%s "%s"\n' "$name" "$value"
    done
}

# mirror: where this machine gets Debian from; nothing where it has no Debian source
mirror() {
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 'Component: main' | head -n 1
}
