"""The course of a case by API: the same steps, the same refusals."""

import json

import pytest

from kakehashi.kernel.sharing.actions import Terms, add_network, join_network
from kakehashi.kernel.sharing.models import NetworkRole
from kakehashi.kernel.sharing.states import Reach
from kakehashi.systems.cases.terms import attested, set_terms

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub(hospital, other_hospital):
    network = add_network(by=None, code="irud", name="未診断疾患")
    join_network(by=None, network=network, organisation=other_hospital, role=NetworkRole.HUB)
    join_network(by=None, network=network, organisation=hospital, role=NetworkRole.COOPERATING, hub=other_hospital)
    return other_hospital


@pytest.fixture
def call(client):
    def ask(person, method, path, body=None, status=200):
        client.force_login(person)
        said = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        answer = getattr(client, method)(f"/api{path}", **said)
        assert answer.status_code == status, answer.content
        return answer.json()

    return ask


def test_course_by_api(call, case, hub, clinician, make_person):
    set_terms(by=clinician, case=case, terms=Terms(Reach.NETWORK), consent=attested(Reach.NETWORK))
    colleague, member = make_person(hub, "clinician"), make_person(hub, "diagnosis_committee")
    here = f"/cases/{case.public_id}"
    sent = call(clinician, "post", f"{here}/refer", {"hub": hub.code, "note": "please"}, 201)
    assert [one["name"] for one in call(colleague, "get", f"/referrals/{sent['id']}")["moves"]] == [
        "accept",
        "answer",
        "decline",
    ]
    call(colleague, "post", f"/referrals/{sent['id']}/moves/accept", {"text": "gladly"})
    call(clinician, "post", f"{here}/analyses", {"kind": "genome"})
    call(clinician, "post", f"{here}/analyses/received", {})
    assert call(clinician, "post", f"{here}/analyses/done", {"result": "one variant"})["state"] == "analysed"
    call(clinician, "post", f"{here}/reviews", {"committee": hub.code})
    call(member, "post", f"{here}/reviews/opinions", {"text": "fits"})
    decision = {"decision": "diagnosed", "note": "x", "diagnosis": {"disease": "ORPHA:475", "designated": "177"}}
    decided = call(member, "post", f"{here}/reviews/decision", decision)
    assert decided["state"] == "diagnosed"
    found = call(clinician, "get", f"{here}/course")
    assert [one["catalogue_class"] for one in found["diagnoses"]] == ["designated"]
    assert {"consulted", "referred", "referral_accepted", "sent", "analysed", "decided", "diagnosed"} <= {
        one["code"] for one in found["timeline"]
    }
    assert found["criteria_met"] is True
    row = found["diagnoses"][0]["id"]
    reopened = call(clinician, "post", f"{here}/diagnoses/{row}/reopen", {"reason": "no"})
    assert reopened["state"] == "analysed"
    again = call(clinician, "post", f"{here}/diagnoses", {"disease": "OMIM:213300"})
    assert (again["state"], len(again["diagnoses"])) == ("diagnosed", 2)
    call(clinician, "post", f"{here}/moves/send_for_analysis", {}, 409)
    call(clinician, "post", f"{here}/diagnoses", {"label": "nothing"}, 422)


def test_consultations_by_api(call, hub, clinician, make_person):
    made = call(clinician, "post", "/consultations/", {"local_id": "F-1", "phenotype_group": "nervous"}, 201)
    sent = call(clinician, "post", f"/consultations/{made['id']}/refer", {"hub": hub.code, "note": "please"}, 201)
    call(clinician, "post", f"/consultations/{made['id']}/settle", {}, 409)
    call(clinician, "post", f"/referrals/{sent['id']}/moves/take_back", {"text": ""})
    assert call(clinician, "post", f"/consultations/{made['id']}/settle", {})["route"] == "settled"
    assert len(call(clinician, "get", "/consultations/")) == len(call(clinician, "get", "/referrals/")) == 1
    assert call(make_person(), "get", "/consultations/") == []
    call(make_person(), "get", f"/referrals/{sent['id']}", status=404)
    call(clinician, "post", f"/consultations/{made['id']}/refer", {"hub": "NOWHERE", "note": "x"}, 422)


def test_criteria_are_overridden_by_api(call, clinician):
    unfit = {"findings": [{"term": "HP:0001250"}], "affected_relatives": "no"}
    refused = call(clinician, "post", "/cases/", {"local_id": "N-9", "description": unfit}, 422)
    assert "criteria" in json.dumps(refused)
    made = call(
        clinician, "post", "/cases/", {"local_id": "N-9", "description": unfit, "criteria": "asked by the hub"}, 201
    )
    assert made["state"] == "registered"
