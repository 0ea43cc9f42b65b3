"""Titles and abstracts of synthetic awards in Japanese and English, for the demo agency and for benchmarks.

    dice = random.Random(7)
    asset = draw_asset(dice, vocabulary())
    written = write(dice, asset, phase=2)

An asset is what a line of awards carries forward: a modality against a target in a disease, by an approach. Each
language is written by itself: other wordings, other order, other details left out, so that neither mirrors the other.
The same dice give the same texts. Whoever stores such an award must mark it as synthetic.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from kakehashi.systems.portfolio.demo import phrases

FILE = Path(__file__).with_name("vocabulary.tsv")
LANGUAGES = ("ja", "en")


@dataclass(frozen=True, slots=True)
class Word:
    """Something an award can be about. `kind`: disease, target, modality or approach; `belongs` to: a disease's area,
    the areas a target is studied in, a modality's group.
    """

    kind: str
    key: str
    belongs: frozenset[str]
    ja: tuple[str, ...]
    en: tuple[str, ...]

    def wordings(self, language: str) -> tuple[str, ...]:
        """How the language names it."""
        return self.ja if language == "ja" else self.en


@dataclass(frozen=True, slots=True)
class Asset:
    """What a line of awards carries forward."""

    disease: Word
    target: Word
    modality: Word
    approach: Word

    @property
    def area(self) -> str:
        """The disease's area: cancer, lifestyle, mind, ageing, rare, child, infection or other."""
        return next(iter(self.disease.belongs))

    @property
    def modality_group(self) -> str:
        """drug, vaccine, cell, device, test or data."""
        return next(iter(self.modality.belongs))


@dataclass(frozen=True, slots=True)
class Texts:
    """Title and abstract in one language, and the keys of the words they name."""

    title: str
    abstract: str
    named: frozenset[str]


@dataclass(frozen=True, slots=True)
class SyntheticAward:
    """An award of a line: `line` numbers the asset's line, `step` counts from its first award.

    `begins` and `ends` are months since January 2015, the end exclusive. `people` and `institutions` are numbers.
    """

    line: int
    step: int
    asset: Asset
    phase: int
    begins: int
    ends: int
    people: frozenset[int]
    institutions: frozenset[int]
    ja: Texts
    en: Texts


@cache
def vocabulary() -> Mapping[str, tuple[Word, ...]]:
    """All words by kind."""
    found: dict[str, list[Word]] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        kind, key, belongs, ja, en = line.split("\t")
        word = Word(kind, key, frozenset(belongs.split()), tuple(ja.split("|")), tuple(en.split("|")))
        found.setdefault(kind, []).append(word)
    return {kind: tuple(words) for kind, words in found.items()}


def draw_asset(dice: random.Random, words: Mapping[str, Sequence[Word]]) -> Asset:
    """An asset whose target is studied in the disease's area."""
    disease = dice.choice(words["disease"])
    targets = [target for target in words["target"] if target.belongs & disease.belongs]
    modalities = [one for one in words["modality"] if _suits(one, disease)]
    return Asset(disease, dice.choice(targets), dice.choice(modalities), dice.choice(words["approach"]))


def _suits(modality: Word, disease: Word) -> bool:
    return "vaccine" not in modality.belongs or bool(disease.belongs & {"infection", "cancer", "child"})


def write(dice: random.Random, asset: Asset, phase: int) -> tuple[Texts, Texts]:
    """The asset's texts in a phase (1 basic … 5 practical use): Japanese, English."""
    return _write(dice, asset, phase, "ja"), _write(dice, asset, phase, "en")


def _write(dice: random.Random, asset: Asset, phase: int, language: str) -> Texts:
    named: set[str] = set()
    slots = {"d": asset.disease, "t": asset.target, "m": asset.modality, "a": asset.approach}

    def filled(template: str) -> str:
        text = template.replace("{n}", str(dice.randrange(12, 900)))
        for slot, word in slots.items():
            if "{" + slot + "}" in text:
                named.add(word.key)
                text = text.replace("{" + slot + "}", dice.choice(word.wordings(language)))
        return text[0].upper() + text[1:] if language == "en" and text.split(" ", 1)[0].islower() else text

    title = filled(dice.choice(phrases.TITLES[language][phase]))
    body = [dice.choice(phrases.OPENINGS[language])]
    if dice.random() < 0.75:
        body.append(dice.choice(phrases.FINDINGS[language]))
    if dice.random() < 0.6:
        body.append(dice.choice(phrases.METHODS[language]))
    body.append(dice.choice(phrases.PLANS[language][phase]))
    body.extend(dice.sample(phrases.CLOSINGS[language], dice.choice((0, 1, 1, 2))))
    if dice.random() < 0.3:
        dice.shuffle(body)
    space = "" if language == "ja" else " "
    abstract = space.join(filled(sentence) for sentence in body)
    return Texts(title, abstract, frozenset(named))


def _moved_on(dice: random.Random, asset: Asset, words: Mapping[str, Sequence[Word]]) -> Asset:
    """The asset as the next award takes it: another approach for each second, another modality of its group for
    some."""
    if dice.random() < 0.5:
        asset = replace(asset, approach=dice.choice(words["approach"]))
    if dice.random() < 0.1:
        alike = [
            one for one in words["modality"] if one.belongs == asset.modality.belongs and _suits(one, asset.disease)
        ]
        asset = replace(asset, modality=dice.choice(alike))
    return asset


def lines(seed: int, *, words: Mapping[str, Sequence[Word]] | None = None) -> Iterator[tuple[SyntheticAward, ...]]:
    """Endless lines of awards, each the predecessor of the next: 55 % of one award, 30 % of two, 15 % of three.

    A successor keeps disease and target and, but for one in ten, the modality; it stands in the next phase (60 %), the
    one after (25 %) or the same; begins 18 months before its predecessor's end to 30 months after (half within three
    months); has one of its people in 80 % and its institution in 70 %.
    """
    dice = random.Random(seed)  # noqa: S311 -- made-up texts
    words = words or vocabulary()
    number = 0
    while True:
        asset = draw_asset(dice, words)
        length = dice.choices((1, 2, 3), (55, 30, 15))[0]
        phase = dice.choices(phrases.PHASES, (40, 25, 15, 15, 5))[0]
        begins = 12 * dice.randrange(11) + dice.choice((3, 3, 3, 6, 9))
        people = frozenset(dice.sample(range(9000), dice.randint(1, 3)))
        place = frozenset({int(dice.paretovariate(0.6)) % 400})
        awards: list[SyntheticAward] = []
        for step in range(length):
            ends = begins + dice.choice((12, 24, 36, 36, 36, 48, 60))
            ja, en = write(dice, asset, phase)
            awards.append(SyntheticAward(number, step, asset, phase, begins, ends, people, place, ja, en))
            asset = _moved_on(dice, asset, words)
            phase = min(5, phase + dice.choices((0, 1, 2), (15, 60, 25))[0])
            gap = dice.choice((0, 0, 0, 1, 2, 3)) if dice.random() < 0.5 else dice.randrange(-18, 31)
            begins = max(begins + 6, ends + gap)
            kept = dice.sample(sorted(people), 1) if dice.random() < 0.8 else []
            people = frozenset(kept) | frozenset(dice.sample(range(9000), dice.randint(0 if kept else 1, 2)))
            if dice.random() > 0.7:
                place = frozenset({int(dice.paretovariate(0.6)) % 400})
        yield tuple(awards)
        number += 1


def store(count: int, seed: int, *, words: Mapping[str, Sequence[Word]] | None = None) -> list[SyntheticAward]:
    """`count` awards of whole lines, no two with the same title and abstract in a language."""
    made: list[SyntheticAward] = []
    seen: set[tuple[str, str]] = set()
    for line in lines(seed, words=words):
        texts = {(one.title, one.abstract) for award in line for one in (award.ja, award.en)}
        if len(made) + len(line) > count or texts & seen or len(texts) < 2 * len(line):
            if len(made) == count:
                return made
            continue
        seen |= texts
        made.extend(line)
    raise AssertionError("lines never end")


def without(keys: Collection[str]) -> dict[str, tuple[Word, ...]]:
    """The vocabulary without the words of these keys."""
    return {kind: tuple(word for word in words if word.key not in keys) for kind, words in vocabulary().items()}
