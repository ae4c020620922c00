#!/bin/sh
# The library as a stranger gets it: headers that compile alone, names that do not spill, an installation that works.
# Environment: LEDGER_BUILD, a build directory.
set -u
cd "$(dirname "$0")/../.." || exit 1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
number=0

# check NAME COMMAND...: one result; what the command says is shown where it fails.
check() {
    title=$1
    shift
    number=$((number + 1))
    if "$@" >"$scratch/said" 2>&1; then
        echo "ok $number - $title"
    else
        echo "not ok $number - $title"
        sed 's/^/# /' "$scratch/said"
    fi
}

# compiles COMPILER STANDARD LANGUAGE HEADER [FLAG...]
compiles() {
    compiler=$1
    standard=$2
    language=$3
    header=$4
    shift 4
    printf '#include "%s"\n#include "%s"\n' "$header" "$header" >"$scratch/alone"
    "$compiler" "-std=$standard" -x "$language" -Wall -Wextra -Wpedantic -Werror -fsyntax-only "$@" "$scratch/alone"
}

same() {
    diff "$1" "$2"
}

# The names of functions that are defined for others in a library.
defined_names() {
    nm -g --defined-only "$@" | sed -n 's/^[0-9a-f]* [TWVDBR] \([^@]*\).*/\1/p' | LC_ALL=C sort -u
}

# program OUTPUT FLAG...: builds the first example against the installed library.
program() {
    output=$1
    shift
    gcc -std=c17 "$example" -o "$output" "$@"
}

for header in include/ledger/*.h; do
    name=ledger/$(basename "$header")
    check "$name alone, gcc, C17" compiles gcc c17 c "$name" -Iinclude
    check "$name alone, clang, C17" compiles clang c17 c "$name" -Iinclude
    check "$name alone, clang, C++17" compiles clang++ c++17 c++ "$name" -Iinclude
done
for header in src/*/*.h; do
    name=${header#src/}
    # shellcheck disable=SC2046 # words, not one argument
    check "$name alone, C17" compiles gcc c17 c "$name" -D_GNU_SOURCE -Iinclude -Isrc -I"$LEDGER_BUILD/generated" \
        $(pkg-config --cflags libmariadb)
done

sed -n 's/^ *\(ledger_[a-z0-9_]*\);$/\1/p' "$LEDGER_BUILD/include/ledgerengine.map" | LC_ALL=C sort >"$scratch/public"
defined_names -D "$LEDGER_BUILD/src/libledgerengine.so" >"$scratch/shared"
defined_names "$LEDGER_BUILD/src/libledgerengine.a" >"$scratch/static"
check 'the shared library defines the public functions and nothing else' same "$scratch/public" "$scratch/shared"
check 'the static library defines the public functions and nothing else' same "$scratch/public" "$scratch/static"

example=$(find examples -name '*.c' | LC_ALL=C sort | head -n 1)
check 'meson install' env DESTDIR="$scratch/root" meson install -C "$LEDGER_BUILD" --no-rebuild
pc=$(find "$scratch/root" -name ledgerengine.pc)
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
prefix=$scratch/root$(pkg-config --variable=prefix ledgerengine)
libdir=$scratch/root$(pkg-config --variable=libdir ledgerengine)
flags="--define-variable=prefix=$prefix"
# Words, not one argument.
# shellcheck disable=SC2046
{
    check 'an example builds against what was installed' \
        program "$scratch/shared_example" $(pkg-config "$flags" --cflags --libs ledgerengine)
    check 'an example builds against the static library' \
        program "$scratch/static_example" $(pkg-config "$flags" --cflags ledgerengine) "$libdir/libledgerengine.a" \
        $(pkg-config --static --libs-only-l ledgerengine | sed 's/-lledgerengine//')
}
(
    cd "$scratch" || exit 1
    mkdir shared_run static_run
    cd shared_run && LD_LIBRARY_PATH=$libdir ../shared_example >../shared.out 2>&1
    echo $? >>../shared.out
    cd ../static_run && ../static_example >../static.out 2>&1
    echo $? >>../static.out
)
check 'the example with the shared library ends well' sh -c "cat '$scratch/shared.out' && tail -n 1 '$scratch/shared.out' | grep -qx 0"
check 'the example with the static library ends well' sh -c "cat '$scratch/static.out' && tail -n 1 '$scratch/static.out' | grep -qx 0"
check 'ledger-admin is installed' test -x "$prefix/bin/ledger-admin"
check 'ledger-admin has its manual page' test -s "$prefix/share/man/man1/ledger-admin.1"
echo "1..$number"
