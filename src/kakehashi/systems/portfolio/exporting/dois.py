"""Metadata for the DOIs of awards, as Crossref's grant schema 0.2.0 (XML) and DataCite 4.6 (JSON) ask for them.

Made from the awards as they stand here; nothing is ever sent anywhere. A DOI is the node's prefix and the systematic
number: 10.5555/JP17am0101001. Elements and their order follow Crossref's markup guide for grants
(crossref.org/documentation/schema-library/markup-guide-record-types/grants) and DataCite's schema
(schema.datacite.org).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from django.conf import settings
from django.db.models.functions import Left
from django.urls import reverse
from django.utils.translation import gettext as _

from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.systems.portfolio.actions import SHORT
from kakehashi.systems.portfolio.behind import yen_committed
from kakehashi.systems.portfolio.contracts.terms import standing_contracts, terms_of
from kakehashi.systems.portfolio.exporting.grants import funder_of
from kakehashi.systems.portfolio.models import Award, ContractKind, Part, Participation
from kakehashi.systems.portfolio.numbers import acknowledgement_number

NAMESPACE = "http://www.crossref.org/grant_id/0.2.0"
SCHEMA = "http://www.crossref.org/schemas/grant_id0.2.0.xsd"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs that XML 1.0 does not allow: titles copied from elsewhere may hold some."""
LEAD, CO = "lead_investigator", "co-lead_investigator"
DOI_ADDRESS, ROR_ADDRESS = "https://doi.org/", "https://ror.org/"


@dataclass(frozen=True)
class Investigator:
    """Somebody who carries an award out; ``role`` in Crossref's words."""

    given: str
    family: str
    role: str
    organisation: Organisation


@dataclass(frozen=True)
class Grant:
    """What the metadata of an award are made from; ``amount_yen`` 0: not told."""

    award: Award
    doi: str
    address: str
    funder: Organisation
    funding_type: str
    amount_yen: int
    investigators: tuple[Investigator, ...]


def dois_of(awards: Iterable[Award]) -> dict[int, str]:
    """The DOIs that awards have, else would get, by their keys. Raises Invalid where the node has no prefix.

    Contracts of one award share the signs of its systematic number: the first of them gets it, the others their whole
    number.
    """
    told: dict[int, str] = {}
    wanting: dict[str, list[Award]] = {}
    for one in awards:
        if one.doi:
            told[one.pk] = one.doi
        else:
            wanting.setdefault(one.number[:SHORT], []).append(one)
    if wanting and not settings.DOI_PREFIX:
        raise Invalid(_("This node has no prefix for DOIs: set KAKEHASHI_DOI_PREFIX, such as 10.5555."))
    shorts = list(wanting)
    for start in range(0, len(shorts), 500):
        rows = Award.objects.annotate(short=Left("number", SHORT)).filter(short__in=shorts[start : start + 500])
        first = dict(rows.order_by("-number").values_list("short", "number"))
        taken = set(rows.exclude(doi="").values_list("doi", flat=True))
        for short in shorts[start : start + 500]:
            for one in wanting[short]:
                number = acknowledgement_number(one.number)
                own = f"{settings.DOI_PREFIX}/{number or one.number}"
                if number and (one.number != first[short] or own in taken):
                    own = f"{settings.DOI_PREFIX}/{number.removesuffix(short)}{one.number}"
                told[one.pk] = own
    return told


def grants(awards: Iterable[Award], *, funder: str = "") -> list[Grant]:
    """Awards with all that their metadata tell. ``funder``: the agency's code, where the node has more than one.

    Raises Invalid: no prefix for DOIs, or the agency has neither a ROR id nor a Funder ID (KAKEHASHI_FUNDER_ID).
    """
    agency = funder_of(funder)
    if not agency.ror and not settings.FUNDER_ID:
        raise Invalid(_("The agency has no ROR id: give it one, or set KAKEHASHI_FUNDER_ID."))
    rows = list(awards)
    committed: dict[int, int] = {}
    people: dict[int, list[Participation]] = {}
    for start in range(0, len(rows), 500):
        keys = [one.pk for one in rows[start : start + 500]]
        committed |= yen_committed(Award.objects.filter(pk__in=keys))
        named = Participation.objects.filter(award__in=keys, until=None).select_related("person", "organisation")
        for one in named.order_by("-part", "since", "pk"):
            people.setdefault(one.award_id, []).append(one)
    base = settings.BASE_URL.rstrip("/")
    told = dois_of(rows)
    return [
        Grant(
            one,
            told[one.pk],
            base + reverse("finder:award", args=[one.number]),
            agency,
            *_agreed(one, committed.get(one.pk, 0)),
            tuple(_investigator(named) for named in people.get(one.pk, [])),
        )
        for one in rows
    ]


def _agreed(award: Award, committed: int) -> tuple[str, int]:
    """The type of funding and the yen: as agreed in contracts, else as the ledger has committed."""
    contracts = list(standing_contracts(award))
    kinds = {one.kind for one in contracts}
    kind = "contract" if kinds == {ContractKind.COMMISSION} else "grant"
    return kind, sum(terms_of(one).amount_yen for one in contracts) if contracts else committed


def _investigator(named: Participation) -> Investigator:
    name, name_en = named.name, named.name_en
    if named.person is not None:
        name, name_en = named.person.name or name, named.person.name_en or name_en
    role = LEAD if named.part == Part.PRINCIPAL else CO
    return Investigator(*parts_of_name(name, name_en), role, named.organisation)


def parts_of_name(name: str, name_en: str) -> tuple[str, str]:
    """Given and family name: of a name in Latin letters the word all in capitals is the family's, else the last one; of
    one in Japanese the first word. The whole stands as the family's where it is one word."""
    if words := name_en.split():
        capitals = [word for word in words if len(word) > 1 and word.isupper()]
        family = capitals[0] if len(capitals) == 1 else words[-1]
        return " ".join(word for word in words if word is not family), family
    family, _space, given = name.strip().replace("\u3000", " ").partition(" ")
    return given.strip(), family


def crossref(made: Iterable[Grant], *, now: datetime, depositor: str, email: str) -> bytes:
    """A deposit for Crossref: one batch of grants, as XML in UTF-8. It still has to be handed in by hand."""
    ElementTree.register_namespace("", NAMESPACE)
    ElementTree.register_namespace("xsi", XSI)
    batch = ElementTree.Element(
        _tag("doi_batch"), {"version": "0.2.0", f"{{{XSI}}}schemaLocation": f"{NAMESPACE} {SCHEMA}"}
    )
    stamp = now.strftime("%Y%m%d%H%M%S%f")[:17]
    head = _add(batch, "head")
    _add(head, "doi_batch_id", f"kakehashi-{stamp}")
    _add(head, "timestamp", stamp)
    by = _add(head, "depositor")
    _add(by, "depositor_name", depositor)
    _add(by, "email_address", email)
    _add(head, "registrant", depositor)
    body = _add(batch, "body")
    for one in made:
        _grant(body, one)
    ElementTree.indent(batch)
    text: bytes = ElementTree.tostring(batch, encoding="utf-8", xml_declaration=True)
    return text


def _grant(body: ElementTree.Element, one: Grant) -> None:
    award = one.award
    grant = _add(body, "grant")
    project = _add(grant, "project")
    for language, text in _texts(award.title, award.title_en):
        _add(project, "project-title", text).set(XML_LANG, language)
    if one.investigators:
        people = _add(project, "investigators")
        for each in one.investigators:
            _person(people, each)
    for language, text in _texts(award.summary, award.summary_en):
        _add(project, "description", text).set(XML_LANG, language)
    if one.amount_yen > 0:
        _add(project, "award_amount", str(one.amount_yen)).set("currency", "JPY")
    funding = _add(project, "funding")
    funding.set("funding-type", one.funding_type)
    if one.funder.ror:
        _add(funding, "ROR", ROR_ADDRESS + one.funder.ror)
    else:
        _add(funding, "funder-name", one.funder.label("en"))
        _add(funding, "funder-id", settings.FUNDER_ID)
    if award.programme is not None:
        _add(funding, "funding-scheme", award.programme.label("en"))
    days = _add(project, "award-dates")
    days.set("start-date", award.begins.isoformat())
    days.set("end-date", award.ends.isoformat())
    _add(grant, "award-number", acknowledgement_number(award.number) or award.number)
    _add(grant, "award-start-date", award.begins.isoformat())
    data = _add(grant, "doi_data")
    _add(data, "doi", one.doi)
    _add(data, "resource", one.address)


def _person(people: ElementTree.Element, one: Investigator) -> None:
    person = _add(people, "person")
    person.set("role", one.role)
    if one.given:
        _add(person, "givenName", one.given)
    _add(person, "familyName", one.family)
    affiliation = _add(person, "affiliation")
    institution = _add(affiliation, "institution", one.organisation.label("en"))
    institution.set("country", one.organisation.country)
    if one.organisation.ror:
        _add(affiliation, "ROR", ROR_ADDRESS + one.organisation.ror)


def datacite(one: Grant) -> dict[str, Any]:
    """An award's metadata as DataCite's JSON: the attributes of a DOI, ready for somebody's own deposit."""
    award = one.award
    funder = {"name": one.funder.label("en")} | (
        {
            "publisherIdentifier": ROR_ADDRESS + one.funder.ror,
            "publisherIdentifierScheme": "ROR",
            "schemeUri": ROR_ADDRESS,
        }
        if one.funder.ror
        else {}
    )
    made: dict[str, Any] = {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "doi": one.doi,
        "url": one.address,
        "types": {"resourceTypeGeneral": "Award", "resourceType": "Grant"},
        "creators": [_creator(each) for each in one.investigators if each.role == LEAD] or [_holder(award)],
        "titles": [{"title": text, "lang": language} for language, text in _texts(award.title, award.title_en)],
        "publisher": funder,
        "publicationYear": str((award.published_on or award.begins).year),
        "dates": [
            {"date": f"{award.begins.isoformat()}/{award.ends.isoformat()}", "dateType": "Valid"},
        ],
        "alternateIdentifiers": [
            {
                "alternateIdentifier": acknowledgement_number(award.number) or award.number,
                "alternateIdentifierType": "Award number",
            }
        ],
        "fundingReferences": [_funding(one)],
    }
    if contributors := [
        _creator(each) | {"contributorType": "Researcher"} for each in one.investigators if each.role == CO
    ]:
        made["contributors"] = contributors
    if texts := _texts(award.summary, award.summary_en):
        made["descriptions"] = [
            {"description": text, "descriptionType": "Abstract", "lang": language} for language, text in texts
        ]
    return made


def _funding(one: Grant) -> dict[str, str]:
    told = {
        "funderName": one.funder.label("en"),
        "awardNumber": acknowledgement_number(one.award.number) or one.award.number,
        "awardTitle": one.award.label("en"),
        "awardUri": one.address,
    }
    if one.funder.ror:
        return told | {"funderIdentifier": ROR_ADDRESS + one.funder.ror, "funderIdentifierType": "ROR"}
    return told | {"funderIdentifier": settings.FUNDER_ID, "funderIdentifierType": "Crossref Funder ID"}


def _creator(one: Investigator) -> dict[str, Any]:
    name = f"{one.family}, {one.given}" if one.given else one.family
    parts = {"familyName": one.family} | ({"givenName": one.given} if one.given else {})
    return {"name": name, "nameType": "Personal", **parts, "affiliation": [_affiliation(one.organisation)]}


def _affiliation(one: Organisation) -> dict[str, str]:
    told = {"name": one.label("en")}
    return told | (
        {"affiliationIdentifier": ROR_ADDRESS + one.ror, "affiliationIdentifierScheme": "ROR"} if one.ror else {}
    )


def _holder(award: Award) -> dict[str, Any]:
    """Who stands as creator where nobody is named: the institution that holds the award."""
    return {"name": award.organisation.label("en"), "nameType": "Organizational"}


def _texts(text: str, english: str) -> list[tuple[str, str]]:
    return [(language, said) for language, said in (("ja", text), ("en", english)) if said]


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent: ElementTree.Element, name: str, text: str | None = None) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, _tag(name))
    made.text = NOT_XML.sub("", text) if text else text
    return made
