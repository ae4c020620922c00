"""Ledgers on MariaDB in the hands of somebody with the server's own client and every privilege."""

import atexit
import re

import harness
import programs
from tampering import Column, Refused, Table

INTEGERS = {'tinyint': 8, 'smallint': 16, 'int': 32, 'bigint': 64}
KINDS = {'decimal': 'decimal', 'varchar': 'text', 'char': 'text', 'text': 'text', 'mediumtext': 'text', 'binary': 'binary',
         'varbinary': 'binary', 'mediumblob': 'binary', 'uuid': 'uuid', 'date': 'day', 'datetime': 'instant',
         'enum': 'choice'}
FIRST_IN_ORDER = ('log_index', 'entry_id')
LAX = "SET sql_mode = 'PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES', foreign_key_checks = 0, check_constraint_checks = 0;"
CHANGES_SCHEMA = re.compile(r'\b(CREATE|DROP|ALTER)\b')


def must(database, sql):
    status, output, said = harness.client(database, sql, '--raw')
    if status != 0:
        harness.stop(f'{sql[:300]}: {said}')
    return output


def put_back(guards, keeps_time):
    """Statements that make guards as they were; with their times of making too, where asked."""
    made = ['DELIMITER //']
    for guard in guards:
        time = f'SET timestamp = {guard["time"]}//' if keeps_time else ''
        made.append(f"{time}SET sql_mode = '{guard['sql_mode']}'//\n{guard['text']}//")
    return '\n'.join([*made, 'DELIMITER ;', 'SET timestamp = DEFAULT;'])


class Workspace:
    """A copy of a book that is tampered with: the tables that were touched are filled again from the book, and all is
    made anew where the schema was changed."""

    def __init__(self, side, number):
        self.side = side
        self.databases = {}
        self.touched = {}  # book: names of tables, None where everything is
        self.book = None
        self.number = number
        self.checkpoints = side.checkpoints
        self.accounts = set()  # of the tamperer, until the next reset

    @property
    def database(self):
        return self.databases[self.book]

    def reset(self, book):
        for account in list(self.accounts):
            self.take_privilege(account)
        self.book = book
        self.checkpoints = self.side.checkpoints
        touched = self.touched.get(book)
        if touched is None:
            self.make()
            touched = [table.name for table in self.side.tables()]
        self.fill(touched)
        self.touched[book] = set()

    def make(self):
        if self.book not in self.databases:
            self.databases[self.book] = harness.new_database(None)
        name = self.database.name
        must(None, f'DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE '
                   'utf8mb4_nopad_bin')
        status, _, said = harness.admin(self.database, 'init', '--confirm')
        if status != 0:
            harness.stop(f'init: {said}')

    def fill(self, names):
        book = self.side.books[self.book].name
        script = [LAX]
        for name in names:
            columns = ', '.join(column.name for column in self.side.table(name).columns if not column.is_generated)
            script.append(f'TRUNCATE TABLE {name}; INSERT INTO {name} ({columns}) SELECT {columns} FROM {book}.{name};')
        guards = [guard for guard in self.side.guards(self.book) if guard['table'] in names]
        script += [f'DROP TRIGGER IF EXISTS {guard["name"]};' for guard in guards]
        must(self.database, '\n'.join([*script, put_back(guards, True)]))

    def run(self, sql):
        """Statements as they are."""
        self.touch(sql)
        status, _, said = harness.client(self.database, sql)
        if status != 0:
            raise Refused(said)

    def give_privilege(self):
        """An account of the tamperer's own may add transactions; gives its name."""
        account = f'tamperer_of_{self.database.name}@localhost'
        must(None, f'CREATE USER {account}; GRANT INSERT ON {self.database.name}.transactions TO {account}')
        self.accounts.add(account)
        atexit.register(harness.client, None, f'DROP USER IF EXISTS {account}')
        return account

    def take_privilege(self, account):
        must(None, f'DROP USER {account}')
        self.accounts.remove(account)

    def spoil(self):
        """Anything may be done to its rows now: all have to be made good."""
        if self.touched[self.book] is not None:
            self.touched[self.book] = {table.name for table in self.side.tables()}

    def go_on(self, text):
        """Posts the last day, as the engine does."""
        self.spoil()
        programs.run('tamper_books', '--go-on', self.database.uri, text, programs.LAST_DAY)

    def touch(self, sql):
        """Takes note of what has to be made good: with a table its triggers are, too."""
        for guard in self.side.guards(self.book):
            sql = re.sub(rf'\b(DROP|CREATE)( DEFINER=\S+)? TRIGGER {guard["name"]}\b', f'changes {guard["table"]}', sql)
        if CHANGES_SCHEMA.search(sql):
            self.touched[self.book] = None
        elif self.touched[self.book] is not None:
            self.touched[self.book] |= {table.name for table in self.side.tables() if re.search(rf'\b{table.name}\b', sql)}

    def damage(self, sql, keeps_time=False):
        """Statements by somebody who takes the guards of what they name away, and puts them back as they were."""
        self.touch(sql)
        guards = [guard for guard in self.side.guards(self.book) if re.search(rf'\b{guard["table"]}\b', sql)
                  and not re.search(rf'\b{guard["name"]}\b', sql) and f'DROP TABLE {guard["table"]}' not in sql]
        status, _, said = harness.client(self.database, '\n'.join(
            [LAX, *(f'DROP TRIGGER {guard["name"]};' for guard in guards), f'{sql};', put_back(guards, keeps_time)]))
        if status != 0:
            self.touched[self.book] = None
            raise Refused(said)


class Side:
    """The books, their schema and their rows."""

    name = 'mariadb'

    def __init__(self, directory):
        self.directory = directory
        self.books = {}
        self.checkpoints = directory / 'checkpoints'
        self.known_tables = []
        self.known_guards = {}

    def new_book(self, name):
        self.books[name] = harness.new_database(self.directory, name)
        return self.books[name]

    def copy_book(self, old, name):
        """The tables with what is in them; triggers and views are not wanted of a book of old rows."""
        self.new_book(name)
        old_name = self.books[old].name
        script = [LAX]
        for table in self.tables():
            columns = ', '.join(column.name for column in table.columns if not column.is_generated)
            script.append(f'CREATE TABLE {table.name} LIKE {old_name}.{table.name}; INSERT INTO {table.name} ({columns}) '
                          f'SELECT {columns} FROM {old_name}.{table.name};')
        must(self.books[name], '\n'.join(script))

    def settle(self, name):
        """Nothing waits anywhere."""

    def workspace(self, number):
        return Workspace(self, number)

    def ask(self, book, sql):
        """Rows of texts: each column hexadecimal on the way, so that nothing in it is taken for something else."""
        output = must(self.books[book], sql)
        return [tuple(None if cell == 'NULL' else bytes.fromhex(cell).decode() for cell in line.split('\t'))
                for line in output.split('\n')[:-1]]

    def guards(self, book):
        """The triggers as the book has them, also when they were made; those of the small book where it has none."""
        if book not in self.known_guards:
            found = self.ask(book, 'SELECT hex(TRIGGER_NAME), hex(EVENT_OBJECT_TABLE), hex(SQL_MODE), '
                                   'hex(CAST(UNIX_TIMESTAMP(CREATED) AS CHAR)) FROM information_schema.TRIGGERS '
                                   'WHERE TRIGGER_SCHEMA = database() ORDER BY TRIGGER_NAME')
            if not found:
                return self.guards('small')
            self.known_guards[book] = [
                {'name': name, 'table': table, 'sql_mode': sql_mode, 'time': time,
                 'text': self.trigger_text(book, name)} for name, table, sql_mode, time in found]
        return self.known_guards[book]

    def view_text(self, name):
        """What makes the view as it is, but for its name in it."""
        output = must(self.books['small'], f'SHOW CREATE VIEW {name}')
        return re.search(r'CREATE .*?(?=\tutf8mb4\t)', output, re.DOTALL).group(0)

    def trigger_text(self, book, name):
        output = must(self.books[book], f'SHOW CREATE TRIGGER {name}')
        return re.search(r'CREATE .*?TRIGGER.*?(?=\tutf8mb4\t)', output, re.DOTALL).group(0)

    def tables(self):
        if not self.known_tables:
            names = self.ask('small', 'SELECT hex(TABLE_NAME) FROM information_schema.TABLES WHERE TABLE_SCHEMA = '
                                      "database() AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME")
            self.known_tables = [self.read_table(name) for name, in names]
        return self.known_tables

    def table(self, name):
        return next(table for table in self.tables() if table.name == name)

    def read_table(self, name):
        parts = {}
        for index, column in self.ask('small', 'SELECT hex(INDEX_NAME), hex(COLUMN_NAME) FROM '
                                               'information_schema.STATISTICS WHERE TABLE_SCHEMA = database() AND '
                                               f"TABLE_NAME = '{name}' AND NON_UNIQUE = 0 ORDER BY INDEX_NAME, "
                                               'SEQ_IN_INDEX'):
            parts.setdefault(index, []).append(column)
        columns = []
        for column, data, whole, nullable, generated, characters in self.ask(
                'small', 'SELECT hex(COLUMN_NAME), hex(DATA_TYPE), hex(COLUMN_TYPE), hex(IS_NULLABLE), hex(IS_GENERATED), '
                         'hex(CAST(CHARACTER_MAXIMUM_LENGTH AS CHAR)) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = database() '
                         f"AND TABLE_NAME = '{name}' ORDER BY ORDINAL_POSITION"):
            bits = INTEGERS.get(data, 0)
            signed = 'unsigned' not in whole
            members = tuple(re.findall(r"'([^']*)'", whole)) if data == 'enum' else ()
            columns.append(Column(column, 'integer' if bits else KINDS[data], nullable == 'YES', generated != 'NEVER', -(1 << (bits - 1)) if bits and signed else 0,
                                  (1 << (bits - signed)) - 1 if bits else min(int(characters or 0), 1000), members))
        return Table(name, tuple(columns), tuple(parts['PRIMARY']), tuple(map(tuple, parts.values())))

    def rows(self, book, table):
        """Every row, a literal for each column."""
        order = [name for name in FIRST_IN_ORDER if name in [column.name for column in table.columns]] or table.key
        names = [column.name for column in table.columns if not column.is_generated]
        cells = ', '.join(f'coalesce(hex({self.literal(table.column(name))}), hex(\'NULL\'))' for name in names)
        found = self.ask(book, f"SET sql_mode = 'PIPES_AS_CONCAT'; SELECT {cells} FROM {table.name} "
                               f'ORDER BY {", ".join(order)}')
        return [dict(zip(names, row)) for row in found]

    @staticmethod
    def literal(column):
        if column.kind in ('integer', 'decimal'):
            return f'CAST({column.name} AS CHAR)'
        if column.kind == 'binary':
            return f"concat('x''', hex({column.name}), '''')"
        return f"concat('''', replace({column.name}, '''', ''''''), '''')"

    def objects(self, kind):
        """(name, table, text) of each object of a kind: trigger, view, index."""
        if kind == 'trigger':
            return [(guard['name'], guard['table'], guard['text']) for guard in self.guards('small')]
        if kind == 'view':
            return [(name, name, text) for name, text in self.ask(
                'small', 'SELECT hex(TABLE_NAME), hex(VIEW_DEFINITION) FROM information_schema.VIEWS WHERE TABLE_SCHEMA = '
                         'database() ORDER BY TABLE_NAME')]
        return [(index, table, '') for table, index in self.ask(
            'small', 'SELECT hex(TABLE_NAME), hex(INDEX_NAME) FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = '
                     "database() AND INDEX_NAME <> 'PRIMARY' AND SEQ_IN_INDEX = 1 ORDER BY TABLE_NAME, INDEX_NAME")]

    def constraints(self):
        """(name, table, type) of each constraint but the keys."""
        return self.ask('small', 'SELECT hex(CONSTRAINT_NAME), hex(TABLE_NAME), hex(CONSTRAINT_TYPE) FROM '
                                 'information_schema.TABLE_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = database() AND '
                                 "CONSTRAINT_TYPE IN ('CHECK', 'FOREIGN KEY') ORDER BY TABLE_NAME, CONSTRAINT_NAME")

    def other_expression(self, table, column):
        """SQL that gives a computed column of a table another expression of the same type."""
        text = must(self.books['small'], f'SHOW CREATE TABLE {table}')
        definition = re.search(rf'`{column}` (\S+(?: CHARACTER SET \w+ COLLATE \w+)?).*? GENERATED ALWAYS AS \(', text).group(1)
        other = 'NULL' if 'int' not in definition else '1'
        return f'ALTER TABLE {table} MODIFY COLUMN {column} {definition} GENERATED ALWAYS AS ({other}) VIRTUAL'
