"""What is to be written to the ledger, before it is: plain values."""

from dataclasses import dataclass
from datetime import date

from kakehashi.systems.portfolio.ledger.kinds import Place

MEMO, REFERENCE = 300, 100
"""So many signs an entry's memo and its document reference have at most."""


@dataclass(frozen=True)
class Transfer:
    """So many yen (above 0) from one place to another."""

    source: Place
    target: Place
    amount_yen: int


@dataclass(frozen=True)
class NewEntry:
    """What happened, when, in which fiscal year, and what moved. ``reference``: the document that shows it."""

    kind: str
    on: date
    fiscal_year: int
    transfers: tuple[Transfer, ...]
    memo: str = ""
    reference: str = ""
