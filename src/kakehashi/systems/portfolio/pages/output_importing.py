"""Outputs from a file: looked at first, then written."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.people.forms import add_problems
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.forms.outputs import FileForm
from kakehashi.systems.portfolio.outputs.importing import Fate, Row, import_outputs, preview
from kakehashi.systems.portfolio.outputs.reading import read, tables

SHOWN = 500


@login_required
@require_http_methods(["GET", "POST"])
def import_file(request: HttpRequest) -> HttpResponse:
    """A file is looked at; what it holds is written only when the preview is confirmed."""
    audit.insist(rules.may_record_outputs(request.user), by=request.user, action="output.import")
    form = FileForm(request.POST or None, request.FILES or None)
    columns = {"needed": tables.NEEDED, "wanted": tables.KNOWN[len(tables.NEEDED) :]}
    choices = {"kind": tables.RECORDED, "sureness": tables.SURENESS}
    context: dict[str, Any] = {"form": form, "columns": columns, "choices": choices}
    if request.method == "POST" and form.is_valid():
        content, awards = form.cleaned_data["content"], form.cleaned_data["awards"]
        try:
            rows = preview(read(content.encode(), form.cleaned_data["format"]), awards)
            if "write" in request.POST:
                return _written(request, rows)
        except (Invalid, Conflict) as error:
            add_problems(form, error)
        else:
            context |= _told(rows) | {
                "content": content,
                "written": request.POST,
                "note": form.cleaned_data.get("note", ""),
            }
    return render(request, "portfolio/output_import.html", context, status=422 if form.errors else 200)


def _written(request: HttpRequest, rows: list[Row]) -> HttpResponse:
    fates = import_outputs(rows, by=request.user)
    number = fates[Fate.NEW] + fates[Fate.CREDITED]
    if number:
        text = ngettext("%(number)s output is written.", "%(number)s outputs are written.", number)
        messages.success(request, text % {"number": f"{number:,}"})
    else:
        messages.info(request, _("Nothing was new: every entry of the file stood here already, or was left out."))
    return redirect("portfolio:outputs")


def _told(rows: list[Row]) -> dict[str, Any]:
    """What the preview shows: how many of each fate, and the first rows."""
    counts = [(fate.label, sum(1 for row in rows if row.fate == fate)) for fate in Fate]
    return {
        "rows": rows[:SHOWN],
        "counts": [(label, number) for label, number in counts if number],
        "more": max(len(rows) - SHOWN, 0),
        "writes": any(row.fate in (Fate.NEW, Fate.CREDITED) for row in rows),
    }
