"""Who can see this record, and why: the table asked for everyone it could concern."""

from collections.abc import Iterable
from dataclasses import dataclass

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.rules import Reason, Verdict
from kakehashi.kernel.sharing.decision import decide, level_of
from kakehashi.kernel.sharing.models import Grant, SharedRecord
from kakehashi.kernel.sharing.states import Level, Purpose
from kakehashi.kernel.sharing.subject import Context, Subject
from kakehashi.kernel.sharing.subjects import context, institution_subject


@dataclass(frozen=True)
class Standing:
    """How much one institution or foreign node sees: its level, what that stands on, and why not more."""

    name: str
    level: Level
    because: tuple[Reason, ...]
    why_not_more: tuple[Reason, ...]


def standing(
    subject: Subject, name: str, record: SharedRecord, purpose: Purpose, asked: Context | None = None
) -> Standing:
    """How much of a record one subject sees, and why."""
    asked = asked or context()
    level = level_of(subject, record, purpose, asked)
    because = decide(subject, record, purpose, asked, level) if level > Level.NOTHING else Verdict(False)
    more = decide(subject, record, purpose, asked, Level(level + 1)) if level < Level.WHOLE else Verdict(True)
    return Standing(name, level, because.reasons, () if more else more.reasons)


def standings_for_care(record: SharedRecord) -> list[Standing]:
    """How much the institutions see that take part in the patient's care, by a grant in force."""
    asked = context()
    granted = Grant.in_force(asked.day).filter(kind=record.sharing_kind, record_id=record.pk, purpose=Purpose.CARE)
    others = Organisation.objects.filter(pk__in=granted.values("grantee")).order_by("pk")
    return standings(record, others, purpose=Purpose.CARE)


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
