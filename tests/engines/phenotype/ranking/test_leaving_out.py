"""Leaving a publication out equals ranking on a phenotype.hpoa that never held its rows, and gives nothing away."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kakehashi.engines.phenotype.compiledcache import open_or_compile
from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ranking import Patient, Ranker
from kakehashi.engines.phenotype.sources import Sources, embedded_release

POOLED_PUBLICATION = "PMID:25447906"  # one of up to nine publications behind rows of OMIM:122470


def without(*publications: str, folder: Path, pooled: bool) -> Knowledge:
    """The embedded release from a file without the rows that cite `publications`, `pooled` ones or not."""
    release = embedded_release()
    kept = []
    for line in (release / "phenotype.hpoa").read_text(encoding="utf-8").splitlines(keepends=True):
        columns = line.split("\t")
        cited = set(columns[4].split(";")) if len(columns) > 4 else set()
        if not cited & set(publications) or (cited - set(publications) and not pooled):
            kept.append(line)
    hpoa = folder / "phenotype.hpoa"
    hpoa.write_text("".join(kept), encoding="utf-8")
    sources = Sources(release / "hp.obo", hpoa, release / "genes_to_phenotype.txt", None, embedded=False)
    opened = open_or_compile(folder, sources)
    return Knowledge(opened, str(opened.meta["fingerprint"]))


def patient_of(release: Knowledge, publication: str) -> Patient:
    """A patient with findings that the publication reported, and a few others."""
    diseases = release.diseases
    rows = diseases.rows_citing(publication)
    reported = [int(term) for term in np.unique(diseases.row_term[rows]) if release.ontology.is_phenotype(int(term))]
    others = [release.ontology.index(one) for one in ("HP:0001250", "HP:0000252", "HP:0004322")]
    excluded = (release.ontology.index("HP:0000365"),)
    return Patient((*reported[:6], *others), excluded, publications=(publication,), sex="MALE", onset_days=30)


@pytest.mark.parametrize("pooled", [True, False])
def test_equals_ranking_on_a_file_without_these_rows(release, ranker, tmp_path, pooled):
    patient = patient_of(release, POOLED_PUBLICATION)
    edited = without(POOLED_PUBLICATION, folder=tmp_path, pooled=pooled)
    assert edited.diseases.ids == release.diseases.ids
    expected = Ranker(edited).rank(patient, top=20)
    left_out = ranker.rank(patient, leave_publication_out=True, pooled_rows="drop" if pooled else "keep", top=20)
    assert np.allclose(left_out.scores, expected.scores, atol=2e-4)
    assert [row.id for row in left_out.diseases] == [row.id for row in expected.diseases]
    assert not np.array_equal(left_out.scores, ranker.rank(patient).scores)


@pytest.mark.parametrize("pooled", [True, False])
def test_all_publications_of_a_patient_are_left_out(release, ranker, tmp_path, pooled):
    """Rows that pool only hers cite nothing else, so they go in both readings."""
    diseases = release.diseases
    lists = {tuple(diseases.references(int(row))) for row in diseases.rows_citing(POOLED_PUBLICATION)}
    hers = next(one for one in sorted(lists, key=len) if len(one) > 1)
    patient = replace(patient_of(release, POOLED_PUBLICATION), publications=hers)
    expected = Ranker(without(*hers, folder=tmp_path, pooled=pooled)).rank(patient, top=20)
    left_out = ranker.rank(patient, leave_publication_out=True, pooled_rows="drop" if pooled else "keep", top=20)
    assert np.allclose(left_out.scores, expected.scores, atol=2e-4)
    only_first = replace(patient, publications=hers[:1])
    assert not np.array_equal(left_out.scores, ranker.rank(only_first, leave_publication_out=True).scores)


def test_a_publication_of_its_own_equals_the_edited_file_in_both_readings(release, ranker, tmp_path):
    publication = next(
        name
        for name in map(str, release.diseases.publications)
        if name.startswith("PMID:") and sole_but_not_all(release, name)
    )
    patient = patient_of(release, publication)
    expected = Ranker(without(publication, folder=tmp_path, pooled=True)).rank(patient)
    for reading in ("drop", "keep"):
        left_out = ranker.rank(patient, leave_publication_out=True, pooled_rows=reading)
        assert np.allclose(left_out.scores, expected.scores, atol=2e-4)


def sole_but_not_all(release: Knowledge, publication: str) -> bool:
    """Whether the publication stands alone in at least five rows, and its diseases have others."""
    diseases = release.diseases
    rows = diseases.rows_citing(publication)
    if len(rows) < 5 or any(len(diseases.references(int(row))) > 1 for row in rows):
        return False
    touched = np.unique(diseases.row_disease[rows])
    return all(
        (diseases.row_disease[rows] == one).sum() + 5 < np.diff(diseases.disease_row_indptr)[one] for one in touched
    )


def test_an_unknown_publication_changes_nothing(release, ranker):
    patient = Patient((release.ontology.index("HP:0001250"),), publications=("PMID:1",))
    assert np.array_equal(ranker.rank(patient, leave_publication_out=True).scores, ranker.rank(patient).scores)


def test_a_disease_without_any_row_left_is_not_recognisable(release, ranker):
    """Diseases that one publication has taught entirely: emptied, they must not come up for other patients."""
    diseases = release.diseases
    emptied = []
    for publication in map(str, diseases.publications):
        rows = diseases.rows_citing(publication) if publication.startswith("PMID:") else ()
        if len(rows) > 10:
            first = int(diseases.row_disease[rows[0]])
            every = diseases.rows(first)
            if diseases.ids[first].startswith("OMIM") and len(rows) >= every.stop - every.start:
                emptied.append((publication, first))
        if len(emptied) == 25:
            break
    strangers = [
        Patient(tuple(release.ontology.index(one) for one in findings))
        for findings in (
            ("HP:0001166", "HP:0001083", "HP:0002616"),
            ("HP:0001250",),
            ("HP:0001252", "HP:0003198", "HP:0003236", "HP:0008981"),
            ("HP:0000365", "HP:0000510"),
        )
    ]
    among_ten = []
    for publication, disease in emptied:
        for stranger in strangers:
            patient = Patient(stranger.observed, publications=(publication,))
            ranking = ranker.rank(patient, leave_publication_out=True, pooled_rows="drop", top=0)
            among_ten.append(ranking.mid_rank(disease) <= 10)
            assert ranking.mid_rank(disease) > 1
    assert len(emptied) == 25
    assert np.mean(among_ten) <= 0.02


def test_explanations_do_not_show_what_was_left_out(release, ranker):
    patient = patient_of(release, POOLED_PUBLICATION)
    disease = release.diseases.index("OMIM:122470")
    rows = release.diseases.rows_citing(POOLED_PUBLICATION)
    only_there = set(release.diseases.row_term[rows].tolist())
    for row in range(*release.diseases.rows(disease).indices(len(release.diseases.row_term))):
        if row not in set(rows.tolist()):
            only_there.discard(int(release.diseases.row_term[row]))
    evidence = ranker.rank(patient, leave_publication_out=True, pooled_rows="drop").evidence(disease)
    assert not {one.matched for one in evidence.findings if one.kin is None} & only_there
