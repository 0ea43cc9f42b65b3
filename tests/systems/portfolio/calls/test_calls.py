"""Calls: made and changed before they open, published, told by where they stand, with the awards that came of them."""

from datetime import date, timedelta

import pytest
from django.utils import timezone, translation

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed
from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.calls.actions import change_call, make_call, publish_call
from kakehashi.systems.portfolio.calls.standing import SOON, Standing, standing, standing_of
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import Award, Call
from kakehashi.systems.portfolio.publication.actions import publish_awards
from tests.systems.portfolio.agency import make_agency
from tests.systems.portfolio.test_pages import someone

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def agency():
    return make_agency()


@pytest.fixture
def today():
    return timezone.localdate()


def call_of(agency, number="C1", opens=None, closes=None, by=None, **more):
    today = timezone.localdate()
    days = {"opens": opens or today + DAY, "closes": closes or today + 60 * DAY}
    return make_call(
        by=by, number=number, programme=agency.programmes[0], name="公募", name_en="A call", **days, **more
    )


def entered(client, role, kind=Kind.AGENCY):
    client.force_login(someone(role, kind))
    client.cookies.load({"django_language": "en"})
    return client


def test_a_day_has_one_standing_and_the_database_says_the_same(agency):
    day = date(2026, 5, 1)
    for opens in range(-30, 31, 3):
        for length in (0, 1, 13, 14, 15, 40):
            first = day + opens * DAY
            call_of(agency, f"C{opens + 50}-{length}", first, first + length * DAY)
    told = {one.pk: standing_of(one.opens, one.closes, day) for one in Call.objects.all()}
    assert set(told.values()) == set(Standing)
    for where in Standing:
        found = set(Call.objects.filter(standing(where, day)).values_list("pk", flat=True))
        assert found == {pk for pk, one in told.items() if one == where}
    assert standing_of(day, day + SOON, day) == Standing.CLOSING
    assert standing_of(day, day + SOON + DAY, day) == Standing.OPEN


def test_a_call_is_changed_until_it_opens(agency, today):
    call = call_of(agency)
    change_call(by=None, call=call, budget_yen=5, closes=today + 90 * DAY)
    assert Call.objects.get().budget_yen == 5
    Call.objects.update(opens=today)
    with translation.override("en"), pytest.raises(Conflict, match="has opened"):
        change_call(by=None, call=call, budget_yen=6)
    assert Call.objects.get().budget_yen == 5
    trail = AuditEntry.objects.filter(action__startswith="call.").values_list("action", flat=True)
    assert sorted(trail) == ["call.change", "call.make"]


def test_what_is_wrong_is_told_by_field(agency, today):
    call_of(agency)
    for number, more, field in (
        ("C1", {}, "number"),
        ("C 2", {}, "number"),
        ("C2", {"closes": today}, "closes"),
        ("C2", {"phase": "x"}, "phase"),
        ("C2", {"budget_yen": 0}, "budget_yen"),
    ):
        with pytest.raises(Invalid) as caught:
            call_of(agency, number, **more)
        assert set(caught.value.problems) == {field}
    assert Call.objects.count() == 1


@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.UNIVERSITY])
@pytest.mark.parametrize("role", list(Role))
def test_role_by_role(agency, client, role, kind):
    person, call = someone(role, kind), call_of(agency)
    ours = kind == Kind.AGENCY
    writes = ours and role in (Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR)
    publishes = ours and role in (Role.PROGRAMME_OFFICER, Role.PROGRAMME_DIRECTOR, Role.ADMINISTRATOR)
    for allowed, write in (
        (writes, lambda: call_of(agency, "C2", by=person)),
        (writes, lambda: change_call(by=person, call=call, budget_yen=7)),
        (publishes, lambda: publish_call(by=person, call=call)),
    ):
        if allowed:
            write()
        else:
            with pytest.raises(NotAllowed):
                write()
    entered(client, role, kind)
    for address in ("/portfolio/calls/new/", "/portfolio/calls/C1/edit/"):
        assert client.get(address).status_code == (200 if writes else 403)
    reader = role not in (Role.CLINICIAN, Role.DATA_MANAGER, Role.RESEARCHER, Role.DIAGNOSIS_COMMITTEE, Role.REVIEWER)
    for address in ("/portfolio/calls/", "/portfolio/calls/C1/"):
        assert client.get(address).status_code == (200 if ours and reader else 403)


def test_an_officer_makes_changes_and_publishes_a_call(agency, client, today):
    entered(client, Role.PROGRAMME_OFFICER)
    told = {
        "number": "2026-A",
        "programme": "gene",
        "name": "令和8年度公募",
        "opens": (today + DAY).isoformat(),
        "closes": (today + 30 * DAY).isoformat(),
        "budget_yen": "500000000",
        "summary": "募集内容",
        "asks_involvement": "on",
    }
    assert client.post("/portfolio/calls/new/", told).url == "/portfolio/calls/2026-A/"
    assert client.get("/awards/calls/2026-A/").status_code == 404
    client.post("/portfolio/calls/2026-A/edit/", told | {"name_en": "Call of FY2026"})
    assert client.post("/portfolio/calls/2026-A/edit/", told | {"closes": told["opens"][:4]}).status_code == 422
    page = client.get("/portfolio/calls/2026-A/").content.decode()
    assert "Call of FY2026" in page
    assert "¥500,000,000" in page
    assert "Opens later" in page
    client.post("/portfolio/calls/2026-A/publish/")
    assert client.post("/portfolio/calls/2026-A/publish/").status_code == 409
    client.logout()
    assert "Call of FY2026" in client.get("/awards/calls/", headers={"accept-language": "en"}).content.decode()
    assert "募集内容" in client.get("/awards/calls/2026-A/").content.decode()


def test_the_awards_that_came_of_it_stand_with_their_money(agency, client):
    call = call_of(agency)
    Award.objects.filter(pk__in=[one.pk for one in agency.awards]).update(call=call)
    post_many(agency.paid(1_000), by=None)
    publish_call(by=None, call=call)
    publish_awards(by=None, awards=Award.objects.filter(pk=agency.awards[0].pk))
    entered(client, Role.AUDITOR)
    page = client.get("/portfolio/calls/C1/").content.decode()
    assert page.count("¥1,000") == 2  # of the award, and of all
    assert "2 awards" in page
    assert "C1" in client.get("/portfolio/calls/?programme=gene&standing=to_open").content.decode()
    assert "C1" not in client.get("/portfolio/calls/?standing=open").content.decode()
    assert client.get("/portfolio/calls/?programme=none").status_code == 404
    public = client.get("/awards/calls/C1/").content.decode()
    assert agency.awards[0].number in public
    assert agency.awards[1].number not in public  # not published itself


def test_only_published_calls_that_are_not_over_are_offered(agency, client, today):
    for number, opens, closes in (("OVER", -9, -1), ("LAST", -9, 0), ("OPEN", -9, 90), ("LATER", 5, 90)):
        publish_call(by=None, call=call_of(agency, number, today + opens * DAY, today + closes * DAY))
    call_of(agency, "HIDDEN", today - DAY, today + DAY)
    page = client.get("/awards/calls/", headers={"accept-language": "en"}).content.decode()
    assert [number for number in ("OVER", "LAST", "OPEN", "LATER", "HIDDEN") if number in page] == [
        "LAST",
        "OPEN",
        "LATER",
    ]
    assert page.index("LAST") < page.index("OPEN") < page.index("LATER")
