"""A patient is the same to the ranker from a file and from a case made of that file (ADR 10)."""

from dataclasses import replace

import pytest

from kakehashi.cli import rankanswers
from kakehashi.engines.phenotype.ranking.patient import arrange
from kakehashi.protocols.phenopacket import FactReader, Phenopacket, loads, patients
from kakehashi.systems.cases import ranking
from kakehashi.systems.cases.packets.reading import read_packet


def both(packet, known):
    """The patient of the command line and of the site; genes without their order, findings as the ranker has them."""
    facts = FactReader(known.ontology).facts(packet)
    description = read_packet(packet).description
    assert facts.diseases == tuple(one.disease for one in description.diagnoses)
    found = []
    for patient in (rankanswers.patient_of(facts, genes=True), ranking.patient_of(description, known)):
        arranged = arrange(patient, known.ontology)
        publications = tuple(one for one in patient.publications if not one.startswith("record:"))
        found.append(
            replace(
                patient,
                observed=tuple(arranged.observed),
                excluded=tuple(arranged.excluded),
                genes=tuple(sorted(patient.genes)),
                publications=publications,
            )
        )
    return found


@pytest.mark.slow
def test_published_patients_are_the_same_on_the_command_line_and_on_the_site(shared_data, knowledge):
    count = 0
    for entry in patients(shared_data / "phenopackets"):
        by_cli, by_site = both(entry.document, knowledge)
        assert by_site == by_cli, entry.document.id
        count += 1
    assert count == 5077


@pytest.mark.parametrize(
    "onset",
    [
        '"age": {"iso8601duration": "P1.5Y"}',
        '"ageRange": {"start": {"iso8601duration": "P1Y"}, "end": {"iso8601duration": "P9Y"}}',
        '"gestationalAge": {"weeks": 20}',
        '"timestamp": "2004-01-01T00:00:00Z"',
        '"ontologyClass": {"id": "HP:0003581"}',
        '"ontologyClass": {"id": "HP:0000001"}',
    ],
)
def test_every_way_to_say_a_time_is_read_alike(knowledge, onset):
    packet = loads(
        f"""{{"id": "PMID_36303223_a_PMID_23414711",
        "subject": {{"id": "1", "sex": "OTHER_SEX", "dateOfBirth": "2000-01-01T00:00:00Z",
                     "timeAtLastEncounter": {{{onset}}}}},
        "phenotypicFeatures": [{{"type": {{"id": "HP:0001250"}}, "onset": {{{onset}}}}},
                               {{"type": {{"id": "HP:0000006"}}}}],
        "interpretations": [{{"progressStatus": "COMPLETED", "diagnosis": {{"disease": {{"id": "OMIM:1"}},
            "genomicInterpretations": [{{"interpretationStatus": "REJECTED", "gene": {{"symbol": "FBN1"}}}}]}}}}],
        "diseases": [{{"term": {{"id": "OMIM:2"}}, "onset": {{{onset}}}}}]}}"""
    )
    assert isinstance(packet, Phenopacket)
    by_cli, by_site = both(packet, knowledge)
    assert by_site == by_cli
    assert by_site.publications == ("PMID:36303223", "PMID:23414711")
    assert by_site.genes == ()
