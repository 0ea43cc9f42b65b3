"""The search is exact, deterministic and sees only what it may; explanations add up."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engines.phenotype.caseindex.conftest import GENES, PlainScorer, profiles

from kakehashi.engines.phenotype.caseindex import CaseModel, Profile, Snapshot, explain, explain_many
from kakehashi.engines.phenotype.caseindex.query import Query, _share_bits
from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.synthetic import Drawer

within = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def library(data, terms, most=30):
    cases = data.draw(st.lists(profiles(terms), min_size=1, max_size=most))
    return [(f"case-{i:03d}", profile) for i, profile in enumerate(cases)]


@within
@given(data=st.data())
def test_search_agrees_with_the_formula_written_out(model: CaseModel, terms, data):
    cases = library(data, terms)
    query = data.draw(profiles(terms))
    found = Snapshot.of(model, cases).search(query, k=len(cases))
    plain = PlainScorer(model)
    expected = {case_id: plain.score(query, profile) for case_id, profile in cases}
    assert {m.id for m in found} == {case_id for case_id, score in expected.items() if score > 0}
    for match in found:
        assert match.score == pytest.approx(min(expected[match.id], 1), abs=2e-6)
        assert 0 <= match.score <= 1
    assert [m.score for m in found] == sorted((m.score for m in found), reverse=True)


@within
@given(data=st.data(), k=st.integers(1, 12))
def test_pruned_search_equals_the_head_of_the_full_order(model: CaseModel, terms, data, k):
    cases = library(data, terms)
    query = data.draw(profiles(terms))
    snapshot = Snapshot.of(model, cases)
    assert snapshot.search(query, k) == snapshot.search(query, len(cases))[:k]


def test_pruning_skips_most_cases_and_loses_none(knowledge: Knowledge, model: CaseModel):
    drawn = Drawer(knowledge).profiles(4000, seed=1)
    cases = [
        (f"c{i:05d}", Profile(tuple(drawn.indices[drawn.indptr[i] : drawn.indptr[i + 1]].tolist())))
        for i in range(4000)
    ]
    snapshot = Snapshot.of(model, cases)
    segment = snapshot.parts[0].segment
    scored = 0
    for _, profile in cases[:20]:
        query = Query.of(model, profile)
        every, scores, _ = query.scan(segment, 0, 0.0, None)
        best = sorted(zip(-scores, (segment.ids.encoded(r) for r in every), strict=True))[:10]
        assert [m.id.encode() for m in snapshot.search(profile, 10)] == [name for _, name in best]
        scored += query.scan(segment, 10, 0.0, None)[2]
    assert scored < 20 * 4000 / 2


def test_ties_stand_in_the_order_of_ids(model: CaseModel, terms):
    same = Profile(tuple(terms[:4]))
    names = ["b", "a", "症例", "c", "10", "9"]
    found = Snapshot.of(model, [(name, same) for name in names]).search(same, 4)
    assert [m.id for m in found] == ["10", "9", "a", "b"]


def test_order_of_cases_does_not_matter(model: CaseModel, terms):
    rng = np.random.default_rng(2)
    cases = [
        (f"x{i}", Profile(tuple(rng.choice(terms, 5, replace=False).tolist()), (GENES[i % 4],))) for i in range(80)
    ]
    query = Profile(tuple(terms[::7]), ("FBN1",))
    forwards = Snapshot.of(model, cases).search(query, 20)
    assert forwards == Snapshot.of(model, cases[::-1]).search(query, 20) == Snapshot.of(model, cases).search(query, 20)


@within
@given(data=st.data())
def test_mask_hides_and_shows(model: CaseModel, terms, data):
    cases = library(data, terms)
    query = data.draw(profiles(terms))
    chosen = data.draw(st.sets(st.sampled_from([case_id for case_id, _ in cases])))
    snapshot = Snapshot.of(model, cases)
    everything = snapshot.search(query, len(cases))
    shown = [(m.id, m.score) for m in snapshot.search(query, len(cases), snapshot.only(chosen))]
    hidden = [(m.id, m.score) for m in snapshot.search(query, len(cases), snapshot.all_but(chosen))]
    assert shown == [(m.id, m.score) for m in everything if m.id in chosen]
    assert hidden == [(m.id, m.score) for m in everything if m.id not in chosen]


@within
@given(data=st.data())
def test_explanation_adds_up_to_the_score(model: CaseModel, terms, data):
    cases = library(data, terms, most=5)
    query = data.draw(profiles(terms))
    snapshot = Snapshot.of(model, cases)
    found = snapshot.search(query, 5)
    together = explain_many(snapshot, query, (match.id for match in found))
    for match, why in zip(found, together, strict=True):
        assert why == explain(snapshot, query, match.id)
        assert why.score == pytest.approx(match.score, abs=2e-6)
        total = sum(m.points for m in why.query_matches) + sum(d.points for d in why.diseases) + why.gene_points
        assert min(total, 1) == pytest.approx(match.score, abs=2e-6)
        case = dict(cases)[match.id]
        assert {m.finding for m in why.query_matches} | set(why.unexplained_query) <= set(query.observed)
        assert set(why.unexplained_case) <= set(case.observed)
        assert set(why.shared_genes) == set(query.genes) & set(case.genes)
        for m in why.query_matches:
            if m.counterpart < 0:
                assert m.finding in why.unexplained_query
                continue
            above = set(model.ontology.ancestors(m.finding)) & set(model.ontology.ancestors(m.counterpart))
            assert m.ancestor in above


def test_findings_that_meet_only_at_a_very_general_term_are_no_counterparts(model: CaseModel):
    index = model.ontology.index
    microcephaly, sinusitis, seizure = (index(term) for term in ("HP:0000252", "HP:0011109", "HP:0001250"))
    snapshot = Snapshot.of(model, [("case", Profile((sinusitis, seizure)))])
    why = explain(snapshot, Profile((microcephaly, seizure)), "case")
    assert {m.finding: m.counterpart for m in why.query_matches}[seizure] == seizure
    assert all(m.counterpart < 0 for m in why.query_matches if m.finding == microcephaly)
    assert microcephaly in why.unexplained_query


def test_identical_patients_score_one(model: CaseModel, terms):
    profile = Profile(tuple(terms[:9]), ("FBN1",))
    match = Snapshot.of(model, [("self", profile)]).search(profile, 1)[0]
    assert match.score == pytest.approx(1, abs=0.01)


def test_what_matches_counts_less_among_more_findings(model: CaseModel, terms):
    query = Profile(tuple(terms[:4]))
    cases = [("small", Profile(tuple(terms[:2]))), ("as-many", query), ("crowded", Profile(tuple(terms[:16])))]
    snapshot = Snapshot.of(model, cases)
    points = {
        case_id: {match.finding: match.points for match in explain(snapshot, query, case_id).query_matches}
        for case_id, _ in cases
    }
    for term in terms[:2]:
        assert points["small"][term] == points["as-many"][term]
        assert points["crowded"][term] == pytest.approx(points["as-many"][term] * 4**-model.weights.crowding)


def test_shared_gene_counts_the_more_the_shorter_the_lists(model: CaseModel, terms):
    observed = tuple(terms[:5])
    others = tuple(terms[30:34])
    cases = [("short", Profile(others, ("FBN1",))), ("long", Profile(others, ("FBN1", *(f"G{i}" for i in range(19)))))]
    cases.append(("none", Profile(others, ("TTN",))))
    snapshot = Snapshot.of(model, cases)
    found = {m.id: m.score for m in snapshot.search(Profile(observed, ("fbn1",)), 3)}
    assert found["short"] > found["long"] > found.get("none", 0)
    plain = snapshot.search(Profile(observed, ("FBN1",)), 3, use_genes=False)
    assert len({m.score for m in plain}) == 1


def test_empty_queries_and_libraries_find_nothing(model: CaseModel, terms):
    assert Snapshot.of(model, []).search(Profile(tuple(terms[:3])), 5) == []
    assert Snapshot.of(model, [("a", Profile(tuple(terms[:3])))]).search(Profile(()), 5) == []
    assert Snapshot.of(model, [("a", Profile(()))]).search(Profile(tuple(terms[:3])), 5) == []
    with pytest.raises(ValueError, match="k must be"):
        Snapshot.of(model, []).search(Profile(()), 0)


@given(st.lists(st.floats(0.01, 40), max_size=120))
def test_every_finding_keeps_its_full_value_in_the_bound(own):
    values = np.array(own)
    bits, unit, rest = _share_bits(values)
    assert bits.sum() <= 64
    assert bits.sum() * unit + rest >= values.sum() * (1 - 1e-9)
    assert all(b * unit >= v * (1 - 1e-9) for b, v in zip(bits, values, strict=True) if b)


def test_profiles_of_very_many_findings_are_searched(model: CaseModel):
    many = tuple(np.flatnonzero(model.information > 3)[::20][:400].tolist())
    assert len(many) > 255
    snapshot = Snapshot.of(model, [("many", Profile(many)), ("few", Profile(many[:3]))])
    found = snapshot.search(Profile(many), 2)
    assert found[0].id == "many"
    assert found[0].score > 0.95
