"""The form of a case: typed in words, sent back, refused at its fields, edited by two at once."""

import html
import re

import pytest
from django.urls import reverse

from kakehashi.systems.cases.actions import edit_case
from kakehashi.systems.cases.models import Case

pytestmark = pytest.mark.django_db
LANGUAGES = ("ja", "en")


def form_data(findings, **said):
    data = {
        "local_id": "N-NEW",
        "sex": "female",
        "affected_relatives": "unknown",
        "consanguinity": "unknown",
        "findings-TOTAL_FORMS": len(findings),
        "findings-INITIAL_FORMS": 0,
        "variants-TOTAL_FORMS": 0,
        "variants-INITIAL_FORMS": 0,
    }
    for number, finding in enumerate(findings):
        row = {"label": finding, "presence": "present"} if isinstance(finding, str) else finding
        data |= {f"findings-{number}-{name}": value for name, value in row.items()}
    return data | said


def test_case_is_registered_by_typing_ids_labels_and_synonyms_without_a_script(client, clinician):
    client.force_login(clinician)
    rows = [
        "HP:0001305",
        "seizure",
        "Molar tooth sign on MRI",
        {"label": "Cataract (HP:0000518)", "presence": "absent"},
        {"label": "Microcephaly", "term": "HP:0000252", "presence": "present", "severity": "HP:0012828"},
        "",
    ]
    answer = client.post(
        reverse("cases:new"), form_data(rows, age_years=3, genes="CEP290, TMEM67", inheritance=["HP:0000007"])
    )
    assert answer.status_code == 302, re.findall(r"errorlist.*?</ul>", answer.content.decode())
    case = Case.objects.get()
    said = case.described
    assert [(one.term, one.excluded) for one in said.findings] == [
        ("HP:0001305", False),
        ("HP:0001250", False),
        ("HP:0002419", False),
        ("HP:0000518", True),
        ("HP:0000252", False),
    ]
    assert (said.age, said.genes, said.inheritance) == ("P3Y", ("CEP290", "TMEM67"), ("HP:0000007",))
    assert said.findings[4].severity == "HP:0012828"
    assert case.state == "registered"


def test_wording_that_fits_nothing_is_refused_with_suggestions_and_nothing_typed_is_lost(client, clinician):
    client.force_login(clinician)
    answer = client.post(reverse("cases:new"), form_data(["seizur of some sort", "Cataract"]))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "HP:0001250" in text
    assert "seizur of some sort" in text
    assert not Case.objects.exists()


def test_same_finding_twice_and_taken_pseudonym_are_refused_at_their_fields(client, clinician, case):
    client.force_login(clinician)
    assert client.post(reverse("cases:new"), form_data(["HP:0000518", "Cataract"])).status_code == 422
    answer = client.post(reverse("cases:new"), form_data(["HP:0000518"], local_id="N-001"))
    assert answer.status_code == 422
    assert b'href="#id_local_id"' in answer.content


def test_draft_may_be_empty_and_registers_later(client, clinician):
    client.force_login(clinician)
    client.post(reverse("cases:new"), form_data([], then="draft"))
    draft = Case.objects.get()
    assert draft.state == "draft"
    assert b"register" in client.get(reverse("cases:show", args=[draft.public_id])).content


def bound(page):
    """The fields of the first wide form of a page, as a browser would send them back."""
    from html.parser import HTMLParser

    class Fields(HTMLParser):
        inside, data, chosen = False, {}, None

        def handle_starttag(self, tag, pairs):
            said = dict(pairs)
            if tag == "template":
                self.skipping = True
            if getattr(self, "skipping", False):
                return
            if tag == "form" and "wide" in said.get("class", ""):
                self.inside, self.data = True, {}
            if not self.inside or ("name" not in said and tag != "option"):
                return
            if tag == "input" and said.get("type") in {"radio", "checkbox"}:
                if "checked" in said:
                    self.data.setdefault(said["name"], []).append(said.get("value", "on"))
            elif tag == "input":
                self.data[said["name"]] = [said.get("value", "")]
            elif tag in {"select", "textarea"}:
                self.chosen = said["name"]
                self.data[self.chosen] = [""]
            elif tag == "option" and "selected" in said:
                self.data[self.chosen] = [said.get("value", "")]

        def handle_data(self, text):
            if self.inside and self.lasttag == "textarea" and self.chosen:
                self.data[self.chosen] = [text.lstrip("\n")]

        def handle_endtag(self, tag):
            if tag == "template":
                self.skipping = False
            if tag in {"textarea", "select"}:
                self.chosen = None
            if tag == "form":
                self.inside = False

    parser = Fields()
    parser.feed(page.content.decode())
    return parser.data


@pytest.mark.parametrize("language", LANGUAGES)
def test_form_sent_back_as_it_came_changes_nothing(site, client, full_case, language):
    fields = bound(site("edit", full_case.public_id, language=language))
    answer = client.post(
        reverse("cases:edit", args=[full_case.public_id]), fields, headers={"accept-language": language}
    )
    assert answer.status_code == 302, re.findall(r"error-summary.*?</div>", answer.content.decode(), re.DOTALL)
    before = full_case.described
    full_case.refresh_from_db()
    assert full_case.described == before
    assert full_case.revision == 2


def test_edit_conflict_shows_what_the_other_changed_and_keeps_what_was_typed(
    site, client, full_case, hospital, make_person
):
    fields = bound(site("edit", full_case.public_id)) | {"note": ["mine"]}
    colleague = make_person(hospital, "data_manager")
    theirs = full_case.described.model_copy(update={"genes": ("FBN1",)})
    edit_case(by=colleague, case=full_case, description=theirs, from_revision=2)
    address, english = reverse("cases:edit", args=[full_case.public_id]), {"accept-language": "en"}
    answer = client.post(address, fields, headers=english)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "FBN1" in text
    assert ">\nmine<" in text or ">mine<" in text
    assert 'name="from_revision" value="3"' in text
    assert f"{colleague} changed this case while you were editing" in text


def test_edit_conflict_with_oneself_blames_nobody_else(site, client, full_case, clinician):
    fields = bound(site("edit", full_case.public_id)) | {"note": ["mine"]}
    again = full_case.described.model_copy(update={"genes": ("FBN1",)})
    edit_case(by=clinician, case=full_case, description=again, from_revision=2)
    address, english = reverse("cases:edit", args=[full_case.public_id]), {"accept-language": "en"}
    answer = client.post(address, fields, headers=english)
    assert answer.status_code == 409
    assert "You changed this case yourself in another window" in answer.text


def test_only_what_must_be_filled_in_is_marked_as_required(site):
    page = site("new").text
    assert page.count("required</span>") == 1  # the pseudonym; what is answered "not said" beforehand is not asked for


def test_unknown_gene_is_asked_about_once_with_what_is_near_and_stays_marked_on_the_case(client, clinician):
    client.force_login(clinician)
    english = {"accept-language": "en"}
    data = form_data(["HP:0001250"], genes="SCN1A, FBN11")
    asked = client.post(reverse("cases:new"), data, headers=english)
    assert asked.status_code == 422
    assert "No known disease has the gene FBN11. Did you mean FBN1?" in html.unescape(asked.text)
    assert 'name="genes_meant"' in asked.text
    assert not Case.objects.exists()
    assert client.post(reverse("cases:new"), data | {"genes_meant": "on"}).status_code == 302
    case = Case.objects.get()
    assert case.described.genes == ("SCN1A", "FBN11")
    shown = client.get(reverse("cases:show", args=[case.public_id]), headers=english)
    assert "No known disease has the gene FBN11" in shown.text
    assert "has the gene SCN1A" not in shown.text
    again = form_data(["HP:0001250"], genes="SCN1A, FBN11", note="seen again", from_revision=case.revision)
    edited = client.post(reverse("cases:edit", args=[case.public_id]), again)
    assert edited.status_code == 302, "what a case says already is not asked about again"


def test_unknown_gene_of_a_variant_is_asked_about_too(client, clinician):
    client.force_login(clinician)
    data = form_data(["HP:0001250"]) | {"variants-TOTAL_FORMS": 1, "variants-0-gene": "QQQQ9"}
    data |= {"variants-0-hgvs": "NM_000138.5:c.1A>G", "variants-0-zygosity": "unknown"}
    asked = client.post(reverse("cases:new"), data, headers={"accept-language": "en"})
    assert asked.status_code == 422
    assert "gene QQQQ9. It is kept, and counts for no disease." in asked.text
