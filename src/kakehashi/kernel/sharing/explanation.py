"""Who can see this record, and why: the table asked for everyone it could concern."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.rules import Reason, Verdict
from kakehashi.kernel.sharing.decision import decide, level_of
from kakehashi.kernel.sharing.models import Grant, SharedRecord
from kakehashi.kernel.sharing.states import Level, Purpose
from kakehashi.kernel.sharing.subject import Context, Subject
from kakehashi.kernel.sharing.subjects import (
    context,
    institution_acted_for,
    institution_subject,
    node_subject,
    person_subject,
)
from kakehashi.kernel.sharing.table import GRANT


@dataclass(frozen=True)
class Standing:
    """How much one institution, person or foreign node sees, for what, what that stands on, and why not more."""

    name: str
    level: Level
    because: tuple[Reason, ...]
    why_not_more: tuple[Reason, ...]
    purpose: Purpose


def standing(
    subject: Subject, name: str, record: SharedRecord, purpose: Purpose, asked: Context | None = None
) -> Standing:
    """How much of a record one subject sees, and why."""
    asked = asked or context()
    level = level_of(subject, record, purpose, asked)
    because = decide(subject, record, purpose, asked, level) if level > Level.NOTHING else Verdict(False)
    more = decide(subject, record, purpose, asked, Level(level + 1)) if level < Level.WHOLE else Verdict(True)
    return Standing(name, level, because.reasons, () if more else more.reasons, purpose)


def standings_for_care(record: SharedRecord) -> list[Standing]:
    """How much the institutions see that take part in the patient's care, by a grant in force."""
    asked = context()
    granted = Grant.in_force(asked.day).filter(kind=record.sharing_kind, record_id=record.pk, purpose=Purpose.CARE)
    others = Organisation.objects.filter(pk__in=granted.values("grantee")).order_by("pk")
    return standings(record, others, purpose=Purpose.CARE)


def standings_by_grant(record: SharedRecord, holder: Organisation, award_id: int | None) -> list[Standing]:
    """How much those see whom a grant lets see more than reach does, for anything but care: once a purpose.

    A grant names the record, the award that paid for it or the institution that holds it, and counts only where the
    table lets it. A foreign node is taken to be in the holder's own country, where consent reaches farthest.
    """
    asked = context()
    covering = Q(kind=record.sharing_kind, record_id=record.pk) | Q(organisation=holder)
    if award_id is not None:
        covering |= Q(award_id=award_id)
    granted = Grant.in_force(asked.day).filter(covering).exclude(purpose=Purpose.CARE)
    found: dict[tuple[str, str], Standing] = {}
    for grant in granted.select_related("grantee", "person").order_by("pk"):
        name, subject = _granted_to(grant, holder.country)
        if (subject.name, grant.purpose) not in found:
            one = standing(subject, name, record, Purpose(grant.purpose), asked)
            found[subject.name, grant.purpose] = one
    by_grant = [one for one in found.values() if GRANT in (reason.code for reason in one.because)]
    return sorted(by_grant, key=lambda one: (-one.level, one.name, one.purpose))


def _granted_to(grant: Grant, country: str) -> tuple[str, Subject]:
    """Who holds a grant, by name and as the table asks for them."""
    if grant.grantee is not None:
        return grant.grantee.label(), institution_subject(grant.grantee)
    if grant.person is not None:
        acting = institution_acted_for(grant.person)
        name = f"{grant.person} ({acting.label()})" if acting is not None else str(grant.person)
        return name, person_subject(grant.person, readers=())
    return grant.node, node_subject(grant.node, country=country)


def standings(
    record: SharedRecord,
    organisations: Iterable[Organisation],
    nodes: Iterable[tuple[str, Subject]] = (),
    purpose: Purpose = Purpose.MATCHING,
) -> list[Standing]:
    """How much of a record each institution and foreign node sees, those that see most first."""
    asked = context()
    subjects = [(one.label(), institution_subject(one)) for one in organisations] + list(nodes)
    found = [standing(subject, name, record, purpose, asked) for name, subject in subjects]
    return sorted(found, key=lambda one: (-one.level, one.name))
