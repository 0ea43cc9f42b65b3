"""The pages of cases, in both languages: listed, read, found, taken back, withdrawn, exported."""

import json
import re

import pytest
from django.urls import reverse

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.systems.cases.actions import edit_case, enter_case, withdraw_case
from kakehashi.systems.cases.description import Description, Diagnosis, Finding

pytestmark = pytest.mark.django_db
LANGUAGES = ("ja", "en")
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "page", ["list", "new", "import", "show", "similar", "questions", "history", "edit", "print", "move"]
)
def test_page_answers_in_the_language_asked_for(site, full_case, case, page, language):
    args = {"list": (), "new": (), "import": (), "move": (full_case.public_id, "withdraw")}.get(
        page, (full_case.public_id,)
    )
    answer = site(page, *args, language=language)
    assert answer.status_code == 200
    text = answer.content.decode()
    main = re.sub(r"<[^>]+>", " ", text[text.index("<main") : text.index("</main")])
    if language == "ja":
        assert JAPANESE.search(main)
    else:
        assert not JAPANESE.search(main.replace("北病院", "").replace("北野 花", "")), JAPANESE.findall(main)[:5]
    if page not in {"new", "import"}:
        assert "合成" in main if language == "ja" else "synthetic" in main.lower()


def test_every_page_of_a_case_is_closed_to_others(client, full_case, other_hospital, make_person):
    client.force_login(make_person(other_hospital, "clinician"))
    for page in ("show", "similar", "questions", "history", "edit", "print", "phenopacket"):
        assert client.get(reverse(f"cases:{page}", args=[full_case.public_id])).status_code == 404
    for page in ("revert", "answers"):
        assert client.post(reverse(f"cases:{page}", args=[full_case.public_id])).status_code == 404
    assert full_case.public_id not in client.get(reverse("cases:list")).content.decode()


def test_visitors_are_sent_to_log_in(client, full_case):
    answer = client.get(reverse("cases:show", args=[full_case.public_id]))
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def test_search_of_the_list_without_hits_says_so_and_offers_to_clear_it(site, full_case):
    text = site("list", q="xyzzy").text
    assert "Nothing matches “xyzzy”" in text
    assert "No cases yet" not in text
    assert f'href="{reverse("cases:list")}">Clear the search' in text


def test_revision_is_taken_back_from_the_history(client, clinician, case, worked_example):
    client.force_login(clinician)
    edit_case(by=clinician, case=case, description=Description(genes=("FBN1",)), from_revision=2)
    page = client.get(reverse("cases:history", args=[case.public_id])).content.decode()
    assert "FBN1" in page
    client.post(reverse("cases:revert", args=[case.public_id]), {"to_revision": 1, "from_revision": 3})
    case.refresh_from_db()
    assert case.described == worked_example


def test_withdrawal_asks_first_and_needs_a_reason(client, clinician, case):
    client.force_login(clinician)
    url = reverse("cases:move", args=[case.public_id, "withdraw"])
    assert client.get(url).status_code == 200
    assert client.post(url, {"note": ""}).status_code == 422
    assert client.post(url, {"note": "asked for"}).status_code == 302
    case.refresh_from_db()
    assert case.state == "withdrawn"
    assert client.get(reverse("cases:move", args=[case.public_id, "nonsense"])).status_code == 404


def test_list_as_csv_and_reads_are_recorded(client, clinician, full_case):
    client.force_login(clinician)
    answer = client.get(reverse("cases:list"), {"format": "csv", "q": "N-A"})
    assert full_case.public_id in answer.content.decode()
    assert AuditEntry.objects.get(action="case.export").subject_id == str(full_case.pk)


def test_csv_records_the_cases_it_holds_and_no_others(client, clinician, full_case, draft):
    client.force_login(clinician)
    assert full_case.public_id not in client.get(reverse("cases:list"), {"format": "csv", "state": "draft"}).text
    assert AuditEntry.objects.get(action="case.export").subject_id == str(draft.pk)


def test_site_search_records_what_it_shows_and_shows_no_withdrawn_case(client, clinician, case):
    client.force_login(clinician)
    assert case.public_id in client.get(reverse("web:search"), {"q": "N-001"}).text
    entry = AuditEntry.objects.get(action="case.find")
    assert (entry.subject_id, entry.detail) == (str(case.pk), "")
    withdraw_case(by=clinician, case=case, note="asked for")
    assert case.public_id not in client.get(reverse("web:search"), {"q": "N-001"}).text


def test_exact_pseudonym_is_found_alone_and_a_hit_says_its_diagnosis(client, clinician, hospital, worked_example):
    client.force_login(clinician)
    described = worked_example.model_copy(update={"diagnoses": (Diagnosis(disease="OMIM:154700"),)})
    made = [
        enter_case(by=clinician, organisation=hospital, local_id=name, description=described)
        for name in ("JA-001", "JA-0010", "JA-0011")
    ]
    english = {"accept-language": "en"}
    for typed in ("JA-001", "ja-001 ", made[0].public_id.lower()):
        page = client.get(reverse("web:search"), {"q": typed}, headers=english).text
        assert made[0].public_id in page
        assert made[1].public_id not in page
        assert "Marfan syndrome" in page
    page = client.get(reverse("web:search"), {"q": "JA-00"}).text
    assert all(case.public_id in page for case in made)


def test_phenopacket_is_downloaded(client, clinician, full_case):
    client.force_login(clinician)
    answer = client.get(reverse("cases:phenopacket", args=[full_case.public_id]))
    assert json.loads(answer.content)["subject"]["sex"] == "MALE"
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.parametrize(
    "typed", ["発作", "けいれん", "痙攣", "ひきつけ", "epilepsy", "Epileptic seizure", "HP:0001250"]
)
def test_site_search_finds_a_case_by_every_wording_of_its_findings(client, clinician, hospital, typed):
    said = Description(findings=(Finding(term="HP:0001250"), Finding(term="HP:0000252", excluded=True)))
    case = enter_case(by=clinician, organisation=hospital, local_id="N-9", description=said, register=True)
    client.force_login(clinician)
    assert case.public_id in client.get(reverse("web:search"), {"q": typed}).text
    assert case.public_id not in client.get(reverse("web:search"), {"q": "小頭"}).text, "what is absent is not found"
