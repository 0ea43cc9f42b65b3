"""What the data book can be cut by, and what it can count.

A dimension names the field by which awards and accounts are told apart; its labels are looked up afterwards, at once.
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
    """One way to cut. ``award`` and ``account``: the field on each (empty: awards, or money, cannot be cut so)."""

    key: str
    label: str | Promise
    award: str
    account: str
    labels: Labels


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


def _as_they_are(keys: Set[Any], language: str) -> dict[Any, str]:
    return {key: str(key) for key in keys if key}


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


YEAR, PROJECT, SIZE = "year", "project", "size"
DIMENSIONS = {
    one.key: one
    for one in (
        Dimension(YEAR, gettext_lazy("Fiscal year"), "", "fiscal_year", _years),
        Dimension(
            PROJECT, gettext_lazy("Integrated project"), "programme_id", "programme_id", _rows(IntegratedProject)
        ),
        Dimension("programme", gettext_lazy("Programme"), "programme_id", "programme_id", _rows(Programme)),
        Dimension("ministry", gettext_lazy("Ministry"), "", "appropriation__ministry", _choices(Ministry)),
        Dimension("budget", gettext_lazy("Kind of budget"), "", "appropriation__kind", _choices(BudgetKind)),
        Dimension("phase", gettext_lazy("Phase"), "phase", "award__phase", _choices(Phase)),
        Dimension("modality", gettext_lazy("Modality"), "modality", "award__modality", _choices(Modality)),
        Dimension("area", gettext_lazy("Disease area"), "area_id", "award__area_id", _rows(DiseaseArea)),
        Dimension(SIZE, gettext_lazy("Money of the year"), SIZE, SIZE, _sizes),
        Dimension(
            "institution",
            gettext_lazy("Institution"),
            "organisation_id",
            "award__organisation_id",
            _rows(Organisation),
        ),
        Dimension(
            "kind",
            gettext_lazy("Kind of institution"),
            "organisation__kind",
            "award__organisation__kind",
            _choices(Kind),
        ),
        Dimension(
            "prefecture",
            gettext_lazy("Prefecture"),
            "organisation__prefecture",
            "award__organisation__prefecture",
            _prefectures,
        ),
        Dimension(
            "country",
            gettext_lazy("Country"),
            "organisation__country",
            "award__organisation__country",
            _as_they_are,
        ),
    )
}
