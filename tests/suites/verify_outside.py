#!/usr/bin/env python3
# backends: sqlite mariadb
"""verify against knowledge from outside the database, after attacks by somebody who can write all of it and makes every
hash, tile, total and the head right again (tests/programs/attacker.c): what is found with which knowledge, and how
exactly. Environment: see tests/support/harness.py."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
import harness

SQLITE = harness.BACKEND == 'sqlite'
CHECKPOINTS = 'checkpoint_rows' if SQLITE else 'checkpoints'
POSTED = 8  # transactions between two checkpoints


class Books:
    """A ledger with three checkpoints, what an auditor kept of them, and a backup of the database."""

    def __init__(self, top):
        self.top = top
        self.database = harness.new_database(top)
        self.directory = top / 'checkpoints'
        self.kept = top / 'kept'
        self.key = top / 'signing.key'
        self.directory.mkdir()
        self.kept.mkdir()
        self.json('init', '--confirm', '--user', 'ana')
        for code, kind in (('1000', 'ASSET'), ('1100', 'ASSET'), ('4000', 'REVENUE')):
            self.json('create-account', '--code', code, '--name', f'Account {code}', '--type', kind, '--user', 'ana')
        self.json('period', 'close', '--start-date', '2020-01-01', '--end-date', '2020-01-31', '--user', 'ana')
        self.verifier = self.json('key', 'generate', '--output', self.key, '--user', 'ana')['verifier_key']
        self.sizes = []
        for number in range(3):
            self.post(POSTED)
            path = self.kept / f'{number}.checkpoint'
            self.sizes.append(self.json('checkpoint', '--output', path, '--user', 'ana')['log_size'])
        self.post(POSTED)

    def run(self, *words, text=None, **environment):
        return harness.run(harness.ADMIN, '--db', harness.uri(self.database), *words, text=text,
                           environment={'LEDGER_DB_URI': '', 'LEDGER_CHECKPOINT_DIR': str(self.directory),
                                        'LEDGER_CHECKPOINT_KEY_FILE': str(self.key),
                                        'LEDGER_CHECKPOINT_KEY_COMMAND': '', **environment})

    def json(self, *words, text=None, **environment):
        status, output, said = self.run('--json', *words, text=text, **environment)
        if status != 0:
            harness.stop(f'{" ".join(map(str, words))}: exit status {status}: {output}{said}')
        return json.loads(output)

    def post(self, count):
        for number in range(count):
            entries = [{'account_code': '1000', 'entry_type': 'DEBIT', 'amount': '10.00', 'memo': f'memo {number}'},
                       {'account_code': '4000', 'entry_type': 'CREDIT', 'amount': '10.00'}]
            self.json('post-transaction', '--event-type', 'SALE', '--description', f'sale {number}', '--entries', '-',
                      '--user', 'ana', text=json.dumps(entries))

    def attack(self, *words):
        status, output, said = harness.run(harness.program('attacker'), harness.uri(self.database), *words)
        if status != 0:
            harness.stop(f'attacker {" ".join(map(str, words))}: {output}{said}')

    def verify(self, *words, directory=True):
        """The document of verify; `directory`: the ledger's own checkpoints are in reach."""
        environment = {} if directory else {'LEDGER_CHECKPOINT_DIR': ''}
        status, output, said = self.run('--json', 'verify', *words, **environment)
        if status not in (0, 3) or not output:
            harness.stop(f'verify {words}: exit status {status}: {output}{said}')
        return json.loads(output)

    def auditor(self, number=2):
        """What an auditor brings."""
        return ('--checkpoint', self.kept / f'{number}.checkpoint', '--key', self.verifier)

    def sql(self, sqlite, mariadb=None):
        harness.damage(self.database, sqlite if SQLITE or mariadb is None else mariadb)

    def position(self, number):
        """The log position of the n-th transaction."""
        connection = harness.read_only(self.database)
        positions = [row[0] for row in connection.execute('SELECT log_index FROM transactions ORDER BY log_index')]
        connection.close()
        return positions[number]


class Copy:
    """A copy of the database as it is now, that a ledger can be opened from and that the database can be restored to."""

    def __init__(self, books, name):
        self.books = books
        if SQLITE:
            self.database = books.top / f'{name}.db'
            harness.client(books.database, 'PRAGMA wal_checkpoint(TRUNCATE)')
            shutil.copyfile(books.database, self.database)
        else:
            self.database = harness.new_database(books.top, name)
            self.copy(books.database, self.database)

    def copy(self, source, target):
        harness.client(None, f'DROP DATABASE {target.name}; CREATE DATABASE {target.name} CHARACTER SET utf8mb4 COLLATE '
                             'utf8mb4_nopad_bin')
        dump = subprocess.run(['mariadb-dump', *harness.client_options(), '--triggers', '--hex-blob', source.name],
                              capture_output=True, check=True).stdout
        subprocess.run(['mariadb', *harness.client_options(), target.name], input=dump, check=True)

    def restore(self):
        if not SQLITE:
            self.copy(self.database, self.books.database)
            return
        for suffix in ('-wal', '-shm'):
            pathlib.Path(f'{self.books.database}{suffix}').unlink(missing_ok=True)
        shutil.copyfile(self.database, self.books.database)

    @property
    def uri(self):
        return harness.uri(self.database)


def found(document, check='checkpoints', severity='CRITICAL', **members):
    """The violations of a check that have those members."""
    return [violation for violation in document['violations']
            if violation['check'] == check and violation['severity'] == severity
            and all(violation[name] == value for name, value in members.items())]


def only(document, check='checkpoints'):
    """Whether nothing but that check found anything critical."""
    return all(violation['check'] == check for violation in document['violations'] if violation['severity'] == 'CRITICAL')


def has_window(violations, first, before):
    """Whether each names those positions, and both instants but where it begins with the log."""
    return bool(violations) and all(
        violation['window'] is not None and violation['window']['from_log_index'] == first
        and violation['window']['before_log_index'] == before and violation['window']['before_time'] is not None
        and (violation['window']['from_time'] is None) == (first == 0) for violation in violations)


def check(name, is_so, document):
    harness.check(name, is_so, json.dumps(document, indent=1)[:6000])


def untouched(books, backup):
    document = books.verify()
    check('a whole ledger: its checkpoints hold', document['valid'] and document['violations'] == [] and
          document['compared_with'] == f'3 checkpoints in the database, 3 checkpoints in {books.directory}', document)
    document = books.verify(directory=False)
    check('without the directory it says so', document['valid'] and
          document['compared_with'] == '3 checkpoints in the database, nothing outside it' and
          'only a checkpoint kept elsewhere' in document['limits'], document)
    document = books.verify(*books.auditor(1))
    check('with an auditor\'s checkpoint: what it proves, and what not', document['valid'] and
          document['proven_log_size'] == books.sizes[2] and 'a checkpoint of' in document['compared_with'] and
          'the key ledger/' in document['compared_with'] and
          f'The first {books.sizes[2]} events' in document['limits'], document)
    document = books.verify('--trusted', backup.uri)
    check('a copy that is the same', document['valid'] and document['violations'] == [] and
          'the trusted copy' in document['compared_with'] and
          any(line['name'] == 'trusted-copy' and line['checked_count'] == document['log_size']
              for line in document['checks']), document)
    status, output, _ = books.run('verify', *books.auditor())
    harness.check('people read it too', status == 0 and 'All transactions balanced correctly!' in output and
                  'nobody without its private part rewrote them' in output, output)


def rewritten(books, backup):
    """An amount in the second interval, and all that follows from it."""
    low, high = books.sizes[0], books.sizes[1]
    position = books.position(POSTED + 3)
    books.attack('rewrite-amount', position, '77.77')
    document = books.verify()
    check('rewritten: the database\'s checkpoints and those of the directory show it, and when', only(document) and
          has_window(found(document, field='integrity_head.frontier'), low, high) and
          len(found(document, field='integrity_head.frontier')) == 2 and not document['valid'], document)
    shutil.move(books.directory, books.top / 'away')
    books.directory.mkdir()
    books.attack('remove-checkpoints')
    document = books.verify(directory=False)
    check('rewritten, all checkpoints removed: nothing in the database shows it, and verify says that it cannot',
          document['valid'] and document['compared_with'] == 'nothing outside the database' and
          'only a checkpoint kept elsewhere can show that' in document['limits'], document)
    document = books.verify(*books.auditor(1), directory=False)
    check('one checkpoint of an auditor shows it', only(document) and
          has_window(found(document), 0, high) and document['proven_log_size'] == 0 and
          'No event of this log is proven' in document['limits'], document)
    document = books.verify('--checkpoint', books.kept, '--key', books.verifier, directory=False)
    check('all that he kept show where', only(document) and has_window(found(document), low, high) and
          document['proven_log_size'] == low, document)
    status, output, _ = books.run('--no-color', 'verify', '--checkpoint', books.kept, '--key', books.verifier)
    harness.check('people read the positions and instants', status == 3 and 'history was rewritten' in output and
                  f'positions    {low} to {high - 1}' in output and '  after ' in output and '  before ' in output, output)
    document = books.verify('--trusted', backup.uri, directory=False)
    altered = found(document, 'trusted-copy', field='journal_entries.amount')
    check('a backup shows which rows, and what stood there', only(document, 'trusted-copy') and
          [(one['entry_number'], one['stored'], one['trusted'], one['computed']) for one in altered] ==
          [(1, '77.77', '10.00', None), (2, '77.77', '10.00', None)] and
          'nothing proves which of the two is right' in altered[0]['detail'], document)
    document = books.verify('--trusted', backup.uri, *books.auditor(1), directory=False)
    altered = found(document, 'trusted-copy', field='journal_entries.amount')
    check('both together prove which is right', [one['computed'] for one in altered] == ['10.00', '10.00'] and
          'proves that the copy is right' in altered[0]['detail'], document)
    books.directory.rmdir()
    shutil.move(books.top / 'away', books.directory)


def cut_short(books, backup):
    low, high = books.sizes[1], books.sizes[2]
    size = high - 3
    books.attack('truncate', size)
    document = books.verify()
    cut = found(document, field='integrity_head.log_size')
    check('cut short: the number of events, from where, recorded when', only(document) and has_window(cut, low, high) and
          f'3 events from log position {size} on are missing' in cut[0]['detail'], document)
    books.attack('remove-checkpoints')
    document = books.verify(*books.auditor(), directory=False)
    check('cut short, checkpoints removed: an auditor\'s shows it', only(document) and
          has_window(found(document, field='integrity_head.log_size'), 0, high), document)
    document = books.verify(directory=False)
    check('… without it nothing does', document['valid'], document)
    document = books.verify('--trusted', backup.uri, directory=False)
    removed = found(document, 'trusted-copy', field='journal_entries.*')
    transactions = found(document, 'trusted-copy', field='transactions.*')
    row = json.loads(transactions[0]['trusted']) if transactions else {}
    check('a backup gives back what was removed, whole', len(transactions) == 3 + POSTED and
          len(removed) == 2 * len(transactions) and row.get('description', '').startswith('sale ') and
          row.get('created_by') == 'ana' and 'record_hash' in row and
          json.loads(removed[0]['trusted']).get('amount') == '10.00', document)


def posted_anew(books, backup):
    """Cut at a checkpoint and posted anew: everything up to there holds."""
    books.attack('repost', books.sizes[1])
    document = books.verify()
    check('cut at a checkpoint and posted anew: the next one shows it', only(document) and
          has_window(found(document, field='integrity_head.frontier'), books.sizes[1], books.sizes[2]), document)
    document = books.verify('--trusted', backup.uri, *books.auditor())
    check('… and a backup shows each transaction that was replaced',
          len(found(document, 'trusted-copy', field='transactions.transaction_id')) == 2 * POSTED, document)


def removed(books, _backup):
    position = books.position(2)
    books.attack('remove', position)
    document = books.verify()
    check('a transaction taken out and the gap closed: found from the first checkpoint on', only(document) and
          has_window(found(document, field='integrity_head.frontier'), 0, books.sizes[0]), document)


def signed_anew(books, backup):
    """With a key of the attacker's own, which he has the log name."""
    key = books.top / 'attacker.key'
    books.json('key', 'generate', '--only-file', '--name', f'ledger/{ledger_id(books)}', '--output', key, '--user', 'eve')
    books.attack('rewrite-amount', books.position(POSTED + 3), '77.77')
    books.attack('sign-checkpoints', key)
    document = books.verify(directory=False)
    check('rewritten and signed anew: the database agrees with itself', document['valid'], document)
    document = books.verify()
    check('the directory shows that another key signed', only(document) and
          any('none of the keys that are trusted here' in one['detail'] for one in found(document)), document)
    document = books.verify('--key', books.verifier, directory=False)
    check('the key alone, brought by another way, shows it', only(document) and
          found(document, field='audit_log.event_metadata') != [], document)
    document = books.verify(*books.auditor(), directory=False)
    check('the key that was brought wins over what the log says', has_window(
        found(document, field='integrity_head.frontier'), 0, books.sizes[2]), document)
    document = books.verify('--trusted', backup.uri, directory=False)
    altered = found(document, 'trusted-copy', field='journal_entries.amount')
    check('what the log alone vouches for proves nothing against a backup', len(altered) == 2 and
          found(document, 'trusted-copy', severity='WARNING') == [], document)


def ledger_id(books):
    connection = harness.read_only(books.database)
    (value,) = [row[0] for row in connection.execute('SELECT ledger_id FROM ledger_settings')]
    connection.close()
    return value


def columns(books, _backup):
    """The table of checkpoints: each column, a row deleted."""
    zeros = 'zeroblob(32)' if SQLITE else "repeat(x'00', 32)"
    root = 'root_hash' if SQLITE else 'root_hash_bytes'
    later = 'created_at + 1' if SQLITE else 'created_at + INTERVAL 1 MICROSECOND'
    first, second, third = books.sizes
    books.sql(f'UPDATE {CHECKPOINTS} SET epoch = 2 WHERE log_size = {first};'
              f'UPDATE {CHECKPOINTS} SET {root} = {zeros} WHERE log_size = {second};'
              f'UPDATE {CHECKPOINTS} SET log_size = log_size + 1, created_at = {later} WHERE log_size = {third}')
    document = books.verify(directory=False)
    check('columns of checkpoints altered: each is told', only(document) and
          [one['field'] for one in found(document)] == ['checkpoints.epoch', 'checkpoints.root_hash',
                                                        'checkpoints.log_size', 'checkpoints.created_at'], document)
    books.sql(f"UPDATE {CHECKPOINTS} SET note = replace(note, 'ledger/', 'Ledger/') WHERE log_size = {third} + 1;"
              f'DELETE FROM {CHECKPOINTS} WHERE log_size = {second}')
    document = books.verify()
    check('a note altered, a checkpoint deleted: the directory has it', only(document) and
          {one['field'] for one in found(document)} >= {'checkpoints.note', 'checkpoints.log_size'}, document)


def files(books, _backup):
    path = sorted(books.directory.iterdir())[1]
    kept = path.read_text()
    path.unlink()
    document = books.verify()
    check('a file gone: a warning', document['valid'] and
          len(found(document, severity='WARNING', field='checkpoints.log_size')) == 1, document)
    path.write_text(kept.replace('\ntime ', '\nTime ', 1))
    document = books.verify()
    check('a file altered', only(document) and any(str(path) in one['detail'] for one in found(document)), document)
    path.write_text(sorted(books.directory.iterdir())[0].read_text())
    document = books.verify()
    check('a file under another name', any('is not what its name says' in one['detail'] for one in found(document)),
          document)
    path.unlink()
    path.write_text(kept)
    (books.directory / '1-000000000000001.checkpoint').write_text(kept.replace(ledger_id(books), 'another', 1))
    document = books.verify()
    check('a directory of another ledger is told once', only(document) and
          [one['field'] for one in found(document)] == ['ledger_settings.ledger_id'], document)
    (books.directory / '1-000000000000001.checkpoint').unlink()
    (books.directory / 'README').write_text('not a checkpoint')
    document = books.verify()
    check('other files are none of ours', document['valid'] and
          found(document, severity='WARNING', field='checkpoints.log_size') == [], document)


def guards(books, _backup):
    """A trigger taken away and put back between two checkpoints."""
    books.sql('UPDATE transaction_rows SET log_index = log_index WHERE 0',
              'UPDATE transactions SET log_index = log_index WHERE false')
    document = books.verify()
    warned = found(document, severity='WARNING', field='triggers')
    check('a guard gone for a moment since the last checkpoint', document['valid'] and len(warned) == 1 and
          warned[0]['window']['from_log_index'] == books.sizes[2] and warned[0]['window']['before_time'] is None, document)
    books.post(1)
    size = books.json('checkpoint', '--user', 'ana')['log_size']
    document = books.verify()
    warned = found(document, severity='WARNING', field='triggers')
    check('… and between two of them', document['valid'] and len(warned) == 1 and
          has_window(warned, books.sizes[2], size), document)


def trusted(books, backup):
    """Rows altered by hand, in the ledger or in the copy."""
    position = books.position(5)
    entry = f'(({position} << 16) | 1)'
    books.sql(f"UPDATE entry_rows SET memo = 'another' WHERE entry_key = {entry};"
              f"UPDATE event_rows SET description = 'other words' WHERE log_index = 2;"
              f"UPDATE account_version_rows SET account_name = 'Bank' WHERE account_id = 1;"
              f'UPDATE period_rows SET end_day = end_day + 1',
              f"UPDATE journal_entries SET memo = 'another' WHERE entry_id = {entry};"
              f"UPDATE audit_log SET description = 'other words' WHERE log_index = 2;"
              f"UPDATE account_versions SET account_name = 'Bank' WHERE account_id = 1;"
              f'UPDATE closing_periods SET end_day = end_day + INTERVAL 1 DAY')
    document = books.verify('--trusted', backup.uri)
    told = {(one['field'], one['stored'], one['trusted']) for one in found(document, 'trusted-copy')}
    check('each altered field with its old value, of whatever table', told == {
        ('journal_entries.memo', 'another', 'memo 5'), ('audit_log.description', 'other words', 'Created account 1100'),
        ('account_versions.account_name', 'Bank', 'Account 1000'),
        ('closing_periods.end_day', '2020-02-02', '2020-02-01')}, sorted(told))
    altered = found(document, 'trusted-copy', field='journal_entries.memo')
    check('the hashes prove the copy right', altered and altered[0]['computed'] == 'memo 5' and
          'proves that the copy is right' in altered[0]['detail'], altered)
    backup.restore()
    books.sql(f'DELETE FROM entry_rows WHERE entry_key = {entry}', f'DELETE FROM journal_entries WHERE entry_id = {entry}')
    document = books.verify('--trusted', backup.uri)
    gone = found(document, 'trusted-copy', field='journal_entries.*', entry_number=1)
    check('a deleted entry comes back whole', len(gone) == 1 and json.loads(gone[0]['trusted'])['memo'] == 'memo 5',
          document)
    backup.restore()
    document = books.verify('--trusted', spoilt_copy(books, entry).uri)
    check('where it is the copy that was altered, the ledger stays valid', document['valid'] and
          len(found(document, 'trusted-copy', severity='WARNING', field='journal_entries.amount')) == 1 and
          only(document), document)
    books.post(2)
    document = books.verify('--trusted', backup.uri)
    connection = harness.read_only(books.database)
    (transaction,) = [row[0] for row in connection.execute(f'SELECT transaction_id FROM transactions WHERE log_index = {position}')]
    connection.close()
    harness.redact(books.database, transaction)
    document = books.verify('--trusted', backup.uri)
    check('a text that was redacted since is no alteration', document['valid'] and
          [one for one in document['violations'] if one['check'] == 'trusted-copy'] == [], document)
    books.attack('recompute')
    document = books.verify()
    check('… nor one for an attacker', document['valid'], document)
    check('what was posted since is not in an older copy', document['valid'] and
          found(document, 'trusted-copy', severity='WARNING') == [], document)


def spoilt_copy(books, entry):
    copy = Copy(books, 'spoilt')
    harness.damage(copy.database, f'UPDATE entry_rows SET amount_minor = 5 WHERE entry_key = {entry}' if SQLITE else
                   f'UPDATE journal_entries SET amount = 0.05 WHERE entry_id = {entry}')
    return copy


def restored(books, backup):
    """A restore is a log cut short, until an epoch begins that says so."""
    books.post(2)
    size = books.json('checkpoint', '--output', books.kept / 'lost.checkpoint', '--user', 'ana')['log_size']
    backup.restore()
    document = books.verify()
    check('an older state put in place is a history cut short', only(document) and
          has_window(found(document, field='integrity_head.log_size'), books.sizes[2], size), document)
    last = sorted(books.directory.iterdir())[-1]
    books.json('epoch', 'begin', '--abandons', last, '--key', books.verifier, '--reason', 'Restored', '--user', 'ana')
    document = books.verify('--checkpoint', books.kept / 'lost.checkpoint', '--key', books.verifier)
    check('… until the ledger says what it gave up, which stays a warning', document['valid'] and
          len(found(document, severity='WARNING', field='integrity_head.epoch')) == 1, document)
    books.post(1)
    books.json('checkpoint', '--output', books.kept / 'next.checkpoint', '--user', 'ana')
    document = books.verify('--checkpoint', books.kept / 'next.checkpoint', '--key', books.verifier)
    check('the new epoch is signed like the first', document['valid'] and
          document['proven_log_size'] == document['log_size'] and
          f'All {document["log_size"]} events' in document['limits'], document)


def usage(books, _backup):
    other = books.top / 'other.key'
    other_key = books.json('key', 'generate', '--only-file', '--name', 'other', '--output', other, '--user',
                           'ana')['verifier_key']
    for name, words, status, outcome in (
            ('a checkpoint without its key', ('--checkpoint', books.kept / '0.checkpoint'), 2, 'LEDGER_USAGE_IS_WRONG'),
            ('a key that is none', ('--key', 'no+key'), 2, 'LEDGER_KEY_IS_INVALID'),
            ('another key', ('--checkpoint', books.kept / '0.checkpoint', '--key', other_key), 3,
             'LEDGER_PROOF_IS_INVALID'),
            ('a file that is no checkpoint', ('--checkpoint', books.key, '--key', books.verifier), 3,
             'LEDGER_PROOF_IS_INVALID'),
            ('no file', ('--checkpoint', books.top / 'none', '--key', books.verifier), 2, 'LEDGER_FILE_IS_UNREADABLE'),
            ('a directory without checkpoints', ('--checkpoint', empty_directory(books), '--key', books.verifier), 1,
             'LEDGER_CHECKPOINT_NOT_FOUND'),
            ('one transaction and a key', ('--transaction-id', '20260101-000001', '--key', books.verifier), 2,
             'LEDGER_USAGE_IS_WRONG'),
            ('a copy that is not there', ('--trusted', f'sqlite:///{books.top}/none.db'), 4,
             'LEDGER_DATABASE_IS_UNAVAILABLE'),
            ('a directory that is not there', ('--checkpoint-dir', books.top / 'none'), 2,
             'LEDGER_FILE_IS_UNREADABLE')):
        done, output, said = books.run('--json', 'verify', *words)
        told = json.loads(output or '{}')
        harness.check(f'{name}: {outcome}', done == status and told.get('error') == outcome, f'{done} {output}{said}')
    another = harness.new_database(books.top, 'another')
    harness.admin_json(another, 'init', '--confirm', '--user', 'ana')
    done, output, said = books.run('--json', 'verify', '--trusted', harness.uri(another))
    harness.check('a copy of another ledger is none', done == 2 and 'of another ledger' in output, output + said)
    key_file = books.top / 'ledger.pub'
    key_file.write_text(books.verifier + '\n')
    document = books.verify('--checkpoint', books.kept / '2.checkpoint', '--key', key_file, '--checkpoint-dir',
                            books.directory, directory=False)
    check('a key in a file, and the directory by its option', document['valid'] and
          document['proven_log_size'] == books.sizes[2] and str(books.directory) in document['compared_with'], document)


def empty_directory(books):
    path = books.top / 'empty'
    path.mkdir(exist_ok=True)
    return path


def main():
    os.environ['LEDGER_CHECKPOINT_DIR'] = ''
    books = Books(harness.scratch())
    backup = Copy(books, 'backup')
    kept = books.top / 'all-files'
    shutil.copytree(books.directory, kept)
    for scenario in (untouched, usage, files):
        scenario(books, backup)
    for scenario in (rewritten, cut_short, posted_anew, removed, signed_anew, columns, trusted, guards, restored):
        scenario(books, backup)
        backup.restore()
        shutil.rmtree(books.directory)
        shutil.copytree(kept, books.directory)
    harness.plan()


main()
