"""What verify does not find with nothing but the database, in plain words, and what to do about it.

I1 Everything that is not found is explained here, and everything that is explained is indeed not found: matrix.py fails
   where either is not so.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Explanation:
    """`names` are the tamperings as Tampering.name has them."""

    title: str
    why: str
    what_to_do: str
    names: tuple


EXPLANATIONS = [
    Explanation(
        'History rewritten as a whole',
        'Whoever can write everything, knows the forms and takes the trouble can make every hash, the log, its head and all '
        'totals agree with what he wants them to say; or he puts an older state of the ledger, or another ledger, in its '
        'place. Nothing in the database then contradicts anything else in it.',
        'Keep checkpoints where he cannot write: LEDGER_CHECKPOINT_DIR on another machine or on storage that is written '
        'once, and give each to the auditor as it is made. verify with such a checkpoint finds every one of these, down to '
        'the last checkpoint that is kept elsewhere; so make them often.',
        ('an amount raised, everything made again: hashes, leaf, tiles, head, balances',
         'amounts of two transactions exchanged, everything made again',
         'an entry booked to another account, everything made again',
         'a description rewritten, everything made again',
         'another user named as the author, everything made again',
         'a transaction moved to another day, everything made again',
         'an account\'s name changed, its event too, everything made again',
         'an account\'s type changed, its event too, everything made again',
         'the record of a refusal reworded, everything made again',
         'a reversal made an ordinary posting, everything made again',
         'the reason of a closed period reworded, its event too, everything made again',
         'who approved a reversal changed, the event too, everything made again',
         'a transaction taken out of the middle, the gap closed, everything made again',
         'history cut short, everything made again',
         'history cut short and posted anew with other amounts',
         'an old backup put in place of the ledger',
         'an old backup put in place of the ledger, and other things posted since',
         'another ledger put in place of this one')),
    Explanation(
        'A guard that was down for a moment',
        'A trigger or view that was taken away and put back word for word looks as it did. What was done meanwhile is found '
        'by all the other checks; that it was possible is not.',
        'Each checkpoint carries the database\'s own note of when its guards were last made, so that two checkpoints show '
        'that one was down between them. SQLite notes every change of the schema, MariaDB those of triggers, and whoever '
        'takes the trouble can set either note back: give nobody the privileges (`ledger-admin grants`), and have the server '
        'log who changes the schema.',
        ('a trigger dropped and put back',
         'a trigger dropped and put back, the database\'s own note of it set back',
         'a view that lies for a moment, then put back')),
    Explanation(
        'Notes by hand',
        'The runbook lets a person write a row into audit_log. It is no event of the log, has no place in it, and reports '
        'show it apart; nothing vouches for it.',
        'Have it taken into the log (`audit adopt`): an event then holds its digest, and verify finds that it was changed '
        'or is gone.',
        ('a row written into audit_log by hand, as is allowed',)),
    Explanation(
        'What says nothing of the books',
        'On SQLite a text in the dictionary that no row uses says nothing: texts are shown where a row names them. On MariaDB '
        'the lease of the writers says which node of a cluster takes the postings now, and changes as they agree on another.',
        'Nothing: no figure, text or proof depends on it. A lease that was bent costs a writer some seconds, until the next '
        'one takes it.',
        ('text_dictionary: one made up', 'text_dictionary: one twice',
         *(f'writer_lease.{column}: {change}' for column, changes in (
             ('node_name', ('a little', 'the largest')),
             ('term', ('a little', 'the largest', 'the least')),
             ('taken_at', ('a little', 'the largest', 'the least'))) for change in changes))),
]
