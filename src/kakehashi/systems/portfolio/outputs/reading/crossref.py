"""Crossref's JSON: one work, its answer (``message``), or a list of works (``message.items``).

Awards by the numbers that funders' ``award`` fields name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from kakehashi.systems.portfolio.models import OutputKind
from kakehashi.systems.portfolio.outputs.actions import NewOutput
from kakehashi.systems.portfolio.outputs.reading.entries import Entry, day_of, titles
from kakehashi.systems.portfolio.outputs.recognising import numbers_in

DAYS = ("published", "published-online", "published-print", "issued")

_NOT_KEPT = re.compile(r"\\u0000|[\ud800-\udfff]")


def read(text: str) -> list[Entry]:
    """The works of a file. Raises ValueError for what is no JSON, or none of Crossref."""
    try:
        told = json.loads(text)
        plain = json.dumps(told, ensure_ascii=False)
    except (ValueError, RecursionError) as error:
        raise ValueError(_("The file is no JSON.")) from error
    if _NOT_KEPT.search(plain):
        raise ValueError(_("The file holds characters that no text has: U+0000, or one of U+D800 to U+DFFF."))
    works = _works(told)
    if works is None:
        raise ValueError(_("The file holds no works of Crossref: there is no DOI, and no message with items."))
    return [_entry(place, work) for place, work in enumerate(works, 1)]


def _works(told: Any) -> list[Any] | None:
    if isinstance(told, list):
        return told
    if not isinstance(told, dict):
        return None
    if "message" in told:
        return _works(told["message"])
    if isinstance(told.get("items"), list):
        return list(told["items"])
    return [told] if "DOI" in told else None


def _entry(place: int, work: Any) -> Entry:
    if not isinstance(work, dict) or not isinstance(work.get("DOI"), str):
        return Entry(place, None, problem=_("The work has no DOI."))
    try:
        on, note = day_of(_parts(work))
    except ValueError as error:
        return Entry(place, None, problem=str(error))
    title, title_en = titles(_first(work.get("title")))
    told = NewOutput(
        kind=OutputKind.DATASET if work.get("type") == "dataset" else OutputKind.PAPER,
        reference=work["DOI"],
        on=on,
        where=_first(work.get("container-title")),
        title=title,
        title_en=title_en,
    )
    return Entry(place, told, tuple(dict.fromkeys(_numbers(work))), note)


def _parts(work: dict[str, Any]) -> list[int]:
    for key in DAYS:
        dates = work.get(key)
        parts = dates.get("date-parts") if isinstance(dates, dict) else None
        if isinstance(parts, list) and parts and isinstance(parts[0], list):
            numbers = [part for part in parts[0] if isinstance(part, int)]
            if numbers:
                return numbers
    return []


def _first(value: Any) -> str:
    found = value[0] if isinstance(value, list) and value else value
    return found if isinstance(found, str) else ""


def _numbers(work: dict[str, Any]) -> Iterator[str]:
    funders = work.get("funder")
    for funder in funders if isinstance(funders, list) else ():
        awards = funder.get("award") if isinstance(funder, dict) else None
        for award in awards if isinstance(awards, list) else ():
            if isinstance(award, str):
                yield from numbers_in(award) or [award.strip()]
