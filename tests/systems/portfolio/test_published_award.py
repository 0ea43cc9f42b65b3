"""The public page of an award tells its lineage and its outputs, and nothing around it that is not published."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from kakehashi.kernel.errors import Conflict
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.lineage.actions import link_awards
from kakehashi.systems.portfolio.models import Award, AwardEvent, Credit, Output
from kakehashi.systems.portfolio.outputs.actions import NewOutput, name_company, record_output, take_back_output
from kakehashi.systems.portfolio.outputs.published import patents_until, public_from
from kakehashi.systems.portfolio.publication.actions import publish_awards
from tests.systems.portfolio.agency import make_agency
from tests.systems.portfolio.test_pages import someone

pytestmark = pytest.mark.django_db
TITLE = "</script><b>\u2028&amp;"


@pytest.fixture
def chain():
    """Five awards, each carrying on the one before; the fourth is not published."""
    agency = make_agency()
    awards = [
        Award.objects.create(
            number=f"{15 + place}am0101001",
            title=f"課題{place}",
            title_en=TITLE if place == 1 else f"Award {place}",
            programme=agency.programmes[0],
            organisation=agency.institutions[0],
            begins=date(2015 + place, 4, 1),
            ends=date(2016 + place, 3, 31),
        )
        for place in range(5)
    ]
    for before, after in pairwise(awards):
        link_awards(by=None, before=before, after=after, kind="successor", reason="内部の理由", source="内部の出典")
    publish_awards(by=None, awards=Award.objects.filter(pk__in=[one.pk for one in awards if one != awards[3]]))
    return awards


def page(client, award, language="en"):
    return client.get(f"/awards/{award.number}/", headers={"accept-language": language})


@pytest.mark.parametrize("language", ["ja", "en"])
def test_it_leads_both_ways_to_published_awards_alone(client, chain, language):
    before, one, after, hidden, beyond = chain
    told = page(client, one, language).content.decode()
    for shown in (before, after):
        assert f'href="/awards/{shown.number}/"' in told
    for kept in (hidden, beyond):  # beyond is published, but only what is not leads to it
        assert kept.number not in told
    assert "内部の" not in told
    linked = client.get(f"/awards/{one.number}/?format=json").json()
    assert (linked["came_from"], linked["led_to"]) == ([before.number], [after.number])
    assert client.get(f"/awards/{after.number}/?format=json").json()["led_to"] == []
    assert "lineage-heading" not in page(client, beyond, language).content.decode()
    Award.objects.filter(pk=before.pk).update(published_on=timezone.localdate() + timedelta(days=1))
    assert client.get(f"/awards/{one.number}/?format=json").json()["came_from"] == []


def test_it_tells_what_happened_but_no_adjustment_funds(client, chain):
    for kind, name in (("approved", "製品の承認"), ("adjustment", "調整費の配分")):
        AwardEvent.objects.create(award=chain[0], kind=kind, on=date(2016, 4, 1), name=name)
    told = page(client, chain[1], "ja").content.decode()
    assert "製品の承認" in told
    assert "調整費" not in told


def test_it_tells_the_outputs_that_count_and_nothing_of_patients(client, chain):
    one = chain[1]
    record_output(NewOutput("paper", "10.5555/a", date(2017, 6, 1), title="論文", title_en="A paper"), [one], by=None)
    record_output(NewOutput("trial", "NCT01234567", date(2017, 7, 1)), [one, chain[0]], by=None)
    gone = record_output(NewOutput("paper", "10.5555/gone", date(2017, 6, 1)), [one], by=None)
    take_back_output(gone, by=None, reason="撤回")
    record_output(NewOutput("paper", "10.5555/soon", date(2017, 6, 1), sureness="expected"), [one], by=None)
    record_output(NewOutput("support", "S-1", date(2017, 6, 1)), [one], by=None)
    diagnosis = Output.objects.create(kind="diagnosis", reference="77", on=date(2017, 6, 1))
    Credit.objects.create(output=diagnosis, award=one, since=diagnosis.on)
    answered = page(client, one)
    assert [output.reference for output, _address, _where in answered.context["outputs"]] == [
        "NCT01234567",
        "10.5555/a",
    ]
    assert 'href="https://doi.org/10.5555/a"' in answered.content.decode()
    told = client.get(f"/awards/{one.number}/?format=json").json()["outputs"]
    assert [(row["kind"], row["reference"]) for row in told] == [("trial", "NCT01234567"), ("paper", "10.5555/a")]


def faces(client, award):
    """What everybody reads of an award's outputs: its page, its values, the 360Giving file."""
    pages = [page(client, award, language).content.decode() for language in ("ja", "en")]
    values = json.dumps(client.get(f"/awards/{award.number}/?format=json").json(), ensure_ascii=False)
    return [*pages, values, client.get("/awards/360giving.json").getvalue().decode()]


def test_a_patent_is_public_when_patent_offices_publish_it(client, chain, settings):
    """18 months after its filing day, on every face; neither searched for nor counted before."""
    settings.GIVING_PREFIX = "360G-example"
    Organisation.objects.create(code="agency", name="agency", kind=Kind.AGENCY)
    one, today = chain[1], timezone.localdate()
    last = patents_until(today)
    record_output(NewOutput("patent", "JP2020-000001", last, title="公開された発明"), [one], by=None)
    record_output(NewOutput("patent", "JP2020-000002", last + timedelta(days=1), title="秘密の発明"), [one], by=None)
    for told in faces(client, one):
        assert "公開された発明" in told
        assert "秘密の発明" not in told
        assert "JP2020-000002" not in told
    for text, found in (("公開された発明", 1), ("秘密の発明", 0), ("JP2020-000001", 1), ("JP2020-000002", 0)):
        assert client.get(f"/awards/?q={text}").context["page"]["total"] == found, text
    (facet,) = [
        links for label, links in client.get("/awards/").context["facets"] if links[0]["url"].endswith("patent")
    ]
    assert facet[0]["number"] == 1
    Output.objects.filter(reference="JP2020-000001").update(on=today)
    assert not [links for _label, links in client.get("/awards/").context["facets"] if "patent" in links[0]["url"]]
    assert client.get("/awards/data.json?output=patent").getvalue().decode().count('"number"') == 0


@pytest.mark.parametrize(
    ("filed", "public"),
    [(date(2024, 8, 31), date(2026, 2, 28)), (date(2024, 9, 1), date(2026, 3, 1)), (date(9999, 1, 1), date.max)],
)
def test_eighteen_months_end_with_a_shorter_month(filed, public):
    assert public_from(Output(kind="patent", on=filed)) == public
    assert public_from(Output(kind="paper", on=filed)) == filed
    assert public_from(Output(kind="diagnosis", on=filed)) is None


def test_the_company_of_a_licence_is_named_where_the_output_says_so(client, chain, settings):
    settings.GIVING_PREFIX = "360G-example"
    Organisation.objects.create(code="agency", name="agency", kind=Kind.AGENCY)
    one = chain[1]
    new = NewOutput("licence", "L-1", date(2020, 5, 1), title="実施許諾", where="秘密製薬")
    licence = record_output(new, [one], by=None)
    for told in faces(client, one):
        assert "実施許諾" in told
        assert "秘密製薬" not in told
    name_company(licence, by=None, public=True)
    assert "秘密製薬" in faces(client, one)[0]
    name_company(licence, by=None, public=False)
    assert "秘密製薬" not in faces(client, one)[0]
    paper = record_output(replace(new, kind="paper", reference="10.5555/a", where="学会誌"), [one], by=None)
    assert "学会誌" in faces(client, one)[0]
    with pytest.raises(Conflict):
        name_company(paper, by=None, public=True)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_officer_reads_from_when_an_output_is_public_and_names_the_company(client, chain, language):
    client.force_login(someone(Role.PROGRAMME_OFFICER, Kind.AGENCY))
    new = NewOutput("licence", "L-1", date(2020, 5, 1), where="甲製薬")
    licence = record_output(new, [chain[1]], by=None)
    patent = record_output(replace(new, kind="patent", reference="JP2020-000001"), [chain[1]], by=None)
    client.post(f"/portfolio/outputs/{licence.pk}/company/", {"public": "1"})
    licence.refresh_from_db()
    assert licence.company_public
    in_english = language == "en"
    told = client.get(f"/portfolio/outputs/{licence.pk}/", headers={"accept-language": language}).content.decode()
    assert ("the company is named" if in_english else "企業名を公開") in told
    told = client.get(f"/portfolio/outputs/{patent.pk}/", headers={"accept-language": language}).content.decode()
    assert "2021-11-01" in told
    assert ("18 months after filing" if in_english else "出願から18か月後") in told
    told = client.get("/portfolio/outputs/new/", headers={"accept-language": language}).content.decode()
    assert ("as patent offices do" if in_english else "出願公開") in told


def test_search_engines_read_it_in_the_page(client, chain):
    one = chain[1]
    record_output(NewOutput("paper", "10.5555/a", date(2017, 6, 1), title_en=TITLE), [one], by=None)
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page(client, one).content.decode())
    told = json.loads(script)
    project, paper = told["fundedItem"]
    assert (told["@type"], told["name"][1]["@value"], project["name"]) == ("Grant", TITLE, TITLE)
    assert (paper["@type"], paper["name"], paper["url"]) == ("ScholarlyArticle", TITLE, "https://doi.org/10.5555/a")
    assert told == client.get(f"/awards/{one.number}/?format=jsonld").json()


def test_amounts_are_published_only_where_the_node_says_so(client, chain, settings):
    assert client.get("/awards/360giving.json").status_code == 404
    assert b"360giving" not in client.get("/awards/").content
    settings.GIVING_PREFIX = "no prefix"
    assert client.get("/awards/360giving.json").status_code == 404
