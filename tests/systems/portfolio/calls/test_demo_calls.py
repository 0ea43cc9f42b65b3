"""The demo agency's calls: as many ask for involvement as published, awards came of them, some are open today."""

from datetime import date

import pytest
from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from kakehashi.kernel.fiscal import fiscal_year
from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.demo.agency import make_agency
from kakehashi.systems.portfolio.demo.budgets import OTHER
from kakehashi.systems.portfolio.demo.calls import OPEN_TODAY, make_calls
from kakehashi.systems.portfolio.involving.figures import by_programme, programmes_asking
from kakehashi.systems.portfolio.models import Account, Award, Call
from tests.systems.portfolio.test_pages import someone

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


HEADS = {
    "ja": ("まもなく締切", "受付中", "受付前", "架空"),
    "en": ("Closing soon", "Open for", "Opens later", "made up"),
}


def test_calls_lead_to_awards_and_ask_as_published():
    make_agency(share=0.02)
    made = Call.objects.count()
    assert make_calls(date(2031, 1, 1)) == made, "once"
    assert not Call.objects.filter(synthetic=False).exists()
    asking, opened = programmes_asking(by_programme(2024))
    assert round(100 * asking / opened) == 89
    asked = [programmes_asking(by_programme(year)) for year in range(2018, 2025)]
    shares = [some / all_ for some, all_ in asked]
    assert shares == sorted(shares)
    assert shares[0] == 0
    began = Award.objects.filter(synthetic=True, begins__gte=date(2016, 4, 1)).exclude(programme__code=OTHER)
    assert not began.filter(call=None).exists()
    for one in Call.objects.filter(awards__isnull=False).distinct()[:20]:
        committed = Account.objects.filter(award__call=one).aggregate(yen=Sum("balance_yen"))["yen"] or 0
        assert one.budget_yen >= committed
        assert {fiscal_year(award.begins) for award in one.awards.all()} == {fiscal_year(one.opens) + 1}
        assert {award.programme_id for award in one.awards.all()} == {one.programme_id}
    soon = Call.objects.filter(closes__gte=timezone.localdate()).order_by("closes")[0]
    for language, (*heads, made_up) in HEADS.items():
        browser = Client(headers={"accept-language": language})
        page = browser.get("/awards/calls/").content.decode()
        assert all(head in page for head in heads), language
        assert page.count("DEMO-") >= OPEN_TODAY / 2
        assert made_up in browser.get(f"/awards/calls/{soon.number}/").content.decode()
    browser.force_login(someone(Role.PROGRAMME_OFFICER, Kind.AGENCY))
    assert "DEMO-" in browser.get("/portfolio/calls/").content.decode()
    assert f"{asking} / {opened}" in browser.get("/portfolio/involvement/?year=2024").content.decode()
