"""A programme's involvement as a line of a table, each number with the address of its rows."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from kakehashi.kernel.fiscal import fiscal_year
from kakehashi.systems.portfolio.involving.figures import Told, by_programme
from kakehashi.systems.portfolio.models import Involvement, InvolvementKind, Programme


def line_of(year: int, programme: Programme | None, line: Told) -> dict[str, Any]:
    """A programme's line, each number with the address of its rows."""
    query = urlencode({"year": year} | ({"programme": programme.code} if programme else {}))
    return {
        "year": year,
        "name": programme.label() if programme else _("No programme"),
        "url": f"{reverse('portfolio:programme', args=[programme.code])}#involvement" if programme else "",
        "calls": line.calls,
        "asking": line.asking,
        "awards": line.awards,
        "telling": line.telling,
        "share": f"{line.telling / line.awards:.0%}" if line.awards else "",
        "times": line.times,
        "awards_url": f"{reverse('portfolio:awards')}?{query}" if programme else "",
        "telling_url": f"{reverse('portfolio:involvement_awards')}?{query}" if programme else "",
        "times_url": f"{reverse('portfolio:involvement_rows')}?{query}" if programme else "",
        "kinds": " · ".join(f"{InvolvementKind(kind).label} {number}" for kind, number in sorted(line.kinds.items())),
    }


def lines_of(programme: Programme) -> list[dict[str, Any]]:
    """One programme's lines, for its page: the years in which a call opened or involvement is told, latest first."""
    days = list(programme.calls.order_by().values_list("opens", flat=True).distinct())
    told = Involvement.objects.filter(award__programme=programme, taken_back_on=None).order_by()
    days += list(told.values_list("on", flat=True).distinct())
    years = sorted({fiscal_year(day) for day in days}, reverse=True)
    return [line_of(year, programme, by_programme(year, programme).get(programme.pk, Told())) for year in years]
