"""Every write to logic models: one is made, its statements, links, indicators and their numbers by year are entered.

Improvements made are statements of their own stage. What a statement or an indicator said before stays readable.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.keeping.writing import add, change, keep_before, stripped, take_out, taken_out
from kakehashi.systems.portfolio.models import (
    CHAIN,
    IndicatorValue,
    IntegratedProject,
    LogicIndicator,
    LogicLink,
    LogicModel,
    LogicStatement,
    Programme,
)

LARGEST_NUMBER = 10**15


def make_logic_model(
    *, by: Person | None, project: IntegratedProject, code: str, programme: Programme | None = None, source: str = ""
) -> LogicModel:
    """Make an empty logic model of a project, or of one of its programmes (``by=None``: the node's operator).

    Raises NotAllowed, Invalid naming each field at fault.
    """
    insist_keeps_logic(by, "logicmodel.add", None)
    made = LogicModel(project=project, programme=programme, code=code.strip(), source=source.strip())
    return add(made, by=by, action="logicmodel.add", code=made.code)


def add_statement(
    *,
    by: Person | None,
    logic_model: LogicModel,
    stage: str,
    text: str,
    leads_to: Iterable[LogicStatement] = (),
    **more: Any,
) -> LogicStatement:
    """Add a sentence to a stage, with what it leads to in later stages. Raises NotAllowed, Invalid."""
    insist_keeps_logic(by, "logicstatement.add", logic_model)
    with transaction.atomic():
        made = LogicStatement(logic_model=logic_model, stage=stage, **stripped({"text": text} | more))
        add(made, by=by, action="logicstatement.add", code=logic_model.code, stage=stage)
        if wanted := list(leads_to):
            link_statement(by=by, statement=made, leads_to=wanted)
    return made


def change_statement(
    *, by: Person | None, statement: LogicStatement, leads_to: Iterable[LogicStatement] | None = None, **changes: Any
) -> LogicStatement:
    """Change a sentence, its order, its stage, what it leads to (None: as it stands).

    Raises NotAllowed; Invalid where a link would lead backwards.
    """
    insist_keeps_logic(by, "logicstatement.change", statement.logic_model)
    with transaction.atomic():
        changed = change(statement, stripped(changes), by=by, action="logicstatement.change")
        if leads_to is not None:
            link_statement(by=by, statement=changed, leads_to=leads_to)
        links = LogicLink.objects.filter(Q(before=changed) | Q(after=changed)).select_related("before", "after")
        if not all(_leads(link.before, link.after) for link in links):
            raise Invalid({"stage": [_("In this stage a link would lead backwards: take the link out first.")]})
    return changed


def link_statement(*, by: Person | None, statement: LogicStatement, leads_to: Iterable[LogicStatement]) -> None:
    """Say which statements of later stages a statement leads to, these and no others. Raises NotAllowed, Invalid."""
    insist_keeps_logic(by, "logicstatement.link", statement.logic_model)
    wanted = {one.pk: one for one in leads_to}
    if any(one.logic_model_id != statement.logic_model_id or not _leads(statement, one) for one in wanted.values()):
        raise Invalid({"leads_to": [_("A statement leads to statements of later stages of the same logic model.")]})
    with transaction.atomic():
        LogicModel.objects.select_for_update().get(pk=statement.logic_model_id)
        if LogicStatement.objects.filter(pk__in=[statement.pk, *wanted]).count() <= len(wanted):
            raise Conflict(taken_out())
        stand = set(statement.leads_to.values_list("after_id", flat=True))
        if stand == set(wanted):
            return
        statement.leads_to.exclude(after_id__in=wanted).delete()
        LogicLink.objects.bulk_create(LogicLink(before=statement, after=wanted[key]) for key in wanted.keys() - stand)
        detail = {"from": sorted(stand), "to": sorted(wanted)}
        audit.record(by, "logicstatement.link", statement, detail=detail)


def take_out_statement(*, by: Person | None, statement: LogicStatement) -> None:
    """Take a sentence out with its links; what it said stays readable with the logic model. Raises NotAllowed."""
    insist_keeps_logic(by, "logicstatement.end", statement.logic_model)
    said = f"{statement.get_stage_display()}: {statement.label()}"
    take_out(statement, of=statement.logic_model, by=by, action="logicstatement.end", said=said)


def add_indicator(*, by: Person | None, logic_model: LogicModel, stage: str, name: str, **more: Any) -> LogicIndicator:
    """Add what a stage is measured by. Raises NotAllowed, Invalid naming each field at fault."""
    insist_keeps_logic(by, "logicindicator.add", logic_model)
    made = LogicIndicator(logic_model=logic_model, stage=stage, **stripped({"name": name} | more))
    return add(made, by=by, action="logicindicator.add", code=logic_model.code, stage=stage)


def change_indicator(*, by: Person | None, indicator: LogicIndicator, **changes: Any) -> LogicIndicator:
    """Change an indicator's words, unit, stage or order. Raises NotAllowed, Invalid."""
    insist_keeps_logic(by, "logicindicator.change", indicator.logic_model)
    return change(indicator, stripped(changes), by=by, action="logicindicator.change")


def take_out_indicator(*, by: Person | None, indicator: LogicIndicator) -> None:
    """Take out an indicator that has no numbers. Raises NotAllowed, Conflict where it has."""
    insist_keeps_logic(by, "logicindicator.end", indicator.logic_model)
    if indicator.values.exists():
        raise Conflict(_("The indicator has numbers: it stays."))
    said = f"{indicator.get_stage_display()}: {indicator.label()}"
    take_out(indicator, of=indicator.logic_model, by=by, action="logicindicator.end", said=said)


def enter_number(*, by: Person | None, indicator: LogicIndicator, fiscal_year: int, value: int) -> IndicatorValue:
    """Enter an indicator's number of a fiscal year, in the place of one that stands there, which stays readable.

    Raises NotAllowed, Invalid; Conflict where the indicator was taken out meanwhile.
    """
    insist_keeps_logic(by, "logicindicator.number", indicator.logic_model)
    if abs(value) > LARGEST_NUMBER:
        raise Invalid({"value": [_("The number has too many digits.")]})
    with transaction.atomic():
        LogicModel.objects.select_for_update().get(pk=indicator.logic_model_id)
        if not LogicIndicator.objects.filter(pk=indicator.pk).exists():
            raise Conflict(taken_out())
        row = indicator.values.filter(fiscal_year=fiscal_year).first()
        if row is not None and row.value == value:
            return row
        if row is not None:
            keep_before(indicator, {"indicatorvalue": f"{fiscal_year}: {row.value:,}"}, by=by)
            row.value = value
            row.save(update_fields=["value"])
        else:
            row = indicator.values.create(fiscal_year=fiscal_year, value=value)
        audit.record(by, "logicindicator.number", indicator, detail={"fiscal_year": fiscal_year, "value": value})
    return row


def insist_keeps_logic(by: Person | None, action: str, logic_model: LogicModel | None) -> None:
    """Raise NotAllowed, told to the trail, for whoever does not keep logic models."""
    if by is not None:
        audit.insist(rules.may_keep_logic_models(by), by=by, action=action, subject=logic_model)


def _leads(before: LogicStatement, after: LogicStatement) -> bool:
    """Whether one can lead to the other: both stand in the chain, the first before the second."""
    order = [stage.value for stage in CHAIN]
    both = before.stage in order and after.stage in order
    return both and order.index(before.stage) < order.index(after.stage)
