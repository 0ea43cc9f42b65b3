"""``kakehashi match --leave-publication-out``: the paper's cases go; what it taught of diseases stays unless asked."""

import json

import pytest
from click.testing import CliRunner
from tests.cli.conftest import packet

from kakehashi.cli.rank import match


def answers(*arguments):
    result = CliRunner().invoke(match, [*map(str, arguments), "--format", "jsonl", "--leave-publication-out"])
    assert result.exit_code == 0, (result.output, result.exception)
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def published(knowledge):
    """A publication, a disease that it alone annotates, and the findings it gives."""
    diseases = knowledge.diseases
    for name in map(str, diseases.publications):
        rows = diseases.rows_citing(name)
        terms = sorted({int(diseases.row_term[row]) for row in rows if not diseases.row_negated[row]})
        findings = [knowledge.ontology.id(term) for term in terms if knowledge.ontology.is_phenotype(term)]
        if name.startswith("PMID:") and len(findings) > 8 and not diseases.pooled(rows, [name]).any():
            return name, findings
    raise AssertionError("no publication annotates a disease by itself")


def test_a_patients_own_annotations_stay_with_a_word_or_go_when_asked(tmp_path, published):
    publication, findings = published
    patient, library = tmp_path / "patient.json", tmp_path / "library.jsonl"
    patient.write_text(json.dumps(packet("p", *findings[:6], pmid=publication)), encoding="utf-8")
    cases = [
        packet("of-this-paper", *findings[:6], pmid=publication),
        packet("of-another", *findings[2:8], pmid="PMID:1"),
        packet("of-none", *findings[4:8]),
    ]
    library.write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    [kept] = answers(patient, "--library", library)
    [dropped] = answers(patient, "--library", library, "--own-annotations", "drop")
    for answer in (kept, dropped):
        assert list(answer) == ["id", "matches", "warnings"]
        assert {case["id"] for case in answer["matches"]} == {"of-another", "of-none"}
    assert [warning for warning in kept["warnings"] if publication in warning and "rows kept" in warning]
    assert not dropped["warnings"]
    scores = [{case["id"]: case["score"] for case in answer["matches"]} for answer in (kept, dropped)]
    assert scores[0] != scores[1]


def test_a_publication_that_annotates_nothing_needs_no_word(tmp_path, published):
    patient = tmp_path / "patient.json"
    patient.write_text(json.dumps(packet("p", *published[1], pmid="PMID:1")), encoding="utf-8")
    assert answers(patient, "--library", patient)[0]["warnings"] == []


def test_the_library_side_keeps_its_annotations_too(tmp_path, published):
    publication, findings = published
    patient, library = tmp_path / "patient.json", tmp_path / "library.json"
    patient.write_text(json.dumps(packet("p", *findings[:6], pmid="PMID:1")), encoding="utf-8")
    library.write_text(json.dumps(packet("c", *findings[2:8], pmid=publication)), encoding="utf-8")
    scores = [
        answers(patient, "--library", library, *more)[0]["matches"][0]["score"]
        for more in ((), ("--own-annotations", "keep"), ("--own-annotations", "drop"))
    ]
    assert scores[0] == scores[1] != scores[2]


def test_annotations_of_every_own_publication_go(tmp_path, published):
    publication, findings = published
    library = tmp_path / "library.json"
    library.write_text(json.dumps(packet("c", *findings[2:8])), encoding="utf-8")
    scores = []
    for papers in ((publication,), ("PMID:1", publication), ("PMID:1",)):
        patient = tmp_path / "patient.json"
        tree = packet("p", *findings[:6], pmid="PMID:1")
        tree["metaData"]["externalReferences"] = [{"id": paper} for paper in papers]
        patient.write_text(json.dumps(tree), encoding="utf-8")
        [answer] = answers(patient, "--library", library, "--own-annotations", "drop")
        scores.append(answer["matches"][0]["score"])
    assert scores[0] == scores[1] != scores[2]
