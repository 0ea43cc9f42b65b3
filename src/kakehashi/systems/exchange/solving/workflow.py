"""The table of a proposed diagnosis: the other case's own people accept or decline it, the proposer takes it back."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.rules import Verdict, rule
from kakehashi.kernel.workflow import Move, Workflow
from kakehashi.systems.cases.public import may_work_on, of_one_patient
from kakehashi.systems.exchange.models import Match, Proposal
from kakehashi.systems.exchange.states import ProposalState


@rule("not_working_on_it", _("The diagnosis of a case is written by those who work on it."))
def may_decide(person: Any, proposal: Any) -> Verdict:
    """The person works on the case that the diagnosis is proposed for."""
    return may_work_on(person, proposal.to.case_id)


@rule("one_patient", _("Both cases are of one patient, as both sides confirmed: neither is evidence for the other."))
def of_two_patients(person: Any, proposal: Any) -> bool:
    """The two cases are not confirmed to be of one patient."""
    return not Match.objects.filter(of_one_patient("case", "other"), pk=proposal.match_id).exists()


@rule("not_the_proposer", _("Only the side that proposed this takes it back."))
def may_take_back(person: Any, proposal: Any) -> Verdict:
    """The person works on the case whose people proposed it."""
    return may_work_on(person, proposal.match.case_id)


def _decided(proposal: Proposal, *, by: Any, note: str) -> None:
    proposal.decided_by, proposal.decided_at = by, timezone.now()


PROPOSAL_FLOW = Workflow(
    "exchange.Proposal",
    states=ProposalState,
    moves=[
        Move(
            "accept",
            sources=[ProposalState.PROPOSED],
            target=ProposalState.ACCEPTED,
            rule=may_decide & of_two_patients,
            label_staff=_("Record it of our case"),
            label_applicant=_("Record it of our case"),
            act=_decided,
        ),
        Move(
            "decline",
            sources=[ProposalState.PROPOSED],
            target=ProposalState.DECLINED,
            rule=may_decide,
            label_staff=_("Decline"),
            label_applicant=_("Decline"),
            act=_decided,
        ),
        Move(
            "take_back",
            sources=[ProposalState.PROPOSED],
            target=ProposalState.TAKEN_BACK,
            rule=may_take_back,
            label_staff=_("Take the proposal back"),
            label_applicant=_("Take the proposal back"),
            act=_decided,
        ),
    ],
)
