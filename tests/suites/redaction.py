#!/usr/bin/env python3
# backends: sqlite mariadb
"""Texts of transactions redacted through ledger-admin: no table, view, command, report or file of the database has them
any more, every proof holds, and nobody makes such a change by hand, nor undoes one, without being found.

Environment: see tests/support/harness.py."""

import json
import pathlib
import re
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
import harness

DESCRIPTION, MEMO, REASON = 'Zahlung von Erika Mustermann', 'Konto der Frau Mustermann', 'Mustermann rief an'
SECRETS = [DESCRIPTION, MEMO, REASON, 'Mustermann']
POSTED_WITH_NEIGHBOURS = 240


def post(database, description, memo=None, key=None):
    entries = [{'account_code': '1000', 'entry_type': 'DEBIT', 'amount': '10', **({'memo': memo} if memo else {})},
               {'account_code': '4000', 'entry_type': 'CREDIT', 'amount': '10'}]
    words = ['post-transaction', '--event-type', 'SALE', '--description', description, '--entries', '-', '--user', 'ana']
    return harness.admin_json(database, *words, *(['--idempotency-key', key] if key else []), text=json.dumps(entries))


def make(directory, name):
    database = harness.new_database(directory, name)
    harness.admin_json(database, 'init', '--confirm', '--user', 'root')
    for code, kind in (('1000', 'ASSET'), ('4000', 'REVENUE')):
        harness.admin_json(database, 'create-account', '--code', code, '--name', code, '--type', kind, '--user', 'root')
    return database


def content(database):
    """All that the database holds, as text."""
    if harness.BACKEND == 'sqlite':
        return harness.client(database, '.dump')[1]
    return harness.run('mariadb-dump', *harness.client_options(), '--skip-dump-date', '--hex-blob', '--order-by-primary',
                       database.name)[1]


def bytes_of_files(database):
    return b''.join(pathlib.Path(f'{database}{suffix}').read_bytes() for suffix in ('', '-wal', '-shm')
                    if pathlib.Path(f'{database}{suffix}').exists())


def check_gone(title, database, secrets):
    """In no row and, where the files are ours, in no byte."""
    dump = content(database)
    left = [secret for secret in secrets if secret in dump]
    harness.check(f'{title}: no row has the texts', not left and len(dump) > 1000, left)
    if harness.BACKEND == 'sqlite':
        data = bytes_of_files(database)
        left = [secret for secret in secrets if secret.encode() in data]
        harness.check(f'{title}: no byte of the files has them', not left and len(data) > 100000, left)


def everything_told(database, directory, transactions):
    """What the commands say that show texts."""
    told = []
    for words in (['audit', '--days', '10'], ['approval', 'list', '--all'], *(['show', number] for number in transactions)):
        for form in ([], ['--json']):
            status, output, said = harness.admin(database, *form, *words)
            told.append(output + said)
            if status != 0:
                harness.stop(f'{words}: {output}{said}')
    for kind in ('general-ledger', 'audit-trail'):
        for form in ('json', 'csv', 'txt'):
            path = directory / f'told.{form}'
            harness.admin_json(database, 'report', '--type', kind, '--output', path, '--user', 'ana')
            told.append(path.read_text())
    return ''.join(told)


def verify(database, *words):
    status, output, said = harness.admin(database, '--json', 'verify', *words)
    return json.loads(output) if output else harness.stop(f'verify: {status} {said}')


def check_redaction(directory):
    """From the request to the proofs."""
    database = make(directory, 'ledger')
    first = post(database, DESCRIPTION, MEMO, 'key 1')
    other = post(database, 'another sale', 'another memo')
    status, _, said = harness.run(harness.ADMIN, '--db', harness.uri(database), 'reverse', '--transaction-id',
                                  first['transaction_id'], '--reason', REASON, '--user', 'ana',
                                  environment={'CORRECTION_APPROVAL_THRESHOLD': '1'})
    asked = re.search(r'request (\S+)', said).group(1)
    events = content(database)
    harness.check('an event commits to a hash of the reason, not to the reason', status == 1 and
                  'reason_hash' in events and events.count(REASON) == 1, said)
    status, output, said = harness.admin(database, '--json', 'redact', '--transaction-id', first['transaction_number'],
                                         '--reason', 'request 17', '--user', 'ana')
    harness.check('a request that would lose its reason is decided first', status == 1 and asked in output and
                  'approval_request_id' not in output, output + said)
    harness.admin_as_another(database, 'approval', 'approve', '--request-id', asked, '--user', 'rui')
    root = verify(database)
    harness.check('before', root['valid'], root)
    saved = {kind: directory / f'{kind}.json' for kind in ('general-ledger', 'audit-trail')}
    for kind, path in saved.items():
        harness.admin_json(database, 'report', '--type', kind, '--output', path, '--user', 'ana')
    harness.check('the texts are everywhere', all(secret in everything_told(database, directory, [
        first['transaction_number']]) for secret in (DESCRIPTION, MEMO)) and REASON in content(database))
    done = harness.redact(database, first['transaction_number'], 'request 17')
    numbers = [redacted['transaction_number'] for redacted in done['redacted']]
    harness.check('the transaction goes, and the reversal that repeats its memo', done['kind'] == 'REDACTION' and
                  len(numbers) == 2 and numbers[0] == first['transaction_number'] and done['traces_remain'] is False, done)
    check_gone('redacted', database, SECRETS)
    told = everything_told(database, directory, numbers)
    harness.check('no command tells them, but by which event they went',
                  not [secret for secret in SECRETS if secret in told] and
                  all(told.count(f'[redacted by event {redacted["redacted_by"]}]') >= 8 for redacted in done['redacted']) and
                  all(f'"redacted_by": "{redacted["redacted_by"]}"' in told for redacted in done['redacted']), told[-4000:])
    harness.check_verify('redacted', database)
    for redacted in done['redacted']:
        one = verify(database, '--transaction-id', redacted['transaction_id'])
        harness.check(f'{redacted["transaction_number"]} alone', one['valid'] and one['transactions_checked'] == 1, one)
    check_reports(database, directory, saved)
    check_repeats(database, first)
    check_hands(database, done, first, other)
    return database, done, other


def check_reports(database, directory, saved):
    """Reports of before: true but for what was redacted since, and false by anything else."""
    for kind, path in saved.items():
        told = harness.admin_json(database, 'verify-report', path)
        expected = 6 if kind == 'general-ledger' else 0  # a description for each entry, and a memo, of each of the two
        harness.check(f'the {kind} of before is true, but for {expected} texts', told['is_same'] and
                      told['file_hash_is_right'] and told['redacted_count'] == expected, told)
    text = saved['general-ledger'].read_text()
    for title, old, new in (('another amount', '"credit": "10.00"', '"credit": "11.00"'),
                            ('another text', 'another sale', 'another sail')):
        forged = directory / 'forged.json'
        forged.write_text(text.replace(old, new, 1))
        status, output, said = harness.admin(database, '--json', 'verify-report', forged)
        harness.check(f'{title} is found beside them', status == 3 and json.loads(output)['differences_count'] > 0,
                      output + said)
    forged.write_text(text.replace(DESCRIPTION, 'Zahlung von Max', 1))
    status, output, said = harness.admin(database, '--json', 'verify-report', forged)
    harness.check('a redacted text that was changed in the file does not give its hash', status == 3 and
                  json.loads(output)['file_hash_is_right'] is False, output + said)


def check_repeats(database, first):
    status, output, said = harness.admin(
        database, 'post-transaction', '--event-type', 'SALE', '--description', 'x', '--entries', '-', '--user', 'ana',
        '--idempotency-key', 'key 1', text='[{"account_code": "1000", "entry_type": "DEBIT", "amount": 10},'
                                           ' {"account_code": "4000", "entry_type": "CREDIT", "amount": 10}]')
    harness.check('its key cannot be compared any more', status == 1 and 'redacted since' in said, output + said)
    status, output, said = harness.admin(database, '--json', 'redact', '--transaction-id', first['transaction_id'],
                                         '--reason', 'again', '--user', 'ana')
    harness.check('once is enough', status == 1 and 'LEDGER_IS_REDACTED_ALREADY' in output, output + said)
    status, output, said = harness.admin(database, 'post-transaction', '--event-type', 'SALE', '--description',
                                         '[redacted by event me]', '--entries', '-', '--user', 'ana', text='[]')
    harness.check('nobody posts a mark', status == 1 and 'mark of a redaction' in said, output + said)


def check_hands(database, done, first, other):
    """By hand, with every privilege, past no guard: the change that redaction makes, and its undoing."""
    mark = f'[redacted by event {done["redacted"][0]["redacted_by"]}]'
    mine, others = f"transaction_id = '{first['transaction_id']}'", f"transaction_id = '{other['transaction_id']}'"
    reason = 'reason_salt_bytes' if harness.BACKEND == 'mariadb' else 'reason_salt'
    statements = [
        f"UPDATE transactions SET description = '{DESCRIPTION}' WHERE {mine}",
        f"UPDATE transactions SET description = '{mark}' WHERE {others}",
        f"UPDATE journal_entries SET memo = '{MEMO}' WHERE {mine}",
        f"UPDATE journal_entries SET memo = '{mark}' WHERE {others}",
        f"UPDATE journal_entries SET memo = '{mark}' WHERE {mine}",
        f"UPDATE journal_entries SET memo = '{mark}', amount = 1 WHERE {mine}",
        f"UPDATE approval_rows SET reason = '{REASON}'",
        f"UPDATE approval_rows SET reason = '{mark}', {reason} = x''",
        'DELETE FROM redactions', f"UPDATE redactions SET log_index = 1 WHERE {mine}",
    ]
    if harness.BACKEND == 'mariadb':
        statements += [
            f"UPDATE transactions SET description = '{mark}', texts_salt_bytes = '' WHERE {others}",
            f"UPDATE transactions SET texts_salt_bytes = repeat('x', 16) WHERE {mine}",
            f"UPDATE transactions SET description = '{mark}', texts_salt_bytes = '' WHERE {mine}",
            f"UPDATE transactions SET texts_salt_bytes = '' WHERE {others}",
        ]
    before = content(database)
    faults = []
    for statement in statements:
        status, _, said = harness.client(database, statement)
        if status == 0 or 'Cannot ' not in said:
            faults.append(f'{statement}: {status} {said}')
    harness.check(f'{len(statements)} changes by hand are refused', not faults, '\n'.join(faults))
    harness.check('and changed nothing', content(database) == before)
    if harness.BACKEND == 'mariadb':
        check_forged_row(database, other)


def check_forged_row(database, other):
    """A row and an event forged by somebody who may insert: the guards admit exactly what redaction does, and no more.
    Rolled back at the end."""
    audit_id = '01a2070b-1ac6-7000-8000-000000abcdef'
    mark = f'[redacted by event {audit_id}]'
    mine = f"transaction_id = '{other['transaction_id']}'"
    forge = (f"BEGIN; INSERT INTO event_positions (log_index, audit_id) VALUES (99999, '{audit_id}');"
             f" INSERT INTO redactions (log_index, transaction_id) VALUES (99999, '{other['transaction_id']}'); ")
    admitted = f"UPDATE transactions SET description = '{mark}', texts_salt_bytes = '' WHERE {mine}"
    refused = [
        f"UPDATE transactions SET description = '{mark}' WHERE {mine}",
        f"UPDATE transactions SET description = '{mark} ', texts_salt_bytes = '' WHERE {mine}",
        f"UPDATE transactions SET description = '{mark}', texts_salt_bytes = 'x' WHERE {mine}",
        f"UPDATE transactions SET description = '{mark}', texts_salt_bytes = '', reversal_reason = '{mark}' WHERE {mine}",
        f"UPDATE transactions SET description = '{mark}', texts_salt_bytes = '', status = 'REVERSED', "
        f'reversed_by_transaction_id = transaction_id WHERE {mine}',
        f"UPDATE transactions SET description = '{mark}', texts_salt_bytes = '', business_key = 'x' WHERE {mine}",
        f"UPDATE transactions SET description = '{mark}', texts_salt_bytes = '', idempotency_key = 'x' WHERE {mine}",
        f"UPDATE transactions SET description = '{mark}', texts_salt_bytes = '', record_hash_bytes = '' WHERE {mine}",
        f"UPDATE journal_entries SET memo = '{mark} ' WHERE {mine} AND memo IS NOT NULL",
        f"UPDATE journal_entries SET memo = '{mark}' WHERE {mine} AND memo IS NULL",
        f'UPDATE journal_entries SET memo = NULL WHERE {mine} AND memo IS NOT NULL',
        f"UPDATE journal_entries SET memo = '{mark}', cost_center = 'x' WHERE {mine} AND memo IS NOT NULL",
        f"UPDATE journal_entries SET memo = '{mark}', entry_hash_bytes = '' WHERE {mine} AND memo IS NOT NULL",
    ]
    faults = [statement for statement in refused
              if 'Cannot modify' not in harness.client(database, f'{forge}{statement}; ROLLBACK')[2]]
    harness.check(f'{len(refused)} changes that are not quite a redaction are refused', not faults, '\n'.join(faults))
    memo = f"UPDATE journal_entries SET memo = '{mark}' WHERE {mine} AND memo IS NOT NULL"
    status, _, said = harness.client(database, f'{forge}{admitted}; {memo}; ROLLBACK')
    harness.check('what redaction does is not', status == 0, said)


def check_found(directory, database, done, other):
    """What guards cannot stop is found, one alteration after the other."""
    first = done['redacted'][0]
    is_server = harness.BACKEND == 'mariadb'
    table, entries, rows = (('transactions', 'journal_entries', 'redactions') if is_server else
                            ('transaction_rows', 'entry_rows', 'redaction_rows'))
    mine = f"description = '[redacted by event {first['redacted_by']}]'"
    memo = f"memo = '[redacted by event {first['redacted_by']}]'"
    salt = 'texts_salt_bytes' if is_server else 'texts_salt'
    for title, field, there, back in (
            ('a text that is there again', 'transactions.description',
             f"UPDATE {table} SET description = 'Mustermann' WHERE {mine}",
             f"UPDATE {table} SET {mine} WHERE description = 'Mustermann'"),
            ('the mark of another event', 'transactions.description',
             f"UPDATE {table} SET description = '[redacted by event {done['redacted'][1]['redacted_by']}] ' WHERE {mine}",
             f"UPDATE {table} SET {mine} WHERE description LIKE '%] '"),
            ('a memo that was forgotten', 'journal_entries.memo', f"UPDATE {entries} SET memo = 'Erika' WHERE {memo}",
             f"UPDATE {entries} SET {memo} WHERE memo = 'Erika'"),
            ('a salt that was left', 'transactions.texts_salt', f"UPDATE {table} SET {salt} = x'11112222333344445555666677778888' "
             f'WHERE {mine}', f"UPDATE {table} SET {salt} = x'' WHERE {mine}"),
            ('a redaction without its event', 'redactions.log_index', f'UPDATE {rows} SET log_index = log_index + 70000',
             f'UPDATE {rows} SET log_index = log_index - 70000')):
        harness.damage(database, there)
        told = verify(database)
        found = [violation for violation in told['violations'] if violation['check'] == 'redactions']
        harness.check(f'{title} is found', not told['valid'] and field in [violation['field'] for violation in found] and
                      len(found) == len(told['violations']), told['violations'])
        harness.damage(database, back)
    harness.check_verify('put back', database)


def check_neighbours(directory):
    """Many rows on the same pages, redacted in an order of their own: what SQLite moves about leaves no copy."""
    database = make(directory, 'neighbours')
    rows = [(post(database, f'Beschreibung {i} {"lang " * (i % 23)}Ende {i:04d}', f'Notiz {i:04d}' if i % 3 else None)
             ['transaction_number'], i) for i in range(POSTED_WITH_NEIGHBOURS)]
    secrets = []
    for number, i in rows[1::7] + rows[::11][::-1]:
        if f'Ende {i:04d}' not in secrets:
            harness.redact(database, number)
            secrets += [f'Ende {i:04d}', f'Beschreibung {i} ', *([f'Notiz {i:04d}'] if i % 3 else [])]
    check_gone(f'{len(secrets)} texts among neighbours', database, secrets)
    kept = bytes_of_files(database)
    missing = [i for _, i in rows if f'Ende {i:04d}' not in secrets and f'Ende {i:04d}'.encode() not in kept]
    harness.check('the others are there', not missing, missing)
    harness.check_verify('neighbours', database)


def check_reader(directory):
    """A reader of what was keeps the log of SQLite from being emptied: that is told, and done the next time."""
    database = make(directory, 'reader')
    posted = post(database, DESCRIPTION, MEMO)
    reader = sqlite3.connect(database)
    reader.execute('BEGIN')
    reader.execute('SELECT count(*) FROM transactions').fetchone()
    done = harness.redact(database, posted['transaction_number'])
    harness.check('a trace that a reader keeps is told', done['traces_remain'] is True, done)
    harness.check('and is there', DESCRIPTION.encode() in bytes_of_files(database))
    reader.close()
    status, output, said = harness.admin(database, 'redact', '--transaction-id', posted['transaction_number'], '--reason',
                                         'once more', '--user', 'ana')
    harness.check('asking again empties the log', status == 1 and 'redacted already' in said and
                  'still stand' not in said, output + said)
    check_gone('after the reader', database, SECRETS)


def main():
    directory = harness.scratch()
    database, done, other = check_redaction(directory)
    check_found(directory, database, done, other)
    if harness.BACKEND == 'sqlite':
        check_neighbours(directory)
        check_reader(directory)
    harness.plan()


if __name__ == '__main__':
    main()
