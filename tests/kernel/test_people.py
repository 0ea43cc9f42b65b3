"""Memberships hold from day to day; a request acts for one organisation."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from kakehashi.kernel.errors import Invalid, NotAllowed
from kakehashi.kernel.organisations.actions import register_organisation
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.acting import act_for, acting_organisation
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.queries import memberships_today, organisation_ids_of, people_of, read_once, roles_of


def test_membership_holds_from_its_first_to_its_last_day(hospital, make_person):
    person = make_person(hospital, "clinician")
    today = timezone.localdate()
    Membership.objects.update(since=today, until=today)
    assert roles_of(person, hospital) == {"clinician"}
    Membership.objects.update(since=today - timedelta(2), until=today - timedelta(1))
    assert roles_of(person, hospital) == frozenset()
    Membership.objects.update(since=today + timedelta(1), until=None)
    assert organisation_ids_of(person) == frozenset()


def test_who_may_not_log_in_has_no_role(hospital, make_person):
    person = make_person(hospital, "clinician", is_active=False)
    assert roles_of(person) == frozenset()


def test_a_page_reads_memberships_once_and_the_next_one_those_of_its_time(client, hospital, make_person):
    person = make_person(hospital, "administrator")
    client.force_login(person)
    for status, role in ((200, "administrator"), (403, "clinician")):
        Membership.objects.filter(person=person).update(role=role)
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/organisation/people/").status_code == status
        assert sum('FROM "people_membership"' in one["sql"] and "person_id" in one["sql"] for one in asked) <= 2


def test_memberships_are_read_once_for_each_person_and_token(
    hospital, other_hospital, make_person, django_assert_num_queries
):
    person, other = make_person(hospital, "clinician"), make_person(other_hospital, "auditor")
    Membership.objects.create(person=person, organisation=other_hospital, role="clinician")
    by_token = Person.objects.get(pk=person.pk)
    by_token.token_organisation_id = other_hospital.pk
    with read_once():
        for statements in (1, 0):
            with django_assert_num_queries(statements * 3):
                assert organisation_ids_of(person) == {hospital.pk, other_hospital.pk}
                assert organisation_ids_of(by_token) == {other_hospital.pk}
                assert roles_of(other) == {"auditor"}
        Membership.objects.all().delete()
        assert memberships_today(person)
    assert not memberships_today(person)


def test_a_role_is_open_once(hospital, make_person):
    person = make_person(hospital, "clinician")
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(person=person, organisation=hospital, role="clinician")


def test_people_of_an_organisation_come_once(hospital, make_person):
    person = make_person(hospital, "clinician", "data_manager")
    assert list(people_of(hospital)) == [person]


def request_of(rf, person):
    request = rf.get("/")
    request.user, request.session = person, {}
    return request


def test_request_acts_for_the_chosen_organisation(rf, hospital, other_hospital, make_person):
    person = make_person(hospital, "clinician")
    Membership.objects.create(person=person, organisation=other_hospital, role="clinician")
    request = request_of(rf, person)
    assert acting_organisation(request) == hospital
    act_for(request, "MINAMI")
    assert acting_organisation(request) == other_hospital
    assert person.acting_organisation_id == other_hospital.pk
    later = request_of(rf, person)
    later.session = request.session
    Membership.objects.filter(organisation=other_hospital).update(
        until=timezone.localdate() - timedelta(1), since="2020-01-01"
    )
    assert acting_organisation(later) == hospital


def test_nobody_acts_for_a_stranger(rf, hospital, other_hospital, make_person):
    request = request_of(rf, make_person(hospital, "clinician"))
    with pytest.raises(NotAllowed):
        act_for(request, "MINAMI")
    assert acting_organisation(request_of(rf, AnonymousUser())) is None


def test_organisation_is_named_in_the_language_in_force(hospital):
    with translation.override("ja"):
        assert str(hospital) == "北病院"
    with translation.override("en"):
        assert str(hospital) == "North Hospital"


def test_register_organisation_says_which_field_is_wrong(db):
    register_organisation(by=None, code="A", name="甲病院", ror="https://ror.org/057zh3y96")
    assert Organisation.objects.get().ror == "057zh3y96"
    with pytest.raises(Invalid) as caught:
        register_organisation(by=None, code="A", name="乙病院", country="jpn", erad_code="12")
    assert set(caught.value.problems) == {"code", "country", "erad_code"}
