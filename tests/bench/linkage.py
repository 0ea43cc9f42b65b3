"""How many double registrations the linkage finds, and how many it suspects wrongly. Synthetic people only.

    python -m tests.bench linkage [people]

The people are made up: family names are drawn by frequencies as skewed as Japan's (the commonest 1.5 %, the hundred
commonest a third), given names likewise, births over twenty years. A second registration of a person is typed again:
slips of a letter, long vowels and small kana otherwise, voicing, another family name, a wrong or transposed day, names
exchanged. Findings are drawn from the disease models and seen again by another clinic: some missed, some named by a
broader term, some added. Beside the keyed hashes a Bloom-filter encoding (CLK: bigrams of both names and the birth
date, 1,000 bits, 15 hashes each) is measured on the same people.
"""

from __future__ import annotations

import hashlib
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from kakehashi.engines.linkage.evidence import Record, bits_needed, weigh
from kakehashi.engines.linkage.keys import Identity, Kind, compared
from kakehashi.engines.linkage.names import strict
from kakehashi.engines.phenotype.knowledge import load
from kakehashi.engines.phenotype.ontology import Ontology

SEED = 20261121
SHARE_TWICE = 0.02
HEADS = re.findall(
    r"\w+",
    "サ ス タ ヤマ ナカ コ キ イシ マツ オオ フジ アオ ミ ハラ "
    "クロ シマ ニシ ヒガシ ミナミ モリ ハセ エン カ ウエ シミ アン ツジ ノ",
)
TAILS = re.findall(
    r"\w+",
    "トウ ズキ ナカ ダ タ ムラ ヤマ カワ モト グチ ノ ハラ シタ "
    "サワ ザワ バヤシ ミズ イ イシ オカ ベ セ ドウ ジマ シマ ヅカ",
)
FIRSTS = re.findall(
    r"\w+",
    "ハル ユウ ソウ リク アオ サ ミ ナ カ マ レン ダイ "
    "コウ タイ ケン ショウ リョウ ヒナ ユイ メイ アカ シン ジュン ノゾ トモ",
)
ENDS = re.findall(
    r"\w+",
    "ト キ タ マ ナ カ ミ コ ア イ ヤ スケ ヘイ セイ ゴ オ ル リ ノ ホ サ エ ミチ ヒ",
)


def _skewed(names: Sequence[str], exponent: float) -> tuple[list[str], list[float]]:
    return list(names), [1 / (rank + 3) ** exponent for rank in range(len(names))]


@dataclass(frozen=True)
class Person:
    """A made-up person: identity and findings (terms of the ontology), and whether a rare variant is known."""

    identity: Identity
    findings: frozenset[str]
    variant: str


class Population:
    """Made-up people, and their second registrations."""

    def __init__(self, ontology: Ontology, seed: int = SEED) -> None:
        self.dice = random.Random(seed)
        dice = self.dice
        family = sorted(
            {head + tail for head in HEADS for tail in TAILS}
            | {a + b + c for a in HEADS for b in HEADS for c in TAILS[:12]}
        )
        given = sorted({first + end for first in FIRSTS for end in ENDS})
        dice.shuffle(family)
        dice.shuffle(given)
        self.families, self.given = _skewed(family, 0.95), _skewed(given, 0.75)
        self.ontology = ontology
        self.terms = [
            index
            for index in ontology.descendants(ontology.phenotype_root).tolist()
            if len(ontology.ancestors(index)) > 5
        ]

    def person(self) -> Person:
        """A person with three to fourteen findings; two in five with a variant."""
        dice = self.dice
        identity = Identity(
            family=dice.choices(*self.families)[0],
            given=dice.choices(*self.given)[0],
            birth=date(2005, 1, 1) + timedelta(days=dice.randrange(7300)),
            sex=dice.choice(("female", "male")),
        )
        findings = frozenset(self.ontology.id(one) for one in dice.sample(self.terms, dice.randint(3, 14)))
        variant = f"17:{dice.randrange(10**7)}:A:G" if dice.random() < 0.4 else ""
        return Person(identity, findings, variant)

    def again(self, one: Person) -> Person:
        """The same person registered by another hospital."""
        dice, said = self.dice, one.identity
        for share, change in (
            (0.08, self._spelling),
            (0.03, self._slip_family),
            (0.03, self._slip_given),
            (0.04, lambda it: replace(it, family=dice.choices(*self.families)[0])),
            (0.02, self._other_day),
            (0.01, self._transposed),
            (0.01, lambda it: replace(it, family=it.given, given=it.family)),
            (0.005, lambda it: replace(it, sex="male" if it.sex == "female" else "female")),
        ):
            if dice.random() < share:
                said = change(said)
        kept = {term for term in sorted(one.findings) if dice.random() > 0.2}
        broader = {self._broader(term) if dice.random() < 0.15 else term for term in sorted(kept)}
        more = {self.ontology.id(term) for term in dice.sample(self.terms, dice.choice((0, 0, 1, 2)))}
        return Person(said, frozenset(broader | more), one.variant if dice.random() < 0.9 else "")

    def _broader(self, term: str) -> str:
        index = self.ontology.index(term)
        assert index is not None
        return self.ontology.id(int(self.dice.choice(self.ontology.parents(index).tolist() or [index])))

    def _spelling(self, said: Identity) -> Identity:
        change = self.dice.choice(
            (
                ("オオ", "オー"),
                ("ユウ", "ユー"),
                ("コウ", "コー"),
                ("ズ", "ヅ"),
                ("ザ", "サ"),
                ("ダ", "タ"),
                ("ジ", "シ"),
                ("ショ", "シヨ"),
                ("リョ", "リヨ"),
            )
        )
        hiragana = str.maketrans({chr(code): chr(code - 0x60) for code in range(0x30A1, 0x30F7)})
        changed = replace(said, family=said.family.replace(*change), given=said.given.replace(*change))
        return replace(changed, given=changed.given.translate(hiragana)) if self.dice.random() < 0.3 else changed

    def _slip(self, name: str) -> str:
        at = self.dice.randrange(len(name))
        return name[:at] + self.dice.choice("アイウカキクサシタチナニハマミヤラリン") + name[at + 1 :]

    def _slip_family(self, said: Identity) -> Identity:
        return replace(said, family=self._slip(said.family))

    def _slip_given(self, said: Identity) -> Identity:
        return replace(said, given=self._slip(said.given))

    def _other_day(self, said: Identity) -> Identity:
        return replace(said, birth=said.birth.replace(day=self.dice.randint(1, 28)))

    def _transposed(self, said: Identity) -> Identity:
        try:
            return replace(said, birth=said.birth.replace(month=said.birth.day, day=said.birth.month))
        except ValueError:
            return said


def record(one: Person, *, identified: bool = True) -> Record:
    """What is compared, unhashed: hashing changes no equality."""
    keys = {kind: "|".join(value) for kind, value in compared(one.identity).items()} if identified else {}
    variants = frozenset({one.variant} - {""})
    return Record(keys, one.identity.sex, one.identity.birth.isoformat()[:7], one.findings, variants)


def candidates(records: Sequence[Record]) -> Iterator[tuple[int, int]]:
    """The pairs that share a key or a variant, each once."""
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, one in enumerate(records):
        for kind, value in (
            *((str(kind), value) for kind, value in one.keys.items()),
            *(("variant", value) for value in one.variants),
        ):
            holders[kind, value].append(place)
    seen = {(a, b) for held in holders.values() for number, a in enumerate(held) for b in held[number + 1 :]}
    yield from sorted(seen)


def clk(one: Identity) -> int:
    """A Bloom-filter encoding of both names and the birth date, as one integer."""
    filled = 0
    for field, text in (
        ("n", f" {strict(one.family)} "),
        ("n", f" {strict(one.given)} "),
        ("b", one.birth.strftime("%Y%m%d")),
    ):
        parts = (
            [a + b for a, b in pairwise(text)] if field == "n" else [f"{at}{digit}" for at, digit in enumerate(text)]
        )
        for part in parts:
            digest = hashlib.sha256(f"{field}{part}".encode()).digest()
            first, second = int.from_bytes(digest[:8]), int.from_bytes(digest[8:16])
            for number in range(15):
                filled |= 1 << ((first + number * second) % 1000)
    return filled


def _dice(one: int, other: int) -> float:
    return 2 * (one & other).bit_count() / (one.bit_count() + other.bit_count())


def main(people: int = 50_000) -> None:
    """Measure and print."""
    population = Population(load().ontology)
    persons = [population.person() for _ in range(people)]
    twice = round(people * SHARE_TWICE)
    everyone = persons + [population.again(one) for one in persons[:twice]]
    true = {(place, people + place) for place in range(twice)}
    needed = bits_needed(len(everyone))
    print(f"{len(everyone):,} synthetic registrations, {twice:,} of them second ones; {needed:.1f} bits needed")
    _patterns(everyone, true)
    for name, identified in (("with identities", True), ("without identities", False)):
        records = [record(one, identified=identified) for one in everyone]
        for size in (len(everyone), 1_000_000):
            _found(f"weighed as of {size:,} cases, {name}", _weighed(records, bits_needed(size)), true)
    records = [record(one) for one in everyone]
    for kinds in ((Kind.EXACT,), (Kind.NAMES,), tuple(Kind)):
        found = {pair for pair in candidates(records) if any(_agree(records, pair, kind) for kind in kinds)}
        _found("any of " + "+".join(kinds) if len(kinds) < 7 else "any key", found, true)
    _bloom(everyone[:4000], [population.again(one) for one in persons[:1000]], persons[:1000], len(everyone))


def _agree(records: Sequence[Record], pair: tuple[int, int], kind: Kind) -> bool:
    one, other = (records[place].keys.get(kind) for place in pair)
    return one is not None and one == other


def _weighed(records: Sequence[Record], needed: float) -> set[tuple[int, int]]:
    holders = Counter(variant for one in records for variant in one.variants)
    return {
        (a, b)
        for a, b in candidates(records)
        if sum(
            piece.bits
            for piece in weigh(
                records[a], records[b], {variant: holders[variant] - 2 for variant in records[a].variants}
            )
        )
        >= needed
    }


def _found(name: str, found: set[tuple[int, int]], true: set[tuple[int, int]]) -> None:
    right = len(found & true)
    print(f"  {name:52} recall {right / len(true):.3f}  precision {right / max(1, len(found)):.3f}  ({len(found):,})")


def _patterns(everyone: Sequence[Person], true: set[tuple[int, int]]) -> None:
    """Of each kind as the strictest that agrees: how often between registrations of one person, and of two."""
    records = [record(one) for one in everyone]
    same, other = Counter[str](), Counter[str]()
    for pair in candidates(records):
        strictest = next((kind for kind in Kind if _agree(records, pair, kind)), None)
        if strictest is not None:
            (same if pair in true else other)[strictest] += 1
    pairs = len(everyone) * (len(everyone) - 1) / 2
    print("  strictest key   one person   two people   bits")
    for kind in Kind:
        m, u = same[kind] / len(true), (other[kind] + 0.5) / pairs
        print(f"  {kind:14} {m:11.4f} {u:12.2e} {math.log2(m / u) if m else float('nan'):6.1f}")
    shares = Counter[float]()
    for a, b in true:
        one, two = everyone[a].findings, everyone[b].findings
        if min(len(one), len(two)) >= 3:
            share = len(one & two) / len(one | two)
            shares[next(least for least in (0.6, 0.4, 0.15, 0.0) if share >= least)] += 1
    print(
        "  findings in common, one person:",
        {least: f"{count / shares.total():.3f}" for least, count in sorted(shares.items())},
    )


def _bloom(strangers: Sequence[Person], again: Sequence[Person], first: Sequence[Person], size: int) -> None:
    encoded = [clk(one.identity) for one in strangers]
    wrong = sorted((_dice(a, b) for number, a in enumerate(encoded) for b in encoded[number + 1 :]), reverse=True)
    right = [_dice(clk(a.identity), clk(b.identity)) for a, b in zip(first, again, strict=True)]
    for threshold in (0.75, 0.8, 0.85, 0.9):
        false_share = sum(one >= threshold for one in wrong) / len(wrong)
        recall = sum(one >= threshold for one in right) / len(right)
        found, false = recall * SHARE_TWICE * size, false_share * size * size / 2
        name, precision = f"CLK, Dice ≥ {threshold}", found / max(found + false, 1e-9)
        print(f"  {name:52} recall {recall:.3f}  precision {precision:.3f}  (false pairs extrapolated)")


if __name__ == "__main__":
    main()
