"""What kinds of things can be found: each system registers its own, with the rule of who may see them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise


@dataclass(frozen=True)
class SearchKind:
    """One kind: ``visible_to(person)`` is the owning system's own queryset, so search shows nothing it would hide.

    ``named(things, text)``: those whose name or id the text is, whole; they come first, and alone where it is one.
    ``begun(person, text)``: those whose name begins so, where who may know that name is not who may see the thing: a
    text that all readers' searches look through does not hold it.
    ``note(thing)``: what a hit says beside its title. ``version()``: what texts are made with now, where it changes.
    ``rules()``: how the version of every text begins that was made by the rules in force. Texts made by others may say
    what not all may search for: until they are made anew, the holding institution's own people alone find by them.
    """

    name: str
    label: str | Promise
    visible_to: Callable[[Any], QuerySet[Any]]
    title: Callable[[Any], str]
    link: Callable[[Any], str]
    named: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None
    begun: Callable[[Any, str], QuerySet[Any]] | None = None
    note: Callable[[Any], str] | None = None
    version: Callable[[], str] | None = None
    rules: Callable[[], str] | None = None


_kinds: dict[str, SearchKind] = {}


def register(kind: SearchKind) -> None:
    """Make a kind findable (from the system's ``AppConfig.ready``)."""
    _kinds[kind.name] = kind


def registered() -> list[SearchKind]:
    """Every kind, in the order of registration."""
    return list(_kinds.values())
