#!/usr/bin/env python3
"""Every command of ledger-admin, as a process of its own, with allocations and writes failing: it ends with an exit
status, never by a signal, with nothing half done; verify is clean, and done again it succeeds.

Arguments: names of commands, for those alone. Environment: see tests/support/harness.py; LEDGER_FAULT_FULL=1 tries every
allocation and write, else every 17th allocation and, of writes, as many as TRIALS_MAX; LEDGER_FAULT_SEED chooses where
that begins.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
import harness

PRELOAD = harness.BUILD / 'tests' / 'preload' / 'libpreload_faults.so'
IS_FULL = os.environ.get('LEDGER_FAULT_FULL') == '1'
SEED = int(os.environ.get('LEDGER_FAULT_SEED', '0'))
ALLOCATIONS_STRIDE = 17
TRIALS_MAX = 12  # of one mode of one command, in a run that is not full
RUN_TIMEOUT_S = 60

OUT_OF_MEMORY, UNKNOWN = 5, 6


@dataclass
class Mode:
    name: str
    kind: str
    variables: dict
    exits: set  # that it may end with, beside that of a run without faults
    stride: int = 1


MODES = [
    Mode('an allocation fails', 'allocation', {}, {OUT_OF_MEMORY, UNKNOWN}, ALLOCATIONS_STRIDE),
    Mode('allocations fail from then on', 'allocation', {'LEDGER_FAULT_STAYS': '1'}, {OUT_OF_MEMORY, UNKNOWN},
         ALLOCATIONS_STRIDE),
    Mode('a write finds the disk full', 'write', {'LEDGER_FAULT_ERROR': 'ENOSPC'}, {2, 4, UNKNOWN}),
    Mode('the disk is full from then on', 'write', {'LEDGER_FAULT_ERROR': 'ENOSPC', 'LEDGER_FAULT_STAYS': '1'},
         {2, 4, UNKNOWN}),
    Mode('a write fails', 'write', {'LEDGER_FAULT_ERROR': 'EIO'}, {2, 4, UNKNOWN}),
    Mode('the disk is gone from then on', 'write', {'LEDGER_FAULT_ERROR': 'EIO', 'LEDGER_FAULT_STAYS': '1'},
         {2, 4, UNKNOWN}),
    Mode('a write is cut short', 'write', {'LEDGER_FAULT_ERROR': 'short'}, {2, 4, UNKNOWN}),
    Mode('a sync fails', 'sync', {'LEDGER_FAULT_ERROR': 'EIO'}, {2, 4, UNKNOWN}),
]


@dataclass
class Command:
    words: list
    exit_status: int = 0
    creates: bool = False
    may_be_unrecorded: bool = False  # it is done even where the event of it cannot be written
    name: str = field(init=False)

    def __post_init__(self):
        self.name = ' '.join(self.words[:2] if self.words[0] in ('period', 'approval', 'clock', 'key') else self.words[:1])


def commands(seed):
    """The command lines that are tried; `seed` knows the ids."""
    ana = ['--user', 'ana']
    post = ['post-transaction', '--event-type', 'SALE', '--description', 'A sale', *ana, '--entries']
    return [
        Command(['init', '--confirm', *ana], creates=True),
        Command(['create-account', '--code', '1100', '--name', 'Bank', '--type', 'ASSET', *ana]),
        Command(['create-account', '--code', '1000', '--name', 'Cash', '--type', 'ASSET', *ana], 1,
                may_be_unrecorded=True),
        Command(['accounts']),
        Command(['deactivate-account', '--code', '5000', *ana]),
        Command(['reactivate-account', '--code', '1900', *ana]),
        Command([*post, 'good.json', '--idempotency-key', 'k']),
        Command([*post, 'bad.json'], 1, may_be_unrecorded=True),
        Command(['reverse', '--transaction-id', seed.reversible, '--reason', 'wrong', *ana]),
        Command(['reverse', '--transaction-id', seed.large, '--reason', 'wrong', *ana], 1),
        Command(['redact', '--transaction-id', seed.reversible, '--reason', 'a request', *ana], 1),
        Command(['show', seed.reversible]),
        Command(['transactions', '--account-code', '1000', '--limit', '2']),
        Command(['entries', '--account-code', '1000', '--newest-first']),
        Command(['balance', '--account-code', '1000']),
        Command(['balance-history', '--account-code', '1000', '--output', 'made.svg'], may_be_unrecorded=True),
        Command(['trial-balance'], may_be_unrecorded=True),
        Command(['report', '--type', 'balance-sheet', '--output', 'made.json', *ana], may_be_unrecorded=True),
        Command(['report', '--type', 'general-ledger', '--output', 'made.csv', *ana], may_be_unrecorded=True),
        Command(['verify-report', 'saved.json']),
        Command(['verify']),
        Command(['audit']),
        Command(['checkpoint', *ana]),
        Command(['key', 'generate', '--only-file', '--name', 'faults', '--output', 'new.key', *ana]),
        Command(['period', 'open', '--start-date', '2020-01-01', '--end-date', '2020-01-31', *ana]),
        Command(['period', 'close', '--start-date', '2021-01-01', '--end-date', '2021-01-31', *ana]),
        Command(['period', 'list']),
        Command(['approval', 'list']),
        Command(['approval', 'approve', '--request-id', seed.request, '--user', 'bob'], 1, may_be_unrecorded=True),
        Command(['approval', 'deny', '--request-id', seed.request, '--reason', 'no', '--user', 'bob']),
        Command(['clock', 'accept', '--reason', 'the clock was set', *ana]),
        Command(['completion', 'bash']),
    ]


class Seed:
    """The ledger that every trial begins with: one file."""

    def __init__(self, directory):
        self.directory = directory
        self.database = directory / 'seed.db'
        os.environ.update({'DEFAULT_CURRENCY': 'EUR', 'CORRECTION_APPROVAL_THRESHOLD': '1000', 'DB_QUERY_TIMEOUT': '2',
                           'LEDGER_CHECKPOINT_DIR': 'checkpoints', 'LEDGER_CHECKPOINT_KEY_FILE': 'signing.key'})
        (directory / 'good.json').write_text(entries('1000', '4000', '2.50'), encoding='utf-8')
        (directory / 'large.json').write_text(entries('1000', '4000', '5000'), encoding='utf-8')
        (directory / 'bad.json').write_text(entries('1000', 'nowhere', '2.50'), encoding='utf-8')
        self.do('init', '--confirm')
        self.do('key', 'generate', '--output', directory / 'signing.key')
        for code, kind in (('1000', 'ASSET'), ('1900', 'ASSET'), ('4000', 'REVENUE'), ('5000', 'EXPENSE')):
            self.do('create-account', '--code', code, '--name', 'An account', '--type', kind)
        self.do('deactivate-account', '--code', '1900')
        self.do('period', 'close', '--start-date', '2020-01-01', '--end-date', '2020-12-31')
        self.reversible = self.post('good.json')
        self.large = self.post('large.json')
        asked = self.post('large.json')
        _, output, _ = harness.admin(self.database, '--json', 'reverse', '--transaction-id', asked, '--reason', 'wrong',
                                     '--user', 'eve')
        self.request = json.loads(output)['approval_request_id']
        self.do('report', '--type', 'trial-balance', '--output', directory / 'saved.json')
        checkpoint(self.database)

    def do(self, *words):
        return harness.admin_json(self.database, *words, '--user', 'eve')

    def post(self, name):
        return self.do('post-transaction', '--event-type', 'SALE', '--description', 'A sale', '--entries',
                       self.directory / name)['transaction_id']


def entries(debited, credited, amount):
    return json.dumps([{'account_code': debited, 'entry_type': 'DEBIT', 'amount': amount},
                       {'account_code': credited, 'entry_type': 'CREDIT', 'amount': amount}])


def checkpoint(database):
    connection = sqlite3.connect(database)
    connection.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    connection.close()
    for suffix in ('-wal', '-shm', '-writer-lock'):
        pathlib.Path(f'{database}{suffix}').unlink(missing_ok=True)


def state(database):
    """What the ledger holds, but for identifiers and instants."""
    if not database.exists():
        return []
    connection = sqlite3.connect(database)
    try:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1")]
        counts = [(table, *connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()) for table in tables]
        if not tables:
            return []
        sums = connection.execute('SELECT account_id, entry_type, sum(amount_minor), count(*) FROM entry_rows '
                                  'GROUP BY 1, 2 ORDER BY 1, 2').fetchall()
        return counts + sums + connection.execute('PRAGMA journal_mode').fetchall()
    finally:
        connection.close()


class Place:
    """A directory in which one thread tries."""

    def __init__(self, seed, number):
        self.seed = seed
        self.directory = seed.directory / f'place{number}'
        self.directory.mkdir()
        self.database = self.directory / 'ledger.db'
        (self.directory / 'checkpoints').mkdir()
        for name in ('good.json', 'bad.json', 'saved.json', 'signing.key'):
            shutil.copy(seed.directory / name, self.directory)

    def prepare(self, command):
        for suffix in ('', '-wal', '-shm', '-writer-lock', '-journal'):
            pathlib.Path(f'{self.database}{suffix}').unlink(missing_ok=True)
        for path in [*(self.directory / 'checkpoints').iterdir(), self.directory / 'new.key']:
            path.unlink(missing_ok=True)
        if not command.creates:
            shutil.copy(self.seed.database, self.database)

    def half_files(self):
        """Checkpoints and keys that are there in part, and what was to become one."""
        half = [path.name for path in (self.directory / 'checkpoints').iterdir()
                if path.suffix != '.checkpoint' or not re.search('\n\n\u2014 .*\n$', path.read_text(encoding='utf-8'))]
        key = self.directory / 'new.key'
        return half + [key.name] * (key.exists() and not key.read_text(encoding='utf-8').endswith('\n'))

    def run(self, words, variables=None):
        """Runs ledger-admin; gives (exit status, standard output, standard error)."""
        environment = {**os.environ, 'LEDGER_DB_URI': 'sqlite:///ledger.db', **(variables or {})}
        if variables:
            environment['LD_PRELOAD'] = str(PRELOAD)
        done = subprocess.run([harness.ADMIN, *words], cwd=self.directory, env=environment, capture_output=True, text=True,
                              check=False, stdin=subprocess.DEVNULL, timeout=RUN_TIMEOUT_S)
        return done.returncode, done.stdout, done.stderr

    def count(self, command, kind):
        """How many there are to fail; the ledger before and after."""
        self.prepare(command)
        before = state(self.database)
        counted = self.directory / 'count'
        status, output, said = self.run(command.words, {'LEDGER_FAULT_KIND': kind, 'LEDGER_FAULT_COUNT': str(counted)})
        if status != command.exit_status:
            print(f'Bail out! {command.words}: exit status {status}: {output}{said}')
            os._exit(99)
        return int(counted.read_text(encoding='ascii')), before, state(self.database)


def judge(command, mode, status, before, now, after):
    """What is wrong with how it ended; None where nothing is."""
    if status < 0 or (status != command.exit_status and status not in mode.exits):
        return f'exit status {status}'
    if now not in (before, after):
        return f'exit status {status}, half done: {sorted(set(map(str, now)) ^ set(map(str, after)))}'
    if status == command.exit_status and now != after and not command.may_be_unrecorded:
        return f'exit status {status}, but nothing is done'
    if status == 4 and now != before:
        return 'exit status 4, but it is done'
    return None


def check_output(command, wants_json, status, output, said):
    if wants_json:
        try:
            document = json.loads(output)
        except ValueError as error:
            # Where even the result could not be written, standard error says so.
            return None if status != 0 and said else f'exit status {status}, no JSON document: {error}: {output[:200]}'
        if status != command.exit_status and not document.get('message'):
            return f'exit status {status}, but the document has no message'
    elif status != command.exit_status and not said:
        return f'exit status {status} without a message'
    return None


def attempt(place, command, mode, number, before, after):
    """One fault; gives what is wrong."""
    place.prepare(command)
    wants_json = number // mode.stride % 2 == 0
    variables = {'LEDGER_FAULT_KIND': mode.kind, 'LEDGER_FAULT_AT': str(number), **mode.variables}
    status, output, said = place.run([*command.words, *(['--json'] if wants_json else [])], variables)
    faults = [judge(command, mode, status, before, state(place.database), after),
              check_output(command, wants_json, status, output, said),
              f'half there: {place.half_files()}' if place.half_files() else None]
    if state(place.database) != after:
        again, _, words = place.run(command.words)
        if again != command.exit_status or state(place.database) != after:
            faults.append(f'done again, it ends with {again}: {words}')
    verified, report, words = place.run(['verify'])
    if verified != 0:
        faults.append(f'verify ends with {verified}: {report[-2000:]}{words}')
    return [f'number {number}: {fault}\n{said[:500]}{output[:500]}' for fault in faults if fault]


def sweep(place, command, mode):
    """Tries a mode of a command; gives (title, what is wrong)."""
    count, before, after = place.count(command, mode.kind)
    stride = 1 if IS_FULL else max(mode.stride, -(-count // TRIALS_MAX))
    faults = []
    for number in range(1 + SEED % stride, count + 1, stride):
        faults += attempt(place, command, mode, number, before, after)
    return f'{" ".join(command.words[:4])}: {mode.name} ({count})', faults


def main():
    seed = Seed(harness.scratch())
    chosen = [command for command in commands(seed) if len(sys.argv) < 2 or command.name in sys.argv[1:]]
    places = [Place(seed, number) for number in range(os.cpu_count())]

    def work(task):
        place = places.pop()
        try:
            return sweep(place, *task)
        finally:
            places.append(place)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for title, faults in pool.map(work, [(command, mode) for command in chosen for mode in MODES]):
            harness.check(title, not faults, '\n'.join(faults))
    harness.plan()


if __name__ == '__main__':
    main()
