#!/usr/bin/env python3
# backends: sqlite mariadb
"""kill -9 at random moments of a posting loop, 500 rounds on one ledger, 100 on a server: whatever was acknowledged is there, once, and
the ledger is whole. What was not acknowledged is sent again with its key, and is there once as well.

Argument: how many rounds. Environment: see tests/support/harness.py; SEED replays the moments.
"""

import os
import pathlib
import random
import subprocess
import sys
import time
from decimal import Decimal

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
import harness

ROUNDS = {'sqlite': 500, 'mariadb': 100}
CHECK_EVERY = 50


class Loop:
    """What the rounds have acknowledged: request number → (transaction id, transaction number)."""

    def __init__(self, database):
        self.database = database
        self.acknowledged = {}
        self.faults = []
        self.killed = 0

    def next(self):
        return max(self.acknowledged, default=-1) + 1

    def take(self, line):
        number, transaction_id, transaction_number, _ = line.split()
        told = (transaction_id, transaction_number)
        if self.acknowledged.setdefault(int(number), told) != told:
            self.faults.append(f'request {number}: {told}, first {self.acknowledged[int(number)]}')

    def round(self, chance):
        """One process, killed at a random moment: mostly while it posts, at times while it opens the ledger."""
        first = self.next()
        if first > 0 and chance.random() < 0.3:
            first -= 1  # acknowledged before: it must be given again, and not be posted again
        process = subprocess.Popen([harness.program('post_loop'), harness.uri(self.database), 'crash', str(first), '0'],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        begun = ''
        if chance.random() < 0.8:
            begun = process.stdout.readline()
        time.sleep(chance.uniform(0, 0.04))
        process.kill()
        # Not communicate(): it reads past what readline() took into its buffer. The process is dead, so nothing blocks.
        with process:
            output, said = process.stdout.read(), process.stderr.read()
        self.killed += process.returncode == -9
        if said or process.returncode != -9:
            self.faults.append(f'exit status {process.returncode}: {said}')
        # A line that the kill cut short was never told: only whole ones are acknowledged.
        for line in (begun + output).split('\n')[:-1]:
            self.take(line)


def amount(number):
    """As the loop makes it: which way round, how much."""
    value = Decimal(number * 7919 % 99999 + 1) / 100
    return -value if number % 9 == 0 else value


def check_ledger(loop, name):
    """The database against what was acknowledged, by the views alone."""
    connection = harness.read_only(loop.database)
    stored = harness.rows(connection, 'SELECT idempotency_key, transaction_id, transaction_number FROM transactions')
    by_key = {}
    for row in stored:
        by_key.setdefault(row['idempotency_key'], []).append((row['transaction_id'], row['transaction_number']))
    missing = [number for number, told in loop.acknowledged.items() if by_key.get(f'crash-{number}') != [told]]
    harness.check(f'{name}: all {len(loop.acknowledged)} acknowledged are there, as they were told', not missing, missing[:20])
    twice = {key: ids for key, ids in by_key.items() if len(ids) != 1}
    harness.check(f'{name}: none of {len(stored)} is there twice', not twice, twice)
    numbers = sorted(int(key.split('-')[1]) for key in by_key)
    harness.check(f'{name}: none was skipped', numbers == list(range(len(numbers))), numbers[-20:])
    cash = sum(map(amount, numbers), Decimal(0))
    balances = {row['account_code']: Decimal(row['balance'])
                for row in connection.execute('SELECT account_code, balance FROM v_account_balances')}
    harness.check(f'{name}: the balances are the sums', balances == {'1000': cash, '4000': cash}, f'{balances} {cash}')
    connection.close()
    harness.check_verify(name, loop.database)


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS[harness.BACKEND]
    seed = int(os.environ.get('SEED', time.time_ns() % 1000000))
    print(f'# SEED={seed} {rounds} rounds')
    chance = random.Random(seed)
    database = harness.new_database(harness.scratch())
    status, output, said = harness.run(harness.program('post_loop'), '--create', harness.uri(database))
    harness.check('a ledger to post to', status == 0, output + said)
    loop = Loop(database)
    for number in range(1, rounds + 1):
        loop.round(chance)
        if number % CHECK_EVERY == 0 or number == rounds:
            check_ledger(loop, f'after {number} rounds')
    harness.check(f'{loop.killed} processes were killed and none said anything else', not loop.faults,
                  '\n'.join(loop.faults[:20]))
    if harness.BACKEND == 'sqlite':
        integrity = harness.read_only(database).execute('PRAGMA integrity_check').fetchall()
        harness.check('the file itself is whole', [tuple(row) for row in integrity] == [('ok',)], integrity)
    harness.plan()


if __name__ == '__main__':
    main()
