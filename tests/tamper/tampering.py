"""What a tampering is, and what came of it.

I1 A tampering is declared: a name in plain words, where it happens, and SQL or a function that does it. Nothing of it is
   by chance, so that two runs give the same document but where the ledger itself is random (ids, salts).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

# What a run of verify may know.
NOTHING = 'nothing'
OURS = 'ours'
AUDITORS = 'auditors'
KNOWLEDGE = (NOTHING, OURS, AUDITORS)

# How exactly a violation tells where it is, the best first.
LOCATED = ('value', 'column', 'row', 'span', 'object')


class Refused(Exception):
    """The database itself does not take the change."""


@dataclass(frozen=True)
class Column:
    """A column of the live schema. `kind` is integer, decimal, text, binary, uuid, day, instant or choice; an integer has
    its limits, a text its characters, a choice its members."""

    name: str
    kind: str
    is_nullable: bool
    is_generated: bool = False
    least: int = 0
    most: int = 0
    members: tuple = ()


@dataclass(frozen=True)
class Table:
    """A real table of the live schema; `uniques` are the columns that together differ in every row, the key's among
    them."""

    name: str
    columns: tuple
    key: tuple
    uniques: tuple

    def column(self, name):
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True)
class Tampering:
    """`section` is columns, rows, schema or cunning; `act` is SQL, or a function of the workspace. A function does all
    that it wants, guards included; SQL has the guards of the tables that it names taken away for the moment, but in the
    section schema, where it is run as it is."""

    section: str
    table: str
    item: str
    change: str
    act: str | Callable
    book: str = 'small'

    @property
    def name(self):
        return ': '.join(part for part in (f'{self.table}.{self.item}' if self.section == 'columns' else
                                           f'{self.table} {self.item}'.strip(), self.change) if part)


@dataclass
class Finding:
    """What one run of verify said: `outcome` is found, warned (nothing but warnings), stopped (verify cannot even begin,
    and says why), missed, or defect (ours)."""

    outcome: str
    checks: list = field(default_factory=list)
    check: str = ''
    named: str = ''
    located: str = ''


def sql_text(value):
    """A text as a literal of either database; no backslash is in any of ours."""
    return "'" + value.replace("'", "''") + "'"
