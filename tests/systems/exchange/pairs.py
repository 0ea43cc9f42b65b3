"""A pair of like cases of two institutions, matched in both directions, and who could be about them."""

from itertools import product

import pytest

from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.exchange import matching
from kakehashi.systems.exchange.conversations import actions
from kakehashi.systems.exchange.conversations.queries import side_of
from kakehashi.systems.exchange.models import Match


@pytest.fixture
def pair(make_case, far_case):
    """The two matches of one pair: (ours, theirs)."""
    ours, theirs = make_case(), far_case()
    matching.match_cases([ours.pk])
    return Match.objects.get(case=ours), Match.objects.get(case=theirs)


@pytest.fixture
def begun(pair, clinician):
    """The pair after our first message: (our side, their side)."""
    actions.write_to_match(by=clinician, match=pair[0], text="We see the same.")
    return side_of(pair[0]), side_of(pair[1])


def everybody(side, other):
    """(role, place, person) for every role at either side's institution, and someone who belongs nowhere."""
    places = {"ours": side.organisation, "theirs": other.organisation}
    for role, place in product(Role, places):
        person = Person.objects.create_user(f"{role}-{place}@example.org")
        Membership.objects.create(person=person, organisation=places[place], role=role)
        yield role, place, person
    yield "", "none", Person.objects.create_user("stranger@example.org")
