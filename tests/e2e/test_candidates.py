"""Candidates in a browser: a VCF file is looked at, one row taken away, the rest added."""

import pytest
from tests.e2e.accessibility import faults_of
from tests.e2e.clicking import follow
from tests.e2e.conftest import Look
from tests.e2e.test_cases import register
from tests.protocols.test_vcf import file, line

pytestmark = pytest.mark.usefixtures("case_index")


@pytest.mark.parametrize("width", [1280, 360])
def test_candidates_are_looked_at_and_added(open_page, clinician, screenshots, width):
    case = register(clinician, "hospital-a", "A-001", ["HP:0001250"], sex="female")
    page = open_page(Look(width, "ja"), clinician)
    page.goto(f"/cases/{case.public_id}/")
    follow(page.get_by_role("link", name="VCFファイルから候補を追加"))
    data = file(line(info="GENE=BRAF"), line(pos=200), line(pos=0))
    page.set_input_files("input[type=file]", {"name": "c.vcf", "mimeType": "text/plain", "buffer": data})
    follow(page.get_by_role("button", name="ファイルを確認"))
    page.get_by_text("取り込む内容").wait_for()
    assert faults_of(page) == []
    page.screenshot(path=screenshots / f"candidates-{width}.png", full_page=True)
    page.get_by_label("chr7:200").uncheck()
    follow(page.get_by_role("button", name="選んだバリアントを追加"))
    page.get_by_text("バリアント1件を追加しました").wait_for()
    case.refresh_from_db()
    assert [one.gene for one in case.described.variants] == ["BRAF"]
