"""One Chromium for the whole run; pages open logged in, in a language, a width and a colour scheme."""

import os
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.cases.matching import similar

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in the thread of the tests
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The same engine without windows and menus costs half the CPU."""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


def pytest_collection_modifyitems(items):
    for item in items:
        if "/tests/e2e/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser():
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if chromium is None:
        pytest.skip(f"Chromium is missing: apt-get install -y --no-install-recommends {CHROMIUM[0]} fonts-noto-cjk")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """``made_once(make)``: in an empty database, what ``make`` writes; after the first time, a copy of it."""
    folder = tmp_path_factory.mktemp("made-once")

    def made(make):
        if connection.vendor != "sqlite":
            make()
            return
        kept = folder / f"{make.__module__}.{make.__qualname__}"
        again = kept.exists()
        connection.ensure_connection()
        with closing(sqlite3.connect(kept)) as copy:
            if again:
                copy.backup(connection.connection)
            else:
                make()
                connection.connection.backup(copy)

    return made


@pytest.fixture
def case_index(tmp_path, monkeypatch, compiled_ontology):
    """An index of similar cases for one test."""
    monkeypatch.setattr(similar, "folder", lambda: tmp_path / "case-index")
    yield
    similar._indexes.clear()


@pytest.fixture
def screenshots():
    """Where pictures of pages go for people to look at, with ``--pictures``."""
    folder = Path(__file__).parent / "screenshots"
    folder.mkdir(exist_ok=True)
    return folder


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    width: int = 1280
    language: str = "ja"
    scheme: str = "light"
    script: bool = True

    def __str__(self):
        return f"{self.width}-{self.language}-{self.scheme}" + ("" if self.script else "-noscript")


@pytest.fixture
def clinician(transactional_db):
    person = Person.objects.create_user("hanako@hospital-a.example", "long enough words", name="山田 花子")
    for code, name, name_en in (
        ("hospital-a", "あおば総合病院", "Aoba General Hospital"),
        ("hospital-b", "みなと大学医学部附属病院", "Minato University Hospital"),
    ):
        organisation = Organisation.objects.create(code=code, name=name, name_en=name_en)
        for role in (Role.CLINICIAN, Role.DATA_MANAGER):
            Membership.objects.create(person=person, organisation=organisation, role=role)
    return person


@pytest.fixture
def open_page(request, browser, live_server, compiled_ontology):
    """``open_page(look, person)`` → a page whose ``goto`` takes paths; errors in its console fail the test.

    Pictures for people to look at (``screenshots``), which prove nothing, are taken with ``--pictures`` alone.
    """
    contexts, faults = [], []
    pictures = "screenshots" not in request.fixturenames or request.config.getoption("--pictures")

    def open_(look=Look(), person=None):
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": look.width, "height": 900},
            locale="ja-JP" if look.language == "ja" else "en-GB",
            color_scheme=look.scheme,
            java_script_enabled=look.script,
            reduced_motion="reduce",
        )
        contexts.append(context)
        if person is not None:
            session = SessionStore()
            session[SESSION_KEY] = str(person.pk)
            session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
            session[HASH_SESSION_KEY] = person.get_session_auth_hash()
            session["account_authentication_methods"] = [
                {"method": "password", "at": time.time(), "email": person.email}
            ]
            session.save()
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": live_server.url}
            context.add_cookies([cookie])
        page = context.new_page()
        if not pictures:
            page.screenshot = lambda **_how: None
        page.on(
            "console", lambda message: message.type == "error" and faults.append(f"{message.text} {message.location}")
        )
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield open_
    for context in contexts:
        context.close()
    expected = ("Failed to load resource: the server responded with a status of 4",)
    assert not [fault for fault in faults if not fault.startswith(expected)]
