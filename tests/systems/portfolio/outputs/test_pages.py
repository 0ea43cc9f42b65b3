"""The pages of outputs and of logic models: who may see and write, lists that come to their figures, both languages."""

import csv
import html
import re
from datetime import date

import pytest

from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.actions import add_person
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.installing import install_structure
from kakehashi.systems.portfolio.models import Axis, Goal, GoalActual, IntegratedProject, Output, Placement, PlanTerm
from kakehashi.systems.portfolio.outputs.actions import NewOutput, record_output
from tests.systems.portfolio.agency import YEAR, make_agency

pytestmark = pytest.mark.django_db
EN = {"accept-language": "en"}


@pytest.fixture
def agency():
    agency = make_agency()
    term = PlanTerm.objects.create(number=1, name="第1期", begins=date(2015, 4, 1), ends=date(2020, 3, 31))
    for order, (code, programme) in enumerate(zip(("drugs", "rare"), agency.programmes, strict=True)):
        project = IntegratedProject.objects.create(term=term, code=code, name=code, axis=Axis.DISEASE, order=order)
        Placement.objects.create(project=project, programme=programme)
    record_output(NewOutput("paper", "10.5555/Both", date(2019, 6, 1), "論文", "A paper"), agency.awards, by=None)
    record_output(NewOutput("licence", "L1", date(2019, 6, 1)), agency.awards[:1], by=None)
    record_output(NewOutput("trial", "NCT01234567", date(2019, 6, 1), sureness="expected"), agency.awards, by=None)
    goal = Goal.objects.create(term=term, code="papers", name="論文", name_en="Papers", results="paper", target=5)
    GoalActual.objects.create(goal=goal, as_of=date(2020, 3, 31), value=3, standing="final")
    return agency


def login(client, role=Role.PROGRAMME_OFFICER, kind=Kind.AGENCY):
    where, _made = Organisation.objects.get_or_create(code=f"org-{kind}", defaults={"name": "機関", "kind": kind})
    client.force_login(add_person(by=None, email=f"{role}@{kind}.example", name="見本", organisation=where, role=role))
    return client


def pages():
    return ["", "?every=1", "?goal=papers&on=2020-03-31", "?award=19ek0109000", f"{Output.objects.earliest('pk').pk}/"]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.UNIVERSITY])
def test_who_may_see_and_who_may_write(agency, client, role, kind):
    login(client, role, kind)
    sees = role in rules.SEES and kind in rules.RUNS_AWARDS
    writes = role in rules.RECORDS_OUTPUTS and kind == Kind.AGENCY
    for page in pages():
        assert client.get(f"/portfolio/outputs/{page}").status_code == (200 if sees else 403), page
    assert client.get("/portfolio/projects/drugs/logic/").status_code == (200 if sees else 403)
    assert client.get("/portfolio/outputs/new/").status_code == (200 if writes else 403)
    one = Output.objects.get(reference="L1")
    for act, said in (("credit", {"awards": agency.awards[1].number}), ("take-back", {"reason": "誤り"})):
        answered = client.post(f"/portfolio/outputs/{one.pk}/{act}/", said)
        assert answered.status_code == (302 if writes else 403), act
    one.refresh_from_db()
    assert (one.credits.count(), one.taken_back_on is not None) == ((2, True) if writes else (1, False))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_is_there_in_both_languages(agency, client, language):
    login(client)
    install_structure(by=None)
    for page in [*(f"outputs/{page}" for page in pages()), "goals/?term=1", "projects/t1-hubs/logic/?term=1"]:
        answered = client.get(f"/portfolio/{page}", headers={"accept-language": language})
        assert answered.status_code == 200, page


def test_figures_lead_to_the_outputs_they_count(agency, client):
    login(client)
    text = client.get(f"/portfolio/?year={YEAR}&term=1", headers=EN).content.decode()
    links = re.findall(r'<a href="([^"]*/portfolio/outputs/\?[^"]+)"[^>]*>([\d,]+)</a>', text)
    assert [number for _address, number in links] == ["2", "1", "2", "1"]  # two projects, two programmes
    goals = client.get("/portfolio/goals/?term=1", headers=EN).content.decode()
    links += re.findall(r'<a href="([^"]*/portfolio/outputs/\?[^"]*goal=[^"]+)"[^>]*>([\d,]+)</a>', goals)
    assert "differs from what was reported" in goals
    assert len(links) == 5
    for address, number in links:
        listed = client.get(f"{html.unescape(address)}&format=csv").content.decode("utf-8-sig")
        assert str(len(list(csv.DictReader(listed.splitlines())))) == number, address


def test_an_output_is_recorded_once_with_its_awards(agency, client):
    login(client)
    said = {
        "kind": "trial",
        "reference": "jrct2031200001",
        "on": "2019-07-01",
        "sureness": "final",
        "awards": f"JP{agency.awards[0].number}, {agency.awards[1].number}",
    }
    made = client.post("/portfolio/outputs/new/", said)
    one = Output.objects.get(reference="jRCT2031200001")
    assert made.url == f"/portfolio/outputs/{one.pk}/"
    assert one.credits.count() == 2
    again = client.post("/portfolio/outputs/new/", said, headers=EN)
    assert again.status_code == 422
    assert "it is the same output" in again.content.decode()
    strange = client.post("/portfolio/outputs/new/", said | {"awards": "99zz9999999"}, headers=EN)
    assert "99zz9999999: no such award" in strange.content.decode()


def test_an_expected_output_is_confirmed_and_a_credit_ended(agency, client):
    login(client, Role.ADMINISTRATOR)
    one = Output.objects.get(reference="NCT01234567")
    assert client.post(f"/portfolio/outputs/{one.pk}/confirm/", {"on": "2019-08-01"}).status_code == 302
    first = one.credits.earliest("pk")
    assert client.post(f"/portfolio/outputs/{one.pk}/credit/{first.pk}/end/").status_code == 302
    one.refresh_from_db()
    assert (one.state, one.on, one.credits.filter(until=None).count()) == ("final", date(2019, 8, 1), 1)
    for address in ("outputs/0/", "outputs/?goal=none&on=2020-01-01", "outputs/?award=none", "projects/none/logic/"):
        assert client.get(f"/portfolio/{address}").status_code == 404, address


def test_a_logic_model_shows_its_stages_and_numbers_by_year(agency, client):
    login(client)
    install_structure(by=None)
    install_structure(by=None)
    text = client.get("/portfolio/projects/t1-hubs/logic/?term=1", headers=EN).content.decode()
    stages = re.findall(r'<li class="logic-stage[^"]*"><h3>([^<]+)</h3>', text)
    assert stages == [
        *("Input", "Activity", "Output", "Initial outcome", "Mid-term outcome", "Long-term outcome", "Impact")
    ]
    assert re.search(r"<dt>FY2017[^<]*</dt><dd>1,022", text)
    assert "as of 2018-10" in text
    assert "Seeds supported by the hubs" in text
    assert text.count("Seeds supported by the hubs") == 1


def test_an_output_from_before_its_award_is_asked_about(agency, client):
    login(client)
    said = {
        "kind": "paper",
        "reference": "10.5555/early",
        "title": "早すぎる論文",
        "on": "1999-06-01",
        "sureness": "final",
        "awards": agency.awards[0].number,
    }
    asked = client.post("/portfolio/outputs/new/", said, headers=EN)
    assert asked.status_code == 422
    assert f"1999-06-01 is before the award {agency.awards[0].number} began" in asked.content.decode()
    assert 'type="checkbox" name="early"' in asked.content.decode()
    said["early"] = "on"
    recorded = client.post("/portfolio/outputs/new/", said, follow=True, headers=EN).content.decode()
    assert f"1999-06-01 is before the award {agency.awards[0].number} began on 2019-04-01" in recorded
    one = Output.objects.get(reference="10.5555/early")
    credited = client.post(
        f"/portfolio/outputs/{one.pk}/credit/", {"awards": agency.awards[1].number}, follow=True, headers=EN
    )
    assert f"before the award {agency.awards[1].number} began" in credited.content.decode()
    file = f"kind,reference,on,title,awards\npaper,10.5555/old,2001-06-01,x,{agency.awards[0].number}\n"
    looked = client.post("/portfolio/outputs/import/", {"content": file, "format": "csv"}, headers=EN).content.decode()
    assert "2001-06-01 is before the award" in looked
    refused = client.post("/portfolio/outputs/new/", said | {"on": "2199-01-01"}, headers=EN)
    assert (refused.status_code, "has not come yet" in refused.content.decode()) == (422, True)


@pytest.mark.parametrize(("language", "unit"), [("en", "yen"), ("ja", "円")])
def test_goals_of_one_name_are_told_apart_and_have_their_unit(agency, client, language, unit):
    login(client)
    install_structure(by=None)
    page = client.get("/portfolio/goals/?year=2019&term=1", headers={"accept-language": language}).content.decode()
    assert f"1,000,000,000,000 {unit}" in page
    rows = re.findall(r'<tr><th scope="row".*?</th>', page, re.S)
    assert len(rows) == len({re.sub(r'href="[^"]*"', "", row) for row in rows}) > 20
