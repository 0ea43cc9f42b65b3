"""Clinical text in a browser, in Japanese and by keyboard: what is denied is accepted as absent."""

import pytest
from tests.e2e.accessibility import faults_of
from tests.e2e.clicking import follow
from tests.e2e.conftest import Look

from kakehashi.systems.cases.models import Case

pytestmark = pytest.mark.usefixtures("case_index")


@pytest.mark.parametrize("script", [True, False])
def test_denied_finding_is_accepted_as_absent(open_page, clinician, screenshots, script):
    page = open_page(Look(1280, "ja", script=script), clinician)
    page.goto("/cases/new/")
    page.get_by_label("仮名").fill("A-001")
    page.get_by_label("文章（日本語・英語）").fill("1歳から発作を認める。小頭症は認めない。")
    page.get_by_role("button", name="所見の候補を表示").press("Enter")
    page.get_by_label("小頭症").wait_for()
    if script:
        assert faults_of(page) == []
        page.screenshot(path=screenshots / "freetext.png", full_page=True)
        assert "小頭症" not in page.evaluate("JSON.stringify(sessionStorage)")
    page.get_by_label("小頭症").press("Space")
    page.get_by_label("発作").press("Space")
    page.get_by_role("button", name="選んだものを所見に加える").press("Enter")
    page.get_by_text("所見2件を加えました").wait_for()
    assert page.get_by_label("仮名").input_value() == "A-001"
    follow(page.get_by_role("button", name="登録", exact=True))
    page.get_by_text("を保存しました").wait_for()
    found = {one.term: one.excluded for one in Case.objects.get().described.findings}
    assert found == {"HP:0001250": False, "HP:0000252": True}
