"""What every fact has: its source, whether the document states it or it is inferred, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

Certainty = Literal["stated", "inferred"]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Said = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
FiscalYear = Annotated[int, Field(ge=1960, le=2100)]
Yen = Annotated[int, Field(strict=True)]


@dataclass(frozen=True)
class Refers:
    """Marks a field as the key of a row of that collection of `Facts`; loading fails where there is none."""

    to: str


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


PlaceKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$"), Refers("places")]
ReasonKey = Annotated[str, Refers("reasons")]
TermKey = Annotated[str, Refers("terms")]
ProjectKey = Annotated[str, Refers("integrated_projects")]
ProgrammeKey = Annotated[str, Refers("programmes")]


class Shape(BaseModel):
    """A frozen row that knows every field it may have."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Shape):
    """Words in both languages."""

    ja: Said
    en: Said


class Name(Text):
    """A name: Japanese as in the document; English official where it is known, else translated by us."""

    translated: bool = False


class Fact(Shape):
    """Something the documents say.

    ``source`` names the places (`document/place`). ``certainty`` is of the row as a whole; single fields of a stated
    row that are inferred stand in ``inferred``, each with its reason.
    """

    source: Annotated[tuple[PlaceKey, ...], BeforeValidator(_several), Field(min_length=1)]
    certainty: Certainty = "stated"
    why: ReasonKey | None = None
    inferred: dict[str, ReasonKey] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _gives_reasons(self) -> Self:
        if (self.certainty == "inferred") != (self.why is not None):
            raise ValueError("an inferred fact, and only such a one, says why: give `why` the key of a reason")
        if strange := sorted(self.inferred.keys() - type(self).model_fields.keys()):
            raise ValueError(f"`inferred` names fields this fact does not have: {', '.join(strange)}")
        return self


class Document(Shape):
    """One of the slide sets. ``title_given`` is false where its text has no title and the title here describes it."""

    key: Key
    title: Name
    title_given: bool
    presented_by: Text
    occasion: Text | None = None
    presented_on: date | None = None
    as_of: Text
    places: dict[Key, Text]


class Gap(Fact):
    """Where the documents differ among themselves or figures do not add up: what, and how Kakehashi takes it."""

    key: Key
    what: Text
    taken: Text
