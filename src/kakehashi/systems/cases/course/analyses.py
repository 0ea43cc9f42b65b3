"""Analyses: a case is sent to an analysis centre of its network, comes back analysed, or is called back."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from kakehashi.systems.cases.models import Analysis, Case


def open_analysis(case: Case) -> Analysis | None:
    """The analysis that is under way, if any."""
    return case.analyses.filter(done_on=None, called_back_on=None).first()


def insist_on_sent(case: Case, *, by: Any) -> None:
    """Part of the moves into analysis: the analysis is known, with no centre named where none was said."""
    if open_analysis(case) is None:
        Analysis.objects.create(case=case, sent_by=by)


def insist_on_done(case: Case, *, by: Any) -> None:
    """Part of the move out of analysis: what was under way is done today unless a day was said."""
    under_way = open_analysis(case)
    if under_way is not None:
        under_way.done_on = timezone.localdate()
        under_way.save(update_fields=["done_on"])


def call_back(case: Case, *, by: Any) -> None:
    """Part of the move that calls a case back from its analysis."""
    under_way = open_analysis(case)
    if under_way is not None:
        under_way.called_back_on = timezone.localdate()
        under_way.save(update_fields=["called_back_on"])
