#!/usr/bin/env python3
"""Writes down what MariaDB itself says of the tables and views that the migrations make.

    expected_schema.py [--check] SQL_DIRECTORY

starts a server of its own (mariadb_server.py), applies SQL_DIRECTORY/mariadb/migrations, and writes the answers of
SHOW CREATE TABLE and SHOW CREATE VIEW to SQL_DIRECTORY/mariadb/expected.txt. To be run after every change of a
migration. With --check nothing is written: the exit status is 1 where the file is not what would be written.

Needs mariadbd, mariadb-install-db and mariadb.
"""

import pathlib
import re
import subprocess
import sys

import embed_queries
import mariadb_server

HEAD = '-- Made by tools/expected_schema.py from the migrations: what the database says of each table and view.\n'


def ask(server, sql, *database):
    """The client's output for these statements, raw."""
    command = [mariadb_server.program('mariadb'), '--no-defaults', '--user=root', f'--socket={server.socket_path}',
               '--default-character-set=utf8mb4', '--raw', '--skip-column-names', *database]
    done = subprocess.run(command, input=sql, text=True, capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done.stdout


def describe(server, migrations):
    """The text of the file."""
    statements = [statement for migration in migrations for statement in migration.statements]
    ask(server, 'CREATE DATABASE expected')
    ask(server, 'DELIMITER $$\n' + ''.join(f'{statement.sql}\n$$\n' for statement in statements), 'expected')
    text = HEAD
    for statement in statements:
        if statement.object_type in ('table', 'view'):
            answer = ask(server, f'SHOW CREATE {statement.object_type} {statement.object_name}', 'expected')
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
    with mariadb_server.MariadbServer() as server:
        text = describe(server, migrations)
    path = dialect / 'expected.txt'
    if not is_check:
        path.write_text(text, encoding='utf-8')
    elif not path.exists() or path.read_text(encoding='utf-8') != text:
        sys.exit(f'{path} is not what the database says: run tools/expected_schema.py')


if __name__ == '__main__':
    main(sys.argv[1:])
