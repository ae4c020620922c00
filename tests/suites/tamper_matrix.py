#!/usr/bin/env python3
# backends: sqlite mariadb
"""A sample of the tamper matrix (tests/tamper), and that docs/TAMPER_MATRIX.md is of the schema as it is. `./do tamper`
does all of it.

Environment: see tests/support/harness.py; LEDGER_TAMPER_SEED, an integer that chooses the sample, else by chance."""

import os
import pathlib
import random
import re
import sys
import time

TAMPER = pathlib.Path(__file__).resolve().parent.parent / 'tamper'
sys.path.insert(0, str(TAMPER))
import matrix

import books
import document
import harness

SAMPLE = 40


def told_columns(backend):
    """(table, column) of the document."""
    text = (harness.TOP / 'docs' / 'TAMPER_MATRIX.md').read_text(encoding='utf-8')
    section = text.partition(f'## Columns on {document.TITLES[backend]}\n')[2].partition('\n## ')[0]
    found = set()
    for part in section.split('\n### ')[1:]:
        table = part.partition('\n')[0]
        found |= {(table, column) for column in re.findall(r'^\| `(\w+)` \|', part, re.MULTILINE)}
    return found


def check_document(side):
    """A new column, or one that went, needs the matrix made again."""
    live = {(table.name, column.name) for table in side.tables() for column in table.columns if not column.is_generated}
    told = told_columns(side.name)
    harness.check('docs/TAMPER_MATRIX.md has every column of every table, and no other', live == told,
                  f'not told: {sorted(live - told)}\ntold: {sorted(told - live)}\nmake it again: ./do tamper')


def main():
    seed = int(os.environ.get('LEDGER_TAMPER_SEED', random.SystemRandom().randrange(1 << 31)))
    print(f'# LEDGER_TAMPER_SEED={seed}')
    bench = books.Bench(harness.scratch(), has_large=False)
    check_document(bench.side)
    tamperings = matrix.all_tamperings(bench.side)
    cunning = [one for one in tamperings if one.section == 'cunning']
    others = [one for one in tamperings if one.section != 'cunning']
    random.Random(seed).shuffle(others)
    chosen = [*cunning, *others[:SAMPLE]]
    started = time.monotonic()
    results = matrix.run_all(bench, chosen)
    print(f'# {len(chosen)} tamperings in {time.monotonic() - started:.0f} s')
    for one, result in zip(chosen, results):
        record = matrix.record_of(one, result)
        faults = list(document.faults_of(bench.side.name, record))
        harness.check(f'{one.name}: {document.cell(record)}', not faults, '\n'.join([*faults, str(result)]))
    harness.plan()


if __name__ == '__main__':
    main()
