"""Tables: state in the address, columns remembered, CSV that a spreadsheet cannot run."""

import csv
import io
from dataclasses import replace

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from kakehashi.kernel.listing import Column, Filter, Listing
from kakehashi.kernel.organisations.models import Organisation

LISTING = Listing(
    name="organisations",
    columns=[
        Column("code", "Code", lambda row: row.code, sort="code"),
        Column("name", "Name", lambda row: row.name, sort="name"),
        Column("country", "Country", lambda row: row.country, shown=False),
        Column("size", "Size", lambda row: 12345, number=True),
    ],
    filters=[
        Filter("kind", "Kind", [("hospital", "Hospital"), ("company", "Company")], lambda q, v: q.filter(kind=v)),
    ],
    order="code",
    page_size=2,
    row_link=lambda row: f"/organisations/{row.code}/",
)


@pytest.fixture
def organisations(db):
    for code, name, kind in (("c", "=1+1", "company"), ("a", "Aoba", "hospital"), ("b", "Beni", "hospital")):
        Organisation.objects.create(code=code, name=name, kind=kind)
    return Organisation.objects.all()


def request(query="", session=None):
    made = RequestFactory().get(f"/organisations/?{query}")
    made.session = {} if session is None else session
    return made


def codes(table):
    return [row["object"].code for row in table["rows"]]


def test_sort_filter_and_page_come_from_the_address(organisations):
    assert codes(LISTING.show(request(), organisations)) == ["a", "b"]
    assert codes(LISTING.show(request("sort=-code"), organisations)) == ["c", "b"]
    assert codes(LISTING.show(request("kind=company"), organisations)) == ["c"]
    assert codes(LISTING.show(request("page=2"), organisations)) == ["c"]


def test_nonsense_in_the_address_is_left_out(organisations):
    table = LISTING.show(request("sort=password&kind=nothing&page=99"), organisations)
    assert codes(table) == ["c"]
    assert table["chips"] == []


def test_heads_link_to_the_other_direction_and_keep_the_filter(organisations):
    head = LISTING.show(request("kind=hospital&sort=name&page=1"), organisations)["heads"][1]
    assert head["direction"] == "ascending"
    assert head["url"] == "/organisations/?kind=hospital&sort=-name"


def test_chip_takes_its_filter_away(organisations):
    chip = LISTING.show(request("kind=hospital&sort=name"), organisations)["chips"][0]
    assert (chip["value"], chip["clear_url"]) == ("Hospital", "/organisations/?sort=name")


def test_columns_are_remembered(organisations):
    session = {}
    LISTING.show(request("columns=code&columns=country", session), organisations)
    heads = LISTING.show(request("", session), organisations)["heads"]
    assert [head["label"] for head in heads] == ["Code", "Country"]


def test_numbers_have_thousands_separators(organisations):
    assert LISTING.show(request(), organisations)["rows"][0]["cells"][2]["value"] == "12,345"


def test_csv_has_all_rows_and_no_formulas(organisations):
    text = LISTING.csv(request("sort=-code"), organisations).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["Code", "Name", "Size"]
    assert rows[1] == ["c", "'=1+1", "12345"]
    assert len(rows) == 4


def test_more_rows_than_are_counted_are_said_to_be_more(organisations):
    page = replace(LISTING, counted=2).show(request(), organisations)["page"]
    assert (page["total"], page["more"]) == (2, True)
    for language, said in (("en", "1–2 of more than 2"), ("ja", "2件を超える中の 1–2件")):
        with translation.override(language):
            assert said in render_to_string("web/components/pagination.html", {"page": page})
