#!/usr/bin/env python3
"""Runs clang-tidy over C files, some at a time, and not again over those that it found clean before.

    tidy.py [--jobs N] [--deep] BUILD_DIRECTORY FILE...

BUILD_DIRECTORY has the compile_commands.json. A file is clean as long as it, everything of ours that it includes,
.clang-tidy and clang-tidy itself are what they were; BUILD_DIRECTORY/clang-tidy remembers that.

The analyser follows the ways through a function up to a number of states. Its own limit, which --deep leaves, takes three
times as long as ours.
"""

import argparse
import concurrent.futures
import hashlib
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
STATES_MAX = 40000  # of a function; the analyser's own is 225,000
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)


def files_read(file, search, seen):
    """The file and what it includes of ours, to the end."""
    if file in seen:
        return
    seen.add(file)
    for name in INCLUDE.findall(file.read_text(encoding='utf-8')):
        for directory in (file.parent, *search):
            if (directory / name).is_file():
                files_read(directory / name, search, seen)
                break


def fingerprint(file, search, common):
    seen = set()
    files_read(file, search, seen)
    digest = hashlib.sha256(common)
    for path in sorted(seen):
        digest.update(str(path).encode() + b'\0' + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def analyser_options(is_deep):
    words = [] if is_deep else ['-Xclang', '-analyzer-config', '-Xclang', f'max-nodes={STATES_MAX}']
    return [f'--extra-arg={word}' for word in words]


def tidy(file, build, is_deep):
    """What clang-tidy says of the file, None where it is clean."""
    done = subprocess.run(['clang-tidy', '--quiet', '-p', build, *analyser_options(is_deep), file], cwd=TOP, text=True,
                          capture_output=True, check=False)
    return None if done.returncode == 0 else done.stdout + done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('--deep', action='store_true')
    parser.add_argument('build', type=pathlib.Path)
    parser.add_argument('files', nargs='+', type=pathlib.Path)
    options = parser.parse_args()
    build = options.build.resolve()
    search = [TOP / 'include', TOP / 'src', TOP / 'tests', build / 'generated']
    version = subprocess.run(['clang-tidy', '--version'], text=True, capture_output=True, check=True).stdout
    common = (TOP / '.clang-tidy').read_bytes() + f'{version} {analyser_options(options.deep)}'.encode()
    waiting = []
    for file in options.files:
        stamp = build / 'clang-tidy' / file.with_suffix('.clean')
        key = fingerprint((TOP / file).resolve(), search, common)
        if not stamp.exists() or stamp.read_text(encoding='ascii') != key:
            waiting.append((file, stamp, key))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for (file, stamp, key), said in zip(waiting, pool.map(lambda row: tidy(row[0], build, options.deep), waiting)):
            if said is None:
                stamp.parent.mkdir(parents=True, exist_ok=True)
                stamp.write_text(key, encoding='ascii')
            else:
                failed += 1
                print(f'{file}:\n{said}')
    print(f'{len(options.files)} files, {len(waiting)} looked at, {failed} with findings')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
