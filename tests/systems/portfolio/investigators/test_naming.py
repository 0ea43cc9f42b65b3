"""An award's investigators over time: one principal at a time, the institution follows, nothing is overwritten."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.finding import holding
from kakehashi.systems.portfolio.investigators.actions import end_participation, name_investigator
from kakehashi.systems.portfolio.investigators.queries import history_of, own_awards
from kakehashi.systems.portfolio.investigators.rules import NAMES, may_follow
from kakehashi.systems.portfolio.models import Award, Part, Participation
from tests.systems.portfolio.adjustment.funds import make_awards, someone

pytestmark = pytest.mark.django_db


@pytest.fixture
def award():
    return make_awards(1)[0]


@pytest.fixture
def elsewhere():
    return Organisation.objects.create(code="elsewhere", name="別の大学", name_en="Elsewhere", kind=Kind.UNIVERSITY)


def name(award, who, *, part=Part.PRINCIPAL, where=None, since=date(2018, 4, 1), **more):
    given = {"person": who} if not isinstance(who, str) else {"name": who}
    where = where or award.organisation
    return name_investigator(by=None, award=award, part=part, organisation=where, since=since, **given, **more)


def told(award):
    return [(one.label(), str(one.part), one.organisation.code, one.since, one.until) for one in history_of(award)]


def test_a_new_principal_investigator_replaces_the_one_before_and_the_institution_follows(award, elsewhere):
    name(award, "代表一郎")
    name(award, "分担二郎", part=Part.CO_INVESTIGATOR)
    name(award, "代表三郎", where=elsewhere, since=date(2019, 10, 1))
    assert told(award) == [
        ("代表一郎", "principal", "holder", date(2018, 4, 1), date(2019, 9, 30)),
        ("代表三郎", "principal", "elsewhere", date(2019, 10, 1), None),
        ("分担二郎", "co_investigator", "holder", date(2018, 4, 1), None),
    ]
    assert award.organisation == elsewhere
    award.refresh_from_db()
    assert award.organisation == elsewhere
    assert list(holding(Award.objects.all(), "別の大学")) == [award]
    with pytest.raises(Conflict):
        name(award, "代表四郎", since=date(2019, 9, 1))
    with pytest.raises(Conflict):
        name(award, "代表四郎", since=date(2018, 5, 1), until=date(2018, 6, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Participation.objects.create(
            award=award, name="x", part=Part.PRINCIPAL, organisation=elsewhere, since=date(2020, 1, 1)
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Participation.objects.create(
            award=award, part=Part.CO_INVESTIGATOR, organisation=elsewhere, since=date(2020, 1, 1)
        )


def test_a_co_investigator_becomes_the_principal_one_and_the_reverse(award, elsewhere):
    one, other = someone(Role.RESEARCHER, Kind.UNIVERSITY, "u1"), someone(Role.RESEARCHER, Kind.UNIVERSITY, "u2")
    name(award, one)
    name(award, other, part=Part.CO_INVESTIGATOR)
    with pytest.raises(Conflict):
        name(award, other, part=Part.CO_INVESTIGATOR, since=date(2019, 1, 1))
    name(award, other, since=date(2019, 4, 1))
    name(award, one, part=Part.CO_INVESTIGATOR, since=date(2019, 4, 1))
    assert [(line[1], line[3], line[4]) for line in told(award)] == [
        ("principal", date(2018, 4, 1), date(2019, 3, 31)),
        ("principal", date(2019, 4, 1), None),
        ("co_investigator", date(2018, 4, 1), date(2019, 3, 31)),
        ("co_investigator", date(2019, 4, 1), None),
    ]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"part": "boss"}, "part"),
        ({"who": ""}, "name"),
        ({"since": date(2018, 3, 31)}, "since"),
        ({"since": date(2021, 4, 1)}, "since"),
        ({"until": date(2018, 3, 1)}, "until"),
    ],
)
def test_what_cannot_be_is_named_by_its_field(award, said, field):
    with pytest.raises(Invalid) as refused:
        name(award, **({"who": "代表"} | said))
    assert set(refused.value.problems) == {field}
    assert not Participation.objects.exists()


def test_nobody_is_named_ahead_of_the_day(award):
    today = timezone.localdate()
    Award.objects.filter(pk=award.pk).update(ends=today + timedelta(days=900))
    award.refresh_from_db()
    with pytest.raises(Invalid):
        name(award, "代表", since=today + timedelta(days=1))
    Award.objects.filter(pk=award.pk).update(begins=today + timedelta(days=30))
    award.refresh_from_db()
    assert name(award, "代表", since=award.begins).pk


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.UNIVERSITY])
def test_investigators_are_named_by_those_who_run_programmes(award, role, kind):
    by = someone(role, kind, "here")
    said = {"award": award, "part": Part.PRINCIPAL, "organisation": award.organisation, "since": award.begins}
    browser = Client()
    browser.force_login(by)
    page = browser.get(f"/portfolio/awards/{award.number}/investigators/").status_code
    if kind == Kind.AGENCY and role in NAMES:
        made = name_investigator(by=by, name="代表", **said)
        end_participation(made, by=by, on=date(2019, 1, 1), reason="moved")
        assert AuditEntry.objects.filter(action__startswith="investigator.").count() == 2
        assert page == 200
        return
    with pytest.raises(NotAllowed):
        name_investigator(by=by, name="代表", **said)
    made = name(award, "代表")
    with pytest.raises(NotAllowed):
        end_participation(made, by=by, on=date(2019, 1, 1), reason="moved")
    assert page == 403


def test_leaving_needs_a_day_and_a_reason_and_is_kept(award):
    made = name(award, "代表")
    for on, reason in (
        (date(2018, 3, 31), "x"),
        (timezone.localdate() + timedelta(days=1), "x"),
        (date(2019, 1, 1), ""),
    ):
        with pytest.raises(Invalid):
            end_participation(made, by=None, on=on, reason=reason)
    end_participation(made, by=None, on=date(2019, 1, 1), reason="moved")
    with pytest.raises(Conflict):
        end_participation(made, by=None, on=date(2019, 1, 1), reason="moved")
    assert told(award)[0][4] == date(2019, 1, 1)


def test_an_award_is_ones_own_while_one_carries_it_out(award):
    person = someone(Role.RESEARCHER, Kind.UNIVERSITY, "u1")
    assert not may_follow(person)
    assert not may_follow(person, award)
    made = name(award, person, part=Part.CO_INVESTIGATOR)
    assert may_follow(person, award)
    assert list(own_awards(person)) == [award]
    end_participation(made, by=None, on=timezone.localdate() - timedelta(days=1), reason="moved")
    assert not may_follow(person, award)
    assert not own_awards(person).exists()


def test_the_pages_name_replace_and_show_the_history(award, elsewhere):
    browser = Client(headers={"accept-language": "en"})
    officer = someone(Role.PROGRAMME_OFFICER)
    browser.force_login(officer)
    person = someone(Role.RESEARCHER, Kind.UNIVERSITY, "u1")
    page = f"/portfolio/awards/{award.number}/investigators/"
    assert "Nobody is named yet" in browser.get(page).content.decode()
    said = {"part": "principal", "organisation": "holder", "since": "2018-04-01"}
    assert browser.post(page, said).status_code == 422
    assert browser.post(page, said | {"person": "nobody@example.org"}).status_code == 422
    assert browser.post(page, said | {"person": person.email, "organisation": "none"}).status_code == 422
    assert browser.post(page, said | {"person": person.email}).status_code == 302
    assert browser.post(page, said | {"name": "別"}).status_code == 409
    moved = {"part": "principal", "organisation": "Elsewhere", "since": "2019-04-01", "name_en": "Somebody Else"}
    assert browser.post(page, moved).status_code == 302
    made = Participation.objects.get(until=None)
    assert browser.post(page, {"end": made.pk, "on": "", "reason": ""}).status_code == 422
    assert browser.post(page, {"end": "x", "on": "2020-01-01", "reason": "x"}).status_code == 404
    assert browser.post(page, {"end": made.pk, "on": "2020-01-01", "reason": "retired"}).status_code == 302
    text = browser.get(f"/portfolio/awards/{award.number}/").content.decode()
    for shown in ("Somebody Else", "Elsewhere", "2018-04-01 – 2019-03-31", "retired"):
        assert shown in text, shown
