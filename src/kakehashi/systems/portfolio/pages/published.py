"""The published totals of the documents beside this node's own figures."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kakehashi.kernel.listing import csv_file
from kakehashi.systems.portfolio.comparing.comparison import Comparison, Group, Unit, Verdict
from kakehashi.systems.portfolio.comparing.gaps import gaps
from kakehashi.systems.portfolio.comparing.published import comparisons
from kakehashi.systems.portfolio.money import exact
from kakehashi.systems.portfolio.pages.asking import asked

MARKS = {
    Verdict.EQUAL: "green",
    Verdict.ROUNDING: "green",
    Verdict.ABOUT: "green",
    Verdict.PARTLY: "amber",
    Verdict.EXPLAINED: "amber",
    Verdict.OPEN: "red",
}


@login_required
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Each published total, the node's own figure with its rows, and whether they agree; as CSV on demand."""
    wanted = asked(request)
    told = comparisons()
    chosen = request.GET.get("verdict", "")
    listed = [one for one in told if one.verdict == chosen] if chosen in Verdict.values else told
    if request.GET.get("format") == "csv":
        return _file(listed)
    counts = Counter(one.verdict for one in told)
    groups = [(group.label, [_line(one) for one in listed if one.group is group]) for group in Group]
    context = wanted.choices() | {
        "all": len(told),
        "verdicts": [(one.value, one.label, counts[one], one == chosen) for one in Verdict if counts[one]],
        "chosen": chosen,
        "groups": [(label, lines) for label, lines in groups if lines],
        "gaps": gaps(),
        "csv_url": f"?format=csv&verdict={chosen}" if chosen else "?format=csv",
    }
    return render(request, "portfolio/published.html", context)


def _line(one: Comparison) -> dict[str, Any]:
    several = len(one.parts) > 1
    return {
        "what": one.what,
        "published": figure(one.published, one.unit),
        "ours": "" if one.ours is None else figure(one.ours, one.unit),
        "parts": [
            {
                "label": part.label if several or not part.url else "",
                "text": figure(part.value, one.unit),
                "url": part.url,
            }
            for part in one.parts
        ],
        "several": several,
        "difference": "" if not one.difference else figure(one.difference, one.unit, signed=True),
        "verdict": one.verdict.label,
        "mark": MARKS.get(one.verdict, ""),
        "why": one.why if one.verdict in (Verdict.EXPLAINED, Verdict.ABOUT) else "",
        "source": one.source,
    }


def figure(value: Decimal, unit: Unit, *, signed: bool = False) -> str:
    """A figure in its unit, as people read it."""
    mark = "+" if signed and value > 0 else ""
    if unit is Unit.YEN:
        return mark + exact(int(value))
    text = f"{value:,.1f}" if value != int(value) else f"{int(value):,}"
    return f"{mark}{text} %" if unit is Unit.PERCENT else mark + text


def _file(told: list[Comparison]) -> HttpResponse:
    head = (
        *(_("What is compared"), _("Figure"), _("Published"), _("On this node"), _("Unit"), _("Difference")),
        *(_("Verdict"), _("Why"), _("Source")),
    )
    rows = (
        (
            *(str(one.group.label), one.what, one.published, one.ours, one.unit.value, one.difference),
            *(str(one.verdict.label), one.why, one.source),
        )
        for one in told
    )
    return csv_file(f"published-{timezone.localdate():%Y%m%d}", head, rows)
