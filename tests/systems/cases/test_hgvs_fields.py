"""A variant typed into any form, by HGVS or by place: read where it is sure, else what is missing is said."""

import pytest
from django.urls import reverse

from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.description import Variant
from kakehashi.systems.cases.models import Case, CaseDiagnosis
from tests.systems.cases.test_case_form import form_data

pytestmark = pytest.mark.django_db
WRONG = {
    "c.123A>G": {"en": "does not say which transcript", "ja": "どの転写産物上の位置か"},
    "p.Arg12Cys": {"en": "the change of the protein only", "ja": "タンパク質の変化だけ"},
    "FBN1:c.123A>G": {"en": "is the name of a gene, not of a transcript", "ja": "遺伝子の記号で"},
}


def sent_to(form, hgvs):
    if form == "diagnose":
        return {"disease": "ORPHA:558", "basis": "genetic", "diagnosed_on": "2026-02-10", "hgvs": hgvs}
    row = {"variants-TOTAL_FORMS": 1, "variants-0-gene": "FBN1", "variants-0-hgvs": hgvs}
    return form_data(["HP:0001250"]) | row | {"variants-0-zygosity": "unknown"}


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("typed", WRONG)
@pytest.mark.parametrize("form", ["new", "diagnose"])
def test_what_is_missing_is_said_at_the_field_and_nothing_is_kept(client, clinician, case, form, typed, language):
    client.force_login(clinician)
    address = reverse("cases:new") if form == "new" else reverse("cases:course_step", args=[case.public_id, form])
    answer = client.post(address, sent_to(form, typed), headers={"accept-language": language})
    assert answer.status_code == 422
    assert WRONG[typed][language] in answer.text
    assert Case.objects.count() == 1
    assert not CaseDiagnosis.objects.exists()


def test_full_width_signs_and_blanks_are_made_plain(client, clinician, case):
    client.force_login(clinician)
    typed, plain = "ＮＭ＿０００１３８．５：c.123A＞G", "NM_000138.5:c.123A>G"
    assert client.post(reverse("cases:new"), sent_to("new", typed)).status_code == 302
    assert Case.objects.latest("pk").described.variants[0].hgvs == plain
    address = reverse("cases:course_step", args=[case.public_id, "diagnose"])
    assert client.post(address, sent_to("diagnose", typed)).status_code == 302
    assert CaseDiagnosis.objects.get().variant["hgvs"] == plain


def test_what_a_case_says_already_may_stay_as_it_is(client, clinician, hospital, worked_example):
    described = worked_example.model_copy(update={"variants": (Variant(gene="FBN1", hgvs="c.123A>G"),)})
    case = enter_case(by=clinician, organisation=hospital, local_id="OLD", description=described, register=True)
    client.force_login(clinician)
    sent = sent_to("new", "c.123A>G") | {"from_revision": case.revision, "note": "seen again"}
    assert client.post(reverse("cases:edit", args=[case.public_id]), sent).status_code == 302
    assert Case.objects.get(pk=case.pk).described.variants[0].hgvs == "c.123A>G"


PLACE = {
    "variants-TOTAL_FORMS": 1,
    "variants-0-gene": "POMGNT1",
    "variants-0-assembly": "GRCh38",
    "variants-0-chromosome": "chr1",
    "variants-0-position": "46190000",
    "variants-0-reference": "G",
    "variants-0-alternate": "A",
    "variants-0-zygosity": "unknown",
}
IMPOSSIBLE = {
    "assembly": ("", {"en": "Choose the assembly", "ja": "アセンブリを選択"}),
    "chromosome": ("chr25", {"en": "“chr25” is not a chromosome", "ja": "「chr25」という染色体はありません"}),
    "position": ("", {"en": "Give the position", "ja": "染色体上の位置を入力"}),
    "reference": ("Q", {"en": "Write the bases of the reference", "ja": "参照配列の塩基（REF）は"}),
    "alternate": ("", {"en": "Give the bases found instead (ALT)", "ja": "変化後の塩基（ALT）を"}),
    "gene": ("遺伝子", {"en": "Not a gene symbol: write it", "ja": "遺伝子の記号ではありません"}),
}


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("field", IMPOSSIBLE)
def test_an_impossible_place_is_refused_with_what_is_missing(client, clinician, field, language):
    client.force_login(clinician)
    typed, said = IMPOSSIBLE[field]
    sent = form_data(["HP:0001250"]) | PLACE | {f"variants-0-{field}": typed}
    answer = client.post(reverse("cases:new"), sent, headers={"accept-language": language})
    assert answer.status_code == 422
    assert not Case.objects.exists()
    assert answer.text.count(said[language]) == 2  # in the list above the form and at the field, once each


def test_full_width_names_and_places_are_made_plain(client, clinician):
    client.force_login(clinician)
    wide = {
        "gene": "ｓｃｎ１ａ",
        "chromosome": "ｃｈｒ２",
        "position": "１６６０００００",
        "reference": "Ｇ",
        "alternate": "Ａ",
    }
    sent = form_data(["HP:0001250"], genes="ＰＯＭＧＮＴ１、 ＦＢＮ１", local_id="Ｎ－００１", genes_meant="on")
    sent |= PLACE | {f"variants-0-{name}": typed for name, typed in wide.items()}
    assert client.post(reverse("cases:new"), sent).status_code == 302
    case = Case.objects.get()
    (variant,) = case.described.variants
    assert case.local_id == "N-001"
    assert case.described.genes == ("POMGNT1", "FBN1")
    assert (variant.gene.upper(), variant.vcf) == ("SCN1A", "GRCh38 chr2:16600000 G>A")


def test_a_place_that_a_file_left_incomplete_may_stay(client, clinician, hospital, worked_example):
    said = Variant(gene="FBN1", chromosome="1", position=7, reference="G")
    described = worked_example.model_copy(update={"variants": (said,)})
    case = enter_case(by=clinician, organisation=hospital, local_id="OLD", description=described, register=True)
    client.force_login(clinician)
    kept = {"gene": "FBN1", "assembly": "", "chromosome": "1", "position": "7", "alternate": ""}
    sent = form_data(["HP:0001250"]) | PLACE | {f"variants-0-{name}": value for name, value in kept.items()}
    sent |= {"variants-INITIAL_FORMS": 1, "from_revision": case.revision, "note": "seen again"}
    assert client.post(reverse("cases:edit", args=[case.public_id]), sent).status_code == 302
    assert Case.objects.get(pk=case.pk).described.variants == (said,)
