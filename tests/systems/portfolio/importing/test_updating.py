"""An import changes no award against its money, its contracts or its investigators; what it changes is in the trail."""

import json
from datetime import date

import pytest

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.systems.portfolio.contracts.actions import record_contract
from kakehashi.systems.portfolio.importing.mapping import parse_map
from kakehashi.systems.portfolio.importing.running import import_awards
from kakehashi.systems.portfolio.investigators.actions import name_investigator
from kakehashi.systems.portfolio.ledger.kinds import AccountKind as A
from kakehashi.systems.portfolio.ledger.kinds import EntryKind as E
from kakehashi.systems.portfolio.ledger.posting import post, post_many
from kakehashi.systems.portfolio.models import Account, Award, ImportFault
from tests.systems.portfolio.agency import make_agency

pytestmark = pytest.mark.django_db
MAP = """\
name: Own
target: awards
format: csv
awards: {number: number, title: title, institution: at, begins: begins, ends: ends, programme: programme}
"""
AS_IT_IS = {"number": "19ek0109000", "title": "課題0", "at": "univ0", "begins": "2019-04-01", "ends": "2021-03-31"}


@pytest.fixture
def agency():
    return make_agency()


def paid(agency):
    post_many(agency.paid(1_000), by=None)


def paid_later(agency):
    """Of the next year's money, whose account lies in fiscal year 2020."""
    Account.objects.create(
        key="later",
        kind=A.AWARD,
        fiscal_year=2020,
        appropriation=agency.money[0],
        programme=agency.awards[0].programme,
        award=agency.awards[0],
    )


def contracted(agency):
    days = {"begins": date(2019, 4, 1), "ends": date(2021, 3, 31)}
    told = {"number": "C1", "kind": "commission", "signed_on": date(2019, 4, 1), "amount_yen": 1_000}
    record_contract(by=None, award=agency.awards[0], organisation=agency.institutions[0], **told, **days)


def led(agency):
    named = {"part": "principal", "name": "見本", "since": date(2019, 4, 1)}
    name_investigator(by=None, award=agency.awards[0], organisation=agency.institutions[0], **named)


def updated(folder, **change):
    row = AS_IT_IS | {"programme": "gene"} | change
    path = folder / "a.csv"
    path.write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n", encoding="utf-8")
    return import_awards(path, parse_map(MAP, "m.yaml"), by=None, existing="update").report.files[0]


@pytest.mark.parametrize(
    ("held_by", "change", "about", "said", "found"),
    [
        (paid, {"programme": "cell"}, "programme", "cell", "gene"),
        (paid, {"programme": ""}, "programme", "", "gene"),
        (paid, {"at": "univ2"}, "organisation", "univ2", "univ0"),
        (paid, {"begins": "2020-04-01"}, "begins", "2020-04-01", "2019-04-01"),
        (paid_later, {"ends": "2020-03-31"}, "ends", "2020-03-31", "2021-03-31"),
        (contracted, {"ends": "2022-03-31"}, "ends", "2022-03-31", "2021-03-31"),
        (contracted, {"begins": "2019-05-01"}, "begins", "2019-05-01", "2019-04-01"),
        (contracted, {"at": "univ2"}, "organisation", "univ2", "univ0"),
        (led, {"begins": "2019-05-01"}, "begins", "2019-05-01", "2019-04-01"),
        (led, {"at": "univ2"}, "organisation", "univ2", "univ0"),
    ],
)
def test_what_money_contracts_and_investigators_hold_stays(agency, tmp_path, held_by, change, about, said, found):
    held_by(agency)
    before = Award.objects.filter(pk=agency.awards[0].pk).values().get()
    done = updated(tmp_path, title="別の課題名", **change)
    assert (done.read, done.updated, done.skipped) == (1, 0, {"held": 1})
    fault = ImportFault.objects.get()
    assert (fault.about, fault.said, fault.found, fault.line) == (about, said, found, 2)
    assert Award.objects.filter(pk=agency.awards[0].pk).values().get() == before


@pytest.mark.parametrize(
    ("held_by", "change"),
    [
        (paid, {"ends": "2022-03-31", "title": "x"}),
        (contracted, {"programme": "cell"}),
        (led, {"ends": "2022-03-31", "programme": "cell"}),
    ],
)
def test_what_nothing_holds_is_updated(agency, tmp_path, held_by, change):
    held_by(agency)
    done = updated(tmp_path, **change)
    assert (done.updated, done.skipped) == (1, {})


def test_after_an_update_that_would_move_it_money_can_still_be_spent(agency, tmp_path):
    paid(agency)
    updated(tmp_path, programme="cell")
    assert post(agency.entry(E.SPEND, A.INSTITUTION, A.SPENT, 1_000), by=None).number == 5


def test_what_says_the_same_is_left(agency, tmp_path):
    done = updated(tmp_path, title="別の課題名")
    assert (done.updated, done.left) == (1, 0)
    done = updated(tmp_path, title="別の課題名")
    assert (done.read, done.updated, done.left) == (1, 0, 1)


def test_each_award_that_an_import_writes_or_changes_is_in_the_trail(agency, tmp_path):
    updated(tmp_path, ends="2022-03-31", programme="cell", title="別の課題名")
    updated(tmp_path, ends="2022-03-31", programme="cell", title="別の課題名")  # nothing changes
    told = AuditEntry.objects.get(action="award.update")
    assert (told.subject_id, told.organisation) == (str(agency.awards[0].pk), str(agency.institutions[0].pk))
    assert json.loads(told.detail) == {
        "number": "19ek0109000",
        "changed": ["ends: 2021-03-31 → 2022-03-31", "programme: gene → cell", "title"],
    }
    updated(tmp_path, number="20ek0109000")
    made = Award.objects.get(number="20ek0109000")
    assert AuditEntry.objects.get(action="award.register").subject_id == str(made.pk)
