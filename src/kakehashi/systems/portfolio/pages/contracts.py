"""Registering an award; its contracts and amendments with what the ledger has of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid, NotFound
from kakehashi.kernel.people.forms import add_problems
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.actions import register_award
from kakehashi.systems.portfolio.contracts.actions import amend_contract, record_contract
from kakehashi.systems.portfolio.contracts.terms import Agreed, Step, agreed_of, standing_contracts, terms_of
from kakehashi.systems.portfolio.doi import MEDIA, written
from kakehashi.systems.portfolio.forms.awards import AmendmentForm, AwardForm, ContractForm, initial_contract
from kakehashi.systems.portfolio.ledger.kinds import EntryKind
from kakehashi.systems.portfolio.models import Award, Contract
from kakehashi.systems.portfolio.money import exact
from kakehashi.systems.portfolio.pages.asking import key_said
from kakehashi.systems.portfolio.pages.lineage import award_numbered


@login_required
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """An award is registered; its contract is the next step."""
    audit.insist(rules.may_register_awards(request.user), by=request.user, action="award.register")
    form = AwardForm(request.POST or None, initial={key: request.GET[key] for key in request.GET})
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        said["programme"] = said["programme"].code
        try:
            made = register_award(by=request.user, **said)  # type: ignore[arg-type]
        except (Invalid, Conflict) as error:
            add_problems(form, error)
        else:
            messages.success(request, _("The award %(number)s is registered.") % {"number": made.number})
            return redirect("portfolio:contracts", made.number)
    return render(request, "portfolio/award_form.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_GET
def doi(request: HttpRequest, number: str, shape: str) -> HttpResponse:
    """The metadata of an award's DOI as a file, for whoever deposits it."""
    audit.insist(rules.may_register_awards(request.user), by=request.user, action="award.doi")
    if shape not in MEDIA:
        raise NotFound(_("This format"))
    award = award_numbered(number)
    media, ending = MEDIA[shape]
    answer = HttpResponse(written([award], shape), content_type=f"{media}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{award.number}-{shape}.{ending}"'
    return answer


@login_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, number: str) -> HttpResponse:
    """An award's contracts: what was agreed when, beside the ledger; one is recorded or amended."""
    audit.insist(rules.may_see(request.user), by=request.user, action="portfolio.read")
    award = award_numbered(number)
    may_write = bool(rules.may_register_awards(request.user))
    key = request.GET.get("amend", "")
    contract = _contract(award, key) if key else None
    form: ContractForm | AmendmentForm
    if contract is not None:
        form = AmendmentForm(request.POST or None)
    else:
        form = ContractForm(request.POST or None, initial=initial_contract(award))
    if request.method == "POST":
        audit.insist(rules.may_register_awards(request.user), by=request.user, action="contract.record", subject=award)
        if form.is_valid():
            try:
                _write(request, award, contract, form.cleaned_data)
            except (Invalid, Conflict) as error:
                add_problems(form, error)
            else:
                return redirect("portfolio:contracts", award.number)
    terms = terms_of(contract) if contract else None
    context = {
        "award": award,
        "told": told_of(award, request.user),
        "form": form if may_write else None,
        "contract": contract,
        "terms": terms,
        "in_force": exact(terms.amount_yen) if terms else "",
        "amendable": [one for one in standing_contracts(award) if one != contract] if may_write else [],
        "may_take_back": may_write,
    }
    return render(request, "portfolio/contracts.html", context, status=422 if form.errors else 200)


def told_of(award: Award, person: Any, *, only: frozenset[int] | None = None) -> dict[str, Any]:
    """What a page says of an award's contracts: their history, and what is agreed beside what is committed.

    ``only``: of the contracts with these institutions alone (keys), without sums: they would tell the others.
    """
    agreed = agreed_of(award)
    return {
        "whole": only is None,
        "steps": [_line(step) for step in agreed.steps if only is None or step.terms.organisation.pk in only],
        "agreed": exact(agreed.agreed_yen),
        "committed": exact(agreed.committed_yen),
        "returned": exact(agreed.returned_yen) if agreed.returned_yen else "",
        "missing": exact(agreed.missing_yen) if agreed.missing_yen > 0 else "",
        "beyond": exact(-agreed.missing_yen) if agreed.missing_yen < 0 else "",
        "book_url": _booking(award, agreed) if rules.may_write_entries(person) else "",
    }


def _line(step: Step) -> dict[str, Any]:
    """A row of the history: what was signed, what it changed, what is agreed since."""
    amendment, contract = step.amendment, step.contract
    changed: list[str] = []
    if amendment is not None:
        if amendment.begins or amendment.ends:
            changed.append(_("days"))
        if amendment.amount_yen is not None:
            changed.append(_("amount"))
        if amendment.organisation is not None:
            changed.append(_("institution"))
        if amendment.title or amendment.title_en:
            changed.append(_("title"))
    return {
        "signed_on": step.signed_on,
        "number": contract.number,
        "kind": contract.get_kind_display(),
        "amendment": amendment,
        "changed": changed,
        "title": " / ".join(one for one in (amendment.title, amendment.title_en) if one) if amendment else "",
        "reason": amendment.reason if amendment else "",
        "institution": step.terms.organisation.label(),
        "begins": step.terms.begins,
        "ends": step.terms.ends,
        "amount": exact(step.terms.amount_yen),
        "more": f"{'+' if step.more_yen > 0 else ''}{exact(step.more_yen)}" if amendment and step.more_yen else "",
        "by": (amendment or contract).recorded_by,
        "taken_back": step.taken_back,
        "take_back_url": "" if step.taken_back else _address(step),
    }


def _address(step: Step) -> str:
    """Where a contract or an amendment is taken back."""
    award, contract = step.contract.award.number, step.contract.pk
    if step.amendment is None:
        return reverse("portfolio:contract_take_back", args=[award, contract])
    return reverse("portfolio:amendment_take_back", args=[award, contract, step.amendment.number])


def _booking(award: Award, agreed: Agreed) -> str:
    """Where an accountant books what the ledger lacks or has too much; "" where it has all."""
    if not agreed.missing_yen or not agreed.steps:
        return ""
    told = [step.contract for step in agreed.steps if not step.taken_back] or [agreed.steps[-1].contract]
    query = QueryDict(mutable=True)
    query.update(
        {
            "award": award.number,
            "amount_yen": str(abs(agreed.missing_yen)),
            "reference": told[-1].number,
        }
    )
    kind = EntryKind.COMMIT if agreed.missing_yen > 0 else EntryKind.RELEASE
    return f"{reverse('portfolio:entry_new', args=[kind])}?{query.urlencode()}"


def _write(request: HttpRequest, award: Award, contract: Contract | None, said: dict[str, Any]) -> None:
    if contract is None:
        record_contract(by=request.user, award=award, **said)  # type: ignore[arg-type]
        messages.success(request, _("The contract is recorded."))
    else:
        amend_contract(by=request.user, contract=contract, **said)  # type: ignore[arg-type]
        messages.success(request, _("The amendment is recorded; the award follows it."))


def _contract(award: Award, key: str) -> Contract:
    """The contract that is amended: one that stands."""
    found = standing_contracts(award).select_related("award").filter(pk=key_said(key)).first()
    if found is None:
        raise NotFound(_("This contract"))
    return found
