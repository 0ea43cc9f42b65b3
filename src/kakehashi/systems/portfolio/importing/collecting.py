"""Another funder's awards into a collection: the awards, the rows tied to them, and what they claim against these."""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from kakehashi.systems.portfolio.importing.loading import put
from kakehashi.systems.portfolio.importing.mapping import LinkColumns, Map
from kakehashi.systems.portfolio.importing.report import AmountReport, ClaimReport, Faults, FileReport, Report
from kakehashi.systems.portfolio.importing.rows import Row, Source, grant_rows, table_rows
from kakehashi.systems.portfolio.importing.values import Unfit, amount_of, count_of, day_of, in_order, texts_of
from kakehashi.systems.portfolio.models import CollectedAward, CollectedLink, Collection, FaultKind

AT_ONCE = 5_000
LONGEST = {
    "number": 100,
    "title": 500,
    "summary": 100_000,
    "programme": 300,
    "institution": 300,
    "country": 2,
    "funder": 200,
    "currency": 3,
}
EMPTY = {name: "" for name in LONGEST if name != "currency"}
Told = Callable[[str, int, int, int], None]
"""Called as it goes: which file, rows read, bytes read, bytes in all."""


def collect(path: Path, chosen: Map, collection: Collection, faults: Faults, told: Told) -> Report:
    """Fill an empty collection from a file and those beside it, in the transaction in force. Raises Invalid for a file
    that is not what the map says; rows that cannot be written are noted and left out."""
    report = Report()
    with Source(path) as source:
        report.files.append(_awards(source, chosen, collection, faults, told))
    for kind, columns in chosen.links.items():
        with Source(path.parent / columns.file) as source:
            report.files.append(_links(source, chosen, kind, columns, collection, faults, told))
    report.claims = [
        _compared(collection, name, column, name in chosen.links, path.name, faults)
        for name, column in chosen.claims.items()
    ]
    report.amounts = amounts_of(collection.awards.all(), collection.currency)
    return report


def rows_of(source: Source, chosen: Map) -> Iterable[Row]:
    """The rows of the awards' file."""
    if chosen.format == "360giving":
        return grant_rows(source)
    return table_rows(source, chosen.columns(), encoding=chosen.encoding, delimiter=chosen.delimiter)


def skip(done: FileReport, faults: Faults, row: Row, unfit: Unfit, number: str = "") -> None:
    """Note a row that is not written."""
    done.skipped[unfit.kind] = done.skipped.get(unfit.kind, 0) + 1
    faults.add(
        unfit.kind, done.file, line=row.line, number=number, about=unfit.about, said=unfit.said, found=unfit.found
    )


def _awards(source: Source, chosen: Map, collection: Collection, faults: Faults, told: Told) -> FileReport:
    done = FileReport(source.name, "awards")
    rows = iter(rows_of(source, chosen))
    while batch := list(islice(rows, AT_ONCE)):
        made: dict[str, dict[str, Any]] = {}
        lines: dict[str, Row] = {}
        for row in batch:
            try:
                award = _award(row, chosen, collection)
            except Unfit as unfit:
                skip(done, faults, row, unfit)
                continue
            number = award["number"]
            if number in made:
                skip(done, faults, row, Unfit(FaultKind.TWICE, "number", number), number)
            else:
                made[number], lines[number] = award, row
        here = CollectedAward.objects.filter(collection=collection, number__in=list(made))
        for number in here.values_list("number", flat=True):
            del made[number]
            skip(done, faults, lines[number], Unfit(FaultKind.TWICE, "number", number), number)
        put(CollectedAward, list(made.values()))
        done.read += len(batch)
        done.written += len(made)
        told(source.name, done.read, source.position, source.size)
    return done


def _award(row: Row, chosen: Map, collection: Collection) -> dict[str, Any]:
    """A row as an award. Raises Unfit."""
    if row.read is None:
        raise Unfit(FaultKind.MISSHAPEN, "")
    named = chosen.awards.named()
    texts = texts_of(row.read, named, LONGEST)
    if not texts["number"]:
        raise Unfit(FaultKind.MISSING, "number")
    currency = texts.pop("currency", "")
    if currency and not collection.currency:
        collection.currency = currency
    if currency and currency != collection.currency:
        raise Unfit(FaultKind.CURRENCY, "currency", currency)
    begins, ends = (day_of(row.read, name, named.get(name)) for name in ("begins", "ends"))
    in_order(begins, ends)
    counted = {name: count_of(row.read, column) for name, column in chosen.claims.items()}
    return {
        **EMPTY,
        **texts,
        "collection_id": collection.pk,
        "begins": begins,
        "ends": ends,
        "amount": amount_of(row.read, "amount", named.get("amount")),
        "claims": {name: number for name, number in counted.items() if number is not None},
    }


def _links(
    source: Source, chosen: Map, kind: str, columns: LinkColumns, collection: Collection, faults: Faults, told: Told
) -> FileReport:
    done = FileReport(source.name, kind)
    wanted = [one for one in (columns.award, columns.reference, columns.note) if one]
    rows = table_rows(source, wanted, encoding=chosen.encoding, delimiter=chosen.delimiter)
    salt = secrets.token_bytes(32)
    while batch := list(islice(rows, AT_ONCE)):
        made: dict[tuple[str, str], tuple[dict[str, Any], Row]] = {}
        for row in batch:
            try:
                link = _link(row, kind, columns, collection, salt)
            except Unfit as unfit:
                skip(done, faults, row, unfit)
                continue
            key = link["number"], link["reference"]
            if key in made:
                skip(done, faults, row, Unfit(FaultKind.TWICE, kind, "" if columns.personal else key[1]), key[0])
            else:
                made[key] = link, row
        numbers = list({number for number, _reference in made})
        here = CollectedLink.objects.filter(collection=collection, kind=kind, number__in=numbers)
        for key in here.values_list("number", "reference"):
            if again := made.pop(key, None):
                skip(done, faults, again[1], Unfit(FaultKind.TWICE, kind, "" if columns.personal else key[1]), key[0])
        awards = CollectedAward.objects.filter(collection=collection, number__in=numbers)
        ids = dict(awards.values_list("number", "pk"))
        for link, row in made.values():
            link["award_id"] = ids.get(link["number"])
            if link["award_id"] is None:
                done.orphans += 1
                said = "" if columns.personal else link["reference"]
                faults.add(FaultKind.ORPHAN, done.file, line=row.line, number=link["number"], about=kind, said=said)
        put(CollectedLink, [link for link, _row in made.values()])
        done.read += len(batch)
        done.written += len(made)
        told(source.name, done.read, source.position, source.size)
    return done


def _link(row: Row, kind: str, columns: LinkColumns, collection: Collection, salt: bytes) -> dict[str, Any]:
    """A row as a link. Raises Unfit."""
    if row.read is None:
        raise Unfit(FaultKind.MISSHAPEN, "")
    number, reference = row.read(columns.award), row.read(columns.reference)
    note = row.read(columns.note) if columns.note else ""
    if not number:
        raise Unfit(FaultKind.MISSING, columns.award)
    if not reference:
        raise Unfit(FaultKind.NO_REFERENCE, columns.reference)
    for column, said, longest in ((columns.award, number, 100), (columns.reference, reference, 200)):
        if len(said) > longest or "\x00" in said:
            raise Unfit(FaultKind.UNREADABLE, column, "" if columns.personal else said.replace("\x00", ""))
    if columns.personal:
        reference = hashlib.blake2b(reference.encode(), key=salt, digest_size=12).hexdigest()
    return {
        "collection_id": collection.pk,
        "award_id": None,
        "kind": kind,
        "number": number,
        "reference": reference,
        "note": note[:200],
    }


def _compared(collection: Collection, name: str, column: str, compared: bool, file: str, faults: Faults) -> ClaimReport:
    """Every award's claim against its rows, one after the other."""
    told = ClaimReport(name, column, compared)
    last = 0
    while True:
        batch = list(
            collection.awards.filter(pk__gt=last).order_by("pk").values_list("pk", "number", "claims")[:AT_ONCE]
        )
        if not batch:
            return told
        first, last = batch[0][0], batch[-1][0]
        links = CollectedLink.objects.filter(kind=name, award__gte=first, award__lte=last).order_by()
        rows = dict(links.values_list("award").annotate(rows=Count("pk"))) if compared else {}
        for pk, number, claims in batch:
            claimed = claims.get(name)
            if claimed is not None:
                _count(told, number, claimed, rows.get(pk, 0), file, faults)


def _count(told: ClaimReport, number: str, claimed: int, rows: int, file: str, faults: Faults) -> None:
    told.awards += 1
    told.least = claimed if told.least is None else min(told.least, claimed)
    told.most = claimed if told.most is None else max(told.most, claimed)
    if not told.compared:
        return
    told.without += claimed > 0 and not rows
    told.exactly_one += claimed == 1 and not rows
    if claimed == rows:
        told.agree += 1
        return
    more = claimed > rows
    told.more += more
    told.less += not more
    kind = FaultKind.CLAIMS_MORE if more else FaultKind.CLAIMS_LESS
    faults.add(kind, file, number=number, about=told.name, said=str(claimed), found=str(rows))


def amounts_of(awards: QuerySet[CollectedAward], currency: str) -> AmountReport:
    """The amounts of awards: sum, quartiles, and how many are under each power of ten and half of it."""
    known = awards.filter(amount__isnull=False).order_by()
    sums = known.aggregate(awards=Count("pk"), total=Sum("amount"), least=Min("amount"), most=Max("amount"))
    told = AmountReport(currency, sums["awards"], total=f"{sums['total'] or 0:.2f}")
    if not told.awards:
        return told
    told.nought = known.filter(amount=0).count()
    ordered = known.order_by("amount").values_list("amount", flat=True)
    told.quartiles = [f"{ordered[(told.awards - 1) * part // 4]:.2f}" for part in (1, 2, 3)]
    bounds = _bounds(sums["most"])
    counts = known.aggregate(
        **{
            f"c{place}": Count("pk", filter=Q(amount__gte=low, amount__lt=high))
            for place, (low, high) in enumerate(bounds)
        }
    )
    classes = [(int(low), counts[f"c{place}"]) for place, (low, _high) in enumerate(bounds)]
    filled = [place for place, (_low, count) in enumerate(classes) if count]
    told.classes = classes[filled[0] : filled[-1] + 1] if filled else []
    return told


def _bounds(most: Decimal) -> list[tuple[Decimal, Decimal]]:
    """From each power of ten to three times it, and from there to the next power."""
    lows, power = [Decimal(0)], Decimal(1_000)
    while power <= most:
        lows += [power, power * 3] if power * 3 <= most else [power]
        power *= 10
    return list(zip(lows, [*lows[1:], Decimal(10) ** 19], strict=True))
