"""A small ledger with a bit of everything, made through ledger-admin: odd texts, dates at the edges, currencies, keys,
reversals of reversals, approvals, redactions, closed periods, inactive accounts and refusals."""

import json

import harness

ODD_TEXTS = [
    'plain',
    'quotes " and \\ and / and \' and %s %d {}',
    'tab\there, line\nthere, return\rtoo',
    'caf\u00e9 and cafe\u0301',
    '\u8cac\u4efb \u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd \u0928\u092e\u0938\u094d\u0924\u0947',
    '\U0001f4b0\U0001f1e6\U0001f1f4 \U0010fffd',
    'separators \u2028 \u2029 \ufeff \u200b end',
    '{"form":"entry/1","amount":"1.00"}',
    'null',
    ' outer blanks ',
    '\U0001d11e' * 1000,
    'x' * 1000,
]

DATES = [
    None,
    '2025-12-31',
    '2026-01-01T00:00:00Z',
    '2025-12-31T23:30:00Z',
    '2026-02-28T23:59:59.999999+01:00',
    '2026-03-01 00:00:00.000001',
    '2024-02-29T12:00:00.5Z',
    '1969-12-31T23:59:59.999999Z',
    '0001-01-02',
    '0999-06-30T06:00:00.000010Z',
]

ACCOUNTS = [
    ('1', 'Assets', 'ASSET', ['--role', 'HEADER']),
    ('1000', 'Cash', 'ASSET', ['--parent', '1', '--description', 'what is in the till']),
    ('1001', 'Caixa \u00e9 \u8cac\u4efb', 'ASSET', ['--parent', '1000']),
    ('C\u00f3digo \U0001f4b0', 'Odd code', 'ASSET', ['--parent', '1', '--role', 'CONTRA']),
    ('1500', 'Dollars', 'ASSET', ['--parent', '1', '--currency', 'USD']),
    ('1600', 'Yen', 'ASSET', ['--parent', '1', '--currency', 'JPY']),
    ('2000', 'Debts', 'LIABILITY', []),
    ('3900', 'Retained', 'EQUITY', ['--role', 'RETAINED_EARNINGS']),
    ('4000', 'Sales', 'REVENUE', []),
    ('4500', 'Sales in dollars', 'REVENUE', ['--currency', 'USD']),
    ('4600', 'Sales in yen', 'REVENUE', ['--currency', 'JPY']),
    ('5000', 'Costs', 'EXPENSE', []),
    ('5999', 'Old costs', 'EXPENSE', []),
]


def entry(account_code, entry_type, amount, **others):
    return {'account_code': account_code, 'entry_type': entry_type, 'amount': amount, **others}


def pair(debit, credit, amount, **others):
    return [entry(debit, 'DEBIT', amount, **others), entry(credit, 'CREDIT', amount)]


def post_words(description, entries, *words, user='ana'):
    return (['post-transaction', '--event-type', 'SALE', '--description', description, '--entries', '-', '--user', user,
             *words], json.dumps(entries))


class Sample:
    """What was made: `requests` are the postings with a key, as they were sent; `posted` all results in order."""

    def __init__(self, directory):
        self.database = harness.new_database(directory)
        self.requests = []
        self.posted = []

    def post(self, description, entries, *words, user='ana'):
        words, text = post_words(description, entries, *words, user=user)
        posted = harness.admin_json(self.database, *words, text=text)
        self.posted.append(posted)
        return posted

    def post_keyed(self, key, description, entries, date=None):
        """A posting with an idempotency key, of which the fingerprint can be made again."""
        words = ['--idempotency-key', key, '--source-system', 'till', '--business-key', f'doc {key}']
        posted = self.post(description, entries, *words, *(['--transaction-date', date] if date else []))
        self.requests.append({'transaction_id': posted['transaction_id'], 'business_event_type': 'SALE',
                              'business_key': f'doc {key}', 'description': description, 'transaction_date': date,
                              'entries': entries})

    def refuse(self, *words, text=None, status=1):
        done, output, said = harness.admin(self.database, *words, text=text)
        if done != status:
            raise AssertionError(f'{words}: exit status {done}: {output}{said}')

    def make(self):
        status, output, said = harness.run(
            harness.ADMIN, '--db', harness.uri(self.database), 'init', '--confirm', '--user', 'root',
            environment={'LEDGER_TIMEZONE': 'Africa/Luanda', 'FISCAL_YEAR_START': '04-01'})
        if status != 0:
            raise AssertionError(f'init: {output}{said}')
        return self.fill()

    def fill(self):
        """All but the ledger itself."""
        for code, name, kind, words in ACCOUNTS:
            harness.admin_json(self.database, 'create-account', '--code', code, '--name', name, '--type', kind,
                               '--user', 'root', *words)
        self.make_postings()
        self.make_reversals()
        self.make_administration()
        self.make_redactions()
        return self

    def make_postings(self):
        for i, text in enumerate(ODD_TEXTS):
            self.post(text, pair('1000', '4000', f'{i + 1}.{i:02d}', memo=text))
            self.post_keyed(f'key {i} \u00e9"', text, pair('5000', '1001', f'{i + 10}', cost_center=f'CC {i}'))
        for date in DATES:
            self.post('dated', pair('1000', '4000', '12.50'), *(['--transaction-date', date] if date else []))
        self.post('far ahead', pair('1000', '4000', '1'), '--transaction-date', '9998-12-31', '--allow-future')
        self.post('the most', pair('2000', 'C\u00f3digo \U0001f4b0', '46116860184273879.03', memo=''))
        self.post('three currencies', [
            *pair('1500', '4500', '0.01', business_unit='B\u00fcro', project_code='P-1'),
            *pair('1600', '4600', '1000', currency='JPY'), *pair('1000', '4000', '0.10', memo='last')])
        self.post('many', [entry('1000', 'DEBIT', '0.01') for _ in range(300)] + [entry('4000', 'CREDIT', '3.00')])

    def make_reversals(self):
        for i in (1, 4, 9):
            first = harness.admin_json(self.database, 'reverse', '--transaction-id', self.posted[i]['transaction_id'],
                                       '--reason', ODD_TEXTS[i], '--user', 'ana', '--idempotency-key', f'undo {i}')
            self.posted.append(first)
            if i != 9:
                self.posted.append(harness.admin_json(
                    self.database, 'reverse', '--transaction-id', first['transaction_number'], '--reason',
                    'the reversal was wrong', '--user', 'joana'))

    def make_administration(self):
        self.refuse(*post_words('not balanced', [entry('1000', 'DEBIT', '1'), entry('4000', 'CREDIT', '2')])[0],
                    text=json.dumps([entry('1000', 'DEBIT', '1'), entry('4000', 'CREDIT', '2')]))
        self.refuse('reverse', '--transaction-id', self.posted[1]['transaction_id'], '--reason', 'again', '--user', 'ana')
        harness.admin_json(self.database, 'deactivate-account', '--code', '5999', '--user', 'root')
        harness.admin_json(self.database, 'period', 'close', '--start-date', '2024-01-01', '--end-date', '2024-12-31',
                           '--user', 'root', '--reason', 'audited')
        harness.admin_json(self.database, 'period', 'open', '--start-date', '2024-02-01', '--end-date', '2024-02-29',
                           '--user', 'root')
        status, _, said = harness.run(
            harness.ADMIN, '--db', harness.uri(self.database), 'reverse', '--transaction-id',
            self.posted[6]['transaction_id'], '--reason', 'too much for one', '--user', 'ana',
            environment={'CORRECTION_APPROVAL_THRESHOLD': '0.01'})
        if status != 1 or 'waits for approval' not in said:
            raise AssertionError(f'no approval was asked for: {said}')

    def make_redactions(self):
        """One with a key, and one with memos that two reversals repeat."""
        harness.redact(self.database, self.posted[3]['transaction_number'])
        harness.redact(self.database, self.posted[4]['transaction_id'], 'another request')
