"""Where a fact stands, in both languages. Rows keep it in Japanese; it is said in the language in force."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from django.utils.translation import get_language
from pydantic import BaseModel

from kakehashi.systems.portfolio.facts.reading import load
from kakehashi.systems.portfolio.facts.shapes.base import Fact
from kakehashi.systems.portfolio.facts.shapes.facts import Facts

SOURCE_LENGTH = 300
BY_PLACE = ("（年度は配置から推定）", " (years inferred from the place on the slide)")
"""What is added where a lineage tells its years by their place alone, in Japanese and in English."""


def source_of(told: Facts, fact: Fact, language: str = "ja") -> str:
    """Where a fact stands: the documents' titles with their headings, and "inferred" where it is."""
    japanese = language == "ja"
    places = []
    for key in fact.source:
        document, heading = told.place(key)
        places.append(f"{document.title.ja}「{heading.ja}」" if japanese else f"{document.title.en}, “{heading.en}”")
    inferred = ("（推定）" if japanese else " (inferred)") if fact.certainty == "inferred" else ""
    text = ("、" if japanese else "; ").join(places) + inferred
    return text if len(text) <= SOURCE_LENGTH else text[: SOURCE_LENGTH - 1] + "…"


def source_said(source: str) -> str:
    """A source as it is kept, in the language in force; as it is where no fact has it: somebody wrote it here."""
    return source if (get_language() or "ja").startswith("ja") else _in_english().get(source, source)


@cache
def _in_english() -> dict[str, str]:
    told, said = load(), dict[str, str]()
    for fact in _facts(told):
        japanese, english = source_of(told, fact), source_of(told, fact, "en")
        said |= {japanese: english, japanese + BY_PLACE[0]: english + BY_PLACE[1]}
    return said


def _facts(shape: object) -> Iterator[Fact]:
    """Every fact in a shape, however deep."""
    if isinstance(shape, Fact):
        yield shape
    if isinstance(shape, BaseModel):
        for name in type(shape).model_fields:
            yield from _facts(getattr(shape, name))
    elif isinstance(shape, dict):
        for one in shape.values():
            yield from _facts(one)
    elif isinstance(shape, (tuple, list)):
        for one in shape:
            yield from _facts(one)
