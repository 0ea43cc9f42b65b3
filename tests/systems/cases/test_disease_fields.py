"""A disease is asked for in one way everywhere, and the designated list fills its number in where it is installed."""

import re
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.protocols.designated import DesignatedListError
from kakehashi.systems.cases.course.analyses import record_analysis, send_for_analysis
from kakehashi.systems.cases.course.committee import open_review
from kakehashi.systems.cases.course.diagnoses import NewDiagnosis, record_diagnosis
from kakehashi.systems.cases.course.listed import Listed, listed_as
from kakehashi.systems.cases.designated import install_list, installed, remove_list
from kakehashi.systems.cases.diseases import disease_named, offered_diseases
from kakehashi.systems.cases.forms.diseases import DiseaseField
from kakehashi.systems.cases.models import Case, CaseDiagnosis
from kakehashi.systems.cases.vocabulary import disease_said
from tests.protocols.test_designated import LIST
from tests.systems.cases.test_case_form import form_data

pytestmark = pytest.mark.django_db
SAID = {"basis": "genetic", "diagnosed_on": "2026-02-10"}
WRITTEN = [
    ("OMIM:154700", "OMIM:154700"),
    ("omim:154700", "OMIM:154700"),
    ("154700", "OMIM:154700"),
    ("MIM:154700", "OMIM:154700"),
    ("Orphanet:558", "ORPHA:558"),
    ("Marfan syndrome (OMIM:154700)", "OMIM:154700"),
    ("マルファン症候群（ORPHA:558）", "ORPHA:558"),
    ("OMIM:154700 Marfan syndrome", "OMIM:154700"),
    ("OMIM:999999", "OMIM:999999"),
]


@pytest.fixture
def marfan_list(db):
    return install_list(LIST.encode(), source="list.csv")


def control(page, name):
    return re.search(rf'<div data-term-field[^>]*><input[^>]*name="{name}"[^>]*>', page).group()


@pytest.fixture
def before_committee(case, clinician, hospital, make_person):
    """The case before its own hospital's committee, and a member of it."""
    member = make_person(hospital, "diagnosis_committee")
    send_for_analysis(by=clinician, case=case, centre=None, kind="exome", sent_on=case.created_at.date())
    record_analysis(by=clinician, case=case, done_on=case.created_at.date(), result="x", no_result="")
    open_review(by=clinician, case=Case.objects.get(pk=case.pk), committee=hospital)
    return member


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_form_asks_by_the_same_control(client, clinician, case, before_committee, language):
    def page(name, *args):
        return client.get(reverse(name, args=args), headers={"accept-language": language}).text

    client.force_login(clinician)
    found = [control(page("cases:course_step", case.public_id, "diagnose"), "disease")]
    found += [control(page("cases:edit", case.public_id), "diagnosis"), control(page("cases:new"), "diagnosis")]
    client.force_login(before_committee)
    found.append(control(page("cases:course_step", case.public_id, "decide"), "disease"))
    for one in found:
        assert 'data-endpoint="/api/cases/diseases"' in one
        written = {"ja": "{label}（{id}）", "en": "{label} ({id})"}[language]
        assert f'data-written="{written}"' in one


@pytest.mark.parametrize(("written", "disease"), WRITTEN)
def test_a_disease_is_read_however_it_is_written(written, disease):
    assert disease_named(written) == disease


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_is_shown_of_a_disease_reads_as_itself(marfan_list, language):
    field = DiseaseField(label="")
    with translation.override(language):
        for disease in ("OMIM:154700", "ORPHA:558", "OMIM:999999", "NANBYO:177"):
            assert field.clean(field.prepare_value(disease)) == disease
        assert field.prepare_value("no disease") == "no disease"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_is_no_disease_is_refused_with_what_may_be_meant(client, clinician, case, language):
    client.force_login(clinician)
    address = reverse("cases:course_step", args=[case.public_id, "diagnose"])
    page = client.post(address, SAID | {"disease": "marfan syndrom"}, headers={"accept-language": language})
    assert page.status_code == 422
    assert "Marfan syndrome" in page.text
    assert {"ja": "もしかして", "en": "Did you mean"}[language] in page.text
    assert 'value="marfan syndrom"' in page.text
    sent = form_data(["HP:0001250"], diagnosis="marfan syndrom")
    assert "Marfan syndrome" in client.post(reverse("cases:new"), sent).text


def test_a_new_disease_of_the_case_stays_when_the_case_is_edited(client, clinician, case):
    record_diagnosis(by=clinician, case_id=case.pk, diagnosis=NewDiagnosis(new_disease=True, label="Kitano syndrome"))
    standing = Case.objects.get(pk=case.pk)
    client.force_login(clinician)
    address = reverse("cases:edit", args=[case.public_id])
    assert 'value="Kitano syndrome"' in control(client.get(address).text, "diagnosis")
    assert "NEW:" not in client.get(address).text
    sent = form_data(["HP:0001250"], diagnosis="Kitano syndrome", from_revision=standing.revision)
    assert client.post(address, sent).status_code == 302
    assert Case.objects.get(pk=case.pk).described.diagnoses == standing.described.diagnoses
    with pytest.raises(ValidationError):
        disease_named(standing.diagnosis)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("167", "OMIM:154700"),
        ("指定難病167", "OMIM:154700"),
        ("マルファン", "OMIM:154700"),
        ("ドラベ症候群", "ORPHA:33069"),
        ("ジュベール", "NANBYO:177"),
        ("154700", "OMIM:154700"),
        ("Marfan syndrome", "OMIM:154700"),
    ],
)
def test_the_list_is_searched_by_number_and_by_names(marfan_list, typed, first):
    found = offered_diseases(typed)
    assert found[0].id == first
    assert len({one.id for one in found}) == len(found)


def test_api_offers_both_names_and_the_number(client, clinician, marfan_list):
    client.force_login(clinician)
    found = client.get("/api/cases/diseases", {"q": "マルファン"}).json()[0]
    assert (found["id"], found["label_ja"], found["designated"]) == ("OMIM:154700", "マルファン症候群", "167")
    listed = client.get("/api/cases/diseases/listed", {"disease": "OMIM:154700"}).json()
    assert listed == {"orphanet": "ORPHA:558", "designated": "167"}
    assert client.get("/api/cases/diseases/listed", {"disease": "?"}).json() == {"orphanet": "", "designated": ""}


def test_numbers_come_from_the_list_by_id_or_by_name(clinician, marfan_list):
    assert listed_as(clinician, "OMIM:154700") == Listed("ORPHA:558", "167")
    assert listed_as(clinician, "OMIM:607208") == Listed("ORPHA:33069", "140"), "by its Orphanet id"
    assert listed_as(clinician, "ORPHA:475").designated == ""
    install_list(b"number,name_ja,name_en\n167,x,Marfan syndrome\n", source="names.csv")
    assert listed_as(clinician, "OMIM:154700").designated == "167", "by its English name"
    install_list(b"number,name_ja,omim\n1,x,154700\n2,y,154700\n", source="twice.csv")
    assert listed_as(clinician, "OMIM:154700").designated == "", "never guessed"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_where_no_list_is_installed_its_empty_field_is_no_fault(client, clinician, case, language):
    client.force_login(clinician)
    address = reverse("cases:course_step", args=[case.public_id, "diagnose"])
    asked = client.post(address, SAID | {"disease": "OMIM:154700"}, headers={"accept-language": language})
    assert asked.status_code == 422
    assert list(asked.context["form"].errors) == ["orphanet"]
    about = {"ja": "このノードには一覧が導入されていない", "en": "The list is not installed on this node"}[language]
    assert about in unescape(asked.text)
    unknown = client.post(address, SAID | {"disease": "OMIM:999999"}, headers={"accept-language": language})
    assert list(unknown.context["form"].errors) == ["unlisted"]
    assert client.post(address, SAID | {"disease": "OMIM:154700", "orphanet": "558"}).status_code == 302


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_number_is_filled_in_from_the_list_and_a_wrong_one_refused(client, clinician, case, marfan_list, language):
    client.force_login(clinician)
    address = reverse("cases:course_step", args=[case.public_id, "diagnose"])
    headers = {"accept-language": language}
    asked = client.post(address, SAID | {"disease": "OMIM:154700"}, headers=headers)
    assert list(asked.context["form"].errors) == ["designated"]
    assert 'name="designated" value="167"' in asked.text
    assert "list.csv" in asked.text
    wrong = client.post(address, SAID | {"disease": "OMIM:154700", "designated": "999"}, headers=headers)
    assert "999" in str(wrong.context["form"].errors["designated"])
    sent = SAID | {"disease": "OMIM:154700", "designated": "指定難病１６７", "orphanet": "ORPHA:558"}
    assert client.post(address, sent, headers=headers).status_code == 302
    row = CaseDiagnosis.objects.get()
    assert (row.designated, row.catalogue) == ("167", "designated")


def test_a_disease_of_the_list_alone_is_recorded_by_its_number_and_read_by_its_name(site, client, clinician, case):
    install_list(LIST.encode(), source="list.csv")
    client.force_login(clinician)
    address = reverse("cases:course_step", args=[case.public_id, "diagnose"])
    assert client.post(address, SAID | {"disease": "ジュベール症候群関連疾患"}).status_code == 302
    row = CaseDiagnosis.objects.get()
    assert (row.disease, row.designated, row.catalogue) == ("NANBYO:177", "177", "designated")
    for language, said in (("ja", "ジュベール症候群関連疾患"), ("en", "Joubert syndrome and related disorders")):
        with translation.override(language):
            assert disease_said(row.disease).startswith(said)
        assert said in site("show", case.public_id, language=language).text
        assert "NANBYO" not in site("course", case.public_id, language=language).text


def test_a_list_is_put_in_use_whole_or_not_at_all(marfan_list):
    with pytest.raises(DesignatedListError):
        install_list(b"number,name_ja\n1,x\n1,y\n", source="wrong.csv")
    assert installed() == marfan_list
    again = install_list(b"number,name_ja\n1,x\n", source="next.csv")
    assert (installed(), again.diseases.count()) == (again, 1)
    remove_list()
    assert installed() is None
    done = AuditEntry.objects.filter(action__startswith="designated.").values_list("action", flat=True)
    assert sorted(done) == ["designated.install", "designated.install", "designated.remove"]
