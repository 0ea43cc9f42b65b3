"""Importing outputs: first what would be written, then the writing of it.

What stands already under its identifier is the same output: the file's awards are added to its credits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Invalid, texts_of
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.models import Award, Credit, Output
from kakehashi.systems.portfolio.outputs.actions import NewOutput, checked, credit_award, record_output
from kakehashi.systems.portfolio.outputs.days import unlikely
from kakehashi.systems.portfolio.outputs.reading.entries import Entry
from kakehashi.systems.portfolio.outputs.recognising import Recogniser

AT_ONCE = 500


class Fate(models.TextChoices):
    """What becomes of an entry."""

    NEW = "new", gettext_lazy("new output")
    CREDITED = "credited", gettext_lazy("known, credited to more awards")
    KNOWN = "known", gettext_lazy("known, nothing to add")
    LEFT_OUT = "left_out", gettext_lazy("left out")


@dataclass
class Row:
    """An entry of the file, and what becomes of it: ``awards`` to be credited, ``strange`` numbers of no award here."""

    place: int
    fate: Fate
    told: NewOutput | None = None
    known: Output | None = None
    awards: list[Award] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def preview(entries: Sequence[Entry], awards: Sequence[Award] = ()) -> list[Row]:
    """What an import would do with each entry; ``awards`` are credited with every one. Writes nothing."""
    recognised = Recogniser(number for entry in entries for number in entry.numbers).awards
    rows: list[Row] = []
    first: dict[tuple[str, str], Row] = {}
    for entry in entries:
        row = _row(entry, recognised, awards)
        rows.append(row)
        if row.told is None or row.fate == Fate.LEFT_OUT:
            continue
        same = first.setdefault((row.told.kind, row.told.reference), row)
        if same is not row:
            same.awards = list(dict.fromkeys([*same.awards, *row.awards]))
            row.fate, row.awards = Fate.KNOWN, []
            row.notes.append(
                _("The same output as entry %(place)d; its awards are added there.") % {"place": same.place}
            )
    _compare(list(first.values()))
    return rows


def import_outputs(rows: Iterable[Row], *, by: Any) -> dict[Fate, int]:
    """Write what a preview tells, all or none; answers how many entries had which fate. Raises NotAllowed, Conflict
    where the node has changed since the preview."""
    if by is not None:
        audit.insist(rules.may_record_outputs(by), by=by, action="output.import")
    fates = dict.fromkeys(Fate, 0)
    with transaction.atomic(), audit.batch():
        for row in rows:
            fates[row.fate] += 1
            if row.fate == Fate.NEW and row.told is not None:
                record_output(row.told, row.awards, by=by)
            elif row.fate == Fate.CREDITED and row.known is not None:
                for award in row.awards:
                    credit_award(row.known, award, by=by)
        audit.record(by, "output.import", detail={str(fate): number for fate, number in fates.items()})
    return fates


def _row(entry: Entry, recognised: dict[str, Award], awards: Sequence[Award]) -> Row:
    if entry.told is None:
        return Row(entry.place, Fate.LEFT_OUT, notes=[entry.problem])
    named = [recognised[number] for number in entry.numbers if number in recognised]
    paid = list(dict.fromkeys([*awards, *named]))
    row = Row(
        entry.place,
        Fate.NEW,
        entry.told,
        awards=paid,
        strange=[number for number in entry.numbers if number not in recognised],
        notes=[entry.note] if entry.note else [],
    )
    try:
        row.told = replace(entry.told, reference=checked(entry.told, paid).reference)
    except Invalid as error:
        row.fate = Fate.LEFT_OUT
        row.notes += texts_of(error)
    else:
        row.notes += unlikely(entry.told.on, paid)
    return row


def _compare(rows: list[Row]) -> None:
    """Tell what stands already, and which of the awards it is not credited to yet."""
    told = {(row.told.kind, row.told.reference): row for row in rows if row.told is not None}
    references = list(dict.fromkeys(reference for _kind, reference in told))
    for start in range(0, len(references), AT_ONCE):
        found = Output.objects.filter(reference__in=references[start : start + AT_ONCE])
        for known in found:
            row = told.get((known.kind, known.reference))
            if row is None:
                continue
            credited = set(Credit.objects.filter(output=known, until=None).values_list("award_id", flat=True))
            row.known = known
            row.awards = [award for award in row.awards if award.pk not in credited]
            row.fate = Fate.CREDITED if row.awards else Fate.KNOWN
