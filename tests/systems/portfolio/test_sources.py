"""Where a fact stands is said in the language of whoever reads it, whatever language its row keeps."""

import html
import re
from dataclasses import replace
from datetime import date

import pytest
from django.test import Client
from django.utils import translation

from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.databook.dimensions import DIMENSIONS
from kakehashi.systems.portfolio.facts.citing import source_said
from kakehashi.systems.portfolio.installing import install_published_cooperation, install_structure
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import Appointment, Cooperation, Goal, GoalActual, Programme
from tests.systems.portfolio.adjustment.funds import someone
from tests.systems.portfolio.agency import make_agency

JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


@pytest.mark.django_db
def test_english_pages_say_sources_in_english():
    install_structure(by=None)
    models = (Goal, GoalActual, Programme)
    kept = [source for model in models for source in model.objects.values_list("source", flat=True)]
    assert all(JAPANESE.search(source) for source in kept)
    with translation.override("en"):
        assert [source for source in kept if JAPANESE.search(source_said(source))] == []
        assert source_said("自分で書いた出典") == "自分で書いた出典"
    with translation.override("ja"):
        assert [source_said(source) for source in kept] == kept
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(someone(Role.PRESIDENT, name="Sample"))
    told = browser.get("/portfolio/goals/?term=1").content.decode().split("<main", 1)[-1]
    assert JAPANESE.findall(re.sub(r"<[^>]+>", " ", told)) == []


def test_the_data_book_names_countries():
    country = DIMENSIONS["country"].labels
    assert country({"JP", "US"}, "ja") == {"JP": "日本", "US": "アメリカ合衆国"}
    assert country({"JP", ""}, "en") == {"JP": "Japan"}


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ja"])
def test_co_operations_and_offices_say_theirs_too(language):
    install_structure(by=None)
    install_published_cooperation(by=None)
    president = someone(Role.PRESIDENT, name="Sample")
    president.language = language
    president.save()
    told = Cooperation.objects.exclude(source="").first()
    office = {"organisation": president.memberships.get().organisation, "office": Role.PRESIDENT}
    Appointment.objects.create(person=president, since=date(2020, 4, 1), source=told.source, **office)
    with translation.override("en"):
        english = source_said(told.source)
    expected = {"en": english, "ja": told.source}[language]
    administrator = someone(Role.ADMINISTRATOR, name="Other")
    for person, page in (
        (president, f"/portfolio/abroad/{told.code}/"),
        (administrator, "/portfolio/offices/president/"),
    ):
        person.language = language
        person.save()
        browser = Client(headers={"accept-language": language})
        browser.force_login(person)
        assert expected in html.unescape(browser.get(page).content.decode()), page


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("en", "Adjustment funds 2019-1-001"), ("ja", "調整費 2019-1-001")])
def test_an_entry_of_a_round_says_so_in_the_readers_language(language, words):
    agency = make_agency()
    entries = post_many([replace(one, memo="調整費 2019-1-001") for one in agency.paid(10)], by=None)
    other = post_many([replace(one, memo="手書きの摘要") for one in agency.paid(5)], by=None)
    reader = someone(Role.AUDITOR)
    reader.language = language
    reader.save()
    browser = Client(headers={"accept-language": language})
    browser.force_login(reader)
    for page in (f"entries/{entries[-1].number}/", "entries/", f"awards/{agency.awards[0].number}/"):
        assert words in browser.get(f"/portfolio/{page}").content.decode(), page
    assert "手書きの摘要" in browser.get(f"/portfolio/entries/{other[-1].number}/").content.decode()
