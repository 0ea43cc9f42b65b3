"""Cases as other nodes come to know them: one that peers are asked about, and what a peer's question finds here."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.organisations.places import place_of
from kakehashi.kernel.sharing.decision import level_of
from kakehashi.kernel.sharing.states import Level, Purpose
from kakehashi.kernel.sharing.subject import Subject
from kakehashi.kernel.sharing.subjects import context
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.matching.shared import SharedCase, find_shared
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.states import FINDABLE


@dataclass(frozen=True)
class SharedMatch:
    """A similar case as far as the asker may know it (see ``SharedCase``); described at the whole level.

    ``organisation``: which one holds it, at the whole level, else only of what kind and where; in English.
    """

    public_id: str
    organisation_id: int
    organisation: str
    country: str
    level: Level
    score: float
    findings: tuple[str, ...]
    genes: tuple[str, ...]
    synthetic: bool
    description: Description | None


@dataclass(frozen=True)
class CaseForPeers:
    """A case as it is sent to peers that may see it; ``place``: its institution's kind and country."""

    id: int
    public_id: str
    organisation: str
    place: str
    revision: int
    synthetic: bool
    description: Description
    _record: Case

    def may_be_sent_to(self, subject: Subject) -> bool:
        """Whether a peer may be shown what is asked by: the findings and genes."""
        return level_of(subject, self._record, Purpose.MATCHING, context()) >= Level.MATCHING

    def may_be_named_to(self, subject: Subject) -> bool:
        """Whether a peer may learn which institution holds the case: where it may see the whole of it."""
        return level_of(subject, self._record, Purpose.MATCHING, context()) == Level.WHOLE


def case_for_peers(case_id: int) -> CaseForPeers:
    """A registered case, to be sent to peers. Raises NotFound."""
    case = Case.objects.filter(pk=case_id, state__in=FINDABLE).select_related("organisation").first()
    if case is None:
        raise NotFound(_("Case"))
    return CaseForPeers(
        id=case.pk,
        public_id=case.public_id,
        organisation=case.organisation.label("en"),
        place=_place(case.organisation),
        revision=case.revision,
        synthetic=case.synthetic,
        description=case.described,
        _record=case,
    )


def shared_matches(
    subject: Subject, description: Description, *, asker: str, k: int = 10, synthetic: bool = True
) -> tuple[SharedMatch, ...]:
    """The registered cases most similar to a description, as far as ``subject`` may know each; the asker audits."""
    return tuple(_match(one) for one in find_shared(subject, description, asker=asker, k=k, synthetic=synthetic))


def _match(found: SharedCase) -> SharedMatch:
    holder = found.case.organisation
    return SharedMatch(
        public_id=found.case.public_id,
        organisation_id=holder.pk,
        organisation=holder.label("en") if found.level == Level.WHOLE else _place(holder),
        country=holder.country,
        level=found.level,
        score=found.score,
        findings=found.findings,
        genes=found.genes,
        synthetic=found.case.synthetic,
        description=found.case.described if found.level == Level.WHOLE else None,
    )


def _place(organisation: Organisation) -> str:
    """Of what kind an institution is and where, for nodes abroad."""
    with override("en"):
        return place_of(organisation)
