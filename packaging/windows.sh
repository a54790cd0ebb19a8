#!/bin/sh
# windows.sh [FOLDER] - compile the engine, the reader and the reports for Windows, and run their unit tests.
#
# With mingw-w64 and Wine of Debian (amd64). GLib for Windows is not in Debian: that of a package of npm serves, in
# one DLL with what else that package is made of. Its C run-time library is another one than that of Debian 12's
# mingw-w64, so file descriptors can't pass between the two: the tests of files (OTHER_RUNTIME below) are compiled, not
# run. The plugin itself needs Wireshark's libraries for Windows, and is not compiled here.
#
# Works in FOLDER (default: build-windows), which keeps what was downloaded.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu
. "$(dirname "$0")/lib.sh"

folder=${1:-$top/build-windows}
OTHER_RUNTIME='sink|gui_graph|pair_collector'
needed='cmake ninja-build pkg-config gcc-mingw-w64-x86-64 wine64 dpkg-dev'

install_needed() {
    have x86_64-w64-mingw32-gcc && have npm && [ -x /usr/lib/wine/wine64 ] && have dpkg-source && return 0
    # It may be there from elsewhere than Debian.
    have npm || needed="$needed npm"
    # shellcheck disable=SC2086
    install_missing $needed
}

# npm_package NAME FOLDER: its files
npm_package() {
    [ ! -d "$2" ] || return 0
    mkdir -p "$2"
    (cd "$2" && quietly "npm pack $1" npm pack --silent "$1" && tar xzf ./*.tgz --strip-components=1) || exit 1
}

# The sources of cmocka, from where apt gets packages.
cmocka_sources() {
    [ ! -d "$folder/cmocka" ] || return 0
    mkdir -p "$folder/apt/lists" "$folder/apt/state/partial"
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
        [ ! -f "$list" ] ||
            sed 's/^deb /deb-src /; s/^Types: deb$/Types: deb-src/' "$list" >"$folder/apt/lists/$(basename "$list")"
    done
    [ ! -f "$folder/apt/lists/sources.list" ] || mv "$folder/apt/lists/sources.list" "$folder/apt/lists/all.list"
    (
        cd "$folder/apt"
        set -- -q -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$PWD/lists" -o Dir::State::lists="$PWD/state"
        [ "$(id -u)" -ne 0 ] || set -- "$@" -o APT::Sandbox::User=root
        quietly "apt-get update" apt-get "$@" update && quietly "the source of cmocka" apt-get "$@" source cmocka
    ) || exit 1
    mv "$folder"/apt/cmocka-*/ "$folder/cmocka"
}

compile() {
    cat >"$folder/toolchain.cmake" <<-END
	set(CMAKE_SYSTEM_NAME Windows)
	set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc)
	set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)
	set(CMAKE_FIND_ROOT_PATH "$prefix")
	set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
	set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
	set(CMAKE_EXE_LINKER_FLAGS_INIT -static-libgcc)
	set(CMAKE_SHARED_LINKER_FLAGS_INIT -static-libgcc)
	set(CMAKE_CROSSCOMPILING_EMULATOR /usr/lib/wine/wine64)
	END
    quietly "the configuration of cmocka" cmake -S "$folder/cmocka" -B "$folder/cmocka-build" -G Ninja \
        -DCMAKE_TOOLCHAIN_FILE="$folder/toolchain.cmake" -DCMAKE_INSTALL_PREFIX="$prefix" -DUNIT_TESTING=OFF \
        -DWITH_EXAMPLES=OFF || exit 1
    quietly "the build of cmocka" cmake --build "$folder/cmocka-build" --target install || exit 1
    x86_64-w64-mingw32-gcc -O1 -I"$prefix/include/glib-2.0" -c "$top/packaging/windows_glib.c" \
        -o "$prefix/lib/windows_glib.o"
    cat >"$prefix/lib/pkgconfig/glib-2.0.pc" <<-END
	Name: glib-2.0
	Description: GLib in another DLL
	Version: 2.80.0
	Cflags: -I$prefix/include/glib-2.0
	Libs: $prefix/lib/windows_glib.o $prefix/lib/libvips-42.dll
	END
    PKG_CONFIG_LIBDIR="$prefix/lib/pkgconfig" PKG_CONFIG_PATH='' quietly "the configuration" cmake -S "$top" \
        -B "$folder/build" -G Ninja -DCMAKE_TOOLCHAIN_FILE="$folder/toolchain.cmake" -DMPT_ENGINE_ONLY=ON \
        -DCMAKE_BUILD_TYPE=Debug || exit 1
    quietly "the build" cmake --build "$folder/build" || exit 1
}

install_needed
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
prefix=$folder/prefix
mkdir -p "$prefix/include" "$prefix/lib/pkgconfig"
say "getting GLib and cmocka into $folder"
npm_package @img/sharp-libvips-dev "$folder/headers"
npm_package @img/sharp-libvips-win32-x64 "$folder/windows"
cmocka_sources
cp -r "$folder/headers/include/glib-2.0" "$prefix/include/"
cp "$folder/windows/lib/glib-2.0/include/glibconfig.h" "$prefix/include/glib-2.0/"
cp "$folder/windows/lib/libvips-42.dll" "$prefix/lib/"
say "compiling for Windows"
compile

# Debian 12's Wine lacks one DLL that the one with GLib asks for.
cp "$prefix"/bin/cmocka.dll "$prefix/lib/libvips-42.dll" "$folder/build/tests/"
printf '%s\n' '#include <windows.h>' '#include <ntsecapi.h>' \
    '__declspec(dllexport) BOOL WINAPI ProcessPrng(BYTE *to, SIZE_T size) { return RtlGenRandom(to, (ULONG)size); }' |
    x86_64-w64-mingw32-gcc -static-libgcc -shared -x c - -o "$folder/build/tests/bcryptprimitives.dll" -ladvapi32
export WINEPREFIX="$folder/wine" WINEDEBUG=-all
/usr/lib/wine/wine64 wineboot >/dev/null 2>&1 || true
ctest --test-dir "$folder/build" --output-on-failure -R '^unit' -E "^unit\\.($OTHER_RUNTIME)\$"
