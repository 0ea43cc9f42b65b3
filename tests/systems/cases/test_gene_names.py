"""Genes by old names and ids: meant alike wherever cases are entered, compared, found and ranked."""

from pathlib import Path

import pytest
from django.urls import reverse

from kakehashi.engines.genes import installed
from kakehashi.systems.cases import genenames, rows
from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.description import Description, Finding, Variant
from kakehashi.systems.cases.matching import similar
from kakehashi.systems.cases.models import Case, CaseGene
from kakehashi.systems.cases.ranking import patient_of
from kakehashi.systems.cases.vocabulary import knowledge
from tests import hgnc

pytestmark = pytest.mark.django_db


@pytest.fixture
def install(tmp_path, monkeypatch):
    """install() puts the small gene table in place; it is gone after the test."""
    folder = tmp_path / "genes"  # of this test alone: others run beside it in the same home
    monkeypatch.setattr(installed, "genes_folder", lambda given=None: folder if given is None else Path(given))

    def put():
        file = tmp_path / "hgnc_complete_set.txt"
        file.write_text(hgnc.table())
        return installed.install(file, folder)

    return put


def entered(clinician, hospital, *genes, local_id="G-1", variants=()):
    said = Description(findings=(Finding(term="HP:0001250"),), genes=genes, variants=variants)
    return enter_case(by=clinician, organisation=hospital, local_id=local_id, description=said, register=True)


def test_an_old_symbol_and_an_id_meet_the_new_symbol(install, clinician, hospital):
    install()
    entered(clinician, hospital, "SEPT9")
    entered(clinician, hospital, "ENSG00000184640", local_id="G-2")
    entered(clinician, hospital, "SEPTIN9", local_id="G-3")
    assert set(CaseGene.objects.values_list("symbol", flat=True)) == {"SEPTIN9"}
    found = similar.find_similar(clinician, Description(genes=("MSF",)), k=5)
    assert len(found) == 3
    assert {one.explanation.shared_genes for one in found} == {("SEPTIN9",)}


def test_what_was_entered_before_is_found_by_a_table_that_came_later(install, clinician, hospital):
    case = entered(clinician, hospital, "SEPT9", variants=(Variant(gene="MADH3", hgvs="c.1A>G"),))
    similar.bring_up_to_date()
    install()
    assert rows.reindex_outdated() == 1
    assert set(case.gene_rows.values_list("symbol", flat=True)) == {"SEPTIN9", "SMAD3"}
    found = similar.find_similar(clinician, Description(genes=("SEPTIN9",)), k=5)
    assert [one.case.public_id for one in found] == [case.public_id]
    case.refresh_from_db()
    assert case.described.genes == ("SEPT9",)  # what was said stays; it is compared by today's name
    assert rows.reindex_outdated() == 0


def test_ranking_asks_the_disease_models_by_the_gene_that_is_meant(install):
    install()
    patient = patient_of(Description(genes=("MFS1", "ENSG00000163513", "NONE1")), knowledge())
    assert patient.genes == ("FBN1", "TGFBR2", "NONE1")


def test_the_form_takes_old_names_and_asks_about_those_of_several_genes(install, client, clinician, hospital):
    install()
    client.force_login(clinician)
    sent = {
        "local_id": "G-9",
        "sex": "unknown",
        "affected_relatives": "unknown",
        "consanguinity": "unknown",
        "genes": "sept9, HGNC:3603",
        "findings-TOTAL_FORMS": "1",
        "findings-INITIAL_FORMS": "0",
        "findings-0-label": "Seizure",
        "findings-0-presence": "present",
        "variants-TOTAL_FORMS": "1",
        "variants-INITIAL_FORMS": "0",
        "variants-0-gene": "p53",
        "variants-0-zygosity": "unknown",
        "then": "register",
    }
    asked = client.post(reverse("cases:new"), sent | {"genes": "MLL2"}, headers={"accept-language": "en"})
    assert asked.status_code == 422
    assert "MLL2 was the name of several genes: KMT2B, KMT2D" in asked.content.decode()
    assert client.post(reverse("cases:new"), sent).status_code == 302
    said = Case.objects.get(local_id="G-9").described
    assert said.genes == ("SEPTIN9", "FBN1")
    assert said.variants[0].gene == "TP53"


def test_the_api_resolves_and_offers_genes_by_any_name(install, client, clinician, hospital):
    install()
    client.force_login(clinician)
    offered = client.get("/api/cases/genes/offered", {"q": "madh", "limit": 2}).json()
    assert [(one["label"], one["synonym"]) for one in offered] == [("SMAD2", "MADH2"), ("SMAD3", "MADH3")]
    assert client.get("/api/cases/genes", {"q": "SEPT9"}).json()[0] == "SEPTIN9"
    body = {"local_id": "G-8", "description": {"genes": ["MSF", "ENSG00000166147"]}}
    made = client.post("/api/cases/", body, content_type="application/json").json()
    assert made["description"]["genes"] == ["SEPTIN9", "FBN1"]


def test_a_case_says_under_which_name_its_gene_is_compared(install, client, clinician, hospital):
    install()
    case = entered(clinician, hospital, "SEPT9", "MLL2")
    client.force_login(clinician)
    page = client.get(reverse("cases:show", args=[case.public_id]), headers={"accept-language": "en"}).content.decode()
    assert "SEPT9 is called SEPTIN9 today and is compared by that name." in page
    assert "MLL2 was the name of several genes" in page


def test_without_a_table_an_ensembl_id_is_compared_as_it_is_written(clinician, hospital):
    assert genenames.gene_of_kind("ensembl", "ENSG00000166147") is None
    entered(clinician, hospital, "ENSG00000166147")
    found = similar.find_similar(clinician, Description(genes=("ENSG00000166147",)), k=5)
    assert len(found) == 1
