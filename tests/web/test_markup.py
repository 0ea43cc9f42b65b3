"""The markup of pages is sound: tags balanced, ids once, every reference has its target; in both languages."""

from html.parser import HTMLParser

import pytest

from kakehashi.kernel.people.models import Person

VOID = {"meta", "link", "input", "br", "hr", "img", "path", "circle", "rect"}
REFERENCES = {"for", "aria-labelledby", "aria-describedby", "aria-controls", "form"}
VISITORS = ["/", "/about/", "/accounts/login/", "/accounts/password/reset/", "/nowhere/"]
PEOPLE = ["/", "/search/", "/search/?q=x", "/notices/", "/jobs/", "/cases/", "/accounts/password/change/", "/nowhere/"]


class Markup(HTMLParser):
    """What one page says of itself."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.references, self.faults, self.headings = [], [], [], [], 0
        self.feed(text)
        self.faults += [f"<{tag}> is never closed" for tag in self.open]

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self.headings += tag == "h1"
        if len(named) != len(attributes):
            self.faults.append(f"<{tag}> says an attribute twice: {attributes}")
        if "id" in named:
            self.ids.append(named["id"])
        for name in REFERENCES & set(named):
            self.references += [(name, target) for target in (named[name] or "").split()]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:]}")
        else:
            self.open.pop()


def faults_of(text):
    page = Markup(text)
    faults = list(page.faults)
    faults += [f"id {one!r} stands twice" for one in set(page.ids) if page.ids.count(one) > 1]
    faults += [f"{name}={target!r} leads nowhere" for name, target in page.references if target not in page.ids]
    return faults + ([f"{page.headings} first headings"] if page.headings != 1 else [])


def test_the_check_itself_finds_faults():
    assert faults_of('<h1>a</h1><p id="x"><b id="x"></p><label for="y"></label>')


@pytest.mark.usefixtures("compiled_ontology")
@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("path", VISITORS)
def test_pages_for_visitors(client, db, path, language):
    assert faults_of(client.get(path, headers={"accept-language": language}).text) == []


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("path", PEOPLE)
def test_pages_for_people(client, db, path, language):
    client.force_login(Person.objects.create_user("clinic@example.org", "long enough words"))
    assert faults_of(client.get(path, headers={"accept-language": language}).text) == []
