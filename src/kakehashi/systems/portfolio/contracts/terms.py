"""What is in force of a contract with its amendments, the history that led there, and what the ledger has of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.systems.portfolio.ledger.kinds import AccountKind
from kakehashi.systems.portfolio.models import Account, Amendment, Award, Contract, TakenBack


@dataclass(frozen=True)
class Terms:
    """What is agreed: with whom, for which days, about how many yen."""

    organisation: Organisation
    begins: date
    ends: date
    amount_yen: int


@dataclass(frozen=True)
class Step:
    """A contract or an amendment with the terms in force after it; ``more_yen``: what the amount changed by.

    ``taken_back``: that it was recorded wrongly and counts no more; its terms are then those that it told.
    """

    contract: Contract
    amendment: Amendment | None
    terms: Terms
    more_yen: int
    taken_back: TakenBack | None = None

    @property
    def signed_on(self) -> date:
        """The day since which it holds."""
        return (self.amendment or self.contract).signed_on


@dataclass(frozen=True)
class Agreed:
    """An award's contracts: every step in the order in which they were signed, and what is agreed now beside the
    ledger, whatever the year. ``committed_yen``: what lies in the award's accounts; ``returned_yen``: what was given
    back to the treasury, which the award has no more."""

    steps: tuple[Step, ...]
    agreed_yen: int
    committed_yen: int
    returned_yen: int = 0

    @property
    def missing_yen(self) -> int:
        """What is agreed and was never committed in the ledger; below 0 where more is committed than agreed."""
        return max(self.agreed_yen - self.committed_yen - self.returned_yen, 0) or min(
            self.agreed_yen - self.committed_yen, 0
        )


def first_terms(contract: Contract) -> Terms:
    """A contract's terms as they were signed."""
    return Terms(contract.organisation, contract.begins, contract.ends, contract.amount_yen)


def amended(terms: Terms, amendment: Amendment) -> Terms:
    """The terms after an amendment."""
    return Terms(
        amendment.organisation or terms.organisation,
        amendment.begins or terms.begins,
        amendment.ends or terms.ends,
        terms.amount_yen if amendment.amount_yen is None else amendment.amount_yen,
    )


def standing_amendments(contract: Contract) -> QuerySet[Amendment]:
    """The amendments of a contract that are not taken back, in their order."""
    return contract.amendments.filter(taken_back=None).select_related("organisation").order_by("number")


def standing_contracts(award: Award) -> QuerySet[Contract]:
    """The contracts of an award that are not taken back."""
    return award.contracts.filter(taken_back=None).select_related("organisation")


def terms_of(contract: Contract, amendments: Iterable[Amendment] | None = None) -> Terms:
    """The terms in force."""
    terms = first_terms(contract)
    for one in amendments if amendments is not None else standing_amendments(contract):
        terms = amended(terms, one)
    return terms


def agreed_of(award: Award) -> Agreed:
    """An award's contracts and amendments, and what the ledger has committed of them."""
    steps: list[Step] = []
    total = 0
    contracts = award.contracts.select_related("award", "organisation", "recorded_by", "taken_back")
    amendments = "amendments__organisation", "amendments__recorded_by", "amendments__taken_back"
    for contract in contracts.prefetch_related(*amendments):
        terms, gone = first_terms(contract), getattr(contract, "taken_back", None)
        steps.append(Step(contract, None, terms, terms.amount_yen, gone))
        for one in contract.amendments.all():
            later, undone = amended(terms, one), gone or getattr(one, "taken_back", None)
            steps.append(Step(contract, one, later, later.amount_yen - terms.amount_yen, undone))
            terms = terms if undone and not gone else later
        total += 0 if gone else terms.amount_yen
    steps.sort(key=lambda step: (step.signed_on, step.contract.pk, step.amendment.number if step.amendment else 0))
    returned = Q(kind=AccountKind.RETURNED)
    lying = Account.objects.filter(award=award).aggregate(
        has=Coalesce(Sum("balance_yen", filter=~returned), 0),
        gave_back=Coalesce(Sum("balance_yen", filter=returned), 0),
    )
    return Agreed(tuple(steps), total, lying["has"], lying["gave_back"])
