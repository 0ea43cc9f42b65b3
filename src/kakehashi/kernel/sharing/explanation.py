"""Who can see this record, and why: the table asked for everyone it could concern."""

from collections.abc import Collection, Iterable
from copy import copy
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.rules import Reason, Verdict
from kakehashi.kernel.sharing.decision import decide, level_of
from kakehashi.kernel.sharing.grantees import grantees_of
from kakehashi.kernel.sharing.models import Grant, SharedRecord, read_opt_outs
from kakehashi.kernel.sharing.states import Level, Purpose
from kakehashi.kernel.sharing.subject import Context, Subject
from kakehashi.kernel.sharing.subjects import context, institution_subjects
from kakehashi.kernel.sharing.table import GRANT


@dataclass(frozen=True)
class Standing:
    """How much one institution, person or foreign node sees, for what, what that stands on, and why not more.

    ``subject``: who it is, as the table names it; two institutions may have one name. ``for_care``: how much it sees
    besides as one that takes part in the patient's care, where whoever made this says so.
    """

    subject: str
    name: str
    level: Level
    because: tuple[Reason, ...]
    why_not_more: tuple[Reason, ...]
    purpose: Purpose
    for_care: Level = Level.NOTHING


def standing(
    subject: Subject, name: str, record: SharedRecord, purpose: Purpose, asked: Context | None = None
) -> Standing:
    """How much of a record one subject sees, and why."""
    asked = asked or context()
    level = level_of(subject, record, purpose, asked)
    because = decide(subject, record, purpose, asked, level) if level > Level.NOTHING else Verdict(False)
    more = decide(subject, record, purpose, asked, Level(level + 1)) if level < Level.WHOLE else Verdict(True)
    return Standing(subject.name, name, level, because.reasons, () if more else more.reasons, purpose)


def standings_for_care(record: SharedRecord) -> list[Standing]:
    """How much the institutions see that take part in the patient's care, by a grant in force."""
    asked = context()
    granted = Grant.in_force(asked.day).filter(kind=record.sharing_kind, record_id=record.pk, purpose=Purpose.CARE)
    rows = list(granted.exclude(grantee=None).select_related("grantee").order_by("grantee_id", "pk"))
    others = {one.grantee.pk: one.grantee for one in rows if one.grantee is not None}
    found = _standings(record, others.values(), rows, Purpose.CARE, asked)
    return sorted(found, key=lambda one: (-one.level, one.name))


def grants_on(record: SharedRecord, holder: Organisation, award_id: int | None) -> QuerySet[Grant]:
    """The grants in force, care apart, that name the record, the award that paid for it or its institution.

    Each is asked for by itself: of a choice between the three, no index would serve.
    """
    rows = Grant.in_force(timezone.localdate()).exclude(purpose=Purpose.CARE).order_by()
    of_record, of_holder = rows.filter(kind=record.sharing_kind, record_id=record.pk), rows.filter(organisation=holder)
    ways = [of_record, of_holder] + ([rows.filter(award_id=award_id)] if award_id is not None else [])
    found = ways[0].values("pk").union(*(one.values("pk") for one in ways[1:]), all=True)
    return Grant.objects.filter(pk__in=found).select_related("grantee", "person").order_by("pk")


def standings_by_grant(
    record: SharedRecord, holder: Organisation, award_id: int | None, *, by_name: bool
) -> list[Standing]:
    """How much those see whom a grant lets see more than reach does, for anything but care: once a purpose.

    A grant counts only where the table lets it. A foreign node is taken to be in the holder's own country, where
    consent reaches farthest. Without ``by_name`` people are told by their institution alone, and no node is named.
    """
    asked = context()
    granted = list(grants_on(record, holder, award_id))
    record = _as_it_stands(record)
    found: dict[tuple[str, str], Standing] = {}
    for grant, grantee in zip(granted, grantees_of(granted, country=holder.country, asked=asked), strict=True):
        name = grantee.label(by_name=by_name)
        one = standing(grantee.subject, name, record, Purpose(grant.purpose), asked)
        if GRANT in (reason.code for reason in one.because):
            key = (grantee.subject.name if by_name else name, grant.purpose)
            if key not in found or found[key].level < one.level:
                found[key] = one
    return sorted(found.values(), key=lambda one: (-one.level, one.name, one.purpose))


def standings(
    record: SharedRecord,
    organisations: Iterable[Organisation],
    nodes: Iterable[tuple[str, Subject]] = (),
    purpose: Purpose = Purpose.MATCHING,
) -> list[Standing]:
    """How much of a record each institution and foreign node sees, in the order in which they were given."""
    asked, places = context(), list(organisations)
    granted = Grant.in_force(asked.day).filter(grantee__in=places, purpose=purpose).order_by("pk")
    return _standings(record, places, granted, purpose, asked, nodes)


def _standings(
    record: SharedRecord,
    places: Collection[Organisation],
    granted: Iterable[Grant],
    purpose: Purpose,
    asked: Context,
    nodes: Iterable[tuple[str, Subject]] = (),
) -> list[Standing]:
    """``granted``: the grants to these institutions that can matter."""
    asking = institution_subjects(places, asked.day, granted) if places else {}
    subjects = [(one.label(), asking[one.pk]) for one in places] + list(nodes)
    record = _as_it_stands(record)
    return [standing(subject, name, record, purpose, asked) for name, subject in subjects]


def _as_it_stands(record: SharedRecord) -> SharedRecord:
    """The record with the answer whether it is opted out, which each judgement would ask for anew."""
    found = copy(record)
    read_opt_outs([found])
    return found
