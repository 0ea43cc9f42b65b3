"""Floors on real patients, and the trap: which findings a paper asked for must not tell which paper it was."""

import dataclasses

import numpy as np
import pytest
from tests.bench.published_patients import read_published

SAMPLE = 160


@pytest.fixture(scope="module")
def sample(release, shared_data):
    published = read_published(release, shared_data / "phenopackets" / "phenopackets-dev.jsonl.gz")
    known = [one for one in published if one.disease is not None and one.patient.observed]
    places = np.random.default_rng(11).choice(len(known), SAMPLE, replace=False)
    return [known[i] for i in sorted(places.tolist())]


def ranks(ranker, sample, **options) -> np.ndarray:
    return np.array([ranker.rank(one.patient, top=0, **options).mid_rank(one.disease) for one in sample])


def test_plain_and_left_out_ranks_stay_as_good_as_they_were(ranker, sample):
    plain = ranks(ranker, sample)
    kept = ranks(ranker, sample, leave_publication_out=True, pooled_rows="keep")
    dropped = ranks(ranker, sample, leave_publication_out=True, pooled_rows="drop")
    assert (plain <= 1).mean() >= 0.60
    assert (kept <= 1).mean() >= 0.33
    assert (kept <= 10).mean() >= 0.54
    assert (dropped <= 10).mean() >= 0.26
    assert plain.mean() < kept.mean() < dropped.mean()


def test_what_was_asked_and_denied_does_not_name_the_disease(ranker, sample):
    """With the excluded findings alone, the ranking must not do better than with nothing at all."""
    asked = [one for one in sample if len(one.patient.excluded) >= 5]
    denied = [dataclasses.replace(one, patient=dataclasses.replace(one.patient, observed=())) for one in asked]
    nothing = [
        dataclasses.replace(one, patient=dataclasses.replace(one.patient, observed=(), excluded=())) for one in asked
    ]
    assert len(asked) > 40
    with_denied, with_nothing = ranks(ranker, denied), ranks(ranker, nothing)
    assert (with_denied <= 10).sum() <= (with_nothing <= 10).sum() + 1
    assert np.median(with_denied) >= 0.9 * np.median(with_nothing)
