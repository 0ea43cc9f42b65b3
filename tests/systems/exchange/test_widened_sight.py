"""What widens sight has the affected cases matched anew, and only those."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from kakehashi.kernel.sharing.actions import grant_access, join_network, opt_in, opt_out
from kakehashi.kernel.sharing.models import Network, OptOut
from kakehashi.kernel.sharing.states import Level, Purpose, Reach
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.terms import set_reach
from kakehashi.systems.exchange import handlers, matching
from kakehashi.systems.exchange.models import Match, Unmatched

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("compiled_ontology")]


@pytest.fixture
def waiting(django_capture_on_commit_callbacks):
    """waiting(act): which cases wait to be matched after ``act`` was done and its events delivered."""

    def after(act):
        Unmatched.objects.all().delete()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return set(Unmatched.objects.values_list("case_id", flat=True))

    return after


@pytest.mark.parametrize("how", ["record", "institution", "for research", "to a person"])
def test_a_grant_for_matching_has_the_granted_cases_matched(
    waiting, make_case, far_case, clinician, far_clinician, how
):
    ours, theirs, another = make_case(), far_case(reach=Reach.INSTITUTION), far_case(reach=Reach.INSTITUTION)
    matching.match_cases([ours.pk, theirs.pk, another.pk])
    assert not Match.objects.filter(case=ours).exists()
    of = theirs if how in ("record", "for research", "to a person") else theirs.organisation
    came = waiting(
        lambda: grant_access(
            by=None,
            to=clinician if how == "to a person" else ours.organisation,
            of=of,
            level=Level.MATCHING,
            purpose=Purpose.RESEARCH if how == "for research" else Purpose.MATCHING,
            reason="study",
        )
    )
    expected = {"record": {theirs.pk}, "institution": {theirs.pk, another.pk}}
    assert came == expected.get(how, set())


def test_an_opt_out_taken_back_and_a_widened_reach_have_the_case_matched(waiting, make_case, clinician):
    case, _other = make_case(), make_case()
    opt_out(by=None, record=case)
    assert waiting(lambda: opt_in(by=None, record=case)) == {case.pk}
    case = set_reach(by=clinician, case=case, reach=Reach.INSTITUTION)
    assert waiting(lambda: set_reach(by=clinician, case=case, reach=Reach.DOMESTIC)) == {case.pk}


def test_joining_a_network_finds_its_partners(waiting, make_case, far_case):
    ours, theirs = make_case(reach=Reach.NETWORK), far_case(reach=Reach.NETWORK)
    matching.match_cases([ours.pk, theirs.pk])
    assert not Match.objects.exists()
    network = Network.objects.create(code="n", name="n")
    join_network(by=None, network=network, organisation=ours.organisation)
    came = waiting(lambda: join_network(by=None, network=network, organisation=theirs.organisation))
    assert came == {theirs.pk}
    matching.match_cases(list(came))
    assert set(Match.objects.values_list("case", flat=True)) == {ours.pk, theirs.pk}


def test_by_the_calendar_once_a_day_and_only_what_came_into_sight(waiting, make_case):
    today = timezone.localdate()
    embargoed, consented, opted_out, still, plain = (make_case() for _ in range(5))
    Case.objects.filter(pk=plain.pk).update(consent_from=today - timedelta(days=40))
    for case, change in (
        (embargoed, {"embargo_until": today}),
        (consented, {"consent_from": today}),
        (still, {"embargo_until": today + timedelta(days=1)}),
    ):
        Case.objects.filter(pk=case.pk).update(**{"consent_from": today - timedelta(days=40)} | change)
    Case.objects.filter(pk=opted_out.pk).update(consent_from=today - timedelta(days=40))
    yesterday = today - timedelta(days=1)
    OptOut.objects.create(kind="cases.case", record_id=opted_out.pk, since=yesterday, until=yesterday)
    cache.set(handlers.LOOKED_AT, yesterday)
    assert waiting(handlers.match_by_the_calendar) == {embargoed.pk, consented.pk, opted_out.pk}
    assert waiting(handlers.match_by_the_calendar) == set()
    cache.delete(handlers.LOOKED_AT)
