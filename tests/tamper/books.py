"""The books that are tampered with, and verify with more or less knowledge.

I1 Every book is clean for every knowledge before anything is done to it.
"""

import importlib
import json
import re

import harness
import programs
from tampering import LOCATED, NOTHING, Finding

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
    if '.' in field and not field.endswith('.*'):
        return 'value' if violation['stored'] is not None and violation['computed'] is not None else 'column'
    if '.' in field or violation['transaction_id'] or violation['account_code']:
        return 'row'
    return 'object'


def finding_of(tampering, violations):
    """The violation that tells best where the tampering is, and every check that found something."""
    fields = fields_of(tampering)
    best = min(violations, key=lambda one: (one['field'] not in fields, LOCATED.index(located(one)),
                                            CHECKS.index(one['check'])))
    checks = sorted({one['check'] for one in violations}, key=CHECKS.index)
    return Finding('found', checks, best['check'], best['field'] or '', located(best))


class Bench:
    """The books of a backend; the large one takes some seconds to make and to verify."""

    def __init__(self, directory, has_large=True):
        self.side = importlib.import_module(f'ledgers_{harness.BACKEND}').Side(directory)
        self.knowledge = [NOTHING]
        self.make_small()
        if has_large:
            self.make_large()
        self.side.new_book('other')
        programs.run('tamper_books', harness.uri(self.side.books['other']), 0)
        self.side.settle('other')
        for book in self.side.books.keys() - {'early'}:
            for knowledge in self.knowledge:
                status, output, said = self.ask(self.side.books[book], knowledge)
                if status != 0 or json.loads(output)['violations']:
                    harness.stop(f'the {book} book is not clean before anything is done to it: {output}{said}')

    def make_small(self):
        """A bit of everything; a copy from before its last day is kept, as a backup would be."""
        small = harness.uri(self.side.new_book('small'))
        programs.run('tamper_books', small, 0)
        self.side.copy_book('small', 'early')
        programs.run('tamper_books', '--go-on', small, 'sale of the last day')
        self.side.settle('small')

    def make_large(self):
        programs.run('tamper_books', harness.uri(self.side.new_book('large')), LARGE_EVENTS)
        self.side.settle('large')

    def ask(self, database, knowledge):
        return harness.admin(database, '--json', 'verify')

    def verify(self, tampering, database, knowledge):
        status, output, said = self.ask(database, knowledge)
        if status in (0, 3):
            violations = json.loads(output)['violations']
            return finding_of(tampering, violations) if violations else Finding('missed')
        outcome = re.search(r'"error": ?"(\w+)"', output + said)
        if status not in (1, 2, 4) or not outcome:
            return Finding('defect', named=f'exit status {status}: {output[-500:]}{said[-500:]}')
        return Finding('unopened', named=outcome.group(1))
