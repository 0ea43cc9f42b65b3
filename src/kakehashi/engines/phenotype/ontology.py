"""The Human Phenotype Ontology as read-only arrays: terms, their lines of descent, names, old ids.

Terms are indices 0..n-1 in topological order (parents before children). Arrays are memory-mapped int32; CSR pairs read
`x_indices[x_indptr[i]:x_indptr[i + 1]]`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.cachefolder import CompiledFolder, StringTable
from kakehashi.engines.phenotype.compile import OBSOLETE
from kakehashi.engines.phenotype.obo import SCOPES, Synonym

Int32 = npt.NDArray[np.int32]
Status = Literal["current", "alternative", "obsolete", "unknown"]

PHENOTYPIC_ABNORMALITY = 118
MODE_OF_INHERITANCE = 5
ONSET = 3674
CLINICAL_MODIFIER = 12823

_ANY_ID = re.compile(r"(?:https?://purl\.obolibrary\.org/obo/)?HP[:_](\d{7})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What an HPO id of any age means today.

    `index` is None when the id leads to no current term; `id` and `label` are then those that were asked for (label ""
    where it is unknown), else the current term's. `replaced_by` is the current id behind an alternative or obsolete
    one; `consider` are ids that the ontology suggests to look at instead.
    """

    index: int | None
    id: str
    label: str
    status: Status
    asked_id: str
    asked_label: str
    replaced_by: str | None = None
    consider: tuple[str, ...] = ()


def format_id(number: int) -> str:
    """ "HP:0001250" of 1250."""
    return f"HP:{number:07d}"


def parse_id(text: str) -> int | None:
    """1250 of "HP:0001250", "hp_0001250" or the term's PURL; None of anything else."""
    found = _ANY_ID.fullmatch(text.strip())
    return int(found.group(1)) if found else None


class Ontology:
    """The current terms of one release.

    Attributes: `release` ("2025-01-16"), `n`, `numbers` int32[n] (1250 for HP:0001250), and the CSR pairs `parent_*`,
    `child_*`, `ancestor_*`, `descendant_*` (the last two include the term itself; all rows sorted).
    """

    def __init__(self, folder: CompiledFolder) -> None:
        self.release = str(folder.meta["release"])
        self.numbers: Int32 = folder.array("numbers")
        self.n = len(self.numbers)
        self.parent_indptr: Int32 = folder.array("parent_indptr")
        self.parent_indices: Int32 = folder.array("parent_indices")
        self.child_indptr: Int32 = folder.array("child_indptr")
        self.child_indices: Int32 = folder.array("child_indices")
        self.ancestor_indptr: Int32 = folder.array("ancestor_indptr")
        self.ancestor_indices: Int32 = folder.array("ancestor_indices")
        self.descendant_indptr: Int32 = folder.array("descendant_indptr")
        self.descendant_indices: Int32 = folder.array("descendant_indices")
        self.labels: StringTable = folder.strings("labels")
        self.labels_ja: StringTable = folder.strings("labels_ja")
        self.japanese_label_count = int(folder.meta["labels_ja_count"])
        self._definitions = folder.strings("definitions")
        self._synonyms = folder.strings("synonyms")
        self._synonym_indptr: Int32 = folder.array("synonym_indptr")
        self._synonym_scope: npt.NDArray[Any] = folder.array("synonym_scope")
        self._synonym_kind: npt.NDArray[Any] = folder.array("synonym_kind")
        self._synonym_language: npt.NDArray[Any] = folder.array("synonym_language")
        self._synonym_kinds: list[str] = list(folder.meta["synonym_kinds"])
        self._alias_numbers: Int32 = folder.array("alias_numbers")
        self._alias_index: Int32 = folder.array("alias_index")
        self._alias_status: npt.NDArray[Any] = folder.array("alias_status")
        self._alias_labels = folder.strings("alias_labels")
        self._consider_indptr: Int32 = folder.array("alias_consider_indptr")
        self._consider_numbers: Int32 = folder.array("alias_consider_numbers")

    @cached_property
    def _places(self) -> dict[int, int]:
        return {number: i for i, number in enumerate(self.numbers.tolist())}

    @cached_property
    def _alias_rows(self) -> dict[int, int]:
        return {number: i for i, number in enumerate(self._alias_numbers.tolist())}

    # --- names ---------------------------------------------------------------------------------------------------

    def id(self, index: int) -> str:
        """ "HP:0001250" of a term index."""
        return format_id(int(self.numbers[index]))

    def label(self, index: int, language: str = "en") -> str:
        """The term's label; in Japanese where a label is installed, else English."""
        if language == "ja" and (label := self.labels_ja[index]):
            return label
        return self.labels[index]

    def has_japanese(self, index: int) -> bool:
        """Whether a Japanese label of the term is installed."""
        return bool(self.labels_ja[index])

    def definition(self, index: int) -> str:
        """The term's English definition, "" where it has none."""
        return self._definitions[index]

    def synonyms(self, index: int) -> list[Synonym]:
        """Other wordings of the term, in both languages."""
        return [
            Synonym(
                self._synonyms[row],
                SCOPES[int(self._synonym_scope[row])],
                self._synonym_kinds[int(self._synonym_kind[row])],
                "ja" if self._synonym_language[row] else "en",
            )
            for row in range(int(self._synonym_indptr[index]), int(self._synonym_indptr[index + 1]))
        ]

    # --- ids -----------------------------------------------------------------------------------------------------

    def index(self, term_id: str) -> int | None:
        """The term index of a current, alternative or replaced obsolete id; None when it leads to no current term."""
        number = parse_id(term_id)
        return None if number is None else self.index_of_number(number)

    def index_of_number(self, number: int) -> int | None:
        """As `index`, of 1250 for HP:0001250."""
        place = self._places.get(number)
        if place is None and (row := self._alias_rows.get(number)) is not None:
            place = int(self._alias_index[row])
        return place if place is not None and place >= 0 else None

    def resolve(self, term_id: str) -> Resolution:
        """What `term_id` means today; never fails, an id that is unknown says so in `status`."""
        number = parse_id(term_id)
        if number is None:
            return Resolution(None, term_id, "", "unknown", term_id, "")
        asked = format_id(number)
        place = self._places.get(number)
        if place is not None:
            label = self.labels[place]
            return Resolution(place, asked, label, "current", asked, label)
        row = self._alias_rows.get(number)
        if row is None:
            return Resolution(None, asked, "", "unknown", asked, "")
        status: Status = "obsolete" if self._alias_status[row] == OBSOLETE else "alternative"
        old_label = self._alias_labels[row]
        target = int(self._alias_index[row])
        consider = self._consider_numbers[self._consider_indptr[row] : self._consider_indptr[row + 1]]
        suggested = tuple(format_id(int(other)) for other in consider)
        if target < 0:
            return Resolution(None, asked, old_label, status, asked, old_label, None, suggested)
        current = self.id(target)
        return Resolution(target, current, self.labels[target], status, asked, old_label, current, suggested)

    # --- lines of descent ----------------------------------------------------------------------------------------

    def parents(self, index: int) -> Int32:
        """The term's parents, sorted."""
        return self.parent_indices[self.parent_indptr[index] : self.parent_indptr[index + 1]]

    def children(self, index: int) -> Int32:
        """The term's children, sorted."""
        return self.child_indices[self.child_indptr[index] : self.child_indptr[index + 1]]

    def ancestors(self, index: int) -> Int32:
        """The term and everything above it, sorted (so the root first)."""
        return self.ancestor_indices[self.ancestor_indptr[index] : self.ancestor_indptr[index + 1]]

    def descendants(self, index: int) -> Int32:
        """The term and everything below it, sorted."""
        return self.descendant_indices[self.descendant_indptr[index] : self.descendant_indptr[index + 1]]

    def is_ancestor(self, ancestor: int, index: int) -> bool:
        """Whether `ancestor` is `index` or above it."""
        line = self.ancestors(index)
        place = int(np.searchsorted(line, ancestor))
        return place < len(line) and int(line[place]) == ancestor

    def depth(self, index: int) -> int:
        """Number of proper ancestors: a cheap measure of how specific a term is."""
        return int(self.ancestor_indptr[index + 1] - self.ancestor_indptr[index]) - 1

    # --- branches ------------------------------------------------------------------------------------------------

    @cached_property
    def phenotype_root(self) -> int:
        """HP:0000118 Phenotypic abnormality. Errors: LookupError where the release has none."""
        place = self._places.get(PHENOTYPIC_ABNORMALITY)
        if place is None:
            raise LookupError("the release has no HP:0000118 (Phenotypic abnormality)")
        return place

    @cached_property
    def phenotype_mask(self) -> npt.NDArray[np.bool_]:
        """bool[n]: HP:0000118 and everything below it."""
        return self._mask(PHENOTYPIC_ABNORMALITY)

    def is_phenotype(self, index: int) -> bool:
        """Whether the term is a phenotypic abnormality (HP:0000118 itself included)."""
        return bool(self.phenotype_mask[index])

    @cached_property
    def inheritance_terms(self) -> Int32:
        """HP:0000005 Mode of inheritance and everything below it."""
        return self._branch(MODE_OF_INHERITANCE)

    @cached_property
    def onset_terms(self) -> Int32:
        """HP:0003674 Onset and everything below it."""
        return self._branch(ONSET)

    @cached_property
    def modifier_terms(self) -> Int32:
        """HP:0012823 Clinical modifier and everything below it."""
        return self._branch(CLINICAL_MODIFIER)

    def _branch(self, number: int) -> Int32:
        place = self._places.get(number)
        return self.descendants(place) if place is not None else np.zeros(0, dtype=np.int32)

    def _mask(self, number: int) -> npt.NDArray[np.bool_]:
        mask = np.zeros(self.n, dtype=np.bool_)
        mask[self._branch(number)] = True
        mask.flags.writeable = False
        return mask
