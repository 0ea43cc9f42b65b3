"""The pages of the exchange: other nodes' answers for a case, and the form by which other nodes write about one."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.jobs.models import Job
from kakehashi.protocols.mme import Patient
from kakehashi.systems.cases.public import CaseSummary, case_page, known_abroad, reads_its_cases, term_labels
from kakehashi.systems.exchange.messages import write_message
from kakehashi.systems.exchange.models import ForeignMatch, Message, Peer, Question, Told
from kakehashi.systems.exchange.outgoing import by_day, csv_of, told_of
from kakehashi.systems.exchange.patients import gene_shown
from kakehashi.systems.exchange.questions import told_now
from kakehashi.systems.exchange.tasks import KIND, start_asking

SHOWN = 50


class MessageForm(forms.ModelForm[Message]):
    class Meta:
        model = Message
        fields = ("name", "institution", "email", "text")


@login_required
@require_GET
def case(request: HttpRequest, public_id: str) -> HttpResponse:
    """What other nodes answered for a case, each peer's state beside it; the part alone while answers come in.

    Who was told of it, and what was written to its registrant, is for those who read it for its own institution.
    """
    summary, context = case_page(request, public_id, "nodes")
    context |= _answers(summary, request.user)
    template = "exchange/parts/answers.html" if request.headers.get("HX-Request") else "exchange/case.html"
    return render(request, template, context)


@login_required
@require_GET
def told(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who was told of a case, or looked at it from elsewhere; for those who read it for its own institution."""
    summary, context = case_page(request, public_id, "nodes")
    if not reads_its_cases(request.user, summary.organisation_id):
        raise NotFound(_("Case"))
    rows = told_of(summary.id, summary.organisation_id)
    if request.GET.get("format") == "csv":
        return csv_of(rows)
    return render(request, "exchange/told.html", context | {"rows": by_day(rows)})


@login_required
@require_POST
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask all peers for a case."""
    summary, _context = case_page(request, public_id, "nodes")
    start_asking(by=request.user, case_id=summary.id)
    return redirect("exchange:case", summary.public_id)


@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write to the registrant of a case that foreign nodes may know of, without learning who that is."""
    case_id = known_abroad(public_id)
    if case_id is None:
        raise NotFound(_("Case"))
    form = MessageForm(request.POST or None)
    sent = False
    if request.method == "POST" and form.is_valid():
        write_message(
            case_id=case_id,
            public_id=public_id.strip().upper(),
            address=get_adapter(request).get_client_ip(request),  # a proxy in front is seen through
            **form.cleaned_data,
        )
        sent = True
    context = {"form": form, "public_id": public_id.strip().upper(), "sent": sent}
    return render(request, "exchange/contact.html", context, status=422 if form.errors else 200)


def _answers(summary: CaseSummary, person: Any) -> dict[str, Any]:
    latest: dict[int, Question] = {}
    for question in Question.objects.filter(case_id=summary.id).select_related("peer").order_by("-pk")[:500]:
        latest.setdefault(question.peer_id, question)
    matches = ForeignMatch.objects.filter(case_id=summary.id).select_related("peer").order_by("-score", "pk")[:SHOWN]
    still = told_now(summary.id, {one.peer for one in latest.values()} | {one.peer for one in matches})
    may_list = reads_its_cases(person, summary.organisation_id)
    told, received = Told.objects.filter(case_id=summary.id), Message.objects.filter(case_id=summary.id)
    return {
        "peers": list(Peer.objects.filter(asked=True)),
        "questions": sorted(latest.values(), key=lambda one: one.peer.name),
        "asking": _running(summary.id),
        "matches": [said_of(match) | {"no_longer": match.peer_id not in still} for match in matches],
        "no_longer": {pk for pk in latest if pk not in still},
        "told": told.select_related("peer").order_by("-day", "pk")[:SHOWN] if may_list else (),
        "received": received.order_by("-at")[:SHOWN] if may_list else (),
        "may_list": may_list,
        "outdated": any(one.revision < summary.revision for one in latest.values()),
    }


def _running(case_id: int) -> bool:
    return Job.objects.filter(kind=KIND, finished_at=None, arguments__case_id=case_id).exists()


def said_of(match: ForeignMatch) -> dict[str, Any]:
    """A foreign patient in words; read again by the exchange's shapes, so that only what they let through is shown."""
    patient = Patient.model_validate(match.patient)
    present = [feature.id for feature in patient.features or () if feature.present]
    return {
        "match": match,
        "contact": patient.contact,
        "findings": term_labels(present[:30]),
        "more": max(0, len(present) - 30),
        "genes": [gene_shown(feature.gene.id) for feature in (patient.genomic_features or ())[:10]],
        "test": bool(patient.test),
    }
