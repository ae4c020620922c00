"""Every column of every table × change, every table × rows taken, added, exchanged: read from the live schema, so that a
new column cannot be forgotten.

I1 A change that would leave the row as it was is no tampering, and none is made of it; nor is one that a key forbids
   before anything else could (two rows of one key).
"""

from datetime import datetime, timedelta
from decimal import Decimal

from tampering import Tampering, sql_text

# The kinds of change of a column, in the order of the document's columns.
CHANGES = ('another row\'s value', 'a little', 'the largest', 'the least', 'taken away', 'given where none was',
           'exchanged between two rows')
ROWS = ('one taken', 'the last taken', 'all taken', 'one made up', 'one twice', 'two exchange their contents',
        'two exchange their places', 'one restored from an old backup', 'all restored from an old backup')

TEXT_LARGEST = 1000  # characters, where the column has no limit of its own


def number_of(literal):
    return int(literal.strip("'"))


def flip(literal):
    """A literal of bytes with its last bit turned; a byte where there is none."""
    digits = literal[2:-1]
    return f"X'{digits[:-2]}{int(digits[-2:], 16) ^ 1:02X}'" if digits else "X'01'"


def a_little(column, literal):
    """A value beside this one: the smallest step that its kind has."""
    if column.kind == 'integer':
        number = number_of(literal)
        return str(number - 1 if number == column.most else number + 1)
    if column.kind == 'decimal':
        return str(Decimal(literal) + Decimal('0.01'))
    if column.kind == 'binary':
        return flip(literal)
    if column.kind == 'day':
        return sql_text(str((datetime.fromisoformat(literal[1:-1]) + timedelta(days=1)).date()))
    if column.kind == 'instant':
        return sql_text((datetime.fromisoformat(literal[1:-1]) + timedelta(microseconds=1)).isoformat(' ', 'microseconds'))
    if column.kind == 'choice':
        members = [sql_text(member) for member in column.members]
        return members[(members.index(literal) + 1) % len(members)]
    if column.kind == 'uuid':
        return f"{literal[:-2]}{'0' if literal[-2] != '0' else '1'}'"
    text = literal[1:-1]
    return f"'{text[:-1]}{'x' if text[-1:] != 'x' else 'y'}'" if text else "'x'"


def largest(column, literal):
    if column.kind == 'integer':
        return str(column.most)
    if column.kind == 'binary':
        return f"X'{'FF' * max(1, len(literal[2:-1]) // 2)}'"
    if column.kind == 'text':
        return f"'{'x' * (column.most if 0 < column.most < TEXT_LARGEST else TEXT_LARGEST)}'"
    return {'decimal': '999999999999999999.99', 'day': "'9999-12-31'", 'instant': "'9999-12-31 23:59:59.999999'",
            'uuid': "'ffffffff-ffff-7fff-bfff-ffffffffffff'", 'choice': sql_text(column.members[-1]) if column.members else
            ''}[column.kind]


def least(column, literal):
    if column.kind == 'integer':
        return str(column.least)
    if column.kind == 'binary':
        return f"X'{'00' * (len(literal[2:-1]) // 2)}'"
    return {'decimal': '-999999999999999999.99', 'day': "'0001-01-01'", 'instant': "'0001-01-01 00:00:00'", 'text': "''",
            'uuid': "'00000000-0000-0000-0000-000000000000'", 'choice': "''"}[column.kind]


def where(table, row):
    return ' AND '.join(f'{name} = {row[name]}' for name in table.key)


def set_to(table, row, name, value):
    return f'UPDATE {table.name} SET {name} = {value} WHERE {where(table, row)}'


def is_null(literal):
    return literal == 'NULL'


def spare(table, column, rows):
    """A value that no row has in a column that must differ: to stand between while two rows exchange theirs."""
    if column.kind == 'integer':
        taken = {number_of(row[column.name]) for row in rows if not is_null(row[column.name])}
        return str(next(number for number in range(max(taken) + 1 if max(taken) < column.most else 0, column.most + 1)
                        if number not in taken))
    return {'binary': f"X'{'5A' * (len(rows[0][column.name][2:-1]) // 2)}'", 'day': "'8888-08-08'",
            'uuid': "'88888888-8888-7888-8888-888888888888'", 'text': "'nobody''s'",
            'choice': "''", 'instant': "'8888-08-08 00:00:00'"}[column.kind]


def must_differ(table, column):
    """Whether a key has the column, alone or with others."""
    return any(column.name in unique for unique in table.uniques)


def clashes(table, row, name, value, rows):
    """Whether another row stands already where this one would with the value."""
    for unique in table.uniques:
        if name in unique:
            wanted = {part: row[part] for part in unique} | {name: value}
            if not any(is_null(part) for part in wanted.values()) and any(
                    all(one[part] == wanted[part] for part in unique) for one in rows if one is not row):
                return True
    return False


def exchanged(table, column, first, second, rows):
    """Two rows have each other's value; where no two may have one value, a third stands between."""
    name = column.name
    if not must_differ(table, column):
        return '; '.join([set_to(table, first, name, second[name]), set_to(table, second, name, first[name])])
    between = spare(table, column, rows)
    moved = {**first, name: between} if name in table.key else first
    return '; '.join([set_to(table, first, name, between), set_to(table, second, name, first[name]),
                      set_to(table, moved, name, second[name])])


def pick(rows, wants):
    """The row in the middle of those that are wanted; none where there is none."""
    wanted = [row for row in rows if wants(row)]
    return wanted[len(wanted) // 2] if wanted else None


def other_row(table, column, row, rows):
    """The nearest row that differs in the column, so that the two can exchange: for a part of a key, one that is the same
    in the key's other parts."""
    rest = {name for unique in table.uniques if column.name in unique for name in unique} - {column.name}
    place = rows.index(row)
    for other in [*rows[place + 1:], *reversed(rows[:place])]:
        if not is_null(other[column.name]) and other[column.name] != row[column.name] and \
                all(other[name] == row[name] for name in rest):
            return other
    return None


def other_value(table, column, row, rows):
    """The value of the nearest row that differs and that this row may have."""
    name = column.name
    place = rows.index(row)
    for other in [*rows[place + 1:], *reversed(rows[:place])]:
        if not is_null(other[name]) and other[name] != row[name] and not clashes(table, row, name, other[name], rows):
            return other[name]
    return None


def value_for_none(table, column, rows):
    """A value for a row that has none."""
    name = column.name
    row = pick(rows, lambda one: not is_null(one[name]))
    if row is None:
        return {'text': "'x'", 'integer': '1', 'uuid': "'00000000-0000-7000-8000-000000000001'",
                'binary': f"X'{'5A' * 32}'"}[column.kind]
    return spare(table, column, rows) if must_differ(table, column) else row[name]


def column_changes(table, column, rows):
    """(kind of change, SQL)."""
    name = column.name
    bare = pick(rows, lambda one: is_null(one[name]))
    if bare is not None:
        yield CHANGES[5], set_to(table, bare, name, value_for_none(table, column, rows))
    row = pick(rows, lambda one: not is_null(one[name]))
    if row is None:
        return
    told = {row[name]}
    little = a_little(column, row[name])
    if clashes(table, row, name, little, rows):
        little = spare(table, column, rows)
    for change, value in zip(CHANGES, (other_value(table, column, row, rows), little, largest(column, row[name]),
                                       least(column, row[name]))):
        if value is not None and value not in told and not clashes(table, row, name, value, rows):
            told.add(value)
            yield change, set_to(table, row, name, value)
    if column.is_nullable:
        yield CHANGES[4], set_to(table, row, name, 'NULL')
    other = other_row(table, column, row, rows)
    if other is not None:
        yield CHANGES[6], exchanged(table, column, row, other, rows)


def insert(table, row):
    return f'INSERT INTO {table.name} ({", ".join(row)}) VALUES ({", ".join(row.values())})'


def own(table, row, rows):
    """The row with values of its own wherever rows must differ, as few as that takes."""
    fresh = dict(row)
    for unique in table.uniques:
        if any(is_null(fresh[name]) for name in unique) or not any(
                all(one[name] == fresh[name] for name in unique) for one in rows):
            continue
        whole = [name for name in unique if table.column(name).kind == 'integer'] or unique[:1]
        fresh[whole[-1]] = spare(table, table.column(whole[-1]), rows)
    return fresh


def made_up(table, row, rows):
    """A row of its own in which everything is a little different."""
    fresh = own(table, row, rows)
    for column in table.columns:
        name = column.name
        if name in fresh and fresh[name] == row[name] and not is_null(row[name]) and not must_differ(table, column):
            fresh[name] = other_value(table, column, row, rows) or a_little(column, row[name])
    return fresh


def contents_exchanged(table, first, second):
    """All but what must differ anyway."""
    moved = [column for column in table.columns if not column.is_generated and not must_differ(table, column) and
             first[column.name] != second[column.name]]
    if not moved:
        return None
    return '; '.join(f'UPDATE {table.name} SET {", ".join(f"{c.name} = {source[c.name]}" for c in moved)} '
                     f'WHERE {where(table, target)}' for target, source in ((first, second), (second, first)))


def restored(table, rows, old):
    """(kind of change, SQL): rows as they were some time ago."""
    now = {tuple(row[name] for name in table.key): row for row in rows}
    changed = [row for row in old if now.get(tuple(row[name] for name in table.key), row) != row]
    if changed:
        row = changed[len(changed) // 2]
        told = ', '.join(f'{name} = {value}' for name, value in row.items() if name not in table.key)
        yield ROWS[7], f'UPDATE {table.name} SET {told} WHERE {where(table, row)}'
    if old != rows:
        yield ROWS[8], '; '.join([f'DELETE FROM {table.name}', *(insert(table, row) for row in old)])


def row_changes(table, rows):
    """(kind of change, SQL)."""
    row = pick(rows, lambda one: True)
    yield ROWS[0], f'DELETE FROM {table.name} WHERE {where(table, row)}'
    if len(rows) > 1:
        yield ROWS[1], f'DELETE FROM {table.name} WHERE {where(table, rows[-1])}'
        yield ROWS[2], f'DELETE FROM {table.name}'
    yield ROWS[3], insert(table, made_up(table, row, rows))
    yield ROWS[4], insert(table, own(table, row, rows))
    if len(rows) == 1:
        return
    place = rows.index(row)
    other = rows[place + 1] if place + 1 < len(rows) else rows[place - 1]
    swapped = contents_exchanged(table, row, other)
    if swapped:
        yield ROWS[5], swapped
    last = table.column(table.key[-1])
    second = other_row(table, last, row, rows)
    if second is not None:
        yield ROWS[6], exchanged(table, last, row, second, rows)


def tamperings(side):
    """Of every table. One that the small book leaves empty is taken from the large one."""
    found = []
    for table in side.tables():
        book = 'small'
        rows = side.rows(book, table)
        if not rows and 'large' in side.books:
            book = 'large'
            rows = side.rows(book, table)
        if not rows:
            found += empty_table(table)
            continue
        for column in table.columns:
            if not column.is_generated:
                found += [Tampering('columns', table.name, column.name, change, sql, book)
                          for change, sql in column_changes(table, column, rows)]
        changes = [*row_changes(table, rows), *(restored(table, rows, side.rows('early', table)) if book == 'small' else [])]
        found += [Tampering('rows', table.name, '', change, sql, book) for change, sql in changes]
    return found


def empty_table(table):
    """No book has a row in it: one is made up, with the least that each column takes."""
    row = {}
    for column in table.columns:
        if not column.is_generated and not column.is_nullable:
            row[column.name] = {'text': "'x'", 'integer': '1', 'binary': f"X'{'5A' * 32}'", 'uuid':
                                "'00000000-0000-7000-8000-000000000001'", 'day': "'2026-01-30'", 'instant':
                                "'2026-01-30 12:00:00'", 'decimal': '1.00',
                                'choice': sql_text(column.members[0]) if column.members else ''}[column.kind]
    return [Tampering('rows', table.name, '', ROWS[3], insert(table, row))]
