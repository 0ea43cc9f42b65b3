"""Patient and public involvement: each programme, the rows behind each number, one award's with its form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid, NotFound
from kakehashi.kernel.listing import Column, Filter, Listing, csv_file
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.comparing.published import involvement_published
from kakehashi.systems.portfolio.forms.involvement import InvolvementForm
from kakehashi.systems.portfolio.involving.actions import record_involvement, take_back_involvement
from kakehashi.systems.portfolio.involving.figures import (
    awards_telling,
    by_programme,
    involvements_in,
    programmes_asking,
)
from kakehashi.systems.portfolio.involving.rules import may_record
from kakehashi.systems.portfolio.involving.telling import line_of
from kakehashi.systems.portfolio.models import Involvement, InvolvementKind, Programme
from kakehashi.systems.portfolio.pages.asking import asked, key_said
from kakehashi.systems.portfolio.pages.awards import AWARDS
from kakehashi.systems.portfolio.pages.lineage import award_numbered
from kakehashi.systems.portfolio.pages.trail import slice_of

ROWS = Listing(
    "involvement",
    columns=(
        Column("on", gettext_lazy("Day"), lambda one: one.on, sort="on"),
        Column("award", gettext_lazy("Award"), lambda one: one.award.number, sort="award__number", short=True),
        Column("kind", gettext_lazy("In what they took part"), lambda one: one.get_kind_display(), sort="kind"),
        Column("what", gettext_lazy("What took place"), lambda one: one.what, wide=True),
        Column("document", gettext_lazy("Address of the document"), lambda one: one.document_url, shown=False),
    ),
    filters=(
        Filter(
            "kind",
            gettext_lazy("In what they took part"),
            InvolvementKind.choices,
            lambda rows, kind: rows.filter(kind=kind),
        ),
    ),
    order="-on",
    row_link=lambda one: reverse("portfolio:award_involvement", args=[one.award.number]),
)


@login_required
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Every programme of a year: calls that ask, awards that tell; as CSV on demand."""
    wanted = asked(request)
    lines = by_programme(wanted.year)
    programmes = Programme.objects.in_bulk([key for key in lines if key])
    ordered = sorted(lines.items(), key=lambda one: (-one[1].telling, -one[1].asking, -one[1].awards, one[0] or 0))
    told = [line_of(wanted.year, programmes.get(key or 0), line) for key, line in ordered]
    if request.GET.get("format") == "csv":
        return _file(told, wanted.year)
    asking, opened = programmes_asking(lines)
    context = wanted.choices() | {
        "lines": told,
        "asking": asking,
        "opened": opened,
        "share": f"{asking / opened:.0%}" if opened else "",
        "awards": sum(line.awards for line in lines.values()),
        "telling": sum(line.telling for line in lines.values()),
        "telling_url": f"{reverse('portfolio:involvement_awards')}?year={wanted.year}",
        "rows_url": f"{reverse('portfolio:involvement_rows')}?year={wanted.year}",
        "times": sum(line.times for line in lines.values()),
        "published": involvement_published(),
        "csv_url": f"?{wanted.query}&format=csv",
    }
    return render(request, "portfolio/involvement.html", context)


@login_required
@require_GET
def rows(request: HttpRequest) -> HttpResponse:
    """What is told of a year, of all awards or of a part of them; as CSV on demand."""
    wanted = asked(request)
    part, words = slice_of(request, wanted)
    found = involvements_in(part).select_related("award")
    if request.GET.get("format") == "csv":
        return ROWS.csv(request, found)
    context = wanted.choices() | {"of": words, "table": ROWS.show(request, found)}
    return render(request, "portfolio/involvement_rows.html", context)


@login_required
@require_GET
def awards(request: HttpRequest) -> HttpResponse:
    """The awards of a year of which involvement is told; as CSV on demand."""
    wanted = asked(request)
    part, words = slice_of(request, wanted)
    found = awards_telling(part).select_related("programme", "organisation", "area")
    if request.GET.get("format") == "csv":
        return AWARDS.csv(request, found)
    context = wanted.choices() | {"of": words, "table": AWARDS.show(request, found)}
    return render(request, "portfolio/involvement_rows.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def award(request: HttpRequest, number: str) -> HttpResponse:
    """One award's involvement; officers record it and take it back here."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    one, status, problem = award_numbered(number), 200, ""
    back = request.POST.get("take_back", "")
    form = InvolvementForm(request.POST if request.method == "POST" and not back else None)
    if request.method == "POST":
        status = 422
        try:
            if back:
                _take_back(request, number, back)
                return redirect("portfolio:award_involvement", number)
            if form.is_valid():
                record_involvement(by=request.user, award=one, **form.cleaned_data)  # type: ignore[arg-type]
                messages.success(request, _("It is recorded."))
                return redirect("portfolio:award_involvement", number)
        except (Invalid, Conflict) as error:
            status = error.status
            told = {name: [str(text) for text in texts] for name, texts in error.problems.items()}
            if back:
                problem = " ".join(text for texts in told.values() for text in texts)
            else:
                for name, texts in told.items():
                    form.add_error(name if name in form.fields else None, texts)
    context = {
        "award": one,
        "form": form,
        "problem": problem,
        "may_record": bool(may_record(request.user)),
        "rows": one.involvements.order_by("-on", "pk"),
    }
    return render(request, "portfolio/involvement_award.html", context, status=status)


def _take_back(request: HttpRequest, number: str, key: str) -> None:
    found = Involvement.objects.filter(award__number=number, pk=key_said(key)).first()
    if found is None:
        raise NotFound(_("This involvement"))
    take_back_involvement(by=request.user, involvement=found, reason=request.POST.get("reason", ""))  # type: ignore[arg-type]
    messages.success(request, _("It is taken back."))


def _file(lines: list[dict[str, Any]], year: int) -> HttpResponse:
    head = (_("Programme"), _("Calls"), _("Calls that ask"), _("Awards"), _("Awards that tell"), _("Times"))
    keys = ("name", "calls", "asking", "awards", "telling", "times", "kinds")
    rows = ([line[key] for key in keys] for line in lines)
    return csv_file(f"involvement-{year}-{timezone.localdate():%Y%m%d}", (*head, _("In what they took part")), rows)
