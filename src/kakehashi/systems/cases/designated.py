"""The list of designated intractable diseases: installed whole from a table, asked by number, name or id elsewhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from django.db import transaction

from kakehashi.kernel import audit
from kakehashi.protocols.designated import plain_number, read_designated
from kakehashi.systems.cases.models import DesignatedDisease, DesignatedList


def installed() -> DesignatedList | None:
    """The list in use; None where none is installed."""
    return DesignatedList.objects.order_by("-pk").first()


def install_list(data: bytes, *, source: str) -> DesignatedList:
    """Put the list of a file in use, in place of the one before; by the node's operator.

    Raises DesignatedListError, and then the one before stays in use.
    """
    rows = read_designated(data)
    with transaction.atomic():
        DesignatedList.objects.all().delete()
        made = DesignatedList.objects.create(source=source[:200])
        DesignatedDisease.objects.bulk_create(
            DesignatedDisease(
                edition=made, number=one.number, name=one.name_ja, name_en=one.name_en, references=list(one.references)
            )
            for one in rows
        )
        audit.record(None, "designated.install", detail={"diseases": len(rows)})
    return made


def remove_list() -> None:
    """Have no list in use."""
    with transaction.atomic():
        DesignatedList.objects.all().delete()
        audit.record(None, "designated.remove")


def numbered(number: str) -> DesignatedDisease | None:
    """The disease of a number of the list in use."""
    return DesignatedDisease.objects.filter(number=number).first()


def listing(ids: Collection[str], names: Collection[str] = ()) -> DesignatedDisease | None:
    """The one disease of the list that goes by one of these ids, else by one of these names; None of several."""
    every = list(DesignatedDisease.objects.all())
    by_id = [one for one in every if set(one.references) & set(ids)]
    wanted = {_plain(name) for name in names if name}
    found = by_id or [one for one in every if {_plain(one.name), _plain(one.name_en)} & wanted]
    return found[0] if len(found) == 1 else None


def found_by(text: str, *, limit: int = 20) -> list[DesignatedDisease]:
    """The diseases of the list that fit what was typed so far: its number, else a part of a name; the closest first."""
    number, typed = plain_number(text), _plain(text)
    if not typed:
        return []
    every = list(DesignatedDisease.objects.all())
    found = [one for one in every if one.number == number]
    named = [one for one in every if typed in _plain(one.name) or typed in _plain(one.name_en)]
    named.sort(key=lambda one: (typed not in (_plain(one.name), _plain(one.name_en)), len(one.name)))
    return list(dict.fromkeys([*found, *named]))[:limit]


def exactly(text: str) -> DesignatedDisease | None:
    """The disease that was typed by its whole name, or by a number that says it is one of this list ("指定難病167")."""
    number = plain_number(text)
    if number != text.strip() and (found := numbered(number)) is not None:
        return found
    return listing((), [text])


def _plain(name: str) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", name).casefold()))
