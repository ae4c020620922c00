"""What verify does not find with nothing but the database, in plain words, and what to do about it.

I1 Everything that is not found is explained here, and everything that is explained is indeed not found: matrix.py fails
   where either is not so.
"""

from dataclasses import dataclass

from tampering import AUDITORS, NOTHING, OURS


@dataclass(frozen=True)
class Explanation:
    """`names` are the tamperings as Tampering.name has them, by backend where they differ. `found_with` is the least
    knowledge with which they are found, none where nothing helps."""

    title: str
    why: str
    what_to_do: str
    names: tuple
    found_with: str = ''


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
         'another ledger put in place of this one'),
        OURS),
]
