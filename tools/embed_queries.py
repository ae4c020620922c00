#!/usr/bin/env python3
"""Embeds the SQL of src/store/sql into C: queries by name, migrations and grants, for every dialect.

    embed_queries.py SQL_DIRECTORY OUTPUT_DIRECTORY [DEPFILE]

writes OUTPUT_DIRECTORY/queries.h, migration_names.c and, for each directory <dialect> under SQL_DIRECTORY and each dialect
that is derived from one of them (DERIVED), queries_<dialect>.c.

A query in <dialect>/*.sql:

    -- query: transaction_insert
    -- in: log_index integer, transaction_id blob, description text?, event_type symbol
    -- out: amount amount
    SELECT ...;

Types are those of enum value_type in src/store/driver.h in small letters; `?` behind one says that NULL is possible.
`in` and `out` may go on in further lines of the same kind, or be missing. Other comment lines stay out of the embedded
text. Inputs are ?1, ?2 ... in the order of their declaration; for a dialect whose database knows only ? they become that,
and the definition says which input each of them is.

Where a dialect has nothing to do, `-- none: reason` stands in place of the statement. `-- derived: none, reason` says that a
dialect which is derived from this one has nothing to do. `-- rows: many` says of a query that its result may be too large for
memory.

A migration is a file <dialect>/migrations/NNNN_name.sql of statements, each ending with `;` at the end of a line. Within
a statement the text is kept as it is, since a database may give it back word by word; comments between statements go.

<dialect>/expected.txt, where there is one, is what a database says of the tables and views that the migrations made, as
tools/expected_schema.py wrote it: after a line `-- table: name` or `-- view: name` the words of the database.

A file <dialect>/grants/ROLE.sql, where the database has users, says what a role needs: first `CREATE USER {account}
IDENTIFIED BY '<password>';`, then GRANT statements, each ending with `;` at the end of a line. The comments above a
statement go with it, and are printed as it is. Names stand in braces: {account}, {database}, and {pattern}, which is the
database where it is matched as a pattern.

The build fails, naming file and line, when something is declared twice or not at all, a type is unknown, a parameter
has no declaration, dialects differ in names, inputs, outputs or migrations, or migrations do not count 1, 2, 3 ...
"""

import pathlib
import re
import sys
from dataclasses import dataclass, field, replace

# The values of enum value_type in src/store/driver.h; the C that is made asserts that they agree.
TYPES = {'integer': 1, 'amount': 2, 'time': 3, 'day': 4, 'text': 5, 'symbol': 6, 'blob': 7}

# Dialects whose parameters have no numbers.
POSITIONAL = {'mariadb', 'mysql'}

# MySQL is MariaDB's text, apart where they differ. It has no UUID type: an id is its text there, as the statements of the
# runbook compare it, while the engine's ids are 16 bytes: `-- in:` and `-- out:` blobs named …_id. What stands here runs
# on MariaDB too, which is how it is tested. The collation is filled in by the driver, since no server has both names.
DERIVED = {'mysql': 'mariadb'}
DERIVED_QUERIES = [
    (re.compile(r'CAST\(([\w.]+) AS BINARY\(16\)\)'), r"unhex(replace(\1, '-', ''))"),
]
DERIVED_ID = "insert(insert(insert(insert(lower(hex({})), 9, 0, '-'), 14, 0, '-'), 19, 0, '-'), 24, 0, '-')"
DERIVED_MIGRATIONS = [
    (re.compile(r'\bUUID\b'), 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin'),
    (re.compile(r'\butf8mb4_nopad_bin\b'), '{collation}'),
]

NAME = re.compile(r'[a-z][a-z0-9_]*\Z')
DECLARATION = re.compile(r'--\s*(query|in|out|none|derived|rows):\s*(.*)\Z')
COLUMN = re.compile(r'([a-z][a-z0-9_]*)\s+([a-z]+)(\??)\Z')
PLACEHOLDER = re.compile(r'\{[^}]*\}?')
PLACEHOLDERS = {'{account}', '{database}', '{pattern}'}
CREATE_USER = "CREATE USER {account} IDENTIFIED BY '<password>'"
MIGRATION = re.compile(r'(\d{4})_([a-z0-9_]+)\.sql\Z')
EXPECTED = re.compile(r'-- (table|view): ([A-Za-z_][A-Za-z0-9_]*)\Z')
CREATE = re.compile(
    r'CREATE\s+(?:TEMP\s+|TEMPORARY\s+|UNIQUE\s+|OR\s+REPLACE\s+|SQL\s+SECURITY\s+\w+\s+)*(TABLE|INDEX|VIEW|TRIGGER)\s+'
    r'(?:IF\s+NOT\s+EXISTS\s+)?["`]?([A-Za-z_][A-Za-z0-9_]*)', re.IGNORECASE)

# One piece of SQL: what stands in quotes or comments is never looked into.
TOKEN = re.compile(
    r"(?P<quoted>'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`)"
    r'|(?P<comment>--[^\n]*|/\*.*?\*/)'
    r'|(?P<parameter>\?\d*)'
    r'|(?P<word>[A-Za-z_][A-Za-z0-9_$]*)'
    r'|(?P<end>;)'
    r'|(?P<space>\s+)'
    r'|(?P<other>.)', re.DOTALL)


class Fault(Exception):
    """What is wrong, and where."""

    def __init__(self, path, line, message):
        super().__init__(f'{path}:{line}: {message}')


@dataclass
class Query:
    name: str
    path: pathlib.Path
    line: int
    columns: dict = field(default_factory=lambda: {'in': [], 'out': []})
    text_lines: list = field(default_factory=list)
    sql: str = ''
    parameters: list = field(default_factory=list)  # numbers of the inputs, in the order of the text
    is_none: bool = False
    is_underived: bool = False  # a dialect that is derived from this one has none
    is_long: bool = False


@dataclass
class Statement:
    sql: str
    object_type: str
    object_name: str


@dataclass
class Grant:
    comment: str  # whole lines, '' where there is none
    sql: str


@dataclass
class Object:
    """A table or view, in the words of the database."""
    type: str
    name: str
    definition: str = ''


@dataclass
class Migration:
    version: int
    name: str
    path: pathlib.Path
    statements: list


def add_columns(query, kind, text, path, line):
    """Reads `name type, name type?` into the query."""
    for item in filter(None, (piece.strip() for piece in text.split(','))):
        match = COLUMN.match(item)
        if match is None:
            raise Fault(path, line, f'query {query.name}: expected "name type" but found "{item}"')
        name, type_name, nullable = match.groups()
        if type_name not in TYPES:
            raise Fault(path, line, f'query {query.name}: unknown type "{type_name}", known are {", ".join(TYPES)}')
        if any(name == known for known, _, _ in query.columns[kind]):
            raise Fault(path, line, f'query {query.name}: "{name}" is declared twice')
        query.columns[kind].append((name, type_name, nullable))


def check_query_text(query):
    """One statement, ending with `;`, whose parameters are the declared inputs."""
    text = '\n'.join(query.text_lines).strip()
    if query.is_none:
        if text != '':
            raise Fault(query.path, query.line, f'query {query.name}: a statement beside "-- none:"')
        return
    end = None
    for token in TOKEN.finditer(text):
        line = query.line + text.count('\n', 0, token.start())
        if end is not None and token.lastgroup not in ('space', 'comment'):
            raise Fault(query.path, line, f'query {query.name}: more than one statement')
        if token.lastgroup == 'end':
            end = token.start()
        elif token.lastgroup == 'parameter':
            number = token.group()[1:]
            if not number.isdigit():
                raise Fault(query.path, line, f'query {query.name}: parameters are numbered: ?1, ?2')
            query.parameters.append(int(number))
    if end is None:
        raise Fault(query.path, query.line, f'query {query.name}: no statement that ends with ";"')
    inputs = query.columns['in']
    for number in sorted(set(query.parameters) - set(range(1, len(inputs) + 1))):
        raise Fault(query.path, query.line, f'query {query.name}: ?{number}, but {len(inputs)} inputs are declared')
    # An input that this dialect does not need is allowed: another keeps it in its rows.
    query.sql = text[:end].rstrip()


def read_queries(paths):
    """The queries of one dialect, by name."""
    queries = {}
    for path in paths:
        query = None
        for line, text in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
            stripped = text.strip()
            match = DECLARATION.match(stripped)
            if match is not None and match[1] == 'query':
                name = match[2].strip()
                if NAME.match(name) is None:
                    raise Fault(path, line, f'"{name}" is no name of a query')
                if name in queries:
                    raise Fault(path, line, f'query {name}: stands already at '
                                            f'{queries[name].path}:{queries[name].line}')
                query = queries[name] = Query(name, path, line)
            elif match is not None:
                if query is None or query.text_lines:
                    raise Fault(path, line, f'"-- {match[1]}:" belongs between "-- query:" and its statement')
                if match[1] == 'none':
                    query.is_none = True
                elif match[1] == 'derived':
                    if not match[2].startswith('none, '):
                        raise Fault(path, line, f'query {query.name}: "-- derived:" is "none, reason" or missing')
                    query.is_underived = True
                elif match[1] == 'rows':
                    if match[2].strip() != 'many':
                        raise Fault(path, line, f'query {query.name}: "-- rows:" is "many" or missing')
                    query.is_long = True
                else:
                    add_columns(query, match[1], match[2], path, line)
            elif stripped == '' or stripped.startswith('--'):
                continue
            elif query is None:
                raise Fault(path, line, 'SQL before the first "-- query:"')
            else:
                query.text_lines.append(text.rstrip())
    for query in queries.values():
        check_query_text(query)
    return queries


def split_statements(path):
    """The statements of a migration, without what stands between them and without their last `;`."""
    text = path.read_text(encoding='utf-8')
    statements, begin, depth, is_trigger, words, previous = [], None, 0, False, 0, ''
    for token in TOKEN.finditer(text):
        kind = token.lastgroup
        if begin is None:
            if kind in ('space', 'comment'):
                continue
            begin, depth, words, is_trigger = token.start(), 0, 0, False
        if kind == 'word':
            words += 1
            word = token.group().upper()
            is_trigger = is_trigger or (word == 'TRIGGER' and words <= 4)
            if word == 'CASE' or (is_trigger and (word == 'BEGIN' or (word == 'IF' and previous != 'END'))):
                depth += 1
            elif word == 'END' and depth > 0:
                depth -= 1
            previous = word
        elif kind == 'end' and depth == 0:
            sql = text[begin:token.start()].rstrip()
            line = text.count('\n', 0, begin) + 1
            rest = text[token.end():].split('\n', 1)[0].strip()
            if rest != '' and not rest.startswith('--'):
                raise Fault(path, text.count('\n', 0, token.start()) + 1, 'a statement ends with ";" at the end of a line')
            match = CREATE.match(sql)
            if match is None and sql.upper().startswith('CREATE'):
                raise Fault(path, line, 'a CREATE of something that is no table, index, view or trigger')
            object_type, object_name = (match[1].lower(), match[2]) if match else (None, None)
            statements.append(Statement(sql, object_type, object_name))
            begin = None
    if begin is not None:
        raise Fault(path, text.count('\n', 0, begin) + 1, 'this statement has no end')
    return statements


def read_migrations(paths):
    """The migrations of one dialect, in order from version 1."""
    migrations = []
    for path in paths:
        match = MIGRATION.match(path.name)
        if match is None:
            raise Fault(path, 1, 'a migration is named NNNN_name.sql')
        if int(match[1]) != len(migrations) + 1:
            raise Fault(path, 1, f'expected version {len(migrations) + 1:04} here')
        migrations.append(Migration(int(match[1]), match[2], path, split_statements(path)))
        if not migrations[-1].statements:
            raise Fault(path, 1, 'a migration without a statement')
    return migrations


def read_grants(path):
    """The statements of one role, each with the comment above it."""
    if NAME.match(path.stem) is None:
        raise Fault(path, 1, f'"{path.stem}" is no name of a role')
    grants, comment, statement = [], [], []
    for line, text in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
        for unknown in set(PLACEHOLDER.findall(text)) - PLACEHOLDERS:
            raise Fault(path, line, f'{unknown} is not one of {", ".join(sorted(PLACEHOLDERS))}')
        if not statement and text.startswith('--'):
            comment.append(text + '\n')
        elif statement or text.strip() != '':
            statement.append(text.rstrip())
            if text.rstrip().endswith(';'):
                sql = '\n'.join(statement)[:-1]
                if sql != CREATE_USER if not grants else not sql.startswith('GRANT '):
                    raise Fault(path, line, f'expected {"a GRANT" if grants else CREATE_USER} here')
                grants.append(Grant(''.join(comment), sql))
                comment, statement = [], []
    if comment or statement or len(grants) < 2:
        raise Fault(path, 1, 'a role is CREATE USER and at least one GRANT, each ending with ";" at the end of a line')
    return grants


def read_expected(path):
    """What the database says of each table and view; nothing for a dialect whose migrations say all."""
    objects = []
    if not path.exists():
        return objects
    for line, text in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
        match = EXPECTED.match(text)
        if match:
            objects.append(Object(match[1], match[2]))
        elif text == '' or text.startswith('-- '):
            continue
        elif not objects:
            raise Fault(path, line, 'a description before the first "-- table:" or "-- view:"')
        else:
            objects[-1].definition += ('\n' if objects[-1].definition else '') + text
    return objects


def check_expected(path, objects, migrations):
    """The tables and views of the migrations are described, and no others."""
    described = [(described.type, described.name) for described in objects]
    made = [(statement.object_type, statement.object_name) for migration in migrations
            for statement in migration.statements if statement.object_type in ('table', 'view')]
    if objects and sorted(set(made)) != sorted(described):
        raise Fault(path, 1, 'describes other tables and views than the migrations make: run tools/expected_schema.py')


def substitute(substitutions, texts, dialect):
    """The texts with all substitutions made, each of which is needed somewhere."""
    for pattern, replacement in substitutions:
        counts = [pattern.subn(replacement, text) for text in texts]
        if not any(count for _, count in counts):
            raise Fault(pathlib.Path(__file__), 1, f'nothing for {dialect} to substitute by {pattern.pattern}')
        texts = [text for text, _ in counts]
    return texts


def derive_parameters(query):
    """The query's text with every id that goes in made text."""
    def derive_token(token):
        if token.lastgroup != 'parameter':
            return token.group()
        name, type_name, _ = query.columns['in'][int(token.group()[1:]) - 1]
        return DERIVED_ID.format(token.group()) if type_name == 'blob' and name.endswith('_id') else token.group()

    return ''.join(map(derive_token, TOKEN.finditer(query.sql)))


def derive_dialect(dialect, queries, migrations):
    """The queries and migrations of a dialect that is another's, apart where they differ."""
    sql = substitute(DERIVED_QUERIES, [derive_parameters(query) for query in queries.values()], dialect)
    derived_queries = {name: replace(query, sql=text, is_none=query.is_none or query.is_underived)
                       for (name, query), text in zip(queries.items(), sql)}
    statements = [statement for migration in migrations for statement in migration.statements]
    texts = iter(substitute(DERIVED_MIGRATIONS, [statement.sql for statement in statements], dialect))
    return derived_queries, [
        replace(migration, statements=[replace(statement, sql=next(texts)) for statement in migration.statements])
        for migration in migrations]


def check_dialects_agree(dialects):
    """Every dialect has the same queries, with the same inputs and outputs, and the same migrations."""
    items = list(dialects.items())
    for left, (left_queries, left_migrations) in items:
        for right, (right_queries, right_migrations) in items:
            for name, query in left_queries.items():
                other = right_queries.get(name)
                if other is None:
                    raise Fault(query.path, query.line, f'query {name}: {left} has it, {right} lacks it')
                for kind in ('in', 'out'):
                    if query.columns[kind] != other.columns[kind]:
                        raise Fault(query.path, query.line, f'query {name}: "-- {kind}:" differs from '
                                                            f'{other.path}:{other.line}')
            for migration in left_migrations[len(right_migrations):]:
                raise Fault(migration.path, 1, f'{left} has this migration, {right} lacks it')
            for migration, other in zip(left_migrations, right_migrations):
                if migration.name != other.name:
                    raise Fault(migration.path, 1, f'{right} names this migration {other.name}')


def c_string(text, indent):
    """The text as C string literals, one a line of it."""
    escapes = {'\\': '\\\\', '"': '\\"', '\n': '\\n', '\t': '\\t'}
    literals = []
    for line in text.splitlines(keepends=True):
        literal = ''
        for character in line:
            if character in escapes:
                literal += escapes[character]
            elif character == '?' and literal.endswith('?'):
                literal += '\\?'  # or it might begin a trigraph
            elif ' ' <= character <= '~':
                literal += character
            else:
                literal += ''.join(f'\\{byte:03o}' for byte in character.encode('utf-8'))
        literals.append(f'"{literal}"')
    return ('\n' + ' ' * indent).join(literals)


HEADER_HEAD = """\
/* Made from src/store/sql by tools/embed_queries.py.
 *
 * For a query named `account_find`: QUERY_ACCOUNT_FIND is its id; ACCOUNT_FIND_IN_<NAME> and ACCOUNT_FIND_OUT_<NAME> are
 * the indexes from 0 of its inputs and outputs, ACCOUNT_FIND_INS and ACCOUNT_FIND_OUTS how many there are. */
#ifndef LEDGER_QUERIES_H
#define LEDGER_QUERIES_H

#include <stdbool.h>
#include <stdint.h>

"""

HEADER_STRUCTS = """\
/* A query in one dialect. The types are values of enum value_type. */
struct query_definition {
    const char *name;
    const char *sql; /* NULL: this dialect has nothing to do */
    const uint8_t *parameters; /* of a dialect whose parameters have no numbers: which input each is, from 0 */
    unsigned parameters_count;
    bool is_long; /* the result may be too large for memory */
    const uint8_t *inputs;
    unsigned inputs_count;
    unsigned inputs_used; /* by this dialect: those behind them are for others */
    const uint8_t *outputs;
    unsigned outputs_count;
};

/* A statement of a migration; one that creates says what: "table", "index", "view" or "trigger" and its name, else both
 * are NULL. Its text is as it was written, without the `;`. */
struct migration_statement {
    const char *sql;
    const char *object_type;
    const char *object_name;
};

/* The step from version - 1 to version. */
struct migration {
    int version;
    const char *name;
    const struct migration_statement *statements;
    unsigned statements_count;
};

/* A statement of a role's grants, without its `;`, with {account}, {database} and {pattern} for the names. The comment
 * above it has whole lines, or is "". */
struct grant_statement {
    const char *comment;
    const char *sql;
};

/* What a role needs: the first statement makes the account. */
struct role_grants {
    const char *role;
    const struct grant_statement *statements;
    unsigned statements_count;
};

/* What the database itself says of a "table" or "view" that the migrations made. */
struct schema_object {
    const char *type;
    const char *name;
    const char *definition;
};
"""


def write_header(path, dialects, expected, roles):
    queries = next(iter(dialects.values()))[0]
    names = sorted(queries)
    out = [HEADER_HEAD, 'enum query_id {\n']
    out += [f'    QUERY_{name.upper()},\n' for name in names]
    out += ['    QUERY_COUNT\n};\n\n']
    # One enumeration, so that the columns of two queries may be compared without a cast.
    out += ['enum {\n']
    for name in names:
        for kind, tag in (('in', 'IN'), ('out', 'OUT')):
            columns = queries[name].columns[kind]
            out += [f'    {name.upper()}_{tag}_{column.upper()} = {index}, '
                    f'/* {type_name}{", may be NULL" if nullable else ""} */\n'
                    for index, (column, type_name, nullable) in enumerate(columns)]
            out.append(f'    {name.upper()}_{tag}S = {len(columns)},\n')
    out += ['};\n\n']
    out += [HEADER_STRUCTS]
    migrations = next(iter(dialects.values()))[1]
    out += ['\n/* The same in every dialect; that of version 1 first. */\n',
            f'enum {{ MIGRATIONS_COUNT = {len(migrations)} }};\n',
            'extern const char *const migration_names[MIGRATIONS_COUNT];\n']
    for dialect in dialects:
        out += [f'\nextern const struct query_definition queries_{dialect}[QUERY_COUNT]; /* by query_id */\n',
                f'extern const struct migration migrations_{dialect}[MIGRATIONS_COUNT];\n']
        if expected[dialect]:
            out += [f'enum {{ SCHEMA_{dialect.upper()}_COUNT = {len(expected[dialect])} }};\n',
                    f'extern const struct schema_object schema_{dialect}[SCHEMA_{dialect.upper()}_COUNT];\n']
        if roles[dialect]:
            out += [f'enum {{ ROLES_{dialect.upper()}_COUNT = {len(roles[dialect])} }};\n',
                    f'extern const struct role_grants grants_{dialect}[ROLES_{dialect.upper()}_COUNT];\n']
    out += ['\n#endif\n']
    path.write_text(''.join(out), encoding='utf-8')


def write_types(out, name, columns):
    """The array of types of one side of a query; returns how to name it."""
    if not columns:
        return 'NULL', 0
    values = ', '.join(str(TYPES[type_name]) for _, type_name, _ in columns)
    out.append(f'static const uint8_t {name}[] = {{{values}}};\n')
    return name, len(columns)


def write_names(path, migrations):
    names = ''.join(f'    "{migration.name}",\n' for migration in migrations)
    path.write_text('/* Made from src/store/sql by tools/embed_queries.py. */\n#include "queries.h"\n\n'
                    f'const char *const migration_names[MIGRATIONS_COUNT] = {{\n{names}}};\n', encoding='utf-8')


def write_expected(dialect, objects):
    """The array of what the database says; nothing where it is not known."""
    if not objects:
        return []
    rows = [f'    {{\n        "{described.type}",\n        "{described.name}",\n'
            f'        {c_string(described.definition, 8)},\n    }},\n' for described in objects]
    return [f'\nconst struct schema_object schema_{dialect}[SCHEMA_{dialect.upper()}_COUNT] = {{\n', *rows, '};\n']


def write_roles(dialect, roles):
    """The grants of every role of a dialect; nothing where its database has no users."""
    out = []
    for role, grants in roles.items():
        rows = [f'    {{\n        {c_string(grant.comment, 8) or chr(34) * 2},\n        {c_string(grant.sql, 8)},\n    }},\n'
                for grant in grants]
        out += [f'\nstatic const struct grant_statement {role}_grants[] = {{\n', *rows, '};\n']
    if roles:
        rows = [f'    {{"{role}", {role}_grants, {len(grants)}}},\n' for role, grants in roles.items()]
        out += [f'\nconst struct role_grants grants_{dialect}[ROLES_{dialect.upper()}_COUNT] = {{\n', *rows, '};\n']
    return out


def write_dialect(path, dialect, queries, migrations, objects, roles):
    out = ['/* Made from src/store/sql by tools/embed_queries.py. */\n#include <stddef.h>\n\n#include "store/driver.h"\n\n',
           *[f'_Static_assert(VALUE_{name.upper()} == {value}, "{name}");\n' for name, value in TYPES.items()],
           '\n/* One literal a statement, however long: every compiler that we use takes it. */\n',
           '#pragma GCC diagnostic ignored "-Woverlength-strings"\n\n']
    rows = []
    for name in sorted(queries):
        query = queries[name]
        inputs, inputs_count = write_types(out, f'{name}_inputs', query.columns['in'])
        outputs, outputs_count = write_types(out, f'{name}_outputs', query.columns['out'])
        parameters, sql = [], query.sql
        if dialect in POSITIONAL:
            parameters = query.parameters
            sql = ''.join('?' if token.lastgroup == 'parameter' else token.group() for token in TOKEN.finditer(sql))
        if parameters:
            out.append(f'static const uint8_t {name}_parameters[] = '
                       f'{{{", ".join(str(number - 1) for number in parameters)}}};\n')
        rows.append(f'    [QUERY_{name.upper()}] =\n        {{\n            "{name}",\n'
                    f'            {"NULL" if query.is_none else c_string(sql, 12)},\n'
                    f'            {f"{name}_parameters" if parameters else "NULL"},\n'
                    f'            {len(parameters)},\n'
                    f'            {"true" if query.is_long else "false"},\n'
                    f'            {inputs},\n            {inputs_count},\n            {max(query.parameters, default=0)},\n'
                    f'            {outputs},\n            {outputs_count},\n        }},\n')
    out += [f'\nconst struct query_definition queries_{dialect}[QUERY_COUNT] = {{\n', *rows, '};\n']
    for migration in migrations:
        out.append(f'\nstatic const struct migration_statement migration_{migration.version}_statements[] = {{\n')
        for statement in migration.statements:
            kind = f'"{statement.object_type}"' if statement.object_type else 'NULL'
            name = f'"{statement.object_name}"' if statement.object_name else 'NULL'
            out.append(f'    {{\n        {c_string(statement.sql, 8)},\n        {kind},\n        {name},\n    }},\n')
        out.append('};\n')
    out.append(f'\nconst struct migration migrations_{dialect}[MIGRATIONS_COUNT] = {{\n')
    out += [f'    {{{migration.version}, "{migration.name}", migration_{migration.version}_statements, '
            f'{len(migration.statements)}}},\n' for migration in migrations]
    out.append('};\n')
    out += write_expected(dialect, objects)
    out += write_roles(dialect, roles)
    path.write_text(''.join(out), encoding='utf-8')


def main(arguments):
    if len(arguments) not in (2, 3):
        sys.exit(__doc__)
    sql, output = pathlib.Path(arguments[0]), pathlib.Path(arguments[1])
    dialects, expected, roles, read = {}, {}, {}, [sql]
    for directory in sorted(path for path in sql.iterdir() if path.is_dir()):
        query_paths = sorted(directory.glob('*.sql'))
        migration_paths = sorted((directory / 'migrations').glob('*.sql'))
        expected_path = directory / 'expected.txt'
        grant_paths = sorted((directory / 'grants').glob('*.sql'))
        read += [directory, directory / 'migrations', directory / 'grants', *query_paths, *migration_paths, *grant_paths,
                 expected_path]
        dialects[directory.name] = (read_queries(query_paths), read_migrations(migration_paths))
        if not query_paths or not migration_paths:
            raise Fault(directory, 1, 'a dialect needs queries and a migration')
        expected[directory.name] = read_expected(expected_path)
        check_expected(expected_path, expected[directory.name], dialects[directory.name][1])
        roles[directory.name] = {path.stem: read_grants(path) for path in grant_paths}
    if not dialects:
        raise Fault(sql, 1, 'no dialect here')
    for dialect, origin in DERIVED.items():
        if origin in dialects:
            dialects[dialect] = derive_dialect(dialect, *dialects[origin])
            expected[dialect], roles[dialect] = [], {}
    check_dialects_agree(dialects)
    output.mkdir(parents=True, exist_ok=True)
    write_header(output / 'queries.h', dialects, expected, roles)
    write_names(output / 'migration_names.c', next(iter(dialects.values()))[1])
    for dialect, (queries, migrations) in dialects.items():
        write_dialect(output / f'queries_{dialect}.c', dialect, queries, migrations, expected[dialect], roles[dialect])
    if len(arguments) == 3:
        # Directories too, so that a new file makes the build look again.
        names = ' '.join(str(path).replace(' ', '\\ ') for path in read if path.exists())
        pathlib.Path(arguments[2]).write_text(f'{output / "queries.h"}: {names}\n', encoding='utf-8')


if __name__ == '__main__':
    try:
        main(sys.argv[1:])
    except Fault as fault:
        sys.exit(str(fault))
