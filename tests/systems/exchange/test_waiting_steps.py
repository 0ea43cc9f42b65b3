"""What the other side of a match asks for stands on the home page until it is answered; confirming leads to solving."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from kakehashi.kernel.sharing.states import Reach
from kakehashi.kernel.workflow import advance
from kakehashi.systems.cases.public import NewDiagnosis
from kakehashi.systems.cases.terms import set_reach
from kakehashi.systems.exchange import waiting
from kakehashi.systems.exchange.conversations import actions
from kakehashi.systems.exchange.conversations.queries import side_of
from kakehashi.systems.exchange.models import Match
from kakehashi.systems.exchange.solving.actions import decide, solve
from kakehashi.systems.exchange.waiting import waiting_for
from tests.systems.exchange.pairs import pair

__all__ = ["pair"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("compiled_ontology")]


def waits(person, language="en"):
    with translation.override(language):
        return {one.text: one.link for one in waiting_for(person)}


def test_a_confirmation_of_the_other_side_waits_until_ours_is_decided(pair, clinician, far_clinician):
    advance(pair[0], "confirm", by=clinician)
    said = f"The other side confirmed the match of {pair[1].case.public_id}"
    assert waits(far_clinician)[said] == reverse("exchange:match", args=[pair[1].pk])
    assert any("確認" in text for text in waits(far_clinician, "ja"))
    assert said not in waits(clinician)
    advance(pair[1], "dismiss", by=far_clinician, note="other")
    assert said not in waits(far_clinician)


def confirmed_by_the_other_side(ours, theirs, far_clinician, days_ago):
    """Two matches of a pair, the other side's confirmed so long ago; ours."""
    Match.objects.create(case=ours, other=theirs, score=0.7)
    across = advance(Match.objects.create(case=theirs, other=ours, score=0.7), "confirm", by=far_clinician)
    Match.objects.filter(pk=across.pk).update(confirmed_at=timezone.now() - timedelta(days=days_ago))
    return Match.objects.get(case=ours, other=theirs)


def test_confirmations_wait_since_they_were_made_however_often_matched_anew(
    make_case, far_case, clinician, far_clinician
):
    ours = make_case()
    for days in (1, 9, 4):
        confirmed_by_the_other_side(ours, far_case(), far_clinician, days)
    Match.objects.update(last_seen=timezone.now() + timedelta(days=1))
    asked = [one for one in waiting_for(clinician) if "/matches/" in one.link and one.link.count("/") > 3]
    assert [(timezone.now() - one.since).days for one in asked] == [9, 4, 1]


def test_what_may_no_longer_be_known_hides_no_later_confirmation(
    make_case, far_case, clinician, far_clinician, monkeypatch
):
    monkeypatch.setattr(waiting, "SINGLY_AT_MOST", 1)
    ours, narrowed, later = make_case(), far_case(), far_case()
    confirmed_by_the_other_side(ours, narrowed, far_clinician, 9)
    match = confirmed_by_the_other_side(ours, later, far_clinician, 1)
    set_reach(by=far_clinician, case=narrowed, reach=Reach.INSTITUTION)
    assert reverse("exchange:match", args=[match.pk]) in waits(clinician).values()


def test_a_confirmation_opened_again_is_not_dated(pair, clinician):
    confirmed = advance(pair[0], "confirm", by=clinician)
    assert confirmed.confirmed_at is not None
    assert advance(confirmed, "reopen", by=clinician).confirmed_at is None


def test_a_proposed_diagnosis_waits_for_the_side_that_decides(pair, clinician, far_clinician):
    match = advance(pair[0], "confirm", by=clinician)
    proposal = solve(by=clinician, match=match, diagnosis=NewDiagnosis(disease="OMIM:607208")).proposal
    said = f"Proposed diagnosis for {pair[1].case.public_id}"
    assert waits(far_clinician)[said] == reverse("exchange:conversation", args=[proposal.to_id])
    assert not any("Proposed" in text for text in waits(clinician))
    decide(by=far_clinician, proposal=proposal, move="decline")
    assert said not in waits(far_clinician)


def test_an_agreement_to_be_named_waits_for_the_other_sides(pair, clinician, far_clinician):
    actions.write_to_match(by=clinician, match=pair[0], text="We see the same.")
    actions.agree(by=clinician, side=side_of(pair[0]))
    said = f"The other side of the match of {pair[1].case.public_id} agreed to be named"
    assert waits(far_clinician)[said] == reverse("exchange:conversation", args=[side_of(pair[1]).pk])
    assert not any("agreed" in text for text in waits(clinician))
    actions.agree(by=far_clinician, side=side_of(pair[1]))
    assert said not in waits(far_clinician)


@pytest.mark.parametrize("how", ["we dismiss", "they dismiss", "we withdraw", "they withdraw"])
def test_who_stays_unnamed_is_asked_no_longer_than_there_is_a_match(pair, clinician, far_clinician, how):
    actions.write_to_match(by=clinician, match=pair[0], text="We see the same.")
    actions.agree(by=clinician, side=side_of(pair[0]))
    assert any("agreed to be named" in text for text in waits(far_clinician))
    match, person = (pair[1], far_clinician) if how.startswith("we") else (pair[0], clinician)
    if how.endswith("dismiss"):
        advance(Match.objects.get(pk=match.pk), "dismiss", by=person, note="other")
    else:
        advance(match.case, "withdraw", by=person, note="entered twice")
    assert not any("agreed to be named" in text for text in waits(far_clinician))


def test_confirming_on_the_matchs_page_leads_to_solving(client, pair, clinician):
    client.force_login(clinician)
    shown = reverse("exchange:match", args=[pair[0].pk])
    assert 'name="here"' in client.get(shown).text
    answer = client.post(reverse("exchange:triage"), {"match": pair[0].pk, "move": "confirm", "here": "1"})
    assert answer["Location"] == f"{shown}#solve-head"
    assert 'id="solve-head"' in client.get(shown).text
