"""Ranking awards and openings for an award, across languages, with reasons."""

import random
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.bench.pairing_store import as_awards, mixed, pairs

from kakehashi.engines.pairing.awards import Award, Opening, Phase
from kakehashi.engines.pairing.evidence import (
    COLUMNS,
    TEXT_COLUMNS,
    TIMING_COLUMNS,
    gap_days,
    phase_columns,
    timing_columns,
)
from kakehashi.engines.pairing.index import PairingIndex
from kakehashi.engines.pairing.lexicon import Lexicon
from kakehashi.engines.pairing.terms import read_terms
from kakehashi.engines.pairing.weights import fit, fitted
from kakehashi.systems.portfolio.demo.texts import store

CATHETER = Award(
    "catheter",
    text_ja="心筋梗塞後心不全を防ぐ迷走神経刺激カテーテル装置の開発",
    phase=Phase.APPLIED,
    modality="device",
    areas=frozenset({"heart"}),
    begins=date(2016, 4, 1),
    ends=date(2019, 3, 31),
    people=frozenset({"p1"}),
    institutions=frozenset({"i1"}),
    programme="seeds",
)
TRIAL = Award(
    "trial",
    text_en="Investigator-initiated trial of a cardioprotective catheter stimulating the vagus nerve in heart failure",
    phase=Phase.NONCLINICAL,
    modality="device",
    areas=frozenset({"heart"}),
    begins=date(2019, 4, 1),
    ends=date(2022, 3, 31),
    people=frozenset({"p1", "p2"}),
    programme="devices",
)
OTHERS = [
    Award("vaccine", text_en="Intranasal vaccine against influenza", modality="drug", areas=frozenset({"infection"})),
    Award("heart", text_ja="心不全に対する核酸医薬の創出", text_en="Creating nucleic acid medicine for heart failure"),
    Award(
        "stent", text_en="A bioresorbable stent for aortic aneurysm", begins=date(2010, 4, 1), ends=date(2012, 3, 31)
    ),
    Award("empty"),
]


@pytest.fixture(scope="module")
def index():
    return PairingIndex([CATHETER, TRIAL, *OTHERS], Lexicon(read_terms()))


@pytest.fixture(scope="module")
def synthetic():
    made = store(1_500, 5)
    awards = as_awards(made, mixed(len(made), 5))
    return made, awards, PairingIndex(awards, Lexicon(read_terms()))


def test_the_successor_in_the_other_language_comes_first_with_reasons(index):
    found = index.successors(CATHETER)
    assert found[0].key == "trial"
    reasons = {reason.code: reason for reason in found[0].reasons}
    assert {("迷走神経", "vagus nerve"), ("心不全", "heart failure")} <= {
        (one.asked, one.found) for one in reasons["text"].shared
    }
    assert reasons["phase"].number == 1
    assert reasons["phase"].values == ("2", "3")
    assert reasons["timing"].number == 0
    assert reasons["people"].values == ("p1",)
    assert found[0].bits == pytest.approx(sum(reason.bits for reason in found[0].reasons), abs=0.5)


def test_the_other_direction_too(index):
    by_text = index.successors(TRIAL, kinds=["text"])
    assert by_text[0].key == "catheter"
    assert {reason.code for match in by_text for reason in match.reasons} == {"text"}


def test_an_award_is_never_its_own_successor_and_others_can_be_left_out(index):
    among = np.array([award.key != "trial" for award in index.awards])
    assert "catheter" not in {match.key for match in index.successors(CATHETER)}
    assert "trial" not in {match.key for match in index.successors(CATHETER, among=among)}
    assert index.successors(CATHETER, among=np.zeros(len(index.awards), dtype=bool)) == []
    assert len(index.successors(CATHETER, most=2)) == 2


def test_an_award_that_is_not_in_the_store_can_be_asked_for(index):
    asked = replace(CATHETER, key="new", text_ja="", text_en="A catheter for stimulation of the vagus nerve")
    assert index.successors(asked, kinds=["text"])[0].key in {"catheter", "trial"}


def test_an_award_without_text_is_ranked_by_the_rest(index):
    assert index.successors(replace(CATHETER, key="bare", text_ja=""))[0].key == "trial"


def test_an_unknown_kind_of_evidence_is_named(index):
    with pytest.raises(ValueError, match="no evidence luck"):
        index.successors(CATHETER, kinds=["luck"])


def test_openings_are_ranked_with_reasons_and_days_left(index):
    device = Opening(
        "call-1",
        text_en="Promotion of medical devices: nonclinical and clinical studies of catheters and implants",
        phases=frozenset({Phase.NONCLINICAL, Phase.CLINICAL}),
        modalities=frozenset({"device"}),
        starts=date(2019, 4, 1),
        closes=date(2018, 11, 30),
        programme="devices",
    )
    vaccine = Opening(
        "call-2", text_ja="感染症ワクチンの基礎研究", phases=frozenset({Phase.BASIC}), modalities=frozenset({"drug"})
    )
    anything = Opening("call-3")
    found = index.openings(CATHETER, [vaccine, anything, device])
    assert [match.key for match in found] == ["call-1", "call-3", "call-2"]
    reasons = {reason.code: reason for reason in found[0].reasons}
    assert reasons["phase"].number == 1
    assert reasons["modality"].values == ("device",)
    assert reasons["closes"].number == -121
    assert ("カテーテル", "catheters") in {(one.asked, one.found) for one in reasons["text"].shared}
    assert index.openings(CATHETER, []) == []


def test_where_successors_stood_before_speaks_for_a_programme(index):
    openings = [Opening("a", programme="other"), Opening("b", programme="devices")]
    found = index.openings(CATHETER, openings, history={("seeds", "devices"): 9, ("seeds", "other"): 1})
    assert [match.key for match in found] == ["b", "a"]
    assert found[0].reasons[0].code == "history"


def test_awards_that_make_what_is_needed_are_found_across_languages():
    needing = Award(
        "needs",
        text_ja="患者由来オルガノイドを用いた膵がん血液検査薬の開発",
        ends=date(2020, 3, 31),
        people=frozenset({"p"}),
    )
    store_ = [
        needing,
        Award("makes", text_en="Establishing patient-derived organoids of digestive cancers", begins=date(2017, 4, 1)),
        Award("same person", text_en="Establishing patient-derived organoids", people=frozenset({"p"})),
        Award("too late", text_en="Establishing patient-derived organoids", begins=date(2021, 4, 1)),
        Award("uses", text_en="A vaccine against influenza using patient-derived organoids"),
        Award("other", text_ja="マラリアワクチンの開発"),
    ]
    index = PairingIndex(store_, Lexicon(read_terms()))
    found = index.givers(needing)
    assert [match.key for match in found] == ["makes"]
    assert found[0].reasons[0].code == "input"
    assert "オルガノイド" in {one.asked for one in found[0].reasons[0].shared}
    assert index.givers(store_[5]) == []


def test_what_is_not_known_speaks_neither_for_nor_against():
    nothing = Award("nothing")
    assert all(not column.any() for column in timing_columns(nothing, np.array([0, 737000], np.int32)).values())
    assert all(not column.any() for column in phase_columns(None, np.array([0, 3], np.int8)).values())
    assert all(not column[0] for column in phase_columns(Phase.BASIC, np.array([0, 3], np.int8)).values())


@pytest.mark.parametrize(
    ("begins", "column", "days"),
    [
        (date(2016, 4, 1), "began_before", -1095),
        (date(2017, 4, 1), "long_overlap", -730),
        (date(2019, 1, 1), "overlap", -90),
        (date(2019, 4, 1), "gap_quarter", 0),
        (date(2019, 10, 1), "gap_year", 183),
        (date(2021, 4, 1), "gap_three_years", 731),
        (date(2025, 4, 1), "gap_longer", 2192),
    ],
)
def test_gaps_fall_into_one_column(begins, column, days):
    columns = timing_columns(CATHETER, np.array([begins.toordinal()], np.int32))
    assert [name for name in TIMING_COLUMNS if columns[name][0]] == [column]
    assert gap_days(CATHETER, begins) == days


@pytest.mark.parametrize(
    ("phase", "column"),
    [
        (Phase.NONCLINICAL, "phase_next"),
        (Phase.APPLIED, "phase_same"),
        (Phase.PRACTICAL, "phase_skipped"),
        (1, "phase_back"),
    ],
)
def test_steps_of_phase_fall_into_one_column(phase, column):
    columns = phase_columns(Phase.APPLIED, np.array([phase], np.int8))
    assert [name for name, values in columns.items() if values[0]] == [column]


def test_weights_of_evidence_point_the_right_way():
    bits = dict(zip(COLUMNS, fitted().bits, strict=True))
    assert bits["phase_next"] > bits["phase_same"] > bits["phase_back"]
    assert bits["gap_quarter"] > 0 > bits["began_before"]
    assert min(bits[name] for name in TEXT_COLUMNS) >= 0


def test_fitting_finds_what_tells_successors_apart():
    dice = np.random.default_rng(1)
    choices = []
    for _ in range(60):
        columns = dice.random((40, len(COLUMNS))).astype(np.float32)
        columns[7, COLUMNS.index("words")] += 1.5
        choices.append((columns, 7))
    bits = fit(choices).bits
    assert max(range(len(bits)), key=bits.__getitem__) == COLUMNS.index("words")
    with pytest.raises(ValueError, match="no lineage"):
        fit([])


def test_true_successors_are_found_in_a_store_of_both_languages(synthetic):
    made, awards, index = synthetic
    known = pairs(made)
    random.Random(2).shuffle(known)
    first = 0
    across = 0
    for award, successor, line in known[:60]:
        among = np.array([place not in line for place in range(len(awards))])
        found = [match.key for match in index.successors(awards[award], kinds=["text"], among=among)]
        first += awards[successor].key in found
        across += awards[successor].key in found and not (
            (awards[award].text_ja and awards[successor].text_ja)
            or (awards[award].text_en and awards[successor].text_en)
        )
    assert first >= 52
    assert across >= 5


def test_the_same_store_ranks_the_same_twice(synthetic):
    _, awards, index = synthetic
    again = PairingIndex(awards, Lexicon(read_terms()))
    for award in awards[:20]:
        assert index.successors(award) == again.successors(award)
