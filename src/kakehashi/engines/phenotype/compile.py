"""Turns the parsed files into the arrays that `ontology.py` and `diseases.py` read.

Terms are numbered 0..n-1 so that parents come before children (by longest path from the root, then by HPO number: the
same files always give the same numbers). Ragged relations are CSR: `x_indices[x_indptr[i]:x_indptr[i + 1]]`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.babelon import BabelonDocument
from kakehashi.engines.phenotype.compile_diseases import compile_diseases
from kakehashi.engines.phenotype.genetable import GeneDisease
from kakehashi.engines.phenotype.hpoa import HpoaDocument
from kakehashi.engines.phenotype.obo import SCOPES, OboDocument, OboTerm, Synonym, term_number
from kakehashi.engines.phenotype.problems import ParseError
from kakehashi.engines.phenotype.searchindex import EXACT_SYNONYM, LABEL, OTHER_SYNONYM, Entry, build
from kakehashi.engines.phenotype.wordings_ja import read_wordings

FORMAT = 5  # raise it whenever the arrays change; older compiled folders are then compiled anew

CURRENT, ALTERNATIVE, OBSOLETE = 0, 1, 2


@dataclass(slots=True)
class Compiled:
    """What `cachefolder.write` takes."""

    arrays: dict[str, npt.NDArray[Any]] = field(default_factory=dict)
    tables: dict[str, Sequence[str]] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    term_wordings: list[Entry] = field(default_factory=list)  # what the term search is built from


def compile_knowledge(
    obo: OboDocument,
    hpoa: HpoaDocument,
    genes: list[GeneDisease],
    labels: BabelonDocument | None = None,
) -> Compiled:
    """All arrays of one release. Errors: ParseError (a cycle among the terms, a needed root missing)."""
    out = Compiled()
    order = topological_order(obo)
    index = {term.number: i for i, term in enumerate(order)}
    _compile_terms(out, order, index)
    aliases = _compile_aliases(out, obo, order, index)
    japanese = _japanese(labels)
    unplaced = _compile_labels(out, order, index, aliases, japanese)
    compile_diseases(
        out.arrays, out.tables, out.meta, hpoa=hpoa, genes=genes, place={**aliases, **index}, japanese=japanese
    )
    _compile_search(out)
    out.meta["release"] = obo.release
    out.meta["annotation_version"] = hpoa.version
    out.meta["labels_ja_release"] = labels.release if labels else ""
    out.meta["labels_ja_unplaced"] = unplaced
    return out


def topological_order(obo: OboDocument) -> list[OboTerm]:
    """The current terms, parents before children. Errors: ParseError naming a term on a cycle."""
    current = {term.number: term for term in obo.terms if not term.is_obsolete}
    children: dict[int, list[int]] = {}
    waiting: dict[int, int] = {}
    for term in current.values():
        parents = set(term.parent_numbers)
        waiting[term.number] = len(parents)
        for parent in parents:
            children.setdefault(parent, []).append(term.number)
    ordered: list[OboTerm] = []
    level = sorted(number for number, count in waiting.items() if not count)
    while level:
        following: list[int] = []
        for number in level:
            ordered.append(current[number])
            for child in children.get(number, ()):
                waiting[child] -= 1
                if not waiting[child]:
                    following.append(child)
        level = sorted(following)
    if len(ordered) < len(current):
        stuck = min(number for number, count in waiting.items() if count)
        raise ParseError(
            "hp.obo",
            current[stuck].line,
            f"HP:{stuck:07d} is its own ancestor (is_a runs in a circle)",
            f"HP:{stuck:07d} の is_a が循環しています。",
        )
    return ordered


def csr(rows: Iterable[Iterable[int]]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """(indptr, indices) of ragged rows, both int32."""
    lengths: list[int] = []
    flat: list[int] = []
    for row in rows:
        before = len(flat)
        flat.extend(row)
        lengths.append(len(flat) - before)
    indptr = np.zeros(len(lengths) + 1, dtype=np.int32)
    np.cumsum(lengths, out=indptr[1:])
    return indptr, np.asarray(flat, dtype=np.int32)


def _compile_terms(out: Compiled, order: list[OboTerm], index: dict[int, int]) -> None:
    parents = [sorted({index[p] for p in term.parent_numbers}) for term in order]
    children: list[list[int]] = [[] for _ in order]
    ancestors: list[set[int]] = []
    for i, own in enumerate(parents):
        line = {i}
        for parent in own:
            children[parent].append(i)
            line |= ancestors[parent]
        ancestors.append(line)
    descendants: list[list[int]] = [[] for _ in order]
    for i, line in enumerate(ancestors):
        for ancestor in line:
            descendants[ancestor].append(i)
    out.arrays["numbers"] = np.array([term.number for term in order], dtype=np.int32)
    for name, rows in (("parent", parents), ("child", children), ("descendant", descendants)):
        out.arrays[f"{name}_indptr"], out.arrays[f"{name}_indices"] = csr(rows)
    out.arrays["ancestor_indptr"], out.arrays["ancestor_indices"] = csr(sorted(line) for line in ancestors)
    out.tables["labels"] = [term.name for term in order]
    out.tables["definitions"] = [term.definition for term in order]


def _compile_aliases(out: Compiled, obo: OboDocument, order: list[OboTerm], index: dict[int, int]) -> dict[int, int]:
    """Alternative and obsolete ids; returns number → term index for those that lead to a current term."""
    alternative = {number: term.number for term in order for number in term.alternative_numbers if number not in index}
    obsolete = {term.number: term for term in obo.terms if term.is_obsolete}
    rows: list[tuple[int, int, int, int, str, list[int]]] = []
    places: dict[int, int] = {}
    for number in sorted(alternative.keys() | obsolete.keys()):
        old = obsolete.get(number)
        target = _follow(number, index, alternative, obsolete)
        place = index.get(target, -1) if target is not None else -1
        if place >= 0:
            places[number] = place
        rows.append(
            (
                number,
                place,
                OBSOLETE if old else ALTERNATIVE,
                target if target is not None else -1,
                old.name.removeprefix("obsolete ") if old else order[place].name,
                list(dict.fromkeys([*old.replaced_by[1:], *old.consider])) if old else [],
            )
        )
    for name, column in (("numbers", 0), ("index", 1), ("replaced_by", 3)):
        out.arrays[f"alias_{name}"] = np.array([row[column] for row in rows], dtype=np.int32)
    out.arrays["alias_status"] = np.array([row[2] for row in rows], dtype=np.uint8)
    out.tables["alias_labels"] = [row[4] for row in rows]
    out.arrays["alias_consider_indptr"], out.arrays["alias_consider_numbers"] = csr(row[5] for row in rows)
    return places


def _follow(
    number: int, index: dict[int, int], alternative: dict[int, int], obsolete: dict[int, OboTerm]
) -> int | None:
    """The current term that `number` leads to, through chains of replacements; None when it leads nowhere."""
    seen: set[int] = set()
    while number not in index:
        if number in seen:
            return None
        seen.add(number)
        old = obsolete.get(number)
        if old and old.replaced_by:
            number = old.replaced_by[0]
        elif number in alternative:
            number = alternative[number]
        else:
            return None
    return number


def _japanese(labels: BabelonDocument | None) -> dict[str, list[Synonym]]:
    """subject id → its Japanese wordings, labels (scope "") first."""
    by_subject: dict[str, list[Synonym]] = {}
    for row in labels.rows if labels else ():
        wording = Synonym(row.text, row.scope, "", "ja")
        wordings = by_subject.setdefault(row.subject_id, [])
        wordings.insert(0, wording) if not row.scope else wordings.append(wording)
    return by_subject


def _compile_labels(
    out: Compiled,
    order: list[OboTerm],
    index: dict[int, int],
    aliases: dict[int, int],
    japanese: dict[str, list[Synonym]],
) -> int:
    """Japanese labels and all synonyms; returns how many translated HPO ids are no term of this release.

    A label comes from the installed table; our own wordings fill in, correct it where marked, and are synonyms else.
    Where two terms would read the same, the English label is added in brackets, but not to the one we word so.
    """
    labels_ja = [""] * len(order)
    synonyms: list[list[Synonym]] = [list(term.synonyms) for term in order]
    unplaced = 0
    for subject, wordings in japanese.items():
        number = term_number(subject)
        if number is None:
            continue
        place = index.get(number, aliases.get(number, -1))
        if place < 0:
            unplaced += 1
            continue
        for wording in wordings:
            if number in index and not wording.scope and not labels_ja[place]:
                labels_ja[place] = wording.text
            else:
                synonyms[place].append(Synonym(wording.text, wording.scope or "RELATED", "", "ja"))
    out.meta["labels_ja_count"] = sum(1 for label in labels_ja if label)
    ours: set[int] = set()
    for own in read_wordings():
        place = index.get(own.number, -1)
        if place < 0:
            continue
        if own.instead or not labels_ja[place]:
            labels_ja[place] = own.texts[0]
        if labels_ja[place] == own.texts[0]:
            ours.add(place)
        known = {labels_ja[place], *(synonym.text for synonym in synonyms[place])}
        synonyms[place].extend(Synonym(text, "EXACT", "", "ja") for text in own.texts if text not in known)
    flat = [synonym for row in synonyms for synonym in row]
    kinds = sorted({synonym.kind for synonym in flat})
    out.tables["labels_ja"] = _distinct(labels_ja, order, ours)
    out.tables["synonyms"] = [synonym.text for synonym in flat]
    out.arrays["synonym_indptr"] = np.cumsum([0, *map(len, synonyms)]).astype(np.int32)
    out.arrays["synonym_scope"] = np.array([SCOPES.index(synonym.scope) for synonym in flat], dtype=np.uint8)
    out.arrays["synonym_kind"] = np.array([kinds.index(synonym.kind) for synonym in flat], dtype=np.uint8)
    out.arrays["synonym_language"] = np.array([synonym.language == "ja" for synonym in flat], dtype=np.uint8)
    out.meta["synonym_kinds"] = kinds
    out.term_wordings = [
        *(Entry(i, LABEL, term.name, False) for i, term in enumerate(order)),
        *(Entry(i, LABEL, label, True) for i, label in enumerate(labels_ja) if label),
        *(
            Entry(
                i, EXACT_SYNONYM if synonym.scope == "EXACT" else OTHER_SYNONYM, synonym.text, synonym.language == "ja"
            )
            for i, row in enumerate(synonyms)
            for synonym in row
        ),
    ]
    return unplaced


def _distinct(labels: list[str], order: list[OboTerm], ours: set[int]) -> list[str]:
    """The labels, with the English one in brackets where several terms have the same; `ours` keep theirs."""
    times = Counter(labels)
    return [
        f"{label}（{order[i].name}）" if label and times[label] > 1 and i not in ours else label
        for i, label in enumerate(labels)
    ]


def _compile_search(out: Compiled) -> None:
    build("term_search", out.term_wordings, out.arrays, out.tables)
    names = [
        Entry(i, LABEL, label, table == "disease_labels_ja")
        for table in ("disease_labels", "disease_labels_ja")
        for i, label in enumerate(out.tables[table])
        if label
    ]
    build("disease_search", names, out.arrays, out.tables)
