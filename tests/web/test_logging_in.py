"""Who pressed a button after the session ended comes back to the page of the button, not to a blank one."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from kakehashi.kernel.people.models import Person

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.mark.parametrize(
    ("came_from", "leads_to"),
    [
        ("http://testserver/notices/?page=2", "/notices/?page=2"),
        ("http://elsewhere.example/notices/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
@pytest.mark.parametrize(("language", "said"), [("en", "what you pressed was not done"), ("ja", "実行されていません")])
def test_a_press_without_a_session_leads_back_to_its_page(came_from, leads_to, language, said):
    person = Person.objects.create_user("someone@example.org", PASSWORD, name="見本", language=language)
    browser = Client(headers={"accept-language": language})
    pressed = browser.post("/portfolio/calls/one/publish/", headers={"referer": came_from})
    login = urlsplit(pressed["Location"])
    assert parse_qs(login.query) == {"next": [leads_to]}
    logged_in = browser.post(pressed["Location"], {"login": person.email, "password": PASSWORD, "next": leads_to})
    assert (logged_in.status_code, logged_in["Location"]) == (302, leads_to)
    page = browser.get(leads_to)
    assert page.status_code == 200
    assert said in page.content.decode() + logged_in.content.decode()


def test_an_address_that_is_read_is_still_led_back_to(client):
    assert client.get("/notices/")["Location"].endswith("?next=/notices/")
