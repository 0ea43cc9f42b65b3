"""Award numbers, as agencies write them and as papers do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.systems.portfolio.numbers import acknowledgement_number, issue_award_number, parse_award_number


@pytest.mark.parametrize("text", ["17am0101001j0001", "JP17am0101001", " 17am0101001 "])
def test_the_published_example_is_read_in_every_form(text):
    number = parse_award_number(text)
    assert (number.fiscal_year, number.office, number.programme, number.serial) == (2017, "am", "0101", "001")
    assert number.acknowledgement == "JP17am0101001"


@given(
    year=st.integers(2000, 2099),
    office=st.from_regex(r"[a-z]{2}", fullmatch=True),
    programme=st.from_regex(r"[0-9]{4}", fullmatch=True),
    serial=st.integers(1, 999),
    end=st.sampled_from(["", "j0001", "h0012"]),
)
def test_what_is_written_is_read_again(year, office, programme, serial, end):
    text = f"{year % 100:02d}{office}{programme}{serial:03d}{end}"
    number = parse_award_number(text)
    assert str(number) == text
    assert parse_award_number(number.acknowledgement).short == number.short


@pytest.mark.parametrize("text", ["", "17AM0101001", "17am010100", "17am0101001j1", "JPMJCR1234", "１７am0101001"])
def test_what_is_no_award_number_is_said(text):
    with pytest.raises(ValueError, match="looks like"):
        parse_award_number(text)
    assert acknowledgement_number(text) == ""


def test_the_next_free_number_is_issued():
    taken = {"26ek0109001", "26ek0109003"}
    assert issue_award_number(2026, "ek", "0109", taken).short == "26ek0109002"
    with pytest.raises(ValueError, match="999"):
        issue_award_number(2026, "ek", "0109", {f"26ek0109{serial:03d}" for serial in range(1000)})
