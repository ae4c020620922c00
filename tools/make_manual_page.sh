#!/bin/sh
# make_manual_page.sh OUTPUT SOURCE.scd
# make_manual_page.sh OUTPUT PROGRAM PAGE
#
# Turns an scdoc source, or what PROGRAM prints for PAGE, into a manual page.
set -eu
if [ $# -eq 2 ]; then
    scdoc <"$2" >"$1"
else
    "$2" "$3" >"$1.scd"
    scdoc <"$1.scd" >"$1"
fi
