"""The portfolio as pictures: awards from basic research to practical use, and goals against what was reached."""

from collections import Counter
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from kakehashi.engines.pictures.plots import Bullet, Bullets, Flow, Standing, draw_bullets, draw_flow
from kakehashi.systems.portfolio.goals import goals_met
from kakehashi.systems.portfolio.models import Goal, GoalActual, Phase
from kakehashi.systems.portfolio.models import Standing as Sureness
from kakehashi.systems.portfolio.money import said


def flow_plot(awards: Mapping[str, int], committed: Mapping[str, int], year: str) -> str:
    """The awards of a year by phase, as SVG."""
    stages = [
        Standing(str(phase.label), awards.get(phase, 0), said(committed.get(phase, 0)) if committed.get(phase) else "")
        for phase in Phase
    ]
    told = _("%(year)s: %(phases)s.") % {
        "year": year,
        "phases": ", ".join(f"{stage.label} {stage.value:,}" for stage in stages),
    }
    return draw_flow(Flow(_("Awards from basic research to practical use"), told, stages))


def goals_plot(goals: Sequence[tuple[Goal, GoalActual | None]]) -> str:
    """Goals against what was reached, as SVG; "" without goals. Those of one name are told by their definitions."""
    named = Counter(goal.label() for goal, _actual in goals)
    rows = [
        Bullet(
            goal.definition_label() or goal.label() if named[goal.label()] > 1 else goal.label(),
            float(actual.value) if actual else None,
            float(goal.target) if goal.target is not None else None,
            _words(goal, actual),
            _note(actual),
        )
        for goal, actual in goals
    ]
    met, judged = goals_met(goals)
    told = _("%(met)d of the %(all)d goals that have a target and a report are met.") % {"met": met, "all": judged}
    return draw_bullets(Bullets(_("Goals and what was reached"), told, rows)) if rows else ""


def _words(goal: Goal, actual: GoalActual | None) -> str:
    reached = f"{actual.value:,.0f}" if actual else "–"
    return f"{reached} / {goal.target:,.0f}" if goal.target is not None else reached


def _note(actual: GoalActual | None) -> str:
    if actual is None:
        return _("not told yet")
    return f"{actual.as_of:%Y-%m-%d} · {Sureness(actual.standing).label}"
