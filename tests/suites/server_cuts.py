#!/usr/bin/env python3
"""The connection to the server cut at each packet of a posting, a reversal and the making of an account: before the
packet arrives, within it, and after it but before the answer. The network comes back at once, or stays down. However it
ends, nothing is half done, the exit status says what is so, and the same request sent again has the one result. Then
sessions ended by KILL CONNECTION and connections cut after any number of bytes, under a load of postings.

By default every packet of the client is tried, and the first and the last of each answer, in one of the ways; with
LEDGER_FAULT_FULL=1 all packets in all of them. Argument: an operation, for that one alone. The server is the suite's
own.
"""

import concurrent.futures
import json
import os
import pathlib
import random
import sys
import threading
import time
from dataclasses import dataclass, field

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
import harness
import posters
from cut_proxy import AFTER, BEFORE, COMMIT, COMMIT_ANSWER, SWALLOWED, WITHIN, CutProxy, Plan

IS_FULL = os.environ.get('LEDGER_FAULT_FULL') == '1'
WORKERS = 4
DOWN_EVERY = 8  # of the packets tried by default, so many times fewer with a network that stays down
DOWN_TIMEOUT_S = 1
UP_TIMEOUT_S = 30
SILENCE_TIMEOUT_S = 2
SERVER_PATIENCE_S = 90
COUNTED_RUNS = 6
LOAD_S = 30 if IS_FULL else 5
LOAD_PROCESSES = 4
ALONE_S = 30 if IS_FULL else 3
BYTES_MAX = 60000  # a connection of the load is cut after as many on average: five commits cut in a row are told of
KILL_PAUSE_S = 0.03
DEADLINE_MS = 30000
REFUSED, UNAVAILABLE, UNKNOWN = 1, 4, 6
ENTRIES = json.dumps([{'account_code': '1000', 'entry_type': 'DEBIT', 'amount': '12.50', 'memo': 'in'},
                      {'account_code': '4000', 'entry_type': 'CREDIT', 'amount': '12.50'}])


def post_words(trial):
    return ['post-transaction', '--event-type', 'SALE', '--description', 'A sale', '--user', 'ana', '--entries', '-',
            '--idempotency-key', trial.key]


def reverse_words(trial):
    return ['reverse', '--transaction-id', trial.original, '--reason', 'wrong', '--user', 'ana', '--idempotency-key',
            trial.key]


def account_words(trial):
    return ['create-account', '--code', trial.key, '--name', 'An account', '--type', 'EXPENSE', '--user', 'ana']


OPERATIONS = {'post': post_words, 'reverse': reverse_words, 'account': account_words}


@dataclass
class Trial:
    operation: str
    plan: Plan
    key: str
    original: str = ''
    outcome: int = -1
    said: str = ''
    has_cut: bool = False
    faults: list = field(default_factory=list)

    def words(self):
        return OPERATIONS[self.operation](self)

    def __str__(self):
        if self.plan.how == SWALLOWED:
            end = 'nobody is told'
        else:
            end = 'stays down' if self.plan.stays_down else 'comes back'
        packet = {COMMIT: 'COMMIT', COMMIT_ANSWER: 'the answer to COMMIT'}.get(self.plan.cut_at, self.plan.cut_at)
        return f'{self.operation}, cut {self.plan.how} packet {packet}, {end}'


class Sweep:
    """One ledger for all trials: each has a key of its own."""

    def __init__(self, server, database):
        self.server = server
        self.database = database
        self.originals = []
        self.trials_count = 0
        self.lock = threading.Lock()

    def make_originals(self, count):
        """Transactions to reverse."""
        poster = posters.Poster(harness.uri(self.database), 'originals').start()
        deadline = time.monotonic() + UP_TIMEOUT_S
        while poster.told() < count and time.monotonic() < deadline:
            time.sleep(0.05)
        poster.stop()
        harness.check('there are transactions to reverse', len(poster.acknowledged) >= count and not poster.faults,
                      poster.faults)
        self.originals = [told[0] for told in poster.acknowledged.values()]

    def new_trial(self, operation, plan):
        with self.lock:
            self.trials_count += 1
            original = self.originals.pop() if operation == 'reverse' else ''
            return Trial(operation, plan, f'{operation}-{self.trials_count}', original)

    def run(self, port, trial, timeout_s):
        uri = f'mysql://cut:secret@127.0.0.1:{port}/{self.database.name}'
        return harness.run(harness.ADMIN, '--db', uri, '--json', *trial.words(), text=ENTRIES,
                           environment={'LEDGER_DB_URI': '', 'DB_QUERY_TIMEOUT': str(timeout_s)})

    def count_packets(self, operation):
        """What goes over the wire where nothing is cut: the shortest of several runs. The first of a day does more, and
        so does any that must wait or look again; a cut counted on such a run is one that most trials never reach."""
        shortest = []
        with CutProxy(self.server.port) as proxy:
            for _ in range(COUNTED_RUNS):
                trial = self.new_trial(operation, Plan())
                proxy.arm(trial.plan)
                status, output, said = self.run(proxy.port, trial, UP_TIMEOUT_S)
                if status != 0:
                    harness.stop(f'{trial.words()}: {output}{said}')
                packets = list(proxy.packets)
                if not shortest or len(packets) < len(shortest):
                    shortest = packets
        return shortest

    def try_one(self, proxy, trial):
        proxy.arm(trial.plan)
        status, output, said = self.run(proxy.port, trial, DOWN_TIMEOUT_S if trial.plan.stays_down else UP_TIMEOUT_S)
        trial.outcome = status
        trial.said = output + said
        trial.has_cut = proxy.has_cut
        told = json.loads(output) if output else {}
        proxy.arm(Plan())
        again = self.run(proxy.port, trial, UP_TIMEOUT_S)
        if status not in (0, UNAVAILABLE, UNKNOWN) or (status == UNKNOWN and not trial.plan.stays_down):
            trial.faults.append(f'exit status {status}')
        if status != 0 and 'MySQL' not in output and 'log position' not in output:
            trial.faults.append('the message does not say where')
        self.judge_again(trial, told, *again)
        if trial.faults:
            trial.faults = [f'{trial}: {", ".join(trial.faults)}\n  {status} {output}{said}\n  again: {again}']

    def judge_again(self, trial, told, status, output, said):
        was_done, was_unknown = trial.outcome == 0, trial.outcome == UNKNOWN
        if trial.operation == 'account':
            is_there = status == REFUSED and 'LEDGER_ACCOUNT_EXISTS' in output
            if not is_there and status != 0:
                trial.faults.append(f'again, exit status {status}')
        else:
            if status != 0:
                trial.faults.append(f'again, exit status {status}')
                return
            document = json.loads(output)
            is_there = document['replayed']
            if is_there and (was_done or was_unknown) and told.get('transaction_id') != document['transaction_id']:
                trial.faults.append('another id was told than is there')
        if is_there != was_done and not was_unknown:
            trial.faults.append('it was done although it said otherwise' if is_there else 'it was not done')

    def try_all(self, trials):
        """Each worker has a proxy of its own, since it counts."""
        queue = iter(trials)

        def work():
            with CutProxy(self.server.port) as proxy:
                while True:
                    with self.lock:
                        trial = next(queue, None)
                    if trial is None:
                        return
                    self.try_one(proxy, trial)
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            for done in [pool.submit(work) for _ in range(WORKERS)]:
                done.result()


def borders(packets):
    """The packets that are tried: numbers from 1."""
    def is_border(place):
        own = packets[place].from_client
        return own or packets[place - 1].from_client or place + 1 == len(packets) or packets[place + 1].from_client
    return [place + 1 for place in range(len(packets)) if IS_FULL or is_border(place)]


def plans(packets):
    ways = (BEFORE, WITHIN, AFTER)
    tried = borders(packets)
    for turn, number in enumerate(tried):
        for way in ways if IS_FULL else (ways[turn % 3],):
            yield Plan(number, way)
            if IS_FULL or turn % DOWN_EVERY == 0:
                yield Plan(number, way, stays_down=True)
    for number in (COMMIT, COMMIT_ANSWER):
        for way in ways:
            for stays_down in (False, True):
                yield Plan(number, way, stays_down)


def check_operation(sweep, operation):
    packets = sweep.count_packets(operation)
    trials = [sweep.new_trial(operation, plan) for plan in plans(packets)]
    begin = time.monotonic()
    sweep.try_all(trials)
    ends = {status: sum(trial.outcome == status for trial in trials) for status in sorted({t.outcome for t in trials})}
    print(f'# {operation}: {len(packets)} packets; {len(trials)} trials, {sum(trial.has_cut for trial in trials)} cut, '
          f'ended with exit status {ends}, in {time.monotonic() - begin:.0f} s')
    faults = [fault for trial in trials for fault in trial.faults]
    harness.check(f'{operation}: each of {len(trials)} cuts ends as it says, and done again there is one result',
                  not faults, f'{len(faults)} faults\n' + '\n'.join(faults[:5]))
    hidden = [trial for trial in trials if not trial.plan.stays_down and trial.outcome != 0]
    harness.check(f'{operation}: a network that comes back is not noticed', not hidden,
                  f'{len(hidden)}\n' + '\n'.join(f'{trial}: {trial.said}' for trial in hidden[:10]))
    decisive = {trial.outcome for trial in trials if trial.plan.stays_down and trial.plan.cut_at == COMMIT}
    harness.check(f'{operation}: a COMMIT that nobody answered for leaves it unknown', decisive == {UNKNOWN}, decisive)
    late = [trial for trial in trials if not trial.has_cut]
    harness.check(f'{operation}: nearly every cut was reached', len(late) * 20 <= len(trials), '\n'.join(map(str, late)))
    return len(trials)


def check_silence(sweep):
    """A network that swallows what is sent, and tells nobody: found out by DB_QUERY_TIMEOUT, with a grace of 5 seconds.
    Where COMMIT is swallowed, its session holds the lock until the server ends it, after 60 seconds."""
    for cut_at, outcome in ((COMMIT_ANSWER, 0), (COMMIT, UNKNOWN))[:2 if IS_FULL else 1]:
        with CutProxy(sweep.server.port) as proxy:
            trial = sweep.new_trial('post', Plan(cut_at, SWALLOWED))
            proxy.arm(trial.plan)
            begin = time.monotonic()
            status, output, said = sweep.run(proxy.port, trial, SILENCE_TIMEOUT_S)
            took_s = time.monotonic() - begin
            harness.check(f'{trial}: it ends with exit status {outcome}', status == outcome and proxy.has_cut and
                          took_s < SILENCE_TIMEOUT_S * 2 + 10, f'{status} after {took_s:.1f} s: {output}{said}')
            proxy.arm(Plan())
            trial.outcome = status
            sweep.judge_again(trial, json.loads(output), *sweep.run(proxy.port, trial, SERVER_PATIENCE_S))
            harness.check(f'{trial}: done again there is one result', not trial.faults, trial.faults)


def check_rows(sweep):
    """Whatever was tried is there once and whole."""
    connection = harness.read_only(sweep.database)
    twice = connection.execute('SELECT idempotency_key, count(*) FROM transactions GROUP BY idempotency_key, source_system '
                               'HAVING count(*) <> 1')
    harness.check('no key was used twice', not twice, list(map(list, twice)))
    halves = connection.execute('SELECT transaction_id, (SELECT count(*) FROM journal_entries e WHERE e.transaction_id = '
                                't.transaction_id) AS n FROM transactions t HAVING n <> 2')
    harness.check('every transaction has both its entries', not halves, list(map(list, halves)))
    harness.check_verify('after all cuts', sweep.database)


class Killer:
    """Ends a random session of the database by KILL CONNECTION, again and again."""

    def __init__(self, database):
        self.database = database
        self.is_over = threading.Event()
        self.kills = 0
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self):
        while not self.is_over.wait(KILL_PAUSE_S):
            _, output, _ = harness.client(None, 'SELECT id FROM information_schema.processlist WHERE db = '
                                                f"'{self.database.name}' ORDER BY rand() LIMIT 1")
            if output.strip():
                status, _, _ = harness.client(None, f'KILL CONNECTION {output.strip()}')
                self.kills += status == 0

    def stop(self):
        self.is_over.set()
        self.thread.join()


def check_load(name, database, uri, disturb, processes=LOAD_PROCESSES, seconds=LOAD_S):
    """Postings for a while, under whatever `disturb` does meanwhile; gives what that returns."""
    loops = [posters.Poster(uri, f'{name}{i}', deadline_ms=DEADLINE_MS, milliseconds=seconds * 1000).start()
             for i in range(processes)]
    count = disturb(loops)
    again = [line for loop in loops for line in loop.again]
    print(f'# {name}: {count} in {seconds} s; posted {[len(loop.acknowledged) for loop in loops]}; longest wait '
          f'{max(loop.longest_ms or 0 for loop in loops)} ms; {len(again)} calls told of it')
    harness.check(f'{name}: there were some', count > 10, count)
    harness.check(f'{name}: nobody noticed', not again and not any(loop.faults for loop in loops),
                  '\n'.join([*again[:10], *(fault for loop in loops for fault in loop.faults)]))
    posters.check_ledger(name, database, loops)


def check_loads(server):
    def kill(loops):
        killer = Killer(killed)
        for loop in loops:
            loop.finish()
        killer.stop()
        return killer.kills
    killed = posters.new_ledger('killed')
    check_load('kills', killed, harness.uri(killed), kill)
    # Who is alone posts ahead of the lock.
    killed = posters.new_ledger('killed_alone')
    check_load('kills of one', killed, harness.uri(killed), kill, processes=1, seconds=ALONE_S)

    def cut(loops):
        for loop in loops:
            loop.finish()
        return proxy.cuts
    database = posters.new_ledger('cut')
    with CutProxy(server.port) as proxy:
        proxy.arm(Plan(bytes_max=BYTES_MAX))
        check_load('cuts', database, f'mysql://cut:secret@127.0.0.1:{proxy.port}/{database.name}', cut)
    database = posters.new_ledger('cut_alone')
    with CutProxy(server.port) as proxy:
        proxy.arm(Plan(bytes_max=BYTES_MAX))
        check_load('cuts of one', database, f'mysql://cut:secret@127.0.0.1:{proxy.port}/{database.name}', cut,
                   processes=1, seconds=ALONE_S)


def main():
    seed = int(os.environ.get('SEED', time.time_ns() % 1000000))
    random.seed(seed)
    print(f'# SEED={seed}')
    chosen = sys.argv[1:] or list(OPERATIONS)
    with posters.MariadbServer() as server:
        posters.use_server(server)
        harness.client(None, "CREATE USER cut@'127.0.0.1' IDENTIFIED BY 'secret'; GRANT ALL ON *.* TO cut@'127.0.0.1'")
        sweep = Sweep(server, posters.new_ledger('cuts'))
        if 'reverse' in chosen:
            sweep.make_originals(3000 if IS_FULL else 600)
        for operation in chosen:
            check_operation(sweep, operation)
        check_silence(sweep)
        check_rows(sweep)
        check_loads(server)
    harness.plan()


if __name__ == '__main__':
    main()
