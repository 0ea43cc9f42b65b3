"""Asking within bounds: the rules by the clock, the counters in the database, what a hidden record answers."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import F
from django.utils import translation

from kakehashi.kernel.errors import NotAllowed
from kakehashi.kernel.notices.models import Notice
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.sharing import asking
from kakehashi.kernel.sharing.asked import answering, ask, forget_what_was_asked, keyed_profile, refuse_for_now
from kakehashi.kernel.sharing.asking import Bounds, may_hear, pause
from kakehashi.kernel.sharing.models import Asked, Heard

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
SMALL = Bounds(faces_a_day=4, faces_at_once=2, patients_a_day=3)


def ago(*minutes):
    return [NOW - timedelta(minutes=one) for one in minutes]


@pytest.mark.parametrize(
    ("faces", "patients", "code", "until"),
    [
        ((), (), None, None),
        ((1,), (), None, None),
        ((2, 0), (), "slow", NOW + timedelta(minutes=1)),  # two at once, then a minute
        ((9, 1), (), None, None),
        ((9, 5, 1), (), "slow", NOW + timedelta(minutes=1)),  # then two
        ((60, 30, 20, 10), (), "faces", NOW - timedelta(minutes=60) + asking.DAY),
        ((1500, 30, 20, 10), (), None, None),  # the first was a day ago; the last wait is over
        ((), (5, 4, 3), "patients", NOW - timedelta(minutes=5) + asking.DAY),
        ((3,), (5, 4, 3), None, None),  # one of today's patients: no new one
        ((), (1441, 4, 3), None, None),
    ],
)
def test_an_asker_is_slowed_and_then_refused(faces, patients, code, until):
    found = pause(NOW, SMALL, faces=ago(*faces), patients=ago(*patients))
    assert (found.code if found else None, found.until if found else None) == (code, until)
    assert found is None or found.suspicious == (code != "slow")


def test_a_record_hears_so_many_descriptions_a_day_and_a_month():
    assert may_hear(NOW, ago(*range(asking.HEARD_A_DAY - 1)))
    assert not may_hear(NOW, ago(*range(asking.HEARD_A_DAY)))
    days = [NOW - timedelta(days=number + 2) for number in range(asking.HEARD_A_MONTH)]
    assert not may_hear(NOW, days)
    assert may_hear(NOW, days[1:])
    assert may_hear(NOW + timedelta(days=29), days)


@pytest.mark.django_db
def test_what_was_asked_before_is_asked_again_freely():
    for profile in "ab":
        assert ask("person:1", about="case:1", profile=profile, bounds=SMALL) is None
    assert ask("person:1", about="case:1", profile="c", bounds=SMALL).code == "slow"
    assert ask("person:1", about="case:1", profile="a", bounds=SMALL) is None
    assert ask("person:2", about="case:1", profile="c", bounds=SMALL) is None  # another asker
    assert Asked.objects.filter(asker="person:1").count() == 2


@pytest.mark.django_db
def test_new_patients_are_counted_apart():
    for number in range(3):
        assert ask("node:A", about=f"p{number}", profile="x", bounds=SMALL) is None
    assert ask("node:A", about="p9", profile="x", bounds=SMALL).code == "patients"
    Asked.objects.update(at=F("at") - asking.DAY)
    assert ask("node:A", about="p9", profile="x", bounds=SMALL) is None


@pytest.mark.django_db
def test_a_hidden_record_falls_silent_and_keeps_to_what_it_said():
    first = [answering("node:A", "cases.case", {7: 0.8}, f"p{n}") for n in range(asking.HEARD_A_DAY)]
    assert first == [frozenset({7})] * asking.HEARD_A_DAY
    assert answering("node:A", "cases.case", {7: 0.9, 8: 0.9}, "another") == {8}
    assert answering("node:A", "cases.case", {7: 0.8}, "p0") == {7}
    assert answering("node:B", "cases.case", {7: 0.8}, "another") == {7}


@pytest.mark.django_db
def test_what_only_comes_near_is_heard_and_not_answered():
    assert answering("node:A", "cases.case", {7: asking.NEAR_FROM, 8: 0.1}, "p") == frozenset()
    assert list(Heard.objects.values_list("record_id", flat=True)) == [7]


def at_once(number, ask_as):
    """What ``ask_as(n)`` gives in so many threads that begin together, each with its own connection."""
    answers, ready = [], threading.Barrier(number)

    def work(n):
        try:
            ready.wait()
            answers.append(ask_as(n))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(number)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return answers


def slowly(rule):
    """The rule, with time between reading and writing for others to read the same rows."""

    def decide(*args, **kwargs):
        time.sleep(0.05)
        return rule(*args, **kwargs)

    return decide


@pytest.mark.django_db(transaction=True)
def test_a_burst_of_parallel_requests_overshoots_no_bound(monkeypatch):
    monkeypatch.setattr(asking, "pause", slowly(pause))
    monkeypatch.setattr(asking, "may_hear", slowly(may_hear))
    paused = at_once(6, lambda n: ask("node:A", about="p", profile=f"p{n}", bounds=SMALL))
    assert sum(one is None for one in paused) == Asked.objects.count() == SMALL.faces_at_once
    heard = at_once(asking.HEARD_A_DAY + 4, lambda n: answering("node:A", "cases.case", {7: 0.8}, f"p{n}"))
    assert sum(map(bool, heard)) == Heard.objects.count() == asking.HEARD_A_DAY


@pytest.mark.django_db
def test_rows_are_kept_no_longer_than_a_rule_looks_at_them():
    ask("node:A", about="p", profile="x", bounds=SMALL)
    answering("node:A", "cases.case", {7: 0.8}, "x")
    assert forget_what_was_asked() == 0
    Asked.objects.update(at=F("at") - asking.DAY)
    Heard.objects.update(at=F("at") - asking.MONTH)
    assert forget_what_was_asked() == 2


def test_a_profile_is_a_set_and_cannot_be_read():
    assert keyed_profile(["b", "a", "a"]) == keyed_profile(["a", "b"])
    assert "HP:0001250" not in keyed_profile(["HP:0001250"])


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ja", "en"])
def test_who_walks_is_told_until_when_and_administrators_hear_of_it_once(language):
    cache.clear()
    hospital = Organisation.objects.create(code="h", name="病院", name_en="Hospital")
    person, admin = (Person.objects.create_user(f"{name}@example.org") for name in ("walker", "admin"))
    Membership.objects.create(person=admin, organisation=hospital, role=Role.ADMINISTRATOR)
    found = pause(NOW, SMALL, faces=ago(4, 3, 2, 1), patients=())
    for _ in range(2):
        with translation.override(language), pytest.raises(NotAllowed) as caught:
            refuse_for_now(found, by=person, action="case.told", subject=("case", 1), institution=hospital)
    with translation.override(language):
        assert "2026-04-02" in caught.value.detail
        assert ("上限" in caught.value.detail) == (language == "ja")
    (notice,) = Notice.objects.all()
    assert notice.person == admin
    assert "walker" not in notice.text_en + notice.text_ja
