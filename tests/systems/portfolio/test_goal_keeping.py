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
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.goals import goals_reached
from kakehashi.systems.portfolio.installing import install_structure
from kakehashi.systems.portfolio.keeping.goal_files import EXPORTS, Fate, look_at, write_rows
from kakehashi.systems.portfolio.keeping.goals import add_goal, change_goal, report_actual
from kakehashi.systems.portfolio.keeping.history import changes_of
from kakehashi.systems.portfolio.keeping.tables import rows_of
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
        assert [(row.line, row.fate, row.faults) for row in rows if row.fate != Fate.KNOWN or row.faults] == []
        assert write_rows(rows, by=None) == 0
    assert (list(Goal.objects.values()), list(GoalActual.objects.values()), Revision.objects.count()) == before


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
        head, rows = rows_of(lines.getvalue())
    except Invalid:
        return
    assert head == ("code", "name")
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


def test_a_term_without_goals_says_what_to_do_first(client, term):
    client.force_login(someone(Role.AUDITOR))
    assert "/portfolio/goals/new/" not in client.get("/portfolio/goals/?term=2").content.decode()
    assert client.get("/portfolio/goals/import/").status_code == 403
