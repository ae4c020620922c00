#!/usr/bin/env python3
# backends: sqlite mariadb
"""Reports that are longer than what is kept in memory: the general ledger and the audit trail in every format, within the
memory that is allowed for any size; every line of the general ledger, in its order and with its balance, as a model in
Python has it; and what happens where the temporary file or the report itself finds no place. Then what each thread of
verify takes, of which there may be many."""
import csv
import json
import os
import pathlib
import random
import resource
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
import harness  # noqa: E402 (found by the line above)

TRANSACTIONS = 30000 # 60,000 lines: more than a piece of the sort
MEMORY_KIB = 64 * 1024
VERIFY_THREADS_MAX = 16
VERIFY_THREAD_KIB = 1024 # with less than a segment to look at: half of what verify_team.c counts
DIRECTORY = harness.scratch()
ASSETS = [str(code) for code in range(1000, 1040)]
REVENUES = [str(code) for code in range(4000, 4040)]

# Runs a command and tells how much memory it had at most, as the suite's own would count with the child's.
MEASURE = ('import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], capture_output=True); '
           'sys.stdout.buffer.write(done.stdout); sys.stderr.buffer.write(done.stderr); '
           'print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(done.returncode)')


def measured(database, *words, environment=None):
    """Exit status, what was said on standard error, and peak memory in KiB."""
    done = subprocess.run([sys.executable, '-S', '-c', MEASURE, harness.ADMIN, '--db', harness.uri(database), *map(str, words)],
                          capture_output=True, check=False, env={**os.environ, 'LEDGER_DB_URI': '', **(environment or {})})
    *said, kib = done.stderr.decode().splitlines()
    return done.returncode, '\n'.join(said), int(kib)


def money(minor):
    return f'{"-" if minor < 0 else ""}{abs(minor) // 100}.{abs(minor) % 100:02}'


def make_books():
    """A ledger, and what was posted into it: (day, number from 0, entry number, account, side, hundredths, memo)."""
    luck = random.Random(11)
    database = harness.new_database(DIRECTORY)
    posted = []
    with open(DIRECTORY / 'books.ndjson', 'w', encoding='utf-8') as file:
        for code in ASSETS:
            file.write(json.dumps({'account': {'account_code': code, 'account_name': code, 'account_type': 'ASSET'}}) + '\n')
        for code in REVENUES:
            file.write(json.dumps({'account': {'account_code': code, 'account_name': code, 'account_type': 'REVENUE'}}) + '\n')
        for number in range(TRANSACTIONS):
            day = f'202{luck.randrange(6)}-{luck.randrange(1, 13):02}-{luck.randrange(1, 29):02}'
            minor = luck.randrange(1, 10 ** 7)
            memo = None if luck.randrange(3) else f'memo "{number}", é'
            entries = []
            for place, (code, side) in enumerate([(luck.choice(ASSETS), 'DEBIT'), (luck.choice(REVENUES), 'CREDIT')], 1):
                entries.append({'account_code': code, 'entry_type': side, 'amount': money(minor), 'memo': memo})
                posted.append((day, number, place, code, side, minor, memo))
            file.write(json.dumps({'business_event_type': 'SALE', 'description': f'Sale {number}', 'transaction_date': day,
                                   'entries': entries}) + '\n')
    for words in (['init', '--confirm', '--user', 'ana'],
                  ['import', '--create-accounts', '--user', 'ana', DIRECTORY / 'books.ndjson']):
        status, output, said = harness.admin(database, *words)
        if status != 0:
            harness.stop(f'ledger-admin {words}: {status}: {output}{said}')
    return database, posted


def expected_lines(posted):
    """All lines of the general ledger but for the numbers of the transactions."""
    lines = []
    for code in ASSETS + REVENUES:
        balance = 0
        debits = credits = 0
        lines.append(('OPENING', code, '', '', '', '', '', '', '0.00'))
        for day, number, place, _, side, minor, memo in sorted(line for line in posted if line[3] == code):
            debits += minor if side == 'DEBIT' else 0
            credits += minor if side == 'CREDIT' else 0
            balance = debits - credits if code in ASSETS else credits - debits
            lines.append(('ENTRY', code, day, str(place), f'Sale {number}', memo or '',
                          money(minor if side == 'DEBIT' else 0), money(minor if side == 'CREDIT' else 0), money(balance)))
        lines.append(('CLOSING', code, '', '', '', '', money(debits), money(credits), money(balance)))
    return lines


def read_lines(path):
    """The first table of the file, its columns those of expected_lines."""
    columns = ('line', 'account_code', 'transaction_day', 'entry_number', 'description', 'memo', 'debit', 'credit', 'balance')
    lines = []
    with open(path, encoding='utf-8', newline='') as file:
        rows = csv.reader(file)
        header = next(rows)
        places = [header.index(column) for column in columns]
        for row in rows:
            if not row:
                break
            lines.append(tuple(row[place] for place in places))
    return lines


def check_reports(database):
    hashes = {}
    for kind in ('general-ledger', 'audit-trail'):
        for ending in ('csv', 'json', 'txt'):
            path = DIRECTORY / f'{kind}.{ending}'
            status, said, kib = measured(database, 'report', '--type', kind, '--output', path, '--user', 'ana',
                                         '--log-position', TRANSACTIONS)
            harness.check(f'{kind} as {ending}: {kib // 1024} MiB', status == 0 and kib < MEMORY_KIB, f'{status}: {said}')
        with open(DIRECTORY / f'{kind}.json', encoding='utf-8') as file:
            hashes[kind] = json.load(file)['report_hash']
        harness.check(f'{kind}: the table names the hash of the others',
                      f'report hash:   {hashes[kind]}' in (DIRECTORY / f'{kind}.txt').read_text(encoding='utf-8'))
        status, output, said = harness.admin(database, 'verify-report', DIRECTORY / f'{kind}.json')
        harness.check(f'{kind} is the same when it is made again', status == 0, output + said)


def check_lines(database, posted):
    path = DIRECTORY / 'all.csv'
    status, said, kib = measured(database, 'report', '--type', 'general-ledger', '--output', path, '--user', 'ana')
    found = read_lines(path)
    expected = expected_lines(posted)
    harness.check(f'every line is what was posted, in its order: {len(expected)}', status == 0 and found == expected,
                  next((f'{place}: {pair}' for place, pair in enumerate(zip(found, expected)) if pair[0] != pair[1]),
                       f'{len(found)} lines, {said}'))
    harness.check(f'within {kib // 1024} MiB', kib < MEMORY_KIB)
    # Standard output gets the same, held back until it is whole.
    out = subprocess.run([harness.ADMIN, '--db', harness.uri(database), 'report', '--type', 'general-ledger', '--output', '-',
                          '--format', 'csv', '--user', 'ana', '--log-position', str(position(database))],
                         capture_output=True, check=False)
    again = DIRECTORY / 'again.csv'
    again.write_bytes(out.stdout)
    harness.check('standard output has the same lines', out.returncode == 0 and read_lines(again) == expected)


def position(database):
    status, output, said = harness.admin(database, '--json', 'audit', '--limit', '1')
    return json.loads(output)['events'][0]['log_index'] + 1 if status == 0 else harness.stop(said)


def file_size_limit():
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * 1024 * 1024, 2 * 1024 * 1024))


def check_no_place(database):
    """No report, no event that tells of one, and the file of before as it was."""
    path = DIRECTORY / 'kept.csv'
    path.write_text('old', encoding='utf-8')
    before = position(database)
    for output in (path, '-'):
        status, said, _ = measured(database, 'report', '--type', 'general-ledger', '--output', output, '--format', 'csv',
                                   '--user', 'ana', environment={'TMPDIR': '/nonexistent/scratch', 'SQLITE_TMPDIR': ''})
        harness.check(f'a temporary directory that is not there is told: {output if output == "-" else "file"}',
                      status == 2 and '/nonexistent/scratch' in said and 'TMPDIR' in said, f'{status}: {said}')
    done = subprocess.run([harness.ADMIN, '--db', harness.uri(database), 'report', '--type', 'general-ledger', '--output', path,
                           '--user', 'ana'], capture_output=True, check=False, preexec_fn=file_size_limit,
                          restore_signals=False, # SIGXFSZ stays ignored, so that the write fails as on a full disk
                          env={**os.environ, 'LEDGER_DB_URI': '', 'TMPDIR': str(DIRECTORY)})
    harness.check('a full disk is told', done.returncode == 2 and b'temporary file' in done.stderr,
                  f'{done.returncode}: {done.stderr}')
    left = sorted(name for name in os.listdir(DIRECTORY) if name.startswith('kept'))
    harness.check('the file is as it was, and nothing is beside it', path.read_text(encoding='utf-8') == 'old' and
                  left == ['kept.csv'], left)
    harness.check('no event tells of a report', position(database) == before)


def check_verify(database):
    peaks = {}
    for threads in (1, VERIFY_THREADS_MAX):
        status, said, peaks[threads] = measured(database, 'verify', '--threads', threads)
        harness.check(f'verify with {threads} threads: {peaks[threads] // 1024} MiB',
                      status == 0 and peaks[threads] < MEMORY_KIB, f'{status}: {said}')
    each = (peaks[VERIFY_THREADS_MAX] - peaks[1]) // VERIFY_THREADS_MAX
    harness.check(f'{each} KiB for each thread of verify', 0 < each < VERIFY_THREAD_KIB)


def main():
    os.environ['DEFAULT_CURRENCY'] = 'EUR'
    database, posted = make_books()
    check_reports(database)
    check_lines(database, posted)
    check_no_place(database)
    check_verify(database)
    harness.plan()


if __name__ == '__main__':
    main()
