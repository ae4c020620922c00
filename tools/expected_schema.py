#!/usr/bin/env python3
"""Writes down what MariaDB itself says of the tables and views that the migrations make.

    expected_schema.py [--check] SQL_DIRECTORY

starts a server of its own in a temporary directory, applies SQL_DIRECTORY/mariadb/migrations, and writes the answers of
SHOW CREATE TABLE and SHOW CREATE VIEW to SQL_DIRECTORY/mariadb/expected.txt. To be run after every change of a
migration. With --check nothing is written: the exit status is 1 where the file is not what would be written.

Needs mariadbd, mariadb-install-db and mariadb; no server that runs already is touched.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import time

import embed_queries

HEAD = '-- Made by tools/expected_schema.py from the migrations: what the database says of each table and view.\n'
START_S = 60


class Server:
    """A private server without a network, gone with its directory."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.socket = self.directory / 'socket'
        data = self.directory / 'data'
        temporary = self.directory / 'tmp'  # a server empties its own when it starts, whosever files there are
        temporary.mkdir()
        log = (self.directory / 'log').open('wb')
        subprocess.run(['mariadb-install-db', '--no-defaults', '--auth-root-authentication-method=normal',
                        f'--datadir={data}'], check=True, stdout=log, stderr=log)
        self.process = subprocess.Popen(
            ['mariadbd', '--no-defaults', '--user=root', f'--datadir={data}', f'--socket={self.socket}',
             f'--pid-file={self.directory / "pid"}', f'--tmpdir={temporary}', '--skip-networking', '--innodb-buffer-pool-size=32M'],
            stdout=log, stderr=log)
        for _ in range(START_S * 10):
            if self.socket.exists() and self.run('', check=False).returncode == 0:
                return
            time.sleep(0.1)
        sys.exit((self.directory / 'log').read_text(errors='replace'))

    def run(self, sql, *options, check=True):
        """The client's output for these statements, raw."""
        command = ['mariadb', '--no-defaults', '--user=root', f'--socket={self.socket}',
                   '--default-character-set=utf8mb4', '--raw', '--skip-column-names', *options]
        return subprocess.run(command, input=sql, text=True, check=check, capture_output=True)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def describe(server, migrations):
    """The text of the file."""
    statements = [statement for migration in migrations for statement in migration.statements]
    server.run('CREATE DATABASE expected')
    server.run('DELIMITER $$\n' + ''.join(f'{statement.sql}\n$$\n' for statement in statements), 'expected')
    text = HEAD
    for statement in statements:
        if statement.object_type in ('table', 'view'):
            answer = server.run(f'SHOW CREATE {statement.object_type} {statement.object_name}', 'expected').stdout
            definition = answer.rstrip('\n').split('\t', 1)[1]
            if statement.object_type == 'view':
                definition = definition.rsplit('\t', 2)[0]  # character set and collation of who made it
                definition = re.sub(r' DEFINER=\S+', ' DEFINER=CURRENT_USER', definition, count=1)
            text += f'\n-- {statement.object_type}: {statement.object_name}\n{definition}\n'
    return text


def main(arguments):
    is_check = arguments[:1] == ['--check']
    if len(arguments) != (2 if is_check else 1):
        sys.exit(__doc__)
    dialect = pathlib.Path(arguments[-1]) / 'mariadb'
    migrations = embed_queries.read_migrations(sorted((dialect / 'migrations').glob('*.sql')))
    with tempfile.TemporaryDirectory(prefix='ledger-schema-') as directory:
        server = Server(directory)
        try:
            text = describe(server, migrations)
        finally:
            server.stop()
    path = dialect / 'expected.txt'
    if not is_check:
        path.write_text(text, encoding='utf-8')
    elif not path.exists() or path.read_text(encoding='utf-8') != text:
        sys.exit(f'{path} is not what the database says: run tools/expected_schema.py')


if __name__ == '__main__':
    main(sys.argv[1:])
