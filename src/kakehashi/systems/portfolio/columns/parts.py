"""Which of the awards held are those behind a figure: what ``behind.awards_behind`` asks of the database."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.systems.portfolio.behind import Slice, paying
from kakehashi.systems.portfolio.columns import held
from kakehashi.systems.portfolio.columns.column import Column, Numbers
from kakehashi.systems.portfolio.columns.placing import Placing

ORDERS = ("number", "phase", "modality", "begins", "ends")
"""What awards can be ordered by."""


def awards_of(
    part: Slice, *, new: bool | None = None, every: bool = False, accounts: held.Accounts | None = None
) -> tuple[held.Awards, NDArray[np.bool_]]:
    """Every award, and which of them run in the year of a part of the book; only those that began in it, or only those
    that began before; ``every``: of every year. ``accounts``: of the year, where the caller has them, whose awards they
    then are."""
    if accounts is None and part.has_payer and not every:
        accounts = held.accounts([part.fiscal_year])[part.fiscal_year]
    awards = accounts.awards if accounts else held.awards()
    wanted = np.ones(len(awards.pk), np.bool_) if every and not new else awards.running_in(part.fiscal_year)
    if part.programme is not None:
        wanted &= awards.programme.is_(part.programme.pk)
    if part.project is not None:
        wanted &= Placing(awards, part.project.term, part.fiscal_year).of_awards().is_(part.project.pk)
    if part.has_payer and accounts is not None:
        wanted &= accounts.paid_by(part.ministry, part.kind)
    elif part.has_payer:
        paid = paying(part, every=True).filter(award__isnull=False).values_list("award_id", flat=True)
        wanted &= awards.among(list(paid.distinct()))
    if part.area is not None:
        wanted &= awards.area.is_(part.area.pk)
    if part.no_programme:
        wanted &= awards.programme.is_(None)
    if part.unplaced_in is not None:
        wanted &= Placing(awards, part.unplaced_in, part.fiscal_year).of_awards().is_(None)
    if part.holders:
        holding = Organisation.objects.filter(**dict(part.holders)).values_list("pk", flat=True)
        wanted &= awards.organisation.among(set(holding))
    if part.yen is not None:
        wanted &= _of_size(awards, part)
    if new is not None:
        wanted &= awards.new_in(part.fiscal_year) == new
    return awards, wanted


def _of_size(awards: held.Awards, part: Slice) -> NDArray[np.bool_]:
    """Which awards have so many yen in the part's year."""
    low, high = part.yen or (None, None)
    accounts = held.accounts([part.fiscal_year])[part.fiscal_year]
    pks = accounts.awards.pk[np.unique(accounts.award[accounts.awarded])]
    yen = accounts.by_award()[accounts.awards.places_of(pks)]
    there = np.ones(len(pks), np.bool_)
    if low is not None:
        there &= yen >= low
    if high is not None:
        there &= yen < high
    return awards.among(pks[there].tolist())


def in_order(
    awards: held.Awards, wanted: NDArray[np.bool_], order: str, *, by: Mapping[str, Numbers] | None = None
) -> list[int]:
    """The primary keys of some awards by one of ``ORDERS`` or by a number of each award (``by``), ``-`` before it for
    the other way round; of the same the one that was registered last comes first.

    Days are ordered as days, phases and modalities by their code, numbers as text: as the database would.
    """
    places = np.flatnonzero(wanted)
    key = order.lstrip("-")
    numbers = (by[key] if by and key in by else _by(awards, key))[places]
    told: list[int] = awards.pk[
        places[np.lexsort((-awards.pk[places], -numbers if order.startswith("-") else numbers))]
    ].tolist()
    return told


def _by(awards: held.Awards, order: str) -> Numbers:
    if order == "number":
        return awards.rank
    values = getattr(awards, order)
    if isinstance(values, Column):
        rank = {key: place for place, key in enumerate(sorted(values.keys))}
        return np.array([rank[key] for key in values.keys], np.int64)[values.codes]
    days: Numbers = values.astype(np.int64)
    return days
