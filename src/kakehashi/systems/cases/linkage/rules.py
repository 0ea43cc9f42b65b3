"""Who may give identifying items and answer a suspicion: those who work on the case; and what may be told at all."""

from kakehashi.kernel.sharing.decision import level_of
from kakehashi.kernel.sharing.states import Level, Purpose
from kakehashi.kernel.sharing.subjects import context, institution_subject
from kakehashi.systems.cases import rules
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.states import FINDABLE

LEAST_FINDINGS = 3
"""A case that says less is told nothing: typing a name alone finds nobody out."""

may_answer = rules.may_edit


def is_complete(case: Case) -> bool:
    """Whether a case says enough of its patient to be told that it may be registered elsewhere."""
    return case.state in FINDABLE and case.present_count >= LEAST_FINDINGS


def may_be_told(one: Case, other: Case) -> bool:
    """Whether each case's institution may know today that the other case exists, as ``kernel.sharing`` decides."""
    today = context()
    return all(
        level_of(institution_subject(asker.organisation), shown, Purpose.MATCHING, today) >= Level.EXISTS
        for asker, shown in ((one, other), (other, one))
    )


def may_know_why(asker: Case, shown: Case) -> bool:
    """Whether what agrees may be told to the asker's institution: shown as merely existing, a case's content is not."""
    return level_of(institution_subject(asker.organisation), shown, Purpose.MATCHING, context()) >= Level.MATCHING
