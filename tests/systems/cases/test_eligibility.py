"""The criteria of the Exchange: undiagnosed for over six months; several findings, or a family history."""

from datetime import date

import pytest
from django.utils import translation

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Invalid
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.course.eligibility import judge, standing_of
from kakehashi.systems.cases.description import Description, Finding

DAY = date(2026, 11, 21)
ONE = (Finding(term="HP:0001250"),)
TWO = (*ONE, Finding(term="HP:0001263"))


@pytest.mark.parametrize(
    ("said", "standing", "codes"),
    [
        ({"findings": TWO, "undiagnosed_since": "2026-05"}, "met", {"undiagnosed_long", "several_findings"}),
        ({"findings": TWO, "undiagnosed_since": "2025"}, "met", {"undiagnosed_long", "several_findings"}),
        ({"findings": TWO, "undiagnosed_since": "2026-06"}, "not_met", {"undiagnosed_too_short"}),
        ({"findings": TWO}, "not_all_said", {"since_not_said", "several_findings"}),
        ({"findings": ONE, "undiagnosed_since": "2026-01"}, "not_all_said", {"undiagnosed_long", "family_not_said"}),
        (
            {"findings": ONE, "undiagnosed_since": "2026-01", "affected_relatives": "yes"},
            "met",
            {"undiagnosed_long", "family_history"},
        ),
        (
            {"findings": ONE, "undiagnosed_since": "2026-06", "affected_relatives": "no"},
            "not_met",
            {"undiagnosed_too_short", "too_few_findings"},
        ),
    ],
)
def test_criteria(said, standing, codes):
    verdict = judge(Description(**said), DAY)
    assert (standing_of(verdict), set(verdict.codes)) == (standing, codes)
    texts = set()
    for language in ("ja", "en"):
        with translation.override(language):
            texts.add(verdict.text)
    assert len(texts) == 2


@pytest.mark.django_db
def test_what_speaks_against_is_overridden_with_a_reason_that_is_kept(hospital, clinician):
    unfit = Description(findings=ONE, affected_relatives="no")
    with pytest.raises(Invalid) as refused:
        enter_case(by=clinician, organisation=hospital, local_id="N-1", description=unfit, register=True)
    assert "criteria" in refused.value.problems
    case = enter_case(
        by=clinician, organisation=hospital, local_id="N-1", description=unfit, register=True, note="asked by the hub"
    )
    assert case.eligibility == "overridden"
    assert case.revisions.first().note == "asked by the hub"
    assert AuditEntry.objects.filter(action="case.register_against_criteria").count() == 1


@pytest.mark.django_db
def test_registered_case_keeps_how_it_was_judged(case):
    assert case.eligibility == "not_all_said"
    assert case.registered_on is not None
