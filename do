#!/bin/sh
# The one entry: everything that is done with this tree is a command here. `./do help` lists them.
set -eu
cd "$(dirname "$0")"

# What each command needs on Debian 12, by package.
packages_build='gcc libc6-dev binutils meson ninja-build pkgconf python3 libsqlite3-dev libmariadb-dev libssl-dev
    libsmartcols-dev libutf8proc-dev scdoc tzdata'
packages_demo="$packages_build sqlite3"
packages_cluster='python3 mariadb-server galera-4 rsync iproute2 iptables procps'
packages_test="$packages_demo $packages_cluster clang libclang-rt-14-dev clang-tidy clang-format shellcheck cppcheck
    libcmocka-dev libjansson-dev git openssl procps strace valgrind mariadb-client hledger ledger beancount"

jobs=$(nproc)
suite_timeout_s=1800

say() {
    printf '%s\n' "$*" >&2
}

die() {
    say "do: $*"
    exit 1
}

# need PACKAGE...: installs those that are missing, and says so.
need() {
    if ! command -v dpkg-query >/dev/null; then
        say "do: this is no Debian, so nothing is installed; these are needed: $*"
        return
    fi
    installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null | sed -n 's/ installed$//p')
    missing=
    for package in "$@"; do
        case "
$installed
" in
        *"
$package
"*) ;;
        *) missing="$missing $package" ;;
        esac
    done
    if [ -z "$missing" ]; then
        return
    fi
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        as_root=sudo
        command -v sudo >/dev/null ||
            die "neither root nor sudo, so these cannot be installed; have it done and come again:$missing"
    fi
    say "Installing$missing"
    # Words, not one argument; apt's own talk is no output of ours.
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive sh -c 'apt-get update && apt-get install --no-install-recommends -y "$@"' \
        sh $missing >&2 || die "apt-get failed (above); these are needed:$missing"
}

# configure DIRECTORY COMPILER [OPTION...]: makes a build directory, or configures it again where a source file is new or
# gone.
configure() {
    directory=$1
    compiler=$2
    shift 2
    sources=$(find src include tests examples bench docs/man tools -name '*.[ch]' -o -name '*.def' -o -name '*.scd' |
        LC_ALL=C sort)
    if [ ! -f "$directory/build.ninja" ]; then
        rm -rf "$directory"
        CC=$compiler meson setup "$directory" "$@" >&2
    elif [ ! -f "$directory/sources" ] || [ "$sources" != "$(cat "$directory/sources")" ]; then
        meson setup --reconfigure "$directory" >&2
    fi
    printf '%s\n' "$sources" >"$directory/sources"
}

# build KIND [TARGET...]: builds in the directory of that kind.
build() {
    kind=$1
    shift
    case $kind in
    release)
        configure build gcc
        ninja -C build "$@"
        ;;
    clang)
        configure build-clang clang
        ninja -C build-clang "$@"
        ;;
    asan)
        configure build-asan gcc -Db_sanitize=address,undefined -Dc_args=-fno-sanitize-recover=all -Dwerror=false
        ninja -C build-asan "$@"
        ;;
    tsan)
        configure build-tsan gcc -Db_sanitize=thread -Dwerror=false
        ninja -C build-tsan "$@"
        ;;
    fuzz)
        configure build-fuzz clang -Dfuzz=true -Db_sanitize=address,undefined -Dc_args=-fno-sanitize-recover=all
        ninja -C build-fuzz "$@"
        ;;
    *)
        die "there is no build '$kind'; there are release, clang, asan, tsan and fuzz"
        ;;
    esac
}

c_files() {
    find src include tests examples bench tools -name '*.[ch]' | LC_ALL=C sort
}

shell_files() {
    printf '%s\n' ./do .ci/run
    find tools -name '*.sh'
    find bench examples tests -type f -exec sh -c 'head -n 1 "$1" | grep -qE "^#!.*\b(sh|bash)$"' sh {} \; -print
}

plan_lint() {
    echo "format! clang-format --dry-run -Werror $(c_files | tr '\n' ' ')"
    echo "layers! tools/check_layers.py"
    echo "shellcheck! shellcheck $(shell_files | tr '\n' ' ')"
    echo "cppcheck! cppcheck --quiet --std=c11 -D_GNU_SOURCE -j 2 --error-exitcode=1 --inline-suppr" \
        "--enable=warning,portability -Iinclude -Isrc -Ibuild/generated src"
    echo "clang-tidy! tools/tidy.py --jobs $jobs build $(find src -name '*.c' | LC_ALL=C sort | tr '\n' ' ')"
}

# What runs on which backend. A suite says so itself in a line `# backends:`; without one it runs on SQLite alone. The
# unit tests that run on MariaDB run there once more in the SQL that MySQL is spoken to in (backend mysql).
#
#   tests                                    SQLite  MariaDB
#   unit tests of a ledger (fixtures)        yes     yes, but for groups about files
#   unit tests of everything beneath         yes     they know no database
#   cli (accounts, audit, balance,           yes     yes, but for the steps and the one file about files
#     checkpoint, entries, period, post,
#     reports, reverse, settings, usage,
#     verify)
#   checkpoints, guards, history, oracles,   yes     yes
#     random_operations, tamper_matrix
#   concurrency, crashes                     yes     yes, shorter
#   bad_databases, faults, fault_commands,   yes     no: damaged files, failing writes to files; a server's faults have
#     fault_driver, valgrind                         suites of their own
#   demo, examples, readme, library,         yes     no: what they show is the embedded database
#     documents, hash_vectors, tools, bench
#   instructions                             yes     no: a server's work cannot be counted from outside it
#
# On MariaDB all of them share one server, which the run starts and ends (tools/mariadb_server.py); each ledger is a
# database of its own. Where there is no server these tests fail.

# plan_unit DIRECTORY: the unit tests of a build directory.
plan_unit() {
    sed "/./s,.*,$1: CMOCKA_MESSAGE_OUTPUT=TAP $1/tests/unit/test_&," tests/unit/list
}

# Those with a log of many thousand events: minutes under sanitizers.
long_modules=' account_list report_ledger verify verify_tamper verify_threads '

# plan_unit_server DIRECTORY mariadb|mysql: those that have a ledger, on the server. The long ones neither under
# sanitizers nor once more in MySQL's SQL, all of whose queries the others ask too.
plan_unit_server() {
    while read -r module; do
        case "$1 $2$long_modules" in
        build-asan*" $module "* | *mysql*" $module "*) continue ;;
        esac
        if grep -Eqs '"support/(ledger_fixture|report_books|verify_ledger)\.h"' "tests/unit/test_$module.c"; then
            echo "'$1 $2:' LEDGER_TEST_BACKEND=$2 CMOCKA_MESSAGE_OUTPUT=TAP $1/tests/unit/test_$module"
        fi
    done <tests/unit/list
}

# The unit tests that start threads.
threaded_modules() {
    while read -r module; do
        if grep -qs pthread_create "tests/unit/test_$module.c"; then
            echo "$module"
        fi
    done <tests/unit/list
}

# plan_suites DIRECTORY: the suites against the program of a build directory; under sanitizers those alone that ask for
# it.
plan_suites() {
    for suite in tests/suites/*; do
        if [ -f "$suite" ] && { [ "$1" = build ] || grep -q '^# sanitizers: yes$' "$suite"; }; then
            echo "$1: LEDGER_ADMIN=$PWD/$1/ledger-admin LEDGER_BUILD=$PWD/$1 $suite"
        fi
    done
}

# plan_suites_mariadb DIRECTORY: those that run on the server too.
plan_suites_mariadb() {
    for suite in tests/suites/*; do
        if [ -f "$suite" ] && grep -q '^# backends:.* mariadb\b' "$suite"; then
            echo "'$1 mariadb:' LEDGER_TEST_BACKEND=mariadb LEDGER_ADMIN=$PWD/$1/ledger-admin LEDGER_BUILD=$PWD/$1 $suite"
        fi
    done
}

# with_server COMMAND...: runs it with a server of its own; where none can be had the tests say so, each for itself.
with_server() {
    if tools/mariadb_server.py run -- true; then
        tools/mariadb_server.py run -- "$@"
    else
        "$@"
    fi
}

# plan_fuzz SECONDS: a corpus grows in build-fuzz; seeds stand in tests/fuzz/seeds/<name>.
plan_fuzz() {
    for source in tests/fuzz/*.c; do
        if [ -f "$source" ]; then
            name=$(basename "$source" .c)
            corpus=build-fuzz/corpus/$name
            seeds=tests/fuzz/seeds/$name
            dictionary=tests/fuzz/$name.dict
            mkdir -p "$corpus"
            echo "$name! build-fuzz/tests/fuzz/$name -max_total_time=$1 -timeout=10 -rss_limit_mb=2048" \
                "-artifact_prefix=build-fuzz/$name- $([ ! -f "$dictionary" ] || echo "-dict=$dictionary")" \
                "$corpus $([ ! -d "$seeds" ] || echo "$seeds")"
        fi
    done
}

command_demo() {
    # shellcheck disable=SC2086
    need $packages_demo
    build release >&2
    exec tools/demo.sh "$@"
}

command_build() {
    build "${1:-release}"
}

command_lint() {
    build release generated/queries.h >&2
    plan_lint | tools/run_tests.py --jobs "$jobs" "$@"
}

command_test() {
    # shellcheck disable=SC2086
    need $packages_test
    export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1
    tally=$(mktemp)
    trap 'rm -f "$tally"' EXIT
    # Each step goes on whatever the one before said: the sum tells.
    command_lint --tally "$tally" || true
    tools/run_tests.py --jobs 1 --tally "$tally" <<PLAN || true
gcc! ./do build release
clang! ./do build clang
sanitizers! ./do build asan
fuzzers! ./do build fuzz
PLAN
    threaded=$(threaded_modules)
    if [ -n "$threaded" ]; then
        # shellcheck disable=SC2046,SC2086
        build tsan $(printf 'tests/unit/test_%s ' $threaded) >&2 || true
    fi
    {
        plan_unit build
        plan_unit build-asan
        for module in $threaded; do
            echo "build-tsan: CMOCKA_MESSAGE_OUTPUT=TAP build-tsan/tests/unit/test_$module"
        done
        plan_suites build
        plan_suites build-asan
        plan_unit_server build mariadb
        plan_unit_server build mysql
        plan_unit_server build-asan mariadb
        plan_suites_mariadb build
        plan_fuzz 3
    } | with_server tools/run_tests.py --jobs "$jobs" --timeout "$suite_timeout_s" --tally "$tally" || true
    tools/run_tests.py --total "$tally"
}

command_tamper() {
    # shellcheck disable=SC2086
    need $packages_test
    build release >&2
    export LEDGER_BUILD="$PWD/build" LEDGER_ADMIN="$PWD/build/ledger-admin"
    mkdir -p build/tamper
    tests/tamper/matrix.py run build/tamper/sqlite.json
    tools/mariadb_server.py run -- env LEDGER_TEST_BACKEND=mariadb tests/tamper/matrix.py run build/tamper/mariadb.json
    exec tests/tamper/matrix.py write build/tamper/sqlite.json build/tamper/mariadb.json
}

command_bench() {
    build release >&2
    if [ "${1:-}" = instructions ]; then
        shift
        exec tools/count_instructions.py "$@"
    fi
    exec bench/run "$@"
}

command_fuzz() {
    build fuzz
    plan_fuzz "${1:-60}" | tools/run_tests.py --jobs "$jobs" --timeout 1000000
}

command_fault() {
    build release >&2
    export LEDGER_FAULT_FULL=1
    {
        echo "clang-tidy! tools/tidy.py --deep --jobs $jobs build $(find src -name '*.c' | LC_ALL=C sort | tr '\n' ' ')"
        plan_suites build
        plan_suites_mariadb build
    } | with_server tools/run_tests.py --jobs "$jobs" --timeout 1000000
}

command_cluster() {
    # shellcheck disable=SC2086
    need $packages_cluster
    exec tools/cluster.py "$@"
}

command_fmt() {
    c_files | xargs clang-format -i
}

command_clean() {
    [ ! -d build-cluster ] || tools/cluster.py down
    rm -rf build build-asan build-clang build-cluster build-fuzz build-tsan
}

command_help() {
    cat <<'HELP'
./do demo              a working ledger in a minute: sets up what is missing, builds, and shows it
./do build [KIND]      build/ledger-admin; KIND is release, clang, asan, tsan or fuzz
./do test              everything: lint, all builds, unit tests, suites, a short fuzz; the last line is the sum
./do lint              format, layers, shellcheck, cppcheck, clang-tidy
./do fmt               formats the C files
./do tamper            every tampering with a ledger, really done: makes docs/TAMPER_MATRIX.md (minutes)
./do bench [PART]      the figures of docs/PERFORMANCE.md, beside the bare database and other programs (--help)
./do bench instructions  compares counts of instructions with those that are kept; --accept keeps them as they are
./do fuzz [SECONDS]    fuzzes each parser, 60 seconds each unless told
./do fault             the suites with their sweeps of faults, and clang-tidy, in full (hours)
./do cluster COMMAND   a Galera cluster of three on this machine, to try out: up, status, down and more (--help)
./do clean             removes the build directories
./do help              this

demo, test and cluster install what is missing on Debian 12 (as root or by sudo) and say what.
One test alone: build/tests/unit/test_json, or LEDGER_BUILD=$PWD/build LEDGER_ADMIN=$PWD/build/ledger-admin
tests/suites/NAME. On MariaDB: tools/mariadb_server.py run -- env LEDGER_TEST_BACKEND=mariadb and the same.
HELP
}

command=${1:-help}
[ $# -eq 0 ] || shift
case $command in
demo | build | test | lint | fmt | tamper | bench | fuzz | fault | cluster | clean | help) "command_$command" "$@" ;;
*)
    command_help >&2
    die "there is no command '$command'"
    ;;
esac
