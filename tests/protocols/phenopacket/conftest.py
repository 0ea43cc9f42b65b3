"""The embedded ontology, and a good patient to spoil."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ontology import Ontology
from kakehashi.protocols.phenopacket import loads

GOOD: dict[str, Any] = {
    "id": "case-1",
    "subject": {
        "id": "patient-1",
        "sex": "FEMALE",
        "timeAtLastEncounter": {"age": {"iso8601duration": "P6Y"}},
        "vitalStatus": {"status": "ALIVE"},
    },
    "phenotypicFeatures": [
        {
            "type": {"id": "HP:0001250", "label": "Seizure"},
            "onset": {"age": {"iso8601duration": "P2Y3M"}},
            "severity": {"id": "HP:0012825", "label": "Mild"},
        },
        {
            "type": {"id": "HP:0001252", "label": "Hypotonia"},
            "onset": {"ontologyClass": {"id": "HP:0003577", "label": "Congenital onset"}},
        },
        {"type": {"id": "HP:0000252", "label": "Microcephaly"}, "excluded": True},
    ],
    "interpretations": [
        {
            "id": "i",
            "progressStatus": "IN_PROGRESS",
            "diagnosis": {
                "disease": {"id": "OMIM:607208", "label": "Dravet syndrome"},
                "genomicInterpretations": [
                    {
                        "subjectOrBiosampleId": "patient-1",
                        "interpretationStatus": "CANDIDATE",
                        "variantInterpretation": {
                            "variationDescriptor": {
                                "id": "v",
                                "geneContext": {"valueId": "HGNC:10585", "symbol": "SCN1A"},
                                "expressions": [{"syntax": "hgvs.g", "value": "NC_000002.12:g.166003361C>T"}],
                                "vcfRecord": {
                                    "genomeAssembly": "hg38",
                                    "chrom": "chr2",
                                    "pos": "166003361",
                                    "ref": "C",
                                    "alt": "T",
                                },
                            }
                        },
                    }
                ],
            },
        }
    ],
    "metaData": {
        "created": "2024-01-02T03:04:05Z",
        "createdBy": "ORCID:0000-0001",
        "phenopacketSchemaVersion": "2.0.2",
        "resources": [{"id": "hp", "namespacePrefix": "HP"}, {"id": "omim", "namespacePrefix": "OMIM"}],
        "externalReferences": [{"id": "PMID:1"}],
    },
}

GONE = object()


@pytest.fixture(scope="session")
def ontology(knowledge: Knowledge) -> Ontology:
    return knowledge.ontology


@pytest.fixture
def spoiled() -> Callable[..., Any]:
    """A good patient with the values at some places changed: ``spoiled({"subject.sex": "MALE"})``."""

    def change(changes: dict[str, Any]) -> Any:
        tree = copy.deepcopy(GOOD)
        for place, value in changes.items():
            *above, last = [int(step) if step.isdigit() else step for step in place.split(".")]
            node: Any = tree
            for step in above:
                node = node.setdefault(step, {}) if isinstance(node, dict) else node[step]
            if value is GONE:
                del node[last]
            elif isinstance(node, list) and last == len(node):
                node.append(value)
            else:
                node[last] = value
        return loads(json.dumps(tree))

    return change
