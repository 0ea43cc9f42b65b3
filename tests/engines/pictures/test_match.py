"""The match picture: what it says, that it is whole XML, that texts fit and that nothing depends on colour alone."""

import itertools
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.engines.pictures import (
    SYSTEMS,
    Link,
    Node,
    Picture,
    Reason,
    draw,
    likelihood_words,
    principal_system,
    summary,
)
from kakehashi.engines.pictures.lettering import ems, wrap
from kakehashi.engines.pictures.match import COLUMN, SIZE

PICTURE = Picture(
    left=[
        Node("HP:0002419", "Molar tooth sign on MRI", "HP:0000707"),
        Node("HP:0000319", "Smooth philtrum", "HP:0000152", note="congenital"),
        Node("HP:0001250", "Seizure <& fits>", "HP:0000707", excluded=True),
        Node("HP:0001627", "Abnormal heart morphology", "HP:0001626", excluded=True),
    ],
    right=[
        Node("HP:0002419", "Molar tooth sign on MRI", "HP:0000707", note="14/15"),
        Node("HP:0001250", "Seizure", "HP:0000707", note="11/15"),
        *[Node(f"HP:900000{n}", f"Other {n}", "HP:0033127") for n in range(9)],
    ],
    links=[
        Link("HP:0002419", "HP:0002419", 6.0, "400 times likelier"),
        Link("HP:0001250", "HP:0001250", -1.2, "3 times less likely"),
        Link("HP:0000000", "HP:0001250", 9.0, "an end that does not exist"),
    ],
    title="Findings matched",
    right_title="Joubert syndrome",
    alone_at_most=3,
)


def test_picture_is_whole_and_names_every_finding():
    root = ET.fromstring(draw(PICTURE))
    text = "".join(root.itertext())
    for word in ("Molar tooth sign", "Smooth philtrum", "Seizure <& fits>", "congenital", "14/15", "Not explained"):
        assert word in text
    assert "and 6 more" in text
    assert "Other 2" in text
    assert "Other 3" not in text


def test_picture_is_named_for_those_who_do_not_see_it():
    root = ET.fromstring(draw(PICTURE))
    ids = root.attrib["aria-labelledby"].split()
    assert [child.attrib.get("id") for child in root[:2]] == ids
    assert root[1].text == summary(PICTURE)


def test_summary_says_what_matches_what_stands_alone_and_what_speaks_against():
    assert summary(PICTURE) == (
        "Joubert syndrome: 1 of 2 findings with a clear counterpart; the strongest reason is "
        "Molar tooth sign on MRI (×400); without counterpart: Smooth philtrum; speaking against: Seizure <& fits>."
    )
    assert summary(replace(PICTURE, language="ja")).startswith("Joubert syndrome：所見2件のうち1件が明らかに対応。")


def test_summary_names_the_gene_where_it_is_the_strongest_reason():
    gene = Reason("A candidate gene of the patient causes it", 6.9)
    assert "the strongest reason is A candidate gene of the patient causes it (×990)" in summary(
        replace(PICTURE, reasons=[gene])
    )
    assert "最も強い根拠は「A candidate gene of the patient causes it（990倍）」" in summary(
        replace(PICTURE, reasons=[gene], language="ja")
    )


def test_weak_link_is_no_match_and_is_drawn_thin_dotted_and_named():
    weak = replace(PICTURE, links=[Link("HP:0002419", "HP:0002419", 0.47, weak="weak")])
    assert summary(weak).startswith("Joubert syndrome: 0 of 2 findings with a clear counterpart")
    assert "weak: Molar tooth sign on MRI" in summary(weak)
    line = re.search(r'<path class="match-line[^>]*>', draw(weak))[0]
    assert 'stroke-width="1.50" stroke-dasharray="1 4"' in line
    assert ">weak</tspan>" in draw(weak)


def test_the_same_finding_on_both_sides_is_called_common_and_not_weak():
    same = replace(PICTURE, links=[Link("HP:0002419", "HP:0002419", 0.0, weak="common")])
    assert "the same, but saying little: Molar tooth sign on MRI" in summary(same)
    assert "weak" not in summary(same)
    assert ">common finding, says little</tspan>" in draw(same)
    japanese = draw(replace(same, language="ja"))
    assert ">ありふれた所見</tspan>" in japanese
    assert "弱い</tspan>" not in japanese
    assert "✕" not in japanese


def test_thicker_line_means_more_evidence_and_dashed_speaks_against():
    lines = re.findall(r'<path class="match-line[^>]*>', draw(PICTURE))
    assert len(lines) == 2
    widths = {("dasharray" in line): float(re.search(r'stroke-width="([\d.]+)"', line)[1]) for line in lines}
    assert widths[False] > widths[True]


def test_excluded_finding_is_struck_through_and_has_a_hollow_mark_when_alone():
    drawn = draw(PICTURE)
    assert drawn.count("line-through") == 2
    assert 'fill="none"' in re.search(r"Abnormal heart morphology</tspan>.*?<circle[^>]*>", drawn)[0]


def test_same_system_has_the_same_colour_on_both_sides_and_no_inline_style():
    drawn = draw(PICTURE)
    assert "style=" not in drawn
    assert drawn.count("#0072b2") >= 4


def test_same_input_draws_the_same_picture():
    assert draw(PICTURE) == draw(PICTURE)


def test_empty_picture_is_drawn():
    ET.fromstring(draw(replace(PICTURE, left=[], right=[], links=[])))


def test_principal_system_prefers_the_organ():
    assert principal_system(["HP:0000152", "HP:0000478"]) == "HP:0000478"
    assert principal_system([]) == ""
    assert len({system.ja for system in SYSTEMS.values()}) == len(SYSTEMS)


@pytest.mark.parametrize(
    ("log_ratio", "language", "words"),
    [
        (4.6, "en", "99 times likelier with this disease"),
        (-0.7, "en", "2.0 times less likely with this disease"),
        (0.01, "en", "says little either way"),
        (7.0, "ja", "この疾患なら1,100倍起こりやすい"),
    ],
)
def test_likelihood_words(log_ratio, language, words):
    assert likelihood_words(log_ratio, language) == words


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"]), max_size=200), st.integers(4, 30))
def test_wrapped_text_keeps_to_its_room(text, room):
    lines = wrap(text, room)
    assert len(lines) <= 2
    assert all(ems(line) <= room + 1 for line in lines)


@given(
    st.lists(st.tuples(st.text(max_size=60), st.sampled_from(["", *SYSTEMS]), st.booleans()), max_size=12),
    st.floats(-50, 50),
)
def test_any_words_give_whole_xml(rows, weight):
    nodes = [
        Node(f"N{n}", "".join(c for c in text if c.isprintable()), system, excluded)
        for n, (text, system, excluded) in enumerate(rows)
    ]
    links = [Link(node.id, node.id, weight) for node in nodes[::2]]
    ET.fromstring(draw(Picture(nodes, nodes, links, "t", "r", language="ja")))


def test_every_row_is_below_the_one_before():
    drawn = draw(PICTURE)
    for x in (COLUMN + 12, 720 - COLUMN - 12):
        ys = [float(y) for y in re.findall(rf'<circle cx="{x}" cy="([\d.]+)"', drawn)]
        assert all(after - before >= SIZE for before, after in itertools.pairwise(ys))
