"""Every write to contracts: one is recorded, one is amended; the award's title, days and institution follow."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.contracts.terms import Terms, amended, first_terms, terms_of
from kakehashi.systems.portfolio.finding import index_awards
from kakehashi.systems.portfolio.models import Amendment, Award, Contract, Part


def record_contract(
    *,
    by: Person | None,
    award: Award,
    number: str,
    kind: str,
    signed_on: date,
    organisation: Organisation,
    begins: date,
    ends: date,
    amount_yen: int,
    source: str = "",
) -> Contract:
    """Write down a contract as it was signed (``by=None``: the node's operator). The award runs at least as long.

    Raises NotAllowed, Invalid naming each field at fault.
    """
    _insist(by, "contract.record", award)
    made = Contract(
        award=award,
        number=number.strip(),
        kind=kind,
        signed_on=signed_on,
        organisation=organisation,
        begins=begins,
        ends=ends,
        amount_yen=amount_yen,
        source=source.strip(),
        recorded_by=by,
    )
    with transaction.atomic():
        locked = _locked(award)
        _checked(made, ends_before_begin=ends < begins)
        made.save()
        terms = first_terms(made)
        locked.begins, locked.ends = min(locked.begins, terms.begins), max(locked.ends, terms.ends)
        _follow(award, locked)
        audit.record(by, "contract.record", award, detail={"contract": made.number, "yen": amount_yen})
    return made


def amend_contract(
    *,
    by: Person | None,
    contract: Contract,
    signed_on: date,
    reason: str,
    begins: date | None = None,
    ends: date | None = None,
    amount_yen: int | None = None,
    organisation: Organisation | None = None,
    title: str = "",
    title_en: str = "",
) -> Amendment:
    """Write down a change of a contract; what is not given stays. The award's title, days and institution follow in
    the same transaction; its money is the ledger's and is booked there.

    Raises NotAllowed; Invalid naming each field at fault (nothing changes, no reason); Conflict where it was signed
    before the amendment in force.
    """
    _insist(by, "contract.amend", contract.award)
    with transaction.atomic():
        award = _locked(contract.award)
        earlier = list(contract.amendments.select_related("organisation").order_by("number"))
        last = earlier[-1].signed_on if earlier else contract.signed_on
        if signed_on < last:
            text = _("It was signed before what is in force (%(day)s): amendments are recorded in their order.")
            raise Conflict(text % {"day": last.isoformat()}, field="signed_on")
        made = Amendment(
            contract=contract,
            number=len(earlier) + 1,
            signed_on=signed_on,
            reason=reason.strip(),
            begins=begins,
            ends=ends,
            amount_yen=amount_yen,
            organisation=organisation,
            title=title.strip(),
            title_en=title_en.strip(),
            recorded_by=by,
        )
        before = terms_of(contract, earlier)
        after = amended(before, made)
        if after == before and (made.title or award.title, made.title_en or award.title_en) == (
            award.title,
            award.title_en,
        ):
            raise Invalid({"": [_("Nothing changes: say what is agreed anew.")]})
        _checked(made, ends_before_begin=after.ends < after.begins)
        made.save()
        _bring(award, contract, before, after)
        award.title, award.title_en = made.title or award.title, made.title_en or award.title_en
        _follow(contract.award, award)
        audit.record(by, "contract.amend", award, detail=_detail(made, before, after))
    return made


def _bring(award: Award, contract: Contract, before: Terms, after: Terms) -> None:
    """The award's days and institution after a contract's: a bound that the contract set moves with it."""
    others = [terms_of(one) for one in award.contracts.exclude(pk=contract.pk)]
    begins, ends = [after.begins, *(one.begins for one in others)], [after.ends, *(one.ends for one in others)]
    award.begins = min(begins if before.begins == award.begins else [*begins, award.begins])
    award.ends = max(ends if before.ends == award.ends else [*ends, award.ends])
    led = award.participations.filter(part=Part.PRINCIPAL, until=None).exists()
    if before.organisation.pk == award.organisation_id and not led:  # else its principal investigator says where
        award.organisation = after.organisation


def _follow(given: Award, locked: Award) -> None:
    """Save what follows, and show it in what the caller holds."""
    fields = ["title", "title_en", "begins", "ends", "organisation"]
    if any(getattr(given, f) != getattr(locked, f) for f in fields):
        locked.save(update_fields=fields)
        for field in fields:
            setattr(given, field, getattr(locked, field))
        index_awards(Award.objects.filter(pk=locked.pk).select_related("programme", "organisation"))


def _detail(made: Amendment, before: Terms, after: Terms) -> dict[str, int | str]:
    detail: dict[str, int | str] = {"contract": made.contract.number, "amendment": made.number}
    if after.amount_yen != before.amount_yen:
        detail |= {"yen": after.amount_yen}
    if (after.begins, after.ends) != (before.begins, before.ends):
        detail |= {"days": f"{after.begins.isoformat()}/{after.ends.isoformat()}"}
    if after.organisation != before.organisation:
        detail |= {"institution": after.organisation.code}
    return detail | ({"title": 1} if made.title or made.title_en else {})


def _insist(by: Person | None, action: str, award: Award) -> None:
    if by is not None:
        audit.insist(rules.may_register_awards(by), by=by, action=action, subject=award)


def _locked(award: Award) -> Award:
    return Award.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=award.pk)


def _checked(made: Contract | Amendment, *, ends_before_begin: bool) -> None:
    """Raise Invalid naming each field at fault."""
    try:
        made.full_clean(exclude=["recorded_by"], validate_constraints=False)
        made.validate_unique()
    except ValidationError as error:
        raise Invalid(error.message_dict) from error
    if ends_before_begin:
        raise Invalid({"ends": [_("The last day is not before the first.")]})
