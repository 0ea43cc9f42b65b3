"""Where a fact stands is said in the language of whoever reads it, whatever language its row keeps."""

import re

import pytest
from django.test import Client
from django.utils import translation

from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.databook.dimensions import DIMENSIONS
from kakehashi.systems.portfolio.facts.citing import source_said
from kakehashi.systems.portfolio.installing import install_structure
from kakehashi.systems.portfolio.models import Goal, GoalActual, Programme
from tests.systems.portfolio.adjustment.funds import someone

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
