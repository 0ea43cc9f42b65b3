"""Fiscal years and eras, as Japanese administrations count them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.kernel.fiscal import (
    ERAS,
    FIRST_YEAR,
    LAST_YEAR,
    day_said,
    era_date,
    era_of,
    fiscal_year,
    fiscal_year_days,
    fiscal_year_name,
    parse_date,
    year_said,
)


@pytest.mark.parametrize(
    ("year", "japanese"),
    [
        (2026, "令和8年度"),
        (2020, "令和2年度"),
        (2019, "令和元年度"),
        (2018, "平成30年度"),
        (1989, "平成元年度"),
        (1988, "昭和63年度"),
    ],
)
def test_fiscal_year_is_named(year, japanese):
    assert fiscal_year_name(year) == japanese
    assert fiscal_year_name(year, "en") == f"FY{year}"


def test_fiscal_year_runs_from_april_to_march():
    assert fiscal_year(date(2027, 3, 31)) == 2026
    assert fiscal_year(date(2027, 4, 1)) == 2027
    assert fiscal_year_days(2026) == (date(2026, 4, 1), date(2027, 3, 31))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("令和8年4月1日", date(2026, 4, 1)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("R8.4.1", date(2026, 4, 1)),
        ("S64.1.7", date(1989, 1, 7)),
        ("2026-04-01", date(2026, 4, 1)),
        ("2026年4月1日", date(2026, 4, 1)),
        ("2026/4/1", date(2026, 4, 1)),
    ],
)
def test_dates_are_read_as_people_write_them(written, day):
    assert parse_date(written) == day


@pytest.mark.parametrize(
    "written", ["", "令和", "令和0年4月1日", "令和元年4月30日", "昭和65年1月1日", "8年4月1日", "2026-13-01", "R8.2.30"]
)
def test_what_is_no_date_is_said(written):
    with pytest.raises(ValueError, match=r"date|era|day|month|year"):
        parse_date(written)


@given(st.dates(min_value=date(1873, 1, 1), max_value=date(2200, 1, 1)))
def test_every_day_survives_its_era(day):
    assert parse_date(era_date(day)) == day
    first, last = fiscal_year_days(fiscal_year(day))
    assert first <= day <= last
    assert era_of(day) in ERAS


def test_before_meiji_is_said():
    with pytest.raises(ValueError, match="Meiji"):
        era_of(date(1800, 1, 1))


@given(st.one_of(st.none(), st.text(max_size=6), st.integers(-1, 99_999).map(str)))
def test_a_year_of_an_address_can_be_named_and_has_days(text):
    year = year_said(text)
    assert year is None or (FIRST_YEAR <= year <= LAST_YEAR and int(text) == year)
    if year is not None:
        assert fiscal_year_days(year)
        assert fiscal_year_name(year)
    assert year_said("２０１９") == year_said("2019") == 2019


@given(st.one_of(st.text(max_size=12), st.dates().map(str)))
def test_a_day_of_an_address_has_a_fiscal_year(text):
    day = day_said(text)
    assert day is None or fiscal_year_days(fiscal_year(day))
    assert (day_said("2019-04-01"), day_said("9999-12-31"), day_said("2024-02-31"), day_said(None)) == (
        date(2019, 4, 1),
        None,
        None,
        None,
    )
