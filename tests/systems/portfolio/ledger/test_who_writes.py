"""The ledger is written by the agency's accountants and the node's operator, by nobody else."""

import pytest

from kakehashi.kernel.errors import NotAllowed
from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.ledger.posting import correct, post_many
from kakehashi.systems.portfolio.models import Entry
from tests.systems.portfolio.agency import make_agency
from tests.systems.portfolio.test_pages import someone


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.HOSPITAL])
def test_only_accountants_of_the_agency_write(role, kind):
    agency, person = make_agency(), someone(role, kind)
    written = post_many(agency.paid(10), by=None)
    if (role, kind) == (Role.ACCOUNTANT, Kind.AGENCY):
        post_many(agency.paid(5), by=person)
        correct(written[-1], by=person, memo="paid twice")
        return
    for write in (lambda: post_many(agency.paid(5), by=person), lambda: correct(written[-1], by=person, memo="no")):
        with pytest.raises(NotAllowed):
            write()
    assert Entry.objects.count() == len(written)
