"""Asking the peers for a case of ours: who may be asked, what is kept of each answer, when a peer rests."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from kakehashi.kernel import audit
from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.sharing.states import Sector
from kakehashi.kernel.sharing.subject import Subject
from kakehashi.kernel.sharing.subjects import node_subject
from kakehashi.protocols.mme import MatchRequest, Patient
from kakehashi.systems.cases.public import CaseForPeers, case_for_peers
from kakehashi.systems.exchange.answering import DISCLAIMER, TERMS
from kakehashi.systems.exchange.asking import Address, Outcome, put_to
from kakehashi.systems.exchange.matching import queue_foreign
from kakehashi.systems.exchange.models import ForeignMatch, Peer, Question
from kakehashi.systems.exchange.patients import asked, registrant_contact
from kakehashi.systems.exchange.states import QuestionState, Why
from kakehashi.systems.exchange.tokens import opened

FAILURES_TO_PAUSE = 3
LONGEST_PAUSE = timedelta(hours=1)


def told_now(case_id: int, peers: Collection[Peer]) -> set[int]:
    """Of these peers those that the case may be shown to today, by their keys."""
    try:
        case = case_for_peers(case_id)
    except NotFound:
        return set()
    return {peer.pk for peer in peers if case.may_be_sent_to(_subject(peer))}


def _subject(peer: Peer) -> Subject:
    return node_subject(peer.name, country=peer.country, sector=Sector(peer.sector))


def ask_peers(
    *, by: Any, case_id: int, peers: Sequence[Peer] | None = None, told: Callable[[Question], None] | None = None
) -> list[Question]:
    """Ask every peer for patients like a case, all at once; ``told`` hears of each as it ends.

    A peer that the case may not be shown to (reach, consent …) is not asked and the question says so; nor one whose
    breaker is open. What a peer answers replaces what it answered before for this case. Raises NotFound.
    """
    case = case_for_peers(case_id)
    chosen = list(Peer.objects.filter(asked=True)) if peers is None else list(peers)
    questions: dict[int, Question] = {}
    addresses, whole = [], True
    with transaction.atomic():
        for peer in chosen:
            token, why = opened(peer.sealed_token), Why.NONE
            subject = _subject(peer)
            if not case.may_be_sent_to(subject):
                why = Why.NOT_SHARED
            elif token is None:
                why = Why.TOKEN
            elif peer.paused:
                why = Why.PAUSED
            question = Question.objects.create(
                peer=peer,
                case_id=case.id,
                revision=case.revision,
                asked_by=by,
                state=QuestionState.FAILED if why else QuestionState.ASKING,
                why=why,
                ended_at=timezone.now() if why else None,
            )
            questions[question.pk] = question
            if not why and token is not None:
                addresses.append(Address(question.pk, peer.base_url, token, peer.timeout_s))
                whole = whole and case.may_be_named_to(subject)
        sent = [questions[address.key].peer_id for address in addresses]
        if sent:
            audit.record(by, "case.sent_to_peers", ("case", case.id), detail={"peers": sent})
    if told is not None:
        for question in questions.values():
            if question.why:
                told(question)
    for outcome in put_to(addresses, _question(case, whole)):
        question = keep(questions[outcome.key], outcome)
        if told is not None:
            told(question)
    return list(questions.values())


def _question(case: CaseForPeers, whole: bool) -> MatchRequest:
    """The case as it is asked by; its institution is named where every peer that is asked may see the whole of it."""
    contact = registrant_contact(case.public_id, case.organisation if whole else case.place)
    patient = asked(case.public_id, case.description, contact, test=case.synthetic)
    return MatchRequest(patient=patient, disclaimer=DISCLAIMER, terms=TERMS)


def keep(question: Question, outcome: Outcome) -> Question:
    """Write one peer's outcome down: the question's end, its matches, the breaker; one transaction."""
    now = timezone.now()
    question.ended_at, question.took_ms, question.why = now, outcome.took_ms, outcome.why
    question.state = QuestionState.ANSWERED if outcome.reply is not None else QuestionState.FAILED
    with transaction.atomic():
        peer = Peer.objects.select_for_update().get(pk=question.peer_id)
        if outcome.reply is not None:
            reply = outcome.reply
            question.results, question.unreadable = len(reply.results), reply.unreadable
            question.terms, question.disclaimer = reply.terms, reply.disclaimer
            best: dict[str, tuple[float, Patient]] = {}
            for one in reply.results:
                best.setdefault(one.patient.id, (one.score.patient, one.patient))
            answered = [
                ForeignMatch.objects.update_or_create(
                    peer=peer,
                    case_id=question.case_id,
                    foreign_id=foreign_id,
                    defaults={"score": score, "patient": patient.tree(), "last_seen": now},
                )[0]
                for foreign_id, (score, patient) in best.items()
            ]
            queue_foreign(question.case_id, answered)
            gone = ForeignMatch.objects.filter(peer=peer, case_id=question.case_id)
            gone.exclude(foreign_id__in=list(best)).delete()
            peer.failures, peer.paused_until = 0, None
        elif outcome.why not in (Why.REFUSED, Why.TOO_BUSY):
            peer.failures += 1
            if peer.failures >= FAILURES_TO_PAUSE:
                rest = timedelta(minutes=2 ** min(peer.failures - FAILURES_TO_PAUSE, 6))
                peer.paused_until = now + min(rest, LONGEST_PAUSE)
        peer.save(update_fields=["failures", "paused_until"])
        question.save()
        audit.record(None, "peer.answered", ("case", question.case_id), detail={"peer": peer.pk, "why": question.why})
    return question
