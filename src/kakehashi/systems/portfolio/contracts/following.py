"""How an award follows its contracts: its title, days and institution, when one is recorded, amended or taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.systems.portfolio.contracts.terms import Terms, standing_amendments, standing_contracts, terms_of
from kakehashi.systems.portfolio.finding import index_awards
from kakehashi.systems.portfolio.models import Amendment, Award, Contract, Part, TakenBack

Followed = Contract | Amendment | TakenBack
FOLLOWS = ("title", "title_en", "begins", "ends", "organisation")


def said_of(award: Award) -> dict[str, str]:
    """What an award says of all that follows its contracts: days as ISO, the institution by its code."""
    return {
        "title": award.title,
        "title_en": award.title_en,
        "begins": award.begins.isoformat(),
        "ends": award.ends.isoformat(),
        "organisation": award.organisation.code,
    }


def moved(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[str]]:
    """What changed, as contracts and amendments keep it."""
    return {name: [before[name], after[name]] for name in before if before[name] != after[name]}


def bring(award: Award, contract: Contract, before: Terms, after: Terms) -> None:
    """The award's days and institution after a contract's: a bound that the contract set moves with it."""
    others = [terms_of(one) for one in standing_contracts(award).exclude(pk=contract.pk)]
    begins, ends = [after.begins, *(one.begins for one in others)], [after.ends, *(one.ends for one in others)]
    award.begins = min(begins if before.begins == award.begins else [*begins, award.begins])
    award.ends = max(ends if before.ends == award.ends else [*ends, award.ends])
    led = award.participations.filter(part=Part.PRINCIPAL, until=None).exists()
    if before.organisation.pk == award.organisation_id and not led:  # else its principal investigator says where
        award.organisation = after.organisation


def put_back(award: Award, undone: Contract | Amendment, gone: Sequence[Followed]) -> dict[str, list[str]]:
    """Let the award say again what it said before it followed a contract or an amendment that is taken back now.

    ``gone``: what of its contracts moved it and is taken back, this too, the latest first. What something else said
    since stays; its days hold those of the contracts that stand: answers what they moved of what was put back.
    """
    stand = {
        one: [row for row in standing_amendments(one) if row != undone]
        for one in standing_contracts(award)
        if one != undone
    }
    kept: list[Contract | Amendment] = [*stand, *(row for rows in stand.values() for row in rows)]
    for name, said in said_of(award).items():
        found = _before(name, said, gone, [one for one in kept if name in one.followed])
        if found != said:
            setattr(award, name, _read(name, found))
    put = said_of(award)
    terms = [terms_of(one, rows) for one, rows in stand.items()]
    award.begins = min([award.begins, *(one.begins for one in terms)])
    award.ends = max([award.ends, *(one.ends for one in terms)])
    return moved(put, said_of(award))


def told_at(one: Followed) -> tuple[datetime, int, int]:
    """When something of a contract was told, in the order in which things of one moment follow each other."""
    if isinstance(one, TakenBack):
        return one.taken_back_at, 2, one.pk
    return one.recorded_at, 0 if isinstance(one, Contract) else 1, one.pk


def _before(name: str, said: str, gone: Iterable[Followed], kept: Sequence[Contract | Amendment]) -> str:
    for one in gone:
        told = one.followed.get(name)
        later = any(row.followed[name][1] == said and told_at(row) > told_at(one) for row in kept)
        if told is not None and told[1] == said and not later:
            said = str(told[0])
    return said


def _read(name: str, said: str) -> Any:
    if name in ("begins", "ends"):
        return date.fromisoformat(said)
    return Organisation.objects.get(code=said) if name == "organisation" else said


def follow(given: Award, locked: Award) -> None:
    """Save what follows, and show it in what the caller holds."""
    if any(getattr(given, name) != getattr(locked, name) for name in FOLLOWS):
        locked.save(update_fields=FOLLOWS)
        for name in FOLLOWS:
            setattr(given, name, getattr(locked, name))
        index_awards(Award.objects.filter(pk=locked.pk).select_related("programme", "organisation"))
