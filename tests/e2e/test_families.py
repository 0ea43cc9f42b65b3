"""A family in a browser: a PED file is looked at, kept and drawn; a relative is added by keyboard."""

import pytest
from tests.e2e.accessibility import faults_of
from tests.e2e.clicking import follow
from tests.e2e.conftest import Look
from tests.e2e.test_cases import register

from kakehashi.systems.cases.models import Family

pytestmark = pytest.mark.usefixtures("case_index")
PED = "F1 A-001 pa ma 2 2\nF1 pa 0 0 1 1\nF1 ma 0 0 2 1\n"


def test_ped_file_is_looked_at_kept_and_drawn(open_page, clinician, screenshots):
    case = register(clinician, "hospital-a", "A-001", ["HP:0001250"], sex="female")
    page = open_page(Look(1280, "ja"), clinician)
    page.goto(f"/cases/{case.public_id}/family/")
    follow(page.get_by_role("link", name="PEDファイルを取り込む"))
    page.set_input_files("input[type=file]", {"name": "f.ped", "mimeType": "text/plain", "buffer": PED.encode()})
    follow(page.get_by_role("button", name="ファイルを確認"))
    page.locator("svg.pedigree-picture").wait_for()
    assert faults_of(page) == []
    assert not Family.objects.exists()
    follow(page.get_by_role("button", name="この家系を保存"))
    page.get_by_text("家系を保存しました").wait_for()
    assert page.locator("svg.pedigree-picture desc").text_content() == "3人、2世代。罹患者1人：II-1。発端者：II-1。"
    assert faults_of(page) == []
    page.screenshot(path=screenshots / "family.png", full_page=True)

    follow(page.get_by_role("link", name="家系を編集"))
    page.get_by_role("button", name="構成員を追加").press("Enter")
    page.keyboard.type("A-001-S")
    page.locator("#id_members-3-father").fill("pa")
    page.locator("#id_members-3-mother").fill("ma")
    assert faults_of(page) == []
    page.get_by_role("button", name="家系を保存").press("Enter")
    page.locator("figcaption", has_text="4人、2世代").wait_for()
    assert [one.id for one in Family.objects.get().relatives] == ["A-001", "pa", "ma", "A-001-S"]


def test_family_pages_fit_a_phone(open_page, clinician):
    case = register(clinician, "hospital-a", "A-001", ["HP:0001250"], sex="female")
    page = open_page(Look(360, "en", "dark"), clinician)
    for path in ("family/", "family/edit/", "family/import/"):
        page.goto(f"/cases/{case.public_id}/{path}")
        assert faults_of(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
