"""``kakehashi cases``: what an import refuses and how it says so."""

import json

import pytest
from click.testing import CliRunner

from kakehashi.cli import main
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.packets import exporting

pytestmark = pytest.mark.django_db

MATCHMAKER = {
    "patient": {
        "id": "P-1",
        "contact": {"name": "A Clinician", "href": "mailto:clinic@example.org"},
        "features": [{"id": "HP:0001250", "observed": "yes"}],
        "genomicFeatures": [{"gene": {"id": "SCN1A"}}],
    }
}


@pytest.fixture
def kakehashi(monkeypatch):
    monkeypatch.setenv("KAKEHASHI_CLI_LANGUAGE", "en")
    Organisation.objects.create(code="KITA", name="北病院")
    return lambda *arguments: CliRunner().invoke(main, ["cases", *arguments])


@pytest.mark.parametrize("tree", [MATCHMAKER, MATCHMAKER["patient"]], ids=["request", "patient"])
def test_a_matchmaker_patient_is_refused_as_such_and_the_others_are_imported(kakehashi, tmp_path, monkeypatch, tree):
    good = {"id": "P-2", "phenotypicFeatures": [{"type": {"id": "HP:0001250", "label": "Seizure"}}]}
    path = tmp_path / "patients.jsonl"
    path.write_text(f"{json.dumps(tree)}\n{json.dumps(good)}\n", encoding="utf-8")
    told = kakehashi("import", str(path), "--organisation", "KITA")
    assert told.exit_code == 2
    assert "this looks like a Matchmaker Exchange patient" in told.stderr
    assert "patients.jsonl:1 $" in told.stderr
    assert "1 new, 0 updated, 0 unchanged, 1 refused" in told.stdout
    assert list(Case.objects.values_list("local_id", flat=True)) == ["P-2"]
    monkeypatch.setenv("KAKEHASHI_CLI_LANGUAGE", "ja")
    assert (
        "Matchmaker Exchange の患者データのようです" in kakehashi("import", str(path), "--organisation", "KITA").stderr
    )


def test_a_packet_with_more_findings_than_a_case_holds_is_refused_with_both_numbers(kakehashi, tmp_path, knowledge):
    ontology = knowledge.ontology
    terms = [ontology.id(index) for index in ontology.descendants(ontology.phenotype_root)[:1001]]
    for count in (1000, 1001):
        features = [{"type": {"id": term, "label": "x"}} for term in terms[:count]]
        path = tmp_path / f"{count}.json"
        path.write_text(json.dumps({"id": f"P-{count}", "phenotypicFeatures": features}), encoding="utf-8")
    assert kakehashi("import", str(tmp_path / "1000.json"), "--organisation", "KITA").exit_code == 0
    told = kakehashi("import", str(tmp_path / "1001.json"), "--organisation", "KITA")
    assert told.exit_code == 2
    assert "$.phenotypicFeatures: 1,001 findings are given and a case holds at most 1,000" in told.stderr


def test_an_export_that_is_interrupted_leaves_the_old_file_and_a_whole_one_only_its_owner_reads(
    kakehashi, tmp_path, monkeypatch
):
    packet = tmp_path / "packet.json"
    packet.write_text(json.dumps({"id": "P-1", "phenotypicFeatures": [{"type": {"id": "HP:0001250"}}]}))
    assert kakehashi("import", str(packet), "--organisation", "KITA").exit_code == 0
    folder = tmp_path / "out"
    folder.mkdir()
    output = folder / "cases.jsonl"
    output.write_text("of last week\n")

    def stopped(stream, **_options):
        stream.write(b"half a c")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(exporting, "export_packets", stopped)
        assert kakehashi("export", "--output", str(output)).exit_code != 0
    assert (output.read_text(), list(folder.iterdir())) == ("of last week\n", [output])
    assert kakehashi("export", "--output", str(output)).exit_code == 0
    assert json.loads(output.read_text())["id"] == "P-1"
    assert (output.stat().st_mode & 0o777, list(folder.iterdir())) == (0o600, [output])


def test_cases_imported_before_are_read_anew_on_the_command_line(kakehashi, tmp_path):
    packet = tmp_path / "packet.json"
    packet.write_text(json.dumps({"id": "P-1", "phenotypicFeatures": [{"type": {"id": "HP:0001250"}}]}))
    assert kakehashi("import", str(packet), "--organisation", "KITA").exit_code == 0
    assert kakehashi("reread", "--organisation", "KITA").stdout == "0 cases read anew\n"
    case = Case.objects.get()
    case.describe(case.described.model_copy(update={"genes": ("FBN1",)}))
    case.save()
    assert kakehashi("reread").stdout == "1 case read anew\n"
    assert Case.objects.get().described.genes == ()
