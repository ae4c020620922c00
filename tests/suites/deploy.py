#!/usr/bin/env python3
"""The configurations of deploy/: the server accepts each line, a server runs by them, and the settings are what the
program needs. Only addresses, directories and sizes are changed. Environment: see tests/support/harness.py."""

import atexit
import pathlib
import re
import shutil
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(TOP / 'tests' / 'support'), str(TOP / 'tools')]
import cluster as galera
import harness

DEPLOY = TOP / 'deploy'
FILES = sorted(DEPLOY.glob('*/*.cnf'))
SMALL = [(r'(?m)^innodb_buffer_pool_size = .*', 'innodb_buffer_pool_size = 64M'),
         (r'(?m)^innodb_log_file_size = .*', 'innodb_log_file_size = 64M'),
         (r'gcache\.size=\w+', 'gcache.size=16M')]
# What both kinds have to have, as the running server says it.
NEEDED = {'innodb_flush_log_at_trx_commit': '1', 'sync_binlog': '1', 'log_bin': 'ON', 'binlog_format': 'ROW',
          'log_bin_trust_function_creators': 'ON', 'time_zone': '+00:00', 'character_set_server': 'utf8mb4',
          'collation_server': 'utf8mb4_nopad_bin', 'innodb_lock_wait_timeout': '10', 'max_connections': '400'}
NEEDED_IN_CLUSTER = {**NEEDED, 'wsrep_on': 'ON', 'wsrep_retry_autocommit': '0', 'wsrep_sync_wait': '0', 'log_slave_updates': 'ON',
                     'wsrep_sst_method': 'mariabackup', 'innodb_force_primary_key': 'ON', 'require_secure_transport': 'ON',
                     'wsrep_node_name': 'node1'}


def settings(text):
    """The lines that set something, by group."""
    group, found = None, {}
    for line in text.splitlines():
        if line.startswith('['):
            group = line
        elif line and not line.startswith('#'):
            name, _, value = line.partition('=')
            found[group, name.strip()] = value.strip()
    return found


def check_files():
    mariadbd = shutil.which('mariadbd', path=galera.PROGRAMS) or harness.stop('there is no mariadbd: apt-get install mariadb-server')
    for file in FILES:
        name = file.relative_to(TOP)
        status, _, said = harness.run(mariadbd, f'--defaults-file={file}', '--help', '--verbose')
        harness.check(f'{name}: the server accepts each line', status == 0 and 'unknown' not in said, said)
        harness.check(f'{name}: its README speaks of it', file.name in (file.parent / 'README.md').read_text(encoding='utf-8'))
    nodes = [settings((DEPLOY / 'galera' / f'node{number}.cnf').read_text(encoding='utf-8')) for number in galera.NODES]
    harness.check('the nodes differ in the same four settings, and in nothing else',
                  all(node.keys() == nodes[0].keys() and len(node) == 4 for node in nodes)
                  and all(len({node[name] for node in nodes}) == 3 for name in nodes[0]), nodes)
    shared = settings((DEPLOY / 'galera' / 'galera.cnf').read_text(encoding='utf-8'))
    harness.check('what is the same on all nodes stands in one file alone', not set(nodes[0]) & set(shared))


def certificates(directory):
    """Of an authority of the suite's own, as the README makes them."""
    key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    for words in (['req', '-x509', *key, '-subj', '/CN=ca', '-keyout', 'ca-key.pem', '-out', 'ca.pem'],
                  ['req', *key, '-subj', '/CN=node1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', 'node-key.pem', '-out', 'node.csr'],
                  ['x509', '-req', '-in', 'node.csr', '-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial',
                   '-copy_extensions', 'copy', '-out', 'node-cert.pem']):
        galera.run('openssl', *words, cwd=directory)


class Server:
    """A server by files of deploy/, in a directory of its own."""

    def __init__(self, directory, *files, changes=()):
        self.directory = directory
        directory.mkdir()
        (directory / 'data').mkdir()
        certificates(directory)
        text = '\n'.join((DEPLOY / file).read_text(encoding='utf-8') for file in files)
        for pattern, replacement in (*SMALL, (r'/etc/mysql/tls', str(directory)), *changes):
            text = re.sub(pattern, replacement, text)
        user = 'user = mysql\n' if galera.is_root() else ''
        (directory / 'my.cnf').write_text(
            f'{text}\n[mysqld]\n{user}port = {galera.free_ports(1)[0]}\ndatadir = {directory}/data\nsocket = {directory}/socket\n'
            f'pid_file = {directory}/pid\nlog_error = {directory}/error.log\n', encoding='utf-8')
        if galera.is_root():
            for path in (directory, *directory.iterdir()):
                shutil.chown(path, 'mysql', 'mysql')
        galera.run('mariadb-install-db', '--no-defaults', f'--datadir={directory}/data', '--skip-test-db',
                   '--auth-root-authentication-method=socket', f'--auth-root-socket-user={galera.Cluster.administrator()}',
                   *(['--user=mysql'] if galera.is_root() else []))
        self.process = None

    def start(self, *options):
        self.process = subprocess.Popen([shutil.which('mariadbd', path=galera.PROGRAMS), f'--defaults-file={self.directory}/my.cnf',
                                         *options], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        atexit.register(self.stop)
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            if self.query('SELECT 1')[0] == 0:
                return True
            time.sleep(0.1)
        return False

    def query(self, sql):
        return harness.run('mariadb', '--no-defaults', f'--socket={self.directory}/socket', '--batch', '--skip-column-names', '-e', sql,
                           f'--user={galera.Cluster.administrator()}')

    def log(self):
        log = self.directory / 'error.log'
        return log.read_text(encoding='utf-8', errors='replace') if log.exists() else 'there is no log'

    def stop(self):
        self.process.kill()
        self.process.wait()


def check_server(name, server, needed, *options):
    if not harness.check(f'{name}: a server starts by it', server.start(*options), server.log()):
        return
    _, output, said = server.query('SHOW GLOBAL VARIABLES')
    variables = dict(line.split('\t', 1) for line in output.splitlines() if '\t' in line)
    wrong = {variable: variables.get(variable) for variable, value in needed.items() if variables.get(variable) != value}
    harness.check(f'{name}: the settings that the program relies on are so', not wrong, f'{wrong} {said}')
    status, output, said = server.query("CREATE DATABASE ledger_db CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin; "
                                        "CREATE USER ledger@localhost IDENTIFIED BY 'secret'; GRANT ALL ON ledger_db.* TO ledger@localhost; "
                                        'SELECT now() = utc_timestamp()')
    harness.check(f'{name}: NOW() is UTC', (status, output.strip()) == (0, '1'), output + said)
    status, output, said = harness.run(harness.ADMIN, '--db', f'mysql://ledger@localhost/ledger_db?unix_socket={server.directory}/socket',
                                       'init', '--confirm', environment={'LEDGER_DB_PASSWORD': 'secret'})
    harness.check(f'{name}: init makes a ledger there, as a user without SUPER, and warns of nothing', status == 0 and not said,
                  output + said)
    dump = ['mysqldump', '--no-defaults', f'--socket={server.directory}/socket', f'--user={galera.Cluster.administrator()}',
            '--single-transaction', '--routines', '--triggers', '--events', '--flush-logs', '--master-data=2', 'ledger_db']
    done = subprocess.run(dump, capture_output=True, check=False)  # bytes: a dump has hashes in it
    harness.check(f"{name}: the runbook's dump has its position and its triggers",
                  done.returncode == 0 and b'CHANGE MASTER TO' in done.stdout
                  and b'trg_prevent_transaction_update' in done.stdout, done.stderr)
    server.stop()


def main():
    check_files()
    top = harness.scratch()
    top.chmod(0o755)  # the servers run as another user
    check_server('mariadb', Server(top / 'one', 'mariadb/ledger.cnf'), NEEDED)
    group_port, ist_port = galera.free_ports(2)
    changes = [(r'192\.0\.2\.\d', '127.0.0.1'), (r'wsrep_node_address = 127.0.0.1', rf'\g<0>:{group_port}'),
               (r'gcache\.size', f'gmcast.listen_addr=ssl://127.0.0.1:{group_port}; ist.recv_addr=127.0.0.1:{ist_port}; gcache.size')]
    check_server('galera', Server(top / 'node', 'galera/galera.cnf', 'galera/node1.cnf', changes=changes), NEEDED_IN_CLUSTER,
                 '--wsrep-new-cluster')
    harness.plan()


if __name__ == '__main__':
    try:
        main()
    except galera.ClusterError as error:
        harness.stop(error)
