"""What siblings see of cases is what the person may see."""

import pytest

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import NotFound
from kakehashi.systems.cases import public
from kakehashi.systems.cases.matching import similar

pytestmark = pytest.mark.django_db


def test_siblings_see_through_the_same_rules(case, clinician, other_hospital, make_person, worked_example):
    summary = public.case_summary(clinician, case.public_id)
    assert (summary.id, summary.state, summary.description) == (case.pk, "registered", worked_example)
    stranger = make_person(other_hospital, "clinician")
    with pytest.raises(NotFound):
        public.case_summary(stranger, case.public_id)
    assert [one.case.id for one in public.similar_to(clinician, worked_example)] == [case.pk]
    assert public.similar_to(stranger, worked_example) == ()
    assert public.registered_count(case.organisation_id) == public.registered_count() == 1
    assert list(AuditEntry.objects.order_by("-sequence").values_list("action", flat=True)[:2]) == [
        "case.match",
        "case.read",
    ]


def test_warm_opens_what_the_first_page_needs(case):
    public.warm()
    assert case.public_id in similar.case_index()
