"""Fishing: what someone who may only see "a similar case exists" learns of a hidden case's findings, and at what cost.

    python -m tests.bench.fishing                 # 20 hidden cases, some three minutes
    python -m tests.bench.fishing --hidden 60 --most 6000

The hidden case is a real published patient; the attacker holds another published patient of the same disease that the
hidden case answers, knows the score's formula and how often each finding occurs among similar published patients, and
makes patients up at will. Two adaptive walks, both from a description tuned with unrelated findings until it lies just
at the bar:
- *terms*: one term at a time, likeliest first, added just below the bar; an answer says that the case has that term.
- *walk*: down the ontology, added just above the bar; no answer says that nothing below that term is there; what is
  left at the ends is put to the first test.
A finding counts as learned when an answer proved it; what the attacker's own patient has anyway counts too.
The peer may make 60 requests a minute (86,400 a day), 500 new patients a day with 12 faces each; the person 200.
"""

import argparse
import contextlib
import random
import statistics
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from kakehashi.engines.phenotype.caseindex import CaseModel, Profile, Snapshot, explain
from kakehashi.engines.phenotype.knowledge import load
from kakehashi.kernel.sharing import asking
from tests.bench.published_patients import read_published

IN_COMMON = 0.25  # as in systems/cases/matching/shared.py
START = datetime(2026, 1, 1, tzinfo=UTC)
STEP = 0.25
PEER, PERSON = asking.Bounds(), asking.PERSON


class Exhausted(Exception):
    """No more asking in the time there is, or no more worth it."""


@dataclass
class Answers:
    """The hidden case as one asker meets it: ``ask`` says what is told, within the rules that are in force.

    ``bar``: existence is told from ``asking.TOLD_FROM`` on and nothing else (else the score in steps of a quarter, as
    it was before); ``faces``: bounds of the asker, None for none; ``hearing``: bounds of the case.
    """

    snapshot: Snapshot
    bar: bool
    faces: asking.Bounds | None
    hearing: bool
    days: int
    most: int
    asked: int = 0
    clock: datetime = START
    memory: dict[frozenset[int], float] = field(default_factory=dict)
    heard: list[datetime] = field(default_factory=list)

    def ask(self, terms: frozenset[int]) -> float:
        while terms not in self.memory:
            if self.asked >= self.most or self.clock >= START + timedelta(days=self.days):
                raise Exhausted
            self.asked += 1
            now, self.clock = self.clock, self.clock + self.between()
            found = self.snapshot.search(Profile(tuple(sorted(terms))), 1)
            score = found[0].score if found else 0.0
            if self.hearing and score >= asking.NEAR_FROM:
                if not asking.may_hear(now, self.heard):
                    self.clock = max(self.clock, self.hears_again(now))  # who knows the rules waits and asks again
                    continue
                self.heard.append(now)
            told = asking.TOLD_FROM if score >= asking.TOLD_FROM else 0.0
            self.memory[terms] = told if self.bar else score // STEP * STEP
        return self.memory[terms]

    def between(self):
        """How soon the asker may ask again, with a new patient each time where faces are bounded."""
        a_day = self.faces.patients_a_day * self.faces.faces_a_day if self.faces else 86_400
        return asking.DAY / a_day

    def hears_again(self, now):
        """When the case hears one more description."""
        ends = [now]
        for span, number in ((asking.DAY, asking.HEARD_A_DAY), (asking.MONTH, asking.HEARD_A_MONTH)):
            if len([at for at in self.heard if at > now - span]) >= number:
                ends.append(self.heard[-number] + span)
        return max(ends)


class Attacker:
    """What is known beforehand, and the walks."""

    def __init__(self, knowledge, model, prior, own):
        self.ontology, self.model, self.prior, self.own = knowledge.ontology, model, prior, own
        self.information = np.asarray(model.information)
        self.learned: set[int] = set()

    def unrelated(self, draw, about):
        """Terms of about this information whose branches the own patient does not touch."""
        touched = {int(a) for t in self.own for a in self.ontology.ancestors(t)}
        usable = [
            t
            for t in draw.sample(range(self.ontology.n), 4000)
            if self.ontology.is_phenotype(t)
            and abs(self.information[t] - about) < 1.5
            and len(touched & {int(a) for a in self.ontology.ancestors(t)}) <= 2
        ]
        return usable[:40]

    def tuned(self, answers, draw, about):
        """(just above the bar, just below it): the own patient with unrelated findings of about this information."""
        above = frozenset(self.own)
        level = answers.ask(above)
        if not level:
            raise Exhausted
        for term in self.unrelated(draw, about):
            below = above | {term}
            if answers.ask(below) < level:
                return above, below
            above = below
        raise Exhausted

    def confirm(self, answers, below, term):
        """Whether adding the term lifts the description over the bar."""
        if term in below:
            return False
        has = answers.ask(below | {term}) > answers.ask(below)
        if has:
            self.learned.add(term)
        return has

    def without(self, answers, draw):
        """Which of the own patient's findings the case has: each is taken out of a description just above the bar."""
        for term in self.own:
            rest = [t for t in self.own if t != term]
            if len(rest) < 2:
                continue
            above = frozenset(rest)
            level = answers.ask(above)
            below = above
            for other in self.unrelated(draw, 5.0):
                below = below | {other}
                if answers.ask(below) < level:
                    break
            self.confirm(answers, below, term)

    def terms(self, answers, draw):
        _above, below = self.tuned(answers, draw, 5.0)
        for term in self.prior[:60]:
            self.confirm(answers, below, term)
        self.without(answers, draw)
        for term in self.prior[60:]:
            self.confirm(answers, below, term)

    def walk(self, answers, draw):
        bins = {about: self.tuned(answers, draw, about) for about in (2.0, 4.0, 6.5)}
        _above, below = bins[4.0]
        waiting = [self.ontology.phenotype_root]
        while waiting:
            waiting.sort(key=lambda t: self.information[t])
            node = waiting.pop(0)
            for child in self.children(node):
                about = min(bins, key=lambda b: abs(b - self.information[child]))
                above = bins[about][0]
                if child in above or answers.ask(above | {child}) >= answers.ask(above):
                    waiting.append(child)
                    if self.information[child] > 3:
                        self.confirm(answers, below, child)

    def children(self, node):
        indptr, indices = self.ontology.child_indptr, self.ontology.child_indices
        return [int(one) for one in indices[indptr[node] : indptr[node + 1]]]


def pairs(draw, published, model, count):
    """(hidden, own): two patients of a disease in different publications, where the hidden one answers the own one."""
    by_disease = {}
    for one in published:
        if 5 <= len(set(one.patient.observed)) <= 25:
            by_disease.setdefault(one.disease_id, []).append(one)
    diseases = [name for name, ones in by_disease.items() if len(ones) > 1]
    draw.shuffle(diseases)
    made = []
    for name in diseases:
        hidden, own = draw.sample(by_disease[name], 2)
        if hidden.patient.publications == own.patient.publications:
            continue
        found = Snapshot.of(model, [("h", profile(hidden))]).search(profile(own), 1)
        if found and found[0].score >= asking.TOLD_FROM:
            made.append((hidden, own))
        if len(made) == count:
            break
    return made


def profile(one):
    return Profile(tuple(sorted(set(one.patient.observed))))


def prior_of(published, library, model, hidden, own):
    """Terms by how often they occur among the published patients most like the own one, then among all."""
    like = library.search(profile(own), 100)
    near = {match.id for match in like}
    counts, everywhere = Counter(), Counter()
    for one in published:
        if one is hidden:
            continue
        everywhere.update(set(one.patient.observed))
        if one.id in near:
            counts.update(set(one.patient.observed))
    return [term for term, _n in counts.most_common()] + [t for t, _n in everywhere.most_common() if t not in counts]


RULES = {  # what is in force: (bar, faces, hearing, days)
    "score in steps of a quarter, no bounds": (False, None, False, (1,)),
    "bar, no bounds": (True, None, False, (1,)),
    "bar, a peer's faces bounded": (True, PEER, False, (1,)),
    "bar, a person's faces bounded": (True, PERSON, False, (1,)),
    "bar, hearing bounded too, a peer": (True, PEER, True, (1, 30)),
    "bar, hearing bounded too, a person": (True, PERSON, True, (1, 30)),
}


def attacks(knowledge, model, published, chosen):
    """Every rule against both walks, printed as it comes."""
    made = pairs(random.Random(11), published, model, chosen.hidden)
    library = Snapshot.of(model, ((one.id, profile(one)) for one in published))
    priors = [prior_of(published, library, model, hidden, own) for hidden, own in made]
    hidden_terms = [set(hidden.patient.observed) for hidden, _own in made]
    total = sum(map(len, hidden_terms))
    shared = sum(len(terms & set(own.patient.observed)) for terms, (_h, own) in zip(hidden_terms, made, strict=True))
    print(f"{len(made)} hidden cases, {total / len(made):.1f} findings each; ", end="")
    print(f"the attacker's own patient has {shared / len(made):.1f} of them")
    snapshots = [Snapshot.of(model, [("h", profile(hidden))]) for hidden, _own in made]
    for rule, (bar, faces, hearing, spans) in RULES.items():
        for days in spans:
            for strategy in ("terms", "walk"):
                learned, asked = [], []
                for place, (_hidden, own) in enumerate(made):
                    answers = Answers(snapshots[place], bar, faces, hearing, days, chosen.most)
                    attacker = Attacker(knowledge, model, priors[place], profile(own).observed)
                    with contextlib.suppress(Exhausted):
                        getattr(attacker, strategy)(answers, random.Random(place))
                    learned.append(len(attacker.learned & hidden_terms[place]))
                    asked.append(len(answers.memory))
                print(
                    f"{rule}, {days} days, {strategy}: {statistics.mean(learned):.2f} findings "
                    f"({sum(learned) / total:.0%}), most {max(learned)}; {statistics.mean(asked):.0f} answers",
                    flush=True,
                )
    told = [told_at_matching(knowledge, snapshots[place], profile(own)) for place, (_h, own) in enumerate(made)]
    found = [len(one & terms) for one, terms in zip(told, hidden_terms, strict=True)]
    print(f"the level of matching tells anyhow, in one answer: {statistics.mean(found):.2f} ({sum(found) / total:.0%})")


def told_at_matching(knowledge, snapshot, asked):
    """The terms that are told as held in common where the registrant shows what matches."""
    common = explain(snapshot, asked, "h").query_matches
    return {match.ancestor for match in common if match.share >= IN_COMMON}


def ordinary_work(model, published):
    """Institutions that enter 300 patients in fifteen days beside 200 cases shown by their existence alone."""
    draw, heard, hits, answered, cases, cases_told = random.Random(3), [], 0, 0, 0, 0
    usable = [one for one in published if len(set(one.patient.observed)) > 2]
    for _institution in range(4):
        ones = draw.sample(usable, 500)
        hidden = Snapshot.of(model, ((one.id, profile(one)) for one in ones[300:]))
        kept: dict[str, list[datetime]] = {one.id: [] for one in ones[300:]}
        counts, told, meant = Counter(), set(), set()
        for place, one in enumerate(ones[:300]):
            now = START + timedelta(days=place // 20, seconds=place)
            for match in hidden.search(profile(one), 200):
                if match.score < asking.NEAR_FROM:
                    continue
                counts[match.id] += 1
                hears = asking.may_hear(now, kept[match.id])
                if hears:
                    kept[match.id].append(now)
                if match.score >= asking.TOLD_FROM:
                    hits, answered = hits + 1, answered + hears
                    meant.add(match.id)
                    told |= {match.id} if hears else set()
        heard += [counts[one.id] for one in ones[300:]]
        cases, cases_told = cases + len(meant), cases_told + len(told)
    p50, p99 = np.percentile(heard, [50, 99])
    print(f"ordinary work: a hidden case nears {p50:.0f} of an institution's 300 patients (median), {p99:.0f} (p99);")
    print(f"{answered} of {hits} answers given; of {cases} cases with an answer the institution learns of {cases_told}")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--hidden", type=int, default=20)
    options.add_argument("--most", type=int, default=600, help="asks after which an attacker gives up")
    chosen = options.parse_args()
    knowledge = load()
    model = CaseModel.of(knowledge)
    published = read_published(knowledge)
    ordinary_work(model, published)
    attacks(knowledge, model, published, chosen)


if __name__ == "__main__":
    main()
