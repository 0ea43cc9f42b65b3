"""Entries from a file: every row looked at, everything wrong told at once, all booked or none."""

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as some

from kakehashi.cli import main
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.ledger.files import MOST, book_rows, look_at
from kakehashi.systems.portfolio.ledger.journal import FIELDS, movements_of
from kakehashi.systems.portfolio.ledger.kinds import AccountKind as A
from kakehashi.systems.portfolio.ledger.reconciling import ledger_faults
from kakehashi.systems.portfolio.models import Account, Entry, Movement
from tests.systems.portfolio.adjustment.funds import someone
from tests.systems.portfolio.agency import make_agency

HEAD = "kind,on,appropriation,amount_yen,reference,programme,award,institution,to_institution,place,memo\n"
GOOD = """allot,2019-04-01,mext-2019,1000,A1,,,,,,
distribute,H31.4.2,mext-2019,"1,000",A2,gene,,,,,
commit,令和元年5月1日,mext-2019,900,C1,,JP19ek0109000,,,,契約
pay,2019-06-01,mext-2019,800,P1,,19ek0109000,,,,
subaward,2019-06-02,mext-2019,300,S1,,19ek0109000,,univ2,,再委託
spend,2020-04-10,mext-2019,300,R1,,19ek0109000,univ2,,,
"""


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def table(rows, head=HEAD):
    return (head + rows).encode()


@pytest.mark.django_db
def test_a_file_is_looked_at_and_booked_in_its_order():
    agency, told = make_agency(), []
    good = GOOD.replace("2020-04-10", "2020-03-31")
    rows = look_at(table(good), lambda *step: told.append(step))
    assert [row.faults for row in rows] == [[]] * 6
    assert not Entry.objects.exists()
    assert told == [("read", 6, 6), ("check", 6, 6)]
    written = book_rows(rows, by=None)
    assert [one.number for one in written] == [1, 2, 3, 4, 5, 6]
    assert Account.objects.get(key=agency.place(A.SPENT, institution=2).key).balance_yen == 300
    assert list(ledger_faults()) == []
    again = look_at(table(good))
    assert all("booked already" in row.faults[0] for row in again)
    with pytest.raises(Invalid):
        book_rows(again, by=None)
    assert Entry.objects.count() == 6


@pytest.mark.django_db
def test_everything_wrong_is_told_row_by_row_and_nothing_is_written():
    make_agency()
    bad = (
        GOOD  # its last row lies in the next fiscal year, where nothing was paid
        + "gift,2019-04-01,mext-2019,1,X1,,,,,,\n"
        + "pay,yesterday,nowhere,-5,,,,,,,\n"
        + "spend,2019-07-01,mext-2019,501,X2,,19ek0109000,univ0,,,\n"
        + "spend,2019-07-01,mext-2019,500,X3,,19ek0109000,univ0,,,\n"
        + "spend,2019-07-01,mext-2019,500,X3,,19ek0109000,univ0,,,\n"
        + "pay,2018-07-01,mext-2019,1,X4,,19ek0109000,,,,\n"
        + "allot,2019-04-01,mext-2019,1,X5,,,,,,,,too many\n"
    )
    rows = look_at(table(bad))
    wrong = {row.line: " ".join(row.faults) for row in rows if row.faults}
    assert sorted(wrong) == [7, 8, 9, 10, 12, 13, 14]
    assert "300 yen more than there is" in wrong[7]
    assert "gift" in wrong[8]
    assert "yesterday" in wrong[9]
    assert "-5" in wrong[9]
    assert "1 yen more than there is" in wrong[10]
    assert "line 11" in wrong[12]  # the row before it stands: what is wrong takes no money
    assert "before fiscal year 2019" in wrong[13]
    assert "more cells" in wrong[14]
    with pytest.raises(Invalid) as caught:
        book_rows(rows, by=None)
    assert set(caught.value.problems) == {str(line) for line in wrong}
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_what_changed_since_it_was_looked_at_is_not_booked():
    make_agency()
    rows = look_at(table(GOOD.replace("2020-04-10", "2020-03-31")))
    book_rows(rows[:1], by=None)
    with pytest.raises(Conflict, match="booked already"):
        book_rows(rows, by=None)
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "lacks kind"),
        (b"kind,on\n", "lacks appropriation"),
        (table("", "kind,on,appropriation,amount_yen,reference,colour\n"), "colour"),
        (table("", "kind,kind,on,appropriation,amount_yen,reference\n"), "twice"),
        (table(""), "no row"),
        (b"\xff\xfe", "neither UTF-8"),
        (table("allot,2019-04-01,m,1,A,,,,,,\n" * (MOST + 1)), "more than 50,000"),
        (b"x" * (11 * 1024 * 1024), "larger than 10 MB"),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(content, words):
    with pytest.raises(Invalid, match=words):
        look_at(content)


@pytest.mark.django_db
@given(some.text(max_size=200))
def test_no_text_breaks_the_reading(text):
    try:
        rows = look_at(table(text))
    except Invalid:
        return
    assert all(row.faults or row.new for row in rows)


@pytest.mark.django_db
def test_the_journal_holds_every_movement_with_its_places():
    agency = make_agency()
    book_rows(look_at(table(GOOD.replace("2020-04-10", "2020-03-31"))), by=None)
    rows = [dict(zip(FIELDS, row, strict=True)) for row in movements_of()]
    assert len(rows) == Movement.objects.count() == 6
    passed = rows[4]
    assert (passed["from_institution"], passed["to_institution"], passed["amount_yen"]) == ("univ0", "univ2", 300)
    assert (passed["reference"], passed["memo"], passed["kind"]) == ("S1", "再委託", "subaward")
    assert passed["from_award"] == passed["to_award"] == agency.awards[0].number
    only = list(movements_of(Entry.objects.filter(kind="pay")))
    assert len(only) == 1


@pytest.mark.django_db
def test_the_commands_book_a_file_and_write_the_journal(tmp_path):
    make_agency()
    good, bad, out = (tmp_path / name for name in ("good.csv", "bad.csv", "journal.csv"))
    good.write_bytes(table(GOOD.replace("2020-04-10", "2020-03-31")))
    bad.write_bytes(table("gift,2019-04-01,mext-2019,1,X,,,,,,\n"))
    run = CliRunner().invoke(main, ["portfolio", "entries", "import", str(bad)])
    assert run.exit_code == 1
    assert "2\t" in run.stdout
    assert CliRunner().invoke(main, ["portfolio", "entries", "import", str(good), "--dry-run"]).exit_code == 0
    assert not Entry.objects.exists()
    assert CliRunner().invoke(main, ["portfolio", "entries", "import", str(good)]).exit_code == 0
    assert Entry.objects.count() == 6
    run = CliRunner().invoke(main, ["portfolio", "entries", "export", "--fiscal-year", "2019", "--output", str(out)])
    assert run.exit_code == 0
    assert len(out.read_text(encoding="utf-8").splitlines()) == 7
    assert CliRunner().invoke(main, ["portfolio", "entries", "export"]).stdout.count("\n") == 7


@pytest.mark.django_db
@pytest.mark.parametrize("book", [{}, {"book": "1"}])
def test_a_file_with_what_no_database_keeps_is_refused(client, book):
    make_agency()
    content = table("allot,2019-04-01,mext-2019,5,doc,,,,,,a\0b\n")
    with pytest.raises(Invalid, match="Line 2 holds a NUL"):
        look_at(content)
    client.force_login(someone(Role.ACCOUNTANT))
    answered = client.post("/portfolio/entries/import/", {"file": SimpleUploadedFile("a.csv", content), **book})
    assert (answered.status_code, answered.context["form"].errors.keys()) == (422, {"file"})
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_a_year_that_is_none_is_told_at_its_line():
    make_agency()
    for year in ("0000", "1700", "9999", "²²²²", "x"):
        (row,) = look_at(
            (HEAD.replace("memo", "fiscal_year") + f"allot,2019-04-01,mext-2019,5,doc,,,,,,{year}\n").encode()
        )
        assert any(year in fault for fault in row.faults), year
