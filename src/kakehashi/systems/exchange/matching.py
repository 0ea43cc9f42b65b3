"""Matching that works while people sleep: which cases wait, the job that matches them, what it writes.

A change of a case leaves a row in ``Unmatched``; one job takes these rows in batches and lets each go in the
transaction that writes its matches. Killed anywhere, it goes on with what is left; a case that changed meanwhile
waits anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from kakehashi.kernel import jobs
from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.jobs.models import Job, JobState
from kakehashi.protocols.mme import Patient
from kakehashi.systems.cases.public import (
    Pair,
    case_for_peers,
    current_genes,
    knowledge_fingerprint,
    pairs_of,
    registered_ids,
)
from kakehashi.systems.exchange.digest import tell_new_matches
from kakehashi.systems.exchange.models import ForeignMatch, Match, Unmatched, joined
from kakehashi.systems.exchange.patients import description_of

KIND = "exchange.match"
MOST_A_CASE = 10
"""New matches of one case at a time: who reviews hundreds reviews none."""
AT_LEAST = 0.5
"""The similarity from which on a pair is put before people.

Of 200 published patients' ten most similar cases of other publications, those from here on were of the same disease in
90 % (with candidate genes; 66 % without), and held 94 % (81 %) of all that were; at 0.6 96 % and 81 %, at 0.4 86 % and
all.
"""
AT_ONCE = 50
ROWS = 500
MATCHED_BY = "exchange.matched_by"  # in the node's cache: the release of the knowledge that cases were matched by


def match_soon(case_ids: Collection[int]) -> None:
    """Have these cases matched by the job that waits, or a new one: however many changes, one job at a time waits.

    Those that are held (see ``hold``) stay so.
    """
    now = timezone.now()
    with transaction.atomic():
        held = set(Unmatched.objects.filter(since__gt=now).values_list("case_id", flat=True))  # few, of any number
        waiting = [Unmatched(case_id=case_id, since=now) for case_id in sorted(set(case_ids) - held)]
        Unmatched.objects.bulk_create(
            waiting, batch_size=ROWS, update_conflicts=True, unique_fields=["case"], update_fields=["since"]
        )
        if not Job.objects.select_for_update().filter(kind=KIND, state=JobState.WAITING).exists():
            jobs.start(KIND, match_waiting, owner=None)


def hold(case_id: int, until: datetime) -> None:
    """Have a case matched no earlier than this: by the first job after it, which the hour begins at the latest."""
    Unmatched.objects.update_or_create(case_id=case_id, defaults={"since": until})


def due() -> QuerySet[Unmatched]:
    """The cases that wait to be matched now."""
    return Unmatched.objects.filter(since__lte=timezone.now())


def match_waiting(job: jobs.Running) -> dict[str, Any]:
    """The job: match every case that waits, also those that come while it works; then the digest."""
    began = timezone.now()
    _wait_for_all_after_release()
    done = found = 0
    while batch := list(due().order_by("pk").values_list("case_id", flat=True)[:AT_ONCE]):
        job.progress(done, done + due().count())
        found += match_cases(batch)
        done += len(batch)
    job.progress(done, done)
    tell_new_matches(since=began)
    return {"cases": done, "new": found}


def _wait_for_all_after_release() -> None:
    """Another release of ontology or diseases than cases were last matched by: every case waits anew."""
    release = knowledge_fingerprint()
    if cache.get(MATCHED_BY, release) != release:
        now = timezone.now()
        waiting = (Unmatched(case_id=case_id, since=now) for case_id in registered_ids())
        Unmatched.objects.bulk_create(waiting, batch_size=ROWS, ignore_conflicts=True)
    cache.set(MATCHED_BY, release, timeout=None)


def match_cases(case_ids: Sequence[int]) -> int:
    """Bring the matches of these cases up to date, in both directions; how many are new."""
    began = timezone.now()
    before = _before(case_ids)
    pairs = dict(pairs_of(case_ids, k=MOST_A_CASE, at_least=AT_LEAST, before=before))
    with transaction.atomic():
        known = Match.objects.filter(Q(case__in=case_ids) | Q(other__in=case_ids), other__isnull=False)
        standing = set(known.values_list("case_id", "other_id"))
        known.filter(last_seen__lt=began).update(stands=False)
        written = _write([pair for found in pairs.values() for pair in found])
        Unmatched.objects.filter(case__in=case_ids, since__lte=began).delete()
    return len([pair for pair in written if pair not in standing])


def _before(case_ids: Sequence[int]) -> dict[int, set[int]]:
    """With which cases each of these is paired already, in either direction."""
    rows = Match.objects.filter(Q(case__in=case_ids) | Q(other__in=case_ids), other__isnull=False)
    before: dict[int, set[int]] = {case_id: set() for case_id in case_ids}
    for one, other in rows.values_list("case_id", "other_id"):
        for mine, theirs in ((one, other), (other, one)):
            if mine in before and theirs is not None:
                before[mine].add(theirs)
    return before


def _write(pairs: Iterable[Pair]) -> set[tuple[int, int]]:
    now = timezone.now()
    rows: dict[tuple[int, int], Match] = {
        (pair.case_id, pair.other_id): Match(
            case_id=pair.case_id,
            organisation_id=pair.organisation_id,
            other_id=pair.other_id,
            score=pair.score,
            findings=joined(pair.findings),
            genes=joined(pair.genes),
            first_seen=now,
            last_seen=now,
        )
        for pair in pairs
    }
    Match.objects.bulk_create(
        [rows[key] for key in sorted(rows)],
        batch_size=ROWS,
        update_conflicts=True,
        unique_fields=["case", "other"],
        update_fields=["score", "findings", "genes", "last_seen", "stands"],
    )
    return set(rows)


def queue_foreign(case_id: int, answers: Iterable[ForeignMatch]) -> None:
    """Put the patients that a peer just answered with into the queue of their case; one seen before keeps its state.

    The score is the peer's own, by its own measure: every answer is put before people.
    """
    try:
        ours = case_for_peers(case_id).description
    except NotFound:  # withdrawn while the peer answered
        return
    terms, genes = {one.term for one in ours.present}, {gene.upper() for gene in current_genes(ours)}
    for one in answers:
        theirs, _unused = description_of(Patient.model_validate(one.patient))
        common = {
            "findings": joined(finding.term for finding in theirs.present if finding.term in terms),
            "genes": joined(gene for gene in current_genes(theirs) if gene.upper() in genes),
        }
        Match.objects.update_or_create(
            case_id=case_id,
            peer_id=one.peer_id,
            patient_id=one.foreign_id,
            defaults={
                "foreign": one,
                "score": min(max(one.score, 0.0), 1.0),
                "last_seen": one.last_seen,
                "stands": True,
                **common,
            },
        )
