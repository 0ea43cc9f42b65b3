"""``kakehashi linkage …`` as a node's operator runs it."""

import json

import pytest
from click.testing import CliRunner

from kakehashi.cli import main
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.models import LinkageKey

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("compiled_ontology")]


@pytest.fixture
def hospital(db, make_member):
    holder = Organisation.objects.create(code="KITA", name="北病院", name_en="North Hospital")
    person = make_member(holder)
    for name in ("A-1", "A-2", "A-3"):
        enter_case(by=person, organisation=holder, local_id=name, description=Description(genes=("FBN1",)))
    return holder


@pytest.fixture
def make_member(db):
    from kakehashi.kernel.people.models import Membership, Person

    def make(organisation):
        person = Person.objects.create_user("a@example.org", "correct horse battery")
        Membership.objects.create(person=person, organisation=organisation, role="clinician")
        return person

    return make


def run(*arguments: str, language: str = "en"):
    return CliRunner().invoke(main, ["linkage", *arguments], env={"KAKEHASHI_CLI_LANGUAGE": language})


def test_a_file_of_items_becomes_keys_and_faults_are_told_by_line(hospital, tmp_path):
    file = tmp_path / "items.csv"
    file.write_text(
        "local_id,family,given,birth,sex\n"
        "A-1,ヤマダ,ハナコ,2015-04-01,female\nA-2,山田,ハナコ,2015-04-01,female\nA-3,ヤマダ,ハナコ,20150199,\nA-9,ア,イ,2015-04-01,\n"
    )
    done = run("import", str(file), "--organisation", "KITA")
    assert done.exit_code == 1, done.output
    assert "keys made for 1 case\n" in done.output
    for told in ("line 3: family is unusable", "line 4: birth is unusable", "line 5: no such case"):
        assert told in done.output
    assert "ヤマダ" not in done.output
    assert LinkageKey.objects.values("case").distinct().count() == 1
    counts = json.loads(run("status", "--format", "json").output)
    assert (counts["with_keys"], counts["waiting"], counts["untold"]) == (1, 1, 0)
    assert "0 new suspicions" in run("look").output
    assert "照合待ちの症例：0" in run("status", language="ja").output


@pytest.mark.parametrize(("content", "said"), [(b"local_id\nA-1\n", "family, given, birth"), (b"\xff\xfe", "UTF-8")])
def test_a_wrong_file_is_refused(content, said, hospital, tmp_path):
    file = tmp_path / "items.csv"
    file.write_bytes(content)
    done = run("import", str(file), "--organisation", "KITA")
    assert done.exit_code == 2
    assert said in done.output
