"""What a system tells the shell about itself, without knowing the shell.

A system's AppConfig carries, all optional:

- ``navigation``: a tuple of NavigationEntry, its places in the left rail;
- ``waiting``: the dotted path of a function ``(person) -> Iterable[Waiting]``, what waits for this person;
- ``changes``: the dotted path of a function ``(person, since) -> Iterable[Change]``, what changed since then.

Paths are dotted because an AppConfig is read before any model may be imported. The shell (kakehashi.web) gathers them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from kakehashi.kernel.people.models import Person

Text = str | Promise


class Group(Enum):
    """The two halves of the rail, in their order, and below them what administrators and auditors see."""

    RESEARCH_MANAGEMENT = "management"
    DATA_SHARING = "sharing"
    ADMINISTRATION = "administration"

    @property
    def label(self) -> "Text":
        labels = {"management": _("Research management"), "sharing": _("Data sharing")}
        return labels.get(self.value, _("Administration"))


@dataclass(frozen=True)
class FirstStep:
    """Where someone with nothing to do yet begins in a system; ``used_by`` as in NavigationEntry."""

    label: "Text"
    view: str
    used_by: str


@dataclass(frozen=True)
class NavigationEntry:
    """One place in the rail.

    ``view`` is the URL's name (``cases:list``), ``area`` the beginning of the path under which the entry counts as
    current (default: the view's own path), ``used_by`` the dotted path of ``(person) -> bool`` (default: everybody).
    """

    group: Group
    label: "Text"
    view: str
    order: int = 50
    area: str | None = None
    used_by: str | None = None
    first_step: FirstStep | None = None


@dataclass(frozen=True)
class Waiting:
    """Something that waits for this person: since when, what it is, and its one action."""

    since: datetime
    text: "Text"
    link: str
    action: "Text"


@dataclass(frozen=True)
class Change:
    """Something that changed: when, what, and where to see it."""

    at: datetime
    text: "Text"
    link: str


def used_by_everybody(person: "Person | Any") -> bool:
    """The default of NavigationEntry.used_by: whoever is logged in."""
    return bool(getattr(person, "is_authenticated", False))
