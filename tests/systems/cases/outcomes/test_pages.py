"""The page of the outcomes, its files and its API: what is shown, to whom, in both languages."""

import csv
import io
import json
from dataclasses import replace

import pytest

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.cases.actions import enter_case, withdraw_case
from kakehashi.systems.cases.course.diagnoses import NewDiagnosis, record_diagnosis, reopen_diagnosis
from kakehashi.systems.cases.models import Analysis, Case
from kakehashi.systems.cases.outcomes.rules import SEES_ALL, SEES_OWN
from tests.systems.cases.outcomes.programme import FIRST_TABLE, Spec, make

SMALL = Spec((20, 30, 10), 60, 40, (5, 6, 7, 4), {2: 1, 3: 3}, hospitals=6)


@pytest.fixture
def agency(db):
    return Organisation.objects.create(code="AGENCY", name="機構", name_en="Agency", kind="agency")


@pytest.fixture
def officer(agency, make_person):
    return make_person(agency, "programme_officer")


def read_csv(response):
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("synthetic", [True, False])
def test_page_files_and_api_give_the_published_table(client, officer, synthetic):
    make(replace(FIRST_TABLE, synthetic=synthetic))
    client.force_login(officer)
    page = client.get("/outcomes/?by=region", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert ("This node holds no real patient" in page) == synthetic
    for text in ("4,417", "3,493", "2,756", "1,016", "36.9%", "Orphanet only 425", "Different new diseases found: 18."):
        assert text in page, text
    api = client.get("/api/outcomes/?by=region").json()
    assert api["total"]["analysed"] == 2756
    lists = ("list_designated", "list_both", "list_orphanet", "list_neither")
    assert [api["total"][name] for name in lists] == [49, 330, 425, 212]
    assert [api["total"][name] for name in ("direct", "referred", "settled")] == [1190, 2303, 924]
    assert sum(row["diagnosed"] for row in api["rows"]) == api["total"]["diagnosed"] == 1016
    assert api == json.loads(client.get("/outcomes/?by=region&format=json", HTTP_ACCEPT_LANGUAGE="en").content)
    rows = read_csv(client.get("/outcomes/?by=region&format=csv", HTTP_ACCEPT_LANGUAGE="en"))
    total = next(row for row in rows if row["Key"] == "total")
    assert (total["Analysed"], total["Diagnosed"], total["Rate"]) == ("2756", "1016", "0.3687")
    assert rows[-2]["Key"].startswith("As of ")
    assert ("not counted" in rows[-1]["Key"]) != synthetic


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("first=2026-13-01", "first: 2026-13-01 is not a day"),
        ("by=perod", "Did you mean period? It may be: period, centre"),
        ("unit=decade", "It may be: year, half, month"),
        ("region=nowhere", "nowhere is not known here"),
        ("synthtic=only", "Did you mean synthetic? The parameters of this address are: by, unit"),
        ("synthetic=all", "It may be: only"),
        ("first=2026-04-01&last=2025-04-01", "last: The period ends before it begins"),
    ],
)
def test_what_the_address_asks_wrongly_is_named_and_no_file_made(client, officer, query, named):
    make(SMALL)
    client.force_login(officer)
    client.cookies["django_language"] = "en"
    page = client.get(f"/outcomes/?{query}")
    assert page.status_code == 200
    assert named in page.text
    for shape in ("csv", "json"):
        refused = client.get(f"/outcomes/?{query}&format={shape}")
        assert refused.status_code == 400
        assert named.partition(": ")[2] in refused.text
    assert client.get(f"/api/outcomes/?{query}").status_code in (400, 422)


def test_csv_names_the_days_asked_for(client, officer):
    make(SMALL)
    client.force_login(officer)
    csv_of = "/outcomes/?first=2016-04-01&last=2018-03-31&format=csv"
    assert "From 2016-04-01 until 2018-03-31." in client.get(csv_of, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "2016-04-01 から 2018-03-31 まで" in client.get(csv_of, HTTP_ACCEPT_LANGUAGE="ja").content.decode()


@pytest.mark.parametrize("by", ["period", "centre", "hub", "region", "group", "award", "nonsense"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_cut_is_shown_in_both_languages(client, officer, by, language):
    make(SMALL)
    client.force_login(officer)
    asked = f"/outcomes/?by={by}&first=2016-04-01&last=nonsense&unit=half"
    page = client.get(asked, HTTP_ACCEPT_LANGUAGE=language).content.decode()
    assert ("相談" in page) == (language == "ja")
    assert page.count("<svg") >= 1
    assert "2016-04-01" in page


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("kind", ["agency", "hospital", "company"])
def test_who_sees_what(client, make_person, agency, role, kind):
    """Everybody's figures, one's own institution's, or a refusal: role by role, by kind of institution."""
    hospitals = make(SMALL)
    place = agency if kind == "agency" else hospitals[0]
    Organisation.objects.filter(pk=hospitals[0].pk).update(kind="hospital" if kind == "agency" else kind)
    client.force_login(make_person(place, role))
    answer = client.get("/api/outcomes/?by=centre")
    if kind == "agency" and role in SEES_ALL:
        assert answer.json()["total"]["registered"] == 60
        assert len(answer.json()["rows"]) == 6
    elif kind != "agency" and role in SEES_OWN:
        assert {row["key"] for row in answer.json()["rows"]} == {"H000"}
        assert answer.json()["total"]["registered"] == Case.objects.filter(organisation=hospitals[0]).count()
    else:
        assert answer.status_code == 403
        assert AuditEntry.objects.filter(action="outcomes.show", outcome="refused").exists()
        assert client.get("/outcomes/").status_code == 403


def test_nobody_sees_without_logging_in_and_no_filter_widens(client, make_person):
    hospitals = make(SMALL)
    assert client.get("/outcomes/").status_code == 302
    assert client.get("/api/outcomes/").status_code == 401
    client.force_login(make_person(hospitals[0], "clinician"))
    for asked in ("centre=H001", "hub=H003", "region=kinki"):
        assert client.get(f"/api/outcomes/?{asked}").json()["total"]["registered"] == 0


def test_the_rail_has_it_for_those_who_see_it(client, officer, make_person):
    client.force_login(officer)
    assert 'href="/outcomes/"' in client.get("/").content.decode()
    client.force_login(make_person(None))
    assert 'href="/outcomes/"' not in client.get("/").content.decode()


def test_a_figure_leads_to_its_rows_for_those_who_may_open_them(client, officer, make_person):
    hospital = make(SMALL)[0]
    clinician = make_person(hospital, "clinician")
    client.force_login(clinician)
    page = client.get("/outcomes/?by=period", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "/outcomes/rows/analysed/?by=period&amp;unit=year&amp;row=FY2016" in page.replace("&row", "&amp;row")
    figures = client.get("/api/outcomes/?by=period").json()
    for row in [*figures["rows"], figures["total"]]:
        for step in ("consulted", "registered", "analysed", "diagnosed"):
            asked = client.get(f"/outcomes/rows/{step}/?by=period&row={row['key']}", HTTP_ACCEPT_LANGUAGE="en")
            assert f"The figure is {row[step]}; you may open {row[step]} of the rows" in asked.content.decode()
    assert AuditEntry.objects.filter(action="case.list").exists()
    assert client.get("/outcomes/rows/analysed/?row=rubbish").status_code == 404
    assert client.get("/outcomes/rows/rubbish/").status_code == 404
    client.force_login(officer)
    asked = client.get("/outcomes/rows/diagnosed/?row=total", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "The figure is 22; you may open 0 of the rows" in asked


def test_figures_follow_what_is_done_to_a_case(
    transactional_db, client, officer, hospital, make_person, worked_example
):
    """Registered, analysed, diagnosed with a new disease, reopened, withdrawn: each is counted after its commit."""
    person = make_person(hospital, "clinician", "data_manager")
    client.force_login(officer)

    def now():
        total = client.get("/api/outcomes/?by=centre").json()["total"]
        return tuple(total[name] for name in ("registered", "analysed", "diagnosed", "new_disease"))

    case = enter_case(by=person, organisation=hospital, local_id="N1", description=worked_example, register=True)
    assert now() == (1, 0, 0, 0)
    Analysis.objects.create(case=case, sent_on=case.registered_on, done_on=case.registered_on)
    diagnosis = record_diagnosis(
        by=person, case_id=case.pk, diagnosis=NewDiagnosis(label="A syndrome", new_disease=True, gene="CEP290")
    )
    assert now() == (1, 1, 1, 1)
    reopen_diagnosis(by=person, diagnosis_id=diagnosis.pk, reason="another explanation")
    assert now() == (1, 1, 0, 0)
    withdraw_case(by=person, case=Case.objects.get(pk=case.pk), note="asked by the family")
    assert now() == (0, 0, 0, 0)


def test_a_hospital_administrator_of_several_sees_their_own_together(client, make_person):
    hospitals = make(SMALL)
    person = make_person(hospitals[0], "administrator")
    Membership.objects.create(person=person, organisation=hospitals[1], role="auditor")
    client.force_login(person)
    assert {row["key"] for row in client.get("/api/outcomes/?by=centre").json()["rows"]} == {"H000", "H001"}


@pytest.mark.parametrize("by", ["centre", "hub", "region", "group", "award"])
def test_asking_for_one_row_gives_its_figures(client, officer, by):
    make(SMALL)
    client.force_login(officer)
    rows = client.get(f"/api/outcomes/?by={by}").json()["rows"]
    assert any(row["registered"] for row in rows)
    for row in rows:
        asked = {"centre" if row["within"] else by: row["key"]}
        total = client.get("/api/outcomes/", asked).json()["total"]
        assert [total[name] for name in ("consulted", "registered", "analysed", "diagnosed")] == [
            row[name] for name in ("consulted", "registered", "analysed", "diagnosed")
        ]


def test_an_unknown_award_paid_for_nothing(client, officer):
    make(SMALL)
    client.force_login(officer)
    assert client.get("/api/outcomes/?award=JP99unknown").json()["total"]["registered"] == 0


def test_what_is_within_a_hub_leads_to_the_rows_of_one_institution(client, make_person):
    client.force_login(make_person(make(SMALL)[0], "clinician"))
    page = client.get("/outcomes/?by=hub", HTTP_ACCEPT_LANGUAGE="en").content.decode().replace("&amp;", "&")
    assert "/outcomes/rows/registered/?by=hub&unit=year&row=H000" in page
    assert "/outcomes/rows/registered/?by=centre&unit=year&row=H000" in page
