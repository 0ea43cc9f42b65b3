"""What is said of an institution's access reads true of anybody: a page speaks of others, a refusal of oneself."""

import re

import pytest
from django.utils import translation

from kakehashi.kernel.sharing.explanation import standing, standings_for_care
from kakehashi.kernel.sharing.states import Level, Purpose
from kakehashi.kernel.sharing.subjects import institution_subject
from kakehashi.kernel.sharing.table import TABLE
from kakehashi.systems.cases.course.referrals import refer_case
from kakehashi.systems.cases.pages.moments import age_text


@pytest.mark.parametrize("language", ["en", "ja"])
def test_reasons_of_sharing_address_nobody(language):
    with translation.override(language):
        conditions = [one for path in TABLE for needed in path.needs.values() for one in needed]
        texts = {str(path.because) for path in TABLE} | {str(one.otherwise) for one in conditions}
    assert not [text for text in texts if re.search(r"\byou(rs?)?\b|あなた|貴院|貴機関", text, re.IGNORECASE)]


@pytest.mark.django_db
def test_reasons_of_a_referred_case_do_not_contradict_each_other(case, clinician, other_hospital, monkeypatch):
    from kakehashi.systems.cases.course import referrals

    monkeypatch.setattr(referrals, "hubs_for", lambda organisation_id: [other_hospital])
    refer_case(by=clinician, case=case, hub=other_hospital, note="please")
    with translation.override("en"):
        (caring,) = standings_for_care(case)
        asked = institution_subject(other_hospital)
        beside = standing(asked, "hub", case, Purpose.MATCHING)
        assert caring.level == Level.WHOLE
        assert "No access beyond the patient's care has been granted." in [str(one.text) for one in beside.why_not_more]


@pytest.mark.parametrize(("language", "text"), [("ja", "3歳6か月"), ("en", "3 y 6 m")])
def test_age_is_written_as_its_language_does(language, text):
    with translation.override(language):
        assert age_text("P3Y6M") == text
