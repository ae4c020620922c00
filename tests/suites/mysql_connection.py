#!/usr/bin/env python3
# sanitizers: yes
"""Connections to MariaDB servers of the suite's own: how each session is set up, whose credentials count, what is said
and how long it is tried where there is no server, the wrong one or one that has enough, and who is believed under TLS.

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
from mariadb_server import MariadbServer, free_port
from mysql_connect import Connect, once

PASSWORD = 'p@ss/w0rd:%'
ENCODED = 'p%40ss%2Fw0rd%3A%25'
DONE, UNAVAILABLE, DENIED = 'LEDGER_DONE', 'LEDGER_DATABASE_IS_UNAVAILABLE', 'LEDGER_ACCESS_IS_DENIED'
LOST, BUSY, UNKNOWN = 'LEDGER_CONNECTION_IS_LOST', 'LEDGER_DATABASE_IS_BUSY', 'LEDGER_OUTCOME_IS_UNKNOWN'


def check(name, answer, outcome, *phrases, at_most_ms=None, at_least_ms=0):
    is_so = answer.outcome == outcome and all(phrase in answer.message for phrase in phrases)
    is_so = is_so and at_least_ms <= answer.took_ms and (at_most_ms is None or answer.took_ms <= at_most_ms)
    is_so = is_so and PASSWORD not in answer.message and ENCODED not in answer.message
    return harness.check(name, is_so, answer)


def as_dba(server, sql):
    status, output, said = harness.run('mariadb', '--no-defaults', '--user=root', f'--socket={server.socket_path}',
                                       '--batch', '--skip-column-names', text=sql)
    if status != 0:
        harness.stop(f'{sql}: {output}{said}')
    return output


def furnish(server):
    as_dba(server, f"CREATE DATABASE ledger_db; CREATE USER ledger@'%' IDENTIFIED BY '{PASSWORD}'; "
                   "GRANT ALL ON ledger_db.* TO ledger@'%'")


def at(server, options='', database='ledger_db', user=f'ledger:{ENCODED}', host='127.0.0.1'):
    return f'mysql://{user}@{host}:{server.port}/{database}{options}'


def check_session(server):
    variables = {
        'time_zone': '+00:00',
        'sql_mode': 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
        'tx_isolation': 'REPEATABLE-READ',
        'character_set_client': 'utf8mb4',
        'character_set_results': 'utf8mb4',
        'collation_connection': 'utf8mb4_nopad_bin',
        'foreign_key_checks': '0',
        'autocommit': '1',
        'max_statement_time': '2.500000',
        'innodb_lock_wait_timeout': '5',
    }
    with Connect(at(server), query_timeout_ms=2500) as connect:
        check('a session is made', connect.do('ready write'), DONE)
        for name, value in variables.items():
            answer = connect.do(f'sql SELECT @@SESSION.{name}')
            harness.check(f'its {name} is set', answer.rows == [(value,)], answer)
        connect.do('sql CREATE TABLE days (day DATE, moment DATETIME(6))')
        connect.do("sql INSERT INTO days VALUES ('0001-01-01', '0001-01-01 00:00:00.000001')")
        answer = connect.do('sql SELECT * FROM days')
        harness.check('days of the year 1 are kept', answer.rows == [('0001-01-01', '0001-01-01 00:00:00.000001')], answer)
        check('a zero in a date is refused', connect.do("sql INSERT INTO days VALUES ('2026-13-01', NULL)"),
              'LEDGER_DATABASE_FAILED')
        answer = connect.do('sql LOAD DATA LOCAL INFILE "/etc/hostname" INTO TABLE days')
        harness.check('no file of ours is read for the server', answer.outcome != DONE, answer)
        check('a statement has its limit', connect.do('sql SELECT sleep(9)'), BUSY, 'DB_QUERY_TIMEOUT', at_most_ms=4000)


def check_loss(server):
    with Connect(at(server)) as connect:
        connect.do('ready write')
        check('a killed connection is lost', connect.do('sql KILL CONNECTION_ID()'), LOST,
              f"Lost connection to MySQL server on '127.0.0.1:{server.port}' while testing")
        answer = connect.do('ready write')
        harness.check('the next unit has a new one', answer.outcome == DONE and answer.generation == 2, answer)
        check('a connection lost in COMMIT leaves it open whether it was kept', connect.do('commit KILL CONNECTION_ID()'),
              UNKNOWN, 'Lost connection to MySQL')
        answer = connect.do('ready write')
        harness.check('and is made anew too', answer.outcome == DONE and answer.generation == 3, answer)
        connect.do('idle 6000')
        answer = connect.do('ready read')
        harness.check('one that idled and lives is kept', answer.outcome == DONE and answer.generation == 3, answer)
        number = connect.do('sql SELECT CONNECTION_ID()').rows[0][0]
        as_dba(server, f'KILL {number}')
        connect.do('idle 6000')
        answer = connect.do('ready read')
        harness.check('one that died idling is replaced unseen', answer.outcome == DONE and answer.generation == 4, answer)
        connect.do('age 1799000')
        harness.check('one of less than 30 minutes is kept', connect.do('ready read').generation == 4)
        connect.do('age 2000')
        harness.check('one of more is replaced', connect.do('ready read').generation == 5)


def check_credentials(server, directory):
    home = directory / 'home'
    home.mkdir()
    options = home / '.my.cnf'
    options.write_text(f'[client]\nuser=ledger\npassword="{PASSWORD}"\nsocket={server.socket_path}\nhost=nowhere\n'
                       'protocol=tcp\nreconnect=1\nlocal-infile=1\ndefault-character-set=latin1\n'
                       'init-command=SET sql_mode = ANSI\n', encoding='utf-8')
    environment = {**os.environ, 'HOME': str(home)}
    who = 'sql SELECT user(), @@sql_mode, @@character_set_client'
    strict = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'
    for name, uri in (('~/.my.cnf gives user, password and socket', 'mysql:///ledger_db'),
                      ('so does the file that the URI names', f'mysql:///ledger_db?read_default_file={options}')):
        with Connect(uri, environment=environment if '?' not in uri else None) as connect:
            check(name, connect.do('ready read'), DONE)
            answer = connect.do(who)
            harness.check('but never how the session is set up',
                          answer.rows == [('ledger@localhost', strict, 'utf8mb4')], answer)
    answer = once(at(server, user='ledger'), environment=environment)
    check('the file gives the password to a host of the URI', answer, DONE)
    harness.check("and not its own host", answer.place == f'127.0.0.1:{server.port}', answer)
    check("the URI's password wins over the file", once(at(server, user='ledger:wrong'), environment=environment), DENIED)
    check('the password of the settings is taken', once(at(server, user='ledger'), password=PASSWORD), DONE)
    check("the URI's wins over it too", once(at(server), password='wrong'), DONE)
    check('a socket of the URI is used', once(f'mysql://root@localhost/ledger_db?unix_socket={server.socket_path}'), DONE)
    check('localhost with a port is that port', once(at(server, host='localhost')), DONE)
    with Connect(at(server, user='ledger'), password=PASSWORD) as connect:
        connect.do('ready read')
        as_dba(server, 'DO 0')
        said = as_dba(server, 'SHOW FULL PROCESSLIST')
        harness.check('no password in the process list of the server', PASSWORD not in said, said)


def check_refusals(server):
    check('a wrong password is told at once', once(at(server, user='ledger:nonsense'), timeout_ms=8000), DENIED,
          "Can't connect to MySQL server on '127.0.0.1:", 'Access denied', at_most_ms=2000)
    socket = f'?unix_socket={server.socket_path}'
    check('a missing database is told at once, with what to do', once(f'mysql://root@localhost/no_such{socket}'), UNAVAILABLE,
          'CREATE DATABASE `no_such` CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin', 'init --confirm', at_most_ms=2000)
    first, second = free_port(), free_port()
    answer = once(f'mysql://u:{ENCODED}@127.0.0.1:{first},127.0.0.1:{second}/d', timeout_ms=1500)
    check('who does not answer is tried again until the deadline, and named', answer, UNAVAILABLE,
          f"Can't connect to MySQL server on '127.0.0.1:{first}' (refused", f"'127.0.0.1:{second}' (refused", 'attempts in 1.5 s',
          at_least_ms=1400, at_most_ms=4000)
    check('every host once at least, without any time too',
          once(f'mysql://u@127.0.0.1:{first},127.0.0.1:{second}/d', timeout_ms=0), UNAVAILABLE, '2 attempts in 0.0 s')
    answer = once(f'mysql://ledger:{ENCODED}@127.0.0.1:{first},127.0.0.1:{server.port}/ledger_db')
    check('the next host is taken', answer, DONE, at_most_ms=1500)
    harness.check('and named', answer.place == f'127.0.0.1:{server.port}', answer)
    check('an option file that is named must be there', once('mysql://h/d?read_default_file=/no/such/file'),
          'LEDGER_CONFIGURATION_IS_INVALID', '/no/such/file')


def stop(process):
    """Stops it; a signal takes a moment to reach every thread."""
    process.send_signal(signal.SIGSTOP)
    tasks = pathlib.Path(f'/proc/{process.pid}/task')
    while any((task / 'stat').read_text(encoding='ascii').rpartition(')')[2].split()[0] != 'T' for task in tasks.iterdir()):
        time.sleep(0.01)


def check_restart(server):
    """By the socket: the port may be another afterwards."""
    uri = f'mysql://root@localhost/ledger_db?unix_socket={server.socket_path}'
    with Connect(uri, timeout_ms=20000) as connect:
        check('a connection by the socket', connect.do('ready write'), DONE)
        server.kill()
        check('a killed server is a lost connection', connect.do('sql SELECT 1'), LOST, f"'{server.socket_path}'")
        connect.send('ready write')
        time.sleep(0.5)
        server.start()
        check('the call waits for it to come back', connect.receive(), DONE, at_least_ms=400)
    with Connect(uri, timeout_ms=1000) as connect:
        connect.do('ready write')
        connect.do('idle 6000')
        stop(server.process)
        answer = connect.do('ready write')
        server.process.send_signal(signal.SIGCONT)
        check('a server that hangs is not waited for without end', answer, UNAVAILABLE, at_most_ms=6000)


def check_crowd():
    """max_connections, and one more for the DBA."""
    with MariadbServer(options={'max-connections': '10'}) as server:
        furnish(server)
        crowd = [Connect(at(server)) for _ in range(10)]
        try:
            for connect in crowd:
                if connect.do('ready read').outcome != DONE:
                    harness.stop('no ten connections')
            check('a server that has enough is busy', once(at(server), timeout_ms=1000), BUSY,
                  "Can't connect to MySQL server on", 'Too many connections', 'DB_POOL_SIZE', at_least_ms=900, at_most_ms=4000)
            threading.Timer(0.5, lambda: crowd.pop().__exit__()).start()
            check('a place that becomes free is taken', once(at(server), timeout_ms=10000), DONE, at_least_ms=300)
        finally:
            for connect in crowd:
                connect.__exit__()


def check_versions():
    """What the server says of itself; which versions are good, tests/unit/test_mysql_failure.c knows by number."""
    for version, needed in (('10.11.4-MariaDB', 'MariaDB 10.11.5'), ('8.0.22', 'MySQL 8.0.23')):
        with MariadbServer(options={'version': version}) as server:
            furnish(server)
            check(f'{version} is refused by name', once(at(server), timeout_ms=8000), 'LEDGER_VERSION_IS_UNSUPPORTED',
                  version, needed, at_most_ms=2000)


def make_certificates(directory):
    def openssl(*words):
        status, output, said = harness.run('openssl', *words)
        if status != 0:
            harness.stop(f'openssl {words}: {output}{said}')
    for name in ('good', 'wrong'):
        openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', f'/CN={name} authority',
                '-keyout', directory / f'{name}.key', '-out', directory / f'{name}.pem')
    for name, alternative in (('server', 'DNS:localhost,IP:127.0.0.1'), ('elsewhere', 'DNS:db.example')):
        openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', f'/CN={name}', '-keyout', directory / f'{name}.key',
                '-out', directory / f'{name}.csr')
        (directory / f'{name}.ext').write_text(f'subjectAltName={alternative}\n', encoding='utf-8')
        openssl('x509', '-req', '-days', '2', '-in', directory / f'{name}.csr', '-CA', directory / 'good.pem',
                '-CAkey', directory / 'good.key', '-CAcreateserial', '-extfile', directory / f'{name}.ext',
                '-out', directory / f'{name}.pem')


def tls_server(directory, name):
    return MariadbServer(options={'ssl-cert': directory / f'{name}.pem', 'ssl-key': directory / f'{name}.key',
                                  'ssl-ca': directory / 'good.pem'})


def check_tls(plain, directory):
    make_certificates(directory)
    good, wrong = f'ssl_ca={directory / "good.pem"}', f'ssl_ca={directory / "wrong.pem"}'
    options = directory / 'lax.cnf'
    options.write_text(f'[client]\nssl-verify-server-cert=0\nssl-ca={directory / "good.pem"}\n', encoding='utf-8')
    cipher = "sql SHOW STATUS LIKE 'Ssl_cipher'"
    with tls_server(directory, 'server') as server:
        furnish(server)
        for host in ('127.0.0.1', 'localhost'):
            with Connect(at(server, f'?{good}', host=host)) as connect:
                check(f'a certificate for {host} by the right authority holds', connect.do('ready write'), DONE)
                answer = connect.do(cipher)
                harness.check('and what is sent is encrypted', answer.rows[0][1] != '', answer)
        check('one by another authority does not', once(at(server, f'?{wrong}')), UNAVAILABLE, 'certificate', 'ssl_ca',
              at_most_ms=3000)
        check("not by the system's authorities either", once(at(server, '?ssl_verify_cert=true')), UNAVAILABLE, 'certificate')
        check('the option file does not relax that', once(at(server, f'?{wrong}&read_default_file={options}')), UNAVAILABLE,
              'certificate')
        check('an authority that cannot be read is told', once(at(server, '?ssl_ca=/no/such.pem')), UNAVAILABLE,
              'No such file', at_most_ms=3000)
        with Connect(at(server, f'?{wrong}&ssl_verify_cert=false')) as connect:
            check('who asks for no verification gets none', connect.do('ready write'), DONE)
            answer = connect.do(cipher)
            harness.check('but encryption', answer.rows[0][1] != '', answer)
    with tls_server(directory, 'elsewhere') as server:
        furnish(server)
        check('a certificate of another host does not hold', once(at(server, f'?{good}')), UNAVAILABLE, 'certificate')
    check('a server without TLS is refused', once(at(plain, f'?{good}')), UNAVAILABLE, 'TLS', at_most_ms=3000)
    check('without verification too', once(at(plain, f'?{good}&ssl_verify_cert=false')), UNAVAILABLE, 'offers no TLS')


def main():
    directory = harness.scratch()
    os.environ['HOME'] = str(directory)  # and not the option file of whoever runs this
    with MariadbServer() as server:
        furnish(server)
        check_session(server)
        check_loss(server)
        check_credentials(server, directory)
        check_refusals(server)
        check_tls(server, directory)
    check_crowd()
    check_versions()
    with MariadbServer() as server:
        furnish(server)
        check_restart(server)
    harness.plan()


if __name__ == '__main__':
    main()
