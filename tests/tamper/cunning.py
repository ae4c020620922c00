"""The cunning ones: several things altered together so that they agree, history rewritten, guards taken down for a moment.

The transactions that are altered are of the last day, whose totals are open; `right` makes hashes agree with what the rows
then say, as far as it is told (attacks.py)."""

import pathlib
import shutil
import sqlite3
import tempfile

import attacks
import harness
import oracles
from tampering import Tampering

LAST_DAY = 'sale of the last day'
SINCE = 'sale since the last checkpoint'


def statement(texts):
    """SQL for this backend, by somebody who takes the guards away and puts them back."""
    return lambda workspace: workspace.damage(texts[harness.BACKEND])


def plain(texts):
    """SQL for this backend, as it is."""
    return lambda workspace: workspace.run(texts[harness.BACKEND])


def right(level):
    return lambda workspace: attacks.make_right(workspace, level)


def together(*acts):
    def act(workspace):
        for one in acts:
            one(workspace)
    return act


def ask(workspace, sql):
    """One number of a view that both backends have."""
    connection = harness.read_only(workspace.database)
    number = int(connection.execute(sql).fetchone()[0])
    connection.close()
    return number


def position(number):
    """The log position of a sale of the last day."""
    return f"SELECT log_index FROM transactions WHERE description = '{LAST_DAY} {number} of 60'"


FIRST_CHECKPOINT = 'SELECT min(log_size) FROM checkpoints'


def cut_history(name, question):
    """Cuts it by an attack of attacker.c, and takes the checkpoints of what was cut away."""
    def act(workspace):
        size = ask(workspace, question)
        attacks.attack(workspace, name, size)
        attacks.attack(workspace, 'remove-checkpoints', size + 1)
    return act


def erase_with_row(workspace):
    """The texts of a sale are erased, and a row says that the event at position 1 did it, with the hash that they had."""
    ledger = oracles.Ledger(workspace.database)
    sale = next(one for one in ledger.transactions if one.row['description'] == f'{LAST_DAY} 14 of 60')
    table, column, value = ('redaction_rows', 'transaction_log_index, texts_hash', sale.row['log_index']) \
        if harness.BACKEND == 'sqlite' else \
        ('redactions', 'transaction_id, texts_hash_bytes', f"'{sale.row['transaction_id']}'")
    workspace.damage(f"{ERASED[harness.BACKEND]}; INSERT INTO {table} (log_index, {column}) VALUES "
                     f"(1, {value}, X'{sale.texts_hash()}')")


def take_out(workspace):
    attacks.attack(workspace, 'remove', ask(workspace, position(14)))


# A sale: by its place in the log on SQLite, by its id on MariaDB.
def place(number, text=LAST_DAY):
    return f"(SELECT log_index FROM transaction_rows WHERE description = '{text} {number} of 60')"


def identity(number, text=LAST_DAY):
    return f"(SELECT transaction_id FROM transactions WHERE description = '{text} {number} of 60')"


RAISED = {
    'sqlite': f'UPDATE entry_rows SET amount_minor = amount_minor + 500 WHERE entry_key >> 16 = {place(14)}',
    'mariadb': f'UPDATE journal_entries SET amount = amount + 5 WHERE transaction_id = {identity(14)}',
}
RAISED_SINCE = {
    'sqlite': f'UPDATE entry_rows SET amount_minor = amount_minor + 500 WHERE entry_key >> 16 = {place(14, SINCE)}',
    'mariadb': f'UPDATE journal_entries SET amount = amount + 5 WHERE transaction_id = {identity(14, SINCE)}',
}
EXCHANGED = {
    'sqlite': f'UPDATE entry_rows SET amount_minor = 1020 WHERE entry_key >> 16 = {place(14)}; '
              f'UPDATE entry_rows SET amount_minor = 1014 WHERE entry_key >> 16 = {place(20)}',
    'mariadb': f'UPDATE journal_entries SET amount = 10.20 WHERE transaction_id = {identity(14)}; '
               f'UPDATE journal_entries SET amount = 10.14 WHERE transaction_id = {identity(20)}',
}
OTHER_ACCOUNT = {
    'sqlite': f'UPDATE entry_rows SET account_id = 4 WHERE entry_key = {place(14)} * 65536 + 1',
    'mariadb': "UPDATE journal_entries SET account_id = 4, account_code = '1200' WHERE entry_number = 1 AND "
               f'transaction_id = {identity(14)}',
}
DESCRIBED = {
    'sqlite': f"UPDATE transaction_rows SET description = 'Gift to a friend' WHERE log_index = {place(14)}",
    'mariadb': f"UPDATE transactions SET description = 'Gift to a friend' WHERE description = '{LAST_DAY} 14 of 60'",
}
OTHER_AUTHOR = {
    'sqlite': f"UPDATE transaction_rows SET created_by = (SELECT text_id FROM text_dictionary WHERE text = 'rui') "
              f'WHERE log_index = {place(14)}',
    'mariadb': f"UPDATE audit_log SET user_id = 'rui' WHERE transaction_id = {identity(14)}; "
               f"UPDATE transactions SET created_by = 'rui' WHERE description = '{LAST_DAY} 14 of 60'",
}
OTHER_DAY = {
    'sqlite': 'UPDATE transaction_rows SET transaction_day = transaction_day - 1, transaction_date = transaction_date - '
              f'86400000000 WHERE log_index = {place(14)}',
    'mariadb': 'UPDATE transactions SET transaction_day = transaction_day - INTERVAL 1 DAY, transaction_date = '
               f"transaction_date - INTERVAL 1 DAY WHERE description = '{LAST_DAY} 14 of 60'",
}
RENAMED = {
    'sqlite': "UPDATE account_version_rows SET account_name = 'Till' WHERE account_id = 2",
    'mariadb': "UPDATE account_versions SET account_name = 'Till' WHERE account_id = 2; "
               "UPDATE chart_of_accounts SET account_name = 'Till' WHERE account_id = 2",
}
RENAMED_EVENT = {
    'sqlite': 'UPDATE event_rows SET event_metadata = replace(event_metadata, \'"account_name":"Cash"\', '
              '\'"account_name":"Till"\')',
    'mariadb': 'UPDATE audit_log SET event_metadata = replace(event_metadata, \'"account_name":"Cash"\', '
               '\'"account_name":"Till"\') WHERE event_metadata IS NOT NULL',
}
RETYPED = {
    'sqlite': "UPDATE account_rows SET account_type = 1 WHERE account_code = '4000'",
    'mariadb': "UPDATE chart_of_accounts SET account_type = 'LIABILITY' WHERE account_code = '4000'",
}
RETYPED_EVENT = {
    'sqlite': 'UPDATE event_rows SET event_metadata = replace(event_metadata, \'"account_type":"REVENUE"\', '
              '\'"account_type":"LIABILITY"\') WHERE event_metadata LIKE \'%"4000"%\'',
    'mariadb': 'UPDATE audit_log SET event_metadata = replace(event_metadata, \'"account_type":"REVENUE"\', '
               '\'"account_type":"LIABILITY"\') WHERE event_metadata LIKE \'%"4000"%\'',
}
REFUSAL = {
    'sqlite': "UPDATE event_rows SET description = 'nothing was tried' WHERE event_type = (SELECT text_id FROM "
              "text_dictionary WHERE text = 'TRANSACTION_REFUSED')",
    'mariadb': "UPDATE audit_log SET description = 'nothing was tried' WHERE event_type = 'TRANSACTION_REFUSED'",
}
REVERSED = f"(SELECT log_index FROM transaction_rows WHERE idempotency_key = '{LAST_DAY}')"
REVERSAL = f"(SELECT reversed_by_transaction_id FROM transactions WHERE idempotency_key = '{LAST_DAY}')"
UNLINKED = {
    'sqlite': "UPDATE transaction_rows SET reverses_log_index = NULL, reversal_reason = NULL, description = 'A sale' "
              f'WHERE reverses_log_index = {REVERSED}',
    'mariadb': "UPDATE audit_log SET event_type = 'TRANSACTION_POSTED', action = 'POST', description = "
               f"replace(description, 'Posted reversal', 'Posted transaction') WHERE transaction_id = {REVERSAL}; "
               "UPDATE transactions SET reverses_transaction_id = NULL, reversal_reason = NULL, description = 'A sale' "
               f"WHERE reversal_reason = 'A mistake' AND transaction_id = {REVERSAL}; "
               "UPDATE transactions SET status = 'POSTED', reversed_by_transaction_id = NULL WHERE "
               f"idempotency_key = '{LAST_DAY}'",
}
LINK_ALONE = {
    'sqlite': f'UPDATE transaction_rows SET reverses_log_index = NULL WHERE reverses_log_index = {REVERSED}',
    'mariadb': "UPDATE transactions SET status = 'POSTED', reversed_by_transaction_id = NULL WHERE idempotency_key = "
               f"'{LAST_DAY}'",
}
REASONED = {
    'sqlite': "UPDATE period_rows SET reason = 'an error' WHERE reason = 'year end'",
    'mariadb': "UPDATE closing_periods SET reason = 'an error' WHERE reason = 'year end'",
}
REASONED_EVENT = {
    'sqlite': "UPDATE event_rows SET event_metadata = replace(event_metadata, 'year end', 'an error') "
              "WHERE event_metadata LIKE '%year end%'",
    'mariadb': "UPDATE audit_log SET event_metadata = replace(event_metadata, 'year end', 'an error') "
               "WHERE event_metadata LIKE '%year end%'",
}
APPROVER = {
    'sqlite': "UPDATE approval_rows SET changed_by = (SELECT text_id FROM text_dictionary WHERE text = 'ana') WHERE state = "
              '1',
    'mariadb': "UPDATE approval_rows SET changed_by = 'ana' WHERE state = 'APPROVED'",
}
APPROVER_EVENT = {
    'sqlite': "UPDATE event_rows SET user_id = (SELECT text_id FROM text_dictionary WHERE text = 'ana') WHERE event_type = "
              "(SELECT text_id FROM text_dictionary WHERE text = 'APPROVAL_GRANTED')",
    'mariadb': "UPDATE audit_log SET user_id = 'ana' WHERE event_type = 'APPROVAL_GRANTED'",
}
BENT = {
    'sqlite': 'UPDATE balance_rows SET debit_total = debit_total + 100 WHERE account_id = 2; UPDATE open_total_rows SET '
              'debit_total = debit_total - 100 WHERE account_id = 2 AND transaction_day = (SELECT max(transaction_day) FROM '
              'open_total_rows)',
    'mariadb': 'UPDATE balance_rows SET debit_total = debit_total + 1 WHERE account_id = 2; UPDATE open_total_rows SET '
               'debit_total = debit_total - 1 WHERE account_id = 2 ORDER BY transaction_day DESC LIMIT 1',
}
BOTH_SIDES = {
    'sqlite': 'UPDATE balance_rows SET debit_total = debit_total + 100, credit_total = credit_total + 100 WHERE '
              'account_id = 2',
    'mariadb': 'UPDATE balance_rows SET debit_total = debit_total + 1, credit_total = credit_total + 1 WHERE account_id = 2',
}
DAYS = {
    'sqlite': 'UPDATE {table} SET debit_total = debit_total - 100 WHERE account_id = 2 AND debit_total > 100 AND '
              '({day}) = (SELECT min({day}) FROM {table} WHERE account_id = 2 AND debit_total > 100); '
              'UPDATE {table} SET debit_total = debit_total + 100 WHERE account_id = 2 AND ({day}) = (SELECT max({day}) '
              'FROM {table} WHERE account_id = 2)',
    'mariadb': 'UPDATE {table} SET debit_total = debit_total - 1 WHERE account_id = 2 AND debit_total > 1 ORDER BY {day} '
               'LIMIT 1; UPDATE {table} SET debit_total = debit_total + 1 WHERE account_id = 2 ORDER BY {day} DESC LIMIT 1',
}
NUMBERS = {
    'sqlite': f'UPDATE transaction_rows SET number_in_day = 15 + 21 - number_in_day WHERE log_index IN ({place(14)}, '
              f'{place(20)})',
    'mariadb': f"UPDATE transactions SET transaction_number = 'x' WHERE description = '{LAST_DAY} 14 of 60'; "
               f"UPDATE transactions SET transaction_number = '20260311-000015' WHERE description = '{LAST_DAY} 20 of 60'; "
               f"UPDATE transactions SET transaction_number = '20260311-000021' WHERE description = '{LAST_DAY} 14 of 60'",
}
FORBIDDEN = {
    'sqlite': f'UPDATE entry_rows SET amount_minor = 0 WHERE entry_key >> 16 = {place(14)}',
    'mariadb': 'ALTER TABLE journal_entries DROP CONSTRAINT amount_is_positive; UPDATE journal_entries SET amount = 0 '
               f'WHERE transaction_id = {identity(14)}; ALTER TABLE journal_entries ADD CONSTRAINT amount_is_positive '
               'CHECK (amount > 0)',
}
OWN_TRIGGER = {
    'sqlite': 'CREATE TRIGGER mine AFTER INSERT ON entry_rows BEGIN UPDATE balance_rows SET debit_total = 0; END',
    'mariadb': 'CREATE TRIGGER mine BEFORE INSERT ON journal_entries FOR EACH ROW SET NEW.amount = NEW.amount + 1',
}
OWN_TABLE = dict.fromkeys(('sqlite', 'mariadb'), 'CREATE TABLE mine (a INTEGER)')
OWN_VIEW = dict.fromkeys(('sqlite', 'mariadb'), 'CREATE VIEW mine AS SELECT account_code FROM chart_of_accounts')
OWN_INDEX = {'sqlite': 'CREATE INDEX mine ON entry_rows (account_id)',
             'mariadb': 'CREATE INDEX mine ON journal_entries (account_id)'}
ERASED = {
    'sqlite': "UPDATE transaction_rows SET texts_salt = X'', description = (SELECT description FROM transaction_rows WHERE "
              f"description LIKE '[redacted%' ORDER BY log_index LIMIT 1) WHERE log_index = {place(14)}",
    'mariadb': "UPDATE transactions SET texts_salt_bytes = '', description = (SELECT mark FROM (SELECT description AS mark "
               "FROM transactions WHERE description LIKE '[redacted%' ORDER BY log_index LIMIT 1) marks) WHERE description = "
               f"'{LAST_DAY} 14 of 60'",
}
UNERASED = {
    'sqlite': "UPDATE transaction_rows SET description = 'something else' WHERE description LIKE '[redacted%'",
    'mariadb': "UPDATE transactions SET description = 'something else' WHERE description LIKE '[redacted%'",
}
REPLAYED = {
    'sqlite': f"UPDATE transaction_rows SET idempotency_key = NULL, idempotency_fingerprint = NULL WHERE idempotency_key = "
              f"'{LAST_DAY}'",
    'mariadb': f"UPDATE transactions SET idempotency_key = NULL, idempotency_fingerprint_bytes = NULL WHERE "
               f"idempotency_key = '{LAST_DAY}'",
}
BY_HAND = ("INSERT INTO audit_log (audit_id, event_timestamp, event_type, action, description{column}) VALUES "
           "('00000000-0000-7000-8000-000000000001', '2026-02-01 00:00:00', 'INCIDENT', 'NOTE', 'written by hand'{value})")


def adopt(workspace):
    """What was written by hand is taken into the log."""
    workspace.spoil()
    harness.admin_json(workspace.database, 'audit', 'adopt', '--user', 'ana')


def put_back(workspace, hides):
    """A guard is down for a moment; whoever hides it sets back what the database notes of it."""
    if harness.BACKEND == 'mariadb':
        workspace.damage('SELECT count(*) FROM transactions', hides)
        return
    connection = sqlite3.connect(workspace.database)
    version = connection.execute('PRAGMA schema_version').fetchone()[0]
    connection.close()
    workspace.damage('SELECT count(*) FROM transaction_rows')
    if hides:
        workspace.run(f'PRAGMA schema_version = {version}')


def lie_for_a_moment(workspace):
    """The trial balance says something else, and then what it said before."""
    if harness.BACKEND == 'mariadb':
        workspace.run('CREATE OR REPLACE VIEW v_trial_balance AS SELECT 1 AS account_code; DROP VIEW v_trial_balance; '
                      + workspace.side.view_text('v_trial_balance'))
        return
    text = next(text for name, _, text in workspace.side.objects('view') if name == 'v_trial_balance')
    workspace.damage(f'DROP VIEW v_trial_balance; CREATE VIEW v_trial_balance AS SELECT 1 AS account_code; '
                     f'DROP VIEW v_trial_balance; {text}')


def name_other_key(workspace):
    """The event that says which key is the ledger's names another."""
    table = 'event_rows' if harness.BACKEND == 'sqlite' else 'audit_log'
    workspace.damage(f"UPDATE {table} SET event_metadata = replace(event_metadata, '{workspace.side.key}', "
                     f"'{workspace.side.other_key}') WHERE event_metadata IS NOT NULL")


def with_own_checkpoints(change):
    """A copy of our directory of checkpoints in its place, and something done to its files, the oldest first."""
    def act(workspace):
        copy = pathlib.Path(tempfile.mkdtemp(dir=workspace.side.directory))
        workspace.checkpoints = copy
        for path in workspace.side.checkpoints.iterdir():
            shutil.copyfile(path, copy / path.name)
        change(sorted(copy.iterdir()))
    return act


def bend_note(paths):
    """One checkpoint names another root."""
    lines = paths[0].read_text(encoding='utf-8').split('\n')
    lines[2] = lines[2].swapcase()
    paths[0].write_text('\n'.join(lines), encoding='utf-8')


def empty(paths):
    for path in paths:
        path.unlink()


def fork(workspace):
    """An old backup in place of the ledger, and other things posted since."""
    workspace.reset('early')
    workspace.go_on('what never was')


def overwrite_page(workspace):
    """The first page of the entries, by somebody who has only an editor."""
    connection = sqlite3.connect(workspace.database)
    page, = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'entry_rows'").fetchone()
    size, = connection.execute('PRAGMA page_size').fetchone()
    connection.close()
    with open(workspace.database, 'r+b') as file:
        file.seek((page - 1) * size)
        file.write(bytes(size))


def cut_file(workspace):
    with open(workspace.database, 'r+b') as file:
        file.seek(0, 2)
        file.truncate(file.tell() // 2 // 16384 * 16384)


# What the name says, and how it is done. The plain words are what the document shows.
BOTH = [
    ('an amount raised, on both sides alike', statement(RAISED)),
    ('an amount raised, hashes of its entries made again', together(statement(RAISED), right('entries'))),
    ('an amount raised, all hashes of the transaction made again', together(statement(RAISED), right('transactions'))),
    ('an amount raised, all hashes and the leaf in the log made again', together(statement(RAISED), right('leaves'))),
    ('an amount raised, everything made again: hashes, leaf, tiles, head, balances',
     together(statement(RAISED), right('everything'))),
    ('an amount raised, everything made again, but the checkpoints in the database left',
     together(statement(RAISED), lambda workspace: attacks.attack(workspace, 'recompute'))),
    ('an amount raised, everything made again, our directory of checkpoints emptied',
     together(statement(RAISED), right('everything'), with_own_checkpoints(empty))),
    ('an amount raised, everything made again, checkpoints signed anew with a key that the log is made to name',
     together(statement(RAISED), name_other_key, right('everything'),
              lambda workspace: attacks.sign_anew(workspace, workspace.side.other_key_file))),
    ('an amount raised, everything made again, checkpoints signed anew with the ledger\'s own key, which was stolen',
     together(statement(RAISED), right('everything'),
              lambda workspace: attacks.sign_anew(workspace, workspace.side.key_file))),
    ('an amount raised of what was posted since the last checkpoint, everything made again',
     together(statement(RAISED_SINCE), lambda workspace: attacks.attack(workspace, 'recompute'))),
    ('amounts of two transactions exchanged', statement(EXCHANGED)),
    ('amounts of two transactions exchanged, all hashes and leaves made again',
     together(statement(EXCHANGED), right('leaves'))),
    ('amounts of two transactions exchanged, everything made again', together(statement(EXCHANGED), right('everything'))),
    ('an entry booked to another account', statement(OTHER_ACCOUNT)),
    ('an entry booked to another account, everything made again', together(statement(OTHER_ACCOUNT), right('everything'))),
    ('a description rewritten, everything made again', together(statement(DESCRIBED), right('everything'))),
    ('another user named as the author, all hashes of the transaction made again',
     together(statement(OTHER_AUTHOR), right('transactions'))),
    ('another user named as the author, everything made again', together(statement(OTHER_AUTHOR), right('everything'))),
    ('a transaction moved to another day', statement(OTHER_DAY)),
    ('a transaction moved to another day, everything made again', together(statement(OTHER_DAY), right('everything'))),
    ('numbers of two transactions exchanged', statement(NUMBERS)),
    ('numbers of two transactions exchanged, hashes and leaves made again', together(statement(NUMBERS), right('leaves'))),
    ('an account\'s name changed', statement(RENAMED)),
    ('an account\'s name changed, its event too', together(statement(RENAMED), statement(RENAMED_EVENT))),
    ('an account\'s name changed, its event too, everything made again',
     together(statement(RENAMED), statement(RENAMED_EVENT), right('everything'))),
    ('an account\'s type changed', statement(RETYPED)),
    ('an account\'s type changed, its event too, everything made again',
     together(statement(RETYPED), statement(RETYPED_EVENT), right('everything'))),
    ('the record of a refusal reworded, everything made again', together(statement(REFUSAL), right('everything'))),
    ('a reversal unlinked', statement(LINK_ALONE)),
    ('a reversal made an ordinary posting', statement(UNLINKED)),
    ('a reversal made an ordinary posting, everything made again', together(statement(UNLINKED), right('everything'))),
    ('an idempotency key taken away, so that the same can be posted twice', statement(REPLAYED)),
    ('a description erased as if by a redaction', statement(ERASED)),
    ('a description erased as if by a redaction, which a row of its own pretends', erase_with_row),
    ('other words where a text was erased', statement(UNERASED)),
    ('the reason of a closed period reworded, its event too',
     together(statement(REASONED), statement(REASONED_EVENT))),
    ('the reason of a closed period reworded, its event too, everything made again',
     together(statement(REASONED), statement(REASONED_EVENT), right('everything'))),
    ('who approved a reversal changed', statement(APPROVER)),
    ('who approved a reversal changed, the event too, everything made again',
     together(statement(APPROVER), statement(APPROVER_EVENT), right('everything'))),
    ('a balance bent, what is open of it bent back', statement(BENT)),
    ('a balance bent on both sides, so that it stays', statement(BOTH_SIDES)),
    ('an amount moved between days of one account', statement(
        {name: text.format(table='daily_total_rows', day='transaction_day') for name, text in DAYS.items()})),
    ('an amount moved between months of one account', statement(
        {name: text.format(table='monthly_total_rows', day='transaction_month * 10000 + posting_month')
         for name, text in DAYS.items()})),
    ('a constraint removed for a moment, what it forbids written', statement(FORBIDDEN)),
    ('a trigger dropped and put back', lambda workspace: put_back(workspace, False)),
    ('a trigger dropped and put back, the database\'s own note of it set back', lambda workspace: put_back(workspace, True)),
    ('a view that lies for a moment, then put back', lie_for_a_moment),
    ('a trigger of somebody\'s own, which spoils what is posted later', plain(OWN_TRIGGER)),
    ('a table of somebody\'s own', plain(OWN_TABLE)),
    ('a view of somebody\'s own', plain(OWN_VIEW)),
    ('an index of somebody\'s own', plain(OWN_INDEX)),
    ('checkpoints in the database removed', lambda workspace: attacks.attack(workspace, 'remove-checkpoints')),
    ('a checkpoint in our directory removed', with_own_checkpoints(lambda paths: paths[0].unlink())),
    ('a checkpoint in our directory altered', with_own_checkpoints(bend_note)),
    ('our directory of checkpoints emptied', with_own_checkpoints(empty)),
    ('a transaction taken out of the middle, the gap closed, everything made again',
     together(take_out, lambda workspace: attacks.attack(workspace, 'remove-checkpoints'))),
    ('history cut short at a checkpoint, everything made again', cut_history('truncate', FIRST_CHECKPOINT)),
    ('history cut short at a checkpoint and posted anew with other amounts', cut_history('repost', FIRST_CHECKPOINT)),
    ('history cut short in between and posted anew with other amounts', cut_history('repost', position(14))),
    ('an old backup put in place of the ledger', lambda workspace: workspace.reset('early')),
    ('an old backup put in place of the ledger, and other things posted since', fork),
    ('another ledger put in place of this one', lambda workspace: workspace.reset('other')),
]
ONLY = {
    'sqlite': [
        ('the file: a page overwritten', overwrite_page),
        ('the file: cut in half', cut_file),
        ('the file: another program named as its owner', plain({'sqlite': 'PRAGMA application_id = 5'})),
        ('the file: another version of the schema named', plain({'sqlite': 'PRAGMA user_version = 99'})),
    ],
    'mariadb': [
        ('a row written into audit_log by hand, as is allowed',
         statement({'mariadb': BY_HAND.format(column='', value='')})),
        ('a row written into audit_log by hand, taken into the log, and altered',
         together(statement({'mariadb': BY_HAND.format(column='', value='')}), adopt, statement(
             {'mariadb': "UPDATE audit_log SET description = 'something else' WHERE log_index IS NULL"}))),
        ('a row written into audit_log by hand, taken into the log, and gone',
         together(statement({'mariadb': BY_HAND.format(column='', value='')}), adopt, statement(
             {'mariadb': 'DELETE FROM audit_log WHERE log_index IS NULL'}))),
        ('a row written into audit_log by hand that claims a place in the log',
         statement({'mariadb': BY_HAND.format(column=', log_index', value=', 5')})),
        ('an account of somebody\'s own, which may add transactions', lambda workspace: workspace.give_privilege()),
        ('an account of somebody\'s own, which might add transactions for a moment',
         lambda workspace: workspace.take_privilege(workspace.give_privilege())),
        ('a procedure of somebody\'s own',
         plain({'mariadb': 'CREATE PROCEDURE mine() UPDATE balance_rows SET debit_total = 0'})),
        ('a job of somebody\'s own, which runs every night',
         plain({'mariadb': 'CREATE EVENT mine ON SCHEDULE EVERY 1 DAY DO DELETE FROM account_list_rows'})),
    ],
}


def tamperings(side):
    return [Tampering('cunning', '', '', name, act) for name, act in [*BOTH, *ONLY[side.name]]]
