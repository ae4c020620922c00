#!/usr/bin/env python3
# backends: sqlite mariadb
"""Checkpoints from the key ceremony to a restore, by the command line: what is signed verifies with openssl, a log that
is no continuation is refused and frozen, a guard that was gone for a moment shows, the private key shows nowhere, and
neither kill -9 nor two signers at once leave anything half.

Argument: how many rounds of kills. Environment: see tests/support/harness.py; SEED replays the moments."""

import base64
import hashlib
import json
import os
import pathlib
import random
import re
import stat
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
import harness

ROUNDS = 25
SIGNERS = 6
ED25519_DER_HEAD = bytes.fromhex('302a300506032b6570032100')  # SubjectPublicKeyInfo of RFC 8410
NOTHING = {'sqlite': 'UPDATE transaction_rows SET log_index = log_index WHERE 0',
           'mariadb': 'UPDATE transactions SET log_index = log_index WHERE false'}
TABLE = {'sqlite': 'checkpoint_rows', 'mariadb': 'checkpoints'}

said_by_all = []  # whatever any command printed


class Books:
    """A ledger with its directory of checkpoints and its key."""

    def __init__(self, top, name='ledger'):
        self.top = top
        self.database = harness.new_database(top, name)
        self.directory = top / f'{name}-checkpoints'
        self.key = top / f'{name}.key'
        self.directory.mkdir()
        self.json('init', '--confirm', '--user', 'ana')

    def environment(self, **others):
        return {'LEDGER_DB_URI': '', 'LEDGER_CHECKPOINT_DIR': str(self.directory),
                'LEDGER_CHECKPOINT_KEY_FILE': str(self.key), 'LEDGER_CHECKPOINT_KEY_COMMAND': '', **others}

    def words(self, *words):
        return [harness.ADMIN, '--db', harness.uri(self.database), *map(str, words)]

    def admin(self, *words, text=None, **environment):
        done = harness.run(*self.words(*words), text=text, environment=self.environment(**environment))
        said_by_all.extend(done[1:])
        return done

    def json(self, *words, text=None, **environment):
        status, output, said = self.admin('--json', *words, text=text, **environment)
        if status != 0:
            harness.stop(f'{" ".join(map(str, words))}: exit status {status}: {output}{said}')
        return json.loads(output)

    def refused(self, *words, **environment):
        """Exit status, name of the outcome and message."""
        status, output, _ = self.admin('--json', *words, **environment)
        told = json.loads(output)
        return status, told.get('error'), told.get('message', '')

    def grow(self, events=1):
        for _ in range(events):
            self.json('clock', 'accept', '--user', 'ana', '--reason', 'An event more')

    def files(self):
        return sorted(path.name for path in self.directory.iterdir())

    def rows(self):
        connection = harness.read_only(self.database)
        rows = harness.rows(connection, 'SELECT log_size, epoch, root_hash, note FROM checkpoints ORDER BY log_size')
        connection.close()
        return rows

    def events(self, event_type):
        return [event for event in self.json('audit', '--days', '100')['events'] if event['event_type'] == event_type]

    def copy(self):
        """The database as it is now."""
        if harness.BACKEND == 'sqlite':
            path = self.top / f'copy-{time.monotonic_ns()}.db'
            harness.client(self.database, f".backup '{path}'")
            return path
        path = self.top / f'copy-{time.monotonic_ns()}.sql'
        with path.open('wb') as file:
            subprocess.run(['mariadb-dump', *harness.client_options(), '--triggers', '--hex-blob', self.database.name],
                           stdout=file, check=True)
        return path

    def restore(self, path):
        if harness.BACKEND == 'sqlite':
            for suffix in ('-wal', '-shm'):
                pathlib.Path(f'{self.database}{suffix}').unlink(missing_ok=True)
            self.database.write_bytes(path.read_bytes())
            return
        harness.client(None, f'DROP DATABASE {self.database.name}; CREATE DATABASE {self.database.name} CHARACTER SET '
                             'utf8mb4 COLLATE utf8mb4_nopad_bin')
        with path.open('rb') as file:
            subprocess.run(['mariadb', *harness.client_options(), self.database.name], stdin=file, check=True)


def take_apart(note):
    """The signed text, and the signatures: (name, key hash, signature)."""
    text, _, signatures = note.rpartition('\n\n')
    found = []
    for line in signatures.splitlines():
        _, name, encoded = line.split(' ')
        octets = base64.b64decode(encoded, validate=True)
        found.append((name, octets[:4], octets[4:]))
    return text + '\n', found


def openssl_accepts(top, verifier_key, note):
    """Whether openssl says that one of the signatures is this key's."""
    name, key_hash, encoded = verifier_key.rsplit('+', 2) if verifier_key.count('+') == 2 else split_key(verifier_key)
    octets = base64.b64decode(encoded, validate=True)
    expected_hash = hashlib.sha256(name.encode() + b'\n' + octets).digest()[:4]
    text, signatures = take_apart(note)
    mine = [signature for signer, signer_hash, signature in signatures if signer == name and signer_hash == expected_hash]
    if octets[0] != 1 or bytes.fromhex(key_hash) != expected_hash or len(mine) != 1:
        return False
    (top / 'public.der').write_bytes(ED25519_DER_HEAD + octets[1:])
    (top / 'text').write_bytes(text.encode())
    (top / 'signature').write_bytes(mine[0])
    status, output, _ = harness.run('openssl', 'pkeyutl', '-verify', '-pubin', '-keyform', 'DER', '-inkey', top / 'public.der',
                                    '-rawin', '-in', top / 'text', '-sigfile', top / 'signature')
    return status == 0 and 'Verified Successfully' in output


def split_key(verifier_key):
    """Base 64 may have a '+' too: the name and the hash have none."""
    name, key_hash, encoded = verifier_key.split('+', 2)
    return name, key_hash, encoded


def secret_of(path):
    """What must not show: the seed as the file has it, and as hexadecimal digits."""
    encoded = path.read_text().strip().split('+', 4)[4]
    return encoded, base64.b64decode(encoded)[1:].hex()


def check_ceremony(books):
    status, name, _ = books.refused('checkpoint', LEDGER_CHECKPOINT_KEY_FILE='')
    harness.check('without a key nothing is signed', (status, name) == (2, 'LEDGER_CONFIGURATION_IS_INVALID'), name)
    made = books.json('key', 'generate', '--output', books.key, '--user', 'ana')
    harness.check('the private key is for its owner alone', stat.S_IMODE(books.key.stat().st_mode) == 0o600)
    harness.check('the ledger knows the public key', books.json('key', 'show')['verifier_key'] == made['verifier_key'] ==
                  books.json('key', 'show', '--key', books.key)['verifier_key'])
    content = books.key.read_bytes()
    status, name, message = books.refused('key', 'generate', '--only-file', '--name', 'x', '--output', books.key, '--user', 'ana')
    harness.check('a key is never overwritten', status == 2 and 'exists already' in message and
                  books.key.read_bytes() == content, f'{name} {message}')
    status, name, _ = books.refused('key', 'generate', '--output', books.top / 'second.key', '--user', 'ana')
    harness.check('a ledger has one key', (status, name) == (1, 'LEDGER_KEY_IS_NOT_THE_LEDGERS') and
                  not (books.top / 'second.key').exists(), name)
    return made['verifier_key']


def check_first(books, key):
    made = books.json('checkpoint', '--output', books.top / 'given.checkpoint')
    path = pathlib.Path(made['path'])
    note = path.read_text(encoding='utf-8')
    text, _ = take_apart(note)
    lines = text.splitlines()
    harness.check('the file is named by epoch and size, and cannot be written',
                  path.name == f'1-{made["log_size"]:015}.checkpoint' and stat.S_IMODE(path.stat().st_mode) == 0o444, path)
    harness.check('it is a checkpoint', lines[0] == made['origin'] and lines[1] == str(made['log_size']) and
                  base64.b64decode(lines[2]).hex() == made['root_hash'] and lines[3].startswith('time ') and
                  lines[4] == f'guards sha256:{made["guards_digest"]}' and
                  lines[5] == f'guards-changed {made["guards_changed"]}', text)
    harness.check('openssl verifies its signature', openssl_accepts(books.top, key, note))
    harness.check('and not of another text', not openssl_accepts(books.top, key, note.replace('time 2', 'time 1', 1)))
    harness.check('result, output, file and row are the same', made['is_new'] and made['note'] == note ==
                  (books.top / 'given.checkpoint').read_text(encoding='utf-8') == books.rows()[-1]['note'])
    verified = books.json('verify')
    harness.check('it is of the log as it is', (verified['log_size'], verified['root_hash']) ==
                  (made['log_size'], made['root_hash']), verified)
    again = books.json('checkpoint')
    harness.check('where nothing is new, the same is given', not again['is_new'] and again['note'] == note and
                  books.files() == [path.name])
    listed = books.json('checkpoint', 'list')['checkpoints']
    harness.check('it is listed', [(item['log_size'], item['in_database'], item['path']) for item in listed] ==
                  [(made['log_size'], True, str(path))], listed)


def check_keys(books):
    books.grow()
    before = books.files()
    for mode in (0o640, 0o604, 0o620, 0o602, 0o644, 0o677):
        books.key.chmod(mode)
        status, name, message = books.refused('checkpoint')
        harness.check(f'a key file of mode {mode:o} is refused', (status, name) == (2, 'LEDGER_KEY_IS_INVALID') and
                      'chmod 600' in message, f'{name} {message}')
    books.key.chmod(0o400)
    link = books.top / 'link.key'
    link.symlink_to(books.key)
    harness.check('a link to a good file will do', books.json('checkpoint', LEDGER_CHECKPOINT_KEY_FILE=str(link))['is_new'])
    books.key.chmod(0o600)
    other = books.top / 'other.key'
    books.json('key', 'generate', '--only-file', '--name', 'another', '--output', other, '--user', 'ana')
    books.grow()
    before = books.files()
    status, name, _ = books.refused('checkpoint', LEDGER_CHECKPOINT_KEY_FILE=str(other))
    harness.check('another key is not the ledger\'s', (status, name) == (1, 'LEDGER_KEY_IS_NOT_THE_LEDGERS'), name)
    harness.check('the refusal is on record', books.events('CHECKPOINT_REFUSED')[0]['severity'] == 'WARNING')
    broken = books.top / 'broken.key'
    broken.write_text(books.key.read_text()[:-8])
    broken.chmod(0o600)
    for path in (broken, books.top, '/dev/null'):
        status, name, _ = books.refused('checkpoint', LEDGER_CHECKPOINT_KEY_FILE=str(path))
        harness.check(f'{pathlib.Path(path).name} is no key', (status, name) == (2, 'LEDGER_KEY_IS_INVALID'), name)

    def by_command(command, **environment):
        return books.admin('--json', 'checkpoint', LEDGER_CHECKPOINT_KEY_FILE='', LEDGER_CHECKPOINT_KEY_COMMAND=command,
                           **environment)

    for command, words in ((f'cat {books.key} >&2; false', 'failed'), (f'cat {books.key}; exit 3', 'failed'),
                           ('yes', 'more than a key'), (f'cat {broken}', 'key'), ('no-such-command', 'failed')):
        status, output, said = by_command(command)
        told = json.loads(output)
        harness.check(f'the command "{command.split()[0]}" is refused without its output', status == 2 and
                      told['error'] == 'LEDGER_KEY_IS_INVALID' and words in told['message'], output + said)
    begun = time.monotonic()
    status, output, _ = by_command('sleep 60 & sleep 60', DB_QUERY_TIMEOUT='1')
    harness.check('a command has its time', status == 2 and 'in time' in json.loads(output)['message'] and
                  time.monotonic() - begun < 20, output)
    harness.check('nothing was made', books.files() == before, books.files())
    status, output, said = by_command(f'cat {books.key}')
    harness.check('a command gives the key', status == 0 and json.loads(output)['is_new'], output + said)


def check_guards(books):
    books.grow()
    before = books.json('checkpoint')
    harness.check('guards that stay are the same', not before['guards_differ'], before)
    time.sleep(0.05)  # the server's clock of guards has hundredths
    harness.damage(books.database, NOTHING[harness.BACKEND])
    books.grow()
    status, output, said = books.admin('checkpoint')
    after = books.json('checkpoint', 'list')['checkpoints'][-1]
    harness.check('a guard that was gone for a moment shows', status == 0 and 'taken down and put back' in said and
                  after['guards_differ'] and after['guards_changed'] != before['guards_changed'], output + said)
    harness.check('although the guards are the same again', after['guards_digest'] == before['guards_digest'])
    harness.check_verify('after the guards were back', books.database)


def check_files(books):
    books.grow()
    made = books.json('checkpoint')
    path = pathlib.Path(made['path'])
    harness.damage(books.database, f'DELETE FROM {TABLE[harness.BACKEND]} WHERE log_size = {made["log_size"]}')
    again = books.json('checkpoint')
    harness.check('a row that is missing is made up from its file', not again['is_new'] and
                  books.rows()[-1]['note'] == made['note'])
    path.unlink()
    again = books.json('checkpoint')
    harness.check('a file that is missing is made up from its row', not again['is_new'] and
                  path.read_text(encoding='utf-8') == made['note'])
    books.grow()
    harness.damage(books.database, f'DELETE FROM {TABLE[harness.BACKEND]} WHERE log_size = {made["log_size"]}')
    later = books.json('checkpoint')
    harness.check('a row that is missing is made up later too', later['is_new'] and
                  [row['log_size'] for row in books.rows()[-2:]] == [made['log_size'], later['log_size']])
    books.grow()
    before = books.files()
    status, name, message = books.refused('checkpoint', LEDGER_CHECKPOINT_DIR=str(books.top / 'nowhere'))
    harness.check('a directory has to be there', (status, name) == (2, 'LEDGER_FILE_IS_UNREADABLE') and 'nowhere' in message, name)
    if harness.BACKEND == 'mariadb':  # on SQLite the ledger itself could not be opened
        limited = ['sh', '-c', 'trap "" XFSZ; ulimit -f 0; exec "$@"', 'sh', *books.words('--json', 'checkpoint')]
        status, output, said = harness.run(*limited, environment=books.environment())
        harness.check('a disk that takes nothing is told', status == 2 and 'cannot be written' in output, output + said)
    harness.check('and nothing is half there', books.files() == before and len(books.rows()) == len(before), books.files())
    if os.geteuid() != 0:
        books.directory.chmod(0o500)
        status, name, _ = books.refused('checkpoint')
        books.directory.chmod(0o700)
        harness.check('a directory has to be writable', (status, name) == (2, 'LEDGER_FILE_IS_UNREADABLE'), name)
    last = books.directory / before[-1]
    content = last.read_text(encoding='utf-8')
    for spoilt in (content.replace('time 2', 'time 1', 1), content[:-1], '', 'x\n' + content):
        last.chmod(0o644)
        last.write_text(spoilt, encoding='utf-8')
        status, name, _ = books.refused('checkpoint')
        harness.check('a file that was changed is told, and freezes nothing', (status, name) == (3, 'LEDGER_PROOF_IS_INVALID') and
                      not books.json('freeze', 'status')['frozen'], name)
    last.write_text(content, encoding='utf-8')
    harness.check('put back it is good again', books.json('checkpoint')['is_new'])
    other = Books(books.top, 'another')
    other.json('key', 'generate', '--output', other.key, '--user', 'ana')
    status, name, message = other.refused('checkpoint', LEDGER_CHECKPOINT_DIR=str(books.directory))
    harness.check('the directory of another ledger is refused', (status, name) == (2, 'LEDGER_CONFIGURATION_IS_INVALID') and
                  'another ledger' in message, f'{name} {message}')


def check_rotation(books, old_key):
    new_file = books.top / 'new.key'
    books.grow()
    made = books.json('key', 'rotate', '--output', new_file, '--user', 'ana')
    new_key = made['verifier_key']
    note = made['checkpoint']['note']
    harness.check('the checkpoint after a rotation has both signatures', openssl_accepts(books.top, old_key, note) and
                  openssl_accepts(books.top, new_key, note), note)
    event = books.events('KEY_ROTATED')[0]
    harness.check('the event names both keys', event['event_metadata'] == {
        'previous_verifier_key': old_key, 'verifier_key': new_key}, event)
    # As if it had been interrupted after the event.
    path = pathlib.Path(made['checkpoint']['path'])
    path.unlink()
    harness.damage(books.database, f'DELETE FROM {TABLE[harness.BACKEND]} WHERE log_size = {made["checkpoint"]["log_size"]}')
    again = books.json('key', 'rotate', '--output', new_file, '--user', 'ana')
    harness.check('an interrupted rotation goes on', again['verifier_key'] == new_key and len(books.events('KEY_ROTATED')) == 1 and
                  openssl_accepts(books.top, old_key, again['checkpoint']['note']) and
                  openssl_accepts(books.top, new_key, again['checkpoint']['note']), again)
    status, name, _ = books.refused('key', 'rotate', '--output', books.top / 'third.key', '--user', 'ana')
    harness.check('the old key rotates nothing any more', (status, name) == (1, 'LEDGER_KEY_IS_NOT_THE_LEDGERS') and
                  not (books.top / 'third.key').exists(), name)
    books.grow()
    status, name, _ = books.refused('checkpoint')
    harness.check('nor does it sign', (status, name) == (1, 'LEDGER_KEY_IS_NOT_THE_LEDGERS'), name)
    secrets = secret_of(books.key)
    books.key = new_file
    harness.check('the new one does', openssl_accepts(books.top, new_key, books.json('checkpoint')['note']))
    keys = books.json('key', 'show', '--all')['keys']
    harness.check('both are listed', [key['verifier_key'] for key in keys] == [old_key, new_key], keys)
    return new_key, secrets


def check_restore(books, key):
    books.grow()
    old = books.copy()
    books.grow(3)
    signed = books.json('checkpoint')
    before = books.files()

    def check_refused(title):
        status, name, message = books.refused('checkpoint')
        harness.check(f'{title}: nothing is signed', (status, name) == (3, 'LEDGER_LOG_IS_INCONSISTENT') and
                      books.files() == before and 'CRITICAL' in message, f'{name} {message}')
        events = books.events('CHECKPOINT_REFUSED')
        harness.check(f'{title}: it is CRITICAL, and the ledger frozen', events[0]['severity'] == 'CRITICAL' and
                      events[0]['event_metadata']['checkpoint_root_hash'] == signed['root_hash'] and
                      books.json('freeze', 'status')['frozen'], events[:1])
        status, name, _ = books.refused('create-account', '--code', '9', '--name', 'X', '--type', 'ASSET', '--user', 'ana')
        harness.check(f'{title}: nothing is changed any more', (status, name) == (1, 'LEDGER_IS_FROZEN'), name)
        return len(events)

    books.restore(old)
    books.grow()
    count = check_refused('an older state')
    harness.check('it is said once', check_refused('again') == count)
    books.restore(old)
    books.grow(6)
    check_refused('an older state that grew')
    harness.check_verify('which is otherwise a good ledger', books.database)

    earlier = books.directory / before[-2]
    words = ['epoch', 'begin', '--key', key, '--reason', 'Restored the backup', '--user', 'ana', '--abandons']
    status, name, message = books.refused(*words, earlier)
    harness.check('an epoch gives up the last checkpoint', (status, name) == (1, 'LEDGER_CHECKPOINT_NOT_FOUND') and
                  before[-1] in message, f'{name} {message}')
    spoilt = books.top / 'spoilt.checkpoint'
    spoilt.write_text(signed['note'].replace('time 2', 'time 1', 1), encoding='utf-8')
    status, name, _ = books.refused(*words, spoilt)
    harness.check('and one that verifies', (status, name) == (3, 'LEDGER_PROOF_IS_INVALID'), name)
    begun = books.json(*words, signed['path'])
    event = books.events('EPOCH_BEGUN')[0]
    harness.check('the event of a new epoch names it', begun['epoch'] == 2 and event['event_metadata'] == {
        'abandoned_log_size': signed['log_size'], 'abandoned_origin': signed['origin'],
        'abandoned_root_hash': signed['root_hash'], 'epoch': 2}, event)
    made = books.json('checkpoint')
    harness.check('then it goes on', made['is_new'] and made['origin'].endswith('/2') and
                  pathlib.Path(made['path']).name.startswith('2-') and openssl_accepts(books.top, key, made['note']), made)
    status, name, _ = books.refused(*words, signed['path'])
    harness.check('what was given up is not given up again', (status, name) == (1, 'LEDGER_CHECKPOINT_NOT_FOUND'), name)
    harness.check_verify('in the new epoch', books.database)

    # An even older state comes back: it knows nothing of the second epoch.
    last = books.json('checkpoint')
    kept = books.copy()
    books.restore(old)
    status, name, message = books.refused('checkpoint')
    harness.check('a state of an epoch before is refused', (status, name) == (3, 'LEDGER_LOG_IS_INCONSISTENT') and
                  'older state' in message, f'{name} {message}')
    third = books.json(*words, last['path'])
    harness.check('the next epoch is later than all', third['epoch'] == 3 and books.json('checkpoint')['epoch'] == 3, third)
    harness.check_verify('in the third epoch', books.database)
    for path in books.directory.glob('3-*'):
        path.unlink()
    books.restore(kept)


def check_rows(books):
    """What somebody puts into the table is held against the log too."""
    books.grow()
    books.json('checkpoint')
    books.grow(2)
    size = len(books.json('audit', '--days', '100')['events'])
    columns = 'root_hash' if harness.BACKEND == 'sqlite' else 'root_hash_bytes'
    copy = books.copy()
    moment = 1 if harness.BACKEND == 'sqlite' else 'now()'
    harness.damage(books.database, f"INSERT INTO {TABLE[harness.BACKEND]} (log_size, epoch, {columns}, note, created_at) "
                                   f"VALUES ({size}, 2, x'{'00' * 32}', 'x', {moment})")
    status, name, message = books.refused('checkpoint')
    harness.check('a row that the log contradicts is refused', (status, name) == (3, 'LEDGER_LOG_IS_INCONSISTENT') and
                  'checkpoints' in message, f'{name} {message}')
    books.restore(copy)


def check_signers(books):
    faults = []
    for _ in range(4):
        books.grow()
        processes = [subprocess.Popen(books.words('--json', 'checkpoint'), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                      text=True, env={**os.environ, **books.environment()}) for _ in range(SIGNERS)]
        told = [process.communicate() for process in processes]
        if any(process.returncode != 0 for process in processes):
            faults.append(str(told))
            continue
        made = [json.loads(output) for output, _ in told]
        if len({item['note'] for item in made}) != 1 or sum(item['is_new'] for item in made) != 1:
            faults.append(str(made))
    harness.check(f'{SIGNERS} signers at once make one checkpoint', not faults, '\n'.join(faults))


def check_kills(books, key, rounds):
    seed = int(os.environ.get('SEED', time.time_ns() % 1000000))
    print(f'# SEED={seed} {rounds} rounds')
    chance = random.Random(seed)
    begun = time.monotonic()
    books.json('checkpoint')
    duration = time.monotonic() - begun
    killed = 0
    faults = []
    for _ in range(rounds):
        books.grow()
        process = subprocess.Popen(books.words('checkpoint'), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env={**os.environ, **books.environment()})
        time.sleep(chance.uniform(0, duration * 1.4))
        process.kill()
        killed += process.wait() == -9
    books.json('checkpoint')
    files = {name: (books.directory / name).read_text(encoding='utf-8') for name in books.files() if not name.endswith('.tmp')}
    rows = {f'{row["epoch"]}-{row["log_size"]:015}.checkpoint': row['note'] for row in books.rows()}
    for name, note in files.items():
        if name.startswith('2-') and rows.get(name) != note:
            faults.append(f'{name} is not what its row says')
    faults += [f'{name} has no file' for name in rows if name.startswith('2-') and name not in files]
    faults += [name for name, note in files.items() if name.startswith('2-') and not openssl_accepts(books.top, key, note)]
    harness.check(f'{killed} of {rounds} signers were killed, and every checkpoint is whole', not faults, '\n'.join(faults))
    harness.check_verify('after the kills', books.database)


def check_secrets(books, secrets):
    """The private keys, wherever they could have come to."""
    places = {'the output of the commands': '\n'.join(said_by_all)}
    if harness.BACKEND == 'sqlite':
        places['the database'] = b''.join(pathlib.Path(f'{books.database}{suffix}').read_bytes() for suffix in ('', '-wal')
                                          if pathlib.Path(f'{books.database}{suffix}').exists()).decode('latin-1')
    else:
        places['the database'] = books.copy().read_text(encoding='latin-1')
    places['the directory'] = '\n'.join(path.read_text(encoding='utf-8') for path in books.directory.iterdir())
    for place, content in places.items():
        found = [secret for secret in secrets if secret[8:36] in content]
        # The bytes themselves, as a database holds them.
        found += [secret for secret in secrets if re.fullmatch('[0-9a-f]{64}', secret) and
                  bytes.fromhex(secret).decode('latin-1') in content]
        harness.check(f'no private key in {place}', not found and 'PRIVATE+KEY' not in content)


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    books = Books(harness.scratch())
    old_key = check_ceremony(books)
    check_first(books, old_key)
    check_keys(books)
    check_guards(books)
    check_files(books)
    new_key, secrets = check_rotation(books, old_key)
    check_restore(books, new_key)
    check_rows(books)
    check_signers(books)
    check_kills(books, new_key, rounds)
    check_secrets(books, [*secrets, *secret_of(books.key)])
    harness.plan()


if __name__ == '__main__':
    main()
