"""The three faces of the table: a decision with its reasons, the level someone reaches, and the database's filter."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.rules import Reason, Verdict, denied
from kakehashi.kernel.sharing import table
from kakehashi.kernel.sharing.conditions import NEVER, Test, all_of, any_of, as_q, holding
from kakehashi.kernel.sharing.states import Level, Purpose
from kakehashi.kernel.sharing.subject import Context, Question, Subject
from kakehashi.kernel.sharing.table import Condition, Path

NO_PURPOSE = denied("no_purpose", _("Nothing is shown for this purpose."))
EVERYONE = Verdict(True, (Reason("nothing_asked", _("Nothing of it is asked for.")),))
LEVELS = (Level.WHOLE, Level.MATCHING, Level.EXISTS)

Holds = Callable[[Any], bool]


class _Asked:
    """The tests of some levels, each once, and every way they were seen to fall out.

    A dozen tests fall out in few ways, so what follows from each way is reckoned once and looked up afterwards.
    """

    def __init__(
        self, subject: Subject, purpose: Purpose, context: Context, kind: str, levels: Sequence[Level]
    ) -> None:
        places: dict[Test, int] = {}
        self.ways: list[tuple[Level, Path, list[tuple[int, Condition]]]] = []
        for level in levels:
            ask = Question(subject, purpose, context, kind, level)
            for path in table.TABLE:
                if purpose in path.purposes and level in path.needs:
                    steps = [(places.setdefault(row.test(ask), len(places)), row) for row in path.needs[level]]
                    self.ways.append((level, path, steps))
        self._holds: tuple[Holds, ...] = tuple(holding(test) for test in places)
        self._verdicts: dict[tuple[bool, ...], tuple[Level, Verdict]] = {}

    def of(self, record: Any) -> tuple[Level, Verdict]:
        """The level of the first way that leads to the record, and the verdict."""
        fallen = tuple([holds(record) for holds in self._holds])
        known = self._verdicts.get(fallen)
        if known is None:
            known = self._verdicts[fallen] = self._reckoned(fallen)
        return known

    def _reckoned(self, fallen: Sequence[bool]) -> tuple[Level, Verdict]:
        failing: dict[str, Reason] = {}
        for level, path, steps in self.ways:
            failed = [row for place, row in steps if not fallen[place]]
            if not failed:
                return level, Verdict(True, (Reason(path.code, path.because),))
            for row in failed:
                failing.setdefault(row.code, Reason(row.code, row.otherwise))
        return Level.NOTHING, Verdict(False, tuple(failing.values())) if failing else NO_PURPOSE


class Judge:
    """The table read once for one subject, purpose, day and kind of record; then any number of records, fast.

    ``kind`` is the label of the records' model (``cases.case``): grants and opt-outs name it.
    """

    def __init__(self, subject: Subject, purpose: Purpose, context: Context, kind: str) -> None:
        self._at = {level: _Asked(subject, purpose, context, kind, [level]) for level in LEVELS}
        self._any = _Asked(subject, purpose, context, kind, LEVELS)

    def decide(self, record: Any, level: Level) -> Verdict:
        """Whether the record is seen at this level, by which path, or every reason why not."""
        return EVERYONE if level == Level.NOTHING else self._at[level].of(record)[1]

    def level(self, record: Any) -> Level:
        """The highest level at which the record is seen."""
        return self._any.of(record)[0]


@lru_cache(maxsize=256)
def judge(subject: Subject, purpose: Purpose, context: Context, kind: str) -> Judge:
    """The judge of a question; the same question is read from the table once."""
    return Judge(subject, purpose, context, kind)


def decide(subject: Subject, record: Any, purpose: Purpose, context: Context, level: Level = Level.WHOLE) -> Verdict:
    """May ``subject`` see ``record`` at ``level`` for ``purpose``? Refusals carry every failing reason.

    ``record`` is a SharedRecord or anything with its fields and a ``sharing_kind``.
    """
    return judge(subject, purpose, context, record.sharing_kind).decide(record, level)


def level_of(subject: Subject, record: Any, purpose: Purpose, context: Context) -> Level:
    """How much of ``record`` ``subject`` sees for ``purpose``."""
    return judge(subject, purpose, context, record.sharing_kind).level(record)


def visible_to(subject: Subject, purpose: Purpose, context: Context, kind: str, level: Level = Level.EXISTS) -> Q:
    """The records that ``decide`` allows at ``level``, as a filter: ``Case.objects.filter(visible_to(…))``."""
    if level == Level.NOTHING:
        return Q()
    ask = Question(subject, purpose, context, kind, level)
    ways = [
        all_of(*(row.test(ask) for row in path.needs[level]))
        for path in table.TABLE
        if purpose in path.purposes and level in path.needs
    ]
    return as_q(any_of(*ways) if ways else NEVER, kind)
