"""Contracts are recorded and amended, never changed; the award's title, days and institution follow them."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed
from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.contracts.actions import amend_contract, record_contract
from kakehashi.systems.portfolio.contracts.terms import agreed_of, terms_of
from kakehashi.systems.portfolio.investigators.actions import name_investigator
from kakehashi.systems.portfolio.ledger.entries import NewEntry, Transfer
from kakehashi.systems.portfolio.ledger.kinds import AccountKind as A
from kakehashi.systems.portfolio.ledger.kinds import EntryKind as E
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import Amendment, Award, Contract, ContractKind, Part
from tests.systems.portfolio.agency import YEAR, make_agency
from tests.systems.portfolio.test_pages import someone

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2019, 4, 1), date(2021, 3, 31)


@pytest.fixture
def agency():
    return make_agency()


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def contract_of(award, number="C-1", by=None, **more):
    given = {"signed_on": FIRST, "begins": FIRST, "ends": LAST, "amount_yen": 1_000, "kind": ContractKind.COMMISSION}
    return record_contract(by=by, award=award, number=number, **{"organisation": award.organisation, **given, **more})


def amend(contract, on=date(2020, 1, 1), by=None, reason="延長", **more):
    return amend_contract(by=by, contract=contract, signed_on=on, reason=reason, **more)


def test_what_is_in_force_is_the_contract_with_its_amendments(agency):
    award, later = agency.awards[0], date(2022, 3, 31)
    contract = contract_of(award)
    amend(contract, ends=later)
    amend(contract, date(2020, 6, 1), amount_yen=1_500, title="新しい課題名", title_en="A new title")
    amend(contract, date(2020, 6, 1), organisation=agency.institutions[2], reason="異動")
    terms = terms_of(contract)
    assert (terms.begins, terms.ends, terms.amount_yen) == (FIRST, later, 1_500)
    assert terms.organisation == agency.institutions[2]
    stands = Award.objects.get(pk=award.pk)
    assert (stands.ends, stands.title, stands.title_en) == (later, "新しい課題名", "A new title")
    assert stands.organisation == agency.institutions[2]
    assert [step.more_yen for step in agreed_of(award).steps] == [1_000, 0, 500, 0]
    contract.refresh_from_db()
    assert (contract.ends, contract.amount_yen) == (LAST, 1_000)  # as it was signed
    trail = AuditEntry.objects.filter(action__startswith="contract.").values_list("action", flat=True)
    assert sorted(trail) == ["contract.amend"] * 3 + ["contract.record"]


def test_the_award_is_as_long_as_its_contracts(agency):
    award = agency.awards[0]
    contract_of(award, begins=date(2019, 10, 1), ends=date(2020, 3, 31))
    assert (award.begins, award.ends) == (FIRST, LAST)  # a contract of some of its days takes none away
    whole = contract_of(award, "C-2", ends=date(2022, 3, 31))
    assert award.ends == date(2022, 3, 31)
    amend(whole, ends=date(2019, 12, 31), reason="中止")
    award.refresh_from_db()
    assert award.ends == date(2020, 3, 31)  # the other contract's


def test_where_the_principal_investigator_is_the_award_stays(agency):
    award = agency.awards[0]
    name_investigator(
        by=None, award=award, part=Part.PRINCIPAL, organisation=award.organisation, since=FIRST, name="見本"
    )
    amend(contract_of(award), organisation=agency.institutions[2])
    award.refresh_from_db()
    assert award.organisation == agency.institutions[0]


def test_the_ledger_stands_beside_what_is_agreed(agency):
    award = agency.awards[0]
    contract = contract_of(award)
    assert agreed_of(award).missing_yen == 1_000
    post_many(agency.paid(1_000), by=None)
    assert agreed_of(award).missing_yen == 0
    amend(contract, amount_yen=900)
    agreed = agreed_of(award)
    assert (agreed.agreed_yen, agreed.committed_yen, agreed.missing_yen) == (900, 1_000, -100)


def test_money_given_back_is_committed_no_more(agency):
    """A thousand agreed and paid; 600 used, 400 returned: nothing lacks, nor is too much once 600 are agreed."""
    award, at_holder = agency.awards[0], agency.place(A.INSTITUTION)
    contract = contract_of(award)
    given_back = Transfer(at_holder, replace(at_holder, kind=A.RETURNED), 400)
    used = agency.entry(E.SPEND, A.INSTITUTION, A.SPENT, 600)
    post_many([*agency.paid(1_000), used, NewEntry(E.RETURN, date(2020, 3, 31), YEAR, (given_back,))], by=None)
    told = agreed_of(award)
    assert (told.agreed_yen, told.committed_yen, told.returned_yen, told.missing_yen) == (1_000, 600, 400, 0)
    amend(contract, date(2020, 4, 1), amount_yen=600)
    assert agreed_of(award).missing_yen == 0
    amend(contract, date(2020, 4, 2), amount_yen=550)
    assert agreed_of(award).missing_yen == -50
    amend(contract, date(2020, 4, 3), amount_yen=1_100)
    assert agreed_of(award).missing_yen == 100


def test_what_cannot_be_is_refused_and_nothing_is_written(agency):
    award = agency.awards[0]
    contract = contract_of(award)
    with pytest.raises(Invalid) as caught:
        contract_of(award)  # the number is taken
    assert set(caught.value.problems) == {"number"}
    for wrong in ({"ends": date(2018, 1, 1)}, {"kind": "gift"}, {"amount_yen": -1}):
        with pytest.raises(Invalid) as caught:
            contract_of(award, "C-2", **wrong)
        assert set(caught.value.problems) == set(wrong)
    with pytest.raises(Invalid):
        amend(contract)  # nothing changes
    with pytest.raises(Invalid):
        amend(contract, title=award.title)
    with pytest.raises(Invalid) as caught:
        amend(contract, amount_yen=1, reason=" ")
    assert set(caught.value.problems) == {"reason"}
    with pytest.raises(Invalid):
        amend(contract, begins=date(2022, 1, 1))
    amend(contract, date(2020, 6, 1), amount_yen=2)
    with pytest.raises(Conflict, match="2020-06-01"):
        amend(contract, date(2020, 5, 31), amount_yen=3)
    assert (Contract.objects.count(), Amendment.objects.count()) == (1, 1)


def test_neither_is_ever_changed_or_deleted(agency):
    amend(contract_of(agency.awards[0]), amount_yen=2)
    for model in (Contract, Amendment):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.update(amount_yen=3)
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all()._raw_delete("default")


@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.UNIVERSITY])
@pytest.mark.parametrize("role", list(Role))
def test_role_by_role(agency, role, kind):
    person, award = someone(role, kind), agency.awards[0]
    allowed = kind == Kind.AGENCY and role in (Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR)
    stands = contract_of(award)
    for write in (
        lambda: contract_of(award, "C-2", by=person),
        lambda: amend(stands, by=person, amount_yen=5),
    ):
        if allowed:
            write()
        else:
            with pytest.raises(NotAllowed):
                write()
    assert Contract.objects.count() == 1 + allowed
