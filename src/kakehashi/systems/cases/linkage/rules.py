"""Who may give identifying items and answer a suspicion: those who work on the case; and what may be told at all."""

from collections.abc import Sequence

from kakehashi.kernel.sharing.decision import judge
from kakehashi.kernel.sharing.models import read_opt_outs
from kakehashi.kernel.sharing.states import Level, Purpose
from kakehashi.kernel.sharing.subjects import context, institution_subjects
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
    return min(known_of([(one, other)])[0]) >= Level.EXISTS


def known_of(pairs: Sequence[tuple[Case, Case]]) -> list[tuple[Level, Level]]:
    """How much the first case's institution may know today of the second, and the second's of the first, in each pair:
    as many statements as for one pair.

    What agrees may be told from ``Level.MATCHING`` on: of a case shown as merely existing, its content is not.
    """
    cases = {case.pk: case for pair in pairs for case in pair}
    read_opt_outs(list(cases.values()))
    today = context()
    subjects = institution_subjects({case.organisation_id: case.organisation for case in cases.values()}.values())
    judges = {pk: judge(subject, Purpose.MATCHING, today, rules.KIND) for pk, subject in subjects.items()}

    def level(asker: Case, shown: Case) -> Level:
        return judges[asker.organisation_id].level(cases[shown.pk])

    return [(level(one, other), level(other, one)) for one, other in pairs]
