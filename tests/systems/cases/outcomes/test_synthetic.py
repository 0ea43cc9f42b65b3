"""Synthetic patients are kept apart from real ones in every figure, and a look at the figures writes nothing."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.course.consultations import enter_consultation, lead_to_case
from kakehashi.systems.cases.models import Case, Consultation, Publication
from kakehashi.systems.cases.outcomes.publishing import publish
from kakehashi.systems.cases.outcomes.recounting import recount, waiting
from tests.systems.cases.outcomes.programme import Spec, make

REAL = Spec((20, 30, 10), 60, 40, (5, 6, 7, 4), {3: 3}, hospitals=6)
MADE_UP = Spec((200, 300, 100), 500, 400, (30, 30, 40, 50), {3: 11}, hospitals=6, synthetic=True, marker="S")
STEPS = ("consulted", "registered", "analysed", "diagnosed")


@pytest.fixture
def director(db, make_person):
    agency = Organisation.objects.create(code="AGENCY", name="機構", kind="agency")
    person = make_person(agency, "programme_director")
    Membership.objects.update(since=date(2020, 4, 1))
    return person


@pytest.mark.parametrize("by", ["period", "centre", "hub", "region", "group", "award"])
def test_they_are_counted_only_where_asked_for(client, director, by):
    make(REAL)
    make(MADE_UP)
    client.force_login(director)
    real, made_up = (
        client.get(f"/api/outcomes/?by={by}{asked}", HTTP_ACCEPT_LANGUAGE="en").json()
        for asked in ("", "&synthetic=only")
    )
    consulted = (0, 0) if by == "award" else (60, 600)
    assert [real["total"][step] for step in STEPS[1:]] == [60, 40, 22]
    assert [made_up["total"][step] for step in STEPS[1:]] == [500, 400, 150]
    assert real["total"]["consulted"] in (60, consulted[0])
    assert made_up["total"]["consulted"] in (600, consulted[1])
    assert (real["synthetic"], made_up["synthetic"]) == (False, True)
    assert (real["new_diseases"], made_up["new_diseases"]) == (3, 11)
    for language, mark in (("en", "figures are of made-up patients"), ("ja", "架空の患者")):
        for asked, marked in (("", False), ("&synthetic=only", True)):
            page = client.get(f"/outcomes/?by={by}{asked}", HTTP_ACCEPT_LANGUAGE=language).content.decode()
            assert (mark in page.split("message warning")[-1][:400] and "message warning" in page) == marked
    behind = client.get("/outcomes/rows/registered/?row=total", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "The figure is 60;" in behind


def test_real_patients_alone_are_published(client, director):
    make(replace(MADE_UP, synthetic=False))
    make(replace(MADE_UP, marker="T"))
    made = publish(by=director)
    assert not made.synthetic
    assert made.shown["total/total/diagnosed"]["value"] == 150
    assert client.get("/outcomes/public/?format=json").json()["synthetic"] is False


def test_a_node_of_synthetic_patients_publishes_them_marked(client, director):
    make(MADE_UP)
    made = publish(by=director)
    assert made.synthetic
    page = client.get("/outcomes/public/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "This node holds no real patient" in page
    told = client.get("/outcomes/public/?format=json").json()
    assert told["synthetic"] is True
    assert told["name"].startswith("Synthetic patients, nobody real")
    assert "synthetic patients only" in client.get("/outcomes/public/?format=csv").content.decode()
    make(replace(MADE_UP, synthetic=False, marker="T"))  # real ones come: theirs are published beside, and shown
    assert not publish(by=director).synthetic
    assert client.get("/outcomes/public/?format=json").json()["synthetic"] is False
    assert Publication.objects.count() == 2


def test_a_consultation_is_as_the_case_it_led_to(db, hospital, make_person, worked_example):
    person = make_person(hospital, "clinician")
    came = enter_consultation(by=person, organisation=hospital, local_id="F1")
    case = enter_case(
        by=person, organisation=hospital, local_id="P1", description=worked_example, synthetic=True, register=True
    )
    recount()
    lead_to_case(by=person, consultation=came, case=case)
    came.refresh_from_db()
    assert (came.synthetic, came.again) == (True, None)
    real = enter_consultation(by=person, organisation=hospital, local_id="F1", consulted_on=date(2020, 1, 1))
    assert not real.synthetic
    recount()
    assert not Consultation.objects.exclude(again=False).exists()  # a made-up family never came before a real one


@pytest.mark.parametrize("path", ["/outcomes/?by=group", "/api/outcomes/", "/outcomes/publish/"])
def test_looking_writes_nothing_and_says_what_waits(client, director, path):
    make(REAL)
    client.force_login(director)
    client.get(path)
    Case.objects.filter(local_id__in=["P1", "P2"]).update(revision=F("revision") + 1)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path, HTTP_ACCEPT_LANGUAGE="en")
    wrote = [one["sql"] for one in asked if one["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert not [sql for sql in wrote if '"cases_' in sql]
    assert waiting() == 2
    assert ("2 changes wait to be counted" in answer.content.decode()) or answer.json()["waiting"] == 2
    recount()
    assert waiting() == 0
