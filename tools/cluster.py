#!/usr/bin/env python3
"""A Galera cluster of three MariaDB nodes on this machine, for tests and for trying out.

    cluster.py [--directory D] up [--namespaces]   makes and starts it, or what of it is down, and tells the URI
    cluster.py [--directory D] status              a line for each node; exit status 1 unless all are synced
    cluster.py [--directory D] down [--keep]       stops and removes it; --keep: stops it cleanly and keeps the data
    cluster.py [--directory D] kill N...           kill -9
    cluster.py [--directory D] stop N...           stops nodes cleanly, as for maintenance
    cluster.py [--directory D] start [N...]        starts nodes that are down (all of them unless named)
    cluster.py [--directory D] cut N...            no packet passes between these nodes and the others any more
    cluster.py [--directory D] heal [N...]         packets pass again
    cluster.py [--directory D] exec N COMMAND...   runs a command where node N stands: a client on its side of a cut

Each node is a mariadbd with a directory of its own, on ports of the loopback that were free; D/cluster.json records
them. With --namespaces each has a network namespace and an address instead, all joined by a bridge in one more
namespace, so that cut and heal work; that takes root. Where it runs as root the servers run as the user mysql.

I1 Whatever was started bears its node's directory in its environment (MARK): it is found, and ended, by that alone, so
   nothing foreign is ever killed, whatever number it has.
I2 A node starts from the position that --wsrep-recover finds. A cluster that is down as a whole is begun again by the
   node that is furthest, never by another.
I3 `down` leaves no process, namespace or interface behind, whatever state the cluster is in, and even where its record is
   lost: names follow from the directory.
"""

import argparse
import hashlib
import json
import os
import pathlib
import pwd
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
NODES = (1, 2, 3)
DATABASE = 'ledger_db'
DATABASE_STATEMENT = 'CREATE DATABASE {} CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin'
USER = 'ledger'
MARK = 'LEDGER_CLUSTER_NODE'
WAIT_S = 180  # for a state to come; seconds are usual, a busy machine takes its time
PROGRAMS = os.environ.get('PATH', '') + ':/usr/sbin:/sbin'
PROVIDERS = ('/usr/lib/galera/libgalera_smm.so', '/usr/lib64/galera-4/libgalera_smm.so', '/usr/lib/libgalera_smm.so')
SERVICES = ('port', 'group_port', 'ist_port', 'sst_port')  # clients; the group; incremental and full transfers of state
USUAL_PORTS = dict(zip(SERVICES, (3306, 4567, 4568, 4444)))
STATUS = {'wsrep_local_state_comment': 'state', 'wsrep_cluster_size': 'size', 'wsrep_cluster_status': 'component'}

# Small where it can be, and as in production (deploy/galera) where it counts: what is durable, what is replicated.
SERVER_CONFIGURATION = """\
[mysqld]
datadir = {directory}/data
tmpdir = {directory}
socket = {directory}/socket
pid_file = {directory}/pid
log_error = {directory}/error.log
{user}bind_address = {address}
port = {port}
skip_name_resolve = ON
max_connections = 400
default_time_zone = '+00:00'
character_set_server = utf8mb4
collation_server = utf8mb4_nopad_bin
innodb_buffer_pool_size = 256M
innodb_log_file_size = 256M
innodb_flush_log_at_trx_commit = 1
innodb_lock_wait_timeout = 10
innodb_autoinc_lock_mode = 2
binlog_format = ROW
binlog_row_image = MINIMAL
log_bin_trust_function_creators = ON
wsrep_on = ON
wsrep_provider = {provider}
wsrep_cluster_name = {name}
wsrep_cluster_address = gcomm://{group}
wsrep_node_name = node{number}
wsrep_node_address = {address}:{group_port}
wsrep_node_incoming_address = {address}:{port}
wsrep_sst_method = rsync
wsrep_sst_receive_address = {address}:{sst_port}
wsrep_slave_threads = 2
wsrep_retry_autocommit = 0
wsrep_provider_options = "gmcast.listen_addr=tcp://{address}:{group_port}; ist.recv_addr={address}:{ist_port}; \
gcache.size=256M; evs.keepalive_period=PT0.5S; evs.inactive_check_period=PT0.25S; evs.suspect_timeout=PT2S; \
evs.inactive_timeout=PT6S; evs.install_timeout=PT6S"
"""


class ClusterError(Exception):
    """What is wrong, where, and what to do next."""


def run(*words, check=True, **options):
    """Runs a command to its end; gives the finished process. Its own words are the fault's where it fails."""
    words = [str(word) for word in words]
    path = shutil.which(words[0], path=PROGRAMS)
    if path is None:
        raise ClusterError(f'there is no program {words[0]}; the packages are those of packages_cluster in ./do')
    done = subprocess.run([path, *words[1:]], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                          **options)
    if check and done.returncode != 0:
        raise ClusterError(f'{" ".join(words)}: exit status {done.returncode}: {done.stdout}{done.stderr}'.strip())
    return done


def is_root():
    return os.geteuid() == 0


def free_ports(count):
    """Ports that nobody listens on, below those that the kernel gives to outgoing connections, which would take them
    away while a node is down. All are held until the last is chosen."""
    first = int(pathlib.Path('/proc/sys/net/ipv4/ip_local_port_range').read_text(encoding='ascii').split()[0])
    held, sockets = [], []
    for port in random.sample(range(10000, max(first, 20000)), 2000):
        if len(held) == count:
            break
        tried = socket.socket()
        try:
            tried.bind(('127.0.0.1', port))
        except OSError:
            tried.close()
            continue
        held.append(port)
        sockets.append(tried)
    for taken in sockets:
        taken.close()
    if len(held) < count:
        raise ClusterError(f'there are no {count} free ports on the loopback')
    return held


def marked_processes(directory):
    """The processes that a node consists of, by I1: number → name."""
    mark = f'{MARK}={directory}'.encode()
    found = {}
    for entry in pathlib.Path('/proc').iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if mark in (entry / 'environ').read_bytes().split(b'\0'):
                found[int(entry.name)] = (entry / 'comm').read_text(encoding='utf-8').strip()
        except OSError:
            continue  # it ended meanwhile, or is another user's
    return found


def wait_until(is_so, what, seconds=WAIT_S, step=0.1):
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise ClusterError(f'{what}: not within {seconds} s')
        time.sleep(step)


class Network:
    """The namespaces: one for each node, and a hub that holds the bridge. The hub keeps the packets away from whatever
    filters this machine has for its own bridges."""

    def __init__(self, name, prefix):
        self.name = name
        self.prefix = prefix  # the first three numbers of every address

    @staticmethod
    def free_prefix():
        taken = run('ip', '-4', '-o', 'address').stdout + run('ip', '-4', 'route').stdout
        for third in range(255):
            if f' 10.77.{third}.' not in f' {taken}':
                return f'10.77.{third}'
        raise ClusterError('each network from 10.77.0 to 10.77.254 is taken; see `ip address`')

    def namespace(self, number):
        return f'{self.name}-{number}'

    def address(self, number):
        return f'{self.prefix}.{number}'

    def link(self):
        """This machine's own end, by which clients reach the nodes; 15 characters is the most."""
        return f'lc{self.name[-8:]}'

    def all_namespaces(self):
        return [self.namespace(which) for which in (*NODES, 'hub')]

    def is_up(self):
        names = {line.split()[0] for line in run('ip', 'netns', 'list').stdout.splitlines() if line}
        return names.issuperset(self.all_namespaces())

    def up(self):
        if self.is_up():
            return
        self.down()
        for namespace in self.all_namespaces():
            run('ip', 'netns', 'add', namespace)
            run('ip', '-n', namespace, 'link', 'set', 'lo', 'up')
        hub = self.namespace('hub')
        run('ip', '-n', hub, 'link', 'add', 'bridge', 'type', 'bridge')
        run('ip', '-n', hub, 'link', 'set', 'bridge', 'up')
        run('ip', 'link', 'add', self.link(), 'type', 'veth', 'peer', 'name', 'outside', 'netns', hub)
        run('ip', 'address', 'add', f'{self.prefix}.254/24', 'dev', self.link())
        run('ip', 'link', 'set', self.link(), 'up')
        for number in NODES:
            run('ip', '-n', hub, 'link', 'add', f'node{number}', 'type', 'veth',
                'peer', 'name', 'eth0', 'netns', self.namespace(number))
            run('ip', '-n', self.namespace(number), 'address', 'add', f'{self.address(number)}/24', 'dev', 'eth0')
            run('ip', '-n', self.namespace(number), 'link', 'set', 'eth0', 'up')
        for port in ('outside', *(f'node{number}' for number in NODES)):
            run('ip', '-n', hub, 'link', 'set', port, 'master', 'bridge', 'up')

    def down(self):
        run('ip', 'link', 'delete', self.link(), check=False)
        for namespace in self.all_namespaces():
            run('ip', 'netns', 'delete', namespace, check=False)

    def filter(self, number, *words):
        run('ip', 'netns', 'exec', self.namespace(number), 'iptables', '-w', *words)

    def cut(self, side):
        """Drops, without a word, what passes between the nodes of a side and the others. Clients reach all as before."""
        for number in side:
            self.heal([number])
            for other in set(NODES) - set(side):
                self.filter(number, '-A', 'INPUT', '-s', self.address(other), '-j', 'DROP')
                self.filter(number, '-A', 'OUTPUT', '-d', self.address(other), '-j', 'DROP')

    def heal(self, numbers):
        for number in numbers:
            self.filter(number, '-F')


class Cluster:
    """The cluster of a directory. `is_detached`: the servers outlive the group of processes that began them."""

    def __init__(self, directory, namespaces=False, is_detached=False):
        self.directory = pathlib.Path(directory).resolve()
        self.name = f'ledger-{hashlib.sha256(str(self.directory).encode()).hexdigest()[:8]}'
        self.is_detached = is_detached
        self.children = {}  # the servers that this process began itself, by node
        self.state = self.read_state()
        self.wants_namespaces = namespaces
        self.network = None
        if self.state:
            self.take_network()

    # What is recorded

    def state_file(self):
        return self.directory / 'cluster.json'

    def read_state(self):
        try:
            return json.loads(self.state_file().read_text(encoding='utf-8'))
        except FileNotFoundError:
            return None

    def take_network(self):
        if self.state['prefix']:
            self.network = Network(self.name, self.state['prefix'])

    def choose(self):
        """Addresses, ports, names: chosen once, recorded, the same ever after."""
        prefix = None
        if self.wants_namespaces:
            if not is_root():
                raise ClusterError('network namespaces take root; leave --namespaces out, or come as root')
            prefix = Network.free_prefix()
        ports = None if prefix else iter(free_ports(len(NODES) * len(SERVICES)))
        nodes = {}
        for number in NODES:
            node = dict(USUAL_PORTS) if prefix else {service: next(ports) for service in SERVICES}
            node['address'] = f'{prefix}.{number}' if prefix else '127.0.0.1'
            nodes[str(number)] = node
        self.state = {'password': secrets.token_hex(8), 'prefix': prefix, 'is_made': False, 'nodes': nodes}
        self.write_state()
        self.take_network()

    def write_state(self):
        """The password is nobody else's, so the file is not either."""
        self.directory.mkdir(parents=True, exist_ok=True)
        written = self.state_file().with_suffix('.new')
        written.unlink(missing_ok=True)
        descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, 'w', encoding='utf-8') as file:
            json.dump(self.state, file, indent=2)
            file.write('\n')
        written.rename(self.state_file())

    def need_state(self):
        if not self.state:
            raise ClusterError(f'there is no cluster in {self.directory}; "up" makes one')

    def node(self, number):
        self.need_state()
        if str(number) not in self.state['nodes']:
            raise ClusterError(f'there is no node {number}; there are 1, 2 and 3')
        return self.state['nodes'][str(number)]

    def node_directory(self, number):
        return self.directory / f'node{number}'

    # What clients need

    def uris(self, database=DATABASE):
        """A URI by node: all name every node, each begins with its own."""
        return {first: self.uri_of(*NODES[first - 1:], *NODES[:first - 1], database=database) for first in NODES}

    def uri_of(self, *numbers, database=DATABASE):
        """A URI that names these nodes, in this order. The namespaces' addresses are not the loopback's, where nobody asks
        for certificates, but as private."""
        hosts = ','.join('{address}:{port}'.format(**self.node(number)) for number in numbers)
        options = '?ssl_disabled=true' if self.network else ''
        return f'mysql://{USER}:{self.state["password"]}@{hosts}/{database}{options}'

    def make_database(self, database):
        """One more database for programs: its name begins as DATABASE's does."""
        self.query(next(iter(self.running())), DATABASE_STATEMENT.format(database))

    def query(self, number, sql, timeout_s=30):
        """Rows of texts, asked as the server's administrator on the node's socket, which no cut can reach. A fault is
        told with the server's words."""
        self.node(number)
        done = run('mariadb', '--no-defaults', '--batch', '--skip-column-names', '--connect-timeout=5',
                   f'--socket={self.node_directory(number)}/socket', f'--user={self.administrator()}', '-e', sql,
                   timeout=timeout_s)
        return [tuple(line.split('\t')) for line in done.stdout.splitlines()]

    @staticmethod
    def administrator():
        """The account of the server that the user of this program has: by the socket, without a password."""
        return pwd.getpwuid(os.geteuid()).pw_name

    def words_in(self, number, *words):
        """The words of a command that runs where the node stands."""
        self.node(number)
        return ['ip', 'netns', 'exec', self.network.namespace(number), *words] if self.network else list(words)

    # How it stands

    def processes(self, number):
        """What a node consists of. A child of ours is the server from its first moment on, when it bears no mark yet."""
        found = marked_processes(self.node_directory(number))
        child = self.children.get(number)
        if child and child.poll() is None:
            found[child.pid] = 'mariadbd'
        return found

    def is_running(self, number):
        return 'mariadbd' in self.processes(number).values()

    def running(self):
        return [number for number in NODES if self.is_running(number)]

    def status_of(self, number):
        """state, size, component as the node says; None where it says nothing."""
        try:
            rows = self.query(number, "SHOW GLOBAL STATUS LIKE 'wsrep_%'", timeout_s=10)
        except (ClusterError, subprocess.TimeoutExpired):
            return None
        return {STATUS[name]: value for name, value in (row for row in rows if len(row) == 2) if name in STATUS}

    def is_synced(self, number, size=None):
        status = self.status_of(number)
        return (bool(status) and status.get('state') == 'Synced' and status.get('component') == 'Primary'
                and size in (None, int(status.get('size', 0))))

    def wait_synced(self, numbers, size=None, seconds=WAIT_S):
        """Until all of them are synced in a primary component (of that size); one that dies meanwhile is told."""
        def is_so():
            for number in numbers:
                if not self.is_running(number):
                    raise ClusterError(f'node {number} ended; its log ends with\n{self.log_end(number)}')
            return all(self.is_synced(number, size) for number in numbers)
        try:
            wait_until(is_so, f'nodes {numbers} synced', seconds)
        except ClusterError as error:
            states = {number: self.status_of(number) for number in NODES}
            raise ClusterError(f'{error}\nthe nodes say: {states}; their logs are {self.directory}/node*/error.log') from None

    def log_end(self, number, lines=20):
        try:
            text = (self.node_directory(number) / 'error.log').read_text(encoding='utf-8', errors='replace')
        except FileNotFoundError:
            return 'there is no log'
        return '\n'.join(text.splitlines()[-lines:])

    # Starting

    def up(self):
        """Makes what is missing and starts what is down; afterwards all three are synced. Gives the URI to use."""
        if not self.state:
            self.choose()
        if self.network:
            self.network.up()
        if not self.state['is_made']:
            self.make_first()
        self.start()
        self.wait_synced(NODES, len(NODES))
        return self.uris()[1]

    def write_configuration(self, number):
        node, directory = self.node(number), self.node_directory(number)
        if len(str(directory / 'socket').encode()) > 107:
            raise ClusterError(f'{directory}/socket is too long for the path of a socket; name a shorter --directory')
        provider = next((path for path in PROVIDERS if os.path.exists(path)), None)
        if provider is None:
            raise ClusterError(f'the library of Galera is at none of {", ".join(PROVIDERS)}; the package is galera-4')
        group = ','.join('{address}:{group_port}'.format(**self.node(other)) for other in NODES)
        (directory / 'data').mkdir(parents=True, exist_ok=True)
        (directory / 'my.cnf').write_text(SERVER_CONFIGURATION.format(
            directory=directory, provider=provider, name=self.name, number=number, group=group,
            user='user = mysql\n' if is_root() else '', **node), encoding='utf-8')
        if is_root():
            for path in (directory, directory / 'data'):
                shutil.chown(path, 'mysql', 'mysql')
            if run('test', '-w', directory / 'data', check=False, user='mysql', group='mysql',
                   extra_groups=[]).returncode != 0:
                raise ClusterError(f'the user mysql cannot reach {directory}; name another --directory, such as one in /tmp')

    def make_first(self):
        """The first node, with the database and the user that programs have. The others get all of it from there."""
        self.kill(*NODES)
        for number in NODES:
            shutil.rmtree(self.node_directory(number), ignore_errors=True)
        self.write_configuration(1)
        run('mariadb-install-db', '--no-defaults', f'--datadir={self.node_directory(1)}/data', '--skip-test-db',
            '--auth-root-authentication-method=socket', f'--auth-root-socket-user={self.administrator()}',
            *(['--user=mysql'] if is_root() else []))
        self.launch(1, '--wsrep-new-cluster')
        self.wait_synced([1])
        self.make_database(DATABASE)
        self.query(1, f"CREATE USER {USER}@'%' IDENTIFIED BY '{self.state['password']}'; "
                      f"GRANT ALL ON `ledger\\_%`.* TO {USER}@'%'")
        self.state['is_made'] = True
        self.write_state()

    def server_words(self, number, *options):
        path = shutil.which('mariadbd', path=PROGRAMS)
        if path is None:
            raise ClusterError('there is no program mariadbd; the package is mariadb-server')
        return [path, f'--defaults-file={self.node_directory(number)}/my.cnf', *options]

    def environment(self, number):
        return {**os.environ, 'PATH': PROGRAMS, MARK: str(self.node_directory(number))}

    def launch(self, number, *options):
        """Starts a server and waits for nothing."""
        with open(self.node_directory(number) / 'output.log', 'ab') as log:
            self.children[number] = subprocess.Popen(
                self.words_in(number, *self.server_words(number, *options)), stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, env=self.environment(number), start_new_session=self.is_detached)

    def position(self, number):
        """How far a node that is down had come, after InnoDB's own recovery: (cluster's id, number), -1 where it never
        was part of it."""
        if not (self.node_directory(number) / 'data' / 'grastate.dat').exists():
            return '', -1
        done = run(*self.server_words(number, '--wsrep-recover', '--disable-log-error'), check=False,
                   env=self.environment(number))
        found = re.search(r'WSREP: Recovered position:\s*([0-9a-f-]+):(-?\d+)', done.stdout + done.stderr)
        if not found:
            raise ClusterError(f'node {number}: --wsrep-recover told no position:\n{done.stdout}{done.stderr}')
        return found[1], int(found[2])

    def start(self, *numbers, is_waiting=True):
        """Starts nodes that are down. Where none runs at all, the one that is furthest begins the cluster anew (I2)."""
        running = self.running()
        numbers = [number for number in (numbers or NODES) if number not in running]
        for number in numbers:
            self.write_configuration(number)
        # What a killed server left to be ended, such as a transfer of state, would hold its ports.
        self.kill(*numbers)
        if not running and numbers:
            numbers.remove(self.begin_again(numbers))
        for number in numbers:
            cluster_id, sequence = self.position(number)
            self.launch(number, *([f'--wsrep-start-position={cluster_id}:{sequence}'] if sequence >= 0 else []))
        if is_waiting:
            self.wait_synced(numbers)

    def begin_again(self, numbers):
        positions = {number: self.position(number) for number in NODES}
        furthest = max(sequence for _, sequence in positions.values())
        candidates = [number for number in numbers if positions[number][1] == furthest]
        if not candidates:
            best = next(number for number in NODES if positions[number][1] == furthest)
            raise ClusterError(f'all nodes are down, and node {best} is further than those to be started; start it with them')
        first = candidates[0]
        cluster_id, sequence = positions[first]
        data = self.node_directory(first) / 'data'
        saved = data / 'grastate.dat'
        saved.write_text(re.sub(r'safe_to_bootstrap: \d', 'safe_to_bootstrap: 1', saved.read_text(encoding='ascii')),
                         encoding='ascii')
        # The component that was is over; what is left of it would make the node wait for its members.
        for number in NODES:
            (self.node_directory(number) / 'data' / 'gvwstate.dat').unlink(missing_ok=True)
        self.launch(first, '--wsrep-new-cluster', f'--wsrep-start-position={cluster_id}:{sequence}')
        self.wait_synced([first])
        return first

    # Ending

    def kill(self, *numbers):
        """kill -9 of all that belongs to the nodes; they are gone when this returns."""
        for number in numbers:
            wait_until(lambda: not self.signal(number, signal.SIGKILL), f'node {number} ended', step=0.02)

    def signal(self, number, which, name=None):
        """Sends a signal to the node's processes (of that name); gives how many there were."""
        count = 0
        for process, program in self.processes(number).items():
            if name in (None, program):
                count += 1
                try:
                    os.kill(process, which)
                except ProcessLookupError:
                    pass
        return count

    def stop(self, *numbers):
        """Stops nodes cleanly, one after the other: each leaves the component, and the last may begin it again."""
        for number in numbers:
            self.signal(number, signal.SIGTERM, 'mariadbd')
            wait_until(lambda: not self.signal(number, 0), f'node {number} stopped')

    def down(self, keep=False):
        """Ends the cluster; without `keep` nothing of it is left."""
        if keep:
            self.stop(*NODES)
        self.kill(*NODES)
        if is_root() and shutil.which('ip', path=PROGRAMS):
            Network(self.name, None).down()
        if not keep:
            for number in NODES:
                shutil.rmtree(self.node_directory(number), ignore_errors=True)
            self.state_file().unlink(missing_ok=True)
            self.state, self.network = None, None
            try:
                self.directory.rmdir()
            except OSError:
                pass  # it was never there, or somebody keeps other things in it

    # Cutting

    def need_network(self):
        self.need_state()
        if not self.network:
            raise ClusterError('this cluster has no namespaces to cut; "down", then "up --namespaces"')
        return self.network

    def cut(self, *side):
        for number in side:
            self.node(number)
        self.need_network().cut(side)

    def heal(self, *numbers):
        self.need_network().heal(numbers or NODES)


def print_status(cluster):
    cluster.need_state()
    line = '{:<6} {:<22} {:>8} {:<16} {:>12}  {}'
    print(line.format('node', 'address', 'process', 'state', 'cluster size', 'component'))
    synced = 0
    for number in NODES:
        found = [process for process, name in cluster.processes(number).items() if name == 'mariadbd']
        status = cluster.status_of(number) or {} if found else {}
        synced += status.get('state') == 'Synced' and status.get('component') == 'Primary'
        print(line.format(f'node{number}', '{address}:{port}'.format(**cluster.node(number)),
                          found[0] if found else '-', status.get('state', 'starting' if found else 'down'),
                          status.get('size', '-'), status.get('component', '-')))
    return 0 if synced == len(NODES) else 1


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--directory', type=pathlib.Path, default=TOP / 'build-cluster', metavar='D')
    commands = parser.add_subparsers(dest='command', required=True, metavar='COMMAND')
    up = commands.add_parser('up')
    up.add_argument('--namespaces', action='store_true')
    down = commands.add_parser('down')
    down.add_argument('--keep', action='store_true')
    commands.add_parser('status')
    for name, count in (('kill', '+'), ('stop', '+'), ('start', '*'), ('cut', '+'), ('heal', '*')):
        commands.add_parser(name).add_argument('numbers', type=int, choices=(*NODES, []), nargs=count, metavar='N')
    execute = commands.add_parser('exec')
    execute.add_argument('number', type=int, choices=NODES, metavar='N')
    execute.add_argument('words', nargs=argparse.REMAINDER, metavar='COMMAND')
    return parser.parse_args()


def main():
    options = parse_arguments()
    cluster = Cluster(options.directory, getattr(options, 'namespaces', False), is_detached=True)
    if options.command == 'up':
        if cluster.state and options.namespaces and not cluster.network:
            raise ClusterError(f'the cluster in {cluster.directory} is one without namespaces; take it "down" first')
        print(f'Three nodes are synced. Use them by\nLEDGER_DB_URI={cluster.up()}')
        return 0
    if options.command == 'status':
        return print_status(cluster)
    if options.command == 'down':
        cluster.down(options.keep)
        return 0
    cluster.need_state()
    if options.command == 'exec':
        return subprocess.run(cluster.words_in(options.number, *options.words), check=False).returncode
    getattr(cluster, options.command)(*options.numbers)
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except ClusterError as error:
        sys.exit(f'cluster.py: {error}')
