"""Entries from files and into files; appropriations, which entries begin with."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid, NotFound
from kakehashi.kernel.fiscal import year_said
from kakehashi.kernel.listing import Echo, plain_cell
from kakehashi.kernel.people.forms import add_problems
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.forms.entries import BOOKED, AppropriationForm, EntriesFileForm
from kakehashi.systems.portfolio.ledger import importing
from kakehashi.systems.portfolio.ledger.appropriating import register_appropriation
from kakehashi.systems.portfolio.ledger.files import LARGEST_MB, Row, book_rows, look_at
from kakehashi.systems.portfolio.ledger.journal import FIELDS, movements_of
from kakehashi.systems.portfolio.ledger.kinds import EntryKind
from kakehashi.systems.portfolio.models import Entry
from kakehashi.systems.portfolio.money import exact

SHOWN = 500


@login_required
@require_http_methods(["GET", "POST"])
def import_file(request: HttpRequest) -> HttpResponse:
    """A file of entries is looked at; it is booked when the preview is confirmed, all of it or nothing."""
    audit.insist(rules.may_write_entries(request.user), by=request.user, action="ledger.post")
    form = EntriesFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "kinds": BOOKED}
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            if upload and upload.size > importing.BIG_BYTES:
                job = importing.start_looking(by=request.user, upload=upload)  # type: ignore[arg-type]
                return redirect("portfolio:entry_import_job", job.pk)
            read = form.read(largest_mb=LARGEST_MB)
            rows = look_at(read.text.encode())
            if "book" in request.POST:
                written = book_rows(rows, by=request.user)  # type: ignore[arg-type]
                text = ngettext("%(number)s entry is booked.", "%(number)s entries are booked.", len(written))
                messages.success(request, text % {"number": f"{len(written):,}"})
                return redirect("portfolio:entries")
            context |= _told(rows) | {"content": read.text, "note": read.note}
        except (Invalid, Conflict) as error:
            add_problems(form, error)
    return render(request, "portfolio/entry_import.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def import_job(request: HttpRequest, number: int) -> HttpResponse:
    """How far the look at a big file or its booking is, and what it came to; POST books what was looked at."""
    audit.insist(rules.may_write_entries(request.user), by=request.user, action="ledger.post")
    job = importing.looked_or_booked(request.user, number)  # type: ignore[arg-type]
    looked = job.kind == importing.LOOK
    if request.method == "POST":
        if not looked:
            raise NotFound(_("This import"))
        started = importing.start_booking(by=request.user, looked=job)  # type: ignore[arg-type]
        return redirect("portfolio:entry_import_job", started.pk)
    told = job.result or {"faulty": 0, "faults": [], "sums": []}
    booking = importing.booking_of(job) if looked else None
    context = {
        "job": job,
        "sums": [
            {"kind": EntryKind(kind).label, "number": number, "yen": exact(yen)} for kind, number, yen in told["sums"]
        ],
        "more": told["faulty"] - len(told["faults"]),
        "booking": booking,
        "may_book": looked and booking is None and job.result is not None and not told["faulty"],
    }
    return render(request, "portfolio/entry_import_job.html", context)


def _told(rows: list[Row]) -> dict[str, Any]:
    """What the preview shows: first what is wrong, else the first rows; and what they come to by kind."""
    faulty = [row for row in rows if row.faults]
    sums: dict[str, list[int]] = {}
    for row in rows:
        if row.told is not None and row.told.kind in EntryKind.values:
            sums.setdefault(row.told.kind, []).append(row.told.amount_yen)
    shown = faulty or rows
    return {
        "rows": shown[:SHOWN],
        "more": max(len(shown) - SHOWN, 0),
        "number": len(rows),
        "faulty": len(faulty),
        "sums": [
            {"kind": EntryKind(kind).label, "number": len(amounts), "yen": exact(sum(amounts))}
            for kind, amounts in sums.items()
        ],
        "writes": not faulty,
    }


@login_required
@require_GET
def journal_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Every movement of the ledger as CSV, read as one goes; of one fiscal year or kind where the address says so."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    audit.record(request.user, "ledger.export", detail={"query": request.GET.urlencode()[:200]})
    entries = Entry.objects.all()
    if (year := year_said(request.GET.get("year"))) is not None:
        entries = entries.filter(fiscal_year=year)
    if (kind := request.GET.get("kind", "")) in EntryKind.values:
        entries = entries.filter(kind=kind)
    narrowed = entries if entries.query.where else None
    writer = csv.writer(Echo())

    def written() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(FIELDS)
        for row in movements_of(narrowed):
            yield writer.writerow([plain_cell(value) for value in row])

    response = StreamingHttpResponse(written(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="journal-{timezone.localdate():%Y%m%d}.csv"'
    return response


@login_required
@require_http_methods(["GET", "POST"])
def new_appropriation(request: HttpRequest) -> HttpResponse:
    """A sum that a ministry's budget gives is entered; its allotment is the next step."""
    audit.insist(rules.may_write_entries(request.user), by=request.user, action="appropriation.register")
    form = AppropriationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = register_appropriation(by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except (Invalid, Conflict) as error:
            add_problems(form, error)
        else:
            messages.success(request, _("The appropriation is entered. No money lies in it until its allotment."))
            address = reverse("portfolio:entry_new", args=[EntryKind.ALLOT])
            return redirect(f"{address}?appropriation={made.code}")
    return render(request, "portfolio/appropriation_form.html", {"form": form}, status=422 if form.errors else 200)
