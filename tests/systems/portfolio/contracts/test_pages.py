"""Awards are registered with the next number of a series; their page tells contracts, sub-awards, acknowledgements."""

from datetime import date

import pytest

from kakehashi.kernel.errors import Invalid, NotAllowed
from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.actions import register_award
from kakehashi.systems.portfolio.finding import holding
from kakehashi.systems.portfolio.ledger.entries import NewEntry, Transfer
from kakehashi.systems.portfolio.ledger.kinds import AccountKind as A
from kakehashi.systems.portfolio.ledger.kinds import EntryKind as E
from kakehashi.systems.portfolio.ledger.partners import shares_of
from kakehashi.systems.portfolio.ledger.posting import correct, post, post_many
from kakehashi.systems.portfolio.models import Amendment, Award, Contract
from tests.systems.portfolio.agency import YEAR, make_agency
from tests.systems.portfolio.test_pages import someone

pytestmark = pytest.mark.django_db
NEW = {
    "number": "",
    "series": "ek0109",
    "title": "新しい課題",
    "programme": "gene",
    "organisation": "univ1",
    "begins": "2019-04-01",
    "ends": "2021-03-31",
}
CONTRACT = {
    "number": "C-1",
    "kind": "commission",
    "signed_on": "2019-04-01",
    "organisation": "univ0",
    "begins": "2019-04-01",
    "ends": "2021-03-31",
    "amount_yen": "1000",
}


@pytest.fixture
def agency():
    return make_agency()


def entered(client, role, kind=Kind.AGENCY):
    client.force_login(someone(role, kind))
    client.cookies.load({"django_language": "en"})
    return client


@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.UNIVERSITY])
@pytest.mark.parametrize("role", list(Role))
def test_role_by_role_awards_are_registered(agency, client, role, kind):
    allowed = kind == Kind.AGENCY and role in (Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR)
    entered(client, role, kind)
    assert client.get("/portfolio/awards/new/").status_code == (200 if allowed else 403)
    assert client.post("/portfolio/awards/new/", NEW).status_code == (302 if allowed else 403)
    assert Award.objects.count() == 2 + allowed
    address = f"/portfolio/awards/{agency.awards[0].number}/contracts/"
    assert client.post(address, CONTRACT).status_code == (302 if allowed else 403)
    days = {"organisation": agency.institutions[0], "begins": date(2019, 4, 1), "ends": date(2020, 3, 31)}
    if not allowed:
        with pytest.raises(NotAllowed):
            register_award(by=someone(role, kind, "other"), number="X1", title="x", **days)


def test_numbers_are_issued_in_their_series(agency, client):
    entered(client, Role.PROGRAMME_OFFICER)
    made = client.post("/portfolio/awards/new/", NEW)
    assert made.url == "/portfolio/awards/19ek0109002/contracts/"  # 000 and 001 stand
    days = {"organisation": agency.institutions[0], "begins": date(2019, 4, 1), "ends": date(2020, 3, 31)}
    for series in ("", "EK0109", "ek01090"):
        with pytest.raises(Invalid) as caught:
            register_award(by=None, number="", series=series, title="x", **days)
        assert set(caught.value.problems) == {"number"}
    wrong = client.post("/portfolio/awards/new/", NEW | {"organisation": "nowhere", "call": "none", "programme": "x"})
    assert wrong.status_code == 422
    assert {"organisation", "call", "programme"} <= set(wrong.context["form"].errors)
    reversed_days = {"begins": "2021-04-01", "ends": "2020-03-31"}
    for address, sent in (("/portfolio/awards/new/", NEW | {"title": ""}), (made.url, CONTRACT | {"number": ""})):
        wrong = client.post(address, sent | reversed_days)
        assert {"ends", "title" if "title" in sent else "number"} == set(wrong.context["form"].errors)
        assert "award_ends_after_begin" not in wrong.content.decode()
    assert holding(Award.objects.all(), "新しい課題").exists()


def test_a_contract_is_recorded_and_amended_on_the_awards_page(agency, client):
    entered(client, Role.PROGRAMME_OFFICER)
    award = agency.awards[0]
    address = f"/portfolio/awards/{award.number}/contracts/"
    client.post(address, CONTRACT)
    contract = Contract.objects.get()
    amended = {"signed_on": "2020-01-01", "reason": "延長のため", "ends": "2022-03-31", "amount_yen": "1500"}
    assert client.post(f"{address}?amend={contract.pk}", amended).status_code == 302
    assert Amendment.objects.get().amount_yen == 1500
    text = client.get(f"/portfolio/awards/{award.number}/").content.decode()
    assert "延長のため" in text
    assert "+¥500" in text
    assert "¥1,500 agreed and not committed" in text
    assert "Book the difference" not in text
    assert client.post(f"{address}?amend={contract.pk}", amended | {"signed_on": "2019-12-31"}).status_code == 422
    assert client.get(f"{address}?amend=999").status_code == 404
    entered(client, Role.ACCOUNTANT)
    text = client.get(address).content.decode()
    assert f"/portfolio/entries/new/commit/?award={award.number}&amp;amount_yen=1500&amp;reference=C-1" in text
    assert 'name="signed_on"' not in text


def test_money_by_institution_comes_from_the_movements_less_what_was_corrected(agency, client):
    award = agency.awards[0]
    post_many(agency.paid(1_000), by=None)
    holder, partner = agency.place(A.INSTITUTION), agency.place(A.INSTITUTION, institution=2)
    passed = NewEntry(E.SUBAWARD, date(2019, 7, 1), YEAR, (Transfer(holder, partner, 300),))
    post(passed, by=None)
    wrong = post(passed, by=None)
    correct(wrong, by=None, memo="booked twice")
    post(agency.entry(E.SPEND, A.INSTITUTION, A.SPENT, 250, institution=2), by=None)
    post(agency.entry(E.REPAY, A.INSTITUTION, A.AWARD, 50), by=None)
    first, second = shares_of(award)
    told = [(one.paid, one.got, one.passed_on, one.used, one.gave_back, one.has) for one in (first, second)]
    assert told == [(1_000, 0, 300, 0, 50, 650), (0, 300, 0, 250, 0, 50)]
    for one in (first, second):
        assert one.paid + one.got == one.passed_on + one.used + one.gave_back + one.has
    entered(client, Role.AUDITOR)
    assert "¥650" in client.get(f"/portfolio/awards/{award.number}/").content.decode()


def test_how_to_acknowledge_stands_in_both_languages(agency, client):
    award = agency.awards[0]
    Award.objects.update(published_on=date(2019, 4, 1))
    entered(client, Role.AUDITOR)
    for address in (f"/portfolio/awards/{award.number}/", f"/awards/{award.number}/"):
        text = client.get(address).content.decode()
        assert "の課題番号JP19ek0109000の支援を受けた。" in text
        assert "under Grant Number JP19ek0109000." in text
        assert 'data-copies="acknowledgement-en"' in text
