"""What is said of an institution's access reads true of anybody: a page speaks of others, a refusal of oneself."""

import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import translation

from kakehashi.kernel.sharing.actions import Terms
from kakehashi.kernel.sharing.explanation import standing, standings_for_care
from kakehashi.kernel.sharing.states import Level, Purpose, Reach
from kakehashi.kernel.sharing.subjects import institution_subject
from kakehashi.kernel.sharing.table import TABLE
from kakehashi.systems.cases.course import referrals
from kakehashi.systems.cases.course.referrals import refer_case
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


@pytest.mark.parametrize(("language", "text"), [("ja", "3歳6か月"), ("en", "3 y 6 m")])
def test_age_is_written_as_its_language_does(language, text):
    with translation.override(language):
        assert age_text("P3Y6M") == text
