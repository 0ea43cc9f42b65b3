"""``kakehashi rank`` and ``match`` as scripts and people meet them."""

import gzip
import json
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.cli.conftest import DRAVET, MARFAN, packet

from kakehashi.cli.check import check
from kakehashi.cli.rank import match, rank
from kakehashi.protocols.phenopacket import loads, to_yaml

BAD = '{"id":"bad","subject":{"sex":"girl"}}'
SOURCE = Path(__file__).resolve().parents[2] / "src"


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv("KAKEHASHI_CLI_LANGUAGE", "en")

    def call(command, *arguments, stdin=None, code=0):
        result = CliRunner().invoke(command, [str(argument) for argument in arguments], input=stdin)
        assert result.exit_code == code, (result.exit_code, result.output, result.exception)
        return result

    return call


def kakehashi(*arguments, **options):
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "KAKEHASHI_CLI_LANGUAGE": "en"}
    command = [sys.executable, "-m", "kakehashi", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, env=environment, timeout=120, check=False, **options)


# --- the promise to scripts --------------------------------------------------------------------------------------


def test_rank_answers_one_line_a_patient_in_order_with_the_promised_keys(run, patients, lines):
    found = lines(run(rank, patients, "--format", "jsonl", "--top", 3).stdout)
    assert [line["id"] for line in found] == ["marfan", "dravet", "odd"]
    for line in found:
        assert list(line) == ["id", "diseases", "unknown_disease_probability", "warnings"]
        assert [disease["rank"] for disease in line["diseases"]] == sorted(d["rank"] for d in line["diseases"])
        assert len(line["diseases"]) == 3
        for disease in line["diseases"]:
            assert list(disease) == ["rank", "id", "label", "score", "probability", "genes"]
            assert 0 <= disease["probability"] <= 1
        assert 0 <= line["unknown_disease_probability"] <= 1
    assert found[0]["diseases"][0]["id"] == "OMIM:154700"
    assert found[0]["warnings"] == []
    assert "HP:9999999" in found[2]["warnings"][0]
    assert found[2]["warnings"][0].startswith("$.phenotypicFeatures[1].type.id: ")


def test_match_answers_one_line_a_patient_with_the_promised_keys(run, patients, library, lines):
    found = lines(run(match, patients, "--library", library, "--format", "jsonl").stdout)
    assert [line["id"] for line in found] == ["marfan", "dravet", "odd"]
    for line in found:
        assert list(line) == ["id", "matches", "warnings"]
        for case in line["matches"]:
            assert list(case)[:3] == ["rank", "id", "score"]
    assert [case["id"] for case in found[0]["matches"]][:2] == ["like-marfan", "also-marfan"]
    assert "marfan" not in [case["id"] for case in found[0]["matches"]]  # the patient's own record
    assert found[0]["matches"][0]["shared_genes"] == ["FBN1"]
    assert {case["id"] for case in found[1]["matches"]} >= {"like-dravet", "like-dravet#2"}
    assert found[1]["matches"][0]["diseases"] == ["OMIM:607208"]


def test_a_patient_without_usable_findings_is_answered_with_no_disease_and_a_warning(run, lines):
    (found,) = lines(run(rank, "-", "--format", "jsonl", stdin='{"id":"none","subject":{"sex":"FEMALE"}}').stdout)
    assert list(found) == ["id", "diseases", "unknown_disease_probability", "warnings"]
    assert found["diseases"] == []
    assert 0 < found["unknown_disease_probability"] < 1
    assert "no finding of this patient could be used" in found["warnings"][-2]
    assert "none is listed, and no probability given" in found["warnings"][-1]
    table = run(rank, "-", "--language", "ja", stdin='{"id":"none","subject":{}}').stdout
    assert "OMIM:" not in table
    assert "所見" in table


@pytest.mark.parametrize("command", [rank, match, check])
def test_a_matchmaker_patient_is_refused_as_such(run, library, command):
    patient = json.dumps([{"id": "P1", "features": [{"id": "HP:0001250", "observed": "yes"}]}])
    more = ["--library", library] if command is match else []
    told = run(command, "-", *more, stdin=patient, code=2)
    assert "this looks like a Matchmaker Exchange patient (features), not a phenopacket" in told.output
    assert "phenotypicFeatures" in told.output
    japanese = run(command, "-", *more, "--language", "ja", stdin=patient, code=2)
    assert "Matchmaker Exchange の患者データのようです" in japanese.output


def test_json_is_one_array(run, patients):
    found = json.loads(run(rank, patients, "--format", "json", "--top", 1).stdout)
    assert [answer["id"] for answer in found] == ["marfan", "dravet", "odd"]
    empty = run(rank, "-", "--format", "json", "--keep-going", stdin=BAD, code=2)
    assert json.loads(empty.stdout) == []


def test_genes_are_used_unless_told_otherwise(run, tmp_path, lines):
    path = tmp_path / "gene.json"
    path.write_text(json.dumps(packet("g", "HP:0001250", genes=("SCN1A",))), encoding="utf-8")
    with_genes = lines(run(rank, path, "--format", "jsonl").stdout)[0]["diseases"]
    without = lines(run(rank, path, "--format", "jsonl", "--no-genes").stdout)[0]["diseases"]
    assert "SCN1A" in with_genes[0]["genes"]
    assert with_genes != without


def test_match_leaves_a_publication_out(run, patients, library, lines):
    found = lines(
        run(match, patients, "--library", library, "--format", "jsonl", "--leave-publication-out", "--no-genes").stdout
    )
    assert found[0]["matches"][0]["id"] == "also-marfan"
    published = {publication for case in found[0]["matches"] for publication in case["publications"]}
    assert "PMID:11" not in published
    assert found[1]["matches"][0]["id"] == "like-dravet#2"
    assert any("no publication" in warning for warning in found[2]["warnings"])


def test_rank_leaves_a_publication_out_and_takes_solved_cases(run, tmp_path, lines):
    solved = tmp_path / "solved.jsonl"
    cases = [packet(f"s{n}", *DRAVET, pmid=f"PMID:{n}", disease="OMIM:607208") for n in (5, 6)]
    solved.write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    path = tmp_path / "p.json"
    path.write_text(json.dumps(packet("p", *DRAVET, pmid="PMID:5")), encoding="utf-8")
    plain = lines(run(rank, path, "--format", "jsonl").stdout)[0]
    with_solved = lines(run(rank, path, "--format", "jsonl", "--solved-cases", solved).stdout)[0]
    assert with_solved["diseases"] != plain["diseases"]
    left_out = lines(run(rank, path, "--format", "jsonl", "--solved-cases", solved, "--leave-publication-out").stdout)
    assert left_out[0]["diseases"][0]["id"] == "OMIM:607208"  # by the case of the other publication


def test_a_patients_own_solved_record_is_told_or_left_out(run, tmp_path, lines):
    own = tmp_path / "own.json"
    own.write_text(json.dumps(packet("p", *DRAVET, disease="OMIM:154700")), encoding="utf-8")
    plain = lines(run(rank, own, "--format", "jsonl", "--no-genes").stdout)[0]
    counted = lines(run(rank, own, "--solved-cases", own, "--format", "jsonl", "--no-genes").stdout)[0]
    assert any("own record" in warning for warning in counted["warnings"])
    assert counted["diseases"] != plain["diseases"]
    solved = ("--solved-cases", own, "--format", "jsonl", "--no-genes", "--leave-publication-out")
    left_out = lines(run(rank, own, *solved).stdout)[0]
    assert [disease["score"] for disease in left_out["diseases"]] == [d["score"] for d in plain["diseases"]]
    assert not any("own record" in warning for warning in left_out["warnings"])


# --- what is read ------------------------------------------------------------------------------------------------


def test_every_form_of_file_gives_the_same_answer(run, tmp_path, lines):
    tree = packet("p", *MARFAN)
    text = json.dumps(tree)
    yaml = to_yaml(loads(text))
    forms = {
        "a.json": json.dumps(tree, indent=2).encode(),
        "b.json.gz": gzip.compress(text.encode()),
        "c.yaml": yaml.encode(),
        "d.yml.gz": gzip.compress(yaml.encode()),
        "e.jsonl": text.encode() + b"\n",
        "f.jsonl.gz": gzip.compress(text.encode() + b"\n"),
        "g.json": json.dumps([tree]).encode(),
        "h.json": json.dumps({"id": "cohort", "members": [tree]}).encode(),
        "i.json": json.dumps({"id": "family", "proband": tree, "relatives": [packet("r", *DRAVET)]}).encode(),
    }
    for name, data in forms.items():
        (tmp_path / name).write_bytes(data)
    each = [lines(run(rank, tmp_path / name, "--format", "jsonl").stdout) for name in forms]
    assert all(answer == each[0] for answer in each)
    assert lines(run(rank, tmp_path, "--format", "jsonl").stdout) == each[0] * len(forms)
    for data in (text, json.dumps(tree, indent=2), yaml):
        assert lines(run(rank, "-", "--format", "jsonl", stdin=data).stdout) == each[0]


# --- bad input ---------------------------------------------------------------------------------------------------


def test_bad_input_ends_with_code_2_and_says_where_what_and_what_to_do(run, tmp_path):
    path = tmp_path / "mixed.jsonl"
    path.write_text(
        f"{json.dumps(packet('a', *MARFAN))}\n{BAD}\n{json.dumps(packet('c', *DRAVET))}\n", encoding="utf-8"
    )
    result = run(rank, path, "--format", "jsonl", code=2)
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["a"]
    assert result.stderr == (
        f'error: {path}, line 2, $.subject.sex: "girl" is none of the values allowed here\n'
        "  to do: use one of UNKNOWN_SEX, FEMALE, MALE, OTHER_SEX\n"
    )
    result = run(rank, path, "--format", "jsonl", "--keep-going", code=2)
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["a", "c"]
    assert "line 2" in result.stderr


def test_messages_are_japanese_when_asked(run, tmp_path):
    path = tmp_path / "bad.json"
    path.write_text(BAD, encoding="utf-8")
    result = run(rank, path, "--language", "ja", code=2)
    assert f"エラー：{path} 1 行目 $.subject.sex：" in result.stderr
    assert "対処：使える値：UNKNOWN_SEX" in result.stderr


@pytest.mark.parametrize("command", [rank, match])
def test_every_bad_file_of_a_run_is_told(run, tmp_path, library, command):
    (tmp_path / "broken.json").write_text('{"id": ', encoding="utf-8")
    (tmp_path / "good.json").write_text(json.dumps(packet("good", *MARFAN)), encoding="utf-8")
    names = [tmp_path / "absent.json", tmp_path / "broken.json", tmp_path / "good.json", tmp_path / "x.txt"]
    more = ["--library", library] if command is match else []
    result = run(command, *names, *more, "--format", "jsonl", "--keep-going", code=2)
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["good"]
    assert result.stderr.count("error: ") == 3
    assert "broken.json, line 1: not valid JSON" in result.stderr


def test_a_bad_library_or_solved_case_is_bad_input_too(run, patients, tmp_path):
    bad = tmp_path / "bad.json"
    bad.write_text(BAD, encoding="utf-8")
    assert run(match, patients, "--library", bad, code=2).stdout == ""
    assert run(rank, patients, "--solved-cases", bad, code=2).stdout == ""
    kept = run(rank, patients, "--solved-cases", bad, "--keep-going", "--format", "jsonl", code=2)
    assert len(kept.stdout.splitlines()) == 3


def test_solved_cases_that_cannot_help_are_counted(run, patients, tmp_path):
    solved = tmp_path / "solved.json"
    solved.write_text(json.dumps(packet("s", *MARFAN, disease="OMIM:999999")), encoding="utf-8")
    result = run(rank, patients, "--solved-cases", solved, "--format", "jsonl")
    assert result.stderr.startswith("note: 1 solved case left aside")


def test_match_wants_one_library(run, patients, library):
    assert "--registered" in run(match, patients, code=2).stderr
    run(match, patients, "--library", library, "--registered", code=2)


def test_files_cannot_drive_the_terminal(run, tmp_path):
    tree = packet("\x1b[2Jred[bold]x[/bold]", "HP:0001250", "HP:9999999")
    tree["phenotypicFeatures"][1]["type"]["label"] = "\x1b]0;title\x07[/nothing]"
    path = tmp_path / "evil.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    result = run(rank, path)
    assert "\x1b" not in result.stdout
    assert "[bold]x[/bold]" in result.stdout


# --- tables ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["none of the known diseases", "Ask next", "3 findings", "FBN1", "%"]),
        ("ja", ["既知の疾患のいずれでもない", "次に確認するとよい所見", "所見 3 件", "FBN1", "%"]),
    ],
)
def test_the_table_speaks_both_languages(run, tmp_path, language, words):
    path = tmp_path / "p.json"
    path.write_text(json.dumps(packet("p", *MARFAN[:3], genes=("FBN1",))), encoding="utf-8")
    text = run(rank, path, "--language", language).stdout
    assert [word for word in words if word not in text] == []


def test_the_table_says_what_a_gene_is_worth_as_a_factor_and_that_it_speaks_alone(run, tmp_path):
    patient = packet("p", "HP:0001250", "HP:0000252", "HP:0001249", genes=("CFTR",))
    path = tmp_path / "p.json"
    path.write_text(json.dumps(patient), encoding="utf-8")
    text = run(rank, path, "--language", "en").stdout
    assert "A candidate gene of the patient causes it ×4,000" in " ".join(text.split())
    assert "only the gene speaks for it" in text
    assert "Microcephaly" not in text[text.index("Cystic fibrosis") : text.index("Pancreatitis")]
    assert "because of the candidate gene CFTR" in " ".join(text.split())
    assert "候補遺伝子のみが根拠です" in run(rank, path, "--language", "ja").stdout


def test_scripts_get_english_whatever_the_locale(run, patients, monkeypatch, lines):
    english = run(rank, patients, "--format", "jsonl").stdout
    monkeypatch.setenv("KAKEHASHI_CLI_LANGUAGE", "ja")
    assert run(rank, patients, "--format", "jsonl").stdout == english
    assert "導入済み" in lines(run(rank, patients, "--format", "jsonl", "--language", "ja").stdout)[2]["warnings"][0]


def test_the_match_table_names_what_met_and_what_did_not(run, patients, library):
    text = run(match, patients, "--library", library, "--language", "en").stdout
    assert "Marfan syndrome" in text
    assert "5 cases searched" in text
    assert "+ " in text


def test_a_terminal_without_these_characters_still_gets_its_table(patients):
    code = "from kakehashi.cli import main; main()"
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-c", code, "rank", str(patients), "--language", "ja"],
        env=environment, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"OMIM:154700" in done.stdout


# --- as a process ------------------------------------------------------------------------------------------------


def test_a_run_knows_no_django_and_starts_within_seconds(patients):
    code = (
        "import sys; from kakehashi.cli import main\n"
        "try: main(['rank', sys.argv[1], '--format', 'jsonl'])\n"
        "except SystemExit as end: assert not end.code\n"
        "assert 'django' not in sys.modules"
    )
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [sys.executable, "-c", code, str(patients)], env=environment, capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert len(done.stdout.splitlines()) == 3


def test_exit_codes_of_the_process(tmp_path, patients):
    assert kakehashi("rank", patients, "--format", "jsonl").returncode == 0
    bad = kakehashi("rank", "-", input=BAD.encode())
    assert (bad.returncode, bad.stdout) == (2, b"")
    assert bad.stderr.startswith(b"error: standard input, line 1, $.subject.sex: ")
    assert kakehashi("rank").returncode == 2


@pytest.fixture
def long_run(tmp_path):
    """A run that has answered one patient of twenty thousand."""
    path = tmp_path / "many.jsonl"
    path.write_text((json.dumps(packet("p", *MARFAN)) + "\n") * 20_000, encoding="utf-8")
    command = [sys.executable, "-m", "kakehashi", "rank", str(path), "--format", "jsonl", "--top", "50"]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # tests run in the background do not hear it
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, env=environment, preexec_fn=heard) as process:
        assert json.loads(process.stdout.readline())["id"] == "p"  # written at once, long before the end
        yield process
        process.kill()


def test_a_closed_pipe_ends_quietly(long_run):
    long_run.stdout.close()
    assert long_run.stderr.read() == b""
    assert long_run.wait(timeout=60) == 1


def test_an_interrupt_ends_quietly_with_130(long_run):
    long_run.send_signal(signal.SIGINT)
    answered, said = long_run.stdout.read(), long_run.stderr.read()
    assert (long_run.wait(timeout=60), said) == (130, b"")
    assert all(json.loads(line) for line in answered.split(b"\n")[:-1])


def test_memory_does_not_grow_with_the_number_of_patients(tmp_path):
    text = json.dumps(packet("p", *MARFAN)) + "\n"
    code = (
        "import resource, sys; from kakehashi.cli import main\n"
        "try: main(['rank', sys.argv[1], '--format', 'jsonl', '--top', '1'])\n"
        "except SystemExit: pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    )
    peaks = []
    for count in (50, 5000):
        path = tmp_path / f"{count}.jsonl"
        path.write_text(text * count, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)],
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
            capture_output=True,
            timeout=300,
            check=True,
        )
        assert len(done.stdout.splitlines()) == count
        peaks.append(int(done.stderr.split()[-1]))
    assert peaks[1] < peaks[0] * 1.2 + 20_000  # KiB


def test_pooled_rows_are_kept_with_a_word_or_dropped_when_asked(run, tmp_path, lines, knowledge):
    diseases = knowledge.diseases
    publication = next(
        name for name in map(str, diseases.publications)
        if name.startswith("PMID:") and diseases.pooled(diseases.rows_citing(name), [name]).sum() > 5
    )  # fmt: skip
    row = int(diseases.rows_citing(publication)[0])
    finding = knowledge.ontology.id(int(diseases.row_term[row]))
    file = tmp_path / "pooled.json"
    file.write_text(json.dumps(packet("pooled", finding, pmid=publication)))
    kept = lines(run(rank, file, "--format", "jsonl", "--leave-publication-out").stdout)[0]
    dropped = lines(run(rank, file, "--format", "jsonl", "--leave-publication-out", "--pooled-rows", "drop").stdout)[0]
    assert any(publication in warning and "kept" in warning for warning in kept["warnings"])
    assert not any("kept" in warning for warning in dropped["warnings"])
    assert kept["diseases"] != dropped["diseases"]
