"""Co-operation abroad is recorded, corrected, ended; one row with all it ever said; rows from a file and into one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid, NotFound
from kakehashi.kernel.listing import csv_file
from kakehashi.kernel.people.forms import add_problems
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.abroad.actions import correct_cooperation, end_cooperation, record_cooperation
from kakehashi.systems.portfolio.abroad.files import (
    COLUMNS,
    LARGEST_MB,
    WRITES,
    Fate,
    Row,
    import_cooperation,
    look_at,
    rows_of,
)
from kakehashi.systems.portfolio.abroad.told import FIELDS, KIND, STANDING, said_of
from kakehashi.systems.portfolio.csv_tables import insist_unchanged, seal_of
from kakehashi.systems.portfolio.facts.citing import source_said
from kakehashi.systems.portfolio.forms.cooperation import CooperationFileForm, CooperationForm, EndForm
from kakehashi.systems.portfolio.models import Cooperation, CooperationKind, CooperationRevision, CooperationStanding
from kakehashi.systems.portfolio.pages.cooperation import countries_of, country_name, said, stands, when

SHOWN = 500
LABELS = {
    "kind": gettext_lazy("Kind"),
    "name": gettext_lazy("What"),
    "name_en": gettext_lazy("What, in English"),
    "partner": gettext_lazy("Partner"),
    "partner_en": gettext_lazy("Partner, in English"),
    "field": gettext_lazy("Field"),
    "field_en": gettext_lazy("Field, in English"),
    "countries": gettext_lazy("Countries"),
    "programme": gettext_lazy("Programme"),
    "when": gettext_lazy("When"),
    "fiscal_year": gettext_lazy("Fiscal year"),
    "standing": gettext_lazy("Standing"),
    "awards": gettext_lazy("Awards"),
    "ended_on": gettext_lazy("Last day"),
    "source": gettext_lazy("Source"),
}


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Something done together is recorded."""
    audit.insist(rules.may_record_cooperation(request.user), by=request.user, action="cooperation.record")
    form = CooperationForm(request.POST or None, correcting=False)
    if request.method == "POST" and form.is_valid():
        try:
            made = record_cooperation(by=request.user, said=form.cleaned_data)  # type: ignore[arg-type]
        except (Invalid, Conflict) as error:
            add_problems(form, error)
        else:
            messages.success(request, _("It is recorded."))
            return redirect("portfolio:cooperation_one", made.code)
    context = {"form": form, "title": _("Record what is done together")}
    return render(request, "portfolio/cooperation_form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """A row is corrected; what it said stays in its revisions."""
    audit.insist(rules.may_record_cooperation(request.user), by=request.user, action="cooperation.correct")
    row = _coded(code)
    form = CooperationForm(request.POST or None, initial=said_of(row), correcting=True)
    if request.method == "POST" and form.is_valid():
        texts = dict(form.cleaned_data)
        reason = texts.pop("reason")
        try:
            correct_cooperation(by=request.user, row=row, said=texts, reason=reason)  # type: ignore[arg-type]
        except (Invalid, Conflict) as error:
            add_problems(form, error)
        else:
            messages.success(request, _("It is corrected. What it said before stays beneath."))
            return redirect("portfolio:cooperation_one", row.code)
    context = {"form": form, "title": _("Correct"), "row": row}
    return render(request, "portfolio/cooperation_form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One row: what it says, what it said before and why that changed; POST ends it."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    row = _coded(code)
    form = EndForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST":
        audit.insist(rules.may_record_cooperation(request.user), by=request.user, action="cooperation.end", subject=row)
        if form.is_valid():
            try:
                end_cooperation(by=request.user, row=row, **form.cleaned_data)  # type: ignore[arg-type]
            except (Invalid, Conflict) as error:
                add_problems(form, error)
            else:
                messages.success(request, _("Its end is recorded. The row stays."))
                return redirect("portfolio:cooperation_one", row.code)
    may_record = bool(rules.may_record_cooperation(request.user))
    context = {
        "row": row,
        "facts": _facts(row),
        "history": _history(row),
        "may_record": may_record,
        "form": form if may_record and row.ended_on is None else None,
    }
    return render(request, "portfolio/cooperation_one.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def file(request: HttpRequest) -> HttpResponse:
    """Every row as the CSV that can be changed and imported again."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    return csv_file("cooperation", COLUMNS, rows_of())


@login_required
@require_http_methods(["GET", "POST"])
def import_file(request: HttpRequest) -> HttpResponse:
    """A file is looked at; what it holds is written only when the preview is confirmed."""
    audit.insist(rules.may_record_cooperation(request.user), by=request.user, action="cooperation.import")
    sent = request.method == "POST"
    form = CooperationFileForm(request.POST, request.FILES) if sent else CooperationFileForm()
    context: dict[str, Any] = {"form": form, "columns": COLUMNS, "choices": {"kind": KIND, "standing": STANDING}}
    if sent and form.is_valid():
        try:
            read = form.read(largest_mb=LARGEST_MB)
            rows = look_at(read.text.encode())
            if "write" in request.POST:
                if any(row.fate in WRITES for row in rows):
                    insist_unchanged(form.cleaned_data["seal"], (row.seen for row in rows))
                return _written(request, rows)
            context |= _previewed(rows) | {
                "content": read.text,
                "note": read.note,
                "seal": seal_of(row.seen for row in rows),
            }
        except (Invalid, Conflict) as error:
            add_problems(form, error)
    return render(request, "portfolio/cooperation_import.html", context, status=422 if form.errors else 200)


def _written(request: HttpRequest, rows: list[Row]) -> HttpResponse:
    fates = import_cooperation(rows, by=request.user)  # type: ignore[arg-type]
    if number := fates[Fate.NEW] + fates[Fate.CORRECTED]:
        text = ngettext("%(number)s row is written.", "%(number)s rows are written.", number)
        messages.success(request, text % {"number": f"{number:,}"})
    else:
        messages.info(request, _("Nothing was new: every row of the file stood here already. Nothing was written."))
    return redirect("portfolio:cooperation")


def _previewed(rows: list[Row]) -> dict[str, Any]:
    """What the preview shows: how many of each fate, those at fault first."""
    counts = [(fate.label, sum(row.fate == fate for row in rows)) for fate in Fate]
    order = (Fate.FAULTY, Fate.CORRECTED, Fate.NEW, Fate.SAME)
    shown = sorted(rows, key=lambda row: (order.index(row.fate), row.line))
    faulty = any(row.fate == Fate.FAULTY for row in rows)
    return {
        "rows": [(row, ", ".join(str(LABELS[name]) for name in row.changed)) for row in shown[:SHOWN]],
        "counts": [(label, number) for label, number in counts if number],
        "more": max(len(rows) - SHOWN, 0),
        "faulty": faulty,
        "writes": not faulty and any(row.fate in WRITES for row in rows),
        "looked": True,
    }


def _facts(row: Cooperation) -> list[tuple[object, str]]:
    """What the row says, in words."""
    told = (
        ("kind", str(row.get_kind_display())),
        ("partner", said(row, "partner")),
        ("field", said(row, "field")),
        ("countries", countries_of(row)),
        ("programme", row.programme.label() if row.programme else ""),
        ("when", when(row)),
        ("standing", stands(row)),
        ("awards", "" if row.awards is None else str(row.awards)),
        ("source", source_said(row.source)),
    )
    return [(LABELS[name], text) for name, text in told if text]


def _history(row: Cooperation) -> list[dict[str, Any]]:
    """Every revision, latest first, with what it says otherwise than the one before it."""
    told = []
    before: dict[str, str] = {}
    for one in row.revisions.select_related("by"):
        differs = [
            (LABELS[name], _worded(name, before.get(name, "")), _worded(name, one.said.get(name, "")))
            for name in FIELDS
            if before and before.get(name, "") != one.said.get(name, "")
        ]
        told.append({"revision": one, "who": _who(one), "differs": differs})
        before = one.said
    return told[::-1]


def _who(one: CooperationRevision) -> str:
    return str(one.by) if one.by else _("the node's operator")


def _worded(name: str, text: str) -> str:
    """A field of a revision as a person reads it."""
    if not text:
        return "–"
    if name == "kind" and text in CooperationKind.values:
        return str(CooperationKind(text).label)
    if name == "standing" and text in CooperationStanding.values:
        return str(CooperationStanding(text).label)
    return ", ".join(country_name(code) for code in text.split()) if name == "countries" else text


def _coded(code: str) -> Cooperation:
    rows = Cooperation.objects.select_related("programme").prefetch_related("countries")
    found = rows.filter(code=code).first()
    if found is None:
        raise NotFound(_("This co-operation"))
    return found
