"""Recording the diagnosis that a confirmed match led to, on either side, each by its own people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.workflow import advance
from kakehashi.systems.cases.public import (
    Basis,
    NewDiagnosis,
    diagnosed_with,
    may_work_on,
    of_one_patient,
    record_diagnosis,
)
from kakehashi.systems.exchange.conversations.actions import begin, tell
from kakehashi.systems.exchange.conversations.rules import other_side
from kakehashi.systems.exchange.models import Match, Proposal
from kakehashi.systems.exchange.rules import may_triage
from kakehashi.systems.exchange.states import OPEN, MatchState, ProposalState


@dataclass(frozen=True)
class Solved:
    """What one step led to: whether each case was diagnosed by it, and what was proposed to the other side."""

    own: bool
    other: bool
    proposal: Proposal | None


def solve(*, by: Person, match: Match, diagnosis: NewDiagnosis, own_too: bool = True) -> Solved:
    """Record the diagnosis that a confirmed match led to of one's own case, and for the other case: record it too
    where the person works on both, else propose it to the other side.

    A case that is recorded with this disease already is left as it is. Raises NotAllowed, Conflict (the match is not
    confirmed; both cases are of one patient; another proposal waits there), Invalid.
    """
    audit.insist(may_triage(by, match), by=by, action="match.solve", subject=match)
    if match.state != MatchState.CONFIRMED:
        raise Conflict(_("Confirm the match first; then the diagnosis it led to can be recorded of both cases."))
    if Match.objects.filter(of_one_patient("case", "other"), pk=match.pk).exists():
        raise Conflict(_("Both cases are of one patient, as both sides confirmed: neither is evidence for the other."))
    with transaction.atomic():
        own = own_too and _record(by, match.case_id, diagnosis, match.pk)
        if match.other is None:
            return Solved(own, other=False, proposal=None)
        if may_work_on(by, match.other_id or 0):
            other = _record(by, match.other.pk, diagnosis, _number_across(match))
            _confirm_across(by, match)
            return Solved(own, other=other, proposal=None)
        return Solved(own, other=False, proposal=_propose(by, match, diagnosis))


def accept(*, by: Person, proposal: Proposal) -> Proposal:
    """Record a proposed diagnosis of one's own case and confirm one's own match. Raises NotAllowed, Conflict."""
    with transaction.atomic():
        done = advance(proposal, "accept", by=by)
        agreed = NewDiagnosis.model_validate(done.diagnosis)
        _record(by, done.to.case_id, agreed, _number_across(done.match))
        _confirm_across(by, done.match)
        tell(other_side(done.to), _("The other side of a match recorded the diagnosis that your side proposed."))
    return done


def decide(*, by: Person, proposal: Proposal, move: str) -> Proposal:
    """Accept, decline or take back. Raises NotAllowed, Conflict, Invalid."""
    return accept(by=by, proposal=proposal) if move == "accept" else advance(proposal, move, by=by)


def _record(by: Any, case_id: int, diagnosis: NewDiagnosis, match_number: int | None) -> bool:
    """Record it as standing on a similar case, with the number of the match; not where it is recorded already."""
    if diagnosed_with(case_id, diagnosis):
        return False
    found = diagnosis.model_copy(update={"basis": Basis.SIMILAR_CASE})
    record_diagnosis(by=by, case_id=case_id, diagnosis=found, match_number=match_number)
    return True


def _number_across(match: Match) -> int | None:
    """The number under which those who work on the other case know the match; within one institution there is one."""
    across = Match.objects.filter(case=match.other_id, other=match.case_id).values_list("pk", flat=True).first()
    if across is None and match.other is not None and match.other.organisation_id == match.case.organisation_id:
        return match.pk
    return across


def _propose(by: Person, match: Match, diagnosis: NewDiagnosis) -> Proposal:
    to = other_side(begin(by=by, match=match))
    if Proposal.objects.filter(to=to, state=ProposalState.PROPOSED).exists():
        raise Conflict(_("A proposed diagnosis waits for the other side's decision. Take it back to propose another."))
    made = Proposal.objects.create(
        match=match, to=to, by=by, diagnosis=diagnosis.model_dump(mode="json", exclude_defaults=True)
    )
    audit.record(by, "match.propose", match, detail={"proposal": made.pk})
    tell(to, _("The other side of one of your matches proposes a diagnosis."))
    return made


def _confirm_across(by: Any, match: Match) -> None:
    """The other direction's match, where its people have not decided yet: solving says yes to it."""
    across = Match.objects.filter(case=match.other_id, other=match.case_id, state__in=OPEN).first()
    if across is not None:
        advance(across, "confirm", by=by)
