"""Cases that two hospitals confirmed to be of one patient: the patient counts once, and vouches for itself nowhere."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.urls import reverse

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.sharing.states import Level, Reach
from kakehashi.kernel.sharing.subjects import node_subject
from kakehashi.systems.cases import solved, terms
from kakehashi.systems.cases.actions import withdraw_case
from kakehashi.systems.cases.course import consultations
from kakehashi.systems.cases.course.diagnoses import NewDiagnosis, record_diagnosis
from kakehashi.systems.cases.linkage import actions
from kakehashi.systems.cases.linkage.queries import suspicions_of
from kakehashi.systems.cases.linkage.registrations import draw_registrations
from kakehashi.systems.cases.matching import matched, shared
from kakehashi.systems.cases.matching.similar import similar_to_case
from kakehashi.systems.cases.models import Case, Consultation, FamilyLink, SamePatient
from kakehashi.systems.cases.outcomes.publishing import count
from kakehashi.systems.cases.outcomes.queries import Asked, outcomes
from kakehashi.systems.cases.outcomes.recounting import recount
from kakehashi.systems.cases.outcomes.tallies import Slice
from kakehashi.systems.cases.outcomes.words import By
from kakehashi.systems.exchange.matching import match_cases
from kakehashi.systems.exchange.precision import precision_of
from kakehashi.systems.exchange.queries import matches_for
from tests.systems.cases.several import TODAY, colleague, confirmed, counted, entered, ours, say, suspect, theirs

__all__ = ["colleague", "confirmed", "ours", "theirs"]

pytestmark = pytest.mark.django_db


def funnel(by=By.CENTRE):
    recount()
    return outcomes(Asked(by, Slice(TODAY)))


@pytest.mark.parametrize("by", list(By))
def test_patient_counts_once_from_the_second_confirmation_on(ours, theirs, clinician, colleague, by):
    made = suspect(ours, theirs)
    assert funnel(by).total.registered == 2
    say(made, (ours, clinician))
    assert funnel(by).total.registered == 2
    say(made, (theirs, colleague))
    assert funnel(by).total.registered == 1
    assert counted() == {"T-77"}, "the earlier registration"
    say(made, (theirs, colleague), move="cannot_say")
    assert funnel(by).total.registered == 2
    assert not SamePatient.objects.exists()


def test_registration_that_both_would_keep_counts_in_place_of_the_earlier(
    confirmed, ours, theirs, clinician, colleague
):
    actions.say_keep(by=clinician, case=ours, suspicion_id=confirmed.pk, keep="ours")
    assert counted() == {"T-77"}
    actions.say_keep(by=colleague, case=theirs, suspicion_id=confirmed.pk, keep="theirs")
    assert counted() == {"S-1"}
    actions.say_keep(by=colleague, case=theirs, suspicion_id=confirmed.pk, keep="both")
    assert counted() == {"T-77"}


def test_withdrawn_registration_and_a_relatives_count_before_no_other(confirmed, ours, theirs, colleague, family):
    assert counted() - {"N-001"} == {"T-77"}
    family.links.filter(case__local_id="N-001").update(proband=True)
    FamilyLink.objects.create(family=family, case=theirs, member="X", proband=False)
    assert draw_registrations() == 2
    assert counted() - {"N-001"} == {"S-1"}
    FamilyLink.objects.filter(case=theirs).delete()
    draw_registrations()
    assert counted() - {"N-001"} == {"T-77"}
    withdraw_case(by=colleague, case=theirs, note="the other hospital keeps it")
    recount()
    assert counted() - {"N-001"} == {"S-1"}


def test_of_the_patients_consultations_the_first_counts(
    ours, theirs, clinician, colleague, hospital, other_hospital, confirmed
):
    first = consultations.enter_consultation(
        by=clinician, organisation=hospital, local_id="F-1", consulted_on=TODAY - timedelta(days=40)
    )
    second = consultations.enter_consultation(
        by=colleague, organisation=other_hospital, local_id="F-2", consulted_on=TODAY - timedelta(days=30)
    )
    assert funnel().total.consulted == 2
    consultations.lead_to_case(by=clinician, consultation=first, case=ours)
    assert funnel().total.consulted == 2
    consultations.lead_to_case(by=colleague, consultation=second, case=theirs)
    assert funnel().total.consulted == 1
    assert Consultation.objects.get(again=False) == first
    consultations.unlink_case(by=colleague, consultation=Consultation.objects.get(pk=second.pk))
    assert funnel().total.consulted == 2
    consultations.lead_to_case(by=colleague, consultation=second, case=theirs)
    say(confirmed, (ours, clinician), move="say_different")
    assert funnel().total.consulted == 2


def test_new_disease_of_the_patient_counts_at_the_registration_that_counts(confirmed, theirs, ours, clinician):
    diagnosis = NewDiagnosis(disease="NEW:X", label="X", new_disease=True, diagnosed_on=TODAY)
    record_diagnosis(by=clinician, case_id=ours.pk, diagnosis=diagnosis)
    Case.objects.update(counted_revision=0)
    recount()
    Case.objects.update(analysed_on=TODAY)
    assert outcomes(Asked(By.CENTRE, Slice(TODAY))).new_diseases == 0
    actions.answer(by=clinician, case=ours, suspicion_id=confirmed.pk, move="say_different")
    assert outcomes(Asked(By.CENTRE, Slice(TODAY))).new_diseases == 1


@pytest.mark.parametrize("level", [Level.EXISTS, Level.MATCHING])
def test_neither_case_is_a_match_of_the_other_on_any_page_or_queue(ours, theirs, clinician, colleague, client, level):
    for case, by in ((ours, clinician), (theirs, colleague)):
        shown = terms.Terms(Reach.ABROAD, level)
        terms.set_terms(by=by, case=case, terms=shown, consent=terms.attested(Reach.ABROAD))
    case = Case.objects.get(pk=ours.pk)
    assert shared.find_elsewhere(clinician, case)
    assert match_cases([ours.pk, theirs.pk]) == 2
    assert matches_for(clinician).exists()
    made = suspect(ours, theirs)
    say(made, (ours, clinician), (theirs, colleague))
    assert shared.find_elsewhere(clinician, case) == []
    assert not matches_for(clinician).exists()
    assert not matches_for(colleague).exists()
    ((_pk, pairs),) = matched.pairs_of([ours.pk], k=10, at_least=0.1, before={ours.pk: {theirs.pk}})
    assert pairs == []
    client.force_login(clinician)
    for language, said in (("en", "Hospital in Japan"), ("ja", "日本の病院")):
        page = client.get(reverse("cases:similar", args=[ours.public_id]), headers={"accept-language": language}).text
        assert said not in page
        assert "T-77" not in page
    say(made, (ours, clinician), move="say_different")
    assert shared.find_elsewhere(clinician, case)
    assert matches_for(clinician).exists()


def test_confirmed_match_of_one_patient_says_nothing_of_how_precise_the_queue_is(
    ours, theirs, clinician, colleague, hospital
):
    match_cases([ours.pk, theirs.pk])
    hers = matches_for(clinician).get()
    type(hers).objects.filter(pk=hers.pk).update(state="confirmed", reviewed_score=0.9, reviewed_gene=True)
    assert precision_of([hospital.pk]).share().confirmed == 1
    say(suspect(ours, theirs), (ours, clinician), (theirs, colleague))
    assert precision_of([hospital.pk]).share().reviewed == 0


def test_open_case_of_the_same_patient_is_neither_similar_nor_evidence(clinician, colleague, hospital, other_hospital):
    mine = entered(clinician, hospital, "S-1")
    other = entered(colleague, other_hospital, "T-77", Level.WHOLE)
    diagnosis = NewDiagnosis(disease="OMIM:610188", gene="CEP290")
    record_diagnosis(by=colleague, case_id=other.pk, diagnosis=diagnosis)
    assert [one.case for one in similar_to_case(clinician, mine)] == [other]
    before = solved.beside(clinician, mine)
    assert before is not None
    assert before.count == 1
    say(suspect(mine, other), (mine, clinician), (other, colleague))
    assert similar_to_case(clinician, mine) == []
    assert solved.beside(clinician, mine) is None


def test_others_are_told_of_one_patient_and_taught_by_it_once(ours, theirs, clinician, colleague, other_hospital):
    """A third case, and a node abroad: of two registrations of one patient the one that tells more."""
    terms.set_terms(
        by=clinician, case=ours, terms=terms.Terms(Reach.ABROAD, Level.EXISTS), consent=terms.attested(Reach.ABROAD)
    )
    abroad = node_subject("A", country="CA")
    asked = Case.objects.get(pk=ours.pk).described
    assert len(shared.find_shared(abroad, asked, asker="peer:1")) == 2
    say(suspect(ours, theirs), (ours, clinician), (theirs, colleague))
    (found,) = shared.find_shared(abroad, asked, asker="peer:1")
    assert (found.case, found.level) == (theirs, Level.MATCHING)
    third = entered(clinician, ours.organisation, "S-3")
    diagnosis = NewDiagnosis(disease="OMIM:610188", gene="CEP290")
    again = entered(colleague, other_hospital, "T-78", Level.WHOLE)
    once = entered(clinician, ours.organisation, "S-4", Level.WHOLE)
    for case, by in ((again, colleague), (once, clinician)):
        record_diagnosis(by=by, case_id=case.pk, diagnosis=diagnosis)
    assert solved.beside(clinician, third).count == 2
    say(suspect(again, once), (again, colleague), (once, clinician))
    assert solved.beside(clinician, third).count == 1


@pytest.mark.parametrize(
    ("language", "mine", "not_mine", "noted"),
    [
        ("en", "at your registration", "not at yours", "counts once, as soon as both have confirmed it"),
        ("ja", "貴機関の登録として1回だけ", "貴機関の登録としては数えません", "双方が確認した時点から1人"),
    ],
)
def test_pages_say_which_registration_counts_and_name_no_one(
    confirmed, ours, theirs, clinician, colleague, client, make_person, hospital, language, mine, not_mine, noted
):
    for person, case, other, said in ((clinician, ours, theirs, not_mine), (colleague, theirs, ours, mine)):
        client.force_login(person)
        page = client.get(reverse("cases:same_patient", args=[case.public_id]), headers={"accept-language": language})
        assert said in page.text
        assert other.local_id not in page.text
        assert other.public_id not in page.text
    assert [one.counted for one in suspicions_of(clinician, ours)] == ["theirs"]
    assert [one["counted"] for one in client.get("/api/same-patients").json()] == ["ours"]
    for address in ("/outcomes/", "/outcomes/?format=csv"):
        assert noted in client.get(address, headers={"accept-language": language}).text


@pytest.mark.parametrize(
    ("language", "noted"), [("en", "counts once, as soon as both"), ("ja", "双方が確認した時点から1人")]
)
def test_tables_for_everybody_count_the_patient_once_and_say_so(
    confirmed, ours, clinician, client, make_person, language, noted
):
    cells, _parts = count(Slice(TODAY))
    assert max(cells.values()) == 1
    say(confirmed, (ours, clinician), move="cannot_say")
    cells, _parts = count(Slice(TODAY))
    assert max(cells.values()) == 2
    agency = Organisation.objects.create(code="AGENCY", name="機構", kind="agency")
    client.force_login(make_person(agency, "programme_director"))
    assert noted in client.get("/outcomes/publish/", headers={"accept-language": language}).text


def test_nothing_of_it_is_told_before_both_have_confirmed(ours, theirs, clinician, colleague, client):
    made = suspect(ours, theirs)
    say(made, (theirs, colleague))
    client.force_login(clinician)
    page = client.get(reverse("cases:same_patient", args=[ours.public_id]), headers={"accept-language": "en"}).text
    assert "the patient counts once" not in page
    assert [one.counted for one in suspicions_of(clinician, ours)] == [""]
    assert "within an hour" in page, "the chore that compares is done every hour"
    chores = import_module("kakehashi.kernel.jobs.hourly")._chores
    assert "kakehashi.systems.cases.linkage.looking.look_for_same_patients" in chores
    assert (
        "1時間以内"
        in client.get(reverse("cases:same_patient", args=[ours.public_id]), headers={"accept-language": "ja"}).text
    )


def test_drawing_again_changes_nothing_and_heals_what_is_lost(confirmed):
    assert draw_registrations() == 0
    SamePatient.objects.all().delete()
    assert draw_registrations() == 2
