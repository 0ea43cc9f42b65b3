"""The pipeline: what counts as an asset, what is learned of the agency's own history, and what a change makes of it."""

import csv
import html
import re
from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kakehashi.engines.attrition import Cell, Record, learn
from kakehashi.engines.attrition.rates import prior
from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.behind import Slice
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import (
    Award,
    AwardEvent,
    AwardLink,
    Axis,
    Credit,
    DiseaseArea,
    IntegratedProject,
    Milestone,
    Output,
    Placement,
    PlanTerm,
)
from kakehashi.systems.portfolio.pipeline import assets, history
from kakehashi.systems.portfolio.pipeline.changing import OKU, Side, Wish, changed
from kakehashi.systems.portfolio.pipeline.ladders import TABLE_OF, Clinical, cell_of
from kakehashi.systems.portfolio.pipeline.reckoning import rates_of, tell
from tests.systems.portfolio.agency import YEAR, make_agency
from tests.systems.portfolio.test_pages import someone

pytestmark = pytest.mark.django_db
DAY = date(2020, 3, 31)
PAGES = ("", "rows/", "rates/", "history/")


@pytest.fixture
def cancer():
    return DiseaseArea.objects.create(code="t2-area-cancer", name="がん", name_en="Cancer")


@pytest.fixture
def awards(cancer):
    """Eight awards with money: six aim at a product."""
    agency = make_agency()
    post_many([*agency.paid(300 * OKU), *agency.paid(50 * OKU, award=1, institution=1, money=1)], by=None)
    first, second = agency.awards
    said = {"organisation": agency.institutions[0], "begins": date(2019, 4, 1), "ends": date(2021, 3, 31)}
    for number, (modality, phase, area, programme) in enumerate(
        (
            ("small_molecule", "basic", cancer, 0),
            ("small_molecule", "non_clinical", cancer, 0),
            ("device", "clinical", None, 1),
            ("cell", "practical", None, 1),
            ("data", "clinical", cancer, 0),
            ("biologic", "", cancer, 0),
        )
    ):
        Award.objects.create(
            number=f"19xx010901{number}",
            title=f"資産{number}",
            modality=modality,
            phase=phase,
            area=area,
            programme=agency.programmes[programme],
            **said,
        )
    Award.objects.filter(pk=first.pk).update(modality="biologic", phase="clinical", area=cancer)
    Award.objects.filter(pk=second.pk).update(modality="diagnostic", phase="applied")
    return list(Award.objects.order_by("number"))


def counts(**only):
    return assets.counts_of(assets.assets_in(Slice(YEAR, **only)).standing(Clinical.FIRST))


def test_an_asset_is_an_award_that_aims_at_a_product_and_names_its_phase(awards):
    assert counts() == {
        Cell("drug", "t2-area-cancer", "discovery"): 1,
        Cell("drug", "t2-area-cancer", "nonclinical"): 1,
        Cell("drug", "t2-area-cancer", "phase_1"): 1,
        Cell("device", "-", "discovery"): 1,
        Cell("device", "-", "feasibility"): 1,
        Cell("regenerative", "-", "submission"): 1,
    }


def test_a_product_that_two_awards_carry_counts_once_where_it_stands(awards):
    before, after = Award.objects.get(number="19xx0109010"), Award.objects.get(number="19xx0109011")
    AwardLink.objects.create(before=before, after=after, noted_on=DAY)
    assert Cell("drug", "t2-area-cancer", "discovery") not in counts()
    Award.objects.filter(pk=after.pk).update(begins=date(2022, 4, 1), ends=date(2023, 3, 31))
    assert Cell("drug", "t2-area-cancer", "discovery") in counts()  # it does not run in the year


def stop(award, day):
    """A No-go at noon of a day."""
    gate = Milestone.objects.create(award=award, name="gate", criteria="c", due=day, state="no_go")
    gate.decisions.create(decision="no_go", reason="r", decided_by=someone(Role.PROGRAMME_DIRECTOR, Kind.AGENCY))
    gate.decisions.update(decided_at=datetime.combine(day, time(12), timezone.get_current_timezone()))


def test_what_was_stopped_later_is_an_asset_of_the_years_before(awards):
    award = Award.objects.get(number="19xx0109012")
    before, year = sum(counts().values()), fiscal_year_days(YEAR)[1]
    stop(award, year + timedelta(days=1))
    assert sum(counts().values()) == before
    assert history.steps(year, Clinical.FIRST) == []
    (left,) = history.steps(year + timedelta(days=1), Clinical.FIRST)
    assert (left.award, left.advanced, left.gated) == (award.number, False, True)
    assert award.pk not in assets.assets_in(Slice(YEAR + 1)).keys("number")


def test_a_trial_credited_later_tells_nothing_of_the_days_before(awards):
    award = Award.objects.get(number="19xx0109011")
    trial = Output.objects.create(kind="trial", reference="jRCT2031", on=date(2019, 6, 1))
    Credit.objects.create(output=trial, award=award, since=date(2019, 9, 1), until=date(2019, 11, 1))
    days = [date(2019, month, 1) for month in (7, 9, 10, 11)]
    assert [len(history.steps(day, Clinical.FIRST)) for day in days] == [0, 1, 1, 0]


def test_what_was_stopped_or_approved_is_no_asset(awards):
    stopped, approved = Award.objects.get(number="19xx0109012"), Award.objects.get(number="19xx0109013")
    stop(stopped, DAY)
    output = Output.objects.create(kind="approval", reference="30100BZX", on=date(2020, 1, 1))
    Credit.objects.create(output=output, award=approved, since=output.on)
    assert {cell.table for cell in counts()} == {"drug", "device"}
    assert sum(counts().values()) == 4


@pytest.mark.parametrize("modality", sorted(TABLE_OF))
def test_clinical_awards_stand_where_one_says(modality):
    table = TABLE_OF[modality]
    for clinical in Clinical:
        cell = cell_of(modality, "clinical", "x", clinical)
        wanted = clinical if table.name != "device" else ("feasibility" if clinical == "phase_1" else "pivotal")
        assert cell == Cell(table.name, "x", wanted)


def test_own_history_counts_only_where_failures_would_be_told(awards):
    before, after = Award.objects.get(number="19xx0109010"), Award.objects.get(number="19xx0109011")
    AwardLink.objects.create(before=before, after=after, noted_on=DAY)
    told = history.steps(date(2020, 4, 1), Clinical.FIRST)
    cell = Cell("drug", "t2-area-cancer", "discovery")
    assert [(one.cell, one.told, one.gated) for one in told] == [(cell, history.Told.SUCCESSOR, False)]
    assert history.records(told, history.Taken.GATED) == {}
    assert history.records(told, history.Taken.TOLD) == {cell: Record(1, 0)}
    Milestone.objects.create(award=before, name="gate", criteria="c", due=DAY, state="go")
    told = history.steps(date(2020, 4, 1), Clinical.FIRST)
    assert history.records(told, history.Taken.GATED) == {cell: Record(1, 0)}
    assert history.records(told, history.Taken.NONE) == {}


def test_each_phase_of_a_product_is_left_once(awards):
    """A trial, a filing and an approval of one product: each of its phases once; a No-go stops at its phase."""
    award = Award.objects.get(number="19xx0109011")
    trial = Output.objects.create(kind="trial", reference="jRCT2031", on=date(2019, 6, 1))
    Credit.objects.create(output=trial, award=award, since=trial.on)
    AwardEvent.objects.create(award=award, kind="filed", name="申請", on=date(2019, 9, 1))
    AwardEvent.objects.create(award=award, kind="approved", name="承認", on=date(2020, 2, 1))
    stopped = Award.objects.get(number="19xx0109012")
    stop(stopped, DAY)
    told = history.steps(DAY, Clinical.FIRST)
    left = {(one.cell.phase, one.advanced) for one in told if one.award == award.number}
    assert left == {(one, True) for one in ("nonclinical", "phase_1", "phase_2", "phase_3", "submission")}
    assert [(one.cell.phase, one.advanced) for one in told if one.award == stopped.number] == [("feasibility", False)]
    assert [one.cell.phase for one in history.steps(date(2019, 8, 1), Clinical.FIRST) if one.advanced] == [
        "nonclinical"
    ]


def test_rates_begin_with_the_published_ones_of_the_area(awards):
    cell = Cell("drug", "t2-area-cancer", "phase_2")
    learned = rates_of(counts(), {cell: Record(3, 1)}).of(cell)
    published, source = prior(Cell("drug", "Oncology", "phase_2"))
    assert (learned.prior, learned.source) == (published, source)
    assert learned.posterior.a == pytest.approx(published.a + 3)
    assert learned.posterior.b == pytest.approx(published.b + 1)


def test_approvals_of_all_are_those_of_the_groups_and_of_the_rungs(awards):
    told = tell(counts(), learn({}))
    assert told.total.mean == pytest.approx(sum(one.mean for one in told.groups.values()))
    assert told.total.mean == pytest.approx(sum(rung.assets * rung.chance for rung in told.rungs))
    assert told.total.low <= told.total.mean <= told.total.high
    assert told.per_100_million_yen(2 * OKU).mean == pytest.approx(told.total.mean / 2)
    assert told.per_100_million_yen(0) is None


@pytest.fixture
def sides(awards):
    term = PlanTerm.objects.create(number=1, name="第1期", name_en="Term 1", begins=date(2015, 4, 1))
    made = []
    for order, (code, programme) in enumerate((("drugs", awards[0].programme), ("devices", awards[1].programme))):
        project = IntegratedProject.objects.create(term=term, code=code, name=code, axis=Axis.MODALITY, order=order)
        Placement.objects.create(project=project, programme=programme)
        rows = assets.assets_in(Slice(YEAR, project=project))
        made.append(Side(project, assets.counts_of(rows.standing(Clinical.FIRST)), rows.committed_yen()))
    return made


def test_yen_take_assets_along_and_bring_others(awards, sides):
    drugs, devices = sides
    assert (drugs.yen, devices.yen) == (300 * OKU, 50 * OKU)
    told, learned = tell(counts(), learn({})), learn({})
    change, scenario = changed(counts(), told, learned, 350 * OKU, Wish(giver=drugs, taker=devices, yen=100 * OKU))
    fewer = sum(more for more in scenario.counts.values() if more < 0)
    assert fewer == -round(sum(drugs.counts.values()) / 3)
    assert sum(scenario.counts.values()) - fewer == 2 * sum(devices.counts.values())
    assert scenario.budget_yen == 350 * OKU
    assert change.after.mean - change.before.mean == pytest.approx(change.approvals.mean)
    with pytest.raises(Invalid):
        changed(counts(), told, learned, 350 * OKU, Wish(giver=drugs, taker=devices, yen=301 * OKU))
    with pytest.raises(Invalid):
        changed(counts(), told, learned, 1, Wish(where=Cell("drug", "t2-area-cancer", "phase_1"), more=-2))


@pytest.fixture
def browser(awards):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(someone(Role.PROGRAMME_OFFICER, Kind.AGENCY))
    return browser


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.GOVERNMENT, Kind.UNIVERSITY])
def test_the_pipeline_is_for_those_of_the_agency(awards, client, role, kind):
    client.force_login(someone(role, kind))
    allowed = role in rules.SEES and kind in rules.RUNS_AWARDS
    for page in PAGES:
        assert client.get(f"/portfolio/pipeline/{page}").status_code == (200 if allowed else 403), page


def test_every_number_of_assets_is_the_number_of_awards_it_leads_to(browser):
    text = browser.get(f"/portfolio/pipeline/?year={YEAR}").content.decode()
    walked = re.findall(r'<a href="([^"]*/portfolio/pipeline/rows/\?[^"]+)">([\d,]+)</a>', text)
    assert len(walked) >= 12
    for address, told in walked:
        listed = browser.get(f"{html.unescape(address)}&format=csv").content.decode("utf-8-sig").splitlines()
        assert f"{len(listed) - 1:,}" == told, address


def test_the_money_is_the_sum_of_the_awards_it_leads_to(browser):
    address = f"/portfolio/pipeline/rows/?year={YEAR}"
    rows = csv.DictReader(browser.get(f"{address}&format=csv").content.decode("utf-8-sig").splitlines())
    assert sum(int(row["Committed (yen)"]) for row in rows) == 350 * OKU
    assert "¥35,000,000,000" in browser.get(address).content.decode()
    assert "¥35,000,000,000" in browser.get(f"/portfolio/pipeline/?year={YEAR}").content.decode()


def test_what_is_asked_stands_in_the_address_and_nothing_is_written(browser, sides):
    before = Award.objects.count()
    page = f"/portfolio/pipeline/?year={YEAR}&term=1"
    asked = f"{page}&rate_of=drug/t2-area-cancer/phase_2&rate=100&where=device/-/feasibility&more=2"
    asked += "&giver=drugs&taker=devices&yen=100"
    text = browser.get(asked).content.decode()
    assert "Difference" in text
    assert "that of a normal distribution" in text
    assert (
        "The interval of the difference is exact."
        in browser.get(f"{page}&where=device/-/feasibility&more=2").content.decode()
    )
    refused = browser.get(f"{page}&rate=40").content.decode()
    assert "Give this too." in refused
    assert "The difference cannot be told. Please correct:" in refused
    assert "Nothing was saved" not in refused
    assert "Only 300.0 hundred million yen" in browser.get(f"{page}&giver=drugs&taker=devices&yen=301").content.decode()
    assert "Choose another project" in browser.get(f"{page}&giver=drugs&taker=drugs&yen=1").content.decode()
    assert Award.objects.count() == before


def test_pages_tell_rates_history_and_files(browser):
    assert (
        "Clinical Development Success Rates" in browser.get(f"/portfolio/pipeline/rates/?year={YEAR}").content.decode()
    )
    assert "Nothing is told yet" in browser.get("/portfolio/pipeline/history/").content.decode()
    told = Award.objects.get(number="19xx0109011")
    AwardEvent.objects.create(award=told, kind="filed", name="申請", on=date(2019, 9, 1))
    text = browser.get(f"/portfolio/pipeline/history/?year={YEAR}").content.decode()
    assert text.count(told.number) == 8  # four phases, link and text
    only = browser.get(f"/portfolio/pipeline/history/?year={YEAR}&table=drug&area=t2-area-cancer&at=phase_2&format=csv")
    assert len(only.content.decode().splitlines()) == 2
    listed = csv.DictReader(
        browser.get(f"/portfolio/pipeline/?year={YEAR}&format=csv").content.decode("utf-8-sig").splitlines()
    )
    assert sum(int(row["Assets"]) for row in listed) == 6
    assert browser.get("/portfolio/pipeline/rows/?table=none").status_code == 404
    assert browser.get("/portfolio/pipeline/rows/?table=drug&at=pivotal").status_code == 404
    assert "No asset" in browser.get("/portfolio/pipeline/?year=2001").content.decode()
