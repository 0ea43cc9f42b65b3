"""After an upgrade the worker reads cases anew for the search; the node serves meanwhile and says so."""

import threading

import pytest

from kakehashi.cli import doctor, node
from kakehashi.kernel.jobs import running, start, worker
from kakehashi.kernel.jobs.models import Job, JobState
from kakehashi.kernel.search.models import SearchEntry
from kakehashi.kernel.search.queries import search
from kakehashi.systems.cases import reindexing, rows
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.description import Description, Finding

pytestmark = pytest.mark.django_db
SAID = {"en": "Not everything can be found yet", "ja": "まだ検索できないものがあります"}


@pytest.fixture
def upgraded(hospital, clinician, monkeypatch):
    """Three cases that an older version made findable."""
    said = Description(findings=(Finding(term="HP:0001250"),))
    made = [enter_case(by=clinician, organisation=hospital, local_id=f"N-{one}", description=said) for one in range(3)]
    SearchEntry.objects.update(bigrams="", version="made with older labels")
    monkeypatch.setattr(rows, "AT_ONCE", 1)
    return made


def jobs():
    return Job.objects.filter(kind=reindexing.KIND)


def test_nothing_is_started_where_nothing_is_older(hospital, clinician):
    enter_case(by=clinician, organisation=hospital, local_id="N-1", description=Description(genes=("SCN1A",)))
    assert reindexing.start_reindexing() == 0
    assert not jobs().exists()


def test_one_job_reads_them_anew_and_says_how_far_it_is(upgraded, clinician):
    assert [reindexing.start_reindexing() for _twice in range(2)] == [3, 3]
    assert worker.run_waiting() == 1
    job = jobs().get()
    assert (job.state, job.done, job.total, job.result) == (JobState.DONE, 3, 3, {"cases": 3})
    assert {one.object_id for one in search(clinician, "けいれん")} == {str(case.pk) for case in upgraded}
    assert reindexing.start_reindexing() == 0


def test_a_worker_that_stops_leaves_the_rest_to_the_next(upgraded, monkeypatch):
    reindexing.start_reindexing()
    stop, read = threading.Event(), rows.index_many

    def stopping(*args, **rest):
        read(*args, **rest)
        stop.set()

    monkeypatch.setattr(rows, "index_many", stopping)
    token = running.stop_event.set(stop)
    worker.run_waiting()
    running.stop_event.reset(token)
    assert rows.waiting_to_be_read() == 2
    assert jobs().get().state == JobState.WAITING
    worker.run_waiting()
    assert rows.waiting_to_be_read() == 0
    assert jobs().get().result == {"cases": 3}


def test_a_node_starts_without_reading_the_cases(upgraded, monkeypatch, knowledge, capsys):
    monkeypatch.setattr("django.core.management.call_command", lambda *arguments, **options: None)
    monkeypatch.setattr("kakehashi.engines.phenotype.knowledge.load", lambda: knowledge)
    node.prepare(quiet=True)
    assert rows.waiting_to_be_read() == 3
    assert jobs().get().state == JobState.WAITING
    assert "3" in capsys.readouterr().out


@pytest.mark.parametrize("language", SAID)
def test_the_search_says_so_until_all_are_read(upgraded, client, clinician, language):
    client.force_login(clinician)
    asked = {"path": "/search/", "query_params": {"q": "けいれん"}, "headers": {"accept-language": language}}
    assert SAID[language] in client.get(**asked).text
    rows.reindex_outdated()
    answer = client.get(**asked).text
    assert SAID[language] not in answer
    assert upgraded[0].public_id in answer


def test_the_doctor_counts_them(upgraded):
    found = doctor.search()
    assert found.state == "warning"
    assert "3" in found.said
    rows.reindex_outdated()
    assert doctor.search().state == "ok"


def test_it_ends_where_other_labels_come_into_force_on_the_way(upgraded, monkeypatch):
    def told(done):
        assert done <= 4, "the first is read once more, and then none is left"
        monkeypatch.setattr(rows, "TEXTS", "newer")

    assert rows.reindex_outdated(told=told) == 4
    assert rows.waiting_to_be_read() == 0


def test_progress_counts_every_turn_of_the_job(upgraded, monkeypatch):
    monkeypatch.setattr(reindexing, "SECONDS_AT_A_TIME", 0.0)
    reindexing.start_reindexing()
    told = []
    while jobs().get().state == JobState.WAITING:
        worker.run_waiting()
        job = jobs().get()
        told.append((job.done, job.total))
    assert told == [(1, 3), (2, 3), (3, 3), (3, 3)]
    assert job.result == {"cases": 3}


def test_progress_grows_with_what_comes_to_wait_meanwhile(upgraded, monkeypatch):
    monkeypatch.setattr(reindexing, "SECONDS_AT_A_TIME", 0.0)
    reindexing.start_reindexing()
    worker.run_waiting()
    SearchEntry.objects.update(version="made with labels of another release")
    worker.run_waiting()
    assert (jobs().get().done, jobs().get().total) == (1, 3)


def test_the_job_lets_others_come_first(upgraded, monkeypatch, clinician):
    monkeypatch.setattr(reindexing, "SECONDS_AT_A_TIME", 0.0)
    reindexing.start_reindexing()
    other = start("cases.other", look_at, owner=clinician)
    turns = [worker.run_waiting() for _turn in range(4)]
    assert turns == [2, 1, 1, 1]
    assert Job.objects.get(pk=other.pk).result == {"left": 2}, "after the first turn of the long job, not after its end"
    job = jobs().get()
    assert (job.state, job.attempts) == (JobState.DONE, 1)
    assert rows.waiting_to_be_read() == 0


def look_at(job):
    """Another job: how many cases are left to read when it has its turn."""
    return {"left": rows.waiting_to_be_read()}
