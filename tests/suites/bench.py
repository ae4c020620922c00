#!/usr/bin/env python3
"""What `./do bench` measures with: its generator, what it says that a process spent, its tables; and that its parts on
SQLite work, on small ledgers. The figures themselves are nothing that a test could judge."""
import hashlib
import json
import pathlib
import re
import sqlite3
import sys
from decimal import Decimal

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(TOP / 'tests' / 'support'), str(TOP / 'bench')]

import beside_peers  # noqa: E402 (found by the line above)
import document  # noqa: E402
import harness  # noqa: E402
import on_sqlite  # noqa: E402
from harness import check, plan, run  # noqa: E402

DIRECTORY = harness.scratch()
COUNT = 500
RUN = TOP / 'bench' / 'run'
PARTS = ('posting', 'import', 'reading', 'verify', 'proof', 'peers', 'mariadb', 'galera')
ENTRY = re.compile(r'  (\w+):A(\d+)  (-?[\d.]+) EUR')


def generate(form, count=COUNT):
    return run(harness.BUILD / 'bench' / 'bench_generate', form, count)


def read_ndjson(text):
    """(day, description, debited and credited code, amount) of each transaction."""
    found = []
    for record in map(json.loads, text.splitlines()):
        if 'account' not in record:
            debit, credit = record['entries']
            check_sides = (debit['entry_type'], credit['entry_type'], debit['amount'] == credit['amount'])
            assert check_sides == ('DEBIT', 'CREDIT', True), record
            found.append((record['transaction_date'][:10], record['description'], debit['account_code'],
                          credit['account_code'], debit['amount']))
    return found


def read_journal(text):
    found = []
    for block in text.split('\n\n')[1:]:
        head, *entries = block.splitlines()
        day, description = re.fullmatch(r'(\S+) \* "(.*)"', head).groups()
        (_, debited, amount), (_, credited, negative) = (ENTRY.fullmatch(entry).groups() for entry in entries)
        assert Decimal(amount) == -Decimal(negative), block
        found.append((day, description, debited, credited, amount))
    return found


def test_generator():
    texts = {}
    for form in ('ndjson', 'journal', 'beancount'):
        status, texts[form], said = generate(form)
        check(f'generate {form}: the same each time', status == 0 and texts[form] == generate(form)[1], said)
    transactions = read_ndjson(texts['ndjson'])
    check('generate: as many as asked', len(transactions) == COUNT, len(transactions))
    check('generate: over five years', (transactions[0][0], transactions[-1][0][:7]) == ('2020-01-01', '2024-12'),
          transactions[-1])
    check('generate: the journal is the same', read_journal(texts['journal']) == transactions)
    check('generate: the beancount journal is the same', read_journal(texts['beancount']) == transactions)
    digest = hashlib.sha256(texts['ndjson'].encode()).hexdigest()[:16]
    check('generate: what it always was, so that figures can be compared', digest == 'f63ea665aeaa6bbd', digest)
    for name, before, behind, form, _ in beside_peers.PEERS:
        path = DIRECTORY / f'small.{form}'
        path.write_text(texts[form], encoding='utf-8')
        status, _, said = run(*before, path, *behind, environment={'BEANCOUNT_DISABLE_LOAD_CACHE': '1'})
        check(f'generate: {name} takes it', status == 0, said)
    for words in ((), ('ndjson',), ('csv', 5), ('ndjson', 0)):
        check(f'generate {words}: refused', run(harness.BUILD / 'bench' / 'bench_generate', *words)[0] != 0)


def test_spend():
    path = DIRECTORY / 'spent'
    status, _, said = run(harness.BUILD / 'bench' / 'bench_spend', path, sys.executable, '-c',
                          'import time; held = b"x" * (80 << 20); time.sleep(0.1); raise SystemExit(3)')
    spent = json.loads(path.read_text(encoding='utf-8'))
    check('spend: ends as the command did', status == 3, said)
    check('spend: its memory', 80 << 10 <= spent['peak_kib'] < 140 << 10, spent)
    check('spend: its time', 0.1 <= spent['seconds'] < 60 and spent['user'] + spent['system'] <= 4 * spent['seconds'],
          spent)
    run(harness.BUILD / 'bench' / 'bench_spend', path, 'true')
    small = json.loads(path.read_text(encoding='utf-8'))
    check('spend: nothing of the process that asks', small['peak_kib'] < 5 << 10, small)
    check('spend: no such command', run(harness.BUILD / 'bench' / 'bench_spend', path, '/nowhere')[0] == 127)


def test_ends():
    """10,000 transactions: 1,000 a second at first, 500 at the end."""
    path = DIRECTORY / 'ends.db'
    connection = sqlite3.connect(path)
    connection.execute('CREATE TABLE transaction_rows (log_index INTEGER PRIMARY KEY, posting_date INTEGER)')
    moment = 0
    for number in range(10000):
        moment += 1000 if number < 5000 else 2000
        connection.execute('INSERT INTO transaction_rows VALUES (?, ?)', (number + 501, moment))
    connection.commit()
    connection.close()
    first, last = on_sqlite.ends_of(path, 10000)
    check('the rates of beginning and end', abs(first - 1000) < 5 and abs(last - 500) < 5, (first, last))


DOCUMENT = """a
<!-- asked: begin -->

<!-- asked: end -->
<!-- one: begin -->
| old | | | | | yes |
<!-- one: end -->
b
<!-- two: begin -->
| there | 7 | | | at least 8 | no |
| more | 7 | | |  |  |
<!-- two: end -->
c
"""


def test_document():
    made = document.put(DOCUMENT, 'one', '| new | 5 | | | at least 4 | yes |')
    check('a table takes the place of the old one, and only there',
          made == DOCUMENT.replace('| old | | | | | yes |', '| new | 5 | | | at least 4 | yes |'), made)
    rows = document.asked_table(made, ('one', 'two')).splitlines()[2:]
    check('what is asked is gathered from all', rows == ['| one | new | 5 | | | at least 4 | yes |',
                                                         '| two | there | 7 | | | at least 8 | no |'], rows)
    kept = (TOP / 'docs' / 'PERFORMANCE.md').read_text(encoding='utf-8')
    for name in ('asked', *PARTS):
        begin, end = document.between(name)
        check(f'PERFORMANCE.md has a place for {name}', kept.count(begin) == 1 and kept.count(end) == 1)
    check('PERFORMANCE.md: what is asked is what the parts say',
          document.put(kept, 'asked', document.asked_table(kept, PARTS)) == kept)


def test_run():
    parts = ('import', 'reading', 'verify', 'proof')
    environment = {'LEDGER_BUILD': str(harness.BUILD)}
    status, output, said = run(RUN, '--quick', *parts, environment=environment)
    check('bench/run --quick', status == 0, said)
    for name, text in zip(parts, re.split(r'^(?:import|reading|verify|proof)\n', output, flags=re.MULTILINE)[1:]):
        lines = text.split('\n\n')[1].splitlines()
        check(f'bench/run: {name}: a table, and which machine',
              text.startswith('\nMeasured on ') and len(lines) > 3 and all(line.count('|') == 7 for line in lines), text)
    for words, expected in ((('nothing',), 'there is no part "nothing"; there are posting, import'),
                            (('--transactions', '30000', 'import'), 'a multiple of 20,000'),
                            (('--rounds', '0', 'import'), '--rounds is at least 1')):
        status, _, said = run(RUN, *words, environment=environment)
        check(f'bench/run {" ".join(words)}: refused', status == 2 and expected in said, said)
    status, output, _ = run(RUN, '--help')
    check('bench/run --help names every part', status == 0 and ', '.join(PARTS) in ' '.join(output.split()), output)


def main():
    test_generator()
    test_spend()
    test_ends()
    test_document()
    test_run()
    plan()


if __name__ == '__main__':
    sys.exit(main())
