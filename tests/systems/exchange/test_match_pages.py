"""My matches: shown as far as each may be known at this very moment, triaged singly and many at once."""

import csv
from dataclasses import replace
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.sharing.actions import opt_out
from kakehashi.kernel.sharing.states import Level, Reach
from kakehashi.kernel.workflow import advance
from kakehashi.systems.cases.terms import set_reach
from kakehashi.systems.exchange import actions, matching, matchlist, matchpages, queries, questions, waiting
from kakehashi.systems.exchange.models import ForeignMatch, Match
from kakehashi.systems.exchange.queries import matches_for
from kakehashi.systems.exchange.waiting import waiting_for
from tests.systems.exchange import peers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("compiled_ontology")]


@pytest.fixture
def site(client, clinician):
    client.force_login(clinician)
    return client


def page(site, language="en", **query):
    answer = site.get(reverse("exchange:matches"), query, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.text


def matched(*cases):
    matching.match_cases([case.pk for case in cases])


@pytest.mark.parametrize(
    ("language", "said", "empty"),
    [("ja", "類似症例", "まだありません"), ("en", "My matches", "No matches here yet")],
)
def test_page_shows_matches_and_says_what_to_do_without_any(site, make_case, far_case, language, said, empty):
    assert empty in page(site, language)
    ours, theirs = make_case(), far_case()
    matched(ours)
    text = page(site, language)
    assert said in text
    assert ours.public_id in text
    assert "SCN1A" in text
    assert ("日本の病院" if language == "ja" else "Hospital in Japan") in text
    assert "第二病院" not in text
    assert "Second Hospital" not in text
    assert theirs.public_id not in text
    one = site.get(reverse("exchange:match", args=[matches_for(ours.registered_by).get().pk]))
    assert one.status_code == 200
    assert theirs.public_id not in one.text


@pytest.mark.parametrize("how", ["narrowed", "withdrawn", "opted out"])
def test_what_may_no_longer_be_known_is_gone_from_the_very_next_page(site, make_case, far_case, far_clinician, how):
    ours, theirs = make_case(), far_case()
    matched(ours)
    match = matches_for(ours.registered_by).get()
    advance(match, "contact", by=ours.registered_by)
    if how == "narrowed":
        set_reach(by=far_clinician, case=theirs, reach=Reach.INSTITUTION)
    elif how == "withdrawn":
        advance(theirs, "withdraw", by=far_clinician, note="because")
    else:
        opt_out(by=None, record=theirs)
    assert ours.public_id not in page(site, view="all")
    assert site.get(reverse("exchange:match", args=[match.pk])).status_code == 404
    assert not list(waiting_for(ours.registered_by))
    site.post(reverse("exchange:triage"), {"match": [match.pk], "move": "confirm"})
    match.refresh_from_db()
    assert match.state == "contacted"


def test_what_is_shown_less_since_is_told_less(site, make_case, far_case):
    ours, theirs = make_case(), far_case()
    matched(ours)
    type(theirs).objects.filter(pk=theirs.pk).update(shown=Level.EXISTS)
    text = page(site)
    assert "SCN1A" not in text
    assert "shows only that it exists" in text
    matched(make_case(), far_case())
    of_gene = site.get(reverse("exchange:matches"), {"format": "csv", "gene": "SCN1A"}).text
    assert "SCN1A" in of_gene
    assert "shows only" not in of_gene


def test_filters_narrow_and_csv_holds_the_same(site, make_case, far_case):
    ours, other = make_case(), make_case(findings=("HP:0001760", "HP:0001166"), genes=("FBN1",))
    far_case(), far_case(findings=("HP:0001760", "HP:0001166"), genes=("FBN1",))
    matched(ours, other)
    assert {ours.public_id, other.public_id} == {
        case.public_id for case in (ours, other) if case.public_id in page(site)
    }
    narrowed = page(site, gene="FBN1")
    assert other.public_id in narrowed
    assert ours.public_id not in narrowed
    assert ours.public_id in page(site, finding="HP:0001250")
    assert other.public_id not in page(site, finding="HP:0001250")
    assert ours.public_id in page(site, place="here-hospital-JP", score="0.6")
    answer = site.get(reverse("exchange:matches"), {"format": "csv", "gene": "FBN1"})
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == [other.public_id]


def test_many_are_triaged_at_once_and_what_cannot_move_is_said(site, make_case, far_case):
    far_case()
    cases = [make_case(), make_case(findings=("HP:0001250", "HP:0000252", "HP:0001274"))]
    matched(*cases)
    chosen = list(Match.objects.filter(case__in=cases, other__organisation__code="h2"))
    ids = [one.pk for one in chosen]
    missing = site.post(reverse("exchange:triage"), {"match": ids, "move": "dismiss"}, follow=True)
    assert Match.objects.filter(state="dismissed").count() == 0
    assert missing.status_code == 200
    site.post(reverse("exchange:triage"), {"match": ids[:1], "move": "confirm"})
    sent = {"match": ids, "move": "dismiss", "reason": "too_common", "query": "view=all"}
    answer = site.post(reverse("exchange:triage"), sent)
    assert answer.url.endswith("/exchange/matches/?view=all")
    assert sorted(Match.objects.filter(pk__in=ids).values_list("state", flat=True)) == ["confirmed", "dismissed"]
    text = page(site, view="all")
    assert "Of 2 decided, 1 confirmed" in text
    assert "The findings are too common: 1" in text


def test_a_pair_of_ones_own_cases_names_the_other(site, make_case):
    ours, other = make_case(), make_case()
    matched(ours)
    text = page(site)
    assert ours.public_id in text
    assert reverse("cases:show", args=[other.public_id]) in text
    rows = site.get(reverse("exchange:matches"), {"format": "csv"}).text
    assert other.public_id in rows


def test_filters_offer_findings_by_name(site, make_case, far_case):
    ours, _theirs = make_case(), far_case()
    matched(ours)
    for language in ("en", "ja"):
        offered = page(site, language).partition('name="finding"')[2].partition("</select>")[0]
        names = [part.partition("<")[0] for part in offered.split(">") if part.partition("<")[0].strip()][1:]
        assert len(names) > 2
        assert names == sorted(names, key=str.casefold)


def test_beyond_so_many_the_page_says_more_and_asks_no_more(site, make_case, far_case, monkeypatch):
    for _turn in range(2):
        ours, _theirs = make_case(), far_case()
        matched(ours)
    monkeypatch.setattr(queries, "COUNTED", 1)
    monkeypatch.setattr(matchpages, "COUNTED", 1)
    monkeypatch.setattr(matchlist, "MATCHES", replace(matchlist.MATCHES, counted=1))
    text = page(site)
    assert "more than 1" in text
    assert '<span class="count">1+</span>' in text


def test_a_page_costs_the_same_however_many_matches_there_are(site, make_case, far_case):
    def cost(matches):
        while (have := Match.objects.filter(case__organisation__code="h1").count()) < matches:
            Match.objects.create(case=make_case(), other=far_case(), score=0.6 + have / 100, findings="|HP:0001250|")
        queue = page(site)
        assert queue.count('name="match"') == matches
        with CaptureQueriesContext(connection) as asked:
            page(site)
        return len(asked.captured_queries)

    two = cost(2)  # of one case alone the trail's entry names it itself; of several they stand in the index of entries
    assert cost(6) == two


def test_only_those_who_work_on_the_case_see_its_matches(client, hospital, make_case, far_case):
    ours = make_case()
    far_case()
    matched(ours)
    auditor = Person.objects.create_user("auditor@example.org")
    Membership.objects.create(person=auditor, organisation=hospital, role=Role.AUDITOR)
    match = Match.objects.get(case=ours)
    for person in (auditor, Person.objects.create_user("stranger@example.org")):
        client.force_login(person)
        assert ours.public_id not in page(client, view="all")
        assert client.get(reverse("exchange:match", args=[match.pk])).status_code == 404


def test_what_someone_was_told_of_is_in_the_trail(site, make_case, far_case):
    ours, theirs = make_case(), far_case()
    matched(ours)
    page(site)
    assert AuditEntry.objects.filter(action="case.told", subject_id=str(theirs.pk)).exists()


def test_answers_of_other_nodes_stand_in_the_queue_once(site, make_case):
    ours = make_case()
    with peers.serving(peers.answer(body=peers.results(("their-patient", 0.8)))) as good:
        actions.add_peer(by=None, name="Good", base_url=good, token="t", timeout_s=3)
        questions.ask_peers(by=ours.registered_by, case_id=ours.pk)
        match = Match.objects.get()
        advance(match, "dismiss", by=ours.registered_by, note="other")
        ForeignMatch.objects.all().delete()
        assert ours.public_id not in page(site, view="all")
        questions.ask_peers(by=ours.registered_by, case_id=ours.pk)
    assert Match.objects.get().state == "dismissed"
    text = page(site, view="dismissed")
    assert ours.public_id in text
    assert "Good" in text
    assert "Another reason" in text


def test_what_waits_is_counted_up_to_a_bound(make_case, far_case, monkeypatch):
    for _turn in range(2):
        ours, _theirs = make_case(), far_case()
        matched(ours)
    person = ours.registered_by
    number = matches_for(person).filter(state="new").count()
    with translation.override("en"):
        (exactly,) = waiting_for(person)
        assert exactly.text.endswith(f": {number}")
        assert exactly.since == min(matches_for(person).values_list("first_seen", flat=True))
        monkeypatch.setattr(waiting, "COUNTED", number - 1)
        (bounded,) = waiting_for(person)
        assert bounded.text.endswith(f"more than {number - 1}")
    with translation.override("ja"):
        assert f"{number - 1}件超" in next(waiting_for(person)).text
