"""Texts put together: full-width marks in Japanese, and no bracket straight within another."""

import re

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.kernel.punctuation import labelled, noted

DOUBLED = re.compile(r"[(（]\s*[(（]|[)）]\s*[)）]")


@pytest.mark.parametrize(
    ("language", "text", "note", "said"),
    [
        ("en", "Marfan syndrome", "OMIM:154700", "Marfan syndrome (OMIM:154700)"),
        ("ja", "マルファン症候群", "OMIM:154700", "マルファン症候群（OMIM:154700）"),
        ("en", "Marfan syndrome", "(OMIM:154700)", "Marfan syndrome (OMIM:154700)"),
        ("ja", "マルファン症候群", "（OMIM:154700）", "マルファン症候群（OMIM:154700）"),
        ("en", "Aoba", "Hospital (North)", "Aoba (Hospital [North])"),
        ("ja", "青葉", "病院（北）", "青葉（病院［北］）"),
        ("ja", "青葉", "Hospital (North)", "青葉（Hospital [North]）"),
    ],
)
def test_a_note_stands_in_brackets_of_its_own(language, text, note, said):
    with translation.override(language):
        assert noted(text, note) == said


def test_a_label_is_parted_from_its_text_as_the_language_does():
    with translation.override("ja"):
        assert labelled("マッチ", "K-1") == "マッチ：K-1"


@pytest.mark.parametrize("language", ["ja", "en"])
@given(text=st.text("あa1 ", max_size=8), note=st.text("あa1 ()（）", max_size=12))
def test_brackets_are_never_doubled(language, text, note):
    with translation.override(language):
        said = noted(text, note)
    assert not DOUBLED.search(said)
    assert said.count("(") + said.count("（") == 1
