"""Published totals beside the node's own figures: what is said of each, and that each figure leads to its rows."""

import csv
import html
import re
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner
from django.test import Client

from kakehashi.cli import main
from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.comparing.comparison import SETTLED, Comparison, Group, Part, Unit, Verdict
from kakehashi.systems.portfolio.comparing.gaps import gaps
from kakehashi.systems.portfolio.comparing.published import comparisons
from kakehashi.systems.portfolio.demo.agency import make_agency
from kakehashi.systems.portfolio.facts.reading import load
from kakehashi.systems.portfolio.installing import install_structure
from kakehashi.systems.portfolio.models import Credit, Output
from tests.systems.portfolio.agency import make_agency as make_small_agency
from tests.systems.portfolio.test_pages import someone

pytestmark = pytest.mark.django_db
PAGE = "/portfolio/published/"


def compared(ours, **said):
    parts = () if ours is None else (Part("", Decimal(ours)),)
    return Comparison("k", Group.AWARDS, "w", Decimal(100), Unit.NUMBER, parts, "s", **said)


@pytest.mark.parametrize(
    ("ours", "said", "verdict"),
    [
        (None, {}, Verdict.NOTHING),
        (100, {"why": "x"}, Verdict.EQUAL),
        (105, {"tolerance": Decimal(5)}, Verdict.ROUNDING),
        (106, {"tolerance": Decimal(5)}, Verdict.OPEN),
        (106, {"about": True}, Verdict.ABOUT),
        (60, {"partly": True}, Verdict.PARTLY),
        (160, {"partly": True}, Verdict.OPEN),
        (60, {"why": "x"}, Verdict.EXPLAINED),
        (60, {}, Verdict.OPEN),
    ],
)
def test_what_is_said_of_the_two(ours, said, verdict):
    assert compared(ours, **said).verdict == verdict


def test_a_node_without_the_published_structure_has_nothing_to_compare():
    assert comparisons() == []
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(someone(Role.PRESIDENT, Kind.AGENCY))
    assert "nothing to compare" in browser.get(PAGE).content.decode()


def test_structure_alone_has_no_rows_but_the_documents_own():
    install_structure(by=None)
    told = comparisons()
    assert {one.verdict for one in told if one.group is Group.BUDGETS} == {Verdict.NOTHING}
    assert {one.verdict for one in told if one.group is Group.OWN} <= set(SETTLED)
    assert sum(one.verdict is Verdict.EXPLAINED for one in told if one.group is Group.OWN) == 3
    assert len(gaps()) == len(load().gaps) == 19


def test_goals_of_reports_say_what_is_counted_here():
    """A report of the documents beside no outputs, made-up ones, and one of one's own."""
    install_structure(by=None)
    agency = make_small_agency()
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(someone(Role.PRESIDENT, Kind.AGENCY))

    def told():
        page = browser.get("/portfolio/goals/?term=2").content.decode()
        (goal,) = (one for one in comparisons() if one.key == "goal:term2-approvals")
        assert "differs from what was reported" in page
        return goal.verdict, page

    verdict, page = told()
    assert verdict == Verdict.EXPLAINED
    assert "no output is recorded on this node yet" in page
    made = Output.objects.create(kind="approval", reference="DEMO-A1", on=date(2021, 5, 1), synthetic=True)
    Credit.objects.create(output=made, award=agency.awards[0], since=made.on)
    verdict, page = told()
    assert verdict == Verdict.EXPLAINED
    assert "made up for the demonstration and came between 2021-05-01 and 2021-05-01" in page
    Output.objects.create(kind="diagnosis", reference="7", on=date(2022, 6, 1))  # told by a case of this node
    verdict, page = told()
    assert verdict == Verdict.EXPLAINED
    assert "between 2021-05-01 and 2021-05-01" in page
    agency.awards[1].synthetic = True
    agency.awards[1].save()
    data = Output.objects.create(kind="dataset", reference="D1", on=date(2021, 5, 1))  # of an award that is made up
    Credit.objects.create(output=data, award=agency.awards[1], since=data.on)
    assert told()[0] == Verdict.EXPLAINED
    Output.objects.create(kind="paper", reference="10.5555/a", on=date(2021, 6, 1))  # one's own, of another kind
    verdict, page = told()
    assert verdict == Verdict.EXPLAINED
    assert "of which 2 are made up for the demonstration and 1 are not" in page
    licences = next(one for one in comparisons() if one.key == "goal:term2-licences")
    assert (licences.verdict, licences.why) == (
        Verdict.EXPLAINED,
        "Reported by the document; no output of this kind is recorded on this node yet.",
    )
    Output.objects.create(kind="approval", reference="30200BZX", on=date(2021, 6, 1))
    (approvals,) = (one for one in comparisons() if one.key == "goal:term2-approvals")
    assert approvals.verdict == Verdict.EXPLAINED
    assert "of which 1 are made up for the demonstration and 1 are not" in approvals.why
    Output.objects.filter(pk=made.pk).update(synthetic=False)
    verdict, _page = told()
    assert verdict == Verdict.OPEN


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.HOSPITAL])
def test_published_totals_are_for_those_of_the_agency(client, role, kind):
    client.force_login(someone(role, kind))
    allowed = role in rules.SEES and kind in rules.RUNS_AWARDS
    assert client.get(PAGE).status_code == (200 if allowed else 403)


@pytest.mark.slow
def test_the_demo_agency_reproduces_the_published_totals_and_each_leads_to_its_rows():
    make_agency(share=0.02)
    told = {one.key: one for one in comparisons()}
    unsettled = {one.key: one.verdict for one in told.values() if one.verdict not in SETTLED}
    assert unsettled == {}
    assert told["ppi-programmes"].verdict == Verdict.ROUNDING
    budgets = [one for one in told.values() if one.group in (Group.BUDGETS, Group.YEARS)]
    assert len(budgets) == 13
    assert {one.verdict for one in budgets} <= {Verdict.EQUAL, Verdict.ROUNDING}
    assert told["fund-vaccine-promotion"].verdict == Verdict.EQUAL
    assert told["goal:drug-licences"].verdict == Verdict.EXPLAINED
    answered = CliRunner(env={"KAKEHASHI_CLI_LANGUAGE": "en"}).invoke(main, ["portfolio", "reconcile", "--published"])
    assert answered.exit_code == 0, answered.output
    assert "0 differ without an explanation" in answered.output
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(someone(Role.PRESIDENT, Kind.AGENCY))
    page = browser.get(PAGE).content.decode()
    links = re.findall(r'<a (?:class="number" )?href="([^"]+)">([^<]+)</a>', page)
    walked = [(address, text) for address, text in links if "/portfolio/rows/" in address]
    assert len(walked) >= 40
    for address, text in walked[::4]:
        listed = browser.get(f"{html.unescape(address)}&format=csv").content.decode("utf-8-sig")
        assert f"¥{sum(int(row['Balance (yen)']) for row in csv.DictReader(listed.splitlines())):,}" == text, address
    for address, text in re.findall(
        r'<a (?:class="number" )?href="([^"]*/portfolio/(?:awards|outputs)/\?[^"]+)">([\d,]+)</a>', page
    ):
        listed = browser.get(f"{html.unescape(address)}&format=csv").content.decode("utf-8-sig")
        assert f"{len(list(csv.reader(listed.splitlines()))) - 1:,}" == text, address
    for one in gaps():
        if one.url:
            assert browser.get(one.url).status_code == 200, one.key
    rows = list(csv.DictReader(browser.get(f"{PAGE}?format=csv").content.decode("utf-8-sig").splitlines()))
    assert len(rows) == len(told)
    assert "Equal" in browser.get(f"{PAGE}?verdict=equal").content.decode()


def test_the_comparison_on_the_command_line_reads_as_people_write():
    install_structure(by=None)
    answered = CliRunner(env={"KAKEHASHI_CLI_LANGUAGE": "en"}).invoke(main, ["portfolio", "reconcile", "--published"])
    rows = [line.split("\t") for line in answered.stdout.splitlines() if "\t" in line]
    assert len(rows) > 20
    for row in rows:
        for figure in filter(None, row[2:4]):
            assert re.fullmatch(r"-?\d+(\.\d{1,2})?", figure), row
            assert not figure.endswith((".0", ".00")), row
