"""The manifest of a back-up: what is inside, of which moment and version, and how to tell that it is whole."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

NAME = "manifest.json"
FORMAT = 1
KEYS_PART = "keys.json"
TABLES_FOLDER = "database/"
FILES_FOLDER = "files/"
ONTOLOGY_FOLDER = "ontology/"
GENES_FOLDER = "genes/"
Vendor = Literal["sqlite", "postgresql"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(_Frozen):
    """One member of the archive: its size in bytes and its SHA-256, hexadecimal."""

    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Table(_Frozen):
    """One table of the database: how many rows, and (PostgreSQL) the columns in the order of the exported lines."""

    rows: int = Field(ge=0)
    columns: tuple[str, ...] = ()


class Sequence(_Frozen):
    """The counter of an identity column (PostgreSQL): the last value given, and whether it was given."""

    table: str
    column: str
    last: int
    given: bool


class Head(_Frozen):
    """The head of the audit trail: how many entries there were, and the seal of the last."""

    entries: int = Field(ge=0)
    hash: str


class Keys(_Frozen):
    """Slow hashes by which a key is recognised (see keys.py), and whether the keys themselves are in the archive."""

    secret: str
    audit: str
    inside: bool


class Manifest(_Frozen):
    """What a back-up says of itself.

    ``moment``: every transaction committed before it is inside, nothing of a later one. ``migrations``: "app.name" of
    all that were applied. ``tables``: by name. ``files_removed``: uploads that were deleted while the back-up ran.
    ``settings``: the node's variables, without those that hold a secret. ``parts``: by name, all but the manifest.
    """

    format: int
    kakehashi: str
    moment: datetime
    database: Vendor
    migrations: tuple[str, ...]
    tables: dict[str, Table]
    sequences: tuple[Sequence, ...] = ()
    audit: Head
    files: int = Field(ge=0)
    files_removed: int = Field(default=0, ge=0)
    keys: Keys
    settings: dict[str, str]
    parts: dict[str, Part]

    def rows(self, table: str) -> int:
        """How many rows a table had; 0 for one that was not there."""
        found = self.tables.get(table)
        return found.rows if found else 0
