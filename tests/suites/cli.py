#!/usr/bin/env python3
# sanitizers: yes
# backends: sqlite mariadb
"""The command line, case by case: tests/cli/*.case. Environment: see tests/support/harness.py; arguments: names of case
files, for those alone.

A case file is a series of steps in one scratch directory, with one ledger that is not there yet: ledger.db in it, or a
fresh database that LEDGER_DB_URI names. A line that begins with `#` is a comment; `| ` in front marks the lines of a
block, `|` alone an empty one. ${CASES} is the directory of the case files, for `shell`; ${db} the URI of the ledger,
${db_NAME} that of a further one, ${shown:db} and ${shown:db_NAME} the same as the program shows it, ${client} the command of the server's client on the ledger.

    backend NAME          before the first step, the whole file is for that backend alone; within a step, the step is:
                          what is about files, or about servers
    env NAME=VALUE        before the first step, for all of them; within a step, for that step alone; NAME alone: not set
    * TITLE               a step begins; the rest of it in any order
    need root             skipped where we are not root
    file NAME             its content is the block that follows
    python                a block of Python, run in the scratch directory first: for files too odd to stand in a block
    damage BACKEND        a block of SQL, run on the ledger first by one who takes its guards away for the moment
    stdin                 the block is standard input, which is empty else
    run WORDS...          the command, words quoted as in a shell
    shell TEXT            the command, for a shell, with ledger-admin on its path
    exit N                the exit status, 0 where it is not named
    out, err              the block is the whole output; both are empty where they are not named
    out+, err+            each line of the block is part of the output
    out any, err any      whatever it is; warnings of the tests' own server are left out of err
    json                  standard output is one JSON document like the block

In blocks of output, <uuid>, <number>, <time>, <day>, <hash>, <integer>, <amount>, <blanks> and <any> stand for texts of that
form, and <uuid:NAME> keeps the text, which is ${NAME} in later steps of the file. A line <...> is any lines, or none. In
JSON, the placeholder of a whole value is a string (an integer matches "<integer>", anything "<any>"), "...": true in an
object allows further keys, and "..." as the last element of an array further elements.

Beside the steps: every command, each of its options, --json and the form for people of each, and every outcome of
status.def that can be reached from here, has a step.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
import harness

TOP = harness.TOP
PROGRAM = harness.ADMIN
STEP_TIMEOUT_S = 300

FORMS = {
    'uuid': r'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
    'number': r'[0-9]{8}-[0-9]{6,}',
    'time': r'[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z',
    'day': r'[0-9]{4}-[0-9]{2}-[0-9]{2}',
    'hash': r'[0-9a-f]{64}',
    'integer': r'-?[0-9]+',
    'amount': r'-?[0-9]+\.[0-9]{2}',
    'any': r'.*?',
    'blanks': r' +',
}
PLACEHOLDER = re.compile(r'<(' + '|'.join(FORMS) + r')(?::([a-z_][a-z0-9_]*))?>')
VARIABLE = re.compile(r'\$\{((?:shown:)?[a-z_][a-z0-9_]*)\}')
FURTHER_DATABASE = re.compile(r'\$\{(?:shown:)?db_([a-z]+)\}')

# What init and verify say of a server that does not keep what it acknowledged.
SERVER_WARNING = re.compile(r'^ledger-admin: warning: .*\n', re.MULTILINE)

BACKENDS = ('sqlite', 'mariadb')

# Outcomes that no command line brings about on purpose, and why.
UNREACHABLE = {
    'LEDGER_DONE': 'is no error',
    'LEDGER_BATCH_IS_REFUSED': 'only of batches, which only the library posts',
    'LEDGER_DATABASE_FAILED': 'an error of the database that has no name',
    'LEDGER_INTEGRITY_IS_VIOLATED': 'told by the document of verify, see verify.case',
    'LEDGER_REPORT_DIFFERS': 'told by the document of verify-report, see reports.case',
    'LEDGER_OUT_OF_MEMORY': 'swept by the fault tests',
    'LEDGER_DEFECT': 'a defect',
    'LEDGER_DATABASE_HAS_CONFLICT': 'of a server, at the end of many tries; swept by the fault tests',
    'LEDGER_CONNECTION_IS_LOST': 'of a server; see the suites that kill it',
    'LEDGER_ACCESS_IS_DENIED': 'of a server; see the suites of its roles',
    'LEDGER_OUTCOME_IS_UNKNOWN': 'swept by the fault tests',
}


class CaseFault(Exception):
    """The case file itself cannot be read."""


@dataclass
class Step:
    title: str
    line: int
    environment: dict = field(default_factory=dict)
    files: list = field(default_factory=list)
    python: str = ''
    stdin: str = ''
    words: list = None
    shell: str = None
    exit_status: int = 0
    expected: dict = field(default_factory=dict)  # out, err, json: (kind, text)
    needs_root: bool = False
    backend: str = ''
    damages: dict = field(default_factory=dict)


def read_block(lines, index):
    block = []
    while index < len(lines) and lines[index].startswith('|'):
        block.append(lines[index][2:])
        index += 1
    return ''.join(line + '\n' for line in block), index


def read_directive(step, word, rest, block, where):
    """Takes one line of a step."""
    if word == 'env':
        name, equals, value = rest.partition('=')
        step.environment[name] = value if equals else None
    elif word == 'backend' and rest in BACKENDS:
        step.backend = rest
    elif word == 'damage' and rest in BACKENDS:
        step.damages[rest] = block
    elif word == 'need' and rest == 'root':
        step.needs_root = True
    elif word == 'file':
        step.files.append((rest, block))
    elif word == 'python':
        step.python = block
    elif word == 'stdin':
        step.stdin = block
    elif word == 'run':
        step.words = shlex.split(rest)
    elif word == 'shell':
        step.shell = rest
    elif word == 'exit':
        step.exit_status = int(rest)
    elif word in ('out', 'err') and rest == 'any':
        step.expected[word] = ('any', '')
    elif word in ('out', 'err', 'json') and rest == '':
        step.expected[word] = ('whole', block)
    elif word in ('out+', 'err+') and rest == '':
        step.expected[word[:-1]] = ('part', block)
    else:
        raise CaseFault(f'{where}: what is "{word} {rest}"?')


def read_case(path):
    """The steps of a case file for this backend."""
    lines = path.read_text(encoding='utf-8').split('\n')
    common, steps, index, backend = {}, [], 0, ''
    while index < len(lines):
        line, where = lines[index], f'{path.name}:{index + 1}'
        index += 1
        if line.strip() == '' or line.startswith('#'):
            continue
        if line.startswith('* '):
            steps.append(Step(line[2:], index, dict(common)))
            continue
        word, _, rest = line.partition(' ')
        block, index = read_block(lines, index)
        if not steps:
            if word == 'backend' and rest in BACKENDS:
                backend = rest
            elif word == 'env':
                name, equals, value = rest.partition('=')
                common[name] = value if equals else None
            else:
                raise CaseFault(f'{where}: a step begins with "* TITLE"')
        else:
            read_directive(steps[-1], word, rest.strip(), block, where)
    for step in steps:
        if (step.words is None) == (step.shell is None):
            raise CaseFault(f'{path.name}:{step.line}: a step has one command')
    return [step for step in steps if {backend, step.backend} <= {'', harness.BACKEND}]


def substitute(text, variables):
    return VARIABLE.sub(lambda match: variables.get(match[1], match[0]), text)


def pattern_of(text):
    """The regular expression of a text with placeholders, and the names that it keeps."""
    pieces, end, names = [], 0, []
    for match in PLACEHOLDER.finditer(text):
        pieces.append(re.escape(text[end:match.start()]))
        if match[2]:
            pieces.append(f'(?P<{match[2]}>{FORMS[match[1]]})')
            names.append(match[2])
        else:
            pieces.append(f'(?:{FORMS[match[1]]})')
        end = match.end()
    pieces.append(re.escape(text[end:]))
    return ''.join(pieces)


def match_text(expected, text, variables):
    """Whether the text is like the expected one; keeps what is named."""
    pattern = ''
    for line in expected.splitlines():
        pattern += r'(?:.*\n)*?' if line == '<...>' else pattern_of(line) + r'\n'
    match = re.fullmatch(pattern, text)
    if match is None:
        return [f'expected: {line}' for line in expected.splitlines()] + [f'got:      {line}' for line in text.splitlines()]
    variables.update({name: value for name, value in match.groupdict().items() if value is not None})
    return []


def match_parts(expected, text, variables):
    faults = []
    for line in expected.splitlines():
        match = re.search(pattern_of(line), text)
        if match is None:
            faults.append(f'lacks:    {line}')
        else:
            variables.update({name: value for name, value in match.groupdict().items() if value is not None})
    return faults + ([f'got:      {line}' for line in text.splitlines()] if faults else [])


def match_json(expected, value, path, variables):
    """The differences between a JSON value and the expected one."""
    if isinstance(expected, str) and isinstance(value, (str, int)) and not isinstance(value, bool):
        match = re.fullmatch(pattern_of(expected), str(value), re.DOTALL)
        is_typed = isinstance(value, str) or PLACEHOLDER.fullmatch(expected) and '<integer' in expected
        if match is not None and (is_typed or expected == '<any>'):
            variables.update({name: text for name, text in match.groupdict().items() if text is not None})
            return []
    elif expected == '<any>':
        return []
    elif isinstance(expected, dict) and isinstance(value, dict):
        keys = {key for key in expected if key != '...'}
        faults = [f'{path}: lacks "{key}"' for key in sorted(keys - set(value))]
        if '...' not in expected:
            faults += [f'{path}: has "{key}" too' for key in sorted(set(value) - keys)]
        for key in sorted(keys & set(value)):
            faults += match_json(expected[key], value[key], f'{path}.{key}', variables)
        return faults
    elif isinstance(expected, list) and isinstance(value, list):
        wanted = expected[:-1] if expected and expected[-1] == '...' else expected
        if len(value) < len(wanted) or (len(value) > len(wanted) and wanted is expected):
            return [f'{path}: has {len(value)} elements, not {len(wanted)}']
        faults = []
        for index, item in enumerate(wanted):
            faults += match_json(item, value[index], f'{path}[{index}]', variables)
        return faults
    elif type(expected) is type(value) and expected == value:
        return []
    return [f'{path}: is {json.dumps(value, ensure_ascii=False)}, not {json.dumps(expected, ensure_ascii=False)}']


def refuse_constant(name):
    raise ValueError(f'{name} is no JSON')


def check_json(expected, out, variables, seen):
    """Standard output as one JSON document."""
    try:
        value = json.loads(out, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        return [f'no JSON document: {error}', *[f'got:      {line}' for line in out.splitlines()[:50]]]
    if isinstance(value, dict) and 'error' in value:
        seen['outcomes'].add(value['error'])
    try:
        wanted = json.loads(expected)
    except ValueError as error:
        return [f'the expected JSON cannot be read: {error}']
    faults = match_json(wanted, value, '$', variables)
    return faults + ([f'got:      {line}' for line in out.splitlines()[:200]] if faults else [])


def note_use(words, tables, seen):
    """Keeps which command a step runs, with which options."""
    words = words[1:]
    line = ' '.join(word for word in words if not word.startswith('-'))
    named = [name for name in tables if re.search(rf'(^| ){re.escape(name)}( |$)', line)]
    named = [name for name in named if not any(name != other and name in other.split() for other in named)]
    options = {word[2:].partition('=')[0] for word in words if word.startswith('--')}
    seen['options'].setdefault('', set()).update(options)
    if 'help' in options:
        return
    for name in named:
        seen['runs'].setdefault(name, set()).add('json' if 'json' in options else 'people')
        seen['options'].setdefault(name, set()).update(options)


def words_of(step):
    """The command lines of our program in a step."""
    if step.words is not None:
        return [step.words] if step.words and step.words[0] == 'ledger-admin' else []
    try:
        words = shlex.split(step.shell)
    except ValueError:
        return []
    return [words[index:] for index, word in enumerate(words) if word == 'ledger-admin']


def environment_of(step, scratch, programs, variables):
    environment = {'PATH': f'{programs}:{os.environ["PATH"]}', 'HOME': str(scratch), 'LC_ALL': 'C.UTF-8',
                   'PYTHONIOENCODING': 'utf-8'}
    for name in ('ASAN_OPTIONS', 'UBSAN_OPTIONS', 'LSAN_OPTIONS', 'TMPDIR'):
        if name in os.environ:
            environment[name] = os.environ[name]
    environment['CASES'] = str(TOP / 'tests' / 'cli')
    if harness.BACKEND != 'sqlite':
        environment['LEDGER_DB_URI'] = variables['db']
    for name, value in step.environment.items():
        if value is None:
            environment.pop(name, None)
        else:
            environment[name] = substitute(value, variables)
    return environment


def make_databases(path, scratch):
    """The ledger of a case file, and the URIs of all that it names."""
    ledger = harness.new_database(scratch)
    uris = {'db': harness.uri(ledger)}
    for name in sorted(set(FURTHER_DATABASE.findall(path.read_text(encoding='utf-8')))):
        uris[f'db_{name}'] = harness.uri(harness.new_database(scratch, name))
    uris |= {f'shown:{name}': uri.split('?')[0] for name, uri in uris.items()}
    if harness.BACKEND == 'sqlite':
        uris = {name: uri.replace(f'{scratch}/', '') for name, uri in uris.items()}
    else:
        uris['client'] = shlex.join(['mariadb', *harness.client_options(), ledger.name])
    return ledger, uris


def run_step(step, ledger, scratch, programs, variables, seen):
    """Runs a step; returns what is wrong with it."""
    environment = environment_of(step, scratch, programs, variables)
    if harness.BACKEND in step.damages:
        harness.damage(ledger, substitute(step.damages[harness.BACKEND], variables))
    for name, content in step.files:
        path = scratch / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(substitute(content, variables), encoding='utf-8')
    if step.python:
        done = subprocess.run([sys.executable, '-c', substitute(step.python, variables)], cwd=scratch, env=environment,
                              capture_output=True, text=True, check=False, timeout=STEP_TIMEOUT_S)
        if done.returncode != 0:
            return [f'the Python of the step failed: {done.stderr.strip()}']
    command = ([substitute(word, variables) for word in step.words] if step.words is not None
               else ['sh', '-c', substitute(step.shell, variables)])
    try:
        done = subprocess.run(command, cwd=scratch, env=environment, input=substitute(step.stdin, variables).encode(),
                              capture_output=True, check=False, timeout=STEP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return [f'took more than {STEP_TIMEOUT_S} seconds']
    out = done.stdout.decode('utf-8', 'backslashreplace')
    err = SERVER_WARNING.sub('', done.stderr.decode('utf-8', 'backslashreplace'))
    faults = []
    if done.returncode != step.exit_status:
        faults.append(f'exit status {done.returncode}, not {step.exit_status}')
    if 'json' in step.expected:
        faults += check_json(substitute(step.expected['json'][1], variables), out, variables, seen)
    for name, text in (('out', out), ('err', err)):
        if name == 'out' and 'json' in step.expected:
            continue
        kind, expected = step.expected.get(name, ('whole', ''))
        expected = substitute(expected, variables)
        if kind == 'whole':
            found = match_text(expected, text, variables)
        elif kind == 'part':
            found = match_parts(expected, text, variables)
        else:
            found = []
        faults += [f'{name}: {line}' for line in found]
    if faults and 'err' not in step.expected:
        faults += [f'err: {line}' for line in err.splitlines()[:20]]
    return faults


def run_case(path, programs, tables):
    """Runs the steps of a file in order; returns (results, what was seen)."""
    seen = {'runs': {}, 'options': {}, 'outcomes': set()}
    results = []
    with tempfile.TemporaryDirectory(prefix='ledger-cli-') as name:
        scratch = pathlib.Path(name)
        steps = read_case(path)
        ledger, variables = make_databases(path, scratch) if steps else (None, {})
        for step in steps:
            title = f'{path.stem}: {step.title}'
            if step.needs_root and os.geteuid() != 0:
                results.append((f'{title} # SKIP needs root', []))
                continue
            for words in words_of(step):
                note_use(words, tables, seen)
            results.append((title, run_step(step, ledger, scratch, programs, variables, seen)))
    return results, seen


def coverage(tables, all_seen):
    """What has no step."""
    runs, options, outcomes = {}, {}, set()
    for seen in all_seen:
        for name, forms in seen['runs'].items():
            runs.setdefault(name, set()).update(forms)
        for name, used in seen['options'].items():
            options.setdefault(name, set()).update(used)
        outcomes |= seen['outcomes']
    text = (TOP / 'include' / 'ledger' / 'status.def').read_text(encoding='utf-8')
    known = set(re.findall(r'^OUTCOME\((LEDGER_\w+)', text, re.MULTILINE))
    no_form = [f'{name}: no step {"with --json" if form == "json" else "for people"}'
               for name in tables if name for form in ('json', 'people') if form not in runs.get(name, set())]
    no_option = [f'{name or "every command"}: no step with --{option}'
                 for name, known_options in tables.items() for option in known_options
                 if option not in options.get(name, set())]
    no_outcome = [f'{name}: no step with --json' for name in sorted(known - outcomes - set(UNREACHABLE))]
    results = [('every command has steps in both forms', no_form), ('every option has a step', no_option)]
    # On a server some are a matter of other suites, since they take more than a command to bring about.
    return results + ([('every outcome that can be reached has a step', no_outcome)] if harness.BACKEND == 'sqlite' else [])


def read_tables():
    """Commands and their options, as the program itself lists them; those of every command under ''."""
    done = subprocess.run([PROGRAM, '--help', '--json'], capture_output=True, check=True)
    value = json.loads(done.stdout)
    tables = {'': [option['name'] for option in value['options']]}
    for command in value['commands']:
        tables[command['name']] = [option['name'] for option in command['options']]
    return tables


def main():
    paths = sorted((TOP / 'tests' / 'cli').glob('*.case'))
    chosen = [path for path in paths if len(sys.argv) < 2 or path.stem in sys.argv[1:]]
    tables = read_tables()
    programs = tempfile.mkdtemp(prefix='ledger-programs-')
    os.symlink(PROGRAM, f'{programs}/ledger-admin')
    # The way a command is looked up depends on our own path, not on that of the step.
    os.environ['PATH'] = f'{programs}:{os.environ["PATH"]}'
    number, failed, all_seen = 0, 0, []
    try:
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            runs = list(pool.map(lambda path: run_case(path, programs, tables), chosen))
    finally:
        shutil.rmtree(programs)
    results = []
    for case_results, seen in runs:
        results += case_results
        all_seen.append(seen)
    if chosen == paths:
        results += coverage(tables, all_seen)
    for title, faults in results:
        number += 1
        failed += bool(faults)
        print(f'{"not ok" if faults else "ok"} {number} - {title}')
        for fault in faults:
            print(f'# {fault}')
    print(f'1..{number}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
