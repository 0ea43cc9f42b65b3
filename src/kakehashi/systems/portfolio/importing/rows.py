"""The rows of a file, one after the other: CSV, or the grants of a 360Giving package; each also gzipped.

No more of a file is held than one row.
"""

import csv
import gzip
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any, cast

import ijson
from django.utils.translation import gettext as _

from kakehashi.kernel.errors import Invalid

csv.field_size_limit(2**24)
GZIP = b"\x1f\x8b"
Read = Callable[[str], str]


@dataclass(frozen=True)
class Row:
    """One row: ``line`` is where it stands (of a package: which grant it is), ``read`` gives a column's text, "" where
    it is empty; None where the row's shape is not that of the first line."""

    line: int
    read: Read | None


class Source:
    """An opened file, gzipped or not, that knows how far it was read."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        try:
            self._raw = path.open("rb")
            self.size = path.stat().st_size
            zipped = self._raw.read(2) == GZIP
        except OSError as error:
            raise Invalid(
                _("%(name)s cannot be opened: see that it is there and may be read.") % {"name": path.name}
            ) from error
        self._raw.seek(0)
        self.stream = cast("IO[bytes]", gzip.GzipFile(fileobj=self._raw)) if zipped else self._raw

    @property
    def position(self) -> int:
        """How many of its bytes were read."""
        return self._raw.tell()

    def __enter__(self) -> "Source":
        return self

    def __exit__(self, *_raised: object) -> None:
        self.stream.close()
        self._raw.close()


def table_rows(source: Source, wanted: Sequence[str], *, encoding: str, delimiter: str) -> Iterator[Row]:
    """The rows of a CSV file whose first line names its columns. Raises Invalid for a file that is no such table."""
    try:
        text = TextIOWrapper(source.stream, encoding=encoding, newline="")
    except LookupError as error:
        raise Invalid(
            _("There is no encoding %(name)s; usual are utf-8-sig and cp932.") % {"name": encoding}
        ) from error
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        head = [cell.strip() for cell in next(reader, [])]
        _check_head(source.name, head, wanted)
        places = {name: place for place, name in enumerate(head)}
        for cells in reader:
            if not cells:
                continue
            yield Row(reader.line_num, _cells(cells, places) if len(cells) == len(head) else None)
    except UnicodeDecodeError as error:
        values = {"name": source.name, "line": reader.line_num + 1, "encoding": encoding}
        raise Invalid(
            _("%(name)s, after line %(line)d: this is not %(encoding)s; set encoding in the map (cp932 for Shift JIS).")
            % values
        ) from error
    except csv.Error as error:
        values = {"name": source.name, "line": reader.line_num}
        raise Invalid(_("%(name)s, line %(line)d: this is not CSV; check its quotes.") % values) from error
    except (EOFError, OSError, zlib.error) as error:
        raise Invalid(_("%(name)s is broken: it cannot be unpacked to its end.") % {"name": source.name}) from error
    finally:
        text.detach()


def _cells(cells: list[str], places: dict[str, int]) -> Read:
    return lambda column: cells[places[column]].strip()


def _check_head(name: str, head: list[str], wanted: Sequence[str]) -> None:
    twice = sorted({one for one in wanted if head.count(one) > 1})
    if twice:
        values = {"name": name, "columns": ", ".join(twice)}
        raise Invalid(_("%(name)s has more than one column of this name: %(columns)s.") % values)
    missing = [one for one in wanted if one not in head]
    if missing:
        values = {"name": name, "columns": ", ".join(missing), "there": ", ".join(head[:40]) or "–"}
        raise Invalid(
            _("%(name)s has no column %(columns)s. Its first line names: %(there)s. Correct the map or the file.")
            % values
        )


def grant_rows(source: Source) -> Iterator[Row]:
    """The grants of a 360Giving package; columns are paths such as recipientOrganization/0/name. Raises Invalid."""
    place = 0
    try:
        for place, grant in enumerate(ijson.items(source.stream, "grants.item"), start=1):
            yield Row(place, _paths(grant) if isinstance(grant, dict) else None)
    except ijson.JSONError as error:
        values = {"name": source.name, "place": place}
        raise Invalid(_("%(name)s is not JSON: reading stopped after grant %(place)d.") % values) from error
    except (EOFError, OSError, zlib.error) as error:
        raise Invalid(_("%(name)s is broken: it cannot be unpacked to its end.") % {"name": source.name}) from error
    if not place:
        raise Invalid(
            _("%(name)s holds no grants: a 360Giving package has a list of that name.") % {"name": source.name}
        )


def _paths(grant: dict[str, Any]) -> Read:
    def read(path: str) -> str:
        value: Any = grant
        for step in path.split("/"):
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
                value = value[int(step)]
            else:
                return ""
        if value is None or isinstance(value, (dict, list)):
            return ""
        if isinstance(value, bool):
            return "yes" if value else ""
        return str(value).strip()

    return read
