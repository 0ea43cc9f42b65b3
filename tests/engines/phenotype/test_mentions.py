"""Findings that a clinical text mentions, and what it says of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.engines.phenotype.mentions import LONGEST_TEXT, Reader


@pytest.fixture(scope="module")
def reader(knowledge):
    return Reader(knowledge)


def told(reader, text):
    reading = reader.read(text)
    label = reader.knowledge.ontology.label
    said = []
    for one in reading.mentions:
        flags = "".join(
            letter for letter, on in zip("-?f", (one.negated, one.uncertain, one.family), strict=True) if on
        )
        said.append(flags + label(one.term))
    return said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("頭痛は認めない。発作あり。", ["-Headache", "Seizure"]),
        (
            "小頭症、けいれん、筋緊張低下を認めるが、難聴はなし。",
            ["Microcephaly", "Seizure", "Hypotonia", "-Hearing impairment"],
        ),
        ("母に難聴あり。患児は発熱(-)、嘔吐(+)", ["fHearing impairment", "-Fever", "Vomiting"]),
        ("眼振・運動失調は認めず、知的障害の疑いあり。", ["-Nystagmus", "-Ataxia", "?Intellectual disability"]),
        ("歩行不能、発語なし。てんかんの既往なし。", ["Inability to walk", "Absent speech", "-Seizure"]),
        ("難聴は否定的。眼振は明らかでなく、嘔吐も見られなかった", ["-Hearing impairment", "-Nystagmus", "-Vomiting"]),
        ("難聴は指摘せず。眼振観察せず。", ["-Hearing impairment", "-Nystagmus"]),
        ("嘔吐は聴取されず。眼振は出現せず。", ["-Vomiting", "-Nystagmus"]),
        (
            "難聴は指摘されていない。けいれんを伴わず、発熱を認めていない。",
            ["-Hearing impairment", "-Seizure", "-Fever"],
        ),
        ("けいれんは改善しない。頭痛が消失せず、嘔吐は治まらない。", ["Seizure", "Headache", "Vomiting"]),
        ("側弯症の精査目的で紹介。", ["?Scoliosis"]),
        ("ケイレン 頭 痛", ["Seizure", "Headache"]),
        (
            "No seizures, hypotonia or ataxia, but she has microcephaly.",
            ["-Seizure", "-Hypotonia", "-Ataxia", "Microcephaly"],
        ),
        (
            "There is no evidence of hearing loss. Seizures were not observed. Absent speech.",
            ["-Hearing impairment", "-Seizure", "Absent speech"],
        ),
        ("Mother has short stature; possible hypotonia", ["fShort stature", "?Hypotonia"]),
        ("Ataxia, nystagmus and seizures were absent.", ["-Ataxia", "-Nystagmus", "-Seizure"]),
        ("Ataxia with seizures absent.", ["Ataxia", "-Seizure"]),
        ("hypoplasia of the corpus callosum; denies headaches", ["Hypoplasia of the corpus callosum", "-Headache"]),
        ("無関係な文章です。 Nothing of note.", []),
        ("", []),
    ],
)
def test_what_a_text_says_of_findings(reader, text, expected):
    assert told(reader, text) == expected


@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from(["けいれん", "no ", "なし", "、", "。", "seizures ", "(-)"])).map("".join)
)
def test_mentions_lie_in_the_text_in_order_and_apart(reader, text):
    reading = reader.read(text)
    end = 0
    for one in reading.mentions:
        assert end <= one.start < one.end <= len(reading.text)
        assert reader.knowledge.ontology.is_phenotype(one.term)
        end = one.end


def test_a_long_text_is_read_up_to_its_limit(reader):
    text = "けいれん、" * (LONGEST_TEXT // 5) + "頭痛"
    found = reader.read(text).mentions
    assert len(found) == LONGEST_TEXT // 5
