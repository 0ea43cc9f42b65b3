"""How far the findings lead, and what to ask next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ranking.evidence import Explainer
from kakehashi.engines.phenotype.ranking.leaveout import Patch
from kakehashi.engines.phenotype.ranking.model import Model
from kakehashi.engines.phenotype.ranking.pace import loops_in_force
from kakehashi.engines.phenotype.ranking.patient import Findings
from kakehashi.engines.phenotype.ranking.result import Level, Question, Sufficiency
from kakehashi.engines.phenotype.ranking.sexes import findings_of, held_to

Float64 = npt.NDArray[np.float64]

_ASKED_ABOUT = 40  # most probable diseases that questions are to tell apart
_ENOUGH, _SOME = 0.75, 0.4  # share of the first ten diseases
_WORDS: dict[Level, tuple[str, str]] = {
    "enough": (
        "The findings are enough to single out a few diseases.",
        "所見により、少数の疾患に絞り込めます。",
    ),
    "some": (
        "The findings narrow the diseases down; a few more would help.",
        "所見により、ある程度絞り込めます。あと少し所見を加えると役立ちます。",
    ),
    "little": (
        "The findings are too few or too common to single out a disease.",
        "所見が少ないか、ありふれているため、疾患を絞り込めません。",
    ),
}
_LEVELS: tuple[Level, ...] = ("little", "some", "enough")
_RAISED: dict[Level, tuple[str, str]] = {
    "enough": (
        "That a few diseases lead nevertheless is because of {}.",
        "それでも少数の疾患に絞り込めているのは、{}によるものです。",
    ),
    "some": (
        "That some diseases lead nevertheless is because of {}.",
        "それでもある程度絞り込めているのは、{}によるものです。",
    ),
}
_LOWERED = (
    "With {} they single out less: genes and findings point to different diseases.",
    "{}を含めると絞り込みが弱くなります。遺伝子と所見が指す疾患が異なります。",
)
_GENES_NAMED = 3


def sufficiency(known: Float64, with_genes: Float64 | None = None, genes: Sequence[str] = ()) -> Sufficiency:
    """What the shares of the known diseases say about the findings.

    `known`: without the candidate genes; `with_genes`: with them, and `genes` their symbols, where there are any.
    """
    if len(known) == 0:
        return Sufficiency("little", 0.0, 0.0, 0.0, *_WORDS["little"])
    top = _first_ten(known)
    positive = known[known > 0]
    candidates = float(np.exp(-(positive * np.log(positive)).sum()))
    level = _level(top)
    en, ja = _WORDS[level]
    changed = None if with_genes is None else _level(_first_ten(with_genes))
    if changed is not None and changed != level:
        raised = _LEVELS.index(changed) > _LEVELS.index(level)
        more_en, more_ja = _RAISED[changed] if raised else _LOWERED
        name_en, name_ja = _named(genes)
        en, ja = f"{en} {more_en.format(name_en)}", f"{ja}{more_ja.format(name_ja)}"
    return Sufficiency(level, float(top.sum()), float(top[0]), candidates, en, ja, changed)


def _first_ten(known: Float64) -> Float64:
    highest: Float64 = np.sort(np.partition(known, max(0, len(known) - 10))[-10:])[::-1]
    return highest


def _level(top: Float64) -> Level:
    share = float(top.sum())
    return "enough" if share >= _ENOUGH else "some" if share >= _SOME else "little"


def _named(genes: Sequence[str]) -> tuple[str, str]:
    """The candidate genes in English and Japanese: by name where they are few."""
    if len(genes) > _GENES_NAMED:
        return f"the {len(genes)} candidate genes", f"候補遺伝子{len(genes)}個"
    noun = "gene" if len(genes) == 1 else "genes"
    return f"the candidate {noun} {', '.join(genes)}", f"候補遺伝子{'・'.join(genes)}"


def questions(
    knowledge: Knowledge,
    model: Model,
    explainer: Explainer,
    known: Float64,
    findings: Findings,
    sex: str | None,
    changed: Patch | None,
    count: int,
) -> tuple[Question, ...]:
    """The findings whose presence or absence would tell most about which of the likeliest diseases it is.

    The gain is the mutual information between the answer and the disease, over the likeliest diseases and "another
    one" with background frequencies. Findings already answered, directly or through their ancestors, are not asked,
    nor those that only the other sex can have.
    """
    if len(known) == 0:
        return ()
    ontology = knowledge.ontology
    columns = np.argsort(-known, kind="stable")[:_ASKED_ABOUT]
    weights = np.append(known[columns], max(0.0, 1 - float(known[columns].sum())))
    weights = weights / weights.sum()
    answered = {int(a) for term in findings.observed for a in ontology.ancestors(term)}
    answered |= {int(d) for term in findings.excluded for d in ontology.descendants(term)}
    profiles = explainer.profiles(changed)
    shown = {
        term
        for disease in model.diseases[columns].tolist()
        for term in profiles.term[profiles.indptr[disease] : profiles.indptr[disease + 1]].tolist()
    }
    if held := held_to(ontology, sex, findings.observed):
        answered |= set(np.flatnonzero(findings_of(ontology, -held)).tolist())
    asked = sorted(shown - answered)
    if not asked:
        return ()
    background = model.background if changed is None else changed.left_out.background
    wanted = np.array(asked)
    present = np.repeat(np.minimum(background[wanted], 0.5)[:, None], len(weights), axis=1)
    own = np.zeros((len(wanted), len(columns)), dtype=np.float32)
    listed = model.own
    loops_in_force().look_up(wanted, columns, model.n, listed.indptr, listed.column, listed.frequency, own)
    present[:, :-1] = np.maximum(present[:, :-1], own)
    if changed is not None:
        for place, column in enumerate(columns.tolist()):
            lost = np.flatnonzero(model.diseases[column] == changed.left_out.diseases)
            if len(lost):
                present[:, place] = np.maximum(background[wanted], changed.left_out.own[lost[0], wanted])
    present = np.clip(present, 1e-4, 1 - 1e-4)
    mean = present @ weights
    gain = _bits(mean) - _bits(present) @ weights
    order = np.lexsort((wanted, -gain))
    chosen: list[Question] = []
    for place in order.tolist():
        term = asked[place]
        if any(ontology.is_ancestor(term, q.term) or ontology.is_ancestor(q.term, term) for q in chosen):
            continue
        telling = np.argsort(-(present[place, :-1] * weights[:-1]), kind="stable")[:3]
        for_diseases = tuple(int(model.diseases[columns[i]]) for i in telling if present[place, i] > mean[place])
        chosen.append(Question(term, float(gain[place]), float(mean[place]), for_diseases))
        if len(chosen) == count:
            break
    return tuple(chosen)


def _bits(probability: Float64) -> Float64:
    entropy: Float64 = -(probability * np.log2(probability) + (1 - probability) * np.log2(1 - probability))
    return entropy
