#!/usr/bin/env python3
# backends: sqlite mariadb
"""Freezing under load: eight processes post, alone and in batches, until one command stops all of them at once. Then a
ledger that a DBA changes: verify freezes it, the incident has the evidence, a second person lets postings in again.

Environment: see tests/support/harness.py."""

import hashlib
import json
import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
import harness
import posters

PROCESSES = 8
STOP_S_MAX = 5
ENTRIES = json.dumps([{'account_code': '1000', 'entry_type': 'DEBIT', 'amount': '10'},
                      {'account_code': '4000', 'entry_type': 'CREDIT', 'amount': '10'}])
ALTER = {
    'sqlite': 'UPDATE entry_rows SET amount_minor = amount_minor + 1 WHERE rowid = (SELECT min(rowid) FROM entry_rows)',
    'mariadb': 'UPDATE journal_entries SET amount = amount + 0.01 ORDER BY entry_id LIMIT 1',
}
MEND = {backend: sql.replace(' + ', ' - ') for backend, sql in ALTER.items()}
DROP = 'DROP TRIGGER trg_prevent_closing_period_delete' if harness.BACKEND == 'mariadb' else \
    'DROP TRIGGER trg_prevent_period_rows_delete'


def post(database, *words):
    return harness.admin(database, 'post-transaction', '--event-type', 'SALE', '--description', 'Test', '--entries', '-',
                         '--user', 'ana', *words, text=ENTRIES)


def wait_until(is_so, seconds=60):
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def position_of(database, event_type):
    """The log position of the newest event of that type."""
    events = harness.admin_json(database, 'audit', '--event-type', event_type, '--limit', '1')['events']
    return events[0]['log_index'] if events else None


def check_freeze_under_load():
    database = posters.new_ledger('load')
    loops = [posters.Poster(harness.uri(database), f'p{number}').start() for number in range(PROCESSES)]
    is_working = wait_until(lambda: all(loop.told() > 0 for loop in loops))
    harness.check('eight processes post', is_working, [loop.told() for loop in loops])
    begin = time.monotonic()
    frozen = harness.admin_json(database, 'freeze', '--reason', 'An entry was altered', '--user', 'ana')
    frozen_s = time.monotonic() - begin
    ended = wait_until(lambda: all(loop.process.poll() is not None for loop in loops), STOP_S_MAX)
    harness.check(f'all of them stop at once: {frozen_s:.2f} s to freeze', ended and frozen_s < STOP_S_MAX)
    for loop in loops:
        loop.finish(1)
    words = 'the ledger is frozen since'
    said = [fault for loop in loops for fault in loop.faults]
    harness.check('each is told since when, by whom and why',
                  len(said) == PROCESSES and all(words in line or 'LEDGER_BATCH_IS_REFUSED' in line for line in said) and
                  any(f'{words} {frozen["frozen_at"]} by ana: An entry was altered' in line for line in said), said)
    connection = harness.read_only(database)
    late = connection.execute(f'SELECT count(*) FROM transactions WHERE log_index > {frozen["log_index"]}').fetchone()[0]
    refused = connection.execute("SELECT count(*) FROM audit_log WHERE event_type = 'TRANSACTION_REFUSED' AND "
                                 f'log_index > {frozen["log_index"]}').fetchone()[0]
    connection.close()
    harness.check('nothing was posted behind the freezing', int(late) == 0, late)
    harness.check('and each refusal is an event', int(refused) >= PROCESSES, refused)
    posters.check_ledger('what was acknowledged before', database, loops)


def new_books(name):
    database = harness.new_database(harness.scratch(), name)
    harness.admin_json(database, 'init', '--confirm', '--user', 'ana')
    for code, kind in (('1000', 'ASSET'), ('4000', 'REVENUE')):
        harness.admin_json(database, 'create-account', '--code', code, '--name', code, '--type', kind, '--user', 'ana')
    return database


def unfreeze(database):
    """As a second person: the actor's login is that of the system, so another one is needed where we are root."""
    if os.getuid() != 0 or harness.BACKEND != 'sqlite':
        return None
    directory = pathlib.Path(database).parent
    directory.chmod(0o777)
    program = directory / 'ledger-admin'
    program.write_bytes(harness.ADMIN.read_bytes())
    program.chmod(0o755)
    for file in directory.glob(f'{pathlib.Path(database).name}*'):
        file.chmod(0o666)
    return harness.run('setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', program, '--db',
                       harness.uri(database), 'unfreeze', '--reason', 'Corrected', '--user', 'bea')


def check_incident():
    database = new_books('incident')
    post(database)
    number = harness.read_only(database).execute('SELECT transaction_number FROM transactions').fetchone()[0]
    harness.damage(database, ALTER[harness.BACKEND])
    status, output, said = harness.admin(database, '--json', 'verify', '--freeze-on-violation', '--user', 'ana')
    found = json.loads(output)
    harness.check('verify freezes on what it finds', status == 3 and found['frozen'] and found['recorded'] and
                  'the ledger is frozen' in said, output + said)
    event = harness.admin_json(database, 'audit', '--event-type', 'INTEGRITY_VIOLATION_FOUND')['events'][0]
    harness.check('and has it in the log', event['severity'] == 'CRITICAL' and
                  event['event_metadata']['violations'][0]['transaction_number'] == number, event)
    status, _, said = post(database)
    harness.check('nothing is posted', status == 1 and 'by ana: verify found' in said, said)
    report = harness.scratch() / 'verify.json'
    report.write_text(output, encoding='utf-8')
    opened = harness.admin_json(database, 'incident', 'open', '--summary', 'An entry was altered', '--transaction-id', number,
                                '--violations', report, '--user', 'ana')
    shown = harness.admin_json(database, 'incident', 'show', opened['incident_id'])
    evidence = shown['steps'][0]['evidence'][0]
    harness.check('the incident has the digest of the evidence',
                  evidence == {'name': 'verify.json', 'sha256': hashlib.sha256(output.encode()).hexdigest(),
                               'size_bytes': len(output.encode())} and
                  shown['steps'][0]['violations_count'] == found['violations_count'], shown)
    harness.damage(database, MEND[harness.BACKEND])
    unfrozen = unfreeze(database)
    if unfrozen is not None:
        harness.check('a second person unfreezes it', unfrozen[0] == 0, unfrozen)
        harness.admin_json(database, 'reverse', '--transaction-id', number, '--reason', 'Altered', '--user', 'ana')
        reversal = harness.read_only(database).execute(
            'SELECT transaction_id FROM transactions WHERE is_reversal').fetchone()[0]
        harness.admin_json(database, 'incident', 'attach-correction', '--incident-id', opened['incident_id'],
                           '--transaction-id', reversal, '--user', 'bea')
    harness.admin_json(database, 'incident', 'close', '--incident-id', opened['incident_id'], '--outcome', 'Put right', '--user',
                       'bea')
    harness.check('the incident is closed', harness.admin_json(database, 'incident', 'list')['incidents'] == [])
    harness.check_verify('after it', database)


def check_without_guards():
    """Whoever takes the guards away cannot keep the finding from being told; nothing is posted past them on SQLite."""
    database = new_books('guards')
    post(database)
    harness.damage(database, ALTER[harness.BACKEND])
    harness.client(database, DROP)
    status, output, said = harness.admin(database, '--json', 'verify', '--freeze-on-violation', '--user', 'ana')
    found = json.loads(output)
    is_refused = not found['recorded'] and 'could not be frozen' in said
    harness.check('where guards are gone, verify says what it found', status == 3 and found['violations_count'] > 1 and
                  (is_refused or found['frozen']), output + said)
    status, _, said = post(database)
    harness.check('and nothing is posted', status != 0, said)


def check_manual_rows():
    """What DBAs write into the audit log, past the ledger."""
    database = new_books('manual')
    harness.client(database, "INSERT INTO audit_log (audit_id, event_timestamp, event_type, severity, user_id, action, "
                             "description) VALUES (UUID(), NOW(), 'NOTE', 'CRITICAL', 'dba', 'NOTE', 'by hand')")
    listed = harness.admin_json(database, 'audit', '--manual')['manual_rows']
    harness.check('a row by hand is shown apart', len(listed) == 1 and not listed[0]['is_adopted'], listed)
    harness.check('and is no event', all(event['event_type'] != 'NOTE' for event in
                                         harness.admin_json(database, 'audit')['events']))
    verified = harness.admin_json(database, 'verify')
    harness.check('verify warns of it', verified['valid'] and verified['violations'][0]['check'] == 'manual-rows', verified)
    harness.admin_json(database, 'audit', 'adopt', '--user', 'ana')
    harness.check_verify('adopted', database)
    harness.check('once', harness.admin_json(database, 'verify')['violations_count'] == 0)
    harness.damage(database, "DELETE FROM audit_log WHERE event_type = 'NOTE'")
    status, output, _ = harness.admin(database, '--json', 'verify')
    violations = json.loads(output)['violations']
    harness.check('removed later, it is missed', status == 3 and len(violations) == 1 and
                  listed[0]['audit_id'] in violations[0]['detail'] and 'removed' in violations[0]['detail'], output)


def main():
    check_freeze_under_load()
    check_incident()
    check_without_guards()
    if harness.BACKEND == 'mariadb':
        check_manual_rows()
    harness.plan()


main()
