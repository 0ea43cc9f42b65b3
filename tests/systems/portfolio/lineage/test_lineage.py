"""Awards linked across programmes: who may, what is refused, traced both ways, drawn, the documents' histories."""

from datetime import date
from itertools import pairwise

import pytest
from django.test import Client
from django.utils import translation

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed
from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.installing import install_structure
from kakehashi.systems.portfolio.lineage.actions import link_awards, unlink_awards
from kakehashi.systems.portfolio.lineage.installing import install_lineages
from kakehashi.systems.portfolio.lineage.picture import drawn, gap_words
from kakehashi.systems.portfolio.lineage.rules import LINKS, may_link
from kakehashi.systems.portfolio.lineage.tracing import lineage_of
from kakehashi.systems.portfolio.models import Award, AwardLink
from tests.systems.portfolio.adjustment.funds import make_awards, someone

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain():
    """Four awards one after another, with a gap of thirty days each; the first two linked and the last two."""
    awards = make_awards(4)
    for place, award in enumerate(awards):
        award.begins, award.ends = date(2016 + 2 * place, 5, 1), date(2018 + 2 * place, 3, 31)
        award.save()
    link_awards(by=None, before=awards[0], after=awards[1], source="s")
    link_awards(by=None, before=awards[2], after=awards[3], source="s")
    return awards


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.UNIVERSITY])
def test_links_are_noted_by_those_who_run_programmes(chain, role, kind):
    person = someone(role, kind, "here")
    may = kind == Kind.AGENCY and role in LINKS
    assert bool(may_link(person)) == may
    if not may:
        with pytest.raises(NotAllowed):
            link_awards(by=person, before=chain[1], after=chain[2], reason="x")
        with pytest.raises(NotAllowed):
            unlink_awards(by=person, link=AwardLink.objects.first(), reason="x")
        assert AwardLink.objects.count() == 2
        return
    made = link_awards(by=person, before=chain[1], after=chain[2], reason="the same blood test")
    assert (made.noted_by, made.gap_days) == (person, 30)
    assert [one.pk for one in lineage_of(chain[0]).awards] == [one.pk for one in chain]
    unlink_awards(by=person, link=made, reason="mistaken")
    assert [AuditEntry.objects.filter(action=one).count() for one in ("award.link", "award.unlink")] == [3, 1]
    assert len(lineage_of(chain[0]).awards) == 2


@pytest.mark.parametrize(
    ("before", "after", "reason", "error"),
    [
        (0, 0, "x", Invalid),
        (3, 0, "x", Invalid),
        (1, 2, " ", Invalid),
        (0, 1, "x", Conflict),
    ],
)
def test_what_cannot_be_is_refused(chain, before, after, reason, error):
    with pytest.raises(error):
        link_awards(by=None, before=chain[before], after=chain[after], reason=reason)


def test_awards_do_not_lead_to_each_other(chain):
    Award.objects.update(begins=date(2015, 4, 1))
    first, second = Award.objects.filter(pk__in=[chain[0].pk, chain[1].pk]).order_by("number")
    with pytest.raises(Conflict):
        link_awards(by=None, before=second, after=first, reason="x")


@pytest.mark.parametrize(("days", "words"), [(0, "without a gap"), (1, "a gap of 1 day"), (-30, "30 days of overlap")])
def test_gap_is_said_in_words(days, words):
    with translation.override("en"):
        assert gap_words(days) == words


def test_histories_of_the_documents_stand_as_they_tell_them():
    facts = install_structure(by=None)
    awards = install_lineages(by=None)
    assert install_lineages(by=None) == awards
    assert Award.objects.count() == 5
    assert not Award.objects.filter(synthetic=True).exists()
    assert all(award.source and award.organisation.code == "unnamed" for award in awards)
    told = {one.key: one for one in facts.lineages}
    for key, history in told.items():
        traced = lineage_of(Award.objects.get(number=f"{key}-1"))
        assert [award.programme.code for award in traced.awards] == [step.programme for step in history.steps]
        assert [award.title for award in traced.awards] == [step.title.ja for step in history.steps]
        assert [(one.before, one.after) for one in traced.links] == list(pairwise(traced.awards))
        assert len(traced.events) == len(history.events) + sum(len(step.adjustments) for step in history.steps)
    pancreas = lineage_of(Award.objects.get(number="pancreatic-cancer-blood-test-1"))
    with translation.override("en"):
        picture = drawn(pancreas)
    last = pancreas.awards[-1].number
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(someone(Role.AUDITOR))
    browser.cookies.load({"django_language": "en"})
    page = browser.get(f"/portfolio/awards/{last}/").content.decode()
    assert "None told yet" not in page
    assert "No output is credited to this award itself" in page
    for words in ("Filed for approval 2022", "Approved 2023-06", "Covered by health insurance 2024-02"):
        assert words in picture
    assert [f"Adjustment funds FY{year}" in picture for year in (2017, 2019, 2021)] == [True] * 3


def test_pages_show_the_lineage_and_take_links(chain):
    officer = someone(Role.PROGRAMME_OFFICER)
    officer.language = "en"
    officer.save()
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(officer)
    page = f"/portfolio/awards/{chain[1].number}/"
    assert "a gap of 30 days" in browser.get(page).content.decode()
    sent = {"award": chain[2].number, "kind": "successor", "reason": "the same test"}
    assert browser.post(f"{page}links/", sent | {"reason": ""}).status_code == 422
    assert browser.post(f"{page}links/", sent).status_code == 302
    assert browser.post(f"{page}links/", sent).status_code == 409
    assert "the same test" in browser.get(page).content.decode()
    came_from = {"award": chain[0].number, "kind": "predecessor", "reason": "x"}
    assert browser.post(f"/portfolio/awards/{chain[3].number}/links/", came_from).status_code == 302
    made = AwardLink.objects.get(before=chain[0], after=chain[3])
    assert browser.post(f"{page}links/", {"remove": made.pk, "why": "x"}).status_code == 404
    own = AwardLink.objects.get(before=chain[1])
    browser.post(f"{page}links/", {"remove": own.pk, "why": ""})
    assert AwardLink.objects.filter(pk=own.pk).exists()
    browser.post(f"{page}links/", {"remove": own.pk, "why": "wrong"})
    assert not AwardLink.objects.filter(pk=own.pk).exists()
    for language, (earlier, later) in {"en": ("Earlier award", "Later award"), "ja": ("前の課題", "後の課題")}.items():
        officer.language = language
        officer.save()
        shown = browser.get(page, headers={"accept-language": language}).content.decode()
        heads = [f'<th scope="col">{head}</th>' for head in (earlier, later)]
        assert all(head in shown for head in heads), language
    auditor = Client()
    auditor.force_login(someone(Role.AUDITOR))
    assert auditor.get(page).status_code == 200
    assert auditor.get(f"{page}links/").status_code == 403
