"""The ages that HPO's onset terms stand for, as their definitions in hp.obo give them."""

from __future__ import annotations

DAYS_A_YEAR = 365.25
CONCEPTION_DAYS = -266  # before birth, counted from fertilisation


def _years(first: float, last: float) -> tuple[int, int]:
    return round(first * DAYS_A_YEAR), round(last * DAYS_A_YEAR)


LONGEST_LIFE_DAYS = round(110 * DAYS_A_YEAR)

# HPO number → (first day, last day) of age, birth being day 0
ONSET_AGE_DAYS: dict[int, tuple[int, int]] = {
    30674: (CONCEPTION_DAYS, -1),  # antenatal
    11460: (CONCEPTION_DAYS, CONCEPTION_DAYS + 56),  # embryonal: to 8 weeks after fertilisation
    11461: (CONCEPTION_DAYS + 56, -1),  # fetal
    34199: (CONCEPTION_DAYS + 56, CONCEPTION_DAYS + 84),  # late first trimester
    34198: (CONCEPTION_DAYS + 84, CONCEPTION_DAYS + 182),  # second trimester
    34197: (CONCEPTION_DAYS + 182, -1),  # third trimester
    3577: (0, 0),  # congenital
    3623: (0, 28),  # neonatal
    410280: (28, _years(0, 16)[1]),  # paediatric
    3593: (28, _years(0, 1)[1]),  # infantile
    11463: _years(1, 5),  # childhood
    3621: _years(5, 15),  # juvenile
    3581: (_years(0, 16)[1], LONGEST_LIFE_DAYS),  # adult
    11462: _years(16, 40),  # young adult
    25708: _years(16, 19),  # early young adult
    25709: _years(19, 25),  # intermediate young adult
    25710: _years(25, 40),  # late young adult
    3596: _years(40, 60),  # middle age
    3584: (_years(0, 60)[1], LONGEST_LIFE_DAYS),  # late
}

# From the earliest to the latest, without the terms that span others: the onset an age falls into.
_STEPS = (3577, 3623, 3593, 11463, 3621, 11462, 3596, 3584)


def onset_of_age(age_days: int) -> int:
    """The HPO number of the onset term for an age in days (0: congenital, below: antenatal)."""
    if age_days < 0:
        return 30674
    return next((number for number in _STEPS if age_days <= ONSET_AGE_DAYS[number][1]), _STEPS[-1])
