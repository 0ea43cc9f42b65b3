"""The time course of findings: form, phenopackets, history, drawing."""

import re

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.engines.pictures import timeline
from kakehashi.systems.cases.actions import edit_case, enter_case
from kakehashi.systems.cases.description import Description, Finding
from kakehashi.systems.cases.forms.findings import age_typed
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.packets.reading import description_of
from kakehashi.systems.cases.pages.timeline import course_of
from tests.systems.cases.test_candidates import packed
from tests.systems.cases.test_case_form import form_data

pytestmark = pytest.mark.django_db
TIMED = Description(
    age="P6Y",
    findings=(
        Finding(term="HP:0001250", onset="P1Y", resolved="P3Y6M", modifiers=("HP:0012832", "HP:0031914")),
        Finding(term="HP:0000252", onset="HP:0003577"),
        Finding(term="HP:0000518"),
        Finding(term="HP:0001249", excluded=True),
    ),
)

moments = st.sampled_from(["", "P1Y", "P3Y6M", "P12D", "HP:0003577", "HP:0011463"])
findings = st.builds(
    Finding,
    term=st.sampled_from(["HP:0001250", "HP:0000252", "HP:0000518"]),
    onset=moments,
    resolved=moments,
    modifiers=st.lists(st.sampled_from(["HP:0031914", "HP:0003676", "HP:0012832"]), max_size=2, unique=True).map(tuple),
)
described = st.lists(findings, min_size=1, max_size=3, unique_by=lambda one: one.term).map(
    lambda rows: Description(findings=tuple(rows))
)


@given(described, described)
def test_resolution_comes_back_from_a_phenopacket(first, edited):
    packet = packed(first)
    assert description_of(packet) == first
    assert description_of(packed(edited, packet.model_dump_json(by_alias=True, exclude_unset=True))) == edited


@pytest.mark.parametrize(
    ("typed", "age"),
    [
        ("3y6m", "P3Y6M"),
        ("3歳6か月", "P3Y6M"),
        ("3歳", "P3Y"),
        ("10日", "P10D"),
        ("P3Y6M", "P3Y6M"),
        ("p2w", "P2W"),
        ("3 years", "P3Y"),
        ("soon", None),
        ("3", None),
        ("", None),
    ],
)
def test_age_is_read_as_people_write_it(typed, age):
    assert age_typed(typed) == age


def entered(client, row, **said):
    said = {"HP:0001250": row}
    data = form_data([{"label": "", "term": term, "presence": "present"} | one for term, one in said.items()])
    return client.post(reverse("cases:new"), data, headers={"accept-language": "en"})


def test_form_takes_until_and_course(client, clinician, hospital):
    client.force_login(clinician)
    row = {"onset": "HP:0003593", "resolved": "4歳", "course": "HP:0031914", "modifiers": "HP:0012832"}
    assert entered(client, row).status_code == 302
    case = Case.objects.get()
    (found,) = case.described.findings
    assert (found.onset, found.resolved, found.modifiers) == ("HP:0003593", "P4Y", ("HP:0031914", "HP:0012832"))
    page = client.get(reverse("cases:edit", args=[case.public_id])).content.decode()
    assert 'value="P4Y"' in page
    assert re.search(r'<option value="HP:0031914" selected', page)


@pytest.mark.parametrize(
    "row",
    [
        {"resolved": "sometime"},
        {"resolved": "P1Y", "presence": "absent"},
        {"resolved": "P1Y", "onset": "HP:0003581"},
    ],
)
def test_end_that_cannot_be_is_refused_at_its_field(client, clinician, hospital, row):
    client.force_login(clinician)
    answer = entered(client, row)
    assert answer.status_code == 422
    assert 'href="#id_findings-0-resolved"' in answer.content.decode()


def test_saving_unchanged_makes_no_revision(client, clinician, hospital):
    case = enter_case(by=clinician, organisation=hospital, local_id="N-T", description=TIMED)
    client.force_login(clinician)
    entry = client.get(reverse("cases:edit", args=[case.public_id])).context["entry"]
    rows = [
        {name: form[name].value() or "" for name in form.fields if name != "DELETE"}
        for form in entry.findings.forms[:4]
    ]
    data = form_data(rows, sex="unknown", age_years=6, age_months=0, from_revision=1) | {"findings-INITIAL_FORMS": 4}
    assert client.post(reverse("cases:edit", args=[case.public_id]), data).status_code == 302
    case.refresh_from_db()
    assert (case.revision, case.described) == (1, TIMED)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_course_is_drawn_told_and_kept_in_history(client, clinician, hospital, language):
    case = enter_case(by=clinician, organisation=hospital, local_id="N-T", description=TIMED)
    resolved = TIMED.findings[1].model_copy(update={"resolved": "P5Y"})
    changed = TIMED.model_copy(update={"findings": (TIMED.findings[0], resolved, *TIMED.findings[2:])})
    edit_case(by=clinician, case=case, description=changed, from_revision=1)
    client.force_login(clinician)
    page = client.get(reverse("cases:show", args=[case.public_id]), headers={"accept-language": language})
    text = page.content.decode()
    assert "timeline-picture" in text
    assert ("時期の記載なし： 白内障" if language == "ja" else "Without times: Cataract") in text
    assert ("変動性" if language == "ja" else "Fluctuating") in text
    history = client.get(reverse("cases:history", args=[case.public_id]), headers={"accept-language": language})
    assert ("5歳" if language == "ja" else "until 5 y") in history.content.decode()


def test_drawing_has_a_bar_an_end_or_an_arrow_for_each_finding():
    shown = course_of(TIMED)
    assert [row.since != "" for row in shown.rows] == [True, True]
    assert len(shown.untimed) == 1
    assert shown.svg.count("timeline-end") == 1
    assert shown.svg.count("timeline-on") == 1
    assert course_of(Description(findings=(Finding(term="HP:0001250"),))) is None


spans = st.none() | st.tuples(st.floats(-280, 40_000), st.floats(0, 40_000)).map(
    lambda pair: timeline.Span(pair[0], pair[0] + pair[1])
)
courses = st.builds(timeline.Course, st.text(max_size=60), spans, spans, st.text(max_size=20))


@given(st.lists(courses, min_size=1, max_size=5), st.none() | st.floats(0, 40_000))
def test_everything_drawn_lies_within_the_picture(rows, age):
    drawn = timeline.draw(timeline.Timeline(rows, age, "t", "d"))
    for left, width in re.findall(r'<rect class="[^"]*" x="([-\d.]+)" y="[\d.]+" width="([-\d.]+)"', drawn):
        assert 0 <= float(left) <= timeline.WIDTH
        assert float(left) + float(width) <= timeline.WIDTH
    assert drawn.count("<g>") == len(rows)
