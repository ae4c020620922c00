#!/usr/bin/env python3
# backends: sqlite mariadb
"""A ledger with every kind of event exported verbatim and made again from the file, in a database of the same kind and
of the other: the same log, checkpoints and evidence. An oracle that shares no code computes every hash of the file
again; every field of every kind of line is spoilt, and told with its line.

Environment: see tests/support/harness.py."""

import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'oracle'))
import harness
import verbatim_file
from sample import Sample, pair

TOP = harness.scratch()
MANY = 2100  # postings: more events than an import writes at once
VIEWS = ['ledger_settings', 'chart_of_accounts', 'account_versions', 'transactions', 'journal_entries', 'audit_log',
         'closing_periods', 'approval_requests', 'redactions', 'account_balance_cache', 'account_daily_totals',
         'account_monthly_totals', 'checkpoints', 'schema_migrations']
made = 0


def words_of(database, *words):
    return harness.run(harness.ADMIN, '--db', harness.uri(database), *words, environment={
        'LEDGER_DB_URI': '', 'LEDGER_CHECKPOINT_DIR': str(TOP / 'checkpoints'), 'LEDGER_CHECKPOINT_KEY_COMMAND': '',
        'LEDGER_CHECKPOINT_KEY_FILE': str(TOP / 'signing.key'), 'CORRECTION_APPROVAL_THRESHOLD': ''})


def done(database, *words):
    status, output, said = words_of(database, '--json', *words)
    if status != 0:
        harness.stop(f'{" ".join(map(str, words))}: exit status {status}: {output}{said}')
    return json.loads(output)


def refused(database, *words):
    """Exit status and message."""
    status, output, said = words_of(database, '--json', *words)
    return status, json.loads(output).get('message', '') if output else said


def new_name():
    global made
    made += 1
    return f'copy{made}'


def sqlite_copy():
    return TOP / f'{new_name()}.db'


def native_copy():
    return harness.new_database(TOP, new_name())


def export(database, name):
    path = TOP / name
    told = done(database, 'export', '--format', 'ndjson', '--verbatim', '--output', path, '--user', 'ana')
    return path, told


def take_in(database, path, *words):
    return done(database, 'import', path, '--verbatim', '--user', 'ana', *words)


def make_ledger():
    """The sample, and what administration leaves: freezing, incidents, keys, checkpoints, an epoch, reports."""
    (TOP / 'checkpoints').mkdir()
    sample = Sample(TOP).make()
    database = sample.database
    key = done(database, 'key', 'generate', '--output', TOP / 'signing.key', '--user', 'ana')['verifier_key']
    first = done(database, 'checkpoint')
    done(database, 'report', '--type', 'trial-balance', '--output', TOP / 'report.json', '--user', 'ana')
    done(database, 'freeze', '--reason', 'A drill', '--user', 'ana')
    status, output, said = harness.admin_as_another(database, '--json', 'unfreeze', '--reason', 'Over', '--user', 'rui')
    if status != 0:
        harness.stop(f'unfreeze: {output}{said}')
    done(database, 'incident', 'open', '--summary', 'A drill', '--user', 'ana')
    done(database, 'epoch', 'begin', '--abandons', first['path'], '--key', key, '--reason', 'A drill', '--user', 'ana')
    done(database, 'clock', 'accept', '--reason', 'It is right', '--user', 'ana')
    waiting = done(database, 'approval', 'list')['approvals'][0]
    done(database, 'approval', 'deny', '--request-id', waiting['request_id'], '--reason', 'Not so', '--user', 'ana')
    harness.redact(database, sample.posted[6]['transaction_id'])
    last = done(database, 'checkpoint')
    done(database, 'deactivate-account', '--code', '5000', '--user', 'root')
    return sample, key, last


def post_many(database):
    lines = [json.dumps({'business_event_type': 'TILL', 'description': f'Sale {number}', 'transaction_date': '2026-05-01',
                         'entries': pair('1000', '4000', f'{number + 1}.25')}) for number in range(MANY)]
    (TOP / 'till.ndjson').write_text('\n'.join(lines))
    done(database, 'import', TOP / 'till.ndjson', '--user', 'till')


def content(database):
    """All rows that an auditor sees, but the exports: each ledger has its own."""
    connection = harness.read_only(database)
    found = {view: sorted(json.dumps(row, sort_keys=True, default=str)
                          for row in harness.rows(connection, f'SELECT * FROM {view}')) for view in VIEWS}
    connection.close()
    return {view: [row for row in rows if 'LEDGER_EXPORTED' not in row] for view, rows in found.items()}


def check_copy(name, database, path):
    """A copy is the same ledger: verify finds nothing, and exported again it has the same bytes."""
    harness.check_verify(name, database)
    again, _ = export(database, new_name())
    harness.check(f'{name}: exported again it is the same file', again.read_bytes() == path.read_bytes())
    return again


def check_file(path, told):
    found = verbatim_file.check(path)
    harness.check('the oracle computes every hash of the file, the checkpoints and the root', (
        found['transactions'], found['entries'], found['log_size'], found['checkpoints']) == (
        told['transactions'], told['entries'], told['log_position'], 2), (found, told))
    kinds = {json.loads(line).get('event_type') for line in path.read_bytes().splitlines()}
    wanted = {'LEDGER_CREATED', 'ACCOUNT_CREATED', 'ACCOUNT_DEACTIVATED', 'PERIOD_CLOSED', 'PERIOD_OPENED',
              'APPROVAL_REQUESTED', 'APPROVAL_GRANTED', 'APPROVAL_DENIED', 'REDACTION_REQUESTED', 'TRANSACTION_REDACTED',
              'TRANSACTION_REFUSED', 'LEDGER_FROZEN', 'LEDGER_UNFROZEN', 'INCIDENT_OPENED', 'EPOCH_BEGUN',
              'CLOCK_ACCEPTED', 'KEY_REGISTERED', 'REPORT_GENERATED', 'LEDGER_EXPORTED', 'IMPORT_PROGRESSED'}
    harness.check('it has every kind of event', wanted <= kinds, wanted - kinds)


def check_copies(sample, path, told):
    """In a database of the same kind, and by one of the other kind and back."""
    source = content(sample.database)
    copy = native_copy()
    imported = take_in(copy, path)
    harness.check('what the import tells', (imported['log_size'], imported['root_hash'], imported['resumed_at']) == (
        told['log_position'], verbatim_file.check(path)['root_hash'], 0), imported)
    copied = content(copy)
    different = [view for view in VIEWS if copied[view] != source[view]]
    harness.check('a copy has the same rows in every table', not different, different)
    check_copy('a copy', copy, path)
    between = TOP / 'between.db'
    take_in(between, path)
    again = check_copy('a copy on SQLite', between, path)
    if harness.BACKEND != 'sqlite':
        back = native_copy()
        take_in(back, again)
        check_copy('a copy of that, back on the server', back, path)
    return copy


def check_proofs(sample, copy, key, last):
    status, output, said = words_of(copy, '--json', 'verify', '--checkpoint', last['path'], '--key', key)
    harness.check('checkpoints of the source hold for the copy', status == 0, output + said)
    bundles = []
    for database in (sample.database, copy):
        for posted in (sample.posted[0], sample.posted[3], sample.posted[4]):
            done(database, 'prove', '--transaction-id', posted['transaction_id'], '--output', TOP / 'bundle')
            bundles.append((TOP / 'bundle').read_bytes())
    harness.check('evidence of both is the same', bundles[:3] == bundles[3:])


def check_going_on(sample, copy, path):
    done(copy, 'reactivate-account', '--code', '5000', '--user', 'ana')
    asked = sample.requests[2]
    (TOP / 'asked.json').write_text(json.dumps(asked['entries']))
    words = ['post-transaction', '--event-type', 'SALE', '--description', asked['description'], '--entries',
             TOP / 'asked.json', '--user', 'ana']
    replayed = done(copy, *words, '--business-key', asked['business_key'], '--idempotency-key',
                    asked['business_key'].removeprefix('doc '), '--source-system', 'till')
    harness.check('a copy knows the idempotency keys', replayed['replayed'] is True and
                  replayed['transaction_id'] == asked['transaction_id'], replayed)
    done(copy, *words)
    harness.check_verify('a copy that goes on', copy)
    status, said = refused(copy, 'import', path, '--verbatim', '--user', 'ana')
    harness.check('no import into a ledger', status == 1 and 'there is a ledger in' in said, said)
    status, said = refused(copy, 'import', path, '--verbatim', '--resume', '--user', 'ana')
    harness.check('and none to go on with', status == 1 and 'there is no import to go on with' in said, said)


def check_interruption(path):
    """What was begun is no ledger until the right file was read to its end."""
    lines = path.read_bytes().splitlines(keepends=True)
    spoilt = TOP / 'spoilt.ndjson'
    spoilt.write_bytes(b''.join(lines[:2150]) + lines[2150].replace(b'Sale', b'Sole') + b''.join(lines[2151:]))
    copy = native_copy()
    status, said = refused(copy, 'import', spoilt, '--verbatim', '--user', 'ana')
    harness.check('an import stops at a line that was changed', status == 2 and 'line 2151: record_hash is' in said, said)
    status, said = refused(copy, 'balance', '--account-code', '1000')
    harness.check('what is there is no ledger', status == 4 and 'import --verbatim' in said, said)
    status, said = refused(copy, 'import', path, '--verbatim', '--user', 'ana')
    harness.check('and none is made over it', status == 1 and 'already' in said, said)
    other = TOP / 'other.ndjson'
    other.write_bytes(b''.join([lines[0], *lines[2:]]))
    status, said = refused(copy, 'import', other, '--verbatim', '--resume', '--user', 'ana')
    harness.check('nor by another file', status == 2 and 'line 2:' in said, said)
    cut = TOP / 'cut.ndjson'
    cut.write_bytes(b''.join(lines[:-1]))
    status, said = refused(copy, 'import', cut, '--verbatim', '--resume', '--user', 'ana')
    harness.check('nor by one that was cut off', status == 2 and 'the end is missing' in said, said)
    status, said = refused(copy, 'balance', '--account-code', '1000')
    harness.check('it still is none', status == 4, said)
    imported = take_in(copy, path, '--resume')
    harness.check('the right file makes it one', 1000 < imported['resumed_at'] < 2150, imported)
    check_copy('an import that was resumed', copy, path)


def spoil(value):
    """Another value of the same shape."""
    if isinstance(value, int):
        return value + 1
    if not value:
        return 'x'
    for place in range(len(value) - 1, -1, -1):
        if value[place].isdigit():
            return value[:place] + str((int(value[place]) + 1) % 10) + value[place + 1:]
    return value[:-1] + ('A' if value[-1] == 'B' else 'B') if value.isupper() else value + 'x'


def spoilings(record):
    """(what, the record with one field changed, or left out), also of its entries."""
    for field, value in record.items():
        if field == 'line' or isinstance(value, list):
            continue
        yield field, {**record, field: spoil(value)}
        yield f'no {field}', {name: other for name, other in record.items() if name != field}
    lines = record['entries'] if record['line'] == 'posting' else []
    for number, entry in list(enumerate(lines))[:2]:
        for field, value in entry.items():
            entries = list(record['entries'])
            entries[number] = {**entry, field: spoil(value)}
            yield f'entry {number + 1} {field}', {**record, 'entries': entries}
    yield 'another field', {**record, 'other': 'x'}


def chosen(records):
    """One line of each kind that has fields of its own."""
    wanted = [lambda r: r['line'] == 'ledger', lambda r: r['line'] == 'checkpoint', lambda r: r['line'] == 'end',
              lambda r: r['line'] == 'posting' and 'idempotency_key' in r and 'texts_salt' in r,
              lambda r: r['line'] == 'posting' and 'reversal_reason' in r and 'texts_salt' in r,
              lambda r: r['line'] == 'posting' and 'texts_hash' in r, lambda r: 'reason_salt' in r,
              lambda r: r['line'] == 'event' and 'reason' in r and 'reason_salt' not in r]
    wanted += [lambda r, kind=kind: r.get('event_type') == kind
               for kind in ('LEDGER_CREATED', 'ACCOUNT_CREATED', 'PERIOD_CLOSED', 'TRANSACTION_REDACTED', 'EPOCH_BEGUN')]
    return [next(place for place, record in enumerate(records) if test(record)) for test in wanted]


def judge(lines):
    path = TOP / 'judged.ndjson'
    path.write_text(''.join(lines))
    status, output, said = harness.run(harness.ADMIN, 'import', path, '--verbatim', '--dry-run', '--user', 'ana')
    return status, output + said


def check_spoilt(path):
    """Every field; the few that no hash of their line covers are told at the end of the file, by its SHA-256."""
    lines = [line.decode() for line in path.read_bytes().splitlines(keepends=True)]
    records = [json.loads(line) for line in lines]
    harness.check('the file as it is passes', judge(lines)[0] == 0)
    by_end = []
    faults = []
    count = 0
    for place in chosen(records):
        for what, record in spoilings(records[place]):
            count += 1
            status, said = judge([*lines[:place], json.dumps(record, ensure_ascii=False) + '\n', *lines[place + 1:]])
            if status == 2 and f'judged.ndjson line {len(lines)}: sha256 is' in said and place < len(lines) - 1:
                by_end.append(f'{records[place]["line"]}: {what}')
            elif status != 2 or not re.search(TOLD_OF_HEAD if place == 0 else rf'line {place + 1}\b', said):
                faults.append(f'line {place + 1} {what}: {status} {said}')
    harness.check(f'{count} spoilt fields are told, each with its line', not faults, '\n'.join(faults))
    harness.check('or by the end', set(by_end) <= END_ALONE, by_end)
    check_broken(lines)


# What no hash of its own line covers.
END_ALONE = {'event: reason', 'checkpoint: note'}
# The head is held against the first event and, at the end, the whole.
TOLD_OF_HEAD = r'line 1: |line 2: event_metadata|of the head'


def check_broken(lines):
    broken = {
        'nothing': ([], 'line 1: the file is empty'),
        'no head': (lines[1:], 'line 1: the first line is no head'),
        'a second head': ([lines[0], lines[0], *lines[1:]], 'line 2: there is a second head'),
        'no end': (lines[:-1], 'the end is missing'),
        'half a line': ([*lines[:5], lines[5][:-20]], 'line 6'),
        'a line behind the end': ([*lines, lines[-1]], f'line {len(lines) + 1}: there is a line behind the end'),
        'a line twice': ([*lines[:9], lines[8], *lines[9:]], 'line 10: log_index is 7'),
        'a line missing': ([*lines[:9], *lines[10:]], 'line 10: log_index is 9'),
        'lines exchanged': ([*lines[:8], lines[9], lines[8], *lines[10:]], 'line 9: log_index is 8'),
        'an ordinary export': (['{"account":{"account_code":"1"}}\n'], 'this is no verbatim export'),
        'no JSON': (['hello\n'], 'line 1'),
    }
    faults = []
    for name, (content_of, words) in broken.items():
        status, said = judge(content_of)
        if status != 2 or words not in said:
            faults.append(f'{name}: {status} {said}')
    harness.check('files that are broken are told', not faults, '\n'.join(faults))


def first(records, **members):
    return next(record for record in records if all(record.get(name) == value for name, value in members.items()))


def edit_facts(event, **facts):
    event['event_metadata'] = json.dumps({**json.loads(event['event_metadata']), **facts}, sort_keys=True,
                                         separators=(',', ':'), ensure_ascii=False)


def lies(records):
    """(what, a change of the records, what is to be said): lies whose hashes fit."""
    postings = [record for record in records if record['line'] == 'posting' and 'texts_salt' in record]
    reversals = [record for record in postings if 'reverses_transaction_id' in record]
    account = [record for record in records if record.get('event_type') == 'ACCOUNT_CREATED'][2]
    last = postings[-1]
    yield 'debits differ', lambda: last['entries'][0].update(amount='3.01'), 'not balanced in AOA'
    yield 'no account', lambda: last['entries'][0].update(account_code='77'), 'entry 1: account not found: 77'
    yield 'another currency', lambda: last['entries'][0].update(currency='EUR'), 'currency is EUR'
    yield 'no amount', lambda: last['entries'][0].update(amount='0.00'), '"amount" is not an amount'
    yield 'a number left out', lambda: last.update(transaction_number=last['transaction_number'][:-1] + 'x'), \
        'transaction_number is'
    yield 'back in time', lambda: last.update(posting_date=last['posting_date'].replace('2026', '2025'),
                                              transaction_number='x'), 'transaction_number is'
    yield 'time goes back', lambda: records[-2].update(event_timestamp='2020-01-01T00:00:00.000000Z'), \
        'event_timestamp is before that'
    yield 'reverses nothing', lambda: reversals[0].update(reverses_transaction_id=account['leaf_hash'][:8] + '-0000-7000-8000-'
                                                          '000000000001'), 'names no transaction before it'
    yield 'reverses again', lambda: reversals[-1].update(
        reverses_transaction_id=reversals[0]['reverses_transaction_id']), 'names a transaction that is reversed already'
    yield 'a total too large', lambda: [entry.update(amount='92233720368547758.07') for entry in last['entries'][:2]], \
        ('would pass 92233720368547758.07', 'not balanced')
    yield 'an account twice', lambda: edit_facts(account, account_code='1000'), 'version is 1'
    yield 'an account id left out', lambda: edit_facts(account, account_id=99), 'account_id is 99'
    yield 'no parent', lambda: edit_facts(account, parent_account_code='77'), 'account not found: 77'
    yield 'a level too deep', lambda: edit_facts(account, level=7), 'level is 7'
    yield 'facts that are none', lambda: edit_facts(account, other=1), 'unknown key "other"'
    yield 'facts in another form', lambda: account.update(event_metadata=account['event_metadata'].replace(':', ': ')), \
        'leaf_hash is'
    # The database says these, and no line.
    yield 'an id twice', lambda: last.update(transaction_id=postings[0]['transaction_id']), 'transaction_rows.transaction_id'
    yield 'a key twice', lambda: last.update({name: first(postings, source_system='till')[name] for name in (
        'idempotency_key', 'idempotency_fingerprint', 'source_system')}), 'transaction_rows.idempotency_key'
    yield 'no period', lambda: edit_facts(first(records, event_type='PERIOD_CLOSED'), end_date='2023-01-01'), \
        '"end_date" is not known'
    yield 'an approval of nothing', lambda: edit_facts(first(records, event_type='APPROVAL_GRANTED'), state='GIVEN'), \
        '"state" is not known'
    yield 'not redacted', lambda: first(records, event_type='TRANSACTION_REDACTED').update(event_type='NOTHING'), \
        'are erased, but no event says so'
    yield 'redacted by another', lambda: edit_facts(first(records, event_type='TRANSACTION_REDACTED'),
                                                    texts_hash='0' * 64), 'texts_hash is 00'
    yield 'a ledger twice', lambda: last_event(records).update(event_type='LEDGER_CREATED'), 'LEDGER_CREATED is not the first'
    yield 'no ledger', lambda: first(records, log_index=0).update(event_type='OTHER'), 'the first event is not'
    yield 'no epoch', lambda: edit_facts(first(records, event_type='EPOCH_BEGUN'), epoch='x'), 'names no epoch'


def last_event(records):
    return [record for record in records if record['line'] == 'event'][-1]


def check_lies(path):
    """Files whose hashes fit, written by somebody who can compute them: what they say is judged too."""
    text = path.read_bytes()
    records = [json.loads(line) for line in text.splitlines()]
    harness.check('a file that is forged from the true one is the same', b''.join(verbatim_file.forge(records)) == text)
    faults = []
    kinds = len(list(lies(records)))
    for number in range(kinds):
        records = [json.loads(line) for line in text.splitlines() if b'"line":"checkpoint"' not in line]
        what, change, words = list(lies(records))[number]
        change()
        forged = TOP / 'forged.ndjson'
        forged.write_bytes(b''.join(verbatim_file.forge(records)))
        status, said = refused(sqlite_copy(), 'import', forged, '--verbatim', '--user', 'ana')
        words = words if isinstance(words, tuple) else (words,)
        if status != (2 if 'forged.ndjson line ' in said else 4) or not any(word in said for word in words):
            faults.append(f'{what}: {status} {said}')
    harness.check(f'{kinds} lies are told', not faults, '\n'.join(faults))


def check_options(database, path):
    faults = []
    for words in (['export', '--format', 'csv', '--verbatim'], ['export', '--format', 'ndjson', '--verbatim', '--end-date',
                  '2026-01-01'], ['export', '--format', 'ndjson', '--verbatim', '--log-position', '3'],
                  ['import', path, '--verbatim', '--atomic'], ['import', path, '--verbatim', '--create-accounts'],
                  ['import', path, '--verbatim', '--format', 'csv'], ['import', path, '--verbatim', '--dry-run', '--resume']):
        status, said = refused(database, *words, '--user', 'ana')
        if status != 2 or '--' not in said:
            faults.append(f'{words}: {status} {said}')
    harness.check('options that make no sense with --verbatim', not faults, '\n'.join(faults))


def check_manual_rows(sample):
    """Rows that somebody wrote into audit_log are in the file, and no import takes them for a part of the log."""
    status, output, said = harness.client(
        sample.database, "INSERT INTO audit_log (audit_id, event_timestamp, event_type, severity, action, description) "
                         "VALUES (uuid(), now(), 'NOTE', 'INFO', 'NOTE', 'by hand')")
    if status != 0:
        harness.stop(f'a row by hand: {output}{said}')
    path, _ = export(sample.database, 'manual.ndjson')
    harness.check('a row that was written by hand is in the file', verbatim_file.check(path)['manual_rows'] == 1)
    status, said = refused(TOP / 'manual.db', 'import', path, '--verbatim', '--user', 'ana')
    harness.check('and is refused by name, before anything is made', status == 2 and 'line 1: ' in said and
                  'manual_rows' in said and not (TOP / 'manual.db').exists(), said)


def check_damaged(sample):
    """A ledger that verify would fault is not exported."""
    column = 'amount_minor = amount_minor + 1' if harness.BACKEND == 'sqlite' else 'amount = amount + 0.01'
    table, key = ('entry_rows', 'rowid') if harness.BACKEND == 'sqlite' else ('journal_entries', 'entry_id')
    harness.damage(sample.database, f'UPDATE {table} SET {column} WHERE {key} = '
                   f'(SELECT min({key}) FROM (SELECT {key} FROM {table}) e)')
    path = TOP / 'damaged.ndjson'
    status, said = refused(sample.database, 'export', '--format', 'ndjson', '--verbatim', '--output', path, '--user', 'ana')
    harness.check('a ledger that was altered is not exported', status == 4 and 'run verify' in said and not path.exists(), said)


def main():
    sample, key, last = make_ledger()
    small, _ = export(sample.database, 'small.ndjson')
    post_many(sample.database)
    path, told = export(sample.database, 'ledger.ndjson')
    check_file(path, told)
    copy = check_copies(sample, path, told)
    check_proofs(sample, copy, key, last)
    check_going_on(sample, copy, path)
    check_interruption(path)
    if harness.BACKEND == 'sqlite':
        check_spoilt(small)
        check_lies(small)
    check_options(sample.database, path)
    if harness.BACKEND != 'sqlite':
        check_manual_rows(sample)
    check_damaged(sample)


main()
harness.plan()
