"""docs/TAMPER_MATRIX.md: what came of all tamperings on both backends, for an auditor to read.

I1 No id, no instant and no hash is in it: made again, it is the same.
"""

import collections
import textwrap

import columns
from explained import EXPLANATIONS
from tampering import AUDITORS, KNOWLEDGE, LOCATED, NOTHING, OURS

LINE = 120
TITLES = {'sqlite': 'SQLite', 'mariadb': 'MariaDB'}
WITH = {NOTHING: 'with nothing but the database', OURS: 'with our own checkpoints too',
        AUDITORS: 'with a checkpoint that an auditor kept'}
SHORT = {NOTHING: '', OURS: 'ours: ', AUDITORS: 'auditor: '}
SAID = {OURS: 'found with our own checkpoints', AUDITORS: 'found with an auditor\'s', 'warned': 'only a warning',
        'missed': '**not found**'}
LETTERS = {'value': 'V', 'column': 'C', 'row': 'R', 'span': 'S', 'object': 'O'}

HEAD = '''# The tamper matrix

Made by `./do tamper`: not to be edited. Every tampering below was really done, by Python's own client of SQLite and by the
`mariadb` client, to a copy of a ledger that holds a bit of everything; then `ledger-admin verify` was asked.

The tamperer has every privilege. He takes the guards of what he touches away first and puts them back as they were; checks
of constraints and foreign keys are off for him. The columns, tables, triggers, views, indexes and constraints are read
from the schema of a real ledger, so that none can be forgotten.
'''

READING = '''## How to read it

A found tampering is told with the check that located it best ([CHECKS.md](CHECKS.md) says what each proves), and with how
exactly:

| letter | the violation names |
|---|---|
| V | the row, the column, the value that is stored and the value that has to be there |
| C | the row and the column; what has to be there is not known or is nothing |
| R | the row: one of its columns, but the hash cannot tell which |
| S | the span of the log: between which positions, and between which two instants it was written |
| O | the object of the schema, or the table |

*Stopped* means that verify cannot even begin, with an error that says why; *warning*, that nothing proves an alteration, but
that a guard was down since a checkpoint; *refused*, that the database itself does not take such a change; a dash, that
there is nothing to do (a column that cannot be empty, a table of one row). *Ours* and *auditor* come before what is found
with checkpoints outside the database only.
'''


def name_of(record):
    subject = f'{record["table"]}.{record["item"]}' if record['section'] == 'columns' else \
        f'{record["table"]} {record["item"]}'.strip()
    return ': '.join(part for part in (subject, record['change']) if part)


def outcome(record):
    """The least knowledge with which it is found, else warned, missed or refused."""
    results = record['results']
    if 'refused' in results:
        return 'refused'
    for knowledge in KNOWLEDGE:
        if knowledge in results and results[knowledge]['outcome'] in ('found', 'stopped'):
            return knowledge
    return 'warned' if any(found['outcome'] == 'warned' for found in results.values()) else 'missed'


def is_stopped(record):
    came = outcome(record)
    return came in KNOWLEDGE and record['results'][came]['outcome'] == 'stopped'


def cell(record):
    came = outcome(record)
    if came == 'missed':
        return '**not found**'
    if came == 'refused':
        return 'refused'
    if came == 'warned':
        knowledge = next(one for one in KNOWLEDGE if record['results'].get(one, {}).get('outcome') == 'warned')
        return f'{SHORT[knowledge]}*warning*: {record["results"][knowledge]["check"]}'
    found = record['results'][came]
    return SHORT[came] + (f'stopped: {found["named"]}' if is_stopped(record) else
                          f'{found["check"]} {LETTERS[found["located"]]}')


def wrapped(text):
    return textwrap.fill(text, LINE, break_long_words=False, break_on_hyphens=False)


def table(heads, rows):
    return '\n'.join([f'| {" | ".join(heads)} |', f'|{"---|" * len(heads)}',
                      *(f'| {" | ".join(row)} |' for row in rows), ''])


def summary(results):
    counts = {backend: collections.Counter(outcome(record) for record in records) for backend, records in results.items()}
    located = {backend: collections.Counter(record['results'][NOTHING]['located'] for record in records
                                            if outcome(record) == NOTHING) for backend, records in results.items()}
    rows = [['tamperings done', *(len(records) - counts[backend]['refused'] for backend, records in results.items())]]
    for place, knowledge in enumerate(KNOWLEDGE):
        rows.append([f'**found {WITH[knowledge]}**', *(sum(counts[b][one] for one in KNOWLEDGE[:place + 1])
                                                       for b in results)])
    rows.append(['only warned of', *(counts[b]['warned'] for b in results)])
    rows.append(['not found', *(counts[b]['missed'] for b in results)])
    rows.append(['refused by the database itself, beside those done', *(counts[b]['refused'] for b in results)])
    for letter in LOCATED:
        rows.append([f'of those found {WITH[NOTHING]}, located as {LETTERS[letter]}', *(located[b][letter] for b in results)])
    rows.append([f'of those found {WITH[NOTHING]}, verify cannot begin, and says why',
                 *(sum(is_stopped(record) for record in records) for records in results.values())])
    return '\n'.join(['## Summary\n', *(in_words(TITLES[b], counts[b]) for b in results),
                      table(['', *(TITLES[b] for b in results)], [list(map(str, row)) for row in rows])])


def in_words(title, counts):
    done = sum(counts.values()) - counts['refused']
    return wrapped(
        f'On {title} {done} tamperings were done. With nothing but the database, verify found {counts[NOTHING]} of them. '
        f'With the checkpoints that we keep outside it, it found {counts[OURS]} more, and {counts[AUDITORS]} more only with '
        f'a checkpoint and the key that an auditor had kept. Of {counts["warned"]} it could only warn, and '
        f'{counts["missed"]} it did not see: the chapter after this one names each of these, and says what to do.') + '\n'


def explanations(results):
    """What is not found with nothing, and why: a paragraph for each reason."""
    unfound = {backend: {name_of(record): outcome(record) for record in records
                         if outcome(record) not in (NOTHING, 'refused')}
               for backend, records in results.items()}
    text = ['## What the database alone does not show, and what to do\n']
    for one in EXPLANATIONS:
        lines = []
        for name in one.names:
            where = [backend for backend in results if name in unfound[backend]]
            came = {SAID[unfound[backend][name]] for backend in where}
            if where:
                lines.append(f'- {name}: {", ".join(sorted(came))}' +
                             ('' if len(where) == len(results) else f' ({TITLES[where[0]]})'))
        text.append('\n\n'.join([f'### {one.title}', wrapped(one.why), wrapped(f'**What to do.** {one.what_to_do}'),
                                 '\n'.join(lines)]) + '\n')
    return '\n'.join(text)


def cunning(results):
    by_name = {backend: {record['change']: record for record in records if record['section'] == 'cunning'}
               for backend, records in results.items()}
    names = list(dict.fromkeys(name for records in by_name.values() for name in records))
    rows = [[name, *(cell(by_name[backend][name]) if name in by_name[backend] else '–' for backend in results)]
            for name in names]
    return '## The cunning ones\n\n' + table(['what was done', *(TITLES[b] for b in results)], rows)


def grid(records, keys, changes, key, heads):
    cells = collections.defaultdict(dict)
    for record in records:
        cells[record[key]][record['change']] = cell(record)
    return table([heads, *changes], [[f'`{one}`', *(cells[one].get(change, '–') for change in changes)] for one in keys])


def column_tables(backend, records):
    text = [f'## Columns on {TITLES[backend]}\n']
    chosen = [record for record in records if record['section'] == 'columns']
    for name in dict.fromkeys(record['table'] for record in chosen):
        mine = [record for record in chosen if record['table'] == name]
        text.append(f'### {name}\n\n' + grid(mine, dict.fromkeys(record['item'] for record in mine), columns.CHANGES,
                                            'item', 'column'))
    return '\n'.join(text)


def row_table(backend, records):
    mine = [record for record in records if record['section'] == 'rows']
    return f'## Rows on {TITLES[backend]}\n\n' + grid(mine, dict.fromkeys(record['table'] for record in mine), columns.ROWS,
                                                    'table', 'table')


def schema_table(backend, records):
    """Each kind of change once; what came of it in another way than of most is told by name."""
    text = [f'## Schema on {TITLES[backend]}\n']
    rows, exceptions = [], []
    mine = [record for record in records if record['section'] == 'schema']
    kinds = collections.defaultdict(list)
    for record in mine:
        kind = record['change'] if record['change'] != 'removed from the table' else f'{record["item"]} removed'
        kinds[kind].append(record)
    for kind, members in kinds.items():
        came = collections.Counter(cell(record) for record in members)
        usual = came.most_common(1)[0][0]
        rows.append([kind, str(len(members)), usual, str(came[usual])])
        exceptions += [[f'`{name_of(record)}`', cell(record)] for record in members if cell(record) != usual]
    text.append(table(['change', 'done', 'found by', 'so many'], rows))
    if exceptions:
        text.append('The others:\n\n' + table(['what was changed', 'found by'], exceptions))
    return '\n'.join(text)


def write(results):
    """The whole document."""
    parts = [HEAD, summary(results), explanations(results), READING, cunning(results)]
    for backend, records in results.items():
        parts += [column_tables(backend, records), row_table(backend, records), schema_table(backend, records)]
    return '\n'.join(parts)


EXPLAINED = {name for one in EXPLANATIONS for name in one.names}


def faults_of(backend, record):
    """Why a tampering did not come out as it should: one line each."""
    name, came = name_of(record), outcome(record)
    for knowledge, found in record['results'].items():
        if knowledge != 'refused' and found['outcome'] == 'defect':
            yield f'{backend}: {name}: {found["named"]}'
    if came not in (NOTHING, 'refused') and name not in EXPLAINED:
        yield f'{backend}: {name}: the database alone does not show it, and tests/tamper/explained.py does not say why'


def faults(results):
    """The same of all; and what is explained although the database shows it."""
    unfound = set()
    for backend, records in results.items():
        for record in records:
            yield from faults_of(backend, record)
            if outcome(record) not in (NOTHING, 'refused'):
                unfound.add(name_of(record))
    for name in EXPLAINED - unfound:
        yield f'{name}: explained in tests/tamper/explained.py, but the database alone shows it'
