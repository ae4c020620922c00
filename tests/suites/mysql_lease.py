#!/usr/bin/env python3
"""The lease of a Galera cluster of three: writers who name the nodes in any order stand at one, go to another when it is
killed or hangs, and a node outside the primary component never gets a unit of work.

Environment: see tests/support/harness.py."""

import os
import pathlib
import signal
import sys
import threading
import time

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / 'support'), str(TESTS.parent / 'tools')]
import harness
from cluster import NODES, Cluster
from mysql_connect import Connect

DONE, UNAVAILABLE, LOST = 'LEDGER_DONE', 'LEDGER_DATABASE_IS_UNAVAILABLE', 'LEDGER_CONNECTION_IS_LOST'
FAILOVER_MS = 30000  # the cluster itself takes some seconds to give a dead node up
TABLE = '''CREATE TABLE writer_lease (lease_id TINYINT PRIMARY KEY, node_name VARCHAR(128) NOT NULL, term BIGINT NOT NULL,
           taken_at DATETIME(6) NOT NULL); INSERT INTO writer_lease VALUES (1, '', 0, UTC_TIMESTAMP(6))'''


def check(name, answer, outcome, *phrases, node=None, rows=None, at_most_ms=FAILOVER_MS):
    is_so = answer.outcome == outcome and all(phrase in answer.message for phrase in phrases)
    is_so = is_so and node in (None, answer.node) and rows in (None, answer.rows) and answer.took_ms <= at_most_ms
    return harness.check(name, is_so, answer)


class Lease:
    def __init__(self, cluster):
        self.cluster = cluster
        self.names = {number: cluster.query(number, 'SELECT @@wsrep_node_name')[0][0] for number in NODES}

    def number_of(self, name):
        return next(number for number in NODES if self.names[number] == name)

    def holder(self, number=1):
        return self.cluster.query(number, 'SELECT node_name, term FROM ledger_db.writer_lease')[0]

    def connect(self, *numbers, timeout_ms=FAILOVER_MS):
        return Connect(self.cluster.uri_of(*numbers), timeout_ms)


def check_following(lease):
    first = lease.names[1]
    with lease.connect(1, 2, 3) as writer, lease.connect(3, 2, 1) as other:
        check('before init there is no lease to follow', writer.do('ready write'), DONE, node=first)
        check('and none to lose', writer.do('check'), DONE, rows=[('ours',)])
        lease.cluster.query(1, f'USE ledger_db; {TABLE}')
        check('a lease that nobody holds is not ours', writer.do('check'), DONE, rows=[("another's",)])
        check('it is taken', writer.do('ready write'), DONE, node=first)
        check('and ours', writer.do('check'), DONE, rows=[('ours',)])
        check('readers stay where they are', other.do('ready read'), DONE, node=lease.names[3])
        check('writers go to the holder', other.do('ready write'), DONE, node=first)
        harness.check('whose lease is as it was', lease.holder(3) == (first, '1'), lease.holder(3))
        check('reads wait for what others committed', other.do('sql SELECT @@SESSION.wsrep_sync_wait'), DONE, rows=[('1',)])
    with lease.connect(2, 3) as stranger, lease.connect(1, 2, 3) as writer:
        writer.do('ready write')
        check('who does not know the holder takes the lease', stranger.do('ready write'), DONE, node=lease.names[2])
        check('the holder sees it within its unit', writer.do('check'), DONE, rows=[("another's",)])
        check('and follows', writer.do('ready write'), DONE, node=lease.names[2])


def check_race(lease):
    """All at once, with every order of the hosts."""
    lease.cluster.query(1, "UPDATE ledger_db.writer_lease SET node_name = '', term = term + 1")
    orders = [(1, 2, 3), (2, 3, 1), (3, 1, 2), (1, 3, 2), (2, 1, 3), (3, 2, 1)] * 2
    writers = [lease.connect(*order) for order in orders]
    answers = [None] * len(writers)

    def race(index):
        answers[index] = writers[index].do('ready write')

    threads = [threading.Thread(target=race, args=(index,)) for index in range(len(writers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    nodes = {answer.node for answer in answers if answer.outcome == DONE}
    harness.check('twelve that take it at once agree', len(nodes) == 1 and all(a.outcome == DONE for a in answers), answers)
    still = [writer.do('check').rows for writer in writers]
    harness.check('and all of them know', still == [[('ours',)]] * len(writers), still)
    for writer in writers:
        writer.__exit__()


def check_crash(lease):
    name = lease.holder()[0]
    dead = lease.number_of(name)
    alive = [number for number in NODES if number != dead]
    with lease.connect(dead, *alive) as writer, lease.connect(*alive, dead) as other:
        writer.do('ready write')
        other.do('ready write')
        lease.cluster.kill(dead)
        check('the holder is killed: its connection is lost', writer.do('sql SELECT 1'), LOST)
        answer = writer.do('ready write')
        check('another node takes over', answer, DONE)
        harness.check('one that lives', lease.number_of(answer.node) in alive, answer)
        other.do('sql SELECT 1')
        check('the other writer follows', other.do('ready write'), DONE, node=answer.node)
        lease.cluster.start(dead)
        lease.cluster.wait_synced(NODES, 3)
        with lease.connect(dead, *alive) as late:
            check('who was dead comes back as one of many', late.do('ready write'), DONE, node=answer.node)


def check_hang(lease):
    name = lease.holder()[0]
    stopped = lease.number_of(name)
    others = [number for number in NODES if number != stopped]
    lease.cluster.signal(stopped, signal.SIGSTOP, 'mariadbd')
    try:
        with lease.connect(stopped, *others) as writer:
            answer = writer.do('ready write')
            check('a holder that hangs is left', answer, DONE)
            harness.check('for one that does not', lease.number_of(answer.node) in others, answer)
    finally:
        lease.cluster.signal(stopped, signal.SIGCONT, 'mariadbd')
    lease.cluster.wait_synced(NODES, 3)


def check_minority(lease):
    with lease.connect(3, timeout_ms=2000) as writer:
        check('the last of three', writer.do('ready write'), DONE, node=lease.names[3])
        lease.cluster.kill(1, 2)
        deadline = time.monotonic() + 60
        while lease.cluster.status_of(3).get('component') == 'Primary' and time.monotonic() < deadline:
            time.sleep(0.2)
        check('left alone it takes no statement', writer.do('sql UPDATE writer_lease SET term = term + 1'), LOST,
              'primary component')
        check('and gets no unit that writes', writer.do('ready write'), UNAVAILABLE,
              "Can't connect to MySQL server on '127.0.0.1:", 'primary component', at_most_ms=4000)
        check('nor one that reads', writer.do('ready read'), UNAVAILABLE, 'primary component', at_most_ms=4000)


def main():
    directory = harness.scratch()
    directory.chmod(0o755)  # the servers are another user's where this is root's
    os.environ['HOME'] = str(directory)
    cluster = Cluster(directory / 'cluster')
    try:
        cluster.up()
        lease = Lease(cluster)
        check_following(lease)
        check_race(lease)
        check_crash(lease)
        check_hang(lease)
        check_minority(lease)
    finally:
        if cluster.state:
            cluster.down()
    harness.plan()


if __name__ == '__main__':
    main()
