"""What awards count of the diagnoses of their cases. An event may come twice, or the second before the first.

The latest revision of a case heard of says which award it counts for and whether it counts; the latest of its diagnoses
says since when.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from kakehashi.kernel import audit
from kakehashi.kernel.events.results import CaseDiagnosed, DiagnosisReopened
from kakehashi.kernel.rules import by_the_node
from kakehashi.kernel.workflow import advance
from kakehashi.systems.portfolio.models import Credit, Output, OutputKind, OutputState

ACTION = "output.diagnosed"


def count_diagnosis(event: CaseDiagnosed, *, by: Any) -> None:
    """A diagnosis counts for the award that paid for its case; for another one, once another is named.

    One taken back counts again where its case is of a later revision now. Only the node itself tells of them
    (``by=None``). Raises NotAllowed.
    """
    _insist(by)
    if event.award_id is None:
        return
    with transaction.atomic():
        row, changed, newer = _row(event, event.award_id)
        if row.diagnosed_revision is None or event.revision > row.diagnosed_revision:
            row.on, row.diagnosed_revision, changed = event.on, event.revision, True
            row.credits.update(since=event.on)
        if changed:
            _keep(row, by)
        if newer and row.state == OutputState.TAKEN_BACK:
            advance(row, "diagnosed_again", by=None)


def take_diagnosis_back(event: DiagnosisReopened, *, by: Any) -> None:
    """From this day on it counts no more, unless a later revision has said otherwise. Raises NotAllowed."""
    _insist(by)
    if event.award_id is None:
        return
    with transaction.atomic():
        row, changed, _newer = _row(event, event.award_id)
        if event.revision == row.revision and row.taken_back_on != event.on:
            row.taken_back_on, changed = event.on, True
        if changed:
            _keep(row, by)
        if event.revision == row.revision and row.state == OutputState.FINAL:
            advance(row, "case_reopened", by=None)


def _row(event: CaseDiagnosed | DiagnosisReopened, award: int) -> tuple[Output, bool, bool]:
    """The diagnosis, locked, credited to the award of the latest revision heard of; whether this event changed it, and
    whether it is of a later revision than all before."""
    row, made = Output.objects.select_for_update().get_or_create(
        kind=OutputKind.DIAGNOSIS,
        reference=str(event.diagnosis_id),
        defaults={"on": event.on, "revision": event.revision},
    )
    newer = event.revision > row.revision
    if made:
        Credit.objects.create(output=row, award_id=award, since=event.on)
    elif newer:
        row.credits.update(award_id=award)
        row.revision = event.revision
    return row, made or newer, newer


def _keep(row: Output, by: Any) -> None:
    row.save()
    awards = list(row.awards.values_list("number", flat=True))
    audit.record(by, ACTION, row, detail={"revision": row.revision, "awards": awards, "days": row.on.isoformat()})


def _insist(by: Any) -> None:
    audit.insist(by_the_node(by), by=by, action=ACTION)
