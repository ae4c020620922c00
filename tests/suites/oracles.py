#!/usr/bin/env python3
# backends: sqlite mariadb
"""Python makes every hash and every sum of a ledger again, from the views of its database and docs/HASHES.md alone.

Environment: see tests/support/harness.py."""

import hashlib
import json
import pathlib
import sys
from datetime import datetime
from decimal import Decimal

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
import harness
from sample import Sample

TILE_LEAVES = 256

# What no view shows: the totals that the last posting day still adds to.
OPEN_DAYS = {
    'sqlite': "SELECT account_code, date(transaction_day * 86400, 'unixepoch') AS transaction_day, "
              'debit_total AS debit_hundredths, credit_total AS credit_hundredths, entry_count '
              'FROM open_total_rows JOIN account_rows USING (account_id)',
    'mariadb': 'SELECT account_code, transaction_day, 100 * debit_total AS debit_hundredths, '
               '100 * credit_total AS credit_hundredths, entry_count '
               'FROM open_total_rows JOIN chart_of_accounts USING (account_id)',
}


# The salts of reasons, which no view shows.
APPROVALS = {
    'sqlite': 'SELECT log_index, reason, lower(hex(reason_salt)) AS salt FROM approval_rows WHERE reason IS NOT NULL',
    'mariadb': 'SELECT log_index, reason, lower(hex(reason_salt_bytes)) AS salt FROM approval_rows '
               'WHERE reason IS NOT NULL',
}


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def canonical(value):
    """RFC 8785 for what our forms hold."""
    return json.dumps(value, sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode('utf-8')


def form(name, **members):
    return canonical({'form': name, **{key: value for key, value in members.items() if value is not None}})


def instant(text):
    """2026-01-01 09:30:45.000123, as the views show it, in the form of instants."""
    return text.replace(' ', 'T') + 'Z'


class Transaction:
    """A row of the view with its entries, and every hash of it made again; the hash of texts that were redacted is taken
    as it was kept."""

    def __init__(self, row, entries, redacted_texts_hash):
        self.row = row
        self.entries = entries
        self.redacted_texts_hash = redacted_texts_hash

    def transaction_hash(self):
        """As the runbook's own program makes it."""
        return sha256(json.dumps({
            'transaction_id': self.row['transaction_id'],
            'transaction_date': datetime.fromisoformat(self.row['transaction_date']).isoformat(),
            'entries': [{'account': entry['account_code'], 'type': entry['entry_type'], 'amount': entry['amount']}
                        for entry in self.entries],
        }, sort_keys=True).encode())

    def entry_hash(self, entry):
        return sha256(form(
            'entry/1', transaction_id=self.row['transaction_id'], entry_number=entry['entry_number'],
            account_code=entry['account_code'], entry_type=entry['entry_type'], amount=entry['amount'],
            currency=entry['currency'], cost_center=entry['cost_center'], business_unit=entry['business_unit'],
            project_code=entry['project_code']))

    def texts_hash(self):
        if self.redacted_texts_hash is not None:
            return self.redacted_texts_hash
        memos = [entry['memo'] for entry in self.entries]
        texts = {'description': self.row['description'], 'reversal_reason': self.row['reversal_reason'],
                 'memos': memos if any(memo is not None for memo in memos) else None}
        return sha256(bytes.fromhex(self.row['texts_salt']) +
                      canonical({key: value for key, value in texts.items() if value is not None}))

    def content_hash(self):
        row = self.row
        return sha256(form(
            'content/1', transaction_id=row['transaction_id'], business_event_type=row['business_event_type'],
            business_key=row['business_key'], created_by=row['created_by'], principal=row['principal'],
            source_system=row['source_system'], source_ip=row['source_ip'],
            transaction_date=instant(row['transaction_date']), transaction_day=row['transaction_day'],
            idempotency_key=row['idempotency_key'], idempotency_fingerprint=row['idempotency_fingerprint'],
            reverses_transaction_id=row['reverses_transaction_id'], texts_hash=self.texts_hash(),
            entry_hashes=[self.entry_hash(entry) for entry in self.entries]))

    def record_hash(self):
        return sha256(form(
            'record/1', content_hash=self.content_hash(), log_index=self.row['log_index'],
            posting_date=instant(self.row['posting_date']), transaction_number=self.row['transaction_number']))


def leaf_hash(event, transaction):
    """Of a row of audit_log; a posting's commits to its record instead of a description."""
    metadata = event['event_metadata']
    return sha256(b'\x00' + form(
        'event/1', event_type=event['event_type'], action=event['action'], severity=event['severity'],
        outcome=event['outcome'], event_timestamp=instant(event['event_timestamp']), log_index=event['log_index'],
        transaction_id=event['transaction_id'], user_id=event['user_id'], principal=event['principal'],
        source_system=event['source_system'], source_ip=event['source_ip'],
        description=None if transaction else event['description'],
        event_metadata=None if metadata is None else json.loads(metadata),
        record_hash=transaction.record_hash() if transaction else None))


def node(left, right):
    return hashlib.sha256(b'\x01' + left + right).digest()


def root(leaves):
    """RFC 6962 section 2.1."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b'').digest()
    left = 1
    while left * 2 < len(leaves):
        left *= 2
    return node(root(leaves[:left]), root(leaves[left:]))


def frontier(leaves):
    """The roots of the full subtrees, the largest first."""
    roots, begin = [], 0
    for bit in reversed(range(len(leaves).bit_length())):
        size = 1 << bit
        if len(leaves) & size:
            roots.append(root(leaves[begin:begin + size]))
            begin += size
    return roots


class Ledger:
    """What the views of a ledger hold."""

    def __init__(self, database):
        connection = harness.read_only(database)
        entries = {}
        for entry in harness.rows(connection, 'SELECT * FROM journal_entries ORDER BY entry_id'):
            entries.setdefault(entry['transaction_id'], []).append(entry)
        self.redactions = {row['transaction_id']: row for row in harness.rows(connection, 'SELECT * FROM redactions')}
        redacted = {transaction_id: row['texts_hash'] for transaction_id, row in self.redactions.items()}
        self.transactions = [Transaction(row, entries.pop(row['transaction_id']), redacted.get(row['transaction_id']))
                             for row in harness.rows(connection, 'SELECT * FROM transactions ORDER BY log_index')]
        self.approvals = harness.rows(connection, APPROVALS[harness.BACKEND])
        self.orphans = entries
        self.events = harness.rows(connection, 'SELECT * FROM audit_log ORDER BY log_index')
        self.accounts = {row['account_code']: row for row in harness.rows(connection, 'SELECT * FROM chart_of_accounts')}
        self.cache = {row['account_code']: row for row in
                      harness.rows(connection, 'SELECT * FROM account_balance_cache')}
        self.days = harness.rows(connection, 'SELECT * FROM account_daily_totals')
        self.months = harness.rows(connection, 'SELECT * FROM account_monthly_totals')
        self.open_days = harness.rows(connection, OPEN_DAYS[harness.BACKEND])
        self.trial_balance = harness.rows(connection, 'SELECT * FROM v_trial_balance')
        self.tiles = harness.rows(connection, 'SELECT * FROM integrity_tiles ORDER BY level, tile_index')
        self.head = harness.rows(connection, 'SELECT * FROM integrity_head')[0]
        self.open_leaves = b''
        if harness.BACKEND == 'mariadb':
            chunks = harness.rows(connection, 'SELECT lower(hex(leaves)) AS leaves FROM open_leaf_rows ORDER BY chunk')
            whole = bytes.fromhex(''.join(chunk['leaves'] for chunk in chunks))
            self.open_leaves = whole[:self.head['log_size'] % TILE_LEAVES * 32]
        connection.close()


def check_all(name, faults, count):
    harness.check(f'{name} ({count})', not faults and count > 0, '\n'.join(map(str, faults[:10])))


def check_hashes(title, ledger):
    transactions = ledger.transactions
    check_all(f'{title}: transaction_hash is what the runbook\'s Python gives',
              [t.row for t in transactions if t.transaction_hash() != t.row['transaction_hash']], len(transactions))
    check_all(f'{title}: entry_hash',
              [entry for t in transactions for entry in t.entries if t.entry_hash(entry) != entry['entry_hash']],
              sum(len(t.entries) for t in transactions))
    check_all(f'{title}: record_hash, with texts_hash and content_hash in it',
              [t.row for t in transactions if t.record_hash() != t.row['record_hash']], len(transactions))
    harness.check(f'{title}: no entry without its transaction', not ledger.orphans, ledger.orphans)


def check_log(title, ledger):
    by_index = {t.row['log_index']: t for t in ledger.transactions}
    leaves = [bytes.fromhex(leaf_hash(event, by_index.get(event['log_index']))) for event in ledger.events]
    size = ledger.head['log_size']
    harness.check(f'{title}: {size} events, one for each position',
                  [event['log_index'] for event in ledger.events] == list(range(size)), len(ledger.events))
    stored = b''.join(bytes.fromhex(tile['hashes']) for tile in ledger.tiles if tile['level'] == 0)
    if harness.BACKEND == 'mariadb':
        stored += ledger.open_leaves  # those of the tile that is not full
    faults = [event for i, event in enumerate(ledger.events) if stored[32 * i:32 * i + 32] != leaves[i]]
    check_all(f'{title}: leaves in the tiles', faults, len(leaves))
    faults = []
    for tile in ledger.tiles:
        span = TILE_LEAVES ** (tile['level'] + 1)
        under = leaves[tile['tile_index'] * span:(tile['tile_index'] + 1) * span]
        if tile['root_hash'] is not None and root(under).hex() != tile['root_hash']:
            faults.append((tile['level'], tile['tile_index']))
    check_all(f'{title}: roots of the tiles', faults, len(ledger.tiles))
    expected = b''.join(frontier(leaves)).hex()
    harness.check(f'{title}: the frontier of the head', ledger.head['frontier'] == expected,
                  f'{ledger.head["frontier"]}\n{expected}')
    return root(leaves).hex()


def sums(ledger, key):
    """Debits, credits and entries by a key of (transaction, entry), by decimal."""
    totals = {}
    for transaction in ledger.transactions:
        for entry in transaction.entries:
            total = totals.setdefault(key(transaction.row, entry), [Decimal(0), Decimal(0), 0])
            total[0 if entry['entry_type'] == 'DEBIT' else 1] += Decimal(entry['amount'])
            total[2] += 1
    return totals


def totals_of(row):
    return [Decimal(row['debit_total']), Decimal(row['credit_total']), row['entry_count']]


def check_months(title, ledger, by_day):
    """Months are made of the days that are folded: all but the open ones, which are of the last posting day."""
    folded = {key: list(total) for key, total in by_day.items()}
    for row in ledger.open_days:
        total = folded[(row['account_code'], row['transaction_day'], ledger.head['posting_day'])]
        total[0] -= Decimal(row['debit_hundredths']) / 100
        total[1] -= Decimal(row['credit_hundredths']) / 100
        total[2] -= row['entry_count']
    months = {}
    for (code, day, posting_day), total in folded.items():
        if total[2] > 0:
            month = months.setdefault((code, day[:7], posting_day[:7]), [Decimal(0), Decimal(0), 0])
            months[(code, day[:7], posting_day[:7])] = [a + b for a, b in zip(month, total)]
    stored = {(row['account_code'], row['transaction_month'][:7], row['posting_month'][:7]): totals_of(row)
              for row in ledger.months}
    faults = [key for key in {**stored, **months} if stored.get(key) != months.get(key)]
    harness.check(f'{title}: totals of months ({len(stored)})', not faults, faults[:10])


def check_sums(title, ledger):
    by_account = sums(ledger, lambda row, entry: entry['account_code'])
    none = [Decimal(0), Decimal(0), 0]
    faults = []
    for code, account in ledger.accounts.items():
        debit, credit, _ = by_account.get(code, none)
        balance = debit - credit if account['account_type'] in ('ASSET', 'EXPENSE') else credit - debit
        cached = ledger.cache[code]
        if totals_of(cached) != by_account.get(code, none) or Decimal(cached['balance']) != balance:
            faults.append((code, cached, by_account.get(code), balance))
    check_all(f'{title}: balances', faults, len(ledger.accounts))
    faults = []
    for row in ledger.trial_balance:
        debit, credit, _ = by_account.get(row['account_code'], none)
        if (Decimal(row['debit_balance']), Decimal(row['credit_balance'])) != (max(debit - credit, 0), max(credit - debit, 0)):
            faults.append(row)
    check_all(f'{title}: the trial balance', faults, len(ledger.trial_balance))
    by_day = sums(ledger, lambda row, entry: (entry['account_code'], row['transaction_day'], row['posting_date'][:10]))
    stored = {(row['account_code'], row['transaction_day'], row['posting_day']): totals_of(row) for row in ledger.days}
    check_all(f'{title}: totals of days', [key for key in {**stored, **by_day} if stored.get(key) != by_day.get(key)],
              len(stored))
    check_months(title, ledger, by_day)
    unbalanced = []
    for transaction in ledger.transactions:
        signed = {}
        for entry in transaction.entries:
            amount = Decimal(entry['amount'])
            signed[entry['currency']] = signed.get(entry['currency'], 0) + (amount if entry['entry_type'] == 'DEBIT' else -amount)
        if any(signed.values()):
            unbalanced.append(transaction.row)
    check_all(f'{title}: every transaction balances in every currency', unbalanced, len(ledger.transactions))


def check_fingerprints(ledger, requests):
    """What the client sent, by what was sent."""
    stored = {t.row['transaction_id']: t.row for t in ledger.transactions}
    faults = []
    for request in requests:
        row = stored[request['transaction_id']]
        if request['transaction_id'] in ledger.redactions:
            continue  # nobody can make it any more
        entries = [{**entry, 'amount': f'{Decimal(entry["amount"]):.2f}'} for entry in request['entries']]
        made = sha256(bytes.fromhex(row['texts_salt']) +
                      form('posting/1', business_event_type=request['business_event_type'],
                           business_key=request['business_key'], description=request['description'],
                           transaction_date=request['transaction_date'], entries=entries))
        if made != row['idempotency_fingerprint']:
            faults.append(request)
    check_all('idempotency_fingerprint of what was sent', faults, len(requests))


def check_redactions(ledger):
    """Each has an event that says the same, whose name stands in the place of every text, and no salt."""
    events = {event['log_index']: event for event in ledger.events}
    faults = []
    for transaction in ledger.transactions:
        row = transaction.row
        if row['transaction_id'] not in ledger.redactions:
            continue
        redaction = ledger.redactions[row['transaction_id']]
        event = events[redaction['log_index']]
        said = json.loads(event['event_metadata'])
        mark = f'[redacted by event {event["audit_id"]}]'
        texts = [row['description'], row['reversal_reason'], *(entry['memo'] for entry in transaction.entries)]
        if (event['event_type'], event['transaction_id']) != ('TRANSACTION_REDACTED', row['transaction_id']) or \
                (said['texts_hash'], said['transaction_id']) != (redaction['texts_hash'], row['transaction_id']) or \
                any(text not in (None, mark) for text in texts) or row['description'] != mark or row['texts_salt'] != '':
            faults.append((row, redaction, event))
    check_all('redactions are what their events say', faults, len(ledger.redactions))
    faults = []
    for approval in ledger.approvals:
        said = json.loads(events[approval['log_index']]['event_metadata'])
        made = sha256(bytes.fromhex(approval['salt']) + canonical({'reason': approval['reason']}))
        if approval['salt'] and made != said['reason_hash']:
            faults.append((approval, said))
    check_all('reason_hash of requests', faults, len(ledger.approvals))


def check_program(database, ledger, root_hash):
    """ledger-admin says the same, verify before the report, which adds an event to the log."""
    status, output, said = harness.admin(database, '--json', 'verify')
    harness.check('verify tells the same root', status == 0 and root_hash in output, output + said)
    by_account = sums(ledger, lambda row, entry: entry['account_code'])
    faults = []
    for account in harness.admin_json(database, 'trial-balance')['accounts']:
        debit, credit, _ = by_account.get(account['account_code'], [Decimal(0), Decimal(0), 0])
        if Decimal(account['debit']) - Decimal(account['credit']) != debit - credit:
            faults.append(account)
    check_all('trial-balance by decimal', faults, len(ledger.accounts))


def check_columns(title, database, ledger, position):
    """Monthly columns, as known at a position, from the raw entries, whatever they are kept in: balances at the ends, and
    flows between, without closings. The first and the last day of all are not in them."""
    days = sorted({transaction.row['transaction_day'] for transaction in ledger.transactions})
    last = days[-2]
    first = max(days[1], f'{int(last[:4]) - 4:04d}{last[4:7]}-01')
    entries = [(transaction.row, entry) for transaction in ledger.transactions for entry in transaction.entries
               if transaction.row['log_index'] < position]
    words = ('--start-date', first, '--columns', 'monthly', '--output', '-', '--log-position', str(position))
    trial = harness.admin_json(database, 'trial-balance', '--as-of-date', last, *words)
    income = harness.admin_json(database, 'report', '--type', 'income-statement', '--end-date', last, '--user', 'ana', *words)
    wanted = {}  # by account and column
    for row, entry in entries:
        day, code = row['transaction_day'], entry['account_code']
        account = ledger.accounts[code]
        side = 'DEBIT' if account['account_type'] in ('ASSET', 'EXPENSE') else 'CREDIT'
        amount = Decimal(entry['amount']) * (1 if entry['entry_type'] == side else -1)
        for column in trial['totals']:
            if day <= column['end_date'] and column['currency'] == account['currency']:
                key = ('trial', code, column['column'])
                wanted[key] = wanted.get(key, 0) + amount
        if first <= day <= last and row['business_event_type'] != 'CLOSING':
            for name in (day[:7].replace('-', '_'), 'total'):
                key = ('income', code, name)
                wanted[key] = wanted.get(key, 0) + amount
    parent_ids = {account['parent_account_id'] for account in ledger.accounts.values()}
    parents = {code for code, account in ledger.accounts.items() if account['account_id'] in parent_ids}
    faults, count = [], 0
    rows = [('trial', row) for row in trial['accounts']]
    rows += [('income', row) for row in income['lines']
             if row['line'] == 'ITSELF' or (row['line'] == 'ACCOUNT' and row['account_code'] not in parents)]
    seen = {(report, row['account_code']) for report, row in rows}
    for report, row in rows:
        for name, value in row.items():
            if name.startswith('balance_'):
                count += 1
                if Decimal(value) != wanted.get((report, row['account_code'], name[len('balance_'):]), 0):
                    faults.append((report, row['account_code'], name, value))
    faults += [key for key, value in wanted.items() if value and key[:2] not in seen and
               (key[0] == 'trial' or (ledger.accounts[key[1]]['account_type'] in ('REVENUE', 'EXPENSE') and key[1] not in parents))]
    check_all(f'{title}: monthly columns', faults, count)


def main():
    directory = harness.scratch()
    sample = Sample(directory).make()
    status, output, said = harness.run(harness.program('post_loop'), harness.uri(sample.database), 'many', '0', '500')
    harness.check('some hundreds more', status == 0, output[-1000:] + said)
    ledger = Ledger(sample.database)
    check_hashes('odd texts', ledger)
    root_hash = check_log('odd texts', ledger)
    check_sums('odd texts', ledger)
    check_fingerprints(ledger, sample.requests)
    check_redactions(ledger)
    check_program(sample.database, ledger, root_hash)
    check_columns('odd texts', sample.database, ledger, ledger.head['log_size'])
    # Days and months of posting, folded: the clock of this one moves.
    old = harness.new_database(directory, 'old')
    status, output, said = harness.run(harness.program('random_operations'), '2', '5000', harness.uri(old))
    harness.check('a ledger with days behind it', status == 0, output + said)
    if status == 0:
        ledger = Ledger(old)
        check_hashes('days behind it', ledger)
        check_log('days behind it', ledger)
        check_sums('days behind it', ledger)
        for position in (ledger.head['log_size'], ledger.head['log_size'] // 2):
            check_columns(f'days behind it, at {position}', old, ledger, position)
    harness.plan()


if __name__ == '__main__':
    main()
