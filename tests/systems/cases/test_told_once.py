"""Others who may know of both registrations of one patient are told of one: in similar cases, API, print and bounds."""

from datetime import date

import pytest
from django.urls import reverse

from kakehashi.kernel.events.models import HandlerRun
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.sharing import asked
from kakehashi.kernel.sharing.states import Level, Reach
from kakehashi.kernel.sharing.subjects import node_subject
from kakehashi.systems.cases import terms
from kakehashi.systems.cases.course import consultations
from kakehashi.systems.cases.matching import shared, similar
from kakehashi.systems.cases.models import Case, Consultation, SamePatient
from kakehashi.systems.cases.outcomes import publishing
from kakehashi.systems.cases.pages.alike import in_rank
from kakehashi.systems.cases.public import similar_to
from tests.systems.cases.several import colleague, entered, ours, say, suspect, theirs

__all__ = ["colleague", "ours", "theirs"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(clinician, colleague, hospital, other_hospital):
    """Two open registrations of one patient."""
    one = entered(clinician, hospital, "S-1", Level.WHOLE)
    other = entered(colleague, other_hospital, "T-77", Level.WHOLE)
    say(suspect(one, other), (one, clinician), (other, colleague))
    return one, other


def test_third_case_and_a_description_meet_the_patient_once_on_pages_api_and_print(both, clinician, hospital, client):
    third = entered(clinician, hospital, "S-3")
    next_best = entered(clinician, hospital, "S-4")
    found = [one.case for one in similar.similar_to_case(clinician, third, k=2)]
    assert len(set(found) & set(both)) == 1
    assert next_best in found, "as many as asked for"
    named = {one.case.public_id for one in similar_to(clinician, third.described)}
    assert len(named & {one.public_id for one in both}) == 1
    client.force_login(clinician)
    told = client.get(f"/api/cases/{third.public_id}/similar").json()
    assert sum(one.public_id in str(told) for one in both) == 1
    for case, language in ((third, "en"), (third, "ja")):
        page = client.get(reverse("cases:similar", args=[case.public_id]), headers={"accept-language": language}).text
        assert sum(one.public_id in page for one in both) == 1


def test_case_that_one_opens_stands_for_the_other_registration_elsewhere(ours, theirs, clinician, colleague, hospital):
    third = entered(clinician, hospital, "S-3")
    say(suspect(ours, theirs), (ours, clinician), (theirs, colleague))
    rows = in_rank(similar.similar_to_case(clinician, third), shared.find_elsewhere(clinician, third))
    assert [row["own"].case for row in rows if "own" in row] == [ours]
    assert not [row for row in rows if "other" in row]


def test_case_left_out_as_the_same_patient_hears_nothing_and_makes_room(
    ours, theirs, clinician, colleague, hospital, monkeypatch
):
    terms.set_terms(
        by=clinician, case=ours, terms=terms.Terms(Reach.ABROAD, Level.EXISTS), consent=terms.attested(Reach.ABROAD)
    )
    more = entered(clinician, hospital, "S-9")
    say(suspect(ours, theirs), (ours, clinician), (theirs, colleague))
    heard = []

    def answering(asker, kind, scores, profile):
        heard.extend(scores)
        return asked.answering(asker, kind, scores, profile)

    monkeypatch.setattr(shared, "answering", answering)
    abroad = node_subject("A", country="CA")
    described = Case.objects.get(pk=ours.pk).described
    found = {one.case for one in shared.find_shared(abroad, described, asker="peer:1", k=10)}
    assert found == {theirs, more}
    assert ours.pk not in heard
    few = {one.case for one in shared.find_shared(abroad, described, asker="peer:1", k=2)}
    assert len(few) == 2
    assert more in few


def test_linking_a_consultation_has_it_counted_once(both, clinician, hospital):
    one, _other = both
    made = consultations.enter_consultation(by=clinician, organisation=hospital, local_id="F-1", synthetic=True)
    for act in (
        lambda: consultations.lead_to_case(by=clinician, consultation=made, case=one),
        lambda: consultations.unlink_case(by=clinician, consultation=Consultation.objects.get(pk=made.pk)),
    ):
        before = HandlerRun.objects.filter(event__endswith="ConsultationNoted").count()
        act()
        assert HandlerRun.objects.filter(event__endswith="ConsultationNoted").count() == before + 1


def test_what_is_published_counts_what_was_confirmed_before_anything_was_drawn(both, monkeypatch, make_person):
    agency = Organisation.objects.create(code="AGENCY", name="機構", name_en="Agency", kind=Kind.AGENCY)
    director = make_person(agency, "programme_director")
    Case.objects.update(registered_on=date(2020, 4, 1))
    SamePatient.objects.all().delete()
    made = publishing.publish(by=director)
    assert SamePatient.objects.count() == 2
    assert sum(count for name, count in made.counted.items() if name.startswith("year/")) == 1
