"""The pages that rank diseases and ask what to look for next."""

import io
import re

import pytest
from django.urls import reverse

from kakehashi.engines.pictures import CLEAR, SILENT
from kakehashi.systems.cases import ranking
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.description import Description, Diagnosis, Finding
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.pages import pictures
from tests.systems.cases.conftest import WORKED_EXAMPLE
from tests.systems.cases.test_case_form import form_data

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("view", ["show", "questions", "print"])
def test_draft_without_findings_names_no_disease_but_what_to_enter(client, clinician, view):
    client.force_login(clinician)
    client.post(reverse("cases:new"), form_data([], then="draft"))
    page = client.get(reverse(f"cases:{view}", args=[Case.objects.get().public_id])).content.decode()
    assert "所見または候補遺伝子を追加してください。" in page or "Add findings or candidate genes." in page
    assert "OMIM:" not in page


def test_diseases_are_listed_with_the_unknown_one_and_the_chosen_one_explained(site, case):
    text = site("show", case.public_id).content.decode()
    assert "Joubert" in text
    assert "No known disease" in text
    assert "<svg" in text
    third = re.findall(r"disease=(OMIM%3A\d+)\"", text)[4].replace("%3A", ":")
    other = site("show", case.public_id, disease=third).content.decode()
    chosen = re.search(r'<li class="chosen">.*?</li>', other, re.DOTALL).group(0)
    assert third in chosen
    assert other.count('aria-current="true"') == text.count('aria-current="true"')


def test_answers_re_rank_at_once_and_are_kept_only_when_asked(client, clinician, case):
    client.force_login(clinician)
    url = reverse("cases:questions", args=[case.public_id])
    page = client.get(url, headers={"accept-language": "en"}).content.decode()
    asked = re.findall(r'<button[^>]*value="(HP:\d{7}):yes"', page)
    assert len(asked) == 3
    answers = {"answer": [f"{asked[0]}:yes", f"{asked[1]}:no"]}
    part = client.post(url, answers, headers={"hx-request": "true", "accept-language": "en"})
    text = part.content.decode()
    assert "<html" not in text
    assert f'value="{asked[0]}:yes"' in text
    asked_next = text[text.index("ask-head") : text.index("answers-head")]
    assert not set(re.findall(r'value="(HP:\d{7}):yes"', asked_next)) & set(asked[:2])
    case.refresh_from_db()
    assert case.revision == 2
    taken_back = client.post(url, answers | {"forget": [asked[0]]}).content.decode()
    assert f'type="hidden" name="answer" value="{asked[0]}' not in taken_back
    client.post(reverse("cases:answers", args=[case.public_id]), answers | {"from_revision": 2})
    case.refresh_from_db()
    kept = {one.term: one.excluded for one in case.described.findings}
    assert (kept[asked[0]], kept[asked[1]]) == (False, True)


def test_recorded_diagnosis_stands_on_top_and_is_marked_in_the_ranking(site, clinician, hospital, worked_example):
    first = ranking.rank(worked_example).diseases[0].id
    described = worked_example.model_copy(update={"diagnoses": (Diagnosis(disease=first),)})
    case = enter_case(by=clinician, organisation=hospital, local_id="S", description=described, register=True)
    page = site("show", case.public_id).text
    assert "Recorded diagnosis:" in page
    assert page.count('<span class="mark green">recorded diagnosis</span>') == 1


def test_worked_example_ranks_joubert_syndrome_first(site, case):
    assert set(WORKED_EXAMPLE) == {one.term for one in case.described.findings}
    text = site("show", case.public_id).content.decode()
    first = re.search(r'<li class="chosen">.*?<a [^>]*>([^<]+)</a>', text, re.DOTALL)
    assert "Joubert" in first.group(1)
    assert io.StringIO(text).read().count("<svg") >= 1


@pytest.mark.parametrize("page", ["show", "print"])
def test_gene_that_decides_a_ranking_is_named_as_the_strongest_reason(site, clinician, hospital, page):
    findings = (Finding(term="HP:0001250"), Finding(term="HP:0001263"))
    described = Description(sex="female", findings=findings, genes=("CEP290",))
    kept = enter_case(by=clinician, organisation=hospital, local_id="G-1", description=described, register=True)
    text = site(page, kept.public_id).content.decode()
    assert re.search(r"the strongest reason is A candidate gene of the patient causes it \(×[\d,.]+\)", text)
    assert "Beside the findings:" in text
    assert (
        "最も強い根拠は「患者の候補遺伝子がこの疾患の原因遺伝子です（"
        in site(page, kept.public_id, language="ja").content.decode()
    )


def test_far_fetched_pairs_do_not_count_as_matches(knowledge):
    ranked = ranking.rank(Description(findings=tuple(Finding(term=term) for term in ("HP:0001250", "HP:0001321"))))
    for disease in ranked.diseases:
        for link in pictures.disease_picture(disease).links:
            assert bool(link.weak) == (abs(link.weight) < CLEAR)
            assert abs(link.weight) >= SILENT or link.left == link.right


def test_the_same_finding_is_said_to_be_common_and_not_weak(knowledge):
    findings = tuple(Finding(term=term) for term in ("HP:0001250", "HP:0000252", "HP:0001249", "HP:0001252"))
    said = {
        link.weak
        for disease in ranking.rank(Description(findings=findings), top=60).diseases
        for link in pictures.disease_picture(disease).links
        if link.left == link.right
    }
    assert said & {"common", "seldom"}
    assert "weak" not in said


def test_a_gene_that_alone_speaks_for_a_disease_is_not_taken_for_the_findings(site, clinician, hospital):
    findings = tuple(Finding(term=term) for term in ("HP:0001250", "HP:0000252", "HP:0001249"))
    described = Description(sex="female", findings=findings, genes=("CFTR",))
    kept = enter_case(by=clinician, organisation=hospital, local_id="G-2", description=described, register=True)
    text = site("show", kept.public_id).content.decode()
    assert 'data-sufficiency="little"' in text
    assert "because of the candidate gene CFTR" in text
    assert "only the gene speaks for it" in text
    assert 'class="match-line' not in text
    japanese = site("show", kept.public_id, language="ja").content.decode()
    assert "候補遺伝子CFTRによるものです" in japanese
    assert "候補遺伝子のみが根拠" in japanese
