"""The audit trail of one's organisation, for its auditors and administrators."""

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from kakehashi.kernel import audit
from kakehashi.kernel.audit import naming
from kakehashi.kernel.audit.lookup import numbers_about
from kakehashi.kernel.audit.models import AuditEntry, Outcome
from kakehashi.kernel.audit.rules import entries_of, may_read_trail
from kakehashi.kernel.audit.verbs import action_label
from kakehashi.kernel.listing import Column, Filter, Listing, day_filters
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.acting import acting_organisation


def _who(entry: AuditEntry) -> str:
    return entry.said.actor if entry.said else entry.actor


def _subjects(entry: AuditEntry) -> str:
    if entry.said is None:
        return ""
    shown = ", ".join(name.text for name in entry.said.shown)
    return _with_more(shown, entry.said.hidden) if entry.said.hidden else shown


def _with_more(shown: str, number: int) -> str:
    text = ngettext("%(shown)s and %(number)s more", "%(shown)s and %(number)s more", number)
    return text % {"shown": shown, "number": f"{number:,}"}


TRAIL = Listing(
    name="audit",
    columns=[
        Column("number", _("Number"), lambda entry: entry.sequence, sort="sequence", number=True),
        Column("at", _("Time"), lambda entry: entry.at, sort="at", template="audit/time_cell.html"),
        Column("actor", _("Who"), _who, sort="actor"),
        Column(
            "action",
            _("Action"),
            lambda entry: action_label(entry.action),
            sort="action",
            template="audit/action_cell.html",
        ),
        Column("subject", _("Of what"), _subjects, template="audit/subjects_cell.html"),
        Column("outcome", _("Outcome"), lambda entry: entry.get_outcome_display(), sort="outcome", short=True),
        Column("detail", _("Details"), naming.detail_words),
        Column("actor_id", _("Who, as recorded"), lambda entry: entry.actor, shown=False),
        Column("action_code", _("Action, as recorded"), lambda entry: entry.action, shown=False),
        Column(
            "ids",
            _("Ids, as recorded"),
            lambda entry: " ".join([entry.subject_type, *entry.subjects]).strip(),
            template="audit/ids_cell.html",
            shown=False,
        ),
        Column("seal", _("Seal"), lambda entry: entry.hash[:16], shown=False),
    ],
    order="-sequence",
)


def _trail(request: HttpRequest, organisation: Organisation, rows: QuerySet[AuditEntry]) -> Listing:
    """The table with this organisation's people and actions as filters, and names as this reader may know them."""

    def prepare(request: HttpRequest, entries: list[AuditEntry]) -> None:
        naming.say(entries, reader=request.user, organisation=organisation)

    def about(entries: QuerySet[AuditEntry], said: str) -> QuerySet[AuditEntry]:
        subject = naming.subject_known(said, reader=request.user, organisation=organisation)
        return entries.filter(pk__in=numbers_about(*subject)) if subject else entries.none()

    pairs = list(rows.order_by().values_list("actor", "action").distinct())
    actions = sorted({action for _actor, action in pairs})
    people = naming.actor_labels({actor for actor, _action in pairs}, reader=request.user, organisation=organisation)
    filters = (
        Filter("who", _("Who"), list(people.items()), lambda entries, actor: entries.filter(actor=actor)),
        Filter(
            "action",
            _("Action"),
            [(action, action_label(action)) for action in actions],
            lambda entries, action: entries.filter(action=action),
        ),
        Filter("subject", _("Of what"), (), about, example="K-…"),
        *day_filters("at", _("From"), _("Until")),
        Filter("outcome", _("Outcome"), Outcome.choices, lambda entries, outcome: entries.filter(outcome=outcome)),
    )
    return replace(TRAIL, filters=filters, prepare=prepare)


def _audited(request: HttpRequest, action: str) -> Organisation:
    """The organisation acted for, whose trail the person may read. Raises NotAllowed (recorded)."""
    organisation = acting_organisation(request)
    audit.insist(may_read_trail(request.user, organisation), by=request.user, action=action)
    assert organisation is not None
    return organisation


@login_required
@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    """What was done, read and refused for the organisation one acts for. Reading it is recorded too."""
    organisation = _audited(request, "audit.list")
    rows = entries_of(organisation)
    listing = _trail(request, organisation, rows)
    if request.GET.get("format") == "csv":
        audit.record(request.user, "audit.export", organisation)
        return listing.csv(request, rows)
    table = listing.show(request, rows)
    audit.record(request.user, "audit.read", organisation, detail={"entries": len(table["rows"])})
    return render(request, "audit/list.html", {"table": table, "organisation": organisation})


@login_required
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Check the chain of the whole node and say plainly whether it holds; what is wrong is the operator's to read."""
    organisation = _audited(request, "audit.verify")
    report = audit.verify()
    audit.record(
        request.user,
        "audit.verify",
        organisation,
        detail={"entries": report.entries, "findings": len(report.findings)},
    )
    facts = {"entries": f"{report.entries:,}", "findings": len(report.findings)}
    if report.intact:
        text = _now("The trail holds: all %(entries)s entries of this node fit their seals, and none is missing.")
        messages.success(request, text % facts)
    else:
        text = _now(
            "The trail is broken. Entries: %(entries)s; what does not fit: %(findings)d. Tell the operator of this "
            "node at once to keep the database as it is; “kakehashi audit verify” names them."
        )
        messages.error(request, text % facts)
    return redirect("audit:list")
