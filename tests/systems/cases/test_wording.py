"""What the pages of a case say beside their numbers: names, originals of translations, and what the tool is not."""

import pytest
from django.urls import reverse

from kakehashi.engines.phenotype import knowledge as knowledge_engine
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.description import Description, Diagnosis, Finding

pytestmark = pytest.mark.django_db
CAUTION = {"en": "it does not diagnose", "ja": "診断するものではありません"}


@pytest.fixture
def page_of(client, clinician):
    client.force_login(clinician)

    def get(name, case, language):
        return client.get(reverse(f"cases:{name}", args=[case.public_id]), headers={"accept-language": language}).text

    return get


@pytest.mark.parametrize("language", CAUTION)
@pytest.mark.parametrize("page", ["show", "similar", "questions", "print"])
def test_page_says_that_it_does_not_diagnose(page_of, case, page, language):
    assert page_of(page, case, language).count(CAUTION[language]) == 1


def test_similar_case_names_its_disease_and_the_id(page_of, case, clinician, hospital, worked_example):
    known = Diagnosis(disease="OMIM:607208", label="")
    described = worked_example.model_copy(update={"diagnoses": (known,)})
    enter_case(by=clinician, organisation=hospital, local_id="N-2", description=described, register=True)
    text = page_of("similar", case, "en")
    assert "OMIM:607208" in text
    assert "Dravet syndrome" in text


@pytest.mark.parametrize("page", ["show", "similar", "questions", "print"])
def test_english_label_stands_beside_a_japanese_one_only(page_of, clinician, hospital, page):
    known = knowledge_engine.load()
    index = known.ontology.index("HP:0001250")
    assert known.ontology.label(index, "ja") != known.ontology.label(index)
    described = Description(findings=(Finding(term="HP:0001250"), Finding(term="HP:0001263")))
    case = enter_case(by=clinician, organisation=hospital, local_id="N-3", description=described, register=True)
    assert '<span class="original" lang="en">Seizure</span>' in page_of(page, case, "ja")
    assert 'class="original"' not in page_of(page, case, "en")


def test_picture_says_the_english_label_beneath(page_of, case):
    picture = page_of("show", case, "ja").partition('<svg class="match-picture"')[2].partition("</svg>")[0]
    assert ">Dandy-Walker malformation<" in picture


def test_description_made_of_an_unknown_term_has_no_original(page_of, clinician, hospital):
    described = Description(findings=(Finding(term="HP:9999999", label="A term of tomorrow"),))
    case = enter_case(by=clinician, organisation=hospital, local_id="N-4", description=described)
    text = page_of("show", case, "ja")
    assert "A term of tomorrow" in text
    assert 'class="original"' not in text
