"""What the data book can be cut by, and what it can count.

A dimension names the column by which awards are told apart; its labels are looked up afterwards, at once.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kakehashi.kernel.fiscal import fiscal_year_name
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.organisations.places import country_name
from kakehashi.kernel.organisations.regions import PREFECTURES
from kakehashi.systems.portfolio.ledger.kinds import BudgetKind
from kakehashi.systems.portfolio.models import (
    DiseaseArea,
    IntegratedProject,
    Ministry,
    Modality,
    Phase,
    Programme,
)
from kakehashi.systems.portfolio.money import said

Labels = Callable[[Set[Any], str], dict[Any, str]]
"""The labels of some keys in a language."""

SIZES = (1_000_000, 5_000_000, 10_000_000, 30_000_000, 50_000_000, 100_000_000, 500_000_000)
"""Where classes of awards by their money of a year begin, in yen; below the first is a class too."""


@dataclass(frozen=True)
class Dimension:
    """One way to cut.

    ``award``: the column of awards by which it is cut (empty: by their accounts only); ``stands_for``: what a value of
    that column stands for, where it is cut by that.
    """

    key: str
    label: str | Promise
    award: str
    labels: Labels
    stands_for: Callable[[], dict[Any, Any]] | None = None
    model: type[Model] | None = None

    def codes(self, keys: Set[Any]) -> dict[Any, str]:
        """What each key is called in files and addresses: a row's code where it is one's key, else the key itself."""
        if self.model is None:
            return {key: str(key) for key in keys if key is not None}
        found = self.model._default_manager.in_bulk([key for key in keys if key is not None])
        return {key: one.code for key, one in found.items()}  # type: ignore[attr-defined]


class Measure(TextChoices):
    """What is counted or summed."""

    AWARDS = "awards", gettext_lazy("Awards")
    NEW = "new", gettext_lazy("New awards")
    CONTINUING = "continuing", gettext_lazy("Continuing awards")
    BUDGETED = "budgeted", gettext_lazy("Budgeted (yen)")
    COMMITTED = "committed", gettext_lazy("Committed (yen)")
    SPENT = "spent", gettext_lazy("Spent (yen)")

    @property
    def is_money(self) -> bool:
        """Whether it is yen from the ledger, not a count of awards."""
        return self in (Measure.BUDGETED, Measure.COMMITTED, Measure.SPENT)


def _choices(choices: type[TextChoices]) -> Labels:
    def told(keys: Set[Any], language: str) -> dict[Any, str]:
        return {key: str(choices(key).label) for key in keys if key in choices.values}

    return told


def _rows(model: type[Model]) -> Labels:
    def told(keys: Set[Any], language: str) -> dict[Any, str]:
        found = model._default_manager.in_bulk([key for key in keys if key is not None])
        return {key: one.label(language) for key, one in found.items()}  # type: ignore[attr-defined]

    return told


def _years(keys: Set[Any], language: str) -> dict[Any, str]:
    return {key: fiscal_year_name(key, language) for key in keys}


def _prefectures(keys: Set[Any], language: str) -> dict[Any, str]:
    named = {key: PREFECTURES[key] for key in keys if key in PREFECTURES}
    return {key: one.en if language.startswith("en") else one.ja for key, one in named.items()}


def _countries(keys: Set[Any], language: str) -> dict[Any, str]:
    return {key: country_name(key, language) for key in keys if key}


def _sizes(keys: Set[Any], language: str) -> dict[Any, str]:
    bounds = (None, *SIZES, None)
    told = {}
    for key in keys - {None}:
        low, high = bounds[key], bounds[key + 1]
        if low is None:
            told[key] = _("below %(high)s") % {"high": said(high or 0)}
        elif high is None:
            told[key] = _("%(low)s and more") % {"low": said(low)}
        else:
            told[key] = _("%(low)s to below %(high)s") % {"low": said(low), "high": said(high)}
    return told


def _institution(field: str) -> Callable[[], dict[Any, Any]]:
    return lambda: dict(Organisation.objects.values_list("pk", field))


YEAR, PROJECT, SIZE = "year", "project", "size"
NOTHING = "-"
"""What an address says of what has no programme, or no place in a term; no code is written so."""
HOLDERS = {"institution": "code", "prefecture": "prefecture", "country": "country"}
"""The dimensions of who holds the awards or the money, each with the institution's field that has its values."""
DIMENSIONS = {
    one.key: one
    for one in (
        Dimension(YEAR, gettext_lazy("Fiscal year"), "", _years),
        Dimension(
            PROJECT, gettext_lazy("Integrated project"), "programme", _rows(IntegratedProject), model=IntegratedProject
        ),
        Dimension("programme", gettext_lazy("Programme"), "programme", _rows(Programme), model=Programme),
        Dimension("ministry", gettext_lazy("Ministry"), "", _choices(Ministry)),
        Dimension("budget", gettext_lazy("Kind of budget"), "", _choices(BudgetKind)),
        Dimension("phase", gettext_lazy("Phase"), "phase", _choices(Phase)),
        Dimension("modality", gettext_lazy("Modality"), "modality", _choices(Modality)),
        Dimension("area", gettext_lazy("Disease area"), "area", _rows(DiseaseArea), model=DiseaseArea),
        Dimension(SIZE, gettext_lazy("Money of the year"), SIZE, _sizes),
        Dimension("institution", gettext_lazy("Institution"), "organisation", _rows(Organisation), model=Organisation),
        Dimension("kind", gettext_lazy("Kind of institution"), "organisation", _choices(Kind), _institution("kind")),
        Dimension("prefecture", gettext_lazy("Prefecture"), "organisation", _prefectures, _institution("prefecture")),
        Dimension("country", gettext_lazy("Country"), "organisation", _countries, _institution("country")),
    )
}
