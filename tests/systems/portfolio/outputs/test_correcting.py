"""What was recorded wrongly of an output is put right with a reason; what it said before stays readable."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.actions import add_person
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.figures import book
from kakehashi.systems.portfolio.keeping.history import changes_of
from kakehashi.systems.portfolio.models import Output
from kakehashi.systems.portfolio.outputs.actions import NewOutput, correct_output, record_output, take_back_output
from tests.systems.portfolio.agency import YEAR, make_agency

pytestmark = pytest.mark.django_db
EN = {"accept-language": "en"}


@pytest.fixture
def wrong():
    awards = make_agency().awards
    return record_output(NewOutput("paper", "10.5555/Wrong", date(1800, 1, 1), "論文"), awards, by=None)


def test_figures_are_counted_as_if_it_had_been_recorded_so(wrong):
    assert book(YEAR).total.results == {}
    right = correct_output(wrong, by=None, reason="年の打ち間違い", on=date(2019, 6, 1), title=" 正しい題名 ")
    assert (right.on, right.title, right.reference) == (date(2019, 6, 1), "正しい題名", "10.5555/wrong")
    assert set(right.credits.values_list("since", flat=True)) == {date(2019, 6, 1)}
    assert book(YEAR).total.results == {"paper": 1}
    (change,) = changes_of(right)
    assert change.reason == "年の打ち間違い"
    assert [said for _name, said in change.before] == ["論文", "1800-01-01"]
    assert AuditEntry.objects.filter(action="output.correct", subject_id=str(right.pk)).count() == 1


def test_a_credit_that_ended_before_the_right_day_stays_as_it_was(wrong):
    first = wrong.credits.earliest("pk")
    first.until = date(1900, 1, 1)
    first.save()
    correct_output(wrong, by=None, reason="誤り", on=date(2019, 6, 1))
    assert sorted(wrong.credits.values_list("since", "until")) == [
        (date(1800, 1, 1), date(1900, 1, 1)),
        (date(2019, 6, 1), None),
    ]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"on": timezone.localdate() + timedelta(days=1)}, "on"),
        ({"reference": "no DOI"}, "reference"),
        ({"evidence_url": "no address"}, "evidence_url"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(wrong, said, field):
    before = Output.objects.values().get()
    with pytest.raises(Invalid) as refused:
        correct_output(wrong, by=None, **{"reason": "誤り", "title": "x"} | said)
    assert field in refused.value.problems
    assert Output.objects.values().get() == before


def test_another_outputs_identifier_is_refused(wrong):
    record_output(NewOutput("paper", "10.5555/other", date(2019, 6, 1)), [wrong.awards.first()], by=None)
    with pytest.raises(Invalid):
        correct_output(wrong, by=None, reason="誤り", reference="https://doi.org/10.5555/OTHER")


def test_what_is_taken_back_is_not_corrected(wrong):
    take_back_output(wrong, by=None, reason="誤り")
    with pytest.raises(Conflict):
        correct_output(wrong, by=None, reason="誤り", title="x")


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.UNIVERSITY])
def test_those_who_record_correct(wrong, client, role, kind):
    where, _made = Organisation.objects.get_or_create(code=f"o-{kind}", defaults={"name": "機関", "kind": kind})
    client.force_login(add_person(by=None, email="a@b.example", name="見本", organisation=where, role=role))
    may = role in rules.RECORDS_OUTPUTS and kind == Kind.AGENCY
    page = f"/portfolio/outputs/{wrong.pk}/correct/"
    assert client.get(page).status_code == (200 if may else 403)
    told = {"reference": "10.5555/wrong", "on": "2019-06-01", "reason": "誤り"}
    assert client.post(page, told).status_code == (302 if may else 403)
    wrong.refresh_from_db()
    assert wrong.on == (date(2019, 6, 1) if may else date(1800, 1, 1))


def test_the_page_asks_about_a_day_before_the_award_and_tells_what_it_said(wrong, client):
    where = Organisation.objects.create(code="AG", name="機構", kind=Kind.AGENCY)
    officer = add_person(by=None, email="a@b.example", name="見本", organisation=where, role=Role.PROGRAMME_OFFICER)
    client.force_login(officer)
    page = f"/portfolio/outputs/{wrong.pk}/correct/"
    told = {"reference": "10.5555/wrong", "on": "1999-06-01", "reason": "typing error", "title": "論文"}
    asked = client.post(page, told, headers=EN)
    assert asked.status_code == 422
    assert "is before the award" in asked.text
    assert client.post(page, told | {"early": "on"}).status_code == 302
    shown = client.get(f"/portfolio/outputs/{wrong.pk}/", headers=EN).text
    assert "What it said before" in shown
    assert "1800-01-01" in shown
    assert "typing error" in shown
    assert "訂正" in client.get(page, headers={"accept-language": "ja"}).text


def test_another_company_is_named_in_public_only_where_somebody_says_so(wrong):
    told = NewOutput("licence", "L9", date(2019, 6, 1), where="A社", company_public=True)
    licence = record_output(told, list(wrong.awards.all()), by=None)
    assert correct_output(licence, by=None, reason="誤り", title="x").company_public
    assert not correct_output(licence, by=None, reason="誤り", where="B社").company_public
