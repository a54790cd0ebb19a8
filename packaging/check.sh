#!/bin/sh
# check.sh [--wireshark 4.0|4.4|4.6] [CTEST-ARGUMENT]... - build everything and run every test.
#
# Installs what is missing (Debian and Ubuntu: apt, with sudo where not root), then builds into build-check/ with
# warnings as errors: the plugin, the plugin under AddressSanitizer and UndefinedBehaviorSanitizer (tests named asan.*),
# and the engine without Wireshark (engine.*). One run of ctest covers all three; its lines are the last.
#
# --wireshark does the same with the Wireshark of another Debian release, in a tree made by mmdebstrap. The trees stay
# in MPT_TREES (default: XDG_CACHE_HOME, else /var/tmp) as mptcpscope-<suite>; remove one to get it anew.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu
. "$(dirname "$0")/lib.sh"

check_here() {
    # shellcheck disable=SC2086
    install_missing $build_packages $test_packages
    # Without it one test is skipped: no reason to ask for root.
    have valgrind || [ "$(id -u)" -ne 0 ] || install_missing valgrind libc6-dbg
    # shellcheck disable=SC2086
    install_known $optional_packages
    checks=$top/build-check
    build "$checks/plain" all -DMPT_WERROR=ON
    build "$checks/sanitize" all -DMPT_WERROR=ON -DMPT_SANITIZE=ON -DMPT_TEST_PREFIX=asan.
    build "$checks/engine" all -DMPT_WERROR=ON -DMPT_ENGINE_ONLY=ON -DMPT_TEST_PREFIX=engine.
    echo 'subdirs(plain sanitize engine)' >"$checks/CTestTestfile.cmake"
    say "Wireshark $(sed -n "s/^wireshark_version='\(.*\)'/\1/p" "$checks/plain/run-tshark.conf")"
    ctest --test-dir "$checks" --no-label-summary --parallel 2 --output-on-failure --no-tests=error "$@"
}

# suite_of WIRESHARK: the Debian release that has it
suite_of() {
    case $1 in
        4.0) echo bookworm ;;
        4.4) echo trixie ;;
        4.6) echo sid ;;
        *) die "--wireshark takes 4.0, 4.4 or 4.6, not $1" ;;
    esac
}

# apt_settings: options for mmdebstrap that carry over what this machine's apt is told about reaching its mirror
apt_settings() {
    for name in Acquire::Check-Valid-Until Acquire::Check-Date Acquire::http::Proxy Acquire::https::Proxy; do
        value=
        eval "$(apt-config shell value "$name" 2>/dev/null)"
        [ -z "$value" ] || printf -- '--aptopt=%s "%s"\n' "$name" "$value"
    done
}

# mirror: where this machine gets Debian from; nothing where it has no Debian source
mirror() {
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 'Component: main' | head -n 1
}

# make_tree SUITE FOLDER PACKAGE...: as root
make_tree() {
    suite=$1
    tree=$2
    shift 2
    packages=$(echo "$*" | tr ' ' ',')
    if [ "$(cat "$tree/etc/mptcpscope-packages" 2>/dev/null)" = "$packages" ]; then
        return 0
    fi
    say "making a Debian $suite tree in $tree"
    unfinished=$tree.$$
    apt_settings >"$scratch/settings"
    set -- --variant=minbase --mode=root --include="$packages"
    while IFS= read -r setting; do
        set -- "$@" "$setting"
    done <"$scratch/settings"
    set -- "$@" "$suite" "$unfinished"
    source=$(mirror)
    [ -z "$source" ] || set -- "$@" "deb $source $suite main"
    mkdir -p "$(dirname "$tree")"
    if ! quietly mmdebstrap mmdebstrap "$@"; then
        rm -rf --one-file-system "$unfinished"
        die "no Debian $suite tree could be had, so nothing was checked against its Wireshark"
    fi
    echo "$packages" >"$unfinished/etc/mptcpscope-packages"
    rm -rf --one-file-system "$tree"
    mv "$unfinished" "$tree"
}

# check_in_tree WIRESHARK CTEST-ARGUMENT...: as root; the tests themselves run as an ordinary user
check_in_tree() {
    release=$1
    suite=$2
    shift 2
    tree=${MPT_TREES:-${XDG_CACHE_HOME:-/var/tmp}}/mptcpscope-$suite
    install_missing mmdebstrap
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    # shellcheck disable=SC2086
    make_tree "$suite" "$tree" $build_packages $test_packages $optional_packages
    # Debian 12 has it in the first place, later releases in the second.
    found=$(sed -n 's/^set(Wireshark_VERSION "\(.*\)")/\1/p' \
        "$tree"/usr/lib/*/wireshark/cmake/WiresharkConfig.cmake \
        "$tree"/usr/lib/*/cmake/wireshark/WiresharkConfig.cmake 2>/dev/null || true)
    case $found in
        "$release".*) ;;
        *) die "Debian $suite in $tree has Wireshark ${found:-?}, not $release: nothing was checked" ;;
    esac

    work=$(mktemp -d "$tree/var/tmp/check.XXXXXX")
    trap 'rm -rf "$scratch" "$work"' EXIT
    mkdir "$work/main"
    tar -C "$top" --exclude=./.git --exclude=./build --exclude='./build-*' -cf - . | tar -C "$work/main" -xf -
    if [ -d "$top/../shared/captures" ]; then
        mkdir "$work/shared"
        cp -r "$top/../shared/captures" "$work/shared/"
    fi
    chown -R 65534:65534 "$work"
    # Mounts are seen by these processes only and end with them. A tree's /dev has the devices that mmdebstrap made.
    # shellcheck disable=SC2016
    unshare --mount --pid --fork --kill-child sh -euc '
        tree=$1
        shift
        mount -t proc proc "$tree/proc"
        exec chroot --userspec=65534:65534 --groups= "$tree" "$@"
    ' sh "$tree" env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 HOME="${work#"$tree"}" ${CI:+CI="$CI"} \
        "${work#"$tree"}/main/packaging/check.sh" "$@"
}

if [ "${1:-}" != --wireshark ]; then
    check_here "$@"
    exit
fi
[ $# -ge 2 ] || die "--wireshark takes 4.0, 4.4 or 4.6"
suite=$(suite_of "$2")
if [ "$(id -u)" -ne 0 ]; then
    have sudo || die "there is no sudo here: --wireshark needs root, for mmdebstrap and chroot"
    exec sudo env ${CI:+CI="$CI"} ${MPT_TREES:+MPT_TREES="$MPT_TREES"} "$top/packaging/check.sh" "$@"
fi
release=$2
shift 2
check_in_tree "$release" "$suite" "$@"
