"""Drives tests/programs/mysql_connect: a connection by the word."""

import subprocess
from dataclasses import dataclass, field

import harness


@dataclass
class Answer:
    """What a line was answered."""

    outcome: str
    place: str
    node: str
    generation: int
    took_ms: int
    message: str
    rows: list = field(default_factory=list)


class Connect:
    """One connection, for as long as the with statement."""

    def __init__(self, uri, timeout_ms=5000, query_timeout_ms=0, password=None, environment=None):
        words = [harness.program('mysql_connect'), uri, str(timeout_ms), str(query_timeout_ms)]
        words += [] if password is None else [password]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def send(self, line):
        """Sends a line and does not wait."""
        try:
            self.process.stdin.write(f'{line}\n')
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # the URI was refused: what it said is read still

    def receive(self):
        rows = []
        while True:
            words = self.process.stdout.readline().rstrip('\n').split('\t')
            if words[0] == 'row':
                rows.append(tuple(words[1:]))
            elif len(words) < 6:
                return Answer('nothing', '', '', 0, 0, f'the program ended: {words}', rows)
            else:
                return Answer(*words[:3], int(words[3]), int(words[4]), words[5], rows)

    def do(self, line):
        self.send(line)
        return self.receive()


def once(uri, line='ready write', **options):
    """One line on a connection of its own."""
    with Connect(uri, **options) as connect:
        return connect.do(line)
