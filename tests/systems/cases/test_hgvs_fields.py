"""A variant typed as HGVS into any form: read where it is sure, else what is missing is said."""

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
