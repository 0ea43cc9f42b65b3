"""Maps: YAML files that say which column of a file is which field of an award, and what its rows claim to have.

The reader is typed. What is wrong with a map is told with its line, its column and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from django.utils.translation import gettext as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from kakehashi.kernel.errors import Invalid
from kakehashi.systems.portfolio.models import ImportTarget

SHIPPED = files("kakehashi.systems.portfolio.importing") / "maps"
LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Every scalar stays the text it is: a column may be called no, on or 2019-04."""
LONGEST = 200_000
Loc = tuple[str | int, ...]


class Part(BaseModel):
    """A part of a map: nothing that it does not know, nothing that changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Name = Annotated[str, Field(min_length=1, max_length=100)]


class Column(Part):
    """Where a value stands, or ``value``, the same for all rows. ``remove``: what it begins with and is left out;
    ``values``: what its words mean here; ``default``: what an empty cell means."""

    column: Name | None = None
    value: str | None = None
    default: str = ""
    remove: str = ""
    values: dict[str, str] = Field(default_factory=dict)
    format: str = ""
    unit: Decimal = Field(default=Decimal(1), gt=0)


def _column(given: Any) -> Any:
    return {"column": given} if isinstance(given, str) else given


Given = Annotated[Column, BeforeValidator(_column)]


class AwardColumns(Part):
    """The fields of an award. ``format`` belongs to days (2016-03-31 without it), ``unit`` to the amount."""

    number: Given
    title: Given | None = None
    title_en: Given | None = None
    summary: Given | None = None
    summary_en: Given | None = None
    programme: Given | None = None
    call: Given | None = None
    institution: Given | None = None
    country: Given | None = None
    funder: Given | None = None
    phase: Given | None = None
    modality: Given | None = None
    area: Given | None = None
    begins: Given | None = None
    ends: Given | None = None
    amount: Given | None = None
    currency: Given | None = None
    synthetic: Given | None = None

    def named(self) -> dict[str, Column]:
        """The fields that the map gives a place, by name."""
        return {name: column for name in type(self).model_fields if (column := getattr(self, name)) is not None}


class LinkColumns(Part):
    """A file beside the awards' with one row for each thing of an award. ``personal``: its references are people, who
    are counted and not kept."""

    file: Name
    award: Name
    reference: Name
    note: Name | None = None
    personal: bool = False


class Whose(Part):
    """Whose awards a collection holds. ``currency`` may stand in a column of the awards instead."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    funder: Annotated[str, Field(max_length=200)] = ""
    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""
    currency: Annotated[str, Field(pattern=r"^([A-Z]{3})?$")] = ""
    source: Annotated[str, Field(max_length=300)] = ""
    licence: Annotated[str, Field(max_length=300)] = ""


class Map(Part):
    """A whole map. ``claims`` names columns that say how many rows of a kind of link an award has."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    target: Literal["awards", "collection"]
    format: Literal["csv", "360giving"]
    encoding: str = "utf-8-sig"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    collection: Whose | None = None
    awards: AwardColumns
    claims: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")], Name] = Field(default_factory=dict)
    links: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")], LinkColumns] = Field(default_factory=dict)

    def columns(self) -> list[str]:
        """Every column that the awards' file must have."""
        named = [one.column for one in self.awards.named().values() if one.column]
        return list(dict.fromkeys([*named, *self.claims.values()]))


OWN_NEEDS = ("title", "institution", "begins", "ends")
OWN_ONLY = ("title_en", "summary_en", "call", "phase", "modality", "area", "synthetic")
COLLECTED_ONLY = ("country", "funder")
PARTS: dict[str, type[Part]] = {"awards": AwardColumns, "collection": Whose, "links": LinkColumns}


def shipped() -> list[str]:
    """The names of the maps that come with Kakehashi."""
    return sorted(one.name.removesuffix(".yaml") for one in SHIPPED.iterdir() if one.name.endswith(".yaml"))


def read_map(name: str) -> Map:
    """The map of a file, or a shipped one by its name. Raises Invalid naming each place at fault."""
    path = Path(name)
    if name in shipped():
        return parse_map((SHIPPED / f"{name}.yaml").read_text(encoding="utf-8"), f"{name}.yaml")
    if not path.is_file():
        values = {"name": name, "shipped": ", ".join(shipped())}
        raise Invalid(_("There is no map %(name)s. Give a YAML file, or one of: %(shipped)s.") % values)
    try:
        with path.open(encoding="utf-8-sig") as opened:
            text = opened.read(LONGEST + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(_("%(name)s cannot be read as UTF-8 text.") % {"name": path.name}) from error
    return parse_map(text, path.name)


def parse_map(text: str, name: str) -> Map:
    """A map from its text; ``name`` is what messages call it. Raises Invalid naming each place at fault."""
    if len(text) > LONGEST:
        raise Invalid(_("%(name)s is too long for a map.") % {"name": name})
    root, content = _parsed(text, name)
    try:
        read = Map.model_validate(content)
    except ValidationError as error:
        told = [_place(name, root, tuple(one["loc"]), _said(one)) for one in error.errors()]
        raise Invalid("\n".join(dict.fromkeys(told))) from error
    wrong = [_place(name, root, loc, said) for loc, said in _disagreements(read)]
    if wrong:
        raise Invalid("\n".join(wrong))
    return read


def _parsed(text: str, name: str) -> tuple[yaml.Node, Any]:
    try:
        root = yaml.compose(text, Loader=LOADER)
        if not isinstance(root, yaml.MappingNode):
            raise Invalid(_("%(name)s is no map: it begins with name:, target:, format:, awards:.") % {"name": name})
        for node, said in _odd(root, set()):
            raise Invalid(_at(name, node.start_mark, said))
        content = yaml.load(text, Loader=LOADER)  # noqa: S506  the safest loader: text only
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Invalid(_at(name, mark, _("this is not YAML: check the indent, the colons and the quotes"))) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Invalid(_("%(name)s is not YAML.") % {"name": name}) from error
    return root, content


def _odd(node: yaml.Node, seen: set[int]) -> Iterator[tuple[yaml.Node, str]]:
    """Keys that stand twice, and nodes used twice by an alias: YAML takes both in silence."""
    if id(node) in seen:
        yield node, _("aliases (* and &) are not used in maps: write it out")
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        keys: set[str] = set()
        for key, value in node.value:
            if str(key.value) in keys:
                yield key, _("%(key)s stands there twice") % {"key": key.value}
            keys.add(str(key.value))
            yield from _odd(value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _odd(one, seen)


def _disagreements(read: Map) -> Iterator[tuple[Loc, str]]:
    """What is right in each part and wrong together."""
    own = ImportTarget(read.target) is ImportTarget.AWARDS
    named = read.awards.named()
    for field in OWN_NEEDS if own else ():
        if field not in named:
            yield ("awards",), _("%(field)s is missing: the agency's own awards need it") % {"field": field}
    for field in COLLECTED_ONLY if own else OWN_ONLY:
        if field in named:
            yield ("awards", field), _("%(field)s has no place in this target") % {"field": field}
    if own:
        for part in ("collection", "claims", "links"):
            if getattr(read, part):
                yield (part,), _("%(part)s belongs to target: collection") % {"part": part}
    elif read.collection is None:
        yield (), _("collection is missing: say whose awards these are (name, funder, currency)")
    elif not read.collection.currency and "currency" not in named:
        yield ("collection",), _("currency is missing: give its three letters here, or its column among the awards")
    for field, column in named.items():
        if (column.column is None) == (column.value is None):
            yield ("awards", field), _("give either column or value")
    if read.format == "360giving" and read.links:
        yield ("links",), _("a 360Giving package has no files beside it")


def _said(error: Any) -> str:
    """What pydantic found, in our words."""
    kind, loc = error["type"], tuple(error["loc"])
    field = str(next((one for one in reversed(loc) if one != "[key]"), ""))
    if kind == "missing":
        return _("%(field)s is missing") % {"field": field}
    if kind == "extra_forbidden":
        part = PARTS.get(str(loc[0])) if len(loc) == (3 if loc[0] == "links" else 2) else None
        known = (part or (Map if len(loc) == 1 else Column)).model_fields
        return _("%(field)s is not known here; known are: %(known)s") % {"field": field, "known": ", ".join(known)}
    if kind == "literal_error":
        return _("%(field)s must be one of: %(known)s") % {"field": field, "known": error["ctx"]["expected"]}
    if kind == "string_type":
        return _("%(field)s must be one text") % {"field": field}
    if kind == "string_pattern_mismatch":
        values = {"field": field, "pattern": error["ctx"]["pattern"]}
        return _("%(field)s is not written as it must be (%(pattern)s)") % values
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return _("%(field)s must hold keys and values beneath it") % {"field": field}
    return _("%(field)s cannot be used as it is") % {"field": field}


def _place(name: str, root: yaml.Node, loc: Loc, said: str) -> str:
    """The line and column of a place in a map: of the key where there is one, else of what it is missing from."""
    node, mark = root, root.start_mark
    for step in loc:
        if not isinstance(node, yaml.MappingNode):
            break
        found = next((pair for pair in node.value if pair[0].value == str(step)), None)
        if found is None:
            break
        mark, node = found[0].start_mark, found[1]
    return _at(name, mark, said)


def _at(name: str, mark: yaml.Mark | None, said: str) -> str:
    if mark is None:
        return f"{name}: {said}"
    values = {"name": name, "line": mark.line + 1, "column": mark.column + 1, "said": said}
    return _("%(name)s, line %(line)d, column %(column)d: %(said)s") % values
