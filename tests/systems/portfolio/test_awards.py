"""Awards: registered once, with every fault named."""

from datetime import date

import pytest
from django.utils.translation import override

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Invalid, NotFound
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.systems.portfolio.actions import register_award
from kakehashi.systems.portfolio.public import award_numbered, awards_of

pytestmark = pytest.mark.django_db


def test_an_award_is_registered_and_found_by_its_number():
    holder = Organisation.objects.create(code="univ", name="大学")
    fields = {"organisation": holder, "begins": date(2026, 4, 1), "ends": date(2029, 3, 31)}
    award = register_award(by=None, number="JP26ek0109000", title="希少疾患", title_en="Rare diseases", **fields)
    with override("en"):
        assert award_numbered("JP26ek0109000").title == "Rare diseases"
    assert [one.id for one in awards_of(holder.pk)] == [award.pk]
    assert AuditEntry.objects.filter(action="award.register").exists()
    with pytest.raises(Invalid) as caught:
        register_award(by=None, number="JP26ek0109000", title="", **fields)
    assert set(caught.value.problems) == {"number", "title"}
    with pytest.raises(Invalid) as caught:
        register_award(by=None, number="X", title="", **(fields | {"ends": date(2020, 1, 1)}))
    assert set(caught.value.problems) == {"title", "ends"}
    with pytest.raises(NotFound):
        award_numbered("JP00")
