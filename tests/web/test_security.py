"""Content-Security-Policy: set everywhere, without unsafe-inline, and no template needs it."""

import re
from pathlib import Path

import pytest

import kakehashi
from kakehashi.kernel.people.models import Person
from kakehashi.web.security import content_security_policy

PACKAGE = Path(kakehashi.__file__).parent
TEMPLATES = sorted([*PACKAGE.rglob("*.html")])


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/nowhere/"])
def test_policy_stands_on_every_answer(client, db, path):
    policy = client.get(path).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_policy_lets_forms_lead_to_the_single_sign_on():
    policy = content_security_policy("https://login.example.org/realms/hospital/")
    assert "form-action 'self' https://login.example.org;" in policy


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_template_has_no_inline_style_or_script(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=", text)
    assert not re.search(r"\son[a-z]+=", text)
    assert not re.search(r"hx-on", text)
    for tag in re.findall(r"<script[^>]*>", text):
        assert "src=" in tag or 'type="application/json"' in tag, tag


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_template_fetches_nothing_from_elsewhere(path):
    assert not re.search(r"""(src|href|action)=["'](https?:)?//""", path.read_text(encoding="utf-8"))


def test_style_sheets_fetch_nothing_from_elsewhere():
    for sheet in PACKAGE.rglob("static/**/*.css"):
        assert "url(" not in sheet.read_text(encoding="utf-8"), sheet


def test_browser_keeps_nothing_that_a_person_was_shown(client, db):
    assert "no-store" not in client.get("/").headers.get("Cache-Control", "")
    client.force_login(Person.objects.create_user("clinic@example.org", "long enough words"))
    for path in ("/", "/notices/", "/api/me"):
        assert client.get(path).headers["Cache-Control"] == "no-store"
