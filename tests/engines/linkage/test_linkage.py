"""Names in one form, keys that meet where people are the same, and what two records must share to be suspected."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.engines.linkage.evidence import Record, bits_needed, is_suspected, weigh
from kakehashi.engines.linkage.keys import Identity, Kind, UnusableIdentity, generation, keys_of, read_birth
from kakehashi.engines.linkage.names import loose, strict

ONE = Identity("オオノ", "ショウコ", date(2015, 4, 12), "female", "12-345 678")


def keys(identity: Identity, secret: bytes = b"secret") -> dict[Kind, str]:
    return keys_of(identity, secret, rounds=1)


def agreeing(one: Identity, other: Identity) -> set[Kind]:
    first, second = keys(one), keys(other)
    return {kind for kind in first if first[kind] == second.get(kind)}


@pytest.mark.parametrize("name", ["おおの", "ｵｵﾉ", " オオノ ", "オオ・ノ"])
def test_script_width_and_spaces_never_count(name):
    assert strict(name) == "オオノ"
    assert agreeing(ONE, replace(ONE, family=name)) == set(Kind)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("オオノ", "オーノ"),
        ("オオノ", "オノ"),
        ("ユウキ", "ユーキ"),
        ("ショウコ", "シヨウコ"),
        ("ヤマザキ", "ヤマサキ"),
        ("ミヅキ", "ミズキ"),
        ("カヲリ", "カオリ"),
        ("ケイコ", "ケーコ"),
        ("MÜLLER", "Muller"),
        ("O'Brien-Smith", "OBRIEN SMITH"),
    ],
)
def test_spellings_of_one_name_are_alike_loosely(one, other):
    assert loose(one) == loose(other) != ""


@pytest.mark.parametrize(("one", "other"), [("ハナコ", "ハナエ"), ("サトウ", "カトウ"), ("ケン", "ケンジ")])
def test_different_names_stay_different(one, other):
    assert loose(one) != loose(other)


@given(st.text(max_size=30))
def test_any_text_is_brought_to_a_form_that_stays(text):
    assert strict(strict(text)) == strict(text)
    assert loose(loose(text)) == loose(text)


@pytest.mark.parametrize(
    ("change", "met"),
    [
        ({}, set(Kind)),
        ({"family": "オーノ"}, set(Kind) - {Kind.EXACT}),
        ({"family": "サトウ"}, {Kind.GIVEN, Kind.INSURANCE}),
        ({"given": "ショウタ"}, {Kind.FAMILY, Kind.INSURANCE}),
        ({"birth": date(2015, 4, 13)}, {Kind.MONTH}),
        ({"birth": date(2015, 12, 4)}, {Kind.DIGITS}),
        ({"family": "ショウコ", "given": "オオノ"}, {Kind.NAMES, Kind.DIGITS, Kind.MONTH, Kind.INSURANCE}),
        ({"sex": "male"}, {Kind.NAMES, Kind.DIGITS, Kind.INSURANCE}),
        ({"family": "サトウ", "given": "ケン", "birth": date(1990, 1, 1)}, set()),
    ],
)
def test_one_fault_leaves_some_key_that_meets(change, met):
    assert agreeing(ONE, replace(ONE, **change)) == met


def test_keys_under_another_secret_meet_nothing():
    other = keys(ONE, b"another")
    assert not set(keys(ONE).values()) & set(other.values())
    assert generation(b"secret") != generation(b"another")


@pytest.mark.parametrize(
    ("change", "item"),
    [
        ({"family": ""}, "family"),
        ({"family": "大野"}, "family"),
        ({"given": " ・"}, "given"),
        ({"birth": date(1850, 1, 1)}, "birth"),
        ({"insurance": "1"}, "insurance"),
    ],
)
def test_unusable_items_are_named_and_never_quoted(change, item):
    with pytest.raises(UnusableIdentity) as told:
        keys(replace(ONE, **change))
    assert (told.value.item, str(told.value)) == (item, item)


@pytest.mark.parametrize("typed", ["2015-04-12", "2015/4/12", "２０１５年４月１２日", "20150412", " 2015.4.12 "])
def test_birth_dates_are_read_as_they_are_written(typed):
    assert read_birth(typed) == date(2015, 4, 12)


@given(st.text(max_size=20))
def test_anything_else_is_no_birth_date(typed):
    try:
        read = read_birth(typed)
    except UnusableIdentity:
        return
    assert read.year > 0


TERMS = frozenset({"HP:1", "HP:2", "HP:3", "HP:4", "HP:5"})


def record(identity: Identity | None = None, *, birth="2015-04", findings=TERMS, variants=frozenset()) -> Record:
    return Record(keys(identity) if identity else {}, "female", birth, findings, variants)


def test_full_agreement_suffices_in_a_nation_and_a_family_name_nowhere():
    exact = weigh(record(ONE), record(ONE), {})
    assert is_suspected(exact, 1_000_000)
    bare = weigh(
        record(ONE, findings=frozenset()), record(replace(ONE, given="ケン", insurance=""), findings=frozenset()), {}
    )
    assert [piece.reason for piece in bare] == ["family"]
    assert not is_suspected(bare, 10)


def test_a_variant_that_others_have_too_weighs_less():
    one = record(variants=frozenset({"v"}))
    rare, common = weigh(one, one, {}), weigh(one, one, {"v": 63})
    assert sum(piece.bits for piece in rare) - sum(piece.bits for piece in common) == 6
    assert is_suspected(rare, 100_000)
    assert not is_suspected(common, 100_000)


def test_what_disagrees_speaks_against():
    one, other = record(ONE), record(replace(ONE, birth=date(2015, 4, 13), insurance=""), birth="2014-01")
    assert {piece.reason for piece in weigh(one, other, {})} == {"month", "other_birth", "findings"}
    strangers = weigh(record(ONE), record(Identity("サトウ", "ケン", date(2001, 1, 1))), {})
    assert strangers[0].reason == "other_identity"
    assert strangers[0].bits < 0


def test_the_larger_the_network_the_more_is_needed():
    assert bits_needed(2) == 20 < bits_needed(50_000) < bits_needed(1_000_000) < 30
