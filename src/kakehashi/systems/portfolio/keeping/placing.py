"""Every write to where programmes and awards count and from which day, and to what other projects show again (再掲)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.locks import alone
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio.figures import years_of
from kakehashi.systems.portfolio.keeping.structure import insist_keeps
from kakehashi.systems.portfolio.keeping.writing import add, change, keep_before, take_out
from kakehashi.systems.portfolio.models import Award, IntegratedProject, Placement, Programme, SharedBudget
from kakehashi.systems.portfolio.money import exact
from kakehashi.systems.portfolio.placements import counts_in

ONE_DAY = timedelta(days=1)


def place(
    *,
    by: Person | None,
    project: IntegratedProject,
    programme: Programme | None = None,
    award: Award | None = None,
    since: date | None = None,
    source: str = "",
) -> Placement:
    """Have a programme, or one award otherwise than its programme, count in a project from a day on.

    What it counted in before under the same term ends the day before. Without ``since`` it counts there whatever the
    year, where it was placed nowhere in the term. Raises NotAllowed; Invalid naming each field at fault; Conflict where
    it counts there already, was placed from that day or a later one, or its budget is shown again there.
    """
    insist_keeps(by, "placement.add", project)
    if (programme is None) == (award is None):
        raise Invalid({"programme": [_("Name a programme or an award, one of them.")]})
    made = Placement(project=project, programme=programme, award=award, since=since, source=source.strip())
    with transaction.atomic():
        alone("portfolio.placements")
        _end_earlier(made, by)
        thing = {"programme": programme.code} if programme else {"award": award.number if award else ""}
        add(made, by=by, action="placement.add", project=project.code, term=project.term.number, **thing)
        _insist_shown_elsewhere(made)
    return made


def end_placement(*, by: Person | None, placement: Placement, on: date) -> Placement:
    """Have something count in a project no longer; ``on`` is its last day there. Raises NotAllowed, Invalid, Conflict
    where it has ended already."""
    insist_keeps(by, "placement.end", placement.project)
    with transaction.atomic():
        alone("portfolio.placements")
        locked = Placement.objects.select_for_update(of=("self",)).get(pk=placement.pk)
        if locked.until is not None:
            raise Conflict(_("It ends on %(day)s already.") % {"day": locked.until.isoformat()})
        if locked.since is not None and on < locked.since:
            raise Invalid({"on": [_("The last day is not before the first.")]})
        _end(locked, on, by)
        _insist_shown_elsewhere(locked)
        audit.record(by, "placement.end", locked, detail={"on": on.isoformat()})
    return locked


def share_budget(
    *,
    by: Person | None,
    programme: Programme,
    project: IntegratedProject,
    fiscal_year: int,
    amount_yen: int,
    source: str = "",
) -> SharedBudget:
    """Show a part of a programme's budget of a year in another project again (再掲); it is counted once, where it
    belongs: together at most the programme's budget. Raises NotAllowed, Invalid naming each field at fault, Conflict
    where it is shown there already."""
    insist_keeps(by, "sharedbudget.add", project)
    if amount_yen <= 0:
        raise Invalid({"amount_yen": [_("The amount is more than 0.")]})
    with transaction.atomic():
        alone("portfolio.placements")
        if counts_in(programme.pk, project, fiscal_year):
            raise Invalid({"project": [_("The programme itself counts there in this year: choose another project.")]})
        if SharedBudget.objects.filter(programme=programme, project=project, fiscal_year=fiscal_year).exists():
            text = _("It is shown there again in this year already: take that out first if it is wrong.")
            raise Conflict(text, field="project")
        told = {"fiscal_year": fiscal_year, "amount_yen": amount_yen}
        made = SharedBudget(programme=programme, project=project, source=source.strip(), **told)
        _insist_within_budget(made)
        return add(made, by=by, action="sharedbudget.add", programme=programme.code, project=project.code, **told)


def change_share(*, by: Person | None, share: SharedBudget, amount_yen: int, source: str) -> SharedBudget:
    """Correct how much is shown again, and by which document. Raises NotAllowed, Invalid, Conflict
    where it was taken out meanwhile."""
    insist_keeps(by, "sharedbudget.change", share.project)
    if amount_yen <= 0:
        raise Invalid({"amount_yen": [_("The amount is more than 0.")]})
    changes = {"amount_yen": amount_yen, "source": source.strip()}
    with transaction.atomic():
        alone("portfolio.placements")
        stood = SharedBudget.objects.filter(pk=share.pk).values_list("amount_yen", flat=True).first() or 0
        changed = change(share, changes, by=by, action="sharedbudget.change", amount_yen=amount_yen)
        if amount_yen > stood:  # the documents show one budget again whole in several projects: less of it may stand
            _insist_within_budget(changed)
    return changed


def end_share(*, by: Person | None, share: SharedBudget) -> None:
    """No longer show a budget again; what was shown stays readable with the project. Raises NotAllowed,
    Conflict where somebody did so before."""
    insist_keeps(by, "sharedbudget.end", share.project)
    with transaction.atomic():
        locked = SharedBudget.objects.select_for_update(of=("self",)).filter(pk=share.pk).first()
        if locked is None:
            raise Conflict(_("It has been taken out already."))
        said = f"{locked}: {exact(locked.amount_yen)}"
        take_out(locked, of=locked.project, by=by, action="sharedbudget.end", said=said)


def _insist_shown_elsewhere(placed: Placement) -> None:
    """A programme's budget is never counted and shown again in one project."""
    term = placed.project.term
    shares = SharedBudget.objects.filter(programme=placed.programme_id, project__term=term).select_related("project")
    for one in shares.order_by("fiscal_year"):
        if counts_in(one.programme_id, one.project, one.fiscal_year):
            text = _("In fiscal year %(year)d %(project)s shows the programme's budget again: take that out first.")
            raise Conflict(text % {"year": one.fiscal_year, "project": one.project.label()}, field="project")


def _insist_within_budget(share: SharedBudget) -> None:
    """What the projects of a term show again of a programme's budget is together no more than the budget."""
    of_term = SharedBudget.objects.filter(programme=share.programme_id, project__term=share.project.term)
    others = of_term.filter(fiscal_year=share.fiscal_year).exclude(pk=share.pk).aggregate(yen=Sum("amount_yen"))["yen"]
    line = years_of(share.programme_id, [share.fiscal_year]).get(share.fiscal_year)
    budget = sum(line.budgeted.values()) if line else 0
    if (others or 0) + share.amount_yen > budget:
        text = _("The programme's budget of this year is %(budget)s; other projects show %(others)s of it again.")
        raise Invalid({"amount_yen": [text % {"budget": exact(budget), "others": exact(others or 0)}]})


def _end_earlier(made: Placement, by: Person | None) -> None:
    """End the day before what the same thing counts in under the same term."""
    rows = Placement.objects.filter(project__term=made.project.term, programme=made.programme, award=made.award)
    for one in rows.select_related("project").select_for_update(of=("self",)).order_by("pk"):
        if made.since is None:
            text = _("It is placed in this term already: say from which day it counts here instead.")
            raise Invalid({"since": [text]})
        if one.since is not None and one.since >= made.since:
            text = _("It is placed in %(project)s from %(day)s on: choose a later day.")
            said = {"project": one.project.label(), "day": one.since.isoformat()}
            raise Conflict(text % said, field="since")
        if one.until is None or one.until >= made.since:
            if one.project_id == made.project_id:
                raise Conflict(_("It counts there already."), field="project")
            _end(one, made.since - ONE_DAY, by)


def _end(one: Placement, on: date, by: Person | None) -> None:
    keep_before(one, {"until": one.until.isoformat() if one.until else None}, by=by)
    one.until = on
    one.save(update_fields=["until"])
