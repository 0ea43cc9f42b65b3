"""What the engines get of a patient, and what is said of the rest."""

import json

import pytest
from tests.protocols.phenopacket.conftest import GONE

from kakehashi.protocols.phenopacket import Phenopacket, loads
from kakehashi.protocols.phenopacket.facts import FactReader
from kakehashi.protocols.phenopacket.times import DAYS_A_YEAR, duration_days, moment

F = "phenotypicFeatures"


@pytest.fixture(scope="module")
def reader(ontology):
    return FactReader(ontology)


def codes(facts):
    return [problem.code for problem in facts.warnings]


def test_a_patient_becomes_findings_genes_sex_age_and_publication(reader, spoiled, ontology):
    facts = reader.facts(spoiled({}))
    assert facts.id == "case-1"
    assert {ontology.id(index) for index in facts.observed} == {"HP:0001250", "HP:0001252"}
    assert [ontology.id(index) for index in facts.excluded] == ["HP:0000252"]
    assert (facts.genes, facts.sex, facts.publications) == (("SCN1A",), "FEMALE", ("PMID:1",))
    assert facts.age_days == pytest.approx(6 * DAYS_A_YEAR, abs=200)
    assert ontology.label(facts.onset) == "Congenital onset"
    assert facts.diseases == ()  # nothing is solved yet
    assert facts.warnings == ()


def test_an_unknown_term_is_reported_with_its_label(reader, spoiled):
    facts = reader.facts(spoiled({f"{F}.3": {"type": {"id": "HP:9999999", "label": "Blue dots"}}}))
    assert codes(facts) == ["unknown-term"]
    assert facts.warnings[0].path == "$.phenotypicFeatures[3].type.id"
    assert "HP:9999999" in facts.warnings[0].en
    assert "Blue dots" in facts.warnings[0].ja


def test_terms_that_are_no_findings_are_set_aside_and_inheritance_kept(reader, spoiled, ontology):
    changes = {
        f"{F}.3": {"type": {"id": "HP:0000006", "label": "Autosomal dominant inheritance"}},
        f"{F}.4": {"type": {"id": "HP:0012825", "label": "Mild"}},
        f"{F}.5": {"type": {"id": "MONDO:0000001", "label": "disease"}},
        f"{F}.6": {"type": {"label": "Fits"}},
        f"{F}.7": {},
    }
    facts = reader.facts(spoiled(changes))
    assert codes(facts) == ["not-a-finding", "not-hpo", "missing-term-id", "missing-term-id"]
    assert len(facts.observed) == 2
    assert [ontology.id(index) for index in facts.inheritance] == ["HP:0000006"]


def test_an_exclusion_that_an_observed_finding_contradicts_is_not_used(reader, spoiled):
    facts = reader.facts(
        spoiled(
            {
                f"{F}.2.type": {"id": "HP:0000707", "label": "Abnormality of the nervous system"},
                f"{F}.3": {"type": {"id": "HP:0001250"}, "excluded": True},
            }
        )
    )
    assert facts.excluded == ()
    assert sorted(codes(facts)) == ["excluded-ancestor", "observed-and-excluded"]
    assert len(facts.observed) == 2


def test_a_finding_given_twice_counts_once(reader, spoiled):
    assert len(reader.facts(spoiled({f"{F}.3": {"type": {"id": "HP:0001250"}}})).observed) == 2


def test_rejected_genes_are_left_out_and_solved_diseases_kept(reader, spoiled):
    genomic = "interpretations.0.diagnosis.genomicInterpretations"
    facts = reader.facts(
        spoiled(
            {
                f"{genomic}.0.interpretationStatus": "REJECTED",
                f"{genomic}.1": {"gene": {"symbol": "FBN1", "valueId": "HGNC:3603"}},
                f"{genomic}.2": {"gene": {"valueId": "HGNC:1"}},
                "interpretations.0.progressStatus": "SOLVED",
                "diseases": [{"term": {"id": "OMIM:1"}}],
            }
        )
    )
    assert facts.genes == ("FBN1", "HGNC:1")
    assert facts.diseases == ("OMIM:607208", "OMIM:1")


def test_excluded_diseases_are_no_diagnoses(reader, spoiled):
    diseases = [{"term": {"id": "OMIM:1"}, "excluded": True}, {"term": {"id": "OMIM:2"}}]
    assert reader.facts(spoiled({"diseases": diseases})).diseases == ("OMIM:2",)


def test_publications_come_from_references_then_the_id(reader, spoiled):
    packet = spoiled({"id": "PMID_22_Patient_of_PMID_333", "metaData.externalReferences": [{"id": "pmid: 22"}]})
    assert reader.facts(packet).publications == ("PMID:22", "PMID:333")
    assert reader.facts(spoiled({"metaData": GONE, "id": "APMID_5"})).publications == ()


def test_an_empty_patient_is_answered_with_a_warning(reader):
    packet = loads('{"id": "x"}')
    assert isinstance(packet, Phenopacket)
    facts = reader.facts(packet)
    assert (facts.observed, facts.age_days, facts.sex, codes(facts)) == ((), None, None, ["no-findings"])


@pytest.mark.parametrize(
    ("text", "first", "width"),
    [
        ("P3Y", 3 * DAYS_A_YEAR, DAYS_A_YEAR),
        ("P1Y6M", 1.5 * DAYS_A_YEAR, DAYS_A_YEAR / 12),
        ("P2W", 14, 7),
        ("P10D", 10, 1),
        ("PT12H", 0.5, 1 / 24),
        ("P0D", 0, 1),
        ("P1.5Y", 1.5 * DAYS_A_YEAR, DAYS_A_YEAR),
        ("-P1D", -2, 1),
    ],
)
def test_durations_are_days_to_their_precision(text, first, width):
    span = duration_days(text)
    assert span is not None
    assert (span.first, span.last - span.first) == (pytest.approx(first), pytest.approx(width))


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "3Y", "P3", "P3Y ", "P3Y2", "p3y", "P٣Y", "P1Y1Y", "P" + "9" * 50 + "Y"]
)
def test_other_texts_are_no_durations(text):
    assert duration_days(text) is None


@pytest.mark.parametrize(
    ("onset", "label", "days"),
    [
        ({"age": {"iso8601duration": "P3Y"}}, "Childhood onset", 3.5 * DAYS_A_YEAR),
        ({"ontologyClass": {"id": "HP:0003581"}}, "Adult onset", None),  # any time after 16, not at 68 years
        ({"ontologyClass": {"id": "HP:0410280"}}, "Pediatric onset", None),
        ({"gestationalAge": {"weeks": 30}}, "Third trimester onset", None),
        ({"timestamp": "2001-01-01T00:00:00Z"}, "Childhood onset", 366.5),
    ],
)
def test_the_first_sign_is_a_term_and_an_age_only_where_one_is_said(reader, ontology, onset, label, days):
    tree = {
        "id": "x",
        "subject": {"dateOfBirth": "2000-01-01T00:00:00Z"},
        "diseases": [{"term": {"id": "OMIM:1"}, "onset": {"ontologyClass": {"id": "HP:0003584"}}}],
        "phenotypicFeatures": [{"type": {"id": "HP:0001250"}, "onset": {"age": {"iso8601duration": "P0D"}}}],
    }
    tree["diseases"].append({"term": {"id": "OMIM:2"}, "onset": onset})
    packet = loads(json.dumps(tree))
    assert isinstance(packet, Phenopacket)
    facts = reader.facts(packet)
    assert ontology.label(facts.onset) == label
    assert facts.onset_days == (None if days is None else pytest.approx(days))


def test_moments_keep_their_zone():
    assert moment("2024-01-01T09:00:00+09:00") == moment("2024-01-01T00:00:00.000000001Z")
    for text in ("2024-13-01T00:00:00Z", "2024-01-01", "2024-01-01T00:00:00", "0001-01-01T00:00:00+23:59", "x" * 99):
        assert moment(text) is None


@pytest.mark.parametrize(
    ("time", "days"),
    [
        ({"ageRange": {"start": {"iso8601duration": "P1Y"}, "end": {"iso8601duration": "P3Y"}}}, 2.5 * DAYS_A_YEAR),
        ({"age": {"iso8601duration": "P1.5Y"}}, 548),
        ({"ontologyClass": {"id": "HP:0003593"}}, None),
        ({"gestationalAge": {"weeks": 30}}, None),
        ({"timestamp": "2001-01-01T00:00:00Z"}, 366),
        ({"interval": {"start": "2000-01-11T00:00:00Z", "end": "2000-01-11T00:00:00Z"}}, 10),
        ({"ontologyClass": {"id": "HP:0000001"}}, None),
        ({"age": {"iso8601duration": "?"}}, None),
        ({}, None),
    ],
)
def test_every_way_to_say_an_age_is_understood(reader, time, days):
    tree = {"id": "x", "subject": {"dateOfBirth": "2000-01-01T00:00:00Z", "timeAtLastEncounter": time}}
    packet = loads(json.dumps(tree))
    assert isinstance(packet, Phenopacket)
    age = reader.facts(packet).age_days
    assert age == (None if days is None else pytest.approx(days, abs=1))
