"""``kakehashi designated …`` as a node's operator runs it."""

import pytest
from click.testing import CliRunner
from tests.protocols.test_designated import LIST

from kakehashi.cli import main
from kakehashi.systems.cases.designated import installed

pytestmark = pytest.mark.django_db


def run(*arguments, language="en"):
    return CliRunner().invoke(main, ["designated", *arguments], env={"KAKEHASHI_CLI_LANGUAGE": language})


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("language", "none", "done"),
    [("en", "No list of designated diseases is installed", "3 diseases"), ("ja", "導入されていません", "3 疾病")],
)
def test_a_list_is_installed_shown_searched_and_taken_away(file, language, none, done):
    assert none in run("status", language=language).output
    made = run("install", str(file), language=language)
    assert made.exit_code == 0, made.output
    assert done in made.output
    assert done in run("status", language=language).output
    assert run("search", "167", language=language).output.startswith(
        "167  マルファン症候群  Marfan syndrome  OMIM:154700"
    )
    assert run("search", "zzz", language=language).exit_code == 1
    assert run("install", "none", language=language).exit_code == 0
    assert installed() is None


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_wrong_file_is_told_row_by_row_and_changes_nothing(file, tmp_path, language):
    run("install", str(file))
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("number,name_ja,omim\nx,a,\n5,,1\n", encoding="utf-8")
    told = run("install", str(wrong), language=language)
    assert told.exit_code == 2
    for said in {"en": ("line 2, number", "line 3, name_ja", "line 3, omim")}.get(
        language, ("2 行目、列 number", "3 行目、列 name_ja", "3 行目、列 omim")
    ):
        assert said in told.stderr
    assert installed().source == "list.csv"
    missing = run("install", str(tmp_path / "none.csv"), language=language)
    assert missing.exit_code == 2
    assert "none.csv" in missing.stderr
