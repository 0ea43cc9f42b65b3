"""Plots of counts: valid SVG that says its finding, whatever the figures."""

from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.engines.pictures.lettering import ems
from kakehashi.engines.pictures.plots import (
    Bar,
    Bars,
    Bullet,
    Bullets,
    Flow,
    FunnelPlot,
    Line,
    Lineage,
    Mark,
    Segment,
    Series,
    Stage,
    Standing,
    Stretch,
    Tie,
    draw_bars,
    draw_bullets,
    draw_flow,
    draw_funnel,
    draw_lineage,
    draw_series,
)
from kakehashi.engines.pictures.plots.marks import WIDTH, scale_end, ticks

SVG = "{http://www.w3.org/2000/svg}"
count = st.integers(0, 10**7)
label = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60).filter(
    lambda text: not set(text) & {"\ufffe", "\uffff"}
)


def read(drawn):
    frame = ElementTree.fromstring(drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))
    (root,) = frame
    assert root.find(f"{SVG}title").text == "A & B"
    assert root.find(f"{SVG}desc").text == "told <1>"
    for rect in root.iter(f"{SVG}rect"):
        assert 0 <= float(rect.get("x")) <= WIDTH
        assert float(rect.get("width")) >= 0
    return root


def test_a_funnel_writes_every_figure():
    parts = [Segment("on the list", 379), Segment("Orphanet", 425), Segment("other", 212)]
    stages = [Stage("Consulted", 4417), Stage("Analysed", 2756), Stage("Diagnosed", 1016, "36.9 %", parts)]
    root = read(draw_funnel(FunnelPlot("A & B", "told <1>", stages)))
    texts = ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]
    assert {"4,417", "2,756", "1,016", "36.9 %", "Orphanet 425"} <= set(texts)
    widths = [float(one.get("width")) for one in root.iter(f"{SVG}rect") if one.get("height") == "26.0"]
    assert abs(sum(widths[2:]) / widths[0] - 1016 / 4417) < 0.001


@given(st.lists(st.tuples(label, count, st.lists(st.tuples(label, count), max_size=5)), max_size=5))
def test_any_funnel_is_drawn(stages):
    drawn = [Stage(name, value, "", [Segment(*one) for one in parts]) for name, value, parts in stages]
    for stage in drawn:
        assert sum(part.value for part in stage.parts) >= 0
    plot = [Stage(s.label, sum(p.value for p in s.parts) or s.value, "", s.parts) for s in drawn]
    read(draw_funnel(FunnelPlot("A & B", "told <1>", plot)))


@given(st.lists(label, max_size=60), st.data())
def test_any_series_is_drawn(periods, data):
    values = st.lists(count, min_size=len(periods), max_size=len(periods))
    lines = [Line(f"line {at}", data.draw(values)) for at in range(4)]
    read(draw_series(Series("A & B", "told <1>", periods, lines)))


@given(st.lists(st.tuples(label, count, st.floats(0, 1)), max_size=30))
def test_any_bars_are_drawn(rows):
    bars = [Bar(name, whole, round(whole * share), share, (share / 2, 1.0)) for name, whole, share in rows]
    read(draw_bars(Bars("A & B", "told <1>", "whole", "part", "rate", [*bars, Bar("none", 0, 0)])))


@given(st.integers(1, 10**9))
def test_an_axis_ends_above_and_not_far_above(largest):
    assert largest <= scale_end(largest) <= 2.5 * largest


@given(st.integers(1, 10**9))
def test_an_axis_names_whole_numbers_that_are_evenly_apart(largest):
    named = ticks(scale_end(largest))
    assert (named[0], named[-1]) == (0, scale_end(largest))
    assert len({after - before for before, after in pairwise(named)}) == 1
    assert 2 <= len(named) <= 6


def test_a_series_up_to_five_says_where_its_lines_are():
    root = read(draw_series(Series("A & B", "told <1>", ["2024", "2025"], [Line("one", [2, 5])])))
    said = {one.text: float(one.get("y")) for one in root.iter(f"{SVG}text") if one.get("text-anchor") == "end"}
    assert list(said) == ["0", "1", "2", "3", "4", "5"]
    assert said["0"] - said["2"] == 2 * (said["0"] - said["1"])


@given(rows=st.lists(st.tuples(label, st.none() | count, st.none() | count), min_size=1, max_size=12))
def test_bullets_stay_in_their_room_and_say_their_words(rows):
    bullets = [Bullet(name, reached, target, f"{reached} / {target}") for name, reached, target in rows]
    drawn = draw_bullets(Bullets("A & B", "told <1>", bullets))
    root = read(drawn)
    said = [text.text for text in root.iter(f"{SVG}text")]
    assert all(one.words in said for one in bullets)
    targets = [path for path in root.iter(f"{SVG}path") if path.get("class") == "plot-target"]
    assert len(targets) == sum(target is not None for _name, _reached, target in rows)


def test_a_bar_that_passed_its_target_ends_behind_it():
    root = read(draw_bullets(Bullets("A & B", "told <1>", [Bullet("out", 225, 5, "225 / 5")])))
    bar = next(rect for rect in root.iter(f"{SVG}rect") if rect.get("class") == "plot-bar")
    target = next(path for path in root.iter(f"{SVG}path") if path.get("class") == "plot-target")
    at = float(target.get("d")[1:].split()[0])
    assert float(bar.get("x")) < at < float(bar.get("x")) + float(bar.get("width"))


@given(values=st.lists(count, min_size=1, max_size=7))
def test_a_flow_draws_each_stage_on_one_scale(values):
    drawn = draw_flow(Flow("A & B", "told <1>", [Standing(f"s{at}", value) for at, value in enumerate(values)]))
    heights = [float(rect.get("height")) for rect in read(drawn).iter(f"{SVG}rect")]
    assert len(heights) == len(values)
    for height, value in zip(heights, values, strict=True):
        assert abs(height - 120 * value / max([1, *values])) <= 0.1


def test_lineage_joins_its_awards_and_keeps_every_word_inside():
    stretches = [
        Stretch("A <1>", 2016.0, 2022.0, [Mark(2017.0, "Adjustment funds FY2017", money=True)]),
        Stretch("B", 2021.0, 2024.0, [Mark(2023.9, "Covered by health insurance 2024-02")]),
    ]
    drawing = draw_lineage(Lineage("Lineage", "A led to B.", stretches, [Tie(0, 1, "365 days of overlap")]))
    (root,) = ElementTree.fromstring(drawing)
    texts = {one.text: one for one in root.iter("text")}
    assert {"A <1>", "B", "365 days of overlap", "2016", "2023"} <= set(texts)
    assert texts["Covered by health insurance 2024-02"].get("text-anchor") == "end"
    tops = [float(one.get("y")) for one in root.iter("text")]
    assert max(tops) <= float(root.get("viewBox").split()[3])
    bars = [(float(one.get("x")), float(one.get("width"))) for one in root.iter("rect")]
    assert bars == [(0.0, 480.0), (400.0, 240.0)]


@pytest.mark.parametrize("gaps", [("365 days of overlap", "365日の重なり"), ("without a gap", "空白期間なし")])
def test_no_words_of_a_lineage_lie_on_others(gaps):
    long = "Early diagnosis of pancreatic cancer by a blood test, carried on across three programmes " * 2
    stretches = [
        Stretch(long, first, first + 3, [Mark(first + 1, "Adjustment funds", money=True), Mark(first + 1.1, "Filed")])
        for first in (2014.0, 2015.0, 2018.0, 2021.0)
    ]
    ties = [Tie(0, 2, gaps[0]), Tie(1, 2, gaps[1]), Tie(2, 3, gaps[0])]
    root = ElementTree.fromstring(draw_lineage(Lineage("Lineage", "told", stretches, ties)))
    boxes = []
    for one in root.iter("text"):
        size = float(one.get("font-size", "14"))
        wide = ems(one.text) * size
        left = float(one.get("x")) - (wide if one.get("text-anchor") == "end" else 0)
        boxes.append((left, left + wide, float(one.get("y")) - 0.8 * size, float(one.get("y")) + 0.2 * size, one.text))
    years = [one for one in boxes if one[4].isdecimal()]
    for one, other in combinations([box for box in boxes if box not in years], 2):
        apart = one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
        assert apart, (one, other)


def test_names_of_lines_are_told_apart_in_full():
    names = [
        "All-Japan Drug Discovery Project",
        "All-Japan Medical Devices Project",
        "ゲノム医療実現化プロジェクト",
    ]
    lines = [Line(name, [5, 5 + at]) for at, name in enumerate([*names, *names])]
    root = read(draw_series(Series("A & B", "told <1>", ["2024", "2025"], lines)))
    texts = [one for one in root.iter(f"{SVG}text") if one.get("text-anchor") == "start"]
    told = " ".join(one.text for one in texts)
    assert told.count("Drug") == told.count("Devices") == 2
    assert "…" not in told
    ys = [float(one.get("y")) for one in texts]
    assert all(0 < y <= float(root.get("viewBox").split()[3]) for y in ys)
    assert len(set(ys)) == len(ys)
    assert all(float(one.get("x")) + ems(one.text) * 14 <= WIDTH + 1 for one in texts)
