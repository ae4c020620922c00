#!/usr/bin/env python3
"""The build's own tools: each fault that they promise to find is found, at its file and line, and nothing else is."""

import pathlib
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
TOOLS = TOP / 'tools'
count = 0


def check(name, is_so, said=''):
    """One TAP result; what was said is shown where it is not so."""
    global count
    count += 1
    print(f'{"ok" if is_so else "not ok"} {count} - {name.replace("#", "")}')
    if not is_so:
        print(''.join(f'# {line}\n' for line in said.splitlines()), end='')


def run(*command, text=''):
    done = subprocess.run([str(word) for word in command], input=text, text=True, capture_output=True, check=False)
    return done.returncode, done.stdout + done.stderr


def write_tree(top, files):
    for name, text in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding='utf-8')


MIGRATION = '-- what it is for\nCREATE TABLE a (x INTEGER);\n'
QUERY = '-- query: find\n-- in: a integer, b text?\n-- out: c amount\nSELECT c FROM t\n-- why\nWHERE a = ?1 AND b = ?2;\n'
ID_QUERY = '-- query: of\n-- in: t_id blob\n-- out: t_id blob\nSELECT CAST(t_id AS BINARY(16)) FROM t WHERE t_id = ?1;\n'
OWN_QUERY = '-- query: own\n-- derived: none, it has no such table\nSELECT 1 FROM own;\n'
ID_MIGRATION = 'CREATE TABLE a (x UUID) COLLATE = utf8mb4_nopad_bin;\n'
GRANTS = "CREATE USER {account} IDENTIFIED BY '<password>';\n-- why\nGRANT SELECT\n    ON {pattern}.* TO {account};\n"

# name, files beside the good ones what is told of them (None: nothing)
EMBED_CASES = [
    ('nothing wrong', {}, None),
    ('a query declared twice', {'one/b.sql': QUERY}, 'one/b.sql:1: query find: stands already at'),
    ('an unknown type', {'one/a.sql': '-- query: f\n-- in: a float\nSELECT ?1;\n'}, 'one/a.sql:2: query f: unknown type "float"'),
    ('a column without a type', {'one/a.sql': '-- query: f\n-- in: a\nSELECT ?1;\n'}, 'one/a.sql:2: query f: expected "name type"'),
    ('a column declared twice', {'one/a.sql': '-- query: f\n-- in: a day,\n-- in: a day\nSELECT ?1, ?2;\n'}, 'one/a.sql:3:'),
    ('a parameter beyond the inputs', {'one/a.sql': '-- query: f\n-- in: a day\nSELECT ?1, ?2;\n'}, '?2, but 1 inputs'),
    ('an input that this dialect does not use', {'one/a.sql': '-- query: f\n-- in: a day\nSELECT 1;\n'}, None),
    ('a parameter without number', {'one/a.sql': '-- query: f\n-- in: a day\nSELECT\n?;\n'}, 'parameters are numbered'),
    ('two statements', {'one/a.sql': '-- query: f\nSELECT 1;\nSELECT 2;\n'}, 'more than one statement'),
    ('no end', {'one/a.sql': '-- query: f\nSELECT 1\n'}, 'one/a.sql:1: query f: no statement that ends'),
    ('a word about derived dialects that says nothing', {'one/a.sql': '-- query: f\n-- derived: some\nSELECT 1;\n'},
     'one/a.sql:2: query f: "-- derived:" is'),
    ('SQL before the first query', {'one/a.sql': '\nSELECT 1;\n'}, 'one/a.sql:2: SQL before'),
    ('inputs after the statement', {'one/a.sql': '-- query: f\nSELECT 1;\n-- in: a day\n'}, 'one/a.sql:3: "-- in:" belongs'),
    ('a query that one dialect lacks', {'two/a.sql': '-- query: other\nSELECT 1;\n', 'two/migrations/0001_a.sql': MIGRATION},
     'one/a.sql:1: query find: one has it, two lacks it'),
    ('inputs that differ between dialects',
     {'two/a.sql': QUERY.replace('b text?', 'b text'), 'two/migrations/0001_a.sql': MIGRATION}, '"-- in:" differs from'),
    ('outputs that differ between dialects',
     {'two/a.sql': QUERY.replace('c amount', 'd amount'), 'two/migrations/0001_a.sql': MIGRATION}, '"-- out:" differs from'),
    ('a migration that one dialect lacks',
     {'two/a.sql': QUERY, 'two/migrations/0001_a.sql': MIGRATION, 'two/migrations/0002_b.sql': MIGRATION},
     '0002_b.sql:1: two has this migration, one lacks it'),
    ('a derived dialect with nothing to derive', {'mariadb/a.sql': QUERY, 'mariadb/migrations/0001_a.sql': MIGRATION},
     'nothing for mysql to substitute by'),
    ('a gap between migrations', {'one/migrations/0003_b.sql': MIGRATION}, '0003_b.sql:1: expected version 0002'),
    ('a migration without end', {'one/migrations/0002_b.sql': '-- a\n\nSELECT 1\n'}, '0002_b.sql:3: this statement has no end'),
    ('a migration of comments', {'one/migrations/0002_b.sql': '-- a\n'}, '0002_b.sql:1: a migration without a statement'),
    ('two statements in a line', {'one/migrations/0002_b.sql': 'SELECT 1; SELECT 2;\n'}, '0002_b.sql:1: a statement ends'),
    ('grants of a role', {'one/grants/r.sql': GRANTS}, None),
    ('grants without the user', {'one/grants/r.sql': GRANTS.partition('\n')[2]}, 'r.sql:3: expected CREATE USER {account}'),
    ('grants with something else', {'one/grants/r.sql': GRANTS + 'DROP TABLE t;\n'}, 'r.sql:5: expected a GRANT'),
    ('grants with an unknown name', {'one/grants/r.sql': GRANTS + '-- {host}\n'}, 'r.sql:5: {host} is not one of'),
    ('grants without an end', {'one/grants/r.sql': GRANTS[:-2]}, 'r.sql:1: a role is CREATE USER and'),
    ('a role without a name', {'one/grants/R.sql': GRANTS}, '"R" is no name of a role'),
]

TRIGGERS = """
CREATE TRIGGER t BEFORE INSERT ON a
BEGIN
    SELECT CASE WHEN 'END;' = ?? THEN 1 -- it's ; here
    END;
END; -- done
CREATE UNIQUE INDEX i ON a (x);
"""


def test_embed_queries():
    for name, changes, expected in EMBED_CASES:
        with tempfile.TemporaryDirectory() as scratch:
            top = pathlib.Path(scratch)
            write_tree(top / 'sql', {'one/a.sql': QUERY, 'one/migrations/0001_a.sql': MIGRATION, **changes})
            status, said = run(TOOLS / 'embed_queries.py', top / 'sql', top / 'out')
            is_so = status == 0 if expected is None else status != 0 and expected in said and 'Traceback' not in said
            check(f'embed_queries: {name}', is_so, said)
    with tempfile.TemporaryDirectory() as scratch:
        top = pathlib.Path(scratch)
        write_tree(top / 'sql', {'one/a.sql': QUERY, 'one/migrations/0001_a.sql': TRIGGERS.replace('??', "'x'")})
        status, said = run(TOOLS / 'embed_queries.py', top / 'sql', top / 'out')
        made = (top / 'out/queries_one.c').read_text(encoding='utf-8') if status == 0 else said
        check('embed_queries: a trigger is one statement, word by word',
              'THEN 1 -- it\'s ; here\\n"' in made and '"trigger",\n        "t"' in made and 'done' not in made, made)
        check('embed_queries: an index has its type and name', '"index",\n        "i"' in made, made)
        check('embed_queries: comments stay out of queries', '"SELECT c FROM t\\n"\n            "WHERE' in made, made)
    with tempfile.TemporaryDirectory() as scratch:
        top = pathlib.Path(scratch)
        write_tree(top / 'sql', {'mariadb/a.sql': ID_QUERY + OWN_QUERY, 'mariadb/migrations/0001_a.sql': ID_MIGRATION})
        status, said = run(TOOLS / 'embed_queries.py', top / 'sql', top / 'out')
        made = (top / 'out/queries_mysql.c').read_text(encoding='utf-8') if status == 0 else said
        check('embed_queries: MySQL has ids as text, and any collation',
              "SELECT unhex(replace(t_id, '-', '')) FROM t WHERE t_id = insert(" in made and 'lower(hex(?))' in made and
              'x CHAR(36) CHARACTER SET ascii COLLATE ascii_bin) COLLATE = {collation}' in made, made)
        check('embed_queries: what MySQL has nothing for is none there', status == 0 and 'FROM own' not in made and
              'FROM own' in (top / 'out/queries_mariadb.c').read_text(encoding='utf-8'), made)


# a source file, its text, what is told of it (None: nothing)
HEAD = '/* For the test. */\n'
LAYER_CASES = [
    ('src/engine/a.c', HEAD + '#include "store/b.h"\n', None),
    ('src/store/a.c', HEAD + '#include "engine/b.h"\n', 'src/store/a.c:2: store includes "engine/b.h"'),
    ('src/reports/a.c', HEAD + '#include "exchange/b.h"\n', 'src/reports/a.c:2: reports includes "exchange/b.h"'),
    ('src/cli/a.c', HEAD + '#include "exchange/b.h"\n', None),
    ('src/engine/a.c', HEAD + '#include <sqlite3.h>\n', 'which belongs to store'),
    ('src/store/a.c', HEAD + '#include <sqlite3.h>\n', None),
    ('src/engine/a.c', HEAD + '#include "store/driver.h"\n', 'which belongs to store'),
    ('src/base/a.c', HEAD + '#include "b.h"\n', 'is of no layer'),
    ('src/base/a.c', HEAD + '#include "base/none.h"\n', 'there is no "base/none.h"'),
    ('include/ledger/a.h', HEAD + '#include "base/b.h"\n', 'a public header includes "base/b.h"'),
    ('src/wrong/a.c', HEAD, 'wrong is no layer'),
    ('src/base/a.c', 'int a;\n', 'opens with a comment'),
    ('src/base/a.c', HEAD + 'double a;\n', 'src/base/a.c:2: double is not'),
    ('src/base/a.c', HEAD + '/* double */ const char *a = "double";\n', None),
    ('src/base/a.c', HEAD + 'void a(void) { goto b; }\n', 'goto is not'),
    ('src/engine/a.c', HEAD + 'const char *a = "SELECT "\n"x FROM t";\n', 'src/engine/a.c:2: SQL outside'),
    ('src/store/a.c', HEAD + 'const char *a = "SELECT x FROM t";\n', None),
    ('src/engine/a.c', HEAD + 'const char *a = "SELECT the account";\n', 'SQL outside'),
    ('src/engine/a.c', HEAD + 'const char *a = "please select the account";\n', None),
    ('src/base/a.c', HEAD + '/* TO' 'DO */\n', 'src/base/a.c:2: TO' 'DO'),
    ('src/base/a.c', HEAD + '\n' * 799, None),
    ('src/base/a.c', HEAD + '\n' * 800, 'more than 800'),
    ('tests/unit/test_a.c', HEAD, 'test_a.c is not listed'),
]


def test_check_layers():
    for name, text, expected in LAYER_CASES:
        with tempfile.TemporaryDirectory() as scratch:
            top = pathlib.Path(scratch)
            write_tree(top, {f'src/{layer}/b.h': HEAD for layer in ('base', 'store', 'engine', 'exchange')})
            write_tree(top, {'do': '', name: text})
            status, said = run(TOOLS / 'check_layers.py', top)
            check(f'check_layers: {name}: {expected or "nothing"}',
                  status == 0 if expected is None else status == 1 and expected in said, said)


# a plan, its last line, the exit status
RUN_CASES = [
    ('a: printf "1..2\\nok 1\\nok 2 - b # SKIP c\\n"', '1 passed, 0 failed, 1 skipped', 0),
    ('a: printf "1..1\\nok 1\\n1..1\\nok 1\\n"', '2 passed, 0 failed, 0 skipped', 0),
    ('a: sh -c "echo 1..1; echo not ok 1; exit 1"', '0 passed, 1 failed, 0 skipped', 1),
    ('a: sh -c "echo 1..1; echo ok 1; exit 3"', '1 passed, 1 failed, 0 skipped', 1),
    ('a: sh -c "echo 1..1; echo ok 1; kill -9 \\$\\$"', '1 passed, 1 failed, 0 skipped', 1),
    ('a: printf "1..2\\nok 1\\n"', '1 passed, 1 failed, 0 skipped', 1),
    ('a: printf "ok 1\\n"', '1 passed, 1 failed, 0 skipped', 1),
    ('a: echo 1..0', '0 passed, 1 failed, 0 skipped', 1),
    ('a: true', '0 passed, 1 failed, 0 skipped', 1),
    ('a: echo 1..0 \\# SKIP why', '0 passed, 0 failed, 1 skipped', 1),
    ('a: sleep 20', '0 passed, 1 failed, 0 skipped', 1),
    ('a: /nowhere/to/be/found', '0 passed, 1 failed, 0 skipped', 1),
    ('a! true\nb! X=7 sh -c "exit \\$X"', '1 passed, 1 failed, 0 skipped', 1),
    ('', '0 passed, 0 failed, 0 skipped', 1),
]


def test_run_tests():
    for plan, last, expected in RUN_CASES:
        status, said = run(TOOLS / 'run_tests.py', '--timeout', '1', text=plan)
        check(f'run_tests: {plan!r}', status == expected and said.splitlines()[-1] == last, said)
    with tempfile.TemporaryDirectory() as scratch:
        tally = pathlib.Path(scratch) / 'tally'
        for plan in ('a! true', 'a! false', 'a: echo 1..0 \\# SKIP why'):
            run(TOOLS / 'run_tests.py', '--tally', tally, text=plan)
        status, said = run(TOOLS / 'run_tests.py', '--total', tally)
        check('run_tests: the total of several', (status, said) == (1, '1 passed, 1 failed, 1 skipped\n'), said)


def test_symbol_map():
    with tempfile.TemporaryDirectory() as scratch:
        header, output = pathlib.Path(scratch) / 'a.h', pathlib.Path(scratch) / 'map'
        header.write_text('#define LEDGER_PUBLIC\n/* LEDGER_PUBLIC int ledger_c(void); */\n'
                          'LEDGER_PUBLIC LEDGER_MUST_CHECK int *ledger_b(int (*f)(int),\n int b);\n'
                          'LEDGER_PUBLIC void ledger_a(void);\nint ledger_d(void);\n', encoding='utf-8')
        status, said = run(TOOLS / 'make_symbol_map.py', '--version-node', 'N', '--output', output, header)
        made = output.read_text(encoding='utf-8') if status == 0 else said
        check('make_symbol_map: the marked functions alone',
              made.split() == 'N { global: ledger_a; ledger_b; local: *; };'.split(), made)
        header.write_text('LEDGER_PUBLIC int other(void);\n', encoding='utf-8')
        status, said = run(TOOLS / 'make_symbol_map.py', '--version-node', 'N', '--output', output, header)
        check('make_symbol_map: a name without the prefix is refused', status != 0 and 'other is public' in said, said)


def main():
    test_embed_queries()
    test_check_layers()
    test_run_tests()
    test_symbol_map()
    print(f'1..{count}')


if __name__ == '__main__':
    sys.exit(main())
