"""The public finder shows what is published, to everybody, and nothing else."""

import csv
import io
import json
from datetime import date, timedelta
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kakehashi.cli import main
from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import NotAllowed
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.demo.histories import publish_histories
from kakehashi.systems.portfolio.finding import index_awards
from kakehashi.systems.portfolio.installing import install_structure
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import Award, Credit, Output, Phase
from kakehashi.systems.portfolio.outputs.actions import NewOutput, record_output, take_back_output
from kakehashi.systems.portfolio.publication.actions import publish_awards
from kakehashi.systems.portfolio.published import FIELDS
from tests.systems.portfolio.agency import make_agency
from tests.systems.portfolio.test_pages import someone

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency():
    agency = make_agency()
    post_many(agency.paid(123_456_789), by=None)
    Award.objects.filter(pk=agency.awards[0].pk).update(
        title="迷走神経刺激カテーテル", title_en="Vagus nerve catheter", phase=Phase.CLINICAL, summary="要約"
    )
    index_awards(Award.objects.select_related("programme", "organisation"))
    publish_awards(by=None, awards=Award.objects.filter(pk=agency.awards[0].pk))
    return agency


def numbers(client, query=""):
    answered = client.get(f"/awards/data.json{query}")
    return [one["number"] for one in json.loads(answered.getvalue())["awards"]]


def test_everybody_finds_what_is_published_and_nothing_else(agency, client):
    shown, hidden = agency.awards
    assert numbers(client) == [shown.number]
    assert client.get(f"/awards/{shown.number}/").status_code == 200
    assert client.get(f"/awards/{hidden.number}/").status_code == 404
    page = client.get("/awards/").content.decode()
    assert shown.number in page
    assert hidden.number not in page
    Award.objects.filter(pk=hidden.pk).update(published_on=timezone.localdate() + timedelta(days=1))
    assert numbers(client) == [shown.number]  # from tomorrow on


def test_no_face_of_it_tells_money(agency, client):
    for address in (
        "",
        "data.json",
        "data.csv",
        f"{agency.awards[0].number}/",
        f"{agency.awards[0].number}/?format=json",
    ):
        answered = client.get(f"/awards/{address}")
        assert "123,456,789" not in answered.getvalue().decode()
        assert "123456789" not in answered.getvalue().decode()


@pytest.mark.parametrize("text", ["迷走神経", "vagus catheter", "19ek0109000", "JP19ek0109000", "Gene programme"])
def test_it_is_found_by_words_of_both_languages_and_by_number(agency, client, text):
    assert numbers(client, f"?q={text}") == [agency.awards[0].number]


def test_facets_count_and_narrow(agency, client):
    publish_awards(by=None, awards=Award.objects.all())
    page = client.get("/awards/", headers={"accept-language": "en"})
    told = {str(label): [(one["label"], one["number"]) for one in links] for label, links in page.context["facets"]}
    assert sorted(told["Programme"]) == [("Cell programme", 1), ("Gene programme", 1)]
    assert told["Phase"] == [("Clinical research and trials", 1)]
    assert numbers(client, "?phase=clinical") == [agency.awards[0].number]
    assert numbers(client, "?programme=cell") == [agency.awards[1].number]
    assert numbers(client, "?year=2018") == [agency.awards[1].number]
    assert client.get("/awards/?phase=nonsense&year=x&page=99").status_code == 200


def test_files_and_linked_data_say_the_same(agency, client):
    rows = list(csv.DictReader(io.StringIO(client.get("/awards/data.csv").getvalue().decode("utf-8-sig"))))
    one = client.get(f"/awards/{agency.awards[0].number}/?format=json").json()
    assert rows == [{key: str(one[key]) for key in FIELDS}]
    linked = client.get(f"/awards/{agency.awards[0].number}/?format=jsonld").json()
    assert (linked["@type"], linked["identifier"]) == ("Grant", "JP19ek0109000")
    sections = ElementTree.fromstring(client.get("/awards/sitemap.xml").content)
    section = sections[0][0].text
    listed = ElementTree.fromstring(client.get(section.split("testserver", 1)[-1]).content)
    assert [place[0].text.endswith(f"/awards/{agency.awards[0].number}/") for place in listed] == [True]


def test_awards_are_found_by_their_outputs(agency, client):
    """By identifier, by title and by kind, among published awards; what tells of patients is not searched."""
    shown, hidden = agency.awards
    on = date(2020, 5, 1)
    paper = NewOutput("paper", "10.5555/ABC.1", on, title="膵がんの血液検査", title_en="A blood test")
    record_output(paper, [shown, hidden], by=None)
    record_output(NewOutput("patent", "JP2020-000001", on, title="secret method"), [hidden], by=None)
    case = Output.objects.create(kind="diagnosis", reference="case-1", on=on, title="a patient")
    Credit.objects.create(output=case, award=shown, since=on)
    for text in ("10.5555/abc.1", "https://doi.org/10.5555/ABC.1", "血液検査", "blood test"):
        assert numbers(client, f"?q={quote(text)}") == [shown.number], text
    for text in ("secret method", "a patient", "case-1"):
        assert numbers(client, f"?q={quote(text)}") == [], text
    assert numbers(client, "?output=paper") == [shown.number]
    for kind in ("patent", "diagnosis", "nonsense"):
        assert numbers(client, f"?output={kind}") == [], kind
    for language, head, label in (("en", "Has outputs of the kind", "Paper"), ("ja", "成果の種類", "論文")):
        page = client.get("/awards/", headers={"accept-language": language})
        told = {str(name): [(one["label"], one["number"]) for one in links] for name, links in page.context["facets"]}
        assert told[head] == [(label, 1)]
    taken_back = Output.objects.get(kind="paper")
    take_back_output(taken_back, by=None, reason="retracted")
    assert numbers(client, "?output=paper") == numbers(client, "?q=blood") == []


def test_the_360giving_file_is_offered_where_it_is_clear_whose_awards_they_are(agency, client, settings):
    """With two agencies, or none, there is no link, and the address is of nothing: strangers are told no more."""
    settings.GIVING_PREFIX = "360G-example"
    Organisation.objects.create(code="agency", name="agency", kind=Kind.AGENCY)
    assert b"360giving" in client.get("/awards/").content
    assert client.get("/awards/360giving.json").status_code == 200
    Organisation.objects.create(code="another", name="another", kind=Kind.AGENCY)
    assert b"360giving" not in client.get("/awards/").content
    assert client.get("/awards/360giving.json").status_code == 404
    Organisation.objects.filter(kind=Kind.AGENCY).update(kind=Kind.GOVERNMENT)
    assert client.get("/awards/360giving.json").status_code == 404


def test_what_has_the_words_in_its_title_comes_first(agency, client):
    """Then what began last; the page says how many are found, and how they are ordered."""
    older, newer = sorted(agency.awards, key=lambda one: one.begins)
    Award.objects.filter(pk=older.pk).update(title="迷走神経の刺激", title_en="Nerves", summary="")
    Award.objects.filter(pk=newer.pk).update(title="カテーテル", title_en="Catheters", summary="迷走神経 nerves")
    index_awards(Award.objects.select_related("programme", "organisation"))
    publish_awards(by=None, awards=Award.objects.all())
    assert numbers(client) == [newer.number, older.number]
    for text in ("迷走神経", "nerves", "ＮＥＲＶＥＳ"):
        assert numbers(client, f"?q={quote(text)}") == [older.number, newer.number], text
    told = client.get("/awards/?q=nerves", headers={"accept-language": "en"}).content.decode()
    assert told.index("2 awards") < told.index("Those with the words in their title first") < told.index(older.number)
    assert "Those that began last first." in client.get("/awards/", headers={"accept-language": "en"}).content.decode()


def test_a_view_asks_once_whether_outputs_have_changed(agency, client):
    client.get("/awards/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/awards/")
    assert sum("portfolio_stamp" in one["sql"] for one in asked) <= 2  # of the awards, and of the outputs


def test_search_engines_are_told_where_the_list_is(client):
    told = client.get("/robots.txt")
    assert told["Content-Type"].startswith("text/plain")
    lines = told.content.decode().splitlines()
    (sitemap,) = [line.removeprefix("Sitemap: ") for line in lines if line.startswith("Sitemap: ")]
    assert client.get(sitemap.split("testserver", 1)[-1]).status_code == 200
    assert "Disallow: /awards/data.csv" in lines
    assert "Disallow: /" not in lines


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.HOSPITAL])
def test_only_those_who_may_publish(agency, role, kind):
    person = someone(role, kind)
    if role in rules.PUBLISHES and kind == Kind.AGENCY:
        assert publish_awards(by=person, awards=Award.objects.all()) == 1
        assert publish_awards(by=person, awards=Award.objects.all()) == 0
        assert AuditEntry.objects.filter(action="award.publish", actor=f"person:{person.pk}").count() == 1
    else:
        with pytest.raises(NotAllowed):
            publish_awards(by=person, awards=Award.objects.all())
        assert Award.objects.exclude(published_on=None).count() == 1


def test_the_command_publishes_a_programme(agency):
    run = CliRunner(env={"KAKEHASHI_CLI_LANGUAGE": "en"})
    assert run.invoke(main, ["portfolio", "publish", "--programme", "none"]).exit_code == 2
    answered = run.invoke(main, ["portfolio", "publish", "--programme", "cell"])
    assert (answered.exit_code, answered.output) == (0, "1 award published.\n")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_pages_speak_both_languages(agency, client, language):
    for address in ("/awards/", f"/awards/{agency.awards[0].number}/"):
        assert client.get(address, headers={"accept-language": language}).status_code == 200


@pytest.mark.parametrize(("language", "words"), [("en", "JOHAKU"), ("ja", "JOHAKU"), ("ja", "早期膵")])
def test_the_demo_s_histories_are_found_by_everybody(db, language, words):
    install_structure(by=None)
    assert publish_histories() == 5
    assert publish_histories() == 0
    shown = Client(headers={"accept-language": language}).get("/awards/", {"q": words}).content.decode()
    assert any(f"/awards/{one.number}/" in shown for one in Award.objects.all())
