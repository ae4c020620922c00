#!/bin/sh
# list_sources.sh [--headers | --manual] DIRECTORY...
#
# Lists the C files (or the headers and tables, or the sources of manual pages) of the directories, relative to the top
# of the tree, one a line, in one order everywhere. A directory that does not exist has none. Files are found rather than
# listed by hand so that adding one is all there is to do; `./do build` notices and configures again.
set -eu
cd "$(dirname "$0")/.."
pattern='*.c'
case ${1-} in
--headers)
    pattern='*.[hd]*' # .h and .def
    shift
    ;;
--manual)
    pattern='*.scd'
    shift
    ;;
esac
for directory in "$@"; do
    if [ -d "$directory" ]; then
        find "$directory" -maxdepth 1 -type f -name "$pattern"
    fi
done | LC_ALL=C sort
