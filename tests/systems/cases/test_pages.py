"""The pages of cases, in both languages: register, read, rank, compare, ask, edit, take back, withdraw, import."""

import html
import io
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kakehashi.engines.pictures import CLEAR, SILENT
from kakehashi.kernel import jobs
from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.files.models import StoredFile
from kakehashi.kernel.jobs.models import Job
from kakehashi.systems.cases import ranking
from kakehashi.systems.cases.actions import edit_case, enter_case, register_case, withdraw_case
from kakehashi.systems.cases.description import Description, Diagnosis, Finding, Variant
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.pages import pictures
from tests.systems.cases.conftest import WORKED_EXAMPLE

pytestmark = pytest.mark.django_db
LANGUAGES = ("ja", "en")
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


@pytest.fixture
def site(client, clinician):
    client.force_login(clinician)

    def get(name, *args, language="en", **query):
        return client.get(reverse(f"cases:{name}", args=args), query, headers={"accept-language": language})

    return get


@pytest.fixture
def full_case(hospital, clinician):
    """A case that says everything a case can say."""
    description = Description(
        sex="male",
        birth="2019-04",
        age="P3Y2M5D",
        onset="HP:0003577",
        findings=(
            Finding(term="HP:0001250", onset="P1Y", severity="HP:0012828", modifiers=("HP:0012832",), note="nocturnal"),
            Finding(term="HP:0000518", excluded=True),
            Finding(term="HP:9999999", label="A term of tomorrow"),
        ),
        genes=("SCN1A",),
        variants=(
            Variant(gene="SCN1A", hgvs="NM_001165963.4:c.1A>G", zygosity="heterozygous"),
            Variant(assembly="GRCh38", chromosome="2", position=1, reference="A", alternate="G"),
        ),
        affected_relatives="yes",
        consanguinity="no",
        family_history="A sister.",
        inheritance=("HP:0000006",),
        diagnoses=(Diagnosis(disease="OMIM:607208", label="Dravet syndrome"),),
        sources=("PMID:1",),
        note="seen twice",
    )
    case = enter_case(by=clinician, organisation=hospital, local_id="N-ALL", description=description, synthetic=True)
    return register_case(by=clinician, case=case)


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


@pytest.mark.parametrize("view", ["show", "questions", "print"])
def test_draft_without_findings_names_no_disease_but_what_to_enter(client, clinician, view):
    client.force_login(clinician)
    client.post(reverse("cases:new"), form_data([], then="draft"))
    page = client.get(reverse(f"cases:{view}", args=[Case.objects.get().public_id])).content.decode()
    assert "所見または候補遺伝子を追加してください。" in page or "Add findings or candidate genes." in page
    assert "OMIM:" not in page


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


def test_search_of_the_list_without_hits_says_so_and_offers_to_clear_it(site, full_case):
    text = site("list", q="xyzzy").text
    assert "Nothing matches “xyzzy”" in text
    assert "No cases yet" not in text
    assert f'href="{reverse("cases:list")}">Clear the search' in text


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


def upload(trees, name="some.jsonl"):
    return SimpleUploadedFile(name, "\n".join(json.dumps(tree) for tree in trees).encode())


def packet(number):
    return {"id": f"P{number}", "phenotypicFeatures": [{"type": {"id": "HP:0001250", "label": "Seizure"}}]}


@pytest.mark.parametrize("name", ["some.jsonl", "some.json", "no-name"])
def test_file_is_imported_by_a_job_that_reports_each_refusal(client, clinician, hospital, name):
    client.force_login(clinician)
    trees = [packet(1), {"id": "bad"}, packet(2)]
    answer = client.post(reverse("cases:import"), {"file": upload(trees, name), "organisation": hospital.code})
    assert answer.status_code == 302
    assert client.get(answer["Location"]).status_code == 200
    job = jobs.run_here(Job.objects.get())
    assert job.state == "done", job.error
    assert (job.result["new"], job.result["refused"]) == (2, 1)
    page = client.get(answer["Location"], headers={"accept-language": "en"}).content.decode()
    assert f"{name}:2 $" in page  # what the uploader called it, while it is kept
    StoredFile.objects.all().delete()
    assert "your file:2 $" in client.get(answer["Location"], headers={"accept-language": "en"}).text
    assert "Nothing was taken in" not in page
    assert Case.objects.filter(registered_by=clinician).count() == 2


def test_import_of_which_everything_was_refused_does_not_say_done(client, clinician, hospital):
    client.force_login(clinician)
    trees = [{"id": f"bad {number}", "subject": {"id": "x"}} for number in range(5)]
    address = client.post(reverse("cases:import"), {"file": upload(trees), "organisation": hospital.code})["Location"]
    assert jobs.run_here(Job.objects.get()).result["refused"] == 5
    page = client.get(address, headers={"accept-language": "en"}).text
    assert "Nothing was taken in: every packet was refused." in page
    assert "Done</span>" not in page
    assert "<strong>5 packets:</strong>" in page
    assert "Import of cases" in client.get(reverse("web:jobs"), headers={"accept-language": "en"}).text


def test_only_what_must_be_filled_in_is_marked_as_required(site):
    page = site("new").text
    assert page.count("required</span>") == 1  # the pseudonym; what is answered "not said" beforehand is not asked for


def test_recorded_diagnosis_stands_on_top_and_is_marked_in_the_ranking(site, clinician, hospital, worked_example):
    first = ranking.rank(worked_example).diseases[0].id
    described = worked_example.model_copy(update={"diagnoses": (Diagnosis(disease=first),)})
    case = enter_case(by=clinician, organisation=hospital, local_id="S", description=described, register=True)
    page = site("show", case.public_id).text
    assert "Recorded diagnosis:" in page
    assert page.count('<span class="mark green">recorded diagnosis</span>') == 1


def test_import_for_another_hospital_is_refused(client, clinician, other_hospital):
    client.force_login(clinician)
    answer = client.post(reverse("cases:import"), {"file": upload([packet(1)]), "organisation": other_hospital.code})
    assert answer.status_code == 422
    assert not Job.objects.exists()


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
        "最も強い根拠は「患者の候補遺伝子がこの疾患の原因遺伝子です("
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


@pytest.mark.parametrize(
    "typed", ["発作", "けいれん", "痙攣", "ひきつけ", "epilepsy", "Epileptic seizure", "HP:0001250"]
)
def test_site_search_finds_a_case_by_every_wording_of_its_findings(client, clinician, hospital, typed):
    said = Description(findings=(Finding(term="HP:0001250"), Finding(term="HP:0000252", excluded=True)))
    case = enter_case(by=clinician, organisation=hospital, local_id="N-9", description=said, register=True)
    client.force_login(clinician)
    assert case.public_id in client.get(reverse("web:search"), {"q": typed}).text
    assert case.public_id not in client.get(reverse("web:search"), {"q": "小頭"}).text, "what is absent is not found"


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
    data |= {"variants-0-hgvs": "c.1A>G", "variants-0-zygosity": "unknown"}
    asked = client.post(reverse("cases:new"), data, headers={"accept-language": "en"})
    assert asked.status_code == 422
    assert "gene QQQQ9. It is kept, and counts for no disease." in asked.text
