"""Any bytes give a result or a declared error, never another exception."""

import gzip
import io
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kakehashi.protocols.phenopacket import Phenopacket, PhenopacketError, documents, loads, patients, to_json, to_yaml
from kakehashi.protocols.phenopacket.facts import FactReader
from kakehashi.protocols.phenopacket.hgvs import parse_hgvs
from kakehashi.protocols.phenopacket.validation import validate

FORMS = st.sampled_from([None, "json", "jsonl", "yaml"])
SPICE = st.sampled_from(
    [b"{", b"}", b"[", b"]", b'"', b":", b",", b"id", b"null", b"NaN", b"\n", b"- ", b"&a ", b"*a", b"!!", b"<<: ",
     b'{"id":"x"}', b'{"members":[', b'{"proband":{', b"\\ud800", b"\xff", b"\x00", b"\xef\xbb\xbf", b"---\n", b"1e999"]
)  # fmt: skip
BYTES = st.one_of(st.binary(max_size=300), st.lists(SPICE, max_size=25).map(b"".join))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
NAMES = st.sampled_from(
    ["id", "subject", "phenotypicFeatures", "phenotypic_features", "type", "metaData", "members", "proband", "onset",
     "age", "iso8601duration", "sex", "interpretations", "diagnosis", "excluded", "vcfRecord", "pos", "files", "x"]
)  # fmt: skip
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=25
)

PACKET: dict[str, Any] = {
    "id": "p",
    "subject": {"id": "s", "sex": "FEMALE", "timeAtLastEncounter": {"age": {"iso8601duration": "P3Y"}}},
    "phenotypicFeatures": [
        {"type": {"id": "HP:0001250", "label": "Seizure"}, "onset": {"ontologyClass": {"id": "HP:0003577"}}},
        {"type": {"id": "HP:0001263"}, "excluded": True, "modifiers": [{"id": "HP:0012825"}]},
    ],
    "measurements": [{"assay": {"id": "LOINC:1"}, "value": {"quantity": {"value": 1.5, "unit": {"id": "UCUM:g"}}}}],
    "interpretations": [
        {
            "diagnosis": {
                "disease": {"id": "OMIM:1"},
                "genomicInterpretations": [
                    {
                        "variantInterpretation": {
                            "variationDescriptor": {
                                "geneContext": {"symbol": "LMNA"},
                                "vcfRecord": {"genomeAssembly": "hg38", "chrom": "chr1", "pos": "5", "ref": "A"},
                            }
                        }
                    }
                ],
            }
        }
    ],
    "metaData": {"created": "2024-01-01T00:00:00Z", "resources": [{"id": "hp", "namespacePrefix": "HP"}]},
}


def places(tree: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path, *(place for step, child in steps for place in places(child, (*path, step)))]


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    tree = json.loads(json.dumps(PACKET))
    for _ in range(draw(st.integers(1, 4))):
        *above, last = draw(st.sampled_from(places(tree)[1:]))
        node = tree
        for step in above:
            node = node[step]
        match draw(st.sampled_from(["replace", "drop", "rename"])):
            case "replace":
                node[last] = draw(TREES)
            case "rename" if isinstance(node, dict):
                node[draw(NAMES)] = node.pop(last)
            case _:
                node.pop(last)
        if not tree:
            return tree
    return tree


TEXTS = st.sampled_from(
    ["P3Y", "-P1D", "P999999999Y", "PT", "HP:0001250", "HP:0000118", "HP:0002279", "HP:", "HP:9999999", ":", "chr2",
     "NC_000002.12:g.166003361C>T", "2024-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:00"]
) | st.text(max_size=12)  # fmt: skip


@st.composite
def odd_texts(draw: st.DrawFn) -> Any:
    """A patient of sound structure whose texts are odd."""
    tree = json.loads(json.dumps(PACKET))
    for place in draw(st.lists(st.sampled_from(places(tree)[1:]), max_size=6)):
        *above, last = place
        node = tree
        for step in above:
            node = node[step]
        if isinstance(node[last], str) and last not in ("sex", "pos"):
            node[last] = draw(TEXTS)
    return tree


def consume(data: bytes, form: str | None) -> None:
    for read in (patients, documents):
        for entry in read(io.BytesIO(data), form=form):
            assert (entry.document is None) == bool(entry.problems)
            for problem in entry.problems:
                assert problem.path.startswith("$")
                problem.en.encode()
                problem.ja.encode()
            if entry.document is not None:
                to_json(entry.document).encode()


@given(BYTES, FORMS)
@settings(max_examples=600, deadline=None)
def test_any_bytes_give_a_result_or_a_declared_error(data, form):
    consume(data, form)


@given(BYTES, st.integers(0, 40), FORMS)
@settings(max_examples=150, deadline=None)
def test_any_damaged_gzip_gives_a_result_or_a_declared_error(data, cut, form):
    packed = gzip.compress(data)
    consume(packed[: len(packed) - cut] + data[:cut], form)


@given(TREES)
@settings(max_examples=300, deadline=None)
def test_any_tree_gives_a_result_or_a_declared_error(tree):
    consume(json.dumps(tree).encode(), "json")


@given(mutated())
@settings(max_examples=400, deadline=None)
def test_a_damaged_patient_is_refused_by_name_or_comes_back_the_same(tree):
    text = json.dumps(tree)
    try:
        document = loads(text)
    except PhenopacketError:
        return
    assert loads(to_json(document)) == document
    assert loads(to_yaml(document), yaml=True) == document


@given(st.one_of(mutated(), odd_texts()))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_can_be_read_can_be_checked_and_used(ontology, tree):
    try:
        document = loads(json.dumps(tree))
    except PhenopacketError:
        return
    for problem in validate(document, ontology):
        assert problem.path.startswith("$")
        assert problem.severity in ("error", "warning")
    if isinstance(document, Phenopacket):
        facts = FactReader(ontology).facts(document)
        assert not set(facts.observed) & set(facts.excluded)


@given(st.text(alphabet="NMCPGR_0123456789.:cgpnr[]()>+-*?;=|AaTtdelinsfsTerX", max_size=400))
@settings(max_examples=300, deadline=1000)
def test_hgvs_of_any_text_ends_soon(text):
    parse_hgvs(text)
    parse_hgvs(f"NM_1.1:c.{text}")
    parse_hgvs(f"NP_1.1:p.{text * 4}")
