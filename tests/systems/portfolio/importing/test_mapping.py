"""Maps: read with their types; what is wrong is told with line, column and what to do."""

import pytest
import yaml
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.kernel.errors import Invalid
from kakehashi.systems.portfolio.importing.mapping import parse_map, read_map, shipped
from tests.systems.portfolio.importing.files import MAP


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def said(text):
    with pytest.raises(Invalid) as raised:
        parse_map(text, "m.yaml")
    return raised.value.detail


def test_a_map_is_read_with_its_types():
    read = parse_map(MAP, "m.yaml")
    assert read.awards.amount.unit == 1000
    assert read.awards.number.column == "no"
    assert read.links["people"].personal
    assert read.columns() == ["no", "title", "from", "to", "cost", "n_pat", "n_pub"]


@pytest.mark.parametrize("name", ["nih", "360giving", "kakehashi"])
def test_every_map_that_comes_with_kakehashi_is_read(name):
    assert name in shipped()
    assert read_map(name).awards.number.column


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  number: no\n", "", ("line 5, column 1", "number is missing")),
        (
            "  number: no\n",
            "  nubmer: no\n  number: no\n",
            ("line 6, column 3", "nubmer is not known", "number, title"),
        ),
        ("target: collection", "target: table", ("line 2, column 1", "must be one of", "'awards'")),
        ("  number: no\n", "  number: [no]\n", ("line 6, column 3", "keys and values")),
        ("unit: 1000", "unit: 0", ("line 8, column 26", "unit cannot be used")),
        ("column: cost, unit", "colunm: cost, unit", ("line 8, column 12", "colunm is not known", "column, value")),
        ("{column: cost, unit: 1000}", "{unit: 1000}", ("line 8, column 3", "give either column or value")),
        ("currency: EUR", "currency: euro", ("line 4", "currency is not written")),
        ("currency: EUR, ", "", ("line 4, column 1", "currency is missing")),
        ("claims: {patents", "claims: {Patents", ("line 11", "is not written as it must be")),
        ("award: award, reference: patent}", "award: award}", ("line 13, column 3", "reference is missing")),
        ("  number: no\n", "  number: no\n  number: nr\n", ("line 7, column 3", "number stands there twice")),
        ("  number: no\n", "  number: no\n   title: x\n", ("line 7", "not YAML")),
        ("target: collection", "target: awards", ("collection belongs to", "institution is missing", "line 12")),
        ("format: csv", "format: 360giving", ("no files beside it",)),
        ("  title:", "  phase:", ("line 7, column 3", "no place in this target")),
        ("number: no", "number: &a no", ()),
        ("number: no", "number: &a no\n  summary: *a", ("aliases",)),
    ],
)
def test_what_is_wrong_is_told_with_its_place(old, new, told):
    text = MAP.replace(old, new, 1)
    assert text != MAP
    if not told:
        assert parse_map(text, "m.yaml")
        return
    answer = said(text)
    for words in told:
        assert words in answer, answer


def test_a_map_that_is_not_there_is_said_with_those_that_are():
    with pytest.raises(Invalid) as raised:
        read_map("nowhere")
    assert "360giving, kakehashi, nih" in raised.value.detail


def test_what_is_wrong_is_told_in_japanese():
    with translation.override("ja"):
        answer = said(MAP.replace("  number: no\n", ""))
    assert "5行" in answer
    assert "missing" not in answer


def refusal(text):
    """What a map is refused with; None where it is read."""
    try:
        parse_map(text, "m.yaml")
    except Invalid as refused:
        return refused.detail
    return None


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text):
    assert refusal(text) != ""


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "awards", "number", "column", "claims", "links", "unit", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(st.sampled_from(["name", "target", "format", "awards", "collection", "claims", "links"]), VALUES)
)
def test_any_structure_is_read_or_refused_with_a_place(content):
    text = yaml.safe_dump(yaml.safe_load(MAP) | content, allow_unicode=True)
    told = refusal(text) or "m.yaml"
    assert all(line.startswith("m.yaml") for line in told.splitlines())
