"""What is published of awards, and the shapes it is told in: never money, people or what is not published."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Q, QuerySet
from django.utils import timezone
from numpy.typing import NDArray

from kakehashi.systems.portfolio import finding
from kakehashi.systems.portfolio.columns import held
from kakehashi.systems.portfolio.columns.column import Numbers, tally
from kakehashi.systems.portfolio.columns.credited import Counting, credits
from kakehashi.systems.portfolio.models import Award, DiseaseArea, Modality, Output, OutputKind, Phase, Programme
from kakehashi.systems.portfolio.numbers import acknowledgement_number
from kakehashi.systems.portfolio.outputs.published import OF_PATIENTS, patents_until

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
DOI_ADDRESS = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)


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


def rows(keys: Sequence[int]) -> Iterator[dict[str, Any]]:
    """The awards with some primary keys, read as one goes."""
    for batch in batches(keys):
        yield from map(told, batch)


def batches(keys: Sequence[int]) -> Iterator[list[Award]]:
    """The awards with some primary keys, so many at once as one reads."""
    for first in range(0, len(keys), READ_AT_ONCE):
        yield shown(keys[first : first + READ_AT_ONCE])


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


FACETS = ("programme", "phase", "modality", "area")
OUTPUT = "output"
"""The facet beside them: awards that have outputs of a kind."""
SHORTEST = 2
"""Outputs are searched for texts of so many characters or more."""
NAMED: dict[str, type[Programme] | type[DiseaseArea]] = {"programme": Programme, "area": DiseaseArea}
MOST_VALUES = 12
MOST_RANKED = 5_000
"""The titles of so many awards are read to bring those that hold the words to the top."""


@dataclass(frozen=True)
class Found:
    """Published awards that a search found, those with its words in their title first, then those that began last:
    their places among the awards held; and the outputs that count today and are public. ``in_titles``: how many of
    the awards come first."""

    awards: held.Awards
    places: Numbers
    counting: Counting
    in_titles: int = 0

    @property
    def keys(self) -> list[int]:
        """Their primary keys."""
        told: list[int] = self.awards.pk[self.places].tolist()
        return told


def find(chosen: Mapping[str, str], fiscal_year: int | None, text: str) -> Found:
    """The published awards that have the chosen values of facets, run in a year and hold every word of a text, or have
    an output with that identifier or with the text in its title. A text that is an award number finds that award alone.
    Those with the words in their title come first, where at most MOST_RANKED are found; then those that began last.
    """
    awards = held.awards()
    today = timezone.localdate()
    counting = credits(awards).by(today).without(OutputKind.PATENT, after=patents_until(today))
    wanted = awards.published(today)
    for facet in FACETS:
        if value := chosen.get(facet):
            wanted &= getattr(awards, facet).is_(_key(facet, value))
    if kind := chosen.get(OUTPUT):
        wanted &= with_outputs(counting, kind)
    if fiscal_year is not None:
        wanted &= awards.running_in(fiscal_year)
    if text:
        numbered = Award.objects.filter(number__in=[text, text.removeprefix("JP")])
        named = wanted & awards.among(list(numbered.values_list("pk", flat=True)))
        holding = awards.among(finding.keys_holding(text)) | of_outputs_named(counting, text)
        wanted = named if named.any() else wanted & holding
    places = awards.newest_first(wanted)
    titled = np.isin(awards.pk[places], _titled(awards.pk[places].tolist(), text))
    return Found(awards, np.concatenate([places[titled], places[~titled]]), counting, int(titled.sum()))


def _titled(keys: Sequence[int], text: str) -> list[int]:
    """Those of some awards whose title holds every word of a text, in one language; none where they are too many to
    be read for it."""
    words = _folded(text).split()
    if not words or len(keys) > MOST_RANKED:
        return []
    titles = Award.objects.filter(pk__in=keys).order_by().values_list("pk", "title", "title_en")
    return [pk for pk, *told in titles if any(all(word in _folded(title) for word in words) for title in told)]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def with_outputs(counting: Counting, kind: str) -> NDArray[np.bool_]:
    """Which awards have an output of a kind that counts; none of a kind that tells of patients."""
    if kind not in OutputKind.values or kind in OF_PATIENTS:
        return np.zeros(len(counting.credits.awards.pk), np.bool_)
    return counting.of_kinds([kind]).of_awards()


def of_outputs_named(counting: Counting, text: str) -> NDArray[np.bool_]:
    """Which awards have an output among these of this identifier, or with the text in its title."""
    wanted = text.strip()
    if len(wanted) < SHORTEST:
        return np.zeros(len(counting.credits.awards.pk), np.bool_)
    bare = DOI_ADDRESS.sub("", wanted)
    named = Q(reference__iexact=bare) | Q(title__icontains=wanted) | Q(title_en__icontains=wanted)
    found = Output.objects.filter(named).exclude(kind__in=OF_PATIENTS).order_by()
    return counting.among(set(found.values_list("pk", flat=True))).of_awards()


def _key(facet: str, value: str) -> Any:
    """What the column of a facet has for a value of an address: the value, or the primary key of what has that code."""
    model = NAMED.get(facet)
    if model is None:
        return value
    return model._default_manager.filter(code=value[:100]).values_list("pk", flat=True).first() or -1


def shown(keys: Sequence[int]) -> list[Award]:
    """The awards with some primary keys, in that order; none that is not published now."""
    found = published_awards().select_related("programme", "organisation", "area", "call").in_bulk(keys)
    return [found[key] for key in keys if key in found]


def facets(found: Found, language: str) -> dict[str, list[tuple[str, str, int]]]:
    """For each facet its values with their labels and how many of the awards have them, the most first."""
    told = {}
    for facet in FACETS:
        counted = sorted(tally([getattr(found.awards, facet).at(found.places)]), key=lambda one: (-one[1], str(one[0])))
        counted = [one for one in counted if one[0]][:MOST_VALUES]
        labels = _labels(facet, [key for key, _number in counted], language)
        told[facet] = [(*labels[key], number) for key, number in counted if key in labels]
    kinds = [kind for kind in OutputKind if kind not in OF_PATIENTS]
    having = [(kind, int(with_outputs(found.counting, kind)[found.places].sum())) for kind in kinds]
    some = sorted((one for one in having if one[1]), key=lambda one: -one[1])
    told[OUTPUT] = [(kind.value, str(kind.label), number) for kind, number in some]
    return told


def _labels(facet: str, keys: list[Any], language: str) -> dict[Any, tuple[str, str]]:
    """Of each key its value in an address and its label."""
    if model := NAMED.get(facet):
        return {key: (one.code, one.label(language)) for key, one in model._default_manager.in_bulk(keys).items()}
    labels = dict((Phase if facet == "phase" else Modality).choices)
    return {key: (key, str(labels.get(key, key))) for key in keys}
