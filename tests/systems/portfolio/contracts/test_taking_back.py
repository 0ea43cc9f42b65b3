"""What was recorded wrongly of contracts is taken back with a reason and recorded anew; nothing is ever changed."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone, translation

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed
from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.contracts.correcting import take_back
from kakehashi.systems.portfolio.contracts.terms import agreed_of, terms_of
from kakehashi.systems.portfolio.models import Award, Contract, TakenBack
from tests.systems.portfolio.agency import make_agency
from tests.systems.portfolio.contracts.test_contracts import FIRST, LAST, amend, contract_of
from tests.systems.portfolio.contracts.test_pages import CONTRACT, entered
from tests.systems.portfolio.test_pages import someone

pytestmark = pytest.mark.django_db
LATER, LATEST = date(2022, 3, 31), date(2023, 3, 31)


@pytest.fixture
def award():
    return make_agency().awards[0]


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def undo(contract, amendment=None, by=None, reason="the year was mistyped"):
    return take_back(by=by, contract=contract, amendment=amendment, reason=reason)


def test_what_is_signed_ahead_or_after_its_own_last_day_is_refused(award):
    tomorrow = timezone.localdate() + timedelta(days=1)
    for day in (tomorrow, date(2035, 1, 1), LAST + timedelta(days=1)):
        with pytest.raises(Invalid) as caught:
            contract_of(award, signed_on=day)
        assert set(caught.value.problems) == {"signed_on"}
    stands = contract_of(award, signed_on=LAST)
    with pytest.raises(Invalid) as caught:
        amend(stands, tomorrow, amount_yen=2)
    assert set(caught.value.problems) == {"signed_on"}
    amend(stands, timezone.localdate(), amount_yen=2)


def test_a_contract_taken_back_counts_no_more_and_its_number_is_free_again(award):
    wrong = contract_of(award, ends=date(2031, 3, 31), amount_yen=30_000)
    amend(wrong, amount_yen=40_000, title="誤った課題名")
    with pytest.raises(Invalid) as caught:
        contract_of(award)
    assert set(caught.value.problems) == {"number"}
    undo(wrong)
    assert (award.begins, award.ends, award.title) == (FIRST, LAST, "課題0")
    assert agreed_of(award).agreed_yen == 0
    right = contract_of(award, amount_yen=3_000)
    assert (right.number, right.edition) == (wrong.number, 2)
    told = agreed_of(award)
    assert told.agreed_yen == 3_000
    assert [bool(step.taken_back) for step in told.steps] == [True, False, True]  # by the day they were signed
    with pytest.raises(Conflict):
        undo(wrong)
    with pytest.raises(Conflict):
        amend(wrong, date(2020, 2, 1), amount_yen=1)
    assert AuditEntry.objects.filter(action="contract.take_back").count() == 1


def test_an_amendment_is_taken_back_the_last_first(award):
    contract = contract_of(award)
    first = amend(contract, ends=LATER, title="新しい課題名")
    second = amend(contract, date(2020, 6, 1), amount_yen=1_500)
    with pytest.raises(Conflict, match="Amendment 2"):
        undo(contract, first)
    undo(contract, second)
    assert (terms_of(contract).amount_yen, terms_of(contract).ends) == (1_000, LATER)
    undo(contract, first)
    assert (award.ends, award.title) == (LAST, "課題0")
    assert amend(contract, ends=LATEST).number == 3
    assert award.ends == LATEST


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("ends", [(LATER, LATEST), (LATEST, LATER), (LATER, LATER)])
def test_the_award_s_days_hold_what_stands_whatever_is_taken_back_first(award, order, ends):
    contracts = [contract_of(award, f"C-{one}", ends=day) for one, day in enumerate(ends)]
    undo(contracts[order[0]])
    award.refresh_from_db()
    assert award.ends == ends[order[1]]
    undo(contracts[order[1]])
    award.refresh_from_db()
    assert award.ends == LAST


def test_an_earlier_value_that_was_put_back_wrongly_goes_again(award):
    contract = contract_of(award, ends=LATEST)
    amend(contract, date(2020, 5, 1), ends=LATER, title="二つ目の課題名")
    wrong = amend(contract, date(2020, 6, 1), ends=LATEST, title="課題0")  # as the contract and the award said at first
    undo(contract, wrong)
    assert (award.ends, award.title) == (LATER, "二つ目の課題名")


def test_what_something_else_said_since_stays(award):
    wrong = amend(contract_of(award), title="誤り")
    Award.objects.filter(pk=award.pk).update(title="取り込んだ課題名")
    undo(wrong.contract, wrong)
    award.refresh_from_db()
    assert award.title == "取り込んだ課題名"


def test_neither_without_a_reason_nor_ever_changed(award):
    contract = contract_of(award)
    for reason in (" ", "x" * 501):
        with pytest.raises(Invalid) as caught:
            undo(contract, reason=reason)
        assert set(caught.value.problems) == {"reason"}
    undo(contract)
    for write in (
        lambda: TakenBack.objects.update(reason="x"),
        lambda: TakenBack.objects.all()._raw_delete("default"),
        lambda: Contract.objects.update(edition=7),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.UNIVERSITY])
@pytest.mark.parametrize("role", list(Role))
def test_role_by_role(award, client, role, kind):
    allowed = kind == Kind.AGENCY and role in (Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR)
    contract = contract_of(award)
    amendment = amend(contract, amount_yen=5)
    entered(client, role, kind)
    page = f"/portfolio/awards/{award.number}/contracts/{contract.pk}"
    for address in (f"{page}/amendments/1/take-back/", f"{page}/take-back/"):
        assert client.get(address).status_code == (200 if allowed else 403)
        assert client.post(address, {"reason": "誤記"}).status_code == (302 if allowed else 403)
    assert TakenBack.objects.count() == 2 * allowed
    if not allowed:
        with pytest.raises(NotAllowed):
            undo(contract, amendment, by=someone(role, kind, "other"))


@pytest.mark.parametrize(("language", "words"), [("en", "recorded wrongly, taken back"), ("ja", "誤登録のため取消し")])
def test_the_history_tells_what_was_taken_back_and_why(award, client, language, words):
    entered(client, Role.PROGRAMME_OFFICER)
    client.cookies.load({"django_language": language})
    page = f"/portfolio/awards/{award.number}/contracts/"
    refused = client.post(page, CONTRACT | {"signed_on": "2035-01-01"})
    assert (refused.status_code, Contract.objects.count()) == (422, 0)
    client.post(page, CONTRACT | {"ends": "2031-03-31"})
    undoing = f"{page}{Contract.objects.get().pk}/take-back/"
    assert undoing in client.get(page).content.decode()
    assert client.post(undoing, {"reason": ""}).status_code == 422
    assert client.post(undoing, {"reason": "2021年の誤り"}).status_code == 302
    text = client.get(page).content.decode()
    assert words in text
    assert "2021年の誤り" in text
    assert undoing not in text
    assert client.post(undoing, {"reason": "また"}).status_code in (409, 422)
    assert client.post(page, CONTRACT).status_code == 302
    for missing in (f"{page}999/take-back/", f"{undoing[: -len('take-back/')]}amendments/9/take-back/"):
        assert client.get(missing).status_code == 404
