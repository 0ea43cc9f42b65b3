"""Candidate variants from a VCF file: looked at, chosen row by row, added to the case."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from kakehashi.kernel.errors import Invalid
from kakehashi.systems.cases import candidates
from kakehashi.systems.cases.forms.candidates import VcfForm
from kakehashi.systems.cases.pages import panes


@login_required
@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, case_id: str) -> HttpResponse:
    """Look at a file: each record as it would be taken, and what is wrong in which line. Nothing is kept here."""
    case = panes.case_to_edit(request, case_id)
    form = VcfForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"case": case, "form": form}
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        found = candidates.preview(said["file"], case=case, sample=said["sample"], assembly=said["assembly"])
        context |= {"preview": found, "rows": _rows(found)}
        status = 200 if found.readable else 422
    return render(request, "cases/candidates.html", context, status=status)


@login_required
@require_POST
def add(request: HttpRequest, case_id: str) -> HttpResponse:
    """Add the chosen candidates as one revision."""
    case = panes.case_to_edit(request, case_id)
    try:
        chosen = candidates.read_chosen(request.POST.getlist("take"), assembly=request.POST.get("assembly", ""))
        count = candidates.add_variants(
            by=request.user,
            case=case,
            variants=chosen,
            from_revision=panes.number(request.POST.get("from_revision")),
        )
    except Invalid as error:
        context = {"case": case, "form": VcfForm(), "refused": error.detail}
        return render(request, "cases/candidates.html", context, status=422)
    text = ngettext("%(count)d variant was added.", "%(count)d variants were added.", count)
    messages.success(request, text % {"count": count})
    return redirect("cases:show", case.public_id)


def _rows(found: candidates.Preview) -> list[dict[str, Any]]:
    return [{"row": one, "more": " · ".join(panes.variant_words(one.variant))} for one in found.rows]
