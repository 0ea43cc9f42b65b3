"""What awards count of what happens elsewhere. An event may come twice, or the second before the first."""

from kakehashi.kernel.events import handles
from kakehashi.kernel.events.results import CaseDiagnosed, DiagnosisReopened
from kakehashi.kernel.workflow import advance
from kakehashi.systems.portfolio.models import Credit, Output, OutputKind, OutputState


@handles(CaseDiagnosed)
def count_diagnosis(event: CaseDiagnosed) -> None:
    """A diagnosis counts for the award that paid for its case; for another one, once another is named.

    One taken back counts again where its case is of a later revision now.
    """
    row, newer = _row(event)
    if row is not None:
        row.on = event.on
        row.credits.update(since=event.on)
        row.save()
        if newer and row.state == OutputState.TAKEN_BACK:
            advance(row, "diagnosed_again", by=None)


@handles(DiagnosisReopened)
def take_diagnosis_back(event: DiagnosisReopened) -> None:
    """From this day on it counts no more, unless a later revision has said otherwise."""
    row, _newer = _row(event)
    if row is not None and event.revision == row.revision:
        row.taken_back_on = event.on
        row.save()
        if row.state == OutputState.FINAL:
            advance(row, "case_reopened", by=None)


def _row(event: CaseDiagnosed | DiagnosisReopened) -> tuple[Output | None, bool]:
    """The diagnosis, locked, credited to the award of the latest revision heard of, and whether this event is of a
    later one than all before; no output where no award paid."""
    if event.award_id is None:
        return None, False
    row, made = Output.objects.select_for_update().get_or_create(
        kind=OutputKind.DIAGNOSIS,
        reference=str(event.diagnosis_id),
        defaults={"on": event.on, "revision": event.revision},
    )
    newer = event.revision > row.revision
    if made:
        Credit.objects.create(output=row, award_id=event.award_id, since=event.on)
    elif newer:
        row.credits.update(award_id=event.award_id)
        row.revision = event.revision
    return row, newer
