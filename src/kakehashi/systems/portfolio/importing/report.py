"""What an import did and found: counted while it runs, kept with it, told on the command line and on its page."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from kakehashi.systems.portfolio.importing.loading import put
from kakehashi.systems.portfolio.models import FaultKind, ImportFault, ImportRun

FLUSH = 5_000
EXAMPLES = 5


@dataclass
class FileReport:
    """What became of the rows of one file: ``read`` is what was ``written``, ``updated``, ``left`` (here already) and
    ``skipped`` (by kind of fault) together."""

    file: str
    what: str
    read: int = 0
    written: int = 0
    updated: int = 0
    left: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    orphans: int = 0


@dataclass
class ClaimReport:
    """What rows say of themselves against what there is. ``compared``: there is a file of rows to count; without one
    only ``awards`` (that claim anything at all, nought too), ``least`` and ``most`` are told.

    ``without``: claim at least one and have no row; ``exactly_one`` of these claim one.
    """

    name: str
    column: str
    compared: bool
    awards: int = 0
    least: int | None = None
    most: int | None = None
    agree: int = 0
    more: int = 0
    less: int = 0
    without: int = 0
    exactly_one: int = 0

    @property
    def counts_absence_as_one(self) -> bool:
        """Nobody claims nought though most have nothing: the mark of a count over an outer join, where a project that
        matches no row still gives one line."""
        return bool(self.compared and self.awards and (self.least or 0) >= 1 and self.exactly_one * 2 > self.awards)


@dataclass
class AmountReport:
    """The amounts as they were written: how many, their sum, quartiles, and how many in each class of size."""

    currency: str
    awards: int = 0
    nought: int = 0
    total: str = "0"
    quartiles: list[str] = field(default_factory=list)
    classes: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class Report:
    """The whole report. ``faults``: rows at fault by kind and what it is about, with the first examples."""

    files: list[FileReport] = field(default_factory=list)
    claims: list[ClaimReport] = field(default_factory=list)
    amounts: AmountReport | None = None
    faults: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @property
    def faulty(self) -> int:
        """How many faults there are in all."""
        return sum(one["rows"] for one in self.faults)


def read_report(plain: dict[str, Any]) -> Report:
    """A report as it was kept."""
    amounts = plain.get("amounts")
    return Report(
        files=[FileReport(**one) for one in plain.get("files", ())],
        claims=[ClaimReport(**one) for one in plain.get("claims", ())],
        amounts=AmountReport(**(amounts | {"classes": [tuple(one) for one in amounts["classes"]]}))
        if amounts
        else None,
        faults=list(plain.get("faults", ())),
        seconds=plain.get("seconds", 0.0),
    )


class Faults:
    """Rows at fault, written as they are found, counted and with the first few kept for the report."""

    def __init__(self, run: ImportRun) -> None:
        self._run = run
        self._waiting: list[dict[str, Any]] = []
        self._counted: Counter[tuple[str, str, str]] = Counter()
        self._examples: dict[tuple[str, str, str], list[dict[str, Any]]] = {}

    def add(
        self,
        kind: FaultKind,
        file: str,
        *,
        line: int | None = None,
        number: str = "",
        about: str = "",
        said: str = "",
        found: str = "",
    ) -> None:
        """Note one row at fault."""
        made: dict[str, Any] = {
            "run_id": self._run.pk,
            "kind": str(kind),
            "file": file,
            "line": line,
            "number": number[:100],
            "about": about[:100],
            "said": said[:200],
            "found": found[:40],
        }
        key = (str(kind), file, about[:100])
        self._counted[key] += 1
        kept = self._examples.setdefault(key, [])
        if len(kept) < EXAMPLES:
            kept.append({name: made[name] for name in ("line", "number", "said", "found")})
        self._waiting.append(made)
        if len(self._waiting) >= FLUSH:
            self.flush()

    def flush(self) -> None:
        """Write those that wait."""
        put(ImportFault, self._waiting)
        self._waiting.clear()

    def told(self) -> Iterator[dict[str, Any]]:
        """By kind, file and what it is about: how many, and the first."""
        for (kind, file, about), rows in sorted(self._counted.items()):
            yield {
                "kind": kind,
                "file": file,
                "about": about,
                "rows": rows,
                "examples": self._examples[(kind, file, about)],
            }
