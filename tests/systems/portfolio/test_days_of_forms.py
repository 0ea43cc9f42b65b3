"""No day of a form or a file lies where nobody plans or remembers one: a mistyped year breaks no page of anybody."""

import inspect
from datetime import date
from importlib import import_module
from pkgutil import iter_modules

import pytest
from django import forms
from django.test import Client

from kakehashi.kernel.fiscal import within
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio import forms as every
from kakehashi.systems.portfolio.csv_cells import day_in_part
from kakehashi.systems.portfolio.csv_cells import day_of as cell_day
from kakehashi.systems.portfolio.importing.mapping import Column
from kakehashi.systems.portfolio.importing.values import Unfit
from kakehashi.systems.portfolio.importing.values import day_of as award_day
from kakehashi.systems.portfolio.keeping import logic, placing
from kakehashi.systems.portfolio.keeping.goal_files import look_at as look_at_goals
from kakehashi.systems.portfolio.keeping.goals import add_goal
from kakehashi.systems.portfolio.ledger.files import look_at as look_at_entries
from kakehashi.systems.portfolio.models import PlanTerm, Programme
from kakehashi.systems.portfolio.outputs.actions import NewOutput, record_output
from kakehashi.systems.portfolio.outputs.goals import counted, outputs_of
from kakehashi.systems.portfolio.outputs.reading.entries import day_of, parts_of
from tests.systems.portfolio.adjustment.funds import make_awards, someone
from tests.systems.portfolio.kept import a_logic_model, a_project, a_term

MISTYPED = ("0001-01-01", "0202-04-01", "1000-04-01", "2999-03-31", "9999-12-31")


def day_fields():
    for module in iter_modules(every.__path__, f"{every.__name__}."):
        for name, form in inspect.getmembers(import_module(module.name), inspect.isclass):
            if issubclass(form, forms.Form) and form.__module__ == module.name:
                for field, asked in form.base_fields.items():
                    if isinstance(asked, forms.DateField):
                        yield pytest.param(asked, id=f"{name}.{field}")


@pytest.mark.parametrize("field", list(day_fields()))
def test_every_day_that_a_form_asks_for_is_one_of_the_years_that_can_be_asked_for(field):
    assert field.clean("2026-04-01") == date(2026, 4, 1)
    for mistyped in MISTYPED:
        with pytest.raises(forms.ValidationError):
            field.clean(mistyped)


@pytest.mark.parametrize("mistyped", MISTYPED)
@pytest.mark.django_db
def test_no_file_brings_such_a_day(mistyped):
    with pytest.raises(ValueError, match="lie between"):
        within(date.fromisoformat(mistyped))
    with pytest.raises(ValueError, match=mistyped):
        cell_day(mistyped)
    with pytest.raises(ValueError, match=mistyped):
        day_in_part(mistyped)
    with pytest.raises(ValueError, match="2026-11-22"):
        day_of(parts_of(mistyped))
    with pytest.raises(Unfit):
        award_day(lambda column: mistyped, "begins", Column(column="begins"))
    add_goal(by=None, term=a_term(), code="one", name="目標")
    reports = f"goal,as_of,value,standing,source\none,{mistyped},7,final,s\n"
    assert [bool(row.faults) for row in look_at_goals(reports.encode(), by=None)] == [True]
    heading = "kind,on,appropriation,amount_yen,reference"
    (row,) = look_at_entries(f"{heading}\nbudget,{mistyped},one,5,r\n".encode())
    assert any(mistyped in fault for fault in row.faults)


@pytest.mark.django_db
def test_a_mistyped_year_of_a_term_or_a_placement_is_told_at_its_field():
    admin = Client(headers={"accept-language": "en"})
    admin.force_login(someone(Role.ADMINISTRATOR))
    told = {"number": "9", "name": "n", "begins": "0202-04-01"}
    assert admin.post("/portfolio/structure/add-term/", told).status_code == 422
    assert not PlanTerm.objects.exists()
    project, programme = a_project(a_term()), Programme.objects.create(code="p", name="p")
    placing.place(by=None, project=project, programme=programme)
    other = a_project(project.term, "two")
    place = {"project": str(other.pk), "programme": "p", "since": "0001-01-01"}
    assert admin.post("/portfolio/structure/place/", place).status_code == 422


@pytest.mark.django_db
def test_a_goal_asks_for_placements_only_of_years_in_which_outputs_came(django_assert_max_num_queries):
    award = make_awards(1)[0]
    term = PlanTerm.objects.create(number=1, name="t", begins=date(1990, 4, 1))
    project = a_project(term)
    placing.place(by=None, project=project, programme=award.programme)
    for number, on in enumerate((date(2019, 4, 1), date(2020, 3, 31), date(2020, 4, 1))):
        record_output(NewOutput("paper", f"10.5555/{number}", on), [award], by=None)
    goal = add_goal(by=None, term=term, project=project, code="g", name="g", results="paper")
    with django_assert_max_num_queries(20):  # 37 years of the term, two of outputs
        (told,) = counted([(goal, None)]).values()
        assert told.number == outputs_of(goal, told.as_of).count() == 3


@pytest.mark.parametrize("key", ["9" * 19, "9" * 400, "0", "-1", "x"])
@pytest.mark.django_db
def test_a_statement_that_there_is_not_is_told_at_the_field(key):
    admin = Client(headers={"accept-language": "en"})
    admin.force_login(someone(Role.ADMINISTRATOR))
    logic.add_statement(by=None, logic_model=a_logic_model("m"), stage="output", text="y")
    told = {"stage": "input", "text": "x", "order": "1", "leads_to": key}
    assert admin.post("/portfolio/logic/m/add-statement/", told).status_code == 422
