"""The kinds of budgets, of accounts and of entries, and the table of what may move whence and whither.

    ministry (GRANTED) → agency → programme → award → institution → SPENT
                                                                  ↘ RETURNED to the treasury
    CARRIED_OUT of one fiscal year is CARRIED_IN of the next, for the same place

A figure is a sum of balances: what was budgeted for a programme is what lies in all accounts of the programme in that
year, what was committed is what lies in those of its awards, what was spent lies in SPENT. Money carried in counts as
budgeted in the year for which it was given, not again: CARRIED_IN is negative by as much.
"""

from dataclasses import dataclass
from functools import cached_property

from django.db import models
from django.utils.translation import gettext_lazy as _


class BudgetKind(models.TextChoices):
    """What kind of budget an appropriation is of."""

    INITIAL = "initial", _("Initial budget")
    SUPPLEMENTARY = "supplementary", _("Supplementary budget")
    ADJUSTMENT = "adjustment", _("Adjustment funds")
    OPERATING_GRANT = "operating_grant", _("Operating grant")
    MULTI_YEAR = "multi_year", _("Multi-year fund")


class AccountKind(models.TextChoices):
    """What kind of place money lies in."""

    GRANTED = "granted", _("Given by the ministry")
    AGENCY = "agency", _("With the agency, not distributed")
    PROGRAMME = "programme", _("With the programme, not committed")
    AWARD = "award", _("Committed to the award, not paid")
    INSTITUTION = "institution", _("Paid to the institution, not spent")
    SPENT = "spent", _("Spent")
    RETURNED = "returned", _("Returned to the treasury")
    CARRIED_OUT = "carried_out", _("Carried over to the next year")
    CARRIED_IN = "carried_in", _("Carried over from the year before")

    @classmethod
    def origins(cls) -> list[str]:
        """Those that money comes from: their balance is never positive; every other one is never overdrawn."""
        return [str(cls.GRANTED), str(cls.CARRIED_IN)]


class EntryKind(models.TextChoices):
    """What happened."""

    ALLOT = "allot", _("Allotment to the agency")
    DISTRIBUTE = "distribute", _("Distribution to a programme")
    COMMIT = "commit", _("Commitment to an award")
    PAY = "pay", _("Payment to an institution")
    SUBAWARD = "subaward", _("Sub-award to another institution")
    SPEND = "spend", _("Use")
    REPAY = "repay", _("Repayment by an institution")
    RELEASE = "release", _("Commitment released")
    WITHDRAW = "withdraw", _("Distribution taken back")
    RETURN = "return", _("Return to the treasury")
    CARRY_OVER = "carry_over", _("Carry-over to the next year")
    CORRECT = "correct", _("Correction")


@dataclass(frozen=True)
class Place:
    """An account told by what it is of: which appropriation, year, programme, award, institution (primary keys)."""

    kind: str
    appropriation: int
    fiscal_year: int
    programme: int | None = None
    award: int | None = None
    organisation: int | None = None

    @cached_property
    def key(self) -> str:
        """What the account is told apart by in the database."""
        where = (self.appropriation, self.fiscal_year, self.programme, self.award, self.organisation)
        return ":".join([str(self.kind), *("" if one is None else str(one) for one in where)])


A = AccountKind
ROUTES: dict[str, frozenset[tuple[str, str]]] = {
    EntryKind.ALLOT: frozenset({(A.GRANTED, A.AGENCY)}),
    EntryKind.DISTRIBUTE: frozenset({(A.AGENCY, A.PROGRAMME)}),
    EntryKind.COMMIT: frozenset({(A.PROGRAMME, A.AWARD)}),
    EntryKind.PAY: frozenset({(A.AWARD, A.INSTITUTION)}),
    EntryKind.SUBAWARD: frozenset({(A.INSTITUTION, A.INSTITUTION)}),
    EntryKind.SPEND: frozenset({(A.INSTITUTION, A.SPENT)}),
    EntryKind.REPAY: frozenset({(A.INSTITUTION, A.AWARD)}),
    EntryKind.RELEASE: frozenset({(A.AWARD, A.PROGRAMME)}),
    EntryKind.WITHDRAW: frozenset({(A.PROGRAMME, A.AGENCY)}),
    EntryKind.RETURN: frozenset({(one, A.RETURNED) for one in (A.AGENCY, A.PROGRAMME, A.AWARD, A.INSTITUTION)}),
    EntryKind.CARRY_OVER: frozenset(
        {(one, A.CARRIED_OUT) for one in (A.AGENCY, A.PROGRAMME, A.AWARD, A.INSTITUTION)}
        | {(A.CARRIED_IN, one) for one in (A.AGENCY, A.PROGRAMME, A.AWARD, A.INSTITUTION)}
    ),
}
"""Which kinds of accounts an entry may move money between; a correction goes the way back of what it corrects."""

NAMED = frozenset({A.GRANTED, A.AGENCY, A.PROGRAMME, A.AWARD, A.INSTITUTION, A.SPENT})
NAMES_PROGRAMME = frozenset({A.PROGRAMME, A.AWARD, A.INSTITUTION, A.SPENT})
NAMES_AWARD = frozenset({A.AWARD, A.INSTITUTION, A.SPENT})
NAMES_INSTITUTION = frozenset({A.INSTITUTION, A.SPENT})
"""What an account of a kind names: those of NAMED exactly this. The others (RETURNED and the two of a carry-over) name
what the place they serve names."""
