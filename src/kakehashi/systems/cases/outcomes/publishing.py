"""Publishing the outcomes: fixed tables as of the end of a quarter, without anything from which a small count follows.

The tables: the whole, by fiscal year, by region (steps and consultations), by kind of signs (steps), consultations by
route, diagnosed by list. Years are those in which a case was *registered* (a family consulted), so that the steps of a
row are of the same people: registered, of them analysed, of them diagnosed. What follows from them is protected too:
those registered and not analysed, those analysed and not diagnosed, those without a kind of signs, the difference to
each earlier quarter, and what is left of a region for an institution that takes its own part out. A figure that is
withheld keeps the last value that was published, with that value's day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.engines.disclosure import Figures, Form, publishable, widths
from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict
from kakehashi.kernel.fiscal import fiscal_year
from kakehashi.systems.cases.linkage.registrations import draw_registrations
from kakehashi.systems.cases.models import Publication
from kakehashi.systems.cases.outcomes import rules, tallies
from kakehashi.systems.cases.outcomes.groups import BITS, in_groups
from kakehashi.systems.cases.outcomes.periods import quarter_end_before
from kakehashi.systems.cases.outcomes.queries import ELSEWHERE, region_of_each
from kakehashi.systems.cases.outcomes.recounting import recount
from kakehashi.systems.cases.outcomes.words import By

SMALLEST = 10
"""No count below this can be had of what is published."""
WAITING, OPEN, SOLVED = "waiting", "open", "solved"
STATUSES = (WAITING, OPEN, SOLVED)
STEPS = {"registered": STATUSES, "analysed": (OPEN, SOLVED), "diagnosed": (SOLVED,)}
Counted = dict[str, int]
"""True counts by "table/key/kind": year, region, group by status; route, cyear, cregion of consultations; list."""

Parts = dict[int, Counted]
"""The same of each institution by its id, in the tables of regions."""


def publish(*, by: Any) -> Publication:
    """Publish the outcomes as of the end of the last quarter. Raises NotAllowed, Conflict (published already, or
    nothing counted: what is published stands for good).

    Real patients alone are counted. A node that holds none publishes its synthetic ones, marked as such.
    """
    audit.insist(rules.may_publish(by), by=by, action="outcomes.publish")
    with transaction.atomic():
        as_of = quarter_end_before(timezone.localdate())
        draw_registrations()
        recount()
        synthetic = tallies.only_synthetic()
        if Publication.objects.filter(as_of__gte=as_of, synthetic=synthetic).exists():
            raise Conflict(_("The outcomes as of %(day)s are published already.") % {"day": as_of.isoformat()})
        if not counts_anything(as_of, synthetic=synthetic):
            told = _(
                "Nothing is counted as of %(day)s, so there is nothing to publish. Come back after the next quarter."
            )
            raise Conflict(told % {"day": as_of.isoformat()})
        made = prepared(as_of, synthetic=synthetic)
        made.published_by = by
        made.save()
        audit.record(by, "outcomes.publish", made, detail={"as_of": as_of.isoformat(), "synthetic": synthetic})
    return made


def counts_anything(as_of: date, *, synthetic: bool) -> bool:
    """Whether any family or case is counted as of a day, as the figures count them; else every figure is nought."""
    asked = tallies.Slice(as_of, synthetic=synthetic)
    families = tallies.consultations(asked).filter(asked.within("consulted_on"))
    return families.exists() or tallies.cases(asked).exists()


def prepared(as_of: date, *, synthetic: bool = False) -> Publication:
    """What would be published as of a day, of real patients or of made-up ones; saves nothing."""
    counted, parts = count(tallies.Slice(as_of, synthetic=synthetic))
    figures, forms = tables_of(counted)
    earlier = list(Publication.objects.filter(as_of__lt=as_of, synthetic=synthetic).order_by("-as_of"))
    small = [name for name, form in forms.items() if 0 < figures.value(form) < SMALLEST]
    small += [name for name in _little_changed(figures, forms, earlier) if name not in small]
    known = _known_but_for_few(figures, forms, counted, parts)
    published = publishable(
        figures,
        [forms[name] for name in small],
        width=SMALLEST,
        never=[name for name in (*small, *known) if name in figures.shown],
        small=SMALLEST - 1,
    )
    for name, own in known.items():  # who knows so many of it still has to see that much more
        withheld = set(figures.shown) - published
        width = own + SMALLEST
        published = publishable(figures, [forms[name]], width=width, never=withheld, small=SMALLEST - 1)
    before = earlier[0].shown if earlier else {}
    shown: dict[str, Any] = {}
    for name, form in figures.shown.items():
        if name in published:
            shown[name] = {"value": round(figures.value(form)), "as_of": as_of.isoformat()}
        else:
            shown[name] = before.get(name) or {"value": None, "as_of": None}
    return Publication(as_of=as_of, synthetic=synthetic, smallest=SMALLEST, shown=shown, counted=counted)


def _little_changed(figures: Figures, forms: dict[str, Form], earlier: list[Publication]) -> Iterable[str]:
    """The sums that differ a little from what an earlier publication told, or nearly told, of them."""
    for past in earlier:
        before, its_forms = tables_of(past.counted)
        told = {name for name, one in past.shown.items() if one["as_of"] == past.as_of.isoformat()}
        near = [
            name
            for name, form in forms.items()
            if name in its_forms and 0 < abs(figures.value(form) - before.value(its_forms[name])) < SMALLEST
        ]
        for name, width in zip(near, widths(before, told, (its_forms[name] for name in near)), strict=True):
            if width < SMALLEST:
                yield name


def _known_but_for_few(figures: Figures, forms: dict[str, Form], counted: Counted, parts: Parts) -> dict[str, float]:
    """The sums of a region that one institution, which knows its own part, knows but for a few; and its part."""
    at = sorted(counted)
    found: dict[str, float] = {}
    for name, form in forms.items():
        if name.split("/")[0] in ("region", "cregion"):
            for own in parts.values():
                part = sum(weight * own.get(at[atom], 0) for atom, weight in form.items())
                if part and 0 < figures.value(form) - part < SMALLEST:
                    found[name] = max(found.get(name, 0), part)
    return found


def count(part: tallies.Slice) -> tuple[Counted, Parts]:
    """The true counts of a slice, and each institution's part of its region's."""
    regions = {pk: region.key if region else ELSEWHERE for pk, region in region_of_each().items()}
    counted: Counted = defaultdict(int)
    parts: Parts = defaultdict(lambda: defaultdict(int))
    for column, table in (("registered_on", "year"), ("organisation_id", "region"), ("phenotype_groups", "group")):
        for value, done, found, number in tallies.statuses(column, part):
            status = (SOLVED if found else OPEN) if done else WAITING
            keys: Iterable[object] = (
                [fiscal_year(value)] if table == "year" else in_groups(value) if table == "group" else [regions[value]]
            )
            for key in keys:
                counted[f"{table}/{key}/{status}"] += number
                if table == "region":
                    parts[value][f"{table}/{key}/{status}"] += number
    for one in tallies.tallies(By.CENTRE, part):
        if one.step == "consulted":
            counted[f"route/{one.kind}/consulted"] += one.count
            pk = cast("int", one.key)
            counted[f"cregion/{regions[pk]}/consulted"] += one.count
            parts[pk][f"cregion/{regions[pk]}/consulted"] += one.count
        elif one.step == "diagnosed" and isinstance(one.kind, int):
            counted[f"list/{tallies.list_of(one.kind)}/{SOLVED}"] += one.count
    days = tallies.consultations(part).filter(consulted_on__lte=part.as_of).values_list("consulted_on")
    for day, number in days.annotate(number=Count("pk")):
        counted[f"cyear/{fiscal_year(day)}/consulted"] += number
    for group in BITS:
        for status in STATUSES:
            counted[f"group/{group}/{status}"] += 0
    return dict(counted), parts


def tables_of(counted: Counted) -> tuple[Figures, dict[str, Form]]:
    """The tables as figures of atoms, and every sum that is to be protected where it is small, by name."""
    names = sorted(counted)
    number = {name: at for at, name in enumerate(names)}
    by_table: dict[str, set[str]] = defaultdict(set)
    for name in names:
        table, key, _kind = name.split("/")
        by_table[table].add(key)

    def total(table: str, kinds: Iterable[str], sign: float = 1.0) -> dict[int, float]:
        wanted = set(kinds)
        return {number[one]: sign for one in names if one.split("/")[0] == table and one.split("/")[2] in wanted}

    shown: dict[str, Form] = {}
    for step, kinds in STEPS.items():
        shown[f"total/total/{step}"] = total("year", kinds)
        for table in ("year", "region", "group"):
            for key in by_table[table]:
                atoms = [number[f"{table}/{key}/{kind}"] for kind in kinds if f"{table}/{key}/{kind}" in number]
                shown[f"{table}/{key}/{step}"] = dict.fromkeys(atoms, 1.0)
    shown["total/total/consulted"] = total("cyear", ["consulted"])
    for table in ("route", "cyear", "cregion"):
        shown |= {f"{table}/{key}/consulted": {number[f"{table}/{key}/consulted"]: 1.0} for key in by_table[table]}
    shown |= {f"list/{key}/diagnosed": {number[f"list/{key}/{SOLVED}"]: 1.0} for key in by_table["list"]}
    equal = [total("year", [kind]) | total("region", [kind], -1.0) for kind in STATUSES]
    equal += [total("cyear", ["consulted"]) | total(table, ["consulted"], -1.0) for table in ("route", "cregion")]
    equal.append(total("year", [SOLVED]) | total("list", [SOLVED], -1.0))
    within = [
        {number[f"group/{key}/{kind}"]: 1.0} | total("year", [kind], -1.0)
        for key in by_table["group"]
        for kind in STATUSES
    ]
    forms: dict[str, Form] = {name: {at: 1.0} for name, at in number.items()} | shown
    for kind in STATUSES:
        forms[f"total/total/{kind}"] = total("year", [kind])
        forms |= {
            f"without/{key}/{kind}": total("year", [kind]) | {number[f"group/{key}/{kind}"]: -1.0}
            for key in by_table["group"]
        }
    for step, kinds in STEPS.items():
        for key in by_table["group"]:
            inside = dict.fromkeys(shown[f"group/{key}/{step}"], -1.0)
            forms[f"without/{key}/{step}"] = total("year", kinds) | inside
    return Figures(tuple(counted[name] for name in names), shown, tuple(equal), tuple(within)), forms
