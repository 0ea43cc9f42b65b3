"""The exchange's fifty benchmark patients: loaded here, asked for by a peer, partners with the same gene come first."""

import json

import pytest

from kakehashi.kernel.sharing.actions import Terms
from kakehashi.kernel.sharing.states import Reach
from kakehashi.protocols.mme import read_request
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.terms import attested, set_terms
from kakehashi.systems.exchange.patients import description_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("compiled_ontology")]


def genes_of(patient):
    return {feature["gene"]["id"].upper() for feature in patient.get("genomicFeatures", [])}


def test_every_partner_with_the_same_gene_is_first(ask, hospital, clinician, shared_data):
    patients = json.loads((shared_data / "mme" / "benchmark_patients.json").read_text())
    ours = {}
    for patient in patients:
        description, unused = description_of(read_request(json.dumps({"patient": patient}).encode()).patient)
        assert all(one in genes_of(patient) for one in unused)  # symbols renamed since: compared as literals
        case = enter_case(
            by=clinician,
            organisation=hospital,
            local_id=patient["id"],
            description=description,
            synthetic=True,
            register=True,
        )
        set_terms(by=clinician, case=case, terms=Terms(Reach.ABROAD), consent=attested(Reach.ABROAD))
        ours[case.public_id] = patient
    partnered = first = 0
    for patient in patients:
        answer = ask({"patient": patient})
        assert answer.status_code == 200
        others = [
            ours[result["patient"]["id"]]
            for result in answer.json()["results"]
            if ours[result["patient"]["id"]]["id"] != patient["id"]
        ]
        partners = [one for one in patients if one["id"] != patient["id"] and genes_of(one) & genes_of(patient)]
        partnered += bool(partners)
        first += bool(partners and others and genes_of(others[0]) & genes_of(patient))
    assert partnered == 34
    assert first == 34
