"""Descriptions: stored and read back, compared, ages in words and days; any text is refused clearly or kept."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kakehashi.systems.cases.description import Description, Finding, Variant, age_text, differences

TERMS = st.sampled_from(["HP:0001250", "HP:0000518", "HP:0001305", "HP:0008050"])
FINDINGS = st.builds(
    Finding,
    term=TERMS,
    excluded=st.booleans(),
    onset=st.sampled_from(["", "HP:0003577", "P1Y", "P2M3D"]),
    note=st.text(st.characters(exclude_categories=["C"]), max_size=20),
)
DESCRIPTIONS = st.builds(
    Description,
    sex=st.sampled_from(["female", "male", "other", "unknown"]),
    age=st.sampled_from(["", "P3Y", "P3Y2M", "P10D"]),
    findings=st.lists(FINDINGS, max_size=4, unique_by=lambda one: one.term).map(tuple),
    genes=st.lists(st.sampled_from(["FBN1", "CEP290", "SCN1A"]), unique=True).map(tuple),
    variants=st.lists(st.builds(Variant, gene=st.just("FBN1"), hgvs=st.sampled_from(["c.1A>G", ""])), max_size=2).map(
        tuple
    ),
)


@given(DESCRIPTIONS)
def test_stored_description_reads_back_the_same(description):
    assert Description.model_validate(json.loads(json.dumps(description.stored()))) == description


@given(DESCRIPTIONS, DESCRIPTIONS)
def test_differences_are_empty_exactly_for_equal_descriptions(one, other):
    said = differences(one, other)
    same = one == other or (
        set(one.genes) == set(other.genes)
        and set(one.variants) == set(other.variants)
        and {finding.term: finding for finding in one.findings} == {f.term: f for f in other.findings}
        and (one.sex, one.age) == (other.sex, other.age)
    )
    assert (not said) == same


# What JSON can say. Not any object: reading the addresses of a drawn network as a list would fill the memory.
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*Description.model_fields, "other"]), JSON))
def test_anything_is_read_or_refused_with_its_place(tree):
    problems = []
    try:
        Description.model_validate(tree)
    except ValidationError as error:
        problems = error.errors()
    assert all(one["loc"] or one["type"] == "value_error" for one in problems)


@pytest.mark.parametrize(
    ("age", "days"), [("P1Y", 365.25), ("P3Y2M", 1156.625), ("P2W", 14), ("P0D", 0), ("P", None), ("", None)]
)
def test_an_age_is_days(age, days):
    assert Description(age=age).age_days == days


@pytest.mark.parametrize(
    ("years", "months", "text"), [(3, 2, "P3Y2M"), (0, 5, "P5M"), (0, 0, "P0D"), (4, None, "P4Y"), (None, None, "")]
)
def test_age_text(years, months, text):
    assert age_text(years, months) == text


def test_finding_is_present_or_absent_never_both():
    with pytest.raises(ValidationError, match="HP:0001250"):
        Description(findings=(Finding(term="HP:0001250"), Finding(term="HP:0001250", excluded=True)))


def test_variant_says_something():
    with pytest.raises(ValidationError):
        Variant(zygosity="homozygous")
