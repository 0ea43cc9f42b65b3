"""An entry as accountants tell it: by codes and numbers that people write, made into what the ledger books.

The kind says what must be named (``needed``): a payment its award and institution, a distribution its programme. What
is returned or carried over lies with the agency, a programme, an award or an institution: ``place`` says where.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.systems.portfolio.ledger.entries import NewEntry, Transfer
from kakehashi.systems.portfolio.ledger.kinds import (
    NAMES_AWARD,
    NAMES_INSTITUTION,
    NAMES_PROGRAMME,
    ROUTES,
    AccountKind,
    EntryKind,
    Place,
)
from kakehashi.systems.portfolio.models import Appropriation, Award, Entry, Programme
from kakehashi.systems.portfolio.outputs.recognising import Recogniser

PLACED = (EntryKind.RETURN, EntryKind.CARRY_OVER)
"""The kinds that may leave several places."""
PLACES = (AccountKind.AGENCY, AccountKind.PROGRAMME, AccountKind.AWARD, AccountKind.INSTITUTION)
AT_ONCE = 500
MOVED = tuple(
    f"{end}__{field}"
    for end in ("source", "target")
    for field in ("programme", "award", "organisation", "appropriation")
)


@dataclass(frozen=True)
class Told:
    """One entry in words: yen from one place to another, by code, award number, institution's code or name.

    ``institution``: empty for the award's own. ``to_institution``: who gets a sub-award. ``reference``: the document.
    """

    kind: str
    on: date
    fiscal_year: int
    appropriation: str
    amount_yen: int
    reference: str
    memo: str = ""
    place: str = ""
    programme: str = ""
    award: str = ""
    institution: str = ""
    to_institution: str = ""


def needed(kind: str, place: str = "") -> tuple[str, ...]:
    """What an entry of a kind names beside its appropriation; of a return or a carry-over by the place it leaves."""
    if kind in PLACED:
        return ("place", *_names(place))
    if kind == EntryKind.SUBAWARD:
        return ("award", "institution", "to_institution")
    ((source, target),) = ROUTES[kind]
    both = dict.fromkeys([*_names(source), *_names(target)])
    return tuple(name for name in both if name != "programme" or "award" not in both)  # an award says its programme


def _names(account: str) -> tuple[str, ...]:
    if account in NAMES_INSTITUTION:
        return ("award", "institution")
    if account in NAMES_AWARD:
        return ("award",)
    return ("programme",) if account in NAMES_PROGRAMME else ()


class Named:
    """What many told entries name, looked up together."""

    def __init__(self, told: Iterable[Told]) -> None:
        told = list(told)
        self.awards: dict[str, Award] = Recogniser({one.award for one in told if one.award}).awards
        self.money = {one.code: one for one in Appropriation.objects.all()}
        programmes = {one.programme for one in told if one.programme}
        self.programmes = {one.code: one for one in Programme.objects.all()} if programmes else {}
        self.institutions = _institutions({one for each in told for one in (each.institution, each.to_institution)})


def _institutions(said: set[str]) -> dict[str, Organisation]:
    """Organisations by their code, else by their name in either language where one alone has it."""
    wanted, found = sorted(said - {""}), dict[str, Organisation]()
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        rows = list(Organisation.objects.filter(Q(code__in=some) | Q(name__in=some) | Q(name_en__in=some)))
        for word in some:
            by_code = [one for one in rows if one.code == word]
            by_name = [one for one in rows if word in (one.name, one.name_en)]
            if by_code or len(by_name) == 1:
                found[word] = (by_code or by_name)[0]
    return found


def entry_of(told: Told, named: Named) -> NewEntry:
    """What the ledger books. Raises Invalid by field: something is not named, or not there, or not asked for."""
    faults = _faults(told, named)
    if faults:
        raise Invalid({field: [text] for field, text in faults.items()})
    return NewEntry(
        told.kind, told.on, told.fiscal_year, _transfers(told, named), told.memo.strip(), told.reference.strip()
    )


def _faults(told: Told, named: Named) -> dict[str, str]:
    if told.kind not in ROUTES:
        known = ", ".join(ROUTES)
        return {"kind": _("“%(kind)s” is no kind of entry; there are %(known)s.") % {"kind": told.kind, "known": known}}
    faults: dict[str, str] = {}
    if told.kind in PLACED and told.place not in PLACES:
        faults["place"] = _("Say where the money lies: %(known)s.") % {"known": ", ".join(PLACES)}
    if told.appropriation not in named.money:
        faults["appropriation"] = _("There is no appropriation of the code “%(code)s”.") % {"code": told.appropriation}
    if not told.reference.strip():
        faults["reference"] = _("Name the document that shows it, such as the number of a voucher or a contract.")
    wanted = needed(told.kind, told.place if told.place in PLACES else "")
    lookups: dict[str, tuple[str, Mapping[str, object], str]] = {
        "programme": (told.programme, named.programmes, _("There is no programme of the code “%(code)s”.")),
        "award": (told.award, named.awards, _("There is no award of the number “%(code)s”.")),
        "institution": (told.institution, named.institutions, _("No one institution has the code or name “%(code)s”.")),
        "to_institution": (
            told.to_institution,
            named.institutions,
            _("No one institution has the code or name “%(code)s”."),
        ),
    }
    for field, (said, there, text) in lookups.items():
        if said and said not in there:
            faults[field] = text % {"code": said}
        elif field in wanted and not said and field != "institution":
            faults[field] = _("An entry of this kind names it.")
        elif said and field not in wanted and not _of_award(told, named, field):
            faults[field] = _("An entry of this kind does not name it: leave it empty.")
    if "award" in wanted and "award" not in faults and named.awards[told.award].programme_id is None:
        faults["award"] = _("The award is of no programme yet: money comes to it through its programme.")
    return faults


def _of_award(told: Told, named: Named, field: str) -> bool:
    """Whether what need not be named is the programme that the award is of."""
    award = named.awards.get(told.award)
    programme = named.programmes.get(told.programme)
    return field == "programme" and award is not None and programme is not None and award.programme_id == programme.pk


def _transfers(told: Told, named: Named) -> tuple[Transfer, ...]:
    if told.kind in PLACED:
        source = _place(told.place, told, named)
        if told.kind == EntryKind.RETURN:
            return (Transfer(source, replace(source, kind=AccountKind.RETURNED), told.amount_yen),)
        later = replace(source, fiscal_year=source.fiscal_year + 1)
        return (
            Transfer(source, replace(source, kind=AccountKind.CARRIED_OUT), told.amount_yen),
            Transfer(replace(later, kind=AccountKind.CARRIED_IN), later, told.amount_yen),
        )
    ((source_kind, target_kind),) = ROUTES[told.kind]
    target = _place(target_kind, told, named)
    if told.kind == EntryKind.SUBAWARD:
        target = replace(target, organisation=named.institutions[told.to_institution].pk)
    return (Transfer(_place(source_kind, told, named), target, told.amount_yen),)


def _place(kind: str, told: Told, named: Named) -> Place:
    award = named.awards.get(told.award)
    if award is not None:
        programme = award.programme_id
    else:
        programme = named.programmes[told.programme].pk if told.programme else None
    organisation = None
    if kind in NAMES_INSTITUTION and award is not None:
        organisation = named.institutions[told.institution].pk if told.institution else award.organisation_id
    return Place(
        kind,
        named.money[told.appropriation].pk,
        told.fiscal_year,
        programme if kind in NAMES_PROGRAMME else None,
        award.pk if kind in NAMES_AWARD and award is not None else None,
        organisation,
    )


def told_of(entry: Entry) -> Told | None:
    """An entry that stands, as it would be told anew; None for one of several movements, or a correction."""
    moved = list(entry.movements.select_related(*MOVED).order_by("pk")[:3])
    if not moved or entry.kind == EntryKind.CORRECT or len(moved) != (2 if entry.kind == EntryKind.CARRY_OVER else 1):
        return None
    first = moved[0]
    source, target = first.source, first.target
    programme, award = source.programme or target.programme, source.award or target.award
    institution = source.organisation or target.organisation
    said = {
        "place": source.kind,
        "programme": programme.code if programme else "",
        "award": award.number if award else "",
        "institution": institution.code if institution else "",
        "to_institution": target.organisation.code if target.organisation else "",
    }
    return Told(
        entry.kind,
        entry.on,
        entry.fiscal_year,
        source.appropriation.code,
        first.amount_yen,
        entry.reference,
        entry.memo,
        **{field: said[field] for field in needed(entry.kind, source.kind)},
    )
