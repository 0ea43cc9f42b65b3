"""The writes by which an agency keeps its goals, its structure and its logic models, each as a function of who."""

from datetime import date
from decimal import Decimal

from kakehashi.systems.portfolio.keeping import logic, placing, structure
from kakehashi.systems.portfolio.keeping.goal_files import write_rows
from kakehashi.systems.portfolio.keeping.goals import add_goal, change_goal, report_actual
from kakehashi.systems.portfolio.ledger.entries import NewEntry, Transfer
from kakehashi.systems.portfolio.ledger.kinds import AccountKind as A
from kakehashi.systems.portfolio.ledger.kinds import EntryKind as E
from kakehashi.systems.portfolio.ledger.kinds import Place
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import (
    Appropriation,
    Axis,
    DiseaseArea,
    IntegratedProject,
    LogicIndicator,
    LogicStatement,
    PlanTerm,
    Programme,
    SharedBudget,
)


def goal(verb):
    term = PlanTerm.objects.create(number=1, name="第1期", begins=date(2015, 4, 1))
    one = add_goal(by=None, term=term, code="one", name="目標")
    told = {"as_of": date(2020, 3, 31), "value": Decimal(1), "standing": "final", "source": "s"}
    return {
        "add": lambda by: add_goal(by=by, term=term, code="two", name="目標"),
        "change": lambda by: change_goal(by=by, goal=one, target=Decimal(9)),
        "report": lambda by: report_actual(by=by, goal=one, **told),
        "import": lambda by: write_rows([], by=by),
    }[verb]


def budget(programme, year, yen=10**6):
    """Money of a programme in a fiscal year."""
    code = f"mext-{year}"
    given, _made = Appropriation.objects.get_or_create(
        code=code, name=code, ministry="mext", kind="initial", fiscal_year=year, last_fiscal_year=year
    )
    granted, agency = (Place(kind=kind, appropriation=given.pk, fiscal_year=year) for kind in (A.GRANTED, A.AGENCY))
    there = Place(kind=A.PROGRAMME, appropriation=given.pk, fiscal_year=year, programme=programme.pk)
    ways = ((E.ALLOT, granted, agency), (E.DISTRIBUTE, agency, there))
    post_many(
        [NewEntry(kind, date(year, 6, 1), year, (Transfer(source, target, yen),)) for kind, source, target in ways],
        by=None,
    )


def a_term(number=1):
    return PlanTerm.objects.create(number=number, name=f"第{number}期", begins=date(2015, 4, 1))


def a_project(term, code="one"):
    return IntegratedProject.objects.create(term=term, code=code, name="統合", axis=Axis.MODALITY)


def planterm(verb):
    one = a_term()
    return {
        "add": lambda by: structure.add_term(
            by=by, number=2, name="第2期", begins=date(2010, 4, 1), ends=date(2015, 3, 31)
        ),
        "change": lambda by: structure.change_term(by=by, term=one, name="第一期"),
        "delete": lambda by: structure.delete_term(by=by, term=PlanTerm.objects.get(pk=one.pk)),
    }[verb]


def integratedproject(verb):
    one = a_project(a_term())
    return {
        "add": lambda by: structure.add_project(by=by, term=one.term, code="two", name="二", axis=Axis.DISEASE),
        "change": lambda by: structure.change_project(by=by, project=one, name="新"),
        "delete": lambda by: structure.delete_project(by=by, project=IntegratedProject.objects.get(pk=one.pk)),
    }[verb]


def programme(verb):
    one = Programme.objects.create(code="one", name="事業")
    return {
        "add": lambda by: structure.add_programme(by=by, code="two", name="事業二"),
        "change": lambda by: structure.change_programme(by=by, programme=one, ministry="mhlw"),
    }[verb]


def diseasearea(verb):
    one = DiseaseArea.objects.create(code="one", name="がん")
    return {
        "add": lambda by: structure.add_area(by=by, code="two", name="難病"),
        "change": lambda by: structure.change_area(by=by, area=one, name_en="Cancer"),
    }[verb]


def placement(verb):
    project, one = a_project(a_term()), Programme.objects.create(code="one", name="事業")
    if verb == "add":
        return lambda by: placing.place(by=by, project=project, programme=one)
    placed = placing.place(by=None, project=project, programme=one)
    return lambda by: placing.end_placement(by=by, placement=placed, on=date(2020, 3, 31))


def sharedbudget(verb):
    project, one = a_project(a_term()), Programme.objects.create(code="one", name="事業")
    told = {"programme": one, "project": project, "fiscal_year": 2019, "amount_yen": 5}
    budget(one, 2019)
    if verb == "add":
        return lambda by: placing.share_budget(by=by, **told)
    placing.share_budget(by=None, **told)
    return {
        "change": lambda by: placing.change_share(by=by, share=SharedBudget.objects.get(), amount_yen=6, source=""),
        "end": lambda by: placing.end_share(by=by, share=SharedBudget.objects.get()),
    }[verb]


def a_logic_model(code="one"):
    project = IntegratedProject.objects.first() or a_project(a_term())
    return logic.make_logic_model(by=None, project=project, code=code)


def logicmodel(verb):
    one = a_logic_model()
    return {"add": lambda by: logic.make_logic_model(by=by, project=one.project, code="two")}[verb]


def logicstatement(verb):
    one = a_logic_model()
    first, last = (
        logic.add_statement(by=None, logic_model=one, stage=stage, text="文") for stage in ("input", "output")
    )
    return {
        "add": lambda by: logic.add_statement(by=by, logic_model=one, stage="management_improvement", text="改善"),
        "change": lambda by: logic.change_statement(by=by, statement=first, text="別"),
        "link": lambda by: logic.link_statement(by=by, statement=first, leads_to=[last]),
        "end": lambda by: logic.take_out_statement(by=by, statement=LogicStatement.objects.get(pk=last.pk)),
    }[verb]


def logicindicator(verb):
    one = a_logic_model()
    row = logic.add_indicator(by=None, logic_model=one, stage="output", name="論文数")
    return {
        "add": lambda by: logic.add_indicator(by=by, logic_model=one, stage="output", name="特許数"),
        "change": lambda by: logic.change_indicator(by=by, indicator=row, unit="報"),
        "number": lambda by: logic.enter_number(by=by, indicator=row, fiscal_year=2019, value=5),
        "end": lambda by: logic.take_out_indicator(by=by, indicator=LogicIndicator.objects.get(pk=row.pk)),
    }[verb]


KEPT = {
    "logicmodel": logicmodel,
    "logicstatement": logicstatement,
    "logicindicator": logicindicator,
    "goal": goal,
    "planterm": planterm,
    "integratedproject": integratedproject,
    "programme": programme,
    "diseasearea": diseasearea,
    "placement": placement,
    "sharedbudget": sharedbudget,
}
"""By the first word of the actions: of a verb, the write."""
