"""What the other side of a match asks for stands on the home page until it is answered; confirming leads to solving."""

import pytest
from django.urls import reverse
from django.utils import translation

from kakehashi.kernel.workflow import advance
from kakehashi.systems.cases.public import NewDiagnosis
from kakehashi.systems.exchange.conversations import actions
from kakehashi.systems.exchange.conversations.queries import side_of
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


def test_confirming_on_the_matchs_page_leads_to_solving(client, pair, clinician):
    client.force_login(clinician)
    shown = reverse("exchange:match", args=[pair[0].pk])
    assert 'name="here"' in client.get(shown).text
    answer = client.post(reverse("exchange:triage"), {"match": pair[0].pk, "move": "confirm", "here": "1"})
    assert answer["Location"] == f"{shown}#solve-head"
    assert 'id="solve-head"' in client.get(shown).text
