#!/usr/bin/env python3
# backends: sqlite mariadb
"""Exports, judged by the programs that they are for: hledger, ledger and beancount accept the journals and come to the
balances of the trial balance; NDJSON imported elsewhere gives the same ledger; the files of the audit data standard
agree with the reports."""
import csv
import decimal
import hashlib
import io
import json
import os
import pathlib
import random
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
import harness  # noqa: E402 (found by the line above)

DIRECTORY = harness.scratch()
DECIMALS = {'EUR': 2, 'USD': 2, 'JPY': 0}

# code, type, options
ACCOUNTS = [
    ('1', 'ASSET', ['--role', 'HEADER']),
    ('1000', 'ASSET', ['--parent', '1']),
    ('10 00:b;"c"', 'ASSET', ['--parent', '1']),
    ('cash-é', 'ASSET', []),
    ('cash%2D', 'ASSET', []),
    ('1900', 'ASSET', ['--currency', 'USD']),
    ('1800', 'ASSET', ['--currency', 'JPY']),
    ('2000', 'LIABILITY', []),
    ('3000', 'EQUITY', ['--role', 'RETAINED_EARNINGS']),
    ('4000', 'REVENUE', []),
    ('4900', 'REVENUE', ['--currency', 'USD']),
    ('4800', 'REVENUE', ['--currency', 'JPY']),
    ('5000', 'EXPENSE', []),
    ('5900', 'EXPENSE', ['--role', 'CONTRA']),
]
TEXTS = [
    'plain', '"quoted" \\ back\\slash', 'semi;colon ; and  ; more', 'date: yesterday, [2026-13-45] [=x]', 'two\nlines\r\nand\ttab',
    '* starred', '! so', '(in brackets) (code)', '= equals', '@ 3 {4}', '|pipe | pipe', ':tag:other:', 'a:: b', '; comment',
    '# hash', '~ tilde', 'Ünïcödé 猫 🐈 ​zero width', '\\n not a line', '%3B \\x3b', "it's", '--', 'end\\', '{"a": 1}',
    'include x', '2026-01-01', ' leading and trailing ', '日' * 1000, ';' * 1000, '"' * 1000, '\n' * 200, 'x\n  Assets:1  5 EUR\n',
]


def admin(database, *words, text=None):
    status, output, said = harness.admin(database, *words, text=text)
    if status != 0:
        harness.stop(f'ledger-admin {" ".join(map(str, words))}: {status}: {output}{said}')
    return output


def entry(code, side, amount, **more):
    return {'account_code': code, 'entry_type': side, 'amount': amount, **more}


def postings():
    """A transaction for every text, in several currencies, with memos and dimensions."""
    luck = random.Random(7)
    made = []
    for number, text in enumerate(TEXTS):
        amount = f'{luck.randint(1, 10 ** 6)}.{luck.randint(0, 99):02}'
        entries = [entry('1000', 'DEBIT', amount, memo=text, cost_center=f'c{number} ;x', project_code='[2026-02-30]'),
                   entry('4000', 'CREDIT', amount, business_unit='a, date: b')]
        if number % 3 == 0:
            yen = str(luck.randint(1, 10 ** 9))
            entries += [entry('1800', 'DEBIT', yen), entry('4800', 'CREDIT', yen, memo=text)]
        if number % 4 == 0:
            entries += [entry('10 00:b;"c"', 'DEBIT', '0.01'), entry('cash-é', 'CREDIT', '0.01')]
        made.append({'business_event_type': f'SALE; {number}', 'description': text or 'x', 'business_key': f'key, [{number}',
                     'idempotency_key': f'k{number}', 'transaction_date': f'{luck.randint(2023, 2026)}-0{luck.randint(1, 9)}-03',
                     'entries': entries})
    made.append({'business_event_type': 'LARGE', 'description': 'the largest', 'transaction_date': '2024-02-29',
                 'entries': [entry('1900', 'DEBIT', '90071992547409921.23'), entry('4900', 'CREDIT', '90071992547409921.23')]})
    made.append({'business_event_type': 'FUTURE', 'description': 'far away', 'transaction_date': '2031-12-31', 'allow_future': True,
                 'entries': [entry('5000', 'DEBIT', '7'), entry('cash%2D', 'CREDIT', '7')]})
    made.append({'business_event_type': 'OLD', 'description': 'long ago', 'transaction_date': '1400-01-01',
                 'entries': [entry('5900', 'CREDIT', '3'), entry('2000', 'DEBIT', '3')]})
    return made


def new_ledger(name):
    database = harness.new_database(DIRECTORY, name)
    admin(database, 'init', '--confirm', '--user', 'ana')
    return database


def make_books():
    database = new_ledger('books')
    for code, kind, options in ACCOUNTS:
        admin(database, 'create-account', '--code', code, '--name', f'{code}; "name", [x] \\ é', '--type', kind, '--user', 'ana',
              *options)
    path = DIRECTORY / 'books.ndjson'
    path.write_text(''.join(json.dumps(record) + '\n' for record in postings()), encoding='utf-8')
    admin(database, 'import', path, '--user', 'ana', '--source-system', 'till')
    listed = harness.admin_json(database, 'report', '--type', 'general-ledger', '--account-code', '1000', '--format', 'json',
                                '--output', DIRECTORY / 'gl.json', '--user', 'ana')
    assert listed
    numbers = re.findall(r'\d{8}-\d{6}', (DIRECTORY / 'gl.json').read_text(encoding='utf-8'))
    for number in sorted(set(numbers))[3:8]:
        admin(database, 'reverse', '--transaction-id', number, '--reason', 'wrong; "so", [2026-99-99]\nit was',
              '--idempotency-key', 'k1' if number == sorted(set(numbers))[3] else f'r{number}', '--user', 'ana')
    harness.redact(database, sorted(set(numbers))[1])
    harness.redact(database, sorted(set(numbers))[4])
    # A year that is closed: its result goes to retained earnings.
    closing = balances_of(trial(database))
    sales = -closing.get(('4000', 'EUR'), decimal.Decimal(0))
    admin(database, 'post-transaction', '--event-type', 'CLOSING', '--description', 'Result of the year', '--entries', '-',
          '--transaction-date', '2026-09-30', '--user', 'ana',
          text=json.dumps([entry('4000', 'DEBIT', str(sales)), entry('3000', 'CREDIT', str(sales))]))
    admin(database, 'period', 'close', '--start-date', '2023-01-01', '--end-date', '2023-12-31', '--user', 'ana')
    admin(database, 'deactivate-account', '--code', 'cash%2D', '--user', 'ana')
    return database


def trial(database, *words):
    return json.loads(admin(database, '--json', 'trial-balance', *words))


def balances_of(report):
    """Debits less credits by account and currency, without zeros."""
    found = {}
    for row in report['accounts']:
        amount = decimal.Decimal(row['debit']) - decimal.Decimal(row['credit'])
        if amount:
            found[row['account_code'], row['currency']] = amount
    return found


def export(database, form, *words):
    path = DIRECTORY / f'export.{form}'
    admin(database, 'export', '--format', form, '--output', path, '--user', 'ana', *words)
    return path



def decode_comment(name):
    """The code that an account of hledger or ledger ends with."""
    last = name.rpartition(':')[2]
    return re.sub(rb'%([0-9A-F]{2})', lambda found: bytes([int(found[1], 16)]), last.encode()).decode()


def decode_beancount(name):
    last = name.rpartition(':')[2]
    last = last[2:] if last.startswith('X--') else last
    return re.sub(rb'-([0-9A-F]{2})', lambda found: bytes([int(found[1], 16)]), last.encode()).decode()


def check_balances(name, found, expected):
    wrong = {key: (found.get(key), expected.get(key)) for key in found.keys() | expected.keys()
             if found.get(key) != expected.get(key)}
    harness.check(f'{name}: the balances of the trial balance', found and not wrong, wrong)


def check_hledger(database, expected):
    path = export(database, 'hledger')
    status, output, said = harness.run('hledger', '-f', path, 'check', '-s')
    harness.check('hledger check -s', status == 0, output + said)
    status, output, said = harness.run('hledger', '-f', path, 'balance', '--flat', '--layout', 'bare', '-O', 'csv')
    found = {(decode_comment(row[0]), row[1]): decimal.Decimal(row[2]) for row in list(csv.reader(io.StringIO(output)))[1:]
             if row[0] != 'total' and decimal.Decimal(row[2])}
    check_balances('hledger', found, expected)
    status, output, said = harness.run('hledger', '-f', path, 'accounts', '--types')
    harness.check('hledger knows the types', 'Income:4000    ; type: R' in output or 'type: R' in output, output + said)
    return path


def check_ledger(database, expected):
    path = export(database, 'ledger')
    status, output, said = harness.run('ledger', '-f', path, '--strict', '--pedantic', 'balance', '--flat', '--no-total')
    harness.check('ledger --strict --pedantic balance', status == 0 and not said, said[:1000])
    found = {}
    pending = []
    for line in output.splitlines():
        matched = re.fullmatch(r'\s*(-?[\d.]+) ([A-Z]{3})(?:  (\S.*))?', line)
        if matched:
            pending.append((matched[2], decimal.Decimal(matched[1])))
            if matched[3]:
                found.update({(decode_comment(matched[3]), currency): amount for currency, amount in pending})
                pending = []
    check_balances('ledger', found, expected)


def check_beancount(database, expected):
    path = export(database, 'beancount')
    status, output, said = harness.run('bean-check', path)
    harness.check('bean-check', status == 0 and not output + said, (output + said)[:1000])
    status, output, said = harness.run('bean-query', '-f', 'csv', path,
                                       'SELECT account, currency, sum(number) AS amount GROUP BY account, currency')
    found = {}
    for row in list(csv.reader(io.StringIO(output)))[1:]:
        if len(row) == 3 and decimal.Decimal(row[2]):
            found[decode_beancount(row[0].strip()), row[1].strip()] = decimal.Decimal(row[2].strip())
    check_balances('beancount', found, expected)


def normal(line):
    """A record of an export without what another ledger makes anew."""
    record = json.loads(line)
    for key in ('transaction_number', 'transaction_id', 'posting_date', 'log_index', 'transaction_hash', 'record_hash', 'source_system',
                'created_by', 'idempotency_key', 'original_idempotency_key', 'reverses_transaction_id', 'reversal_reason',
                'allow_future'):
        record.pop(key, None)
    return {**record, 'account': {**record['account'], 'is_active': None}} if 'account' in record else record


def check_ndjson(database):
    path = export(database, 'ndjson')
    elsewhere = new_ledger('elsewhere')
    status, output, said = harness.admin(elsewhere, '--json', 'import', path, '--create-accounts', '--user', 'bo')
    result = json.loads(output or '{}')
    harness.check('an export is imported elsewhere, nothing rejected', status == 0 and result.get('rejected') == 0, output + said)
    harness.check('and the balances are the same', balances_of(trial(elsewhere)) == balances_of(trial(database)))
    for day in ('2023-12-31', '2025-06-30'):
        harness.check(f'as of {day} too', balances_of(trial(elsewhere, '--as-of-date', day)) ==
                      balances_of(trial(database, '--as-of-date', day)))
    harness.check_verify('elsewhere', elsewhere)
    again = DIRECTORY / 'again.ndjson'
    admin(elsewhere, 'export', '--format', 'ndjson', '--output', again, '--user', 'bo')
    first = [normal(line) for line in path.read_text(encoding='utf-8').splitlines()]
    second = [normal(line) for line in again.read_text(encoding='utf-8').splitlines()]
    harness.check('and every text, amount and day', first == second,
                  [pair for pair in zip(first, second) if pair[0] != pair[1]][:1])
    status, output, said = harness.admin(elsewhere, '--json', 'import', path, '--import-id', 'twice', '--user', 'bo')
    result = json.loads(output or '{}')
    harness.check('imported again under another name it posts nothing', result.get('posted') == 0 and result.get('replayed', 0) > 0 and
                  balances_of(trial(elsewhere)) == balances_of(trial(database)), output + said)


def check_csv(database, expected):
    path = export(database, 'csv')
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline='')))
    found = {}
    for row in rows:
        key = row['account_code'], row['currency']
        amount = decimal.Decimal(row['amount'])
        found[key] = found.get(key, 0) + (amount if row['entry_type'] == 'DEBIT' else -amount)
    check_balances('CSV', {key: amount for key, amount in found.items() if amount}, expected)
    texts = {row['description'] for row in rows}
    redacted = {text for text in texts if text.startswith('At the origin: [redacted by event ')}
    harness.check('CSV has every text as it is, but for two that are redacted, and the reversal of one',
                  len(redacted) == 3 and len(set(TEXTS) - texts) == 2, f'{set(TEXTS) - texts} {redacted}')
    harness.check('and amounts with the decimals of their currency',
                  all(-decimal.Decimal(row['amount']).as_tuple().exponent == DECIMALS[row['currency']] for row in rows))


def check_ads(database):
    directory = DIRECTORY / 'ads'
    directory.mkdir()
    admin(database, 'export', '--format', 'ads', '--directory', directory, '--start-date', '2024-01-01', '--end-date', '2025-12-31',
          '--user', 'ana')
    table = {name: list(csv.DictReader(io.StringIO((directory / f'{name}.csv').read_bytes().decode(), newline='')))
             for name in ('GL_Detail', 'Trial_Balance', 'Chart_Of_Accounts')}
    before = balances_of(trial(database, '--as-of-date', '2023-12-31'))
    behind = balances_of(trial(database, '--as-of-date', '2025-12-31'))
    begin = {(row['GL_Account_Number'], row['Amount_Currency']): decimal.Decimal(row['Amount_Beginning'])
             for row in table['Trial_Balance']}
    end = {(row['GL_Account_Number'], row['Amount_Currency']): decimal.Decimal(row['Amount_Ending'])
           for row in table['Trial_Balance']}
    check_balances('ADS beginning', {key: amount for key, amount in begin.items() if amount}, before)
    check_balances('ADS ending', {key: amount for key, amount in end.items() if amount}, behind)
    for row in table['GL_Detail']:
        amount = decimal.Decimal(row['Amount'])
        key = row['GL_Account_Number'], row['Amount_Currency']
        begin[key] += amount if row['Amount_Credit_Debit_Indicator'] == 'D' else -amount
    harness.check('ADS: beginning and detail make the ending', begin == end)
    harness.check('ADS: every account', {row['GL_Account_Number'] for row in table['Chart_Of_Accounts']} ==
                  {code for code, _, _ in ACCOUNTS})
    harness.check('ADS: periods of the days', all(
        row['Fiscal_Year'] == row['Effective_Date'][:4] and row['Period'] == f'M{row["Effective_Date"][5:7]}'
        for row in table['GL_Detail']))


def check_fiscal_year():
    """A fiscal year that begins in July is named by the year in which it ends, and July is its first month."""
    os.environ['FISCAL_YEAR_START'] = '07-01'
    database = new_ledger('fiscal')
    for code, kind in (('1000', 'ASSET'), ('4000', 'REVENUE')):
        admin(database, 'create-account', '--code', code, '--name', code, '--type', kind, '--user', 'ana')
    for day in ('2025-06-30', '2025-07-01', '2026-01-31'):
        admin(database, 'post-transaction', '--event-type', 'SALE', '--description', 'x', '--entries', '-', '--user', 'ana',
              '--transaction-date', day, text=json.dumps([entry('1000', 'DEBIT', '1'), entry('4000', 'CREDIT', '1')]))
    directory = DIRECTORY / 'fiscal-ads'
    directory.mkdir()
    admin(database, 'export', '--format', 'ads', '--directory', directory, '--user', 'ana')
    rows = list(csv.DictReader(io.StringIO((directory / 'GL_Detail.csv').read_bytes().decode(), newline='')))
    found = [(row['Effective_Date'], row['Fiscal_Year'], row['Period']) for row in rows[::2]]
    harness.check('ADS: fiscal years and periods', found == [
        ('2025-06-30', '2025', 'M12'), ('2025-07-01', '2026', 'M01'), ('2026-01-31', '2026', 'M07')], found)
    del os.environ['FISCAL_YEAR_START']


def check_recorded(database):
    path = export(database, 'csv', '--start-date', '2024-01-01', '--end-date', '2024-12-31')
    events = json.loads(admin(database, '--json', 'audit', '--event-type', 'LEDGER_EXPORTED'))['events']
    text = json.dumps(events[0])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    harness.check('an export is recorded with the digest of its file', digest in text and '2024-12-31' in text, text)


def check_position(database):
    """As it was known: an old position gives the same bytes, whatever came since."""
    result = harness.admin_json(database, 'export', '--format', 'ndjson', '--output', DIRECTORY / 'now.ndjson', '--user', 'ana')
    admin(database, 'post-transaction', '--event-type', 'SALE', '--description', 'later', '--entries', '-', '--user', 'ana',
          text=json.dumps([entry('1000', 'DEBIT', '1'), entry('4000', 'CREDIT', '1')]))
    admin(database, 'create-account', '--code', '9', '--name', 'Late', '--type', 'EXPENSE', '--user', 'ana')
    for form in ('ndjson', 'ads'):
        words = ('--directory', DIRECTORY) if form == 'ads' else ('--output', DIRECTORY / 'then.ndjson')
        admin(database, 'export', '--format', form, *words, '--log-position', result['log_position'], '--user', 'ana')
    harness.check('an export as of a position has the same bytes',
                  (DIRECTORY / 'then.ndjson').read_bytes() == (DIRECTORY / 'now.ndjson').read_bytes())
    harness.check('and no account that came later', b'Late' not in (DIRECTORY / 'Chart_Of_Accounts.csv').read_bytes())


def check_refusals(database):
    path = DIRECTORY / 'kept.journal'
    path.write_text('old', encoding='utf-8')
    harness.damage(database, 'DELETE FROM entry_rows WHERE entry_key IN (SELECT max(entry_key) FROM entry_rows)'
                   if harness.BACKEND == 'sqlite' else
                   "DELETE FROM journal_entries WHERE amount > 90071992547409921 AND entry_type = 'DEBIT'")
    status, output, said = harness.admin(database, 'export', '--format', 'hledger', '--output', path, '--user', 'ana')
    left = [name for name in os.listdir(DIRECTORY) if name.startswith('kept')]
    harness.check('a damaged ledger is not exported, and the file is as it was', status != 0 and path.read_text() == 'old' and
                  left == ['kept.journal'], f'{status} {output}{said} {left}')


def main():
    os.environ['DEFAULT_CURRENCY'] = 'EUR'
    database = make_books()
    expected = balances_of(trial(database))
    check_hledger(database, expected)
    check_ledger(database, expected)
    check_beancount(database, expected)
    check_ndjson(database)
    check_csv(database, expected)
    check_ads(database)
    check_fiscal_year()
    check_recorded(database)
    check_position(database)
    harness.check_verify('books', database)
    check_refusals(database)
    harness.plan()


if __name__ == '__main__':
    main()
