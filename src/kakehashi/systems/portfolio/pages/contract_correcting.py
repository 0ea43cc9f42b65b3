"""Taking back a contract, or an amendment, that was recorded wrongly."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kakehashi.kernel import audit
from kakehashi.kernel.errors import NotFound
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.contracts.correcting import take_back
from kakehashi.systems.portfolio.forms.outputs import ReasonForm
from kakehashi.systems.portfolio.models import Award, Contract
from kakehashi.systems.portfolio.pages.keeping import Asked, form_page
from kakehashi.systems.portfolio.pages.lineage import award_numbered


@login_required
@require_http_methods(["GET", "POST"])
def contract(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A contract was recorded wrongly: it counts no more, and neither do its amendments."""
    award = _award(request, number)
    one = _contract(award, pk)
    asked = Asked(
        title=_("Take back %(number)s") % {"number": one.number},
        section=_("Contracts"),
        section_url=_page(award),
        button=_("Take the contract back"),
        done=_("The contract is taken back. Its number may be recorded anew."),
        back=_page(award),
        lede=_(
            "Only for what was recorded wrongly: it counts no more, with all its amendments, and stays in the history "
            "with your reason. The award's days and title go back to what they were before it. Money that is booked "
            "stays booked. Then record it anew as it was signed."
        ),
    )

    def write(said: dict[str, Any]) -> str:
        take_back(by=request.user, contract=one, **said)  # type: ignore[arg-type]
        return _page(award)

    return form_page(request, ReasonForm(request.POST or None), write, asked)


@login_required
@require_http_methods(["GET", "POST"])
def amendment(request: HttpRequest, number: str, pk: int, which: int) -> HttpResponse:
    """The last amendment of a contract was recorded wrongly: it counts no more."""
    award = _award(request, number)
    one = _contract(award, pk).amendments.select_related("contract").filter(number=which).first()
    if one is None:
        raise NotFound(_("This amendment"))
    asked = Asked(
        title=_("Take back amendment %(which)d of %(number)s") % {"which": which, "number": one.contract.number},
        section=_("Contracts"),
        section_url=_page(award),
        button=_("Take the amendment back"),
        done=_("The amendment is taken back."),
        back=_page(award),
        lede=_(
            "Only for what was recorded wrongly: what was agreed before is in force again, and the amendment stays in "
            "the history with your reason. Then record it anew as it was signed."
        ),
    )

    def write(said: dict[str, Any]) -> str:
        take_back(by=request.user, contract=one.contract, amendment=one, **said)  # type: ignore[arg-type]
        return _page(award)

    return form_page(request, ReasonForm(request.POST or None), write, asked)


def _award(request: HttpRequest, number: str) -> Award:
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    award = award_numbered(number)
    audit.insist(rules.may_register_awards(request.user), by=request.user, action="contract.take_back", subject=award)
    return award


def _contract(award: Award, pk: int) -> Contract:
    found = Contract.objects.select_related("award").filter(award=award, pk=pk).first()
    if found is None:
        raise NotFound(_("This contract"))
    return found


def _page(award: Award) -> str:
    return reverse("portfolio:contracts", args=[award.number])
