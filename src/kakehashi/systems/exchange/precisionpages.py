"""The page that says what a score has meant so far: how many of the reviewed matches were confirmed."""

from __future__ import annotations

import csv

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kakehashi.engines.pictures.shares import ShareRow, draw_shares
from kakehashi.kernel.punctuation import labelled, noted
from kakehashi.systems.cases.public import organisations_worked_for
from kakehashi.systems.exchange.precision import BANDS, FEWEST, Precision, Share, precision_of


@login_required
@require_GET
def precision(request: HttpRequest) -> HttpResponse:
    """Reviewed, confirmed, dismissed by reason; by band of scores and shared gene, with intervals; also as CSV."""
    found = precision_of(organisations_worked_for(request.user))
    rows = rows_of(found)
    if request.GET.get("format") == "csv":
        return _csv(rows)
    bands = [row for row in rows if row[0] == "band"]
    context = {
        "overall": found.share(),
        "reasons": found.reasons(),
        "rows": [(label, share) for _kind, label, share in rows],
        "fewest": FEWEST,
        "today": timezone.localdate(),
        "picture": mark_safe(_picture(bands)),  # noqa: S308  every text in it is escaped by draw_shares
    }
    return render(request, "exchange/precision.html", context)


def rows_of(found: Precision) -> list[tuple[str, str, Share]]:
    """(kind, label, share): overall, every band, with and without a gene in common."""
    with_gene, without = found.by_gene()
    return [
        ("overall", _("All reviewed"), found.share()),
        *(("band", band_label(band), share) for band, share in found.by_band()),
        ("gene", _("With a gene in common"), with_gene),
        ("gene", _("Without"), without),
    ]


def band_label(band: float) -> str:
    """Such as 50–60 %."""
    return f"{band * 100:.0f}–{band * 100 + 10:.0f} %" if band in BANDS else ""


def _picture(bands: list[tuple[str, str, Share]]) -> str:
    drawn = []
    for _kind, label, share in bands:
        said = _("%(confirmed)s of %(reviewed)s") % {"confirmed": share.confirmed, "reviewed": share.reviewed}
        low, high = share.interval
        if not share.enough:
            said = noted(said, _("too few to tell a share"))
        drawn.append(ShareRow(label, share.share if share.enough else None, low, high, said))
    title = "; ".join(labelled(row.label, row.said) for row in drawn)
    return draw_shares(drawn, _("Confirmed of reviewed, by score: %(said)s") % {"said": title})


def _csv(rows: list[tuple[str, str, Share]]) -> HttpResponse:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="precision-{timezone.localdate():%Y%m%d}.csv"'
    writer = csv.writer(response)
    writer.writerow(["group", "name", "reviewed", "confirmed", "share", "low", "high"])
    for kind, label, share in rows:
        figures = [round(one, 4) for one in (share.share, *share.interval)] if share.enough else ["", "", ""]
        writer.writerow([kind, label, share.reviewed, share.confirmed, *figures])
    return response
