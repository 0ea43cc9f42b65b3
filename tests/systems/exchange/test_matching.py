"""Matching in the background: both directions, never twice, one job however many changes, resumable."""

import sqlite3

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from kakehashi.kernel import jobs
from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.events.delivery import deliver_due
from kakehashi.kernel.jobs.models import Job, JobState
from kakehashi.kernel.jobs.running import Interrupted
from kakehashi.kernel.notices.models import Notice
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.sharing.asking import PERSON
from kakehashi.kernel.sharing.models import Asked
from kakehashi.kernel.sharing.states import Level, Reach
from kakehashi.kernel.workflow import advance
from kakehashi.systems.cases.actions import edit_case
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.events import CaseChanged, CasesImported
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.terms import set_reach
from kakehashi.systems.exchange import matching
from kakehashi.systems.exchange.handlers import match_case, match_many, match_what_was_held
from kakehashi.systems.exchange.models import Match, Unmatched

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("compiled_ontology")]
ELSE = ("HP:0001250", "HP:0000252", "HP:0001274")


def matched(*cases):
    matching.match_cases([case.pk for case in cases])


def pairs(**standing):
    return set(Match.objects.filter(stands=True, **standing).values_list("case", "other"))


def test_both_directions_are_written_where_each_may_know_of_the_other(make_case, far_case):
    ours, theirs = make_case(), far_case()
    matched(ours)
    assert pairs() == {(ours.pk, theirs.pk), (theirs.pk, ours.pk)}
    match = Match.objects.get(case=ours)
    assert match.score > 0.9
    assert match.gene_names == ["SCN1A"]
    assert "HP:0001250" in match.finding_ids


def test_only_the_side_that_may_know_is_told(make_case, far_case):
    ours, hidden = make_case(), far_case(reach=Reach.INSTITUTION)
    matched(ours)
    assert pairs() == {(hidden.pk, ours.pk)}


def test_what_only_exists_for_others_is_told_without_what_matches(make_case, far_case):
    ours, theirs = make_case(), far_case(shown=Level.EXISTS)
    matched(ours)
    match = Match.objects.get(case=ours, other=theirs)
    assert (match.findings, match.genes) == ("", "")
    assert match.score in (0.5, 0.75, 1.0)


def test_within_one_institution_a_pair_is_told_once(make_case):
    first, second = make_case(), make_case()
    matched(second)
    matched(first, second)
    assert pairs() == {(first.pk, second.pk)}


def test_synthetic_and_real_cases_are_never_paired(make_case, far_case):
    ours = make_case()
    far_case(synthetic=True)
    matched(ours)
    assert not pairs()


def test_never_the_same_match_twice_and_what_was_decided_stays(make_case, far_case, clinician):
    ours, theirs = make_case(), far_case()
    matched(ours, theirs)
    match = Match.objects.get(case=ours)
    advance(match, "dismiss", by=clinician, note="too_common")
    first_seen = match.first_seen
    matched(theirs)
    matched(ours)
    match = Match.objects.get(case=ours)
    assert (match.state, match.dismissal, match.first_seen) == ("dismissed", "too_common", first_seen)
    assert Match.objects.count() == 2


def test_a_match_that_no_longer_reaches_the_score_stands_no_more_until_it_does(make_case, far_case, clinician):
    ours, theirs = make_case(), far_case()
    matched(ours)
    kept = ours.described
    ours = Case.objects.get(pk=ours.pk)
    other = Description.model_validate({"findings": [{"term": "HP:0001760"}], "genes": ["FBN1"]})
    ours = edit_case(by=clinician, case=ours, description=other, from_revision=ours.revision)
    matched(ours)
    assert not pairs()
    ours = edit_case(by=clinician, case=ours, description=kept, from_revision=ours.revision)
    matched(ours)
    assert pairs() == {(ours.pk, theirs.pk), (theirs.pk, ours.pk)}
    assert Match.objects.count() == 2


def test_who_describes_a_case_ever_anew_waits_for_its_matches_and_is_flagged(make_case, far_case, clinician, hospital):
    cache.clear()
    admin = Person.objects.create_user("admin@example.org")
    Membership.objects.create(person=admin, organisation=hospital, role=Role.ADMINISTRATOR)
    ours, theirs = make_case(), far_case()
    matched(ours, theirs)
    Unmatched.objects.all().delete()
    match_case(CaseChanged(ours.pk, ours.revision))

    def edit(genes):
        said = Description.model_validate({"findings": [{"term": term} for term in ELSE], "genes": genes})
        now = edit_case(by=clinician, case=ours, description=said, from_revision=Case.objects.get(pk=ours.pk).revision)
        match_case(CaseChanged(now.pk, now.revision))
        match_case(CaseChanged(now.pk, now.revision))  # a handler may run twice
        return now

    genes = ["FBN1", "NGLY1", "CFTR", "MECP2", "PTEN", "TP53"]
    for gene in genes[: PERSON.faces_at_once - 1]:
        edit([gene])
    assert matching.due().count() == 1
    matched(ours)
    edited = edit(genes[PERSON.faces_at_once - 1 :])
    assert edited.described.genes == ("TP53",)  # the edit itself stands
    matching.match_soon([ours.pk])
    assert not matching.due().exists()
    assert Unmatched.objects.get(case=ours).since > timezone.now()
    assert AuditEntry.objects.filter(action="case.match", outcome="refused", subject_id=str(ours.pk)).exists()
    Unmatched.objects.update(since=timezone.now())
    assert match_what_was_held() == 1
    jobs.run_here(Job.objects.filter(kind=matching.KIND, state=JobState.WAITING).get())
    assert not Unmatched.objects.exists()
    assert not Notice.objects.filter(person=admin).exists()
    asker = f"person:{clinician.pk}"
    for n in range(PERSON.faces_a_day):
        Asked.objects.create(asker=asker, about=f"case:{ours.pk}", profile=f"p{n}")
    edit(["FBN1", "TP53"])
    assert Notice.objects.filter(person=admin).count() == 1


def test_narrowed_and_withdrawn_cases_lose_their_matches(make_case, far_case, clinician):
    ours, theirs = make_case(), far_case()
    matched(ours)
    ours = set_reach(by=clinician, case=ours, reach=Reach.INSTITUTION)
    matched(ours)
    assert pairs() == {(ours.pk, theirs.pk)}
    advance(ours, "withdraw", by=clinician, note="because")
    matched(ours)
    assert not pairs()


def test_many_changes_wait_for_one_job(make_case):
    cases = [make_case() for _ in range(3)]
    Unmatched.objects.all().delete()
    Job.objects.all().delete()
    match_many(CasesImported(tuple(case.pk for case in cases)))
    match_case(CaseChanged(cases[0].pk, 1))
    assert Unmatched.objects.count() == 3
    job = Job.objects.get(kind=matching.KIND)
    done = jobs.run_here(job)
    assert (done.state, done.result, done.done, done.total) == (JobState.DONE, {"cases": 3, "new": 3}, 3, 3)
    assert not Unmatched.objects.exists()


def test_more_cases_wait_than_a_statement_has_room_for(make_case):
    case = make_case()
    made = [Case(organisation=case.organisation, local_id=f"MANY-{number}") for number in range(1300)]
    ids = [one.pk for one in Case.objects.bulk_create(made)]
    if connection.vendor == "sqlite":
        before = connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 1200)
    matching.match_soon(ids)
    if connection.vendor == "sqlite":
        connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, before)
    assert Unmatched.objects.filter(case__gte=ids[0]).count() == 1300


def test_a_killed_job_goes_on_with_what_is_left(make_case, monkeypatch):
    cases = [make_case() for _ in range(3)]
    monkeypatch.setattr(matching, "AT_ONCE", 1)
    matching.match_soon([case.pk for case in cases])
    real, calls = matching.match_cases, []

    def killed(batch):
        calls.append(batch)
        if len(calls) == 2:
            raise Interrupted
        return real(batch)

    monkeypatch.setattr(matching, "match_cases", killed)
    job = Job.objects.filter(kind=matching.KIND).latest("pk")
    jobs.run_here(job)
    assert Unmatched.objects.count() == 2
    done = jobs.run_here(job)
    assert done.state == JobState.DONE
    assert not Unmatched.objects.exists()
    assert len(pairs()) == 3


def test_a_case_that_changes_while_it_is_matched_waits_anew(make_case, monkeypatch):
    case = make_case()
    matching.match_soon([case.pk])
    real = matching.pairs_of

    def changed_meanwhile(*arguments, **named):
        matching.match_soon([case.pk])
        return real(*arguments, **named)

    monkeypatch.setattr(matching, "pairs_of", changed_meanwhile)
    matched(case)
    assert Unmatched.objects.filter(case=case).exists()


def test_another_release_of_the_knowledge_has_every_case_matched_anew(make_case, monkeypatch):
    cases = [make_case() for _ in range(3)]
    matching.match_soon([cases[0].pk])
    first = jobs.run_here(Job.objects.filter(kind=matching.KIND).latest("pk"))
    monkeypatch.setattr(matching, "knowledge_fingerprint", lambda: "another release")
    matching.match_soon([cases[0].pk])
    second = jobs.run_here(Job.objects.filter(kind=matching.KIND).latest("pk"))
    assert (first.result["cases"], second.result["cases"]) == (1, 3)
    matching.cache.delete(matching.MATCHED_BY)


@pytest.mark.django_db(transaction=True)
def test_registering_a_case_starts_the_job(make_case, far_case):
    ours, theirs = make_case(), far_case()
    deliver_due()
    jobs.run_waiting()
    assert pairs() == {(ours.pk, theirs.pk), (theirs.pk, ours.pk)}
