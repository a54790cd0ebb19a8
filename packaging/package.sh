#!/bin/sh
# package.sh deb|rpm - builds packages for the Wireshark of this machine into build-packages/.
#
# deb: a source and a binary package, as packaging/debian says. rpm: by packaging/rpm/mptcpscope.spec; with
# MPT_RPM_NODEPS=1 where rpm does not know what is installed (Debian). Installs what
# the build needs where apt is there.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu
. "$(dirname "$0")/lib.sh"

name=mptcpscope-$(sed -n 's/^project(mptcpscope VERSION \([0-9.]*\).*/\1/p' "$top/CMakeLists.txt")
out=$top/build-packages

# The sources without what builds leave; captures are for the tests only, and large.
copy_sources() {
    rm -rf "${out:?}/$name"
    mkdir -p "$out/$name"
    tar -C "$top" --exclude=./.git --exclude=./build --exclude='./build-*' --exclude=./captures -cf - . |
        tar -C "$out/$name" -xf -
}

case ${1:-} in
    deb)
        # shellcheck disable=SC2086
        install_missing $build_packages $optional_packages dpkg-dev debhelper
        copy_sources
        cp -r "$out/$name/packaging/debian" "$out/$name/debian"
        # shellcheck disable=SC2016
        quietly dpkg-buildpackage sh -c 'cd "$1" && dpkg-buildpackage -us -uc' sh "$out/$name"
        rm -rf "${out:?}/$name"
        ls "$out"/mptcpscope_*
        ;;
    rpm)
        have rpmbuild || die "rpmbuild is not installed"
        copy_sources
        tar -C "$out" -czf "$out/$name.tar.gz" "$name"
        rm -rf "${out:?}/$name"
        quietly rpmbuild rpmbuild -ba --define "_topdir $out/rpm" --define "_sourcedir $out" \
            ${MPT_RPM_NODEPS:+--nodeps} "$top/packaging/rpm/mptcpscope.spec"
        find "$out/rpm" -name '*.rpm'
        ;;
    *)
        die "usage: packaging/package.sh deb|rpm"
        ;;
esac
