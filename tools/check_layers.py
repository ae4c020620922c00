#!/usr/bin/env python3
"""Holds the tree against the rules of its architecture, and says file, line, rule and remedy of each breach.

    check_layers.py [TOP_DIRECTORY]

- A file of a layer includes only from its own layer and those left of it; peers do not see each other.
- SQL, and the headers of databases and drivers, stay in src/store; public headers include only public headers.
- No float or double in the program, no goto anywhere.
- Nothing is left unfinished; no file is longer than a sitting; each opens with what it is for.
- tests/unit/list names every unit test, and nothing else.
"""

import pathlib
import re
import sys

# Each layer with the layers that it sees besides itself and the public headers.
FOUNDATION = ['base', 'domain', 'store', 'engine', 'integrity']
LAYERS = {layer: FOUNDATION[:index] for index, layer in enumerate(FOUNDATION)}
PEERS = ['reports', 'exchange', 'operations']
LAYERS.update({layer: FOUNDATION for layer in PEERS})
LAYERS.update({layer: FOUNDATION + PEERS for layer in ('service', 'cli')})

# What only the layer named may include: by prefix.
CONFINED = {
    'store/driver': 'store',
    'queries.h': 'store',
    'sqlite3.h': 'store',
    'mysql': 'store',
    'mariadb': 'store',
    'libpq-fe.h': 'store',
    'openssl/': 'base',
    'utf8proc.h': 'base',
}
GENERATED = {'queries.h', 'version.h'}

LINES_MAX = 800
# In two parts, so that this file does not find itself.
UNFINISHED = re.compile(r'\b(' + '|'.join(('TO' 'DO', 'FIX' 'ME', 'HA' 'CK', 'unimple' 'mented')) + r')\b')
SQL = re.compile(r'\bSELECT\s+[\w*?(]|\bINSERT\s+(OR\s+\w+\s+)?INTO\b|\bREPLACE\s+INTO\b|\bUPDATE\s+\w+\s+SET\b'
                 r'|\bDELETE\s+FROM\b|\b(CREATE|DROP|ALTER)\s+(TABLE|VIEW|INDEX|TRIGGER|UNIQUE)\b|\bPRAGMA\s+\w'
                 r'|\bBEGIN\s+(IMMEDIATE|EXCLUSIVE|TRANSACTION)\b')
INCLUDE = re.compile(r'\s*#\s*include\s*(["<])([^">]+)[">]')
C_TOKEN = re.compile(r'(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<string>"(?:\\.|[^"\\\n])*")|(?P<character>\'(?:\\.|[^\'\\\n])+\')',
                     re.DOTALL)

faults = []


def fault(path, line, message):
    faults.append(f'{path}:{line}: {message}')


def blank(text):
    return ''.join(character if character == '\n' else ' ' for character in text)


def code_of(text):
    """The text without comments, strings and characters; every line stays where it was."""
    return C_TOKEN.sub(lambda match: blank(match.group()), text)


def strings_of(text):
    """The string literals with their lines; those that follow each other without code between are one."""
    strings, end = [], None
    for match in C_TOKEN.finditer(text):
        if match.lastgroup != 'string':
            continue
        if end is not None and text[end:match.start()].strip() == '':
            strings[-1][1] += match.group()[1:-1]
        else:
            strings.append([text.count('\n', 0, match.start()) + 1, match.group()[1:-1]])
        end = match.end()
    return strings


def check_include(top, path, line, layer, quote, name):
    """One #include of a file in src (`layer` is its directory) or of a public header (`layer` is None)."""
    target = name.split('/')[0]
    if layer is None:
        if target != 'ledger' and quote == '"':
            fault(path, line, f'a public header includes "{name}": only ledger/... and the C library may be there')
        return
    for prefix, owner in CONFINED.items():
        if name.startswith(prefix) and layer != owner:
            fault(path, line, f'{layer} includes {name}, which belongs to {owner}: ask that layer for an operation')
            return
    if quote == '<' or name in GENERATED:
        return
    if target != 'ledger' and target not in LAYERS:
        fault(path, line, f'"{name}" is of no layer: write "layer/file.h"')
    elif target in LAYERS and target != layer and target not in LAYERS[layer]:
        fault(path, line, f'{layer} includes "{name}": left of {layer} there are only {", ".join(LAYERS[layer]) or "none"}')
    elif not (top / 'src' / name).exists() and not (top / 'include' / name).exists():
        fault(path, line, f'there is no "{name}"')


def check_c(top, file):
    path = file.relative_to(top)
    text = file.read_text(encoding='utf-8')
    is_public = path.parts[0] == 'include'
    is_source = path.parts[0] == 'src'
    layer = path.parts[1] if is_source else None
    if is_source and layer not in LAYERS:
        fault(path, 1, f'{layer} is no layer')
        return
    if not text.startswith('/*'):
        fault(path, 1, 'a file opens with a comment that says what it is for')
    if is_source or is_public:
        for line, row in enumerate(text.splitlines(), 1):
            if match := INCLUDE.match(row):
                check_include(top, path, line, layer, *match.groups())
    refused = r'\b(float|double|goto)\b' if is_source or is_public else r'\b(goto)\b'
    for line, row in enumerate(code_of(text).splitlines(), 1):
        if match := re.search(refused, row):
            fault(path, line, f'{match[1]} is not for this project')
    if layer != 'store' and is_source:
        for line, string in strings_of(text):
            if SQL.search(string):
                fault(path, line, 'SQL outside src/store: make it a named query there')


def check_text(top, file):
    path = file.relative_to(top)
    lines = file.read_text(encoding='utf-8', errors='replace').splitlines()
    for line, row in enumerate(lines, 1):
        if match := UNFINISHED.search(row):
            fault(path, line, f'{match[1]}: finish it, or say it in an issue')
    if file.suffix != '.sql' and len(lines) > LINES_MAX:
        fault(path, LINES_MAX, f'{len(lines)} lines, more than {LINES_MAX}: does it have one purpose?')


def check_unit_list(top):
    path = top / 'tests/unit/list'
    listed = path.read_text(encoding='utf-8').split() if path.exists() else []
    found = {file.stem.removeprefix('test_') for file in (top / 'tests/unit').glob('test_*.c')}
    for name in sorted(found - set(listed)):
        fault('tests/unit/list', 1, f'test_{name}.c is not listed, so it is not run')
    for name in sorted(set(listed) - found):
        fault('tests/unit/list', listed.index(name) + 1, f'there is no test_{name}.c')
    for name in sorted({name for name in listed if listed.count(name) > 1}):
        fault('tests/unit/list', listed.index(name) + 1, f'{name} is listed twice')


def main(arguments):
    top = pathlib.Path(arguments[0] if arguments else pathlib.Path(__file__).parent.parent).resolve()
    for directory in ('src', 'include', 'tests', 'examples', 'bench', 'tools'):
        for file in sorted((top / directory).rglob('*')):
            if not file.is_file() or '__pycache__' in file.parts:
                continue
            if file.suffix in ('.c', '.h'):
                check_c(top, file)
            if file.suffix in ('.c', '.h', '.def', '.py', '.sh', '.sql', '.build') or file.suffix == '':
                check_text(top, file)
    check_text(top, top / 'do')
    check_unit_list(top)
    print('\n'.join(faults) if faults else 'every layer keeps to its own')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
