"""Every object of the schema taken away, or put in another's place that does nothing or lies."""

import re

from tampering import Tampering

HOLLOW = {'sqlite': 'DROP TRIGGER {name}; {head} BEGIN SELECT 1; END',
          'mariadb': 'DROP TRIGGER {name}; {head} SET @nothing = 1'}
# The part of a trigger's text before what it does.
HEAD = {'sqlite': re.compile(r'^CREATE TRIGGER .*?(?=\s+BEGIN\b)', re.DOTALL),
        'mariadb': re.compile(r'^CREATE .*? FOR EACH ROW', re.DOTALL)}

CONSTRAINTS = {
    'checks': re.compile(r',?\s*CHECK \((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)'),
    'foreign keys': re.compile(r' REFERENCES \w+ \(\w+\) ON UPDATE RESTRICT ON DELETE RESTRICT'),
    'NOT NULL': re.compile(r' NOT NULL(?! PRIMARY KEY)'),
    'UNIQUE': re.compile(r' UNIQUE'),
    'STRICT': re.compile(r' STRICT,?'),
}


def schema(table, item, change, sql):
    return Tampering('schema', table, item, change, sql)


def triggers(side):
    for name, table, text in side.objects('trigger'):
        head = HEAD[side.name].search(text).group(0)
        yield schema(table, name, 'trigger dropped', f'DROP TRIGGER {name}')
        yield schema(table, name, 'trigger that does nothing in its place',
                     HOLLOW[side.name].format(name=name, head=head))


def views(side):
    """The view shows no row; on SQLite its guards come back with it."""
    for name, _, text in side.objects('view'):
        yield schema(name, '', 'view dropped', f'DROP VIEW {name}')
        if side.name == 'mariadb':
            yield schema(name, '', 'view that shows nothing in its place',
                         f'CREATE OR REPLACE SQL SECURITY INVOKER VIEW {name} AS SELECT * FROM ({text}) AS shown '
                         'WHERE false')
            continue
        guards = [guard for _, table, guard in side.objects('trigger') if table == name]
        query = re.sub(r'^CREATE VIEW \w+ AS\s', '', text)
        yield schema(name, '', 'view that shows nothing in its place',
                     '; '.join([f'DROP VIEW {name}', f'CREATE VIEW {name} AS SELECT * FROM ({query}) WHERE false',
                                *guards]))


def indexes(side):
    for name, table, _ in side.objects('index'):
        on_table = f' ON {table}' if side.name == 'mariadb' else ''
        free = 'SET foreign_key_checks = 0; ' if side.name == 'mariadb' else ''
        yield schema(table, name, 'index dropped', f'{free}DROP INDEX {name}{on_table}')


def tables_on_sqlite(side):
    """A constraint goes by an edit of the schema's own text: what ALTER TABLE does not offer."""
    texts = dict((name, text) for name, _, text in side.objects('table'))
    for table in side.tables():
        for item, pattern in CONSTRAINTS.items():
            text = pattern.sub('', texts[table.name])
            if text != texts[table.name]:
                quoted = text.replace("'", "''")
                yield schema(table.name, item, 'removed from the table', 'PRAGMA writable_schema = ON; '
                             f"UPDATE sqlite_schema SET sql = '{quoted}' WHERE name = '{table.name}'; "
                             'PRAGMA writable_schema = RESET')


def tables_on_mariadb(side):
    for name, table, kind in side.constraints():
        yield schema(table, name, f'{kind.lower()} dropped', f'ALTER TABLE {table} DROP CONSTRAINT {name}')
    for table in side.tables():
        for column in table.columns:
            if column.is_generated:
                yield schema(table.name, column.name, 'computed column that computes something else',
                             side.other_expression(table.name, column.name))
        yield schema(table.name, '', 'kept by another engine',
                     f'SET foreign_key_checks = 0; ALTER TABLE {table.name} ENGINE = Aria')
        yield schema(table.name, '', 'compares texts in another way',
                     f'SET foreign_key_checks = 0; ALTER TABLE {table.name} CONVERT TO CHARACTER SET utf8mb4 COLLATE '
                     'utf8mb4_general_ci')


def tables(side):
    for table in side.tables():
        free = 'SET foreign_key_checks = 0; ' if side.name == 'mariadb' else ''
        yield schema(table.name, '', 'table dropped', f'{free}DROP TABLE {table.name}')
        yield schema(table.name, '', 'a column added', f'ALTER TABLE {table.name} ADD COLUMN mine INTEGER')


def tamperings(side):
    found = [*triggers(side), *views(side), *indexes(side), *tables(side)]
    return found + list(tables_on_sqlite(side) if side.name == 'sqlite' else tables_on_mariadb(side))
