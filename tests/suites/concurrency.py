#!/usr/bin/env python3
# backends: sqlite mariadb
"""Eight processes post to the same two accounts at once, for twenty seconds, ten on a server, while foreign clients open
the database, read and close it all the time. Argument: how many seconds. Environment: see tests/support/harness.py."""

import pathlib
import subprocess
import sys
import tempfile
import threading
from decimal import Decimal

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
import harness

PROCESSES = 8
SECONDS = {'sqlite': 20, 'mariadb': 10}
READERS = 2
# SQLite's writers do not stand in line, a server's do.
WAIT_MS_MAX = {'sqlite': 15000, 'mariadb': 2000}


class Readers:
    """The database's own client, again and again: each is a process that opens, reads, and closes."""

    def __init__(self, database):
        self.database = database
        self.is_over = threading.Event()
        self.reads = 0
        self.faults = []
        self.threads = [threading.Thread(target=self.read) for _ in range(READERS)]
        for thread in self.threads:
            thread.start()

    def read(self):
        question = 'SELECT sum(debit_total) = sum(credit_total) FROM account_totals; SELECT log_size FROM integrity_head;'
        while not self.is_over.is_set():
            status, output, said = harness.client(self.database, question)
            self.reads += 1
            if status != 0 or said or output.split('\n')[0] != '1':
                self.faults.append(f'exit status {status}: {output}{said}')

    def stop(self):
        self.is_over.set()
        for thread in self.threads:
            thread.join()


def post_at_once(database, seconds):
    """Runs the loops; gives what each acknowledged, its longest wait, and what went wrong."""
    files = [tempfile.TemporaryFile('w+') for _ in range(PROCESSES)]
    processes = [subprocess.Popen([harness.program('post_loop'), harness.uri(database), f'p{i}', '0', str(seconds * 1000)],
                                  stdout=files[i], stderr=subprocess.PIPE, text=True) for i in range(PROCESSES)]
    acknowledged, waits, faults = [], [], []
    for process, file in zip(processes, files):
        _, said = process.communicate()
        if process.returncode != 0 or said:
            faults.append(f'exit status {process.returncode}: {said}')
        file.seek(0)
        lines = file.read().splitlines()
        file.close()
        acknowledged.append([line.split() for line in lines if not line.startswith('#')])
        waits.extend(int(line.split()[3]) for line in lines if line.startswith('# longest wait'))
    return acknowledged, waits, faults


def amount(number):
    """As the loop makes it: which way round, how much."""
    value = Decimal(number * 7919 % 99999 + 1) / 100
    return -value if number % 9 == 0 else value


def check_rows(database, acknowledged):
    connection = harness.read_only(database)
    stored = {row[0]: (row[1], row[2], row[3]) for row in connection.execute(
        'SELECT idempotency_key || \'/\' || source_system, transaction_id, transaction_number, log_index '
        'FROM transactions ORDER BY log_index')}
    told = {f'p{i}-{line[0]}/p{i}': (line[1], line[2]) for i, lines in enumerate(acknowledged) for line in lines}
    harness.check(f'{len(told)} acknowledged, all there as they were told, and nothing else',
                  told == {key: row[:2] for key, row in stored.items()}, f'{len(told)} told, {len(stored)} stored')
    count = connection.execute('SELECT count(*) FROM transactions').fetchone()[0]
    harness.check('none is there twice', count == len(stored), f'{count} rows, {len(stored)} keys')
    days = {}
    for _, number, _ in stored.values():
        days.setdefault(number[:8], []).append(int(number[9:]))
    harness.check('numbers go up by one within each day, in the order of the log',
                  all(numbers == list(range(1, len(numbers) + 1)) for numbers in days.values()), list(days))
    cash = sum((amount(int(line[0])) for lines in acknowledged for line in lines), Decimal(0))
    balances = {row[0]: Decimal(row[1]) for row in connection.execute(
        'SELECT account_code, balance FROM v_account_balances')}
    harness.check('the balances are the sums of what was acknowledged', balances == {'1000': cash, '4000': cash},
                  f'{balances} {cash}')
    if harness.BACKEND == 'sqlite':
        integrity = connection.execute('PRAGMA integrity_check').fetchall()
        harness.check('the file itself is whole', [tuple(row) for row in integrity] == [('ok',)], integrity)
    connection.close()


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS[harness.BACKEND]
    database = harness.new_database(harness.scratch())
    status, output, said = harness.run(harness.program('post_loop'), '--create', harness.uri(database))
    harness.check('a ledger to post to', status == 0, output + said)
    readers = Readers(database)
    acknowledged, waits, faults = post_at_once(database, seconds)
    readers.stop()
    posted = sum(map(len, acknowledged))
    print(f'# {posted} transactions in {seconds} s; each process {sorted(map(len, acknowledged))}; '
          f'longest wait {max(waits, default=-1)} ms; {readers.reads} foreign readers')
    harness.check(f'{PROCESSES} processes end well', not faults and len(waits) == PROCESSES, '\n'.join(faults))
    harness.check('each of them got its turn', all(acknowledged), [len(lines) for lines in acknowledged])
    limit_ms = WAIT_MS_MAX[harness.BACKEND]
    harness.check(f'no call took {limit_ms} ms', max(waits, default=99999) < limit_ms, waits)
    harness.check('foreign readers were never refused and always saw debits equal credits',
                  readers.reads > 0 and not readers.faults, '\n'.join(readers.faults[:10]))
    check_rows(database, acknowledged)
    harness.check_verify('after it all', database)
    harness.plan()


if __name__ == '__main__':
    main()
