"""Prefectures, their eight regions, and organisations placed in them."""

import pytest

from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.organisations.actions import place_organisation, register_organisation
from kakehashi.kernel.organisations.regions import PREFECTURES, Region, region_of


def test_codes_are_those_of_the_standard():
    assert list(PREFECTURES) == [f"{number:02d}" for number in range(1, 48)]
    known = {
        "01": "北海道",
        "13": "東京都",
        "23": "愛知県",
        "24": "三重県",
        "27": "大阪府",
        "34": "広島県",
        "47": "沖縄県",
    }
    assert {code: PREFECTURES[code].ja for code in known} == known
    assert PREFECTURES["13"].name_in("en") == "Tokyo"
    sizes = [sum(one.region is region for one in PREFECTURES.values()) for region in Region]
    assert sizes == [1, 6, 7, 9, 7, 5, 4, 8]


@pytest.mark.parametrize(
    ("code", "region"), [("15", Region.CHUBU), ("24", Region.KINKI), ("40", Region.KYUSHU), ("", None), ("48", None)]
)
def test_region_of_a_prefecture(code, region):
    assert region_of(code) is region


def test_region_is_named_in_both_languages():
    assert Region.KYUSHU.name_in("ja") == "九州・沖縄"
    assert Region.KYUSHU.name_in("en") == "Kyushu and Okinawa"


def test_an_organisation_is_placed(db):
    hospital = register_organisation(by=None, code="A", name="甲病院", prefecture="13")
    assert place_organisation(by=None, organisation=hospital, prefecture="27").prefecture == "27"
    with pytest.raises(Invalid) as refused:
        place_organisation(by=None, organisation=hospital, prefecture="99")
    assert "prefecture" in refused.value.problems
    hospital.refresh_from_db()
    assert hospital.prefecture == "27"
