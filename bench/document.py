"""docs/PERFORMANCE.md: the tables between its markers."""


def between(name):
    return f'<!-- {name}: begin -->\n', f'\n<!-- {name}: end -->'


def put(document, name, text):
    """The document with this text between the markers of that name."""
    begin, end = between(name)
    before, rest = document.split(begin, 1)
    return before + begin + text + end + rest.split(end, 1)[1]


def asked_table(document, parts):
    """The rows of all parts that something is asked of."""
    lines = ['| part | what | ours | beside it | ratio | asked | met |', '|---|---|---|---|---|---|---|']
    for name in parts:
        begin, end = between(name)
        for line in document.split(begin, 1)[1].split(end, 1)[0].splitlines():
            if line.endswith('| yes |') or line.endswith('| no |'):
                lines.append(f'| {name} {line}')
    return '\n'.join(lines)
