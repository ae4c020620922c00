#!/usr/bin/env python3
"""Makes the linker's map of the shared library: the functions that the public headers mark LEDGER_PUBLIC, and no other.

    make_symbol_map.py --version-node NODE --output FILE HEADER...
"""

import argparse
import pathlib
import re
import sys

COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*', re.DOTALL)
DIRECTIVE = re.compile(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', re.MULTILINE)
DECLARATION = re.compile(r'\bLEDGER_PUBLIC\b([^;{]*?)\b([A-Za-z_]\w*)\s*\(', re.DOTALL)


def public_functions(header):
    """The names that a header exports, checked to begin with the library's prefix."""
    text = DIRECTIVE.sub('', COMMENT.sub(' ', header.read_text(encoding='utf-8')))
    names = [match[2] for match in DECLARATION.finditer(text)]
    if len(names) != len(re.findall(r'\bLEDGER_PUBLIC\b', text)):
        sys.exit(f'{header}: LEDGER_PUBLIC on something that is not a function')
    for name in names:
        if not name.startswith('ledger_'):
            sys.exit(f'{header}: {name} is public, but its name does not begin with ledger_')
    return names


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--version-node', required=True)
    parser.add_argument('--output', required=True, type=pathlib.Path)
    parser.add_argument('headers', nargs='+', type=pathlib.Path)
    options = parser.parse_args()
    names = [name for header in options.headers if header.suffix == '.h' for name in public_functions(header)]
    if not names:
        sys.exit('no public function in the headers')
    lines = [f'{options.version_node} {{', '    global:', *(f'        {name};' for name in sorted(set(names))),
             '    local:', '        *;', '};', '']
    options.output.write_text('\n'.join(lines), encoding='utf-8')


if __name__ == '__main__':
    main()
