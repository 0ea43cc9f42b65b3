"""The two histories of the documents, written into a node: awards marked with their source, links, events."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from django.db import transaction

from kakehashi.kernel import audit
from kakehashi.kernel.organisations.actions import register_organisation
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.rules import by_the_node
from kakehashi.systems.portfolio.facts.citing import BY_PLACE, source_of
from kakehashi.systems.portfolio.facts.reading import load
from kakehashi.systems.portfolio.facts.shapes.facts import Facts
from kakehashi.systems.portfolio.facts.shapes.results import Lineage, LineageStep
from kakehashi.systems.portfolio.finding import index_awards
from kakehashi.systems.portfolio.lineage.actions import link_awards
from kakehashi.systems.portfolio.models import Award, AwardEvent, AwardLink, EventKind, Modality, Phase, Programme
from kakehashi.systems.portfolio.models.lineage import Precision

UNNAMED = ("unnamed", "（資料に記載のない機関）", "(institution not named in the document)")
MODALITIES = {"pancreatic-cancer-blood-test": Modality.DIAGNOSTIC, "johaku-catheter": Modality.DEVICE}


def install_lineages(*, by: Person | None, facts: Facts | None = None) -> list[Award]:
    """Write the histories that the documents tell, once; needs the published programmes (``install_structure``).

    Their award numbers are names of ours, none of the agency's. The documents tell years by their place on the slide:
    they are read as fiscal years, and the source says that this is inferred.
    """
    audit.insist(by_the_node(by), by=by, action="portfolio.lineages")
    told = facts or load()
    with transaction.atomic():
        holder = _unnamed()
        awards = [award for one in told.lineages for award in _install(told, one, holder, by)]
        index_awards(awards)
        audit.record(by, "portfolio.lineages", detail={"awards": len(awards)})
    return awards


def _unnamed() -> Organisation:
    code, name, name_en = UNNAMED
    found = Organisation.objects.filter(code=code).first()
    return found or register_organisation(by=None, code=code, name=name, name_en=name_en, kind=Kind.OTHER)


def _install(told: Facts, one: Lineage, holder: Organisation, by: Person | None) -> list[Award]:
    source = source_of(told, one) + BY_PLACE[0]
    awards = [_award(one, place, step, holder, source) for place, step in enumerate(one.steps, 1)]
    for before, after in pairwise(awards):
        if not AwardLink.objects.filter(before=before, after=after).exists():
            link_awards(by=by, before=before, after=after, source=source)
    for award, step in zip(awards, one.steps, strict=True):
        for funds in step.adjustments:
            _event(
                award, EventKind.ADJUSTMENT, date(funds.fiscal_year, 4, 1), Precision.FISCAL_YEAR, funds.what, source
            )
    for event in one.events:
        on, precision = _day(str(event.when) if event.when else "")
        _event(awards[-1], EventKind(event.kind), on, precision, event.name, source)
    return awards


def _award(one: Lineage, place: int, step: LineageStep, holder: Organisation, source: str) -> Award:
    phases = [phase.value.replace("-", "_") for phase in step.phases]
    did_ja, did_en = "\n".join(did.ja for did in step.did), "\n".join(did.en for did in step.did)
    award, _made = Award.objects.get_or_create(
        number=f"{one.key}-{place}",
        defaults={
            "title": step.title.ja,
            "title_en": step.title.en,
            "summary": did_ja,
            "summary_en": did_en,
            "programme": Programme.objects.get(code=step.programme),
            "organisation": holder,
            "phase": max(phases, key=[str(phase) for phase in Phase].index) if phases else "",
            "modality": MODALITIES.get(one.key, ""),
            "begins": date(step.begins_year, 4, 1),
            "ends": date(step.ends_year + 1, 3, 31),
            "source": source[:300],
        },
    )
    return award


def _event(award: Award, kind: EventKind, on: date | None, precision: str, name: object, source: str) -> None:
    AwardEvent.objects.get_or_create(
        award=award,
        kind=kind,
        name=getattr(name, "ja", ""),
        defaults={"name_en": getattr(name, "en", ""), "on": on, "precision": precision, "source": source[:300]},
    )


def _day(when: str) -> tuple[date | None, str]:
    """The first day of a year or month, and how exact it is."""
    year, _dash, month = when.partition("-")
    if not year:
        return None, Precision.YEAR
    return date(int(year), int(month[:2]) if month else 1, 1), Precision.MONTH if month else Precision.YEAR
