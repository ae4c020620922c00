#!/usr/bin/env python3
"""What a server can refuse or lack: connections, writes, space, time, its triggers, its columns, itself, the right
password, the database. Each ends with the outcome, the words and the exit status that an operator is told to look for,
leaves nothing half done, and once it is over the same request is posted, once.

The servers are the suite's own. The disk that runs full is a small one in memory where mounts can be made (as root, or
in a user namespace); where none can, that part says so, and a tablespace with a limit remains."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
import harness
import posters
from cut_proxy import BEFORE, CutProxy, Plan
from posters import MariadbServer

PASSWORD = 'very-secret-3141'
MOUNTS = 'LEDGER_TEST_MOUNTS'  # set in the mount namespace that the suite makes for itself
CONNECTIONS_MAX = 10           # the least that a server takes, beside the one for its administrator
DISK_MIB = 192
TRANSACTIONS = 4500            # of two entries: more than two pages of what a scan asks for at once
SERVER_SAYS_FULL = ('failed with error 28', 'is full', 'Out of disk space', 'No space left on device', 'Disk is full')
ENTRIES = json.dumps([{'account_code': '1000', 'entry_type': 'DEBIT', 'amount': '2.00'},
                      {'account_code': '4000', 'entry_type': 'CREDIT', 'amount': '2.00'}])
CANNOT = "Can't connect to MySQL server on"
LOST = 'Lost connection to MySQL server on'


def as_dba(sql, database=None):
    status, output, said = harness.client(database, sql)
    if status != 0:
        harness.stop(f'{sql}: {output}{said}')
    return output.strip()


class Session:
    """A session of the administrator's client that stays."""

    def __init__(self, database, sql):
        socket = harness.server_uri().partition('unix_socket=')[2]
        self.process = subprocess.Popen(
            ['mariadb', '--no-defaults', '--user=root', f'--socket={socket}', '--batch', '--skip-column-names',
             '--unbuffered', database.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdin.write(f"{sql}; SELECT CONNECTION_ID(), 'ready';\n")
        self.process.stdin.flush()
        line = ''
        while not line.endswith('ready\n'):
            line = self.process.stdout.readline()
            if line == '':
                harness.stop(f'{sql}: the client ended')
        self.number = line.split()[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait()


class Ledger:
    """A ledger as the application comes to it: by TCP, with a password, and the privileges of its role."""

    def __init__(self, server, name):
        self.server = server
        self.database = posters.new_ledger(name)
        self.user = f'app_{name}'
        self.requests = 0
        status, script, said = harness.run(harness.ADMIN, 'grants', '--role', 'app', '--user', self.user, '--host',
                                           '127.0.0.1', '--database', self.database.name,
                                           environment={'LEDGER_DB_URI': ''})
        if status != 0:
            harness.stop(f'grants: {said}')
        as_dba(script.replace('-- CREATE USER ', 'CREATE USER ').replace('<password>', PASSWORD))

    def uri(self, port=None, database=None, password=PASSWORD):
        return f'mysql://{self.user}:{password}@127.0.0.1:{port or self.server.port}/{database or self.database.name}'

    def run(self, *words, timeout_s=1, text=None, uri=None):
        """As the environment gives it; gives (exit status, document or None, everything said, milliseconds)."""
        begin = time.monotonic()
        status, output, said = harness.run(harness.ADMIN, '--json', *words, text=text, environment={
            'LEDGER_DB_URI': uri or self.uri(), 'DB_QUERY_TIMEOUT': str(timeout_s)})
        took_ms = int((time.monotonic() - begin) * 1000)
        return status, json.loads(output) if output else None, output + said, took_ms

    def new_key(self):
        self.requests += 1
        return f'limit-{self.requests}'

    def post(self, key, timeout_s=1, uri=None):
        return self.run('post-transaction', '--event-type', 'SALE', '--description', 'A sale', '--user', 'ana',
                        '--entries', '-', '--idempotency-key', key, text=ENTRIES, timeout_s=timeout_s, uri=uri)

    def check_refused(self, name, key, outcome, *phrases, exit_status=4, timeout_s=1, uri=None, at_least_ms=0,
                      at_most_ms=15000):
        status, document, said, took_ms = self.post(key, timeout_s, uri)
        harness.check(name, status == exit_status and document['error'] == outcome and
                      all(phrase in document['message'] for phrase in phrases) and PASSWORD not in said and
                      at_least_ms <= took_ms <= at_most_ms, f'{status} after {took_ms} ms: {said}')
        return document

    def check_posts(self, name, key, timeout_s=30):
        """For the first time: whatever was tried before left nothing."""
        status, document, said, _ = self.post(key, timeout_s)
        harness.check(name, status == 0 and not document['replayed'], f'{status} {said}')


def crowd(ledger, count):
    """Connections of the application that do nothing."""
    program = ['mariadb', '--no-defaults', f'--user={ledger.user}', f'--password={PASSWORD}', '--protocol=tcp',
               '--host=127.0.0.1', f'--port={ledger.server.port}', '--execute=SELECT sleep(60)', ledger.database.name]
    processes = []
    deadline = time.monotonic() + 20
    while int(as_dba("SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'SELECT sleep%'")) < count:
        if time.monotonic() > deadline:
            harness.stop('no crowd')
        # One that came while another connection was still ending was turned away.
        processes = [process for process in processes if process.poll() is None]
        processes += [subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                      for _ in range(count - len(processes))]
        time.sleep(0.1)
    return processes


def disperse(processes):
    for process in processes:
        process.kill()
        process.wait()


def check_connections():
    with MariadbServer(options={'max-connections': CONNECTIONS_MAX}) as server:
        posters.use_server(server)
        ledger = Ledger(server, 'crowded')
        processes = crowd(ledger, CONNECTIONS_MAX)
        key = ledger.new_key()
        ledger.check_refused('a server that takes no more connections is busy, and it is said what to do', key,
                             'LEDGER_DATABASE_IS_BUSY', CANNOT, f"'127.0.0.1:{server.port}'", 'Too many connections',
                             'attempts in', "raise the server's limit on connections", 'DB_POOL_SIZE', at_least_ms=900)
        timer = threading.Timer(1, disperse, [processes])
        timer.start()
        ledger.check_posts('once some are free again it goes on, within the same call', key)
        timer.join()
        harness.check_verify('connections', ledger.database)


def check_read_only(ledger):
    loop = posters.Poster(ledger.uri(), 'read_only', deadline_ms=2000).start()
    key = ledger.new_key()
    time.sleep(0.3)
    as_dba('SET GLOBAL read_only = ON')
    ledger.check_refused('a server that is read-only refuses, and it is said what to do', key,
                         'LEDGER_DATABASE_IS_READ_ONLY', 'read-only', 'take read_only off the server')
    status, _, said, _ = ledger.run('balance', '--account-code', '1000')
    harness.check('reading goes on meanwhile', status == 0, said)
    before = loop.told()
    as_dba('SET GLOBAL read_only = OFF')
    ledger.check_posts('posting goes on afterwards', key)
    deadline = time.monotonic() + 20
    while loop.told() == before and time.monotonic() < deadline:
        time.sleep(0.05)
    loop.stop()
    reasons = {line.split()[5] for line in loop.again}
    harness.check('so do those who were at it, who were told as much', not loop.faults and
                  reasons == {'LEDGER_DATABASE_IS_READ_ONLY:'}, [*loop.faults, *loop.again[:5]])
    check_sums('read-only', ledger, [loop])


def check_sums(name, ledger, loops):
    """Everything that the posters were told, and nothing twice."""
    stored = harness.rows(harness.read_only(ledger.database), 'SELECT idempotency_key, transaction_id FROM transactions')
    by_key = {row['idempotency_key']: row['transaction_id'] for row in stored}
    missing = [number for loop in loops for number, told in loop.acknowledged.items()
               if by_key.get(f'{loop.source}-{number}') != told[0]]
    harness.check(f'{name}: all {sum(len(loop.acknowledged) for loop in loops)} acknowledged are there, none of '
                  f'{len(stored)} twice', not missing and len(by_key) == len(stored), missing[:10])
    harness.check_verify(name, ledger.database)


def check_time(ledger):
    key = ledger.new_key()
    with Session(ledger.database, 'START TRANSACTION; SELECT head_id FROM integrity_head FOR UPDATE') as holder:
        ledger.check_refused('a lock that somebody holds is waited for until DB_QUERY_TIMEOUT', key,
                             'LEDGER_DATABASE_IS_BUSY', 'waited', 'the lock of integrity_head', timeout_s=2,
                             at_least_ms=900, at_most_ms=5000)
        as_dba(f"GRANT PROCESS ON *.* TO {ledger.user}@'127.0.0.1'")
        ledger.check_refused('who may see the others is told who holds it', key, 'LEDGER_DATABASE_IS_BUSY',
                             f'connection {holder.number} of root from localhost', timeout_s=2)
        threading.Timer(1, holder.__exit__).start()
        ledger.check_posts('once it is let go of, it goes on, within the same call', key)
    for name, sql in (('LOCK TABLES', 'LOCK TABLES integrity_head WRITE, transactions WRITE'),
                      ('FLUSH TABLES WITH READ LOCK', 'FLUSH TABLES WITH READ LOCK')):
        key = ledger.new_key()
        with Session(ledger.database, sql) as holder:
            ledger.check_refused(f'so is {name}', key, 'LEDGER_DATABASE_IS_BUSY', timeout_s=2, at_most_ms=6000)
            threading.Timer(1, holder.__exit__).start()
            ledger.check_posts(f'and its end too ({name})', key)
    harness.check_verify('time', ledger.database)


def check_guards(ledger):
    """Every trigger matters; one of them is tried."""
    trigger = 'trg_prevent_journal_entry_update'
    loops = [posters.Poster(ledger.uri(), 'guards', deadline_ms=2000).start()]
    row = harness.read_only(ledger.database).execute(f'SHOW CREATE TRIGGER {trigger}')[0]
    as_dba(f'DROP TRIGGER {trigger}', ledger.database)
    key = ledger.new_key()
    document = ledger.check_refused('a dropped trigger stops posting', key, 'LEDGER_GUARDS_ARE_MISSING', trigger,
                                    exit_status=3)
    harness.check('and it is said what to do', 'verify' in json.dumps(document), document)
    status, document, said, _ = ledger.run('verify', timeout_s=30)
    found = [violation for violation in document['violations'] if trigger in violation['detail']] if document else []
    harness.check('verify says which one it is', status == 3 and len(found) == 1, f'{status} {said}')
    as_dba(f"SET sql_mode = '{row['sql_mode']}';\nDELIMITER //\n{row['SQL Original Statement']}//", ledger.database)
    loops[0].stop()
    harness.check('who was connected before was not cut off', not loops[0].faults, loops[0].faults)
    ledger.check_posts('put back as it was, it stops nothing', key)
    check_sums('guards', ledger, loops)


def check_columns(ledger):
    shown = harness.read_only(ledger.database).execute('SHOW CREATE TABLE journal_entries')[0]['Create Table']
    as_is = next(line.strip().rstrip(',') for line in shown.split('\n') if line.strip().startswith('`cost_center`'))
    as_dba('ALTER TABLE journal_entries MODIFY cost_center VARCHAR(7)', ledger.database)
    status, document, said, _ = ledger.run('verify', timeout_s=30)
    found = [violation for violation in document['violations'] if 'journal_entries' in violation['detail']] if document else []
    harness.check('verify says which table was changed', status == 3 and found, f'{status} {said}')
    as_dba(f'ALTER TABLE journal_entries MODIFY {as_is}', ledger.database)
    harness.check_verify('columns', ledger.database)


def check_names(ledger, directory):
    """A wrong password, a wrong database; and who could have seen the right password."""
    key = ledger.new_key()
    wrong = 'wrong-secret-2718'
    document = ledger.check_refused('a wrong password is told at once', key, 'LEDGER_ACCESS_IS_DENIED', CANNOT,
                                    'Access denied', uri=ledger.uri(password=wrong), timeout_s=9, at_most_ms=2000)
    harness.check('and not shown', wrong not in json.dumps(document), document)
    as_dba('CREATE DATABASE other')
    as_dba(f"GRANT ALL ON other.* TO {ledger.user}@'127.0.0.1'; GRANT ALL ON nowhere.* TO {ledger.user}@'127.0.0.1'")
    ledger.check_refused('a database that is not there is told with what to do', key, 'LEDGER_DATABASE_IS_UNAVAILABLE',
                         CANNOT, 'there is no database "nowhere"', 'CREATE DATABASE `nowhere`', 'init --confirm',
                         uri=ledger.uri(database='nowhere'), at_most_ms=2000, timeout_s=9)
    ledger.check_refused('so is one without a ledger', key, 'LEDGER_IS_NOT_INITIALISED', exit_status=1,
                         uri=ledger.uri(database='other'), at_most_ms=2000, timeout_s=9)
    seen = watch_waiting(ledger, directory)
    harness.check('no password in the list of processes, nor in that of the server', seen and PASSWORD not in seen, seen)
    ledger.check_posts('the right one posts', key)
    written = as_dba('SELECT * FROM audit_log; SELECT * FROM transactions', ledger.database)
    harness.check('no password in the ledger', key in written and PASSWORD not in written and wrong not in written)
    log = ledger.server.log()
    harness.check("no password in the server's log", PASSWORD not in log and wrong not in log)


def watch_waiting(ledger, directory):
    """What others see of a command that was given the password on its command line, while it waits for a lock."""
    with Session(ledger.database, 'START TRANSACTION; SELECT head_id FROM integrity_head FOR UPDATE'):
        (directory / 'entries.json').write_text(ENTRIES, encoding='utf-8')
        process = subprocess.Popen([harness.ADMIN, '--db', ledger.uri(), 'post-transaction', '--event-type', 'SALE',
                                    '--description', 'x', '--user', 'ana', '--entries', directory / 'entries.json'],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env={**os.environ, 'DB_QUERY_TIMEOUT': '3'})
        time.sleep(0.7)
        lines = as_dba('SHOW FULL PROCESSLIST')
        harness.check('it is waiting', 'integrity_head' in lines and process.poll() is None, lines)
        command_line = pathlib.Path(f'/proc/{process.pid}/cmdline').read_text(encoding='utf-8')
        process.wait()
    return f'{command_line} {lines}' if 'post-transaction' in command_line else ''


def check_absence(server, ledger):
    """The server ended in good order under a load, gone for a while, and back; then gone."""
    loops = [posters.Poster(harness.uri(ledger.database), f'absent{i}').start() for i in range(2)]
    time.sleep(0.4)
    server.shut_down()
    time.sleep(1)
    server.start()
    posters.use_server(server)
    before = [loop.told() for loop in loops]
    deadline = time.monotonic() + 30
    while any(loop.told() == had for loop, had in zip(loops, before)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for loop in loops:
        loop.stop()
    harness.check('a server that ends and starts again is not noticed', not any([*loop.faults, *loop.again] for loop in loops),
                  [line for loop in loops for line in [*loop.faults, *loop.again]])
    check_sums('absence', ledger, loops)
    with CutProxy(server.port) as proxy:
        words = ['audit', '--days', '1']
        ledger.run(*words, uri=ledger.uri(proxy.port))
        proxy.arm(Plan(cut_at=len(proxy.packets) - 20, how=BEFORE, stays_down=True))
        status, document, said, _ = ledger.run(*words, uri=ledger.uri(proxy.port))
        harness.check('a connection that is lost while reading says so', status == 4 and proxy.has_cut and
                      document['error'] == 'LEDGER_CONNECTION_IS_LOST' and
                      f"{LOST} '127.0.0.1:{proxy.port}' while " in document['message'] and
                      'check the server and the network' in said, f'{status} {said}')
    server.shut_down()
    key = ledger.new_key()
    gone = ledger.check_refused('a server that is not there', key, 'LEDGER_DATABASE_IS_UNAVAILABLE', CANNOT,
                                f"'127.0.0.1:{server.port}'", 'attempts in', timeout_s=2, at_least_ms=1900, at_most_ms=6000)
    harness.check('what to do is said', 'check that it runs' in json.dumps(gone), gone)
    status, _, said, _ = ledger.run('accounts', uri=harness.uri(ledger.database))
    harness.check('by its socket too', status == 4 and f"{CANNOT} '{server.socket_path}'" in said, said)
    server.start()
    posters.use_server(server)
    ledger.check_posts('back again, it posts', key)


def read_all(ledger, log_position):
    """What lives by the order of entries: verify, and a general ledger; gives (its hash, what went wrong)."""
    verify = ledger.run('verify', timeout_s=30)
    with tempfile.NamedTemporaryFile() as file:
        report = ledger.run('report', '--type', 'general-ledger', '--log-position', log_position, '--output', file.name,
                            '--user', 'ana', timeout_s=30)
    if verify[0] != 0 or report[0] != 0:
        return '', f'{verify[2][-1000:]} {report[2][-1000:]}'
    return report[1]['report_hash'], ''


def rows_read():
    """By the server since it started."""
    return int(as_dba("SELECT sum(variable_value) FROM information_schema.global_status "
                      "WHERE variable_name LIKE 'Handler_read%'"))


def check_plans():
    """A server without statistics, as after a crash, takes every table for empty; another is set to read what it joins
    in an order of its own. Neither changes the order in which entries come, or has whole tables read again and again."""
    with MariadbServer(options={'innodb-stats-persistent': 1, 'innodb-stats-auto-recalc': 0}) as server:
        posters.use_server(server)
        ledger = Ledger(server, 'plans')
        loops = [posters.Poster(ledger.uri(), f'plans{i}').start() for i in range(2)]
        while sum(loop.told() for loop in loops) < TRANSACTIONS:
            time.sleep(0.1)
        for loop in loops:
            loop.stop()
        log_position = as_dba('SELECT log_size FROM integrity_head', ledger.database)
        as_dba('ANALYZE TABLE transactions, journal_entries, audit_log, event_positions', ledger.database)
        before = rows_read()
        expected = read_all(ledger, log_position)
        spent = rows_read() - before
        harness.check('a ledger of several pages of entries is read', expected[0], expected[1])
        as_dba("SET GLOBAL join_cache_level = 8; SET GLOBAL optimizer_switch = 'mrr=on,mrr_cost_based=off,mrr_sort_keys=on'")
        found = read_all(ledger, log_position)
        harness.check('so it is on a server that prefers join buffers', found == expected, found[1])
        as_dba("UPDATE mysql.innodb_table_stats SET n_rows = 0, clustered_index_size = 1, sum_of_other_index_sizes = 1; "
               "UPDATE mysql.innodb_index_stats SET stat_value = stat_name NOT LIKE 'n_diff%'")
        server.shut_down()
        server.start()
        posters.use_server(server)
        before = rows_read()
        found = read_all(ledger, log_position)
        harness.check('and on one that takes every table for empty', found == expected, found[1])
        harness.check('without reading more', rows_read() - before < 2 * spent, f'{rows_read() - before}, was {spent}')


def check_tablespace():
    """All tables in one file that may not grow any more."""
    options = {'innodb-data-file-path': 'ibdata1:12M:autoextend:max:30M', 'innodb-file-per-table': 0}
    with MariadbServer(durable=True, options=options) as server:
        posters.use_server(server)
        ledger = Ledger(server, 'tablespace')
        loops = fill(ledger)
        for loop in loops:
            loop.stop()
        check_said_full(loops)
        check_sums('tablespace', ledger, loops)


def fill(ledger):
    """Postings until nothing goes any more, or the server is gone."""
    loops = [posters.Poster(ledger.uri(), f'fill{i}', deadline_ms=3000).start() for i in range(2)]
    deadline = time.monotonic() + 60
    is_full = False
    while not is_full and time.monotonic() < deadline:
        time.sleep(0.1)
        is_full = all('LEDGER_DATABASE_IS_FULL' in loop.read() for loop in loops) or ledger.server.process.poll() is not None
    harness.check('postings find it full', is_full)
    return loops


def check_said_full(loops):
    """A small posting may still find room, so that it is not tried here what becomes of one."""
    again = [line for loop in loops for line in loop.again]
    others = [line for line in again if ' LEDGER_DATABASE_IS_FULL: ' not in line or ' is full (error ' not in line or
              'free or add space on the server' not in line]
    harness.check('and say so, and what to do, and nothing else', again and not others and
                  not any(loop.faults for loop in loops),
                  [*others[:5], *(fault for loop in loops for fault in loop.faults)])


def check_disk():
    """A disk that runs full under a load, and has space again."""
    if MOUNTS not in os.environ:
        print('# no mounts can be made here, neither as root nor in a user namespace: no disk of the server runs full')
        return
    disk = pathlib.Path(tempfile.mkdtemp(prefix='ledger-disk-', dir='/tmp'))
    subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={DISK_MIB}m', 'none', disk], check=True)
    tempfile.tempdir = str(disk)
    options = {'innodb-flush-method': 'fsync', 'innodb-log-file-size': '16M', 'innodb-buffer-pool-size': '32M'}
    try:
        with MariadbServer(durable=True, options=options) as server:
            tempfile.tempdir = None
            posters.use_server(server)
            check_full_disk(server, disk)
    finally:
        tempfile.tempdir = None
        subprocess.run(['umount', '--lazy', disk], check=False)
        disk.rmdir()


def check_full_disk(server, disk):
    """MariaDB ends itself where a rollback finds no space, not always with the last word on it ("Error (Out of disk
    space) in rollback"): then it is started again once there is some, as its service would be."""
    ledger = Ledger(server, 'disk')
    ballast = disk / 'ballast'
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    with ballast.open('wb') as file:
        os.posix_fallocate(file.fileno(), 0, max(free - (4 << 20), 1))
    loops = fill(ledger)
    key = ledger.new_key()
    status, _, said, _ = ledger.post(key, timeout_s=2)
    told = ledger.run('balance', '--account-code', '1000', timeout_s=2)
    has_ended = server.process.poll() is not None
    if has_ended:
        said_full = any(words in server.log() for words in SERVER_SAYS_FULL) or any(
            'LEDGER_DATABASE_IS_FULL' in loop.read() for loop in loops)
        harness.check('the server ended itself for want of space', said_full, server.log()[-2000:])
        harness.check('nothing can be posted', status == 4, f'{status} {said}')
    else:
        harness.check('reading goes on meanwhile', told[0] == 0, told)
    ballast.unlink()
    has_ended = server.process.poll() is not None
    if has_ended:
        server.kill()
        server.start()
    ledger.check_posts('with space again it posts', ledger.new_key())
    before = [loop.told() for loop in loops]
    deadline = time.monotonic() + 30
    while any(loop.told() == had for loop, had in zip(loops, before)) and time.monotonic() < deadline:
        time.sleep(0.05)
    harness.check('so does everybody', all(loop.told() > had for loop, had in zip(loops, before)))
    for loop in loops:
        loop.stop()
    if has_ended:
        harness.check('nobody gave up', not any(loop.faults for loop in loops), [loop.faults for loop in loops])
    else:
        check_said_full(loops)
    check_sums('disk', ledger, loops)
    server.kill()
    server.start()
    check_sums('disk, after a crash', ledger, loops)


def enter_mounts():
    """Runs this suite anew in a mount namespace of its own, so that no mount outlives it; where that is allowed."""
    if MOUNTS in os.environ:
        return
    root = [] if os.geteuid() == 0 else ['--user', '--map-root-user']
    unshare = ['unshare', *root, '--mount', '--propagation', 'private']
    probe = tempfile.mkdtemp(prefix='ledger-mount-')
    try:
        done = subprocess.run([*unshare, 'mount', '-t', 'tmpfs', 'none', probe], capture_output=True, check=False)
        if done.returncode == 0:
            os.environ[MOUNTS] = '1'
            os.execvp('unshare', [*unshare, sys.executable, *sys.argv])
    except FileNotFoundError:
        pass
    finally:
        os.rmdir(probe)


def main():
    enter_mounts()
    directory = harness.scratch()
    os.environ['HOME'] = str(directory)  # and not the option file of whoever runs this
    check_connections()
    with MariadbServer() as server:
        posters.use_server(server)
        ledger = Ledger(server, 'limits')
        check_read_only(ledger)
        check_time(ledger)
        check_guards(ledger)
        check_columns(ledger)
        check_names(ledger, directory)
        check_absence(server, ledger)
    check_plans()
    check_tablespace()
    check_disk()
    harness.plan()


if __name__ == '__main__':
    main()
