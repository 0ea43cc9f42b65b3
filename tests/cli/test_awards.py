"""``kakehashi awards``: registered and listed."""

import json

import pytest
from click.testing import CliRunner

from kakehashi.cli import main
from kakehashi.kernel.organisations.models import Organisation

pytestmark = pytest.mark.django_db
DAYS = ("--begins", "2026-04-01", "--ends", "2029-03-31")


@pytest.fixture
def kakehashi(monkeypatch):
    monkeypatch.setenv("KAKEHASHI_CLI_LANGUAGE", "en")
    Organisation.objects.create(code="KITA", name="北病院")
    return lambda *arguments: CliRunner().invoke(main, ["awards", *arguments])


def test_an_award_is_registered_once_and_listed(kakehashi):
    new = ("add", "JP26A", "--title", "希少疾患", "--title-en", "Rare diseases", "--organisation", "KITA")
    done = kakehashi(*new, *DAYS)
    assert (done.exit_code, done.stdout) == (0, "Registered the award JP26A.\n")
    assert kakehashi(*new, *DAYS).exit_code == 2
    assert json.loads(kakehashi("list", "--format", "json").stdout) == [
        {
            "number": "JP26A",
            "title": "希少疾患",
            "title_en": "Rare diseases",
            "programme": "",
            "programme_en": "",
            "organisation": "KITA",
            "begins": "2026-04-01",
            "ends": "2029-03-31",
        }
    ]


def test_what_is_wrong_is_told_and_nothing_is_registered(kakehashi):
    assert kakehashi("add", "JP26A", "--title", "x", "--organisation", "NOWHERE", *DAYS).exit_code == 2
    backwards = ("--begins", "2029-04-01", "--ends", "2026-03-31")
    assert kakehashi("add", "JP26A", "--title", "x", "--organisation", "KITA", *backwards).exit_code == 2
    assert kakehashi("add", "JP26A", "--title", "x", "--organisation", "KITA", "--begins", "soon").exit_code == 2
    assert json.loads(kakehashi("list", "--format", "json").stdout) == []
