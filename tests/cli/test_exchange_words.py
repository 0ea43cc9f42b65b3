"""Commands of the exchange say in words what there is not."""

import pytest
from click.testing import CliRunner

from kakehashi.cli import doctor
from kakehashi.cli.exchange import precision
from kakehashi.cli.genes import genes
from kakehashi.cli.peers import _why_nothing
from kakehashi.systems.exchange.models import Peer, Question


@pytest.mark.django_db
def test_precision_of_nothing_is_said_in_words(monkeypatch):
    monkeypatch.setenv("KAKEHASHI_CLI_LANGUAGE", "en")
    answer = CliRunner().invoke(precision, [])
    assert answer.exit_code == 0
    assert "No match has been confirmed or dismissed yet." in answer.output
    assert "None" not in answer.output


def test_why_no_peer_answered_is_said_of_each():
    en, ja = _why_nothing([Question(peer=Peer(name="Down"), why="unreachable")])
    assert en == "No peer answered. Down: It could not be reached."
    assert "Down：接続できませんでした。" in ja
    assert "kakehashi peers add" in _why_nothing([])[0]


def test_genes_search_without_a_table_says_where_to_get_one(monkeypatch):
    monkeypatch.setattr("kakehashi.engines.genes.installed.load", lambda: None)
    monkeypatch.setenv("KAKEHASHI_CLI_LANGUAGE", "en")
    answer = CliRunner().invoke(genes, ["search", "SEPT9"])
    assert answer.exit_code == 1
    assert "kakehashi genes install FILE" in answer.output


def test_the_doctor_names_catalogues_that_are_not_built(monkeypatch, tmp_path):
    assert doctor.catalogues().state == "ok"
    monkeypatch.setattr(doctor, "CATALOGUES", tmp_path)
    found = doctor.catalogues()
    assert found.state == "warning"
    assert "kakehashi.locale.build" in found.to_do
