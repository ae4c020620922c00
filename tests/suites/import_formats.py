#!/usr/bin/env python3
# backends: sqlite mariadb
"""Imports of CSV and plain-text journals, driven by the program. What came of a journal is held against what hledger,
ledger and beancount make of the same file: every account, to the cent."""
import csv
import datetime
import io
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time
from decimal import Decimal

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
import harness  # noqa: E402 (found by the line above)

DIRECTORY = harness.scratch()
MANY = 4000 if harness.BACKEND == 'sqlite' else 1500


def new_ledger(name, *accounts):
    """A ledger in USD with accounts of code, type and currency."""
    database = harness.new_database(DIRECTORY, name)
    status, output, said = harness.run(harness.ADMIN, '--db', harness.uri(database), 'init', '--confirm', '--user', 'ana',
                                       environment={'LEDGER_DB_URI': '', 'DEFAULT_CURRENCY': 'USD'})
    if status != 0:
        harness.stop(output + said)
    for code, account_type in accounts:
        harness.admin(database, 'create-account', '--code', code, '--name', code, '--type', account_type, '--user', 'ana')
    return database


def write(name, text):
    path = DIRECTORY / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def run_import(database, path, *words, text=None):
    status, output, said = harness.admin(database, '--json', 'import', str(path), '--user', 'ana', *words, text=text)
    return status, json.loads(output or '{}'), said


def rejects(path):
    return pathlib.Path(f'{path}.rejects').read_bytes().decode()


def balances(database):
    """Debits less credits of every account that has entries, with its currency."""
    report = harness.admin_json(database, 'trial-balance')
    found = {(row['account_code'], row['currency']): Decimal(row['debit'] or 0) - Decimal(row['credit'] or 0)
             for row in report['accounts']}
    return {key: amount for key, amount in found.items() if amount != 0}


def rows(database, sql):
    return [tuple(row.values()) for row in harness.rows(harness.read_only(database), sql)]


BOOKS = (('1000', 'ASSET'), ('1010', 'ASSET'), ('4000', 'REVENUE'), ('5000', 'EXPENSE'))
ENTRIES = '''transaction,transaction_date,business_event_type,description,account_code,entry_type,amount,memo,cost_center
1,2026-01-05,SALE,"Goods, ""fragile""
in two lines",1000,DEBIT,100.00,"a ""memo""",CC1
1,,,,4000,CREDIT,60.00,,
1,,,,5000,CREDIT,40.00,,
2,2026-01-06,SALE,Second,1000,DEBIT,5,,
2,2026-01-06,SALE,Second,4000,CREDIT,5,,

3,2026-01-07,SALE,Third,1010,DEBIT,7.5,,
3,,,,4000,CREDIT,7.5,,
'''
EXPECTED = {('1000', 'USD'): Decimal(105), ('1010', 'USD'): Decimal('7.5'), ('4000', 'USD'): Decimal('-72.5'),
            ('5000', 'USD'): Decimal(-40)}


def check_csv_separators():
    for name, separator, end, mark in (('comma', ',', '\n', ''), ('semicolon', ';', '\r\n', '\ufeff'), ('tab', '\t', '\n', '')):
        source = io.StringIO()
        csv.writer(source, delimiter=separator, lineterminator=end).writerows(csv.reader(io.StringIO(ENTRIES)))
        database = new_ledger(name, *BOOKS)
        status, result, said = run_import(database, write(f'{name}.csv', mark + source.getvalue()))
        harness.check(f'{name}: read', status == 0 and result['posted'] == 3, f'{result} {said}')
        harness.check(f'{name}: balances', balances(database) == EXPECTED, balances(database))
        texts = rows(database, "SELECT memo, cost_center FROM journal_entries WHERE memo IS NOT NULL AND memo <> ''")
        harness.check(f'{name}: quoted texts', texts == [('a "memo"', 'CC1')], texts)
        harness.check_verify(name, database)


def check_csv_sides():
    database = new_ledger('sides', *BOOKS)
    path = write('sides.csv', 'transaction;transaction_date;business_event_type;description;account_code;debit;credit\n'
                 'a;2026-01-01;X;One;1000;12.50;\na;;;;4000;0.00;12.50\n')
    status, result, said = run_import(database, path)
    harness.check('debit and credit columns', status == 0 and balances(database) ==
                  {('1000', 'USD'): Decimal('12.5'), ('4000', 'USD'): Decimal('-12.5')}, f'{result} {said}')
    path = write('pairs.csv', 'transaction_date,description,debit_account,credit_account,amount\n'
                 '2026-01-02,Pair,1000,4000,2.50\n2026-01-02,Back,4000,1000,5\n')
    status, result, said = run_import(database, path, '--event-type', 'PAIR')
    harness.check('a transaction a row', status == 0 and balances(database) ==
                  {('1000', 'USD'): Decimal(10), ('4000', 'USD'): Decimal(-10)}, f'{result} {said}')


BANK = """# what the bank writes
[format]
date = DD.MM.YYYY
decimal = ,
separator = ;
sign = debit
[columns]
transaction_date = Buchungstag
description = Verwendungszweck
amount = Betrag
credit_account = Gegenkonto
[defaults]
business_event_type = BANK
debit_account = 1000
[ignored]
column = Saldo
[accounts]
Miete = 5000
"Lohn = Gehalt" = 4000
"""
STATEMENT = """Buchungstag;Verwendungszweck;Gegenkonto;Betrag;Saldo
05.01.2026;Miete Januar;Miete;-1.250,00;0
31.01.2026;Gehalt;Lohn = Gehalt;3.000,50;1.750,50
32.01.2026;no such day;Miete;-1,00;0
31.01.2026;no number;Miete;1x;0
"""


def check_mapping():
    database = new_ledger('bank', *BOOKS)
    mapping = write('bank.ini', BANK)
    path = write('statement.csv', STATEMENT)
    status, result, said = run_import(database, path, '--mapping', str(mapping))
    harness.check('a mapping file', status == 1 and result['posted'] == 2 and result['rejected'] == 2, f'{result} {said}')
    harness.check('its signs and numbers', balances(database) == {
        ('1000', 'USD'): Decimal('1750.5'), ('4000', 'USD'): Decimal('-3000.5'), ('5000', 'USD'): Decimal(1250)},
        balances(database))
    for name, text, reason in (
            ('section', '[colours]\n', 'unknown section'), ('line', '[format]\nnothing\n', 'line 2'),
            ('column', '[columns]\ncost_centre = A\n', 'cost_center'), ('sign', '[format]\nsign = plus\n', 'line 2'),
            ('type', '[types]\nA = MONEY\n', 'unknown type'), ('twice', '[accounts]\na = 1\na = 2\n', 'twice'),
            ('missing', '[ignored]\ncolumn = *\n[columns]\namount = Summe\n', 'has no column')):
        status, error, said = run_import(database, path, '--mapping', str(write('wrong.ini', text)))
        harness.check(f'a mapping that is wrong: {name}', status == 2 and reason in json.dumps(error), f'{error} {said}')


def check_csv_rejects():
    database = new_ledger('csv-rejects', *BOOKS)
    path = write('bad.csv', 'transaction,transaction_date,business_event_type,description,account_code,entry_type,amount\n'
                 '1,2026-01-01,X,good,1000,DEBIT,1\n1,,,,4000,CREDIT,1\n'
                 '2,2026-01-01,X,unknown account,9999,DEBIT,1\n2,,,,4000,CREDIT,1\n'
                 '3,2026-01-01,X,short row,1000\n'
                 '4,2026-01-01,X,"open quote,1000,DEBIT,1\n'
                 '5,2026-01-01,X,differs,1000,DEBIT,1\n5,,Y,,4000,CREDIT,1\n'
                 ',2026-01-01,X,no transaction,1000,DEBIT,1\n'
                 '7,2026-01-01,X,last,1000,DEBIT,1\n7,,,,4000,CREDIT,1\n')
    status, result, said = run_import(database, path)
    harness.check('bad rows spoil no others', status == 1 and result['posted'] == 2 and result['rejected'] == 5,
                  f'{result} {said}')
    text = rejects(path)
    harness.check('rejects have the header and the reasons', text.startswith(
        'transaction,transaction_date,business_event_type,description,account_code,entry_type,amount,rejected_because\r\n')
        and all(reason in text for reason in ('account not found: 9999', 'the row has 5 fields', 'line 7', 'differs',
                                              'is empty')), text)
    mended = ''.join(line.replace('9999', '1010') + '\n' for line in text.splitlines()[:3])
    status, result, said = run_import(database, write('mended.csv.rejects', mended))
    harness.check('mended rejects are read again', status == 0 and result['posted'] == 1, f'{result} {said}\n{mended}')
    for name, header, reason in (('unknown column', 'transaction,acount_code\n', 'did you mean'),
                                 ('no form', 'description,amount\n', 'debit_account'), ('empty', '', 'empty'),
                                 ('twice', 'amount,amount\n', 'twice')):
        status, error, said = run_import(database, write('header.csv', header))
        harness.check(f'a header that is wrong: {name}', status == 2 and reason in json.dumps(error), f'{error} {said}')
    status, error, said = run_import(database, write('what.txt', ''))
    harness.check('a name that tells nothing', status == 2 and '--format' in error['message'], f'{error} {said}')
    harness.check_verify('csv-rejects', database)


REFUSED = (
    ('(Assets:A)  1 USD\n  Income:B', 'virtual posting'), ('[Assets:A]  1 USD\n  Income:B', 'virtual posting'),
    ('Assets:A  1 USD @ 2 EUR\n  Income:B', 'price'), ('Assets:A  1 USD {2 EUR}\n  Income:B', 'lot'),
    ('Assets:A  (1 USD * 2)\n  Income:B', 'expression'), ('Assets:A  1 USD * 2\n  Income:B', 'multiplication'),
    ('Assets:A  = 5 USD\n  Income:B', 'left to a balance'), ('Assets:A\n  Income:B', 'second posting without'),
    ('Assets:A  1,000 USD\n  Income:B', 'two ways'), ('Assets:A  1.005 USD\n  Income:B', 'two ways'),
    ('Assets:A  1.0051 USD\n  Income:B', 'more than 2 decimals'), ('Assets:A  5 AAPL\n  Income:B', 'no currency'),
    ('Assets:A  0 USD\n  Income:B', 'is no entry'), ('Assets:A  1 USD\n  Income:B  -1 USD\n  Income:C', 'nothing is left'),
    ('Assets:A ; no  1 USD\n  Income:B', 'two blanks'), ('Assets:A  $1 USD\n  Income:B', 'before it and one behind'),
    (f'Assets:{"A" * 50}  1 USD\n  Income:B', '--account-map'), ('Unknown:A  1 USD\n  Income:B', 'type of the account'),
    ('Assets:A  1 USD = 7 USD\n  Income:B', 'is 1.00 USD, and should be 7.00'),
)
DIRECTIVES = (
    ('= /Food/\n  Assets:A  *2', 'automated'), ('~ monthly\n  Assets:A  1', 'periodic'), ('alias A=B', 'alias'),
    ('bucket Assets:A', 'bucket'), ('frobnicate', 'unknown directive'), ('  Assets:A  1', 'belongs to nothing'),
    ('2026-13-01 x\n  Assets:A  1', 'is no date'), ('01-31 x\n  Assets:A  1', 'lacks its year'),
    ('include *.journal', 'named by its path'), ('include /dev/null', 'it is no file'), ('end apply account', 'nothing is open'), ('apply tag x', 'apply'),
)


def check_refused():
    database = new_ledger('refused')
    good = '\n2026-02-01 good {}\n  Assets:Good  1 USD  ; kept\n  Income:Good\n\n'
    parts = [(f'2026-01-01 x\n  {text}\n', reason) for text, reason in REFUSED] + [(f'{text}\n', reason)
                                                                                for text, reason in DIRECTIVES]
    path = write('refused.journal', ''.join(text + good.format(i) for i, (text, _) in enumerate(parts)))
    status, result, said = run_import(database, path, '--create-accounts')
    # The account whose type is not known is refused, and so is what is posted to it.
    harness.check('what cannot be kept spoils nothing else', status == 1 and result['posted'] == len(parts) and
                  result['rejected'] == len(parts) + 1, f'{result} {said}')
    found = rejects(path).split('; rejected because: ')[1:]
    for text, reason in parts:
        harness.check(f'refused by name: {reason}: {text.splitlines()[-1].strip()[:30]}',
                      any(reason in reject.splitlines()[0] for reject in found), rejects(path))
    harness.check_verify('refused', database)


def check_amounts():
    """Spellings of one amount, all of them the same."""
    database = new_ledger('spellings')
    spellings = ('$1,234.50', '$ 1,234.50', '1,234.50 USD', 'USD 1234.50', '1234.5 "USD"', '1.234,50 USD', '1 234,50 USD',
                 "1'234.50 USD", '+1234.50 USD', 'USD1234,5', '1,234.50USD')
    text = ''.join(f'2026-01-{i + 1:02} {i}\n  Assets:A  {spelling}\n  Assets:B  -{spelling.lstrip("+")}\n  Assets:C  {spelling}\n'
                   '  Income:D\n' for i, spelling in enumerate(spellings))
    status, result, said = run_import(database, write('spellings.journal', text), '--create-accounts')
    total = Decimal('1234.50') * len(spellings)
    harness.check('every spelling of an amount', status == 0 and balances(database) == {
        ('Assets:A', 'USD'): total, ('Assets:B', 'USD'): -total, ('Assets:C', 'USD'): total, ('Income:D', 'USD'): -total},
        f'{result} {said} {balances(database)}')


def check_context():
    """What directives say holds for what follows, in other files too, and for rejects that are read again."""
    database = new_ledger('context')
    (DIRECTORY / 'parts').mkdir(exist_ok=True)
    write('parts/inner.journal', 'apply account Assets\n03-04 (K1) inner | note  ; project_code: P7, cost-center: C1\n'
          '  Bank  1.000 €  ; business_unit: U1, of it\n  Cash  -1.000 €\nend apply account\n')
    path = write('context.hledger', 'commodity 1.000,00 €\nY2026\naccount Aktiva:Neu  ; type: A\n  note Never used\n'
                 'comment\n2026-01-01 not read\nend comment\n3/1=4/1 ! first\n  Assets:Bank  5.000,00 €\n  Equity:Open\n'
                 'include parts/inner.journal\n'
                 '3.5 total\n  Assets:Bank  0 € = 6.000,00 €\n  Assets:Cash  0 =* -1.000 €\n'
                 '3-6 bad\n  Assets:Bank  1.000 €\n  Income:X  -1 €\n')
    status, result, said = run_import(database, path, '--create-accounts')
    harness.check('a journal with context', status == 1 and result['posted'] == 2 and result['rejected'] == 1 and
                  balances(database) == {('Assets:Bank', 'EUR'): Decimal(6000), ('Assets:Cash', 'EUR'): Decimal(-1000),
                                         ('Equity:Open', 'EUR'): Decimal(-5000)}, f'{result} {said} {balances(database)}')
    entries = rows(database, "SELECT account_code, memo, cost_center, business_unit, project_code FROM journal_entries "
                   "WHERE project_code IS NOT NULL ORDER BY entry_number")
    harness.check('tags are dimensions', entries == [('Assets:Bank', 'of it', 'C1', 'U1', 'P7'),
                                                     ('Assets:Cash', None, 'C1', None, 'P7')], entries)
    found = rows(database, "SELECT description, business_key, business_event_type FROM transactions WHERE "
                 "business_key IS NOT NULL")
    harness.check('codes are business keys', found == [('inner | note', 'K1', 'JOURNAL')], found)
    accounts = {account['account_code']: account for account in harness.admin_json(database, 'accounts')['accounts']}
    harness.check('a declared account that is never used', 'Aktiva:Neu' in accounts, accounts)
    mended = rejects(path).replace('-1 €', '-1.000 €')
    status, result, said = run_import(database, write('mended.hledger.rejects', mended), '--create-accounts')
    harness.check('a mended reject stands for itself', status == 0 and result['posted'] == 1 and
                  balances(database)[('Assets:Bank', 'EUR')] == 7000, f'{result} {said}\n{mended}')
    status, result, said = run_import(database, path, '--create-accounts', '--resume')
    harness.check('a journal that is done stays done', status == 0 and result['posted'] == 0, f'{result} {said}')
    write('parts/inner.journal', 'include inner.journal\n')
    status, result, said = run_import(database, path, '--create-accounts', '--resume')
    harness.check('a change in a file that is included is found', status == 2 and 'is not the file' in result['message'],
                  f'{result} {said}')
    status, result, said = run_import(database, path, '--create-accounts', '--import-id', 'cycle', '--dry-run')
    harness.check('a file that includes itself', 'includes itself' in result['first_rejection'], f'{result} {said}')
    status, error, said = run_import(database, write('gone.journal', 'include gone/at/all.journal\n'))
    harness.check('a file that is not there ends the import', status == 2 and 'included by' in error['message'],
                  f'{error} {said}')
    harness.check_verify('context', database)


def check_account_map():
    database = new_ledger('mapped', *BOOKS)
    codes = write('codes.txt', 'Assets:Bank:A very long name of an account, longer than a code may be = 1000\nIncome = 4000\n')
    path = write('mapped.journal', '2026-01-01 x\n  Assets:Bank:A very long name of an account, longer than a code may be  5\n'
                 '  Income\n')
    status, result, said = run_import(database, path, '--account-map', str(codes))
    harness.check('names become codes', status == 0 and balances(database) ==
                  {('1000', 'USD'): Decimal(5), ('4000', 'USD'): Decimal(-5)}, f'{result} {said}')


def check_beancount():
    database = new_ledger('beancount')
    path = write('books.beancount', """option "title" "Books"
option "name_assets" "Vermoegen"
2026-01-01 open Vermoegen:Bank EUR
2026-01-01 open Vermoegen:Bank:Giro EUR "STRICT"
2026-01-01 open Income:Sales
2026-01-01 commodity EUR
  name: "Euro"
2026-01-02 * "ACME" "Say \\"hello\\"" #tag ^INV-7
  cost_center: "CC9"
  Vermoegen:Bank  1,000.00 EUR ; cash
    project_code: "P1"
    other: "kept"
  Income:Sales
2026-01-03 txn "Only narration"
  Vermoegen:Bank:Giro  5.00 EUR
  Income:Sales  EUR
2026-01-04 balance Vermoegen:Bank  1005.00 EUR
2026-01-04 balance Vermoegen:Bank  1004.99 ~ 0.01 EUR
2026-01-04 balance Vermoegen:Bank  999 EUR
2026-01-05 * "Wrong currency"
  Vermoegen:Bank  5.00 USD
  Income:Sales
2026-01-06 close Vermoegen:Bank:Giro
2026-01-07 * "Closed"
  Vermoegen:Bank:Giro  5.00 EUR
  Income:Sales
2026-01-08 pad Vermoegen:Bank Equity:Opening
2026-01-08 price EUR 1.10 USD
plugin "beancount.plugins.auto"
""")
    status, result, said = run_import(database, path, '--create-accounts', '--event-type', 'BEAN')
    harness.check('a journal of beancount', status == 1 and result['posted'] == 2 and result['rejected'] == 5 and
                  balances(database) == {('Vermoegen:Bank', 'EUR'): Decimal(1000), ('Vermoegen:Bank:Giro', 'EUR'): Decimal(5),
                                         ('Income:Sales', 'EUR'): Decimal(-1005)}, f'{result} {said} {balances(database)}')
    text = rejects(path)
    for reason in ('is 1005.00 EUR, and should be 999.00', 'is open for EUR alone', 'is closed above', 'pad cannot be kept',
                   'plugin cannot be kept'):
        harness.check(f'beancount: {reason}', reason in text, text)
    found = rows(database, 'SELECT description, business_key, business_event_type FROM transactions ORDER BY transaction_date')
    harness.check('beancount: header', found == [('ACME | Say "hello"', 'INV-7', 'BEAN'), ('Only narration', None, 'BEAN')],
                  found)
    entries = rows(database, 'SELECT account_code, memo, cost_center, project_code FROM journal_entries WHERE '
                   'cost_center IS NOT NULL ORDER BY entry_number')
    harness.check('beancount: metadata', entries == [('Vermoegen:Bank', '#tag; cash; other: kept', 'CC9', 'P1'),
                                                     ('Income:Sales', None, 'CC9', None)], entries)
    harness.check_verify('beancount', database)


def check_killed():
    """A journal and what it includes, killed at any moment, each time gone on with: every transaction is there once."""
    luck = random.Random(7)
    number = 12000 if harness.BACKEND == 'sqlite' else 5000
    transactions = make_transactions(luck, number)
    half = len(transactions) // 2
    write('second.journal', ''.join(
        f'{day} number {half + i}\n' + ''.join(f'  {account}  {spell(luck, cents, currency, True)}\n'
                                              for account, cents, currency in entries) + '\n'
        for i, (day, entries) in enumerate(transactions[half:])))
    path = write('killed.journal', write_plain(luck, transactions[:half]) + 'include second.journal\n')
    database = new_ledger('killed')
    words = [harness.ADMIN, '--db', harness.uri(database), 'import', path, '--user', 'ana', '--create-accounts', '--resume']
    kills = 0
    while kills < 8:
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(luck.uniform(0.02, 0.25))
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
    status, result, said = run_import(database, path, '--create-accounts', '--resume')
    while result.get('error') == 'LEDGER_IMPORT_EXISTS':  # a server may commit for a killed client a moment later
        status, result, said = run_import(database, path, '--create-accounts', '--resume')
    found = rows(database, 'SELECT count(*) AS number, count(DISTINCT description) AS texts FROM transactions')
    harness.check(f'a journal after {kills} kills', status == 0 and found == [(len(transactions), len(transactions))],
                  f'{found} of {len(transactions)}: {result} {said}')
    harness.check('with the balances of hledger', balances(database) == of_hledger(path))
    harness.check_verify('killed', database)


def check_round_trips():
    """What export writes is read again: the same balances, texts and dimensions."""
    database = new_ledger('origin', *BOOKS)
    run_import(database, write('origin.csv', ENTRIES))
    expected = balances(database)
    dimensions = 'SELECT memo, cost_center FROM journal_entries WHERE cost_center IS NOT NULL'
    for form, name in (('csv', 'back.csv'), ('hledger', 'back.hledger'), ('beancount', 'back.beancount')):
        status, output, said = harness.admin(database, 'export', '--format', form, '--user', 'ana')
        copy = new_ledger(f'copy-{form}', *(BOOKS if form == 'csv' else ()))
        status, result, said = run_import(copy, write(name, output), '--create-accounts')
        harness.check(f'{form}: exported and imported', status == 0 and result['posted'] == 3 and
                      balances(copy) == expected, f'{result} {said} {balances(copy)}')
        found = rows(copy, dimensions)
        harness.check(f'{form}: with memos and dimensions', len(found) == 1 and found[0][0].endswith('a "memo"') and
                      found[0][1] == 'CC1', found)


# The oracles.

ACCOUNTS = [(f'{kind}:{name}:{currency}', currency) for kind, names in (
    ('Assets', ('Bank', 'Cash')), ('Liabilities', ('Card',)), ('Equity', ('Opening',)), ('Income', ('Sales', 'Interest')),
    ('Expenses', ('Food', 'Rent', 'Travel'))) for name in names for currency in ('EUR', 'USD')]


def make_transactions(luck, number):
    """(day, [(account, cents, currency)]), balanced in each currency."""
    transactions = []
    for _ in range(number):
        entries = []
        for currency in luck.sample(('EUR', 'USD'), luck.choice((1, 1, 1, 2))):
            names = luck.sample([name for name, of in ACCOUNTS if of == currency], luck.randint(2, 4))
            cents = [luck.choice((-1, 1)) * luck.randint(1, 10 ** luck.randint(1, 8)) for _ in names[1:]]
            rest = -sum(cents)
            if rest != 0:
                entries += [(name, amount, currency) for name, amount in zip(names, [rest, *cents])]
        if entries:
            transactions.append((datetime.date(2025, 1, 1) + datetime.timedelta(luck.randrange(600)), entries))
    return sorted(transactions, key=lambda transaction: transaction[0])


def spell(luck, cents, currency, is_plain):
    sign, value = '-' if cents < 0 else '', abs(cents)
    whole, part = divmod(value, 100)
    number = f'{whole:,}.{part:02}' if luck.random() < .5 else f'{whole}.{part:02}'
    if luck.random() < .2 and part == 0 and whole < 1000:
        number = str(whole)
    if not is_plain:
        return f'{sign}{number} {currency}'
    return luck.choice((f'{sign}{number} {currency}', f'{currency} {sign}{number}', f'{currency}{sign}{number}'))


def write_plain(luck, transactions):
    lines = ['; a journal', 'account Assets:Bank:EUR', '']
    running = {}
    for number, (day, entries) in enumerate(transactions):
        date = luck.choice((f'{day:%Y-%m-%d}', f'{day:%Y/%m/%d}', f'{day.year}.{day.month}.{day.day}'))
        lines.append(f'{date} {luck.choice(("", "* ", "! "))}{luck.choice(("", f"(C{number}) "))}Payee | number {number}'
                     f'{luck.choice(("", "  ; a comment", "  ; cost_center: CC1"))}')
        elided = luck.randrange(len(entries)) if len({entry[2] for entry in entries}) == 1 and luck.random() < .5 else None
        for i, (account, cents, currency) in enumerate(entries):
            running[account] = running.get(account, 0) + cents
            amount = '' if i == elided else f'  {spell(luck, cents, currency, True)}'
            if i != elided and luck.random() < .1:
                amount += f' = {spell(luck, running[account], currency, True)}'
            lines.append(f'    {account}{amount}{luck.choice(("", "  ; memo"))}')
        lines.append('')
    return '\n'.join(lines) + '\n'


def write_beancount(luck, transactions):
    lines = [f'2024-01-01 open {account} {luck.choice(("", currency))}'.rstrip() for account, currency in ACCOUNTS]
    running = {}
    last = None
    for number, (day, entries) in enumerate(transactions):
        if last not in (None, day) and luck.random() < .2:
            account, currency = luck.choice(ACCOUNTS)
            lines.append(f'{day} balance {account}  {Decimal(running.get(account, 0)) / 100:.2f} {currency}')
        last = day
        lines.append(f'{day} {luck.choice(("*", "!", "txn"))} "Payee" "number {number}"{luck.choice(("", " #tag", f" ^L{number}"))}')
        elided = luck.randrange(len(entries)) if len({entry[2] for entry in entries}) == 1 and luck.random() < .5 else None
        for i, (account, cents, currency) in enumerate(entries):
            running[account] = running.get(account, 0) + cents
            lines.append(f'  {account}' + ('' if i == elided else f'  {spell(luck, cents, currency, False)}'))
        lines.append('')
    return '\n'.join(lines) + '\n'


def tell(words, take):
    status, output, said = harness.run(*words)
    if status != 0:
        return f'{words}: exit status {status}: {said}'
    found = {}
    for account, currency, number in take(output):
        if Decimal(number) != 0:
            found[(account, currency)] = Decimal(number)
    return found


def of_hledger(path):
    def take(output):
        for row in list(csv.reader(io.StringIO(output)))[1:]:
            yield row[0], row[1], row[2].replace(',', '')
    return tell(['hledger', '-f', path, 'balance', '--flat', '--no-total', '--output-format=csv', '--layout=bare'], take)


def of_ledger(path):
    def take(output):
        for line in output.splitlines():
            yield line.split('\t')
    return tell(['ledger', '--init-file', '/dev/null', '-f', path, 'balance', '--flat', '--no-total', '--balance-format',
                 '%(account)\t%(commodity(scrub(display_total)))\t%(quantity(scrub(display_total)))\n'], take)


def of_beancount(path):
    def take(output):
        for row in list(csv.reader(io.StringIO(output)))[1:]:
            yield [field.strip() for field in row]
    return tell(['bean-query', '-f', 'csv', path, 'SELECT account, currency, sum(number) GROUP BY account, currency'], take)


def check_oracles():
    for seed, number in ((1, 40), (2, 200), (3, MANY)):
        luck = random.Random(seed)
        transactions = make_transactions(luck, number)
        for name, text, oracles in (
                (f'random-{seed}.journal', write_plain(luck, transactions), (of_hledger, of_ledger)),
                (f'random-{seed}.beancount', write_beancount(luck, transactions), (of_beancount,))):
            path = write(name, text)
            database = new_ledger(name)
            status, result, said = run_import(database, path, '--create-accounts')
            harness.check(f'{name}: every transaction', status == 0 and result['posted'] == len(transactions),
                          f'{result} {said}')
            ours = balances(database)
            for oracle in oracles:
                theirs = oracle(path)
                harness.check(f'{name}: every balance as {oracle.__name__[3:]} has it', ours == theirs,
                              f'{ours}\n{theirs}')
            harness.check_verify(name, database)


def main():
    os.chdir(DIRECTORY)
    check_csv_separators()
    check_csv_sides()
    check_mapping()
    check_csv_rejects()
    check_refused()
    check_amounts()
    check_context()
    check_account_map()
    check_beancount()
    check_round_trips()
    check_killed()
    check_oracles()
    harness.plan()


if __name__ == '__main__':
    main()
