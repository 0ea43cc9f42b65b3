"""The integrated project that each row of held columns counts in, under a plan term's scheme."""

from __future__ import annotations

import numpy as np

from kakehashi.systems.portfolio.columns.column import Column, Numbers
from kakehashi.systems.portfolio.columns.held import Awards
from kakehashi.systems.portfolio.models import PlanTerm
from kakehashi.systems.portfolio.placements import places


class Placing:
    """Where awards, or rows that name a programme and perhaps an award, count in a fiscal year (None: nowhere)."""

    def __init__(self, awards: Awards, term: PlanTerm | None, fiscal_year: int) -> None:
        self.awards = awards
        self.of_programme, self.of_award = places(term, fiscal_year) if term else ({}, {})

    def of_awards(self) -> Column:
        """The project of every award."""
        return self.of(self.awards.programme, np.arange(len(self.awards.pk)))

    def of(self, programme: Column, award: Numbers) -> Column:
        """The project of each row: its programme's, but that of an award placed otherwise is its own. ``award``: its
        place among the awards, -1: none."""
        column = programme.mapped(self.of_programme.get)
        if not self.of_award:
            return column
        pks = np.array(sorted(self.of_award), np.int64)
        projects = list(dict.fromkeys((*column.keys, *self.of_award.values())))
        codes = np.array([projects.index(key) for key in column.keys], np.int64)[column.codes]
        own = np.full(len(self.awards.pk) + 1, -1, np.int64)  # the last: of rows without an award
        places_of = self.awards.places_of(pks)
        there = places_of >= 0
        own[places_of[there]] = [projects.index(self.of_award[int(pk)]) for pk in pks[there]]
        return Column(np.where(own[award] >= 0, own[award], codes), tuple(projects))
