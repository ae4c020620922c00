#!/usr/bin/env python3
"""The roles of a server: users are made by exactly what `ledger-admin grants` prints, the migrator makes a ledger, the
application works on it, the auditor verifies, the backup is made and restored; and each is refused all else.

It has a server of its own, since it changes users and settings. Environment: see tests/support/harness.py."""

import hashlib
import json
import os
import pathlib
import sys
from dataclasses import dataclass

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(TOP / 'tests' / 'support'), str(TOP / 'tools')]
os.environ['LEDGER_TEST_BACKEND'] = 'mariadb'
import embed_queries
import harness
from mariadb_server import MariadbServer, ServerFault
from sample import Sample

SQL = TOP / 'src' / 'store' / 'sql' / 'mariadb'
PASSWORD = 'a password'

# What init writes, once and never again.
ONCE = {'migration_insert', 'settings_insert', 'head_insert'}

# What the application must not do, however much it wants to; every statement would change something as root.
REFUSED = [
    'DROP TRIGGER trg_prevent_transaction_update',
    'CREATE TRIGGER another BEFORE INSERT ON transactions FOR EACH ROW SET @a = 1',
    'TRUNCATE TABLE transactions',
    'TRUNCATE TABLE open_total_rows',
    'DELETE FROM transactions',
    'DELETE FROM journal_entries LIMIT 1',
    'DELETE FROM audit_log',
    'DELETE FROM balance_rows',
    'REPLACE INTO checkpoints (log_size, epoch, note, created_at) VALUES (1, 1, 1, now())',
    'UPDATE journal_entries SET amount = amount + 1',
    'UPDATE transactions SET record_hash_bytes = 1',
    'UPDATE audit_log SET user_id = 1',
    'UPDATE chart_of_accounts SET account_code = 1',
    'UPDATE account_versions SET is_active = 0',
    'UPDATE balance_rows SET account_id = 7',
    'UPDATE open_total_rows SET account_id = 7',
    'UPDATE integrity_head SET head_id = 2',
    'UPDATE ledger_settings SET time_zone = 1',
    'UPDATE schema_migrations SET version = 2',
    'INSERT INTO ledger_settings VALUES (1, 1, 1, 1, 1)',
    'INSERT INTO schema_migrations VALUES (2, 1, 1)',
    'INSERT INTO writer_lease VALUES (2, 1, 1, now())',
    'ALTER TABLE transactions DISABLE KEYS',
    'ALTER TABLE transactions ADD more INT',
    'ALTER TABLE journal_entries DROP CONSTRAINT amount_is_positive',
    'CREATE INDEX more ON transactions (description)',
    'DROP INDEX status ON transactions',
    'DROP TABLE checkpoints',
    'DROP VIEW v_trial_balance',
    'CREATE OR REPLACE VIEW v_trial_balance AS SELECT 1',
    'CREATE TABLE more (a INT)',
    'RENAME TABLE transactions TO more',
    'LOCK TABLES transactions WRITE',
    'DROP DATABASE {database}',
    'GRANT SELECT ON {database}.* TO CURRENT_USER',
    'SET GLOBAL foreign_key_checks = 0',
    'SET SESSION sql_log_bin = 0',
    'FLUSH TABLES WITH READ LOCK',
    'SELECT * FROM mysql.global_priv',
    'SELECT * FROM mysql.user',
    'SELECT Password FROM mysql.user',
    'SELECT authentication_string FROM mysql.user',
    "UPDATE mysql.db SET Delete_priv = 'Y'",
    'DELETE FROM mysql.tables_priv',
    "INSERT INTO mysql.roles_mapping VALUES ('localhost', 'ledger_app', 'any', 'Y')",
    "SELECT 1 INTO OUTFILE '/tmp/ledger-roles-out'",
]

# What it may change because redaction does, and a guard lets pass in a redaction alone.
GUARDED = [
    'UPDATE transactions SET description = 1',
    'UPDATE transactions SET texts_salt_bytes = 1',
    "UPDATE transactions SET description = '[redacted by event 01a2070b-1ac6-7000-8000-00000000000b]', texts_salt_bytes = ''",
    'UPDATE journal_entries SET memo = 1',
    'UPDATE approval_rows SET reason = 1',
]

# Access to the database, a user, a table, a column, what only SUPER may, and triggers beside a binary log.
DENIALS = (1044, 1045, 1142, 1143, 1227, 1410, 1419)


@dataclass(frozen=True)
class RoleDatabase(harness.Database):
    """A database as the user of a role comes to it."""

    user: str

    @property
    def uri(self):
        return super().uri.replace('//root@', f'//{self.user}:{PASSWORD.replace(" ", "%20")}@', 1)


def as_user(database, user, sql, *options):
    """SQL through the client, as a user with its password; gives (exit status, standard output, standard error)."""
    return harness.run('mariadb', '--no-defaults', f'--user={user}', f'--password={PASSWORD}',
                       f'--socket={harness.server_uri().partition("unix_socket=")[2]}', '--skip-column-names', '--batch',
                       '--default-character-set=utf8mb4', *options, database, text=sql)


def denial(said):
    """The number of the error where it is one that refuses a privilege, else None."""
    number = int(said.partition('ERROR ')[2].partition(' ')[0] or 0)
    return number if number in DENIALS else None


def as_root(sql, database=None):
    status, output, said = harness.client(database, sql)
    if status != 0:
        harness.stop(f'{sql}: {output}{said}')
    return output


def make_role(role, *words):
    """Runs what is printed, as it is but for the password that an administrator fills in."""
    status, script, said = harness.run(harness.ADMIN, 'grants', '--role', role, *words, environment={'LEDGER_DB_URI': ''})
    if status != 0 or script.count('\n-- CREATE USER ') != 1:
        harness.stop(f'grants --role {role}: {script}{said}')
    script = script.replace('-- CREATE USER ', 'CREATE USER ').replace('<password>', PASSWORD)
    status, output, said = harness.client(None, script)
    return harness.check(f'what is printed for {role} {" ".join(words)} runs', status == 0, output + said)


def check_init(name):
    """What init says where something is missing, and the ledger that it makes then."""
    database = RoleDatabase(name, 'ledger_migrator')
    init = ['init', '--confirm', '--user', 'root']
    status, _, said = harness.admin(harness.Database(name), *init)
    harness.check('init without a database says how to make it', status == 4 and
                  f'CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin' in said, said)
    as_root(f"CREATE USER ledger_migrator@localhost IDENTIFIED BY '{PASSWORD}'")
    status, _, said = harness.admin(database, *init)
    harness.check('init without any privilege says who has them', status == 4 and 'grants --role ROLE' in said and
                  f'CREATE DATABASE `{name}` CHARACTER SET utf8mb4' in said, said)
    as_root(f'CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin; '
            f'GRANT SELECT ON `{name}`.* TO ledger_migrator@localhost')
    status, _, said = harness.admin(database, *init)
    harness.check('init with too few privileges says who has enough', status == 4 and 'grants --role migrator' in said, said)
    as_root('DROP USER ledger_migrator@localhost')
    make_role('migrator', '--database', name)
    status, _, said = harness.admin(database, *init)
    harness.check('init beside a binary log says what has to be allowed', status == 4 and
                  'SET GLOBAL log_bin_trust_function_creators = 1' in said, said)
    as_root('SET GLOBAL log_bin_trust_function_creators = 1')
    told = harness.admin_json(database, *init)
    harness.check('the migrator makes the ledger, where it was interrupted too', told['ledger_id'] != '', told)
    harness.check('init warns of the server', any('innodb_flush_log_at_trx_commit is 0' in warning
                                                  for warning in told['warnings']), told)
    as_root('SET GLOBAL log_bin_trust_function_creators = 0; ALTER USER ledger_migrator@localhost ACCOUNT LOCK')


def check_verbatim_import(directory):
    """The migrator makes a ledger of a verbatim export too."""
    source = directory / 'source.db'
    status, _, said = harness.run(harness.ADMIN, '--db', f'sqlite:///{source}', 'init', '--confirm', '--user', 'root')
    harness.check('a ledger that is to move', status == 0, said)
    path = directory / 'source.ndjson'
    harness.run(harness.ADMIN, '--db', f'sqlite:///{source}', 'create-account', '--code', '1000', '--name', 'Cash', '--type',
                'ASSET', '--user', 'root')
    entries = json.dumps([{'account_code': '1000', 'entry_type': side, 'amount': '1'} for side in ('DEBIT', 'CREDIT')])
    harness.run(harness.ADMIN, '--db', f'sqlite:///{source}', 'post-transaction', '--event-type', 'TEST', '--description', 'x',
                '--entries', '-', '--user', 'root', text=entries)
    harness.run(harness.ADMIN, '--db', f'sqlite:///{source}', 'export', '--format', 'ndjson', '--verbatim', '--output', path,
                '--user', 'root')
    as_root('CREATE DATABASE moved CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin; '
            'SET GLOBAL log_bin_trust_function_creators = 1; ALTER USER ledger_migrator@localhost ACCOUNT UNLOCK')
    status, script, said = harness.run(harness.ADMIN, 'grants', '--role', 'migrator', '--database', 'moved',
                                       environment={'LEDGER_DB_URI': ''})
    as_root(script)
    told = harness.admin_json(RoleDatabase('moved', 'ledger_migrator'), 'import', path, '--verbatim', '--user', 'root')
    harness.check('the migrator makes a ledger of a verbatim export', told['transactions'] == 1, told)
    harness.check_verify('the ledger that moved', harness.Database('moved'))


def check_queries(name):
    """Each query of the engine, prepared by each role."""
    queries = embed_queries.read_queries(sorted(SQL.glob('*.sql')))
    app_faults, auditor_faults = [], []
    for query in queries.values():
        if query.is_none or query.name in ONCE:
            continue
        text = ''.join('?' if token.lastgroup == 'parameter' else token.group()
                       for token in embed_queries.TOKEN.finditer(query.sql))
        text = text.replace('\\', '\\\\').replace("'", "''")
        sql = f"PREPARE query FROM '{text}'"
        status, output, said = as_user(name, 'ledger_app', sql)
        if status != 0:
            app_faults.append(f'{query.name}: {output}{said}')
        status, output, said = as_user(name, 'ledger_auditor', sql)
        is_reading = bool(query.columns['out'])
        if is_reading != (status == 0) or (not is_reading and denial(said) is None):
            auditor_faults.append(f'{query.name}: {output}{said}')
    harness.check(f'the application may run each of {len(queries)} queries but those of init', not app_faults,
                  '\n'.join(app_faults))
    harness.check('the auditor may run those that read, and no other', not auditor_faults, '\n'.join(auditor_faults))
    fold = '; '.join(queries[query].sql.replace('?1', "'2026-01-31'" if query == 'fold_days' else '1')
                     for query in ('fold_balances', 'fold_balances', 'fold_days', 'fold_days', 'fold_months', 'fold_months',
                                   'fold_clear'))
    status, output, said = as_user(name, 'ledger_app', f'BEGIN; {fold}; ROLLBACK')
    harness.check('the application folds totals, new and known ones', status == 0, output + said)


def check_app(name):
    """The engine, with no more than the application has."""
    database = RoleDatabase(name, 'ledger_app')
    sample = Sample.__new__(Sample)
    sample.database, sample.requests, sample.posted = database, [], []
    sample.fill()
    waiting = harness.admin_json(database, 'approval', 'list')['approvals'][0]['request_id']
    harness.admin_json(database, 'approval', 'deny', '--request-id', waiting, '--user', 'rui', '--reason', 'no')
    harness.admin_json(database, 'reactivate-account', '--code', '5999', '--user', 'root')
    harness.check('the application posts, reverses, keeps accounts, periods and approvals', len(sample.posted) > 30,
                  len(sample.posted))
    for command in (['accounts'], ['balance', '--account-code', '1000'], ['trial-balance'], ['audit'], ['period', 'list'],
                    ['show', sample.posted[0]['transaction_number']]):
        status, output, said = harness.admin(database, *command)
        harness.check(f'the application runs {command[0]}', status == 0, output + said)
    return sample


def check_reports(directory, name, user, is_recorded):
    database = RoleDatabase(name, user)
    for kind in ('trial-balance', 'balance-sheet', 'income-statement', 'general-ledger', 'audit-trail', 'balance-history'):
        words = ['--account-code', '1000'] if kind in ('general-ledger', 'balance-history') else []
        if kind not in ('trial-balance', 'balance-sheet'):
            words += ['--start-date', '2026-01-01']
        status, output, said = harness.admin(database, '--json', 'report', '--type', kind, '--end-date', '2026-12-31',
                                             '--output', directory / f'{user}.json', '--user', 'ana', *words)
        expected = f'"recorded": {"true" if is_recorded else "false"}'
        harness.check(f'{user} makes the report {kind}, {"" if is_recorded else "not "}recorded',
                      status == 0 and expected in output, output[-2000:] + said)


def check_refusals(name, user, statements):
    before = contents(name)
    faults = []
    for statement in statements:
        status, output, said = as_user(name, user, statement.format(database=name))
        if status == 0 or denial(said) is None:
            faults.append(f'{statement}: {status} {output}{said}')
    harness.check(f'{user} is refused {len(statements)} statements', not faults, '\n'.join(faults))
    harness.check(f'{user} changed nothing by them', contents(name) == before)


def check_guarded(name, user):
    before = contents(name)
    faults = []
    for statement in GUARDED:
        status, output, said = as_user(name, user, statement)
        if status == 0 or 'Cannot modify' not in said:
            faults.append(f'{statement}: {status} {output}{said}')
    harness.check(f'{user} runs into the guards by {len(GUARDED)} statements', not faults, '\n'.join(faults))
    harness.check(f'{user} changed nothing by those', contents(name) == before)


def contents(name):
    """All definitions and rows."""
    status, output, said = harness.run('mariadb-dump', '--no-defaults', '--user=root', '--skip-dump-date', '--hex-blob',
                                       f'--socket={harness.server_uri().partition("unix_socket=")[2]}', name)
    return output if status == 0 else harness.stop(said)


def check_backup(directory, name):
    """The dump of the runbook, and a ledger made from it."""
    socket = harness.server_uri().partition('unix_socket=')[2]
    path = directory / 'dump.sql'
    status, _, said = harness.run('mariadb-dump', '--no-defaults', '--user=ledger_backup', f'--password={PASSWORD}',
                                  f'--socket={socket}', '--single-transaction', '--routines', '--triggers', '--events',
                                  '--flush-logs', '--master-data=2', f'--result-file={path}', name)
    dump = path.read_bytes() if path.exists() else b''
    triggers = as_root(f"SELECT count(*) FROM information_schema.triggers WHERE trigger_schema = '{name}'").strip()
    harness.check('the backup is made, with every guard and its place in the binary log', status == 0 and
                  dump.count(b'TRIGGER trg_') == int(triggers) > 30 and b'CHANGE MASTER TO' in dump, said)
    as_root('CREATE DATABASE restored CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin')
    # The guards run as the migrator, who needs the same there; that user is there already, so the script runs as it is.
    status, script, said = harness.run(harness.ADMIN, 'grants', '--role', 'migrator', '--database', 'restored',
                                       environment={'LEDGER_DB_URI': ''})
    as_root(script)
    status, output, said = harness.run('sh', '-c', f'mariadb --no-defaults --user=root --socket={socket} restored <{path}')
    harness.check('it is restored', status == 0, output + said)
    harness.check_verify('the restored ledger', harness.Database('restored'))


class Signing:
    """Checkpoints of a ledger, in a directory of their own."""

    def __init__(self, directory, name):
        self.kept, self.key = directory / 'kept', directory / 'signing.key'
        self.kept.mkdir()
        self.root, self.app, self.auditor = (harness.Database(name), RoleDatabase(name, 'ledger_app'),
                                             RoleDatabase(name, 'ledger_auditor'))

    def run(self, database, *words):
        return harness.run(harness.ADMIN, '--db', harness.uri(database), '--json', *words, environment={
            'LEDGER_DB_URI': '', 'LEDGER_CHECKPOINT_DIR': str(self.kept), 'LEDGER_CHECKPOINT_KEY_FILE': str(self.key)})

    def json(self, database, *words):
        status, output, said = self.run(database, *words)
        if status != 0:
            harness.stop(f'{getattr(database, "user", "root")}: {" ".join(map(str, words))}: {status} {output}{said}')
        return json.loads(output)

    def sign(self, database):
        """A checkpoint of a log that has grown; gives what was told, as JSON and in words."""
        self.json(self.app, 'clock', 'accept', '--user', 'ana', '--reason', 'An event more')
        status, output, said = self.run(database, 'checkpoint')
        return (json.loads(output), said) if status == 0 else harness.stop(output + said)

    def warnings(self, database, field):
        """What verify warns of that field, of a ledger that is valid."""
        document = self.json(database, 'verify')
        return [one for one in document['violations'] if one['severity'] == 'WARNING' and one['field'] == field]


def check_checkpoints(signing):
    """What guards the ledger, and who may what, says the same to everybody who may read it, so that a checkpoint of one
    is held against that of another."""
    signing.json(signing.app, 'key', 'generate', '--output', signing.key, '--user', 'ana')
    told = []
    for database in (signing.app, signing.root):
        made, said = signing.sign(database)
        told.append((made['guards_digest'], made['guards_changed'], made['guards_differ'], made['grants_digest'],
                     made['grants_differ'], said))
    harness.check('guards and grants are the same to all of them', len(set(told)) == 1 and not told[0][2] and
                  len(told[0][3]) == 64 and not told[0][4] and 'grants' not in told[0][5], told)
    _, rows, _ = harness.client(signing.root, (SQL / 'privileges.sql').read_text(encoding='utf-8'), '--raw')
    objects = [dict(zip(('type', 'name', 'definition'), row.split('\t'))) for row in rows.splitlines()]
    harness.check('the digest is of what the document says', len(objects) > 20 and told[0][3] == hashlib.sha256(json.dumps(
        {'form': 'grants/1', 'objects': objects}, sort_keys=True, separators=(',', ':'), ensure_ascii=False)
        .encode()).hexdigest(), objects)
    listed = signing.json(signing.auditor, 'checkpoint', 'list')['checkpoints']
    harness.check('the auditor sees what was signed', [one['grants_digest'] for one in listed] == [told[0][3]] * 2, listed)
    proven = signing.json(signing.app, 'check-proof', made['path'], '--key',
                          signing.json(signing.app, 'key', 'show')['verifier_key'])
    harness.check('check-proof shows it', f'"grants_digest": "{made["grants_digest"]}"' in json.dumps(proven), proven)
    status, output, said = harness.run(sys.executable, TOP / 'tools' / 'verify_evidence.py', made['path'], '--key',
                                       signing.json(signing.app, 'key', 'show')['verifier_key'])
    harness.check('another program reads it', status == 0, output + said)


# Privileges by which somebody reaches the ledger, each in a place of its own; and how they are taken back.
REACHING = [
    ('INSERT ON {database}.transactions', ''),
    ('UPDATE (memo) ON {database}.journal_entries', ''),
    ('SELECT ON {pattern}.*', ''),
    ('DELETE ON `ledger%`.*', ''),
    (r'TRIGGER ON `ledger\_of_rol_s`.*', ''),
    ('PROCESS ON *.*', ''),
    ('UPDATE ON mysql.global_priv', ''),
    ('INSERT (Db) ON mysql.db', ''),
    ('CREATE ON `mys%`.*', ''),
    ('PROXY ON ledger_app@localhost', ''),
    ('readers_of_readers', ''),
    ('GRANT OPTION ON {database}.audit_log', 'PUBLIC'),
]

# What has nothing to do with the ledger.
ELSEWHERE = """
CREATE DATABASE ledgerxof_roles; CREATE ROLE idle; GRANT SELECT ON ledgerxof_roles.* TO idle;
CREATE USER stranger@localhost; GRANT idle TO stranger@localhost; GRANT ALL ON ledgerxof_roles.* TO stranger@localhost;
GRANT SELECT ON mysql.* TO stranger@localhost; GRANT SELECT (User) ON mysql.user TO stranger@localhost;
CREATE USER another@localhost IDENTIFIED BY 'a password'; GRANT PROXY ON stranger@localhost TO another@localhost;
ALTER USER ledger_auditor@localhost WITH MAX_USER_CONNECTIONS 100
"""


def check_grants_now(signing, name):
    """Each privilege that was given since the last checkpoint."""
    as_root(ELSEWHERE)
    harness.check('accounts that do not reach the ledger change nothing', signing.warnings(signing.auditor, 'grants') == [])
    as_root(f'GRANT SELECT ON `{name}`.audit_log TO stranger@localhost')
    _, output, _ = harness.admin(signing.auditor, '--quiet', 'verify')
    as_root(f'REVOKE SELECT ON `{name}`.audit_log FROM stranger@localhost')
    harness.check('the warning names no positions where nothing was posted since', 'what accounts may do' in output and
                  '  after ' in output and '  positions' not in output, output)
    pattern = name.replace('_', r'\_')
    as_root(f'CREATE ROLE readers; GRANT SELECT ON `{pattern}`.* TO readers; CREATE ROLE readers_of_readers; '
            'GRANT readers TO readers_of_readers')
    last, said = signing.sign(signing.app)
    harness.check('the signer is told that grants were changed', last['grants_differ'] and 'what accounts may do' in said, said)
    signing.sign(signing.app)
    before = len(signing.warnings(signing.auditor, 'grants'))
    missed = []
    for privilege, grantee in REACHING:
        privilege = privilege.format(database=f'`{name}`', pattern=f'`{pattern}`')
        grantee = grantee or 'stranger@localhost'
        as_root(f'GRANT {privilege} TO {grantee}')
        warned = signing.warnings(signing.auditor, 'grants')
        as_root(f'REVOKE {privilege} FROM {grantee}')
        if len(warned) != before + 1 or 'and now' not in warned[-1]['detail'] or warned[-1]['window']['before_time'] is not None:
            missed.append((privilege, warned))
    harness.check(f'each of {len(REACHING)} privileges that was given is told', missed == [], missed)
    harness.check('and none that was taken back', len(signing.warnings(signing.auditor, 'grants')) == before)


def check_grants_between(signing, name):
    """A privilege given between two checkpoints, and taken back between two others."""
    before, _ = signing.sign(signing.app)
    as_root(f'GRANT INSERT ON `{name}`.transactions TO stranger@localhost')
    given, said = signing.sign(signing.app)
    as_root(f'REVOKE INSERT ON `{name}`.transactions FROM stranger@localhost')
    taken, _ = signing.sign(signing.root)
    signing.sign(signing.app)
    harness.check('the signer is told of each', given['grants_differ'] and taken['grants_differ'] and
                  taken['grants_digest'] == before['grants_digest'], said)
    warned = signing.warnings(signing.auditor, 'grants')[-2:]
    harness.check('verify tells between which checkpoints, and both digests', [
        (one['window']['from_log_index'], one['window']['before_log_index'], one['computed'], one['stored'])
        for one in warned] == [
            (left['log_size'], right['log_size'], left['grants_digest'], right['grants_digest'])
            for left, right in ((before, given), (given, taken))], warned)


def check_grants_hidden(signing):
    """A site that keeps the tables of privileges from the application."""
    before = len(signing.warnings(signing.auditor, 'grants'))
    as_root('REVOKE SELECT ON mysql.roles_mapping FROM ledger_app@localhost')
    made, said = signing.sign(signing.app)
    harness.check('who may not read the grants signs without them, and is told', made['grants_digest'] is None and
                  'may not read the grants' in said and '\ngrants ' not in made['note'], said)
    warned = signing.warnings(signing.app, 'grants')
    harness.check('verify by him says so, once', len(warned) == before + 1 and 'may not read the grants' in warned[-1]['detail'],
                  warned)
    warned = signing.warnings(signing.auditor, 'checkpoints.note')
    harness.check('verify by others tells which checkpoint does not say them', len(warned) == 1 and
                  f'1 checkpoint of logs of {made["log_size"]} to' in warned[0]['detail'], warned)
    harness.check('and finds no other privilege', len(signing.warnings(signing.auditor, 'grants')) == before)
    as_root('GRANT SELECT ON mysql.roles_mapping TO ledger_app@localhost; RENAME TABLE mysql.procs_priv TO mysql.gone')
    status, output, said = signing.run(signing.auditor, 'verify')
    as_root('RENAME TABLE mysql.gone TO mysql.procs_priv')
    harness.check('another fault than that is one', status == 4 and 'procs_priv' in output + said, f'{status} {output}{said}')


def check_names():
    """Names that would end a quoted text, and a database that is like another by the pattern of its name."""
    name, user = 'we`ird\'s "100%_db" \\', 'o\'d"d`\\'
    quoted = name.replace('`', '``')
    for database in (quoted, quoted.replace('_', 'x'), quoted.replace('%', 'xx')):
        as_root(f'CREATE DATABASE `{database}`; CREATE TABLE `{database}`.one (a INT)')
    make_role('auditor', '--database', name, '--user', user, '--host', '%')
    status, output, said = as_user(name, user, 'SELECT count(*) FROM one')
    harness.check('names stand as they are', status == 0 and output == '0\n', output + said)
    for other in (name.replace('_', 'x'), name.replace('%', 'xx')):
        status, output, said = as_user(other, user, 'SELECT count(*) FROM one')
        harness.check(f'{other} is another database', status != 0 and denial(said) is not None, output + said)


def check_all():
    name = 'ledger_of_roles'
    directory = harness.scratch()
    check_init(name)
    for role in ('app', 'auditor', 'backup'):
        make_role(role, '--database', name)
    check_app(name)
    check_reports(directory, name, 'ledger_app', True)
    check_reports(directory, name, 'ledger_auditor', False)
    for user in ('ledger_app', 'ledger_auditor', 'ledger_backup'):
        harness.check_verify(user, RoleDatabase(name, user))
    told = harness.admin_json(RoleDatabase(name, 'ledger_auditor'), 'verify')
    harness.check('the warnings of the server are no violations', told['valid'] and told['warnings'] != [], told['warnings'])
    check_queries(name)
    check_refusals(name, 'ledger_app', REFUSED)
    check_guarded(name, 'ledger_app')
    check_refusals(name, 'ledger_auditor', [*REFUSED, *WRITES])
    check_refusals(name, 'ledger_backup', [statement for statement in [*REFUSED, *WRITES]
                                           if 'TRIGGER' not in statement and 'READ LOCK' not in statement])
    status, _, said = harness.admin(RoleDatabase(name, 'ledger_auditor'), 'create-account', '--code', '9', '--name', 'X',
                                    '--type', 'ASSET', '--user', 'ana')
    harness.check('the engine is refused a write as auditor', status == 4 and 'What to do: check user' in said, said)
    signing = Signing(directory, name)
    check_checkpoints(signing)
    check_grants_now(signing, name)
    check_grants_between(signing, name)
    check_grants_hidden(signing)
    check_backup(directory, name)
    check_verbatim_import(directory)
    check_names()
    harness.check_verify('at the end', RoleDatabase(name, 'ledger_app'))
    harness.plan()


# What the application may, and nobody else.
WRITES = [
    'UPDATE integrity_head SET log_size = log_size + 1',
    'UPDATE writer_lease SET term = 2',
    'INSERT INTO checkpoints (log_size, epoch, note, created_at) VALUES (1, 1, 1, now())',
    'UPDATE transactions SET status = 2 LIMIT 1',
    'DELETE FROM open_total_rows',
    'INSERT INTO audit_log (audit_id, event_timestamp, event_type, action, description) VALUES (uuid(), now(), 1, 1, 1)',
    'INSERT INTO open_total_rows VALUES (now(), 1, 1, 1, 1, 1) ON DUPLICATE KEY UPDATE debit_total = 1',
]


def main():
    try:
        with MariadbServer(options={'log-bin': 'log-bin', 'server-id': '1'}) as server:
            os.environ.update(server.variables())
            check_all()
    except ServerFault as fault:
        harness.stop(fault)


if __name__ == '__main__':
    main()
