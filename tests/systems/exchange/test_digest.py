"""The digest: one notice a day at most, in both languages, with nothing of the patients."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kakehashi.kernel import jobs
from kakehashi.kernel.jobs import hourly
from kakehashi.kernel.jobs.models import Job
from kakehashi.kernel.notices.models import Notice
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.exchange import matching
from kakehashi.systems.exchange.digest import KIND, tell_new_matches
from kakehashi.systems.exchange.models import Match

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("compiled_ontology")]


def matched(*cases):
    matching.match_cases([case.pk for case in cases])


def test_those_who_work_on_the_cases_are_told_how_many_and_nothing_else(make_case, far_case, clinician, hospital):
    auditor = Person.objects.create_user("auditor@example.org")
    Membership.objects.create(person=auditor, organisation=hospital, role=Role.AUDITOR)
    ours, _theirs = make_case(), far_case()
    matching.match_soon([ours.pk])
    jobs.run_here(Job.objects.filter(kind=matching.KIND).latest("pk"))
    assert Notice.objects.filter(kind=KIND).count() == 2
    notice = Notice.objects.get(kind=KIND, person=clinician)
    assert notice.text_en == "New matches for your cases: 1"
    assert notice.text_ja == "自施設の症例に新しいマッチがあります：1件"
    assert notice.link == "/exchange/matches/"


def test_once_a_day_and_only_of_what_is_new_since(make_case, far_case, clinician):
    ours, _theirs = make_case(), far_case()
    matched(ours)
    assert tell_new_matches() == 2
    matched(make_case())
    assert tell_new_matches() == 0
    yesterday = timezone.now() - timedelta(days=1)
    Notice.objects.filter(kind=KIND).update(created_at=yesterday)
    Match.objects.filter(case=ours).update(first_seen=yesterday - timedelta(hours=1))
    assert tell_new_matches() == 2
    latest = Notice.objects.filter(kind=KIND, person=clinician).first()
    new = Match.objects.filter(case__organisation=ours.organisation, first_seen__gt=yesterday).count()
    assert latest.text_en.endswith(f": {new}")
    Notice.objects.filter(kind=KIND).update(created_at=yesterday)
    Match.objects.update(first_seen=yesterday - timedelta(hours=1))
    assert tell_new_matches() == 0


def test_nobody_is_told_of_what_may_no_longer_be_known(make_case, far_case, clinician):
    ours, theirs = make_case(), far_case()
    matched(ours)
    type(theirs).objects.update(reach=0)
    assert tell_new_matches() == 0


def test_an_hourly_chore_that_fails_keeps_none_of_the_others(monkeypatch):
    done = []
    monkeypatch.setattr(hourly, "_chores", {"bad": lambda: 1 / 0, "good": lambda: done.append(1)})
    hourly.do_chores()
    assert done == [1]
    assert "kakehashi.systems.exchange.digest.tell_new_matches" not in hourly._chores
    monkeypatch.undo()
    assert "kakehashi.systems.exchange.digest.tell_new_matches" in hourly._chores
