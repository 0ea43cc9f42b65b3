"""A patient published twice: --leave-publication-out takes out what either paper has taught."""

import json

from click.testing import CliRunner
from tests.cli.conftest import DRAVET, packet

from kakehashi.cli.rank import match, rank


def answer(command, *arguments):
    result = CliRunner().invoke(command, [*map(str, arguments), "--format", "jsonl", "--leave-publication-out"])
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout)


def patient_and_cases(tmp_path, **options):
    twice = packet("p", *DRAVET, pmid="PMID:5")
    twice["metaData"]["externalReferences"].append({"id": "PMID:6"})
    cases = [packet(f"of-{number}", *DRAVET, pmid=f"PMID:{number}", **options) for number in (5, 6, 7)]
    patient, library = tmp_path / "p.json", tmp_path / "cases.jsonl"
    patient.write_text(json.dumps(twice), encoding="utf-8")
    library.write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    return patient, library, cases


def test_match_shows_no_case_of_either_paper(tmp_path):
    patient, library, _ = patient_and_cases(tmp_path)
    assert [case["id"] for case in answer(match, patient, "--library", library)["matches"]] == ["of-7"]


def test_rank_counts_no_solved_case_of_either_paper(tmp_path):
    patient, library, cases = patient_and_cases(tmp_path, disease="OMIM:607208")
    of_others, of_hers = tmp_path / "others.json", tmp_path / "hers.json"
    of_others.write_text(json.dumps(cases[2]), encoding="utf-8")
    of_hers.write_text(json.dumps(cases[1]), encoding="utf-8")

    def scores(*solved):
        given = [part for file in solved for part in ("--solved-cases", file)]
        return [disease["score"] for disease in answer(rank, patient, *given)["diseases"]]

    assert scores(library) == scores(of_others) != scores()
    assert scores(of_hers) == scores()
