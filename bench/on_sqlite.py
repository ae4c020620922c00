"""The parts of bench/run on SQLite: posting, import, reading, verify, proof."""
import json
import os
import shutil
import sqlite3
import statistics

from measuring import (ADMIN, BenchFault, MIB, MIDDLE_DAY, Row, admin, database_bytes, database_remove, database_uri,
                       in_turns, median_spent, medians, program, row_of_bytes, row_of_memory, row_of_rates, row_of_time,
                       run, run_json, say, spend, spend_and_keep)

BYTES_MAX = 450  # on disk, a transaction
ENDS_MAX = 1000000  # transactions, of which the rates of an import's beginning and end are
LINES_MILLION = 500000  # transactions whose general ledger has a million lines
LINES_LEAST = 500000  # of it, a second
IMPORT_BATCH = 2000  # of the bare program: what an import commits at once


def posting(mode, path, batch, count, name='posting'):
    """One run of bench_posting: its line of JSON."""
    return run_json(program(name), mode, path, batch, count)


def measure_posting(workspace, quick):
    path = workspace.path('posting.db')
    rows = []
    for batch, count in ((1, 200), (10, 2000), (1000, 20000)) if quick else ((1, 3000), (10, 30000), (1000, 300000)):
        say(f'posting: batches of {batch:,}')
        modes = {mode: lambda mode=mode: posting(mode, path, batch, count)['per_second']
                 for mode in ('bare', 'replay', 'library')}
        rates = medians(workspace.rounds, modes)
        library, bare, replay = rates['library'], rates['bare'], rates['replay']
        rows.append(Row(f'posting, batches of {batch:,}', f'{library:,.0f} tx/s',
                        f'bare inserts {bare:,.0f}, with head and totals {replay:,.0f}',
                        f'{library / bare:.2f} (of all rows: {library / replay:.2f})'))
    rows += posting_without_log(workspace, path, quick)
    rows += posting_stream(workspace, path, quick)
    database_remove(path)
    return rows


def posting_without_log(workspace, path, quick):
    """What the log costs: the same program with the work of the log left out."""
    say('posting: what the log costs')
    count = 20000 if quick else 300000
    rates = medians(workspace.rounds, {
        name: lambda name=name: posting('library', path, 1000, count, name)['per_second']
        for name in ('posting', 'posting_without_log')})
    return [row_of_rates('posting, batches of 1,000: what the log costs', rates['posting'], 'without the log',
                         rates['posting_without_log'], 0.85)]


def posting_stream(workspace, path, quick):
    """A stream, and whether it slows down."""
    count = 40000 if quick else 2000000
    say(f'posting: a stream of {count:,}')
    found = in_turns(workspace.rounds if quick else min(workspace.rounds, 3), {
        'bare': lambda: posting('bare', path, IMPORT_BATCH, count),
        'stream': lambda: posting('stream', path, IMPORT_BATCH, count)})
    rate = {mode: statistics.median(run['per_second'] for run in runs) for mode, runs in found.items()}
    first, last = (statistics.median(run[name] for run in found['stream']) for name in
                   ('per_second_first', 'per_second_last'))
    return [row_of_rates(f'a stream of {count:,}', rate['stream'], 'bare inserts', rate['bare']),
            row_of_rates(f'a stream of {count:,}: its last tenth', last, 'its first tenth', first, 0.9)]


def ends_of(path, count):
    """The rates of the first and of the last million (of a tenth, where there are less than ten), by when each
    transaction was posted."""
    window = min(ENDS_MAX, count // 10)
    connection = sqlite3.connect(f'file:{path}?mode=ro', uri=True)
    first, last = connection.execute('SELECT min(log_index), max(log_index) FROM transaction_rows').fetchone()
    rates = []
    for begin in (first, last - window):
        transactions, begin_us, end_us = connection.execute(
            'SELECT count(*), min(posting_date), max(posting_date) FROM transaction_rows'
            ' WHERE log_index BETWEEN ? AND ?',
            (begin, begin + window)).fetchone()
        rates.append(transactions * 1e6 / max(end_us - begin_us, 1))
    connection.close()
    return rates


def import_lines(workspace, uri, count):
    """One import of generated NDJSON into a new ledger: what the process spent, and the longest that others had to wait
    for a commit of it, in milliseconds."""
    run(*admin(uri, 'init', '--confirm', '--user', 'bench'))
    spent, said = spend_and_keep(*admin(uri, '--json', 'import', workspace.generated('ndjson', count),
                                        '--create-accounts', '--user', 'bench'))
    result = json.loads(said)
    if result['posted'] != count:
        raise BenchFault(f'import posted {result["posted"]} of {count} transactions: {result["first_rejection"]}')
    return {'spent': spent, 'locked_ms': result['longest_lock_us'] / 1000}


def import_once(workspace, path, count):
    database_remove(path)
    found = import_lines(workspace, database_uri(path), count)
    first, last = ends_of(path, count)
    return {**found, 'bytes': database_bytes(path), 'first': first, 'last': last}


def import_rows(count, found, beside, least, bytes_max):
    """The figures of imports, and of the bare program on as many of the same rows, run in turns with them."""
    ours, bare = found['import'], found['bare']
    spent = median_spent([one['spent'] for one in ours])
    first, last, locked_ms = (statistics.median(one[name] for one in ours) for name in ('first', 'last', 'locked_ms'))
    bare_ratio = statistics.median(one['per_second_last'] / one['per_second_first'] for one in bare)
    part = 'million' if count >= 10 * ENDS_MAX else 'tenth'
    title = f'import of {count:,} from NDJSON'
    return [row_of_rates(f'{title}, the whole process', count / spent.seconds, beside,
                         statistics.median(one['per_second'] for one in bare), least),
            row_of_rates(f'{title}: its last {part}', last, f'its first {part} ({beside}: {bare_ratio:.2f})', first, 0.9),
            row_of_bytes(f'{title}: disk', ours[-1]['bytes'] / count, bytes_max,
                         f'{beside} {bare[-1]["bytes_each"]:,}'),
            row_of_memory(title, spent.peak_mib),
            row_of_time(f'{title}: the longest that it locked the ledger', locked_ms)]


def measure_import(workspace, quick):
    """Beside the bare program on as many of the same rows, in turns."""
    count = workspace.transactions
    path, bare_path = workspace.path('import.db'), workspace.path('bare.db')
    workspace.generated('ndjson', count)

    def bare():
        say(f'import: {count:,} rows, bare')
        found = posting('bare', bare_path, IMPORT_BATCH, count)
        database_remove(bare_path)
        return found

    def ours():
        say(f'import: {count:,} lines')
        return import_once(workspace, path, count)

    found = in_turns(workspace.rounds, {'bare': bare, 'import': ours})
    workspace.keep_ledger(path, count)
    return import_rows(count, found, 'bare inserts', 0.75, BYTES_MAX)


def lines_of(path):
    with open(path, 'rb') as file:
        return sum(block.count(b'\n') for block in iter(lambda: file.read(MIB), b''))


def reading_processes(workspace, uri, count):
    """What is asked at the command line, whole processes, beside one that does nothing."""
    commands = {
        'version': (ADMIN, '--version'),
        'balance': admin(uri, 'balance', '--account-code', '1000'),
        'balance as of a day in the middle': admin(uri, 'balance', '--account-code', '1000', '--as-of-date',
                                                   MIDDLE_DAY),
        'trial balance': admin(uri, 'trial-balance'),
        'trial balance as of a day in the middle': admin(uri, 'trial-balance', '--as-of-date', MIDDLE_DAY),
        'ledger of one account': admin(uri, 'report', '--type', 'general-ledger', '--account-code', '1000', '--format',
                                       'csv', '--output', os.devnull, '--user', 'bench'),
    }
    limits_ms = {'trial balance as of a day in the middle': 50}
    found = {name: median_spent(values) for name, values in in_turns(
        max(workspace.rounds, 3) * 3,
        {name: lambda words=words: spend(*words) for name, words in commands.items()}).items()}
    bare_ms = found.pop('version').seconds * 1000
    rows = [row_of_time('`ledger-admin --version`, whole process', bare_ms)]
    for name, spent in found.items():
        ms = spent.seconds * 1000
        rows.append(row_of_time(f'{name}, whole process, {count:,} transactions', ms, limits_ms.get(name),
                                f'--version {bare_ms:.1f} ms', f'{ms / bare_ms:.1f} ×'))
    return rows + [row_of_memory(f'trial balance as of a day, {count:,} transactions',
                                 found['trial balance as of a day in the middle'].peak_mib)]


def reading_inside(workspace, uri, count, rounds=1000):
    """What a process that has the ledger open waits for."""
    names = (('balance', 'balance of an account', 2),
             ('balance_as_of', 'balance as of a day in the middle', 2),
             ('trial_balance', 'trial balance', None),
             ('trial_balance_as_of', 'trial balance as of a day in the middle', 50))
    codes = range(1000, 1500)
    found = [run_json(program('inside'), uri, MIDDLE_DAY, rounds, *codes) for _ in range(workspace.rounds)]
    return [row_of_time(f'{title}, inside the process, {count:,} transactions',
                        statistics.median(one[name]['median_ms'] for one in found), limit,
                        f'the first {statistics.median(one[name]["first_ms"] for one in found):.1f} ms')
            for name, title, limit in names]


def writing(title, words, path, rounds, least=None):
    """A command that writes a file: lines a second, and its memory."""
    say(title)
    spent = median_spent([spend(*words) for _ in range(rounds)])
    lines, size = lines_of(path), os.path.getsize(path)
    os.remove(path)
    rate = lines / spent.seconds
    return [Row(f'{title}: {lines:,} lines', f'{rate:,.0f} lines/s, {size / MIB / spent.seconds:,.0f} MiB/s',
                asked='' if least is None else f'at least {least:,}', met=None if least is None else rate >= least),
            row_of_memory(f'{title}: {lines:,} lines', spent.peak_mib)]


def report(uri, kind, path):
    return admin(uri, 'report', '--type', kind, '--format', 'csv', '--output', path, '--user', 'bench')


def measure_reading(workspace, quick):
    count = workspace.transactions
    uri = database_uri(workspace.ledger(count))
    say(f'reading: {count:,} transactions')
    rows = reading_processes(workspace, uri, count) + reading_inside(workspace, uri, count)
    small = min(count, LINES_MILLION)
    path = workspace.path('report.csv')
    small_uri = database_uri(workspace.ledger(small))
    rows += writing('general ledger to CSV', report(small_uri, 'general-ledger', path), path, workspace.rounds,
                    LINES_LEAST)
    if small < count:
        rows += writing('general ledger to CSV', report(uri, 'general-ledger', path), path, 1)
    rows += writing('audit trail to CSV', report(uri, 'audit-trail', path), path, 1)
    path = workspace.path('export.ndjson')
    export = admin(uri, '--quiet', 'export', '--format', 'ndjson', '--output', path, '--user', 'bench')
    return rows + writing('export to NDJSON', export, path, min(workspace.rounds, 3))


def scan(*words):
    """One run of bench_scan: rows, or hashes, a second."""
    return run_json(program('scan'), *words)['per_second']


def verify_rows(workspace, words, count, measures):
    """verify with all cores and on one thread, in turns with what is measured beside it."""
    say(f'verify: {count:,} transactions')
    cores = os.cpu_count()
    found = in_turns(min(workspace.rounds, 3), {'all': lambda: spend(*words),
                                                'one': lambda: spend(*words, '--threads', '1'), **measures})
    every, one = median_spent(found.pop('all')), median_spent(found.pop('one'))
    beside = {name: statistics.median(values) for name, values in found.items()}
    rows = [row_of_rates(f'verify, everything, {count:,} transactions, threads: {cores}', count / every.seconds,
                         'bare scan of the rows, one thread,', beside['scan'], 0.5),
            row_of_rates('verify, everything, one thread', count / one.seconds, 'bare scan', beside['scan'])]
    if 'sha256' in beside:
        rows.append(Row('SHA-256 of 300 bytes, one thread', '', f'{beside["sha256"]:,.0f} a second'))
    return rows + [row_of_memory(f'verify, threads: {cores}', every.peak_mib),
                   row_of_memory('verify, threads: 16', spend(*words, '--threads', '16').peak_mib)]


def measure_verify(workspace, quick):
    count = workspace.transactions
    path = workspace.ledger(count)
    return verify_rows(workspace, admin(database_uri(path), '--quiet', 'verify'), count,
                       {'scan': lambda: scan('sqlite', path), 'sha256': lambda: scan('sha256')})


def measure_proof(workspace, quick):
    """On a copy: a key and checkpoints are made."""
    count = workspace.transactions
    kept, path = workspace.ledger(count), workspace.path('proof.db')
    database_remove(path)
    for suffix in ('', '-wal'):
        if os.path.exists(kept + suffix):
            shutil.copy(kept + suffix, path + suffix)
    say(f'proof: {count:,} transactions')
    found = run_json(program('proof'), database_uri(path), 200)
    database_remove(path)
    names = (('prove', 'evidence of one transaction'), ('prove_consistency', 'proof that the log only grew'),
             ('check', 'check of the evidence'))
    return [row_of_time(f'{title} among {count:,}', found[f'{name}_ms']['median'],
                        beside=f'the slowest of 200 {found[f"{name}_ms"]["slowest"]:.1f} ms') for name, title in names]
