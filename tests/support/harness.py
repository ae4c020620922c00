"""What the suites in Python share: TAP, scratch ledgers, the programs under test.

Environment: LEDGER_BUILD, a build directory; LEDGER_ADMIN, the program, that of the build directory unless named;
LEDGER_TEST_BACKEND, sqlite unless it is mariadb, and then LEDGER_TEST_MYSQL, the server, which
tools/mariadb_server.py run -- COMMAND gives. Without it a suite on MariaDB fails.

A ledger is named by the path of its file on SQLite, by a Database on MariaDB; new_database makes either.
"""

import atexit
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import xml.etree.ElementTree
from dataclasses import dataclass

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get('LEDGER_BUILD', TOP / 'build')).resolve()
ADMIN = pathlib.Path(os.environ.get('LEDGER_ADMIN', BUILD / 'ledger-admin')).resolve()
BACKEND = os.environ.get('LEDGER_TEST_BACKEND', 'sqlite')
results = 0


def check(name, is_so, said=''):
    """One TAP result; what was said is shown where it is not so."""
    global results
    results += 1
    print(f'{"ok" if is_so else "not ok"} {results} - {name.replace("#", "")}')
    if not is_so:
        print(''.join(f'# {line}\n' for line in str(said).splitlines()), end='')
    sys.stdout.flush()
    return is_so


def plan():
    """The last line."""
    print(f'1..{results}')


def scratch():
    """A directory of its own, gone at the end."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix='ledger-suite-'))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return directory


def program(name):
    """A program of tests/programs."""
    return str(BUILD / 'tests' / 'programs' / name)


def run(*words, text=None, environment=None):
    """Runs a command; gives (exit status, standard output, standard error)."""
    done = subprocess.run([str(word) for word in words], input=None if text is None else text.encode(),
                          capture_output=True, check=False, env={**os.environ, **(environment or {})})
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@dataclass(frozen=True)
class Database:
    """A database of the server."""

    name: str

    @property
    def uri(self):
        return server_uri().replace('/?', f'/{self.name}?', 1)


def server_uri():
    server = os.environ.get('LEDGER_TEST_MYSQL', '')
    if '/?unix_socket=' not in server:
        stop('LEDGER_TEST_MYSQL names no server: run this by tools/mariadb_server.py run -- COMMAND')
    return server


def stop(why):
    """Ends the suite with a failure: it cannot go on."""
    print(f'Bail out! {why}')
    sys.exit(1)


def client_options():
    """How a client of MariaDB comes to the server."""
    return ['--no-defaults', '--user=root', f'--socket={server_uri().partition("unix_socket=")[2]}',
            '--default-character-set=utf8mb4']


def client(database, sql, *options):
    """SQL through the database's own client, as a DBA with every privilege would; gives (exit status, standard output,
    standard error). On MariaDB || puts texts together too."""
    if BACKEND == 'sqlite':
        return run('sqlite3', '-cmd', '.timeout 30000', *options, database, sql)
    words = [] if database is None else [database.name]
    return run('mariadb', *client_options(), '--skip-column-names', '--batch',
               "--init-command=SET SESSION sql_mode = concat(@@sql_mode, ',PIPES_AS_CONCAT')", *options, *words,
               text=sql)


def new_database(directory, name='ledger'):
    """Where a ledger can be made: a path in the directory, or a fresh database, which is gone at the end."""
    if BACKEND == 'sqlite':
        return directory / f'{name}.db'
    if BACKEND != 'mariadb':
        stop(f'LEDGER_TEST_BACKEND is neither sqlite nor mariadb: {BACKEND}')
    database = Database(f'suite_{os.getpid()}_{len(made)}')
    made.append(database)
    status, output, said = client(None, f'CREATE DATABASE {database.name} CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin')
    if status != 0:
        stop(f'the server makes no database: {output}{said}')
    atexit.register(client, None, f'DROP DATABASE IF EXISTS {database.name}')
    return database


made = []


def uri(database):
    return database.uri if isinstance(database, Database) else f'sqlite:///{database}'


def admin(database, *words, text=None):
    """Runs ledger-admin on a ledger; gives (exit status, standard output, standard error)."""
    return run(ADMIN, '--db', uri(database), *words, text=text, environment={'LEDGER_DB_URI': ''})


def admin_as_another(database, *words):
    """The same by another user of the operating system: a second person, as far as the program can tell."""
    return run('unshare', '--user', '--map-user=65534', ADMIN, '--db', uri(database), *words,
               environment={'LEDGER_DB_URI': ''})


def redact(database, transaction, reason='a request for privacy'):
    """Erases the texts of a transaction, by two persons; gives what approving told."""
    status, output, said = admin(database, '--json', 'redact', '--transaction-id', transaction, '--reason', reason,
                                 '--user', 'ana')
    request = json.loads(output or '{}').get('approval_request_id')
    if status != 1 or not request:
        stop(f'redact {transaction}: exit status {status}: {output}{said}')
    status, output, said = admin_as_another(database, '--json', 'approval', 'approve', '--request-id', request, '--user',
                                            'rui')
    if status != 0:
        stop(f'approve the redaction of {transaction}: exit status {status}: {output}{said}')
    return json.loads(output)


def admin_json(database, *words, text=None):
    """The document that a command gives with --json; a failure ends the suite."""
    status, output, said = admin(database, '--json', *words, text=text)
    if status != 0:
        stop(f'ledger-admin {" ".join(map(str, words))}: exit status {status}: {output}{said}')
    return json.loads(output)


def damage(database, sql):
    """Changes a ledger as somebody who takes the guards of the tables that the statements name away, and puts them back
    as they were."""
    if isinstance(database, Database):
        damage_on_server(database, sql)
        return
    connection = sqlite3.connect(database, timeout=30)
    guards = [row for row in connection.execute("SELECT name, sql, tbl_name FROM sqlite_schema WHERE type = 'trigger'")
              if re.search(rf'\b{row[2]}\b', sql)]
    connection.executescript(''.join([*(f'DROP TRIGGER {name};' for name, _, _ in guards), sql, ';',
                                      *(f'{text};' for _, text, _ in guards)]))
    connection.close()


def damage_on_server(database, sql):
    connection = Connection(database)
    guards = [row['Trigger'] for row in connection.execute('SHOW TRIGGERS') if re.search(rf'\b{row["Table"]}\b', sql)]
    texts = [connection.execute(f'SHOW CREATE TRIGGER {name}')[0] for name in guards]
    script = [*(f'DROP TRIGGER {name};' for name in guards),
              'SET foreign_key_checks = 0, check_constraint_checks = 0;', sql, ';\nDELIMITER //',
              *(f"SET sql_mode = '{row['sql_mode']}'//\n{row['SQL Original Statement']}//" for row in texts)]
    status, _, said = client(database, '\n'.join(script))
    if status != 0:
        stop(f'{sql}: {said}')


class Row:
    """A row, by the place or the name of its columns."""

    def __init__(self, names, values):
        self.names = names
        self.values = values

    def __getitem__(self, key):
        return self.values[key if isinstance(key, int) else self.names.index(key)]

    def __iter__(self):
        return iter(self.values)

    def keys(self):
        return self.names


class Rows(list):
    """What an execute() gives."""

    def fetchone(self):
        return self.pop(0) if self else None

    def fetchall(self):
        return list(self)


class Connection:
    """What sqlite3 offers, through the client of MariaDB: whole numbers come as such, everything else as text."""

    def __init__(self, database):
        self.database = database
        self.integers = set()
        # A name means the same in every table; the sum of whole numbers is no int to the server.
        self.integers = {row[0] for row in self.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = database() "
            "GROUP BY column_name HAVING column_name = 'entry_count' OR sum(data_type NOT LIKE '%int') = 0")}

    def execute(self, sql):
        status, output, said = client(self.database, sql, '--xml')
        if status != 0:
            stop(f'{sql}: {said}')
        found = Rows()
        # A reader of XML makes line ends alike unless they are escaped.
        for row in xml.etree.ElementTree.fromstring(output.replace('\r', '&#13;')) if output else ():
            names = [field.get('name') for field in row]
            found.append(Row(names, [self.value(field) for field in row]))
        return found

    def value(self, field):
        if field.get('{http://www.w3.org/2001/XMLSchema-instance}nil') == 'true':
            return None
        text = field.text or ''
        name = field.get('name')
        return int(text) if name in self.integers or name.startswith('count(') else text

    def close(self):
        pass


def read_only(database):
    """A connection that shares nothing with the ledger but, on SQLite, the library."""
    if isinstance(database, Database):
        return Connection(database)
    connection = sqlite3.connect(f'file:{database}?mode=ro', uri=True, timeout=30)
    connection.row_factory = sqlite3.Row
    return connection


def rows(connection, sql):
    """Every row as a dictionary."""
    return [dict(row) for row in connection.execute(sql)]


def check_verify(name, database):
    """verify finds nothing, and says so."""
    status, output, said = admin(database, '--json', 'verify')
    is_valid = status == 0 and json.loads(output or '{}').get('valid') is True
    return check(f'{name}: verify is clean', is_valid, output + said)
