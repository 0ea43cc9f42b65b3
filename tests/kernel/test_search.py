"""Search finds Japanese and English, whole words and parts, and only what the person may see."""

import re
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.queries import organisation_ids_of
from kakehashi.kernel.search import SearchKind, bigrams, forget, index, kinds, queries, search
from kakehashi.kernel.search.actions import index_many
from kakehashi.kernel.search.models import SearchEntry
from kakehashi.kernel.search.queries import visible

TEXTS = {
    1: "結核 てんかん性脳症 小頭症",
    2: "Epilepsy with Menière-like vertigo HP:0001250",
    3: "ﾃﾝｶﾝ(部分発作) 発達遅滞",
    4: "糖尿病 MODY2",
}


@pytest.fixture
def entries(db, monkeypatch):
    """Texts of things that everybody may see."""
    monkeypatch.setattr(kinds, "_kinds", {})
    seen = SearchKind("text", "Text", visible_to=lambda _who: Organisation.objects.all(), title=str, link=str)
    kinds.register(seen)
    for number, text in [*TEXTS.items(), (9, "")]:
        Organisation.objects.create(pk=number, code=f"N{number}", name=f"病院 {number}")
        index("text", number, [text])


def found(query):
    return {int(hit.object_id) for hit in search("command-line", query)}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("結核", {1}),
        ("核", {1}),
        ("症", {1}),
        ("てんかん", {1, 3}),
        ("テンカン", {1, 3}),
        ("癲癇", {1, 3}),
        ("てんかん 小頭", {1}),
        ("小頭 てんかん", {1}),
        ("epilepsy", {2}),
        ("EPILEP", {2}),
        ("meniere", {2}),
        ("lepsy vert", {2}),
        ("e vertigo", {2}),
        ("q vertigo", set()),
        ("0001250", {2}),
        ("HP:0001250", {2}),
        ("mody2", {4}),
        ("糖尿病", {4}),
        ("尿糖", set()),
        ("結核 epilepsy", set()),
        ("", set()),
        ("  ", set()),
        ('" OR * NEAR(', set()),
        ("'); DROP TABLE", set()),
    ],
)
def test_words_and_parts_are_found(entries, query, expected):
    assert found(query) == expected


def test_changed_and_removed_things_are_found_as_they_are_now(entries):
    index("text", 1, ["白血病"])
    assert found("結核") == set()
    assert found("白血") == {1}
    forget("text", 1)
    assert found("白血") == set()
    assert SearchEntry.objects.count() == 4


@pytest.fixture
def organisations_found(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", {})
    kind = SearchKind(
        "organisation",
        "Organisation",
        visible_to=lambda person: Organisation.objects.filter(pk__in=organisation_ids_of(person)),
        title=str,
        link=lambda organisation: f"/organisations/{organisation.code}/",
    )
    kinds.register(kind)
    return kind


def test_hits_are_only_what_the_person_may_see(hospital, other_hospital, make_person, organisations_found):
    for organisation in (hospital, other_hospital):
        index("organisation", organisation.pk, [organisation.name, organisation.name_en], organisation=organisation)
    person = make_person(hospital, "clinician")
    assert [hit.link for hit in search(person, "病院")] == ["/organisations/KITA/"]
    assert search(person, "south") == []
    assert search(make_person(), "病院") == []


def test_what_others_hold_never_pushes_out_what_one_may_see(hospital, make_person, organisations_found):
    person = make_person(hospital, "clinician")
    index("organisation", hospital.pk, ["小脳形成不全"])
    index_many("organisation", [(hospital.pk + number, ["小脳形成不全"], None) for number in range(1, 2101)])
    assert [hit.link for hit in search(person, "小脳")] == ["/organisations/KITA/"]


def test_the_newest_are_shown_without_looking_at_all(hospital, make_person, organisations_found, monkeypatch):
    monkeypatch.setattr(queries, "FIRST", 20)
    monkeypatch.setattr(queries, "SECOND", 30)
    all_of_them = replace(organisations_found, visible_to=lambda _person: Organisation.objects.all())
    monkeypatch.setattr(kinds, "_kinds", {"organisation": all_of_them})
    made = Organisation.objects.bulk_create(Organisation(code=f"N{n}", name=f"小脳 {n}") for n in range(100))
    index_many("organisation", [(one.pk, [one.name], None) for one in made])
    person = make_person(hospital, "clinician")
    newest = [str(one.pk) for one in reversed(made)]
    with CaptureQueriesContext(connection) as few:
        shown = search(person, "小脳", limit=5)
    assert [hit.object_id for hit in shown] == newest[:5]
    with CaptureQueriesContext(connection) as many:
        assert [hit.object_id for hit in search(person, "小脳", limit=100)] == newest
    assert len(few) < len(many)


def test_visibility_is_looked_up_by_primary_key(hospital, make_person, organisations_found):
    index("organisation", hospital.pk, ["小脳形成不全"])
    index_many("organisation", [(hospital.pk + number, ["小脳形成不全"], None) for number in range(1, 501)])
    entries = visible(make_person(hospital, "clinician"), organisations_found, SearchEntry.objects.all())
    if connection.vendor == "postgresql":  # which reads a table of a few rows whole, however well it is indexed
        connection.cursor().execute("SET LOCAL enable_seqscan = off")
    plan = entries.explain()
    assert not re.search(r"(SCAN|Seq Scan on) (U0|organisations_)", plan), plan


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30), st.data())
def test_any_part_of_any_word_finds_it_and_no_query_fails(entries, text, data):
    SearchEntry.objects.all().delete()
    index("text", 9, [text])
    assert found(data.draw(st.text(max_size=10))) <= {9}
    for word in bigrams.words(text)[:3]:
        start = data.draw(st.integers(0, len(word) - 1))
        stop = data.draw(st.integers(start + 1, len(word)))
        assert found(word[start:stop]) == {9}, word[start:stop]
