#!/usr/bin/env python3
"""What the documents show is what happens. Environment: LEDGER_ADMIN, the program; LEDGER_BUILD, its build directory.

Each ```console block of README.md and docs/RUNBOOK.md is run in order, one document in one shell, in a scratch
directory of its own. A line `$ COMMAND` is typed (`> ` goes on with it), the lines up to the next are what it has to
say. Ids, transaction numbers, instants, hashes, sockets and how often something was tried stand for texts of their
form: what a command says in place of one is used wherever the document says the same again, in a later command too. A
line `...` stands for any lines, or none. Days, amounts and everything else have to be as shown.

Where a document shows the client mysql, there is a server as deployment demands it: mysql is its administrator, as on
the server's own machine, and systemctl stops and starts it.

With --update the documents are written anew, with what the commands say now wherever that is not what they show.
"""

import contextlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / 'tools'))

from mariadb_server import MariadbServer  # noqa: E402

BUILD = pathlib.Path(os.environ.get('LEDGER_BUILD', TOP / 'build')).resolve()
PROGRAM = pathlib.Path(os.environ.get('LEDGER_ADMIN', BUILD / 'ledger-admin')).resolve()
DOCUMENTS = ('README.md', 'docs/RUNBOOK.md')
FORMS = (
    r'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
    r'[0-9a-f]{64}',
    r'\b20[0-9]{6}-[0-9]{6,}\b',
    r'\b20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?Z?',
    r'/(?:[\w.-]+/)+(?:mysqld\.sock|s)\b',
    r'\b[0-9]+ attempts? in [0-9]+\.[0-9] s\b',
)
FORM = re.compile('|'.join(f'(?:{form})' for form in FORMS))
BLOCK = re.compile(r'^```console\n(.*?)^```$', re.MULTILINE | re.DOTALL)
END = 'end of command'
count = 0


def check(name, is_so, said=''):
    """One TAP result; what was said is shown where it is not so."""
    global count
    count += 1
    print(f'{"ok" if is_so else "not ok"} {count} - {name.replace("#", "")}')
    if not is_so:
        print(''.join(f'# {line}\n' for line in said.splitlines()), end='')


def read_commands(text):
    """The commands of a document with the number of their line and the output that is shown."""
    commands = []
    for block in BLOCK.finditer(text):
        number = text.count('\n', 0, block.start()) + 1
        for line in block[1].splitlines():
            number += 1
            if line.startswith('$ '):
                commands.append((number, line[2:], []))
            elif line.startswith('> ') and not commands[-1][2]:
                last = commands[-1]
                commands[-1] = (last[0], f'{last[1]}\n{line[2:]}', last[2])
            else:
                commands[-1][2].append(line)
    return commands


class Systemctl:
    """A server, and the command that stops and starts it."""

    def __init__(self, directory):
        self.asked, self.done = directory / 'asked', directory / 'done'
        for path in (self.asked, self.done):
            os.mkfifo(path)
        command = directory / 'bin' / 'systemctl'
        command.write_text(f'#!/bin/sh\necho "$1" >{self.asked}\ncat {self.done}\n', encoding='utf-8')
        command.chmod(0o755)
        # As deploy/mariadb has it.
        self.server = MariadbServer(durable=True, options={
            'log-bin': 'binlog', 'server-id': '1', 'sync-binlog': '1', 'binlog-format': 'ROW',
            'log-bin-trust-function-creators': 'ON', 'default-time-zone': '+00:00'})
        self.server.start()
        (directory / '.my.cnf').write_text(f'[client]\nsocket={self.server.socket_path}\n[mysql]\nuser=root\n'
                                           '[mysqldump]\nuser=root\n', encoding='utf-8')
        threading.Thread(target=self.obey, daemon=True).start()

    def obey(self):
        while (verb := self.asked.read_text(encoding='utf-8').strip()) != 'end':
            if verb == 'stop':
                self.server.shut_down()
            else:
                self.server.start()
            self.done.write_text('', encoding='utf-8')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.asked.write_text('end', encoding='utf-8')
        self.server.stop()


class Shell:
    """One shell that is typed to, with the surroundings of somebody who has just built the ledger."""

    def __init__(self, directory):
        (directory / 'bin' / 'ledger-admin').symlink_to(PROGRAM)
        work = directory / 'work'
        work.mkdir()
        environment = {
            'PATH': f'{directory / "bin"}:{BUILD / "examples"}:{os.environ["PATH"]}', 'HOME': str(directory),
            'LANG': 'C.UTF-8', 'COLUMNS': '120', 'LEDGER_SOURCE': str(TOP),
        }
        self.process = subprocess.Popen(['sh'], cwd=work, env=environment, text=True, encoding='utf-8',
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def type(self, command):
        """What the command says: its messages behind its result, as they stand on a terminal."""
        self.process.stdin.write(f'{{ {command}\n}} 2>../errors\n'
                                 f'status=$?; cat ../errors; echo; echo {END}; (exit $status)\n')
        self.process.stdin.flush()
        lines = []
        while (line := self.process.stdout.readline()) and line != f'{END}\n':
            lines.append(line.rstrip('\n'))
        # The empty line is ours; where the output ends without its own line end, it is that.
        if lines and lines[-1] == '':
            lines.pop()
        return lines

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def match_line(shown, said, known):
    """Whether a line is as shown; `known` learns what stands for what."""
    pattern, learnt, position = '', [], 0
    for token in FORM.finditer(shown):
        pattern += re.escape(shown[position:token.start()])
        if token[0] in known:
            pattern += re.escape(known[token[0]])
        else:
            form = next(form for form in FORMS if re.fullmatch(form, token[0]))
            pattern += f'({form})'
            learnt.append(token[0])
        position = token.end()
    match = re.fullmatch(pattern + re.escape(shown[position:]), said.rstrip())
    if match is None:
        return False
    known.update(zip(learnt, match.groups()))
    return True


def match_lines(shown, said, known):
    if not shown:
        return not said
    if shown[0] == '...':
        return any(match_lines(shown[1:], said[skipped:], known) for skipped in range(len(said) + 1))
    return bool(said) and match_line(shown[0], said[0], known) and match_lines(shown[1:], said[1:], known)


def run_document(name):
    """Runs all commands; returns the document as it would have to be."""
    lines = (TOP / name).read_text(encoding='utf-8').splitlines()
    commands = read_commands('\n'.join(lines) + '\n')
    check(f'{name} shows commands', bool(commands))
    known, moved = {}, 0
    with contextlib.ExitStack() as stack:
        directory = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (directory / 'bin').mkdir()
        if any(re.match(r'(.*\| )?mysql ', command) for _, command, _ in commands):
            stack.enter_context(Systemctl(directory))
        shell = Shell(directory)
        for number, command, shown in commands:
            said = shell.type(FORM.sub(lambda token: known.get(token[0], token[0]), command))
            is_so = match_lines([line.rstrip() for line in shown], said, known)
            check(f'{name}:{number}: {command.splitlines()[0]}', is_so, '\n'.join(['said:', *said, 'shown:', *shown]))
            if not is_so:
                first = number + moved + command.count('\n')
                lines[first:first + len(shown)] = said
                moved += len(said) - len(shown)
        shell.close()
    return '\n'.join(lines) + '\n'


def main():
    for name in DOCUMENTS:
        text = run_document(name)
        if sys.argv[1:] == ['--update']:
            (TOP / name).write_text(text, encoding='utf-8')
    print(f'1..{count}')


if __name__ == '__main__':
    sys.exit(main())
