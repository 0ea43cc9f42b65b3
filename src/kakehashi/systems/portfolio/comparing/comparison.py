"""One published figure beside the node's own, and what to say of the two."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Verdict(TextChoices):
    """How the two stand to each other."""

    EQUAL = "equal", _("Equal")
    ROUNDING = "rounding", _("Differs by rounding")
    ABOUT = "about", _("Published as “about”")
    PARTLY = "partly", _("Not over yet")
    EXPLAINED = "explained", _("Differs, explained")
    OPEN = "open", _("Differs, not explained")
    NOTHING = "nothing", _("No rows on this node")


SETTLED = (Verdict.EQUAL, Verdict.ROUNDING, Verdict.ABOUT, Verdict.PARTLY, Verdict.EXPLAINED)


class Group(TextChoices):
    """What is compared."""

    BUDGETS = "budgets", _("Budgets of the integrated projects, FY2019")
    YEARS = "years", _("Budgets of the agency by year")
    FUNDS = "funds", _("Multi-year funds")
    AWARDS = "awards", _("Awards")
    GOALS = "goals", _("Goals counted from outputs")
    INVOLVEMENT = "involvement", _("Patient and public involvement")
    OWN = "own", _("The documents' own sums, shares and periods")


class Unit(TextChoices):
    """What a figure is in."""

    YEN = "yen", _("yen")
    PERCENT = "percent", "%"
    NUMBER = "number", ""


@dataclass(frozen=True)
class Part:
    """A part of the node's figure and where its rows are listed ("": they stand in the documents alone)."""

    label: str
    value: Decimal
    url: str = ""


@dataclass(frozen=True)
class Comparison:
    """A published figure with its source, and the node's own as the sum of its parts (none: no rows here).

    ``tolerance``: half the last printed digit. ``about``: printed as 約. ``why``: why the two differ, where that is
    known. ``partly``: the node's rows do not reach to the end of what was published.
    """

    key: str
    group: Group
    what: str
    published: Decimal
    unit: Unit
    parts: tuple[Part, ...]
    source: str
    tolerance: Decimal = Decimal(0)
    about: bool = False
    partly: bool = False
    why: str = ""

    @property
    def ours(self) -> Decimal | None:
        """The node's own figure."""
        return sum((part.value for part in self.parts), Decimal(0)) if self.parts else None

    @property
    def difference(self) -> Decimal | None:
        """The node's less the published one."""
        return None if self.ours is None else self.ours - self.published

    @property
    def verdict(self) -> Verdict:
        """What to say of the two."""
        if self.difference is None:
            return Verdict.NOTHING
        if self.difference == 0:
            return Verdict.EQUAL
        if abs(self.difference) <= self.tolerance:
            return Verdict.ROUNDING
        if self.about:
            return Verdict.ABOUT
        if self.partly and self.difference < 0:
            return Verdict.PARTLY
        return Verdict.EXPLAINED if self.why else Verdict.OPEN
