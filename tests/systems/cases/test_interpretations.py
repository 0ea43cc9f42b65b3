"""One edit of an imported case touches nothing else of its genetics, diseases and references when it goes out again."""

import io
import json

import pytest

from kakehashi.protocols.phenopacket import Phenopacket, patients, to_tree
from kakehashi.systems.cases.actions import edit_case
from kakehashi.systems.cases.description import Diagnosis, Finding, Variant
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.packets.exporting import export_packets
from kakehashi.systems.cases.packets.importing import import_packets
from kakehashi.systems.cases.packets.reading import read_packet
from kakehashi.systems.cases.packets.writing import as_packet

GENOMIC = {
    "subjectOrBiosampleId": "proband",
    "interpretationStatus": "CAUSATIVE",
    "variantInterpretation": {
        "acmgPathogenicityClassification": "PATHOGENIC",
        "variationDescriptor": {
            "id": "theirs",
            "geneContext": {"valueId": "HGNC:11773", "symbol": "TGFBR2"},
            "expressions": [
                {"syntax": "hgvs.g", "value": "NC_000003.12:g.30672246A>G"},
                {"syntax": "hgvs.p", "value": "NP_003233.4:p.Met425Val"},
            ],
            "extensions": [{"name": "quality", "value": "99"}],
        },
    },
}
REJECTED = {
    "subjectOrBiosampleId": "proband",
    "interpretationStatus": "REJECTED",
    "gene": {"valueId": "HGNC:3603", "symbol": "FBN1"},
}
CAME = {
    "id": "P1",
    "subject": {"id": "proband"},
    "phenotypicFeatures": [{"type": {"id": "HP:0001250", "label": "Seizure"}}],
    "diseases": [
        {
            "term": {"id": "OMIM:610168", "label": "LDS2"},
            "onset": {"age": {"iso8601duration": "P3Y"}},
            "diseaseStage": [{"id": "NCIT:C27966", "label": "Stage I"}],
            "laterality": {"id": "HP:0012834", "label": "Right"},
        },
        {"term": {"id": "OMIM:1", "label": "x"}, "primarySite": {"id": "UBERON:1", "label": "y"}},
    ],
    "interpretations": [
        {
            "id": "I1",
            "progressStatus": "SOLVED",
            "summary": "as told by the laboratory",
            "diagnosis": {
                "disease": {"id": "OMIM:610168", "label": "LDS2"},
                "genomicInterpretations": [REJECTED, GENOMIC],
            },
        }
    ],
    "metaData": {
        "externalReferences": [
            {"id": "PMID:7", "reference": "https://example.org/7", "description": "First report"},
            {"id": "a registry", "description": "Row 12"},
        ]
    },
}
SAID = read_packet(Phenopacket.model_validate(CAME)).description
DISEASES, REFERENCES = CAME["diseases"], CAME["metaData"]["externalReferences"]


def edited(tree=CAME, **changes):
    """The packet as it goes out after an edit, which reads as the edited case."""
    packet = Phenopacket.model_validate(tree)
    said = read_packet(packet).description.model_copy(update=changes)
    out = as_packet(
        packet_id="K-1", description=said, created="2026-01-01T00:00:00Z", original=read_packet(packet).content
    )
    assert read_packet(out).description == said
    return to_tree(out)


def genomic_of(tree):
    return [
        one for reading in tree["interpretations"] for one in reading["diagnosis"].get("genomicInterpretations", ())
    ]


def test_a_rejected_gene_is_no_candidate():
    assert (SAID.genes, [variant.gene for variant in SAID.variants]) == ((), ["TGFBR2"])


def test_a_diagnosis_taken_out_leaves_the_genetics_as_they_came():
    tree = edited(diagnoses=())
    reading = tree["interpretations"][0]
    assert genomic_of(tree) == [REJECTED, GENOMIC]
    assert (reading["progressStatus"], reading["summary"]) == ("UNSOLVED", "as told by the laboratory")
    assert "disease" not in reading["diagnosis"]
    assert "diseases" not in tree


@pytest.mark.django_db
def test_an_imported_case_whose_diagnosis_is_taken_out_is_exported_with_its_genetics(hospital, clinician):
    upload = io.BytesIO(json.dumps(CAME).encode())
    assert import_packets(patients(upload, "p.json"), by=clinician, organisation=hospital).new == 1
    case = Case.objects.get()
    bare = case.described.model_copy(update={"diagnoses": ()})
    edit_case(by=clinician, case=case, description=bare, from_revision=1)
    stream = io.BytesIO()
    assert export_packets(stream, organisation=hospital, by=clinician) == 1
    tree = json.loads(stream.getvalue())
    assert (tree["id"], tree["subject"]["id"]) == ("P1", "proband")
    assert genomic_of(tree) == [REJECTED, GENOMIC]


def test_another_diagnosis_does_not_inherit_what_caused_the_former_one():
    tree = edited(diagnoses=(Diagnosis(disease="OMIM:154700", label="Marfan"),))
    first, second = tree["interpretations"]
    assert (first["progressStatus"], genomic_of(tree)) == ("UNSOLVED", [REJECTED, GENOMIC])
    assert (second["id"], second["progressStatus"]) == ("K-1", "SOLVED")
    assert second["diagnosis"] == {"disease": {"id": "OMIM:154700", "label": "Marfan"}}


def test_a_new_gene_or_variant_is_a_candidate_of_the_same_subject_beside_the_others():
    fresh = Variant(gene="FBN2", hgvs="NC_000005.10:g.128257842C>T")
    tree = edited(genes=("FBN2",), variants=(*SAID.variants, fresh))
    assert genomic_of(tree)[:2] == [REJECTED, GENOMIC]
    gene, variant = genomic_of(tree)[2:]
    assert gene["gene"]["symbol"] == "FBN2"
    assert {one["interpretationStatus"] for one in (gene, variant)} == {"CANDIDATE"}
    assert {one["subjectOrBiosampleId"] for one in (gene, variant)} == {"proband"}
    descriptor = variant["variantInterpretation"]["variationDescriptor"]
    assert descriptor["expressions"] == [{"syntax": "hgvs.g", "value": "NC_000005.10:g.128257842C>T"}]
    assert tree["metaData"]["externalReferences"] == REFERENCES
    assert (tree["diseases"], tree["phenotypicFeatures"]) == (DISEASES, CAME["phenotypicFeatures"])


def test_a_variant_that_is_told_more_exactly_keeps_its_status_class_and_expressions():
    more = SAID.variants[0].model_copy(update={"zygosity": "mosaic", "note": "seen in blood"})
    (rejected, variant) = genomic_of(edited(variants=(more,)))
    assert rejected == REJECTED
    assert (variant["interpretationStatus"], variant["subjectOrBiosampleId"]) == ("CAUSATIVE", "proband")
    assert variant["variantInterpretation"]["acmgPathogenicityClassification"] == "PATHOGENIC"
    came = GENOMIC["variantInterpretation"]["variationDescriptor"]
    assert variant["variantInterpretation"]["variationDescriptor"] == came | {
        "label": "seen in blood",
        "extensions": [*came["extensions"], {"name": "kakehashi:zygosity", "value": "mosaic"}],
    }


def test_a_variant_taken_out_goes_alone_and_a_rejected_gene_may_be_taken_up():
    tree = edited(variants=(), genes=("FBN1",))
    assert genomic_of(tree) == [REJECTED | {"interpretationStatus": "CANDIDATE"}]
    assert tree["metaData"]["externalReferences"] == REFERENCES
    assert (tree["diseases"], tree["phenotypicFeatures"]) == (DISEASES, CAME["phenotypicFeatures"])


def test_a_reading_still_under_way_stays_and_is_solved_by_its_own_disease():
    under_way = CAME | {
        "interpretations": [CAME["interpretations"][0] | {"progressStatus": "IN_PROGRESS"}],
        "diseases": [],
    }
    assert edited(under_way, sex="female")["interpretations"] == under_way["interpretations"]
    solved = edited(under_way, diagnoses=(Diagnosis(disease="OMIM:610168", label="LDS2"),))
    assert solved["interpretations"] == CAME["interpretations"]


def test_another_onset_keeps_stage_and_laterality():
    first, second = edited(onset="HP:0003577")["diseases"]
    assert first.pop("onset")["ontologyClass"]["id"] == "HP:0003577"
    assert first == {key: value for key, value in DISEASES[0].items() if key != "onset"}
    assert second == DISEASES[1]


def test_one_diagnosis_taken_out_leaves_the_others_as_they_came():
    tree = edited(diagnoses=SAID.diagnoses[:1])
    assert (tree["diseases"], tree["interpretations"]) == (DISEASES[:1], CAME["interpretations"])


@pytest.mark.parametrize("sources", [("PMID:7", "a registry", "PMID:8"), ("a registry",), ("a registry", "PMID:7")])
def test_one_source_changed_leaves_the_others_as_they_came(sources):
    came = {one["id"]: one for one in REFERENCES}
    given = [one for one in edited(sources=sources)["metaData"]["externalReferences"] if one["id"] != "kakehashi:case"]
    assert sorted(given, key=json.dumps) == sorted((came.get(one, {"id": one}) for one in sources), key=json.dumps)


def test_inheritance_that_still_holds_stays_as_it_came():
    mode = {"type": {"id": "HP:0000006", "label": "AD"}, "evidence": [{"reference": {"id": "PMID:7"}}]}
    tree = CAME | {"phenotypicFeatures": [*CAME["phenotypicFeatures"], mode]}
    findings = (*SAID.findings, Finding(term="HP:0000518"))
    features = edited(tree, findings=findings)["phenotypicFeatures"]
    assert (features[0], features[2]) == (CAME["phenotypicFeatures"][0], mode)
