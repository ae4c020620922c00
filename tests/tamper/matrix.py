#!/usr/bin/env python3
"""The tamper matrix: every tampering that is declared is really done to a copy of a ledger, and verify is asked.

    matrix.py run FILE [--only NAME]    all of the backend that the environment names, or a section or one of them; what came of it as JSON in FILE
    matrix.py write SQLITE MARIADB      docs/TAMPER_MATRIX.md of two such files
    matrix.py list                      the names of all tamperings

Environment: see tests/support/harness.py.
"""

import concurrent.futures
import json
import pathlib
import queue
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / 'support'), str(HERE.parent / 'suites')]
import books
import columns
import cunning
import document
import harness
import objects
import programs
from tampering import KNOWLEDGE, NOTHING, Finding, Refused

WORKERS = 2


def all_tamperings(side):
    return [*columns.tamperings(side), *objects.tamperings(side), *cunning.tamperings(side)]


def judge(bench, tampering, workspace, knowledge):
    """Does it, and asks with ever more knowledge until it is found."""
    workspace.reset(tampering.book)
    try:
        if isinstance(tampering.act, str):
            (workspace.run if tampering.section == 'schema' else workspace.damage)(tampering.act)
        else:
            tampering.act(workspace)
    except Refused as fault:
        return {'refused': str(fault)}
    except programs.Failed as fault:
        return {NOTHING: vars(Finding('defect', named=str(fault)))}
    results = {}
    for one in bench.knowledge_of(tampering.book):
        if one in knowledge:
            finding = bench.verify(tampering, workspace, one)
            results[one] = vars(finding)
            if finding.outcome in ('found', 'stopped'):
                break
    return results


def run_all(bench, tamperings, knowledge=lambda tampering: KNOWLEDGE, told=lambda tampering, result: None):
    """The results in the order of the tamperings."""
    waiting = queue.Queue()
    done = [None] * len(tamperings)
    for place in enumerate(tamperings):
        waiting.put(place)

    def work(number):
        workspace = bench.side.workspace(number)
        while not waiting.empty():
            try:
                place, tampering = waiting.get_nowait()
            except queue.Empty:
                return
            done[place] = judge(bench, tampering, workspace, knowledge(tampering))
            told(tampering, done[place])

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as workers:
        list(workers.map(work, range(WORKERS)))
    return done


class Progress:
    """A line for every hundred."""

    def __init__(self, total):
        self.total = total
        self.done = 0

    def step(self, _tampering, _result):
        self.done += 1
        if self.done % 100 == 0 or self.done == self.total:
            print(f'{harness.BACKEND}: {self.done} of {self.total} tamperings done', file=sys.stderr)


def record_of(tampering, result):
    """What is kept of a tampering that was done."""
    return {'section': tampering.section, 'table': tampering.table, 'item': tampering.item, 'change': tampering.change,
            'results': result}


def command_run(path, *words):
    bench = books.Bench(harness.scratch())
    only = words[1] if words else ''
    tamperings = [one for one in all_tamperings(bench.side) if only in (one.name, one.section, '')]
    results = run_all(bench, tamperings, told=Progress(len(tamperings)).step)
    pathlib.Path(path).write_text(json.dumps([record_of(one, result) for one, result in zip(tamperings, results)]),
                                  encoding='utf-8')


def command_write(*paths):
    results = {}
    for backend, path in zip(('sqlite', 'mariadb'), paths):
        results[backend] = json.loads(pathlib.Path(path).read_text(encoding='utf-8'))
    (harness.TOP / 'docs' / 'TAMPER_MATRIX.md').write_text(document.write(results), encoding='utf-8')
    faults = sorted(document.faults(results))
    print('\n'.join(faults), file=sys.stderr)
    sys.exit(1 if faults else 0)


def command_list():
    bench = books.Bench(harness.scratch())
    for one in all_tamperings(bench.side):
        print(one.name, '|', one.act if isinstance(one.act, str) else '')


if __name__ == '__main__':
    {'run': command_run, 'write': command_write, 'list': command_list}[sys.argv[1]](*sys.argv[2:])
