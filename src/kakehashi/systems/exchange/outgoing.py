"""Who was told of a case, asked for it, or looked at it from elsewhere: for those who read it for its own institution.

From the rows that the exchange keeps (told, asked, messages, conversations, proposed diagnoses) and from the audit
trail (people of other institutions). Where no more than a match was told, the other institution stands here by kind
and country, as it does in the queue; who opened the case itself is named, and so is the other side of a conversation
in which both have agreed to be.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import chain

from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.kernel.audit import entries_about
from kakehashi.kernel.audit.models import ACTING, AuditEntry, Outcome
from kakehashi.kernel.audit.verbs import action_label
from kakehashi.kernel.listing import plain_cell
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.organisations.places import place_of
from kakehashi.kernel.punctuation import noted
from kakehashi.systems.exchange.conversations.queries import shown_place
from kakehashi.systems.exchange.models import Message, Proposal, Question, Side, SideMessage, Told
from kakehashi.systems.exchange.states import ProposalState

MOST = 1000
"""The latest so many of each kind."""
OF_A_MATCH = ("case.told", "case.match", "case.find", "case.list")
"""Actions by which no more than a match, or a row of a list, was seen."""


@dataclass(frozen=True)
class Row:
    """One thing that went out: when, to whom, what it was, and how often."""

    at: datetime
    who: str
    what: str
    times: int = 1


def told_of(case_id: int, organisation_id: int) -> list[Row]:
    """Everything, the latest first."""
    rows = chain(
        *(_told(case_id), _asked(case_id), _written(case_id)),
        *(_conversed(case_id), _proposed(case_id), _looked(case_id, organisation_id)),
    )
    return sorted(rows, key=lambda row: row.at, reverse=True)


def by_day(rows: Iterable[Row]) -> list[Row]:
    """The same of one day to the same in one row, at its last time: who reads a list all day long is one line of it."""
    days: dict[tuple[date, str, str], Row] = {}
    for row in sorted(rows, key=lambda row: row.at, reverse=True):
        key = (timezone.localdate(row.at), row.who, row.what)
        first = days.get(key)
        days[key] = row if first is None else replace(first, times=first.times + row.times)
    return list(days.values())


def csv_of(rows: Iterable[Row]) -> HttpResponse:
    """The rows as CSV in UTF-8 with a byte-order mark, so that spreadsheets read Japanese; local times."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="who-was-told-{timezone.localdate():%Y%m%d}.csv"'
    writer = csv.writer(response)
    writer.writerow([_("When"), _("To whom"), _("What it was"), _("Times")])
    for row in rows:
        at = timezone.localtime(row.at).isoformat(timespec="seconds")
        writer.writerow([at, plain_cell(row.who), plain_cell(row.what), row.times])
    return response


def _told(case_id: int) -> Iterator[Row]:
    for one in Told.objects.filter(case_id=case_id).select_related("peer").order_by("-day", "-pk")[:MOST]:
        at = timezone.make_aware(datetime.combine(one.day, time.min))
        what = _("Told to another node: %(level)s") % {"level": one.get_level_display()}
        yield Row(at, one.peer.name, what, one.times)


def _asked(case_id: int) -> Iterator[Row]:
    for one in Question.objects.filter(case_id=case_id).select_related("peer").order_by("-asked_at")[:MOST]:
        what = _("Asked for patients like it: %(state)s") % {"state": one.get_state_display()}
        yield Row(one.asked_at, one.peer.name, noted(what, one.why_text) if one.why else what)


def _written(case_id: int) -> Iterator[Row]:
    for one in Message.objects.filter(case_id=case_id).order_by("-at")[:MOST]:
        yield Row(one.at, f"{one.name}, {one.institution}", _("Wrote about it from another node"))


def _conversed(case_id: int) -> Iterator[Row]:
    """What the case's own people told the other sides of its conversations: messages, and who they are."""
    others = _other_sides(case_id)
    sides = Side.objects.filter(case_id=case_id).select_related("agreed_by", "conversation").order_by("-last_at")
    for side in sides[:MOST]:
        other = others[side.conversation_id]
        if side.agreed_at is not None:
            yield Row(side.agreed_at, other, _("Agreed to be named"))
        if side.conversation.opened_at is not None:
            what = _("Told who speaks for this case: %(name)s, with institution and e-mail address")
            yield Row(side.conversation.opened_at, other, what % {"name": side.agreed_by})
    for one in SideMessage.objects.filter(side__case_id=case_id).order_by("-at")[:MOST]:
        yield Row(one.at, others[one.conversation_id], _("Wrote to the other side of a match"))


def _proposed(case_id: int) -> Iterator[Row]:
    """Diagnoses that the case's own people proposed for other cases, and their answers to those proposed for it."""
    others = _other_sides(case_id)
    either = Proposal.objects.filter(Q(match__case_id=case_id) | Q(to__case_id=case_id)).select_related("to", "match")
    for one in either.order_by("-at")[:MOST]:
        other = others[one.to.conversation_id]
        if one.match.case_id == case_id:
            yield Row(one.at, other, _("Proposed a diagnosis to the other side of a match"))
        elif one.decided_at is not None and one.state in (ProposalState.ACCEPTED, ProposalState.DECLINED):
            what = _("Answered a diagnosis proposed for it: %(state)s")
            yield Row(one.decided_at, other, what % {"state": one.get_state_display()})


def _other_sides(case_id: int) -> dict[int, str]:
    """Who is across from the case in each of its conversations, by the conversations' keys."""
    across = Side.objects.filter(conversation__sides__case_id=case_id).exclude(case_id=case_id)
    return {one.conversation_id: shown_place(one) for one in across.select_related("organisation")}


def _looked(case_id: int, organisation_id: int) -> Iterator[Row]:
    """What people of other institutions of this node did with it."""
    found = entries_about("case", case_id).filter(organisation=str(organisation_id), actor__startswith="person:")
    entries = list(found.filter(detail__contains=f'"{ACTING}"').defer("subject_ids")[:MOST])
    holders = _acting(entries)
    for entry in entries:
        holder = holders.get(_acting_id(entry))
        who = _("Another institution")
        if holder is not None:
            who = place_of(holder) if entry.action in OF_A_MATCH else holder.label()
        what = action_label(entry.action)
        yield Row(entry.at, who, noted(what, Outcome.REFUSED.label) if entry.outcome == Outcome.REFUSED else what)


def _acting(entries: Iterable[AuditEntry]) -> dict[str, Organisation]:
    ids = {number for entry in entries if (number := _acting_id(entry)).isdecimal()}
    return {str(one.pk): one for one in Organisation.objects.filter(pk__in=ids)}


def _acting_id(entry: AuditEntry) -> str:
    return str(json.loads(entry.detail).get(ACTING, "")) if entry.detail else ""
