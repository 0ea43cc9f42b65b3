"""The page that takes a file of phenopackets, and the job behind it."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kakehashi.kernel import jobs
from kakehashi.kernel.files.models import StoredFile
from kakehashi.kernel.jobs.models import Job
from kakehashi.systems.cases.models import Case

pytestmark = pytest.mark.django_db


def upload(trees, name="some.jsonl"):
    return SimpleUploadedFile(name, "\n".join(json.dumps(tree) for tree in trees).encode())


def packet(number):
    return {"id": f"P{number}", "phenotypicFeatures": [{"type": {"id": "HP:0001250", "label": "Seizure"}}]}


@pytest.mark.parametrize("name", ["some.jsonl", "some.json", "no-name"])
def test_file_is_imported_by_a_job_that_reports_each_refusal(client, clinician, hospital, name):
    client.force_login(clinician)
    trees = [packet(1), {"id": "bad"}, packet(2)]
    answer = client.post(reverse("cases:import"), {"file": upload(trees, name), "organisation": hospital.code})
    assert answer.status_code == 302
    assert client.get(answer["Location"]).status_code == 200
    job = jobs.run_here(Job.objects.get())
    assert job.state == "done", job.error
    assert (job.result["new"], job.result["refused"]) == (2, 1)
    page = client.get(answer["Location"], headers={"accept-language": "en"}).content.decode()
    assert f"{name}:2 $" in page  # what the uploader called it, while it is kept
    StoredFile.objects.all().delete()
    assert "your file:2 $" in client.get(answer["Location"], headers={"accept-language": "en"}).text
    assert "Nothing was taken in" not in page
    assert Case.objects.filter(registered_by=clinician).count() == 2


def test_import_of_which_everything_was_refused_does_not_say_done(client, clinician, hospital):
    client.force_login(clinician)
    trees = [{"id": f"bad {number}", "subject": {"id": "x"}} for number in range(5)]
    address = client.post(reverse("cases:import"), {"file": upload(trees), "organisation": hospital.code})["Location"]
    assert jobs.run_here(Job.objects.get()).result["refused"] == 5
    page = client.get(address, headers={"accept-language": "en"}).text
    assert "Nothing was taken in: every packet was refused" in page
    assert "Done</span>" not in page
    assert "<strong>5 packets:</strong>" in page


@pytest.mark.parametrize(
    ("language", "refused", "finished", "why", "counts"),
    [
        ("en", "Refused", "Finished", "every packet was refused", "1 new, 0 updated, 0 unchanged, 1 refused"),
        ("ja", "拒否", "完了", "すべて拒否", "新規1件、更新0件、変更なし0件、拒否1件"),
    ],
)
def test_list_of_jobs_says_what_was_refused_and_why(
    client, clinician, hospital, language, refused, finished, why, counts
):
    """Of a refused import "done" would say that it was taken in; of one taken in partly, nothing of the rest."""
    client.force_login(clinician)
    for trees in ([{"id": "bad", "subject": {"id": "x"}}], [packet(1), {"id": "bad", "subject": {"id": "x"}}], []):
        client.post(reverse("cases:import"), {"file": upload(trees or [""]), "organisation": hospital.code})
    first, second, *_ = jobs_run = [jobs.run_here(job) for job in Job.objects.order_by("pk")]
    reason = first.result["problems"][0][language]
    rows = client.get(reverse("web:jobs"), {"format": "csv"}, headers={"accept-language": language}).text.splitlines()
    said = {job.pk: next(row for row in rows if row.startswith(f"{job.pk},")) for job in jobs_run}
    assert refused in said[first.pk]
    assert why in said[first.pk]
    assert reason[:30] in said[first.pk]
    assert finished not in said[first.pk]
    assert finished in said[second.pk]
    assert counts in said[second.pk].replace('"', "")
    page = client.get(reverse("web:job", args=[first.pk]), headers={"accept-language": language}).text
    assert reason[:30] in page
    assert finished not in page.partition("<main")[2]


def test_import_for_another_hospital_is_refused(client, clinician, other_hospital):
    client.force_login(clinician)
    answer = client.post(reverse("cases:import"), {"file": upload([packet(1)]), "organisation": other_hospital.code})
    assert answer.status_code == 422
    assert not Job.objects.exists()
