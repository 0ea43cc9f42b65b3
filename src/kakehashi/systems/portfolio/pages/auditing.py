"""The auditor's desk: whether the books agree, and any figure chosen and walked down to its entries."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kakehashi.kernel import audit
from kakehashi.systems.portfolio.behind import Money
from kakehashi.systems.portfolio.desks.checking import (
    append_only_tables,
    last_check,
    outcome_of,
    running_check,
    start_check,
)
from kakehashi.systems.portfolio.desks.rules import may_use_auditors
from kakehashi.systems.portfolio.figures import Figures, book
from kakehashi.systems.portfolio.forms.auditing import FigureForm
from kakehashi.systems.portfolio.money import exact
from kakehashi.systems.portfolio.pages.agency import ministry_lines, programme_lines, project_lines
from kakehashi.systems.portfolio.pages.asking import Asked, asked


@login_required
@require_http_methods(["GET", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """The last check, and every figure of a year to the yen; POST asks for a check, ``what`` leads to one's rows."""
    audit.insist(may_use_auditors(request.user), by=request.user, action="portfolio.check")
    wanted = asked(request)
    if request.method == "POST":
        start_check(by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("The check has begun. Its result will stand here."))
        return redirect("portfolio:my_audit")
    form = FigureForm(request.GET if "what" in request.GET else None, term=wanted.term)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        axis, _colon, code = said["of"].partition(":")
        part = {"year": wanted.year, axis: code, "budget": said["budget"]}
        part |= {"term": wanted.term.number} if wanted.term else {}
        query = urlencode({key: value for key, value in part.items() if key and value})
        return redirect(f"{rows_of(Money(said['what']))}?{query}")
    told, last = book(wanted.year, wanted.term.number if wanted.term else None), last_check()
    groups = [
        (_("Integrated projects"), _("Integrated project"), project_lines(wanted, told)),
        (_("Whose money it is"), _("Ministry"), ministry_lines(wanted, told)),
        (_("Programmes"), _("Programme"), programme_lines(wanted, told)),
    ]
    context = wanted.choices() | {
        "as_of": told.as_of,
        "last": last,
        "outcome": outcome_of(last.result) if last else None,
        "faults": last.result["faults"] if last and last.result else [],
        "running": running_check(),
        "tables": append_only_tables(),
        "form": form,
        "groups": [
            (_("All together"), _("Of"), [total_line(wanted, told.total)]),
            *((name, head, [to_the_yen(line) for line in lines]) for name, head, lines in groups),
        ],
    }
    return render(request, "portfolio/my_audit.html", context)


def total_line(wanted: Asked, total: Figures) -> dict[str, Any]:
    """The whole agency: each sum with the address of its rows."""
    cells = [
        {"label": what.label, "text": exact(yen), "title": "", "url": f"{rows_of(what)}?{wanted.query}" if yen else ""}
        for what in Money
        for yen in (sum(getattr(total, what.value).values()),)
    ]
    return {"name": _("The whole agency"), "url": f"{reverse('portfolio:agency')}?{wanted.query}", "cells": cells}


def rows_of(what: Money) -> str:
    """The address of a figure's accounts."""
    return reverse("portfolio:rows", args=[what])


def to_the_yen(line: dict[str, Any]) -> dict[str, Any]:
    """A line with amounts to the yen instead of rounded ones."""
    return line | {"cells": [cell | {"text": cell["title"] or cell["text"], "title": ""} for cell in line["cells"]]}
