"""Disease profiles: how often each finding is seen in a disease, out of the rows of phenotype.hpoa.

Counts of several publications are pooled and shrunk, (n + present) / (m + present + absent): one reported patient is
weak evidence, forty are strong. A profile is then spread to the terms above by maximum: who has a focal seizure has a
seizure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.diseases import COUNT, COURSE, INHERITANCE, NO_FREQUENCY, PHENOTYPE, Diseases
from kakehashi.engines.phenotype.ontology import Ontology
from kakehashi.engines.phenotype.ranking.parameters import ProfileParameters
from kakehashi.engines.phenotype.ranking.sexes import Int8, one_sex

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float32 = npt.NDArray[np.float32]
Bool = npt.NDArray[np.bool_]

ONSET_BOUNDS_YEARS = (0.02, 0.09, 1.0, 5.0, 16.0, 40.0)  # birth, newborn, infant, child, youth, young adult, later
ONSET_BINS = len(ONSET_BOUNDS_YEARS) + 1
_ONSET_SPANS_YEARS = {
    30674: (0.0, 0.0),  # antenatal
    11460: (0.0, 0.0),  # embryonal
    11461: (0.0, 0.0),  # fetal
    34199: (0.0, 0.0),  # late first trimester
    34198: (0.0, 0.0),  # second trimester
    34197: (0.0, 0.0),  # third trimester
    3577: (0.0, 0.01),  # congenital
    3623: (0.0, 0.08),  # neonatal
    3593: (0.08, 1.0),  # infantile
    11463: (1.0, 5.0),  # childhood
    3621: (5.0, 16.0),  # juvenile
    3581: (16.0, 80.0),  # adult
    11462: (16.0, 40.0),  # young adult
    25708: (16.0, 19.0),  # early young adult
    25709: (19.0, 25.0),  # intermediate young adult
    25710: (25.0, 40.0),  # late young adult
    3596: (40.0, 60.0),  # middle age
    3584: (60.0, 90.0),  # late
}
_X_RECESSIVE = 1419


@dataclass(frozen=True, slots=True)
class Profile:
    """Findings with frequencies, one row a (disease, term), sorted by disease, then term.

    `said`: whether phenotype.hpoa gives a count or a frequency; else the frequency is assumed.
    """

    disease: Int32
    term: Int32
    frequency: Float32
    said: Bool


@dataclass(frozen=True, slots=True)
class Profiles:
    """The annotated findings of every disease: those of disease d stand at `indptr[d]:indptr[d + 1]`, by term."""

    indptr: Int64
    term: Int32
    frequency: Float32
    said: Bool

    @classmethod
    def of(cls, profile: Profile, diseases: int) -> Self:
        """The same findings, with the places where each of `diseases` diseases begins."""
        indptr = np.searchsorted(profile.disease, np.arange(diseases + 1)).astype(np.int64)
        return cls(indptr, profile.term, profile.frequency, profile.said)

    def exchanged(self, diseases: Int32, profile: Profile) -> Self:
        """The same with the findings of `diseases` (sorted) as `profile` has them."""
        counts = np.diff(self.indptr)
        pieces: list[tuple[Profile | Profiles, slice]] = []
        done = 0
        for disease in diseases.tolist():
            start, end = np.searchsorted(profile.disease, (disease, disease + 1))
            pieces += [(self, slice(done, int(self.indptr[disease]))), (profile, slice(int(start), int(end)))]
            counts[disease], done = end - start, int(self.indptr[disease + 1])
        pieces.append((self, slice(done, None)))
        return type(self)(
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            np.concatenate([source.term[part] for source, part in pieces]),
            np.concatenate([source.frequency[part] for source, part in pieces]),
            np.concatenate([source.said[part] for source, part in pieces]),
        )


@dataclass(frozen=True, slots=True)
class Traits:
    """Per disease: number of findings, expected number of findings, most patients one publication set counted, how
    often onset fell into each bin (float32 diseases × ONSET_BINS), whether it is X-linked recessive, and whether it
    affects males (1) or females (-1) alone."""

    findings: Float32
    size: Float32
    patients: Float32
    onset: Float32
    x_recessive: Bool
    one_sex: Int8


def annotated(diseases: Diseases, ontology: Ontology, rows: Int64, parameters: ProfileParameters) -> Profile:
    """The findings that the given rows annotate, frequencies pooled per disease and term. `rows` must be sorted."""
    aspect_rows = _finding_rows(diseases, ontology, rows)
    key = diseases.row_disease[aspect_rows].astype(np.int64) * ontology.n + diseases.row_term[aspect_rows]
    keys, inverse = np.unique(key, return_inverse=True)
    kind = diseases.row_frequency_kind[aspect_rows]
    counted = (kind == COUNT) & (diseases.row_denominator[aspect_rows] > 0)
    present = np.bincount(inverse, diseases.row_numerator[aspect_rows] * counted, len(keys))
    asked = np.bincount(inverse, diseases.row_denominator[aspect_rows] * counted, len(keys))
    given = (kind != NO_FREQUENCY) & (kind != COUNT)
    given_sum = np.bincount(inverse, np.where(given, np.nan_to_num(diseases.row_frequency[aspect_rows]), 0), len(keys))
    given_count = np.bincount(inverse, given, len(keys))
    pseudo = parameters.count_prior_present + parameters.count_prior_absent
    frequency = np.where(
        asked > 0,
        (present + parameters.count_prior_present) / (asked + pseudo),
        np.where(given_count > 0, given_sum / np.maximum(given_count, 1), parameters.frequency_not_said),
    )
    said = (asked > 0) | (given_count > 0)
    return Profile(
        (keys // ontology.n).astype(np.int32), (keys % ontology.n).astype(np.int32), frequency.astype(np.float32), said
    )


def spread(profile: Profile, ontology: Ontology) -> Profile:
    """The profile with every phenotypic term above its findings, each as frequent as the most frequent below it."""
    counts = np.diff(ontology.ancestor_indptr)[profile.term]
    line = np.repeat(np.arange(len(profile.term)), counts)
    starts = np.repeat(ontology.ancestor_indptr[profile.term].astype(np.int64), counts)
    offsets = np.arange(len(line)) - np.repeat(np.cumsum(counts) - counts, counts)
    above = ontology.ancestor_indices[starts + offsets]
    kept = ontology.phenotype_mask[above]
    line, above = line[kept], above[kept]
    key = profile.disease[line].astype(np.int64) * ontology.n + above
    order = np.argsort(key, kind="stable")
    key, frequency = key[order], profile.frequency[line][order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    if len(first) == 0:
        nothing = np.zeros(0, np.int32)
        return Profile(nothing, nothing, np.zeros(0, np.float32), np.zeros(0, np.bool_))
    highest = np.maximum.reduceat(frequency, first)
    said = np.logical_or.reduceat(profile.said[line][order], first)
    return Profile(
        (key[first] // ontology.n).astype(np.int32), (key[first] % ontology.n).astype(np.int32), highest, said
    )


def traits(
    diseases: Diseases, ontology: Ontology, rows: Int64, profile: Profile, wanted: Int32, span: int | None = None
) -> Traits:
    """Traits of the diseases `wanted` (sorted indices), from the given rows and the profile made of them."""
    place = np.full(diseases.n if span is None else span, -1, dtype=np.int64)
    place[wanted] = np.arange(len(wanted))
    of_profile = place[profile.disease]
    count = len(wanted)
    mine = of_profile >= 0
    findings = np.bincount(of_profile[mine], minlength=count)
    size = np.bincount(of_profile[mine], profile.frequency[mine], count)
    patients = np.zeros(count, dtype=np.float64)
    counted, asked = _asked(diseases, ontology, rows)
    of_asked = place[counted]
    np.maximum.at(patients, of_asked[of_asked >= 0], asked[of_asked >= 0])
    return Traits(
        findings.astype(np.float32),
        size.astype(np.float32),
        patients.astype(np.float32),
        _onsets(diseases, ontology, rows, place, count),
        _x_recessive(diseases, ontology, rows, place, count),
        one_sex(ontology, of_profile[mine], profile.term[mine], profile.frequency[mine], count),
    )


def onset_bins(ontology: Ontology, term: int) -> slice | None:
    """The onset bins that an onset term covers; None for a term that is no onset."""
    span = _ONSET_SPANS_YEARS.get(int(ontology.numbers[term]))
    if span is None:
        return None
    first, last = onset_bin(span[0] + 1e-4), onset_bin(max(span[1] - 1e-4, span[0]))
    return slice(first, last + 1)


def onset_bin(years: float) -> int:
    """The onset bin of an age."""
    return int(np.searchsorted(ONSET_BOUNDS_YEARS, max(years, 0.0)))


def _finding_rows(diseases: Diseases, ontology: Ontology, rows: Int64) -> Int64:
    is_finding = (
        (diseases.row_aspect[rows] == PHENOTYPE)
        & ~diseases.row_negated[rows]
        & ontology.phenotype_mask[diseases.row_term[rows]]
    )
    kept: Int64 = rows[is_finding]
    return kept


def _asked(diseases: Diseases, ontology: Ontology, rows: Int64) -> tuple[Int32, npt.NDArray[np.float64]]:
    """Per (disease, term) with counts: the number of patients asked, over all publications."""
    found = _finding_rows(diseases, ontology, rows)
    found = found[(diseases.row_frequency_kind[found] == COUNT) & (diseases.row_denominator[found] > 0)]
    key = diseases.row_disease[found].astype(np.int64) * ontology.n + diseases.row_term[found]
    keys, inverse = np.unique(key, return_inverse=True)
    asked = np.zeros(len(keys), dtype=np.float64)
    np.add.at(asked, inverse, diseases.row_denominator[found])
    return (keys // ontology.n).astype(np.int32), asked


def _onsets(diseases: Diseases, ontology: Ontology, rows: Int64, place: Int64, count: int) -> Float32:
    onsets = np.zeros((count, ONSET_BINS), dtype=np.float32)
    course = rows[(diseases.row_aspect[rows] == COURSE) & (place[diseases.row_disease[rows]] >= 0)]
    for row in course:
        bins = onset_bins(ontology, int(diseases.row_term[row]))
        if bins is not None:
            weight = float(diseases.row_numerator[row]) if diseases.row_denominator[row] > 0 else 1.0
            onsets[place[diseases.row_disease[row]], bins] += weight / (bins.stop - bins.start)
    return onsets


def _x_recessive(diseases: Diseases, ontology: Ontology, rows: Int64, place: Int64, count: int) -> Bool:
    found = np.zeros(count, dtype=np.bool_)
    term = ontology.index_of_number(_X_RECESSIVE)
    if term is not None:
        stated = rows[(diseases.row_aspect[rows] == INHERITANCE) & (diseases.row_term[rows] == term)]
        places = place[diseases.row_disease[stated]]
        found[places[places >= 0]] = True
    return found
