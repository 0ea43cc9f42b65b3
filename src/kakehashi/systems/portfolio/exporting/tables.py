"""Awards as CSV, one row each, and as JSON, all of each. No personal data stands in either."""

import csv
import json
from typing import Any, TextIO

from django.utils import timezone

from kakehashi.kernel.listing import plain_cell
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio.exporting.awards import Told, awards_told, years_of_awards
from kakehashi.systems.portfolio.models import DiseaseArea, Programme
from kakehashi.systems.portfolio.numbers import acknowledgement_number

COLUMNS = (
    *("number", "acknowledgement", "title", "title_en", "programme_code", "programme", "programme_en"),
    *("institution_code", "institution", "institution_en", "country", "call", "phase", "modality", "area"),
    *("begins", "ends", "synthetic", "committed_yen", "spent_yen"),
)
"""The columns of the CSV; behind them stand ``committed_2019_yen`` and ``spent_2019_yen`` for each fiscal year."""


def write_csv(out: TextIO, *, by: Person | None) -> None:
    """One row an award, in UTF-8 with a byte-order mark so that spreadsheets read Japanese. Raises NotAllowed."""
    years = years_of_awards()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*COLUMNS, *(f"{what}_{year}_yen" for year in years for what in ("committed", "spent"))])
    for told in awards_told(by=by, shape="csv"):
        money = [yen for year in years for yen in (told.committed.get(year, 0), told.spent.get(year, 0))]
        writer.writerow([plain_cell(cell) for cell in (*_cells(told), *money)])


def write_json(out: TextIO, *, by: Person | None) -> None:
    """One object: the day, the unit and every award with all that is known of it. Raises NotAllowed."""
    head = {"as_of": timezone.localdate().isoformat(), "unit": "yen"}
    out.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "awards": [')
    for place, told in enumerate(awards_told(by=by, shape="json")):
        out.write((",\n" if place else "\n") + json.dumps(plain(told), ensure_ascii=False))
    out.write("\n]}\n")


def _cells(told: Told) -> list[Any]:
    award = told.award
    programme, area = award.programme, award.area
    return [
        *(award.number, acknowledgement_number(award.number), award.title, award.title_en),
        *((programme.code, programme.name, programme.name_en) if programme else ("", "", "")),
        *(award.organisation.code, award.organisation.name, award.organisation.name_en, award.organisation.country),
        *(award.call.number if award.call else "", award.phase, award.modality, area.code if area else ""),
        *(award.begins, award.ends, "yes" if award.synthetic else ""),
        *(sum(told.committed.values()), sum(told.spent.values())),
    ]


def plain(told: Told) -> dict[str, Any]:
    """An award as an object: names in both languages, money by fiscal year in yen."""
    award = told.award
    return {
        "number": award.number,
        "acknowledgement": acknowledgement_number(award.number) or None,
        "title": award.title,
        "title_en": award.title_en,
        "summary": award.summary,
        "summary_en": award.summary_en,
        "programme": _named(award.programme),
        "call": award.call.number if award.call else None,
        "institution": {
            "code": award.organisation.code,
            "name": award.organisation.name,
            "name_en": award.organisation.name_en,
            "kind": award.organisation.kind,
            "country": award.organisation.country,
            "ror": award.organisation.ror or None,
            "erad_code": award.organisation.erad_code or None,
        },
        "phase": award.phase or None,
        "modality": award.modality or None,
        "area": _named(award.area),
        "begins": award.begins.isoformat(),
        "ends": award.ends.isoformat(),
        "synthetic": award.synthetic,
        "committed_yen": sum(told.committed.values()),
        "spent_yen": sum(told.spent.values()),
        "years": [
            {"fiscal_year": year, "committed_yen": yen, "spent_yen": told.spent.get(year, 0)}
            for year, yen in told.committed.items()
        ],
    }


def _named(thing: Programme | DiseaseArea | None) -> dict[str, str] | None:
    return {"code": thing.code, "name": thing.name, "name_en": thing.name_en} if thing else None
