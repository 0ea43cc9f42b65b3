"""Problem pages: what happened, what is safe, what to do, in both languages; the kernel's errors as pages."""

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils.translation import gettext_lazy as _

from kakehashi.config import urls
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Upstream
from kakehashi.kernel.rules import denied
from kakehashi.web.problems import bad_request, forbidden

ERRORS = {
    "not-allowed": NotAllowed(denied("not_member", _("You do not belong to this organisation."))),
    "not-found": NotFound("HP:1"),
    "conflict": Conflict("already withdrawn"),
    "invalid": Invalid({"age": ["not a number <b>"], "": ["as a whole"]}),
    "upstream": Upstream("node-b", "closed the line"),
    "late": Upstream("node-b", "silence", timed_out=True),
}


def fail(request, name):
    raise ERRORS[name]


def break_down(request):
    raise RuntimeError("secret detail")


def wait_in_vain(request):
    raise OperationalError("database is locked")


def take(request):
    return HttpResponse(f"taken {len(request.POST)}")


urlpatterns = [
    *urls.urlpatterns,
    path("fail/<name>/", fail),
    path("break/", break_down),
    path("busy/", wait_in_vain),
    path("bad/", bad_request),
    path("forbidden/", forbidden),
    path("take/", take),
]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


@pytest.fixture
def broken_client(db):
    with override_settings(ROOT_URLCONF=__name__, DEBUG=False):
        yield Client(raise_request_exception=False, enforce_csrf_checks=True)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/fail/not-allowed/", 403),
        ("/fail/not-found/", 404),
        ("/fail/conflict/", 409),
        ("/fail/invalid/", 422),
        ("/fail/upstream/", 502),
        ("/fail/late/", 504),
        ("/nowhere/", 404),
        ("/bad/", 400),
        ("/forbidden/", 403),
        ("/break/", 500),
    ],
)
@pytest.mark.parametrize(
    ("language", "safe", "do"), [("en", "What is safe", "What to do"), ("ja", "データの状態", "次にすること")]
)
def test_problem_says_what_is_safe_and_what_to_do(broken_client, address, status, language, safe, do):
    answer = broken_client.get(address, headers={"accept-language": language})
    assert answer.status_code == status
    assert answer.text.count("<h1>") == 1
    assert safe in answer.text
    assert do in answer.text
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text


def test_refusal_names_its_reasons(broken_client):
    text = broken_client.get("/fail/not-allowed/", headers={"accept-language": "en"}).text
    assert "<li>You do not belong to this organisation.</li>" in text


def test_invalid_names_its_fields_and_escapes(broken_client):
    text = broken_client.get("/fail/invalid/", headers={"accept-language": "en"}).text
    assert "<dt>age</dt><dd>not a number &lt;b&gt;</dd>" in text
    assert "as a whole" in text


def test_stale_form_is_explained(broken_client):
    answer = broken_client.post("/take/", headers={"accept-language": "en"})
    assert answer.status_code == 403
    assert "too old to be trusted" in answer.text


def test_broken_page_needs_no_database(broken_client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert broken_client.get("/break/").status_code == 500


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10)
def test_too_large_is_said_to_be_too_large(broken_client):
    answer = Client().post("/take/", {"text": "x" * 100}, headers={"accept-language": "en"})
    assert answer.status_code == 413
    assert "larger than this node accepts" in answer.text


@pytest.mark.parametrize(("language", "said"), [("en", "This node is busy writing"), ("ja", "書き込み中")])
def test_who_is_kept_out_by_a_long_write_is_told_so(broken_client, language, said):
    answer = broken_client.get("/busy/", headers={"accept-language": language})
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert said in answer.text
