#!/usr/bin/env python3
"""Runs test programs, a few at a time, and counts what they say.

    run_tests.py [--jobs N] [--timeout SECONDS] [--tally FILE] <PLAN
    run_tests.py --total FILE

A line of the plan is `LABEL: [NAME=VALUE ...] COMMAND [ARGUMENT ...]`, quoted as in a shell. The command speaks TAP on
its standard output. With `LABEL!` instead of `LABEL:` it does not, and is one test that its exit status decides.

A program that dies, ends with a failure that it did not tell, takes too long, or whose results are not as many as it
planned, has failed; so has one without a single test. Where something failed, the output is shown, but for the results that are ok.

With --tally the counts are added to a file, --total adds such a file up. The last line is always
`N passed, N failed, N skipped`, and the exit status 1 where anything failed or nothing passed.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from dataclasses import dataclass

RESULT = re.compile(r'(not )?ok\b(?:\s+\d+)?[^#]*(?:#\s*(SKIP)\b.*)?', re.IGNORECASE)
PLAN = re.compile(r'1\.\.(\d+)\s*(#\s*SKIP\b.*)?', re.IGNORECASE)
ASSIGNMENT = re.compile(r'([A-Za-z_]\w*)=(.*)\Z', re.DOTALL)


@dataclass
class Task:
    label: str
    speaks_tap: bool
    environment: dict
    command: list


@dataclass
class Outcome:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    faults: tuple = ()  # what the program did not tell itself
    output: str = ''
    seconds: float = 0.0

    def counts(self):
        return f'{self.passed} passed, {self.failed} failed, {self.skipped} skipped'


def read_plan(text):
    tasks = []
    for line in text.splitlines():
        words = shlex.split(line)
        if not words:
            continue
        label, environment = words.pop(0), {}
        while words and ASSIGNMENT.match(words[0]):
            name, value = ASSIGNMENT.match(words.pop(0)).groups()
            environment[name] = value
        if not words or label[-1] not in ':!':
            sys.exit(f'run_tests.py: not a line of a plan: {line}')
        tasks.append(Task(label[:-1], label[-1] == ':', environment, words))
    return tasks


def read_tap(text):
    """Counts the results; a program of several groups may have several plans."""
    outcome, planned, faults = Outcome(), None, []
    for line in text.splitlines():
        if match := PLAN.match(line):
            planned = (planned or 0) + int(match[1])
            if match[1] == '0' and match[2]:
                outcome.skipped, planned = outcome.skipped + 1, planned + 1
        elif line.startswith('Bail out!'):
            faults.append(line)
        elif match := RESULT.match(line):
            if match[2]:
                outcome.skipped += 1
            elif match[1]:
                outcome.failed += 1
            else:
                outcome.passed += 1
    count = outcome.passed + outcome.failed + outcome.skipped
    if planned is None:
        faults.append('it planned no tests')
    elif planned != count:
        faults.append(f'it planned {planned} tests, but told the results of {count}')
    elif count == 0:
        faults.append('it has no tests')
    return outcome, faults


def end_group(process):
    """Ends the program and whatever it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def run_command(task, timeout_s):
    """Runs the command; returns its exit status, None where it took too long, with what it wrote."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(task.command, env={**os.environ, **task.environment}, stdin=subprocess.DEVNULL,
                                   stdout=out, stderr=errors, start_new_session=True)
        try:
            status = process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            end_group(process)
            process.wait()
        texts = []
        for file in (out, errors):
            file.seek(0)
            texts.append(file.read().decode('utf-8', 'replace'))
    return status, *texts


def run_task(task, timeout_s):
    begin = time.monotonic()
    try:
        status, out, errors = run_command(task, timeout_s)
    except OSError as error:
        return Outcome(failed=1, faults=(f'it cannot be run: {error}',))
    outcome, faults = read_tap(out) if task.speaks_tap else (Outcome(), [])
    if status is None:
        faults = [f'it took longer than {timeout_s} s']
    elif status < 0:
        faults.append(f'it was ended by {signal.Signals(-status).name}')
    elif status > 0 and (not task.speaks_tap or outcome.failed == 0):
        faults.append(f'it ended with status {status}')
    if not task.speaks_tap and not faults:
        outcome.passed = 1
    outcome.failed += 1 if faults else 0
    outcome.faults = tuple(faults)
    outcome.output = out + errors
    outcome.seconds = time.monotonic() - begin
    return outcome


def name_of(task):
    return f'{task.label} {os.path.basename(task.command[0])}' if task.speaks_tap else task.label


def show(task, outcome):
    mark = 'FAILED' if outcome.failed else 'ok'
    print(f'{mark:6} {outcome.seconds:6.1f} s  {name_of(task)}: {outcome.counts()}', flush=True)
    if outcome.failed:
        print('  ' + textwrap.shorten(shlex.join(task.command), 400, placeholder=' ...'))
        for line in outcome.output.splitlines():
            if not (task.speaks_tap and line.startswith('ok ')):
                print(f'  | {line}')
        for fault in outcome.faults:
            print(f'  {fault}')
        sys.stdout.flush()


def finish(passed, failed, skipped):
    """The last line, and the exit status."""
    print(f'{passed} passed, {failed} failed, {skipped} skipped')
    return 1 if failed > 0 or passed == 0 else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('--timeout', type=int, default=900, help='seconds for one program')
    parser.add_argument('--tally', type=pathlib.Path)
    parser.add_argument('--total', type=pathlib.Path)
    options = parser.parse_args()
    if options.total:
        rows = [tuple(map(int, line.split())) for line in options.total.read_text(encoding='ascii').splitlines()]
        return finish(*(sum(column) for column in zip((0, 0, 0), *rows)))
    tasks = read_plan(sys.stdin.read())
    sums = [0, 0, 0]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        running = {pool.submit(run_task, task, options.timeout): task for task in tasks}
        for future in concurrent.futures.as_completed(running):
            outcome = future.result()
            show(running[future], outcome)
            sums = [total + count for total, count in zip(sums, (outcome.passed, outcome.failed, outcome.skipped))]
    if options.tally:
        with options.tally.open('a', encoding='ascii') as file:
            print(*sums, file=file)
        return 1 if sums[1] > 0 else 0
    return finish(*sums)


if __name__ == '__main__':
    sys.exit(main())
