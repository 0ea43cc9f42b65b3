"""An agency with its offices held, and something of every sort that needs somebody."""

from datetime import date, timedelta

from django.utils import timezone

from kakehashi.kernel.fiscal import fiscal_year
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.adjustment.states import RequestState, RoundState
from kakehashi.systems.portfolio.ledger.kinds import AccountKind as A
from kakehashi.systems.portfolio.ledger.kinds import EntryKind as E
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import (
    AdjustmentRequest,
    AdjustmentRound,
    Appropriation,
    Award,
    Axis,
    Credit,
    DiseaseArea,
    Goal,
    GoalActual,
    IntegratedProject,
    Milestone,
    Output,
    Placement,
    PlanTerm,
    Standing,
)
from kakehashi.systems.portfolio.offices.actions import appoint
from tests.systems.portfolio.adjustment.funds import someone
from tests.systems.portfolio.agency import YEAR, make_agency

OFFICES = (
    Role.PRESIDENT,
    Role.PROGRAMME_DIRECTOR,
    Role.DISEASE_COORDINATOR,
    Role.PROGRAMME_SUPERVISOR,
    Role.PROGRAMME_OFFICER,
    Role.AUDITOR,
)


def make_office():
    """The agency of the tests with its awards running today, in a project and a disease area, and five needs each."""
    agency, today = make_agency(), timezone.localdate()
    Appropriation.objects.update(last_fiscal_year=2100)
    post_many(
        [
            *agency.paid(123_456_789),
            *agency.paid(500_000, award=1, institution=1, money=1),
            agency.entry(E.SPEND, A.INSTITUTION, A.SPENT, 23_456_789),
        ],
        by=None,
    )
    term = PlanTerm.objects.create(number=3, name="第3期", name_en="Term 3", begins=date(2015, 4, 1))
    drugs, rare = (
        IntegratedProject.objects.create(term=term, code=code, name=code, name_en=code, axis=Axis.MODALITY, order=order)
        for order, code in enumerate(("t3-drugs", "t3-rare"))
    )
    Placement.objects.create(project=drugs, programme=agency.programmes[0])
    Placement.objects.create(project=rare, programme=agency.programmes[1])
    area = DiseaseArea.objects.create(code="rare", name="難病", name_en="Rare diseases")
    Award.objects.update(ends=today + timedelta(days=60), area=area)
    goal = Goal.objects.create(
        term=term, project=drugs, code="licences", name="導出", name_en="Licences", target=5, due=date(2020, 3, 31)
    )
    GoalActual.objects.create(goal=goal, as_of=date(2020, 3, 31), value=2, standing=Standing.FINAL)
    for award in agency.awards:
        need(award, today)
    people = {str(role): someone(role) for role in Role}
    officers = people["programme_officer"].memberships.get().organisation
    for office, subject in (
        (Role.PRESIDENT, None),
        (Role.PROGRAMME_DIRECTOR, drugs),
        (Role.DISEASE_COORDINATOR, area),
        (Role.PROGRAMME_SUPERVISOR, agency.programmes[0]),
        (Role.PROGRAMME_OFFICER, agency.programmes[0]),
        (Role.AUDITOR, None),
    ):
        appoint(
            by=None,
            person=people[office],
            organisation=officers,
            office=office,
            subject=subject,
            since=date(2015, 4, 1),
        )
    return agency, people


def need(award, today):
    """One thing of every sort for an award, and one beside each that needs nobody."""
    late, soon = today - timedelta(days=10), today + timedelta(days=10)
    for name, due, evidence, state in (
        ("late", late, "", "planned"),
        ("held", late, "", "held"),
        ("shown", soon, "report 7", "planned"),
        ("later", soon, "", "planned"),
        ("done", late, "report 7", "go"),
    ):
        Milestone.objects.create(award=award, name=name, criteria="c", due=due, evidence=evidence, state=state)
    for number, (on, state) in enumerate(((late, "expected"), (soon, "expected"), (late, "final"))):
        output = Output.objects.create(
            kind="patent", reference=f"P-{award.number}-{number}", title="特許", on=on, state=state
        )
        Credit.objects.create(output=output, award=award, since=on)
    asker = someone(Role.PROGRAMME_OFFICER)
    of_round, _made = AdjustmentRound.objects.get_or_create(
        fiscal_year=fiscal_year(today),
        number=1,
        defaults={"budget_yen": 1, "opened_by": asker, "state": RoundState.SCORING},
    )
    AdjustmentRequest.objects.create(
        round=of_round,
        number=award.pk,
        award=award,
        amount_yen=5,
        reasons="患者登録が早い",
        effects="e",
        state=RequestState.SUBMITTED,
        requested_by=asker,
    )


def outsider(role=Role.RESEARCHER, kind=Kind.UNIVERSITY):
    """Somebody of another institution."""
    Organisation.objects.get_or_create(code="outside", defaults={"name": "別の機関", "kind": kind})
    return someone(role, kind, "outside")


__all__ = ["OFFICES", "YEAR", "make_office", "need", "outsider"]
