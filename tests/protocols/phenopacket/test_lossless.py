"""Nothing is lost: all published patients, every format, unknown fields too."""

import gzip
import io
import json
from typing import Any

import pytest

from kakehashi.protocols.phenopacket import (
    Cohort,
    Family,
    Phenopacket,
    documents,
    loads,
    patients,
    to_json,
    to_tree,
    to_yaml,
    write_lines,
)

LONG = "pos"  # the one unsigned 64-bit field: a number and its text mean the same


def by_meaning(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {
            name: int(value) if name == LONG and isinstance(value, str) else by_meaning(value)
            for name, value in tree.items()
        }
    return [by_meaning(value) for value in tree] if isinstance(tree, list) else tree


@pytest.fixture(scope="module")
def sources(shared_data):
    with gzip.open(shared_data / "phenopackets" / "phenopackets-dev.jsonl.gz") as stream:
        return [json.loads(line) for line in stream]


def test_every_published_patient_is_written_as_it_was_read(sources, shared_data):
    entries = patients(shared_data / "phenopackets" / "phenopackets-dev.jsonl.gz")
    count = 0
    for source, entry in zip(sources, entries, strict=True):
        assert entry.document is not None, entry.problems
        text = to_json(entry.document)
        assert by_meaning(json.loads(text)) == by_meaning(source)
        assert loads(text) == entry.document
        count += 1
    assert count == 5077


def test_yaml_means_the_same_as_json(sources):
    for source in sources[::50]:
        packet = loads(json.dumps(source))
        assert loads(to_yaml(packet), yaml=True) == packet
        assert to_tree(loads(to_yaml(packet))) == to_tree(packet)


def test_json_lines_come_back_in_order(sources):
    packets = [loads(json.dumps(source)) for source in sources[:40]]
    stream = io.BytesIO()
    assert write_lines(stream, packets) == 40
    assert [entry.document for entry in documents(io.BytesIO(stream.getvalue()))] == packets
    packed = io.BytesIO(gzip.compress(stream.getvalue()))
    assert [entry.document for entry in patients(packed, form="jsonl")] == packets


def test_snake_case_is_read_and_camel_case_written():
    snake = loads('{"id": "p", "phenotypic_features": [{"type": {"id": "HP:1"}}], "meta_data": {"created_by": "me"}}')
    assert to_tree(snake) == {
        "id": "p",
        "phenotypicFeatures": [{"type": {"id": "HP:1"}}],
        "metaData": {"createdBy": "me"},
    }


def test_nulls_and_enum_numbers_are_read_as_protobuf_does():
    packet = loads('{"id": "p", "subject": {"sex": 1, "taxonomy": null}, "diseases": null}')
    assert isinstance(packet, Phenopacket)
    assert packet.subject is not None
    assert packet.subject.sex == "FEMALE"
    assert to_tree(packet) == {"id": "p", "subject": {"sex": "FEMALE"}}


def test_unknown_fields_stay_at_every_level():
    text = '{"id":"p","_cohort":"A","subject":{"id":"s","ward":{"beds":[1,null]}},"extra":{"deep":[{"x":1.5}]}}'
    assert json.loads(to_json(loads(text))) == json.loads(text)
    packet = loads(text)
    assert packet.unknown_fields == {"_cohort": "A", "extra": {"deep": [{"x": 1.5}]}}


def test_vrs_inside_a_variant_is_kept_as_it_is():
    variation = {"allele": {"_id": "ga4gh:VA.x", "sequenceLocation": {"interval": {"start": {"value": "44908821"}}}}}
    tree = {
        "id": "p",
        "interpretations": [
            {
                "diagnosis": {
                    "genomicInterpretations": [
                        {"variantInterpretation": {"variationDescriptor": {"variation": variation}}}
                    ]
                }
            }
        ],
    }
    assert to_tree(loads(json.dumps(tree))) == tree


def test_a_family_gives_its_proband_and_a_cohort_its_members():
    family = '{"id":"F","proband":{"id":"p"},"relatives":[{"id":"r"}],"pedigree":{"persons":[{"individualId":"p"}]}}'
    cohort = '{"id":"C","members":[{"id":"a"},{"id":"b"}]}'
    assert isinstance(loads(family), Family)
    assert isinstance(loads(cohort), Cohort)
    lines = f"{family}\n{cohort}\n".encode()
    found = list(patients(io.BytesIO(lines)))
    assert [entry.document.id for entry in found if entry.document] == ["p", "a", "b"]
    assert [(entry.line, entry.path) for entry in found] == [(1, "$"), (2, "$.members[0]"), (2, "$.members[1]")]
