"""Published logic models into a node: stages, sentences, indicators by year."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kakehashi.systems.portfolio.facts.shapes.base import Fact
from kakehashi.systems.portfolio.facts.shapes.facts import Facts
from kakehashi.systems.portfolio.facts.shapes.results import Indicator, Stage
from kakehashi.systems.portfolio.models import (
    IndicatorValue,
    IntegratedProject,
    LogicIndicator,
    LogicModel,
    LogicStatement,
    Programme,
)


def install_logic_models(
    told: Facts,
    projects: Mapping[str, IntegratedProject],
    programmes: Mapping[str, Programme],
    source_of: Callable[[Facts, Fact], str],
) -> None:
    """Write each logic model once; one that stands already is left as it is."""
    for one in told.logic_models:
        row, made = LogicModel.objects.get_or_create(
            code=one.key,
            defaults={
                "project": projects[one.project],
                "programme": programmes.get(one.programme),
                "source": source_of(told, one),
            },
        )
        if made:
            for stage in one.stages:
                _write(row, stage)


def _write(row: LogicModel, stage: Stage) -> None:
    level = stage.level.replace("-", "_")
    LogicStatement.objects.bulk_create(
        [
            LogicStatement(logic_model=row, stage=level, order=order, text=said.ja, text_en=said.en)
            for order, said in enumerate(stage.says)
        ]
    )
    for order, indicator in enumerate(stage.indicators):
        made = LogicIndicator.objects.create(
            logic_model=row,
            stage=level,
            order=order,
            name=indicator.name.ja,
            name_en=indicator.name.en,
            unit=indicator.unit.ja,
            unit_en=indicator.unit.en,
            cumulative=indicator.cumulative,
        )
        IndicatorValue.objects.bulk_create(_values(made, indicator))


def _values(made: LogicIndicator, indicator: Indicator) -> list[IndicatorValue]:
    rows = [
        IndicatorValue(indicator=made, fiscal_year=year, value=value)
        for year, value in sorted(indicator.by_fiscal_year.items())
    ]
    if indicator.value is not None:
        rows.append(IndicatorValue(indicator=made, at=indicator.at or "", value=indicator.value))
    return rows
