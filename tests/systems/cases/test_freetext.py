"""Clinical free text on the form of a case: suggested, accepted by hand, and kept nowhere."""

import logging

import pytest
from django.urls import reverse

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.systems.cases import freetext
from kakehashi.systems.cases.models import Case
from tests.systems.cases.test_case_form import form_data

pytestmark = pytest.mark.django_db
TEXT = "生後6か月から発作を認める。小頭症を認めない。母に白内障あり。"
SECRET = "秘密の語句"


def said(text, **known):
    return {one.term: one for one in freetext.suggestions(text, **known)}


def test_text_is_read_with_negation_relatives_and_the_words_it_came_from():
    found = said(TEXT, known={"HP:0001250"})
    assert {term: (one.excluded, one.relative) for term, one in found.items()} == {
        "HP:0001250": (False, False),
        "HP:0000252": (True, False),
        "HP:0000518": (False, True),
    }
    assert (found["HP:0000252"].words, found["HP:0000252"].after[:5]) == ("小頭症", "を認めない")
    assert [term for term, one in found.items() if one.sure] == ["HP:0000252"]


def test_what_is_said_both_ways_is_not_certain():
    found = said("発作あり。現在は発作を認めない。")["HP:0001250"]
    assert found.contradicted
    assert not found.sure


def test_accepted_values_are_findings_and_nothing_else():
    values = ["HP:0001250:yes", "HP:0000252:no", "HP:0000252:yes", "HP:0000006:yes", "x", "HP:1:no", "HP:0001250:maybe"]
    assert freetext.accepted(values) == {"HP:0001250": True, "HP:0000252": False}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_form_without_script_suggests_and_takes_over(client, clinician, hospital, language):
    client.force_login(clinician)
    address = reverse("cases:new")
    data = form_data(["", ""], local_id="", clinical_text=TEXT, then="read-text")
    shown = client.post(address, data, headers={"accept-language": language})
    assert shown.status_code == 200
    page = shown.content.decode()
    assert "<mark>小頭症</mark>" in page
    assert 'value="HP:0000252:no"' in page
    assert 'class="error-summary"' not in page
    assert not Case.objects.exists()
    data |= {"then": "take-suggested", "accept": ["HP:0001250:yes", "HP:0000252:no"]}
    taken = client.post(address, data, headers={"accept-language": language})
    assert taken.status_code == 200
    entry = taken.context["entry"]
    rows = [(form["term"].value(), form["presence"].value()) for form in entry.findings.forms]
    assert rows == [("HP:0001250", "present"), ("HP:0000252", "absent")]
    assert TEXT not in taken.content.decode()


def test_all_that_are_certain_are_taken_beside_what_stands(client, clinician, case):
    client.force_login(clinician)
    address = reverse("cases:edit", args=[case.public_id])
    row = {"label": "x", "term": "HP:0001250", "presence": "present"}
    data = form_data([row], clinical_text=TEXT, then="take-all-suggested", from_revision=case.revision)
    forms = client.post(address, data).context["entry"].findings.forms
    assert [(form["term"].value(), form["presence"].value()) for form in forms] == [
        ("HP:0001250", "present"),
        ("HP:0000252", "absent"),
    ]
    case.refresh_from_db()
    assert case.revision == 2


def test_text_is_in_no_log_trail_address_or_row(client, clinician, hospital, caplog):
    client.force_login(clinician)
    text = f"{SECRET}。発作あり。"
    with caplog.at_level(logging.DEBUG):
        data = form_data(["HP:0000518"], clinical_text=text)
        for then in ("read-text", "take-suggested", "register"):
            answer = client.post(reverse("cases:new"), data | {"then": then, "accept": "HP:0001250:yes"})
            assert SECRET not in answer.get("Location", "")
        part = client.post(reverse("cases:text"), {"clinical_text": text})
        sent = client.post("/api/cases/text", {"text": text}, content_type="application/json")
        client.post("/api/cases/text", {"text": SECRET * 20_000}, content_type="application/json")
    assert part.status_code == 200
    assert [one["term"] for one in sent.json()] == ["HP:0001250"]
    case = Case.objects.get()
    assert SECRET not in str(case.description)
    assert SECRET not in "".join(str(vars(one)) for one in AuditEntry.objects.all())
    own = [one.getMessage() for one in caplog.records if not one.name.startswith("django.db")]
    assert SECRET not in "".join(own)


def test_visitors_are_told_nothing(client):
    assert client.post(reverse("cases:text"), {"clinical_text": TEXT}).status_code == 302
    assert client.post("/api/cases/text", {"text": TEXT}, content_type="application/json").status_code == 401


@pytest.mark.parametrize(
    ("language", "heading", "told"),
    [("en", "Not read", "add them below by hand"), ("ja", "読み取れなかった箇所", "手入力してください")],
)
@pytest.mark.parametrize("text", ["発作を認める。一人で立てない。", "一人で立てない。"])
def test_what_nothing_was_suggested_from_is_listed_to_be_typed_by_hand(
    client, clinician, hospital, language, heading, told, text
):
    client.force_login(clinician)
    data = form_data(["", ""], local_id="", clinical_text=text, then="read-text")
    pages = [
        client.post(reverse("cases:new"), data, headers={"accept-language": language}).text,
        client.post(reverse("cases:text"), {"clinical_text": text}, headers={"accept-language": language}).text,
    ]
    for page in pages:
        listed = page.partition(heading)[2].partition("</ul>")[0]
        assert "一人で立てない" in listed
        assert told in listed
        assert "発作" not in listed


def test_a_text_that_was_read_whole_lists_nothing_as_not_read(client, clinician):
    client.force_login(clinician)
    page = client.post(reverse("cases:text"), {"clinical_text": TEXT}, headers={"accept-language": "en"}).text
    assert "Not read" not in page
    assert freetext.read("。".join(f"様子{number}を聞いた" for number in range(300))).unread[99] == "様子99を聞いた"
    assert (
        len(freetext.read("。".join(f"様子{number}を聞いた" for number in range(300))).unread) == freetext.MOST_UNREAD
    )
