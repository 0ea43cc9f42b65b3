"""The public page of an award tells its lineage and its outputs, and nothing around it that is not published."""

import json
import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from kakehashi.systems.portfolio.lineage.actions import link_awards
from kakehashi.systems.portfolio.models import Award, AwardEvent, Credit, Output
from kakehashi.systems.portfolio.outputs.actions import NewOutput, record_output, take_back_output
from kakehashi.systems.portfolio.publication.actions import publish_awards
from tests.systems.portfolio.agency import make_agency

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
    assert [output.reference for output, _address in answered.context["outputs"]] == ["NCT01234567", "10.5555/a"]
    assert 'href="https://doi.org/10.5555/a"' in answered.content.decode()
    told = client.get(f"/awards/{one.number}/?format=json").json()["outputs"]
    assert [(row["kind"], row["reference"]) for row in told] == [("trial", "NCT01234567"), ("paper", "10.5555/a")]


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
