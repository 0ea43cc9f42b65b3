"""Entries in the words of who reads them: people, cases and other things by name, actions as verbs, long lists folded.

The trail itself holds ids only. A system says with ``register_names`` how its things are called, and names to each
reader only what that reader may see; everything else keeps its kind and number. With ``register_finding`` it says which
of its things a written name means, for who asks the trail for one.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.audit.details import key_words, value_words
from kakehashi.kernel.audit.lookup import numbers_about
from kakehashi.kernel.audit.models import ACTING, AuditEntry
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.punctuation import labelled
from kakehashi.kernel.shell import Text

SHOWN, FOLDED = 3, 50
"""How many things of one entry stand in the table, and how many more unfold beneath; the rest is a number."""
AT_ONCE = 1000
DIGITS = 19
"""Numbers of so many digits are no ids: a database holds none of them."""
ACTORS: dict[str, Text] = {
    "system": _("this node itself"),
    "command-line": _("the node's operator"),
    "visitor": _("someone not logged in"),
}


@dataclass(frozen=True)
class Name:
    """What a reader calls a thing, and where it is to be seen."""

    text: str
    link: str = ""


@dataclass(frozen=True)
class Said:
    """An entry's actor and subjects in words: some shown, some folded away, ``more`` only counted.

    ``acting``: the organisation acted for, where that is not the one that holds the subjects.
    """

    actor: str
    shown: tuple[Name, ...]
    folded: tuple[Name, ...]
    more: int
    acting: str = ""

    @property
    def hidden(self) -> int:
        """How many subjects are not shown at first."""
        return len(self.folded) + self.more


Naming = Callable[[Any, Organisation, Collection[int]], Mapping[int, Name]]
Finding = Callable[[str], int | None]
_names: dict[str, Naming] = {}
_findings: dict[str, Finding] = {}


def register_names(subject_type: str, names: Naming) -> None:
    """Say how things of a type are called (from ``AppConfig.ready``).

    ``names(reader, organisation, ids)`` answers for those that the reader, looking at this organisation's trail, may
    know by name.
    """
    _names[subject_type] = names


def register_finding(subject_type: str, finding: Finding) -> None:
    """Say which thing of a type people mean by what they write (from ``AppConfig.ready``): its id, or None."""
    _findings[subject_type] = finding


def subject_written(said: str) -> tuple[str, str] | None:
    """The thing that a text means, as (type, id); None for none that is here or that the trail names.

    ``said``: TYPE:ID with the id as recorded or as people know it (case:5, case:K-…, person:a@example.org), or what
    people know it by alone. For the node's operator, who may know of every thing.
    """
    kind, colon, identifier = (part.strip() for part in said.partition(":"))
    if not colon:
        kind, identifier = "", kind
    for one, finding in _findings.items():
        if kind in ("", one) and (found := finding(identifier)) is not None:
            return one, str(found)
    if kind and identifier and (_is_here(kind, identifier) or numbers_about(kind, identifier).exists()):
        return kind, identifier
    return None


def subject_known(said: str, *, reader: Any, organisation: Organisation) -> tuple[str, str] | None:
    """As ``subject_written``, for a reader of an organisation's trail: found by name is only what they know by name."""
    found = subject_written(said)
    if (
        found is None
        or found[1] == said.rpartition(":")[2].strip()
        or found[1] in _found(found[0], [found[1]], reader, organisation)
    ):
        return found
    return None


def _is_here(kind: str, identifier: str) -> bool:
    model = model_of(kind)
    if model is None or not (identifier.isascii() and identifier.isdigit() and len(identifier) < DIGITS):
        return False
    return bool(model._base_manager.filter(pk=int(identifier)).exists())


def say(entries: Iterable[AuditEntry], *, reader: Any, organisation: Organisation) -> None:
    """Give every entry its words (``entry.said``), with a few queries for all of them."""
    entries = list(entries)
    wanted: dict[str, set[str]] = {"person": {one.actor.partition(":")[2] for one in entries if _is_person(one.actor)}}
    for entry in entries:
        wanted.setdefault(entry.subject_type, set()).update(entry.subjects[: SHOWN + FOLDED])
    acting = {entry.sequence: _acted_for(entry) for entry in entries}
    wanted.setdefault("organisation", set()).update(filter(None, acting.values()))
    found = {kind: _found(kind, ids, reader, organisation) for kind, ids in wanted.items()}
    for entry in entries:
        known = found[entry.subject_type]
        named = tuple(
            known.get(one) or Name(f"{kind_label(entry.subject_type)} {one}".strip())
            for one in entry.subjects[: SHOWN + FOLDED]
        )
        more = len(entry.subjects) - len(named)
        acts_for = found["organisation"].get(acting[entry.sequence])
        said_for = acts_for.text if acts_for else acting[entry.sequence]
        entry.said = Said(_actor(entry.actor, found["person"]), named[:SHOWN], named[SHOWN:], more, said_for)


def actor_labels(actors: Iterable[str], *, reader: Any, organisation: Organisation) -> dict[str, str]:
    """Actors (``person:12``, ``system``) → what a reader calls them, in the order of these names."""
    actors = list(actors)
    ids = {one.partition(":")[2] for one in actors if _is_person(one)}
    known = _found("person", ids, reader, organisation)
    return dict(sorted(((one, _actor(one, known)) for one in actors), key=lambda pair: pair[1]))


def kind_label(subject_type: str) -> str:
    """What kind of thing a subject is, in words: the name of its model."""
    found = model_of(subject_type)
    return str(found._meta.verbose_name) if found else subject_type


@cache
def model_of(name: str) -> type[Model] | None:
    """The model that the trail calls so."""
    return next((one for one in apps.get_models() if one._meta.model_name == name), None)


def detail_words(entry: AuditEntry) -> str:
    """An entry's detail in words, without JSON's brackets."""
    said = _detail(entry)
    if ACTING in said:
        said[str(_("acting for"))] = entry.said.acting if entry.said else said[ACTING]
        del said[ACTING]
    return " · ".join(labelled(key_words(key), value_words(key, value)) for key, value in said.items())


def _detail(entry: AuditEntry) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(entry.detail or "{}")
    return found


def _acted_for(entry: AuditEntry) -> str:
    return str(_detail(entry).get(ACTING, ""))


def _is_person(actor: str) -> bool:
    return actor.startswith("person:")


def _actor(actor: str, people: Mapping[str, Name]) -> str:
    if not _is_person(actor):
        return str(ACTORS.get(actor, actor))
    identifier = actor.partition(":")[2]
    return people[identifier].text if identifier in people else f"{kind_label('person')} {identifier}"


def _found(kind: str, ids: Collection[str], reader: Any, organisation: Organisation) -> dict[str, Name]:
    """The names of those ids that are numbers and that the reader may know."""
    names, numbers = _names.get(kind), sorted({int(one) for one in ids if one.isascii() and one.isdigit()})
    if names is None:
        return {}
    found: dict[str, Name] = {}
    for start in range(0, len(numbers), AT_ONCE):
        batch = names(reader, organisation, numbers[start : start + AT_ONCE])
        found.update({str(number): name for number, name in batch.items()})
    return found
