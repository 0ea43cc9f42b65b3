"""Which of an award's money its investigators see: all of it, or what lies with their own institution."""

import html
import re
from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.contracts.actions import record_contract
from kakehashi.systems.portfolio.investigators.actions import end_participation, name_investigator
from kakehashi.systems.portfolio.investigators.money import institutions_seen, lines_of
from kakehashi.systems.portfolio.ledger.entries import NewEntry, Transfer
from kakehashi.systems.portfolio.ledger.kinds import AccountKind as A
from kakehashi.systems.portfolio.ledger.kinds import EntryKind as E
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import Part
from tests.systems.portfolio.adjustment.funds import someone
from tests.systems.portfolio.agency import YEAR, make_agency

pytestmark = pytest.mark.django_db
LEFT, PASSED_ON, USED, TOTAL = 876_543_210 - 12_345_678, 12_345_678, 2_345_671, 876_543_210


@pytest.fixture
def agency():
    """The first award's holder passes a sub-award on to the second institution, which uses some of it."""
    agency = make_agency()
    at_holder, at_partner = agency.place(A.INSTITUTION), agency.place(A.INSTITUTION, institution=1)
    used = Transfer(at_partner, replace(at_partner, kind=A.SPENT), USED)
    post_many(
        [
            *agency.paid(TOTAL),
            NewEntry(E.SUBAWARD, date(YEAR, 7, 1), YEAR, (Transfer(at_holder, at_partner, PASSED_ON),)),
            NewEntry(E.SPEND, date(YEAR, 8, 1), YEAR, (used,)),
        ],
        by=None,
    )
    award = agency.awards[0]
    for number, holder, yen in (("C-1", 0, 864_197_531), ("C-2", 1, 12_345_679)):
        record_contract(
            by=None,
            award=award,
            number=number,
            kind="commission",
            signed_on=award.begins,
            organisation=agency.institutions[holder],
            begins=award.begins,
            ends=award.ends,
            amount_yen=yen,
        )
    return agency


def named(agency, part, institution):
    person = someone(Role.RESEARCHER, Kind.UNIVERSITY, f"univ{institution}")
    award = agency.awards[0]
    where = agency.institutions[institution]
    row = name_investigator(by=None, award=award, part=part, organisation=where, since=award.begins, person=person)
    return person, row


def text_of(person, address, language="en"):
    person.language = language
    person.save()
    browser = Client(headers={"accept-language": language})
    browser.force_login(person)
    answered = browser.get(address)
    assert answered.status_code == 200, address
    return answered.content.decode()


@pytest.mark.parametrize(
    ("part", "institution", "all_of_it", "sees"),
    [
        (Part.PRINCIPAL, 0, False, "all"),
        (Part.PRINCIPAL, 1, False, "all"),
        (Part.CO_INVESTIGATOR, 0, False, "holder"),
        (Part.CO_INVESTIGATOR, 1, False, "partner"),
        (Part.CO_INVESTIGATOR, 2, False, "nothing"),
        (Part.CO_INVESTIGATOR, 1, True, "all"),
        (Part.CO_INVESTIGATOR, 2, True, "all"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_each_part_sees_what_the_agency_chose(agency, settings, language, part, institution, all_of_it, sees):
    settings.CO_INVESTIGATORS_SEE_ALL = all_of_it
    person, _row = named(agency, part, institution)
    page = f"/portfolio/mine/research/{agency.awards[0].number}/"
    text = text_of(person, page, language)
    of_partner, of_holder = f"{PASSED_ON:,}" in text, f"{LEFT:,}" in text
    assert (of_holder, of_partner) == (sees == "holder", sees == "partner")  # of all, they stand within the sums
    assert f"{TOTAL:,}" in text  # what is committed to the whole award
    assert ("864,197,531" in text, "12,345,679" in text) == (sees in ("all", "holder"), sees in ("all", "partner"))
    for address, figure in re.findall(r'<a href="([^"]*/rows/[^"]+)">[^<\d]*([\d,]+)', text):
        rows = text_of(person, html.unescape(address))
        assert f"¥{figure}" in rows
        shown = re.findall(r"第(\d)大学", rows)
        assert sees == "all" or set(shown) <= {str(institution)}, address
    walked = {share: text_of(person, f"{page}rows/{share}/?year={YEAR}") for share in ("committed", "left", "spent")}
    assert (f"¥{USED:,}" in walked["spent"]) == (sees in ("all", "partner"))
    assert (f"¥{LEFT:,}" in walked["left"]) == (sees in ("all", "holder"))
    listed = text_of(person, "/portfolio/mine/research/")
    assert f"¥{TOTAL:,}" in listed
    assert (f"¥{USED:,}" in listed) == (sees in ("all", "partner"))
    assert ("your institution" in listed) == (sees != "all")


def test_who_has_become_principal_investigator_sees_all_and_who_left_nothing(agency):
    award = agency.awards[0]
    person, row = named(agency, Part.CO_INVESTIGATOR, 1)
    assert institutions_seen(person, award) == {agency.institutions[1].pk}
    end_participation(row, by=None, on=award.begins, reason="r")
    assert institutions_seen(person, award) == frozenset()
    assert lines_of(award, institutions_seen(person, award)) == []
    assert institutions_seen(someone(Role.RESEARCHER), award) == frozenset()
    told = {"organisation": agency.institutions[1], "since": date(2019, 5, 1), "person": person}
    name_investigator(by=None, award=award, part=Part.PRINCIPAL, **told)
    assert institutions_seen(person, award) is None
