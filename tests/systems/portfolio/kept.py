"""The writes by which an agency keeps its goals, its structure and its logic models, each as a function of who."""

from datetime import date
from decimal import Decimal

from kakehashi.systems.portfolio.keeping.goal_files import write_rows
from kakehashi.systems.portfolio.keeping.goals import add_goal, change_goal, report_actual
from kakehashi.systems.portfolio.models import PlanTerm


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


KEPT = {"goal": goal}
"""By the first word of the actions: of a verb, the write."""
