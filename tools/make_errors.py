#!/usr/bin/env python3
"""Makes docs/ERRORS.md from include/ledger/status.def, the one table of outcomes.

    make_errors.py            writes it
    make_errors.py --check    says whether it is what this program makes
"""

import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
TABLE = TOP / 'include' / 'ledger' / 'status.def'
DOCUMENT = TOP / 'docs' / 'ERRORS.md'
OUTCOME = re.compile(
    r'OUTCOME\(\s*(LEDGER_\w+),\s*(\d+),\s*"((?:[^"\\]|\\.)*)",\s*(\d+),\s*(\d+),\s*"((?:[^"\\]|\\.)*)"\s*\)')

MEANINGS = {
    0: 'done',
    1: 'refused by a rule of the ledger; nothing was written but the audit event of the refusal',
    2: 'wrong usage or unreadable input; nothing was tried',
    3: 'an integrity violation was found, or a report differs from what the ledger gives',
    4: 'the database is unavailable, busy, full or damaged; nothing was written',
    5: 'a defect of the program, or no memory; nothing was written',
    6: 'it is not known whether it was written: look before trying again',
}

HEAD = """# Errors

Every way in which a call of the library or a command can end. Made from `include/ledger/status.def` by
`tools/make_errors.py`; do not edit it by hand.

A command says what is wrong, where, and what to do next, on standard error; with `--json` as one JSON document on
standard output, `error` holding the outcome's name:

```json
{"error": "LEDGER_ACCOUNT_NOT_FOUND", "message": "entry 1: account not found: 1999", "problems": [...]}
```

All problems of one input are told at once. The outcome is then that of the problem whose row stands first here.

## Exit status
"""


def read_table():
    text = TABLE.read_text(encoding='utf-8')
    rows = OUTCOME.findall(text)
    declared = len(re.findall(r'^OUTCOME\(', text, re.MULTILINE))
    if len(rows) != declared:
        sys.exit(f'make_errors.py: {TABLE.name} has {declared} outcomes, {len(rows)} of them understood')
    return rows


def document():
    rows = read_table()
    lines = [HEAD, '| exit | meaning |', '|---|---|']
    lines += [f'| {status} | {meaning} |' for status, meaning in MEANINGS.items()]
    for status in MEANINGS:
        of_status = [row for row in rows if int(row[3]) == status]
        lines += ['', f'## {status}: {MEANINGS[status].split(";")[0]}', '',
                  '| outcome | number | HTTP | what it means | what to do |', '|---|---|---|---|---|']
        lines += [f'| `{name}` | {number} | {http} | {sentence} | {remedy} |'
                  for name, number, sentence, _, http, remedy in of_status]
    return '\n'.join(lines) + '\n'


def main():
    text = document()
    if sys.argv[1:] != ['--check']:
        DOCUMENT.write_text(text, encoding='utf-8')
        return 0
    if not DOCUMENT.is_file() or DOCUMENT.read_text(encoding='utf-8') != text:
        print('docs/ERRORS.md is not what tools/make_errors.py makes of status.def: run it')
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
