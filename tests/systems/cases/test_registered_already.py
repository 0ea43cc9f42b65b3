"""A patient registered after a consultation, or before it: the pseudonym that is offered, the link and its undoing."""

import pytest
from django.urls import reverse

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, NotAllowed
from kakehashi.kernel.workflow import advance
from kakehashi.systems.cases.course.consultations import enter_consultation, lead_to_case, unlink_case
from kakehashi.systems.cases.course.referrals import refer
from kakehashi.systems.cases.course.states import Route
from kakehashi.systems.cases.models import Case, Consultation
from kakehashi.systems.cases.outcomes.recounting import recount
from kakehashi.systems.cases.queries import visible_cases

pytestmark = pytest.mark.django_db
ROWS = {f"{part}-{name}": "0" for part in ("findings", "variants") for name in ("INITIAL_FORMS", "TOTAL_FORMS")}
SAID = ROWS | {"sex": "female", "genes": "CEP290", "affected_relatives": "yes", "consanguinity": "no"}


@pytest.fixture
def consultation(clinician, hospital):
    return enter_consultation(by=clinician, organisation=hospital, local_id="F-2")


@pytest.fixture
def site(client):
    """site(person) → a client of theirs, in English."""

    def enter(person):
        client.force_login(person)
        client.cookies["django_language"] = "en"
        return client

    return enter


def test_pseudonym_of_the_consultation_is_offered(site, clinician, consultation):
    page = site(clinician).get(f"{reverse('cases:new')}?consultation={consultation.pk}").text
    assert 'value="F-2"' in page
    assert "Of consultation F-2" in page


def test_hub_is_not_told_the_other_hospitals_pseudonym(site, clinician, consultation, hub, make_person):
    colleague = make_person(hub, "clinician")
    address = f"{reverse('cases:new')}?consultation={consultation.pk}"
    sent = refer(by=clinician, consultation=consultation, hub=hub, note="please")
    assert site(colleague).get(address).status_code == 404
    advance(sent, "accept", by=colleague)
    page = site(colleague).get(address)
    assert (page.status_code, "F-2" in page.text) == (200, False)
    assert "referred to you" in page.text
    assert "F-2" not in site(colleague).get(reverse("cases:consultation_case", args=[consultation.pk])).text


@pytest.mark.parametrize("taken", ["F-2", "P-77"])
def test_another_pseudonym_is_said_and_the_link_kept(site, clinician, consultation, taken):
    address = f"{reverse('cases:new')}?consultation={consultation.pk}"
    page = site(clinician).post(address, SAID | {"local_id": taken}, follow=True).text
    assert ("two pseudonyms, one patient" in page) == (taken != "F-2")
    assert Consultation.objects.get().case == Case.objects.get(local_id=taken)


@pytest.mark.parametrize("by_pseudonym", [True, False])
def test_registered_patient_is_linked_and_parted_again(site, clinician, case, consultation, by_pseudonym):
    address = reverse("cases:consultation_case", args=[consultation.pk])
    assert address in site(clinician).get(reverse("cases:consultation", args=[consultation.pk])).text
    site(clinician).post(address, {"case": "n-001" if by_pseudonym else case.public_id.lower()})
    assert Consultation.objects.get().case == case
    unlink = reverse("cases:consultation_unlink", args=[consultation.pk])
    assert unlink in site(clinician).get(reverse("cases:consultation", args=[consultation.pk])).text
    assert case.public_id in site(clinician).get(unlink).text
    assert Consultation.objects.get().case == case, "the page only asks"
    site(clinician).post(unlink)
    assert Consultation.objects.get().case is None
    actions = ("consultation.lead_to_case", "consultation.unlink")
    assert [AuditEntry.objects.get(action=one).outcome for one in actions] == ["done", "done"]
    with pytest.raises(Conflict):
        unlink_case(by=clinician, consultation=Consultation.objects.get())


@pytest.mark.parametrize("typed", ["", "N-999", "theirs", "synthetic"])
def test_only_cases_one_may_edit_are_linked(
    site, clinician, make_person, other_hospital, case, consultation, worked_example, typed
):
    case.organisation, case.local_id = other_hospital, "THEIRS"
    case.save()
    if typed == "synthetic":
        Case.objects.filter(pk=case.pk).update(organisation=consultation.organisation, synthetic=True, local_id=typed)
    page = site(clinician).post(reverse("cases:consultation_case", args=[consultation.pk]), {"case": typed})
    assert (page.status_code, 'href="#id_case"' in page.text) == (422, True)
    assert f'value="{typed}"' in page.text or not typed
    assert Consultation.objects.get().case is None


@pytest.mark.parametrize(
    ("role", "status"), [("clinician", 302), ("data_manager", 302), ("auditor", 403), ("diagnosis_committee", 403)]
)
def test_linking_is_for_those_who_write_cases(site, make_person, hospital, case, consultation, role, status):
    person = make_person(hospital, role)
    address = reverse("cases:consultation_case", args=[consultation.pk])
    assert site(person).post(address, {"case": case.public_id}).status_code == status
    if status == 403:
        assert site(person).get(address).status_code == 403
        Consultation.objects.update(case=case)
        with pytest.raises(NotAllowed):
            unlink_case(by=person, consultation=Consultation.objects.get())


def test_hub_sees_the_linked_case_until_the_two_are_parted(clinician, make_person, hub, case, consultation, site):
    colleague = make_person(hub, "clinician")
    refer(by=clinician, consultation=consultation, hub=hub, note="please")
    site(clinician).post(reverse("cases:consultation_case", args=[consultation.pk]), {"case": "N-001"})
    assert visible_cases(colleague).get() == case
    unlink_case(by=clinician, consultation=Consultation.objects.get())
    assert not visible_cases(colleague).exists()


@pytest.mark.parametrize("move", ["accept", "answer"])
def test_hub_parts_its_own_case_from_a_family_whatever_became_of_the_referral(
    site, clinician, make_person, hub, consultation, case, move
):
    colleague = make_person(hub, "clinician")
    case.organisation = hub
    case.save()
    sent = refer(by=clinician, consultation=consultation, hub=hub, note="please")
    advance(sent, "accept", by=colleague)
    lead_to_case(by=colleague, consultation=consultation, case=case)
    if move != "accept":
        advance(sent, move, by=colleague, note="seen")
    unlink = reverse("cases:consultation_unlink", args=[consultation.pk])
    assert unlink in site(colleague).get(reverse("cases:referral", args=[sent.public_id])).text
    assert unlink not in site(clinician).get(reverse("cases:referral", args=[sent.public_id])).text
    assert [site(clinician).post(unlink).status_code, site(clinician).get(unlink).status_code] == [403, 403]
    page = site(colleague).get(unlink)
    assert (page.status_code, consultation.local_id in page.text) == (200, False)
    assert site(colleague).post(unlink).status_code == 302
    assert Consultation.objects.get().case is None
    assert site(colleague).get(unlink).status_code == 409


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_page_names_the_hub_that_loses_sight_of_the_case(
    client, clinician, make_person, hub, case, consultation, language
):
    refer(by=clinician, consultation=consultation, hub=hub, note="please")
    client.force_login(clinician)
    client.post(reverse("cases:consultation_case", args=[consultation.pk]), {"case": "N-001"})
    unlink = reverse("cases:consultation_unlink", args=[consultation.pk])
    page = client.get(unlink, headers={"accept-language": language}).text
    assert {"en": "South Hospital can no longer open", "ja": "南病院"}[language] in page


@pytest.mark.parametrize("synthetic", [True, False])
@pytest.mark.parametrize("route", [Route.DIRECT, Route.SETTLED, Route.WAITING])
def test_parted_family_is_counted_as_before(clinician, hospital, case, route, synthetic):
    noted = enter_consultation(by=clinician, organisation=hospital, local_id="F-3", route=route, synthetic=synthetic)
    recount()
    linked = lead_to_case(by=clinician, consultation=noted, case=case)
    recount()
    assert (linked.route == Route.SETTLED, linked.synthetic) == (False, False)
    lead_to_case(by=clinician, consultation=noted, case=case)  # said twice, it changes nothing
    unlink_case(by=clinician, consultation=Consultation.objects.get())
    recount()
    parted = Consultation.objects.get()
    assert (parted.route, parted.synthetic, parted.again) == (route, synthetic, False)
    assert parted.route_before is parted.synthetic_before is None


def test_family_referred_in_between_stays_referred(clinician, hospital, hub, case):
    noted = enter_consultation(by=clinician, organisation=hospital, local_id="F-3", route=Route.SETTLED)
    lead_to_case(by=clinician, consultation=noted, case=case)
    refer(by=clinician, consultation=noted, hub=hub, note="please")
    unlink_case(by=clinician, consultation=Consultation.objects.get())
    assert Consultation.objects.get().route == Route.REFERRED


@pytest.mark.parametrize("name", ["new", "consultation_case", "consultation_unlink"])
def test_every_page_that_shows_a_consultation_records_the_reading(site, clinician, case, consultation, name):
    if name == "consultation_unlink":
        lead_to_case(by=clinician, consultation=consultation, case=case)
    address = reverse("cases:new") + f"?consultation={consultation.pk}"
    if name != "new":
        address = reverse(f"cases:{name}", args=[consultation.pk])
    assert site(clinician).get(address).status_code == 200
    assert AuditEntry.objects.get(action="consultation.read").subject_id == str(consultation.pk)
