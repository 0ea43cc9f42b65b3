"""The data book: whatever it is cut by, it tells the same money and the same awards as the year's book."""

import csv
import html
import io
import re
from datetime import date
from itertools import product
from urllib.parse import parse_qsl

import duckdb
import pytest
from django.utils import timezone

from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.actions import register_award
from kakehashi.systems.portfolio.databook import files
from kakehashi.systems.portfolio.databook.dimensions import DIMENSIONS, SIZES, Measure
from kakehashi.systems.portfolio.databook.slicing import Wanted, take
from kakehashi.systems.portfolio.figures import book
from kakehashi.systems.portfolio.ledger.entries import NewEntry, Transfer
from kakehashi.systems.portfolio.ledger.kinds import AccountKind as A
from kakehashi.systems.portfolio.ledger.kinds import EntryKind as E
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import Axis, IntegratedProject, Phase, Placement, PlanTerm
from kakehashi.systems.portfolio.pages.databook import READY
from tests.systems.portfolio.agency import YEAR, make_agency
from tests.systems.portfolio.test_pages import someone

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency():
    agency = make_agency()
    later = {"year": YEAR + 1}
    post_many(
        [
            *agency.paid(40_000_000),
            *agency.paid(700_000, award=1, institution=1, money=1),
            agency.entry(E.SPEND, A.INSTITUTION, A.SPENT, 39_000_000),
            agency.entry(E.ALLOT, A.GRANTED, A.AGENCY, 60),
            agency.entry(E.DISTRIBUTE, A.AGENCY, A.PROGRAMME, 50),
            *agency.paid(900_000, award=1, institution=1, money=1, **later),
        ],
        by=None,
    )
    agency.awards[0].phase = Phase.CLINICAL
    agency.awards[0].save()
    return agency


@pytest.fixture
def term(agency):
    term = PlanTerm.objects.create(number=1, name="第1期", begins=date(2015, 4, 1))
    drugs, rare = (
        IntegratedProject.objects.create(term=term, code=code, name=code, axis=Axis.MODALITY, order=order)
        for order, code in enumerate(("drugs", "rare"))
    )
    Placement.objects.create(project=drugs, programme=agency.programmes[0])
    Placement.objects.create(project=rare, award=agency.awards[1])
    return term


@pytest.mark.parametrize("measure", list(Measure))
def test_every_cut_tells_the_years_book(term, measure):
    total = book(YEAR, 1).total
    counted = {Measure.AWARDS: total.awards, Measure.NEW: total.new, Measure.CONTINUING: total.continuing}
    for rows, columns in product(DIMENSIONS.values(), [None, *DIMENSIONS.values()]):
        if rows is columns:
            continue
        table = take(Wanted(measure, rows, columns, (YEAR,), term), "en")
        came = sum(table.cell(row, column) for row, _r in table.rows for column, _c in table.columns)
        expected = counted.get(measure) if not measure.is_money else sum(getattr(total, measure).values())
        assert came == expected, (rows.key, columns.key if columns else None)


def test_money_counts_at_the_institution_where_it_lies(term, agency):
    """A sub-award's at its own, also where the principal investigator is elsewhere."""
    other = agency.place(A.INSTITUTION, institution=2)
    paid = agency.place(A.INSTITUTION)
    passed = NewEntry(E.SUBAWARD, date(YEAR, 7, 1), YEAR, (Transfer(paid, other, 600_000),))
    used = NewEntry(E.SPEND, date(YEAR, 8, 1), YEAR, (Transfer(other, agency.place(A.SPENT, institution=2), 400_000),))
    post_many([passed, used], by=None)
    told = {}
    for measure in (Measure.SPENT, Measure.COMMITTED, Measure.AWARDS):
        table = take(Wanted(measure, DIMENSIONS["institution"], None, (YEAR,), term), "ja")
        told[measure] = {label: table.cell(key, None) for key, label in table.rows}
    assert told[Measure.SPENT] == {"第0大学": 39_000_000, "第2大学": 400_000}
    assert told[Measure.COMMITTED] == {"第0大学": 39_400_000, "第2大学": 600_000, "第1大学": 700_000}
    assert told[Measure.AWARDS] == {"第0大学": 1, "第1大学": 1}


def test_years_stand_side_by_side(term):
    table = take(Wanted(Measure.COMMITTED, DIMENSIONS["programme"], DIMENSIONS["year"], (YEAR, YEAR + 1), term), "en")
    told = {label: [table.cell(row, column) for column, _c in table.columns] for row, label in table.rows}
    assert told == {"Gene programme": [40_000_000, 0], "Cell programme": [700_000, 900_000]}
    assert [label for _key, label in table.columns] == ["FY2019", "FY2020"]
    assert table.adds_up


def test_awards_stand_in_the_class_of_their_money_of_the_year(term):
    table = take(Wanted(Measure.AWARDS, DIMENSIONS["size"], None, (YEAR,), term), "en")
    assert [(key, table.cell(key, None)) for key, _label in table.rows] == [(0, 1), (SIZES.index(30_000_000) + 1, 1)]
    assert table.rows[0][1] == "below ¥1.0 m"


def test_an_award_of_two_years_stands_in_both_and_that_is_said(term):
    table = take(Wanted(Measure.AWARDS, DIMENSIONS["year"], None, (YEAR, YEAR + 1), term), "ja")
    assert [table.cell(key, None) for key, _label in table.rows] == [2, 2]
    assert not table.adds_up


def test_what_is_not_stated_is_a_row_of_its_own(term):
    table = take(Wanted(Measure.AWARDS, DIMENSIONS["phase"], None, (YEAR,), term), "en")
    assert {label for _key, label in table.rows} == {"Clinical research and trials", "not stated"}


def test_files_hold_every_pair(term, tmp_path):
    table = take(Wanted(Measure.COMMITTED, DIMENSIONS["ministry"], DIMENSIONS["year"], (YEAR, YEAR + 1), term), "en")
    assert files.as_csv(table).count("\r\n") == 1 + 4
    (tmp_path / "slice.parquet").write_bytes(files.as_parquet(table))
    read = duckdb.sql(f"SELECT sum(number)::BIGINT, count(*) FROM '{tmp_path / 'slice.parquet'}'").fetchall()
    assert read == [(40_000_000 + 700_000 + 900_000, 4)]
    empty = take(Wanted(Measure.AWARDS, DIMENSIONS["phase"], None, (1990,), term), "en")
    (tmp_path / "none.parquet").write_bytes(files.as_parquet(empty))
    assert duckdb.sql(f"SELECT count(*) FROM '{tmp_path / 'none.parquet'}'").fetchall() == [(0,)]


@pytest.mark.parametrize(("language", "yen", "number"), [("ja", "円", "数"), ("en", "yen", "Number")])
def test_yen_are_headed_so_and_what_adds_up_has_a_grand_total(term, client, language, yen, number):
    client.force_login(someone(Role.PRESIDENT, Kind.AGENCY))
    page, said = "/portfolio/databook/", {"accept-language": language}
    for measure, head in (("committed", yen), ("awards", number)):
        told = client.get(f"{page}?measure={measure}&rows=programme&year={YEAR}", headers=said).content.decode()
        assert f'<th scope="col" class="number">{head}</th>' in told
    told = client.get(f"{page}?measure=committed&rows=programme&columns=institution&year={YEAR}", headers=said)
    assert f"<strong>{told.context['whole']}</strong></td></tr></tfoot>" in told.content.decode()
    assert told.context["whole"] != "0"


def test_the_page_shows_every_ready_table_and_takes_no_nonsense(term, client):
    client.force_login(someone(Role.PROGRAMME_DIRECTOR, Kind.AGENCY))
    page = client.get("/portfolio/databook/", headers={"accept-language": "en"})
    assert page.status_code == 200
    for _label, address in page.context["ready"]:
        assert client.get(f"/portfolio/databook/{address}").status_code == 200, address
    assert client.get("/portfolio/databook/?measure=x&rows=y&columns=z&year=0&term=99").status_code == 200
    drawn = client.get("/portfolio/databook/?measure=committed&rows=programme&columns=year").content.decode()
    assert "plot-series" in drawn
    parquet = client.get("/portfolio/databook/?measure=spent&rows=programme&format=parquet")
    assert io.BytesIO(parquet.content).read(4) == b"PAR1"
    client.force_login(someone(Role.CLINICIAN, Kind.HOSPITAL, code="hospital"))
    assert client.get("/portfolio/databook/").status_code == 403


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_printed_book_has_every_table_of_the_last_year_with_something_in_it(term, client, language):
    person = someone(Role.AUDITOR, Kind.AGENCY)
    person.language = language
    person.save()
    client.force_login(person)
    page = client.get(f"/portfolio/databook/printed/?year={YEAR + 3}").content.decode()
    assert page.count('<section class="book-table"') == len(READY)
    assert page.count("<figure") == sum("year" in (rows, columns) for _measure, rows, columns in READY)
    assert ("Nothing here" if language == "en" else "該当するものはありません") not in page
    assert "41" in page  # 40 million and 700 thousand yen, rounded


@pytest.mark.parametrize("measure", list(Measure))
def test_every_cell_that_opens_is_the_number_or_the_sum_of_its_rows(term, agency, client, measure):
    client.force_login(someone(Role.AUDITOR, Kind.AGENCY))
    client.cookies.load({"django_language": "en"})
    walked = set()
    for one, prefecture in zip(agency.institutions, ("13", "27", "13"), strict=True):
        Organisation.objects.filter(pk=one.pk).update(prefecture=prefecture)
    Placement.objects.filter(award=agency.awards[1]).delete()
    without = {"begins": date(YEAR, 6, 1), "ends": date(YEAR, 9, 1), "organisation": agency.institutions[2]}
    register_award(by=None, number="20ek0109009", title="事業のない課題", **without)
    cuts = [("year", ""), ("project", "year"), ("ministry", ""), ("phase", "programme"), ("budget", "")]
    cuts += [("size", "year"), ("institution", ""), ("prefecture", "size"), ("country", "project"), ("programme", "")]
    for rows, columns in cuts:
        at = f"/portfolio/databook/?measure={measure}&rows={rows}&columns={columns}&term=1"
        page = client.get(f"{at}{'' if 'year' in (rows, columns) else f'&year={YEAR}'}").content.decode()
        for url, told in re.findall(r'<span><a href="([^"]+)">¥?([\d,]+)</a></span>', page):
            listed = client.get(f"{html.unescape(url)}&format=csv").content.decode("utf-8-sig").splitlines()
            found = list(csv.DictReader(listed))
            came = sum(int(one["Balance (yen)"]) for one in found) if measure.is_money else len(found)
            assert f"{came:,}" == told, url
            walked |= set(parse_qsl(html.unescape(url).split("?")[1]))
    assert (("project", "-") in walked) == (measure is not Measure.SPENT)  # nothing was spent of what has no place
    assert (("programme", "-") in walked) == (measure in (Measure.AWARDS, Measure.NEW))
    assert {key for key, _value in walked} >= {"size", "institution", "prefecture", "country", "ministry", "budget"}


def test_files_say_codes_unit_term_and_day(term, agency):
    table = take(Wanted(Measure.COMMITTED, DIMENSIONS["programme"], DIMENSIONS["project"], (YEAR,), term), "en")
    rows = list(csv.DictReader(files.as_csv(table).lstrip("\ufeff").splitlines()))
    assert {row["row_code"] for row in rows} == {one.code for one in agency.programmes}
    assert {row["column_code"] for row in rows} == {"drugs", "rare"}
    assert {(row["unit"], row["term"], row["as_of"]) for row in rows} == {
        ("yen", "1", timezone.localdate().isoformat())
    }
