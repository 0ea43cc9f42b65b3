"""Files, streams and folders: what is found, and how each mistake is told."""

import gzip
import io
import json
import os
import re
import threading

import pytest

from kakehashi.protocols.phenopacket import Phenopacket, PhenopacketError, documents, loads, patients, reading, sources

GOOD = b'{"id":"a","subject":{"id":"s"}}'


def problem_of(text: bytes | str, **options):
    with pytest.raises(PhenopacketError) as caught:
        loads(text, **options)
    return caught.value.problems[0]


@pytest.mark.parametrize(
    ("text", "code", "line", "path"),
    [
        (b"", "empty-input", None, "$"),
        (b"\n\n \n", "empty-input", None, "$"),
        (b"{}", "not-phenopacket", 1, "$"),
        (b'"text"', "not-phenopacket", None, "$"),
        (b'{"patient":{"id":"mme"}}', "matchmaker-patient", 1, "$"),
        (b'{"id":"a","features":[{"id":"HP:0001250"}]}', "matchmaker-patient", 1, "$"),
        (b'[{"id":"a","genomicFeatures":[{"gene":{"id":"SCN1A"}}]}]', "matchmaker-patient", None, "$[0]"),
        (b'{"id":"a",\n "subject":{"id":}}', "not-json", 2, "$"),
        (b"{\xff}", "not-utf8", 1, "$"),
        ('{"id":"a"}'.encode("utf-16"), "not-utf8", 1, "$"),
        (b'{"id":"a","subject":{"id":"x","id":"y"}}', "duplicate-key", 1, "$.subject.id"),
        (b'{"metaData":{},"meta_data":{}}', "named-twice", 1, "$"),
        (b'{"id":"a","measurements":[{"value":{"quantity":{"value":NaN}}}]}', "not-finite", 1, None),
        (b'{"id":"a","weight":-Infinity}', "not-finite", 1, "$.weight"),
        (b'{"id":"a","weight":1e999}', "not-finite", 1, "$.weight"),
        (b'{"id":"a","weight":' + b"9" * 5000 + b"}", "not-json", None, "$"),
        (b'{"id":"\\ud83d"}', "bad-character", 1, "$.id"),
        (b'{"id":"a\\u0000b"}', "bad-character", 1, "$.id"),
        (b'{"id":"a","\\udfff":1}', "bad-character", 1, "$"),
        (b"[" * 100_000, "too-deep", None, "$"),
        (b'{"id":"a","x":' + b"[" * 70 + b"]" * 70 + b"}", "too-deep", 1, "$"),
        (b'{"id":7}', "wrong-type", 1, "$.id"),
        (b'{"subject":[]}', "wrong-type", 1, "$.subject"),
        (b'{"phenotypicFeatures":{}}', "wrong-type", 1, "$.phenotypicFeatures"),
        (b'{"phenotypicFeatures":[{"excluded":"yes"}]}', "wrong-type", 1, "$.phenotypicFeatures[0].excluded"),
        (b'{"subject":{"sex":"male"}}', "wrong-value", 1, "$.subject.sex"),
        (b'{"subject":{"sex":9}}', "wrong-value", 1, "$.subject.sex"),
        (
            b'{"subject":{"vitalStatus":{"survivalTimeInDays":-1}}}',
            "out-of-range",
            1,
            "$.subject.vitalStatus.survivalTimeInDays",
        ),
        (
            b'{"subject":{"timeAtLastEncounter":{"age":{},"ageRange":{}}}}',
            "one-of",
            1,
            "$.subject.timeAtLastEncounter",
        ),
        (b'{"genes":[],"subject":{"id":"x"}}', "phenopacket-v1", 1, "$.genes"),
        (b'{"subject":{"ageAtCollection":{"age":"P3Y"}}}', "phenopacket-v1", 1, "$.subject.ageAtCollection"),
        (b'{"phenotypicFeatures":[{"negated":true}]}', "phenopacket-v1", 1, "$.phenotypicFeatures[0].negated"),
        (
            b'{"metaData":{"phenopacketSchemaVersion":"1.0.0-RC3"}}',
            "phenopacket-v1",
            1,
            "$.metaData.phenopacketSchemaVersion",
        ),
        (b"id: !!python/object/apply:os.system [ls]", "yaml-tag", 1, "$.id"),
        (b"id: a\nsubject: &s\n  x: *s\n", "yaml-alias", 3, "$.subject.x"),
        (b"id: *nothing", "yaml-alias", 1, "$.id"),
        (b"id: a\nsubject:\n  <<: {id: b}\n", "yaml-key", 3, "$.subject"),
        (b"id: a\n? [x]\n: 1\n", "yaml-key", 2, "$"),
        (b"id: a\nid: b\n", "duplicate-key", 2, "$.id"),
        (b"id: a\n  b: c\n", "not-yaml", 2, "$"),
        (b'id: "\\0"\n', "bad-character", 1, "$.id"),
        (b"id: " + b"[" * 5000, "too-deep", 1, None),
        (b"id: \x01", "not-yaml", None, "$"),
        (b"\x1f\x8b\x08broken", "bad-gzip", None, "$"),
        (gzip.compress(GOOD, mtime=0)[:-9], "bad-gzip", None, "$"),
    ],
)
def test_a_bad_text_is_told_by_code_line_and_path(text, code, line, path):
    problem = problem_of(text)
    assert (problem.code, problem.line) == (code, line), problem
    assert path is None or problem.path == path
    assert problem.en
    assert problem.ja
    assert problem.hint_en
    assert problem.hint_ja


def test_all_structural_mistakes_of_a_document_are_told_at_once():
    with pytest.raises(PhenopacketError) as caught:
        loads('{"id":1,"subject":{"id":2,"sex":"?"}}')
    assert [problem.path for problem in caught.value.problems] == ["$.id", "$.subject.id", "$.subject.sex"]


def test_paths_use_the_names_of_the_file():
    assert problem_of('{"phenotypic_features":[{"type":{"id":1}}]}').path == "$.phenotypic_features[0].type.id"


def test_values_of_a_file_cannot_drive_the_terminal():
    problem = problem_of(json.dumps({"subject": {"sex": "\x1b[2J" + "x" * 1000}}))
    assert "\x1b" not in problem.en
    assert len(problem.en) < 200


def test_yaml_keeps_text_that_looks_like_a_number_or_a_truth():
    packet = loads("id: 007\nsubject:\n  id: 1.10\n  sex: FEMALE\nmetaData:\n  created: 2024-01-02T03:04:05Z\n")
    assert isinstance(packet, Phenopacket)
    assert (packet.id, packet.subject.id, packet.meta_data.created) == ("007", "1.10", "2024-01-02T03:04:05Z")
    assert loads("id: NO").id == "NO"


def test_a_yaml_bomb_is_refused():
    levels = "\n".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]" for n in range(1, 12))
    assert problem_of(f"id: bomb\nx0: &x0 [a]\n{levels}\n").code == "too-large"


def test_yaml_aliases_of_ordinary_size_are_read():
    packet = loads("id: a\nphenotypicFeatures:\n- type: &t {id: 'HP:1'}\n- type: *t\n")
    assert [feature.type.id for feature in packet.phenotypic_features] == ["HP:1", "HP:1"]


def test_a_gzip_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(sources, "FREE_BYTES", 2**20)
    bomb = gzip.compress(b"\n" * 2**24)
    found = list(patients(io.BytesIO(bomb), form="jsonl"))
    assert [entry.problems[0].code for entry in found] == ["too-packed"]


def test_a_line_over_the_limit_does_not_hide_the_next(monkeypatch):
    monkeypatch.setattr(reading, "MAX_LINE_BYTES", 100)
    text = GOOD + b"\n" + b'{"id":"' + b"x" * 500_000 + b'"}\n' + GOOD
    found = list(patients(io.BytesIO(text), form="jsonl"))
    assert [entry.problems[0].code if entry.problems else "" for entry in found] == ["", "too-large", ""]
    assert [entry.line for entry in found] == [1, 2, 3]


def test_good_patients_around_a_bad_one_are_kept():
    lines = list(patients(io.BytesIO(GOOD + b"\r\n\r\n{bad\n" + GOOD + b"\n"), form="jsonl"))
    assert [(entry.line, entry.document is None) for entry in lines] == [(1, False), (3, True), (4, False)]
    array = list(patients(io.BytesIO(b'[{"id":"a"},{"id":3},{"id":"c"}]')))
    assert [(entry.path, entry.document is None) for entry in array] == [("$[0]", 0), ("$[1]", 1), ("$[2]", 0)]
    assert array[1].problems[0].path == "$[1].id"
    cohort = list(patients(io.BytesIO(b'{"id":"C","members":[{"id":[]},{"id":"b"}]}')))
    assert [entry.problems[0].path if entry.problems else "" for entry in cohort] == ["$.members[0].id", ""]


def test_a_family_without_proband_is_told():
    found = list(patients(io.BytesIO(b'{"id":"F","relatives":[{"id":"r"}]}')))
    assert found[0].problems[0].code == "no-proband"
    assert next(iter(documents(io.BytesIO(b'{"id":"F","relatives":[{"id":"r"}]}')))).document is not None


def test_a_damaged_first_line_on_a_stream_is_still_json_lines():
    found = list(patients(io.BytesIO(b'{"id": oops}\n' + GOOD + b"\n")))
    assert [entry.line for entry in found] == [1, 2]
    assert found[1].document is not None


def test_a_folder_is_read_in_name_order(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two.yaml.gz").write_bytes(gzip.compress(b"id: two"))
    (tmp_path / "a.json").write_bytes(b'{\n "id": "one"\n}')
    (tmp_path / "c.jsonl").write_bytes(b'{"id":"three"}\n{"id":"four"}\n')
    (tmp_path / "notes.txt").write_text("not read")
    assert [entry.document.id for entry in patients(tmp_path)] == ["one", "two", "three", "four"]


def test_files_that_cannot_be_read_are_told(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "x.txt").write_text("?")
    (tmp_path / "plain.json.gz").write_bytes(GOOD)
    assert next(patients(tmp_path / "absent.json")).problems[0].code == "unreadable-file"
    assert next(patients(tmp_path / "empty")).problems[0].code == "empty-folder"
    assert next(patients(tmp_path / "x.txt")).problems[0].code == "unknown-format"
    assert next(patients(tmp_path / "plain.json.gz")).document is not None


def test_a_pipe_with_a_name_is_read_by_its_content(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(gzip.compress(GOOD),))
    writer.start()
    assert next(patients(pipe)).document.id == "a"
    writer.join()


def test_syntax_mistakes_are_told_in_japanese_too():
    for text in ('{"id"', '{"id":', '{"id":"', "{1:2}", '{"a":1,}', '{"a":"\n"}', '{"a":"\\x"}', "[1 2]", "{} x"):
        problem = problem_of(text, yaml=False)
        assert problem.code == "not-json"
        assert re.search(r"です|ません|あります", problem.ja.split("：", 1)[1]), problem.ja


def test_a_path_the_system_refuses_is_told(tmp_path):
    assert "ファイルがありません" in next(patients(tmp_path / "absent.json")).problems[0].ja
    assert next(patients(tmp_path / ("x" * 5000))).problems[0].code == "unreadable-file"
