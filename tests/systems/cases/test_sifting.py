"""What a search finds among the cases that count is the same, however few or many they are and wherever they stand."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kakehashi.engines.phenotype.caseindex import CaseModel, Profile, Snapshot
from kakehashi.systems.cases.matching import sifting
from kakehashi.systems.cases.models import Case
from tests.systems.cases.conftest import WORKED_EXAMPLE

CASES = 40
within = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def library(knowledge, hospital):
    """Cases of one to eight findings of the worked example, some alike: (snapshot, query, ids from best to worst)."""
    terms = [knowledge.ontology.index(term) for term in WORKED_EXAMPLE]
    made = Case.objects.bulk_create(
        Case(organisation=hospital, local_id=f"P-{number}", state="registered") for number in range(CASES)
    )
    profiles = {
        case.public_id: Profile(tuple(sorted(terms[place % 3 : 1 + place % 8] or terms[:1])))
        for place, case in enumerate(made)
    }
    snapshot = Snapshot.of(CaseModel.of(knowledge), list(profiles.items()))
    query = Profile(tuple(sorted(terms)))
    return snapshot, query, [match.id for match in snapshot.search(query, CASES)]


def among_them_alone(snapshot, query, k, ids):
    return snapshot.search(query, k, snapshot.only(ids)) if ids else []


@within
@given(
    places=st.sets(st.integers(0, CASES - 1)),
    k=st.integers(1, 12),
    looked_at=st.sampled_from([(1,), (2, 4), (4, 8, 16), (64,)]),
    few=st.integers(0, 20),
)
def test_equals_a_search_among_the_counting_alone(library, monkeypatch, places, k, looked_at, few):
    snapshot, query, ids = library
    monkeypatch.setattr(sifting, "LOOKED_AT", looked_at)
    monkeypatch.setattr(sifting, "FEW", few)
    counting = [ids[place] for place in places if place < len(ids)]
    found = sifting.most_similar(snapshot, query, k, Case.objects.filter(public_id__in=counting))
    assert found == among_them_alone(snapshot, query, k, counting)


@pytest.mark.parametrize("few", [0, 3, 100])
@pytest.mark.parametrize("number", [1, 5, 20])
def test_the_least_similar_are_found_where_only_they_count(library, monkeypatch, few, number):
    snapshot, query, ids = library
    monkeypatch.setattr(sifting, "LOOKED_AT", (2, 4))
    monkeypatch.setattr(sifting, "FEW", few)
    last = ids[-number:]
    found = sifting.most_similar(snapshot, query, 3, Case.objects.filter(public_id__in=last))
    assert [match.id for match in found] == last[:3]
    assert found == among_them_alone(snapshot, query, 3, last)


def test_reads_no_more_ids_than_it_needs_where_many_count(library, django_assert_num_queries):
    snapshot, query, _ids = library
    with django_assert_num_queries(1) as asked:
        assert len(sifting.most_similar(snapshot, query, 5, Case.objects.filter(state="registered"))) == 5
    assert "IN (" in asked.captured_queries[0]["sql"]


def test_looks_at_more_before_it_reads_ids_where_some_of_the_first_count(
    library, monkeypatch, django_assert_num_queries
):
    snapshot, query, ids = library
    monkeypatch.setattr(sifting, "LOOKED_AT", (8, 32))
    counting = ids[::3]
    with django_assert_num_queries(2):
        found = sifting.most_similar(snapshot, query, 6, Case.objects.filter(public_id__in=counting))
    assert found == among_them_alone(snapshot, query, 6, counting)
