"""``kakehashi networks``: founded, joined, listed, left."""

import json

import pytest
from click.testing import CliRunner

from kakehashi.cli.networks import networks
from kakehashi.kernel.organisations.models import Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def kakehashi():
    def run(*words, code=0):
        done = CliRunner().invoke(networks, words)
        assert done.exit_code == code, done.output
        return done.output

    return run


def test_networks_are_founded_joined_listed_and_left(kakehashi):
    for code in ("HUB", "COOP"):
        Organisation.objects.create(code=code, name=code)
    kakehashi("add", "irud", "--name", "未診断疾患", "--name-en", "Undiagnosed diseases")
    assert json.loads(kakehashi("list", "--format", "json")) == [
        {"network": "irud", "organisation": "", "role": "", "hub": ""}
    ]
    kakehashi("join", "irud", "COOP", "--role", "cooperating", "--hub", "HUB", code=2)
    kakehashi("join", "irud", "HUB", "--role", "hub")
    kakehashi("join", "irud", "COOP", "--role", "cooperating", "--hub", "HUB")
    rows = json.loads(kakehashi("list", "--format", "json"))
    assert [(one["organisation"], one["role"], one["hub"]) for one in rows] == [
        ("HUB", "hub", ""),
        ("COOP", "cooperating", "HUB"),
    ]
    kakehashi("leave", "irud", "HUB")
    assert json.loads(kakehashi("list", "--format", "json"))[0]["hub"] == ""
    kakehashi("leave", "irud", "HUB", code=2)
    kakehashi("join", "nowhere", "HUB", code=2)
