#!/usr/bin/env python3
"""A Galera cluster of three nodes under load: writers on all nodes, the node that takes the postings killed, a minority cut
off. Each ends with what was acknowledged there once, numbers without gaps, sums exact, and verify clean on every node.

The cluster is the suite's own, in network namespaces, which take root. Arguments: names of cases, all unless named.
Environment: see tests/support/harness.py; SEED replays the moments at which the client that tries again is killed.
"""

import atexit
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from decimal import Decimal

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(TOP / 'tests' / 'support'), str(TOP / 'tools')]
import cluster as galera
import harness

PRIVILEGES = TOP / 'src' / 'store' / 'sql' / 'mariadb' / 'privileges.sql'

NODES = galera.NODES
SPREAD_S = 20
LOAD_S = 22
CUT_LOAD_S = 45
NEVER = json.dumps([{'account_code': '1000', 'entry_type': 'DEBIT', 'amount': '1.00'},
                    {'account_code': '4000', 'entry_type': 'CREDIT', 'amount': '1.00'}])
# From the death of a node to postings on another: evs.suspect_timeout is 2 s, the rest is agreeing, and a busy machine.
FAIL_OVER_MS_MAX = 12000


class Loads:
    """Processes of post_loop on one database, each a source system of its own."""

    def __init__(self, cluster, database):
        self.cluster = cluster
        self.database = database
        self.processes = {}
        self.files = {}

    def start(self, source, uri, seconds, inside=None):
        """`inside`: where that node stands, so that it sees what the node sees."""
        words = [harness.program('post_loop'), uri, source, '0', str(seconds * 1000)]
        self.files[source] = tempfile.TemporaryFile('w+')
        self.processes[source] = subprocess.Popen(self.cluster.words_in(inside, *words) if inside else words,
                                                  stdout=self.files[source], stderr=subprocess.PIPE, text=True)

    def lines(self, source):
        file = self.files[source]
        file.seek(0)
        return file.read().split('\n')[:-1]

    def acknowledged(self, source):
        return {int(words[0]): (words[1], words[2])
                for words in (line.split() for line in self.lines(source) if not line.startswith('#'))}

    def wait(self):
        """What each said at its end: source → (exit status, standard error)."""
        ends = {}
        for source, process in self.processes.items():
            _, said = process.communicate()
            ends[source] = (process.returncode, said)
        return ends

    def longest_ms(self):
        return {source: int(line.split()[3]) for source in self.processes for line in self.lines(source)
                if line.startswith('# longest wait')}


class Retry(threading.Thread):
    """A client that is killed again and again, and then sends the same requests with the same keys: what was acknowledged
    once has to be acknowledged the same way ever after."""

    SOURCE = 'retry'

    def __init__(self, uris, chance):
        super().__init__(daemon=True)
        self.uris = list(uris.values())
        self.chance = chance
        self.told = {}
        self.again = 0
        self.faults = []
        self.is_over = threading.Event()
        self.start()

    def run(self):
        while not self.is_over.is_set():
            first = max(0, max(self.told, default=-1) - 5)
            with subprocess.Popen([harness.program('post_loop'), self.chance.choice(self.uris), self.SOURCE, str(first), '0'],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
                try:
                    process.wait(self.chance.uniform(0.1, 2))
                except subprocess.TimeoutExpired:
                    process.kill()
                self.take(process.stdout.read(), process.stderr.read())

    def take(self, output, said):
        for line in output.split('\n')[:-1]:
            number, transaction_id, transaction_number, how = line.split()
            told = (transaction_id, transaction_number)
            self.again += how == 'again'
            if self.told.setdefault(int(number), told) != told:
                self.faults.append(f'request {number}: {told}, first {self.told[int(number)]}')
        if said:
            self.faults.append(said)

    def stop(self):
        self.is_over.set()
        self.join()


def amount(number):
    """As the loop makes it: which way round, how much."""
    value = Decimal(number * 7919 % 99999 + 1) / 100
    return -value if number % 9 == 0 else value


def ask(cluster, number, sql):
    """Rows, as of whatever any node has committed before."""
    return cluster.query(number, f'SET SESSION wsrep_sync_wait = 1; {sql}', timeout_s=120)


def new_ledger(cluster, database):
    cluster.make_database(database)
    status, output, said = harness.run(harness.program('post_loop'), '--create', cluster.uris(database)[1])
    harness.check(f'{database}: a ledger to post to', status == 0, output + said)


def holder(cluster, database):
    """The node that takes the postings, by the lease."""
    running = cluster.running()
    return int(ask(cluster, running[0], f'SELECT node_name FROM {database}.writer_lease')[0][0].removeprefix('node'))


def check_ledger(cluster, database, acknowledged):
    """The database of every node against what was acknowledged: source → request → (id, number)."""
    rows = ask(cluster, 1, f'SELECT idempotency_key, source_system, transaction_id, transaction_number FROM {database}.transactions '
                           'ORDER BY log_index')
    stored = {}
    for key, source, *told in rows:
        stored.setdefault((source, int(key.rpartition('-')[2])), []).append(tuple(told))
    count = sum(map(len, acknowledged.values()))
    missing = [(source, number) for source, requests in acknowledged.items() for number, told in requests.items()
               if stored.get((source, number)) != [told]]
    harness.check(f'{database}: all {count} acknowledged are there once, as they were told', not missing, missing[:20])
    twice = [request for request, found in stored.items() if len(found) != 1]
    harness.check(f'{database}: none of {len(stored)} is there twice', not twice, twice[:20])
    days = {}
    for found in rows:
        days.setdefault(found[3][:8], []).append(int(found[3][9:]))
    harness.check(f'{database}: numbers go up by one within each day, in the order of the log',
                  all(numbers == list(range(1, len(numbers) + 1)) for numbers in days.values()), list(days))
    cash = sum((amount(number) for _, number in stored), Decimal(0))
    for node in NODES:
        balances = {code: Decimal(balance) for code, balance in
                    ask(cluster, node, f'SELECT account_code, balance FROM {database}.v_account_balances')}
        harness.check(f'{database}: the balances on node {node} are the sums', balances == {'1000': cash, '4000': cash},
                      f'{balances} {cash}')
    heads = [ask(cluster, node, f'SELECT * FROM {database}.integrity_head') for node in NODES]
    harness.check(f'{database}: the head is the same on every node', heads[0] == heads[1] == heads[2], heads)
    for node in NODES:
        ask(cluster, node, f'GRANT SELECT ON {database}.* TO reader_{node}@localhost IDENTIFIED BY "a password"')
    grants = [ask(cluster, node, f'USE {database}; {PRIVILEGES.read_text(encoding="utf-8")}') for node in NODES]
    harness.check(f'{database}: what accounts may do is the same on every node', len(grants[0]) > len(NODES) and
                  grants[0] == grants[1] == grants[2], grants)
    for node in NODES:
        status, output, said = harness.run(harness.ADMIN, '--db', cluster.uri_of(node, database=database), '--json', 'verify')
        harness.check(f'{database}: verify on node {node} is clean',
                      status == 0 and json.loads(output or '{}').get('valid') is True, output + said)


def check_loops(database, loads, ends, sources):
    """These ended well and each of them posted; gives the longest wait of any."""
    bad = {source: ends[source] for source in sources if ends[source] != (0, '')}
    harness.check(f'{database}: {len(sources)} processes end well', not bad, bad)
    counts = {source: len(loads.acknowledged(source)) for source in sources}
    harness.check(f'{database}: each of them got its turn', all(counts.values()), counts)
    waits = loads.longest_ms()
    print(f'# {database}: {sum(counts.values())} transactions, each {sorted(counts.values())}; '
          f'longest waits {sorted(waits[source] for source in sources if source in waits)} ms')
    return max((waits.get(source, 10 ** 6) for source in sources), default=0)


def check_retry(database, retry):
    harness.check(f'{database}: {retry.again} requests sent again, of {len(retry.told)}, had the answer they had first',
                  retry.again > 0 and not retry.faults, '\n'.join(retry.faults[:20]))


def case_spread(cluster, chance):
    """Four writers by each node's list of hosts, to the same two accounts."""
    database = 'ledger_spread'
    new_ledger(cluster, database)
    loads = Loads(cluster, database)
    for node, uri in cluster.uris(database).items():
        for writer in range(4):
            loads.start(f'n{node}w{writer}', uri, SPREAD_S)
    ends = loads.wait()
    longest_ms = check_loops(database, loads, ends, list(ends))
    harness.check(f'{database}: nobody waited 2 s', longest_ms < 2000, loads.longest_ms())
    check_ledger(cluster, database, {source: loads.acknowledged(source) for source in ends})


def case_killed(cluster, chance):
    """The node that takes the postings, killed under load; the others go on, and it comes back."""
    database = 'ledger_killed'
    new_ledger(cluster, database)
    retry = Retry(cluster.uris(database), chance)
    loads = Loads(cluster, database)
    for node, uri in cluster.uris(database).items():
        for writer in range(2):
            loads.start(f'n{node}w{writer}', uri, LOAD_S)
    time.sleep(5)
    first = holder(cluster, database)
    cluster.kill(first)
    time.sleep(8)
    second = holder(cluster, database)
    harness.check(f'{database}: node {first} was killed, and node {second} has the lease', second != first)
    cluster.start(first)
    harness.check(f'{database}: it is back under load', cluster.is_synced(first, len(NODES)))
    ends = loads.wait()
    retry.stop()
    longest_ms = check_loops(database, loads, ends, list(ends))
    harness.check(f'{database}: nobody waited {FAIL_OVER_MS_MAX} ms', longest_ms < FAIL_OVER_MS_MAX, loads.longest_ms())
    check_retry(database, retry)
    check_ledger(cluster, database, {Retry.SOURCE: retry.told, **{source: loads.acknowledged(source) for source in ends}})


def try_in_minority(cluster, database, node, *words, text=None):
    """A command at the side of a node that is cut off: it ends with status 4, within its timeout."""
    begin = time.monotonic()
    status, output, said = harness.run(
        *cluster.words_in(node, str(harness.ADMIN), '--db', cluster.uris(database)[node], *words), text=text,
        environment={'DB_QUERY_TIMEOUT': '5'})
    seconds = time.monotonic() - begin
    harness.check(f'{database}: {words[0]} there ends with exit status 4 after {seconds:.1f} s, by its timeout of 5 s',
                  status == 4 and seconds < 8, f'exit status {status}: {output}{said}')


def case_cut(cluster, chance):
    """The node that takes the postings, cut off with clients at its side; the majority goes on, the minority never writes,
    and when the network is mended its clients go on as well."""
    database = 'ledger_cut'
    new_ledger(cluster, database)
    uris = cluster.uris(database)
    retry = Retry(uris, chance)
    loads = Loads(cluster, database)
    majority = [f'n{node}' for node in NODES]
    for source, uri in zip(majority, uris.values()):
        loads.start(source, uri, CUT_LOAD_S)
    time.sleep(3)
    alone = holder(cluster, database)
    minority = ['minority0', 'minority1']
    for source in minority:
        loads.start(source, uris[alone], CUT_LOAD_S, inside=alone)
    time.sleep(3)
    harness.check(f'{database}: the writers beside node {alone} post as others do', all(map(loads.acknowledged, minority)))
    cluster.cut(alone)
    time.sleep(6)
    harness.check(f'{database}: node {alone} is cut off, and says so',
                  (cluster.status_of(alone) or {}).get('component') == 'non-Primary', cluster.status_of(alone))
    before = {source: len(loads.acknowledged(source)) for source in loads.processes}
    try_in_minority(cluster, database, alone, 'post-transaction', '--event-type', 'SALE', '--description', 'never', '--entries',
                    '-', '--user', 'tester', '--idempotency-key', 'never-0', text=NEVER)
    try_in_minority(cluster, database, alone, 'balance', '--account-code', '1000')
    after = {source: len(loads.acknowledged(source)) for source in loads.processes}
    harness.check(f'{database}: the minority acknowledged nothing meanwhile, the majority went on',
                  all(before[source] == after[source] for source in minority)
                  and all(before[source] < after[source] for source in majority), f'{before}, then {after}')
    cluster.heal()
    cluster.wait_synced(NODES, len(NODES))
    ends = loads.wait()
    retry.stop()
    check_loops(database, loads, ends, list(ends))
    longest = loads.longest_ms()
    harness.check(f'{database}: nobody in the majority waited {FAIL_OVER_MS_MAX} ms',
                  max(longest.get(source, FAIL_OVER_MS_MAX) for source in majority) < FAIL_OVER_MS_MAX, longest)
    harness.check(f'{database}: the minority went on when it was one no more',
                  all(len(loads.acknowledged(source)) > after[source] for source in minority))
    check_retry(database, retry)
    never = ask(cluster, 1, f"SELECT count(*) FROM {database}.transactions WHERE idempotency_key = 'never-0'")
    harness.check(f'{database}: what was to be posted in the minority is nowhere', never == [('0',)], never)
    check_ledger(cluster, database, {Retry.SOURCE: retry.told, **{source: loads.acknowledged(source) for source in ends}})


CASES = {'spread': case_spread, 'killed': case_killed, 'cut': case_cut}


def main():
    seed = int(os.environ.get('SEED', time.time_ns() % 1000000))
    print(f'# SEED={seed}')
    directory = harness.scratch()
    directory.chmod(0o755)  # the servers run as another user
    cluster = galera.Cluster(directory / 'cluster', namespaces=True)
    atexit.register(cluster.down)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    begin = time.monotonic()
    cluster.up()
    harness.check(f'a cluster of three, after {time.monotonic() - begin:.0f} s', True)
    for name in sys.argv[1:] or CASES:
        CASES[name](cluster, random.Random(f'{seed} {name}'))
    harness.plan()


if __name__ == '__main__':
    try:
        main()
    except galera.ClusterError as error:
        harness.stop(error)
