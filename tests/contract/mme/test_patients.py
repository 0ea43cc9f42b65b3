"""What a patient of the exchange must and may say, field by field, over HTTP (search-api.md)."""

import json

import pytest
from tests.contract.mme.conftest import PATIENT, patient

from kakehashi.kernel.notices.models import Notice
from kakehashi.protocols.mme import conversions, read_reply, read_request

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("compiled_ontology")]
CONTACT = PATIENT["contact"]
LONG, TOO_LONG = "x" * 255, "x" * 256


def gene(**said):
    return [{"gene": {"id": "SCN1A"}} | said]


def variant(**said):
    return gene(variant={"assembly": "GRCh38", "referenceName": "2", "start": 166_000_000} | said)


def refused(match, place, **changes):
    answer = match(**changes)
    return answer.status == 400 and place in answer.tree["message"]


def test_an_id_is_needed_of_at_most_255_characters(match):
    assert match(id=LONG).status == 200
    assert match(id="患者-7").status == 200
    assert all(refused(match, "patient.id", id=bad) for bad in (None, "", TOO_LONG, 7, ["p"]))


def test_a_contact_needs_a_name_of_at_most_255_characters(match):
    assert match(contact=CONTACT | {"name": LONG}).status == 200
    assert refused(match, "patient.contact", contact=None)
    assert all(refused(match, "contact.name", contact=CONTACT | {"name": bad}) for bad in (None, TOO_LONG, 7))


@pytest.mark.parametrize("href", ["mailto:a@b.example", "https://b.example/form?id=7", "http://b.example"])
def test_a_contact_is_reached_by_a_form_or_by_mail(match, href):
    assert match(contact=CONTACT | {"href": href}).status == 200


@pytest.mark.parametrize("href", [None, "", "nobody", "a@b.example", "javascript:alert(1)", "data:text/html,x"])
def test_a_contact_without_a_usable_link_is_400(match, href):
    assert refused(match, "patient.contact.href", contact=CONTACT | {"href": href})


def test_institution_email_and_roles_may_be_said(match):
    said = {"institution": "A hospital", "email": "a@b.example", "roles": ["clinician", "researcher"]}
    assert match(contact=CONTACT | said).status == 200
    read = read_request(json.dumps({"patient": patient(contact=CONTACT | said)}).encode())
    assert read.patient.contact.tree() == CONTACT | said


def test_one_of_features_and_genomic_features_is_needed(match):
    assert match(features=None, genomicFeatures=gene()).status == 200
    assert match(id="p2", genomicFeatures=None).status == 200
    for nothing in ({"features": None}, {"features": []}, {"features": [], "genomicFeatures": []}):
        assert refused(match, "at least one of features and genomicFeatures", **nothing)


def test_a_feature_needs_an_id_and_may_have_a_label(match):
    assert match(features=[{"id": "HP:0001250", "label": "Seizure"}]).status == 200
    assert refused(match, "features.0.id", features=[{"label": "Seizure"}])


@pytest.mark.parametrize(("observed", "found"), [("yes", 1), (None, 1), ("no", 0)])
def test_a_feature_is_present_unless_it_says_no(match, make_case, observed, found):
    make_case(findings=("HP:0001250",), genes=())
    said = {"id": "HP:0001250"} | ({"observed": observed} if observed else {})
    answer = match(features=[said, {"id": "HP:0000411"}])
    assert len(answer.tree["results"]) == found


def test_observed_says_yes_or_no_only(match):
    assert refused(match, "features.0.observed", features=[{"id": "HP:0001250", "observed": "perhaps"}])


def test_onset_may_be_told_of_patient_and_feature(match):
    onset = "HP:0003593"
    assert match(ageOfOnset=onset, features=[{"id": "HP:0001250", "ageOfOnset": onset}]).status == 200
    assert refused(match, "patient.ageOfOnset", ageOfOnset=7)


def test_an_unknown_term_is_no_error_and_matches_nothing(match, make_case):
    make_case()
    answer = match(features=[{"id": "HP:9999999"}, {"id": "EFO:0000001"}])
    assert (answer.status, answer.tree["results"]) == (200, [])


@pytest.mark.parametrize("name", ["SCN1A", "scn1a", "6323"])
def test_a_gene_by_symbol_or_entrez_id_meets_the_same_gene(match, make_case, name):
    make_case(findings=("HP:0000411",), genes=("SCN1A",))
    (found,) = match(features=None, genomicFeatures=[{"gene": {"id": name}}]).tree["results"]
    assert found["patient"]["genomicFeatures"][0]["gene"]["id"] == "SCN1A"


def test_a_gene_by_ensembl_id_meets_the_same_id(match, make_case):
    make_case(findings=("HP:0000411",), genes=("ENSG00000144285",))
    (found,) = match(features=None, genomicFeatures=[{"gene": {"id": "ENSG00000144285"}}]).tree["results"]
    assert found["patient"]["genomicFeatures"][0]["gene"]["id"] == "ENSG00000144285"


def test_a_gene_unknown_here_is_compared_as_written_and_said_so(match, make_case):
    make_case(findings=("HP:0000411",), genes=("ENSG00000144285",))
    genes = [{"gene": {"id": one}} for one in ("SCN1A", "ENSG00000144285", "a gene?")]
    said = match(features=[{"id": "HP:0000411"}, {"id": "MP:0001"}], genomicFeatures=genes).tree
    assert said["_genesComparedAsWritten"] == ["ENSG00000144285"]
    assert said["_idsNotUsed"] == ["MP:0001", "a gene?"]
    plain = match(id="p2", features=[{"id": "HP:0000411"}], genomicFeatures=genes[:1]).tree
    assert set(plain) == {"results", "disclaimer", "terms"}


def test_a_genomic_feature_needs_its_gene(match):
    assert refused(match, "genomicFeatures.0.gene", genomicFeatures=[{"zygosity": 1}])
    assert refused(match, "genomicFeatures.0.gene.id", genomicFeatures=[{"gene": {}}])


def test_a_variant_needs_assembly_and_chromosome(match):
    assert match(genomicFeatures=variant(assembly="GRCh37.p13")).status == 200
    assert (
        match(id="p2", genomicFeatures=variant(end=166_000_001, referenceBases="A", alternateBases="T")).status == 200
    )
    for name in ("assembly", "referenceName"):
        said = {key: value for key, value in variant()[0]["variant"].items() if key != name}
        assert refused(match, name, genomicFeatures=gene(variant=said))
    assert all(refused(match, "start", genomicFeatures=variant(start=bad)) for bad in (-1, "two", 1.5))


def test_coordinates_are_zero_based_and_half_open():
    sent = conversions.variant_out(assembly="GRCh38", chromosome="2", position=101, reference="ACG", alternate="A")
    assert (sent.start, sent.end) == (100, 103)
    back = conversions.variant_in(sent)
    assert (back.position, back.reference, back.alternate) == (101, "ACG", "A")


def test_zygosity_is_one_or_two(match):
    assert match(genomicFeatures=gene(zygosity=1)).status == 200
    assert match(id="p2", genomicFeatures=gene(zygosity=2)).status == 200
    assert all(refused(match, "zygosity", genomicFeatures=gene(zygosity=bad)) for bad in (0, 3, "both"))


def test_a_type_is_a_term_of_the_sequence_ontology(match):
    assert match(genomicFeatures=gene(type={"id": "SO:0001587", "label": "STOPGAIN"})).status == 200
    assert refused(match, "type.id", genomicFeatures=gene(type={"label": "STOPGAIN"}))


@pytest.mark.parametrize("sex", ["FEMALE", "MALE", "OTHER", "MIXED_SAMPLE", "NOT_APPLICABLE"])
def test_each_sex_of_the_specification_is_read(match, sex):
    assert match(sex=sex).status == 200


def test_another_sex_is_400(match):
    assert all(refused(match, "patient.sex", sex=bad) for bad in ("WOMAN", "", 1))


def test_disorders_may_be_named_by_omim_and_orphanet(match):
    assert match(disorders=[{"id": "MIM:154700"}, {"id": "Orphanet:558", "label": "Marfan"}]).status == 200
    assert match(id="p2", disorders=[]).status == 200
    assert [conversions.disease_in(one) for one in ("MIM:154700", "Orphanet:558")] == ["OMIM:154700", "ORPHA:558"]


def test_label_species_and_inheritance_may_be_said(match):
    said = {"label": "P-7", "species": "NCBITaxon:9606", "inheritanceMode": "HP:0000006"}
    assert match(**said).status == 200
    assert refused(match, "patient.label", label=TOO_LONG)


def test_a_test_patient_is_answered_by_test_cases_and_tells_nobody(match, make_case):
    case = make_case(synthetic=True)
    assert match().tree["results"] == []
    (found,) = match(id="p2", test=True).tree["results"]
    assert (found["patient"]["id"], found["patient"]["test"]) == (case.public_id, True)
    assert not Notice.objects.exists()


def test_unknown_extras_are_accepted_and_kept(match):
    extras = {"_ours": {"a": [1, None]}, "features": [{"id": "HP:0001250", "_by": "x"}]}
    assert match(beside={"_more": 7}, **extras).status == 200
    body = {"patient": patient(**extras), "_more": 7}
    assert read_request(json.dumps(body).encode()).tree() == body
    answer = {"results": [{"score": {"patient": 0.5, "_genes": 0.1}, "patient": body["patient"]}]}
    assert read_reply(json.dumps(answer).encode()).results[0].tree() == answer["results"][0]


def test_terms_and_disclaimer_may_come_with_the_question(match):
    assert match(beside={"terms": "Only for care.", "disclaimer": "As it is."}).status == 200
    assert match(id="p2", beside={"terms": 7}).status == 400
