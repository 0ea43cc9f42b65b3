"""Who asks, for what, when: the values that the sharing table is read with. No database here; see subjects.py."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.apps import apps

from kakehashi.kernel.sharing.states import Level, Purpose, Sector


@dataclass(frozen=True)
class GrantInForce:
    """What someone was granted beyond their reach: on one record, on an award's records, or on an institution's.

    ``kind`` with ``record_id`` names a record, ``award_id`` an award, ``organisation_id`` an institution; one of them.
    ``joined``: the patient joined this very study, so a general opt-out of secondary use does not stand against it.
    """

    level: Level
    purposes: frozenset[Purpose]
    kind: str = ""
    record_id: int | None = None
    award_id: int | None = None
    organisation_id: int | None = None
    joined: bool = False


@dataclass(frozen=True)
class Subject:
    """Someone who asks, acting for one institution (or a foreign node acting for itself).

    ``reads``: institutions whose own records they may read; ``takes_part``: whether their role lets them look at
    others' records at all; ``partners``: institutions that share a network with theirs; ``compatriots``: those in
    their country.
    """

    name: str
    reads: frozenset[int] = frozenset()
    takes_part: bool = False
    partners: frozenset[int] = frozenset()
    compatriots: frozenset[int] = frozenset()
    sector: Sector = Sector.PUBLIC
    grants: tuple[GrantInForce, ...] = ()


NOBODY = Subject("nobody")


@dataclass(frozen=True)
class Context:
    """The day of the question, and the institutions whose country has declared an outbreak exception for it."""

    day: date
    excepted: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Question:
    """Everything a row of the table may look at beside the record."""

    subject: Subject
    purpose: Purpose
    context: Context
    kind: str
    level: Level

    @property
    def offered_states(self) -> frozenset[str]:
        """The states in which records of this kind are shared at all."""
        states: frozenset[str] = apps.get_model(self.kind).offered_states
        return states

    @cached_property
    def granted(self) -> Mapping[str, frozenset[int]]:
        """Field of a record → the values for which a grant reaches this level for this purpose."""
        return self._granted(lambda grant: True)

    @cached_property
    def joined(self) -> Mapping[str, frozenset[int]]:
        """The same, of grants that the patient joined by name."""
        return self._granted(lambda grant: grant.joined)

    def _granted(self, counts: Callable[[GrantInForce], bool]) -> dict[str, frozenset[int]]:
        fitting = [
            grant
            for grant in self.subject.grants
            if grant.level >= self.level and self.purpose in grant.purposes and counts(grant)
        ]
        return {
            "pk": frozenset(g.record_id for g in fitting if g.record_id is not None and g.kind == self.kind),
            "award_id": frozenset(g.award_id for g in fitting if g.award_id is not None),
            "organisation_id": frozenset(g.organisation_id for g in fitting if g.organisation_id is not None),
        }
