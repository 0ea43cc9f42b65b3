"""A project's logic models, drawn: what the money is meant to lead to, stage by stage, with indicators by year."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kakehashi.kernel.bilingual import told
from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.fiscal import fiscal_year_name
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.models import (
    CHAIN,
    IndicatorValue,
    IntegratedProject,
    LogicIndicator,
    LogicModel,
    LogicStage,
    LogicStatement,
)
from kakehashi.systems.portfolio.pages.asking import asked

BEFORE = (LogicStage.BACKGROUND,)
AFTER = (LogicStage.IMPROVEMENT, LogicStage.COOPERATION)


@login_required
@require_GET
def logic(request: HttpRequest, code: str) -> HttpResponse:
    """The logic models of one integrated project. Raises NotFound where there is no such project."""
    wanted = asked(request)
    projects = IntegratedProject.objects.filter(code=code).select_related("term").order_by("-term__number")
    project = projects.filter(term=wanted.term).first() or projects.first()
    if project is None:
        raise NotFound(_("This integrated project"))
    rows = project.logic_models.select_related("programme").prefetch_related(
        "statements__leads_to", "indicators__values"
    )
    context = wanted.choices() | {"project": project, "logic_models": [drawn(one) for one in rows]}
    context["may_keep"] = bool(rules.may_keep_logic_models(request.user))
    return render(request, "portfolio/logic.html", context)


def drawn(one: LogicModel) -> dict[str, Any]:
    """A logic model as its page draws it: the chain of stages, and what stands before and beneath it."""
    marks = marks_of(one)
    boxes = {stage: _box(one, stage, marks) for stage in LogicStage}
    return {
        "code": one.code,
        "name": one.programme.label() if one.programme else one.project.label(),
        "source": one.source,
        "before": [boxes[stage] for stage in BEFORE if boxes[stage]["told"]],
        "chain": [boxes[stage] for stage in CHAIN],
        "after": [boxes[stage] for stage in AFTER if boxes[stage]["told"]],
    }


def marks_of(one: LogicModel) -> dict[int, str]:
    """By which number each statement of the chain is named where one leads to another: its stage's and its place; none
    where no statement leads anywhere."""
    rows = list(one.statements.all())
    if not any(row.leads_to.all() for row in rows):
        return {}
    return {
        row.pk: f"{number}.{place}"
        for number, stage in enumerate(CHAIN, 1)
        for place, row in enumerate((row for row in rows if row.stage == stage), 1)
    }


def statement_drawn(row: LogicStatement, marks: dict[int, str]) -> dict[str, Any]:
    """A statement with its mark and with what it leads to, each by its key and mark."""
    leads = [(link.after_id, marks[link.after_id]) for link in row.leads_to.all() if link.after_id in marks]
    return {"pk": row.pk, "label": row.label(), "mark": marks.get(row.pk, ""), "leads": leads}


def _box(one: LogicModel, stage: LogicStage, marks: dict[int, str]) -> dict[str, Any]:
    statements = [statement_drawn(row, marks) for row in one.statements.all() if row.stage == stage]
    indicators = [indicator_drawn(row) for row in one.indicators.all() if row.stage == stage]
    return {
        "label": stage.label,
        "statements": statements,
        "indicators": indicators,
        "told": bool(statements or indicators),
    }


def indicator_drawn(row: LogicIndicator) -> dict[str, Any]:
    """An indicator in words, with its numbers by year."""
    return {
        "pk": row.pk,
        "name": row.label(),
        "unit": told(row.unit, row.unit_en),
        "cumulative": row.cumulative,
        "values": [(_when(value), f"{value.value:,}") for value in row.values.all()],
    }


def _when(value: IndicatorValue) -> str:
    """The year of a number, or the month as of which it is told; "" where the source names neither."""
    if value.fiscal_year is not None:
        return fiscal_year_name(value.fiscal_year, translation.get_language() or "ja")
    return _("as of %(month)s") % {"month": value.at} if value.at else ""
