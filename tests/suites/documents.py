#!/usr/bin/env python3
"""The documents agree with the tree: what is generated is current, links lead somewhere, every setting, command and
table that exists is told about, and nothing is told about that does not exist.
Environment: LEDGER_ADMIN, the program."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = pathlib.Path(os.environ.get('LEDGER_ADMIN', TOP / 'build' / 'ledger-admin')).resolve()
DOCUMENTS = sorted([*TOP.glob('*.md'), *TOP.glob('docs/*.md')])
LINK = re.compile(r'\[[^\]]*\]\(([^)\s]+)\)')
count = 0


def check(name, is_so, said=''):
    """One TAP result; what was said is shown where it is not so."""
    global count
    count += 1
    print(f'{"ok" if is_so else "not ok"} {count} - {name.replace("#", "")}')
    if not is_so:
        print(''.join(f'# {line}\n' for line in said.splitlines()), end='')


def read(name):
    return (TOP / name).read_text(encoding='utf-8')


def check_generated():
    for tool in ('make_errors.py', 'make_quarter.py'):
        done = subprocess.run([TOP / 'tools' / tool, '--check'], text=True, capture_output=True, check=False)
        check(f'what {tool} makes is current', done.returncode == 0, done.stdout + done.stderr)


def headings(text):
    """With their marks: '## Posting'."""
    without_code = re.sub(r'^```.*?^```$', '', text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r'^#+ .*$', without_code, re.MULTILINE)


def anchors(text):
    """The anchors of a document's headings, as they are made on the web."""
    return {re.sub(r'[^\w\- ]', '', heading.lstrip('#').strip().lower()).replace(' ', '-') for heading in headings(text)}


def check_decisions():
    """Each stands there once: two branches that both wrote some must not leave them twice."""
    titles = headings(read('docs/DECISIONS.md'))
    twice = sorted({title for title in titles if titles.count(title) > 1})
    check('no decision stands twice', len(titles) > 50 and not twice, '\n'.join(twice))


def check_links():
    for document in DOCUMENTS:
        broken = []
        for target in LINK.findall(document.read_text(encoding='utf-8')):
            if '://' in target:
                continue
            path, _, anchor = target.partition('#')
            file = (document.parent / path).resolve() if path else document
            if not file.exists() or (anchor and anchor not in anchors(file.read_text(encoding='utf-8'))):
                broken.append(target)
        check(f'links of {document.relative_to(TOP)}', not broken, '\n'.join(broken))


def check_paths():
    """Files that are named in code style in the architecture exist."""
    text = read('docs/ARCHITECTURE.md')
    missing = [path for path in re.findall(r'`((?:src|tools|tests|include|examples|docs|bench)/[\w./-]*)`', text)
               if not (TOP / path).exists()]
    check('paths of docs/ARCHITECTURE.md', not missing, '\n'.join(missing))


def check_settings():
    settings = set(re.findall(r'\{"([A-Z_]+)",\s+"', read('src/cli/settings.c'))) - {'NO_COLOR'}
    told = set(re.findall(r'^#?([A-Z_]+)=', read('.env.template'), re.MULTILINE))
    check('.env.template tells every setting, and no other', settings == told, f'{settings ^ told}')
    with tempfile.TemporaryDirectory() as scratch:
        env_file = pathlib.Path(scratch) / '.env'
        env_file.write_text(re.sub(r'^#(?=[A-Z_]+=)', '', read('.env.template'), flags=re.MULTILINE), encoding='utf-8')
        environment = {name: value for name, value in os.environ.items() if name not in settings}
        for command in (['init', '--confirm'], ['accounts']):
            done = subprocess.run([PROGRAM, *command], cwd=scratch, env=environment, text=True, capture_output=True,
                                  check=False)
            check(f'the defaults of .env.template are taken by {command[0]}', done.returncode == 0, done.stderr)


def check_index():
    readme = read('README.md')
    missing = [document.name for document in DOCUMENTS
               if document.parent.name == 'docs' and f'(docs/{document.name})' not in readme]
    check('README.md names every document', not missing, '\n'.join(missing))


def check_tables():
    schema = {table for path in sorted(TOP.glob('src/store/sql/sqlite/migrations/*.sql'))
              for table in re.findall(r'^CREATE TABLE (\w+)', path.read_text(encoding='utf-8'), re.MULTILINE)}
    text = read('docs/ARCHITECTURE.md')
    missing = [table for table in sorted(schema) if f'`{table}`' not in text]
    check('docs/ARCHITECTURE.md names every table', not missing, '\n'.join(missing))


SHOWN = re.compile(r'ledger-admin (?:--(?:json|quiet) |--db \S+ )*([a-z][a-z-]+)')
WORDS_OF_TWO = ('approval', 'audit', 'clock', 'epoch', 'freeze', 'incident', 'key', 'period')


def check_commands():
    """Every command that a document shows in code exists."""
    names = [path.stem[4:].split('_') for path in TOP.glob('src/cli/cmd_*.c')]
    commands = {words[0] if words[0] in WORDS_OF_TWO else '-'.join(words) for words in names}
    for document in DOCUMENTS:
        text = document.read_text(encoding='utf-8')
        code = re.findall(r'`([^`\n]+)`', text) + re.findall(r'^```\w*\n(.*?)^```$', text, re.MULTILINE | re.DOTALL)
        shown = set(SHOWN.findall('\n'.join(code)))
        check(f'commands of {document.relative_to(TOP)}', shown <= commands, f'{shown - commands}')


def check_checks():
    """Every check of verify is told about, in the order in which verify tells them."""
    checks = re.findall(r'^CHECK\(\w+, "([a-z-]+)"', read('src/integrity/checks.def'), re.MULTILINE)
    told = re.findall(r'^\| ([a-z-]+) \| ', read('docs/CHECKS.md'), re.MULTILINE)
    check('docs/CHECKS.md tells every check of verify', checks == told[-len(checks):], f'{checks}\n{told}')


def main():
    check_generated()
    check_links()
    check_decisions()
    check_paths()
    check_settings()
    check_index()
    check_tables()
    check_commands()
    check_checks()
    print(f'1..{count}')


if __name__ == '__main__':
    sys.exit(main())
