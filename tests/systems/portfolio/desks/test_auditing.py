"""The auditor's desk: who it is for, checks and what they came to, every figure to the yen and down to its rows."""

import csv
import html
import re

import pytest
from django.db import connection
from django.test import Client

from kakehashi.kernel import jobs
from kakehashi.kernel.errors import Conflict, NotAllowed
from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.desks.checking import (
    append_only_tables,
    last_check,
    outcome_of,
    running_check,
    start_check,
)
from kakehashi.systems.portfolio.ledger import triggers
from kakehashi.systems.portfolio.models import Account
from tests.systems.portfolio.adjustment.funds import someone
from tests.systems.portfolio.desks.office import YEAR, make_office

pytestmark = pytest.mark.django_db
PAGE = "/portfolio/mine/audit/"


@pytest.fixture
def auditor():
    _agency, people = make_office()
    person = people["auditor"]
    person.language = "en"
    person.save()
    return person


@pytest.fixture
def browser(auditor):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(auditor)
    return browser


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.GOVERNMENT, Kind.HOSPITAL])
def test_the_desk_is_for_the_agencys_auditors(role, kind):
    person, browser = someone(role, kind, "here"), Client()
    assert browser.get(PAGE).status_code == 302
    browser.force_login(person)
    allowed = role == Role.AUDITOR and kind == Kind.AGENCY
    assert browser.get(PAGE).status_code == (200 if allowed else 403)
    assert browser.post(PAGE).status_code == (302 if allowed else 403)
    if not allowed:
        with pytest.raises(NotAllowed):
            start_check(by=person)


def test_a_check_says_that_the_books_agree_or_what_does_not(auditor, browser):
    assert "Nobody has asked for a check yet" in browser.get(PAGE).content.decode()
    assert browser.post(PAGE).status_code == 302
    assert running_check() is not None
    assert "A check is at work" in browser.get(PAGE).content.decode()
    assert browser.post(PAGE).status_code == 409
    with pytest.raises(Conflict):
        start_check(by=auditor)
    jobs.run_waiting()
    assert outcome_of(last_check().result).refused is False
    assert "Every figure is the sum of its rows" in browser.get(PAGE).content.decode()
    Account.objects.filter(kind="spent").update(balance_yen=1)
    triggers.remove(connection)
    browser.post(PAGE)
    jobs.run_waiting()
    assert outcome_of(last_check().result).refused is True
    assert last_check().result["open"] == list(triggers.TABLES)
    text = browser.get(PAGE).content.decode()
    assert "The balance is 1 yen" in text
    assert "Rows of entries of the ledger can be changed" in text
    assert "portfolio_" not in text, "tables are told in words"


def test_the_database_is_asked_whether_it_refuses_changes():
    assert {one.table for one in append_only_tables() if one.refuses} >= set(triggers.TABLES)
    triggers.remove(connection)
    assert {one.table for one in append_only_tables() if not one.refuses} == set(triggers.TABLES)
    triggers.install(connection)
    assert all(one.refuses for one in append_only_tables())


def test_every_table_that_the_database_refuses_to_change_stands_there():
    asked = (
        "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE tgname LIKE '%_no_change'"
        if connection.vendor == "postgresql"
        else "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_no_update'"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        ours = {table for table, _name in cursor.fetchall() if table.startswith("portfolio_")}
    assert {one.table for one in append_only_tables()} == ours
    assert {"portfolio_cooperationrevision", "portfolio_outcomereview", "portfolio_withdrawal"} <= ours


def test_every_figure_stands_to_the_yen_and_leads_to_rows_that_come_to_it(browser):
    text = browser.get(f"{PAGE}?year={YEAR}&term=3").content.decode()
    walked = 0
    for url, told in re.findall(r'<a href="([^"]*/portfolio/rows/[^"]+)">(¥[\d,]+)</a>', text):
        listed = browser.get(f"{html.unescape(url)}&format=csv").content.decode("utf-8-sig").splitlines()
        assert f"¥{sum(int(row['Balance (yen)']) for row in csv.DictReader(listed)):,}" == told, url
        walked += 1
    assert walked >= 15


@pytest.mark.parametrize(
    ("said", "rows"),
    [
        ("what=spent", "/portfolio/rows/spent/?year=2019&term=3"),
        ("what=budgeted&of=project:t3-drugs", "/portfolio/rows/budgeted/?year=2019&project=t3-drugs&term=3"),
        ("what=spent&of=ministry:mext&budget=initial", "/portfolio/rows/spent/?year=2019&ministry=mext&budget=initial"),
    ],
)
def test_a_chosen_figure_leads_to_its_accounts(browser, said, rows):
    answered = browser.get(f"{PAGE}?year={YEAR}&term=3&{said}")
    assert answered.status_code == 302
    assert set(answered["Location"].split("?")[1].split("&")) >= set(rows.split("?")[1].split("&"))
    assert answered["Location"].split("?")[0] == rows.split("?")[0]
    assert browser.get(answered["Location"]).status_code == 200
    wrong = browser.get(f"{PAGE}?what=none&of=project:none")
    assert wrong.status_code == 200
