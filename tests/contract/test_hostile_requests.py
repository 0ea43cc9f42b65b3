"""What no honest person sends is refused, never a 500: NUL characters and numbers that no database holds."""

import json

import pytest

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership, Person

pytestmark = pytest.mark.django_db
HUGE = 10**30


@pytest.fixture
def site(client):
    hospital = Organisation.objects.create(code="KITA", name="北病院", name_en="North Hospital")
    person = Person.objects.create_user("a@example.org", "correct horse battery")
    for role in ("clinician", "administrator"):
        Membership.objects.create(person=person, organisation=hospital, role=role)
    client.force_login(person)
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("field", ["text", "gene", "organisation", "term"])
def test_nul_in_an_api_query_is_a_problem_document(site, field):
    answer = site.get(f"/api/cases/?{field}=%00")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/cases/?q=%00", "/search/?q=%00", "/cases/K-%00/", "/api/cases/K-%00"])
def test_nul_in_an_address_is_a_bad_request(site, path):
    assert site.get(path).status_code in (400, 404)


def test_nul_in_a_form_is_a_bad_request(site):
    assert site.post("/act-for/", {"organisation": "\0"}).status_code == 400


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/me/tokens", {"name": "\0", "days": 3}),
        ("/api/cases/", {"local_id": "x", "description": {"genes": ["A"]}, "organisation": "\0"}),
        ("/api/cases/", {"local_id": "x\0", "description": {"genes": ["A"]}}),
        ("/api/cases/", {"local_id": "x", "description": {"genes": ["A"], "note": "\0"}}),
        ("/api/notices/read", {"ids": [HUGE]}),
        ("/api/notices/read", {"ids": list(range(1, 2000))}),
    ],
)
def test_what_cannot_be_kept_is_refused_by_the_api(site, path, body):
    answer = site.post(path, json.dumps(body), content_type="application/json")
    assert answer.status_code == 422, answer.content


@pytest.mark.parametrize("path", ["/api/jobs/{}", "/jobs/{}/", "/notices/{}/", "/organisation/people/{}/end/"])
def test_number_that_no_row_can_have_is_not_found(site, path):
    assert site.get(path.format(HUGE)).status_code == 404
