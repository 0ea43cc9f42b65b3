"""What is published of awards, and the shapes it is told in: never money, people or what is not published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from kakehashi.systems.portfolio.models import Award, DiseaseArea, Modality, Phase, Programme
from kakehashi.systems.portfolio.numbers import acknowledgement_number

FIELDS = (
    "number",
    "acknowledgement_number",
    "title",
    "title_en",
    "programme",
    "programme_en",
    "institution",
    "institution_en",
    "phase",
    "modality",
    "disease_area",
    "begins",
    "ends",
    "synthetic",
)
READ_AT_ONCE = 2_000


def published_awards() -> QuerySet[Award]:
    """The awards that everybody may see today."""
    return Award.objects.filter(published_on__lte=timezone.localdate())


def told(award: Award) -> dict[str, Any]:
    """One award as plain values, the same in files and by address."""
    return {
        "number": award.number,
        "acknowledgement_number": acknowledgement_number(award.number),
        "title": award.title,
        "title_en": award.title_en,
        "programme": award.programme.name if award.programme else "",
        "programme_en": award.programme.name_en if award.programme else "",
        "institution": award.organisation.name,
        "institution_en": award.organisation.name_en,
        "phase": award.phase,
        "modality": award.modality,
        "disease_area": award.area.code if award.area else "",
        "begins": award.begins.isoformat(),
        "ends": award.ends.isoformat(),
        "synthetic": award.synthetic,
    }


def rows(awards: QuerySet[Award]) -> Iterator[dict[str, Any]]:
    """All of some awards, read as one goes."""
    for award in awards.select_related("programme", "organisation", "area").order_by("number").iterator(READ_AT_ONCE):
        yield told(award)


def linked_data(award: Award, address: str) -> dict[str, Any]:
    """An award as schema.org's Grant with the project it funds."""
    return {
        "@context": "https://schema.org",
        "@type": "Grant",
        "@id": address,
        "identifier": acknowledgement_number(award.number) or award.number,
        "name": [
            {"@value": award.title, "@language": "ja"},
            *([{"@value": award.title_en, "@language": "en"}] if award.title_en else []),
        ],
        "fundedItem": {
            "@type": "ResearchProject",
            "name": award.title_en or award.title,
            "description": award.summary_en or award.summary,
            "foundingDate": award.begins.isoformat(),
            "dissolutionDate": award.ends.isoformat(),
            "parentOrganization": {
                "@type": "Organization",
                "name": award.organisation.name_en or award.organisation.name,
                **({"sameAs": f"https://ror.org/{award.organisation.ror}"} if award.organisation.ror else {}),
            },
        },
    }


def facets(awards: QuerySet[Award], language: str) -> dict[str, list[tuple[str, str, int]]]:
    """For each facet its values with their labels and how many awards have them, the most first."""
    plain = awards.order_by()
    counts = {
        name: list(plain.values_list(field).annotate(number=Count("pk")).order_by("-number")[:12])
        for name, field in (("programme", "programme__code"), ("phase", "phase"), ("modality", "modality"))
    }
    counts["area"] = list(plain.values_list("area__code").annotate(number=Count("pk")).order_by("-number")[:12])
    names = {one.code: one.label(language) for one in Programme.objects.filter(code__in=_keys(counts["programme"]))}
    areas = {one.code: one.label(language) for one in DiseaseArea.objects.filter(code__in=_keys(counts["area"]))}
    labels: dict[str, dict[str, Any]] = {
        "programme": names,
        "area": areas,
        "phase": dict(Phase.choices),
        "modality": dict(Modality.choices),
    }
    return {
        name: [(key, str(labels[name].get(key, key)), number) for key, number in values if key]
        for name, values in counts.items()
    }


def _keys(values: list[tuple[Any, int]]) -> list[Any]:
    return [key for key, _number in values if key]
