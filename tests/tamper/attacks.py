"""Hashes made again by somebody who knows docs/HASHES.md: of entries alone, of the transaction, of the leaf in the log.
Python does it, by what tests/suites/oracles.py knows. Tiles, head, totals and all: tests/programs/attacker.c."""

import pathlib
import tempfile

import harness
import oracles
import programs

# What of the chain is made again, each with all before it.
LEVELS = ('entries', 'transactions', 'leaves', 'everything')


def hexadecimal(digest):
    return f"X'{digest}'"


class Rewriter:
    """What the rows now say, and the SQL that makes hashes agree with it."""

    def __init__(self, workspace):
        self.workspace = workspace
        self.ledger = oracles.Ledger(workspace.database)
        self.is_sqlite = harness.BACKEND == 'sqlite'

    def entries(self):
        table, column, key = ('entry_rows', 'entry_hash', 'entry_key') if self.is_sqlite else \
            ('journal_entries', 'entry_hash_bytes', 'entry_id')
        return [f'UPDATE {table} SET {column} = {hexadecimal(one.entry_hash(entry))} WHERE {key} = {entry["entry_id"]}'
                for one in self.ledger.transactions for entry in one.entries
                if one.entry_hash(entry) != entry['entry_hash']]

    def transactions(self):
        table, suffix = ('transaction_rows', '') if self.is_sqlite else ('transactions', '_bytes')
        return [f'UPDATE {table} SET transaction_hash{suffix} = {hexadecimal(one.transaction_hash())}, '
                f'record_hash{suffix} = {hexadecimal(one.record_hash())} WHERE log_index = {one.row["log_index"]}'
                for one in self.ledger.transactions
                if (one.transaction_hash(), one.record_hash()) != (one.row['transaction_hash'], one.row['record_hash'])]

    def leaves(self):
        """The leaves in full tiles and in the open one; not what the tiles add up to."""
        by_index = {one.row['log_index']: one for one in self.ledger.transactions}
        leaves = ''.join(oracles.leaf_hash(event, by_index.get(event['log_index'])) for event in self.ledger.events
                         if event['log_index'] is not None)
        size = oracles.TILE_LEAVES * 64
        full = len(leaves) // size
        found = [self.tile(index, leaves[index * size:(index + 1) * size]) for index in range(full)]
        return [*found, *self.open_leaves(leaves[full * size:])]

    def tile(self, index, hashes):
        if self.is_sqlite:
            return f'UPDATE tile_rows SET hashes = {hexadecimal(hashes)} WHERE tile_key = {index}'
        return f'UPDATE integrity_tiles SET hashes_bytes = {hexadecimal(hashes)} WHERE level = 0 AND tile_index = {index}'

    def open_leaves(self, leaves):
        if self.is_sqlite:
            return [f'UPDATE head_row SET open_leaves = {hexadecimal(leaves)}']
        return [f'UPDATE open_leaf_rows SET leaves = insert(leaves, 1, {len(part) // 2}, {hexadecimal(part)}) '
                f'WHERE chunk = {chunk}'
                for chunk, part in enumerate(leaves[i:i + 512] for i in range(0, len(leaves), 512))]


def make_right(workspace, level):
    """Makes hashes again up to a level. Who makes everything again leaves no checkpoint in the database either."""
    if level == 'everything':
        attack(workspace, 'recompute')
        attack(workspace, 'remove-checkpoints')
        return
    rewriter = Rewriter(workspace)
    steps = LEVELS[:LEVELS.index(level) + 1]
    workspace.damage('; '.join(statement for step in steps for statement in getattr(rewriter, step)()))


def attack(workspace, *words):
    """An attack of tests/programs/attacker.c."""
    workspace.spoil()
    programs.run('attacker', harness.uri(workspace.database), *words)


def sign_anew(workspace, key_file):
    """Signs what there is into a directory that takes the place of ours."""
    workspace.spoil()
    workspace.checkpoints = pathlib.Path(tempfile.mkdtemp(dir=workspace.side.directory))
    programs.run('tamper_books', '--sign', harness.uri(workspace.database), workspace.checkpoints, key_file,
                 programs.LAST_DAY)
