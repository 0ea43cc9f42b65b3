"""Yen are written in one way in each language, below nothing with a minus before the sign of the currency."""

import pytest
from django.utils import translation

from kakehashi.systems.portfolio.money import exact, said


@pytest.mark.parametrize(
    ("yen", "language", "to_the_yen", "short"),
    [
        (-100, "en", "−¥100", "−¥100"),
        (-100, "ja", "−100円", "−100円"),
        (-2_000_000_000, "en", "−¥2,000,000,000", "−¥2.0 bn"),
        (-2_000_000_000, "ja", "−2,000,000,000円", "−20.0億円"),
        (124_800_000_000, "en", "¥124,800,000,000", "¥125 bn"),
        (0, "ja", "0円", "0円"),
    ],
)
def test_yen_below_nothing_are_written_as_those_above(yen, language, to_the_yen, short):
    with translation.override(language):
        assert (exact(yen), said(yen)) == (to_the_yen, short)
