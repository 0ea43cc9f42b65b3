"""The agency's own awards from a file: added, updated or left, and made findable.

Their money is the ledger's: an amount in the file is only held against it.
"""

from collections.abc import Collection, Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio import actions, finding
from kakehashi.systems.portfolio.importing.collecting import AT_ONCE, Told, rows_of, skip
from kakehashi.systems.portfolio.importing.held import Held, changed
from kakehashi.systems.portfolio.importing.mapping import Map
from kakehashi.systems.portfolio.importing.report import Faults, FileReport, Report
from kakehashi.systems.portfolio.importing.rows import Row, Source
from kakehashi.systems.portfolio.importing.values import Unfit, amount_of, answer_of, day_of, in_order, texts_of
from kakehashi.systems.portfolio.models import Account, Award, Call, DiseaseArea, FaultKind, Modality, Phase, Programme

YEN = "JPY"
ROR = "XI-ROR-"
LONGEST = {
    "number": 40,
    "title": 500,
    "title_en": 500,
    "summary": 100_000,
    "summary_en": 100_000,
    "programme": 300,
    "call": 40,
    "institution": 300,
    "phase": 20,
    "modality": 20,
    "area": 300,
    "currency": 3,
    "synthetic": 10,
}
PLAIN = ("title", "title_en", "summary", "summary_en", "phase", "modality")


class Named:
    """What rows name: institutions, programmes, calls, disease areas; each looked up once."""

    def __init__(self, by: Person | None) -> None:
        self._by = by
        self._found: dict[tuple[type[Model], str], Any] = {}

    def institution(self, said: str) -> Organisation:
        """By org-id of ROR, code, or name in either language. Raises Unfit."""
        by_ror = Q(ror=said.removeprefix(ROR)) if said.startswith(ROR) else Q(pk=None)
        found: Organisation = self._one(
            Organisation, "institution", said, by_ror | Q(code=said) | Q(name=said) | Q(name_en=said)
        )
        return found

    def call(self, said: str) -> Call | None:
        """By its number. Raises Unfit."""
        return self._one(Call, "call", said, Q(number=said)) if said else None

    def area(self, said: str) -> DiseaseArea | None:
        """By code or name. Raises Unfit."""
        return self._one(DiseaseArea, "area", said, Q(code=said) | Q(name=said) | Q(name_en=said)) if said else None

    def programme(self, said: str) -> Programme | None:
        """By code or name; added where there is none, as when an award is registered."""
        key = (Programme, said)
        if key not in self._found:
            self._found[key] = actions.programme_named(said, "", by=self._by)
        found: Programme | None = self._found[key]
        return found

    def _one(self, model: type[Any], about: str, said: str, which: Q) -> Any:
        key = (model, said)
        if key not in self._found:
            self._found[key] = model.objects.filter(which).order_by("pk").first()
        if self._found[key] is None:
            raise Unfit(FaultKind.UNKNOWN, about, said)
        return self._found[key]


def take_in(path: Path, chosen: Map, existing: str, faults: Faults, told: Told, by: Person | None) -> Report:
    """Write the agency's awards of a file, in the transaction in force; each one written stands in the audit trail.

    ``existing``: what of numbers that are here already, ``skip``, ``update`` or ``refuse``. Raises Conflict for the
    last, Invalid for a file that is not what the map says; rows that cannot be written are noted and left out.
    """
    named = Named(by)
    with audit.batch(), Source(path) as source:
        done = FileReport(source.name, "awards")
        rows = iter(rows_of(source, chosen))
        seen: set[str] = set()
        while batch := list(islice(rows, AT_ONCE)):
            fit = _fit(batch, chosen, named, done, faults, seen)
            _write(fit, existing, done, chosen, faults, by)
            done.read += len(batch)
            told(source.name, done.read, source.position, source.size)
    return Report(files=[done])


def _fit(
    batch: Iterable[Row], chosen: Map, named: Named, done: FileReport, faults: Faults, seen: set[str]
) -> dict[str, tuple[Award, int | None, Row]]:
    """The rows that can be written, by number, with the amount each says."""
    fit: dict[str, tuple[Award, int | None, Row]] = {}
    for row in batch:
        number = ""
        try:
            award, amount = _award(row, chosen, named)
            number = award.number
            if number in seen:
                raise Unfit(FaultKind.TWICE, "number", number)
        except Unfit as unfit:
            skip(done, faults, row, unfit, number)
            continue
        seen.add(number)
        fit[number] = award, amount, row
    return fit


def _award(row: Row, chosen: Map, named: Named) -> tuple[Award, int | None]:
    if row.read is None:
        raise Unfit(FaultKind.MISSHAPEN, "")
    columns = chosen.awards.named()
    texts = texts_of(row.read, columns, LONGEST)
    begins, ends = (day_of(row.read, name, columns.get(name)) for name in ("begins", "ends"))
    for name, said in (
        *((name, texts[name]) for name in ("number", "title", "institution")),
        ("begins", begins),
        ("ends", ends),
    ):
        if not said:
            raise Unfit(FaultKind.MISSING, name)
    assert begins is not None
    assert ends is not None
    in_order(begins, ends)
    if texts.get("currency", YEN) not in ("", YEN):
        raise Unfit(FaultKind.CURRENCY, "currency", texts["currency"])
    for name, allowed in (("phase", Phase.values), ("modality", Modality.values)):
        if texts.get(name) and texts[name] not in allowed:
            raise Unfit(FaultKind.UNKNOWN, name, texts[name])
    award = Award(
        number=texts["number"],
        organisation=named.institution(texts["institution"]),
        call=named.call(texts.get("call", "")),
        area=named.area(texts.get("area", "")),
        programme=named.programme(texts.get("programme", "")),
        begins=begins,
        ends=ends,
        synthetic=answer_of(texts.get("synthetic", ""), "synthetic"),
        **{name: texts[name] for name in PLAIN if name in texts},
    )
    try:
        award.clean_fields(exclude=("organisation", "call", "area", "programme"))
    except ValidationError as error:
        about = next(iter(error.message_dict))
        raise Unfit(FaultKind.UNREADABLE, about, str(getattr(award, about, ""))) from error
    amount = amount_of(row.read, "amount", columns.get("amount"))
    if amount is not None and amount != int(amount):
        raise Unfit(FaultKind.UNREADABLE, "amount", f"{amount:f}")
    return award, None if amount is None else int(amount)


def _write(
    fit: dict[str, tuple[Award, int | None, Row]],
    existing: str,
    done: FileReport,
    chosen: Map,
    faults: Faults,
    by: Person | None,
) -> None:
    here = {one.number: one for one in _here(fit)}
    if here and existing == "refuse":
        values = {"numbers": ", ".join(sorted(here)[:5]), "file": done.file}
        raise Conflict(
            _(
                "%(file)s: awards of these numbers are here already: %(numbers)s. "
                "Say what to do with --existing skip or update."
            )
            % values
        )
    new = [award for number, (award, _amount, _row) in fit.items() if number not in here]
    Award.objects.bulk_create(new)
    done.written += len(new)
    for award in new:
        audit.record(by, "award.register", award, detail={"number": award.number})
    touched = new
    if existing == "update":
        fields = _fields(chosen)
        unheld = _unheld(fit, here, fields, done, faults)
        changes = {one.number: changed(here[one.number], one, fields) for one in unheld}
        again = [one for one in unheld if changes[one.number]]
        if again:
            Award.objects.bulk_update(again, fields, batch_size=500)
        for award in again:
            detail = {"number": award.number, "changed": changes[award.number]}
            audit.record(by, "award.update", award, detail=detail)
        done.updated += len(again)
        done.left += len(unheld) - len(again)
        touched = new + again
    else:
        done.left += len(here)
    finding.index_awards(
        Award.objects.filter(pk__in=[one.pk for one in touched]).select_related("programme", "organisation")
    )
    _hold_against_ledger(fit, done, faults)


def _here(fit: Iterable[str]) -> QuerySet[Award]:
    """The awards of these numbers that are here already, locked."""
    found = Award.objects.filter(number__in=list(fit)).select_related("programme", "organisation", "call", "area")
    return found.select_for_update(of=("self",))


def _unheld(
    fit: dict[str, tuple[Award, int | None, Row]],
    here: Mapping[str, Award],
    fields: Collection[str],
    done: FileReport,
    faults: Faults,
) -> list[Award]:
    """The awards to update; rows that would change what money, contracts or investigators hold are left out."""
    held = Held([one.pk for one in here.values()])
    again: list[Award] = []
    for number, before in here.items():
        award, _amount, row = fit[number]
        award.pk = before.pk
        try:
            held.insist(before, award, fields)
        except Unfit as unfit:
            skip(done, faults, row, unfit, number)
            continue
        again.append(award)
    return again


def _fields(chosen: Map) -> list[str]:
    """What an update changes: the fields that the map names, no others."""
    written = {"institution": "organisation"}
    named = [written.get(name, name) for name in chosen.awards.named()]
    return [name for name in named if name not in ("number", "amount", "currency")]


def _hold_against_ledger(fit: dict[str, tuple[Award, int | None, Row]], done: FileReport, faults: Faults) -> None:
    """An amount is what the ledger has committed to the award, over all years; else it is told, and nothing changes."""
    told = {number: amount for number, (_award, amount, _row) in fit.items() if amount is not None}
    if not told:
        return
    accounts = Account.objects.filter(award__number__in=list(told), programme__isnull=False).order_by()
    committed = dict(accounts.values_list("award__number").annotate(yen=Sum("balance_yen")))
    for number, amount in told.items():
        yen = committed.get(number, 0)
        if amount != yen:
            line = fit[number][2].line
            faults.add(
                FaultKind.LEDGER, done.file, line=line, number=number, about="amount", said=str(amount), found=str(yen)
            )
