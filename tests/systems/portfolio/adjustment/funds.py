"""An agency with its people, and a round of adjustment funds with requests in it."""

from datetime import date

from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.actions import add_person
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.adjustment import actions
from kakehashi.systems.portfolio.adjustment.states import Criterion
from kakehashi.systems.portfolio.models import Award, Ministry, Programme

YEAR = 2019


def someone(role, kind=Kind.AGENCY, code="agency", name="見本"):
    where, _made = Organisation.objects.get_or_create(code=code, defaults={"name": code, "kind": kind})
    return add_person(by=None, email=f"{role}@{code}.example", name=name, organisation=where, role=role)


def staff():
    roles = (
        Role.PROGRAMME_OFFICER,
        Role.PROGRAMME_SUPERVISOR,
        Role.PROGRAMME_DIRECTOR,
        Role.PRESIDENT,
        Role.ACCOUNTANT,
        Role.AUDITOR,
    )
    return {str(role): someone(role) for role in roles}


def make_awards(count=4):
    university = Organisation.objects.create(code="holder", name="大学", kind=Kind.UNIVERSITY)
    programmes = [
        Programme.objects.create(code=code, name=code, name_en=code, ministry=ministry)
        for code, ministry in (("drugs", Ministry.MEXT), ("device", Ministry.METI))
    ]
    return [
        Award.objects.create(
            number=f"19am010100{number}",
            title=f"課題{number}",
            title_en=f"Award {number}",
            programme=programmes[number % 2],
            organisation=university,
            begins=date(2018, 4, 1),
            ends=date(2021, 3, 31),
        )
        for number in range(count)
    ]


def ask(people, of_round, award, yen):
    return actions.request_funds(
        by=people["programme_officer"],
        of_round=of_round,
        award=award,
        amount_yen=yen,
        reasons="患者登録が予定より早い",
        effects="年度内に症例登録を完了",
    )


def points(each):
    return dict.fromkeys(Criterion.values, each)
