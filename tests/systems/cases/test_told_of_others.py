"""What is said of an institution's access reads true of anybody: a page speaks of others, a refusal of oneself."""

import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import translation

from kakehashi.kernel.sharing.actions import Terms, end_grant, grant_access, opt_out
from kakehashi.kernel.sharing.explanation import standing, standings_for_care
from kakehashi.kernel.sharing.states import Level, Purpose, Reach
from kakehashi.kernel.sharing.subjects import institution_subject
from kakehashi.kernel.sharing.table import TABLE
from kakehashi.systems.cases.course import referrals
from kakehashi.systems.cases.course.referrals import refer_case
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.pages.moments import age_text
from kakehashi.systems.cases.terms import attested, reach_sentence, set_terms


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
        assert reach_sentence(case) == alone
        assert told(alone)
        referral = refer_case(by=clinician, case=case, hub=other_hospital, note="please")
        assert reach_sentence(case) == cared_for
        assert told(cared_for)
        for reach in (Reach.NETWORK, Reach.DOMESTIC, Reach.ABROAD):
            for shown in (Level.EXISTS, Level.MATCHING, Level.WHOLE):
                case = set_terms(by=clinician, case=case, terms=Terms(reach, shown), consent=attested(reach))
                assert reach_sentence(case).endswith(beside), (reach, shown)
        assert told(beside.strip())
        referrals.end_access(referral, by=clinician)
        assert "South" not in reach_sentence(case)
        assert "南病院" not in reach_sentence(case)


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
        assert "Ken" not in reach_sentence(case)
        common = {"by": clinician, "level": Level.WHOLE, "reason": "study"}
        grants = [
            grant_access(to=other_hospital, of=case, purpose=Purpose.RESEARCH, **common),
            grant_access(to=person, of=case.organisation, purpose=Purpose.RESEARCH, **common),
            grant_access(to="Node B", of=case, purpose=Purpose.MATCHING, **common),
        ]
        south, opening = other_hospital.label(), "（" if language == "ja" else " ("
        names = (f"{south}{opening}{research}", f"{person} ({south}){opening}{research}", f"Node B{opening}")
        said = reach_sentence(case)
        assert said.startswith(only)
        assert all(name in said for name in names), said
        assert granted in said
        assert said in page("cases:show")
        assert headed in page("cases:sharing")
        assert names[1].partition(opening)[0] in page("cases:sharing")
        case = set_terms(
            by=clinician, case=case, terms=Terms(Reach.DOMESTIC), consent=attested(Reach.DOMESTIC)
        )  # of the restricted class: within reach only, and not abroad
        said = reach_sentence(case)
        assert south in said
        assert granted in said
        for grant in grants:
            end_grant(by=clinician, grant=grant)
        assert south not in reach_sentence(case)
        assert headed not in page("cases:sharing")


@pytest.mark.django_db
def test_a_grant_that_leads_nowhere_is_not_named(case, clinician, other_hospital):
    common = {"by": clinician, "of": case, "level": Level.WHOLE, "reason": "study"}
    grant_access(to=other_hospital, purpose=Purpose.RESEARCH, **common)
    grant_access(to=case.organisation, purpose=Purpose.RESEARCH, **common)
    with translation.override("en"):
        assert reach_sentence(case) == "Only North Hospital sees this case.", "no consent is in force"
        terms = {"terms": Terms(Reach.INSTITUTION), "consent": attested(Reach.ABROAD)}
        case = set_terms(by=clinician, case=case, **terms)
        assert reach_sentence(case) == "Only North Hospital sees this case.", "restricted, and out of reach"
        case = set_terms(by=clinician, case=case, terms=Terms(sharing_class="controlled"), consent=terms["consent"])
        assert "South Hospital (Research)" in reach_sentence(case)
        opt_out(by=None, record=case)
        case.refresh_from_db()
        assert "South" not in reach_sentence(Case.objects.get(pk=case.pk))


@pytest.mark.parametrize(("language", "text"), [("ja", "3歳6か月"), ("en", "3 y 6 m")])
def test_age_is_written_as_its_language_does(language, text):
    with translation.override(language):
        assert age_text("P3Y6M") == text
