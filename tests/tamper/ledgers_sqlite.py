"""Ledgers on SQLite in the hands of somebody with Python's own client."""

import pathlib
import re
import shutil
import sqlite3

import harness
import programs
from tampering import Column, Refused, Table

INTEGER_LEAST, INTEGER_MOST = -(1 << 63), (1 << 63) - 1
KINDS = {'INTEGER': 'integer', 'TEXT': 'text', 'BLOB': 'binary'}
FIRST_IN_ORDER = ('log_index', 'entry_key')


def guards_of(connection, sql):
    """The triggers of the tables and views that the statements name, but for those that they name themselves."""
    return [(name, text) for name, text, table in
            connection.execute("SELECT name, sql, tbl_name FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid")
            if re.search(rf'\b{table}\b', sql) and not re.search(rf'\b{name}\b', sql)]


class Workspace:
    """A copy of a book that is tampered with; `checkpoints` is our directory of them, which may be another by then."""

    def __init__(self, side, number):
        self.side = side
        self.database = side.directory / f'work-{number}.db'
        self.checkpoints = side.checkpoints

    def reset(self, book):
        self.checkpoints = self.side.checkpoints
        for path in self.database.parent.glob(f'{self.database.name}*'):
            path.unlink()
        shutil.copyfile(self.side.books[book], self.database)

    def run(self, sql):
        """Statements as they are."""
        connection = sqlite3.connect(self.database, timeout=30)
        try:
            connection.executescript(sql)
        except sqlite3.Error as fault:
            raise Refused(str(fault)) from fault
        finally:
            connection.close()

    def spoil(self):
        """Every copy is made anew."""

    def go_on(self, text):
        """Posts the last day, as the engine does."""
        programs.run('tamper_books', '--go-on', harness.uri(self.database), text, programs.LAST_DAY)

    def damage(self, sql):
        """Statements by somebody who takes the guards of what they name away, and puts them back as they were."""
        connection = sqlite3.connect(self.database, timeout=30)
        guards = guards_of(connection, sql)
        connection.close()
        self.run('\n'.join(['PRAGMA ignore_check_constraints = ON; BEGIN;',
                            *(f'DROP TRIGGER {name};' for name, _ in guards), f'{sql};',
                            *(f'{text};' for _, text in guards), 'COMMIT;']))


class Side:
    """The books, their schema and their rows."""

    name = 'sqlite'

    def __init__(self, directory):
        self.directory = directory
        self.books = {}
        self.checkpoints = directory / 'checkpoints'

    def new_book(self, name):
        self.books[name] = pathlib.Path(harness.new_database(self.directory, f'book-{name}'))
        return self.books[name]

    def copy_book(self, old, name):
        self.settle(old)
        self.books[name] = self.directory / f'book-{name}.db'
        shutil.copyfile(self.books[old], self.books[name])

    def settle(self, name):
        """Everything of the book is in its one file."""
        connection = sqlite3.connect(self.books[name], timeout=30)
        connection.execute('PRAGMA wal_checkpoint(TRUNCATE)')
        connection.close()

    def workspace(self, number):
        return Workspace(self, number)

    def ask(self, book, sql):
        connection = harness.read_only(self.books[book])
        found = [tuple(row) for row in connection.execute(sql)]
        connection.close()
        return found

    def tables(self):
        names = [row[0] for row in self.ask('small', "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE "
                                                     "'sqlite%' ORDER BY rowid")]
        return [self.table(name) for name in names]

    def table(self, name):
        indexes = self.ask('small', f'SELECT name FROM pragma_index_list({name!r}) WHERE "unique"')
        parts = [[row[0] for row in self.ask('small', f'SELECT name FROM pragma_index_info({index!r})')]
                 for (index,) in indexes]
        found = self.ask('small', f'SELECT name, type, "notnull", pk FROM pragma_table_xinfo({name!r})')
        key = tuple(row[0] for row in sorted((row for row in found if row[3]), key=lambda row: row[3]))
        columns = tuple(Column(column, KINDS[kind], not not_null and not place, False, INTEGER_LEAST, INTEGER_MOST)
                        for column, kind, not_null, place in found)
        return Table(name, columns, key, (key, *map(tuple, parts)))

    def rows(self, book, table):
        """Every row, a literal for each column."""
        order = [name for name in FIRST_IN_ORDER if name in table.key] or table.key
        names = [column.name for column in table.columns]
        found = self.ask(book, f'SELECT {", ".join(f"quote({name})" for name in names)} FROM {table.name} '
                               f'ORDER BY {", ".join(order)}')
        return [dict(zip(names, row)) for row in found]

    def objects(self, kind):
        """(name, table, text) of each object of a kind: trigger, view, index, table."""
        return self.ask('small', f'SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = {kind!r} AND sql IS NOT NULL '
                                 'ORDER BY rowid')
