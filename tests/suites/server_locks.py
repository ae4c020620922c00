#!/usr/bin/env python3
"""Foreign clients that take the locks of postings, in every order, while processes post: row locks on the head and on
totals, gap locks on entries, deadlocks in which the posting is the victim. All of it is waited for or retried inside,
unseen. Where a lock is held for longer than a call may take, it ends as busy at that time, and says so.

Argument: for how many seconds. The server is the suite's own."""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
import harness
import posters

SECONDS = 60 if os.environ.get('LEDGER_FAULT_FULL') == '1' else 8
PROCESSES = 4
DEADLOCKS_MIN = 10
SHORT_DEADLINE_MS = 1500
HOLD_S = 4
# A call ends this much after its deadline at most: a server's lock waits are of whole seconds, and of one at least.
GRACE_MS = 1500

HEAD = 'SELECT head_id FROM integrity_head WHERE head_id = 1 FOR UPDATE'
PAUSE = 'SELECT sleep(0.02)'
# A unit of work that changed more rows than the other is not the one that is ended.
WEIGHT = 'INSERT INTO foreign_rows SELECT seq FROM seq_1_to_500'
DISTURBANCES = {
    'holds the head': [HEAD, PAUSE],
    'takes totals, then the head': [WEIGHT, 'SELECT * FROM open_total_rows FOR UPDATE', PAUSE, HEAD],
    'takes the gap behind the entries, then the head': [
        WEIGHT, 'SELECT * FROM journal_entries WHERE entry_id > (SELECT max(entry_id) FROM journal_entries) FOR UPDATE',
        PAUSE, HEAD],
    'takes the gap behind the transactions, then the head': [
        WEIGHT, 'SELECT log_index FROM transactions WHERE log_index > (SELECT max(log_index) FROM transactions) FOR UPDATE',
        PAUSE, HEAD],
    'takes the head, then the accounts': [HEAD, PAUSE, 'SELECT account_id FROM chart_of_accounts FOR UPDATE'],
}


class Foreigner:
    """A client that does the same all the time, whatever it is told."""

    def __init__(self, database, statements):
        once = f'START TRANSACTION; {"; ".join(statements)}; ROLLBACK; SELECT sleep(0.03);\n'
        self.script = tempfile.TemporaryFile('w+')
        self.script.write(once * 10000)
        self.script.seek(0)
        self.said = tempfile.TemporaryFile('w+')
        socket = harness.server_uri().partition('unix_socket=')[2]
        self.process = subprocess.Popen(
            ['mariadb', '--no-defaults', '--user=root', f'--socket={socket}', '--batch', '--force', '--unbuffered',
             database.name], stdin=self.script, stdout=subprocess.DEVNULL, stderr=self.said)

    def stop(self):
        """How often it was the victim of a deadlock; it says nothing else but that."""
        self.process.kill()
        self.process.wait()
        self.said.seek(0)
        lines = self.said.read().splitlines()
        others = [line for line in lines if 'ERROR 1213' not in line]
        if others:
            harness.stop(f'a foreign client: {others[:3]}')
        return len(lines)


def deadlocks_count():
    _, output, said = harness.client(None, "SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'")
    if not output:
        harness.stop(f'the server counts no deadlocks: {said}')
    return int(output.split()[1])


def check_disturbed(seconds):
    database = posters.new_ledger('disturbed')
    harness.client(database, 'CREATE TABLE foreign_rows (number INT NOT NULL)')
    before = deadlocks_count()
    loops = [posters.Poster(harness.uri(database), f'p{i}').start() for i in range(PROCESSES)]
    foreigners = [Foreigner(database, statements) for statements in DISTURBANCES.values()]
    time.sleep(seconds)
    victims = sum(foreigner.stop() for foreigner in foreigners)
    for loop in loops:
        loop.stop()
    ours = deadlocks_count() - before - victims
    again = [line for loop in loops for line in loop.again]
    print(f'# {seconds} s, {len(foreigners)} foreign clients; posted {[len(loop.acknowledged) for loop in loops]}; longest '
          f'wait {max(loop.longest_ms or 0 for loop in loops)} ms; {ours} deadlocks ended a posting, {victims} the other')
    harness.check('postings were the victims of deadlocks', ours >= DEADLOCKS_MIN, ours)
    harness.check('and nobody noticed', not again and not any(loop.faults for loop in loops),
                  '\n'.join([*again[:10], *(fault for loop in loops for fault in loop.faults)]))
    harness.check('everybody got on', all(loop.acknowledged for loop in loops), [len(loop.acknowledged) for loop in loops])
    harness.client(database, 'DROP TABLE foreign_rows')
    posters.check_ledger('disturbed', database, loops)


def check_held():
    """What is held for longer than a call may take."""
    database = posters.new_ledger('held')
    for name, statements in (('the head', [HEAD]), ('the totals', ['SELECT * FROM open_total_rows FOR UPDATE'])):
        loops = [posters.Poster(harness.uri(database), f'{name.split()[1]}{i}', deadline_ms=SHORT_DEADLINE_MS).start()
                 for i in range(PROCESSES)]
        deadline = time.monotonic() + 30
        while not all(loop.told() for loop in loops) and time.monotonic() < deadline:
            time.sleep(0.05)
        foreigner = Foreigner(database, [*statements, f'SELECT sleep({HOLD_S})'])
        time.sleep(HOLD_S)
        foreigner.stop()
        time.sleep(0.5)
        for loop in loops:
            loop.stop()
        again = [line for loop in loops for line in loop.again]
        waits = [int(line.split()[3]) for line in again]
        harness.check(f'{name}: whoever waited too long was told that it is busy', len(again) >= PROCESSES and
                      all(' LEDGER_DATABASE_IS_BUSY: ' in line for line in again), '\n'.join(again[:10]))
        harness.check(f'{name}: and not later than {GRACE_MS} ms after the deadline',
                      max(waits, default=0) <= SHORT_DEADLINE_MS + GRACE_MS, waits)
        print(f'# {name}: {len(again)} calls were told that it is busy, after {min(waits, default=0)} to '
              f'{max(waits, default=0)} ms of {SHORT_DEADLINE_MS}')
        harness.check(f'{name}: and then went on', not any(loop.faults for loop in loops),
                      '\n'.join(fault for loop in loops for fault in loop.faults))
    harness.check_verify('held', database)


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    with posters.MariadbServer() as server:
        posters.use_server(server)
        check_disturbed(seconds)
        check_held()
    harness.plan()


if __name__ == '__main__':
    main()
