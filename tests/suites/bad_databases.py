#!/usr/bin/env python3
# sanitizers: yes
"""Databases that are missing, foreign, newer, read-only, locked, full, cut short, damaged, or copied in the middle of
posting: a clear message and the right exit status, never a crash, and nothing lost that was acknowledged.

Environment: see tests/support/harness.py; LEDGER_FAULT_SEED replays the random choices, LEDGER_FAULT_FULL=1 makes many
more of them.
"""

import fcntl
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import time
from decimal import Decimal

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
import harness
from harness import check

IS_FULL = os.environ.get('LEDGER_FAULT_FULL') == '1'
SEED = int(os.environ.get('LEDGER_FAULT_SEED', str(int(time.time()) % 1000000)))
IS_SLOW = '-asan' in harness.BUILD.name
FLIPS = 2000 if IS_FULL else 12 if IS_SLOW else 60
SHORT_SIZES = 1000 if IS_FULL else 6 if IS_SLOW else 24
WAL_CUTS = 400 if IS_FULL else 8 if IS_SLOW else 25
POWER_CUTS = 200 if IS_FULL else 4 if IS_SLOW else 10
NOBODY = 65534
OFD_SETLK = 37

ENTRIES = json.dumps([{'account_code': '1000', 'entry_type': 'DEBIT', 'amount': '1.00'},
                      {'account_code': '4000', 'entry_type': 'CREDIT', 'amount': '1.00'}])
POST = ['post-transaction', '--event-type', 'SALE', '--description', 'A sale', '--entries', '-', '--user', 'ana']
TABLES = ['ledger_settings', 'chart_of_accounts', 'account_versions', 'transactions', 'journal_entries', 'audit_log',
          'account_balance_cache', 'account_daily_totals', 'closing_periods', 'approval_requests', 'integrity_head',
          'integrity_tiles', 'v_account_balances', 'v_trial_balance']
READING = [['accounts'], ['balance', '--account-code', '1000'], ['trial-balance'], ['verify'], ['audit', '--days', '30']]


def files_of(database):
    return [pathlib.Path(f'{database}{suffix}') for suffix in ('', '-wal', '-shm', '-writer-lock', '-journal')]


def remove(database):
    for path in files_of(database):
        path.unlink(missing_ok=True)


def copy(source, database):
    """The database and its log, as they stand."""
    remove(database)
    for suffix in ('', '-wal'):
        if pathlib.Path(f'{source}{suffix}').exists():
            shutil.copy(f'{source}{suffix}', f'{database}{suffix}')
    return database


def make_ledger(database, postings):
    """A small ledger; gives the ids of its transactions."""
    harness.admin_json(database, 'init', '--confirm', '--user', 'ana')
    for code, kind in (('1000', 'ASSET'), ('4000', 'REVENUE')):
        harness.admin_json(database, 'create-account', '--code', code, '--name', 'An account', '--type', kind, '--user', 'ana')
    return [post(database) for _ in range(postings)]


def post(database):
    return harness.admin_json(database, *POST, text=ENTRIES)['transaction_id']


def flatten(database):
    """Everything into the one file, as a copy to another place would have it."""
    connection = sqlite3.connect(database)
    connection.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    connection.close()
    for path in files_of(database)[1:]:
        path.unlink(missing_ok=True)


def balance(database):
    return Decimal(harness.admin_json(database, 'balance', '--account-code', '1000')['balance'])


def refused(name, done, exit_status, outcome, *words):
    """An error document with that outcome, and these words in its message."""
    status, output, said = done
    try:
        document = json.loads(output)
    except ValueError:
        document = {}
    message = document.get('message', '')
    is_so = status == exit_status and document.get('error') == outcome and all(word in message for word in words)
    return check(name, is_so, f'exit status {status}: {output}{said}')


def test_other_files(directory, ledger):
    """What is no ledger of ours."""
    missing = directory / 'missing.db'
    refused('missing: a reading command', harness.admin(missing, '--json', 'accounts'), 4, 'LEDGER_DATABASE_IS_UNAVAILABLE',
            'missing.db', 'init')
    refused('missing: a writing command', harness.admin(missing, '--json', *POST, text=ENTRIES), 4,
            'LEDGER_DATABASE_IS_UNAVAILABLE', 'missing.db')
    check('missing: nothing was made', not any(path.exists() for path in files_of(missing)))
    status, output, _ = harness.admin(directory, '--json', 'accounts')
    check('a directory', status == 4 and str(directory) in json.loads(output)['message'], output)

    text = directory / 'text.db'
    text.write_bytes(b'This is no database. ' * 5000)
    other = directory / 'other.db'
    connection = sqlite3.connect(other)
    connection.executescript('CREATE TABLE things (id INTEGER); INSERT INTO things VALUES (1)')
    connection.close()
    for name, database in (('no database', text), ("another program's", other)):
        before = database.read_bytes()
        for words in (['accounts'], ['verify'], POST, ['init', '--confirm']):
            refused(f'{name}: {words[0]}', harness.admin(database, '--json', *words, text=ENTRIES), 4,
                    'LEDGER_DATABASE_IS_DAMAGED', database.name)
        check(f'{name}: it is as it was', database.read_bytes() == before)

    newer = copy(ledger, directory / 'newer.db')
    connection = sqlite3.connect(newer)
    connection.execute('PRAGMA user_version = 999')
    connection.close()
    for words in (['accounts'], ['verify'], POST):
        refused(f'from a newer version: {words[0]}', harness.admin(newer, '--json', *words, text=ENTRIES), 1,
                'LEDGER_VERSION_IS_UNSUPPORTED', '999')


def as_nobody(directory, database, *words, text=None):
    """Runs a copy of the program that anyone may run, as a user whom permissions hold."""
    program = directory / 'ledger-admin'
    if not program.exists():
        shutil.copy(harness.ADMIN, program)
        program.chmod(0o755)
    before = ['setpriv', f'--reuid={NOBODY}', f'--regid={NOBODY}', '--clear-groups'] if os.geteuid() == 0 else []
    return harness.run(*before, program, '--db', harness.uri(database), *words, text=text, environment={'LEDGER_DB_URI': ''})


def test_read_only(directory, ledger):
    place = directory / 'fixed'
    place.mkdir()
    database = copy(ledger, place / 'ledger.db')
    flatten(database)
    for path in (directory, place):
        path.chmod(0o755)
    programs = directory / 'programs'
    programs.mkdir(mode=0o755)
    database.chmod(0o444)
    expected = database.read_bytes()

    place.chmod(0o777)
    refused('a read-only file: posting', as_nobody(programs, database, '--json', *POST, text=ENTRIES), 4,
            'LEDGER_DATABASE_IS_READ_ONLY', 'ledger.db')
    status, output, said = as_nobody(programs, database, '--quiet', 'balance', '--account-code', '1000')
    check('a read-only file: reading goes on', (status, output) == (0, '5.00\n'), f'{status}: {output}{said}')
    for path in files_of(database)[1:]:
        path.unlink(missing_ok=True)

    place.chmod(0o555)
    refused('a read-only directory: posting', as_nobody(programs, database, '--json', *POST, text=ENTRIES), 4,
            'LEDGER_DATABASE_IS_READ_ONLY', 'ledger.db')
    status, output, said = as_nobody(programs, database, '--json', 'balance', '--account-code', '1000')
    is_told = status == 4 and json.loads(output)['error'] == 'LEDGER_DATABASE_IS_READ_ONLY'
    check('a read-only directory: reading goes on, or says why not', status == 0 or is_told, f'{status}: {output}{said}')
    refused('a read-only directory: init', as_nobody(programs, place / 'new.db', '--json', 'init', '--confirm'), 4,
            'LEDGER_DATABASE_IS_UNAVAILABLE', 'new.db')
    place.chmod(0o755)
    check('read-only: the file is as it was', database.read_bytes() == expected)

    database.chmod(0o000)
    refused('a file that may not be read', as_nobody(programs, database, '--json', 'accounts'), 4,
            'LEDGER_DATABASE_IS_UNAVAILABLE', 'ledger.db')
    database.chmod(0o644)


def timed(database, *words, text=None):
    begin = time.monotonic()
    done = harness.admin(database, *words, text=text)
    return done, time.monotonic() - begin


def test_locked(directory, ledger):
    database = copy(ledger, directory / 'locked.db')
    os.environ['DB_QUERY_TIMEOUT'] = '1'
    lock = open(f'{database}-writer-lock', 'w+', encoding='ascii')  # pylint: disable=consider-using-with
    fcntl.fcntl(lock, OFD_SETLK, struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 0, 0))
    lock.write('process 4711\n')
    lock.flush()
    for words in (POST, ['create-account', '--code', '9', '--name', 'X', '--type', 'ASSET', '--user', 'ana']):
        done, seconds = timed(database, '--json', *words, text=ENTRIES)
        refused(f'the lock is held: {words[0]}', done, 4, 'LEDGER_DATABASE_IS_BUSY', '4711')
        check(f'the lock is held: {words[0]} waits for its deadline, not longer', 0.9 < seconds < 4, f'{seconds} s')
    for words in READING:
        done, seconds = timed(database, '--quiet', *words)
        # What records that it read says that it could not.
        check(f'the lock is held: {words[0]} goes on', done[0] == 0 and seconds < 4, f'{seconds} s: {done}')
    lock.close()

    foreign = sqlite3.connect(database, isolation_level=None)
    foreign.execute('BEGIN IMMEDIATE')
    done, seconds = timed(database, '--json', *POST, text=ENTRIES)
    refused('a foreign client writes', done, 4, 'LEDGER_DATABASE_IS_BUSY', 'locked.db')
    check('a foreign client writes: the deadline holds', 0.9 < seconds < 4, f'{seconds} s')
    foreign.execute('ROLLBACK')
    foreign.close()
    del os.environ['DB_QUERY_TIMEOUT']
    check('nobody holds it any more: posting', post(database) != '')
    check('the lock: what was refused is not there', balance(database) == 6)
    harness.check_verify('the lock', database)


def survives(name, database, seen):
    """Reads and posts; gives what is wrong: a crash, an exit status that is not ours, or no message."""
    faults = []
    for words in [*READING, POST]:
        status, output, said = harness.admin(database, *words, text=ENTRIES)
        seen.add((words[0], status))
        if status not in (0, 1, 3, 4):
            faults.append(f'{name}: {words[0]}: exit status {status}: {output[-300:]}{said[-1000:]}')
        elif status in (1, 4) and said == '':
            faults.append(f'{name}: {words[0]}: exit status {status} without a message')
    return faults


def test_cut_short(directory, ledger):
    whole = ledger.read_bytes()
    page_size = int.from_bytes(whole[16:18], 'big')
    pages = len(whole) // page_size
    database = directory / 'short.db'
    faults, seen, undetected = [], set(), []
    step = max(1, pages // SHORT_SIZES)
    sizes = [page_size * count for count in range(1, pages, step)] + [1, 15, 16, 50, 99, 100, 511, page_size - 1,
                                                                   page_size + 1, len(whole) - 1]
    for size in sizes:
        remove(database)
        database.write_bytes(whole[:size])
        faults += survives(f'{size} of {len(whole)} bytes', database, seen)
        remove(database)
        database.write_bytes(whole[:size])
        if harness.admin(database, 'verify')[0] == 0:
            undetected.append(size)
    check('cut short: every command ends with a message', not faults, '\n'.join(faults))
    check('cut short: verify finds it at every size', not undetected, undetected)
    remove(database)
    database.write_bytes(b'')
    refused('cut short to nothing', harness.admin(database, '--json', 'accounts'), 1, 'LEDGER_IS_NOT_INITIALISED')


def content(database):
    """Everything that the logical tables show; None where they cannot be read."""
    connection = harness.read_only(database)
    try:
        return {table: sorted(map(repr, map(tuple, connection.execute(f'SELECT * FROM {table}')))) for table in TABLES}
    except sqlite3.Error:
        return None
    finally:
        connection.close()


def difference(expected, now):
    if now is None:
        return 'it cannot be read'
    return [(table, sorted(set(expected[table]) ^ set(now[table]))[:4]) for table in TABLES if expected[table] != now[table]]


def test_flipped(directory, ledger, chance):
    whole = ledger.read_bytes()
    expected = content(ledger)
    database = directory / 'flipped.db'
    faults, seen, undetected = [], set(), []
    for _ in range(FLIPS):
        flipped = bytearray(whole)
        places = [chance.randrange(len(whole)) for _ in range(chance.choice((1, 1, 8, 200)))]
        for place in places:
            flipped[place] ^= 1 << chance.randrange(8)
        remove(database)
        database.write_bytes(flipped)
        if harness.admin(database, 'verify')[0] == 0 and content(database) != expected:
            undetected.append(f'flipped at {places[:10]}: {difference(expected, content(database))}')
        faults += survives(f'flipped at {places[:10]}', database, seen)
    check(f'flipped bits: every command ends with a message ({sorted(seen)})', not faults, '\n'.join(faults))
    check('flipped bits: where verify is clean the ledger says the same', not undetected, '\n'.join(undetected))


def test_log_cut(directory, acknowledged, chance):
    """A log that is cut anywhere, or gone, is a ledger of an earlier moment: whole, and with no transaction beyond."""
    source = directory / 'log.db'
    make_ledger(source, 0)
    flatten(source)
    keeper = sqlite3.connect(source)  # while it is open nobody else tidies the log up
    keeper.execute('SELECT count(*) FROM sqlite_schema').fetchone()
    for _ in range(acknowledged):
        post(source)
    log = pathlib.Path(f'{source}-wal').read_bytes()
    database = directory / 'cut.db'
    faults = []
    last = -1
    sizes = sorted({0, 31, 32, len(log)} | {chance.randrange(len(log)) for _ in range(WAL_CUTS)})
    for size in sizes:
        remove(database)
        shutil.copy(source, database)
        if size > 0:
            pathlib.Path(f'{database}-wal').write_bytes(log[:size])
        status, output, said = harness.admin(database, '--json', 'verify')
        now = balance(database) if status == 0 else Decimal(-1)
        if status != 0 or now < last or now > acknowledged:
            faults.append(f'{size} of {len(log)} bytes: exit status {status}, balance {now}: {output}{said}')
        last = max(last, now)
    keeper.close()
    check('a log that is cut: an earlier moment, whole', not faults, '\n'.join(faults))
    check('a log that is whole: everything', last == acknowledged, last)


def start_poster(database):
    return subprocess.Popen([harness.program('post_loop'), harness.uri(database), 'crash', '0', '0'],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def drain(descriptor):
    """What has been written so far."""
    os.set_blocking(descriptor, False)
    pieces = []
    try:
        while piece := os.read(descriptor, 1 << 16):
            pieces.append(piece)
    except BlockingIOError:
        pass
    return b''.join(pieces).decode('ascii')


def test_power_cut(directory, chance):
    """A copy of the files at a moment of posting is what a power cut would leave: every command that was acknowledged
    before is in it. The program that posts is that of the tests of kill -9."""
    faults = []
    acknowledged_count = 0
    for number in range(POWER_CUTS):
        source = directory / f'power{number}.db'
        harness.run(harness.program('post_loop'), '--create', harness.uri(source))
        with start_poster(source) as process:
            time.sleep(chance.uniform(0.02, 0.3))
            process.send_signal(signal.SIGSTOP)
            while pathlib.Path(f'/proc/{process.pid}/stat').read_text(encoding='ascii').rsplit(') ', 1)[1][0] != 'T':
                time.sleep(0.001)
            lines = drain(process.stdout.fileno()).splitlines()
            database = copy(source, directory / 'power.db')
            process.kill()
        acknowledged = {line.split()[1] for line in lines if len(line.split()) == 4}
        acknowledged_count += len(acknowledged)
        status, output, said = harness.admin(database, '--json', 'verify')
        if status != 0:
            faults.append(f'cut {number}: verify ends with {status}: {output[-1000:]}{said}')
            continue
        connection = harness.read_only(database)
        there = {row['transaction_id'] for row in harness.rows(connection, 'SELECT transaction_id FROM transactions')}
        connection.close()
        if not acknowledged <= there:
            faults.append(f'cut {number}: {len(acknowledged - there)} acknowledged transactions are lost')
        remove(source)
    check(f'copies at {POWER_CUTS} moments of posting: whole, and all that was acknowledged', not faults, '\n'.join(faults))
    check('copies: there was something to lose', acknowledged_count > 0)


def test_full_disk(directory):
    disk = directory / 'disk'
    disk.mkdir()
    mounted = os.geteuid() == 0 and subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=3m', 'none', disk],
                                                   capture_output=True, check=False).returncode == 0
    if not mounted:
        check('a full disk # SKIP a small file system cannot be mounted here', True)
        return
    try:
        fill_disk(disk)
    finally:
        subprocess.run(['umount', '-l', disk], check=False)


def fill_disk(disk):
    database = disk / 'ledger.db'
    acknowledged = make_ledger(database, 3)
    chunk = b'\0' * 65536
    with open(disk / 'filler', 'wb') as filler:
        try:
            while shutil.disk_usage(disk).free > 120000:
                filler.write(chunk)
                filler.flush()
        except OSError:
            pass
    done = (0, '', '')
    while done[0] == 0 and len(acknowledged) < 2000:
        done = harness.admin(database, '--json', *POST, text=ENTRIES)
        if done[0] == 0:
            acknowledged.append(json.loads(done[1])['transaction_id'])
    refused('a full disk: posting', done, 4, 'LEDGER_DATABASE_IS_FULL', 'ledger.db')
    done = harness.admin(database, *POST, text=ENTRIES)
    check('a full disk: the message says what to do', done[0] == 4 and 'space' in done[2], done)
    done = harness.admin(database, '--quiet', 'balance', '--account-code', '1000')
    check('a full disk: reading goes on', (done[0], done[1]) == (0, f'{len(acknowledged)}.00\n'), done)
    done = harness.admin(disk / 'second.db', '--json', 'init', '--confirm')
    check('a full disk: init', done[0] in (4, 6) and json.loads(done[1])['message'] != '', done)
    (disk / 'filler').unlink()
    check('there is room again: all that was acknowledged, and nothing else', balance(database) == len(acknowledged))
    harness.check_verify('there is room again', database)
    check('there is room again: posting', post(database) != '')
    remove(disk / 'second.db')
    done = harness.admin(disk / 'second.db', '--json', 'init', '--confirm')
    check('there is room again: init', done[0] == 0, done)


def main():
    print(f'# LEDGER_FAULT_SEED={SEED}')
    for name in ('ASAN_OPTIONS', 'UBSAN_OPTIONS'):  # what a sanitizer finds is not to be taken for one of our own statuses
        os.environ[name] = ':'.join(filter(None, (os.environ.get(name), 'exitcode=99')))
    chance = random.Random(SEED)
    directory = harness.scratch()
    ledger = directory / 'ledger.db'
    make_ledger(ledger, 5)
    flatten(ledger)
    test_other_files(directory, ledger)
    test_read_only(directory, ledger)
    test_locked(directory, ledger)
    test_cut_short(directory, ledger)
    test_flipped(directory, ledger, chance)
    test_log_cut(directory, 40, chance)
    test_power_cut(directory, chance)
    test_full_disk(directory)
    harness.plan()


if __name__ == '__main__':
    main()
