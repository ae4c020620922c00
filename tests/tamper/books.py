"""The books that are tampered with, and verify with more or less knowledge.

I1 Every book is clean for every knowledge before anything is done to it.
"""

import importlib
import json
import re

import harness
import programs
from tampering import AUDITORS, KNOWLEDGE, LOCATED, NOTHING, OURS, Finding

LARGE_EVENTS = 66000  # a full segment of 65,536 events, so that there are account lists
CHECKS = re.findall(r'^CHECK\(\w+, "([a-z-]+)"',
                    (harness.TOP / 'src' / 'integrity' / 'checks.def').read_text(encoding='utf-8'), re.MULTILINE)

# Violations speak of the logical tables and columns. What lies beneath has other names on SQLite.
LOGICAL_TABLES = {
    'transaction_rows': 'transactions', 'entry_rows': 'journal_entries', 'event_rows': 'audit_log',
    'account_rows': 'chart_of_accounts', 'account_version_rows': 'account_versions',
    'balance_rows': 'account_balance_cache', 'open_total_rows': 'account_daily_totals',
    'daily_total_rows': 'account_daily_totals', 'monthly_total_rows': 'account_monthly_totals',
    'period_rows': 'closing_periods', 'approval_rows': 'approval_requests', 'head_row': 'integrity_head',
    'tile_rows': 'integrity_tiles', 'checkpoint_rows': 'checkpoints',
}
LOGICAL_COLUMNS = {
    'amount_minor': 'amount', 'is_success': 'outcome', 'is_closed': 'state', 'number_in_day': 'transaction_number',
    'reverses_log_index': 'reverses_transaction_id', 'last_log_index': 'last_updated', 'changed_at': 'requested_at',
    'changed_by': 'requested_by', 'principal': 'requested_principal', 'entry_key': 'entry_id',
    'tile_key': 'tile_index',
}


def fields_of(tampering):
    """The names that a violation may give to what was tampered with."""
    table = LOGICAL_TABLES.get(tampering.table, tampering.table)
    column = tampering.item.removesuffix('_bytes')
    return {f'{table}.{column}', f'{table}.{LOGICAL_COLUMNS.get(column, column)}', f'{tampering.table}.{column}'}


def located(violation):
    field = violation['field'] or ''
    if violation['window'] is not None:
        return 'span'
    if '.' in field and not field.endswith('.*'):
        return 'value' if violation['stored'] is not None and violation['computed'] is not None else 'column'
    if '.' in field or violation['transaction_id'] or violation['account_code']:
        return 'row'
    return 'object'


def finding_of(tampering, violations):
    """The violation that tells best where the tampering is, and every check that found something. That a checkpoint is not
    in the database tells least."""
    fields = fields_of(tampering)
    critical = [one for one in violations if one['severity'] == 'CRITICAL']
    best = min(critical or violations, key=lambda one: (
        one['field'] not in fields, one['field'] == 'checkpoints.log_size', LOCATED.index(located(one)),
        CHECKS.index(one['check'])))
    checks = sorted({one['check'] for one in violations}, key=CHECKS.index)
    return Finding('found' if critical else 'warned', checks, best['check'], best['field'] or '', located(best))


class Bench:
    """The books of a backend; the large one takes some seconds to make and to verify."""

    def __init__(self, directory, has_large=True):
        self.side = importlib.import_module(f'ledgers_{harness.BACKEND}').Side(directory)
        self.directory = directory
        self.side.key_file = directory / 'signing.key'
        self.side.other_key_file = directory / 'other.key'
        self.make_small()
        self.make_other()
        if has_large:
            self.make_large()
        for book in self.side.books.keys() - {'early'}:
            self.check_clean(book)

    def make_small(self):
        """A bit of everything, with two checkpoints. A copy from after the first is kept, as a backup would be; an auditor
        keeps the last. After it something more is posted."""
        small = harness.uri(self.side.new_book('small'))
        self.side.checkpoints.mkdir()
        signs = '--sign', small, self.side.checkpoints, self.side.key_file
        programs.run('tamper_books', small, 0)
        programs.run('tamper_books', *signs, programs.FIRST_SIGNED)
        self.side.copy_book('small', 'early')
        programs.run('tamper_books', '--go-on', small, 'sale of the last day', programs.LAST_DAY)
        programs.run('tamper_books', *signs, programs.LAST_DAY)
        self.kept = self.directory / 'kept.checkpoint'
        self.kept.write_bytes(max(self.side.checkpoints.iterdir()).read_bytes())
        self.side.key = self.public_key(self.side.key_file)
        programs.run('tamper_books', '--go-on', small, 'sale since the last checkpoint', programs.LAST_DAY)
        self.side.settle('small')

    def make_other(self):
        """A ledger of its own, with a key of its own."""
        other = harness.uri(self.side.new_book('other'))
        (self.directory / 'other').mkdir()
        programs.run('tamper_books', other, 0)
        programs.run('tamper_books', '--sign', other, self.directory / 'other', self.side.other_key_file,
                     programs.FIRST_SIGNED)
        self.side.other_key = self.public_key(self.side.other_key_file)
        self.side.settle('other')

    def make_large(self):
        programs.run('tamper_books', harness.uri(self.side.new_book('large')), LARGE_EVENTS)
        self.side.settle('large')

    def public_key(self, path):
        return harness.admin_json('', 'key', 'show', '--key', path)['verifier_key']

    def knowledge_of(self, book):
        """There are checkpoints of one book alone."""
        return (NOTHING,) if book in ('large', 'other') else KNOWLEDGE

    def check_clean(self, book):
        for knowledge in self.knowledge_of(book):
            status, output, said = self.ask(self.side.books[book], knowledge, self.side.checkpoints)
            if status != 0 or json.loads(output)['violations']:
                harness.stop(f'the {book} book is not clean before anything is done to it: {output}{said}')

    def ask(self, database, knowledge, checkpoints):
        words = {NOTHING: (), OURS: ('--checkpoint-dir', checkpoints),
                 AUDITORS: ('--checkpoint', self.kept, '--key', self.side.key)}[knowledge]
        return harness.run(harness.ADMIN, '--db', harness.uri(database), '--json', 'verify', '--threads', '1', *words,
                           environment={'LEDGER_DB_URI': '', 'LEDGER_CHECKPOINT_DIR': ''})

    def verify(self, tampering, workspace, knowledge):
        status, output, said = self.ask(workspace.database, knowledge, workspace.checkpoints)
        document = json.loads(output or '{}')
        if status in (0, 3) and 'violations' in document:
            violations = document['violations']
            return finding_of(tampering, violations) if violations else Finding('missed')
        if status in (1, 2, 3, 4) and 'error' in document:
            return Finding('stopped', named=document['error'])
        return Finding('defect', named=f'exit status {status}: {output[-500:]}{said[-500:]}')
