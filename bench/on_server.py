"""The parts of bench/run on MariaDB: one server, and a Galera cluster of three on one machine."""
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

from measuring import ROOT, admin, in_turns, medians, program, row_of_rates, row_of_time, run, run_json, say
from on_sqlite import ENDS_MAX, IMPORT_BATCH, import_lines, import_rows, reading_inside, scan, verify_rows

sys.path.insert(0, str(ROOT / 'tools'))

import cluster  # noqa: E402 (found by the line above)
import mariadb_server  # noqa: E402

DATABASE = 'ledger_bench'
BYTES_MAX = 1000  # on disk, a transaction
FAULTS = (mariadb_server.ServerFault, cluster.ClusterError)  # a server cannot be had
POOL_GIB_MAX = 10
LARGE_PAGES = '/proc/sys/vm/nr_hugepages'
LARGE_PAGES_OF_GIB = 512
LARGE_PAGES_BESIDE = 300  # that the server takes for other things


def version():
    return subprocess.run([mariadb_server.program('mariadbd'), '--version'], capture_output=True, text=True,
                          check=True).stdout.split('Ver', 1)[-1].split('for', 1)[0].strip()


def pool_gib(quick):
    """What deploy/mariadb/ledger.cnf advises, as far as the machine has the memory."""
    memory_gib = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1024 ** 3
    return 1 if quick else max(1, min(POOL_GIB_MAX, int(memory_gib * 0.6)))


def server_options(quick):
    return {'innodb-buffer-pool-size': f'{pool_gib(quick)}G', 'innodb-log-file-size': '1G' if quick else '2G',
            'innodb-flush-method': 'O_DIRECT', 'large-pages': 'ON', 'max-connections': '1000'}


@contextlib.contextmanager
def large_pages(gib):
    """Set aside by the system for a pool of that size, and given back: where this user may not, the server goes
    without."""
    try:
        with open(LARGE_PAGES, encoding='ascii') as file:
            before = file.read()
        with open(LARGE_PAGES, 'w', encoding='ascii') as file:
            file.write(str(int(before) + gib * LARGE_PAGES_OF_GIB + LARGE_PAGES_BESIDE))
    except OSError as fault:
        say(f'the pool lies in ordinary pages: large ones cannot be set aside ({fault})')
        yield
        return
    try:
        yield
    finally:
        with open(LARGE_PAGES, 'w', encoding='ascii') as file:
            file.write(before)


def server_posting(mode, socket, batch, count, threads):
    """One run of bench_server: its line of JSON."""
    return run_json(program('server'), mode, socket, DATABASE, batch, count, threads)


def server_rates(rounds, socket, batch, count, threads):
    """Library and bare in turns: the medians of their rates."""
    say(f'posting on the server: batches of {batch:,}, threads: {threads}')
    return medians(rounds, {mode: lambda mode=mode: server_posting(mode, socket, batch, count, threads)['per_second']
                            for mode in ('bare', 'library')})


def client(socket, sql, database=DATABASE):
    return run('mariadb', '--no-defaults', f'--socket={socket}', '--user=root', '--batch', '-N', database, '-e', sql)


def server_spends(socket, words):
    """The milliseconds that the server works on the statements of a command, by its own slow log."""
    log = os.path.join(os.path.dirname(str(socket)), 'slow')
    client(socket, f"SET GLOBAL slow_query_log_file = '{log}'; SET GLOBAL long_query_time = 0;"
                   'SET GLOBAL slow_query_log = 1')
    run(*words)
    client(socket, 'SET GLOBAL slow_query_log = 0; SET GLOBAL long_query_time = 10')
    with open(log, encoding='utf-8', errors='replace') as lines:
        spent = sum(float(line.split()[2]) for line in lines if line.startswith('# Query_time:'))
    os.remove(log)
    return 1000 * spent


def posting_rows(workspace, socket, quick):
    rates = server_rates(workspace.rounds, socket, 1000, 10000 if quick else 300000, 1)
    rows = [row_of_rates('posting, batches of 1,000', rates['library'], 'bare arrays', rates['bare'])]
    for threads, count in ((1, 8000), (32, 64000), (256, 128000)):
        rates = server_rates(workspace.rounds, socket, 1, count // (20 if quick else 1) // threads * threads, threads)
        rows.append(row_of_rates(f'posting one by one, threads: {threads}', rates['library'],
                                 f'bare rows, connections: {threads},', rates['bare'], 0.7 if threads == 1 else None))
    return rows


def new_database(socket):
    client(socket, f'DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4'
                   ' COLLATE utf8mb4_nopad_bin', 'mysql')


def ends_of(socket, count):
    """The rates of the first and of the last million (of a tenth, where there are less than ten), by when each
    transaction was posted."""
    window = min(ENDS_MAX, count // 10)
    first, last = client(socket, 'SELECT min(log_index), max(log_index) FROM transactions').split()
    rates = []
    for begin in (int(first), int(last) - window):
        transactions, microseconds = client(
            socket, 'SELECT count(*), timestampdiff(MICROSECOND, min(posting_date), max(posting_date))'
                    f' FROM transactions WHERE log_index BETWEEN {begin} AND {begin + window}').split()
        rates.append(int(transactions) * 1e6 / max(int(microseconds), 1))
    return rates


def import_once(workspace, socket, uri, count):
    say(f'import on the server: {count:,} lines')
    new_database(socket)
    found = import_lines(workspace, uri, count)
    first, last = ends_of(socket, count)
    size = client(socket, 'SELECT sum(file_size) FROM information_schema.innodb_sys_tablespaces'
                          f" WHERE name LIKE '{DATABASE}/%'")
    return {**found, 'first': first, 'last': last, 'bytes': int(size)}


def measure_import(workspace, socket, uri, count):
    def bare():
        say(f'import on the server: {count:,} rows, bare')
        return server_posting('bare', socket, IMPORT_BATCH, count, 1)

    found = in_turns(workspace.rounds, {'bare': bare, 'import': lambda: import_once(workspace, socket, uri, count)})
    return import_rows(count, found, 'bare arrays', 0.65, BYTES_MAX)


def reading_rows(workspace, socket, uri, count):
    say(f'reading on the server: {count:,} transactions')
    rounds = max(workspace.rounds, 3)
    client_words = ('mariadb', '--no-defaults', f'--socket={socket}', '--user=root', DATABASE, '-e',
                    'SELECT * FROM v_trial_balance')
    trial, view = (statistics.median(server_spends(socket, words) for _ in range(rounds))
                   for words in (admin(uri, 'trial-balance'), client_words))
    return [row_of_time(f'trial balance, the server\'s time, {count:,} transactions', trial, 20),
            row_of_time(f'SELECT * FROM v_trial_balance, {count:,} transactions', view, 50),
            *reading_inside(workspace, uri, count)]


def measure_mariadb(workspace, quick):
    count = workspace.transactions
    workspace.generated('ndjson', count)
    with (large_pages(pool_gib(quick)),
          mariadb_server.MariadbServer(durable=True, options=server_options(quick)) as server):
        socket, uri = server.socket_path, server.uri(DATABASE)
        return (posting_rows(workspace, socket, quick) + measure_import(workspace, socket, uri, count) +
                reading_rows(workspace, socket, uri, count) +
                verify_rows(workspace, admin(uri, '--quiet', 'verify'), count,
                            {'scan': lambda: scan('mariadb', socket, DATABASE)}))


def measure_galera(workspace, quick):
    folder = tempfile.mkdtemp(prefix='ledger-bench-cluster-')
    os.chmod(folder, 0o755)  # the servers run as a user of their own
    nodes = cluster.Cluster(folder)
    try:
        nodes.up()
        socket = nodes.node_directory(1) / 'socket'
        rows = []
        for title, beside, batch, threads, count in (
                ('posting, batches of 1,000, load on one of three nodes', 'bare arrays', 1000, 1, 200000),
                ('posting one by one, one thread', 'bare', 1, 1, 4000),
                ('posting one by one, 32 threads', 'bare', 1, 32, 16000)):
            rates = server_rates(workspace.rounds, socket, batch, count // (20 if quick else 1) // threads * threads,
                                 threads)
            rows.append(row_of_rates(title, rates['library'], beside, rates['bare']))
        return rows
    finally:
        nodes.down()
        shutil.rmtree(folder, ignore_errors=True)
