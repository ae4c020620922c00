"""What the suites in Python share: TAP, scratch ledgers, the programs under test.

Environment: LEDGER_BUILD, a build directory; LEDGER_ADMIN, the program, that of the build directory unless named.
"""

import atexit
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get('LEDGER_BUILD', TOP / 'build')).resolve()
ADMIN = pathlib.Path(os.environ.get('LEDGER_ADMIN', BUILD / 'ledger-admin')).resolve()
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
    done = subprocess.run([str(word) for word in words], input=text, text=True, capture_output=True, check=False,
                          env={**os.environ, **(environment or {})})
    return done.returncode, done.stdout, done.stderr


def uri(database):
    return f'sqlite:///{database}'


def admin(database, *words, text=None):
    """Runs ledger-admin on a ledger; gives (exit status, standard output, standard error)."""
    return run(ADMIN, '--db', uri(database), *words, text=text, environment={'LEDGER_DB_URI': ''})


def admin_json(database, *words, text=None):
    """The document that a command gives with --json; a failure ends the suite."""
    status, output, said = admin(database, '--json', *words, text=text)
    if status != 0:
        print(f'Bail out! ledger-admin {" ".join(map(str, words))}: exit status {status}: {output}{said}')
        sys.exit(1)
    return json.loads(output)


def read_only(database):
    """A connection of the sqlite3 module, which shares nothing with the ledger but the library of SQLite."""
    connection = sqlite3.connect(f'file:{database}?mode=ro', uri=True, timeout=30)
    connection.row_factory = sqlite3.Row
    return connection


def rows(connection, sql, *values):
    """Every row as a dictionary."""
    return [dict(row) for row in connection.execute(sql, values)]


def check_verify(name, database):
    """verify finds nothing, and says so."""
    status, output, said = admin(database, '--json', 'verify')
    is_valid = status == 0 and json.loads(output or '{}').get('valid') is True
    return check(f'{name}: verify is clean', is_valid, output + said)
