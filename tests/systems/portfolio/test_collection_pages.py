"""The pages of collections and imports: for those of the agency, in both languages, each figure the sum of its rows."""

import csv
import io
from decimal import Decimal

import pytest
from django.db.models import Sum

from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.importing.mapping import parse_map
from kakehashi.systems.portfolio.importing.running import import_awards
from kakehashi.systems.portfolio.models import CollectedAward, ImportFault
from tests.systems.portfolio.importing.files import MAP, written
from tests.systems.portfolio.test_pages import someone

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(tmp_path):
    return import_awards(written(tmp_path), parse_map(MAP, "m.yaml"), by=None)


def addresses(done):
    return [
        "/portfolio/collections/",
        f"/portfolio/collections/{done.collection}/",
        f"/portfolio/imports/{done.run}/",
    ]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.GOVERNMENT, Kind.HOSPITAL])
def test_only_those_of_the_agency_see_collections(done, client, role, kind):
    for address in addresses(done):
        assert client.get(address).status_code == 302
    client.force_login(someone(role, kind))
    allowed = role in rules.SEES and kind in rules.RUNS_AWARDS
    for address in addresses(done):
        assert client.get(address).status_code == (200 if allowed else 403), address


@pytest.fixture
def officer(client):
    client.force_login(someone(Role.PROGRAMME_OFFICER, Kind.AGENCY))
    return client


@pytest.mark.parametrize(("language", "words"), [("ja", "問題のある行"), ("en", "Rows at fault")])
def test_the_report_is_told_in_both_languages(done, officer, language, words):
    for address in addresses(done):
        answered = officer.get(address, headers={"accept-language": language})
        assert answered.status_code == 200
        assert words in answered.content.decode(), address


def test_the_figures_are_the_sums_of_their_rows(done, officer):
    text = officer.get(f"/portfolio/collections/{done.collection}/", headers={"accept-language": "en"}).content.decode()
    total = CollectedAward.objects.aggregate(total=Sum("amount"))["total"]
    assert total == Decimal(1_520_500)
    assert "<dd>1,520,500 EUR</dd>" in text
    assert f"<dd>{CollectedAward.objects.count()}</dd>" in text
    assert text.count("<svg") >= 2


def test_the_rows_at_fault_come_as_csv_narrowed_as_shown(done, officer):
    def rows(query):
        answered = officer.get(f"/portfolio/collections/{done.collection}/?format=csv{query}")
        return list(csv.reader(io.StringIO(answered.content.decode().removeprefix("\ufeff"))))[1:]

    assert len(rows("")) == ImportFault.objects.count() == done.report.faulty
    assert [row[3] for row in rows("&kind=claims_more")] == ["A3"]
    assert {row[1] for row in rows("&file=patents.csv.gz")} == {"patents.csv.gz"}


def test_what_is_not_there_is_said(done, officer):
    for address in ("collections/0/", "imports/0/"):
        assert officer.get(f"/portfolio/{address}").status_code == 404
