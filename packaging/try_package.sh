#!/bin/sh
# try_package.sh [FOLDER] - installs the packages that packaging/package.sh made, in a clean Debian tree of this release,
# uses them there, and removes them: nothing may be left.
#
# FOLDER is where the packages are (default: build-packages/). The .deb files are tried, and the RPM where there is one
# and rpm is installed; that without its dependencies, as rpm does not know what Debian has. Needs root. The tree goes
# at the end.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu
. "$(dirname "$0")/lib.sh"

packages=$(cd "${1:-$top/build-packages}" && pwd)
[ "$(id -u)" -eq 0 ] || die "this needs root, for mmdebstrap and chroot"
install_missing mmdebstrap
work=$(mktemp -d /var/tmp/mptcpscope-package.XXXXXX)
trap 'rm -rf --one-file-system "$work"' EXIT
tree=$work/tree

# tree_with PACKAGE...: of the release that this machine has
tree_with() {
    suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    apt_settings >"$work/settings"
    set -- --variant=minbase --mode=root --include="$(echo "$*" | tr ' ' ',')"
    while IFS= read -r setting; do
        set -- "$@" "$setting"
    done <"$work/settings"
    source=$(mirror)
    say "making a Debian $suite tree"
    quietly mmdebstrap mmdebstrap "$@" "$suite" "$tree" ${source:+"deb $source $suite main"} || exit 1
}

# needed_by PACKAGE-FILE...: names of what they depend on, less each other
needed_by() {
    for file in "$@"; do
        dpkg-deb -f "$file" Depends
    done | tr ',' '\n' | sed 's/^ *\([^ ]*\).*/\1/' | grep -v '^mptcpscope' | sort -u
}

# files: all in the tree with their content, but for the records of dpkg and rpm, and logs
files() {
    (
        cd "$tree"
        find . -xdev \( -path ./proc -o -path ./sys -o -path ./dev -o -path ./tmp -o -path ./var/lib/dpkg \
            -o -path ./var/lib/rpm -o -name .rpmdb -o -path ./var/log -o -path ./var/cache \) -prune -o -type f -exec sha256sum {} + \
            -o -printf '%y %p %l\n'
    ) | sort
}

inside() {
    chroot --userspec=65534:65534 --groups= "$tree" env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 HOME=/tmp "$@"
}

# use: what a user would see; the version in Help > About > Plugins is that of -G plugins
use() {
    inside tshark -G plugins | grep '^mptcpscope\.so.*0\.1\.0 (GPL-2\.0-or-later)' ||
        die "the plugin does not show its version and licence"
    inside tshark -q -r /tmp/capture.pcapng -z mptcp,summary,full -z mptcp,diagnose >"$work/out" 2>"$work/err" ||
        die "a report failed: $(cat "$work/err")"
    grep -q '^1 MPTCP connection' "$work/out" || die "there is no report: $(cat "$work/out")"
    [ ! -s "$work/err" ] || die "stderr is not empty: $(cat "$work/err")"
    inside mptcpscope -r /tmp/capture.pcapng -z mptcp,summary,full -z mptcp,diagnose >"$work/program" 2>"$work/err" ||
        die "the program failed: $(cat "$work/err")"
    cmp "$work/out" "$work/program" || die "the program prints something else than tshark"
    [ -e "$tree/usr/share/bash-completion/completions/mptcpscope" ] || die "there is no completion"
    [ -d "$tree/usr/share/wireshark/profiles/MPTCP" ] || die "there is no profile"
}

# gone: nothing is there any more, and tshark works without
gone() {
    files >"$work/after"
    diff "$work/before" "$work/after" || die "these files are other than before the installation"
    ! inside tshark -q -r /tmp/capture.pcapng -z mptcp,list >/dev/null 2>&1 || die "there is still a report"
    inside tshark -q -r /tmp/capture.pcapng -z conv,tcp >/dev/null || die "tshark does not work any more"
}

set -- "$packages"/mptcpscope_*.deb "$packages"/mptcpscope-qt_*.deb
[ -e "$1" ] || die "there is no package in $packages: run packaging/package.sh deb"
# shellcheck disable=SC2046
tree_with tshark $(needed_by "$@")
cp "$top/captures/tiny/client.pcapng" "$tree/tmp/capture.pcapng"
chmod 644 "$tree/tmp/capture.pcapng"
# Systems with rpm have this folder: it belongs to no package of ours.
mkdir -p "$tree/usr/share/licenses"
files >"$work/before"

mkdir "$tree/tmp/packages"
cp "$@" "$tree/tmp/packages/"
quietly dpkg chroot "$tree" sh -c 'dpkg -i /tmp/packages/*.deb' || exit 1
use
# minbase leaves out manuals and documentation, as dpkg is told there.
for page in 'man1/mptcpscope\.1' 'man7/mptcpscope\.7'; do
    dpkg-deb -c "$1" | grep "$page" >/dev/null || die "the package has no man page $page"
done
[ -n "$(find "$tree/usr/lib" -name 'mptcpscope-qt5.so' -o -name 'mptcpscope-qt6.so')" ] || die "there is no graph window"
inside ldd "$(find "$tree/usr/lib" -name 'mptcpscope-qt?.so' | sed "s|^$tree||")" | grep 'not found' &&
    die "the graph window misses libraries"
quietly dpkg chroot "$tree" dpkg -P mptcpscope-qt mptcpscope || exit 1
gone
say "deb: installed, used, removed; nothing is left"

rpm=$(find "$packages/rpm/RPMS" -name 'mptcpscope-[0-9]*.rpm' 2>/dev/null | head -n 1)
if [ -n "$rpm" ] && have rpm; then
    quietly rpm rpm --root "$tree" --install --nodeps "$rpm" || exit 1
    use
    quietly rpm rpm --root "$tree" --erase mptcpscope || exit 1
    gone
    say "rpm: installed, used, removed; nothing is left"
fi
