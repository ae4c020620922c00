#!/usr/bin/env python3
# backends: sqlite mariadb
"""A ledger in the hands of the database's own client, with every privilege: every table and view refuses every way to
change it, and stays what it was; they have the columns that were promised, and say the same as ledger-admin.

Environment: see tests/support/harness.py."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
import harness
from sample import Sample

# The logical names and columns, the same on every backend.
COLUMNS = {
    'ledger_settings': 'ledger_id time_zone default_currency fiscal_year_start hash_version',
    'chart_of_accounts': 'account_id account_code account_name account_type account_role parent_account_id level currency '
                         'description is_active version created_at created_by',
    'account_versions': 'account_id version log_index account_name account_role description is_active',
    'transactions': 'transaction_id log_index transaction_number transaction_date transaction_day posting_date '
                    'business_event_type business_key description status is_reversal reverses_transaction_id '
                    'reversed_by_transaction_id reversal_reason idempotency_key idempotency_fingerprint transaction_hash '
                    'texts_salt record_hash created_at created_by principal source_system source_ip',
    'journal_entries': 'entry_id transaction_id entry_number account_id account_code entry_type amount currency '
                       'cost_center business_unit project_code memo entry_hash',
    'audit_log': 'audit_id event_timestamp event_type severity outcome transaction_id user_id principal source_system '
                 'source_ip action description event_metadata log_index',
    'account_balance_cache': 'account_code balance debit_total credit_total entry_count last_updated',
    'account_daily_totals': 'account_code transaction_day posting_day debit_total credit_total',
    'closing_periods': 'log_index start_day end_day state',
    'approval_requests': 'request_id kind state transaction_id reason requested_by log_index',
    'redactions': 'log_index transaction_id texts_hash',
    'integrity_head': 'log_size frontier epoch posting_day last_number last_posting_date rules_version frozen',
    'integrity_tiles': 'level tile_index hashes',
    'checkpoints': 'log_size root_hash',
    'schema_migrations': 'version',
    'v_account_balances': 'account_code account_name account_type balance debit_balance credit_balance currency',
    'v_trial_balance': 'account_code account_name account_type balance debit_balance credit_balance currency',
}

# {t} the table or view, {c} its first column, {last} its last, {row} a row of its own or of NULLs; on MariaDB {columns}
# those that are no mere expression.
STATEMENTS = {
    'sqlite': [
        'UPDATE {t} SET {c} = {c}',
        'UPDATE OR REPLACE {t} SET {c} = {c}',
        'UPDATE OR IGNORE {t} SET {last} = NULL',
        'DELETE FROM {t}',
        'INSERT INTO {t} {row}',
        'INSERT OR IGNORE INTO {t} {row}',
        'INSERT OR REPLACE INTO {t} {row}',
        'REPLACE INTO {t} {row}',
        'INSERT INTO {t} {row} ON CONFLICT DO NOTHING',
        'INSERT INTO {t} {row} ON CONFLICT DO UPDATE SET {c} = {c}',
    ],
    'mariadb': [
        'UPDATE {t} SET {c} = {c}',
        'UPDATE {t} SET {c} = {c} LIMIT 1',
        'UPDATE {t} JOIN schema_migrations AS other ON true SET {t}.{c} = {t}.{c}',
        'DELETE FROM {t}',
        'DELETE FROM {t} LIMIT 1',
        'DELETE {t} FROM {t} JOIN schema_migrations AS other ON true',
        'REPLACE INTO {t} ({columns}) SELECT {columns} FROM {t}',
        'INSERT INTO {t} ({columns}) SELECT {columns} FROM {t} ON DUPLICATE KEY UPDATE {c} = VALUES({c})',
    ],
}

# What a guard on MariaDB lets pass, since the engine itself does it: open totals come and go, and are found wrong by
# verify; the lease of the writers is taken and given, and says nothing of the books.
UNGUARDED = [('open_total_rows', ''), ('open_leaf_rows', 'UPDATE'), ('open_leaf_rows', 'INSERT'),
             ('writer_lease', 'UPDATE'), ('writer_lease', 'INSERT')]

MESSAGES = {
    'sqlite': [
        ('UPDATE transactions SET description = \'another\'', 'Cannot modify posted transaction'),
        ('DELETE FROM transactions', 'Cannot delete posted transaction'),
        ('UPDATE transaction_rows SET description = \'another\'', 'Cannot modify posted transaction'),
        ('DELETE FROM transaction_rows', 'Cannot delete posted transaction'),
        ('UPDATE journal_entries SET amount = \'1.00\'', 'Cannot modify posted journal entry'),
        ('UPDATE entry_rows SET amount_minor = 1', 'Cannot modify posted journal entry'),
        ('UPDATE audit_log SET user_id = \'nobody\'', 'Cannot modify audit log'),
        ('DELETE FROM event_rows', 'Cannot delete audit log'),
        ('UPDATE sqlite_master SET sql = NULL', 'may not be modified'),
    ],
    'mariadb': [
        ('UPDATE transactions SET description = \'another\'', 'Cannot modify posted transaction'),
        ('UPDATE transactions SET status = \'POSTED\', reversed_by_transaction_id = NULL WHERE status = \'REVERSED\'',
         'Cannot modify posted transaction'),
        ('UPDATE transactions SET status = \'REVERSED\' WHERE status = \'POSTED\'', 'Cannot modify posted transaction'),
        ('UPDATE transactions SET status = \'REVERSED\', reversed_by_transaction_id = transaction_id, description = '
         '\'another\' WHERE status = \'POSTED\'', 'Cannot modify posted transaction'),
        ('DELETE FROM transactions', 'Cannot delete posted transaction'),
        ('UPDATE transactions SET transaction_hash = \'0\'', 'ERROR 1906'),
        ('UPDATE transactions SET transaction_hash_bytes = \'0\'', 'Cannot modify posted transaction'),
        ('UPDATE journal_entries SET amount = 1', 'Cannot modify posted journal entry'),
        ('UPDATE audit_log SET user_id = \'nobody\'', 'Cannot modify audit log'),
        ('DELETE FROM audit_log', 'Cannot delete audit log'),
        ('UPDATE chart_of_accounts SET account_name = \'another\'', 'Cannot modify accounts'),
        ('UPDATE chart_of_accounts SET is_active = 0, version = version + 1', 'Cannot modify accounts'),
        ('UPDATE integrity_head SET frozen = 1', 'Cannot modify the integrity head'),
    ],
}


def dump(database):
    """All that the database holds and says of itself."""
    if harness.BACKEND == 'sqlite':
        return harness.client(database, '.dump')[1] + harness.client(
            database, 'PRAGMA user_version; PRAGMA application_id;')[1]
    _, output, said = harness.run('mariadb-dump', *harness.client_options(), '--skip-dump-date', '--triggers',
                                  '--routines', '--hex-blob', '--order-by-primary', database.name)
    return output + said


def objects(database):
    """Every table and view: (name, type, columns, columns that can be written, has rows)."""
    connection = harness.read_only(database)
    found = []
    if harness.BACKEND == 'sqlite':
        names = [tuple(row) for row in connection.execute(
            "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY 1")]
    else:
        names = [(row[0], row[1]) for row in connection.execute(
            "SELECT table_name, if(table_type = 'VIEW', 'view', 'table') FROM information_schema.tables "
            'WHERE table_schema = database() ORDER BY 1')]
    for name, kind in names:
        columns, written = columns_of(connection, name)
        found.append((name, kind, columns, written, connection.execute(f'SELECT 1 FROM {name} LIMIT 1').fetchone() is not None))
    connection.close()
    return found


def columns_of(connection, name):
    """Every column, and those alone that hold something of their own."""
    if harness.BACKEND == 'sqlite':
        columns = [row['name'] for row in connection.execute(f'PRAGMA table_info("{name}")')]
        return columns, columns
    found = [(row[0], row[1]) for row in connection.execute(
        'SELECT column_name, is_generated FROM information_schema.columns WHERE table_schema = database() '
        f"AND table_name = '{name}' ORDER BY ordinal_position")]
    return [name for name, _ in found], [name for name, is_generated in found if is_generated == 'NEVER']


def tries(statement, name, kind, columns, written, has_rows):
    """The texts of a statement with what says that each was refused."""
    row = f'SELECT * FROM {name} WHERE true LIMIT 1' if has_rows else f'VALUES ({", ".join(["NULL"] * len(columns))})'
    sql = statement.format(t=name, c=columns[0], last=columns[-1], row=row, columns=', '.join(written))
    if harness.BACKEND == 'sqlite':
        return [(sql, ['-cmd', f'PRAGMA recursive_triggers = {recursive}'], ('Cannot ', 'cannot UPSERT a view'))
                for recursive in ('OFF', 'ON')]
    # Why a view cannot be written to, the server has many words for.
    return [(sql, [], ('Cannot ',) if kind == 'table' else ('ERROR',))]


def refusals(database, name, kind, columns, written, has_rows):
    """The statements that were not refused."""
    faults = []
    for statement in STATEMENTS[harness.BACKEND]:
        changes_rows = harness.BACKEND == 'mariadb' or not statement.startswith(('INSERT', 'REPLACE'))
        is_unguarded = harness.BACKEND == 'mariadb' and any(
            name == table and statement.startswith(verb) for table, verb in UNGUARDED)
        if is_unguarded or (changes_rows and not has_rows):
            continue
        for sql, options, words in tries(statement, name, kind, columns, written, has_rows):
            status, _, said = harness.client(database, sql, *options)
            if status == 0 or not any(word in said for word in words):
                faults.append(f'{options}: {sql}: {status} {said}')
    return faults


def check_guards(database, title):
    before = dump(database)
    names = objects(database)
    for name, kind, columns, written, has_rows in names:
        faults = refusals(database, name, kind, columns, written, has_rows)
        harness.check(f'{title}: {kind} {name}{"" if has_rows else ", which is empty,"} refuses every change',
                      not faults, '\n'.join(faults))
    after = dump(database)
    harness.check(f'{title}: the database is as it was', after == before and len(before) > 1000)
    return {name: has_rows for name, _, _, _, has_rows in names}


def check_messages(database):
    for sql, message in MESSAGES[harness.BACKEND]:
        status, _, said = harness.client(database, sql)
        harness.check(f'{sql}: {message}', status != 0 and message in said, said)


def check_columns(database):
    connection = harness.read_only(database)
    for name, columns in COLUMNS.items():
        found, _ = columns_of(connection, name)
        missing = [column for column in columns.split() if column not in found]
        status, _, said = harness.client(database, f'SELECT {", ".join(columns.split())} FROM {name}')
        harness.check(f'{name} has its columns and can be read', not missing and status == 0, f'{missing} {said}')
    connection.close()


def instant(text):
    """The form of the views from that of JSON."""
    return text.replace('T', ' ').removesuffix('Z') if text else text


def differing(stored, told, names, instants=()):
    """Where a row of a view and an object of JSON differ."""
    faults = []
    for name in names:
        expected = instant(told[name]) if name in instants else told[name]
        expected = int(expected) if isinstance(expected, bool) else expected
        if stored[name] != expected:
            faults.append(f'{name}: {stored[name]!r}, ledger-admin says {told[name]!r}')
    return faults


def check_transactions(database):
    connection = harness.read_only(database)
    faults = []
    names = ('transaction_id transaction_number log_index status transaction_date transaction_day posting_date '
             'business_event_type business_key description is_reversal reverses_transaction_id reversed_by_transaction_id '
             'reversal_reason idempotency_key transaction_hash record_hash created_by principal source_system '
             'source_ip').split()
    entry_names = ('entry_number account_code entry_type amount currency memo cost_center business_unit project_code '
                   'entry_hash').split()
    stored = harness.rows(connection, 'SELECT * FROM transactions ORDER BY log_index')
    entries = {}
    for entry in harness.rows(connection, 'SELECT * FROM journal_entries ORDER BY entry_id'):
        entries.setdefault(entry['transaction_id'], []).append(entry)
    for row in stored:
        told = harness.admin_json(database, 'show', row['transaction_number'])
        faults += differing(row, told, names, ('transaction_date', 'posting_date'))
        for entry, told_entry in zip(entries[row['transaction_id']], told['entries'], strict=True):
            faults += differing(entry, told_entry, entry_names)
    harness.check(f'{len(stored)} transactions and their entries: the views say what show says', not faults,
                  '\n'.join(faults[:20]))
    connection.close()


def check_accounts(database):
    connection = harness.read_only(database)
    stored = {row['account_code']: row for row in harness.rows(connection, 'SELECT * FROM chart_of_accounts')}
    told = harness.admin_json(database, 'accounts')['accounts']
    faults = [] if len(told) == len(stored) else [f'{len(stored)} rows, {len(told)} told']
    names = 'account_code account_name account_type account_role level currency description is_active version created_at created_by'
    for account in told:
        faults += differing(stored[account['account_code']], account, names.split(), ('created_at',))
    harness.check(f'{len(told)} accounts: the view says what accounts says', not faults, '\n'.join(faults))
    cache = {row['account_code']: row for row in harness.rows(connection, 'SELECT * FROM account_balance_cache')}
    faults = []
    for code in stored:
        balance = harness.admin_json(database, 'balance', '--account-code', code)
        faults += differing(cache[code], balance, 'account_code balance debit_total credit_total entry_count'.split())
    harness.check(f'{len(stored)} balances: the cache says what balance says', not faults, '\n'.join(faults))
    rows = harness.rows(connection, 'SELECT * FROM v_trial_balance')
    told = {account['account_code']: account for account in harness.admin_json(database, 'trial-balance')['accounts']}
    faults = [] if [row['account_code'] for row in rows] == sorted(row['account_code'] for row in rows) else ['not by code']
    for row in rows:
        account = told.pop(row['account_code'])
        row['debit'], row['credit'] = row['debit_balance'], row['credit_balance']
        faults += differing(row, account, 'account_name account_type currency debit credit balance'.split())
    headers = [code for code in told if stored[code]['account_role'] != 'HEADER']
    harness.check('v_trial_balance says what trial-balance says', not faults and not headers, '\n'.join(faults + headers))
    connection.close()


def check_events(database):
    connection = harness.read_only(database)
    stored = {row['log_index']: row for row in harness.rows(connection, 'SELECT * FROM audit_log')}
    told = harness.admin_json(database, 'audit', '--limit', '100000')['events']
    names = ('log_index audit_id event_timestamp event_type severity outcome transaction_id user_id principal source_system '
             'source_ip action description').split()
    faults = [] if len(told) == len(stored) else [f'{len(stored)} rows, {len(told)} told']
    for event in told:
        faults += differing(stored[event['log_index']], event, names, ('event_timestamp',))
    harness.check(f'{len(stored)} events: audit_log says what audit says', not faults, '\n'.join(faults[:20]))
    harness.check('the log has no gap', sorted(stored) == list(range(len(stored))), sorted(stored)[-5:])
    connection.close()


def main():
    directory = harness.scratch()
    database = Sample(directory).make().database
    check_columns(database)
    check_transactions(database)
    check_accounts(database)
    check_events(database)
    check_messages(database)
    filled = check_guards(database, 'a small ledger')
    # One with days and months behind it: its totals are folded, its tiles full.
    old = harness.new_database(directory, 'old')
    status, output, said = harness.run(harness.program('random_operations'), '1', '3000', harness.uri(old))
    if harness.check('a ledger with days behind it', status == 0, output + said):
        later = check_guards(old, 'a ledger with days behind it')
        filled = {name: filled[name] or later[name] for name in filled}
    empty = sorted(name for name, has_rows in filled.items() if not has_rows)
    harness.check('every table had rows, but those that take a large ledger or a later version',
                  set(empty) <= {'account_list_rows', 'checkpoint_rows', 'checkpoints', 'writer_lease'}, empty)
    posted = harness.admin_json(database, *['post-transaction', '--event-type', 'SALE', '--description', 'after all that',
                                            '--entries', '-', '--user', 'ana'],
                                text='[{"account_code": "1000", "entry_type": "DEBIT", "amount": 1},'
                                     ' {"account_code": "4000", "entry_type": "CREDIT", "amount": 1}]')
    harness.check('the ledger posts on', posted['replayed'] is False, posted)
    harness.check_verify('after all that', database)
    harness.plan()


if __name__ == '__main__':
    main()
