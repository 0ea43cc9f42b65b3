"""What is taken from public view is gone from every public face at once, with its reason, until it is shown again."""

import json
from datetime import date
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from django.db import DatabaseError, transaction
from django.test import Client

from kakehashi.cli import main
from kakehashi.kernel.audit.models import AuditEntry, Outcome
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.calls.actions import make_call, publish_call
from kakehashi.systems.portfolio.finding import index_awards
from kakehashi.systems.portfolio.lineage.actions import link_awards
from kakehashi.systems.portfolio.models import Award, Call, Withdrawal
from kakehashi.systems.portfolio.outputs.actions import NewOutput, record_output
from kakehashi.systems.portfolio.publication.actions import publish_awards, withdraw_award
from tests.systems.portfolio.agency import make_agency
from tests.systems.portfolio.test_pages import someone

pytestmark = pytest.mark.django_db


@pytest.fixture
def awards():
    """Two published awards, the second carried on by the first, of one call."""
    agency = make_agency()
    Organisation.objects.create(code="amed", name="機構", kind=Kind.AGENCY)
    later, earlier = agency.awards
    link_awards(by=None, before=earlier, after=later, kind="successor", reason="r")
    record_output(NewOutput("paper", "10.5555/a", date(2020, 6, 1), title_en="Told of both"), [later, earlier], by=None)
    told = {"programme": earlier.programme, "name": "公募", "opens": date(2100, 4, 1), "closes": date(2100, 5, 1)}
    call = make_call(by=None, number="C-1", **told)
    publish_call(by=None, call=call)
    Award.objects.update(call=call)
    index_awards(Award.objects.select_related("programme", "organisation"))
    publish_awards(by=None, awards=Award.objects.all())
    return list(Award.objects.order_by("-begins"))


def seen(number):
    """On which public faces everybody finds a number."""
    browser, faces = Client(headers={"accept-language": "en"}), set()
    other = Award.objects.exclude(number=number).get().number
    if browser.get(f"/awards/{number}/").status_code == 200:
        faces.add("page")
    for name, address in (
        ("finder", "/awards/"),
        ("searched", "/awards/?q=Told"),
        ("csv", "/awards/data.csv"),
        ("json", "/awards/data.json"),
        ("360giving", "/awards/360giving.json"),
        ("lineage", f"/awards/{other}/"),
        ("linked", f"/awards/{other}/?format=json"),
        ("call", "/awards/calls/C-1/"),
    ):
        if number in browser.get(address).getvalue().decode():
            faces.add(name)
    maps = ElementTree.fromstring(browser.get("/awards/sitemap.xml").content)
    for one in maps:
        if number in browser.get(one[0].text.split("testserver", 1)[-1]).content.decode():
            faces.add("sitemap")
    return faces


def test_it_leaves_every_public_face_and_comes_back(awards, settings):
    settings.GIVING_PREFIX = "360G-example"
    one = awards[1]
    everywhere = {"page", "finder", "searched", "csv", "json", "360giving", "lineage", "linked", "call", "sitemap"}
    assert seen(one.number) == everywhere
    made = withdraw_award(by=None, award=one, reason=" 誤って公開した ")
    assert (made.reason, made.published_on) == ("誤って公開した", awards[0].published_on)
    assert seen(one.number) == set()
    assert seen(awards[0].number) == everywhere - {"lineage", "linked"}
    entry = AuditEntry.objects.get(action="award.withdraw")
    assert (entry.outcome, json.loads(entry.detail)) == (
        Outcome.DONE,
        {"number": one.number, "reason": "誤って公開した"},
    )
    assert publish_awards(by=None, awards=Award.objects.all()) == 0  # not by the way, with others
    assert publish_awards(by=None, awards=Award.objects.filter(pk=one.pk), again=True) == 1
    assert seen(one.number) == everywhere


def test_it_wants_a_reason_and_something_published(awards):
    with pytest.raises(Invalid):
        withdraw_award(by=None, award=awards[0], reason=" ")
    withdraw_award(by=None, award=awards[0], reason="r")
    with pytest.raises(Conflict):
        withdraw_award(by=None, award=awards[0], reason="r")
    assert Withdrawal.objects.count() == 1
    assert Call.objects.get().published_on is not None


def test_what_was_said_of_it_is_never_changed(awards):
    made = withdraw_award(by=None, award=awards[0], reason="r")
    for change in (lambda: made.delete(), lambda: Withdrawal.objects.update(reason="other")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.GOVERNMENT, Kind.HOSPITAL])
def test_the_page_is_for_those_who_see_and_changes_for_those_who_publish(awards, role, kind):
    person, number = someone(role, kind), awards[0].number
    browser, page = Client(headers={"accept-language": "en"}), f"/portfolio/awards/{number}/publication/"
    browser.force_login(person)
    sees = role in rules.SEES and kind in rules.RUNS_AWARDS
    may = role in rules.PUBLISHES and kind == Kind.AGENCY
    answered = browser.get(page)
    assert answered.status_code == (200 if sees else 403)
    assert ("Take it from public view" in answered.content.decode()) == may
    assert browser.post(page, {"what": "withdraw", "reason": ""}).status_code == (422 if may else 403)
    assert browser.post(page, {"what": "withdraw", "reason": "r"}).status_code == (302 if may else 403)
    assert Award.objects.filter(number=number, published_on=None).exists() == may
    assert browser.post(page, {"what": "publish"}).status_code == (302 if may else 403)
    assert Award.objects.exclude(published_on=None).count() == 2
    if not may:
        with pytest.raises(NotAllowed):
            withdraw_award(by=person, award=awards[0], reason="r")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("Take it from public view", "Told wrongly")), ("ja", ("公開を取りやめる", "Told wrongly"))],
)
def test_the_page_tells_its_history_in_both_languages(awards, language, words):
    withdraw_award(by=None, award=awards[0], reason="Told wrongly")
    publish_awards(by=None, awards=Award.objects.all(), again=True)
    person = someone(Role.PROGRAMME_DIRECTOR, Kind.AGENCY)
    person.language = language
    person.save()
    browser = Client(headers={"accept-language": language})
    browser.force_login(person)
    for address in ("publication/", ""):
        text = browser.get(f"/portfolio/awards/{awards[0].number}/{address}").content.decode()
        assert words[0] in text
    assert words[1] in browser.get(f"/portfolio/awards/{awards[0].number}/publication/").content.decode()


def test_the_command_line_does_the_same(awards):
    run, number = CliRunner(env={"KAKEHASHI_CLI_LANGUAGE": "en"}), awards[0].number
    assert run.invoke(main, ["portfolio", "withdraw", "none", "--reason", "r"]).exit_code == 2
    answered = run.invoke(main, ["portfolio", "withdraw", number, "--reason", "r"])
    assert (answered.exit_code, answered.output) == (0, f"Award {number} is taken from public view.\n")
    assert run.invoke(main, ["portfolio", "publish"]).output == "0 awards published.\n"
    assert run.invoke(main, ["portfolio", "publish", "--award", number]).output == "1 award published.\n"
    assert json.loads(Client().get("/awards/data.json").getvalue())["awards"]
