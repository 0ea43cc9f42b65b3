"""The portfolio's pages: for those of the agency alone, and every figure on them the sum of the rows it leads to."""

import csv
import html
import re
from datetime import date

import pytest
from django.utils import translation

from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.actions import add_person
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.actions import register_award
from kakehashi.systems.portfolio.finding import index_awards
from kakehashi.systems.portfolio.ledger.kinds import AccountKind as A
from kakehashi.systems.portfolio.ledger.kinds import EntryKind as E
from kakehashi.systems.portfolio.ledger.posting import correct, post_many
from kakehashi.systems.portfolio.models import (
    Account,
    Award,
    Axis,
    Entry,
    Goal,
    GoalActual,
    IntegratedProject,
    Movement,
    Placement,
    PlanTerm,
    SharedBudget,
    Standing,
)
from kakehashi.systems.portfolio.outputs.actions import NewOutput, record_output
from kakehashi.web.navigation import systems_of
from tests.systems.portfolio.agency import YEAR, make_agency

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency():
    agency = make_agency()
    post_many(
        [
            *agency.paid(123_456_789),
            *agency.paid(500_000, award=1, institution=1, money=1),
            agency.entry(E.SPEND, A.INSTITUTION, A.SPENT, 23_456_789),
            agency.entry(E.ALLOT, A.GRANTED, A.AGENCY, 60),
            agency.entry(E.DISTRIBUTE, A.AGENCY, A.PROGRAMME, 50),
        ],
        by=None,
    )
    term = PlanTerm.objects.create(number=1, name="第1期", name_en="Term 1", begins=date(2015, 4, 1))
    drugs, rare = (
        IntegratedProject.objects.create(term=term, code=code, name=code, axis=Axis.MODALITY, order=order)
        for order, code in enumerate(("drugs", "rare"))
    )
    Placement.objects.create(project=drugs, programme=agency.programmes[0])
    Placement.objects.create(project=rare, award=agency.awards[0])
    SharedBudget.objects.create(programme=agency.programmes[1], project=rare, fiscal_year=YEAR, amount_yen=5)
    goal = Goal.objects.create(term=term, project=drugs, code="licences", name="導出", name_en="Licences", target=5)
    GoalActual.objects.create(goal=goal, as_of=date(2020, 3, 31), value=225, standing=Standing.EXPECTED)
    index_awards(Award.objects.select_related("programme", "organisation"))
    return agency


def someone(role, kind, code="org"):
    where, _made = Organisation.objects.get_or_create(code=code, defaults={"name": "機関", "kind": kind})
    return add_person(by=None, email=f"{role}@{code}.example", name="見本", organisation=where, role=role)


@pytest.fixture
def officer(agency, client):
    client.force_login(someone(Role.PROGRAMME_OFFICER, Kind.AGENCY))
    return client


def pages(agency):
    return [
        "/portfolio/",
        "/portfolio/?year=2018&term=1",
        "/portfolio/goals/",
        "/portfolio/projects/rare/",
        "/portfolio/programmes/gene/",
        "/portfolio/awards/",
        "/portfolio/awards/?q=課題1&every=1",
        f"/portfolio/awards/{agency.awards[0].number}/",
        "/portfolio/rows/spent/",
        f"/portfolio/accounts/{Account.objects.earliest('pk').pk}/",
        "/portfolio/entries/",
        "/portfolio/entries/1/",
    ]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.GOVERNMENT, Kind.HOSPITAL])
def test_only_those_of_the_agency_see_the_portfolio(agency, client, role, kind):
    client.force_login(someone(role, kind))
    allowed = role in rules.SEES and kind in rules.RUNS_AWARDS
    for address in ("/portfolio/", f"/portfolio/awards/{agency.awards[0].number}/", "/portfolio/entries/1/"):
        assert client.get(address).status_code == (200 if allowed else 403), address


def test_every_page_is_for_those_logged_in(agency, client):
    for address in pages(agency):
        assert client.get(address).status_code == 302, address


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_is_there_in_both_languages(agency, officer, language):
    with translation.override(language):
        for address in pages(agency):
            answered = officer.get(address, headers={"accept-language": language})
            assert answered.status_code == 200, address


def test_what_is_not_there_is_said(agency, officer):
    for address in ("projects/none/", "programmes/none/", "awards/none/", "rows/none/", "accounts/0/", "entries/99/"):
        assert officer.get(f"/portfolio/{address}").status_code == 404, address
    assert officer.get("/portfolio/rows/spent/?ministry=none").status_code == 404


def test_every_figure_of_money_is_the_sum_of_the_accounts_it_leads_to(agency, officer):
    """Walks the links of the agency's and the projects' pages: title (to the yen) against the balances listed."""
    walked = 0
    for page in ("/portfolio/?term=1", "/portfolio/projects/drugs/?term=1", "/portfolio/projects/rare/?term=1"):
        text = officer.get(page, headers={"accept-language": "en"}).content.decode()
        for address, told in re.findall(r'href="([^"]*/portfolio/rows/[^"]+)"[^>]*title="([^"]*)"', text) + [
            (address, told)
            for told, address in re.findall(r'title="([^"]*)"><a href="([^"]*/portfolio/rows/[^"]+)"', text)
        ]:
            listed = officer.get(f"{html.unescape(address)}&format=csv", headers={"accept-language": "en"})
            rows = csv.DictReader(listed.content.decode("utf-8-sig").splitlines())
            assert f"¥{sum(int(row['Balance (yen)']) for row in rows):,}" == told, (page, address)
            walked += 1
    assert walked >= 12


def test_every_count_of_awards_is_the_number_of_awards_it_leads_to(agency, officer):
    walked = 0
    for page in ("/portfolio/?term=1", "/portfolio/projects/rare/?term=1"):
        text = officer.get(page, headers={"accept-language": "en"}).content.decode()
        for address, told in re.findall(r'<a href="([^"]*/portfolio/awards/\?[^"]+)"[^>]*>([\d,]+)</a>', text):
            listed = officer.get(f"{html.unescape(address)}&format=csv").content.decode().splitlines()
            assert f"{len(listed) - 1:,}" == told, (page, address)
            walked += 1
    assert walked >= 6


@pytest.mark.parametrize("term", [1, 0])
def test_what_has_no_place_or_no_programme_and_what_is_shown_again_lead_to_rows_too(agency, officer, term):
    """Walks the lines “Not placed”, “No programme” and the figure “Shown again” of the agency's page."""
    for year, award in ((YEAR, "20ek0109009"), (YEAR - 1, "20ek0109008")):
        days = {"begins": date(year, 6, 1), "ends": date(YEAR, 9, 1)}
        register_award(by=None, number=award, title="事業なし", organisation=agency.institutions[2], **days)
        one = Award.objects.get(number=award)
        record_output(NewOutput("paper", f"10.5555/{award}", date(YEAR, 7, 1)), [one], by=None)
    if not term:
        SharedBudget.objects.all().delete()
        PlanTerm.objects.filter(number=1).update(ends=date(2016, 3, 31))
    page = officer.get(f"/portfolio/?year={YEAR}&term={term or ''}", headers={"accept-language": "en"}).context
    lines = {line["name"]: line["cells"] for line in [*page["projects"], *page["programmes"]]}
    walked = 0
    for name in ("Not placed in this term", "No programme"):
        for cell in lines[name]:
            if not cell["url"]:
                assert cell["text"] in ("", "0", "¥0"), (name, cell)
                continue
            listed = officer.get(f"{cell['url']}&format=csv", headers={"accept-language": "en"})
            rows = list(csv.DictReader(listed.content.decode("utf-8-sig").splitlines()))
            money = "/rows/" in cell["url"]
            came = f"¥{sum(int(row['Balance (yen)']) for row in rows):,}" if money else f"{len(rows):,}"
            assert came == (cell["title"] if money else cell["text"]), (name, cell)
            shown = officer.get(cell["url"], headers={"accept-language": "en"}).content.decode()
            assert name in shown or not term, (name, cell)
            walked += 1
    assert walked == (8 if term else 9)
    again = [cell for cells in lines.values() for cell in cells if cell["label"] == "Shown again" and cell["text"]]
    assert len(again) == term
    for cell in again:
        project = officer.get(cell["url"], headers={"accept-language": "en"}).content.decode()
        section = project[project.index('id="again-heading"') :].split("</section>")[0]
        amounts = [int(one.replace(",", "")) for one in re.findall(r"</a> ¥([\d,]+)</li>", section)]
        assert f"¥{sum(amounts):,}" == cell["title"] == re.findall(r"<strong>([^<]+)</strong>", section)[0]


def test_an_award_is_found_by_its_words_and_by_its_number_in_papers(agency, officer, compiled_ontology):
    def found(text):
        listed = officer.get("/portfolio/awards/", {"q": text, "every": 1, "format": "csv"}).content.decode()
        return [line.split(",")[0] for line in listed.splitlines()[1:]]

    assert found("課題1") == [agency.awards[1].number]
    assert found("Cell programme") == [agency.awards[1].number]
    assert len(found("第1大学")) == 1
    assert found("no such words") == []
    everywhere = officer.get("/search/", {"q": f"JP{agency.awards[0].number}"}, follow=True)
    assert agency.awards[0].number in everywhere.content.decode()


def test_a_search_of_one_year_says_what_other_years_have(agency, officer):
    Award.objects.filter(pk=agency.awards[1].pk).update(begins=date(2010, 4, 1), ends=date(2012, 3, 31))
    english = {"accept-language": "en"}
    page = officer.get("/portfolio/awards/", {"q": "課題", "year": YEAR}, headers=english).content.decode()
    assert "1 more award of other years has these words" in page
    (url,) = re.findall(r'<a href="([^"]*every=1[^"]*)">1 more award', page)
    every = officer.get(html.unescape(url), headers=english).content.decode()
    assert agency.awards[1].number in every
    assert "of other years" not in every


def test_the_rail_and_the_welcome_page_lead_to_what_is_public(officer, client, rf):
    assert 'href="/awards/"' in client.get("/").content.decode()
    assert 'href="/awards/"' in client.get("/about/").content.decode()
    request = rf.get("/portfolio/published/")
    request.user = someone(Role.AUDITOR, Kind.AGENCY)
    rail = {entry["url"]: entry["current"] for group in systems_of(request) for entry in group["entries"]}
    assert {"/awards/", "/portfolio/involvement/", "/portfolio/published/"} <= set(rail)
    assert rail["/portfolio/published/"] == "page"


def test_an_account_tells_the_balance_after_each_movement(agency, officer):
    account = Account.objects.get(kind=A.INSTITUTION, balance_yen=100_000_000)
    text = officer.get(f"/portfolio/accounts/{account.pk}/", headers={"accept-language": "en"}).content.decode()
    assert re.findall(r'data-label="Balance">([^<]+)<', text) == ["¥123,456,789", "¥100,000,000"]


def test_the_journal_says_how_much_for_which_award_and_programme(agency, officer):
    english = {"accept-language": "en"}
    listed = officer.get("/portfolio/entries/", {"format": "csv"}, headers=english).content.decode("utf-8-sig")
    rows = list(csv.DictReader(listed.splitlines()))
    assert len(rows) == Entry.objects.count()
    for row in rows:
        moved = Movement.objects.filter(entry__number=row["Number"])
        assert int(row["Amount (yen)"]) == sum(one.amount_yen for one in moved)
        awards = {one.number for one in Award.objects.filter(accounts__received__in=moved)}
        assert row["Award"] == ("" if not awards else awards.pop())
    spent = next(row for row in rows if row["What happened"] == "Use")
    assert (spent["Programme"], spent["Award"]) == ("Gene programme", agency.awards[0].number)
    page = officer.get(f"/portfolio/awards/{agency.awards[0].number}/", headers=english).content.decode()
    assert (
        page.count('data-label="Amount of this award"')
        == Entry.objects.filter(movements__target__award=agency.awards[0]).distinct().count()
    )


def test_a_correction_and_what_it_corrects_lead_to_each_other(agency, officer):
    wrong = Entry.objects.get(kind=E.SPEND)
    right = correct(wrong, by=None, memo="二重計上")
    assert f"/portfolio/entries/{right.number}/" in officer.get(f"/portfolio/entries/{wrong.number}/").content.decode()
    assert f"/portfolio/entries/{wrong.number}/" in officer.get(f"/portfolio/entries/{right.number}/").content.decode()


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/portfolio/", "/portfolio/"),
        ("/portfolio/projects/rare/", "/portfolio/"),
        ("/portfolio/awards/", "/portfolio/awards/"),
        ("/portfolio/awards/19ek0109000/", "/portfolio/awards/"),
        ("/portfolio/entries/1/", "/portfolio/entries/"),
    ],
)
def test_a_page_is_in_one_place_of_the_rail(rf, path, place):
    request = rf.get(path)
    request.user = someone(Role.PRESIDENT, Kind.AGENCY)
    entries = [entry for group in systems_of(request) for entry in group["entries"]]
    assert [entry["url"] for entry in entries if entry["current"]] == [place]
