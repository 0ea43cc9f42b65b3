"""Whether everybody may see an award: it is published, taken from public view with a reason, and shown again."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.people.forms import add_problems
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.forms.publication import WithdrawalForm
from kakehashi.systems.portfolio.models import Award
from kakehashi.systems.portfolio.pages.finder import KEPT_MINUTES
from kakehashi.systems.portfolio.pages.lineage import award_numbered
from kakehashi.systems.portfolio.publication.actions import publish_awards, withdraw_award


@login_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, number: str) -> HttpResponse:
    """Since when everybody sees an award, and when and why it was taken from public view; POST changes it."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    award, by = award_numbered(number), request.user
    form = WithdrawalForm(request.POST if request.POST.get("what") == "withdraw" else None)
    if request.method == "POST" and request.POST.get("what") == "publish":
        publish_awards(by=by, awards=Award.objects.filter(pk=award.pk), again=True)  # type: ignore[arg-type]
        messages.success(request, _("Everybody sees the award from today on."))
        return redirect("portfolio:award_publication", number)
    if request.method == "POST":
        audit.insist(rules.may_publish_awards(by), by=by, action="award.withdraw", subject=award)
        try:
            if form.is_valid():
                withdraw_award(by=by, award=award, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
                messages.success(request, _("The award is taken from public view."))
                return redirect("portfolio:award_publication", number)
        except Invalid as error:
            add_problems(form, error)
    context = {
        "award": award,
        "form": form,
        "withdrawals": award.withdrawals.select_related("withdrawn_by"),
        "may_publish": bool(rules.may_publish_awards(by)),
        "minutes": KEPT_MINUTES,
    }
    return render(request, "portfolio/publication.html", context, status=422 if form.errors else 200)
