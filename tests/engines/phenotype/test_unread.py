"""What a reading passed over is named: whole sentences, and phrases that look clinical beside what was recognised."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kakehashi.engines.phenotype import knowledge
from kakehashi.engines.phenotype.mentions import Reader
from kakehashi.engines.phenotype.unread import unread


@pytest.fixture(scope="module")
def reader():
    return Reader(knowledge.load())


def passed_over(reader, text):
    reading = reader.read(text)
    return [reading.text[start:end] for start, end in unread(reading)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("発作あり。一人で立てない。", ["一人で立てない"]),
        ("3歳男児。発作を認める。", []),
        ("小頭症を認めない。", []),
        ("発作を認め、人の目を見ない。", ["人の目を見ない"]),
        ("発作と謎状斑を認める。", ["謎状斑"]),
        ("発作あり、家では元気に過ごす。", []),
        ("Seizures since infancy. She never learned to stand alone.", ["She never learned to stand alone"]),
        ("A 4 year old girl with seizures.", []),
        ("Seizures and zorbopathy.", ["zorbopathy"]),
        ("Seizures, unable to climb stairs, lives with her aunt.", ["unable to climb stairs"]),
        ("Microcephaly was not seen.", []),
        ("", []),
        ("。。。 12.5", []),
    ],
)
def test_sentences_and_phrases_of_which_nothing_was_recognised_are_named(reader, text, said):
    assert passed_over(reader, text) == said


TEXTS = st.text(st.sampled_from("発作小頭症を認めないあり、。・の 一人で立てseizur, and.()noabl異常\n")) | st.text(
    max_size=200
)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_what_is_named_stands_in_the_text_and_beside_what_was_recognised(reader, text):
    reading = reader.read(text)
    places = unread(reading)
    assert list(places) == sorted(places)
    assert all(0 <= start < end <= len(reading.text) for start, end in places)
    assert all(one[1] <= other[0] for one, other in pairwise(places))
    assert not [place for place in places for one in reading.mentions if one.start < place[1] and one.end > place[0]]
