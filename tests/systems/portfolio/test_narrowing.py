"""Whatever a page says its rows are narrowed to, they are: with each filter of its address, of a year or of all."""

from datetime import date

import pytest
from django.test import Client

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.involving.actions import record_involvement
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import Award, DiseaseArea, IntegratedProject, Placement, PlanTerm
from kakehashi.systems.portfolio.outputs.actions import NewOutput, record_output
from tests.systems.portfolio.adjustment.funds import someone
from tests.systems.portfolio.agency import make_agency

pytestmark = pytest.mark.django_db
ONE, OTHER = "19ek0109000", "19ek0109001"
FILTERS = {
    "programme=gene": {ONE},
    "programme=cell": {OTHER},
    "project=p&term=1": {ONE},
    "project=empty&term=1": set(),
    "ministry=mext": {ONE},
    "ministry=meti": set(),
    "budget=initial": {ONE},
    "budget=multi_year": {OTHER},
    "budget=supplementary": set(),
    "budget=multi_year&ministry=mext": set(),
    "area=rare": {OTHER},
    "project=-&term=1": {OTHER},
    "programme=-": set(),
    "institution=univ0": {ONE},
    "institution=univ1&budget=multi_year": {OTHER},
    "prefecture=13": {ONE},
    "country=JP": {ONE, OTHER},
    "country=KR": set(),
    "size=0": {ONE, OTHER},
    "size=1": set(),
    "": {ONE, OTHER},
}
"""What an address names, and the awards that it is of."""
PAGES = ("awards/", "outputs/", "involvement/rows/", "involvement/awards/")


@pytest.fixture
def browser():
    agency = make_agency()
    post_many([*agency.paid(1_000), *agency.paid(500, award=1, institution=1, money=1)], by=None)
    term = PlanTerm.objects.create(number=1, name="第1期", begins=date(2015, 4, 1))
    projects = [
        IntegratedProject.objects.create(term=term, code=code, name=code, axis="disease") for code in ("p", "empty")
    ]
    Placement.objects.create(project=projects[0], programme=agency.programmes[0])
    Organisation.objects.filter(code="univ0").update(prefecture="13")
    Award.objects.filter(number=OTHER).update(area=DiseaseArea.objects.create(code="rare", name="希少"))
    for award in agency.awards:
        record_output(NewOutput("paper", f"10.5555/{award.number}", date(2019, 6, 1)), [award], by=None)
        record_involvement(by=None, award=award, kind="design", on=date(2019, 6, 1), what="患者会と協議")
    client = Client()
    client.force_login(someone(Role.PROGRAMME_OFFICER))
    return client


def named(browser, address):
    answered = browser.get(f"/portfolio/{address}")
    assert answered.status_code == 200, address
    text = answered.content.decode()
    return {number for number in (ONE, OTHER) if number in text}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_lists_what_it_says_and_no_more(browser, page):
    for asked, awards in FILTERS.items():
        for years in ("year=2019", "year=2019&every=1"):
            for shape in ("", "&format=csv"):
                assert named(browser, f"{page}?{years}&{asked}{shape}") == awards, (asked, years, shape)


def test_every_year_keeps_to_the_filters_though_nothing_runs_in_the_year(browser):
    assert named(browser, "awards/?year=2026&programme=gene") == set()
    assert named(browser, "awards/?year=2026&every=1&programme=gene") == {ONE}
    assert named(browser, "awards/?year=2026&every=1&budget=initial") == {ONE}
    assert named(browser, "awards/?year=2019&every=1&began=new") == {ONE}
    assert named(browser, "awards/?year=2019&every=1&began=continuing") == {OTHER}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("asked", ["institution=none", "prefecture=99", "size=99", "size=x", "programme=--"])
def test_there_are_no_rows_of_what_there_is_not(browser, page, asked):
    assert browser.get(f"/portfolio/{page}?year=2019&{asked}").status_code == 404


@pytest.mark.parametrize("asked", ["at=garbage", "table=garbage", "table=drug&at=garbage", "area=garbage"])
def test_a_pipeline_has_no_rows_of_what_there_is_not(browser, asked):
    assert browser.get("/portfolio/pipeline/rows/?year=2019").status_code == 200
    assert browser.get(f"/portfolio/pipeline/rows/?year=2019&{asked}").status_code == 404
