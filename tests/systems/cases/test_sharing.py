"""A case between hospitals: its terms on its page, who learns how much of it, never more."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.search import index
from kakehashi.kernel.search.models import SearchEntry
from kakehashi.kernel.sharing.actions import Terms, join_network, opt_out
from kakehashi.kernel.sharing.asking import HEARD_A_DAY
from kakehashi.kernel.sharing.models import Asked, Network
from kakehashi.kernel.sharing.states import Level, Reach
from kakehashi.systems.cases import rows, rules
from kakehashi.systems.cases.actions import edit_case, enter_case
from kakehashi.systems.cases.course import consultations, referrals
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.matching import shared
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.terms import attested, set_terms

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("compiled_ontology")]
TERMS = ("HP:0001250", "HP:0000252", "HP:0001274")


@pytest.fixture
def theirs(other_hospital, make_person):
    """A registered case of the other hospital, and who registered it."""
    person = make_person(other_hospital, "clinician")
    return _enter(person, other_hospital, "THEIRS-1"), person


@pytest.fixture
def ours(hospital, clinician):
    return _enter(clinician, hospital, "OURS-1")


def _enter(person, organisation, name, terms=TERMS):
    description = Description.model_validate({"findings": [{"term": term} for term in terms], "genes": ["SCN1A"]})
    return enter_case(by=person, organisation=organisation, local_id=name, description=description, register=True)


def shown(site_client, case, language="en"):
    return site_client.get(reverse("cases:similar", args=[case.public_id]), headers={"accept-language": language}).text


@pytest.fixture
def site(client, clinician):
    client.force_login(clinician)
    return client


def test_a_case_of_another_hospital_is_unknown_until_it_is_shared(site, ours, theirs, other_hospital):
    case, person = theirs
    assert "Hospital in Japan" not in shown(site, ours)
    set_terms(by=person, case=case, terms=Terms(Reach.DOMESTIC), consent=attested(Reach.DOMESTIC))
    page = shown(site, ours)
    assert "Hospital in Japan" in page  # unnamed until both sides agree
    assert other_hospital.label("en") not in page
    assert "Seizure" in page
    assert "THEIRS-1" not in page
    assert case.public_id not in page
    assert site.get(reverse("cases:show", args=[case.public_id])).status_code == 404
    told = AuditEntry.objects.get(action="case.told")
    assert (told.organisation, told.subjects) == (str(other_hospital.pk), [str(case.pk)])
    assert f'"acting":"{ours.organisation_id}"' in told.detail
    set_terms(by=person, case=case, terms=Terms(Reach.INSTITUTION), consent=attested(Reach.DOMESTIC))
    assert "Hospital in Japan" not in shown(site, ours)


def test_where_only_the_existence_is_shown_no_finding_is_told(clinician, ours, theirs):
    case, person = theirs
    set_terms(by=person, case=case, terms=Terms(Reach.ABROAD, Level.EXISTS), consent=attested(Reach.ABROAD))
    (found,) = shared.find_elsewhere(clinician, ours)
    assert (found.findings, found.genes, found.score) == ((), (), 0.5)


def test_an_open_case_may_be_opened_and_not_edited(site, clinician, theirs):
    case, person = theirs
    open_to_all = Terms(Reach.DOMESTIC, Level.WHOLE, "open")
    set_terms(by=person, case=case, terms=open_to_all, consent=attested(Reach.DOMESTIC))
    case = Case.objects.get(pk=case.pk)
    assert rules.may_see(clinician, case)
    assert not rules.may_edit(clinician, case)
    page = site.get(reverse("cases:show", args=[case.public_id]), headers={"accept-language": "en"})
    assert page.status_code == 200
    assert reverse("cases:edit", args=[case.public_id]) not in page.text
    assert site.post(reverse("cases:sharing", args=[case.public_id]), form_of(Reach.ABROAD)).status_code == 403


def form_of(reach, **changes):
    said = {
        "reach": int(reach),
        "shown": 2,
        "sharing_class": "restricted",
        "consent_version": "IRUD v3",
        "consent_from": f"{timezone.localdate():%Y-%m-%d}",
        "consent_domestic": "on",
    }
    return said | changes


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_registrant_sets_terms_on_the_page_as_far_as_consent_goes(site, ours, language):
    address = reverse("cases:sharing", args=[ours.public_id])
    refused = site.post(address, form_of(Reach.ABROAD), headers={"accept-language": language})
    assert refused.status_code == 422
    assert Case.objects.get().reach == Reach.INSTITUTION
    assert site.post(address, form_of(Reach.DOMESTIC)).status_code == 302
    case = Case.objects.get()
    assert (case.reach, case.consent_version, case.revision) == (Reach.DOMESTIC, "IRUD v3", ours.revision + 1)
    page = site.get(address, headers={"accept-language": language}).text
    assert ("国内の機関" if language == "ja" else "Institutions in our country") in page
    history = site.get(reverse("cases:history", args=[ours.public_id]), headers={"accept-language": "en"}).text
    assert "Sharing changed" in history


def test_every_level_is_the_same_by_decision_and_by_filter(clinician, theirs, hospital, other_hospital):
    case, person = theirs
    network = Network.objects.create(code="irud", name="IRUD")
    for one in (hospital, other_hospital):
        join_network(by=None, network=network, organisation=one)
    for reach in Reach:
        for level in (Level.EXISTS, Level.MATCHING, Level.WHOLE):
            terms = Terms(reach, level, "open" if level == Level.WHOLE else "restricted")
            set_terms(by=person, case=case, terms=terms, consent=attested(reach))
            case = Case.objects.get(pk=case.pk)
            visible = Case.objects.filter(rules.visible_to(clinician), pk=case.pk).exists()
            assert visible == bool(rules.may_see(clinician, case))
            assert visible == (level == Level.WHOLE and reach > Reach.INSTITUTION)


def test_an_opt_out_and_a_withdrawal_close_a_case_to_others(clinician, ours, theirs):
    case, person = theirs
    set_terms(by=person, case=case, terms=Terms(Reach.DOMESTIC), consent=attested(Reach.DOMESTIC))
    assert shared.find_elsewhere(clinician, ours)
    opt_out(by=None, record=case)
    assert not shared.find_elsewhere(clinician, ours)


def edited(clinician, case, *terms):
    description = Description.model_validate({"findings": [{"term": term} for term in terms]})
    return edit_case(by=clinician, case=case, description=description, from_revision=case.revision)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_case_with_many_faces_is_slowed_and_the_rest_of_its_page_stays(site, clinician, ours, theirs, language):
    case, person = theirs
    set_terms(by=person, case=case, terms=Terms(Reach.DOMESTIC), consent=attested(Reach.DOMESTIC))
    terms = ("HP:0000411", "HP:0000519", "HP:0001305", "HP:0007033", "HP:0011344", "HP:0008050", "HP:0000319")
    for term in terms:
        page = shown(site, ours, language)
        ours = edited(clinician, ours, *TERMS, term)
    assert ours.public_id in page
    page = shown(site, ours, language)
    words = {"ja": "異なる記述での照会が続いています", "en": "Ask again from"}
    assert words[language] in page
    assert ours.public_id in page
    assert AuditEntry.objects.filter(action="case.told", outcome="refused").exists()


def test_a_case_shown_by_its_existence_alone_falls_silent_to_a_walk(clinician, ours, theirs):
    case, person = theirs
    set_terms(by=person, case=case, terms=Terms(Reach.DOMESTIC, Level.EXISTS), consent=attested(Reach.DOMESTIC))
    told = []
    for term in ("HP:0000411", "HP:0000519", "HP:0001305", "HP:0007033", "HP:0011344", "HP:0008050", "HP:0000319"):
        ours = edited(clinician, ours, *TERMS, term)
        Asked.objects.all().delete()  # however patiently
        told.append(len(shared.find_elsewhere(clinician, ours)))
    assert told == [1] * HEARD_A_DAY + [0]


def test_the_order_of_answers_says_no_more_than_they_do(clinician, ours, theirs, other_hospital):
    """Two cases shown by their existence alone stand in the order of their ids, whichever is more similar."""
    person = theirs[1]
    cases = [theirs[0], _enter(person, other_hospital, "THEIRS-2", (*TERMS, "HP:0000411"))]
    cases.append(_enter(person, other_hospital, "THEIRS-3", (*TERMS, "HP:0000411", "HP:0000519")))
    for case in cases:
        set_terms(by=person, case=case, terms=Terms(Reach.DOMESTIC, Level.EXISTS), consent=attested(Reach.DOMESTIC))
    found = [one.case.public_id for one in shared.find_elsewhere(clinician, ours)]
    assert found == sorted(case.public_id for case in cases)


@pytest.mark.parametrize("typed", ["THEIRS-1", "theirs-1", "THEIRS", "ours"])
def test_a_pseudonym_is_found_by_its_own_hospital_alone(site, client, ours, theirs, typed):
    case, person = theirs
    terms = Terms(Reach.DOMESTIC, Level.WHOLE, "open")
    set_terms(by=person, case=case, terms=terms, consent=attested(Reach.DOMESTIC))
    assert case.public_id in site.get(reverse("web:search"), {"q": case.public_id}).text
    found = site.get(reverse("web:search"), {"q": typed}).text
    assert case.public_id not in found
    assert (ours.public_id in found) == (typed == "ours")
    client.force_login(person)
    assert (case.public_id in client.get(reverse("web:search"), {"q": typed}).text) == (typed != "ours")


@pytest.mark.parametrize("version", [None, "4-older-release", "made by rules of long ago"])
def test_what_older_rules_let_search_for_is_found_by_its_own_hospital_alone(site, client, theirs, version):
    """From the first second after an upgrade on: the rows of before hold pseudonyms."""
    case, person = theirs
    set_terms(by=person, case=case, terms=Terms(Reach.DOMESTIC, Level.WHOLE, "open"), consent=attested(Reach.DOMESTIC))
    index("case", case.pk, ["SCN1A", "THEIRS-1", "Müller-Trio"], organisation=case.organisation, version=version)
    for typed in ("THEIRS-1", "THEIRS", "Müller-Trio", "SCN1A"):
        assert case.public_id not in site.get(reverse("web:search"), {"q": typed}).text
    assert case.public_id in site.get(reverse("web:search"), {"q": case.public_id}).text
    client.force_login(person)
    for typed in ("THEIRS-1", "SCN1A"):
        assert case.public_id in client.get(reverse("web:search"), {"q": typed}).text


def test_after_another_release_alone_others_find_it_as_before(site, clinician, theirs):
    case, person = theirs
    set_terms(by=person, case=case, terms=Terms(Reach.DOMESTIC, Level.WHOLE, "open"), consent=attested(Reach.DOMESTIC))
    older = f"{rows.search_rules()}of-another-release"
    index("case", case.pk, ["SCN1A"], organisation=case.organisation, version=older)
    assert case.public_id in site.get(reverse("web:search"), {"q": "SCN1A"}).text
    assert rows.waiting_to_be_read() == 1
    rows.reindex_outdated()
    assert case.public_id in site.get(reverse("web:search"), {"q": "SCN1A"}).text
    assert case.public_id not in site.get(reverse("web:search"), {"q": "THEIRS-1"}).text


def test_making_everything_anew_at_once_hides_only_what_older_rules_made(theirs, ours, monkeypatch):
    index("case", ours.pk, ["SCN1A"], organisation=ours.organisation, version="4-older")
    seen = []

    def told(_done):
        seen.append(dict(SearchEntry.objects.values_list("object_id", "version")))

    monkeypatch.setattr(rows, "AT_ONCE", 1)
    rows.reindex_outdated(everything=True, told=told)
    first = seen[0]
    assert {first[str(theirs[0].pk)], first[str(ours.pk)]} & {None, rows.search_rules()}
    assert set(seen[-1].values()) == {rows.search_version()}


@pytest.mark.parametrize(
    ("language", "care", "finding", "whole"),
    [
        ("en", "For the care of this patient: The whole record", "For finding similar cases.", "The whole record"),
        ("ja", "この患者の診療のために：", "類似症例の検索のための範囲です。", "記録の全体"),
    ],
)
def test_hub_that_takes_part_in_the_care_is_not_listed_as_a_mere_finder_of_similar_cases(
    site, clinician, ours, hub, language, care, finding, whole
):
    """Its row in the table of who finds the case says that it sees it for the patient's care as well, and how much."""
    set_terms(by=clinician, case=ours, terms=Terms(Reach.NETWORK), consent=attested(Reach.DOMESTIC))
    here = reverse("cases:sharing", args=[ours.public_id])

    def row():
        page = site.get(here, headers={"accept-language": language}).text
        table = page.partition('aria-labelledby="who-head"')[2].partition("</section>")[0]
        assert finding in table
        return next(part for part in table.split("<tr>") if f"<span>{hub.label(language)}</span>" in part)

    assert care not in row()
    family = consultations.enter_consultation(by=clinician, organisation=ours.organisation, local_id="F-1")
    family = consultations.lead_to_case(by=clinician, consultation=family, case=ours)
    referrals.refer(by=clinician, consultation=family, hub=hub, note="please take on")
    assert care in row()
    assert whole in row()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_nobody_is_promised_the_contact_of_a_registrant(site, ours, language):
    page = site.get(reverse("cases:sharing", args=[ours.public_id]), headers={"accept-language": language}).text
    said = {
        "en": "That a similar record exists; its registrant is not named",
        "ja": "類似の記録があること（登録者の名前・連絡先は含まない）",
    }[language]
    assert said in page
    assert {"en": "as contact", "ja": "登録者の連絡先"}[language] not in page


@pytest.mark.parametrize(
    ("language", "count", "cut", "none"),
    [
        ("en", "Institutions 1 to 50 of 71", "Institutions 51 to 71 of 71", "No institution of this node is called"),
        ("ja", "71機関のうち1–50番目", "71機関のうち51–71番目", "という機関はこのノードにありません"),
    ],
)
def test_who_finds_a_case_is_told_whole_and_own_network_first(site, clinician, hospital, language, count, cut, none):
    """The institutions of the network stand first however their codes sort, and what is on another page is said."""
    Organisation.objects.bulk_create(Organisation(code=f"A{one:03}", name=f"遠い病院{one}") for one in range(68))
    network = Network.objects.create(code="irud", name="IRUD")
    for one in (
        hospital,
        *(Organisation.objects.create(code=f"ZZ{number}", name=f"近い{number}") for number in (1, 2)),
    ):
        join_network(by=None, network=network, organisation=one)
    case = _enter(clinician, hospital, "OURS-1")
    set_terms(by=clinician, case=case, terms=Terms(Reach.NETWORK), consent=attested(Reach.DOMESTIC))

    def table(**asked):
        page = site.get(reverse("cases:sharing", args=[case.public_id]), asked, headers={"accept-language": language})
        text = page.text.partition('aria-labelledby="who-head"')[2].partition("</section>")[0]
        return text, re.findall(r'data-label="[^"]+"><span>([^<]+)</span></th>', text)

    text, names = table()
    assert names[:4] == [hospital.label(language), "近い1", "近い2", "遠い病院0"]
    assert len(names) == 51  # and any foreign node
    assert count in text
    assert "page=2" in text
    text, names = table(page=2)
    assert len(names) == 22
    assert cut in text
    assert table(institution="近い2")[1][:-1] == ["近い2"]
    assert table(institution="zz1")[1][:-1] == ["近い1"]
    assert none in table(institution="nowhere")[0]
