"""Every page of the demo as each of its people meets it: Japanese is set as Japanese, and nobody reads "1 cases"."""

import re
from html import unescape

import pytest
from django.urls import Resolver404, resolve

from kakehashi.systems.cases.demo import prepare_demo
from tests.house.test_japanese_typography import JA

pytestmark = [pytest.mark.django_db, pytest.mark.words]
LINK = re.compile(r'<a [^>]*href="(/[^"#]*)')
LEAVES = ("/accounts/logout", "/static/", "/api/", "/mme/")
HALF = re.compile(rf"[{JA}」）] ?:(?!//)|[{JA}」）] ?\(|\([^()]*[{JA}][^()]*\)")
NO_PLURAL = r"(?!(?:this|has|was|is|its|as|us|always|across)\b)"
ONE_OF_MANY = re.compile(rf"(?<![\d.,:/–-])(?<!of )1 (?!of\b)(?:{NO_PLURAL}[a-z]+ ){{0,2}}?{NO_PLURAL}[a-z]+[^s\W]s\b")
"""One of what stands in the plural: "1 cases", "1 new cases"; no "1 of 3 cases", no part of a date or a fraction."""
DOUBLED = re.compile(r"[(（]\s*[(（]|[)）]\s*[)）]")
"""Brackets within brackets, which noted() makes square."""
MOST = 60


def words_of(page: str) -> list[str]:
    """What a person reads on a page, piece by piece: text and the attributes that are read out."""
    page = re.sub(r"<(script|style|option|svg)\b.*?</\1>|<!--.*?-->", " ", page, flags=re.DOTALL)
    said = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', page)
    said += re.split(
        r"</?(?:p|li|td|th|tr|h\d|dd|dt|div|section|label|summary|caption|ul|ol|dl|button|figcaption|title)\b[^>]*>",
        page,
    )
    return [unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text))).strip() for text in said]


def pages_of(client, language):
    """One page of each kind that links lead to from home, with its address."""
    waiting, met = ["/"], set()
    while waiting and len(met) < MOST:
        path = waiting.pop(0)
        if path.startswith(LEAVES):
            continue
        try:
            kind = resolve(path.partition("?")[0]).view_name
        except Resolver404:
            continue
        if kind in met:
            continue
        met.add(kind)
        answer = client.get(path, headers={"Accept-Language": language}, follow=True)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        page = answer.content.decode()
        waiting += [unescape(link) for link in LINK.findall(page)]
        yield path, page


@pytest.mark.slow
def test_no_page_says_it_wrongly(client):
    people = {login.role: login for login in prepare_demo()}
    found, kinds = set(), 0
    for login in people.values():
        client.logout()
        assert client.login(username=login.email, password=login.password)
        for language, wrong in (("ja", [HALF, DOUBLED]), ("en", [ONE_OF_MANY, DOUBLED])):
            for path, page in pages_of(client, language):
                kinds += 1
                found |= {(path, text[:200]) for text in words_of(page) if any(one.search(text) for one in wrong)}
    assert kinds > 100
    assert not found, "\n".join(f"{path}: {text}" for path, text in sorted(found))
