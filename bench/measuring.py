"""What the parts of bench/run share: programs and what they spend, medians of modes in turns, the rows of the table,
and a workspace of generated files and the ledgers made of them."""
import contextlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get('LEDGER_BUILD', ROOT / 'build')).resolve()
ADMIN = str(BUILD / 'ledger-admin')
MIB = 1024 * 1024
MEMORY_MAX_MIB = 64  # of every command, at any size
MIDDLE_DAY = '2022-07-01'  # of the five years that bench_generate writes
DATABASE_SUFFIXES = ('', '-wal', '-shm', '-writer-lock')
ENVIRONMENT = {**{name: value for name, value in os.environ.items() if not name.startswith('LEDGER_')},
               'DEFAULT_CURRENCY': 'EUR', 'LC_ALL': 'C.UTF-8', 'BEANCOUNT_DISABLE_LOAD_CACHE': '1'}


class BenchFault(Exception):
    """A program that is measured did not do its work; says what it said."""


def program(name):
    """A program of bench/."""
    return str(BUILD / 'bench' / f'bench_{name}')


def run(*words, output=subprocess.PIPE):
    """Runs a command; gives its standard output."""
    words = [str(word) for word in words]
    done = subprocess.run(words, stdout=output, stderr=subprocess.PIPE, env=ENVIRONMENT, check=False)
    if done.returncode != 0:
        raise BenchFault(f'{" ".join(words)}: exit status {done.returncode}\n{done.stderr.decode(errors="replace")}')
    return '' if done.stdout is None else done.stdout.decode()


def run_json(*words):
    return json.loads(run(*words))


@dataclass
class Spent:
    """What a process spent."""

    seconds: float
    peak_mib: float


def spend(*words):
    """Runs a command by bench_spend, its output thrown away."""
    return spend_and_keep(*words, output=subprocess.DEVNULL)[0]


def spend_and_keep(*words, output=subprocess.PIPE):
    """Runs a command by bench_spend; gives what it spent and its output."""
    with tempfile.NamedTemporaryFile(prefix='ledger-bench-spent-') as file:
        said = run(program('spend'), file.name, *words, output=output)
        found = json.loads(file.read())
    return Spent(found['seconds'], found['peak_kib'] / 1024), said


def in_turns(rounds, modes):
    """What each mode (a function by its name) gave in each round; within a round they take turns, so that what else the
    machine does falls on all of them alike."""
    found = {name: [] for name in modes}
    for _ in range(rounds):
        for name, measure in modes.items():
            found[name].append(measure())
    return found


def medians(rounds, modes):
    """The median of each mode that gives a number."""
    return {name: statistics.median(values) for name, values in in_turns(rounds, modes).items()}


def median_spent(values):
    """The median time and the largest memory."""
    return Spent(statistics.median(spent.seconds for spent in values), max(spent.peak_mib for spent in values))


@dataclass
class Row:
    """One figure. `met` is whether it is as asked; None where nothing is."""

    what: str
    ours: str
    beside: str = ''
    ratio: str = ''
    asked: str = ''
    met: bool = None

    def cells(self):
        met = {None: '', True: 'yes', False: 'no'}[self.met]
        return [self.what, self.ours, self.beside, self.ratio, self.asked, met]


def row_of_rates(what, ours, beside_what, beside, least=None):
    """A rate beside another one."""
    ratio = ours / beside
    return Row(what, f'{ours:,.0f} tx/s', f'{beside_what} {beside:,.0f}', f'{ratio:.2f}',
               '' if least is None else f'at least {least}', None if least is None else ratio >= least)


def row_of_memory(what, peak_mib):
    return Row(f'{what}, peak memory', f'{peak_mib:.0f} MiB', asked=f'under {MEMORY_MAX_MIB} MiB',
               met=peak_mib < MEMORY_MAX_MIB)


def row_of_time(what, ms, limit_ms=None, beside='', ratio=''):
    decimals = 3 if ms < 1 else 1
    return Row(what, f'{ms:,.{decimals}f} ms', beside, ratio, '' if limit_ms is None else f'under {limit_ms} ms',
               None if limit_ms is None else ms < limit_ms)


def row_of_bytes(what, bytes_each, most, beside=''):
    return Row(what, f'{bytes_each:,.0f} bytes a transaction', beside, asked=f'at most {most:,}',
               met=bytes_each <= most)


def table(rows):
    lines = ['| what | ours | beside it | ratio | asked | met |', '|---|---|---|---|---|---|']
    return '\n'.join(lines + ['| ' + ' | '.join(row.cells()) + ' |' for row in rows])


def say(what):
    """Tells on standard error what is under way: a whole run takes an hour and more."""
    print(f'{time.strftime("%H:%M:%S")} {what}', file=sys.stderr, flush=True)


def database_bytes(path):
    return sum(os.path.getsize(f'{path}{suffix}') for suffix in ('', '-wal') if os.path.exists(f'{path}{suffix}'))


def database_remove(path):
    for suffix in DATABASE_SUFFIXES:
        with contextlib.suppress(FileNotFoundError):
            os.remove(f'{path}{suffix}')


def database_uri(path):
    return f'sqlite:///{path}'


def admin(uri, *words):
    """The words of a command of ledger-admin."""
    return (ADMIN, '--db', uri, *words)


class Workspace:
    """The folder of a run. What is named, by --folder, stays and is taken again by the next run; another is gone at the
    end."""

    def __init__(self, folder, transactions, rounds):
        self.keeps = folder is not None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix='ledger-bench-')).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.transactions = transactions
        self.rounds = rounds

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not self.keeps:
            shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, name):
        return str(self.folder / name)

    def generated(self, form, count):
        """The file of so many generated transactions, made where it is not there."""
        path = self.path(f'{count}.{form}')
        if not os.path.exists(path):
            say(f'generating {count:,} transactions as {form}')
            with open(f'{path}.part', 'wb') as file:
                run(program('generate'), form, count, output=file)
            os.rename(f'{path}.part', path)
        return path

    def keep_ledger(self, path, count):
        """Takes a ledger of the generated transactions for those who read it."""
        kept = self.path(f'{count}.db')
        database_remove(kept)
        for suffix in ('', '-wal'):
            if os.path.exists(path + suffix):
                os.rename(path + suffix, kept + suffix)
        database_remove(path)
        return kept

    def ledger(self, count):
        """A SQLite ledger of so many generated transactions, imported where it is not there."""
        kept = self.path(f'{count}.db')
        if os.path.exists(kept):
            return kept
        lines = self.generated('ndjson', count)
        say(f'making a ledger of {count:,} transactions')
        path = self.path('making.db')
        database_remove(path)
        run(*admin(database_uri(path), 'init', '--confirm', '--user', 'bench'))
        run(*admin(database_uri(path), 'import', lines, '--create-accounts', '--user', 'bench'))
        return self.keep_ledger(path, count)
