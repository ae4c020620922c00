#!/usr/bin/env python3
"""Makes the quarter of a small company that the demo posts: examples/quarter/chart.csv and transactions.csv.

    make_quarter.py            writes both files
    make_quarter.py --check    says whether they are what this program makes

Kianda Lda sells office equipment in Luanda, and services it. Everything is invented, and the same on every run: the
only source of chance is a seeded generator. Beside each transaction's balance it is checked that neither cash, bank nor
stock is ever below zero, so that the books make sense day by day.
"""

import datetime
import pathlib
import random
import sys
from dataclasses import dataclass

QUARTER = pathlib.Path(__file__).resolve().parent.parent / 'examples' / 'quarter'
CHART_HEADING = 'account_code,account_name,account_type,account_role,parent_account_code'
HEADING = 'business_key,transaction_date,event_type,description,account_code,entry_type,amount,memo'

CHART = """
11,Current assets,ASSET,HEADER,
1110,Cash in hand,ASSET,NORMAL,11
1120,Bank current account,ASSET,NORMAL,11
1210,Trade receivables,ASSET,NORMAL,11
1220,VAT on purchases,ASSET,NORMAL,11
1230,Prepaid expenses,ASSET,NORMAL,11
1310,Merchandise,ASSET,NORMAL,11
15,Fixed assets,ASSET,HEADER,
151,Vehicles,ASSET,HEADER,15
1510,Vehicles at cost,ASSET,NORMAL,151
1519,Vehicles: accumulated depreciation,ASSET,CONTRA,151
152,Office equipment,ASSET,HEADER,15
1520,Office equipment at cost,ASSET,NORMAL,152
1529,Office equipment: accumulated depreciation,ASSET,CONTRA,152
21,Current liabilities,LIABILITY,HEADER,
2110,Trade payables,LIABILITY,NORMAL,21
2120,VAT on sales,LIABILITY,NORMAL,21
2130,VAT due to the tax office,LIABILITY,NORMAL,21
2140,Income tax withheld from wages,LIABILITY,NORMAL,21
2150,Social security payable,LIABILITY,NORMAL,21
2160,Wages payable,LIABILITY,NORMAL,21
25,Long-term liabilities,LIABILITY,HEADER,
2510,Bank loan,LIABILITY,NORMAL,25
3110,Share capital,EQUITY,NORMAL,
3210,Retained earnings,EQUITY,RETAINED_EARNINGS,
4110,Sales of merchandise,REVENUE,NORMAL,
4120,Services,REVENUE,NORMAL,
4190,Sales returns,REVENUE,CONTRA,
5110,Cost of merchandise sold,EXPENSE,NORMAL,
52,Staff,EXPENSE,HEADER,
5210,Wages and salaries,EXPENSE,NORMAL,52
5220,Employer's social security,EXPENSE,NORMAL,52
53,Premises and office,EXPENSE,HEADER,
5310,Rent,EXPENSE,NORMAL,53
5320,Electricity and water,EXPENSE,NORMAL,53
5330,Telephone and internet,EXPENSE,NORMAL,53
5340,Fuel,EXPENSE,NORMAL,53
5350,Insurance,EXPENSE,NORMAL,53
5360,Advertising,EXPENSE,NORMAL,53
5410,Depreciation,EXPENSE,NORMAL,
5420,Interest and bank charges,EXPENSE,NORMAL,
""".strip()

VAT_PERCENT = 14
CUSTOMERS = ('Clínica Boa Vida', 'Hotel Baía Azul', 'Colégio Ngola', 'Transportes Kwanza', 'Padaria Central',
             'Advogados Neto e Pires', 'Farmácia Talatona', 'Construtora Palanca', 'Pescas do Lobito', 'Café Mussulo')
SUPPLIERS = ('Papelaria Geral', 'TecnoImport', 'Movel e Arte', 'Grupo Ingombota')
GOODS = (('printer paper', 450_00, 62), ('toner', 3_800_00, 64), ('office chairs', 9_500_00, 60),
         ('laser printers', 21_000_00, 71), ('desks', 16_500_00, 63), ('filing cabinets', 12_400_00, 66))
SERVICES = (('printer maintenance', 14_000_00), ('network installation', 48_000_00), ('copier contract', 22_500_00))
WAGES = (('Ana Domingos', 310_000_00, 27_300_00), ('Bruno Cassule', 245_000_00, 17_600_00),
         ('Célia Mateus', 180_000_00, 9_400_00), ('Dario Lemos', 145_000_00, 5_100_00))
EMPLOYEE_SOCIAL_PERCENT = 3
EMPLOYER_SOCIAL_PERCENT = 8
TILL_FLOAT = 50_000_00
NEVER_BELOW_ZERO = ('1110', '1120', '1210', '1310')

DEBIT, CREDIT = 'DEBIT', 'CREDIT'


@dataclass
class Transaction:
    key: str
    day: datetime.date
    event_type: str
    description: str
    entries: list  # (account, DEBIT or CREDIT, cents, memo)


class Books:
    """What has been made so far, and the only chance there is. Random.random() alone is the same in every Python."""

    def __init__(self):
        self.transactions = []
        self.chance = random.Random(20260331)
        self.counters = {}

    def pick(self, choices):
        return choices[int(self.chance.random() * len(choices))]

    def between(self, low, high):
        return low + int(self.chance.random() * (high - low + 1))

    def key(self, prefix):
        self.counters[prefix] = self.counters.get(prefix, 0) + 1
        return f'{prefix}-2026-{self.counters[prefix]:04}'

    def add(self, key, day, event_type, description, *entries):
        self.transactions.append(Transaction(key, day, event_type, description,
                                             [(*entry, '')[:4] for entry in entries]))


def date(month, day):
    return datetime.date(2026, month, day)


def month_end(month):
    return date(month + 1, 1) - datetime.timedelta(days=1)


def workdays():
    day = date(1, 2)
    while day <= date(3, 31):
        if day.weekday() < 5:
            yield day
        day += datetime.timedelta(days=1)


def workday_from(day):
    while day.weekday() >= 5:
        day += datetime.timedelta(days=1)
    return day


def vat(net):
    return (net * VAT_PERCENT + 50) // 100


def total_of(books, account, start, end):
    """Debits less credits of an account within days, both included."""
    return sum(amount if side == DEBIT else -amount for transaction in books.transactions
               if start <= transaction.day <= end for code, side, amount, _ in transaction.entries if code == account)


def opening(books):
    books.add('OPENING-2026', date(1, 1), 'OPENING', 'Balances carried forward from 2025',
              ('1110', DEBIT, 84_500_00), ('1120', DEBIT, 6_420_000_00), ('1210', DEBIT, 1_254_000_00),
              ('1310', DEBIT, 4_380_000_00), ('1510', DEBIT, 7_200_000_00), ('1519', CREDIT, 2_400_000_00),
              ('1520', DEBIT, 1_350_000_00), ('1529', CREDIT, 450_000_00), ('2110', CREDIT, 1_118_000_00),
              ('2510', CREDIT, 3_600_000_00), ('3110', CREDIT, 10_000_000_00), ('3210', CREDIT, 3_120_500_00))
    books.add('RCPT-2025-0412', date(1, 8), 'RECEIPT', 'Receipt of what was open from 2025',
              ('1120', DEBIT, 1_254_000_00), ('1210', CREDIT, 1_254_000_00))
    books.add('PAY-2025-0218', date(1, 9), 'PAYMENT', 'Payment of what was open from 2025',
              ('2110', DEBIT, 1_118_000_00), ('1120', CREDIT, 1_118_000_00))


def goods_sold(books):
    """Net price and cost of a handful of goods."""
    name, price, cost_percent = books.pick(GOODS)
    quantity = books.between(2, 12 if price > 5_000_00 else 60)
    net = price * quantity
    return name, quantity, net, net * cost_percent // 100


def invoice(books, day):
    customer, key = books.pick(CUSTOMERS), books.key('INV')
    if books.chance.random() < 0.25:
        name, price = books.pick(SERVICES)
        net = price * books.between(1, 3)
        entries = [('4120', CREDIT, net)]
        what = name
    else:
        name, quantity, net, cost = goods_sold(books)
        entries = [('4110', CREDIT, net), ('5110', DEBIT, cost), ('1310', CREDIT, cost)]
        what = f'{quantity} x {name}'
    gross = net + vat(net)
    books.add(key, day, 'SALE', f'{customer}: {what}', ('1210', DEBIT, gross, customer),
              entries[0], ('2120', CREDIT, vat(net)), *entries[1:])
    paid = workday_from(day + datetime.timedelta(days=books.between(8, 32)))
    if paid <= date(3, 31):
        books.add(key.replace('INV', 'RCPT'), paid, 'RECEIPT', f'{customer} pays {key}',
                  ('1120', DEBIT, gross), ('1210', CREDIT, gross, customer))
    return key, customer, net


def credit_note(books, day, returned):
    key, customer, net = returned
    part = net // 10
    books.add(books.key('CN'), day, 'CREDIT_NOTE', f'{customer}: price reduction on {key}',
              ('4190', DEBIT, part), ('2120', DEBIT, vat(part)), ('1120', CREDIT, part + vat(part)))


def sales(books):
    invoices = []
    for index, day in enumerate(workdays()):
        for _ in range(3 if index % 3 == 0 else 2):
            invoices.append(invoice(books, day))
        net = books.between(18_000, 64_000) * 100
        cost = net * 65 // 100
        books.add(books.key('TILL'), day, 'CASH_SALE', 'Takings of the shop', ('1110', DEBIT, net + vat(net)),
                  ('4110', CREDIT, net), ('2120', CREDIT, vat(net)), ('5110', DEBIT, cost), ('1310', CREDIT, cost))
        if day.weekday() == 4:
            banked = (total_of(books, '1110', date(1, 1), day) - TILL_FLOAT) // 10_000_00 * 10_000_00
            books.add(books.key('BANK'), day, 'TRANSFER', 'Takings taken to the bank',
                      ('1120', DEBIT, banked), ('1110', CREDIT, banked))
        if index % 13 == 12:
            credit_note(books, day, invoices[-9])


def purchases(books):
    for index, day in enumerate(workdays()):
        if index % 3 != 1:
            continue
        supplier, key = books.pick(SUPPLIERS), books.key('PUR')
        name, quantity, _, cost = goods_sold(books)
        net = max(cost, 150_000_00) * 2
        books.add(key, day, 'PURCHASE', f'{supplier}: {quantity * 3} x {name}', ('1310', DEBIT, net),
                  ('1220', DEBIT, vat(net)), ('2110', CREDIT, net + vat(net), supplier))
        paid = workday_from(day + datetime.timedelta(days=books.between(14, 30)))
        if paid <= date(3, 31):
            books.add(key.replace('PUR', 'PAY'), paid, 'PAYMENT', f'{supplier}: payment of {key}',
                      ('2110', DEBIT, net + vat(net), supplier), ('1120', CREDIT, net + vat(net)))


def payroll(books, month):
    gross = sum(wage for _, wage, _ in WAGES)
    tax = sum(tax for _, _, tax in WAGES)
    employee = gross * EMPLOYEE_SOCIAL_PERCENT // 100
    employer = gross * EMPLOYER_SOCIAL_PERCENT // 100
    end = month_end(month)
    books.add(f'WAGES-2026-{month:02}', end, 'PAYROLL', f'Wages of {end:%B} 2026',
              *[('5210', DEBIT, wage, name) for name, wage, _ in WAGES], ('5220', DEBIT, employer),
              ('2140', CREDIT, tax), ('2150', CREDIT, employee + employer), ('2160', CREDIT, gross - tax - employee))
    if end == workday_from(end):
        books.add(f'WAGES-2026-{month:02}-PAID', end, 'PAYMENT', f'Wages of {end:%B} 2026 transferred',
                  ('2160', DEBIT, gross - tax - employee), ('1120', CREDIT, gross - tax - employee))
    else:
        books.add(f'WAGES-2026-{month:02}-PAID', workday_from(end), 'PAYMENT',
                  f'Wages of {end:%B} 2026 transferred on the next working day',
                  ('2160', DEBIT, gross - tax - employee), ('1120', CREDIT, gross - tax - employee))
    if month < 3:
        paid = workday_from(date(month + 1, 10))
        books.add(f'IRT-2026-{month:02}', paid, 'TAX_PAYMENT', f'Income tax on the wages of {end:%B}',
                  ('2140', DEBIT, tax), ('1120', CREDIT, tax))
        books.add(f'INSS-2026-{month:02}', paid, 'TAX_PAYMENT', f'Social security on the wages of {end:%B}',
                  ('2150', DEBIT, employee + employer), ('1120', CREDIT, employee + employer))


def bill(books, key, day, account, what, net, supplier):
    books.add(key, day, 'EXPENSE', f'{supplier}: {what}', (account, DEBIT, net), ('1220', DEBIT, vat(net)),
              ('1120', CREDIT, net + vat(net)))


def running_costs(books, month):
    end = month_end(month)
    books.add(f'RENT-2026-{month:02}', workday_from(date(month, 2)), 'EXPENSE', f'Rent of the shop in {end:%B}',
              ('5310', DEBIT, 330_000_00), ('1120', CREDIT, 330_000_00))
    bill(books, f'ENDE-2026-{month:02}', workday_from(date(month, 18)), '5320', f'electricity of {end:%B}',
         books.between(52_000, 71_000) * 100, 'ENDE')
    bill(books, f'UNITEL-2026-{month:02}', workday_from(date(month, 20)), '5330', 'telephone and internet', 38_500_00,
         'Unitel')
    bill(books, f'RADIO-2026-{month:02}', workday_from(date(month, 12)), '5360', 'radio spots', 65_000_00,
         'Radio Ecclesia')
    for week in range(4):
        bill(books, books.key('FUEL'), workday_from(date(month, 3 + week * 7)), '5340', 'diesel for the van',
             books.between(14_000, 22_000) * 100, 'Sonangol')
    books.add(f'INSURANCE-2026-{month:02}', end, 'ADJUSTMENT', f'Insurance used up in {end:%B}',
              ('5350', DEBIT, 48_000_00), ('1230', CREDIT, 48_000_00))
    books.add(f'DEPRECIATION-2026-{month:02}', end, 'DEPRECIATION', f'Straight-line depreciation of {end:%B}',
              ('5410', DEBIT, 157_500_00), ('1519', CREDIT, 120_000_00), ('1529', CREDIT, 37_500_00))
    interest = 3_600_000_00 * 18 // 1200 - (month - 1) * 1_500_00
    books.add(f'LOAN-2026-{month:02}', workday_from(date(month, 25)), 'LOAN', f'Loan instalment {month} of 36',
              ('2510', DEBIT, 100_000_00), ('5420', DEBIT, interest, 'interest'),
              ('1120', CREDIT, 100_000_00 + interest))
    books.add(f'CHARGES-2026-{month:02}', workday_from(date(month, 27)), 'EXPENSE', 'Bank charges',
              ('5420', DEBIT, 6_250_00), ('1120', CREDIT, 6_250_00))


def vat_return(books, month):
    """Input tax is set off against output tax at the end of a month; what is left is paid in the next."""
    end = month_end(month)
    collected = -total_of(books, '2120', date(month, 1), end)
    paid = min(total_of(books, '1220', date(month, 1), end), collected)
    books.add(f'VAT-2026-{month:02}', end, 'VAT_RETURN', f'VAT return of {end:%B}', ('2120', DEBIT, collected),
              ('1220', CREDIT, paid), *([('2130', CREDIT, collected - paid)] if collected > paid else []))
    if month < 3 and collected > paid:
        books.add(f'VAT-2026-{month:02}-PAID', workday_from(date(month + 1, 24)), 'TAX_PAYMENT', f'VAT of {end:%B}',
                  ('2130', DEBIT, collected - paid), ('1120', CREDIT, collected - paid))


def single_events(books):
    books.add('INSURANCE-2026', date(1, 5), 'EXPENSE', 'ENSA: insurance of shop and van for the year',
              ('1230', DEBIT, 576_000_00), ('1120', CREDIT, 576_000_00))
    net = 640_000_00
    books.add('ASSET-2026-0001', date(2, 9), 'PURCHASE', 'TecnoImport: two workstations', ('1520', DEBIT, net),
              ('1220', DEBIT, vat(net)), ('2110', CREDIT, net + vat(net), 'TecnoImport'))
    books.add('ASSET-2026-0001-PAID', date(3, 10), 'PAYMENT', 'TecnoImport: payment of ASSET-2026-0001',
              ('2110', DEBIT, net + vat(net), 'TecnoImport'), ('1120', CREDIT, net + vat(net)))


def make_books():
    books = Books()
    opening(books)
    sales(books)
    purchases(books)
    single_events(books)
    for month in (1, 2, 3):
        running_costs(books, month)
        payroll(books, month)
    for month in (1, 2, 3):
        vat_return(books, month)
    books.transactions = [transaction for transaction in books.transactions if transaction.day <= date(3, 31)]
    # Stable: what is made first on a day stands first. What comes in stands before what goes out.
    books.transactions.sort(key=lambda transaction: (transaction.day, transaction.event_type != 'RECEIPT'))
    return books


def check_books(books):
    known = {line.split(',')[0]: line.split(',') for line in CHART.splitlines()}
    balances = dict.fromkeys(known, 0)
    keys = set()
    for transaction in books.transactions:
        assert transaction.key not in keys, f'{transaction.key} stands twice'
        keys.add(transaction.key)
        assert sum(amount if side == DEBIT else -amount for _, side, amount, _ in transaction.entries) == 0, transaction
        for account, side, amount, memo in transaction.entries:
            assert amount > 0 and known[account][3] != 'HEADER', transaction
            assert not set(transaction.key + transaction.description + memo) & set(',"\n'), transaction
            balances[account] += amount if side == DEBIT else -amount
        for account in NEVER_BELOW_ZERO:
            assert balances[account] >= 0, f'{account} is below zero after {transaction}'


def files():
    books = make_books()
    check_books(books)
    rows = [HEADING]
    for transaction in books.transactions:
        for account, side, cents, memo in transaction.entries:
            rows.append(f'{transaction.key},{transaction.day},{transaction.event_type},{transaction.description},'
                        f'{account},{side},{cents // 100}.{cents % 100:02},{memo}')
    texts = {'chart.csv': f'{CHART_HEADING}\n{CHART}\n', 'transactions.csv': '\n'.join(rows) + '\n'}
    return texts, len(books.transactions)


def main():
    texts, count = files()
    if sys.argv[1:] == ['--check']:
        stale = [name for name, text in texts.items()
                 if not (QUARTER / name).is_file() or (QUARTER / name).read_text(encoding='utf-8') != text]
        for name in stale:
            print(f'examples/quarter/{name} is not what tools/make_quarter.py makes: run it')
        return 1 if stale else 0
    QUARTER.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (QUARTER / name).write_text(text, encoding='utf-8')
    entries_count = len(texts['transactions.csv'].splitlines()) - 1
    print(f'{len(CHART.splitlines())} accounts, {count} transactions, {entries_count} entries')
    return 0


if __name__ == '__main__':
    sys.exit(main())
