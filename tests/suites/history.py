#!/usr/bin/env python3
# backends: sqlite mariadb
"""Balances over time: each point is added up from the entries, which the database's own client reads; pictures are
read by Python's reader of XML, and their points held against the balances.

Environment: see tests/support/harness.py."""

import csv
import io
import json
import os
import pathlib
import random
import re
import sys
import xml.etree.ElementTree
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
import harness

SVG = '{http://www.w3.org/2000/svg}'
POINTS_MAX = 10000
ODD_NAME = 'Caixa <b>&amp;"\' \u202e \U0001f4b0 \ufffe ]]>' + '\u8cac' * 150
INTERVALS = ('day', 'week', 'month', 'quarter', 'year')

TRANSACTIONS = 'SELECT transaction_id, transaction_day, log_index FROM transactions'
ENTRIES = 'SELECT transaction_id, account_code, entry_type, amount FROM journal_entries'
ACCOUNTS = ('SELECT a.account_code AS account_code, p.account_code AS parent_code, a.account_type AS account_type, '
            'a.currency AS currency FROM chart_of_accounts a '
            'LEFT JOIN chart_of_accounts p ON p.account_id = a.parent_account_id')


def fiscal_year(day, start):
    """The first day of the fiscal year that holds a day; `start` is its month and day."""
    begin = day.replace(month=start[0], day=start[1])
    return begin if begin <= day else begin.replace(year=day.year - 1)


def fiscal_quarter(day, start):
    """Quarters begin three months apart, on the same day of the month; no test begins its year after the 28th."""
    begin = fiscal_year(day, start)
    months = [begin.month - 1 + number for number in (0, 3, 6, 9)]
    quarters = [begin.replace(year=begin.year + month // 12, month=month % 12 + 1) for month in months]
    return max(quarter for quarter in quarters if quarter <= day)


def first_day(interval, day, start):
    """The first day of the interval that holds a day."""
    return {'day': lambda: day, 'week': lambda: day - timedelta(day.weekday()), 'month': lambda: day.replace(day=1),
            'quarter': lambda: fiscal_quarter(day, start), 'year': lambda: fiscal_year(day, start)}[interval]()


def last_day(interval, day, start):
    """The last day of the interval that holds a day."""
    begin = first_day(interval, day, start)
    longest = {'day': 1, 'week': 7, 'month': 32, 'quarter': 95, 'year': 370}[interval]
    return first_day(interval, begin + timedelta(longest), start) - timedelta(1)


class Books:
    """The entries as the database's client has them."""

    def __init__(self, database, fiscal_year_start=(1, 1)):
        self.database = database
        self.fiscal_year_start = fiscal_year_start
        connection = harness.read_only(database)
        self.accounts = {row['account_code']: row for row in harness.rows(connection, ACCOUNTS)}
        places = {row['transaction_id']: (date.fromisoformat(row['transaction_day']), int(row['log_index']))
                  for row in harness.rows(connection, TRANSACTIONS)}
        self.entries = [(row['account_code'], *places[row['transaction_id']],
                         Decimal(row['amount']) * (1 if row['entry_type'] == 'DEBIT' else -1))
                        for row in harness.rows(connection, ENTRIES)]
        connection.close()

    def under(self, code):
        """The account and those under it."""
        codes = {code}
        while True:
            more = {row['account_code'] for row in self.accounts.values() if row['parent_code'] in codes} - codes
            if not more:
                return codes
            codes |= more

    def history(self, code, interval='month', with_children=False, start=None, end=None, position=None):
        """The points by currency: (currency, first day, last day, debits, credits, change, balance)."""
        sign = 1 if self.accounts[code]['account_type'] in ('ASSET', 'EXPENSE') else -1
        codes = self.under(code) if with_children else {code}
        known = [entry for entry in self.entries if entry[0] in codes and (position is None or entry[2] < position) and
                 (end is None or entry[1] <= end)]
        days = [entry[1] for entry in known]
        if start is None and not days:
            return []
        begin = start or min(days)
        last = end or max([begin, *days])
        currencies = sorted({self.accounts[entry[0]]['currency'] for entry in known}) or \
            [self.accounts[code]['currency']]
        points = []
        for currency in currencies:
            of_currency = sorted(entry[1:] for entry in known if self.accounts[entry[0]]['currency'] == currency)
            balance = Decimal('0.00') + sum(entry[2] for entry in of_currency if entry[0] < begin)
            of_currency = [entry for entry in of_currency if entry[0] >= begin]
            day = begin
            while day <= last:
                until = min(last, last_day(interval, day, self.fiscal_year_start))
                amounts = []
                while of_currency and of_currency[0][0] <= until:
                    amounts.append(of_currency.pop(0)[2])
                debit = Decimal('0.00') + sum(amount for amount in amounts if amount > 0)
                credit = Decimal('0.00') - sum(amount for amount in amounts if amount < 0)
                balance += debit - credit
                points.append((currency, day, until, debit, credit, sign * (debit - credit) + 0, sign * balance + 0))
                day = until + timedelta(1)
        return points


def words_of(code, interval=None, with_children=False, start=None, end=None, position=None):
    words = ['balance-history', '--account-code', code]
    words += ['--interval', interval] if interval else []
    words += ['--with-children'] if with_children else []
    words += ['--start-date', start] if start else []
    words += ['--end-date', end] if end else []
    words += ['--log-position', position] if position is not None else []
    return words


def points_of(report):
    return [(row['currency'], date.fromisoformat(row['start_date']), date.fromisoformat(row['end_date']),
             *(Decimal(row[name]) for name in ('debit', 'credit', 'change', 'balance'))) for row in report['points']]


def asked(generator, books):
    """Histories to ask for: every interval, accounts alone and with those under them, days and positions at random."""
    codes = sorted(books.accounts)
    last_index = max(entry[2] for entry in books.entries)
    days = sorted(entry[1] for entry in books.entries)
    for number in range(24):
        wanted = {'interval': INTERVALS[number % 5], 'with_children': number % 2 == 1}
        if number % 3 == 1:
            wanted['start'] = generator.choice(days) - timedelta(generator.randrange(40))
        if number % 4 >= 2:
            wanted['end'] = wanted.get('start', generator.choice(days)) + timedelta(generator.randrange(400))
        if number % 5 == number % 2:
            wanted['position'] = generator.randrange(last_index)
        yield ('1' if number % 6 == 1 else generator.choice(codes)), wanted


def check_histories(name, books):
    faults = []
    generator = random.Random(4711)
    count = 0
    for code, wanted in asked(generator, books):
        report = harness.admin_json(books.database, *words_of(code, **wanted))
        expected = books.history(code, **wanted)
        count += len(expected)
        if points_of(report) != expected or report['point_count'] != len(expected):
            faults.append((code, wanted, points_of(report)[:3], expected[:3]))
    harness.check(f'{name}: {count} points are the sums of their entries', not faults and count > 1000, faults[:3])


def check_saved(directory, books):
    """A saved history is checked like every report, and a point that was changed is told."""
    path = directory / 'history.json'
    status, output, said = harness.admin(books.database, 'report', '--type', 'balance-history', '--account-code', '1',
                                         '--with-children', '--interval', 'week', '--output', path, '--user', 'ana')
    harness.check('a history is made by report', status == 0, output + said)
    status, output, said = harness.run(sys.executable, harness.TOP / 'tests' / 'oracle' / 'report_hash.py', path)
    harness.check('its hash is what HASHES.md says', status == 0, output + said)
    status, output, said = harness.admin(books.database, 'verify-report', path)
    harness.check('it is the same when it is made again', status == 0, output + said)
    report = json.loads(path.read_text(encoding='utf-8'))
    report['points'][1]['balance'] = '1.00'
    path.write_text(json.dumps(report), encoding='utf-8')
    status, output, said = harness.admin(books.database, 'verify-report', path)
    harness.check('a point that was changed is told', status == 3 and 'balance' in output + said, output + said)
    for parameters, expected in (({'interval': 'decade'}, 2), ({'interval': 'day', 'start_date': '0001-01-01'}, 3)):
        changed = {**report, 'parameters': {**report['parameters'], **parameters}}
        path.write_text(json.dumps(changed), encoding='utf-8')
        status, output, said = harness.admin(books.database, 'verify-report', path)
        harness.check(f'parameters that no history has are told: {parameters}', status == expected, output + said)


def check_formats(books):
    wanted = {'interval': 'month', 'with_children': True}
    report = harness.admin_json(books.database, *words_of('1', **wanted))
    status, output, said = harness.admin(books.database, *words_of('1', **wanted), '--format', 'csv')
    made = [[row[name] for name in ('currency', 'start_date', 'end_date', 'debit', 'credit', 'change', 'balance')]
            for row in csv.DictReader(io.StringIO(output, newline=''))]
    expected = [list(row.values()) for row in report['points']]
    harness.check('CSV has the points of JSON', status == 0 and made == expected, output + said)


class Picture:
    """What an SVG says: its scales are read from the ticks, and give the amount and the day of a place."""

    def __init__(self, text):
        self.root = xml.etree.ElementTree.fromstring(text)
        self.series = [self.read(group) for group in self.root.iter(f'{SVG}g') if group.get('class') == 'series']

    def read(self, group):
        groups = {child.get('class'): child for child in group.findall(f'{SVG}g')}
        lines = [Fraction(line.get('y1')) for line in groups['amounts'].findall(f'{SVG}line')]
        ticks = [Decimal(text.text) for text in groups['amounts'].findall(f'{SVG}text')]
        dots = [(Fraction(dot.get('cx')), Fraction(dot.get('cy')), dot.find(f'{SVG}title').text)
                for dot in groups['points'].findall(f'{SVG}circle')] if 'points' in groups else []
        path = [tuple(map(Fraction, place)) for place in
                re.findall(r'([\d.]+) ([\d.]+)', group.find(f'{SVG}path').get('d'))]
        return {'name': group.find(f'{SVG}text').text, 'lines': lines, 'ticks': ticks, 'dots': dots, 'path': path}


def is_near(place, exact):
    return abs(place - exact) <= Fraction(1, 100)


def series_faults(series, points):
    """What is wrong with the drawing of one currency."""
    faults = []
    lines, ticks = series['lines'], series['ticks']
    steps = {above - below for below, above in zip(ticks, ticks[1:])}
    digits = ' '.join(str(step).replace('.', '').lstrip('0') for step in steps)
    if Decimal(0) not in ticks or not re.fullmatch(r'[125]0*', digits):
        faults.append(f'the ticks are not round: {ticks}')
    per_amount = (lines[-1] - lines[0]) / Fraction(ticks[-1] - ticks[0])
    days = [point[2] for point in points]
    if len(series['path']) != len(points):
        return [*faults, f'{len(series["path"])} places for {len(points)} points']
    left, right = series['path'][0][0], series['path'][-1][0]
    for (x, y), point in zip(series['path'], points):
        exact_x = left if len(points) == 1 else left + (right - left) * Fraction((point[2] - days[0]).days,
                                                                                   (days[-1] - days[0]).days)
        exact_y = lines[0] + per_amount * Fraction(point[6] - ticks[0])
        if not is_near(x, exact_x) or not is_near(y, exact_y) or not 0 <= x <= 800:
            faults.append(f'{point} at {float(x)} {float(y)}, not {float(exact_x)} {float(exact_y)}')
    told = [f'{point[2]}: {point[6]} {point[0]}' for point in points]
    if series['dots'] and [dot[2] for dot in series['dots']] != told:
        faults.append('the dots tell other points')
    if series['dots'] and [dot[:2] for dot in series['dots']] != series['path']:
        faults.append('the dots are not on the line')
    return faults


def check_picture(name, database, words, expected):
    """The picture of a history; its text."""
    status, text, said = harness.admin(database, *words, '--format', 'svg')
    if not harness.check(f'{name} is drawn', status == 0, text[-1000:] + said):
        return ''
    picture = Picture(text)
    names = list(dict.fromkeys(point[0] for point in expected))
    faults = [] if [series['name'] for series in picture.series] == names else ['other currencies']
    for series in picture.series:
        faults += series_faults(series, [point for point in expected if point[0] == series['name']])
    tags = {element.tag.removeprefix(SVG) for element in picture.root.iter()}
    if not tags <= {'svg', 'title', 'desc', 'style', 'rect', 'text', 'g', 'line', 'path', 'circle'}:
        faults.append(f'tags: {tags}')
    beginning = [child.tag for child in picture.root][:2]
    if picture.root.get('version') != '1.1' or beginning != [f'{SVG}title', f'{SVG}desc']:
        faults.append('no SVG 1.1 with title and description')
    if re.search(r'href|url\(|@import|<!|script|\son\w+=', text) or text.count('://') != 1:
        faults.append('it refers to something outside')
    harness.check(f'{name}: every point is where its balance is', not faults, '\n'.join(map(str, faults[:5])))
    return text


def check_pictures(directory, books):
    position = max(entry[2] for entry in books.entries) + 1
    for code, wanted in (('1', {'interval': 'week', 'with_children': True}), ('1000', {'interval': 'day'}),
                         ('HUGE-1', {'interval': 'quarter'}), ('4000', {'interval': 'year'}),
                         ('1500', {'interval': 'month', 'start': date(1999, 12, 31), 'end': date(1999, 12, 31)}),
                         ('1600', {'interval': 'month'})):
        wanted['position'] = position
        check_picture(f'{code} {wanted["interval"]}', books.database, words_of(code, **wanted),
                      books.history(code, **wanted))
    words = words_of('1', 'week', True, position=position)
    pictures = []
    for way in (('--format', 'svg'), ('--chart',)):
        path = directory / 'history.svg'
        status, output, said = harness.admin(books.database, *words, *way, '--output', path)
        harness.check(f'a picture by {way[0]}', status == 0, output + said)
        pictures.append(path.read_bytes())
    is_same = pictures[0] == pictures[1] and pictures[0].startswith(b'<?xml')
    harness.check('the same picture has the same bytes', is_same)


def make_odd_books(directory):
    """Names of every kind of character, an account without entries, days from the year 1 on, a fiscal year that begins
    in the middle of a month."""
    database = harness.new_database(directory, 'odd')
    os.environ.update({'DEFAULT_CURRENCY': 'EUR', 'FISCAL_YEAR_START': '04-06', 'LEDGER_TIMEZONE': 'UTC'})
    accounts = (('1000', 'Cash', 'EUR'), ('4000', 'Sales', 'EUR'), ('N&<', ODD_NAME, 'EUR'), ('1100', 'Dollars', 'USD'),
                ('4100', 'Dollar sales', 'USD'))
    commands = [['init', '--confirm']]
    for code, name, currency in accounts:
        commands.append(['create-account', '--code', code, '--name', name, '--currency', currency, '--type',
                         'REVENUE' if code.startswith('4') else 'ASSET',
                         *(['--parent', '1000'] if code == '1100' else [])])
    days = (('0001-05-01', 0), ('1899-12-31', 0), ('2000-02-29', 100), ('2000-04-05', 0), ('2000-04-06', 0),
            ('9998-12-30', 0))
    for number, (day, step) in enumerate(days):
        entries = [{'account_code': str(1000 + step), 'entry_type': 'DEBIT', 'amount': f'{number}.25'},
                   {'account_code': str(4000 + step), 'entry_type': 'CREDIT', 'amount': f'{number}.25'}]
        path = directory / f'entries-{number}.json'
        path.write_text(json.dumps(entries), encoding='utf-8')
        commands.append(['post-transaction', '--event-type', 'SALE', '--description', 'A sale', '--entries', path,
                         '--transaction-date', day, '--allow-future'])
    for command in commands:
        status, output, said = harness.admin(database, *command, '--user', 'ana')
        if status != 0:
            harness.stop(f'{command}: {output}{said}')
    return Books(database, (4, 6))


def check_odd_books(directory):
    books = make_odd_books(directory)
    database = books.database
    first, last = date(2026, 1, 1), date(2026, 1, 31)
    text = check_picture('an odd name', database, words_of('N&<', start=first, end=last),
                         books.history('N&<', start=first, end=last))
    harness.check('the odd name is in its title', text and Picture(text).root.find(f'{SVG}title').text ==
                  f'Balance history: N&< {ODD_NAME.replace(chr(0xfffe), "?")} (ASSET)', text[:900])
    status, output, said = harness.admin(database, *words_of('N&<'))
    harness.check('an account without entries has no points', status == 0 and '(none)' in output, output + said)
    for wanted in ({'interval': 'year'}, {'interval': 'quarter', 'start': date(1999, 12, 31), 'end': date(2002, 1, 5)},
                   {'interval': 'year', 'start': date(1899, 12, 31), 'end': date(2000, 4, 5)}):
        expected = books.history('1000', **wanted)
        made = points_of(harness.admin_json(database, *words_of('1000', **wanted)))
        harness.check(f'{len(expected)} points: {wanted}', made == expected and len(expected) > 8,
                      (made[:3], expected[:3]))
    first, last = date(2000, 1, 1), date(2000, 1, 1) + timedelta(POINTS_MAX - 1)
    made = harness.admin_json(database, *words_of('1000', 'day', start=first, end=last))
    harness.check('as many points as there may be',
                  points_of(made)[-1][2] == last and made['point_count'] == POINTS_MAX)
    status, output, said = harness.admin(database, *words_of('1000', 'day', start=first, end=last + timedelta(1)))
    harness.check('one more is refused', status == 2 and 'take the interval week' in said, output + said)
    half = first + timedelta(POINTS_MAX // 2 - 1)
    made = harness.admin_json(database, *words_of('1000', 'day', True, start=first, end=half))
    harness.check('the currencies share them', made['point_count'] == POINTS_MAX, made['point_count'])
    status, output, said = harness.admin(database, *words_of('1000', 'day', True, start=first, end=half + timedelta(1)))
    harness.check('one more of each is refused', status == 2 and 'take the interval week' in said, output + said)


def check_charts(books):
    words = [*words_of('1', 'week', True), '--chart']
    for way, is_ascii in (({'LC_ALL': 'C'}, True), ({'LC_ALL': 'C.UTF-8'}, False), ({'LC_ALL': '', 'LANG': ''}, True)):
        status, output, said = harness.run(harness.ADMIN, '--db', harness.uri(books.database), *words,
                                           environment={'LC_CTYPE': '', **way})
        lines = output.splitlines()
        harness.check(f'a chart in {way}', status == 0 and output.isascii() == is_ascii and
                      max(map(len, lines[1:])) == 80 and '\x1b' not in output, output + said)
    status, output, said = harness.admin(books.database, *words, '--ascii')
    harness.check('a chart by --ascii', status == 0 and output.isascii(), output + said)


def main():
    directory = harness.scratch()
    database = harness.new_database(directory, 'random')
    # Days and months of posting, folded: the clock of this one moves.
    status, output, said = harness.run(harness.program('random_operations'), '2', '800', harness.uri(database))
    harness.check('a ledger with days behind it', status == 0, output + said)
    books = Books(database)
    check_histories('days behind it', books)
    check_formats(books)
    check_saved(directory, books)
    check_pictures(directory, books)
    check_charts(books)
    check_odd_books(directory)
    harness.plan()


if __name__ == '__main__':
    main()
