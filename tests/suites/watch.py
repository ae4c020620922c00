#!/usr/bin/env python3
# backends: sqlite mariadb
"""ledger-admin watch beside a ledger that is posted to and that the database's own client changes: what is found is told
once, recorded, and freezes the ledger; SIGTERM ends it; on a server, it lives through the server's end.

Environment: see tests/support/harness.py."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
import harness
import posters

ENTRIES = json.dumps([{'account_code': '1000', 'entry_type': 'DEBIT', 'amount': '10'},
                      {'account_code': '4000', 'entry_type': 'CREDIT', 'amount': '10'}])
ALTER = {
    'sqlite': 'UPDATE entry_rows SET amount_minor = amount_minor + 1 WHERE rowid = (SELECT {which}(rowid) FROM entry_rows)',
    'mariadb': 'UPDATE journal_entries SET amount = amount + 0.01 ORDER BY entry_id {order} LIMIT 1',
}
PATIENCE_S = 60


def post(database):
    return harness.admin(database, 'post-transaction', '--event-type', 'SALE', '--description', 'Test', '--entries', '-',
                         '--user', 'ana', text=ENTRIES)


def alter(database, which):
    """A cent more in the first entry, or in the last."""
    harness.damage(database, ALTER[harness.BACKEND].format(which=which, order='DESC' if which == 'max' else ''))


def wait_until(is_so, seconds=PATIENCE_S):
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


class Watch:
    """The command at work; what it finds is a line of JSON in a file."""

    def __init__(self, database, directory, *words):
        self.found = directory / 'found'
        self.found.touch()
        self.said = (directory / 'said').open('w+', encoding='utf-8')
        self.process = subprocess.Popen(
            [harness.ADMIN, '--db', harness.uri(database), '--json', 'watch', '--user', 'watcher',
             '--command', f'cat >>{self.found}', *(() if '--interval' in words else ('--interval', '1')), *words], stdout=subprocess.PIPE, stderr=self.said, text=True,
            env={**os.environ, 'LEDGER_DB_URI': '', 'DB_QUERY_TIMEOUT': '3'})

    def findings(self):
        return [json.loads(line) for line in self.found.read_text(encoding='utf-8').splitlines()]

    def messages(self):
        return pathlib.Path(self.said.name).read_text(encoding='utf-8')

    def stop(self, number=signal.SIGTERM):
        """What it says at its end."""
        self.process.send_signal(number)
        output, _ = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, json.loads(output or '{}')


@contextlib.contextmanager
def watching(database, *words):
    watch = Watch(database, harness.scratch(), *words)
    try:
        yield watch
    finally:
        if watch.process.poll() is None:
            watch.process.kill()
            watch.process.wait()


def new_books(name):
    database = harness.new_database(harness.scratch(), name)
    harness.admin_json(database, 'init', '--confirm', '--user', 'ana')
    for code, kind in (('1000', 'ASSET'), ('4000', 'REVENUE')):
        harness.admin_json(database, 'create-account', '--code', code, '--name', code, '--type', kind, '--user', 'ana')
    for _ in range(3):
        post(database)
    return database


def events_of(database, event_type):
    return harness.admin_json(database, 'audit', '--event-type', event_type, '--limit', '1000')['events']


def check_findings():
    database = new_books('watched')
    with watching(database, '--full-every', '2') as watch:
        passed = wait_until(lambda: events_of(database, 'VERIFICATION_PASSED'))
        harness.check('a whole that passes is an event', passed, watch.messages())
        alter(database, 'min')
        is_found = wait_until(watch.findings)
        findings = watch.findings()
        harness.check('what is altered is found and told', is_found and findings[0]['severity'] == 'CRITICAL' and
                      any(item['field'] == 'journal_entries.amount' for item in findings[0]['violations']) and
                      findings[0]['recorded'] and not findings[0]['frozen'], findings)
        events = events_of(database, 'INTEGRITY_VIOLATION_FOUND')
        harness.check('and recorded', len(events) == 1 and events[0]['severity'] == 'CRITICAL' and
                      events[0]['user_id'] == 'watcher' and events[0]['log_index'] == findings[0]['log_index'], events)
        status, _, said = post(database)
        harness.check('posting goes on', status == 0, said)
        time.sleep(5)
        harness.check('the same is not told again', len(watch.findings()) == 1, watch.findings())
        alter(database, 'max')
        wait_until(lambda: len(watch.findings()) > 1)
        findings = watch.findings()
        harness.check('something else is', len(findings) == 2 and
                      findings[1]['violations'][0]['transaction_id'] != findings[0]['violations'][0]['transaction_id'],
                      findings)
        status, told = watch.stop()
        harness.check('SIGTERM ends it in good order', status == 0 and told['ended_by'] == 'Terminated' and
                      told['findings_count'] == 2 and not told['valid'] and told['verifications_count'] >= 2, told)
    with watching(database) as watch:
        status, output, _ = harness.admin(database, '--json', 'watch', '--once', '--user', 'ana')
        harness.check('once: what is found is the outcome', status == 3 and not json.loads(output)['valid'], output)
        time.sleep(2)
        harness.check('who watches next knows what was found', watch.findings() == [] and
                      len(events_of(database, 'INTEGRITY_VIOLATION_FOUND')) == 2, watch.findings())
        status, _ = watch.stop(signal.SIGINT)
        harness.check('SIGINT ends it too', status == 0, status)


def check_increments():
    """Without another verification of the whole: what is added, and that it is added to what was there."""
    database = new_books('increments')
    with watching(database, '--interval', '2') as watch:
        wait_until(lambda: events_of(database, 'VERIFICATION_PASSED'))
        for _ in range(5):  # a look may fall between the two
            post(database)
            alter(database, 'max')
            if wait_until(watch.findings, 6):
                break
        findings = watch.findings()
        harness.check('what is added is looked at', len(findings) == 1 and
                      findings[0]['violations'][0]['field'] == 'journal_entries.amount', findings)
        status, told = watch.stop()
        harness.check('by itself', status == 0 and told['verifications_count'] == 1 and told['increments_count'] > 1, told)
    if harness.BACKEND != 'sqlite':
        return
    database = new_books('restored')
    older = database.with_name('older.db')
    harness.client(database, f'.backup {older}')
    post(database)
    with watching(database, '--interval', '1') as watch:
        wait_until(lambda: events_of(database, 'VERIFICATION_PASSED'))
        time.sleep(2)
        harness.client(database, f'.restore {older}')
        wait_until(watch.findings)
        findings = watch.findings()
        harness.check('a log that was cut short is no continuation', len(findings) == 1 and
                      'since it is shorter' in findings[0]['violations'][0]['detail'], findings)


def check_freezing():
    database = new_books('frozen')
    alter(database, 'min')
    with watching(database, '--freeze-on-violation') as watch:
        wait_until(watch.findings)
        findings = watch.findings()
        harness.check('a violation freezes the ledger', len(findings) == 1 and findings[0]['frozen'], findings)
        status, _, said = post(database)
        harness.check('nothing is posted any more', status == 1 and 'by watcher: verify found' in said, said)
        status, _ = watch.stop()
        harness.check('and it ends well', status == 0, status)


def check_line():
    """Without a command, or with one that fails, standard error has it."""
    database = new_books('line')
    alter(database, 'min')
    status, output, said = harness.admin(database, 'watch', '--once', '--user', 'ana')
    harness.check('a finding is a line', status == 3 and 'watch: CRITICAL: violations found: 2 (CRITICAL: 2); the first new '
                  'one: entries-balance' in said, output + said)
    alter(database, 'max')
    status, output, said = harness.admin(database, 'watch', '--once', '--user', 'ana', '--command', 'exit 7')
    harness.check('also where the command fails', status == 3 and 'ended with exit status 7' in said and
                  'watch: CRITICAL' in said, output + said)


def check_lost_server():
    with posters.MariadbServer(durable=True) as server:
        posters.use_server(server)
        database = new_books('lost')
        with watching(database, '--full-every', '1') as watch:
            wait_until(lambda: events_of(database, 'VERIFICATION_PASSED'))
            server.kill()
            is_told = wait_until(lambda: 'trying again until it goes on' in watch.messages())
            time.sleep(3)
            harness.check('a lost server is told once, and waited for', is_told and watch.process.poll() is None and
                          watch.messages().count('trying again') == 1, watch.messages())
            server.start()
            is_back = wait_until(lambda: 'the database is back after' in watch.messages())
            harness.check('so is its return', is_back, watch.messages())
            before = len(events_of(database, 'VERIFICATION_PASSED'))
            harness.check('and verification goes on',
                          wait_until(lambda: len(events_of(database, 'VERIFICATION_PASSED')) > before), watch.messages())
            status, _ = watch.stop()
            harness.check('to its end', status == 0, watch.messages())


def main():
    check_findings()
    check_increments()
    check_freezing()
    check_line()
    if harness.BACKEND == 'mariadb':
        check_lost_server()
    harness.plan()


main()
