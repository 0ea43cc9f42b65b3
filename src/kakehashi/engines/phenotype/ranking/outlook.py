"""How far the findings lead, and what to ask next."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ranking.calibration import Posterior
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
        "What is entered is enough to single out a few diseases.",
        "入力された情報で、少数の疾患に絞り込めます。",
    ),
    "some": (
        "What is entered narrows the diseases down; a few more answers would help.",
        "入力された情報である程度絞り込めます。あと少し所見を加えると役立ちます。",
    ),
    "little": (
        "What is entered is too little or too common to single out a disease.",
        "入力された情報が少ないか、ありふれているため、疾患を絞り込めません。",
    ),
}


def sufficiency(posterior: Posterior) -> Sufficiency:
    """What the posterior over the known diseases says about the findings."""
    known = posterior.known
    if len(known) == 0:
        return Sufficiency("little", 0.0, 0.0, 0.0, *_WORDS["little"])
    top = np.sort(np.partition(known, max(0, len(known) - 10))[-10:])[::-1]
    positive = known[known > 0]
    candidates = float(np.exp(-(positive * np.log(positive)).sum()))
    share = float(top.sum())
    level: Level = "enough" if share >= _ENOUGH else "some" if share >= _SOME else "little"
    return Sufficiency(level, share, float(top[0]), candidates, *_WORDS[level])


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
