#!/bin/sh
# borders.sh - the borders between the parts of the house, as far as #include shows them.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

cd "$(dirname "$0")/.."
failed=0

# none WHAT PATTERN FILE...: no file has a line that matches
none() {
    what=$1
    pattern=$2
    shift 2
    if grep -snE "$pattern" "$@" /dev/null; then
        echo "^ $what"
        failed=1
    fi
}

include='^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]'
wireshark='(wireshark|epan|wsutil|wiretap|ui/|ws_|config\.h)'
none "tap/engine/ knows nothing of Wireshark" "$include$wireshark" tap/engine/*.[ch]
none "tap/engine/ does not print" "$include"'stdio\.h' tap/engine/*.[ch]
none "tap/ does not know plugin/" "$include"'([^>"]*/)?plugin/' tap/*.[ch] tap/engine/*.[ch]
none "only tap/listener and tap/dissection know epan" "$include$wireshark" \
    $(ls tap/*.[ch] | grep -vE '^tap/(listener|dissection)\.')
none "plugin/report/ and plugin/arguments know nothing of Wireshark" "$include$wireshark" plugin/report/*.[ch] \
    plugin/arguments*.[ch]
none "plugin/qt/ knows nothing of Wireshark and GLib" "$include"'(wireshark|epan|wsutil|wiretap|ui/|ws_|config\.h|glib|gmodule)' \
    plugin/qt/*.h plugin/qt/*.cpp
none "plugin/qt/ includes nothing of the plugin" "$include"'[^>"]*\.\./' plugin/qt/*.h plugin/qt/*.cpp
none "#if on the Wireshark version stands in plugin/compat.h" '^[[:space:]]*#.*WIRESHARK_VERSION_' \
    $(ls tap/*.[ch] tap/engine/*.[ch] plugin/*.[ch] plugin/report/*.[ch] | grep -v '^plugin/compat\.h$')
exit "$failed"
