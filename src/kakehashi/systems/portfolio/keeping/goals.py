"""Every write to goals: one is added, its words are corrected, what was reached of it is reported as of a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.keeping.writing import add, change, stripped
from kakehashi.systems.portfolio.models import Goal, GoalActual, IntegratedProject, OutputKind, PlanTerm, Standing
from kakehashi.systems.portfolio.outputs.goals import TOP_PAPER

COUNTABLE = (*OutputKind.values, TOP_PAPER)
"""What a goal can be counted from."""


def add_goal(
    *, by: Person | None, term: PlanTerm, code: str, name: str, project: IntegratedProject | None = None, **more: Any
) -> Goal:
    """Add a goal to a term or to one of its projects (``by=None``: the node's operator).

    ``more``: its further fields. Raises NotAllowed, Invalid naming each field at fault.
    """
    _insist_keeps(by, "goal.add", None)
    told = stripped({"code": code, "name": name} | more)
    if project is not None and project.term_id != term.pk:
        raise Invalid({"project": [_("%(project)s is no project of this term.") % {"project": project.label()}]})
    _insist_countable(told)
    return add(Goal(term=term, project=project, **told), by=by, action="goal.add", code=told["code"])


def change_goal(*, by: Person | None, goal: Goal, **changes: Any) -> Goal:
    """Correct what a goal says; what it said before stays readable. Its term, project and code stay.

    Raises NotAllowed, Invalid naming each field at fault.
    """
    _insist_keeps(by, "goal.change", goal)
    told = stripped(changes)
    _insist_countable(told)
    return change(goal, told, by=by, action="goal.change", code=goal.code)


def report_actual(
    *,
    by: Person | None,
    goal: Goal,
    as_of: date,
    value: Decimal,
    standing: str,
    source: str,
    cumulative: bool | None = None,
    note: str = "",
    replaces: GoalActual | None = None,
) -> GoalActual:
    """Report what was reached of a goal by a day; ``replaces``: a report that was wrong, which stays to be seen.

    ``cumulative``: since the beginning; None: as the goal counts. Raises NotAllowed; Invalid naming each field at
    fault; Conflict where such a report of that day stands already, or the wrong one was superseded before.
    """
    _insist_reports(by, goal)
    made = checked_actual(
        goal,
        as_of=as_of,
        value=value,
        standing=standing,
        cumulative=cumulative,
        source=source,
        note=note,
        replaces=replaces,
    )
    with transaction.atomic():
        made.goal = Goal.objects.select_for_update(of=("self",)).get(pk=goal.pk)
        _insist_free(made)
        made.reported_at, made.reported_by = timezone.now(), by
        made.save()
        _tell(made, by)
    return made


def report_free(made: Sequence[GoalActual], *, by: Person | None) -> None:
    """Write many reports (``checked_actual``) of which the caller, who holds their goals, knows that no other of the
    same day stands in their way. Raises NotAllowed."""
    _insist_reports(by, None)
    at = timezone.now()
    for one in made:
        one.reported_at, one.reported_by = at, by
    with transaction.atomic(), audit.batch():
        for one in GoalActual.objects.bulk_create(made):
            _tell(one, by)


def checked_actual(
    goal: Goal,
    *,
    as_of: date,
    value: Decimal,
    standing: str,
    source: str,
    cumulative: bool | None = None,
    note: str = "",
    replaces: GoalActual | None = None,
) -> GoalActual:
    """A report as it would be written; nothing is. Raises Invalid naming each field at fault."""
    made = GoalActual(
        goal=goal,
        as_of=as_of,
        value=value,
        standing=standing,
        cumulative=not goal.yearly if cumulative is None else cumulative,
        source=source.strip(),
        note=note.strip(),
        replaces=replaces,
    )
    if faults := _faults(goal, made):
        raise Invalid(faults)
    try:
        made.clean_fields(exclude=("goal", "replaces", "reported_by"))
    except ValidationError as error:
        raise Invalid(error.message_dict) from error
    return made


def _insist_reports(by: Person | None, goal: Goal | None) -> None:
    if by is not None:
        audit.insist(rules.may_report_goals(by), by=by, action="goal.report", subject=goal)


def _tell(made: GoalActual, by: Person | None) -> None:
    detail = {"code": made.goal.code, "as_of": made.as_of.isoformat(), "standing": made.standing}
    replaces = {"replaces": made.replaces_id} if made.replaces_id else {}
    audit.record(by, "goal.report", made.goal, detail=detail | replaces)


def _insist_keeps(by: Person | None, action: str, goal: Goal | None) -> None:
    if by is not None:
        audit.insist(rules.may_keep_structure(by), by=by, action=action, subject=goal)


def _insist_countable(told: dict[str, Any]) -> None:
    strange = [key.strip() for key in told.get("results", "").split(",") if key.strip()]
    if strange := [key for key in strange if key not in COUNTABLE]:
        text = _("%(kinds)s: no kind of outputs. There are: %(known)s.")
        raise Invalid({"results": [text % {"kinds": ", ".join(strange), "known": ", ".join(COUNTABLE)}]})


def _faults(goal: Goal, made: GoalActual) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    if made.standing not in (Standing.EXPECTED, Standing.PROVISIONAL, Standing.FINAL):
        faults["standing"] = [_("Say whether it is expected, provisional or final.")]
    elif made.standing != Standing.EXPECTED and made.as_of > timezone.localdate():
        faults["as_of"] = [_("This day has not come: what is reached by then can only be expected.")]
    if made.as_of < goal.term.begins:
        faults["as_of"] = [_("The term begins on %(day)s: report as of a later day.") % {"day": goal.term.begins}]
    if made.value < 0:
        faults["value"] = [_("What was reached is not less than 0.")]
    if not made.source:
        faults["source"] = [_("Say where it stands: a report, minutes, a register.")]
    return faults


def _insist_free(made: GoalActual) -> None:
    """The wrong report is of the same goal and not superseded yet; no other report says the same of the same day."""
    rows = GoalActual.objects.filter(goal=made.goal)
    if made.replaces is not None:
        if not rows.filter(pk=made.replaces.pk).exists():
            raise Invalid({"replaces": [_("This report is of another goal.")]})
        if rows.filter(replaces=made.replaces).exists():
            raise Conflict(_("This report has been superseded already: supersede the one that took its place."))
        rows = rows.exclude(pk=made.replaces.pk)
    same = rows.filter(as_of=made.as_of, standing=made.standing, cumulative=made.cumulative, replaced_by=None).first()
    if same is not None:
        text = _("As of this day %(value)s is reported already (%(standing)s): supersede that report if it is wrong.")
        said = {"value": f"{same.value.normalize():f}", "standing": same.get_standing_display()}
        raise Conflict(text % said, field="as_of")
