"""Every write to contracts: one is recorded, one is amended; the award's title, days and institution follow."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.contracts.following import bring, follow, moved, said_of
from kakehashi.systems.portfolio.contracts.terms import Terms, amended, standing_amendments, terms_of
from kakehashi.systems.portfolio.models import Amendment, Award, Contract, TakenBack


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

    Raises NotAllowed; Invalid naming each field at fault: a day of signing that has not come or lies after the
    contract's last, a number that stands.
    """
    insist_registers(by, "contract.record", award)
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
        locked = locked_award(award)
        earlier = Contract.objects.filter(number=made.number).order_by("edition").last()
        made.edition = earlier.edition + 1 if earlier else 1
        stands = earlier is not None and getattr(earlier, "taken_back", None) is None
        _checked(made, _days(made) | (_taken(made.number) if stands else {}))
        before = said_of(locked)
        locked.begins, locked.ends = min(locked.begins, begins), max(locked.ends, ends)
        made.followed = moved(before, said_of(locked))
        try:
            with transaction.atomic():
                made.save()
        except IntegrityError as error:  # somebody else recorded it at the same moment
            raise Invalid(_taken(made.number)) from error
        follow(award, locked)
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

    Raises NotAllowed; Invalid naming each field at fault (nothing changes, no reason, signed on a day that has not
    come); Conflict where it was signed before the amendment in force, or the contract is taken back.
    """
    insist_registers(by, "contract.amend", contract.award)
    with transaction.atomic():
        award = locked_award(contract.award)
        if TakenBack.objects.filter(contract=contract).exists():
            raise Conflict(_("This contract is taken back: amend the one that is recorded in its place."))
        earlier = list(standing_amendments(contract))
        last = earlier[-1].signed_on if earlier else contract.signed_on
        if signed_on < last:
            text = _("It was signed before what is in force (%(day)s): amendments are recorded in their order.")
            raise Conflict(text % {"day": last.isoformat()}, field="signed_on")
        made = Amendment(
            contract=contract,
            number=contract.amendments.count() + 1,
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
        _checked(made, _ahead(signed_on) | (_reversed() if after.ends < after.begins else {}))
        said = said_of(award)
        bring(award, contract, before, after)
        award.title, award.title_en = made.title or award.title, made.title_en or award.title_en
        made.followed = moved(said, said_of(award))
        made.save()
        follow(contract.award, award)
        audit.record(by, "contract.amend", award, detail=_detail(made, before, after))
    return made


def _detail(made: Amendment, before: Terms, after: Terms) -> dict[str, int | str]:
    detail: dict[str, int | str] = {"contract": made.contract.number, "amendment": made.number}
    if after.amount_yen != before.amount_yen:
        detail |= {"yen": after.amount_yen}
    if (after.begins, after.ends) != (before.begins, before.ends):
        detail |= {"days": f"{after.begins.isoformat()}/{after.ends.isoformat()}"}
    if after.organisation != before.organisation:
        detail |= {"institution": after.organisation.code}
    return detail | ({"title": 1} if made.title or made.title_en else {})


def insist_registers(by: Person | None, action: str, award: Award) -> None:
    """The node's operator may; others as the rules say."""
    if by is not None:
        audit.insist(rules.may_register_awards(by), by=by, action=action, subject=award)


def locked_award(award: Award) -> Award:
    """The award, read anew and locked until the transaction ends."""
    return Award.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=award.pk)


Problems = dict[str, list[str]]


def _ahead(signed_on: date) -> Problems:
    if signed_on <= timezone.localdate():
        return {}
    text = _("%(day)s has not come yet: what is agreed is recorded once it is signed.")
    return {"signed_on": [text % {"day": signed_on.isoformat()}]}


def _days(made: Contract) -> Problems:
    """What cannot be of the days of a contract."""
    found = _ahead(made.signed_on)
    if made.ends < made.begins:
        return found | _reversed()
    if made.signed_on > made.ends:
        text = _("It was signed after its own last day, %(day)s: correct one of the two.")
        found = found or {"signed_on": [text % {"day": made.ends.isoformat()}]}
    return found


def _reversed() -> Problems:
    return {"ends": [_("The last day is not before the first.")]}


def _taken(number: str) -> Problems:
    text = _("%(number)s is recorded already. Where it was recorded wrongly, take it back first.")
    return {"number": [text % {"number": number}]}


def _checked(made: Contract | Amendment, problems: Problems) -> None:
    """Raise Invalid naming each field at fault."""
    try:
        made.full_clean(exclude=["recorded_by"], validate_constraints=False, validate_unique=False)
    except ValidationError as error:
        problems = error.message_dict | problems
    if problems:
        raise Invalid(problems)
