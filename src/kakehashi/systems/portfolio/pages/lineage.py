"""An award's lineage: where it came from, what it led to, drawn; links are noted and taken back here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid, NotFound, texts_of
from kakehashi.kernel.people.forms import add_problems
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.facts.citing import source_said
from kakehashi.systems.portfolio.forms.lineage import CAME_FROM, LinkForm
from kakehashi.systems.portfolio.lineage.actions import link_awards, unlink_awards
from kakehashi.systems.portfolio.lineage.picture import drawn, gap_words, when
from kakehashi.systems.portfolio.lineage.rules import may_link
from kakehashi.systems.portfolio.lineage.tracing import lineage_of
from kakehashi.systems.portfolio.models import Award, AwardLink, LinkKind
from kakehashi.systems.portfolio.pages.asking import key_said


def award_numbered(number: str) -> Award:
    """The award of a number. Raises NotFound."""
    found = Award.objects.select_related("programme", "organisation").filter(number=number).first()
    if found is None:
        raise NotFound(_("This award"))
    return found


def told_of(award: Award) -> dict[str, Any]:
    """What a page says of an award's lineage; nothing of one that is linked with none."""
    traced = lineage_of(award)
    if not traced.links and not traced.events:
        return {}
    return {
        "picture": mark_safe(drawn(traced)),  # noqa: S308  SVG of ours, its words escaped
        "links": [
            {
                "link": one,
                "kind": LinkKind(one.kind).label,
                "gap": gap_words(one.gap_days),
                "by": one.noted_by or source_said(one.source),
            }
            for one in traced.links
        ],
        "events": [{"event": one, "kind": one.get_kind_display(), "when": when(one)} for one in traced.events],
    }


@login_required
@require_http_methods(["GET", "POST"])
def links(request: HttpRequest, number: str) -> HttpResponse:
    """The links of an award; new ones are noted, wrong ones taken back, each with a reason."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    award, by = award_numbered(number), request.user
    audit.insist(may_link(by), by=by, action="award.link", subject=award)
    removing = request.POST.get("remove", "")
    proposed = {key: request.GET[key] for key in ("award", "kind", "reason") if key in request.GET}
    form = LinkForm(request.POST if request.method == "POST" and not removing else None, initial=proposed)
    status = 200
    try:
        if removing:
            link = _link_of(award, removing)
            unlink_awards(by=by, link=link, reason=request.POST.get("why", ""))  # type: ignore[arg-type]
            messages.success(request, _("The link is taken back."))
            return redirect("portfolio:award_links", award.number)
        if request.method == "POST":
            status = 422
            if form.is_valid():
                _link(request, award, form.cleaned_data)
                messages.success(request, _("The link is noted."))
                return redirect("portfolio:award", award.number)
    except (Invalid, Conflict) as error:
        status = error.status
        if removing:
            messages.error(request, " ".join(texts_of(error)))
        else:
            add_problems(form, error)
    traced = lineage_of(award)
    own = [one for one in traced.links if award.pk in (one.before_id, one.after_id)]
    context = {"award": award, "form": form, "links": own, "back": reverse("portfolio:award", args=[number])}
    return render(request, "portfolio/award_links.html", context, status=status)


def _link(request: HttpRequest, award: Award, said: dict[str, Any]) -> None:
    kind, other = said["kind"], said["award"]
    before, after = (other, award) if kind == CAME_FROM else (award, other)
    as_kind = LinkKind.SUCCESSOR if kind == CAME_FROM else LinkKind(kind)
    link_awards(by=request.user, before=before, after=after, kind=as_kind, reason=said["reason"])  # type: ignore[arg-type]


def _link_of(award: Award, key: str) -> AwardLink:
    rows = AwardLink.objects.select_related("before", "after")
    found = rows.filter(pk=key_said(key)).first()
    if found is None or award.pk not in (found.before_id, found.after_id):
        raise NotFound(_("This link"))
    return found
