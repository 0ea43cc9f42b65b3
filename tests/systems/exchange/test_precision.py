"""How precise the queue has been: counts by score and gene, intervals, shown from ten on and to one's own alone."""

import json

import pytest
from click.testing import CliRunner
from django.urls import reverse
from scipy.stats import binomtest

from kakehashi.cli import main
from kakehashi.kernel.workflow import advance
from kakehashi.systems.exchange.models import Match
from kakehashi.systems.exchange.precision import Precision, Share, precision_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("compiled_ontology")]


@pytest.mark.parametrize(("confirmed", "reviewed"), [(0, 10), (12, 40), (10, 10), (1, 3), (499, 1000)])
def test_intervals_are_those_of_wilson(confirmed, reviewed):
    expected = binomtest(confirmed, reviewed).proportion_ci(method="wilson")
    assert Share(confirmed, reviewed).interval == pytest.approx((expected.low, expected.high), abs=1e-6)


@pytest.fixture
def reviewed(make_case, far_case, clinician):
    """0.56 with a gene: 4 of 12 confirmed; 0.72 without: 1 of 2; and one of which only the existence was known."""
    case = make_case()

    def decide(score, genes, findings, move, times):
        for _ in range(times):
            match = Match.objects.create(case=case, other=far_case(), score=score, genes=genes, findings=findings)
            advance(match, move, by=clinician, note="too_common" if move == "dismiss" else "")

    decide(0.56, "|SCN1A|", "|HP:0001250|", "confirm", 4)
    decide(0.56, "|SCN1A|", "|HP:0001250|", "dismiss", 8)
    decide(0.72, "", "|HP:0001250|", "confirm", 1)
    decide(0.72, "", "|HP:0001250|", "dismiss", 1)
    decide(0.75, "", "", "dismiss", 1)
    return case


def test_counts_by_score_gene_and_reason(reviewed):
    found = precision_of([reviewed.organisation_id])
    assert found.share() == Share(5, 15)
    assert dict(found.by_band()) == {
        0.5: Share(4, 12),
        0.6: Share(0, 0),
        0.7: Share(1, 2),
        0.8: Share(0, 0),
        0.9: Share(0, 0),
    }
    assert found.by_gene() == (Share(4, 12), Share(1, 2))
    assert found.reasons() == [("too_common", 10)]


def test_a_match_is_told_what_those_like_it_came_to_only_where_enough_were_reviewed(reviewed):
    found = precision_of([reviewed.organisation_id])
    like = Match(case=reviewed, other=reviewed, score=0.57, genes="|SCN1A|", findings="")
    assert found.like(like) == Share(4, 12)
    assert found.like(Match(case=reviewed, other=reviewed, score=0.57, findings="|HP:0001250|")) == Share(4, 12)
    assert found.like(Match(case=reviewed, other=reviewed, score=0.72, findings="|HP:0001250|")) is None
    assert found.like(Match(case=reviewed, other=reviewed, score=0.5)) is None
    assert found.like(Match(case=reviewed, patient_id="theirs", score=0.57, genes="|SCN1A|")) is None


def test_what_was_known_when_it_was_decided_counts_and_opening_again_takes_it_back(reviewed, clinician):
    match = Match.objects.filter(state="confirmed", genes="|SCN1A|").first()
    Match.objects.filter(pk=match.pk).update(score=0.97, genes="")
    assert dict(precision_of([reviewed.organisation_id]).by_band())[0.5] == Share(4, 12)
    advance(match, "reopen", by=clinician)
    assert dict(precision_of([reviewed.organisation_id]).by_band())[0.5] == Share(3, 11)


def test_other_institutions_learn_nothing_of_it(client, reviewed, far_clinician):
    assert precision_of([far_clinician.memberships.get().organisation_id]) == Precision()
    client.force_login(far_clinician)
    page = client.get(reverse("exchange:precision"), headers={"accept-language": "en"})
    assert "Nothing is reviewed yet" in page.text


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Confirmed of reviewed, by similarity"), ("ja", "類似度ごとの一致の割合")]
)
def test_the_page_and_its_csv_say_it(client, reviewed, clinician, language, said):
    client.force_login(clinician)
    page = client.get(reverse("exchange:precision"), headers={"accept-language": language}).text
    assert said in page
    assert page.count('<circle class="match-fill-blue"') == 1
    assert "33 %" in page
    rows = client.get(reverse("exchange:precision"), {"format": "csv"}).content.decode("utf-8-sig").splitlines()
    assert "band,50–60 %,12,4,0.3333,0.1381,0.6094" in rows
    one = Match.objects.filter(state="confirmed", genes="|SCN1A|").first()
    shown = client.get(reverse("exchange:match", args=[one.pk]), headers={"accept-language": "en"}).text
    assert "Of 12 matches like this that your institution reviewed, 4 confirmed." in shown
    listed = client.get(reverse("exchange:matches") + "?view=all", headers={"accept-language": "en"}).text
    assert "4 of 12" in listed


def test_the_command_says_it_too(reviewed, monkeypatch):
    monkeypatch.setattr("kakehashi.cli.start_django", lambda: None)
    done = CliRunner().invoke(main, ["exchange", "precision", "--format", "json", "--organisation", "h1"])
    assert done.exit_code == 0, done.output
    rows = {(row["group"], row["name"]): row for row in json.loads(done.output)}
    assert rows["overall", "all"]["reviewed"] == 15
    assert rows["score", "0.5-0.6"]["share"] == pytest.approx(1 / 3, abs=1e-4)
    assert rows["score", "0.7-0.8"]["share"] is None
    assert rows["dismissed", "too_common"]["reviewed"] == 10


@pytest.mark.parametrize(("language", "too_few"), [("en", "too few"), ("ja", "件数不足")])
def test_the_command_says_too_few_of_shares_and_nothing_of_reasons(reviewed, monkeypatch, language, too_few):
    monkeypatch.setattr("kakehashi.cli.start_django", lambda: None)
    monkeypatch.setenv("KAKEHASHI_CLI_LANGUAGE", language)
    done = CliRunner().invoke(main, ["exchange", "precision"])
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    (reason,) = (line for line in lines if "too_common" in line)
    assert too_few not in reason
    assert reason.count("–") == 3
    (band,) = (line for line in lines if "0.7-0.8" in line)
    assert band.count(too_few) == 3
