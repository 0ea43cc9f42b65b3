"""Logic models kept by the agency: statements, what leads to what, indicators with numbers by year, improvements."""

import pytest
from django.utils import translation

from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.installing import install_structure
from kakehashi.systems.portfolio.keeping import logic
from kakehashi.systems.portfolio.keeping.history import changes_of
from kakehashi.systems.portfolio.models import LogicIndicator, LogicLink, LogicModel, LogicStatement
from kakehashi.systems.portfolio.pages.logic import drawn
from tests.systems.portfolio.adjustment.funds import someone
from tests.systems.portfolio.kept import a_logic_model, a_project, a_term

pytestmark = pytest.mark.django_db
STAGES = ("input", "activity", "output")


@pytest.fixture
def one():
    return a_logic_model()


@pytest.fixture
def chain(one):
    return [logic.add_statement(by=None, logic_model=one, stage=stage, text=f"{stage}の文") for stage in STAGES]


def test_a_statement_leads_only_onwards(one, chain):
    first, middle, last = chain
    logic.link_statement(by=None, statement=first, leads_to=[middle, last])
    logic.link_statement(by=None, statement=first, leads_to=[last])
    assert [(link.before, link.after) for link in LogicLink.objects.all()] == [(first, last)]
    beside = logic.add_statement(by=None, logic_model=one, stage="management_improvement", text="改善")
    elsewhere = logic.add_statement(by=None, logic_model=a_logic_model("other"), stage="impact", text="別")
    for wrong in (first, beside, elsewhere):
        with pytest.raises(Invalid) as refused:
            logic.link_statement(by=None, statement=first, leads_to=[wrong])
        assert set(refused.value.problems) == {"leads_to"}
    with pytest.raises(Invalid) as refused:
        logic.change_statement(by=None, statement=last, stage="input")
    assert set(refused.value.problems) == {"stage"}
    last.refresh_from_db()
    assert last.stage == "output"
    logic.change_statement(by=None, statement=first, leads_to=[], stage="impact")  # both at once
    assert not LogicLink.objects.exists()


def test_what_was_taken_out_meanwhile_is_told(one, chain):
    first, middle, last = chain
    row = logic.add_indicator(by=None, logic_model=one, stage="output", name="論文数")
    logic.take_out_statement(by=None, statement=LogicStatement.objects.get(pk=first.pk))
    logic.take_out_indicator(by=None, indicator=LogicIndicator.objects.get(pk=row.pk))
    for write in (
        lambda: logic.change_statement(by=None, statement=first, text="別"),
        lambda: logic.link_statement(by=None, statement=first, leads_to=[last]),
        lambda: logic.link_statement(by=None, statement=middle, leads_to=[first, last]),
        lambda: logic.take_out_statement(by=None, statement=first),
        lambda: logic.change_indicator(by=None, indicator=row, unit="報"),
        lambda: logic.enter_number(by=None, indicator=row, fiscal_year=2019, value=5),
        lambda: logic.take_out_indicator(by=None, indicator=row),
    ):
        with pytest.raises((Conflict, Invalid)):
            write()
    assert not LogicLink.objects.exists()


def test_the_drawing_follows(one, chain):
    first, _middle, last = chain
    assert [said["mark"] for box in drawn(one)["chain"] for said in box["statements"]] == ["", "", ""]
    logic.link_statement(by=None, statement=first, leads_to=[last])
    row = logic.add_indicator(by=None, logic_model=one, stage="output", name="論文数", name_en="Papers", unit="報")
    logic.enter_number(by=None, indicator=row, fiscal_year=2019, value=1234)
    logic.add_statement(by=None, logic_model=one, stage="management_improvement", text="改善", text_en="Improved")
    with translation.override("en"):
        told = drawn(LogicModel.objects.get(pk=one.pk))
    assert [said["mark"] for box in told["chain"] for said in box["statements"]] == ["1.1", "2.1", "3.1"]
    assert told["chain"][0]["statements"][0]["leads"] == [(last.pk, "3.1")]
    assert told["chain"][2]["indicators"][0]["values"] == [("FY2019", "1,234")]
    assert [box["statements"][0]["label"] for box in told["after"]] == ["Improved"]


def test_what_stood_before_stays_readable(one, chain):
    first = logic.change_statement(by=None, statement=chain[0], text="新しい文")
    row = logic.add_indicator(by=None, logic_model=one, stage="output", name="論文数")
    logic.enter_number(by=None, indicator=row, fiscal_year=2019, value=5)
    logic.enter_number(by=None, indicator=row, fiscal_year=2019, value=5)
    logic.enter_number(by=None, indicator=row, fiscal_year=2019, value=6)
    assert [value for change in changes_of(first) for _name, value in change.before] == ["inputの文"]
    assert [value for change in changes_of(row) for _name, value in change.before] == ["2019: 5"]
    assert [value.value for value in row.values.all()] == [6]
    with pytest.raises(Conflict):
        logic.take_out_indicator(by=None, indicator=row)
    with pytest.raises(Invalid):
        logic.enter_number(by=None, indicator=row, fiscal_year=2019, value=10**16)
    logic.take_out_statement(by=None, statement=first)
    assert "新しい文" in str(changes_of(one)[0].before)
    assert LogicStatement.objects.count() == 2


@pytest.mark.parametrize(("language", "words"), [("ja", "ロジックモデルを変更する"), ("en", "Change the logic model")])
def test_pages_keep_logic_models_in_both_languages(client, language, words):
    officer = someone(Role.PROGRAMME_OFFICER)
    officer.language = language
    officer.save()
    client.force_login(officer)
    client.cookies["django_language"] = language
    project = a_project(a_term(), "hubs")
    address = "/portfolio/projects/hubs/logic/?term=1"
    assert f"/portfolio/add-logic-model/?project={project.pk}" in client.get(address).content.decode()

    def send(path, status=302, **said):
        answer = client.post(f"/portfolio/{path}", said)
        assert answer.status_code == status, (path, answer.context and answer.context["form"].errors)
        return answer.content.decode() if status != 302 else client.get(answer.headers["Location"]).content.decode()

    assert "a b" in send("add-logic-model/", 422, project=project.pk, code="a b")
    assert words in send("add-logic-model/", project=project.pk, code="one")
    assert "残る" in send("logic/one/add-statement/", 422, stage="input", text="", text_en="残る", order="0")
    send("logic/one/add-statement/", stage="impact", text="社会への影響", order="0")
    last = LogicStatement.objects.get()
    send("logic/one/add-statement/", stage="input", text="予算", order="1", leads_to=[last.pk])
    first = LogicStatement.objects.get(stage="input")
    assert f'href="#statement-{last.pk}"' in client.get(address).content.decode()
    send(f"logic/one/statements/{last.pk}/", 422, stage="input", text="x", order="0")
    send(f"logic/one/statements/{first.pk}/", stage="input", text="予算額", order="1")
    assert not LogicLink.objects.exists()
    send("logic/one/add-indicator/", stage="output", name="論文数", order="0")
    row = LogicIndicator.objects.get()
    send(f"logic/one/indicators/{row.pk}/", stage="output", name="論文の数", unit="報", order="0")
    send(f"logic/one/indicators/{row.pk}/number/", 422, fiscal_year="1", value="x")
    assert "4,321" in send(f"logic/one/indicators/{row.pk}/number/", fiscal_year="2019", value="4321")
    send(f"logic/one/indicators/{row.pk}/", 409, delete="1")
    assert "予算額" in send(f"logic/one/statements/{first.pk}/", delete="1")
    for missing in (
        "logic/x/",
        "logic/one/statements/987654321/",
        "logic/one/indicators/987654321/",
        "logic/one/indicators/987654321/number/",
    ):
        assert client.get(f"/portfolio/{missing}").status_code == 404, missing


def test_an_installed_logic_model_is_told_as_before(client):
    install_structure(by=None)
    client.force_login(someone(Role.AUDITOR))
    page = client.get("/portfolio/projects/t1-hubs/logic/?term=1").content.decode()
    assert "logic-chain" in page
    assert "add-logic-model" not in page
    assert client.get("/portfolio/add-logic-model/").status_code == 403
