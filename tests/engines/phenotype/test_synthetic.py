"""Synthetic patients: the same for the same seed, plausible, and as many as a benchmark needs."""

import numpy as np
import pytest

from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.onsets import ONSET_AGE_DAYS, onset_of_age
from kakehashi.engines.phenotype.synthetic import CHUNK, Drawer, Habits, draw_patients, draw_profiles


@pytest.fixture(scope="module")
def drawer(knowledge: Knowledge) -> Drawer:
    return Drawer(knowledge, habits=Habits(candidate_genes=4))


def test_the_same_seed_gives_the_same_patients_however_many(knowledge: Knowledge, drawer: Drawer) -> None:
    few, many = drawer.profiles(100, seed=7), drawer.profiles(CHUNK + 5, seed=7)
    assert len(few.disease) == 100
    assert len(many.indptr) == CHUNK + 6
    for name in ("disease", "indices", "gene_indices"):
        short, long = getattr(few, name), getattr(many, name)
        assert np.array_equal(short, long[: len(short)])
    assert not np.array_equal(few.disease, drawer.profiles(100, seed=8).disease)
    assert drawer.patients(3, seed=7) == drawer.patients(5, seed=7)[:3]
    assert draw_patients(knowledge, 2, 1) == draw_patients(knowledge, 2, 1) != draw_patients(knowledge, 2, 2)
    assert len(draw_profiles(knowledge, 0, 1).disease) == 0


def test_profiles_are_sorted_unique_phenotypes_and_never_empty(knowledge: Knowledge, drawer: Drawer) -> None:
    profiles = drawer.profiles(20_000, seed=1)
    assert (np.diff(profiles.indptr) > 0).all()
    patient = np.repeat(np.arange(20_000), np.diff(profiles.indptr))
    keys = patient * knowledge.ontology.n + profiles.indices
    assert (np.diff(keys) > 0).all()
    assert knowledge.ontology.phenotype_mask[profiles.indices].all()
    assert knowledge.ontology.phenotype_root not in profiles.indices
    assert 5 < len(profiles.indices) / 20_000 < 15
    gene_patient = np.repeat(np.arange(20_000), np.diff(profiles.gene_indptr))
    own = {
        int(p)
        for p, g in zip(gene_patient, profiles.gene_indices, strict=True)
        if profiles.disease[p] in knowledge.diseases.diseases_of_gene(int(g))
    }
    with_gene = np.diff(knowledge.diseases.disease_gene_indptr)[profiles.disease] > 0
    assert own >= set(np.flatnonzero(with_gene).tolist())


def test_frequencies_show_in_what_is_drawn(knowledge: Knowledge) -> None:
    plain = Drawer(knowledge, habits=Habits(asked=1, imprecision=0, noise=0))
    models = plain.models
    which = int(np.argmax(np.diff(models.indptr)))
    profiles = plain.profiles(CHUNK * 12, seed=3)
    drawn = np.flatnonzero(profiles.disease == models.diseases[which])
    rows = slice(int(models.indptr[which]), int(models.indptr[which + 1]))
    seen = np.zeros(knowledge.ontology.n)
    for patient in drawn:
        seen[profiles.indices[profiles.indptr[patient] : profiles.indptr[patient + 1]]] += 1
    assert len(drawn) > 10
    shares, wanted = seen[models.terms[rows]] / len(drawn), models.frequencies[rows]
    assert abs(shares.mean() - wanted.mean()) < 0.05
    assert np.abs(shares - wanted).mean() < 0.15


def test_patients_are_plausible(knowledge: Knowledge, drawer: Drawer) -> None:
    ontology = knowledge.ontology
    patients = drawer.patients(300, seed=5)
    assert len({patient.id for patient in patients}) == 300
    origins = set()
    for patient in patients:
        assert patient.synthetic
        assert patient.id.startswith("synthetic-5-")
        assert patient.observed
        observed = [finding.term for finding in patient.observed]
        above = {int(a) for term in observed for a in ontology.ancestors(term)}
        assert not above & set(patient.excluded), "excluded although observed through a descendant"
        assert all(sum(term in ontology.ancestors(other) for other in observed) == 1 for term in observed)
        labels = " ".join(ontology.label(term).lower() for term in observed)
        assert not (patient.sex == "FEMALE" and ("cryptorchidism" in labels or "hypospadias" in labels))
        assert 0 <= patient.age_days < 100 * 366
        assert patient.onset is None or patient.onset in ontology.onset_terms
        assert patient.inheritance is None or patient.inheritance in ontology.inheritance_terms
        genes = {gene.symbol for gene in knowledge.diseases.genes(patient.disease)}
        assert not genes or genes & set(patient.genes)
        assert len(patient.genes) == 4
        origins |= {finding.origin for finding in patient.observed}
    assert origins == {"disease", "imprecise", "noise"}
    assert any(patient.excluded for patient in patients)


def test_x_linked_recessive_patients_are_mostly_boys(knowledge: Knowledge, drawer: Drawer) -> None:
    duchenne = knowledge.diseases.index("OMIM:310200")
    assert duchenne is not None
    sexes = [drawer.patient(seed=1, number=i, disease=duchenne).sex for i in range(1, 41)]
    assert sexes.count("MALE") > 32


def test_a_disease_without_findings_is_refused_by_name(knowledge: Knowledge, drawer: Drawer) -> None:
    left_out = next(i for i in range(knowledge.diseases.n) if i not in drawer.models.diseases)
    with pytest.raises(ValueError, match=knowledge.diseases.ids[left_out]):
        drawer.patient(seed=1, number=1, disease=left_out)


def test_onset_terms_cover_every_age(knowledge: Knowledge) -> None:
    for number in ONSET_AGE_DAYS:
        place = knowledge.ontology.index_of_number(number)
        assert place in knowledge.ontology.onset_terms
    for days in (-1, 0, 1, 28, 29, 365, 366, 2000, 5000, 7000, 20_000, 40_000, 60_000):
        first, last = ONSET_AGE_DAYS[onset_of_age(days)]
        assert first <= days <= last or days > 40_000
