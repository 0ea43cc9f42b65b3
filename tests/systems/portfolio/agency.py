"""A small agency for tests: one programme, two awards, three institutions, money of two ministries."""

from dataclasses import dataclass
from datetime import date

from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.systems.portfolio.ledger.entries import NewEntry, Transfer
from kakehashi.systems.portfolio.ledger.kinds import AccountKind, BudgetKind, EntryKind, Place
from kakehashi.systems.portfolio.models import Appropriation, Award, Ministry, Programme

YEAR = 2019


@dataclass(frozen=True)
class Agency:
    programmes: tuple[Programme, ...]
    awards: tuple[Award, ...]
    institutions: tuple[Organisation, ...]
    money: tuple[Appropriation, ...]

    def place(self, kind, *, award=0, institution=0, money=0, year=YEAR):
        """The account of a kind, of the award, institution and appropriation of these positions."""
        given = {"kind": kind, "appropriation": self.money[money].pk, "fiscal_year": year}
        of_award = self.awards[award]
        if kind not in (AccountKind.GRANTED, AccountKind.AGENCY):
            given["programme"] = of_award.programme_id
        if kind in (AccountKind.AWARD, AccountKind.INSTITUTION, AccountKind.SPENT):
            given["award"] = of_award.pk
        if kind in (AccountKind.INSTITUTION, AccountKind.SPENT):
            given["organisation"] = self.institutions[institution].pk
        return Place(**given)

    def entry(self, kind, source, target, yen, *, year=YEAR, **which):
        """An entry that moves so many yen from one kind of account to another of the same award and money."""
        places = self.place(source, year=year, **which), self.place(target, year=year, **which)
        return NewEntry(kind, date(year, 6, 1), year, (Transfer(*places, yen),))

    def paid(self, yen, **which):
        """What brings so many yen from the ministry to an institution."""
        A, E = AccountKind, EntryKind
        way = [
            (E.ALLOT, A.GRANTED, A.AGENCY),
            (E.DISTRIBUTE, A.AGENCY, A.PROGRAMME),
            (E.COMMIT, A.PROGRAMME, A.AWARD),
            (E.PAY, A.AWARD, A.INSTITUTION),
        ]
        return [self.entry(kind, source, target, yen, **which) for kind, source, target in way]


def make_agency():
    institutions = tuple(
        Organisation.objects.create(code=f"univ{number}", name=f"第{number}大学", kind=Kind.UNIVERSITY)
        for number in range(3)
    )
    programmes = tuple(
        Programme.objects.create(code=code, name=name, name_en=name_en)
        for code, name, name_en in (("gene", "遺伝子事業", "Gene programme"), ("cell", "細胞事業", "Cell programme"))
    )
    awards = tuple(
        Award.objects.create(
            number=f"19ek010900{number}",
            title=f"課題{number}",
            programme=programmes[number],
            organisation=institutions[number],
            begins=date(2019 - number, 4, 1),
            ends=date(2021, 3, 31),
        )
        for number in range(2)
    )
    money = tuple(
        Appropriation.objects.create(
            code=code, name=code, ministry=ministry, kind=kind, fiscal_year=YEAR, last_fiscal_year=last
        )
        for code, ministry, kind, last in (
            ("mext-2019", Ministry.MEXT, BudgetKind.INITIAL, 2019),
            ("fund-2019", Ministry.CAO, BudgetKind.MULTI_YEAR, 2023),
        )
    )
    return Agency(programmes, awards, institutions, money)
