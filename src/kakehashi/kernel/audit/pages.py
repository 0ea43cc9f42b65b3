"""The audit trail of one's organisation, for its auditors and administrators."""

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from kakehashi.kernel import audit
from kakehashi.kernel.audit.models import AuditEntry, Outcome
from kakehashi.kernel.audit.rules import entries_of, may_read_trail
from kakehashi.kernel.listing import Column, Filter, Listing
from kakehashi.kernel.people.acting import acting_organisation


def _subject(entry: AuditEntry) -> str:
    named = entry.subject_id or entry.subject_ids.strip('[]"').replace('","', ", ")
    return f"{entry.subject_type} {named}".strip()


def _with_outcome(entries: QuerySet[AuditEntry], outcome: str) -> QuerySet[AuditEntry]:
    return entries.filter(outcome=outcome)


TRAIL = Listing(
    name="audit",
    columns=[
        Column("number", _("Number"), lambda entry: entry.sequence, sort="sequence", number=True),
        Column("at", _("Time"), lambda entry: entry.at, sort="at"),
        Column("actor", _("Who"), lambda entry: entry.actor, sort="actor"),
        Column("action", _("Action"), lambda entry: entry.action, sort="action"),
        Column("subject", _("Of what"), _subject),
        Column("outcome", _("Outcome"), lambda entry: entry.get_outcome_display(), sort="outcome"),
        Column("detail", _("Details"), lambda entry: entry.detail),
        Column("seal", _("Seal"), lambda entry: entry.hash[:16], shown=False),
    ],
    filters=[Filter("outcome", _("Outcome"), Outcome.choices, _with_outcome)],
    order="-sequence",
)


@login_required
@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    """What was done, read and refused for the organisation one acts for."""
    organisation = acting_organisation(request)
    audit.insist(may_read_trail(request.user, organisation), by=request.user, action="audit.list")
    assert organisation is not None
    rows = entries_of(organisation)
    if request.GET.get("format") == "csv":
        audit.record(request.user, "audit.export", organisation)
        return TRAIL.csv(request, rows)
    return render(request, "audit/list.html", {"table": TRAIL.show(request, rows), "organisation": organisation})
