"""Awards out and in again: 360Giving that validates and comes back the same, CSV and JSON that sum to the ledger."""

import csv
import io
import json
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.exporting import awards as exported
from kakehashi.systems.portfolio.exporting.grants import write_grants
from kakehashi.systems.portfolio.exporting.tables import write_csv, write_json
from kakehashi.systems.portfolio.figures import book
from kakehashi.systems.portfolio.finding import holding
from kakehashi.systems.portfolio.importing.mapping import read_map
from kakehashi.systems.portfolio.importing.running import import_awards
from kakehashi.systems.portfolio.ledger.kinds import AccountKind as A
from kakehashi.systems.portfolio.ledger.kinds import EntryKind as E
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import (
    Award,
    Call,
    CollectedAward,
    Credit,
    DiseaseArea,
    ImportFault,
    Modality,
    Output,
    Phase,
)
from kakehashi.systems.portfolio.outputs.actions import NewOutput, record_output
from tests.systems.portfolio.agency import YEAR, make_agency
from tests.systems.portfolio.test_pages import someone

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency():
    made = make_agency()
    Organisation.objects.create(code="amed", name="機構", name_en="The agency", kind=Kind.AGENCY, ror="04q3qcx20")
    Organisation.objects.filter(pk=made.institutions[0].pk).update(ror="057zh3y96", name_en="First University")
    first = made.awards[0]
    first.title_en, first.summary, first.phase, first.modality = "One", '概要、"引用"', Phase.CLINICAL, Modality.DEVICE
    first.area = DiseaseArea.objects.create(code="cancer", name="がん", name_en="Cancer")
    first.call = Call.objects.create(
        number="C1", name="公募", programme=made.programmes[0], opens=date(2018, 1, 1), closes=date(2018, 2, 1)
    )
    first.synthetic = True
    first.save()
    post_many([*made.paid(1_234_567), made.entry(E.SPEND, A.INSTITUTION, A.SPENT, 234_567)], by=None)
    return made


def package(**options):
    out = io.StringIO()
    write_grants(out, by=None, prefix="360G-kakehashi", **options)
    return out.getvalue()


def test_a_package_holds_each_award_with_its_ids_and_money(agency):
    grants = {one["id"]: one for one in json.loads(package())["grants"]}
    first = grants[f"360G-kakehashi-{agency.awards[0].number}"]
    assert (first["currency"], first["amountAwarded"], first["amountDisbursed"]) == ("JPY", 1_234_567, 234_567)
    assert first["recipientOrganization"][0]["id"] == "XI-ROR-057zh3y96"
    assert first["fundingOrganization"][0]["id"] == "XI-ROR-04q3qcx20"
    assert first["beneficiaryLocation"] == [{"name": "Japan", "countryCode": "JP"}]
    assert {one["code"] for one in first["classifications"]} == {"clinical", "device", "cancer"}
    second = grants[f"360G-kakehashi-{agency.awards[1].number}"]
    assert second["recipientOrganization"][0]["id"] == "360G-kakehashi-Org:univ1"
    assert second["amountAwarded"] == 0


def test_outputs_are_told_as_related_documents(agency):
    """The standard has no field for what came of a grant; what tells of patients is left out."""
    award, on = agency.awards[0], date(2020, 5, 1)
    record_output(NewOutput("paper", "10.5555/abc.1", on, title="論文"), [award], by=None)
    record_output(NewOutput("patent", "JP2020-000001", on), [award], by=None)
    case = Output.objects.create(kind="diagnosis", reference="case-1", on=on)
    Credit.objects.create(output=case, award=award, since=on)
    made_up = Output.objects.create(kind="paper", reference="10.5555/made.up", on=on, synthetic=True)
    Credit.objects.create(output=made_up, award=award, since=on)
    grants = {one["id"]: one for one in json.loads(package())["grants"]}
    told = {one["id"]: one for one in grants[f"360G-kakehashi-{award.number}"]["relatedDocument"]}
    assert set(told) == {"10.5555/abc.1", "JP2020-000001", "10.5555/made.up"}
    assert told["10.5555/abc.1"] == {
        "id": "10.5555/abc.1",
        "title": "論文",
        "documentType": "Paper",
        "description": "paper 2020-05-01",
        "url": "https://doi.org/10.5555/abc.1",
    }
    assert "url" not in told["10.5555/made.up"]
    assert "relatedDocument" not in grants[f"360G-kakehashi-{agency.awards[1].number}"]


def test_what_went_out_comes_back_the_same(agency, tmp_path):
    path = tmp_path / "out.json"
    path.write_text(package(), encoding="utf-8")
    fields = [one.attname for one in Award._meta.fields if one.attname != "id"]
    before = list(Award.objects.values_list(*fields))
    chosen = read_map("kakehashi")
    same = import_awards(path, chosen, by=None, existing="update").report
    assert (same.files[0].updated, same.files[0].left, same.faulty) == (0, 2, 0)
    Award.objects.update(
        title="x", title_en="x", summary="", phase="", modality="", area=None, call=None, programme=None
    )
    import_awards(path, chosen, by=None, existing="update")
    assert list(Award.objects.values_list(*fields)) == before
    assert package() == path.read_text(encoding="utf-8")
    assert holding(Award.objects.all(), "One").count() == 1


def test_awards_that_are_not_here_are_added_and_their_money_is_asked_for(agency, tmp_path):
    path = tmp_path / "out.json"
    path.write_text(package().replace("19ek010900", "20ek010900"), encoding="utf-8")
    report = import_awards(path, read_map("kakehashi"), by=None).report
    assert report.files[0].written == 2
    assert Award.objects.get(number="20ek0109000").phase == Phase.CLINICAL
    fault = ImportFault.objects.get()
    assert (fault.kind, fault.number, fault.said, fault.found) == ("ledger", "20ek0109000", "1234567", "0")


def test_numbers_that_are_here_are_refused_unless_told_otherwise(agency, tmp_path):
    path = tmp_path / "out.json"
    path.write_text(package().replace("19ek0109001", "20ek0109001"), encoding="utf-8")
    with pytest.raises(Conflict, match="19ek0109000"):
        import_awards(path, read_map("kakehashi"), by=None)
    assert Award.objects.count() == 2
    done = import_awards(path, read_map("kakehashi"), by=None, existing="skip").report.files[0]
    assert (done.written, done.left, done.updated) == (1, 1, 0)


@pytest.mark.parametrize(
    ("old", "new", "kind", "about"),
    [
        ("XI-ROR-057zh3y96", "XI-ROR-057zh3y97", "unknown", "institution"),
        ('"JPY"', '"USD"', "currency", "currency"),
        ('"phase": "clinical"', '"phase": "phase 3"', "unknown", "phase"),
        ('"area": "cancer"', '"area": "none"', "unknown", "area"),
        ('"startDate": "2019-04-01"', '"startDate": "2022-04-01"', "order", "ends"),
        ('"startDate": "2019-04-01"', '"startDate": "spring"', "unreadable", "plannedDates/0/startDate"),
        ("360G-kakehashi-19ek0109000", "360G-kakehashi-19 ek", "unreadable", "number"),
        ('"title": "課題0"', '"title": ""', "missing", "title"),
    ],
)
def test_a_row_that_cannot_be_written_is_left_out_with_its_reason(agency, tmp_path, old, new, kind, about):
    text = package()
    assert old in text
    path = tmp_path / "out.json"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    report = import_awards(path, read_map("kakehashi"), by=None, existing="update").report
    assert report.files[0].skipped == {kind: 1}
    assert [(one["kind"], one["about"]) for one in report.faults] == [(kind, about)]
    assert report.faults[0]["examples"][0]["line"] == 1


def test_a_package_of_another_funder_becomes_a_collection(agency, tmp_path):
    path = tmp_path / "out.json"
    path.write_text(package(), encoding="utf-8")
    report = import_awards(path, read_map("360giving"), by=None, name="Ours").report
    assert report.amounts.currency == "JPY"
    kept = CollectedAward.objects.get(number="360G-kakehashi-19ek0109000")
    assert (kept.amount, kept.institution, kept.country) == (1_234_567, "第0大学", "JP")
    assert str(kept.begins) == "2019-04-01"


@pytest.mark.parametrize("text", ["{", '{"grants": []}', '{"grants": [{"id": "x"}, {id]}', "[]"])
def test_what_is_no_package_is_said(agency, tmp_path, text):
    path = tmp_path / "out.json"
    path.write_text(text)
    with pytest.raises(Invalid, match=r"out\.json"):
        import_awards(path, read_map("360giving"), by=None)
    assert not CollectedAward.objects.exists()


def test_csv_and_json_sum_to_the_ledger(agency):
    out = io.StringIO()
    write_csv(out, by=None)
    rows = list(csv.DictReader(io.StringIO(out.getvalue().removeprefix("\ufeff"))))
    told = book(YEAR).total
    assert len(rows) == 2
    for what, figures in (("committed", told.committed), ("spent", told.spent)):
        assert sum(int(row[f"{what}_{YEAR}_yen"]) for row in rows) == sum(figures.values())
    out = io.StringIO()
    write_json(out, by=None)
    told = json.loads(out.getvalue())
    assert [one["committed_yen"] for one in told["awards"]] == [1_234_567, 0]
    assert told["awards"][0]["years"] == [{"fiscal_year": YEAR, "committed_yen": 1_234_567, "spent_yen": 234_567}]
    assert told["awards"][0]["area"]["name_en"] == "Cancer"


def test_nothing_that_names_a_person_is_written(agency):
    someone(Role.PROGRAMME_OFFICER, Kind.AGENCY)
    out = io.StringIO()
    write_json(out, by=None)
    write_csv(out, by=None)
    assert "見本" not in out.getvalue() + package(funder="amed")


def test_exporting_asks_the_same_number_of_questions_whatever_the_number_of_awards(agency, monkeypatch):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            write_json(io.StringIO(), by=None)
        return len(captured)

    few = asked()
    Award.objects.bulk_create(
        Award(
            number=f"n{one}",
            title="t",
            organisation=agency.institutions[2],
            begins=date(2019, 4, 1),
            ends=date(2020, 3, 31),
        )
        for one in range(50)
    )
    assert asked() == few
    monkeypatch.setattr(exported, "AT_ONCE", 10)
    assert asked() > few


def test_a_package_asks_for_a_prefix_and_one_agency(agency):
    with pytest.raises(Invalid):
        write_grants(io.StringIO(), by=None, prefix="GB-CHC", funder="")
    with pytest.raises(NotFound):
        package(funder="univ1")
    Organisation.objects.create(code="other", name="別機構", kind=Kind.AGENCY)
    with translation.override("en"), pytest.raises(Invalid, match="--funder"):
        package()
    assert json.loads(package(funder="amed"))["publisher"] == {"name": "The agency"}


@pytest.mark.parametrize("role", list(Role))
def test_only_those_who_see_awards_export_them(agency, role):
    from kakehashi.systems.portfolio import rules

    for kind in (Kind.AGENCY, Kind.HOSPITAL):
        person = someone(role, kind, code=f"of-{kind}")
        if role in rules.SEES and kind == Kind.AGENCY:
            write_json(io.StringIO(), by=person)
        else:
            with pytest.raises(NotAllowed):
                write_json(io.StringIO(), by=person)
    assert AuditEntry.objects.filter(action="award.export", outcome="refused").exists()
