#!/usr/bin/env python3
"""A MariaDB server of its own for tests: a scratch data directory, a socket, a free port of the loopback; as root or as
anybody. Nothing of the machine's own server or configuration is touched or read.

    mariadb_server.py run [--durable] [--set NAME=VALUE]... -- COMMAND [ARGUMENT ...]
    mariadb_server.py serve [--durable] [--set NAME=VALUE]...

run starts a server, runs the command with these variables, ends the server, and ends as the command did. serve starts
one, prints the variables as lines NAME=VALUE, and ends it when its standard input is closed.

    LEDGER_TEST_MYSQL          mysql://root@localhost/?unix_socket=PATH; a database goes before the question mark
    LEDGER_TEST_MYSQL_PORT     the port at 127.0.0.1

Without --durable the server may lose what it acknowledged when the machine fails (not when it is killed): for tests
that are not about that. --set gives mariadbd an option. A suite that kills its server imports this file.

I1 The server and its directory are gone when this is, even when this is killed: a process of a session of its own
   watches, and sees its pipe close.
"""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

START_TIMEOUT_S = 60
STARTS_MAX = 5  # the free port may be somebody else's by the time that the server asks for it
SOCKET_PATH_MAX = 107  # sun_path

ALWAYS = {
    'bind-address': '127.0.0.1',
    'default-time-zone': '+00:00',
    'skip-name-resolve': None,
    'max-connections': '500',
    'innodb-buffer-pool-size': '128M',
    'innodb-log-file-size': '96M',
}

# Every table in one file, and nothing waits for the disk: what costs most is making the databases of the tests.
UNDURABLE = {
    'innodb-flush-log-at-trx-commit': '0',
    'innodb-flush-method': 'nosync',
    'innodb-file-per-table': '0',
    'innodb-stats-persistent': '0',
    'innodb-doublewrite': '0',
    'sync-frm': '0',
}


class ServerFault(Exception):
    """The server cannot be had; says why."""


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def program(name):
    path = shutil.which(name, path=f'{os.environ.get("PATH", "")}:/usr/sbin:/usr/local/sbin')
    if path is None:
        raise ServerFault(f'there is no {name}; Debian has it in mariadb-server-core')
    return path


def arguments(options):
    return [f'--{name}' if value is None else f'--{name}={value}' for name, value in options.items()]


class MariadbServer:
    """`start` makes and starts it, `stop` ends and removes it; `kill` and `start` again for a crash between.
    Its port stays, unless somebody has taken it meanwhile."""

    def __init__(self, durable=False, options=None):
        self.options = {**ALWAYS, **({} if durable else UNDURABLE), **(options or {})}
        self.directory = None
        self.process = None
        self.watcher = None
        self.port = None

    @property
    def socket_path(self):
        return self.directory / 's'

    @property
    def log_path(self):
        return self.directory / 'log'

    def uri(self, database=''):
        return f'mysql://root@localhost/{database}?unix_socket={self.socket_path}'

    def variables(self):
        return {'LEDGER_TEST_MYSQL': self.uri(), 'LEDGER_TEST_MYSQL_PORT': str(self.port)}

    def start(self):
        if self.directory is None:
            self._install()
        for _ in range(STARTS_MAX):
            self.port = self.port or free_port()
            if self._try_start():
                return self
            self.port = None
        raise ServerFault(f'mariadbd does not start:\n{self.log()}')

    def kill(self):
        """As a crash does; `start` is its restart, on the same data and socket."""
        if self.process is not None:
            self.process.kill()
            self._wait()

    def shut_down(self):
        """In good order; its data stays."""
        self.process.terminate()
        self._wait()

    def stop(self):
        self.kill()
        if self.watcher is not None:
            self.watcher.communicate()
            self.watcher = None
        self.directory = None

    def answers(self):
        """Whether it greets who comes."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(5)
            probe.connect(str(self.socket_path))
            return bool(probe.recv(1))
        return False

    def log(self):
        return self.log_path.read_text(encoding='utf-8', errors='replace') if self.log_path.exists() else ''

    def _install(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix='ledger-mariadb-'))
        # A server that starts removes what others have in a directory of temporary files that they share.
        (self.directory / 'tmp').mkdir()
        # I1: the watcher is there before anything that it would have to end.
        self.watcher = subprocess.Popen([sys.executable, __file__, 'watch', str(self.directory)], stdin=subprocess.PIPE,
                                        stdout=subprocess.DEVNULL, start_new_session=True, text=True)
        if len(str(self.socket_path)) > SOCKET_PATH_MAX:
            raise ServerFault(f'{self.socket_path} is too long for a socket; set TMPDIR to a shorter directory')
        done = subprocess.run([program('mariadb-install-db'), '--no-defaults', *self._as_user(), '--skip-test-db',
                               '--auth-root-authentication-method=normal', f'--datadir={self.directory / "data"}'],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ServerFault(f'mariadb-install-db failed:\n{done.stdout}{done.stderr}')

    def _wait(self):
        self.process.wait()
        self._tell_watcher(0)  # the number may soon be another's
        self.process = None

    def _tell_watcher(self, pid):
        self.watcher.stdin.write(f'{pid}\n')
        self.watcher.stdin.flush()

    def _as_user(self):
        return ['--user=root'] if os.geteuid() == 0 else []

    def _try_start(self):
        """Whether it runs and answers; not where its port was taken meanwhile."""
        with self.log_path.open('ab') as log:
            self.process = subprocess.Popen(
                [program('mariadbd'), '--no-defaults', *self._as_user(), f'--datadir={self.directory / "data"}',
                 # A temporary directory of its own: another server that starts removes what it takes for left over.
                 f'--tmpdir={self.directory / "tmp"}', f'--socket={self.socket_path}',
                 f'--pid-file={self.directory / "pid"}', f'--port={self.port}',
                 *arguments(self.options)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.directory, start_new_session=True,
                env={**os.environ, 'TZ': 'UTC'})
        self._tell_watcher(self.process.pid)
        deadline = time.monotonic() + START_TIMEOUT_S
        while self.process.poll() is None:
            if self.answers():
                return True
            if time.monotonic() > deadline:
                raise ServerFault(f'mariadbd does not answer after {START_TIMEOUT_S} s:\n{self.log()}')
            time.sleep(0.02)
        self._wait()
        if 'Address already in use' in self.log():
            return False
        raise ServerFault(f'mariadbd does not start:\n{self.log()}')

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_):
        self.stop()


def watch(directory):
    """Ends the server that was told of last, 0 for none, when the one who tells is gone, and removes the directory."""
    pid = 0
    for line in sys.stdin:
        pid = int(line)
    if pid > 0:
        deadline = time.monotonic() + START_TIMEOUT_S
        with contextlib.suppress(ProcessLookupError):
            while time.monotonic() < deadline:
                os.kill(pid, signal.SIGKILL)
                time.sleep(0.01)
    shutil.rmtree(directory, ignore_errors=True)


def read_options(words):
    """Takes the words before the command apart: (durable, options, command)."""
    durable, options = False, {}
    words = list(words)
    while words and words[0] != '--':
        word = words.pop(0)
        if word == '--durable':
            durable = True
        elif word == '--set' and words:
            name, equals, value = words.pop(0).partition('=')
            options[name] = value if equals else None
        else:
            raise ServerFault(f'what is "{word}"?\n\n{__doc__}')
    return durable, options, words[1:]


def run(words):
    durable, options, command = read_options(words)
    if not command:
        raise ServerFault(f'there is no command\n\n{__doc__}')
    with MariadbServer(durable, options) as server:
        try:
            process = subprocess.Popen(command, env={**os.environ, **server.variables()})
        except OSError as error:
            raise ServerFault(f'{command[0]} cannot be run: {error}') from error
        # What ends us ends the command, and then the server.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _: process.send_signal(number))
        status = process.wait()
        if not server.answers():
            raise ServerFault(f'mariadbd ended before the command did:\n{server.log()}')
    return 128 - status if status < 0 else status


def serve(words):
    durable, options, command = read_options(words)
    if command:
        raise ServerFault(f'serve runs no command\n\n{__doc__}')
    with MariadbServer(durable, options) as server:
        for name, value in server.variables().items():
            print(f'{name}={value}')
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            sys.stdin.read()
    return 0


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that what was begun is undone
    verb, *words = sys.argv[1:] or ['']
    try:
        if verb == 'run':
            return run(words)
        if verb == 'serve':
            return serve(words)
        if verb == 'watch':
            watch(words[0])
            return 0
        raise ServerFault(f'what is "{verb}"?\n\n{__doc__}')
    except ServerFault as fault:
        print(f'mariadb_server.py: {fault}', file=sys.stderr)
        return 125


if __name__ == '__main__':
    sys.exit(main())
