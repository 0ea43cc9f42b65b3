"""The texts of the site's search follow the labels in force, also of cases that were there before."""

import pytest

from kakehashi.kernel.people.models import Person
from kakehashi.kernel.search.models import SearchEntry
from kakehashi.kernel.search.queries import outdated, search
from kakehashi.systems.cases import rows
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.description import Description, Finding

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases(hospital, clinician):
    said = Description(findings=(Finding(term="HP:0001250"),))
    return [
        enter_case(by=clinician, organisation=hospital, local_id=f"N-{number}", description=said) for number in range(3)
    ]


def found(text):
    return {hit.object_id for hit in search(Person.objects.get(), text) if hit.kind == "case"}


def test_cases_of_other_labels_are_read_anew_once(cases, monkeypatch):
    monkeypatch.setattr(rows, "AT_ONCE", 2)
    assert rows.reindex_outdated() == 0, "what was just entered is up to date"
    SearchEntry.objects.update(bigrams="", version="made with older labels")
    assert not found("けいれん")
    assert rows.reindex_outdated() == 3
    assert found("けいれん") == {str(case.pk) for case in cases}
    assert rows.reindex_outdated() == 0


def test_everything_is_read_anew_when_asked(cases):
    SearchEntry.objects.update(bigrams="")
    assert rows.reindex_outdated() == 0
    assert rows.reindex_outdated(everything=True) == 3
    assert found("epilepsy") == {str(case.pk) for case in cases}


def test_stopped_on_the_way_it_goes_on_from_there(cases, monkeypatch):
    monkeypatch.setattr(rows, "AT_ONCE", 1)
    SearchEntry.objects.update(version="old")
    original, calls = rows.index_many, []

    def stopping(*args, **rest):
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        original(*args, **rest)

    monkeypatch.setattr(rows, "index_many", stopping)
    with pytest.raises(KeyboardInterrupt):
        rows.reindex_outdated()
    assert outdated("case", rows.search_version()).count() == 2
    monkeypatch.setattr(rows, "index_many", original)
    assert rows.reindex_outdated() == 2


def test_an_entry_whose_case_is_gone_goes_too(cases):
    SearchEntry.objects.create(kind="case", object_id="999999", bigrams="")
    rows.reindex_outdated()
    assert SearchEntry.objects.filter(kind="case").count() == 3
