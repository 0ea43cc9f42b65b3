"""Co-operation abroad is recorded, corrected and ended; what it said before stays; files bring rows and take them."""

import csv
import io
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.cli import main
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.abroad import actions
from kakehashi.systems.portfolio.abroad.actions import correct_cooperation, end_cooperation, record_cooperation
from kakehashi.systems.portfolio.abroad.files import COLUMNS, Fate, import_cooperation, look_at, rows_of
from kakehashi.systems.portfolio.abroad.told import FIELDS, read, said_of
from kakehashi.systems.portfolio.cooperating import Part, by_country, cooperation_behind
from kakehashi.systems.portfolio.installing import install_published_cooperation, install_structure
from kakehashi.systems.portfolio.models import Cooperation, CooperationRevision, CooperationStanding
from tests.systems.portfolio.test_pages import someone

SAID = {"kind": "memorandum", "name": "協力覚書", "partner": "機関", "countries": "us, SG", "when": "2024-05"}
HEAD = ",".join(COLUMNS)


def file_of(*lines):
    """A file with only some of the columns."""
    return "\n".join(lines).encode()


def export():
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(rows_of())
    return out.getvalue().encode("utf-8-sig")


@pytest.fixture
def browser():
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(someone(Role.PROGRAMME_OFFICER, Kind.AGENCY))
    return browser


@pytest.mark.django_db
def test_what_a_row_said_before_stays_with_who_changed_it_and_why():
    officer = someone(Role.PROGRAMME_OFFICER, Kind.AGENCY)
    row = record_cooperation(by=officer, said=SAID)
    assert (row.code, row.on, row.precision, row.fiscal_year) == (
        f"memorandum-{row.pk}",
        date(2024, 5, 1),
        "month",
        2024,
    )
    correct_cooperation(by=officer, row=row, said={"countries": "US", "when": "2024-05-20"}, reason="signed text")
    end_cooperation(by=officer, row=row, on=date(2026, 3, 31), reason="not renewed")
    row.refresh_from_db()
    told = [(one.change, one.said["countries"], one.said["ended_on"]) for one in row.revisions.all()]
    assert told == [("recorded", "SG US", ""), ("corrected", "US", ""), ("ended", "US", "2026-03-31")]
    assert {one.by for one in row.revisions.all()} == {officer}
    assert row.revisions.latest("number").said == said_of(row)
    with pytest.raises(Conflict):
        end_cooperation(by=officer, row=row, on=date(2026, 3, 31), reason="again")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CooperationRevision.objects.update(reason="another")


@pytest.mark.django_db
def test_a_code_of_the_nodes_own_shape_that_a_file_brought_leaves_the_next_one_free(browser):
    number = record_cooperation(by=None, said=SAID).pk
    taken = [f"memorandum-{number + more}" for more in (2, 3)]
    import_cooperation(
        look_at(file_of("code,kind,name,countries", *(f"{one},memorandum,b,US" for one in taken))), by=None
    )
    for name in "cde":
        assert browser.post("/portfolio/abroad/new/", SAID | {"name": name, "standing": "held"}).status_code == 302
    assert Cooperation.objects.count() == 6


@pytest.mark.django_db
def test_of_two_that_take_one_code_at_once_the_second_is_told(monkeypatch):
    record_cooperation(by=None, said=SAID, code="memorandum-9")
    monkeypatch.setattr(actions, "_free_code", lambda row: "memorandum-9")
    with pytest.raises(Conflict):
        record_cooperation(by=None, said=SAID | {"name": "another"})
    assert Cooperation.objects.count() == 1


@pytest.mark.django_db
def test_what_is_pressed_twice_or_names_no_country_is_told(browser):
    sent = SAID | {"standing": "held"}
    assert [browser.post("/portfolio/abroad/new/", sent).status_code for _press in range(3)] == [302, 422, 422]
    nowhere = sent | {"countries": "", "name": "別の覚書"}
    assert browser.post("/portfolio/abroad/new/", nowhere).status_code == 422
    assert browser.post("/portfolio/abroad/new/", nowhere | {"kind": "workshop"}).status_code == 302
    assert Cooperation.objects.count() == 2


@pytest.mark.parametrize("code", ["new", "rows", "import", "awards"])
@pytest.mark.django_db
def test_no_row_of_a_file_takes_the_address_of_a_page(code):
    (row,) = look_at(file_of("code,kind,name", f"{code},memorandum,b"))
    assert row.fate == Fate.FAULTY


@pytest.mark.django_db
def test_what_was_installed_keeps_what_the_documents_said():
    assert install_published_cooperation(by=None) == Cooperation.objects.count() > 60
    assert install_published_cooperation(by=None) == 0
    row = Cooperation.objects.get(code="mou-a-star")
    before = said_of(row)
    correct_cooperation(by=None, row=row, said={"name": "別の覚書"}, reason="r")
    assert [one.change for one in row.revisions.all()] == ["installed", "corrected"]
    assert row.revisions.first().said == before
    assert install_published_cooperation(by=None) == 0
    row.refresh_from_db()
    assert row.name == "別の覚書"


@pytest.mark.django_db
def test_what_has_ended_counts_no_more_and_stays():
    row = record_cooperation(by=None, said=SAID | {"fiscal_year": "2024"})
    assert [land.code for land in by_country(Part())] == ["SG", "US"]
    end_cooperation(by=None, row=row, on=timezone.localdate(), reason="r")
    assert cooperation_behind(Part()).count() == 1, "its last day"
    Cooperation.objects.update(ended_on=timezone.localdate() - timedelta(days=1))
    assert by_country(Part()) == []
    assert cooperation_behind(Part(ended=True)).get() == row
    assert cooperation_behind(Part(2024)).get() == row, "it belongs to its year"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "none"}, "kind"),
        ({"name": " "}, "name"),
        ({"name": "あ" * 301}, "name"),
        ({"countries": "US XX"}, "countries"),
        ({"countries": "Japan"}, "countries"),
        ({"programme": "none"}, "programme"),
        ({"when": "2024-13"}, "when"),
        ({"when": "2024/13"}, "when"),
        ({"when": "0000"}, "when"),
        ({"fiscal_year": "24"}, "fiscal_year"),
        ({"standing": "x"}, "standing"),
        ({"awards": "-1"}, "awards"),
        ({"ended_on": "2027"}, "ended_on"),
        ({"ended_on": "2024-04-30"}, "ended_on"),
    ],
)
@pytest.mark.django_db
def test_what_is_wrong_is_named(changed, field):
    with pytest.raises(Invalid) as raised:
        record_cooperation(by=None, said=SAID | changed)
    assert set(raised.value.problems) == {field}
    assert not Cooperation.objects.exists()


@pytest.mark.django_db
def test_corrections_and_ends_say_why_and_change_something():
    row = record_cooperation(by=None, said=SAID)
    for refused in (
        lambda: correct_cooperation(by=None, row=row, said={"name": "x"}, reason=" "),
        lambda: correct_cooperation(by=None, row=row, said={"name": SAID["name"]}, reason="r"),
        lambda: end_cooperation(by=None, row=row, on=date(2025, 1, 1), reason=""),
        lambda: end_cooperation(by=None, row=row, on=date(2024, 1, 1), reason="r"),
        lambda: end_cooperation(by=None, row=row, on=timezone.localdate() + timedelta(days=1), reason="r"),
    ):
        with pytest.raises(Invalid):
            refused()
    assert row.revisions.count() == 1


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=40).map(str.strip)


@given(
    st.fixed_dictionaries(
        dict.fromkeys(("name_en", "partner", "partner_en", "field", "field_en", "source"), words)
        | {
            "name": words.filter(bool),
            "kind": st.sampled_from(["memorandum", "joint_call"]),
            "countries": st.lists(st.sampled_from(["US", "EU", "VN"]), unique=True, min_size=1)
            .map(sorted)
            .map(" ".join),
            "when": st.dates(date(1950, 1, 1), date(2100, 1, 1)).flatmap(
                lambda day: st.sampled_from(["", str(day)[:4], str(day)[:7], str(day)])
            ),
            "standing": st.sampled_from(CooperationStanding.values),
            "awards": st.sampled_from(["", "0", "12"]),
        }
    )
)
@pytest.mark.django_db
def test_what_is_read_is_said_again(said):
    told = read(said, {})
    assert told.faults == {}
    with transaction.atomic():
        row = record_cooperation(by=None, said=said)
        again = said_of(Cooperation.objects.get(pk=row.pk))
        transaction.set_rollback(True)
    assert again == dict.fromkeys(FIELDS, "") | said


@pytest.mark.django_db
def test_the_file_of_all_rows_changes_nothing_when_it_comes_back():
    install_structure(by=None)
    record_cooperation(by=None, said=SAID | {"name": "=1+1", "partner": "'quoted'"})
    rows = look_at(export())
    assert {row.fate for row in rows} == {Fate.SAME}
    assert len(rows) == Cooperation.objects.count()


@pytest.mark.django_db
def test_a_file_records_and_corrects_all_or_nothing():
    row = record_cooperation(by=None, said=SAID)
    head = "code,kind,name,countries"
    fine = file_of(head, f"{row.code},memorandum,新しい名,US", ",joint_call,共同公募,CA", "mou-x,memorandum,三つ目,GB")
    told = look_at(fine)
    assert [one.fate for one in told] == [Fate.CORRECTED, Fate.NEW, Fate.NEW]
    assert told[0].changed == ["name", "countries"]
    bad = look_at(
        file_of(head, ",joint_call,よい行,CA", f"{row.code},x,n,US", "mou-x,memorandum,a,GB", "mou-x,memorandum,b,")
    )
    assert [one.fate for one in bad] == [Fate.NEW, Fate.FAULTY, Fate.NEW, Fate.FAULTY]
    with pytest.raises(Invalid):
        import_cooperation(bad, by=None)
    assert Cooperation.objects.count() == 1
    assert import_cooperation(told, by=None) == {
        Fate.NEW: 2,
        Fate.CORRECTED: 1,
        Fate.SAME: 0,
        Fate.FAULTY: 0,
    }
    row.refresh_from_db()
    assert (row.name, row.partner) == ("新しい名", "機関"), "columns that are not in the file stay"
    for wrong in (b"\xff\xfe", b"code,kind\n", b"kind,name,colour\n"):
        with pytest.raises(Invalid):
            look_at(wrong)


@pytest.mark.django_db
def test_what_was_corrected_since_it_was_looked_at_is_not_overwritten():
    row = record_cooperation(by=None, said=SAID)
    rows = look_at(file_of("code,kind,name,partner", f"{row.code},memorandum,協力覚書,別の機関"))
    correct_cooperation(by=None, row=row, said={"source": "官報"}, reason="r")
    with pytest.raises(Conflict, match=row.code):
        import_cooperation(rows, by=None)
    row.refresh_from_db()
    assert (row.source, row.partner) == ("官報", "機関")


@pytest.mark.django_db
def test_a_page_writes_what_it_showed(browser):
    row = record_cooperation(by=None, said=SAID)
    content = f"code,kind,name,partner\n{row.code},memorandum,協力覚書,別の機関"
    shown = browser.post("/portfolio/abroad/import/", {"content": content}).context
    correct_cooperation(by=None, row=row, said={"partner": "訂正した機関"}, reason="r")
    answer = browser.post("/portfolio/abroad/import/", {"content": content, "seal": shown["seal"], "write": "1"})
    assert answer.status_code == 422
    row.refresh_from_db()
    assert row.partner == "訂正した機関"


@pytest.mark.django_db
def test_files_say_kinds_and_days_as_people_do():
    head = "kind,name,standing,when,ended_on"
    (row,) = look_at(file_of(head, "協力覚書,覚書,,R6.5,令和8年3月31日"))
    assert row.faults == []
    assert (row.told.values["kind"], row.told.values["on"], row.told.values["precision"]) == (
        "memorandum",
        date(2024, 5, 1),
        "month",
    )
    assert row.told.values["ended_on"] == date(2026, 3, 31)
    (row,) = look_at(file_of(head, "友情,覚書,,,"))
    assert "joint_call（国際共同公募）" in " ".join(row.faults)


@pytest.mark.django_db
def test_officers_record_correct_and_end_on_pages(browser):
    assert browser.post("/portfolio/abroad/new/", SAID | {"standing": "held", "countries": "XX"}).status_code == 422
    answer = browser.post("/portfolio/abroad/new/", SAID | {"standing": "held"})
    row = Cooperation.objects.get()
    assert answer.url == f"/portfolio/abroad/{row.code}/"
    assert "Singapore" in browser.get(answer.url).content.decode()
    edit = f"{answer.url}edit/"
    form = browser.get(edit).content.decode()
    assert 'value="2024-05"' in form
    said = said_of(row) | {"name": "改めた名"}
    assert browser.post(edit, said).status_code == 422
    assert browser.post(edit, said | {"reason": "as signed"}).status_code == 302
    assert browser.post(answer.url, {"on": "2020-01-01", "reason": "r"}).status_code == 422
    assert browser.post(answer.url, {"on": "2025-01-31", "reason": "no more"}).status_code == 302
    page = browser.get(answer.url).content.decode()
    assert all(text in page for text in ("協力覚書 → 改めた名", "as signed", "no more", "Ended on 2025-01-31"))
    assert row.code in browser.get("/portfolio/abroad/rows/?ended=1").content.decode()
    assert browser.get("/portfolio/abroad/none/").status_code == 404
    japanese = Client(headers={"accept-language": "ja"})
    japanese.force_login(someone(Role.AUDITOR, Kind.AGENCY))
    page = japanese.get(answer.url).content.decode()
    assert "訂正" in page
    assert "2025-01-31に終了" in page
    assert "終了を記録" not in page, "auditors read"
    assert japanese.post(answer.url, {"on": "2025-01-31", "reason": "r"}).status_code == 403
    assert japanese.get("/portfolio/abroad/new/").status_code == 403


@pytest.mark.django_db
def test_a_file_is_looked_at_before_it_is_written(browser):
    page = "/portfolio/abroad/import/"
    assert browser.post(page, {}).status_code == 422
    bad = SimpleUploadedFile("a.csv", file_of("kind,name,countries", "memorandum,覚書,XX"))
    told = browser.post(page, {"file": bad}).content.decode()
    assert "No country has this code: XX" in told
    assert "Write these rows" not in told
    fine = file_of("kind,name,countries", "memorandum,覚書,US")
    told = browser.post(page, {"file": SimpleUploadedFile("a.csv", fine)}).content.decode()
    assert "Write these rows" in told
    assert not Cooperation.objects.exists()
    answer = browser.post(page, {"content": fine.decode(), "write": "1"}, follow=True)
    assert "1 row is written" in answer.content.decode()
    same = f"code,kind,name\n{Cooperation.objects.get().code},memorandum,覚書"
    answer = browser.post(page, {"content": same, "write": "1"}, follow=True)
    assert "Nothing was new" in answer.content.decode()
    assert "a.csv" not in Cooperation.objects.get().revisions.get().reason, "names of files may name people"
    listed = browser.get("/portfolio/abroad/file.csv").content
    assert {row.fate for row in look_at(listed)} == {Fate.SAME}


@pytest.mark.parametrize(
    ("language", "written", "at_fault"), [("en", "written.", "at fault"), ("ja", "書き込み", "問題")]
)
@pytest.mark.django_db
def test_the_commands_install_export_and_import(tmp_path, language, written, at_fault):
    def run(*words):
        return CliRunner(env={"KAKEHASHI_CLI_LANGUAGE": language}).invoke(main, ["portfolio", "abroad", *words])

    assert written in run("install").output
    assert "0" in run("install").output
    file = tmp_path / "rows.csv"
    file.write_text(run("export").stdout, encoding="utf-8")
    answer = run("import", str(file), "--dry-run")
    assert answer.exit_code == 0, answer.output
    file.write_text("kind,name\nmemorandum,\n", encoding="utf-8")
    answer = run("import", str(file))
    assert (answer.exit_code, at_fault in answer.output) == (1, True)
    file.write_text("kind,name\nmemorandum,覚書\n", encoding="cp932")
    before = Cooperation.objects.count()
    answer = run("import", str(file))
    assert (answer.exit_code, "Shift_JIS" in answer.stderr) == (0, True)
    assert Cooperation.objects.count() == before + 1
