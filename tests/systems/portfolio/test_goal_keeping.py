"""Goals kept by the agency: added, corrected with what they said before, reported as of days, in files and out."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.listing import csv_file
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.csv_tables import CsvTable
from kakehashi.systems.portfolio.goals import goals_reached
from kakehashi.systems.portfolio.installing import install_structure
from kakehashi.systems.portfolio.keeping.goal_files import EXPORTS, WRITES, Fate, look_at, write_rows
from kakehashi.systems.portfolio.keeping.goals import add_goal, change_goal, report_actual
from kakehashi.systems.portfolio.keeping.history import changes_of
from kakehashi.systems.portfolio.models import Axis, Goal, GoalActual, IntegratedProject, PlanTerm, Revision
from tests.systems.portfolio.adjustment.funds import someone

pytestmark = pytest.mark.django_db
YEAR_END = date(2020, 3, 31)
REPORT = {"as_of": YEAR_END, "value": Decimal(7), "standing": "final", "source": "事業報告書"}
WORDS = {"name": "導出件数", "name_en": "Licences", "unit": "件", "unit_en": "licences", "target": "5"}


@pytest.fixture
def term():
    term = PlanTerm.objects.create(number=2, name="第2期", name_en="Term 2", begins=date(2015, 4, 1))
    IntegratedProject.objects.create(term=term, code="drugs", name="医薬品", name_en="Drugs", axis=Axis.MODALITY)
    return term


@pytest.fixture
def goal(term):
    return add_goal(by=None, term=term, code="licences", name="導出件数", name_en="Licences", target=Decimal(5))


def reached(goal, on=date(2021, 1, 1)):
    return goals_reached(Goal.objects.filter(pk=goal.pk), on=on)[0][1]


def test_a_wrong_report_is_superseded_and_both_stay(goal):
    wrong = report_actual(by=None, goal=goal, **REPORT)
    right = report_actual(by=None, goal=goal, **REPORT | {"value": Decimal(6)}, note="二重計上", replaces=wrong)
    assert reached(goal) == right
    assert [one.replaces for one in goal.actuals.all()] == [None, wrong]
    with pytest.raises(Conflict, match=r"superseded already|すでに"):
        report_actual(by=None, goal=goal, **REPORT, replaces=wrong)
    with pytest.raises(Conflict, match="6"):
        report_actual(by=None, goal=goal, **REPORT)
    earlier = report_actual(by=None, goal=goal, **REPORT | {"as_of": date(2019, 3, 31)}, replaces=right)
    assert reached(goal) == earlier
    assert report_actual(by=None, goal=goal, **REPORT) == reached(goal)  # its day is free again


def test_reports_are_never_changed_nor_deleted(goal):
    made = report_actual(by=None, goal=goal, **REPORT)
    change_goal(by=None, goal=goal, name="別名")
    for attempt in (
        lambda: GoalActual.objects.filter(pk=made.pk).update(value=9),
        lambda: made.delete(),
        lambda: Revision.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("as_of", {"as_of": date(2014, 3, 31)}),
        ("as_of", {"as_of": timezone.localdate() + timedelta(days=2)}),
        ("value", {"value": Decimal(-1)}),
        ("standing", {"standing": "unsaid"}),
        ("source", {"source": " "}),
    ],
)
def test_a_report_says_what_is_wrong_with_it(goal, field, said):
    with pytest.raises(Invalid) as refused:
        report_actual(by=None, goal=goal, **REPORT | said)
    assert set(refused.value.problems) == {field}
    assert not GoalActual.objects.exists()


def test_what_is_expected_may_be_of_a_day_to_come(goal):
    later = timezone.localdate() + timedelta(days=9)
    report_actual(by=None, goal=goal, **REPORT | {"as_of": later, "standing": "expected"})
    assert reached(goal, on=timezone.localdate()) is None
    assert reached(goal, on=later).value == 7


def test_a_corrected_goal_says_what_it_said_before(goal):
    change_goal(by=None, goal=goal, name="導出の件数", target=Decimal(8), yearly=True)
    change_goal(by=None, goal=goal, target=Decimal(8))  # as it stands: nothing is written
    goal.refresh_from_db()
    assert (goal.name, goal.target, goal.yearly) == ("導出の件数", 8, True)
    with translation.override("en"):
        assert [one.before for one in changes_of(goal)] == [
            (("name", "導出件数"), ("target", "5.00"), ("each year anew", "no"))
        ]
    assert AuditEntry.objects.filter(action="goal.change").count() == 1
    with pytest.raises(Invalid) as refused:
        change_goal(by=None, goal=goal, results="paper,songs")
    assert "songs" in refused.value.detail


def test_a_goal_of_a_project_is_one_of_its_term(term, goal):
    other = PlanTerm.objects.create(number=3, name="第3期", begins=date(2025, 4, 1))
    for fault, said in (
        ("project", {"term": other, "code": "new", "project": term.projects.get()}),
        ("code", {"term": term, "code": goal.code}),
        ("code", {"term": term, "code": "日本"}),
    ):
        with pytest.raises(Invalid) as refused:
            add_goal(by=None, name="名", **said)
        assert set(refused.value.problems) == {fault}
    assert Goal.objects.count() == 1


def written(what):
    lines = io.StringIO()
    table = csv.writer(lines)
    table.writerow(EXPORTS[what].columns)
    table.writerows(EXPORTS[what].rows())
    return lines.getvalue().encode()


def test_what_goes_out_comes_in_and_changes_nothing():
    install_structure(by=None)
    goal = Goal.objects.filter(actuals__isnull=False).first()
    wrong = goal.actuals.first()
    report_actual(by=None, goal=goal, **REPORT | {"as_of": wrong.as_of}, cumulative=wrong.cumulative, replaces=wrong)
    before = (list(Goal.objects.values()), list(GoalActual.objects.values()), Revision.objects.count())
    for what in EXPORTS:
        rows = look_at(written(what), by=None)
        assert rows
        assert [(row.line, row.fate, row.faults) for row in rows if row.fate in WRITES or row.faults] == []
        assert write_rows(rows, by=None) == 0
    assert (list(Goal.objects.values()), list(GoalActual.objects.values()), Revision.objects.count()) == before


@given(
    chain=st.lists(
        st.tuples(
            st.sampled_from([date(2019, 3, 31), YEAR_END]),
            st.integers(0, 9),
            st.sampled_from(["expected", "provisional", "final"]),
            st.booleans(),
            st.sampled_from(["報告書", "'=1+1", "=1+1", "-"]),
            st.integers(-3, 2),
        ),
        max_size=7,
    )
)
def test_every_chain_of_reports_comes_in_again(chain):
    """Whatever was reported and superseded, by whatever: the file of it is known, and writes nothing."""
    with transaction.atomic():
        term = PlanTerm.objects.create(number=7, name="期", begins=date(2015, 4, 1))
        goal = add_goal(by=None, term=term, code="chain", name="名")
        made = []
        for day, value, standing, cumulative, source, wrong in chain:
            replaces = made[wrong] if 0 <= wrong < len(made) else None
            said = {"as_of": day, "value": Decimal(value), "standing": standing, "source": source}
            try:
                made.append(report_actual(by=None, goal=goal, cumulative=cumulative, replaces=replaces, **said))
            except Conflict:
                continue
        stood = GoalActual.objects.filter(replaced_by=None).count()
        rows = look_at(exported("reports"), by=None) if made else []
        assert [row.faults for row in rows if row.faults or row.fate in WRITES] == []
        assert sum(row.fate == Fate.KNOWN for row in rows) == stood
        transaction.set_rollback(True)


def exported(what):
    return csv_file(what, EXPORTS[what].columns, EXPORTS[what].rows()).content


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"cumulative": "since the beginning"}, True),
        ({"cumulative": "累計"}, True),
        ({"cumulative": "年度内"}, False),
        ({"cumulative": "y"}, True),
        ({"cumulative": "○"}, True),
        ({"cumulative": "いいえ"}, False),
        ({"cumulative": ""}, True),
        ({"standing": "確定"}, True),
        ({"standing": "Final"}, True),
    ],
)
def test_cells_say_what_the_screen_says(goal, cells, said):
    (row,) = look_at(reported(cells), by=None)
    assert row.faults == []
    assert (row.made.cumulative, row.made.standing) == (said, "final")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"cumulative": "たぶん"}, ("cumulative", "たぶん", "1", "0")),
        ({"superseded": "maybe"}, ("superseded", "maybe", "はい")),
        ({"standing": "済み"}, ("standing", "済み", "final (Final)", "expected (Expected)")),
        ({"standing": "unsaid"}, ("standing",)),
        ({"value": "sNaN"}, ("value",)),
        ({"value": "1e999999999"}, ("value",)),
        ({"as_of": "0202-04-01"}, ("as_of", "0202-04-01")),
        ({"as_of": ""}, ("as_of",)),
        ({"goal": "none"}, ("goal", "none")),
    ],
)
def test_a_cell_that_says_something_else_is_a_fault_that_names_it(goal, cells, words):
    report_actual(by=None, goal=goal, **REPORT)
    with translation.override("en"):
        (row,) = look_at(reported(cells), by=None)
    assert all(word in " ".join(row.faults) for word in words), row.faults
    with pytest.raises(Invalid):
        write_rows([row], by=None)


def reported(cells):
    said = {"goal": "licences", "as_of": "2020-03-31", "value": "8", "standing": "final", "source": "r"} | cells
    return f"{','.join(said)}\n{','.join(said.values())}\n".encode()


def test_what_changed_since_it_was_looked_at_is_not_written(goal):
    rows = look_at(reported({}), by=None)
    report_actual(by=None, goal=goal, **REPORT)
    with pytest.raises(Conflict):
        write_rows(rows, by=None)
    words = look_at("code,name\nlicences,別名\n".encode(), by=None)
    change_goal(by=None, goal=goal, definition="今の定義")
    with pytest.raises(Conflict):
        write_rows(words, by=None)
    goal.refresh_from_db()
    assert (goal.definition, goal.name) == ("今の定義", "導出件数")


def test_looking_writes_nothing_and_asks_as_often_for_many_rows(goal, django_assert_max_num_queries):
    lines = [f"licences,{date(2016, 4, 1) + timedelta(days=n)},{n},final,s" for n in range(50)]
    file = "\n".join(["goal,as_of,value,standing,source", *lines]).encode()
    with django_assert_max_num_queries(4) as asked:
        rows = look_at(file, by=None)
    assert all(one["sql"].startswith("SELECT") for one in asked.captured_queries), "nothing is locked by looking"
    with django_assert_max_num_queries(16):
        assert write_rows(rows, by=None) == 50
    assert AuditEntry.objects.filter(action="goal.report").count() == 50


def test_a_file_is_written_whole_or_not_at_all(term, goal):
    report_actual(by=None, goal=goal, **REPORT)
    head = "term,project,code,name,target,due,yearly,results\n"
    good = "2,drugs,papers,論文,10,R2.3.31,1,paper\n2,,licences,導出,6,,0,licence\n"
    rows = look_at((head + good + "2,none,a,名,x,2020-13-01,,\n3,,licences,,,,,\n").encode(), by=None)
    assert [row.fate for row in rows[:2]] == [Fate.NEW, Fate.CHANGED]
    assert [bool(row.faults) for row in rows] == [False, False, True, True]
    with pytest.raises(Invalid):
        write_rows(rows, by=None)
    assert Goal.objects.get() == goal
    assert write_rows(look_at((head + good).encode(), by=None), by=None) == 2
    papers = Goal.objects.get(code="papers")
    assert (papers.project.code, papers.due, papers.yearly, papers.results) == ("drugs", YEAR_END, True, "paper")
    file = "goal,as_of,value,standing,source\nlicences,2020-03-31,8,final,訂正\npapers,R1.9.30,3,provisional,中間報告\n"
    rows = look_at(file.encode(), by=None)
    assert [row.fate for row in rows] == [Fate.SUPERSEDES, Fate.NEW]
    assert GoalActual.objects.count() == 1
    assert write_rows(rows, by=None) == 2
    assert reached(goal).value == 8
    assert not GoalActual.objects.get(goal=papers).cumulative  # of a yearly goal, within the year


@pytest.mark.parametrize(
    "file", [b"", b"\xff\xfe", b"code\n", b"goal,as_of\nx,y\n", b"code,songs\n1,2\n", b"code,code\n1,2\n", b'code\n"a']
)
def test_a_file_that_cannot_be_read_is_refused_with_a_reason(file, term):
    with pytest.raises(Invalid) as refused:
        write_rows(look_at(file, by=None), by=None)
    assert refused.value.problems
    assert not Goal.objects.exists()


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), min_size=1, max_size=4))
def test_every_table_is_read_or_refused(cells):
    lines = io.StringIO()
    csv.writer(lines).writerows([("code", "name"), *cells])
    try:
        table = CsvTable(lines.getvalue())
        rows = table.rows(most=3)
    except Invalid:
        return
    assert table.head == ("code", "name")
    assert len(rows) <= len(cells)


def sent(browser, address, **said):
    return browser.post(address, said)


@pytest.mark.parametrize(("language", "title"), [("ja", "目標を加える"), ("en", "Add a goal")])
def test_pages_keep_goals_in_both_languages(client, term, language, title):
    administrator = someone(Role.ADMINISTRATOR)
    client.force_login(administrator)
    client.cookies["django_language"] = language
    administrator.language = language
    administrator.save()
    page = client.get("/portfolio/goals/?term=2")
    assert title in page.content.decode()
    answer = sent(client, "/portfolio/goals/new/", term="2", code="a b", name="導出", definition="残るもの")
    assert answer.status_code == 422
    assert "残るもの" in answer.content.decode()
    answer = sent(client, "/portfolio/goals/new/", term="2", code="licences", **WORDS, results=["licence", "patent"])
    assert answer.headers["Location"] == "/portfolio/goal/licences/"
    goal = Goal.objects.get()
    assert goal.results == "licence,patent"
    address = "/portfolio/goal/licences/report/"
    said = {"as_of": "2020-03-31", "value": "7", "standing": "final", "cumulative": "1", "source": "報告書"}
    assert sent(client, address, **said | {"source": "", "note": "残るもの"}).status_code == 422
    assert sent(client, address, **said).status_code == 302
    wrong = goal.actuals.get()
    assert "7" in client.get(f"{address}?replaces={wrong.pk}").content.decode()
    assert sent(client, f"{address}?replaces={wrong.pk}", **said | {"value": "6"}).status_code == 302
    shown = client.get("/portfolio/goal/licences/").content.decode()
    assert "<s>7</s>" in shown
    assert f'href="#report-{goal.actuals.last().pk}"' in shown
    assert "<s>7</s>" in client.get("/portfolio/goals/?term=2").content.decode()
    changed = WORDS | {"target": "9", "results": "licence"}
    assert sent(client, "/portfolio/goal/licences/edit/", **changed).status_code == 302
    shown = client.get("/portfolio/goal/licences/").content.decode()
    assert "5.00" in shown
    for missing in (
        "goal/x/",
        "goal/licences/report/?replaces=98765",
        "goal/licences/report/?replaces=²",
        "goals/x.csv",
    ):
        assert client.get(f"/portfolio/{missing}").status_code == 404, missing


def test_a_file_goes_through_the_page(client, goal):
    client.force_login(someone(Role.PROGRAMME_OFFICER))
    file = io.BytesIO(b"goal,as_of,value,standing,source\nlicences,2020-03-31,8,final,r\n")
    file.name = "reports.csv"
    page = client.post("/portfolio/goals/import/", {"file": file})
    assert page.status_code == 200
    assert not GoalActual.objects.exists()
    content = page.context["content"]
    assert client.post("/portfolio/goals/import/", {"content": content, "write": "1"}).status_code == 302
    assert reached(goal).value == 8
    refused = client.post("/portfolio/goals/import/", {"content": "code,target\nlicences,1\n"})
    assert refused.status_code == 422  # goals themselves are the administrators'
    out = client.get("/portfolio/goals/reports.csv").content.decode("utf-8-sig")
    assert out.splitlines()[1] == "licences,2020-03-31,8,final,1,r,,0"
    assert client.get("/portfolio/goals/new/").status_code == 403


def test_one_lands_where_the_rows_are_and_a_second_press_says_that_nothing_was_new(client, term, goal):
    PlanTerm.objects.create(number=3, name="第3期", begins=date(2025, 4, 1))
    officer = someone(Role.PROGRAMME_OFFICER)
    client.force_login(officer)
    page = client.get("/portfolio/goals/import/").content.decode()
    assert all(word in page for word in ("provisional（", "paper（", "R8.4.1"))
    said = {"content": reported({}).decode(), "write": "1"}
    answer = client.post("/portfolio/goals/import/", said, follow=True)
    assert answer.redirect_chain[-1][0] == "/portfolio/goals/?term=2"
    again = client.post("/portfolio/goals/import/", said, follow=True)
    assert again.redirect_chain[-1][0] == "/portfolio/goals/?term=2"
    assert "新しいものはありません" in again.content.decode() or "Nothing was new" in again.content.decode()
    assert GoalActual.objects.count() == 1


def test_what_is_confirmed_is_what_was_shown(client, goal):
    client.force_login(someone(Role.PROGRAMME_OFFICER))
    shown = client.post("/portfolio/goals/import/", {"content": reported({}).decode()}).context
    said = {"content": shown["content"], "seal": shown["seal"], "write": "1"}
    wrong = report_actual(by=None, goal=goal, **REPORT)
    assert client.post("/portfolio/goals/import/", said).status_code == 422
    assert GoalActual.objects.get() == wrong
    report_actual(by=None, goal=goal, **REPORT | {"value": Decimal(8), "source": "r"}, replaces=wrong)
    assert client.post("/portfolio/goals/import/", said).status_code == 302, "it stands there already: nothing is new"


def test_a_file_as_excel_saves_it_in_japan_is_read_and_said_so(client, goal):
    client.force_login(someone(Role.PROGRAMME_OFFICER))
    file = io.BytesIO("goal,as_of,value,standing,source\r\nlicences,R2.3.31,8,確定,事業報告書①\r\n".encode("cp932"))
    file.name = "reports.csv"
    page = client.post("/portfolio/goals/import/", {"file": file})
    assert "Shift_JIS" in page.context["note"]
    assert page.context["note"] in page.content.decode()
    assert (
        client.post("/portfolio/goals/import/", {"content": page.context["content"], "write": "1"}).status_code == 302
    )
    assert reached(goal).source == "事業報告書①"


def test_a_term_without_goals_says_what_to_do_first(client, term):
    client.force_login(someone(Role.AUDITOR))
    assert "/portfolio/goals/new/" not in client.get("/portfolio/goals/?term=2").content.decode()
    assert client.get("/portfolio/goals/import/").status_code == 403
