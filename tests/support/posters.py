"""Programs that post to a ledger all the time (tests/programs/post_loop.c), what they were told, and whether the ledger
holds exactly that. Used after whatever befell the server meanwhile."""

import os
import pathlib
import signal
import subprocess
import sys
from decimal import Decimal

import harness

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / 'tools'))
from mariadb_server import MariadbServer

STOP_TIMEOUT_S = 120


def use_server(server):
    """What the harness does from now on, it does on this server."""
    os.environ.update(server.variables(), LEDGER_TEST_BACKEND='mariadb')
    harness.BACKEND = 'mariadb'


def new_ledger(name):
    """A ledger with the two accounts that the posters post to."""
    database = harness.new_database(harness.scratch(), name)
    status, output, said = harness.run(harness.program('post_loop'), '--create', harness.uri(database))
    if status != 0:
        harness.stop(f'no ledger to post to: {output}{said}')
    return database


def amount(number):
    """As the loop makes it: which way round, how much."""
    value = Decimal(number * 7919 % 99999 + 1) / 100
    return -value if number % 9 == 0 else value


class Poster:
    """One process: it posts the requests of its source until it is stopped, patiently: what ends with exit status 4 or
    6 it sends again."""

    def __init__(self, uri, source, first=0, deadline_ms=30000, milliseconds=0):
        self.source = source
        self.acknowledged = {}  # request number -> (transaction id, transaction number)
        self.faults = []
        self.again = []  # what it was told before it sent the same again
        self.longest_ms = None
        self.arguments = [harness.program('post_loop'), uri, source, str(first), str(milliseconds), str(deadline_ms)]
        self.file = None
        self.process = None

    def start(self):
        self.file = (harness.scratch() / 'output').open('w+', encoding='utf-8')
        self.process = subprocess.Popen(self.arguments, stdout=self.file, stderr=subprocess.PIPE, text=True)
        return self

    def read(self):
        """What it wrote so far."""
        return pathlib.Path(self.file.name).read_text(encoding='utf-8')

    def told(self):
        """How often it was acknowledged something so far."""
        return sum(line[:1] != '#' for line in self.read().split('\n')[:-1])

    def stop(self, number=signal.SIGTERM):
        """Ends it: by SIGTERM once its call has returned, by SIGKILL in the midst of it."""
        self.process.send_signal(number)
        self.finish(-number if number == signal.SIGKILL else 0)

    def finish(self, expected=0):
        try:
            _, said = self.process.communicate(timeout=STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            _, said = self.process.communicate()
            self.faults.append(f'{self.source}: still at work after {STOP_TIMEOUT_S} s')
        if self.process.returncode != expected or said:
            self.faults.append(f'{self.source}: exit status {self.process.returncode}: {said}')
        self.file.seek(0)
        # A line that was cut short was never told: only whole ones are acknowledged.
        for line in self.file.read().split('\n')[:-1]:
            self.take(line)
        self.file.close()

    def take(self, line):
        if line.startswith('# again'):
            self.again.append(f'{self.source}: {line[2:]}')
        elif line.startswith('# longest wait'):
            self.longest_ms = int(line.split()[3])
        else:
            number, transaction_id, transaction_number, _ = line.split()
            told = (transaction_id, transaction_number)
            if self.acknowledged.setdefault(int(number), told) != told:
                self.faults.append(f'{self.source}: request {number}: {told}, first {self.acknowledged[int(number)]}')


def check_ledger(name, database, posters, is_all=True):
    """The database against what was acknowledged, by the views alone. Not all is known where a poster was killed: then
    a request may be there whose answer nobody heard."""
    connection = harness.read_only(database)
    stored = {}
    twice = 0
    days = {}
    for key, source, transaction_id, number in connection.execute(
            'SELECT idempotency_key, source_system, transaction_id, transaction_number '
            'FROM transactions ORDER BY log_index'):
        twice += (source, key) in stored
        stored[source, key] = (transaction_id, number)
        days.setdefault(number[:8], []).append(int(number[9:]))
    told = {(poster.source, f'{poster.source}-{number}'): given
            for poster in posters for number, given in poster.acknowledged.items()}
    wrong = {key: (given, stored.get(key)) for key, given in told.items() if stored.get(key) != given}
    harness.check(f'{name}: all {len(told)} acknowledged are there, as they were told', not wrong, list(wrong.items())[:10])
    surplus = [key for key in stored if key not in told]
    harness.check(f'{name}: nothing else is, and none of {len(stored)} twice', twice == 0 and not (is_all and surplus),
                  f'{twice} twice; not told: {surplus[:20]}')
    harness.check(f'{name}: numbers go up by one within each day, in the order of the log',
                  all(numbers == list(range(1, len(numbers) + 1)) for numbers in days.values()), list(days))
    cash = sum((amount(int(key.rpartition('-')[2])) for _, key in stored), Decimal(0))
    balances = {row[0]: Decimal(row[1]) for row in connection.execute(
        'SELECT account_code, balance FROM v_account_balances')}
    harness.check(f'{name}: the balances are the sums', balances == {'1000': cash, '4000': cash}, f'{balances} {cash}')
    harness.check_verify(name, database)
