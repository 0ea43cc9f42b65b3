"""Each figure is held against its rows; a single yen or award too many is found and named."""

import json
from datetime import date

import pytest
from click.testing import CliRunner
from django.db import connection

from kakehashi.cli import main
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.systems.portfolio import reconciling
from kakehashi.systems.portfolio.columns import held
from kakehashi.systems.portfolio.figures import book
from kakehashi.systems.portfolio.ledger import triggers
from kakehashi.systems.portfolio.ledger.kinds import AccountKind as A
from kakehashi.systems.portfolio.ledger.kinds import EntryKind as E
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import (
    Account,
    Axis,
    IntegratedProject,
    Movement,
    Placement,
    PlanTerm,
    SharedBudget,
)
from kakehashi.systems.portfolio.outputs.actions import NewOutput, record_output
from kakehashi.systems.portfolio.reconciling import faults
from tests.systems.portfolio.agency import YEAR, make_agency

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency():
    agency = make_agency()
    spent = agency.entry(E.SPEND, A.INSTITUTION, A.SPENT, 400)
    post_many([*agency.paid(1_000), spent, *agency.paid(70, award=1, institution=1, money=1)], by=None)
    return agency


def run(*words):
    return CliRunner(env={"KAKEHASHI_CLI_LANGUAGE": "en"}).invoke(main, ["portfolio", *words])


def test_a_sound_book_has_no_fault(agency):
    assert list(faults()) == []
    answered = run("reconcile")
    assert (answered.exit_code, answered.output) == (0, "Every figure is the sum of its rows.\n")


def test_a_yen_that_no_movement_explains_is_found(agency):
    Account.objects.filter(kind=A.SPENT).update(balance_yen=401)
    answered = run("reconcile")
    assert answered.exit_code == 1
    codes = [line.split("\t")[0] for line in answered.output.splitlines() if "\t" in line]
    assert {"balance", "sum", "figure"} <= set(codes)
    assert f"{YEAR}::total:spent:initial" in answered.output


def test_a_movement_changed_behind_the_ledgers_back_is_found(agency):
    triggers.remove(connection)  # within the test's transaction, which is rolled back
    Movement.objects.filter(target__kind=A.SPENT).update(amount_yen=399)
    assert run("reconcile").exit_code == 1


def test_figures_that_lose_an_award_are_found(agency, monkeypatch):
    whole, lost = held.Awards.running_in, agency.awards[0].pk
    monkeypatch.setattr(held.Awards, "running_in", lambda awards, year: whole(awards, year) & (awards.pk != lost))
    assert {one.where for one in faults()} >= {f"{YEAR}::total:awards", f"{YEAR}::projects:awards:new"}


@pytest.mark.parametrize("lines", ["programmes", "projects", "ministries"])
@pytest.mark.parametrize("what", ["spent", "awards", "results"])
def test_a_wrong_line_is_found_though_the_total_is_right(agency, monkeypatch, lines, what):
    """What belongs to one line stands in another."""
    term = PlanTerm.objects.create(number=1, name="第1期", begins="2015-04-01")
    for code, programme in zip(("drugs", "rare"), agency.programmes, strict=True):
        project = IntegratedProject.objects.create(term=term, code=code, name=code, axis=Axis.DISEASE)
        Placement.objects.create(project=project, programme=programme)
    record_output(NewOutput("paper", "10.5555/one", date(YEAR, 6, 1)), agency.awards[:1], by=None)
    assert list(faults()) == []

    def crossed(*asked, **more):
        told = book(*asked, **more)
        (_key, one), (_other, other) = list(getattr(told, lines).items())[-2:]
        mine, theirs = getattr(one, what), getattr(other, what)
        setattr(one, what, theirs if what != "awards" else mine + 1)
        setattr(other, what, mine if what != "awards" else theirs - 1)
        return told

    monkeypatch.setattr("kakehashi.systems.portfolio.reconciling.book", crossed)
    found = [one.where for one in faults()]
    assert found
    assert all(f":{lines}:" in where for where in found), found


@pytest.mark.django_db(transaction=True)
def test_all_is_held_against_its_rows_as_of_one_moment(agency, monkeypatch):
    """What is booked while the check is at work does not stand in half of it."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite: another writer needs another process")
    found, other = faults(), connection.copy("other")
    try:
        whole = reconciling.recounted

        def meanwhile(day):
            told = whole(day)
            with other.cursor() as cursor:
                cursor.execute("UPDATE portfolio_award SET ends = '2019-04-02' WHERE id = %s", [agency.awards[0].pk])
            return told

        monkeypatch.setattr(reconciling, "recounted", meanwhile)
        assert list(found) == []
    finally:
        other.close()


def test_more_shown_again_than_there_is_is_found(agency):
    term = PlanTerm.objects.create(number=1, name="第1期", begins="2015-04-01")
    project = IntegratedProject.objects.create(term=term, code="rare", name="難病", axis=Axis.DISEASE)
    SharedBudget.objects.create(programme=agency.programmes[0], project=project, fiscal_year=YEAR, amount_yen=1_001)
    assert [one.code for one in faults()] == ["shown_again"]


def test_figures_are_one_object_with_integers_and_a_day(agency):
    told = json.loads(run("figures", "--fiscal-year", str(YEAR)).output)
    assert (told["fiscal_year"], told["term"], told["unit"]) == (YEAR, None, "yen")
    assert told["total"]["budgeted"] == {
        "initial": 1_000,
        "supplementary": 0,
        "adjustment": 0,
        "operating_grant": 0,
        "multi_year": 70,
    }
    assert told["total"]["spent"]["initial"] == 400
    assert told["total"]["awards"] == {"all": 2, "new": 1, "continuing": 1}
    assert [one["code"] for one in told["programmes"]] == ["cell", "gene"]
    assert [one["code"] for one in told["ministries"]] == ["cao", "mext"]
    unknown = run("figures", "--fiscal-year", str(YEAR), "--term", "99")
    assert unknown.exit_code == 2
    assert "there is no plan term 99 here; there are: " in unknown.output
    rows = run("figures", "--fiscal-year", str(YEAR), "--format", "csv").output.splitlines()
    assert rows[0].startswith("scope,code,name,name_en,budgeted_initial_yen")
    assert [row.split(",")[0] for row in rows[1:]] == [
        "total",
        "project",
        "programme",
        "programme",
        "ministry",
        "ministry",
    ]


def test_a_term_that_is_not_there_is_said(agency):
    answered = run("figures", "--fiscal-year", "2019", "--term", "7")
    assert answered.exit_code == 2
    assert "7" in answered.output


def test_a_year_without_anything_is_told_with_zeros():
    Organisation.objects.create(code="univ", name="大学")
    told = json.loads(run("figures", "--fiscal-year", "2030").output)
    assert told["total"]["awards"]["all"] == 0
    assert told["programmes"] == []
