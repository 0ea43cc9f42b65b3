"""Every write to the scheme that awards stand in: plan terms, integrated projects, programmes, disease areas.

What each said before it was changed stays readable (``keeping.history``); codes and term numbers stay.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Model, ProtectedError, Q
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.locks import alone
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.punctuation import labelled
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.keeping.writing import add, change, stripped
from kakehashi.systems.portfolio.models import DiseaseArea, IntegratedProject, Phase, PlanTerm, Programme


def add_term(*, by: Person | None, number: int, name: str, begins: date, **more: Any) -> PlanTerm:
    """Add a plan term (``by=None``: the node's operator). Raises NotAllowed, Invalid naming each field at fault."""
    insist_keeps(by, "planterm.add")
    told = stripped({"name": name, "begins": begins} | more)
    _insist_in_order(told.get("begins"), told.get("ends"))
    with transaction.atomic():
        _insist_alone_in_its_days(told["begins"], told.get("ends"))
        return add(PlanTerm(number=number, **told), by=by, action="planterm.add", number=number)


def change_term(*, by: Person | None, term: PlanTerm, **changes: Any) -> PlanTerm:
    """Change a term's words and days; its number stays. Raises NotAllowed, Invalid."""
    insist_keeps(by, "planterm.change", term)
    told = stripped(changes)
    begins, ends = told.get("begins", term.begins), told.get("ends", term.ends)
    _insist_in_order(begins, ends)
    with transaction.atomic():
        if (begins, ends) != (term.begins, term.ends):
            _insist_alone_in_its_days(begins, ends, but=term)
        return change(term, told, by=by, action="planterm.change", number=term.number)


def delete_term(*, by: Person | None, term: PlanTerm) -> None:
    """Delete a term with its projects, where nothing counts in it yet. Raises NotAllowed; Conflict saying what does."""
    insist_keeps(by, "planterm.delete", term)
    with transaction.atomic():
        audit.record(by, "planterm.delete", term, detail={"number": term.number})
        for one in term.projects.all():
            delete_project(by=by, project=one)
        _delete(term)


def add_project(
    *, by: Person | None, term: PlanTerm, code: str, name: str, axis: str, **more: Any
) -> IntegratedProject:
    """Add an integrated project to a term. Raises NotAllowed, Invalid naming each field at fault."""
    insist_keeps(by, "integratedproject.add")
    made = IntegratedProject(term=term, axis=axis, **stripped({"code": code, "name": name} | more))
    return add(made, by=by, action="integratedproject.add", code=made.code, term=term.number)


def change_project(*, by: Person | None, project: IntegratedProject, **changes: Any) -> IntegratedProject:
    """Change a project's words, axis and order; term and code stay. Raises NotAllowed, Invalid."""
    insist_keeps(by, "integratedproject.change", project)
    return change(project, stripped(changes), by=by, action="integratedproject.change", code=project.code)


def delete_project(*, by: Person | None, project: IntegratedProject) -> None:
    """Delete a project in which nothing counts yet. Raises NotAllowed; Conflict saying what does."""
    insist_keeps(by, "integratedproject.delete", project)
    with transaction.atomic():
        detail = {"code": project.code, "term": project.term.number}
        audit.record(by, "integratedproject.delete", project, detail=detail)
        _delete(project)


def add_programme(*, by: Person | None, code: str, name: str, **more: Any) -> Programme:
    """Add a programme: ministry, phases, days. It counts nowhere until it is placed. Raises NotAllowed, Invalid."""
    insist_keeps(by, "programme.add")
    told = stripped({"code": code, "name": name} | more)
    _insist_fits(told)
    return add(Programme(**told), by=by, action="programme.add", code=told["code"])


def change_programme(*, by: Person | None, programme: Programme, **changes: Any) -> Programme:
    """Change what a programme says; its code stays. Raises NotAllowed, Invalid."""
    insist_keeps(by, "programme.change", programme)
    told = stripped(changes)
    fields = ("first_phase", "last_phase", "begins", "ends")
    _insist_fits({name: getattr(programme, name) for name in fields} | told)
    return change(programme, told, by=by, action="programme.change", code=programme.code)


def add_area(*, by: Person | None, code: str, name: str, **more: Any) -> DiseaseArea:
    """Add a disease area. Raises NotAllowed, Invalid naming each field at fault."""
    insist_keeps(by, "diseasearea.add")
    made = DiseaseArea(**stripped({"code": code, "name": name} | more))
    return add(made, by=by, action="diseasearea.add", code=made.code)


def change_area(*, by: Person | None, area: DiseaseArea, **changes: Any) -> DiseaseArea:
    """Change an area's words and order; its code stays. Raises NotAllowed, Invalid."""
    insist_keeps(by, "diseasearea.change", area)
    return change(area, stripped(changes), by=by, action="diseasearea.change", code=area.code)


def insist_keeps(by: Person | None, action: str, subject: Model | None = None) -> None:
    """Raise NotAllowed, told to the trail, for whoever does not keep the agency's structure."""
    if by is not None:
        audit.insist(rules.may_keep_structure(by), by=by, action=action, subject=subject)


def _insist_fits(told: dict[str, Any]) -> None:
    """Days and phases of a programme in their order, phases both or neither."""
    _insist_in_order(told.get("begins"), told.get("ends"))
    first, last = told.get("first_phase", ""), told.get("last_phase", "")
    order = list(Phase)
    if bool(first) != bool(last):
        raise Invalid({"last_phase" if first else "first_phase": [_("Say both phases, or neither.")]})
    if first in order and last in order and order.index(Phase(first)) > order.index(Phase(last)):
        raise Invalid({"last_phase": [_("The last phase does not come before the first.")]})


def _insist_in_order(begins: date | None, ends: date | None) -> None:
    if begins and ends and ends < begins:
        raise Invalid({"ends": [_("The last day is not before the first.")]})


def _insist_alone_in_its_days(begins: date, ends: date | None, *, but: PlanTerm | None = None) -> None:
    """No two terms have a day in common: which of them is in force is never in doubt."""
    alone("portfolio.plan_terms")
    others = PlanTerm.objects.exclude(pk=but.pk if but else 0).filter(Q(ends=None) | Q(ends__gte=begins))
    other = (others.filter(begins__lte=ends) if ends else others).order_by("begins").first()
    if other is None:
        return
    if other.ends is None and other.begins < begins:
        text = _("%(term)s has no last day: give it one before this day first.") % {"term": other.label()}
    else:
        values = {"term": other.label(), "begins": other.begins, "ends": other.ends or ""}
        text = _("%(term)s (%(begins)s – %(ends)s) has days in common with it: terms follow each other.") % values
    raise Invalid({"begins": [text]})


def _delete(row: PlanTerm | IntegratedProject) -> None:
    """Delete a row that nothing names. Raises Conflict telling what does, and how many."""
    try:
        row.delete()
    except ProtectedError as error:
        held = Counter(str(one._meta.verbose_name) for one in error.protected_objects)
        told = ", ".join(labelled(kind, str(number)) for kind, number in sorted(held.items()))
        text = _("%(name)s cannot be deleted, this counts in it: %(held)s.")
        raise Conflict(text % {"name": row.label(), "held": told}) from error
