"""The cases API: register, read, edit, move, rank, match, look up; problem documents for everything refused."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kakehashi.kernel import jobs
from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.jobs.models import Job
from kakehashi.kernel.people.models import Membership
from kakehashi.kernel.people.tokens import make_token
from kakehashi.systems.cases.actions import edit_case, enter_case
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.matching import similar
from kakehashi.systems.cases.models import Case
from tests.systems.cases.conftest import WORKED_EXAMPLE

pytestmark = pytest.mark.django_db
FINDINGS = [{"term": term} for term in WORKED_EXAMPLE]


@pytest.fixture
def api(client, clinician):
    client.force_login(clinician)

    def call(method, path, body=None, **headers):
        send = getattr(client, method)
        options = {"content_type": "application/json", "data": body} if body is not None else {}
        return send(f"/api/cases{path}", headers=headers, **options)

    return call


def test_register_read_edit_withdraw_and_history(api):
    made = api("post", "/", {"local_id": "N-7", "description": {"findings": FINDINGS, "sex": "female"}})
    assert made.status_code == 201, made.content
    case = made.json()
    assert case["state"] == "registered"
    assert [move["name"] for move in case["moves"]] == ["send_for_analysis", "diagnose", "close", "withdraw"]
    assert case["labels"]["HP:0000519"]
    edited = api("put", f"/{case['id']}", {"description": {"findings": FINDINGS[:3]}}, If_Match=f'"{case["revision"]}"')
    assert edited.status_code == 200, edited.content
    stale = api("put", f"/{case['id']}", {"description": {"genes": ["FBN1"]}, "from_revision": case["revision"]})
    assert stale.status_code == 409
    assert stale.json()["code"] == "edited_meanwhile"
    assert stale.json()["changed"]
    withdrawn = api("post", f"/{case['id']}/moves/withdraw", {"note": "asked for"})
    assert withdrawn.json()["state"] == "withdrawn"
    history = api("get", f"/{case['id']}/history").json()
    assert [revision["kind"] for revision in history] == ["moved", "edited", "moved", "entered"]
    assert len([change for change in history[1]["changes"] if change["place"] == "findings"]) == 5
    assert api("post", f"/{case['id']}/moves/register", {}).status_code == 409


def test_edit_without_a_revision_is_refused(api, case):
    answer = api("put", f"/{case.public_id}", {"description": {"genes": ["FBN1"]}})
    assert answer.status_code == 422
    assert "from_revision" in answer.json()["errors"]


def test_revert_by_api(api, case, clinician, worked_example):
    edit_case(by=clinician, case=case, description=Description(genes=("FBN1",)), from_revision=2)
    answer = api("post", f"/{case.public_id}/revert", {"to_revision": 1, "from_revision": 3})
    assert answer.json()["present_count"] == 8
    assert api("post", f"/{case.public_id}/revert", {"to_revision": 9, "from_revision": 4}).status_code == 404


@pytest.mark.parametrize(
    ("finding", "status"),
    [("HP:9999999", 422), ("HP:0000007", 422), ("HP:0002355", 201), ("nonsense", 422)],
)
def test_findings_that_are_no_findings_are_refused_with_their_place(api, finding, status):
    answer = api("post", "/", {"local_id": "N-8", "description": {"findings": [{"term": finding}]}})
    assert answer.status_code == status
    if status == 422:
        assert list(answer.json()["errors"]) == ["description.findings.0.term"]
    assert Case.objects.exists() == (status == 201)


def test_case_without_anything_to_rank_by_is_not_left_as_a_draft(api):
    assert api("post", "/", {"local_id": "N-9", "description": {"sex": "male"}}).status_code == 422
    assert not Case.objects.exists()
    made = api("post", "/", {"local_id": "N-9", "description": {"sex": "male"}, "register_now": False})
    assert made.json()["state"] == "draft"


def test_list_narrows_sorts_and_pages(api, case):
    for number in range(5):
        body = {"local_id": f"L-{number}", "description": {"findings": [{"term": "HP:0002069"}], "sex": "male"}}
        assert api("post", "/", body).status_code == 201
    assert api("get", "/").json()["total"] == 6
    assert api("get", "/?term=HP:0001250").json()["total"] == 5
    assert api("get", "/?gene=cep290").json()["total"] == 1
    assert api("get", "/?sex=male&state=registered&diagnosed=false").json()["total"] == 5
    assert api("get", "/?text=L-").json()["total"] == 5
    paged = api("get", "/?sort=local_id&page=2&page_size=2").json()
    assert [row["local_id"] for row in paged["items"]] == ["L-2", "L-3"]
    assert api("get", "/?page=99").json()["items"] == []
    assert api("get", "/?sort=nonsense").status_code == 422


def test_a_long_list_says_that_there_are_more_and_is_read_on_all_the_same(api, case, monkeypatch):
    assert api("post", "/", {"local_id": "L-1", "description": {"genes": ["FBN1"]}}).status_code == 201
    assert api("get", "/").json()["more"] is False
    monkeypatch.setattr("kakehashi.systems.cases.api.COUNTED", 1)
    beyond = api("get", "/?page=2&page_size=1").json()
    assert (beyond["total"], beyond["more"], len(beyond["items"])) == (1, True, 1)


def test_other_hospitals_see_and_touch_nothing(client, case, other_hospital, make_person):
    client.force_login(make_person(other_hospital, "clinician"))
    assert client.get("/api/cases/").json()["total"] == 0
    for path in ("", "/history", "/diseases", "/similar", "/questions", "/phenopacket"):
        assert client.get(f"/api/cases/{case.public_id}{path}").status_code == 404
    answer = client.post(f"/api/cases/{case.public_id}/moves/withdraw", {"note": "x"}, content_type="application/json")
    assert answer.status_code == 404
    case.refresh_from_db()
    assert case.state == "registered"


def test_visitors_are_asked_to_log_in(client, case):
    assert client.get("/api/cases/").status_code == 401
    assert client.get(f"/api/cases/{case.public_id}").status_code == 401


def test_auditor_reads_but_does_not_write(client, case, hospital, make_person):
    client.force_login(make_person(hospital, "auditor"))
    assert client.get(f"/api/cases/{case.public_id}").json()["moves"] == []
    body = {"description": {"genes": ["FBN1"]}, "from_revision": 2}
    assert client.put(f"/api/cases/{case.public_id}", body, content_type="application/json").status_code == 403
    body = {"local_id": "A-1", "description": {"genes": ["FBN1"]}, "organisation": hospital.code}
    assert client.post("/api/cases/", body, content_type="application/json").status_code == 403


def test_ranking_explains_itself_and_adds_up(api, case):
    answer = api("get", f"/{case.public_id}/diseases?top=100").json()
    assert len(answer["diseases"]) == 100
    assert 0 < answer["unknown_probability"] < 1
    assert sum(one["probability"] for one in answer["diseases"]) + answer["unknown_probability"] <= 1.000001
    first = answer["diseases"][0]
    assert {one["term"] for one in first["evidence"]} == set(WORKED_EXAMPLE)
    assert answer["diseases"][5]["evidence"] is None
    assert answer["sufficiency"]["text"]
    assert len(answer["questions"]) == 3
    assert api("get", f"/{case.public_id}/questions").json() == answer["questions"]


def test_unregistered_patient_is_ranked_and_matched_and_not_kept(api, case):
    body = {"description": {"findings": [*FINDINGS, {"term": "HP:9999999", "label": "tomorrow's"}]}, "top": 5}
    ranked = api("post", "/rank", body).json()
    assert len(ranked["diseases"]) == 5
    assert "HP:9999999" in ranked["warnings"][0]
    matched = api("post", "/match", body).json()
    assert [one["local_id"] for one in matched["matches"]] == ["N-001"]
    assert Case.objects.count() == 1


def test_similar_cases_leave_out_the_case_itself(api, case):
    assert api("get", f"/{case.public_id}/similar").json()["matches"] == []


def test_reads_are_recorded(api, case, clinician):
    AuditEntry.objects.count()
    for path in ("/", f"/{case.public_id}", f"/{case.public_id}/history", f"/{case.public_id}/phenopacket"):
        api("get", path)
    actions = list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True))
    assert actions[-4:] == ["case.list", "case.read", "case.read", "case.export"]
    assert AuditEntry.objects.last().actor == f"person:{clinician.pk}"


def test_terms_are_found_in_english_and_by_id(api):
    assert api("get", "/terms?q=seizure").json()[0]["id"] == "HP:0001250"
    assert api("get", "/terms?q=HP:0001250").json()[0]["label"] == "Seizure"
    assert api("get", "/terms?q=autosomal recessive&branch=inheritance").json()[0]["id"] == "HP:0000007"
    assert api("get", "/terms?q=congenital&branch=onset").json()[0]["id"] == "HP:0003577"
    assert api("get", "/diseases?q=marfan").json()[0]["id"] == "OMIM:154700"
    assert api("get", "/genes?q=fbn").json()[0] == "FBN1"


def test_phenopacket_of_a_case(api, case):
    packet = api("get", f"/{case.public_id}/phenopacket").json()
    assert [feature["type"]["id"] for feature in packet["phenotypicFeatures"]] == list(WORKED_EXAMPLE)
    assert packet["id"] == case.public_id
    assert "N-001" not in str(packet)


@pytest.mark.parametrize("named", [True, False], ids=["named", "the only one"])
def test_file_is_imported_by_a_job(client, clinician, hospital, named):
    client.force_login(clinician)
    packet = {"id": "P1", "phenotypicFeatures": [{"type": {"id": "HP:0001250", "label": "Seizure"}}]}
    upload = SimpleUploadedFile("one.json", json.dumps(packet).encode())
    answer = client.post("/api/cases/import", {"file": upload} | ({"organisation": hospital.code} if named else {}))
    assert answer.status_code == 202, answer.content
    jobs.run_here(Job.objects.get(pk=answer.json()["id"]))
    assert client.get(f"/api/jobs/{answer.json()['id']}").json()["result"]["new"] == 1
    assert Case.objects.get().local_id == "P1"
    assert client.post("/api/cases/import", {"organisation": hospital.code}).status_code == 422


def test_token_reaches_the_cases_of_its_own_organisation_alone(
    client, case, hospital, other_hospital, clinician, worked_example
):
    for role in ("clinician", "data_manager"):
        Membership.objects.create(person=clinician, organisation=other_hospital, role=role)
    own = enter_case(by=clinician, organisation=other_hospital, local_id="M-1", description=worked_example)
    _token, secret = make_token(by=clinician, organisation=other_hospital, name="script")
    bearer = {"Authorization": f"Bearer {secret}"}

    def call(method, path, body=None):
        options = {"content_type": "application/json", "data": body} if body is not None else {}
        return getattr(client, method)(f"/api/cases{path}", headers=bearer, **options)

    assert [one["id"] for one in call("get", "/").json()["items"]] == [own.public_id]
    assert call("get", f"/{own.public_id}").status_code == 200
    assert call("get", f"/{case.public_id}").status_code == 404
    edit = {"description": {"genes": ["FBN1"]}, "from_revision": case.revision}
    assert call("put", f"/{case.public_id}", edit).status_code == 404
    assert call("post", f"/{case.public_id}/moves/withdraw", {"note": "x"}).status_code == 404
    new = {"local_id": "N-9", "description": {"findings": FINDINGS}}
    assert call("post", "/", new | {"organisation": hospital.code}).status_code == 403
    assert call("post", "/", new).status_code == 201
    assert Case.objects.get(local_id="N-9").organisation == other_hospital
    matched = call("post", "/match", {"description": {"findings": FINDINGS}}).json()["matches"]
    assert [one["id"] for one in matched] == [Case.objects.get(local_id="N-9").public_id]
    me = client.get("/api/me", headers=bearer).json()
    assert {one["organisation"] for one in me["memberships"]} == {other_hospital.code}
    client.force_login(clinician)
    assert len(client.get("/api/cases/").json()["items"]) == 3


PACKET = {"subject": {"id": "x", "sex": "FEMALE"}, "phenotypicFeatures": [{"type": {"id": t}} for t in WORKED_EXAMPLE]}


@pytest.mark.parametrize("body", [PACKET, {"phenopacket": PACKET, "top": 20}])
@pytest.mark.parametrize("path", ["/rank", "/match"])
def test_a_phenopacket_is_ranked_and_compared_as_its_description_is(api, case, body, path):
    said = api("post", path, {"description": {"findings": FINDINGS, "sex": "female"}, "top": 20})
    sent = api("post", path, body)
    assert sent.status_code == 200, sent.content
    if path == "/rank":
        assert sent.json()["diseases"] == said.json()["diseases"]
    else:
        assert [one["score"] for one in sent.json()["matches"]] == [one["score"] for one in said.json()["matches"]][:10]


def test_findings_of_similar_cases_carry_their_labels(api, clinician, hospital, case):
    similar.bring_up_to_date()
    first = api("post", "/match", PACKET, **{"accept-language": "ja"}).json()["matches"][0]["matches"][0]
    assert first["label"]
    assert first["label"] != first["term"]
    assert first["counterpart_label"]


def test_what_is_no_phenopacket_is_named_in_english_where_no_language_is_asked_for(api):
    matchmaker = {"patient": {"id": "1", "features": [{"id": "HP:0001250"}]}}
    answer = api("post", "/rank", matchmaker)
    assert answer.status_code == 422
    assert "Matchmaker Exchange" in json.dumps(answer.json()["errors"])
    assert answer.json()["detail"].isascii()
    bad = api("post", "/match", {"phenotypicFeatures": [{"type": 3}]})
    assert bad.status_code == 422
    assert all(field.startswith("phenopacket") for field in bad.json()["errors"])
    nothing = api("post", "/match", {})
    assert nothing.json()["errors"] == {"description": ["Describe the patient: give a description, or a phenopacket."]}
    assert not api("post", "/match", {}, **{"accept-language": "ja"}).json()["title"].isascii()
