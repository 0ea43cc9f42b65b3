"""Synthetic patients drawn from the disease models: never a real person, marked so, the same for the same seed.

How a patient comes about, for a disease of phenotype.hpoa (after Köhler et al. 2009, doi:10.1016/j.ajhg.2009.09.003,
who tested rankings with imprecise and noisy patients drawn from annotations):

1. each annotated finding is *asked* with probability `asked`; what is not asked is neither observed nor excluded;
2. an asked finding is present with the frequency the annotations give (counts pooled over publications; .5 where none);
3. an absent finding is written down as excluded with probability `exclusion_written`;
4. a present one is written imprecisely, as an ancestor one or two steps up, with probability `imprecision`;
5. findings that have nothing to do with the disease join in, on average `noise` a patient, common ones more often.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.diseases import COURSE, FEMALE, INHERITANCE, MALE, PHENOTYPE
from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.onsets import DAYS_A_YEAR, ONSET_AGE_DAYS, onset_of_age

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

CHUNK = 16_384  # profiles drawn at a time; a part of the result, do not change: same seed, same patients

_MALE_ONLY = (10461, 12874, 3251, 33019, 100848, 12863)  # findings that only one sex can have
_FEMALE_ONLY = (10460, 30012, 8222, 33020, 11891, 200148, 200150)
_X_LINKED = {1417: 0.2, 1419: 0.03, 1423: 0.7}  # share of girls and women among those affected
_Y_LINKED = 1450


@dataclass(frozen=True, slots=True)
class Habits:
    """How findings get from a patient into a record; probabilities 0–1, `noise` and `candidate_genes` counts."""

    asked: float = 0.7
    imprecision: float = 0.2
    noise: float = 1.0
    exclusion_written: float = 0.6
    candidate_genes: int = 0


@dataclass(frozen=True, slots=True)
class SyntheticFinding:
    """A finding as it was written down. `origin`: "disease", "imprecise" (an ancestor of the true one) or "noise"."""

    term: int
    origin: str
    onset: int | None = None


@dataclass(frozen=True, slots=True)
class SyntheticPatient:
    """One drawn patient. Terms and onset are indices of the ontology, `disease` one of the diseases.

    `genes` are symbols of candidates, the disease's own among them where it has one; `synthetic` is always True.
    """

    id: str
    disease: int
    disease_id: str
    observed: tuple[SyntheticFinding, ...]
    excluded: tuple[int, ...]
    sex: str
    age_days: int
    onset: int | None
    inheritance: int | None
    genes: tuple[str, ...] = ()
    synthetic: bool = True


@dataclass(frozen=True, slots=True)
class Profiles:
    """Many drawn patients as arrays: `disease` int32[n]; findings of patient i are
    `indices[indptr[i]:indptr[i + 1]]` (sorted, unique), candidate genes likewise in `gene_indptr/gene_indices`.
    """

    disease: Int32
    indptr: Int64
    indices: Int32
    gene_indptr: Int64
    gene_indices: Int32


@dataclass(frozen=True, slots=True)
class Models:
    """What phenotype.hpoa says of each drawable disease: CSR of terms and their frequencies.

    `diseases` int32[m]; rows of the k-th are `terms[indptr[k]:indptr[k + 1]]` with `frequencies` of the same shape.
    """

    diseases: Int32
    indptr: Int64
    terms: Int32
    frequencies: Float64


class Drawer:
    """Draws patients of the diseases of `sources` that have at least `fewest_findings` phenotypic findings."""

    def __init__(
        self,
        knowledge: Knowledge,
        *,
        sources: Collection[str] = ("OMIM",),
        fewest_findings: int = 4,
        habits: Habits | None = None,
    ) -> None:
        self._ontology = knowledge.ontology
        self._known = knowledge.diseases
        self.habits = habits or Habits()
        self.models = pooled_models(knowledge, sources=sources, fewest_findings=fewest_findings)
        if not len(self.models.diseases):
            raise ValueError(f"no disease of {sorted(sources)} has {fewest_findings} findings or more")
        weights = np.bincount(self.models.terms, weights=self.models.frequencies, minlength=self._ontology.n)
        self._background: Float64 = np.cumsum(weights / weights.sum())

    # --- arrays --------------------------------------------------------------------------------------------------

    def profiles(self, n: int, *, seed: int) -> Profiles:
        """`n` patients as arrays; the first patients are the same whatever `n` is."""
        seeds = np.random.SeedSequence(seed).spawn(-(-n // CHUNK)) if n else []
        parts = [self._chunk(np.random.Generator(np.random.PCG64(part))) for part in seeds]
        lengths = [np.diff(part.indptr) for part in parts]
        gene_lengths = [np.diff(part.gene_indptr) for part in parts]
        indptr, gene_indptr = _indptr(lengths)[: n + 1], _indptr(gene_lengths)[: n + 1]
        return Profiles(
            _joined([part.disease for part in parts])[:n],
            indptr,
            _joined([part.indices for part in parts])[: int(indptr[-1])],
            gene_indptr,
            _joined([part.gene_indices for part in parts])[: int(gene_indptr[-1])],
        )

    def _chunk(self, rng: np.random.Generator) -> Profiles:
        models, habits, terms = self.models, self.habits, self._ontology.n
        which = rng.integers(0, len(models.diseases), CHUNK)
        starts, counts = models.indptr[which], np.diff(models.indptr)[which]
        patient = np.repeat(np.arange(CHUNK), counts)
        row = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(starts, counts)
        present = rng.random(len(row)) < models.frequencies[row] * habits.asked
        unlucky = np.bincount(patient[present], minlength=CHUNK) == 0
        present |= unlucky[patient] & (row == self._most_frequent[which][patient])
        patient, term = patient[present], models.terms[row[present]]
        for chance in (habits.imprecision, habits.imprecision / 2):
            blurred = rng.random(len(term)) < chance
            pick = rng.random(len(term))
            term = np.where(blurred, self._parent(term, pick), term)
        noise = rng.poisson(habits.noise, CHUNK)
        strange = np.searchsorted(self._background, rng.random(int(noise.sum())), side="right")
        keys = np.unique(
            np.concatenate([patient, np.repeat(np.arange(CHUNK), noise)]).astype(np.int64) * terms
            + np.concatenate([term, np.minimum(strange, terms - 1)])
        )
        gene_indptr, gene_indices = self._gene_chunk(models.diseases[which], rng)
        return Profiles(
            models.diseases[which],
            _indptr([np.bincount(keys // terms, minlength=CHUNK)]),
            (keys % terms).astype(np.int32),
            gene_indptr,
            gene_indices,
        )

    def _gene_chunk(self, diseases: Int32, rng: np.random.Generator) -> tuple[Int64, Int32]:
        """`candidate_genes` a patient (fewer where two coincide): the disease's own and any others."""
        wanted, known = self.habits.candidate_genes, len(self._known.gene_symbols)
        if not wanted or not known:
            return np.zeros(CHUNK + 1, dtype=np.int64), np.zeros(0, dtype=np.int32)
        chosen = rng.integers(0, known, (CHUNK, wanted))
        first, counts = self._known.disease_gene_indptr[diseases], np.diff(self._known.disease_gene_indptr)[diseases]
        own = first + (rng.random(CHUNK) * counts).astype(np.int64)
        has = counts > 0
        chosen[has, 0] = self._known.disease_gene_indices[own[has]]
        keys = np.unique(np.repeat(np.arange(CHUNK, dtype=np.int64), wanted) * known + chosen.ravel())
        return _indptr([np.bincount(keys // known, minlength=CHUNK)]), (keys % known).astype(np.int32)

    def _parent(self, term: npt.NDArray[np.integer], pick: Float64) -> Int32:
        """One parent of each term, as `pick` (0–1) says; a term straight below HP:0000118 stays."""
        first = self._ontology.parent_indptr[term]
        count = self._ontology.parent_indptr[term + 1] - first
        parent = self._ontology.parent_indices[first + (pick * count).astype(np.int32)]
        stays = (parent == self._ontology.phenotype_root) | ~self._ontology.phenotype_mask[parent]
        return np.where(stays, term, parent).astype(np.int32)

    @cached_property
    def _most_frequent(self) -> Int64:
        models = self.models
        owner = np.repeat(np.arange(len(models.diseases)), np.diff(models.indptr))
        order = np.lexsort((np.arange(len(owner)), -models.frequencies, owner))
        return order[np.searchsorted(owner, np.arange(len(models.diseases)))]

    # --- single patients -----------------------------------------------------------------------------------------

    def patients(self, n: int, *, seed: int) -> list[SyntheticPatient]:
        """`n` patients with everything a record holds; the first are the same whatever `n` is."""
        return [self.patient(seed=seed, number=number) for number in range(1, n + 1)]

    def patient(self, *, seed: int, number: int, disease: int | None = None) -> SyntheticPatient:
        """Patient `number` of `seed`, of `disease` (a drawable one) or any. Errors: ValueError."""
        rng = np.random.Generator(np.random.PCG64([seed, number]))
        which = int(rng.integers(0, len(self.models.diseases)))
        if disease is not None:
            which = int(np.searchsorted(self.models.diseases, disease))
            if which == len(self.models.diseases) or self.models.diseases[which] != disease:
                raise ValueError(f"{self._known.ids[disease]} has too few findings to draw a patient from")
        disease = int(self.models.diseases[which])
        inheritance = self._one_of(disease, INHERITANCE, rng)
        sex = self._sex(inheritance, rng)
        onset_number, onset_days = self._onset(disease, rng)
        patient = SyntheticPatient(
            id=f"synthetic-{seed}-{number:06d}",
            disease=disease,
            disease_id=self._known.ids[disease],
            observed=(),
            excluded=(),
            sex="FEMALE" if sex == FEMALE else "MALE",
            age_days=int(min(max(onset_days, 0) + rng.exponential(5 * DAYS_A_YEAR), 95 * DAYS_A_YEAR)),
            onset=self._ontology.index_of_number(onset_number),
            inheritance=inheritance,
            genes=self._candidates(disease, rng),
        )
        observed, excluded = self._findings(which, sex, patient.onset, rng)
        return replace(patient, observed=observed, excluded=excluded)

    def _findings(
        self, which: int, sex: int, onset: int | None, rng: np.random.Generator
    ) -> tuple[tuple[SyntheticFinding, ...], tuple[int, ...]]:
        models, habits = self.models, self.habits
        rows = slice(int(models.indptr[which]), int(models.indptr[which + 1]))
        possible = ~self._impossible(sex)[models.terms[rows]]
        terms, frequencies = models.terms[rows][possible], models.frequencies[rows][possible]
        if not len(terms):
            terms, frequencies = models.terms[rows], models.frequencies[rows]
        asked = rng.random(len(terms)) < habits.asked
        present = asked & (rng.random(len(terms)) < frequencies)
        if not present.any():
            present[int(np.argmax(frequencies))] = True
        written = asked & ~present & (rng.random(len(terms)) < habits.exclusion_written)
        findings: dict[int, SyntheticFinding] = {}
        for term in terms[present].tolist():
            seen = term
            for chance in (habits.imprecision, habits.imprecision / 2):
                if rng.random() < chance:
                    seen = int(self._parent(np.array([seen]), np.array([rng.random()]))[0])
            findings.setdefault(
                seen,
                SyntheticFinding(
                    seen, "disease" if seen == term else "imprecise", onset if rng.random() < 0.3 else None
                ),
            )
        for term in np.searchsorted(self._background, rng.random(rng.poisson(habits.noise)), side="right").tolist():
            if term < self._ontology.n and not self._impossible(sex)[term]:
                findings.setdefault(term, SyntheticFinding(term, "noise"))
        implied = {int(a) for term in findings for a in self._ontology.ancestors(term) if int(a) != term}
        observed = tuple(findings[term] for term in sorted(findings) if term not in implied)
        excluded = tuple(t for t in sorted(terms[written].tolist()) if t not in findings and t not in implied)
        return observed, self._outermost(excluded)

    def _outermost(self, terms: tuple[int, ...]) -> tuple[int, ...]:
        """Excluded terms without those below another excluded one, which say nothing more."""
        held = set(terms)
        return tuple(t for t in terms if not any(int(a) in held for a in self._ontology.ancestors(t) if int(a) != t))

    def _impossible(self, sex: int) -> npt.NDArray[np.bool_]:
        return self._female_findings if sex == MALE else self._male_findings

    @cached_property
    def _male_findings(self) -> npt.NDArray[np.bool_]:
        return self._below(_MALE_ONLY)

    @cached_property
    def _female_findings(self) -> npt.NDArray[np.bool_]:
        return self._below(_FEMALE_ONLY)

    def _below(self, numbers: Collection[int]) -> npt.NDArray[np.bool_]:
        mask = np.zeros(self._ontology.n, dtype=np.bool_)
        for number in numbers:
            place = self._ontology.index_of_number(number)
            if place is not None:
                mask[self._ontology.descendants(place)] = True
        return mask

    def _sex(self, inheritance: int | None, rng: np.random.Generator) -> int:
        number = int(self._ontology.numbers[inheritance]) if inheritance is not None else 0
        girls = 0.0 if number == _Y_LINKED else _X_LINKED.get(number, 0.5)
        return FEMALE if rng.random() < girls else MALE

    def _onset(self, disease: int, rng: np.random.Generator) -> tuple[int, int]:
        """(HPO number of an onset term, age in days) as the disease's rows say, else any age below 20 years."""
        rows = self._known.rows(disease)
        terms = self._known.row_term[rows][
            (self._known.row_aspect[rows] == COURSE) & ~self._known.row_negated[rows]
        ].tolist()
        numbers = [n for n in (int(self._ontology.numbers[term]) for term in terms) if n in ONSET_AGE_DAYS]
        if numbers:
            number = numbers[int(rng.integers(0, len(numbers)))]
            first, last = ONSET_AGE_DAYS[number]
            return number, int(rng.integers(first, min(last, round(85 * DAYS_A_YEAR)) + 1))
        days = int(20 * DAYS_A_YEAR * rng.random() ** 3)
        return onset_of_age(days), days

    def _one_of(self, disease: int, aspect: int, rng: np.random.Generator) -> int | None:
        rows = self._known.rows(disease)
        terms = self._known.row_term[rows][(self._known.row_aspect[rows] == aspect) & ~self._known.row_negated[rows]]
        return int(terms[int(rng.integers(0, len(terms)))]) if len(terms) else None

    def _candidates(self, disease: int, rng: np.random.Generator) -> tuple[str, ...]:
        wanted, symbols = self.habits.candidate_genes, self._known.gene_symbols
        if not wanted or not symbols:
            return ()
        own = self._known.genes(disease)
        chosen = {own[int(rng.integers(0, len(own)))].symbol} if own else set()
        while len(chosen) < min(wanted, len(symbols)):
            chosen.add(symbols[int(rng.integers(0, len(symbols)))])
        return tuple(sorted(chosen))


def pooled_models(knowledge: Knowledge, *, sources: Collection[str], fewest_findings: int) -> Models:
    """Term frequencies of each disease of `sources`, publications pooled.

    Counts are summed over rows and weigh more than a bare percentage or frequency term; without any, the mean of what
    is given, or .5. Only phenotypic findings, NOT rows and findings never seen left out.
    """
    known, ontology = knowledge.diseases, knowledge.ontology
    of_sources = known.source_mask(sources)[known.row_disease]
    rows = np.flatnonzero(
        of_sources
        & (known.row_aspect == PHENOTYPE)
        & ~known.row_negated
        & ontology.phenotype_mask[known.row_term]
        & (known.row_term != ontology.phenotype_root)
    )
    keys = known.row_disease[rows].astype(np.int64) * ontology.n + known.row_term[rows]
    unique, place = np.unique(keys, return_inverse=True)
    seen = np.bincount(place, weights=known.row_numerator[rows], minlength=len(unique))
    examined = np.bincount(place, weights=known.row_denominator[rows], minlength=len(unique))
    given = known.row_frequency[rows]
    told = np.bincount(place, weights=~np.isnan(given), minlength=len(unique))
    mean = np.bincount(place, weights=np.nan_to_num(given), minlength=len(unique)) / np.maximum(told, 1)
    frequency = np.where(examined > 0, seen / np.maximum(examined, 1), np.where(told > 0, mean, 0.5))
    kept = frequency > 0
    unique, frequency = unique[kept], frequency[kept]
    diseases, counts = np.unique(unique // ontology.n, return_counts=True)
    enough = np.repeat(counts >= fewest_findings, counts)
    diseases, counts = diseases[counts >= fewest_findings], counts[counts >= fewest_findings]
    return Models(
        diseases.astype(np.int32),
        _indptr([counts]),
        (unique[enough] % ontology.n).astype(np.int32),
        frequency[enough],
    )


def draw_profiles(knowledge: Knowledge, n: int, seed: int, *, habits: Habits | None = None) -> Profiles:
    """`n` synthetic patients of OMIM diseases as arrays (for benchmarks and the case index)."""
    return Drawer(knowledge, habits=habits).profiles(n, seed=seed)


def draw_patients(knowledge: Knowledge, n: int, seed: int, *, habits: Habits | None = None) -> list[SyntheticPatient]:
    """`n` synthetic patients of OMIM diseases with everything a record holds."""
    return Drawer(knowledge, habits=habits).patients(n, seed=seed)


def _indptr(lengths: list[npt.NDArray[np.int64]]) -> Int64:
    every = np.concatenate(lengths) if lengths else np.zeros(0, dtype=np.int64)
    indptr = np.zeros(len(every) + 1, dtype=np.int64)
    np.cumsum(every, out=indptr[1:])
    return indptr


def _joined(parts: list[Int32]) -> Int32:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32)
