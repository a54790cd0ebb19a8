#!/bin/sh
# check.sh [--also 4.4|4.6]... [CTEST-ARGUMENT]... - build everything and run every test that takes no hours.
# check.sh --wireshark 4.0|4.4|4.6 [CTEST-ARGUMENT]... - the same with another Debian release's Wireshark.
#
# Installs what is missing (Debian and Ubuntu: apt, with sudo where not root), then builds into build-check/
# with warnings as errors: the plugin, the plugin under AddressSanitizer and UndefinedBehaviorSanitizer (tests
# named asan.*), and the engine and the reports without Wireshark, which only have to build: their tests are
# those of the plugin. One run of ctest covers all; its lines are the last. tests/README.md says what runs where.
#
# --wireshark works in a tree made by mmdebstrap. The trees stay in MPT_TREES (default: XDG_CACHE_HOME, else
# /var/tmp) as mptcpscope-<suite>; remove one to get it anew. --also adds the tests that depend on Wireshark,
# with another (named 4.4.*), to those of the system's, where such a tree can be had, and within MPT_ALSO_WITHIN
# minutes from the start (default: any number); else it says why not and goes on. Both compare the reports
# with those that the system's Wireshark gives.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu
. "$(dirname "$0")/lib.sh"

checks=$top/build-check
trees=${MPT_TREES:-${XDG_CACHE_HOME:-/var/tmp}}
also=

# wireshark_of FOLDER: the release that a build is for
wireshark_of() {
    sed -n "s/^wireshark_version='\(.*\)'/\1/p" "$1/run-tshark.conf"
}

install_needed() {
    # shellcheck disable=SC2086
    install_missing $build_packages $test_packages
    # Without it one test is skipped: no reason to ask for root.
    have valgrind || [ "$(id -u)" -ne 0 ] || install_missing valgrind libc6-dbg
    # shellcheck disable=SC2086
    install_known $optional_packages
    # shellcheck disable=SC2086
    [ "$(id -u)" -ne 0 ] || install_known $source_packages
}

check_here() {
    install_needed
    begin
    make_trees &
    trees_made=$!
    use_ccache
    build "$checks/plain" all -DMPT_WERROR=ON -DMPT_TIDY=ON
    build "$checks/sanitize" all -DMPT_WERROR=ON -DMPT_SANITIZE=ON -DMPT_TEST_PREFIX=asan.
    build "$checks/engine" all -DMPT_WERROR=ON -DMPT_ENGINE_ONLY=ON
    folders='plain sanitize'
    releases=$(wireshark_of "$checks/plain")
    [ -z "$also" ] || write_reports
    wait "$trees_made"
    for release in $also; do
        if add_release "$release"; then
            folders="$folders in-$release"
            releases="$releases, $(cat "$scratch/found-$release")"
        else
            say "Wireshark $release is not checked (see above)"
        fi
    done
    echo "subdirs($folders)" >"$checks/CTestTestfile.cmake"
    say "Wireshark $releases"
    ctest --test-dir "$checks" --no-label-summary --parallel 2 --output-on-failure --no-tests=error "$@"
}

# begin: what is made for this run goes at its end; the trees stay
begin() {
    scratch=$(mktemp -d)
    : >"$scratch/made"
    trap 'clean_up' EXIT
}

clean_up() {
    wait # for a tree that is being made
    while IFS= read -r folder; do
        rm -rf --one-file-system "$folder"
    done <"$scratch/made"
    rm -rf "$scratch"
}

# use_ccache: what one build has compiled another need not
use_ccache() {
    if have ccache; then
        export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache
        export CCACHE_BASEDIR="$checks" CCACHE_NOHASHDIR=1
    fi
}

# make_trees: those of $also, while others build; what went wrong add_release says
make_trees() {
    [ "$(id -u)" -eq 0 ] || return 0
    for release in $also; do
        (tree_of "$release") >"$scratch/tree-$release" 2>"$scratch/making-$release" || true
    done
}

# write_reports: of the build in build-check/plain, for the tests with other releases to compare with
write_reports() {
    say "writing the reports of Wireshark $(wireshark_of "$checks/plain")"
    MPT_BUILD=$checks/plain "$top/tests/program/test_releases.py" --write "$scratch/reports"
}

# suite_of WIRESHARK: the Debian release that has it
suite_of() {
    case $1 in
        4.0) echo bookworm ;;
        4.4) echo trixie ;;
        4.6) echo sid ;;
        *) die "there is 4.0, 4.4 and 4.6, not $1" ;;
    esac
}

# make_tree SUITE TREE PACKAGE...: as root; what is half made after 15 minutes is given up
make_tree() {
    suite=$1
    tree=$2
    shift 2
    packages=$(echo "$*" | tr ' ' ',')
    if [ "$(cat "$tree/etc/mptcpscope-packages" 2>/dev/null)" = "$packages" ]; then
        return 0
    fi
    install_missing mmdebstrap
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
    if ! quietly mmdebstrap timeout 900 mmdebstrap "$@"; then
        rm -rf --one-file-system "$unfinished"
        die "no Debian $suite tree could be had"
    fi
    echo "$packages" >"$unfinished/etc/mptcpscope-packages"
    rm -rf --one-file-system "$tree"
    mv "$unfinished" "$tree"
}

# tree_of WIRESHARK: makes its tree, checks that it can be entered and what it has, and prints its folder
tree_of() {
    suite=$(suite_of "$1")
    tree=$trees/mptcpscope-$suite
    # shellcheck disable=SC2086
    make_tree "$suite" "$tree" $build_packages $test_packages $optional_packages
    # Debian 12 has it in the first place, later releases in the second.
    found=$(sed -n 's/^set(Wireshark_VERSION "\(.*\)")/\1/p' \
        "$tree"/usr/lib/*/wireshark/cmake/WiresharkConfig.cmake \
        "$tree"/usr/lib/*/cmake/wireshark/WiresharkConfig.cmake 2>/dev/null || true)
    case $found in
        "$1".*) ;;
        *) die "Debian $suite in $tree has Wireshark ${found:-?}, not $1" ;;
    esac
    enter "$tree" /tmp true || die "$tree can't be entered"
    echo "$found" >"$scratch/found-$1"
    echo "$tree"
}

# enter TREE HOME COMMAND...: as an ordinary user in the tree, with a home there. Mounts are seen by these
# processes only and end with them. A tree's /dev has the devices that mmdebstrap made.
enter() {
    in=$1
    home=$2
    shift 2
    # shellcheck disable=SC2016
    unshare --mount --pid --fork --kill-child sh -euc '
        tree=$1
        shift
        mount -t proc proc "$tree/proc"
        exec chroot --userspec=65534:65534 --groups= "$tree" "$@"
    ' sh "$in" env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 HOME="$home" ${CI:+CI="$CI"} "$@"
}

# copy_into TREE: this checkout, the captures beside it and the reports to compare with; prints the folder
copy_into() {
    work=$(mktemp -d "$1/var/tmp/check.XXXXXX")
    echo "$work" >>"$scratch/made"
    mkdir "$work/main"
    tar -C "$top" --exclude=./.git --exclude=./build --exclude='./build-*' -cf - . | tar -C "$work/main" -xf -
    if [ -d "$top/../shared/captures" ]; then
        mkdir "$work/shared"
        cp -r "$top/../shared/captures" "$work/shared/"
    fi
    cp -r "$scratch/reports" "$work/"
    chown -R 65534:65534 "$work"
    echo "$work"
}

# add_release WIRESHARK: its tests as ctest's file in build-check/in-WIRESHARK; 1 and a sentence if not
add_release() {
    if [ -n "${MPT_ALSO_WITHIN:-}" ] && [ $(($(date +%s) - started)) -gt $((MPT_ALSO_WITHIN * 60)) ]; then
        say "more than $MPT_ALSO_WITHIN minutes are gone: no time for Wireshark $1"
        return 1
    fi
    if [ "$(id -u)" -ne 0 ]; then
        say "Wireshark $1 would need root, for mmdebstrap and chroot"
        return 1
    fi
    cat "$scratch/making-$1" >&2
    tree=$(cat "$scratch/tree-$1")
    [ -n "$tree" ] && work=$(copy_into "$tree") || return 1
    inside=${work#"$tree"}
    out=$checks/in-$1
    rm -rf "$out"
    mkdir -p "$out"
    say "building in $work"
    # A build that fails is a test that fails: the others go on.
    # shellcheck disable=SC2016
    if enter "$tree" "$inside" sh -euc '
        cmake -S "$1/main" -B "$1/build" -DMPT_WERROR=ON -DMPT_TESTS=release -DMPT_TEST_PREFIX="$2".
        cmake --build "$1/build" --parallel "$(nproc)"
        ' sh "$inside" "$1" </dev/null >"$out/log" 2>&1; then
        enter "$tree" "$inside" ctest --test-dir "$inside/build" --show-only=json-v1 |
            python3 "$top/packaging/tests_in_tree.py" "$top/packaging/check.sh" --enter "$tree" "$inside" \
                >"$out/CTestTestfile.cmake"
    else
        echo "add_test($1.build sh -c \"tail -n 60 '$out/log'; exit 1\")" >"$out/CTestTestfile.cmake"
    fi
}

# check_in_tree WIRESHARK CTEST-ARGUMENT...: as root; the tests themselves run as an ordinary user
check_in_tree() {
    release=$1
    shift
    install_needed
    build "$checks/plain" all -DMPT_WERROR=ON
    begin
    write_reports
    tree=$(tree_of "$release") || die "nothing was checked with Wireshark $release"
    work=$(copy_into "$tree")
    enter "$tree" "${work#"$tree"}" "${work#"$tree"}/main/packaging/check.sh" "$@"
}

started=$(date +%s)
case ${1:-} in
    --enter) # for ctest: see add_release
        shift
        enter "$@"
        exit
        ;;
    --wireshark)
        [ $# -ge 2 ] || die "--wireshark takes 4.0, 4.4 or 4.6"
        suite_of "$2" >/dev/null
        if [ "$(id -u)" -ne 0 ]; then
            have sudo || die "there is no sudo here: --wireshark needs root, for mmdebstrap and chroot"
            exec sudo env ${CI:+CI="$CI"} ${MPT_TREES:+MPT_TREES="$MPT_TREES"} "$top/packaging/check.sh" "$@"
        fi
        shift
        check_in_tree "$@"
        exit
        ;;
esac
while [ "${1:-}" = --also ]; do
    [ $# -ge 2 ] || die "--also takes 4.0, 4.4 or 4.6"
    suite_of "$2" >/dev/null
    also="$also $2"
    shift 2
done
check_here "$@"
