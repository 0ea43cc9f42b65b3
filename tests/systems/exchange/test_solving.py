"""Solving both cases of a match: each diagnosis is written by its own people, with the match named as evidence."""

import re
from itertools import product

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, NotAllowed
from kakehashi.kernel.notices.models import Notice
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.workflow import advance, every_combination
from kakehashi.systems.cases.models import Case, CaseDiagnosis, SamePatient
from kakehashi.systems.cases.public import NewDiagnosis
from kakehashi.systems.exchange import matching
from kakehashi.systems.exchange.models import Match, Proposal
from kakehashi.systems.exchange.queries import match_for
from kakehashi.systems.exchange.solving.actions import accept, solve
from kakehashi.systems.exchange.solving.queries import proposals_of
from kakehashi.systems.exchange.solving.workflow import PROPOSAL_FLOW
from kakehashi.systems.exchange.states import ProposalState
from kakehashi.systems.exchange.waiting import waiting_for
from tests.systems.exchange.pairs import pair

__all__ = ["pair"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("compiled_ontology")]
DRAVET = NewDiagnosis(disease="OMIM:607208", gene="SCN1A", evidence="The same variant.")
WORKERS = {Role.CLINICIAN, Role.DATA_MANAGER}


@pytest.fixture
def proposal(pair, clinician):
    match = advance(pair[0], "confirm", by=clinician)
    return solve(by=clinician, match=match, diagnosis=DRAVET).proposal


def diagnosed():
    return {row.case_id: (row.disease, row.recorded_by) for row in CaseDiagnosis.objects.filter(reopened_at=None)}


def test_one_side_proposes_and_the_other_records_it_itself(pair, proposal, clinician, far_clinician):
    ours, theirs = pair[0].case, pair[1].case
    assert diagnosed() == {ours.pk: ("OMIM:607208", clinician)}
    assert match_for(far_clinician, pair[1].pk).confirmed_across
    notice = Notice.objects.filter(person=far_clinician).latest("pk")
    assert "Dravet" not in notice.text_en + notice.text_ja
    accept(by=far_clinician, proposal=proposal)
    assert diagnosed() == {ours.pk: ("OMIM:607208", clinician), theirs.pk: ("OMIM:607208", far_clinician)}
    assert {one.state for one in Case.objects.filter(pk__in=[ours.pk, theirs.pk])} == {"diagnosed"}
    assert Match.objects.get(pk=pair[1].pk).state == "confirmed"
    numbers = {row.case_id: row.match_number for row in CaseDiagnosis.objects.all()}
    assert numbers == {ours.pk: pair[0].pk, theirs.pk: pair[1].pk}
    assert {(row.basis, row.evidence) for row in CaseDiagnosis.objects.all()} == {("similar_case", "The same variant.")}
    with pytest.raises(Conflict):
        accept(by=far_clinician, proposal=proposal)


def test_who_works_on_both_solves_both_in_one_step(pair, clinician, far_clinician):
    Membership.objects.create(person=clinician, organisation=pair[1].case.organisation, role=Role.CLINICIAN)
    match = advance(pair[0], "confirm", by=clinician)
    solved = solve(by=clinician, match=match, diagnosis=DRAVET)
    assert (solved.own, solved.other, solved.proposal) == (True, True, None)
    assert len(diagnosed()) == 2
    assert Match.objects.get(pk=pair[1].pk).state == "confirmed"


def test_two_cases_of_one_institution_are_solved_in_one_step(make_case, clinician):
    first, second = make_case(), make_case()
    matching.match_cases([first.pk, second.pk])
    match = advance(Match.objects.get(), "confirm", by=clinician)
    solve(by=clinician, match=match, diagnosis=DRAVET)
    assert set(diagnosed()) == {first.pk, second.pk}


def test_nothing_is_solved_by_a_match_that_is_not_confirmed_nor_by_strangers(pair, clinician, far_clinician):
    with pytest.raises(Conflict):
        solve(by=clinician, match=pair[0], diagnosis=DRAVET)
    match = advance(pair[0], "confirm", by=clinician)
    with pytest.raises(NotAllowed):
        solve(by=far_clinician, match=match, diagnosis=DRAVET)
    assert not diagnosed()


def test_what_fails_on_one_side_leaves_the_other_as_it_was(pair, proposal, clinician, far_clinician):
    with pytest.raises(Conflict):
        solve(by=clinician, match=Match.objects.get(pk=pair[0].pk), diagnosis=DRAVET)
    assert Proposal.objects.count() == 1
    advance(pair[1].case, "withdraw", by=far_clinician, note="because")
    with pytest.raises(Conflict):
        accept(by=far_clinician, proposal=proposal)
    assert Proposal.objects.get().state == "proposed"
    assert len(diagnosed()) == 1


@pytest.mark.parametrize("language", ["ja", "en"])
def test_each_side_reads_what_was_agreed_in_its_language_under_its_own_match(
    client, pair, proposal, clinician, far_clinician, language
):
    with translation.override("ja"):
        accept(by=far_clinician, proposal=proposal)
    for own, other, person in (*pair, clinician), (*reversed(pair), far_clinician):
        client.force_login(person)
        page = client.get(reverse("cases:course", args=[own.case.public_id]), headers={"accept-language": language})
        text = " ".join(page.text.split())
        agreed = {"ja": "マッチ{}で合意：", "en": "Agreed in match {}: "}[language]
        assert agreed.format(own.pk) in text
        assert agreed.format(other.pk) not in text
        disease = {"ja": "（OMIM:607208）", "en": r" \(OMIM:607208\)"}[language]
        assert re.search(f"{agreed.format(own.pk)}[^<]*{disease}[^<]*SCN1A", text)
        assert {"ja": "他施設の類似症例", "en": "A similar case elsewhere"}[language] in text


@pytest.mark.parametrize("combination", list(every_combination(PROPOSAL_FLOW)), ids=str)
def test_proposals_move_exactly_as_the_table_says(proposal, combination):
    side = {"ours": proposal.match.case.organisation, "theirs": proposal.to.organisation}
    Proposal.objects.filter(pk=proposal.pk).update(state=combination.state)
    for role, place in product(Role, side):
        person = Person.objects.create_user(f"{role}-{place}@example.org")
        Membership.objects.create(person=person, organisation=side[place], role=role)
        may = role in WORKERS and place == ("ours" if combination.move.name == "take_back" else "theirs")
        with transaction.atomic():
            proposal.refresh_from_db()
            if may and combination.possible:
                advance(proposal, combination.move.name, by=person)
            else:
                with pytest.raises(NotAllowed if combination.possible else Conflict):
                    advance(proposal, combination.move.name, by=person)
            transaction.set_rollback(may)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_new_disease_is_proposed_and_recorded_by_its_name(client, pair, clinician, far_clinician, language):
    advance(pair[0], "confirm", by=clinician)
    client.force_login(clinician)
    sent = {"new_disease": "on", "label": "Kitano syndrome", "gene": "SCN1A", "own_too": "on"}
    headers = {"accept-language": language}
    assert client.post(reverse("exchange:solve", args=[pair[0].pk]), sent, headers=headers).status_code == 302
    client.force_login(far_clinician)
    page = client.get(reverse("exchange:match", args=[pair[1].pk]), headers=headers).text
    assert "Kitano syndrome" in page
    client.post(reverse("exchange:decide", args=[Proposal.objects.get().pk]), {"move": "accept"})
    assert {(row.label, row.catalogue) for row in CaseDiagnosis.objects.all()} == {("Kitano syndrome", "new")}
    assert "NEW:" not in client.get(reverse("exchange:match", args=[pair[1].pk]), headers=headers).text


def test_the_class_is_insisted_on_as_for_any_diagnosis(client, pair, clinician):
    advance(pair[0], "confirm", by=clinician)
    client.force_login(clinician)
    address = reverse("exchange:solve", args=[pair[0].pk])
    for sent, field in (
        ({}, "disease"),
        ({"disease": "OMIM:999999"}, "unlisted"),
        ({"disease": "OMIM:607208"}, "orphanet"),
        ({"disease": "ORPHA:33069", "gene": "XYZZY"}, "gene"),
        ({"disease": "ORPHA:33069", "variant": "c.2593C>T"}, "variant"),
    ):
        answer = client.post(address, sent)
        assert answer.status_code == 422
        assert list(answer.context["solving"].errors) == [field], sent
    assert not diagnosed()


def test_proposing_and_deciding_on_the_pages(client, pair, clinician, far_clinician):
    advance(pair[0], "confirm", by=clinician)
    client.force_login(clinician)
    address = reverse("exchange:solve", args=[pair[0].pk])
    refused = client.post(address, {"disease": "Dravet"}, follow=True, headers={"accept-language": "en"})
    assert refused.status_code == 422
    assert "Did you mean: Dravet syndrome (ORPHA:33069)" in refused.text
    assert 'data-endpoint="/api/cases/diseases"' in refused.text
    sent = {"disease": "OMIM:607208", "gene": "SCN1A", "variant": "NM_001165963.4:c.2593C>T", "own_too": "on"}
    asked = client.post(address, sent, headers={"accept-language": "en"})
    assert asked.status_code == 422
    assert 'value="ORPHA:33069"' in asked.text
    assert "c.2593C&gt;T" in asked.text
    sent["orphanet"] = "ORPHA:33069"
    done = client.post(address, sent, follow=True, headers={"accept-language": "en"})
    assert "It is proposed to the other side" in done.text
    proposal = Proposal.objects.get()
    client.force_login(far_clinician)
    page = client.get(reverse("exchange:match", args=[pair[1].pk]), headers={"accept-language": "en"}).text
    assert "the other side has confirmed" in page
    assert "Dravet syndrome" in page
    assert "c.2593C&gt;T" in page
    assert clinician.email not in page
    client.post(reverse("exchange:decide", args=[proposal.pk]), {"move": "accept"})
    assert len(diagnosed()) == 2
    assert CaseDiagnosis.objects.get(case=pair[1].case).variant["hgvs"] == "NM_001165963.4:c.2593C>T"
    assert {row.catalogue for row in CaseDiagnosis.objects.all()} == {"orphanet"}
    assert AuditEntry.objects.filter(action="proposal.accept", outcome="done").count() == 1
    stranger = Person.objects.create_user("stranger@example.org")
    client.force_login(stranger)
    assert client.post(reverse("exchange:decide", args=[proposal.pk]), {"move": "decline"}).status_code == 404
    assert Proposal.objects.get().state == ProposalState.ACCEPTED


@pytest.mark.parametrize(("language", "said"), [("en", "of one patient"), ("ja", "同一患者のもの")])
def test_proposal_between_two_cases_of_one_patient_is_offered_to_nobody_and_recorded_by_nobody(
    pair, proposal, clinician, far_clinician, language, said
):
    def waits():
        with translation.override("en"):
            return [one.text for one in waiting_for(far_clinician) if "Proposed diagnosis" in one.text]

    assert waits()
    assert proposals_of(far_clinician, proposal.to)[0].moves[0].name == "accept"
    ours, theirs = pair[0].case, pair[1].case
    SamePatient.objects.bulk_create(SamePatient(case=case, counted=ours) for case in (ours, theirs))
    assert not waits()
    assert [move.name for move in proposals_of(far_clinician, proposal.to)[0].moves] == ["decline"]
    with translation.override(language):
        with pytest.raises(NotAllowed) as refused:
            accept(by=far_clinician, proposal=proposal)
        assert said in str(refused.value.verdict.text)
        with pytest.raises(Conflict) as solved:
            solve(by=clinician, match=Match.objects.get(pk=pair[0].pk), diagnosis=DRAVET)
        assert said in str(solved.value)
    assert len(diagnosed()) == 1
    SamePatient.objects.all().delete()
    accept(by=far_clinician, proposal=proposal)
    assert len(diagnosed()) == 2
