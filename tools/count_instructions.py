#!/usr/bin/env python3
"""Counts the instructions of posting a batch, of a verify, of reports and of an import, and compares them with those in
tests/instructions/counts. Unlike a time, a count is the same in every run and on every x86-64 machine with the same
compiler and libraries.

    count_instructions.py [--accept]

LEDGER_BUILD is the build directory (default: build). --accept writes the counts as they are now into the file: do that
where a count has grown for a reason that is worth it, or has shrunk, and say why in the commit.

valgrind --tool=callgrind counts, in all threads. What a process does beside the work is counted alone and taken off,
where it is much of the whole. Each count stands there twice: whole, and without libcrypto, whose SHA-256 is more than
half of a verify and would hide what grows beside it. What OpenSSL and the C library choose by the processor is pinned
to what every x86-64 processor has that valgrind runs on, so that it does not depend on the machine; clock and ids are
the program's own (bench/instructions.c), and in the whole programs they make less than one instruction in a million.
"""
import argparse
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get('LEDGER_BUILD', TOP / 'build')).resolve()
COUNTS = TOP / 'tests' / 'instructions' / 'counts'
ACCEPT = './do bench instructions --accept'
GROWTH_MAX_PERCENT = 10
TRANSACTIONS = 3000  # of the ledger that is read
LINES = 1000  # of the file that is imported
CRYPTO = 'libcrypto.so'

PINNED = {
    'LC_ALL': 'C',
    'TZ': 'UTC',
    # SHA-256 by SSSE3: no AVX; no SHA extensions, AVX2, BMI1, BMI2.
    'OPENSSL_ia32cap': '~0x1000000000000000:~0x20000128',
    'GLIBC_TUNABLES': 'glibc.cpu.hwcaps=-AVX,-AVX2,-AVX512F,-AVX512VL,-AVX512BW,-ERMS,-FSRM,-BMI1,-BMI2,-LZCNT,-MOVBE,'
                      '-SSE4_1,-SSE4_2:glibc.cpu.x86_non_temporal_threshold=0x1000000'
                      ':glibc.cpu.x86_data_cache_size=0x8000:glibc.cpu.x86_shared_cache_size=0x100000',
}

# What --accept writes above the counts.
HEADER = """\
# Instructions of pieces of work, a line each: name, all of them, those outside of libcrypto.
# tests/suites/instructions.py fails where one has grown by more than {percent} %; tools/count_instructions.py says
# what is counted and how. Made by `{accept}` with
# {versions}.
"""


def versions():
    """What the counts depend on beside our own code."""
    comment = subprocess.run(['readelf', '-p', '.comment', BUILD / 'ledger-admin'], check=True, capture_output=True,
                             text=True).stdout
    compiler = re.search(r'(clang) version ([\d.]+)', comment) or re.search(r'(GCC): \(.*\) ([\d.]+)', comment)
    libraries = [f'{title} ' + subprocess.run(['pkg-config', '--modversion', name], check=True, capture_output=True,
                                              text=True).stdout.strip()
                 for name, title in (('sqlite3', 'SQLite'), ('libcrypto', 'OpenSSL'))]
    valgrind = subprocess.run(['valgrind', '--version'], check=True, capture_output=True, text=True).stdout.strip()
    return ', '.join([' '.join(compiler.groups()), f'glibc {platform.libc_ver()[1]}', *libraries,
                      valgrind.replace('-', ' ', 1)])


def read_profile(lines):
    """(all instructions, those outside of libcrypto) of a callgrind file."""
    objects = {}
    spent = {}
    here = ''
    is_callee = False
    for line in lines:
        if line.startswith('ob='):
            number, name = re.match(r'ob=(\(\d+\))\s*(.*)', line).groups()
            here = objects.setdefault(number, name)
        elif line.startswith('cob='):
            number, name = re.match(r'cob=(\(\d+\))\s*(.*)', line).groups()
            objects.setdefault(number, name)
        elif line.startswith('calls='):
            is_callee = True  # the next line has what the called one spent: it stands there itself
        elif line[:1] in '0123456789+-*' and line.strip():
            spent[here] = spent.get(here, 0) + (0 if is_callee else int(line.split()[1]))
            is_callee = False
    whole = sum(spent.values())
    return whole, whole - sum(count for name, count in spent.items() if CRYPTO in name)


def count_process(folder, words):
    """The instructions of a process."""
    profile = folder / 'profile'
    environment = {'PATH': os.environ['PATH'], **PINNED}
    done = subprocess.run(['valgrind', '--tool=callgrind', f'--callgrind-out-file={profile}', *map(str, words)],
                          cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f'{" ".join(map(str, words))} under valgrind: exit status {done.returncode}\n{done.stderr}')
    with open(profile, encoding='utf-8') as lines:
        return read_profile(lines)


def write_lines(path):
    """The transactions that are imported."""
    with open(path, 'w', encoding='utf-8') as file:
        for i in range(LINES):
            entries = [{'account_code': str(1000 + account % 100), 'entry_type': side, 'amount': f'{100 + i}.00'}
                       for side, account in (('DEBIT', 7 * i), ('CREDIT', 11 * i + 1))]
            file.write(json.dumps({'business_event_type': 'SALE', 'description': f'Invoice {i} for services rendered',
                                   'transaction_date': f'2025-{i % 12 + 1:02}-{i % 28 + 1:02}T10:00:00Z',
                                   'entries': entries}) + '\n')


def count_all():
    """By name the two counts of each piece of work."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix='ledger-instructions-'))
    program, admin = BUILD / 'bench' / 'bench_instructions', BUILD / 'ledger-admin'
    try:
        books, copy = folder / 'books.db', folder / 'copy.db'
        subprocess.run([program, 'make', books, str(TRANSACTIONS)], check=True)
        write_lines(folder / 'lines.ndjson')

        def count(*words):
            for path in folder.glob('copy.db*'):
                path.unlink()
            shutil.copy(books, copy)
            return count_process(folder, words)

        works = ('open', 'post-one', 'post-two', 'trial-balance', 'verify')
        found = {work: count(program, work, copy) for work in works}

        def behind(work, beside):
            return tuple(whole - part for whole, part in zip(found[work], found[beside]))

        database = ('--db', 'sqlite:///copy.db')
        return {
            'post_batch': behind('post-two', 'post-one'),
            'verify': behind('verify', 'open'),
            'trial_balance': behind('trial-balance', 'open'),
            'import_ndjson': count(admin, *database, 'import', 'lines.ndjson', '--user', 'bench'),
            'general_ledger_csv': count(admin, *database, 'report', '--type', 'general-ledger', '--format', 'csv',
                                        '--output', 'ledger.csv', '--user', 'bench'),
        }
    finally:
        shutil.rmtree(folder)


def read_counts(path=COUNTS):
    """(the counts that are kept, what they were made with)."""
    kept = {}
    made_with = ''
    with open(path, encoding='utf-8') as file:
        for line in file:
            if line.startswith('#'):
                made_with = line[1:].strip().rstrip('.')
            elif line.strip():
                name, whole, own = line.split()
                kept[name] = (int(whole), int(own))
    return kept, made_with


def write_counts(counts, path=COUNTS):
    with open(path, 'w', encoding='utf-8') as file:
        file.write(HEADER.format(percent=GROWTH_MAX_PERCENT, accept=ACCEPT, versions=versions()))
        for name, (whole, own) in counts.items():
            file.write(f'{name:<20}{whole:>12}{own:>12}\n')


def compare(name, kept, now):
    """(whether it may stand, a sentence)."""
    said = []
    is_good = True
    for what, before, count in (('', kept[0], now[0]), (' outside of libcrypto', kept[1], now[1])):
        percent = 100 * (count - before) / before
        said.append(f'{count:,}{what}, {percent:+.1f} %')
        is_good = is_good and 100 * count <= (100 + GROWTH_MAX_PERCENT) * before
    sentence = f'{name}: {"; ".join(said)} against {kept[0]:,} and {kept[1]:,}'
    if not is_good:
        return False, f'{sentence}. More than {GROWTH_MAX_PERCENT} % is too much; where it is worth it: {ACCEPT}'
    if any(100 * count < (100 - GROWTH_MAX_PERCENT) * before for before, count in zip(kept, now)):
        return True, f'{sentence}. Keep that, or later growth goes unseen: {ACCEPT}'
    return True, sentence


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--accept', action='store_true', help='write the counts as they are now')
    options = parser.parse_args()
    counts = count_all()
    if options.accept:
        write_counts(counts)
        print(COUNTS.read_text(encoding='utf-8'), end='')
        return 0
    kept, made_with = read_counts()
    results = [compare(name, kept[name], now) if name in kept else (False, f'{name}: no count is kept; {ACCEPT}')
               for name, now in counts.items()]
    print('\n'.join(said for _, said in results))
    if made_with != versions():
        print(f'The kept counts are of {made_with}; here is {versions()}.')
    return 0 if all(is_good for is_good, _ in results) else 1


if __name__ == '__main__':
    sys.exit(main())
