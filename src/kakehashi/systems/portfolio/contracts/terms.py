"""What is in force of a contract with its amendments, the history that led there, and what the ledger has of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.systems.portfolio.ledger.kinds import AccountKind
from kakehashi.systems.portfolio.models import Account, Amendment, Award, Contract


@dataclass(frozen=True)
class Terms:
    """What is agreed: with whom, for which days, about how many yen."""

    organisation: Organisation
    begins: date
    ends: date
    amount_yen: int


@dataclass(frozen=True)
class Step:
    """A contract or an amendment with the terms in force after it; ``more_yen``: what the amount changed by."""

    contract: Contract
    amendment: Amendment | None
    terms: Terms
    more_yen: int

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


def terms_of(contract: Contract, amendments: Iterable[Amendment] | None = None) -> Terms:
    """The terms in force."""
    terms = first_terms(contract)
    for one in amendments if amendments is not None else contract.amendments.select_related("organisation"):
        terms = amended(terms, one)
    return terms


def agreed_of(award: Award) -> Agreed:
    """An award's contracts and amendments, and what the ledger has committed of them."""
    steps: list[Step] = []
    total = 0
    contracts = award.contracts.select_related("organisation", "recorded_by")
    for contract in contracts.prefetch_related("amendments__organisation", "amendments__recorded_by"):
        terms = first_terms(contract)
        steps.append(Step(contract, None, terms, terms.amount_yen))
        for one in contract.amendments.all():
            later = amended(terms, one)
            steps.append(Step(contract, one, later, later.amount_yen - terms.amount_yen))
            terms = later
        total += terms.amount_yen
    steps.sort(key=lambda step: (step.signed_on, step.contract.pk, step.amendment.number if step.amendment else 0))
    returned = Q(kind=AccountKind.RETURNED)
    lying = Account.objects.filter(award=award).aggregate(
        has=Coalesce(Sum("balance_yen", filter=~returned), 0),
        gave_back=Coalesce(Sum("balance_yen", filter=returned), 0),
    )
    return Agreed(tuple(steps), total, lying["has"], lying["gave_back"])
