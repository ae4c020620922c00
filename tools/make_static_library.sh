#!/bin/sh
# make_static_library.sh INTERNAL.a OUTPUT.a
#
# The static library that is shipped: one object in which only the exported functions are still global, so that our
# internal names cannot meet those of the program that it is linked into.
set -eu
object=$2.o
rm -f "$2"
ld -r --whole-archive "$1" -o "$object"
objcopy --localize-hidden "$object"
ar rcs "$2" "$object"
rm -f "$object"
