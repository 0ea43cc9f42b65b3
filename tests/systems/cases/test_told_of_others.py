"""What is said of an institution's access reads true of anybody: a page speaks of others, a refusal of oneself."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.punctuation import noted
from kakehashi.kernel.sharing.actions import Consent, Terms, end_grant, grant_access, opt_out
from kakehashi.kernel.sharing.explanation import standing, standings_for_care
from kakehashi.kernel.sharing.models import Grant
from kakehashi.kernel.sharing.states import Level, Purpose, Reach
from kakehashi.kernel.sharing.subjects import institution_subject
from kakehashi.kernel.sharing.table import TABLE
from kakehashi.systems.cases.awards import set_award
from kakehashi.systems.cases.course import referrals
from kakehashi.systems.cases.course.referrals import refer_case
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.pages.moments import age_text
from kakehashi.systems.cases.terms import access_to, attested, reach_sentence, set_terms
from kakehashi.systems.portfolio.actions import register_award
from tests.systems.cases.conftest import shared_whole


def told_to(person, case):
    """The sentence on who sees a case, as it is told to someone."""
    return reach_sentence(case, access_to(case, told=person))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_reasons_of_sharing_address_nobody(language):
    with translation.override(language):
        conditions = [one for path in TABLE for needed in path.needs.values() for one in needed]
        texts = {str(path.because) for path in TABLE} | {str(one.otherwise) for one in conditions}
    assert not [text for text in texts if re.search(r"\byou(rs?)?\b|あなた|貴院|貴機関", text, re.IGNORECASE)]


@pytest.mark.django_db
def test_reasons_of_a_referred_case_do_not_contradict_each_other(case, clinician, other_hospital, monkeypatch):
    monkeypatch.setattr(referrals, "hubs_for", lambda organisation_id: [other_hospital])
    refer_case(by=clinician, case=case, hub=other_hospital, note="please")
    with translation.override("en"):
        (caring,) = standings_for_care(case)
        asked = institution_subject(other_hospital)
        beside = standing(asked, "hub", case, Purpose.MATCHING)
        assert caring.level == Level.WHOLE
        assert "No access beyond the patient's care has been granted." in [str(one.text) for one in beside.why_not_more]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "alone", "cared_for", "beside"),
    [
        (
            "en",
            "Only North Hospital sees this case.",
            "Only North Hospital sees this case; and, for the patient's care, South Hospital.",
            " For the patient's care, South Hospital may see it.",
        ),
        (
            "ja",
            "この症例を見られるのは北病院だけです。",
            "この症例を見られるのは、北病院と、診療のため閲覧する南病院だけです。",
            " 診療のため、南病院も閲覧できます。",
        ),
    ],
)
def test_who_sees_a_case_for_care_is_named_whatever_its_reach(
    client, case, clinician, other_hospital, monkeypatch, language, alone, cared_for, beside
):
    monkeypatch.setattr(referrals, "hubs_for", lambda organisation_id: [other_hospital])
    client.force_login(clinician)
    pages = [reverse(name, args=[case.public_id]) for name in ("cases:show", "cases:sharing")]

    def told(text):
        return all(text in unescape(client.get(page, headers={"accept-language": language}).text) for page in pages)

    with translation.override(language):
        assert told_to(clinician, case) == alone
        assert told(alone)
        referral = refer_case(by=clinician, case=case, hub=other_hospital, note="please")
        assert told_to(clinician, case) == cared_for
        assert told(cared_for)
        for reach in (Reach.NETWORK, Reach.DOMESTIC, Reach.ABROAD):
            for shown in (Level.EXISTS, Level.MATCHING, Level.WHOLE):
                case = set_terms(by=clinician, case=case, terms=Terms(reach, shown), consent=attested(reach))
                assert told_to(clinician, case).endswith(beside), (reach, shown)
        assert told(beside.strip())
        referrals.end_access(referral, by=clinician)
        assert "South" not in told_to(clinician, case)
        assert "南病院" not in told_to(clinician, case)


GRANTED = {
    "en": (
        "Only North Hospital and those named here see this case.",
        "Access has been granted to ",
        "Research",
        "By a grant, beyond that",
    ),
    "ja": (
        "この症例を見られるのは、北病院と、次に挙げる機関・人だけです。",
        "に閲覧を許可しています。",
        "研究",
        "許可により、それ以上に",
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("language", GRANTED)
def test_whom_a_grant_lets_see_a_case_is_named_with_the_purpose(
    client, case, clinician, other_hospital, make_person, language
):
    """To an institution for the record, to a person for all of the hospital's, to a foreign node for finding cases."""
    person = make_person(other_hospital, "researcher", name="研 究", name_en="Ken Kyu")
    consented = {"terms": Terms(Reach.INSTITUTION, Level.MATCHING, "controlled"), "consent": attested(Reach.ABROAD)}
    case = set_terms(by=clinician, case=case, **consented)
    only, granted, research, headed = GRANTED[language]
    client.force_login(clinician)

    def page(name):
        return unescape(client.get(reverse(name, args=[case.public_id]), headers={"accept-language": language}).text)

    with translation.override(language):
        assert "Ken" not in told_to(clinician, case)
        common = {"by": clinician, "level": Level.WHOLE, "reason": "study"}
        grants = [
            grant_access(to=other_hospital, of=case, purpose=Purpose.RESEARCH, **common),
            grant_access(to=person, of=case.organisation, purpose=Purpose.RESEARCH, **common),
            grant_access(to="Node B", of=case, purpose=Purpose.MATCHING, **common),
        ]
        south, opening = other_hospital.label(), "（" if language == "ja" else " ("
        names = (f"{south}{opening}{research}", f"{noted(person, south)}{opening}{research}", f"Node B{opening}")
        said = told_to(clinician, case)
        assert said.startswith(only)
        assert all(name in said for name in names), said
        assert granted in said
        assert said in page("cases:show")
        assert headed in page("cases:sharing")
        assert noted(person, south) in page("cases:sharing")
        case = set_terms(
            by=clinician, case=case, terms=Terms(Reach.DOMESTIC), consent=attested(Reach.DOMESTIC)
        )  # of the restricted class: within reach only, and not abroad
        said = told_to(clinician, case)
        assert south in said
        assert granted in said
        for grant in grants:
            end_grant(by=clinician, grant=grant)
        assert south not in told_to(clinician, case)
        assert headed not in page("cases:sharing")


@pytest.mark.django_db
def test_a_grant_that_leads_nowhere_is_not_named(case, clinician, other_hospital):
    common = {"by": clinician, "of": case, "level": Level.WHOLE, "reason": "study"}
    grant_access(to=other_hospital, purpose=Purpose.RESEARCH, **common)
    grant_access(to=case.organisation, purpose=Purpose.RESEARCH, **common)
    with translation.override("en"):
        assert told_to(clinician, case) == "Only North Hospital sees this case.", "no consent is in force"
        terms = {"terms": Terms(Reach.INSTITUTION), "consent": attested(Reach.ABROAD)}
        case = set_terms(by=clinician, case=case, **terms)
        assert told_to(clinician, case) == "Only North Hospital sees this case.", "restricted, and out of reach"
        case = set_terms(by=clinician, case=case, terms=Terms(sharing_class="controlled"), consent=terms["consent"])
        assert "South Hospital (Research)" in told_to(clinician, case)
        opt_out(by=None, record=case)
        case.refresh_from_db()
        assert "South" not in told_to(clinician, Case.objects.get(pk=case.pk))


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "node"), [("en", "A foreign node"), ("ja", "外部ノード")])
def test_other_institutions_are_told_no_person_and_no_node_by_name(
    client, case, clinician, other_hospital, make_person, language, node
):
    """Who is told by the institution stands there once, however many of its people a grant was given to."""
    third = Organisation.objects.create(code="HIGASHI", name="東病院", name_en="East Hospital")
    people = [make_person(third, "researcher", name=name, name_en=name) for name in ("Ken Kyu", "Gaku Sha")]
    stranger = make_person(other_hospital, "clinician")
    case = shared_whole(case, clinician)
    case = set_terms(by=clinician, case=case, terms=Terms(Reach.DOMESTIC, Level.MATCHING), consent=Consent.of(case))
    common = {"by": clinician, "of": case, "level": Level.WHOLE, "purpose": Purpose.RESEARCH, "reason": "study"}
    for grantee in (*people, "Node B", "Node C"):
        grant_access(to=grantee, **common)
    grant_access(to=other_hospital, **common)
    named = ("Ken Kyu", "Gaku Sha", "Node B", "Node C")
    for reader, sees in ((clinician, True), (stranger, False)):
        client.force_login(reader)
        for name in ("cases:show", "cases:sharing"):
            address = reverse(name, args=[case.public_id])
            text = unescape(client.get(address, headers={"accept-language": language}).text)
            assert [one in text for one in named] == [sees] * 4, (reader, name)
            with translation.override(language):
                sentence = told_to(reader, case)
                assert sentence in text
                assert sentence.count(third.label()) == (2 if sees else 1), sentence
                assert (node in sentence) is not sees


@pytest.mark.django_db
def test_a_page_asks_the_same_however_many_hold_a_grant(client, case, clinician, make_person):
    """Institutions of several countries and networks, people, nodes: of the record, its award and its hospital."""
    case = set_terms(by=clinician, case=case, terms=Terms(Reach.ABROAD), consent=attested(Reach.ABROAD))
    days = {"begins": timezone.localdate().replace(month=1, day=1), "ends": timezone.localdate()}
    award = register_award(by=None, number="JP26A", title="A", organisation=case.organisation, **days)
    case = set_award(by=clinician, case=case, number=award.number)
    client.force_login(clinician)

    def cost(number):
        for at in range(len(Organisation.objects.filter(code__startswith="G")), number):
            place = Organisation.objects.create(code=f"G{at}", name=f"G{at}", country=("JP", "SE", "KR")[at % 3])
            for grantee in (place, make_person(place, "researcher"), f"Node {at}"):
                common = {"by": clinician, "to": grantee, "purpose": Purpose.RESEARCH, "reason": "study"}
                grant_access(of=case, level=Level.WHOLE, **common)
                grant_access(of=case.organisation, level=Level.WHOLE, **common)
                about = {"grantee": place} if grantee is place else {"node": f"Award {at}"}
                Grant.objects.create(award_id=award.pk, purpose=Purpose.MATCHING, **about)
        asked = {}
        for name in ("cases:show", "cases:sharing"):
            client.get(reverse(name, args=[case.public_id]))
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse(name, args=[case.public_id]))
            asked[name] = len(queries.captured_queries)
        with CaptureQueriesContext(connection) as queries:
            found = access_to(case, told=clinician)
        assert len(found.granted) >= 3 * number
        return asked, len(queries.captured_queries)

    assert cost(1) == cost(9)


@pytest.mark.parametrize(("language", "text"), [("ja", "3歳6か月"), ("en", "3 y 6 m")])
def test_age_is_written_as_its_language_does(language, text):
    with translation.override(language):
        assert age_text("P3Y6M") == text
