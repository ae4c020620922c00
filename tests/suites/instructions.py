#!/usr/bin/env python3
"""What posting a batch, a verify, a trial balance, an import and a general ledger cost in instructions, against the
counts in tests/instructions/counts: none has grown by more than 10 %."""
import pathlib
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(TOP / 'tests' / 'support'), str(TOP / 'tools')]

import count_instructions  # noqa: E402 (found by the line above)
from harness import check, plan  # noqa: E402

ACCEPT = count_instructions.ACCEPT

# kept, now, whether that is good, what is said of it
COMPARE_CASES = [
    ('as it was', (1000, 400), (1000, 400), True, '+0.0 %'),
    ('10 % more', (1000, 400), (1100, 440), True, '+10.0 %'),
    ('a little more than that', (1000, 400), (1101, 400), False, ACCEPT),
    ('a little more than that beside libcrypto', (1000, 400), (1041, 441), False, ACCEPT),
    ('a kept count of 90 % of what it is', (900, 360), (1000, 400), False, 'too much'),
    ('10 % less', (1000, 400), (900, 360), True, '-10.0 %'),
    ('a little less than that', (1000, 400), (899, 360), True, 'later growth goes unseen: ' + ACCEPT),
]

PROFILE = """\
version: 1
positions: line
events: Ir

ob=(1) /usr/bin/program
fl=(1) a.c
fn=(1) main
12 100
+3 7
cob=(2) /usr/lib/libcrypto.so.3
cfn=(2) SHA256_Update
calls=1 5
* 50
-2 3

ob=(2)
fn=(2)
5 50

ob=(1)
fn=(3) other
9 1000
totals: 1160
"""


def test_compare():
    for name, kept, now, is_good, said in COMPARE_CASES:
        result, sentence = count_instructions.compare('work', kept, now)
        check(f'compare: {name}', result == is_good and said in sentence, sentence)


def test_files():
    whole = count_instructions.read_profile(PROFILE.splitlines())
    check('a profile: what is called is counted once, and libcrypto apart', whole == (1160, 1110), whole)
    with tempfile.TemporaryDirectory() as scratch:
        path = pathlib.Path(scratch) / 'counts'
        counts = {'one': (123456789, 5), 'two': (2, 1)}
        count_instructions.write_counts(counts, path)
        found = count_instructions.read_counts(path)
        check('counts are read as they were accepted', found == (counts, count_instructions.versions()), found)


def test_counts():
    kept, made_with = count_instructions.read_counts()
    counts = count_instructions.count_all()
    check('each piece of work has a count that is kept', list(kept) == list(counts), f'{list(counts)}: {ACCEPT}')
    for name in sorted(set(kept) & set(counts)):
        is_good, sentence = count_instructions.compare(name, kept[name], counts[name])
        here = count_instructions.versions()
        made = '' if here == made_with else f'\nThe kept counts are of {made_with}; here is {here}.'
        print(f'# {sentence}')
        check(f'instructions of {name}', is_good, sentence + made)


def main():
    test_compare()
    test_files()
    test_counts()
    plan()


if __name__ == '__main__':
    sys.exit(main())
