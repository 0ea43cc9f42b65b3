"""Pedigrees: everybody once, no symbol on another, children below parents, and what convention asks of the drawing."""

import itertools
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kakehashi.engines.pictures.lettering import ems
from kakehashi.engines.pictures.pedigree import HALF, Individual, Pedigree, draw, lay_out, summary
from kakehashi.engines.pictures.pedigree.layout import BESIDE, LABEL_SIZE

SEXES = {"m": "male", "f": "female", "u": "unknown"}


def family(*people, language="en", couples=()):
    """People as "id sex father mother": "kid m dad mum", and marks: A affected, ? unknown, D deceased, P proband."""
    individuals = []
    for text in people:
        name, sex, father, mother, *marks = text.split()
        twins = next((mark[2:] for mark in marks if mark.startswith("t=")), "")
        individuals.append(
            Individual(
                name,
                SEXES[sex],
                affected=None if "?" in marks else "A" in marks,
                father=father.strip("-"),
                mother=mother.strip("-"),
                deceased="D" in marks,
                proband="P" in marks,
                label=next((mark[2:] for mark in marks if mark.startswith("l=")), ""),
                twins=twins,
                identical={"mz": True, "dz": False}.get(marks[-1]) if twins else None,
            )
        )
    return Pedigree(individuals, title="A family", language=language, couples=couples)


TRIO = ("dad m - -", "mum f - - ?", "kid m dad mum A P l=<c.76A>G>")
COUSINS = (
    *("a m - - D", "b f - -", "c m a b", "d f a b", "c2 f - -", "d2 m - -"),
    *("e m c c2", "e1 f c c2", "g f d2 d", "g1 m d2 d", "h f e g A P", "i m e g", "j m e g A D"),
)
HALF_SIBLINGS = ("a m - -", "b f - -", "c f - -", "q f - -", "d m a b", "h f a c", "i m a q", "x m - -", "y u x b")
UNCLE = ("a m - -", "b f - -", "c m a b", "d f a b", "d2 m - -", "e f d2 d", "k m c e A", "s f - -", "t m - s")


def places(pedigree):
    return {place.person.id: place for place in lay_out(pedigree).places}


def check(pedigree):
    """What holds for every pedigree."""
    plan = lay_out(pedigree)
    at = {place.person.id: place for place in plan.places}
    assert sorted(at) == sorted(pedigree.people)
    assert len(plan.places) == len(pedigree.individuals)
    for one, other in itertools.combinations(plan.places, 2):
        apart = max(abs(one.x - other.x), abs(one.y - other.y))
        assert apart > 2 * HALF, (one, other)
    for place in plan.places:
        for parent in (place.person.father, place.person.mother):
            assert not parent or at[parent].y + 2 * HALF < place.y
        assert HALF <= place.x <= plan.width - HALF
        assert HALF <= place.y <= plan.height - HALF
    for _, row in itertools.groupby(plan.places, key=lambda place: place.generation):
        numbered = list(row)
        assert [place.number for place in numbered] == list(range(1, len(numbered) + 1))
        assert [place.x for place in numbered] == sorted(place.x for place in numbered)
    for one, other in itertools.pairwise(plan.places):
        assert one.generation != other.generation or span(one)[1] < span(other)[0], "labels run into each other"
    assert all(span(place)[0] > 0 and span(place)[1] < plan.width for place in plan.places)
    for line in plan.lines:
        for (x1, y1), (x2, y2) in itertools.pairwise(line.corners):
            if x1 == x2:
                through = [p for p in plan.places if abs(p.x - x1) < HALF and min(y1, y2) < p.y < max(y1, y2)]
                assert not through, "a line down runs through a symbol"
    joined = {name for couple in pedigree.all_couples for name in couple.partners}
    partners = [couple.partners for couple in pedigree.all_couples if len(couple.partners) == 2]
    counts = {name: sum(name in pair for pair in partners) for name in joined}
    for one, other in partners:
        if counts[one] == counts[other] == 1 and at[one].generation == at[other].generation:
            assert abs(at[one].number - at[other].number) == 1, "partners of one another only stand side by side"


def span(place):
    """From where to where a person's label runs."""
    width = max((ems(line) * LABEL_SIZE for line in place.label), default=0)
    left = place.x + BESIDE if place.beside else place.x - width / 2
    return left, left + width


@st.composite
def families(draw_from, most=60):
    """Families grown generation by generation: new partners, partners within the family, several, and with parents."""
    chance = draw_from(st.randoms(use_true_random=False))
    size = draw_from(st.integers(1, most))
    people = []

    def born(level, father="", mother="", sex=""):
        name = f"p{len(people)}"
        sex = sex or chance.choice(["male", "female"])
        affected = chance.choice([True, False, None])
        people.append(
            (level, Individual(name, sex, affected, father, mother, label=chance.choice(["", "42歳で発症", "c.1A>G"])))
        )
        return name

    born(0)
    for level in range(5):
        for name in [one.id for at, one in people if at == level]:
            for _ in range(chance.choice([0, 1, 1, 1, 2, 3])):
                if len(people) >= size - 3:
                    break
                sex = next(one.sex for _, one in people if one.id == name)
                wanted = "female" if sex == "male" else "male"
                there = [one.id for at, one in people if one.sex == wanted and abs(at - level) <= 1]
                there = [one for one in there if one != name]
                if there and chance.random() < 0.15:
                    partner = chance.choice(there)
                elif chance.random() < 0.1:
                    partner = ""
                elif level and chance.random() < 0.3:
                    partner = born(level, born(level - 1, sex="male"), born(level - 1, sex="female"), wanted)
                else:
                    partner = born(level, sex=wanted)
                parents = (name, partner) if sex == "male" else (partner, name)
                below = max([level, *(at for at, one in people if one.id == partner)]) + 1
                for _ in range(chance.randint(1, 4)):
                    if len(people) < size:
                        born(below, *parents)
    order = [one for _, one in people]
    chance.shuffle(order)
    return Pedigree(order, title="A family")


@settings(max_examples=40, deadline=None)
@given(families(most=30))
def test_any_family_is_drawn_without_overlap_everybody_once_children_below_parents(pedigree):
    check(pedigree)
    ET.fromstring(draw(pedigree))


@settings(max_examples=4, deadline=None)
@given(families())
def test_large_family_is_drawn_as_cleanly_and_always_alike(pedigree):
    check(pedigree)
    assert draw(pedigree) == draw(Pedigree(list(pedigree.individuals), title="A family"))


@pytest.mark.parametrize("people", [TRIO, COUSINS, HALF_SIBLINGS, UNCLE])
def test_known_families_hold_the_rules(people):
    check(family(*people))


def test_child_stands_beneath_the_middle_of_its_parents_father_left():
    at = places(family(*TRIO))
    assert at["kid"].x == pytest.approx((at["dad"].x + at["mum"].x) / 2, abs=0.5)
    assert at["dad"].x < at["mum"].x


def test_cousins_are_found_related_and_joined_by_a_double_line():
    pedigree = family(*COUSINS)
    assert [couple.partners for couple in pedigree.all_couples if couple.related] == [("e", "g")]
    assert [line.kind for line in lay_out(pedigree).lines if line.double] == ["partners"]
    assert "pedigree-related" in draw(pedigree)
    assert "related partners" in summary(pedigree)
    assert "related" not in summary(family(*TRIO))


def test_cousin_marriage_is_drawn_without_a_crossing():
    assert crossings(lay_out(family(*COUSINS))) == 0


def test_three_generations_are_drawn_without_a_crossing():
    people = (
        "a m - - A",
        "b f - -",
        "c m a b",
        "c2 f - -",
        "d f a b A",
        "d2 m - -",
        "e m c c2",
        "f f d2 d",
        "g m d2 d",
    )
    assert crossings(lay_out(family(*people))) == 0


def crossings(plan):
    """How often a line down meets a line across away from the ends of both."""
    legs = [leg for line in plan.lines for leg in itertools.pairwise(line.corners)]
    down = [(x1, min(y1, y2), max(y1, y2)) for (x1, y1), (x2, y2) in legs if x1 == x2]
    across = [(y1, min(x1, x2), max(x1, x2)) for (x1, y1), (x2, y2) in legs if y1 == y2]
    return sum(
        left + 1 < x < right - 1 and high + 1 < y < low - 1 for x, high, low in down for y, left, right in across
    )


def test_half_siblings_keep_the_parent_between_two_partners():
    at = places(family("a m - -", "b f - -", "c f - -", "d m a b", "e f a c"))
    assert sorted(("a", "b", "c"), key=lambda name: at[name].x)[1] == "a"


def test_marriage_across_generations_puts_the_child_below_both():
    at = places(family(*UNCLE))
    assert at["c"].generation == at["d"].generation == 1
    assert (at["e"].generation, at["k"].generation) == (2, 3)


def test_siblings_and_partners_stand_level():
    at = places(family(*COUSINS))
    assert at["a"].generation == at["b"].generation == 0
    assert {at[name].generation for name in ("c", "c2", "d", "d2")} == {1}


def test_couple_without_children_is_joined():
    pedigree = family("a f - -", "b m - -", couples=[("a", "b")])
    check(pedigree)
    assert [line.kind for line in lay_out(pedigree).lines] == ["partners"]
    assert places(pedigree)["b"].number == 1


@pytest.mark.parametrize(("mark", "bars", "unsure"), [("mz", 1, 0), ("dz", 0, 0), ("", 0, 1)])
def test_twins_share_one_point_and_say_their_zygosity(mark, bars, unsure):
    plan = lay_out(family("a m - -", "b f - -", f"c f a b t=1 {mark}", "d f a b", f"e f a b t=1 {mark}"))
    at = {place.person.id: place for place in plan.places}
    slanting = [line for line in plan.lines if line.corners[0][0] != line.corners[-1][0] and len(line.corners) == 2]
    starts = [line.corners[0] for line in slanting if line.corners[0][1] != line.corners[1][1]]
    assert len(starts) == 2
    assert len(set(starts)) == 1
    assert abs(at["c"].number - at["e"].number) == 1
    assert sum(line.kind == "twins" for line in plan.lines) == bars
    assert len(plan.unsure) == unsure


def test_symbols_follow_the_nomenclature():
    text = draw(family("a m - - D", "b f - - ?", "c u a b A P"))
    assert len(re.findall("<rect", text)) == 1
    assert len(re.findall("<circle", text)) == 1
    assert len(re.findall('class="pedigree-affected"', text)) == 1
    assert len(re.findall('class="pedigree-deceased"', text)) == 1
    assert len(re.findall('class="pedigree-unsure"', text)) == 1
    assert re.findall('class="pedigree-proband"[^>]*>P<', text)
    assert re.findall('class="pedigree-generation"[^>]*>(I+)<', text) == ["I", "II"]


def test_picture_is_named_in_both_languages_and_carries_no_inline_style():
    english, japanese = family(*TRIO), family(*TRIO, language="ja")
    assert summary(english) == (
        "3 members in 2 generations; 1 affected: II-1; not known whether affected: I-2; proband: II-1."
    )
    assert summary(japanese) == "3人、2世代。罹患者1人：II-1。罹患の有無が不明：I-2。発端者：II-1。"
    for pedigree in (english, japanese):
        text = draw(pedigree)
        root = ET.fromstring(text)
        ids = {element.get("id") for element in root.iter()}
        assert set(root.attrib["aria-labelledby"].split()) <= ids
        assert " style=" not in text
        assert "<c.76A>G>" in "".join(root.itertext())
    assert "男性、罹患、発端者" in draw(japanese)


@pytest.mark.parametrize(
    "people",
    [("a m - -", "a f - -"), ("a m b -",), ("a m a -",), ("a m b -", "b m a -"), ("a u - -", "b m a a")],
)
def test_what_is_no_family_is_refused(people):
    with pytest.raises(ValueError, match=r"pedigree|individual"):
        family(*people)


def test_nobody_is_an_empty_picture():
    ET.fromstring(draw(Pedigree([], title="Nobody")))


def test_siblings_stand_in_the_order_given_and_men_left_of_their_partners():
    people = ("a m - -", "b f - -", "c m a b", "c2 f - -", "d f a b", "d2 m - -", "g m a b", "e m c c2", "f f d2 d")
    at = places(family(*people))
    assert sorted(("c", "c2", "d2", "d", "g"), key=lambda name: at[name].x) == ["c", "c2", "d2", "d", "g"]


def test_unconnected_families_stand_side_by_side_not_far_apart():
    at = places(family(*UNCLE))
    assert at["t"].x - at["d2"].x < 8 * HALF * 2


def test_double_cousins_do_not_stretch_the_family():
    """Where two pairs of relatives marry, partners far apart with children far apart would satisfy every wish."""
    founders = ("a m - -", "b f - -", "c m - -", "d f - -", "e m a b", "g m a b", "h f c d", "i f c d")
    plan = lay_out(family(*founders, "j m e h", "k f g i", "l m j k A P", "m f j k", "n f e h"))
    assert plan.width < 450
    assert crossings(plan) == 1


def test_only_child_hangs_straight_from_its_parents_line():
    plan = lay_out(family(*HALF_SIBLINGS))
    at = {place.person.id: place for place in plan.places}
    straight = [line for line in plan.lines if line.kind == "children" and line.corners[0][0] == at["i"].x]
    assert {y for line in straight for _, y in line.corners} >= {at["a"].y, at["i"].y}
