"""Analyses: a case is sent to an analysis centre of its network, comes back analysed, or is called back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.sharing.networks import analysis_centres_for
from kakehashi.kernel.workflow import advance
from kakehashi.systems.cases import rules
from kakehashi.systems.cases.course.grants import end_access, give_access
from kakehashi.systems.cases.course.states import AnalysisKind
from kakehashi.systems.cases.course.telling import tell_own_people
from kakehashi.systems.cases.models import Analysis, Case, Review
from kakehashi.systems.cases.queries import visible_cases
from kakehashi.systems.cases.states import CaseState


def send_for_analysis(
    *,
    by: Any,
    case: Case,
    centre: Organisation | None = None,
    kind: AnalysisKind = AnalysisKind.EXOME,
    sent_on: date | None = None,
    note: str = "",
) -> Analysis:
    """Send a registered case, or an analysed one once more (which needs a ``note``), to an analysis centre.

    One in analysis is sent where a committee asked for that and nobody has sent it: its state stays. The note is what
    the centre reads. Raises NotAllowed, Conflict, Invalid (no centre of our networks, a day to come).
    """
    day = sent_on or timezone.localdate()
    problems: dict[str, list[Any]] = {}
    if centre is not None and centre.pk not in {one.pk for one in analysis_centres_for(case.organisation_id)}:
        problems["centre"] = [_("This is no analysis centre of your network.")]
    if day > timezone.localdate():
        problems["sent_on"] = [_("This day is yet to come.")]
    if problems:
        raise Invalid(problems)
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if asked_for(locked) is not None:
            audit.insist(rules.may_send(by, case), by=by, action="case.send_for_analysis", subject=case)
            audit.record(by, "case.send_for_analysis", case)
        else:
            again = locked.state == CaseState.ANALYSED
            advance(case, "analyse_again" if again else "send_for_analysis", by=by, note=note)
        sent = _under_way(case)
        sent.centre, sent.kind, sent.sent_on = centre, str(kind), day
        sent.sent_by, sent.note = by, note.strip()[:500]
        if centre is not None:
            give_access(sent, case, centre, by=by, reason="analysis")
        sent.save()
    return sent


def record_received(*, by: Any, case: Case, on: date | None = None) -> Analysis:
    """The centre has what it needs, since a day (today). Raises NotAllowed, Conflict (none is under way), Invalid."""
    audit.insist(rules.may_record_analysis(by, case), by=by, action="case.analysis_received", subject=case)
    day = on or timezone.localdate()
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=case.pk)
        sent = _under_way(case)
        _insist_on_day(sent, day, "received_on")
        sent.received_on = day
        sent.save(update_fields=["received_on"])
        audit.record(by, "case.analysis_received", case)
    return sent


def record_analysis(
    *, by: Any, case: Case, done_on: date | None = None, result: str = "", no_result: str = ""
) -> Analysis:
    """The analysis is done: the case is analysed. ``result`` in short, or ``no_result``: why there is none.

    Raises NotAllowed, Conflict, Invalid (neither of the two is said, or both are).
    """
    day, result, no_result = done_on or timezone.localdate(), result.strip()[:500], no_result.strip()[:500]
    if not result and not no_result:
        raise Invalid({"result": [_("Give the result in short, or say below why there is none.")]})
    if result and no_result:
        raise Invalid({"no_result": [_("There is a result: leave this empty, or take the result out.")]})
    with transaction.atomic():
        sent = open_analysis(case)
        if sent is not None:
            _insist_on_day(sent, day, "done_on")
        advance(case, "record_analysis", by=by, note=result or no_result)
        done = case.analyses.get(pk=sent.pk) if sent is not None else case.analyses.latest("pk")
        done.done_on, done.result, done.no_result_because = day, result, no_result
        done.save(update_fields=["done_on", "result", "no_result_because"])
    return done


def analyses_awaiting(person: Any) -> QuerySet[Analysis]:
    """What a centre of this person's has still to analyse and they may open, oldest first."""
    centres = rules.organisations_analysing(person)
    waiting = Analysis.objects.filter(done_on=None, called_back_on=None, centre__in=centres)
    return waiting.filter(case__in=visible_cases(person)).select_related("case").order_by("sent_on")


def _under_way(case: Case) -> Analysis:
    found = open_analysis(case)
    if found is None:
        raise Conflict(_("No analysis of this case is under way."))
    return found


def _insist_on_day(sent: Analysis, day: date, field: str) -> None:
    if not sent.sent_on <= day <= timezone.localdate():
        raise Invalid({field: [_("Give a day from when it was sent until today.")]})


def open_analysis(case: Case) -> Analysis | None:
    """The analysis that is under way, if any."""
    return case.analyses.filter(done_on=None, called_back_on=None).first()


def asked_for(case: Case) -> Analysis | None:
    """The analysis that a committee asked for and nobody has sent yet, if any."""
    found = open_analysis(case)
    return found if found is not None and found.yet_to_be_sent else None


def ask_for(review: Review) -> None:
    """Part of the committee's decision: the analysis that it has moved the case into is yet to be sent."""
    wanted = _under_way(review.case)
    wanted.review, wanted.sent_by = review, None
    wanted.save(update_fields=["review", "sent_by"])


def insist_on_sent(case: Case, *, by: Any) -> None:
    """Part of the moves into analysis: the analysis is known, with no centre named where none was said.

    The move's note stays in the history: only ``send_for_analysis`` knows what the centre is to read.
    """
    if open_analysis(case) is None:
        Analysis.objects.create(case=case, sent_by=by)


def insist_on_done(case: Case, *, by: Any) -> None:
    """Part of the move out of analysis: what was under way is done today, and its centre sees the case no longer.

    The move's note stays in the history alone: whether it is a result or why there is none, only ``record_analysis``
    knows. Who registered the case and who sent it are told.
    """
    sent = open_analysis(case)
    _end(case, "done_on", by=by)
    asked_by = [sent.sent_by_id] if sent is not None else []
    text = format_lazy(_("The analysis of case {case} is done."), case=case.public_id)
    tell_own_people(case, text, by=by, asked_by=asked_by)


def call_back(case: Case, *, by: Any) -> None:
    """Part of the move that calls a case back from its analysis."""
    _end(case, "called_back_on", by=by)


def _end(case: Case, field: str, *, by: Any) -> None:
    under_way = open_analysis(case)
    if under_way is not None:
        setattr(under_way, field, timezone.localdate())
        end_access(under_way, by=by)
        under_way.save()
