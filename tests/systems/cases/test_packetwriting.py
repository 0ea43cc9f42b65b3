"""A case goes out as a phenopacket and comes back the same; an edited original keeps all that was not edited."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.protocols.phenopacket import Phenopacket, patients, to_tree, validate
from kakehashi.systems.cases import vocabulary
from kakehashi.systems.cases.actions import edit_case, enter_case
from kakehashi.systems.cases.description import Description, Diagnosis, Finding, Variant
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.packets.exporting import export_packets
from kakehashi.systems.cases.packets.importing import import_packets
from kakehashi.systems.cases.packets.reading import CARRIED_ID, UnusablePacket, read_packet
from kakehashi.systems.cases.packets.writing import as_packet

WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20)
ANSWERS = st.sampled_from(["yes", "no", "unknown"])
ZYGOSITIES = ["heterozygous", "homozygous", "hemizygous", "compound_heterozygous", "mosaic", "unknown"]
DESCRIPTIONS = st.builds(
    Description,
    sex=st.sampled_from(["female", "male", "other", "unknown"]),
    birth=st.sampled_from(["", "2019", "2019-04"]),
    undiagnosed_since=st.sampled_from(["", "2024", "2024-05"]),
    age=st.sampled_from(["", "P3Y2M"]),
    onset=st.sampled_from(["", "HP:0003577", "P1Y"]),
    findings=st.lists(
        st.builds(
            Finding,
            term=st.sampled_from(["HP:0001250", "HP:0000518", "HP:9999999"]),
            excluded=st.booleans(),
            severity=st.sampled_from(["", "HP:0012828"]),
            note=WORDS,
        ),
        max_size=3,
        unique_by=lambda one: one.term,
    ).map(tuple),
    genes=st.lists(st.sampled_from(["FBN1", "QQQQ9"]), unique=True).map(tuple),
    variants=st.lists(
        st.builds(
            Variant, gene=st.just("FBN1"), hgvs=st.sampled_from(["", "c.1A>G"]), zygosity=st.sampled_from(ZYGOSITIES)
        ),
        max_size=2,
        unique=True,
    ).map(tuple),
    affected_relatives=ANSWERS,
    consanguinity=ANSWERS,
    family_history=WORDS,
    inheritance=st.lists(st.sampled_from(["HP:0000006", "HP:0000007", "HP:9999998"]), unique=True).map(tuple),
    diagnoses=st.lists(
        st.sampled_from([Diagnosis(disease="OMIM:154700", label="Marfan"), Diagnosis(disease="OMIM:1", label="x")]),
        unique=True,
    ).map(tuple),
    sources=st.lists(st.sampled_from(["PMID:1", "a registry"]), unique=True).map(tuple),
    note=WORDS,
)
FULL = Description(
    sex="female",
    birth="2019",
    undiagnosed_since="2024-05",
    age="P3Y2M",
    onset="HP:0003577",
    findings=(Finding(term="HP:0001250"),),
    genes=("FBN1",),
    variants=(Variant(gene="FBN1", hgvs="NM_000138.5:c.1A>G", zygosity="mosaic"),),
    affected_relatives="yes",
    consanguinity="no",
    family_history="姉に同様の所見\nA cousin too",
    inheritance=("HP:0000007", "HP:0000006"),
    diagnoses=(Diagnosis(disease="OMIM:154700", label="Marfan syndrome"),),
    sources=("PMID:1",),
    note="seen twice",
)


def written(description, original=None):
    made = as_packet(packet_id="P1", description=description, created="2026-01-01T00:00:00Z", original=original)
    return Phenopacket.model_validate(json.loads(json.dumps(to_tree(made))))


@given(DESCRIPTIONS)
def test_what_is_written_reads_as_the_same_case(description):
    assert read_packet(written(description)).description == description


@given(DESCRIPTIONS, DESCRIPTIONS)
def test_what_is_edited_reads_as_it_was_edited(before, after):
    original = json.dumps(to_tree(written(before)))
    again = written(after, original)
    assert read_packet(again).description == after
    if before == after:
        assert to_tree(again) == json.loads(original)


def test_nothing_that_is_said_of_a_patient_is_left_out_of_the_round_trip():
    assert {name for name in Description.model_fields if getattr(FULL, name) == getattr(Description(), name)} == set()
    assert read_packet(written(FULL)).description == FULL


@pytest.mark.django_db
def test_exported_case_is_imported_by_another_hospital_as_the_same(hospital, other_hospital, clinician, make_person):
    enter_case(by=clinician, organisation=hospital, local_id="N-1", description=FULL, register=True)
    stream = io.BytesIO()
    assert export_packets(stream, organisation=hospital, by=clinician) == 1
    stream.seek(0)
    summary = import_packets(
        patients(stream, "cases.jsonl"), by=make_person(other_hospital, "data_manager"), organisation=other_hospital
    )
    assert (summary.new, summary.problems) == (1, [])
    assert Case.objects.get(organisation=other_hospital).described == FULL


@pytest.mark.django_db
def test_edits_are_exported_and_what_was_taken_back_is_not(hospital, clinician):
    case = enter_case(by=clinician, organisation=hospital, local_id="N-1", description=FULL)
    original = json.dumps(to_tree(written(case.described)), ensure_ascii=False)
    assert "cousin" in original
    bare = Description(findings=FULL.findings)
    edited = edit_case(by=clinician, case=case, description=bare, from_revision=1)
    text = json.dumps(to_tree(written(edited.described, original)), ensure_ascii=False)
    assert not [word for word in ("cousin", "2019", "FEMALE", "HP:0000007", "FBN1", "seen twice") if word in text]


def test_features_and_diseases_that_still_hold_stay_as_they_came():
    came = {
        "id": "P1",
        "phenotypicFeatures": [
            {"type": {"id": "HP:0001250", "label": "Seizure"}, "evidence": [{"reference": {"id": "PMID:1"}}]},
            {"type": {"id": "HP:0000518", "label": "Cataract"}},
        ],
        "diseases": [{"term": {"id": "OMIM:1", "label": "x"}, "excluded": True}],
        "interpretations": [{"id": "kept", "progressStatus": "IN_PROGRESS"}],
    }
    said = read_packet(Phenopacket.model_validate(came)).description
    kept = said.findings[0]
    tree = to_tree(written(said.model_copy(update={"findings": (kept,), "onset": "P1Y"}), json.dumps(came)))
    assert tree["phenotypicFeatures"] == came["phenotypicFeatures"][:1]
    assert tree["diseases"] == came["diseases"]
    assert tree["interpretations"] == came["interpretations"]


def test_written_packets_have_no_errors():
    known = vocabulary.knowledge()
    assert [one for one in validate(written(FULL), known.ontology) if one.severity == "error"] == []


@pytest.mark.parametrize(
    "text", ["", "no json", "[1]", '{"sex": "female"}', '{"note": 3}', '{"note": "\\u0007"}', "[" * 9000]
)
def test_what_a_packet_carries_wrongly_is_refused_with_its_place(text):
    packet = {
        "id": "P1",
        "metaData": {"externalReferences": [{"id": "PMID:1"}, {"id": CARRIED_ID, "description": text}]},
    }
    with pytest.raises(UnusablePacket) as refused:
        read_packet(Phenopacket.model_validate(packet))
    assert refused.value.path in {"$.metaData.externalReferences[1].description", "$"}


@pytest.mark.django_db
@pytest.mark.parametrize("synthetic", [True, False])
def test_a_synthetic_patient_stays_one_on_another_node(hospital, other_hospital, clinician, synthetic):
    case = enter_case(
        by=clinician, organisation=hospital, local_id="P1", description=FULL, synthetic=synthetic, register=True
    )
    stream = io.BytesIO()
    export_packets(stream, organisation=hospital)
    stream.seek(0)
    assert import_packets(patients(stream, "a.jsonl", form="jsonl"), by=None, organisation=other_hospital).new == 1
    came = Case.objects.get(organisation=other_hospital)
    assert came.synthetic is synthetic
    assert came.described == case.described


def test_all_vocabularies_of_a_packet_are_declared():
    made = written(FULL.model_copy(update={"diagnoses": (Diagnosis(disease="OMIM:154700", label="Marfan"),)}))
    assert {"HP", "OMIM"} <= {one.namespace_prefix for one in made.meta_data.resources}
    assert not [one for one in validate(made) if "metaData.resources" in one.en]
