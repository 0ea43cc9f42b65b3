"""Side conditions of a round, typed: at least or at most so much for a ministry, a project, a programme or an area."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from kakehashi.engines.allocation import Budget, Condition, Fund, Leave, Limit
from kakehashi.systems.portfolio.models import DiseaseArea, IntegratedProject, Ministry, Programme
from kakehashi.systems.portfolio.money import exact

Axis = Literal["ministry", "project", "programme", "area"]
Amount = Annotated[int, Field(ge=0, le=10**15)]


class SideCondition(BaseModel):
    """One side condition. ``code`` of a ministry, project, programme or disease area; ``unit`` yen or requests."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    axis: Axis
    code: str = Field(min_length=1, max_length=60)
    unit: Literal["yen", "count"] = "yen"
    at_least: Amount | None = None
    at_most: Amount | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("neither at least nor at most")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError("at least more than at most")
        return self

    @property
    def tag(self) -> str:
        """What the requests that it binds are tagged with."""
        return f"{self.axis}:{self.code}"

    @property
    def limit(self) -> Limit:
        """The same for the engine."""
        return Limit(self.tag, self.unit, at_least=self.at_least, at_most=self.at_most)


_LIST: TypeAdapter[tuple[SideCondition, ...]] = TypeAdapter(tuple[SideCondition, ...])


def read(stored: Any) -> tuple[SideCondition, ...]:
    """The side conditions of a round's JSON. Raises pydantic's ValidationError."""
    return _LIST.validate_python(stored)


def written(conditions: Iterable[SideCondition]) -> list[dict[str, Any]]:
    """The JSON of side conditions."""
    return [one.model_dump(exclude_none=True) for one in conditions]


def subject_label(tag: str) -> str:
    """What a tag binds, in words."""
    axis, _colon, code = tag.partition(":")
    if axis == "ministry":
        return str(Ministry(code).label) if code in Ministry.values else code
    models: dict[str, Any] = {"project": IntegratedProject, "programme": Programme, "area": DiseaseArea}
    found = models[axis].objects.filter(code=code).first()
    return found.label() if found else code


def in_words(condition: Condition) -> str:
    """A condition of the engine as people read it; "" for one that no round has."""
    match condition:
        case Budget(yen=yen):
            return _("The budget is %(amount)s.") % {"amount": exact(yen)}
        case Limit(tag=tag, unit=unit, at_least=least, at_most=most):
            subject = subject_label(tag or "")
            parts = [
                text % {"subject": subject, "amount": _amount(unit, number)}
                for text, number in (
                    (_("%(subject)s: at least %(amount)s."), least),
                    (_("%(subject)s: at most %(amount)s."), most),
                )
                if number is not None
            ]
            return " ".join(parts)
        case Fund(id=one):
            return _("Request %(id)s is chosen.") % {"id": one}
        case Leave(id=one):
            return _("Request %(id)s is not chosen.") % {"id": one}
        case _:
            return ""


def broken_in_words(condition: Budget | Limit, total: int) -> str:
    """A condition that a choice breaks, what the choice comes to, and by how much that is too much or too little."""
    unit = "yen" if isinstance(condition, Budget) else condition.unit
    least, most = (None, condition.yen) if isinstance(condition, Budget) else (condition.at_least, condition.at_most)
    values = {"condition": in_words(condition), "total": _amount(unit, total)}
    if most is not None and total > most:
        text = _("%(condition)s Chosen: %(total)s, %(by)s too much.")
        return text % (values | {"by": _amount(unit, total - most)})
    text = _("%(condition)s Chosen: %(total)s, %(by)s too little.")
    return text % (values | {"by": _amount(unit, (least or 0) - total)})


def _amount(unit: str, number: int) -> str:
    return (
        exact(number)
        if unit == "yen"
        else ngettext("%(number)d request", "%(number)d requests", number) % {"number": number}
    )
