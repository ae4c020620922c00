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
        'totals agree with what he wants them to say, and delete the checkpoints that lie in the database; or he puts an '
        'older state of the ledger, or another ledger, in its place. Nothing in the database then contradicts anything else '
        'in it.',
        'Keep checkpoints where he cannot write: LEDGER_CHECKPOINT_DIR on another machine or on storage that only grows '
        '(`chattr +a`). verify then finds every one of these, and between which two checkpoints it was done; so make them '
        'often.',
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
         'history cut short at a checkpoint, everything made again',
         'history cut short at a checkpoint and posted anew with other amounts',
         'history cut short in between and posted anew with other amounts',
         'an old backup put in place of the ledger',
         'an old backup put in place of the ledger, and other things posted since',
         'another ledger put in place of this one')),
    Explanation(
        'History rewritten, and our own checkpoints with it',
        'He who can write our directory of checkpoints too, or holds the private key, or has the log name a key of his own, '
        'leaves nothing of ours that contradicts him.',
        'Give each checkpoint, and once the public key, to somebody who does not work for you: `verify --checkpoint FILE '
        '--key KEY` with what he kept finds it, whatever else was put right. Keep the private key with neither the database '
        'nor its administrators.',
        ('an amount raised, everything made again, our directory of checkpoints emptied',
         'an amount raised, everything made again, checkpoints signed anew with a key that the log is made to name',
         'an amount raised, everything made again, checkpoints signed anew with the ledger\'s own key, which was stolen')),
    Explanation(
        'What came after the last checkpoint',
        'No checkpoint can know what was posted after it. What is rewritten there, with everything made again, is not '
        'found; only a guard that was taken down for it shows, as a warning.',
        'Make checkpoints often, every so many events or seconds: the span in which this can be done is no longer.',
        ('an amount raised of what was posted since the last checkpoint, everything made again',)),
    Explanation(
        'Checkpoints themselves',
        'A checkpoint that is gone proves nothing about the ledger, which is what it was; a directory that is missing can '
        'only be missed by who looks for it. Whoever has other checkpoints, of the database or outside, sees that some are '
        'gone or altered.',
        'Run verify with the directory, and find out why a checkpoint is not there: it goes before history is rewritten.',
        ('checkpoints in the database removed',
         'a checkpoint in our directory removed',
         'a checkpoint in our directory altered',
         'our directory of checkpoints emptied',
         *(f'{table}{what}' for table in ('checkpoint_rows', 'checkpoints') for what in (
             '.log_size: the largest', ': one taken', ': the last taken', ': all taken',
             ': all restored from an old backup')))),
    Explanation(
        'A guard that was down for a moment',
        'A trigger or view that was taken away and put back word for word looks as it did. What was done meanwhile is found '
        'by all the other checks; that it was possible is told as a warning, by the database\'s own note of when its guards '
        'were last made, which every checkpoint carries. MariaDB notes that of triggers and not of views, and whoever takes '
        'the trouble can set the note back, on SQLite too.',
        'Give nobody the privileges (`ledger-admin grants`), and have the server log who changes the schema.',
        ('a trigger dropped and put back',
         'a trigger dropped and put back, the database\'s own note of it set back',
         'a view that lies for a moment, then put back')),
    Explanation(
        'A privilege that was given',
        'On MariaDB every checkpoint carries a digest of what lets accounts reach the database. A privilege that was given '
        'since is told as a warning; one that was given and taken back between two checkpoints leaves no trace in the '
        'server. What was done with it is found by all the other checks. On SQLite there are no accounts.',
        'Make checkpoints often, find out who gave each privilege that verify warns of, and have the server log GRANT and '
        'REVOKE where its administrators cannot write.',
        ('an account of somebody\'s own, which may add transactions',
         'an account of somebody\'s own, which might add transactions for a moment')),
    Explanation(
        'Notes by hand',
        'The runbook lets a person write a row into audit_log. It is no event of the log and has no place in it, reports '
        'show it apart, and nothing vouches for it: verify warns.',
        'Have it taken into the log (`ledger-admin audit adopt`): an event then holds its digest, and verify finds that it '
        'was altered or is gone.',
        ('a row written into audit_log by hand, as is allowed',)),
    Explanation(
        'What says nothing of the books',
        'On SQLite a text in the dictionary that no row uses says nothing: texts are shown where a row names them. On MariaDB '
        'the lease of the writers says which node of a cluster takes the postings now, and changes as they agree on another. '
        'Which of several postings of one instant was the last that an open total took in shows nowhere: the instant does, '
        'and a wrong one is found.',
        'Nothing: no figure, text or proof depends on it. A lease that was bent costs a writer some seconds, until the next '
        'one takes it.',
        ('text_dictionary: one made up', 'text_dictionary: one twice',
         'open_total_rows.last_log_index: another row\'s value', 'open_total_rows.last_log_index: a little',
         'open_total_rows.last_log_index: exchanged between two rows',
         *(f'writer_lease.{column}: {change}' for column, changes in (
             ('node_name', ('a little', 'the largest')),
             ('term', ('a little', 'the largest', 'the least')),
             ('taken_at', ('a little', 'the largest', 'the least'))) for change in changes))),
]
