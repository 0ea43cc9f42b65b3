"""Offices: appointing and ending, terms, who may, gaps between holders, and whose gates a scope makes theirs."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.actions import add_person
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.workflow import advance
from kakehashi.systems.portfolio.adjustment.actions import open_round
from kakehashi.systems.portfolio.adjustment.rules import may_decide as decides_on_funds
from kakehashi.systems.portfolio.desks.rules import is_president
from kakehashi.systems.portfolio.milestones.actions import waiting_for
from kakehashi.systems.portfolio.milestones.rules import DECIDES, decided_by, may_decide
from kakehashi.systems.portfolio.models import (
    Appointment,
    Award,
    Axis,
    DiseaseArea,
    IntegratedProject,
    Milestone,
    Placement,
    PlanTerm,
)
from kakehashi.systems.portfolio.offices.actions import appoint, end_appointment
from kakehashi.systems.portfolio.offices.kinds import HELD_BY_ONE, OFFICES, Scope
from kakehashi.systems.portfolio.offices.queries import (
    awards_under,
    gaps_between,
    held_by,
    holders_of,
    offices_held,
    offices_over,
)
from tests.systems.portfolio.adjustment.funds import make_awards, someone

pytestmark = pytest.mark.django_db
SINCE, UNTIL = date(2025, 4, 1), date(2030, 3, 31)


@pytest.fixture
def awards():
    made = make_awards(3)
    term = PlanTerm.objects.create(number=3, name="第3期", begins=SINCE, ends=UNTIL)
    drugs, devices = (
        IntegratedProject.objects.create(term=term, code=code, name=code, axis=Axis.MODALITY, order=order)
        for order, code in enumerate(("t3-drugs", "t3-devices"))
    )
    Placement.objects.create(project=drugs, programme=made[0].programme)
    Placement.objects.create(project=devices, programme=made[1].programme)
    Placement.objects.create(project=devices, award=made[2])
    area = DiseaseArea.objects.create(code="rare", name="難病", name_en="Rare diseases")
    made[0].area = area
    made[0].save()
    return made


@pytest.fixture
def administrator():
    return someone(Role.ADMINISTRATOR)


def subjects():
    return {
        Scope.AGENCY: None,
        Scope.PROJECT: IntegratedProject.objects.get(code="t3-drugs"),
        Scope.PROGRAMME: Award.objects.get(number="19am0101000").programme,
        Scope.AREA: DiseaseArea.objects.get(code="rare"),
    }


def agency():
    return Organisation.objects.get(code="agency")


def given_office(person, office, subject=None, *, by=None, since=SINCE, until=UNTIL):
    return appoint(
        by=by, person=person, organisation=agency(), office=office, subject=subject, since=since, until=until
    )


@pytest.mark.parametrize("office", list(OFFICES))
@pytest.mark.parametrize("scope", list(Scope))
def test_an_office_is_held_for_what_it_is_for(awards, administrator, office, scope):
    person, subject = someone(office), subjects()[scope]
    if OFFICES[office] == scope:
        made = given_office(person, office, subject, by=administrator)
        assert list(held_by(person, office)) == [made]
        assert made.subject == subject
        assert AuditEntry.objects.filter(action="office.appoint").count() == 1
    else:
        with pytest.raises(Invalid) as refused:
            given_office(person, office, subject, by=administrator)
        assert set(refused.value.problems) == {"subject"}


def test_the_database_itself_refuses_what_does_not_fit(awards, administrator):
    person, subject = someone(Role.PRESIDENT), subjects()[Scope.PROJECT]
    rows = {"person": person, "organisation": agency(), "since": SINCE}
    for wrong in (
        {"office": Role.PRESIDENT, "project": subject},
        {"office": Role.PROGRAMME_DIRECTOR},
        {"office": Role.PRESIDENT, "until": SINCE - timedelta(days=1)},
        {"office": Role.PRESIDENT, "until": UNTIL, "ended_on": UNTIL + timedelta(days=1)},
        {"office": Role.CLINICIAN},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Appointment.objects.create(**rows, **wrong)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("kind", "code"), [(Kind.AGENCY, "agency"), (Kind.AGENCY, "agency2"), (Kind.HOSPITAL, "h")])
def test_the_agencys_own_administrators_appoint_and_end(awards, administrator, role, kind, code):
    by, holder = someone(role, kind, code), someone(Role.AUDITOR)
    allowed = role == Role.ADMINISTRATOR and code == "agency"
    if allowed:
        made = given_office(holder, Role.AUDITOR, by=by)
        end_appointment(made, by=by, on=SINCE, reason="moved")
        return
    with pytest.raises(NotAllowed):
        given_office(holder, Role.AUDITOR, by=by)
    made = given_office(holder, Role.AUDITOR)
    with pytest.raises(NotAllowed):
        end_appointment(made, by=by, on=SINCE, reason="moved")


def test_an_office_needs_the_role_at_the_agency(awards, administrator):
    stranger = someone(Role.PRESIDENT, Kind.AGENCY, "elsewhere")
    with pytest.raises(Invalid) as refused:
        given_office(stranger, Role.PRESIDENT)
    assert set(refused.value.problems) == {"person"}
    given_office(stranger, Role.PRESIDENT, since=date(2010, 4, 1), until=date(2015, 3, 31))  # long ago: history


@pytest.mark.parametrize("office", list(OFFICES))
def test_some_offices_are_held_by_one_person_at_a_time(awards, administrator, office):
    subject = subjects()[OFFICES[office]]
    first = someone(office)
    second = add_person(by=None, email="second@agency.example", organisation=agency(), role=office)
    made = given_office(first, office, subject)
    with pytest.raises(Conflict):
        given_office(first, office, subject, since=UNTIL, until=None)
    if office in HELD_BY_ONE:
        with pytest.raises(Conflict):
            given_office(second, office, subject, since=date(2024, 1, 1), until=SINCE)
        end_appointment(made, by=administrator, on=date(2026, 3, 31), reason="retired")
        with pytest.raises(Conflict):
            given_office(second, office, subject, since=date(2026, 3, 31))
        given_office(second, office, subject, since=date(2026, 4, 1))
    else:
        given_office(second, office, subject)


def test_ending_overwrites_nothing(awards, administrator):
    made = given_office(someone(Role.AUDITOR), Role.AUDITOR)
    for on, reason in ((SINCE - timedelta(days=1), "x"), (UNTIL + timedelta(days=1), "x"), (UNTIL, " ")):
        with pytest.raises(Invalid):
            end_appointment(made, by=administrator, on=on, reason=reason)
    ended = end_appointment(made, by=administrator, on=date(2026, 3, 31), reason="moved")
    assert (ended.until, ended.ended_on, ended.last_day) == (UNTIL, date(2026, 3, 31), date(2026, 3, 31))
    with pytest.raises(Conflict):
        end_appointment(made, by=administrator, on=date(2026, 3, 31), reason="again")
    assert held_by(ended.person, Role.AUDITOR, on=date(2026, 3, 31)).exists()
    assert not held_by(ended.person, Role.AUDITOR, on=date(2026, 4, 1)).exists()


def test_a_scope_covers_the_awards_placed_in_it(awards, administrator):
    told = subjects()

    def covered(office):
        made = given_office(someone(office), office, told[OFFICES[office]])
        found = set(Award.objects.filter(awards_under([made])))
        for award in awards:
            over = offices_over(award, office, on=timezone.localdate())
            assert (made in over) == (award in found and made.scope != Scope.AGENCY)
        return found

    assert covered(Role.PROGRAMME_DIRECTOR) == {awards[0]}  # awards[2] of the same programme is placed elsewhere
    assert covered(Role.PROGRAMME_OFFICER) == {awards[0], awards[2]}
    assert covered(Role.DISEASE_COORDINATOR) == {awards[0]}
    assert covered(Role.PRESIDENT) == set(awards)
    assert Award.objects.filter(awards_under([])).count() == 0
    assert [one.office for one in holders_of(told[Scope.PROGRAMME])] == [Role.PROGRAMME_OFFICER]


def test_who_is_appointed_decides_at_the_gates_of_their_scope_alone(awards, administrator):
    director, supervisor = someone(Role.PROGRAMME_DIRECTOR), someone(Role.PROGRAMME_SUPERVISOR)
    due = timezone.localdate() - timedelta(days=1)
    gates = [Milestone.objects.create(award=one, name="m", criteria="c", due=due, evidence="e") for one in awards]

    def deciding(person):
        mine = [bool(may_decide(person, gate)) for gate in gates]
        found = set(Award.objects.filter(decided_by(person)))
        assert mine == [award in found for award in awards]
        assert len(list(waiting_for(person))) == sum(mine)
        return mine

    assert deciding(director) == deciding(supervisor) == [True, True, True]
    given_office(director, Role.PROGRAMME_DIRECTOR, subjects()[Scope.PROJECT])
    assert deciding(director) == [True, False, False]
    assert deciding(supervisor) == [False, True, True]
    given_office(supervisor, Role.PROGRAMME_SUPERVISOR, awards[0].programme)
    assert deciding(director) == [True, False, False]
    assert deciding(supervisor) == [True, False, True]
    with pytest.raises(NotAllowed):
        advance(gates[1], "go", by=director, note="met")
    advance(gates[0], "go", by=director, note="met")
    officer = someone(Role.PROGRAMME_OFFICER)
    given_office(officer, Role.PROGRAMME_OFFICER, awards[0].programme)
    assert deciding(officer) == [False, False, False]
    assert set(DECIDES) == {Role.PROGRAMME_SUPERVISOR, Role.PROGRAMME_DIRECTOR}


def test_who_was_in_office_decides_no_more_and_nobody_else_does_until_somebody_follows(awards, administrator):
    """The end of a term of office gives nobody a power: neither over the own awards nor over others."""
    director, supervisor = someone(Role.PROGRAMME_DIRECTOR), someone(Role.PROGRAMME_SUPERVISOR)
    due = timezone.localdate() - timedelta(days=1)
    gates = [Milestone.objects.create(award=one, name="m", criteria="c", due=due, evidence="e") for one in awards]

    def deciding(person):
        mine = [bool(may_decide(person, gate)) for gate in gates]
        assert mine == [award in set(Award.objects.filter(decided_by(person))) for award in awards]
        return mine

    project = subjects()[Scope.PROJECT]
    held = given_office(director, Role.PROGRAMME_DIRECTOR, project)
    end_appointment(held, by=None, on=due, reason="moved")
    assert deciding(director) == [False, False, False]
    assert deciding(supervisor) == [False, True, True]
    with pytest.raises(NotAllowed) as refused:
        advance(gates[0], "go", by=director, note="met")
    assert "not_appointed_for_it" in refused.value.verdict.codes
    again = given_office(director, Role.PROGRAMME_DIRECTOR, project, since=timezone.localdate())
    assert deciding(director) == [True, False, False]
    again.delete()
    project.term.ends = due  # the project itself has ended with its plan term: nobody can follow
    project.term.save()
    assert deciding(director) == [False, False, False]
    assert deciding(supervisor) == [True, True, True]


def test_a_president_out_of_office_decides_nothing():
    first = someone(Role.PRESIDENT)
    second = add_person(by=None, email="next@x.example", name="次", organisation=agency(), role=Role.PRESIDENT)
    assert decides_on_funds(first)
    assert is_president(first)
    elsewhere = someone(Role.PRESIDENT, code="another")
    assert decides_on_funds(elsewhere)
    held = given_office(first, Role.PRESIDENT, None)
    assert not decides_on_funds(elsewhere)  # agencies of one node keep one portfolio
    assert [bool(decides_on_funds(one)) for one in (first, second)] == [True, False]
    end_appointment(held, by=None, on=timezone.localdate() - timedelta(days=1), reason="term")
    assert [bool(decides_on_funds(one)) for one in (first, second)] == [False, False]
    assert not is_president(first)
    with pytest.raises(NotAllowed):
        open_round(by=first, fiscal_year=2026, budget_yen=1)
    given_office(second, Role.PRESIDENT, None, since=timezone.localdate())
    assert [bool(decides_on_funds(one)) for one in (first, second)] == [False, True]


spells = st.lists(
    st.tuples(st.integers(0, 60), st.one_of(st.none(), st.integers(0, 20))).map(
        lambda one: (SINCE + timedelta(days=one[0]), one[1] if one[1] is None else SINCE + timedelta(sum(one)))
    ),
    max_size=6,
)


@given(spells)
def test_gaps_are_the_days_after_the_first_that_no_spell_covers(told):
    def covered(day):
        return any(first <= day and (last is None or day <= last) for first, last in told)

    gaps = gaps_between(told)
    began = min((first for first, _last in told), default=None)
    for number in range(100):
        day = SINCE + timedelta(days=number)
        inside = any(first <= day and (last is None or day <= last) for first, last in gaps)
        assert inside == (began is not None and day > began and not covered(day))


def test_the_page_shows_who_holds_what_and_where_nobody_does(awards, administrator):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(administrator)
    director = someone(Role.PROGRAMME_DIRECTOR)
    page = "/portfolio/offices/programme_director/"
    assert "2 are held by nobody today" in browser.get(page).content.decode()
    assert browser.post(page, {"subject": "", "person": "", "since": ""}).status_code == 422
    said = {"subject": subjects()[Scope.PROJECT].pk, "person": director.pk, "since": "2025-04-01"}
    assert browser.post(page, said).status_code == 302
    assert browser.post(page, said).status_code == 409
    made = Appointment.objects.get()
    assert browser.post(page, {"end": made.pk, "on": "2026-03-31", "reason": ""}).status_code == 422
    assert browser.post(page, {"end": made.pk, "on": "2020-03-31", "reason": "x"}).status_code == 422
    assert browser.post(page, {"end": 0, "on": "2026-03-31", "reason": "x"}).status_code == 404
    assert browser.post(page, {"end": made.pk, "on": "2026-03-31", "reason": "moved"}).status_code == 302
    text = browser.get(page).content.decode()
    assert "moved" in text
    assert "2026-04-01 – " in text
    held = offices_held(Role.PROGRAMME_DIRECTOR, agency().pk, date(2026, 5, 1))
    assert [(one.vacant, len(one.before), one.gaps) for one in held] == [
        (True, 1, [(date(2026, 4, 1), None)]),
        (True, 0, []),
    ]
    for office in OFFICES:
        assert browser.get(f"/portfolio/offices/{office}/").status_code == 200, office
    assert browser.get("/portfolio/offices/none/").status_code == 404


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.GOVERNMENT, Kind.HOSPITAL])
def test_the_page_is_for_administrators_of_an_agency(role, kind):
    browser = Client()
    browser.force_login(someone(role, kind, "here"))
    allowed = role == Role.ADMINISTRATOR and kind == Kind.AGENCY
    assert browser.get("/portfolio/offices/").status_code == (200 if allowed else 403)
