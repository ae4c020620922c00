#!/usr/bin/env python3
"""The runbook that a DBA brings along, statement by statement: tests/runbook/*.case, run in order by the real clients
against a real ledger on a real server. Environment: LEDGER_ADMIN, the program.

    runbook.py                run all of them
    runbook.py complete FILE  whether the cases have every statement and command of a runbook, as it stands and in order

A case file is a series of cases. A line that begins with `#` is a comment; `| ` in front marks the lines of a block.

    section TITLE           where in the runbook the cases below stand
    * TITLE                 a case begins
    exception TITLE         here stands what cannot hold as it stands: the case of that title in the file `exceptions`,
                            whose lines `because TEXT` say why; each of them is named once
    value NAME = TEXT       what is put in place of a placeholder
    given                   a block that the shell runs first; ours, not the runbook's
    on server NAME          another server than that of the ledger, by its name in SERVERS
    with idle connection    somebody is connected and does nothing; its id is ${idle_id}
    sql, shell, python      the block as it stands there: for mysql, for bash, for python3
    python for each transaction
                            the block is run for every transaction of the ledger, with its rows as the client gives them
                            in transaction_id, transaction_date, entries and stored_hash
    exit N                  the exit status, 0 where it is not named
    error N TEXT            the statement is refused with that number, and a message with that text
    out, err                the block is the whole output; both are empty where nothing is said of them
    out+, err+              each line of the block is part of it
    out any                 whatever it is
    columns NAME...         the columns of the result
    rows N, N.., N..M       how many rows it has
    each NAME=VALUE...      every row has these values
    some NAME=VALUE...      there is a row that has them all
    rising NAME, falling NAME
                            the rows are in that order
    uses TABLE INDEX        the plan of the statement takes that index
    within N s              it takes no longer
    idle connection is ended
    unchanged               no row of transactions, journal_entries and audit_log is another one afterwards
    then verify DATABASE    afterwards, verify of the ledger in that database is clean
    then guards DATABASE    it has all guards, and they refuse
    then grant DATABASE     its migrator, as whom its guards act, and its application get their privileges there
    then post DATABASE      it can be posted to, by the application's user
    then audit DATABASE     its events can be listed
    then query SQL          the block is what root is answered, without the names of the columns
    then shell COMMAND      the block is what it says

Forms such as <uuid> in blocks and values are those of cli.py; ${NAME} is what the ledger was made with.

What is put in place of the runbook's text, besides the values of a case: host and test_host are 127.0.0.1, reached over
TCP; /backup is a directory of the scratch directory in which everything runs; `python ledger_admin_cli.py` is
ledger-admin, any other python is python3. user and backup_user are users of these very names with passwords; -p asks
for them, on a terminal of its own, and is answered there. user may do everything; backup_user, and the users who made
the ledger and who post to it, may what `ledger-admin grants` says.
"""

import fcntl
import hashlib
import json
import os
import pathlib
import re
import select
import shlex
import subprocess
import sys
import termios
import time
import urllib.parse
from dataclasses import dataclass, field

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(TOP / 'tests' / 'support'), str(TOP / 'tests' / 'suites'), str(TOP / 'tools')]

import cli  # noqa: E402
import harness  # noqa: E402
import mariadb_server  # noqa: E402
import sample  # noqa: E402

CASES = TOP / 'tests' / 'runbook'
TIMEOUT_S = 120
LOCAL = '127.0.0.1'
PASSWORDS = {'user': 'a password', 'backup_user': 'another: "p@ss"', 'ledger_migrator': 'third', 'ledger_app': 'fourth'}
ROLES = {'backup': 'backup_user', 'migrator': 'ledger_migrator', 'app': 'ledger_app'}
LEDGER, NO_BINARY_LOG, OTHER_ZONE = 'of the ledger', 'without a binary log', 'in another time zone'
# As deploy/mariadb has it, so that nothing is warned of, but for what makes each.
DEMANDED = {'log-bin': 'binlog', 'server-id': '1', 'sync-binlog': '1', 'binlog-format': 'ROW',
            'log-bin-trust-function-creators': 'ON', 'default-time-zone': '+00:00'}
SERVERS = {
    LEDGER: DEMANDED,
    NO_BINARY_LOG: {'skip-log-bin': None},
    OTHER_ZONE: {**DEMANDED, 'default-time-zone': '+05:00'},
}
KINDS = ('sql', 'shell', 'python')
BLOCKS = ('given', *KINDS, 'out', 'err', 'out+', 'err+')
POSTED_TABLES = ('transactions', 'journal_entries', 'audit_log')


class CaseFault(Exception):
    """A case file cannot be read."""


@dataclass
class Case:
    where: str
    section: str
    title: str
    kind: str = ''
    block: str = ''
    words: dict = field(default_factory=dict)  # what stands once, by its word
    expected: list = field(default_factory=list)  # (word, rest, block) of what may stand more than once


def read_blocks(path):
    """The lines of a case file with the blocks that follow them: (where, word, rest, block)."""
    lines = path.read_text(encoding='utf-8').split('\n')
    index = 0
    while index < len(lines):
        line, where = lines[index], f'{path.name}:{index + 1}'
        index += 1
        if line.strip() == '' or line.startswith('#'):
            continue
        block = []
        while index < len(lines) and lines[index].startswith('|'):
            block.append(lines[index][2:])
            index += 1
        word, _, rest = line.partition(' ')
        yield where, word, rest, ''.join(f'{line}\n' for line in block)


def read_cases(path):
    """The cases of a file, in their order; an exception that it names is a Case without a kind."""
    section, cases = '', []
    for where, word, rest, block in read_blocks(path):
        if word == 'section':
            section = rest
        elif word in ('*', 'exception'):
            cases.append(Case(where, section, rest))
        elif not cases:
            raise CaseFault(f'{where}: a case begins with "* TITLE"')
        elif word in KINDS:
            cases[-1].kind, cases[-1].block = word, block
            cases[-1].words['for each'] = rest == 'for each transaction'
        elif word in ('value', 'each', 'some', 'uses', 'then', 'because'):
            cases[-1].expected.append((word, rest, block))
        elif word in ('given', 'on', 'with', 'exit', 'error', 'out', 'err', 'out+', 'err+', 'columns', 'rows', 'rising',
                      'falling', 'within', 'idle', 'unchanged'):
            cases[-1].words[word] = block if word in BLOCKS and rest != 'any' else rest
        else:
            raise CaseFault(f'{where}: what is "{word} {rest}"?')
    return cases


def read_all():
    """All cases in order, exceptions at their place; (case, whether it is one)."""
    exceptions = {case.title: case for case in read_cases(CASES / 'exceptions')}
    found = []
    for path in sorted(CASES.glob('*.case')):
        for case in read_cases(path):
            if case.kind:
                found.append((case, False))
            elif case.title not in exceptions:
                raise CaseFault(f'{case.where}: there is no exception "{case.title}", or it stands here twice')
            else:
                exception = exceptions.pop(case.title)
                if exception.section != case.section:
                    raise CaseFault(f'{exception.where}: its section is "{case.section}"')
                found.append((exception, True))
    if exceptions:
        raise CaseFault(f'exceptions that no case file names: {", ".join(exceptions)}')
    return found


class Terminal:
    """A command with a terminal of its own, at which the passwords are given that its clients ask for."""

    def __init__(self, command, directory, environment, text=''):
        users = re.findall(r'-u (\w+)\s+(?:\\\n\s*)?-p(?=\s)', command)
        self.passwords = [PASSWORDS[user] for user in users]
        self.master, slave = os.openpty()
        self.out = (directory / 'out').open('w+b')
        self.err = (directory / 'err').open('w+b')
        given = (directory / 'in').open('w+b')
        given.write(text.encode())
        given.seek(0)
        self.process = subprocess.Popen(
            ['bash', '-c', command], cwd=directory / 'work', env=environment, stdin=given, stdout=self.out,
            stderr=self.err, start_new_session=True, pass_fds=[slave],
            preexec_fn=lambda: fcntl.ioctl(slave, termios.TIOCSCTTY, 0))
        given.close()
        os.close(slave)
        self.asked = b''

    def answer(self):
        """Gives what is asked for; whether the terminal is still there."""
        try:
            self.asked += os.read(self.master, 4096)
        except OSError:
            return False
        while b'password: ' in self.asked:
            self.asked = self.asked.partition(b'password: ')[2]
            os.write(self.master, self.passwords.pop(0).encode() + b'\n' if self.passwords else b'\x03')
        return True

    def wait(self):
        """(exit status, standard output, standard error)"""
        deadline = time.monotonic() + TIMEOUT_S
        while self.process.poll() is None and time.monotonic() < deadline:
            if select.select([self.master], [], [], 0.01)[0] and not self.answer():
                break
        try:
            status = self.process.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = f'none after {TIMEOUT_S} s'
        os.close(self.master)
        said = []
        for file in (self.out, self.err):
            file.seek(0)
            said.append(file.read().decode('utf-8', 'backslashreplace'))
            file.close()
        return status, *said


def read_rows(text):
    """The rows of the client's batch format, the names of the columns first."""
    escapes = {'n': '\n', 't': '\t', '0': '\0', '\\': '\\'}
    return [[re.sub(r'\\(.)', lambda match: escapes.get(match[1], match[0]), cell) for cell in line.split('\t')]
            for line in text.splitlines()]


class Place:
    """A server with a ledger, and the scratch directory in which commands for it run."""

    def __init__(self, name, directory):
        self.name = name
        self.directory = directory / re.sub(r'\W', '-', name)
        self.work = self.directory / 'work'
        for path in (self.work, self.directory / 'backup', self.directory / 'bin'):
            path.mkdir(parents=True)
        (self.directory / 'bin' / 'ledger-admin').symlink_to(harness.ADMIN)
        self.server = mariadb_server.MariadbServer(durable=True, options=SERVERS[name]).__enter__()
        (self.directory / '.my.cnf').write_text(
            f'[client]\nport={self.server.port}\nsocket={self.server.socket_path}\ndefault-character-set=utf8mb4\n',
            encoding='utf-8')
        self.environment = {
            'PATH': f'{self.directory / "bin"}:{os.environ["PATH"]}', 'HOME': str(self.directory), 'LANG': 'C.UTF-8',
            'LEDGER_DB_URI': self.uri('ledger_db'), 'PYTHONIOENCODING': 'utf-8'}
        self.root('CREATE DATABASE ledger_db')
        for user, password in PASSWORDS.items():
            self.root(f"CREATE USER {user}@{LOCAL} IDENTIFIED BY '{password}'")
        self.root(f'GRANT ALL ON *.* TO user@{LOCAL} WITH GRANT OPTION')

    def uri(self, database, user='user'):
        return f'mysql://{user}:{urllib.parse.quote(PASSWORDS[user])}@{LOCAL}:{self.server.port}/{database}'

    def root(self, sql, database=''):
        """What root is answered through the socket, without names of columns."""
        words = ['mysql', '-u', 'root', '--batch', '--skip-column-names', *([database] if database else [])]
        done = subprocess.run(words, input=sql, env=self.environment, text=True, capture_output=True, check=False)
        return done.stdout if done.returncode == 0 else f'{done.stdout}{done.stderr}'

    def shell(self, command, text=''):
        """Runs a command of the runbook as it stands, but for what this file's head says."""
        for pattern, put in ((r'-h (test_)?host\b', f'-h {LOCAL}'),
                             (r'(?<=[\s>])/backup/', f'{self.directory}/backup/'),
                             (r'\bpython ledger_admin_cli\.py\b', 'ledger-admin'), (r'\bpython -c\b', 'python3 -c')):
            command = re.sub(pattern, put, command)
        return Terminal(command, self.directory, self.environment, text).wait()

    def sql(self, statement):
        return self.shell('mysql -u user -p -h host --batch ledger_db', statement)

    def admin(self, database, *words, text=None, user='ledger_app'):
        return harness.run(harness.ADMIN, '--db', self.uri(database, user), *words, text=text,
                           environment={**self.environment, 'LEDGER_DB_URI': ''})

    def admin_json(self, database, *words, text=None, user='ledger_app'):
        status, output, said = self.admin(database, '--json', *words, text=text, user=user)
        if status != 0:
            harness.stop(f'ledger-admin {" ".join(map(str, words))}: exit status {status}: {output}{said}')
        return json.loads(output)

    def grant(self, role, database):
        """What the program says that a role needs, and no more."""
        status, output, said = self.admin(database, 'grants', '--role', role, '--user', ROLES[role], '--host', LOCAL)
        if status != 0:
            harness.stop(f'ledger-admin grants: {output}{said}')
        if said := self.root(output):
            harness.stop(f'the server refused what ledger-admin grants says: {said}')

    def init(self):
        """A new ledger, each of its users with the least privileges."""
        self.grant('migrator', 'ledger_db')
        self.admin_json('ledger_db', 'init', '--confirm', '--user', 'root', user='ledger_migrator')
        self.grant('app', 'ledger_db')
        self.grant('backup', 'ledger_db')

    def posted(self):
        """A hash of all posted rows."""
        done = subprocess.run(['mysqldump', '-u', 'root', '--compact', '--hex-blob', '--order-by-primary', 'ledger_db',
                               *POSTED_TABLES], env=self.environment, capture_output=True, check=True)
        return hashlib.sha256(done.stdout).hexdigest()

    def stop(self):
        self.server.stop()


class Books:
    """The ledger that the cases are about. `facts` are what ${NAME} stands for."""

    def __init__(self, place):
        self.place = place
        # One account more is created by the first cases.
        self.facts = {'transactions': 0, 'entries': 0, 'accounts': 1, 'headers': 0, 'inactive': 0}

    def post(self, description, entries, *words, database='ledger_db'):
        words, text = sample.post_words(description, entries, *words)
        posted = self.place.admin_json(database, *words, text=text)
        if database == 'ledger_db':
            self.count(entries)
        return posted

    def count(self, entries):
        self.facts['transactions'] += 1
        self.facts['entries'] += len(entries)

    def keep(self, name, posted, transaction_id='transaction_id'):
        self.facts.update({f'{name}_id': posted[transaction_id], f'{name}_number': posted['transaction_number'],
                           f'{name}_hash': posted['transaction_hash']})

    def make(self):
        place = self.place
        place.init()
        for code, name, kind, words in sample.ACCOUNTS:
            place.admin_json('ledger_db', 'create-account', '--code', code, '--name', name, '--type', kind, '--user',
                             'root', *words)
            self.facts['accounts'] += 1
            self.facts['headers'] += 'HEADER' in words
        self.keep('sale', self.post('a sale', sample.pair('1000', '4000', '1000.00'), '--transaction-date',
                                    '2026-01-31T12:30:45.678901Z'))
        self.facts['sale_date'] = '2026-01-31 12:30:45.678901'
        for i, text in enumerate(sample.ODD_TEXTS):
            self.post(text, sample.pair('1000', '4000', f'{i + 1}.{i:02d}', memo=text))
        for date in sample.DATES:
            self.post('dated', sample.pair('1500', '4500', '12.50'), *(['--transaction-date', date] if date else []))
        self.post('odd code', sample.pair('C\u00f3digo \U0001f4b0', '2000', '0.01'))
        wrong = sample.pair('5000', '1000', '75.25')
        self.keep('original', self.post('a cost of another', wrong))
        self.keep('reversal', place.admin_json('ledger_db', 'reverse', '--transaction-id', self.facts['original_id'],
                                               '--reason', 'not ours\nat all', '--user', 'ana'))
        self.count(wrong)
        place.admin_json('ledger_db', 'report', '--type', 'trial-balance', '--output', '-', '--user', 'ana')
        self.refuse([sample.entry('1000', 'DEBIT', '1'), sample.entry('4000', 'CREDIT', '2')], 'not balanced')
        self.refuse(sample.pair('1000', '7777', '1'), 'account not found')
        place.admin_json('ledger_db', 'deactivate-account', '--code', '5999', '--user', 'root')
        self.facts['inactive'] += 1
        self.post('the last', sample.pair('1000', '4000', '3.00'))
        return self

    def refuse(self, entries, why):
        words, text = sample.post_words('refused', entries)
        status, _, said = self.place.admin('ledger_db', *words, text=text)
        if status != 1 or why not in said:
            harness.stop(f'a posting that had to be refused ended with {status}: {said}')

    def substitute(self, text):
        known = {**self.facts, 'active_accounts': self.facts['accounts'] - self.facts['inactive'],
                 'booked_accounts': self.facts['accounts'] - self.facts['headers'],
                 'triggers': '' if '${triggers}' not in text else self.triggers('ledger_db')}
        return re.sub(r'\$\{(\w+)\}', lambda match: str(known.get(match[1], match[0])), text)

    def triggers(self, database):
        return self.place.root('SELECT count(*) FROM information_schema.triggers '
                               f"WHERE trigger_schema = '{database}'").strip()


class Idle:
    """Somebody who is connected and does nothing."""

    def __init__(self, place):
        self.process = subprocess.Popen(
            ['mysql', '-u', 'user', '-h', LOCAL, '--batch', '--skip-column-names', '--unbuffered', '--skip-reconnect',
             'ledger_db'],
            env={**place.environment, 'MYSQL_PWD': PASSWORDS['user']}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        self.process.stdin.write('SELECT connection_id();\n')
        self.process.stdin.flush()
        self.id = self.process.stdout.readline().strip()

    def is_ended(self):
        """Whether the connection was ended: the client notices when it asks the next time."""
        _, said = self.process.communicate('SELECT 1;\n', timeout=TIMEOUT_S)
        return self.process.returncode != 0 and re.search(r'ERROR (1927|2006|2013)\b', said) is not None

    def close(self):
        if self.process.poll() is None:
            self.process.communicate()


PRELUDE = '''
import datetime, decimal, json, sys, types
transaction_id, date, stored_hash, rows = json.load(sys.stdin)
transaction_date = datetime.datetime.fromisoformat(date)
entries = [types.SimpleNamespace(account_code=code, entry_type=side, amount=decimal.Decimal(amount))
           for code, side, amount in rows]
'''


def read_transactions(place):
    """Every transaction with its entries, as the client gives them."""
    found = {}
    for transaction_id, date, stored in read_rows(place.sql(
            'SELECT transaction_id, transaction_date, transaction_hash FROM transactions')[1])[1:]:
        # Python takes a fraction of six digits or none; the client shows six always.
        found[transaction_id] = [transaction_id, date, stored, []]
    for transaction_id, *entry in read_rows(place.sql(
            'SELECT transaction_id, account_code, entry_type, amount FROM journal_entries ORDER BY entry_id')[1])[1:]:
        found[transaction_id][3].append(entry)
    return list(found.values())


def match_value(expected, value):
    return re.fullmatch(cli.pattern_of(expected), value, re.DOTALL) is not None


def check_count(words, count):
    least, dots, most = words.partition('..')
    return int(least) <= count and (count == int(least) if not dots else not most or count <= int(most))


class Run:
    """One case being run; `faults` are what is wrong with it."""

    def __init__(self, case, place, books):
        self.case, self.place, self.books = case, place, books
        self.faults = []
        self.idle = None

    def text(self, text):
        """With the case's values and the ledger's."""
        for word, rest, _ in self.case.expected:
            if word == 'value':
                name, _, value = rest.partition(' = ')
                text = text.replace(name, value)
        if self.idle is not None:
            text = text.replace('${idle_id}', self.idle.id)
        return self.books.substitute(text)

    def fault(self, text, said=''):
        self.faults += [text, *(f'    {line}' for line in said.splitlines()[:60])]

    def run(self):
        words = self.case.words
        if words.get('with') == 'idle connection':
            self.idle = Idle(self.place)
        if 'given' in words:
            status, out, err = self.place.shell(self.text(words['given']))
            if status != 0:
                self.fault(f'what is given ended with {status}', out + err)
        before = self.place.posted() if 'unchanged' in words else ''
        block = self.text(self.case.block)
        if self.case.kind == 'python' and words['for each']:
            for transaction in read_transactions(self.place):
                self.run_python(PRELUDE + block, json.dumps(transaction))
        elif self.case.kind == 'python':
            self.run_python(block)
        else:
            started = time.monotonic()
            run = self.place.sql if self.case.kind == 'sql' else self.place.shell
            status, out, err = run(block)
            took_s = time.monotonic() - started
            if 'within' in words and took_s > float(words['within'].removesuffix(' s')):
                self.fault(f'it took {took_s:.1f} s')
            self.check_outcome(status, out, err)
            if self.case.kind == 'sql':
                self.check_result(out)
                self.check_plan(block)
        if 'unchanged' in words and self.place.posted() != before:
            self.fault('posted rows are not what they were')
        if 'idle' in words and not self.idle.is_ended():
            self.fault('the idle connection goes on')
        if self.idle is not None:
            self.idle.close()
        for word, rest, expected in self.case.expected:
            if word == 'then' and not self.faults:
                self.check_afterwards(rest, self.text(expected))
        return self.faults

    def run_python(self, block, text=''):
        done = subprocess.run(['python3', '-c', block], input=text, cwd=self.place.work, env=self.place.environment,
                              text=True, capture_output=True, check=False)
        self.check_outcome(done.returncode, done.stdout, done.stderr)

    def check_outcome(self, status, out, err):
        words = self.case.words
        number, _, message = self.text(words.get('error', '')).partition(' ')
        wanted = 1 if number else int(words.get('exit', 0))
        if status != wanted:
            self.fault(f'it ended with {status}, not {wanted}', out + err)
        if number and not re.search(rf'ERROR {number} \(\w+\).*{re.escape(message)}', err):
            self.fault(f'it was not refused with {number}: {message}', err)
        has_table = any(word in words for word in ('columns', 'rows', 'rising', 'falling')) or any(
            word in ('each', 'some') for word, _, _ in self.case.expected)
        for name, said in (('out', out), ('err', err)):
            if f'{name}+' in words:
                said = said.replace('\\n', '\n').replace('\\t', '\t')
                self.faults += cli.match_parts(self.text(words[f'{name}+']), said, {})
            elif words.get(name) != 'any' and not (name == 'out' and has_table) and not (name == 'err' and number):
                self.faults += [f'{name}: {line}' for line in cli.match_text(self.text(words.get(name, '')), said, {})]

    def check_result(self, out):
        words = self.case.words
        names, *rows = read_rows(out) or [[]]
        if 'columns' in words and names != shlex.split(words['columns']):
            self.fault(f'the columns are {names}')
        if 'rows' in words and not check_count(self.text(words['rows']), len(rows)):
            self.fault(f'there are {len(rows)} rows', out)
        for word in ('rising', 'falling'):
            if word in words:
                values = [row[names.index(words[word])] for row in rows]
                if values != sorted(values, reverse=word == 'falling'):
                    self.fault(f'{words[word]} is not {word}', out)
        for word, rest, _ in self.case.expected:
            if word not in ('each', 'some'):
                continue
            wanted = [self.text(pair).partition('=')[::2] for pair in shlex.split(rest)]
            lacking = [name for name, _ in wanted if name not in names]
            fits = [] if lacking else [all(match_value(value, row[names.index(name)]) for name, value in wanted)
                                       for row in rows]
            if not fits or not (all if word == 'each' else any)(fits):
                self.fault(f'not so: {word} {rest}', out)

    def check_plan(self, statement):
        plans = [rest.split() for word, rest, _ in self.case.expected if word == 'uses']
        if not plans:
            return
        _, out, _ = self.place.sql(f'EXPLAIN {statement}')
        names, *rows = read_rows(out)
        for table, index in plans:
            if not any(row[names.index('table')] == table and row[names.index('key')] == index for row in rows):
                self.fault(f'the plan does not take the index {index} of {table}', out)

    def check_afterwards(self, what, expected):
        verb, _, rest = what.partition(' ')
        if verb == 'verify':
            status, out, err = self.place.admin(rest, '--json', 'verify', user='user')
            if status != 0 or json.loads(out or '{}').get('valid') is not True:
                self.fault(f'verify of {rest} is not clean', out + err)
        elif verb == 'grant':
            for role in ('migrator', 'app'):
                self.place.grant(role, rest)
        elif verb == 'post':
            posted = self.books.post('afterwards', sample.pair('1000', '4000', '0.50'), database=rest)
            shown = self.place.admin_json(rest, 'show', posted['transaction_id'])
            if shown['transaction_hash'] != posted['transaction_hash']:
                self.fault(f'what was posted to {rest} is not there')
        elif verb == 'audit':
            if not self.place.admin_json(rest, 'audit', '--days', '1'):
                self.fault(f'there are no events in {rest}')
        elif verb == 'guards':
            said = self.place.root("DELETE FROM transactions WHERE status = 'POSTED'", rest)
            has_all = self.books.triggers(rest) == self.books.triggers('ledger_db')
            if 'Cannot delete posted transaction' not in said or not has_all:
                self.fault(f'{rest} lacks guards', said)
        elif verb == 'query':
            self.faults += cli.match_text(expected, self.place.root(self.text(rest), 'ledger_db'), {})
        elif verb == 'shell':
            _, out, err = self.place.shell(self.text(rest))
            self.faults += cli.match_text(expected, out + err, {})
        else:
            raise CaseFault(f'{self.case.where}: what is "then {what}"?')


def run_all():
    directory = harness.scratch()
    cases = read_all()
    places = {}
    try:
        for name in SERVERS:
            places[name] = Place(name, directory)
        books = Books(places[LEDGER]).make()
        places[NO_BINARY_LOG].init()
        for case, is_exception in cases:
            place = places[case.words.get('on', f'server {LEDGER}').removeprefix('server ')]
            faults = Run(case, place, books).run()
            kind = 'exception' if is_exception else case.kind
            harness.check(f'{case.section}: {case.title} ({kind})', not faults, '\n'.join([case.where, *faults]))
    finally:
        for place in places.values():
            place.stop()
    for case, is_exception in cases:
        if is_exception:
            reasons = [rest for word, rest, _ in case.expected if word == 'because']
            harness.check(f'there is a reason for the exception: {case.title}', bool(reasons))
    harness.plan()


CLIENT = re.compile(r'(?:^|\|)\s*(?:mysql|mysqldump|gunzip|gzip|wc)\s')


def read_required(path):
    """What a runbook has of SQL and of commands, line by line: (section, line)."""
    lines = path.read_text(encoding='utf-8').split('\n')
    section, index, goes_on = '', 0, False
    while index < len(lines):
        line = lines[index]
        index += 1
        if line.startswith('## '):
            section = line[3:]
        fence = re.match(r'( *)```(\w+)$', line)
        if not fence:
            inline = re.findall(r'`((?:mysql|mysqldump) [^`]*)`', line)
            yield from ((section, command) for command in inline)
            continue
        block = []
        while lines[index].strip() != '```':
            block.append(lines[index][len(fence[1]):])
            index += 1
        text = '\n'.join(block)
        quoted = False
        for line in block:
            is_command = bool(CLIENT.search(line)) or goes_on or quoted
            if fence[2] == 'sql' or (fence[2] == 'python' and 'hashlib' in text) or (fence[2] == 'bash' and is_command):
                if line.strip():
                    yield section, line
                goes_on = fence[2] == 'bash' and line.endswith('\\')
                quoted = fence[2] == 'bash' and quoted != (line.count('"') % 2 == 1)


def run_complete(path):
    """Whether every line that is required stands in the cases of its section, as it stands there, in that order."""
    texts = {}
    for case, _ in read_all():
        texts.setdefault(case.section.partition(' / ')[0], []).extend(case.block.splitlines())
    lacking, count = [], 0
    for section, line in read_required(path):
        rest = texts.get(section, [])
        if line in rest:
            del rest[:rest.index(line) + 1]
        else:
            lacking.append(f'{section}: {line}')
        count += 1
    harness.check(f'the cases have all of the {count} lines of SQL and of commands', count and not lacking,
                  '\n'.join(lacking))
    harness.plan()
    return 1 if lacking else 0


def main():
    if len(sys.argv) == 3 and sys.argv[1] == 'complete':
        return run_complete(pathlib.Path(sys.argv[2]))
    if len(sys.argv) > 1:
        sys.exit(__doc__)
    try:
        run_all()
    except (CaseFault, mariadb_server.ServerFault) as fault:
        harness.stop(fault)
    return 0


if __name__ == '__main__':
    sys.exit(main())
